#include "host/agent.h"

#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "host/agent_link.h"
#include "host/commands.h"

#define REQUEST_MAX (256U * 1024)
#define ANSWER_MAX (16U * 1024 * 1024)

struct agent {
    struct hosted *device;
    struct clock clock;
    char *path;
    struct line_server *server;
};

/* Nothing of it is left in memory. */
static void forget(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static bool serve(void *context, const char *line, struct buf *out)
{
    struct agent *a = context;
    json_error_t error;
    json_t *request = json_loads(line, JSON_REJECT_DUPLICATES, &error), *answer = NULL;
    const char *verb = json_string_value(json_object_get(request, "do"));
    bool follows = verb != NULL && strcmp(verb, "follow") == 0;
    if (request == NULL)
        answer = json_pack("{ss}", "error", "not a JSON object in a line");
    else if (follows)
        answer = json_pack("{sb}", "ok", 1);
    else
        answer = command_run(hosted_store(a->device), hosted_device(a->device), &a->clock, request);
    char *text = json_dumps(answer, JSON_COMPACT);
    buf_put_text(out, text == NULL ? "{\"error\":\"the answer is no text\"}" : text);
    buf_put_u8(out, '\n');
    forget(text);
    json_decref(answer);
    json_decref(request);
    return follows;
}

int agent_open(const char *folder, struct hosted *x, const struct clock *clock, struct agent **ret,
               struct diag *d)
{
    struct sockaddr_un address;
    int r = agent_address(folder, &address, d);
    if (r < 0)
        return r;
    struct agent *a = mem_new(sizeof *a);
    const struct line_server_options o = {.path = address.sun_path,
                                          .request_max = REQUEST_MAX,
                                          .answer_max = ANSWER_MAX,
                                          .answer = serve,
                                          .context = a};
    a->device = x;
    a->clock = *clock;
    a->path = mem_string(address.sun_path);
    r = line_server_open(&o, &a->server, d); /* the vault's lock says that nobody else is running */
    if (r == 0)
        *ret = TAKE(a);
    if (r < 0)
        agent_free(a);
    return r;
}

void agent_free(struct agent *a)
{
    if (a == NULL)
        return;
    if (a->server != NULL)
        (void)unlink(a->path);
    line_server_close(a->server);
    free(a->path);
    free(a);
}

void agent_pollfds(const struct agent *a, struct pollfd *fds)
{
    line_server_pollfds(a->server, fds);
}

void agent_run(struct agent *a, const struct pollfd *fds)
{
    line_server_process(a->server, fds);
}

void agent_event(struct agent *a, json_t *event)
{
    char *text = json_dumps(event, JSON_COMPACT);
    if (text != NULL)
        line_server_tell(a->server, text);
    forget(text);
    json_decref(event);
}

static const char *const progress_texts[] = {
    [DEVICE_SIGNED] = "signed",       [DEVICE_ARCHIVED] = "archived",
    [DEVICE_OPEN] = "open",           [DEVICE_DELIVERED] = "delivered",
    [DEVICE_DONE] = "done",           [DEVICE_WAITING] = "waiting",
    [DEVICE_RESTING] = "resting",     [DEVICE_STOPPED] = "stopped",
    [DEVICE_UPLOADING] = "uploading",
};
_Static_assert(sizeof progress_texts / sizeof progress_texts[0] == DEVICE_PROGRESSES,
               "a word for each");

const char *agent_progress_text(enum device_progress p)
{
    return progress_texts[p];
}

int agent_progress_of(const char *text, enum device_progress *ret)
{
    for (size_t i = 0; i < DEVICE_PROGRESSES; i++)
        if (strcmp(text, progress_texts[i]) == 0) {
            *ret = (enum device_progress)i;
            return 0;
        }
    return ERR_FORMAT;
}
