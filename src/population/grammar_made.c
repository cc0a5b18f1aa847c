#include "population/grammar_made.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"

#define LETTERS 26
#define DATE_SPREAD 21 /* days before and behind that are spoken of */

static const char *const names[] = {
    [GRAMMAR_MADE_NONE] = "",  [GRAMMAR_NUM] = "NUM",     [GRAMMAR_TIME] = "TIME",
    [GRAMMAR_DATE] = "DATE",   [GRAMMAR_MONEY] = "MONEY", [GRAMMAR_CODE] = "CODE",
    [GRAMMAR_COORD] = "COORD", [GRAMMAR_PHONE] = "PHONE",
};
static_assert(sizeof names / sizeof names[0] == GRAMMAR_MADES, "each has its name");

enum grammar_made grammar_made_of(const char *name, size_t len)
{
    for (int i = 1; i < GRAMMAR_MADES; i++)
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return (enum grammar_made)i;
    return GRAMMAR_MADE_NONE;
}

/* Small ones and round ones more often. */
static uint32_t number(struct dice *dice)
{
    switch (dice_below(dice, 8)) {
    case 0:
        return 10 * (1 + dice_below(dice, 10));
    case 1:
        return 1 + dice_below(dice, 500);
    case 2:
    case 3:
        return 1 + dice_below(dice, 40);
    default:
        return 2 + dice_below(dice, 9);
    }
}

static void put_money(struct dice *dice, struct buf *out)
{
    static const uint32_t steps[] = {5, 50, 100, 250, 500, 1000, 5000};
    uint32_t sum = steps[dice_below(dice, 7)] * (1 + dice_below(dice, 40));
    if (sum >= 1000 && sum % 1000 == 0 && dice_below(dice, 2) == 0)
        buf_format(out, "%uk", sum / 1000);
    else
        buf_format(out, "%u", sum);
}

static void put_code(struct dice *dice, struct buf *out)
{
    for (int i = 0; i < 3; i++)
        buf_put_u8(out, (uint8_t)('A' + dice_below(dice, LETTERS)));
    buf_format(out, "%s%03u", dice_below(dice, 2) == 0 ? "-" : "", dice_below(dice, 1000));
    if (dice_below(dice, 2) == 0)
        buf_put_u8(out, (uint8_t)('A' + dice_below(dice, LETTERS)));
}

/* Day and month, as the day's text has them. */
static void put_date(const struct grammar_facts *f, struct dice *dice, struct buf *out)
{
    static const char marks[] = "./-";
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(f->day + dice_below(dice, 2 * DATE_SPREAD) - DATE_SPREAD, day);
    char mark = marks[dice_below(dice, 3)];
    buf_format(out, "%.2s%c%.2s", day + 8, mark, day + 5);
}

static void put_degrees(int32_t tenths, struct dice *dice, struct buf *out)
{
    int32_t parts = 1000 * tenths + (int32_t)dice_below(dice, 4000) - 2000; /* of 10^-4 degrees */
    uint32_t size = (uint32_t)(parts < 0 ? -parts : parts);
    buf_format(out, "%s%u.%04u", parts < 0 ? "-" : "", size / 10000, size % 10000);
}

void grammar_make(enum grammar_made m, const struct grammar_facts *f, struct dice *dice,
                  struct buf *out)
{
    uint32_t hour;
    switch (m) {
    case GRAMMAR_NUM:
        buf_format(out, "%u", number(dice));
        break;
    case GRAMMAR_TIME:
        hour = 6 + dice_below(dice, 18);
        buf_format(out, "%u:%02u", hour, 15 * dice_below(dice, 4));
        break;
    case GRAMMAR_DATE:
        put_date(f, dice, out);
        break;
    case GRAMMAR_MONEY:
        put_money(dice, out);
        break;
    case GRAMMAR_CODE:
        put_code(dice, out);
        break;
    case GRAMMAR_COORD:
        put_degrees(f->latitude, dice, out);
        buf_put_text(out, ", ");
        put_degrees(f->longitude, dice, out);
        break;
    case GRAMMAR_PHONE:
        hour = dice_below(dice, 90000);
        buf_format(out, "06%u%04u", 10000 + hour, dice_below(dice, 10000));
        break;
    case GRAMMAR_MADE_NONE:
    case GRAMMAR_MADES:
        break;
    }
}
