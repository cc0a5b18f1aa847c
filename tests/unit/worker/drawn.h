/* Pictures for the tests of this room, drawn and stored by leptonica. */
#ifndef IRONSIDE_TESTS_DRAWN_H
#define IRONSIDE_TESTS_DRAWN_H

#include "base/buf.h"

struct Pix;

enum drawn_format { DRAWN_PNG, DRAWN_JPEG, DRAWN_WEBP };

/* Slopes and a ring, of that size; another `kind` is another picture. */
struct Pix *drawn_scene(int width, int height, int kind);
/* Black letters on white. */
struct Pix *drawn_text(const char *text);
/* The picture's file; it is destroyed. */
void drawn_file(struct Pix *pix, enum drawn_format format, struct buf *ret);
/* A PNG whose head says that it has these sides, and that has no more than its head. */
void drawn_bomb(uint32_t width, uint32_t height, struct buf *ret);
/* A WAV of one channel: so many milliseconds of silence, then as many of a tone. */
void drawn_sound(uint32_t milliseconds, struct buf *ret);

/* Runs this program again as the desk runs its workers: what tesseract takes threads of reads its
 * environment at the start. The first call of main. */
void drawn_one_thread(char **argv);

#endif
