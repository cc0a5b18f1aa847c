#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/secret.h"

static void secret__init__forbids_core_dumps_and_debuggers(void **state)
{
    (void)state;
    struct rlimit limit = {1, 1};
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
    secret_init(); /* a second time does no harm */
}

static void secret__new__is_zeroed_and_writable(void **state)
{
    (void)state;
    for (size_t len = 0; len < 200; len += 7) {
        CLEANUP_SECRET uint8_t *p = secret_new(len);
        for (size_t i = 0; i < len; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, len);
    }
}

static void secret__free__null_is_harmless(void **state)
{
    (void)state;
    secret_free(NULL);
    CLEANUP_SECRET uint8_t *p = NULL;
    (void)p;
}

/* The signal that ends a child which touches `p`, or 0. */
static int touch(volatile uint8_t *p)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(STDERR_FILENO);
        signal(SIGSEGV, SIG_DFL);
        *p = 1;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void secret__new__ends_at_a_guard_page(void **state)
{
    (void)state;
    CLEANUP_SECRET uint8_t *p = secret_new(32);
    assert_int_equal(touch(p), 0);
    assert_int_equal(touch(p + 31), 0);
    assert_int_equal(touch(p + 32), SIGSEGV);
}

static void secret__free__takes_the_memory_away(void **state)
{
    (void)state;
    uint8_t *p = secret_new(32);
    volatile uint8_t *after = p;
    secret_free(p);
    assert_int_equal(touch(after), SIGSEGV);
}

/* The kernel's own word on the pages that hold `p`: "dd" is "do not dump". */
static bool left_out_of_dumps(const void *p)
{
    CLEANUP_FCLOSE FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    char line[1024];
    bool here = false;
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = (uintptr_t)p >= from && (uintptr_t)p < to;
        else if (here && strncmp(line, "VmFlags:", 8) == 0)
            return strstr(line, " dd") != NULL;
    }
    return false;
}

static void secret__new__is_left_out_of_core_dumps(void **state)
{
    (void)state;
    CLEANUP_SECRET uint8_t *p = secret_new(32);
    static uint8_t no_secret;
    assert_true(left_out_of_dumps(p));
    assert_false(left_out_of_dumps(&no_secret));
}

static void secret__wipe__leaves_zeros(void **state)
{
    (void)state;
    uint8_t bytes[] = {1, 2, 3, 4, 5};
    secret_wipe(bytes + 1, 3);
    assert_memory_equal(bytes, "\1\0\0\0\5", 5);
    secret_wipe(bytes, 0);
    assert_int_equal(bytes[0], 1);
}

static void secret__equal__sees_every_difference(void **state)
{
    (void)state;
    uint8_t a[64], b[64];
    secret_random(a, sizeof a);
    memcpy(b, a, sizeof b);
    assert_true(secret_equal(a, b, sizeof a));
    assert_true(secret_equal(a, b, 0));
    for (size_t bit = 0; bit < sizeof a * 8; bit++) {
        b[bit / 8] = (uint8_t)(a[bit / 8] ^ 1U << bit % 8);
        assert_false(secret_equal(a, b, sizeof a));
        assert_true(secret_equal(a, b, bit / 8));
        b[bit / 8] = a[bit / 8];
    }
}

static void secret__random__differs_each_time(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0}, zero[32] = {0};
    secret_random(a, sizeof a);
    secret_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, zero, sizeof a);
    uint8_t edge[3] = {7, 7, 7};
    secret_random(edge + 1, 0);
    assert_memory_equal(edge, "\7\7\7", 3);
}

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret__init__forbids_core_dumps_and_debuggers),
        cmocka_unit_test(secret__new__is_zeroed_and_writable),
        cmocka_unit_test(secret__free__null_is_harmless),
        cmocka_unit_test(secret__new__ends_at_a_guard_page),
        cmocka_unit_test(secret__free__takes_the_memory_away),
        cmocka_unit_test(secret__new__is_left_out_of_core_dumps),
        cmocka_unit_test(secret__wipe__leaves_zeros),
        cmocka_unit_test(secret__equal__sees_every_difference),
        cmocka_unit_test(secret__random__differs_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
