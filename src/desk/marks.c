/* What reviewers make of messages, people and cases. */
#include <string.h>

#include "base/utf8.h"
#include "desk/index_internal.h"

#define NOTE_MAX 16384U
#define LABEL_MAX 255U

/* ---- forms ---- */

static bool word_byte(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' ||
           (c > 0x9f && utf8_kind(c) != UTF8_ORDER && c != 0x2028 && c != 0x2029);
}

/* 1 to 64 bytes of letters of any script, digits, '-', '_' and '.'. */
static int check_word(const char *word, struct diag *d)
{
    size_t len = strlen(word), at = 0;
    while (len >= 1 && len <= DESK_WORD_MAX && at < len) {
        uint32_t c;
        size_t step = utf8_next(word + at, len - at, &c);
        if (step == 0 || !word_byte(c))
            break;
        at += step;
    }
    if (at == 0 || at < len)
        return diag_set(d, ERR_FORMAT,
                        "'%.64s': a tag or case is 1 to %u letters, digits, '-', '_' and '.'", word,
                        DESK_WORD_MAX);
    return 0;
}

int marks_check_line(const char *what, const char *text, struct diag *d)
{
    if (text[0] != '\0' && !value_line_valid(text, LABEL_MAX))
        return diag_set(d, ERR_FORMAT, "%s is a line of at most %u bytes", what, LABEL_MAX);
    return 0;
}

/* ---- rows ---- */

int marks_run(struct desk_index *x, sqlite3_stmt *s, struct diag *d)
{
    int before = sqlite3_total_changes(x->sql.db);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write it");
    return sqlite3_total_changes(x->sql.db) != before;
}

int marks_note_change(struct desk_index *x, const struct desk_by *by, const char *what,
                      const char *object, const char *word, bool on, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO change (user, at, what, object, word, is_on)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sqlite3_bind_int64(s, 1, by->user);
    sqlite3_bind_int64(s, 2, by->at_unix_ms);
    sql_bind_text(s, 3, what);
    sql_bind_text(s, 4, object);
    sql_bind_text(s, 5, word);
    sqlite3_bind_int(s, 6, on);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write who did it") : 0;
}

/* After `changed` of a message. */
static int changed_message(struct desk_index *x, int changed, const struct desk_by *by,
                           enum set_kind kind, const char *what, int64_t message, const char *word,
                           bool on, struct diag *d)
{
    char object[DESK_NUMBER_BYTES];
    if (changed <= 0)
        return changed;
    snprintf(object, sizeof object, "%lld", (long long)message);
    int r = marks_note_change(x, by, what, object, word == NULL ? "" : word, on, d);
    if (r == 0)
        sets_change(x, kind, word, 0, message, on);
    return r;
}

int desk_mark_seen(struct desk_index *x, int64_t message, const struct desk_by *by, struct diag *d)
{
    int r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR IGNORE INTO seen VALUES (?1, ?2, ?3)");
    sqlite3_bind_int64(s, 1, by->user);
    sqlite3_bind_int64(s, 2, message);
    sqlite3_bind_int64(s, 3, by->at_unix_ms);
    r = marks_run(x, s, d);
    if (r > 0)
        sets_change(x, SET_SEEN, NULL, by->user, message, true);
    return r < 0 ? r : 0;
}

int desk_mark_unseen(struct desk_index *x, int64_t message, const struct desk_by *by,
                     struct diag *d)
{
    int r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "DELETE FROM seen WHERE user = ?1 AND message = ?2");
    sqlite3_bind_int64(s, 1, by->user);
    sqlite3_bind_int64(s, 2, message);
    r = marks_run(x, s, d);
    if (r > 0)
        sets_forget(x); /* whether anybody else saw it is not known here */
    if (r <= 0)
        return r;
    return marks_note_change(x, by, "seen", "", "", false, d);
}

int desk_tag(struct desk_index *x, int64_t message, const char *word, bool on,
             const struct desk_by *by, struct diag *d)
{
    int r = check_word(word, d);
    if (r == 0)
        r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, on ? "INSERT OR IGNORE INTO tag VALUES (?1, ?2)"
                                      : "DELETE FROM tag WHERE word = ?1 AND message = ?2");
    sql_bind_text(s, 1, word);
    sqlite3_bind_int64(s, 2, message);
    return changed_message(x, marks_run(x, s, d), by, SET_TAG, "tag", message, word, on, d);
}

int desk_flag(struct desk_index *x, int64_t message, bool on, const struct desk_by *by,
              struct diag *d)
{
    int r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, on ? "INSERT OR IGNORE INTO flag VALUES (?1)"
                                      : "DELETE FROM flag WHERE message = ?1");
    sqlite3_bind_int64(s, 1, message);
    return changed_message(x, marks_run(x, s, d), by, SET_FLAGGED, "flag", message, NULL, on, d);
}

int desk_note(struct desk_index *x, int64_t message, const char *text, const struct desk_by *by,
              struct diag *d)
{
    int r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    if (text[0] == '\0' || strlen(text) > NOTE_MAX || !value_utf8_valid(text, strlen(text)))
        return diag_set(d, ERR_FORMAT, "a note is a text of at most %u bytes", NOTE_MAX);
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT INTO note (message, user, at, text) VALUES (?1, ?2, ?3, ?4)");
    sqlite3_bind_int64(s, 1, message);
    sqlite3_bind_int64(s, 2, by->user);
    sqlite3_bind_int64(s, 3, by->at_unix_ms);
    sql_bind_text(s, 4, text);
    r = marks_run(x, s, d);
    return r < 0 ? r : 0;
}

/* ---- people ---- */

int desk_set_organisation(struct desk_index *x, const char *account, const char *organisation,
                          const struct desk_by *by, struct diag *d)
{
    uint32_t number = 0;
    int r = marks_check_line("an organisation", organisation, d);
    if (r == 0)
        r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    if (r == 0)
        r = people_write(x, number, NULL, organisation, d);
    return r < 0 ? r : marks_note_change(x, by, "organisation", account, organisation, true, d);
}

/* ---- cases ---- */

int desk_case_create(struct desk_index *x, const char *word, const char *title,
                     const struct desk_by *by, struct diag *d)
{
    int r = check_word(word, d);
    if (r == 0)
        r = marks_check_line("a case's title", title, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO case_file VALUES (?1, ?2, ?3, ?4)");
    sql_bind_text(s, 1, word);
    sql_bind_text(s, 2, title);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    r = sql_run(s);
    if (r == ERR_EXISTS)
        return diag_set(d, r, "there is a case '%s' already", word);
    return r < 0 ? sql_failed(&x->sql, d, "cannot write a case") : 0;
}

int desk_case_check(struct desk_index *x, const char *word, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT 1 FROM case_file WHERE word = ?1");
    sql_bind_text(s, 1, word);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no case '%s'", word);
    return r < 0 ? sql_failed(&x->sql, d, "cannot read a case") : 0;
}

int desk_case_add(struct desk_index *x, const char *word, int64_t message, bool on,
                  const struct desk_by *by, struct diag *d)
{
    int r = desk_case_check(x, word, d);
    if (r == 0)
        r = sight_check_message(x, message, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, on ? "INSERT OR IGNORE INTO case_message VALUES (?1, ?2)"
                        : "DELETE FROM case_message WHERE word = ?1 AND message = ?2");
    sql_bind_text(s, 1, word);
    sqlite3_bind_int64(s, 2, message);
    return changed_message(x, marks_run(x, s, d), by, SET_CASE, "case", message, word, on, d);
}
