#include "archive/logged.h"

#include <inttypes.h>
#include <string.h>
#include <uthash.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "journal/reports.h"
#include "wire/document_peek.h"

struct walk {
    struct public_log *log;
    uint64_t missing;
    uint8_t first[HASH_BYTES];
    struct diag *d;
};

static int check_chain(void *context, const struct journal_head *head)
{
    struct walk *w = context;
    int has = public_log_has(w->log, DOCUMENT_CERTIFICATE, head->certificate, w->d);
    if (has != 0)
        return has < 0 ? has : 0;
    if (w->missing++ == 0)
        memcpy(w->first, head->certificate, HASH_BYTES);
    return 0;
}

int logged_missing(struct journal *j, struct public_log *log, uint64_t *ret_missing,
                   uint8_t ret_first[static HASH_BYTES], struct diag *d)
{
    struct walk w = {.log = log, .d = d};
    int r = journal_heads(j, check_chain, &w, d);
    if (r < 0)
        return r;
    *ret_missing = w.missing;
    memcpy(ret_first, w.first, HASH_BYTES);
    return 0;
}

/* ---- reports ---- */

struct known { /* a report of the journal's */
    uint8_t hash[HASH_BYTES];
    UT_hash_handle hh;
};

struct comparing {
    const struct logged_views *log;
    struct known *known;
    const char *domain, *bot;
    const uint8_t *bot_key;
    struct diag *d;
};

static int take_report(void *context, const struct journal_report_row *row)
{
    struct comparing *x = context;
    if (row->hash == NULL)
        return diag_set(x->d, ERR_FORMAT, "report %lld is malformed", (long long)row->number);
    struct known *k = mem_new(sizeof *k);
    memcpy(k->hash, row->hash, HASH_BYTES);
    HASH_ADD(hh, x->known, hash, HASH_BYTES, k);
    int has = public_log_has(x->log->after, (enum document_kind)row->kind, row->hash, x->d);
    if (has < 0)
        return has;
    if (has == 0 && row->sent == JOURNAL_TAKEN)
        return diag_set(x->d, ERR_AUTH,
                        "report %lld: the registrar took it, and the public log does not have it",
                        (long long)row->number);
    if (has == 1 && row->sent == JOURNAL_REFUSED)
        return diag_set(x->d, ERR_AUTH,
                        "report %lld: it is said to be refused, and the public log has it",
                        (long long)row->number);
    return 0;
}

/* 1: the bot's word under this key; 0: another bot's, or under a key that it had before. */
static int is_own(const struct comparing *x, const struct log_document *l)
{
    struct note view;
    struct note_key key = {.name = x->bot};
    memcpy(key.key, x->bot_key, sizeof key.key);
    if (note_parse(l->note, l->note_len, VALUE_NOTE_MAX, &view) < 0)
        return ERR_FORMAT;
    if (!document_peek_is(view.text, view.text_len, "bot", x->bot))
        return 0;
    int r = note_verify(&view, &key);
    return r == ERR_NOT_FOUND ? 0 : r < 0 ? r : 1;
}

/* What the missing one says, for the line that names it. */
static int name_missing(const struct comparing *x, const struct log_row *row)
{
    CLEANUP(statement_free_cleanup) struct statement *s = NULL;
    char day[CALENDAR_DAY_LEN + 1];
    const struct log_document *l = &row->document;
    if (l->entry.kind != DOCUMENT_STATEMENT ||
        statement_open(x->domain, x->bot, x->bot_key, l->note, l->note_len, &s, NULL) < 0)
        return diag_set(x->d, ERR_AUTH,
                        "entry %lld of the public log, a destruction, is not among the journal's"
                        " reports",
                        (long long)row->number);
    calendar_format_day(s->day, day);
    return diag_set(x->d, ERR_AUTH,
                    "entry %lld of the public log, the statement of %s with a tree of %" PRIu64
                    " leaves, is not among the journal's reports: it was cut short, or is another",
                    (long long)row->number, day, s->size);
}

static int check_entry(void *context, const struct log_row *row)
{
    struct comparing *x = context;
    const struct log_document *l = &row->document;
    struct known *k;
    if (l->entry.kind != DOCUMENT_STATEMENT && l->entry.kind != DOCUMENT_DESTRUCTION)
        return 0;
    int own = row->malformed || l->note == NULL ? ERR_FORMAT : is_own(x, l);
    if (own < 0)
        return diag_set(x->d, ERR_AUTH,
                        "entry %lld of the public log is damaged, or not signed by the bot",
                        (long long)row->number);
    if (own == 0)
        return 0;
    HASH_FIND(hh, x->known, l->entry.hash, HASH_BYTES, k);
    return k != NULL ? 0 : name_missing(x, row);
}

int logged_reports(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                   const char *domain, const struct logged_views *log, struct diag *d)
{
    struct comparing x = {
        .log = log, .domain = domain, .bot = journal_bot(j), .bot_key = bot_key, .d = d};
    struct known *k, *next;
    int r = journal_reports(j, take_report, &x, d);
    if (r == 0)
        r = public_log_walk(log->before, check_entry, &x, d);
    HASH_ITER (hh, x.known, k, next) {
        HASH_DEL(x.known, k);
        free(k);
    }
    return r;
}
