/* What 71-authority.sh needs of those who do not keep to the rules. The first argument says what:
 *
 *     sign TEXT NOTE KEY…   signs the file TEXT with the signing keys as they are, whoever they are
 *     plant DIR NOTE        puts a policy into the registrar's vault, with the vault's own key
 *     impostor DIR NOTE ACCOUNT
 *                           connects as the registrar, tells the account of a policy 1000, and
 *                           answers every question for one with NOTE, others from documents/; tells
 *                           "online" and "gave policy"
 */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "network/keys.h"
#include "network/layout.h"
#include "registrar/store.h"
#include "vault/vault.h"
#include "wire/policy.h"
#include "wire/registry.h"
#include "xmpp/component.h"

#define KEYS_MAX 16
#define STANZA_MAX (1U << 20)

static volatile sig_atomic_t ending;

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

static int fail(const struct diag *d)
{
    fprintf(stderr, "%s\n", d->text);
    return 1;
}

static void tell(const char *line)
{
    puts(line);
    fflush(stdout);
}

static int run_sign(char **argv)
{
    struct diag d = {""};
    CLEANUP_FREE char *text = NULL;
    CLEANUP_BUF struct buf note = BUF_INIT(1U << 20);
    if (file_read_text(argv[0], 1U << 20, &text, &d) < 0)
        return fail(&d);
    buf_put_text(&note, text);
    buf_put_u8(&note, '\n');
    for (char **path = argv + 2; *path != NULL; path++) {
        CLEANUP_SECRET struct signing_key *key = NULL;
        if (keys_signing_read(*path, &key, &d) < 0)
            return fail(&d);
        struct note_key k = keys_verifier(key);
        note_sign_line(&note, text, strlen(text), &k, key->secret);
    }
    return file_write(argv[1], note.data, note.len, 0644, &d) < 0 ? fail(&d) : 0;
}

/* The note as the registrar keeps it; of a policy with its serial. */
static int read_document(const char *path, struct registrar_document *ret, struct diag *d)
{
    static const char *const kinds[] = {[DOCUMENT_POLICY] = "ironside policy 2\n",
                                        [DOCUMENT_WARRANT] = "ironside warrant 1\n",
                                        [DOCUMENT_EPOCHS] = "ironside epochs 1\n"};
    CLEANUP_FREE char *note = NULL;
    struct note view;
    int r = file_read_text(path, 1U << 20, &note, d);
    if (r < 0)
        return r;
    *ret = (struct registrar_document){.note_len = strlen(note)};
    for (enum document_kind k = DOCUMENT_POLICY; k <= DOCUMENT_EPOCHS; k++)
        if (strncmp(note, kinds[k], strlen(kinds[k])) == 0)
            ret->kind = k;
    if (note_parse(note, strlen(note), 1U << 20, &view) < 0 || ret->kind == 0)
        return diag_set(d, ERR_FORMAT, "%s is no document", path);
    hash_sha256(view.text, view.text_len, ret->hash);
    const char *serial = strstr(note, "\nserial ");
    ret->serial = ret->kind == DOCUMENT_POLICY ? strtoul(serial + 8, NULL, 10) : 0;
    ret->note = TAKE(note);
    return 0;
}

static int run_plant(char **argv)
{
    struct diag d = {""};
    CLEANUP_FREE char *key_path = layout_path(argv[0], LAYOUT_REGISTRAR_VAULT_KEY);
    CLEANUP_FREE char *path = layout_path(argv[0], LAYOUT_REGISTRAR_VAULT);
    CLEANUP_SECRET uint8_t *key = secret_new(VAULT_KEY_BYTES);
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    CLEANUP(registrar_store_close_cleanup) struct registrar_store *s = NULL;
    if (vault_key_file_read(key_path, key, &d) < 0 || read_document(argv[1], &x, &d) < 0 ||
        registrar_store_open(path, key, &s, &d) < 0 || registrar_store_put_document(s, &x, &d) < 0)
        return fail(&d);
    return 0;
}

struct impostor {
    const char *dir, *account;
    char *jid;
    struct registrar_document forged;
    struct component *component;
};

static int find(const struct impostor *m, const uint8_t hash[static HASH_BYTES],
                struct registrar_document *ret)
{
    CLEANUP_FREE char *folder = layout_path(m->dir, LAYOUT_DOCUMENTS);
    DIR *d = opendir(folder);
    int r = ERR_NOT_FOUND;
    for (struct dirent *e; d != NULL && r < 0 && (e = readdir(d)) != NULL;) {
        CLEANUP_FREE char *path = file_join(folder, e->d_name);
        if (e->d_name[0] == '.' || read_document(path, ret, NULL) < 0)
            continue;
        if (memcmp(ret->hash, hash, HASH_BYTES) == 0)
            r = 0;
        else
            registrar_document_clear(ret);
    }
    closedir(d);
    return r;
}

static void on_ready(void *context)
{
    struct impostor *m = context;
    buf_format(component_out(m->component),
               "<message from='%s' to='%s' id='x'><policy xmlns='" REGISTRY_NS
               "' serial='1000'/></message>",
               m->jid, m->account);
    tell("online");
}

static void on_stanza(void *context, const struct xml_element *iq)
{
    struct impostor *m = context;
    CLEANUP_ARENA struct arena a = ARENA_INIT(STANZA_MAX);
    CLEANUP_DOCUMENT struct registrar_document found = {0};
    struct registry_query q;
    if (strcmp(iq->name, "iq") != 0 || iq->first == NULL ||
        registry_parse_query(iq->first, &a, &q) < 0)
        return;
    const struct registrar_document *x = &m->forged;
    if (q.what == REGISTRY_BY_HASH && memcmp(q.hash, x->hash, HASH_BYTES) != 0)
        x = find(m, q.hash, &found) == 0 ? &found : NULL;
    if (x == NULL || q.offset >= x->note_len || q.what == REGISTRY_CERTIFICATE) {
        component_send_error(m->component, iq, "item-not-found", "");
        return;
    }
    size_t left = x->note_len - q.offset;
    struct registry_piece piece = {.kind = x->kind,
                                   .size = (uint32_t)x->note_len,
                                   .offset = q.offset,
                                   .data = (const uint8_t *)x->note + q.offset,
                                   .len = left < REGISTRY_PIECE_MAX ? left : REGISTRY_PIECE_MAX};
    memcpy(piece.hash, x->hash, HASH_BYTES);
    component_begin_result(m->component, iq);
    registry_put_piece(component_out(m->component), &piece);
    buf_put_text(component_out(m->component), "</iq>");
    tell(q.what == REGISTRY_POLICY ? "gave policy" : "gave document");
}

static int run_impostor(char **argv)
{
    static const struct component_events events = {.ready = on_ready, .stanza = on_stanza};
    struct diag d = {""};
    struct impostor m = {.dir = argv[0], .account = argv[2]};
    CLEANUP_FREE char *secret_path = layout_path(m.dir, LAYOUT_REGISTRAR_SECRET);
    CLEANUP_FREE char *path = layout_path(m.dir, LAYOUT_COMPONENT_SOCKET);
    CLEANUP_SECRET char *secret = NULL;
    if (read_document(argv[1], &m.forged, &d) < 0 || keys_secret_read(secret_path, &secret, &d) < 0)
        return fail(&d);
    m.jid = mem_format("registrar.%s", strchr(m.account, '@') + 1);
    CLEANUP(connector_free_cleanup)
    struct connector *connector = connector_new((const char *[]){path}, 1);
    m.component = component_new(m.jid, secret, connector, 0, STANZA_MAX, &events, &m);
    short revents = 0;
    while (!ending) {
        component_process(m.component, revents);
        struct pollfd p = {.fd = component_fd(m.component),
                           .events = component_poll_events(m.component)};
        revents = poll(&p, 1, 50) > 0 ? p.revents : 0;
    }
    component_free(m.component);
    registrar_document_clear(&m.forged);
    free(m.jid);
    return 0;
}

int main(int argc, char **argv)
{
    process_begin();
    static const struct {
        const char *name;
        int words;
        int (*run)(char **argv);
    } verbs[] = {{"sign", 3, run_sign}, {"plant", 2, run_plant}, {"impostor", 3, run_impostor}};
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGINT, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
    secret_init();
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (argc >= verbs[i].words + 2 && strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argv + 2);
    fputs("usage: authority_driver sign|plant|impostor …\n", stderr);
    return 2;
}
