#include "registrar/verbs.h"

#include <jansson.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "registrar/places.h"
#include "registrar/stanzas.h"
#include "wire/json.h"

#define PAGE 1000U /* accounts in one answer */

/* A text member, or NULL when there is none. */
static const char *text_of(const json_t *request, const char *name)
{
    return json_string_value(json_object_get(request, name));
}

static int need_text(const json_t *request, const char *name, const char **ret, struct diag *d)
{
    *ret = text_of(request, name);
    return *ret == NULL ? diag_set(d, ERR_FORMAT, "'%s' is missing", name) : 0;
}

/* A line for a person; it may hold a name that is not UTF-8, or have been cut within a character.
 */
static json_t *line_of(const char *text)
{
    json_t *s = json_string(text);
    return s != NULL ? s : json_string("what is to be said here is not text");
}

static int put_bundle(json_t *answer, const struct bundle *u, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(BUNDLE_MAX);
    bundle_put(&b, u);
    if (buf_failed(&b))
        return diag_set(d, ERR_LIMIT, "the bundle of %s is too long", u->account);
    json_object_set_new(answer, "account", json_string(u->account));
    json_object_set_new(answer, "bundle", json_string(buf_text(&b)));
    return 0;
}

static int give_out(struct verbs *v, const json_t *request, bool replace, json_t *answer,
                    struct diag *d)
{
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    struct registrar_order o = {.distributor = text_of(request, "distributor"), .replace = replace};
    int r = need_text(request, "handle", &o.handle, d);
    if (r == 0)
        r = registrar_provision(v->registrar, &o, &u, d);
    return r < 0 ? r : put_bundle(answer, u, d);
}

static int provision(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    return give_out(v, request, false, answer, d);
}

static int replace(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    return give_out(v, request, true, answer, d);
}

static int import(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    (void)request;
    CLEANUP_REPORT struct registrar_report x = {0};
    int r = registrar_import(v->registrar, &x, d);
    if (r < 0)
        return r;
    json_t *problems = json_array();
    for (size_t i = 0; i < x.problem_count; i++)
        json_array_append_new(problems, line_of(x.problems[i]));
    const struct policy *p = registrar_policy(v->registrar);
    json_object_set_new(answer, "policy", json_integer(p == NULL ? 0 : p->serial));
    json_object_set_new(answer, "imported", json_integer((json_int_t)x.imported));
    json_object_set_new(answer, "offers", json_integer((json_int_t)x.offers));
    json_object_set_new(answer, "problems", problems);
    return registrar_announce(v->registrar, v->component, d);
}

static int put_account(void *context, const struct registrar_account *x)
{
    char created[CALENDAR_INSTANT_LEN + 1];
    calendar_format(x->created_unix_ms, created);
    json_array_append_new(context, json_pack("{ss ss ss ss sI}", "handle", x->handle, "state",
                                             x->activated ? "activated" : "provisioned", "created",
                                             created, "distributor", x->distributor, "serial",
                                             (json_int_t)x->serial));
    return 0;
}

static int accounts(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    const char *after = text_of(request, "after");
    json_t *list = json_array();
    json_object_set_new(answer, "accounts", list);
    int r = registrar_store_accounts(registrar_database(v->registrar), after == NULL ? "" : after,
                                     PAGE, put_account, list, d);
    json_object_set_new(answer, "more", json_boolean(json_array_size(list) == PAGE));
    return r;
}

/* The newest one, for those who revoke it. */
static int certificate(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    const char *handle = NULL;
    char hex[2 * HASH_BYTES + 1];
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    int r = need_text(request, "handle", &handle, d);
    if (r == 0)
        r = registrar_store_certificate(registrar_database(v->registrar), handle, &x, d);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "%s has no activated device", handle);
    if (r < 0)
        return r;
    encode_hex(x.hash, sizeof x.hash, hex);
    json_object_set_new(answer, "serial", json_integer((json_int_t)x.serial));
    json_object_set_new(answer, "hash", json_string(hex));
    return 0;
}

static int distributor_add(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    (void)answer;
    const char *name = NULL;
    const json_t *quota = json_object_get(request, "quota");
    int r = need_text(request, "name", &name, d);
    if (r < 0)
        return r;
    if (quota != NULL && (!json_is_integer(quota) || json_integer_value(quota) < 0))
        return diag_set(d, ERR_FORMAT, "'quota' is not a number of accounts");
    return registrar_put_distributor(
        v->registrar, name, quota == NULL ? REGISTRAR_UNLIMITED : json_integer_value(quota), d);
}

static int put_distributor(void *context, const struct registrar_distributor *x)
{
    json_t *o = json_pack("{ss sI}", "name", x->name, "used", (json_int_t)x->used);
    json_object_set_new(o, "quota",
                        x->quota == REGISTRAR_UNLIMITED ? json_null() : json_integer(x->quota));
    json_array_append_new(context, o);
    return 0;
}

static int distributors(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    (void)request;
    json_t *list = json_array();
    json_object_set_new(answer, "distributors", list);
    return registrar_store_distributors(registrar_database(v->registrar), put_distributor, list, d);
}

static int status(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    (void)request;
    uint64_t count = 0, activated = 0;
    char at[CALENDAR_INSTANT_LEN + 1];
    const struct network_note *net = registrar_network(v->registrar);
    const struct policy *p = registrar_policy(v->registrar);
    int r = registrar_store_count(registrar_database(v->registrar), &count, &activated, d);
    calendar_format(registrar_now_ms(v->registrar), at);
    json_object_set_new(answer, "domain", json_string(net->domain));
    json_object_set_new(answer, "kind", json_string(net->replay ? "replay" : "live"));
    json_object_set_new(answer, "at", json_string(at));
    json_object_set_new(answer, "policy", json_integer(p == NULL ? 0 : p->serial));
    json_object_set_new(answer, "accounts", json_integer((json_int_t)count));
    json_object_set_new(answer, "activated", json_integer((json_int_t)activated));
    json_object_set_new(answer, "server", json_boolean(component_ready(v->component)));
    return r;
}

static int put_exemptions(void *context, const struct exemptions *x)
{
    char day[CALENDAR_DAY_LEN + 1];
    json_t *countries = json_object();
    calendar_format_day(x->day, day);
    for (size_t i = 0; i < x->count; i++)
        json_object_set_new(countries, x->list[i].country,
                            json_integer((json_int_t)x->list[i].devices));
    json_array_append_new(context, json_pack("{ss so}", "day", day, "devices", countries));
    return 0;
}

static int exemptions(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    (void)request;
    json_t *list = json_array();
    json_object_set_new(answer, "exemptions", list);
    int r = registrar_places_tick(v->registrar, d);
    return r < 0 ? r : registrar_exemptions(v->registrar, put_exemptions, list, d);
}

/* A statement of use. */
static int use(struct verbs *v, const json_t *request, json_t *answer, struct diag *d)
{
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    const char *note = NULL;
    char hex[2 * HASH_BYTES + 1];
    int r = need_text(request, "note", &note, d);
    if (r == 0)
        r = registrar_submit_use(v->registrar, note, strlen(note), &x, d);
    if (r < 0)
        return r;
    encode_hex(x->document.hash, HASH_BYTES, hex);
    json_object_set_new(answer, "hash", json_string(hex));
    json_object_set_new(answer, "warrant", json_string(x->warrant));
    json_object_set_new(answer, "agency", json_string(x->agency));
    json_object_set_new(answer, "serial", json_integer((json_int_t)x->serial));
    json_object_set_new(answer, "day", json_of_day(x->day));
    return 0;
}

static const struct {
    const char *name;
    int (*answer)(struct verbs *v, const json_t *request, json_t *answer, struct diag *d);
} table[] = {
    {"provision", provision},
    {"replace", replace},
    {"import", import},
    {"accounts", accounts},
    {"certificate", certificate},
    {"distributor-add", distributor_add},
    {"distributors", distributors},
    {"status", status},
    {"exemptions", exemptions},
    {"use", use},
};

static int dispatch(struct verbs *v, const char *line, json_t *answer, struct diag *d)
{
    json_t *request = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const char *verb = text_of(request, "do");
    int r = ERR_NOT_FOUND;
    for (size_t i = 0; verb != NULL && i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, verb) == 0)
            r = table[i].answer(v, request, answer, d);
    if (verb == NULL)
        r = diag_set(d, ERR_FORMAT, "not a JSON object with 'do'");
    else if (r == ERR_NOT_FOUND && d->text[0] == '\0')
        diag_set(d, r, "the registrar does not know '%s'", verb);
    json_decref(request);
    return r;
}

bool verbs_answer(void *context, const char *line, struct buf *out)
{
    struct diag d = {""};
    json_t *answer = json_object();
    json_object_set_new(answer, "ok", json_true());
    if (dispatch(context, line, answer, &d) < 0) {
        json_decref(answer);
        answer = json_pack("{so}", "error", line_of(d.text));
    }
    char *text = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    buf_put_text(out, text != NULL ? text : "{\"error\":\"the answer is not text\"}");
    buf_put_u8(out, '\n');
    if (text != NULL)
        secret_wipe(text, strlen(text));
    free(text);
    return false;
}
