/* A stanza that waits for a document. What the same account sent behind it waits, too: it is shown
 * in the order in which it was sent. */
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "device/arrival.h"

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

/* A parked stanza at a time, since each may move the store on. */
struct parked {
    int64_t number;
    char account[VALUE_JID_MAX + 1];
    char *text;
    size_t len;
    char held_up[HELD_UP_MAX][VALUE_JID_MAX + 1];
    size_t held_up_count;
};

static bool is_held_up(const struct parked *p, const char *account)
{
    for (size_t i = 0; i < p->held_up_count; i++)
        if (strcmp(p->held_up[i], account) == 0)
            return true;
    return false;
}

static void take_row(void *context, const struct store_parked *row)
{
    struct parked *p = context;
    p->number = row->number;
    if (is_held_up(p, row->account))
        return;
    snprintf(p->account, sizeof p->account, "%s", row->account);
    p->text = mem_copy(row->stanza == NULL ? "" : row->stanza, row->len);
    p->len = row->len;
}

static void judge_again(struct device *d, struct parked *p)
{
    struct arena arena = ARENA_INIT(4 * STANZA_MEMORY);
    struct xml_element *x;
    if (xml_parse(&arena, p->text, p->len, &x) < 0 || arrival_take(d, x, &arena) != PARK)
        (void)!store_unpark(d->store, p->number);
    else if (p->held_up_count < HELD_UP_MAX && p->account[0] != '\0')
        snprintf(p->held_up[p->held_up_count++], sizeof p->account, "%s", p->account);
    arena_clear(&arena);
}

void device_receive_parked(struct device *d)
{
    size_t count = 0;
    if (store_count_parked(d->store, &count) < 0 || count == 0)
        return;
    CLEANUP_FREE struct parked *p = mem_new(sizeof *p);
    while (store_next_parked(d->store, p->number, take_row, p) == 0) {
        if (p->text != NULL)
            judge_again(d, p);
        free(TAKE(p->text));
    }
}
