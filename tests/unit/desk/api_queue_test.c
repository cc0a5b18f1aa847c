/* What is assigned to whom, and queues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

struct queue {
    int64_t left, next;
    char after[65];
};

static struct queue look(struct small_desk *s, enum desk_role as, const char *address)
{
    struct queue q = {0};
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", address, NULL);
    assert_status(&t, 200);
    q.left = number_at(&t, "left");
    q.next = json_integer_value(json_object_get(json_object_get(t.json, "next"), "id"));
    snprintf(q.after, sizeof q.after, "%s", text_at(t.json, "after"));
    assert_true(json_is_true(json_object_get(t.json, "exact")));
    assert_int_equal(last_of(s).count, q.next == 0 ? 0 : 1);
    return q;
}

static void assert_queue(struct small_desk *s, const char *address, int64_t left, int64_t next)
{
    struct queue q = look(s, DESK_REVIEWER, address);
    if (q.left != left || q.next != next)
        fail_msg("%s: %lld, the next is %lld; not %lld, %lld", address, (long long)q.left,
                 (long long)q.next, (long long)left, (long long)next);
}

static void assign(struct small_desk *s, const char *kind, const char *object, bool on)
{
    CLEANUP_FREE char *body =
        mem_format("{\"kind\":\"%s\",\"object\":\"%s\",\"user\":\"reviewer\",\"on\":%s}", kind,
                   object, on ? "true" : "false");
    must(s, DESK_SUPERVISOR, "PUT", "/api/assignments", body);
}

/* Of anna and boris: every third message from the first on. */
static void read_conversation(struct small_desk *s, char ret[static 17])
{
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/1", NULL);
    snprintf(ret, 17, "%s", text_at(t.json, "conversation"));
}

#define MINE "/api/queue?of=mine"

static void api__queue__of_mine_has_what_is_assigned_and_unseen(void **state)
{
    struct small_desk *s = *state;
    char conversation[17];
    read_conversation(s, conversation);
    assert_queue(s, MINE, 0, 0);
    assign(s, "message", "3", true);
    assert_last(s, ACCESS_MARK, "message 3 is assigned to reviewer");
    assert_int_equal(last_of(s).count, 1);
    assign(s, "message", "5", true);
    assert_queue(s, MINE, 2, 3);
    assert_last(s, ACCESS_VIEW, "the next message of the queue mine");
    must(s, DESK_REVIEWER, "PUT", "/api/messages/3/seen", NULL);
    assert_queue(s, MINE, 1, 5);
    assert_int_equal(look(s, DESK_SUPERVISOR, MINE).left, 0);
    assign(s, "conversation", conversation, true);
    assert_queue(s, MINE, 15, 1);
    assert_int_equal(hits_of(s, "assigned:reviewer"), 16);
    assert_int_equal(hits_of(s, "assigned:anyone%20-assigned:me"), 0);
    assert_int_equal(hits_of(s, "assigned:nobody"), 0);
    assign(s, "conversation", conversation, false);
    assert_queue(s, MINE, 1, 5);
    assign(s, "message", "5", false);
    assert_queue(s, MINE, 0, 0);
}

static void api__queue__of_mine_has_organisations_and_searches(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "PUT", "/api/people/carl@chat.example/organisation",
         "{\"organisation\":\"the \\\"harbour\\\"\"}");
    assign(s, "organisation", "the \\\"harbour\\\"", true);
    assert_queue(s, MINE, 26, 2);
    assert_queue(s, "/api/queue?of=organisation&value=The%20%22harbour%22", 26, 2);
    assign(s, "organisation", "the \\\"harbour\\\"", false);
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_SUPERVISOR, "POST", "/api/searches",
               "{\"name\":\"late\",\"query\":\"cash after:2026-09-20T13:00\","
               "\"zone\":\"Europe/Berlin\"}");
    CLEANUP_FREE char *id = mem_format("%lld", (long long)number_at(&t, "id"));
    CLEANUP_FREE char *queue = mem_format("/api/queue?of=search&value=%s", id);
    must_refuse(s, DESK_REVIEWER, "GET", queue, NULL, "not-found");
    assign(s, "search", id, true);
    CLEANUP_FREE char *own =
        mem_format("/api/search?q=cash%%20after:2026-09-20T13:00&zone=Europe/Berlin&limit=500");
    CLEANUP_TOLD struct told hits = ask_as(s, DESK_REVIEWER, "GET", own, NULL);
    size_t count = json_array_size(json_object_get(hits.json, "hits"));
    assert_true(count > 3);
    assert_int_equal(look(s, DESK_REVIEWER, queue).left, count);
    assert_int_equal(look(s, DESK_REVIEWER, MINE).left, count);
    CLEANUP_TOLD struct told list = ask_as(s, DESK_REVIEWER, "GET", "/api/assignments", NULL);
    const json_t *one = json_array_get(json_object_get(list.json, "assignments"), 0);
    assert_string_equal(text_at(one, "name"), "late");
    assert_string_equal(text_at(one, "by"), "supervisor");
    CLEANUP_FREE char *address = mem_format("/api/searches/%s", id);
    must(s, DESK_SUPERVISOR, "DELETE", address, NULL);
    assert_queue(s, MINE, 0, 0);
}

static void api__queue__of_a_search_for_everything(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "POST", "/api/searches", "{\"name\":\"all\",\"query\":\"\"}");
    assert_queue(s, "/api/queue?of=search&value=1", SMALL_DESK_MESSAGES, 1);
    assign(s, "search", "1", true);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/seen", NULL);
    assert_queue(s, MINE, SMALL_DESK_MESSAGES - 1, 2);
}

static void api__queue__goes_on_behind_what_is_left_unseen(void **state)
{
    struct small_desk *s = *state;
    assign(s, "message", "7", true);
    assign(s, "message", "8", true);
    struct queue q = look(s, DESK_REVIEWER, MINE);
    CLEANUP_FREE char *next = mem_format("%s&after=%s", MINE, q.after);
    assert_queue(s, next, 2, 8);
    q = look(s, DESK_REVIEWER, next);
    CLEANUP_FREE char *end = mem_format("%s&after=%s", MINE, q.after);
    assert_queue(s, end, 2, 0);
    CLEANUP_FREE char *other = mem_format("%s&order=newest&after=%s", MINE, q.after);
    must_refuse(s, DESK_REVIEWER, "GET", other, NULL, "cursor");
    assert_queue(s, MINE "&order=newest", 2, 8);
}

static void api__queue__by_conversation_counts_each_once(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "POST", "/api/bulk",
         "{\"query\":\"pier\",\"action\":\"assign\",\"value\":\"reviewer\"}");
    assert_queue(s, MINE "&unit=message", SMALL_DESK_MESSAGES, 1);
    assert_queue(s, MINE "&unit=conversation", 3, 1);
    struct queue q = look(s, DESK_REVIEWER, MINE "&unit=conversation");
    CLEANUP_FREE char *next = mem_format("%s&unit=conversation&after=%s", MINE, q.after);
    assert_queue(s, next, 3, 2);
    must(s, DESK_REVIEWER, "POST", "/api/bulk", "{\"query\":\"from:anna\",\"action\":\"seen\"}");
    assert_queue(s, MINE "&unit=conversation", 2, 2);
}

static void api__queue__refuses(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_REVIEWER, "GET", "/api/queue?of=mine&value=x", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/queue?of=organisation", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/queue?of=search&value=x", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/queue?of=search&value=99", NULL, "not-found");
}

static void api__assign__refuses(void **state)
{
    struct small_desk *s = *state;
    static const char *const bodies[][2] = {
        {"{\"kind\":\"message\",\"object\":\"99\",\"user\":\"reviewer\"}", "not-found"},
        {"{\"kind\":\"message\",\"object\":\"x\",\"user\":\"reviewer\"}", "malformed"},
        {"{\"kind\":\"message\",\"object\":\"1\",\"user\":\"zoe\"}", "not-found"},
        {"{\"kind\":\"message\",\"object\":\"1\",\"user\":\"auditor\"}", "state"},
        {"{\"kind\":\"conversation\",\"object\":\"0000\",\"user\":\"reviewer\"}", "not-found"},
        {"{\"kind\":\"organisation\",\"object\":\"none\",\"user\":\"reviewer\"}", "not-found"},
        {"{\"kind\":\"search\",\"object\":\"9\",\"user\":\"reviewer\"}", "not-found"},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        must_refuse(s, DESK_REVIEWER, "PUT", "/api/assignments", bodies[i][0], bodies[i][1]);
    assert_queue(s, MINE, 0, 0);
}

static void api__bulk__assigns_and_takes_it_back(void **state)
{
    struct small_desk *s = *state;
    assign(s, "message", "1", true);
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_SUPERVISOR, "POST", "/api/bulk",
               "{\"query\":\"cash\",\"action\":\"assign\",\"value\":\"reviewer\"}");
    assert_status(&t, 201);
    assert_int_equal(number_at(&t, "messages"), SMALL_DESK_MESSAGES / 2 - 1);
    assert_queue(s, MINE, SMALL_DESK_MESSAGES / 2, 1);
    CLEANUP_FREE char *undo = mem_format("/api/bulk/%lld/undo", (long long)number_at(&t, "id"));
    must(s, DESK_SUPERVISOR, "POST", undo, NULL);
    assert_queue(s, MINE, 1, 1);
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/bulk",
                "{\"query\":\"cash\",\"action\":\"assign\",\"value\":\"zoe\"}", "not-found");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__queue__of_mine_has_what_is_assigned_and_unseen),
        ASKING_TEST(api__queue__of_mine_has_organisations_and_searches),
        ASKING_TEST(api__queue__of_a_search_for_everything),
        ASKING_TEST(api__queue__goes_on_behind_what_is_left_unseen),
        ASKING_TEST(api__queue__by_conversation_counts_each_once),
        ASKING_TEST(api__queue__refuses),
        ASKING_TEST(api__assign__refuses),
        ASKING_TEST(api__bulk__assigns_and_takes_it_back),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
