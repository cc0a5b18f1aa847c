/* What the registrar logs, when, and what it answers with. */
#include "office.h"

#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "public_log/store.h"

static struct log_page *page(struct office *o, uint64_t from)
{
    static struct log_page p;
    struct diag d = {""};
    if (registrar_log_page(o->registrar, from, &p, &d) < 0)
        fail_msg("%s", d.text);
    return &p;
}

static void check_page(struct office *o, uint64_t from, uint64_t size, size_t count)
{
    const struct log_page *p = page(o, from);
    struct checkpoint c;
    struct diag d = {""};
    assert_int_equal(p->from, from);
    assert_int_equal(p->size, size);
    assert_int_equal(p->count, count);
    if (log_checkpoint_open(o->world.network, p->checkpoint, p->checkpoint_len, &c, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(c.size, count == 0 ? size : from + count);
}

static void activate(struct office *o, const char *handle)
{
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, handle);
    CLEANUP(world_request_clear) struct world_request q;
    struct registry_piece piece;
    world_request(&q, u->account, u->secret);
    assert_int_equal(office_activate(o, handle, &q, &piece), 0);
}

static char *log_path(const struct office *o)
{
    return layout_path(o->world.dir, LAYOUT_LOG_DATABASE);
}

static void registrar_log__import__what_a_policy_names_first(void **state)
{
    struct office *o = *state;
    static const enum document_kind order[] = {DOCUMENT_WARRANT, DOCUMENT_EPOCHS, DOCUMENT_POLICY,
                                               DOCUMENT_WARRANT, DOCUMENT_EPOCHS, DOCUMENT_POLICY};
    check_page(o, 0, 3, 3);
    world_publish(&o->world, &(struct world_policy){.serial = 2, .warrant = "W-2", .signers = 2});
    office_import(o);
    office_import(o);
    check_page(o, 0, 6, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(page(o, 0)->entries[i].kind, order[i]);
    assert_memory_equal(page(o, 0)->entries[5].hash, registrar_policy(o->registrar)->document.hash,
                        HASH_BYTES);
}

static void registrar_log__activate__under_the_account_s_tag(void **state)
{
    struct office *o = *state;
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    CLEANUP(world_request_clear) struct world_request q;
    struct registry_piece piece;
    uint8_t tag[LOG_TAG_BYTES];
    world_request(&q, u->account, u->secret);
    assert_int_equal(office_activate(o, "anna", &q, &piece), 0);
    check_page(o, 3, 4, 1);
    const struct log_entry *e = &page(o, 3)->entries[0];
    assert_int_equal(e->kind, DOCUMENT_CERTIFICATE);
    assert_memory_equal(e->hash, piece.hash, HASH_BYTES);
    log_tag(u->log_key, u->account, tag);
    assert_memory_equal(e->tag, tag, sizeof tag);
    /* The same request gets the same certificate, and no second entry. */
    assert_int_equal(office_activate(o, "anna", &q, &piece), 0);
    check_page(o, 3, 4, 1);
}

static void registrar_log__page__ends(void **state)
{
    struct office *o = *state;
    activate(o, "anna");
    check_page(o, 0, 4, 4);
    check_page(o, 4, 4, 0);
    check_page(o, 5, 4, 0); /* whoever saw more of it sees that it shrank */
    check_page(o, UINT32_MAX, 4, 0);
}

static int put_many(void *context, struct diag *d)
{
    char handle[16];
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < 1000; i++) {
        snprintf(handle, sizeof handle, "user%u", i);
        struct registrar_document x = {.kind = DOCUMENT_CERTIFICATE,
                                       .handle = handle,
                                       .serial = 1,
                                       .note = (char *)(uintptr_t) "x",
                                       .note_len = 1};
        memcpy(x.hash, &i, sizeof i);
        r = registrar_store_put_document(context, &x, d);
    }
    return r;
}

static void registrar_log__page__of_a_long_log(void **state)
{
    struct office *o = *state;
    struct registrar_store *s = registrar_database(o->registrar);
    assert_int_equal(registrar_store_transaction(s, put_many, s, NULL), 0);
    check_page(o, 0, 3, 3);
    office_restart(o); /* what is stored and not logged is logged now */
    check_page(o, 0, 1003, 400);
    check_page(o, 400, 1003, 400);
    check_page(o, 800, 1003, 203);
    check_page(o, 17, 1003, 400);
    office_restart(o);
    check_page(o, 1003, 1003, 0);
}

static void registrar_log__restart__goes_on(void **state)
{
    struct office *o = *state;
    uint8_t first[HASH_BYTES];
    activate(o, "anna");
    memcpy(first, page(o, 3)->entries[0].hash, sizeof first);
    office_restart(o);
    activate(o, "bert");
    check_page(o, 0, 5, 5);
    assert_memory_equal(page(o, 3)->entries[0].hash, first, sizeof first);
}

static int restart_with(struct office *o, const struct buf *log, struct diag *d)
{
    CLEANUP_FREE char *path = log_path(o);
    registrar_close(o->registrar);
    o->registrar = NULL;
    assert_int_equal(file_write(path, log->data, log->len, 0644, d), 0);
    return office_try_open(o, d);
}

/* The file of the closed log. */
static void copy_log(struct office *o, struct buf *ret)
{
    CLEANUP_FREE char *path = log_path(o);
    registrar_close(o->registrar);
    o->registrar = NULL;
    assert_int_equal(file_read(path, ret, NULL), 0);
    office_restart(o);
}

static void registrar_log__open__an_older_copy(void **state)
{
    struct office *o = *state;
    CLEANUP_BUF struct buf old = BUF_INIT(1U << 20), new = BUF_INIT(1U << 20);
    struct diag d = {""};
    copy_log(o, &old);
    activate(o, "anna");
    assert_int_equal(registrar_tick(o->registrar, &d), 0);
    copy_log(o, &new);
    assert_int_equal(restart_with(o, &old, &d), ERR_INVALID_STATE);
    assert_non_null(strstr(d.text, "log.db has lost entries: it has 3 and had 4"));
    assert_int_equal(restart_with(o, &new, &d), 0);
}

static void registrar_log__open__another_log(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *path = log_path(o);
    CLEANUP_FREE char *key_path = layout_path(o->world.dir, LAYOUT_REGISTRAR_KEY);
    CLEANUP_SECRET struct signing_key *key = NULL;
    struct public_log *log = NULL;
    struct log_document list[5] = {0};
    struct diag d = {""};
    activate(o, "anna");
    activate(o, "bert");
    registrar_close(o->registrar);
    o->registrar = NULL;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(office_try_open(o, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "restore it from a copy"));
    assert_int_equal(keys_signing_read(key_path, &key, &d), 0);
    const struct log_signer by = {.origin = "registrar." WORLD_DOMAIN "/log",
                                  .key = keys_verifier(key),
                                  .secret = key->secret};
    for (uint8_t i = 0; i < 5; i++)
        list[i].entry = (struct log_entry){.kind = DOCUMENT_CERTIFICATE, .hash = {i}, .tag = {1}};
    assert_int_equal(public_log_create(path, &d), 0);
    assert_int_equal(public_log_open(path, true, &log, &d), 0);
    assert_int_equal(public_log_append(log, list, 5, &by, &d), 0);
    public_log_close(log);
    assert_int_equal(office_try_open(o, &d), ERR_INVALID_STATE);
    assert_non_null(strstr(d.text, "not the log that this registrar has signed"));
}

static void registrar_log__open__the_key(void **state)
{
    struct office *o = *state;
    CLEANUP_FREE char *path = layout_path(o->world.dir, LAYOUT_LOG_KEY);
    struct diag d = {""};
    registrar_close(o->registrar);
    o->registrar = NULL;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(office_try_open(o, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, "log.key"));
    assert_int_equal(file_write(path, "short\n", 6, 0600, &d), 0);
    assert_int_equal(office_try_open(o, &d), ERR_FORMAT);
}

/* ---- offers ---- */

static void write_offer(struct office *o, const char *name, const char *bot,
                        const struct signing_key *by)
{
    CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(8192);
    uint8_t key[32] = {9};
    char *path = NULL;
    buf_format(&text, "ironside epochs 1\nnetwork " WORLD_DOMAIN "\nwarrant %s\nbot %s\n20800 ",
               name, bot);
    encode_base64_buf(&text, key, sizeof key);
    buf_put_u8(&text, '\n');
    struct note_key k = keys_verifier(by);
    k.name = bot;
    note_sign(&note, buf_text(&text), text.len, &k, by->secret);
    assert_int_equal(layout_document(o->world.dir, name, &path, NULL), 0);
    assert_int_equal(file_write(path, note.data, note.len, 0644, NULL), 0);
    free(path);
}

static void registrar_log__import__an_offer(void **state)
{
    struct office *o = *state;
    struct diag d = {""};
    for (int again = 0; again < 2; again++) {
        CLEANUP_REPORT struct registrar_report x = {0};
        write_offer(o, "W-9", WORLD_BOT, o->world.bot);
        assert_int_equal(registrar_import(o->registrar, &x, &d), 0);
        assert_int_equal(x.offers, again == 0 ? 1 : 0);
        assert_int_equal(x.problem_count, 0);
        check_page(o, 3, 4, 1);
        assert_int_equal(page(o, 3)->entries[0].kind, DOCUMENT_EPOCHS);
    }
}

static void registrar_log__import__not_an_offer(void **state)
{
    struct office *o = *state;
    CLEANUP_REPORT struct registrar_report x = {0};
    struct diag d = {""};
    write_offer(o, "W-8", WORLD_BOT, o->world.custodians[0]); /* not the bot's signature */
    write_offer(o, "W-9", "other." WORLD_DOMAIN, o->world.bot);
    assert_int_equal(registrar_import(o->registrar, &x, &d), 0);
    assert_int_equal(x.offers, 0);
    assert_int_equal(x.problem_count, 1);
    assert_non_null(strstr(x.problems[0], "W-8.note: epochs: not signed by " WORLD_BOT));
    check_page(o, 0, 3, 3);
}

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(registrar_log__import__what_a_policy_names_first),
        OFFICE_TEST(registrar_log__activate__under_the_account_s_tag),
        OFFICE_TEST(registrar_log__page__ends),
        OFFICE_TEST(registrar_log__page__of_a_long_log),
        OFFICE_TEST(registrar_log__restart__goes_on),
        OFFICE_TEST(registrar_log__open__an_older_copy),
        OFFICE_TEST(registrar_log__open__another_log),
        OFFICE_TEST(registrar_log__open__the_key),
        OFFICE_TEST(registrar_log__import__an_offer),
        OFFICE_TEST(registrar_log__import__not_an_offer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
