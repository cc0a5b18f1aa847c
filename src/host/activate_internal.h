/* An activation under way, between its files. */
#ifndef IRONSIDE_HOST_ACTIVATE_INTERNAL_H
#define IRONSIDE_HOST_ACTIVATE_INTERNAL_H

#include "host/activate.h"
#include "omemo/omemo.h"
#include "wire/network_note.h"
#include "wire/registry.h"
#include "xmpp/client.h"

#define PUBLISH_PAUSE_MS 100

/* The steps over the network. */
struct activation {
    struct store *s;
    struct client *client;
    struct network_note *net;
    struct omemo *omemo;
    char *account;
    bool tried_other; /* the other of two passwords that may be the account's */
    bool on_new;      /* the client uses the new one */
    int64_t again_ms; /* when to try the present step again; 0: not waiting for that */
    int published_tries;
    bool done;
    int code; /* why it ended; 0 while it goes on */
    struct diag *d;
};

/* activate_steps.c */
/* It is over; the first reason counts. */
void activate_end(struct activation *a, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool activate_in_state(struct activation *a, const char *state);
/* Each goes on to the next step once it is answered. */
void activate_change_password(struct activation *a);
void activate_keep_password(struct activation *a);
void activate_ask_certificate(struct activation *a);
void activate_publish_keys(struct activation *a);

/* activate_certificate.c */
/* Our request for a certificate: the same bytes each time. */
int activate_request(struct activation *a, struct buf *note, uint8_t ret_key[static 32]) MUST_USE;
/* Into the store. ERR_KEY: it holds other keys than those that we asked it for. */
int activate_take_certificate(struct activation *a, const struct registry_piece *p) MUST_USE;

#endif
