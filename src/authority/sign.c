#include "authority/sign.h"

void authority_sign(struct buf *out, const struct buf *text, struct signing_key *const *keys,
                    size_t count)
{
    buf_put(out, text->data, text->len);
    buf_put_u8(out, '\n');
    for (size_t i = 0; i < count; i++) {
        struct note_key k = keys_verifier(keys[i]);
        note_sign_line(out, (const char *)text->data, text->len, &k, keys[i]->secret);
    }
}
