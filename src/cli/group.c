/* Groups: group new, list, show, rename, add, remove. */
#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/sending.h"
#include "wire/group.h"

struct group_words {
    struct device_words w;
    const char *members[GROUP_MEMBERS_MAX + 1];
    const char *words[GROUP_MEMBERS_MAX + 1];
    size_t count;
};

static int parse(const struct verb *v, int argc, char **argv, struct group_words *g, size_t least,
                 size_t most)
{
    const struct option_spec options[] = {
        DEVICE_OPTIONS(g->w),
        DEVICE_SOURCE(g->w),
        {.name = "member", .list = g->members, .list_max = GROUP_MEMBERS_MAX}};
    bool reads = v == &verb_group_list || v == &verb_group_show; /* without a connection */
    size_t count = sizeof options / sizeof options[0] - (v == &verb_group_new ? 0 : reads ? 2 : 1);
    int r = verb_parse(v, argc, argv, options, count, g->words, most, &g->count);
    if (r == VERB_OK && g->count < least)
        r = verb_misused(v, g->count == 0
                                ? v == &verb_group_new ? "what is its name?" : "which group?"
                            : v == &verb_group_rename ? "what is its new name?"
                                                      : "whom?");
    if (r == VERB_OK && v == &verb_group_new && g->members[0] == NULL)
        r = verb_misused(v, "who is in it? Name accounts with --member");
    return r;
}

static int change(const struct verb *v, const struct group_words *g, json_t *request)
{
    json_object_set_new(request, "do", json_string("group"));
    json_object_set_new(request, "change", json_true());
    return sending_say(v, &g->w, request);
}

static int run_new(const struct verb *v, int argc, char **argv)
{
    struct group_words g = {.count = 0};
    int r = parse(v, argc, argv, &g, 1, 1);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    return change(v, &g,
                  json_pack("{ss so}", "name", g.words[0], "add",
                            sending_texts(g.members, GROUP_MEMBERS_MAX)));
}

static int run_rename(const struct verb *v, int argc, char **argv)
{
    struct group_words g = {.count = 0};
    int r = parse(v, argc, argv, &g, 2, 2);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    return change(v, &g, json_pack("{ss ss}", "group", g.words[0], "name", g.words[1]));
}

/* add, remove */
static int run_members(const struct verb *v, int argc, char **argv)
{
    struct group_words g = {.count = 0};
    int r = parse(v, argc, argv, &g, 2, GROUP_MEMBERS_MAX + 1);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    return change(v, &g,
                  json_pack("{ss so}", "group", g.words[0], v->name,
                            sending_texts(g.words + 1, g.count - 1)));
}

static void print_group(const json_t *g)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_foreign(&l, print_text_of(g, "name"));
    line_put(&l, "  (%s)", print_text_of(g, "id"));
    line_end(&l, 0);
    line_put(&l, "change %lld by ", (long long)json_integer_value(json_object_get(g, "serial")));
    line_foreign(&l, print_text_of(g, "changed_by"));
    line_put(&l, ": ");
    print_list(&l, json_object_get(g, "members"), ", ");
    line_end(&l, 4);
}

static void print_groups(const json_t *list, bool json)
{
    size_t i;
    json_t *g;
    json_array_foreach((json_t *)(uintptr_t)list, i, g)
    {
        if (json)
            print_json(g);
        else
            print_group(g);
    }
    print_nothing(json, i, "no groups yet");
}

static int ask(const struct verb *v, struct device_session *x, const char *name, json_t **ret)
{
    json_t *request = json_pack("{ss}", "do", "group");
    if (name != NULL)
        json_object_set_new(request, "show", json_string(name));
    return device_session_ask(v, x, request, ret);
}

static int run_list(const struct verb *v, int argc, char **argv)
{
    struct group_words g = {.count = 0};
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    json_t *answer = NULL;
    int r = parse(v, argc, argv, &g, 0, 0);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = device_session_read(v, &g.w, &x);
    if (r == VERB_OK)
        r = ask(v, &x, NULL, &answer);
    if (r == VERB_OK)
        print_groups(json_object_get(answer, "groups"), g.w.json);
    json_decref(answer);
    return r;
}

static int run_show(const struct verb *v, int argc, char **argv)
{
    struct group_words g = {.count = 0};
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    json_t *answer = NULL;
    int r = parse(v, argc, argv, &g, 1, 1);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    r = device_session_read(v, &g.w, &x);
    if (r == VERB_OK)
        r = ask(v, &x, g.words[0], &answer);
    if (r == VERB_OK)
        print_groups(json_object_get(answer, "history"), g.w.json);
    json_decref(answer);
    return r;
}

#define GROUP_LIKE(verb_name, source_usage, source_more, what, words, more_lines, function)        \
    const struct verb verb_group_##verb_name = {                                                   \
        .noun = "group",                                                                           \
        .name = #verb_name,                                                                        \
        .usage = DEVICE_USAGE source_usage what " [--json]",                                       \
        .help = words,                                                                             \
        .more = DEVICE_MORE source_more more_lines DEVICE_JSON_MORE,                               \
        .run = function,                                                                           \
    }
#define GROUP(verb_name, what, words, more_lines, function)                                        \
    GROUP_LIKE(verb_name, DEVICE_SOURCE_USAGE, DEVICE_SOURCE_MORE, what, words, more_lines,        \
               function)
#define GROUP_READ(verb_name, what, words, more_lines, function)                                   \
    GROUP_LIKE(verb_name, "", "", what, words, more_lines, function)

GROUP(new, "\n                         --member ACCOUNT [--member ...] NAME", "make a group",
      "  --member ACCOUNT        name@domain; this device's own is one anyway\n", run_new);
GROUP_READ(list, "", "the groups that the device holds", "", run_list);
GROUP_READ(show, " NAME", "every change of a group, who made it, and its members", "", run_show);
GROUP(rename, " NAME NEW-NAME", "give a group another name", "", run_rename);
GROUP(add, "\n                         NAME ACCOUNT...", "add members to a group", "", run_members);
GROUP(remove, "\n                            NAME ACCOUNT...",
      "remove members, who get nothing more; one's own account leaves", "", run_members);
