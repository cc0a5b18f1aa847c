/* Media files: removing what a photo says besides its picture, small previews, the length of
 * sounds. This room knows nothing of messages, writes no files, and holds little of one at a time:
 * a few kilobytes, of a progressive JPEG one bit for each coefficient, of a lossless WebP its
 * pixels.
 *
 * A photo without its metadata is a plan: which of its bytes stay, and the few that replace others.
 * What stays is a list of what a picture needs; all else goes, known or not: EXIF, XMP, IPTC,
 * comments, thumbnails, colour profiles (they name cameras), and whatever follows the picture's end
 * (phones put a film there, with its place), also where that end is none that a length tells, but
 * the picture's last coded byte. The orientation stays, as an EXIF block of this one tag.
 *
 *     JPEG     SOF, DHT, DQT, DRI, SOS with its data, EOI; JFIF without thumbnail; Adobe
 *     PNG      IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs acTL fcTL fdAT
 *     WebP     VP8X (flags corrected) VP8 VP8L ALPH ANIM; ANMF with VP8, VP8L, ALPH
 */
#ifndef IRONSIDE_MEDIA_PHOTO_H
#define IRONSIDE_MEDIA_PHOTO_H

#include <stdbool.h>

#include "media/source.h"

#define PHOTO_PIECES_MAX 512
#define PHOTO_LITERAL_MAX 1024

enum photo_kind { PHOTO_JPEG = 1, PHOTO_PNG, PHOTO_WEBP };

struct photo_piece {
    uint64_t at; /* in the source, or in the plan's literal bytes */
    uint64_t len;
    bool literal;
};

struct photo_plan {
    enum photo_kind kind;
    unsigned orientation; /* 1 to 8, as EXIF counts; 1: upright */
    uint64_t size;        /* of what comes out */
    struct photo_piece pieces[PHOTO_PIECES_MAX];
    size_t count;
    uint8_t literal[PHOTO_LITERAL_MAX];
    size_t literal_len;
};

/* "image/jpeg" */
const char *photo_type(enum photo_kind kind);
/* ERR_NOT_FOUND: none of the three formats. ERR_FORMAT: one of them, but damaged; ERR_LIMIT: too
 * large, of too many parts, or of a coding (JPEG: arithmetic, lossless) that is not read; ERR_IO.
 */
int photo_plan(const struct media_source *s, struct photo_plan *ret, struct diag *d) MUST_USE;
/* The format of a picture, film or document that may tell as much and that is not cleaned: "HEIC";
 * NULL: it is in none that is known. */
const char *photo_uncleaned(const struct media_source *s);
/* The bytes of what comes out. ERR_FORMAT: past its size. */
int photo_read(const struct photo_plan *p, const struct media_source *s, uint64_t offset, void *ret,
               size_t len) MUST_USE;

/* What comes out, as a source; it points at both. */
struct photo_view {
    const struct photo_plan *plan;
    const struct media_source *source;
};
struct media_source photo_source(struct photo_view *v);

#endif
