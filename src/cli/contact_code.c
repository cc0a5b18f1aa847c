#include "cli/contact_code.h"

#include <png.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

#define BEGIN "ironside:contact?account="
#define BETWEEN "&fingerprint="
#define SCANNER "QR-Code:" /* zbarimg says what it has read */
#define QUIET 4            /* modules of white around it (ISO/IEC 18004) */
#define PIXELS 8

/* The length without the line's end that a scanner puts behind it. */
static size_t line_len(const char *text)
{
    size_t len = strlen(text);
    len -= len > 0 && text[len - 1] == '\n';
    return len - (len > 0 && text[len - 1] == '\r');
}

int contact_code_parse(const char *text, struct contact_code *ret)
{
    struct contact_code c = {""};
    if (strncmp(text, SCANNER, strlen(SCANNER)) == 0)
        text += strlen(SCANNER);
    if (strncmp(text, BEGIN, strlen(BEGIN)) != 0)
        return ERR_FORMAT;
    const char *account = text + strlen(BEGIN), *between = strstr(account, BETWEEN);
    if (between == NULL || between - account > (ptrdiff_t)VALUE_JID_MAX)
        return ERR_FORMAT;
    memcpy(c.account, account, (size_t)(between - account));
    const char *print = between + strlen(BETWEEN);
    if (!value_bare_valid(c.account) || strchr(c.account, '@') == NULL ||
        line_len(print) != CONTACT_FINGERPRINT_LEN ||
        strspn(print, "0123456789abcdef") != CONTACT_FINGERPRINT_LEN)
        return ERR_FORMAT;
    memcpy(c.fingerprint, print, CONTACT_FINGERPRINT_LEN);
    *ret = c;
    return 0;
}

char *contact_code_format(const struct contact_code *c)
{
    return mem_format(BEGIN "%s" BETWEEN "%s", c->account, c->fingerprint);
}

static void free_code(QRcode **code)
{
    QRcode_free(*code);
}

static QRcode *encode(const char *text, struct diag *d)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL)
        diag_set(d, ERR_LIMIT, "the code is too long to be drawn");
    return code;
}

/* Outside of it all is white. */
static bool is_dark(const QRcode *code, int row, int column)
{
    if (row < 0 || column < 0 || row >= code->width || column >= code->width)
        return false;
    return (code->data[row * code->width + column] & 1) != 0;
}

int contact_code_print(const char *text, struct diag *d)
{
    CLEANUP(free_code) QRcode *code = encode(text, d);
    if (code == NULL)
        return ERR_LIMIT;
    for (int row = -QUIET; row < code->width + QUIET; row += 2) {
        /* White on black as on most terminals: what is light is drawn. */
        for (int column = -QUIET; column < code->width + QUIET; column++) {
            bool upper = !is_dark(code, row, column), lower = !is_dark(code, row + 1, column);
            fputs(upper ? lower ? "█" : "▀" : lower ? "▄" : " ", stdout);
        }
        putchar('\n');
    }
    printf("%s\n", text);
    return 0;
}

int contact_code_write_png(const char *text, const char *path, struct diag *d)
{
    CLEANUP(free_code) QRcode *code = encode(text, d);
    if (code == NULL)
        return ERR_LIMIT;
    int side = (code->width + 2 * QUIET) * PIXELS;
    CLEANUP_FREE uint8_t *pixels = mem_array((size_t)side, (size_t)side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            pixels[y * side + x] = is_dark(code, y / PIXELS - QUIET, x / PIXELS - QUIET) ? 0 : 255;
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)side,
                       .height = (png_uint_32)side,
                       .format = PNG_FORMAT_GRAY};
    png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(image);
    CLEANUP_FREE uint8_t *png = mem_new(len);
    if (png_image_write_to_memory(&image, png, &len, 0, pixels, 0, NULL) == 0)
        return diag_set(d, ERR_IO, "cannot draw %s: %s", path, image.message);
    int r = file_create(path, png, len, 0644, d);
    return r == ERR_EXISTS ? diag_set(d, r, "%s is there already: choose another name", path) : r;
}
