/* Writes the seeds of the fuzz targets: make_seeds FOLDER, the one that has a folder for each
 * target. Real things with real keys, from the network of tests/unit/wire/fixture.h. Content keys
 * are fresh in each run; nothing else changes.
 */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "fuzz.h"
#include "ibot/frames.h"
#include "ibot/frames_files.h"
#include "ibot/frames_inclusion.h"
#include "seeds.h"
#include "wire/bundle.h"
#include "wire/fixture.h"
#include "wire/log.h"
#include "wire/record.h"

static const char *folder;

void seeds_save(const char *target, const char *name, const void *data, size_t len)
{
    CLEANUP_FREE char *path = mem_format("%s/%s/%s", folder, target, name);
    CLEANUP_FREE char *parent = mem_format("%s/%s", folder, target);
    FUZZ_MUST(file_make_folder(parent, 0755, NULL) == 0);
    FUZZ_MUST(file_write(path, data, len, 0644, NULL) == 0);
}

/* Saves what the buffer holds, and empties it. */
void seeds_save_buf(const char *target, const char *name, struct buf *b)
{
    FUZZ_MUST(!buf_failed(b));
    seeds_save(target, name, b->data, b->len);
    buf_reset(b);
}

void seeds_save_text(const char *target, const char *name, const char *text)
{
    seeds_save(target, name, text, strlen(text));
}

/* The same behind a byte that chooses. */
void seeds_save_chosen(const char *target, const char *name, uint8_t choice, const void *data,
                       size_t len)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    buf_put_u8(&b, choice);
    buf_put(&b, data, len);
    seeds_save_buf(target, name, &b);
}

struct world {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev;
    char *place;
    struct fixture_message *plain, *full; /* one recipient; everything */
    struct verdict verdicts[5];
    struct inclusion inclusion;
    char *checkpoint;
};

static void make_messages(struct world *w)
{
    static const char *const to[] = {"bert@chat.example", "carla@chat.example",
                                     "dora@chat.example"};
    const struct envelope_file file = {.sha256 = {7}, .size = 1000, .path = "/upload/1/a%20b.jpg"};
    const struct fixture_message_options full = {.to = to,
                                                 .to_count = 3,
                                                 .id = "m-2",
                                                 .place = w->place,
                                                 .country = "NL",
                                                 .files = &file,
                                                 .file_count = 1};
    w->plain = fixture_message_new(w->f, w->set, w->dev, NULL);
    fixture_device_advance(w->dev, w->plain);
    w->full = fixture_message_new(w->f, w->set, w->dev, &full);
}

static void make_verdicts(struct world *w)
{
    struct verdict_line lines[5];
    struct checkpoint c = {.size = 1};
    CLEANUP_BUF struct buf text = BUF_INIT(1000);
    uint8_t root[MERKLE_BYTES];
    for (uint32_t i = 0; i < 5; i++) {
        lines[i] = (struct verdict_line){.n = i + 1, .state = VERDICT_REFUSED};
        lines[i].reason = (enum verdict_reason)i;
        if (i == 0)
            lines[i].state = VERDICT_ARCHIVED;
        memcpy(lines[i].digest, w->plain->digest, HASH_BYTES);
        memcpy(lines[i].certificate, w->dev->certificate->document.hash, HASH_BYTES);
    }
    fixture_round(&w->f->bots[0], FIXTURE_AT, lines, 5, w->verdicts);
    FUZZ_MUST(verdict_verify(&w->verdicts[0], w->f->bots[0].jid, w->f->bots[0].signer.key.key,
                             root) == 0);
    verdict_round_leaf_text(&text, root, 5);
    merkle_leaf(text.data, text.len, c.root);
    buf_reset(&text);
    checkpoint_sign(&text, w->f->bots[0].jid, &c, "", &w->f->bots[0].signer.key,
                    w->f->bots[0].signer.secret);
    w->checkpoint = buf_take_text(&text);
    w->inclusion = (struct inclusion){.index = 3,
                                      .path = {{1}, {2}},
                                      .path_count = 2,
                                      .consistency = {{3}},
                                      .consistency_count = 1,
                                      .checkpoint = w->checkpoint};
}

static void make_world(struct world *w)
{
    struct fixture_warrant_options second = {
        .id = "2019-0148", .scope = "countries BE NL", .exclude = "GB US"};
    w->f = fixture_new(NULL);
    fixture_add_bot(w->f, "ibot-us.chat.example", "CA US");
    fixture_add_warrant(w->f, NULL);
    fixture_add_warrant(w->f, &second);
    w->set = fixture_policy(w->f, NULL);
    w->dev = fixture_device_new(w->f, "anna", 1);
    w->place = fixture_place(w->f, w->dev, "NL", FIXTURE_AT);
    make_messages(w);
    make_verdicts(w);
}

static void free_world(struct world *w)
{
    free(w->checkpoint);
    fixture_message_free(w->plain);
    fixture_message_free(w->full);
    free(w->place);
    fixture_device_free(w->dev);
    policy_set_free(w->set);
    fixture_free(w->f);
}

static void stanzas(const struct world *w)
{
    struct fixture_message *const messages[] = {w->plain, w->full};
    static const char *const names[][2] = {{"plain-direct", "plain-blind"},
                                           {"full-direct", "full-blind"}};
    CLEANUP_BUF struct buf stream = BUF_INIT(FUZZ_BYTES_MAX), access = BUF_INIT(FUZZ_BYTES_MAX);
    buf_put_text(&stream, "<?xml version='1.0'?><stream:stream xmlns='jabber:client'"
                          " xmlns:stream='http://etherx.jabber.org/streams' id='1'>");
    for (int i = 0; i < 2; i++)
        for (int blind = 0; blind < 2; blind++) {
            CLEANUP_FREE char *text = fixture_stanza(messages[i], blind);
            seeds_save_text("stanza", names[i][blind], text);
            if (i == 0)
                buf_put_text(&stream, text);
        }
    buf_put_text(&stream, " <iq type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>"
                          "<message><body>a &lt;b&gt; &#228; <![CDATA[c]]></body></message>"
                          "</stream:stream>");
    seeds_save_chosen("xml_stream", "whole", 0, stream.data, stream.len);
    seeds_save_chosen("xml_stream", "pieces", 7, stream.data, stream.len);
    seeds_save_chosen("xml_stream", "small-cap", 0x80, stream.data, stream.len);
    envelope_put_access(&access, &w->plain->envelope);
    seeds_save_buf("access", "access-plain", &access);
    envelope_put_access(&access, &w->full->envelope);
    seeds_save_buf("access", "access-full", &access);
}

static void answers(const struct world *w)
{
    const struct later later = {.reason = LATER_GAP, .seconds = 60};
    const struct inclusion_query q = {.root = {1}, .count = 5, .old_size = 1200};
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    verdict_put_xml(&b, &w->verdicts[0]);
    seeds_save_buf("access", "verdict-archived", &b);
    verdict_put_xml(&b, &w->verdicts[4]);
    seeds_save_buf("access", "verdict-refused", &b);
    later_put_xml(&b, &later);
    seeds_save_buf("access", "later", &b);
    inclusion_put_query(&b, &q);
    seeds_save_buf("access", "inclusion-query", &b);
    inclusion_put_answer(&b, &w->inclusion);
    seeds_save_buf("access", "inclusion-answer", &b);
}

static void age_files(void)
{
    struct age_identity id = {.secret = {0x42}}, other = {.secret = {0x43}};
    char text[AGE_IDENTITY_LEN + 1];
    hpke_public_of(id.secret, id.public);
    hpke_public_of(other.secret, other.public);
    const struct age_recipient recipients[] = {age_identity_recipient(&other),
                                               age_identity_recipient(&id)};
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    FUZZ_MUST(age_encrypt(recipients + 1, 1, "text\n", 5, &b) == 0);
    seeds_save_buf("age", "one-recipient", &b);
    FUZZ_MUST(age_encrypt(recipients, 2, "", 0, &b) == 0);
    seeds_save_buf("age", "two-recipients-empty", &b);
    age_recipient_format(&recipients[0], text);
    seeds_save_text("age", "recipient", text);
    age_identity_format(&id, text);
    seeds_save_text("age", "identity", text);
}

static void notes(const struct world *w)
{
    CLEANUP_FREE char *key = note_key_format(&w->f->custodians[0].key);
    CLEANUP_FREE char *text =
        mem_string_n(w->checkpoint, (size_t)(strstr(w->checkpoint, "\n\n") + 1 - w->checkpoint));
    seeds_save_text("note", "checkpoint-note", w->checkpoint);
    seeds_save_text("note", "checkpoint-text", text);
    seeds_save_text("note", "network", w->f->network_note);
    seeds_save_text("note", "key", key);
}

static void document(const char *name, uint8_t kind, const char *note)
{
    CLEANUP_FREE char *whole = mem_format("%s-note", name);
    size_t text_len = (size_t)(strstr(note, "\n\n") + 1 - note);
    seeds_save_chosen("document", name, kind, note, text_len);
    seeds_save_chosen("document", whole, kind | 0x80, note, strlen(note));
}

static char *request_note(void)
{
    struct fixture_signer device;
    struct registry_request q = {
        .account = "anna@chat.example", .omemo_device = 1001, .omemo_identity = {0x05, 1}};
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX);
    fixture_signer_init(&device, "anna@chat.example", "device");
    memcpy(q.key, device.key.key, sizeof q.key);
    registry_request_format(&text, FIXTURE_DOMAIN, &q);
    return fixture_sign(buf_text(&text), &device, 1);
}

/* A warrant that names a desk, and what that desk states. */
static void desk_documents(void)
{
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    const struct fixture_warrant *w =
        fixture_add_warrant(f, &(struct fixture_warrant_options){.desk = true});
    CLEANUP_FREE char *use =
        fixture_sign("ironside use 1\nnetwork chat.example\nwarrant 2019-0147\nagency north\n"
                     "serial 2\nday 2021-06-07\nusers 2\nsearches 3\nopened 12\nexported 4\n"
                     "passed 0\naccess 1043 "
                     "4444444444444444444444444444444444444444444444444444444444444444\n",
                     &w->desk, 1);
    document("warrant-desk", 2, w->note);
    document("use", 10, use);
}

static void documents(const struct world *w)
{
    static const char *const handles[] = {"anna", "bert"};
    struct fixture_policy_options o = {
        .serial = 7,
        .revoked = "revoked warrant 2018-0001 2021-06-07T00:00:00.000Z\n"
                   "revoked certificate "
                   "0101010101010101010101010101010101010101010101010101010101010101 "
                   "2021-06-07T00:00:00.000Z\n"
                   "revoked bot-key AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE= "
                   "2021-06-07T00:00:00.000Z\n"};
    CLEANUP_FREE char *policy_text = fixture_policy_text(w->f, &o);
    CLEANUP_FREE char *policy = fixture_sign_quorum(w->f, policy_text);
    CLEANUP_FREE char *place_text =
        fixture_policy_text(w->f, &(struct fixture_policy_options){.place = "default"});
    CLEANUP_FREE char *default_place = fixture_sign_quorum(w->f, place_text);
    CLEANUP_FREE char *accounts = fixture_scope_accounts(FIXTURE_WARRANT, handles, 2);
    CLEANUP_FREE char *scope = mem_format("scope %s", accounts);
    const char *all = strstr(w->f->warrants[0].note, "scope all");
    CLEANUP_FREE char *by_account = mem_format("%.*s%s%s", (int)(all - w->f->warrants[0].note),
                                               w->f->warrants[0].note, scope, all + 9);
    CLEANUP_FREE char *request = request_note();
    document("network", 0, w->f->network_note);
    document("policy", 1, policy);
    document("policy-without-place", 1, default_place);
    /* A draft: text and empty line. */
    seeds_save_chosen("document", "policy-draft", 1 | 0x80, policy, strlen(policy_text) + 1);
    document("warrant-all", 2, w->f->warrants[0].note);
    document("warrant-accounts", 2, by_account);
    document("warrant-countries", 2, w->f->warrants[1].note);
    document("epochs", 3, w->f->warrants[0].epochs_note);
    document("device", 4, w->dev->certificate->document.note);
    document("place", 5, w->place);
    document("request", 6, request);
    CLEANUP_FREE char *statement =
        fixture_sign("ironside statement 1\nnetwork chat.example\nbot ibot.chat.example\n"
                     "day 2001-05-14\narchived 2001-0002 317\nrefused wrong-day 2\n"
                     "journal 1043 "
                     "4444444444444444444444444444444444444444444444444444444444444444\n",
                     &w->f->bots[0].signer, 1);
    CLEANUP_FREE char *destruction =
        fixture_sign("ironside destruction 1\nnetwork chat.example\nbot ibot.chat.example\n"
                     "at 2001-05-17T00:00:01.500Z\ndestroyed 2001-0002 2001-05-13\n"
                     "destroyed 2001-0002 2001-05-14\n",
                     &w->f->bots[0].signer, 1);
    document("statement", 7, statement);
    document("destruction", 8, destruction);
    CLEANUP_FREE char *exemptions = fixture_sign(
        "ironside exemptions 1\nnetwork chat.example\nday 2021-06-07\nexempt DE 2\nexempt NL 31\n",
        &w->f->registrar, 1);
    document("exemptions", 9, exemptions);
}

static void put_round(struct buf *b)
{
    static const uint8_t leaves[2][MERKLE_BYTES] = {{1}, {2}};
    uint8_t lines[2][VERDICT_LINE_BYTES];
    struct frames_round r = {.policy = 7,
                             .batches = {{.warrant = "2019-0147",
                                          .leaves = leaves,
                                          .positions = (const uint8_t *)"\0\0\0\1",
                                          .count = 2,
                                          .sealed = (const uint8_t *)"sealed",
                                          .sealed_len = 6}},
                             .batch_count = 1,
                             .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])lines,
                             .tags = (const uint8_t *)"\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2",
                             .line_count = 2};
    for (uint32_t i = 0; i < 2; i++) {
        const struct verdict_line l = {.n = i + 1, .state = VERDICT_ARCHIVED};
        verdict_line_put(&l, lines[i]);
    }
    frames_put_round(b, &r);
}

static void frames(const struct world *w)
{
    const struct later later = {.reason = LATER_CLOSED, .seconds = 5};
    const struct frames_position p = {.certificate = {1}, .n = 42, .digest = {2}};
    const struct inclusion_query q = {.root = {1}, .count = 5, .old_size = 1200};
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
#define FRAME(name, choice, statement)                                                             \
    do {                                                                                           \
        buf_put_u8(&b, choice);                                                                    \
        statement;                                                                                 \
        seeds_save_buf("frames", name, &b);                                                        \
    } while (0)
    FRAME("request-plain", 0, frames_put_request(&b, 1, &w->plain->envelope));
    FRAME("request-full", 0, frames_put_request(&b, 2, &w->full->envelope));
    FRAME("document", 1, frames_put_document(&b, DOCUMENT_PLACE, w->place, strlen(w->place)));
    FRAME("later", 2, frames_put_later(&b, 3, &later));
    FRAME("repeat", 3, frames_put_repeat(&b, 4, &p));
    FRAME("heads", 4, (frames_put_position(&b, &p), frames_put_position(&b, &p)));
    FRAME("verdict", 5, frames_put_verdict(&b, 5, &w->verdicts[1]));
    FRAME("round", 6, put_round(&b));
    FRAME("inclusion", 7, frames_put_inclusion(&b, 6, &q));
    FRAME("included", 8, frames_put_included(&b, 7, &w->inclusion));
    FRAME("not-yet-included", 8, frames_put_included(&b, 8, NULL));
    FRAME("destroyed", 9,
          (frames_put_destroyed(&b, "2001-0002", 11455), frames_put_destroyed(&b, "W", 11456)));
    FRAME("report", 10, frames_put_report(&b, DOCUMENT_STATEMENT, "note", 4));
    const struct frames_expected expected = {
        .tag = 8, .account = {1}, .files = {{.sha256 = {2}, .size = 300016}}, .count = 1};
    FRAME("expect", 12, frames_put_expected(&b, &expected));
    FRAME("fetch", 13, frames_put_fetch(&b, 9, true));
    FRAME("forget", 14, frames_put_forget(&b, 9));
    FRAME("submitted", 11, frames_put_submitted(&b, w->dev->certificate->document.hash, true));
#undef FRAME
}

static void registry(const struct world *w)
{
    CLEANUP_FREE char *request = request_note();
    const struct document *d = &w->dev->certificate->document;
    const struct registry_query queries[] = {
        {.what = REGISTRY_BY_HASH, .hash = {1}, .offset = 32768},
        {.what = REGISTRY_POLICY},
        {.what = REGISTRY_POLICY, .serial = 7},
        {.what = REGISTRY_CERTIFICATE, .account = "bob@chat.example"},
        {.what = REGISTRY_ACTIVATE, .request = request, .request_len = strlen(request), .mac = {1}},
        {.what = REGISTRY_LOG, .offset = 400},
        {.what = REGISTRY_SUBMIT,
         .kind = DOCUMENT_STATEMENT,
         .request = request,
         .request_len = strlen(request)},
        {.what = REGISTRY_PLACE},
    };
    static const char *const names[] = {"by-hash",  "policy-newest", "policy", "certificate",
                                        "activate", "log",           "submit", "place-query"};
    struct registry_piece whole = {.kind = DOCUMENT_CERTIFICATE,
                                   .size = (uint32_t)d->note_len,
                                   .data = (const uint8_t *)d->note,
                                   .len = d->note_len},
                          part = whole;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        registry_put_query(&b, &queries[i]);
        seeds_save_buf("registry", names[i], &b);
    }
    registry_put_place(&b, w->place, strlen(w->place));
    seeds_save_buf("registry", "place", &b);
    memcpy(whole.hash, d->hash, HASH_BYTES);
    registry_put_piece(&b, &whole);
    seeds_save_buf("registry", "piece-whole", &b);
    part.offset = 100;
    part.data += 100;
    part.len = 50;
    registry_put_piece(&b, &part);
    seeds_save_buf("registry", "piece-part", &b);
    struct log_page page = {
        .from = 7, .size = 9, .count = 2, .checkpoint = d->note, .checkpoint_len = d->note_len};
    page.entries[0] = (struct log_entry){.kind = DOCUMENT_POLICY, .hash = {1}};
    page.entries[1] = (struct log_entry){.kind = DOCUMENT_CERTIFICATE, .hash = {2}, .tag = {3}};
    log_put_page(&b, &page);
    seeds_save_buf("registry", "log-page", &b);
}

static void files(const struct world *w)
{
    CLEANUP_FREE char *policy_text = fixture_policy_text(w->f, NULL);
    CLEANUP_FREE char *policy = fixture_sign_quorum(w->f, policy_text);
    const struct bundle u = {.account = "anna@chat.example",
                             .password = "correct \"horse\"",
                             .secret = {1, 2, 3},
                             .log_key = {4, 5, 6},
                             .host = "chat.example",
                             .port = 5222,
                             .authority = "-----BEGIN CERTIFICATE-----\nAAAA\n",
                             .network = w->f->network_note,
                             .policy = policy,
                             .warrants = {w->f->warrants[0].note},
                             .warrant_count = 1};
    struct record plain = {.received_at_unix_ms = FIXTURE_AT,
                           .envelope = w->plain->envelope,
                           .certificate = w->dev->certificate->document.note,
                           .warrant = FIXTURE_WARRANT},
                  full = plain;
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    bundle_put(&b, &u);
    seeds_save_buf("bundle", "bundle", &b);
    full.envelope = w->full->envelope;
    full.warrant = "2019-0148";
    record_put(&b, &plain);
    b.len--; /* the newline */
    seeds_save_buf("record", "plain", &b);
    record_put(&b, &full);
    b.len--;
    seeds_save_buf("record", "full", &b);
    seeds_save_text(
        "replay_line", "line",
        "{\"id\":\"m1@thyme\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":\"anna@enron.com\","
        "\"to\":[\"bert@enron.com\",\"Carla <carla@x>\"],\"body\":\"text\\n\\u0001\"}");
    seeds_save_text(
        "replay_line", "kind",
        "{\"id\":\"s3\",\"ts\":\"2020-01-06T08:00:00.250Z\",\"from\":\"a@chat.example\","
        "\"to\":[\"b@chat.example\"],\"body\":\"Correction: x\\nironside:edit?id=s1\","
        "\"country\":\"NL\",\"kind\":\"edit\"}");
    seeds_save_text(
        "replay_line", "file",
        "{\"id\":\"s4\",\"ts\":\"2020-01-06T08:00:01Z\",\"from\":\"a@chat.example\","
        "\"to\":[\"b@chat.example\"],\"kind\":\"file\",\"file\":\"d/x.jpg\",\"as\":\"photo\","
        "\"group\":\"00112233445566778899aabbccddeeff\"}");
    seeds_save_text("replay_line", "group",
                    "{\"id\":\"s5\",\"ts\":\"2020-01-06T08:00:02Z\",\"from\":\"a@chat.example\","
                    "\"to\":[\"b@chat.example\",\"c@chat.example\"],\"kind\":\"group\","
                    "\"group\":\"00112233445566778899aabbccddeeff\",\"name\":\"Skat\","
                    "\"remove\":[\"c@chat.example\"]}");
    seeds_save_text("replay_line", "fraction",
                    "{\"body\":\"\",\"ts\":\"2001-05-03T14:00:00.25Z\",\"to\":[\"b\",\"a\",\"b\"],"
                    "\"from\":\"a\",\"id\":\"1\",\"x\":[{}]}");
}

/* fuzz_content.c chooses by the first byte. */
static void content(void)
{
    static const struct {
        const char *name;
        uint8_t choice;
        const char *text;
    } seeds[] = {
        {"text", 0, "x\nironside:text?group=00112233445566778899aabbccddeeff&timer=60"},
        {"edit", 0, "Correction: Hallo\nironside:edit?id=m-1%7B"},
        {"retract", 0, "(retracts a message)\nironside:retract?id=m1"},
        {"reply", 0, "> first\nyes\nironside:reply?from=anna@chat.example&id=m1&timer=5"},
        {"react", 0, "👍 🐢\nironside:react?from=anna@chat.example&id=m1"},
        {"no-reaction", 0, "(no reaction)\nironside:react?from=anna@chat.example&id=m1"},
        {"read", 0, "(read)\nironside:read?from=anna@chat.example&id=m1"},
        {"position", 0, "geo:52.37,4.89;u=15"},
        {"live", 0, "geo:1,2,3\nironside:live?id=m1&until=2021-06-07T10:11:12.123Z"},
        {"file", 0,
         "aesgcm://upload.chat.example/a/b.jpg#00ff\ndata:image/jpeg;base64,AAAA\n"
         "ironside:file?name=a%20%C3%9F.jpg&type=image/jpeg&size=1000&duration=9"},
        {"group-line", 0,
         "Skat: anna added ben\nironside:group?id=00112233445566778899aabbccddeeff&serial=2&"
         "note=bm90ZQ=="},
        {"contact", 0, "(asks)\nironside:contact?do=request"},
        {"poll", 0, "Poll: Dinner?\n1. Pizza\n2. Soup & bread\nironside:poll?timer=60"},
        {"vote", 0, "voted: Soup & bread\nironside:vote?from=anna@chat.example&id=m1"},
        {"geo", 1, "geo:-52.3700,4.89,-12.5;crs=wgs84;u=15.25;night;color=b%20lue"},
        {"geo-words", 2, "52.37,-4.89,15"},
        {"group", 3,
         "ironside group 1\nnetwork chat.example\nid 00112233445566778899aabbccddeeff\nserial 2\n"
         "name Skat\nmember anna@chat.example\nmember ben@chat.example\n"
         "changed-by anna@chat.example\n"
         "previous 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"},
        {"group-new", 3,
         "ironside group 1\nnetwork chat.example\nid 00112233445566778899aabbccddeeff\nserial 1\n"
         "name Skat\nmember anna@chat.example\nmember ben@chat.example\n"
         "changed-by anna@chat.example\n"},
    };
    struct fixture_signer anna;
    fixture_signer_init(&anna, "anna@chat.example", "device");
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        seeds_save_chosen("content", seeds[i].name, seeds[i].choice, seeds[i].text,
                          strlen(seeds[i].text));
    CLEANUP_FREE char *note = fixture_sign(seeds[17].text, &anna, 1);
    seeds_save_chosen("content", "group-note", 4, note, strlen(note));
}

int main(int argc, char **argv)
{
    process_begin();
    if (argc != 2) {
        fprintf(stderr, "usage: make_seeds FOLDER\n");
        return 2;
    }
    folder = argv[1];
    struct world w;
    make_world(&w);
    stanzas(&w);
    answers(&w);
    age_files();
    notes(&w);
    documents(&w);
    desk_documents();
    frames(&w);
    registry(&w);
    files(&w);
    content();
    seeds_desk();
    seeds_serve();
    free_world(&w);
    return 0;
}
