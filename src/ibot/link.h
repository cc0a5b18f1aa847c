/* Link: the bot's XMPP side. It parses stanzas into requests, knows no key and no text, fetches the
 * documents and certificates that openers need from the registrar, and writes the answers.
 *
 * It checks a request's form, size, certificate's account and rate, in this order, and hands the
 * rest to the device's opener. A request waits here while its sender's certificate is fetched.
 */
#ifndef IRONSIDE_IBOT_LINK_H
#define IRONSIDE_IBOT_LINK_H

#include "base/channel.h"
#include "daykeys/folder.h"
#include "ibot/frames.h"
#include "wire/network_note.h"
#include "xmpp/component.h"

#define LINK_STANZA_BYTES (VALUE_STANZA_MAX + 1024U) /* with what a server adds to one */
#define LINK_STANZA_MEMORY (256U * 1024)             /* for the tree of one stanza */
#define LINK_PENDING_MAX 65536U                      /* requests without an answer */
#define LINK_WAITING_BYTES_MAX (16U * 1024 * 1024)   /* requests whose certificate is fetched */
#define LINK_FETCHES_MAX 64U
#define LINK_RATE_PER_SECOND 100 /* of one device */
#define LINK_RATE_BURST 400

/* The connector's numbers. */
enum link_socket { LINK_SOCKET_COMPONENT, LINK_SOCKET_UPLOAD, LINK_SOCKETS };

struct link;

struct link_options {
    const struct network_note *net;
    const char *bot;             /* JID */
    struct connector *connector; /* the caller's: to the sockets below */
    struct channel *keeper;
    struct channel *openers[FOLDER_OPENERS_MAX];
    size_t opener_count;
};

/* The events to give to component_new, with the link as their context. */
extern const struct component_events link_component_events;

struct link *link_new(const struct link_options *options);
/* The component must outlive the link's use of it. */
void link_set_component(struct link *l, struct component *c);
void link_free(struct link *l);

/* For the loop that polls: its fetches of files (link_files.h). */
struct link_files *link_files(struct link *l);
/* Frames from an opener or the keeper. ERR_FORMAT, ERR_LIMIT: the other side has failed. */
int link_from_opener(struct link *l, const struct frame *f, struct diag *d) MUST_USE;
int link_from_keeper(struct link *l, const struct frame *f, struct diag *d) MUST_USE;
/* Retries fetches, asks for a newer policy now and then. Milliseconds until it wants to be called
 * again. */
int link_tick(struct link *l);
/* An opener or the keeper did not take a frame, found inside a stanza's callback: end the process.
 */
bool link_failed(const struct link *l);
/* A line for the person who runs the bot, once; NULL when there is none. */
const char *link_take_notice(struct link *l, struct diag *ret);

#endif
