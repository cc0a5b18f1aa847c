#include "device/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "device/files_internal.h"
#include "media/preview.h"
#include "media/sealed.h"
#include "media/sound.h"

#define PLAIN_MAX (VALUE_FILE_BYTES_MAX - SEALED_TAG_BYTES)

/* A file that is being taken in. */
struct intake {
    struct device *d;
    const struct device_file *f;
    struct file_row row;
    int fd;
    struct media_source source;
    bool is_photo;
    struct photo_plan plan;
    struct buf preview; /* base64 */
    struct diag *diag;
};

/* The name that recipients see: the path's last part, made fit for any folder. */
static void set_name(struct intake *x)
{
    const char *slash = strrchr(x->f->path, '/');
    char *name = x->row.content.name;
    snprintf(name, sizeof x->row.content.name, "%s", slash == NULL ? x->f->path : slash + 1);
    diag_clean(name);
    if (!file_content_name_valid(name))
        snprintf(name, sizeof x->row.content.name, "%s", "file");
}

static int open_source(struct intake *x)
{
    x->fd = open(x->f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (x->fd < 0)
        return diag_set(x->diag, ERR_IO, "cannot open %s: %s", x->f->path, strerror(errno));
    if (media_source_fd(&x->fd, &x->source) < 0)
        return diag_set(x->diag, ERR_IO, "%s is not a file", x->f->path);
    return 0;
}

/* A format from which nothing is removed: whoever sends it is told. */
static void say_uncleaned(struct intake *x)
{
    const char *format = photo_uncleaned(&x->source);
    if (format != NULL && !x->f->keep_metadata)
        device_notice(x->d, "",
                      "%s: a %s file goes as it is: what it says of place, time and "
                      "device is not removed",
                      x->row.content.name, format);
}

static int look_at_photo(struct intake *x)
{
    struct diag why;
    bool asked = x->f->kind == DEVICE_PHOTO;
    int r = photo_plan(&x->source, &x->plan, &why);
    x->is_photo = r == 0;
    if (r == 0)
        snprintf(x->row.content.type, sizeof x->row.content.type, "%s", photo_type(x->plan.kind));
    if (!asked && r == ERR_NOT_FOUND)
        say_uncleaned(x);
    if (r == 0 || (!asked && (r == ERR_NOT_FOUND || x->f->keep_metadata)))
        return 0;
    return diag_set(x->diag, r,
                    "%s: %s: its metadata (place, camera, time) can't be removed; to send it with "
                    "all that is in it, use --file with --keep-metadata",
                    x->f->path, why.text);
}

static void make_preview(struct intake *x)
{
    CLEANUP_BUF struct buf jpeg = BUF_INIT(PREVIEW_BYTES_MAX);
    if (x->f->kind != DEVICE_PHOTO || preview_make(&x->plan, &x->source, &jpeg) < 0)
        return; /* a photo goes without one, too */
    encode_base64_buf(&x->preview, jpeg.data, jpeg.len);
    x->row.content.preview = buf_text(&x->preview);
    x->row.content.preview_len = x->preview.len;
}

static int look_at_voice(struct intake *x)
{
    const char *type = "application/octet-stream";
    uint32_t seconds = 0;
    int r = sound_duration(&x->source, &seconds, &type);
    if (x->f->duration_seconds > 0)
        seconds = x->f->duration_seconds;
    else if (r < 0)
        return diag_set(x->diag, ERR_FORMAT,
                        "%s: how long it is can't be read from it: give --duration SECONDS",
                        x->f->path);
    if (seconds > FILE_CONTENT_DURATION_MAX)
        return diag_set(x->diag, ERR_LIMIT, "%s: a voice note lasts a day at most", x->f->path);
    x->row.content.duration_seconds = seconds;
    snprintf(x->row.content.type, sizeof x->row.content.type, "%s", type);
    return 0;
}

/* Its ciphertext into the folder, durably: once the message is queued the file itself may go. */
static int write_spool(struct intake *x)
{
    struct photo_view view = {&x->plan, &x->source};
    struct media_source s = x->is_photo && !x->f->keep_metadata ? photo_source(&view) : x->source;
    struct file_content *c = &x->row.content;
    uint8_t name[FILE_ROWS_SPOOL_LEN / 2];
    if (s.size > PLAIN_MAX)
        return diag_set(x->diag, ERR_LIMIT, "%s: larger than 50 MiB, which this network allows",
                        x->f->path);
    CLEANUP_FREE char *folder = file_join(x->d->o.folder, FILE_ROWS_FOLDER);
    int r = file_make_folder(folder, 0700, x->diag);
    if (r < 0)
        return r;
    secret_random(name, sizeof name);
    encode_hex(name, sizeof name, x->row.spool);
    secret_random(c->uri.key, sizeof c->uri.key);
    secret_random(c->uri.iv, sizeof c->uri.iv);
    c->size = s.size;
    x->row.size = s.size + SEALED_TAG_BYTES;
    CLEANUP_FREE char *path = file_join(folder, x->row.spool);
    CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        r = sealed_write(&s, c->uri.key, c->uri.iv, fd, x->row.sha256);
    if (fd >= 0 && r == 0 && fsync(fd) == 0)
        return 0;
    int why = errno;
    (void)unlink(path);
    return diag_set(x->diag, ERR_IO, "%s cannot be encrypted into %s: %s", x->f->path, folder,
                    strerror(why));
}

static int take_in(struct intake *x)
{
    snprintf(x->row.content.type, sizeof x->row.content.type, "%s", "application/octet-stream");
    set_name(x);
    int r = open_source(x);
    if (r == 0)
        r = x->f->kind == DEVICE_VOICE ? look_at_voice(x) : look_at_photo(x);
    if (r < 0)
        return r;
    make_preview(x);
    return write_spool(x);
}

int device_say_file(struct device *d, const struct device_say *m, const struct device_file *f,
                    char *ret_id, struct diag *diag)
{
    CLEANUP_FREE struct intake *x = mem_new(sizeof *x);
    *x = (struct intake){.d = d,
                         .f = f,
                         .fd = -1,
                         .preview = BUF_INIT(ENCODE_BASE64_LEN(PREVIEW_BYTES_MAX) + 1),
                         .diag = diag};
    if (d->o.folder == NULL || d->o.net.upload == NULL)
        return diag_set(diag, ERR_INVALID_STATE, "this device sends no files");
    int r = take_in(x);
    struct device_say say = *m;
    say.kind = CONTENT_FILE;
    say.file = &x->row;
    if (r == 0)
        r = device_say(d, &say, ret_id, diag);
    if (r < 0 && x->row.spool[0] != '\0') {
        CLEANUP_FREE char *path = device_spool_path(d, x->row.spool);
        (void)unlink(path);
    }
    if (x->fd >= 0)
        close(x->fd);
    secret_wipe(&x->row, sizeof x->row);
    buf_clear(&x->preview);
    return r;
}
