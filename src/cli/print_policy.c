/* The page of the policy: who can read, under which warrant, until when, and the history. */
#include <string.h>

#include "cli/print.h"

#define INDENT 2U
#define FIELD_INDENT 4U

static void put_scope(struct line *l, const json_t *w)
{
    const char *scope = print_text_of(w, "scope");
    long long accounts = (long long)json_integer_value(json_object_get(w, "accounts"));
    if (strcmp(scope, "all") == 0)
        line_put(l, "all accounts");
    else if (strcmp(scope, "accounts") == 0)
        line_put(l, "%lld named account%s", accounts, accounts == 1 ? "" : "s");
    else {
        line_put(l, "devices in ");
        print_list(l, json_object_get(w, "countries"), ", ");
    }
    if (json_array_size(json_object_get(w, "exclude")) > 0) {
        line_put(l, ", except devices in ");
        print_list(l, json_object_get(w, "exclude"), ", ");
    }
    if (!json_is_true(json_object_get(w, "names_you")))
        line_put(l, " (not this account)");
}

static void print_field(const char *label, const char *text)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "%-11s ", label);
    line_foreign(&l, text);
    line_end(&l, FIELD_INDENT);
}

static long long count_of(const json_t *use, const char *name)
{
    return (long long)json_integer_value(json_object_get(use, name));
}

/* "3 searches, 12 messages opened, …, by 2 users, on 2026-03-01" */
static void put_use(struct line *l, const json_t *use)
{
    long long searches = count_of(use, "searches"), opened = count_of(use, "opened");
    long long users = count_of(use, "users"), left_out = count_of(use, "left_out");
    line_put(l,
             "%lld search%s, %lld message%s opened, %lld exported, %lld passed on, by %lld user%s,",
             searches, searches == 1 ? "" : "es", opened, opened == 1 ? "" : "s",
             count_of(use, "exported"), count_of(use, "passed"), users, users == 1 ? "" : "s");
    line_put(l, " on %s (UTC)", print_text_of(use, "day"));
    if (left_out > 0)
        line_put(l, "; of the warrant's days until then it left out %lld", left_out);
}

/* What the archive was used for, as the agency's desk states it. */
static void print_use(const json_t *agency)
{
    const json_t *use = json_object_get(agency, "use");
    const char *silent = print_text_of(agency, "silent_since");
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "used        the desk of %s: ", print_text_of(agency, "name"));
    if (json_is_object(use))
        put_use(&l, use);
    else if (silent[0] == '\0')
        line_put(&l, "it is to state each day what it uses this for");
    if (silent[0] != '\0')
        line_put(&l, "%snothing heard since %s", json_is_object(use) ? "; " : "", silent);
    line_end(&l, FIELD_INDENT);
}

/* Desks that the warrant names, and what is said of those that it does not. */
static void print_uses(const json_t *agencies)
{
    size_t i, desks = 0;
    json_t *agency;
    CLEANUP_LINE struct line l = LINE_INIT;
    json_array_foreach((json_t *)(uintptr_t)agencies, i, agency) desks +=
        json_is_string(json_object_get(agency, "desk"));
    if (desks == 0) {
        line_put(&l, "used        this warrant names no desk: its use is not stated");
        line_end(&l, FIELD_INDENT);
        return;
    }
    json_array_foreach((json_t *)(uintptr_t)agencies, i, agency)
    {
        if (json_is_string(json_object_get(agency, "desk"))) {
            print_use(agency);
            continue;
        }
        line_put(&l, "used        this warrant names no desk of %s: its use is not stated",
                 print_text_of(agency, "name"));
        line_end(&l, FIELD_INDENT);
    }
}

static void print_warrant(const json_t *w)
{
    size_t i;
    json_t *agency;
    CLEANUP_LINE struct line l = LINE_INIT;
    putchar('\n');
    line_put(&l, "Warrant ");
    line_foreign(&l, print_text_of(w, "id"));
    line_put(&l,
             json_is_true(json_object_get(w, "in_force")) ? ", in force" : ", not in force today");
    line_end(&l, INDENT);
    print_field("issued by", print_text_of(w, "authority"));
    line_put(&l, "days        %s to %s (UTC)", print_text_of(w, "from"), print_text_of(w, "until"));
    line_end(&l, FIELD_INDENT);
    line_put(&l, "covers      ");
    put_scope(&l, w);
    line_end(&l, FIELD_INDENT);
    print_field("archived by", print_text_of(w, "bot"));
    json_array_foreach(json_object_get(w, "agencies"), i, agency)
    {
        line_put(&l, "read by     %-12s ", print_text_of(agency, "name"));
        line_foreign(&l, print_text_of(agency, "recipient"));
        line_end(&l, FIELD_INDENT);
    }
    print_uses(json_object_get(w, "agencies"));
}

static void print_history(const json_t *history)
{
    size_t i, k;
    json_t *entry, *change;
    CLEANUP_LINE struct line l = LINE_INIT;
    print_heading("What has changed, as this device saw it");
    json_array_foreach((json_t *)(uintptr_t)history, i, entry)
    {
        line_put(&l, "policy %lld, issued ",
                 (long long)json_integer_value(json_object_get(entry, "serial")));
        line_time(&l, print_text_of(entry, "issued"));
        line_put(&l, ", seen here ");
        line_time(&l, print_text_of(entry, "seen"));
        line_end(&l, INDENT);
        json_array_foreach(json_object_get(entry, "changes"), k, change)
        {
            line_prose(&l, json_string_value(change));
            line_end(&l, FIELD_INDENT);
        }
    }
}

/* Of devices of which no country is known; nothing where there is one bot. */
static void print_without_place(const json_t *policy)
{
    size_t i;
    json_t *bot;
    CLEANUP_LINE struct line l = LINE_INIT;
    const char *word = print_text_of(json_object_get(policy, "policy"), "without_place");
    if (strcmp(word, "stop") == 0)
        line_put(&l, "From devices whose country is not known nothing is delivered.");
    json_array_foreach(json_object_get(policy, "bots"), i, bot)
    {
        if (strcmp(word, "default") != 0 || !json_is_true(json_object_get(bot, "default")))
            continue;
        line_put(&l, "Devices whose country is not known have bot ");
        line_foreign(&l, print_text_of(bot, "address"));
        line_put(&l, ".");
    }
    if (strcmp(word, "") != 0)
        line_end(&l, INDENT);
}

static void print_now(const json_t *policy)
{
    const json_t *p = json_object_get(policy, "policy");
    bool rests = strcmp(print_text_of(p, "without_warrant"), "stop") == 0;
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "%s, network %s%s", print_text_of(policy, "account"),
             print_text_of(policy, "network"),
             strcmp(print_text_of(policy, "kind"), "replay") == 0 ? " (a replay)" : "");
    line_end(&l, INDENT);
    line_block(print_text_of(p, "notice"), strlen(print_text_of(p, "notice")));
    putchar('\n');
    line_put(&l, "You, whoever you write to, and today: ");
    print_list(&l, json_object_get(policy, "readers"), ", ");
    line_end(&l, INDENT);
    size_t i;
    json_t *w;
    json_array_foreach(json_object_get(policy, "warrants"), i, w) print_warrant(w);
    printf("\n  Without a warrant %s.\n", rests ? "the network rests: nothing is delivered"
                                                : "messages are delivered and not archived");
    print_without_place(policy);
    line_put(&l, "Policy %lld, issued ",
             (long long)json_integer_value(json_object_get(p, "serial")));
    line_time(&l, print_text_of(p, "issued"));
    line_put(&l, ".");
    line_end(&l, INDENT);
    putchar('\n');
}

void print_policy(const json_t *policy)
{
    const json_t *history = json_object_get(policy, "history");
    print_heading("Who can read what you send on this network");
    print_now(policy);
    if (history != NULL)
        print_history(history);
}
