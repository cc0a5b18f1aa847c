/* Jobs and what was made, as frames: what a worker says is foreign. */
#include "worker/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "worker/dhash.h"

#define ROOM (1U << 20)

static const uint8_t jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, 0xd9};
static const uint8_t wave[] = {0, 200, 255};

static struct worker_made photo(void)
{
    return (struct worker_made){.width = 640,
                                .height = 400,
                                .thumbnail = jpeg,
                                .thumbnail_len = sizeof jpeg,
                                .likeness = 7,
                                .words = "am Kai\num 4 Uhr früh"};
}

static struct worker_made sound(void)
{
    return (struct worker_made){
        .words = "", .milliseconds = 1200, .wave = wave, .wave_len = sizeof wave};
}

static int read_made(const struct worker_made *m, enum worker_kind kind, struct worker_made *ret)
{
    static struct arena a = ARENA_INIT(ROOM);
    static struct buf b = BUF_INIT(ROOM);
    arena_reset(&a);
    buf_reset(&b);
    worker_made_put(&b, m);
    struct cursor c = cursor_over(b.data, b.len);
    return worker_made_get(&c, &a, kind, ret);
}

static void made__get__is_what_was_put(void **state)
{
    (void)state;
    struct worker_made m = photo(), again;
    assert_int_equal(read_made(&m, WORKER_PHOTO, &again), 0);
    assert_true(again.width == 640 && again.height == 400 && again.likeness == 7);
    assert_string_equal(again.words, m.words);
    assert_memory_equal(again.thumbnail, jpeg, sizeof jpeg);
    m = sound();
    assert_int_equal(read_made(&m, WORKER_SOUND, &again), 0);
    assert_true(again.milliseconds == 1200 && again.wave_len == 3 && again.wave[2] == 255);
}

static void made__get__refuses_what_is_none(void **state)
{
    (void)state;
    static const uint8_t html[] = "<html>\xff\xd9";
    struct worker_made m, again;
    struct worker_made wrong[12];
    for (size_t i = 0; i < 12; i++)
        wrong[i] = photo();
    wrong[0].width = 0;
    wrong[1].height = WORKER_SIDE_MAX + 1;
    wrong[2].thumbnail = html;
    wrong[2].thumbnail_len = sizeof html - 1;
    wrong[3].thumbnail_len = sizeof jpeg - 1;
    wrong[4].thumbnail_len = 0;
    wrong[5].words = "\x1b[2J";
    wrong[6].words = "\xff";
    wrong[7].wave = wave;
    wrong[7].wave_len = 3;
    wrong[8].milliseconds = 1;
    wrong[9] = sound(); /* of a photo */
    wrong[10].words = "\x01 from:anna \x01";
    wrong[11].thumbnail_len = 4;
    for (size_t i = 0; i < 12; i++)
        if (read_made(&wrong[i], WORKER_PHOTO, &again) != ERR_FORMAT)
            fail_msg("case %zu is taken", i);
    m = photo();
    assert_int_equal(read_made(&m, WORKER_SOUND, &again), ERR_FORMAT);
    m = sound();
    m.wave_len = 0;
    assert_int_equal(read_made(&m, WORKER_SOUND, &again), ERR_FORMAT);
    m = sound();
    m.words = "x";
    assert_int_equal(read_made(&m, WORKER_SOUND, &again), ERR_FORMAT);
}

static void made__get__is_bounded(void **state)
{
    (void)state;
    static uint8_t large[WORKER_THUMBNAIL_MAX + 1] = {0xff, 0xd8};
    static char words[WORKER_WORDS_MAX + 2];
    struct worker_made m = photo(), again;
    large[WORKER_THUMBNAIL_MAX - 1] = 0xff;
    large[WORKER_THUMBNAIL_MAX] = 0xd9;
    m.thumbnail = large;
    m.thumbnail_len = sizeof large;
    assert_int_equal(read_made(&m, WORKER_PHOTO, &again), ERR_FORMAT);
    m = photo();
    memset(words, 'w', WORKER_WORDS_MAX + 1);
    m.words = words;
    assert_int_equal(read_made(&m, WORKER_PHOTO, &again), ERR_FORMAT);
    words[WORKER_WORDS_MAX] = '\0';
    assert_int_equal(read_made(&m, WORKER_PHOTO, &again), 0);
}

static int read_job(const struct worker_job *j)
{
    struct buf b = BUF_INIT(ROOM);
    struct worker_job again;
    worker_job_put(&b, j);
    struct cursor c = cursor_over(b.data, b.len);
    int r = worker_job_get(&c, &again);
    assert_true(r < 0 ||
                (again.number == j->number && again.kind == j->kind && again.size == j->size));
    buf_clear(&b);
    return r;
}

static void job__get__is_bounded(void **state)
{
    (void)state;
    assert_int_equal(read_job(&(struct worker_job){5, WORKER_SOUND, WORKER_FILE_MAX}), 0);
    assert_int_equal(read_job(&(struct worker_job){5, WORKER_SOUND, WORKER_FILE_MAX + 1}),
                     ERR_FORMAT);
    assert_int_equal(read_job(&(struct worker_job){5, WORKER_SOUND, 0}), ERR_FORMAT);
    assert_int_equal(read_job(&(struct worker_job){5, WORKER_KINDS, 1}), ERR_FORMAT);
}

static int read_result(const struct worker_result *r)
{
    struct buf b = BUF_INIT(ROOM);
    struct worker_result again;
    worker_result_put(&b, r);
    struct cursor c = cursor_over(b.data, b.len);
    int e = worker_result_get(&c, &again);
    buf_clear(&b);
    return e;
}

static void result__get__has_something_only_when_it_is_done(void **state)
{
    (void)state;
    assert_int_equal(read_result(&(struct worker_result){1, WORKER_DONE, jpeg, 3}), 0);
    assert_int_equal(read_result(&(struct worker_result){1, WORKER_SLOW, jpeg, 0}), 0);
    assert_int_equal(read_result(&(struct worker_result){1, WORKER_SLOW, jpeg, 3}), ERR_FORMAT);
    assert_int_equal(read_result(&(struct worker_result){1, WORKER_OUTCOMES, jpeg, 0}), ERR_FORMAT);
}

/* A slope from light to dark has every bit, its mirror none, and one pixel is enough of a photo. */
static void dhash__of__says_where_it_gets_darker(void **state)
{
    (void)state;
    uint8_t grey[90 * 80];
    for (size_t i = 0; i < sizeof grey; i++)
        grey[i] = (uint8_t)(250 - 2 * (i % 90));
    assert_true(dhash_of(grey, 90, 80) == UINT64_MAX);
    for (size_t i = 0; i < sizeof grey; i++)
        grey[i] = (uint8_t)(2 * (i % 90));
    assert_true(dhash_of(grey, 90, 80) == 0);
    assert_true(dhash_of(grey, 1, 1) == 0);
    assert_int_equal(dhash_distance(0, UINT64_MAX), DHASH_BITS);
    assert_int_equal(dhash_distance(5, 6), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made__get__is_what_was_put),
        cmocka_unit_test(made__get__refuses_what_is_none),
        cmocka_unit_test(made__get__is_bounded),
        cmocka_unit_test(job__get__is_bounded),
        cmocka_unit_test(result__get__has_something_only_when_it_is_done),
        cmocka_unit_test(dhash__of__says_where_it_gets_darker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
