#include "wire/file_content.h"

#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "wire/content.h"

static const char preview_start[] = "data:image/jpeg;base64,";

bool file_content_name_valid(const char *name)
{
    return value_line_valid(name, FILE_CONTENT_NAME_MAX) && strchr(name, '/') == NULL &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool file_content_type_valid(const char *type)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.+-_";
    size_t first = strspn(type, letters), len = strlen(type);
    if (first == 0 || type[first] != '/' || len > FILE_CONTENT_TYPE_MAX)
        return false;
    size_t second = strspn(type + first + 1, letters);
    return second > 0 && first + 1 + second == len;
}

int file_content_put(struct buf *b, const struct file_content *f, struct diag *d)
{
    CLEANUP_BUF struct buf url = BUF_INIT_SECRET(FILE_URI_MAX);
    CLEANUP_FREE char *preview =
        f->preview == NULL ? NULL
                           : mem_format("%s%.*s", preview_start, (int)f->preview_len, f->preview);
    file_uri_put(&url, &f->uri);
    const struct content c = {.kind = CONTENT_FILE,
                              .url = buf_text(&url),
                              .preview = preview,
                              .name = f->name,
                              .type = f->type,
                              .size = f->size,
                              .duration_s = f->duration_seconds,
                              .group = f->group[0] == '\0' ? NULL : f->group,
                              .timer_s = f->timer_seconds};
    return content_write(b, &c, d);
}

/* It points into the text, behind the link's line. */
static int parse_preview(const char *text, size_t url_len, const char *preview,
                         struct file_content *f)
{
    uint8_t bytes[FILE_CONTENT_PREVIEW_MAX];
    size_t start = sizeof preview_start - 1, len = strlen(preview), bytes_len;
    if (len <= start || memcmp(preview, preview_start, start) != 0 ||
        decode_base64(preview + start, len - start, bytes, sizeof bytes, &bytes_len) < 0)
        return ERR_FORMAT;
    f->preview = text + url_len + 1 + start;
    f->preview_len = len - start;
    return 0;
}

static int take(const char *text, const struct content *c, struct file_content *f)
{
    if (!file_content_name_valid(c->name) || !file_content_type_valid(c->type) ||
        c->size > VALUE_FILE_BYTES_MAX - FILE_CONTENT_TAG_BYTES)
        return ERR_FORMAT;
    snprintf(f->name, sizeof f->name, "%s", c->name);
    snprintf(f->type, sizeof f->type, "%s", c->type);
    snprintf(f->group, sizeof f->group, "%s", c->group == NULL ? "" : c->group);
    f->size = c->size;
    f->duration_seconds = c->duration_s;
    f->timer_seconds = c->timer_s;
    int r = file_uri_parse(c->url, strlen(c->url), &f->uri);
    return r == 0 && c->preview != NULL ? parse_preview(text, strlen(c->url), c->preview, f) : r;
}

int file_content_parse(const char *text, size_t len, struct file_content *ret)
{
    struct arena arena = ARENA_INIT(CONTENT_ARENA_BYTES);
    struct file_content f = {.preview = NULL};
    struct content c;
    int r = content_read(&arena, text, len, &c);
    if (r == 0)
        r = c.kind == CONTENT_FILE ? take(text, &c, &f) : ERR_NOT_FOUND;
    if (r == 0)
        *ret = f;
    secret_wipe(&f.uri, sizeof f.uri);
    arena_clear(&arena);
    return r;
}

bool file_content_matches(const char *text, size_t len, const struct envelope *e,
                          const char *upload_host)
{
    struct file_content f;
    int r = file_content_parse(text, len, &f);
    if (r == ERR_NOT_FOUND)
        return e->file_count == 0;
    bool match = r == 0 && e->file_count == 1 && strcmp(f.uri.host, upload_host) == 0 &&
                 strcmp(f.uri.path, e->files[0].path) == 0 &&
                 f.size + FILE_CONTENT_TAG_BYTES == e->files[0].size;
    secret_wipe(&f.uri, sizeof f.uri);
    return match;
}
