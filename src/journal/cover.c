#include "journal/cover.h"

#include <stdio.h>
#include <string.h>

void cover_start(struct cover *c, const uint8_t (*lines)[VERDICT_LINE_BYTES], uint32_t line_count)
{
    *c = (struct cover){.lines = lines, .line_count = line_count};
}

static bool archived(const struct cover *c, uint32_t position)
{
    struct verdict_line l;
    return position < c->line_count && verdict_line_get(c->lines[position], &l) == 0 &&
           l.state == VERDICT_ARCHIVED;
}

enum cover_fault cover_add(struct cover *c, const struct journal_batch *b, uint32_t *ret_record)
{
    int64_t before = -1;
    *ret_record = 0;
    if (strcmp(b->warrant, c->warrant) <= 0)
        return COVER_WARRANT;
    snprintf(c->warrant, sizeof c->warrant, "%s", b->warrant);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t position = verdict_position_get(b->positions, i);
        *ret_record = i;
        if (position <= before)
            return COVER_ORDER;
        if (!archived(c, position))
            return COVER_LINE;
        c->has[position / 64] |= UINT64_C(1) << position % 64;
        before = position;
    }
    return COVER_NONE;
}

bool cover_lacks(const struct cover *c, uint32_t *ret_position)
{
    for (uint32_t i = 0; i < c->line_count; i++)
        if (archived(c, i) && (c->has[i / 64] >> i % 64 & 1) == 0) {
            *ret_position = i;
            return true;
        }
    return false;
}
