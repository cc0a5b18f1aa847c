#include "desk/cases.h"

#include <string.h>

#include "desk/index_internal.h"
#include "text/zone.h"
#include "wire/value.h"

static int check_text(const char *what, const char *text, size_t max, struct diag *d)
{
    size_t len = strlen(text);
    if (len > max || !value_utf8_valid(text, len))
        return diag_set(d, ERR_FORMAT, "%s is a text of at most %zu bytes", what, max);
    return 0;
}

static int check_line(const char *what, const char *text, size_t max, struct diag *d)
{
    if (!value_line_valid(text, max))
        return diag_set(d, ERR_FORMAT, "%s is a line of 1 to %zu bytes", what, max);
    return 0;
}

static int check_zone(const char *name, struct diag *d)
{
    struct zone *zone = NULL;
    if (zone_open(name, &zone, d) < 0)
        return diag_set(d, ERR_FORMAT, "there is no time zone '%s'", name);
    zone_free(zone);
    return 0;
}

/* ---- events ---- */

int desk_case_event_add(struct desk_index *x, const char *word, const struct desk_case_event *e,
                        int64_t *ret_number, struct diag *d)
{
    int r = desk_case_check(x, word, d);
    if (r == 0)
        r = check_line("an event's title", e->title, DESK_CASE_TITLE_MAX, d);
    if (r == 0)
        r = check_text("an event", e->text, DESK_CASE_TEXT_MAX, d);
    if (r == 0)
        r = check_zone(e->zone, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO case_event (word, at, zone, title, text, user,"
                                   " made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    sql_bind_text(s, 1, word);
    sqlite3_bind_int64(s, 2, e->at_unix_ms);
    sql_bind_text(s, 3, e->zone);
    sql_bind_text(s, 4, e->title);
    sql_bind_text(s, 5, e->text);
    sqlite3_bind_int64(s, 6, e->by.user);
    sqlite3_bind_int64(s, 7, e->by.at_unix_ms);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write an event");
    *ret_number = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

int desk_case_events(struct desk_index *x, const char *word, desk_case_event_fn *fn, void *context,
                     struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT number, at, zone, title, text, user, made FROM"
                                   " case_event WHERE word = ?1 ORDER BY at, number");
    int r = 0;
    sql_bind_text(s, 1, word);
    while (sql_walk(&x->sql, s, &r, d)) {
        const struct desk_case_event e = {
            .number = sqlite3_column_int64(s, 0),
            .at_unix_ms = sqlite3_column_int64(s, 1),
            .zone = sql_text(s, 2),
            .title = sql_text(s, 3),
            .text = sql_text(s, 4),
            .by = {sqlite3_column_int64(s, 5), sqlite3_column_int64(s, 6)},
        };
        r = fn(context, &e);
    }
    sqlite3_reset(s);
    return r;
}

/* ---- who is in it ---- */

int desk_case_member_set(struct desk_index *x, const char *word, const struct desk_case_member *m,
                         bool on, struct diag *d)
{
    uint32_t number;
    int r = desk_case_check(x, word, d);
    if (r == 0)
        r = m->kind == DESK_CASE_PERSON
                ? sight_account(x, m->name, &number, d)
                : check_line("an organisation", m->name, DESK_CASE_TITLE_MAX, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, on ? "INSERT OR IGNORE INTO case_member VALUES (?1, ?2, ?3, ?4,"
                                        " ?5)"
                                      : "DELETE FROM case_member WHERE word = ?1 AND kind = ?2"
                                        " AND name = ?3");
    sql_bind_text(s, 1, word);
    sqlite3_bind_int(s, 2, (int)m->kind);
    sql_bind_text(s, 3, m->name);
    if (on) {
        sqlite3_bind_int64(s, 4, m->by.user);
        sqlite3_bind_int64(s, 5, m->by.at_unix_ms);
    }
    r = marks_run(x, s, d);
    return r <= 0 ? r : marks_note_change(x, &m->by, "case member", m->name, word, on, d);
}

int desk_case_members(struct desk_index *x, const char *word, desk_case_member_fn *fn,
                      void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT kind, name, user, at FROM case_member WHERE word = ?1"
                                   " ORDER BY kind, name");
    int r = 0;
    uint32_t number;
    sql_bind_text(s, 1, word);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        const struct desk_case_member m = {
            .kind = sqlite3_column_int(s, 0) == DESK_CASE_PERSON ? DESK_CASE_PERSON
                                                                 : DESK_CASE_ORGANISATION,
            .name = sql_text(s, 1),
            .by = {sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3)},
        };
        if (m.kind == DESK_CASE_ORGANISATION || sight_account(x, m.name, &number, NULL) == 0)
            r = fn(context, &m);
    }
    sqlite3_reset(s);
    return r;
}
