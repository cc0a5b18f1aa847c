#include "archive/held.h"

#include <inttypes.h>
#include <string.h>

static int open_note(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                     const char *name, const char *text, struct checkpoint *ret, struct diag *d)
{
    struct note view;
    struct note_key key = {.name = journal_bot(j)};
    memcpy(key.key, bot_key, sizeof key.key);
    int r = note_parse(text, strlen(text), CHECKPOINT_MAX_BYTES, &view);
    if (r == 0)
        r = checkpoint_parse(view.text, view.text_len, key.name, ret);
    if (r == ERR_AUTH)
        return diag_set(d, r, "%s: a checkpoint of another tree than that of %s", name, key.name);
    if (r < 0)
        return diag_set(d, r, "%s: not a checkpoint", name);
    return note_verify(&view, &key) < 0
               ? diag_set(d, ERR_AUTH, "%s: not signed with the key of %s", name, key.name)
               : 0;
}

int held_check(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *name,
               const char *note, struct diag *d)
{
    struct checkpoint c;
    uint8_t root[MERKLE_BYTES];
    int r = open_note(j, bot_key, name, note, &c, d);
    if (r < 0)
        return r;
    if (c.size > journal_size(j))
        return diag_set(d, ERR_AUTH,
                        "%s: the bot signed a tree of %" PRIu64 " leaves, the journal has %" PRIu64
                        ": what came last is missing",
                        name, c.size, journal_size(j));
    if (journal_root(j, c.size, root) < 0 || memcmp(root, c.root, MERKLE_BYTES) != 0)
        return diag_set(d, ERR_AUTH,
                        "%s: the bot signed another tree of %" PRIu64 " leaves than the journal's",
                        name, c.size);
    return 0;
}
