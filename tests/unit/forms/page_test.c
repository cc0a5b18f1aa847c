/* The page: what people wrote is text in it, and nothing else. */
#include "support.h"

static const char *page_of(struct scene *s)
{
    scene_forget(s);
    if (forms_page(&s->part, &s->sink, &s->d) != 0)
        fail_msg("%s", s->d.text);
    return scene_member(s, "index.html");
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

static void forms_page__everything__stands_in_it(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    const char *page = page_of(s);
    assert_int_equal(count(page, "<article id="), s->part.count);
    assert_int_equal(count(page, "<section>"), 2);
    assert_says(page, "Hello &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;you&quot;</p>");
    assert_says(page, "<h3><time datetime=\"2024-05-03\">Friday, 2024-05-03</time></h3>");
    assert_says(page, "<h3><time datetime=\"2024-05-04\">Saturday, 2024-05-04</time></h3>");
    assert_says(page, "<p class=doing dir=auto><a href=\"#NORTH-00000001\">answers "
                      "NORTH-00000001</a></p>\n<blockquote dir=auto>Hello</blockquote>\n"
                      "<p class=text dir=auto>Hi\nthere</p>");
    assert_says(page, "<a href=\"files/000005-photo.jpg\">");
    assert_says(page, "<p class=box dir=auto>redacted: privileged: lawyer</p>");
    assert_says(page, "<p class=wrong dir=auto>not verified: the verdict&#39;s signature</p>");
    assert_says(page, "<p class=text dir=auto>שלום 😀");
    assert_says(page, " · bot <bdi>ibot.chat.example</bdi> · leaf 100 · warrant <bdi>W-7</bdi> · "
                      "<i>verified</i>");
    assert_says(page, "Package north-0003, part 1 · 15 messages in 2 conversations · "
                      "NORTH-00000001 to NORTH-00000015");
}

/* The tags of a page in their order, with their attributes; the caller's. */
static char *tags_of(const char *page)
{
    CLEANUP_BUF struct buf tags = BUF_INIT(1U << 20);
    for (const char *open = page; (open = strchr(open, '<')) != NULL;) {
        const char *close = strchr(open, '>');
        assert_non_null(close);
        buf_put(&tags, open, (size_t)(close - open) + 1);
        open = close;
    }
    return buf_take_text(&tags);
}

static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "</p></article><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='x",
    "<!-- ",
    "]]>",
    "&lt;b&gt; &#60;b&#62;",
    "<style>*{}</style>",
    "javascript:alert(1)",
    "\xef\xbf\xbe<\xff\xfe>",
    "+ADw-script+AD4-",
    "\xe2\x80\xae<b>",
};

/* All that can be a text is this one. */
static void say_everywhere(struct scene *s, const char *text)
{
    static struct forms_file file;
    s->part.count = 0;
    struct forms_message *m = scene_say(s, text, text);
    static const char *to[1];
    to[0] = text;
    file = (struct forms_file){text, text, 1, "files/1", {0}};
    m->to = to;
    m->bot = m->warrant = m->conversation = m->country = m->wrong = m->id = text;
    m->file = &file;
    m->content.kind = CONTENT_REPLY;
    m->content.quote = m->content.from = m->content.id = text;
    m = scene_say(s, text, text);
    m->redacted = text;
    s->part.title = text;
}

static void forms_page__hostile_text__makes_no_markup(void **state)
{
    struct scene *s = *state;
    say_everywhere(s, "harmless");
    CLEANUP_FREE char *tags = tags_of(page_of(s));
    for (size_t i = 0; i < COUNT(hostile); i++) {
        say_everywhere(s, hostile[i]);
        CLEANUP_FREE char *found = tags_of(page_of(s));
        assert_string_equal(found, tags);
    }
}

static void forms_page__itself__runs_and_loads_nothing(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    const char *page = page_of(s);
    assert_says(page, "content=\"default-src 'none'; style-src 'sha256-");
    static const char *const foreign[] = {"<script", "<link", "<img",    "<iframe", "http:",
                                          "https:",  "url(",  "@import", " style=", " on"};
    CLEANUP_FREE char *tags = tags_of(page);
    for (size_t i = 0; i < COUNT(foreign); i++)
        assert_says_not(tags, foreign[i]);
}

static void forms_page__empty_and_long_text__are_whole(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *long_text = mem_new(65537);
    memset(long_text, 'a', 65536);
    scene_say(s, ANNA, "");
    scene_say(s, ANNA, long_text);
    assert_says(page_of(s), long_text);
    s->part.count = 0;
    s->part.title = "";
    assert_says(page_of(s), "<title>north-0003</title>");
}

static void forms_page__a_later_part__has_another_name(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "x");
    s->part.number = 12;
    assert_int_equal(forms_page(&s->part, &s->sink, &s->d), 0);
    scene_member(s, "index-12.html");
    s->refuse_at = 1;
    assert_int_equal(forms_page(&s->part, &s->sink, &s->d), REFUSED);
    s->part.prefix = "";
    assert_int_equal(forms_page(&s->part, &s->sink, &s->d), ERR_FORMAT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(forms_page__everything__stands_in_it),
        CASE(forms_page__hostile_text__makes_no_markup),
        CASE(forms_page__itself__runs_and_loads_nothing),
        CASE(forms_page__empty_and_long_text__are_whole),
        CASE(forms_page__a_later_part__has_another_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
