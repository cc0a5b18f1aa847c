#include "desk/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "exchange/verify.h"
#include "journal/files.h"

#define PIECE_BYTES 65536U

struct receiving {
    const struct desk_receive_options *o;
    struct network_note *own;
    struct package_verified verified;
    uint8_t sha256[HASH_BYTES];
    char *files;       /* the folder of ciphertexts */
    struct buf sealed; /* of the file under way */
    struct diag inner; /* why this desk ended the second reading */
    struct diag *d;
};

/* ---- which file ---- */

static int hash_fd(int fd, uint8_t ret[static HASH_BYTES])
{
    uint8_t piece[PIECE_BYTES];
    struct hash_stream *h = hash_stream_new();
    ssize_t n;
    while ((n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            hash_stream_add(h, piece, (size_t)n);
    hash_stream_end(h, ret);
    return n < 0 ? ERR_IO : 0;
}

static int hash_file(struct receiving *p)
{
    CLEANUP_CLOSE int fd = open(p->o->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return diag_set(p->d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot read %s: %s",
                        p->o->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return diag_set(p->d, ERR_FORMAT, "%s is not a file: name the package as it was received",
                        p->o->path);
    return hash_fd(fd, p->sha256) < 0 ? diag_set(p->d, ERR_IO, "cannot read %s", p->o->path) : 0;
}

/* ---- reading it ---- */

static const char *trusted(const struct receiving *p)
{
    return p->o->network != NULL ? p->o->network : p->own->document.note;
}

static bool is_foreign(const struct receiving *p)
{
    return memcmp(p->verified.network_hash, p->own->document.hash, HASH_BYTES) != 0;
}

/* A network that is called as the own one would make its people ours. */
static int check_network(struct receiving *p)
{
    if (is_foreign(p) && strcmp(p->verified.network, p->own->domain) == 0)
        return diag_set(p->d, ERR_AUTH,
                        "it is of another network %s than this desk's: their people could not be "
                        "told apart",
                        p->own->domain);
    return 0;
}

/* ---- into the index ---- */

static int take_message(void *context, const struct verify_message *in)
{
    struct receiving *p = context;
    const struct envelope *e = &in->record->envelope;
    struct follower_message m = {.leaf = in->leaf,
                                 .n = e->n,
                                 .policy = e->policy,
                                 .at_unix_ms = e->at_unix_ms,
                                 .archived_unix_ms = in->record->received_at_unix_ms,
                                 .warrant = in->record->warrant,
                                 .id = e->id,
                                 .from = e->from,
                                 .to_count = e->to_count,
                                 .file_count = e->file_count,
                                 .wrong = "",
                                 .body = in->body,
                                 .body_len = in->body_len};
    memcpy(m.certificate, e->certificate, HASH_BYTES);
    memcpy(m.record_leaf, in->hash, HASH_BYTES);
    memcpy(m.to, e->to, e->to_count * sizeof e->to[0]);
    snprintf(m.country, sizeof m.country, "%s", in->country);
    for (size_t i = 0; i < e->file_count; i++) {
        memcpy(m.files[i].sha256, e->files[i].sha256, HASH_BYTES);
        m.files[i].size = e->files[i].size;
    }
    return desk_received_add(p->o->engine->index, in->bot, &m, &p->inner);
}

static int write_sealed(struct receiving *p, const uint8_t sha256[static HASH_BYTES])
{
    CLEANUP_FREE char *path = journal_file_path(p->files, sha256);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    int r = file_make_folder(path, 0700, &p->inner);
    *slash = '/';
    if (r == 0 && !file_exists(path))
        r = file_write(path, p->sealed.data, p->sealed.len, 0600, &p->inner);
    buf_reset(&p->sealed);
    return r;
}

static int take_sealed(void *context, const uint8_t sha256[static HASH_BYTES], const void *sealed,
                       size_t len)
{
    struct receiving *p = context;
    if (sealed == NULL)
        return write_sealed(p, sha256);
    buf_put(&p->sealed, sealed, len);
    return buf_failed(&p->sealed) ? diag_set(&p->inner, ERR_LIMIT, "a file of it is too long") : 0;
}

static int verify(struct receiving *p, bool take, struct package_verified *ret)
{
    const struct package_verify_options o = {.path = p->o->path,
                                             .identities = p->o->identities->list,
                                             .identity_count = p->o->identities->count,
                                             .network = trusted(p),
                                             .message = take ? take_message : NULL,
                                             .sealed = take ? take_sealed : NULL,
                                             .context = p};
    int r = package_verify(&o, ret, p->d);
    return r < 0 && p->inner.text[0] != '\0' ? diag_set(p->d, r, "%s", p->inner.text) : r;
}

/* What is read the second time must be what was verified. */
static int take_all(struct receiving *p)
{
    CLEANUP_VERIFIED struct package_verified again = {.package = NULL};
    int r = verify(p, true, &again);
    if (r == 0 && memcmp(again.package->manifest, p->verified.package->manifest,
                         sizeof again.package->manifest) != 0)
        r = diag_set(p->d, ERR_AUTH, "%s was changed while it was read", p->o->path);
    return r;
}

static int log_it(void *context, const struct desk_received *r, const char *warrants,
                  struct diag *d)
{
    const struct receiving *p = context;
    CLEANUP_BUF struct buf what = BUF_INIT(ACCESS_TEXT_MAX);
    char sha256[2 * HASH_BYTES + 1];
    encode_hex(p->sha256, HASH_BYTES, sha256);
    buf_format(&what, "package %s of %s, %s, SHA-256 %s: %s", r->name, r->agency, r->network,
               sha256, r->scope);
    uint64_t count = 0;
    for (int k = 0; k < DESK_RECEIVED_KINDS; k++)
        count += r->records[k];
    const struct access_entry e = {.at_unix_ms = p->o->now_unix_ms,
                                   .action = ACCESS_RECEIVE,
                                   .user = DESK_AT_THE_MACHINE,
                                   .role = "",
                                   .purpose = "",
                                   .case_id = "",
                                   .warrants = warrants,
                                   .what = buf_text(&what),
                                   .count = count};
    return access_append(p->o->engine->log, &e, d);
}

/* ---- the whole ---- */

static void describe(const struct receiving *p, struct desk_received *ret)
{
    const struct package *k = p->verified.package;
    *ret = (struct desk_received){.name = k->name,
                                  .agency = k->agency,
                                  .network = p->verified.network,
                                  .scope = k->scope,
                                  .made_unix_ms = k->made_unix_ms,
                                  .received_unix_ms = p->o->now_unix_ms,
                                  .foreign = is_foreign(p)};
    memcpy(ret->network_hash, p->verified.network_hash, HASH_BYTES);
    memcpy(ret->sha256, p->sha256, HASH_BYTES);
    memcpy(ret->manifest, k->manifest, sizeof ret->manifest);
}

static int import(struct receiving *p, struct desk_received *r)
{
    struct desk_index *x = p->o->engine->index;
    int e = desk_received_begin(x, r, p->verified.warrants, r, p->d);
    if (e < 0)
        return e;
    e = take_all(p);
    if (e == 0)
        return desk_received_commit(x, log_it, p, r, p->d);
    desk_received_abandon(x);
    return e;
}

static void tell(const struct receiving *p, const struct desk_received *r,
                 struct desk_receive_counts *ret)
{
    snprintf(ret->package, sizeof ret->package, "%s", r->name);
    snprintf(ret->agency, sizeof ret->agency, "%s", r->agency);
    snprintf(ret->network, sizeof ret->network, "%s", r->network);
    memcpy(ret->records, r->records, sizeof ret->records);
    ret->files = p->verified.files;
}

static int receive(struct receiving *p, struct desk_receive_counts *ret)
{
    struct desk_received r;
    int e = hash_file(p);
    if (e == 0)
        e = verify(p, false, &p->verified);
    if (e == 0)
        e = check_network(p);
    if (e < 0)
        return e;
    describe(p, &r);
    e = import(p, &r);
    *ret = (struct desk_receive_counts){.again = e == ERR_EXISTS};
    if (e == 0 || e == ERR_EXISTS)
        tell(p, &r, ret);
    return e == ERR_EXISTS ? 0 : e;
}

int desk_receive(const struct desk_receive_options *o, struct desk_receive_counts *ret,
                 struct diag *d)
{
    struct receiving p = {.o = o,
                          .files = desk_folder_file(o->folder, DESK_RECEIVED),
                          .sealed = BUF_INIT(VALUE_FILE_BYTES_MAX),
                          .d = d};
    int r = desk_folder_note(o->folder, &p.own, d);
    if (r == 0)
        r = receive(&p, ret);
    package_verified_clear(&p.verified);
    network_note_free(p.own);
    buf_clear(&p.sealed);
    free(p.files);
    return r;
}
