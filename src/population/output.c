#include "population/output.h"

#include <errno.h>
#include <string.h>
#include <zstd.h>

#include "base/memory.h"

#define MUCH (1U << 20)
#define LEVEL 3

struct output {
    char *path;
    FILE *file;
    ZSTD_CStream *zstd; /* NULL: a plain file */
    struct buf text;
    uint8_t packed[65536];
};

int output_open(const char *path, struct output **ret, struct diag *d)
{
    FILE *file = fopen(path, "wbe");
    size_t len = strlen(path);
    if (file == NULL)
        return diag_set(d, ERR_IO, "%s cannot be written: %s", path, strerror(errno));
    struct output *o = mem_new(sizeof *o);
    o->path = mem_string(path);
    o->file = file;
    o->text = (struct buf)BUF_INIT((size_t)MUCH * 1024);
    if (len > 4 && strcmp(path + len - 4, ".zst") == 0) {
        o->zstd = ZSTD_createCStream();
        if (o->zstd == NULL || ZSTD_isError(ZSTD_initCStream(o->zstd, LEVEL)))
            abort();
    }
    *ret = o;
    return 0;
}

void output_free(struct output *o)
{
    if (o == NULL)
        return;
    if (o->file != NULL)
        fclose(o->file);
    ZSTD_freeCStream(o->zstd);
    buf_clear(&o->text);
    free(o->path);
    free(o);
}

struct buf *output_buf(struct output *o)
{
    return &o->text;
}

static int failed(const struct output *o, struct diag *d)
{
    return diag_set(d, ERR_IO, "%s cannot be written: %s", o->path, strerror(errno));
}

static int pack(struct output *o, ZSTD_EndDirective end, struct diag *d)
{
    ZSTD_inBuffer in = {o->text.data, o->text.len, 0};
    size_t left;
    do {
        ZSTD_outBuffer out = {o->packed, sizeof o->packed, 0};
        left = ZSTD_compressStream2(o->zstd, &out, &in, end);
        if (ZSTD_isError(left))
            return diag_set(d, ERR_IO, "%s cannot be compressed: %s", o->path,
                            ZSTD_getErrorName(left));
        if (fwrite(o->packed, 1, out.pos, o->file) != out.pos)
            return failed(o, d);
    } while (end == ZSTD_e_end ? left > 0 : in.pos < in.size);
    return 0;
}

static int put(struct output *o, ZSTD_EndDirective end, struct diag *d)
{
    int r = 0;
    if (buf_failed(&o->text))
        return diag_set(d, ERR_LIMIT, "%s: a line is too long, or no UTF-8", o->path);
    if (o->zstd != NULL)
        r = pack(o, end, d);
    else if (fwrite(o->text.data, 1, o->text.len, o->file) != o->text.len)
        r = failed(o, d);
    buf_reset(&o->text);
    return r;
}

int output_flush(struct output *o, struct diag *d)
{
    return o->text.len < MUCH && !buf_failed(&o->text) ? 0 : put(o, ZSTD_e_continue, d);
}

int output_finish(struct output *o, struct diag *d)
{
    int r = put(o, ZSTD_e_end, d);
    FILE *file = TAKE(o->file);
    if (fclose(file) != 0 && r == 0)
        r = failed(o, d);
    return r;
}
