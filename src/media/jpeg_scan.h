/* Where the picture's own bytes of a JPEG end (ITU T.81, annexes F and G).
 *
 * A scan is bits without a length: only who decodes its symbols knows which byte is its last, and
 * what stands behind that, up to the next marker, is shown by no program. So this reads the symbols
 * of Huffman-coded scans, sequential and progressive, and makes no picture of them. Of a
 * progressive photo it remembers one bit for each coefficient, as its later scans depend on them.
 */
#ifndef IRONSIDE_MEDIA_JPEG_SCAN_H
#define IRONSIDE_MEDIA_JPEG_SCAN_H

#include <stdbool.h>

#include "media/source.h"

#define JPEG_PARTS_MAX 4U
#define JPEG_TABLES 4U
#define JPEG_SYMBOLS_MAX 256U
#define JPEG_CODE_BITS_MAX 16U
#define JPEG_BLOCKS_MAX (4U * 1024 * 1024) /* 8 bytes each, of a progressive photo: some 170 MP */

struct jpeg_table {
    bool defined;
    int32_t first_code[JPEG_CODE_BITS_MAX + 1]; /* of each length; -1: none of that length */
    int32_t last_code[JPEG_CODE_BITS_MAX + 1];
    uint16_t first_symbol[JPEG_CODE_BITS_MAX + 1];
    uint8_t symbols[JPEG_SYMBOLS_MAX];
};

struct jpeg_part { /* a component */
    uint8_t id;
    unsigned h, v;         /* sampling factors */
    uint32_t across, down; /* its blocks, where it stands alone in a scan */
    uint32_t stride;       /* its blocks in a row of the whole picture */
    bool scanned;          /* some scan told of it */
    uint64_t *nonzero;     /* progressive: a bit for each coefficient of each block */
};

/* What segments said that scans depend on. Begins as zeros. */
struct jpeg_scan {
    bool framed, progressive;
    uint32_t mcus_across, mcus_down;
    struct jpeg_part parts[JPEG_PARTS_MAX];
    size_t part_count;
    struct jpeg_table dc[JPEG_TABLES], ac[JPEG_TABLES];
    uint32_t restart; /* MCUs between restart markers; 0: none */
};

void jpeg_scan_clear(struct jpeg_scan *s);

/* The data of a SOF, DHT or DRI segment, behind its length. ERR_FORMAT; ERR_LIMIT: a picture, or a
 * coding, that this does not read. */
int jpeg_scan_frame(struct jpeg_scan *s, unsigned marker, const uint8_t *data, size_t len) MUST_USE;
int jpeg_scan_tables(struct jpeg_scan *s, const uint8_t *data, size_t len) MUST_USE;
int jpeg_scan_restart(struct jpeg_scan *s, const uint8_t *data, size_t len) MUST_USE;

/* The data of a SOS segment, and the place behind it. `*ret_end` is the place behind the scan's
 * last byte. ERR_FORMAT: no such scan, or it is not whole; ERR_IO. */
int jpeg_scan_end(struct jpeg_scan *s, const uint8_t *data, size_t len,
                  const struct media_source *source, uint64_t at, uint64_t *ret_end) MUST_USE;

/* Each component was told, in part at least. */
bool jpeg_scan_begun(const struct jpeg_scan *s);
/* Nothing that belongs to the picture can follow: each component of a sequential one was told. */
bool jpeg_scan_complete(const struct jpeg_scan *s);

#endif
