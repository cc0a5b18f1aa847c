/* A file that is written from its beginning to its end, plain or zstd by its name's ending. */
#ifndef IRONSIDE_POPULATION_OUTPUT_H
#define IRONSIDE_POPULATION_OUTPUT_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"

struct output;

/* ERR_IO: it cannot be made. One that is there is replaced. */
int output_open(const char *path, struct output **ret, struct diag *d) MUST_USE;
/* Where the caller writes: taken on by the next output_flush. */
struct buf *output_buf(struct output *o);
/* Takes on what was written, once there is much of it. ERR_IO, ERR_LIMIT. */
int output_flush(struct output *o, struct diag *d) MUST_USE;
/* Writes the rest and closes it; without it the file is cut off. ERR_IO. */
int output_finish(struct output *o, struct diag *d) MUST_USE;
void output_free(struct output *o);
DEFINE_CLEANUP(struct output, output_free)

#endif
