#include "wire/geo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LATITUDE_MAX (90 * GEO_DEGREE)
#define LONGITUDE_MAX (180 * GEO_DEGREE)
#define DEGREE_DIGITS 7
#define METRE_DIGITS 3
#define WHOLE_MAX 100000000 /* of any number: 100,000 km of altitude, and no overflow */

/* num = ["-"] 1*DIGIT ["." 1*DIGIT], in units of 1 / `scale`. */
static int take_number(const char **pos, const char *end, int64_t scale, bool may_be_negative,
                       int64_t *ret)
{
    const char *p = *pos;
    int64_t whole = 0, part = 0, unit = scale;
    bool negative = p < end && *p == '-';
    if (negative && !may_be_negative)
        return ERR_FORMAT;
    p += negative;
    const char *digits = p;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if ((whole = whole * 10 + (*p - '0')) > WHOLE_MAX)
            return ERR_FORMAT;
    if (p == digits)
        return ERR_FORMAT;
    if (p < end && *p == '.') {
        for (digits = ++p; p < end && *p >= '0' && *p <= '9'; p++)
            part += (unit /= 10) * (*p - '0');
        if (p == digits)
            return ERR_FORMAT;
    }
    *ret = (whole * scale + part) * (negative ? -1 : 1);
    *pos = p;
    return 0;
}

static bool take_comma(const char **pos, const char *end)
{
    if (*pos == end || **pos != ',')
        return false;
    (*pos)++;
    return true;
}

static bool on_earth(const struct geo *g)
{
    return g->latitude >= -LATITUDE_MAX && g->latitude <= LATITUDE_MAX &&
           g->longitude >= -LONGITUDE_MAX && g->longitude <= LONGITUDE_MAX;
}

static int take_place(const char **pos, const char *end, struct geo *g)
{
    if (take_number(pos, end, GEO_DEGREE, true, &g->latitude) < 0 || !take_comma(pos, end) ||
        take_number(pos, end, GEO_DEGREE, true, &g->longitude) < 0 || !on_earth(g))
        return ERR_FORMAT;
    return 0;
}

/* pname = 1*(ALPHA / DIGIT / "-"); pvalue = 1*paramchar (RFC 5870, 3.3). */
static bool name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static bool value_character(char c)
{
    return name_character(c) || (c != '\0' && strchr("_.!~*'()[]:&+$%", c) != NULL);
}

static bool is_word(const char *word, size_t len, const char *other)
{
    return strlen(other) == len && strncasecmp(word, other, len) == 0;
}

/* One ";name[=value]". `at` counts them: crs stands first, and u before all others. */
static int take_parameter(const char **pos, const char *end, unsigned at, struct geo *g)
{
    const char *name = *pos, *p = name;
    while (p < end && name_character(*p))
        p++;
    size_t name_len = (size_t)(p - name);
    const char *value = p;
    if (p < end && *p == '=')
        for (value = ++p; p < end && value_character(*p); p++)
            ;
    bool has_value = p > value;
    if (name_len == 0 || (value > name + name_len && !has_value))
        return ERR_FORMAT;
    *pos = p;
    if (is_word(name, name_len, "crs"))
        return at == 0 && is_word(value, (size_t)(p - value), "wgs84") ? 0 : ERR_FORMAT;
    if (!is_word(name, name_len, "u"))
        return 0;
    if (g->has_accuracy || take_number(&value, p, GEO_METRE, false, &g->accuracy) < 0 || value != p)
        return ERR_FORMAT;
    g->has_accuracy = true;
    return 0;
}

int geo_parse(const char *uri, size_t len, struct geo *ret)
{
    const char *pos = uri + 4, *end = uri + len;
    struct geo g = {0};
    if (len < 4 || len > GEO_URI_MAX || strncasecmp(uri, "geo:", 4) != 0 ||
        take_place(&pos, end, &g) < 0)
        return ERR_FORMAT;
    if (take_comma(&pos, end)) {
        if (take_number(&pos, end, GEO_METRE, true, &g.altitude) < 0)
            return ERR_FORMAT;
        g.has_altitude = true;
    }
    for (unsigned at = 0; pos < end; at++) {
        if (*pos++ != ';' || take_parameter(&pos, end, at, &g) < 0)
            return ERR_FORMAT;
    }
    *ret = g;
    return 0;
}

/* Both degrees have one. */
static bool has_points(const char *words)
{
    const char *comma = strchr(words, ',');
    const char *point = strchr(words, '.');
    if (comma == NULL || point == NULL || point > comma)
        return false;
    size_t len = strcspn(comma + 1, ",");
    return memchr(comma + 1, '.', len) != NULL;
}

int geo_parse_words(const char *words, struct geo *ret)
{
    const char *pos = words, *end = words + strlen(words);
    struct geo g = {0};
    if (!has_points(words) || take_place(&pos, end, &g) < 0)
        return ERR_FORMAT;
    if (take_comma(&pos, end)) {
        if (take_number(&pos, end, GEO_METRE, false, &g.accuracy) < 0)
            return ERR_FORMAT;
        g.has_accuracy = true;
    }
    if (pos != end)
        return ERR_FORMAT;
    *ret = g;
    return 0;
}

/* Without zeros at the end of the part behind the point. */
static void put_number(struct buf *b, int64_t value, int64_t scale, int digits)
{
    char part[24];
    int64_t positive = value < 0 ? -value : value;
    int len = snprintf(part, sizeof part, "%0*" PRId64, digits, positive % scale);
    while (len > 0 && part[len - 1] == '0')
        part[--len] = '\0';
    buf_format(b, "%s%" PRId64 "%s%s", value < 0 ? "-" : "", positive / scale, len > 0 ? "." : "",
               part);
}

void geo_put(struct buf *b, const struct geo *g)
{
    buf_put_text(b, "geo:");
    put_number(b, g->latitude, GEO_DEGREE, DEGREE_DIGITS);
    buf_put_u8(b, ',');
    put_number(b, g->longitude, GEO_DEGREE, DEGREE_DIGITS);
    if (g->has_altitude) {
        buf_put_u8(b, ',');
        put_number(b, g->altitude, GEO_METRE, METRE_DIGITS);
    }
    if (g->has_accuracy) {
        buf_put_text(b, ";u=");
        put_number(b, g->accuracy, GEO_METRE, METRE_DIGITS);
    }
}
