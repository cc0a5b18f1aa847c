/* The stanza: round trip, and every way in which it is refused. */
#include "test.h"

#include "base/encode.h"

#define A_MAX (1U << 20)

struct scene {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev;
    char *place;
    struct fixture_message *m; /* two recipients, two seals, a file, a place token */
    char *blind, *direct;      /* its stanzas */
};

static int set_up(void **state)
{
    static const char *const to[] = {"bert@chat.example", "carla@chat.example"};
    struct scene *s = mem_new(sizeof *s);
    struct envelope_file file = {.sha256 = {7}, .size = 1000, .path = "/upload/1/photo.jpg"};
    s->f = fixture_new(NULL);
    struct fixture_warrant_options second = {.id = "2019-0148"};
    fixture_add_warrant(s->f, NULL);
    fixture_add_warrant(s->f, &second);
    s->set = fixture_policy(s->f, NULL);
    s->dev = fixture_device_new(s->f, "anna", 1);
    s->place = fixture_place(s->f, s->dev, "NL", FIXTURE_AT);
    struct fixture_message_options o = {.to = to,
                                        .to_count = 2,
                                        .place = s->place,
                                        .country = "NL",
                                        .files = &file,
                                        .file_count = 1};
    s->m = fixture_message_new(s->f, s->set, s->dev, &o);
    s->blind = fixture_stanza(s->m, true);
    s->direct = fixture_stanza(s->m, false);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    free(s->blind);
    free(s->direct);
    fixture_message_free(s->m);
    free(s->place);
    fixture_device_free(s->dev);
    policy_set_free(s->set);
    fixture_free(s->f);
    free(s);
    return 0;
}

struct parsed {
    struct arena arena;
    struct envelope e;
    struct diag d;
    int code;
};

static void parse(struct parsed *p, const char *text, bool blind)
{
    struct xml_element *x = NULL;
    *p = (struct parsed){.arena = ARENA_INIT(A_MAX), .e = {.policy = 77}};
    assert_int_equal(xml_parse(&p->arena, text, strlen(text), &x), 0);
    p->code = envelope_parse(x, blind, &p->arena, &p->e, &p->d);
    if (p->code < 0)
        assert_int_equal(p->e.policy, 77); /* untouched */
}

static void parsed_clear(struct parsed *p)
{
    arena_clear(&p->arena);
}
#define CLEANUP_PARSED CLEANUP(parsed_clear)

static void assert_taken(const char *text, bool blind)
{
    CLEANUP_PARSED struct parsed p;
    parse(&p, text, blind);
    if (p.code != 0)
        fail_msg("refused: %s\n%s", p.d.text, text);
    assert_true(envelope_valid(&p.e));
}

static void assert_refused(const char *text, bool blind, int code, const char *says)
{
    CLEANUP_PARSED struct parsed p;
    parse(&p, text, blind);
    if (p.code == 0)
        fail_msg("taken, but should say \"%s\":\n%s", says, text);
    if (p.code != code || strstr(p.d.text, says) == NULL)
        fail_msg("%d \"%s\" does not say \"%s\"", p.code, p.d.text, says);
}

/* The stanza with `old` replaced. `says` NULL: it is taken. */
struct edit {
    const char *old, *new, *says;
};

static void check_edits(const char *text, bool blind, const struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP_FREE char *edited = replace(text, edits[i].old, edits[i].new);
        if (edits[i].says == NULL)
            assert_taken(edited, blind);
        else
            assert_refused(edited, blind, ERR_FORMAT, edits[i].says);
    }
}

static void assert_same(const struct envelope *a, const struct envelope *b)
{
    CLEANUP_BUF struct buf x = BUF_INIT(A_MAX), y = BUF_INIT(A_MAX);
    envelope_put(&x, a);
    envelope_put(&y, b);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
}

static void envelope__parse__round_trip(void **state)
{
    const struct scene *s = *state;
    for (int blind = 0; blind < 2; blind++) {
        CLEANUP_PARSED struct parsed p;
        parse(&p, blind ? s->blind : s->direct, blind);
        assert_int_equal(p.code, 0);
        assert_same(&p.e, &s->m->envelope);
        /* What was signed is what the other side works out. */
        uint8_t t[HASH_BYTES], d[HASH_BYTES];
        CLEANUP_BUF struct buf signed_bytes = BUF_INIT(A_MAX);
        envelope_transcript(&p.e, s->f->bots[0].signer.key.key, t);
        envelope_signed_bytes(&p.e, t, &signed_bytes);
        envelope_digest(&signed_bytes, p.e.signature, d);
        assert_memory_equal(t, s->m->transcript, HASH_BYTES);
        assert_memory_equal(d, s->m->digest, HASH_BYTES);
        assert_int_equal(sign_verify(s->dev->certificate->key, signed_bytes.data, signed_bytes.len,
                                     p.e.signature),
                         0);
    }
}

static void envelope__parse__bare(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(f, set, dev, NULL);
    CLEANUP_FREE char *direct = fixture_stanza(m, false), *blind = fixture_stanza(m, true);
    CLEANUP_PARSED struct parsed p;
    assert_int_equal(m->envelope.n, 0); /* no warrant covers it */
    assert_null(strstr(direct, "<enc>"));
    assert_null(strstr(direct, " n='"));
    parse(&p, direct, false);
    assert_int_equal(p.code, 0);
    assert_same(&p.e, &m->envelope);
    assert_null(p.e.place);
    assert_refused(blind, true, ERR_FORMAT, "access: a blind copy without a seal");
}

static void envelope__parse__ignores_what_is_not_ours(void **state)
{
    const struct scene *s = *state;
    static const struct edit edits[] = {
        {"<addresses", "<body>text</body><x xmlns='u'><access/></x><addresses", NULL},
        {"<addresses", "<access xmlns='urn:other'/><addresses", NULL},
        {"<addresses", "<store xmlns='urn:xmpp:hints'/><addresses", NULL},
        {"<encrypted", "<encrypted xmlns='urn:xmpp:omemo:2'/><encrypted", NULL},
        {"<header ", "<extra/><header x='1' ", NULL},
        {"<iv>", "<extra/><iv>", NULL},
        {"<address type='to' jid='b", "<address type='to' delivered='true' jid='b", NULL},
        {" id='m1'", " id='m1' type='chat' xml:lang='en'", NULL},
        {"from='anna@chat.example/device'", "from='anna@chat.example'", NULL},
    };
    check_edits(s->blind, true, edits, COUNT(edits));
    check_edits(s->direct, false, edits, COUNT(edits));
    CLEANUP_FREE char *no_key =
        replace(s->direct, "<key rid='1001' prekey='true'>AAECAwQFBgc=</key>", "");
    assert_taken(no_key, false); /* keys are OMEMO's part */
}

static void envelope__parse__message(void **state)
{
    const struct scene *s = *state;
    static const struct edit edits[] = {
        {" from='anna@chat.example/device'", "", "message: no valid 'from'"},
        {"from='anna@", "from='Anna@", "message: no valid 'from'"},
        {"from='anna@", "from='@", "message: no valid 'from'"},
        {"from='anna@chat.example/device'", "from='chat.example'",
         "addresses: not another account"},
        {"from='anna@chat.example/device'", "from='anna@other.example'", "addresses: not another"},
        {" id='m1'", "", "message: no valid 'id'"},
        {" id='m1'", " id=''", "message: no valid 'id'"},
        {" id='m1'", " id='a&lt;b'", "message: no valid 'id'"},
        {" id='m1'", " id='\xc3\xa4'", "message: no valid 'id'"},
    };
    check_edits(s->blind, true, edits, COUNT(edits));
    check_edits(s->direct, false, edits, COUNT(edits));
}

static void envelope__parse__addresses(void **state)
{
    const struct scene *s = *state;
    static const struct edit edits[] = {
        {"http://jabber.org/protocol/address", "urn:other", "addresses: missing or twice"},
        {"<encrypted", "<addresses xmlns='" ENVELOPE_ADDRESS_NS "'/><encrypted",
         "addresses: missing or twice"},
        {"<address type='to' jid='b", "<extra/><address type='to' jid='b",
         "addresses: holds something else"},
        {"<address type='to' jid='b", "<address xmlns='u' type='to' jid='b",
         "addresses: holds something else"},
        {"<address type='to' jid='b", "<address jid='b", "addresses: an address without type or"},
        {" jid='bert@chat.example'", "", "addresses: an address without type or jid"},
        {"type='to'", "type='cc'", "addresses: neither 'to' nor the bot's 'bcc'"},
        {"type='to'", "type='bcc'", "addresses: "}, /* two, or one in a message to a recipient */
        {"jid='bert@chat.example", "jid='bert@chat.example/x", "addresses: not another account"},
        {"jid='bert@chat.example", "jid='bert@other.example",
         "addresses: not another account of this"},
        {"jid='bert@chat.example'", "jid='chat.example'", "addresses: not another account"},
        {"jid='bert@", "jid='anna@", "addresses: not another account of this network"},
        {"jid='bert@", "jid='Bert@", "addresses: not another account of this network"},
        {"jid='bert@", "jid='dora@", "addresses: not sorted, or one twice"},
        {"jid='bert@", "jid='carla@", "addresses: not sorted, or one twice"},
        {"<address type='to' jid='bert@chat.example'/>", "", NULL},
    };
    check_edits(s->blind, true, edits, COUNT(edits));
    check_edits(s->direct, false, edits, COUNT(edits));

    static const struct edit blind[] = {
        {"<address type='bcc' jid='ibot.chat.example'/>", "", "addresses: no bcc to the bot that"},
        {"type='bcc' jid='ibot.chat.example'", "type='bcc' jid='other.chat.example'",
         "addresses: no bcc to the bot that the access element names"},
        {"type='bcc' jid='ibot.chat.example'", "type='to' jid='ibot.chat.example'",
         "addresses: not another account"},
        {"</addresses>", "<address type='bcc' jid='ibot.chat.example'/></addresses>",
         "addresses: neither 'to' nor the bot's 'bcc'"},
    };
    check_edits(s->blind, true, blind, COUNT(blind));
    assert_refused(s->blind, false, ERR_FORMAT, "addresses: a bcc in a message to a recipient");
    assert_refused(s->direct, true, ERR_FORMAT, "addresses: no bcc to the bot");
    CLEANUP_FREE char *nobody =
        replace(s->direct, "<address type='to' jid='bert@chat.example'/>", "");
    CLEANUP_FREE char *at_all =
        replace(nobody, "<address type='to' jid='carla@chat.example'/>", "");
    assert_refused(at_all, false, ERR_FORMAT, "addresses: no recipient");
}

static void envelope__parse__encrypted(void **state)
{
    const struct scene *s = *state;
    static const struct edit edits[] = {
        {"eu.siacs.conversations.axolotl", "urn:xmpp:omemo:2", "encrypted: header, iv or payload"},
        {"<access", "<encrypted xmlns='" ENVELOPE_OMEMO_NS "'/><access",
         "encrypted: header, iv or payload missing or twice"},
        {"<header sid='1001'>", "<header sid='1001'/><header sid='1001'>",
         "encrypted: header, iv or payload missing or twice"},
        {"<iv>", "<iv/><iv>", "encrypted: header, iv or payload missing or twice"},
        {"<payload>", "<payload/><payload>", "encrypted: header, iv or payload missing or twice"},
        {"<payload>", "<payload xmlns='u'>", "encrypted: header, iv or payload missing or twice"},
        {" sid='1001'", "", "encrypted: no sid"},
        {" sid='1001'", " sid='0'", "encrypted: no sid"},
        {" sid='1001'", " sid='1'", NULL},
        {" sid='1001'", " sid='2147483647'", NULL},
        {" sid='1001'", " sid='2147483648'", "encrypted: no sid"},
        {" sid='1001'", " sid='01001'", "encrypted: no sid"},
        {"<iv>", "<iv>AAAA", "iv: not 12 bytes in base64"},
        {"<iv>", "<iv> ", "iv: not 12 bytes in base64"},
        {"</iv>", "<x/></iv>", "iv: not 12 bytes in base64"},
        {"<payload>", "<payload>\n", "payload: not base64"},
        {"<payload>", "<payload>=", "payload: not base64"},
        {"</payload>", "<x/></payload>", "payload: holds elements"},
    };
    check_edits(s->blind, true, edits, COUNT(edits));
    check_edits(s->direct, false, edits, COUNT(edits));
    static const struct edit blind[] = {
        {"<iv>", "<key rid='1'>AAAA</key><iv>", "encrypted: a recipient's key in a blind copy"},
    };
    check_edits(s->blind, true, blind, COUNT(blind));
}

static void envelope__parse__access_attributes(void **state)
{
    const struct scene *s = *state;
    static const struct edit edits[] = {
        {"<access xmlns='urn:ironside:access:1'", "<access xmlns='urn:ironside:access:2'",
         "access: missing or twice"},
        {"<addresses", "<access xmlns='urn:ironside:access:1'/><addresses",
         "access: missing or twice"},
        {" bot='ibot.chat.example'", "", "access: cert, bot, policy or at missing"},
        {" policy='1'", "", "access: cert, bot, policy or at missing, or an unknown attribute"},
        {" policy='1'", " policy='1' extra='1'", "or an unknown attribute"},
        {" policy='1'", " policy='1' xml:lang='en'", "or an unknown attribute"},
        {" at='2021-06-07T10:11:12.123Z'", "", "access: cert, bot, policy or at missing"},
        {" cert='", " certificate='", "access: cert, bot, policy or at missing"},
        {" cert='", " cert='AAAA", "access: cert is not a SHA-256 in base64"},
        {" cert='", " cert='?", "access: cert is not a SHA-256 in base64"},
        {" bot='ibot.chat.example'", " bot='ibot@chat.example'", "access: bot is not a component"},
        {" bot='ibot.chat.example'", " bot='IBOT.chat.example'", "access: bot is not a component"},
        {" policy='1'", " policy='0'", "access: policy is not a serial"},
        {" policy='1'", " policy='01'", "access: policy is not a serial"},
        {" policy='1'", " policy='4294967295'", NULL},
        {" policy='1'", " policy='4294967296'", "access: policy is not a serial"},
        {" n='1'", " n='0'", "access: n is not a counter from 1"},
        {" n='1'", " n='-1'", "access: n is not a counter from 1"},
        {" n='1'", " n='9223372036854775807'", NULL},
        {" n='1'", " n='9223372036854775808'", "access: n is not a counter from 1"},
        {"10:11:12.123Z", "10:11:12Z", "access: at is not YYYY-MM-DDTHH:MM:SS.mmmZ"},
        {"10:11:12.123Z", "10:11:12.123+00:00", "access: at is not YYYY-MM-DDTHH:MM:SS.mmmZ"},
        {"2021-06-07T", "2021-06-31T", "access: at is not YYYY-MM-DDTHH:MM:SS.mmmZ"},
    };
    check_edits(s->blind, true, edits, COUNT(edits));
    check_edits(s->direct, false, edits, COUNT(edits));
    CLEANUP_FREE char *no_n = replace(s->direct, " n='1'", "");
    assert_refused(no_n, false, ERR_FORMAT, "access: a plain 'sig' is expected, not enc");
    CLEANUP_FREE char *blind_no_n = replace(s->blind, " n='1'", "");
    assert_refused(blind_no_n, true, ERR_FORMAT, "access: a blind copy without a seal");
}

static void envelope__parse__access_children(void **state)
{
    const struct scene *s = *state;
    static const struct edit edits[] = {
        {"<enc>", "<enc x='1'>", "access: a plain 'enc' is expected, not enc"},
        {"<enc>", "<enc>AAAA", "enc: not 32 bytes in base64"},
        {"</enc>", "<x/></enc>", "enc: not 32 bytes in base64"},
        {"<enc>", "<extra/><enc>", "access: a plain 'enc' is expected, not extra"},
        {"</enc>", "</enc><extra/>", "access: a plain 'wrap' is expected, not extra"},
        {"<enc>", "<enc xmlns='u'>", "access: a plain 'enc' is expected"},
        {"<enc>", "<enc xmlns='urn:ironside:access:1'>", NULL},
        {" w='2019-0147'", "", "wrap: no warrant id"},
        {" w='2019-0147'", " w='2019 0147'", "wrap: no warrant id"},
        {" w='2019-0147'", " w='2019-0147' x='1'", "wrap: no warrant id, or an unknown attribute"},
        {" w='2019-0147'", " w='2019-0148'", "wrap: not ordered by id, or one twice"},
        {" w='2019-0147'", " w='2019-0149'", "wrap: not ordered by id, or one twice"},
        {"<wrap w='2019-0147'>", "<wrap w='2019-0147'>AAAA", "wrap: not 48 bytes in base64"},
        {"<prev>", "<extra/><prev>", "access: a plain 'prev' is expected, not extra"},
        {"<prev>", "<prev x='1'>", "access: a plain 'prev' is expected, not prev"},
        {"<prev>", "<prev>AAAA", "prev: not 32 bytes in base64"},
        {"<sig>", "<extra/><sig>", "access: a plain 'sig' is expected, not extra"},
        {"<sig>", "<sig x='1'>", "access: a plain 'sig' is expected, not sig"},
        {"<sig>", "<sig>AAAA", "sig: not 64 bytes in base64"},
        {"</sig>", "</sig><sig/>", "access: an element that is not expected"},
        {"<file ", "<file x='1' ", "file: not just sha256, size and path in their forms"},
        {"<file sha256='", "<file sha256='AAAA", "file: not just sha256, size and path"},
        {" size='1000'", "", "file: not just sha256, size and path in their forms"},
        {" size='1000'", " size='01000'", "file: not just sha256, size and path"},
        {" size='1000'", " size='52428800'", NULL}, /* 50 MiB */
        {" size='1000'", " size='52428801'", "file: not just sha256, size and path"},
        {"/upload/1/photo.jpg", "//evil.example/x", "file: not just sha256, size and path"},
        {"/upload/1/photo.jpg", "https://evil.example/x", "file: not just sha256, size and path"},
        {"/upload/1/photo.jpg'/>", "/upload/1/photo.jpg'>text</file>", "file: not just sha256"},
        {"/upload/1/photo.jpg'/>", "/upload/1/photo.jpg'><x/></file>", "file: not just sha256"},
        {"<place>", "<extra/><place>", "access: an element that is not expected"},
        {"<place>", "<place x='1'>", "access: an element that is not expected"},
        {"<place>", "<place>=", "place: not a token in base64"},
        {"<place>", "<place>AAAA", "place: not a token in base64"}, /* a NUL */
        {"<place>", "<place>////", "place: not a token in base64"}, /* not UTF-8 */
        {"</place>", "</place><file/>", "access: an element that is not expected"},
        {"</place>", "</place><place/>", "access: an element that is not expected"},
        {"</place>", "</place><extra/>", "access: an element that is not expected"},
    };
    check_edits(s->blind, true, edits, COUNT(edits));
    check_edits(s->direct, false, edits, COUNT(edits));
}

/* Removes the element, from its start tag to its end tag. */
static char *without(const char *text, const char *start, const char *end)
{
    const char *from = strstr(text, start), *to = strstr(from, end) + strlen(end);
    return mem_format("%.*s%s", (int)(from - text), text, to);
}

static void envelope__parse__access_child_missing(void **state)
{
    const struct scene *s = *state;
    static const struct {
        const char *start, *end, *says;
    } cases[] = {
        {"<enc>", "</enc>", "access: a plain 'enc' is expected, not wrap"},
        {"<wrap w='2019-0147'", "</wrap>", NULL},
        {"<prev>", "</prev>", "access: a plain 'prev' is expected, not sig"},
        {"<sig>", "</sig>", "access: a plain 'sig' is expected, not file"},
        {"<sig>", "</place>", "access: a plain 'sig' is expected, not its end"},
        {"<file ", "/>", NULL},
        {"<place>", "</place>", NULL},
        {"<enc>", "</place>", "access: a plain 'enc' is expected, not its end"},
        {"<wrap w", "</place>", "access: a plain 'wrap' is expected, not its end"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *text = without(s->blind, cases[i].start, cases[i].end);
        if (cases[i].says == NULL)
            assert_taken(text, true);
        else
            assert_refused(text, true, ERR_FORMAT, cases[i].says);
    }
    CLEANUP_FREE char *one = without(s->blind, "<wrap w", "</wrap>");
    CLEANUP_FREE char *none = without(one, "<wrap w", "</wrap>");
    assert_refused(none, true, ERR_FORMAT, "access: a plain 'wrap' is expected, not prev");
}

/* A stanza with so many of everything. */
static char *stanza_of(const struct scene *s, size_t recipients, size_t wraps, size_t files,
                       size_t payload, size_t place)
{
    struct buf b = BUF_INIT(A_MAX);
    CLEANUP_FREE uint8_t *zeros = mem_new(VALUE_BODY_MAX + 1000);
    CLEANUP_FREE char *token = repeat('x', place);
    char cert[ENCODE_BASE64_LEN(HASH_BYTES) + 1];
    encode_base64(s->m->envelope.certificate, HASH_BYTES, cert);
    buf_put_text(&b,
                 "<message from='anna@chat.example' id='m1'><addresses xmlns='" ENVELOPE_ADDRESS_NS
                 "'>");
    for (size_t i = 0; i < recipients; i++)
        buf_format(&b, "<address type='to' jid='b%03zu@chat.example'/>", i);
    buf_put_text(&b, "<address type='bcc' jid='ibot.chat.example'/></addresses><encrypted "
                     "xmlns='" ENVELOPE_OMEMO_NS "'><header sid='1'>");
    xml_put_base64(&b, "iv", zeros, PAYLOAD_IV_BYTES);
    buf_put_text(&b, "</header>");
    xml_put_base64(&b, "payload", zeros, payload);
    buf_format(&b,
               "</encrypted><access xmlns='" ENVELOPE_NS "' cert='%s' bot='ibot.chat.example' "
               "policy='1' n='1' at='2021-06-07T10:11:12.123Z'>",
               cert);
    xml_put_base64(&b, "enc", zeros, HPKE_ENC_BYTES);
    for (size_t i = 0; i < wraps; i++) {
        buf_format(&b, "<wrap w='w%03zu'>", i);
        encode_base64_buf(&b, zeros, ENVELOPE_WRAP_BYTES);
        buf_put_text(&b, "</wrap>");
    }
    xml_put_base64(&b, "prev", zeros, HASH_BYTES);
    xml_put_base64(&b, "sig", zeros, SIGN_BYTES);
    for (size_t i = 0; i < files; i++)
        buf_format(&b, "<file sha256='%s' size='%zu' path='/u/%zu'/>", cert, i, i);
    xml_put_base64(&b, "place", token, place);
    buf_put_text(&b, "</access></message>");
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static void envelope__parse__caps(void **state)
{
    const struct scene *s = *state;
    static const struct {
        size_t recipients, wraps, files, payload, place;
        int code;
        const char *says;
    } cases[] = {
        {50, 16, 16, 16384, 2048, 0, NULL},
        {51, 1, 0, 10, 10, ERR_LIMIT, "addresses: more than 50 recipients"},
        {1, 17, 0, 10, 10, ERR_LIMIT, "access: more than 16 seals"},
        {1, 1, 17, 10, 10, ERR_LIMIT, "access: more than 16 files"},
        {1, 1, 0, 16385, 10, ERR_LIMIT, "payload: more than 16384 bytes"},
        {1, 1, 0, 17000, 10, ERR_LIMIT, "payload: more than 16384 bytes"},
        {1, 1, 0, 0, 10, 0, NULL},
        {1, 1, 0, 10, 2049, ERR_FORMAT, "place: not a token in base64"},
        {1, 1, 0, 10, 0, ERR_FORMAT, "place: not a token in base64"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *text = stanza_of(s, cases[i].recipients, cases[i].wraps, cases[i].files,
                                            cases[i].payload, cases[i].place);
        if (cases[i].code == 0)
            assert_taken(text, true);
        else
            assert_refused(text, true, cases[i].code, cases[i].says);
    }
}

static void envelope__parse__arena_full(void **state)
{
    const struct scene *s = *state;
    CLEANUP_ARENA struct arena tree = ARENA_INIT(A_MAX);
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(&tree, s->blind, strlen(s->blind), &x), 0);
    bool taken = false;
    for (size_t max = 0; max < 2200; max += 7) {
        struct arena a = ARENA_INIT(max);
        struct envelope e;
        int r = envelope_parse(x, true, &a, &e, NULL);
        assert_true(r == 0 || !taken);
        taken = r == 0;
        arena_clear(&a);
    }
    assert_true(taken);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(envelope__parse__round_trip),
        cmocka_unit_test(envelope__parse__bare),
        SCENE_TEST(envelope__parse__ignores_what_is_not_ours),
        SCENE_TEST(envelope__parse__message),
        SCENE_TEST(envelope__parse__addresses),
        SCENE_TEST(envelope__parse__encrypted),
        SCENE_TEST(envelope__parse__access_attributes),
        SCENE_TEST(envelope__parse__access_children),
        SCENE_TEST(envelope__parse__access_child_missing),
        SCENE_TEST(envelope__parse__caps),
        SCENE_TEST(envelope__parse__arena_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
