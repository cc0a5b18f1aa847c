/* A device's question to its bot: is the round behind this verdict in your tree, and does the tree
 * continue the one that I saw last? (docs/protocol.md, "Inclusion")
 *
 *     IQ get     <inclusion xmlns='urn:ironside:access:1' root='…' count='5' since='1200'/>
 *     IQ result  <inclusion index='1234'><path/>… <consistency/>… <checkpoint>note</checkpoint>
 *
 * A bot that has not yet published a checkpoint over the round answers with an IQ error
 * (item-not-found): ask again later.
 */
#ifndef IRONSIDE_WIRE_INCLUSION_H
#define IRONSIDE_WIRE_INCLUSION_H

#include "crypto/checkpoint.h"
#include "wire/document.h"
#include "wire/envelope.h"
#include "wire/verdict.h"

/* Whether the round with this root and so many lines is in the tree. */
struct inclusion_query {
    uint8_t root[MERKLE_BYTES];
    uint32_t count;
    uint64_t old_size; /* of the checkpoint that the device holds; 0: none */
};

struct inclusion {
    uint64_t index; /* of the round's leaf */
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t path_count;
    uint8_t consistency[MERKLE_PATH_MAX][MERKLE_BYTES]; /* from `since` to the checkpoint */
    size_t consistency_count;
    const char *checkpoint; /* signed note */
};

void inclusion_put_query(struct buf *b, const struct inclusion_query *q);
int inclusion_parse_query(const struct xml_element *x, struct inclusion_query *ret) MUST_USE;
void inclusion_put_answer(struct buf *b, const struct inclusion *i);
int inclusion_parse_answer(const struct xml_element *x, struct arena *a,
                           struct inclusion *ret) MUST_USE;

/* Checks an answer against the question and what the device knows: the checkpoint is signed by the
 * bot, holds the round's leaf and continues `known` (NULL: none yet; its size is q->old_size).
 * ERR_AUTH with a line that says which of these does not hold. */
int inclusion_verify(const struct inclusion_query *q, const struct inclusion *i, const char *bot,
                     const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                     const struct checkpoint *known, struct checkpoint *ret,
                     struct diag *d) MUST_USE;

#endif
