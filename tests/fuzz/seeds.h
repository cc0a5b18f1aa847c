/* Between the files of make_seeds: each seed goes into the folder of its target. */
#ifndef IRONSIDE_TESTS_FUZZ_SEEDS_H
#define IRONSIDE_TESTS_FUZZ_SEEDS_H

#include "base/buf.h"

void seeds_save(const char *target, const char *name, const void *data, size_t len);
/* Saves what the buffer holds, and empties it. */
void seeds_save_buf(const char *target, const char *name, struct buf *b);
void seeds_save_text(const char *target, const char *name, const char *text);
/* The same behind a byte that chooses. */
void seeds_save_chosen(const char *target, const char *name, uint8_t choice, const void *data,
                       size_t len);

/* desk_seeds.c */
void seeds_desk(void);
/* serve_seeds.c */
void seeds_serve(void);

#endif
