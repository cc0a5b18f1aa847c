#include "passkey/cbor_bounds.h"

#include <cbor.h>

struct walk {
    uint64_t left[CBOR_BOUNDS_DEPTH_MAX]; /* items that an open array or map still wants */
    unsigned depth;
    size_t bytes_left;
    bool wrong;
};

static void open_items(struct walk *w, uint64_t count)
{
    if (count > w->bytes_left || w->depth == CBOR_BOUNDS_DEPTH_MAX)
        w->wrong = true;
    else if (count > 0)
        w->left[w->depth++] = count;
}

static void on_array(void *context, size_t count)
{
    open_items(context, count);
}

static void on_map(void *context, size_t count)
{
    struct walk *w = context;
    if (count > w->bytes_left)
        w->wrong = true;
    else
        open_items(w, 2 * (uint64_t)count);
}

static void on_indefinite(void *context)
{
    ((struct walk *)context)->wrong = true;
}

/* A tag is no item: what it stands before would not be looked at. */
static void on_tag(void *context, uint64_t value)
{
    (void)value;
    on_indefinite(context);
}

/* Another value stands in what is open; whatever it was the last of is closed. */
static void count_item(struct walk *w, unsigned depth)
{
    if (depth > 0)
        w->left[depth - 1]--;
    while (w->depth > 0 && w->left[w->depth - 1] == 0)
        w->depth--;
}

bool cbor_bounds_ok(const uint8_t *data, size_t len)
{
    struct cbor_callbacks callbacks = cbor_empty_callbacks;
    struct walk w = {.depth = 0};
    size_t at = 0;
    callbacks.array_start = on_array;
    callbacks.map_start = on_map;
    callbacks.indef_array_start = callbacks.indef_map_start = on_indefinite;
    callbacks.byte_string_start = callbacks.string_start = on_indefinite;
    callbacks.indef_break = on_indefinite;
    callbacks.tag = on_tag;
    do {
        unsigned depth = w.depth;
        w.bytes_left = len - at;
        struct cbor_decoder_result r = cbor_stream_decode(data + at, len - at, &callbacks, &w);
        if (r.status != CBOR_DECODER_FINISHED || w.wrong)
            return false;
        at += r.read;
        count_item(&w, depth);
    } while (w.depth > 0);
    return true;
}
