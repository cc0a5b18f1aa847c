/* A device that runs answers for its store, which nobody else can open meanwhile: on a UNIX socket
 * in its folder, one JSON object in a line for another (commands.h). Only its owner and root reach
 * it. Who sends {"do":"follow"} gets an event in a line, from then on, for each thing that
 * happens:
 *
 *     {"event":"message",…}  as command_message_json
 *     {"event":"notice","peer","text"}
 *     {"event":"progress","id","progress","detail"}
 */
#ifndef IRONSIDE_HOST_AGENT_H
#define IRONSIDE_HOST_AGENT_H

#include <jansson.h>
#include <poll.h>

#include "base/line_server.h"
#include "host/host.h"

#define AGENT_FDS LINE_SERVER_FDS

struct agent;

/* Listens in the folder. ERR_IO; ERR_LIMIT: the folder's path is too long for a socket. */
int agent_open(const char *folder, struct hosted *x, const struct clock *clock, struct agent **ret,
               struct diag *d) MUST_USE;
void agent_free(struct agent *a);
DEFINE_CLEANUP(struct agent, agent_free)

/* Fills in AGENT_FDS entries. */
void agent_pollfds(const struct agent *a, struct pollfd *fds);
/* Serves what those descriptors say. */
void agent_run(struct agent *a, const struct pollfd *fds);
/* To everyone who follows. Takes the event over. */
void agent_event(struct agent *a, json_t *event);

/* "archived" */
const char *agent_progress_text(enum device_progress p);
/* ERR_FORMAT: no such word. */
int agent_progress_of(const char *text, enum device_progress *ret) MUST_USE;

#endif
