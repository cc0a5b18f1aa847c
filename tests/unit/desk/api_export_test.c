/* Exports: counted, logged by warrants, frozen, given whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

#define DE_1 (SMALL_DESK_MESSAGES - SMALL_DESK_MESSAGES / 4)
#define DE_2 (SMALL_DESK_MESSAGES / 4)

static int64_t export_of(struct small_desk *s, const char *format, const char *selection,
                         const char *value)
{
    CLEANUP_FREE char *body = mem_format(
        "{\"format\":\"%s\",\"selection\":\"%s\",\"value\":\"%s\"}", format, selection, value);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_SUPERVISOR, "POST", "/api/exports", body);
    assert_status(&t, 201);
    return number_at(&t, "id");
}

/* All pages of it, one behind the other. */
static char *file_of(struct small_desk *s, int64_t id)
{
    CLEANUP_BUF struct buf file = BUF_INIT(1U << 24);
    CLEANUP_FREE char *address = mem_format("/api/exports/%lld", (long long)id);
    int64_t next = 1;
    for (bool more = true; more;) {
        CLEANUP_TOLD struct told t = ask_as(s, DESK_SUPERVISOR, "GET", address, NULL);
        assert_status(&t, 200);
        assert_int_equal(number_at(&t, "from"), next);
        next = number_at(&t, "to") + 1;
        buf_put_text(&file, text_at(t.json, "text"));
        more = json_is_string(json_object_get(t.json, "after"));
        assert_true(more || next == number_at(&t, "of") + 1);
        free(address);
        address = mem_format("/api/exports/%lld?after=%s", (long long)id, text_at(t.json, "after"));
    }
    return buf_take_text(&file);
}

static size_t lines_of(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        lines++;
    return lines;
}

/* ---- the log ---- */

struct counted {
    uint64_t exported, entries;
    char all[1024];
};

static int count_export(void *context, const struct access_entry *e)
{
    struct counted *c = context;
    size_t len = strlen(c->all);
    c->exported += e->count;
    c->entries++;
    snprintf(c->all + len, sizeof c->all - len, "%s %llu: %s\n", e->warrants,
             (unsigned long long)e->count, e->what);
    return 0;
}

static struct counted counted_of(struct small_desk *s)
{
    struct counted c = {0};
    const struct access_question q = {.limit = 1000, .action = ACCESS_EXPORT};
    assert_int_equal(access_each(s->log, &q, count_export, &c, &s->d), 0);
    return c;
}

static void api__export__is_counted_by_warrants_before_it_is_given(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_SUPERVISOR, "POST", "/api/exports",
               "{\"format\":\"jsonl\",\"selection\":\"query\",\"value\":\"pier\"}");
    assert_status(&t, 201);
    assert_int_equal(number_at(&t, "messages"), SMALL_DESK_MESSAGES);
    assert_int_equal(json_array_size(json_object_get(t.json, "by_warrants")), 2);
    struct counted c = counted_of(s);
    assert_int_equal(c.entries, 2);
    assert_int_equal(c.exported, SMALL_DESK_MESSAGES);
    assert_string_equal(c.all, "de-1 30: export 1 as jsonl, of 40 messages: pier\n"
                               "de-2 10: export 1 as jsonl, of 40 messages: pier\n");
    CLEANUP_FREE char *file = file_of(s, 1);
    c = counted_of(s);
    assert_int_equal(c.entries, 3);
    assert_int_equal(c.exported, SMALL_DESK_MESSAGES);
    assert_non_null(strstr(c.all, " 0: export 1: 1 to 40 of 40\n"));
}

static void api__export__of_nothing_is_logged_too(void **state)
{
    struct small_desk *s = *state;
    int64_t id = export_of(s, "jsonl", "query", "nowhere");
    assert_int_equal(counted_of(s).entries, 1);
    CLEANUP_FREE char *file = file_of(s, id);
    assert_int_equal(lines_of(file), 2);
}

/* ---- JSON lines ---- */

static void api__export__as_lines_has_whole_messages(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "PUT", "/api/messages/5/tags/urgent", NULL);
    CLEANUP_FREE char *file = file_of(s, export_of(s, "jsonl", "ids", "9 5 5"));
    char *rest = NULL;
    json_t *lines[4];
    assert_int_equal(lines_of(file), 4);
    for (size_t i = 0; i < 4; i++)
        lines[i] = json_loads(strtok_r(i == 0 ? file : NULL, "\n", &rest), 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(lines[0], "messages")), 2);
    assert_int_equal(json_integer_value(json_object_get(lines[0], "export")), 1);
    assert_int_equal(json_integer_value(json_object_get(lines[3], "end")), 1);
    assert_int_equal(json_integer_value(json_object_get(lines[3], "messages")), 2);
    assert_int_equal(json_integer_value(json_object_get(lines[1], "id")), 5);
    assert_string_equal(text_at(lines[1], "body"), "cash at the pier, number 4");
    assert_string_equal(json_string_value(json_array_get(
                            json_object_get(json_object_get(lines[1], "made"), "tags"), 0)),
                        "urgent");
    const json_t *leaf = json_array_get(json_object_get(lines[1], "leaves"), 0);
    assert_string_equal(text_at(leaf, "bot"), "bot-1");
    assert_string_equal(text_at(leaf, "warrant"), "de-2");
    assert_int_equal(json_integer_value(json_object_get(leaf, "leaf")), 4);
    assert_true(json_is_array(json_object_get(lines[1], "files")));
    for (size_t i = 0; i < 4; i++)
        json_decref(lines[i]);
}

/* ---- what is frozen ---- */

static void add_messages(struct small_desk *s, unsigned count, const char *body)
{
    for (unsigned i = 0; i < count; i++) {
        char id[16];
        struct follower_message m = {
            .batch = 1000,
            .leaf = 1000 + i,
            .n = 1000 + i,
            .policy = 1,
            .at_unix_ms = SMALL_DESK_NOW,
            .archived_unix_ms = SMALL_DESK_NOW,
            .certificate = {9},
            .warrant = "de-1",
            .id = id,
            .from = "anna@chat.example",
            .to = {"boris@chat.example"},
            .to_count = 1,
            .country = "DE",
            .wrong = "",
            .body = body,
            .body_len = strlen(body),
        };
        snprintf(id, sizeof id, "x%u", i);
        memcpy(m.record_leaf, &i, sizeof i);
        assert_int_equal(desk_index_add(s->index, "bot-1", &m, &s->d), 0);
    }
    assert_int_equal(desk_index_commit(s->index, &s->d), 0);
}

static void api__export__large_comes_in_pages_and_stays_what_it_was(void **state)
{
    struct small_desk *s = *state;
    add_messages(s, 1200, "cash again");
    must(s, DESK_SUPERVISOR, "POST", "/api/cases", "{\"word\":\"harbour\",\"title\":\"\"}");
    must(s, DESK_SUPERVISOR, "POST", "/api/bulk",
         "{\"query\":\"cash\",\"action\":\"case\",\"value\":\"harbour\"}");
    int64_t id = export_of(s, "jsonl", "case", "harbour");
    must(s, DESK_SUPERVISOR, "DELETE", "/api/cases/harbour/messages/1", NULL);
    CLEANUP_FREE char *file = file_of(s, id);
    assert_int_equal(lines_of(file), 1200 + SMALL_DESK_MESSAGES / 2 + 2);
    assert_non_null(strstr(file, "\"id\":1,"));
    CLEANUP_FREE char *address = mem_format("/api/exports/%lld", (long long)id);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_SUPERVISOR, "GET", address, NULL);
    CLEANUP_FREE char *other =
        mem_format("/api/exports/%lld?after=%s",
                   (long long)export_of(s, "jsonl", "case", "harbour"), text_at(t.json, "after"));
    must_refuse(s, DESK_SUPERVISOR, "GET", other, NULL, "cursor");
}

static void api__export__says_so_where_it_is_not_whole(void **state)
{
    struct small_desk *s = *state;
    int64_t id = export_of(s, "csv", "query", "cash");
    CLEANUP_FREE char *address = mem_format("/api/exports/%lld", (long long)id);
    assert_int_equal(
        sql_execute(desk_index_sql(s->index), "DELETE FROM export_message WHERE place = 7", &s->d),
        0);
    must_refuse(s, DESK_SUPERVISOR, "GET", address, NULL, "internal");
}

/* ---- a table ---- */

static void api__export__as_a_table_has_no_formulas(void **state)
{
    struct small_desk *s = *state;
    add_messages(s, 1, "=HYPERLINK(\"http://x\")");
    CLEANUP_FREE char *file = file_of(s, export_of(s, "csv", "query", "hyperlink OR number"));
    assert_int_equal(lines_of(file), SMALL_DESK_MESSAGES + 2);
    assert_memory_equal(file, "\"id\",\"at\",", 10);
    assert_non_null(strstr(file, "\r\n5,\"2026-09-"));
    assert_non_null(strstr(file, ",\"bot-1\",\"de-2\",\"bot-1:4\",\"\","));
    assert_non_null(strstr(file, ",\"'=HYPERLINK(\"\"http://x\"\")\","));
    assert_null(strstr(file, ",\"="));
}

/* ---- who may ---- */

static void api__export__is_a_supervisors(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_REVIEWER, "POST", "/api/exports",
                "{\"format\":\"csv\",\"selection\":\"query\",\"value\":\"cash\"}", "role");
    struct last l = last_of(s);
    assert_int_equal(l.action, ACCESS_REFUSED);
    assert_string_equal(l.what, "POST /api/exports: role");
    assert_string_equal(l.user, "reviewer");
    assert_int_equal(counted_of(s).entries, 0);
    int64_t id = export_of(s, "csv", "query", "cash");
    assert_int_equal(sql_execute(desk_index_sql(s->index), "UPDATE export SET user = 1", &s->d), 0);
    CLEANUP_FREE char *address = mem_format("/api/exports/%lld", (long long)id);
    must_refuse(s, DESK_SUPERVISOR, "GET", address, NULL, "not-found");
}

static void api__export__refuses(void **state)
{
    struct small_desk *s = *state;
    static const char *const bodies[][2] = {
        {"{\"format\":\"csv\",\"selection\":\"ids\",\"value\":\"1 99\"}", "not-found"},
        {"{\"format\":\"csv\",\"selection\":\"ids\",\"value\":\" \"}", "malformed"},
        {"{\"format\":\"csv\",\"selection\":\"ids\",\"value\":\"1 x\"}", "malformed"},
        {"{\"format\":\"csv\",\"selection\":\"case\",\"value\":\"none\"}", "not-found"},
        {"{\"format\":\"csv\",\"selection\":\"query\",\"value\":\"befor:2026\"}", "query"},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        must_refuse(s, DESK_SUPERVISOR, "POST", "/api/exports", bodies[i][0], bodies[i][1]);
    assert_int_equal(counted_of(s).entries, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__export__is_counted_by_warrants_before_it_is_given),
        ASKING_TEST(api__export__of_nothing_is_logged_too),
        ASKING_TEST(api__export__as_lines_has_whole_messages),
        ASKING_TEST(api__export__large_comes_in_pages_and_stays_what_it_was),
        ASKING_TEST(api__export__says_so_where_it_is_not_whole),
        ASKING_TEST(api__export__as_a_table_has_no_formulas),
        ASKING_TEST(api__export__is_a_supervisors),
        ASKING_TEST(api__export__refuses),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
