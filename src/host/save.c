#include "host/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/file_new.h"
#include "host/activate.h"
#include "host/transfer.h"
#include "media/sealed.h"

#define TRIES 3

/* The ciphertext, as far as it is there; nobody else has it open. The caller's. */
static int open_part(const struct save *s, char **ret_path, int *ret_fd, struct diag *d)
{
    char name[2 * HASH_BYTES + 1];
    CLEANUP_FREE char *folder = file_join(s->folder, SAVE_FOLDER);
    int r = file_make_folder(folder, 0700, d);
    if (r < 0)
        return r;
    encode_hex(s->sha256, HASH_BYTES, name);
    CLEANUP_FREE char *path = file_join(folder, name);
    CLEANUP_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return diag_set(d, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return diag_set(d, ERR_INVALID_STATE, "another process is downloading this file");
    *ret_path = TAKE(path);
    *ret_fd = TAKE_FD(fd);
    return 0;
}

/* What an earlier try left is gone on with. */
static int download(const struct save *s, const char *path, int fd, struct diag *d)
{
    CLEANUP_FREE char *authority = file_join(s->folder, ACTIVATE_AUTHORITY_FILE);
    struct transfer_options o = {.authority = authority, .host = s->server, .source = s->source};
    int r = ERR_CLOSED;
    for (int i = 0; r == ERR_CLOSED && i < TRIES; i++) {
        struct stat st;
        if (fstat(fd, &st) != 0)
            return diag_set(d, ERR_IO, "%s: %s", path, strerror(errno));
        if ((uint64_t)st.st_size == s->size)
            return 0;
        struct transfer_get g = {.place = s->uri,
                                 .size = s->size,
                                 .fd = fd,
                                 .have = (uint64_t)st.st_size < s->size ? (uint64_t)st.st_size : 0,
                                 .context = s->context,
                                 .progress = s->progress};
        r = transfer_get(&o, &g, d);
    }
    return r;
}

/* The ciphertext must be the one that the message's signature covers: others can open, too. */
static int check_hash(const struct save *s, const struct media_source *part, struct diag *d)
{
    uint8_t sha256[HASH_BYTES];
    if (sealed_hash(part, sha256) < 0)
        return diag_set(d, ERR_IO, "what was downloaded cannot be read");
    if (part->size == s->size && memcmp(sha256, s->sha256, HASH_BYTES) == 0)
        return 0;
    return diag_set(d, ERR_AUTH,
                    "the upload host gives other bytes than the message names: they were thrown "
                    "away");
}

static int write_out(const struct save *s, const struct media_source *part, struct diag *d)
{
    CLEANUP_FILE_NEW struct file_new f = FILE_NEW_NONE;
    int r = file_new_open(s->out, 0600, &f, d);
    if (r < 0)
        return r;
    r = sealed_open(part, s->uri->key, s->uri->iv, f.fd);
    if (r == ERR_IO)
        return diag_set(d, r, "cannot write %s: %s", s->out, strerror(errno));
    if (r < 0)
        return diag_set(d, r, "the file does not open with the message's key");
    return file_new_keep(&f, false, d);
}

int save_run(const struct save *s, struct diag *d)
{
    struct media_source part;
    CLEANUP_FREE char *path = NULL;
    CLEANUP_CLOSE int fd = -1;
    int r = open_part(s, &path, &fd, d);
    if (r == 0)
        r = download(s, path, fd, d);
    if (r < 0)
        return r; /* what came is kept */
    if (media_source_fd(&fd, &part) < 0)
        return diag_set(d, ERR_IO, "%s cannot be read", path);
    r = check_hash(s, &part, d);
    if (r == 0)
        r = write_out(s, &part, d);
    if (r == 0 || r == ERR_AUTH)
        (void)unlink(path);
    return r;
}
