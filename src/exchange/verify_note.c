/* All of a package has come: is it what the desk says in package.note, and is the desk a warrant's?
 */
#include <string.h>

#include "base/memory.h"
#include "exchange/verify_internal.h"

struct verify_bot *verify_bot_of(struct verifying *v, const char *jid, size_t len)
{
    for (size_t i = 0; i < v->bot_count; i++)
        if (strlen(v->bots[i].jid) == len && memcmp(v->bots[i].jid, jid, len) == 0)
            return &v->bots[i];
    return NULL;
}

/* Its counts must be those that were found. */
static int compare_bot(struct verifying *v, const struct package_bot *x, struct diag *d)
{
    struct verify_bot *b = verify_bot_of(v, x->jid, strlen(x->jid));
    if (b == NULL || !b->begun)
        return diag_set(d, ERR_AUTH, "%s names %s, of which nothing is in it", PACKAGE_NOTE,
                        x->jid);
    int r = verify_tree_end(b, d);
    if (r == 0 && (b->tree.checkpoint.size != x->size ||
                   memcmp(b->tree.counts, x->counts, sizeof x->counts) != 0))
        r = diag_set(d, ERR_AUTH,
                     "the leaves of %s that are shown and withheld are others than %s says", x->jid,
                     PACKAGE_NOTE);
    return r;
}

static int compare_warrants(const struct verifying *v, const struct package *p, struct diag *d)
{
    for (size_t i = 0; i < v->warrant_count; i++) {
        size_t at = 0;
        while (at < p->warrant_count && strcmp(p->warrants[at].id, v->warrants[i]) != 0)
            at++;
        if (at == p->warrant_count)
            return diag_set(d, ERR_AUTH, "it has records of warrant %s, which %s does not name",
                            v->warrants[i], PACKAGE_NOTE);
    }
    return 0;
}

/* Anybody could take a stamp away: who trusts an authority wants its stamp. */
static int check_stamp(struct verifying *v, struct diag *d)
{
    const struct stamp_reply s = {.bytes = v->stamp.data,
                                  .len = v->stamp.len,
                                  .of = v->note,
                                  .of_len = strlen(v->note),
                                  .authorities = v->o->authorities};
    v->ret->stamped = s.len > 0;
    if (v->ret->stamped)
        return stamp_check(&s, &v->ret->stamp, d);
    return s.authorities == NULL
               ? 0
               : diag_set(d, ERR_NOT_FOUND, "%s is missing: nobody has stamped the package",
                          STAMP_MEMBER);
}

int verify_note(struct verifying *v, const struct bag_summary *bag, struct diag *d)
{
    if (v->note == NULL)
        return diag_set(d, ERR_FORMAT, "%s is missing", PACKAGE_NOTE);
    int r = verify_open_library(v, d);
    if (r == 0)
        r = package_open(v->net, v->library, v->note, strlen(v->note), &v->ret->package, d);
    v->ret->warrants = mem_new(sizeof *v->ret->warrants);
    if (r == 0)
        r = validities_find(v->library, NULL, NULL, 0, v->ret->warrants, d);
    if (r < 0)
        return r;
    const struct package *p = v->ret->package;
    if (memcmp(p->manifest, bag->manifest, sizeof p->manifest) != 0)
        return diag_set(d, ERR_AUTH, "manifest-sha512.txt is another than %s says", PACKAGE_NOTE);
    for (size_t i = 0; r == 0 && i < p->bot_count; i++)
        r = compare_bot(v, &p->bots[i], d);
    if (r == 0 && p->bot_count != v->bot_count)
        r = diag_set(d, ERR_AUTH, "it has records of a bot that %s does not name", PACKAGE_NOTE);
    if (r == 0)
        r = compare_warrants(v, p, d);
    return r == 0 ? check_stamp(v, d) : r;
}
