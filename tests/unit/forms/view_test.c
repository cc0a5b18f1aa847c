/* What may be shown of a part, and in which order. */
#include "support.h"

#include "forms/view.h"

static struct view *view_of(struct scene *s)
{
    struct view *v = mem_new(sizeof *v);
    if (view_init(v, &s->part, &s->d) < 0)
        fail_msg("%s", s->d.text);
    return v;
}

static void let_go(struct view *v)
{
    view_clear(v);
    free(v);
}

static const char *const heads[] = {
    "",
    "answers NORTH-00000001",
    "corrects NORTH-00000001",
    "reacts to NORTH-00000001",
    "file \"Hafen <b>.jpg\", image/jpeg, 48213 bytes",
    "takes NORTH-00000002 back",
    "has read NORTH-00000005",
    "is at 51.9225000, -4.4791700, within 12.500 m, updated until 2024-05-03T13:00:00.000Z",
    "updates NORTH-00000008: is at 51.9226000, -4.4790000, updated until 2024-05-03T13:00:00.000Z",
    "",
    "contact: request",
    "group 00112233445566778899aabbccddeeff, version 3",
    "asks",
    "votes in NORTH-00000013",
    "",
};
static const char *const texts[] = {
    "Hello <script>alert(1)</script> & \"you\"",
    "Hi\nthere",
    "Hello, Boris",
    "👍 ❤️",
    "",
    "",
    "",
    "",
    "",
    "",
    "مرحبا، كيف حالك؟",
    "Anna made the group \"Quay\"",
    "Which day?\n1. Monday\n2. الثلاثاء",
    "Monday",
    "שלום 😀 नमस्ते สวัสดี 你好",
};

static void view_init__every_kind__says_what_it_does(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    struct view *v = view_of(s);
    assert_int_equal(v->count, COUNT(heads));
    for (size_t i = 0; i < v->count; i++) {
        assert_string_equal(v->messages[i].head, heads[i]);
        assert_string_equal(v->messages[i].text, texts[i]);
    }
    assert_string_equal(v->messages[0].bates, "NORTH-00000001");
    assert_string_equal(v->messages[0].at, "2024-05-03T12:00:00.000Z");
    assert_string_equal(v->messages[1].quote, "Hello");
    let_go(v);
}

static void view_init__redacted__has_nothing_of_it(void **state)
{
    struct scene *s = *state;
    static const struct forms_file file = {"secret.jpg", "secret/type", 7, "files/secret", {1}};
    struct forms_message *m = scene_say(s, ANNA, "secret");
    m->content.kind = CONTENT_POSITION;
    m->content.timer_s = 7;
    m->content.group = GROUP;
    m->file = &file;
    m->redacted = "out of scope";
    scene_about(s, BORIS, CONTENT_REPLY, 0, "Why?")->content.quote = "secret";
    struct view *v = view_of(s);
    const struct view_message *seen = &v->messages[0];
    assert_string_equal(seen->redacted, "out of scope");
    assert_string_equal(view_kind_text(seen), "redacted");
    assert_string_equal(seen->id, "");
    assert_string_equal(seen->head, "");
    assert_string_equal(seen->text, "");
    assert_int_equal(seen->kind, CONTENT_TEXT);
    assert_null(seen->file);
    assert_null(seen->position);
    assert_int_equal(seen->timer_s, 0);
    assert_false(seen->of_group);
    assert_ptr_equal(v->messages[1].about, seen);
    assert_string_equal(v->messages[1].quote, "");
    let_go(v);
}

/* What devices would not follow is not shown as if they did. */
static void view_init__about_what_it_cannot_be__is_about_nothing(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "mine");
    scene_about(s, BORIS, CONTENT_EDIT, 0, "an edit of another's message");
    scene_about(s, BORIS, CONTENT_VOTE, 0, "a vote in no poll");
    scene_about(s, BORIS, CONTENT_REACT, 0, "👍")->conversation = GROUP;
    scene_about(s, BORIS, CONTENT_REPLY, 0, "of another id")->content.id = "m99";
    scene_about(s, BORIS, CONTENT_REPLY, 5, "of itself")->content.id = s->messages[5].id;
    struct view *v = view_of(s);
    for (size_t i = 0; i < v->count; i++)
        assert_null(v->messages[i].about);
    assert_string_equal(v->messages[4].head, "answers a message that is not in this part "
                                             "(anna@chat.example, id m99)");
    let_go(v);
}

static void view_init__an_id_used_twice__is_the_first(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "first");
    scene_say(s, ANNA, "second")->id = "m0";
    scene_about(s, BORIS, CONTENT_REPLY, 0, "to whom?");
    struct view *v = view_of(s);
    assert_ptr_equal(v->messages[2].about, &v->messages[0]);
    let_go(v);
}

static void view_init__edit_before_its_message__finds_it(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "edit")->content =
        (struct content){.kind = CONTENT_EDIT, .id = "m1", .text = "new", .text_len = 3};
    scene_say(s, ANNA, "old");
    struct view *v = view_of(s);
    assert_ptr_equal(v->messages[0].about, &v->messages[1]);
    let_go(v);
}

static void view_run_end__two_days_and_conversations__are_parted(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "one");
    scene_say(s, ANNA, "in the group")->conversation = GROUP;
    scene_say(s, ANNA, "next day")->at_unix_ms += CALENDAR_DAY_MS;
    scene_say(s, ANNA, "two")->at_unix_ms = NOON - 1;
    struct view *v = view_of(s);
    static const char *const sorted[] = {"two", "one", "next day", "in the group"};
    for (size_t i = 0; i < v->count; i++)
        assert_string_equal(v->order[i]->text, sorted[i]);
    assert_int_equal(view_run_end(v, 0, true), 2);
    assert_int_equal(view_run_end(v, 0, false), 3);
    assert_int_equal(view_run_end(v, 3, true), 4);
    size_t people = 0;
    CLEANUP_FREE const struct view_name **found = view_people(v, 0, 2, &people);
    assert_int_equal(people, 2);
    assert_string_equal(found[0]->text, ANNA);
    assert_string_equal(found[1]->text, BORIS);
    let_go(v);
}

static void view_init__hostile_names__are_lines(void **state)
{
    struct scene *s = *state;
    static const struct forms_file file = {"a\nb\x1b\xe2\x80\xae.jpg", "x\r\ny", 7, NULL, {0}};
    struct forms_message *m = scene_say(s, "anna\n@chat", "\xff\x01");
    m->file = &file;
    m->wrong = "a\nb";
    struct view *v = view_of(s);
    assert_string_equal(v->messages[0].from->text, "anna␊@chat");
    assert_string_equal(v->messages[0].file->name, "a␊b␛\xef\xbf\xbd.jpg");
    assert_string_equal(v->messages[0].file->sha256, "");
    assert_string_equal(v->messages[0].wrong, "a␊b");
    assert_string_equal(v->messages[0].head,
                        "file \"a␊b␛\xef\xbf\xbd.jpg\", x␍␊y, 7 bytes, not in this package");
    assert_int_equal(v->messages[0].replaced, 2);
    let_go(v);
}

static void view_init__no_messages__is_empty(void **state)
{
    struct view *v = view_of(*state);
    assert_int_equal(v->count, 0);
    let_go(v);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(view_init__every_kind__says_what_it_does),
        CASE(view_init__redacted__has_nothing_of_it),
        CASE(view_init__about_what_it_cannot_be__is_about_nothing),
        CASE(view_init__an_id_used_twice__is_the_first),
        CASE(view_init__edit_before_its_message__finds_it),
        CASE(view_run_end__two_days_and_conversations__are_parted),
        CASE(view_init__hostile_names__are_lines),
        CASE(view_init__no_messages__is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
