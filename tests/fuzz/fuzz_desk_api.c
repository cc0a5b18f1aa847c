/* Any question to a small desk: it always answers, with JSON, in bounds, and what it answers of
 * messages is logged. The first byte is a role (6: nobody), the rest a question's frame; in it the
 * session "s" is the role's own and the CSRF token "c" the session's.
 */
#include <jansson.h>

#include "base/secret.h"
#include "by_password.h"
#include "desk/search.h"
#include "fuzz.h"
#include "small_desk.h"

static struct small_desk desk;

static void clear(void)
{
    small_desk_clear(&desk);
}

static void make(void)
{
    static bool made;
    if (made)
        return;
    made = true;
    secret_init();
    small_desk_make(&desk);
    FUZZ_MUST(atexit(clear) == 0);
    small_desk_fill(&desk);
    small_desk_open(&desk, false);
    FUZZ_MUST(sql_execute(desk_index_sql(desk.index), "PRAGMA synchronous = OFF", NULL) == 0);
    for (int r = 0; r < DESK_ROLES; r++)
        FUZZ_MUST(by_password_sign_in(desk.users, desk_role_text((enum desk_role)r),
                                      SMALL_DESK_PASSWORD, SMALL_DESK_NOW, desk.tokens[r],
                                      &desk.sessions[r], &desk.d) == 0);
}

/* Signing in and out are another test's: they take long, or the session. */
static bool is_of_sessions(const struct question *q)
{
    return q->method != QUESTION_GET &&
           (strcmp(q->path, "/api/session") == 0 || strcmp(q->path, "/api/password") == 0 ||
            strncmp(q->path, "/api/users", 10) == 0);
}

static void must_be_json(const struct answer *x)
{
    json_t *body = json_loadb(x->body, x->body_len, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_MUST(json_is_object(body));
    FUZZ_MUST((x->status >= 400) == (json_object_get(body, "error") != NULL));
    json_decref(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(4 * FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf body = BUF_INIT(ANSWER_BODY_MAX), frame = BUF_INIT(2 * ANSWER_BODY_MAX);
    struct question q;
    struct answer x;
    if (len == 0 || data[0] > DESK_ROLES)
        return 0;
    struct cursor c = cursor_over(data + 1, len - 1);
    if (question_get(&c, &a, &q) < 0 || is_of_sessions(&q))
        return 0;
    make();
    bool somebody = data[0] < DESK_ROLES;
    if (strcmp(q.session, "s") == 0)
        q.session = somebody ? desk.tokens[data[0]] : "";
    if (strcmp(q.csrf, "c") == 0)
        q.csrf = somebody ? desk.sessions[data[0]].csrf : "";
    uint64_t before = access_size(desk.log);
    small_desk_answer(&desk, &q, &body, &x);
    FUZZ_MUST(x.number == q.number && x.status >= 200 && x.status < 600);
    FUZZ_MUST(x.status != 500);
    FUZZ_MUST(answer_put(&frame, &x) == 0);
    must_be_json(&x);
    FUZZ_MUST(access_size(desk.log) > before || strstr(x.body, "\"conversation\":\"") == NULL);
    return 0;
}
