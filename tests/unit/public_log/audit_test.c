/* A log as the registrar writes it, and what is wrong with those that were changed. */
#include "../registrar/office.h"

#include <sqlite3.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "public_log/audit.h"

#define AT "at 2026-11-25T00:00:00.000Z\n"

struct scene {
    struct office *office;
    char *path;
    struct signing_key *registrar;
    struct buf good; /* the file */
};

static struct log_document document_of(enum document_kind kind, const char *text,
                                       const struct signing_key *by, const char *name)
{
    struct buf note = BUF_INIT(65536);
    struct note_key k = keys_verifier(by);
    k.name = name;
    note_sign(&note, text, strlen(text), &k, by->secret);
    struct log_document x = {.entry = {.kind = kind}, .note_len = note.len};
    hash_sha256(text, strlen(text), x.entry.hash);
    x.note = buf_take_text(&note);
    return x;
}

static int append(struct scene *s, const struct log_document *x, struct diag *d)
{
    struct public_log *log = NULL;
    const struct log_signer by = {.origin = "registrar." WORLD_DOMAIN "/log",
                                  .key = keys_verifier(s->registrar),
                                  .secret = s->registrar->secret};
    int r = public_log_open(s->path, true, &log, d);
    if (r == 0)
        r = public_log_append(log, x, 1, &by, d);
    public_log_close(log);
    return r;
}

static void add(struct scene *s, enum document_kind kind, const char *text,
                const struct signing_key *by, const char *name)
{
    struct diag d = {""};
    struct log_document x = document_of(kind, text, by, name);
    if (append(s, &x, &d) < 0)
        fail_msg("%s", d.text);
    free((char *)(uintptr_t)x.note);
}

static void add_by_bot(struct scene *s, enum document_kind kind, const char *text)
{
    add(s, kind, text, s->office->world.bot, WORLD_BOT);
}

/* As the desk of north signs it, under that tag. */
static void add_use(struct scene *s, const char *text, const char *desk)
{
    struct diag d = {""};
    struct log_document x = document_of(DOCUMENT_USE, text, s->office->world.desk, "north");
    use_tag(desk, x.entry.tag);
    if (append(s, &x, &d) < 0)
        fail_msg("%s", d.text);
    free((char *)(uintptr_t)x.note);
}

#define HEAD(kind) "ironside " kind " 1\nnetwork " WORLD_DOMAIN "\n"
#define STATEMENT HEAD("statement") "bot " WORLD_BOT "\nday 2026-11-24\njournal 0 00\n"
#define DESTRUCTION HEAD("destruction") "bot " WORLD_BOT "\n" AT

#define COUNTS "users 1\nsearches 3\nopened 12\nexported 0\npassed 0\n"
#define ROOT "4444444444444444444444444444444444444444444444444444444444444444"
#define USE(warrant, serial, day, size)                                                            \
    HEAD("use")                                                                                    \
    "warrant " warrant "\nagency north\nserial " serial "\nday " day "\n" COUNTS "access " size    \
    " " ROOT "\n"

/* Two policies with their warrants, two certificates, and one of each of the others. */
static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    office_set_up((void **)&s->office);
    struct office *o = s->office;
    for (int i = 0; i < 2; i++) {
        const char *handle = i == 0 ? "anna" : "bert";
        CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, handle);
        CLEANUP(world_request_clear) struct world_request q;
        struct registry_piece piece;
        world_request(&q, u->account, u->secret);
        assert_int_equal(office_activate(o, handle, &q, &piece), 0);
    }
    world_publish(&o->world, &(struct world_policy){
                                 .serial = 2, .warrant = "W-2", .signers = 2, .desk = true});
    office_import(o);
    CLEANUP_FREE char *key = layout_path(o->world.dir, LAYOUT_REGISTRAR_KEY);
    assert_int_equal(keys_signing_read(key, &s->registrar, NULL), 0);
    registrar_close(TAKE(o->registrar));
    s->path = layout_path(o->world.dir, LAYOUT_LOG_DATABASE);
    add_by_bot(s, DOCUMENT_STATEMENT, STATEMENT);
    add_by_bot(s, DOCUMENT_DESTRUCTION,
               DESTRUCTION "destroyed W-1 2026-11-23\ndestroyed W-2 2026-11-23\n");
    add(s, DOCUMENT_EXEMPTIONS, HEAD("exemptions") "day 2026-11-24\nexempt NL 2\n", s->registrar,
        "registrar." WORLD_DOMAIN);
    add_use(s, USE("W-2", "1", "2026-11-23", "5"), "W-2 north");
    s->good = (struct buf)BUF_INIT(1U << 20);
    assert_int_equal(file_read(s->path, &s->good, NULL), 0);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    buf_clear(&s->good);
    secret_free(s->registrar);
    free(s->path);
    office_tear_down((void **)&s->office);
    free(s);
    return 0;
}

static int audit(struct scene *s, struct public_log_audit_counts *ret, struct diag *d)
{
    CLEANUP(public_log_close_cleanup) struct public_log *log = NULL;
    int r = public_log_open(s->path, false, &log, d);
    return r < 0 ? r : public_log_audit(log, s->office->world.network, ret, d);
}

static void public_log_audit__run__a_good_log(void **state)
{
    struct scene *s = *state;
    struct public_log_audit_counts c;
    struct diag d = {""};
    if (audit(s, &c, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(c.entries, 12);
    assert_int_equal(c.checkpoints, 8); /* one for each time that something was appended */
    assert_int_equal(c.of_kind[DOCUMENT_CERTIFICATE], 2);
    assert_int_equal(c.of_kind[DOCUMENT_POLICY], 2);
    assert_int_equal(c.of_kind[DOCUMENT_WARRANT], 2);
    assert_int_equal(c.of_kind[DOCUMENT_EPOCHS], 2);
    assert_int_equal(c.of_kind[DOCUMENT_STATEMENT], 1);
    assert_int_equal(c.of_kind[DOCUMENT_DESTRUCTION], 1);
    assert_int_equal(c.of_kind[DOCUMENT_EXEMPTIONS], 1);
    assert_int_equal(c.of_kind[DOCUMENT_USE], 1);
    assert_int_equal(c.policy, 2);
}

static void refuse(struct scene *s, const char *what, const char *says)
{
    struct public_log_audit_counts c = {.policy = 77};
    struct diag d = {""};
    int r = audit(s, &c, &d);
    if (r >= 0)
        fail_msg("taken: %s", what);
    if (strstr(d.text, says) == NULL)
        fail_msg("%s: '%s' instead of '%s'", what, d.text, says);
    assert_int_equal(c.policy, 77);
}

static void public_log_audit__run__each_row_changed(void **state)
{
    struct scene *s = *state;
    /* 0 warrant, 1 epochs, 2 policy, 3 and 4 certificates, 5 warrant, 6 epochs, 7 policy,
     * 8 statement, 9 destruction, 10 exemptions, 11 use */
    static const char *const changes[][2] = {
        {"UPDATE entry SET note = replace(note, 'District', 'Distrikt') WHERE number = 0",
         "entry 0: another text than the one logged"},
        {"UPDATE entry SET note = replace(note, '20780 ', '20779 ') WHERE number = 1",
         "entry 1: another text"},
        {"UPDATE entry SET note = replace(note, 'open', 'stop') WHERE number = 2",
         "entry 2: policy: the signature of custodian-1 does not match"},
        {"UPDATE entry SET note = replace(note, 'custodian-2', 'custodian-9') WHERE number = 2",
         "entry 2: policy: signed by 1 of the 2 custodians that it needs"},
        {"UPDATE entry SET note = replace(note, 'custodian-2', 'custodian-9') WHERE number = 0",
         "entry 0: warrant: signed by 1 of the 2 custodians that it needs"},
        {"UPDATE entry SET note = replace(note, '— ibot', '— xbot') WHERE number = 6",
         "entry 6: epochs: not signed by ibot.chat.test"},
        {"UPDATE entry SET note = replace(note, '— ibot', '— xbot') WHERE number = 8",
         "entry 8: statement: not signed by ibot.chat.test"},
        {"UPDATE entry SET note = replace(note, '11-24', '11-25') WHERE number = 8",
         "entry 8: another text"},
        {"UPDATE entry SET note = replace(note, '11-23', '11-22') WHERE number = 9",
         "entry 9: another text"},
        {"UPDATE entry SET note = replace(note, '— registrar', '— xegistrar') WHERE number = 10",
         "entry 10: exemptions: not signed by registrar.chat.test"},
        {"UPDATE entry SET note = replace(note, 'NL 2', 'NL 1') WHERE number = 10",
         "entry 10: another text"},
        {"UPDATE entry SET note = replace(note, '— north', '— south') WHERE number = 11",
         "entry 11: use: not signed by north"},
        {"UPDATE entry SET note = replace(note, 'opened 12', 'opened 11') WHERE number = 11",
         "entry 11: another text"},
        {"UPDATE entry SET tag = zeroblob(32) WHERE number = 11",
         "entry 11: a statement of use without a tag"},
        {"UPDATE entry SET tag = randomblob(32) WHERE number = 11",
         "entry 11: the tree's leaf is not its own"},
        {"UPDATE entry SET note = 'no note' WHERE number = 8", "entry 8: not a signed note"},
        {"UPDATE entry SET note = NULL WHERE number = 8", "entry 8: its document is missing"},
        {"UPDATE entry SET note = 'x' WHERE number = 3", "entry 3: a certificate with its text"},
        {"UPDATE entry SET tag = zeroblob(32) WHERE number = 3",
         "entry 3: a certificate without a tag"},
        {"UPDATE entry SET tag = randomblob(32) WHERE number = 3",
         "entry 3: the tree's leaf is not its own"},
        {"UPDATE entry SET tag = randomblob(32) WHERE number = 2",
         "entry 2: a tag where none belongs"},
        {"UPDATE entry SET tag = x'00' WHERE number = 2", "entry 2 is malformed"},
        {"UPDATE entry SET hash = x'00' WHERE number = 4", "entry 4 is malformed"},
        {"UPDATE entry SET hash = randomblob(32) WHERE number = 4",
         "entry 4: the tree's leaf is not its own"},
        {"UPDATE entry SET kind = 3 WHERE number = 1", "entry 1: the tree's leaf is not its own"},
        {"UPDATE entry SET kind = 6 WHERE number = 1", "entry 1 is malformed"},
        {"UPDATE entry SET number = -1 WHERE number = 0", "entry 0 is missing"},
        {"DELETE FROM entry WHERE number = 5", "has 11 entries, the last one numbered 11"},
        {"DELETE FROM entry WHERE number = 11", "has 11 entries, the last one numbered 10"},
        {"UPDATE entry SET number = number + 100 WHERE number IN (3, 4);"
         "UPDATE entry SET number = 4 WHERE number = 103;"
         "UPDATE entry SET number = 3 WHERE number = 104",
         "entry 3: the tree's leaf is not its own"},
        {"UPDATE tile SET hashes = randomblob(length(hashes))",
         "entry 0: the tree's leaf is not its own"},
        {"UPDATE tile SET hashes = substr(hashes, 1, 352)", "12 entries, the last one numbered 11"},
        {"UPDATE tile SET hashes = substr(hashes, 1, 383)", "tiles do not fit together"},
        {"INSERT INTO tile VALUES (1, 0, randomblob(32))", "the tree: it has 2 tiles, not 1"},
        {"UPDATE checkpoint SET note = replace(note, char(10) || '3' || char(10),"
         " char(10) || '4' || char(10)) WHERE size = 3",
         "checkpoint 3: checkpoint: the signature of registrar.chat.test does not match"},
        {"UPDATE checkpoint SET note = replace(note, '— registrar', '— xegistrar') WHERE size = 4",
         "checkpoint 4: checkpoint: not signed by registrar.chat.test"},
        {"UPDATE checkpoint SET note = 'x' WHERE size = 4", "checkpoint 4: checkpoint: not a"},
        {"UPDATE checkpoint SET size = 2 WHERE size = 3", "checkpoint 2: it is of another tree"},
        {"UPDATE checkpoint SET size = 13 WHERE size = 12",
         "checkpoint 13: the log has 12 entries only"},
        {"UPDATE checkpoint SET size = -1 WHERE size = 3", "checkpoint -1: the log has 12"},
        {"DELETE FROM checkpoint WHERE size > 8", "no checkpoint covers the entries from 8 on"},
        {"DELETE FROM checkpoint", "no checkpoint covers the entries from 0 on"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        sqlite3 *db = NULL;
        assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
        assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
        if (sqlite3_exec(db, changes[i][0], NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", changes[i][0], sqlite3_errmsg(db));
        if (sqlite3_total_changes(db) == 0)
            fail_msg("changes nothing: %s", changes[i][0]);
        sqlite3_close(db);
        refuse(s, changes[i][0], changes[i][1]);
    }
}

/* What is wrong although the registrar itself has logged and signed it. */
static void public_log_audit__run__a_registrar_that_logs_anything(void **state)
{
    struct scene *s = *state;
    const struct {
        enum document_kind kind;
        const char *text, *says;
    } documents[] = {
        {DOCUMENT_POLICY, "ironside policy 2\nx\n", "entry 12: policy: line 'x'"},
        {DOCUMENT_WARRANT, "ironside warrant 1\nx\n", "entry 12: warrant: line 'x'"},
        {DOCUMENT_EPOCHS, HEAD("epochs") "warrant W-1\nbot other." WORLD_DOMAIN "\n20800 x\n",
         "entry 12: epochs: no policy names the bot that made them"},
        {DOCUMENT_STATEMENT, "ironside statement 1\nnetwork other.test\nbot " WORLD_BOT "\n",
         "entry 12: statement: line 'network other.test'"},
        {DOCUMENT_STATEMENT, DESTRUCTION, "entry 12: statement: line 'ironside destruction 1'"},
        {DOCUMENT_STATEMENT, HEAD("statement") "bot other." WORLD_DOMAIN "\n",
         "entry 12: statement: no policy before it names other.chat.test"},
        {DOCUMENT_DESTRUCTION, DESTRUCTION "destroyed W-1 2026-11-23\n",
         "entry 12: the key 'W-1 2026-11-23' was destroyed in entry 9 already"},
        {DOCUMENT_DESTRUCTION, DESTRUCTION "destroyed W-3 2026-11-23\ndestroyed W-3 2026-11-23\n",
         "entry 12: the key 'W-3 2026-11-23' was destroyed in entry 12 already"},
        {DOCUMENT_DESTRUCTION, DESTRUCTION "destroid W-1 2026-11-24\n",
         "entry 12: destruction: line 'destroid W-1 2026-11-24': not expected here"},
        {DOCUMENT_EXEMPTIONS, HEAD("exemptions") "day 2026-11-25\n",
         "entry 12: exemptions: not signed by registrar"},
        {DOCUMENT_EXEMPTIONS, HEAD("exemptions") "day 2026-11-25\nexempt NL 0\n",
         "entry 12: exemptions: line 'exempt NL 0': not COUNTRY COUNT"},
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
        add_by_bot(s, documents[i].kind, documents[i].text);
        refuse(s, documents[i].text, documents[i].says);
    }
}

static void public_log_audit__run__statements_of_use(void **state)
{
    struct scene *s = *state;
    /* W-2 begins on 2026-11-23; its desk has stated that day. W-1 was in force before. */
    static const struct {
        const char *text, *desk, *says; /* NULL: it is taken */
    } rows[] = {
        {USE("W-2", "2", "2026-11-24", "5"), "W-2 north", NULL},
        {USE("W-2", "2", "2026-11-25", "6"), "W-2 north", NULL},
        {USE("W-2", "2", "2026-11-24", "6"), "W-1 north", "use: its tag is not that of its desk"},
        {USE("W-2", "3", "2026-11-25", "6"), "W-2 north",
         "use: statement 3, and 2 is the next one"},
        {USE("W-2", "1", "2026-11-24", "6"), "W-2 north",
         "use: statement 1, and 2 is the next one"},
        {USE("W-2", "2", "2026-11-23", "6"), "W-2 north", "its serial 2 is not one of the 1 days"},
        {USE("W-2", "2", "2026-11-24", "4"), "W-2 north", "the access log has shrunk"},
        {USE("W-2", "2", "2026-12-03", "6"), "W-2 north", "its day is none of warrant W-2"},
        {USE("W-1", "1", "2026-11-24", "6"), "W-1 north",
         "use: warrant W-1 was not in force any more"},
        {USE("W-3", "1", "2026-11-24", "6"), "W-3 north",
         "use: no policy before it names warrant 'W-3'"},
        {HEAD("use") "warrant W-2\nx\n", "W-2 north", "use: line 'x': 'agency' is expected here"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct public_log_audit_counts c;
        struct diag d = {""};
        assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
        add_use(s, rows[i].text, rows[i].desk);
        if (rows[i].says != NULL)
            refuse(s, rows[i].text, rows[i].says);
        else if (audit(s, &c, &d) < 0)
            fail_msg("%s", d.text);
    }
    assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
    struct log_document x = document_of(DOCUMENT_USE, USE("W-2", "2", "2026-11-24", "6"),
                                        s->office->world.bot, "north");
    use_tag("W-2 north", x.entry.tag);
    assert_int_equal(append(s, &x, NULL), 0);
    free((char *)(uintptr_t)x.note);
    refuse(s, "another key", "entry 12: use: not signed by north");
}

/* A document of the world's folder, as it stands there. */
static void add_file(struct scene *s, enum document_kind kind, const char *name)
{
    CLEANUP_FREE char *path = NULL, *note = NULL;
    struct note view;
    struct diag d = {""};
    assert_int_equal(layout_document(s->office->world.dir, name, &path, NULL), 0);
    assert_int_equal(file_read_text(path, VALUE_EPOCHS_MAX, &note, NULL), 0);
    assert_int_equal(note_parse(note, strlen(note), VALUE_EPOCHS_MAX, &view), 0);
    struct log_document x = {.entry = {.kind = kind}, .note = note, .note_len = strlen(note)};
    hash_sha256(view.text, view.text_len, x.entry.hash);
    if (append(s, &x, &d) < 0)
        fail_msg("%s", d.text);
}

static void public_log_audit__run__policies(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->office->world;
    world_publish(w, &(struct world_policy){.serial = 3, .warrant = "W-3", .signers = 2});
    add_file(s, DOCUMENT_POLICY, "policy-3");
    refuse(s, "no warrant", "entry 12: policy 3: a warrant that it names is not in the log before");
    add_file(s, DOCUMENT_WARRANT, "W-3"); /* after it */
    refuse(s, "late warrant", "entry 12: policy 3: a warrant that it names is not in the log");

    assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
    add_file(s, DOCUMENT_WARRANT, "W-3");
    add_file(s, DOCUMENT_POLICY, "policy-3");
    refuse(s, "no epochs",
           "entry 13: policy 3: the epochs of a warrant that it names are not in the log before");

    assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
    add_file(s, DOCUMENT_WARRANT, "W-3");
    add_file(s, DOCUMENT_EPOCHS, "W-3-epochs");
    add_file(s, DOCUMENT_POLICY, "policy-3");
    struct public_log_audit_counts c;
    struct diag d = {""};
    if (audit(s, &c, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(c.policy, 3);
    assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
    world_publish(w, &(struct world_policy){.serial = 4, .signers = 1});
    add_file(s, DOCUMENT_POLICY, "policy-4");
    refuse(s, "one custodian", "entry 12: policy: signed by 1 of the 2 custodians");
}

/* Policy 2 is the newest one. */
static void public_log_audit__run__policies_that_are_no_chain(void **state)
{
    struct scene *s = *state;
    static const struct {
        struct world_policy policy;
        const char *says;
    } rows[] = {
        {{.serial = 2, .notice = "again"}, "entry 12: policy 2 does not follow policy 2"},
        {{.serial = 4}, "entry 12: policy 4 does not follow policy 2"},
        {{.serial = 3, .astray = true}, "entry 12: policy 3 was made to follow another policy 2"},
        {{.serial = 3, .issued = "1969-12-31T23:59:59.999Z"},
         "entry 12: policy 3 was issued before policy 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world_policy p = rows[i].policy;
        CLEANUP_FREE char *path = NULL, *name = mem_format("policy-%u", p.serial);
        CLEANUP_FREE char *before = NULL;
        p.signers = 2;
        assert_int_equal(layout_document(s->office->world.dir, name, &path, NULL), 0);
        if (file_exists(path))
            assert_int_equal(file_read_text(path, VALUE_NOTE_MAX, &before, NULL), 0);
        assert_int_equal(file_write(s->path, s->good.data, s->good.len, 0644, NULL), 0);
        world_publish(&s->office->world, &p);
        add_file(s, DOCUMENT_POLICY, name);
        refuse(s, rows[i].says, rows[i].says);
        if (before != NULL)
            assert_int_equal(file_write(path, before, strlen(before), 0644, NULL), 0);
    }
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        SCENE_TEST(public_log_audit__run__a_good_log),
        SCENE_TEST(public_log_audit__run__each_row_changed),
        SCENE_TEST(public_log_audit__run__a_registrar_that_logs_anything),
        SCENE_TEST(public_log_audit__run__statements_of_use),
        SCENE_TEST(public_log_audit__run__policies),
        SCENE_TEST(public_log_audit__run__policies_that_are_no_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
