/* Sealing of single pages and frames, against the byte table in vault_page.h. */
#include "support.h"

#include <sodium.h>
#include <string.h>

#include "vault/vault_page.h"

static void fill(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
}

static void make_page(uint8_t page[static VAULT_PAGE_BYTES])
{
    memset(page, 0, VAULT_PAGE_BYTES);
    fill(page, VAULT_PAGE_BYTES - VAULT_RESERVED_BYTES);
}

static void make_frame(uint8_t frame[static VAULT_FRAME_BYTES])
{
    memset(frame, 0, VAULT_FRAME_BYTES);
    fill(frame, VAULT_FRAME_BYTES - VAULT_RESERVED_BYTES);
}

static void vault_page__open__gives_the_page_back(void **state)
{
    (void)state;
    uint8_t plain[VAULT_PAGE_BYTES], page[VAULT_PAGE_BYTES], again[VAULT_PAGE_BYTES];
    make_page(plain);
    memcpy(page, plain, sizeof page);
    memcpy(again, plain, sizeof again);
    vault_page_seal(key.bytes, 7, page);
    vault_page_seal(key.bytes, 7, again);
    assert_memory_not_equal(page, again, VAULT_PAGE_BYTES); /* nonces are fresh */
    assert_int_equal(vault_page_open(key.bytes, 7, page), 0);
    assert_memory_equal(page, plain, VAULT_PAGE_BYTES);
}

static void vault_page__seal__keeps_to_its_format(void **state)
{
    (void)state;
    uint8_t plain[VAULT_PAGE_BYTES], page[VAULT_PAGE_BYTES];
    const uint8_t aad[] = {'D', 0x01, 0x02, 0x03, 0x04};
    make_page(plain);
    memcpy(page, plain, sizeof page);
    vault_page_seal(key.bytes, 0x01020304, page);
    assert_int_equal(
        crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
            page, NULL, page, 4056, page + 4080, aad, sizeof aad, page + 4056, key.bytes),
        0);
    assert_memory_equal(page, plain, 4056);
}

static void vault_page__seal_frame__keeps_to_its_format(void **state)
{
    (void)state;
    uint8_t plain[VAULT_FRAME_BYTES], frame[VAULT_FRAME_BYTES];
    uint8_t aad[21] = {'W', 0, 0, 0, 9};
    make_frame(plain);
    memcpy(aad + 5, plain, 16);
    memcpy(frame, plain, sizeof frame);
    vault_page_seal_frame(key.bytes, 9, frame);
    assert_memory_equal(frame, plain, 16);
    assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
                         frame + 16, NULL, frame + 16, 4064, frame + 4104, aad, sizeof aad,
                         frame + 4080, key.bytes),
                     0);
    assert_memory_equal(frame, plain, 4080);
}

static void vault_page__open__refuses_another_place(void **state)
{
    (void)state;
    uint8_t page[VAULT_PAGE_BYTES];
    make_page(page);
    vault_page_seal(key.bytes, 7, page);
    uint8_t copy[VAULT_PAGE_BYTES];
    assert_int_equal(vault_page_open(key.bytes, 8, memcpy(copy, page, sizeof copy)), ERR_AUTH);
    assert_int_equal(vault_page_open(other_key.bytes, 7, memcpy(copy, page, sizeof copy)),
                     ERR_AUTH);
    assert_int_equal(vault_page_open(key.bytes, 7, memcpy(copy, page, sizeof copy)), 0);
}

static void vault_page__open_frame__refuses_another_place(void **state)
{
    (void)state;
    uint8_t frame[VAULT_FRAME_BYTES], copy[VAULT_FRAME_BYTES];
    make_frame(frame);
    vault_page_seal_frame(key.bytes, 7, frame);
    assert_int_equal(vault_page_open_frame(key.bytes, 8, memcpy(copy, frame, sizeof copy)),
                     ERR_AUTH);
    assert_int_equal(vault_page_open_frame(key.bytes, 7, memcpy(copy, frame, sizeof copy)), 0);
    /* A frame's page is not a page of the database. */
    assert_int_equal(vault_page_open(key.bytes, 7, frame + VAULT_FRAME_HEADER_BYTES), ERR_AUTH);
}

static void vault_page__open__refuses_every_flipped_byte(void **state)
{
    (void)state;
    uint8_t page[VAULT_PAGE_BYTES], frame[VAULT_FRAME_BYTES], copy[VAULT_FRAME_BYTES];
    make_page(page);
    make_frame(frame);
    vault_page_seal(key.bytes, 7, page);
    vault_page_seal_frame(key.bytes, 7, frame);
    for (size_t at = 0; at < VAULT_FRAME_BYTES; at++) {
        memcpy(copy, frame, VAULT_FRAME_BYTES);
        copy[at] ^= 0x10;
        assert_int_equal(vault_page_open_frame(key.bytes, 7, copy), ERR_AUTH);
        if (at >= VAULT_PAGE_BYTES)
            continue;
        memcpy(copy, page, VAULT_PAGE_BYTES);
        copy[at] ^= 0x10;
        assert_int_equal(vault_page_open(key.bytes, 7, copy), ERR_AUTH);
    }
}

static void vault_page__reserved_free__looks_at_the_last_40_bytes(void **state)
{
    (void)state;
    uint8_t page[VAULT_PAGE_BYTES];
    make_page(page);
    assert_true(vault_page_reserved_free(page));
    page[4055] = 1;
    assert_true(vault_page_reserved_free(page));
    page[4056] = 1;
    assert_false(vault_page_reserved_free(page));
    page[4056] = 0, page[4095] = 1;
    assert_false(vault_page_reserved_free(page));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vault_page__open__gives_the_page_back),
        cmocka_unit_test(vault_page__seal__keeps_to_its_format),
        cmocka_unit_test(vault_page__seal_frame__keeps_to_its_format),
        cmocka_unit_test(vault_page__open__refuses_another_place),
        cmocka_unit_test(vault_page__open_frame__refuses_another_place),
        cmocka_unit_test(vault_page__open__refuses_every_flipped_byte),
        cmocka_unit_test(vault_page__reserved_free__looks_at_the_last_40_bytes),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
