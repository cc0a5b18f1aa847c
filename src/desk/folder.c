#include "desk/folder.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "crypto/note.h"
#include "desk/site.h"
#include "network/layout.h"

#define SETTINGS "desk.json"
#define SETTINGS_MAX 16384U
#define PATH_MAX_BYTES 1000U

void desk_folder_clear(struct desk_folder *f)
{
    for (size_t i = 0; i < f->bot_count; i++)
        free(f->bots[i]);
    free(f->dir);
    free(f->name);
    free(f->network);
    free(f->identity);
    free(f->certificate);
    free(f->key);
    free(f->site);
    desk_adapters_clear(&f->adapters);
    *f = (struct desk_folder){0};
}

char *desk_folder_file(const struct desk_folder *f, const char *name)
{
    return file_join(f->dir, name);
}

char *desk_folder_page(const struct desk_folder *f)
{
    CLEANUP_FREE char *own = desk_folder_file(f, "page");
    return file_exists(own) ? TAKE(own) : process_data("page");
}

char *desk_folder_vault(const struct desk_folder *f)
{
    return file_join(f->dir, "index/desk.vault");
}

char *desk_folder_documents(const struct desk_folder *f)
{
    return layout_path(f->network, LAYOUT_DOCUMENTS);
}

char *desk_folder_log(const struct desk_folder *f)
{
    return layout_path(f->network, LAYOUT_LOG_DATABASE);
}

char *desk_folder_journals(const struct desk_folder *f, size_t bot)
{
    return mem_format("%s/bots/%s/journal", f->network, f->bots[bot]);
}

char *desk_folder_journal(const struct desk_folder *f, size_t bot)
{
    return mem_format("%s/bots/%s/journal/journal.db", f->network, f->bots[bot]);
}

char *desk_folder_files(const struct desk_folder *f, size_t bot)
{
    return mem_format("%s/bots/%s/files", f->network, f->bots[bot]);
}

char *desk_folder_identity(const struct desk_folder *f, const char *credentials)
{
    if (strncmp(f->identity, DESK_CREDENTIAL, strlen(DESK_CREDENTIAL)) != 0)
        return mem_string(f->identity);
    return file_join(credentials == NULL ? "" : credentials, f->identity + strlen(DESK_CREDENTIAL));
}

bool desk_folder_has_key(const struct desk_folder *f)
{
    CLEANUP_FREE char *path = desk_folder_file(f, "vault.key");
    return file_exists(path);
}

char *desk_folder_address(const struct desk_folder *f)
{
    bool six = strchr(f->address, ':') != NULL;
    return mem_format("http%s://%s%s%s:%u", f->key == NULL ? "" : "s", six ? "[" : "", f->address,
                      six ? "]" : "", f->port);
}

/* ---- desk.json ---- */

static int wrong(const struct desk_folder *f, struct diag *d, const char *what)
{
    return diag_set(d, ERR_FORMAT, "%s/" SETTINGS ": %s", f->dir, what);
}

bool desk_folder_loopback(const struct desk_folder *f)
{
    struct in_addr four;
    return strcmp(f->address, "::1") == 0 ||
           (inet_pton(AF_INET, f->address, &four) == 1 && ntohl(four.s_addr) >> 24 == 127);
}

static int check_address(const struct desk_folder *f, struct diag *d)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, f->address, &four) != 1 && inet_pton(AF_INET6, f->address, &six) != 1)
        return wrong(f, d, "'address' is not an address of this machine, such as 127.0.0.1");
    if (f->port == 0)
        return wrong(f, d, "'port' is not between 1 and 65535");
    if ((f->certificate == NULL) != (f->key == NULL))
        return wrong(f, d, "'certificate' and 'key' go together");
    if (f->certificate == NULL && !desk_folder_loopback(f))
        return wrong(f, d, "without 'certificate' and 'key' it listens on 127.0.0.1 or ::1 alone");
    if (f->site != NULL && !desk_site_valid(f->site))
        return wrong(f, d, "'site' is not such as https://desk.example or with :PORT behind");
    return 0;
}

static int check(const struct desk_folder *f, struct diag *d)
{
    if (!note_name_valid(f->name, strlen(f->name)))
        return wrong(f, d, "'name' is not a name without blanks or '+'");
    if (f->bot_count == 0)
        return wrong(f, d, "'bots' names no bot");
    for (size_t i = 0; i < f->bot_count; i++) {
        if (!value_warrant_valid(f->bots[i]))
            return wrong(f, d, "'bots' names something that is no bot's folder");
        for (size_t k = 0; k < i; k++)
            if (strcmp(f->bots[i], f->bots[k]) == 0)
                return wrong(f, d, "'bots' names one twice");
    }
    return check_address(f, d);
}

/* A text's copy; NULL when it is none. */
static char *take_text(const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    const char *s = json_string_value(v);
    bool good = s != NULL && s[0] != '\0' && strlen(s) == json_string_length(v) &&
                strlen(s) <= PATH_MAX_BYTES;
    return good ? mem_string(s) : NULL;
}

/* From the desk's folder on. */
static char *take_path(const json_t *o, const char *name, const char *dir)
{
    CLEANUP_FREE char *s = take_text(o, name);
    if (s == NULL)
        return NULL;
    if (s[0] == '/' || strncmp(s, DESK_CREDENTIAL, strlen(DESK_CREDENTIAL)) == 0)
        return TAKE(s);
    return file_join(dir, s);
}

static int take_bots(const json_t *o, struct desk_folder *f, struct diag *d)
{
    const json_t *list = json_object_get(o, "bots");
    if (!json_is_array(list) || json_array_size(list) > FOLLOWER_BOTS_MAX)
        return wrong(f, d, "'bots' is not a list of at most 16 names");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *s = json_string_value(json_array_get(list, i));
        f->bots[f->bot_count++] = mem_string(s == NULL ? "" : s);
    }
    return 0;
}

static size_t count_optional(const json_t *o)
{
    static const char *const names[] = {"certificate", "key", "site", "purpose_of_all",
                                        "translate"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        count += json_object_get(o, names[i]) != NULL;
    return count;
}

static int take_optional(const json_t *o, struct desk_folder *f, struct diag *d)
{
    const json_t *of_all = json_object_get(o, "purpose_of_all");
    f->certificate = take_path(o, "certificate", f->dir);
    f->key = take_path(o, "key", f->dir);
    f->site = take_text(o, "site");
    f->purpose_of_all = json_is_true(of_all);
    if (json_object_get(o, "site") != NULL && f->site == NULL)
        return wrong(f, d, "'site' is not a text");
    if (of_all != NULL && !json_is_boolean(of_all))
        return wrong(f, d, "'purpose_of_all' is not true or false");
    int r = desk_adapters_read(json_object_get(o, "translate"), &f->adapters, d);
    return r < 0 ? diag_prefix(d, r, "%s/" SETTINGS, f->dir) : 0;
}

static int take_members(const json_t *o, struct desk_folder *f, struct diag *d)
{
    CLEANUP_FREE char *address = take_text(o, "address");
    json_int_t port = json_integer_value(json_object_get(o, "port"));
    if (json_object_size(o) != 6 + count_optional(o))
        return wrong(f, d,
                     "has other members than name, network, bots, identity, address, port, "
                     "certificate, key, site, purpose_of_all and translate");
    f->name = take_text(o, "name");
    f->network = take_path(o, "network", f->dir);
    f->identity = take_path(o, "identity", f->dir);
    if (f->name == NULL || f->network == NULL || f->identity == NULL || address == NULL ||
        strlen(address) > DESK_ADDRESS_MAX)
        return wrong(f, d, "'name', 'network', 'identity' or 'address' is missing or not a text");
    snprintf(f->address, sizeof f->address, "%s", address);
    f->port = port < 0 || port > 65535 ? 0 : (uint16_t)port;
    int r = take_optional(o, f, d);
    if (r == 0)
        r = take_bots(o, f, d);
    return r < 0 ? r : check(f, d);
}

int desk_folder_open(const char *dir, struct desk_folder *ret, struct diag *d)
{
    CLEANUP_DESK_FOLDER struct desk_folder f = {.dir = file_absolute(dir)};
    CLEANUP_FREE char *path = desk_folder_file(&f, SETTINGS);
    CLEANUP_FREE char *text = NULL;
    json_error_t error;
    int r = file_read_text(path, SETTINGS_MAX, &text, d);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "%s is not a desk: make one with 'ironside desk init'", dir);
    if (r < 0)
        return r;
    json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    r = json_is_object(o) ? take_members(o, &f, d) : wrong(&f, d, "it is not a JSON object");
    json_decref(o);
    if (r < 0)
        return r;
    *ret = f;
    f = (struct desk_folder){0};
    return 0;
}

static json_t *settings(const struct desk_folder *f)
{
    json_t *bots = json_array();
    for (size_t i = 0; i < f->bot_count; i++)
        json_array_append_new(bots, json_string(f->bots[i]));
    json_t *o = json_pack("{ss ss so ss ss si}", "name", f->name, "network", f->network, "bots",
                          bots, "identity", f->identity, "address", f->address, "port", f->port);
    if (f->certificate != NULL && f->key != NULL) {
        json_object_set_new(o, "certificate", json_string(f->certificate));
        json_object_set_new(o, "key", json_string(f->key));
    }
    if (f->site != NULL)
        json_object_set_new(o, "site", json_string(f->site));
    if (f->purpose_of_all)
        json_object_set_new(o, "purpose_of_all", json_true());
    return o;
}

int desk_folder_create(const struct desk_folder *f, struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_file(f, SETTINGS);
    CLEANUP_FREE char *index = desk_folder_file(f, "index");
    CLEANUP_BUF struct buf text = BUF_INIT(SETTINGS_MAX);
    int r = check(f, d);
    if (r == 0)
        r = file_make_folder(f->dir, 0700, d);
    if (r == 0)
        r = file_make_folder(index, 0700, d);
    if (r < 0)
        return r;
    json_t *o = settings(f);
    char *written = json_dumps(o, JSON_COMPACT);
    buf_format(&text, "%s\n", written == NULL ? "" : written);
    free(written);
    json_decref(o);
    if (buf_failed(&text) || text.len < 2)
        return wrong(f, d, "a name in it is too long or not UTF-8");
    return file_create(path, text.data, text.len, 0600, d);
}
