/* The offices through which a policy goes before devices hear of it: custodians, who read a
 * proposal, and a real registrar over the fixture's network, which imports it.
 */
#ifndef IRONSIDE_TESTS_SEQUENCES_OFFICE_H
#define IRONSIDE_TESTS_SEQUENCES_OFFICE_H

#include "wire/fixture.h"

struct office;

/* A registrar with keys of its own and the fixture's custodians, which has no policy yet. */
struct office *office_new(const struct fixture *f);
void office_free(struct office *o);

/* What custodians read who are asked to sign it after `before`: "" or why it is refused; until the
 * next call. */
const char *office_read(struct office *o, const struct policy_set *before,
                        const struct policy_set *s);
/* The registrar is given it with all that it names: "" when it is in force now, or why not. */
const char *office_import(struct office *o, const struct policy_set *s);

#endif
