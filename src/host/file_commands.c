#include "host/file_commands.h"

#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "host/commands_internal.h"
#include "store/file_rows.h"
#include "store/values.h"
#include "wire/network_note.h"

static json_t *content_json(const struct file_content *f)
{
    json_t *o =
        json_pack("{ss ss sI}", "name", f->name, "type", f->type, "size", (json_int_t)f->size);
    if (f->duration_seconds > 0)
        json_object_set_new(o, "duration", json_integer(f->duration_seconds));
    return o;
}

int command_file_parse(const json_t *file, struct device_file *ret)
{
    static const char *const kinds[] = {
        [DEVICE_FILE] = "file", [DEVICE_PHOTO] = "photo", [DEVICE_VOICE] = "voice"};
    _Static_assert(sizeof kinds / sizeof *kinds == DEVICE_FILE_KINDS, "a word for each kind");
    const char *path = json_string_value(json_object_get(file, "path"));
    const char *kind = json_string_value(json_object_get(file, "kind"));
    json_int_t duration = json_integer_value(json_object_get(file, "duration"));
    if (path == NULL || kind == NULL || duration < 0 || duration > UINT32_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kind, kinds[i]) != 0)
            continue;
        *ret = (struct device_file){.kind = (enum device_file_kind)i,
                                    .path = path,
                                    .keep_metadata =
                                        json_is_true(json_object_get(file, "keep_metadata")),
                                    .duration_seconds = (uint32_t)duration};
        return 0;
    }
    return ERR_FORMAT;
}

/* The message that is looked for. */
struct search {
    const char *id, *from; /* `from` may be NULL */
    char sender[VALUE_JID_MAX + 1];
    char *text;
    size_t len;
    unsigned found;
};

static int look(void *context, const struct store_message *m)
{
    struct search *x = context;
    if (strcmp(m->id, x->id) != 0 || (x->from != NULL && strcmp(m->from, x->from) != 0) ||
        x->found++ > 0)
        return 0;
    snprintf(x->sender, sizeof x->sender, "%s", m->from);
    x->text = secret_new(m->body_len + 1);
    memcpy(x->text, m->body, m->body_len);
    x->len = m->body_len;
    return 0;
}

static json_t *file_json(struct store *s, const struct file_content *f,
                         const struct envelope_file *attached)
{
    char sha256[2 * HASH_BYTES + 1];
    CLEANUP_BUF struct buf uri = BUF_INIT_SECRET(FILE_URI_MAX);
    CLEANUP_SECRET char *server = store_get(s, VALUE_HOST, NULL);
    if (server == NULL)
        return command_error("the store lacks the server's address");
    file_uri_put(&uri, &f->uri);
    encode_hex(attached->sha256, HASH_BYTES, sha256);
    json_t *o = content_json(f);
    json_object_set_new(o, "uri", json_string(buf_text(&uri)));
    json_object_set_new(o, "sha256", json_string(sha256));
    json_object_set_new(o, "ciphertext_size", json_integer((json_int_t)attached->size));
    json_object_set_new(o, "server", json_string(server));
    return json_pack("{sb so}", "ok", 1, "file", o);
}

json_t *command_file(struct store *s, struct device *d, const struct clock *clock,
                     const json_t *request)
{
    struct search x = {.id = json_string_value(json_object_get(request, "id")),
                       .from = json_string_value(json_object_get(request, "from"))};
    struct file_content f;
    struct envelope_file attached;
    struct arena arena = ARENA_INIT(4096);
    json_t *ret = NULL;
    (void)d, (void)clock;
    if (x.id == NULL)
        return command_error("'id' is missing");
    int r = store_messages(s, 0, look, &x);
    if (r < 0)
        ret = command_error("the store cannot be read");
    else if (x.found == 0)
        ret = command_error("this device has no message of that id");
    else if (x.found > 1)
        ret = command_error("several messages have that id: name the sender, too");
    else if (file_content_parse(x.text, x.len, &f) < 0 ||
             file_rows_attached(s, x.sender, x.id, &arena, &attached) < 0)
        ret = command_error("that message sends no file");
    else
        ret = file_json(s, &f, &attached);
    secret_wipe(&f, sizeof f);
    secret_free(x.text);
    arena_clear(&arena);
    return ret;
}
