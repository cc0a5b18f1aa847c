#include "analysis/between.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/internal.h"
#include "base/memory.h"

struct between {
    const struct analysis *a;
    uint32_t *order; /* all people, as the seed has shuffled them: the sources come first */
    uint32_t sources, taken;
    unsigned steps, done;
    double *sum, *squares; /* of each step's estimate */
};

/* xorshift64* (Vigna 2016): the same on every machine. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static uint32_t *shuffled(uint32_t people, uint32_t seed)
{
    uint32_t *order = mem_array((size_t)people + 1, sizeof *order);
    uint64_t state = ((uint64_t)seed << 32) | 1;
    for (uint32_t i = 0; i < people; i++)
        order[i] = i;
    for (uint32_t i = people; i > 1; i--) {
        uint32_t j = (uint32_t)(next_random(&state) % i), other = order[j];
        order[j] = order[i - 1];
        order[i - 1] = other;
    }
    return order;
}

int between_new(const struct analysis *a, uint32_t sources, unsigned steps, uint32_t seed,
                struct between **ret, struct diag *d)
{
    if (steps < 2 || sources < steps)
        return diag_set(d, ERR_FORMAT, "sampling takes 2 steps or more, of a person or more each");
    struct between *b = mem_new(sizeof *b);
    bool all = sources >= a->people;
    *b = (struct between){.a = a, .sources = all ? a->people : sources, .steps = all ? 1 : steps};
    b->order = shuffled(a->people, seed);
    b->sum = mem_array((size_t)a->people + 1, sizeof *b->sum);
    b->squares = mem_array((size_t)a->people + 1, sizeof *b->squares);
    *ret = b;
    return 0;
}

void between_free(struct between *b)
{
    if (b == NULL)
        return;
    free(b->order);
    free(b->sum);
    free(b->squares);
    free(b);
}

static igraph_error_t run_part(struct between *b, uint32_t first, uint32_t count,
                               igraph_vector_t *values)
{
    igraph_vector_int_t sources;
    igraph_error_t e = igraph_vector_int_init(&sources, count);
    if (e != IGRAPH_SUCCESS)
        return e;
    for (uint32_t i = 0; i < count; i++)
        VECTOR(sources)[i] = b->order[first + i];
    e = igraph_betweenness_subset(&b->a->graph, values, igraph_vss_all(), IGRAPH_UNDIRECTED,
                                  igraph_vss_vector(&sources), igraph_vss_all(), NULL);
    igraph_vector_int_destroy(&sources);
    return e;
}

static void add_part(struct between *b, const igraph_vector_t *values, uint32_t count)
{
    double scale = (double)b->a->people / count;
    for (uint32_t p = 0; p < b->a->people; p++) {
        double estimate = VECTOR(*values)[p] * scale;
        b->sum[p] += estimate;
        b->squares[p] += estimate * estimate;
    }
}

bool between_step(struct between *b, int *r, struct diag *d)
{
    igraph_vector_t values;
    *r = 0;
    if (b->done == b->steps || b->a->people == 0)
        return false;
    uint32_t end = (uint32_t)((uint64_t)b->sources * (b->done + 1) / b->steps);
    if (igraph_vector_init(&values, 0) != IGRAPH_SUCCESS) {
        *r = analysis_failed(IGRAPH_ENOMEM, d);
        return false;
    }
    igraph_error_t e = run_part(b, b->taken, end - b->taken, &values);
    if (e == IGRAPH_SUCCESS)
        add_part(b, &values, end - b->taken);
    else
        *r = analysis_failed(e, d);
    igraph_vector_destroy(&values);
    b->taken = end;
    b->done++;
    return e == IGRAPH_SUCCESS && b->done < b->steps;
}

void between_result(const struct between *b, double *ret_value, double *ret_error)
{
    double n = b->done;
    for (uint32_t p = 0; p < b->a->people; p++) {
        double mean = n > 0 ? b->sum[p] / n : 0;
        double spread = n > 1 ? (b->squares[p] - n * mean * mean) / (n - 1) : 0;
        ret_value[p] = mean;
        ret_error[p] = spread > 0 ? sqrt(spread / n) : 0;
    }
}
