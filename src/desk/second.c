#include "desk/second.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "desk/index_internal.h"
#include "wire/value.h"

#define REASON_MAX 1024U
#define BETWEEN_CLOCKS 64U

/* ---- which ones ---- */

struct sample {
    uint8_t secret[crypto_shorthash_KEYBYTES];
    unsigned percent;
};

static int read_sample(struct desk_index *x, struct sample *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT secret, percent FROM second_sample WHERE number = 1");
    if (sql_row(s) < 0 || sql_copy(s, 0, ret->secret, sizeof ret->secret) < 0)
        return sql_failed(&x->sql, d, "cannot read which messages are sampled");
    ret->percent = (unsigned)sqlite3_column_int(s, 1);
    return 0;
}

static bool is_sampled(const struct sample *s, int64_t message)
{
    uint8_t bytes[8], hash[crypto_shorthash_BYTES];
    uint32_t draw = 0;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((uint64_t)message >> (8 * i));
    crypto_shorthash(hash, bytes, sizeof bytes, s->secret);
    for (unsigned i = 0; i < sizeof draw; i++)
        draw = draw << 8 | hash[i];
    return draw % 100 < s->percent;
}

int desk_second_percent(struct desk_index *x, unsigned *ret, struct diag *d)
{
    struct sample s = {.percent = 0};
    int r = read_sample(x, &s, d);
    secret_wipe(s.secret, sizeof s.secret);
    if (r == 0)
        *ret = s.percent;
    return r;
}

int desk_second_set_percent(struct desk_index *x, unsigned percent, const struct desk_by *by,
                            struct diag *d)
{
    char text[16];
    if (percent > 100)
        return diag_set(d, ERR_FORMAT, "a sample is at most 100 percent");
    sqlite3_stmt *s = sql(&x->sql, "UPDATE second_sample SET percent = ?1 WHERE number = 1");
    sqlite3_bind_int(s, 1, (int)percent);
    int r = marks_run(x, s, d);
    snprintf(text, sizeof text, "%u", percent);
    return r < 0 ? r : marks_note_change(x, by, "second look", "", text, true, d);
}

/* ---- what was set aside ---- */

/* 1: nobody tagged it, put it into a case or looked at it a second time. */
static int is_unmarked(struct desk_index *x, int64_t message, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT EXISTS (SELECT 1 FROM tag WHERE message = ?1)"
                     " OR EXISTS (SELECT 1 FROM case_message WHERE message = ?1)"
                     " OR EXISTS (SELECT 1 FROM flag WHERE message = ?1)"
                     " OR EXISTS (SELECT 1 FROM second_look WHERE message = ?1)");
    sqlite3_bind_int64(s, 1, message);
    if (sql_row(s) < 0)
        return sql_failed(&x->sql, d, "cannot read a message's marks");
    return sqlite3_column_int(s, 0) == 0;
}

/* Who saw it first; 0: nobody. */
static int first_of(struct desk_index *x, int64_t message, int64_t *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT user FROM seen WHERE message = ?1 AND user IN (SELECT id FROM"
                     " desk_user) ORDER BY at, user LIMIT 1");
    sqlite3_bind_int64(s, 1, message);
    int r = sql_row(s);
    if (r < 0 && r != ERR_NOT_FOUND)
        return sql_failed(&x->sql, d, "cannot read who has seen a message");
    *ret = r == 0 ? sqlite3_column_int64(s, 0) : 0;
    return 0;
}

/* 1: it waits for this user. */
static int waits_for(struct desk_index *x, const struct sample *s, int64_t message, int64_t user,
                     struct diag *d)
{
    const struct idset *seen = NULL, *own = NULL;
    int r = sets_of(x, SET_SEEN, NULL, 0, &seen, d);
    if (r == 0)
        r = sets_of(x, SET_SEEN, NULL, user, &own, d);
    if (r < 0)
        return r;
    if (!sight_has(x, message) || !is_sampled(s, message) || !idset_has(seen, message) ||
        idset_has(own, message))
        return 0;
    return is_unmarked(x, message, d);
}

int desk_second_look(struct desk_index *x, int64_t user, int budget_ms,
                     struct desk_second_queue *ret, struct diag *d)
{
    struct sample s;
    struct desk_second_queue q = {.exact = true};
    const struct idset *seen = NULL;
    int64_t until = clock_monotonic_ms() + budget_ms, id = 0;
    int r = read_sample(x, &s, d);
    if (r == 0)
        r = sets_of(x, SET_SEEN, NULL, 0, &seen, d);
    for (unsigned n = 0; r >= 0 && (id = idset_above(seen, id)) != 0; n++) {
        r = waits_for(x, &s, id, user, d);
        q.left += r > 0;
        q.next = r > 0 && q.next == 0 ? id : q.next;
        if (q.next == 0 || n % BETWEEN_CLOCKS != 0 || clock_monotonic_ms() < until)
            continue;
        q.exact = false;
        break;
    }
    secret_wipe(s.secret, sizeof s.secret);
    if (r < 0)
        return r;
    *ret = q;
    return 0;
}

/* ---- the second word ---- */

static int write_look(struct desk_index *x, int64_t message, int64_t first, bool agrees,
                      const char *reason, const struct desk_by *by, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO second_look VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sqlite3_bind_int64(s, 1, message);
    sqlite3_bind_int64(s, 2, first);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    sqlite3_bind_int(s, 5, agrees);
    sql_bind_text(s, 6, reason);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write the second look") : 0;
}

int desk_second_judge(struct desk_index *x, int64_t message, bool agrees, const char *reason,
                      const struct desk_by *by, struct diag *d)
{
    struct sample s;
    int64_t first = 0;
    if (strlen(reason) > REASON_MAX || !value_utf8_valid(reason, strlen(reason)))
        return diag_set(d, ERR_FORMAT, "a reason is a text of at most %u bytes", REASON_MAX);
    int r = sight_check_message(x, message, d);
    if (r == 0)
        r = read_sample(x, &s, d);
    if (r < 0)
        return r;
    r = waits_for(x, &s, message, by->user, d);
    secret_wipe(s.secret, sizeof s.secret);
    if (r == 0)
        return diag_set(d, ERR_INVALID_STATE, "message %lld waits for no second look of yours",
                        (long long)message);
    if (r > 0)
        r = first_of(x, message, &first, d);
    if (r == 0)
        r = write_look(x, message, first, agrees, reason, by, d);
    return r < 0 ? r : desk_mark_seen(x, message, by, d);
}

/* ---- figures ---- */

int desk_second_figures(struct desk_index *x, desk_second_figures_fn *fn, void *context,
                        struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT first, count(*), sum(agrees) FROM second_look"
                                   " GROUP BY first ORDER BY first");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        const struct desk_second_figures f = {sqlite3_column_int64(s, 0),
                                              (uint64_t)sqlite3_column_int64(s, 1),
                                              (uint64_t)sqlite3_column_int64(s, 2)};
        r = fn(context, &f);
    }
    sqlite3_reset(s);
    return r;
}

int desk_second_disagreements(struct desk_index *x, unsigned limit, desk_second_no_fn *fn,
                              void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message, first, reason, user, at FROM second_look"
                                   " WHERE agrees = 0 ORDER BY at DESC, message DESC");
    int r = 0;
    while (limit > 0 && r == 0 && sql_walk(&x->sql, s, &r, d)) {
        if (!sight_has(x, sqlite3_column_int64(s, 0)))
            continue;
        limit--;
        const struct desk_second_no n = {
            .message = sqlite3_column_int64(s, 0),
            .first = sqlite3_column_int64(s, 1),
            .reason = sql_text(s, 2),
            .by = {sqlite3_column_int64(s, 3), sqlite3_column_int64(s, 4)},
        };
        r = fn(context, &n);
    }
    sqlite3_reset(s);
    return r;
}
