#include "archive/record_check.h"

#include <string.h>

#include "base/calendar.h"
#include "wire/certificate.h"
#include "wire/seal.h"

const char *record_check_signature(const struct network_note *net, const struct record *rec,
                                   const uint8_t transcript[static HASH_BYTES],
                                   uint8_t ret_digest[static HASH_BYTES])
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(8192);
    const struct envelope *e = &rec->envelope;
    if (certificate_open(net, rec->certificate, strlen(rec->certificate), &c, NULL) < 0)
        return "its certificate is not the registrar's";
    if (memcmp(c->document.hash, e->certificate, HASH_BYTES) != 0 ||
        strcmp(c->account, e->from) != 0)
        return "its certificate is another account's";
    envelope_signed_bytes(e, transcript, &signed_bytes);
    envelope_digest(&signed_bytes, e->signature, ret_digest);
    if (sign_verify(c->key, signed_bytes.data, signed_bytes.len, e->signature) < 0)
        return "its signature does not match";
    return "";
}

void record_check_country(const struct network_note *net, const struct record *rec,
                          char ret[static VALUE_COUNTRY_BYTES])
{
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    const char *note = rec->envelope.place;
    ret[0] = '\0';
    if (note != NULL && place_open(net, note, strlen(note), &p, NULL) == 0)
        memcpy(ret, p->country, VALUE_COUNTRY_BYTES);
}

const char *record_check_seal(const struct library *l, const struct record *rec,
                              const uint8_t transcript[static HASH_BYTES], const char *country)
{
    const struct envelope *e = &rec->envelope;
    const struct policy_set *set = library_policy(l, e->policy);
    char handle[VALUE_HANDLE_MAX + 1];
    struct coverage cover;
    if (set == NULL)
        return "the policy that it names is not in the documents";
    value_handle_of(e->from, handle);
    struct coverage_query q = {.handle = handle,
                               .bot = e->bot,
                               .day = calendar_day_of(e->at_unix_ms),
                               .country = country[0] == '\0' ? NULL : country};
    if (policy_set_coverage(set, &q, &cover) < 0)
        return "a warrant of its policy is not in the documents";
    int code = seal_check(e, set, &cover, transcript, rec->content);
    if (code == ERR_NOT_FOUND)
        return "the epochs of its warrant are not in the documents";
    if (code < 0)
        return "its seal is not the one that its key gives";
    return policy_set_dated_back(set, &q, e->at_unix_ms, rec->received_at_unix_ms,
                                 VALUE_BEHIND_VERDICT_MAX_MS)
               ? "it is dated back to a day on which other warrants cover it"
               : "";
}
