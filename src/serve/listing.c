#include "serve/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"

static int is_listed(const struct dirent *e)
{
    return serve_name_valid(e->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int put_one(const char *folder, const char *name, struct buf *b, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    CLEANUP_BUF struct buf data = BUF_INIT(VALUE_EPOCHS_MAX);
    uint8_t sha256[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    int r = file_read(path, &data, d);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : r; /* it went meanwhile */
    hash_sha256(data.data, data.len, sha256);
    encode_hex(sha256, sizeof sha256, hex);
    buf_format(b, "%s %s\n", hex, name);
    return buf_failed(b) ? diag_set(d, ERR_LIMIT, "%s: too many documents", folder) : 0;
}

int serve_listing_read(const char *folder, struct buf *b, struct diag *d)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_listed, by_name), r = 0;
    if (count < 0)
        return diag_set(d, ERR_IO, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (r == 0)
            r = put_one(folder, names[i]->d_name, b, d);
        free(names[i]);
    }
    free(names);
    return r;
}

static int parse_line(const char *line, size_t len, struct serve_listed *ret)
{
    size_t hex = 2 * (size_t)HASH_BYTES;
    if (len <= hex + 1 || len - hex - 1 > SERVE_NAME_MAX || line[hex] != ' ')
        return ERR_FORMAT;
    memcpy(ret->name, line + hex + 1, len - hex - 1);
    ret->name[len - hex - 1] = '\0';
    if (strlen(ret->name) != len - hex - 1 || !serve_name_valid(ret->name))
        return ERR_FORMAT;
    return decode_hex_exact(line, hex, ret->sha256, HASH_BYTES);
}

int serve_listing_parse(const char *text, size_t len, struct serve_listed **ret, size_t *ret_count)
{
    CLEANUP_FREE struct serve_listed *list = mem_array(1, sizeof *list);
    size_t count = 0;
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        if (end == NULL || count == SERVE_LISTED_MAX)
            return ERR_FORMAT;
        list = mem_resize(list, count + 1, sizeof *list);
        if (parse_line(text, (size_t)(end - text), &list[count]) < 0 ||
            (count > 0 && strcmp(list[count - 1].name, list[count].name) >= 0))
            return ERR_FORMAT;
        count++;
        len -= (size_t)(end - text) + 1;
        text = end + 1;
    }
    *ret = TAKE(list);
    *ret_count = count;
    return 0;
}
