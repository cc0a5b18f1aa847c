#include "daykeys/daykeys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "daykeys/internal.h"
#include "wire/warrant.h"

#define AAD_AT 8
#define AAD_BYTES (DAYKEYS_NONCE_AT - AAD_AT) /* all but the state, which changes */
#define NONCE_BYTES 24
#define SEALED_BYTES (HPKE_SECRET_BYTES + 16)
#define FILE_MAX (DAYKEYS_HEADER_BYTES + (size_t)DAYKEYS_SLOT_BYTES * 64 * WARRANT_DAYS_MAX)

static const char magic[20] = "ironside day keys 2";

/* ---- the header ---- */

static void put_header(struct buf *b, const struct daykeys_header *h)
{
    static const uint8_t zeros[8];
    buf_put(b, magic, sizeof magic);
    buf_put_u8(b, (uint8_t)h->mode);
    buf_put(b, zeros, 3);
    buf_put_u64(b, (uint64_t)h->counted);
    buf_put_u64(b, (uint64_t)h->clock);
    buf_put_u64(b, (uint64_t)h->spent);
    buf_put_u64(b, (uint64_t)h->day);
    buf_put(b, zeros, 8);
}

static bool get_header(const struct buf *file, struct daykeys_header *h)
{
    if (file->len < DAYKEYS_HEADER_BYTES || memcmp(file->data, magic, sizeof magic) != 0)
        return false;
    struct cursor c = cursor_over(file->data + sizeof magic, DAYKEYS_HEADER_BYTES - sizeof magic);
    static const uint8_t zeros[8];
    h->mode = cursor_u8(&c);
    const uint8_t *spare = cursor_bytes(&c, 3);
    h->counted = (int64_t)cursor_u64(&c);
    h->clock = (int64_t)cursor_u64(&c);
    h->spent = (int64_t)cursor_u64(&c);
    h->day = (int64_t)cursor_u64(&c);
    if (memcmp(spare, zeros, 3) != 0 || memcmp(cursor_bytes(&c, 8), zeros, 8) != 0)
        return false;
    return h->mode <= DAYKEYS_REPLAY && h->counted >= h->spent && h->spent >= 0 && h->clock >= 0;
}

int daykeys_write_header(int fd, const struct daykeys_header *h, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT(DAYKEYS_HEADER_BYTES);
    put_header(&b, h);
    if (pwrite(fd, b.data, b.len, 0) != (ssize_t)b.len || fdatasync(fd) != 0)
        return diag_set(d, ERR_IO, "the day keys' header cannot be written: %s", strerror(errno));
    return 0;
}

/* A machine that was started anew begins at 0 again: what it counts since then has passed, too. */
void daykeys_count(struct daykeys_header *h, int64_t clock_seconds)
{
    int64_t passed = clock_seconds - h->clock;
    if (h->clock == 0)
        passed = 0;
    else if (passed < 0)
        passed = h->mode == DAYKEYS_LIVE ? clock_seconds : 0;
    h->counted += passed;
    h->clock = clock_seconds;
}

int daykeys_create(const char *path, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT(DAYKEYS_HEADER_BYTES);
    /* As if the last day had been destroyed a pause ago: the first that is due need not wait. */
    const struct daykeys_header h = {.counted = DAYKEYS_PAUSE_SECONDS, .day = DAYKEYS_NO_DAY};
    put_header(&b, &h);
    return file_create(path, b.data, b.len, 0600, d);
}

/* ---- slots ---- */

static void put_slot(struct buf *b, const struct daykeys_slot *s,
                     const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES])
{
    static const uint8_t zeros[VALUE_WARRANT_MAX];
    size_t start = b->len, len = strlen(s->warrant);
    uint8_t nonce[NONCE_BYTES], sealed[SEALED_BYTES];
    buf_put_u8(b, (uint8_t)s->state);
    buf_put(b, zeros, 7);
    buf_put_u64(b, (uint64_t)s->made);
    buf_put_u64(b, (uint64_t)s->day);
    buf_put(b, s->warrant, len);
    buf_put(b, zeros, VALUE_WARRANT_MAX - len);
    buf_put(b, s->pair.public, HPKE_PUBLIC_BYTES);
    if (buf_failed(b))
        return;
    secret_random(nonce, sizeof nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, s->pair.secret, HPKE_SECRET_BYTES,
                                               b->data + start + AAD_AT, AAD_BYTES, NULL, nonce,
                                               credential);
    buf_put(b, nonce, sizeof nonce);
    buf_put(b, sealed, sizeof sealed);
}

static int get_slot(const uint8_t bytes[static DAYKEYS_SLOT_BYTES],
                    const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                    struct daykeys_slot *ret)
{
    static const uint8_t zeros[7];
    struct cursor c = cursor_over(bytes, DAYKEYS_SLOT_BYTES);
    ret->state = cursor_u8(&c);
    const uint8_t *spare = cursor_bytes(&c, sizeof zeros);
    ret->made = (int64_t)cursor_u64(&c);
    ret->day = (int64_t)cursor_u64(&c);
    cursor_copy(&c, ret->warrant, VALUE_WARRANT_MAX);
    ret->warrant[VALUE_WARRANT_MAX] = '\0';
    cursor_copy(&c, ret->pair.public, HPKE_PUBLIC_BYTES);
    const uint8_t *nonce = cursor_bytes(&c, NONCE_BYTES), *sealed = cursor_bytes(&c, SEALED_BYTES);
    if (ret->state < DAYKEYS_OFFERED || ret->state > DAYKEYS_DESTROYED ||
        memcmp(spare, zeros, sizeof zeros) != 0 || !value_warrant_valid(ret->warrant))
        return ERR_FORMAT;
    if (ret->state == DAYKEYS_DESTROYED)
        return 0;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret->pair.secret, NULL, NULL, sealed,
                                                      SEALED_BYTES, bytes + AAD_AT, AAD_BYTES,
                                                      nonce, credential) == 0
               ? 0
               : ERR_AUTH;
}

/* ---- the file ---- */

static int set_lock(int fd, short type)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET};
    int r;
    do
        r = fcntl(fd, F_OFD_SETLKW, &l);
    while (r != 0 && errno == EINTR);
    return r;
}

int daykeys_lock(int fd, struct diag *d)
{
    return set_lock(fd, F_WRLCK) != 0
               ? diag_set(d, ERR_IO, "the day keys cannot be locked: %s", strerror(errno))
               : 0;
}

void daykeys_unlock(int fd)
{
    (void)set_lock(fd, F_UNLCK);
}

int daykeys_read(int fd, struct buf *b, struct daykeys_header *ret, struct diag *d)
{
    if (lseek(fd, 0, SEEK_SET) != 0 || file_read_fd(fd, b) < 0)
        return diag_set(d, ERR_IO, "the day keys cannot be read: %s", strerror(errno));
    if (!get_header(b, ret))
        return diag_set(d, ERR_FORMAT, "the file of day keys is not one of this version");
    /* A slot that was cut while it was being appended belongs to an offer that was never made. */
    b->len -= (b->len - DAYKEYS_HEADER_BYTES) % DAYKEYS_SLOT_BYTES;
    return 0;
}

/* Slot number `k->count` joins the last run or begins one. */
static void add_to_runs(struct daykeys *k)
{
    const struct daykeys_slot *s = &k->slots[k->count];
    if (k->count > 0 && strcmp(s[-1].warrant, s->warrant) == 0 && s[-1].day + 1 == s->day) {
        k->runs[k->run_count - 1].count++;
        return;
    }
    k->runs[k->run_count++] = (struct daykeys_run){.first = k->count, .count = 1};
}

/* Lets the opened slots go. */
static void unload(struct daykeys *k)
{
    for (size_t i = 0; i < k->count; i++)
        hpke_recipient_free(k->recipients[i]);
    free(k->recipients);
    free(k->runs);
    secret_free(k->slots);
    k->recipients = NULL;
    k->runs = NULL;
    k->slots = NULL;
    k->count = k->run_count = k->next_told = 0;
}

int daykeys_load(struct daykeys *k, const struct buf *file, struct diag *d)
{
    size_t count = (file->len - DAYKEYS_HEADER_BYTES) / DAYKEYS_SLOT_BYTES;
    unload(k);
    k->slots = secret_new((count + 1) * sizeof *k->slots);
    k->recipients = mem_array(count + 1, sizeof(struct hpke_recipient *));
    k->runs = mem_array(count + 1, sizeof *k->runs);
    for (; k->count < count; k->count++) {
        int r = get_slot(file->data + DAYKEYS_HEADER_BYTES + k->count * DAYKEYS_SLOT_BYTES,
                         k->credential, &k->slots[k->count]);
        if (r == ERR_AUTH)
            return diag_set(d, r, "day key %zu does not open: another credential, or changed",
                            k->count);
        if (r < 0)
            return diag_set(d, r, "day key %zu is malformed", k->count);
        add_to_runs(k);
    }
    return 0;
}

/* Without a lock. */
static int open_now(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                    struct daykeys **ret, struct daykeys_header *ret_header, struct diag *d)
{
    CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = mem_new(sizeof *k);
    k->fd = fd;
    k->credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    memcpy(k->credential, credential, DAYKEYS_CREDENTIAL_BYTES);
    int r = daykeys_read(fd, &file, ret_header, d);
    if (r == 0)
        r = daykeys_load(k, &file, d);
    if (r == 0)
        *ret = TAKE(k);
    return r;
}

int daykeys_open(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 struct daykeys **ret, struct diag *d)
{
    struct daykeys_header h;
    int r = daykeys_lock(fd, d);
    if (r < 0)
        return r;
    r = open_now(fd, credential, ret, &h, d);
    daykeys_unlock(fd);
    return r;
}

void daykeys_free(struct daykeys *k)
{
    if (k == NULL)
        return;
    unload(k);
    secret_free(k->credential);
    free(k);
}

struct hpke_recipient *daykeys_find(struct daykeys *k, const char *warrant, int64_t day)
{
    for (size_t i = 0; i < k->run_count; i++) {
        const struct daykeys_slot *first = &k->slots[k->runs[i].first];
        if (day < first->day || day - first->day >= (int64_t)k->runs[i].count ||
            strcmp(first->warrant, warrant) != 0)
            continue;
        size_t at = k->runs[i].first + (size_t)(day - first->day);
        if (k->slots[at].state == DAYKEYS_DESTROYED)
            return NULL;
        if (k->recipients[at] == NULL)
            k->recipients[at] = hpke_recipient_new(&k->slots[at].pair);
        return k->recipients[at];
    }
    return NULL;
}

int daykeys_each(const struct daykeys *k, const char *warrant, daykeys_fn *each, void *context)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < k->count; i++)
        if (k->slots[i].state != DAYKEYS_DESTROYED && strcmp(k->slots[i].warrant, warrant) == 0)
            r = each(context, k->slots[i].day, &k->slots[i].pair);
    return r;
}

/* ---- making ---- */

/* Under the lock. */
static int append(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                  struct daykeys_slot *s, const struct hpke_keypair *pairs, size_t count,
                  struct diag *d)
{
    CLEANUP(daykeys_free_cleanup) struct daykeys *have = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(FILE_MAX);
    struct daykeys_header h;
    int r = open_now(fd, credential, &have, &h, d);
    for (size_t i = 0; r == 0 && i < have->count; i++)
        if (strcmp(have->slots[i].warrant, s->warrant) == 0)
            r = diag_set(d, ERR_EXISTS, "warrant %s has day keys already", s->warrant);
    /* The bot may not have run for long. A replay's clock stands still meanwhile. */
    if (r == 0 && h.mode == DAYKEYS_LIVE) {
        daykeys_count(&h, clock_boot_seconds());
        r = daykeys_write_header(fd, &h, d);
    }
    if (r < 0)
        return r;
    s->made = h.counted;
    for (size_t i = 0; i < count; i++, s->day++) {
        s->pair = pairs[i];
        put_slot(&b, s, credential);
    }
    off_t end = (off_t)(DAYKEYS_HEADER_BYTES + have->count * DAYKEYS_SLOT_BYTES);
    if (buf_failed(&b) || lseek(fd, end, SEEK_SET) != end || file_write_fd(fd, b.data, b.len) < 0 ||
        fsync(fd) != 0)
        return diag_set(d, ERR_IO, "the day keys cannot be written: %s", strerror(errno));
    return 0;
}

int daykeys_put(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                const char *warrant, int64_t first_day, const struct hpke_keypair *pairs,
                size_t count, struct diag *d)
{
    CLEANUP_SECRET struct daykeys_slot *s = secret_new(sizeof *s);
    snprintf(s->warrant, sizeof s->warrant, "%s", warrant);
    s->state = DAYKEYS_OFFERED;
    s->day = first_day;
    int r = daykeys_lock(fd, d);
    if (r < 0)
        return r;
    r = append(fd, credential, s, pairs, count, d);
    daykeys_unlock(fd);
    return r;
}

int daykeys_make(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 const char *warrant, int64_t first_day, size_t count,
                 uint8_t (*ret_public)[HPKE_PUBLIC_BYTES], struct diag *d)
{
    CLEANUP_SECRET struct hpke_keypair *pairs = secret_new((count + 1) * sizeof *pairs);
    for (size_t i = 0; i < count; i++)
        hpke_generate_keypair(&pairs[i]);
    int r = daykeys_put(fd, credential, warrant, first_day, pairs, count, d);
    for (size_t i = 0; r == 0 && i < count; i++)
        memcpy(ret_public[i], pairs[i].public, HPKE_PUBLIC_BYTES);
    return r;
}
