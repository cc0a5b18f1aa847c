/* Everything that a user can say, as one message each (docs/protocol.md, "Content"). What is about
 * an earlier message goes to those whom that one went to.
 */
#ifndef IRONSIDE_DEVICE_SAY_H
#define IRONSIDE_DEVICE_SAY_H

#include "device/device.h"
#include "wire/content.h"

struct file_row;

struct device_say {
    enum content_kind kind;
    /* What is about no other message: to these accounts, or to a group by its name or id. Else left
     * out. */
    const char *const *to;
    size_t to_count;
    const char *group;
    const char *text; /* text, edit, reply; the reactions, separated by spaces; contact; question */
    size_t text_len;
    const char *about_from; /* whose message it is about; NULL: the only one with that id */
    const char *about_id;
    uint32_t timer_s;
    struct geo position;
    uint32_t live_s;             /* a position: it will be updated so long */
    const struct file_row *file; /* a file, as device_say_file takes it in */
    enum content_contact contact;
    const char *const *options; /* a poll's */
    size_t option_count;
    uint32_t option;    /* a vote: for which one, from 1 */
    const char *id;     /* NULL: a random one */
    int64_t at_unix_ms; /* 0, but in replay networks */
};

/* Puts it into the outbox. ERR_NOT_FOUND: no such message, option or group; ERR_INVALID_STATE: not
 * its author, blocked, or retracted; and the errors of device_send. */
int device_say(struct device *d, const struct device_say *m, char *ret_id,
               struct diag *diag) MUST_USE;

/* Marks messages as read: those with these numbers (all that are not: `count` 0). Their timers
 * begin. Tells their senders if the user has switched that on. Returns how many, or ERR_IO. */
int device_read(struct device *d, const int64_t *numbers, size_t count, struct diag *diag) MUST_USE;

/* Groups, by name or id. Each change goes to all who were members and all who are. */
struct device_group_change {
    const char *group; /* NULL: a new one */
    const char *name;  /* NULL: stays */
    const char *const *add;
    size_t add_count;
    const char *const *remove;
    size_t remove_count;
    /* In replay networks; else left out. */
    const char *new_id; /* of a new group: 32 hexadecimal digits */
    const char *id;     /* of the message */
    int64_t at_unix_ms; /* … and its time */
};
/* ERR_NOT_FOUND, ERR_EXISTS (a member already), ERR_FORMAT, ERR_LIMIT, ERR_INVALID_STATE. `ret_id`:
 * of the message that carries the change. */
int device_group_change(struct device *d, const struct device_group_change *g, char *ret_id,
                        struct diag *diag) MUST_USE;

/* Contacts. `expect` is a safety number or the fingerprint of a QR code; NULL: what was compared
 * before stays. ERR_FORMAT: neither, or no account of the network; ERR_AUTH: other keys; ERR_IO. */
int device_contact_add(struct device *d, const char *account, const char *expect,
                       struct diag *diag) MUST_USE;
int device_contact_decline(struct device *d, const char *account, struct diag *diag) MUST_USE;
int device_contact_block(struct device *d, const char *account, bool block,
                         struct diag *diag) MUST_USE;

#endif
