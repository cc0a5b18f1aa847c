/* What a record proves by itself, with the network's documents and without a journal: who sent it,
 * and that its key was sealed to the warrants that covered it. Whoever reads an archive asks here,
 * and whoever was handed a part of one.
 */
#ifndef IRONSIDE_ARCHIVE_RECORD_CHECK_H
#define IRONSIDE_ARCHIVE_RECORD_CHECK_H

#include "archive/library.h"
#include "wire/record.h"

/* Each returns "" or what is wrong, for a person: it lives as long as the program. */

/* Signed by the device of its certificate, which is the registrar's; gives the message's digest. */
const char *record_check_signature(const struct network_note *net, const struct record *rec,
                                   const uint8_t transcript[static HASH_BYTES],
                                   uint8_t ret_digest[static HASH_BYTES]);
/* Sealed as the policy that it names asks for on its day, from that country ("": none), and not
 * dated back. */
const char *record_check_seal(const struct library *l, const struct record *rec,
                              const uint8_t transcript[static HASH_BYTES], const char *country);

/* The country of its place token; "" where it has none that is the registrar's. */
void record_check_country(const struct network_note *net, const struct record *rec,
                          char ret[static VALUE_COUNTRY_BYTES]);

#endif
