#include "launch/running.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"
#include "desk/folder.h"
#include "launch/hand_in.h"
#include "network/control.h"
#include "network/ejabberd.h"
#include "network/layout.h"

#define PAUSE_FIRST_MS 200
#define PAUSE_MAX_MS 10000
#define HEALTHY_MS 10000
#define READY_MS 15000
#define END_MS 8000

/* A child: the registrar, a bot or a desk. */
struct part {
    char *name; /* for a person: "registrar", "bot ibot" */
    char *program;
    char *folder;           /* the network's, or a desk's own */
    char *argument;         /* a bot's name; NULL */
    char *address;          /* a desk's; NULL */
    struct hand_in hand_in; /* of a desk */
    pid_t pid;              /* 0: not running */
    int64_t started_ms, next_ms;
    int pause_ms;
};

struct running {
    char *dir;
    struct settings settings;
    struct ejabberd *server;
    int64_t next_server_ms;
    struct part parts[1 + RUNNING_BOTS_MAX + RUNNING_DESKS_MAX];
    size_t count, desks;
};

static void start_part(struct part *p)
{
    const char *argv[] = {p->program, p->folder, p->argument, NULL};
    struct process how = {.argv = argv, .out_fd = -1, .own_session = true};
    struct diag d;
    p->started_ms = clock_monotonic_ms();
    if (process_start(&how, &p->pid, &d) < 0) {
        log_line("%s", d.text);
        p->pid = 0;
        p->next_ms = p->started_ms + PAUSE_MAX_MS;
    }
}

static void watch_part(struct part *p)
{
    struct diag how;
    int64_t now = clock_monotonic_ms();
    if (p->pid > 0 && process_ended(p->pid, &how)) {
        p->pause_ms = now - p->started_ms > HEALTHY_MS ? PAUSE_FIRST_MS : p->pause_ms;
        log_line("%s ended (%s): starting it again in %d ms", p->name, how.text, p->pause_ms);
        p->pid = 0;
        p->next_ms = now + p->pause_ms;
        p->pause_ms = clock_next_pause(p->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
    }
    if (p->pid == 0 && now >= p->next_ms)
        start_part(p);
}

static void watch_server(struct running *r)
{
    struct diag d;
    int64_t now = clock_monotonic_ms();
    if (r->server != NULL && ejabberd_ended(r->server, &d)) {
        log_line("ejabberd ended (%s): starting it again", d.text);
        ejabberd_stop(TAKE(r->server));
        r->next_server_ms = now;
    }
    if (r->server != NULL || now < r->next_server_ms)
        return;
    if (ejabberd_start(r->dir, &r->settings, &r->server, &d) < 0) {
        log_line("%s", d.text);
        r->server = NULL;
        r->next_server_ms = clock_monotonic_ms() + PAUSE_MAX_MS;
    }
}

void running_watch(struct running *r)
{
    watch_server(r);
    for (size_t i = 0; i < r->count; i++) {
        struct part *p = &r->parts[i];
        watch_part(p);
        if (p->address != NULL && p->pid > 0)
            hand_in_watch(&p->hand_in, r->dir, p->folder);
    }
}

static struct part *add_part(struct running *r, char *name, const char *program,
                             const char *argument)
{
    struct part *p = &r->parts[r->count++];
    *p = (struct part){.name = name,
                       .program = process_beside(program),
                       .folder = mem_string(r->dir),
                       .argument = argument == NULL ? NULL : mem_string(argument),
                       .pause_ms = PAUSE_FIRST_MS};
    return p;
}

/* One bot for each folder below bots/. */
static int add_bots(struct running *r, struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(r->dir, LAYOUT_BOTS);
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort), code = 0;
    for (int i = 0; i < n; i++) {
        CLEANUP_FREE char *settings = mem_format("%s/%s/bot.json", folder, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && file_exists(settings)) {
            if (r->count == 1 + RUNNING_BOTS_MAX)
                code =
                    diag_set(d, ERR_LIMIT, "%s holds more than %u bots", folder, RUNNING_BOTS_MAX);
            else
                add_part(r, mem_format("bot %s", names[i]->d_name), "ironside-ibot",
                         names[i]->d_name);
        }
        free(names[i]);
    }
    free(names);
    return code;
}

/* One desk for each folder below desks/. */
static int add_desk(struct running *r, const char *name, struct diag *d)
{
    CLEANUP_DESK_FOLDER struct desk_folder f = {.dir = NULL};
    CLEANUP_FREE char *folder = mem_format("%s/desks/%s", r->dir, name);
    struct diag why;
    int e = desk_folder_open(folder, &f, &why);
    if (e == ERR_NOT_FOUND)
        return 0;
    if (e < 0 || !desk_folder_has_key(&f)) {
        log_line("desk %s is not started: %s", name,
                 e < 0 ? why.text : "it is opened by a passphrase: use 'ironside desk run'");
        return 0;
    }
    if (r->desks == RUNNING_DESKS_MAX)
        return diag_set(d, ERR_LIMIT, "more than %u desks", RUNNING_DESKS_MAX);
    struct part *p = add_part(r, mem_format("desk %s", name), "ironside-desk", NULL);
    free(p->folder);
    p->folder = TAKE(folder);
    p->address = desk_folder_address(&f);
    r->desks++;
    start_part(p);
    return 0;
}

int running_start_desks(struct running *r, struct diag *d)
{
    CLEANUP_FREE char *folder = layout_path(r->dir, LAYOUT_DESKS);
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort), code = 0;
    for (int i = 0; i < n; i++) {
        if (code == 0 && names[i]->d_name[0] != '.')
            code = add_desk(r, names[i]->d_name, d);
        free(names[i]);
    }
    free(names);
    return code;
}

void running_each_desk(const struct running *r, running_desk_fn *fn, void *context)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->parts[i].address != NULL)
            fn(context, r->parts[i].name, r->parts[i].address);
}

static int wait_for_registrar(struct running *r, struct diag *d)
{
    int64_t deadline = clock_monotonic_ms() + READY_MS;
    for (;;) {
        json_t *answer = NULL;
        int code = control_ask(r->dir, json_pack("{ss}", "do", "status"), &answer, d);
        json_decref(answer);
        if (code == 0)
            return 0;
        if (clock_monotonic_ms() > deadline)
            return diag_prefix(d, ERR_TIMEOUT, "the registrar does not answer");
        watch_part(&r->parts[0]);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

int running_start(const char *dir, const struct settings *s, struct running **ret, struct diag *d)
{
    CLEANUP(running_stop_cleanup) struct running *r = mem_new(sizeof *r);
    r->dir = file_absolute(dir);
    r->settings = *s;
    add_part(r, mem_string("registrar"), "ironside-registrar", NULL);
    int code = add_bots(r, d);
    if (code == 0)
        code = ejabberd_start(r->dir, s, &r->server, d);
    if (code < 0)
        return code;
    for (size_t i = 0; i < r->count; i++)
        start_part(&r->parts[i]);
    code = wait_for_registrar(r, d);
    if (code == 0)
        *ret = TAKE(r);
    return code;
}

void running_stop(struct running *r)
{
    if (r == NULL)
        return;
    for (size_t i = r->count; i-- > 0;) {
        struct part *p = &r->parts[i];
        if (p->pid > 0)
            process_stop(p->pid, END_MS);
        free(p->name);
        free(p->program);
        free(p->folder);
        free(p->argument);
        free(p->address);
    }
    ejabberd_stop(r->server);
    free(r->dir);
    free(r);
}
