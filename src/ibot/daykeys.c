#include "ibot/daykeys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "wire/warrant.h"

#define HEADER_BYTES 64
#define SLOT_BYTES 192
#define AAD_BYTES 112 /* of a slot, before the nonce */
#define NONCE_BYTES 24
#define SEALED_BYTES (HPKE_SECRET_BYTES + 16)
#define LIVE 1
#define DESTROYED 2
#define FILE_MAX (HEADER_BYTES + (size_t)SLOT_BYTES * 16 * WARRANT_DAYS_MAX)

static const char header_text[HEADER_BYTES] = "ironside day keys 1";

struct slot {
    uint8_t state;
    int64_t day;
    char warrant[VALUE_WARRANT_MAX + 1];
    struct hpke_keypair pair; /* secret half only of live slots */
};

/* Slots in a row for one warrant's consecutive days, as daykeys_make appends them. */
struct run {
    size_t first, count;
};

struct daykeys {
    struct slot *slots;                 /* one secret allocation */
    struct hpke_recipient **recipients; /* made when first asked for */
    size_t count;
    struct run *runs;
    size_t run_count;
};

int daykeys_create(const char *path, struct diag *d)
{
    return file_create(path, header_text, sizeof header_text, 0600, d);
}

static void put_public_part(struct buf *b, const struct slot *s)
{
    static const uint8_t zeros[VALUE_WARRANT_MAX];
    size_t len = strlen(s->warrant);
    buf_put_u8(b, s->state);
    buf_put(b, zeros, 7);
    buf_put_u64(b, (uint64_t)s->day);
    buf_put(b, s->warrant, len);
    buf_put(b, zeros, VALUE_WARRANT_MAX - len);
    buf_put(b, s->pair.public, HPKE_PUBLIC_BYTES);
}

static void put_slot(struct buf *b, const struct slot *s,
                     const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES])
{
    size_t start = b->len;
    put_public_part(b, s);
    uint8_t nonce[NONCE_BYTES], sealed[SEALED_BYTES];
    secret_random(nonce, sizeof nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, s->pair.secret, HPKE_SECRET_BYTES,
                                               b->data + start, AAD_BYTES, NULL, nonce, credential);
    buf_put(b, nonce, sizeof nonce);
    buf_put(b, sealed, sizeof sealed);
    buf_put_u64(b, 0);
}

static int get_slot(const uint8_t bytes[static SLOT_BYTES],
                    const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES], struct slot *ret)
{
    struct cursor c = cursor_over(bytes, SLOT_BYTES);
    ret->state = cursor_u8(&c);
    (void)cursor_bytes(&c, 7);
    ret->day = (int64_t)cursor_u64(&c);
    cursor_copy(&c, ret->warrant, VALUE_WARRANT_MAX);
    ret->warrant[VALUE_WARRANT_MAX] = '\0';
    cursor_copy(&c, ret->pair.public, HPKE_PUBLIC_BYTES);
    const uint8_t *nonce = cursor_bytes(&c, NONCE_BYTES), *sealed = cursor_bytes(&c, SEALED_BYTES);
    if (ret->state == DESTROYED)
        return 0;
    if (ret->state != LIVE || !value_warrant_valid(ret->warrant))
        return ERR_FORMAT;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret->pair.secret, NULL, NULL, sealed,
                                                      SEALED_BYTES, bytes, AAD_BYTES, nonce,
                                                      credential) == 0
               ? 0
               : ERR_AUTH;
}

static int read_file(int fd, struct buf *b, struct diag *d)
{
    if (lseek(fd, 0, SEEK_SET) != 0 || file_read_fd(fd, b) < 0)
        return diag_set(d, ERR_IO, "the day keys cannot be read: %s", strerror(errno));
    if (b->len < HEADER_BYTES || memcmp(b->data, header_text, HEADER_BYTES) != 0)
        return diag_set(d, ERR_FORMAT, "the file of day keys is not one of this version");
    /* A slot that was cut while it was being appended belongs to an offer that was never made. */
    b->len -= (b->len - HEADER_BYTES) % SLOT_BYTES;
    return 0;
}

/* Slot number `k->count` joins the last run or begins one. */
static void add_to_runs(struct daykeys *k)
{
    const struct slot *s = &k->slots[k->count];
    if (k->count > 0 && strcmp(s[-1].warrant, s->warrant) == 0 && s[-1].day + 1 == s->day) {
        k->runs[k->run_count - 1].count++;
        return;
    }
    k->runs[k->run_count++] = (struct run){.first = k->count, .count = 1};
}

int daykeys_open(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 struct daykeys **ret, struct diag *d)
{
    CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
    int r = read_file(fd, &file, d);
    if (r < 0)
        return r;
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = mem_new(sizeof *k);
    size_t count = (file.len - HEADER_BYTES) / SLOT_BYTES;
    k->slots = secret_new(count * sizeof *k->slots);
    k->recipients = mem_array(count, sizeof(struct hpke_recipient *));
    k->runs = mem_array(count, sizeof *k->runs);
    for (; k->count < count; k->count++) {
        r = get_slot(file.data + HEADER_BYTES + k->count * SLOT_BYTES, credential,
                     &k->slots[k->count]);
        if (r == ERR_AUTH)
            return diag_set(d, r, "day key %zu does not open: another credential, or changed",
                            k->count);
        if (r < 0)
            return diag_set(d, r, "day key %zu is malformed", k->count);
        add_to_runs(k);
    }
    *ret = TAKE(k);
    return 0;
}

void daykeys_free(struct daykeys *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->count; i++)
        hpke_recipient_free(k->recipients[i]);
    free(k->recipients);
    free(k->runs);
    secret_free(k->slots);
    free(k);
}

struct hpke_recipient *daykeys_find(struct daykeys *k, const char *warrant, int64_t day)
{
    for (size_t i = 0; i < k->run_count; i++) {
        const struct slot *first = &k->slots[k->runs[i].first];
        if (day < first->day || day - first->day >= (int64_t)k->runs[i].count ||
            strcmp(first->warrant, warrant) != 0)
            continue;
        size_t at = k->runs[i].first + (size_t)(day - first->day);
        if (k->slots[at].state != LIVE)
            return NULL;
        if (k->recipients[at] == NULL)
            k->recipients[at] = hpke_recipient_new(&k->slots[at].pair);
        return k->recipients[at];
    }
    return NULL;
}

int daykeys_make(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 const char *warrant, int64_t first_day, size_t count,
                 uint8_t (*ret_public)[HPKE_PUBLIC_BYTES], struct diag *d)
{
    CLEANUP(daykeys_free_cleanup) struct daykeys *have = NULL;
    int r = daykeys_open(fd, credential, &have, d);
    if (r < 0)
        return r;
    for (size_t i = 0; i < have->count; i++)
        if (strcmp(have->slots[i].warrant, warrant) == 0)
            return diag_set(d, ERR_EXISTS, "warrant %s has day keys already", warrant);
    CLEANUP_BUF struct buf b = BUF_INIT(FILE_MAX);
    struct slot *s = secret_new(sizeof *s);
    snprintf(s->warrant, sizeof s->warrant, "%s", warrant);
    s->state = LIVE;
    for (size_t i = 0; i < count; i++) {
        s->day = first_day + (int64_t)i;
        hpke_generate_keypair(&s->pair);
        memcpy(ret_public[i], s->pair.public, HPKE_PUBLIC_BYTES);
        put_slot(&b, s, credential);
    }
    secret_free(s);
    off_t end = (off_t)(HEADER_BYTES + have->count * SLOT_BYTES);
    if (buf_failed(&b) || lseek(fd, end, SEEK_SET) != end || file_write_fd(fd, b.data, b.len) < 0 ||
        fsync(fd) != 0)
        return diag_set(d, ERR_IO, "the day keys cannot be written: %s", strerror(errno));
    return 0;
}
