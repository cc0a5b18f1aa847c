#include "simulated.h"

struct population_options simulated_options(void)
{
    return (struct population_options){.seed = 7,
                                       .messages = 20000,
                                       .devices = 300,
                                       .countries = 30,
                                       .organisations = 8,
                                       .from_day = 18267, /* 2020-01-06 */
                                       .days = 120,
                                       .domain = "chat.example"};
}

struct population *simulated(const struct population_options *o)
{
    struct population *p = NULL;
    struct diag d = {""};
    if (population_new(o, &p, &d) < 0)
        fail_msg("%s", d.text);
    return p;
}

void simulated_lines(const struct population_options *o, uint64_t count, struct buf *lines,
                     struct buf *truth)
{
    CLEANUP(population_free_cleanup) struct population *p = simulated(o);
    const struct population_message *m;
    if (truth != NULL)
        population_put_people(truth, p);
    for (uint64_t i = 0; (count == 0 || i < count) && population_next(p, &m); i++) {
        population_put_line(lines, p, m);
        if (truth != NULL)
            population_put_truth(truth, p, m);
    }
    assert_false(buf_failed(lines));
}
