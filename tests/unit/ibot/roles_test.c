/* The bot's real processes, each against peers that this test plays: what ends them, and how. Takes
 * the program's path. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/channel.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/secret.h"
#include "ibot/frames.h"
#include "launch/found.h"
#include "wire/test.h"

#define PATIENCE_MS 60000

struct net {
    const char *program;
    char dir[48];
    char *log;
};

struct role {
    const struct net *net;
    pid_t pid;
    int ends[2]; /* ours, of descriptors 3 and 4 */
};

static void start_role(const struct net *n, const char *name, struct role *r)
{
    int a[2], b[2];
    struct diag d = {""};
    FILE *log = fopen(n->log, "w");
    FIXTURE_MUST(log != NULL && process_socketpair(a) == 0 && process_socketpair(b) == 0);
    const char *argv[] = {n->program, "--role", name, n->dir, "ibot", NULL};
    const struct process p = {
        .argv = argv, .fds = (int[]){a[1], b[1]}, .fd_count = 2, .out_fd = fileno(log)};
    *r = (struct role){.net = n, .ends = {a[0], b[0]}};
    if (process_start(&p, &r->pid, &d) != 0)
        fail_msg("%s", d.text);
    close(a[1]);
    close(b[1]);
    fclose(log);
}

static void close_ends(struct role *r)
{
    for (int i = 0; i < 2; i++) {
        if (r->ends[i] >= 0)
            close(r->ends[i]);
        r->ends[i] = -1;
    }
}

/* Waits until it has ended by itself, as `how` says, and without a sanitizer's report. */
static void assert_ends(struct role *r, const char *how, const char *says)
{
    struct diag d = {""};
    CLEANUP_FREE char *log = NULL;
    int waited = 0;
    while (!process_ended(r->pid, &d) && waited++ < PATIENCE_MS / 10)
        poll(NULL, 0, 10);
    if (waited > PATIENCE_MS / 10) {
        process_stop(r->pid, 0);
        close_ends(r);
        fail_msg("it does not end");
    }
    close_ends(r);
    assert_int_equal(file_read_text(r->net->log, 1U << 20, &log, NULL), 0);
    if (strcmp(d.text, how) != 0 || strstr(log, "Sanitizer") != NULL ||
        strstr(log, "runtime error") != NULL || (says != NULL && strstr(log, says) == NULL))
        fail_msg("%s, not %s; it says: %s", d.text, how, log);
}

static void put(int fd, const void *bytes, size_t len)
{
    if (file_write_fd(fd, bytes, len) != 0)
        fail_msg("the role takes no bytes");
}

static void put_frame(int fd, uint8_t type, const void *body, size_t len)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    buf_put_u32(&b, (uint32_t)len + 1);
    buf_put_u8(&b, type);
    buf_put(&b, body, len);
    put(fd, b.data, b.len);
}

/* An opener takes nothing of link's before it knows the heads. */
static void tell_no_heads(const char *role, const struct role *r)
{
    static const uint8_t floor[4] = {0};
    if (strcmp(role, "opener") == 0)
        put_frame(r->ends[1], FRAME_HEADS_END, floor, sizeof floor);
}

static const struct way {
    const char *role;
    int end; /* that the hostile bytes come in at */
    uint8_t type;
} ways[] = {
    {"link", 0, FRAME_VERDICT}, {"link", 1, FRAME_LATER},       {"opener", 0, FRAME_REQUEST},
    {"opener", 1, FRAME_HEADS}, {"keeper", 0, FRAME_INCLUSION}, {"keeper", 1, FRAME_ROUND},
};

static void roles__peer__hostile_bytes(void **state)
{
    static const struct {
        const char *what, *bytes;
        size_t len;
    } table[] = {
        {"a frame longer than any", "\xff\xff\xff\xff\x01", 5},
        {"a frame without a type", "\0\0\0\0", 4},
        {"a type that there is not", "\0\0\0\x02\xc8x", 6},
        {"another direction's type", "\0\0\0\x02\x63x", 6},
    };
    const struct net *n = *state;
    for (size_t w = 0; w < COUNT(ways); w++)
        for (size_t i = 0; i < COUNT(table); i++) {
            struct role r;
            start_role(n, ways[w].role, &r);
            tell_no_heads(ways[w].role, &r);
            put(r.ends[ways[w].end], table[i].bytes, table[i].len);
            assert_ends(&r, "exit status 1", i < 2 ? "processes: malformed" : "sent a");
        }
}

static void roles__peer__malformed_body(void **state)
{
    static const uint8_t noise[61] = {0xA7, 3, 200, 0, 0, 0, 255};
    const struct net *n = *state;
    for (size_t w = 0; w < COUNT(ways); w++) {
        struct role r;
        start_role(n, ways[w].role, &r);
        tell_no_heads(ways[w].role, &r);
        put_frame(r.ends[ways[w].end], ways[w].type, noise, sizeof noise);
        assert_ends(&r, "exit status 1", "sent ");
    }
}

/* A frame is cut by its sender's end: as if there had been none. */
static void roles__peer__ends_in_a_frame(void **state)
{
    const struct net *n = *state;
    for (size_t w = 0; w < COUNT(ways); w++) {
        struct role r;
        start_role(n, ways[w].role, &r);
        tell_no_heads(ways[w].role, &r);
        put(r.ends[ways[w].end], "\0\0\1\0\1abc", 8);
        close_ends(&r);
        assert_ends(&r, "exit status 0", NULL);
    }
}

static void roles__by_hand__says_what_is_missing(void **state)
{
    static const char *const names[] = {"link", "opener", "keeper"};
    const struct net *n = *state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct diag d = {""};
        struct role r = {.net = n, .ends = {-1, -1}};
        FILE *log = fopen(n->log, "w");
        FIXTURE_MUST(log != NULL);
        const char *argv[] = {n->program, "--role", names[i], n->dir, "ibot", NULL};
        const struct process p = {.argv = argv, .out_fd = fileno(log)};
        assert_int_equal(process_start(&p, &r.pid, &d), 0);
        fclose(log);
        assert_ends(&r, "exit status 1", "not to be run by hand");
    }
}

/* The children's process numbers, in no order. */
static size_t children_of(pid_t pid, pid_t ret[static 8])
{
    size_t count = 0;
    int number;
    CLEANUP_FREE char *path = mem_format("/proc/%d/task/%d/children", pid, pid);
    FILE *f = fopen(path, "r");
    while (f != NULL && count < 8 && fscanf(f, "%d", &number) == 1)
        ret[count++] = number;
    if (f != NULL)
        fclose(f);
    return count;
}

/* Three of them, none of which was in `old`. */
static bool wait_generation(pid_t pid, const pid_t *old, pid_t ret[static 8])
{
    for (int waited = 0; waited < PATIENCE_MS / 10; waited++, poll(NULL, 0, 10)) {
        size_t count = children_of(pid, ret), fresh = 0;
        for (size_t i = 0; i < count; i++) {
            bool is_old = false;
            for (size_t k = 0; k < 3 && old != NULL; k++)
                is_old = is_old || ret[i] == old[k];
            fresh += !is_old;
        }
        if (count == 3 && fresh == 3)
            return true;
    }
    return false;
}

/* Any of the three is killed: all end, and a new generation starts; told to end, all end. */
static void supervise__role_killed__new_generation(void **state)
{
    const struct net *n = *state;
    struct diag d = {""};
    struct role r = {.net = n, .ends = {-1, -1}};
    pid_t now[8], next[8];
    FILE *log = fopen(n->log, "w");
    FIXTURE_MUST(log != NULL);
    const char *argv[] = {n->program, n->dir, NULL};
    const struct process p = {.argv = argv, .out_fd = fileno(log)};
    assert_int_equal(process_start(&p, &r.pid, &d), 0);
    fclose(log);
    bool good = wait_generation(r.pid, NULL, now);
    for (size_t i = 0; good && i < 3; i++) {
        kill(now[i], SIGKILL);
        good = wait_generation(r.pid, now, next);
        memcpy(now, next, sizeof now);
    }
    kill(r.pid, SIGTERM);
    assert_ends(&r, "exit status 0", "signal 9");
    assert_true(good);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(kill(now[i], 0), -1);
}

static void main__usage(void **state)
{
    static const char *const words[][4] = {{"--nonsense"}, {"a", "b", "c"}, {NULL}};
    const struct net *n = *state;
    for (size_t i = 0; i < COUNT(words); i++) {
        struct diag d = {""};
        struct role r = {.net = n, .ends = {-1, -1}};
        FILE *log = fopen(n->log, "w");
        FIXTURE_MUST(log != NULL);
        const char *argv[] = {n->program, words[i][0], words[i][1], words[i][2], NULL};
        const struct process p = {.argv = argv, .out_fd = fileno(log)};
        assert_int_equal(process_start(&p, &r.pid, &d), 0);
        fclose(log);
        assert_ends(&r, "exit status 2", "usage: ");
    }
}

int main(int argc, char **argv)
{
    struct net n = {.program = argc > 1 ? argv[1] : "", .dir = "/tmp/roles-test-XXXXXX"};
    struct diag d = {""};
    struct clock live = clock_live();
    secret_init();
    FIXTURE_MUST(argc == 2 && mkdtemp(n.dir) != NULL);
    int64_t today = calendar_day_of(clock_now_ms(&live));
    const struct found_options o = {.dir = n.dir,
                                    .domain = "chat.test",
                                    .host = "127.0.0.1",
                                    .port = 5222,
                                    .from_day = today,
                                    .until_day = today + 1,
                                    .openers = 1};
    FIXTURE_MUST(found_network(&o, &d) == 0);
    n.log = file_join(n.dir, "said"); /* beside what the network has */
#define T(fn) cmocka_unit_test_prestate(fn, &n)
    const struct CMUnitTest tests[] = {
        T(roles__peer__hostile_bytes),
        T(roles__peer__malformed_body),
        T(roles__peer__ends_in_a_frame),
        T(roles__by_hand__says_what_is_missing),
        T(supervise__role_killed__new_generation),
        T(main__usage),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    (void)!file_remove_tree(n.dir, NULL);
    free(n.log);
    return r;
}
