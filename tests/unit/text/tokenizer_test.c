#include "said.h"

#include <sqlite3.h>

struct scene {
    sqlite3 *db;
};

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    struct diag d = {""};
    if (s == NULL || sqlite3_open(":memory:", &s->db) != SQLITE_OK)
        return -1;
    *state = s;
    if (text_register(s->db, &d) != 0)
        fail_msg("%s", d.text);
    return sqlite3_exec(s->db,
                        "CREATE VIRTUAL TABLE f USING fts5(body, content='', columnsize=0,"
                        " detail=full, tokenize='desk');"
                        "CREATE VIRTUAL TABLE v USING fts5vocab(f, instance)",
                        NULL, NULL, NULL);
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    int r = sqlite3_close(s->db);
    free(s);
    return r;
}
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

/* The message of this number, of filters and words. */
static void add(const struct scene *s, int id, const char *body)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(
        sqlite3_prepare_v2(s->db, "INSERT INTO f(rowid, body) VALUES(?, ?)", -1, &q, NULL), 0);
    sqlite3_bind_int(q, 1, id);
    sqlite3_bind_text(q, 2, body, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
}

/* The messages that an expression finds, as "1 3"; a number of SQLite's where it fails. */
static void assert_finds(const struct scene *s, const char *match, const char *expected)
{
    sqlite3_stmt *q = NULL;
    char is[256] = "";
    int r;
    assert_int_equal(sqlite3_prepare_v2(s->db, "SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid",
                                        -1, &q, NULL),
                     0);
    sqlite3_bind_text(q, 1, match, -1, SQLITE_STATIC);
    while ((r = sqlite3_step(q)) == SQLITE_ROW)
        snprintf(is + strlen(is), sizeof is - strlen(is), "%s%d", is[0] == '\0' ? "" : " ",
                 sqlite3_column_int(q, 0));
    sqlite3_finalize(q);
    assert_int_equal(r, SQLITE_DONE);
    if (strcmp(is, expected) != 0)
        fail_msg("%s finds \"%s\", not \"%s\"", match, is, expected);
}

/* All tokens of the index with their places, by place: "0:one 1:two". */
static void assert_tokens(const struct scene *s, const char *expected)
{
    sqlite3_stmt *q = NULL;
    char is[1024] = "";
    assert_int_equal(sqlite3_prepare_v2(s->db,
                                        "SELECT offset, term FROM v ORDER BY doc, offset, term", -1,
                                        &q, NULL),
                     0);
    while (sqlite3_step(q) == SQLITE_ROW)
        snprintf(is + strlen(is), sizeof is - strlen(is), "%s%d:%s", is[0] == '\0' ? "" : " ",
                 sqlite3_column_int(q, 0), (const char *)sqlite3_column_text(q, 1));
    sqlite3_finalize(q);
    if (strcmp(is, expected) != 0)
        fail_msg("\"%s\", not \"%s\"", is, expected);
}

static void tokenizer__document__filters_words_pairs_latin(void **state)
{
    const struct scene *s = *state;
    add(s, 1,
        "\x01"
        "from:anna\x01 \x01"
        "has:photo\x01  Москва of The pier");
    assert_tokens(s, "0:\x01"
                     "from:anna 1:\x01"
                     "has:photo 2:\x03moskva 2:москва 2:москва\x02of 3:of 3:of\x02the 4:the "
                     "4:the\x02pier 5:pier");
}

static void tokenizer__query__marked_and_folded(void **state)
{
    const struct scene *s = *state;
    add(s, 1,
        "\x01"
        "from:anna\x01  Meet me at the pier");
    add(s, 2,
        "\x01"
        "from:ben\x01  Москва, the end of it. from:anna");
    assert_finds(s,
                 "\"\x01"
                 "from:anna\"",
                 "1");
    assert_finds(s,
                 "\"\x01"
                 "from:an\"*",
                 "1");
    assert_finds(s, "\"at\x02the\"", "1");
    assert_finds(s, "\"at\x02the\" + \"the\x02pier\"", "1");
    assert_finds(s, "\"the\x02pier\" + \"at\x02the\"", "");
    assert_finds(s, "\"\x03moskva\"", "2");
    assert_finds(s, "\"\x03mos\"*", "2");
    assert_finds(s, "moskva", "");
    assert_finds(s, "\"москва\"", "2");
    assert_finds(s, "\"at the pier\"", "1");
    assert_finds(s, "\"at pier\"", "");
    assert_finds(s, "\"the\"", "1 2");
    assert_finds(s, "NEAR(\"meet\" \"pie\"*, 4)", "1");
    assert_finds(s, "\"MEET\"", "1");
}

/* What a document's first bytes are. */
static void tokenizer__filters__end_with_a_blank(void **state)
{
    const struct scene *s = *state;
    add(s, 1,
        "\x01"
        "from:anna\x01  \x01"
        "country:xx\x01 body"); /* a body that would be a filter */
    add(s, 2,
        "\x01"
        "from:anna\x01 body");
    add(s, 3,
        "\x01"
        "from:anna");
    add(s, 4, "\x01");
    add(s, 5,
        " \x01"
        "from:anna\x01  body");
    add(s, 6,
        "\x01"
        "from:anna\x01"
        "body");
    add(s, 7,
        "\x01"
        "from:anna\x01");
    assert_finds(s,
                 "\"\x01"
                 "from:anna\"",
                 "1 2 6 7");
    assert_finds(s,
                 "\"\x01"
                 "country:xx\"",
                 "");
    assert_finds(s, "country", "1");
    assert_finds(s, "body", "1 2 5 6");
    assert_finds(s, "\"from anna\"", "3 5");
}

/* Words take the same places whatever stands before them. */
static void tokenizer__positions__of_words_alone(void **state)
{
    const struct scene *s = *state;
    add(s, 1, "the boat of Москва sails");
    add(s, 2,
        "\x01"
        "from:anna\x01 \x01"
        "to:ben\x01  the boat of Москва sails");
    assert_finds(s, "\"the boat of москва sails\"", "1 2");
    assert_finds(s, "NEAR(the sails, 3)", "1 2");
    assert_finds(s, "NEAR(the sails, 2)", "");
    assert_finds(s,
                 "NEAR(\"the\x02"
                 "boat\" sails, 3)",
                 "1 2");
    assert_finds(s, "NEAR(\"boat\x02of\" \"\x03moskva\", 1)", "1 2");
    assert_finds(s, "\"boat\x02of\" + \"of\x02москва\" + sails", "");
    assert_finds(s, "\"boat\x02of\" + \"of\x02москва\" + \"москва\" + sails", "1 2");
    assert_finds(s, "\"boat\x02of\" + \"of\x02москва\" + \"\x03moskva\"", "1 2");
}

static void tokenizer__query__words_of_people(void **state)
{
    const struct scene *s = *state;
    add(s, 1, "Don't mail john.doe@enron.com about Müller");
    add(s, 2, "👨‍👩‍👧 hi");
    assert_finds(s, "\"DON'T\"", "1");
    assert_finds(s, "\"don’t\"", "1");
    assert_finds(s, "\"john.doe@enron.com\"", "1");
    assert_finds(s, "\"doe john\"", "");
    assert_finds(s, "\"MÜLLER\"", "1");
    assert_finds(s, "mulle*", "1");
    assert_finds(s, "\"👨‍👩‍👧\"", "2");
    assert_finds(s, "\"👩\"", "");
    assert_finds(s, "\"  \"", ""); /* no word at all */
    assert_finds(s, "\".,\"", "");
}

/* Neither pairs nor Latin forms are made of a query's words: they would ask for more than is meant.
 */
static void tokenizer__query__makes_no_forms(void **state)
{
    const struct scene *s = *state;
    add(s, 1, "moskva \x03moskva the pier");
    assert_finds(s, "\"москва\"", "");
    assert_finds(s, "\"\x03moskva\"", "");
    assert_finds(s, "\"the\x02pier\"", "1");
    add(s, 2, "the\x02pier"); /* marks separate */
    assert_finds(s, "\"the pier\"", "1 2");
    assert_finds(s, "\"pier\x02the\"", "");
}

struct asked {
    const struct scene *s;
    int broken; /* words that ICU would break again */
};

static int count_words(void *context, const struct text_word *w)
{
    *(int *)context += w->kind == TEXT_WORD;
    return 0;
}

static int ask(void *context, const struct text_word *w)
{
    struct asked *a = context;
    char match[TEXT_WORD_BYTES_MAX + 8];
    CLEANUP(text_free_cleanup) struct text *t = NULL;
    int words = 0;
    if (w->kind != TEXT_WORD)
        return 0;
    snprintf(match, sizeof match, "\"%.*s\"", (int)w->len, w->word);
    assert_finds(a->s, match, "1");
    assert_int_equal(text_new(&t, NULL), 0);
    text_words(t, w->word, w->len, count_words, &words);
    a->broken += words > 1;
    return 0;
}

/* Folded, some words are no longer in ICU's dictionaries: alone they would be broken again. */
static void tokenizer__query__folded_words_stay_whole(void **state)
{
    static const char text[] =
        "东京都知事小池百合子女士研究生命起源结婚的和尚未结婚的北京大学生前来应聘 "
        "ขำกร ฉันไปโรงเรียนตากลมที่ทะเลกับเพื่อนๆเมื่อวานนี้ปากกาแมวกกกขขข "
        "すもももももももものうちきょうはいいてんき";
    CLEANUP(text_free_cleanup) struct text *t = NULL;
    struct asked a = {.s = *state};
    add(a.s, 1, text);
    assert_int_equal(text_new(&t, NULL), 0);
    text_words(t, text, sizeof text - 1, ask, &a);
    assert_true(a.broken > 0);
}

/* ---- where FTS5 asks for more ---- */

static void assert_one(const struct scene *s, const char *sql, const char *expected)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(s->db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(q, 0), expected);
    sqlite3_finalize(q);
}

static void tokenizer__offsets__mark_the_words(void **state)
{
    const struct scene *s = *state;
    assert_int_equal(
        sqlite3_exec(s->db,
                     "CREATE VIRTUAL TABLE c USING fts5(body, tokenize='desk');"
                     "INSERT INTO c VALUES('Meet at the Pier, Ärger 你好世界 в Москве!')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_one(s, "SELECT highlight(c, 0, '<', '>') FROM c WHERE c MATCH 'arger OR \"at the\"'",
               "Meet <at the> Pier, <Ärger> 你好世界 в Москве!");
    assert_one(s, "SELECT highlight(c, 0, '<', '>') FROM c WHERE c MATCH '\"世界\" OR москве'",
               "Meet at the Pier, Ärger 你好<世界> в <Москве>!");
    assert_one(s, "SELECT highlight(c, 0, '<', '>') FROM c WHERE c MATCH '\"\x03moskve\"'",
               "Meet at the Pier, Ärger 你好世界 в <Москве>!");
    assert_int_equal(sqlite3_exec(s->db,
                                  "UPDATE c SET body = '\x01"
                                  "from:a\x01  of the pier'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_one(s, "SELECT highlight(c, 0, '<', '>') FROM c WHERE c MATCH 'pier'",
               "\x01"
               "from:a\x01  of the <pier>");
    assert_one(s,
               "SELECT highlight(c, 0, '<', '>') FROM c WHERE c MATCH '\"\x01"
               "from:a\"'",
               "<\x01"
               "from:a>\x01  of the pier");
    assert_one(s,
               "SELECT highlight(c, 0, '<', '>') FROM c WHERE c MATCH '\"of\x02"
               "the\"'",
               "\x01"
               "from:a\x01  <of> the pier");
    assert_int_equal(sqlite3_exec(s->db, "UPDATE c SET body = 'Meet at the Pier, Ärger you see'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_one(s, "SELECT snippet(c, 0, '<', '>', '…', 2) FROM c WHERE c MATCH 'pier'",
               "…<Pier>, Ärger…");
}

/* What is not text, and what is no word. */
static void tokenizer__document__of_any_value(void **state)
{
    const struct scene *s = *state;
    assert_int_equal(sqlite3_exec(s->db,
                                  "INSERT INTO f(rowid, body) VALUES(1, NULL), (2, 123), (3, ''),"
                                  "(4, x'00'), (5, CAST(x'61FF62C3' AS TEXT)), (6, x'6100620163')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_tokens(s, "0:123 0:a 0:a\x02"
                     "b 1:b 0:a 0:a\x02"
                     "b 1:b 2:c");
    assert_finds(s, "\"a b\"", "5 6");
}

/* A month is deleted with the tokens that were put in. */
static void tokenizer__document__is_taken_out_whole(void **state)
{
    const struct scene *s = *state;
    add(s, 1,
        "\x01"
        "from:anna\x01  в Москве the end 👍");
    assert_int_equal(sqlite3_exec(s->db,
                                  "INSERT INTO f(f, rowid, body) VALUES('delete', 1, "
                                  "'\x01"
                                  "from:anna\x01  в Москве the end 👍')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_tokens(s, "");
}

static void tokenizer__create__has_no_settings(void **state)
{
    const struct scene *s = *state;
    assert_int_equal(sqlite3_exec(s->db, "CREATE VIRTUAL TABLE g USING fts5(b, tokenize='desk x')",
                                  NULL, NULL, NULL),
                     SQLITE_ERROR);
    assert_int_equal(sqlite3_exec(s->db, "CREATE VIRTUAL TABLE g USING fts5(b, tokenize='desk')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
}

static void tokenizer__register__each_handle(void **state)
{
    const struct scene *s = *state;
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(":memory:", &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE VIRTUAL TABLE g USING fts5(b, tokenize='desk')",
                                  NULL, NULL, NULL),
                     SQLITE_ERROR);
    assert_int_equal(text_register(other, NULL), 0);
    assert_int_equal(text_register(other, NULL), 0); /* again: in the place of the one before */
    assert_int_equal(sqlite3_exec(other, "CREATE VIRTUAL TABLE g USING fts5(b, tokenize='desk')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    add(s, 1, "still here");
    assert_finds(s, "here", "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(tokenizer__document__filters_words_pairs_latin),
        SCENE_TEST(tokenizer__query__marked_and_folded),
        SCENE_TEST(tokenizer__filters__end_with_a_blank),
        SCENE_TEST(tokenizer__positions__of_words_alone),
        SCENE_TEST(tokenizer__query__words_of_people),
        SCENE_TEST(tokenizer__query__makes_no_forms),
        SCENE_TEST(tokenizer__query__folded_words_stay_whole),
        SCENE_TEST(tokenizer__offsets__mark_the_words),
        SCENE_TEST(tokenizer__document__of_any_value),
        SCENE_TEST(tokenizer__document__is_taken_out_whole),
        SCENE_TEST(tokenizer__create__has_no_settings),
        SCENE_TEST(tokenizer__register__each_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
