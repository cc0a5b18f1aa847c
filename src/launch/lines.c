#include "launch/lines.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/memory.h"

#define CHUNK 65536

struct lines {
    char *path;
    FILE *file;
    ZSTD_DStream *zstd; /* NULL: a plain file */
    uint8_t raw[CHUNK]; /* compressed bytes that wait */
    ZSTD_inBuffer input;
    bool in_frame;   /* the end of the file here would be inside a zstd frame */
    struct buf text; /* from the line that was given last on */
    size_t taken;    /* bytes of it that were given */
    bool ended;
    bool too_long; /* what is there is the rest of a line over the bound */
    size_t max;
    uint64_t number;
};

int lines_open(const char *path, size_t max, struct lines **ret, struct diag *d)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return diag_set(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot open %s: %s", path,
                        strerror(errno));
    struct lines *l = mem_new(sizeof *l);
    size_t len = strlen(path);
    l->path = mem_string(path);
    l->file = file;
    l->max = max;
    l->text = (struct buf)BUF_INIT(max + 4 * CHUNK);
    if (len > 4 && strcmp(path + len - 4, ".zst") == 0 && (l->zstd = ZSTD_createDStream()) == NULL)
        abort();
    *ret = l;
    return 0;
}

void lines_close(struct lines *l)
{
    if (l == NULL)
        return;
    fclose(l->file);
    ZSTD_freeDStream(l->zstd);
    buf_clear(&l->text);
    free(l->path);
    free(l);
}

uint64_t lines_number(const struct lines *l)
{
    return l->number;
}

static int read_raw(struct lines *l, struct diag *d)
{
    size_t n = fread(l->raw, 1, sizeof l->raw, l->file);
    if (ferror(l->file))
        return diag_set(d, ERR_IO, "cannot read %s: %s", l->path, strerror(errno));
    l->input = (ZSTD_inBuffer){l->raw, n, 0};
    if (n == 0) {
        l->ended = true;
        if (l->in_frame)
            return diag_set(d, ERR_FORMAT, "%s is cut off", l->path);
    }
    return 0;
}

/* More text behind what is there. */
static int read_more(struct lines *l, struct diag *d)
{
    if (l->input.pos == l->input.size) {
        int r = read_raw(l, d);
        if (r < 0 || l->ended)
            return r;
    }
    if (l->zstd == NULL) {
        buf_put(&l->text, l->raw, l->input.size);
        l->input.pos = l->input.size;
        return 0;
    }
    uint8_t plain[CHUNK];
    ZSTD_outBuffer out = {plain, sizeof plain, 0};
    size_t hint = ZSTD_decompressStream(l->zstd, &out, &l->input);
    if (ZSTD_isError(hint))
        return diag_set(d, ERR_FORMAT, "%s is not a zstd file: %s", l->path,
                        ZSTD_getErrorName(hint));
    l->in_frame = hint != 0;
    buf_put(&l->text, plain, out.pos);
    return 0;
}

/* Where the first line that is there ends; NULL: it goes on. The first `searched` bytes have no
 * end. */
static const uint8_t *end_of_line(const struct lines *l, size_t searched)
{
    return l->text.len > searched ? memchr(l->text.data + searched, '\n', l->text.len - searched)
                                  : NULL;
}

/* The rest of a line that was over the bound; little of it is held at a time. */
static int pass_over(struct lines *l, struct diag *d)
{
    const uint8_t *newline;
    int r = 0;
    while ((newline = end_of_line(l, 0)) == NULL && r == 0 && !l->ended) {
        buf_drop(&l->text, l->text.len);
        r = read_more(l, d);
    }
    buf_drop(&l->text, newline == NULL ? l->text.len : (size_t)(newline - l->text.data) + 1);
    l->too_long = r < 0;
    return r;
}

static int refuse(const struct lines *l, struct diag *d)
{
    return diag_set(d, ERR_LIMIT, "%s: line %llu is longer than %zu bytes", l->path,
                    (unsigned long long)l->number, l->max);
}

int lines_next(struct lines *l, const char **ret, size_t *ret_len, struct diag *d)
{
    buf_drop(&l->text, l->taken);
    l->taken = 0;
    size_t searched = 0;
    int r = l->too_long ? pass_over(l, d) : 0;
    while (r == 0) {
        const uint8_t *newline = end_of_line(l, searched);
        if (newline != NULL || (l->ended && l->text.len > 0)) {
            size_t len = newline != NULL ? (size_t)(newline - l->text.data) : l->text.len;
            l->taken = newline != NULL ? len + 1 : len;
            l->number++;
            if (len > l->max)
                return refuse(l, d);
            *ret = (const char *)l->text.data;
            *ret_len = len;
            return 1;
        }
        if (l->ended)
            return 0;
        if (l->text.len > l->max) {
            l->too_long = true;
            l->number++;
            return refuse(l, d);
        }
        searched = l->text.len;
        r = read_more(l, d);
    }
    return r;
}
