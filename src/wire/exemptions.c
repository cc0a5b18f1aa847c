#include "wire/exemptions.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"

void exemptions_free(struct exemptions *x)
{
    if (x == NULL)
        return;
    document_clear(&x->document);
    free(x);
}

static void read_line(struct document_reader *r, struct exemptions *x, const char *value)
{
    const char *word[2];
    uint64_t devices = 0;
    size_t words = document_words(r, "exempt", value, word, 2);
    if (r->failed != 0)
        return;
    if (words != 2 || !value_country_valid(word[0]) ||
        value_parse_u64(word[1], UINT32_MAX, &devices) < 0 || devices == 0) {
        document_refuse(r, "exempt", value, "not COUNTRY COUNT");
        return;
    }
    if (x->count == EXEMPTIONS_COUNTRIES_MAX) {
        document_refuse(r, "exempt", value, "too many of them");
        return;
    }
    if (x->count > 0 && strcmp(x->list[x->count - 1].country, word[0]) >= 0) {
        document_refuse(r, "exempt", value, "not in ascending order");
        return;
    }
    struct exemption *e = &x->list[x->count++];
    memcpy(e->country, word[0], sizeof e->country);
    e->devices = devices;
}

static int read_exemptions(struct document_reader *r, struct exemptions *x, const char *domain)
{
    const char *value;
    document_network(r, domain);
    x->day = document_day(r, "day");
    while ((value = document_optional(r, "exempt")) != NULL)
        read_line(r, x, value);
    return document_end(r);
}

int exemptions_open(const struct network_note *net, const char *note, size_t len,
                    struct exemptions **ret, struct diag *d)
{
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = mem_new(sizeof *x);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &x->document, "exemptions", note, len, VALUE_NOTE_MAX, &view, d);
    if (e == 0)
        e = read_exemptions(&r, x, net->domain);
    if (e == 0)
        e = document_verify(&view, "exemptions", net->registrar, net->registrar_key, d);
    if (e == 0)
        *ret = TAKE(x);
    return e;
}

void exemptions_format(struct buf *b, const char *domain, const struct exemptions *x)
{
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(x->day, day);
    buf_format(b, "ironside exemptions 1\nnetwork %s\nday %s\n", domain, day);
    for (size_t i = 0; i < x->count; i++)
        buf_format(b, "exempt %s %" PRIu64 "\n", x->list[i].country, x->list[i].devices);
}
