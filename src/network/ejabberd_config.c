/* The configuration half of ejabberd.h. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/ejabberd_internal.h"
#include "network/keys.h"
#include "network/layout.h"
#include "wire/policy.h"

#define CONFIG_MAX 65536

const char *ejabberd_bind_address(const struct settings *s)
{
    /* A host that is this machine alone is meant so; another may be that of a router before us. */
    uint8_t address[sizeof(struct in6_addr)];
    bool literal =
        inet_pton(AF_INET, s->host, address) == 1 || inet_pton(AF_INET6, s->host, address) == 1;
    if (settings_loopback(s))
        return literal ? s->host : "127.0.0.1";
    CLEANUP_CLOSE int six = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return six >= 0 ? "::" : "0.0.0.0"; /* ejabberd's "::" takes IPv4 too */
}

/* The path stands in YAML, in an Erlang string, in a file pattern (certfiles), and among ejabberd's
 * own @KEYWORDS@; these do not agree on bytes other than ASCII. */
static int check_path(const char *path, struct diag *d)
{
    for (const char *p = path; *p != '\0'; p++)
        if (*p < 0x20 || *p > 0x7e || strchr("\"\\*?[]{}@", *p) != NULL)
            return diag_set(d, ERR_FORMAT,
                            "%s: ejabberd cannot run there: use a folder whose path is ASCII "
                            "without any of \" \\ * ? [ ] { } @",
                            path);
    return 0;
}

static int put_component(struct buf *b, const char *jid, const char *secret_path, struct diag *d)
{
    CLEANUP_SECRET char *secret = NULL;
    int r = keys_secret_read(secret_path, &secret, d);
    if (r < 0)
        return r;
    buf_format(b, "      \"%s\": {password: \"", jid);
    buf_put_text(b, secret);
    buf_put_text(b, "\"}\n");
    return 0;
}

static int put_bot(struct buf *b, const char *dir, const char *name, const struct settings *s,
                   struct diag *d)
{
    CLEANUP_FREE char *jid = mem_format("%s.%s", name, s->domain);
    CLEANUP_FREE char *folder = NULL;
    int r = layout_bot(dir, name, &folder, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *secret = file_join(folder, "component.secret");
    if (!value_domain_valid(jid))
        return diag_set(d, ERR_FORMAT, "%s: '%s' cannot be a bot's address", folder, jid);
    return put_component(b, jid, secret, d);
}

static int is_bot(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int put_components(struct buf *b, const char *dir, const struct settings *s, struct diag *d)
{
    CLEANUP_FREE char *jid = mem_format("registrar.%s", s->domain);
    CLEANUP_FREE char *secret = layout_path(dir, LAYOUT_REGISTRAR_SECRET);
    CLEANUP_FREE char *bots = layout_path(dir, LAYOUT_BOTS);
    int r = put_component(b, jid, secret, d);
    if (r < 0)
        return r;
    struct dirent **list = NULL;
    int count = scandir(bots, &list, is_bot, alphasort);
    if (count < 0)
        return diag_set(d, ERR_IO, "cannot read %s: %s", bots, strerror(errno));
    if (count > (int)POLICY_BOTS_MAX)
        r = diag_set(d, ERR_LIMIT, "%s: more than %u bots", bots, POLICY_BOTS_MAX);
    for (int i = 0; i < count; i++) {
        if (r == 0)
            r = put_bot(b, dir, list[i]->d_name, s, d);
        free(list[i]);
    }
    free(list);
    return r;
}

/* The upload host (XEP-0363): for devices over TLS, for the bots on a socket. What it stores is
 * ciphertext; its paths name an account by a hash. Slots of one account hold 500 MiB at most, past
 * which its oldest files go, and each file 30 days: a message that has no receipt by then is given
 * up, too. */
#define UPLOAD_DAYS 30
static void put_upload_listeners(struct buf *b, const char *dir, const struct settings *s)
{
    if (s->upload_port == 0)
        return;
    buf_format(b,
               "  - {module: ejabberd_http, port: %u, ip: \"%s\", tls: true, backlog: 511,\n"
               "     protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, no_compression],\n"
               "     request_handlers: {/upload: mod_http_upload}}\n"
               "  - {module: ejabberd_http, port: \"unix:%s/run/upload.sock\", backlog: 511,\n"
               "     request_handlers: {/upload: mod_http_upload}}\n",
               s->upload_port, ejabberd_bind_address(s), dir);
}

static void put_upload_modules(struct buf *b, const char *dir, const struct settings *s)
{
    if (s->upload_port == 0)
        return;
    buf_format(b,
               "  mod_http_upload:\n"
               "    host: \"upload.%s\"\n"
               "    put_url: \"https://upload.%s:%u/upload\"\n"
               "    docroot: \"%s/server/upload\"\n"
               "    max_size: %u\n"
               "    file_mode: \"0600\"\n"
               "    dir_mode: \"0700\"\n"
               "    rm_on_unregister: true\n"
               "    thumbnail: false\n"
               "  mod_http_upload_quota: {max_days: %d}\n",
               s->domain, s->domain, s->upload_port, dir, VALUE_FILE_BYTES_MAX, UPLOAD_DAYS);
}

/* What a device's stream may bring: bytes a second, and so many at once. A device that sends a long
 * backlog as fast as bot and server can answer stays below that. */
#define DEVICE_RATE (4U << 20)
#define DEVICE_BURST (16U << 20)
/* A device has one session; another beside it is an old one that ends, or a new one that begins. */
#define SESSIONS_MAX 2

/* What was measured and why:
 * - An access rule named `none` aborts the start: access rules are spelled out.
 * - No listener and no access for other servers: nothing leaves the network.
 * - resume_timeout 0: a session whose connection broke would go on swallowing messages; so what it
 *   did not confirm goes to the offline storage at once. max_ack_queue, max_fsm_queue: a session
 *   with a backlog over the default would be ended and its messages lost.
 * - global_routes: by default each component also gets a share of what is for the others.
 * - mod_register with both accesses denied: an account can change its password and nothing else.
 * - What an account can make the server keep and do is capped by our own module, by weight: the
 *   limits that ejabberd has are numbers of stanzas, and its refusals tell who is away. Nothing is
 *   loaded that devices don't need: no roster, no vCards, no private storage, no archive, no rooms.
 *   max_items 1 and node names of our own are all that is left of mod_pubsub. */
static void put_global(struct buf *b, const char *dir, const struct settings *s)
{
    buf_format(b,
               "hosts: [\"%s\"]\n"
               "loglevel: warning\n"
               "log_rotate_count: 0\n"
               "hide_sensitive_log_data: true\n"
               "certfiles: [\"%s/server/server.pem\"]\n"
               "ca_file: \"%s/authority/ca.pem\"\n"
               "c2s_protocol_options: "
               "[no_sslv3, no_tlsv1, no_tlsv1_1, no_compression]\n"
               "s2s_access: closed\n"
               "auth_method: internal\n"
               "auth_password_format: scram\n"
               "auth_scram_hash: sha256\n"
               "disable_sasl_mechanisms: [PLAIN, DIGEST-MD5, X-OAUTH2, ANONYMOUS]\n"
               "negotiation_timeout: %d\n"
               "acl: {local: {user_regexp: \"\"}}\n"
               "access_rules: {local: {allow: local}, closed: {deny: all}, "
               "everyone: {allow: all}}\n"
               "api_permissions:\n"
               "  registrar: {from: [mod_http_api], who: all, what: [register, unregister, "
               "change_password,\n"
               "    kick_session, user_sessions_info, set_loglevel, sync_to_disk]}\n"
               "shaper: {device: {rate: %u, burst_size: %u}}\n"
               "shaper_rules: {max_user_sessions: {%d: all}, max_offline: {infinity: all},\n"
               "  soft_upload_quota: {400: all}, hard_upload_quota: {500: all}}\n",
               s->domain, dir, dir, EJABBERD_NEGOTIATION_SECONDS, DEVICE_RATE, DEVICE_BURST,
               SESSIONS_MAX);
}

static void put_listeners(struct buf *b, const char *dir, const struct settings *s,
                          const char *hosts)
{
    buf_format(b,
               "listen:\n"
               "  - {module: ejabberd_c2s, port: %u, ip: \"%s\", starttls_required: true,\n"
               "     max_stanza_size: 131072, max_fsm_queue: 100000, backlog: 511,\n"
               "     shaper: device, access: local}\n"
               "  - module: ejabberd_service\n"
               "    port: \"unix:%s/run/component.sock\"\n"
               "    global_routes: false\n"
               "    max_fsm_queue: 1000000\n"
               "    backlog: 511\n"
               "    access: everyone\n"
               "    shaper: none\n"
               "    hosts:\n",
               s->port, ejabberd_bind_address(s), dir);
    buf_put_text(b, hosts);
    buf_format(b,
               "  - {module: ejabberd_http, port: \"unix:%s/run/admin.sock\", backlog: 511,\n"
               "     request_handlers: {/api: mod_http_api}}\n",
               dir);
    put_upload_listeners(b, dir, s);
}

static const char modules[] =
    "modules:\n"
    "  mod_admin_extra: {}\n"
    "  mod_caps: {}\n"
    "  mod_disco: {}\n"
    "  mod_http_api: {}\n"
    "  " EJABBERD_MODULE ": {}\n"
    "  mod_offline: {access_max_user_messages: max_offline}\n"
    "  mod_ping: {}\n"
    "  mod_pubsub:\n"
    "    plugins: [pep]\n"
    "    last_item_cache: false\n"
    "    force_node_config: "
    "{\"eu.siacs.conversations.axolotl.*\": {access_model: open, max_items: 1}}\n"
    "  mod_register: {access: closed, access_remove: closed}\n"
    "  mod_stream_mgmt: "
    "{resume_timeout: 0, resend_on_timeout: if_offline, max_ack_queue: infinity}\n";

static void put_config(struct buf *b, const char *dir, const struct settings *s, const char *hosts)
{
    put_global(b, dir, s);
    put_listeners(b, dir, s, hosts);
    buf_put_text(b, modules);
    put_upload_modules(b, dir, s);
}

/* In memory the offline messages are about eight times faster than in ejabberd's default, and
 * accounts and keys come back after a kill: the files of the default (disc_only_copies) lose what
 * was confirmed in their last three seconds, whatever mnesia's log says. A start would turn the
 * tables back if they did not stand here. */
static const char schema[] = "offline_msg: {storage_type: disc_copies}\n"
                             "passwd: {storage_type: disc_copies}\n"
                             "pubsub_item: {storage_type: disc_copies}\n";

static int write_files(const char *dir, const struct buf *config, struct diag *d)
{
    CLEANUP_FREE char *conf = layout_path(dir, LAYOUT_SERVER_CONF);
    CLEANUP_FREE char *yml = file_join(conf, "ejabberd.yml");
    CLEANUP_FREE char *schema_path = file_join(conf, "ejabberd.schema");
    int r = file_write(yml, config->data, config->len, 0600, d);
    if (r == 0)
        r = file_write(schema_path, schema, strlen(schema), 0600, d);
    return r < 0 ? r : ejabberd_write_module(dir, d);
}

int ejabberd_write_config(const char *dir, const struct settings *s, struct diag *d)
{
    CLEANUP_FREE char *whole = file_absolute(dir);
    CLEANUP_FREE char *certificate = layout_path(dir, LAYOUT_SERVER_CERTIFICATE);
    int r = check_path(whole, d);
    if (r < 0)
        return r;
    if (!file_exists(certificate)) /* ejabberd would run on without TLS */
        return diag_set(d, ERR_NOT_FOUND, "%s is not there: make the network with 'ironside init'",
                        certificate);
    CLEANUP_BUF struct buf hosts = BUF_INIT_SECRET(CONFIG_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(CONFIG_MAX);
    r = put_components(&hosts, dir, s, d);
    if (r < 0)
        return r;
    put_config(&b, whole, s, buf_text(&hosts));
    if (buf_failed(&hosts) || buf_failed(&b))
        return diag_set(d, ERR_LIMIT, "%s: the configuration is too long", dir);
    return write_files(dir, &b, d);
}
