#include "population/into.h"

#include <dirent.h>
#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "launch/replay_days.h"
#include "network/layout.h"
#include "population/into_internal.h"
#include "registrar/places.h"
#include "registrar/stanzas.h"

#define UNDER_WAY_MAX 2048U /* messages without a verdict */
#define TURN_EVERY 16U
#define STUCK_MS 60000
#define TELL_MS 600000 /* that the last days may take to be told */
#define LOOK_MS 200
#define RATE_MARGIN 10U /* of link's own limits, kept free */
#define SECOND_MS 1000

/* ---- the server that the registrar thinks it has ---- */

static int put_account(void *context, const char *handle, const char *password, struct diag *d)
{
    (void)context, (void)handle, (void)password, (void)d;
    return 0;
}

static int end_sessions(void *context, const char *handle, const char *keep, struct diag *d)
{
    (void)context, (void)handle, (void)keep, (void)d;
    return 0;
}

static int session_address(void *context, const char *handle, const char *resource, char **ret,
                           struct diag *d)
{
    const struct into *x = context;
    (void)handle, (void)resource, (void)d;
    *ret = mem_string(x->address);
    return 0;
}

/* The registrar's stanzas are handed to it as they come from link. */
static void ignore(void *context)
{
    (void)context;
}

static void ignore_stanza(void *context, const struct xml_element *stanza)
{
    (void)context, (void)stanza;
}

static int open_registrar(struct into *x, struct diag *d)
{
    static const struct component_events events = {.ready = ignore, .stanza = ignore_stanza};
    const struct registrar_server server = {.context = x,
                                            .put_account = put_account,
                                            .end_sessions = end_sessions,
                                            .session_address = session_address};
    CLEANUP_REPORT struct registrar_report found = {0};
    int r = registrar_open(x->dir, &server, &x->registrar, d);
    if (r == 0)
        r = registrar_import(x->registrar, &found, d);
    if (r == 0 && registrar_policy(x->registrar) == NULL)
        r = diag_set(d, ERR_INVALID_STATE, "%s has no policy yet", x->dir);
    x->registry = component_new_detached(x->net->registrar, REGISTRAR_STANZA_MAX, &events, x);
    return r;
}

/* ---- the network ---- */

static int open_settings(struct into *x, struct diag *d)
{
    struct settings s;
    int r = settings_read(x->dir, &s, d);
    if (r < 0)
        return r;
    if (!s.replay)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s is a live network, whose clock can't be driven: make another with "
                        "'ironside init --replay'",
                        x->dir);
    CLEANUP_FREE char *places = settings_places(x->dir, &s);
    return places == NULL ? 0 : country_map_open(places, &x->map, d);
}

static int open_documents(struct into *x, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(x->dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *documents = layout_path(x->dir, LAYOUT_DOCUMENTS);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open(note, strlen(note), &x->net, d);
    if (r == 0)
        r = library_open(x->net, documents, &x->library, d);
    x->set = r == 0 ? library_newest(x->library) : NULL;
    if (r == 0 && (x->set == NULL || x->set->policy->bot_count != 1))
        r = diag_set(d, ERR_INVALID_STATE, "%s has no policy, or several bots: this needs one",
                     x->dir);
    return r;
}

static int open_clock(struct into *x, int64_t at_unix_ms, struct diag *d)
{
    CLEANUP_FREE char *page = layout_path(x->dir, LAYOUT_CLOCK);
    return clock_page_create(page, at_unix_ms, &x->clock, NULL) < 0
               ? diag_set(d, ERR_IO, "%s cannot be made", page)
               : 0;
}

int into_open(const char *dir, int64_t at_unix_ms, struct into **ret, struct diag *d)
{
    CLEANUP(into_free_cleanup) struct into *x = mem_new(sizeof *x);
    x->dir = file_absolute(dir);
    x->stanza = (struct buf)BUF_INIT(4 * VALUE_STANZA_MAX);
    x->bot.to_keeper.fd = -1;
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        x->bot.to_openers[i].fd = -1;
    int r = open_settings(x, d);
    if (r == 0)
        r = open_documents(x, d);
    if (r == 0)
        r = bot_folder_open(x->dir, "ibot", &x->bot.folder, d);
    if (r == 0)
        r = open_clock(x, at_unix_ms, d);
    if (r == 0)
        r = open_registrar(x, d);
    if (r == 0)
        r = into_bot_start(x, d);
    if (r == 0)
        *ret = TAKE(x);
    return r;
}

void into_free(struct into *x)
{
    if (x == NULL)
        return;
    into_bot_stop(x);
    into_groups_free(x);
    into_devices_free(x);
    component_free(x->registry);
    registrar_close(x->registrar);
    country_map_free(x->map);
    library_free(x->library);
    network_note_free(x->net);
    clock_clear(&x->clock);
    buf_clear(&x->stanza);
    free(x->dir);
    free(x);
}

const char *into_domain(const struct into *x)
{
    return x->net->domain;
}

bool into_places(const struct into *x)
{
    return x->map != NULL;
}

void into_counts(const struct into *x, struct into_counts *ret)
{
    *ret = x->counts;
}

/* ---- sending ---- */

static int wait_for_room(struct into *x, uint64_t at_most, struct diag *d)
{
    int r = 0;
    x->moved_ms = clock_monotonic_ms();
    while (r == 0 && into_bot_waiting(x) > at_most) {
        r = into_bot_turn(x, LOOK_MS, d);
        if (r == 0 && clock_monotonic_ms() - x->moved_ms > STUCK_MS)
            r = diag_set(d, ERR_TIMEOUT, "the bot has not answered for %d seconds",
                         STUCK_MS / SECOND_MS);
    }
    return r;
}

/* Link takes so many of a device at once, and so many a second; more it would send back. */
static int wait_for_rate(struct into *x, struct into_device *v, struct diag *d)
{
    int r = 0;
    for (;;) {
        int64_t now = clock_monotonic_ms();
        int64_t new = (now - v->rate_ms) * (LINK_RATE_PER_SECOND - RATE_MARGIN) / SECOND_MS;
        if (new > 0) {
            uint64_t left = v->rate_left + (uint64_t) new;
            v->rate_left = left > LINK_RATE_BURST - RATE_MARGIN ? LINK_RATE_BURST - RATE_MARGIN
                                                                : (uint32_t)left;
            v->rate_ms = now;
        }
        if (r < 0 || v->rate_left > 0)
            break;
        r = into_bot_turn(x, LOOK_MS / 10, d);
    }
    v->rate_left -= r == 0;
    return r;
}

/* The clock never passes a midnight while something of the day before is under way. */
static int move_clock(struct into *x, int64_t at_unix_ms, struct diag *d)
{
    bool midnight = calendar_day_of(at_unix_ms) != calendar_day_of(clock_now_ms(&x->clock));
    int r = wait_for_room(x, midnight ? 0 : UNDER_WAY_MAX - 1, d);
    if (r == 0 && midnight)
        r = registrar_tick(x->registrar, d);
    if (r == 0)
        clock_page_set(&x->clock, at_unix_ms);
    return r;
}

int into_send(struct into *x, const struct into_message *m, struct diag *d)
{
    struct into_device *v, *to;
    int r = move_clock(x, m->at_unix_ms, d);
    if (r == 0)
        r = into_device_of(x, m->from, &v, d);
    for (size_t i = 0; r == 0 && i < m->to_count; i++)
        r = into_device_of(x, m->to[i], &to, d);
    if (r == 0)
        r = into_device_place(x, v, m->country, d);
    if (r == 0)
        r = wait_for_rate(x, v, d);
    if (r == 0)
        r = into_device_sign(x, v, m, d);
    if (r < 0 || x->stanza.len == 0)
        return r;
    x->counts.sent++;
    r = into_bot_feed(x, d);
    /* Not after each: what a turn costs, they share. */
    return r == 0 && x->counts.sent % TURN_EVERY == 0 ? into_bot_turn(x, 0, d) : r;
}

int into_finish(struct into *x, struct diag *d)
{
    int64_t day = calendar_day_of(clock_now_ms(&x->clock)) + 1;
    int64_t deadline = clock_monotonic_ms() + TELL_MS;
    int r = wait_for_room(x, 0, d);
    if (r == 0)
        clock_page_set(&x->clock, day * CALENDAR_DAY_MS);
    while (r == 0 && !replay_days_told(x->dir, day)) {
        r = into_bot_turn(x, LOOK_MS, d);
        if (r == 0 && clock_monotonic_ms() > deadline)
            r = diag_set(d, ERR_TIMEOUT, "the bot does not state its last days");
    }
    if (r == 0)
        r = registrar_places_tick(x->registrar, d);
    return r == 0 ? registrar_tick(x->registrar, d) : r;
}
