/* What link refuses by itself: stanzas that have not the form, or are over a cap. Beside each cap
 * stands the last that is good. */
#include "table.h"

static const char *fill(struct scene *s, char c, size_t n)
{
    buf_reset(&s->scratch);
    memset(buf_extend(&s->scratch, n), c, n);
    return buf_text(&s->scratch);
}

static void body_at_cap(struct scene *s)
{
    s->options.body = fill(s, 'b', VALUE_BODY_MAX);
}

static void body_over_cap(struct scene *s)
{
    s->options.body = fill(s, 'b', VALUE_BODY_MAX + 1);
}

static void id_at_cap(struct scene *s)
{
    s->options.id = fill(s, 'i', VALUE_ID_MAX);
}

static void id_over_cap(struct scene *s)
{
    s->options.id = fill(s, 'i', VALUE_ID_MAX + 1);
}

/* Up to 50 recipients in their order. */
static const char *recipients[VALUE_RECIPIENTS_MAX];
static char names[VALUE_RECIPIENTS_MAX][32];

static void to_at_cap(struct scene *s)
{
    for (size_t i = 0; i < VALUE_RECIPIENTS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "b%02zu@%s", i, s->f->domain);
        recipients[i] = names[i];
    }
    s->options.to = recipients;
    s->options.to_count = VALUE_RECIPIENTS_MAX;
}

static struct envelope_file files[VALUE_FILES_MAX];

static void files_at_cap(struct scene *s)
{
    for (size_t i = 0; i < VALUE_FILES_MAX; i++)
        files[i] = (struct envelope_file){{(uint8_t)i}, i, "/upload/1/photo"};
    s->options.files = files;
    s->options.file_count = VALUE_FILES_MAX;
}

static void file_of_cap(struct scene *s)
{
    files_at_cap(s);
    files[0].size = VALUE_FILE_BYTES_MAX;
}

static void file_over_cap(struct scene *s)
{
    files_at_cap(s);
    files[0].size = VALUE_FILE_BYTES_MAX + 1;
}

/* Puts something foreign into the stanza, so that its source is `len` bytes long. */
static char *pad_to(const char *stanza, size_t len)
{
    static const char open[] = "<pad xmlns='urn:pad'>", close[] = "</pad></message>";
    size_t have = strlen(stanza) - strlen("</message>") + strlen(open) + strlen(close);
    CLEANUP_FREE char *padding = repeat('p', len - have);
    CLEANUP_FREE char *end = mem_format("%s%s%s", open, padding, close);
    return replace(stanza, "</message>", end);
}

static char *pad_at_cap(struct scene *s, const char *stanza)
{
    (void)s;
    return pad_to(stanza, LINK_STANZA_BYTES);
}

static char *pad_over_cap(struct scene *s, const char *stanza)
{
    (void)s;
    return pad_to(stanza, LINK_STANZA_BYTES + 1);
}

/* Over what is kept of a stanza at all. */
static char *pad_over_memory(struct scene *s, const char *stanza)
{
    (void)s;
    return pad_to(stanza, LINK_STANZA_MEMORY * 2);
}

/* A deep nest of foreign elements. */
static char *nest(struct scene *s, const char *stanza)
{
    buf_reset(&s->scratch);
    for (size_t i = 0; i < 1000; i++)
        buf_put_text(&s->scratch, "<n>");
    for (size_t i = 0; i < 1000; i++)
        buf_put_text(&s->scratch, "</n>");
    buf_put_text(&s->scratch, "</message>");
    return replace(stanza, "</message>", buf_text(&s->scratch));
}

static char *without_access(struct scene *s, const char *stanza)
{
    (void)s;
    const char *at = strstr(stanza, "<access"), *end = strstr(stanza, "</access>");
    FIXTURE_MUST(at != NULL && end != NULL);
    return mem_format("%.*s%s", (int)(at - stanza), stanza, end + strlen("</access>"));
}

static char *access_twice(struct scene *s, const char *stanza)
{
    (void)s;
    const char *at = strstr(stanza, "<access"), *end = strstr(stanza, "</access>");
    FIXTURE_MUST(at != NULL && end != NULL);
    return mem_format("%.*s%s", (int)(end + strlen("</access>") - stanza), stanza, at);
}

/* Many wraps of names that ascend, before the message's own. */
static char *seventeen_wraps(struct scene *s, const char *stanza)
{
    CLEANUP_FREE char *noise = repeat('A', 64);
    buf_reset(&s->scratch);
    for (int i = 0; i < 16; i++)
        buf_format(&s->scratch, "<wrap w='2018-%04d'>%s</wrap>", i, noise);
    buf_put_text(&s->scratch, "<wrap w='2019");
    return replace(stanza, "<wrap w='2019", buf_text(&s->scratch));
}

static void by_mallory(struct scene *s, struct fixture_message *m)
{
    /* A whole message of her own, of a certificate that the registrar does not know. */
    m->envelope.from = s->mallory->account;
    memcpy(m->envelope.certificate, s->mallory->certificate->document.hash, HASH_BYTES);
    sign_detached(s->mallory->signer.secret, m->signed_bytes.data, m->signed_bytes.len,
                  m->envelope.signature);
}

static void in_annas_name(struct scene *s, struct fixture_message *m)
{
    sign_detached(s->mallory->signer.secret, m->signed_bytes.data, m->signed_bytes.len,
                  m->envelope.signature);
}

static void of_carls_certificate(struct scene *s, struct fixture_message *m)
{
    memcpy(m->envelope.certificate, s->other->certificate->document.hash, HASH_BYTES);
}

#define LATER_OF(why) .expected = LATER, .later = LATER_##why

static const struct row rows[] = {
    {"access__none__malformed", .mangle = without_access, LATER_OF(MALFORMED)},
    {"access__twice__malformed", .mangle = access_twice, LATER_OF(MALFORMED)},
    {"access__other_namespace__malformed", .old = "urn:ironside:access:1",
     .new = "urn:ironside:access:2", LATER_OF(MALFORMED)},
    {"access__unknown_attribute__malformed", .old = "<access ", .new = "<access x='1' ",
     LATER_OF(MALFORMED)},
    {"access__n_of_zero__malformed", .old = " n='2'", .new = " n='0'", LATER_OF(MALFORMED)},
    {"access__n_out_of_range__malformed", .old = " n='2'", .new = " n='9223372036854775808'",
     LATER_OF(MALFORMED)},
    {"access__n_largest__gap", .old = " n='2'", .new = " n='9223372036854775807'", LATER_OF(GAP)},
    {"access__policy_of_zero__malformed", .old = " policy='2'", .new = " policy='0'",
     LATER_OF(MALFORMED)},
    {"access__time_zone__malformed", .old = "123Z'", .new = "123+00:00'", LATER_OF(MALFORMED)},
    {"access__unsealed__malformed", .old = " n='2'", .new = "", LATER_OF(MALFORMED)},
    {"base64__sig__malformed", .old = "<sig>", .new = "<sig>*", LATER_OF(MALFORMED)},
    {"base64__enc_longer__malformed", .old = "<enc>", .new = "<enc>AAAA", LATER_OF(MALFORMED)},
    {"base64__payload__malformed", .old = "<payload>", .new = "<payload>=", LATER_OF(MALFORMED)},
    {"encrypted__iv_twice__malformed", .old = "<iv>", .new = "<iv/><iv>", LATER_OF(MALFORMED)},
    {"base64__cert__malformed", .old = "cert='", .new = "cert='=", LATER_OF(MALFORMED)},
    {"encrypted__key_for_a_recipient__malformed", .old = "<iv>",
     .new = "<key rid='1'>AAAA</key><iv>", LATER_OF(MALFORMED)},
    {"encrypted__sid_of_zero__malformed", .old = "sid='", .new = "sid='0", LATER_OF(MALFORMED)},
    {"body__16384_bytes__archived", .prepare = body_at_cap, .expected = ARCHIVED},
    {"body__16385_bytes__too_large", .prepare = body_over_cap, LATER_OF(TOO_LARGE)},
    {"stanza__at_the_cap__archived", .mangle = pad_at_cap, .expected = ARCHIVED},
    {"stanza__a_byte_more__too_large", .mangle = pad_over_cap, LATER_OF(TOO_LARGE)},
    {"stanza__over_the_memory__too_large", .mangle = pad_over_memory, LATER_OF(TOO_LARGE)},
    {"stanza__nested_1000_deep__too_large", .mangle = nest, LATER_OF(TOO_LARGE)},
    {"to__50__archived", .prepare = to_at_cap, .expected = ARCHIVED},
    {"to__51__too_large", .prepare = to_at_cap, .old = "<address type='bcc'",
     .new = "<address type='to' jid='b99@chat.example'/><address type='bcc'", LATER_OF(TOO_LARGE)},
    {"to__none__malformed", .old = "<address type='to' jid='bert@chat.example'/>", .new = "",
     LATER_OF(MALFORMED)},
    {"to__twice__malformed", .old = "<address type='to' jid='bert@chat.example'/>",
     .new = "<address type='to' jid='bert@chat.example'/>"
            "<address type='to' jid='bert@chat.example'/>",
     LATER_OF(MALFORMED)},
    {"to__sender__malformed", .old = "jid='bert@", .new = "jid='anna@", LATER_OF(MALFORMED)},
    {"to__foreign__malformed", .old = "jid='bert@chat.example'", .new = "jid='bert@evil.example'",
     LATER_OF(MALFORMED)},
    {"id__128__archived", .prepare = id_at_cap, .expected = ARCHIVED},
    {"id__129__malformed", .prepare = id_over_cap, LATER_OF(MALFORMED)},
    {"id__not_ascii__malformed", .old = " id='m1'", .new = " id='m\xc3\xa4'", LATER_OF(MALFORMED),
     .elsewhere = true},
    {"files__16__archived", .prepare = files_at_cap, .expected = ARCHIVED},
    {"files__17__too_large", .prepare = files_at_cap, .old = "<file ",
     .new =
         "<file sha256='AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' size='1' path='/x'/><file ",
     LATER_OF(TOO_LARGE)},
    {"file__50_MiB__archived", .prepare = file_of_cap, .expected = ARCHIVED},
    {"file__a_byte_more__malformed", .prepare = file_over_cap, LATER_OF(MALFORMED)},
    {"wraps__17__too_large", .mangle = seventeen_wraps, LATER_OF(TOO_LARGE)},
    {"sender__no_certificate__unknown_device", .change = by_mallory, LATER_OF(UNKNOWN_DEVICE)},
    {"sender__signature_of_another__bad_signature", .change = in_annas_name,
     LATER_OF(BAD_SIGNATURE)},
    {"sender__certificate_of_another__unknown_device", .change = of_carls_certificate,
     LATER_OF(UNKNOWN_DEVICE)},
    {"sender__foreign_domain__malformed", .old = "from='anna@chat.example",
     .new = "from='anna@evil.example", LATER_OF(MALFORMED), .elsewhere = true},
    {"sender__component__malformed", .old = "from='anna@chat.example/device'",
     .new = "from='evil.example'", LATER_OF(MALFORMED), .elsewhere = true},
};

int main(void)
{
    return run_rows("link", rows, COUNT(rows));
}
