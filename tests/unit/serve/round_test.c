/* A round on its way: all of it arrives, and nothing that is none. */
#include "serve/round.h"

#include "../journal/support.h"

static void commit(struct scene *s, struct journal *j, const struct journal_file *f)
{
    struct work_round r;
    work_next(&s->work, &r);
    r.round.files = f;
    r.round.file_count = f == NULL ? 0 : 1;
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
}

/* Every round of one journal is committed to another, which is then the same. */
static void round__read__makes_the_same_journal_elsewhere(void **state)
{
    static const struct journal_file file = {.sha256 = {1}, .size = 100, .account = {7}};
    struct scene *s = *state;
    struct journal *j = open_writer(s), *other = NULL;
    CLEANUP_FREE char *path = mem_format("%s/other.db", s->folder);
    struct diag d = {""};
    for (int i = 0; i < 20; i++)
        commit(s, j, i == 3 ? &file : NULL);
    assert_int_equal(journal_create(path, journal_bot(j), journal_key(j), NULL), 0);
    assert_int_equal(journal_open(path, true, &other, NULL), 0);
    CLEANUP_BUF struct buf b = BUF_INIT(SERVE_ROUND_MAX);
    for (int64_t number = 1; number <= 20; number++)
        assert_int_equal(serve_round_read(j, number, &b, &d), 0);
    assert_int_equal(serve_round_read(j, 21, &b, &d), ERR_NOT_FOUND);
    struct cursor c = cursor_over(b.data, b.len);
    CLEANUP_ARENA struct arena a = ARENA_INIT(SERVE_ROUND_MAX);
    for (int64_t want = 1; want <= 20; want++) {
        struct journal_round r;
        int64_t number;
        assert_int_equal(serve_round_get(&c, &a, &number, &r), 0);
        assert_true(number == want);
        assert_int_equal(journal_commit(other, &r, NULL), 0);
    }
    assert_int_equal(cursor_end(&c), 0);
    uint8_t here[MERKLE_BYTES], there[MERKLE_BYTES];
    assert_true(journal_size(j) == journal_size(other));
    assert_int_equal(journal_root(j, journal_size(j), here), 0);
    assert_int_equal(journal_root(other, journal_size(j), there), 0);
    assert_memory_equal(here, there, MERKLE_BYTES);
    journal_close(j);
    journal_close(other);
}

static struct buf one_round(struct scene *s)
{
    static const struct journal_file file = {.sha256 = {1}, .size = 100};
    struct journal *j = open_writer(s);
    struct buf b = BUF_INIT(SERVE_ROUND_MAX);
    commit(s, j, &file);
    assert_int_equal(serve_round_read(j, 1, &b, NULL), 0);
    journal_close(j);
    return b;
}

static int get(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(SERVE_ROUND_MAX);
    struct cursor c = cursor_over(data, len);
    struct journal_round r;
    int64_t number;
    int code = serve_round_get(&c, &a, &number, &r);
    return code == 0 ? cursor_end(&c) : code;
}

static void round__get__refuses_what_is_cut_or_too_long(void **state)
{
    CLEANUP_BUF struct buf b = one_round(*state);
    assert_int_equal(get(b.data, b.len), 0);
    for (size_t len = 0; len < b.len; len++) {
        CLEANUP_FREE uint8_t *cut = mem_copy(b.data, len + 1); /* so that its end is seen */
        assert_int_equal(get(cut, len), ERR_FORMAT);
    }
    buf_put_u8(&b, 0);
    assert_int_equal(get(b.data, b.len), ERR_FORMAT);
}

static void round__get__refuses_counts_that_cannot_be(void **state)
{
    enum { NUMBER = 4, LINES = 4 + 8 + 8 + 4 + MERKLE_BYTES + SIGN_BYTES };
    CLEANUP_BUF struct buf b = one_round(*state);
    struct cursor c = cursor_over(b.data + LINES, 4);
    size_t batches = LINES + 4 + cursor_u32(&c) * (size_t)VERDICT_LINE_BYTES;
    size_t files = b.len - 4 - HASH_BYTES - 8;
    const size_t places[] = {LINES, batches, batches + 4, files};
    for (size_t i = 0; i < COUNT(places); i++) {
        CLEANUP_FREE uint8_t *copy = mem_copy(b.data, b.len);
        memset(copy + places[i], 0xff, 4);
        assert_int_equal(get(copy, b.len), ERR_FORMAT);
    }
    memset(b.data + NUMBER, 0, 8);
    assert_int_equal(get(b.data, b.len), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(round__read__makes_the_same_journal_elsewhere),
        SCENE_TEST(round__get__refuses_what_is_cut_or_too_long),
        SCENE_TEST(round__get__refuses_counts_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
