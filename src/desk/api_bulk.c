/* One action over a whole result set, and its undoing as a whole.
 *
 * What is written down of it are the messages that it changed: of the query's those that did not
 * have the mark yet. Undoing takes the mark off these and no others.
 */
#include <string.h>

#include "base/memory.h"
#include "desk/api_internal.h"
#include "desk/assign.h"
#include "desk/sight.h"

enum bulk_action { BULK_TAG, BULK_SEEN, BULK_FLAG, BULK_CASE, BULK_ASSIGN, BULK_ACTIONS };

/* What finds the messages that lack the mark, in the query language. */
static const struct {
    const char *word;
    const char *lacks; /* with the value behind it, in quotes, where it wants one */
    bool value;
} actions[] = {
    [BULK_TAG] = {"tag", "-tag:", true},
    [BULK_SEEN] = {"seen", "unseen:me", false},
    [BULK_FLAG] = {"flag", "-is:flagged", false},
    [BULK_CASE] = {"case", "-case:", true},
    [BULK_ASSIGN] = {"assign", "-assigned:", true},
};
_Static_assert(sizeof actions / sizeof *actions == BULK_ACTIONS, "a row for each action");

struct bulk {
    enum bulk_action action;
    const char *value;
    int64_t *ids;
    size_t count;
    int64_t user; /* whose marks they are */
    int64_t whom; /* BULK_ASSIGN: to them */
};

int api_bulk_open(struct sql *s, struct diag *d)
{
    return sql_execute(
        s,
        "CREATE TABLE IF NOT EXISTS desk_bulk (id INTEGER PRIMARY KEY, user INTEGER NOT NULL,"
        " at INTEGER NOT NULL, action TEXT NOT NULL, value TEXT NOT NULL, query TEXT NOT NULL,"
        " undone INTEGER NOT NULL DEFAULT 0);"
        "CREATE TABLE IF NOT EXISTS desk_bulk_message (bulk INTEGER NOT NULL, message INTEGER"
        " NOT NULL, PRIMARY KEY (bulk, message)) WITHOUT ROWID;",
        d);
}

static enum bulk_action action_of(const char *word)
{
    int a = 0;
    while (a < BULK_ACTIONS && strcmp(actions[a].word, word) != 0)
        a++;
    return (enum bulk_action)a;
}

static struct bulk *bulk_new(struct api_call *c)
{
    struct bulk *b = arena_new(&c->arena, sizeof *b);
    int64_t *ids = arena_array(&c->arena, API_COLLECT_MAX + 1, sizeof *ids);
    if (b == NULL || ids == NULL)
        return NULL;
    b->ids = ids;
    c->work = b;
    return b;
}

/* ---- collecting ---- */

struct collecting {
    struct api_call *call;
    int64_t *ids;
    size_t count;
};

static int collect(void *context, const struct desk_hit *h)
{
    struct collecting *s = context;
    if (s->count > API_COLLECT_MAX)
        return 1;
    s->ids[s->count++] = h->message->id;
    api_shown(s->call, h->message);
    return 0;
}

int api_collect(struct api_call *c, const struct query *query, int64_t *ids, size_t *ret_count)
{
    struct collecting s = {c, ids, 0};
    struct desk_search search = {
        .query = query, .order = DESK_NEWEST, .user = c->session.user, .limit = DESK_HITS_MAX};
    bool more = true;
    while (more && s.count <= API_COLLECT_MAX) {
        int r = desk_search(c->api->o.index, &search, collect, &s, &more, &c->d);
        if (r < 0)
            return api_fail(c, r);
        if (s.count == 0)
            break;
        search.after_id = ids[s.count - 1];
    }
    if (s.count > API_COLLECT_MAX)
        return api_refuse(c, API_TOO_LONG, "more than %u messages: narrow the query",
                          API_COLLECT_MAX);
    *ret_count = s.count;
    return 0;
}

/* The query as written, and what says that the mark lacks. */
static int query_of_rest(struct api_call *c, const struct bulk *b, struct query **ret)
{
    const char *written = api_text(c, "query", "");
    CLEANUP_BUF struct buf rest = BUF_INIT(2U * QUERY_BYTES_MAX);
    if (written[strspn(written, " \t\r\n")] != '\0')
        buf_format(&rest, "(%s) ", written);
    buf_put_text(&rest, actions[b->action].lacks);
    if (actions[b->action].value)
        buf_format(&rest, "\"%s\"", b->value);
    int r = api_query(c, buf_text(&rest), ret);
    c->has_place = false; /* of a text that the user did not write */
    return r;
}

static bool is_word(const char *text)
{
    return text[0] != '\0' && strpbrk(text, "\" \\:()*") == NULL;
}

static int find_whom(struct api_call *c, struct bulk *b)
{
    return b->action == BULK_ASSIGN ? api_reviewer(c, b->value, &b->whom) : 0;
}

int api_bulk_collect(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *written = NULL, *rest = NULL;
    struct bulk *b = bulk_new(c);
    if (b == NULL)
        return api_fail(c, ERR_LIMIT);
    b->action = action_of(api_text(c, "action", ""));
    b->value = api_text(c, "value", "");
    b->user = c->session.user;
    if (actions[b->action].value ? !is_word(b->value) : b->value[0] != '\0')
        return api_refuse(c, API_MALFORMED,
                          "'value' is the word of the tag or case or the name of whom it is "
                          "assigned to, of no other");
    int r = b->action == BULK_CASE || b->action == BULK_ASSIGN ? api_check_unbound(c) : 0;
    if (r == 0)
        r = find_whom(c, b);
    if (r < 0)
        return r;
    r = api_query(c, api_text(c, "query", ""), &written);
    if (r < 0)
        return r;
    api_what(c, "%s%s%s: ", actions[b->action].word, b->value[0] == '\0' ? "" : " ", b->value);
    query_put(&c->what, written);
    r = query_of_rest(c, b, &rest);
    return r < 0 ? r : api_collect(c, rest, b->ids, &b->count);
}

/* ---- marking ---- */

static int mark(struct api_call *c, const struct bulk *b, int64_t message, bool on)
{
    struct desk_index *x = c->api->o.index;
    struct desk_by by = {b->user, c->now};
    switch (b->action) {
    case BULK_TAG:
        return desk_tag(x, message, b->value, on, &by, &c->d);
    case BULK_SEEN:
        return on ? desk_mark_seen(x, message, &by, &c->d)
                  : desk_mark_unseen(x, message, &by, &c->d);
    case BULK_FLAG:
        return desk_flag(x, message, on, &by, &c->d);
    case BULK_CASE:
        return desk_case_add(x, b->value, message, on, &by, &c->d);
    case BULK_ASSIGN:
        return desk_assign_message(x, message, b->whom, on, &by, &c->d);
    case BULK_ACTIONS:
        break;
    }
    return diag_set(&c->d, ERR_FORMAT, "there is no such action");
}

static int write_down(struct api_call *c, const struct bulk *b, int64_t *ret)
{
    struct sql *s = c->api->sql;
    sqlite3_stmt *q = sql(s, "INSERT INTO desk_bulk (user, at, action, value, query)"
                             " VALUES (?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, b->user);
    sqlite3_bind_int64(q, 2, c->now);
    sql_bind_text(q, 3, actions[b->action].word);
    sql_bind_text(q, 4, b->value);
    sql_bind_text(q, 5, buf_text(&c->what));
    if (sql_run(q) < 0)
        return sql_failed(s, &c->d, "cannot write the bulk action down");
    *ret = sqlite3_last_insert_rowid(s->db);
    return 0;
}

static int write_message(struct sql *s, int64_t bulk, int64_t message, struct diag *d)
{
    sqlite3_stmt *q = sql(s, "INSERT INTO desk_bulk_message (bulk, message) VALUES (?, ?)");
    sqlite3_bind_int64(q, 1, bulk);
    sqlite3_bind_int64(q, 2, message);
    return sql_run(q) < 0 ? sql_failed(s, d, "cannot write the bulk action down") : 0;
}

int api_bulk_apply(struct api_call *c)
{
    const struct bulk *b = c->work;
    int64_t id = 0;
    int r = write_down(c, b, &id);
    for (size_t i = 0; i < b->count && r == 0; i++) {
        r = mark(c, b, b->ids[i], true);
        if (r == 0)
            r = write_message(c->api->sql, id, b->ids[i], &c->d);
    }
    if (r < 0)
        return api_fail(c, r);
    c->status = API_CREATED;
    api_what(c, " (bulk %lld)", (long long)id);
    c->answer = json_pack("{sI sI}", "id", (json_int_t)id, "messages", (json_int_t)b->count);
    return 0;
}

/* ---- undoing ---- */

static int read_bulk(struct api_call *c, int64_t id, struct bulk *ret)
{
    struct sql *s = c->api->sql;
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(s, "SELECT user, action, value, undone FROM desk_bulk WHERE id = ?");
    sqlite3_bind_int64(q, 1, id);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return api_refuse(c, API_NOT_FOUND, "there is no bulk action %lld", (long long)id);
    if (r < 0)
        return api_fail(c, sql_failed(s, &c->d, "cannot read the bulk action"));
    ret->user = sqlite3_column_int64(q, 0);
    ret->action = action_of(sql_text(q, 1));
    ret->value = arena_string(&c->arena, sql_text(q, 2));
    if (ret->user != c->session.user && c->session.role != DESK_SUPERVISOR)
        return api_refuse(c, API_STATE, "it is another's: they or a supervisor undo it");
    if (sqlite3_column_int(q, 3) != 0)
        return api_refuse(c, API_STATE, "it was undone already");
    if (ret->action == BULK_ACTIONS || ret->value == NULL)
        return api_fail(c, ERR_FORMAT);
    return find_whom(c, ret);
}

static int read_messages(struct api_call *c, int64_t id, struct bulk *ret)
{
    struct sql *s = c->api->sql;
    int r = 0;
    sqlite3_stmt *q = sql(s, "SELECT message FROM desk_bulk_message WHERE bulk = ? LIMIT ?");
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_int64(q, 2, API_COLLECT_MAX);
    while (sql_walk(s, q, &r, &c->d))
        ret->ids[ret->count++] = sqlite3_column_int64(q, 0);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_bulk_undo_read(struct api_call *c)
{
    struct bulk *b = bulk_new(c);
    int64_t id;
    if (b == NULL)
        return api_fail(c, ERR_LIMIT);
    int r = api_id(c, 0, &id);
    if (r == 0)
        r = read_bulk(c, id, b);
    if (r == 0)
        r = read_messages(c, id, b);
    if (r < 0)
        return r;
    c->entry.count = b->count;
    api_what(c, "bulk %lld is undone: %s off %zu messages", (long long)id, actions[b->action].word,
             b->count);
    return 0;
}

int api_bulk_undo(struct api_call *c)
{
    const struct bulk *b = c->work;
    struct sql *s = c->api->sql;
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(s, "UPDATE desk_bulk SET undone = ? WHERE id = ?");
    sqlite3_bind_int64(q, 1, c->now);
    sqlite3_bind_int64(q, 2, id);
    if (sql_run(q) < 0)
        return api_fail(c, sql_failed(s, &c->d, "cannot write that it is undone"));
    desk_sight_whole(c->api->o.index); /* their own marks come off what was hidden since, too */
    for (size_t i = 0; i < b->count && r == 0; i++)
        r = mark(c, b, b->ids[i], false);
    c->answer = json_pack("{sI}", "messages", (json_int_t)b->count);
    return r < 0 ? api_fail(c, r) : 0;
}
