/* The worked example of docs/protocol.md: made here anew, from its own description of the bytes,
 * and looked for in the page. What differs is printed as it should stand there.
 */
#include "test.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/file.h"
#include "crypto/hash.h"
#include "wire/seal.h"

#define WIDTH 32U /* bytes in a line of the page */

static void show(struct buf *page, const char *name, const void *data, size_t len)
{
    const uint8_t *at = data;
    for (size_t done = 0; done < len; done += WIDTH) {
        char hex[2 * WIDTH + 1];
        encode_hex(at + done, len - done < WIDTH ? len - done : WIDTH, hex);
        buf_format(page, "%-12s%s\n", done == 0 ? name : "", hex);
    }
}

static void put_string(struct buf *b, const char *s)
{
    buf_put_block(b, s, strlen(s));
}

/* AES-128-GCM with a key and iv that are counted, so that they are the same in every run. */
static void encrypt(struct fixture_message *m)
{
    static const char text[] = "Good morning.";
    int len = 0;
    for (uint8_t i = 0; i < 16; i++)
        m->content[i] = i;
    for (uint8_t i = 0; i < PAYLOAD_IV_BYTES; i++)
        m->envelope.iv[i] = (uint8_t)(0xa0 + i);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    assert_non_null(c);
    assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, m->content, m->envelope.iv), 1);
    assert_int_equal(
        EVP_EncryptUpdate(c, m->payload, &len, (const uint8_t *)text, (int)strlen(text)), 1);
    assert_int_equal((size_t)len, m->envelope.payload_len);
    assert_int_equal(EVP_EncryptFinal_ex(c, m->payload + len, &len), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, m->content + 16), 1);
    EVP_CIPHER_CTX_free(c);
}

/* What T is the hash of, as the page's table lists it. */
static void put_transcript(struct buf *b, const struct envelope *e, const uint8_t *bot_key)
{
    static const uint8_t no_place[HASH_BYTES];
    uint8_t hash[HASH_BYTES];
    buf_put(b, "ironside transcript 1", 22);
    buf_put(b, e->certificate, 32);
    put_string(b, e->from);
    buf_put_u32(b, (uint32_t)e->to_count);
    for (size_t i = 0; i < e->to_count; i++)
        put_string(b, e->to[i]);
    put_string(b, e->id);
    buf_put_u64(b, (uint64_t)e->at_unix_ms);
    put_string(b, e->bot);
    hash_sha256(bot_key, 32, hash);
    buf_put(b, hash, 32);
    buf_put_u32(b, e->policy);
    buf_put_u64(b, e->n);
    buf_put(b, e->prev, 32);
    buf_put_block(b, e->iv, 12);
    hash_sha256(e->payload, e->payload_len, hash);
    buf_put(b, hash, 32);
    buf_put_u32(b, 0); /* files */
    buf_put(b, no_place, 32);
}

static void show_seal(struct buf *page, const struct fixture_message *m)
{
    const struct envelope *e = &m->envelope;
    uint8_t prk[HASH_BYTES], ikm[HASH_BYTES];
    struct hpke_keypair pair;
    const struct hash_part k = {m->content, 32}, t = {m->transcript, 32};
    hash_hkdf_extract("ironside ephemeral 1", 20, &k, 1, prk);
    hash_hkdf_expand(prk, &t, 1, ikm, sizeof ikm);
    hpke_derive_keypair(ikm, sizeof ikm, &pair);
    assert_memory_equal(pair.public, e->enc, sizeof e->enc);
    show(page, "ikm", ikm, sizeof ikm);
    show(page, "enc", e->enc, sizeof e->enc);
    show(page, "wrap", e->wraps[0].wrap, ENVELOPE_WRAP_BYTES);
}

static void show_signed(struct buf *page, const struct fixture_message *m)
{
    const struct envelope *e = &m->envelope;
    CLEANUP_BUF struct buf s = BUF_INIT(4096), d = BUF_INIT(4096);
    uint8_t digest[HASH_BYTES];
    buf_put(&s, "ironside message 1", 19);
    buf_put(&s, m->transcript, 32);
    buf_put(&s, e->enc, 32);
    buf_put_u32(&s, 1);
    put_string(&s, e->wraps[0].warrant);
    buf_put(&s, e->wraps[0].wrap, 48);
    assert_int_equal(s.len, m->signed_bytes.len);
    assert_memory_equal(s.data, m->signed_bytes.data, s.len);
    buf_put(&d, "ironside digest 1", 18);
    buf_put(&d, s.data, s.len);
    buf_put(&d, e->signature, 64);
    hash_sha256(d.data, d.len, digest);
    assert_memory_equal(digest, m->digest, sizeof digest);
    show(page, "S", s.data, s.len);
    show(page, "sig", e->signature, sizeof e->signature);
    show(page, "D", digest, sizeof digest);
}

/* A round of this message's verdict alone. */
static void show_verdict(struct buf *page, const struct fixture *f, const struct fixture_message *m)
{
    struct verdict v;
    struct verdict_line l = {.n = m->envelope.n, .state = VERDICT_ARCHIVED};
    uint8_t line[VERDICT_LINE_BYTES], root[MERKLE_BYTES];
    CLEANUP_BUF struct buf round = BUF_INIT(1024), leaf = BUF_INIT(256);
    memcpy(l.digest, m->digest, HASH_BYTES);
    memcpy(l.certificate, m->envelope.certificate, HASH_BYTES);
    fixture_round(&f->bots[0], FIXTURE_AT + 20, &l, 1, &v);
    verdict_line_put(&l, line);
    merkle_leaf(line, sizeof line, root);
    buf_put(&round, "ironside verdicts 1", 20);
    put_string(&round, f->bots[0].jid);
    buf_put_u32(&round, 1);
    buf_put_u64(&round, (uint64_t)(FIXTURE_AT + 20));
    buf_put(&round, root, 32);
    assert_int_equal(sign_verify(f->bots[0].signer.key.key, round.data, round.len, v.signature), 0);
    verdict_round_leaf_text(&leaf, root, 1);
    show(page, "line", line, sizeof line);
    show(page, "root", root, sizeof root);
    show(page, "round", round.data, round.len);
    show(page, "round's sig", v.signature, sizeof v.signature);
    buf_format(page, "%-12s%s\n", "leaf", buf_text(&leaf));
}

static char *read_page(void)
{
    const char *source = getenv("IRONSIDE_SOURCE");
    char *text = NULL;
    if (source == NULL) {
        print_message("there is no $IRONSIDE_SOURCE, the project's folder: skipped\n");
        skip();
    }
    CLEANUP_FREE char *path = file_join(source, "docs/protocol.md");
    assert_int_equal(file_read_text(path, 1U << 20, &text, NULL), 0);
    return text;
}

static void assert_stands(const char *page, struct buf *part)
{
    if (strstr(page, buf_text(part)) != NULL)
        return;
    fprintf(stderr, "docs/protocol.md lacks:\n%s", buf_text(part)); /* cmocka would cut it */
    fail();
}

static void example__make__as_the_page_shows_it(void **state)
{
    (void)state;
    CLEANUP_FREE char *page = read_page();
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct fixture_warrant *w = fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(f, set, dev, NULL);
    CLEANUP_BUF struct buf part = BUF_INIT(65536), input = BUF_INIT(4096);
    uint8_t hash[HASH_BYTES];
    encrypt(m);
    fixture_message_sign(m, f, set, dev);
    put_transcript(&input, &m->envelope, f->bots[0].signer.key.key);
    hash_sha256(input.data, input.len, hash);
    assert_memory_equal(hash, m->transcript, sizeof hash);

    show(&part, "device key", dev->signer.key.key, 32);
    show(&part, "bot key", f->bots[0].signer.key.key, 32);
    show(&part, "day secret", fixture_day_key(w, FIXTURE_DAY)->secret, 32);
    show(&part, "day key", fixture_day_key(w, FIXTURE_DAY)->public, 32);
    show(&part, "K", m->content, sizeof m->content);
    show(&part, "iv", m->envelope.iv, sizeof m->envelope.iv);
    show(&part, "payload", m->payload, m->envelope.payload_len);
    show(&part, "T's input", input.data, input.len);
    show(&part, "T", m->transcript, sizeof m->transcript);
    show_seal(&part, m);
    show_signed(&part, m);
    show_verdict(&part, f, m);
    assert_stands(page, &part);
}

static void example__make__certificate_and_element(void **state)
{
    (void)state;
    CLEANUP_FREE char *page = read_page();
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    (void)fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(f, set, dev, NULL);
    CLEANUP_BUF struct buf note = BUF_INIT(65536), element = BUF_INIT(65536);
    encrypt(m);
    fixture_message_sign(m, f, set, dev);
    buf_put_text(&note, dev->certificate->document.note);
    assert_stands(page, &note);
    envelope_put_access(&element, &m->envelope);
    /* The page has a line for each child. */
    CLEANUP_BUF struct buf lines = BUF_INIT(65536);
    const char *xml = buf_text(&element);
    for (const char *at = xml; *at != '\0'; at++) {
        if (at > xml && *at == '<' && at[1] != '/')
            buf_put_text(&lines, "\n  ");
        if (strcmp(at, "</access>") == 0)
            buf_put_u8(&lines, '\n');
        buf_put_u8(&lines, (uint8_t)*at);
    }
    buf_put_u8(&lines, '\n');
    assert_stands(page, &lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example__make__as_the_page_shows_it),
        cmocka_unit_test(example__make__certificate_and_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
