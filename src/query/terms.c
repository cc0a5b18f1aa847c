#include "query/terms.h"

#include <string.h>

/* In the order in which a person is told of them. */
static const struct query_term_row rows[] = {
    [QUERY_FROM] = {"from", QUERY_INDEXED,
                    "who wrote it: a handle, or a name that was given to several", NULL},
    [QUERY_TO] = {"to", QUERY_INDEXED, "one of those whom it was written to", NULL},
    [QUERY_WITH] = {"with", QUERY_INDEXED, "one of those who wrote it or got it", NULL},
    [QUERY_IN] = {"in", QUERY_INDEXED, "the conversation: its 16 hexadecimal digits", NULL},
    [QUERY_BEFORE] = {"before", QUERY_LOOKED_UP, "sent before this date or minute begins", NULL},
    [QUERY_AFTER] = {"after", QUERY_LOOKED_UP, "sent from the beginning of this date or minute on",
                     NULL},
    [QUERY_ON] = {"on", QUERY_LOOKED_UP, "sent on this day, or in this month or year", NULL},
    [QUERY_AT] = {"at", QUERY_LOOKED_UP, "sent in this minute", NULL},
    [QUERY_COUNTRY] = {"country", QUERY_INDEXED, "the country that it was sent from: two letters",
                       NULL},
    [QUERY_LANG] = {"lang", QUERY_INDEXED, "its language: two or three letters, or unknown", NULL},
    [QUERY_KIND] =
        {"kind", QUERY_INDEXED, "what kind of message it is",
         "text edit retract reply react read position live file group contact poll vote"},
    [QUERY_HAS] = {"has", QUERY_INDEXED, "what comes with it", "photo file voice place"},
    [QUERY_NEAR_PLACE] = {"near", QUERY_LOOKED_UP,
                          "a position within kilometres of a place: LAT,LON,KM", NULL},
    [QUERY_TAG] = {"tag", QUERY_LOOKED_UP, "a reviewer's tag", NULL},
    [QUERY_ORG] = {"org", QUERY_LOOKED_UP,
                   "the organisation of one of those who wrote it or got it", NULL},
    [QUERY_CASE] = {"case", QUERY_LOOKED_UP, "the case that it was put into", NULL},
    [QUERY_SEEN] = {"seen", QUERY_LOOKED_UP, "a reviewer who has opened it, or me, or anyone",
                    NULL},
    [QUERY_UNSEEN] = {"unseen", QUERY_LOOKED_UP,
                      "a reviewer who has not opened it, or me, or anyone", NULL},
    [QUERY_ASSIGNED] =
        {"assigned", QUERY_LOOKED_UP,
         "to whom it, its conversation or an organisation of its people was assigned, or me, or"
         " anyone",
         NULL},
    [QUERY_IS] = {"is", QUERY_LOOKED_UP, "what became of it", "edited retracted flagged"},
    [QUERY_WARRANT] = {"warrant", QUERY_INDEXED, "the warrant that it was archived under", NULL},
    [QUERY_BOT] = {"bot", QUERY_INDEXED, "the bot that archived it", NULL},
};
_Static_assert(sizeof rows / sizeof rows[0] == QUERY_TERMS, "a row for each term");

const struct query_term_row *query_term_row(enum query_term term)
{
    return &rows[term];
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* Accounts of one network differ by their handles alone. */
static size_t handle_len(const char *value, size_t len)
{
    const char *at = memchr(value, '@', len);
    return at == NULL ? len : (size_t)(at - value);
}

void query_put_filter(struct buf *b, enum query_term term, const char *value, size_t len)
{
    if (term == QUERY_FROM || term == QUERY_TO || term == QUERY_WITH)
        len = handle_len(value, len);
    buf_format(b, "%c%s:", TEXT_MARK_FILTER, rows[term].name);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = lower((uint8_t)value[i]);
        if (c <= ' ' || c == 0x7f || c == '%' || c == '"')
            buf_format(b, "%%%02x", c);
        else
            buf_put_u8(b, c);
    }
}
