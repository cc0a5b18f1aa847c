#include "wire/verdict.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "wire/envelope.h"
#include "wire/value.h"

static const char round_label[] = "ironside verdicts 1"; /* with its NUL */

static const char *const reasons[] = {
    [VERDICT_NO_REASON] = "",          [VERDICT_NOT_COVERED] = "not-covered",
    [VERDICT_WRONG_DAY] = "wrong-day", [VERDICT_BAD_SEAL] = "bad-seal",
    [VERDICT_BAD_PLACE] = "bad-place", [VERDICT_OLD_POLICY] = "old-policy",
    [VERDICT_CONFLICT] = "conflict",   [VERDICT_NO_FILE] = "no-file",
};
_Static_assert(sizeof reasons / sizeof reasons[0] == VERDICT_REASONS, "a word for each reason");

static const char *const laters[] = {
    [LATER_SLOW_DOWN] = "slow-down",
    [LATER_CLOSED] = "closed",
    [LATER_UNKNOWN_DEVICE] = "unknown-device",
    [LATER_MALFORMED] = "malformed",
    [LATER_TOO_LARGE] = "too-large",
    [LATER_BAD_SIGNATURE] = "bad-signature",
    [LATER_GAP] = "gap",
    [LATER_FILE] = "file",
};
_Static_assert(sizeof laters / sizeof laters[0] == LATER_REASONS, "a word for each reason");

const char *verdict_reason_text(enum verdict_reason r)
{
    return (size_t)r < VERDICT_REASONS ? reasons[r] : NULL;
}

const char *later_reason_text(enum later_reason r)
{
    return (size_t)r < LATER_REASONS ? laters[r] : NULL;
}

static bool line_valid(const struct verdict_line *l)
{
    if (l->n == 0 || l->n > INT64_MAX || (size_t)l->reason >= VERDICT_REASONS)
        return false;
    return l->state == VERDICT_ARCHIVED  ? l->reason == VERDICT_NO_REASON
           : l->state == VERDICT_REFUSED ? l->reason != VERDICT_NO_REASON
                                         : false;
}

void verdict_line_put(const struct verdict_line *l, uint8_t ret[static VERDICT_LINE_BYTES])
{
    memcpy(ret, l->digest, 32);
    memcpy(ret + 32, l->certificate, 32);
    for (int i = 0; i < 8; i++)
        ret[64 + i] = (uint8_t)(l->n >> (56 - 8 * i));
    ret[72] = (uint8_t)l->state;
    ret[73] = (uint8_t)l->reason;
}

int verdict_line_get(const uint8_t bytes[static VERDICT_LINE_BYTES], struct verdict_line *ret)
{
    struct verdict_line l;
    struct cursor c = cursor_over(bytes, VERDICT_LINE_BYTES);
    cursor_copy(&c, l.digest, sizeof l.digest);
    cursor_copy(&c, l.certificate, sizeof l.certificate);
    l.n = cursor_u64(&c);
    l.state = cursor_u8(&c);
    l.reason = cursor_u8(&c);
    if (!line_valid(&l))
        return ERR_FORMAT;
    *ret = l;
    return 0;
}

bool verdict_line_consumes(const struct verdict_line *l)
{
    return l->reason != VERDICT_CONFLICT;
}

void verdict_round_put(struct buf *b, const struct verdict_round *r)
{
    buf_put(b, round_label, sizeof round_label);
    buf_put_block(b, r->bot, strlen(r->bot));
    buf_put_u32(b, r->count);
    buf_put_u64(b, (uint64_t)r->at_unix_ms);
    buf_put(b, r->root, sizeof r->root);
}

void verdict_position_put(struct buf *b, uint32_t position)
{
    buf_put_u16(b, (uint16_t)position);
}

uint32_t verdict_position_get(const uint8_t *positions, uint32_t index)
{
    const uint8_t *at = positions + (size_t)index * VERDICT_POSITION_BYTES;
    return (uint32_t)at[0] << 8 | at[1];
}

void verdict_round_leaf_text(struct buf *b, const uint8_t root[static MERKLE_BYTES], uint32_t count)
{
    char hex[2 * MERKLE_BYTES + 1];
    encode_hex(root, MERKLE_BYTES, hex);
    buf_format(b, "ironside verdicts 1 %s %" PRIu32, hex, count);
}

static bool position_valid(const struct verdict *v)
{
    return v->count >= 1 && v->count <= VERDICT_ROUND_MAX && v->index < v->count;
}

/* The root that the path leads to, per RFC 9162 section 2.1.3.2. */
static int path_root(const struct verdict *v, uint8_t ret[static MERKLE_BYTES])
{
    uint8_t line[VERDICT_LINE_BYTES];
    verdict_line_put(&v->line, line);
    if (!position_valid(v))
        return ERR_FORMAT;
    uint8_t hash[MERKLE_BYTES];
    merkle_leaf(line, sizeof line, hash);
    uint32_t index = v->index, last = v->count - 1;
    size_t used = 0;
    for (; last > 0; index >>= 1, last >>= 1) {
        bool right = (index & 1) != 0;
        if (!right && index == last)
            continue; /* no sibling at this level */
        if (used == v->path_count)
            return ERR_FORMAT;
        if (right)
            merkle_node(v->path[used], hash, hash);
        else
            merkle_node(hash, v->path[used], hash);
        used++;
    }
    if (used != v->path_count)
        return ERR_FORMAT;
    memcpy(ret, hash, MERKLE_BYTES);
    return 0;
}

int verdict_verify(const struct verdict *v, const char *bot,
                   const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                   uint8_t ret_root[static MERKLE_BYTES])
{
    struct verdict_round round = {.bot = bot, .count = v->count, .at_unix_ms = v->at_unix_ms};
    int r = path_root(v, round.root);
    if (r < 0)
        return r;
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    verdict_round_put(&b, &round);
    if (buf_failed(&b))
        return ERR_FORMAT;
    r = sign_verify(bot_key, b.data, b.len, v->signature);
    if (r == 0)
        memcpy(ret_root, round.root, MERKLE_BYTES);
    return r;
}

int verdict_signed_bytes(const struct verdict *v, const char *bot, struct buf *out)
{
    struct verdict_round round = {.bot = bot, .count = v->count, .at_unix_ms = v->at_unix_ms};
    int r = path_root(v, round.root);
    if (r == 0)
        verdict_round_put(out, &round);
    return r < 0 ? r : buf_failed(out) ? ERR_FORMAT : 0;
}

void verdict_put_xml(struct buf *b, const struct verdict *v)
{
    char at[CALENDAR_INSTANT_LEN + 1], digest[ENCODE_BASE64_LEN(32) + 1];
    bool archived = v->line.state == VERDICT_ARCHIVED;
    calendar_format(v->at_unix_ms, at);
    encode_base64(v->line.digest, 32, digest);
    buf_format(b, "<verdict xmlns='" ENVELOPE_NS "' state='%s'", archived ? "archived" : "refused");
    if (!archived)
        buf_format(b, " reason='%s'", verdict_reason_text(v->line.reason));
    buf_format(b, " digest='%s' n='%" PRIu64 "' at='%s'>", digest, v->line.n, at);
    for (size_t i = 0; i < v->path_count; i++)
        xml_put_base64(b, "path", v->path[i], MERKLE_BYTES);
    buf_format(b, "<index>%" PRIu32 "</index><count>%" PRIu32 "</count>", v->index, v->count);
    xml_put_base64(b, "sig", v->signature, sizeof v->signature);
    buf_put_text(b, "</verdict>");
}

static int parse_line(const struct xml_element *x, struct verdict *v)
{
    const char *state = xml_attribute_of(x, "state"), *reason = xml_attribute_of(x, "reason");
    const char *digest = xml_attribute_of(x, "digest"), *n = xml_attribute_of(x, "n");
    const char *at = xml_attribute_of(x, "at");
    if (state == NULL || digest == NULL || n == NULL || at == NULL)
        return ERR_FORMAT;
    if (strcmp(state, "archived") == 0)
        v->line.state = VERDICT_ARCHIVED;
    else if (strcmp(state, "refused") == 0)
        v->line.state = VERDICT_REFUSED;
    for (size_t i = 1; reason != NULL && i < VERDICT_REASONS; i++)
        if (strcmp(reason, reasons[i]) == 0)
            v->line.reason = (enum verdict_reason)i;
    if ((reason != NULL && v->line.reason == VERDICT_NO_REASON) ||
        decode_base64_exact(digest, strlen(digest), v->line.digest, 32) < 0 ||
        value_parse_u64(n, INT64_MAX, &v->line.n) < 0 || calendar_parse(at, &v->at_unix_ms) < 0)
        return ERR_FORMAT;
    return line_valid(&v->line) ? 0 : ERR_FORMAT;
}

static int parse_number(const struct xml_element *x, const char *name, uint32_t *ret)
{
    uint64_t v;
    const struct xml_element *c = xml_only_child(x, name, ENVELOPE_NS);
    if (c == NULL || value_parse_u64(c->text, VERDICT_ROUND_MAX, &v) < 0)
        return ERR_FORMAT;
    *ret = (uint32_t)v;
    return 0;
}

int verdict_parse(const struct xml_element *x, const uint8_t certificate[static HASH_BYTES],
                  struct verdict *ret, struct diag *d)
{
    struct verdict v = {0};
    memcpy(v.line.certificate, certificate, HASH_BYTES);
    const struct xml_element *sig = xml_only_child(x, "sig", ENVELOPE_NS);
    if (!xml_is(x, "verdict", ENVELOPE_NS) || parse_line(x, &v) < 0 ||
        parse_number(x, "index", &v.index) < 0 || parse_number(x, "count", &v.count) < 0 ||
        !position_valid(&v) || sig == NULL ||
        decode_base64_exact(sig->text, sig->text_len, v.signature, sizeof v.signature) < 0)
        return diag_set(d, ERR_FORMAT, "verdict: malformed");
    for (const struct xml_element *c = x->first; c != NULL; c = c->next) {
        if (!xml_is(c, "path", ENVELOPE_NS))
            continue;
        if (v.path_count == VERDICT_PATH_MAX ||
            decode_base64_exact(c->text, c->text_len, v.path[v.path_count++], MERKLE_BYTES) < 0)
            return diag_set(d, ERR_FORMAT, "verdict: its path is malformed");
    }
    *ret = v;
    return 0;
}

void verdict_put(struct buf *b, const struct verdict *v)
{
    uint8_t line[VERDICT_LINE_BYTES];
    verdict_line_put(&v->line, line);
    buf_put(b, line, sizeof line);
    buf_put_u64(b, (uint64_t)v->at_unix_ms);
    buf_put_u32(b, v->index);
    buf_put_u32(b, v->count);
    buf_put_u8(b, (uint8_t)v->path_count);
    buf_put(b, v->path, v->path_count * MERKLE_BYTES);
    buf_put(b, v->signature, sizeof v->signature);
}

int verdict_get(struct cursor *c, struct verdict *ret)
{
    struct verdict v = {0};
    const uint8_t *line = cursor_bytes(c, VERDICT_LINE_BYTES);
    if (line == NULL || verdict_line_get(line, &v.line) < 0)
        return ERR_FORMAT;
    v.at_unix_ms = (int64_t)cursor_u64(c);
    v.index = cursor_u32(c);
    v.count = cursor_u32(c);
    v.path_count = cursor_u8(c);
    if (v.path_count > VERDICT_PATH_MAX)
        return ERR_FORMAT;
    cursor_copy(c, v.path, v.path_count * MERKLE_BYTES);
    cursor_copy(c, v.signature, sizeof v.signature);
    if (cursor_failed(c) || !position_valid(&v) || !value_instant_valid(v.at_unix_ms))
        return ERR_FORMAT;
    *ret = v;
    return 0;
}

void later_put_xml(struct buf *b, const struct later *l)
{
    buf_format(b, "<later xmlns='" ENVELOPE_NS "' reason='%s' seconds='%" PRIu32 "'/>",
               later_reason_text(l->reason), l->seconds);
}

int later_parse(const struct xml_element *x, struct later *ret)
{
    const char *reason = xml_attribute_of(x, "reason"), *seconds = xml_attribute_of(x, "seconds");
    uint64_t pause;
    if (!xml_is(x, "later", ENVELOPE_NS) || reason == NULL || seconds == NULL ||
        value_parse_u64(seconds, LATER_SECONDS_MAX, &pause) < 0)
        return ERR_FORMAT;
    for (size_t i = 1; i < LATER_REASONS; i++)
        if (strcmp(reason, laters[i]) == 0) {
            *ret = (struct later){.reason = (enum later_reason)i, .seconds = (uint32_t)pause};
            return 0;
        }
    return ERR_FORMAT;
}
