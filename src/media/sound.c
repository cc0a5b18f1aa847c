#include "media/sound.h"

#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SECONDS_MAX 86400
#define CHANNELS_MAX 8
#define BLOCK_SAMPLES 8192

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

static SNDFILE *open_sound(struct reading *k, SF_INFO *ret)
{
    SF_VIRTUAL_IO io = {
        .get_filelen = get_length, .seek = seek, .read = read_some, .write = NULL, .tell = tell};
    return sf_open_virtual(&io, SFM_READ, ret, k);
}

static bool has_length(const SF_INFO *info)
{
    return info->samplerate > 0 && info->frames > 0 &&
           info->frames / info->samplerate < (sf_count_t)SECONDS_MAX;
}

int sound_duration(const struct media_source *s, uint32_t *ret_seconds, const char **ret_type)
{
    struct reading k = {.source = s};
    SF_INFO info = {0};
    SNDFILE *f = open_sound(&k, &info);
    if (f == NULL)
        return ERR_NOT_FOUND;
    sf_close(f);
    if (!has_length(&info))
        return ERR_NOT_FOUND;
    *ret_seconds = (uint32_t)((info.frames + info.samplerate - 1) / info.samplerate);
    *ret_type = type_of(info.format);
    return 0;
}

/* ---- the wave form ---- */

/* Samples of all channels; the loudest of each place counts. */
static void take_samples(const float *samples, size_t count, float *loudest)
{
    for (size_t i = 0; i < count; i++) {
        float x = fabsf(samples[i]);
        if (x > *loudest) /* what is no number is not louder */
            *loudest = x;
    }
}

/* To its end, or as far as its head says. */
static sf_count_t read_wave(SNDFILE *f, const SF_INFO *info, uint8_t *ret, size_t count)
{
    float samples[BLOCK_SAMPLES];
    sf_count_t block = BLOCK_SAMPLES / info->channels, done = 0, n = 0;
    for (size_t place = 0; place < count; place++) {
        sf_count_t end = (sf_count_t)((uint64_t)info->frames * (place + 1) / count);
        float loudest = 0;
        while (done < end) {
            n = sf_readf_float(f, samples, end - done < block ? end - done : block);
            if (n <= 0)
                return done;
            take_samples(samples, (size_t)(n * info->channels), &loudest);
            done += n;
        }
        ret[place] = loudest >= 1 ? UINT8_MAX : (uint8_t)(loudest * UINT8_MAX);
    }
    return done;
}

int sound_wave(const struct media_source *s, uint8_t *ret, size_t count, uint32_t *ret_milliseconds)
{
    struct reading k = {.source = s};
    SF_INFO info = {0};
    SNDFILE *f = open_sound(&k, &info);
    if (f == NULL)
        return ERR_NOT_FOUND;
    bool good = has_length(&info) && info.channels > 0 && info.channels <= CHANNELS_MAX;
    memset(ret, 0, count);
    sf_count_t done = good ? read_wave(f, &info, ret, count) : 0;
    sf_close(f);
    if (!good)
        return ERR_NOT_FOUND;
    if (done < info.frames)
        return ERR_FORMAT;
    *ret_milliseconds = (uint32_t)(((uint64_t)info.frames * 1000 + (uint64_t)info.samplerate - 1) /
                                   (uint64_t)info.samplerate);
    return 0;
}
