/* A stanza that waits for a document. What the same account sent behind it waits, too: it is shown
 * in the order in which it was sent. */
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "device/arrival.h"

#define ACCOUNTS_MEMORY (STORE_PARKED_MAX * (VALUE_JID_MAX + 16U))
#define HELD_UP_MAX 64 /* accounts; what others have parked is looked at one by one */

/* The hash of its signature. Without a receipt its sender repeats it. False: it has none. */
static bool mark_of(const struct xml_element *stanza, uint8_t ret[static HASH_BYTES])
{
    const struct xml_element *access = xml_only_child(stanza, "access", ENVELOPE_NS);
    const struct xml_element *sig =
        access == NULL ? NULL : xml_only_child(access, "sig", ENVELOPE_NS);
    if (sig == NULL || sig->text_len == 0)
        return false;
    const struct hash_part parts[] = {{sig->text, sig->text_len}};
    hash_sha256_parts(parts, 1, ret);
    return true;
}

/* With the time when it came, behind a stamp of the server's that it may have: its age is judged
 * by that, not by how long the document took. */
void device_park(struct device *d, const struct xml_element *x, const char *account)
{
    static const char end[] = "</message>";
    char stamp[CALENDAR_INSTANT_LEN + 1];
    uint8_t mark[HASH_BYTES];
    CLEANUP_BUF struct buf text = BUF_INIT(STANZA_MEMORY);
    bool marked = mark_of(x, mark);
    xml_put_element(&text, x);
    if (text.len < sizeof end)
        return;
    text.len -= sizeof end - 1;
    calendar_format(device_now(d), stamp);
    buf_format(&text, "<delay xmlns='" DELAY_NS "' from='%s' stamp='%s'/>%s", d->net->domain, stamp,
               end);
    if (!buf_failed(&text))
        (void)!store_park(d->store, &(struct store_parked){.account = account,
                                                           .mark = marked ? mark : NULL,
                                                           .stanza = (const char *)text.data,
                                                           .len = text.len});
}

bool device_is_held_up(struct device *d, const char *account)
{
    bool there = false;
    return store_is_parked(d->store, account, NULL, &there) == 0 && there;
}

/* All that waits, since each may move the store on; of the stanzas one at a time. */
struct parked {
    struct arena accounts;
    struct {
        int64_t number;
        const char *account;
    } * rows;
    size_t count, max;
    const char *held_up[HELD_UP_MAX];
    size_t held_up_count;
};

static int take_row(void *context, int64_t number, const char *account)
{
    struct parked *p = context;
    const char *last = p->count == 0 ? "" : p->rows[p->count - 1].account;
    if (p->count == p->max)
        return ERR_LIMIT;
    p->rows[p->count].number = number;
    p->rows[p->count].account =
        strcmp(last, account) == 0 ? last : arena_string(&p->accounts, account);
    return p->rows[p->count++].account == NULL ? ERR_LIMIT : 0;
}

static bool is_held_up(const struct parked *p, const char *account)
{
    for (size_t i = 0; i < p->held_up_count; i++)
        if (strcmp(p->held_up[i], account) == 0)
            return true;
    return false;
}

/* Waits it still? */
static bool judge_again(struct device *d, int64_t number)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(4 * STANZA_MEMORY);
    CLEANUP_FREE char *text = NULL;
    struct xml_element *x;
    size_t len = 0;
    int r = store_parked_stanza(d->store, number, &text, &len);
    if (r < 0)
        return r != ERR_NOT_FOUND;
    if (xml_parse(&arena, text, len, &x) == 0 && arrival_take(d, x, &arena) == PARK)
        return true;
    (void)!store_unpark(d->store, number);
    return false;
}

static void receive_rows(struct device *d, struct parked *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const char *account = p->rows[i].account;
        if (!is_held_up(p, account) && judge_again(d, p->rows[i].number) && account[0] != '\0' &&
            p->held_up_count < HELD_UP_MAX)
            p->held_up[p->held_up_count++] = account;
    }
}

void device_receive_parked(struct device *d)
{
    struct parked p = {.accounts = ARENA_INIT(ACCOUNTS_MEMORY)};
    if (store_count_parked(d->store, &p.max) < 0 || p.max == 0)
        return;
    p.rows = mem_new(p.max * sizeof *p.rows);
    if (store_list_parked(d->store, take_row, &p) == 0)
        receive_rows(d, &p);
    free(p.rows);
    arena_clear(&p.accounts);
}
