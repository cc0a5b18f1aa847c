/* What people are shown before they sign, and afterwards: a warrant as a page that a judge would
 * sign, a policy as what it changes, and who has signed. The same as JSON for programs.
 */
#ifndef IRONSIDE_AUTHORITY_PAGE_H
#define IRONSIDE_AUTHORITY_PAGE_H

#include <jansson.h>

#include "authority/published.h"

#define PAGE_MAX (1U << 20) /* bytes of a page */

/* The network that the papers are of: without the note, signatures can't be checked. */
struct page_context {
    const struct network_note *net; /* NULL: not known */
    const struct policy *policy;    /* that is in force or proposed; NULL: not known */
    const char *account; /* a handle of which the page is to say whether it is named; or NULL */
};

void page_warrant(struct buf *b, const struct page_context *c, const struct warrant *w);
/* What `p` changes from `before` (NULL: there was none), what is so then, with every revocation
 * that stands, and who has signed. */
void page_policy(struct buf *b, const struct page_context *c, const struct policy *p,
                 const struct policy *before);
/* All that the custodians are asked to sign. */
void page_proposal(struct buf *b, const struct proposal *p, const char *account);

/* {"id","network","authority","from","until","days","scope","countries":[…],"accounts":[HASH…],
 *  "exclude":[…],"bot","agencies":[{"name","recipient","desk":KEY|null}],"text":HASH,
 *  "revoked":INSTANT|null,"account":{"handle","named"},
 *  "signatures":{"needed","signed":[…],"missing":[…],"enough"}} */
json_t *page_warrant_json(const struct page_context *c, const struct warrant *w);
/* {"serial","issued","previous":HASH|null,"changes":[…],"revoked":[{"what","id","since"}],
 *  "warrants":[ID…],"bots":[{"address","default","countries"}],"without_warrant","notice","text",
 *  "signatures"} */
json_t *page_policy_json(const struct page_context *c, const struct policy *p,
                         const struct policy *before);
/* {"network","founding","policy":{…}|null,"warrants":[{…}]} */
json_t *page_proposal_json(const struct proposal *p, const char *account);

#endif
