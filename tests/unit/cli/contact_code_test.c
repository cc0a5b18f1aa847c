/* A device's code: its text, and the picture of it. */
#include "../wire/test.h"
#include "cli/contact_code.h"

#include <png.h>
#include <qrencode.h>
#include <stdio.h>
#include <unistd.h>

#define PRINT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CODE "ironside:contact?account=anna@chat.example&fingerprint=" PRINT

static void contact_code__parse__just_that_form(void **state)
{
    static const char *const wrong[] = {
        "",
        "anna@chat.example",
        "ironside:contact?account=anna@chat.example",
        "ironside:contact?account=anna@chat.example&fingerprint=",
        CODE "0",
        CODE " ",
        CODE "\n\n",
        "\n" CODE,
        "QR-Code: " CODE,
        "QR-Code:QR-Code:" CODE,
        "EAN-13:" CODE,
        "ironside:contact?account=chat.example&fingerprint=" PRINT,
        "ironside:contact?account=&fingerprint=" PRINT,
        "ironside:contact?account=Anna@chat.example&fingerprint=" PRINT,
        "ironside:contact?account=anna@chat.example/x&fingerprint=" PRINT,
        "ironside:contact?fingerprint=" PRINT "&account=anna@chat.example",
        "https://chat.example/?account=anna@chat.example&fingerprint=" PRINT,
    };
    static const char *const scanned[] = {CODE "\n", CODE "\r\n", "QR-Code:" CODE,
                                          "QR-Code:" CODE "\n"};
    struct contact_code c;
    (void)state;
    assert_int_equal(contact_code_parse(CODE, &c), 0);
    assert_string_equal(c.account, "anna@chat.example");
    assert_string_equal(c.fingerprint, PRINT);
    CLEANUP_FREE char *again = contact_code_format(&c);
    assert_string_equal(again, CODE);
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (contact_code_parse(wrong[i], &c) == 0)
            fail_msg("taken: %s", wrong[i]);
    for (size_t i = 0; i < COUNT(scanned); i++)
        if (contact_code_parse(scanned[i], &c) < 0 || strcmp(c.fingerprint, PRINT) != 0)
            fail_msg("not taken: %s", scanned[i]);
    CLEANUP_FREE char *letters = replace(CODE, "0123456789a", "0123456789A");
    assert_int_equal(contact_code_parse(letters, &c), ERR_FORMAT);
}

static void contact_code__parse__an_account_that_is_too_long(void **state)
{
    CLEANUP_FREE char *handle = repeat('a', VALUE_JID_MAX + 1);
    CLEANUP_FREE char *text = replace(CODE, "anna", handle);
    struct contact_code c;
    (void)state;
    assert_int_equal(contact_code_parse(text, &c), ERR_FORMAT);
}

/* Every module of the picture is the code's, with white around. */
static void contact_code__write_png__holds_the_code(void **state)
{
    char folder[] = "/tmp/ironside-code.XXXXXX", path[64];
    struct diag d;
    png_image image = {.version = PNG_IMAGE_VERSION};
    QRcode *code = QRcode_encodeString8bit(CODE, 0, QR_ECLEVEL_M);
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/code.png", folder);
    assert_int_equal(contact_code_write_png(CODE, path, &d), 0);
    assert_true(png_image_begin_read_from_file(&image, path));
    image.format = PNG_FORMAT_GRAY;
    unsigned side = image.width;
    assert_int_equal(side, image.height);
    assert_int_equal(side, (unsigned)(code->width + 8) * 8);
    CLEANUP_FREE uint8_t *pixels = mem_array(side, side);
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    for (unsigned y = 0; y < side; y++)
        for (unsigned x = 0; x < side; x++) {
            int row = (int)(y / 8) - 4, column = (int)(x / 8) - 4;
            bool inside = row >= 0 && column >= 0 && row < code->width && column < code->width;
            bool dark = inside && (code->data[row * code->width + column] & 1) != 0;
            assert_int_equal(pixels[y * side + x], dark ? 0 : 255);
        }
    QRcode_free(code);
    assert_int_equal(contact_code_write_png(CODE, path, &d), ERR_EXISTS); /* what is there stays */
    assert_says(d.text, "is there already");
    unlink(path);
    rmdir(folder);
    assert_int_equal(contact_code_write_png(CODE, "/nonexistent/x.png", &d), ERR_IO);
    assert_says(d.text, "cannot write /nonexistent/x.png");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contact_code__parse__just_that_form),
        cmocka_unit_test(contact_code__parse__an_account_that_is_too_long),
        cmocka_unit_test(contact_code__write_png__holds_the_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
