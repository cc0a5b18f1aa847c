/* The whole network, run by the same code as `ironside up --replay`, whose place this process
 * takes: it starts ejabberd, the registrar, the bot and the devices' processes. */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "bench/measure.h"
#include "launch/found.h"
#include "launch/replay.h"
#include "network/layout.h"

#define DEVICES 40U
#define BODY_BYTES 600
#define SECONDS_MAX 50
#define FIRST_DAY INT64_C(11000) /* 2000-02-13: a replay network's clock is the file's */

static const char *const part_words[MEASURE_PARTS] = {[PART_DEVICES] = "replay devices",
                                                      [PART_LINK] = "--role link",
                                                      [PART_OPENER] = "--role opener",
                                                      [PART_KEEPER] = "--role keeper",
                                                      [PART_REGISTRAR] = "ironside-registrar"};

/* One message a second, each device in turn, every fourth to two recipients. */
static int write_file(const char *path, unsigned messages, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT(SIZE_MAX / 4);
    for (unsigned i = 0; i < messages; i++) {
        char at[CALENDAR_INSTANT_LEN + 1], body[BODY_BYTES + 1];
        unsigned from = i % DEVICES, to = (from + 1 + i / DEVICES % (DEVICES - 2)) % DEVICES;
        calendar_format(FIRST_DAY * CALENDAR_DAY_MS + (int64_t)i * 1000, at);
        memset(body, 'a' + (int)(i % 26), BODY_BYTES);
        body[BODY_BYTES] = '\0';
        buf_format(&b, "{\"id\":\"b%u\",\"ts\":\"%s\",\"from\":\"d%u@bench\",\"to\":[\"d%u@bench\"",
                   i, at, from, to);
        if (i % 4 == 0 && (to + 1) % DEVICES != from)
            buf_format(&b, ",\"d%u@bench\"", (to + 1) % DEVICES);
        buf_format(&b, "],\"body\":\"%s\"}\n", body);
    }
    return file_write(path, b.data, b.len, 0600, d);
}

static uint16_t free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof a;
    CLEANUP_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        return 0;
    return ntohs(a.sin_port);
}

/* The words of a process's command line with spaces between; "" when it is gone. */
static void command_of(pid_t pid, char *ret, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    FILE *f = fopen(path, "re");
    size_t n = f == NULL ? 0 : fread(ret, 1, size - 1, f);
    if (f != NULL)
        fclose(f);
    ret[n] = '\0';
    for (size_t i = 0; i + 1 < n; i++)
        if (ret[i] == '\0')
            ret[i] = ' ';
}

/* A number from /proc/PID/status, such as that behind "PPid:"; 0 when it is not there. */
static uint64_t status_number(pid_t pid, const char *name)
{
    char path[64], line[256];
    uint64_t value = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            (void)sscanf(line + strlen(name), "%" SCNu64, &value);
    if (f != NULL)
        fclose(f);
    return value;
}

static bool descends_from_this(pid_t pid)
{
    for (int depth = 0; pid > 1 && depth < 32; depth++) {
        if (pid == getpid())
            return true;
        pid = (pid_t)status_number(pid, "PPid:");
    }
    return false;
}

static enum measure_part part_of(pid_t pid)
{
    char words[4096];
    if (pid == getpid())
        return PART_DRIVER;
    command_of(pid, words, sizeof words);
    for (int i = 0; i < MEASURE_PARTS; i++)
        if (part_words[i] != NULL && strstr(words, part_words[i]) != NULL)
            return (enum measure_part)i;
    /* A bot's supervisor does nothing; all else was started by the server. */
    return PART_SERVER;
}

/* What this process and all below it have used up to now. */
static void sample(struct measure_network *m)
{
    DIR *proc = opendir("/proc");
    const struct dirent *e;
    memset(m->seconds, 0, sizeof m->seconds);
    while (proc != NULL && (e = readdir(proc)) != NULL) {
        pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        if (pid <= 0 || !descends_from_this(pid))
            continue;
        enum measure_part part = part_of(pid);
        uint64_t peak = status_number(pid, "VmHWM:");
        m->seconds[part] += measure_process_seconds(pid);
        if (peak > m->peak_kb[part])
            m->peak_kb[part] = peak;
    }
    if (proc != NULL)
        closedir(proc);
}

/* Set by the alarm: what has been delivered by then is what is counted. */
static volatile sig_atomic_t time_is_over;

static void on_alarm(int number)
{
    (void)number;
    time_is_over = 1;
}

static int send_all(const struct replay_options *o, struct replay_counts *counts,
                    struct measure_network *m, struct diag *d)
{
    CLEANUP(replay_free_cleanup) struct replay *r = NULL;
    struct measure_network before = {0};
    int e = replay_enrol(o, counts, &r, d);
    if (e < 0)
        return e;
    sample(&before);
    int64_t began = clock_monotonic_ms();
    alarm(SECONDS_MAX);
    e = replay_send(r, d);
    alarm(0);
    sample(m);
    for (int i = 0; i < MEASURE_PARTS; i++)
        m->seconds[i] -= before.seconds[i];
    m->devices = (unsigned)counts->devices;
    if (e == 0 && (counts->archived != counts->messages || counts->wrong > 0 ||
                   counts->delivered != counts->recipients))
        e = diag_set(d, ERR_FORMAT, "not every message was archived and delivered");
    if (time_is_over && counts->archived > 0 && counts->wrong == 0)
        e = 0;
    m->messages = (unsigned)counts->archived;
    m->per_second = 1000.0 * m->messages / (double)(clock_monotonic_ms() - began);
    return e;
}

static int run_network(const char *dir, const char *file, struct measure_network *m, struct diag *d)
{
    struct clock clock = clock_live();
    struct replay_counts counts;
    struct settings s;
    int64_t first;
    CLEANUP(running_stop_cleanup) struct running *running = NULL;
    CLEANUP_FREE char *page = layout_path(dir, LAYOUT_CLOCK);
    int r = settings_read(dir, &s, d);
    if (r == 0)
        r = replay_survey(file, dir, false, &first, &counts, d);
    if (r == 0 && clock_page_create(page, first, &clock, NULL) < 0)
        r = diag_set(d, ERR_IO, "%s cannot be made", page);
    if (r == 0)
        r = running_start(dir, &s, &running, d);
    struct replay_options o = {.dir = dir,
                               .file = file,
                               .clock = &clock,
                               .running = running,
                               .told_to_end = &time_is_over};
    if (r == 0)
        r = send_all(&o, &counts, m, d);
    running_stop(TAKE(running));
    clock_clear(&clock);
    return r;
}

int measure_network(const char *work, unsigned messages, struct measure_network *ret)
{
    struct diag d = {""};
    CLEANUP_FREE char *dir = file_join(work, "network");
    CLEANUP_FREE char *file = file_join(work, "messages.jsonl");
    struct found_options o = {.dir = dir,
                              .domain = "bench.example",
                              .host = "127.0.0.1",
                              .port = free_port(),
                              .replay = true,
                              .from_day = FIRST_DAY,
                              .until_day = FIRST_DAY + 1,
                              .openers = 1};
    *ret = (struct measure_network){.messages = 0};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGALRM, on_alarm);
    /* What the programs of the network say does not belong into the table. */
    CLEANUP_CLOSE int table = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    int r = write_file(file, messages, &d);
    if (r == 0)
        r = found_network(&o, &d);
    if (r == 0)
        r = run_network(dir, file, ret, &d);
    dup2(table, STDOUT_FILENO);
    if (r < 0)
        fprintf(stderr, "bench: the network: %s\n", d.text[0] == '\0' ? err_text(r) : d.text);
    return r;
}
