#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/calendar.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/verb.h"
#include "launch/found.h"
#include "wire/value.h"

#define DEFAULT_DAYS 90
#define EXCLUDED_MAX 64

struct words {
    const char *domain, *from, *until, *exclude, *host, *port, *openers, *authority;
    bool replay;
};

static int parse_days(const struct verb *v, const struct words *w, struct found_options *o)
{
    struct clock live = clock_live();
    o->from_day = calendar_day_of(clock_now_ms(&live));
    if (w->from != NULL && calendar_parse_day(w->from, &o->from_day) < 0)
        return verb_misused(v, "--from '%s' is not a day as YYYY-MM-DD", w->from);
    o->until_day = o->from_day + DEFAULT_DAYS - 1;
    if (w->until != NULL && calendar_parse_day(w->until, &o->until_day) < 0)
        return verb_misused(v, "--until '%s' is not a day as YYYY-MM-DD", w->until);
    return VERB_OK;
}

/* "NL,US" into ascending codes. */
static int parse_excluded(const struct verb *v, char *text, const char *ret[static EXCLUDED_MAX],
                          size_t *ret_count)
{
    char *rest = NULL;
    *ret_count = 0;
    for (char *c = strtok_r(text, ",", &rest); c != NULL; c = strtok_r(NULL, ",", &rest)) {
        size_t at = *ret_count;
        if (at == EXCLUDED_MAX || !value_country_valid(c))
            return verb_misused(v, "--exclude '%s' is not a country code such as NL", c);
        for (; at > 0 && strcmp(ret[at - 1], c) > 0; at--)
            ret[at] = ret[at - 1];
        ret[at] = c;
        (*ret_count)++;
    }
    return VERB_OK;
}

/* One that nobody listens on just now. */
static uint16_t free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    CLEANUP_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        return 0;
    return ntohs(a.sin_port);
}

static int parse_numbers(const struct verb *v, const struct words *w, struct found_options *o)
{
    uint64_t port = 0, openers = 0;
    if (value_parse_u64(w->port, 65535, &port) < 0)
        return verb_misused(v, "--port '%s' is not 1 to 65535, or 0", w->port);
    if (port == 0 && (port = free_port()) == 0)
        return verb_fail(v, "no free port was found");
    if (value_parse_u64(w->openers, 16, &openers) < 0 || openers == 0)
        return verb_misused(v, "--openers '%s' is not 1 to 16", w->openers);
    o->port = (uint16_t)port;
    o->openers = (size_t)openers;
    return VERB_OK;
}

static void say_done(const struct found_options *o)
{
    char from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    calendar_format_day(o->from_day, from);
    calendar_format_day(o->until_day, until);
    printf("%s: a %s network for %s is made.\n"
           "  authority  3 custodians, 2 must sign: %s/authority/custodian-*.key\n"
           "  warrant    %.4s-0001, %s to %s, all accounts",
           o->dir, o->replay ? "replay" : "live", o->domain, o->dir, from, from, until);
    for (size_t i = 0; i < o->excluded_count; i++)
        printf("%s%s", i == 0 ? ", except devices in " : ", ", o->excluded[i]);
    printf("\n  agencies   north, south: %s/agencies/*.key open the archive\n"
           "  devices    reach it at %s, port %u\n"
           "Start it with: ironside up %s%s\n",
           o->dir, o->host, o->port, o->dir, o->replay ? " --replay FILE" : "");
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct words w = {
        .domain = "chat.example", .host = "127.0.0.1", .port = "15222", .openers = "1"};
    const struct option_spec options[] = {
        {.name = "domain", .value = &w.domain},
        {.name = "from", .value = &w.from},
        {.name = "until", .value = &w.until},
        {.name = "exclude", .value = &w.exclude},
        {.name = "host", .value = &w.host},
        {.name = "port", .value = &w.port},
        {.name = "openers", .value = &w.openers},
        {.name = "authority", .value = &w.authority},
        {.name = "replay", .flag = true, .set = &w.replay},
    };
    const char *dir[1], *excluded[EXCLUDED_MAX];
    char countries[4 * EXCLUDED_MAX] = "";
    struct found_options o = {.excluded = excluded};
    struct diag d;
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which folder?");
    snprintf(countries, sizeof countries, "%s", w.exclude == NULL ? "" : w.exclude);
    if ((r = parse_days(v, &w, &o)) != VERB_OK || (r = parse_numbers(v, &w, &o)) != VERB_OK ||
        (r = parse_excluded(v, countries, excluded, &o.excluded_count)) != VERB_OK)
        return r;
    o.dir = dir[0];
    o.domain = w.domain;
    o.host = w.host;
    o.replay = w.replay;
    o.authority = w.authority;
    if (found_network(&o, &d) < 0)
        return verb_fail(v, "%s", d.text);
    say_done(&o);
    return VERB_OK;
}

const struct verb verb_init = {
    .noun = "",
    .name = "init",
    .usage =
        "DIR [--domain D] [--from DAY] [--until DAY] [--exclude CC,…]\n"
        "                     [--host H] [--port P] [--openers N] [--authority TEXT] [--replay]",
    .help = "make a whole network in a new folder",
    .more = "  --domain D        the network's domain (chat.example)\n"
            "  --from DAY        first day of the warrant, UTC (today)\n"
            "  --until DAY       its last day (90 days in all)\n"
            "  --exclude CC,…    countries whose devices the warrant leaves out: NL,US\n"
            "  --host H          address that devices connect to (127.0.0.1)\n"
            "  --port P          port that devices connect to (15222); 0: one that is free now\n"
            "  --openers N       processes that open seals (1)\n"
            "  --authority TEXT  who issued the warrant, as devices show it (the founder)\n"
            "  --replay          a network whose clock a replay file drives; it is one for ever\n",
    .run = run,
};
