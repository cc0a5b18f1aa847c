/* Contacts and groups:
 *
 * {"do":"contact","list":"contacts"|"requests"} → {"ok":true,"contacts":[…]} or "requests"
 * {"do":"contact","list":"self"}                → {"ok":true,"account","fingerprint"}
 * {"do":"contact","add":A[,"expect":TEXT]}, "decline", "block", "unblock"  → {"ok":true}
 * {"do":"group"}                                → {"ok":true,"groups":[…]}
 * {"do":"group","show":G}                       → {"ok":true,"history":[…]}; G: an id or a name
 * {"do":"group","change":true[,"group":G][,"name":N][,"add":[…]][,"remove":[…]]} → {"ok":true,"id"}
 */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"
#include "device/safety_number.h"
#include "host/commands_internal.h"
#include "host/disclosure.h"
#include "store/values.h"
#include "wire/json.h"

/* The device's own documents, for what needs no running device. */
struct own {
    struct store *s;
    struct network_note *net;
    struct certificate *certificate;
    json_t *list;
};

static int open_own(struct store *s, struct own *ret)
{
    CLEANUP_SECRET char *network = store_get(s, VALUE_NETWORK, NULL);
    CLEANUP_SECRET char *own = store_get(s, VALUE_CERTIFICATE, NULL);
    *ret = (struct own){.s = s, .list = json_array()};
    if (network == NULL || own == NULL ||
        network_note_open(network, strlen(network), &ret->net, NULL) < 0)
        return ERR_FORMAT;
    return certificate_open(ret->net, own, strlen(own), &ret->certificate, NULL);
}

static void own_clear(struct own *o)
{
    certificate_free(o->certificate);
    network_note_free(o->net);
}

static struct certificate *certificate_of(const struct own *o, const char *account)
{
    struct store_contact row;
    struct certificate *c = NULL;
    if (store_contact(o->s, account, &row) < 0)
        return NULL;
    CLEANUP_FREE char *note = store_document(o->s, row.certificate);
    return note == NULL || certificate_open(o->net, note, strlen(note), &c, NULL) < 0 ? NULL : c;
}

/* "compared", "differs", "not compared", or "unknown" while there is no certificate yet. */
static const char *put_keys(const struct own *o, json_t *row, const struct store_peer *p)
{
    char number[SAFETY_NUMBER_LEN + 1], print[PEERS_FINGERPRINT_LEN + 1];
    CLEANUP(certificate_free_cleanup) struct certificate *c = certificate_of(o, p->account);
    if (c == NULL)
        return "unknown";
    safety_number_of(o->certificate, c, number);
    peers_fingerprint(c, print);
    json_object_set_new(row, "safety_number", json_string(number));
    if (p->expect[0] == '\0')
        return "not compared";
    return strcmp(p->expect, number) == 0 || strcmp(p->expect, print) == 0 ? "compared" : "differs";
}

static int add_peer(void *context, const struct store_peer *p)
{
    struct own *o = context;
    json_t *row = json_pack("{ss ss}", "account", p->account, "state",
                            p->state == PEER_BLOCKED ? "blocked" : "contact");
    json_object_set_new(row, "keys", json_string(put_keys(o, row, p)));
    json_object_set_new(row, "since", json_of_instant(p->since_unix_ms));
    json_array_append_new(o->list, row);
    return 0;
}

static int add_request(void *context, const char *account, unsigned count, int64_t since_unix_ms)
{
    struct own *o = context;
    json_array_append_new(o->list, json_pack("{ss si so}", "account", account, "messages",
                                             (int)count, "since", json_of_instant(since_unix_ms)));
    return 0;
}

static json_t *list_contacts(struct store *s, const char *which)
{
    struct own o;
    char print[PEERS_FINGERPRINT_LEN + 1];
    json_t *answer;
    int r = open_own(s, &o);
    if (r == 0 && strcmp(which, "self") == 0) {
        peers_fingerprint(o.certificate, print);
        json_decref(o.list);
        answer = json_pack("{sb ss ss}", "ok", 1, "account", o.certificate->account, "fingerprint",
                           print);
    } else if (strcmp(which, "requests") == 0) {
        answer = command_listed("requests", o.list, r < 0 ? r : store_requests(s, add_request, &o));
    } else {
        answer = command_listed("contacts", o.list, r < 0 ? r : store_peers(s, add_peer, &o));
    }
    own_clear(&o);
    return answer;
}

json_t *command_contact(struct store *s, struct device *d, const struct clock *clock,
                        const json_t *request)
{
    const char *list = json_string_value(json_object_get(request, "list"));
    const char *add = json_string_value(json_object_get(request, "add"));
    const char *decline = json_string_value(json_object_get(request, "decline"));
    const char *block = json_string_value(json_object_get(request, "block"));
    const char *unblock = json_string_value(json_object_get(request, "unblock"));
    const json_t *expect = json_object_get(request, "expect");
    struct diag why;
    int r;
    (void)clock;
    if (list != NULL)
        return list_contacts(s, list);
    if (d == NULL)
        return command_error("this device is not running");
    if (expect != NULL && !json_is_string(expect))
        return command_error("'expect' is not a text");
    if (add != NULL)
        r = device_contact_add(d, add, json_string_value(expect), &why);
    else if (decline != NULL)
        r = device_contact_decline(d, decline, &why);
    else if (block != NULL || unblock != NULL)
        r = device_contact_block(d, block != NULL ? block : unblock, block != NULL, &why);
    else
        return command_error("nothing to do with a contact");
    return r < 0 ? command_error(why.text) : json_pack("{sb}", "ok", 1);
}

static json_t *group_json(const struct group *g)
{
    char hash[2 * HASH_BYTES + 1];
    encode_hex(g->document.hash, HASH_BYTES, hash);
    return json_pack("{ss ss sI so ss ss}", "id", g->id, "name", g->name, "serial",
                     (json_int_t)g->serial, "members", json_of_words(g->members, g->member_count),
                     "changed_by", g->changed_by, "hash", hash);
}

static int add_group(void *context, const char *note)
{
    struct own *o = context;
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    if (group_open_kept(o->net->domain, note, strlen(note), &g, NULL) < 0)
        return ERR_FORMAT;
    json_array_append_new(o->list, group_json(g));
    return 0;
}

/* Every document of one group, in the order of serials; of a fork both. */
static json_t *show_group(struct store *s, const char *name)
{
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    struct own o;
    struct diag why;
    int r = open_own(s, &o);
    if (r == 0 && groups_named(s, o.net->domain, name, &g, &why) < 0) {
        json_decref(o.list);
        own_clear(&o);
        return command_error(why.text);
    }
    if (r == 0)
        r = store_groups(s, g->id, add_group, &o);
    json_t *answer = command_listed("history", o.list, r);
    own_clear(&o);
    return answer;
}

static json_t *list_groups(struct store *s)
{
    struct own o;
    int r = open_own(s, &o);
    if (r == 0)
        r = store_groups(s, NULL, add_group, &o);
    json_t *answer = command_listed("groups", o.list, r);
    own_clear(&o);
    return answer;
}

json_t *command_group(struct store *s, struct device *d, const struct clock *clock,
                      const json_t *request)
{
    const char *show = json_string_value(json_object_get(request, "show"));
    const char *added[GROUP_MEMBERS_MAX], *removed[GROUP_MEMBERS_MAX];
    char id[VALUE_ID_MAX + 1];
    struct diag why;
    (void)clock;
    if (show != NULL)
        return show_group(s, show);
    if (json_object_get(request, "change") == NULL)
        return list_groups(s);
    if (d == NULL)
        return command_error("this device is not running");
    int add = command_texts(json_object_get(request, "add"), added, GROUP_MEMBERS_MAX);
    int remove = command_texts(json_object_get(request, "remove"), removed, GROUP_MEMBERS_MAX);
    if (add < 0 || remove < 0)
        return command_error("'add' and 'remove' are arrays of at most 50 texts");
    const struct device_group_change c = {
        .group = json_string_value(json_object_get(request, "group")),
        .name = json_string_value(json_object_get(request, "name")),
        .add = added,
        .add_count = (size_t)add,
        .remove = removed,
        .remove_count = (size_t)remove};
    if (device_group_change(d, &c, id, &why) < 0)
        return command_error(why.text);
    return json_pack("{sb ss}", "ok", 1, "id", id);
}
