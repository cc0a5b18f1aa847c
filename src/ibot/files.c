#include "ibot/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "ibot/files_internal.h"

#define SYNC_BYTES (8U * 1024 * 1024) /* so that the last sync does not hold up a round */

int files_open(const struct files_options *o, struct files **ret, struct diag *d)
{
    CLEANUP(files_free_cleanup) struct files *f = mem_new(sizeof *f);
    f->o = *o;
    f->folder = mem_string(o->folder);
    int r = files_sweep(f, d);
    if (r == 0)
        *ret = TAKE(f);
    return r;
}

void files_drop_incoming(struct files *f, struct incoming *x)
{
    (void)unlink(x->path);
    close(x->fd);
    free(x->path);
    hash_stream_free(x->hash);
    f->used -= x->file.size;
    *x = (struct incoming){.ticket = 0};
}

void files_free(struct files *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < FILES_INCOMING_MAX; i++)
        if (f->incoming[i].ticket != 0)
            files_drop_incoming(f, &f->incoming[i]);
    files_free_expected(f);
    free(f->folder);
    free(f);
}

const char *files_take_notice(struct files *f, struct diag *ret)
{
    *ret = f->notice;
    f->notice.text[0] = '\0';
    return ret->text[0] == '\0' ? NULL : ret->text;
}

void files_unlink(struct files *f, const struct frames_file *file)
{
    CLEANUP_FREE char *path = journal_file_path(f->folder, file->sha256);
    if (unlink(path) == 0)
        f->used -= file->size;
    else
        diag_set(&f->notice, 0, "%s: cannot be removed: %s", path, strerror(errno));
}

bool files_has(const struct files *f, const struct frames_file *file)
{
    struct stat st;
    CLEANUP_FREE char *path = journal_file_path(f->folder, file->sha256);
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == file->size;
}

int files_answer(struct files *f, uint64_t ticket, enum frames_file_state state, struct diag *d)
{
    if (state == FILE_STORED && f->full) {
        f->full = false;
        diag_set(&f->notice, 0, "%s: there is room for files again", f->folder);
    }
    frames_put_file_state(channel_begin(f->o.link, FRAME_FILE_STATE), ticket, state);
    int r = channel_end(f->o.link);
    return r < 0 ? diag_set(d, r, "link does not take its answers") : 0;
}

static int answer_full(struct files *f, uint64_t ticket, const char *why, struct diag *d)
{
    if (!f->full)
        diag_set(&f->notice, 0,
                 "%s: no room for files (%s): messages with files wait at their devices", f->folder,
                 why);
    f->full = true;
    return files_answer(f, ticket, FILE_FULL, d);
}

/* Why this many bytes more can't be kept; NULL: they can. */
static const char *no_room(const struct files *f, uint64_t size)
{
    struct statvfs disk;
    if (f->o.quota_bytes > 0 && (f->used > f->o.quota_bytes || size > f->o.quota_bytes - f->used))
        return "over the quota, file_quota_bytes in bot.json";
    if (statvfs(f->folder, &disk) == 0 &&
        (uint64_t)disk.f_bavail * disk.f_frsize < size + FILES_RESERVE_BYTES)
        return "the disk is full";
    return NULL;
}

static struct incoming *find(struct files *f, uint64_t ticket)
{
    for (size_t i = 0; i < FILES_INCOMING_MAX; i++)
        if (f->incoming[i].ticket == ticket)
            return &f->incoming[i];
    return NULL;
}

static int take_ask(struct files *f, const struct frame *frame, struct diag *d)
{
    uint64_t ticket;
    struct frames_file file;
    if (frames_get_file_ask(frame->body, frame->len, &ticket, &file) < 0 || ticket == 0 ||
        find(f, ticket) != NULL)
        return diag_set(d, ERR_FORMAT, "link sent a malformed question for a file");
    if (files_has(f, &file))
        return files_answer(f, ticket, FILE_STORED, d);
    if (!files_is_expected(f, &file)) /* no more, or link has made it up */
        return files_answer(f, ticket, FILE_LATER, d);
    const char *why = no_room(f, file.size);
    if (why != NULL)
        return answer_full(f, ticket, why, d);
    struct incoming *x = find(f, 0);
    if (x == NULL)
        return files_answer(f, ticket, FILE_LATER, d);
    char *path = mem_format("%s/incoming/%" PRIu64, f->folder, ticket);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        why = strerror(errno);
        free(path);
        return answer_full(f, ticket, why, d);
    }
    *x = (struct incoming){
        .ticket = ticket, .file = file, .path = path, .fd = fd, .hash = hash_stream_new()};
    f->used += file.size;
    return files_answer(f, ticket, FILE_WANTED, d);
}

static int write_all(struct incoming *x, const uint8_t *data, size_t len)
{
    if (file_write_fd(x->fd, data, len) < 0)
        return ERR_IO;
    hash_stream_add(x->hash, data, len);
    x->len += len;
    if (x->len - x->synced < SYNC_BYTES)
        return 0;
    x->synced = x->len;
    return fdatasync(x->fd) != 0 ? ERR_IO : 0;
}

/* Bytes of a ticket that was dropped may still be under way: they are passed over. */
static int take_data(struct files *f, const struct frame *frame, struct diag *d)
{
    uint64_t ticket;
    const uint8_t *data;
    size_t len;
    if (frames_get_file_data(frame->body, frame->len, &ticket, &data, &len) < 0 || ticket == 0)
        return diag_set(d, ERR_FORMAT, "link sent malformed bytes of a file");
    struct incoming *x = find(f, ticket);
    if (x == NULL)
        return 0;
    if (len > x->file.size - x->len) {
        files_drop_incoming(f, x);
        return files_answer(f, ticket, FILE_WRONG, d);
    }
    if (write_all(x, data, len) == 0)
        return 0;
    const char *why = strerror(errno);
    files_drop_incoming(f, x);
    return answer_full(f, ticket, why, d);
}

static int sync_folder(const char *path)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0 ? 0 : ERR_IO;
}

/* Into its place, durably. */
static int settle(struct files *f, struct incoming *x)
{
    CLEANUP_FREE char *path = journal_file_path(f->folder, x->file.sha256);
    CLEANUP_FREE char *folder = mem_string_n(path, (size_t)(strrchr(path, '/') - path));
    bool made = mkdir(folder, 0700) == 0;
    if ((!made && errno != EEXIST) || fsync(x->fd) != 0 || rename(x->path, path) != 0 ||
        sync_folder(folder) < 0 || (made && sync_folder(f->folder) < 0))
        return ERR_IO;
    return 0;
}

static int take_end(struct files *f, const struct frame *frame, struct diag *d)
{
    uint64_t ticket;
    bool whole;
    uint8_t sha256[HASH_BYTES];
    if (frames_get_file_end(frame->body, frame->len, &ticket, &whole) < 0 || ticket == 0)
        return diag_set(d, ERR_FORMAT, "link sent a malformed end of a file");
    struct incoming *x = find(f, ticket);
    if (x == NULL)
        return 0;
    hash_stream_end(TAKE(x->hash), sha256);
    if (!whole || x->len != x->file.size || memcmp(sha256, x->file.sha256, HASH_BYTES) != 0) {
        files_drop_incoming(f, x);
        return whole ? files_answer(f, ticket, FILE_WRONG, d) : 0;
    }
    if (files_has(f, &x->file)) { /* another ticket brought it meanwhile */
        files_drop_incoming(f, x);
        return files_answer(f, ticket, FILE_STORED, d);
    }
    if (settle(f, x) < 0) {
        const char *why = strerror(errno);
        files_drop_incoming(f, x);
        return answer_full(f, ticket, why, d);
    }
    uint64_t size = x->file.size;
    files_drop_incoming(f, x);
    f->used += size; /* it stays */
    return files_answer(f, ticket, FILE_STORED, d);
}

int files_take(struct files *f, const struct frame *frame, struct diag *d)
{
    switch (frame->type) {
    case FRAME_FILE_ASK:
        return take_ask(f, frame, d);
    case FRAME_FILE_DATA:
        return take_data(f, frame, d);
    case FRAME_FILE_END:
        return take_end(f, frame, d);
    default:
        return diag_set(d, ERR_FORMAT, "link sent a frame of type %u", frame->type);
    }
}
