#include "worker/make.h"

#include "media/sound.h"
#include "worker/picture.h"

static enum worker_outcome make_photo(const uint8_t *data, size_t len, struct ocr *ocr,
                                      struct buf *ret)
{
    CLEANUP_PICTURE struct picture p = {0};
    CLEANUP_BUF struct buf thumbnail = BUF_INIT_SECRET(WORKER_THUMBNAIL_MAX);
    CLEANUP_BUF struct buf read = BUF_INIT_SECRET(WORKER_WORDS_MAX + 1);
    enum worker_outcome o = picture_read(data, len, &p);
    if (o != WORKER_DONE)
        return o;
    if (picture_thumbnail(&p, &thumbnail) < 0)
        return WORKER_UNREADABLE;
    if (ocr != NULL)
        ocr_read(ocr, &p, &read);
    const struct worker_made m = {.width = p.width,
                                  .height = p.height,
                                  .thumbnail = thumbnail.data,
                                  .thumbnail_len = thumbnail.len,
                                  .likeness = picture_likeness(&p),
                                  .words = buf_text(&read)};
    worker_made_put(ret, &m);
    return WORKER_DONE;
}

static enum worker_outcome make_sound(const uint8_t *data, size_t len, struct buf *ret)
{
    uint8_t wave[WORKER_WAVE_MAX];
    const struct media_source s = media_source_memory(&data, len);
    struct worker_made m = {.words = "", .wave = wave, .wave_len = sizeof wave};
    int r = sound_wave(&s, wave, sizeof wave, &m.milliseconds);
    if (r < 0)
        return r == ERR_NOT_FOUND ? WORKER_UNKNOWN : WORKER_UNREADABLE;
    worker_made_put(ret, &m);
    return WORKER_DONE;
}

enum worker_outcome worker_make(const struct worker_job *j, const uint8_t *data, struct ocr *ocr,
                                struct buf *ret)
{
    switch (j->kind) {
    case WORKER_PHOTO:
        return make_photo(data, j->size, ocr, ret);
    case WORKER_SOUND:
        return make_sound(data, j->size, ret);
    case WORKER_KINDS:
        break;
    }
    return WORKER_UNKNOWN;
}
