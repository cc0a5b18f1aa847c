/* What people read of a package: files, opened, and the forms that tools and browsers take. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "exchange/pack_internal.h"
#include "exchange/package_files.h"
#include "follower/originals.h"
#include "wire/file_content.h"

#define TEXT_MAX (96U << 20) /* bytes of a part's messages */
#define TEXT_FULL (64U << 20)
#define PREFIX_MAX 16U /* of Bates numbers */

/* A file that is to be opened. */
struct pack_file {
    struct forms_file shown;
    struct originals_file original;
    const struct pack_bot *bot;
};
struct pack_part {
    struct forms_message messages[FORMS_PART_MAX];
    size_t count;
    unsigned number;
    uint64_t bates; /* of the last message */
    struct pack_file *files;
    size_t file_count;
    struct arena arena;
    struct originals *originals;
};

struct pack_part *pack_part_new(void)
{
    struct pack_part *part = mem_new(sizeof *part);
    part->files = mem_array(FORMS_PART_MAX, sizeof *part->files);
    part->arena = (struct arena)ARENA_INIT(TEXT_MAX);
    part->originals = originals_new();
    return part;
}

static void forget(struct pack_part *part)
{
    secret_wipe(part->files, part->file_count * sizeof *part->files);
    arena_reset(&part->arena);
    part->count = part->file_count = 0;
}

void pack_part_free(struct pack_part *part)
{
    if (part == NULL)
        return;
    forget(part);
    arena_clear(&part->arena);
    originals_free(part->originals);
    free(part->files);
    free(part);
}

bool pack_part_full(const struct pack_part *part)
{
    return part->count == FORMS_PART_MAX || part->arena.used > TEXT_FULL;
}

/* ---- one message ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A group's id, or all who take part, in order. */
static const char *conversation(struct arena *a, const struct envelope *e, const struct content *c)
{
    CLEANUP_BUF struct buf b = BUF_INIT((VALUE_RECIPIENTS_MAX + 1) * (VALUE_JID_MAX + 2));
    const char *who[VALUE_RECIPIENTS_MAX + 1];
    if (c->group != NULL)
        return arena_string(a, c->group);
    if (c->kind == CONTENT_GROUP)
        return arena_string(a, c->id);
    who[0] = e->from;
    memcpy(who + 1, e->to, e->to_count * sizeof *who);
    qsort(who, e->to_count + 1, sizeof *who, by_text);
    for (size_t i = 0; i <= e->to_count; i++)
        buf_format(&b, "%s%s", i == 0 ? "" : ", ", who[i]);
    return arena_string(a, buf_text(&b));
}

static const char *const *recipients(struct arena *a, const struct envelope *e)
{
    const char **to = arena_array(a, e->to_count + 1, sizeof *to);
    for (size_t i = 0; to != NULL && i < e->to_count; i++)
        to[i] = arena_string(a, e->to[i]);
    return to;
}

static void take_file(struct pack_part *part, const struct pack_bot *bot,
                      const struct reader_message *m, struct forms_message *to)
{
    const struct envelope *e = &m->record->envelope;
    struct pack_file *f = &part->files[part->file_count];
    struct file_content c;
    char path[PACKAGE_FILES_PATH_MAX + 1];
    if (e->file_count != 1 || e->files[0].size < FILE_CONTENT_TAG_BYTES ||
        file_content_parse(m->body, m->body_len, &c) < 0)
        return;
    package_files_path(to->number, c.name, path);
    *f = (struct pack_file){.shown = {.name = arena_string(&part->arena, c.name),
                                      .type = arena_string(&part->arena, c.type),
                                      .size = e->files[0].size - FILE_CONTENT_TAG_BYTES,
                                      .path = arena_string(&part->arena, path)},
                            .original = {.size = e->files[0].size},
                            .bot = bot};
    memcpy(f->original.sha256, e->files[0].sha256, HASH_BYTES);
    memcpy(f->original.key, c.uri.key, SEALED_KEY_BYTES);
    memcpy(f->original.iv, c.uri.iv, SEALED_IV_BYTES);
    secret_wipe(&c, sizeof c);
    to->file = &f->shown;
    part->file_count++;
}

int pack_part_add(struct packing *p, const struct pack_bot *bot, const struct reader_message *m,
                  int64_t archived_unix_ms, enum package_why why)
{
    struct pack_part *part = p->part;
    struct arena *a = &part->arena;
    const struct envelope *e = &m->record->envelope;
    struct forms_message *to = &part->messages[part->count];
    const char *body = arena_string_n(a, m->body, m->body_len);
    *to = (struct forms_message){.number = part->bates + 1,
                                 .bot = bot->jid,
                                 .leaf = m->leaf,
                                 .at_unix_ms = e->at_unix_ms,
                                 .archived_unix_ms = archived_unix_ms,
                                 .to_count = e->to_count};
    int r = body == NULL ? ERR_LIMIT : content_read(a, body, m->body_len, &to->content);
    if (r < 0)
        return diag_set(p->d, r, "leaf %" PRIu64 " is too long to be shown", m->leaf);
    to->warrant = arena_string(a, m->record->warrant);
    to->id = arena_string(a, e->id);
    to->from = arena_string(a, e->from);
    to->to = recipients(a, e);
    to->conversation = conversation(a, e, &to->content);
    to->country = arena_string(a, m->country);
    to->wrong = arena_string(a, m->wrong);
    if (why == PACKAGE_REDACTED)
        to->redacted = p->o->redacted;
    else
        take_file(part, bot, m, to);
    part->bates++;
    part->count++;
    return 0;
}

/* ---- files ---- */

/* A disk may have lost it, or its time may be over: then the package is made without it, and says
 * so. */
static int leave_out(struct packing *p, struct pack_file *f, int code)
{
    if (code != ERR_NOT_FOUND && code != ERR_AUTH && code != ERR_FORMAT)
        return code;
    if (p->counts.files_missing++ == 0)
        snprintf(p->counts.missing, sizeof p->counts.missing, "%s: %s", f->shown.path, p->d->text);
    f->shown.path = NULL;
    return 0;
}

static int write_file(struct packing *p, struct pack_file *f)
{
    CLEANUP_BUF struct buf piece = BUF_INIT_SECRET(ORIGINALS_PIECE_MAX);
    CLEANUP_FREE char *path = mem_format("%s%s", BAG_PAYLOAD, f->shown.path);
    const struct originals_place place = {f->bot->journal, f->bot->files};
    struct hash_stream *hash = NULL;
    int r = 0;
    for (uint64_t at = 0; r == 0 && (at == 0 || at < f->shown.size); at += piece.len) {
        size_t len = f->shown.size - at < ORIGINALS_PIECE_MAX ? (size_t)(f->shown.size - at)
                                                              : ORIGINALS_PIECE_MAX;
        buf_reset(&piece);
        r = originals_read(p->part->originals, &place, &f->original, at, len, &piece, p->d);
        if (r == 0 && at == 0) {
            hash = hash_stream_new();
            r = bag_begin(p->bag, path, f->shown.size, p->d);
        }
        if (r == 0)
            r = bag_add(p->bag, piece.data, piece.len, p->d);
        if (hash != NULL)
            hash_stream_add(hash, piece.data, piece.len);
        if (f->shown.size == 0)
            break;
    }
    if (hash == NULL) /* not even begun */
        return leave_out(p, f, r);
    p->counts.files++;
    hash_stream_end(hash, f->shown.sha256);
    return r == 0 ? bag_end(p->bag, p->d) : r;
}

/* ---- forms ---- */

static int put_member(void *context, const char *path, const void *data, size_t len)
{
    struct packing *p = context;
    CLEANUP_FREE char *full = mem_format("%s%s", BAG_PAYLOAD, path);
    return bag_put(p->bag, full, data, len, p->d);
}

static void prefix_of(const char *agency, char ret[static PREFIX_MAX + 1])
{
    size_t len = 0;
    for (; *agency != '\0' && len < PREFIX_MAX; agency++)
        if (isalnum((unsigned char)*agency))
            ret[len++] = (char)toupper((unsigned char)*agency);
    ret[len] = '\0';
}

static int write_forms(struct packing *p)
{
    static int (*const forms[])(const struct forms_part *, const struct forms_sink *,
                                struct diag *) = {forms_load, forms_threads, forms_page,
                                                  forms_report, forms_case};
    const struct forms_sink sink = {put_member, p};
    char prefix[PREFIX_MAX + 1];
    prefix_of(p->o->agency, prefix);
    const struct forms_part part = {.package = p->o->name,
                                    .prefix = prefix,
                                    .title = p->o->scope,
                                    .number = p->part->number,
                                    .messages = p->part->messages,
                                    .count = p->part->count};
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof forms / sizeof *forms; i++)
        r = forms[i](&part, &sink, p->d);
    return r;
}

int pack_part_flush(struct packing *p)
{
    struct pack_part *part = p->part;
    if (part->count == 0)
        return 0;
    part->number++;
    int r = 0;
    for (size_t i = 0; r == 0 && i < part->file_count; i++)
        r = write_file(p, &part->files[i]);
    if (r == 0)
        r = write_forms(p);
    forget(part);
    return r;
}
