/* A package at a desk: verified before anything of it is there, logged, its files kept as
 * ciphertexts; and what is no package, another's or hostile leaves nothing behind.
 */
#include "desk/receive.h"

#include <sys/stat.h>

#include "../exchange/packing.h"
#include "base/file.h"
#include "base/secret.h"
#include "desk_folder.h"
#include "exchange/bag.h"

struct receiving {
    struct desk_world *w;
    struct packed m;
    struct desk_receive_counts counts;
    struct diag d;
};

/* The desk's own agency receives it, on a desk that has read nothing. */
static void begin(struct receiving *r, struct desk_world *w)
{
    *r = (struct receiving){.w = w};
    packing_fill(w->shelf);
    packing_begin(&r->m, w->shelf);
    r->m.recipient = age_identity_recipient(&w->identities->list[0]);
    assert_int_equal(packing_make(&r->m, packing_of_all_kinds, PACKING_KINDS), 0);
}

static void end(struct receiving *r)
{
    packing_clear(&r->m);
}

static int receive(struct receiving *r, const char *path, const char *network)
{
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    assert_int_equal(desk_engine_open(&r->w->folder, NULL, &e, &r->d), 0);
    const struct desk_receive_options o = {.folder = &r->w->folder,
                                           .engine = &e,
                                           .path = path,
                                           .network = network,
                                           .identities = r->w->identities,
                                           .now_unix_ms = FIXTURE_AT};
    r->d.text[0] = '\0';
    return desk_receive(&o, &r->counts, &r->d);
}

struct seen {
    uint64_t entries, messages;
    char what[256], warrants[64];
};

static int take_entry(void *context, const struct access_entry *e)
{
    struct seen *s = context;
    s->entries++;
    snprintf(s->what, sizeof s->what, "%s", e->what);
    snprintf(s->warrants, sizeof s->warrants, "%s", e->warrants);
    return 0;
}

static struct seen look(struct receiving *r)
{
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    struct seen s = {0};
    assert_int_equal(desk_engine_open(&r->w->folder, NULL, &e, &r->d), 0);
    const struct access_question all = {.limit = UINT64_MAX, .action = ACCESS_RECEIVE};
    assert_int_equal(access_each(e.log, &all, take_entry, &s, &r->d), 0);
    s.messages = (uint64_t)desk_index_last(e.index);
    assert_int_equal(desk_index_check(e.index, &r->d), 0);
    return s;
}

static void desk_receive__package__is_there_and_logged(void **state)
{
    CLEANUP(end) struct receiving r;
    begin(&r, *state);
    if (receive(&r, r.m.file, NULL) < 0)
        fail_msg("%s", r.d.text);
    assert_int_equal(r.counts.records[DESK_RECEIVED_NEW], 2);
    assert_false(r.counts.again);
    assert_string_equal(r.counts.package, "north-0001");
    struct seen s = look(&r);
    assert_int_equal(s.entries, 1);
    assert_int_equal(s.messages, 2);
    assert_string_equal(s.warrants, FIXTURE_WARRANT);
    assert_says(s.what, "package north-0001 of north, chat.example, SHA-256 ");
    assert_int_equal(receive(&r, r.m.file, NULL), 0);
    assert_true(r.counts.again);
    assert_int_equal(r.counts.records[DESK_RECEIVED_NEW], 2);
    s = look(&r);
    assert_true(s.entries == 1 && s.messages == 2);
}

/* The own archive is read behind it: each once. */
static void desk_receive__package__is_what_the_archive_has(void **state)
{
    struct desk_world *w = *state;
    CLEANUP(end) struct receiving r;
    begin(&r, w);
    assert_int_equal(receive(&r, r.m.file, NULL), 0);
    desk_world_archive(w, 0);
    desk_world_read(w);
    assert_int_equal(look(&r).messages, 6);
}

static void assert_refused(struct receiving *r, const char *path, const char *network,
                           const char *says)
{
    CLEANUP_FREE char *files = desk_folder_file(&r->w->folder, DESK_RECEIVED);
    if (receive(r, path, network) >= 0)
        fail_msg("%s is taken in", says);
    assert_says(r->d.text, says);
    struct seen s = look(r);
    assert_true(s.entries == 0 && s.messages == 0);
    assert_false(file_exists(files));
}

static void desk_receive__other_networks__are_refused(void **state)
{
    CLEANUP(end) struct receiving r;
    const struct fixture_options two = {.custodians = 2};
    CLEANUP(fixture_free_cleanup) struct fixture *other = fixture_new(&two);
    begin(&r, *state);
    assert_refused(&r, r.m.file, other->network_note, "another than the trusted one");
    /* The desk is of another network that has the same name, and trusts this one. */
    CLEANUP_FREE char *note = file_join(r.w->network, "network.note");
    assert_int_equal(file_write(note, other->network_note, strlen(other->network_note), 0644, &r.d),
                     0);
    assert_refused(&r, r.m.file, NULL, "another than the trusted one");
    assert_refused(&r, r.m.file, r.w->shelf->f->network_note, "could not be told apart");
}

static void desk_receive__what_is_no_package__is_refused(void **state)
{
    CLEANUP(end) struct receiving r;
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 22);
    begin(&r, *state);
    assert_refused(&r, r.w->network, NULL, "is not a file");
    assert_refused(&r, "/nowhere/x.age", NULL, "cannot read");
    assert_int_equal(file_read(r.m.file, &b, &r.d), 0);
    for (size_t at = 1; at < b.len; at += b.len / 20) { /* cut off, and changed */
        assert_int_equal(file_write(r.m.file, b.data, at, 0600, &r.d), 0);
        assert_refused(&r, r.m.file, NULL, "");
        b.data[at] ^= 1;
        assert_int_equal(file_write(r.m.file, b.data, b.len, 0600, &r.d), 0);
        assert_refused(&r, r.m.file, NULL, "");
        b.data[at] ^= 1;
    }
    assert_int_equal(file_write(r.m.file, b.data, b.len, 0600, &r.d), 0);
    assert_int_equal(receive(&r, r.m.file, NULL), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        DESK_WORLD_TEST(desk_receive__package__is_there_and_logged),
        DESK_WORLD_TEST(desk_receive__package__is_what_the_archive_has),
        DESK_WORLD_TEST(desk_receive__other_networks__are_refused),
        DESK_WORLD_TEST(desk_receive__what_is_no_package__is_refused),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
