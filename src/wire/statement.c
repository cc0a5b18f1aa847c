#include "wire/statement.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

void statement_free(struct statement *s)
{
    if (s == NULL)
        return;
    document_clear(&s->document);
    free(s);
}

void statement_format(struct buf *b, const char *domain, const struct statement *s)
{
    char day[CALENDAR_DAY_LEN + 1], root[2 * MERKLE_BYTES + 1];
    calendar_format_day(s->day, day);
    encode_hex(s->root, MERKLE_BYTES, root);
    buf_format(b, "ironside statement 1\nnetwork %s\nbot %s\nday %s\n", domain, s->bot, day);
    for (size_t i = 0; i < s->archived_count; i++)
        buf_format(b, "archived %s %" PRIu64 "\n", s->archived[i].warrant, s->archived[i].count);
    for (int r = VERDICT_NO_REASON + 1; r < VERDICT_REASONS; r++)
        if (s->refused[r] > 0)
            buf_format(b, "refused %s %" PRIu64 "\n", verdict_reason_text((enum verdict_reason)r),
                       s->refused[r]);
    buf_format(b, "journal %" PRIu64 " %s\n", s->size, root);
}

/* "WORD COUNT", a count above 0; "" for the word after a failure. */
static const char *word_and_count(struct document_reader *r, const char *key, const char *value,
                                  uint64_t *ret)
{
    const char *words[2] = {"", ""};
    size_t count = document_words(r, key, value, words, 2);
    if (r->failed == 0 &&
        (count != 2 || value_parse_u64(words[1], INT64_MAX, ret) < 0 || *ret == 0))
        document_refuse(r, key, value, "not a word and a number");
    return r->failed == 0 ? words[0] : "";
}

static void read_archived(struct document_reader *r, struct statement *s)
{
    const char *value;
    struct statement_warrant *list =
        arena_array(&r->document->arena, STATEMENT_WARRANTS_MAX, sizeof *list);
    if (list == NULL)
        document_refuse(r, "archived", "", "too large");
    while ((value = document_optional(r, "archived")) != NULL) {
        if (s->archived_count == STATEMENT_WARRANTS_MAX) {
            document_refuse(r, "archived", value, "too many warrants");
            return;
        }
        struct statement_warrant *x = &list[s->archived_count];
        x->warrant = word_and_count(r, "archived", value, &x->count);
        if (r->failed == 0 && !value_warrant_valid(x->warrant))
            document_refuse(r, "archived", value, "not a warrant's id");
        else if (r->failed == 0 && s->archived_count > 0 && strcmp(x[-1].warrant, x->warrant) >= 0)
            document_refuse(r, "archived", value, "not in ascending order");
        s->archived_count++;
    }
    s->archived = list;
}

static void read_refused(struct document_reader *r, struct statement *s)
{
    const char *value;
    int last = VERDICT_NO_REASON;
    while ((value = document_optional(r, "refused")) != NULL) {
        uint64_t count = 0;
        const char *word = word_and_count(r, "refused", value, &count);
        int reason = VERDICT_NO_REASON + 1;
        while (reason < VERDICT_REASONS &&
               strcmp(verdict_reason_text((enum verdict_reason)reason), word) != 0)
            reason++;
        if (r->failed < 0)
            return;
        if (reason == VERDICT_REASONS || reason <= last) {
            document_refuse(r, "refused", value,
                            reason == VERDICT_REASONS ? "not a reason" : "not in their order");
            return;
        }
        s->refused[reason] = count;
        last = reason;
    }
}

static void read_journal(struct document_reader *r, struct statement *s)
{
    const char *words[2];
    const char *value = document_value(r, "journal");
    if (r->failed == 0 && (document_words(r, "journal", value, words, 2) != 2 ||
                           value_parse_u64(words[0], INT64_MAX, &s->size) < 0 ||
                           decode_hex_exact(words[1], strlen(words[1]), s->root, MERKLE_BYTES) < 0))
        document_refuse(r, "journal", value, "not a size and a root in hexadecimal");
}

static int read_text(struct document_reader *r, struct statement *s, const char *domain)
{
    document_network(r, domain);
    s->bot = document_value(r, "bot");
    if (!value_domain_valid(s->bot))
        document_refuse(r, "bot", s->bot, "not a component's address");
    s->day = document_day(r, "day");
    read_archived(r, s);
    read_refused(r, s);
    read_journal(r, s);
    return document_end(r);
}

int statement_open(const char *domain, const char *bot,
                   const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *note, size_t len,
                   struct statement **ret, struct diag *d)
{
    CLEANUP(statement_free_cleanup) struct statement *s = mem_new(sizeof *s);
    struct document_reader r;
    struct note view;
    int code = document_begin(&r, &s->document, "statement", note, len, VALUE_NOTE_MAX, &view, d);
    if (code == 0)
        code = read_text(&r, s, domain);
    if (code == 0 && strcmp(s->bot, bot) != 0)
        code = diag_set(d, ERR_AUTH, "statement: made by %s, not by %s", s->bot, bot);
    if (code == 0)
        code = document_verify(&view, "statement", bot, bot_key, d);
    if (code == 0)
        *ret = TAKE(s);
    return code;
}
