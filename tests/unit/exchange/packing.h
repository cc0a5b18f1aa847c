/* What the tests of this room share: a package of a shelf's journal, in a file and unpacked. */
#ifndef IRONSIDE_TESTS_PACKING_H
#define IRONSIDE_TESTS_PACKING_H

#include "../archive/shelf.h"
#include "authority.h"
#include "exchange/pack.h"
#include "exchange/verify.h"

#define MEMBERS_MAX 32U

struct packed {
    struct shelf *s;
    struct library *library;
    struct age_identity receiver;
    struct age_recipient recipient;
    const struct pack_choice *choices;
    size_t count, next;
    char *file, *folder; /* the package, and where it is unpacked to */
    char *members[MEMBERS_MAX];
    size_t member_count;
    FILE *out;
    struct public_log *log;      /* NULL: there is no copy of it */
    struct authority *authority; /* stamps it; NULL: nobody does */
    int asking;                  /* what comes of asking it */
    const char *trusted;         /* authorities; NULL */
    uint64_t shown;              /* messages that were handed on */
    struct diag d;
};

/* Two rounds, of leaves 0 to 2 and 5 to 7, under a checkpoint; a checkpoint over what there is. */
void packing_fill(struct shelf *s);
void packing_checkpoint(struct shelf *s);
/* To be given as a shelf's wrong message: its seal is not the one that its key gives. */
void packing_change_seal(struct shelf *s, struct fixture_message *m);

/* Shown, privileged, shown, redacted. */
#define PACKING_KINDS 4
extern const struct pack_choice packing_of_all_kinds[PACKING_KINDS];

/* A copy of the public log, which has the certificate of those who wrote, or one that is not theirs
 * alone. */
void packing_log(struct packed *m, bool has_theirs);
void packing_log_remove(struct packed *m);
void packing_begin(struct packed *m, struct shelf *s);
void packing_clear(struct packed *m);
int packing_make(struct packed *m, const struct pack_choice *choices, size_t count);
/* As the desk signs; the type of pack_options' member. */
int packing_sign(void *context, const struct buf *text, struct buf *ret, struct diag *d);
/* Into `folder`; its files are `members`. */
void packing_unpack(struct packed *m);
int packing_verify(struct packed *m, const char *path, const char *network,
                   struct package_verified *ret);
int packing_verify_folder(struct packed *m);

#endif
