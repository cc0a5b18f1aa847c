/* Between the files of core.h. */
#ifndef IRONSIDE_REGISTRAR_INTERNAL_H
#define IRONSIDE_REGISTRAR_INTERNAL_H

#include "network/keys.h"
#include "public_log/store.h"
#include "registrar/core.h"
#include "registrar/country_map.h"

/* An account whose sessions are to be ended once more. */
struct registrar_sweep {
    char handle[VALUE_HANDLE_MAX + 1];
    char *keep;     /* resource */
    int64_t due_ms; /* monotonic */
};

struct registrar_places {
    struct country_map *map; /* NULL: nothing tells countries */
    int64_t day;             /* all days before it are published */
    int64_t next_ms;         /* not to be tried before: monotonic */
};

struct registrar {
    char *dir;
    struct settings settings;
    struct network_note *network;
    char *authority; /* PEM */
    struct signing_key *key;
    struct registrar_store *store;
    struct public_log *log;
    uint8_t *log_key; /* LOG_KEY_BYTES, in secret memory */
    char log_origin[LOG_ORIGIN_MAX];
    bool log_ahead;       /* of what the store remembers of it */
    char *log_checkpoint; /* what the last page points at */
    struct clock clock;
    struct registrar_server server;
    struct policy_set *policies;      /* of the newest policy; NULL: none */
    uint32_t announced;               /* serial */
    struct registrar_document answer; /* what the last answer points into */
    struct registrar_sweep *sweeps;   /* in the order of their times */
    size_t sweep_count;
    struct registrar_places places;
};

/* activate.c */
int registrar_activate(struct registrar *r, const char *from, const struct registry_query *q,
                       struct registrar_document *ret, struct diag *d) MUST_USE;

/* log.c */
int registrar_log_open(struct registrar *r, struct diag *d) MUST_USE;
/* Logs those documents that are not in the log yet, in this order, durably. They must be in the
 * store already, certificates with their handle: what is stored and not logged is logged at the
 * next start. */
int registrar_log_append(struct registrar *r, const struct registrar_document *x, size_t count,
                         struct diag *d) MUST_USE;
/* Keeps in the store how far the log is, within the caller's transaction, so that an older copy of
 * the log is not taken for it. */
int registrar_log_remember(struct registrar *r, struct diag *d) MUST_USE;
/* The same once something was logged, in a transaction of its own. */
int registrar_log_tick(struct registrar *r, struct diag *d) MUST_USE;

/* places.c */
int registrar_places_open(struct registrar *r, struct diag *d) MUST_USE;
void registrar_places_close(struct registrar *r);

/* Gives a set the documents that it wants, each from the source's `add`, which adds one with this
 * hash, or fails with the set's code, or has none: ERR_NOT_FOUND, with a line that names it. */
struct registrar_source {
    void *context;
    int (*add)(void *context, struct policy_set *s, enum document_kind kind,
               const uint8_t hash[static HASH_BYTES], struct diag *d);
};
int registrar_fill(struct policy_set *s, const struct registrar_source *from,
                   struct diag *d) MUST_USE;
/* A source's `add` from the store; `context` is the registrar. */
int registrar_add_stored(void *context, struct policy_set *s, enum document_kind kind,
                         const uint8_t hash[static HASH_BYTES], struct diag *d) MUST_USE;

#endif
