/* Of a redacted message no form shows a word that stood in what is taken out, wherever it stood. */
#include "support.h"
#include "unpack.h"

static void assert_clean(const struct member *m, const char *data, size_t len)
{
    static const char *const numbers[] = {"51966",      "4711",     "12.3456789",
                                          "98.7654321", "cafecafe", "request"};
    for (size_t i = 0; i < SCENE_WORDS; i++)
        if (memmem(data, len, scene_words[i], strlen(scene_words[i])) != NULL)
            fail_msg("%s says %s", m->path, scene_words[i]);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (memmem(data, len, numbers[i], strlen(numbers[i])) != NULL)
            fail_msg("%s says %s", m->path, numbers[i]);
}

/* As it lies there, and with all that is packed in it taken out. */
static void assert_clean_inside(const struct member *m)
{
    CLEANUP_BUF struct buf inside = BUF_INIT(64U << 20);
    assert_clean(m, (const char *)m->data, m->len);
    if (strstr(m->path, ".rsmf") != NULL) {
        unpack_rsmf_all((const char *)m->data, &inside);
        assert_says(buf_text(&inside), "[redacted: privileged]");
    }
    if (strstr(m->path, ".pdf") != NULL)
        assert_true(unpack_pdf(m->data, m->len, &inside) > 1);
    assert_clean(m, buf_text(&inside), inside.len);
}

static void forms__redacted_messages__say_none_of_their_words(void **state)
{
    struct scene *s = *state;
    scene_planted(s);
    assert_int_equal(forms_load(&s->part, &s->sink, &s->d), 0);
    assert_int_equal(forms_threads(&s->part, &s->sink, &s->d), 0);
    assert_int_equal(forms_page(&s->part, &s->sink, &s->d), 0);
    assert_int_equal(forms_report(&s->part, &s->sink, &s->d), 0);
    assert_int_equal(forms_case(&s->part, &s->sink, &s->d), 0);
    for (size_t i = 0; i < s->member_count; i++)
        assert_clean_inside(&s->members[i]);
    assert_says(scene_member(s, "load/north-0003.dat"), "privileged");
    assert_says(scene_member(s, "index.html"), "redacted: privileged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms__redacted_messages__say_none_of_their_words,
                                        scene_set_up, scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
