#include "exchange/verify.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "exchange/bag_read.h"
#include "exchange/verify_internal.h"

#define DOCUMENTS "data/documents/"
#define CHECKPOINTS "data/checkpoints/"
#define RECORDS "data/records/"
#define FILES "data/files/"

static bool begins(const char *path, const char *with)
{
    return strncmp(path, with, strlen(with)) == 0;
}

/* ---- notes ---- */

static int take_network(struct verifying *v, const char *name, struct diag *d)
{
    const char *note = buf_text(&v->bytes);
    (void)name;
    if (v->o->network != NULL && strcmp(note, v->o->network) != 0)
        return diag_set(d, ERR_AUTH, "%s is another than the trusted one", v->path);
    int r = network_note_open(note, v->bytes.len, &v->net, d);
    if (r < 0)
        return diag_prefix(d, r, "%s", v->path);
    memcpy(v->ret->network, v->net->domain, strlen(v->net->domain) + 1);
    memcpy(v->ret->network_hash, v->net->document.hash, HASH_BYTES);
    return 0;
}

static int take_document(struct verifying *v, const char *name, struct diag *d)
{
    (void)name;
    if (v->library != NULL)
        return diag_set(d, ERR_FORMAT, "%s comes behind records", v->path);
    if (v->note_count == LIBRARY_NOTES_MAX)
        return diag_set(d, ERR_LIMIT, "it has more than %u documents", LIBRARY_NOTES_MAX);
    v->notes = mem_resize(v->notes, v->note_count + 1, sizeof *v->notes);
    v->notes[v->note_count++] =
        (struct library_note){mem_string(v->path), mem_string(buf_text(&v->bytes))};
    return 0;
}

/* "BOT.note" */
static int take_checkpoint(struct verifying *v, const char *name, struct diag *d)
{
    size_t len = strlen(name), ending = strlen(".note");
    if (len <= ending || len - ending > VALUE_DOMAIN_MAX || v->bot_count == PACKAGE_BOTS_MAX ||
        strcmp(name + len - ending, ".note") != 0 || verify_bot_of(v, name, len - ending) != NULL)
        return diag_set(d, ERR_FORMAT, "%s is not a bot's checkpoint, or one too many", v->path);
    struct verify_bot *b = &v->bots[v->bot_count++];
    memcpy(b->jid, name, len - ending);
    b->note = mem_string(buf_text(&v->bytes));
    return 0;
}

static int take_package(struct verifying *v, const char *name, struct diag *d)
{
    (void)name;
    (void)d;
    v->note = mem_string(buf_text(&v->bytes));
    return 0;
}

static int take_stamp(struct verifying *v, const char *name, struct diag *d)
{
    (void)name;
    buf_put(&v->stamp, v->bytes.data, v->bytes.len);
    return v->stamp.len == 0 || buf_failed(&v->stamp)
               ? diag_set(d, ERR_LIMIT, "%s is empty, or too long", v->path)
               : 0;
}

/* ---- records ---- */

int verify_open_library(struct verifying *v, struct diag *d)
{
    if (v->library != NULL)
        return 0;
    if (v->net == NULL)
        return diag_set(d, ERR_FORMAT, "data/network.note is missing, or comes behind records");
    return library_new(v->net, v->notes, v->note_count, &v->library, d);
}

/* "BOT/NNNNNN.jsonl" */
static int begin_records(struct verifying *v, const char *name, struct diag *d)
{
    const char *slash = strchr(name, '/');
    v->bot = slash == NULL ? NULL : verify_bot_of(v, name, (size_t)(slash - name));
    if (v->bot == NULL)
        return diag_set(d, ERR_FORMAT, "%s has no checkpoint, or comes before it", v->path);
    v->line = verify_tree_line;
    int r = verify_open_library(v, d);
    return r == 0 && !v->bot->begun ? verify_tree_begin(v->bot, v->library, d) : r;
}

static int take_lines(struct verifying *v, const char *data, size_t len, struct diag *d)
{
    const char *end = data + len;
    while (data < end) {
        const char *newline = memchr(data, '\n', (size_t)(end - data));
        size_t part = newline == NULL ? (size_t)(end - data) : (size_t)(newline - data);
        buf_put(&v->bytes, data, part);
        if (buf_failed(&v->bytes))
            return diag_set(d, ERR_LIMIT, "%s: a line is too long", v->path);
        if (newline == NULL)
            break;
        int r = v->line(v, (const char *)v->bytes.data, v->bytes.len, d);
        buf_reset(&v->bytes);
        if (r < 0)
            return r;
        data = newline + 1;
    }
    return 0;
}

/* ---- files ---- */

static int begin_file(struct verifying *v, struct diag *d)
{
    v->file = true;
    v->ret->files++;
    return package_files_begin(v->files, v->path + strlen(BAG_PAYLOAD)) < 0
               ? diag_set(d, ERR_AUTH, "%s is of no record before it", v->path)
               : 0;
}

static int end_file(struct verifying *v, struct diag *d)
{
    int r = package_files_end(v->files);
    return r == ERR_AUTH ? diag_set(d, r, "%s is not the file that its sender has signed", v->path)
                         : r;
}

/* ---- members ---- */

/* What is for people, and proved by the desk's word on the manifest alone. */
static bool is_form(const char *path)
{
    static const char *const known[] = {"data/load/",    "data/threads/", "data/index",
                                        "data/report",   "data/case",     "data/README.txt",
                                        "data/verify.sh"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (begins(path, known[i]))
            return true;
    return strcmp(path, BAG_DECLARATION) == 0 || strcmp(path, BAG_INFO) == 0 ||
           strcmp(path, BAG_MANIFEST) == 0 || strcmp(path, BAG_TAG_MANIFEST) == 0;
}

static int begin(void *context, const char *path, uint64_t size, struct diag *d)
{
    struct verifying *v = context;
    memcpy(v->path, path, strlen(path) + 1);
    buf_reset(&v->bytes);
    v->take = NULL;
    v->line = NULL;
    v->file = v->binary = false;
    if (begins(path, RECORDS))
        return begin_records(v, path + strlen(RECORDS), d);
    if (begins(path, FILES))
        return begin_file(v, d);
    if (begins(path, DOCUMENTS))
        v->take = take_document;
    else if (begins(path, CHECKPOINTS))
        v->take = take_checkpoint;
    else if (strcmp(path, "data/network.note") == 0)
        v->take = take_network;
    else if (strcmp(path, LOG_PLACE_CHECKPOINT) == 0)
        v->take = verify_log_checkpoint;
    else if (strcmp(path, LOG_PLACE_LINES) == 0)
        v->line = verify_log_line;
    else if (strcmp(path, PACKAGE_NOTE) == 0)
        v->take = take_package;
    else if (strcmp(path, STAMP_MEMBER) == 0)
        v->take = take_stamp, v->binary = true;
    else if (!is_form(path))
        return diag_set(d, ERR_FORMAT, "%s is not what a package has", path);
    if (v->take != NULL && size > VALUE_EPOCHS_MAX)
        return diag_set(d, ERR_LIMIT, "%s is too long", path);
    return 0;
}

static int data(void *context, const void *bytes, size_t len, struct diag *d)
{
    struct verifying *v = context;
    if (v->line != NULL)
        return take_lines(v, bytes, len, d);
    if (v->file)
        return package_files_add(v->files, bytes, len);
    if (v->take == NULL)
        return 0;
    buf_put(&v->bytes, bytes, len);
    return buf_failed(&v->bytes) || (!v->binary && memchr(bytes, '\0', len) != NULL)
               ? diag_set(d, ERR_FORMAT, "%s is not a text, or too long", v->path)
               : 0;
}

static int end(void *context, struct diag *d)
{
    struct verifying *v = context;
    if (v->line != NULL && v->bytes.len > 0)
        return diag_set(d, ERR_FORMAT, "%s does not end in a newline", v->path);
    if (v->file)
        return end_file(v, d);
    if (v->take == NULL)
        return 0;
    const char *slash = strrchr(v->path, '/');
    return v->take(v, slash == NULL ? v->path : slash + 1, d);
}

/* ---- the whole ---- */

static void clear(struct verifying *v)
{
    for (size_t i = 0; i < v->note_count; i++) {
        free(v->notes[i].name);
        free(v->notes[i].text);
    }
    for (size_t i = 0; i < v->bot_count; i++) {
        free(v->bots[i].note);
        free(v->bots[i].tree.pending);
    }
    free(v->notes);
    free(v->note);
    buf_clear(&v->stamp);
    package_files_free(v->files);
    log_places_free(v->certificates);
    library_free(v->library);
    network_note_free(v->net);
    buf_clear(&v->bytes);
    arena_clear(&v->arena);
    secret_free(v->body);
}

int package_verify(const struct package_verify_options *o, struct package_verified *ret,
                   struct diag *d)
{
    struct verifying *v = mem_new(sizeof *v);
    const struct bag_sink sink = {begin, data, end, v};
    struct bag_summary bag;
    *ret = (struct package_verified){.package = NULL};
    v->o = o;
    v->ret = ret;
    v->bytes = (struct buf)BUF_INIT_SECRET(PACKAGE_LINE_BYTES_MAX + VALUE_EPOCHS_MAX);
    v->stamp = (struct buf)BUF_INIT(STAMP_BYTES_MAX);
    v->arena = (struct arena)ARENA_INIT(2 * PACKAGE_LINE_BYTES_MAX + 4 * RECORD_MAX);
    v->files = package_files_new(o->sealed, o->context);
    v->certificates = log_places_new();
    v->body = secret_new(VALUE_BODY_MAX + 1);
    int r = bag_read(o->path, o->identities, o->identity_count, &sink, &bag, d);
    if (r == 0)
        r = verify_note(v, &bag, d);
    ret->members = bag.members;
    ret->certificates = log_places_count(v->certificates);
    ret->files_missing = package_files_sent(v->files) - ret->files;
    clear(v);
    free(v);
    return r;
}

void package_verified_clear(struct package_verified *v)
{
    package_free(v->package);
    free(v->warrants);
    v->package = NULL;
    v->warrants = NULL;
}
