#include "wire/destruction.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"

void destruction_free(struct destruction *x)
{
    if (x == NULL)
        return;
    document_clear(&x->document);
    free(x);
}

void destruction_format(struct buf *b, const char *domain, const struct destruction *x)
{
    char at[CALENDAR_INSTANT_LEN + 1], day[CALENDAR_DAY_LEN + 1];
    calendar_format(x->at_unix_ms, at);
    buf_format(b, "ironside destruction 1\nnetwork %s\nbot %s\nat %s\n", domain, x->bot, at);
    for (size_t i = 0; i < x->count; i++) {
        calendar_format_day(x->keys[i].day, day);
        buf_format(b, "destroyed %s %s\n", x->keys[i].warrant, day);
    }
}

static bool ascending(const struct destroyed_key *a, const struct destroyed_key *b)
{
    int c = strcmp(a->warrant, b->warrant);
    return c < 0 || (c == 0 && a->day < b->day);
}

static void read_key(struct document_reader *r, const char *value, struct destroyed_key *ret)
{
    const char *words[2];
    size_t count = document_words(r, "destroyed", value, words, 2);
    if (r->failed == 0 && (count != 2 || !value_warrant_valid(words[0]) ||
                           calendar_parse_day(words[1], &ret->day) < 0))
        document_refuse(r, "destroyed", value, "not a warrant's id and a day");
    if (r->failed == 0)
        ret->warrant = words[0];
}

static void read_keys(struct document_reader *r, struct destruction *x)
{
    const char *value;
    struct destroyed_key *list = arena_array(&r->document->arena, DESTRUCTION_MAX, sizeof *list);
    if (list == NULL)
        document_refuse(r, "destroyed", "", "too large");
    while ((value = document_optional(r, "destroyed")) != NULL) {
        if (x->count == DESTRUCTION_MAX) {
            document_refuse(r, "destroyed", value, "too many keys");
            return;
        }
        read_key(r, value, &list[x->count]);
        if (r->failed == 0 && x->count > 0 && !ascending(&list[x->count - 1], &list[x->count]))
            document_refuse(r, "destroyed", value, "not in ascending order");
        x->count++;
    }
    if (r->failed == 0 && x->count == 0)
        (void)document_value(r, "destroyed");
    x->keys = list;
}

static int read_text(struct document_reader *r, struct destruction *x, const char *domain)
{
    document_network(r, domain);
    x->bot = document_value(r, "bot");
    if (!value_domain_valid(x->bot))
        document_refuse(r, "bot", x->bot, "not a component's address");
    x->at_unix_ms = document_instant(r, "at");
    read_keys(r, x);
    return document_end(r);
}

int destruction_open(const char *domain, const char *bot,
                     const uint8_t bot_key[static SIGN_PUBLIC_BYTES], const char *note, size_t len,
                     struct destruction **ret, struct diag *d)
{
    CLEANUP(destruction_free_cleanup) struct destruction *x = mem_new(sizeof *x);
    struct document_reader r;
    struct note view;
    int code =
        document_begin(&r, &x->document, "destruction", note, len, VALUE_EPOCHS_MAX, &view, d);
    if (code == 0)
        code = read_text(&r, x, domain);
    if (code == 0 && strcmp(x->bot, bot) != 0)
        code = diag_set(d, ERR_AUTH, "destruction: made by %s, not by %s", x->bot, bot);
    if (code == 0)
        code = document_verify(&view, "destruction", bot, bot_key, d);
    if (code == 0)
        *ret = TAKE(x);
    return code;
}
