/* A verb's way to a device: the store opened here, or the process that has it open already. */
#ifndef IRONSIDE_CLI_DEVICE_SESSION_H
#define IRONSIDE_CLI_DEVICE_SESSION_H

#include <jansson.h>

#include "cli/store_key.h"
#include "cli/verb.h"
#include "host/agent_link.h"
#include "host/host.h"

/* The options that every device verb has. */
struct device_words {
    const char *store, *passphrase_file, *clock, *source;
    bool json;
};
#define DEVICE_USAGE "--store DIR [--passphrase-file FILE] [--clock FILE]"
#define DEVICE_MORE                                                                                \
    "  --store DIR             the device's folder\n"                                              \
    "  --passphrase-file FILE  instead of asking on the terminal\n"                                \
    "  --clock FILE            of a replay network: its run/clock\n"
#define DEVICE_SOURCE_USAGE " [--source ADDRESS]"
#define DEVICE_JSON_MORE "  --json                  for programs: one JSON object in a line each\n"
#define DEVICE_SOURCE_MORE "  --source ADDRESS        the address to connect from\n"
#define DEVICE_OPTIONS(w)                                                                          \
    {.name = "store", .value = &(w).store},                                                        \
        {.name = "passphrase-file", .value = &(w).passphrase_file},                                \
        {.name = "clock", .value = &(w).clock},                                                    \
    {                                                                                              \
        .name = "json", .flag = true, .set = &(w).json                                             \
    }
#define DEVICE_SOURCE(w)                                                                           \
    {                                                                                              \
        .name = "source", .value = &(w).source                                                     \
    }

struct device_session {
    struct store_key key;
    struct clock clock;
    struct store *store;      /* opened here, without the network */
    struct host *host;        /* … or with it */
    struct hosted *hosted;    /* of the host */
    struct agent_link *agent; /* … or another process has it */
};

/* For reading only. Prints what is wrong; VERB_OK or a status. */
int device_session_read(const struct verb *v, const struct device_words *w,
                        struct device_session *ret);
/* To send and receive. */
int device_session_run(const struct verb *v, const struct device_words *w,
                       const struct device_events *events, struct device_session *ret);
void device_session_clear(struct device_session *s);
#define CLEANUP_DEVICE_SESSION CLEANUP(device_session_clear)

/* One command (host/commands.h); takes the request over. Prints an error of its answer. */
int device_session_ask(const struct verb *v, struct device_session *s, json_t *request,
                       json_t **ret);

#endif
