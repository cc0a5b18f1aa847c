/* What link's own files share. */
#ifndef IRONSIDE_IBOT_LINK_INTERNAL_H
#define IRONSIDE_IBOT_LINK_INTERNAL_H

#include <uthash.h>

#include "ibot/link.h"
#include "ibot/link_files.h"
#include "wire/policy_set.h"
#include "wire/registry.h"

/* A request that waits for its sender's certificate: the body of a FRAME_REQUEST. */
struct waiting {
    struct waiting *next;
    size_t len;
    uint8_t body[];
};

/* A device's certificate, known or being fetched. */
struct known {
    uint8_t hash[HASH_BYTES];
    char *account; /* NULL while it is being fetched */
    double tokens; /* of its rate; refilled at refill_ms */
    int64_t refill_ms;
    struct waiting *waiting, **waiting_end;
    UT_hash_handle hh;
};

/* Where the answer to a tag goes. */
struct pending {
    uint64_t tag;
    char *to;
    char *id;
    bool iq; /* an inclusion query; else a message */
    UT_hash_handle hh;
};

enum fetch_purpose { FETCH_POLICY = 1, FETCH_DOCUMENT, FETCH_CERTIFICATE };

struct fetch {
    char id[24]; /* of the IQ */
    enum fetch_purpose purpose;
    uint8_t hash[HASH_BYTES]; /* what was asked for, but for policies */
    struct registry_fetch parts;
    int64_t deadline_ms;
    UT_hash_handle hh;
};

/* What the keeper has to tell the registrar; one at a time. */
struct link_report {
    enum document_kind kind;
    char *note; /* NULL: none */
    size_t len;
    uint8_t hash[HASH_BYTES];
    char id[24];     /* of the IQ that was sent last */
    int64_t next_ms; /* monotonic: when it is to be sent, again */
    int pause_ms;    /* after the last refusal; 0: none yet */
};

#define LINK_ABSENT_MAX 256

struct link {
    struct link_options o;
    struct component *component;
    uint64_t next_tag, next_query;
    struct pending *pending;
    size_t pending_count;
    struct known *known;
    size_t waiting_bytes;
    struct fetch *fetches;
    struct policy_set *set;      /* handed to the openers; NULL: none yet */
    struct policy_set *gathered; /* being fetched */
    int64_t next_policy_ms;
    struct { /* certificates that the registrar does not have, for a while */
        uint8_t hash[HASH_BYTES];
        int64_t until_ms;
    } absent[LINK_ABSENT_MAX];
    unsigned next_absent;
    struct link_report report;
    bool failed;
    struct link_files *files;
    struct diag notice;
    struct arena arena;
};

/* Answers the request behind `tag` with `later` and forgets it. */
void link_answer_later(struct link *l, uint64_t tag, enum later_reason reason, uint32_t seconds);
/* Hands the request's frame to the opener of the device; holds it, if it names files. */
void link_hand_over(struct link *l, const uint8_t certificate[static HASH_BYTES],
                    const uint8_t *body, size_t len);

/* The same; `type` says what is known of its files: FRAME_REQUEST, FRAME_FILES_STORED or
 * FRAME_NO_FILE. False: its opener does not keep up, and it is answered with `later`. */
bool link_send_request(struct link *l, const uint8_t certificate[static HASH_BYTES],
                       const uint8_t *body, size_t len, enum frame_type type);

/* link_documents.c */
void link_want_policy(struct link *l);
/* Begins to fetch the certificate of `k`; false when too many fetches are under way. */
bool link_want_certificate(struct link *l, const struct known *k);
bool link_certificate_absent(const struct link *l, const uint8_t hash[static HASH_BYTES]);
/* An IQ result or error: true when it was an answer to a fetch. */
bool link_take_answer(struct link *l, const struct xml_element *iq);
void link_retry_fetches(struct link *l);
/* With what has been gathered of a policy. */
void link_drop_fetches(struct link *l);
/* Forgets a certificate that could not be had; its requests are answered. */
void link_drop_known(struct link *l, struct known *k, enum later_reason reason, uint32_t seconds);

/* link_report.c */
int link_take_report(struct link *l, const struct frame *f, struct diag *d) MUST_USE;
/* Sends it when it is time to. */
void link_try_report(struct link *l);
/* An IQ result or error: true when it was the answer to a report. */
bool link_take_submitted(struct link *l, const struct xml_element *iq);
void link_drop_report(struct link *l);

#endif
