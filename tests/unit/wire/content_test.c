/* What a message's text says beside its words. */
#include "test.h"

#include "wire/content_json.h"

#define GROUP "00112233445566778899aabbccddeeff"
#define POLL "Poll: Dinner?\n1. Pizza\n2. Soup"
#define TEN "Poll: ?\n1. a\n2. b\n3. c\n4. d\n5. e\n6. f\n7. g\n8. h\n9. i\n10. j"
#define URL "aesgcm://upload.chat.example/a/b.jpg#00ff"

struct scene {
    struct arena arena;
    struct content c;
};

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    s->arena = (struct arena)ARENA_INIT(1U << 20);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    arena_clear(&s->arena);
    free(s);
    return 0;
}

static const struct content *read_body(struct scene *s, const char *body)
{
    assert_int_equal(content_read(&s->arena, body, strlen(body), &s->c), 0);
    return &s->c;
}

static void assert_text(const struct content *c, const char *text)
{
    assert_int_equal(c->text_len, strlen(text));
    assert_memory_equal(c->text, text, c->text_len);
}

static void assert_writes(const struct content *c, const char *body)
{
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_BODY_MAX);
    struct diag d = {""};
    if (content_write(&b, c, &d) < 0)
        fail_msg("%s", d.text);
    assert_string_equal(buf_text(&b), body);
}

/* Each kind as it is written, and read again as the same. */
static const struct {
    const char *body, *text;
    enum content_kind kind;
} bodies[] = {
    {"Hello", "Hello", CONTENT_TEXT},
    {"", "", CONTENT_TEXT},
    {"two\nlines", "two\nlines", CONTENT_TEXT},
    {"x\nironside:text?timer=3600", "x", CONTENT_TEXT},
    {"x\nironside:text?group=" GROUP "&timer=1", "x", CONTENT_TEXT},
    {"a\nironside:edit?id=m1\nironside:text", "a\nironside:edit?id=m1", CONTENT_TEXT},
    {"geo:1,2\nironside:text", "geo:1,2", CONTENT_TEXT},
    {"Correction: Hallo\nDu\nironside:edit?id=m-1%7B", "Hallo\nDu", CONTENT_EDIT},
    {"Correction: \nironside:edit?id=m1", "", CONTENT_EDIT},
    {"(retracts a message)\nironside:retract?id=m1&group=" GROUP, "(retracts a message)",
     CONTENT_RETRACT},
    {"> first\nyes\nironside:reply?from=anna@chat.example&id=m1&timer=5", "yes", CONTENT_REPLY},
    {"👍 🐢\nironside:react?from=anna@chat.example&id=m1", "👍 🐢", CONTENT_REACT},
    {"(no reaction)\nironside:react?from=anna@chat.example&id=m1", "", CONTENT_REACT},
    {"(read)\nironside:read?from=anna@chat.example&id=m1", "(read)", CONTENT_READ},
    {"geo:52.37,4.89;u=15", "geo:52.37,4.89;u=15", CONTENT_POSITION},
    {"geo:1,2\nironside:position?until=2021-06-07T10:11:12.123Z&timer=60", "geo:1,2",
     CONTENT_POSITION},
    {"geo:1,2\nironside:live?id=m1&until=2021-06-07T10:11:12.123Z", "geo:1,2", CONTENT_LIVE},
    {URL "\nironside:file?name=a%20%C3%9F.jpg&type=image/jpeg&size=1000", URL, CONTENT_FILE},
    {URL "\ndata:image/jpeg;base64,AAAA\nironside:file?name=v.opus&type=audio/ogg&size=0&"
         "duration=9&timer=60",
     URL "\ndata:image/jpeg;base64,AAAA", CONTENT_FILE},
    {"Skat: anna added ben\nironside:group?id=" GROUP "&serial=2&note=bm90ZQ==",
     "Skat: anna added ben", CONTENT_GROUP},
    {"(asks)\nironside:contact?do=request", "(asks)", CONTENT_CONTACT},
    {POLL "\nironside:poll", POLL, CONTENT_POLL},
    {TEN "\nironside:poll?group=" GROUP "&timer=60", TEN, CONTENT_POLL},
    {"Poll: Poll: 1. x\n1. 2. \n2. 1. \nironside:poll", "Poll: Poll: 1. x\n1. 2. \n2. 1. ",
     CONTENT_POLL},
    {"voted: Pizza\nironside:vote?from=anna@chat.example&id=m1&group=" GROUP, "Pizza",
     CONTENT_VOTE},
    {"voted: voted: x\nironside:vote?from=anna@chat.example&id=m1", "voted: x", CONTENT_VOTE},
};

static void content__read__each_kind_is_written_as_it_was_read(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        const struct content *c = read_body(s, bodies[i].body);
        if (c->kind != bodies[i].kind)
            fail_msg("%s: read as %s", bodies[i].body, content_kind_text(c->kind));
        assert_text(c, bodies[i].text);
        assert_writes(c, bodies[i].body);
    }
}

static void content__read__fields(void **state)
{
    struct scene *s = *state;
    const struct content *c = read_body(s, bodies[18].body);
    assert_string_equal(c->url, URL);
    assert_string_equal(c->preview, "data:image/jpeg;base64,AAAA");
    assert_string_equal(c->name, "v.opus");
    assert_int_equal(c->duration_s, 9);
    assert_int_equal(c->timer_s, 60);
    c = read_body(s, bodies[17].body);
    assert_string_equal(c->name, "a ß.jpg");
    assert_int_equal(c->size, 1000);
    c = read_body(s, bodies[7].body);
    assert_string_equal(c->id, "m-1{");
    c = read_body(s, bodies[10].body);
    assert_string_equal(c->from, "anna@chat.example");
    assert_string_equal(c->quote, "first");
    c = read_body(s, bodies[19].body);
    assert_int_equal(c->serial, 2);
    assert_int_equal(c->note_len, 4);
    assert_string_equal(c->note, "note");
    c = read_body(s, bodies[22].body);
    assert_string_equal(c->question, "?");
    assert_int_equal(c->option_count, 10);
    assert_string_equal(c->options[0], "a");
    assert_string_equal(c->options[9], "j");
    c = read_body(s, bodies[23].body);
    assert_string_equal(c->question, "Poll: 1. x");
    assert_string_equal(c->options[1], "1. ");
}

/* Nothing that was said is dropped for its form, and nothing is half understood. */
static void content__read__what_is_in_no_form_is_a_text_as_it_stands(void **state)
{
    static const char *const odd[] = {
        "ironside:text", /* no line before it */
        "x\nironside:",
        "x\nironside:party?id=1",
        "x\nironside:text?",
        "x\nironside:text?&timer=1",
        "x\nironside:text?timer=1&",
        "x\nironside:text?timer=0",
        "x\nironside:text?timer=01",
        "x\nironside:text?timer=-1",
        "x\nironside:text?timer=31622401",
        "x\nironside:text?id=1",
        "x\nironside:text?timer=1&group=" GROUP, /* another order */
        "x\nironside:text?timer=1&timer=1",
        "x\nironside:text?group=" GROUP "0",
        "x\nironside:text?group=00112233445566778899AABBCCDDEEFF",
        "x\nironside:text?timer=%31",
        "x\nironside:TEXT",
        "x\nironside:text ",
        "x\nironside:text\n",
        "x\n ironside:text",
        "x\nironside:edit?id=m1", /* the words do not say it */
        "Correction: x\nironside:edit",
        "Correction: x\nironside:edit?id=",
        "Correction: x\nironside:edit?id=a%26b",
        "Correction: x\nironside:edit?id=a b",
        "Correction: x\nironside:edit?id=a%2",
        "Correction: x\nironside:edit?id=a%7b",
        "Correction: x\nironside:edit?id=a%00",
        "Correction: x\nironside:edit?id=a%61",
        "gone\nironside:retract?id=m1",
        "yes\nironside:reply?from=a@b.example&id=m1",
        "> first\nironside:reply?from=a@b.example&id=m1",
        "> a\nb\nironside:reply?from=b.example&id=1",
        "> a\nb\nironside:reply?from=a@b.example/x&id=1",
        "> a\nb\nironside:reply?id=1&from=a@b.example",
        "a  b\nironside:react?from=a@b.example&id=1",
        " \nironside:react?from=a@b.example&id=1",
        "\nironside:react?from=a@b.example&id=1",
        "a b c d e f g h i j k l m n o p q\nironside:react?from=a@b.example&id=1",
        "(no reaction) \nironside:react?from=a@b.example&id=1",
        "read\nironside:read?from=a@b.example&id=1",
        "geo:91,2\nironside:position?timer=1",
        "geo:1,2\nmore\nironside:position?timer=1",
        "geo:1,2\nironside:live?id=1",
        "geo:1,2\nironside:live?id=1&until=2021-06-07",
        "geo:1,2\nironside:live?id=1&until=2021-13-07T10:11:12.123Z",
        "http://x\nironside:file?name=a&type=b&size=1",
        URL " \nironside:file?name=a&type=b&size=1",
        URL "\nhttp://x\nironside:file?name=a&type=b&size=1",
        URL "\ndata:,a\ndata:,b\nironside:file?name=a&type=b&size=1",
        URL "\nironside:file?name=a&type=b",
        URL "\nironside:file?name=a%0Ab&type=b&size=1",
        URL "\nironside:file?name=&type=b&size=1",
        URL "\nironside:file?name=a&type=b&size=52428801",
        "x\nironside:group?id=" GROUP "&serial=0&note=bm90ZQ==",
        "x\nironside:group?id=" GROUP "&serial=1&note=bm90ZQ",
        "x\nironside:group?id=m1&serial=1&note=bm90ZQ==",
        "x\nironside:group?id=" GROUP "&serial=1&note=",
        "x\nironside:contact?do=",
        "x\nironside:contact?do=block",
        "x\nironside:contact",
        POLL "\nironside:poll?id=1",
        POLL "\n\nironside:poll",
        POLL "\n3. Soup\nironside:poll", /* twice the same */
        POLL "\n4. Bread\nironside:poll",
        POLL "\n3.Bread\nironside:poll",
        POLL "\n3. \nironside:poll",
        POLL "\nx\nironside:poll",
        POLL "\n3. a\tb\nironside:poll",
        TEN "\n11. k\nironside:poll",
        "Poll: Dinner?\nironside:poll",
        "Poll: Dinner?\n1. Pizza\nironside:poll",
        "Poll: \n1. a\n2. b\nironside:poll",
        "poll: x\n1. a\n2. b\nironside:poll",
        "Poll:\nironside:poll",
        "Pizza\nironside:vote?from=a@b.example&id=1",
        "voted: \nironside:vote?from=a@b.example&id=1",
        "voted: a\nb\nironside:vote?from=a@b.example&id=1",
        "voted: a\nironside:vote?id=1",
        "voted: a\nironside:vote?from=a@b.example",
        "voted: a\nironside:vote?from=a@b.example&id=1&timer=5",
    };
    struct scene *s = *state;
    for (size_t i = 0; i < COUNT(odd); i++) {
        const struct content *c = read_body(s, odd[i]);
        if (c->kind != CONTENT_TEXT || c->group != NULL || c->timer_s != 0)
            fail_msg("read as %s: %s", content_kind_text(c->kind), odd[i]);
        assert_text(c, odd[i]);
    }
}

static void content__read__a_nul_hides_nothing(void **state)
{
    static const char body[] = "Correction: x\nironside:edit?id=m1\0more";
    struct scene *s = *state;
    assert_int_equal(content_read(&s->arena, body, sizeof body - 1, &s->c), 0);
    assert_int_equal(s->c.kind, CONTENT_TEXT);
    assert_int_equal(s->c.text_len, sizeof body - 1);
    static const char poll[] = "Poll: Dinner?\n1. Pi\0zza\n2. Soup\nironside:poll";
    assert_int_equal(content_read(&s->arena, poll, sizeof poll - 1, &s->c), 0);
    assert_int_equal(s->c.kind, CONTENT_TEXT);
    static const char vote[] = "voted: a\0b\nironside:vote?from=a@b.example&id=1";
    assert_int_equal(content_read(&s->arena, vote, sizeof vote - 1, &s->c), 0);
    assert_int_equal(s->c.kind, CONTENT_TEXT);
}

static void content__read__a_full_arena(void **state)
{
    struct arena small = ARENA_INIT(CONTENT_ARENA_BYTES - 1);
    struct content c;
    (void)state;
    assert_int_equal(content_read(&small, "x", 1, &c), ERR_LIMIT);
    arena_clear(&small);
}

static void assert_refuses(const struct content *c, int code, const char *says)
{
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_BODY_MAX);
    struct diag d = {""};
    assert_int_equal(content_write(&b, c, &d), code);
    assert_says(d.text, says);
    assert_int_equal(b.len, 0);
}

static void content__write__what_has_no_form_is_refused(void **state)
{
    CLEANUP_FREE char *full = repeat('x', VALUE_BODY_MAX);
    struct content text = {.text = full, .text_len = VALUE_BODY_MAX};
    (void)state;
    assert_writes(&text, full);
    text.timer_s = 1;
    assert_refuses(&text, ERR_LIMIT, "longer than 16384 bytes");
    const struct content wrong[] = {
        {.kind = CONTENT_EDIT, .text = "x", .text_len = 1},
        {.kind = CONTENT_EDIT, .text = "x", .text_len = 1, .id = "<"},
        {.kind = CONTENT_RETRACT, .id = ""},
        {.kind = CONTENT_REACT, .id = "1", .from = "a@b.example", .text = "a  b", .text_len = 4},
        {.kind = CONTENT_REACT, .id = "1", .from = "nobody", .text = "a", .text_len = 1},
        {.kind = CONTENT_TEXT, .text = "x", .text_len = 1, .group = "Skat"},
        {.kind = CONTENT_TEXT, .text = "x", .text_len = 1, .timer_s = CONTENT_TIMER_MAX_S + 1},
        {.kind = CONTENT_FILE, .url = "http://x", .name = "a", .type = "b"},
        {.kind = CONTENT_FILE, .url = URL, .name = "", .type = "b"},
        {.kind = CONTENT_CONTACT, .text = "x", .text_len = 1},
        {.kind = CONTENT_VOTE, .id = "1", .from = "a@b.example", .text = "", .text_len = 0},
        {.kind = CONTENT_VOTE, .id = "1", .from = "a@b.example", .text = "a\nb", .text_len = 3},
        {.kind = CONTENT_VOTE, .text = "a", .text_len = 1},
        {.kind = CONTENT_GROUP, .id = GROUP, .serial = 1, .note = "", .text = "x", .text_len = 1},
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_refuses(&wrong[i], ERR_FORMAT, "cannot be said as");
}

/* Each line says what is to be changed. */
static void content__write__a_poll_says_what_is_wrong_with_it(void **state)
{
    CLEANUP_FREE char *long_question = repeat('q', CONTENT_QUESTION_MAX + 1);
    CLEANUP_FREE char *long_option = repeat('o', CONTENT_OPTION_MAX + 1);
    const struct {
        struct content c;
        const char *says;
    } wrong[] = {
        {{.option_count = 2, .options = {"a", "b"}}, "question is one line of at most 1000"},
        {{.question = "", .option_count = 2, .options = {"a", "b"}}, "question is one line"},
        {{.question = "a\nb", .option_count = 2, .options = {"a", "b"}}, "question is one line"},
        {{.question = long_question, .option_count = 2, .options = {"a", "b"}}, "at most 1000"},
        {{.question = "?", .option_count = 1, .options = {"a"}}, "2 to 10 options"},
        {{.question = "?", .option_count = 11, .options = {"a"}}, "2 to 10 options"},
        {{.question = "?", .option_count = 2, .options = {"a", "b\n3. c"}}, "option 2 is not"},
        {{.question = "?", .option_count = 2, .options = {"", "b"}}, "option 1 is not one line"},
        {{.question = "?", .option_count = 2, .options = {"a", long_option}}, "at most 200 bytes"},
        {{.question = "?", .option_count = 3, .options = {"a", "b", "a"}},
         "options 1 and 3 of the poll are the same"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct content c = wrong[i].c;
        c.kind = CONTENT_POLL;
        assert_refuses(&c, ERR_FORMAT, wrong[i].says);
    }
    long_question[CONTENT_QUESTION_MAX] = long_option[CONTENT_OPTION_MAX] = '\0';
    CLEANUP_FREE char *body =
        mem_format("Poll: %s\n1. %s\n2. b\nironside:poll", long_question, long_option);
    const struct content longest = {.kind = CONTENT_POLL,
                                    .question = long_question,
                                    .options = {long_option, "b"},
                                    .option_count = 2};
    assert_writes(&longest, body);
}

/* What the rooms ask of the table, by each kind's name. */
static void content__traits__of_each_kind(void **state)
{
    static const char erasable[] = " text reply position file poll ";
    static const char about[] = " edit retract reply react read live vote ";
    static const char follows[] = " edit live vote ";
    static const char own_words[] = " text edit reply react group contact vote ";
    static const char makes_no_contact[] = " react read vote ";
    (void)state;
    for (enum content_kind k = CONTENT_TEXT; k < CONTENT_KINDS; k++) {
        const struct content_traits *t = content_traits(k);
        CLEANUP_FREE char *word = mem_format(" %s ", t->name);
        assert_true(strlen(t->name) > 0 && content_kind_of(t->name) == k);
        assert_int_equal(t->erasable, strstr(erasable, word) != NULL);
        assert_int_equal(t->about != CONTENT_BY_ITSELF, strstr(about, word) != NULL);
        assert_int_equal(t->folded, t->about != CONTENT_BY_ITSELF && k != CONTENT_REPLY);
        assert_int_equal(t->follows, strstr(follows, word) != NULL);
        assert_int_equal(t->own_words, strstr(own_words, word) != NULL);
        assert_int_equal(!t->makes_contact, strstr(makes_no_contact, word) != NULL);
        assert_int_equal(t->required & t->optional, 0);
    }
    assert_int_equal(content_kind_of(""), CONTENT_KINDS);
    assert_int_equal(content_kind_of("Text"), CONTENT_KINDS);
}

static void content__fits__which_kinds_it_can_be_about(void **state)
{
    static const struct {
        enum content_kind kind;
        const char *targets;
    } cases[] = {
        {CONTENT_EDIT, " text reply "},
        {CONTENT_LIVE, " position "},
        {CONTENT_VOTE, " poll "},
        {CONTENT_RETRACT, " text reply position file poll "},
        {CONTENT_REPLY, " text reply position file poll "},
        {CONTENT_REACT, " text reply position file poll "},
        {CONTENT_READ, " text reply position file poll "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (enum content_kind k = CONTENT_TEXT; k < CONTENT_KINDS; k++) {
            CLEANUP_FREE char *word = mem_format(" %s ", content_kind_text(k));
            assert_int_equal(content_fits(cases[i].kind, k),
                             strstr(cases[i].targets, word) != NULL);
        }
}

/* A user who types what looks like a technical line says just that. */
static void content__write__a_text_stays_a_text(void **state)
{
    static const char *const typed[] = {"geo:1,2",
                                        "x\nironside:retract?id=m1",
                                        "(read)\nironside:read?from=a@b.example&id=m1",
                                        "x\nironside:text",
                                        "ironside:text",
                                        "\n",
                                        "Correction: x"};
    struct scene *s = *state;
    for (size_t i = 0; i < COUNT(typed); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(VALUE_BODY_MAX);
        struct content c = {.text = typed[i], .text_len = strlen(typed[i])};
        assert_int_equal(content_write(&b, &c, NULL), 0);
        const struct content *back = read_body(s, buf_text(&b));
        assert_int_equal(back->kind, CONTENT_TEXT);
        assert_text(back, typed[i]);
    }
}

static void content__first_line__is_one_that_says_something(void **state)
{
    static const char *const cases[][2] = {{"\none", "one"},      {"\r\n \t\n one \ntwo", "one"},
                                           {"one\r\ntwo", "one"}, {"", ""},
                                           {" \n\n", ""},         {" one two", "one two"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *line = content_first_line(cases[i][0], strlen(cases[i][0]));
        assert_string_equal(line, cases[i][1]);
    }
}

static void content__first_line__is_cut_between_characters(void **state)
{
    (void)state;
    CLEANUP_FREE char *line = content_first_line("one\ntwo", 7);
    assert_string_equal(line, "one");
    CLEANUP_FREE char *x = repeat('x', CONTENT_QUOTE_MAX - 1);
    CLEANUP_FREE char *text = mem_format("%sß", x);
    CLEANUP_FREE char *cut = content_first_line(text, strlen(text));
    assert_string_equal(cut, x);
}

static void content__put_json__what_each_kind_has(void **state)
{
    static const struct {
        const char *body, *json;
    } cases[] = {
        {"x", "{\"kind\":\"text\"}"},
        {"Correction: y\nironside:edit?id=m1",
         "{\"kind\":\"edit\",\"about\":{\"from\":\"anna@chat.example\",\"id\":\"m1\"}}"},
        {"👍 🐢\nironside:react?from=ben@chat.example&id=m1",
         "{\"kind\":\"react\",\"about\":{\"from\":\"ben@chat.example\",\"id\":\"m1\"},"
         "\"reactions\":[\"👍\",\"🐢\"]}"},
        {"geo:52.5,-4.25;u=15\nironside:position?timer=60",
         "{\"kind\":\"position\",\"latitude\":52.5,\"longitude\":-4.25,\"accuracy\":15.0,"
         "\"timer\":60}"},
        {"(asks)\nironside:contact?do=request", "{\"kind\":\"contact\",\"contact\":\"request\"}"},
        {POLL "\nironside:poll",
         "{\"kind\":\"poll\",\"question\":\"Dinner?\",\"options\":[\"Pizza\",\"Soup\"]}"},
        {"voted: Soup\nironside:vote?from=ben@chat.example&id=m1",
         "{\"kind\":\"vote\",\"about\":{\"from\":\"ben@chat.example\",\"id\":\"m1\"},"
         "\"vote\":\"Soup\"}"},
    };
    struct scene *s = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *o = json_object();
        content_put_json(o, read_body(s, cases[i].body), "anna@chat.example");
        char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9));
        assert_string_equal(text, cases[i].json);
        free(text);
        json_decref(o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(content__read__each_kind_is_written_as_it_was_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(content__read__fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(content__read__what_is_in_no_form_is_a_text_as_it_stands,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(content__read__a_nul_hides_nothing, set_up, tear_down),
        cmocka_unit_test(content__read__a_full_arena),
        cmocka_unit_test(content__write__what_has_no_form_is_refused),
        cmocka_unit_test_setup_teardown(content__write__a_text_stays_a_text, set_up, tear_down),
        cmocka_unit_test(content__first_line__is_one_that_says_something),
        cmocka_unit_test(content__first_line__is_cut_between_characters),
        cmocka_unit_test(content__traits__of_each_kind),
        cmocka_unit_test(content__fits__which_kinds_it_can_be_about),
        cmocka_unit_test(content__write__a_poll_says_what_is_wrong_with_it),
        cmocka_unit_test_setup_teardown(content__put_json__what_each_kind_has, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
