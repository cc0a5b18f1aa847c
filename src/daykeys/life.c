/* The life of day keys, for daykeys.h: in force, and destroyed. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "base/secret.h"
#include "daykeys/internal.h"
#include "wire/warrant.h"

#define FILE_MAX (DAYKEYS_HEADER_BYTES + (size_t)DAYKEYS_SLOT_BYTES * 64 * WARRANT_DAYS_MAX)

static off_t place_of(size_t slot)
{
    return (off_t)(DAYKEYS_HEADER_BYTES + slot * DAYKEYS_SLOT_BYTES);
}

static int unwritable(struct diag *d)
{
    return diag_set(d, ERR_IO, "the file of day keys cannot be written: %s", strerror(errno));
}

static int write_state(const struct daykeys *k, size_t slot, enum daykeys_state state,
                       struct diag *d)
{
    uint8_t byte = (uint8_t)state;
    return pwrite(k->fd, &byte, 1, place_of(slot)) == 1 ? 0 : unwritable(d);
}

static int settle(const struct daykeys *k, struct diag *d)
{
    return fdatasync(k->fd) == 0 ? 0 : unwritable(d);
}

static void forget(struct daykeys *k, size_t slot)
{
    k->slots[slot].state = DAYKEYS_DESTROYED;
    secret_wipe(k->slots[slot].pair.secret, sizeof k->slots[slot].pair.secret);
    hpke_recipient_free(k->recipients[slot]);
    k->recipients[slot] = NULL;
}

/* Under the lock: what the file has, into memory. Slots are never moved or removed. */
static int follow_file(struct daykeys *k, struct buf *file, struct daykeys_header *h,
                       struct diag *d)
{
    int r = daykeys_read(k->fd, file, h, d);
    if (r < 0)
        return r;
    size_t count = (file->len - DAYKEYS_HEADER_BYTES) / DAYKEYS_SLOT_BYTES;
    if (count != k->count) {
        size_t told = k->count;
        CLEANUP_FREE bool *was_told = mem_array(told + 1, sizeof *was_told);
        for (size_t i = 0; i < told; i++)
            was_told[i] = k->slots[i].told;
        r = daykeys_load(k, file, d);
        for (size_t i = 0; r == 0 && i < told && i < k->count; i++)
            k->slots[i].told = was_told[i];
        return r;
    }
    for (size_t i = 0; i < count; i++) {
        enum daykeys_state state = file->data[place_of(i)];
        if (state == DAYKEYS_DESTROYED && k->slots[i].state != DAYKEYS_DESTROYED)
            forget(k, i);
        else if (state == DAYKEYS_IN_FORCE && k->slots[i].state == DAYKEYS_OFFERED)
            k->slots[i].state = DAYKEYS_IN_FORCE;
    }
    k->next_told = 0;
    return 0;
}

/* ---- in force ---- */

static bool holds(const struct daykeys *k, const char *warrant)
{
    for (size_t i = 0; i < k->run_count; i++)
        if (strcmp(k->slots[k->runs[i].first].warrant, warrant) == 0)
            return true;
    return false;
}

static int put_in_force(struct daykeys *k, const char *warrant, struct diag *d)
{
    bool changed = false;
    int r = 0;
    for (size_t i = 0; r == 0 && i < k->count; i++) {
        if (k->slots[i].state != DAYKEYS_OFFERED || strcmp(k->slots[i].warrant, warrant) != 0)
            continue;
        r = write_state(k, i, DAYKEYS_IN_FORCE, d);
        if (r == 0)
            k->slots[i].state = DAYKEYS_IN_FORCE;
        changed = true;
    }
    return r == 0 && changed ? settle(k, d) : r;
}

static int name_locked(struct daykeys *k, const char *warrant, struct diag *d)
{
    CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
    struct daykeys_header h;
    int r = follow_file(k, &file, &h, d);
    if (r == 0 && !holds(k, warrant))
        return diag_set(d, ERR_NOT_FOUND, "warrant %s has no day keys here", warrant);
    return r < 0 ? r : put_in_force(k, warrant, d);
}

int daykeys_name(struct daykeys *k, const char *warrant, struct diag *d)
{
    int r = daykeys_lock(k->fd, d);
    if (r < 0)
        return r;
    r = name_locked(k, warrant, d);
    daykeys_unlock(k->fd);
    return r;
}

/* ---- destroyed ---- */

/* First the states, then the secrets: who finds a slot that is destroyed and not overwritten, after
 * a crash, overwrites it, and no slot is ever half a secret that should open. */
static int destroy(struct daykeys *k, const bool *chosen, struct diag *d)
{
    static const uint8_t zeros[DAYKEYS_SLOT_BYTES - DAYKEYS_NONCE_AT];
    int r = 0;
    for (size_t i = 0; r == 0 && i < k->count; i++)
        if (chosen[i])
            r = write_state(k, i, DAYKEYS_DESTROYED, d);
    if (r == 0)
        r = settle(k, d);
    for (size_t i = 0; r == 0 && i < k->count; i++) {
        if (!chosen[i])
            continue;
        if (pwrite(k->fd, zeros, sizeof zeros, place_of(i) + DAYKEYS_NONCE_AT) != sizeof zeros)
            r = unwritable(d);
        forget(k, i);
    }
    return r < 0 ? r : settle(k, d);
}

static bool overwritten(const struct buf *file, size_t slot)
{
    const uint8_t *secret = file->data + place_of(slot) + DAYKEYS_NONCE_AT;
    uint8_t any = 0;
    for (size_t i = 0; i < DAYKEYS_SLOT_BYTES - DAYKEYS_NONCE_AT; i++)
        any |= secret[i];
    return any == 0;
}

static bool past_grace(int64_t day, int64_t today)
{
    return day < today - DAYKEYS_GRACE_DAYS;
}

static bool day_over(const struct daykeys_slot *s, const struct daykeys_time *t)
{
    return s->state != DAYKEYS_DESTROYED && past_grace(s->day, calendar_day_of(t->now_ms));
}

/* The day that may be destroyed now: the first one that is over, if the pause is. */
static int64_t next_day(const struct daykeys *k, const struct daykeys_header *h,
                        const struct daykeys_time *t)
{
    int64_t first = DAYKEYS_NO_DAY;
    if (h->counted - h->spent < DAYKEYS_PAUSE_SECONDS)
        return DAYKEYS_NO_DAY;
    for (size_t i = 0; i < k->count; i++) {
        /* The rest of a day that was begun costs nothing: it does not count as the next. */
        if (!day_over(&k->slots[i], t) || k->slots[i].day == h->day)
            continue;
        if (first == DAYKEYS_NO_DAY || k->slots[i].day < first)
            first = k->slots[i].day;
    }
    return first;
}

static bool due(const struct daykeys_slot *s, const struct daykeys_header *h,
                const struct daykeys_time *t, int64_t next)
{
    if (s->state == DAYKEYS_OFFERED && h->counted - s->made >= DAYKEYS_OFFER_SECONDS)
        return true;
    return day_over(s, t) && (t->replay || s->day == h->day || s->day == next);
}

static int step_locked(struct daykeys *k, const struct daykeys_time *t, struct diag *d)
{
    CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
    struct daykeys_header h;
    int r = follow_file(k, &file, &h, d);
    if (r < 0)
        return r;
    h.mode = t->replay ? DAYKEYS_REPLAY : DAYKEYS_LIVE;
    daykeys_count(&h, t->replay ? t->now_ms / CLOCK_SECOND_MS : t->boot_seconds);
    int64_t next = t->replay ? DAYKEYS_NO_DAY : next_day(k, &h, t);
    CLEANUP_FREE bool *chosen = mem_array(k->count + 1, sizeof *chosen);
    bool any = false;
    for (size_t i = 0; i < k->count; i++) {
        chosen[i] = k->slots[i].state == DAYKEYS_DESTROYED ? !overwritten(&file, i)
                                                           : due(&k->slots[i], &h, t, next);
        any = any || chosen[i];
    }
    /* Before the first key is touched it is written down that this day is spent. */
    if (next != DAYKEYS_NO_DAY) {
        h.spent = h.counted;
        h.day = next;
    }
    r = daykeys_write_header(k->fd, &h, d);
    return r == 0 && any ? destroy(k, chosen, d) : r;
}

int daykeys_step(struct daykeys *k, const struct daykeys_time *t, struct diag *d)
{
    int r = daykeys_lock(k->fd, d);
    if (r < 0)
        return r;
    r = step_locked(k, t, d);
    daykeys_unlock(k->fd);
    return r;
}

bool daykeys_next_destroyed(struct daykeys *k, const char **ret_warrant, int64_t *ret_day)
{
    for (; k->next_told < k->count; k->next_told++) {
        struct daykeys_slot *s = &k->slots[k->next_told];
        if (s->state != DAYKEYS_DESTROYED || s->told)
            continue;
        s->told = true;
        *ret_warrant = s->warrant;
        *ret_day = s->day;
        return true;
    }
    return false;
}

int daykeys_tally(int fd, int64_t today, size_t *ret_due, size_t *ret_destroyed, struct diag *d)
{
    CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
    struct daykeys_header h;
    size_t due_count = 0, destroyed = 0;
    int r = daykeys_lock(fd, d);
    if (r < 0)
        return r;
    r = daykeys_read(fd, &file, &h, d);
    daykeys_unlock(fd);
    if (r < 0)
        return r;
    for (size_t i = 0; (size_t)place_of(i + 1) <= file.len; i++) {
        struct cursor c = cursor_over(file.data + place_of(i) + DAYKEYS_DAY_AT, sizeof(uint64_t));
        bool gone = file.data[place_of(i)] == DAYKEYS_DESTROYED;
        destroyed += gone;
        due_count += !gone && past_grace((int64_t)cursor_u64(&c), today);
    }
    *ret_due = due_count;
    *ret_destroyed = destroyed;
    return 0;
}
