/* The part of link that hands the keeper's reports in at the registrar. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ibot/link_internal.h"
#include "wire/stanza.h"

#define ANSWER_MS 5000
/* After it was refused for a reason that may pass: at first the registrar may be about to start. */
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS 30000

void link_drop_report(struct link *l)
{
    free(l->report.note);
    l->report = (struct link_report){0};
}

int link_take_report(struct link *l, const struct frame *f, struct diag *d)
{
    enum document_kind kind;
    const char *note;
    size_t len;
    struct note view;
    if (l->report.note != NULL || frames_get_report(f->body, f->len, &kind, &note, &len) < 0 ||
        note_parse(note, len, REGISTRY_SUBMIT_MAX, &view) < 0)
        return diag_set(d, ERR_FORMAT, "keeper sent a malformed report");
    l->report = (struct link_report){.kind = kind, .note = mem_string_n(note, len), .len = len};
    hash_sha256(view.text, view.text_len, l->report.hash);
    link_try_report(l);
    return 0;
}

void link_try_report(struct link *l)
{
    struct link_report *r = &l->report;
    int64_t now = clock_monotonic_ms();
    if (r->note == NULL || !component_ready(l->component) || now < r->next_ms)
        return;
    struct registry_query q = {
        .what = REGISTRY_SUBMIT, .kind = r->kind, .request = r->note, .request_len = r->len};
    struct buf *b = component_out(l->component);
    r->next_ms = now + ANSWER_MS;
    snprintf(r->id, sizeof r->id, "r%" PRIu64, ++l->next_query);
    buf_format(b, "<iq type='set' from='%s' to='%s' id='%s'>", l->o.bot, l->o.net->registrar,
               r->id);
    registry_put_query(b, &q);
    buf_put_text(b, "</iq>");
}

static void settle(struct link *l, bool taken)
{
    frames_put_submitted(channel_begin(l->o.keeper, FRAME_SUBMITTED), l->report.hash, taken);
    l->failed = channel_end(l->o.keeper) < 0 || l->failed;
    link_drop_report(l);
}

/* What another try can't mend: the registrar has another statement of that day, or can't read it.
 */
static bool refused_for_good(const struct xml_element *iq)
{
    return stanza_has_error(iq, "conflict") || stanza_has_error(iq, "bad-request");
}

bool link_take_submitted(struct link *l, const struct xml_element *iq)
{
    const char *id = xml_attribute_of(iq, "id"), *from = xml_attribute_of(iq, "from");
    uint8_t hash[HASH_BYTES];
    if (l->report.note == NULL || id == NULL || from == NULL ||
        strcmp(from, l->o.net->registrar) != 0 || strcmp(id, l->report.id) != 0)
        return false;
    if (stanza_is_result(iq) && iq->first != NULL &&
        registry_parse_submitted(iq->first, hash) == 0 &&
        memcmp(hash, l->report.hash, sizeof hash) == 0) {
        settle(l, true);
        return true;
    }
    bool for_good = refused_for_good(iq);
    diag_set(&l->notice, 0, "the registrar does not take a %s of this bot%s",
             document_kind_text(l->report.kind), for_good ? "" : "; trying again");
    l->report.pause_ms = clock_next_pause(l->report.pause_ms, RETRY_FIRST_MS, RETRY_MAX_MS);
    l->report.next_ms = clock_monotonic_ms() + l->report.pause_ms;
    if (for_good)
        settle(l, false);
    return true;
}
