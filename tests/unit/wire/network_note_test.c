#include "tamper.h"

#define SOME_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    (void)context;
    struct network_note *n = NULL;
    int r = network_note_open(note, len, &n, d);
    assert_true((r == 0) == (n != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        network_note_format(&b, n);
        assert_written(&n->document, &b);
    }
    network_note_free(n);
    return r;
}

static char *sign_it(void *context, const char *text)
{
    return fixture_sign_quorum(context, text);
}

static struct tamper tamper_of(struct fixture *f)
{
    return (struct tamper){.kind = "network",
                           .text = f->network_text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = f,
                           .max = VALUE_NOTE_MAX};
}

static void network_note__open__fields(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct network_note *n = f->network;
    uint8_t authority[HASH_BYTES], hash[HASH_BYTES];
    fixture_seed("authority", authority);
    assert_string_equal(n->domain, "chat.example");
    assert_false(n->replay);
    assert_memory_equal(n->authority, authority, HASH_BYTES);
    assert_int_equal(n->custodian_count, 3);
    assert_string_equal(n->custodians[2].name, "custodian-3");
    assert_memory_equal(n->custodians[2].key, f->custodians[2].key.key, SIGN_PUBLIC_BYTES);
    assert_int_equal(n->quorum, 2);
    assert_memory_equal(n->registrar_key, f->registrar.key.key, SIGN_PUBLIC_BYTES);
    assert_string_equal(n->registrar, "registrar.chat.example");
    assert_string_equal(n->upload, "upload.chat.example");
    assert_string_equal(n->document.note, f->network_note);
    assert_int_equal(n->document.note_len, strlen(f->network_note));
    assert_int_equal(n->document.text_len, strlen(f->network_text));
    hash_sha256(f->network_text, strlen(f->network_text), hash);
    assert_memory_equal(n->document.hash, hash, HASH_BYTES);
    network_note_free(NULL);
}

static void network_note__open__replay_and_sizes(void **state)
{
    (void)state;
    static const struct fixture_options options[] = {
        {.replay = true},
        {.custodians = 1, .quorum = 1},
        {.custodians = 16, .quorum = 16},
        {.custodians = 16, .quorum = 1, .domain = "localhost"},
    };
    for (size_t i = 0; i < COUNT(options); i++) {
        CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(&options[i]);
        assert_int_equal(f->network->replay, options[i].replay);
        assert_int_equal(f->network->custodian_count,
                         options[i].custodians == 0 ? 3 : options[i].custodians);
        assert_int_equal(f->network->quorum, options[i].quorum == 0 ? 2 : options[i].quorum);
    }
}

static void network_note__open__lines(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"line 'domain chat.example': 'ironside' is expected here",
         "line 'ironside network 1': 'domain' is expected here",
         "line 'domain chat.example': 'ironside' is expected here"},
        {"line 'kind live': 'domain' is expected here",
         "line 'domain chat.example': 'kind' is expected here",
         "line 'kind live': 'domain' is expected here"},
        {": 'kind' is expected here", "line 'kind live': 'authority' is expected here",
         ": 'kind' is expected here"},
        {": 'authority' is expected here", ": 'custodian' is expected here",
         ": 'authority' is expected here"},
        {"signed by 1 of the 2 custodians that it needs; missing: custodian-3",
         "the same custodian twice", NULL},
        {"signed by 1 of the 2 custodians that it needs; missing: custodian-3",
         "the same custodian twice", NULL},
        {NULL, "the same custodian twice", "line 'custodian custodian-3 "},
        {": 'quorum' is expected here", "line 'quorum 2': 'registrar' is expected here",
         ": 'quorum' is expected here"},
        {"line 'upload upload.chat.example': 'registrar' is expected here",
         ": 'upload' is expected here",
         "line 'upload upload.chat.example': 'registrar' is expected here"},
        {"the line 'upload' is missing at the end",
         "line 'upload upload.chat.example': not expected here", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
}

static void network_note__open__values(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"network 1", "network 2", "line 'ironside network 2': not this kind of document, or"},
        {"network 1", "policy 1", "line 'ironside policy 1': not this kind of document"},
        {"network 1", "network 1 ", "not this kind of document"},
        {"ironside", "Ironside", "'ironside' is expected here"},
        {"domain chat.example", "domain Chat.example", "not a domain name in lower case"},
        {"domain chat.example", "domain anna@chat.example", "not a domain name in lower case"},
        {"kind live", "kind lively", "line 'kind lively': neither live nor replay"},
        {"kind live", "kind replay", NULL},
        {"kind live", "kind", "line 'kind': 'kind' is expected here"},
        {"kind live", "kind ", "line 'kind ': 'kind' is expected here"},
        {"authority ", "authority F", "not a SHA-256 in hexadecimal"},
        {"custodian-2", "custodian-1", "the same custodian twice"},
        {"custodian-2", "custo+dian", "not NAME KEY"},
        {"custodian-2 ", "", "not NAME KEY"},
        {"custodian-2", "custodian-2 x", "too many words"},
        {"custodian-2", "custodian-2 ", "an empty word"},
        {"custodian-2 ", "custodian-2 x", "not NAME KEY"},
        {"custodian-2", "custodian-4", "signed by 1 of the 2"},
        {"quorum 2", "quorum 0", "line 'quorum': not between 1 and the number of custodians"},
        {"quorum 2", "quorum 1", NULL},
        {"quorum 2", "quorum 3", "signed by 2 of the 3 custodians that it needs; missing: custo"},
        {"quorum 2", "quorum 4", "not between 1 and the number of custodians"},
        {"quorum 2", "quorum 17", "line 'quorum 17': not a number in its range"},
        {"quorum 2", "quorum 02", "line 'quorum 02': not a number in its range"},
        {"quorum 2", "quorum two", "line 'quorum two': not a number in its range"},
        {"registrar ", "registrar x", "not a key of 32 bytes in base64"},
        {"upload upload.chat.example", "upload https://upload.chat.example", "not a domain name"},
        {"upload upload.chat.example", "upload upload.chat.example:5443", "not a domain name"},
        {"upload upload.chat.example", "upload other.example", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_values(&t, cases, COUNT(cases));

    /* Two custodians with one key are one. */
    char key[64] = "";
    const char *line = strstr(f->network_text, "custodian-1 ") + 12;
    memcpy(key, line, 44);
    const char *second = strstr(f->network_text, "custodian-2 ") + 12;
    CLEANUP_FREE char *same =
        mem_format("%.*s%s%s", (int)(second - f->network_text), f->network_text, key, second + 44);
    tamper_check(&t, same, "the same custodian twice");
}

static void network_note__open__caps(void **state)
{
    (void)state;
    struct fixture_options o = {.custodians = 16, .quorum = 1};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(&o);
    struct tamper t = tamper_of(f);
    CLEANUP_FREE char *more =
        replace(f->network_text, "quorum", "custodian custodian-17 " SOME_KEY "\nquorum");
    tamper_check(&t, more, "more than 16 custodians");

    /* The longest domain is the one whose registrar still has a valid address. */
    CLEANUP_FREE char *domain = repeat('a', VALUE_DOMAIN_MAX - 10);
    for (size_t i = 60; i < strlen(domain) - 1; i += 60)
        domain[i] = '.';
    CLEANUP(fixture_free_cleanup) struct fixture *g = fixture_new(NULL);
    CLEANUP_FREE char *line = mem_format("domain %s", domain);
    CLEANUP_FREE char *text = replace(g->network_text, "domain chat.example", line);
    struct tamper u = tamper_of(g);
    tamper_check(&u, text, NULL);
    CLEANUP_FREE char *longer_line = mem_format("domain a%s", domain);
    CLEANUP_FREE char *longer = replace(g->network_text, "domain chat.example", longer_line);
    tamper_check(&u, longer, "too long for registrar.DOMAIN");
}

static void network_note__open__signatures(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f);
    tamper_quorum(&t, f);
}

static void network_note__verify_custodians__many_missing(void **state)
{
    (void)state;
    struct fixture_options o = {.custodians = 16, .quorum = 16};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(&o);
    struct diag d;
    CLEANUP_FREE char *note = fixture_sign("text\n", f->custodians, 1);
    struct note view;
    assert_int_equal(note_parse(note, strlen(note), 4096, &view), 0);
    assert_int_equal(network_verify_custodians(f->network, &view, "thing", &d), ERR_AUTH);
    assert_says(d.text, "thing: signed by 1 of the 16 custodians that it needs; missing: "
                        "custodian-2, custodian-3, ");
    assert_int_equal(network_verify_custodians(f->network, &view, "thing", NULL), ERR_AUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network_note__open__fields),
        cmocka_unit_test(network_note__open__replay_and_sizes),
        cmocka_unit_test(network_note__open__lines),
        cmocka_unit_test(network_note__open__values),
        cmocka_unit_test(network_note__open__caps),
        cmocka_unit_test(network_note__open__signatures),
        cmocka_unit_test(network_note__verify_custodians__many_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
