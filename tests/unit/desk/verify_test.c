/* Each thing that may be wrong with a desk beside its journals, and what it is called. */
#include "desk/verify.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "desk_folder.h"

struct lines {
    char text[1024]; /* all of them */
    unsigned of[DESK_FINDINGS];
};

static void note(void *context, enum desk_finding what, const char *line)
{
    struct lines *l = context;
    size_t len = strlen(l->text);
    l->of[what]++;
    snprintf(l->text + len, sizeof l->text - len, "%s\n", line);
}

static int verify(struct desk_world *w, bool quick, struct lines *lines,
                  struct desk_verify_counts *counts, struct diag *d)
{
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    if (desk_engine_open(&w->folder, NULL, &e, d) < 0)
        return ERR_IO;
    struct desk_verify_options o = {.folder = &w->folder,
                                    .engine = &e,
                                    .identities = w->identities,
                                    .quick = quick,
                                    .fn = note,
                                    .context = lines};
    return desk_verify(&o, counts, d);
}

/* After this SQL on the vault: a line of that kind that says `part`. */
static void assert_finds(struct desk_world *w, const char *sql, enum desk_finding what,
                         const char *part)
{
    struct lines lines = {""};
    struct desk_verify_counts counts;
    struct diag d;
    desk_world_archive(w, 3);
    desk_world_read(w);
    desk_world_sql(w, sql);
    assert_int_equal(verify(w, false, &lines, &counts, &d), ERR_AUTH);
    assert_says(lines.text, part);
    assert_true(lines.of[what] >= 1 && counts.found[what] == lines.of[what]);
}

static void verify__desk__is_whole(void **state)
{
    struct desk_world *w = *state;
    struct lines lines = {""};
    struct desk_verify_counts c;
    struct diag d;
    desk_world_archive(w, 3);
    desk_world_read(w);
    for (int quick = 0; quick < 2; quick++) {
        if (verify(w, quick != 0, &lines, &c, &d) != 0)
            fail_msg("%s %s", d.text, lines.text);
        assert_true(c.leaves == 9 && c.records == 9 && c.unread == 0);
        assert_int_equal(c.opened, quick != 0 ? 0 : 9);
    }
    assert_string_equal(lines.text, "");
}

static void verify__desk__that_has_read_nothing_yet(void **state)
{
    struct desk_world *w = *state;
    struct lines lines = {""};
    struct desk_verify_counts c;
    struct diag d;
    desk_world_archive(w, 3);
    if (verify(w, false, &lines, &c, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(c.leaves == 0 && c.records == 0 && c.unread == 9);
}

static void verify__desk__finds_a_record_that_is_missing(void **state)
{
    assert_finds(*state, "DELETE FROM record WHERE leaf = 5", DESK_MISSING,
                 "ibot.chat.example: leaf 5 of warrant " FIXTURE_WARRANT " has no record");
}

static void verify__desk__finds_the_last_record_missing(void **state)
{
    assert_finds(*state, "DELETE FROM record WHERE leaf = 12", DESK_MISSING, "leaf 12 of warrant");
}

static void verify__desk__finds_all_records_missing(void **state)
{
    struct desk_world *w = *state;
    assert_finds(w, "DELETE FROM record", DESK_MISSING, "leaf 0 of warrant");
}

static void verify__desk__finds_a_record_twice(void **state)
{
    assert_finds(*state,
                 "INSERT INTO record SELECT bot, 13, record_leaf, warrant, message FROM record"
                 " WHERE leaf = 12",
                 DESK_DOUBLED, "leaf 12 has a second record, as leaf 13");
}

static void verify__desk__finds_a_record_of_no_leaf(void **state)
{
    assert_finds(*state,
                 "INSERT INTO record SELECT bot, 99, zeroblob(32), warrant, message FROM record"
                 " WHERE leaf = 12",
                 DESK_STRANGER, "the record of leaf 99 is of no batch that was read");
}

static void verify__desk__finds_a_record_with_another_hash(void **state)
{
    assert_finds(*state, "UPDATE record SET record_leaf = zeroblob(32) WHERE leaf = 6",
                 DESK_CHANGED, "the record of leaf 6 has another hash than the tree");
}

static void verify__desk__finds_a_text_that_was_changed(void **state)
{
    assert_finds(*state, "UPDATE said SET body = CAST('This is no message.' AS BLOB) WHERE id = 2",
                 DESK_CHANGED, "message 2");
}

static void verify__desk__finds_a_time_that_was_changed(void **state)
{
    assert_finds(*state, "UPDATE message SET at = at + 1 WHERE id = 2", DESK_CHANGED, "message 2");
}

/* Whoever has the vault's key can make a digest anew: here two records say each other's message. */
static void verify__desk__finds_a_record_that_names_another_message(void **state)
{
    assert_finds(*state, "UPDATE record SET message = 3 - message WHERE leaf IN (0, 1)",
                 DESK_CHANGED, "of leaf 0: another text");
}

static void verify__desk__needs_a_journal_that_is_whole(void **state)
{
    struct desk_world *w = *state;
    struct lines lines = {""};
    struct desk_verify_counts c;
    struct diag d;
    desk_world_archive(w, 3);
    desk_world_read(w);
    char *path = w->shelf->journal_path;
    w->shelf->journal_path = w->journal;
    shelf_sql(w->shelf, "DELETE FROM batch WHERE number = 2");
    w->shelf->journal_path = path;
    assert_int_equal(verify(w, false, &lines, &c, &d), ERR_AUTH);
    assert_says(d.text, "ibot.chat.example: round 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_WORLD_TEST(verify__desk__is_whole),
        DESK_WORLD_TEST(verify__desk__that_has_read_nothing_yet),
        DESK_WORLD_TEST(verify__desk__finds_a_record_that_is_missing),
        DESK_WORLD_TEST(verify__desk__finds_the_last_record_missing),
        DESK_WORLD_TEST(verify__desk__finds_all_records_missing),
        DESK_WORLD_TEST(verify__desk__finds_a_record_twice),
        DESK_WORLD_TEST(verify__desk__finds_a_record_of_no_leaf),
        DESK_WORLD_TEST(verify__desk__finds_a_record_with_another_hash),
        DESK_WORLD_TEST(verify__desk__finds_a_text_that_was_changed),
        DESK_WORLD_TEST(verify__desk__finds_a_time_that_was_changed),
        DESK_WORLD_TEST(verify__desk__finds_a_record_that_names_another_message),
        DESK_WORLD_TEST(verify__desk__needs_a_journal_that_is_whole),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
