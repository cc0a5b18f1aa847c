#include "simulated.h"

#include <jansson.h>

#define LINES_MAX (64U << 20)

struct read {
    json_t *lines, *organisations, *devices, *groups, *labels;
};

static json_t *objects(const struct buf *b)
{
    json_t *all = json_array();
    const char *at = (const char *)b->data, *end = at + b->len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        json_error_t error;
        assert_non_null(newline);
        json_t *o = json_loadb(at, (size_t)(newline - at), JSON_REJECT_DUPLICATES, &error);
        assert_non_null(o);
        json_array_append_new(all, o);
        at = newline + 1;
    }
    return all;
}

static const char *text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    if (text == NULL)
        fail_msg("a line has no %s", name);
    return text;
}

static struct read read_all(const struct population_options *o)
{
    struct read r = {.organisations = json_object(),
                     .devices = json_object(),
                     .groups = json_object(),
                     .labels = json_object()};
    CLEANUP_BUF struct buf lines = BUF_INIT(LINES_MAX), truth = BUF_INIT(LINES_MAX);
    size_t i;
    json_t *x;
    simulated_lines(o, 0, &lines, &truth);
    r.lines = objects(&lines);
    json_t *all = objects(&truth);
    json_array_foreach(all, i, x)
    {
        if (json_object_get(x, "line") != NULL)
            json_object_set(r.labels, text_of(x, "id"), x);
        else if (json_object_get(x, "device") != NULL)
            json_object_set(r.devices, text_of(x, "device"), x);
        else if (json_object_get(x, "group") != NULL)
            json_object_set(r.groups, text_of(x, "group"), x);
        else
            json_object_set(r.organisations, text_of(x, "organisation"), x);
    }
    json_decref(all);
    return r;
}

static void read_clear(struct read *r)
{
    json_decref(r->lines);
    json_decref(r->organisations);
    json_decref(r->devices);
    json_decref(r->groups);
    json_decref(r->labels);
}

static void truth__people__are_all_there(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    struct read r = read_all(&o);
    const char *handle;
    json_t *x, *sizes = json_object();
    unsigned aliases = 0, silenced = 0, lawyers = 0;
    assert_int_equal(json_object_size(r.devices), o.devices);
    assert_int_equal(json_object_size(r.organisations), o.organisations);
    json_object_foreach(r.devices, handle, x)
    {
        const char *organisation = text_of(x, "organisation");
        const json_t *alias = json_object_get(x, "alias_of"), *of;
        assert_true(value_handle_valid(handle));
        assert_non_null(json_object_get(r.organisations, organisation));
        json_object_set_new(
            sizes, organisation,
            json_integer(1 + json_integer_value(json_object_get(sizes, organisation))));
        silenced += json_is_true(json_object_get(x, "silenced"));
        lawyers += strcmp(text_of(x, "role"), "lawyer") == 0;
        if (alias == NULL)
            continue;
        aliases++;
        of = json_object_get(r.devices, json_string_value(alias));
        assert_string_equal(text_of(of, "person"), text_of(x, "person"));
        assert_string_equal(text_of(of, "language"), text_of(x, "language"));
    }
    json_object_foreach(r.organisations, handle, x)
        assert_true(json_integer_value(json_object_get(x, "devices")) ==
                    json_integer_value(json_object_get(sizes, handle)));
    assert_true(aliases > 3 && silenced > 5 && lawyers > 0);
    json_decref(sizes);
    read_clear(&r);
}

static const char *day_of(const json_t *x, const char *name, const char *without)
{
    const char *day = json_string_value(json_object_get(x, name));
    return day == NULL ? without : day;
}

/* Nobody sends before their device is there, or after it is gone. */
static void truth__devices__send_while_they_are_in_use(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    struct read r = read_all(&o);
    size_t i;
    json_t *line;
    json_array_foreach(r.lines, i, line)
    {
        char handle[VALUE_HANDLE_MAX + 1];
        value_handle_of(text_of(line, "from"), handle);
        const json_t *x = json_object_get(r.devices, handle);
        assert_non_null(x);
        assert_true(strncmp(text_of(line, "ts"), text_of(x, "from"), 10) >= 0);
        assert_true(strncmp(text_of(line, "ts"), day_of(x, "until", "9"), 10) <= 0);
    }
    read_clear(&r);
}

static const json_t *line_of(const struct read *r, json_int_t number)
{
    return json_array_get(r->lines, (size_t)number - 1);
}

/* What is said of a line fits to it, and to the line that it is about. */
static void truth__messages__agree_with_the_lines(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    struct read r = read_all(&o);
    const char *id;
    json_t *x;
    unsigned threats = 0, abouts = 0, likes = 0;
    json_object_foreach(r.labels, id, x)
    {
        const json_t *line = line_of(&r, json_integer_value(json_object_get(x, "line")));
        const json_t *about = json_object_get(x, "about"),
                     *like = json_object_get(x, "near_duplicate_of"),
                     *is = json_object_get(x, "is");
        assert_string_equal(text_of(line, "id"), id);
        threats += is != NULL && strcmp(json_string_value(is), "threat") == 0;
        likes += like != NULL;
        if (about == NULL)
            continue;
        abouts++;
        const json_t *other = line_of(&r, json_integer_value(about));
        CLEANUP_FREE char *named = mem_format("id=%s", text_of(other, "id"));
        assert_string_equal(text_of(x, "kind"), text_of(line, "kind"));
        assert_says(text_of(line, "body"), named);
        if (strcmp(text_of(x, "kind"), "edit") == 0 || strcmp(text_of(x, "kind"), "retract") == 0)
            assert_string_equal(text_of(other, "from"), text_of(line, "from"));
        else
            assert_says(text_of(line, "body"), text_of(other, "from"));
    }
    assert_true(threats > 10 && abouts > 1000 && likes > 100);
    read_clear(&r);
}

/* What the truth says that a line is; "" nothing. */
static const char *label_of(const struct read *r, const json_t *number)
{
    const json_t *line = line_of(r, json_integer_value(number));
    const char *is =
        json_string_value(json_object_get(json_object_get(r->labels, text_of(line, "id")), "is"));
    return is == NULL ? "" : is;
}

static bool is_alarming(const char *label)
{
    return strcmp(label, "threat") == 0 || strcmp(label, "negative") == 0;
}

/* A threat that is passed on is one, and so is a corrected one; nothing else has its words. */
static void truth__threats__are_all_named(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    o.messages = 60000;
    struct read r = read_all(&o);
    const char *id;
    json_t *x;
    unsigned passed = 0;
    json_object_foreach(r.labels, id, x)
    {
        const json_t *like = json_object_get(x, "near_duplicate_of"),
                     *about = json_object_get(x, "about"), *is = json_object_get(x, "is");
        const char *own = is == NULL ? "" : json_string_value(is);
        const char *kind = about == NULL ? "" : text_of(x, "kind");
        if (like != NULL && is_alarming(label_of(&r, like))) {
            assert_string_equal(own, label_of(&r, like));
            passed++;
        }
        if (strcmp(kind, "edit") == 0 && is_alarming(label_of(&r, about)))
            assert_string_equal(own, label_of(&r, about));
        if (strcmp(kind, "reply") == 0)
            assert_false(is_alarming(label_of(&r, about)));
    }
    assert_true(passed > 0);
    read_clear(&r);
}

/* Who a message of a group goes to, are members on that day. */
static void truth__groups__have_the_members(void **state)
{
    (void)state;
    struct population_options o = simulated_options();
    struct read r = read_all(&o);
    size_t i, k;
    json_t *line, *m;
    unsigned seen = 0;
    json_array_foreach(r.lines, i, line)
    {
        const char *at = strstr(text_of(line, "body"), "group=");
        if (at == NULL)
            continue;
        CLEANUP_FREE char *id = mem_string_n(at + 6, CONTENT_GROUP_ID_LEN);
        const json_t *members = json_object_get(json_object_get(r.groups, id), "members");
        size_t there = 0;
        json_array_foreach(members, k, m)
        {
            CLEANUP_FREE char *account = mem_format("%s@chat.example", text_of(m, "device"));
            size_t n;
            json_t *to;
            bool on = strncmp(text_of(line, "ts"), text_of(m, "from"), 10) >= 0 &&
                      strncmp(text_of(line, "ts"), day_of(m, "until", "9"), 10) <= 0;
            there += on && strcmp(account, text_of(line, "from")) == 0;
            json_array_foreach(json_object_get(line, "to"), n, to) there +=
                on && strcmp(account, json_string_value(to)) == 0;
        }
        assert_int_equal(there, 1 + json_array_size(json_object_get(line, "to")));
        seen++;
    }
    assert_true(seen > 500);
    read_clear(&r);
}

static void truth__label__has_its_word(void **state)
{
    (void)state;
    assert_string_equal(population_label_text(POPULATION_THREAT), "threat");
    assert_string_equal(population_label_text(POPULATION_VOICE), "voice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth__people__are_all_there),
        cmocka_unit_test(truth__devices__send_while_they_are_in_use),
        cmocka_unit_test(truth__messages__agree_with_the_lines),
        cmocka_unit_test(truth__threats__are_all_named),
        cmocka_unit_test(truth__groups__have_the_members),
        cmocka_unit_test(truth__label__has_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
