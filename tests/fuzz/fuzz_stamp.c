/* An authority's answer, of whatever origin, with and without one that is trusted: these
 * certificates, PEM, stand before it as a block. What is taken has a name; what is not says why.
 */
#include "base/cursor.h"
#include "base/memory.h"
#include "exchange/stamp.h"
#include "fuzz.h"

#define OF "ironside package 1\n"

static void check(const struct buf *reply, const char *authorities)
{
    const struct stamp_reply r = {.bytes = reply->data,
                                  .len = reply->len,
                                  .of = OF,
                                  .of_len = strlen(OF),
                                  .authorities = authorities};
    struct stamp s;
    struct diag d = {""};
    if (stamp_check(&r, &s, &d) == 0)
        FUZZ_MUST(strlen(s.authority) <= STAMP_NAME_MAX && s.compared == (authorities != NULL));
    else
        FUZZ_MUST(d.text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct cursor c = cursor_over(data, len);
    CLEANUP_BUF struct buf request = BUF_INIT(STAMP_REQUEST_MAX), reply = BUF_INIT(FUZZ_BYTES_MAX);
    size_t pem_len;
    struct diag d = {""};
    const uint8_t *pem = cursor_block(&c, FUZZ_BYTES_MAX, &pem_len);
    if (pem == NULL)
        return 0;
    CLEANUP_FREE char *trusted = mem_string_n((const char *)pem, pem_len);
    buf_put(&reply, c.pos, cursor_left(&c));
    stamp_request(&request, OF, strlen(OF));
    if (stamp_answers(&request, &reply, &d) < 0)
        FUZZ_MUST(d.text[0] != '\0');
    check(&reply, NULL);
    check(&reply, trusted);
    return 0;
}
