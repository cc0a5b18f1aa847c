#include "launch/replay_internal.h"

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
#include "launch/fleet.h"
#include "launch/handles.h"
#include "launch/replay_days.h"
#include "launch/replay_file.h"
#include "launch/replay_order.h"
#include "launch/replay_places.h"
#include "network/control.h"

#define PROGRESS_MS 200
#define STOP_MS 5000
#define UNDER_WAY_MAX 1000U /* messages that are on their way at a time */
#define STUCK_MS 300000

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
        replay_forget(r, m);
    handles_free(r->handles);
    replay_places_free(r->places);
    free(r->domain);
    free(r);
}

void replay_show(struct replay *r, const char *stage)
{
    int64_t now = clock_monotonic_ms();
    if (r->o.progress == NULL || now - r->shown_ms < PROGRESS_MS)
        return;
    r->shown_ms = now;
    r->o.progress(stage, clock_now_ms(r->o.clock), r->enrolled, r->counts);
}

/* Waits at most `timeout_ms` for the devices' processes, and takes what they say. */
int replay_turn(struct replay *r, int timeout_ms, struct diag *d)
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
            replay_take_event(r, &f);
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

int replay_wait(struct replay *r, const char *stage, bool (*over)(const struct replay *r),
                struct diag *d)
{
    int e = 0;
    r->moved_ms = clock_monotonic_ms();
    while (e == 0 && !over(r)) {
        e = replay_turn(r, TURN_MS, d);
        replay_show(r, stage);
        if (e == 0 && clock_monotonic_ms() - r->moved_ms > STUCK_MS)
            e = diag_set(d, ERR_TIMEOUT, "nothing has moved for %d seconds",
                         STUCK_MS / CLOCK_SECOND_MS);
    }
    return e;
}

static bool nothing_under_way(const struct replay *r)
{
    return HASH_COUNT(r->messages) == 0;
}

static bool room_for_more(const struct replay *r)
{
    return HASH_COUNT(r->messages) < UNDER_WAY_MAX;
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
        e = replay_start_fleet(r, d);
    if (e == 0)
        e = replay_enrol_all(r, d);
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
    int e = replay_wait(r, "sending", mover_is_done, d);
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
    if (replay_message(r, sender, l->id) != NULL)
        return diag_set(d, ERR_FORMAT, "%s has two messages with the id %s", l->from, l->id);
    struct message *m = mem_new(sizeof *m);
    m->key = mem_format("%s %s", sender, l->id);
    m->waiting = l->to_count;
    replay_line_shown(l, m->body_hash);
    HASH_ADD_KEYPTR(hh, r->messages, m->key, strlen(m->key), m);
    r->counts->sent++;
    const struct replay_order how = {r->o.file, r->domain, source, r->handles};
    return replay_tell(replay_fleet(r, handles_number(r->handles, l->from)), replay_order(&how, l),
                       d);
}

/* A group's list comes behind all that was said before, and before all that is said after it: its
 * members' devices hold it then. */
static int send_apart(struct replay *r, const struct replay_line *l, struct diag *d)
{
    int e = replay_wait(r, "sending", nothing_under_way, d);
    if (e == 0)
        e = send_line(r, l, d);
    return e == 0 ? replay_wait(r, "sending", nothing_under_way, d) : e;
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
    int told = replay_wait(r, "telling the days", days_told, d);
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
            e = replay_wait(r, "sending", nothing_under_way, d);
        if (e == 0 && !room_for_more(r))
            e = replay_wait(r, "sending", room_for_more, d);
        if (e < 0)
            break;
        clock_page_set(r->o.clock, line.at_unix_ms);
        e = line.kind == CONTENT_GROUP ? send_apart(r, &line, d) : send_line(r, &line, d);
        if (e == 0)
            e = replay_turn(r, 0, d);
    }
    if (e == 0)
        e = replay_wait(r, "sending", nothing_under_way, d);
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
    (void)!replay_turn(r, TURN_MS, &d);
}
