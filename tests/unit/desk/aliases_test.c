/* Accounts merged into one person and split again: nothing is lost, everything is undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "desk/aliases.h"
#include "desk/assign.h"
#include "desk/privilege.h"
#include "desk/sight.h"
#include "scene.h"

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"
#define CARL "carl@chat.example"
#define ANNA2 "anna_2@chat.example"
#define TEXT_BYTES 2048U

/* As the table of users.h is not here, whoever asks is nobody in particular. */
static void fill(struct scene *s)
{
    scene_say(s, ANNA, CARL, "one");        /* 1 */
    scene_say(s, BEN, CARL, "two");         /* 2 */
    scene_say(s, ANNA2, CARL, "three");     /* 3 */
    scene_say(s, CARL, ANNA " " BEN, "it"); /* 4 */
    scene_say(s, ANNA, BEN, "me");          /* 5 */
}

static void find(struct scene *s, const char *written, const char *expected)
{
    const char *found = scene_find(s, written);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s' instead of '%s'", written, found, expected);
}

static int try_merge(struct scene *s, const char *account, const char *with, const char *name,
                     int64_t *ret)
{
    const struct desk_merge m = {account, with, name, "one hand"};
    return desk_aliases_merge(s->x, &m, &scene_by, ret, &s->d);
}

static int64_t merge(struct scene *s, const char *account, const char *with, const char *name)
{
    int64_t change = 0;
    scene_must(s, try_merge(s, account, with, name, &change));
    return change;
}

static int64_t split(struct scene *s, const char *account)
{
    int64_t change = 0;
    scene_must(s, desk_aliases_split(s->x, account, "another hand", &scene_by, &change, &s->d));
    return change;
}

static int try_undo(struct scene *s, int64_t change)
{
    int64_t undone = 0;
    return desk_aliases_undo(s->x, change, "a mistake", &scene_by, &undone, &s->d);
}

static int put_person(void *context, const struct desk_person *p)
{
    buf_format(context, "%s(%s) ", p->handle, p->name);
    return 0;
}

static void assert_person(struct scene *s, const char *account, const char *expected)
{
    CLEANUP_BUF struct buf b = BUF_INIT(TEXT_BYTES);
    scene_must(s, desk_aliases(s->x, account, put_person, &b, &s->d));
    assert_string_equal(buf_text(&b), expected);
}

/* ---- merging ---- */

static void aliases__merged__are_one_person_everywhere(void **state)
{
    struct scene *s = *state;
    fill(s);
    merge(s, ANNA, BEN, "");
    for (int again = 0; again < 2; again++) {
        find(s, "from:anna", "5 2 1"); /* the person has the handle of whom it was merged into */
        find(s, "with:anna -from:anna", "4");
        assert_person(s, BEN, "ben(anna) anna(anna) ");
        scene_reopen(s);
    }
    merge(s, ANNA2, ANNA, "The Cook");
    find(s, "from:\"the cook\"", "5 3 2 1");
    find(s, "from:anna", "5 1"); /* a handle again */
    assert_person(s, ANNA, "anna(The Cook) ben(The Cook) anna_2(The Cook) ");
}

static void aliases__merged__by_the_name_that_one_has(void **state)
{
    struct scene *s = *state;
    fill(s);
    scene_must(s, desk_set_name(s->x, BEN, "Ringo", &scene_by, &s->d));
    merge(s, ANNA, BEN, "");
    assert_person(s, ANNA, "anna(Ringo) ben(Ringo) ");
    scene_must(s, desk_aliases_name(s->x, ANNA, "Starr", &scene_by, &s->d));
    assert_person(s, ANNA, "anna(Starr) ben(Starr) ");
}

static void aliases__merge__refuses(void **state)
{
    struct scene *s = *state;
    int64_t change = 0;
    const struct desk_merge no_reason = {ANNA, BEN, "", ""};
    fill(s);
    assert_int_equal(desk_aliases_merge(s->x, &no_reason, &scene_by, &change, &s->d), ERR_FORMAT);
    assert_int_equal(try_merge(s, ANNA, ANNA, "", &change), ERR_FORMAT);
    assert_int_equal(try_merge(s, ANNA, BEN, "two\nlines", &change), ERR_FORMAT);
    assert_int_equal(try_merge(s, ANNA, "zoe@chat.example", "", &change), ERR_NOT_FOUND);
    assert_int_equal(try_merge(s, ANNA, BEN, "Carl", &change), ERR_EXISTS); /* a handle */
    scene_must(s, desk_set_name(s->x, CARL, "Ringo", &scene_by, &s->d));
    assert_int_equal(try_merge(s, ANNA, BEN, "ringo", &change), ERR_EXISTS);
    merge(s, ANNA, BEN, "");
    assert_int_equal(try_merge(s, BEN, ANNA, "", &change), ERR_INVALID_STATE);
    assert_person(s, CARL, "carl(Ringo) ");
}

/* ---- splitting ---- */

static void mark_all(struct scene *s)
{
    scene_must(s, desk_set_organisation(s->x, ANNA, "Cooks", &scene_by, &s->d));
    scene_must(s, desk_set_organisation(s->x, BEN, "Dockers", &scene_by, &s->d));
    scene_must(s, desk_set_name(s->x, BEN, "Ringo", &scene_by, &s->d));
    scene_must(s, desk_tag(s->x, 1, "hot", true, &scene_by, &s->d));
    scene_must(s, desk_note(s->x, 2, "a note", &scene_by, &s->d));
    scene_must(s,
               desk_assign(s->x, DESK_ASSIGN_ORGANISATION, "Dockers", 1, true, &scene_by, &s->d));
}

static void assert_as_before(struct scene *s)
{
    assert_person(s, ANNA, "anna() ");
    assert_person(s, BEN, "ben(Ringo) ");
    find(s, "from:ringo", "2");
    find(s, "org:cooks", "5 4 1");
    find(s, "org:dockers", "5 4 2");
    find(s, "tag:hot", "1");
    find(s, "assigned:me", "5 4 2");
}

static void aliases__merged_and_split__nothing_is_lost(void **state)
{
    struct scene *s = *state;
    fill(s);
    mark_all(s);
    assert_as_before(s);
    int64_t change = merge(s, ANNA, BEN, "The Cook");
    find(s, "org:cooks", "5 4 2 1"); /* a person is of what any account is of */
    find(s, "assigned:me", "5 4 2 1");
    split(s, ANNA);
    assert_person(s, BEN, "ben(The Cook) ");
    assert_int_equal(try_undo(s, change), ERR_INVALID_STATE); /* one was split off since */
    assert_int_equal(try_undo(s, change + 1), 0);
    assert_int_equal(try_undo(s, change), 0);
    for (int again = 0; again < 2; again++) {
        assert_as_before(s);
        scene_reopen(s);
    }
}

static void aliases__split__has_its_name_again(void **state)
{
    struct scene *s = *state;
    int64_t change = 0;
    fill(s);
    scene_must(s, desk_set_name(s->x, BEN, "Ringo", &scene_by, &s->d));
    merge(s, ANNA, BEN, "The Cook");
    split(s, BEN);
    assert_person(s, BEN, "ben(Ringo) ");
    assert_int_equal(desk_aliases_split(s->x, BEN, "why", &scene_by, &change, &s->d),
                     ERR_INVALID_STATE);
    assert_int_equal(desk_aliases_split(s->x, BEN, "", &scene_by, &change, &s->d), ERR_FORMAT);
    merge(s, ANNA, BEN, "The Cook");
    scene_must(s, desk_set_name(s->x, CARL, "ringo", &scene_by, &s->d));
    split(s, BEN); /* the name is another's by now */
    assert_person(s, BEN, "ben() ");
}

/* ---- undoing ---- */

static void aliases__undone__by_what_came_last(void **state)
{
    struct scene *s = *state;
    fill(s);
    int64_t first = merge(s, ANNA, BEN, "A"), second = merge(s, ANNA, ANNA2, "B");
    assert_int_equal(try_undo(s, first), ERR_INVALID_STATE);
    assert_int_equal(try_undo(s, second), 0);
    assert_person(s, ANNA, "anna(A) ben(A) ");
    assert_int_equal(try_undo(s, second), ERR_INVALID_STATE);
    assert_int_equal(try_undo(s, second + 1), 0); /* the undoing is undone */
    assert_person(s, ANNA, "anna(B) ben(B) anna_2(B) ");
    assert_int_equal(try_undo(s, second + 9), ERR_NOT_FOUND);
}

static void aliases__undone__not_into_another_person(void **state)
{
    struct scene *s = *state;
    fill(s);
    scene_must(s, desk_set_name(s->x, BEN, "Ringo", &scene_by, &s->d));
    int64_t change = merge(s, ANNA, BEN, "The Cook");
    scene_must(s, desk_set_name(s->x, CARL, "Ringo", &scene_by, &s->d));
    assert_int_equal(try_undo(s, change), ERR_EXISTS);
    assert_person(s, CARL, "carl(Ringo) ");
}

/* ---- what was done ---- */

static int put_account(void *context, const struct desk_alias_account *a)
{
    buf_format(context, " %s:%s>%s", a->account, a->before, a->after);
    return 0;
}

struct telling {
    struct scene *s;
    struct buf *b;
};

static int put_change(void *context, const struct desk_alias_change *c)
{
    struct telling *t = context;
    buf_format(t->b, "%lld %s %s %lld %s", (long long)c->number, desk_alias_text(c->kind),
               c->reason, (long long)c->undoes, c->can_be_undone ? "last" : "past");
    scene_must(t->s, desk_alias_accounts(t->s->x, c->number, put_account, t->b, &t->s->d));
    buf_put_text(t->b, "\n");
    return 0;
}

static void assert_changes(struct scene *s, const char *account, const char *expected)
{
    CLEANUP_BUF struct buf b = BUF_INIT(TEXT_BYTES);
    struct telling t = {s, &b};
    scene_must(s, desk_alias_changes(s->x, account, put_change, &t, &s->d));
    assert_string_equal(buf_text(&b), expected);
}

static void aliases__changes__are_kept(void **state)
{
    struct scene *s = *state;
    fill(s);
    merge(s, ANNA, BEN, "A");
    split(s, BEN);
    assert_int_equal(try_undo(s, 2), 0);
    assert_changes(s, BEN,
                   "3 undone a mistake 2 last anna@chat.example:A>A ben@chat.example:>A\n"
                   "2 split another hand 0 past anna@chat.example:A>A ben@chat.example:A>\n"
                   "1 merged one hand 0 last anna@chat.example:>A ben@chat.example:>A\n");
    assert_changes(s, CARL, "");
}

static int rolls_back(void *context, struct diag *d)
{
    (void)d;
    merge(context, ANNA, BEN, "A");
    return ERR_LIMIT;
}

static void aliases__rolled_back__never_were(void **state)
{
    struct scene *s = *state;
    fill(s);
    assert_int_equal(sql_transaction(desk_index_sql(s->x), rolls_back, s, &s->d), ERR_LIMIT);
    assert_person(s, ANNA, "anna() ");
    assert_changes(s, ANNA, "");
}

/* ---- proposals, contacts, counts ---- */

static void aliases__like__have_the_same_letters(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(TEXT_BYTES);
    fill(s);
    scene_must(s, desk_aliases_like(s->x, ANNA, put_person, &b, &s->d));
    assert_string_equal(buf_text(&b), "anna_2() ");
    merge(s, ANNA, ANNA2, "");
    buf_reset(&b);
    scene_must(s, desk_aliases_like(s->x, ANNA, put_person, &b, &s->d));
    assert_string_equal(buf_text(&b), "");
}

static int put_contact(void *context, const struct desk_contact *c)
{
    buf_format(context, "%s(%s) %d %d ", c->account, c->name, (int)c->sent, (int)c->received);
    return 0;
}

static void assert_contacts(struct scene *s, const char *account, const char *expected)
{
    CLEANUP_BUF struct buf b = BUF_INIT(TEXT_BYTES);
    scene_must(s, desk_contacts(s->x, account, 10, put_contact, &b, &s->d));
    assert_string_equal(buf_text(&b), expected);
}

static void aliases__contacts__are_of_people(void **state)
{
    struct scene *s = *state;
    fill(s);
    merge(s, ANNA, BEN, "");
    assert_contacts(s, BEN, "carl@chat.example() 2 2 "); /* not themselves */
    assert_contacts(s, CARL, "anna@chat.example(anna) 2 2 anna_2@chat.example() 0 1 ");
}

static void aliases__counts__are_of_people(void **state)
{
    struct scene *s = *state;
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "");
    struct desk_counts *c = NULL;
    fill(s);
    merge(s, ANNA, BEN, "The Cook");
    scene_must(s, desk_count_hits(s->x, q, 1, 1000, &c, &s->d));
    assert_string_equal(c->facets[DESK_BY_PERSON][0].value, "The Cook");
    assert_int_equal(c->facets[DESK_BY_PERSON][0].count, 3);
    assert_int_equal(c->facet_counts[DESK_BY_PERSON], 3);
    desk_counts_free(c);
}

/* ---- privilege ---- */

static void mark_person(struct scene *s, const char *account)
{
    const struct desk_privilege_ask ask = {
        .kind = DESK_PRIVILEGED_PERSON, .what = account, .reason = "a lawyer"};
    int64_t number;
    uint64_t hidden;
    scene_must(s, desk_privilege_mark(s->x, &ask, &scene_by, &number, &hidden, &s->d));
}

static void aliases__merged_with_a_privileged__all_are(void **state)
{
    struct scene *s = *state;
    fill(s);
    int64_t merged = merge(s, ANNA, BEN, "A");
    split(s, BEN);
    mark_person(s, BEN);
    find(s, "", "3 1");
    assert_int_equal(try_undo(s, merged + 1), 0); /* anna is in sight: it is hers, too */
    find(s, "", "3");
    assert_int_equal(try_undo(s, merged + 2), ERR_NOT_FOUND); /* nobody of it is in sight */
    scene_reopen(s);
    find(s, "", "3");
}

/* Whichever of them came first. */
static void aliases__a_privileged_comes_back__all_are(void **state)
{
    struct scene *s = *state;
    fill(s);
    merge(s, ANNA, BEN, "A");
    int64_t parted = split(s, ANNA);
    mark_person(s, ANNA);
    find(s, "", "3 2");
    assert_int_equal(try_undo(s, parted), 0); /* ben is in sight: it is his, too */
    find(s, "", "3");
}

static void aliases__split__never_shows(void **state)
{
    struct scene *s = *state;
    fill(s);
    merge(s, ANNA, BEN, "A");
    mark_person(s, ANNA);
    find(s, "", "3");
    desk_sight_whole(s->x);
    scene_must(s, desk_privilege_release(s->x, 2, "about lunch", &scene_by, &s->d));
    desk_sight_common(s->x);
    find(s, "", "3 2");
    for (int again = 0; again < 2; again++) {
        if (again == 0)
            scene_must(s, desk_set_name(s->x, BEN, "Ben", &scene_by, &s->d));
        find(s, "from:ben", "2");
        find(s, "", "3 2");
        scene_reopen(s);
    }
}

/* What is out of sight is not told, and is no hindrance. */
static void aliases__out_of_sight__are_not_told(void **state)
{
    struct scene *s = *state;
    int64_t change = 0;
    fill(s);
    merge(s, ANNA, BEN, "A");
    split(s, BEN);
    mark_person(s, BEN);
    assert_changes(s, ANNA,
                   "2 split another hand 0 last anna@chat.example:A>A\n"
                   "1 merged one hand 0 past anna@chat.example:>A\n");
    assert_person(s, ANNA, "anna(A) ");
    assert_int_equal(try_merge(s, ANNA, BEN, "", &change), ERR_NOT_FOUND);
    scene_must(s, try_merge(s, ANNA, ANNA2, "Ben", &change)); /* his handle */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(aliases__merged__are_one_person_everywhere),
        SCENE_TEST(aliases__merged__by_the_name_that_one_has),
        SCENE_TEST(aliases__merge__refuses),
        SCENE_TEST(aliases__merged_and_split__nothing_is_lost),
        SCENE_TEST(aliases__split__has_its_name_again),
        SCENE_TEST(aliases__undone__by_what_came_last),
        SCENE_TEST(aliases__undone__not_into_another_person),
        SCENE_TEST(aliases__changes__are_kept),
        SCENE_TEST(aliases__rolled_back__never_were),
        SCENE_TEST(aliases__like__have_the_same_letters),
        SCENE_TEST(aliases__contacts__are_of_people),
        SCENE_TEST(aliases__counts__are_of_people),
        SCENE_TEST(aliases__merged_with_a_privileged__all_are),
        SCENE_TEST(aliases__a_privileged_comes_back__all_are),
        SCENE_TEST(aliases__split__never_shows),
        SCENE_TEST(aliases__out_of_sight__are_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
