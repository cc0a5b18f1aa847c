/* Nothing in a package can be changed, left out or made up without a line that names it, not even
 * by the desk that signs it.
 */
#include "base/encode.h"
#include "base/file.h"
#include "base/secret.h"
#include "exchange/bag.h"
#include "exchange/log_place.h"
#include "exchange/package_line.h"
#include "packing.h"

static void package__verify__needs_the_trusted_network(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    const struct fixture_options two = {.custodians = 2};
    CLEANUP(fixture_free_cleanup) struct fixture *other = fixture_new(&two);
    CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
    packing_fill(s);
    packing_begin(&m, s);
    assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), 0);
    assert_int_equal(packing_verify(&m, m.file, other->network_note, &v), ERR_AUTH);
    assert_says(m.d.text, "data/network.note is another than the trusted one");
}

/* One byte of each member, at several places of it. */
static void package__verify__names_every_changed_member(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    packing_begin(&m, s);
    m.authority = a;
    packing_log(&m, true);
    assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), 0);
    packing_unpack(&m);
    assert_true(m.member_count >= 14);
    for (size_t i = 0; i < m.member_count; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
        assert_int_equal(file_read(m.members[i], &b, &m.d), 0);
        for (size_t at = 0; at < b.len; at += 1 + b.len / 50) {
            b.data[at] ^= 1;
            assert_int_equal(file_write(m.members[i], b.data, b.len, 0600, &m.d), 0);
            m.d.text[0] = '\0';
            if (packing_verify_folder(&m) >= 0 || m.d.text[0] == '\0')
                fail_msg("%s, byte %zu", m.members[i], at);
            b.data[at] ^= 1;
        }
        assert_int_equal(file_write(m.members[i], b.data, b.len, 0600, &m.d), 0);
    }
    assert_int_equal(packing_verify_folder(&m), 0);
}

/* A member that is taken away, and one that nobody named, beside each: the line says which. */
static void package__verify__misses_members_and_takes_no_more(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    packing_begin(&m, s);
    packing_log(&m, true);
    assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), 0);
    packing_unpack(&m);
    for (size_t i = 0; i < m.member_count; i++) {
        CLEANUP_FREE char *away = mem_format("%s/away", s->folder);
        CLEANUP_FREE char *more = mem_format("%s-more", m.members[i]);
        assert_int_equal(rename(m.members[i], away), 0);
        m.d.text[0] = '\0';
        if (packing_verify_folder(&m) >= 0 || m.d.text[0] == '\0')
            fail_msg("without %s", m.members[i]);
        assert_int_equal(rename(away, m.members[i]), 0);
        assert_int_equal(file_write(more, "", 0, 0600, &m.d), 0);
        if (packing_verify_folder(&m) >= 0 || strstr(m.d.text, "-more") == NULL)
            fail_msg("with %s: %s", more, m.d.text);
        assert_int_equal(file_remove_tree(more, NULL), 0);
    }
    assert_int_equal(packing_verify_folder(&m), 0);
}

/* ---- by the desk itself, which writes the manifests anew and signs them ---- */

static void put_manifest(struct packed *m, const char *name, bool payload)
{
    CLEANUP_BUF struct buf lines = BUF_INIT(1U << 20);
    CLEANUP_FREE char *to = file_join(m->folder, name);
    for (size_t i = 0; i < m->member_count; i++) {
        const char *path = m->members[i] + strlen(m->folder) + 1;
        CLEANUP_BUF struct buf b = BUF_INIT(1U << 22);
        uint8_t hash[HASH512_BYTES];
        char hex[2 * HASH512_BYTES + 1];
        if (bag_is_payload(path) != payload || strcmp(path, BAG_TAG_MANIFEST) == 0)
            continue;
        assert_int_equal(file_read(m->members[i], &b, &m->d), 0);
        hash512(b.data, b.len, hash);
        encode_hex(hash, sizeof hash, hex);
        buf_format(&lines, "%s  %s\n", hex, path);
    }
    assert_int_equal(file_write(to, lines.data, lines.len, 0600, &m->d), 0);
}

/* Instead of `what` in package.note: `with`; and the hash of the manifest. */
static void sign_again(struct packed *m, const char *what, const char *with)
{
    CLEANUP_FREE char *note_path = file_join(m->folder, PACKAGE_NOTE), *note = NULL;
    CLEANUP_FREE char *manifest_path = file_join(m->folder, BAG_MANIFEST);
    CLEANUP_BUF struct buf manifest = BUF_INIT(1U << 20), text = BUF_INIT(PACKAGE_NOTE_MAX);
    CLEANUP_BUF struct buf again = BUF_INIT(PACKAGE_NOTE_MAX);
    uint8_t hash[HASH512_BYTES];
    char hex[2 * HASH512_BYTES + 1];
    put_manifest(m, BAG_MANIFEST, true);
    assert_int_equal(file_read_text(note_path, PACKAGE_NOTE_MAX, &note, &m->d), 0);
    assert_int_equal(file_read(manifest_path, &manifest, &m->d), 0);
    hash512(manifest.data, manifest.len, hash);
    encode_hex(hash, sizeof hash, hex);
    const char *at = strstr(note, what), *end = strstr(note, "\nmanifest ");
    assert_true(at != NULL && end != NULL && at < end);
    buf_put(&text, note, (size_t)(at - note));
    buf_put_text(&text, with);
    buf_put(&text, at + strlen(what), (size_t)(end - at) - strlen(what));
    buf_format(&text, "\nmanifest %s\n", hex);
    assert_int_equal(packing_sign(m, &text, &again, &m->d), 0);
    assert_int_equal(file_write(note_path, again.data, again.len, 0600, &m->d), 0);
    put_manifest(m, BAG_TAG_MANIFEST, false);
}

static char *records_path(const struct packed *m)
{
    return mem_format("%s/data/records/%s/000001.jsonl", m->folder, m->s->f->bots[0].jid);
}

/* The caller's. */
static char *records_of(struct packed *m)
{
    CLEANUP_FREE char *path = records_path(m);
    char *text = NULL;
    assert_int_equal(file_read_text(path, 1U << 20, &text, &m->d), 0);
    return text;
}

/* The line of the records that has `what` becomes `with`; none where `what` is "". */
static void change_line(struct packed *m, const char *what, const char *with)
{
    CLEANUP_FREE char *path = records_path(m), *text = records_of(m);
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    if (what[0] == '\0')
        return;
    const char *at = strstr(text, what), *line = at;
    assert_non_null(at);
    while (line > text && line[-1] != '\n')
        line--;
    buf_put(&b, text, (size_t)(line - text));
    buf_put_text(&b, with);
    buf_put_text(&b, strchr(at, '\n') + 1);
    assert_int_equal(file_write(path, b.data, b.len, 0600, &m->d), 0);
}

static void make_unpacked(struct packed *m, struct shelf *s)
{
    packing_begin(m, s);
    assert_int_equal(packing_make(m, packing_of_all_kinds, 4), 0);
    packing_unpack(m);
}

#define OTHER_HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* Whatever the desk signs, the bot has signed its tree: a message of the scope that is silently
 * left out, in each of the ways that there are, and counts that are not so. */
static void package__verify__refuses_what_a_desk_left_out(void **state)
{
    struct shelf *s = *state;
    static const struct {
        const char *line, *with, *counts, *counted, *says;
    } cases[] = {
        {"{\"leaf\":5,", "", " 10 2 ", " 10 1 ",
         "leaf 6 of ibot.chat.example comes where leaf 5 does"},
        {"{\"leaf\":5,", "{\"leaf\":5,\"level\":0,\"hash\":\"" OTHER_HASH "\",\"why\":\"scope\"}\n",
         " 10 2 2 ", " 10 1 3 ", "do not make the tree that it has signed"},
        {"\"ironside verdicts", "", " 10 2 ", " 10 2 ", "comes where leaf 4 does"},
        {"\"ironside batch", "", " 10 2 ", " 10 2 ", "comes where leaf 3 does"},
        {"", "", " 10 2 2 1 1", " 10 2 3 0 1", "shown and withheld are others"},
        {"", "", " 10 2 2 1 1", " 10 2 3 1 0", "shown and withheld are others"},
        {"", "", " 10 2 2 ", " 9 2 2 ", "shown and withheld are others"},
    };
    packing_fill(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(packing_clear) struct packed m;
        make_unpacked(&m, s);
        change_line(&m, cases[i].line, cases[i].with);
        sign_again(&m, cases[i].counts, cases[i].counted);
        assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
        if (strstr(m.d.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].says, m.d.text);
        assert_int_equal(file_remove_tree(m.file, NULL), 0);
        assert_int_equal(file_remove_tree(m.folder, NULL), 0);
    }
}

/* Of that leaf only its hash is left. */
static void withhold(struct packed *m, unsigned leaf)
{
    CLEANUP_FREE char *begins = mem_format("{\"leaf\":%u,", leaf), *text = records_of(m);
    CLEANUP_ARENA struct arena a = ARENA_INIT(PACKAGE_LINE_BYTES_MAX);
    CLEANUP_BUF struct buf with = BUF_INIT(1024);
    struct package_line l;
    uint8_t hash[MERKLE_BYTES];
    const char *at = strstr(text, begins);
    assert_non_null(at);
    assert_int_equal(package_line_get(at, strcspn(at, "\n"), &a, &l), 0);
    merkle_leaf(l.text, l.text_len, hash);
    l.kind = PACKAGE_LINE_WITHHELD;
    l.level = 0;
    l.why = PACKAGE_OUT_OF_SCOPE;
    memcpy(l.hash, hash, sizeof hash);
    package_line_put(&with, &l);
    change_line(m, begins, buf_text(&with));
}

/* A record whose batch or round is withheld is archived nowhere that one could see. */
static void package__verify__needs_batch_and_round_of_each_record(void **state)
{
    struct shelf *s = *state;
    static const struct {
        unsigned leaf;
        const char *says;
    } cases[] = {
        {3, "leaf 0 of ibot.chat.example is in no batch of its warrant"},
        {8, "leaf 5 of ibot.chat.example is in no batch of its warrant"},
        {4, "leaf 0 of ibot.chat.example is not of the round at leaf 9"},
        {9, "leaf 5 of ibot.chat.example: its round is not in the package"},
    };
    packing_fill(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(packing_clear) struct packed m;
        make_unpacked(&m, s);
        withhold(&m, cases[i].leaf);
        sign_again(&m, " 10 2 2 ", " 10 2 3 ");
        assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
        if (strstr(m.d.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].says, m.d.text);
        assert_int_equal(file_remove_tree(m.file, NULL), 0);
        assert_int_equal(file_remove_tree(m.folder, NULL), 0);
    }
}

/* A record with the verdict on another one. */
static void package__verify__needs_the_verdict_on_the_record(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    CLEANUP_BUF struct buf with = BUF_INIT(PACKAGE_LINE_BYTES_MAX);
    packing_fill(s);
    make_unpacked(&m, s);
    CLEANUP_FREE char *text = records_of(&m);
    const char *one = strstr(text, "{\"leaf\":0,"), *other = strstr(text, "{\"leaf\":5,");
    const char *mine = strstr(one, "\"verdict\":"), *theirs = strstr(other, "\"verdict\":");
    buf_put(&with, one, (size_t)(mine - one));
    buf_put(&with, theirs, strcspn(theirs, "\n") + 1);
    change_line(&m, "{\"leaf\":0,", buf_text(&with));
    sign_again(&m, "from:anna", "from:anna");
    assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
    assert_says(m.d.text, "its verdict is on another message");
}

/* ---- a record that the desk's own packer never would show ---- */

static struct package_line kept;
static struct arena kept_arena = ARENA_INIT(PACKAGE_LINE_BYTES_MAX);

static void keep_record(struct shelf *s, struct record *r)
{
    CLEANUP_BUF struct buf text = BUF_INIT(RECORD_MAX + 1), signed_bytes = BUF_INIT(8192);
    uint8_t transcript[HASH_BYTES];
    record_put(&text, r);
    envelope_transcript(&r->envelope, s->f->bots[0].signer.key.key, transcript);
    envelope_signed_bytes(&r->envelope, transcript, &signed_bytes);
    kept = (struct package_line){.kind = PACKAGE_LINE_RECORD,
                                 .leaf = 2,
                                 .text = arena_string_n(&kept_arena, buf_text(&text), text.len - 1),
                                 .text_len = text.len - 1,
                                 .signed_bytes =
                                     arena_copy(&kept_arena, signed_bytes.data, signed_bytes.len),
                                 .signed_len = signed_bytes.len};
}

static void change_signature_and_keep(struct shelf *s, struct record *r)
{
    r->envelope.signature[0] ^= 1;
    keep_record(s, r);
}

static void change_time_and_keep(struct shelf *s, struct record *r)
{
    r->envelope.at_unix_ms++;
    keep_record(s, r);
}

/* What is wrong with the last message of a round shows, though bot and desk have signed it. */
static void assert_shows(struct shelf *s, const struct shelf_wrong *wrong, const char *says)
{
    static const struct pack_choice all[] = {{0, PACKAGE_SHOWN}, {2, PACKAGE_SHOWN}};
    CLEANUP(packing_clear) struct packed m;
    CLEANUP_BUF struct buf line = BUF_INIT(PACKAGE_LINE_BYTES_MAX);
    shelf_put_all(s);
    shelf_commit(s, wrong);
    packing_checkpoint(s);
    packing_begin(&m, s);
    assert_int_equal(packing_make(&m, all, 2), 0);
    packing_unpack(&m);
    assert_int_equal(journal_verdict(s->journal, s->anna->certificate->document.hash, SHELF_ROUND,
                                     &kept.verdict),
                     0);
    package_line_put(&line, &kept);
    change_line(&m, "{\"leaf\":2,", buf_text(&line));
    sign_again(&m, " 5 1 1 0 0 1", " 5 2 1 0 0 0");
    assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
    assert_says(m.d.text, says);
    arena_clear(&kept_arena);
}

static void package__verify__makes_each_seal_again(void **state)
{
    assert_shows(*state,
                 &(struct shelf_wrong){.message = packing_change_seal, .record = keep_record},
                 "its seal is not the one that its key gives");
}

static void package__verify__needs_the_devices_signature(void **state)
{
    assert_shows(*state, &(struct shelf_wrong){.record = change_signature_and_keep},
                 "its signature does not match");
}

static void package__verify__needs_what_the_device_has_signed(void **state)
{
    assert_shows(*state, &(struct shelf_wrong){.record = change_time_and_keep},
                 "its signature does not match");
}

/* The bytes that are there for a check by hand must be the record's. */
static void package__verify__needs_the_records_own_signed_bytes(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    CLEANUP_BUF struct buf with = BUF_INIT(PACKAGE_LINE_BYTES_MAX);
    packing_fill(s);
    make_unpacked(&m, s);
    CLEANUP_FREE char *text = records_of(&m);
    const char *one = strstr(text, "{\"leaf\":0,"), *mine = strstr(one, "\"signed\":\"");
    size_t before = (size_t)(mine - one) + strlen("\"signed\":\"");
    buf_put(&with, one, before);
    buf_put_text(&with, "AAAA");
    buf_put(&with, one + before + 4, strcspn(one + before + 4, "\n") + 1);
    change_line(&m, "{\"leaf\":0,", buf_text(&with));
    sign_again(&m, "from:anna", "from:anna");
    assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
    assert_says(m.d.text, "the bytes that are to be signed are not the record's");
}

/* The desk may name another warrant of its own, but not only that. */
static void package__verify__needs_each_records_warrant_named(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    const struct fixture_warrant *w = fixture_add_warrant(
        s->f, &(struct fixture_warrant_options){.id = "2019-0999", .desk = true});
    CLEANUP(policy_set_free_cleanup)
    struct policy_set *set = fixture_policy(
        s->f,
        &(struct fixture_policy_options){.serial = 2, .previous = s->set->policy->document.hash});
    char hash[2 * HASH_BYTES + 1];
    shelf_put(s, "policy-2", set->policy->document.note);
    shelf_put(s, "warrant-2", w->note);
    shelf_put(s, "epochs-2", w->epochs_note);
    packing_fill(s);
    make_unpacked(&m, s);
    encode_hex(s->f->warrants[0].hash, HASH_BYTES, hash);
    CLEANUP_FREE char *named = mem_format(FIXTURE_WARRANT " %s", hash);
    encode_hex(w->hash, HASH_BYTES, hash);
    CLEANUP_FREE char *both = mem_format("%s\nwarrant %s %s", named, w->id, hash);
    CLEANUP_FREE char *other = mem_format("%s %s", w->id, hash);
    sign_again(&m, named, both);
    if (packing_verify_folder(&m) != 0)
        fail_msg("%s", m.d.text);
    sign_again(&m, both, other);
    assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
    assert_says(m.d.text, "records of warrant " FIXTURE_WARRANT ", which package.note does not");
}

/* Manifests that somebody else has written anew are not what the desk has signed. */
static void package__verify__needs_the_signed_manifest(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    make_unpacked(&m, s);
    CLEANUP_FREE char *page = file_join(m.folder, "data/index.html");
    assert_int_equal(file_write(page, "nothing", 7, 0600, &m.d), 0);
    put_manifest(&m, BAG_MANIFEST, true);
    put_manifest(&m, BAG_TAG_MANIFEST, false);
    assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
    assert_says(m.d.text, "manifest-sha512.txt is another than package.note says");
}

/* ---- the public log ---- */

static void package__verify__says_what_the_public_log_has(void **state)
{
    struct shelf *s = *state;
    packing_fill(s);
    for (int log = 0; log < 3; log++) {
        CLEANUP(packing_clear) struct packed m;
        CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
        packing_begin(&m, s);
        if (log > 0)
            packing_log(&m, log == 2);
        assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), 0);
        if (packing_verify(&m, m.file, NULL, &v) != 0)
            fail_msg("%s", m.d.text);
        assert_int_equal(v.certificates, 1);
        assert_int_equal(v.log_size, log);
        assert_int_equal(v.logged, log == 2);
        assert_int_equal(file_remove_tree(m.file, NULL), 0);
        if (log > 0)
            packing_log_remove(&m);
    }
}

/* Whatever the desk signs, the registrar has signed its log. */
static void package__verify__refuses_a_place_that_is_not_in_the_log(void **state)
{
    struct shelf *s = *state;
    static const char *const cases[][2] = {
        {"1 ", "0 "}, {" ", " 0"}, {"\n", "\n1 "}, {"twice", ""}, {"bert", ""}};
    static const char *const says[] = {
        "is not entry 0 of the public log", "a line is malformed", "does not end in a newline",
        "is of no record, or comes twice", "is not entry 1 of the public log"};
    packing_fill(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(packing_clear) struct packed m;
        CLEANUP_FREE char *text = NULL;
        CLEANUP_BUF struct buf other = BUF_INIT(1U << 20);
        packing_begin(&m, s);
        packing_log(&m, true);
        assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), 0);
        packing_unpack(&m);
        CLEANUP_FREE char *path = file_join(m.folder, LOG_PLACE_LINES);
        assert_int_equal(file_read_text(path, 1U << 20, &text, &m.d), 0);
        if (strcmp(cases[i][0], "twice") == 0) {
            buf_format(&other, "%s%s", text, text);
        } else if (strcmp(cases[i][0], "bert") == 0) {
            char hex[2 * HASH_BYTES + 1];
            encode_hex(s->bert->certificate->document.hash, HASH_BYTES, hex);
            buf_format(&other, "1 %s%s", hex, text + 2 + 2 * HASH_BYTES);
        } else {
            const char *at = strstr(text, cases[i][0]);
            assert_non_null(at);
            buf_put(&other, text, (size_t)(at - text));
            buf_format(&other, "%s%s", cases[i][1], at + strlen(cases[i][0]));
        }
        assert_int_equal(file_write(path, other.data, other.len, 0600, &m.d), 0);
        sign_again(&m, "from:anna", "from:anna");
        assert_true(packing_verify_folder(&m) < 0);
        if (strstr(m.d.text, says[i]) == NULL)
            fail_msg("%s: %s", says[i], m.d.text);
        assert_int_equal(file_remove_tree(m.file, NULL), 0);
        assert_int_equal(file_remove_tree(m.folder, NULL), 0);
        packing_log_remove(&m);
    }
}

/* ---- its time stamp ---- */

static void package__verify__wants_the_stamp_of_a_trusted_authority(void **state)
{
    struct shelf *s = *state;
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP(authority_free_cleanup)
    struct authority *b = authority_new(&(struct authority_options){0});
    CLEANUP(packing_clear) struct packed m;
    CLEANUP_VERIFIED struct package_verified v = {.package = NULL};
    packing_fill(s);
    packing_begin(&m, s);
    m.authority = a;
    assert_int_equal(packing_make(&m, packing_of_all_kinds, 4), 0);
    m.trusted = authority_root(a);
    if (packing_verify(&m, m.file, NULL, &v) != 0)
        fail_msg("%s", m.d.text);
    assert_true(v.stamped && v.stamp.compared);
    assert_string_equal(v.stamp.authority, AUTHORITY_SHOWN);
    assert_int_equal(v.stamp.at_unix_ms, AUTHORITY_AT * 1000);
    m.trusted = authority_root(b);
    package_verified_clear(&v);
    assert_int_equal(packing_verify(&m, m.file, NULL, &v), ERR_AUTH);
    assert_says(m.d.text, "package.tsr: certificate verify error");
}

/* One that was taken away shows to whoever wants it; to others the package is as good as one that
 * never had it. */
static void package__verify__misses_a_stamp_that_was_taken_away(void **state)
{
    struct shelf *s = *state;
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    make_unpacked(&m, s);
    assert_int_equal(packing_verify_folder(&m), 0);
    m.trusted = authority_root(a);
    assert_int_equal(packing_verify_folder(&m), ERR_NOT_FOUND);
    assert_says(m.d.text, "package.tsr is missing");
}

/* Signed again with nothing changed it is good, so that the cases above fail for what they change;
 * signed by somebody else it is not. */
static void package__verify__believes_the_warrants_desk_alone(void **state)
{
    struct shelf *s = *state;
    CLEANUP(packing_clear) struct packed m;
    packing_fill(s);
    make_unpacked(&m, s);
    sign_again(&m, "from:anna", "from:anna");
    if (packing_verify_folder(&m) != 0)
        fail_msg("%s", m.d.text);
    struct fixture_signer *desk = &s->f->warrants[0].desk, own = *desk;
    fixture_signer_init(desk, "north", "another desk");
    sign_again(&m, "from:anna", "from:bert");
    *desk = own;
    assert_int_equal(packing_verify_folder(&m), ERR_AUTH);
    assert_says(m.d.text, "not signed by north");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SHELF_TEST(package__verify__needs_the_trusted_network),
        SHELF_TEST(package__verify__names_every_changed_member),
        SHELF_TEST(package__verify__misses_members_and_takes_no_more),
        SHELF_TEST(package__verify__refuses_what_a_desk_left_out),
        SHELF_TEST(package__verify__needs_batch_and_round_of_each_record),
        SHELF_TEST(package__verify__needs_the_verdict_on_the_record),
        SHELF_TEST(package__verify__makes_each_seal_again),
        SHELF_TEST(package__verify__needs_the_devices_signature),
        SHELF_TEST(package__verify__needs_what_the_device_has_signed),
        SHELF_TEST(package__verify__needs_the_records_own_signed_bytes),
        SHELF_TEST(package__verify__needs_each_records_warrant_named),
        SHELF_TEST(package__verify__needs_the_signed_manifest),
        SHELF_TEST(package__verify__says_what_the_public_log_has),
        SHELF_TEST(package__verify__refuses_a_place_that_is_not_in_the_log),
        SHELF_TEST(package__verify__wants_the_stamp_of_a_trusted_authority),
        SHELF_TEST(package__verify__misses_a_stamp_that_was_taken_away),
        SHELF_TEST(package__verify__believes_the_warrants_desk_alone),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
