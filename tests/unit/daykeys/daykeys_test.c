#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "daykeys/daykeys.h"
#include "wire/test.h"

#define DAYS 4
#define HEADER 64
#define SLOT 192

struct folder {
    char dir[40];
    char *path;
    int fd;
};

static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {1, 2, 3};
static const uint8_t other_credential[DAYKEYS_CREDENTIAL_BYTES] = {1, 2, 4};

static int set_up(void **state)
{
    struct folder *f = mem_new(sizeof *f);
    strcpy(f->dir, "/tmp/daykeys-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(f->dir) != NULL);
    f->path = file_join(f->dir, "daykeys");
    FIXTURE_MUST(daykeys_create(f->path, NULL) == 0);
    f->fd = open(f->path, O_RDWR | O_CLOEXEC);
    *state = f;
    return f->fd < 0;
}

static int tear_down(void **state)
{
    struct folder *f = *state;
    close(f->fd);
    int r = file_remove_tree(f->dir, NULL);
    free(f->path);
    free(f);
    return r;
}

static void make(const struct folder *f, const char *warrant, int64_t day,
                 uint8_t public[DAYS][HPKE_PUBLIC_BYTES])
{
    assert_int_equal(daykeys_make(f->fd, credential, warrant, day, DAYS, public, NULL), 0);
}

static int open_keys(const struct folder *f, struct daykeys **ret, struct diag *d)
{
    *ret = NULL;
    return daykeys_open(f->fd, credential, ret, d);
}

/* Does the recipient hold the secret half of this public key? */
static void assert_opens(struct hpke_recipient *r, const uint8_t public[static HPKE_PUBLIC_BYTES])
{
    struct hpke_keypair ephemeral;
    uint8_t sealed[5 + HPKE_TAG_BYTES], opened[5];
    assert_non_null(r);
    hpke_generate_keypair(&ephemeral);
    assert_int_equal(hpke_seal(&ephemeral, public, "i", 1, "a", 1, "hello", 5, sealed), 0);
    assert_int_equal(
        hpke_recipient_open(r, ephemeral.public, "i", 1, "a", 1, sealed, sizeof sealed, opened), 0);
    assert_memory_equal(opened, "hello", 5);
}

static void daykeys__make__found_by_warrant_and_day(void **state)
{
    const struct folder *f = *state;
    uint8_t a[DAYS][HPKE_PUBLIC_BYTES], b[DAYS][HPKE_PUBLIC_BYTES];
    make(f, "W-1", 100, a);
    make(f, "W-2", 104, b); /* the days go on where the other's end */
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
    assert_int_equal(open_keys(f, &k, NULL), 0);
    for (int64_t i = 0; i < DAYS; i++) {
        assert_opens(daykeys_find(k, "W-1", 100 + i), a[i]);
        assert_opens(daykeys_find(k, "W-2", 104 + i), b[i]);
        assert_null(daykeys_find(k, "W-1", 104 + i));
        assert_null(daykeys_find(k, "W-2", 100 + i));
        assert_ptr_equal(daykeys_find(k, "W-1", 100 + i), daykeys_find(k, "W-1", 100 + i));
    }
    assert_null(daykeys_find(k, "W-1", 99));
    assert_null(daykeys_find(k, "W-3", 100));
    assert_null(daykeys_find(k, "W-1", INT64_MIN));
    assert_null(daykeys_find(k, "W-1", INT64_MAX));
    assert_memory_not_equal(a[0], a[1], HPKE_PUBLIC_BYTES);
}

static void daykeys__make__once_a_warrant(void **state)
{
    const struct folder *f = *state;
    uint8_t a[DAYS][HPKE_PUBLIC_BYTES];
    struct diag d;
    make(f, "W-1", 100, a);
    assert_int_equal(daykeys_make(f->fd, credential, "W-1", 200, DAYS, a, &d), ERR_EXISTS);
    assert_says(d.text, "W-1");
    assert_int_equal(daykeys_make(f->fd, other_credential, "W-2", 200, DAYS, a, &d), ERR_AUTH);
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
    assert_int_equal(open_keys(f, &k, NULL), 0);
    assert_null(daykeys_find(k, "W-1", 200));
    assert_null(daykeys_find(k, "W-2", 200));
}

static void daykeys__create__private_and_once(void **state)
{
    const struct folder *f = *state;
    struct stat st;
    assert_int_equal(fstat(f->fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, HEADER);
    assert_int_equal(daykeys_create(f->path, NULL), ERR_EXISTS);
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
    assert_int_equal(open_keys(f, &k, NULL), 0);
    assert_null(daykeys_find(k, "W-1", 1));
}

static void daykeys__open__another_credential(void **state)
{
    const struct folder *f = *state;
    uint8_t a[DAYS][HPKE_PUBLIC_BYTES];
    struct daykeys *k = NULL;
    struct diag d;
    make(f, "W-1", 100, a);
    assert_int_equal(daykeys_open(f->fd, other_credential, &k, &d), ERR_AUTH);
    assert_null(k);
    assert_says(d.text, "day key 0");
}

/* A bit of each byte of header and slot: it is refused, but for what the header counts, and
 * whatever it is, no other key comes of it. */
static void daykeys__open__each_byte_changed(void **state)
{
    const struct folder *f = *state;
    uint8_t a[DAYS][HPKE_PUBLIC_BYTES];
    make(f, "W-1", 100, a);
    for (off_t at = 0; at < HEADER + SLOT; at++) {
        uint8_t byte, changed;
        struct daykeys *k = NULL;
        assert_int_equal(pread(f->fd, &byte, 1, at), 1);
        changed = byte ^ 0x40;
        assert_int_equal(pwrite(f->fd, &changed, 1, at), 1);
        int r = open_keys(f, &k, NULL);
        if (at >= 24 && at < 56)
            assert_true(r == 0 || r == ERR_FORMAT);
        else
            assert_true(r == ERR_AUTH || r == ERR_FORMAT);
        if (r == 0)
            assert_opens(daykeys_find(k, "W-1", 100), a[0]);
        daykeys_free(k);
        assert_int_equal(pwrite(f->fd, &byte, 1, at), 1);
    }
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
    assert_int_equal(open_keys(f, &k, NULL), 0);
}

/* Destroyed as the header says: its state, and the secret overwritten. */
static void daykeys__open__destroyed_in_place(void **state)
{
    const struct folder *f = *state;
    uint8_t a[DAYS][HPKE_PUBLIC_BYTES], noise[SLOT - 120] = {0};
    static const uint8_t destroyed = 3;
    make(f, "W-1", 100, a);
    assert_int_equal(pwrite(f->fd, &destroyed, 1, HEADER + SLOT), 1);
    assert_true(pwrite(f->fd, noise, sizeof noise, HEADER + SLOT + 120) == sizeof noise);
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
    assert_int_equal(open_keys(f, &k, NULL), 0);
    assert_opens(daykeys_find(k, "W-1", 100), a[0]);
    assert_null(daykeys_find(k, "W-1", 101));
    assert_opens(daykeys_find(k, "W-1", 102), a[2]);
}

/* Cut while it was being appended: what is whole opens, and the next keys go in its place. */
static void daykeys__open__cut_at_the_end(void **state)
{
    const struct folder *f = *state;
    uint8_t a[DAYS][HPKE_PUBLIC_BYTES], b[DAYS][HPKE_PUBLIC_BYTES];
    make(f, "W-1", 100, a);
    for (off_t cut = 1; cut < SLOT; cut += 38) {
        assert_int_equal(ftruncate(f->fd, HEADER + DAYS * SLOT + cut), 0);
        CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
        assert_int_equal(open_keys(f, &k, NULL), 0);
        assert_opens(daykeys_find(k, "W-1", 103), a[3]);
    }
    make(f, "W-2", 100, b);
    CLEANUP(daykeys_free_cleanup) struct daykeys *k = NULL;
    assert_int_equal(open_keys(f, &k, NULL), 0);
    assert_opens(daykeys_find(k, "W-2", 100), b[0]);
}

static void daykeys__open__not_a_file_of_keys(void **state)
{
    const struct folder *f = *state;
    static const char *const heads[] = {"", "ironside day keys 1", "{}"};
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct daykeys *k = NULL;
        struct diag d;
        assert_int_equal(ftruncate(f->fd, 0), 0);
        assert_true(pwrite(f->fd, heads[i], strlen(heads[i]), 0) == (ssize_t)strlen(heads[i]));
        assert_int_equal(ftruncate(f->fd, i == 0 ? 0 : HEADER), 0);
        assert_int_equal(open_keys(f, &k, &d), ERR_FORMAT);
        assert_says(d.text, "not one of this version");
    }
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(daykeys__make__found_by_warrant_and_day), T(daykeys__make__once_a_warrant),
        T(daykeys__create__private_and_once),       T(daykeys__open__another_credential),
        T(daykeys__open__each_byte_changed),        T(daykeys__open__destroyed_in_place),
        T(daykeys__open__cut_at_the_end),           T(daykeys__open__not_a_file_of_keys),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
