/* geo: URIs (RFC 5870) of positions on Earth, in WGS-84. Numbers are kept as whole ones, so that no
 * locale and no rounding comes between.
 */
#ifndef IRONSIDE_WIRE_GEO_H
#define IRONSIDE_WIRE_GEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define GEO_DEGREE INT64_C(10000000) /* latitude and longitude are in 10^-7 degrees */
#define GEO_METRE INT64_C(1000)      /* altitude and accuracy in millimetres */
#define GEO_URI_MAX 256U

struct geo {
    int64_t latitude, longitude;
    bool has_altitude, has_accuracy;
    int64_t altitude, accuracy;
};

/* "geo:LAT,LON[,ALT][;crs=wgs84][;u=METRES][;NAME[=VALUE]…]". Digits past the resolution are
 * dropped; parameters that are not known are left out. ERR_FORMAT: another form or reference
 * system; a latitude past 90 or a longitude past 180 degrees. */
int geo_parse(const char *uri, size_t len, struct geo *ret) MUST_USE;
/* What a person types: LAT,LON or LAT,LON,ACCURACY, the degrees with decimal points: who types
 * commas for them would be somewhere else. ERR_FORMAT. */
int geo_parse_words(const char *words, struct geo *ret) MUST_USE;
/* The shortest URI that reads as the same again. */
void geo_put(struct buf *b, const struct geo *g);

#endif
