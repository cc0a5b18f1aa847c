/* A message while it is being signed. */
#ifndef IRONSIDE_DEVICE_DRAFT_H
#define IRONSIDE_DEVICE_DRAFT_H

#include "device/conversation.h"

struct draft {
    struct device *d;
    struct outbox_entry *e;
    const struct policy_set *rules;
    struct coverage cover;
    const struct certificate *to[VALUE_RECIPIENTS_MAX];
    size_t to_count;
    struct { /* recipients that can't be sent to */
        char account[VALUE_JID_MAX + 1];
        const char *why;
    } left_out[VALUE_RECIPIENTS_MAX];
    size_t left_out_count;
    struct envelope_file file; /* that the message sends */
    size_t file_count;
    char why[256]; /* it waits; "" */
    bool rests;    /* that is for a warrant */
};

/* HAVE_NOT_YET, and why. */
enum have draft_wait_for(struct draft *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Where this device is, as far as the policy wants to know it. */
enum have draft_find_place(struct draft *f);
/* The envelope's fields that don't depend on keys. */
void draft_begin(struct draft *f);
/* The warrants; none, where the policy lets such a message pass. */
enum have draft_find_coverage(struct draft *f);
/* HAVE_NONE: nobody is left. */
enum have draft_find_recipients(struct draft *f);

#endif
