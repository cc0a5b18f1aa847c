/* Processes that host the devices, and the devices that are enrolled in them. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "launch/fleet.h"
#include "launch/replay_internal.h"
#include "network/control.h"

#define AWAY_MS 30000 /* of the registrar or the server, while devices enrol */

int replay_start_fleet(struct replay *r, struct diag *d)
{
    const char *argv[] = {process_self(), "replay", "devices", r->o.dir, NULL};
    struct fleet_process *f = &r->fleets[r->fleet_count];
    int pair[2];
    if (process_socketpair(pair) < 0)
        return diag_set(d, ERR_IO, "no socket can be made");
    CLEANUP_CLOSE int theirs = pair[1];
    CLEANUP_CLOSE int ours = pair[0];
    struct process how = {
        .argv = argv, .fds = &theirs, .fd_count = 1, .out_fd = -1, .own_session = true};
    int e = process_start(&how, &f->pid, d);
    if (e == 0)
        e = channel_init(&f->channel, TAKE_FD(ours), FLEET_FRAME_MAX, FLEET_QUEUE_MAX);
    if (e == 0)
        r->fleet_count++;
    return e;
}

/* The process that hosts the device with this number. */
struct fleet_process *replay_fleet(struct replay *r, size_t device)
{
    return &r->fleets[device % r->fleet_count];
}

int replay_tell(struct fleet_process *f, json_t *o, struct diag *d)
{
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    int r = text == NULL ? ERR_FORMAT : channel_send(&f->channel, FLEET_FRAME, text, strlen(text));
    free(text);
    return r < 0 ? diag_set(d, r, "a process of devices does not take an order") : 0;
}

static int ask_bundle(struct replay *r, const char *handle, json_t **ret, struct diag *d)
{
    json_t *answer = NULL;
    int e = control_ask(r->o.dir, json_pack("{ss ss}", "do", "provision", "handle", handle),
                        &answer, d);
    if (e == ERR_INVALID_STATE) { /* provisioned, but its store was never made */
        json_decref(answer);
        answer = NULL;
        e = control_ask(r->o.dir, json_pack("{ss ss}", "do", "replace", "handle", handle), &answer,
                        d);
    }
    if (e == 0)
        *ret = json_incref(json_object_get(answer, "bundle"));
    json_decref(answer);
    return e;
}

/* A bundle of the registrar's; JSON null when the device was made in an earlier run. The registrar
 * and the server may have ended, and are started again meanwhile. */
static int provision(struct replay *r, const char *handle, json_t **ret, struct diag *d)
{
    CLEANUP_FREE char *store = mem_format("%s/replay/devices/%s/device.vault", r->o.dir, handle);
    int64_t deadline = clock_monotonic_ms() + AWAY_MS;
    if (file_exists(store)) {
        *ret = json_null();
        return 0;
    }
    int e = ask_bundle(r, handle, ret, d);
    while (e < 0 && clock_monotonic_ms() < deadline) {
        int t = replay_turn(r, TURN_MS, d);
        if (t < 0)
            return t;
        e = ask_bundle(r, handle, ret, d);
    }
    return e;
}

static bool all_enrolled(const struct replay *r)
{
    return r->enrolled == r->counts->devices;
}

int replay_enrol_all(struct replay *r, struct diag *d)
{
    int e = 0;
    for (size_t i = 0; e == 0 && i < handles_count(r->handles); i++) {
        const char *handle = handles_at(r->handles, i);
        json_t *bundle = NULL;
        e = provision(r, handle, &bundle, d);
        if (e == 0)
            e = replay_tell(
                replay_fleet(r, i),
                json_pack("{ss ss so}", "do", "enrol", "handle", handle, "bundle", bundle), d);
        if (e == 0)
            e = replay_turn(r, 0, d);
        replay_show(r, "enrolling");
    }
    return e < 0 ? e : replay_wait(r, "enrolling", all_enrolled, d);
}
