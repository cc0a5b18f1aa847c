/* Partners: what one may be, that there is one of each, and how a desk is found among them. */
#include "desk/partners.h"

#include "base/memory.h"
#include "crypto/age.h"
#include "scene.h"
#include "wire/fixture.h"

struct made {
    struct fixture *fixture;
    char recipient[AGE_RECIPIENT_LEN + 1];
    struct desk_partner partner; /* that may be added */
};

static struct made make(void)
{
    struct made m = {.fixture = fixture_new(NULL)};
    struct age_identity identity;
    age_identity_generate(&identity);
    struct age_recipient r = age_identity_recipient(&identity);
    age_recipient_format(&r, m.recipient);
    m.partner = (struct desk_partner){.name = "south",
                                      .network = m.fixture->network_note,
                                      .agency = "south",
                                      .key = {1, 2, 3},
                                      .scope = "with:toby",
                                      .times = "mon,wed,fri 06:00 Europe/Amsterdam",
                                      .delivery = "/srv/exchange/south",
                                      .approval = DESK_APPROVAL_EACH,
                                      .receipt_minutes = 90,
                                      .by = {7, SCENE_BEGIN_MS}};
    return m;
}

struct seen {
    unsigned count;
    int64_t number, receipt_minutes;
    enum desk_approval approval;
    char names[128], network[8192], scope[64];
    uint8_t hash[HASH_BYTES];
};

static int see(void *context, const struct desk_partner *p)
{
    struct seen *s = context;
    s->count++;
    s->number = p->number;
    s->receipt_minutes = p->receipt_minutes;
    s->approval = p->approval;
    snprintf(s->names + strlen(s->names), sizeof s->names - strlen(s->names), "%s;", p->name);
    snprintf(s->network, sizeof s->network, "%s", p->network);
    snprintf(s->scope, sizeof s->scope, "%s", p->scope);
    memcpy(s->hash, p->network_hash, HASH_BYTES);
    return 0;
}

static int find(struct scene *s, const struct desk_partner *p, const uint8_t *hash,
                struct seen *ret)
{
    *ret = (struct seen){0};
    return desk_partner_find(s->x, hash, p->agency, p->key, see, ret, &s->d);
}

static void partners__add__kept_and_found_by_desk(void **state)
{
    struct scene *s = *state;
    struct made m = make();
    struct seen seen;
    const uint8_t *hash = m.fixture->network->document.hash;
    int64_t number = 0;
    m.partner.recipients = m.recipient;
    assert_int_equal(find(s, &m.partner, hash, &seen), ERR_NOT_FOUND);
    scene_must(s, desk_partner_add(s->x, &m.partner, &number, &s->d));
    scene_reopen(s);
    scene_must(s, find(s, &m.partner, hash, &seen));
    assert_int_equal(seen.number, number);
    assert_string_equal(seen.network, m.fixture->network_note);
    assert_string_equal(seen.scope, "with:toby");
    assert_int_equal(seen.approval, DESK_APPROVAL_EACH);
    assert_int_equal(seen.receipt_minutes, 90);
    assert_memory_equal(seen.hash, hash, HASH_BYTES);

    const uint8_t other_hash[HASH_BYTES] = {1};
    assert_int_equal(find(s, &m.partner, other_hash, &seen), ERR_NOT_FOUND);
    struct desk_partner other = m.partner;
    other.agency = "north";
    assert_int_equal(find(s, &other, hash, &seen), ERR_NOT_FOUND);
    other = m.partner;
    other.key[31] = 1;
    assert_int_equal(find(s, &other, hash, &seen), ERR_NOT_FOUND);
    fixture_free(m.fixture);
}

static void partners__add__one_of_each(void **state)
{
    struct scene *s = *state;
    struct made m = make();
    int64_t number;
    m.partner.recipients = m.recipient;
    scene_must(s, desk_partner_add(s->x, &m.partner, &number, &s->d));
    struct desk_partner other = m.partner;
    other.key[0] = 9;
    assert_int_equal(desk_partner_add(s->x, &other, &number, &s->d), ERR_EXISTS);
    assert_string_equal(s->d.text, "there is a partner south already");
    other = m.partner;
    other.name = "south-2";
    assert_int_equal(desk_partner_add(s->x, &other, &number, &s->d), ERR_EXISTS);
    assert_string_equal(s->d.text, "that desk is the partner south already");
    other.key[0] = 9;
    scene_must(s, desk_partner_add(s->x, &other, &number, &s->d));

    struct seen seen = {0};
    scene_must(s, desk_partners_each(s->x, see, &seen, &s->d));
    assert_string_equal(seen.names, "south;south-2;");
    fixture_free(m.fixture);
}

static void partners__change__all_of_it(void **state)
{
    struct scene *s = *state;
    struct made m = make();
    struct seen seen = {0};
    m.partner.recipients = m.recipient;
    scene_must(s, desk_partner_add(s->x, &m.partner, &m.partner.number, &s->d));
    struct desk_partner other = m.partner;
    int64_t number;
    other.number = 0;
    other.name = "east";
    other.key[0] = 9;
    scene_must(s, desk_partner_add(s->x, &other, &number, &s->d));

    m.partner.scope = "with:sadia";
    m.partner.approval = DESK_APPROVAL_NONE;
    scene_must(s, desk_partner_change(s->x, &m.partner, &s->d));
    scene_must(s, desk_partner_read(s->x, m.partner.number, see, &seen, &s->d));
    assert_string_equal(seen.scope, "with:sadia");
    assert_int_equal(seen.approval, DESK_APPROVAL_NONE);
    m.partner.name = "east";
    assert_int_equal(desk_partner_change(s->x, &m.partner, &s->d), ERR_EXISTS);
    m.partner.name = "west";
    m.partner.number = number + 1;
    m.partner.key[0] = 10;
    assert_int_equal(desk_partner_change(s->x, &m.partner, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_partner_read(s->x, number + 1, see, &seen, &s->d), ERR_NOT_FOUND);
    fixture_free(m.fixture);
}

static void partners__remove__and_its_name_is_free(void **state)
{
    struct scene *s = *state;
    struct made m = make();
    struct seen seen;
    int64_t first, second;
    const struct desk_by by = {1, SCENE_BEGIN_MS};
    m.partner.recipients = m.recipient;
    assert_int_equal(desk_partner_remove(s->x, "south", &by, &s->d), ERR_NOT_FOUND);
    scene_must(s, desk_partner_add(s->x, &m.partner, &first, &s->d));
    scene_must(s, desk_partner_remove(s->x, "south", &by, &s->d));
    assert_int_equal(find(s, &m.partner, m.fixture->network->document.hash, &seen), ERR_NOT_FOUND);
    assert_int_equal(desk_partner_remove(s->x, "south", &by, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_partner_read(s->x, first, see, &seen, &s->d), ERR_NOT_FOUND);
    scene_must(s, desk_partner_add(s->x, &m.partner, &second, &s->d));
    assert_int_not_equal(first, second);
    fixture_free(m.fixture);
}

static void refuse(struct scene *s, const struct desk_partner *p, int code, const char *line)
{
    int64_t number;
    int r = desk_partner_add(s->x, p, &number, &s->d);
    if (r != code || strstr(s->d.text, line) == NULL)
        fail_msg("%d, not %d: '%s', not '%s'", r, code, s->d.text, line);
}

#define REFUSE(member, value, code, line)                                                          \
    do {                                                                                           \
        struct desk_partner wrong = m.partner;                                                     \
        wrong.member = value;                                                                      \
        refuse(s, &wrong, code, line);                                                             \
    } while (0)

static void partners__add__what_none_may_be(void **state)
{
    struct scene *s = *state;
    struct made m = make();
    CLEANUP_FREE char *nine =
        mem_format("%1$s %1$s %1$s %1$s %1$s %1$s %1$s %1$s %1$s", m.recipient);
    m.partner.recipients = m.recipient;
    REFUSE(name, "", ERR_FORMAT, "a partner's name");
    REFUSE(name, "South", ERR_FORMAT, "a partner's name");
    REFUSE(name, "../x", ERR_FORMAT, "a partner's name");
    REFUSE(name, "a-name-that-is-far-too-long", ERR_FORMAT, "a partner's name");
    REFUSE(agency, "no agency", ERR_FORMAT, "is not an agency's name");
    REFUSE(recipients, "", ERR_FORMAT, "is not an age recipient");
    REFUSE(recipients, "age1south", ERR_FORMAT, "is not an age recipient");
    REFUSE(recipients, nine, ERR_FORMAT, "name one to 8");
    REFUSE(scope, "", ERR_FORMAT, "a schedule has both");
    REFUSE(times, "", ERR_FORMAT, "a schedule has both");
    REFUSE(scope, "befor:2026", ERR_FORMAT, "the query");
    REFUSE(scope, "a\nb", ERR_FORMAT, "a query of a line");
    REFUSE(times, "monday", ERR_FORMAT, "is no schedule");
    REFUSE(delivery, "south", ERR_FORMAT, "from / on");
    REFUSE(delivery, "https://south.example/in", ERR_FORMAT, "from / on");
    REFUSE(receipt_minutes, 0, ERR_FORMAT, "1 to 43200 minutes");
    REFUSE(receipt_minutes, 43201, ERR_FORMAT, "1 to 43200 minutes");
    REFUSE(approval, DESK_APPROVALS, ERR_FORMAT, "first, each, none");
    REFUSE(network, "no note", ERR_FORMAT, "network");
    fixture_free(m.fixture);
}

/* Nobody is pinned by what one of three custodians has signed. */
static void partners__add__the_note_has_its_quorum(void **state)
{
    struct scene *s = *state;
    struct made m = make();
    CLEANUP_FREE char *note = fixture_sign(m.fixture->network_text, m.fixture->custodians, 1);
    m.partner.recipients = m.recipient;
    m.partner.network = note;
    refuse(s, &m.partner, ERR_AUTH, "signed by 1 of the 2 custodians");
    fixture_free(m.fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(partners__add__kept_and_found_by_desk),
        SCENE_TEST(partners__add__one_of_each),
        SCENE_TEST(partners__change__all_of_it),
        SCENE_TEST(partners__remove__and_its_name_is_free),
        SCENE_TEST(partners__add__what_none_may_be),
        SCENE_TEST(partners__add__the_note_has_its_quorum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
