#include "world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/tls_authority.h"
#include "registrar/core.h"
#include "wire/warrant.h"

#define AGENCY "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
#define FIRST_DAY 20780 /* 2026-11-23 */
#define DAYS 3

static void must(int code, const struct diag *d)
{
    if (code >= 0)
        return;
    fprintf(stderr, "cannot make the test's network: %s (%s)\n", d->text, err_text(code));
    abort();
}

uint16_t world_free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    CLEANUP_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&a, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        abort();
    return ntohs(a.sin_port);
}

static void put_key(struct buf *b, const uint8_t key[static SIGN_PUBLIC_BYTES])
{
    encode_base64_buf(b, key, SIGN_PUBLIC_BYTES);
    buf_put_u8(b, '\n');
}

/* Text and the first signatures as a note. */
static void sign(struct world *w, struct buf *note, const char *text, size_t signers)
{
    buf_put_text(note, text);
    buf_put_u8(note, '\n');
    for (size_t i = 0; i < signers; i++) {
        struct note_key k = keys_verifier(w->custodians[i]);
        note_sign_line(note, text, strlen(text), &k, w->custodians[i]->secret);
    }
    if (buf_failed(note))
        abort();
}

static void write_note(struct world *w, const char *name, const struct buf *note)
{
    struct diag d = {""};
    char *path = NULL;
    must(layout_document(w->dir, name, &path, &d), &d);
    must(file_write(path, note->data, note->len, 0644, &d), &d);
    free(path);
}

void world_sign(struct world *w, const char *name, const char *text, size_t signers)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_EPOCHS_MAX);
    sign(w, &note, text, signers);
    write_note(w, name, &note);
}

static void make_network_note(struct world *w, const struct signing_key *registrar)
{
    struct diag d = {""};
    uint8_t authority[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    must(tls_authority_read(w->dir, authority, NULL, &d), &d);
    encode_hex(authority, sizeof authority, hex);
    CLEANUP_BUF struct buf text = BUF_INIT(65536);
    CLEANUP_BUF struct buf note = BUF_INIT(65536);
    buf_format(&text, "ironside network 1\ndomain %s\nkind %s\nauthority %s\n", WORLD_DOMAIN,
               w->settings.replay ? "replay" : "live", hex);
    for (size_t i = 0; i < WORLD_CUSTODIANS; i++) {
        buf_format(&text, "custodian custodian-%zu ", i + 1);
        put_key(&text, w->custodians[i]->public);
    }
    buf_put_text(&text, "quorum 2\nregistrar ");
    put_key(&text, registrar->public);
    buf_put_text(&text, "upload upload." WORLD_DOMAIN "\n");
    sign(w, &note, buf_text(&text), 2);
    must(network_note_open(buf_text(&note), note.len, &w->network, &d), &d);
    CLEANUP_FREE char *path = layout_path(w->dir, LAYOUT_NETWORK_NOTE);
    must(file_write(path, note.data, note.len, 0644, &d), &d);
}

/* One of this name that has no file. */
static struct signing_key *make_key(const char *name)
{
    struct signing_key *k = secret_new(sizeof *k);
    snprintf(k->name, sizeof k->name, "%s", name);
    sign_keypair(k->public, k->secret);
    return k;
}

static void make_keys(struct world *w, struct signing_key **ret_registrar)
{
    struct diag d = {""};
    for (size_t i = 0; i < WORLD_CUSTODIANS; i++) {
        char name[32];
        char *path = NULL;
        snprintf(name, sizeof name, "custodian-%zu", i + 1);
        must(layout_custodian_key(w->dir, name, &path, &d), &d);
        must(keys_signing_create(path, name, &w->custodians[i], &d), &d);
        free(path);
    }
    CLEANUP_FREE char *registrar = layout_path(w->dir, LAYOUT_REGISTRAR_KEY);
    CLEANUP_FREE char *secret = layout_path(w->dir, LAYOUT_REGISTRAR_SECRET);
    must(keys_signing_create(registrar, "registrar." WORLD_DOMAIN, ret_registrar, &d), &d);
    must(keys_secret_create(secret, &d), &d);
    char *bot = NULL;
    must(layout_bot(w->dir, "ibot", &bot, &d), &d);
    must(file_make_folder(bot, 0700, &d), &d);
    CLEANUP_FREE char *bot_key = file_join(bot, "sign.key");
    CLEANUP_FREE char *bot_secret = file_join(bot, "component.secret");
    must(keys_signing_create(bot_key, WORLD_BOT, &w->bot, &d), &d);
    must(keys_secret_create(bot_secret, &d), &d);
    w->desk = make_key("north");
    free(bot);
}

static void make_vault(struct world *w)
{
    struct diag d = {""};
    CLEANUP_FREE char *key_path = layout_path(w->dir, LAYOUT_REGISTRAR_VAULT_KEY);
    CLEANUP_FREE char *path = layout_path(w->dir, LAYOUT_REGISTRAR_VAULT);
    uint8_t key[VAULT_KEY_BYTES];
    must(vault_key_file_create(key_path, &d), &d);
    must(registrar_log_create(w->dir, &d), &d);
    must(vault_key_file_read(key_path, key, &d), &d);
    must(registrar_store_create(path, key, &d), &d);
}

void world_make(struct world *w, const char *dir, uint16_t port, bool replay)
{
    struct diag d = {""};
    struct signing_key *registrar = NULL;
    *w = (struct world){
        .dir = mem_string(dir),
        .settings = {.domain = WORLD_DOMAIN, .host = "127.0.0.1", .port = port, .replay = replay}};
    must(layout_make(dir, &d), &d);
    must(settings_write(dir, &w->settings, &d), &d);
    must(tls_authority_create(dir, WORLD_DOMAIN, &d), &d);
    must(tls_authority_issue(dir, WORLD_DOMAIN, &d), &d);
    make_keys(w, &registrar);
    make_network_note(w, registrar);
    make_vault(w);
    secret_free(registrar);
}

void world_open(struct world *w, const char *dir)
{
    struct diag d = {""};
    *w = (struct world){.dir = mem_string(dir)};
    must(settings_read(dir, &w->settings, &d), &d);
    for (size_t i = 0; i < WORLD_CUSTODIANS; i++) {
        CLEANUP_FREE char *path = mem_format("%s/authority/custodian-%zu.key", dir, i + 1);
        must(keys_signing_read(path, &w->custodians[i], &d), &d);
    }
    CLEANUP_FREE char *bot = mem_format("%s/bots/ibot/sign.key", dir);
    must(keys_signing_read(bot, &w->bot, &d), &d);
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    must(file_read_text(path, VALUE_NOTE_MAX, &note, &d), &d);
    must(network_note_open(note, strlen(note), &w->network, &d), &d);
}

void world_make_temporary(struct world *w)
{
    char dir[] = "/tmp/ironside-net.XXXXXX";
    if (mkdtemp(dir) == NULL)
        abort();
    world_make(w, dir, world_free_port(), false);
}

void world_clear(struct world *w, bool remove)
{
    struct diag d = {""};
    if (remove)
        must(file_remove_tree(w->dir, &d), &d);
    for (size_t i = 0; i < WORLD_CUSTODIANS; i++)
        secret_free(w->custodians[i]);
    secret_free(w->bot);
    secret_free(w->desk);
    network_note_free(w->network);
    free(w->dir);
}

/* Writes the warrant's epochs and returns the hash of their text. */
static void publish_epochs(struct world *w, const struct world_policy *p,
                           uint8_t ret[static HASH_BYTES])
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_EPOCHS_MAX);
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_EPOCHS_MAX);
    buf_format(&text,
               "ironside epochs 1\nnetwork " WORLD_DOMAIN "\nwarrant %s\nbot " WORLD_BOT "\n",
               p->warrant);
    for (int i = 0; i < DAYS; i++) {
        uint8_t key[32];
        secret_random(key, sizeof key);
        buf_format(&text, "%d ", FIRST_DAY + i);
        put_key(&text, key);
    }
    struct note_key k = keys_verifier(w->bot);
    note_sign(&note, buf_text(&text), text.len, &k, w->bot->secret);
    hash_sha256(text.data, text.len, ret);
    char name[80];
    snprintf(name, sizeof name, "%s-epochs", p->warrant);
    if (!p->without_epochs)
        write_note(w, name, &note);
}

static void publish_warrant(struct world *w, const struct world_policy *p,
                            uint8_t ret[static HASH_BYTES])
{
    uint8_t epochs[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1], desk[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1] = "";
    publish_epochs(w, p, epochs);
    if (p->desk)
        encode_base64(w->desk->public, SIGN_PUBLIC_BYTES, desk);
    encode_hex(epochs, sizeof epochs, hex);
    CLEANUP_FREE char *text = mem_format(
        "ironside warrant 1\nnetwork " WORLD_DOMAIN
        "\nid %s\nauthority District Court\nbot " WORLD_BOT
        "\nepochs %s\nfrom 2026-11-23\nuntil 2026-11-25\nscope all\n%s%s%sagency north " AGENCY
        "\n%s%s%s",
        p->warrant, hex, p->exclude == NULL ? "" : "exclude ", p->exclude == NULL ? "" : p->exclude,
        p->exclude == NULL ? "" : "\n", p->desk ? "desk " : "", p->desk ? desk : "",
        p->desk ? "\n" : "");
    hash_sha256(text, strlen(text), ret);
    if (!p->without_warrant)
        world_sign(w, p->warrant, text, 2);
}

/* "previous HASH" of the policy before, as its file has it; zeros when there is none. */
static void put_previous(const struct world *w, const struct world_policy *p, struct buf *b)
{
    uint8_t hash[HASH_BYTES] = {0};
    char hex[2 * HASH_BYTES + 1];
    struct note view;
    if (p->serial == 1)
        return;
    CLEANUP_FREE char *path = mem_format("%s/documents/policy-%u.note", w->dir, p->serial - 1);
    CLEANUP_FREE char *note = NULL;
    if (!p->astray && file_read_text(path, VALUE_NOTE_MAX, &note, NULL) == 0 &&
        note_parse(note, strlen(note), VALUE_NOTE_MAX, &view) == 0)
        hash_sha256(view.text, view.text_len, hash);
    encode_hex(hash, sizeof hash, hex);
    buf_format(b, "previous %s\n", hex);
}

void world_publish(struct world *w, const struct world_policy *p)
{
    CLEANUP_BUF struct buf text = BUF_INIT(65536);
    buf_format(&text, "ironside policy 2\nnetwork " WORLD_DOMAIN "\nserial %u\n", p->serial);
    put_previous(w, p, &text);
    buf_format(&text, "issued %s\nbot " WORLD_BOT " ",
               p->issued != NULL ? p->issued : "1970-01-01T00:00:00.000Z");
    encode_base64_buf(&text, w->bot->public, SIGN_PUBLIC_BYTES);
    buf_put_text(&text, " default\n");
    if (p->warrant != NULL) {
        uint8_t hash[HASH_BYTES];
        char hex[2 * HASH_BYTES + 1];
        publish_warrant(w, p, hash);
        encode_hex(hash, sizeof hash, hex);
        buf_format(&text, "warrant %s %s\n", p->warrant, hex);
    }
    buf_format(&text, "without-warrant open\nnotice %s\n",
               p->notice != NULL ? p->notice : "Messages are archived.");
    char name[32];
    snprintf(name, sizeof name, "policy-%u", p->serial);
    world_sign(w, name, buf_text(&text), p->signers);
}

void world_request(struct world_request *q, const char *account,
                   const uint8_t secret[static REGISTRY_SECRET_BYTES])
{
    struct registry_request x = {.account = account, .omemo_device = 7};
    sign_keypair(q->public, q->secret);
    memcpy(x.key, q->public, sizeof x.key);
    x.omemo_identity[0] = 0x05;
    secret_random(x.omemo_identity + 1, sizeof x.omemo_identity - 1);
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    q->note = (struct buf)BUF_INIT(VALUE_CERTIFICATE_MAX);
    registry_request_format(&text, WORLD_DOMAIN, &x);
    struct note_key k = {.name = account};
    memcpy(k.key, q->public, sizeof k.key);
    note_sign(&q->note, buf_text(&text), text.len, &k, q->secret);
    registry_request_mac(secret, buf_text(&q->note), q->note.len, q->mac);
}

void world_request_clear(struct world_request *q)
{
    buf_clear(&q->note);
}
