/* Simulated populations beside Enron's figures, as docs/simulate.md states them: each within the
 * bounds that it gives. */
#include "simulated.h"

#include "population/countries.h"
#include "population/internal.h"

#define MILLE 1000U

struct measured {
    uint32_t devices;
    uint32_t *sent;
    uint32_t *between; /* [from][to] messages */
    uint32_t to[5];    /* messages with 1, 2, 3, 4 and more recipients */
    uint32_t hours[24], weekdays[7];
    uint32_t messages, within; /* of these to the same organisation */
};

static struct measured measure(uint64_t seed)
{
    struct population_options o = simulated_options();
    const struct population_message *m;
    o.seed = seed;
    o.devices = 1200;
    o.organisations = 30;
    o.messages = 100000;
    o.days = 180;
    CLEANUP(population_free_cleanup) struct population *p = simulated(&o);
    struct measured x = {.devices = o.devices};
    x.sent = mem_array(o.devices, sizeof *x.sent);
    x.between = mem_array((size_t)o.devices * o.devices, sizeof *x.between);
    while (population_next(p, &m)) {
        int64_t minutes =
            m->at_unix_ms / 60000 + countries[p->members[m->from].country].zone_minutes;
        x.sent[m->from]++;
        x.messages++;
        x.within += p->members[m->from].organisation == p->members[m->to[0]].organisation;
        x.to[m->to_count > 4 ? 4 : m->to_count - 1]++;
        x.hours[minutes / 60 % 24]++;
        x.weekdays[(minutes / 1440 + 3) % 7]++;
        for (size_t i = 0; i < m->to_count; i++)
            x.between[(size_t)m->from * o.devices + m->to[i]]++;
    }
    return x;
}

static void measured_clear(struct measured *x)
{
    free(x->sent);
    free(x->between);
}

static int falling(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x < y) - (x > y);
}

/* Thousandths of the sum that the first `count` have. */
static uint32_t share(const uint32_t *sorted, size_t all, size_t count)
{
    uint64_t sum = 0, part = 0;
    for (size_t i = 0; i < all; i++) {
        sum += sorted[i];
        part += i < count ? sorted[i] : 0;
    }
    return sum == 0 ? 0 : (uint32_t)(part * MILLE / sum);
}

/* Enron: 47.7, 68.5 and 92.3 % by the first tenth, fifth and half of the senders. */
static void assert_senders(struct measured *x)
{
    size_t count = 0;
    qsort(x->sent, x->devices, sizeof *x->sent, falling);
    while (count < x->devices && x->sent[count] > 0)
        count++;
    assert_in_range(share(x->sent, count, count / 10), 430, 570);
    assert_in_range(share(x->sent, count, count / 5), 630, 720);
    assert_in_range(share(x->sent, count, count / 2), 870, 940);
}

/* Enron: 10 at the median, 27 for the first tenth, 63 at most. */
static void assert_contacts(const struct measured *x)
{
    uint32_t *counts = mem_array(x->devices, sizeof *counts);
    size_t some = 0;
    for (uint32_t a = 0; a < x->devices; a++)
        for (uint32_t b = 0; b < x->devices; b++)
            counts[a] += x->between[(size_t)a * x->devices + b] > 0 ||
                         x->between[(size_t)b * x->devices + a] > 0;
    qsort(counts, x->devices, sizeof *counts, falling);
    while (some < x->devices && counts[some] > 0)
        some++;
    assert_in_range(counts[some / 2], 8, 13);
    assert_in_range(counts[some / 10], 20, 32);
    assert_in_range(counts[0], 35, 90);
    free(counts);
}

/* Enron: 31.8, 61.8 and 76.4 % of what somebody sends goes to the closest one, three and five; of
 * those who sent 20 and more, at the median. */
static void assert_closest(const struct measured *x)
{
    uint32_t *first = mem_array(x->devices, sizeof *first), *three, *five;
    size_t count = 0;
    three = mem_array(x->devices, sizeof *three);
    five = mem_array(x->devices, sizeof *five);
    for (uint32_t a = 0; a < x->devices; a++) {
        uint32_t *row = x->between + (size_t)a * x->devices, sum = 0;
        for (uint32_t b = 0; b < x->devices; b++)
            sum += row[b];
        if (sum < 20)
            continue;
        qsort(row, x->devices, sizeof *row, falling);
        first[count] = share(row, x->devices, 1);
        three[count] = share(row, x->devices, 3);
        five[count++] = share(row, x->devices, 5);
    }
    qsort(first, count, sizeof *first, falling);
    qsort(three, count, sizeof *three, falling);
    qsort(five, count, sizeof *five, falling);
    assert_in_range(first[count / 2], 290, 350);
    assert_in_range(three[count / 2], 600, 660);
    assert_in_range(five[count / 2], 760, 810);
    free(first);
    free(three);
    free(five);
}

/* Enron: 89.7 % to one, 7.5 to two, 1.8 to three. */
static void assert_several(const struct measured *x)
{
    assert_in_range(x->to[0] * MILLE / x->messages, 870, 930);
    assert_in_range(x->to[1] * MILLE / x->messages, 35, 90);
    assert_in_range(x->to[2] * MILLE / x->messages, 10, 35);
}

/* Thousandths that would have to be moved. */
static uint32_t distance(const uint32_t *counts, const uint32_t *wanted, size_t n, uint32_t all)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t is = counts[i] * MILLE / all;
        sum += is > wanted[i] ? is - wanted[i] : wanted[i] - is;
    }
    return sum / 2;
}

static void assert_hours(const struct measured *x)
{
    static const uint32_t hours[24] = {5,  11, 28, 29, 46, 44, 41, 57, 79, 95, 87, 80,
                                       66, 64, 57, 51, 52, 39, 24, 14, 11, 9,  6,  4};
    static const uint32_t weekdays[7] = {214, 212, 199, 178, 156, 12, 29};
    assert_in_range(distance(x->hours, hours, 24, x->messages), 0, 70);
    assert_in_range(distance(x->weekdays, weekdays, 7, x->messages), 0, 20);
}

static void fit__simulated__is_as_stated(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct measured x = measure(seed);
        assert_contacts(&x);
        assert_in_range(x.within * MILLE / x.messages, 700, 900); /* organisations are clusters */
        assert_several(&x);
        assert_hours(&x);
        assert_closest(&x); /* sorts the rows */
        assert_senders(&x);
        measured_clear(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit__simulated__is_as_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
