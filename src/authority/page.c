#include "authority/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authority/page_internal.h"
#include "authority/page_text.h"
#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "wire/policy_change.h"

enum page_signature page_signature_of(const struct network_note *net, const struct document *x,
                                      size_t i)
{
    struct note view;
    if (note_parse_draft(x->note, x->note_len, VALUE_EPOCHS_MAX, &view) < 0)
        return PAGE_FALSE;
    int r = note_verify(&view, &net->custodians[i]);
    return r == 0 ? PAGE_SIGNED : r == ERR_NOT_FOUND ? PAGE_MISSING : PAGE_FALSE;
}

static size_t page_signed(const struct network_note *net, const struct document *x)
{
    size_t count = 0;
    for (size_t i = 0; i < net->custodian_count; i++)
        count += page_signature_of(net, x, i) == PAGE_SIGNED;
    return count;
}

bool page_names(const struct warrant *w, const char *handle)
{
    uint8_t hash[HASH_BYTES];
    if (w->scope != WARRANT_ACCOUNTS)
        return true;
    warrant_account_hash(w->id, handle, hash);
    for (size_t i = 0; i < w->account_count; i++)
        if (memcmp(w->accounts[i], hash, HASH_BYTES) == 0)
            return true;
    return false;
}

void page_hex(const uint8_t hash[static HASH_BYTES], char ret[static 2 * HASH_BYTES + 1])
{
    encode_hex(hash, HASH_BYTES, ret);
}

/* "1 December 2026" */
static void put_day(int64_t day, char *ret, size_t size)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    char iso[CALENDAR_DAY_LEN + 1];
    calendar_format_day(day, iso);
    int month = (iso[5] - '0') * 10 + iso[6] - '0', in_month = (iso[8] - '0') * 10 + iso[9] - '0';
    snprintf(ret, size, "%d %s %.4s", in_month, months[month - 1], iso);
}

void page_list(const char *const *words, size_t count, const char *last, char *ret, size_t size)
{
    ret[0] = '\0';
    for (size_t i = 0, at = 0; i < count && at < size; i++)
        at += (size_t)snprintf(ret + at, size - at, "%s%s",
                               i == 0           ? ""
                               : i + 1 == count ? last
                                                : ", ",
                               words[i]);
}

void page_signatures(struct buf *b, const struct page_context *c, const struct document *x)
{
    char hex[2 * HASH_BYTES + 1];
    page_hex(x->hash, hex);
    buf_put_text(b, "\nSIGNATURES OF THE CUSTODIANS\n");
    page_field(b, "This text", "%s", hex);
    if (c->net == NULL) {
        page_field(b, "", "Not checked: the network note that names the custodians is not here.");
        return;
    }
    size_t have = page_signed(c->net, x), need = c->net->quorum;
    for (size_t i = 0; i < c->net->custodian_count; i++) {
        enum page_signature s = page_signature_of(c->net, x, i);
        page_field(b,
                   s == PAGE_SIGNED    ? "[x] signed"
                   : s == PAGE_MISSING ? "[ ] missing"
                                       : "[!] FALSE",
                   "%s", c->net->custodians[i].name);
    }
    page_field(b, "", "%zu of %zu must sign; %zu %s. %s", need, c->net->custodian_count, have,
               have == 1 ? "has" : "have",
               have >= need ? "That is enough." : "It is not valid yet.");
}

static void put_days(struct buf *b, const struct warrant *w)
{
    char from[40], until[40];
    put_day(w->from_day, from, sizeof from);
    put_day(w->until_day, until, sizeof until);
    page_field(b, "Days",
               "%s to %s, both included: %" PRId64 " %s, each from midnight to midnight "
               "UTC",
               from, until, w->until_day - w->from_day + 1,
               w->until_day == w->from_day ? "day" : "days");
}

static void put_account(struct buf *b, const struct page_context *c, const struct warrant *w)
{
    if (c->account != NULL)
        page_field(b, "", "%s is %s.", c->account,
                   !page_names(w, c->account)     ? "NOT one of them"
                   : w->scope == WARRANT_ACCOUNTS ? "one of them"
                                                  : "covered like every account");
}

static void put_scope(struct buf *b, const struct page_context *c, const struct warrant *w)
{
    char list[PAGE_LIST_MAX], hex[2 * HASH_BYTES + 1];
    switch (w->scope) {
    case WARRANT_ALL:
        page_field(b, "Covers",
                   "every message that any account of the network sends on these days "
                   "through the bot below");
        break;
    case WARRANT_ACCOUNTS:
        page_field(b, "Covers", "every message that %s sends on these days through the bot below:",
                   w->account_count == 1 ? "one named account"
                                         : "one of the accounts that are named here");
        for (size_t i = 0; i < w->account_count; i++) {
            page_hex(w->accounts[i], hex);
            page_field(b, "", "%s", hex);
        }
        page_field(b, "",
                   "These are codes of handles, so that whoever sees this page does not "
                   "learn them; show it with --account HANDLE to test one.");
        break;
    case WARRANT_COUNTRIES:
        page_list(w->countries, w->country_count, " or ", list, sizeof list);
        page_field(b, "Covers",
                   "every message that is sent on these days through the bot below "
                   "from a device in %s, or from one whose country is not certified",
                   list);
        break;
    }
    put_account(b, c, w);
    if (w->excluded_count == 0)
        return;
    page_list(w->excluded, w->excluded_count, " or ", list, sizeof list);
    page_field(b, "Leaves out",
               "messages from devices in %s, as the registrar sees from their "
               "address and certifies",
               list);
}

static void put_desk(struct buf *b, const struct warrant_agency *a)
{
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    if (!a->has_desk) {
        page_field(b, "", "%s names no desk: what it uses the archive for is not stated.", a->name);
        return;
    }
    encode_base64(a->desk, sizeof a->desk, key);
    page_field(b, "",
               "The desk of %s states each day, in public, how often it was used, and signs that "
               "with the key",
               a->name);
    page_field(b, "", "%s", key);
}

static void put_readers(struct buf *b, const struct warrant *w)
{
    page_field(b, "Archived by", "%s", w->bot);
    for (size_t i = 0; i < w->agency_count; i++) {
        page_field(b, i == 0 ? "Read by" : "", "%s, with the key of", w->agencies[i].name);
        page_field(b, "", "%s", w->agencies[i].recipient_text);
        put_desk(b, &w->agencies[i]);
    }
}

static void put_limits(struct buf *b, const struct warrant *w)
{
    char from[40], until[40];
    put_day(w->from_day, from, sizeof from);
    put_day(w->until_day, until, sizeof until);
    buf_put_text(b, "\nWHAT IT ALLOWS\n");
    page_text(b,
              "For each message that it covers, the bot opens the message's key when the "
              "message passes, and at once seals the message again for %s. %s can read all "
              "of them, without asking anyone, for as long as it keeps its key.",
              w->agency_count == 1 ? "the agency above" : "each of the agencies above",
              w->agency_count == 1 ? "The agency" : "Each agency");
    buf_put_text(b, "\nWHAT IT DOES NOT ALLOW\n");
    page_item(b,
              "To read anything that is sent before %s or after %s: nothing is ever sealed for "
              "those days.",
              from, until);
    page_item(b, "To read what it does not cover: that is not sealed either, on any day.");
    page_item(b, "To let anyone else read: other readers, days or accounts need another warrant, "
                 "with signatures of its own.");
    page_item(b, "To change or withhold messages, to write in someone's name, or to keep a "
                 "readable copy on a server.");
    page_item(b, "To stay hidden: every device shows this warrant to its user, before the first "
                 "message and with each one.");
}

static void put_state(struct buf *b, const struct page_context *c, const struct warrant *w)
{
    char since[CALENDAR_INSTANT_LEN + 1];
    const struct policy_revoked *x = policy_warrant_revoked(c->policy, w->id);
    if (x == NULL)
        return;
    calendar_format(x->since_unix_ms, since);
    page_field(b, "REVOKED", "from %s on", since);
}

void page_warrant(struct buf *b, const struct page_context *c, const struct warrant *w)
{
    page_rule(b, '=');
    page_title(b, "WARRANT %s", w->id);
    page_title(b, "in the network %s%s", w->network,
               c->net != NULL && c->net->replay ? " (a replay)" : "");
    page_rule(b, '=');
    buf_put_u8(b, '\n');
    page_field(b, "Issued by", "%s", w->authority);
    put_state(b, c, w);
    put_days(b, w);
    put_scope(b, c, w);
    put_readers(b, w);
    put_limits(b, w);
    page_signatures(b, c, &w->document);
    buf_put_text(b, "\nFor the issuing authority\n\n\n"
                    "________________________________________  "
                    "______________________________________\n"
                    "Name and signature                        Place and date\n");
}

static void put_network(struct buf *b, const struct network_note *net)
{
    char hex[2 * HASH_BYTES + 1], key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    const struct page_context c = {.net = net};
    page_rule(b, '=');
    page_title(b, "A NEW NETWORK: %s", net->domain);
    page_rule(b, '=');
    page_hex(net->authority, hex);
    buf_put_u8(b, '\n');
    page_field(b, "Kind", "%s", net->replay ? "replay: its clock follows a file" : "live");
    page_field(b, "TLS authority", "%s", hex);
    for (size_t i = 0; i < net->custodian_count; i++) {
        encode_base64(net->custodians[i].key, SIGN_PUBLIC_BYTES, key);
        page_field(b, i == 0 ? "Custodians" : "", "%s, with the key %s", net->custodians[i].name,
                   key);
    }
    page_field(b, "Must sign", "%zu of them", net->quorum);
    encode_base64(net->registrar_key, SIGN_PUBLIC_BYTES, key);
    page_field(b, "Registrar", "%s", key);
    buf_put_u8(b, '\n');
    page_text(b, "Every device pins this. Custodians can't be exchanged later: that is a new "
                 "network.");
    page_signatures(b, &c, &net->document);
}

void page_proposal(struct buf *b, const struct proposal *p, const char *account)
{
    const struct page_context c = {.net = p->net, .policy = p->policy, .account = account};
    if (p->founding)
        put_network(b, p->net);
    for (size_t i = 0; i < p->warrant_count; i++) {
        if (b->len > 0)
            buf_put_text(b, "\n\n");
        page_warrant(b, &c, p->warrants[i]);
    }
    if (p->policy != NULL) {
        if (b->len > 0)
            buf_put_text(b, "\n\n");
        page_policy(b, &c, p->policy, p->before);
    }
}
