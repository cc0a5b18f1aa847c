/* The archive's table: every column of every table of a journal that a real bot wrote, changed, and
 * every kind of omission, each with and without a key, and what `archive verify` names. Columns are
 * asked of the database: a new one without a row here fails the test. Then every cell of every row
 * is changed, and every row left out, one at a time.
 */
#include "verify_world.h"

#include <stdio.h>

#include "base/calendar.h"

static struct world *world;

/* ---- one change ---- */

struct change {
    const char *table, *column; /* column NULL: an omission */
    const char *sql;
    const char *without, *with; /* what is named, without a key and with one; NULL: nothing */
    const char *why;            /* where nothing is: why that is so */
};

#define BOTH(text) text, text, NULL
#define KEY "leaf "

static const struct change changes[] = {
    {"meta", "name", "UPDATE meta SET name = 'policies' WHERE name = 'policy'",
     BOTH("policy 0 was the newest")},
    {"meta", "value",
     "UPDATE meta SET value = CAST('ironside journal 1' AS BLOB) WHERE name = 'kind'",
     BOTH("not a journal of this version")},
    {"meta", "value",
     "UPDATE meta SET value = CAST('jbot.chat.example' AS BLOB) WHERE name = 'bot'",
     BOTH("of another bot, jbot.chat.example")},
    {"meta", "value", "UPDATE meta SET value = zeroblob(32) WHERE name = 'key'",
     BOTH("of another bot key")},
    {"meta", "value", "UPDATE meta SET value = CAST('1' AS BLOB) WHERE name = 'policy'",
     BOTH("policy 1 was the newest, batches are of 2")},
    {"meta", "value", "UPDATE meta SET value = CAST('9' AS BLOB) WHERE name = 'policy'",
     BOTH("newest policy, 9, is not in the documents")},

    {"round", "number", "UPDATE round SET number = 100 WHERE number = 7", BOTH("round 100")},
    {"round", "at", "UPDATE round SET at = at - 1 WHERE number = 3",
     BOTH("round 3: the bot's signature")},
    {"round", "lines", "UPDATE round SET lines = zeroblob(1) || substr(lines, 2) WHERE number = 3",
     BOTH("round 3: its root is not that of its lines")},
    {"round", "root", "UPDATE round SET root = zeroblob(32) WHERE number = 3",
     BOTH("round 3: its root is not that of its lines")},
    {"round", "signature", "UPDATE round SET signature = zeroblob(64) WHERE number = 3",
     BOTH("round 3: the bot's signature")},
    {"round", "leaf", "UPDATE round SET leaf = leaf - 1 WHERE number = 3",
     BOTH("round 3: its leaf does not follow")},

    {"batch", "number", "UPDATE batch SET number = 100 WHERE number = 14",
     BOTH("batch 100: its leaves do not follow")},
    {"batch", "round", "UPDATE batch SET round = 7 WHERE number = 12",
     BOTH("round 6: 2 lines say archived, and warrant 2019-0148, which covers all of them")},
    {"batch", "warrant", "UPDATE batch SET warrant = '2019-0149' WHERE number = 4",
     BOTH("batch 4: leaf")},
    {"batch", "policy", "UPDATE batch SET policy = 1 WHERE number = 4", BOTH("batch 4: leaf")},
    {"batch", "first", "UPDATE batch SET first = first + 1 WHERE number = 4",
     BOTH("batch 4: its leaves do not follow")},
    {"batch", "count", "UPDATE batch SET count = count + 1 WHERE number = 4",
     BOTH("batch 4 is malformed")},
    {"batch", "positions", "UPDATE batch SET positions = x'0000' WHERE number = 4",
     BOTH("batch 4: leaf")},
    {"batch", "sha256", "UPDATE batch SET sha256 = zeroblob(32) WHERE number = 4",
     BOTH("batch 4: its bytes are not those")},
    {"batch", "leaf", "UPDATE batch SET leaf = leaf + 1 WHERE number = 4",
     BOTH("batch 4: its leaves do not follow")},
    {"batch", "sealed", "UPDATE batch SET sealed = x'00' WHERE number = 4",
     BOTH("batch 4: its bytes are not those")},

    {"chain", "number", "UPDATE chain SET number = 100 WHERE number = 2",
     BOTH("round 1: line 1 is not where its chain says")},
    {"chain", "certificate", "UPDATE chain SET certificate = zeroblob(32) WHERE number = 2",
     BOTH("round 1: line 1 is not where its chain says")},
    {"chain", "n", "UPDATE chain SET n = n - 1 WHERE number = 1", BOTH("a chain's head at 6")},
    {"chain", "digest", "UPDATE chain SET digest = zeroblob(32) WHERE number = 1",
     BOTH("a chain's head at 7")},

    {"line", "chain", "UPDATE line SET chain = 5 WHERE chain = 1 AND n = 3",
     BOTH("round 3: line 0 is not where its chain says")},
    {"line", "n", "UPDATE line SET n = 100 WHERE chain = 1 AND n = 3",
     BOTH("round 3: line 0 is not where its chain says")},
    {"line", "round", "UPDATE line SET round = 4 WHERE chain = 1 AND n = 3",
     BOTH("round 3: line 0 is not where its chain says")},
    {"line", "position", "UPDATE line SET position = 1 WHERE chain = 1 AND n = 3",
     BOTH("round 3: line 0 is not where its chain says")},

    {"checkpoint", "size", "UPDATE checkpoint SET size = size - 1 WHERE size < 20",
     BOTH("checkpoint 11: malformed")},
    {"checkpoint", "note", "UPDATE checkpoint SET note = replace(note, '=', 'A') WHERE size < 20",
     BOTH("checkpoint 12: malformed")},

    {"tile", "level", "UPDATE tile SET level = 3", BOTH("")},
    {"tile", "number", "UPDATE tile SET number = 3", BOTH("")},
    {"tile", "hashes", "UPDATE tile SET hashes = zeroblob(32) || substr(hashes, 33)",
     BOTH("report 1: the root that it states is not the tree's")},

    {"file", "sha256", "UPDATE file SET sha256 = zeroblob(32)", BOTH("a file of round 5: leaf")},
    {"file", "size", "UPDATE file SET size = size + 1", BOTH("a file of round 5: leaf")},
    {"file", "round", "UPDATE file SET round = 6", BOTH("round 5: its leaf does not follow")},
    {"file", "leaf", "UPDATE file SET leaf = leaf + 1",
     BOTH("round 5: a file's leaf does not follow")},
    {"file", "named", "UPDATE file SET named = named + 1",
     BOTH("no round from 5 on is of the time at which it was named")},
    {"file", "removed", "UPDATE file SET removed = named + 1",
     BOTH("removed before any retention ends")},
    {"file", "removed", "UPDATE file SET removed = named + 86400000",
     BOTH("the journal says that it was removed, and it is there")},
    {"file", "account", "UPDATE file SET account = zeroblob(32)", NULL, NULL,
     "harmless: whose quota it counts in, which no leaf says"},

    {"report", "number", "UPDATE report SET number = 100 WHERE number = 3",
     BOTH("report 100: the one before it is missing")},
    {"report", "kind", "UPDATE report SET kind = 8 WHERE number = 1", BOTH("report 1: ")},
    {"report", "kind", "UPDATE report SET kind = 9 WHERE number = 1",
     BOTH("report 1: it is neither a statement nor a destruction")},
    {"report", "day", "UPDATE report SET day = day + 1 WHERE number = 1",
     BOTH("report 1: its day is not its note's")},
    {"report", "round", "UPDATE report SET round = round + 1 WHERE number = 1",
     BOTH("report 1: it states a tree of 12 leaves, round 3 ends with 19")},
    {"report", "batch", "UPDATE report SET batch = batch + 1 WHERE number = 1",
     BOTH("report 1: the batches that it counts")},
    {"report", "hash", "UPDATE report SET hash = zeroblob(32) WHERE number = 1",
     BOTH("report 1: its hash is not that of its note")},
    {"report", "note",
     "UPDATE report SET note = replace(note, '2021-06-07', '2021-06-06')"
     " WHERE number = 1",
     BOTH("report 1: ")},
    {"report", "sent", "UPDATE report SET sent = 2 WHERE number = 1",
     BOTH("report 1: it is said to be refused, and the public log has it")},
    {"report", "sent", "UPDATE report SET sent = 3 WHERE number = 1",
     BOTH("report 1: its state is none")},
    {"report", "sent", "UPDATE report SET sent = 0 WHERE number = 1", NULL, NULL,
     "harmless: the bot hands it in again, and the registrar has it"},

    {"destroyed", "warrant", "UPDATE destroyed SET warrant = 'x' WHERE warrant = '2019-0147'",
     BOTH("the destroyed key of x, 2021-06-06, is not in the report")},
    {"destroyed", "day", "UPDATE destroyed SET day = day + 1 WHERE warrant = '2019-0147'",
     BOTH("the destroyed key of 2019-0147, 2021-06-07, is not in the report")},
    {"destroyed", "report", "UPDATE destroyed SET report = NULL WHERE warrant = '2019-0147'",
     BOTH("the destroyed key of 2019-0147, 2021-06-06, is not in the report")},

    {"ran", "day", "UPDATE ran SET day = day - 1 WHERE day = 18785",
     BOTH("the bot ran on 2021-06-06, and no report states that day")},
    {"ran", "day", "UPDATE ran SET day = day + 100 WHERE day = 18785",
     BOTH("report 1: the journal does not list its day")},
};

/* Row by row what the bot left out, or somebody took away, consistently where that is possible. */
#define CUT_TO(round)                                                                              \
    "DELETE FROM line WHERE round > " round ";"                                                    \
    "UPDATE tile SET hashes = substr(hashes, 1, 32 * (SELECT leaf + 1 FROM round WHERE number "    \
    "= " round "));"                                                                               \
    "UPDATE chain SET n = (SELECT max(n) FROM line WHERE chain = chain.number);"                   \
    "UPDATE chain SET digest = (SELECT substr(r.lines, l.position * 74 + 1, 32) FROM line l"       \
    " JOIN round r ON r.number = l.round WHERE l.chain = chain.number AND l.n = chain.n);"         \
    "DELETE FROM batch WHERE round > " round ";"                                                   \
    "DELETE FROM file WHERE round > " round ";"                                                    \
    "DELETE FROM checkpoint WHERE size > (SELECT leaf + 1 FROM round WHERE number = " round ");"   \
    "DELETE FROM round WHERE number > " round ";"

static const struct change omissions[] = {
    {"record", NULL, /* and its position: the batch is as if it had never had it */
     "UPDATE batch SET count = count - 1, positions = substr(positions, 1, 2) WHERE number = 1",
     BOTH("batch 1: its leaves do not follow")},
    {"batch", NULL, "DELETE FROM batch WHERE number = 3",
     BOTH("batch 4: its leaves do not follow")},
    {"last batch", NULL, "DELETE FROM batch WHERE number = 14",
     BOTH("round 7: 2 lines say archived, and warrant 2019-0148, which covers all of them")},
    {"line of a round", NULL, "UPDATE round SET lines = substr(lines, 75) WHERE number = 4",
     BOTH("round 4: its root is not that of its lines")},
    {"row of a line", NULL, "DELETE FROM line WHERE chain = 1 AND n = 3",
     BOTH("round 3: line 0 is not where its chain says")},
    {"round", NULL, "DELETE FROM round WHERE number = 4",
     BOTH("round 5: a file's leaf does not follow")},
    {"chain", NULL, "DELETE FROM chain WHERE number = 2",
     BOTH("round 1: line 1 is not where its chain says")},
    {"file", NULL, "DELETE FROM file", BOTH("round 5: its leaf does not follow")},
    {"table of files", NULL, "DROP TABLE file", BOTH("")},
    {"tile", NULL, "DELETE FROM tile", BOTH("its tree does not end with its last round")},
    {"statement", NULL, "DELETE FROM report WHERE number = 1",
     BOTH("report 2: the one before it is missing")},
    {"last report", NULL, "DELETE FROM report WHERE number = 3; UPDATE destroyed SET report = NULL",
     BOTH("of the public log, a destruction, is not among the journal's reports")},
    {"reports", NULL, "DELETE FROM report; DELETE FROM ran; DELETE FROM destroyed",
     BOTH("of the public log, the statement of 2021-06-07 with a tree of 12 leaves")},
    {"destroyed key", NULL, "DELETE FROM destroyed WHERE warrant = '2019-0148'",
     BOTH("report 3: a key that it names, of 2019-0148")},
    {"day", NULL, "DELETE FROM ran WHERE day = 18786",
     BOTH("report 2: the journal does not list its day")},
    {"checkpoint in the middle", NULL, "DELETE FROM checkpoint WHERE size < 20", NULL, NULL,
     "harmless: a later one covers all that it covered"},
    {"last checkpoint", NULL,
     "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)",
     BOTH("round 6 of 2021-06-09T11:06:40.000Z is under no checkpoint")},
    {"all checkpoints", NULL, "DELETE FROM checkpoint",
     BOTH("round 1 of 2021-06-07T11:06:40.000Z is under no checkpoint")},
    {"rounds that are stated", NULL, CUT_TO("2"),
     BOTH("report 2: it counts up to round 5 and a tree of 32 leaves: the journal ends with round "
          "2")},
    {"rounds that are stated, and the statement", NULL,
     CUT_TO("2") "DELETE FROM report WHERE number > 1; UPDATE destroyed SET report = NULL;"
                 "DELETE FROM ran WHERE day > 18785",
     BOTH("of the public log, the statement of 2021-06-08 with a tree of 32 leaves")},
    {"rounds of the day that is not stated yet", NULL, CUT_TO("5"), NULL, NULL,
     "nothing outside knows of them but who holds a checkpoint: see held"},
};

static bool names(const char *expected)
{
    return expected == NULL ? world->said[0] == '\0'
                            : world->said[0] != '\0' && strstr(world->said, expected) != NULL;
}

static unsigned try_change(const struct change *c)
{
    unsigned failed = 0;
    assert_true((c->without == NULL || c->with == NULL) == (c->why != NULL));
    for (int key = 0; key < 2; key++) {
        world_restore(world);
        FIXTURE_MUST(world_sql(world, c->sql));
        int r = world_verify(world, key == 1, NULL);
        if (names(key == 1 ? c->with : c->without) && (r < 0) == (world->said[0] != '\0'))
            continue;
        failed++;
        print_error("%s, %s, %s a key: '%s', not '%s'\n", c->table, c->sql,
                    key == 1 ? "with" : "without", world->said, key == 1 ? c->with : c->without);
    }
    return failed;
}

static void verify__whole__names_nothing(void **state)
{
    (void)state;
    world_restore(world);
    for (int key = 0; key < 2; key++)
        if (world_verify(world, key == 1, world->checkpoint) != 0)
            fail_msg("%s", world->said);
}

static void verify__column__changed(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (size_t i = 0; i < COUNT(changes); i++)
        failed += try_change(&changes[i]);
    assert_int_equal(failed, 0);
}

static void verify__omission__named(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (size_t i = 0; i < COUNT(omissions); i++)
        failed += try_change(&omissions[i]);
    assert_int_equal(failed, 0);
}

/* ---- every column, cell and row that there is ---- */

/* Rows of (table, column) of all tables, one after the other. */
static const char columns_sql[] =
    "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
    " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid";

static sqlite3 *open_master(void)
{
    sqlite3 *db = NULL;
    FIXTURE_MUST(sqlite3_open_v2(world->master, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    return db;
}

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return s;
}

static const char *text_at(sqlite3_stmt *s, int column)
{
    return (const char *)sqlite3_column_text(s, column);
}

static bool has_change(const char *table, const char *column)
{
    for (size_t i = 0; i < COUNT(changes); i++)
        if (strcmp(changes[i].table, table) == 0 && strcmp(changes[i].column, column) == 0)
            return true;
    return false;
}

static void verify__column__each_has_its_row(void **state)
{
    (void)state;
    sqlite3 *db = open_master();
    sqlite3_stmt *s = ask(db, columns_sql);
    unsigned columns = 0;
    while (sqlite3_step(s) == SQLITE_ROW) {
        columns++;
        if (!has_change(text_at(s, 0), text_at(s, 1)))
            fail_msg("%s.%s is in no row of the table", text_at(s, 0), text_at(s, 1));
    }
    assert_true(columns > 40);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* The value, changed in a way that its type allows. */
#define CHANGED                                                                                    \
    "CASE typeof(\"%s\") WHEN 'integer' THEN \"%s\" + 1000 WHEN 'null' THEN 1000"                  \
    " WHEN 'text' THEN \"%s\" || 'x' ELSE substr(\"%s\", 1, length(\"%s\") - 1) ||"                \
    " CASE substr(\"%s\", -1) WHEN x'30' THEN x'31' ELSE x'30' END END"

/* What picks out one row: all its columns, as literals. */
static char *condition(sqlite3 *db, const char *table, unsigned row)
{
    CLEANUP_BUF struct buf sql = BUF_INIT(4096), out = BUF_INIT(1U << 20);
    CLEANUP_FREE char *columns = mem_format("SELECT name FROM pragma_table_info('%s')", table);
    sqlite3_stmt *names_of = ask(db, columns);
    const char *separator = "SELECT ";
    while (sqlite3_step(names_of) == SQLITE_ROW) {
        buf_format(&sql, "%s'\"%s\" IS ' || quote(\"%s\")", separator, text_at(names_of, 0),
                   text_at(names_of, 0));
        separator = " || ' AND ' || ";
    }
    buf_format(&sql, " FROM \"%s\" LIMIT 1 OFFSET %u", table, row);
    sqlite3_stmt *one = ask(db, buf_text(&sql));
    if (sqlite3_step(one) == SQLITE_ROW)
        buf_put_text(&out, text_at(one, 0));
    sqlite3_finalize(names_of);
    sqlite3_finalize(one);
    return out.len == 0 ? NULL : mem_string(buf_text(&out));
}

static void assert_noticed(const char *sql, const char *table, const char *column, unsigned row)
{
    for (int key = 0; key < 2; key++) {
        world_restore(world);
        if (!world_sql(world, sql))
            fail_msg("SQLite refuses %s", sql);
        if (world_verify(world, key == 1, NULL) >= 0)
            fail_msg("%s.%s of row %u: not noticed %s a key", table, column, row,
                     key == 1 ? "with" : "without");
    }
}

/* The table above names nothing for any change of that column. */
static bool never_named(const char *table, const char *column)
{
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (strcmp(changes[i].table, table) == 0 && changes[i].column != NULL &&
            strcmp(changes[i].column, column) == 0 && changes[i].without != NULL)
            return false;
    return true;
}

static void verify__cell__each_is_noticed(void **state)
{
    (void)state;
    sqlite3 *db = open_master();
    sqlite3_stmt *s = ask(db, columns_sql);
    unsigned cells = 0;
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *table = text_at(s, 0), *c = text_at(s, 1);
        for (unsigned row = 0; !never_named(table, c); row++, cells++) {
            CLEANUP_FREE char *where = condition(db, table, row);
            if (where == NULL)
                break;
            CLEANUP_FREE char *sql = mem_format("UPDATE \"%s\" SET \"%s\" = " CHANGED " WHERE %s",
                                                table, c, c, c, c, c, c, c, where);
            assert_noticed(sql, table, c, row);
        }
    }
    assert_true(cells > 250);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* All but checkpoints that a later one covers (above). */
static void verify__row__each_omission_is_noticed(void **state)
{
    (void)state;
    sqlite3 *db = open_master();
    sqlite3_stmt *s = ask(db, "SELECT name FROM sqlite_master WHERE type = 'table'"
                              " AND name NOT LIKE 'sqlite_%'");
    unsigned rows = 0;
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *table = text_at(s, 0);
        for (unsigned row = strcmp(table, "checkpoint") == 0 ? 2 : 0;; row++, rows++) {
            CLEANUP_FREE char *where = condition(db, table, row);
            if (where == NULL)
                break;
            CLEANUP_FREE char *sql = mem_format("DELETE FROM \"%s\" WHERE %s", table, where);
            assert_noticed(sql, table, "(row)", row);
        }
    }
    assert_true(rows > 40);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* ---- what others hold ---- */

static void assert_held(const char *note, int code, const char *says)
{
    for (int key = 0; key < 2; key++) {
        int r = world_verify(world, key == 1, note);
        if (r != code || !names(says))
            fail_msg("%d: '%s', not %d: '%s'", r, world->said, code, says == NULL ? "" : says);
    }
}

static void verify__held__against_the_tree(void **state)
{
    (void)state;
    static const uint8_t other[MERKLE_BYTES] = {1};
    world_restore(world);
    assert_held(world->checkpoint, 0, NULL);
    CLEANUP_FREE char *forked = world_checkpoint(world, 11, other);
    assert_held(forked, ERR_AUTH, "held.note: the bot signed another tree of 11 leaves");
    CLEANUP_FREE char *longer = world_checkpoint(world, 1000, other);
    assert_held(longer, ERR_AUTH, "held.note: the bot signed a tree of 1000 leaves");
    assert_held("x", ERR_FORMAT, "held.note: not a checkpoint");
    CLEANUP_FREE char *changed = mem_string(world->checkpoint);
    char *signature = strrchr(changed, ' ') + 20;
    *signature = *signature == 'A' ? 'B' : 'A';
    assert_held(changed, ERR_AUTH, "held.note: not signed with the key");
    CLEANUP_FREE char *foreign = mem_string(world->checkpoint);
    foreign[0] = 'j';
    assert_held(foreign, ERR_AUTH, "held.note: a checkpoint of another tree");
}

/* The rounds since the last statement are gone, with all that stood in the journal for them. */
static void verify__held__finds_that_the_end_was_cut_off(void **state)
{
    (void)state;
    world_restore(world);
    FIXTURE_MUST(world_sql(world, CUT_TO("5")));
    assert_held(world->checkpoint, ERR_AUTH, "what came last is missing");
}

/* ---- the public log ---- */

static void verify__log__lacks_what_the_registrar_took(void **state)
{
    (void)state;
    world_restore(world);
    world_log(world, world_reports(world) - 1);
    for (int key = 0; key < 2; key++) {
        assert_int_equal(world_verify(world, key == 1, NULL), ERR_AUTH);
        assert_says(world->said,
                    "report 3: the registrar took it, and the public log does not have it");
    }
    world_log(world, world_reports(world));
}

static int make_world(void **state)
{
    (void)state;
    world = world_new();
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__whole__names_nothing),
        cmocka_unit_test(verify__column__each_has_its_row),
        cmocka_unit_test(verify__column__changed),
        cmocka_unit_test(verify__omission__named),
        cmocka_unit_test(verify__cell__each_is_noticed),
        cmocka_unit_test(verify__row__each_omission_is_noticed),
        cmocka_unit_test(verify__held__against_the_tree),
        cmocka_unit_test(verify__held__finds_that_the_end_was_cut_off),
        cmocka_unit_test(verify__log__lacks_what_the_registrar_took),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
