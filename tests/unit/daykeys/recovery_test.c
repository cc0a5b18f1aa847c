/* Any k shares give all keys, fewer nothing, and whatever was changed is refused. */
#include "daykeys/recovery.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/secret.h"
#include "daykeys/recovery_internal.h"
#include "wire/test.h"

#define DAYS 4
#define FIRST INT64_C(18785)
#define HOLDERS 5
#define NEEDED 3
#define DOMAIN "chat.example"

static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {1, 2, 3};

struct scene {
    char dir[40];
    int fd;
    struct daykeys *keys;
    uint8_t public[DAYS][HPKE_PUBLIC_BYTES];
    struct age_identity *identities; /* of the holders */
    struct recovery_holder holders[HOLDERS];
    struct recovery_plan plan;
    struct buf sealed, files[HOLDERS];
    char *texts[HOLDERS]; /* opened */
};

static void make_offer(struct scene *s)
{
    struct diag d = {""};
    s->sealed = (struct buf)BUF_INIT(RECOVERY_SEALED_MAX);
    for (size_t i = 0; i < HOLDERS; i++)
        s->files[i] = (struct buf)BUF_INIT(65536);
    if (recovery_make(&s->plan, s->keys, &s->sealed, s->files, &d) < 0)
        fail_msg("%s", d.text);
    for (size_t i = 0; i < HOLDERS; i++) {
        struct buf text = BUF_INIT(RECOVERY_SHARE_MAX);
        assert_int_equal(
            recovery_open_share(s->files[i].data, s->files[i].len, &s->identities[i], 1, &text, &d),
            0);
        s->texts[i] = buf_take_text(&text);
    }
}

static void drop_offer(struct scene *s)
{
    buf_clear(&s->sealed);
    for (size_t i = 0; i < HOLDERS; i++) {
        buf_clear(&s->files[i]);
        free(s->texts[i]);
    }
}

static int set_up(void **state)
{
    static const char *const names[] = {"one", "two", "three", "four", "five"};
    struct scene *s = mem_new(sizeof *s);
    strcpy(s->dir, "/tmp/recovery-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(s->dir) != NULL);
    CLEANUP_FREE char *path = file_join(s->dir, "daykeys");
    FIXTURE_MUST(daykeys_create(path, NULL) == 0);
    s->fd = open(path, O_RDWR | O_CLOEXEC);
    FIXTURE_MUST(daykeys_make(s->fd, credential, "W-1", FIRST, DAYS, s->public, NULL) == 0);
    FIXTURE_MUST(daykeys_open(s->fd, credential, &s->keys, NULL) == 0);
    s->identities = secret_new(HOLDERS * sizeof *s->identities);
    for (size_t i = 0; i < HOLDERS; i++) {
        age_identity_generate(&s->identities[i]);
        s->holders[i] = (struct recovery_holder){
            .name = names[i], .recipient = age_identity_recipient(&s->identities[i])};
    }
    s->plan = (struct recovery_plan){.domain = DOMAIN,
                                     .warrant = "W-1",
                                     .needed = NEEDED,
                                     .holders = s->holders,
                                     .count = HOLDERS};
    make_offer(s);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    drop_offer(s);
    daykeys_free(s->keys);
    secret_free(s->identities);
    close(s->fd);
    int r = file_remove_tree(s->dir, NULL);
    free(s);
    return r;
}

/* The shares whose bits are set. */
static int join(const struct scene *s, unsigned which, struct age_identity *ret, struct diag *d)
{
    const char *shares[HOLDERS];
    size_t count = 0;
    for (size_t i = 0; i < HOLDERS; i++)
        if ((which >> i & 1) != 0)
            shares[count++] = s->texts[i];
    return recovery_join(DOMAIN, "W-1", shares, count, ret, d);
}

static void assert_all_keys(const struct scene *s, const struct age_identity *id)
{
    CLEANUP_RECOVERY_KEYS struct recovery_keys k = {0};
    assert_int_equal(recovery_open(DOMAIN, "W-1", s->sealed.data, s->sealed.len, id, &k, NULL), 0);
    assert_int_equal(k.first_day, FIRST);
    assert_int_equal(k.count, DAYS);
    for (size_t i = 0; i < DAYS; i++)
        assert_memory_equal(k.pairs[i].public, s->public[i], HPKE_PUBLIC_BYTES);
}

static void recovery__join__any_that_are_enough(void **state)
{
    struct scene *s = *state;
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    unsigned opened = 0, refused = 0;
    for (unsigned which = 1; which < 1U << HOLDERS; which++) {
        struct diag d = {""};
        int r = join(s, which, id, &d);
        if (__builtin_popcount(which) >= NEEDED) {
            assert_int_equal(r, 0);
            assert_all_keys(s, id);
            opened++;
        } else {
            assert_int_equal(r, ERR_INVALID_STATE);
            assert_says(d.text, "3 are needed");
            refused++;
        }
    }
    assert_int_equal(opened, 10 + 5 + 1);
    assert_int_equal(refused, 5 + 10);
}

/* Who has one share too few and says that they are enough gets another secret. */
static void recovery__join__fewer_that_claim_to_be_enough(void **state)
{
    struct scene *s = *state;
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    char *forged[2];
    struct diag d;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_SECRET struct recovery_share *x = secret_new(sizeof *x);
        struct buf b = BUF_INIT(RECOVERY_SHARE_MAX);
        assert_int_equal(recovery_share_parse(s->texts[i], x, NULL), 0);
        x->needed = 2;
        recovery_share_put(&b, x);
        forged[i] = buf_take_text(&b);
    }
    assert_int_equal(recovery_join(DOMAIN, "W-1", (const char *const *)forged, 2, id, &d),
                     ERR_AUTH);
    assert_says(d.text, "do not fit together");
    free(forged[0]);
    free(forged[1]);
}

static void recovery__join__not_of_one_offer(void **state)
{
    struct scene *s = *state, other = **(struct scene **)state;
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    struct diag d;
    make_offer(&other);
    const char *mixed[] = {s->texts[0], s->texts[1], other.texts[2]};
    const char *twice[] = {s->texts[0], s->texts[1], s->texts[1]};
    assert_int_equal(recovery_join(DOMAIN, "W-1", mixed, 3, id, &d), ERR_AUTH);
    assert_says(d.text, "not of the same offer");
    assert_int_equal(recovery_join(DOMAIN, "W-1", twice, 3, id, &d), ERR_AUTH);
    assert_says(d.text, "share 2 is there twice");
    assert_int_equal(recovery_join(DOMAIN, "W-2", mixed, 3, id, &d), ERR_AUTH);
    assert_says(d.text, "is for warrant W-1");
    assert_int_equal(recovery_join("other.example", "W-1", mixed, 3, id, &d), ERR_AUTH);
    assert_int_equal(recovery_join(DOMAIN, "W-1", mixed, 0, id, &d), ERR_FORMAT);
    drop_offer(&other);
}

static void recovery__join__each_byte_of_a_share_changed(void **state)
{
    struct scene *s = *state;
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    for (size_t at = 0; s->texts[1][at] != '\0'; at++)
        for (int bit = 0; bit < 7; bit += 3) {
            s->texts[1][at] = (char)(s->texts[1][at] ^ (1 << bit));
            assert_true(join(s, 7, id, NULL) < 0);
            s->texts[1][at] = (char)(s->texts[1][at] ^ (1 << bit));
        }
    assert_int_equal(join(s, 7, id, NULL), 0);
}

static void recovery__open_share__changed_or_another_s(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf text = BUF_INIT(RECOVERY_SHARE_MAX);
    struct buf *file = &s->files[0];
    struct diag d;
    assert_int_equal(recovery_open_share(file->data, file->len, &s->identities[1], 1, &text, &d),
                     ERR_NOT_FOUND);
    assert_says(d.text, "another holder");
    for (size_t at = 0; at < file->len; at++) {
        file->data[at] ^= 1;
        assert_true(recovery_open_share(file->data, file->len, &s->identities[0], 1, &text, &d) <
                    0);
        file->data[at] ^= 1;
    }
    for (size_t len = 0; len < file->len; len++)
        assert_true(recovery_open_share(file->data, len, &s->identities[0], 1, &text, &d) < 0);
    assert_int_equal(text.len, 0);
    assert_int_equal(recovery_open_share(file->data, file->len, s->identities, HOLDERS, &text, &d),
                     0);
}

static void recovery__open__changed_or_another_s(void **state)
{
    struct scene *s = *state;
    CLEANUP_SECRET struct age_identity *id = secret_new(sizeof *id);
    CLEANUP_RECOVERY_KEYS struct recovery_keys k = {0};
    struct buf *b = &s->sealed;
    struct diag d;
    assert_int_equal(join(s, 7, id, NULL), 0);
    for (size_t at = 0; at < b->len; at++) {
        b->data[at] ^= 4;
        assert_int_equal(recovery_open(DOMAIN, "W-1", b->data, b->len, id, &k, &d), ERR_AUTH);
        b->data[at] ^= 4;
    }
    assert_int_equal(recovery_open(DOMAIN, "W-1", b->data, b->len, &s->identities[0], &k, &d),
                     ERR_AUTH);
    assert_int_equal(recovery_open(DOMAIN, "W-2", b->data, b->len, id, &k, &d), ERR_FORMAT);
    assert_says(d.text, "these are the day keys of warrant W-1");
    assert_null(k.pairs);
    assert_all_keys(s, id);
}

static void recovery__make__plans_that_cannot_be(void **state)
{
    struct scene *s = *state;
    struct recovery_holder same[] = {s->holders[0], s->holders[0]};
    struct recovery_holder slash[] = {s->holders[0], {.name = "../x"}};
    struct recovery_plan p = s->plan;
    struct diag d;
    p.needed = 1;
    assert_int_equal(recovery_check(&p, &d), ERR_FORMAT);
    p.needed = HOLDERS + 1;
    assert_int_equal(recovery_check(&p, &d), ERR_FORMAT);
    p.needed = p.count = 2;
    p.holders = same;
    assert_int_equal(recovery_check(&p, &d), ERR_FORMAT);
    assert_says(d.text, "the same holder");
    p.holders = slash;
    assert_int_equal(recovery_check(&p, &d), ERR_FORMAT);
    assert_says(d.text, "../x");
    p = s->plan;
    p.warrant = "W-2";
    struct buf sealed = BUF_INIT(65536), shares[HOLDERS] = {{0}};
    assert_int_equal(recovery_make(&p, s->keys, &sealed, shares, &d), ERR_NOT_FOUND);
    assert_says(d.text, "W-2");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(recovery__join__any_that_are_enough),
        T(recovery__join__fewer_that_claim_to_be_enough),
        T(recovery__join__not_of_one_offer),
        T(recovery__join__each_byte_of_a_share_changed),
        T(recovery__open_share__changed_or_another_s),
        T(recovery__open__changed_or_another_s),
        T(recovery__make__plans_that_cannot_be),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
