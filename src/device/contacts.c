/* The user makes an account a contact, declines its request, or blocks it. */
#include <string.h>

#include "device/conversation.h"
#include "device/safety_number.h"
#include "device/wants.h"

int peers_add(struct device *d, const char *account, const char *expect)
{
    struct store_peer p;
    int r = store_peer(d->store, account, &p);
    if (r < 0 || (p.state == PEER_CONTACT && expect == NULL))
        return r;
    if (p.state != PEER_CONTACT)
        p.since_unix_ms = device_now(d);
    p.state = PEER_CONTACT;
    if (expect != NULL)
        snprintf(p.expect, sizeof p.expect, "%s", expect);
    r = store_put_peer(d->store, &p);
    return r < 0 ? r : conversation_release(d, account, NULL);
}

/* Twelve groups of five digits, or a fingerprint. */
static bool expect_valid(const char *expect)
{
    if (strlen(expect) == PEERS_FINGERPRINT_LEN)
        return strspn(expect, "0123456789abcdef") == PEERS_FINGERPRINT_LEN;
    if (strlen(expect) != SAFETY_NUMBER_LEN)
        return false;
    for (size_t i = 0; i < SAFETY_NUMBER_LEN; i++)
        if (i % 6 == 5 ? expect[i] != ' ' : expect[i] < '0' || expect[i] > '9')
            return false;
    return true;
}

static int check_account(struct device *d, const char *account, struct diag *diag)
{
    if (!value_account_valid(account, d->net->domain))
        return diag_set(diag, ERR_FORMAT, "'%s' is not an account of this network (name@%s)",
                        account, d->net->domain);
    if (strcmp(account, d->account) == 0)
        return diag_set(diag, ERR_FORMAT, "%s is this device itself", account);
    return 0;
}

/* What is to be changed in a transaction of its own. */
struct change {
    struct device *d;
    const char *account, *expect;
    int (*make)(const struct change *c);
};

static int make_change(void *context, struct diag *diag)
{
    const struct change *c = context;
    int r = c->make(c);
    return r < 0 ? diag_set(diag, r, "the contact cannot be written into the store") : 0;
}

static int change(struct change *c, struct diag *diag)
{
    int r = store_transaction(c->d->store, make_change, c, diag);
    conversation_settle(c->d, r == 0);
    c->d->dirty = true;
    return r;
}

static int add(const struct change *c)
{
    return peers_add(c->d, c->account, c->expect);
}

static int decline(const struct change *c)
{
    return store_drop_held(c->d->store, c->account);
}

static int block_account(const struct change *c)
{
    struct store_peer p = {.state = PEER_BLOCKED, .since_unix_ms = device_now(c->d)};
    snprintf(p.account, sizeof p.account, "%s", c->account);
    int r = store_put_peer(c->d->store, &p);
    return r < 0 ? r : store_drop_held(c->d->store, c->account);
}

static int unblock(const struct change *c)
{
    return store_drop_peer(c->d->store, c->account);
}

int device_contact_add(struct device *d, const char *account, const char *expect, struct diag *diag)
{
    const struct certificate *c;
    int r = check_account(d, account, diag);
    if (r < 0)
        return r;
    if (expect != NULL && !expect_valid(expect))
        return diag_set(diag, ERR_FORMAT,
                        "not a safety number: twelve groups of five digits, separated by spaces");
    if (device_contact(d, account, &c) == HAVE && expect != NULL &&
        !peers_as_expected(d, expect, c)) {
        (void)device_want_account(d, account); /* perhaps they have a new device */
        return diag_set(diag, ERR_AUTH,
                        "the keys that the registrar names for %s are not those: do not talk to "
                        "this account before you know why",
                        account);
    }
    r = change(&(struct change){d, account, expect, add}, diag);
    device_tick(d);
    return r;
}

int device_contact_decline(struct device *d, const char *account, struct diag *diag)
{
    int64_t numbers[STORE_HELD_MAX];
    size_t count = 0;
    int r = check_account(d, account, diag);
    if (r < 0)
        return r;
    if (store_held(d->store, account, numbers, &count) < 0 || count == 0)
        return diag_set(diag, ERR_NOT_FOUND, "nothing of %s waits for consent", account);
    return change(&(struct change){d, account, NULL, decline}, diag);
}

int device_contact_block(struct device *d, const char *account, bool block, struct diag *diag)
{
    int r = check_account(d, account, diag);
    if (r < 0)
        return r;
    if (!block && peers_state(d, account) != PEER_BLOCKED)
        return diag_set(diag, ERR_NOT_FOUND, "%s is not blocked", account);
    return change(&(struct change){d, account, NULL, block ? block_account : unblock}, diag);
}
