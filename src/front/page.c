#include "front/page.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "crypto/hash.h"

struct page {
    struct page_file files[PAGE_FILES_MAX];
    size_t count, bytes;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *name)
{
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(ending, types[i].ending) == 0)
            return types[i].type;
    return NULL;
}

static void put_etag(struct page_file *f)
{
    uint8_t hash[HASH_BYTES];
    hash_sha256(f->data, f->len, hash);
    f->etag[0] = '"';
    encode_hex(hash, HASH_BYTES, f->etag + 1);
    memcpy(f->etag + 1 + 2 * HASH_BYTES, "\"", 2);
}

static int add_file(struct page *p, const char *from, const char *path, struct diag *d)
{
    struct buf b = BUF_INIT(PAGE_BYTES_MAX - p->bytes);
    const char *type = type_of(path);
    if (type == NULL)
        return diag_set(d, ERR_FORMAT, "%s: not a kind of file that the page may have", from);
    if (p->count == PAGE_FILES_MAX)
        return diag_set(d, ERR_LIMIT, "%s: the page has over %u files", from, PAGE_FILES_MAX);
    int r = file_read(from, &b, d);
    if (r < 0) {
        buf_clear(&b);
        return r;
    }
    struct page_file *f = &p->files[p->count++];
    *f = (struct page_file){.path = mem_string(path), .type = type, .data = b.data, .len = b.len};
    p->bytes += b.len;
    put_etag(f);
    return 0;
}

static int add_folder(struct page *p, const char *from, const char *path, unsigned depth,
                      struct diag *d);

static int add_entry(struct page *p, const char *folder, const char *below, const char *name,
                     unsigned depth, struct diag *d)
{
    struct stat s;
    CLEANUP_FREE char *from = file_join(folder, name);
    CLEANUP_FREE char *path = mem_format("%s/%s", below, name);
    if (name[0] == '.')
        return 0;
    if (lstat(from, &s) < 0)
        return diag_set(d, ERR_IO, "%s cannot be read", from);
    if (S_ISDIR(s.st_mode))
        return add_folder(p, from, path, depth + 1, d);
    return S_ISREG(s.st_mode) ? add_file(p, from, path, d) : 0;
}

static int add_folder(struct page *p, const char *from, const char *path, unsigned depth,
                      struct diag *d)
{
    int r = 0;
    DIR *folder = depth > PAGE_DEPTH_MAX ? NULL : opendir(from);
    if (folder == NULL)
        return depth > PAGE_DEPTH_MAX
                   ? diag_set(d, ERR_LIMIT, "%s: folders lie too deep in each other", from)
                   : diag_set(d, ERR_IO, "%s cannot be read", from);
    for (const struct dirent *e; r == 0 && (e = readdir(folder)) != NULL;)
        r = add_entry(p, from, path, e->d_name, depth, d);
    closedir(folder);
    return r;
}

int page_open(const char *folder, struct page **ret, struct diag *d)
{
    CLEANUP(page_free_cleanup) struct page *p = mem_new(sizeof *p);
    int r = folder == NULL ? 0 : add_folder(p, folder, "", 0, d);
    if (r == 0)
        *ret = TAKE(p);
    return r;
}

void page_free(struct page *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++) {
        free(p->files[i].path);
        free(p->files[i].data);
    }
    free(p);
}

const struct page_file *page_find(const struct page *p, const char *path)
{
    if (strcmp(path, "/") == 0)
        path = "/index.html";
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->files[i].path, path) == 0)
            return &p->files[i];
    return NULL;
}

bool page_file_settled(const struct page_file *f)
{
    return strncmp(f->path, "/assets/", 8) == 0;
}
