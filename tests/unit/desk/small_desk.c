#include "small_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "by_password.h"
#include "desk/frames.h"
#include "desk/made.h"
#include "wire/file_content.h"

static const uint8_t key_bytes[VAULT_KEY_BYTES] = {1, 2, 3};
static const struct vault_key key = {.bytes = key_bytes};
static const uint8_t seed[SIGN_SEED_BYTES] = {7, 7, 7};

static void must(int r, const struct small_desk *s, const char *what)
{
    if (r == 0)
        return;
    fprintf(stderr, "small desk: %s: %d: %s\n", what, r, s->d.text);
    abort();
}

static void make_reader(struct small_desk *s)
{
    int fds[2];
    must(process_socketpair(fds), s, "sockets");
    must(channel_init(&s->reader, fds[0], DESK_FRAME_MAX, 1U << 20), s, "a channel");
    must(channel_init(&s->peer, fds[1], DESK_FRAME_MAX, 1U << 20), s, "a channel");
    s->requests = desk_requests_new(&s->reader);
}

static void make_translators(struct small_desk *s)
{
    json_error_t error;
    json_t *list = json_loads("[{\"from\":\"en\",\"to\":\"de\",\"program\":[\"/bin/first\"]},"
                              "{\"from\":\"spa\",\"to\":\"en\",\"program\":[\"/bin/second\"]}]",
                              0, &error);
    int fds[2];
    must(process_socketpair(fds), s, "sockets");
    must(channel_init(&s->translators, fds[0], TRANSLATION_FRAME_MAX, 1U << 20), s, "a channel");
    must(channel_init(&s->translators_peer, fds[1], TRANSLATION_FRAME_MAX, 1U << 20), s,
         "a channel");
    must(desk_adapters_read(list, &s->adapters, &s->d), s, "adapters");
    json_decref(list);
    s->translating = desk_translating_new(&s->translators, &s->adapters);
}

static void make_workers(struct small_desk *s)
{
    int fds[2];
    must(process_socketpair(fds), s, "sockets");
    must(channel_init(&s->workers, fds[0], WORKER_PIECE_MAX, 1U << 20), s, "a channel");
    must(channel_init(&s->workers_peer, fds[1], WORKER_PIECE_MAX, 1U << 20), s, "a channel");
    s->hashing = desk_hashing_new(&s->workers);
}

static void open_all(struct small_desk *s, bool create)
{
    const struct desk_index_options o = {.path = s->path,
                                         .key = &key,
                                         .now_unix_ms = clock_now_ms(&s->clock),
                                         .cache_bytes = 4U << 20,
                                         .shard_messages = 16};
    must(desk_index_open(&o, create, &s->index, &s->d), s, "the index");
    must(desk_users_open(s->index, &s->users, &s->d), s, "users");
    must(access_open(desk_index_sql(s->index), "north.chat.example/desk", seed, &s->log, &s->d), s,
         "the log");
    must(text_new(&s->text, &s->d), s, "texts");
    must(desk_threats_open(s->index, s->text, &s->threats, &s->d), s, "threats");
}

static void close_all(struct small_desk *s)
{
    desk_api_free(s->api);
    desk_threats_close(s->threats);
    text_free(s->text);
    access_close(s->log);
    desk_users_close(s->users);
    desk_index_close(s->index);
}

void small_desk_make(struct small_desk *s)
{
    *s = (struct small_desk){.folder = "/tmp/ironside-small-desk.XXXXXX"};
    must(mkdtemp(s->folder) == NULL ? ERR_IO : 0, s, "a folder");
    snprintf(s->path, sizeof s->path, "%s/desk.vault", s->folder);
    snprintf(s->clock_path, sizeof s->clock_path, "%s/clock", s->folder);
    must(clock_page_create(s->clock_path, SMALL_DESK_NOW, &s->clock, NULL), s, "a clock");
    open_all(s, true);
    make_reader(s);
    make_translators(s);
    make_workers(s);
}

/* In the form of a proof: what it proves is another test's. */
static void put_proof(struct buf *b, const char *bot)
{
    struct proof p = {.bot = bot,
                      .wrong = "",
                      .checkpoint = "",
                      .record = {.text = "{}"},
                      .batch = {.text = "ironside batch"},
                      .round = {.text = "ironside verdicts"},
                      .signed_bytes = (const uint8_t *)"S",
                      .signed_len = 1,
                      .certificate = "c",
                      .warrant = "w",
                      .policy = "p",
                      .note = "n",
                      .log_checkpoint = "",
                      .logged_certificate = {.text = ""},
                      .logged_policy = {.text = ""}};
    p.verdict = (struct verdict){
        .line = {.n = 1, .state = VERDICT_ARCHIVED}, .at_unix_ms = SMALL_DESK_NOW, .count = 1};
    proof_put(b, &p);
}

static void tell(struct small_desk *s, const struct desk_request *q)
{
    CLEANUP_BUF struct buf b = BUF_INIT(PROOF_BYTES_MAX);
    bool good = s->reader_code == 0;
    put_proof(&b, q->bot);
    const struct desk_reply reply = {.number = q->number,
                                     .code = s->reader_code,
                                     .line = good ? "" : "it is not",
                                     .body = b.data,
                                     .body_len = good ? b.len : 0};
    desk_reply_put(channel_begin(&s->peer, DESK_FRAME_REPLY), &reply);
    must(channel_end(&s->peer), s, "a reply");
    must(channel_flush(&s->peer), s, "the socket");
}

static void take_request(struct small_desk *s, const struct frame *f)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(4096);
    struct cursor c = cursor_over(f->body, f->len);
    struct desk_request q;
    must(f->type == DESK_FRAME_REQUEST ? desk_request_get(&c, &a, &q) : ERR_FORMAT, s, "a request");
    tell(s, &q);
}

static void take_job(struct small_desk *s, const struct frame *f)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(TRANSLATION_FRAME_MAX);
    struct cursor c = cursor_over(f->body, f->len);
    struct translation_job j = {.text = ""};
    must(translation_job_get(&c, &a, &j), s, "a job");
    CLEANUP_FREE char *text = mem_format("<%s>", j.text);
    const struct translation_result r = {j.number, s->translated,
                                         s->translated == TRANSLATED ? text : ""};
    translation_result_put(channel_begin(&s->translators_peer, TRANSLATION_DONE), &r);
    must(channel_end(&s->translators_peer), s, "a translation");
    must(channel_flush(&s->translators_peer), s, "the socket");
}

static void translate(struct small_desk *s)
{
    struct frame f;
    must(channel_flush(&s->translators), s, "the socket");
    (void)!channel_fill(&s->translators_peer);
    while (channel_next(&s->translators_peer, &f) == 0)
        take_job(s, &f);
    (void)!channel_fill(&s->translators);
    while (channel_next(&s->translators, &f) == 0)
        must(desk_translating_take(s->translating, &f), s, "a translation");
}

static void hash_one(struct small_desk *s, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_hash job;
    must(f->type == WORKER_HASH ? worker_hash_get(&c, &job) : ERR_FORMAT, s, "a hash");
    struct worker_hashed h = {.number = job.number, .outcome = s->hashed};
    if (s->hashed == WORKER_DONE)
        must(worker_hash_make(&job, h.hash), s, "a hash");
    worker_hashed_put(channel_begin(&s->workers_peer, WORKER_HASHED), &h);
    must(channel_end(&s->workers_peer), s, "a hash");
    must(channel_flush(&s->workers_peer), s, "the socket");
}

/* As long as there is one: those that wait for a place go on when another is there. */
static void hash_all(struct small_desk *s)
{
    struct frame f;
    for (bool any = true; any;) {
        any = false;
        must(channel_flush(&s->workers), s, "the socket");
        (void)!channel_fill(&s->workers_peer);
        while (channel_next(&s->workers_peer, &f) == 0) {
            hash_one(s, &f);
            any = true;
        }
        (void)!channel_fill(&s->workers);
        while (channel_next(&s->workers, &f) == 0)
            must(desk_hashing_take(s->hashing, &f), s, "a hash");
    }
}

void small_desk_read(struct small_desk *s)
{
    struct frame f;
    translate(s);
    hash_all(s);
    must(channel_flush(&s->reader), s, "the socket");
    (void)!channel_fill(&s->peer);
    while (channel_next(&s->peer, &f) == 0)
        take_request(s, &f);
    (void)!channel_fill(&s->reader);
    while (channel_next(&s->reader, &f) == 0) {
        struct cursor c = cursor_over(f.body, f.len);
        must(desk_requests_take(s->requests, &c), s, "a reply");
    }
}

void small_desk_answer(struct small_desk *s, const struct question *q, struct buf *body,
                       struct answer *ret)
{
    if (desk_api_answer(s->api, q, body, ret))
        return;
    small_desk_read(s);
    must(desk_api_waited(s->api, body, ret) ? 0 : ERR_NOT_FOUND, s, "a question that waited");
}

static void add(struct small_desk *s, unsigned i)
{
    static const char *const people[] = {"anna@chat.example", "boris@chat.example",
                                         "carl@chat.example"};
    char id[16], body[64];
    snprintf(id, sizeof id, "m%u", i);
    snprintf(body, sizeof body, "%s at the pier, number %u", i % 2 == 0 ? "cash" : "meet", i);
    struct follower_message m = {
        .batch = i,
        .leaf = i,
        .n = i + 1,
        .policy = 1,
        .at_unix_ms = SMALL_DESK_NOW - (SMALL_DESK_MESSAGES - i) * INT64_C(3600000),
        .archived_unix_ms = SMALL_DESK_NOW - (SMALL_DESK_MESSAGES - i) * INT64_C(3600000) + 500,
        .certificate = {1},
        .warrant = i % 4 == 0 ? "de-2" : "de-1",
        .id = id,
        .from = people[i % 3],
        .to = {people[(i + 1) % 3]},
        .to_count = 1,
        .country = "DE",
        .wrong = "",
        .body = body,
        .body_len = strlen(body),
    };
    m.certificate[1] = (uint8_t)(i % 3);
    memcpy(m.record_leaf, &i, sizeof i);
    must(desk_index_add(s->index, "bot-1", &m, &s->d), s, "a message");
}

static int add_rule(void *context, struct diag *d)
{
    static const char json[] = "{\"name\":\"cash\",\"query\":\"cash\"}";
    int64_t number;
    return desk_rule_add(context, json, sizeof json - 1, &(struct desk_by){0}, &number, d);
}

/* Every second message is one. */
static void raise_threats(struct small_desk *s)
{
    struct desk_threats_news news;
    must(sql_transaction(desk_index_sql(s->index), add_rule, s->threats, &s->d), s, "a rule");
    must(desk_threats_step(s->threats, SMALL_DESK_NOW, &news, &s->d), s, "threats");
}

void small_desk_fill(struct small_desk *s)
{
    struct desk_progress p = {
        .bot = "bot-1", .next = SMALL_DESK_MESSAGES, .size = SMALL_DESK_MESSAGES};
    for (unsigned i = 0; i < SMALL_DESK_MESSAGES; i++)
        add(s, i);
    must(desk_index_progress(s->index, &p, &s->d), s, "progress");
    must(desk_index_commit(s->index, &s->d), s, "the commit");
    raise_threats(s);
}

void small_desk_send_file(struct small_desk *s, const char *name, const char *type, uint64_t size)
{
    CLEANUP_BUF struct buf body = BUF_INIT(65536);
    struct file_content f = {.size = size,
                             .uri = {.host = "upload.chat.example", .port = 443, .path = "/f"}};
    struct follower_message m = {.batch = 1,
                                 .leaf = 1000,
                                 .n = 1000,
                                 .at_unix_ms = SMALL_DESK_NOW,
                                 .archived_unix_ms = SMALL_DESK_NOW,
                                 .warrant = "de-1",
                                 .id = "file",
                                 .from = "anna@chat.example",
                                 .to = {"boris@chat.example"},
                                 .to_count = 1,
                                 .wrong = "",
                                 .files = {{.sha256 = {9}, .size = size + 16}},
                                 .file_count = 1};
    snprintf(f.name, sizeof f.name, "%s", name);
    snprintf(f.type, sizeof f.type, "%s", type);
    must(file_content_put(&body, &f, &s->d), s, "a file's text");
    m.body = buf_text(&body);
    m.body_len = body.len;
    must(desk_index_add(s->index, "bot-1", &m, &s->d), s, "a file");
    must(desk_index_commit(s->index, &s->d), s, "the commit");
}

void small_desk_make_photo(struct small_desk *s, uint64_t likeness, const char *words)
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, 0xd9};
    const struct desk_made m = {.message = SMALL_DESK_FILE,
                                .at_unix_ms = SMALL_DESK_NOW,
                                .wrong = "",
                                .made = {.width = 640,
                                         .height = 400,
                                         .thumbnail = jpeg,
                                         .thumbnail_len = sizeof jpeg,
                                         .likeness = likeness,
                                         .words = words}};
    must(desk_made_write(s->index, &m, &s->d), s, "what was made of a file");
}

/* The first has a hash made for it, the others get its: a hash takes a tenth of a second. */
static void add_users(struct small_desk *s)
{
    struct sql *db = desk_index_sql(s->index);
    must(by_password_add(s->users, "bystander", DESK_REVIEWER, SMALL_DESK_PASSWORD, SMALL_DESK_NOW,
                         &s->d),
         s, "a user");
    for (int r = 0; r < DESK_ROLES; r++) {
        sqlite3_stmt *q = sql(db, "INSERT INTO desk_user (name, role, password, added)"
                                  " SELECT ?1, ?1, password, added FROM desk_user"
                                  " WHERE name = 'bystander'");
        sql_bind_text(q, 1, desk_role_text((enum desk_role)r));
        must(sql_run(q), s, "another user");
    }
}

static void open_api(struct small_desk *s, bool purpose_of_all)
{
    const struct desk_api_options o = {.index = s->index,
                                       .users = s->users,
                                       .log = s->log,
                                       .threats = s->threats,
                                       .requests = s->requests,
                                       .translating = s->translating,
                                       .hashing = s->hashing,
                                       .text = s->text,
                                       .clock = &s->clock,
                                       .site = {SMALL_DESK_RP, SMALL_DESK_ORIGIN},
                                       .purpose_of_all = purpose_of_all};
    must(desk_api_new(&o, &s->api, &s->d), s, "the API");
}

void small_desk_open(struct small_desk *s, bool purpose_of_all)
{
    add_users(s);
    open_api(s, purpose_of_all);
}

void small_desk_reopen(struct small_desk *s)
{
    close_all(s);
    open_all(s, false);
    open_api(s, false);
}

void small_desk_at(struct small_desk *s, int64_t now_unix_ms)
{
    clock_page_set(&s->clock, now_unix_ms);
}

void small_desk_clear(struct small_desk *s)
{
    close_all(s);
    desk_requests_free(s->requests);
    desk_translating_free(s->translating);
    desk_adapters_clear(&s->adapters);
    desk_hashing_free(s->hashing);
    channel_clear(&s->workers);
    channel_clear(&s->workers_peer);
    channel_clear(&s->translators);
    channel_clear(&s->translators_peer);
    channel_clear(&s->reader);
    channel_clear(&s->peer);
    clock_clear(&s->clock);
    must(file_remove_tree(s->folder, &s->d), s, "removing the folder");
}
