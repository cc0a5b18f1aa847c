/* What is made of one file's bytes. */
#ifndef IRONSIDE_WORKER_MAKE_H
#define IRONSIDE_WORKER_MAKE_H

#include "worker/job.h"
#include "worker/ocr.h"

/* Appends what worker_made_get reads, where it is WORKER_DONE. `ocr` NULL: no words are read. */
enum worker_outcome worker_make(const struct worker_job *j, const uint8_t *data, struct ocr *ocr,
                                struct buf *ret);

#endif
