/* An age file, read with a fixed identity. */
#include "crypto/age.h"
#include "crypto/hpke.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct age_identity id = {.secret = {0x42}}; /* as make_seeds.c has it */
    hpke_public_of(id.secret, id.public);
    CLEANUP_BUF struct buf out = BUF_INIT(FUZZ_BYTES_MAX);
    buf_put_text(&out, "before");
    int r = age_decrypt(&id, 1, data, len, &out);
    FUZZ_MUST(r == 0 || out.len == 6); /* what was appended is taken back */
    FUZZ_MUST(r != 0 || out.len < len + 6);

    /* Identity and recipient as text, too. */
    char text[128];
    size_t n = len < sizeof text - 1 ? len : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = '\0';
    struct age_recipient recipient;
    char again[AGE_IDENTITY_LEN + 1];
    if (age_recipient_parse(text, &recipient) == 0) {
        age_recipient_format(&recipient, again);
        FUZZ_MUST(strcmp(text, again) == 0);
    }
    if (age_identity_parse(text, &id) == 0) {
        age_identity_format(&id, again);
        FUZZ_MUST(strcmp(text, again) == 0);
    }
    static struct age_identities all;
    FUZZ_MUST(age_identities_parse(text, &all) < 0 || all.count > 0);
    return 0;
}
