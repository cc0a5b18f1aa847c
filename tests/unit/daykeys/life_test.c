/* In force, and destroyed: on time, at most one day in 20 hours of the machine's running, and whole
 * after a crash at any write. */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/secret.h"
#include "daykeys/daykeys.h"
#include "wire/test.h"

#define DAYS 6
#define HEADER 64
#define SLOT 192
#define SECRET_AT 120
#define FIRST INT64_C(18785) /* the first day that has keys */
#define HOUR INT64_C(3600)
#define BOOT                                                                                       \
    INT64_C(5000000) /* how long the machine has run at the start of a test, in seconds            \
                      */

static int deaths_at;               /* the write at which this process dies; 0: never */
static int64_t boot_seconds = BOOT; /* what the machine's clock says */

int64_t __wrap_clock_boot_seconds(void);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *data, size_t len, off_t at);
int __wrap_fdatasync(int fd);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __real_pwrite64(int fd, const void *data, size_t len, off_t at);
int __real_fdatasync(int fd);

int64_t __wrap_clock_boot_seconds(void)
{
    return boot_seconds;
}

static void count_write(void)
{
    if (deaths_at > 0 && --deaths_at == 0)
        kill(getpid(), SIGKILL);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
    count_write();
    return __real_pwrite(fd, data, len, at);
}

ssize_t __wrap_pwrite64(int fd, const void *data, size_t len, off_t at)
{
    count_write();
    return __real_pwrite64(fd, data, len, at);
}

int __wrap_fdatasync(int fd)
{
    count_write();
    return __real_fdatasync(fd);
}

struct scene {
    char dir[40];
    char *path;
    int fd;
    struct daykeys *keys;
    uint8_t public[2][DAYS][HPKE_PUBLIC_BYTES]; /* of W-1 and W-2, from FIRST on */
};

static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {1, 2, 3};

static void reopen(struct scene *s)
{
    struct diag d = {""};
    daykeys_free(s->keys);
    s->keys = NULL;
    close(s->fd);
    s->fd = open(s->path, O_RDWR | O_CLOEXEC);
    if (daykeys_open(s->fd, credential, &s->keys, &d) < 0)
        fail_msg("%s", d.text);
}

/* Two warrants with the same days, both in force. */
static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    strcpy(s->dir, "/tmp/daykeys-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(s->dir) != NULL);
    s->path = file_join(s->dir, "daykeys");
    FIXTURE_MUST(daykeys_create(s->path, NULL) == 0);
    s->fd = open(s->path, O_RDWR | O_CLOEXEC);
    for (size_t w = 0; w < 2; w++)
        FIXTURE_MUST(daykeys_make(s->fd, credential, w == 0 ? "W-1" : "W-2", FIRST, DAYS,
                                  s->public[w], NULL) == 0);
    reopen(s);
    FIXTURE_MUST(daykeys_name(s->keys, "W-1", NULL) == 0);
    FIXTURE_MUST(daykeys_name(s->keys, "W-2", NULL) == 0);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    daykeys_free(s->keys);
    close(s->fd);
    int r = file_remove_tree(s->dir, NULL);
    free(s->path);
    free(s);
    return r;
}

/* The first instant of that day; the machine has run for BOOT and these hours. */
static struct daykeys_time live(int64_t day, int64_t hours)
{
    return (struct daykeys_time){.now_ms = day * CALENDAR_DAY_MS,
                                 .boot_seconds = BOOT + hours * HOUR};
}

static struct daykeys_time replay(int64_t day)
{
    return (struct daykeys_time){
        .now_ms = day * CALENDAR_DAY_MS, .boot_seconds = 1, .replay = true};
}

static void step(struct scene *s, struct daykeys_time t)
{
    struct diag d = {""};
    boot_seconds = t.boot_seconds;
    if (daykeys_step(s->keys, &t, &d) < 0)
        fail_msg("%s", d.text);
}

/* What a thief of file and credential opens: the secret of the slot, by the format's description
 * alone. */
static bool opens(const struct scene *s, size_t slot)
{
    uint8_t bytes[SLOT], secret[HPKE_SECRET_BYTES];
    assert_int_equal(pread(s->fd, bytes, SLOT, (off_t)(HEADER + slot * SLOT)), SLOT);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, bytes + SECRET_AT + 24,
                                                      48, bytes + 8, SECRET_AT - 8,
                                                      bytes + SECRET_AT, credential) == 0;
}

/* Days of both warrants before `day` are gone, in memory and in the file; the others are there. */
static void assert_from(struct scene *s, int64_t day)
{
    for (size_t i = 0; i < DAYS; i++)
        for (size_t w = 0; w < 2; w++) {
            bool alive = FIRST + (int64_t)i >= day;
            bool held = daykeys_find(s->keys, w == 0 ? "W-1" : "W-2", FIRST + (int64_t)i) != NULL;
            if (held != alive || opens(s, w * DAYS + i) != alive)
                fail_msg("day %zu of warrant %zu: held %d, opens %d, should %d", i, w, held,
                         opens(s, w * DAYS + i), alive);
        }
}

static void daykeys__step__on_the_third_day_after(void **state)
{
    struct scene *s = *state;
    struct daykeys_time last = live(FIRST + 3, 72);
    last.now_ms--;
    step(s, live(FIRST, 0));
    assert_from(s, FIRST);
    step(s, live(FIRST + 2, 48));
    step(s, last);
    assert_from(s, FIRST);
    for (int64_t i = 0; i < DAYS; i++) {
        step(s, live(FIRST + 3 + i, 72 + 24 * i));
        assert_from(s, FIRST + 1 + i);
    }
    reopen(s);
    assert_from(s, FIRST + DAYS);
}

static void daykeys__step__others_stay_as_they_are(void **state)
{
    struct scene *s = *state;
    uint8_t before[HEADER + 2 * DAYS * SLOT], after[sizeof before];
    assert_int_equal(pread(s->fd, before, sizeof before, 0), sizeof before);
    step(s, live(FIRST + 3, 0));
    assert_int_equal(pread(s->fd, after, sizeof after, 0), sizeof after);
    for (size_t i = 0; i < sizeof before; i++) {
        size_t slot = (i - HEADER) / SLOT, at = (i - HEADER) % SLOT;
        if (i < HEADER)
            continue;
        if (slot % DAYS != 0)
            assert_int_equal(after[i], before[i]);
        else if (at >= SECRET_AT)
            assert_int_equal(after[i], 0);
        else if (at > 0)
            assert_int_equal(after[i], before[i]);
    }
    reopen(s);
    assert_from(s, FIRST + 1);
}

static void daykeys__step__a_clock_that_jumps(void **state)
{
    struct scene *s = *state;
    step(s, live(FIRST + 1, 0));
    step(s, live(FIRST + 366, 1));
    assert_from(s, FIRST + 1);
    for (int i = 0; i < 5; i++) {
        step(s, live(FIRST + 366 + i, 2 + i));
        reopen(s);
        step(s, live(FIRST + 366 + i, 2 + i));
        assert_from(s, FIRST + 1);
    }
    step(s, live(FIRST + 367, 20)); /* 19 hours after the first one */
    assert_from(s, FIRST + 1);
    step(s, live(FIRST + 367, 21));
    assert_from(s, FIRST + 2);
    reopen(s);
    step(s, live(FIRST + 500, 40));
    assert_from(s, FIRST + 2);
    step(s, live(FIRST + 2, 41)); /* set right again */
    step(s, live(FIRST + 4, 90));
    assert_from(s, FIRST + 2);
}

/* The machine was started anew: what it counts begins at zero. */
static void daykeys__step__a_machine_that_restarts(void **state)
{
    struct scene *s = *state;
    struct daykeys_time t = live(FIRST + 366, 0);
    step(s, t);
    assert_from(s, FIRST + 1);
    for (int i = 0; i < 3; i++) {
        reopen(s);
        t.boot_seconds = 6 * HOUR; /* thrice six hours are not yet 20 */
        step(s, t);
        t.boot_seconds = 1;
        step(s, t);
        assert_from(s, FIRST + 1);
    }
    t.boot_seconds = 2 * HOUR + 1;
    step(s, t);
    assert_from(s, FIRST + 2);
}

/* The bot did not run for days: the first one goes at once, the others one in 20 hours. */
static void daykeys__step__started_days_late(void **state)
{
    struct scene *s = *state;
    step(s, live(FIRST, 0));
    reopen(s);
    for (int64_t i = 0; i < 4; i++) {
        step(s, live(FIRST + 8, 200 + 20 * i));
        assert_from(s, FIRST + 1 + i);
        step(s, live(FIRST + 8, 200 + 20 * i + 19));
        assert_from(s, FIRST + 1 + i);
    }
}

static void daykeys__step__a_replay_has_no_limit(void **state)
{
    struct scene *s = *state;
    step(s, replay(FIRST + 2));
    assert_from(s, FIRST);
    step(s, replay(FIRST + 3));
    assert_from(s, FIRST + 1);
    step(s, replay(FIRST + 7));
    assert_from(s, FIRST + 5);
    reopen(s);
    step(s, replay(FIRST + 400));
    assert_from(s, FIRST + DAYS);
}

/* Another warrant's key of a day that is spent goes with it, also when it was offered later. */
static void daykeys__step__the_day_of_all_warrants(void **state)
{
    struct scene *s = *state;
    uint8_t public[1][HPKE_PUBLIC_BYTES];
    step(s, live(FIRST + 4, 0));
    assert_from(s, FIRST + 1);
    assert_int_equal(daykeys_make(s->fd, credential, "W-3", FIRST, 1, public, NULL), 0);
    reopen(s);
    step(s, live(FIRST + 4, 1));
    assert_null(daykeys_find(s->keys, "W-3", FIRST));
    assert_from(s, FIRST + 1);
}

/* ---- offers ---- */

static void daykeys__name__reads_what_another_process_made(void **state)
{
    struct scene *s = *state;
    uint8_t public[DAYS][HPKE_PUBLIC_BYTES];
    struct diag d;
    CLEANUP_CLOSE int other = open(s->path, O_RDWR | O_CLOEXEC);
    assert_int_equal(daykeys_name(s->keys, "W-3", &d), ERR_NOT_FOUND);
    assert_says(d.text, "W-3");
    assert_int_equal(daykeys_make(other, credential, "W-3", FIRST, DAYS, public, NULL), 0);
    assert_null(daykeys_find(s->keys, "W-3", FIRST));
    assert_int_equal(daykeys_name(s->keys, "W-3", &d), 0);
    assert_non_null(daykeys_find(s->keys, "W-3", FIRST));
    assert_from(s, FIRST);
}

static void daykeys__step__offers_that_no_policy_names(void **state)
{
    struct scene *s = *state;
    uint8_t public[DAYS][HPKE_PUBLIC_BYTES];
    step(s, live(FIRST, 0));
    assert_int_equal(daykeys_make(s->fd, credential, "W-3", FIRST + 100, DAYS, public, NULL), 0);
    struct daykeys_time t = live(FIRST + 400, 0);
    step(s, t); /* a clock that jumps makes no offer old */
    assert_non_null(daykeys_find(s->keys, "W-3", FIRST + 105));
    t.now_ms = FIRST * CALENDAR_DAY_MS;
    t.boot_seconds += 30 * 24 * HOUR - 1;
    step(s, t);
    assert_non_null(daykeys_find(s->keys, "W-3", FIRST + 105));
    t.boot_seconds += 1;
    step(s, t);
    for (int64_t day = FIRST + 100; day < FIRST + 100 + DAYS; day++)
        assert_null(daykeys_find(s->keys, "W-3", day));
    assert_from(s, FIRST + 1); /* named ones stay: of these one day went at the jump */
}

static void daykeys__step__offers_in_a_replay(void **state)
{
    struct scene *s = *state;
    uint8_t public[DAYS][HPKE_PUBLIC_BYTES];
    step(s, replay(FIRST));
    assert_int_equal(daykeys_make(s->fd, credential, "W-3", FIRST + 100, DAYS, public, NULL), 0);
    assert_int_equal(daykeys_make(s->fd, credential, "W-4", FIRST + 100, DAYS, public, NULL), 0);
    assert_int_equal(daykeys_name(s->keys, "W-4", NULL), 0);
    step(s, replay(FIRST + 29));
    assert_non_null(daykeys_find(s->keys, "W-3", FIRST + 100));
    step(s, replay(FIRST + 30));
    assert_null(daykeys_find(s->keys, "W-3", FIRST + 100));
    assert_non_null(daykeys_find(s->keys, "W-4", FIRST + 100));
}

/* ---- several processes, and crashes ---- */

static void daykeys__step__what_another_process_destroyed(void **state)
{
    struct scene *s = *state;
    struct daykeys *other = NULL;
    const char *warrant;
    int64_t day;
    CLEANUP_CLOSE int fd = open(s->path, O_RDWR | O_CLOEXEC);
    const struct daykeys_time t = live(FIRST + 3, 0);
    assert_int_equal(daykeys_open(fd, credential, &other, NULL), 0);
    assert_false(daykeys_next_destroyed(s->keys, &warrant, &day));
    assert_int_equal(daykeys_step(other, &t, NULL), 0);
    step(s, t);
    assert_from(s, FIRST + 1);
    for (int i = 0; i < 2; i++) {
        struct daykeys *k = i == 0 ? s->keys : other;
        assert_true(daykeys_next_destroyed(k, &warrant, &day));
        assert_string_equal(warrant, "W-1");
        assert_int_equal(day, FIRST);
        assert_true(daykeys_next_destroyed(k, &warrant, &day));
        assert_string_equal(warrant, "W-2");
        assert_false(daykeys_next_destroyed(k, &warrant, &day));
        assert_int_equal(daykeys_step(k, &t, NULL), 0);
        assert_false(daykeys_next_destroyed(k, &warrant, &day)); /* told once */
    }
    daykeys_free(other);
    reopen(s); /* and all of them to who comes later */
    assert_true(daykeys_next_destroyed(s->keys, &warrant, &day));
}

/* A process that destroys and is killed at its write number `at`. False: it came to its end. */
static bool killed_at(const struct scene *s, int at, const struct daykeys_time *t)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct daykeys *k = NULL;
        int fd = open(s->path, O_RDWR | O_CLOEXEC);
        if (daykeys_open(fd, credential, &k, NULL) < 0)
            _exit(3);
        deaths_at = at;
        _exit(daykeys_step(k, t, NULL) < 0 ? 3 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return false;
}

static void daykeys__step__killed_at_each_write(void **state)
{
    struct scene *s = *state;
    const struct daykeys_time t = live(FIRST + 366, 0);
    CLEANUP_BUF struct buf whole = BUF_INIT(1U << 20);
    int at = 0;
    bool killed = true;
    assert_int_equal(file_read(s->path, &whole, NULL), 0);
    while (killed) {
        assert_int_equal(__real_pwrite(s->fd, whole.data, whole.len, 0), (ssize_t)whole.len);
        killed = killed_at(s, ++at, &t);
        reopen(s);
        step(s, live(FIRST + 366, 1)); /* the next generation finishes that day, and no other */
        assert_from(s, FIRST + 1);
        step(s, live(FIRST + 366, 2));
        reopen(s);
        assert_from(s, FIRST + 1);
    }
    assert_true(at > 8); /* header, two states, two secrets, and each made durable */
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(daykeys__step__on_the_third_day_after),
        T(daykeys__step__others_stay_as_they_are),
        T(daykeys__step__a_clock_that_jumps),
        T(daykeys__step__a_machine_that_restarts),
        T(daykeys__step__started_days_late),
        T(daykeys__step__a_replay_has_no_limit),
        T(daykeys__step__the_day_of_all_warrants),
        T(daykeys__name__reads_what_another_process_made),
        T(daykeys__step__offers_that_no_policy_names),
        T(daykeys__step__offers_in_a_replay),
        T(daykeys__step__what_another_process_destroyed),
        T(daykeys__step__killed_at_each_write),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
