/* Words that a machine reads in a photo (tesseract). What it is sure of by half is kept; it errs,
 * and who shows its words says that a machine has read them. */
#ifndef IRONSIDE_WORKER_OCR_H
#define IRONSIDE_WORKER_OCR_H

#include "worker/picture.h"

struct ocr;

/* Loads the models of the languages that are installed, six at most; before the process confines
 * itself. ERR_NOT_FOUND: none is. */
int ocr_new(struct ocr **ret, struct diag *d) MUST_USE;
void ocr_free(struct ocr *w);
DEFINE_CLEANUP(struct ocr, ocr_free)
/* "eng+spa" */
const char *ocr_languages(const struct ocr *w);
/* Appends them, a line for each of the photo's. Nothing where there are none. */
void ocr_read(struct ocr *w, const struct picture *p, struct buf *ret);

#endif
