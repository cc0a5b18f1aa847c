/* How long a sound is. */
#ifndef IRONSIDE_MEDIA_SOUND_H
#define IRONSIDE_MEDIA_SOUND_H

#include "media/source.h"

/* In seconds, rounded up, at least 1, and its media type. ERR_NOT_FOUND: not a sound that
 * libsndfile reads (WAV, FLAC, Ogg Vorbis and Opus, MP3, AIFF …), or not of a length. */
int sound_duration(const struct media_source *s, uint32_t *ret_seconds,
                   const char **ret_type) MUST_USE;

#endif
