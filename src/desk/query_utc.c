#include "desk/query_utc.h"

#include <string.h>

int desk_query_utc(const char *written, int64_t now_unix_ms, struct query **ret, struct diag *d)
{
    struct text *text = NULL;
    struct zone *zone = NULL;
    struct query_error why = {0};
    int r = text_new(&text, d);
    if (r == 0)
        r = zone_open("UTC", &zone, d);
    if (r == 0) {
        const struct query_options o = {
            .text = text, .zone = zone, .now_unix_ms = now_unix_ms, .latin = true};
        r = query_parse(written, strlen(written), &o, ret, &why);
        if (r < 0)
            diag_set(d, r, "the query '%s', at byte %zu: %s", written, why.offset + 1, why.text);
    }
    zone_free(zone);
    text_free(text);
    return r;
}
