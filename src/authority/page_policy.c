/* A policy as a page, for page.h: what it changes, what is so then, and who has signed. */
#include <inttypes.h>

#include "authority/page_internal.h"
#include "authority/page_text.h"
#include "base/calendar.h"
#include "base/encode.h"
#include "wire/policy_change.h"

static void put_change(void *context, const char *line)
{
    page_item(context, "%s", line);
}

static void put_bots(struct buf *b, const struct policy *p)
{
    char list[PAGE_LIST_MAX];
    for (size_t i = 0; i < p->bot_count; i++) {
        const struct policy_bot *x = &p->bots[i];
        page_list(x->countries, x->country_count, " and ", list, sizeof list);
        page_field(b, i == 0 ? "Bots" : "", "%s: %s%s", x->jid,
                   x->is_default ? "all devices that no other bot has" : "devices in ", list);
    }
}

/* All that stand, not those alone that are new: what is no longer among them counts again. */
static void put_revoked(struct buf *b, const struct policy *p)
{
    char id[POLICY_REVOKED_ID_MAX + 1], since[CALENDAR_INSTANT_LEN + 1];
    for (size_t i = 0; i < p->revoked_count; i++) {
        policy_revoked_id(&p->revoked[i], id);
        calendar_format(p->revoked[i].since_unix_ms, since);
        page_field(b, i == 0 ? "Revoked" : "", "%s %s from %s on",
                   policy_revoked_word(p->revoked[i].kind), id, since);
    }
    if (p->revoked_count == 0)
        page_field(b, "Revoked", "nothing");
}

static void put_previous(struct buf *b, const struct policy *p)
{
    char hex[2 * HASH_BYTES + 1];
    if (p->serial == 1) {
        page_field(b, "Follows", "none: it is the first one");
        return;
    }
    page_hex(p->previous, hex);
    page_field(b, "Follows", "policy %" PRIu32 " with the text", p->serial - 1);
    page_field(b, "", "%s", hex);
}

void page_policy(struct buf *b, const struct page_context *c, const struct policy *p,
                 const struct policy *before)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(p->issued_unix_ms, at);
    page_rule(b, '=');
    page_title(b, "POLICY %" PRIu32, p->serial);
    if (before != NULL)
        page_title(b, "which follows policy %" PRIu32, before->serial);
    page_rule(b, '=');
    buf_put_u8(b, '\n');
    page_field(b, "Issued", "%s", at);
    put_previous(b, p);
    buf_put_text(b, before == NULL ? "\nWHAT IT SAYS\n" : "\nWHAT CHANGES\n");
    policy_change_each(before, p, put_change, b);
    buf_put_text(b, "\nWHAT IS SO THEN\n");
    put_bots(b, p);
    for (size_t i = 0; i < p->warrant_count; i++)
        page_field(b, i == 0 ? "Warrants" : "", "%s", p->warrants[i].id);
    if (p->warrant_count == 0)
        page_field(b, "Warrants", "none: nothing is archived");
    put_revoked(b, p);
    page_field(b, "Without one", "%s",
               p->stop_without_warrant ? "the network rests: nothing is delivered"
                                       : "messages are delivered and not archived");
    if (policy_demands_place(p))
        page_field(b, "No country", "nothing is delivered from devices whose country is not known");
    else if (p->bot_count > 1)
        page_field(b, "No country", "devices whose country is not known have bot %s",
                   policy_default_bot(p)->jid);
    page_field(b, "Notice", "%s", p->notice);
    page_signatures(b, c, &p->document);
}
