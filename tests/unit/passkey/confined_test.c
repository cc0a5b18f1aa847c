/* What the desk's index does of passkeys while it is confined; of libfido2 and OpenSSL it has used
 * nothing before but hashes. Sanitized builds are not confined, so tests/run runs this in the plain
 * build, too. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "authenticator.h"
#include "base/confine.h"
#include "crypto/hash.h"

#define PARTS 5

static const struct passkey_site site = {"localhost", "http://localhost:8443"};
static const uint8_t challenge[PASSKEY_CHALLENGE_BYTES] = {1, 2, 3};

struct bytes {
    size_t len;
    uint8_t data[1024];
};

static void hand_over(int fd, const struct buf *b)
{
    struct bytes x = {.len = b->len};
    if (b->len > sizeof x.data)
        _exit(1);
    memcpy(x.data, b->data, b->len);
    if (write(fd, &x, sizeof x) != (ssize_t)sizeof x)
        _exit(1);
}

/* In a process of its own, which uses what the tested one is to use for the first time. */
static void make_and_use(int fd, int algorithm)
{
    struct authenticator v = authenticator_new(algorithm, &site, challenge);
    authenticator_make(&v);
    hand_over(fd, &v.client_data);
    hand_over(fd, &v.attestation);
    authenticator_turn_to_use(&v);
    v.count = 2;
    authenticator_use(&v);
    hand_over(fd, &v.client_data);
    hand_over(fd, &v.data);
    hand_over(fd, &v.signature);
    _exit(0);
}

static void get(int algorithm, struct bytes ret[PARTS])
{
    int fds[2], status;
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        make_and_use(fds[1], algorithm);
    for (int i = 0; i < PARTS; i++)
        assert_int_equal(read(fds[0], &ret[i], sizeof ret[i]), sizeof ret[i]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(fds[0]);
    close(fds[1]);
}

static struct passkey_part part(const struct bytes *b)
{
    return (struct passkey_part){b->data, b->len};
}

static void assert_good(const struct bytes b[PARTS])
{
    struct passkey p;
    struct diag d = {""};
    uint32_t count = 0;
    const struct passkey_use use = {part(&b[2]), part(&b[3]), part(&b[4])};
    if (passkey_create(&site, challenge, part(&b[0]), part(&b[1]), &p, &d) != 0 ||
        passkey_check(&site, challenge, &p, &use, &count, &d) != 0)
        fail_msg("%s", d.text);
    assert_int_equal(count, 2);
}

static void confined__made_and_used(void **state)
{
    static struct bytes es256[PARTS], eddsa[PARTS];
    const struct confine nothing = {.connections = false};
    struct confine_report report;
    struct diag d = {""};
    uint8_t hash[HASH_BYTES];
    (void)state;
    hash_sha256("", 0, hash);
    json_object_seed(0); /* as desk_api_new does: jansson would open a file for it */
    get(AUTHENTICATOR_ES256, es256);
    get(AUTHENTICATOR_EDDSA, eddsa);
    if (confine_process(&nothing, &report, &d) != 0)
        fail_msg("%s", d.text);
    assert_good(es256);
    assert_good(eddsa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(confined__made_and_used)};
    return cmocka_run_group_tests_name("passkey/confined", tests, NULL, NULL);
}
