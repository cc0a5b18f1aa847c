#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "registrar/store.h"

static const uint8_t key[VAULT_KEY_BYTES] = {1, 2, 3};
static char dir[64];
static char path[96];

static struct registrar_store *reopen(void)
{
    struct registrar_store *s = NULL;
    struct diag d = {""};
    if (registrar_store_open(path, key, &s, &d) < 0)
        fail_msg("%s", d.text);
    return s;
}

static int set_up(void **state)
{
    struct diag d = {""};
    strcpy(dir, "/tmp/ironside-net.XXXXXX");
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/registrar.db", dir);
    assert_int_equal(registrar_store_create(path, key, &d), 0);
    *state = reopen();
    return 0;
}

static int tear_down(void **state)
{
    registrar_store_close(*state);
    return file_remove_tree(dir, NULL);
}

static struct registrar_account account(const char *handle)
{
    struct registrar_account x = {.created_unix_ms = 5};
    strcpy(x.handle, handle);
    strcpy(x.distributor, "main");
    memset(x.secret, 7, sizeof x.secret);
    return x;
}

static struct registrar_document document(enum document_kind kind, uint8_t id, uint64_t serial,
                                          const char *handle)
{
    struct registrar_document x = {
        .kind = kind, .serial = serial, .handle = handle, .note = (char *)(uintptr_t) "note", 4};
    memset(x.hash, id, sizeof x.hash);
    x.note_len = 4;
    return x;
}

static void put(struct registrar_store *s, enum document_kind kind, uint8_t id, uint64_t serial,
                const char *handle)
{
    struct registrar_document x = document(kind, id, serial, handle);
    assert_int_equal(registrar_store_put_document(s, &x, NULL), 0);
}

static void registrar_store__create__makes_the_first_distributor(void **state)
{
    struct registrar_distributor x;
    uint32_t serial = 9;
    assert_int_equal(registrar_store_distributor(*state, "main", &x, NULL), 0);
    assert_int_equal(x.quota, REGISTRAR_UNLIMITED);
    assert_int_equal(x.used, 0);
    assert_int_equal(registrar_store_announced(*state, &serial, NULL), 0);
    assert_int_equal(serial, 0);
    assert_int_equal(registrar_store_create(path, key, NULL), ERR_EXISTS);
}

static void registrar_store__open__refuses_another_key(void **state)
{
    static const uint8_t other[VAULT_KEY_BYTES] = {9};
    struct registrar_store *s = NULL;
    struct diag d = {""};
    registrar_store_close(*state);
    *state = NULL;
    assert_int_equal(registrar_store_open(path, other, &s, &d), ERR_KEY);
    assert_null(s);
    *state = reopen();
}

/* One registrar a network: a second one is turned away. */
static void registrar_store__open__is_alone(void **state)
{
    (void)state;
    struct registrar_store *s = NULL;
    struct diag d = {""};
    assert_int_equal(registrar_store_open(path, key, &s, &d), ERR_INVALID_STATE);
    assert_non_null(strstr(d.text, path));
}

static void registrar_store__put_document__keeps_serials_apart(void **state)
{
    struct registrar_store *s = *state;
    struct diag d = {""};
    put(s, DOCUMENT_POLICY, 1, 1, NULL);
    put(s, DOCUMENT_POLICY, 2, 2, NULL);
    put(s, DOCUMENT_CERTIFICATE, 3, 1, "anna");
    put(s, DOCUMENT_CERTIFICATE, 4, 2, "anna");
    put(s, DOCUMENT_CERTIFICATE, 5, 1, "bob");
    put(s, DOCUMENT_WARRANT, 6, 0, NULL);
    put(s, DOCUMENT_WARRANT, 7, 0, NULL);
    const struct registrar_document twice[] = {document(DOCUMENT_WARRANT, 6, 0, NULL),
                                               document(DOCUMENT_POLICY, 8, 2, NULL),
                                               document(DOCUMENT_CERTIFICATE, 9, 2, "anna")};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(registrar_store_put_document(s, &twice[i], &d), ERR_EXISTS);
}

static void registrar_store__read__finds_by_hash_and_newest(void **state)
{
    struct registrar_store *s = *state;
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    uint8_t hash[HASH_BYTES];
    assert_int_equal(registrar_store_policy(s, 0, &x, NULL), ERR_NOT_FOUND);
    put(s, DOCUMENT_POLICY, 2, 7, NULL);
    put(s, DOCUMENT_POLICY, 1, 3, NULL);
    put(s, DOCUMENT_CERTIFICATE, 4, 2, "anna");
    put(s, DOCUMENT_CERTIFICATE, 3, 1, "anna");
    assert_int_equal(registrar_store_policy(s, 0, &x, NULL), 0);
    assert_int_equal(x.serial, 7);
    assert_int_equal(x.kind, DOCUMENT_POLICY);
    assert_string_equal(x.note, "note");
    registrar_document_clear(&x);
    assert_int_equal(registrar_store_policy(s, 3, &x, NULL), 0);
    assert_int_equal(x.hash[0], 1);
    registrar_document_clear(&x);
    assert_int_equal(registrar_store_policy(s, 4, &x, NULL), ERR_NOT_FOUND);
    assert_int_equal(registrar_store_certificate(s, "anna", &x, NULL), 0);
    assert_int_equal(x.serial, 2);
    registrar_document_clear(&x);
    assert_int_equal(registrar_store_certificate(s, "bob", &x, NULL), ERR_NOT_FOUND);
    memset(hash, 3, sizeof hash);
    assert_int_equal(registrar_store_document(s, hash, &x, NULL), 0);
    assert_int_equal(x.kind, DOCUMENT_CERTIFICATE);
    assert_memory_equal(x.hash, hash, HASH_BYTES);
    registrar_document_clear(&x);
    memset(hash, 99, sizeof hash);
    assert_int_equal(registrar_store_document(s, hash, &x, NULL), ERR_NOT_FOUND);
}

static void registrar_store__put_account__survives_a_restart(void **state)
{
    struct registrar_account x = account("anna"), y;
    memset(x.request, 3, sizeof x.request);
    assert_int_equal(registrar_store_account(*state, "anna", &y, NULL), ERR_NOT_FOUND);
    assert_int_equal(registrar_store_put_account(*state, &x, NULL), 0);
    put(*state, DOCUMENT_CERTIFICATE, 4, 2, "anna");
    x.activated = true;
    assert_int_equal(registrar_store_put_account(*state, &x, NULL), 0);
    registrar_store_close(*state);
    *state = reopen();
    assert_int_equal(registrar_store_account(*state, "anna", &y, NULL), 0);
    assert_string_equal(y.handle, "anna");
    assert_string_equal(y.distributor, "main");
    assert_true(y.activated);
    assert_int_equal(y.created_unix_ms, 5);
    assert_int_equal(y.serial, 2);
    assert_memory_equal(y.secret, x.secret, sizeof x.secret);
    assert_memory_equal(y.request, x.request, sizeof x.request);
}

static int put_anna(void *context, struct diag *d)
{
    struct registrar_account x = account("anna");
    return registrar_store_put_account(context, &x, d);
}

static int put_anna_and_fail(void *context, struct diag *d)
{
    assert_int_equal(put_anna(context, d), 0);
    return ERR_LIMIT;
}

static void registrar_store__transaction__is_all_or_nothing(void **state)
{
    struct registrar_store *s = *state;
    struct registrar_account y;
    assert_int_equal(registrar_store_transaction(s, put_anna_and_fail, s, NULL), ERR_LIMIT);
    assert_int_equal(registrar_store_account(s, "anna", &y, NULL), ERR_NOT_FOUND);
    assert_int_equal(registrar_store_transaction(s, put_anna, s, NULL), 0);
    assert_int_equal(registrar_store_account(s, "anna", &y, NULL), 0);
}

static int collect(void *context, const struct registrar_account *x)
{
    struct buf *b = context;
    buf_format(b, "%s:%d ", x->handle, (int)x->serial);
    return 0;
}

static int give_up(void *context, const struct registrar_account *x)
{
    (void)context, (void)x;
    return ERR_LIMIT;
}

static void registrar_store__accounts__come_in_pages(void **state)
{
    struct registrar_store *s = *state;
    static const char *const handles[] = {"dora", "anna", "carl", "bob"};
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    uint64_t count = 0, activated = 0;
    for (size_t i = 0; i < 4; i++) {
        struct registrar_account x = account(handles[i]);
        x.activated = i == 1;
        assert_int_equal(registrar_store_put_account(s, &x, NULL), 0);
    }
    put(s, DOCUMENT_CERTIFICATE, 4, 3, "bob");
    assert_int_equal(registrar_store_accounts(s, "", 3, collect, &b, NULL), 0);
    assert_string_equal(buf_text(&b), "anna:0 bob:3 carl:0 ");
    assert_int_equal(registrar_store_accounts(s, "carl", 3, collect, &b, NULL), 0);
    assert_string_equal(buf_text(&b), "anna:0 bob:3 carl:0 dora:0 ");
    assert_int_equal(registrar_store_accounts(s, "", 3, give_up, NULL, NULL), ERR_LIMIT);
    assert_int_equal(registrar_store_count(s, &count, &activated, NULL), 0);
    assert_int_equal(count, 4);
    assert_int_equal(activated, 1);
}

static int collect_distributor(void *context, const struct registrar_distributor *x)
{
    struct buf *b = context;
    buf_format(b, "%s:%d:%d ", x->name, (int)x->quota, (int)x->used);
    return 0;
}

static void registrar_store__distributors__are_changed_in_place(void **state)
{
    struct registrar_store *s = *state;
    struct registrar_distributor x = {"shop", 10, 0};
    struct registrar_account owned = account("anna");
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    strcpy(owned.distributor, "shop");
    assert_int_equal(registrar_store_distributor(s, "shop", &x, NULL), ERR_NOT_FOUND);
    assert_true(registrar_store_put_account(s, &owned, NULL) < 0); /* of nobody */
    assert_int_equal(registrar_store_put_distributor(s, &x, NULL), 0);
    assert_int_equal(registrar_store_put_account(s, &owned, NULL), 0);
    x.used = 4;
    assert_int_equal(registrar_store_put_distributor(s, &x, NULL), 0);
    assert_int_equal(registrar_store_distributors(s, collect_distributor, &b, NULL), 0);
    assert_string_equal(buf_text(&b), "main:-1:0 shop:10:4 ");
}

static void registrar_store__announced__is_kept(void **state)
{
    uint32_t serial = 0;
    assert_int_equal(registrar_store_set_announced(*state, UINT32_MAX, NULL), 0);
    registrar_store_close(*state);
    *state = reopen();
    assert_int_equal(registrar_store_announced(*state, &serial, NULL), 0);
    assert_true(serial == UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registrar_store__create__makes_the_first_distributor,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__open__refuses_another_key, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__open__is_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__put_document__keeps_serials_apart, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__read__finds_by_hash_and_newest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__put_account__survives_a_restart, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__transaction__is_all_or_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__accounts__come_in_pages, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__distributors__are_changed_in_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registrar_store__announced__is_kept, set_up, tear_down),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
