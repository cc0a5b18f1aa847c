#include "tokens.h"

#include <string.h>

#include "base/memory.h"

#define DAY_MS INT64_C(86400000)

void tokens_open(struct tokens *t)
{
    const struct fixture_options other = {.domain = "other.example"};
    const struct fixture_warrant_options a = {.id = "A", .exclude = "NL"},
                                         b = {.id = "B", .bot = EAST_BOT};
    const struct fixture_policy_options open = {.without = "open", .place = "default"},
                                        demanding = {.without = "open"};
    t->f = fixture_new(NULL);
    t->other = fixture_new(&other);
    fixture_add_bot(t->f, EAST_BOT, "DE");
    fixture_add_warrant(t->f, &a);
    fixture_add_warrant(t->f, &b);
    t->rules = fixture_policy(t->f, &open);
    t->demanding = fixture_policy(t->f, &demanding);
    t->anna = fixture_device_new(t->f, "anna", 1);
    t->ben = fixture_device_new(t->f, "ben", 1);
    t->foreign = fixture_device_new(t->other, "anna", 1);
}

void tokens_close(struct tokens *t)
{
    fixture_device_free(t->anna);
    fixture_device_free(t->ben);
    fixture_device_free(t->foreign);
    policy_set_free(t->rules);
    policy_set_free(t->demanding);
    fixture_free(t->f);
    fixture_free(t->other);
}

static char *signed_by(const char *token, const struct fixture_signer *signers, size_t count)
{
    CLEANUP_FREE char *text = mem_string_n(token, (size_t)(strstr(token, "\n\n") + 1 - token));
    return fixture_sign(text, signers, count);
}

char *token_make(const struct tokens *t, enum token kind, const char *country)
{
    CLEANUP_FREE char *good = fixture_place(t->f, t->anna, country, FIXTURE_AT);
    struct fixture_signer forger;
    switch (kind) {
    case TOKEN_NONE:
        return NULL;
    case TOKEN_GOOD:
        return TAKE(good);
    case TOKEN_FORGED:
        fixture_signer_init(&forger, t->f->registrar.name, "a forger");
        return signed_by(good, &forger, 1);
    case TOKEN_BY_CUSTODIANS:
        return signed_by(good, t->f->custodians, 3);
    case TOKEN_CHANGED:
        memcpy(strstr(good, "country ") + 8, strcmp(country, "NL") == 0 ? "BE" : "NL", 2);
        return TAKE(good);
    case TOKEN_EXPIRED:
        return fixture_place(t->f, t->anna, country, FIXTURE_AT - DAY_MS);
    case TOKEN_AHEAD:
        return fixture_place(t->f, t->anna, country, FIXTURE_AT + DAY_MS);
    case TOKEN_OF_BEN:
        return fixture_place(t->f, t->ben, country, FIXTURE_AT);
    case TOKEN_OTHER_NETWORK:
        return fixture_place(t->other, t->foreign, country, FIXTURE_AT);
    }
    return NULL;
}
