/* A device that means harm, for 50-bad-input.sh: an account as any other, but with a client of its
 * own. Arguments: DIR of a network of chat.test, and the BUNDLE that it activates. Then it does
 * what comes on standard input, a line each, and tells "done LINE" or ends with status 1:
 *
 *     cases FROM UNTIL   sends those of the table below, each after the answer to the one before
 *     flood COUNT        sends as many that are as large as the server lets through, and waits for
 *                        all answers
 *     good               sends a message as it should be, which is archived
 *     break              sends what is not XML, and is put out for it
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strophe.h>
#include <unistd.h>

#include "../unit/network/world.h"
#include "archive/library.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "network/layout.h"
#include "wire/fixture.h"

#define PATIENCE_MS 20000
#define DAY_MS INT64_C(86400000)
#define FLOOD_BYTES 100000U /* the server's own cap is 128 KiB */

struct driver {
    const char *dir;
    struct bundle *bundle;
    struct network_note *net;
    struct library *library;
    const struct policy_set *set;
    struct fixture *f;          /* just its domain and bot */
    struct fixture_device *dev; /* with the account's own keys and certificate */
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;
    bool online, offline;
    unsigned sent, answers; /* messages */
    struct arena arena;     /* of the newest stanza that came */
    const struct xml_element *came;
    struct diag d;
};

/* Sealing again is not asked for in a case whose seal is what is wrong. */
enum again { NOTHING, SIGNATURE, SEAL };

struct hostile {
    const char *name, *answer;
    void (*change)(struct fixture_message *m);
    enum again again;
    const char *old, *new; /* in the stanza */
    size_t pad;            /* bytes of something foreign */
    size_t recipients;     /* more of them */
};

#define FLIP(field)                                                                                \
    static void flip_##field(struct fixture_message *m)                                            \
    {                                                                                              \
        m->envelope.field[5] ^= 0x20;                                                              \
    }
FLIP(certificate)
FLIP(signature)
FLIP(enc)

static void flip_payload(struct fixture_message *m)
{
    m->payload[0] ^= 1;
}

static void wrong_wrap(struct fixture_message *m)
{
    m->envelope.wraps[0].wrap[0] ^= 1;
}

static void no_order(struct fixture_message *m)
{
    memset(m->envelope.enc, 0, HPKE_ENC_BYTES);
}

static void leap(struct fixture_message *m)
{
    m->envelope.n += 5;
}

static void far_ahead(struct fixture_message *m)
{
    m->envelope.at_unix_ms += 2 * VALUE_AHEAD_MAX_MS;
}

static void long_ago(struct fixture_message *m)
{
    m->envelope.at_unix_ms -= 4000 * DAY_MS;
}

static void newer_policy(struct fixture_message *m)
{
    m->envelope.policy += 7;
}

static void wrong_prev(struct fixture_message *m)
{
    m->envelope.prev[0] ^= 1;
}

static void false_place(struct fixture_message *m)
{
    m->envelope.place = "ironside place 1\n";
}

static const struct hostile cases[] = {
    {"no access element", "malformed", .old = "urn:ironside:access:1", .new = "urn:x"},
    {"a certificate of nobody", "unknown-device", .change = flip_certificate},
    {"a bit of the signature", "bad-signature", .change = flip_signature},
    {"a bit of the seal's key", "bad-signature", .change = flip_enc},
    {"a bit of the payload", "bad-signature", .change = flip_payload},
    {"base64 that is none", "malformed", .old = "<sig>", .new = "<sig>%%"},
    {"another bot", "malformed", .old = "bot='ibot.", .new = "bot='jbot."},
    {"an n that leaps", "gap", .change = leap, .again = SEAL},
    {"a policy that is not there", "slow-down", .change = newer_policy, .again = SEAL},
    {"a seal that does not open", "bad-seal", .change = wrong_wrap, .again = SIGNATURE},
    {"a key of low order", "bad-seal", .change = no_order, .again = SIGNATURE},
    {"a payload of another key", "bad-seal", .change = flip_payload, .again = SEAL},
    {"a day that is not yet", "wrong-day", .change = far_ahead, .again = SIGNATURE},
    {"a day before all", "not-covered", .change = long_ago, .again = SIGNATURE},
    {"a place that nobody gave", "bad-place", .change = false_place, .again = SEAL},
    {"a chain that is another", "conflict", .change = wrong_prev, .again = SEAL},
    {"a stanza over the cap", "too-large", .pad = 70000},
    {"51 recipients", "too-large", .recipients = 50},
    {"2000 recipients", "too-large", .recipients = 2000},
    {"an id of 129", "malformed", .old = " id='",
     .new = " id='iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
            "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"},
};

static int fail(struct driver *v, const char *what)
{
    printf("FAILED: %s %s\n", what, v->d.text);
    fflush(stdout);
    return -1;
}

static int on_stanza(xmpp_conn_t *c, xmpp_stanza_t *stanza, void *context)
{
    struct driver *v = context;
    char *text = NULL;
    size_t len = 0;
    struct xml_element *x = NULL;
    (void)c;
    if (xmpp_stanza_to_text(stanza, &text, &len) != 0)
        return 1;
    arena_reset(&v->arena);
    if (xml_parse(&v->arena, text, len, &x) == 0) {
        v->came = x;
        v->answers += strcmp(x->name, "message") == 0 && x->first != NULL &&
                      strcmp(x->first->ns, ENVELOPE_NS) == 0;
    }
    free(text);
    return 1;
}

static void on_session(xmpp_conn_t *c, xmpp_conn_event_t event, int error,
                       xmpp_stream_error_t *stream_error, void *context)
{
    struct driver *v = context;
    (void)c, (void)error, (void)stream_error;
    v->online = event == XMPP_CONN_CONNECT;
    v->offline = !v->online;
}

/* Runs until `*flag` is true; ERR_TIMEOUT. */
static int run_until(struct driver *v, const bool *flag)
{
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    while (!*flag && clock_monotonic_ms() < deadline)
        xmpp_run_once(v->ctx, 10);
    return *flag ? 0 : ERR_TIMEOUT;
}

static int run_until_answers(struct driver *v, unsigned count)
{
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    while (v->answers < count && !v->offline && clock_monotonic_ms() < deadline)
        xmpp_run_once(v->ctx, 10);
    return v->answers >= count ? 0 : ERR_TIMEOUT;
}

static int connect_client(struct driver *v)
{
    CLEANUP_FREE char *ca = layout_path(v->dir, LAYOUT_AUTHORITY_CERTIFICATE);
    CLEANUP_FREE char *jid = mem_format("%s/device", v->bundle->account);
    setenv("SSL_CERT_FILE", "/nonexistent", 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    xmpp_initialize();
    v->ctx = xmpp_ctx_new(NULL, NULL);
    v->conn = xmpp_conn_new(v->ctx);
    xmpp_conn_set_jid(v->conn, jid);
    xmpp_conn_set_pass(v->conn, v->bundle->password);
    xmpp_conn_set_cafile(v->conn, ca);
    xmpp_conn_set_flags(v->conn, XMPP_CONN_FLAG_MANDATORY_TLS);
    xmpp_handler_add(v->conn, on_stanza, NULL, NULL, NULL, v);
    if (xmpp_connect_client(v->conn, v->bundle->host, v->bundle->port, on_session, v) != 0 ||
        run_until(v, &v->online) != 0)
        return fail(v, "no session");
    xmpp_send_raw_string(v->conn, "<presence/>");
    return 0;
}

/* Takes the answer's certificate; it is of one piece. */
static int take_certificate(struct driver *v)
{
    struct registry_piece p;
    struct arena a = ARENA_INIT(65536);
    int r = v->came->first == NULL ? ERR_FORMAT : registry_parse_piece(v->came->first, &a, &p);
    if (r == 0)
        r = certificate_open(v->net, (const char *)p.data, p.len, &v->dev->certificate, &v->d);
    arena_clear(&a);
    return r < 0 ? fail(v, "not activated") : 0;
}

static int activate(struct driver *v)
{
    struct world_request q;
    world_request(&q, v->bundle->account, v->bundle->secret);
    struct registry_query x = {
        .what = REGISTRY_ACTIVATE, .request = buf_text(&q.note), .request_len = q.note.len};
    memcpy(x.mac, q.mac, sizeof x.mac);
    memcpy(v->dev->signer.secret, q.secret, sizeof q.secret);
    v->dev->account = mem_string(v->bundle->account);
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    buf_put_text(&b, "<iq type='set' id='activate' to='registrar." WORLD_DOMAIN "'>");
    registry_put_query(&b, &x);
    buf_put_text(&b, "</iq>");
    xmpp_send_raw_string(v->conn, "%s", buf_text(&b));
    world_request_clear(&q);
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    while (clock_monotonic_ms() < deadline) {
        const char *id = v->came == NULL ? NULL : xml_attribute_of(v->came, "id");
        if (id != NULL && strcmp(id, "activate") == 0)
            return take_certificate(v);
        xmpp_run_once(v->ctx, 10);
    }
    return fail(v, "no answer to the activation");
}

static struct fixture_message *make_message(struct driver *v)
{
    struct clock live = clock_live();
    char id[16];
    snprintf(id, sizeof id, "h%u", ++v->sent);
    const struct fixture_message_options o = {.id = id, .at_unix_ms = clock_now_ms(&live)};
    return fixture_message_new(v->f, v->set, v->dev, &o);
}

/* Replaces the first `old` by `new` and frees the text. */
static char *edit(char *text, const char *old, const char *new)
{
    char *at = strstr(text, old);
    FIXTURE_MUST(at != NULL);
    char *edited = mem_format("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    free(text);
    return edited;
}

static char *stanza_of(const struct hostile *h, const struct fixture_message *m)
{
    CLEANUP_BUF struct buf more = BUF_INIT(1U << 18);
    char *text = fixture_stanza(m, true);
    if (h->old != NULL)
        text = edit(text, h->old, h->new);
    for (size_t i = 0; i < h->recipients; i++)
        buf_format(&more, "<address type='to' jid='d%04zu@" WORLD_DOMAIN "'/>", i);
    buf_put_text(&more, "<address type='bcc'");
    text = edit(text, "<address type='bcc'", buf_text(&more));
    buf_reset(&more);
    buf_put_text(&more, "<pad xmlns='urn:x'>");
    for (size_t i = 0; i < h->pad; i++)
        buf_put_u8(&more, 'p');
    buf_put_text(&more, "</pad></message>");
    return edit(text, "</message>", buf_text(&more));
}

/* "archived", or the reason of what came. */
static const char *reason_of(struct driver *v, const struct fixture_message *m)
{
    struct verdict verdict;
    struct later later;
    const struct xml_element *x = v->came->first;
    if (later_parse(x, &later) == 0)
        return later_reason_text(later.reason);
    if (verdict_parse(x, m->envelope.certificate, &verdict, &v->d) < 0)
        return "nothing of the bot's";
    if (verdict_line_consumes(&verdict.line))
        fixture_device_advance(v->dev, m);
    return verdict.line.state == VERDICT_ARCHIVED ? "archived"
                                                  : verdict_reason_text(verdict.line.reason);
}

static int send_one(struct driver *v, const struct hostile *h)
{
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = make_message(v);
    if (h->change != NULL)
        h->change(m);
    if (h->again != NOTHING)
        fixture_message_sign(m, v->f, h->again == SEAL ? v->set : NULL, v->dev);
    CLEANUP_FREE char *stanza = stanza_of(h, m);
    unsigned before = v->answers;
    xmpp_send_raw(v->conn, stanza, strlen(stanza));
    if (run_until_answers(v, before + 1) < 0)
        return fail(v, h->name);
    const char *reason = reason_of(v, m);
    printf("%s: %s\n", h->name, reason);
    return strcmp(reason, h->answer) == 0 ? 0 : fail(v, h->answer);
}

static int flood(struct driver *v, unsigned count)
{
    const struct hostile h = {.pad = FLOOD_BYTES};
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = make_message(v);
    CLEANUP_FREE char *stanza = stanza_of(&h, m);
    unsigned before = v->answers;
    for (unsigned i = 0; i < count && !v->offline; i++) {
        xmpp_send_raw(v->conn, stanza, strlen(stanza));
        xmpp_run_once(v->ctx, 0);
    }
    return run_until_answers(v, before + count) < 0 ? fail(v, "answers to the flood are missing")
                                                    : 0;
}

static int do_line(struct driver *v, const char *line)
{
    static const struct hostile good = {"a good message", "archived"};
    unsigned from, until;
    int r = 0;
    if (sscanf(line, "cases %u %u", &from, &until) == 2) {
        for (size_t i = from; r == 0 && i < until && i < sizeof cases / sizeof cases[0]; i++)
            r = send_one(v, &cases[i]);
        return r;
    }
    if (sscanf(line, "flood %u", &from) == 1)
        return flood(v, from);
    if (strcmp(line, "good") == 0)
        return send_one(v, &good);
    xmpp_send_raw_string(v->conn, "<message to='ibot." WORLD_DOMAIN "'><a></message>");
    return run_until(v, &v->offline) < 0 ? fail(v, "not put out") : 0;
}

static int open_all(struct driver *v, const char *dir, const char *bundle)
{
    CLEANUP_FREE char *text = NULL;
    CLEANUP_FREE char *documents = layout_path(dir, LAYOUT_DOCUMENTS);
    v->dir = dir;
    if (file_read_text(bundle, BUNDLE_MAX, &text, &v->d) < 0 ||
        bundle_parse(text, strlen(text), &v->bundle, &v->d) < 0 ||
        network_note_open(v->bundle->network, strlen(v->bundle->network), &v->net, &v->d) < 0 ||
        library_open(v->net, documents, &v->library, &v->d) < 0)
        return fail(v, "");
    v->set = library_newest(v->library);
    v->dev = mem_new(sizeof *v->dev);
    v->f = mem_new(sizeof *v->f);
    v->f->domain = mem_string(WORLD_DOMAIN);
    const struct policy_bot *bot = policy_default_bot(v->set->policy);
    memcpy(fixture_add_bot(v->f, bot->jid, NULL)->signer.key.key, bot->key, sizeof bot->key);
    return 0;
}

static void close_all(struct driver *v)
{
    if (v->conn != NULL)
        xmpp_conn_release(v->conn);
    if (v->ctx != NULL)
        xmpp_ctx_free(v->ctx);
    xmpp_shutdown();
    fixture_device_free(v->dev);
    fixture_free(v->f);
    library_free(v->library);
    network_note_free(v->net);
    bundle_free(v->bundle);
    arena_clear(&v->arena);
}

int main(int argc, char **argv)
{
    process_begin();
    struct driver v = {.arena = ARENA_INIT(1U << 20)};
    char line[64];
    secret_init();
    if (argc != 3) {
        fputs("usage: see the source\n", stderr);
        return 2;
    }
    int r = open_all(&v, argv[1], argv[2]);
    if (r == 0)
        r = connect_client(&v);
    if (r == 0)
        r = activate(&v);
    if (r == 0)
        puts("active");
    fflush(stdout);
    while (r == 0 && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        r = do_line(&v, line);
        if (r == 0)
            printf("done %s\n", line);
        fflush(stdout);
    }
    close_all(&v);
    return r == 0 ? 0 : 1;
}
