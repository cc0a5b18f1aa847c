#include "exchange/log_place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/encode.h"
#include "base/memory.h"
#include "wire/value.h"

/* ---- a line ---- */

static void put_hash(struct buf *b, const uint8_t hash[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(hash, HASH_BYTES, hex);
    buf_format(b, " %s", hex);
}

void log_place_put(struct buf *b, const struct proof_logged *p)
{
    buf_format(b, "%" PRIu64, p->index);
    put_hash(b, p->entry.hash);
    put_hash(b, p->entry.tag);
    for (size_t i = 0; i < p->path_count; i++)
        put_hash(b, p->path[i]);
    buf_put_text(b, "\n");
}

/* " HEX" */
static bool take_hash(const char **at, const char *end, uint8_t ret[static HASH_BYTES])
{
    const size_t digits = 2 * HASH_BYTES;
    if ((size_t)(end - *at) < digits + 1 || **at != ' ' ||
        decode_hex_exact(*at + 1, digits, ret, HASH_BYTES) < 0)
        return false;
    *at += digits + 1;
    return true;
}

int log_place_get(const char *text, size_t len, struct proof_logged *ret)
{
    struct proof_logged p = {.entry = {.kind = DOCUMENT_CERTIFICATE}};
    const char *end = text + len, *at = memchr(text, ' ', len);
    char number[24];
    if (at == NULL || (size_t)(at - text) >= sizeof number)
        return ERR_FORMAT;
    memcpy(number, text, (size_t)(at - text));
    number[at - text] = '\0';
    if (value_parse_u64(number, LOG_ENTRIES_MAX, &p.index) < 0 ||
        !take_hash(&at, end, p.entry.hash) || !take_hash(&at, end, p.entry.tag))
        return ERR_FORMAT;
    for (; at < end; p.path_count++)
        if (p.path_count == MERKLE_PATH_MAX || !take_hash(&at, end, p.path[p.path_count]))
            return ERR_FORMAT;
    *ret = p;
    return 0;
}

bool log_place_leads(const struct proof_logged *p, const struct checkpoint *c)
{
    uint8_t leaf[MERKLE_BYTES];
    log_leaf(&p->entry, leaf);
    return merkle_verify_inclusion(leaf, p->index, c->size, p->path, p->path_count, c->root) == 0;
}

/* ---- the certificates of a package ---- */

struct log_places_one {
    UT_hash_handle hh;
    uint8_t hash[HASH_BYTES];
    bool found;
};
struct log_places {
    struct log_places_one *all;
};

struct log_places *log_places_new(void)
{
    return mem_new(sizeof(struct log_places));
}

void log_places_free(struct log_places *s)
{
    struct log_places_one *x, *next;
    if (s == NULL)
        return;
    HASH_ITER (hh, s->all, x, next) {
        HASH_DEL(s->all, x);
        free(x);
    }
    free(s);
}

int log_places_note(struct log_places *s, const uint8_t certificate[static HASH_BYTES])
{
    struct log_places_one *x;
    HASH_FIND(hh, s->all, certificate, HASH_BYTES, x);
    if (x != NULL)
        return 0;
    if (log_places_count(s) == LOG_PLACE_CERTIFICATES_MAX)
        return ERR_LIMIT;
    x = mem_new(sizeof *x);
    memcpy(x->hash, certificate, HASH_BYTES);
    HASH_ADD(hh, s->all, hash, HASH_BYTES, x);
    return 0;
}

size_t log_places_count(const struct log_places *s)
{
    return HASH_COUNT(s->all);
}

int log_places_each(const struct log_places *s,
                    int (*take)(void *context, const uint8_t certificate[static HASH_BYTES]),
                    void *context)
{
    int r = 0;
    for (const struct log_places_one *x = s->all; r == 0 && x != NULL; x = x->hh.next)
        r = take(context, x->hash);
    return r;
}

int log_places_found(struct log_places *s, const uint8_t certificate[static HASH_BYTES])
{
    struct log_places_one *x;
    HASH_FIND(hh, s->all, certificate, HASH_BYTES, x);
    if (x == NULL)
        return ERR_NOT_FOUND;
    if (x->found)
        return ERR_EXISTS;
    x->found = true;
    return 0;
}
