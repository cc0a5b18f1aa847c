/* A package of a journal: it proves itself, and nothing in it can be changed without a line that
 * names it.
 */
#include "exchange/pack.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../archive/shelf.h"
#include "base/file.h"
#include "base/secret.h"
#include "exchange/bag_read.h"
#include "exchange/verify.h"

#define MEMBERS_MAX 32U

struct making {
    struct shelf *s;
    struct library *library;
    struct age_identity receiver;
    struct age_recipient recipient;
    const struct pack_choice *choices;
    size_t count, next;
    char *file, *folder; /* the package, and where it is unpacked to */
    char *members[MEMBERS_MAX];
    size_t member_count;
    FILE *out;
    uint64_t shown; /* messages that were handed on */
    struct diag d;
};

/* ---- a journal of two rounds under a checkpoint ---- */

static void checkpoint(struct shelf *s)
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct checkpoint c = {.size = journal_size(s->journal)};
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    assert_int_equal(journal_root(s->journal, c.size, c.root), 0);
    checkpoint_sign(&note, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    assert_int_equal(journal_put_checkpoint(s->journal, &c, buf_text(&note), NULL), 0);
}

static void fill(struct shelf *s)
{
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    checkpoint(s);
}

static int next_choice(void *context, size_t bot, struct pack_choice *ret, struct diag *d)
{
    struct making *m = context;
    (void)bot;
    (void)d;
    if (m->next == m->count)
        return 0;
    *ret = m->choices[m->next++];
    return 1;
}

static int sign(void *context, const struct buf *text, struct buf *ret, struct diag *d)
{
    const struct fixture_signer *desk = &((struct making *)context)->s->f->warrants[0].desk;
    (void)d;
    note_sign(ret, (const char *)text->data, text->len, &desk->key, desk->secret);
    return 0;
}

static void making_begin(struct making *m, struct shelf *s)
{
    *m = (struct making){.s = s};
    m->file = file_join(s->folder, "package.age");
    m->folder = file_join(s->folder, "package");
    age_identity_generate(&m->receiver);
    m->recipient = age_identity_recipient(&m->receiver);
    assert_int_equal(library_open(s->f->network, s->documents, &m->library, &m->d), 0);
}

static void making_clear(struct making *m)
{
    for (size_t i = 0; i < m->member_count; i++)
        free(m->members[i]);
    library_free(m->library);
    free(m->file);
    free(m->folder);
}

static int make(struct making *m, const struct pack_choice *choices, size_t count)
{
    const struct pack_bot bot = {m->s->f->bots[0].jid, m->s->journal_path, m->s->folder};
    const struct pack_options o = {.path = m->file,
                                   .name = "north-0001",
                                   .agency = "north",
                                   .scope = "from:anna",
                                   .now_unix_ms = FIXTURE_AT,
                                   .recipients = &m->recipient,
                                   .recipient_count = 1,
                                   .net = m->s->f->network,
                                   .library = m->library,
                                   .documents = m->s->documents,
                                   .identities = &m->s->f->warrants[0].agencies[0],
                                   .identity_count = 1,
                                   .bots = &bot,
                                   .bot_count = 1,
                                   .next = next_choice,
                                   .sign = sign,
                                   .context = m};
    struct pack_counts counts;
    m->choices = choices;
    m->count = count;
    m->next = 0;
    return pack_make(&o, &counts, &m->d);
}

/* ---- checking it ---- */

static int take_message(void *context, const struct verify_message *x)
{
    struct making *m = context;
    assert_int_equal(strlen(x->body), x->body_len);
    m->shown++;
    return 0;
}

static int verify(struct making *m, const char *path, const char *network,
                  struct package_verified *ret)
{
    const struct package_verify_options o = {.path = path,
                                             .identities = &m->receiver,
                                             .identity_count = 1,
                                             .network = network,
                                             .message = take_message,
                                             .context = m};
    m->shown = 0;
    return package_verify(&o, ret, &m->d);
}

static int verify_folder(struct making *m)
{
    CLEANUP_VERIFIED struct package_verified v;
    return verify(m, m->folder, NULL, &v);
}

/* ---- unpacking ---- */

static int unpack_begin(void *context, const char *path, uint64_t size, struct diag *d)
{
    struct making *m = context;
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
    assert_int_equal(fwrite(data, 1, len, ((struct making *)context)->out), len);
    return 0;
}

static int unpack_end(void *context, struct diag *d)
{
    (void)d;
    return fclose(((struct making *)context)->out);
}

static void unpack(struct making *m)
{
    const struct bag_sink sink = {unpack_begin, unpack_data, unpack_end, m};
    struct bag_summary summary;
    assert_int_equal(bag_read(m->file, &m->receiver, 1, &sink, &summary, &m->d), 0);
}

/* ---- tests ---- */

static const struct pack_choice of_all_kinds[] = {
    {0, PACKAGE_SHOWN}, {2, PACKAGE_PRIVILEGED}, {5, PACKAGE_SHOWN}, {6, PACKAGE_REDACTED}};

static void pack__make__proves_itself(void **state)
{
    struct shelf *s = *state;
    CLEANUP(making_clear) struct making m;
    CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
    fill(s);
    making_begin(&m, s);
    if (make(&m, of_all_kinds, 4) != 0 || verify(&m, m.file, s->f->network_note, &v) != 0)
        fail_msg("%s", m.d.text);
    assert_int_equal(m.shown, 2);
    assert_int_equal(v.records, 2);
    const struct package_bot *b = &v.package->bots[0];
    assert_int_equal(b->size, 10);
    assert_int_equal(b->counts[PACKAGE_SHOWN], 2);
    assert_int_equal(b->counts[PACKAGE_PRIVILEGED], 1);
    assert_int_equal(b->counts[PACKAGE_REDACTED], 1);
    assert_int_equal(b->counts[PACKAGE_OUT_OF_SCOPE], 2); /* the rest are two batches, two rounds */
    assert_string_equal(v.package->scope, "from:anna");
    unpack(&m);
    if (verify_folder(&m) != 0)
        fail_msg("%s", m.d.text);
}

static void pack__make__refuses_what_is_no_record(void **state)
{
    struct shelf *s = *state;
    static const struct {
        struct pack_choice choices[2];
        int code;
        const char *says;
    } cases[] = {
        {{{3, PACKAGE_SHOWN}, {5, PACKAGE_SHOWN}}, ERR_NOT_FOUND, "leaf 3 of"},
        {{{0, PACKAGE_SHOWN}, {4, PACKAGE_SHOWN}}, ERR_NOT_FOUND, "leaf 4 of"},
        {{{1, PACKAGE_SHOWN}, {1, PACKAGE_SHOWN}}, ERR_FORMAT, "not in order"},
        {{{0, PACKAGE_SHOWN}, {10, PACKAGE_SHOWN}}, ERR_AGAIN, "leaf 10 of"},
    };
    CLEANUP(making_clear) struct making m;
    fill(s);
    shelf_commit(s, NULL); /* under no checkpoint */
    making_begin(&m, s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(make(&m, cases[i].choices, 2), cases[i].code);
        assert_says(m.d.text, cases[i].says);
        assert_false(file_exists(m.file));
    }
    assert_int_equal(make(&m, NULL, 0), ERR_NOT_FOUND);
    assert_says(m.d.text, "nothing is selected");
}

static void pack__verify__needs_the_trusted_network(void **state)
{
    struct shelf *s = *state;
    CLEANUP(making_clear) struct making m;
    const struct fixture_options two = {.custodians = 2};
    CLEANUP(fixture_free_cleanup) struct fixture *other = fixture_new(&two);
    CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
    fill(s);
    making_begin(&m, s);
    assert_int_equal(make(&m, of_all_kinds, 4), 0);
    assert_int_equal(verify(&m, m.file, other->network_note, &v), ERR_AUTH);
    assert_says(m.d.text, "data/network.note is another than the trusted one");
}

/* One byte of each member, at several places of it. */
static void pack__verify__names_every_changed_member(void **state)
{
    struct shelf *s = *state;
    CLEANUP(making_clear) struct making m;
    fill(s);
    making_begin(&m, s);
    assert_int_equal(make(&m, of_all_kinds, 4), 0);
    unpack(&m);
    assert_true(m.member_count >= 11);
    for (size_t i = 0; i < m.member_count; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
        assert_int_equal(file_read(m.members[i], &b, &m.d), 0);
        for (size_t at = 0; at < b.len; at += 1 + b.len / 50) {
            b.data[at] ^= 1;
            assert_int_equal(file_write(m.members[i], b.data, b.len, 0600, &m.d), 0);
            m.d.text[0] = '\0';
            if (verify_folder(&m) >= 0 || m.d.text[0] == '\0')
                fail_msg("%s, byte %zu", m.members[i], at);
            b.data[at] ^= 1;
        }
        assert_int_equal(file_write(m.members[i], b.data, b.len, 0600, &m.d), 0);
    }
    assert_int_equal(verify_folder(&m), 0);
}

/* ---- by whoever may write the manifests anew, but has not the desk's key ---- */

static void change_line(struct making *m, const char *what, const char *with)
{
    CLEANUP_FREE char *path =
        mem_format("%s/data/records/%s/000001.jsonl", m->folder, m->s->f->bots[0].jid);
    CLEANUP_FREE char *text = NULL;
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    assert_int_equal(file_read_text(path, 1U << 20, &text, &m->d), 0);
    char *at = strstr(text, what);
    assert_non_null(at);
    char *line = at;
    while (line > text && line[-1] != '\n')
        line--;
    buf_put(&b, text, (size_t)(line - text));
    buf_put_text(&b, with); /* instead of the whole line */
    buf_put_text(&b, strchr(at, '\n') + 1);
    assert_int_equal(file_write(path, b.data, b.len, 0600, &m->d), 0);
}

/* A message of its scope that is silently left out, in each of the ways that there are. */
static void pack__verify__refuses_a_record_that_was_left_out(void **state)
{
    struct shelf *s = *state;
    static const char hidden[] =
        "{\"leaf\":5,\"level\":0,\"hash\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"why\":\"scope\"}\n";
    static const struct {
        const char *line, *with, *says;
    } cases[] = {
        {"{\"leaf\":5,", "", "leaf 6 of ibot.chat.example comes where leaf 5 does"},
        {"{\"leaf\":5,", hidden, ""},
        {"\"ironside verdicts", "", "comes where leaf 4 does"},
        {"\"ironside batch", "", "comes where leaf 3 does"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(making_clear) struct making m;
        if (i == 0)
            fill(s);
        making_begin(&m, s);
        if (i > 0) {
            assert_int_equal(file_remove_tree(m.file, NULL), 0);
            assert_int_equal(file_remove_tree(m.folder, NULL), 0);
        }
        assert_int_equal(make(&m, of_all_kinds, 4), 0);
        unpack(&m);
        change_line(&m, cases[i].line, cases[i].with);
        assert_int_equal(verify_folder(&m), ERR_AUTH);
        if (strstr(m.d.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].says, m.d.text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SHELF_TEST(pack__make__proves_itself),
        SHELF_TEST(pack__make__refuses_what_is_no_record),
        SHELF_TEST(pack__verify__needs_the_trusted_network),
        SHELF_TEST(pack__verify__names_every_changed_member),
        SHELF_TEST(pack__verify__refuses_a_record_that_was_left_out),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
