/* rsmf.zip, in memory, without times of its own: the same messages give the same bytes. */
#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "forms/threads_internal.h"

#define FILE_MODE 0644

DEFINE_CLEANUP(struct archive, archive_write_free)
DEFINE_CLEANUP(struct archive_entry, archive_entry_free)

static la_ssize_t take(struct archive *a, void *context, const void *data, size_t len)
{
    (void)a;
    buf_put(context, data, len);
    return (la_ssize_t)len;
}

static int put_file(struct archive *a, const char *name, const char *data, size_t len)
{
    CLEANUP(archive_entry_free_cleanup) struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)len);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, FILE_MODE);
    if (archive_write_header(a, entry) != ARCHIVE_OK ||
        archive_write_data(a, data, len) != (la_ssize_t)len)
        return ERR_IO;
    return 0;
}

/* What stands in the place of a file, which lies in the package once. */
static int put_attachment(struct archive *a, const struct view_message *m)
{
    const struct view_file *f = m->file;
    CLEANUP_FREE char *name = mem_format("%s.txt", m->bates);
    CLEANUP_FREE char *text =
        mem_format("name: %s\ntype: %s\nsize: %" PRIu64 "\npath in the package: %s\nsha256: %s\n",
                   f->name, f->type, f->size, f->path, f->sha256);
    return put_file(a, name, text, strlen(text));
}

static int put_all(struct archive *a, const struct thread *t, const char *manifest)
{
    int r = put_file(a, "rsmf_manifest.json", manifest, strlen(manifest));
    for (size_t i = t->from; i < t->end && r == 0; i++)
        if (threads_attached(t->view->order[i]))
            r = put_attachment(a, t->view->order[i]);
    return r;
}

int threads_zip(const struct thread *t, const json_t *manifest, struct buf *b, struct diag *d)
{
    CLEANUP(archive_write_free_cleanup) struct archive *a = archive_write_new();
    CLEANUP_FREE char *text = json_dumps(manifest, JSON_COMPACT);
    if (a == NULL || text == NULL || archive_write_set_format_zip(a) != ARCHIVE_OK ||
        archive_write_open(a, b, NULL, take, NULL) != ARCHIVE_OK || put_all(a, t, text) < 0 ||
        archive_write_close(a) != ARCHIVE_OK)
        return diag_set(d, ERR_IO, "cannot write the zip of %s: %s", t->view->order[t->from]->bates,
                        a == NULL || archive_error_string(a) == NULL ? "no memory"
                                                                     : archive_error_string(a));
    return 0;
}
