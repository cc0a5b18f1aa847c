/* The elements of urn:ironside:access:1 by themselves: an access element within a stanza that is
 * otherwise in order, a verdict, a later, an inclusion's question and answer. */
#include "fuzz.h"
#include "ibot/frames.h"
#include "ibot/frames_inclusion.h"

#define BEFORE                                                                                     \
    "<message from='anna@chat.example' id='m1'><addresses xmlns='" ENVELOPE_ADDRESS_NS "'>"        \
    "<address type='to' jid='bert@chat.example'/>"                                                 \
    "<address type='bcc' jid='ibot.chat.example'/></addresses>"                                    \
    "<encrypted xmlns='" ENVELOPE_OMEMO_NS "'><header sid='1'><iv>AAAAAAAAAAAAAAAA</iv></header>"  \
    "<payload>QUFB</payload></encrypted>"
#define BEHIND "</message>"

static struct xml_element *parse(struct arena *a, const struct buf *text)
{
    struct xml_element *x = NULL;
    FUZZ_MUST(!buf_failed(text));
    FUZZ_MUST(xml_parse(a, (const char *)text->data, text->len, &x) == 0);
    return x;
}

static void check_access(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX);
    struct xml_element *x;
    struct envelope e;
    buf_put_text(&text, BEFORE);
    buf_put(&text, data, len);
    buf_put_text(&text, BEHIND);
    if (xml_parse(&a, (const char *)text.data, text.len, &x) < 0 ||
        envelope_parse(x, true, &a, &e, NULL) < 0)
        return;
    FUZZ_MUST(envelope_valid(&e));
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX), first = BUF_INIT(FUZZ_BYTES_MAX),
                           second = BUF_INIT(FUZZ_BYTES_MAX);
    struct envelope f;
    buf_put_text(&again, BEFORE);
    envelope_put_access(&again, &e);
    buf_put_text(&again, BEHIND);
    FUZZ_MUST(envelope_parse(parse(&a, &again), true, &a, &f, NULL) == 0);
    envelope_put(&first, &e);
    envelope_put(&second, &f);
    FUZZ_MUST(fuzz_same(&first, &second));
}

static void check_verdict(const struct xml_element *x)
{
    static const uint8_t certificate[HASH_BYTES] = {1}, key[SIGN_PUBLIC_BYTES] = {2};
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX), first = BUF_INIT(FUZZ_BYTES_MAX),
                           second = BUF_INIT(FUZZ_BYTES_MAX);
    struct verdict v, again;
    uint8_t root[MERKLE_BYTES];
    if (verdict_parse(x, certificate, &v, NULL) < 0)
        return;
    FUZZ_MUST(verdict_verify(&v, "ibot.chat.example", key, root) < 0); /* of small order */
    verdict_put_xml(&text, &v);
    FUZZ_MUST(verdict_parse(parse(&a, &text), certificate, &again, NULL) == 0);
    verdict_put(&first, &v);
    verdict_put(&second, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
    struct cursor c = cursor_over(first.data, first.len);
    FUZZ_MUST(verdict_get(&c, &again) == 0 && cursor_end(&c) == 0);
}

static void check_later(const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX);
    struct later l, again;
    if (later_parse(x, &l) < 0)
        return;
    later_put_xml(&text, &l);
    FUZZ_MUST(later_parse(parse(&a, &text), &again) == 0);
    FUZZ_MUST(l.reason == again.reason && l.seconds == again.seconds);
}

static void check_query(const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX), first = BUF_INIT(FUZZ_BYTES_MAX),
                           second = BUF_INIT(FUZZ_BYTES_MAX);
    struct inclusion_query q, again;
    if (inclusion_parse_query(x, &q) < 0)
        return;
    inclusion_put_query(&text, &q);
    FUZZ_MUST(inclusion_parse_query(parse(&a, &text), &again) == 0);
    frames_put_inclusion(&first, 1, &q);
    frames_put_inclusion(&second, 1, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
}

static void check_answer(const struct xml_element *x)
{
    static const uint8_t key[SIGN_PUBLIC_BYTES] = {2};
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX), first = BUF_INIT(FUZZ_BYTES_MAX),
                           second = BUF_INIT(FUZZ_BYTES_MAX);
    struct inclusion i, again;
    struct inclusion_query q = {.count = 1};
    struct checkpoint c;
    if (inclusion_parse_answer(x, &a, &i) < 0)
        return;
    FUZZ_MUST(inclusion_verify(&q, &i, "ibot.chat.example", key, NULL, &c, NULL) < 0);
    inclusion_put_answer(&text, &i);
    FUZZ_MUST(inclusion_parse_answer(parse(&a, &text), &a, &again) == 0);
    frames_put_included(&first, 1, &i);
    frames_put_included(&second, 1, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    struct xml_element *x;
    check_access(data, len);
    if (xml_parse(&a, (const char *)data, len, &x) < 0)
        return 0;
    check_verdict(x);
    check_later(x);
    check_query(x);
    check_answer(x);
    return 0;
}
