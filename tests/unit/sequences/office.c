#include "office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/proposal.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/keys.h"
#include "network/layout.h"
#include "network/tls_authority.h"
#include "registrar/core.h"

struct office {
    const struct fixture *f;
    char folder[48];
    char *dir;
    struct registrar *registrar;
    char line[1024];
};

/* The fixture's network note with this registrar's key and authority in it. */
static void write_network_note(struct office *o, const struct signing_key *registrar)
{
    uint8_t authority[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    const char *text = o->f->network_text, *at = strstr(text, "\nauthority ") + 11;
    const char *key = strstr(text, "\nregistrar ") + 11;
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    FIXTURE_MUST(tls_authority_read(o->dir, authority, NULL, NULL) == 0);
    encode_hex(authority, sizeof authority, hex);
    buf_format(&b, "%.*s%s%.*s", (int)(at - text), text, hex, (int)(key - strchr(at, '\n')),
               strchr(at, '\n'));
    encode_base64_buf(&b, registrar->public, SIGN_PUBLIC_BYTES);
    buf_put_text(&b, strchr(key, '\n'));
    CLEANUP_FREE char *note = fixture_sign_quorum(o->f, buf_text(&b));
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_NETWORK_NOTE);
    FIXTURE_MUST(file_write(path, note, strlen(note), 0644, NULL) == 0);
}

static void make_keys(struct office *o)
{
    CLEANUP_FREE char *name = mem_format("registrar.%s", o->f->domain);
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_REGISTRAR_KEY);
    CLEANUP_FREE char *secret = layout_path(o->dir, LAYOUT_REGISTRAR_SECRET);
    CLEANUP_FREE char *vault = layout_path(o->dir, LAYOUT_REGISTRAR_VAULT);
    CLEANUP_FREE char *vault_key = layout_path(o->dir, LAYOUT_REGISTRAR_VAULT_KEY);
    struct signing_key *registrar = NULL;
    uint8_t key[VAULT_KEY_BYTES];
    FIXTURE_MUST(keys_signing_create(path, name, &registrar, NULL) == 0);
    FIXTURE_MUST(keys_secret_create(secret, NULL) == 0);
    FIXTURE_MUST(vault_key_file_create(vault_key, NULL) == 0);
    FIXTURE_MUST(registrar_log_create(o->dir, NULL) == 0);
    FIXTURE_MUST(vault_key_file_read(vault_key, key, NULL) == 0);
    FIXTURE_MUST(registrar_store_create(vault, key, NULL) == 0);
    write_network_note(o, registrar);
    secret_free(registrar);
}

struct office *office_new(const struct fixture *f)
{
    static const struct registrar_server no_server = {0};
    struct office *o = mem_new(sizeof *o);
    struct diag d = {""};
    o->f = f;
    strcpy(o->folder, "/tmp/ironside-office-XXXXXX");
    FIXTURE_MUST(mkdtemp(o->folder) != NULL);
    o->dir = file_join(o->folder, "net");
    struct settings s = {.host = "127.0.0.1", .port = 15222};
    snprintf(s.domain, sizeof s.domain, "%s", f->domain);
    FIXTURE_MUST(file_make_folder(o->dir, 0700, NULL) == 0);
    FIXTURE_MUST(layout_make(o->dir, NULL) == 0);
    FIXTURE_MUST(settings_write(o->dir, &s, NULL) == 0);
    FIXTURE_MUST(tls_authority_create(o->dir, f->domain, NULL) == 0);
    FIXTURE_MUST(tls_authority_issue(o->dir, f->domain, NULL) == 0);
    make_keys(o);
    if (registrar_open(o->dir, &no_server, &o->registrar, &d) < 0)
        fixture_must(false, __FILE__, __LINE__, d.text);
    return o;
}

void office_free(struct office *o)
{
    if (o == NULL)
        return;
    registrar_close(o->registrar);
    FIXTURE_MUST(file_remove_tree(o->folder, NULL) == 0);
    free(o->dir);
    free(o);
}

static void put(const char *folder, const char *name, const struct document *d)
{
    CLEANUP_FREE char *path = mem_format("%s/%s.note", folder, name);
    FIXTURE_MUST(file_write(path, d->note, d->note_len, 0644, NULL) == 0);
}

const char *office_read(struct office *o, const struct policy_set *before,
                        const struct policy_set *s)
{
    CLEANUP(proposal_free_cleanup) struct proposal *p = NULL;
    CLEANUP_FREE char *folder = file_join(o->folder, "proposal");
    CLEANUP_FREE char *network = file_join(folder, "network.note");
    struct diag d = {""};
    FIXTURE_MUST(file_make_folder(folder, 0700, NULL) == 0);
    FIXTURE_MUST(file_write(network, o->f->network_note, strlen(o->f->network_note), 0644, NULL) ==
                 0);
    put(folder, "before", &before->policy->document);
    put(folder, "policy", &s->policy->document);
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const char *id = s->policy->warrants[i].id;
        CLEANUP_FREE char *warrant = mem_format("warrant-%s", id);
        CLEANUP_FREE char *epochs = mem_format("epochs-%s", id);
        put(folder, warrant, &s->warrants[i]->document);
        put(folder, epochs, &s->epochs[i]->document);
    }
    snprintf(o->line, sizeof o->line, "%s", proposal_open(folder, &p, &d) < 0 ? d.text : "");
    FIXTURE_MUST(file_remove_tree(folder, NULL) == 0);
    return o->line;
}

const char *office_import(struct office *o, const struct policy_set *s)
{
    CLEANUP_FREE char *folder = file_join(o->dir, "documents");
    CLEANUP_FREE char *name = mem_format("policy-%u", s->policy->serial);
    CLEANUP_REPORT struct registrar_report x = {0};
    struct diag d = {""};
    put(folder, name, &s->policy->document);
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const char *id = s->policy->warrants[i].id;
        CLEANUP_FREE char *epochs = mem_format("epochs-%s", id);
        put(folder, id, &s->warrants[i]->document);
        put(folder, epochs, &s->epochs[i]->document);
    }
    if (registrar_import(o->registrar, &x, &d) < 0)
        fixture_must(false, __FILE__, __LINE__, d.text);
    snprintf(o->line, sizeof o->line, "%s", x.problem_count == 0 ? "" : x.problems[0]);
    FIXTURE_MUST((x.imported == 1) == (o->line[0] == '\0'));
    return o->line;
}
