/* The one clock that everything reads.
 *
 * A live network's clock is the system's. A replay network's clock is a page of memory that
 * the replay driver writes and every other process maps read-only: it stands still until the
 * driver moves it. Retries, rounds, rates and checkpoints never read this clock but the
 * monotonic one, in every network.
 */
#ifndef IRONSIDE_BASE_CLOCK_H
#define IRONSIDE_BASE_CLOCK_H

#define CLOCK_SECOND_MS 1000

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct clock_page; /* the shared page */

struct clock {
    struct clock_page *page; /* NULL: the system's clock */
};

static inline struct clock clock_live(void)
{
    return (struct clock){0};
}

/* Makes the page at `path` (mode 0600, replaced if there) showing `at_unix_ms`, mapped for
 * writing, and leaves a descriptor of it for clock_page_map, to read only, in `*ret_fd` if
 * `ret_fd` is not NULL. ERR_IO. */
int clock_page_create(const char *path, int64_t at_unix_ms, struct clock *ret,
                      int *ret_fd) MUST_USE;
/* Maps the page behind `fd` read-only; the descriptor stays the caller's. ERR_IO, ERR_FORMAT. */
int clock_page_map(int fd, struct clock *ret) MUST_USE;
int clock_page_open(const char *path, struct clock *ret) MUST_USE;
/* Moves a page that this process created. It never goes back: an earlier time is ignored. */
void clock_page_set(struct clock *c, int64_t at_unix_ms);
void clock_clear(struct clock *c);

int64_t clock_now_ms(const struct clock *c);
bool clock_is_replay(const struct clock *c);
/* The system's clock, in every network: for what a machine keeps for itself. */
int64_t clock_system_ms(void);

/* Milliseconds of CLOCK_MONOTONIC: pauses, rounds, rates. */
int64_t clock_monotonic_ms(void);
/* The pause behind one of `pause_ms`: twice as long, `max_ms` at most; behind none (0) `first_ms`.
 */
int clock_next_pause(int pause_ms, int first_ms, int max_ms);
/* Seconds of CLOCK_BOOTTIME: counts sleep too, never jumps. */
int64_t clock_boot_seconds(void);

#endif
