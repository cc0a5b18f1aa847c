/* bench/page: a desk that 'ironside init' made, filled with made-up messages.
 *
 *   ironside-bench-page MESSAGES DESK WARRANT      one message of forty belongs to one conversation
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "bench/desk_ask.h"
#include "bench/desk_filling.h"
#include "vault/vault.h"

#define SEED 20260301U
#define PAIR_EVERY 40U

int main(int argc, char **argv)
{
    process_begin();
    struct diag d;
    if (argc < 4)
        return 2;
    secret_init();
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint64_t messages = strtoull(argv[1], NULL, 10);
    uint8_t bytes[VAULT_KEY_BYTES];
    CLEANUP_FREE char *key_path = file_join(argv[2], "vault.key");
    CLEANUP_FREE char *path = file_join(argv[2], "index/desk.vault");
    const struct desk_index_options o = {.path = path, .key = &(struct vault_key){.bytes = bytes}};
    struct desk_filling f = {.texts = desk_texts_new(SEED, messages),
                             .n = mem_array(DESK_PEOPLE, sizeof *f.n),
                             .pair_every = PAIR_EVERY,
                             .warrant = argv[3]}; /* in force, or nothing would be in sight */
    if (vault_key_file_read(key_path, bytes, &d) < 0 || desk_index_open(&o, false, &f.x, &d) < 0)
        desk_die(&d);
    desk_filling_all(&f, messages);
    desk_index_close(f.x);
    desk_texts_free(f.texts);
    free(f.n);
    return 0;
}
