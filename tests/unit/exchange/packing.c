#include "packing.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "exchange/bag_read.h"

const struct pack_choice packing_of_all_kinds[PACKING_KINDS] = {
    {0, PACKAGE_SHOWN}, {2, PACKAGE_PRIVILEGED}, {5, PACKAGE_SHOWN}, {6, PACKAGE_REDACTED}};

void packing_change_seal(struct shelf *s, struct fixture_message *m)
{
    m->envelope.wraps[0].wrap[0] ^= 1;
    fixture_message_sign(m, s->f, NULL, s->anna);
}

/* ---- a journal of two rounds under a checkpoint ---- */

void packing_checkpoint(struct shelf *s)
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct checkpoint c = {.size = journal_size(s->journal)};
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    assert_int_equal(journal_root(s->journal, c.size, c.root), 0);
    checkpoint_sign(&note, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    assert_int_equal(journal_put_checkpoint(s->journal, &c, buf_text(&note), NULL), 0);
}

void packing_fill(struct shelf *s)
{
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    packing_checkpoint(s);
}

void packing_log(struct packed *m, bool has_theirs)
{
    CLEANUP_FREE char *path = file_join(m->s->folder, "log.db");
    struct log_document x[2] = {{.entry = {.kind = DOCUMENT_CERTIFICATE}},
                                {.entry = {.kind = DOCUMENT_CERTIFICATE}}};
    char origin[LOG_ORIGIN_MAX];
    const struct log_signer by = {origin, m->s->f->registrar.key, m->s->f->registrar.secret};
    log_origin(m->s->f->network, origin);
    memcpy(x[0].entry.hash, m->s->bert->certificate->document.hash, HASH_BYTES);
    memcpy(x[1].entry.hash, m->s->anna->certificate->document.hash, HASH_BYTES);
    if (public_log_create(path, &m->d) < 0 || public_log_open(path, true, &m->log, &m->d) < 0 ||
        public_log_append(m->log, x, has_theirs ? 2 : 1, &by, &m->d) < 0)
        fail_msg("%s", m->d.text);
}

void packing_log_remove(struct packed *m)
{
    CLEANUP_FREE char *path = file_join(m->s->folder, "log.db");
    public_log_close(TAKE(m->log));
    assert_int_equal(file_remove_tree(path, NULL), 0);
}

static int next_choice(void *context, size_t bot, struct pack_choice *ret, struct diag *d)
{
    struct packed *m = context;
    (void)bot;
    (void)d;
    if (m->next == m->count)
        return 0;
    *ret = m->choices[m->next++];
    return 1;
}

int packing_sign(void *context, const struct buf *text, struct buf *ret, struct diag *d)
{
    const struct fixture_signer *desk = &((struct packed *)context)->s->f->warrants[0].desk;
    (void)d;
    note_sign(ret, (const char *)text->data, text->len, &desk->key, desk->secret);
    return 0;
}

void packing_begin(struct packed *m, struct shelf *s)
{
    *m = (struct packed){.s = s};
    m->file = file_join(s->folder, "package.age");
    m->folder = file_join(s->folder, "package");
    age_identity_generate(&m->receiver);
    m->recipient = age_identity_recipient(&m->receiver);
    assert_int_equal(library_open(s->f->network, s->documents, &m->library, &m->d), 0);
}

void packing_clear(struct packed *m)
{
    for (size_t i = 0; i < m->member_count; i++)
        free(m->members[i]);
    library_free(m->library);
    public_log_close(m->log);
    free(m->file);
    free(m->folder);
}

static int ask_stamp(void *context, const struct buf *request, struct buf *ret, struct diag *d)
{
    struct packed *m = context;
    (void)d;
    authority_answer(m->authority, request, ret);
    return m->asking;
}

int packing_make(struct packed *m, const struct pack_choice *choices, size_t count)
{
    const struct pack_bot bot = {m->s->f->bots[0].jid, m->s->journal_path, m->s->folder};
    const struct stamp_asker stamper = {ask_stamp, m};
    const struct pack_options o = {.path = m->file,
                                   .name = "north-0001",
                                   .agency = "north",
                                   .scope = "from:anna",
                                   .now_unix_ms = FIXTURE_AT,
                                   .recipients = &m->recipient,
                                   .recipient_count = 1,
                                   .net = m->s->f->network,
                                   .library = m->library,
                                   .public_log = m->log,
                                   .documents = m->s->documents,
                                   .identities = &m->s->f->warrants[0].agencies[0],
                                   .identity_count = 1,
                                   .bots = &bot,
                                   .bot_count = 1,
                                   .next = next_choice,
                                   .sign = packing_sign,
                                   .context = m,
                                   .stamper = m->authority == NULL ? NULL : &stamper};
    struct pack_counts counts;
    m->choices = choices;
    m->count = count;
    m->next = 0;
    return pack_make(&o, &counts, &m->d);
}

/* ---- checking it ---- */

static int take_message(void *context, const struct verify_message *x)
{
    struct packed *m = context;
    assert_int_equal(strlen(x->body), x->body_len);
    m->shown++;
    return 0;
}

int packing_verify(struct packed *m, const char *path, const char *network,
                   struct package_verified *ret)
{
    const struct package_verify_options o = {.path = path,
                                             .identities = &m->receiver,
                                             .identity_count = 1,
                                             .network = network,
                                             .authorities = m->trusted,
                                             .message = take_message,
                                             .context = m};
    m->shown = 0;
    return package_verify(&o, ret, &m->d);
}

int packing_verify_folder(struct packed *m)
{
    CLEANUP_VERIFIED struct package_verified v;
    return packing_verify(m, m->folder, NULL, &v);
}

/* ---- unpacking ---- */

static int unpack_begin(void *context, const char *path, uint64_t size, struct diag *d)
{
    struct packed *m = context;
    CLEANUP_FREE char *full = file_join(m->folder, path);
    (void)size;
    *strrchr(full, '/') = '\0';
    assert_int_equal(file_make_folder(full, 0700, d), 0);
    full[strlen(full)] = '/';
    assert_true(m->member_count < MEMBERS_MAX);
    m->members[m->member_count++] = mem_string(full);
    m->out = fopen(full, "w");
    assert_non_null(m->out);
    return 0;
}

static int unpack_data(void *context, const void *data, size_t len, struct diag *d)
{
    (void)d;
    assert_int_equal(fwrite(data, 1, len, ((struct packed *)context)->out), len);
    return 0;
}

static int unpack_end(void *context, struct diag *d)
{
    (void)d;
    return fclose(((struct packed *)context)->out);
}

void packing_unpack(struct packed *m)
{
    const struct bag_sink sink = {unpack_begin, unpack_data, unpack_end, m};
    struct bag_summary summary;
    assert_int_equal(bag_read(m->file, &m->receiver, 1, &sink, &summary, &m->d), 0);
}
