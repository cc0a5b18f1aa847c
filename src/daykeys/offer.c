#include "daykeys/offer.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "wire/warrant.h"

static int check(const char *warrant, int64_t from_day, int64_t until_day, struct diag *d)
{
    if (!value_warrant_valid(warrant) || strlen(warrant) > OFFER_ID_MAX)
        return diag_set(d, ERR_FORMAT,
                        "'%s' is not a warrant's id: letters, digits, '.', '_', '-', at most %u",
                        warrant, OFFER_ID_MAX);
    if (until_day < from_day || until_day - from_day >= WARRANT_DAYS_MAX)
        return diag_set(d, ERR_FORMAT,
                        "the last day is before the first, or over ten years after it");
    return 0;
}

static int make_keys(const struct bot_folder *f, const char *warrant, int64_t from_day,
                     size_t count, uint8_t (*ret)[HPKE_PUBLIC_BYTES], struct diag *d)
{
    CLEANUP_SECRET uint8_t *credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    CLEANUP_CLOSE int fd = bot_folder_daykeys(f, d);
    if (fd < 0)
        return fd;
    int r = bot_folder_credential(f, credential, d);
    return r < 0 ? r : daykeys_make(fd, credential, warrant, from_day, count, ret, d);
}

int offer_make(const struct bot_folder *f, const char *domain, const char *warrant,
               int64_t from_day, int64_t until_day, struct buf *ret_note, struct diag *d)
{
    CLEANUP_SECRET struct signing_key *sign = NULL;
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_EPOCHS_MAX);
    int r = check(warrant, from_day, until_day, d);
    if (r == 0)
        r = bot_folder_signing_key(f, &sign, d);
    if (r < 0)
        return r;
    size_t count = (size_t)(until_day - from_day + 1);
    CLEANUP_FREE uint8_t(*keys)[HPKE_PUBLIC_BYTES] = mem_array(count, HPKE_PUBLIC_BYTES);
    CLEANUP_FREE struct epoch *days = mem_array(count, sizeof *days);
    r = make_keys(f, warrant, from_day, count, keys, d);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        days[i].day = from_day + (int64_t)i;
        memcpy(days[i].key, keys[i], HPKE_PUBLIC_BYTES);
    }
    struct epochs e = {.warrant = warrant, .bot = f->jid, .days = days, .count = count};
    struct note_key k = keys_verifier(sign);
    epochs_format(&text, domain, &e);
    note_sign(ret_note, (const char *)text.data, text.len, &k, sign->secret);
    return buf_failed(&text) || buf_failed(ret_note)
               ? diag_set(d, ERR_LIMIT, "the offer %s would be too large", warrant)
               : 0;
}
