#include "cli/device_session.h"

#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "host/agent_link.h"
#include "host/commands.h"
#include "store/values.h"

void device_session_clear(struct device_session *s)
{
    host_free(TAKE(s->host));
    store_close(TAKE(s->store));
    agent_link_free(TAKE(s->agent));
    store_key_clear(&s->key);
    clock_clear(&s->clock);
}

static int open_clock(const struct verb *v, const struct device_words *w, struct clock *ret)
{
    *ret = clock_live();
    if (w->clock != NULL && clock_page_open(w->clock, ret) < 0)
        return verb_fail(v, "%s is not the clock of a replay network", w->clock);
    return VERB_OK;
}

static int begin(const struct verb *v, const struct device_words *w, struct device_session *s)
{
    struct diag d = {""};
    *s = (struct device_session){.agent = NULL};
    if (w->store == NULL)
        return verb_misused(v, "which device? Name its folder with --store");
    if (open_clock(v, w, &s->clock) != VERB_OK)
        return VERB_FAILED;
    if (agent_link_open(w->store, &s->agent, &d) == 0)
        return w->source == NULL
                   ? VERB_OK
                   : verb_misused(v,
                                  "%s: another process runs this device: --source goes with that",
                                  w->store);
    return store_key_open(w->store, w->passphrase_file, &s->key, &d) < 0
               ? verb_fail(v, "%s", d.text)
               : VERB_OK;
}

/* A device that is not finished has nothing to show. */
static int check_active(const struct verb *v, const struct device_words *w, struct store *s)
{
    struct diag fault = {""};
    CLEANUP_SECRET char *state = store_get(s, VALUE_STATE, NULL);
    if (store_fault(s, &fault) < 0)
        return verb_fail(v, "%s", fault.text);
    if (state != NULL && strcmp(state, STATE_ACTIVE) == 0)
        return VERB_OK;
    return verb_fail(v, "%s: this device is not active yet: finish 'ironside device activate'",
                     w->store);
}

int device_session_read(const struct verb *v, const struct device_words *w,
                        struct device_session *s)
{
    struct diag d = {""};
    int r = begin(v, w, s);
    if (r != VERB_OK || s->agent != NULL)
        return r;
    if (store_open(w->store, &s->key.key, &s->store, &d) < 0)
        return verb_fail(v, "%s", d.text);
    return check_active(v, w, s->store);
}

int device_session_run(const struct verb *v, const struct device_words *w,
                       const struct device_events *events, struct device_session *s)
{
    struct diag d = {""};
    int r = begin(v, w, s);
    if (r != VERB_OK || s->agent != NULL)
        return r;
    struct host_device o = {.folder = w->store,
                            .key = s->key.key,
                            .source = w->source,
                            .clock = s->clock,
                            .events = *events};
    s->host = host_new();
    return host_add(s->host, &o, &s->hosted, &d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

int device_session_ask(const struct verb *v, struct device_session *s, json_t *request,
                       json_t **ret)
{
    json_t *answer = NULL;
    struct diag d = {""};
    if (s->agent != NULL) {
        if (agent_link_ask(s->agent, request, &answer, &d) < 0)
            return verb_fail(v, "%s", d.text);
    } else {
        struct store *store = s->hosted != NULL ? hosted_store(s->hosted) : s->store;
        struct device *device = s->hosted != NULL ? hosted_device(s->hosted) : NULL;
        answer = command_run(store, device, &s->clock, request);
        json_decref(request);
    }
    const char *error = json_string_value(json_object_get(answer, "error"));
    if (error != NULL) {
        int r = verb_fail(v, "%s", error);
        json_decref(answer);
        return r;
    }
    *ret = answer;
    return VERB_OK;
}
