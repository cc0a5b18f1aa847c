/* Made-up messages for bench/desk: chat-like lines of words whose frequencies follow Zipf's law,
 * people in organisations, countries, three years. The same seed makes the same. */
#ifndef IRONSIDE_BENCH_DESK_TEXTS_H
#define IRONSIDE_BENCH_DESK_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DESK_PEOPLE 12000U
#define DESK_WORDS 60000U
#define DESK_BEGIN_MS INT64_C(1677628800000) /* 2023-03-01 */
#define DESK_MONTHS 36U

struct desk_texts;
struct desk_text {
    uint32_t from, to[8];
    size_t to_count;
    bool photo;
    char country[3];
    int64_t at_unix_ms;
    char words[1024];
};

struct desk_texts *desk_texts_new(uint64_t seed, uint64_t messages);
void desk_texts_free(struct desk_texts *t);
void desk_texts_next(struct desk_texts *t, struct desk_text *ret);
/* The word of a rank, from 0 on; those below 60 are real English ones. */
const char *desk_texts_word(const struct desk_texts *t, uint32_t rank);

#endif
