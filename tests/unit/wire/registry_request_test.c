/* A device's request for its certificate. */
#include "tamper.h"

#include "base/encode.h"
#include "wire/registry.h"

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    (void)context;
    struct registry_request *q = NULL;
    int r = registry_request_open(FIXTURE_DOMAIN, note, len, &q, d);
    assert_true((r == 0) == (q != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        registry_request_format(&b, FIXTURE_DOMAIN, q);
        assert_written(&q->document, &b);
    }
    registry_request_free(q);
    return r;
}

static char *sign_it(void *context, const char *text)
{
    return fixture_sign(text, context, 1);
}

static char *request_text(const struct fixture_signer *signer)
{
    struct registry_request q = {
        .account = "anna@chat.example", .omemo_device = 1001, .omemo_identity = {0x05, 1, 2}};
    struct buf b = BUF_INIT(VALUE_CERTIFICATE_MAX);
    memcpy(q.key, signer->key.key, sizeof q.key);
    registry_request_format(&b, FIXTURE_DOMAIN, &q);
    return buf_take_text(&b);
}

static struct tamper tamper_of(struct fixture_signer *signer, const char *text)
{
    return (struct tamper){.kind = "request",
                           .text = text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = signer,
                           .max = VALUE_CERTIFICATE_MAX};
}

static void registry_request__open__fields(void **state)
{
    (void)state;
    struct fixture_signer signer;
    fixture_signer_init(&signer, "anna@chat.example", "anna");
    CLEANUP_FREE char *text = request_text(&signer);
    CLEANUP_FREE char *note = fixture_sign(text, &signer, 1);
    CLEANUP(registry_request_free_cleanup) struct registry_request *q = NULL;
    assert_int_equal(registry_request_open(FIXTURE_DOMAIN, note, strlen(note), &q, NULL), 0);
    assert_string_equal(q->account, "anna@chat.example");
    assert_memory_equal(q->key, signer.key.key, SIGN_PUBLIC_BYTES);
    assert_int_equal(q->omemo_device, 1001);
    assert_memory_equal(q->omemo_identity, "\x05\x01\x02", 3);
    registry_request_free(NULL);
}

static void registry_request__open__tampered(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside request 1': 'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "line 'network chat.example': 'account' is expected here",
         "'network' is expected here"},
        {"'account' is expected here", "line 'account anna@chat.example': 'key' is expected here",
         "'account' is expected here"},
        {"'key' is expected here", "'omemo' is expected here", "'key' is expected here"},
        {"the line 'omemo' is missing at the end", "not expected here", NULL},
    };
    static const struct tamper_value cases[] = {
        {"request 1", "device 1", "not this kind of document"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"anna@chat.example", "anna@other.example", "not handle@domain of this network"},
        {"anna@chat.example", "bert@chat.example", "not signed by bert@chat.example"},
        {"key ", "key x", "not a key of 32 bytes in base64"},
        {"omemo 1001", "omemo 0", "not DEVICE-ID IDENTITY"},
        {"omemo 1001 B", "omemo 1001 A", "not DEVICE-ID IDENTITY"},
    };
    struct fixture_signer signer;
    fixture_signer_init(&signer, "anna@chat.example", "anna");
    CLEANUP_FREE char *text = request_text(&signer);
    struct tamper t = tamper_of(&signer, text);
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    tamper_values(&t, cases, COUNT(cases));
    tamper_signature(&t, &signer);
}

/* The key in the request must be the one that signs it. */
static void registry_request__open__another_key(void **state)
{
    (void)state;
    struct fixture_signer signer, other;
    fixture_signer_init(&signer, "anna@chat.example", "anna");
    fixture_signer_init(&other, "anna@chat.example", "somebody else");
    CLEANUP_FREE char *text = request_text(&other);
    struct tamper t = tamper_of(&signer, text);
    tamper_check(&t, text, "not signed by anna@chat.example");
}

/* Against openssl(1): 32 bytes 0x01, "note\n". */
static void registry_request__mac__known_answer(void **state)
{
    (void)state;
    uint8_t secret[REGISTRY_SECRET_BYTES], mac[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    memset(secret, 1, sizeof secret);
    registry_request_mac(secret, "note\n", 5, mac);
    encode_hex(mac, sizeof mac, hex);
    assert_string_equal(hex, "ef0a1c4e4bf91bcb3e515bea8f479a5e09bf197b71cba2bf2ab8ebd084cb2120");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_request__open__fields),
        cmocka_unit_test(registry_request__open__tampered),
        cmocka_unit_test(registry_request__open__another_key),
        cmocka_unit_test(registry_request__mac__known_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
