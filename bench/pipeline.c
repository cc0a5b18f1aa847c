/* The bot's pipeline, without a server: link's core in this process reads stanzas from memory; the
 * opener and the keeper are the real processes of ironside-ibot, with a real journal on disk. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "archive/library.h"
#include "base/calendar.h"
#include "base/channel.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "bench/measure.h"
#include "daykeys/folder.h"
#include "ibot/link.h"
#include "launch/found.h"
#include "network/layout.h"
#include "wire/registry.h"
#include "wire/seal.h"

#define DEVICES 100U
#define BODY_BYTES 600U
#define FEED_BYTES 65536U
#define QUEUE_BYTES (2U * 1024 * 1024) /* of requests that wait for the opener */
#define STUCK_MS 20000

struct sender {
    struct certificate *certificate;
    uint8_t secret[SIGN_SECRET_BYTES];
    char account[VALUE_JID_MAX + 1];
    uint64_t n;
    uint8_t digest[HASH_BYTES];
};

struct bench {
    char *dir;
    struct network_note *net;
    struct library *library;
    const struct policy_set *set;
    struct signing_key *registrar;
    struct bot_folder bot;
    struct sender senders[DEVICES];
    struct buf stanzas;
    pid_t opener, keeper;
    struct channel to_opener, to_keeper;
    struct link *link;
    struct component *component;
    unsigned verdicts, archived;
    struct diag d;
};

static int make_network(struct bench *b)
{
    struct clock live = clock_live();
    int64_t today = calendar_day_of(clock_now_ms(&live));
    struct found_options o = {.dir = b->dir,
                              .domain = "bench.example",
                              .host = "127.0.0.1",
                              .port = 5222,
                              .from_day = today - 1,
                              .until_day = today + 1,
                              .openers = 1};
    CLEANUP_FREE char *note_path = layout_path(b->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *documents = layout_path(b->dir, LAYOUT_DOCUMENTS);
    CLEANUP_FREE char *key = layout_path(b->dir, LAYOUT_REGISTRAR_KEY);
    CLEANUP_FREE char *note = NULL;
    int r = found_network(&o, &b->d);
    if (r == 0)
        r = file_read_text(note_path, VALUE_NOTE_MAX, &note, &b->d);
    if (r == 0)
        r = network_note_open(note, strlen(note), &b->net, &b->d);
    if (r == 0)
        r = library_open(b->net, documents, &b->library, &b->d);
    if (r == 0)
        r = keys_signing_read(key, &b->registrar, &b->d);
    if (r == 0)
        r = bot_folder_open(b->dir, "ibot", &b->bot, &b->d);
    b->set = r == 0 ? library_newest(b->library) : NULL;
    return r;
}

static int make_sender(struct bench *b, unsigned i)
{
    struct sender *s = &b->senders[i];
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX), note = BUF_INIT(8192);
    struct note_key signer = keys_verifier(b->registrar);
    struct clock live = clock_live();
    struct certificate c = {.account = s->account, .serial = 1, .omemo_device = i + 1};
    snprintf(s->account, sizeof s->account, "device-%u@%s", i, b->net->domain);
    sign_keypair(c.key, s->secret);
    c.omemo_identity[0] = 0x05;
    c.from_day = calendar_day_of(clock_now_ms(&live));
    c.until_day = c.from_day + 1;
    certificate_format(&text, b->net->domain, &c);
    note_sign(&note, (const char *)text.data, text.len, &signer, b->registrar->secret);
    return certificate_open(b->net, (const char *)note.data, note.len, &s->certificate, &b->d);
}

static int make_stanza(struct bench *b, struct sender *s, unsigned number)
{
    uint8_t body[BODY_BYTES], content[PAYLOAD_CONTENT_BYTES], transcript[HASH_BYTES];
    char id[32], to[VALUE_JID_MAX + 1];
    struct clock live = clock_live();
    struct coverage cover = {.count = 1};
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(4096);
    snprintf(id, sizeof id, "m%u", number);
    snprintf(to, sizeof to, "somebody@%s", b->net->domain);
    memset(body, 'a' + (int)(number % 26), sizeof body);
    struct envelope e = {.from = s->account,
                         .to = {to},
                         .to_count = 1,
                         .id = id,
                         .at_unix_ms = clock_now_ms(&live),
                         .bot = b->bot.jid,
                         .policy = b->set->policy->serial,
                         .n = ++s->n,
                         .sid = s->certificate->omemo_device,
                         .payload = body,
                         .payload_len = sizeof body};
    memcpy(e.certificate, s->certificate->document.hash, HASH_BYTES);
    memcpy(e.prev, s->digest, HASH_BYTES);
    payload_encrypt(body, sizeof body, e.iv, body, content);
    envelope_transcript(&e, b->bot.key, transcript);
    int r = seal_make(&e, b->set, &cover, transcript, content);
    if (r < 0)
        return r;
    envelope_signed_bytes(&e, transcript, &signed_bytes);
    sign_detached(s->secret, signed_bytes.data, signed_bytes.len, e.signature);
    envelope_digest(&signed_bytes, e.signature, s->digest);
    buf_format(&b->stanzas, "<message from='%s/device' to='%s' id='%s' xml:lang='en'>", s->account,
               b->bot.jid, id);
    envelope_put_addresses(&b->stanzas, &e, true);
    buf_format(&b->stanzas, "<encrypted xmlns='" ENVELOPE_OMEMO_NS "'><header sid='%" PRIu32 "'>",
               e.sid);
    xml_put_base64(&b->stanzas, "iv", e.iv, sizeof e.iv);
    buf_put_text(&b->stanzas, "</header>");
    xml_put_base64(&b->stanzas, "payload", e.payload, e.payload_len);
    buf_put_text(&b->stanzas, "</encrypted>");
    envelope_put_access(&b->stanzas, &e);
    buf_put_text(&b->stanzas, "</message>");
    return buf_failed(&b->stanzas) ? ERR_LIMIT : 0;
}

static int start_role(struct bench *b, const char *program, const char *role, const int *fds,
                      pid_t *ret)
{
    const char *argv[] = {program, "--role", role, b->dir, "ibot", NULL};
    struct process p = {.argv = argv, .fds = fds, .fd_count = 2, .out_fd = -1};
    return process_start(&p, ret, &b->d);
}

static int start_roles(struct bench *b, const char *program)
{
    int link_opener[2], link_keeper[2], opener_keeper[2];
    if (process_socketpair(link_opener) < 0 || process_socketpair(link_keeper) < 0 ||
        process_socketpair(opener_keeper) < 0)
        return diag_set(&b->d, ERR_IO, "no sockets can be made");
    int r = start_role(b, program, "keeper", (int[]){link_keeper[1], opener_keeper[1]}, &b->keeper);
    if (r == 0)
        r = start_role(b, program, "opener", (int[]){link_opener[1], opener_keeper[0]}, &b->opener);
    close(link_opener[1]);
    close(link_keeper[1]);
    close(opener_keeper[0]);
    close(opener_keeper[1]);
    if (r == 0)
        r = channel_init(&b->to_opener, link_opener[0], FRAMES_DOCUMENT_MAX, 64U * 1024 * 1024);
    if (r == 0)
        r = channel_init(&b->to_keeper, link_keeper[0], FRAMES_REQUEST_MAX, 64U * 1024 * 1024);
    return r;
}

/* The note that link's question is about; NULL: none. */
static const struct document *find_document(struct bench *b, const struct registry_query *q,
                                            enum document_kind *ret_kind)
{
    *ret_kind = DOCUMENT_POLICY;
    if (q->what == REGISTRY_POLICY)
        return &b->set->policy->document;
    *ret_kind = DOCUMENT_WARRANT;
    if (memcmp(q->hash, b->set->warrants[0]->document.hash, HASH_BYTES) == 0)
        return &b->set->warrants[0]->document;
    *ret_kind = DOCUMENT_EPOCHS;
    if (memcmp(q->hash, b->set->epochs[0]->document.hash, HASH_BYTES) == 0)
        return &b->set->epochs[0]->document;
    *ret_kind = DOCUMENT_CERTIFICATE;
    for (unsigned i = 0; i < DEVICES; i++)
        if (memcmp(q->hash, b->senders[i].certificate->document.hash, HASH_BYTES) == 0)
            return &b->senders[i].certificate->document;
    return NULL;
}

static void answer_query(struct bench *b, const struct xml_element *iq, struct buf *answers)
{
    struct registry_query q;
    enum document_kind kind;
    struct arena arena = ARENA_INIT(65536);
    const struct document *doc = NULL;
    if (iq->first != NULL && registry_parse_query(iq->first, &arena, &q) == 0)
        doc = find_document(b, &q, &kind);
    arena_clear(&arena);
    if (doc == NULL)
        return;
    size_t left = doc->note_len - q.offset;
    struct registry_piece p = {.kind = kind,
                               .size = (uint32_t)doc->note_len,
                               .offset = q.offset,
                               .data = (const uint8_t *)doc->note + q.offset,
                               .len = left > REGISTRY_PIECE_MAX ? REGISTRY_PIECE_MAX : left};
    memcpy(p.hash, doc->hash, HASH_BYTES);
    buf_format(answers, "<iq type='result' from='%s' to='%s' id='%s'>", b->net->registrar,
               b->bot.jid, xml_attribute_of(iq, "id"));
    registry_put_piece(answers, &p);
    buf_put_text(answers, "</iq>");
}

struct output {
    struct bench *b;
    struct buf answers;
};

static void on_output(void *context, const struct xml_element *x)
{
    struct output *o = context;
    if (strcmp(x->name, "iq") == 0) {
        answer_query(o->b, x, &o->answers);
    } else if (x->first != NULL && strcmp(x->first->name, "verdict") == 0) {
        const char *state = xml_attribute_of(x->first, "state");
        o->b->verdicts++;
        o->b->archived += state != NULL && strcmp(state, "archived") == 0;
    }
}

static void on_opened(void *context, const struct xml_element *x)
{
    (void)context, (void)x;
}

static void on_closed(void *context)
{
    (void)context;
}

/* While link still asks: its output is read as the registrar would. */
static int answer_link(struct bench *b)
{
    static const struct xml_stream_events events = {
        .opened = on_opened, .stanza = on_output, .closed = on_closed};
    struct output o = {.b = b, .answers = BUF_INIT(1024U * 1024)};
    struct buf *out = component_out(b->component);
    struct xml_stream *s = xml_stream_new(&events, &o, 1024U * 1024);
    int r = xml_stream_feed(s, "<stream>", 8);
    if (r == 0)
        r = xml_stream_feed(s, out->data, out->len);
    buf_reset(out);
    if (r == 0 && o.answers.len > 0)
        r = component_feed(b->component, o.answers.data, o.answers.len);
    xml_stream_free(s);
    buf_clear(&o.answers);
    return r;
}

/* Verdicts are only counted here: parsing them is not the bot's work. */
static void count_verdicts(struct bench *b)
{
    struct buf *out = component_out(b->component);
    const char *at = buf_text(out);
    while ((at = strstr(at, "<verdict ")) != NULL) {
        b->verdicts++;
        b->archived += strncmp(strstr(at, "state='") + 7, "archived", 8) == 0;
        at += 9;
    }
    buf_reset(out);
}

static int take_frames(struct bench *b, struct channel *c,
                       int (*take)(struct link *, const struct frame *, struct diag *))
{
    struct frame f;
    int r = channel_fill(c);
    while (r == 0 && (r = channel_next(c, &f)) == 0)
        r = take(b->link, &f, &b->d);
    return r == ERR_AGAIN ? 0 : r;
}

static int turn(struct bench *b, int timeout_ms)
{
    struct pollfd fds[2] = {
        {b->to_opener.fd, (short)(POLLIN | (channel_queued(&b->to_opener) > 0 ? POLLOUT : 0)), 0},
        {b->to_keeper.fd, (short)(POLLIN | (channel_queued(&b->to_keeper) > 0 ? POLLOUT : 0)), 0}};
    (void)poll(fds, 2, timeout_ms);
    int r = fds[0].revents & POLLIN ? take_frames(b, &b->to_opener, link_from_opener) : 0;
    if (r == 0 && fds[1].revents & POLLIN)
        r = take_frames(b, &b->to_keeper, link_from_keeper);
    if (r == 0)
        r = channel_flush(&b->to_opener);
    if (r == 0 || r == ERR_AGAIN)
        r = channel_flush(&b->to_keeper);
    return r == ERR_AGAIN ? 0 : r;
}

double measure_process_seconds(pid_t pid)
{
    clockid_t id = CLOCK_PROCESS_CPUTIME_ID;
    struct timespec t = {0};
    if (pid != 0)
        (void)clock_getcpuclockid(pid, &id);
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Feeds `len` bytes and runs until all their verdicts are out. */
static int run_stanzas(struct bench *b, size_t from, size_t to, unsigned messages)
{
    int64_t moved = clock_monotonic_ms();
    unsigned goal = b->verdicts + messages, before = b->verdicts;
    int r = 0;
    while (r == 0 && b->verdicts < goal) {
        if (from < to && channel_queued(&b->to_opener) < QUEUE_BYTES) {
            size_t len = to - from < FEED_BYTES ? to - from : FEED_BYTES;
            r = component_feed(b->component, b->stanzas.data + from, len);
            from += len;
        }
        if (r == 0)
            r = turn(b, from < to && channel_queued(&b->to_opener) < QUEUE_BYTES ? 0 : 100);
        count_verdicts(b);
        if (b->verdicts != before)
            moved = clock_monotonic_ms();
        before = b->verdicts;
        if (r == 0 && clock_monotonic_ms() - moved > STUCK_MS)
            r = diag_set(&b->d, ERR_TIMEOUT, "only %u of %u verdicts came", b->verdicts, goal);
    }
    return r;
}

static const char stream_tag[] = "<stream xmlns='jabber:component:accept'>";

static int run_all(struct bench *b, const char *program, unsigned messages,
                   struct measure_pipeline *ret)
{
    int r = make_network(b);
    for (unsigned i = 0; r == 0 && i < DEVICES; i++)
        r = make_sender(b, i);
    b->stanzas = (struct buf)BUF_INIT((size_t)(messages + DEVICES) * 4096);
    /* One message of each device first, so that certificates are known when it counts. */
    size_t ends[DEVICES];
    for (unsigned i = 0; r == 0 && i < DEVICES; i++) {
        r = make_stanza(b, &b->senders[i], i);
        ends[i] = b->stanzas.len;
    }
    size_t warm = b->stanzas.len;
    for (unsigned i = 0; r == 0 && i < messages; i++)
        r = make_stanza(b, &b->senders[i % DEVICES], DEVICES + i);
    if (r == 0)
        r = start_roles(b, program);
    if (r < 0)
        return r;
    struct link_options o = {.net = b->net,
                             .bot = b->bot.jid,
                             .keeper = &b->to_keeper,
                             .openers = {&b->to_opener},
                             .opener_count = 1};
    b->link = link_new(&o);
    b->component =
        component_new_detached(b->bot.jid, LINK_STANZA_MEMORY, &link_component_events, b->link);
    link_set_component(b->link, b->component);
    r = component_feed(b->component, stream_tag, sizeof stream_tag - 1);
    link_component_events.ready(b->link);
    for (int i = 0; r == 0 && i < 10; i++) /* policy, warrant, epochs */
        r = answer_link(b);
    for (unsigned i = 0; r == 0 && i < DEVICES; i++) {
        size_t from = i == 0 ? 0 : ends[i - 1];
        r = component_feed(b->component, b->stanzas.data + from, ends[i] - from);
        if (r == 0)
            r = answer_link(b);
    }
    int64_t deadline = clock_monotonic_ms() + STUCK_MS;
    while (r == 0 && b->verdicts < DEVICES && clock_monotonic_ms() < deadline) {
        r = answer_link(b);
        if (r == 0)
            r = turn(b, 20);
    }
    if (r == 0 && b->verdicts < DEVICES)
        r = diag_set(&b->d, ERR_TIMEOUT, "the bot does not answer");
    double self = measure_process_seconds(0), opener = measure_process_seconds(b->opener);
    double keeper = measure_process_seconds(b->keeper), began = (double)clock_monotonic_ms();
    if (r == 0)
        r = run_stanzas(b, warm, b->stanzas.len, messages);
    double us = 1e6 / messages;
    ret->link = (measure_process_seconds(0) - self) * us;
    ret->opener = (measure_process_seconds(b->opener) - opener) * us;
    ret->keeper = (measure_process_seconds(b->keeper) - keeper) * us;
    ret->per_core = 1e6 / (ret->link + ret->opener + ret->keeper);
    ret->per_second = messages / (((double)clock_monotonic_ms() - began) / 1000);
    if (r == 0 && b->archived != messages + DEVICES)
        r = diag_set(&b->d, ERR_FORMAT, "%u of %u messages were archived", b->archived,
                     messages + DEVICES);
    return r;
}

int measure_pipeline(const char *program, const char *work, unsigned messages,
                     struct measure_pipeline *ret)
{
    struct bench *b = mem_new(sizeof *b);
    b->dir = file_join(work, "pipeline");
    b->to_opener.fd = b->to_keeper.fd = -1;
    int r = run_all(b, program, messages, ret);
    if (r < 0)
        fprintf(stderr, "bench: %s\n", b->d.text[0] == '\0' ? err_text(r) : b->d.text);
    channel_clear(&b->to_opener);
    channel_clear(&b->to_keeper);
    if (b->opener > 0)
        process_stop(b->opener, 2000);
    if (b->keeper > 0)
        process_stop(b->keeper, 2000);
    link_free(b->link);
    component_free(b->component);
    for (unsigned i = 0; i < DEVICES; i++)
        certificate_free(b->senders[i].certificate);
    buf_clear(&b->stanzas);
    library_free(b->library);
    network_note_free(b->net);
    secret_free(b->registrar);
    bot_folder_clear(&b->bot);
    (void)!file_remove_tree(b->dir, NULL);
    free(b->dir);
    free(b);
    return r;
}
