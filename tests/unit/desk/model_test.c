#include "desk/model.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/encode.h"
#include "scene.h"
#include "wire/content.h"
#include "wire/fixture.h"

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"
#define CARL "carl@chat.example"

static const struct desk_by other_by = {2, SCENE_BEGIN_MS};

static void find(struct scene *s, int64_t user, const char *written, const char *expected)
{
    const char *found = scene_find_as(s, written, DESK_NEWEST, user, DESK_HITS_MAX, 0);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s' instead of '%s'", written, found, expected);
}

static void say_in(struct scene *s, const char *from, const char *to, const char *country,
                   const char *body)
{
    char copy[128];
    struct follower_message m;
    snprintf(copy, sizeof copy, "%s", to);
    scene_message(s, &m, from, copy, body);
    memcpy(m.country, country, strlen(country) + 1);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
}

static void fill(struct scene *s)
{
    say_in(s, ANNA, BEN, "NL", "one two");          /* 1 */
    say_in(s, ANNA, BEN " " CARL, "DE", "two");     /* 2 */
    say_in(s, BEN, ANNA, "NL", "one");              /* 3 */
    say_in(s, ANNA, CARL, "NL", "three one");       /* 4 */
    say_in(s, CARL, ANNA " " ANNA, "", "it is me"); /* 5 */
}

/* ---- people ---- */

static int put_person(void *context, const struct desk_person *p)
{
    buf_format(context, "%s/%s/%s/%s %llu %llu [%s] %lld-%lld\n", p->account, p->handle, p->name,
               p->organisation, (unsigned long long)p->sent, (unsigned long long)p->received,
               p->countries, (long long)(p->first_unix_ms - SCENE_BEGIN_MS) / 60000,
               (long long)(p->last_unix_ms - SCENE_BEGIN_MS) / 60000);
    return 0;
}

static void people__volume_countries_times(void **state)
{
    struct scene *s = *state;
    fill(s);
    for (int again = 0; again < 2; again++) {
        CLEANUP_BUF struct buf b = BUF_INIT(4096);
        scene_must(s, desk_people(s->x, "", 0, 10, put_person, &b, &s->d));
        assert_string_equal(buf_text(&b), ANNA "/anna// 3 2 [NL DE] 0-3\n" BEN
                                               "/ben// 1 2 [NL] 2-2\n" CARL "/carl// 1 2 [] 4-4\n");
        scene_reopen(s);
    }
}

static void people__prefix_skip_limit(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    fill(s);
    scene_must(s, desk_set_name(s->x, CARL, "Annabel", &scene_by, &s->d));
    scene_must(s, desk_people(s->x, "AN", 0, 10, put_person, &b, &s->d));
    assert_non_null(strstr(buf_text(&b), ANNA));
    assert_non_null(strstr(buf_text(&b), CARL "/carl/Annabel/"));
    assert_null(strstr(buf_text(&b), BEN));
    buf_reset(&b);
    scene_must(s, desk_people(s->x, "", 1, 1, put_person, &b, &s->d));
    assert_null(strstr(buf_text(&b), ANNA));
    buf_reset(&b);
    scene_must(s, desk_people(s->x, "", 9, 1, put_person, &b, &s->d));
    assert_int_equal(b.len, 0);
    assert_int_equal(desk_person_of(s->x, "zoe@chat.example", put_person, &b, &s->d),
                     ERR_NOT_FOUND);
    scene_must(s, desk_person_of(s->x, BEN, put_person, &b, &s->d));
    assert_non_null(strstr(buf_text(&b), BEN));
}

static int put_contact(void *context, const struct desk_contact *c)
{
    buf_format(context, "%s %llu %llu\n", c->account, (unsigned long long)c->sent,
               (unsigned long long)c->received);
    return 0;
}

static void people__contacts(void **state)
{
    struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    fill(s);
    scene_must(s, desk_contacts(s->x, ANNA, 10, put_contact, &b, &s->d));
    assert_string_equal(buf_text(&b), BEN " 2 1\n" CARL " 2 1\n");
    buf_reset(&b);
    scene_must(s, desk_contacts(s->x, ANNA, 1, put_contact, &b, &s->d));
    assert_string_equal(buf_text(&b), BEN " 2 1\n");
    assert_int_equal(desk_contacts(s->x, "zoe", 1, put_contact, &b, &s->d), ERR_NOT_FOUND);
}

static void people__aliases_merged_and_split_again(void **state)
{
    struct scene *s = *state;
    fill(s);
    find(s, 1, "from:ringo", "");
    scene_must(s, desk_set_name(s->x, ANNA, "Ringo", &scene_by, &s->d));
    scene_must(s, desk_set_name(s->x, BEN, "ringo", &scene_by, &s->d));
    for (int again = 0; again < 2; again++) {
        find(s, 1, "from:Ringo", "4 3 2 1");
        find(s, 1, "to:ringo -one", "5 2");
        find(s, 1, "from:anna", "4 2 1"); /* the handle means itself still */
        find(s, 1, "with:ringo is:flagged", "");
        find(s, 1, "from:ringo -is:flagged one", "4 3 1");
        scene_reopen(s);
    }
    scene_must(s, desk_set_name(s->x, BEN, "", &scene_by, &s->d));
    find(s, 1, "from:ringo", "4 2 1");
    scene_must(s, desk_set_name(s->x, ANNA, "", &scene_by, &s->d));
    find(s, 1, "from:ringo", "");
    find(s, 1, "from:ben", "3");
}

static void people__organisations(void **state)
{
    struct scene *s = *state;
    fill(s);
    scene_must(s, desk_set_organisation(s->x, BEN, "The Dockers", &scene_by, &s->d));
    find(s, 1, "org:\"the dockers\"", "3 2 1");
    find(s, 1, "two -org:\"The Dockers\"", "");
    scene_reopen(s);
    find(s, 1, "org:\"The Dockers\" one", "3 1");
    assert_int_equal(desk_set_organisation(s->x, "zoe@chat.example", "x", &scene_by, &s->d),
                     ERR_NOT_FOUND);
    assert_int_equal(desk_set_organisation(s->x, BEN, "two\nlines", &scene_by, &s->d), ERR_FORMAT);
}

/* ---- conversations ---- */

static int put_conversation(void *context, const struct desk_conversation *c)
{
    assert_int_equal(strlen(c->id), 16);
    buf_format(context, "%s:", c->group);
    for (size_t i = 0; c->members[i] != NULL; i++)
        buf_format(context, " %.*s", (int)strcspn(c->members[i], "@"), c->members[i]);
    buf_format(context, ", %llu\n", (unsigned long long)c->messages);
    return 0;
}

static void conversations__of_all_and_of_one(void **state)
{
    struct scene *s = *state;
    fill(s);
    for (int again = 0; again < 2; again++) {
        CLEANUP_BUF struct buf b = BUF_INIT(4096);
        scene_must(s, desk_conversations(s->x, NULL, UINT64_MAX, 10, put_conversation, &b, &s->d));
        assert_string_equal(buf_text(&b), ": anna carl, 2\n: anna ben, 2\n: anna ben carl, 1\n");
        buf_reset(&b);
        scene_must(s, desk_conversations(s->x, CARL, UINT64_MAX, 10, put_conversation, &b, &s->d));
        assert_string_equal(buf_text(&b), ": anna carl, 2\n: anna ben carl, 1\n");
        buf_reset(&b);
        scene_must(s, desk_conversations(s->x, NULL, (uint64_t)(SCENE_BEGIN_MS / 1000 + 240) << 32,
                                         1, put_conversation, &b, &s->d));
        assert_string_equal(buf_text(&b), ": anna ben, 2\n");
        assert_int_equal(desk_conversations(s->x, "zoe", 0, 1, put_conversation, &b, &s->d),
                         ERR_NOT_FOUND);
        scene_reopen(s);
    }
}

/* Where the list goes on, and how many stood on the page. */
struct page {
    uint64_t behind;
    unsigned count;
    uint64_t found; /* a bit for each person that anna wrote with */
};

static int take_page(void *context, const struct desk_conversation *c)
{
    struct page *p = context;
    p->behind = c->place;
    p->count++;
    p->found |= UINT64_C(1) << (c->members[1][0] - 'b');
    return 0;
}

static void conversations__that_end_in_one_second__stand_on_some_page(void **state)
{
    struct scene *s = *state;
    static const char *const others[] = {"ben@chat.example", "carl@chat.example",
                                         "dora@chat.example", "emil@chat.example",
                                         "fred@chat.example"};
    for (size_t i = 0; i < 5; i++) {
        char to[32];
        struct follower_message m;
        strcpy(to, others[i]);
        scene_message(s, &m, ANNA, to, "at once");
        m.at_unix_ms = SCENE_BEGIN_MS + (int64_t)i;
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    struct page p = {.behind = UINT64_MAX, .count = 2};
    for (unsigned pages = 0; p.count == 2; pages++) {
        p.count = 0;
        assert_true(pages < 3);
        scene_must(s, desk_conversations(s->x, NULL, p.behind, 2, take_page, &p, &s->d));
    }
    assert_int_equal(p.found, 0x1f);
}

#define GROUP "00112233445566778899aabbccddeeff"

/* A group's document as a message; the signature is every member's device to check. */
static void say_group(struct scene *s, unsigned serial, const char *name, bool with_carl)
{
    CLEANUP_BUF struct buf text = BUF_INIT(4096), body = BUF_INIT(8192);
    struct fixture_signer anna;
    fixture_signer_init(&anna, ANNA, "anna's device");
    buf_format(&text,
               "ironside group 1\nnetwork chat.example\nid " GROUP "\nserial %u\nname %s\n"
               "member " ANNA "\nmember " BEN "\n%schanged-by " ANNA "\n",
               serial, name, with_carl ? "member " CARL "\n" : "");
    if (serial > 1)
        buf_format(&text, "previous %064d\n", 0);
    CLEANUP_FREE char *note = fixture_sign(buf_text(&text), &anna, 1);
    const struct content c = {.kind = CONTENT_GROUP,
                              .text = "changed",
                              .text_len = 7,
                              .id = GROUP,
                              .serial = serial,
                              .note = note,
                              .note_len = strlen(note)};
    scene_must(s, content_write(&body, &c, &s->d));
    scene_say(s, ANNA, BEN, buf_text(&body));
}

static void conversations__group__as_its_last_change_says(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, BEN " " CARL, "hello all\nironside:text?group=" GROUP);
    for (int again = 0; again < 2; again++) {
        CLEANUP_BUF struct buf b = BUF_INIT(4096);
        scene_must(s, desk_conversations(s->x, NULL, UINT64_MAX, 10, put_conversation, &b, &s->d));
        assert_string_equal(buf_text(&b), GROUP ": anna ben carl, 1\n");
        scene_reopen(s);
    }
    say_group(s, 2, "Skat on Fridays", false);
    say_group(s, 1, "Skat", true); /* an older one that comes late */
    scene_say(s, CARL, ANNA, "am I in?\nironside:text?group=" GROUP);
    for (int again = 0; again < 2; again++) {
        CLEANUP_BUF struct buf b = BUF_INIT(4096);
        scene_must(s, desk_conversations(s->x, NULL, UINT64_MAX, 10, put_conversation, &b, &s->d));
        assert_string_equal(buf_text(&b), "Skat on Fridays: anna ben, 4\n");
        scene_reopen(s);
    }
}

static int put_message(void *context, const struct desk_message *m)
{
    buf_format(context, "%s%lld", ((struct buf *)context)->len == 0 ? "" : " ", (long long)m->id);
    return 0;
}

static int take_id(void *context, const struct desk_message *m)
{
    strcpy(context, m->conversation);
    return 0;
}

static const char *thread(struct scene *s, const char *id, int64_t from, bool backwards,
                          unsigned limit)
{
    static char found[256];
    CLEANUP_BUF struct buf b = BUF_INIT(sizeof found - 1);
    const struct desk_thread t = {id, from, 0, backwards, limit, 1};
    scene_must(s, desk_thread(s->x, &t, put_message, &b, &s->d));
    strcpy(found, buf_text(&b));
    return found;
}

static void threads__in_the_order_of_their_times(void **state)
{
    struct scene *s = *state;
    char id[17];
    struct follower_message m;
    fill(s);
    char to[] = BEN;
    scene_message(s, &m, ANNA, to, "comes late");
    m.at_unix_ms = SCENE_BEGIN_MS + 60000; /* 6, between 1 and 3 */
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    scene_must(s, desk_message(s->x, 1, 1, take_id, id, &s->d));
    assert_string_equal(thread(s, id, 0, false, 10), "1 6 3");
    assert_string_equal(thread(s, id, INT64_MAX, true, 10), "3 6 1");
    assert_string_equal(thread(s, id, SCENE_BEGIN_MS + 60000, false, 1), "6");
    assert_string_equal(thread(s, id, SCENE_BEGIN_MS + 60000, true, 10), "6 1");
    char written[32];
    snprintf(written, sizeof written, "in:%s", id);
    find(s, 1, written, "6 3 1"); /* as they came */
    const struct desk_thread t = {"0000000000000000", 0, 0, false, 1, 1};
    assert_int_equal(desk_thread(s->x, &t, put_message, NULL, &s->d), ERR_NOT_FOUND);
}

static int take_last(void *context, const struct desk_message *m)
{
    struct page *p = context;
    p->behind = (uint64_t)m->id;
    p->count++;
    p->found |= UINT64_C(1) << m->id;
    return 0;
}

static void threads__said_at_one_moment__stand_on_some_page(void **state)
{
    struct scene *s = *state;
    char id[17];
    for (int i = 0; i < 5; i++) {
        char to[] = BEN;
        struct follower_message m;
        scene_message(s, &m, ANNA, to, "at once");
        m.at_unix_ms = SCENE_BEGIN_MS;
        scene_must(s, scene_add(s, &m));
    }
    scene_commit(s);
    scene_must(s, desk_message(s->x, 1, 1, take_id, id, &s->d));
    for (int backwards = 0; backwards < 2; backwards++) {
        struct page p = {.count = 2};
        for (unsigned pages = 0; p.count == 2; pages++) {
            const struct desk_thread t = {
                id, backwards ? INT64_MAX : 0, (int64_t)p.behind, backwards != 0, 2, 1};
            p.count = 0;
            assert_true(pages < 3);
            scene_must(s, desk_thread(s->x, &t, take_last, &p, &s->d));
        }
        assert_int_equal(p.found, 0x3e);
    }
    const struct desk_thread other = {id, 0, 99, false, 1, 1};
    assert_int_equal(desk_thread(s->x, &other, take_last, NULL, &s->d), ERR_NOT_FOUND);
}

/* ---- messages ---- */

static int look(void *context, const struct desk_message *m)
{
    const int64_t *seen = context;
    assert_int_equal(m->id, 2);
    assert_string_equal(m->from, ANNA);
    assert_string_equal(m->to[0], BEN);
    assert_string_equal(m->to[1], CARL);
    assert_null(m->to[2]);
    assert_string_equal(m->warrants[0], "w1");
    assert_null(m->warrants[1]);
    assert_string_equal(m->body, "two");
    assert_int_equal(m->body_len, 3);
    assert_string_equal(m->country, "DE");
    assert_string_equal(m->kind, "text");
    assert_string_equal(m->wrong, "");
    assert_string_equal(m->bot, SCENE_BOT);
    assert_int_equal(m->at_unix_ms, SCENE_BEGIN_MS + 60000);
    assert_int_equal(m->archived_unix_ms, SCENE_BEGIN_MS + 61500);
    assert_int_equal(m->seen_unix_ms, *seen);
    return 7;
}

static void message__as_it_was_taken_in(void **state)
{
    struct scene *s = *state;
    int64_t seen = 0, never = 0;
    fill(s);
    assert_int_equal(desk_message(s->x, 2, 1, look, &seen, &s->d), 7);
    scene_must(s, desk_mark_seen(s->x, 2, &scene_by, &s->d));
    seen = SCENE_BEGIN_MS;
    assert_int_equal(desk_message(s->x, 2, 1, look, &seen, &s->d), 7);
    assert_int_equal(desk_message(s->x, 2, 2, look, &never, &s->d), 7);
    assert_int_equal(desk_message(s->x, 0, 1, look, &seen, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_message(s->x, 6, 1, look, &seen, &s->d), ERR_NOT_FOUND);
}

/* ---- marks ---- */

static void marks__are_found_and_taken_back(void **state)
{
    struct scene *s = *state;
    fill(s);
    find(s, 1, "tag:hot", ""); /* the sets are read before they change */
    find(s, 1, "seen:me", "");
    find(s, 1, "seen:anyone", "");
    scene_must(s, desk_tag(s->x, 1, "hot", true, &scene_by, &s->d));
    scene_must(s, desk_tag(s->x, 3, "hot", true, &scene_by, &s->d));
    scene_must(s, desk_flag(s->x, 3, true, &scene_by, &s->d));
    scene_must(s, desk_case_create(s->x, "pier", "The pier", &scene_by, &s->d));
    scene_must(s, desk_case_add(s->x, "pier", 4, true, &scene_by, &s->d));
    scene_must(s, desk_mark_seen(s->x, 1, &scene_by, &s->d));
    scene_must(s, desk_mark_seen(s->x, 2, &other_by, &s->d));
    for (int again = 0; again < 2; again++) {
        find(s, 1, "tag:hot", "3 1");
        find(s, 1, "one tag:hot -is:flagged", "1");
        find(s, 1, "case:pier OR tag:hot", "4 3 1");
        find(s, 1, "seen:me", "1");
        find(s, 1, "unseen:me", "5 4 3 2");
        find(s, 2, "seen:me", "2");
        find(s, 2, "seen:anyone", "2 1");
        find(s, 2, "unseen:anyone one", "4 3");
        find(s, 2, "seen:nobody", "");
        scene_reopen(s);
    }
    scene_must(s, sql_execute(desk_index_sql(s->x),
                              "CREATE TABLE desk_user (id, name);"
                              "INSERT INTO desk_user VALUES (2, 'rita')",
                              &s->d));
    find(s, 1, "seen:rita", "2");
    find(s, 1, "seen:nobody", "");
    scene_must(s, desk_tag(s->x, 3, "hot", false, &scene_by, &s->d));
    scene_must(s, desk_flag(s->x, 3, false, &scene_by, &s->d));
    scene_must(s, desk_case_add(s->x, "pier", 4, false, &scene_by, &s->d));
    scene_must(s, desk_mark_unseen(s->x, 1, &scene_by, &s->d));
    find(s, 1, "tag:hot", "1");
    find(s, 1, "is:flagged", "");
    find(s, 1, "case:pier", "");
    find(s, 1, "seen:anyone", "2");
    find(s, 1, "seen:me", "");
}

static int rolls_back(void *context, struct diag *d)
{
    struct scene *s = context;
    scene_must(s, desk_tag(s->x, 1, "hot", true, &scene_by, d));
    scene_must(s, desk_set_name(s->x, ANNA, "Ringo", &scene_by, d));
    scene_must(s, desk_set_organisation(s->x, BEN, "Dockers", &scene_by, d));
    find(s, 1, "tag:hot", "1");
    find(s, 1, "from:ringo", "4 2 1");
    find(s, 1, "org:dockers", "3 2 1");
    return ERR_LIMIT;
}

static void marks__rolled_back__are_not_found(void **state)
{
    struct scene *s = *state;
    fill(s);
    find(s, 1, "tag:hot", "");
    assert_int_equal(sql_transaction(desk_index_sql(s->x), rolls_back, s, &s->d), ERR_LIMIT);
    find(s, 1, "tag:hot", "");
    find(s, 1, "from:ringo", "");
    find(s, 1, "org:dockers", "");
}

static void marks__refuse(void **state)
{
    struct scene *s = *state;
    char long_word[66];
    memset(long_word, 'a', 65);
    long_word[65] = '\0';
    const char *const wrong[] = {"", "a b", "a:b", "a\nb", "\xff", long_word};
    fill(s);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(desk_tag(s->x, 1, wrong[i], true, &scene_by, &s->d), ERR_FORMAT);
        assert_int_equal(desk_case_create(s->x, wrong[i], "t", &scene_by, &s->d), ERR_FORMAT);
    }
    scene_must(s, desk_tag(s->x, 1, "fährte-1_b.c", true, &scene_by, &s->d));
    assert_int_equal(desk_tag(s->x, 9, "a", true, &scene_by, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_flag(s->x, 0, true, &scene_by, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_note(s->x, 9, "a", &scene_by, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_note(s->x, 1, "", &scene_by, &s->d), ERR_FORMAT);
    assert_int_equal(desk_mark_seen(s->x, 9, &scene_by, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_case_add(s->x, "none", 1, true, &scene_by, &s->d), ERR_NOT_FOUND);
    scene_must(s, desk_case_create(s->x, "c", "t", &scene_by, &s->d));
    assert_int_equal(desk_case_create(s->x, "c", "t", &scene_by, &s->d), ERR_EXISTS);
    assert_int_equal(desk_case_add(s->x, "c", 9, true, &scene_by, &s->d), ERR_NOT_FOUND);
}

static int count_case(void *context, const struct desk_case *c)
{
    assert_string_equal(c->title, "The pier");
    *(uint64_t *)context = c->messages;
    return 0;
}

static void marks__are_read_back(void **state)
{
    struct scene *s = *state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(65536), small = ARENA_INIT(8);
    struct desk_marks m;
    uint64_t in_case = 0;
    fill(s);
    scene_must(s, desk_tag(s->x, 1, "hot", true, &scene_by, &s->d));
    scene_must(s, desk_tag(s->x, 1, "cold", true, &scene_by, &s->d));
    scene_must(s, desk_flag(s->x, 1, true, &scene_by, &s->d));
    scene_must(s, desk_note(s->x, 1, "look at this", &other_by, &s->d));
    scene_must(s, desk_case_create(s->x, "pier", "The pier", &scene_by, &s->d));
    scene_must(s, desk_case_add(s->x, "pier", 1, true, &scene_by, &s->d));
    scene_must(s, desk_marks_of(s->x, 1, &a, &m, &s->d));
    assert_int_equal(m.tag_count, 2);
    assert_string_equal(m.tags[0], "cold");
    assert_string_equal(m.cases[0], "pier");
    assert_string_equal(m.notes[0].text, "look at this");
    assert_int_equal(m.notes[0].user, 2);
    assert_true(m.flagged);
    scene_must(s, desk_cases(s->x, count_case, &in_case, &s->d));
    assert_int_equal(in_case, 1);
    assert_int_equal(desk_marks_of(s->x, 1, &small, &m, &s->d), ERR_LIMIT);
    scene_must(s, desk_marks_of(s->x, 2, &a, &m, &s->d));
    assert_int_equal(m.tag_count + m.case_count + m.note_count + m.flagged, 0);
}

/* ---- figures and counts ---- */

static void figures__of_the_whole(void **state)
{
    struct scene *s = *state;
    struct desk_figures f;
    struct follower_message m;
    fill(s);
    char to[] = BEN;
    scene_message(s, &m, CARL, to, "old, wrong, with files");
    m.at_unix_ms = SCENE_BEGIN_MS - INT64_C(8) * 86400000;
    m.wrong = "its signature";
    m.file_count = 2;
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    for (int again = 0; again < 2; again++) {
        scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS + 3600000, &f, &s->d));
        assert_int_equal(f.messages, 6);
        assert_int_equal(f.records, 6);
        assert_int_equal(f.people, 3);
        assert_int_equal(f.conversations, 4);
        assert_int_equal(f.files, 2);
        assert_int_equal(f.unverified, 1);
        assert_int_equal(f.pending, 6);
        assert_int_equal(f.first_unix_ms, SCENE_BEGIN_MS - INT64_C(8) * 86400000);
        assert_int_equal(f.last_unix_ms, SCENE_BEGIN_MS + 4 * 60000);
        assert_int_equal(f.today, 5);
        assert_int_equal(f.active_week, 3);
        scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS + INT64_C(8) * 86400000, &f, &s->d));
        assert_int_equal(f.today + f.active_week, 0);
        scene_reopen(s);
    }
}

static int put_warrant(void *context, const struct desk_warrant *w)
{
    buf_format(context, "%s %s %llu\n", w->warrant, w->bot, (unsigned long long)w->records);
    return 0;
}

static void figures__by_warrant(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    fill(s);
    char to[] = BEN;
    scene_message(s, &m, ANNA, to, "hello");
    m.warrant = "w2";
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    for (int again = 0; again < 2; again++) {
        CLEANUP_BUF struct buf b = BUF_INIT(4096);
        scene_must(s, desk_warrants(s->x, put_warrant, &b, &s->d));
        assert_string_equal(buf_text(&b), "w1 " SCENE_BOT " 5\nw2 " SCENE_BOT " 1\n");
        scene_reopen(s);
    }
}

static void put_facet(struct buf *b, const struct desk_counts *c, enum desk_facet f)
{
    for (size_t i = 0; i < c->facet_counts[f]; i++)
        buf_format(b, "%s%s=%llu", i == 0 ? "" : " ", c->facets[f][i].value,
                   (unsigned long long)c->facets[f][i].count);
    buf_put_text(b, "; ");
}

static void counts__by_facet(void **state)
{
    struct scene *s = *state;
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "one OR two");
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    struct desk_counts *c = NULL;
    fill(s);
    scene_must(s, desk_count_hits(s->x, q, 1, 10000, &c, &s->d));
    assert_int_equal(c->total, 4);
    assert_true(c->exact);
    for (int f = 0; f < DESK_FACETS; f++)
        put_facet(&b, c, (enum desk_facet)f);
    assert_string_equal(buf_text(&b), ANNA "=3 " BEN "=1; NL=3 DE=1; =3 en=1; 2026-03=4; text=4; ");
    desk_counts_free(c);
    desk_counts_free(NULL);
}

/* Out of time: at least so many, and said so. */
static void counts__out_of_time__not_exact(void **state)
{
    struct scene *s = *state;
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "word");
    struct desk_counts *c = NULL;
    for (int i = 0; i < 3000; i++) {
        char to[] = BEN;
        struct follower_message m;
        scene_message(s, &m, ANNA, to, "word");
        scene_must(s, scene_add(s, &m));
    }
    s->shard_messages = 100000;
    scene_commit(s);
    scene_must(s, desk_count_hits(s->x, q, 1, 0, &c, &s->d));
    assert_false(c->exact);
    assert_in_range(c->total, 1, 2999);
    desk_counts_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(people__volume_countries_times),
        SCENE_TEST(people__prefix_skip_limit),
        SCENE_TEST(people__contacts),
        SCENE_TEST(people__aliases_merged_and_split_again),
        SCENE_TEST(people__organisations),
        SCENE_TEST(conversations__of_all_and_of_one),
        SCENE_TEST(conversations__that_end_in_one_second__stand_on_some_page),
        SCENE_TEST(conversations__group__as_its_last_change_says),
        SCENE_TEST(threads__in_the_order_of_their_times),
        SCENE_TEST(threads__said_at_one_moment__stand_on_some_page),
        SCENE_TEST(message__as_it_was_taken_in),
        SCENE_TEST(marks__are_found_and_taken_back),
        SCENE_TEST(marks__rolled_back__are_not_found),
        SCENE_TEST(marks__refuse),
        SCENE_TEST(marks__are_read_back),
        SCENE_TEST(figures__of_the_whole),
        SCENE_TEST(figures__by_warrant),
        SCENE_TEST(counts__by_facet),
        SCENE_TEST(counts__out_of_time__not_exact),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
