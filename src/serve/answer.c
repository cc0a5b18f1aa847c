#include "serve/answer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "journal/files.h"
#include "journal/tree.h"
#include "network/layout.h"
#include "serve/listing.h"

static int put_document(const char *network, const struct serve_path *p, struct buf *b,
                        struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(network, LAYOUT_DOCUMENTS);
    CLEANUP_FREE char *path = file_join(folder, p->name);
    return file_read(path, b, d);
}

static int put_documents(const char *network, struct buf *b, struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(network, LAYOUT_DOCUMENTS);
    return serve_listing_read(folder, b, d);
}

static int put_newest(struct journal *j, struct buf *b, struct diag *d)
{
    struct checkpoint c;
    CLEANUP_FREE char *note = NULL;
    int r = journal_checkpoint(j, 0, &c, &note);
    if (r < 0)
        return diag_set(d, r, "its newest checkpoint: %s", err_text(r));
    buf_put_text(b, note);
    return 0;
}

static int put_checkpoint(void *context, uint64_t size, const char *note)
{
    struct buf *b = context;
    (void)size;
    buf_put_block(b, note, strlen(note));
    return b->len > SERVE_PAGE_BYTES;
}

/* A tile that has grown is given as it was. */
static int put_tile(struct journal *j, const struct serve_path *p, struct buf *b, struct diag *d)
{
    size_t count = 0;
    int r = journal_tile(j, p->level, p->number, b, &count);
    if (r == 0 && count < p->width)
        r = ERR_NOT_FOUND;
    if (r < 0)
        return diag_set(d, r, "its tile: %s", err_text(r));
    b->len = p->width * (size_t)MERKLE_BYTES;
    return 0;
}

static int put_rounds(struct journal *j, uint64_t number, struct buf *b, struct diag *d)
{
    int r = 0;
    for (; r == 0 && b->len < SERVE_PAGE_BYTES; number++)
        r = serve_round_read(j, (int64_t)number, b, d);
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int put_removed(struct journal *j, const struct serve_path *p, struct buf *b, struct diag *d)
{
    struct journal_file_row row;
    int r = journal_file(j, p->sha256, &row);
    if (r < 0)
        return diag_set(d, r, "its file: %s", err_text(r));
    buf_put_u64(b, (uint64_t)row.removed_unix_ms);
    return 0;
}

static int answer_of_bot(const char *network, const struct serve_path *p, struct buf *b,
                         struct diag *d)
{
    CLEANUP_FREE char *path = mem_format("%s/bots/%s/journal/journal.db", network, p->bot);
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    int r = journal_open(path, false, &j, d);
    if (r < 0)
        return r;
    switch (p->what) {
    case SERVE_CHECKPOINT:
        return put_newest(j, b, d);
    case SERVE_CHECKPOINTS:
        r = journal_checkpoints(j, p->number, put_checkpoint, b, d);
        return r < 0 ? r : 0;
    case SERVE_TILE:
        return put_tile(j, p, b, d);
    case SERVE_REMOVED:
        return put_removed(j, p, b, d);
    default:
        return put_rounds(j, p->number, b, d);
    }
}

int serve_file(const char *network, const struct serve_path *p)
{
    CLEANUP_FREE char *folder = mem_format("%s/bots/%s/files", network, p->bot);
    CLEANUP_FREE char *path = journal_file_path(folder, p->sha256);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return ERR_NOT_FOUND;
    }
    return fd < 0 ? ERR_NOT_FOUND : fd;
}

int serve_answer(const char *network, const struct serve_path *p, struct buf *ret, struct diag *d)
{
    switch (p->what) {
    case SERVE_NETWORK_NOTE:
    case SERVE_FILE:
        return ERR_NOT_FOUND; /* the server's own, read at its start; a file, by its descriptor */
    case SERVE_DOCUMENTS:
        return put_documents(network, ret, d);
    case SERVE_DOCUMENT:
        return put_document(network, p, ret, d);
    default:
        return answer_of_bot(network, p, ret, d);
    }
}
