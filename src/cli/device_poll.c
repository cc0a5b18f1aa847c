/* Polls and votes: what a device asks, and what is chosen. */
#include "cli/sending.h"
#include "wire/content.h"

struct poll_words {
    const char *group, *timer;
    const char *to[VALUE_RECIPIENTS_MAX + 1];
};

static int check_poll(const struct verb *v, const struct poll_words *y, size_t count)
{
    if (y->to[0] == NULL && y->group == NULL)
        return verb_misused(v, "to whom? Name accounts with --to, or a --group");
    if (y->to[0] != NULL && y->group != NULL)
        return verb_misused(v, "--to and --group exclude each other");
    if (count < 1 + CONTENT_OPTIONS_MIN)
        return verb_misused(v, "what can be chosen? Give a question, then %u to %u options",
                            CONTENT_OPTIONS_MIN, CONTENT_OPTIONS_MAX);
    return VERB_OK;
}

static int run_poll(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    struct poll_words y = {.group = NULL};
    const char *words[1 + CONTENT_OPTIONS_MAX];
    size_t count;
    const struct option_spec options[] = {
        DEVICE_OPTIONS(w),
        DEVICE_SOURCE(w),
        {.name = "to", .list = y.to, .list_max = VALUE_RECIPIENTS_MAX},
        {.name = "group", .value = &y.group},
        {.name = "timer", .value = &y.timer}};
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], words,
                       sizeof words / sizeof words[0], &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if ((r = check_poll(v, &y, count)) != VERB_OK)
        return r;
    json_t *request =
        json_pack("{ss ss ss so so}", "do", "say", "kind", content_kind_text(CONTENT_POLL), "text",
                  words[0], "options", sending_texts(words + 1, count - 1), "to",
                  sending_texts(y.to, VALUE_RECIPIENTS_MAX));
    sending_put_text(request, "group", y.group);
    if ((r = sending_put_seconds(v, request, "timer", y.timer)) == VERB_OK)
        return sending_say(v, &w, request);
    json_decref(request);
    return r;
}

static int run_vote(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    const char *words[2], *of = NULL;
    uint64_t option;
    size_t count;
    const struct option_spec options[] = {
        DEVICE_OPTIONS(w), DEVICE_SOURCE(w), {.name = "of", .value = &of}};
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], words, 2, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count < 2)
        return verb_misused(v, "in which poll, and for what? Give its ID and an option's number");
    if (value_parse_u64(words[1], CONTENT_OPTIONS_MAX, &option) < 0 || option == 0)
        return verb_misused(v, "'%s' is not the number of an option: 1 to %u", words[1],
                            CONTENT_OPTIONS_MAX);
    json_t *request =
        json_pack("{ss ss ss sI}", "do", "say", "kind", content_kind_text(CONTENT_VOTE), "about",
                  words[0], "option", (json_int_t)option);
    sending_put_text(request, "about_from", of);
    return sending_say(v, &w, request);
}

const struct verb verb_device_poll = {
    .noun = "device",
    .name = "poll",
    .usage = DEVICE_USAGE DEVICE_SOURCE_USAGE
    "\n                            --to ACCOUNT [--to ...] | --group NAME"
    "\n                            [--timer SECONDS] [--json]"
    "\n                            QUESTION OPTION OPTION...",
    .help = "ask a question with 2 to 10 answers, of which each chooses one",
    .more = DEVICE_MORE DEVICE_SOURCE_MORE
    "  --to ACCOUNT            name@domain; as often as there are recipients\n"
    "  --group NAME            to all members of a group, by its name or id\n"
    "  --timer SECONDS         disappears from devices so long after it was read\n" DEVICE_JSON_MORE
    "  QUESTION OPTION...      a line each, quoted where it has spaces\n",
    .run = run_poll,
};
const struct verb verb_device_vote = {
    .noun = "device",
    .name = "vote",
    .usage = DEVICE_USAGE DEVICE_SOURCE_USAGE " [--of ACCOUNT] [--json] ID OPTION",
    .help = "choose an option of a poll; the latest vote of each counts",
    .more = DEVICE_MORE DEVICE_SOURCE_MORE
    "  --of ACCOUNT            whose poll is meant, where several have that ID\n" DEVICE_JSON_MORE
    "  ID                      of the poll, as --json gives it\n"
    "  OPTION                  its number\n",
    .run = run_vote,
};
