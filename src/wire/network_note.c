#include "wire/network_note.h"

#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "wire/value.h"

void network_note_free(struct network_note *n)
{
    if (n == NULL)
        return;
    document_clear(&n->document);
    free(n);
}

static void read_custodian(struct document_reader *r, struct network_note *n, const char *value)
{
    const char *word[2];
    if (document_words(r, "custodian", value, word, 2) != 2) {
        document_refuse(r, "custodian", value, "not NAME KEY");
        return;
    }
    if (n->custodian_count == NETWORK_CUSTODIANS_MAX) {
        document_refuse(r, "custodian", value, "more than 16 custodians");
        return;
    }
    struct note_key *k = &n->custodians[n->custodian_count];
    k->name = word[0];
    if (!note_name_valid(word[0], strlen(word[0])) ||
        decode_base64_exact(word[1], strlen(word[1]), k->key, sizeof k->key) < 0) {
        document_refuse(r, "custodian", value, "not NAME KEY");
        return;
    }
    for (size_t i = 0; i < n->custodian_count; i++)
        if (strcmp(n->custodians[i].name, k->name) == 0 ||
            memcmp(n->custodians[i].key, k->key, sizeof k->key) == 0)
            document_refuse(r, "custodian", value, "the same custodian twice");
    n->custodian_count++;
}

static void read_kind(struct document_reader *r, struct network_note *n)
{
    const char *kind = document_value(r, "kind");
    n->replay = strcmp(kind, "replay") == 0;
    if (!n->replay && strcmp(kind, "live") != 0)
        document_refuse(r, "kind", kind, "neither live nor replay");
}

static void read_domain(struct document_reader *r, struct network_note *n)
{
    n->domain = document_value(r, "domain");
    if (!value_domain_valid(n->domain)) {
        document_refuse(r, "domain", n->domain, "not a domain name in lower case");
        return;
    }
    char registrar[sizeof "registrar." + VALUE_DOMAIN_MAX];
    snprintf(registrar, sizeof registrar, "registrar.%s", n->domain);
    if (!value_domain_valid(registrar))
        document_refuse(r, "domain", n->domain, "too long for registrar.DOMAIN");
    n->registrar = arena_string(&n->document.arena, registrar);
}

static int read_text(struct document_reader *r, struct network_note *n)
{
    read_domain(r, n);
    read_kind(r, n);
    document_hash(r, "authority", n->authority);
    read_custodian(r, n, document_value(r, "custodian"));
    for (const char *v; (v = document_optional(r, "custodian")) != NULL;)
        read_custodian(r, n, v);
    n->quorum = (size_t)document_number(r, "quorum", NETWORK_CUSTODIANS_MAX);
    if (n->quorum < 1 || n->quorum > n->custodian_count)
        document_refuse(r, "quorum", "", "not between 1 and the number of custodians");
    document_key(r, "registrar", n->registrar_key);
    n->upload = document_value(r, "upload");
    if (!value_domain_valid(n->upload))
        document_refuse(r, "upload", n->upload, "not a domain name in lower case");
    return document_end(r);
}

static int open_any(bool draft, const char *note, size_t len, struct network_note **ret,
                    struct diag *d)
{
    CLEANUP(network_note_free_cleanup) struct network_note *n = mem_new(sizeof *n);
    struct document_reader r;
    struct note view;
    int e = (draft ? document_begin_draft : document_begin)(&r, &n->document, "network", note, len,
                                                            VALUE_NOTE_MAX, &view, d);
    if (e == 0)
        e = read_text(&r, n);
    if (e == 0 && !draft)
        e = network_verify_custodians(n, &view, "network", d);
    if (e == 0)
        *ret = TAKE(n);
    return e;
}

int network_note_open(const char *note, size_t len, struct network_note **ret, struct diag *d)
{
    return open_any(false, note, len, ret, d);
}

int network_note_open_unsigned(const char *note, size_t len, struct network_note **ret,
                               struct diag *d)
{
    return open_any(true, note, len, ret, d);
}

int network_verify_custodians(const struct network_note *net, const struct note *n,
                              const char *kind, struct diag *d)
{
    size_t count = 0;
    char missing[256] = "";
    for (size_t i = 0; i < net->custodian_count; i++) {
        int r = note_verify(n, &net->custodians[i]);
        if (r == 0) {
            count++;
        } else if (r == ERR_NOT_FOUND) {
            size_t at = strlen(missing);
            snprintf(missing + at, sizeof missing - at, "%s%s", at > 0 ? ", " : "",
                     net->custodians[i].name);
        } else {
            return diag_set(d, ERR_AUTH, "%s: the signature of %s does not match its text", kind,
                            net->custodians[i].name);
        }
    }
    if (count < net->quorum)
        return diag_set(d, ERR_AUTH,
                        "%s: signed by %zu of the %zu custodians that it needs; missing: %s", kind,
                        count, net->quorum, missing);
    return 0;
}

void network_note_format(struct buf *b, const struct network_note *n)
{
    buf_format(b, "ironside network 1\ndomain %s\nkind %s\nauthority ", n->domain,
               n->replay ? "replay" : "live");
    document_put_hash(b, n->authority);
    for (size_t i = 0; i < n->custodian_count; i++) {
        buf_format(b, "\ncustodian %s ", n->custodians[i].name);
        document_put_key(b, n->custodians[i].key);
    }
    buf_format(b, "\nquorum %zu\nregistrar ", n->quorum);
    document_put_key(b, n->registrar_key);
    buf_format(b, "\nupload %s\n", n->upload);
}
