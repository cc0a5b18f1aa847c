/* The keeper's store of files, and the leaves that name them. */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/secret.h"
#include "bot.h"
#include "ibot/files_internal.h"

#define SIZE 100000U
#define DAY_MS INT64_C(86400000)
#define ANNA "anna@chat.example"
#define BERT "bert@chat.example"
#define ANNAS 7 /* a message's tag */
#define BERTS 8

struct scene {
    char folder[40];
    char *store, *journal_path, *page;
    struct journal *journal;
    struct clock clock;
    struct channel ends[2]; /* the store's, link's */
    struct files_options o;
    struct files *files;
    uint64_t ticket;
    uint8_t bytes[SIZE];
    struct frames_file file;
};

static void open_files(struct scene *s)
{
    struct diag d = {""};
    files_free(s->files);
    s->files = NULL;
    if (files_open(&s->o, &s->files, &d) < 0)
        fail_msg("%s", d.text);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    static const uint8_t key[SIGN_PUBLIC_BYTES] = {1};
    int fds[2];
    struct diag d;
    strcpy(s->folder, "/tmp/files-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(s->folder) != NULL);
    s->store = file_join(s->folder, "files");
    s->journal_path = file_join(s->folder, "journal.db");
    s->page = file_join(s->folder, "clock");
    FIXTURE_MUST(clock_page_create(s->page, FIXTURE_AT, &s->clock, NULL) == 0);
    FIXTURE_MUST(journal_create(s->journal_path, "ibot.chat.example", key, &d) == 0);
    FIXTURE_MUST(journal_open(s->journal_path, true, &s->journal, &d) == 0);
    FIXTURE_MUST(process_socketpair(fds) == 0);
    for (int i = 0; i < 2; i++)
        FIXTURE_MUST(channel_init(&s->ends[i], fds[i], FRAMES_REQUEST_MAX, BOT_QUEUE_MAX) == 0);
    s->o = (struct files_options){
        .folder = s->store, .journal = s->journal, .clock = s->clock, .link = &s->ends[0]};
    for (size_t i = 0; i < SIZE; i++)
        s->bytes[i] = (uint8_t)(i >> 4);
    hash_sha256(s->bytes, SIZE, s->file.sha256);
    s->file.size = SIZE;
    open_files(s);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    files_free(s->files);
    journal_close(s->journal);
    channel_clear(&s->ends[0]);
    channel_clear(&s->ends[1]);
    clock_clear(&s->clock);
    int r = file_remove_tree(s->folder, NULL);
    free(s->store);
    free(s->journal_path);
    free(s->page);
    free(s);
    return r;
}

static int give(struct scene *s, uint8_t type, const struct buf *body)
{
    const struct frame f = {.type = type, .body = body->data, .len = body->len};
    struct diag d = {""};
    int r = files_take(s->files, &f, &d);
    assert_true(r == 0 || d.text[0] != '\0');
    return r;
}

/* The state that the store has sent; 0: none. */
static int state_of(struct scene *s)
{
    struct frame f;
    uint64_t ticket;
    enum frames_file_state state;
    int r = channel_flush(&s->ends[0]);
    assert_true(r == 0 || r == ERR_AGAIN);
    (void)!channel_fill(&s->ends[1]);
    if (channel_next(&s->ends[1], &f) < 0)
        return 0;
    assert_int_equal(f.type, FRAME_FILE_STATE);
    assert_int_equal(frames_get_file_state(f.body, f.len, &ticket, &state), 0);
    assert_int_equal(ticket, s->ticket);
    return (int)state;
}

/* As an opener would, for a message of this account; whether link may fetch it. */
static bool expect_as(struct scene *s, uint64_t message, const char *account)
{
    struct frames_expected x = {.tag = message, .files = {s->file}, .count = 1};
    struct frame in, f = {.type = FRAME_EXPECT};
    struct diag d = {""};
    uint64_t tag;
    bool may = false;
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    frames_account(account, x.account);
    frames_put_expected(&b, &x);
    f.body = b.data;
    f.len = b.len;
    assert_int_equal(files_expect(s->files, &f, &d), 0);
    int r = channel_flush(&s->ends[0]);
    assert_true(r == 0 || r == ERR_AGAIN);
    (void)!channel_fill(&s->ends[1]);
    assert_int_equal(channel_next(&s->ends[1], &in), 0);
    assert_int_equal(in.type, FRAME_FETCH);
    assert_int_equal(frames_get_fetch(in.body, in.len, &tag, &may), 0);
    assert_int_equal(tag, message);
    return may;
}

static bool expect_for(struct scene *s, const char *account)
{
    return expect_as(s, strcmp(account, ANNA) == 0 ? ANNAS : BERTS, account);
}

static void forget(struct scene *s, uint64_t message)
{
    struct frame f = {.type = FRAME_FORGET};
    struct diag d = {""};
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    frames_put_forget(&b, message);
    f.body = b.data;
    f.len = b.len;
    assert_int_equal(files_forget(s->files, &f, &d), 0);
}

static int ask_unexpected(struct scene *s)
{
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    frames_put_file_ask(&b, ++s->ticket, &s->file);
    assert_int_equal(give(s, FRAME_FILE_ASK, &b), 0);
    return state_of(s);
}

static int ask(struct scene *s)
{
    return expect_for(s, ANNA) ? ask_unexpected(s) : FILE_FULL;
}

static void send_bytes(struct scene *s, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len; at += 40000) {
        CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_FILE_DATA_MAX + 8);
        buf_put_u64(&b, s->ticket);
        buf_put(&b, data + at, len - at < 40000 ? len - at : 40000);
        assert_int_equal(give(s, FRAME_FILE_DATA, &b), 0);
    }
}

static int end(struct scene *s, bool whole)
{
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    frames_put_file_end(&b, s->ticket, whole);
    assert_int_equal(give(s, FRAME_FILE_END, &b), 0);
    return state_of(s);
}

static int store(struct scene *s)
{
    assert_int_equal(ask(s), FILE_WANTED);
    send_bytes(s, s->bytes, SIZE);
    return end(s, true);
}

/* A round that names the file. */
static void name_file(struct scene *s)
{
    struct verdict_line l = {.n = 1, .state = VERDICT_REFUSED, .reason = VERDICT_CONFLICT};
    uint8_t lines[1][VERDICT_LINE_BYTES];
    struct journal_file f = {.size = s->file.size};
    struct diag d = {""};
    memcpy(f.sha256, s->file.sha256, HASH_BYTES);
    files_account_of(s->files, &s->file, f.account);
    verdict_line_put(&l, lines[0]);
    struct journal_round round = {.at_unix_ms = clock_now_ms(&s->clock),
                                  .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])lines,
                                  .line_count = 1,
                                  .files = &f,
                                  .file_count = 1};
    if (journal_commit(s->journal, &round, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(files_named(s->files, ANNAS, &d), 0);
}

static size_t incoming(const struct scene *s)
{
    CLEANUP_FREE char *path =
        mem_format("%s/incoming/%llu", s->store, (unsigned long long)s->ticket);
    return file_exists(path);
}

static void files__whole__stored_once(void **state)
{
    struct scene *s = *state;
    assert_false(files_has(s->files, &s->file));
    assert_int_equal(store(s), FILE_STORED);
    assert_true(files_has(s->files, &s->file));
    assert_int_equal(incoming(s), 0);
    assert_int_equal(ask(s), FILE_STORED);
    s->file.size++;
    assert_false(files_has(s->files, &s->file));
}

static void files__wrong_bytes__not_kept(void **state)
{
    struct scene *s = *state;
    s->bytes[99999] ^= 1;
    assert_int_equal(store(s), FILE_WRONG);
    s->bytes[99999] ^= 1;
    assert_false(files_has(s->files, &s->file));
    assert_int_equal(ask(s), FILE_WANTED); /* too few */
    send_bytes(s, s->bytes, SIZE - 1);
    assert_int_equal(end(s, true), FILE_WRONG);
    assert_int_equal(ask(s), FILE_WANTED); /* too many */
    send_bytes(s, s->bytes, SIZE);
    send_bytes(s, s->bytes, 1);
    assert_int_equal(state_of(s), FILE_WRONG);
    assert_int_equal(end(s, true), 0);     /* it is over already */
    assert_int_equal(ask(s), FILE_WANTED); /* given up */
    send_bytes(s, s->bytes, 5);
    assert_int_equal(end(s, false), 0);
    assert_int_equal(incoming(s), 0);
    assert_int_equal(store(s), FILE_STORED);
}

static void files__quota__full_until_raised(void **state)
{
    struct scene *s = *state;
    struct diag d;
    s->o.quota_bytes = SIZE - 1;
    open_files(s);
    assert_int_equal(ask(s), FILE_FULL);
    assert_non_null(strstr(files_take_notice(s->files, &d), "over the quota"));
    assert_int_equal(ask(s), FILE_FULL);
    assert_null(files_take_notice(s->files, &d)); /* said once */
    s->o.quota_bytes = SIZE;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    s->file.sha256[0] ^= 1;
    assert_int_equal(ask(s), FILE_FULL);
}

static void files__full_disk__nothing_left_behind(void **state)
{
    struct scene *s = *state;
    struct rlimit old, small;
    struct diag d;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){50000, old.rlim_max};
    assert_int_equal(ask(s), FILE_WANTED);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    send_bytes(s, s->bytes, SIZE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(state_of(s), FILE_FULL);
    assert_non_null(files_take_notice(s->files, &d));
    assert_int_equal(incoming(s), 0);
    assert_int_equal(store(s), FILE_STORED);
    assert_non_null(strstr(files_take_notice(s->files, &d), "room for files again"));
}

static void files__retention__bytes_go_and_leaf_stays(void **state)
{
    struct scene *s = *state;
    struct journal_file_row row;
    struct diag d;
    s->o.retention_days = 30;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    uint64_t size = journal_size(s->journal);
    clock_page_set(&s->clock, FIXTURE_AT + 30 * DAY_MS);
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_true(files_has(s->files, &s->file)); /* not a day too early */
    name_file(s);                               /* again: its days count anew, without a leaf */
    assert_int_equal(journal_size(s->journal), size + 1);
    clock_page_set(&s->clock, FIXTURE_AT + 60 * DAY_MS);
    open_files(s);
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_true(files_has(s->files, &s->file));
    clock_page_set(&s->clock, FIXTURE_AT + 61 * DAY_MS);
    open_files(s);
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_false(files_has(s->files, &s->file));
    assert_int_equal(journal_file(s->journal, s->file.sha256, &row), 0);
    assert_int_equal(row.removed_unix_ms, FIXTURE_AT + 61 * DAY_MS);
    assert_int_equal(store(s), FILE_STORED); /* sent again */
    name_file(s);
    assert_int_equal(journal_file(s->journal, s->file.sha256, &row), 0);
    assert_int_equal(row.removed_unix_ms, 0);
}

static void other_file(struct scene *s)
{
    s->bytes[0] ^= 1;
    hash_sha256(s->bytes, SIZE, s->file.sha256);
}

/* A message that names it again is under way: its round would name what is gone. */
static void files__retention__waits_for_what_is_expected(void **state)
{
    struct scene *s = *state;
    struct diag d;
    s->o.retention_days = 30;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    other_file(s);
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    assert_int_equal(ask(s), FILE_STORED);
    clock_page_set(&s->clock, FIXTURE_AT + 31 * DAY_MS);
    s->files->next_look_ms = 0;
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_true(files_has(s->files, &s->file));
    other_file(s);
    assert_false(files_has(s->files, &s->file)); /* though the other is in its way */
    other_file(s);
    forget(s, ANNAS);
    s->files->next_look_ms = 0;
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_false(files_has(s->files, &s->file));
}

static void files__retention__cannot_be_removed__noted(void **state)
{
    struct scene *s = *state;
    struct diag d;
    s->o.retention_days = 30;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    clock_page_set(&s->clock, FIXTURE_AT + 31 * DAY_MS);
    CLEANUP_FREE char *path = journal_file_path(s->store, s->file.sha256);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    uint64_t used = s->files->used;
    s->files->next_look_ms = 0;
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_non_null(strstr(files_take_notice(s->files, &d), "cannot be removed: "));
    assert_int_equal(s->files->used, used);
    assert_int_equal(rmdir(path), 0);
}

static void files__open__sweeps_what_nothing_names(void **state)
{
    struct scene *s = *state;
    assert_int_equal(store(s), FILE_STORED);
    open_files(s);
    assert_false(files_has(s->files, &s->file)); /* its message was never archived */
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    assert_int_equal(ask(s), FILE_STORED);
    open_files(s);
    assert_true(files_has(s->files, &s->file));
}

/* With the journal closed meanwhile. */
static void alter(struct scene *s, const char *statement)
{
    sqlite3 *db = NULL;
    struct diag d = {""};
    files_free(TAKE(s->files));
    journal_close(TAKE(s->journal));
    FIXTURE_MUST(sqlite3_open(s->journal_path, &db) == SQLITE_OK);
    FIXTURE_MUST(sqlite3_exec(db, statement, NULL, NULL, NULL) == SQLITE_OK);
    FIXTURE_MUST(sqlite3_close(db) == SQLITE_OK);
    FIXTURE_MUST(journal_open(s->journal_path, true, &s->journal, &d) == 0);
    s->o.journal = s->journal;
}

/* A journal that cannot be read names no file; they stay all the same. */
static void files__open__removes_nothing_that_it_cannot_ask_for(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    alter(s, "ALTER TABLE file RENAME COLUMN sha256 TO hash");
    assert_int_equal(files_open(&s->o, &s->files, &d), ERR_IO);
    assert_non_null(strstr(d.text, "the journal cannot be read"));
    alter(s, "ALTER TABLE file RENAME COLUMN hash TO sha256");
    open_files(s);
    assert_true(files_has(s->files, &s->file));
}

static void files__unexpected__not_taken(void **state)
{
    struct scene *s = *state;
    assert_int_equal(ask_unexpected(s), FILE_LATER);
    send_bytes(s, s->bytes, SIZE);
    assert_int_equal(end(s, true), 0);
    assert_int_equal(incoming(s), 0);
    assert_false(files_has(s->files, &s->file));
}

static void files__forgotten__dropped_unless_another_expects_it(void **state)
{
    struct scene *s = *state;
    assert_true(expect_for(s, BERT));
    assert_int_equal(store(s), FILE_STORED);
    forget(s, ANNAS);
    assert_true(files_has(s->files, &s->file));
    forget(s, ANNAS); /* once more: without effect */
    forget(s, BERTS);
    assert_false(files_has(s->files, &s->file));
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    forget(s, ANNAS);
    assert_true(files_has(s->files, &s->file));
    assert_int_equal(ask(s), FILE_STORED); /* another message of hers names it, and is refused */
    forget(s, ANNAS);
    assert_true(files_has(s->files, &s->file));
}

/* Two messages of one account name the same file: each expects it for itself. */
static void files__forgotten__by_one_message_only(void **state)
{
    struct scene *s = *state;
    assert_int_equal(store(s), FILE_STORED);
    assert_true(expect_as(s, 9, ANNA)); /* it is there already */
    forget(s, ANNAS);
    assert_true(files_has(s->files, &s->file));
    forget(s, 9);
    assert_false(files_has(s->files, &s->file));
    assert_int_equal(ask(s), FILE_WANTED);
    assert_true(expect_as(s, 9, ANNA)); /* it is on its way */
    forget(s, 9);
    send_bytes(s, s->bytes, SIZE);
    assert_int_equal(end(s, true), FILE_STORED);
    assert_true(expect_as(s, 9, ANNA));
    name_file(s); /* the other message's round */
    assert_int_equal(s->files->expected_count, 1);
    forget(s, 9);
    assert_true(files_has(s->files, &s->file));
}

/* Link may wait for what comes: it is told, and what comes still is passed over. */
static void files__dropped_on_its_way__link_is_told(void **state)
{
    struct scene *s = *state;
    struct diag d;
    assert_int_equal(ask(s), FILE_WANTED);
    send_bytes(s, s->bytes, 1000);
    forget(s, ANNAS);
    assert_int_equal(state_of(s), FILE_LATER);
    assert_int_equal(incoming(s), 0);
    send_bytes(s, s->bytes + 1000, SIZE - 1000);
    assert_int_equal(end(s, true), 0);
    assert_int_equal(ask(s), FILE_WANTED);
    assert_int_equal(files_expire(s->files, clock_monotonic_ms() + FILES_EXPECTED_MS, &d), 0);
    assert_int_equal(state_of(s), FILE_LATER);
    assert_int_equal(incoming(s), 0);
}

static void files__dropped__link_does_not_take_it(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    assert_int_equal(ask(s), FILE_WANTED);
    s->ends[0].max_queue = 0;
    assert_int_equal(files_expire(s->files, clock_monotonic_ms() + FILES_EXPECTED_MS, &d),
                     ERR_LIMIT);
    assert_string_equal(d.text, "link does not take its answers");
}

static void files__expected__so_many_of_an_account(void **state)
{
    struct scene *s = *state;
    for (uint64_t i = 0; i < FILES_EXPECTED_OF_ONE_MAX; i++)
        assert_true(expect_as(s, 100 + i, ANNA));
    assert_false(expect_as(s, 99, ANNA));
    assert_true(expect_for(s, BERT));
    forget(s, 100);
    assert_true(expect_as(s, 99, ANNA));
    assert_false(expect_as(s, 100, ANNA));
}

/* Whose room a file takes is whose message expected it first, whatever has gone meanwhile. */
static void files__account__of_the_first(void **state)
{
    struct scene *s = *state;
    uint8_t account[HASH_BYTES], berts[HASH_BYTES];
    frames_account(BERT, berts);
    assert_true(expect_as(s, 1, ANNA));
    assert_true(expect_as(s, 2, BERT));
    assert_true(expect_as(s, 3, ANNA));
    forget(s, 1);
    files_account_of(s->files, &s->file, account);
    assert_memory_equal(account, berts, HASH_BYTES);
}

static void files__never_named__dropped_in_time(void **state)
{
    struct scene *s = *state;
    struct diag d;
    int64_t now = clock_monotonic_ms();
    assert_int_equal(store(s), FILE_STORED);
    assert_int_equal(files_expire(s->files, now + FILES_EXPECTED_MS - 1, &d), 0);
    assert_true(files_has(s->files, &s->file));
    assert_int_equal(files_expire(s->files, now + FILES_EXPECTED_MS, &d), 0);
    assert_false(files_has(s->files, &s->file));
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    assert_int_equal(files_expire(s->files, now + 2 * FILES_EXPECTED_MS, &d), 0);
    assert_int_equal(files_tick(s->files, &d), 0);
    assert_true(files_has(s->files, &s->file));
}

static void files__tick__journal_cannot_tell(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    s->o.retention_days = 30;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    alter(s, "UPDATE file SET sha256 = x'00'");
    open_files(s);
    clock_page_set(&s->clock, FIXTURE_AT + 31 * DAY_MS);
    assert_int_equal(files_tick(s->files, &d), ERR_FORMAT);
    assert_string_equal(d.text, "the journal does not tell which files are past their retention");
}

static void files__quota_of_an_account__others_go_on(void **state)
{
    struct scene *s = *state;
    struct diag d;
    s->o.account_quota_bytes = 2 * SIZE - 1;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    name_file(s);
    assert_int_equal(ask(s), FILE_STORED); /* what is there is free */
    other_file(s);
    assert_false(expect_for(s, ANNA));
    assert_non_null(strstr(files_take_notice(s->files, &d), "an account is over its quota"));
    assert_false(expect_for(s, ANNA));
    assert_null(files_take_notice(s->files, &d)); /* said once */
    assert_true(expect_for(s, BERT));
    assert_int_equal(ask_unexpected(s), FILE_WANTED);
    send_bytes(s, s->bytes, SIZE);
    assert_int_equal(end(s, true), FILE_STORED);
    other_file(s);
    s->file.sha256[0] ^= 1;
    assert_false(expect_for(s, BERT)); /* what is not named yet counts, too */
    open_files(s);                     /* and in a new generation what the journal says */
    other_file(s);
    assert_false(expect_for(s, ANNA));
    assert_true(expect_for(s, BERT));
}

/* However many of its messages name a file, and once the journal counts it, too. */
static void files__quota_of_an_account__a_file_counts_once(void **state)
{
    struct scene *s = *state;
    s->o.account_quota_bytes = 2 * SIZE - 1;
    open_files(s);
    assert_int_equal(store(s), FILE_STORED);
    assert_true(expect_as(s, 9, ANNA));
    assert_true(expect_as(s, 10, ANNA));
    name_file(s);
    assert_true(expect_as(s, 11, ANNA));
    other_file(s);
    assert_false(expect_as(s, 12, ANNA));
}

static void files__frames__malformed(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    static const uint8_t types[] = {FRAME_FILE_ASK, FRAME_FILE_DATA, FRAME_FILE_END,
                                    FRAME_FILE_STATE, FRAME_INCLUSION};
    for (size_t i = 0; i < COUNT(types); i++)
        assert_int_equal(give(s, types[i], &b), ERR_FORMAT);
    buf_put_u64(&b, 1);
    assert_int_equal(give(s, FRAME_FILE_DATA, &b), ERR_FORMAT); /* no bytes */
    buf_put_u8(&b, 2);
    assert_int_equal(give(s, FRAME_FILE_END, &b), ERR_FORMAT);
    buf_reset(&b);
    s->file.size = VALUE_FILE_BYTES_MAX + 1U;
    frames_put_file_ask(&b, 1, &s->file);
    assert_int_equal(give(s, FRAME_FILE_ASK, &b), ERR_FORMAT);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(files__whole__stored_once),
        T(files__wrong_bytes__not_kept),
        T(files__quota__full_until_raised),
        T(files__full_disk__nothing_left_behind),
        T(files__retention__bytes_go_and_leaf_stays),
        T(files__retention__waits_for_what_is_expected),
        T(files__retention__cannot_be_removed__noted),
        T(files__open__sweeps_what_nothing_names),
        T(files__open__removes_nothing_that_it_cannot_ask_for),
        T(files__unexpected__not_taken),
        T(files__forgotten__dropped_unless_another_expects_it),
        T(files__forgotten__by_one_message_only),
        T(files__dropped_on_its_way__link_is_told),
        T(files__dropped__link_does_not_take_it),
        T(files__expected__so_many_of_an_account),
        T(files__account__of_the_first),
        T(files__never_named__dropped_in_time),
        T(files__tick__journal_cannot_tell),
        T(files__quota_of_an_account__others_go_on),
        T(files__quota_of_an_account__a_file_counts_once),
        T(files__frames__malformed),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
