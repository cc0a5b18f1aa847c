/* What a sender calls a file must never keep its bytes from being written out, nor let them go
 * anywhere else. */
#include "shelf.h"

#include <fcntl.h>
#include <unistd.h>

#include "archive/stored.h"
#include "base/file.h"
#include "journal/files.h"
#include "media/sealed.h"

#define LEAF UINT64_MAX /* the longest prefix */
#define START "18446744073709551615-"
#define TEXT "what the file says"

struct sent {
    char *store, *to;
    struct file_content content;
    struct envelope_file named;
    struct record record;
    struct buf body;
};

/* Its ciphertext into the store, and a round that names it. */
static void send_file(struct shelf *s, struct sent *x)
{
    const uint8_t *text = (const uint8_t *)TEXT;
    const struct media_source source = media_source_memory(&text, strlen(TEXT));
    CLEANUP_FREE char *open_path = file_join(s->folder, "sealed");
    x->store = file_join(s->folder, "files");
    x->to = file_join(s->folder, "out");
    x->body = (struct buf)BUF_INIT(65536);
    x->content = (struct file_content){.type = "image/png", .size = strlen(TEXT)};
    x->content.uri = (struct file_uri){.port = 443};
    snprintf(x->content.uri.host, sizeof x->content.uri.host, "upload.%s", FIXTURE_DOMAIN);
    snprintf(x->content.uri.path, sizeof x->content.uri.path, "/f");
    CLEANUP_CLOSE int fd = open(open_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    FIXTURE_MUST(
        sealed_write(&source, x->content.uri.key, x->content.uri.iv, fd, x->named.sha256) == 0);
    x->named.size = strlen(TEXT) + SEALED_TAG_BYTES;
    x->named.path = "/f";
    CLEANUP_FREE char *path = journal_file_path(x->store, x->named.sha256);
    CLEANUP_FREE char *folder = mem_string_n(path, (size_t)(strrchr(path, '/') - path));
    FIXTURE_MUST(file_make_folder(folder, 0700, NULL) == 0);
    FIXTURE_MUST(file_make_folder(x->to, 0700, NULL) == 0);
    FIXTURE_MUST(rename(open_path, path) == 0);
    struct journal_file f = {.size = x->named.size};
    memcpy(f.sha256, x->named.sha256, HASH_BYTES);
    shelf_commit(s, &(struct shelf_wrong){.file = &f});
    x->record.envelope.files[0] = x->named;
    x->record.envelope.file_count = 1;
}

static void clear(struct sent *x)
{
    buf_clear(&x->body);
    free(x->store);
    free(x->to);
}

static int open_as(struct shelf *s, struct sent *x, const char *name, char **ret, struct diag *d)
{
    snprintf(x->content.name, sizeof x->content.name, "%s", name);
    buf_reset(&x->body);
    FIXTURE_MUST(file_content_put(&x->body, &x->content, NULL) == 0);
    struct reader_message m = {
        .leaf = LEAF, .record = &x->record, .body = buf_text(&x->body), .body_len = x->body.len};
    return stored_open(s->journal, x->store, &m, x->to, ret, d);
}

static void assert_written(const struct sent *x, const char *name)
{
    CLEANUP_FREE char *path = file_join(x->to, name), *text = NULL;
    assert_int_equal(file_read_text(path, 100, &text, NULL), 0);
    assert_string_equal(text, TEXT);
    assert_int_equal(unlink(path), 0);
}

static void stored__open__shortens_a_name_that_is_too_long(void **state)
{
    struct shelf *s = *state;
    struct sent x = {0};
    CLEANUP_FREE char *z = repeat('z', FILE_CONTENT_NAME_MAX);
    const struct {
        const char *name, *written; /* START before it */
    } cases[] = {
        {"holiday.jpg", "holiday.jpg"},
        {"-rf", "-rf"},
        {mem_format("%.*s", 119, z), mem_format("%.*s", 119, z)},
        {mem_format("%.*s", 120, z), mem_format("%.*s…", 116, z)},
        {mem_format("%.*s.jpg", 246, z), mem_format("%.*s….jpg", 112, z)},
        {mem_format(".%.*s", 248, z), mem_format(".%.*s…", 115, z)},
        {mem_format("%.*s.an-ending-that-is-none", 200, z), mem_format("%.*s…", 116, z)},
        {mem_format("%.*sééé%.*s.png", 111, z, 100, z), mem_format("%.*s….png", 111, z)},
    };
    send_file(s, &x);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *written = NULL, *want = mem_format(START "%s", cases[i].written);
        struct diag d = {""};
        if (open_as(s, &x, cases[i].name, &written, &d) != 0)
            fail_msg("%s: %s", cases[i].name, d.text);
        assert_string_equal(written, want);
        assert_true(strlen(written) <= STORED_NAME_MAX);
        assert_written(&x, written);
    }
    for (size_t i = 2; i < COUNT(cases); i++) {
        free((char *)(uintptr_t)cases[i].name);
        free((char *)(uintptr_t)cases[i].written);
    }
    clear(&x);
}

/* Neither a file of that name, nor one that stands where a part might. */
static void stored__open__destroys_nothing(void **state)
{
    static const char *const names[] = {START "a", START "a.part", START "a.open"};
    struct shelf *s = *state;
    struct sent x = {0};
    struct diag d;
    char *written = NULL;
    send_file(s, &x);
    for (size_t i = 0; i < COUNT(names); i++) {
        CLEANUP_FREE char *path = file_join(x.to, names[i]);
        assert_int_equal(file_write(path, "mine", 4, 0600, NULL), 0);
    }
    assert_int_equal(open_as(s, &x, "a", &written, &d), ERR_EXISTS);
    assert_says(d.text, "is there already");
    for (size_t i = 0; i < COUNT(names); i++) {
        CLEANUP_FREE char *path = file_join(x.to, names[i]), *text = NULL;
        assert_int_equal(file_read_text(path, 100, &text, NULL), 0);
        assert_string_equal(text, "mine");
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(x.to), 0); /* and no part is left */
    clear(&x);
}

/* A journal as it was before the bot went on. */
struct before {
    struct journal *journal;
    char *path;
    struct stored_counts counts;
};

static void look(const struct shelf *s, const struct sent *x, struct before *ret)
{
    FIXTURE_MUST(journal_open(s->journal_path, false, &ret->journal, NULL) == 0);
    ret->path = journal_file_path(x->store, x->named.sha256);
}

static int check(struct before *b, const struct sent *x, struct diag *d)
{
    return stored_check(b->journal, x->store, &b->counts, d);
}

static void stop_looking(struct before *b)
{
    journal_close(TAKE(b->journal));
    free(TAKE(b->path));
}

/* Retention ends while the archive is verified, or the file is named again. */
static void stored__check__accuses_no_bot_that_runs_on(void **state)
{
    struct shelf *s = *state;
    struct sent x = {0};
    struct before b = {0};
    struct diag d = {""};
    send_file(s, &x);
    look(s, &x, &b);
    FIXTURE_MUST(journal_file_removed(s->journal, x.named.sha256, FIXTURE_AT, &d) == 0);
    FIXTURE_MUST(unlink(b.path) == 0);
    if (check(&b, &x, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(b.counts.files == 0 && b.counts.removed == 1);
    stop_looking(&b);
    look(s, &x, &b);
    shelf_sql(s, "UPDATE file SET removed = 0");
    FIXTURE_MUST(file_write(b.path, "fetched again", 13, 0600, NULL) == 0);
    if (check(&b, &x, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(b.counts.files == 0 && b.counts.removed == 1);
    stop_looking(&b);
    clear(&x);
}

static void stored__check__names_what_is_not_as_the_journal_says(void **state)
{
    struct shelf *s = *state;
    struct sent x = {0};
    struct before b = {0};
    struct diag d = {""};
    send_file(s, &x);
    look(s, &x, &b);
    assert_int_equal(check(&b, &x, &d), 0);
    assert_true(b.counts.files == 1 && b.counts.bytes == x.named.size && b.counts.removed == 0);
    FIXTURE_MUST(file_write(b.path, "other bytes", 11, 0600, NULL) == 0);
    assert_int_equal(check(&b, &x, &d), ERR_AUTH);
    assert_says(d.text, "its bytes are not those that were archived");
    FIXTURE_MUST(unlink(b.path) == 0);
    assert_int_equal(check(&b, &x, &d), ERR_NOT_FOUND);
    assert_says(d.text, "an archived file is missing");
    stop_looking(&b);
    shelf_sql(s, "UPDATE file SET removed = 1");
    look(s, &x, &b);
    assert_int_equal(check(&b, &x, &d), 0);
    FIXTURE_MUST(file_write(b.path, "left", 4, 0600, NULL) == 0);
    assert_int_equal(check(&b, &x, &d), ERR_AUTH);
    assert_says(d.text, "it was removed, and it is there; start the bot if it was killed");
    stop_looking(&b);
    clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF_TEST(stored__open__shortens_a_name_that_is_too_long),
        SHELF_TEST(stored__open__destroys_nothing),
        SHELF_TEST(stored__check__accuses_no_bot_that_runs_on),
        SHELF_TEST(stored__check__names_what_is_not_as_the_journal_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
