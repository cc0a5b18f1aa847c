/* Countries of addresses, from text files and from MaxMind DB files that are written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "registrar/country_map.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct scene {
    char *folder;
};

static int set_up(void **state)
{
    char folder[] = "/tmp/ironside-map.XXXXXX";
    struct scene *s = mem_new(sizeof *s);
    assert_non_null(mkdtemp(folder));
    s->folder = mem_string(folder);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    assert_int_equal(file_remove_tree(s->folder, NULL), 0);
    free(s->folder);
    free(s);
    return 0;
}

static int open_bytes(const struct scene *s, const char *name, const void *data, size_t len,
                      struct country_map **ret, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(s->folder, name);
    assert_int_equal(file_write(path, data, len, 0644, NULL), 0);
    return country_map_open(path, ret, d);
}

static struct country_map *text_map(const struct scene *s, const char *text)
{
    struct country_map *m = NULL;
    struct diag d = {""};
    if (open_bytes(s, "test.map", text, strlen(text), &m, &d) < 0)
        fail_msg("%s", d.text);
    return m;
}

static void assert_country(const struct country_map *m, const char *address, const char *country)
{
    char got[3] = "--";
    int r = country_map_find(m, address, got);
    if (r != (country == NULL ? ERR_NOT_FOUND : 0) ||
        strcmp(got, country == NULL ? "--" : country) != 0)
        fail_msg("%s: %d, %s", address, r, got);
}

static void country_map__find__text(void **state)
{
    CLEANUP(country_map_free_cleanup)
    struct country_map *m =
        text_map(*state, "# for a test\n\n127.0.31.0/24 NL\n127.0.0.0/16 DE\n127.0.31.7/32 US\n"
                         "2001:db8::/33 BE\n10.0.0.0/7 FR");
    assert_country(m, "127.0.31.1", "NL");
    assert_country(m, "127.0.31.255", "NL");
    assert_country(m, "127.0.31.7", "US"); /* the longest prefix */
    assert_country(m, "127.0.32.0", "DE");
    assert_country(m, "127.0.30.255", "DE");
    assert_country(m, "127.1.0.0", NULL);
    assert_country(m, "::ffff:127.0.31.1", "NL"); /* as a dual socket shows it */
    assert_country(m, "::ffff:7f00:1f07", "US");
    assert_country(m, "2001:db8:7fff::1", "BE");
    assert_country(m, "2001:db8:8000::1", NULL);
    assert_country(m, "11.255.255.255", "FR");
    assert_country(m, "9.255.255.255", NULL);
    assert_country(m, "12.0.0.0", NULL);
    assert_country(m, "::1", NULL);
    char got[3] = "--";
    static const char *const bad[] = {"", "127.0.31", "127.0.31.1/24", "localhost", "127.0.31.1 "};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(country_map_find(m, bad[i], got), ERR_FORMAT);
    assert_string_equal(got, "--");
}

static void country_map__open__text_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"127.0.0.0/8 NL\n127.0.0.1 DE\n", "test.map: line 2: not CIDR CC"},
        {"127.0.0.0/33 NL\n", "line 1: not CIDR CC"},
        {"127.0.0.0/08 NL\n", "line 1: not CIDR CC"},
        {"::/129 NL\n", "line 1: not CIDR CC"},
        {"127.0.0.0/8 nl\n", "line 1: not CIDR CC"},
        {"127.0.0.0/8 NLD\n", "line 1: not CIDR CC"},
        {"127.0.0.0/8  NL\n", "line 1: not CIDR CC"},
        {"127.0.0.0/8 NL \n", "line 1: not CIDR CC"},
        {"127.0.0.0/8\n", "line 1: not CIDR CC"},
        {"x NL/8\n", "line 1: not CIDR CC"},
        {"/8 NL\n", "line 1: not CIDR CC"},
        {"\n127.0.0.1/8 NL\n", "line 2: its address has bits behind the prefix"},
        {"127.0.0.0/8 NL\n127.0.0.0/8 DE\n", "a network is in it twice"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct country_map *m = NULL;
        struct diag d = {""};
        const char *text = cases[i].text;
        if (open_bytes(*state, "test.map", text, strlen(text), &m, &d) != ERR_FORMAT ||
            strstr(d.text, cases[i].says) == NULL)
            fail_msg("%s: %s", text, d.text);
        assert_null(m);
    }
}

static void country_map__open__missing(void **state)
{
    const struct scene *s = *state;
    static const char *const names[] = {"none.map", "none.mmdb"};
    for (size_t i = 0; i < COUNT(names); i++) {
        CLEANUP_FREE char *path = file_join(s->folder, names[i]);
        struct country_map *m = NULL;
        struct diag d = {""};
        assert_int_equal(country_map_open(path, &m, &d), ERR_NOT_FOUND);
        assert_non_null(strstr(d.text, path));
    }
}

static void country_map__loopback__of_a_country(void **state)
{
    CLEANUP(country_map_free_cleanup)
    struct country_map *m =
        text_map(*state, "127.0.31.0/24 NL\n127.0.49.0/24 DE\n127.0.49.1/32 US\n10.0.0.0/8 FR\n");
    char address[INET_ADDRSTRLEN] = "";
    assert_int_equal(country_map_loopback(m, "NL", address), 0);
    assert_string_equal(address, "127.0.31.1");
    assert_int_equal(country_map_loopback(m, "US", address), 0);
    assert_string_equal(address, "127.0.49.1");
    assert_int_equal(country_map_loopback(m, "DE", address), ERR_NOT_FOUND); /* its first is US's */
    assert_int_equal(country_map_loopback(m, "FR", address), ERR_NOT_FOUND); /* not loopback */
    assert_int_equal(country_map_loopback(m, "XX", address), ERR_NOT_FOUND);
}

/* ---- MaxMind DB: a tree that takes one path of bits to one entry ---- */

static void put_string(struct buf *b, const char *text)
{
    buf_put_u8(b, (uint8_t)(2U << 5 | strlen(text)));
    buf_put_text(b, text);
}

static void put_number(struct buf *b, const char *name, unsigned type, uint32_t value)
{
    put_string(b, name);
    if (type > 7) { /* an extended type: uint64 */
        buf_put_u8(b, 1);
        buf_put_u8(b, (uint8_t)(type - 7));
        buf_put_u8(b, (uint8_t)value);
        return;
    }
    buf_put_u8(b, (uint8_t)(type << 5 | 2U));
    buf_put_u8(b, (uint8_t)(value >> 8));
    buf_put_u8(b, (uint8_t)value);
}

static void put_record(struct buf *b, uint32_t value)
{
    buf_put_u8(b, (uint8_t)(value >> 16));
    buf_put_u8(b, (uint8_t)(value >> 8));
    buf_put_u8(b, (uint8_t)value);
}

/* A database for addresses of `version` in which the prefix has the data that `b` ends with. */
static void put_database(struct buf *b, unsigned version, const uint8_t *prefix, uint32_t bits,
                         const struct buf *data)
{
    for (uint32_t i = 0; i < bits; i++) {
        uint32_t next = i + 1 == bits ? bits + 16 : i + 1;
        bool one = (prefix[i / 8] >> (7 - i % 8) & 1) != 0;
        put_record(b, one ? bits : next);
        put_record(b, one ? next : bits);
    }
    buf_put(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    buf_put(b, data->data, data->len);
    buf_put(b, "\xab\xcd\xefMaxMind.com", 14);
    buf_put_u8(b, 7U << 5 | 9U); /* a map of nine */
    put_number(b, "node_count", 6, bits);
    put_number(b, "record_size", 5, 24);
    put_number(b, "ip_version", 5, version);
    put_string(b, "database_type");
    put_string(b, "test");
    put_string(b, "languages");
    buf_put_u8(b, 0);
    buf_put_u8(b, 11 - 7); /* an empty array */
    put_number(b, "binary_format_major_version", 5, 2);
    put_number(b, "binary_format_minor_version", 5, 0);
    put_number(b, "build_epoch", 9, 1);
    put_string(b, "description");
    buf_put_u8(b, 7U << 5); /* an empty map */
}

static struct country_map *database(const struct scene *s, unsigned version, const uint8_t *prefix,
                                    uint32_t bits, const struct buf *data)
{
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    struct country_map *m = NULL;
    struct diag d = {""};
    put_database(&b, version, prefix, bits, data);
    assert_false(buf_failed(&b));
    if (open_bytes(s, "test.mmdb", b.data, b.len, &m, &d) < 0)
        fail_msg("%s", d.text);
    return m;
}

static void country_map__find__database(void **state)
{
    static const uint8_t four[] = {198, 51, 100, 0};
    CLEANUP_BUF struct buf data = BUF_INIT(1024);
    buf_put_u8(&data, 7U << 5 | 1U);
    put_string(&data, "country_code");
    put_string(&data, "NL");
    CLEANUP(country_map_free_cleanup) struct country_map *m = database(*state, 4, four, 24, &data);
    char address[INET_ADDRSTRLEN];
    assert_country(m, "198.51.100.0", "NL");
    assert_country(m, "198.51.100.255", "NL");
    assert_country(m, "::ffff:198.51.100.9", "NL");
    assert_country(m, "198.51.101.0", NULL);
    assert_country(m, "2001:db8::1", NULL); /* none of IPv6 in it */
    assert_int_equal(country_map_loopback(m, "NL", address), ERR_NOT_FOUND);
}

static void country_map__find__database_of_ipv6(void **state)
{
    static const uint8_t six[] = {0x20, 0x01, 0x0d, 0xb8};
    CLEANUP_BUF struct buf data = BUF_INIT(1024);
    buf_put_u8(&data, 7U << 5 | 1U);
    put_string(&data, "country");
    buf_put_u8(&data, 7U << 5 | 1U);
    put_string(&data, "iso_code");
    put_string(&data, "DE");
    CLEANUP(country_map_free_cleanup) struct country_map *m = database(*state, 6, six, 32, &data);
    assert_country(m, "2001:db8:1::", "DE");
    assert_country(m, "2001:db9::", NULL);
    assert_country(m, "198.51.100.1", NULL);
}

static void country_map__find__database_of_something_else(void **state)
{
    static const uint8_t four[] = {198};
    static const char *const names[] = {"nl", "NLD", "", "N"};
    for (size_t i = 0; i <= COUNT(names); i++) {
        CLEANUP_BUF struct buf data = BUF_INIT(1024);
        buf_put_u8(&data, 7U << 5 | 1U);
        put_string(&data, i < COUNT(names) ? "country_code" : "city");
        put_string(&data, i < COUNT(names) ? names[i] : "NL");
        CLEANUP(country_map_free_cleanup)
        struct country_map *m = database(*state, 4, four, 8, &data);
        assert_country(m, "198.51.100.1", NULL);
    }
}

static void country_map__open__database_refused(void **state)
{
    static const char *const bytes[] = {"", "127.0.0.0/8 NL\n"};
    for (size_t i = 0; i < COUNT(bytes); i++) {
        struct country_map *m = NULL;
        struct diag d = {""};
        assert_int_equal(open_bytes(*state, "test.mmdb", bytes[i], strlen(bytes[i]), &m, &d),
                         ERR_FORMAT);
        assert_non_null(strstr(d.text, "is not a MaxMind DB file"));
        assert_null(m);
    }
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(country_map__find__text),
        SCENE_TEST(country_map__open__text_refused),
        SCENE_TEST(country_map__open__missing),
        SCENE_TEST(country_map__loopback__of_a_country),
        SCENE_TEST(country_map__find__database),
        SCENE_TEST(country_map__find__database_of_ipv6),
        SCENE_TEST(country_map__find__database_of_something_else),
        SCENE_TEST(country_map__open__database_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
