/* A group: a list that every member's device holds, signed by the device of the member who changed
 * it, under the name of its account.
 *
 *     ironside group 1
 *     network chat.example
 *     id 00112233445566778899aabbccddeeff
 *     serial 2
 *     name Skat on Fridays                 not of 32 hexadecimal digits
 *     member anna@chat.example             2 to 50, ascending
 *     member ben@chat.example
 *     changed-by anna@chat.example
 *     previous SHA-256                     of the document before; from serial 2 on
 */
#ifndef IRONSIDE_WIRE_GROUP_H
#define IRONSIDE_WIRE_GROUP_H

#include "wire/content.h"
#include "wire/document.h"

#define GROUP_MEMBERS_MIN 2U
#define GROUP_MEMBERS_MAX 50U
#define GROUP_NAME_MAX 100U /* bytes */

struct group {
    struct document document;
    const char *id;
    uint32_t serial;
    const char *name;
    const char *members[GROUP_MEMBERS_MAX];
    size_t member_count;
    const char *changed_by;
    uint8_t previous[HASH_BYTES]; /* zeros for serial 1 */
};

/* Parses, and checks that `key`, of the member who is named as having changed it, has signed.
 * ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int group_open(const char *domain, const char *note, size_t len,
               const uint8_t key[static SIGN_PUBLIC_BYTES], struct group **ret,
               struct diag *d) MUST_USE;
/* One that was checked when it was put into the store; its name may be in the form of an id. */
int group_open_kept(const char *domain, const char *note, size_t len, struct group **ret,
                    struct diag *d) MUST_USE;
void group_free(struct group *g);
DEFINE_CLEANUP(struct group, group_free)

/* Could the name be taken for an id, of this or another group? */
bool group_like_id(const char *name);
bool group_has_member(const struct group *g, const char *account);
/* Appends the text that is signed. */
void group_format(struct buf *b, const char *domain, const struct group *g);

#endif
