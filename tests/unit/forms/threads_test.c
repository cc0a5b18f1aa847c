/* RSMF: what is in the files, taken out of mail and zip again; no reference leads out of them. */
#include "support.h"
#include "unpack.h"

#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"

#define FRIDAY "threads/2024-05-03-NORTH-00000001.rsmf"

static void make(struct scene *s)
{
    scene_forget(s);
    if (forms_threads(&s->part, &s->sink, &s->d) != 0)
        fail_msg("%s", s->d.text);
}

/* The manifest; the caller's. */
static json_t *manifest_of(const struct scene *s, const char *path)
{
    CLEANUP_FREE char *text = unpack_rsmf(scene_member(s, path), "rsmf_manifest.json");
    json_t *manifest = json_loads(text, 0, NULL);
    assert_non_null(manifest);
    return manifest;
}

static const json_t *event_of(const json_t *manifest, const char *bates)
{
    const json_t *events = json_object_get(manifest, "events");
    size_t i;
    json_t *event;
    json_array_foreach((json_t *)events, i, event)
    {
        if (strcmp(json_string_value(json_object_get(event, "id")), bates) == 0)
            return event;
    }
    fail_msg("no event is %s", bates);
    return NULL;
}

static const char *text_of(const json_t *o, const char *name)
{
    const json_t *value = json_object_get(o, name);
    return value == NULL ? "" : json_string_value(value);
}

/* "" when there is none of that name. */
static const char *custom_of(const json_t *event, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(event, "custom"), i, one)
    {
        if (strcmp(text_of(one, "name"), name) == 0)
            return text_of(one, "value");
    }
    return "";
}

static const json_t *nth(const json_t *event, const char *list, size_t i)
{
    return json_array_get(json_object_get(event, list), i);
}

static void forms_threads__everything__is_told_by_its_fields(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    make(s);
    json_t *m = manifest_of(s, FRIDAY);
    const json_t *first = event_of(m, "NORTH-00000001"), *reply = event_of(m, "NORTH-00000002"),
                 *file = event_of(m, "NORTH-00000005"), *place = event_of(m, "NORTH-00000008"),
                 *redacted = event_of(m, "NORTH-00000010");
    assert_string_equal(text_of(first, "timestamp"), "2024-05-03T12:00:00.000Z");
    assert_string_equal(text_of(first, "body"), "Hello, Boris");
    assert_string_equal(text_of(nth(first, "edits", 0), "previous"),
                        "Hello <script>alert(1)</script> & \"you\"");
    assert_string_equal(text_of(nth(first, "edits", 0), "new"), "Hello, Boris");
    assert_string_equal(text_of(nth(first, "reactions", 0), "value"), "👍");
    assert_string_equal(text_of(nth(first, "reactions", 1), "value"), "❤️");
    assert_says(custom_of(first, "NORTH-00000003"), "edit by anna@chat.example at 2024");
    assert_string_equal(custom_of(first, "leaf"), "100");
    assert_string_equal(custom_of(first, "verdict"), "verified");
    assert_string_equal(text_of(reply, "parent"), "NORTH-00000001");
    assert_string_equal(text_of(reply, "body"), "Hi\nthere");
    assert_true(json_is_true(json_object_get(reply, "deleted")));
    assert_string_equal(custom_of(reply, "quote"), "Hello");
    assert_string_equal(text_of(nth(file, "attachments", 0), "id"), "NORTH-00000005.txt");
    assert_string_equal(custom_of(file, "timer seconds"), "86400");
    assert_string_equal(custom_of(file, "file path"), "files/000005-photo.jpg");
    assert_string_equal(text_of(nth(file, "read_receipts", 0), "action"), "read");
    assert_string_equal(custom_of(place, "position"), "geo:51.9225,-4.47917;u=12.5");
    assert_says(custom_of(place, "NORTH-00000009"), "51.9226000, -4.4790000");
    assert_string_equal(text_of(redacted, "body"), "[redacted: privileged: lawyer]");
    json_decref(m);
    CLEANUP_FREE char *stub = unpack_rsmf(scene_member(s, FRIDAY), "NORTH-00000005.txt");
    assert_says(stub, "path in the package: files/000005-photo.jpg\nsha256: abcd00");
}

static void forms_threads__conversations_and_days__have_a_file_each(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    make(s);
    assert_int_equal(s->member_count, 3);
    assert_paths_differ(s);
    json_t *next = manifest_of(s, "threads/2024-05-04-NORTH-00000015.rsmf"),
           *group = manifest_of(s, "threads/2024-05-03-NORTH-00000012.rsmf");
    const json_t *event = event_of(next, "NORTH-00000015"),
                 *poll = event_of(group, "NORTH-00000013");
    assert_string_equal(custom_of(event, "verdict"), "not verified");
    assert_string_equal(custom_of(event, "unverified"), "the verdict's signature");
    assert_string_equal(text_of(poll, "body"), "[asks]\nWhich day?\n1. Monday\n2. الثلاثاء");
    assert_says(custom_of(poll, "NORTH-00000014"), "vote by anna@chat.example");
    assert_string_equal(text_of(nth(group, "conversations", 0), "display"), "group " GROUP);
    json_decref(next);
    json_decref(group);
}

/* A correction of yesterday's message, and an answer to it. */
static void forms_threads__about_another_day__is_an_event_of_its_own(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "old");
    scene_about(s, ANNA, CONTENT_EDIT, 0, "new")->at_unix_ms += CALENDAR_DAY_MS;
    scene_about(s, BORIS, CONTENT_REPLY, 0, "yes")->at_unix_ms += CALENDAR_DAY_MS;
    make(s);
    json_t *m = manifest_of(s, "threads/2024-05-04-NORTH-00000002.rsmf");
    assert_string_equal(text_of(event_of(m, "NORTH-00000002"), "body"),
                        "[corrects NORTH-00000001]\nnew");
    assert_string_equal(text_of(event_of(m, "NORTH-00000003"), "body"),
                        "[answers NORTH-00000001]\nyes");
    assert_string_equal(text_of(event_of(m, "NORTH-00000003"), "parent"), "");
    json_decref(m);
}

static void forms_threads__a_later_reaction__takes_the_place_of_the_former(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "Lunch?");
    scene_about(s, BORIS, CONTENT_REACT, 0, "👍 🎉");
    scene_about(s, ANNA, CONTENT_REACT, 0, "😀");
    scene_about(s, BORIS, CONTENT_REACT, 0, "👎");
    make(s);
    json_t *m = manifest_of(s, FRIDAY);
    const json_t *event = event_of(m, "NORTH-00000001");
    assert_int_equal(json_array_size(json_object_get(event, "reactions")), 2);
    assert_string_equal(text_of(nth(event, "reactions", 0), "value"), "😀");
    assert_string_equal(text_of(nth(event, "reactions", 1), "value"), "👎");
    assert_says(custom_of(event, "NORTH-00000002"), ": 👍 🎉;");
    json_decref(m);
}

/* The schema accepts references to nothing: so they are looked for here. */
static void assert_held(const json_t *known, const json_t *ids)
{
    size_t i;
    json_t *id;
    json_array_foreach((json_t *)ids, i, id)
    {
        assert_non_null(json_object_get(known, json_string_value(id)));
    }
}

static void assert_one(const json_t *known, const json_t *o, const char *name)
{
    if (json_object_get(o, name) != NULL)
        assert_non_null(json_object_get(known, text_of(o, name)));
}

static void assert_event(const json_t *people, const json_t *events, const json_t *event,
                         const char *mail)
{
    size_t i;
    json_t *one;
    assert_one(people, event, "participant");
    assert_one(events, event, "parent");
    assert_string_equal(text_of(event, "conversation"), "C1");
    json_array_foreach(json_object_get(event, "custom"), i, one)
        assert_true(text_of(one, "name")[0] != '\0' && text_of(one, "value")[0] != '\0');
    json_array_foreach(json_object_get(event, "reactions"), i, one)
        assert_held(people, json_object_get(one, "participants"));
    json_array_foreach(json_object_get(event, "edits"), i, one)
        assert_one(people, one, "participant");
    json_array_foreach(json_object_get(event, "read_receipts"), i, one)
        assert_one(people, one, "participant");
    json_array_foreach(json_object_get(event, "attachments"), i, one)
        free(unpack_rsmf(mail, text_of(one, "id")));
}

static json_t *by_id(const json_t *list)
{
    size_t i;
    json_t *one, *known = json_object();
    json_array_foreach((json_t *)list, i, one)
    {
        assert_null(json_object_get(known, text_of(one, "id")));
        json_object_set(known, text_of(one, "id"), one);
    }
    return known;
}

static void assert_closed(const struct scene *s, const char *path)
{
    json_t *m = manifest_of(s, path), *people = by_id(json_object_get(m, "participants")),
           *events = by_id(json_object_get(m, "events"));
    const char *key;
    json_t *event;
    assert_held(people, json_object_get(nth(m, "conversations", 0), "participants"));
    json_object_foreach(events, key, event)
    {
        assert_event(people, events, event, scene_member(s, path));
    }
    json_decref(m);
    json_decref(people);
    json_decref(events);
}

static void forms_threads__everything__has_no_reference_to_nothing(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    scene_about(s, BORIS, CONTENT_REPLY, 0, "much later")->at_unix_ms += 3 * CALENDAR_DAY_MS;
    scene_about(s, BORIS, CONTENT_REACT, 9, "to a redacted one");
    scene_about(s, BORIS, CONTENT_REPLY, 9, "dated before it")->at_unix_ms = NOON;
    make(s);
    for (size_t i = 0; i < s->member_count; i++)
        assert_closed(s, s->members[i].path);
}

static void forms_threads__headers__list_it(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    make(s);
    const char *mail = scene_member(s, FRIDAY);
    assert_says(mail, "From: anna@chat.example\r\nTo: boris@chat.example\r\n"
                      "Date: Fri, 03 May 2024 12:00:00 +0000\r\n");
    assert_says(mail, "\r\nX-RSMF-Version: 2.0.0\r\n");
    assert_says(mail, "\r\nX-RSMF-EventCount: 6\r\nX-RSMF-AttachmentCount: 1\r\n");
    assert_says(mail, "\r\nX-RSMF-EndDate: 2024-05-03T12:10:00.000Z\r\n");
}

static void forms_threads__hostile_names__end_no_header(void **state)
{
    struct scene *s = *state;
    struct forms_message *m = scene_say(s, "eve\r\nBcc: all@chat.example", "\xff");
    m->conversation = "key\r\nX-RSMF-Version: 9 =?utf-8?B?AAAA?= "
                      "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääää";
    m->id = "\r\n";
    make(s);
    const char *mail = scene_member(s, FRIDAY);
    assert_says(mail, "From: unknown@invalid\r\n");
    assert_says_not(mail, "\nBcc");
    assert_says_not(mail, "X-RSMF-Version: 9");
    for (const char *line = mail, *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
        assert_true(end - line <= 78);
        for (const char *c = line; c < end; c++)
            assert_true(*c >= ' ' && *c <= '~');
    }
    assert_closed(s, FRIDAY);
}

static void forms_threads__empty_and_long_text__are_whole(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE char *long_text = mem_new(65537);
    memset(long_text, 'a', 65536);
    scene_say(s, ANNA, "");
    scene_say(s, ANNA, long_text);
    make(s);
    json_t *m = manifest_of(s, FRIDAY);
    assert_string_equal(text_of(event_of(m, "NORTH-00000001"), "body"), "");
    assert_string_equal(text_of(event_of(m, "NORTH-00000002"), "body"), long_text);
    json_decref(m);
}

/* Neither the clock nor the machine's zone is in it. */
static void forms_threads__twice__are_the_same_bytes(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    make(s);
    CLEANUP_FREE char *first = mem_string(scene_member(s, FRIDAY));
    setenv("TZ", "Pacific/Auckland", 1);
    tzset();
    make(s);
    unsetenv("TZ");
    assert_string_equal(scene_member(s, FRIDAY), first);
}

static void forms_threads__before_1970__has_its_weekday(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, "x")->at_unix_ms = -1;
    make(s);
    assert_says(scene_member(s, "threads/1969-12-31-NORTH-00000001.rsmf"),
                "Date: Wed, 31 Dec 1969 23:59:59 +0000\r\n");
}

static void forms_threads__a_sink_that_ends_it__is_handed_on(void **state)
{
    struct scene *s = *state;
    scene_everything(s);
    s->refuse_at = 1;
    assert_int_equal(forms_threads(&s->part, &s->sink, &s->d), REFUSED);
    assert_int_equal(s->member_count, 1);
    s->part.number = 0;
    assert_int_equal(forms_threads(&s->part, &s->sink, &s->d), ERR_FORMAT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(forms_threads__everything__is_told_by_its_fields),
        CASE(forms_threads__conversations_and_days__have_a_file_each),
        CASE(forms_threads__about_another_day__is_an_event_of_its_own),
        CASE(forms_threads__a_later_reaction__takes_the_place_of_the_former),
        CASE(forms_threads__everything__has_no_reference_to_nothing),
        CASE(forms_threads__headers__list_it),
        CASE(forms_threads__hostile_names__end_no_header),
        CASE(forms_threads__empty_and_long_text__are_whole),
        CASE(forms_threads__twice__are_the_same_bytes),
        CASE(forms_threads__before_1970__has_its_weekday),
        CASE(forms_threads__a_sink_that_ends_it__is_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
