/* A registrar that cheats, for 70-log.sh: changes a network that is stopped, with its own keys.
 *
 *     log_tool fork DIR             another certificate in the place of the first one in the log
 *     log_tool shrink DIR           the log without its last entry, and the store without it
 *     log_tool ghost DIR HANDLE     a certificate that the account's device did not ask for
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "network/keys.h"
#include "network/layout.h"
#include "network/settings.h"
#include "public_log/store.h"
#include "registrar/store.h"
#include "wire/certificate.h"

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "log_tool: %s: %s\n", #call, d.text);                                  \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

struct office {
    const char *dir;
    struct settings settings;
    struct signing_key *key;
    char origin[LOG_ORIGIN_MAX];
    struct log_document *list;
    size_t count;
};

static void open_office(struct office *o)
{
    struct diag d = {""};
    CLEANUP_FREE char *key = layout_path(o->dir, LAYOUT_REGISTRAR_KEY);
    MUST(settings_read(o->dir, &o->settings, &d));
    MUST(keys_signing_read(key, &o->key, &d));
    snprintf(o->origin, sizeof o->origin, "registrar.%s/log", o->settings.domain);
}

/* The vault itself: the store's functions take nothing back. */
static sqlite3 *open_vault(struct office *o)
{
    struct diag d = {""};
    sqlite3 *db = NULL;
    uint8_t bytes[VAULT_KEY_BYTES];
    CLEANUP_FREE char *key_path = layout_path(o->dir, LAYOUT_REGISTRAR_VAULT_KEY);
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_REGISTRAR_VAULT);
    MUST(vault_key_file_read(key_path, bytes, &d));
    MUST(vault_open(path, "registrar", &(struct vault_key){.bytes = bytes}, &db, &d));
    return db;
}

static void change_vault(struct office *o, const char *sql, const uint8_t *hash)
{
    sqlite3 *db = open_vault(o);
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        exit(1);
    if (hash != NULL)
        sqlite3_bind_blob(s, 1, hash, HASH_BYTES, SQLITE_STATIC);
    if (sqlite3_step(s) != SQLITE_DONE || sqlite3_changes(db) != 1) {
        fprintf(stderr, "log_tool: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    sqlite3_finalize(s);
    vault_close(db);
}

/* ---- another log ---- */

static int keep_row(void *context, const struct log_row *row)
{
    struct office *o = context;
    o->list = mem_resize(o->list, o->count + 1, sizeof *o->list);
    o->list[o->count] = row->document;
    if (row->document.note != NULL)
        o->list[o->count].note = mem_string_n(row->document.note, row->document.note_len);
    o->count++;
    return 0;
}

static void read_log(struct office *o)
{
    struct diag d = {""};
    struct public_log *log = NULL;
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_LOG_DATABASE);
    MUST(public_log_open(path, false, &log, &d));
    MUST(public_log_walk(log, keep_row, o, &d));
    public_log_close(log);
}

static void write_log(struct office *o)
{
    struct diag d = {""};
    struct public_log *log = NULL;
    CLEANUP_FREE char *folder = layout_path(o->dir, LAYOUT_LOG);
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_LOG_DATABASE);
    const struct log_signer by = {
        .origin = o->origin, .key = keys_verifier(o->key), .secret = o->key->secret};
    MUST(file_remove_tree(folder, &d));
    MUST(file_make_folder(folder, 0755, &d));
    MUST(public_log_create(path, &d));
    MUST(public_log_open(path, true, &log, &d));
    MUST(public_log_append(log, o->list, o->count, &by, &d));
    public_log_close(log);
    change_vault(o, "UPDATE log SET size = 0", NULL); /* so that the registrar goes along */
}

static void fork_log(struct office *o)
{
    size_t i = 0;
    read_log(o);
    while (o->list[i].entry.kind != DOCUMENT_CERTIFICATE)
        i++;
    o->list[i].entry.hash[0] ^= 1;
    write_log(o);
}

static void shrink_log(struct office *o)
{
    read_log(o);
    o->count--;
    write_log(o);
    change_vault(o, "DELETE FROM document WHERE hash = ?", o->list[o->count].entry.hash);
}

/* ---- a certificate ---- */

static void certify(struct office *o, const char *handle)
{
    struct diag d = {""};
    struct registrar_store *store = NULL;
    struct registrar_account account;
    uint8_t secret[SIGN_SECRET_BYTES], vault[VAULT_KEY_BYTES];
    CLEANUP_FREE char *key_path = layout_path(o->dir, LAYOUT_REGISTRAR_VAULT_KEY);
    CLEANUP_FREE char *path = layout_path(o->dir, LAYOUT_REGISTRAR_VAULT);
    CLEANUP_FREE char *jid = mem_format("%s@%s", handle, o->settings.domain);
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_CERTIFICATE_MAX);
    MUST(vault_key_file_read(key_path, vault, &d));
    MUST(registrar_store_open(path, vault, &store, &d));
    MUST(registrar_store_account(store, handle, &account, &d));
    struct certificate c = {.account = jid,
                            .serial = account.serial + 1,
                            .omemo_device = 99,
                            .omemo_identity = {5},
                            .from_day = 10000,
                            .until_day = 40000};
    sign_keypair(c.key, secret);
    secret_random(c.blind, sizeof c.blind);
    certificate_format(&text, o->settings.domain, &c);
    const struct note_key k = keys_verifier(o->key);
    note_sign(&note, buf_text(&text), text.len, &k, o->key->secret);
    struct registrar_document x = {.kind = DOCUMENT_CERTIFICATE,
                                   .handle = handle,
                                   .serial = c.serial,
                                   .note = (char *)note.data,
                                   .note_len = note.len};
    hash_sha256(text.data, text.len, x.hash);
    MUST(registrar_store_put_document(store, &x, &d));
    registrar_store_close(store); /* the registrar logs it when it starts */
}

int main(int argc, char **argv)
{
    process_begin();
    secret_init();
    struct office o = {.dir = argc > 2 ? argv[2] : ""};
    if (argc == 3 && strcmp(argv[1], "fork") == 0) {
        open_office(&o);
        fork_log(&o);
    } else if (argc == 3 && strcmp(argv[1], "shrink") == 0) {
        open_office(&o);
        shrink_log(&o);
    } else if (argc == 4 && strcmp(argv[1], "ghost") == 0) {
        open_office(&o);
        certify(&o, argv[3]);
    } else {
        return 2;
    }
    for (size_t i = 0; i < o.count; i++)
        free((char *)(uintptr_t)o.list[i].note);
    free(o.list);
    secret_free(o.key);
    return 0;
}
