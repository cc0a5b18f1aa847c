#include "tamper.h"

#include "wire/value.h"

#define LINES_MAX 64

/* `says` NULL: it must be taken. `what` is for the one who reads a failure. */
static void check_note(const struct tamper *t, const char *note, const char *says, const char *what)
{
    struct diag d = {""};
    int r = t->open(t->context, note, strlen(note), &d);
    if (says == NULL) {
        if (r != 0)
            fail_msg("%s: refused: %s\n%s", what, d.text, note);
        return;
    }
    if (r >= 0)
        fail_msg("%s: taken\n%s", what, note);
    assert_true(r == ERR_FORMAT || r == ERR_AUTH || r == ERR_LIMIT);
    if (strstr(d.text, says) == NULL || strncmp(d.text, t->kind, strlen(t->kind)) != 0)
        fail_msg("%s: \"%s\" does not begin with \"%s\" and say \"%s\"", what, d.text, t->kind,
                 says);
}

void tamper_check(const struct tamper *t, const char *text, const char *says)
{
    CLEANUP_FREE char *note = t->sign(t->context, text);
    check_note(t, note, says, "this text");
}

void assert_written(const struct document *d, struct buf *b)
{
    if (b->len != d->text_len || memcmp(b->data, d->note, b->len) != 0)
        fail_msg("written:\n%s\nread:\n%.*s", buf_text(b), (int)d->text_len, d->note);
    buf_clear(b);
}

struct lines {
    struct {
        const char *at;
        size_t len; /* with its newline */
    } line[LINES_MAX];
    size_t count;
};

static struct lines split(const char *text)
{
    struct lines l = {0};
    while (*text != '\0') {
        assert_true(l.count < LINES_MAX);
        size_t len = strcspn(text, "\n") + 1;
        l.line[l.count].at = text;
        l.line[l.count++].len = len;
        text += len;
    }
    return l;
}

/* The text made of the lines `order`, signed and opened. */
static void check_order(const struct tamper *t, const struct lines *l, const size_t *order,
                        size_t count, const char *says, const char *what, size_t at)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    for (size_t i = 0; i < count; i++)
        buf_put(&b, l->line[order[i]].at, l->line[order[i]].len);
    CLEANUP_FREE char *note = t->sign(t->context, buf_text(&b));
    CLEANUP_FREE char *name = mem_format("line %zu %s", at, what);
    check_note(t, note, says, name);
}

static void check_inserted(const struct tamper *t, const struct lines *l, size_t at,
                           const char *insert, const char *says, const char *what)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    for (size_t i = 0; i <= l->count; i++) {
        if (i == at)
            buf_put_text(&b, insert);
        if (i < l->count)
            buf_put(&b, l->line[i].at, l->line[i].len);
    }
    CLEANUP_FREE char *note = t->sign(t->context, buf_text(&b));
    CLEANUP_FREE char *name = mem_format("line %zu %s", at, what);
    check_note(t, note, says, name);
}

static void check_space_behind(const struct tamper *t, const struct lines *l, size_t at)
{
    const char *behind = l->line[at].at + l->line[at].len - 1;
    CLEANUP_FREE char *text = mem_format("%.*s %s", (int)(behind - t->text), t->text, behind);
    CLEANUP_FREE char *note = t->sign(t->context, text);
    check_note(t, note, ": line '", "a space behind a line");
}

void tamper_lines(const struct tamper *t, const struct tamper_line *says, size_t count)
{
    struct lines l = split(t->text);
    size_t order[LINES_MAX + 1];
    if (l.count != count)
        fail_msg("the text has %zu lines, the table %zu", l.count, count);
    tamper_check(t, t->text, NULL);
    for (size_t at = 0; at < count; at++) {
        size_t n = 0;
        for (size_t i = 0; i < count; i++)
            if (i != at)
                order[n++] = i;
        check_order(t, &l, order, n, says[at].removed, "removed", at);
        for (size_t i = 0; i <= count; i++)
            order[i] = i <= at ? i : i - 1;
        check_order(t, &l, order, count + 1, says[at].doubled, "doubled", at);
        for (size_t i = 0; i < count; i++)
            order[i] = i;
        if (at + 1 < count) {
            order[at] = at + 1;
            order[at + 1] = at;
            check_order(t, &l, order, count, says[at].swapped, "swapped", at);
        }
        check_inserted(t, &l, at, "unknown line\n", ": line 'unknown line'", "before: unknown");
        check_inserted(t, &l, at, "\n", ": line '", "before: empty");
        if (strncmp(l.line[at].at, "notice ", 7) != 0 &&
            strncmp(l.line[at].at, "authority D", 11) != 0)
            check_space_behind(t, &l, at); /* those two are free text */
    }
    check_inserted(t, &l, count, "unknown line\n", ": line 'unknown line'", "at the end");
}

void tamper_values(const struct tamper *t, const struct tamper_value *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP_FREE char *text = replace(t->text, cases[i].old, cases[i].new);
        CLEANUP_FREE char *note = t->sign(t->context, text);
        check_note(t, note, cases[i].says, cases[i].new);
    }
}

void tamper_bytes(const struct tamper *t)
{
    CLEANUP_FREE char *note = t->sign(t->context, t->text);
    struct diag d;
    size_t len = strlen(note);
    check_note(t, note, NULL, "as it is");
    for (size_t i = 0; i < strlen(t->text); i++) {
        note[i] ^= 1;
        if (t->open(t->context, note, len, &d) >= 0)
            fail_msg("byte %zu changed: taken", i);
        note[i] ^= 1;
    }
    /* Not a note: cut anywhere before its first signature is whole, empty, or not a text. */
    for (size_t i = 0; i < strlen(t->text) + 2; i++)
        assert_int_equal(t->open(t->context, note, i, &d), ERR_FORMAT);
    assert_says(d.text, ": not a signed note");
    assert_int_equal(t->open(t->context, note, len - 1, &d), ERR_FORMAT);
    check_note(t, t->text, ": not a signed note", "not signed");
    note[0] = '\xff';
    check_note(t, note, ": not a signed note", "not UTF-8");
    note[0] = '\0';
    assert_int_equal(t->open(t->context, note, len, &d), ERR_FORMAT);
    CLEANUP_FREE char *large = repeat('x', t->max + 1);
    check_note(t, large, ": larger than ", "over the cap");
    large[t->max] = '\0';
    check_note(t, large, ": not a signed note", "at the cap");
}

/* The text with the lines of these signers, for `signed_text` (NULL: the text). */
static char *note_of(const struct tamper *t, const char *signed_text,
                     const struct fixture_signer *const *signers, size_t count)
{
    struct buf b = BUF_INIT(1U << 20);
    const char *over = signed_text == NULL ? t->text : signed_text;
    buf_put_text(&b, t->text);
    buf_put_u8(&b, '\n');
    for (size_t i = 0; i < count; i++)
        note_sign_line(&b, over, strlen(over), &signers[i]->key, signers[i]->secret);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static void check_signers(const struct tamper *t, const char *signed_text,
                          const struct fixture_signer *const *signers, size_t count,
                          const char *says, const char *what)
{
    CLEANUP_FREE char *note = note_of(t, signed_text, signers, count);
    check_note(t, note, says, what);
}

void tamper_signature(const struct tamper *t, const struct fixture_signer *signer)
{
    struct fixture_signer other_key, other_name, stranger;
    fixture_signer_init(&other_key, signer->name, "another key");
    fixture_signer_init(&other_name, "somebody.example", "nobody");
    memcpy(other_name.key.key, signer->key.key, SIGN_PUBLIC_BYTES);
    memcpy(other_name.secret, signer->secret, SIGN_SECRET_BYTES);
    fixture_signer_init(&stranger, "stranger", "stranger");
    const struct fixture_signer *s[] = {signer, &stranger, &other_key};
    const struct fixture_signer *key[] = {&other_key}, *name[] = {&other_name};
    const struct fixture_signer *twice[] = {signer, signer};

    check_signers(t, NULL, s, 1, NULL, "signed");
    check_signers(t, NULL, s, 3, NULL, "signed, by strangers too");
    check_signers(t, NULL, twice, 2, NULL, "signed twice");
    check_signers(t, NULL, s + 1, 1, ": not signed by ", "by a stranger");
    check_signers(t, NULL, key, 1, ": not signed by ", "by another key");
    check_signers(t, NULL, name, 1, ": not signed by ", "under another name");
    check_signers(t, "another text\n", s, 1, " does not match its text", "another text");
    CLEANUP_FREE char *good = note_of(t, NULL, s, 1), *bad = note_of(t, "another text\n", s, 1);
    CLEANUP_FREE char *mixed = mem_format("%s%s", good, strstr(bad, "\n\n") + 2);
    check_note(t, mixed, " does not match its text", "a good one and a bad one");
}

void tamper_quorum(const struct tamper *t, const struct fixture *f)
{
    struct fixture_signer wrong_key, other_name, stranger;
    fixture_signer_init(&wrong_key, "custodian-1", "another key");
    fixture_signer_init(&other_name, "custodian-9", "custodian-2");
    fixture_signer_init(&stranger, "stranger", "stranger");
    const struct fixture_signer *c = f->custodians;
    const struct fixture_signer *all[] = {&c[0], &c[1], &c[2]};
    const struct fixture_signer *last_two[] = {&c[2], &c[1]};
    const struct fixture_signer *same[] = {&c[0], &c[0], &c[0]};
    const struct fixture_signer *wrong[] = {&wrong_key, &c[1]};
    const struct fixture_signer *renamed[] = {&c[0], &other_name};
    const struct fixture_signer *strangers[] = {&stranger, &wrong_key, &c[0], &other_name, &c[1]};
    const struct fixture_signer *few[] = {&c[1], &stranger, &wrong_key, &other_name};
    const struct fixture_signer *many[NOTE_SIGNATURES_MAX + 1];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = &c[i % 2];

    check_signers(t, NULL, all, 2, NULL, "k");
    check_signers(t, NULL, all, 3, NULL, "n");
    check_signers(t, NULL, last_two, 2, NULL, "another k, in another order");
    check_signers(t, NULL, strangers, 5, NULL, "k and unknown ones");
    check_signers(t, NULL, all, 1,
                  ": signed by 1 of the 2 custodians that it needs; missing: custodian-2, "
                  "custodian-3",
                  "k - 1");
    check_signers(t, NULL, same, 3,
                  ": signed by 1 of the 2 custodians that it needs; missing: custodian-2, "
                  "custodian-3",
                  "the same three times");
    check_signers(t, NULL, wrong, 2,
                  ": signed by 1 of the 2 custodians that it needs; missing: custodian-1, "
                  "custodian-3",
                  "a wrong key");
    check_signers(t, NULL, renamed, 2, "missing: custodian-2, custodian-3", "another name");
    check_signers(t, NULL, few, 4, ": signed by 1 of the 2", "k - 1 and unknown ones");
    check_signers(t, "another text\n", all, 2,
                  ": the signature of custodian-1 does not match its text", "another text");
    check_signers(t, NULL, many, NOTE_SIGNATURES_MAX, NULL, "16 signatures");
    check_signers(t, NULL, many, COUNT(many), ": not a signed note", "17 signatures");

    /* k good ones do not help beside one that does not match. */
    CLEANUP_FREE char *good = note_of(t, NULL, all, 2);
    CLEANUP_FREE char *bad = note_of(t, "another text\n", all + 2, 1);
    CLEANUP_FREE char *mixed = mem_format("%s%s", good, strstr(bad, "\n\n") + 2);
    check_note(t, mixed, ": the signature of custodian-3 does not match its text", "one bad");
}
