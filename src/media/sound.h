/* How long a sound is, and how loud. */
#ifndef IRONSIDE_MEDIA_SOUND_H
#define IRONSIDE_MEDIA_SOUND_H

#include "media/source.h"

/* In seconds, rounded up, at least 1, and its media type. ERR_NOT_FOUND: not a sound that
 * libsndfile reads (WAV, FLAC, Ogg Vorbis and Opus, MP3, AIFF …), or not of a length. */
int sound_duration(const struct media_source *s, uint32_t *ret_seconds,
                   const char **ret_type) MUST_USE;

/* How loud it is at `count` places of equal distance: 0 silence, 255 the most that its samples can
 * say; and its length. ERR_NOT_FOUND as above; ERR_FORMAT: it cannot be decoded to its end. */
int sound_wave(const struct media_source *s, uint8_t *ret, size_t count,
               uint32_t *ret_milliseconds) MUST_USE;

#endif
