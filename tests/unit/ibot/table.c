#include "table.h"

#include <stdio.h>

#include "ibot/link_internal.h"

#define ROWS_MAX 64

struct scene *scene_new(const struct scene_options *options)
{
    struct scene_options o = options == NULL ? (struct scene_options){0} : *options;
    struct scene *s = mem_new(sizeof *s);
    s->f = fixture_new(NULL);
    s->scratch = (struct buf)BUF_INIT(1U << 20);
    if (o.second_bot)
        fixture_add_bot(s->f, "jbot.chat.example", "NL");
    for (size_t i = 0; i < (o.warrants == 0 ? 1 : o.warrants); i++) {
        char id[16];
        snprintf(id, sizeof id, "2019-0%03zu", 147 + i);
        fixture_add_warrant(
            s->f, &(struct fixture_warrant_options){
                      .id = id, .until_day = o.until_day, .exclude = i == 0 ? o.exclude : NULL});
    }
    s->set = fixture_policy(
        s->f, &(struct fixture_policy_options){.serial = SCENE_POLICY, .place = o.without});
    s->dev = fixture_device_new(s->f, "anna", 1);
    s->other = fixture_device_new(s->f, "carl", 1);
    s->mallory = fixture_device_new(s->f, "mallory", 1);
    s->b = bot_new(s->f, &(struct bot_options){.missing_day = o.missing_day});
    bot_publish(s->b, s->set);
    bot_register(s->b, s->dev);
    bot_register(s->b, s->other);
    bot_announce(s->b);
    if (o.country != NULL) {
        s->place = fixture_place(s->f, s->dev, o.country, FIXTURE_AT);
        s->options.place = s->place;
        s->options.country = o.country;
    }
    return s;
}

void scene_free(struct scene *s)
{
    if (s == NULL)
        return;
    bot_free(s->b);
    fixture_device_free(s->dev);
    fixture_device_free(s->other);
    fixture_device_free(s->mallory);
    policy_set_free(s->set);
    fixture_free(s->f);
    buf_clear(&s->scratch);
    free(s->place);
    free(s);
}

void assert_still_works(struct scene *s, uint64_t archived)
{
    uint8_t head[HASH_BYTES];
    assert_true(bot_head(s->b, s->dev, head) == s->dev->n);
    assert_memory_equal(head, s->dev->prev, HASH_BYTES);
    assert_int_equal(s->b->link->pending_count, 0);
    bot_archive_one(s->b, s->set, s->dev);
    bot_archive_one(s->b, s->set, s->other);
    struct audit_counts counts = bot_audit(s->b);
    assert_int_equal(counts.archived, archived + 2);
    assert_int_equal(counts.records, counts.archived * s->f->warrant_count);
}

static void check_address(const struct bot_answer *a, const struct row *row,
                          const struct fixture_message *m)
{
    if (row->elsewhere)
        return;
    assert_string_equal(xml_attribute_of(a->stanza, "to"), m->envelope.from);
    assert_string_equal(xml_attribute_of(a->stanza, "id"), m->envelope.id);
}

static void check_answer(struct scene *s, const struct row *row, const struct fixture_message *m,
                         const struct bot_answer *a)
{
    if (row->expected == LATER) {
        struct later l = bot_later(a);
        if (l.reason != row->later)
            fail_msg("later '%s', not '%s'", later_reason_text(l.reason),
                     later_reason_text(row->later));
        return;
    }
    struct verdict v = bot_verdict(s->b, a, s->dev);
    enum verdict_reason wanted = row->expected == ARCHIVED ? VERDICT_NO_REASON : row->refused;
    if (v.line.reason != wanted)
        fail_msg("the verdict's reason is '%s', not '%s'", verdict_reason_text(v.line.reason),
                 verdict_reason_text(wanted));
    assert_int_equal(v.line.state, row->expected == ARCHIVED ? VERDICT_ARCHIVED : VERDICT_REFUSED);
    assert_memory_equal(v.line.digest, m->digest, HASH_BYTES);
    if (verdict_line_consumes(&v.line))
        fixture_device_advance(s->dev, m);
}

static char *stanza_of(struct scene *s, const struct row *row, const struct fixture_message *m)
{
    CLEANUP_FREE char *plain = fixture_stanza(m, true);
    if (row->mangle != NULL)
        return row->mangle(s, plain);
    return replace(plain, row->old == NULL ? "<" : row->old, row->old == NULL ? "<" : row->new);
}

static void run_row(void **state)
{
    const struct row *row = *state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(&row->scene);
    bot_archive_one(s->b, s->set, s->dev);
    if (row->prepare != NULL)
        row->prepare(s);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    if (row->change != NULL)
        row->change(s, m);
    if (row->again != NOTHING)
        fixture_message_sign(m, s->f, row->again == SEAL ? s->set : NULL, s->dev);
    CLEANUP_FREE char *stanza = stanza_of(s, row, m);
    const struct bot_answer *a = bot_ask(s->b, stanza);
    check_address(a, row, m);
    check_answer(s, row, m, a);
    assert_still_works(s, row->expected == ARCHIVED ? 2 : 1);
}

int run_rows(const char *group, const struct row *rows, size_t count)
{
    struct CMUnitTest tests[ROWS_MAX] = {0};
    FIXTURE_MUST(count <= ROWS_MAX);
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){.name = rows[i].name,
                                       .test_func = run_row,
                                       .initial_state = (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests(group, tests, count, NULL, NULL);
}
