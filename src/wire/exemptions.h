/* How many devices were exempt from a warrant, or went to another bot, because of where they were:
 * the registrar's, one a day, for everyone to read.
 *
 *     ironside exemptions 1
 *     network chat.example
 *     day 2001-05-14
 *     exempt CC COUNT        devices that held a place token for CC that day; ascending
 *
 * A day without such devices has a document without such lines.
 */
#ifndef IRONSIDE_WIRE_EXEMPTIONS_H
#define IRONSIDE_WIRE_EXEMPTIONS_H

#include "wire/document.h"
#include "wire/network_note.h"
#include "wire/value.h"

#define EXEMPTIONS_COUNTRIES_MAX 260U

struct exemption {
    char country[VALUE_COUNTRY_BYTES];
    uint64_t devices; /* 1 to UINT32_MAX */
};

struct exemptions {
    struct document document;
    int64_t day;
    struct exemption list[EXEMPTIONS_COUNTRIES_MAX];
    size_t count;
};

/* Parses, and checks the registrar's signature. ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int exemptions_open(const struct network_note *net, const char *note, size_t len,
                    struct exemptions **ret, struct diag *d) MUST_USE;
void exemptions_free(struct exemptions *x);
DEFINE_CLEANUP(struct exemptions, exemptions_free)
/* Appends the text that the registrar signs. */
void exemptions_format(struct buf *b, const char *domain, const struct exemptions *x);

#endif
