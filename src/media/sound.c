#include "media/sound.h"

#include <sndfile.h>
#include <stdio.h>

#define SECONDS_MAX 86400

struct reading {
    const struct media_source *source;
    uint64_t at;
};

static sf_count_t get_length(void *context)
{
    const struct reading *k = context;
    return (sf_count_t)k->source->size;
}

static sf_count_t seek(sf_count_t offset, int whence, void *context)
{
    struct reading *k = context;
    sf_count_t size = (sf_count_t)k->source->size;
    sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (sf_count_t)k->at : size;
    if (offset < -base || offset > size - base)
        return -1;
    k->at = (uint64_t)(base + offset);
    return (sf_count_t)k->at;
}

static sf_count_t read_some(void *to, sf_count_t count, void *context)
{
    struct reading *k = context;
    uint64_t left = k->source->size - k->at;
    size_t n = count < 0 ? 0 : (uint64_t)count < left ? (size_t)count : (size_t)left;
    if (media_read(k->source, k->at, to, n) < 0)
        return 0;
    k->at += n;
    return (sf_count_t)n;
}

static sf_count_t tell(void *context)
{
    const struct reading *k = context;
    return (sf_count_t)k->at;
}

static const char *type_of(int format)
{
    switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
        return "audio/wav";
    case SF_FORMAT_OGG:
        return "audio/ogg";
    case SF_FORMAT_FLAC:
        return "audio/flac";
    case SF_FORMAT_MPEG:
        return "audio/mpeg";
    default:
        return "application/octet-stream";
    }
}

int sound_duration(const struct media_source *s, uint32_t *ret_seconds, const char **ret_type)
{
    SF_VIRTUAL_IO io = {
        .get_filelen = get_length, .seek = seek, .read = read_some, .write = NULL, .tell = tell};
    struct reading k = {.source = s};
    SF_INFO info = {0};
    SNDFILE *f = sf_open_virtual(&io, SFM_READ, &info, &k);
    if (f == NULL)
        return ERR_NOT_FOUND;
    sf_close(f);
    if (info.samplerate <= 0 || info.frames <= 0 ||
        info.frames / info.samplerate >= (sf_count_t)SECONDS_MAX)
        return ERR_NOT_FOUND;
    *ret_seconds = (uint32_t)((info.frames + info.samplerate - 1) / info.samplerate);
    *ret_type = type_of(info.format);
    return 0;
}
