#include "analysis/lexrank.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/memory.h"

#define LINK_LEAST 0.1 /* less has to do with each other by chance: the paper's threshold */
#define SAME_LEAST 0.8
#define REPEATS_LEAST 0.5
#define DAMPING 0.15 /* of a step: to any text; the paper's */
#define STEPS_MAX 100
#define CHANGE_LEAST 1e-7
#define DIGITS 1e6 /* of a rank: what differs by less is the same, and the first text is before */

/* A word of a text. */
struct term {
    uint32_t word, text;
    double weight;
};

struct ranking {
    size_t count; /* of texts */
    struct term *terms;
    size_t term_count;
    double *near; /* of each two */
    size_t *kept; /* those that count … */
    size_t kept_count;
    double *rank; /* … and theirs */
};

static void ranking_clear(struct ranking *r)
{
    free(r->terms);
    free(r->near);
    free(r->kept);
    free(r->rank);
}

/* ---- how near ---- */

static double *near_of(const struct ranking *r, size_t a, size_t b)
{
    return &r->near[a * r->count + b];
}

static int by_word(const void *one, const void *other)
{
    const struct term *a = one, *b = other;
    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    return a->text < b->text ? -1 : a->text > b->text;
}

/* Each word of each text once, by words, with how often it stands there. */
static void count_terms(struct ranking *r, const struct lexrank_texts *t)
{
    size_t words = t->count == 0 ? 0 : t->ends[t->count - 1], at = 0;
    r->terms = mem_array(words + 1, sizeof *r->terms);
    for (size_t i = 0; i < t->count; i++)
        for (; at < t->ends[i]; at++)
            r->terms[at] = (struct term){t->words[at], (uint32_t)i, 1};
    qsort(r->terms, words, sizeof *r->terms, by_word);
    for (size_t i = 0; i < words; i++) {
        struct term *last = r->term_count == 0 ? NULL : &r->terms[r->term_count - 1];
        if (last != NULL && by_word(last, &r->terms[i]) == 0)
            last->weight++;
        else
            r->terms[r->term_count++] = r->terms[i];
    }
}

/* Behind the terms of the word at `first`. */
static size_t end_of_word(const struct ranking *r, size_t first)
{
    size_t end = first;
    while (end < r->term_count && r->terms[end].word == r->terms[first].word)
        end++;
    return end;
}

static void weigh_terms(struct ranking *r)
{
    CLEANUP_FREE double *squares = mem_array(r->count + 1, sizeof *squares);
    for (size_t first = 0, end; first < r->term_count; first = end) {
        end = end_of_word(r, first);
        double rare = log(1 + (double)r->count / (double)(end - first));
        for (size_t i = first; i < end; i++) {
            r->terms[i].weight *= rare;
            squares[r->terms[i].text] += r->terms[i].weight * r->terms[i].weight;
        }
    }
    for (size_t i = 0; i < r->term_count; i++)
        r->terms[i].weight /= sqrt(squares[r->terms[i].text]);
}

static void measure(struct ranking *r)
{
    r->near = mem_array(r->count * r->count + 1, sizeof *r->near);
    for (size_t first = 0, end; first < r->term_count; first = end) {
        end = end_of_word(r, first);
        for (size_t a = first; a < end; a++)
            for (size_t b = first; b < a; b++)
                *near_of(r, r->terms[a].text, r->terms[b].text) +=
                    r->terms[a].weight * r->terms[b].weight;
    }
    for (size_t a = 0; a < r->count; a++)
        for (size_t b = 0; b < a; b++)
            *near_of(r, b, a) = *near_of(r, a, b);
}

/* ---- which count ---- */

static bool is_near_any(const struct ranking *r, size_t text, const size_t *of, size_t count,
                        double least)
{
    for (size_t i = 0; i < count; i++)
        if (*near_of(r, text, of[i]) >= least)
            return true;
    return false;
}

static void keep(struct ranking *r)
{
    r->kept = mem_array(r->count + 1, sizeof *r->kept);
    for (size_t i = 0; i < r->count; i++)
        if (!is_near_any(r, i, r->kept, r->kept_count, SAME_LEAST))
            r->kept[r->kept_count++] = i;
}

/* ---- ranks ---- */

/* Steps from one text to another, each as likely as it is near; none votes for itself. */
struct step {
    size_t from; /* of those that are kept */
    double share;
};
struct steps {
    struct step *items;
    size_t *ends; /* of those that lead to each */
    double *sums; /* of what is near each; 0: from it a step leads anywhere */
};

static void steps_clear(struct steps *s)
{
    free(s->items);
    free(s->ends);
    free(s->sums);
}

/* 0: they are no neighbours. */
static double link_of(const struct ranking *r, size_t a, size_t b)
{
    double near = a == b ? 0 : *near_of(r, r->kept[a], r->kept[b]);
    return near >= LINK_LEAST ? near : 0;
}

static size_t sum_links(const struct ranking *r, double *ret)
{
    size_t links = 0;
    for (size_t a = 0; a < r->kept_count; a++)
        for (size_t b = 0; b < r->kept_count; b++) {
            double link = link_of(r, a, b);
            ret[a] += link;
            links += link > 0;
        }
    return links;
}

static void make_steps(const struct ranking *r, struct steps *ret)
{
    size_t n = 0;
    ret->sums = mem_array(r->kept_count + 1, sizeof *ret->sums);
    ret->items = mem_array(sum_links(r, ret->sums) + 1, sizeof *ret->items);
    ret->ends = mem_array(r->kept_count + 1, sizeof *ret->ends);
    for (size_t to = 0; to < r->kept_count; to++) {
        for (size_t from = 0; from < r->kept_count; from++) {
            double link = link_of(r, to, from);
            if (link > 0)
                ret->items[n++] = (struct step){from, link / ret->sums[from]};
        }
        ret->ends[to] = n;
    }
}

/* What goes to every text: of each a part, and all of those that have no neighbour. */
static double anywhere(const struct ranking *r, const struct steps *s)
{
    double alone = 0;
    for (size_t i = 0; i < r->kept_count; i++)
        alone += s->sums[i] > 0 ? 0 : r->rank[i];
    return (DAMPING + (1 - DAMPING) * alone) / (double)r->kept_count;
}

/* One step of all; returns how much it changed. */
static double walk(const struct ranking *r, const struct steps *s, double *next)
{
    double changed = 0, base = anywhere(r, s);
    for (size_t to = 0, i = 0; to < r->kept_count; to++) {
        double sum = 0;
        for (; i < s->ends[to]; i++)
            sum += s->items[i].share * r->rank[s->items[i].from];
        next[to] = base + (1 - DAMPING) * sum;
        changed += fabs(next[to] - r->rank[to]);
    }
    return changed;
}

static void rank(struct ranking *r)
{
    CLEANUP(steps_clear) struct steps s = {0};
    double *next = mem_array(r->kept_count + 1, sizeof *next), changed = 1;
    r->rank = mem_array(r->kept_count + 1, sizeof *r->rank);
    make_steps(r, &s);
    for (size_t i = 0; i < r->kept_count; i++)
        r->rank[i] = 1 / (double)r->kept_count;
    for (int i = 0; i < STEPS_MAX && changed > CHANGE_LEAST; i++) {
        changed = walk(r, &s, next);
        double *before = r->rank;
        r->rank = next;
        next = before;
    }
    free(next);
}

/* ---- choosing ---- */

static int by_rank(const void *one, const void *other)
{
    const struct lexrank_line *a = one, *b = other;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    return a->text < b->text ? -1 : a->text > b->text;
}

static size_t choose(const struct ranking *r, size_t most, struct lexrank_line *ret)
{
    CLEANUP_FREE struct lexrank_line *all = mem_array(r->kept_count + 1, sizeof *all);
    CLEANUP_FREE size_t *chosen = mem_array(most + 1, sizeof *chosen);
    size_t count = 0;
    for (size_t i = 0; i < r->kept_count; i++)
        all[i] = (struct lexrank_line){r->kept[i], round(r->rank[i] * DIGITS) / DIGITS};
    qsort(all, r->kept_count, sizeof *all, by_rank);
    for (size_t i = 0; i < r->kept_count && count < most; i++) {
        if (is_near_any(r, all[i].text, chosen, count, REPEATS_LEAST))
            continue;
        chosen[count] = all[i].text;
        ret[count++] = all[i];
    }
    return count;
}

size_t lexrank_choose(const struct lexrank_texts *t, size_t most, struct lexrank_line *ret)
{
    CLEANUP(ranking_clear) struct ranking r = {.count = t->count};
    count_terms(&r, t);
    weigh_terms(&r);
    measure(&r);
    keep(&r);
    rank(&r);
    return choose(&r, most, ret);
}
