#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define WROTE_WITHIN_DAYS 14U

struct rule {
    char *name;
    struct query *query; /* NULL: every message */
    struct words *words; /* NULL: none */
    int weight;
    unsigned minutes;
    unsigned silent_days, wrote_days; /* 0: it is not about silence */
};

static const char *const default_words[] = {
#include "threats.inc"
};

/* Members of an object, each once; what is not among them is refused. */
static int check_members(const json_t *o, const char *const *names, const char *what,
                         struct diag *d)
{
    const char *key;
    json_t *value;
    if (!json_is_object(o))
        return diag_set(d, ERR_FORMAT, "%s is no JSON object", what);
    json_object_foreach((json_t *)(uintptr_t)o, key, value)
    {
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], key) != 0)
            i++;
        if (names[i] == NULL)
            return diag_set(d, ERR_FORMAT, "%s has no member '%s'", what, key);
    }
    return 0;
}

/* A whole number within bounds; `otherwise` where it is not there. */
static int get_number(const json_t *o, const char *name, json_int_t least, json_int_t most,
                      json_int_t otherwise, json_int_t *ret, struct diag *d)
{
    const json_t *x = json_object_get(o, name);
    json_int_t n = x == NULL ? otherwise : json_integer_value(x);
    if ((x != NULL && !json_is_integer(x)) || n < least || n > most)
        return diag_set(d, ERR_FORMAT, "'%s' is a number from %lld to %lld", name, (long long)least,
                        (long long)most);
    *ret = n;
    return 0;
}

static int read_name(const json_t *o, struct rule *r, struct diag *d)
{
    const json_t *x = json_object_get(o, "name");
    size_t len = json_string_length(x);
    if (!json_is_string(x) || len == 0 || len > RULE_NAME_MAX)
        return diag_set(d, ERR_FORMAT, "a rule has a 'name' of 1 to %u bytes", RULE_NAME_MAX);
    r->name = mem_string(json_string_value(x));
    return 0;
}

/* Nothing is tagged, seen or in a case when it arrives. */
static bool asks_for_marks(const struct query_node *n)
{
    if (n->kind == QUERY_TERM)
        return n->term == QUERY_TAG || n->term == QUERY_CASE || n->term == QUERY_SEEN ||
               n->term == QUERY_ASSIGNED || n->term == QUERY_UNSEEN || n->term == QUERY_IS;
    for (size_t i = 0; i < n->child_count; i++)
        if (asks_for_marks(n->children[i]))
            return true;
    return false;
}

static int read_query(const json_t *o, const struct query_options *options, struct rule *r,
                      struct diag *d)
{
    const json_t *x = json_object_get(o, "query");
    struct query_error wrong;
    if (x == NULL)
        return 0;
    if (!json_is_string(x))
        return diag_set(d, ERR_FORMAT, "a rule's 'query' is a text");
    int e = query_parse(json_string_value(x), json_string_length(x), options, &r->query, &wrong);
    if (e < 0)
        return diag_set(d, e, "'query', at byte %zu: %s", wrong.offset, wrong.text);
    return asks_for_marks(query_root(r->query))
               ? diag_set(d, ERR_FORMAT,
                          "'query' asks for tag:, case:, seen:, unseen:, assigned: or is:, which "
                          "no message has "
                          "when it arrives")
               : 0;
}

static int read_words(const json_t *o, const struct query_options *options, struct rule *r,
                      struct diag *d)
{
    const json_t *x = json_object_get(o, "words");
    if (x == NULL)
        return 0;
    if (!json_is_string(x))
        return diag_set(d, ERR_FORMAT, "a rule's 'words' are a text");
    return words_read(json_string_value(x), json_string_length(x), options->text, &r->words, d);
}

static int read_silence(const json_t *o, struct rule *r, struct diag *d)
{
    static const char *const names[] = {"days", "wrote", NULL};
    const json_t *x = json_object_get(o, "silence");
    json_int_t days, wrote;
    if (x == NULL)
        return 0;
    if (r->query != NULL || r->words != NULL || json_object_get(o, "weight") != NULL)
        return diag_set(d, ERR_FORMAT, "a rule of silence has neither query nor words nor weight");
    int e = check_members(x, names, "'silence'", d);
    if (e == 0)
        e = get_number(x, "days", 1, RULE_SILENCE_DAYS_MAX, 0, &days, d);
    if (e == 0)
        e = get_number(x, "wrote", 1, WROTE_WITHIN_DAYS, 0, &wrote, d);
    if (e == 0) {
        r->silent_days = (unsigned)days;
        r->wrote_days = (unsigned)wrote;
    }
    return e;
}

static int read_limits(const json_t *o, struct rule *r, struct diag *d)
{
    json_int_t weight, minutes;
    int e = get_number(o, "weight", 1, 1000, RULE_WEIGHT_DEFAULT, &weight, d);
    if (e == 0)
        e = get_number(o, "minutes", 1, RULE_MINUTES_MAX, RULE_MINUTES_DEFAULT, &minutes, d);
    if (e == 0) {
        r->weight = (int)weight;
        r->minutes = (unsigned)minutes;
    }
    return e;
}

int rule_read(const json_t *o, const struct query_options *options, struct rule **ret,
              struct diag *d)
{
    static const char *const names[] = {"name",    "query",   "words", "weight",
                                        "minutes", "silence", NULL};
    CLEANUP(rule_free_cleanup) struct rule *r = mem_new(sizeof *r);
    int e = check_members(o, names, "a rule", d);
    if (e == 0)
        e = read_name(o, r, d);
    if (e == 0)
        e = read_query(o, options, r, d);
    if (e == 0)
        e = read_words(o, options, r, d);
    if (e == 0)
        e = read_silence(o, r, d);
    if (e == 0)
        e = read_limits(o, r, d);
    if (e == 0 && r->query == NULL && r->words == NULL && r->silent_days == 0)
        e = diag_set(d, ERR_FORMAT, "a rule has a 'query', 'words' or 'silence'");
    if (e == 0)
        *ret = TAKE(r);
    return e;
}

void rule_free(struct rule *r)
{
    if (r == NULL)
        return;
    free(r->name);
    query_free(r->query);
    words_free(r->words);
    free(r);
}

const char *rule_name(const struct rule *r)
{
    return r->name;
}

unsigned rule_minutes(const struct rule *r)
{
    return r->minutes;
}

bool rule_is_silence(const struct rule *r)
{
    return r->silent_days > 0;
}

const struct query *rule_query(const struct rule *r)
{
    return r->query;
}

bool rule_weighs(const struct rule *r, struct text *t, const char *lang, const char *text,
                 size_t len, struct rule_result *ret)
{
    *ret = (struct rule_result){.weight = r->weight};
    if (r->words != NULL)
        ret->weight = words_weigh(r->words, t, lang, text, len, ret->found, RULE_FOUND_MAX,
                                  &ret->found_count);
    return !rule_is_silence(r) && ret->weight >= r->weight;
}

bool rule_finds_silence(const struct rule *r, const uint32_t counts[static RULE_DAYS_LOOKED_AT],
                        uint32_t today)
{
    unsigned wrote = 0;
    if (!rule_is_silence(r) || today > 0 || counts[r->silent_days] == 0)
        return false;
    for (unsigned i = 0; i < r->silent_days; i++)
        if (counts[i] > 0)
            return false;
    for (unsigned i = 0; i < WROTE_WITHIN_DAYS; i++)
        wrote += counts[r->silent_days + i] > 0;
    return wrote >= r->wrote_days;
}

json_t *rule_default(void)
{
    CLEANUP_BUF struct buf list = BUF_INIT(WORDS_BYTES_MAX);
    for (size_t i = 0; i < sizeof default_words / sizeof *default_words; i++)
        buf_put_text(&list, default_words[i]);
    return json_pack("{ss ss si si}", "name", "threat to life", "words", buf_text(&list), "weight",
                     RULE_WEIGHT_DEFAULT, "minutes", (int)RULE_MINUTES_DEFAULT);
}
