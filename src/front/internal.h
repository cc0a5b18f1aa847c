/* What the front's files share. */
#ifndef IRONSIDE_FRONT_INTERNAL_H
#define IRONSIDE_FRONT_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <ulfius.h>

#include "front/exchange.h"
#include "front/front.h"
#include "front/page.h"

#define FRONT_ANSWER_MS 30000     /* the longest wait for the index */
#define FRONT_AGAIN_MS 15000      /* a listener's session is asked for again, and a line sent */
#define FRONT_LISTENERS_MAX 64    /* of events */
#define FRONT_LISTENERS_OF_ONE 8  /* … of one user */
#define FRONT_CONNECTIONS_MAX 256 /* at once */
#define FRONT_OF_ONE_MAX 64       /* … of one address */
#define FRONT_IDLE_S 60

struct listener;

struct front {
    struct _u_instance instance;
    struct exchange *exchange;
    struct page *page;
    bool tls;
    bool serving;
    int listen_fd;
    unsigned port;
    char *authority; /* "127.0.0.1:8443": what a browser may call us on loopback */
    int again_ms;    /* FRONT_AGAIN_MS */
    pthread_mutex_t listening;
    struct listener *listeners; /* under `listening` */
    atomic_bool ending;
    atomic_uint requests; /* under way: begun, and not answered to the last byte */
};

/* Every request, whatever its path and method. */
int front_http(const struct _u_request *request, struct _u_response *response, void *context);
/* A status with the API's one form of an error. */
void front_refuse(struct _u_response *r, unsigned status, const char *code, const char *text);
/* An error of exchange_ask as a status. */
void front_refuse_for(struct _u_response *r, int code);
/* What the index answered. */
void front_answer(struct front *f, const struct _u_request *q, struct _u_response *r,
                  const struct answer *x);
/* Headers for bytes that are foreign: whatever they are, a browser saves them under that name ("":
 * or gives them to the page's own code), and runs nothing of them. */
void front_put_foreign(struct _u_response *r, const char *name);
/* A body in pieces, asked for as the browser takes them. The first one is in `x`, which is
 * copied. */
void front_stream(struct front *f, const struct answer *x, struct _u_response *r);
/* Events as they come (server-sent events), for reviewers and supervisors while their session
 * lasts; `q` is the question, with the session and the peer. */
void front_listen(struct front *f, const struct _u_request *request, const struct question *q,
                  struct _u_response *r);

#endif
