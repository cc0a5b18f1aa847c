/* Saved searches: each user's own. */
#include "base/memory.h"
#include "desk/api_internal.h"
#include "desk/assign.h"

#define SAVED_MAX 200 /* of one user */

int api_saved_open(struct sql *s, struct diag *d)
{
    return sql_execute(
        s,
        "CREATE TABLE IF NOT EXISTS desk_saved (id INTEGER PRIMARY KEY, user INTEGER NOT NULL,"
        " name TEXT NOT NULL, query TEXT NOT NULL, zone TEXT NOT NULL, latin INTEGER NOT NULL,"
        " at INTEGER NOT NULL, UNIQUE (user, name));",
        d);
}

int api_saved_list(struct api_call *c)
{
    struct sql *s = c->api->sql;
    json_t *list = json_array();
    int r = 0;
    c->answer = json_pack("{so}", "searches", list);
    sqlite3_stmt *q = sql(s, "SELECT id, name, query, zone, latin, at FROM desk_saved"
                             " WHERE user = ? ORDER BY name");
    sqlite3_bind_int64(q, 1, c->session.user);
    while (sql_walk(s, q, &r, &c->d))
        json_array_append_new(
            list, json_pack("{sI so so so sb sI}", "id", (json_int_t)sqlite3_column_int64(q, 0),
                            "name", api_string(sql_text(q, 1)), "query", api_string(sql_text(q, 2)),
                            "zone", api_string(sql_text(q, 3)), "latin", sqlite3_column_int(q, 4),
                            "at", (json_int_t)sqlite3_column_int64(q, 5)));
    return r < 0 ? api_fail(c, r) : 0;
}

static int check_room(struct api_call *c)
{
    struct sql *s = c->api->sql;
    CLEANUP_QUERY sqlite3_stmt *q = sql(s, "SELECT count(*) FROM desk_saved WHERE user = ?");
    sqlite3_bind_int64(q, 1, c->session.user);
    if (sql_row(q) < 0)
        return api_fail(c, sql_failed(s, &c->d, "cannot count saved searches"));
    if (sqlite3_column_int64(q, 0) >= SAVED_MAX)
        return api_refuse(c, API_STATE, "you have %d saved searches: remove one first", SAVED_MAX);
    return 0;
}

static int insert(struct api_call *c)
{
    struct sql *s = c->api->sql;
    sqlite3_stmt *q = sql(s, "INSERT INTO desk_saved (user, name, query, zone, latin, at)"
                             " VALUES (?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, c->session.user);
    sql_bind_text(q, 2, api_text(c, "name", ""));
    sql_bind_text(q, 3, api_text(c, "query", ""));
    sql_bind_text(q, 4, api_text(c, "zone", "UTC"));
    sqlite3_bind_int(q, 5, api_flag(c, "latin", true));
    sqlite3_bind_int64(q, 6, c->now);
    int r = sql_run(q);
    if (r == ERR_EXISTS)
        return api_refuse(c, API_EXISTS, "you have a search of this name already");
    return r < 0 ? api_fail(c, sql_failed(s, &c->d, "cannot save the search")) : 0;
}

int api_saved_add(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    int r = api_query(c, api_text(c, "query", ""), &query);
    if (r == 0)
        r = check_room(c);
    if (r == 0)
        r = insert(c);
    if (r < 0)
        return r;
    c->status = API_CREATED;
    c->answer = json_pack("{sI}", "id", (json_int_t)sqlite3_last_insert_rowid(c->api->sql->db));
    api_what(c, "saved search '%s': ", api_text(c, "name", ""));
    query_put(&c->what, query);
    return 0;
}

int api_saved_read(struct api_call *c, int64_t id, struct api_saved *ret)
{
    struct sql *s = c->api->sql;
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(s, "SELECT user, name, query, zone, latin, EXISTS (SELECT 1 FROM assigned"
               " WHERE assigned.user = ?2 AND kind = ?3 AND object = CAST(?1 AS TEXT))"
               " FROM desk_saved WHERE id = ?1");
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_int64(q, 2, c->session.user);
    sqlite3_bind_int(q, 3, DESK_ASSIGN_SEARCH);
    *ret = (struct api_saved){.name = "", .query = "", .written = {"", "UTC", true}};
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r < 0)
        return api_fail(c, sql_failed(s, &c->d, "cannot read a saved search"));
    ret->id = id;
    ret->user = sqlite3_column_int64(q, 0);
    ret->name = arena_string(&c->arena, sql_text(q, 1));
    ret->query = arena_string(&c->arena, sql_text(q, 2));
    ret->written.text = ret->query;
    ret->written.zone = arena_string(&c->arena, sql_text(q, 3));
    ret->written.latin = sqlite3_column_int(q, 4) != 0;
    ret->is_assigned = sqlite3_column_int(q, 5) != 0;
    return ret->name == NULL || ret->query == NULL || ret->written.zone == NULL
               ? api_fail(c, ERR_LIMIT)
               : 0;
}

int api_saved_check(struct api_call *c, int64_t id)
{
    struct api_saved saved;
    int r = api_saved_read(c, id, &saved);
    if (r < 0)
        return r;
    if (saved.id == 0 || (saved.user != c->session.user && c->session.role != DESK_SUPERVISOR))
        return api_refuse(c, API_NOT_FOUND, "you have no such saved search");
    return 0;
}

int api_saved_remove(struct api_call *c)
{
    struct sql *s = c->api->sql;
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(s, "DELETE FROM desk_saved WHERE id = ? AND user = ?");
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_int64(q, 2, c->session.user);
    api_what(c, "saved search %lld is removed", (long long)id);
    if (sql_run(q) < 0)
        return api_fail(c, sql_failed(s, &c->d, "cannot remove the saved search"));
    if (sqlite3_changes(s->db) == 0)
        return api_refuse(c, API_NOT_FOUND, "you have no such saved search");
    r = desk_assign_forget_search(c->api->o.index, id, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}
