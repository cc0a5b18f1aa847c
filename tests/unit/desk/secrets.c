#include "secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "desk/search.h"

static void say(const struct secrets *x, struct small_desk *s, unsigned i)
{
    char id[16], body[80];
    bool lawyer = i % 2 == 0;
    unsigned number = SMALL_DESK_MESSAGES + i;
    snprintf(id, sizeof id, "s%u", i);
    snprintf(body, sizeof body, "cash and " SECRETS_WORD ", " SECRETS_OTHER_WORD " %u", i);
    struct follower_message m = {
        .batch = number,
        .leaf = number,
        .n = number,
        .policy = 1,
        .at_unix_ms = SMALL_DESK_NOW - 1000 + i - x->days_ago * INT64_C(86400000),
        .archived_unix_ms = SMALL_DESK_NOW - 500,
        .certificate = {9, lawyer},
        .warrant = x->warrant == NULL ? "de-1" : x->warrant,
        .id = id,
        .from = lawyer ? SECRETS_LAWYER : SECRETS_CLIENT,
        .to = {lawyer ? SECRETS_CLIENT : SECRETS_LAWYER},
        .to_count = 1,
        .country = "NL",
        .wrong = "",
        .body = body,
        .body_len = strlen(body),
    };
    memcpy(m.record_leaf, &number, sizeof number);
    assert_int_equal(desk_index_add(s->index, "bot-1", &m, &s->d), 0);
}

static int take(void *context, const struct desk_message *m)
{
    struct secrets *x = context;
    x->first = m->id;
    snprintf(x->conversation, sizeof x->conversation, "%s", m->conversation);
    return 0;
}

void secrets_say(struct secrets *x, struct small_desk *s, unsigned count)
{
    int64_t before = desk_index_last(s->index);
    for (unsigned i = 0; i < count; i++)
        say(x, s, x->count++);
    assert_int_equal(desk_index_commit(s->index, &s->d), 0);
    if (x->first == 0)
        assert_int_equal(desk_message(s->index, before + 1, 0, take, x, &s->d), 0);
}

void secrets_mark(struct small_desk *s, const char *kind, char *what, const char *with)
{
    json_t *body =
        json_pack("{ss ss ss}", "kind", kind, "what", what, "reason", "a lawyer's advice");
    if (with != NULL)
        json_object_set_new(body, "with", json_string(with));
    CLEANUP_FREE char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    free(what);
    must(s, DESK_SUPERVISOR, "POST", "/api/privilege", text);
}
