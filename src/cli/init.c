#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/calendar.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/secret.h"
#include "cli/verb.h"
#include "launch/found.h"
#include "launch/found_desk.h"
#include "wire/network_note.h"
#include "wire/value.h"

#define DEFAULT_DAYS 90
#define EXCLUDED_MAX 64

struct words {
    const char *domain, *from, *until, *exclude, *host, *port, *upload_port, *openers, *authority,
        *places, *quorum;
    const char *custodians[NETWORK_CUSTODIANS_MAX + 1];
    bool replay;
};

static int parse_days(const struct verb *v, const struct words *w, struct found_options *o)
{
    struct clock live = clock_live();
    o->from_day = calendar_day_of(clock_now_ms(&live));
    int r = w->from == NULL ? VERB_OK : verb_day(v, "from", w->from, &o->from_day);
    o->until_day = o->from_day + DEFAULT_DAYS - 1;
    if (r == VERB_OK && w->until != NULL)
        r = verb_day(v, "until", w->until, &o->until_day);
    if (r != VERB_OK)
        return r;
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
    if (value_parse_u64(w->port, VALUE_PORT_MAX, &port) < 0)
        return verb_misused(v, "--port '%s' is not 1 to 65535, or 0", w->port);
    if (port == 0 && (port = free_port()) == 0)
        return verb_fail(v, "no free port was found");
    if (value_parse_u64(w->openers, 16, &openers) < 0 || openers == 0)
        return verb_misused(v, "--openers '%s' is not 1 to 16", w->openers);
    o->port = (uint16_t)port;
    o->openers = (size_t)openers;
    uint64_t upload = w->upload_port == NULL && w->port[0] != '0' ? port + 1 : 0;
    if (w->upload_port != NULL && value_parse_u64(w->upload_port, VALUE_PORT_MAX, &upload) < 0)
        return verb_misused(v, "--upload-port '%s' is not 1 to 65535, or 0", w->upload_port);
    if (upload == 0 && (upload = free_port()) == 0)
        return verb_fail(v, "no free port was found");
    if (upload > VALUE_PORT_MAX || upload == port)
        return verb_misused(v, "the upload host needs a port of its own: give --upload-port");
    o->upload_port = (uint16_t)upload;
    return VERB_OK;
}

/* NAME:KEY each, as 'ironside custodian new' shows them; `ret` points into `names`. */
static int parse_custodians(const struct verb *v, const struct words *w, struct found_options *o,
                            struct note_key ret[static NETWORK_CUSTODIANS_MAX],
                            char (*names)[NOTE_NAME_MAX + 1])
{
    uint64_t quorum = 0;
    o->custodians = ret;
    for (size_t i = 0; w->custodians[i] != NULL; i++) {
        const char *word = w->custodians[i], *colon = strrchr(word, ':');
        size_t len = colon == NULL ? 0 : (size_t)(colon - word);
        if (!note_name_valid(word, len) ||
            decode_base64_exact(colon + 1, strlen(colon + 1), ret[i].key, SIGN_PUBLIC_BYTES) < 0)
            return verb_misused(v, "--custodian '%s' is not NAME:KEY", word);
        snprintf(names[i], sizeof names[i], "%.*s", (int)len, word);
        ret[i].name = names[i];
        o->custodian_count++;
    }
    if ((o->custodian_count > 0) != (w->quorum != NULL))
        return verb_misused(v, "--custodian and --quorum go together: who, and how many must sign");
    if (o->custodian_count == 0)
        return VERB_OK;
    if (value_parse_u64(w->quorum, o->custodian_count, &quorum) < 0 || quorum == 0)
        return verb_misused(v, "--quorum '%s' is not 1 to %zu", w->quorum, o->custodian_count);
    if (w->from != NULL || w->until != NULL || w->exclude != NULL || w->authority != NULL)
        return verb_misused(v, "with --custodian there is no warrant yet: --from, --until, "
                               "--exclude and --authority go with 'ironside warrant'");
    o->quorum = (size_t)quorum;
    return VERB_OK;
}

static void say_founding(const struct found_options *o)
{
    printf("%s: a %s network for %s waits for its custodians.\n"
           "  proposal   %s/founding: %zu of %zu custodians sign it, or the first policy with it\n"
           "  devices    will reach it at %s, port %u\n"
           "Sign it:     ironside warrant sign %s/founding --key FILE\n"
           "Publish it:  ironside warrant publish %s %s/founding\n",
           o->dir, o->replay ? "replay" : "live", o->domain, o->dir, o->quorum, o->custodian_count,
           o->host, o->port, o->dir, o->dir, o->dir);
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
           "  desk       of north: the first passwords are in %s/desks/north/" FOUND_DESK_PASSWORDS
           "\n"
           "  devices    reach it at %s, port %u\n"
           "Start it with: ironside up %s%s\n",
           o->dir, o->dir, o->host, o->port, o->dir, o->replay ? " --replay FILE" : "");
}

/* Whose custodians are elsewhere: they have to sign first, and say who has a desk. */
static int make_without_keys(const struct verb *v, const struct found_options *o)
{
    struct diag d = {""};
    if (found_network(o, &d) < 0)
        return verb_fail(v, "%s", d.text);
    say_founding(o);
    return VERB_OK;
}

/* With a desk, whose key the first warrant names. */
static int make_whole(const struct verb *v, struct found_options *o)
{
    CLEANUP_SECRET uint8_t *seed = secret_new(SIGN_SEED_BYTES);
    CLEANUP_SECRET uint8_t *secret = secret_new(SIGN_SECRET_BYTES);
    uint8_t public[SIGN_PUBLIC_BYTES];
    struct diag d = {""};
    secret_random(seed, SIGN_SEED_BYTES);
    sign_keypair_from_seed(seed, public, secret);
    o->desk = public;
    if (found_network(o, &d) < 0)
        return verb_fail(v, "%s", d.text);
    if (found_desk(o->dir, o->domain, free_port(), seed, &d) < 0)
        return verb_fail(v, "the network is made, but not its desk: %s", d.text);
    say_done(o);
    return VERB_OK;
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
        {.name = "upload-port", .value = &w.upload_port},
        {.name = "openers", .value = &w.openers},
        {.name = "authority", .value = &w.authority},
        {.name = "places", .value = &w.places},
        {.name = "custodian", .list = w.custodians, .list_max = NETWORK_CUSTODIANS_MAX},
        {.name = "quorum", .value = &w.quorum},
        {.name = "replay", .flag = true, .set = &w.replay},
    };
    const char *dir[1], *excluded[EXCLUDED_MAX];
    struct note_key custodians[NETWORK_CUSTODIANS_MAX];
    char names[NETWORK_CUSTODIANS_MAX][NOTE_NAME_MAX + 1];
    char countries[4 * EXCLUDED_MAX] = "";
    struct found_options o = {.excluded = excluded};
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], dir, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1)
        return verb_misused(v, "which folder?");
    snprintf(countries, sizeof countries, "%s", w.exclude == NULL ? "" : w.exclude);
    if ((r = parse_days(v, &w, &o)) != VERB_OK || (r = parse_numbers(v, &w, &o)) != VERB_OK ||
        (r = parse_excluded(v, countries, excluded, &o.excluded_count)) != VERB_OK ||
        (r = parse_custodians(v, &w, &o, custodians, names)) != VERB_OK)
        return r;
    o.dir = dir[0];
    o.domain = w.domain;
    o.host = w.host;
    o.replay = w.replay;
    o.authority = w.authority;
    o.places = w.places;
    return o.custodian_count > 0 ? make_without_keys(v, &o) : make_whole(v, &o);
}

const struct verb verb_init = {
    .noun = "",
    .name = "init",
    .usage = "DIR [--domain D] [--from DAY] [--until DAY] [--exclude CC,...]\n"
             "                     [--host H] [--port P] [--upload-port P] [--openers N]\n"
             "                     [--authority TEXT] [--places FILE]\n"
             "                     [--replay] [--custodian N:K] [--quorum K]",
    .help = "make a whole network in a new folder",
    .more =
        "  --domain D        the network's domain (chat.example)\n"
        "  --from DAY        first day of the warrant, UTC (today)\n"
        "  --until DAY       its last day (90 days in all)\n"
        "  --exclude CC,...    countries whose devices the warrant leaves out: NL,US\n"
        "  --host H          address that devices connect to (127.0.0.1)\n"
        "  --port P          port that devices connect to (15222); 0: one that is free now\n"
        "  --upload-port P   port of the upload host (the one after --port); 0: one that is free\n"
        "  --openers N       processes that open seals (1)\n"
        "  --authority TEXT  who issued the warrant, as devices show it (the founder)\n"
        "  --places FILE     a MaxMind DB file that tells the countries of addresses, for "
        "warrants\n"
        "                    and bots by country; FILE.map: lines \"127.0.31.0/24 NL\"\n"
        "  --custodian N:K   a custodian who is elsewhere, NAME:KEY, one to sixteen times: then\n"
        "                    neither their keys nor a warrant are made here\n"
        "  --quorum K        how many of them must sign\n"
        "  --replay          a network whose clock a replay file drives; it is one for ever\n",
    .run = run,
};
