/* Groups: who may change the list, and which list counts. */
#include "talk.h"

#include <string.h>

#include "base/memory.h"

#define CHANGE "{\"do\":\"group\",\"change\":true,"
#define SAY "{\"do\":\"say\",\"kind\":\"text\",\"group\":\"Skat\",\"text\":"

static struct world *strict(void)
{
    struct world *w = world_new(NULL);
    talk_strict(w);
    talk_befriend(anna(w), bert(w));
    talk_befriend(anna(w), cara(w));
    return w;
}

static void make_group(struct world *w, const char *members)
{
    CLEANUP_FREE char *request = mem_format(CHANGE "\"name\":\"Skat\",\"add\":[%s]}", members);
    talk_does(anna(w), request);
}

static struct group *skat(struct party *p)
{
    struct group *g = NULL;
    struct diag d;
    if (groups_find(p->device, "Skat", &g, &d) < 0)
        fail_msg("%s: %s", p->handle, d.text);
    return g;
}

static void assert_members(struct party *p, const char *members, uint32_t serial)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    CLEANUP(group_free_cleanup) struct group *g = skat(p);
    for (size_t i = 0; i < g->member_count; i++)
        buf_format(&b, "%s%.4s", i > 0 ? " " : "", g->members[i]);
    assert_string_equal(buf_text(&b), members);
    assert_int_equal(g->serial, serial);
}

static void groups__change__each_member_holds_the_list(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    make_group(w, "\"bert@chat.example\"");
    assert_int_equal(party_count_said(bert(w), "Skat: anna@chat.example made the group of"), 1);
    talk_does(bert(w), SAY "\"for two?\"}");
    talk_does(bert(w), CHANGE "\"group\":\"Skat\",\"add\":[\"cara@chat.example\"]}");
    assert_int_equal(party_count_said(anna(w), "Skat: bert@chat.example added cara@chat"), 1);
    for (size_t i = 0; i < 2; i++)
        assert_members(&w->parties[i], "anna bert cara", 2);
    /* To cara bert is a stranger: his list waits. */
    assert_int_equal(party_count_said(cara(w), "request from bert@chat.example"), 1);
    talk_does(anna(w), SAY "\"hello\"}");
    talk_shows(cara(w), "anna text hello\n"); /* she does not know of the group yet */
    talk_does(cara(w), "{\"do\":\"contact\",\"add\":\"bert@chat.example\"}");
    assert_members(cara(w), "anna bert cara", 2);
    talk_does(cara(w), SAY "\"here\"}");
    assert_int_equal(party_count_shown(bert(w), "here"), 0);
    CLEANUP_FREE char *view = talk_view(bert(w));
    assert_non_null(strstr(view, "cara text here (group)"));
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM peer WHERE account LIKE 'cara%'"),
                     0); /* to share a group does not make contacts */
}

static void groups__remove__gets_nothing_more(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    make_group(w, "\"bert@chat.example\",\"cara@chat.example\"");
    talk_does(cara(w), SAY "\"here\"}");
    talk_does(bert(w), SAY "\"welcome\",\"id\":\"b1\"}");
    talk_does(anna(w), CHANGE "\"group\":\"Skat\",\"remove\":[\"cara@chat.example\"]}");
    assert_int_equal(party_count_said(cara(w), "not a member of the group Skat any more"), 1);
    int64_t messages = party_number(cara(w), "SELECT count(*) FROM message");
    talk_does(bert(w), SAY "\"without her\"}");
    talk_does(bert(w), "{\"do\":\"say\",\"kind\":\"edit\",\"about\":\"b1\",\"text\":\"bye\"}");
    talk_does(anna(w), SAY "\"yes\"}");
    talk_does(anna(w), CHANGE "\"group\":\"Skat\",\"name\":\"Skat\"}");
    assert_int_equal(party_number(cara(w), "SELECT count(*) FROM message"), messages);
    talk_refused(cara(w), SAY "\"me?\"}", "not a member of the group Skat any more");
    talk_refused(cara(w), CHANGE "\"group\":\"Skat\",\"add\":[\"cara@chat.example\"]}",
                 "not a member");
    CLEANUP(group_free_cleanup) struct group *g = skat(anna(w));
    CLEANUP_FREE char *body = mem_format("me?\nironside:text?group=%s", g->id);
    talk_raw(cara(w), anna(w)->account, "c1", body);
    CLEANUP_FREE char *view = talk_view(anna(w));
    assert_non_null(strstr(view, "cara text me?\n")); /* a contact's, but not the group's */
    talk_raw(cara(w), bert(w)->account, "c2", body);
    assert_int_equal(party_count_said(bert(w), "request from cara@chat.example"), 1);
}

/* A member who leaves gets nothing more either. */
static void groups__remove__oneself(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    make_group(w, "\"bert@chat.example\",\"cara@chat.example\"");
    talk_does(bert(w), CHANGE "\"group\":\"Skat\",\"remove\":[\"bert@chat.example\"]}");
    assert_members(anna(w), "anna cara", 2);
    talk_refused(bert(w), SAY "\"x\"}", "not a member");
}

static void groups__change__what_is_refused(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    make_group(w, "\"bert@chat.example\"");
    talk_refused(anna(w), CHANGE "\"group\":\"Doko\",\"name\":\"x\"}", "no group 'Doko'");
    talk_refused(anna(w), CHANGE "\"name\":\"Solo\"}", "at least 2 members");
    talk_refused(anna(w), CHANGE "\"add\":[\"bert@chat.example\"]}", "a group's name");
    talk_refused(anna(w), CHANGE "\"name\":\"a\\nb\",\"add\":[\"bert@chat.example\"]}",
                 "a group's name");
    talk_refused(anna(w), CHANGE "\"group\":\"Skat\",\"add\":[\"bert@chat.example\"]}",
                 "is a member already");
    talk_refused(anna(w), CHANGE "\"group\":\"Skat\",\"add\":[\"bert@other.example\"]}",
                 "not an account of this network");
    talk_refused(anna(w), CHANGE "\"group\":\"Skat\",\"remove\":[\"cara@chat.example\"]}",
                 "is not a member");
    talk_refused(anna(w), CHANGE "\"group\":\"Skat\",\"remove\":[\"bert@chat.example\"]}",
                 "at least 2 members");
    make_group(w, "\"cara@chat.example\"");
    talk_refused(anna(w), SAY "\"x\"}", "2 groups have the name 'Skat'");
}

/* A list that this party's device has signed, whatever it says. */
static char *note_of(struct party *p, const struct group *g)
{
    struct note_key key = {.name = p->account};
    CLEANUP_BUF struct buf text = BUF_INIT(4096), note = BUF_INIT(4096);
    memcpy(key.key, p->device->certificate->key, sizeof key.key);
    group_format(&text, FIXTURE_DOMAIN, g);
    note_sign(&note, (const char *)text.data, text.len, &key, p->device->signing_secret);
    return buf_take_text(&note);
}

/* The body that brings it. */
static char *list_of(struct party *p, const struct group *g)
{
    CLEANUP_FREE char *note = note_of(p, g);
    CLEANUP_BUF struct buf body = BUF_INIT(8192);
    const struct content c = {.kind = CONTENT_GROUP,
                              .text = "a list",
                              .text_len = 6,
                              .id = g->id,
                              .serial = g->serial,
                              .note = note,
                              .note_len = strlen(note)};
    assert_int_equal(content_write(&body, &c, NULL), 0);
    return buf_take_text(&body);
}

static void send_list(struct party *p, const struct group *g, struct party *to, const char *id)
{
    CLEANUP_FREE char *body = list_of(p, g);
    talk_raw(p, to->account, id, body);
}

static void rename_to(struct world *w, struct party *by, const char *name, struct group *ret)
{
    static char names[4][32];
    static unsigned next;
    CLEANUP(group_free_cleanup) struct group *g = skat(anna(w));
    (void)by;
    snprintf(names[next % 4], sizeof names[0], "%s", name);
    *ret = *g;
    ret->id = arena_string(&by->device->arena, g->id);
    for (size_t i = 0; i < g->member_count; i++)
        ret->members[i] = strstr(g->members[i], "anna")   ? anna(w)->account
                          : strstr(g->members[i], "bert") ? bert(w)->account
                                                          : cara(w)->account;
    ret->name = names[next++ % 4];
    ret->serial = g->serial + 1;
    ret->changed_by = by->account;
    memcpy(ret->previous, g->document.hash, HASH_BYTES);
}

/* A contact may call a group as they like, but nobody else's: an id is its own group's. */
static void groups__find__an_id_is_no_name(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    CLEANUP(group_free_cleanup) struct group *g = NULL, *found = NULL;
    struct diag d;
    (void)state;
    make_group(w, "\"bert@chat.example\"");
    g = skat(anna(w));
    const struct group forged = {.id = "00112233445566778899aabbccddeeff",
                                 .serial = 1,
                                 .name = g->id,
                                 .members = {anna(w)->account, cara(w)->account},
                                 .member_count = 2,
                                 .changed_by = cara(w)->account};
    send_list(cara(w), &forged, anna(w), "c1");
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM club"), 1);
    CLEANUP_FREE char *make =
        mem_format(CHANGE "\"name\":\"%s\",\"add\":[\"bert@chat.example\"]}", g->id);
    talk_refused(anna(w), make, "would be taken for the id of another");
    CLEANUP_FREE char *rename = mem_format(CHANGE "\"group\":\"Skat\",\"name\":\"%.31sF\"}", g->id);
    talk_refused(anna(w), rename, "would be taken for the id of another");
    /* A store of before has one already. */
    CLEANUP_FREE char *note = note_of(cara(w), &forged);
    const uint8_t hash[HASH_BYTES] = {1};
    assert_int_equal(store_put_group(anna(w)->device->store, forged.id, 1, hash, note), 0);
    assert_int_equal(groups_find(anna(w)->device, g->id, &found, &d), 0);
    assert_string_equal(found->name, "Skat");
    CLEANUP_FREE char *say = mem_format(
        "{\"do\":\"say\",\"kind\":\"text\",\"group\":\"%s\",\"text\":\"hello\",\"id\":\"a1\"}",
        g->id);
    talk_does(anna(w), say);
    talk_does(bert(w), "{\"do\":\"say\",\"kind\":\"reply\",\"about\":\"a1\",\"text\":\"yes\"}");
    talk_does(anna(w), "{\"do\":\"say\",\"kind\":\"react\",\"about\":\"a1\",\"text\":\"x\"}");
    CLEANUP_FREE char *show = mem_format("{\"do\":\"group\",\"show\":\"%s\"}", g->id);
    json_t *answer = talk_ask(anna(w), show);
    json_t *history = json_object_get(answer, "history");
    assert_int_equal(json_array_size(history), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(history, 0), "name")),
                        "Skat");
    json_decref(answer);
    talk_refused(anna(w), "{\"do\":\"group\",\"show\":\"Doko\"}", "no group 'Doko'");
}

/* Two members change the same list at once: everyone ends with the same one, and is told. */
static void groups__fork__the_lower_hash_counts_everywhere(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    struct group by_anna, by_bert;
    char id[CONTENT_GROUP_ID_LEN + 1];
    (void)state;
    make_group(w, "\"bert@chat.example\",\"cara@chat.example\"");
    rename_to(w, anna(w), "Doko", &by_anna);
    snprintf(id, sizeof id, "%s", by_anna.id);
    by_anna.id = id;
    rename_to(w, bert(w), "Romme", &by_bert);
    by_bert.id = id;
    CLEANUP_FREE char *annas = list_of(anna(w), &by_anna);
    CLEANUP_FREE char *berts = list_of(bert(w), &by_bert);
    /* In one order for anna and cara, in the other for bert. */
    talk_raw(anna(w), bert(w)->account, "a1", annas);
    talk_raw(anna(w), cara(w)->account, "a2", annas);
    talk_raw(bert(w), anna(w)->account, "b1", berts);
    talk_raw(bert(w), cara(w)->account, "b2", berts);
    CLEANUP_FREE char *first = store_group(anna(w)->store, id);
    for (size_t i = 1; i < WORLD_PARTIES; i++) {
        CLEANUP_FREE char *other = store_group(w->parties[i].store, id);
        assert_string_equal(first, other);
        assert_int_equal(party_number(&w->parties[i], "SELECT count(*) FROM club WHERE serial = 2"),
                         2); /* both are kept */
    }
    assert_int_equal(party_count_said(cara(w), "two changes of the group Doko at once"), 1);
}

/* No serial could follow the last one: a member would have the last word for good. */
static void groups__list__with_a_leap_of_serials(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    struct group g;
    char id[CONTENT_GROUP_ID_LEN + 1];
    (void)state;
    make_group(w, "\"bert@chat.example\"");
    rename_to(w, bert(w), "Skat", &g);
    snprintf(id, sizeof id, "%s", g.id);
    g.id = id;
    g.serial = UINT32_MAX;
    send_list(bert(w), &g, anna(w), "b1");
    assert_members(anna(w), "anna bert", 1);
    assert_int_equal(party_count_said(anna(w), "a serial that is far ahead"), 1);
    talk_does(anna(w), CHANGE "\"group\":\"Skat\",\"add\":[\"cara@chat.example\"]}");
    assert_members(anna(w), "anna bert cara", 2);
}

static void groups__list__of_who_may_not_change_it(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    struct group g;
    char id[CONTENT_GROUP_ID_LEN + 1];
    (void)state;
    make_group(w, "\"bert@chat.example\"");
    rename_to(w, cara(w), "Hers", &g);
    snprintf(id, sizeof id, "%s", g.id);
    g.id = id;
    send_list(cara(w), &g, anna(w), "c1");
    assert_int_equal(
        party_count_said(anna(w), "cara@chat.example is not a member of the group Skat"), 1);
    assert_members(anna(w), "anna bert", 1);
    /* In another's name, or with another serial in the line: only a text. */
    g.changed_by = bert(w)->account;
    send_list(cara(w), &g, anna(w), "c2");
    g.changed_by = cara(w)->account;
    CLEANUP_FREE char *body = list_of(cara(w), &g);
    char *serial = strstr(body, "serial=2");
    assert_non_null(serial);
    serial[7] = '3';
    talk_raw(cara(w), anna(w)->account, "c3", body);
    assert_int_equal(
        party_number(anna(w),
                     "SELECT count(*) FROM content WHERE kind = 0 AND sender LIKE 'cara%'"),
        2);
    assert_members(anna(w), "anna bert", 1);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM club"), 1);
}

/* A change is in force here as soon as it is made: the next one follows it. */
static void groups__change__before_the_bot_has_answered(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    w->bot.silent = true;
    make_group(w, "\"bert@chat.example\"");
    talk_does(anna(w), CHANGE "\"group\":\"Skat\",\"add\":[\"cara@chat.example\"]}");
    assert_members(anna(w), "anna bert cara", 2);
    party_reopen(anna(w));
    w->bot.silent = false;
    party_wait(anna(w));
    party_wait(anna(w));
    assert_members(bert(w), "anna bert cara", 2);
    assert_members(cara(w), "anna bert cara", 2);
}

/* One change is lost, the next one counts all the same, and the gap is said. */
static void groups__list__with_a_gap(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    struct group g;
    char id[CONTENT_GROUP_ID_LEN + 1];
    (void)state;
    make_group(w, "\"bert@chat.example\"");
    rename_to(w, bert(w), "Skat", &g);
    snprintf(id, sizeof id, "%s", g.id);
    g.id = id;
    g.serial = 5;
    g.previous[0] ^= 1;
    send_list(bert(w), &g, anna(w), "b1");
    assert_members(anna(w), "anna bert", 5);
    assert_int_equal(party_count_said(anna(w), "in a way that this device has not seen"), 1);
    g.serial = 3; /* the lost one comes late: kept, and changes nothing */
    send_list(bert(w), &g, anna(w), "b2");
    assert_members(anna(w), "anna bert", 5);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM club"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups__change__each_member_holds_the_list),
        cmocka_unit_test(groups__remove__gets_nothing_more),
        cmocka_unit_test(groups__remove__oneself),
        cmocka_unit_test(groups__change__what_is_refused),
        cmocka_unit_test(groups__find__an_id_is_no_name),
        cmocka_unit_test(groups__fork__the_lower_hash_counts_everywhere),
        cmocka_unit_test(groups__list__with_a_leap_of_serials),
        cmocka_unit_test(groups__list__of_who_may_not_change_it),
        cmocka_unit_test(groups__change__before_the_bot_has_answered),
        cmocka_unit_test(groups__list__with_a_gap),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
