/* The symbols of a scan, read over: how many bits each takes is all that is asked of them. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "media/jpeg_bits.h"

#define COEFFICIENTS 64U
#define DC_BITS_MAX 16
#define ZERO_RUN 15 /* of a symbol without bits: sixteen zeros and no end of the block */
#define RESTART_MARKERS 8U

struct scan {
    struct jpeg_scan *s;
    struct jpeg_bits bits;
    struct {
        struct jpeg_part *part;
        const struct jpeg_table *dc, *ac;
    } of[JPEG_PARTS_MAX];
    size_t count;
    unsigned first, last; /* coefficients */
    bool refines;
    uint32_t blocks_to_end; /* further blocks of which the scan says nothing */
};

static int skip(struct jpeg_bits *b, unsigned count)
{
    int r = jpeg_bits_take(b, count);
    return r < 0 ? r : 0;
}

static int skip_dc(struct scan *x, size_t i)
{
    int bits = jpeg_bits_symbol(&x->bits, x->of[i].dc);
    if (bits < 0 || bits > DC_BITS_MAX)
        return bits < 0 ? bits : ERR_FORMAT;
    return skip(&x->bits, (unsigned)bits);
}

/* A symbol without bits: ends this block, in progressive photos further ones, too. 0: it goes on.
 */
static int ends_block(struct scan *x, unsigned run)
{
    if (run == ZERO_RUN)
        return 0;
    if (x->s->progressive) {
        int more = jpeg_bits_take(&x->bits, run);
        if (more < 0)
            return more;
        x->blocks_to_end = (1U << run) + (uint32_t)more;
    } else if (run != 0) {
        return ERR_FORMAT;
    }
    return 1;
}

/* Coefficients that are told for the first time. */
static int skip_ac(struct scan *x, size_t i, uint64_t *nonzero)
{
    unsigned k = x->first > 0 ? x->first : 1;
    for (; k <= x->last; k++) {
        int symbol = jpeg_bits_symbol(&x->bits, x->of[i].ac);
        if (symbol < 0)
            return symbol;
        unsigned run = (unsigned)symbol >> 4, bits = (unsigned)symbol & 0xfU;
        int ends = bits == 0 ? ends_block(x, run) : 0;
        if (ends != 0)
            return ends < 0 ? ends : 0;
        k += run;
        if (k > x->last)
            return bits == 0 ? 0 : ERR_FORMAT;
        int r = skip(&x->bits, bits);
        if (r < 0)
            return r;
        if (bits > 0 && nonzero != NULL)
            *nonzero |= UINT64_C(1) << k;
    }
    return 0;
}

/* A bit for each coefficient from `*k` on that is known not to be 0, over `zeros` others; ends at
 * the next that is 0, or behind the last. */
static int skip_corrections(struct scan *x, uint64_t nonzero, unsigned zeros, unsigned *k)
{
    for (; *k <= x->last; ++*k) {
        if ((nonzero >> *k & 1) == 0) {
            if (zeros-- == 0)
                return 0;
            continue;
        }
        int r = skip(&x->bits, 1);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Coefficients that are told more exactly. */
static int refine_ac(struct scan *x, size_t i, uint64_t *nonzero)
{
    unsigned k = x->first;
    while (x->blocks_to_end == 0 && k <= x->last) {
        int symbol = jpeg_bits_symbol(&x->bits, x->of[i].ac);
        if (symbol < 0)
            return symbol;
        unsigned run = (unsigned)symbol >> 4, bits = (unsigned)symbol & 0xfU;
        int r = bits > 1 ? ERR_FORMAT : bits == 1 ? skip(&x->bits, 1) : ends_block(x, run);
        if (r < 0)
            return r;
        if (r == 1)
            break;
        r = skip_corrections(x, *nonzero, run, &k);
        if (r < 0)
            return r;
        if (bits == 1 && k <= x->last)
            *nonzero |= UINT64_C(1) << k;
        k++;
    }
    if (x->blocks_to_end == 0)
        return 0;
    x->blocks_to_end--;
    return skip_corrections(x, *nonzero, COEFFICIENTS, &k);
}

static int skip_block(struct scan *x, size_t i, uint32_t column, uint32_t row)
{
    struct jpeg_part *p = x->of[i].part;
    if (!x->s->progressive) {
        int r = skip_dc(x, i);
        return r < 0 ? r : skip_ac(x, i, NULL);
    }
    if (x->first == 0)
        return x->refines ? skip(&x->bits, 1) : skip_dc(x, i);
    uint64_t *nonzero = &p->nonzero[(size_t)row * p->stride + column];
    if (x->refines)
        return refine_ac(x, i, nonzero);
    if (x->blocks_to_end == 0) {
        int r = skip_ac(x, i, nonzero);
        if (r < 0 || x->blocks_to_end == 0)
            return r;
    }
    x->blocks_to_end--;
    return 0;
}

/* The blocks of all components that lie at one place of the picture. */
static int skip_unit(struct scan *x, uint32_t column, uint32_t row)
{
    int r = 0;
    if (x->count == 1)
        return skip_block(x, 0, column, row);
    for (size_t i = 0; i < x->count; i++) {
        const struct jpeg_part *p = x->of[i].part;
        for (uint32_t v = 0; v < p->v; v++)
            for (uint32_t h = 0; r == 0 && h < p->h; h++)
                r = skip_block(x, i, column * p->h + h, row * p->v + v);
    }
    return r;
}

static int skip_all(struct scan *x)
{
    const struct jpeg_part *alone = x->of[0].part;
    uint32_t across = x->count == 1 ? alone->across : x->s->mcus_across;
    uint32_t down = x->count == 1 ? alone->down : x->s->mcus_down;
    uint64_t done = 0;
    int r = 0;
    for (uint32_t row = 0; row < down; row++)
        for (uint32_t column = 0; r == 0 && column < across; column++, done++) {
            if (x->s->restart > 0 && done > 0 && done % x->s->restart == 0) {
                x->blocks_to_end = 0;
                r = jpeg_bits_restart(&x->bits,
                                      (unsigned)((done / x->s->restart - 1) % RESTART_MARKERS));
            }
            if (r == 0)
                r = skip_unit(x, column, row);
        }
    return r;
}

static struct jpeg_part *find_part(struct jpeg_scan *s, uint8_t id)
{
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i].id == id)
            return &s->parts[i];
    return NULL;
}

/* One component of the scan: its id, and which tables it uses. */
static int take_part(struct scan *x, const uint8_t *data)
{
    struct jpeg_part *p = find_part(x->s, data[0]);
    unsigned dc = data[1] >> 4, ac = data[1] & 0xfU;
    if (p == NULL || dc >= JPEG_TABLES || ac >= JPEG_TABLES)
        return ERR_FORMAT;
    x->of[x->count].part = p;
    x->of[x->count].dc = &x->s->dc[dc];
    x->of[x->count++].ac = &x->s->ac[ac];
    bool needs_dc = x->first == 0 && !x->refines, needs_ac = x->last > 0;
    return (needs_dc && !x->s->dc[dc].defined) || (needs_ac && !x->s->ac[ac].defined) ? ERR_FORMAT
                                                                                      : 0;
}

static int take_head(struct scan *x, const uint8_t *data, size_t len)
{
    size_t count = len > 0 ? data[0] : 0;
    if (!x->s->framed || count < 1 || count > x->s->part_count || len != 4 + 2 * count)
        return ERR_FORMAT;
    const uint8_t *range = data + 1 + 2 * count;
    x->first = range[0];
    x->last = range[1];
    x->refines = x->s->progressive && range[2] >> 4 != 0;
    if (!x->s->progressive) {
        x->first = 0;
        x->last = COEFFICIENTS - 1;
    }
    if (x->first > x->last || x->last >= COEFFICIENTS ||
        (x->s->progressive && (x->first == 0) != (x->last == 0)) || (x->first > 0 && count > 1))
        return ERR_FORMAT;
    int r = 0;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = take_part(x, data + 1 + 2 * i);
    return r;
}

int jpeg_scan_end(struct jpeg_scan *s, const uint8_t *data, size_t len,
                  const struct media_source *source, uint64_t at, uint64_t *ret_end)
{
    CLEANUP_FREE struct scan *x = mem_new(sizeof *x);
    x->s = s;
    x->bits.source = source;
    x->bits.at = at;
    int r = take_head(x, data, len);
    if (r == 0)
        r = skip_all(x);
    for (size_t i = 0; r == 0 && i < x->count; i++)
        x->of[i].part->scanned = true;
    if (r == 0)
        *ret_end = jpeg_bits_place(&x->bits);
    return r;
}
