/* A package of another agency is taken in: verified as a whole (exchange/verify.h), then read
 * again, each of its messages into the index with where it is from (received.h), all of them or
 * none, with the entry in the access log. The ciphertexts of its files are laid into the desk's
 * folder `received/`, where whoever has the message's key reads them as those beside a journal;
 * nothing that can be read is written.
 */
#ifndef IRONSIDE_DESK_RECEIVE_H
#define IRONSIDE_DESK_RECEIVE_H

#include "archive/identity.h"
#include "desk/engine.h"
#include "desk/received.h"
#include "exchange/package.h"

struct desk_receive_options {
    const struct desk_folder *folder;
    const struct desk_engine *engine;
    const char *path;    /* the age file */
    const char *network; /* the trusted copy of the sender's network note; NULL: the desk's own */
    const struct age_identities *identities;
    int64_t now_unix_ms;
};
struct desk_receive_counts {
    char package[PACKAGE_NAME_MAX + 1], agency[VALUE_HANDLE_MAX + 1];
    char network[VALUE_DOMAIN_MAX + 1];
    uint64_t records[DESK_RECEIVED_KINDS];
    uint64_t files;
    bool again; /* it was here already, and nothing changed */
};
/* ERR_AUTH, ERR_FORMAT, ERR_LIMIT, ERR_NOT_FOUND: the line says why it is refused, and nothing of
 * it is in the index; ERR_IO. */
int desk_receive(const struct desk_receive_options *o, struct desk_receive_counts *ret,
                 struct diag *d) MUST_USE;

#endif
