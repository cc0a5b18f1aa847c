#include "support.h"

#include <stdio.h>

static int keep(void *context, const char *path, const void *data, size_t len)
{
    struct scene *s = context;
    if (s->member_count == s->refuse_at)
        return REFUSED;
    assert_true(s->member_count < MEMBERS_MAX);
    s->members[s->member_count++] =
        (struct member){mem_string(path), (uint8_t *)mem_string_n(data, len), len};
    return 0;
}

int scene_set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    s->part = (struct forms_part){.package = "north-0003",
                                  .prefix = "NORTH",
                                  .title = "What Anna and Boris wrote in May",
                                  .number = 1,
                                  .messages = s->messages};
    s->sink = (struct forms_sink){keep, s};
    s->refuse_at = NEVER;
    *state = s;
    return 0;
}

void scene_forget(struct scene *s)
{
    for (size_t i = 0; i < s->member_count; i++) {
        free(s->members[i].path);
        free(s->members[i].data);
    }
    s->member_count = 0;
}

int scene_tear_down(void **state)
{
    scene_forget(*state);
    free(*state);
    return 0;
}

struct forms_message *scene_say(struct scene *s, const char *from, const char *text)
{
    static const char *const anna[] = {ANNA}, *const boris[] = {BORIS};
    static const char *const ids[] = {"m0", "m1", "m2",  "m3",  "m4",  "m5",  "m6",  "m7",
                                      "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15"};
    size_t i = s->part.count;
    assert_true(i < MESSAGES_MAX);
    struct forms_message *m = &s->messages[i];
    *m = (struct forms_message){
        .number = i + 1,
        .bot = "ibot.chat.example",
        .warrant = "W-7",
        .leaf = 100 + i,
        .id = i < COUNT(ids) ? ids[i] : "m",
        .at_unix_ms = NOON + (int64_t)i * 60000,
        .archived_unix_ms = NOON + (int64_t)i * 60000 + 1500,
        .from = from,
        .to = strcmp(from, ANNA) == 0 ? boris : anna,
        .to_count = 1,
        .conversation = BETWEEN,
        .country = "NL",
        .wrong = "",
        .content = {.kind = CONTENT_TEXT, .text = text, .text_len = strlen(text)},
    };
    s->part.count++;
    return m;
}

struct forms_message *scene_about(struct scene *s, const char *from, enum content_kind kind,
                                  size_t target, const char *text)
{
    struct forms_message *m = scene_say(s, from, text);
    m->content.kind = kind;
    m->content.id = s->messages[target].id;
    if (content_traits(kind)->about == CONTENT_ABOUT_ANY)
        m->content.from = s->messages[target].from;
    return m;
}

static const struct forms_file photo = {
    "Hafen <b>.jpg", "image/jpeg", 48213, "files/000005-photo.jpg", {0xab, 0xcd}};

static void say_of_places(struct scene *s)
{
    struct forms_message *m = scene_say(s, ANNA, "Position: …");
    m->content.kind = CONTENT_POSITION;
    m->content.position = (struct geo){519225000, -44791700, false, true, 0, 12500};
    m->content.has_until = true;
    m->content.until_unix_ms = NOON + 3600000;
    m = scene_about(s, ANNA, CONTENT_LIVE, s->part.count - 1, "");
    m->content.position = (struct geo){519226000, -44790000, false, false, 0, 0};
    m->content.has_until = true;
    m->content.until_unix_ms = NOON + 3600000;
}

static void say_in_group(struct scene *s)
{
    size_t first = s->part.count;
    struct forms_message *m = scene_say(s, ANNA, "Anna made the group \"Quay\"");
    m->content.kind = CONTENT_GROUP;
    m->content.id = GROUP;
    m->content.serial = 3;
    m = scene_say(s, BORIS, "Poll: …");
    m->content.kind = CONTENT_POLL;
    m->content.question = "Which day?";
    m->content.options[0] = "Monday";
    m->content.options[1] = "الثلاثاء";
    m->content.option_count = 2;
    scene_about(s, ANNA, CONTENT_VOTE, first + 1, "Monday");
    for (size_t i = first; i < s->part.count; i++) {
        s->messages[i].conversation = GROUP;
        s->messages[i].content.group = GROUP;
    }
}

void scene_everything(struct scene *s)
{
    scene_say(s, ANNA, "Hello <script>alert(1)</script> & \"you\"");
    scene_about(s, BORIS, CONTENT_REPLY, 0, "Hi\nthere")->content.quote = "Hello";
    scene_about(s, ANNA, CONTENT_EDIT, 0, "Hello, Boris");
    scene_about(s, BORIS, CONTENT_REACT, 0, "👍 ❤️");
    struct forms_message *m = scene_say(s, ANNA, "File: …");
    m->content.kind = CONTENT_FILE;
    m->content.timer_s = 86400;
    m->file = &photo;
    scene_about(s, BORIS, CONTENT_RETRACT, 1, "");
    scene_about(s, BORIS, CONTENT_READ, 4, "");
    say_of_places(s);
    m = scene_say(s, BORIS, "not to be read");
    m->redacted = "privileged: lawyer";
    m = scene_say(s, BORIS, "مرحبا، كيف حالك؟");
    m->content.kind = CONTENT_CONTACT;
    m->content.contact = CONTENT_REQUEST;
    say_in_group(s);
    m = scene_say(s, ANNA, "שלום 😀 नमस्ते สวัสดี 你好");
    m->at_unix_ms += INT64_C(86400000);
    m->wrong = "the verdict's signature";
}

const char *const scene_words[SCENE_WORDS] = {
    "plantedaa", "plantedab", "plantedac", "plantedad", "plantedae", "plantedaf", "plantedag",
    "plantedah", "plantedai", "plantedaj", "plantedak", "plantedal", "plantedam", "plantedan",
    "plantedao", "plantedap", "plantedaq", "plantedar", "plantedas", "plantedat",
};

static const struct forms_file planted = {
    "plantedaa.jpg", "image/plantedab", 51966, "files/plantedac.jpg", {0xca, 0xfe, 0xca, 0xfe}};

static void plant(struct forms_message *m, enum content_kind kind)
{
    m->id = scene_words[3];
    m->content = (struct content){
        .kind = kind,
        .text = scene_words[4],
        .text_len = strlen(scene_words[4]),
        .quote = scene_words[5],
        .from = scene_words[6],
        .id = scene_words[7],
        .position = {123456789, 987654321, true, true, 1234000, 5678000},
        .has_until = true,
        .until_unix_ms = NOON + 12345678,
        .url = scene_words[8],
        .preview = scene_words[9],
        .name = scene_words[10],
        .type = scene_words[11],
        .size = 51966,
        .duration_s = 4711,
        .serial = 4711,
        .note = scene_words[12],
        .note_len = strlen(scene_words[12]),
        .contact = CONTENT_REQUEST,
        .question = scene_words[13],
        .options = {scene_words[14], scene_words[15], scene_words[16], scene_words[17]},
        .option_count = 4,
        .group = scene_words[18],
        .timer_s = 4711,
    };
    m->file = &planted;
    m->redacted = "privileged";
}

void scene_planted(struct scene *s)
{
    for (unsigned kind = 0; kind < CONTENT_KINDS; kind++) {
        struct forms_message *m = scene_say(s, ANNA, "");
        m->conversation = kind % 2 == 0 ? BETWEEN : GROUP;
        plant(m, (enum content_kind)kind);
        struct forms_message *answer =
            scene_about(s, BORIS, CONTENT_REPLY, s->part.count - 1, "I see");
        answer->conversation = m->conversation;
        answer->content.quote = scene_words[19];
    }
}

const char *scene_member(const struct scene *s, const char *path)
{
    for (size_t i = 0; i < s->member_count; i++)
        if (strcmp(s->members[i].path, path) == 0)
            return (const char *)s->members[i].data;
    fail_msg("there is no %s", path);
    return "";
}

void assert_paths_differ(const struct scene *s)
{
    for (size_t i = 0; i < s->member_count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(s->members[i].path, s->members[j].path);
}

void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

void assert_says_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" is in \"%s\"", part, text);
}
