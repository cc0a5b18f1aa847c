/* The verb that downloads the file of a message, checks it and writes it out. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/device_session.h"
#include "cli/print.h"
#include "host/save.h"
#include "media/sealed.h"

/* What is to be had, and where it goes. */
struct saving {
    const struct verb *verb;
    struct save save; /* points into the rest */
    struct file_uri uri;
    uint8_t sha256[HASH_BYTES];
    char *server;
    bool tell;
    unsigned percent;
};

static void clear(struct saving *s)
{
    free(s->server);
    secret_wipe(&s->uri, sizeof s->uri);
}

static int read_answer(struct saving *s, const json_t *file)
{
    const char *uri = json_string_value(json_object_get(file, "uri"));
    const char *sha256 = json_string_value(json_object_get(file, "sha256"));
    const char *server = json_string_value(json_object_get(file, "server"));
    json_int_t size = json_integer_value(json_object_get(file, "ciphertext_size"));
    if (uri == NULL || sha256 == NULL || server == NULL || size < (json_int_t)SEALED_TAG_BYTES ||
        file_uri_parse(uri, strlen(uri), &s->uri) < 0 ||
        decode_hex_exact(sha256, strlen(sha256), s->sha256, sizeof s->sha256) < 0)
        return verb_fail(s->verb, "the device's answer is malformed");
    s->server = mem_string(server);
    s->save.server = s->server;
    s->save.uri = &s->uri;
    s->save.sha256 = s->sha256;
    s->save.size = (uint64_t)size;
    return VERB_OK;
}

static void on_progress(void *context, uint64_t done, uint64_t size)
{
    struct saving *s = context;
    unsigned percent = (unsigned)(done * 100 / size);
    if (!s->tell || percent == s->percent)
        return;
    s->percent = percent;
    fprintf(stderr, "\rdownloading %u%%%s", percent, percent == 100 ? "\n" : "");
}

static int ask(const struct verb *v, const struct device_words *w, const char *id, const char *from,
               json_t **ret)
{
    CLEANUP_DEVICE_SESSION struct device_session x = {.agent = NULL};
    int r = device_session_read(v, w, &x);
    if (r != VERB_OK)
        return r;
    json_t *request = json_pack("{ss ss}", "do", "file", "id", id);
    if (from != NULL)
        json_object_set_new(request, "from", json_string(from));
    return device_session_ask(v, &x, request, ret);
}

static int run(const struct verb *v, int argc, char **argv)
{
    struct device_words w = {.store = NULL};
    const char *id = NULL, *out = NULL, *from = NULL;
    const struct option_spec options[] = {DEVICE_OPTIONS(w),
                                          DEVICE_SOURCE(w),
                                          {.name = "out", .value = &out},
                                          {.name = "from", .value = &from}};
    CLEANUP(clear) struct saving s = {.verb = v, .percent = 101};
    json_t *answer = NULL;
    struct diag d = {""};
    size_t count;
    int r = verb_parse(v, argc, argv, options, sizeof options / sizeof options[0], &id, 1, &count);
    if (r != VERB_OK)
        return r < 0 ? VERB_OK : r;
    if (count != 1 || out == NULL)
        return verb_misused(v, count != 1 ? "the file of which message? Name its id"
                                          : "where to? Name a file with --out");
    if (file_exists(out))
        return verb_fail(v, "%s is there already: choose another name", out);
    r = ask(v, &w, id, from, &answer);
    if (r == VERB_OK)
        r = read_answer(&s, json_object_get(answer, "file"));
    json_decref(answer);
    if (r != VERB_OK)
        return r;
    s.save.folder = w.store;
    s.save.source = w.source;
    s.save.out = out;
    s.save.context = &s;
    s.save.progress = on_progress;
    s.tell = !w.json && isatty(STDERR_FILENO);
    r = save_run(&s.save, &d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
    if (r == VERB_OK && w.json) {
        json_t *line = json_pack("{ss}", "saved", out);
        print_json(line);
        json_decref(line);
    } else if (r == VERB_OK) {
        printf("saved %s\n", out);
    }
    return r;
}

const struct verb verb_device_save = {
    .noun = "device",
    .name = "save",
    .usage = DEVICE_USAGE DEVICE_SOURCE_USAGE
    "\n                            --out FILE [--from ACCOUNT] [--json] ID",
    .help = "download the file of a message, check it and write it out",
    .more = DEVICE_MORE DEVICE_SOURCE_MORE
    "  --out FILE              where to; it must not be there yet\n"
    "  --from ACCOUNT          the sender, when several messages have this id\n" DEVICE_JSON_MORE,
    .run = run,
};
