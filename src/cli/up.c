#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "launch/fleet.h"
#include "launch/replay.h"
#include "launch/running.h"
#include "network/layout.h"

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

static void catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void say_up(const char *dir, const struct settings *s)
{
    printf("%s is up: devices reach it at %s, port %u. Ctrl-C ends it.\n"
           "  a bundle for a device    ironside distributor provision %s HANDLE\n"
           "  make the device          ironside device activate HANDLE.bundle --store FOLDER\n"
           "  what the agency reads    ironside archive read %s --identity %s/agencies/north.key\n",
           s->domain, s->host, s->port, dir, dir, dir);
    fflush(stdout);
}

static void say_desk(void *context, const char *name, const char *address)
{
    (void)context;
    printf("  %-24s %s\n", name, address);
}

/* Desks, and where each is. */
static int start_desks(struct running *r, struct diag *d)
{
    int code = running_start_desks(r, d);
    running_each_desk(r, say_desk, NULL);
    fflush(stdout);
    return code;
}

static int run_live(const struct verb *v, const char *dir, const struct settings *s)
{
    struct diag d = {""};
    CLEANUP(running_stop_cleanup) struct running *r = NULL;
    if (s->replay)
        return verb_fail(v, "%s is a replay network: name a file with --replay", dir);
    if (running_start(dir, s, &r, &d) < 0)
        return verb_fail(v, "%s", d.text);
    say_up(dir, s);
    if (start_desks(r, &d) < 0)
        return verb_fail(v, "%s", d.text);
    while (!told_to_end) {
        running_watch(r);
        poll(NULL, 0, 200);
    }
    puts("ending");
    return VERB_OK;
}

static int print_summary(const struct verb *v, const struct replay_counts *c)
{
    print_count(c->messages, "message of ", "messages of ");
    print_count(c->devices, "device: ", "devices: ");
    printf("%llu sent, %llu archived, %llu delivered to ", (unsigned long long)c->sent,
           (unsigned long long)c->archived, (unsigned long long)c->delivered);
    print_count(c->recipients, "recipient", "recipients");
    printf(", %llu refused, in %.1f seconds (and %.1f to enrol)\n", (unsigned long long)c->refused,
           c->send_seconds, c->enrol_seconds);
    if (c->skipped > 0) {
        CLEANUP_LINE struct line l = LINE_INIT;
        line_put(&l, "%llu %s passed over; the first: ", (unsigned long long)c->skipped,
                 c->skipped == 1 ? "line was" : "lines were");
        line_foreign(&l, c->first_skipped);
        line_end(&l, 0);
    }
    if (c->open > 0)
        printf("%llu delivered without archive: no warrant covered %s\n",
               (unsigned long long)c->open, c->open == 1 ? "it" : "them");
    if (c->resting > 0)
        printf("%llu waiting for a warrant: the network rests\n", (unsigned long long)c->resting);
    fflush(stdout);
    if (c->wrong > 0)
        return verb_fail(v, "%llu were shown twice, or with another body",
                         (unsigned long long)c->wrong);
    return c->refused > 0 ? VERB_FAILED : VERB_OK;
}

/* One line of the terminal, over and over. */
static void show_progress(const char *stage, int64_t at_unix_ms, size_t enrolled,
                          const struct replay_counts *c)
{
    char day[CALENDAR_DAY_LEN + 1];
    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    if (stage == NULL)
        return;
    calendar_format_day(calendar_day_of(at_unix_ms), day);
    fprintf(stderr, "%s UTC  %s: %zu of %zu devices, %llu of %llu archived, %llu of %llu delivered",
            day, stage, enrolled, c->devices, (unsigned long long)c->archived,
            (unsigned long long)c->messages, (unsigned long long)c->delivered,
            (unsigned long long)c->recipients);
}

static int replay(const struct verb *v, const struct replay_options *o,
                  struct replay_counts *counts, bool exit_after)
{
    struct diag d = {""};
    CLEANUP(replay_free_cleanup) struct replay *r = NULL;
    if (replay_enrol(o, counts, &r, &d) < 0 || replay_send(r, &d) < 0)
        return verb_fail(v, "%s", d.text);
    int status = print_summary(v, counts);
    if (exit_after)
        return status;
    puts("the network stays up; Ctrl-C ends it");
    fflush(stdout);
    while (!told_to_end)
        replay_idle(r);
    return status;
}

struct replaying {
    const char *file;
    bool skip, exit_after;
};

static int run_replay(const struct verb *v, const char *dir, const struct settings *s,
                      const struct replaying *x)
{
    struct diag d = {""};
    struct clock clock = clock_live();
    struct replay_counts counts;
    int64_t first;
    CLEANUP(running_stop_cleanup) struct running *r = NULL;
    CLEANUP_FREE char *page = layout_path(dir, LAYOUT_CLOCK);
    if (!s->replay)
        return verb_fail(v,
                         "%s is a live network: its clock can't be driven. Make another with "
                         "'ironside init --replay'",
                         dir);
    if (replay_survey(x->file, dir, x->skip, &first, &counts, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (clock_page_create(page, first, &clock, NULL) < 0)
        return verb_fail(v, "%s cannot be made", page);
    int status;
    if (running_start(dir, s, &r, &d) < 0 || (!x->exit_after && start_desks(r, &d) < 0)) {
        status = verb_fail(v, "%s", d.text);
    } else {
        struct replay_options o = {.dir = dir,
                                   .file = x->file,
                                   .skip = x->skip,
                                   .progress = show_progress,
                                   .clock = &clock,
                                   .running = r,
                                   .told_to_end = &told_to_end};
        status = replay(v, &o, &counts, x->exit_after);
    }
    running_stop(TAKE(r));
    clock_clear(&clock);
    return status;
}

static int run(const struct verb *v, int argc, char **argv)
{
    const char *dir[1];
    struct replaying x = {.file = NULL};
    const struct option_spec options[] = {{.name = "replay", .value = &x.file},
                                          {.name = "skip", .flag = true, .set = &x.skip},
                                          {.name = "exit", .flag = true, .set = &x.exit_after}};
    struct settings s;
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, 3, dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which network?");
    if ((x.exit_after || x.skip) && x.file == NULL)
        return verb_misused(v, "--%s goes with --replay", x.skip ? "skip" : "exit");
    if (settings_read(dir[0], &s, &d) < 0)
        return verb_fail(v, "%s", d.text);
    CLEANUP_FREE char *note = layout_path(dir[0], LAYOUT_NETWORK_NOTE);
    if (!file_exists(note))
        return verb_fail(v,
                         "%s is not founded yet: its custodians sign %s/founding, then 'ironside "
                         "warrant publish %s %s/founding'",
                         dir[0], dir[0], dir[0], dir[0]);
    catch_signals();
    log_open("ironside up");
    return x.file == NULL ? run_live(v, dir[0], &s) : run_replay(v, dir[0], &s, &x);
}

static int run_devices(const struct verb *v, int argc, char **argv)
{
    const char *dir[1];
    size_t count;
    int r = verb_parse(v, argc, argv, NULL, 0, dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    return count == 1 ? fleet_run(dir[0]) : verb_misused(v, "which network?");
}

const struct verb verb_up = {
    .noun = "",
    .name = "up",
    .usage = "DIR [--replay FILE [--skip] [--exit]]",
    .help = "run a network: server, registrar, bots and desks, until Ctrl-C",
    .more =
        "  --replay FILE  send the messages of a file, JSON lines, or zstd when it is named .zst,\n"
        "                 each from a device of its sender, at the file's own times:\n"
        "                 {\"id\",\"ts\",\"from\",\"to\":[...],\"body\"[,\"country\",\"kind\"]}\n"
        "  --skip         pass over lines that no message can be made of, and count them:\n"
        "                 a text over 16 KiB or with U+0000, a line that is not as it should be\n"
        "  --exit         end when every message has been archived and delivered; no desk is\n"
        "                 started\n",
    .run = run,
};
/* The processes that 'up --replay' starts. */
const struct verb verb_replay_devices = {
    .noun = "replay",
    .name = "devices",
    .usage = "DIR",
    .help = "",
    .run = run_devices,
};
