/* The verb that downloads the file of a message, checks it and writes it out. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/device_session.h"
#include "cli/print.h"
#include "device/activate.h"
#include "device/transfer.h"
#include "media/sealed.h"
#include "wire/file_content.h"

#define TRIES 3

/* What is to be had, and where it goes. */
struct saving {
    const struct verb *verb;
    struct file_uri uri;
    uint8_t sha256[HASH_BYTES];
    uint64_t size; /* of the ciphertext */
    char *server, *authority;
    const char *source;
    char *out, *part,
        *open; /* the file; its ciphertext, kept when it breaks off; not yet checked */
    bool tell;
    unsigned percent;
};

static void clear(struct saving *s)
{
    free(s->server);
    free(s->authority);
    free(s->out);
    free(s->part);
    free(s->open);
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
    s->size = (uint64_t)size;
    s->server = mem_string(server);
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

/* A part that an earlier try left is gone on with. */
static int download(struct saving *s, int fd, struct diag *d)
{
    struct transfer_options o = {.authority = s->authority, .host = s->server, .source = s->source};
    int r = ERR_CLOSED;
    for (int i = 0; r == ERR_CLOSED && i < TRIES; i++) {
        struct stat st;
        if (fstat(fd, &st) != 0)
            return diag_set(d, ERR_IO, "%s: %s", s->part, strerror(errno));
        if ((uint64_t)st.st_size == s->size)
            return 0;
        struct transfer_get g = {.place = &s->uri,
                                 .size = s->size,
                                 .fd = fd,
                                 .have = (uint64_t)st.st_size < s->size ? (uint64_t)st.st_size : 0,
                                 .context = s,
                                 .progress = on_progress};
        r = transfer_get(&o, &g, d);
    }
    return r;
}

/* The ciphertext must be the one that the message's signature covers. */
static int check_hash(const struct saving *s, int fd, struct diag *d)
{
    uint8_t sha256[HASH_BYTES];
    struct media_source source;
    if (media_source_fd(&fd, &source) < 0 || sealed_hash(&source, sha256) < 0)
        return diag_set(d, ERR_IO, "%s cannot be read", s->part);
    if (source.size == s->size && memcmp(sha256, s->sha256, HASH_BYTES) == 0)
        return 0;
    (void)unlink(s->part); /* nothing of it is of use */
    return diag_set(d, ERR_AUTH,
                    "the upload host gives other bytes than the message names: they were thrown "
                    "away");
}

static int open_file(const struct saving *s, int fd, struct diag *d)
{
    struct media_source source;
    CLEANUP_CLOSE int out = open(s->open, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return diag_set(d, ERR_IO, "cannot write %s: %s", s->open, strerror(errno));
    int r = media_source_fd(&fd, &source);
    if (r == 0)
        r = sealed_open(&source, s->uri.key, s->uri.iv, out);
    if (r == 0 && (fsync(out) != 0 || rename(s->open, s->out) != 0))
        r = ERR_IO;
    if (r == 0)
        return 0;
    (void)unlink(s->open);
    return r == ERR_AUTH ? diag_set(d, r, "the file does not open with the message's key")
                         : diag_set(d, r, "cannot write %s: %s", s->out, strerror(errno));
}

static int save(struct saving *s)
{
    struct diag d;
    CLEANUP_CLOSE int fd = open(s->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = fd < 0 ? diag_set(&d, ERR_IO, "cannot write %s: %s", s->part, strerror(errno)) : 0;
    if (r == 0)
        r = download(s, fd, &d);
    if (r == 0)
        r = check_hash(s, fd, &d);
    if (r == 0)
        r = open_file(s, fd, &d);
    if (r < 0)
        return verb_fail(s->verb, "%s", d.text);
    (void)unlink(s->part);
    return VERB_OK;
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
    s.authority = file_join(w.store, ACTIVATE_AUTHORITY_FILE);
    s.source = w.source;
    s.out = mem_string(out);
    s.part = mem_format("%s.part", out);
    s.open = mem_format("%s.open", out);
    s.tell = !w.json && isatty(STDERR_FILENO);
    r = save(&s);
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
