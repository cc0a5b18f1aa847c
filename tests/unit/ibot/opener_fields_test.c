/* One bit of each field changed on the way: which answer, and that nothing is lost by it. All that
 * is signed is caught by the signature, unless an earlier check stands before it. */
#include "table.h"

#define FLIP(field)                                                                                \
    static void flip_##field(struct scene *s, struct fixture_message *m)                           \
    {                                                                                              \
        (void)s;                                                                                   \
        m->envelope.field[3] ^= 0x10;                                                              \
    }
FLIP(certificate)
FLIP(enc)
FLIP(prev)
FLIP(signature)
FLIP(iv)

static void flip_payload(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->payload[3] ^= 0x10;
}

static void flip_wrap(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.wraps[0].wrap[3] ^= 0x10;
}

static void flip_at(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.at_unix_ms ^= 0x10;
}

static void flip_policy_down(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.policy = SCENE_POLICY ^ 3; /* 1 */
}

static void flip_policy_up(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.policy = SCENE_POLICY ^ 1; /* 3 */
}

static void flip_n_up(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.n ^= 1; /* 2, so 3 */
}

static void flip_n_down(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.n ^= 3; /* 2, so 1: the head's */
}

static void flip_id(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->strings[VALUE_RECIPIENTS_MAX][0] ^= 0x10;
}

static void flip_to(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->strings[0][0] ^= 0x02; /* bert to `ert, which is none */
}

static void other_to(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->strings[0][0] ^= 0x04; /* bert to fert */
}

static void flip_place(struct scene *s, struct fixture_message *m)
{
    (void)m;
    s->place[40] ^= 0x01;
}

static void flip_sid(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.sid ^= 0x10;
}

static const struct envelope_file one_file[] = {{{1, 2, 3}, 77, "/upload/1/photo"}};

static void with_file(struct scene *s)
{
    s->options.files = one_file;
    s->options.file_count = 1;
}

static void flip_file(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.files[0].sha256[3] ^= 0x10;
}

static void flip_file_size(struct scene *s, struct fixture_message *m)
{
    (void)s;
    m->envelope.files[0].size ^= 0x10;
}

#define BAD_SIGNATURE .expected = LATER, .later = LATER_BAD_SIGNATURE

static const struct row rows[] = {
    {"field__cert__unknown_device", .change = flip_certificate, .expected = LATER,
     .later = LATER_UNKNOWN_DEVICE},
    {"field__bot__malformed", .old = "bot='ibot.", .new = "bot='hbot.", .expected = LATER,
     .later = LATER_MALFORMED},
    {"field__bot_and_bcc__malformed", .old = "type='bcc' jid='ibot.",
     .new = "type='bcc' jid='hbot.", .expected = LATER, .later = LATER_MALFORMED},
    /* Not signed, so no verdict. */
    {"field__sid__malformed", .change = flip_sid, .expected = LATER, .later = LATER_MALFORMED},
    {"field__policy_lower__bad_signature", .change = flip_policy_down, BAD_SIGNATURE},
    {"field__policy_higher__slow_down", .change = flip_policy_up, .expected = LATER,
     .later = LATER_SLOW_DOWN},
    {"field__n_higher__gap", .change = flip_n_up, .expected = LATER, .later = LATER_GAP},
    {"field__n_lower__bad_signature", .change = flip_n_down, BAD_SIGNATURE},
    {"field__at__bad_signature", .change = flip_at, BAD_SIGNATURE},
    {"field__enc__bad_signature", .change = flip_enc, BAD_SIGNATURE},
    {"field__wrap__bad_signature", .change = flip_wrap, BAD_SIGNATURE},
    {"field__wrap_name__bad_signature", .old = "w='2019-0147'", .new = "w='2019-0146'",
     BAD_SIGNATURE},
    {"field__prev__bad_signature", .change = flip_prev, BAD_SIGNATURE},
    {"field__sig__bad_signature", .change = flip_signature, BAD_SIGNATURE},
    {"field__iv__bad_signature", .change = flip_iv, BAD_SIGNATURE},
    {"field__payload__bad_signature", .change = flip_payload, BAD_SIGNATURE},
    {"field__id__bad_signature", .change = flip_id, BAD_SIGNATURE},
    {"field__to__bad_signature", .change = other_to, BAD_SIGNATURE},
    {"field__to_not_an_account__malformed", .change = flip_to, .expected = LATER,
     .later = LATER_MALFORMED},
    {"field__place__bad_signature", .scene = {.country = "NL"}, .change = flip_place,
     BAD_SIGNATURE},
    {"field__file_hash__bad_signature", .prepare = with_file, .change = flip_file, BAD_SIGNATURE},
    {"field__file_size__bad_signature", .prepare = with_file, .change = flip_file_size,
     BAD_SIGNATURE},
    {"field__file__good", .prepare = with_file, .expected = ARCHIVED},
    {"field__place__good", .scene = {.country = "NL"}, .expected = ARCHIVED},
    {"field__from__unknown_device", .old = "from='anna@", .new = "from='enna@", .expected = LATER,
     .later = LATER_UNKNOWN_DEVICE, .elsewhere = true},
};

int main(void)
{
    return run_rows("opener_fields", rows, COUNT(rows));
}
