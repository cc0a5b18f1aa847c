/* Concordance's and Opticon's load files, read as their readers do. */
#include "support.h"

#define Q "\xc3\xbe"
#define F Q "\x14" Q
#define COLUMNS 27
#define TEXT_COLUMN 11
#define SUBSTITUTED_COLUMN 26

static const char header[] =
    "\xef\xbb\xbf" Q "BEGBATES" F "ENDBATES" F "DATESENT" F "DATEARCHIVED" F "FROM" F "TO" F
    "CONVERSATION" F "KIND" F "ABOUT" F "QUOTE" F "ACTION" F "TEXT" F "TIMER" F "FILENAME" F
    "FILETYPE" F "FILESIZE" F "SHA256" F "NATIVEPATH" F "TEXTPATH" F "BOT" F "LEAF" F "WARRANT" F
    "COUNTRY" F "MESSAGEID" F "UNVERIFIED" F "REDACTED" F "SUBSTITUTED" Q "\r\n";

static const char *dat_of(struct scene *s)
{
    scene_forget(s);
    if (forms_load(&s->part, &s->sink, &s->d) != 0)
        fail_msg("%s", s->d.text);
    return scene_member(s, "load/north-0003.dat");
}

static void forms_load__two_messages__are_these_bytes(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "Hello\nBoris");
    scene_say(s, BORIS, "secret")->redacted = "privileged";
    CLEANUP_FREE char *golden = mem_format(
        "%s%s", header,
        Q "NORTH-00000001" F "NORTH-00000001" F "2024-05-03T12:00:00.000Z" F
          "2024-05-03T12:00:01.500Z" F ANNA F BORIS F BETWEEN F "text" F F F F "Hello\xc2\xae"
          "Boris" F F F F F F F "load\\text\\NORTH-00000001.txt" F "ibot.chat.example" F "100" F
          "W-7" F "NL" F "m0" F F F Q "\r\n" Q "NORTH-00000002" F "NORTH-00000002" F
          "2024-05-03T12:01:00.000Z" F "2024-05-03T12:01:01.500Z" F BORIS F ANNA F BETWEEN F
          "redacted" F F F F F F F F F F F "load\\text\\NORTH-00000002.txt" F "ibot.chat.example" F
          "101" F "W-7" F "NL" F F F "privileged" F Q "\r\n");
    assert_string_equal(dat_of(s), golden);
    assert_string_equal(scene_member(s, "load/north-0003.opt"),
                        "NORTH-00000001,north-0003,load\\text\\NORTH-00000001.txt,Y,,,1\r\n"
                        "NORTH-00000002,north-0003,load\\text\\NORTH-00000002.txt,Y,,,1\r\n");
    assert_string_equal(scene_member(s, "load/text/NORTH-00000001.txt"), "Hello\nBoris");
    assert_string_equal(scene_member(s, "load/text/NORTH-00000002.txt"), "redacted: privileged\n");
}

/* A field of the row, from 0, as a reader takes it apart; the caller's. */
static char *field_of(const char *dat, size_t row, size_t column)
{
    for (; row > 0; row--)
        dat = strstr(dat, "\r\n") + 2;
    for (; column > 0; column--)
        dat = strchr(dat, 0x14) + 1;
    dat += strlen(Q);
    return mem_string_n(dat, (size_t)(strpbrk(dat, "\x14\r") - dat) - strlen(Q));
}

static void assert_field(const char *dat, size_t column, const char *value)
{
    CLEANUP_FREE char *field = field_of(dat, 1, column);
    assert_string_equal(field, value);
}

static void forms_load__letters_that_part_fields__are_substituted_and_counted(void **state)
{
    struct scene *s = *state;
    static const struct forms_file file = {"þ®\x14.txt", "a/b", 9, "files/1-a", {0}};
    struct forms_message *m = scene_say(s, ANNA, "það ® þorn\x14 \xff");
    m->content.text_len = strlen(m->content.text);
    m->file = &file;
    const char *dat = dat_of(s);
    assert_field(dat, TEXT_COLUMN, "Það (R) Þorn␔ \xef\xbf\xbd");
    assert_field(dat, 13, "Þ(R)␔.txt");
    assert_field(dat, 17, "files\\1-a");
    /* The name stands in ACTION, too. */
    assert_field(dat, SUBSTITUTED_COLUMN, "U+00AE 3; U+00FE 4; no text 2");
    assert_says(scene_member(s, "load/text/NORTH-00000001.txt"), "það ® þorn␔");
}

/* Whatever stands in them: as many rows, and as many fields in each. */
static void assert_rows(const char *dat, size_t rows)
{
    size_t found = 0;
    for (const char *end; (end = strstr(dat, "\r\n")) != NULL; dat = end + 2, found++) {
        size_t parts = 0, quotes = 0;
        for (const char *c = dat; c < end; c++) {
            parts += *c == 0x14;
            quotes += strncmp(c, Q, strlen(Q)) == 0;
            assert_true(*c != '\n' && *c != '\r');
        }
        assert_int_equal(parts, COLUMNS - 1);
        assert_int_equal(quotes, 2 * COLUMNS);
    }
    assert_int_equal(found, rows);
    assert_string_equal(dat, "");
}

static void forms_load__everything__has_all_fields(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    assert_rows(dat_of(s), s->part.count + 1);
    assert_int_equal(s->member_count, s->part.count + 2);
    assert_paths_differ(s);
}

static void forms_load__hostile_text__stays_in_its_field(void **state)
{
    struct scene *s = *state;
    static const char *const texts[] = {"",
                                        Q,
                                        "\x14",
                                        Q "\x14" Q,
                                        "\r\n",
                                        "\r",
                                        "\n",
                                        Q "\r\n" Q "x",
                                        "\xc3",
                                        "\xbe",
                                        "\xc3\r\n",
                                        "\xef\xbb\xbf",
                                        "\xc2\x85\xe2\x80\xa8\x0b\x0c"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct forms_message *m = scene_say(s, texts[i], texts[i]);
        m->conversation = m->warrant = m->wrong = m->country = m->id = texts[i];
    }
    assert_rows(dat_of(s), COUNT(texts) + 1);
}

static void forms_load__64_kib_of_text__is_whole(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *long_text = mem_new(65537);
    memset(long_text, 'a', 65536);
    scene_say(s, ANNA, long_text);
    assert_field(dat_of(s), TEXT_COLUMN, long_text);
}

static void forms_load__a_later_part__has_other_names(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "x")->number = 10001;
    s->part.number = 2;
    assert_int_equal(forms_load(&s->part, &s->sink, &s->d), 0);
    assert_says(scene_member(s, "load/north-0003-2.dat"), "NORTH-00010001");
    scene_member(s, "load/north-0003-2.opt");
    scene_member(s, "load/text/NORTH-00010001.txt");
}

static void forms_load__a_sink_that_ends_it__is_handed_on(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "x");
    for (s->refuse_at = 0; s->refuse_at < 3; s->refuse_at++) {
        scene_forget(s);
        assert_int_equal(forms_load(&s->part, &s->sink, &s->d), REFUSED);
        assert_int_equal(s->member_count, s->refuse_at);
    }
}

static void forms_load__no_part__is_refused(void **state)
{
    struct scene *s = *state;
    s->part.prefix = "no prefix";
    assert_int_equal(forms_load(&s->part, &s->sink, &s->d), ERR_FORMAT);
    assert_int_equal(s->member_count, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(forms_load__two_messages__are_these_bytes),
        CASE(forms_load__letters_that_part_fields__are_substituted_and_counted),
        CASE(forms_load__everything__has_all_fields),
        CASE(forms_load__hostile_text__stays_in_its_field),
        CASE(forms_load__64_kib_of_text__is_whole),
        CASE(forms_load__a_later_part__has_other_names),
        CASE(forms_load__a_sink_that_ends_it__is_handed_on),
        CASE(forms_load__no_part__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
