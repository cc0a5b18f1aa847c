#include "office.h"

#include <string.h>

#include "base/memory.h"

static int order(struct office *o, const char *handle, const char *distributor, bool replace,
                 struct diag *d)
{
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    const struct registrar_order x = {handle, distributor, replace};
    return registrar_provision(o->registrar, &x, &u, d);
}

static void assert_refused(struct office *o, const char *handle, const char *distributor,
                           bool replace, int code, const char *part)
{
    struct diag d = {""};
    assert_int_equal(order(o, handle, distributor, replace, &d), code);
    if (strstr(d.text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", d.text, part);
    assert_string_equal(office_asked(o), "");
}

static struct registrar_account account_of(struct office *o, const char *handle)
{
    struct registrar_account x;
    assert_int_equal(registrar_store_account(registrar_database(o->registrar), handle, &x, NULL),
                     0);
    return x;
}

static int64_t used_by(struct office *o, const char *distributor)
{
    struct registrar_distributor x;
    assert_int_equal(
        registrar_store_distributor(registrar_database(o->registrar), distributor, &x, NULL), 0);
    return x.used;
}

static void registrar__provision__gives_a_whole_bundle(void **state)
{
    struct office *o = *state;
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(o, "anna");
    assert_string_equal(u->account, "anna@" WORLD_DOMAIN);
    assert_string_equal(u->host, "127.0.0.1");
    assert_int_equal(u->port, o->world.settings.port);
    assert_non_null(strstr(u->authority, "BEGIN CERTIFICATE"));
    assert_string_equal(u->network, o->world.network->document.note);
    assert_non_null(strstr(u->policy, "serial 1\n"));
    assert_int_equal(u->warrant_count, 1);
    assert_non_null(strstr(u->warrants[0], "id W-1\n"));
    assert_string_equal(office_asked(o), "put anna; ");
    struct registrar_account x = account_of(o, "anna");
    assert_false(x.activated);
    assert_string_equal(x.distributor, "main");
    assert_memory_equal(x.secret, u->secret, sizeof x.secret);
    assert_int_equal(used_by(o, "main"), 1);
    /* It is a file that a device can read. */
    CLEANUP_BUF struct buf b = BUF_INIT(BUNDLE_MAX);
    CLEANUP(bundle_free_cleanup) struct bundle *read = NULL;
    bundle_put(&b, u);
    assert_int_equal(bundle_parse(buf_text(&b), b.len, &read, NULL), 0);
    assert_string_equal(read->password, u->password);
}

static void registrar__provision__makes_different_secrets(void **state)
{
    struct office *o = *state;
    CLEANUP(bundle_free_cleanup) struct bundle *a = office_provision(o, "anna");
    CLEANUP(bundle_free_cleanup) struct bundle *b = office_provision(o, "bob");
    assert_string_not_equal(a->password, b->password);
    assert_memory_not_equal(a->secret, b->secret, sizeof a->secret);
}

static void registrar__provision__refuses_handles(void **state)
{
    struct office *o = *state;
    char longest[VALUE_HANDLE_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[VALUE_HANDLE_MAX + 1] = '\0';
    const char *const bad[] = {"",        "Anna", "anna smith", "_anna", "anna@chat.test",
                               "../anna", "änna", "a\"b",       longest};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(*state, bad[i], NULL, false, ERR_FORMAT, "is not a handle");
    longest[VALUE_HANDLE_MAX] = '\0';
    assert_int_equal(order(o, longest, NULL, false, NULL), 0);
}

static void registrar__provision__refuses_an_account_that_is_there(void **state)
{
    struct office *o = *state;
    bundle_free(office_provision(o, "anna"));
    (void)office_asked(o);
    assert_refused(o, "anna", NULL, false, ERR_EXISTS, "--replace");
    assert_int_equal(used_by(o, "main"), 1);
}

static void registrar__provision__keeps_to_quotas(void **state)
{
    struct office *o = *state;
    assert_refused(o, "anna", "shop", false, ERR_NOT_FOUND, "shop");
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", 2, NULL), 0);
    assert_int_equal(order(o, "anna", "shop", false, NULL), 0);
    assert_int_equal(order(o, "bob", "shop", false, NULL), 0);
    (void)office_asked(o);
    assert_refused(o, "carl", "shop", false, ERR_LIMIT, "distributor add");
    assert_int_equal(order(o, "carl", NULL, false, NULL), 0);  /* main has none */
    assert_int_equal(order(o, "anna", "shop", true, NULL), 0); /* not a new account */
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", 3, NULL), 0);
    assert_int_equal(order(o, "dora", "shop", false, NULL), 0);
    assert_int_equal(used_by(o, "shop"), 3);
}

static void registrar__put_distributor__is_checked(void **state)
{
    struct office *o = *state;
    struct diag d = {""};
    assert_int_equal(registrar_put_distributor(o->registrar, "Shop", 1, &d), ERR_FORMAT);
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", -2, &d), ERR_FORMAT);
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", 5, &d), 0);
    assert_int_equal(order(o, "anna", "shop", false, NULL), 0);
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", 0, &d), ERR_LIMIT);
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", 1, &d), 0);
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", REGISTRAR_UNLIMITED, &d), 0);
    assert_int_equal(used_by(o, "shop"), 1);
}

static void registrar__provision__needs_a_policy(void **state)
{
    assert_refused(*state, "anna", NULL, false, ERR_INVALID_STATE, "no policy");
}

/* The server refuses or is away: as if nothing had been asked. */
static void registrar__provision__leaves_nothing_after_a_failure(void **state)
{
    struct office *o = *state;
    struct registrar_account x;
    o->answer = ERR_IO;
    assert_refused(o, "anna", NULL, false, ERR_IO, "the server is away");
    assert_int_equal(registrar_store_account(registrar_database(o->registrar), "anna", &x, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(used_by(o, "main"), 0);
    o->answer = 0;
    bundle_free(office_provision(o, "anna"));
}

static void registrar__replace__makes_a_new_bundle(void **state)
{
    struct office *o = *state;
    struct world_request q;
    struct registry_piece p;
    assert_refused(o, "anna", NULL, true, ERR_NOT_FOUND, "anna");
    CLEANUP(bundle_free_cleanup) struct bundle *a = office_provision(o, "anna");
    world_request(&q, a->account, a->secret);
    assert_int_equal(office_activate(o, "anna", &q, &p), 0);
    (void)office_asked(o);
    CLEANUP(bundle_free_cleanup) struct bundle *b = NULL;
    const struct registrar_order again = {.handle = "anna", .replace = true};
    assert_int_equal(registrar_provision(o->registrar, &again, &b, NULL), 0);
    assert_string_equal(office_asked(o), "put anna; end anna; ");
    assert_memory_not_equal(a->secret, b->secret, sizeof a->secret);
    assert_string_not_equal(a->password, b->password);
    struct registrar_account x = account_of(o, "anna");
    assert_false(x.activated);
    assert_int_equal(x.serial, 1); /* the certificate stays until there is a new one */
    assert_int_equal(used_by(o, "main"), 1);
    assert_int_equal(office_activate(o, "anna", &q, &p), ERR_AUTH); /* of the old bundle */
    world_request_clear(&q);
    world_request(&q, b->account, b->secret);
    assert_int_equal(office_activate(o, "anna", &q, &p), 0);
    assert_int_equal(account_of(o, "anna").serial, 2);
    world_request_clear(&q);
}

static void registrar__replace__is_for_the_accounts_own_distributor(void **state)
{
    struct office *o = *state;
    assert_int_equal(registrar_put_distributor(o->registrar, "shop", 2, NULL), 0);
    assert_int_equal(order(o, "anna", "shop", false, NULL), 0);
    (void)office_asked(o);
    assert_refused(o, "anna", "main", true, ERR_INVALID_STATE, "belongs to distributor shop");
    assert_int_equal(order(o, "anna", NULL, true, NULL), 0);
    assert_string_equal(account_of(o, "anna").distributor, "shop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(registrar__provision__gives_a_whole_bundle),
        OFFICE_TEST(registrar__provision__makes_different_secrets),
        OFFICE_TEST(registrar__provision__refuses_handles),
        OFFICE_TEST(registrar__provision__refuses_an_account_that_is_there),
        OFFICE_TEST(registrar__provision__keeps_to_quotas),
        OFFICE_TEST(registrar__put_distributor__is_checked),
        EMPTY_OFFICE_TEST(registrar__provision__needs_a_policy),
        OFFICE_TEST(registrar__provision__leaves_nothing_after_a_failure),
        OFFICE_TEST(registrar__replace__makes_a_new_bundle),
        OFFICE_TEST(registrar__replace__is_for_the_accounts_own_distributor),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
