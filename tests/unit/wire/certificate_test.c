/* A device's certificate, and place tokens. */
#include "tamper.h"

#include "base/encode.h"

#define AT FIXTURE_AT

static int open_certificate(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct certificate *c = NULL;
    int r = certificate_open(f->network, note, len, &c, d);
    assert_true((r == 0) == (c != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        certificate_format(&b, FIXTURE_DOMAIN, c);
        assert_written(&c->document, &b);
    }
    certificate_free(c);
    return r;
}

static int open_place(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct place *p = NULL;
    int r = place_open(f->network, note, len, &p, d);
    assert_true((r == 0) == (p != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        place_format(&b, FIXTURE_DOMAIN, p);
        assert_written(&p->document, &b);
    }
    place_free(p);
    return r;
}

static char *sign_by_registrar(void *context, const char *text)
{
    const struct fixture *f = context;
    return fixture_sign(text, &f->registrar, 1);
}

struct scene {
    struct fixture *f;
    struct fixture_device *dev;
    char *text, *place_text;
    struct tamper tamper, place_tamper;
};

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    s->f = fixture_new(NULL);
    s->dev = fixture_device_new(s->f, "anna", 3);
    const struct document *d = &s->dev->certificate->document;
    s->text = mem_string_n(d->note, d->text_len);
    CLEANUP_FREE char *token = fixture_place(s->f, s->dev, "NL", AT);
    s->place_text = mem_string_n(token, (size_t)(strstr(token, "\n\n") + 1 - token));
    s->tamper = (struct tamper){.kind = "device",
                                .text = s->text,
                                .open = open_certificate,
                                .sign = sign_by_registrar,
                                .context = s->f,
                                .max = VALUE_CERTIFICATE_MAX};
    s->place_tamper = (struct tamper){.kind = "place",
                                      .text = s->place_text,
                                      .open = open_place,
                                      .sign = sign_by_registrar,
                                      .context = s->f,
                                      .max = VALUE_PLACE_MAX};
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    free(s->text);
    free(s->place_text);
    fixture_device_free(s->dev);
    fixture_free(s->f);
    free(s);
    return 0;
}

static void certificate__open__fields(void **state)
{
    const struct scene *s = *state;
    const struct certificate *c = s->dev->certificate;
    assert_string_equal(c->account, "anna@chat.example");
    assert_int_equal(c->serial, 3);
    assert_memory_equal(c->key, s->dev->signer.key.key, SIGN_PUBLIC_BYTES);
    assert_int_equal(c->omemo_device, 1003);
    assert_int_equal(c->omemo_identity[0], 0x05);
    assert_int_equal(c->from_day, FIXTURE_DAY - 180);
    assert_int_equal(c->until_day, FIXTURE_DAY + 180);
    certificate_free(NULL);
}

static void certificate__format__as_documented(void **state)
{
    (void)state;
    struct certificate c = {.account = "anna@chat.example",
                            .serial = 4294967295,
                            .omemo_device = 2147483647,
                            .omemo_identity = {0x05},
                            .from_day = 20780,
                            .until_day = 21510};
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_CERTIFICATE_MAX);
    certificate_format(&b, "chat.example", &c);
    assert_string_equal(buf_text(&b),
                        "ironside device 1\n"
                        "network chat.example\n"
                        "account anna@chat.example\n"
                        "serial 4294967295\n"
                        "key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                        "omemo 2147483647 BQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                        "from 2026-11-23\n"
                        "until 2028-11-22\n"
                        "blind AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
}

static void certificate__open__lines(void **state)
{
    const struct scene *s = *state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside device 1': 'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "line 'network chat.example': 'account' is expected here",
         "'network' is expected here"},
        {"line 'serial 3': 'account' is expected here", "'serial' is expected here",
         "'account' is expected here"},
        {"'serial' is expected here", "line 'serial 3': 'key' is expected here",
         "'serial' is expected here"},
        {"'key' is expected here", "'omemo' is expected here", "'key' is expected here"},
        {"'omemo' is expected here", "'from' is expected here", "'omemo' is expected here"},
        {"'from' is expected here", "line 'from 2020-12-09': 'until' is expected here",
         "line 'until 2021-12-04': 'from' is expected here"},
        {"'until' is expected here", "'blind' is expected here", "'until' is expected here"},
        {"the line 'blind' is missing at the end", "not expected here", NULL},
    };
    tamper_lines(&s->tamper, says, COUNT(says));
    tamper_bytes(&s->tamper);
}

static void certificate__open__values(void **state)
{
    const struct scene *s = *state;
    static const struct tamper_value cases[] = {
        {"device 1", "device 2", "not this kind of document, or another version"},
        {"device 1", "place 1", "not this kind of document"},
        {"network chat.example", "network other.example",
         "line 'network other.example': belongs to another network"},
        {"network chat.example", "network CHAT.example", "belongs to another network"},
        {"anna@chat.example", "anna@other.example", "not handle@domain of this network"},
        {"anna@chat.example", "Anna@chat.example", "not handle@domain of this network"},
        {"anna@chat.example", "anna@chat.example/x", "not handle@domain of this network"},
        {"anna@chat.example", "chat.example", "not handle@domain of this network"},
        {"serial 3", "serial 0", "line 'serial 0': serials start at 1"},
        {"serial 3", "serial 1", NULL},
        {"serial 3", "serial 03", "not a number in its range"},
        {"serial 3", "serial -3", "not a number in its range"},
        {"serial 3", "serial 4294967295", NULL},
        {"serial 3", "serial 4294967296", "not a number in its range"},
        {"key ", "key x", "not a key of 32 bytes in base64"},
        {"omemo 1003", "omemo 0", "not DEVICE-ID IDENTITY"},
        {"omemo 1003", "omemo 1", NULL},
        {"omemo 1003", "omemo 2147483647", NULL},
        {"omemo 1003", "omemo 2147483648", "not DEVICE-ID IDENTITY"},
        {"omemo 1003", "omemo 01003", "not DEVICE-ID IDENTITY"},
        {"omemo 1003 ", "omemo 1003", "not DEVICE-ID IDENTITY"},
        {"omemo 1003", "omemo 1003 x", "too many words"},
        {"omemo 1003 B", "omemo 1003 A", "not DEVICE-ID IDENTITY"}, /* not 0x05 */
        {"omemo 1003 B", "omemo 1003 BB", "not DEVICE-ID IDENTITY"},
        {"from 2020-12-09", "from 2020-12-9", "line 'from 2020-12-9': not a day as YYYY-MM-DD"},
        {"from 2020-12-09", "from 2020-02-30", "not a day as YYYY-MM-DD"},
        {"from 2020-12-09", "from 2021-12-04", NULL}, /* one day */
        {"from 2020-12-09", "from 2021-12-05", "line 'until': before 'from'"},
        {"until 2021-12-04", "until 20211204", "not a day as YYYY-MM-DD"},
        {"blind ", "blind x", "not 32 bytes in base64"},
        {"\nblind ", "\nblind \n", "'blind' is expected here"},
    };
    tamper_values(&s->tamper, cases, COUNT(cases));
}

static void certificate__open__signature(void **state)
{
    const struct scene *s = *state;
    tamper_signature(&s->tamper, &s->f->registrar);
    /* Custodians do not stand for the registrar. */
    CLEANUP_FREE char *note = fixture_sign(s->text, s->f->custodians, 3);
    struct diag d;
    assert_int_equal(open_certificate(s->f, note, strlen(note), &d), ERR_AUTH);
    assert_string_equal(d.text, "device: not signed by registrar.chat.example");
}

static void certificate__open__other_network(void **state)
{
    const struct scene *s = *state;
    struct fixture_options o = {.domain = "other.example"};
    CLEANUP(fixture_free_cleanup) struct fixture *other = fixture_new(&o);
    CLEANUP_FREE char *note = sign_by_registrar(s->f, s->text);
    struct diag d;
    assert_int_equal(open_certificate(other, note, strlen(note), &d), ERR_FORMAT);
    assert_says(d.text, "line 'network chat.example': belongs to another network");
}

static void place__open__fields(void **state)
{
    const struct scene *s = *state;
    CLEANUP_FREE char *note = fixture_place(s->f, s->dev, "NL", AT);
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    assert_int_equal(place_open(s->f->network, note, strlen(note), &p, NULL), 0);
    assert_memory_equal(p->certificate, s->dev->certificate->document.hash, HASH_BYTES);
    assert_string_equal(p->country, "NL");
    assert_true(p->issued_unix_ms == AT - 60000);
    assert_true(p->until_unix_ms == AT - 60000 + PLACE_LIFE_MAX_MS);
    place_free(NULL);
}

static void place__open__lines(void **state)
{
    const struct scene *s = *state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside place 1': 'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "'certificate' is expected here",
         "'network' is expected here"},
        {"line 'country NL': 'certificate' is expected here", "'country' is expected here",
         "line 'country NL': 'certificate' is expected here"},
        {"'country' is expected here", "line 'country NL': 'issued' is expected here",
         "'country' is expected here"},
        {"'issued' is expected here",
         "line 'issued 2021-06-07T10:10:12.123Z': 'until' is expected here",
         "line 'until 2021-06-08T10:10:12.123Z': 'issued' is expected here"},
        {"the line 'until' is missing at the end", "not expected here", NULL},
    };
    tamper_lines(&s->place_tamper, says, COUNT(says));
    tamper_bytes(&s->place_tamper);
}

static void place__open__values(void **state)
{
    const struct scene *s = *state;
    static const struct tamper_value cases[] = {
        {"place 1", "device 1", "not this kind of document"},
        {"chat.example", "other.example", "belongs to another network"},
        {"certificate ", "certificate A", "not a SHA-256 in hexadecimal"},
        {"country NL", "country nl", "line 'country nl': not a country code"},
        {"country NL", "country NLD", "not a country code"},
        {"issued 2021-06-07T10:10:12.123Z", "issued 2021-06-07T10:10:12Z",
         "not an instant as YYYY-MM-DDTHH:MM:SS.mmmZ"},
        {"issued 2021-06-07", "issued 2021-06-31", "not an instant"},
        {"issued 2021-06-07T10:10:12.123Z", "issued 2021-06-07T10:10:12.122Z",
         "line 'until': not within 24 hours after 'issued'"},
        {"issued 2021-06-07T10:10:12.123Z", "issued 2021-06-08T10:10:12.122Z", NULL},
        {"issued 2021-06-07T10:10:12.123Z", "issued 2021-06-08T10:10:12.123Z",
         "not within 24 hours after 'issued'"},
        {"issued 2021-06-07T10:10:12.123Z", "issued 2021-06-09T10:10:12.123Z",
         "not within 24 hours after 'issued'"},
        {"issued 2021-06-07", "issued 0001-01-01", "not within 24 hours after 'issued'"},
        {"until 2021-06-08T10:10:12.123Z", "until 2021-06-08T10:10:12.123+00:00", "not an instant"},
    };
    tamper_values(&s->place_tamper, cases, COUNT(cases));
    tamper_signature(&s->place_tamper, &s->f->registrar);
}

static void place__valid_for__certificate_and_time(void **state)
{
    const struct scene *s = *state;
    CLEANUP_FREE char *note = fixture_place(s->f, s->dev, "NL", AT);
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    assert_int_equal(place_open(s->f->network, note, strlen(note), &p, NULL), 0);
    uint8_t other[HASH_BYTES];
    memcpy(other, p->certificate, sizeof other);
    assert_true(place_valid_for(p, other, AT));
    assert_true(place_valid_for(p, other, p->issued_unix_ms));
    assert_false(place_valid_for(p, other, p->issued_unix_ms - 1));
    assert_true(place_valid_for(p, other, p->until_unix_ms));
    assert_false(place_valid_for(p, other, p->until_unix_ms + 1));
    other[31] ^= 1;
    assert_false(place_valid_for(p, other, AT));
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(certificate__open__fields),
        cmocka_unit_test(certificate__format__as_documented),
        SCENE_TEST(certificate__open__lines),
        SCENE_TEST(certificate__open__values),
        SCENE_TEST(certificate__open__signature),
        SCENE_TEST(certificate__open__other_network),
        SCENE_TEST(place__open__fields),
        SCENE_TEST(place__open__lines),
        SCENE_TEST(place__open__values),
        SCENE_TEST(place__valid_for__certificate_and_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
