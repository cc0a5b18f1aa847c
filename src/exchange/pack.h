/* Making a package (docs/exchange.md): a bag in one age file to its receivers, from bots' journals
 * that this agency opens and a choice of their leaves. Each record goes with what proves it, each
 * leaf that is not shown with its hash and the kind of reason.
 */
#ifndef IRONSIDE_EXCHANGE_PACK_H
#define IRONSIDE_EXCHANGE_PACK_H

#include "exchange/package.h"
#include "exchange/stamp.h"
#include "public_log/store.h"

/* A leaf of a record that was chosen; PACKAGE_OUT_OF_SCOPE is what all others are. */
struct pack_choice {
    uint64_t leaf;
    enum package_why why;
};
struct pack_bot {
    const char *jid;
    const char *journal; /* its file */
    const char *files;   /* folder of its ciphertexts */
};
struct pack_options {
    const char *path;     /* the file that is made */
    const char *name;     /* the package's */
    const char *agency;   /* whose desk signs */
    const char *scope;    /* a line: what was selected */
    const char *redacted; /* a line: the reason of those that are redacted; NULL: none are */
    int64_t now_unix_ms;  /* by the network's clock */
    const struct age_recipient *recipients;
    size_t recipient_count;
    const struct network_note *net;
    const struct library *library;
    struct public_log *public_log; /* NULL: there is no copy of it here */
    const char *documents;         /* folder of notes, all of which go into the package */
    const struct age_identity *identities;
    size_t identity_count;
    const struct pack_bot *bots;
    size_t bot_count;
    /* The next choice of that bot, ascending by leaf: 1, or 0 when there is none left. */
    int (*next)(void *context, size_t bot, struct pack_choice *ret, struct diag *d);
    /* Appends the text as a note that the desk has signed under the agency's name. */
    int (*sign)(void *context, const struct buf *text, struct buf *ret, struct diag *d);
    void *context;
    const struct stamp_asker *stamper; /* NULL: it gets no time stamp */
};
struct pack_counts {
    uint64_t counts[PACKAGE_WHYS]; /* leaves of all bots */
    uint64_t bytes;                /* of the package */
    uint64_t files, files_missing; /* that records send: in the package, and not to be had … */
    char missing[256];             /* … the first of them, and why; "" none */
    uint64_t certificates, logged; /* of its records, and those of them in the public log */
    struct stamp stamp;            /* where a stamper was asked */
};
/* ERR_NOT_FOUND: a choice is no record that these identities open; ERR_AGAIN: no checkpoint covers
 * one of them yet, which a bot signs within a minute; ERR_AUTH, ERR_FORMAT: a journal does not hold
 * what its bot has signed; and the errors of bag_new, of the stamper and of stamp_check. */
int pack_make(const struct pack_options *o, struct pack_counts *ret, struct diag *d) MUST_USE;

#endif
