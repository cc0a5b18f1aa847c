/* A record: whose is it, and who has archived it? */
#include <inttypes.h>
#include <string.h>

#include "archive/record_check.h"
#include "exchange/verify_internal.h"

/* The bot's word must be on just this message of this device. */
static const char *check_verdict(const struct verify_tree *t, const struct verdict *v,
                                 const struct record *rec, const uint8_t digest[static HASH_BYTES],
                                 uint8_t ret_root[static MERKLE_BYTES])
{
    const struct verdict_line *l = &v->line;
    if (verdict_verify(v, t->bot, t->key, ret_root) < 0)
        return "its verdict is not the bot's";
    if (memcmp(l->digest, digest, HASH_BYTES) != 0 || l->n != rec->envelope.n ||
        memcmp(l->certificate, rec->envelope.certificate, HASH_BYTES) != 0)
        return "its verdict is on another message";
    return l->state == VERDICT_ARCHIVED ? "" : "its verdict refuses it";
}

/* What is handed along for a check by hand must be what follows from the record. */
static bool is_signed(const struct package_line *l, const struct envelope *e,
                      const uint8_t transcript[static HASH_BYTES])
{
    CLEANUP_BUF struct buf b = BUF_INIT(PACKAGE_LINE_SIGNED_MAX);
    envelope_signed_bytes(e, transcript, &b);
    return b.len == l->signed_len && memcmp(b.data, l->signed_bytes, b.len) == 0;
}

static const char *check(struct verifying *v, const struct package_line *l,
                         const struct record *rec, struct verify_message *m,
                         uint8_t ret_root[static MERKLE_BYTES])
{
    const struct verify_tree *t = &v->bot->tree;
    const struct envelope *e = &rec->envelope;
    uint8_t transcript[HASH_BYTES], digest[HASH_BYTES];
    char country[VALUE_COUNTRY_BYTES];
    if (strcmp(e->bot, t->bot) != 0)
        return "it was sent to another bot";
    if (payload_decrypt(rec->content, e->iv, e->payload, e->payload_len, v->body) < 0)
        return "its key does not open it";
    v->body[e->payload_len] = '\0';
    envelope_transcript(e, t->key, transcript);
    if (!is_signed(l, e, transcript))
        return "the bytes that are to be signed are not the record's";
    const char *wrong = record_check_signature(v->net, rec, transcript, digest);
    if (wrong[0] == '\0')
        wrong = check_verdict(t, &l->verdict, rec, digest, ret_root);
    record_check_country(v->net, rec, country);
    if (wrong[0] == '\0')
        wrong = record_check_seal(v->library, rec, transcript, country);
    *m = (struct verify_message){.bot = t->bot,
                                 .leaf = l->leaf,
                                 .record = rec,
                                 .body = (const char *)v->body,
                                 .body_len = e->payload_len,
                                 .country = country};
    merkle_leaf(l->text, l->text_len, m->hash);
    if (wrong[0] == '\0' &&
        package_files_expect(v->files, v->number, rec, m->body, m->body_len) < 0)
        return "the package has too many files";
    if (wrong[0] == '\0' && log_places_note(v->certificates, e->certificate) < 0)
        return "the package has too many certificates";
    if (wrong[0] == '\0' && v->o->message != NULL)
        return v->o->message(v->o->context, m) < 0 ? "it could not be shown" : "";
    return wrong;
}

/* Those of the shown records; package.note must name them all. */
static int note_warrant(struct verifying *v, const char *id, struct diag *d)
{
    for (size_t i = 0; i < v->warrant_count; i++)
        if (strcmp(v->warrants[i], id) == 0)
            return 0;
    if (v->warrant_count == PACKAGE_WARRANTS_MAX)
        return diag_set(d, ERR_LIMIT, "its records are of more than %u warrants",
                        PACKAGE_WARRANTS_MAX);
    memcpy(v->warrants[v->warrant_count++], id, strlen(id) + 1);
    return 0;
}

int verify_record(struct verifying *v, const struct package_line *l, struct verify_pending *ret,
                  struct diag *d)
{
    struct record rec;
    struct verify_message m;
    int r = record_parse(l->text, l->text_len, &v->arena, &rec, d);
    if (r < 0)
        return diag_prefix(d, r, "leaf %" PRIu64, l->leaf);
    *ret = (struct verify_pending){.leaf = l->leaf, .count = l->verdict.count};
    const char *wrong = check(v, l, &rec, &m, ret->root);
    if (wrong[0] != '\0')
        return diag_set(d, ERR_AUTH, "leaf %" PRIu64 ", message %s of %s: %s", l->leaf,
                        rec.envelope.id, rec.envelope.from, wrong);
    memcpy(ret->warrant, rec.warrant, strlen(rec.warrant) + 1);
    v->ret->records++;
    return note_warrant(v, rec.warrant, d);
}
