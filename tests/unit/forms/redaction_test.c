/* Of a redacted message no form shows a word that stood in what is taken out, wherever it stood. */
#include "support.h"
#include "unpack.h"

#define WORDS 20U

/* Where in the struct each stands: all that is the message's own word. */
static const char *const words[WORDS] = {
    "plantedaa", "plantedab", "plantedac", "plantedad", "plantedae", "plantedaf", "plantedag",
    "plantedah", "plantedai", "plantedaj", "plantedak", "plantedal", "plantedam", "plantedan",
    "plantedao", "plantedap", "plantedaq", "plantedar", "plantedas", "plantedat",
};

static const struct forms_file file = {
    "plantedaa.jpg", "image/plantedab", 51966, "files/plantedac.jpg", {0xca, 0xfe, 0xca, 0xfe}};

static void plant(struct forms_message *m, enum content_kind kind)
{
    m->id = words[3];
    m->content = (struct content){
        .kind = kind,
        .text = words[4],
        .text_len = strlen(words[4]),
        .quote = words[5],
        .from = words[6],
        .id = words[7],
        .position = {123456789, 987654321, true, true, 1234000, 5678000},
        .has_until = true,
        .until_unix_ms = NOON + 12345678,
        .url = words[8],
        .preview = words[9],
        .name = words[10],
        .type = words[11],
        .size = 51966,
        .duration_s = 4711,
        .serial = 4711,
        .note = words[12],
        .note_len = strlen(words[12]),
        .contact = CONTENT_REQUEST,
        .question = words[13],
        .options = {words[14], words[15], words[16], words[17]},
        .option_count = 4,
        .group = words[18],
        .timer_s = 4711,
    };
    m->file = &file;
    m->redacted = "privileged";
}

/* A redacted message of every kind, and one that answers each and quotes its first line. */
static void plant_all(struct scene *s)
{
    for (unsigned kind = 0; kind < CONTENT_KINDS; kind++) {
        struct forms_message *m = scene_say(s, ANNA, "");
        m->conversation = kind % 2 == 0 ? BETWEEN : GROUP;
        plant(m, (enum content_kind)kind);
        struct forms_message *answer =
            scene_about(s, BORIS, CONTENT_REPLY, s->part.count - 1, "I see");
        answer->conversation = m->conversation;
        answer->content.quote = words[19];
    }
}

static void assert_clean(const struct member *m, const char *data, size_t len)
{
    static const char *const numbers[] = {"51966",      "4711",     "12.3456789",
                                          "98.7654321", "cafecafe", "request"};
    for (size_t i = 0; i < WORDS; i++)
        if (memmem(data, len, words[i], strlen(words[i])) != NULL)
            fail_msg("%s says %s", m->path, words[i]);
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
    plant_all(s);
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
