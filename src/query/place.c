#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "query/internal.h"

#define DECIMALS 7
#define SCALE INT64_C(10000000)
#define KM_MAX 20038 /* half around the Earth */

/* A number with a decimal point, whatever the locale; digits past the seventh are dropped. */
static const char *read_number(const char *s, int64_t max, int64_t *ret)
{
    bool negative = *s == '-';
    int64_t n = 0, unit = SCALE;
    const char *from = s += negative || *s == '+' ? 1 : 0;
    for (; *s >= '0' && *s <= '9' && n <= max; s++)
        n = n * 10 + (*s - '0');
    if (s == from || n > max)
        return NULL;
    n *= SCALE;
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++)
            n += (unit /= 10) * (*s - '0');
    if (n > max * SCALE)
        return NULL;
    *ret = negative ? -n : n;
    return s;
}

/* The shortest that reads as the same. */
static void put_number(char *to, size_t room, int64_t n)
{
    int64_t whole = n < 0 ? -n : n;
    snprintf(to, room, "%s%" PRId64 ".%0*" PRId64, n < 0 ? "-" : "", whole / SCALE, DECIMALS,
             whole % SCALE);
    for (char *end = to + strlen(to); end[-1] == '0' || end[-1] == '.'; end--) {
        bool point = end[-1] == '.';
        end[-1] = '\0';
        if (point)
            break;
    }
}

int query_place_read(const char *text, struct query_place *ret, char ret_canonical[static 64])
{
    static const int64_t most[] = {90, 180, KM_MAX};
    int64_t n[3];
    char shown[3][20];
    for (size_t i = 0; i < 3; i++) {
        text = read_number(text + (i > 0 ? 1 : 0), most[i], &n[i]);
        if (text == NULL || *text != (i < 2 ? ',' : '\0'))
            return ERR_FORMAT;
        put_number(shown[i], sizeof shown[i], n[i]);
    }
    if (n[2] <= 0)
        return ERR_FORMAT;
    *ret = (struct query_place){(double)n[0] / SCALE, (double)n[1] / SCALE, (double)n[2] / SCALE};
    snprintf(ret_canonical, 64, "%s,%s,%s", shown[0], shown[1], shown[2]);
    return 0;
}
