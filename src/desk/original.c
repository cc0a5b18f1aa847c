#include "desk/original.h"

#include <string.h>

#include "base/secret.h"
#include "desk/index_internal.h"

static bool fits(const struct row *r, const struct file_content *f)
{
    return r->files_len == ROW_FILE_BYTES && f->size <= VALUE_FILE_BYTES_MAX;
}

static void take(const struct row *r, const struct file_content *f, struct desk_original *ret)
{
    struct cursor c = cursor_over(r->files, r->files_len);
    cursor_copy(&c, ret->file.sha256, HASH_BYTES);
    ret->file.size = cursor_u64(&c);
    memcpy(ret->file.key, f->uri.key, SEALED_KEY_BYTES);
    memcpy(ret->file.iv, f->uri.iv, SEALED_IV_BYTES);
    memcpy(ret->name, f->name, sizeof ret->name);
    memcpy(ret->type, f->type, sizeof ret->type);
    ret->size = f->size;
    ret->duration_seconds = f->duration_seconds;
}

int desk_original_of(struct desk_index *x, int64_t message, struct desk_original *ret,
                     struct diag *d)
{
    struct row row;
    struct file_content f;
    struct desk_original o = {.size = 0};
    if (!sight_has(x, message))
        return diag_set(d, ERR_NOT_FOUND, "there is no message %lld", (long long)message);
    int r = row_read(x, message, &row, d);
    if (r < 0)
        return r;
    if (row.kind != CONTENT_FILE || file_content_parse(row.body, row.body_len, &f) < 0)
        return diag_set(d, ERR_NOT_FOUND, "message %lld sends no file", (long long)message);
    if (fits(&row, &f))
        take(&row, &f, &o);
    secret_wipe(&f, sizeof f);
    if (o.file.size != o.size + SEALED_TAG_BYTES)
        return diag_set(d, ERR_AUTH, "message %lld says another file than its sender signed",
                        (long long)message);
    snprintf(o.bot, sizeof o.bot, "%s", names_text(&x->names[NAME_BOT], row.bot));
    *ret = o;
    return 0;
}

const char *desk_original_type(const struct desk_original *o)
{
    /* No HTML, SVG, XML or PDF: those may hold what is run. */
    static const char *const served[] = {
        "image/jpeg", "image/png",  "image/webp", "image/gif",   "audio/ogg",
        "audio/opus", "audio/mpeg", "audio/wav",  "audio/x-wav", "audio/flac",
        "audio/aac",  "audio/mp4",  "audio/aiff", "video/mp4",   "video/webm",
    };
    for (size_t i = 0; i < sizeof served / sizeof *served; i++)
        if (strcmp(o->type, served[i]) == 0)
            return served[i];
    return "application/octet-stream";
}
