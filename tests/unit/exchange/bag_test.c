/* Bags: what was written is read; what a hostile sender makes of one is refused. */
#include "exchange/bag.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../wire/test.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "exchange/bag_read.h"

struct shelved {
    char folder[64];
    char *path;
    struct age_identity id, other;
    struct age_recipient recipient;
    struct buf read; /* "PATH\n" of each member that came, then its bytes */
    struct diag d;
};

static int set_up(void **state)
{
    struct shelved *p = mem_new(sizeof *p);
    strcpy(p->folder, "/tmp/bag-test-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    p->path = file_join(p->folder, "bag.age");
    age_identity_generate(&p->id);
    age_identity_generate(&p->other);
    p->recipient = age_identity_recipient(&p->id);
    p->read = (struct buf)BUF_INIT(1U << 20);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct shelved *p = *state;
    int r = file_remove_tree(p->folder, NULL);
    buf_clear(&p->read);
    free(p->path);
    free(p);
    return r;
}
#define BAG_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static int begin(void *context, const char *path, uint64_t size, struct diag *d)
{
    struct shelved *p = context;
    (void)size;
    (void)d;
    buf_format(&p->read, "%s\n", path);
    return 0;
}

static int data(void *context, const void *bytes, size_t len, struct diag *d)
{
    struct shelved *p = context;
    (void)d;
    buf_put(&p->read, bytes, len);
    return 0;
}

static int end(void *context, struct diag *d)
{
    (void)context;
    (void)d;
    return 0;
}

static int read_as(struct shelved *p, const char *path, const struct age_identity *id)
{
    const struct bag_sink sink = {begin, data, end, p};
    struct bag_summary s;
    buf_reset(&p->read);
    return bag_read(path, id, id == NULL ? 0 : 1, &sink, &s, &p->d);
}

static void write_bag(struct shelved *p)
{
    const struct bag_options o = {
        .path = p->path, .name = "north-1", .recipients = &p->recipient, .recipient_count = 1};
    uint8_t manifest[HASH512_BYTES];
    CLEANUP(bag_free_cleanup) struct bag *b = NULL;
    assert_int_equal(bag_new(&o, &b, &p->d), 0);
    assert_int_equal(bag_put(b, "data/one.txt", "first", 5, &p->d), 0);
    assert_int_equal(bag_begin(b, "data/more/two.txt", 6, &p->d), 0);
    assert_int_equal(bag_add(b, "sec", 3, &p->d), 0);
    assert_int_equal(bag_add(b, "ond", 3, &p->d), 0);
    assert_int_equal(bag_end(b, &p->d), 0);
    assert_int_equal(bag_close_payload(b, manifest, &p->d), 0);
    assert_int_equal(bag_put(b, "package.note", "word", 4, &p->d), 0);
    assert_int_equal(bag_finish(b, &p->d), 0);
}

static void bag__read__what_was_written(void **state)
{
    struct shelved *p = *state;
    write_bag(p);
    if (read_as(p, p->path, &p->id) != 0)
        fail_msg("%s", p->d.text);
    assert_non_null(strstr(buf_text(&p->read), "data/one.txt\nfirst"));
    assert_non_null(strstr(buf_text(&p->read), "data/more/two.txt\nsecond"));
    assert_non_null(strstr(buf_text(&p->read), "package.note\nword"));
}

static void bag__new__writes_over_nothing_and_leaves_nothing(void **state)
{
    struct shelved *p = *state;
    const struct bag_options o = {
        .path = p->path, .name = "north-1", .recipients = &p->recipient, .recipient_count = 1};
    struct bag *b = NULL;
    assert_int_equal(bag_new(&o, &b, &p->d), 0);
    assert_int_equal(bag_put(b, "../out", "x", 1, &p->d), ERR_FORMAT);
    bag_free(b);
    CLEANUP_FREE char *partial = mem_format("%s.partial", p->path);
    assert_false(file_exists(p->path));
    assert_false(file_exists(partial));
    write_bag(p);
    assert_false(file_exists(partial));
    assert_int_equal(bag_new(&o, &b, &p->d), ERR_EXISTS);
}

static void bag__read__refuses_every_changed_byte(void **state)
{
    struct shelved *p = *state;
    CLEANUP_BUF struct buf file = BUF_INIT(1U << 20);
    write_bag(p);
    assert_int_equal(file_read(p->path, &file, &p->d), 0);
    for (size_t at = 0; at < file.len; at += 37) {
        file.data[at] ^= 1;
        assert_int_equal(file_write(p->path, file.data, file.len, 0600, &p->d), 0);
        if (read_as(p, p->path, &p->id) == 0)
            fail_msg("byte %zu of %zu", at, file.len);
        file.data[at] ^= 1;
    }
    assert_int_equal(file_write(p->path, file.data, file.len - 1, 0600, &p->d), 0);
    assert_true(read_as(p, p->path, &p->id) < 0);
    assert_int_equal(read_as(p, p->path, &p->other), ERR_NOT_FOUND);
    assert_int_equal(read_as(p, p->path, NULL), ERR_KEY);
}

/* ---- made by somebody else ---- */

struct entry {
    const char *path, *bytes;
    unsigned type;    /* AE_IFREG … */
    const char *link; /* where a link leads */
    bool hard;
};

static la_ssize_t take(struct archive *tar, void *context, const void *bytes, size_t len)
{
    (void)tar;
    buf_put(context, bytes, len);
    return (la_ssize_t)len;
}

static void seal(struct shelved *p, const struct entry *entries, size_t count)
{
    CLEANUP_BUF struct buf plain = BUF_INIT(1U << 20), sealed = BUF_INIT(1U << 20);
    struct archive *tar = archive_write_new();
    archive_write_set_format_pax_restricted(tar);
    archive_write_open(tar, &plain, NULL, take, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct entry *x = &entries[i];
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, x->path);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_filetype(e, x->type == 0 ? AE_IFREG : x->type);
        archive_entry_set_size(e, x->bytes == NULL ? 0 : (la_int64_t)strlen(x->bytes));
        if (x->link != NULL && x->hard)
            archive_entry_set_hardlink(e, x->link);
        else if (x->link != NULL)
            archive_entry_set_symlink(e, x->link);
        archive_write_header(tar, e);
        if (x->bytes != NULL)
            archive_write_data(tar, x->bytes, strlen(x->bytes));
        archive_entry_free(e);
    }
    archive_write_close(tar);
    archive_write_free(tar);
    assert_int_equal(age_encrypt(&p->recipient, 1, plain.data, plain.len, &sealed), 0);
    assert_int_equal(file_write(p->path, sealed.data, sealed.len, 0600, &p->d), 0);
}

#define DECLARED                                                                                   \
    {                                                                                              \
        "b/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", 0, NULL, false  \
    }

static void bag__read__refuses_what_is_no_file_of_it(void **state)
{
    struct shelved *p = *state;
    static const struct {
        struct entry entry;
        const char *says;
    } cases[] = {
        {{"b/data/x", NULL, AE_IFLNK, "/etc/passwd", false}, "is not a file of the bag"},
        {{"b/data/x", NULL, 0, "b/bagit.txt", true}, "is not a file of the bag"},
        {{"b/data", NULL, AE_IFDIR, NULL, false}, "is not a file of the bag"},
        {{"b/data/x", NULL, AE_IFIFO, NULL, false}, "is not a file of the bag"},
        {{"/etc/x", "x", 0, NULL, false}, "is not a"},
        {{"other/x", "x", 0, NULL, false}, "is not a file of the bag"},
        {{"b/../x", "x", 0, NULL, false}, "is not a name"},
        {{"b/data/.x", "x", 0, NULL, false}, "is not a name"},
        {{"b/data/a b", "x", 0, NULL, false}, "is not a name"},
        {{"b/bagit.txt", "x", 0, NULL, false}, "is in it twice"},
        {{"b/data/x", "x", 0, NULL, false}, "is in no manifest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct entry entries[] = {DECLARED, cases[i].entry};
        seal(p, entries, 2);
        if (read_as(p, p->path, &p->id) >= 0 || strstr(p->d.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].entry.path, p->d.text);
    }
}

static void bag__read__needs_what_its_manifests_name(void **state)
{
    struct shelved *p = *state;
    static const char zeros[] = "000000000000000000000000000000000000000000000000000000000000000000"
                                "00000000000000000000000000"
                                "000000000000000000000000000000000000";
    CLEANUP_FREE char *line = mem_format("%s  data/x\n", zeros);
    const struct entry missing[] = {DECLARED, {"b/manifest-sha512.txt", line, 0, NULL, false}};
    seal(p, missing, 2);
    assert_int_equal(read_as(p, p->path, &p->id), ERR_AUTH);
    assert_says(p->d.text, "data/x is missing");
    const struct entry other[] = {DECLARED,
                                  {"b/data/x", "x", 0, NULL, false},
                                  {"b/manifest-sha512.txt", line, 0, NULL, false}};
    seal(p, other, 3);
    assert_int_equal(read_as(p, p->path, &p->id), ERR_AUTH);
    assert_says(p->d.text, "data/x has other bytes");
    const struct entry none[] = {{"b/data/x", "x", 0, NULL, false}};
    seal(p, none, 1);
    assert_int_equal(read_as(p, p->path, &p->id), ERR_FORMAT);
    assert_says(p->d.text, "it is not a bag");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BAG_TEST(bag__read__what_was_written),
        BAG_TEST(bag__new__writes_over_nothing_and_leaves_nothing),
        BAG_TEST(bag__read__refuses_every_changed_byte),
        BAG_TEST(bag__read__refuses_what_is_no_file_of_it),
        BAG_TEST(bag__read__needs_what_its_manifests_name),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
