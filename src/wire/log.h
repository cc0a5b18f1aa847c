/* The public log: the registrar's list of every certificate, policy, warrant, epochs note,
 * statement, destruction, list of exemptions and statement of use, in an RFC 9162 tree that only
 * grows. Here is what its entries are, and how devices fetch them (docs/protocol.md, "Log").
 *
 * A leaf is the text "ironside log 1 KIND HASH TAG": the registry's word for the kind, the SHA-256
 * of the document's text in hexadecimal, and for device certificates the account's tag and for
 * statements of use the desk's (wire/use.h) in hexadecimal, else "-". The account's tag is
 * HMAC-SHA256 under the log's key, which devices get with their activation bundle: they find all
 * certificates of an account, and outsiders cannot test handles.
 *
 *     <log from='N'/>                                         (IQ get; registry.h)
 * is answered with entries from leaf N on, and a checkpoint of the tree that ends with the last
 * of them; without entries, of the whole tree:
 *     <log from='N' size='S'><entries>base64</entries><checkpoint>base64 of a
 * note</checkpoint></log> S is the tree's size. An entry is kind (1) | hash (32) | tag (32, zeros
 * but for what is tagged).
 */
#ifndef IRONSIDE_WIRE_LOG_H
#define IRONSIDE_WIRE_LOG_H

#include "crypto/checkpoint.h"
#include "wire/document.h"
#include "wire/network_note.h"
#include "wire/xml.h"

#define LOG_KEY_BYTES 32
#define LOG_TAG_BYTES HASH_BYTES
#define LOG_PAGE_ENTRIES 400U
#define LOG_ENTRIES_MAX UINT64_C(0xffffffff) /* in a log */

struct log_entry {
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];   /* of the document's text */
    uint8_t tag[LOG_TAG_BYTES]; /* zeros but for kinds that are tagged */
};

/* Is this a kind of document that is logged? */
bool log_kind_logged(enum document_kind kind);
/* Has its entry a tag: of a certificate the account's, of a statement of use the desk's? */
bool log_kind_tagged(enum document_kind kind);
/* Is its text, which names an account, left out? */
bool log_kind_hidden(enum document_kind kind);
/* The account's tag. */
void log_tag(const uint8_t key[static LOG_KEY_BYTES], const char *account,
             uint8_t ret[static LOG_TAG_BYTES]);
/* The leaf's text without a newline, for what is logged only. */
void log_put_text(struct buf *b, const struct log_entry *e);
void log_leaf(const struct log_entry *e, uint8_t ret[static MERKLE_BYTES]);

/* "registrar.DOMAIN/log", into `ret` of at least LOG_ORIGIN_MAX bytes. */
#define LOG_ORIGIN_MAX 256U
void log_origin(const struct network_note *net, char ret[static LOG_ORIGIN_MAX]);
/* Reads a checkpoint of the network's log: its origin, and the registrar's signature. ERR_FORMAT,
 * ERR_AUTH; the line says which. */
int log_checkpoint_open(const struct network_note *net, const char *note, size_t len,
                        struct checkpoint *ret, struct diag *d) MUST_USE;

struct log_page {
    uint64_t from, size;
    struct log_entry entries[LOG_PAGE_ENTRIES];
    size_t count;
    const char *checkpoint; /* a note; in the arena when parsed, ended by a NUL */
    size_t checkpoint_len;
};
/* Appends the answer's element. */
void log_put_page(struct buf *b, const struct log_page *p);
/* ERR_FORMAT: malformed; more entries than a page's, or than the size has room for; none, where
 * the size says that there are some; a kind that is not logged; a tag where none belongs. `ret`
 * holds nothing of use then. */
int log_parse_page(const struct xml_element *x, struct arena *a, struct log_page *ret) MUST_USE;

#endif
