#include "archive/identity.h"

#include <string.h>

#include "base/file.h"
#include "base/secret.h"

#define FILE_MAX 65536U

int identity_read(const char *path, struct age_identities **ret, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(FILE_MAX);
    CLEANUP_SECRET struct age_identities *ids = secret_new(sizeof *ids);
    int r = file_read(path, &b, d);
    if (r < 0)
        return r;
    if (b.len > 0 && memchr(b.data, '\0', b.len) != NULL)
        return diag_set(d, ERR_FORMAT, "%s is not a text file", path);
    r = age_identities_parse(buf_text(&b), ids);
    if (r == ERR_LIMIT)
        return diag_set(d, r, "%s holds more than %u age identities", path, AGE_IDENTITIES_MAX);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "%s holds no age identity (AGE-SECRET-KEY-1...)", path);
    if (r < 0)
        return diag_set(d, r, "%s: a line of it is no age identity (AGE-SECRET-KEY-1...)", path);
    *ret = TAKE(ids);
    return 0;
}
