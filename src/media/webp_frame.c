#include "media/webp_frame.h"

#include <string.h>
#include <webp/decode.h>

#define STEP 4096U
#define FILE_HEAD_LEN 20U /* RIFF, its length, WEBP, the chunk's type and length */
#define FLUSH_MAX 4U      /* bytes that encoders write at the end and no decoder needs */
#define LOSSLESS_HEAD_LEN 5U
#define LOSSLESS_SIGNATURE 0x2fU
#define SIDE_BITS 14
#define ALPHA_CODING 0x03U /* of an ALPH chunk's first byte */

/* What libwebp is given: a head that makes a file of the chunk, then its data. */
struct feed {
    const struct media_source *s;
    uint64_t at, len;
    uint8_t head[FILE_HEAD_LEN + LOSSLESS_HEAD_LEN];
    size_t head_len;
};

static void put_little32(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (8 * i));
}

static void begin_file(struct feed *f, const char *type, uint64_t chunk)
{
    memcpy(f->head, "RIFF", 4);
    put_little32(f->head + 4, (uint32_t)(FILE_HEAD_LEN - 8 + chunk + (chunk & 1)));
    memcpy(f->head + 8, "WEBP", 4);
    memcpy(f->head + 12, type, 4);
    put_little32(f->head + 16, (uint32_t)chunk);
    f->head_len = FILE_HEAD_LEN;
}

/* Alpha is coded as a lossless picture whose own head is left out. */
static void begin_alpha(struct feed *f, uint32_t width, uint32_t height)
{
    begin_file(f, "VP8L", LOSSLESS_HEAD_LEN + f->len);
    f->head[f->head_len] = LOSSLESS_SIGNATURE;
    put_little32(f->head + f->head_len + 1, (width - 1) | (height - 1) << SIDE_BITS);
    f->head_len += LOSSLESS_HEAD_LEN;
}

/* All rows are decoded and none is kept: what is asked for is a picture of one pixel. */
static WebPIDecoder *begin(const struct feed *f, WebPDecoderConfig *config)
{
    if (!WebPInitDecoderConfig(config))
        return NULL;
    config->options.bypass_filtering = 1;
    config->options.no_fancy_upsampling = 1;
    config->options.use_scaling = 1;
    config->options.scaled_width = config->options.scaled_height = 1;
    WebPIDecoder *w = WebPIDecode(NULL, 0, config);
    if (w == NULL || WebPIAppend(w, f->head, f->head_len) == VP8_STATUS_SUSPENDED)
        return w;
    WebPIDelete(w);
    return NULL;
}

static void end(WebPIDecoder *w, WebPDecoderConfig *config)
{
    WebPIDelete(w);
    WebPFreeDecBuffer(&config->output);
}

/* From `*used` on, `step` bytes at a time, until it is whole. */
static int feed_until_whole(const struct feed *f, WebPIDecoder *w, size_t step, uint64_t *used)
{
    uint8_t bytes[STEP];
    VP8StatusCode status = VP8_STATUS_SUSPENDED;
    while (*used < f->len && status == VP8_STATUS_SUSPENDED) {
        size_t n = f->len - *used < step ? (size_t)(f->len - *used) : step;
        int r = media_read(f->s, f->at + *used, bytes, n);
        if (r < 0)
            return r;
        status = WebPIAppend(w, bytes, n);
        *used += n;
    }
    return status == VP8_STATUS_OK ? 0 : ERR_FORMAT;
}

static int feed_exactly(const struct feed *f, WebPIDecoder *w, uint64_t len)
{
    uint8_t bytes[STEP];
    for (uint64_t done = 0; done < len; done += sizeof bytes) {
        int r = media_read(f->s, f->at + done, bytes, sizeof bytes);
        if (r < 0)
            return r;
        (void)WebPIAppend(w, bytes, sizeof bytes);
    }
    return 0;
}

/* From the beginning: `skip` bytes (whole steps) at once, then `step` at a time until it is whole.
 */
static int decode(const struct feed *f, uint64_t skip, size_t step, uint64_t *ret_used)
{
    WebPDecoderConfig config;
    uint64_t used = skip;
    WebPIDecoder *w = begin(f, &config);
    if (w == NULL)
        return ERR_FORMAT;
    int r = feed_exactly(f, w, skip);
    if (r == 0)
        r = feed_until_whole(f, w, step, &used);
    end(w, &config);
    if (r == 0)
        *ret_used = used;
    return r;
}

/* In which step it ends, and then with which byte of that. */
static int find_end(const struct feed *f, uint64_t *ret_used)
{
    uint64_t used = 0;
    int r = decode(f, 0, STEP, &used);
    if (r == 0)
        r = decode(f, (used - 1) / STEP * STEP, 1, &used);
    if (r == 0)
        *ret_used = used;
    return r;
}

static void set_len(struct feed *f, uint64_t len)
{
    f->len = len;
    put_little32(f->head + FILE_HEAD_LEN - 4, (uint32_t)(len + (f->head_len - FILE_HEAD_LEN)));
}

/* libwebp begins a lossless picture once it has an eighth of the chunk, and a chunk of the bytes
 * that were needed must be whole by itself: so it is asked again until nothing more goes. */
static int find_last_end(struct feed *f, uint64_t *ret_used)
{
    uint64_t used = 0;
    int r = find_end(f, &used);
    while (r == 0 && f->len - used > FLUSH_MAX) {
        set_len(f, used);
        r = find_end(f, &used);
    }
    if (r == 0)
        *ret_used = f->len;
    return r;
}

static int check_size(const struct feed *f)
{
    uint8_t bytes[FILE_HEAD_LEN + 32] = {0};
    WebPBitstreamFeatures features;
    size_t n = sizeof bytes - f->head_len < f->len ? sizeof bytes - f->head_len : (size_t)f->len;
    memcpy(bytes, f->head, f->head_len);
    int r = media_read(f->s, f->at, bytes + f->head_len, n);
    if (r < 0)
        return r;
    if (WebPGetFeatures(bytes, f->head_len + n, &features) != VP8_STATUS_OK)
        return ERR_FORMAT;
    uint64_t pixels = (uint64_t)features.width * (uint64_t)features.height;
    return pixels > WEBP_PIXELS_MAX ? ERR_LIMIT : 0;
}

static int alpha_end(struct feed *f, uint32_t width, uint32_t height, uint64_t *ret_used)
{
    uint8_t first = 0;
    uint64_t pixels = (uint64_t)width * height, used = 0;
    int r = media_read(f->s, f->at, &first, 1);
    if (r < 0 || pixels == 0)
        return r < 0 ? r : ERR_FORMAT;
    if ((first & ALPHA_CODING) == 0) { /* a byte for each pixel, as it is */
        if (1 + pixels > f->len)
            return ERR_FORMAT;
        *ret_used = 1 + pixels;
        return 0;
    }
    f->at++;
    f->len--;
    begin_alpha(f, width, height);
    r = check_size(f);
    if (r == 0)
        r = find_last_end(f, &used);
    if (r == 0)
        *ret_used = 1 + used;
    return r;
}

int webp_frame_end(const struct media_source *s, uint64_t at, uint64_t len, enum webp_coding coding,
                   uint32_t width, uint32_t height, uint64_t *ret_used)
{
    struct feed f = {.s = s, .at = at, .len = len};
    if (len == 0)
        return ERR_FORMAT;
    if (coding == WEBP_ALPHA)
        return alpha_end(&f, width, height, ret_used);
    begin_file(&f, coding == WEBP_LOSSY ? "VP8 " : "VP8L", len);
    int r = check_size(&f);
    return r < 0 ? r : find_last_end(&f, ret_used);
}
