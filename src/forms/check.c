#include "forms/check.h"

#include <inttypes.h>
#include <string.h>

#define PREFIX_MAX 16U
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool is_of(const char *s, const char *set)
{
    return s[0] != '\0' && s[strspn(s, set)] == '\0';
}

/* Relative, and within the package: no segment is empty or made of dots alone. */
static bool path_valid(const char *path)
{
    if (!is_of(path, LOWER UPPER DIGITS "._-/"))
        return false;
    for (;;) {
        size_t len = strcspn(path, "/");
        if (strspn(path, ".") >= len)
            return false;
        if (path[len] == '\0')
            return true;
        path += len + 1;
    }
}

static int check_message(const struct forms_message *m, uint64_t before, struct diag *d)
{
    if (m->number <= before)
        return diag_set(d, ERR_FORMAT, "message number %" PRIu64 " follows number %" PRIu64,
                        m->number, before);
    if (!value_instant_valid(m->at_unix_ms) || !value_instant_valid(m->archived_unix_ms))
        return diag_set(d, ERR_FORMAT, "message number %" PRIu64 " is of no year from 1 to 9999",
                        m->number);
    if (m->content.kind >= CONTENT_KINDS)
        return diag_set(d, ERR_FORMAT, "message number %" PRIu64 " is of no kind", m->number);
    if (m->redacted == NULL && m->file != NULL && m->file->path != NULL &&
        !path_valid(m->file->path))
        return diag_set(d, ERR_FORMAT, "message number %" PRIu64 ": no path of a package: %s",
                        m->number, m->file->path);
    return 0;
}

int check_part(const struct forms_part *p, struct diag *d)
{
    uint64_t before = 0;
    if (!value_handle_valid(p->package))
        return diag_set(d, ERR_FORMAT, "no name for a package: %s", p->package);
    if (!is_of(p->prefix, UPPER DIGITS) || strlen(p->prefix) > PREFIX_MAX)
        return diag_set(d, ERR_FORMAT, "no prefix for Bates numbers: %s", p->prefix);
    if (p->number == 0)
        return diag_set(d, ERR_FORMAT, "parts of %s count from 1", p->package);
    if (p->count > FORMS_PART_MAX)
        return diag_set(d, ERR_LIMIT, "a part has %u messages at most, not %zu", FORMS_PART_MAX,
                        p->count);
    for (size_t i = 0; i < p->count; i++) {
        int r = check_message(&p->messages[i], before, d);
        if (r < 0)
            return r;
        before = p->messages[i].number;
    }
    return 0;
}
