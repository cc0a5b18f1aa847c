#include "simulated.h"

#include "base/calendar.h"
#include "base/encode.h"
#include "crypto/hash.h"
#include "launch/replay_line.h"
#include "wire/content.h"

#define LINES_MAX (64U << 20)

static void digest(const struct population_options *o, char ret[static 2 * HASH_BYTES + 1])
{
    CLEANUP_BUF struct buf lines = BUF_INIT(LINES_MAX);
    uint8_t hash[HASH_BYTES];
    simulated_lines(o, 2000, &lines, &lines);
    hash_sha256(lines.data, lines.len, hash);
    encode_hex(hash, sizeof hash, ret);
}

/* Changes only where word lists or figures are changed on purpose: then this is changed, too. */
#define DIGEST "a75c7034af5f202fe685cc5e138d0ad8ac6016e866d642e5ac8001012ec11e49"

static void population__next__is_the_same_everywhere(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    char a[2 * HASH_BYTES + 1];
    digest(&o, a);
    assert_string_equal(a, DIGEST);
    digest(&o, a);
    assert_string_equal(a, DIGEST);
    o.seed++;
    digest(&o, a);
    assert_string_not_equal(a, DIGEST);
}

static void assert_recipients(const struct population *p, const struct population_message *m)
{
    assert_in_range(m->to_count, 1, VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < m->to_count; i++) {
        assert_true(m->to[i] < population_devices(p) && m->to[i] != m->from);
        for (size_t k = 0; k < i; k++)
            assert_true(m->to[k] != m->to[i]);
    }
}

static void population__next__gives_so_many_in_order(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    const struct population_message *m;
    int64_t last = o.from_day * CALENDAR_DAY_MS;
    uint64_t count = 0;
    while (population_next(p, &m)) {
        count++;
        assert_true(m->number == count && m->at_unix_ms >= last);
        assert_true(m->about < count && m->like < count);
        assert_null(m->country);
        assert_recipients(p, m);
        last = m->at_unix_ms;
    }
    assert_true(count == o.messages);
    assert_true(last < (o.from_day + o.days) * CALENDAR_DAY_MS);
    assert_true(last > (o.from_day + o.days - 4) * CALENDAR_DAY_MS);
    assert_false(population_next(p, &m));
}

/* A replay takes each line, and reads what was meant. */
static void population__line__is_a_replays(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    o.places = true;
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    const struct population_message *m;
    unsigned contents = 0;
    while (population_next(p, &m)) {
        CLEANUP_BUF struct buf line = BUF_INIT(REPLAY_LINE_MAX);
        CLEANUP_ARENA struct arena a = ARENA_INIT(2 * REPLAY_LINE_MAX);
        struct replay_line l;
        struct diag d = {""};
        population_put_line(&line, p, m);
        if (replay_line_parse((char *)line.data, line.len - 1, &a, &l, &d) < 0)
            fail_msg("%s: %s", d.text, buf_text(&line));
        assert_int_equal(line.data[line.len - 1], '\n');
        assert_string_equal(l.id, m->id);
        assert_true(l.at_unix_ms == m->at_unix_ms && l.to_count == m->to_count);
        assert_string_equal(l.from, population_account(p, m->from));
        assert_true(value_account_valid(l.from, "chat.example"));
        assert_string_equal(l.body, m->body);
        assert_string_equal(l.country, m->country);
        assert_true(l.content == m->content);
        contents += l.content;
    }
    assert_true(contents > o.messages / 20);
}

static void population__next__says_every_kind(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    const struct population_message *m;
    unsigned kinds[CONTENT_KINDS] = {0}, groups = 0, labels[POPULATION_LABELS] = {0}, passed = 0;
    while (population_next(p, &m)) {
        kinds[m->kind]++;
        labels[m->label]++;
        groups += m->group != 0;
        passed += m->like != 0;
        assert_true((m->group != 0) == (m->to_count > 1));
        assert_true((m->about != 0) == (content_traits(m->kind)->about != CONTENT_BY_ITSELF));
    }
    assert_true(kinds[CONTENT_TEXT] > o.messages * 3 / 4);
    assert_true(kinds[CONTENT_EDIT] > 100 && kinds[CONTENT_RETRACT] > 50);
    assert_true(kinds[CONTENT_REPLY] > 500 && kinds[CONTENT_REACT] > 300);
    assert_true(kinds[CONTENT_POSITION] > 50);
    for (int l = 0; l < POPULATION_LABELS; l++)
        assert_true(labels[l] >= 10);
    assert_true(labels[POPULATION_NEGATIVE] > labels[POPULATION_THREAT]);
    assert_true(groups > o.messages / 20 && passed > o.messages / 200);
}

/* Everybody who has a word list is heard. */
static void population__next__speaks_every_language(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    o.devices = 1000;
    o.organisations = 25;
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    const struct population_message *m;
    char seen[64] = "";
    while (population_next(p, &m))
        if (strstr(seen, m->language) == NULL) {
            assert_true(strlen(seen) + 4 < sizeof seen);
            strcat(strcat(seen, m->language), " ");
        }
    assert_int_equal(strlen(seen), 3 * 12);
}

/* A quarter in use, and within weeks three quarters. */
static void population__active__grows(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    o.devices = 12000;
    o.organisations = 300;
    o.countries = 90;
    o.days = 1000;
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    assert_true(population_devices(p) == 12000);
    assert_in_range(population_active(p, 0), 300, 800);
    assert_in_range(population_active(p, 690), 2600, 3400);
    assert_in_range(population_active(p, 745), 8200, 9800);
    assert_in_range(population_active(p, 999), 8200, 9800);
}

static void assert_refused(const struct population_options *o, int code, const char *why)
{
    struct population *p = NULL;
    struct diag d = {""};
    assert_int_equal(population_new(o, &p, &d), code);
    assert_null(p);
    assert_says(d.text, why);
}

static void population__new__refuses(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    o.devices = 3;
    assert_refused(&o, ERR_LIMIT, "4 to 100000 devices");
    o = simulated_options();
    o.countries = 0;
    assert_refused(&o, ERR_LIMIT, "countries");
    o.countries = 301;
    assert_refused(&o, ERR_LIMIT, "countries");
    o = simulated_options();
    o.organisations = 151;
    assert_refused(&o, ERR_LIMIT, "half as many as devices");
    o = simulated_options();
    o.days = 0;
    assert_refused(&o, ERR_LIMIT, "days");
    o = simulated_options();
    o.messages = 0;
    assert_refused(&o, ERR_LIMIT, "messages");
    o = simulated_options();
    o.domain = "no domain";
    assert_refused(&o, ERR_FORMAT, "'no domain' is not a domain");
}

/* The smallest one, and one of many messages on one day: somebody always has somebody to write to.
 */
static void population__next__at_the_edges(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    o.devices = 4;
    o.countries = o.organisations = o.days = 1;
    for (o.seed = 1; o.seed < 30; o.seed++) {
        CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
        const struct population_message *m;
        uint64_t count = 0;
        while (population_next(p, &m)) {
            assert_recipients(p, m);
            count++;
        }
        assert_true(count == o.messages);
    }
}

static void population__map__names_the_countries(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    CLEANUP_BUF struct buf map = BUF_INIT(65536);
    population_put_map(&map, p);
    assert_says(buf_text(&map), "\n127.0.1.0/24 NL\n");
    assert_says(buf_text(&map), "\n127.0.30.0/24 AL\n");
    assert_null(strstr(buf_text(&map), "127.0.31."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(population__next__is_the_same_everywhere),
        cmocka_unit_test(population__next__gives_so_many_in_order),
        cmocka_unit_test(population__line__is_a_replays),
        cmocka_unit_test(population__next__says_every_kind),
        cmocka_unit_test(population__next__speaks_every_language),
        cmocka_unit_test(population__active__grows),
        cmocka_unit_test(population__new__refuses),
        cmocka_unit_test(population__next__at_the_edges),
        cmocka_unit_test(population__map__names_the_countries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
