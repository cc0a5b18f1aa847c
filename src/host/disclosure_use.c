#include "host/disclosure_use.h"

#include <string.h>

#include "base/encode.h"
#include "store/uses.h"
#include "wire/json.h"
#include "wire/use.h"

static struct use *newest(struct store *s, const struct warrant *w, const struct warrant_agency *a)
{
    CLEANUP_STORE_USE struct store_use row = {.note = NULL};
    struct use *x = NULL;
    char desk[USE_DESK_MAX + 1];
    uint8_t tag[LOG_TAG_BYTES];
    use_desk(w->id, a->name, desk);
    use_tag(desk, tag);
    if (store_use(s, tag, &row) == 0 && row.note != NULL)
        (void)!use_open(w, row.note, strlen(row.note), &x, NULL);
    return x;
}

static json_t *use_json(const struct warrant *w, const struct use *x)
{
    char root[2 * MERKLE_BYTES + 1];
    encode_hex(x->root, sizeof x->root, root);
    json_t *o = json_pack("{so sI sI s{sI ss}}", "day", json_of_day(x->day), "serial",
                          (json_int_t)x->serial, "left_out", (json_int_t)use_left_out(w, x),
                          "access", "size", (json_int_t)x->size, "root", root);
    for (enum use_count c = 0; c < USE_COUNTS; c++)
        json_object_set_new(o, use_count_text(c), json_integer((json_int_t)x->counts[c]));
    return o;
}

static json_t *silent_since(const struct warrant *w, const struct use *x, int64_t today)
{
    int64_t heard = x != NULL ? x->day : w->from_day - 1;
    if (today - heard <= DISCLOSURE_USE_DUE_DAYS)
        return json_null();
    return json_of_day(x != NULL ? x->day : w->from_day);
}

void disclosure_use_add(json_t *agency, struct store *s, const struct warrant *w,
                        const struct warrant_agency *a, int64_t today)
{
    CLEANUP(use_free_cleanup) struct use *x = a->has_desk ? newest(s, w, a) : NULL;
    json_object_set_new(agency, "use", x == NULL ? json_null() : use_json(w, x));
    json_object_set_new(agency, "silent_since",
                        a->has_desk ? silent_since(w, x, today) : json_null());
}
