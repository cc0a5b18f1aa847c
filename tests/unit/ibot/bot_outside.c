/* What is outside the bot: the server, the registrar, the devices. */
#include "bot.h"

#include <stdio.h>

#define STREAM_TAG "<stream xmlns='jabber:component:accept'>"
#define OUTPUT_MAX (1U << 20)

static void add_document(struct bot *b, enum document_kind kind, const struct document *doc)
{
    b->documents = mem_resize(b->documents, b->document_count + 1, sizeof *b->documents);
    struct bot_document *x = &b->documents[b->document_count++];
    *x = (struct bot_document){.kind = kind, .note = mem_string_n(doc->note, doc->note_len)};
    memcpy(x->hash, doc->hash, HASH_BYTES);
}

void bot_publish(struct bot *b, const struct policy_set *set)
{
    add_document(b, DOCUMENT_POLICY, &set->policy->document);
    for (size_t i = 0; i < set->policy->warrant_count; i++) {
        add_document(b, DOCUMENT_WARRANT, &set->warrants[i]->document);
        add_document(b, DOCUMENT_EPOCHS, &set->epochs[i]->document);
    }
    free(b->policy);
    b->policy = mem_string_n(set->policy->document.note, set->policy->document.note_len);
}

void bot_announce(struct bot *b)
{
    CLEANUP_FREE char *text =
        mem_format("<message from='registrar.%s' to='%s'><policy xmlns='" REGISTRY_NS
                   "' serial='1'/></message>",
                   b->f->domain, b->f->bots[0].jid);
    bot_feed(b, text);
    bot_run(b);
}

void bot_register(struct bot *b, const struct fixture_device *dev)
{
    add_document(b, DOCUMENT_CERTIFICATE, &dev->certificate->document);
}

static const struct bot_document *find_document(const struct bot *b, const struct registry_query *q)
{
    for (size_t i = b->document_count; i-- > 0;)
        if (q->what == REGISTRY_POLICY
                ? b->policy != NULL && strcmp(b->policy, b->documents[i].note) == 0
                : memcmp(q->hash, b->documents[i].hash, HASH_BYTES) == 0)
            return &b->documents[i];
    return NULL;
}

void bot_answer_error(struct bot *b, const struct xml_element *iq, const char *condition)
{
    buf_format(&b->inbox,
               "<iq type='error' from='registrar.%s' id='%s'><error type='cancel'><%s "
               "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
               b->f->domain, xml_attribute_of(iq, "id"), condition);
}

static void take_report(struct bot *b, const struct xml_element *iq, const struct registry_query *q,
                        const char *from)
{
    struct note view;
    uint8_t hash[HASH_BYTES];
    FIXTURE_MUST(note_parse(q->request, q->request_len, VALUE_NOTE_MAX, &view) == 0);
    hash_sha256(view.text, view.text_len, hash);
    b->reports = mem_resize(b->reports, b->report_count + 1, sizeof *b->reports);
    b->reports[b->report_count++] = mem_string_n(q->request, q->request_len);
    buf_format(&b->inbox, "<iq type='result' from='%s' id='%s'>", from, xml_attribute_of(iq, "id"));
    registry_put_submitted(&b->inbox, hash);
    buf_put_text(&b->inbox, "</iq>");
}

void bot_answer_query(struct bot *b, const struct xml_element *iq, const struct registry_query *q,
                      const char *from)
{
    if (q->what == REGISTRY_SUBMIT) {
        take_report(b, iq, q, from);
        return;
    }
    const struct bot_document *doc = find_document(b, q);
    if (doc == NULL) {
        bot_answer_error(b, iq, "item-not-found");
        return;
    }
    size_t len = strlen(doc->note), left = len - q->offset;
    struct registry_piece p = {.kind = doc->kind,
                               .size = (uint32_t)len,
                               .offset = q->offset,
                               .data = (const uint8_t *)doc->note + q->offset,
                               .len = left > REGISTRY_PIECE_MAX ? REGISTRY_PIECE_MAX : left};
    memcpy(p.hash, doc->hash, HASH_BYTES);
    buf_format(&b->inbox, "<iq type='result' from='%s' id='%s'>", from, xml_attribute_of(iq, "id"));
    registry_put_piece(&b->inbox, &p);
    buf_put_text(&b->inbox, "</iq>");
}

static void take_question(struct bot *b, const struct xml_element *iq)
{
    struct registry_query q;
    struct arena arena = ARENA_INIT(65536);
    CLEANUP_FREE char *registrar = mem_format("registrar.%s", b->f->domain);
    FIXTURE_MUST(iq->first != NULL && registry_parse_query(iq->first, &arena, &q) == 0);
    b->questions++;
    if (b->registrar == NULL || !b->registrar(b, iq, &q))
        bot_answer_query(b, iq, &q, registrar);
    arena_clear(&arena);
}

static void on_output(void *context, const struct xml_element *x)
{
    struct bot *b = context;
    const char *type = xml_attribute_of(x, "type");
    if (strcmp(x->name, "iq") == 0 && type != NULL &&
        (strcmp(type, "get") == 0 || strcmp(type, "set") == 0)) {
        take_question(b, x);
        return;
    }
    struct buf text = BUF_INIT(OUTPUT_MAX);
    struct xml_element *copy = NULL;
    xml_put_element(&text, x);
    FIXTURE_MUST(xml_parse(&b->arena, (const char *)text.data, text.len, &copy) == 0);
    b->answers = mem_resize(b->answers, b->answer_count + 1, sizeof *b->answers);
    b->answers[b->answer_count++] =
        (struct bot_answer){.text = buf_take_text(&text), .stanza = copy, .child = copy->first};
}

static void on_opened(void *context, const struct xml_element *x)
{
    (void)context, (void)x;
}

static void on_closed(void *context)
{
    (void)context;
}

static const struct xml_stream_events output_events = {
    .opened = on_opened, .stanza = on_output, .closed = on_closed};

void bot_reconnect(struct bot *b)
{
    component_free(b->component);
    xml_stream_free(b->output);
    b->component = component_new_detached(b->f->bots[0].jid, LINK_STANZA_MEMORY,
                                          &link_component_events, b->link);
    b->output = xml_stream_new(&output_events, b, OUTPUT_MAX);
    FIXTURE_MUST(xml_stream_feed(b->output, STREAM_TAG, strlen(STREAM_TAG)) == 0);
    link_set_component(b->link, b->component);
    bot_feed(b, STREAM_TAG);
    link_component_events.ready(b->link);
}

bool bot_carry_output(struct bot *b)
{
    struct buf *out = component_out(b->component);
    if (out->len == 0)
        return false;
    CLEANUP_FREE char *text = mem_string_n((const char *)out->data, out->len);
    buf_reset(out);
    FIXTURE_MUST(xml_stream_feed(b->output, text, strlen(text)) == 0);
    struct buf answers = b->inbox;
    b->inbox = (struct buf)BUF_INIT(OUTPUT_MAX);
    if (answers.len > 0)
        FIXTURE_MUST(component_feed(b->component, answers.data, answers.len) == 0);
    buf_clear(&answers);
    return true;
}

void bot_forget_answers(struct bot *b)
{
    for (size_t i = 0; i < b->answer_count; i++)
        free(b->answers[i].text);
    b->answer_count = 0;
    arena_reset(&b->arena);
}

const struct bot_answer *bot_ask(struct bot *b, const char *stanza)
{
    bot_forget_answers(b);
    bot_feed(b, stanza);
    bot_run(b);
    assert_int_equal(b->answer_count, 1);
    return &b->answers[0];
}

struct verdict bot_verdict(const struct bot *b, const struct bot_answer *a,
                           const struct fixture_device *dev)
{
    struct verdict v = {0};
    struct diag d = {""};
    uint8_t root[MERKLE_BYTES];
    if (a->child == NULL || verdict_parse(a->child, dev->certificate->document.hash, &v, &d) != 0)
        fail_msg("not a verdict (%s): %s", d.text, a->text);
    if (verdict_verify(&v, b->f->bots[0].jid, b->f->bots[0].signer.key.key, root) != 0)
        fail_msg("not the bot's verdict: %s", a->text);
    assert_string_equal(xml_attribute_of(a->stanza, "to"), dev->account);
    return v;
}

struct later bot_later(const struct bot_answer *a)
{
    struct later l = {0};
    if (a->child == NULL || later_parse(a->child, &l) != 0)
        fail_msg("not a later: %s", a->text);
    return l;
}

struct head_search {
    const uint8_t *certificate;
    struct journal_head found;
};

static int find_head(void *context, const struct journal_head *head)
{
    struct head_search *s = context;
    if (memcmp(head->certificate, s->certificate, HASH_BYTES) == 0)
        s->found = *head;
    return 0;
}

uint64_t bot_head(struct bot *b, const struct fixture_device *dev, uint8_t ret[static HASH_BYTES])
{
    struct head_search s = {.certificate = dev->certificate->document.hash};
    assert_int_equal(journal_heads(b->journal, find_head, &s, NULL), 0);
    memcpy(ret, s.found.digest, HASH_BYTES);
    return s.found.n;
}

struct audit_counts bot_audit(const struct bot *b)
{
    struct audit_counts counts = {0};
    struct diag d = {""};
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    FIXTURE_MUST(journal_open(b->journal_path, false, &j, NULL) == 0);
    FIXTURE_MUST(journal_snapshot(j, NULL) == 0);
    const struct audit_options o = {.journal = j,
                                    .domain = b->f->domain,
                                    .bot = b->f->bots[0].jid,
                                    .bot_key = b->f->bots[0].signer.key.key};
    if (audit_journal(&o, &counts, &d) != 0)
        fail_msg("the journal is not in order: %s", d.text);
    return counts;
}

void bot_archive_one(struct bot *b, const struct policy_set *set, struct fixture_device *dev)
{
    uint8_t head[HASH_BYTES];
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(b->f, set, dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    struct verdict v = bot_verdict(b, bot_ask(b, stanza), dev);
    assert_int_equal(v.line.state, VERDICT_ARCHIVED);
    assert_memory_equal(v.line.digest, m->digest, HASH_BYTES);
    fixture_device_advance(dev, m);
    assert_true(bot_head(b, dev, head) == dev->n);
    assert_memory_equal(head, dev->prev, HASH_BYTES);
}
