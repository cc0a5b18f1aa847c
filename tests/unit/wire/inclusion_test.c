/* Is the round in the bot's tree, and does the tree continue? */
#include "test.h"

#include "base/encode.h"
#include "ibot/frames.h"
#include "wire/inclusion.h"

#define A_MAX (1U << 20)
#define TREE_MAX 64

/* A bot's tree of `size` leaves; its last one is the round's. */
struct tree {
    uint8_t leaves[TREE_MAX][MERKLE_BYTES];
    size_t size;
};

static int fetch(void *context, unsigned level, uint64_t index, uint8_t ret[static MERKLE_BYTES])
{
    const struct tree *t = context;
    uint64_t first = index << level, count = UINT64_C(1) << level;
    if (first + count > t->size)
        return ERR_NOT_FOUND;
    merkle_root((const uint8_t(*)[MERKLE_BYTES])t->leaves + first, count, ret);
    return 0;
}

struct scene {
    struct fixture *f;
    struct tree tree;
    struct inclusion_query q;
    struct checkpoint known; /* what the device saw before */
    struct inclusion answer;
    char *note;
};

static char *checkpoint_of(const struct fixture *f, const struct tree *t)
{
    struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct checkpoint c = {.size = t->size};
    merkle_root((const uint8_t(*)[MERKLE_BYTES])t->leaves, t->size, c.root);
    checkpoint_sign(&b, FIXTURE_BOT, &c, "", &f->bots[0].signer.key, f->bots[0].signer.secret);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

/* The round is leaf `index` of `size`; the device knows the tree of `known` leaves (0: none). */
static void scene_init(struct scene *s, size_t index, size_t size, size_t known)
{
    CLEANUP_BUF struct buf text = BUF_INIT(200);
    *s = (struct scene){.q = {.root = {5}, .count = 3, .old_size = known}};
    s->f = fixture_new(NULL);
    s->tree.size = size;
    for (size_t i = 0; i < size; i++)
        merkle_leaf(&i, sizeof i, s->tree.leaves[i]);
    verdict_round_leaf_text(&text, s->q.root, s->q.count);
    merkle_leaf(text.data, text.len, s->tree.leaves[index]);
    s->answer.index = index;
    assert_int_equal(
        merkle_inclusion_path(fetch, &s->tree, index, size, s->answer.path, &s->answer.path_count),
        0);
    if (known > 0) {
        s->known.size = known;
        merkle_root((const uint8_t(*)[MERKLE_BYTES])s->tree.leaves, known, s->known.root);
        assert_int_equal(merkle_consistency_path(fetch, &s->tree, known, size,
                                                 s->answer.consistency,
                                                 &s->answer.consistency_count),
                         0);
    }
    s->note = checkpoint_of(s->f, &s->tree);
    s->answer.checkpoint = s->note;
}

static void scene_clear(struct scene *s)
{
    free(s->note);
    fixture_free(s->f);
}
#define CLEANUP_SCENE CLEANUP(scene_clear)

static int verify(const struct scene *s, const struct inclusion *i, const struct checkpoint *known,
                  struct checkpoint *ret, struct diag *d)
{
    return inclusion_verify(&s->q, i, FIXTURE_BOT, s->f->bots[0].signer.key.key, known, ret, d);
}

static void inclusion__verify__trees(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 7, 8, 9, 33};
    for (size_t k = 0; k < COUNT(sizes); k++)
        for (size_t known = 0; known <= sizes[k]; known++) {
            CLEANUP_SCENE struct scene s;
            struct checkpoint c = {0};
            struct diag d;
            scene_init(&s, sizes[k] - 1, sizes[k], known);
            if (verify(&s, &s.answer, known == 0 ? NULL : &s.known, &c, &d) != 0)
                fail_msg("%zu leaves, %zu known: %s", sizes[k], known, d.text);
            assert_int_equal(c.size, sizes[k]);
        }
}

static void assert_refused(const struct scene *s, const struct inclusion *i,
                           const struct checkpoint *known, int code, const char *says)
{
    struct checkpoint c = {.size = 77};
    struct diag d = {""};
    assert_int_equal(verify(s, i, known, &c, &d), code);
    assert_says(d.text, says);
    assert_int_equal(c.size, 77);
}

static void inclusion__verify__not_in_the_tree(void **state)
{
    (void)state;
    static const char says[] = "the bot's tree does not hold the round of its verdict";
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 3, 9, 5);
    struct inclusion i = s.answer;
    i.index = 4;
    assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    i = s.answer;
    i.index = 9;
    assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    for (size_t k = 0; k < s.answer.path_count; k++) {
        i = s.answer;
        i.path[k][k] ^= 1;
        assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    }
    i = s.answer;
    i.path_count--;
    assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    i = s.answer;
    i.path_count++;
    assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    struct scene other = s;
    other.q.root[0] ^= 1;
    assert_refused(&other, &s.answer, &s.known, ERR_AUTH, says);
    other = s;
    other.q.count++;
    assert_refused(&other, &s.answer, &s.known, ERR_AUTH, says);
}

static void inclusion__verify__does_not_continue(void **state)
{
    (void)state;
    static const char says[] = "the bot's tree does not continue the one seen before";
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 3, 9, 5);
    struct checkpoint known = s.known;
    struct inclusion i = s.answer;
    known.root[0] ^= 1;
    assert_refused(&s, &s.answer, &known, ERR_AUTH, says);
    i.consistency[0][0] ^= 1;
    assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    i = s.answer;
    i.consistency_count = 0;
    assert_refused(&s, &i, &s.known, ERR_AUTH, says);
    known = s.known;
    known.size = 6;
    assert_refused(&s, &s.answer, &known, ERR_AUTH, says);
    known.size = 10;
    assert_refused(&s, &s.answer, &known, ERR_AUTH, "the bot's tree shrank from 10 to 9 leaves");
    known.size = 9; /* the same size with another root */
    assert_refused(&s, &s.answer, &known, ERR_AUTH, says);
    /* An empty tree is continued by any. */
    struct checkpoint empty = {0}, c;
    assert_int_equal(verify(&s, &s.answer, &empty, &c, NULL), 0);
}

static void inclusion__verify__checkpoint(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 3, 9, 0);
    struct inclusion i = s.answer;
    i.checkpoint = "text";
    assert_refused(&s, &i, NULL, ERR_FORMAT, "checkpoint: not a signed note");
    const char *text = "ibot.chat.example\n9\n";
    CLEANUP_FREE char *cut = fixture_sign(text, &s.f->bots[0].signer, 1);
    i.checkpoint = cut;
    assert_refused(&s, &i, NULL, ERR_FORMAT, "checkpoint: malformed, or another tree's");
    CLEANUP_FREE char *renamed = replace(s.note, "ibot.chat.example\n", "ibot2.chat.example\n");
    CLEANUP_FREE char *renamed_text =
        mem_string_n(renamed, (size_t)(strstr(renamed, "\n\n") + 1 - renamed));
    CLEANUP_FREE char *other = fixture_sign(renamed_text, &s.f->bots[0].signer, 1);
    i.checkpoint = other;
    assert_refused(&s, &i, NULL, ERR_FORMAT, "checkpoint: malformed, or another tree's");
    i.checkpoint = renamed;
    assert_refused(&s, &i, NULL, ERR_AUTH, "the signature of ibot.chat.example does not match");
    CLEANUP_FREE char *plain = mem_string_n(s.note, (size_t)(strstr(s.note, "\n\n") + 1 - s.note));
    CLEANUP_FREE char *by_another = fixture_sign(plain, &s.f->registrar, 1);
    i.checkpoint = by_another;
    assert_refused(&s, &i, NULL, ERR_AUTH, "checkpoint: not signed by ibot.chat.example");
}

static struct xml_element *element(struct arena *a, const char *text)
{
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(a, text, strlen(text), &x), 0);
    return x;
}

static void inclusion__parse_query__round_trip(void **state)
{
    (void)state;
    static const struct inclusion_query queries[] = {
        {.root = {1}, .count = 1, .old_size = 0},
        {.root = {2}, .count = VERDICT_ROUND_MAX, .old_size = INT64_MAX},
    };
    for (size_t i = 0; i < COUNT(queries); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
        struct inclusion_query got;
        inclusion_put_query(&b, &queries[i]);
        assert_int_equal(inclusion_parse_query(element(&a, buf_text(&b)), &got), 0);
        assert_memory_equal(got.root, queries[i].root, MERKLE_BYTES);
        assert_int_equal(got.count, queries[i].count);
        assert_true(got.old_size == queries[i].old_size);
    }
}

#define ROOT "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define X "xmlns='urn:ironside:access:1'"

static void inclusion__parse_query__refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<inclusion root='" ROOT "' count='5' since='0'/>",
        "<exclusion " X " root='" ROOT "' count='5' since='0'/>",
        "<inclusion " X " count='5' since='0'/>",
        "<inclusion " X " root='A" ROOT "' count='5' since='0'/>",
        "<inclusion " X " root='" ROOT "' since='0'/>",
        "<inclusion " X " root='" ROOT "' count='0' since='0'/>",
        "<inclusion " X " root='" ROOT "' count='4097' since='0'/>",
        "<inclusion " X " root='" ROOT "' count='5'/>",
        "<inclusion " X " root='" ROOT "' count='5' since='-1'/>",
        "<inclusion " X " root='" ROOT "' count='5' since='9223372036854775808'/>",
    };
    struct inclusion_query got = {.count = 77};
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        assert_int_equal(inclusion_parse_query(element(&a, bad[i]), &got), ERR_FORMAT);
    }
    assert_int_equal(got.count, 77);
}

static void assert_same(const struct inclusion *a, const struct inclusion *b)
{
    assert_true(a->index == b->index);
    assert_int_equal(a->path_count, b->path_count);
    assert_memory_equal(a->path, b->path, a->path_count * MERKLE_BYTES);
    assert_int_equal(a->consistency_count, b->consistency_count);
    assert_memory_equal(a->consistency, b->consistency, a->consistency_count * MERKLE_BYTES);
    assert_string_equal(a->checkpoint, b->checkpoint);
}

/* Answers with paths of no, of some and of the most hashes. */
static struct inclusion answer_of(const struct scene *s, size_t path, size_t consistency)
{
    struct inclusion i = s->answer;
    i.path_count = path;
    i.consistency_count = consistency;
    for (size_t k = 0; k < MERKLE_PATH_MAX; k++) {
        memset(i.path[k], (int)k, MERKLE_BYTES);
        memset(i.consistency[k], (int)(k + 100), MERKLE_BYTES);
    }
    return i;
}

static void inclusion__parse_answer__round_trip(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 3, 9, 5);
    for (size_t k = 0; k < 4; k++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
        struct inclusion i = k == 0   ? s.answer
                             : k == 1 ? answer_of(&s, 0, 0)
                             : k == 2 ? answer_of(&s, MERKLE_PATH_MAX, 0)
                                      : answer_of(&s, 1, MERKLE_PATH_MAX),
                         got;
        inclusion_put_answer(&b, &i);
        assert_int_equal(inclusion_parse_answer(element(&a, buf_text(&b)), &a, &got), 0);
        assert_same(&got, &i);
    }
}

static void inclusion__parse_answer__refused(void **state)
{
    (void)state;
    static const char *const edits[][2] = {
        {"<inclusion ", "<inclusion  x='1' "}, /* an attribute that is not ours: taken */
        {"urn:ironside:access:1", "urn:other"},
        {" index='3'", ""},
        {" index='3'", " index='-1'"},
        {" index='3'", " index='9223372036854775808'"},
        {"<path>", "<path>A"},
        {"<path>", "<path/><path>"},
        {"<consistency>", "<consistency>A"},
        {"<checkpoint>", "<checkpoint>="},
        {"<checkpoint>", "<checkpoint>AAAA"}, /* a NUL */
        {"<checkpoint>", "<checkpoint/><checkpoint>"},
    };
    CLEANUP_SCENE struct scene s;
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    scene_init(&s, 3, 9, 5);
    inclusion_put_answer(&b, &s.answer);
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_FREE char *text = replace(buf_text(&b), edits[i][0], edits[i][1]);
        struct inclusion got;
        if (inclusion_parse_answer(element(&a, text), &a, &got) != (i == 0 ? 0 : ERR_FORMAT))
            fail_msg("%s", text);
    }
    /* One hash too many, a note too large, no room. */
    struct buf more = BUF_INIT(A_MAX);
    buf_put_text(&more, "<inclusion " X " index='3'>");
    for (size_t i = 0; i <= MERKLE_PATH_MAX; i++)
        buf_put_text(&more, "<path>" ROOT "</path>");
    buf_put_text(&more, "<checkpoint>QQ==</checkpoint></inclusion>");
    CLEANUP_FREE char *many = buf_take_text(&more);
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX), none = ARENA_INIT(1);
    struct inclusion got;
    assert_int_equal(inclusion_parse_answer(element(&a, many), &a, &got), ERR_FORMAT);
    assert_int_equal(inclusion_parse_answer(element(&a, buf_text(&b)), &none, &got), ERR_FORMAT);
    for (size_t over = 0; over < 2; over++) {
        CLEANUP_FREE char *note = repeat('n', CHECKPOINT_MAX_BYTES + over);
        CLEANUP_BUF struct buf large = BUF_INIT(A_MAX);
        struct inclusion i = s.answer;
        i.checkpoint = note;
        inclusion_put_answer(&large, &i);
        assert_int_equal(inclusion_parse_answer(element(&a, buf_text(&large)), &a, &got),
                         over ? ERR_FORMAT : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inclusion__verify__trees),
        cmocka_unit_test(inclusion__verify__not_in_the_tree),
        cmocka_unit_test(inclusion__verify__does_not_continue),
        cmocka_unit_test(inclusion__verify__checkpoint),
        cmocka_unit_test(inclusion__parse_query__round_trip),
        cmocka_unit_test(inclusion__parse_query__refused),
        cmocka_unit_test(inclusion__parse_answer__round_trip),
        cmocka_unit_test(inclusion__parse_answer__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
