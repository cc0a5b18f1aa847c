#include "wire/use.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

static const char *const count_texts[] = {[USE_USERS] = "users",
                                          [USE_SEARCHES] = "searches",
                                          [USE_OPENED] = "opened",
                                          [USE_EXPORTED] = "exported",
                                          [USE_PASSED] = "passed"};
_Static_assert(sizeof count_texts / sizeof *count_texts == USE_COUNTS, "a word for each count");

const char *use_count_text(enum use_count c)
{
    return count_texts[c];
}

void use_free(struct use *x)
{
    if (x == NULL)
        return;
    document_clear(&x->document);
    free(x);
}

void use_format(struct buf *b, const char *domain, const struct use *x)
{
    char day[CALENDAR_DAY_LEN + 1], root[2 * MERKLE_BYTES + 1];
    calendar_format_day(x->day, day);
    encode_hex(x->root, MERKLE_BYTES, root);
    buf_format(b, "ironside use 1\nnetwork %s\nwarrant %s\nagency %s\nserial %" PRIu64 "\nday %s\n",
               domain, x->warrant, x->agency, x->serial, day);
    for (enum use_count c = 0; c < USE_COUNTS; c++)
        buf_format(b, "%s %" PRIu64 "\n", use_count_text(c), x->counts[c]);
    buf_format(b, "access %" PRIu64 " %s\n", x->size, root);
}

/* ---- reading ---- */

static void read_access(struct document_reader *r, struct use *x)
{
    const char *words[2];
    const char *value = document_value(r, "access");
    if (r->failed == 0 && (document_words(r, "access", value, words, 2) != 2 ||
                           value_parse_u64(words[0], INT64_MAX, &x->size) < 0 ||
                           decode_hex_exact(words[1], strlen(words[1]), x->root, MERKLE_BYTES) < 0))
        document_refuse(r, "access", value, "not a size and a root in hexadecimal");
}

static int read_text(struct document_reader *r, struct use *x, const char *domain)
{
    document_network(r, domain);
    x->warrant = document_value(r, "warrant");
    if (!value_warrant_valid(x->warrant))
        document_refuse(r, "warrant", x->warrant, "not a warrant's id");
    x->agency = document_value(r, "agency");
    if (!value_handle_valid(x->agency))
        document_refuse(r, "agency", x->agency, "not an agency's name");
    x->serial = document_number(r, "serial", INT64_MAX);
    x->day = document_day(r, "day");
    for (enum use_count c = 0; c < USE_COUNTS; c++)
        x->counts[c] = document_number(r, use_count_text(c), INT64_MAX);
    read_access(r, x);
    return document_end(r);
}

static int64_t days_until(const struct warrant *w, const struct use *x)
{
    return x->day - w->from_day + 1;
}

static int check_day(const struct warrant *w, const struct use *x, struct diag *d)
{
    if (x->day < w->from_day || x->day > w->until_day + USE_DAYS_AFTER)
        return diag_set(d, ERR_FORMAT, "use: its day is none of warrant %s", w->id);
    if (x->serial == 0 || x->serial > (uint64_t)days_until(w, x))
        return diag_set(d, ERR_FORMAT,
                        "use: its serial %" PRIu64 " is not one of the %" PRId64
                        " days of warrant %s until then",
                        x->serial, days_until(w, x), w->id);
    return 0;
}

/* Whose it is, and that they have signed it. */
static int check_desk(const struct warrant *w, const struct use *x, const struct note *view,
                      struct diag *d)
{
    if (strcmp(x->warrant, w->id) != 0)
        return diag_set(d, ERR_AUTH, "use: of warrant %s, not of %s", x->warrant, w->id);
    const struct warrant_agency *a = warrant_agency(w, x->agency);
    if (a == NULL || !a->has_desk)
        return diag_set(d, ERR_AUTH, "use: warrant %s names no desk of %s", w->id, x->agency);
    return document_verify(view, "use", a->name, a->desk, d);
}

int use_open(const struct warrant *w, const char *note, size_t len, struct use **ret,
             struct diag *d)
{
    CLEANUP(use_free_cleanup) struct use *x = mem_new(sizeof *x);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &x->document, "use", note, len, VALUE_USE_MAX, &view, d);
    if (e == 0)
        e = read_text(&r, x, w->network);
    if (e == 0)
        e = check_desk(w, x, &view, d);
    if (e == 0)
        e = check_day(w, x, d);
    if (e == 0)
        *ret = TAKE(x);
    return e;
}

/* ---- one after the other ---- */

int use_is_later(const struct use *before, const struct use *x, struct diag *d)
{
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(before->day, day);
    if (x->serial <= before->serial)
        return diag_set(d, ERR_INVALID_STATE,
                        "use: statement %" PRIu64 " comes after statement %" PRIu64, x->serial,
                        before->serial);
    if (x->day <= before->day || (uint64_t)(x->day - before->day) < x->serial - before->serial)
        return diag_set(d, ERR_INVALID_STATE,
                        "use: a day has one statement, and the days until %s are stated", day);
    if (x->size < before->size)
        return diag_set(d, ERR_INVALID_STATE,
                        "use: the access log has shrunk: %" PRIu64 " entries, and %" PRIu64
                        " on %s",
                        x->size, before->size, day);
    if (x->size == before->size && memcmp(x->root, before->root, sizeof x->root) != 0)
        return diag_set(d, ERR_INVALID_STATE,
                        "use: the access log is another one than on %s, of the same size", day);
    return 0;
}

int use_follows(const struct use *before, const struct use *x, struct diag *d)
{
    uint64_t next = before == NULL ? 1 : before->serial + 1;
    if (x->serial != next)
        return diag_set(d, ERR_INVALID_STATE,
                        "use: statement %" PRIu64 ", and %" PRIu64 " is the next one", x->serial,
                        next);
    return before == NULL ? 0 : use_is_later(before, x, d);
}

bool use_in_force(const struct policy *p, int64_t next_unix_ms, const struct warrant *w,
                  int64_t day)
{
    for (size_t i = 0; i < p->warrant_count; i++)
        if (memcmp(p->warrants[i].hash, w->document.hash, HASH_BYTES) == 0)
            return next_unix_ms == INT64_MAX ||
                   day <= calendar_day_of(next_unix_ms) + USE_DAYS_AFTER;
    return false;
}

uint64_t use_left_out(const struct warrant *w, const struct use *x)
{
    return (uint64_t)days_until(w, x) - x->serial;
}

void use_desk(const char *warrant, const char *agency, char ret[static USE_DESK_MAX + 1])
{
    snprintf(ret, USE_DESK_MAX + 1, "%s %s", warrant, agency);
}

void use_tag(const char *desk, uint8_t ret[static HASH_BYTES])
{
    static const char context[] = "ironside log use 1"; /* with its NUL */
    const struct hash_part parts[] = {{context, sizeof context}, {desk, strlen(desk)}};
    hash_sha256_parts(parts, 2, ret);
}
