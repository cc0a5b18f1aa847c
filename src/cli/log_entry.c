#include "cli/log_entry.h"

#include <string.h>

#include "base/encode.h"
#include "cli/print.h"
#include "wire/document_peek.h"
#include "wire/exemptions.h"
#include "wire/json.h"
#include "wire/policy_change.h"
#include "wire/use.h"

#define REVOKED_INDENT 20U

static void add(json_t *o, const char *member, const char *note, const char *key)
{
    CLEANUP_FREE char *value = document_peek(note, strlen(note), key);
    json_t *text = json_string(value);
    json_object_set_new(o, member, text == NULL ? json_null() : text);
}

static void describe_policy(json_t *o, const struct network_note *net, const char *note)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    json_t *warrants = json_array(), *revoked = json_array();
    char previous[2 * HASH_BYTES + 1];
    json_object_set_new(o, "warrants", warrants);
    json_object_set_new(o, "revoked", revoked);
    if (policy_open_unsigned(net->domain, note, strlen(note), &p, NULL) < 0)
        return;
    json_object_set_new(o, "serial", json_integer(p->serial));
    json_object_set_new(o, "issued", json_of_instant(p->issued_unix_ms));
    encode_hex(p->previous, HASH_BYTES, previous);
    json_object_set_new(o, "previous", p->serial == 1 ? json_null() : json_string(previous));
    for (size_t i = 0; i < p->warrant_count; i++)
        json_array_append_new(warrants, json_string(p->warrants[i].id));
    for (size_t i = 0; i < p->revoked_count; i++) {
        const struct policy_revoked *x = &p->revoked[i];
        char id[POLICY_REVOKED_ID_MAX + 1];
        policy_revoked_id(x, id);
        json_array_append_new(revoked,
                              json_pack("{ss ss so}", "what", policy_revoked_word(x->kind), "id",
                                        id, "since", json_of_instant(x->since_unix_ms)));
    }
}

static void describe_exemptions(json_t *o, const struct network_note *net, const char *note)
{
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = NULL;
    json_t *devices = json_object();
    add(o, "day", note, "day");
    json_object_set_new(o, "devices", devices);
    if (exemptions_open(net, note, strlen(note), &x, NULL) < 0)
        return;
    for (size_t i = 0; i < x->count; i++)
        json_object_set_new(devices, x->list[i].country,
                            json_integer((json_int_t)x->list[i].devices));
}

static void add_number(json_t *o, const char *member, const char *note)
{
    CLEANUP_FREE char *value = document_peek(note, strlen(note), member);
    uint64_t n = 0;
    json_object_set_new(o, member,
                        value_parse_u64(value, INT64_MAX, &n) < 0 ? json_null()
                                                                  : json_integer((json_int_t)n));
}

static void describe_use(json_t *o, const char *note)
{
    add(o, "warrant", note, "warrant");
    add(o, "agency", note, "agency");
    add(o, "day", note, "day");
    add_number(o, "serial", note);
    for (enum use_count c = 0; c < USE_COUNTS; c++)
        add_number(o, use_count_text(c), note);
}

json_t *log_entry_json(const struct network_note *net, const struct log_row *row)
{
    const struct log_entry *e = &row->document.entry;
    const char *kind = log_kind_logged(e->kind) ? document_kind_text(e->kind) : "unknown";
    const char *note = row->document.note;
    char hex[2 * HASH_BYTES + 1];
    encode_hex(e->hash, HASH_BYTES, hex);
    json_t *o =
        json_pack("{sI ss ss}", "entry", (json_int_t)row->number, "kind", kind, "hash", hex);
    if (note == NULL) {
        encode_hex(e->tag, LOG_TAG_BYTES, hex);
        json_object_set_new(o, "tag", json_string(hex));
        return o;
    }
    switch (e->kind) {
    case DOCUMENT_POLICY:
        describe_policy(o, net, note);
        break;
    case DOCUMENT_WARRANT:
        add(o, "warrant", note, "id");
        add(o, "authority", note, "authority");
        add(o, "bot", note, "bot");
        add(o, "from", note, "from");
        add(o, "until", note, "until");
        add(o, "scope", note, "scope");
        break;
    case DOCUMENT_EPOCHS:
        add(o, "warrant", note, "warrant");
        add(o, "bot", note, "bot");
        break;
    case DOCUMENT_STATEMENT:
        add(o, "bot", note, "bot");
        add(o, "day", note, "day");
        break;
    case DOCUMENT_DESTRUCTION:
        add(o, "bot", note, "bot");
        add(o, "at", note, "at");
        json_object_set_new(
            o, "keys",
            json_integer((json_int_t)document_peek_count(note, strlen(note), "destroyed")));
        break;
    case DOCUMENT_EXEMPTIONS:
        describe_exemptions(o, net, note);
        break;
    case DOCUMENT_USE:
        describe_use(o, note);
        break;
    case DOCUMENT_CERTIFICATE:
    case DOCUMENT_NETWORK:
    case DOCUMENT_PLACE:
    case DOCUMENT_KINDS:
        break;
    }
    json_object_set_new(o, "note", json_string(note));
    return o;
}

/* A network's days are days of UTC. */
static bool is_day(const char *member)
{
    return strcmp(member, "day") == 0 || strcmp(member, "from") == 0 ||
           strcmp(member, "until") == 0;
}

/* "  NAME VALUE" */
static void put_member(struct line *l, const char *name, const json_t *value)
{
    const char *text = json_string_value(value);
    if (json_is_integer(value))
        line_put(l, "  %s %lld", name, (long long)json_integer_value(value));
    if (text == NULL || text[0] == '\0')
        return;
    line_put(l, "  %s ", name);
    line_time(l, text);
    if (is_day(name))
        line_put(l, " UTC");
}

static void print_revoked(const json_t *x)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "revokes %s %s since ", print_text_of(x, "what"), print_text_of(x, "id"));
    line_time(&l, print_text_of(x, "since"));
    line_end(&l, REVOKED_INDENT);
}

void log_entry_print(const json_t *o)
{
    static const char *const members[] = {"serial", "issued", "warrant",  "agency", "authority",
                                          "bot",    "day",    "from",     "until",  "scope",
                                          "at",     "keys",   "searches", "opened", "exported",
                                          "passed", "users"};
    CLEANUP_LINE struct line l = LINE_INIT;
    const char *country;
    json_t *x;
    size_t i;
    line_put(&l, "%6lld  %-11s %.16s…", (long long)json_integer_value(json_object_get(o, "entry")),
             print_text_of(o, "kind"), print_text_of(o, "hash"));
    for (i = 0; i < sizeof members / sizeof *members; i++)
        put_member(&l, members[i], json_object_get(o, members[i]));
    if (json_object_get(o, "warrants") != NULL) {
        line_put(&l, "  warrants ");
        print_list(&l, json_object_get(o, "warrants"), ", ");
    }
    json_object_foreach(json_object_get(o, "devices"), country, x) put_member(&l, country, x);
    line_end(&l, 0);
    json_array_foreach(json_object_get(o, "revoked"), i, x) print_revoked(x);
}
