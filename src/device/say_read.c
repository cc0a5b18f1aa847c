/* Messages are marked as read, and their senders told where the user wants that. */
#include "base/secret.h"
#include "device/say_internal.h"
#include "store/values.h"

/* Is its sender to be told, and may they be written to? */
static bool is_to_be_told(struct device *d, const struct store_message *m,
                          const struct store_content *row)
{
    CLEANUP_SECRET char *on = store_get(d->store, VALUE_MARKERS, NULL);
    return on != NULL && content_fits(CONTENT_READ, row->kind) &&
           peers_state(d, m->from) != PEER_BLOCKED;
}

static int mark(struct device *d, int64_t number)
{
    struct arena arena = ARENA_INIT(SAYING_ARENA_MAX);
    struct store_message m;
    struct store_content row;
    struct diag why;
    bool told = false;
    int r = store_message(d->store, number, &arena, &m);
    if (r == 0)
        r = store_content(d->store, number, &arena, &row);
    if (r == 0 && is_to_be_told(d, &m, &row)) {
        const struct device_say read = {
            .kind = CONTENT_READ, .about_from = m.from, .about_id = m.id};
        told = saying_queue(d, &read, number, NULL, &why) == 0;
        if (!told)
            device_notice(d, m.from, "%s is not told that message %s was read: %s", m.from, m.id,
                          why.text);
    }
    if (r == 0 && !told)
        r = store_set_read(d->store, number, device_now(d));
    arena_clear(&arena);
    return r;
}

static int read_one(struct device *d, int64_t number, struct diag *diag)
{
    int64_t unread = 0;
    size_t count = 0;
    if (store_unread(d->store, number - 1, &unread, 1, &count) < 0)
        return diag_set(diag, ERR_IO, "the store cannot be read");
    if (count == 0 || unread != number)
        return 0;
    return mark(d, number) < 0 ? diag_set(diag, ERR_IO, "the store cannot be written") : 1;
}

int device_read(struct device *d, const int64_t *numbers, size_t count, struct diag *diag)
{
    int64_t unread[STORE_HELD_MAX], after = 0;
    size_t found = 0;
    int marked = 0, r = 0;
    for (size_t i = 0; r >= 0 && i<count; i++, marked += r> 0)
        r = read_one(d, numbers[i], diag);
    do {
        if (count > 0 || r < 0)
            break;
        if (store_unread(d->store, after, unread, STORE_HELD_MAX, &found) < 0)
            return diag_set(diag, ERR_IO, "the store cannot be read");
        for (size_t i = 0; r >= 0 && i<found; i++, marked += r> 0)
            r = read_one(d, after = unread[i], diag);
    } while (found > 0);
    if (r >= 0)
        device_tick(d);
    return r < 0 ? r : marked;
}
