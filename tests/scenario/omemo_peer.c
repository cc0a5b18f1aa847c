/* An account that the scenario scripts drive: logs in, publishes its OMEMO bundle, sends and
 * receives. It trusts every identity, as a stock client does at first.
 *
 *     omemo_peer ACCOUNT PORT AUTHORITY DATABASE [SOURCE]
 *
 * reads its password and then commands from standard input, a line each,
 *     send JID TEXT     OMEMO, to every device of the account
 *     say JID KIND ID TEXT  the same, as a device says it (wire/content.h): KIND edit, retract,
 *                       reply, react, read or vote, about its message ID; position and file
 *                       ignore ID, a file's TEXT is its link; a poll does, too, and asks
 *                       TEXT with the options yes and no
 *     plain JID TEXT
 *     password NEW      changes it at the server
 *     use PASSWORD      for the next login
 *     retry
 *     hold              from now on, dies of no hunger inside the next stanza's event
 *     quit
 * and tells what happens on standard output, a line each:
 *     online | offline KIND WHY | published | sent ID | message FROM TEXT | plain FROM TEXT |
 *     password CODE | holding ID | failed WHAT
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "omemo/omemo.h"
#include "wire/content.h"
#include "wire/stanza.h"
#include "xmpp/client.h"

struct peer {
    struct client_hub *hub;
    struct client *client;
    sqlite3 *db;
    struct omemo *omemo;
    struct clock clock;
    uint64_t version; /* of the bundle under way to the server */
    unsigned sent;
    bool hold, quit;
};

/* A message on its way: the devices of its recipient are asked for their bundles one by one. */
struct letter {
    struct peer *peer;
    char *to, *text;
    uint32_t devices[OMEMO_DEVICES_MAX];
    size_t count, asked;
};

static void failed(const char *what, const char *why)
{
    printf("failed %s: %s\n", what, why);
}

static void run_sql(struct peer *p, const char *sql)
{
    if (sqlite3_exec(p->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        failed(sql, sqlite3_errmsg(p->db));
}

static void on_list_published(void *context, const struct xml_element *iq)
{
    (void)context;
    puts(stanza_is_result(iq) ? "published" : "failed to publish the device list");
}

static void on_bundle_published(void *context, const struct xml_element *iq)
{
    struct peer *p = context;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    if (!stanza_is_result(iq) || omemo_mark_published(p->omemo, p->version) < 0)
        return failed("publish", "the bundle");
    omemo_put_device_list(&b, omemo_device_id(p->omemo));
    if (client_publish(p->client, OMEMO_DEVICES_NODE, buf_text(&b), true, on_list_published, p) < 0)
        failed("publish", "the device list");
}

/* After a login in any case: another session of the account may have put its own in place. */
static void publish(struct peer *p, bool always)
{
    CLEANUP_BUF struct buf b = BUF_INIT(CLIENT_STANZA_MAX);
    char node[96];
    bool changed = false;
    run_sql(p, "BEGIN");
    if (omemo_maintain(p->omemo, clock_now_ms(&p->clock), OMEMO_GRACE_MS) < 0 ||
        omemo_bundle_changed(p->omemo, &changed) < 0 ||
        omemo_put_bundle(p->omemo, &b, &p->version) < 0)
        failed("maintain", "the bundle");
    run_sql(p, "COMMIT");
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, omemo_device_id(p->omemo));
    if ((changed || always) &&
        client_publish(p->client, node, buf_text(&b), true, on_bundle_published, p) < 0)
        failed("publish", "the bundle");
}

static void on_online(void *context)
{
    puts("online");
    publish(context, true);
}

static void on_offline(void *context, enum client_end end, const char *why)
{
    static const char *const kinds[] = {[CLIENT_LOST] = "lost",
                                        [CLIENT_UNTRUSTED] = "untrusted",
                                        [CLIENT_REFUSED] = "refused",
                                        [CLIENT_REPLACED] = "replaced"};
    (void)context;
    printf("offline %s %s\n", kinds[end], why);
}

static int decrypt(struct peer *p, const char *from, const struct omemo_encrypted *e, char *ret,
                   struct diag *d)
{
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    if (e->key == NULL || e->payload == NULL)
        return diag_set(d, ERR_NOT_FOUND, "no key for us, or no payload");
    int r = omemo_decrypt_key(p->omemo, from, e->sid, NULL, e->key, e->key_len, e->prekey,
                              clock_now_ms(&p->clock), content, d);
    if (r == 0 && payload_decrypt(content, e->iv, e->payload, e->payload_len, (uint8_t *)ret) < 0)
        r = diag_set(d, ERR_AUTH, "the payload is not authentic");
    ret[r == 0 ? e->payload_len : 0] = '\0';
    return r;
}

static void on_encrypted(struct peer *p, const char *from, const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    struct omemo_encrypted e;
    struct diag d = {0};
    char text[VALUE_BODY_MAX + 1];
    int r = omemo_encrypted_parse(x, omemo_device_id(p->omemo), &a, &e, &d);
    if (r == 0) {
        run_sql(p, "BEGIN");
        r = decrypt(p, from, &e, text, &d);
        run_sql(p, r == 0 ? "COMMIT" : "ROLLBACK");
    }
    if (r < 0)
        return failed("decrypt", d.text);
    printf("message %s %s\n", from, text);
    publish(p, false);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct peer *p = context;
    const char *full = xml_attribute_of(stanza, "from"), *id = xml_attribute_of(stanza, "id");
    char from[VALUE_JID_MAX + 1];
    if (strcmp(stanza->name, "message") != 0 || full == NULL || value_bare_of(full, from) < 0)
        return;
    if (p->hold) {
        printf("holding %s\n", id == NULL ? "" : id);
        for (;;)
            pause(); /* until it is killed: the event never returns */
    }
    const struct xml_element *encrypted = xml_child(stanza, "encrypted", OMEMO_NS);
    const struct xml_element *body = xml_child(stanza, "body", "jabber:client");
    if (encrypted != NULL)
        on_encrypted(p, from, encrypted);
    else if (body != NULL)
        printf("plain %s %s\n", from, body->text);
}

static void letter_free(struct letter *l)
{
    free(l->to);
    free(l->text);
    free(l);
}

static int put_keys(const struct letter *l, const uint8_t *content, struct buf *b, struct diag *d)
{
    struct peer *p = l->peer;
    int r = 0;
    for (size_t i = 0; r == 0 && i < l->count; i++) {
        CLEANUP_BUF struct buf key = BUF_INIT(OMEMO_KEY_MAX);
        bool prekey = false;
        r = omemo_encrypt_key(p->omemo, l->to, l->devices[i], NULL, content, &key, &prekey, d);
        if (r == 0)
            omemo_put_key(b, l->devices[i], key.data, key.len, prekey);
    }
    return r;
}

static void send_letter(struct letter *l)
{
    struct peer *p = l->peer;
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_STANZA_MAX);
    uint8_t iv[PAYLOAD_IV_BYTES], content[PAYLOAD_CONTENT_BYTES];
    size_t len = strlen(l->text);
    CLEANUP_FREE uint8_t *payload = mem_new(len + 1);
    struct diag d = {0};
    payload_encrypt(l->text, len, iv, payload, content);
    buf_format(&b, "<message type='chat' to='%s' id='peer-%u'>", l->to, ++p->sent);
    omemo_begin_encrypted(&b, omemo_device_id(p->omemo));
    run_sql(p, "BEGIN");
    int r = put_keys(l, content, &b, &d);
    run_sql(p, r == 0 ? "COMMIT" : "ROLLBACK");
    omemo_end_encrypted(&b, iv, payload, len);
    buf_put_text(&b, "<store xmlns='urn:xmpp:hints'/></message>");
    if (r == 0)
        r = client_send(p->client, b.data, b.len);
    if (r < 0)
        failed("send", d.text);
    else
        printf("sent peer-%u\n", p->sent);
    letter_free(l);
}

static void ask_next(struct letter *l);

static void on_bundle(void *context, const struct xml_element *iq)
{
    struct letter *l = context;
    struct peer *p = l->peer;
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    uint32_t device = l->devices[l->asked];
    char node[96];
    struct omemo_bundle bundle;
    struct diag d = {.text = "no bundle"};
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, device);
    const struct xml_element *x = client_item(iq, node);
    if (x == NULL || omemo_bundle_parse(x, &a, &bundle, &d) < 0 ||
        omemo_start_session(p->omemo, l->to, device, &bundle, NULL, &d) < 0) {
        failed("start a session", d.text);
        l->devices[l->asked] = l->devices[--l->count];
    } else {
        l->asked++;
    }
    ask_next(l);
}

static void ask_next(struct letter *l)
{
    while (l->asked < l->count &&
           omemo_has_session(l->peer->omemo, l->to, l->devices[l->asked], NULL))
        l->asked++;
    if (l->asked == l->count)
        return send_letter(l);
    char node[96];
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, l->devices[l->asked]);
    if (client_fetch(l->peer->client, l->to, node, on_bundle, l) < 0) {
        failed("fetch", node);
        letter_free(l);
    }
}

static void on_devices(void *context, const struct xml_element *iq)
{
    struct letter *l = context;
    const struct xml_element *list = client_item(iq, OMEMO_DEVICES_NODE);
    struct diag d = {.text = "none"};
    if (list == NULL || omemo_device_list_parse(list, l->devices, &l->count, &d) < 0) {
        failed("device list", d.text);
        letter_free(l);
        return;
    }
    ask_next(l);
}

static void command_send(struct peer *p, const char *to, const char *text)
{
    struct letter *l = mem_new(sizeof *l);
    l->peer = p;
    l->to = mem_string(to);
    l->text = mem_string(text);
    if (client_fetch(p->client, to, OMEMO_DEVICES_NODE, on_devices, l) < 0) {
        failed("send", "offline");
        letter_free(l);
    }
}

/* "KIND ID TEXT" */
static void command_say(struct peer *p, const char *to, char *words)
{
    CLEANUP_BUF struct buf body = BUF_INIT(VALUE_BODY_MAX);
    char *rest = NULL;
    const char *kind = strtok_r(words, " ", &rest), *id = strtok_r(NULL, " ", &rest);
    struct content c = {.id = id, .from = to, .text = rest, .quote = "what was said"};
    struct diag d;
    if (kind == NULL || id == NULL) {
        failed("say", "a word is missing");
        return;
    }
    c.kind = content_kind_of(kind);
    if (c.kind == CONTENT_KINDS) {
        failed("say", "no such kind");
        return;
    }
    c.text_len = strlen(rest);
    if (c.kind == CONTENT_EDIT || c.kind == CONTENT_RETRACT)
        c.from = NULL;
    if (c.kind == CONTENT_POSITION) {
        c.id = c.from = NULL;
        if (geo_parse_words(rest, &c.position) < 0)
            failed("say", "not a position");
    }
    if (c.kind == CONTENT_FILE) {
        c = (struct content){.kind = CONTENT_FILE, .url = rest, .size = 4096};
        c.name = "harbour.jpg";
        c.type = "image/jpeg";
    }
    if (c.kind == CONTENT_POLL)
        c = (struct content){
            .kind = CONTENT_POLL, .question = rest, .options = {"yes", "no"}, .option_count = 2};
    if (content_write(&body, &c, &d) < 0)
        failed("say", d.text);
    else
        command_send(p, to, buf_text(&body));
}

static void command_plain(struct peer *p, const char *to, const char *text)
{
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_STANZA_MAX);
    buf_format(&b, "<message type='chat' to='%s' id='peer-%u'><body>", to, ++p->sent);
    xml_escape(&b, text);
    buf_put_text(&b, "</body></message>");
    if (buf_failed(&b) || client_send(p->client, b.data, b.len) < 0)
        failed("plain", "offline");
    else
        printf("sent peer-%u\n", p->sent);
}

static void on_password(void *context, int code)
{
    (void)context;
    printf("password %d\n", code);
}

static void command(struct peer *p, char *line)
{
    char *rest = NULL;
    const char *verb = strtok_r(line, " ", &rest), *first = NULL;
    if (verb == NULL)
        return;
    if (strcmp(verb, "send") == 0 && (first = strtok_r(NULL, " ", &rest)) != NULL)
        command_send(p, first, rest);
    else if (strcmp(verb, "say") == 0 && (first = strtok_r(NULL, " ", &rest)) != NULL)
        command_say(p, first, rest);
    else if (strcmp(verb, "plain") == 0 && (first = strtok_r(NULL, " ", &rest)) != NULL)
        command_plain(p, first, rest);
    else if (strcmp(verb, "password") == 0 &&
             client_change_password(p->client, rest, on_password, p) < 0)
        failed("password", "offline");
    else if (strcmp(verb, "use") == 0)
        client_set_password(p->client, rest);
    else if (strcmp(verb, "retry") == 0)
        client_retry(p->client);
    else if (strcmp(verb, "hold") == 0)
        p->hold = true;
    else if (strcmp(verb, "quit") == 0)
        p->quit = true;
}

/* Takes whole lines off `in`. */
static void read_commands(struct peer *p, struct buf *in)
{
    char chunk[4096], *end;
    ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);
    if (n == 0)
        p->quit = true;
    if (n > 0)
        buf_put(in, chunk, (size_t)n);
    while (in->len > 0 && (end = memchr(in->data, '\n', in->len)) != NULL) {
        CLEANUP_FREE char *line =
            mem_string_n((const char *)in->data, (size_t)(end - (char *)in->data));
        buf_drop(in, strlen(line) + 1);
        command(p, line);
    }
}

static void loop(struct peer *p)
{
    CLEANUP_BUF struct buf in = BUF_INIT(1 << 20);
    while (!p->quit) {
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}};
        size_t n = client_hub_pollfds(p->hub, fds + 1, 1);
        if (poll(fds, 1 + n, client_hub_timeout_ms(p->hub)) < 0 && errno != EINTR)
            return;
        if (fds[0].revents != 0)
            read_commands(p, &in);
        client_hub_run(p->hub);
    }
}

static int open_database(struct peer *p, const char *path, struct diag *d)
{
    if (sqlite3_open(path, &p->db) != SQLITE_OK)
        return diag_set(d, ERR_IO, "cannot open %s", path);
    int r = omemo_open(p->db, &p->omemo, d);
    if (r == ERR_NOT_FOUND)
        r = omemo_create(p->db, clock_now_ms(&p->clock), d);
    if (r == 0 && p->omemo == NULL)
        r = omemo_open(p->db, &p->omemo, d);
    return r;
}

static int run(struct peer *p, char **argv, struct diag *d)
{
    static const struct client_events events = {
        .online = on_online, .offline = on_offline, .stanza = on_stanza};
    char password[256] = "";
    for (size_t i = 0; i < sizeof password - 1 && read(STDIN_FILENO, &password[i], 1) == 1; i++) {
        if (password[i] == '\n') {
            password[i] = '\0';
            break;
        }
    }
    const struct client_options o = {.account = argv[1],
                                     .password = password,
                                     .host = "127.0.0.1",
                                     .port = (uint16_t)atoi(argv[2]),
                                     .authority = argv[3],
                                     .source = argv[5]};
    int r = open_database(p, argv[4], d);
    if (r == 0)
        r = client_new(p->hub, &o, &events, p, &p->client, d);
    if (r == 0)
        loop(p);
    return r;
}

int main(int argc, char **argv)
{
    process_begin();
    struct peer p = {.clock = clock_live()};
    struct diag d = {0};
    if (argc != 5 && argc != 6)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    secret_init();
    p.hub = client_hub_new();
    int r = run(&p, argv, &d);
    if (r < 0)
        failed("start", d.text);
    client_free(p.client);
    client_hub_free(p.hub);
    omemo_close(p.omemo);
    sqlite3_close(p.db);
    return r < 0;
}
