/* Partners: agencies with whom evidence is exchanged, each pinned by its network's note and the key
 * of its desk, which people have compared; what is passed on to it, when, where it is delivered and
 * who has to approve it. They are kept in the desk's vault.
 */
#ifndef IRONSIDE_DESK_PARTNERS_H
#define IRONSIDE_DESK_PARTNERS_H

#include "crypto/hash.h"
#include "crypto/sign.h"
#include "desk/model.h"

#define DESK_PARTNER_NAME_MAX 24U /* bytes: it stands in the names of packages */
#define DESK_PARTNER_RECIPIENTS_MAX 8U
#define DESK_PARTNER_SCOPE_MAX 4096U /* bytes */
#define DESK_PARTNER_DELIVERY_MAX 1024U
#define DESK_RECEIPT_MINUTES_MAX 43200 /* 30 days */

/* Which of the packages that a schedule makes wait for a supervisor. */
enum desk_approval {
    DESK_APPROVAL_FIRST, /* until one was approved */
    DESK_APPROVAL_EACH,
    DESK_APPROVAL_NONE,
    DESK_APPROVALS
};
const char *desk_approval_text(enum desk_approval a);  /* "first" */
enum desk_approval desk_approval_of(const char *word); /* DESK_APPROVALS: none */

struct desk_partner {
    int64_t number;      /* set on reading */
    const char *name;    /* "south": lower case letters, digits and '-', begins with a letter */
    const char *network; /* the note of its network, which its custodians signed */
    const char *domain;  /* … of which it is; set on reading */
    uint8_t network_hash[HASH_BYTES]; /* … what people compare; set on reading */
    const char *agency;               /* its name in that network's warrants */
    uint8_t key[SIGN_PUBLIC_BYTES];   /* of its desk, as a warrant names it */
    const char *recipients;           /* age1…, by blanks; to them packages are sealed */
    const char *scope;                /* a query, its times UTC unless it says; "": no schedule */
    const char *times;                /* desk/schedule.h; "": no schedule */
    const char *delivery;             /* a folder; "": none yet */
    enum desk_approval approval;
    int64_t receipt_minutes; /* from a package's delivery until its receipt is missed */
    struct desk_by by;       /* who changed it last, when */
};

/* All that change something do so in the caller's transaction. ERR_FORMAT: a member is not as
 * above, the note is none, or its scope is no query; ERR_AUTH: the note lacks signatures of its
 * custodians; ERR_EXISTS: another has that name, or is the same desk. */
int desk_partner_add(struct desk_index *x, const struct desk_partner *p, int64_t *ret_number,
                     struct diag *d) MUST_USE;
/* All of it but its number. ERR_NOT_FOUND. */
int desk_partner_change(struct desk_index *x, const struct desk_partner *p,
                        struct diag *d) MUST_USE;
/* Nothing is passed on to it any more, and its name is free; what was passed on stays known.
 * ERR_NOT_FOUND. */
int desk_partner_remove(struct desk_index *x, const char *name, const struct desk_by *by,
                        struct diag *d) MUST_USE;

/* The strings live until the next call that reads partners. */
typedef int desk_partner_fn(void *context, const struct desk_partner *p);
/* ERR_NOT_FOUND: there is none, or it was removed. */
int desk_partner_read(struct desk_index *x, int64_t number, desk_partner_fn *fn, void *context,
                      struct diag *d) MUST_USE;
/* By their names. */
int desk_partners_each(struct desk_index *x, desk_partner_fn *fn, void *context,
                       struct diag *d) MUST_USE;
/* Whose desk that is: calls `fn` once. ERR_NOT_FOUND: no partner's. */
int desk_partner_find(struct desk_index *x, const uint8_t network_hash[static HASH_BYTES],
                      const char *agency, const uint8_t key[static SIGN_PUBLIC_BYTES],
                      desk_partner_fn *fn, void *context, struct diag *d) MUST_USE;

/* With its strings in the arena. ERR_LIMIT. */
int desk_partner_copy(struct arena *a, const struct desk_partner *p,
                      struct desk_partner *ret) MUST_USE;
/* What of it matters to whoever reads the access log: appends one line. */
void desk_partner_line(const struct desk_partner *p, struct buf *b);

#endif
