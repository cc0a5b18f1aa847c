/* Canonical values: the forms in which names, times and numbers cross a boundary, and their caps
 * (docs/protocol.md, "Canonical values"). There is one way to write each; everything else is
 * refused, and nothing is folded or trimmed.
 */
#ifndef IRONSIDE_WIRE_VALUE_H
#define IRONSIDE_WIRE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define VALUE_HANDLE_MAX 64U
#define VALUE_DOMAIN_MAX 190U
#define VALUE_JID_MAX (VALUE_HANDLE_MAX + 1 + VALUE_DOMAIN_MAX)
#define VALUE_ID_MAX 128U     /* a message's id */
#define VALUE_WARRANT_MAX 64U /* a warrant's id */
#define VALUE_RECIPIENTS_MAX 50U
#define VALUE_WRAPS_MAX 16U /* warrants that cover one message */
#define VALUE_FILES_MAX 16U
#define VALUE_FILE_BYTES_MAX (50U * 1024 * 1024) /* of a file's ciphertext */
#define VALUE_PATH_MAX 512U                      /* a file's path on the upload host */
#define VALUE_BODY_MAX 16384U                    /* bytes of plaintext, and so of the payload */
#define VALUE_STANZA_MAX 65536U                  /* bytes of a message stanza that we send */
#define VALUE_NOTE_MAX 65536U                    /* bytes of a signed document */
#define VALUE_EPOCHS_MAX 262144U
#define VALUE_CERTIFICATE_MAX 4096U
#define VALUE_PLACE_MAX 2048U
#define VALUE_USE_MAX 2048U

#define VALUE_AHEAD_MAX_MS INT64_C(600000) /* `at` ahead of the reader's clock */
/* `at` behind the bot's clock, over a change of coverage; for a recipient behind the verdict's
 * time, which is a moment after the bot looked. */
#define VALUE_BEHIND_MAX_MS INT64_C(600000)
#define VALUE_BEHIND_VERDICT_MAX_MS (VALUE_BEHIND_MAX_MS + INT64_C(60000))

/* [a-z0-9][a-z0-9._-]{0,63} */
bool value_handle_valid(const char *s);
/* Lower-case labels of letters, digits and hyphens, joined by dots. */
bool value_domain_valid(const char *s);
/* handle@DOMAIN with just this domain. */
bool value_account_valid(const char *jid, const char *domain);
/* A bare JID of any domain: handle@domain, or a domain alone (a component). */
bool value_bare_valid(const char *jid);
/* 1 to 128 printable ASCII characters without " \ < > & ' */
bool value_id_valid(const char *s);
/* [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
bool value_warrant_valid(const char *s);
#define VALUE_PORT_MAX 65535
/* Two capital letters (ISO 3166-1 alpha-2); with their NUL so many bytes. */
#define VALUE_COUNTRY_BYTES 3
bool value_country_valid(const char *s);
/* Printable text of one line: valid UTF-8 without control characters (U+0080 to U+009F are some
 * too), 1 to `max` bytes. */
bool value_line_valid(const char *s, size_t max);
/* A path on the upload host (RFC 3986): segments that are not empty, "." or "..", of characters
 * that may stand unescaped, or %XX (capitals) for those that may not. Controls and '/' cannot be
 * escaped, so that no reader's folding makes another path of it. */
bool value_path_valid(const char *s);
/* Valid UTF-8? (RFC 3629: no surrogates, shortest forms.) */
bool value_utf8_valid(const char *s, size_t len);

/* One that calendar_format writes as it is: years 0001 to 9999. */
bool value_instant_valid(int64_t at_unix_ms);

/* The part before '@' into `ret`; "" when there is none. */
void value_handle_of(const char *jid, char ret[static VALUE_HANDLE_MAX + 1]);
/* `jid` without its resource, in a buffer of the caller. ERR_LIMIT. */
int value_bare_of(const char *jid, char ret[static VALUE_JID_MAX + 1]) MUST_USE;

/* Appends `s` as a JSON string (RFC 8259 section 7): only what must be is escaped. Fails the buffer
 * when it is not UTF-8. */
void value_put_json(struct buf *b, const char *s);

/* Decimal without sign, spaces or leading zeros. ERR_FORMAT, also past the maximum. */
int value_parse_u64(const char *s, uint64_t max, uint64_t *ret) MUST_USE;

#endif
