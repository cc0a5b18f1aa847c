/* A device that dies before or right behind any commit of its store, while corrections,
 * retractions, groups and consent go through it, and is started again: in the end everyone shows
 * the same as without the crash.
 */
#include "talk.h"

#include <string.h>

static void revive(struct world *w)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++)
        if (w->parties[i].dead) {
            party_reopen(&w->parties[i]);
            w->parties[i].device->accept_all = false;
            world_run(w);
        }
}

static void settle(struct world *w)
{
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < WORLD_PARTIES; i++) {
            revive(w);
            party_wait(&w->parties[i]);
        }
    revive(w);
}

/* The user tries again what was not taken; `done` is refused because it was. */
static void ask(struct party *p, const char *request, const char *done)
{
    json_t *answer = talk_ask(p, request);
    if (p->dead) {
        json_decref(answer);
        revive(p->w);
        answer = talk_ask(p, request);
    }
    const char *error = json_string_value(json_object_get(answer, "error"));
    if (error != NULL && strstr(error, done) == NULL)
        fail_msg("%s: %s", request, error);
    json_decref(answer);
    revive(p->w);
    settle(p->w);
}

#define SAY "{\"do\":\"say\","
static void play(struct world *w)
{
    ask(bert(w), "{\"do\":\"contact\",\"add\":\"anna@chat.example\"}", "!");
    ask(anna(w),
        SAY "\"kind\":\"text\",\"id\":\"m1\",\"text\":\"eight\","
            "\"to\":[\"bert@chat.example\",\"cara@chat.example\"]}",
        "sent a message with the id");
    ask(anna(w), SAY "\"kind\":\"edit\",\"id\":\"m2\",\"about\":\"m1\",\"text\":\"nine\"}",
        "sent a message with the id");
    ask(anna(w),
        SAY "\"kind\":\"text\",\"id\":\"m3\",\"text\":\"x\",\"to\":[\"bert@chat.example\"]}",
        "sent a message with the id");
    ask(anna(w), SAY "\"kind\":\"retract\",\"id\":\"m4\",\"about\":\"m3\"}",
        "not on this device any more");
    ask(cara(w), "{\"do\":\"contact\",\"add\":\"anna@chat.example\"}", "!");
    ask(anna(w),
        "{\"do\":\"group\",\"change\":true,\"name\":\"Skat\",\"add\":[\"bert@chat.example\"]}",
        "!");
}

/* A group that was made and whose request was asked again is two groups: count what is shown. */
static void check(struct world *w, const char *where)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        struct party *p = &w->parties[i];
        CLEANUP_FREE char *view = talk_view(p);
        bool in_private = p != cara(w);
        if (strstr(view, "anna text nine (edited 1)\n") != view ||
            (strstr(view, "anna text  (gone: retracted)\n") != NULL) != in_private ||
            (strstr(view, "anna group Skat: anna@chat.example made") != NULL) != in_private ||
            strstr(view, "edit ") != NULL || strstr(view, "retract ") != NULL)
            fail_msg("%s: %s shows\n%s", where, p->handle, view);
        if (party_number(p, "SELECT count(*) FROM outbox WHERE state != 4") != 0 ||
            party_number(p, "SELECT count(*) FROM content WHERE held = 1") != 0 ||
            party_number(p, "SELECT count(*) FROM message LEFT JOIN content USING (number)"
                            " WHERE kind IS NULL") != 0)
            fail_msg("%s: %s: something waits, or stands alone", where, p->handle);
        /* Each list that was sent is held by those who are in it, and each that is held was sent.
         */
        if (party_number(p, "SELECT (SELECT count(*) FROM club) ="
                            " (SELECT count(*) FROM content WHERE kind = 9)") != 1)
            fail_msg("%s: %s holds other lists than were sent", where, p->handle);
    }
}

static void crash_everywhere(size_t who, bool behind)
{
    unsigned commits = 1;
    for (unsigned n = 0; n <= commits; n++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        char where[64];
        talk_strict(w);
        snprintf(where, sizeof where, "%s commit %u", behind ? "behind" : "before", n);
        party_crash_at(&w->parties[who], n, behind);
        play(w);
        if (n == 0)
            commits = w->parties[who].commits;
        check(w, where);
    }
    assert_true(commits > 10);
}

static void content_crash__ends_the_same__author(void **state)
{
    (void)state;
    assert_int_equal(CONTENT_GROUP, 9);
    crash_everywhere(0, false);
    crash_everywhere(0, true);
}

static void content_crash__ends_the_same__contact(void **state)
{
    (void)state;
    crash_everywhere(1, false);
    crash_everywhere(1, true);
}

static void content_crash__ends_the_same__who_consents(void **state)
{
    (void)state;
    crash_everywhere(2, false);
    crash_everywhere(2, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_crash__ends_the_same__author),
        cmocka_unit_test(content_crash__ends_the_same__contact),
        cmocka_unit_test(content_crash__ends_the_same__who_consents),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
