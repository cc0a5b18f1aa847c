/* What is out of sight is as if it were not there: every route of the description is asked of two
 * desks that have the same messages, but that one has some more which are hidden. No answer may
 * differ, to nobody for whom they are hidden; and their words, people and conversation stand in
 * none. A route that is added and tells of them fails here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/secret.h"
#include "desk/validity.h"
#include "operation.h"
#include "secrets.h"

/* ---- two desks ---- */

struct pair {
    struct small_desk without, with;
    struct secrets secrets;
};

/* All that there is to judge is judged, and so much is told. */
static void step(struct small_desk *s, unsigned raised)
{
    struct desk_threats_news news = {.more = true};
    unsigned all = 0;
    while (news.more) {
        assert_int_equal(desk_threats_step(s->threats, clock_now_ms(&s->clock), &news, &s->d), 0);
        all += news.raised + news.escalated;
    }
    assert_int_equal(all, raised);
}

static void pair_make(struct pair *p)
{
    assert_int_equal(operation_make_desk(&p->without), 0);
    assert_int_equal(operation_make_desk(&p->with), 0);
    step(&p->without, 0);
    step(&p->with, 0);
    secrets_say(&p->secrets, &p->with, 4);
}

static void pair_clear(struct pair *p)
{
    small_desk_clear(&p->with);
    small_desk_clear(&p->without);
}

/* ---- asking both ---- */

/* Where what is asked has chance in it, or what is told is the network's own: the access log, what
 * was archived by warrant and bot, signs of a session. */
static bool is_left_out(const struct operation *o)
{
    static const char *const left_out[] = {"/api/session", "/api/password", "/api/passkeys",
                                           "/api/users", "/api/log"};
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (strncmp(o->path, left_out[i], strlen(left_out[i])) == 0)
            return true;
    return false;
}

static void take_out(json_t *answer)
{
    static const char *const members[] = {"journals", "warrants"};
    json_t *figures = json_object_get(answer, "figures");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_object_del(answer, members[i]);
    json_object_del(figures, "records");
    if (json_object_get(answer, "marks") == NULL && json_object_get(answer, "messages") != NULL &&
        json_object_size(answer) == 2)
        json_object_del(answer, "id"); /* of a mark: marks are counted */
}

/* Questions have the other word, the people and, in a path, the conversation: an answer that says
 * what was asked says these. */
static void assert_tells_nothing(const struct pair *p, const struct operation *o,
                                 const struct told *t)
{
    bool asked = strstr(o->path, "{conversation}") != NULL;
    if (strstr(t->text, SECRETS_OTHER_WORD) != NULL)
        fail_msg("%s %s tells a hidden message: %s", o->method, o->path, t->text);
    if (!asked && strstr(t->text, p->secrets.conversation) != NULL)
        fail_msg("%s %s tells of the conversation: %s", o->method, o->path, t->text);
}

/* A file is no JSON. */
static bool says_the_same(const struct told *one, const struct told *other)
{
    if (one->json == NULL || other->json == NULL)
        return one->json == other->json && strcmp(one->text, other->text) == 0;
    return json_equal(one->json, other->json);
}

static struct pair *asked_pair;
static enum desk_role asking_role;

static void ask_both(const struct operation *o, const char *address, const char *body)
{
    const struct variation v = {.as = asking_role, .address = address, .body = body};
    operation_desk = &asked_pair->without;
    CLEANUP_TOLD struct told without = operation_try(o, &v);
    operation_desk = &asked_pair->with;
    CLEANUP_TOLD struct told with = operation_try(o, &v);
    assert_tells_nothing(asked_pair, o, &with);
    take_out(without.json);
    take_out(with.json);
    if (without.status != with.status || !says_the_same(&without, &with)) {
        CLEANUP_FREE char *one = json_dumps(without.json, JSON_SORT_KEYS);
        CLEANUP_FREE char *other = json_dumps(with.json, JSON_SORT_KEYS);
        fail_msg("%s %s %s as %s:\n%u %s\n%u %s", o->method, address == NULL ? o->path : address,
                 body == NULL ? "" : body, desk_role_text(asking_role), without.status, one,
                 with.status, other);
    }
}

/* ---- what is asked: the examples, and the same of what is hidden ---- */

/* The path with what is hidden in it; NULL: there is nothing to put. */
static char *path_of_hidden(const struct operation *o)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    bool any = false;
    for (const char *at = o->path; *at != '\0'; at++) {
        if (*at != '{') {
            buf_put_u8(&b, (uint8_t)*at);
            continue;
        }
        const char *name = at + 1;
        size_t len = strcspn(name, "}");
        at += len + 1;
        any = true;
        if (strncmp(name, "account", len) == 0 || strncmp(name, "person", len) == 0)
            buf_put_text(&b, SECRETS_LAWYER);
        else if (strncmp(name, "conversation", len) == 0)
            buf_put_text(&b, asked_pair->secrets.conversation);
        else if (strncmp(name, "word", len) == 0)
            buf_put_text(&b, "harbour");
        else
            buf_format(&b, "%lld", (long long)asked_pair->secrets.first);
    }
    return any ? buf_take_text(&b) : NULL;
}

/* Of a question's parameters or a body's members: what names people, messages or words. */
static const char *hidden_value(const char *name)
{
    static const char *const names[][2] = {
        {"q", SECRETS_WORD},      {"query", SECRETS_WORD},     {"with", SECRETS_LAWYER},
        {"prefix", "vera"},       {"from", SECRETS_LAWYER},    {"to", SECRETS_LAWYER},
        {"what", SECRETS_LAWYER}, {"account", SECRETS_LAWYER},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], name) == 0)
            return names[i][1];
    return NULL;
}

static void ask_with_parameters(const struct operation *o)
{
    size_t i;
    const json_t *p;
    json_array_foreach(json_object_get(o->of, "parameters"), i, p)
    {
        p = operation_resolved(p);
        const char *name = json_string_value(json_object_get(p, "name"));
        const char *value = hidden_value(name);
        if (value == NULL || strcmp(json_string_value(json_object_get(p, "in")), "query") != 0)
            continue;
        CLEANUP_FREE char *address = operation_address(o, name, value);
        ask_both(o, address, NULL);
        CLEANUP_FREE char *all = operation_address(o, name, NULL);
        ask_both(o, all, NULL);
    }
}

static void ask_with_members(const struct operation *o)
{
    const char *name;
    json_t *schema;
    json_object_foreach(json_object_get(operation_body_schema(o), "properties"), name, schema)
    {
        if (hidden_value(name) == NULL)
            continue;
        json_t *body = operation_body_example(o);
        json_object_set_new(body, name, json_string(hidden_value(name)));
        if (strcmp(name, "what") == 0)
            json_object_set_new(body, "kind", json_string("person"));
        CLEANUP_FREE char *text = operation_body_text(body);
        json_decref(body);
        ask_both(o, NULL, text);
    }
}

static void ask_everything_of(const struct operation *o)
{
    if (is_left_out(o))
        return;
    CLEANUP_BUF struct buf plain = BUF_INIT(4096);
    operation_put_path(&plain, o);
    ask_both(o, NULL, NULL);
    ask_both(o, buf_text(&plain), NULL); /* what there is without any parameter */
    CLEANUP_FREE char *path = path_of_hidden(o);
    if (path != NULL)
        ask_both(o, path, NULL);
    ask_with_parameters(o);
    ask_with_members(o);
}

/* As everyone for whom it is hidden. */
static void ask_everything(struct pair *p)
{
    asked_pair = p;
    for (int as = 0; as < DESK_ROLES; as++) {
        if (as == DESK_FILTER)
            continue;
        asking_role = (enum desk_role)as;
        operation_each(ask_everything_of);
        step(&p->without, 0);
        step(&p->with, 0);
        operation_each(ask_everything_of); /* with the trial at its end */
    }
}

/* ---- privilege ---- */

/* What was made of one before it was hidden. */
static void work_on_first(struct pair *p)
{
    static const char *const what[] = {"tags/boat", "flag", "seen"};
    for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
        CLEANUP_FREE char *address =
            mem_format("/api/messages/%lld/%s", (long long)p->secrets.first, what[i]);
        must(&p->with, DESK_REVIEWER, "PUT", address, NULL);
    }
    CLEANUP_FREE char *in =
        mem_format("/api/cases/harbour/messages/%lld", (long long)p->secrets.first);
    must(&p->with, DESK_REVIEWER, "PUT", in, NULL);
    must(&p->with, DESK_REVIEWER, "PUT", "/api/cases/harbour/people",
         "{\"account\":\"" SECRETS_LAWYER "\",\"on\":true}");
}

static void mark_all(struct pair *p, const char *kind)
{
    struct small_desk *s = &p->with;
    work_on_first(p);
    if (strcmp(kind, "message") == 0) {
        for (int64_t id = p->secrets.first; id < p->secrets.first + 4; id++)
            secrets_mark(s, "message", mem_format("%lld", (long long)id), NULL);
        return;
    }
    if (strcmp(kind, "conversation") == 0)
        secrets_mark(s, kind, mem_string(p->secrets.conversation), NULL);
    else if (strcmp(kind, "search") == 0)
        secrets_mark(s, kind, mem_string(SECRETS_WORD), NULL);
    else
        secrets_mark(s, kind, mem_string(SECRETS_LAWYER),
                     strcmp(kind, "pair") == 0 ? SECRETS_CLIENT : NULL);
}

static void privilege__hides_from_everyone(void **state)
{
    static const char *const kinds[] = {"message", "search", "conversation", "person", "pair"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct pair p = {.secrets.first = 0};
        pair_make(&p);
        step(&p.with, 4);                                          /* found before it was marked */
        must(&p.with, DESK_REVIEWER, "GET", "/api/network", NULL); /* kept with them in it */
        mark_all(&p, kinds[i]);
        if (i >= 2) /* what arrives under the mark */
            secrets_say(&p.secrets, &p.with, 2);
        ask_everything(&p);
        pair_clear(&p);
    }
}

/* After a new start it follows from the marks. */
static void privilege__is_there_when_opened_again(void **state)
{
    struct pair p = {.secrets.first = 0};
    (void)state;
    pair_make(&p);
    step(&p.with, 4);
    mark_all(&p, "person");
    small_desk_reopen(&p.with);
    secrets_say(&p.secrets, &p.with, 2);
    ask_everything(&p);
    pair_clear(&p);
}

/* ---- warrants ---- */

#define TODAY (SMALL_DESK_NOW / CALENDAR_DAY_MS)

static void put_warrant(struct desk_told *t, const char *warrant, int64_t until_day)
{
    struct validity *v = &t->validities.items[t->validities.count++];
    snprintf(v->warrant, sizeof v->warrant, "%s", warrant);
    v->from_day = TODAY - 100;
    v->until_day = until_day;
    v->named = true;
}

/* The hidden ones are archived under de-9, which may have ended. */
static void tell_warrants(struct small_desk *s, uint32_t policy, int64_t until_day)
{
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    t->validities.policy = policy;
    put_warrant(t, "de-1", TODAY + 9);
    put_warrant(t, "de-2", TODAY + 9);
    put_warrant(t, "de-9", until_day);
    assert_int_equal(desk_validities_take(s->index, t, &s->d), 0);
    desk_validities_at(s->index, clock_now_ms(&s->clock));
}

/* The filter role, too: what is outside is nobody's. */
static void ask_everything_as_all(struct pair *p)
{
    ask_everything(p);
    asking_role = DESK_FILTER;
    operation_each(ask_everything_of);
}

static void validity__hides_from_everyone(void **state)
{
    struct pair p = {.secrets.warrant = "de-9"};
    (void)state;
    pair_make(&p);
    tell_warrants(&p.without, 1, TODAY);
    tell_warrants(&p.with, 1, TODAY);
    step(&p.with, 4);
    must(&p.with, DESK_REVIEWER, "GET", "/api/network", NULL); /* kept with them in it */
    work_on_first(&p);
    tell_warrants(&p.with, 2, TODAY - 1);
    secrets_say(&p.secrets, &p.with, 2); /* what arrives behind its end */
    ask_everything_as_all(&p);
    small_desk_reopen(&p.without); /* a trial of a rule ends with the process */
    small_desk_reopen(&p.with);
    ask_everything_as_all(&p);
    tell_warrants(&p.with, 3, TODAY);
    CLEANUP_TOLD struct told back =
        ask_as(&p.with, DESK_SUPERVISOR, "GET", "/api/count?q=" SECRETS_WORD, NULL);
    assert_int_equal(json_integer_value(json_object_get(back.json, "total")), 6);
    pair_clear(&p);
}

/* ---- bounded sets ---- */

/* A set of what anna wrote to boris, of the case that the desk has, approved by another. */
static void bind_to_set(struct small_desk *s, const char *user)
{
    CLEANUP_FREE char *body = mem_format("{\"user\":\"%s\"}", user);
    must(s, DESK_SUPERVISOR, "PUT", "/api/sets/1/users", body);
}

static void make_set(struct small_desk *s)
{
    must(s, DESK_REVIEWER, "POST", "/api/sets",
         "{\"name\":\"disclosed\",\"case\":\"harbour\",\"query\":\"from:anna to:boris\","
         "\"reason\":\"the court's order\"}");
    must(s, DESK_SUPERVISOR, "POST", "/api/sets/1/decide",
         "{\"decision\":\"approve\",\"reason\":\"as ordered\"}");
    bind_to_set(s, "reviewer");
    bind_to_set(s, "defence");
}

/* What they make of messages is told to them again, and what is in no set is not theirs. */
static void bounded__shows_its_sets_alone(void **state)
{
    static const enum desk_role bound[] = {DESK_DEFENCE, DESK_REVIEWER, DESK_DEFENCE};
    struct pair p = {.secrets.first = 0};
    (void)state;
    pair_make(&p);
    step(&p.with, 4);
    must(&p.with, DESK_REVIEWER, "GET", "/api/network", NULL); /* kept with them in it */
    make_set(&p.without);
    make_set(&p.with);
    asked_pair = &p;
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
        asking_role = bound[i];
        operation_each(ask_everything_of);
        if (i == 0)
            secrets_say(&p.secrets, &p.with, 2); /* what arrives outside of the set */
        if (i == 0)
            step(&p.with, 2);
    }
    pair_clear(&p);
}

static int set_up(void **state)
{
    (void)state;
    return operation_describe();
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(operation_description);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(privilege__hides_from_everyone),
        cmocka_unit_test(privilege__is_there_when_opened_again),
        cmocka_unit_test(validity__hides_from_everyone),
        cmocka_unit_test(bounded__shows_its_sets_alone),
    };
    secret_init();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
