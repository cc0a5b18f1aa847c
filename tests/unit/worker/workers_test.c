/* The process that workers are forked from: what becomes of one that works, crashes, never ends or
 * talks nonsense. */
#include "worker/workers.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/confine.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "drawn.h"
#include "worker/hash.h"
#include "worker/job.h"

#define ROOM (64U << 20)
#define WALL_MS 1500

struct world {
    pid_t pid;
    struct channel channel;
    struct buf file;
    struct arena arena;
};

/* ---- workers that are taken over ---- */

static int crash(struct diag *d)
{
    (void)d;
    abort();
}
static int hang(struct diag *d)
{
    (void)d;
    signal(SIGTERM, SIG_IGN);
    for (;;)
        pause();
    return 0;
}
static int spin(struct diag *d)
{
    (void)d;
    for (volatile unsigned i = 0; i < 2; i = 1)
        ;
    return 0;
}
/* A frame longer than any, of another type, or of another job. */
static int talk(struct diag *d)
{
    static const char long_frame[] = "\x7f\xff\xff\xff\x03";
    (void)d;
    (void)!write(3, long_frame, 5);
    return hang(d);
}
static int answer_for_another(struct diag *d)
{
    struct channel c;
    const struct worker_result r = {.number = 99, .outcome = WORKER_UNKNOWN};
    (void)d;
    (void)!channel_init(&c, 3, 4096, 4096);
    worker_result_put(channel_begin(&c, WORKER_MADE), &r);
    (void)!channel_end(&c);
    (void)!channel_flush(&c);
    return hang(d);
}
static int confined(struct diag *d)
{
    struct confine_report r;
    return confine_daemon(CONFINE_WORKER, NULL, &r, d);
}
static int confine(struct diag *d)
{
    struct confine_report r;
    return confine_daemon(CONFINE_WORKERS, NULL, &r, d);
}

/* ---- the world ---- */

static struct world *start(int (*worker)(struct diag *))
{
    struct world *w = mem_new(sizeof *w);
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    w->pid = fork();
    if (w->pid == 0) {
        const struct workers_options o = {.fd = fds[1],
                                          .wall_ms = worker == confined ? 0 : WALL_MS,
                                          .confine = worker == confined ? confine : NULL,
                                          .confine_worker = worker};
        struct diag d = {""};
        close(fds[0]);
        int r = workers_run(&o, &d);
        _exit(r == ERR_CLOSED ? 0 : r == ERR_FORMAT ? 2 : 3);
    }
    close(fds[1]);
    assert_int_equal(channel_init(&w->channel, fds[0], WORKER_MADE_MAX + 4096, ROOM), 0);
    w->file = (struct buf)BUF_INIT(ROOM);
    w->arena = (struct arena)ARENA_INIT(ROOM);
    return w;
}

/* How it ended: its exit status. */
static int stop(struct world *w)
{
    int status = 0;
    channel_clear(&w->channel);
    waitpid(w->pid, &status, 0);
    buf_clear(&w->file);
    arena_clear(&w->arena);
    free(w);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void send_job(struct world *w, uint64_t number, enum worker_kind kind, size_t size)
{
    const struct worker_job j = {number, kind, (uint32_t)size};
    worker_job_put(channel_begin(&w->channel, WORKER_JOB), &j);
    assert_int_equal(channel_end(&w->channel), 0);
}

static void send_bytes(struct world *w, uint64_t number, const uint8_t *data, size_t len)
{
    struct buf *b = channel_begin(&w->channel, WORKER_BYTES);
    buf_put_u64(b, number);
    buf_put(b, data, len);
    assert_int_equal(channel_end(&w->channel), 0);
}

static void send_file(struct world *w, uint64_t number, enum worker_kind kind)
{
    send_job(w, number, kind, w->file.len);
    for (size_t at = 0; at < w->file.len; at += 60000)
        send_bytes(w, number, w->file.data + at,
                   w->file.len - at < 60000 ? w->file.len - at : 60000);
}

/* Waits for it; false: the other side has ended. */
static bool next(struct world *w, struct worker_result *ret)
{
    struct frame f;
    int r;
    while ((r = channel_next(&w->channel, &f)) == ERR_AGAIN) {
        int flushed = channel_flush(&w->channel);
        poll(&(struct pollfd){w->channel.fd, (short)(POLLIN | (flushed == ERR_AGAIN ? POLLOUT : 0)),
                              0},
             1, 100);
        r = channel_fill(&w->channel);
        if (r < 0 && r != ERR_AGAIN)
            return false;
    }
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(f.type, WORKER_MADE);
    assert_int_equal(worker_result_get(&c, ret), 0);
    return true;
}

static void workers__file__is_made_something_of_within_its_walls(void **state)
{
    (void)state;
    struct world *w = start(confined);
    struct worker_result r;
    struct worker_made m;
    drawn_file(drawn_text("meet at the pier"), DRAWN_PNG, &w->file);
    send_file(w, 1, WORKER_PHOTO);
    assert_true(next(w, &r));
    if (r.number != 1 || r.outcome != WORKER_DONE)
        fail_msg("%s", worker_outcome_text(r.outcome));
    struct cursor c = cursor_over(r.made, r.made_len);
    assert_int_equal(worker_made_get(&c, &w->arena, WORKER_PHOTO, &m), 0);
    assert_non_null(strstr(m.words, "pier"));
    buf_reset(&w->file);
    drawn_sound(500, &w->file);
    send_file(w, 7, WORKER_SOUND);
    assert_true(next(w, &r));
    assert_true(r.number == 7 && r.outcome == WORKER_DONE);
    for (int format = DRAWN_PNG; format <= DRAWN_WEBP; format++) {
        buf_reset(&w->file);
        drawn_file(drawn_scene(900, 600, 1), (enum drawn_format)format, &w->file);
        send_file(w, 8, WORKER_PHOTO);
        assert_true(next(w, &r));
        if (r.outcome != WORKER_DONE)
            fail_msg("%d: %s", format, worker_outcome_text(r.outcome));
    }
    assert_int_equal(stop(w), 0);
}

/* Whatever a worker does, it is a line at its file, and the next one is read. */
static void assert_ends_as(int (*worker)(struct diag *), enum worker_outcome want)
{
    struct world *w = start(worker);
    struct worker_result r;
    buf_put_text(&w->file, "some bytes");
    for (uint64_t i = 1; i <= 2; i++) {
        send_file(w, i, WORKER_PHOTO);
        assert_true(next(w, &r));
        assert_int_equal(r.number, i);
        assert_int_equal(r.outcome, want);
        assert_int_equal(r.made_len, 0);
    }
    assert_int_equal(stop(w), 0);
}

static void workers__worker__that_crashes_is_a_line(void **state)
{
    (void)state;
    assert_ends_as(crash, WORKER_CRASHED);
}

static void workers__worker__that_never_ends_is_ended(void **state)
{
    (void)state;
    assert_ends_as(hang, WORKER_SLOW);
    assert_ends_as(spin, WORKER_SLOW);
}

static void workers__worker__that_talks_nonsense_is_not_believed(void **state)
{
    (void)state;
    assert_ends_as(talk, WORKER_NONSENSE);
    assert_ends_as(answer_for_another, WORKER_NONSENSE);
}

/* Two at once, of which one waits for bytes that do not come. */
static void workers__file__that_does_not_come_holds_up_no_other(void **state)
{
    (void)state;
    struct world *w = start(NULL);
    struct worker_result r;
    send_job(w, 1, WORKER_PHOTO, 1000);
    send_bytes(w, 1, (const uint8_t *)"half", 4);
    drawn_sound(500, &w->file);
    send_file(w, 2, WORKER_SOUND);
    assert_true(next(w, &r));
    assert_true(r.number == 2 && r.outcome == WORKER_DONE);
    assert_true(next(w, &r));
    assert_true(r.number == 1 && r.outcome == WORKER_SLOW);
    send_bytes(w, 1, (const uint8_t *)"late", 4); /* nobody's any more */
    send_file(w, 3, WORKER_SOUND);
    assert_true(next(w, &r));
    assert_int_equal(r.number, 3);
    assert_int_equal(stop(w), 0);
}

/* ---- passwords ---- */

static void send_hash(struct world *w, uint64_t number)
{
    static const char password[] = "correct horse battery";
    const struct worker_hash h = {.number = number,
                                  .recipe = {{1}, .passes = 1, .kib = 64},
                                  .password = password,
                                  .password_len = sizeof password - 1};
    worker_hash_put(channel_begin(&w->channel, WORKER_HASH), &h);
    assert_int_equal(channel_end(&w->channel), 0);
}

static struct worker_hashed next_hash(struct world *w)
{
    struct worker_hashed h = {.number = 0};
    struct frame f;
    while (channel_next(&w->channel, &f) == ERR_AGAIN) {
        (void)!channel_flush(&w->channel);
        poll(&(struct pollfd){w->channel.fd, POLLIN, 0}, 1, 100);
        (void)!channel_fill(&w->channel);
    }
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(f.type, WORKER_HASHED);
    assert_int_equal(worker_hashed_get(&c, &h), 0);
    return h;
}

/* As many files as may be under way, whose bytes do not come, hold up none. */
static void workers__password__is_hashed_within_its_walls_and_waits_for_no_file(void **state)
{
    (void)state;
    static const uint8_t none[WORKER_HASH_BYTES];
    struct world *w = start(confined);
    uint8_t before[WORKER_HASH_BYTES] = {0};
    for (uint64_t i = 1; i <= WORKERS_AT_ONCE; i++)
        send_job(w, i, WORKER_PHOTO, 1000);
    for (uint64_t i = 1; i <= 3; i++) {
        send_hash(w, i); /* its number is no file's */
        struct worker_hashed h = next_hash(w);
        assert_int_equal(h.number, i);
        assert_int_equal(h.outcome, WORKER_DONE);
        assert_memory_not_equal(h.hash, none, sizeof none);
        if (i > 1)
            assert_memory_equal(h.hash, before, sizeof before);
        memcpy(before, h.hash, sizeof before);
    }
    assert_int_equal(stop(w), 0);
}

static void workers__password__whose_worker_fails_is_told_and_the_next_is_tried(void **state)
{
    (void)state;
    static const struct {
        int (*worker)(struct diag *);
        enum worker_outcome outcome;
    } rows[] = {{crash, WORKER_CRASHED},
                {hang, WORKER_SLOW},
                {talk, WORKER_NONSENSE},
                {answer_for_another, WORKER_NONSENSE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world *w = start(rows[i].worker);
        for (uint64_t n = 1; n <= WORKER_HASHES_AT_ONCE + 1; n++) {
            send_hash(w, n);
            struct worker_hashed h = next_hash(w);
            assert_int_equal(h.number, n);
            assert_int_equal(h.outcome, rows[i].outcome);
        }
        assert_int_equal(stop(w), 0);
    }
}

static void workers__frames__of_no_form_end_it(void **state)
{
    (void)state;
    struct worker_result r;
    struct world *w = start(NULL);
    send_job(w, 1, WORKER_PHOTO, 10);
    send_bytes(w, 1, (const uint8_t *)"more than ten bytes", 19);
    assert_false(next(w, &r));
    assert_int_equal(stop(w), 2);
    w = start(NULL);
    for (uint64_t i = 0; i <= WORKERS_AT_ONCE; i++)
        send_job(w, i, WORKER_PHOTO, 10);
    assert_false(next(w, &r));
    assert_int_equal(stop(w), 2);
    w = start(NULL);
    send_job(w, 1, WORKER_KINDS, 10);
    assert_false(next(w, &r));
    assert_int_equal(stop(w), 2);
    w = start(hang);
    for (uint64_t i = 0; i <= WORKER_HASHES_AT_ONCE; i++)
        send_hash(w, i);
    assert_false(next(w, &r));
    assert_int_equal(stop(w), 2);
}

int main(int argc, char **argv)
{
    (void)argc;
    drawn_one_thread(argv);
    secret_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers__file__is_made_something_of_within_its_walls),
        cmocka_unit_test(workers__worker__that_crashes_is_a_line),
        cmocka_unit_test(workers__worker__that_never_ends_is_ended),
        cmocka_unit_test(workers__worker__that_talks_nonsense_is_not_believed),
        cmocka_unit_test(workers__file__that_does_not_come_holds_up_no_other),
        cmocka_unit_test(workers__password__is_hashed_within_its_walls_and_waits_for_no_file),
        cmocka_unit_test(workers__password__whose_worker_fails_is_told_and_the_next_is_tried),
        cmocka_unit_test(workers__frames__of_no_form_end_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
