#include "launch/replay.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <uthash.h>

#include "base/calendar.h"
#include "base/channel.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"
#include "crypto/hash.h"
#include "launch/fleet.h"
#include "launch/handles.h"
#include "launch/replay_days.h"
#include "launch/replay_file.h"
#include "launch/replay_order.h"
#include "launch/replay_places.h"
#include "network/control.h"

#define PROGRESS_MS 200
#define TURN_MS 200
#define STOP_MS 5000
#define UNDER_WAY_MAX 1000U /* messages that are on their way at a time */
#define STUCK_MS 300000
#define AWAY_MS 30000 /* of the registrar or the server, while devices enrol */

/* A message that is under way. */
struct message {
    char *key; /* "handle id" */
    uint8_t body_hash[HASH_BYTES];
    size_t waiting; /* recipients who have not shown it */
    bool settled;   /* its sender has all receipts, or it will not be sent */
    char **shown;   /* handles of those who have shown it */
    size_t shown_count;
    UT_hash_handle hh;
};

struct fleet_process {
    pid_t pid;
    struct channel channel;
};

struct replay {
    struct replay_options o;
    struct replay_counts *counts;
    struct handles *handles;
    struct replay_places *places;
    const char *mover; /* handle of the device whose messages are waited for */
    char *domain;
    struct fleet_process fleets[REPLAY_FLEETS_MAX];
    size_t fleet_count;
    size_t enrolled;
    struct message *messages;
    int64_t moved_ms; /* when something last happened */
    int64_t began_ms, shown_ms;
    char failed[512]; /* a device that can't be enrolled */
};

static void forget(struct replay *r, struct message *m)
{
    HASH_DEL(r->messages, m);
    for (size_t i = 0; i < m->shown_count; i++)
        free(m->shown[i]);
    free(m->shown);
    free(m->key);
    free(m);
}

void replay_free(struct replay *r)
{
    if (r == NULL)
        return;
    struct message *m, *next;
    for (size_t i = 0; i < r->fleet_count; i++) {
        channel_clear(&r->fleets[i].channel); /* its end is what they wait for */
        process_stop(r->fleets[i].pid, STOP_MS);
    }
    HASH_ITER (hh, r->messages, m, next)
        forget(r, m);
    handles_free(r->handles);
    replay_places_free(r->places);
    free(r->domain);
    free(r);
}

static int start_fleet(struct replay *r, struct diag *d)
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
static struct fleet_process *fleet_of(struct replay *r, size_t device)
{
    return &r->fleets[device % r->fleet_count];
}

static int order(struct fleet_process *f, json_t *o, struct diag *d)
{
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    int r = text == NULL ? ERR_FORMAT : channel_send(&f->channel, FLEET_FRAME, text, strlen(text));
    free(text);
    return r < 0 ? diag_set(d, r, "a process of devices does not take an order") : 0;
}

static struct message *find_message(struct replay *r, const char *sender, const char *id)
{
    struct message *m;
    char key[VALUE_HANDLE_MAX + VALUE_ID_MAX + 2];
    snprintf(key, sizeof key, "%s %s", sender, id);
    HASH_FIND_STR(r->messages, key, m);
    return m;
}

static void forget_if_over(struct replay *r, struct message *m)
{
    if (m->settled && m->waiting == 0)
        forget(r, m);
}

static bool shown_before(struct message *m, const char *handle)
{
    for (size_t i = 0; i < m->shown_count; i++)
        if (strcmp(m->shown[i], handle) == 0)
            return true;
    m->shown = mem_resize(m->shown, m->shown_count + 1, sizeof(char *));
    m->shown[m->shown_count++] = mem_string(handle);
    return false;
}

static void take_message(struct replay *r, const char *handle, const json_t *event)
{
    const char *from = json_string_value(json_object_get(event, "from"));
    const char *id = json_string_value(json_object_get(event, "id"));
    const char *hash = json_string_value(json_object_get(event, "sha256"));
    char sender[VALUE_HANDLE_MAX + 1], expected[2 * HASH_BYTES + 1];
    if (from == NULL || id == NULL || hash == NULL)
        return;
    value_handle_of(from, sender);
    struct message *m = find_message(r, sender, id);
    if (m == NULL || shown_before(m, handle)) {
        r->counts->wrong++;
        log_line("message %s of %s was shown again at %s", id, sender, handle);
        return;
    }
    encode_hex(m->body_hash, HASH_BYTES, expected);
    if (strcmp(expected, hash) != 0) {
        r->counts->wrong++;
        log_line("message %s of %s has another body at %s", id, sender, handle);
    } else {
        r->counts->delivered++;
    }
    if (m->waiting > 0)
        m->waiting--;
    forget_if_over(r, m);
}

static void settle(struct replay *r, struct message *m, bool nobody_gets_it)
{
    m->settled = true;
    if (nobody_gets_it)
        m->waiting = 0;
    forget_if_over(r, m);
}

static void take_progress(struct replay *r, const char *handle, const json_t *event)
{
    const char *id = json_string_value(json_object_get(event, "id"));
    const char *progress = json_string_value(json_object_get(event, "progress"));
    const char *detail = json_string_value(json_object_get(event, "detail"));
    struct message *m = id == NULL ? NULL : find_message(r, handle, id);
    if (m == NULL || progress == NULL || detail == NULL)
        return;
    if (strcmp(progress, "archived") == 0) {
        r->counts->archived++;
    } else if (strcmp(progress, "open") == 0) {
        r->counts->open++;
    } else if (strcmp(progress, "done") == 0) {
        settle(r, m, false);
    } else if (strcmp(progress, "stopped") == 0) {
        r->counts->refused++;
        log_line("message %s of %s: %s", id, handle, detail);
        settle(r, m, true);
    } else if (strcmp(progress, "sent before") == 0) {
        settle(r, m, true);
    } else if (strcmp(progress, "resting") == 0) {
        r->counts->resting++;
        settle(r, m, true);
    }
}

static void take_event(struct replay *r, const struct frame *f)
{
    json_error_t error;
    json_t *event = json_loadb((const char *)f->body, f->len, 0, &error);
    const char *what = json_string_value(json_object_get(event, "event"));
    const char *handle = json_string_value(json_object_get(event, "handle"));
    r->moved_ms = clock_monotonic_ms();
    if (what == NULL || handle == NULL) {
    } else if (strcmp(what, "message") == 0) {
        take_message(r, handle, event);
    } else if (strcmp(what, "progress") == 0) {
        take_progress(r, handle, event);
    } else if (strcmp(what, "enrolled") == 0) {
        r->enrolled++;
    } else if (strcmp(what, "failed") == 0) {
        snprintf(r->failed, sizeof r->failed, "device %s: %s", handle,
                 json_string_value(json_object_get(event, "why")));
    } else if (strcmp(what, "notice") == 0) {
        log_line("device %s: %s", handle, json_string_value(json_object_get(event, "text")));
    }
    json_decref(event);
}

static void show_progress(struct replay *r, const char *stage)
{
    int64_t now = clock_monotonic_ms();
    if (r->o.progress == NULL || now - r->shown_ms < PROGRESS_MS)
        return;
    r->shown_ms = now;
    r->o.progress(stage, clock_now_ms(r->o.clock), r->enrolled, r->counts);
}

/* Waits at most `timeout_ms` for the devices' processes, and takes what they say. */
static int turn(struct replay *r, int timeout_ms, struct diag *d)
{
    struct pollfd fds[REPLAY_FLEETS_MAX];
    struct frame f;
    for (size_t i = 0; i < r->fleet_count; i++) {
        struct channel *c = &r->fleets[i].channel;
        fds[i] = (struct pollfd){c->fd, (short)(POLLIN | (channel_queued(c) > 0 ? POLLOUT : 0)), 0};
    }
    (void)poll(fds, r->fleet_count, timeout_ms);
    for (size_t i = 0; i < r->fleet_count; i++) {
        struct channel *c = &r->fleets[i].channel;
        int e = fds[i].revents != 0 ? channel_fill(c) : 0;
        while ((e == 0 || e == ERR_AGAIN) && (e = channel_next(c, &f)) == 0)
            take_event(r, &f);
        if (e == ERR_AGAIN)
            e = channel_flush(c);
        if (e < 0 && e != ERR_AGAIN)
            return diag_set(d, e, "a process of devices has ended");
    }
    running_watch(r->o.running);
    if (*r->o.told_to_end)
        return diag_set(d, ERR_CLOSED, "told to end");
    if (r->failed[0] != '\0')
        return diag_set(d, ERR_AUTH, "%s", r->failed);
    return 0;
}

static int wait_until(struct replay *r, const char *stage, bool (*over)(const struct replay *r),
                      struct diag *d)
{
    int e = 0;
    r->moved_ms = clock_monotonic_ms();
    while (e == 0 && !over(r)) {
        e = turn(r, TURN_MS, d);
        show_progress(r, stage);
        if (e == 0 && clock_monotonic_ms() - r->moved_ms > STUCK_MS)
            e = diag_set(d, ERR_TIMEOUT, "nothing has moved for %d seconds",
                         STUCK_MS / CLOCK_SECOND_MS);
    }
    return e;
}

static bool all_enrolled(const struct replay *r)
{
    return r->enrolled == r->counts->devices;
}

static bool nothing_under_way(const struct replay *r)
{
    return HASH_COUNT(r->messages) == 0;
}

static bool room_for_more(const struct replay *r)
{
    return HASH_COUNT(r->messages) < UNDER_WAY_MAX;
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
        int t = turn(r, TURN_MS, d);
        if (t < 0)
            return t;
        e = ask_bundle(r, handle, ret, d);
    }
    return e;
}

static int enrol_all(struct replay *r, struct diag *d)
{
    int e = 0;
    for (size_t i = 0; e == 0 && i < handles_count(r->handles); i++) {
        const char *handle = handles_at(r->handles, i);
        json_t *bundle = NULL;
        e = provision(r, handle, &bundle, d);
        if (e == 0)
            e = order(fleet_of(r, i),
                      json_pack("{ss ss so}", "do", "enrol", "handle", handle, "bundle", bundle),
                      d);
        if (e == 0)
            e = turn(r, 0, d);
        show_progress(r, "enrolling");
    }
    return e < 0 ? e : wait_until(r, "enrolling", all_enrolled, d);
}

int replay_enrol(const struct replay_options *o, struct replay_counts *counts, struct replay **ret,
                 struct diag *d)
{
    CLEANUP(replay_free_cleanup) struct replay *r = mem_new(sizeof *r);
    CLEANUP_FREE char *path = file_join(o->dir, REPLAY_HANDLES);
    struct settings s;
    r->o = *o;
    r->counts = counts;
    r->began_ms = clock_monotonic_ms();
    int e = settings_read(o->dir, &s, d);
    if (e == 0)
        e = handles_open(path, &r->handles, d);
    if (e == 0)
        e = replay_places_open(o->dir, handles_count(r->handles), &r->places, d);
    if (e < 0)
        return e;
    r->domain = mem_string(s.domain);
    /* Two processes at least, for two cores. */
    size_t fleets = (counts->devices + FLEET_DEVICES - 1) / FLEET_DEVICES;
    fleets = fleets < 2 && counts->devices > 1 ? 2 : fleets;
    for (size_t i = 0; e == 0 && i < fleets; i++)
        e = start_fleet(r, d);
    if (e == 0)
        e = enrol_all(r, d);
    counts->enrol_seconds = (double)(clock_monotonic_ms() - r->began_ms) / CLOCK_SECOND_MS;
    if (e == 0)
        *ret = TAKE(r);
    return e;
}

static bool mover_is_done(const struct replay *r)
{
    size_t len = strlen(r->mover);
    const struct message *m, *next;
    HASH_ITER (hh, r->messages, m, next)
        if (!m->settled && strncmp(m->key, r->mover, len) == 0 && m->key[len] == ' ')
            return false;
    return true;
}

/* A device moves when all that it sent from where it was is settled: so each message is sent from
 * just the country that its line names. Gives the address, or "" when it stays. */
static int move(struct replay *r, const struct replay_line *l, char ret[static INET_ADDRSTRLEN],
                struct diag *d)
{
    size_t number = handles_number(r->handles, l->from);
    ret[0] = '\0';
    if (!replay_places_moves(r->places, number, l->country))
        return 0;
    r->mover = handles_find(r->handles, l->from);
    int e = wait_until(r, "sending", mover_is_done, d);
    if (e == 0)
        replay_places_move(r->places, number, l->country, ret);
    return e;
}

static int send_line(struct replay *r, const struct replay_line *l, struct diag *d)
{
    const char *sender = handles_find(r->handles, l->from);
    char source[INET_ADDRSTRLEN];
    int e = move(r, l, source, d);
    if (e < 0)
        return e;
    if (find_message(r, sender, l->id) != NULL)
        return diag_set(d, ERR_FORMAT, "%s has two messages with the id %s", l->from, l->id);
    struct message *m = mem_new(sizeof *m);
    m->key = mem_format("%s %s", sender, l->id);
    m->waiting = l->to_count;
    replay_line_shown(l, m->body_hash);
    HASH_ADD_KEYPTR(hh, r->messages, m->key, strlen(m->key), m);
    r->counts->sent++;
    const struct replay_order how = {r->o.file, r->domain, source, r->handles};
    return order(fleet_of(r, handles_number(r->handles, l->from)), replay_order(&how, l), d);
}

/* A group's list comes behind all that was said before, and before all that is said after it: its
 * members' devices hold it then. */
static int send_apart(struct replay *r, const struct replay_line *l, struct diag *d)
{
    int e = wait_until(r, "sending", nothing_under_way, d);
    if (e == 0)
        e = send_line(r, l, d);
    return e == 0 ? wait_until(r, "sending", nothing_under_way, d) : e;
}

static bool days_told(const struct replay *r)
{
    return replay_days_told(r->o.dir, calendar_day_of(clock_now_ms(r->o.clock)));
}

/* The file's last day is over, too, so that what is published of each day is published of it. */
static int end_last_day(struct replay *r, struct diag *d)
{
    json_t *answer = NULL;
    int64_t day = calendar_day_of(clock_now_ms(r->o.clock));
    clock_page_set(r->o.clock, (day + 1) * CALENDAR_DAY_MS);
    int told = wait_until(r, "telling the days", days_told, d);
    if (told < 0 || !replay_places_told(r->places))
        return told;
    int e = control_ask(r->o.dir, json_pack("{ss}", "do", "exemptions"), &answer, d);
    json_decref(answer);
    return e;
}

int replay_send(struct replay *r, struct diag *d)
{
    CLEANUP(replay_file_free_cleanup) struct replay_file *f = NULL;
    struct replay_line line;
    int64_t began = clock_monotonic_ms();
    int e = replay_file_open(r->o.file, r->o.skip, &f, d);
    while (e == 0 && (e = replay_file_next(f, &line, d)) == 1) {
        e = 0;
        if (calendar_day_of(line.at_unix_ms) != calendar_day_of(clock_now_ms(r->o.clock)))
            e = wait_until(r, "sending", nothing_under_way, d);
        if (e == 0 && !room_for_more(r))
            e = wait_until(r, "sending", room_for_more, d);
        if (e < 0)
            break;
        clock_page_set(r->o.clock, line.at_unix_ms);
        e = line.kind == CONTENT_GROUP ? send_apart(r, &line, d) : send_line(r, &line, d);
        if (e == 0)
            e = turn(r, 0, d);
    }
    if (e == 0)
        e = wait_until(r, "sending", nothing_under_way, d);
    r->counts->send_seconds = (double)(clock_monotonic_ms() - began) / CLOCK_SECOND_MS;
    if (e == 0)
        e = end_last_day(r, d);
    if (r->o.progress != NULL)
        r->o.progress(NULL, 0, r->enrolled, r->counts);
    return e;
}

void replay_idle(struct replay *r)
{
    struct diag d;
    (void)!turn(r, TURN_MS, &d);
}
