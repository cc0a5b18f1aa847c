/* Crashes: processes killed and power cut at any moment lose nothing that was committed. */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"

#define KILLS 300
#define POWER_CUTS 1000

static void set_small(sqlite3 *db)
{
    run(db, "PRAGMA wal_autocheckpoint=6; PRAGMA cache_size=10");
}

/* Keeps the checks short. */
static int64_t start_over_after(sqlite3 *db, int64_t limit, int64_t n)
{
    if (n <= limit)
        return n;
    run(db, "DELETE FROM work; UPDATE total SET n = 0, length = 0; VACUUM");
    return 0;
}

/* The child's: commits on and on, and tells the number of each transaction that is committed. */
static void commit_until_killed(const struct scene *s, int out)
{
    sqlite3 *db = NULL;
    if (vault_open(s->path, KIND, &key, &db, NULL) < 0)
        _exit(1);
    set_small(db);
    for (int64_t n = number(db, "SELECT n FROM total") + 1;; n++) {
        if (work_transaction(db, n) != SQLITE_OK || write(out, &n, sizeof n) != sizeof n)
            _exit(2);
    }
}

/* The last number that the child told before it was killed, or `before`. It is killed some time
 * after it has begun, or after its first transaction. */
static int64_t run_and_kill(const struct scene *s, int64_t before, bool after_first, long wait_us)
{
    int fds[2];
    int64_t n;
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        commit_until_killed(s, fds[1]);
    close(fds[1]);
    if (after_first && read(fds[0], &n, sizeof n) == sizeof n)
        before = n;
    nanosleep(&(struct timespec){.tv_nsec = wait_us * 1000}, NULL);
    kill(child, SIGKILL);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("the child ended by itself with %d", WEXITSTATUS(status));
    while (read(fds[0], &n, sizeof n) == sizeof n)
        before = n;
    close(fds[0]);
    return before;
}

static void vault_crash__kill__loses_nothing_committed(void **state)
{
    struct scene *s = *state;
    int64_t last = 0, logs = 0, all = 0;
    unsigned random = 1;
    sqlite3 *db = make(s);
    work_begin(db);
    vault_close(db);
    for (int i = 0; i < KILLS; i++) {
        random = random * 1664525 + 1013904223;
        int64_t told = run_and_kill(s, last, i % 4 != 0, (long)(random >> 16) % 6000);
        logs += size_of(s->wal) > 0;
        assert_absent(s->path, WORK_MARK);
        if (size_of(s->wal) > 0)
            assert_absent(s->wal, WORK_MARK);
        db = reopen(s);
        int64_t there = work_check(db);
        if (there < told || there > told + 1)
            fail_msg("%lld told, %lld there", (long long)told, (long long)there);
        all += there - last;
        last = start_over_after(db, 80, there);
        /* So that the next child begins with a log at times and without at others. */
        if (i % 2 == 0)
            close_keeping_log(db);
        else
            vault_close(db);
    }
    print_message("%d kills, %lld transactions, %lld logs left\n", KILLS, (long long)all,
                  (long long)logs);
    assert_true(all > KILLS);
}

/* Makes a vault and puts it on a disk in memory. */
static void put_vault(const struct scene *s, struct disk *d, uint64_t seed)
{
    struct buf b;
    sqlite3 *db = make(s);
    work_begin(db);
    vault_close(db);
    read_whole(s->path, &b);
    disk_init(d, seed);
    disk_put(d, s->path, b.data, b.len);
    buf_clear(&b);
}

static void vault_crash__power__loses_nothing_committed(void **state)
{
    struct scene *s = *state;
    struct disk disk;
    int64_t committed = 0, all = 0;
    put_vault(s, &disk, 7);
    for (int i = 0; i < POWER_CUTS; i++) {
        disk_cut_after(&disk, disk_random(&disk, 60));
        sqlite3 *db = reopen(s); /* nothing is written by recovery */
        set_small(db);
        while (work_transaction(db, committed + 1) == SQLITE_OK)
            committed++, all++;
        vault_close(db);
        disk_power_on(&disk);

        db = reopen(s);
        int64_t there = work_check(db);
        if (there < committed || there > committed + 1)
            fail_msg("cut %d: %lld committed, %lld there", i, (long long)committed,
                     (long long)there);
        committed = start_over_after(db, 80, there);
        if (i % 2 == 0)
            close_keeping_log(db);
        else
            vault_close(db);
    }
    print_message("%d power cuts, %lld transactions\n", POWER_CUTS, (long long)all);
    disk_clear(&disk);
}

static bool opens(const struct scene *s, const struct vault_key *k)
{
    sqlite3 *db = NULL;
    int r = vault_open(s->path, KIND, k, &db, NULL);
    assert_true(r == 0 || r == ERR_KEY);
    vault_close(db);
    return r == 0;
}

static void vault_crash__change_key__leaves_one_key_that_opens(void **state)
{
    struct scene *s = *state;
    struct disk disk;
    const struct vault_key *now = &key, *next = &other_key;
    int changed = 0, seen[8] = {0};
    put_vault(s, &disk, 11);
    for (int i = 0; i < 400; i++) {
        sqlite3 *db = NULL;
        assert_int_equal(vault_open(s->path, KIND, now, &db, NULL), 0);
        disk_cut_after(&disk, i % 6);
        int r = vault_change_key(db, next, NULL);
        assert_true(r == 0 || (r == ERR_IO && disk.off));
        vault_close(db);
        disk_power_on(&disk);
        bool old_opens = opens(s, now), new_opens = opens(s, next);
        assert_true(old_opens != new_opens);
        assert_true(new_opens || r != 0);
        seen[i % 6] |= new_opens ? 2 : 1;
        if (new_opens) {
            const struct vault_key *was = now;
            now = next, next = was;
            changed++;
        }
    }
    /* While the new slot is being written or synced either may come of it. */
    assert_int_equal(seen[0], 3);
    assert_int_equal(seen[1], 3);
    assert_int_equal(seen[2], 2);
    assert_true(changed > 200);
    disk_clear(&disk);
}

/* A write that fails with the power on (a full disk) fails its transaction and no other. */
static void vault_crash__error__fails_one_transaction(void **state)
{
    struct scene *s = *state;
    struct disk disk;
    put_vault(s, &disk, 13);
    sqlite3 *db = reopen(s);
    set_small(db);
    int64_t n = 0, failed = 0;
    for (int i = 0; i < 400; i++) {
        disk_cut_after(&disk, disk_random(&disk, 8));
        while (n < 300 && work_transaction(db, n + 1) == SQLITE_OK)
            n++;
        failed += disk.off;
        disk.off = false;
        disk_cut_after(&disk, -1);
        assert_true(number(db, "SELECT n FROM total") == n);
        if (i % 20 == 0)
            assert_int_equal(work_check(db), n);
    }
    assert_true(failed > 100);
    vault_close(db);
    db = reopen(s);
    assert_int_equal(work_check(db), n);
    vault_close(db);
    disk_clear(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(vault_crash__kill__loses_nothing_committed),
        SCENE_TEST(vault_crash__power__loses_nothing_committed),
        SCENE_TEST(vault_crash__change_key__leaves_one_key_that_opens),
        SCENE_TEST(vault_crash__error__fails_one_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
