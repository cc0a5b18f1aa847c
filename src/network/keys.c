#include "network/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/file.h"

#define FILE_MAX 1024
#define FIRST_LINE "ironside signing key 1\nname "
#define SEED_LINE "\nseed "
#define SEED_TEXT_LEN ENCODE_BASE64_LEN(SIGN_SEED_BYTES)

/* The file as a string in `b`, which wipes it. */
static int read_private(const char *path, struct buf *b, struct diag *d)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return diag_set(d, fd < 0 && errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                        "cannot open the key file %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return diag_set(d, ERR_FORMAT, "the key file %s is not a file", path);
    if ((st.st_mode & 0077) != 0)
        return diag_set(d, ERR_KEY, "the key file %s is open to other users: chmod 600 it", path);
    int r = file_read_fd(fd, b);
    if (r < 0)
        return diag_set(d, r, "cannot read the key file %s: %s", path, err_text(r));
    file_plain(b);
    return 0;
}

static int write_private(const char *path, struct buf *b, struct diag *d)
{
    if (buf_failed(b))
        return diag_set(d, ERR_FORMAT, "%s: the key's name is too long", path);
    return file_create(path, b->data, b->len, 0600, d);
}

int keys_signing_create(const char *path, const char *name, struct signing_key **ret,
                        struct diag *d)
{
    if (!note_name_valid(name, strlen(name)))
        return diag_set(d, ERR_FORMAT, "'%s' cannot name a signing key", name);
    CLEANUP_SECRET struct signing_key *k = secret_new(sizeof *k);
    snprintf(k->name, sizeof k->name, "%s", name);
    sign_keypair(k->public, k->secret);
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(FILE_MAX);
    buf_put_text(&b, FIRST_LINE);
    buf_put_text(&b, name);
    buf_put_text(&b, SEED_LINE);
    uint8_t *seed = buf_extend(&b, SEED_TEXT_LEN + 1);
    if (seed != NULL) { /* libsodium's secret begins with the seed */
        encode_secret_base64(k->secret, SIGN_SEED_BYTES, (char *)seed);
        seed[SEED_TEXT_LEN] = '\n';
    }
    int r = write_private(path, &b, d);
    if (r == 0 && ret != NULL)
        *ret = TAKE(k);
    return r;
}

static bool parse_signing(const char *text, size_t len, struct signing_key *k)
{
    const size_t first = strlen(FIRST_LINE), tail = strlen(SEED_LINE) + SEED_TEXT_LEN + 1;
    if (len < first + tail || strncmp(text, FIRST_LINE, first) != 0 || text[len - 1] != '\n')
        return false;
    const char *name = text + first, *seed_line = text + len - tail;
    size_t name_len = (size_t)(seed_line - name);
    if (strncmp(seed_line, SEED_LINE, strlen(SEED_LINE)) != 0 || !note_name_valid(name, name_len))
        return false;
    memcpy(k->name, name, name_len);
    CLEANUP_SECRET uint8_t *seed = secret_new(SIGN_SEED_BYTES);
    if (decode_secret_base64_exact(seed_line + strlen(SEED_LINE), SEED_TEXT_LEN, seed,
                                   SIGN_SEED_BYTES) < 0)
        return false;
    sign_keypair_from_seed(seed, k->public, k->secret);
    return true;
}

int keys_signing_read(const char *path, struct signing_key **ret, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(FILE_MAX);
    int r = read_private(path, &b, d);
    if (r < 0)
        return r;
    CLEANUP_SECRET struct signing_key *k = secret_new(sizeof *k);
    if (!parse_signing(buf_text(&b), b.len, k))
        return diag_set(d, ERR_FORMAT, "%s is not a signing key file", path);
    *ret = TAKE(k);
    return 0;
}

struct note_key keys_verifier(const struct signing_key *k)
{
    struct note_key v = {.name = k->name};
    memcpy(v.key, k->public, sizeof v.key);
    return v;
}

int keys_secret_create(const char *path, struct diag *d)
{
    CLEANUP_SECRET uint8_t *bytes = secret_new(KEYS_SECRET_LEN / 2);
    CLEANUP_SECRET char *text = secret_new(KEYS_SECRET_LEN + 2);
    secret_random(bytes, KEYS_SECRET_LEN / 2);
    encode_hex(bytes, KEYS_SECRET_LEN / 2, text);
    text[KEYS_SECRET_LEN] = '\n';
    return file_create(path, text, KEYS_SECRET_LEN + 1, 0600, d);
}

int keys_secret_read(const char *path, char **ret, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(FILE_MAX);
    int r = read_private(path, &b, d);
    if (r < 0)
        return r;
    CLEANUP_SECRET uint8_t *bytes = secret_new(KEYS_SECRET_LEN / 2);
    CLEANUP_SECRET char *text = secret_new(KEYS_SECRET_LEN + 1);
    if (b.len != KEYS_SECRET_LEN + 1 || b.data[KEYS_SECRET_LEN] != '\n' ||
        decode_hex_exact((const char *)b.data, KEYS_SECRET_LEN, bytes, KEYS_SECRET_LEN / 2) < 0)
        return diag_set(d, ERR_FORMAT, "%s is not a component's secret: 64 hexadecimal digits",
                        path);
    memcpy(text, b.data, KEYS_SECRET_LEN);
    *ret = TAKE(text);
    return 0;
}
