/* What is made of photos and sounds, and of what only looks like one. */
#include "worker/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "drawn.h"
#include "worker/dhash.h"

#define ROOM (32U << 20)

struct made {
    struct buf file, bytes;
    struct arena arena;
    struct worker_made made;
};
static struct ocr *ocr; /* loaded once */

static int set_up_all(void **state)
{
    (void)state;
    return ocr_new(&ocr, NULL);
}

static int tear_down_all(void **state)
{
    (void)state;
    ocr_free(ocr);
    return 0;
}

static struct made *begin(struct made *m)
{
    *m = (struct made){.file = BUF_INIT(ROOM), .bytes = BUF_INIT(ROOM), .arena = ARENA_INIT(ROOM)};
    return m;
}

static void clear(struct made *m)
{
    buf_clear(&m->file);
    buf_clear(&m->bytes);
    arena_clear(&m->arena);
}

/* Of the bytes in m->file. */
static enum worker_outcome make(struct made *m, enum worker_kind kind, struct ocr *reads)
{
    const struct worker_job j = {.number = 1, .kind = kind, .size = (uint32_t)m->file.len};
    buf_reset(&m->bytes);
    enum worker_outcome o = worker_make(&j, m->file.data, reads, &m->bytes);
    struct cursor c = cursor_over(m->bytes.data, m->bytes.len);
    if (o == WORKER_DONE)
        assert_int_equal(worker_made_get(&c, &m->arena, kind, &m->made), 0);
    return o;
}

static void worker__photo__has_thumbnail_words_and_likeness(void **state)
{
    (void)state;
    struct made m;
    drawn_file(drawn_text("meet at the pier"), DRAWN_PNG, &begin(&m)->file);
    assert_int_equal(make(&m, WORKER_PHOTO, ocr), WORKER_DONE);
    assert_int_equal(m.made.width, 1520);
    assert_int_equal(m.made.height, 240);
    if (strstr(m.made.words, "pier") == NULL)
        fail_msg("it reads: %s", m.made.words);
    assert_true(m.made.thumbnail_len > 100);
    clear(&m);
}

static void worker__photo__of_each_format_is_read(void **state)
{
    (void)state;
    for (int format = DRAWN_PNG; format <= DRAWN_WEBP; format++) {
        struct made m;
        drawn_file(drawn_scene(640, 400, 1), (enum drawn_format)format, &begin(&m)->file);
        assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_DONE);
        assert_true(m.made.width == 640 && m.made.height == 400);
        assert_string_equal(m.made.words, "");
        clear(&m);
    }
}

/* The same photo, made smaller and stored anew; and others. */
static void worker__likeness__is_near_for_the_same_photo(void **state)
{
    (void)state;
    struct made a, b, c;
    drawn_file(drawn_scene(1200, 800, 1), DRAWN_PNG, &begin(&a)->file);
    drawn_file(drawn_scene(300, 200, 1), DRAWN_JPEG, &begin(&b)->file);
    drawn_file(drawn_scene(1200, 800, 2), DRAWN_PNG, &begin(&c)->file);
    assert_int_equal(make(&a, WORKER_PHOTO, NULL), WORKER_DONE);
    assert_int_equal(make(&b, WORKER_PHOTO, NULL), WORKER_DONE);
    assert_int_equal(make(&c, WORKER_PHOTO, NULL), WORKER_DONE);
    assert_true(dhash_distance(a.made.likeness, b.made.likeness) <= 6);
    assert_true(dhash_distance(a.made.likeness, c.made.likeness) >= 16);
    clear(&a);
    clear(&b);
    clear(&c);
}

/* Nothing that a photo says besides its picture is in what is made of it. */
static void worker__thumbnail__has_no_metadata(void **state)
{
    (void)state;
    static const char comment[] = "\xff\xfe\0\x17taken at the pier, 4am";
    struct made m;
    struct buf plain = BUF_INIT(ROOM);
    drawn_file(drawn_scene(640, 400, 1), DRAWN_JPEG, &plain);
    begin(&m);
    buf_put(&m.file, plain.data, 2);
    buf_put(&m.file, comment, 2 + 0x17);
    buf_put(&m.file, plain.data + 2, plain.len - 2);
    assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_DONE);
    assert_non_null(memmem(m.file.data, m.file.len, "the pier", 8));
    assert_null(memmem(m.bytes.data, m.bytes.len, "the pier", 8));
    buf_clear(&plain);
    clear(&m);
}

static void worker__photo__a_bomb_is_too_large(void **state)
{
    (void)state;
    static const uint32_t sides[][2] = {{30000, 30000}, {65535, 65535}, {100000, 1}, {8000, 8000}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        struct made m;
        drawn_bomb(sides[i][0], sides[i][1], &begin(&m)->file);
        assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_LARGE);
        clear(&m);
    }
}

static void worker__photo__that_is_damaged_is_said_to_be(void **state)
{
    (void)state;
    struct made m;
    drawn_file(drawn_scene(640, 400, 1), DRAWN_PNG, &begin(&m)->file);
    m.file.len /= 2;
    assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_UNREADABLE);
    clear(&m);
    drawn_bomb(1, 1, &begin(&m)->file);
    m.file.len -= 20;
    assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_UNREADABLE);
    clear(&m);
}

/* As far as it goes: half a photo is evidence, too. */
static void worker__photo__a_jpeg_that_breaks_off_is_shown(void **state)
{
    (void)state;
    struct made m;
    drawn_file(drawn_scene(640, 400, 1), DRAWN_JPEG, &begin(&m)->file);
    m.file.len /= 2;
    assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_DONE);
    m.file.len = 100;
    assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_UNREADABLE);
    clear(&m);
}

static void worker__nonsense__has_no_preview(void **state)
{
    (void)state;
    static const char *const files[] = {"x", "PK\x03\x04 a picture inside, they say",
                                        "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                        "%PDF-1.7 with something else behind it"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct made m;
        buf_put_text(&begin(&m)->file, files[i]);
        assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_UNKNOWN);
        assert_int_equal(make(&m, WORKER_SOUND, NULL), WORKER_UNKNOWN);
        clear(&m);
    }
}

static void worker__sound__has_a_wave(void **state)
{
    (void)state;
    struct made m;
    drawn_sound(1000, &begin(&m)->file);
    assert_int_equal(make(&m, WORKER_SOUND, NULL), WORKER_DONE);
    assert_int_equal(m.made.milliseconds, 2000);
    assert_int_equal(m.made.wave_len, WORKER_WAVE_MAX);
    assert_int_equal(m.made.wave[10], 0);
    assert_in_range(m.made.wave[WORKER_WAVE_MAX - 10], 140, 170);
    assert_int_equal(make(&m, WORKER_PHOTO, NULL), WORKER_UNKNOWN);
    clear(&m);
}

int main(int argc, char **argv)
{
    (void)argc;
    drawn_one_thread(argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worker__photo__has_thumbnail_words_and_likeness),
        cmocka_unit_test(worker__photo__of_each_format_is_read),
        cmocka_unit_test(worker__likeness__is_near_for_the_same_photo),
        cmocka_unit_test(worker__thumbnail__has_no_metadata),
        cmocka_unit_test(worker__photo__a_bomb_is_too_large),
        cmocka_unit_test(worker__photo__that_is_damaged_is_said_to_be),
        cmocka_unit_test(worker__photo__a_jpeg_that_breaks_off_is_shown),
        cmocka_unit_test(worker__nonsense__has_no_preview),
        cmocka_unit_test(worker__sound__has_a_wave),
    };
    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
