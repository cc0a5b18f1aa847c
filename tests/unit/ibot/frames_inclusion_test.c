/* The answer about a bot's tree, from keeper to link: read back, and refused with anything else. */
#include "wire/test.h"

#include "ibot/frames_inclusion.h"

#define A_MAX (1U << 20)

static struct inclusion answer_of(size_t path, size_t consistency)
{
    struct inclusion i = {
        .index = 3, .path_count = path, .consistency_count = consistency, .checkpoint = "a note\n"};
    memset(i.path, 5, path * sizeof i.path[0]);
    memset(i.consistency, 6, consistency * sizeof i.consistency[0]);
    return i;
}

static void assert_same(const struct inclusion *a, const struct inclusion *b)
{
    assert_true(a->index == b->index);
    assert_int_equal(a->path_count, b->path_count);
    assert_memory_equal(a->path, b->path, a->path_count * MERKLE_BYTES);
    assert_int_equal(a->consistency_count, b->consistency_count);
    assert_memory_equal(a->consistency, b->consistency, a->consistency_count * MERKLE_BYTES);
    assert_string_equal(a->checkpoint, b->checkpoint);
}

static void frames_inclusion__get_included__each_byte(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    for (size_t k = 0; k < 3; k++) {
        CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
        struct inclusion i = k == 1 ? answer_of(4, 3) : answer_of(MERKLE_PATH_MAX, 1), got;
        uint64_t tag = 0;
        bool found = k == 0;
        frames_put_included(&b, 7, k == 0 ? NULL : &i);
        assert_int_equal(frames_get_included(b.data, b.len, &a, &tag, &found, &got), 0);
        assert_int_equal(tag, 7);
        assert_int_equal(found, k != 0);
        if (found)
            assert_same(&got, &i);
        for (size_t len = 0; len <= b.len + 1; len++) {
            CLEANUP_FREE uint8_t *copy = mem_new(len + 1);
            memcpy(copy, b.data, len < b.len ? len : b.len);
            assert_int_equal(frames_get_included(copy, len, &a, &tag, &found, &got),
                             len == b.len ? 0 : ERR_FORMAT);
        }
    }
}

static void frames_inclusion__get_included__refused(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    struct inclusion answer = answer_of(4, 3);
    frames_put_included(&b, 7, &answer);
    static const struct {
        size_t at;
        const char *bytes;
        size_t len;
    } changes[] = {
        {8, "\x00", 1},  {8, "\x02", 1},  {8, "\xff", 1},  {9, "\x80", 1},
        {17, "\x41", 1}, {17, "\xff", 1}, {17, "\x00", 1},
    };
    uint64_t tag;
    bool found;
    struct inclusion got;
    for (size_t i = 0; i < COUNT(changes); i++) {
        CLEANUP_FREE uint8_t *copy = mem_copy(b.data, b.len);
        memcpy(copy + changes[i].at, changes[i].bytes, changes[i].len);
        assert_int_equal(frames_get_included(copy, b.len, &a, &tag, &found, &got), ERR_FORMAT);
    }
    b.data[b.len - 2] = '\0'; /* within the note */
    assert_int_equal(frames_get_included(b.data, b.len, &a, &tag, &found, &got), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_inclusion__get_included__each_byte),
        cmocka_unit_test(frames_inclusion__get_included__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
