/* Seeds of what a served network and its mirrors take from each other. */
#include <string.h>

#include "seeds.h"
#include "serve/round.h"

enum { PATH, LISTING, ROUNDS }; /* as fuzz_serve.c has them */

static void round_seed(void)
{
    static const uint8_t lines[2][VERDICT_LINE_BYTES] = {{1}, {2}}, leaves[2][MERKLE_BYTES] = {{3}};
    static const uint8_t positions[2 * VERDICT_POSITION_BYTES] = {0, 0, 0, 1};
    static const struct journal_file file = {.sha256 = {4}, .size = 5};
    const struct journal_batch batch = {.warrant = "2026-0001",
                                        .leaves = leaves,
                                        .positions = positions,
                                        .count = 2,
                                        .sealed = (const uint8_t *)"sealed",
                                        .sealed_len = 6};
    const struct journal_round r = {.at_unix_ms = 1,
                                    .batches = &batch,
                                    .batch_count = 1,
                                    .lines = lines,
                                    .line_count = 2,
                                    .policy = 1,
                                    .files = &file,
                                    .file_count = 1};
    struct buf b = BUF_INIT(1U << 16);
    if (serve_round_put(&b, 7, &r) == 0)
        seeds_save_chosen("serve", "round", ROUNDS, b.data, b.len);
    buf_clear(&b);
}

void seeds_serve(void)
{
    static const char *const paths[] = {"/documents/policy-1.note", "/bots/ibot/checkpoints/12",
                                        "/bots/ibot/tile/1/x001/234.p/5"};
    static const char *const names[] = {"document", "checkpoints", "tile"};
    static const char listing[] =
        "5c705f1b87565f8bdb656cda0348c952eae7f332f9e70d4ea0e2a667701fb169 a.note\n"
        "5c705f1b87565f8bdb656cda0348c952eae7f332f9e70d4ea0e2a667701fb169 b.note\n";
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        seeds_save_chosen("serve", names[i], PATH, paths[i], strlen(paths[i]));
    seeds_save_chosen("serve", "listing", LISTING, listing, sizeof listing - 1);
    round_seed();
}
