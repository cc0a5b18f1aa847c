#include "wire/warrant.h"

#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

void warrant_free(struct warrant *w)
{
    if (w == NULL)
        return;
    document_clear(&w->document);
    free(w);
}

void warrant_account_hash(const char *warrant_id, const char *handle,
                          uint8_t ret[static HASH_BYTES])
{
    uint8_t key[HASH_BYTES];
    hash_sha256(warrant_id, strlen(warrant_id), key);
    struct hash_part part = {handle, strlen(handle)};
    hash_hmac(key, sizeof key, &part, 1, ret);
}

const struct warrant_agency *warrant_agency(const struct warrant *w, const char *name)
{
    for (size_t i = 0; i < w->agency_count; i++)
        if (strcmp(w->agencies[i].name, name) == 0)
            return &w->agencies[i];
    return NULL;
}

/* Country codes, ascending and each once. */
static void read_countries(struct document_reader *r, const char *key, const char *value,
                           const char ***ret, size_t *ret_count)
{
    const char **words = arena_array(&r->document->arena, WARRANT_COUNTRIES_MAX, sizeof *words);
    size_t count = words == NULL ? 0 : document_words(r, key, value, words, WARRANT_COUNTRIES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!value_country_valid(words[i]) || (i > 0 && strcmp(words[i - 1], words[i]) >= 0))
            document_refuse(r, key, words[i], "not country codes in ascending order");
    *ret = words;
    *ret_count = count;
}

static void read_accounts(struct document_reader *r, struct warrant *w, const char *value)
{
    const char **words = arena_array(&r->document->arena, WARRANT_ACCOUNTS_MAX, sizeof *words);
    w->accounts = arena_array(&r->document->arena, WARRANT_ACCOUNTS_MAX, sizeof *w->accounts);
    if (words == NULL || w->accounts == NULL) {
        document_refuse(r, "scope", "accounts", "too large");
        return;
    }
    w->account_count = document_words(r, "scope", value, words, WARRANT_ACCOUNTS_MAX);
    for (size_t i = 0; i < w->account_count; i++)
        if (decode_hex_exact(words[i], strlen(words[i]), w->accounts[i], HASH_BYTES) < 0 ||
            (i > 0 && memcmp(w->accounts[i - 1], w->accounts[i], HASH_BYTES) >= 0))
            document_refuse(r, "scope", words[i], "not account hashes in ascending order");
}

static void read_scope(struct document_reader *r, struct warrant *w)
{
    const char *value = document_value(r, "scope");
    if (strcmp(value, "all") == 0) {
        w->scope = WARRANT_ALL;
    } else if (strncmp(value, "accounts ", 9) == 0) {
        w->scope = WARRANT_ACCOUNTS;
        read_accounts(r, w, value + 9);
    } else if (strncmp(value, "countries ", 10) == 0) {
        w->scope = WARRANT_COUNTRIES;
        read_countries(r, "scope", value + 10, &w->countries, &w->country_count);
    } else {
        document_refuse(r, "scope", value, "neither all nor accounts nor countries");
    }
}

static void read_agency(struct document_reader *r, struct warrant *w, const char *value)
{
    const char *word[2];
    if (w->agency_count == WARRANT_AGENCIES_MAX) {
        document_refuse(r, "agency", value, "more than 16 agencies");
        return;
    }
    struct warrant_agency *a = &w->agencies[w->agency_count];
    if (document_words(r, "agency", value, word, 2) != 2 || !value_handle_valid(word[0]) ||
        age_recipient_parse(word[1], &a->recipient) < 0) {
        document_refuse(r, "agency", value, "not NAME and an age recipient (age1…)");
        return;
    }
    if (warrant_agency(w, word[0]) != NULL)
        document_refuse(r, "agency", value, "the same agency twice");
    a->name = word[0];
    a->recipient_text = word[1];
    w->agency_count++;
}

/* The key of the desk of the agency before, where it has one. */
static void read_desk(struct document_reader *r, struct warrant *w)
{
    const char *value = document_optional(r, "desk");
    if (value == NULL || w->agency_count == 0)
        return;
    struct warrant_agency *a = &w->agencies[w->agency_count - 1];
    if (decode_base64_exact(value, strlen(value), a->desk, sizeof a->desk) < 0)
        document_refuse(r, "desk", value, "not a key of 32 bytes in base64");
    a->has_desk = true;
    for (const struct warrant_agency *x = w->agencies; x < a; x++)
        if (x->has_desk && memcmp(x->desk, a->desk, sizeof a->desk) == 0)
            document_refuse(r, "desk", value, "the desk of two agencies");
}

static void read_names(struct document_reader *r, struct warrant *w)
{
    w->id = document_value(r, "id");
    if (!value_warrant_valid(w->id))
        document_refuse(r, "id", w->id, "not letters, digits, '.', '_', '-'");
    w->authority = document_value(r, "authority");
    if (!value_line_valid(w->authority, WARRANT_AUTHORITY_MAX))
        document_refuse(r, "authority", w->authority, "not a line of text");
    w->bot = document_value(r, "bot");
    if (!value_domain_valid(w->bot))
        document_refuse(r, "bot", w->bot, "not a component's address");
    document_hash(r, "epochs", w->epochs);
}

static int read_text(struct document_reader *r, struct warrant *w, const char *domain)
{
    document_network(r, domain);
    w->network = arena_string(&r->document->arena, domain);
    read_names(r, w);
    w->from_day = document_day(r, "from");
    w->until_day = document_day(r, "until");
    if (w->until_day < w->from_day || w->until_day - w->from_day >= WARRANT_DAYS_MAX)
        document_refuse(r, "until", "", "before 'from', or more than ten years after it");
    read_scope(r, w);
    const char *exclude = document_optional(r, "exclude");
    if (exclude != NULL)
        read_countries(r, "exclude", exclude, &w->excluded, &w->excluded_count);
    const char *agency = document_value(r, "agency");
    for (; agency != NULL; agency = document_optional(r, "agency")) {
        read_agency(r, w, agency);
        read_desk(r, w);
    }
    return document_end(r);
}

static int open_any(const struct network_note *net, const char *domain, const char *note,
                    size_t len, struct warrant **ret, struct diag *d)
{
    CLEANUP(warrant_free_cleanup) struct warrant *w = mem_new(sizeof *w);
    struct document_reader r;
    struct note view;
    int e = (net != NULL ? document_begin : document_begin_draft)(&r, &w->document, "warrant", note,
                                                                  len, VALUE_NOTE_MAX, &view, d);
    if (e == 0)
        e = read_text(&r, w, domain);
    if (e == 0 && net != NULL)
        e = network_verify_custodians(net, &view, "warrant", d);
    if (e == 0)
        *ret = TAKE(w);
    return e;
}

int warrant_open(const struct network_note *net, const char *note, size_t len, struct warrant **ret,
                 struct diag *d)
{
    return open_any(net, net->domain, note, len, ret, d);
}

int warrant_open_unsigned(const char *domain, const char *note, size_t len, struct warrant **ret,
                          struct diag *d)
{
    return open_any(NULL, domain, note, len, ret, d);
}

static void put_scope(struct buf *b, const struct warrant *w)
{
    switch (w->scope) {
    case WARRANT_ALL:
        buf_put_text(b, "\nscope all\n");
        return;
    case WARRANT_ACCOUNTS:
        buf_put_text(b, "\nscope accounts");
        for (size_t i = 0; i < w->account_count; i++) {
            buf_put_u8(b, ' ');
            document_put_hash(b, w->accounts[i]);
        }
        break;
    case WARRANT_COUNTRIES:
        buf_put_text(b, "\nscope countries");
        document_put_words(b, w->countries, w->country_count);
        break;
    }
    buf_put_u8(b, '\n');
}

static void put_agency(struct buf *b, const struct warrant_agency *a)
{
    buf_format(b, "agency %s %s\n", a->name, a->recipient_text);
    if (!a->has_desk)
        return;
    buf_put_text(b, "desk ");
    document_put_key(b, a->desk);
    buf_put_u8(b, '\n');
}

void warrant_format(struct buf *b, const struct warrant *w)
{
    char from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    calendar_format_day(w->from_day, from);
    calendar_format_day(w->until_day, until);
    buf_format(b, "ironside warrant 1\nnetwork %s\nid %s\nauthority %s\nbot %s\nepochs ",
               w->network, w->id, w->authority, w->bot);
    document_put_hash(b, w->epochs);
    buf_format(b, "\nfrom %s\nuntil %s", from, until);
    put_scope(b, w);
    if (w->excluded_count > 0) {
        buf_put_text(b, "exclude");
        document_put_words(b, w->excluded, w->excluded_count);
        buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < w->agency_count; i++)
        put_agency(b, &w->agencies[i]);
}
