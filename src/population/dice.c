#include "population/dice.h"

#define MULTIPLIER UINT64_C(6364136223846793005)
#define MILLION 1000000U
#define ZIPF_ONE 100000U

uint64_t dice_mix(uint64_t a, uint64_t b)
{
    uint64_t z = a + UINT64_C(0x9e3779b97f4a7c15) * (b + 1);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void dice_init(struct dice *d, uint64_t seed, uint64_t stream)
{
    d->stream = dice_mix(seed, stream) | 1;
    d->state = dice_mix(stream, seed);
    (void)dice_next(d);
}

uint32_t dice_next(struct dice *d)
{
    uint64_t s = d->state;
    d->state = s * MULTIPLIER + d->stream;
    uint32_t x = (uint32_t)(((s >> 18) ^ s) >> 27), turn = (uint32_t)(s >> 59);
    return (x >> turn) | (x << ((32 - turn) & 31));
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
    return (uint32_t)(((uint64_t)dice_next(d) * n) >> 32);
}

uint64_t dice_below64(struct dice *d, uint64_t n)
{
    uint64_t high = dice_next(d);
    uint64_t x = (high << 32) | dice_next(d);
    return n == 0 ? 0 : x % n;
}

bool dice_chance(struct dice *d, uint32_t per_million)
{
    return dice_below(d, MILLION) < per_million;
}

uint32_t dice_quantile(struct dice *d, const uint32_t *quantiles, size_t count)
{
    uint64_t at = (uint64_t)dice_next(d) * (count - 1);
    const uint32_t *q = quantiles + (at >> 32);
    uint64_t part = at & UINT32_MAX;
    return q[0] + (uint32_t)(((uint64_t)(q[1] - q[0]) * part) >> 32);
}

void dice_zipf_init(struct dice_zipf *z, uint32_t shift_tenths)
{
    z->below[0] = 0;
    for (uint32_t k = 0; k < DICE_ZIPF_MAX; k++)
        z->below[k + 1] = z->below[k] + 10 * ZIPF_ONE / (10 * k + shift_tenths);
}

uint32_t dice_zipf(struct dice *d, const struct dice_zipf *z, uint32_t n)
{
    if (n > DICE_ZIPF_MAX)
        n = DICE_ZIPF_MAX;
    uint32_t x = dice_below(d, z->below[n]), low = 0, high = n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (z->below[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}
