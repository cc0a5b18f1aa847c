#include "access/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"

#define NAME "north.chat.example/desk"
#define NOW INT64_C(1790000000000)

static const uint8_t seed[SIGN_SEED_BYTES] = {7, 7, 7};

struct scene {
    char folder[64], path[96];
    struct sql sql;
    struct access_log *log;
    struct diag d;
};

static void must(int r, const struct diag *d)
{
    if (r != 0)
        fail_msg("%d: %s", r, d->text);
}

static void open_log(struct scene *s)
{
    must(access_open(&s->sql, NAME, seed, &s->log, &s->d), &s->d);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    strcpy(s->folder, "/tmp/ironside-access.XXXXXX");
    if (mkdtemp(s->folder) == NULL)
        return -1;
    snprintf(s->path, sizeof s->path, "%s/log.db", s->folder);
    *state = s;
    if (file_write(s->path, "", 0, 0600, NULL) < 0 || sql_open(&s->sql, s->path, true, &s->d) < 0)
        return -1;
    open_log(s);
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    access_close(s->log);
    sql_close(&s->sql);
    int r = file_remove_tree(s->folder, NULL);
    free(s);
    return r;
}
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static struct access_entry entry(const char *user, enum access_action action)
{
    return (struct access_entry){
        .at_unix_ms = NOW,
        .action = action,
        .user = user,
        .role = "reviewer",
        .purpose = "case 7",
        .case_id = "harbour",
        .warrants = "de-1 de-2",
        .what = "meet pier",
        .count = 3,
    };
}

static void append(struct scene *s, const char *user, enum access_action action)
{
    struct access_entry e = entry(user, action);
    must(access_append(s->log, &e, &s->d), &s->d);
}

/* `count` entries, a checkpoint after every `each`. */
static void fill(struct scene *s, unsigned count, unsigned each)
{
    must(sql_execute(&s->sql, "BEGIN", &s->d), &s->d);
    for (unsigned i = 0; i < count; i++) {
        append(s, i % 2 == 0 ? "anna" : "boris", i % 3 == 0 ? ACCESS_SEARCH : ACCESS_VIEW);
        if ((i + 1) % each == 0)
            must(access_sign(s->log, NOW + i, &s->d), &s->d);
    }
    must(sql_execute(&s->sql, "COMMIT", &s->d), &s->d);
}

static void assert_whole(struct scene *s, uint64_t entries, uint64_t checkpoints)
{
    uint64_t e = 0, c = 0;
    must(access_verify(s->log, &e, &c, &s->d), &s->d);
    assert_int_equal(e, entries);
    assert_int_equal(c, checkpoints);
}

/* ---- the line ---- */

static const char *line_of(struct buf *b, const struct access_entry *e)
{
    buf_reset(b);
    access_line(b, e);
    return buf_text(b);
}

static void access__line__is_one_line_in_one_form(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    struct access_entry e = entry("anna", ACCESS_SEARCH);
    e.number = 9;
    assert_string_equal(line_of(&b, &e),
                        "ironside-access-1\t9\t1790000000000\tsearch\tanna\treviewer\tcase 7\t"
                        "harbour\tde-1 de-2\t3\t0\tmeet pier");
    e.what = "a\tb\\c\nd\x7f"
             "é";
    e.hidden = true;
    assert_string_equal(strstr(line_of(&b, &e), "\t3\t") + 3, "1\ta\\x09b\\\\c\\x0ad\\x7fé");
}

static void access__line__tells_two_entries_apart(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20), other = BUF_INIT(1U << 20);
    struct access_entry e = entry("anna", ACCESS_SEARCH), f = e;
    e.purpose = "x\ty", e.case_id = "";
    f.purpose = "x", f.case_id = "y";
    assert_string_not_equal(line_of(&b, &e), line_of(&other, &f));
    e = f = entry("anna", ACCESS_SEARCH);
    e.what = "\t", f.what = "\\x09";
    assert_string_not_equal(line_of(&b, &e), line_of(&other, &f));
}

static void access__line__refuses_what_is_too_long_or_no_text(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    CLEANUP_FREE char *text = mem_new(ACCESS_TEXT_MAX + 2);
    struct access_entry e = entry("anna", ACCESS_SEARCH);
    memset(text, 'a', ACCESS_TEXT_MAX);
    e.what = text;
    assert_string_not_equal(line_of(&b, &e), "");
    text[ACCESS_TEXT_MAX] = 'a';
    access_line(&b, &e);
    assert_true(buf_failed(&b));
    buf_clear(&b);
    e.what = "\xff";
    access_line(&b, &e);
    assert_true(buf_failed(&b));
}

static void access__action__has_a_word_each(void **state)
{
    (void)state;
    for (int a = 0; a < ACCESS_ACTIONS; a++)
        assert_int_equal(access_action_of(access_action_text((enum access_action)a)), a);
    assert_int_equal(access_action_of("delete"), ACCESS_ACTIONS);
    assert_string_equal(access_action_text(ACCESS_ACTIONS), "");
}

/* ---- appending ---- */

static void access__append__counts_and_survives(void **state)
{
    struct scene *s = *state;
    assert_whole(s, 0, 0);
    fill(s, 5, 100);
    assert_int_equal(access_size(s->log), 5);
    access_close(s->log);
    open_log(s);
    append(s, "anna", ACCESS_EXPORT);
    assert_int_equal(access_size(s->log), 6);
    assert_whole(s, 6, 0);
}

static void access__append__is_the_callers_to_roll_back(void **state)
{
    struct scene *s = *state;
    append(s, "anna", ACCESS_SEARCH);
    must(sql_execute(&s->sql, "BEGIN", &s->d), &s->d);
    append(s, "boris", ACCESS_VIEW);
    append(s, "boris", ACCESS_VIEW);
    must(sql_execute(&s->sql, "ROLLBACK", &s->d), &s->d);
    assert_int_equal(access_size(s->log), 1);
    append(s, "carl", ACCESS_VIEW);
    must(access_sign(s->log, NOW, &s->d), &s->d);
    assert_whole(s, 2, 1);
}

static void access__append__refuses_what_no_line_can_say(void **state)
{
    struct scene *s = *state;
    struct access_entry e = entry("\xc3", ACCESS_VIEW);
    assert_int_equal(access_append(s->log, &e, &s->d), ERR_LIMIT);
    append(s, "anna", ACCESS_VIEW);
    assert_whole(s, 1, 0);
}

/* Two logs over one database, of which one does not see what the other appends. */
static void access__append__does_not_go_on_from_another_tree(void **state)
{
    struct scene *s = *state;
    fill(s, 3, 100);
    must(sql_execute(&s->sql, "DELETE FROM access_entry WHERE number = 2", &s->d), &s->d);
    struct access_entry e = entry("anna", ACCESS_VIEW);
    assert_int_equal(access_append(s->log, &e, &s->d), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "2 entries, its tree 3"));
}

static void access__open__refuses_a_name_that_no_note_can_have(void **state)
{
    struct scene *s = *state;
    struct access_log *l = NULL;
    assert_int_equal(access_open(&s->sql, "a b", seed, &l, &s->d), ERR_FORMAT);
    assert_null(l);
}

/* ---- reading ---- */

struct seen {
    uint64_t numbers[64];
    size_t count, stop_at;
};

static int see(void *context, const struct access_entry *e)
{
    struct seen *s = context;
    s->numbers[s->count++] = e->number;
    return s->count == s->stop_at ? 7 : 0;
}

static void assert_seen(struct scene *s, const struct access_question *q, const uint64_t *numbers,
                        size_t count)
{
    struct seen seen = {.stop_at = 64};
    must(access_each(s->log, q, see, &seen, &s->d), &s->d);
    assert_int_equal(seen.count, count);
    assert_memory_equal(seen.numbers, numbers, count * sizeof *numbers);
}

static void access__each__narrows_and_goes_both_ways(void **state)
{
    struct scene *s = *state;
    fill(s, 12, 100); /* anna: even; search: 0 3 6 9 */
    struct access_question q = {.from = 3, .limit = 4, .action = ACCESS_ACTIONS};
    assert_seen(s, &q, (uint64_t[]){3, 4, 5, 6}, 4);
    q.newest_first = true;
    assert_seen(s, &q, (uint64_t[]){3, 2, 1, 0}, 4);
    q.from = UINT64_MAX;
    assert_seen(s, &q, (uint64_t[]){11, 10, 9, 8}, 4);
    q.user = "anna";
    assert_seen(s, &q, (uint64_t[]){10, 8, 6, 4}, 4);
    q.action = ACCESS_SEARCH;
    assert_seen(s, &q, (uint64_t[]){6, 0}, 2);
    q.user = NULL;
    assert_seen(s, &q, (uint64_t[]){9, 6, 3, 0}, 4);
    q.newest_first = false, q.from = 4;
    assert_seen(s, &q, (uint64_t[]){6, 9}, 2);
    q.user = "anna";
    assert_seen(s, &q, (uint64_t[]){6}, 1);
    q.action = ACCESS_ACTIONS;
    assert_seen(s, &q, (uint64_t[]){4, 6, 8, 10}, 4);
    q.user = "nobody";
    assert_seen(s, &q, NULL, 0);
}

static void access__each__hands_on_what_was_logged_and_stops(void **state)
{
    struct scene *s = *state;
    fill(s, 3, 100);
    struct seen seen = {.stop_at = 2};
    struct access_question q = {.limit = 9, .action = ACCESS_ACTIONS};
    assert_int_equal(access_each(s->log, &q, see, &seen, &s->d), 7);
    assert_int_equal(seen.count, 2);
}

/* ---- checkpoints ---- */

static void access__sign__makes_one_a_size(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    must(access_sign(s->log, NOW, &s->d), &s->d);
    assert_int_equal(access_checkpoint(s->log, &note, &s->d), ERR_NOT_FOUND);
    append(s, "anna", ACCESS_VIEW);
    must(access_sign(s->log, NOW, &s->d), &s->d);
    must(access_sign(s->log, NOW + 1, &s->d), &s->d);
    must(access_checkpoint(s->log, &note, &s->d), &s->d);
    assert_non_null(strstr(buf_text(&note), NAME "\n1\n"));
    assert_non_null(strstr(buf_text(&note), "\nat 1790000000000\n"));
    assert_whole(s, 1, 1);
}

/* With the vkey and the lines alone. */
static void access__checkpoint__is_checked_from_an_export(void **state)
{
    struct scene *s = *state;
    append(s, "anna", ACCESS_SEARCH);
    must(access_sign(s->log, NOW, &s->d), &s->d);
    CLEANUP_BUF struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES), line = BUF_INIT(1U << 20);
    must(access_checkpoint(s->log, &b, &s->d), &s->d);
    CLEANUP_FREE char *name = NULL;
    struct note_key key;
    struct note note;
    struct checkpoint c;
    uint8_t leaf[MERKLE_BYTES];
    struct access_entry e = entry("anna", ACCESS_SEARCH);
    assert_int_equal(note_key_parse(access_vkey(s->log), &name, &key), 0);
    assert_int_equal(note_parse(buf_text(&b), b.len, CHECKPOINT_MAX_BYTES, &note), 0);
    assert_int_equal(note_verify(&note, &key), 0);
    assert_int_equal(checkpoint_parse(note.text, note.text_len, NAME, &c), 0);
    access_line(&line, &e);
    merkle_leaf(line.data, line.len, leaf);
    assert_memory_equal(leaf, c.root, MERKLE_BYTES); /* a tree of one */
}

/* ---- verifying ---- */

static void access__verify__takes_trees_of_every_shape(void **state)
{
    struct scene *s = *state;
    fill(s, 600, 85);
    assert_whole(s, 600, 7);
    fill(s, 168, 256); /* three tiles to the brim */
    assert_whole(s, 768, 7);
}

struct tampering {
    const char *sql, *says;
};

/* Each by itself on a log of 600 entries with checkpoints of 100, 200, … */
static const struct tampering tamperings[] = {
    {"UPDATE access_entry SET at = at + 1 WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET at = 1790000000000.5 WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET action = 'count' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET action = 'nothing' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET user = 'carl' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET role = 'auditor' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET purpose = '' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET case_id = '' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET warrants = 'de-1' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET count = 2 WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET count = '3 x' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET hidden = 1 WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET hidden = 2 WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET what = 'meet' WHERE number = 17", "entry 17 "},
    {"UPDATE access_entry SET number = 700 WHERE number = 17",
     "entry 17 of the access log is missing"},
    {"DELETE FROM access_entry WHERE number = 17", "entry 17 of the access log is missing"},
    {"DELETE FROM access_entry WHERE number = 599", "has 600"},
    {"INSERT INTO access_entry SELECT 600, at, action, user, role, purpose, case_id, warrants,"
     " count, hidden, what FROM access_entry WHERE number = 17",
     "entry 600 "},
    {"UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 AND number = 1", "entry 256 "},
    {"UPDATE tile SET hashes = zeroblob(64) WHERE level = 1", "node 8/0 "},
    {"DELETE FROM tile WHERE level = 0 AND number = 0", "entry 0 "},
    {"DELETE FROM tile WHERE level = 0 AND number = 2", "entry 512 "},
    {"DELETE FROM tile WHERE level = 1", "do not fit together"},
    {"INSERT INTO tile VALUES (5, 9, zeroblob(32))", "is not of its 600 entries"},
    {"UPDATE access_checkpoint SET size = 201 WHERE size = 200", "checkpoint of 201 is of another"},
    {"UPDATE access_checkpoint SET size = 900 WHERE size = 600", "a checkpoint of 900 and 600"},
    {"UPDATE access_checkpoint SET note = replace(note, 'at 1', 'at 2') WHERE size = 200",
     "checkpoint of 200 is not signed"},
    {"UPDATE access_checkpoint SET note = '' WHERE size = 200", "checkpoint of 200 is not signed"},
    {"UPDATE access_checkpoint SET note = (SELECT note FROM access_checkpoint WHERE size = 100)"
     " WHERE size = 200",
     "checkpoint of 200 is of another"},
};

static void access__verify__finds_each_tampering(void **state)
{
    struct scene *s = *state;
    uint64_t e, c;
    fill(s, 600, 100);
    assert_whole(s, 600, 6);
    for (size_t i = 0; i < sizeof tamperings / sizeof *tamperings; i++) {
        const struct tampering *t = &tamperings[i];
        must(sql_execute(&s->sql, "BEGIN", &s->d), &s->d);
        must(sql_execute(&s->sql, t->sql, &s->d), &s->d);
        int changed = sqlite3_changes(s->sql.db);
        assert_int_equal(changed, 1);
        int r = access_verify(s->log, &e, &c, &s->d);
        must(sql_execute(&s->sql, "ROLLBACK", &s->d), &s->d);
        if (r != ERR_AUTH || strstr(s->d.text, t->says) == NULL)
            fail_msg("%s: %d, %s", t->sql, r, s->d.text);
    }
    assert_whole(s, 600, 6);
}

/* Entries and tree made anew by somebody who has not the key: the checkpoints contradict. */
static void access__verify__finds_a_tree_made_anew(void **state)
{
    struct scene *s = *state;
    uint64_t e, c;
    fill(s, 5, 5);
    must(sql_execute(&s->sql, "DELETE FROM access_entry; DELETE FROM tile", &s->d), &s->d);
    access_close(s->log);
    open_log(s);
    for (int i = 0; i < 5; i++)
        append(s, "carl", ACCESS_VIEW);
    assert_int_equal(access_verify(s->log, &e, &c, &s->d), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "checkpoint of 5 is of another tree"));
}

static void access__verify__wants_its_own_key(void **state)
{
    struct scene *s = *state;
    static const uint8_t other[SIGN_SEED_BYTES] = {8};
    uint64_t e, c;
    fill(s, 5, 5);
    access_close(s->log);
    must(access_open(&s->sql, NAME, other, &s->log, &s->d), &s->d);
    assert_int_equal(access_verify(s->log, &e, &c, &s->d), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "checkpoint of 5 is not signed"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(access__line__is_one_line_in_one_form),
        SCENE_TEST(access__line__tells_two_entries_apart),
        SCENE_TEST(access__line__refuses_what_is_too_long_or_no_text),
        SCENE_TEST(access__action__has_a_word_each),
        SCENE_TEST(access__append__counts_and_survives),
        SCENE_TEST(access__append__is_the_callers_to_roll_back),
        SCENE_TEST(access__append__refuses_what_no_line_can_say),
        SCENE_TEST(access__append__does_not_go_on_from_another_tree),
        SCENE_TEST(access__open__refuses_a_name_that_no_note_can_have),
        SCENE_TEST(access__each__narrows_and_goes_both_ways),
        SCENE_TEST(access__each__hands_on_what_was_logged_and_stops),
        SCENE_TEST(access__sign__makes_one_a_size),
        SCENE_TEST(access__checkpoint__is_checked_from_an_export),
        SCENE_TEST(access__verify__takes_trees_of_every_shape),
        SCENE_TEST(access__verify__finds_each_tampering),
        SCENE_TEST(access__verify__finds_a_tree_made_anew),
        SCENE_TEST(access__verify__wants_its_own_key),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
