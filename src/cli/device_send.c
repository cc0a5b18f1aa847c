#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/device_send_file.h"
#include "cli/sending.h"
#include "wire/content.h"

/* What is to be said besides the words. */
struct say_words {
    const char *group, *edit, *retract, *reply, *react, *update, *of, *timer, *position, *live;
    struct send_file file;
};

static int too_long(const struct verb *v)
{
    return verb_fail(
        v, "the text is longer than %u bytes: shorten it, or send it as a file with --file",
        VALUE_BODY_MAX);
}

static int read_body(const struct verb *v, const char *const *words, size_t count, struct buf *body)
{
    if (count == 1 && strcmp(words[0], "-") == 0) {
        int r = file_read_fd(STDIN_FILENO, body);
        if (r < 0 && r != ERR_LIMIT)
            return verb_fail(v, "standard input cannot be read: %s", strerror(errno));
        if (r == 0 && body->len == 0)
            return verb_fail(v, "standard input gives no text");
        return r == 0 ? VERB_OK : too_long(v);
    }
    for (size_t i = 0; i < count; i++)
        buf_format(body, "%s%s", i > 0 ? " " : "", words[i]);
    return buf_failed(body) ? too_long(v) : VERB_OK;
}

/* Which one was asked for: NULL, and a usage error, when there are several. */
static const char *kind_of(const struct verb *v, const struct say_words *w, const char **ret_about)
{
    const struct {
        const char *value, *kind;
        bool about;
    } kinds[] = {{w->edit, "edit", true},
                 {w->retract, "retract", true},
                 {w->reply, "reply", true},
                 {w->react, "react", true},
                 {w->update, "live", true},
                 {w->update == NULL ? w->position : NULL, "position", false},
                 {send_file_named(&w->file) ? "" : NULL, "file", false}};
    const char *found = NULL;
    *ret_about = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].value == NULL)
            continue;
        if (found != NULL) {
            verb_misused(v, "a message is one thing: %s or %s", found, kinds[i].kind);
            return NULL;
        }
        found = kinds[i].kind;
        *ret_about = kinds[i].about ? kinds[i].value : NULL;
    }
    return found == NULL ? "text" : found;
}

static bool has_text(const char *kind)
{
    return content_traits(content_kind_of(kind))->own_words;
}

/* What goes with no message of that kind would be left out of it in silence. */
static int check_kind(const struct verb *v, const struct say_words *w, const char *kind)
{
    if (w->of != NULL && w->reply == NULL && w->react == NULL)
        return verb_misused(v, "--of goes with --reply or --react");
    if (w->live != NULL && strcmp(kind, "position") != 0)
        return verb_misused(v, "--live goes with a new --position");
    if (w->timer != NULL && !content_traits(content_kind_of(kind))->erasable)
        return verb_misused(v, "--timer goes with a message of its own");
    return VERB_OK;
}

static int check_words(const struct verb *v, const struct say_words *w, const char *const *to,
                       const char *kind, const char *about, size_t count)
{
    bool named = to[0] != NULL || w->group != NULL;
    if (about == NULL && !named)
        return verb_misused(v, "to whom? Name accounts with --to, or a --group");
    if (about != NULL && named)
        return verb_misused(v,
                            "it goes to those whom message %s went to: leave --to and --group "
                            "out",
                            about);
    if (to[0] != NULL && w->group != NULL)
        return verb_misused(v, "--to and --group exclude each other");
    if (w->update != NULL && w->position == NULL)
        return verb_misused(v, "--update needs the new --position");
    if (!has_text(kind) && count > 0)
        return verb_misused(v, "there is no text with this: send it as a message of its own");
    if (has_text(kind) && strcmp(kind, "react") != 0 && count == 0)
        return verb_misused(v, "what? Give a text, or - to read one");
    int r = check_kind(v, w, kind);
    return r == VERB_OK ? send_file_check(v, &w->file) : r;
}

static int make_request(const struct verb *v, const struct say_words *w, const char *const *to,
                        const char *kind, const char *about, const struct buf *body, json_t **ret)
{
    json_t *request = json_pack("{ss ss}", "do", "say", "kind", kind);
    json_t *text = json_stringn(body->data == NULL ? "" : (const char *)body->data, body->len);
    int r = text == NULL ? verb_fail(v, "the text is not UTF-8") : VERB_OK;
    json_object_set_new(request, "to", sending_texts(to, VALUE_RECIPIENTS_MAX));
    if (text != NULL)
        json_object_set_new(request, "text", text);
    sending_put_text(request, "group", w->group);
    sending_put_text(request, "about", about);
    sending_put_text(request, "about_from", w->of);
    sending_put_text(request, "position", w->position);
    if (r == VERB_OK)
        r = sending_put_seconds(v, request, "timer", w->timer);
    if (r == VERB_OK)
        r = sending_put_seconds(v, request, "live", w->live);
    if (r == VERB_OK)
        r = send_file_put(v, &w->file, request);
    if (r == VERB_OK)
        *ret = request;
    else
        json_decref(request);
    return r;
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    struct say_words y = {.group = NULL};
    const char *to[VALUE_RECIPIENTS_MAX + 1] = {NULL}, *words[256], *about;
    const struct option_spec options[] = {
        DEVICE_OPTIONS(w),
        DEVICE_SOURCE(w),
        {.name = "to", .list = to, .list_max = VALUE_RECIPIENTS_MAX},
        {.name = "group", .value = &y.group},
        {.name = "edit", .value = &y.edit},
        {.name = "retract", .value = &y.retract},
        {.name = "reply", .value = &y.reply},
        {.name = "react", .value = &y.react},
        {.name = "of", .value = &y.of},
        {.name = "timer", .value = &y.timer},
        {.name = "position", .value = &y.position},
        {.name = "live", .value = &y.live},
        {.name = "update", .value = &y.update},
        {.name = "file", .value = &y.file.file},
        {.name = "photo", .value = &y.file.photo},
        {.name = "voice", .value = &y.file.voice},
        {.name = "duration", .value = &y.file.duration},
        {.name = "keep-metadata", .flag = true, .set = &y.file.keep_metadata}};
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(VALUE_BODY_MAX);
    json_t *request = NULL;
    size_t count;
    int r =
        verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], words, 256, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    const char *kind = kind_of(v, &y, &about);
    if (kind == NULL)
        return VERB_USAGE;
    if ((r = check_words(v, &y, to, kind, about, count)) != VERB_OK ||
        (r = read_body(v, words, count, &body)) != VERB_OK ||
        (r = make_request(v, &y, to, kind, about, &body, &request)) != VERB_OK)
        return r;
    return sending_say(v, &w, request);
}

const struct verb verb_device_send = {
    .noun = "device",
    .name = "send",
    .usage = DEVICE_USAGE DEVICE_SOURCE_USAGE
    "\n                            --to ACCOUNT [--to ...] | --group NAME | --edit ID | --reply ID "
    "|"
    "\n                            --react ID | --retract ID | --update ID"
    "\n                            [--of ACCOUNT] [--timer SECONDS]"
    "\n                            [--position LAT,LON[,ACCURACY]] [--live SECONDS] [--json]"
    "\n                            [TEXT|-] | --file F | --photo F [--keep-metadata] |"
    "\n                            --voice F [--duration SECONDS]",
    .help = "send a text, a file, or what is about an earlier one, and wait for the bot's verdict",
    .more = DEVICE_MORE DEVICE_SOURCE_MORE
    "  --to ACCOUNT            name@domain; as often as there are recipients\n"
    "  --group NAME            to all members of a group, by its name or id\n"
    "  --edit ID               correct a text of one's own; the archive keeps both\n"
    "  --retract ID            take a message of one's own back; the archive keeps it\n"
    "  --reply ID              answer a message\n"
    "  --react ID              emojis, as words; none takes one's reactions back\n"
    "  --of ACCOUNT            whose message is meant, where several have that ID\n"
    "  --timer SECONDS         disappears from devices so long after it was read\n"
    "  --position LAT,LON[,M]  a place in degrees, accurate to so many metres\n"
    "  --live SECONDS          the position will be updated so long\n"
    "  --update ID             the new --position of a live one\n"
    "  --file F                send this file, 50 MiB at most\n"
    "  --photo F               the same, with a small picture of it in the message\n"
    "  --keep-metadata         leave in a photo where, when and with what it was taken; else that\n"
    "                          is removed, with --file, too (JPEG, PNG, WebP)\n"
    "  --voice F               a voice note: WAV, Ogg, FLAC, MP3\n"
    "  --duration SECONDS      of a voice note of another format\n" DEVICE_JSON_MORE
    "  -                       read the text from standard input\n",
    .run = run,
};
