#include "launch/handles.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <uthash.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "launch/lines.h"
#include "wire/value.h"

#define LINE_MAX_BYTES 4096U
#define STEM_MAX 56 /* leaves room for "-123456" */

struct entry {
    char *address;
    char handle[VALUE_HANDLE_MAX + 1];
    size_t number;
    UT_hash_handle by_address, by_handle;
};

struct handles {
    struct entry *by_address, *by_handle;
    struct entry **list;
    size_t count;
};

void handles_free(struct handles *h)
{
    if (h == NULL)
        return;
    HASH_CLEAR(by_address, h->by_address);
    HASH_CLEAR(by_handle, h->by_handle);
    for (size_t i = 0; i < h->count; i++) {
        free(h->list[i]->address);
        free(h->list[i]);
    }
    free(h->list);
    free(h);
}

static struct entry *find(const struct handles *h, const char *address)
{
    struct entry *e;
    HASH_FIND(by_address, h->by_address, address, strlen(address), e);
    return e;
}

static bool handle_taken(const struct handles *h, const char *handle)
{
    struct entry *e;
    HASH_FIND(by_handle, h->by_handle, handle, strlen(handle), e);
    return e != NULL;
}

static void add(struct handles *h, const char *address, const char *handle)
{
    struct entry *e = mem_new(sizeof *e);
    e->address = mem_string(address);
    snprintf(e->handle, sizeof e->handle, "%s", handle);
    HASH_ADD_KEYPTR(by_address, h->by_address, e->address, strlen(e->address), e);
    HASH_ADD_KEYPTR(by_handle, h->by_handle, e->handle, strlen(e->handle), e);
    h->list = mem_resize(h->list, h->count + 1, sizeof(struct entry *));
    e->number = h->count;
    h->list[h->count++] = e;
}

static int read_entry(struct handles *h, const char *path, const char *line, size_t len,
                      struct diag *d)
{
    json_error_t error;
    json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
    const char *address = json_string_value(json_object_get(o, "address"));
    const char *handle = json_string_value(json_object_get(o, "handle"));
    int r = 0;
    if (address == NULL || handle == NULL || !value_handle_valid(handle) ||
        find(h, address) != NULL || handle_taken(h, handle))
        r = diag_set(d, ERR_FORMAT, "%s: line %zu is not an address and a handle of its own", path,
                     h->count + 1);
    else
        add(h, address, handle);
    json_decref(o);
    return r;
}

int handles_open(const char *path, struct handles **ret, struct diag *d)
{
    CLEANUP(handles_free_cleanup) struct handles *h = mem_new(sizeof *h);
    if (file_exists(path)) {
        CLEANUP(lines_close_cleanup) struct lines *l = NULL;
        const char *line;
        size_t len;
        int r = lines_open(path, LINE_MAX_BYTES, &l, d);
        while (r == 0 && (r = lines_next(l, &line, &len, d)) == 1)
            r = read_entry(h, path, line, len, d);
        if (r < 0)
            return r;
    }
    *ret = TAKE(h);
    return 0;
}

/* What of the address can stand in a handle. */
static void stem_of(const char *address, char ret[static STEM_MAX + 1])
{
    size_t at = 0;
    for (const char *c = address; *c != '\0' && *c != '@' && at < STEM_MAX; c++) {
        char x = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        bool plain = (x >= 'a' && x <= 'z') || (x >= '0' && x <= '9');
        bool mark = x == '.' || x == '_' || x == '-';
        if (plain || (mark && at > 0))
            ret[at++] = x;
        else if (at > 0 && ret[at - 1] != '-')
            ret[at++] = '-';
    }
    ret[at] = '\0';
    if (at == 0)
        memcpy(ret, "device", sizeof "device");
}

const char *handles_of(struct handles *h, const char *address)
{
    const struct entry *known = find(h, address);
    if (known != NULL)
        return known->handle;
    char stem[STEM_MAX + 1], handle[VALUE_HANDLE_MAX + 1];
    stem_of(address, stem);
    snprintf(handle, sizeof handle, "%s", stem);
    for (unsigned n = 2; handle_taken(h, handle); n++)
        snprintf(handle, sizeof handle, "%s-%u", stem, n);
    add(h, address, handle);
    return h->list[h->count - 1]->handle;
}

const char *handles_find(const struct handles *h, const char *address)
{
    const struct entry *e = find(h, address);
    return e == NULL ? NULL : e->handle;
}

size_t handles_number(const struct handles *h, const char *address)
{
    return find(h, address)->number;
}

size_t handles_count(const struct handles *h)
{
    return h->count;
}

const char *handles_at(const struct handles *h, size_t i)
{
    return h->list[i]->handle;
}

int handles_save(const struct handles *h, const char *path, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT(SIZE_MAX / 4);
    for (size_t i = 0; i < h->count; i++) {
        json_t *o =
            json_pack("{ss ss}", "address", h->list[i]->address, "handle", h->list[i]->handle);
        char *text = json_dumps(o, JSON_COMPACT);
        json_decref(o);
        if (text == NULL)
            return diag_set(d, ERR_FORMAT, "an address is not UTF-8");
        buf_put_text(&b, text);
        buf_put_u8(&b, '\n');
        free(text);
    }
    return file_write(path, b.data, b.len, 0644, d);
}
