/* What one device shows and another scans: a QR code that holds an account and the fingerprint of
 * its device's keys.
 *
 *     ironside:contact?account=anna@chat.example&fingerprint=64 hexadecimal digits
 */
#ifndef IRONSIDE_CLI_CONTACT_CODE_H
#define IRONSIDE_CLI_CONTACT_CODE_H

#include "base/error.h"
#include "wire/value.h"

#define CONTACT_FINGERPRINT_LEN 64U

struct contact_code {
    char account[VALUE_JID_MAX + 1];
    char fingerprint[CONTACT_FINGERPRINT_LEN + 1];
};

/* Just that form, or as scanners give it: with "QR-Code:" before and the end of a line behind it.
 * ERR_FORMAT. */
int contact_code_parse(const char *text, struct contact_code *ret) MUST_USE;
/* The caller's. */
char *contact_code_format(const struct contact_code *c);

/* Draws it on the terminal, two rows of modules in a line of half blocks. ERR_LIMIT. */
int contact_code_print(const char *text, struct diag *d) MUST_USE;
/* A picture, eight pixels a module. ERR_EXISTS: there is such a file; ERR_LIMIT, ERR_IO. */
int contact_code_write_png(const char *text, const char *path, struct diag *d) MUST_USE;

#endif
