/* The report: pages, the same each time. What they show is asked of poppler (scenario 92). */
#include "support.h"
#include "unpack.h"

#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"

static const struct member *report_of(struct scene *s)
{
    scene_forget(s);
    if (forms_report(&s->part, &s->sink, &s->d) != 0)
        fail_msg("%s", s->d.text);
    assert_int_equal(s->member_count, 1);
    return &s->members[0];
}

static size_t pages_of(const struct member *report)
{
    CLEANUP_BUF struct buf b = BUF_INIT(256U << 20);
    buf_put(&b, report->data, report->len);
    unpack_pdf(report->data, report->len, &b);
    size_t pages = 0;
    const char *pos = (const char *)b.data, *end = pos + b.len, word[] = "/Type /Page %";
    while ((pos = memmem(pos, (size_t)(end - pos), word, strlen(word))) != NULL) {
        pages++;
        pos += strlen(word);
    }
    return pages;
}

static void forms_report__everything__is_a_file_of_pages(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    const struct member *report = report_of(s);
    assert_string_equal(report->path, "report.pdf");
    assert_memory_equal(report->data, "%PDF-1.", 7);
    assert_int_equal(pages_of(report), 3);
}

/* Neither the clock nor the machine's zone is in it: its time is that of the last message. */
static void forms_report__twice__is_the_same_bytes(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    const struct member *report = report_of(s);
    size_t len = report->len;
    CLEANUP_FREE uint8_t *first = mem_copy(report->data, len);
    setenv("TZ", "Pacific/Auckland", 1);
    tzset();
    report = report_of(s);
    unsetenv("TZ");
    assert_int_equal(report->len, len);
    assert_memory_equal(report->data, first, len);
    assert_non_null(memmem(report->data, len, "(20240503121401Z)", 17));
}

static void forms_report__64_kib_of_text__goes_on_over_pages(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *long_text = mem_new(65537);
    for (size_t i = 0; i < 65536; i += 8)
        memcpy(long_text + i, "wording ", 8);
    scene_say(s, ANNA, long_text);
    assert_in_range(pages_of(report_of(s)), 10, 40);
}

/* Nothing that can be in a text stops it. */
static void forms_report__hostile_text__is_drawn(void **state)
{
    struct scene *s = *state;
    static const char *const texts[] = {"",
                                        "\n\n\n",
                                        "\xff\xfe\x01\x1b",
                                        "\xef\xbb\xbf",
                                        "\xe2\x80\xae\xe2\x81\xa6 reversed",
                                        "<b>&amp;</span>",
                                        "a\xcc\x80\xcc\x80\xcc\x80\xcc\x80\xcc\x80\xcc\x80\xcc\x80",
                                        "\t\t\t",
                                        "\xf4\x8f\xbf\xbf \xee\x80\x80",
                                        "👨‍👩‍👧‍👦🇳🇱"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct forms_message *m = scene_say(s, texts[i], texts[i]);
        m->conversation = m->wrong = m->bot = m->warrant = m->country = m->id = texts[i];
    }
    scene_say(s, ANNA, "x")->redacted = "";
    assert_true(pages_of(report_of(s)) > 1);
    s->part.title = "\xff\n";
    assert_true(pages_of(report_of(s)) > 1);
}

static void forms_report__no_messages__is_a_page(void **state)
{
    assert_int_equal(pages_of(report_of(*state)), 1);
}

static void forms_report__a_later_part__has_another_name(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "x");
    s->part.number = 2;
    assert_string_equal(report_of(s)->path, "report-2.pdf");
    s->refuse_at = 1;
    assert_int_equal(forms_report(&s->part, &s->sink, &s->d), REFUSED);
    s->part.number = 0;
    assert_int_equal(forms_report(&s->part, &s->sink, &s->d), ERR_FORMAT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(forms_report__everything__is_a_file_of_pages),
        CASE(forms_report__twice__is_the_same_bytes),
        CASE(forms_report__64_kib_of_text__goes_on_over_pages),
        CASE(forms_report__hostile_text__is_drawn),
        CASE(forms_report__no_messages__is_a_page),
        CASE(forms_report__a_later_part__has_another_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
