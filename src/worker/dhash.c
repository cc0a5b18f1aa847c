#include "worker/dhash.h"

#define ACROSS 9U
#define DOWN 8U

/* The part number `part` of `parts` of a side; at least one pixel. */
static uint32_t edge(uint32_t side, uint32_t part, uint32_t parts)
{
    return (uint32_t)((uint64_t)side * part / parts);
}

static uint64_t mean(const uint8_t *grey, uint32_t width, uint32_t height, uint32_t x, uint32_t y)
{
    uint32_t left = edge(width, x, ACROSS), right = edge(width, x + 1, ACROSS);
    uint32_t top = edge(height, y, DOWN), bottom = edge(height, y + 1, DOWN);
    uint64_t sum = 0;
    right = right == left ? left + 1 : right;
    bottom = bottom == top ? top + 1 : bottom;
    for (uint32_t row = top; row < bottom; row++)
        for (uint32_t column = left; column < right; column++)
            sum += grey[(uint64_t)row * width + column];
    return sum * 256 / ((uint64_t)(right - left) * (bottom - top));
}

uint64_t dhash_of(const uint8_t *grey, uint32_t width, uint32_t height)
{
    uint64_t hash = 0;
    for (uint32_t y = 0; y < DOWN; y++) {
        uint64_t left = mean(grey, width, height, 0, y);
        for (uint32_t x = 1; x < ACROSS; x++) {
            uint64_t right = mean(grey, width, height, x, y);
            hash = hash << 1 | (left > right);
            left = right;
        }
    }
    return hash;
}
