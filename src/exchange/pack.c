#include "exchange/pack.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "exchange/guide.h"
#include "exchange/pack_internal.h"

static int only_notes(const struct dirent *e)
{
    return file_name_ends(e->d_name, ".note");
}

static int put_document(struct packing *p, const char *name)
{
    CLEANUP_FREE char *from = file_join(p->o->documents, name);
    CLEANUP_FREE char *to = mem_format("data/documents/%s", name);
    CLEANUP_FREE char *text = NULL;
    int r = file_read_text(from, VALUE_EPOCHS_MAX, &text, p->d);
    return r == 0 ? bag_put(p->bag, to, text, strlen(text), p->d) : r;
}

static int put_documents(struct packing *p)
{
    const struct document *net = &p->o->net->document;
    struct dirent **names = NULL;
    int r = bag_put(p->bag, "data/network.note", net->note, net->note_len, p->d);
    int n = scandir(p->o->documents, &names, only_notes, alphasort);
    if (n < 0)
        return diag_set(p->d, ERR_IO, "cannot read the folder %s: %s", p->o->documents,
                        strerror(errno));
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = put_document(p, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return r;
}

static int put_guide(struct packing *p)
{
    CLEANUP_BUF struct buf readme = BUF_INIT(GUIDE_MAX), script = BUF_INIT(GUIDE_MAX);
    guide_readme(&readme);
    guide_verify(&script);
    int r = bag_put(p->bag, "data/README.txt", readme.data, readme.len, p->d);
    return r == 0 ? bag_put(p->bag, "data/verify.sh", script.data, script.len, p->d) : r;
}

int pack_note_warrant(struct packing *p, const char *id)
{
    struct package *x = &p->package;
    const struct warrant *w = library_warrant(p->o->library, id);
    size_t at = x->warrant_count;
    for (size_t i = 0; i < x->warrant_count; i++)
        if (strcmp(x->warrants[i].id, id) == 0)
            return 0;
    if (w == NULL || x->warrant_count == PACKAGE_WARRANTS_MAX)
        return diag_set(p->d, ERR_LIMIT, "a package is of at most %u warrants of the documents",
                        PACKAGE_WARRANTS_MAX);
    for (; at > 0 && strcmp(x->warrants[at - 1].id, id) > 0; at--)
        x->warrants[at] = x->warrants[at - 1];
    x->warrants[at] = (struct package_warrant){.id = w->id};
    memcpy(x->warrants[at].hash, w->document.hash, HASH_BYTES);
    x->warrant_count++;
    return 0;
}

/* No package is made where the authority does not answer as it should. */
static int put_stamp(struct packing *p, const struct buf *note)
{
    CLEANUP_BUF struct buf request = BUF_INIT(STAMP_REQUEST_MAX);
    CLEANUP_BUF struct buf reply = BUF_INIT(STAMP_BYTES_MAX);
    const struct stamp_asker *s = p->o->stamper;
    stamp_request(&request, note->data, note->len);
    int r = s->ask(s->context, &request, &reply, p->d);
    if (r == 0)
        r = stamp_answers(&request, &reply, p->d);
    const struct stamp_reply of = {
        .bytes = reply.data, .len = reply.len, .of = note->data, .of_len = note->len};
    if (r == 0)
        r = stamp_check(&of, &p->counts.stamp, p->d);
    return r == 0 ? bag_put(p->bag, STAMP_MEMBER, reply.data, reply.len, p->d) : r;
}

static int put_note(struct packing *p)
{
    CLEANUP_BUF struct buf text = BUF_INIT(PACKAGE_NOTE_MAX), note = BUF_INIT(PACKAGE_NOTE_MAX);
    package_format(&text, &p->package);
    if (buf_failed(&text))
        return diag_set(p->d, ERR_LIMIT, "what the package says of itself is too long");
    int r = p->o->sign(p->o->context, &text, &note, p->d);
    if (r == 0)
        r = bag_put(p->bag, PACKAGE_NOTE, note.data, note.len, p->d);
    return r == 0 && p->o->stamper != NULL ? put_stamp(p, &note) : r;
}

static int make(struct packing *p)
{
    int r = put_guide(p);
    if (r == 0)
        r = put_documents(p);
    for (size_t i = 0; r == 0 && i < p->o->bot_count; i++)
        r = pack_bot_tree(p, i);
    if (r == 0)
        r = pack_part_flush(p);
    if (r == 0)
        r = pack_log(p);
    if (r == 0 && p->package.warrant_count == 0)
        r = diag_set(p->d, ERR_NOT_FOUND, "nothing is selected: there is no package of nothing");
    if (r == 0)
        r = bag_close_payload(p->bag, p->package.manifest, p->d);
    if (r == 0)
        r = put_note(p);
    return r == 0 ? bag_finish(p->bag, p->d) : r;
}

static int check_options(const struct pack_options *o, struct diag *d)
{
    if (!package_name_valid(o->name))
        return diag_set(d, ERR_FORMAT,
                        "'%s' is not a package's name: lower case letters, digits and '-'",
                        o->name);
    if (o->scope[0] == '\0' || !value_line_valid(o->scope, PACKAGE_SCOPE_MAX))
        return diag_set(d, ERR_FORMAT, "what was selected does not fit into a line");
    if (o->redacted != NULL && !value_line_valid(o->redacted, PACKAGE_NAME_MAX * 4))
        return diag_set(d, ERR_FORMAT, "the reason of a redaction is a line of at most %u bytes",
                        PACKAGE_NAME_MAX * 4);
    return o->bot_count <= PACKAGE_BOTS_MAX
               ? 0
               : diag_set(d, ERR_LIMIT, "a package is of at most %u bots", PACKAGE_BOTS_MAX);
}

static void count(const struct packing *p, struct pack_counts *ret)
{
    struct stat st;
    *ret = p->counts;
    for (size_t i = 0; i < p->package.bot_count; i++)
        for (enum package_why why = 0; why < PACKAGE_WHYS; why++)
            ret->counts[why] += p->package.bots[i].counts[why];
    if (stat(p->o->path, &st) == 0)
        ret->bytes = (uint64_t)st.st_size;
}

int pack_make(const struct pack_options *o, struct pack_counts *ret, struct diag *d)
{
    struct packing p = {.o = o,
                        .d = d,
                        .package = {.network = o->net->domain,
                                    .agency = o->agency,
                                    .name = o->name,
                                    .made_unix_ms = o->now_unix_ms,
                                    .scope = o->scope,
                                    .bot_count = o->bot_count}};
    const struct bag_options to = {.path = o->path,
                                   .name = o->name,
                                   .recipients = o->recipients,
                                   .recipient_count = o->recipient_count,
                                   .at_unix_ms = o->now_unix_ms};
    int r = check_options(o, d);
    if (r == 0)
        r = bag_new(&to, &p.bag, d);
    if (r == 0) {
        p.part = pack_part_new();
        p.certificates = log_places_new();
        r = make(&p);
    }
    if (r == 0)
        count(&p, ret);
    pack_part_free(p.part);
    log_places_free(p.certificates);
    bag_free(p.bag);
    return r;
}
