/* What is said, read and shown:
 *
 * {"do":"messages"[,"after":N]}   → {"ok":true,"messages":[…]} as view_message
 * {"do":"say","kind":K,…}         → {"ok":true,"id"}, see take_say
 * {"do":"read"[,"numbers":[…]]}   → {"ok":true,"read":N}; all without numbers
 * {"do":"markers"[,"on":BOOL]}    → {"ok":true,"on":BOOL}
 */
#include <string.h>

#include "base/calendar.h"
#include "base/secret.h"
#include "host/commands_internal.h"
#include "host/file_commands.h"
#include "host/view.h"
#include "store/values.h"

struct messages {
    struct store *s;
    int64_t now;
    json_t *list;
};

static int add_message(void *context, const struct store_message *m)
{
    struct messages *x = context;
    json_t *o = view_message(x->s, m, x->now);
    if (o != NULL)
        json_array_append_new(x->list, o);
    return 0;
}

json_t *command_messages(struct store *s, struct device *d, const struct clock *clock,
                         const json_t *request)
{
    struct messages x = {.s = s, .now = clock_now_ms(clock), .list = json_array()};
    int64_t after = json_integer_value(json_object_get(request, "after"));
    (void)d;
    return command_listed("messages", x.list, store_messages(s, after, add_message, &x));
}

int command_texts(const json_t *list, const char **ret, size_t max)
{
    if (list == NULL)
        return 0;
    if (!json_is_array(list) || json_array_size(list) > max)
        return -1;
    for (size_t i = 0; i < json_array_size(list); i++)
        if ((ret[i] = json_string_value(json_array_get(list, i))) == NULL)
            return -1;
    return (int)json_array_size(list);
}

static bool take_kind(const char *name, enum content_kind *ret)
{
    *ret = name == NULL ? CONTENT_KINDS : content_kind_of(name);
    return *ret != CONTENT_KINDS && *ret != CONTENT_GROUP; /* only {"do":"group"} makes those */
}

static bool take_contact(const char *name, enum content_contact *ret)
{
    for (*ret = CONTENT_REQUEST; name != NULL && *ret < CONTENT_CONTACTS; (*ret)++)
        if (strcmp(name, content_contact_text(*ret)) == 0)
            return true;
    *ret = 0;
    return name == NULL;
}

/* A whole number from 0 to `max`; 0 where it is missing. */
static bool take_number(const json_t *request, const char *name, uint64_t max, uint64_t *ret)
{
    const json_t *n = json_object_get(request, name);
    *ret = (uint64_t)json_integer_value(n);
    return n == NULL || (json_is_integer(n) && json_integer_value(n) >= 0 && *ret <= max);
}

/* Members: "to":[…] or "group"; "text"; "about":ID, "about_from"; "timer" and "live" in seconds;
 * "position":"LAT,LON[,ACCURACY]"; "file" (file_commands.h); "contact"; "options":[…] of a poll,
 * whose question is "text"; "option": which one a vote is for, from 1; "id"; "at". Returns what is
 * wrong, or NULL. */
static const char *take_say(const json_t *request, const char **to, const char **options,
                            struct device_say *ret)
{
    const char *at = json_string_value(json_object_get(request, "at"));
    const char *position = json_string_value(json_object_get(request, "position"));
    const json_t *text = json_object_get(request, "text");
    uint64_t timer, live, option;
    int count = command_texts(json_object_get(request, "to"), to, VALUE_RECIPIENTS_MAX);
    int choices = command_texts(json_object_get(request, "options"), options, CONTENT_OPTIONS_MAX);
    *ret = (struct device_say){
        .to = to,
        .to_count = count < 0 ? 0 : (size_t)count,
        .group = json_string_value(json_object_get(request, "group")),
        .text = json_string_value(text),
        .text_len = json_string_length(text),
        .about_id = json_string_value(json_object_get(request, "about")),
        .about_from = json_string_value(json_object_get(request, "about_from")),
        .options = options,
        .option_count = choices < 0 ? 0 : (size_t)choices,
        .id = json_string_value(json_object_get(request, "id")),
    };
    if (count < 0)
        return "'to' is not an array of at most 50 texts";
    if (!take_kind(json_string_value(json_object_get(request, "kind")), &ret->kind) ||
        !take_contact(json_string_value(json_object_get(request, "contact")), &ret->contact))
        return "'kind' or 'contact' is none that can be said";
    if (!take_number(request, "timer", CONTENT_TIMER_MAX_S, &timer) ||
        !take_number(request, "live", CONTENT_TIMER_MAX_S, &live))
        return "'timer' and 'live' are seconds, at most 366 days";
    if (choices < 0 || !take_number(request, "option", CONTENT_OPTIONS_MAX, &option))
        return "'options' is an array of 2 to 10 texts, and 'option' the number of one";
    ret->option = (uint32_t)option;
    ret->timer_s = (uint32_t)timer;
    ret->live_s = (uint32_t)live;
    if ((ret->kind == CONTENT_FILE) != (json_object_get(request, "file") != NULL))
        return "a message of the kind 'file' has a 'file', and no other has one";
    if ((ret->kind == CONTENT_POSITION || ret->kind == CONTENT_LIVE) &&
        (position == NULL || geo_parse_words(position, &ret->position) < 0))
        return "'position' is not LATITUDE,LONGITUDE[,ACCURACY] in degrees, with points, and "
               "metres: "
               "52.37,4.89,15";
    if (at != NULL && calendar_parse(at, &ret->at_unix_ms) < 0)
        return "'at' is not YYYY-MM-DDTHH:MM:SS.mmmZ";
    return NULL;
}

json_t *command_say(struct store *s, struct device *d, const struct clock *clock,
                    const json_t *request)
{
    const char *to[VALUE_RECIPIENTS_MAX], *options[CONTENT_OPTIONS_MAX];
    char id[VALUE_ID_MAX + 1];
    struct device_say m;
    struct diag why;
    (void)s, (void)clock;
    if (d == NULL)
        return command_error("this device is not running");
    const char *wrong = take_say(request, to, options, &m);
    if (wrong != NULL)
        return command_error(wrong);
    struct device_file f;
    const json_t *file = json_object_get(request, "file");
    if (file != NULL && command_file_parse(file, &f) < 0)
        return command_error("'file' lacks its path, or is of no known kind");
    if ((file != NULL ? device_say_file(d, &m, &f, id, &why) : device_say(d, &m, id, &why)) < 0)
        return command_error(why.text);
    return json_pack("{sb ss}", "ok", 1, "id", id);
}

json_t *command_read(struct store *s, struct device *d, const struct clock *clock,
                     const json_t *request)
{
    const json_t *list = json_object_get(request, "numbers");
    int64_t numbers[256];
    struct diag why;
    (void)s, (void)clock;
    if (d == NULL)
        return command_error("this device is not running");
    if (list != NULL && (!json_is_array(list) || json_array_size(list) < 1 ||
                         json_array_size(list) > sizeof numbers / sizeof numbers[0]))
        return command_error("'numbers' is not an array of 1 to 256 numbers");
    for (size_t i = 0; i < json_array_size(list); i++)
        numbers[i] = json_integer_value(json_array_get(list, i));
    int r = device_read(d, numbers, json_array_size(list), &why);
    return r < 0 ? command_error(why.text) : json_pack("{sb si}", "ok", 1, "read", r);
}

json_t *command_markers(struct store *s, struct device *d, const struct clock *clock,
                        const json_t *request)
{
    const json_t *on = json_object_get(request, "on");
    int r = 0;
    (void)d, (void)clock;
    if (on != NULL)
        r = json_is_true(on) ? store_put_text(s, VALUE_MARKERS, "on")
                             : store_drop(s, VALUE_MARKERS);
    if (r < 0)
        return command_error("the store cannot be written");
    CLEANUP_SECRET char *now = store_get(s, VALUE_MARKERS, NULL);
    return json_pack("{sb sb}", "ok", 1, "on", now != NULL);
}
