/* aesgcm: URIs and the texts of messages that send files. */
#include <string.h>

#include "test.h"
#include "wire/file_content.h"

#define IV "000102030405060708090a0b"
#define KEY "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define URI "aesgcm://upload.chat.example:5223/upload/ab/f#" IV KEY
#define TO "&group=00112233445566778899aabbccddeeff&timer=60"
#define LINE "ironside:file?name=a%20b.txt&type=text/plain&size=5"

static int parse(const char *text, struct file_uri *ret)
{
    return file_uri_parse(text, strlen(text), ret);
}

static void file_uri__parse__each_part(void **state)
{
    (void)state;
    struct file_uri u;
    CLEANUP_BUF struct buf b = BUF_INIT(FILE_URI_MAX);
    assert_int_equal(parse(URI, &u), 0);
    assert_string_equal(u.host, "upload.chat.example");
    assert_int_equal(u.port, 5223);
    assert_string_equal(u.path, "/upload/ab/f");
    assert_int_equal(u.iv[11], 0x0b);
    assert_int_equal(u.key[0], 0x10);
    assert_int_equal(u.key[31], 0x2f);
    file_uri_put(&b, &u);
    assert_string_equal(buf_text(&b), URI);
    buf_reset(&b);
    file_uri_put_https(&b, &u);
    assert_string_equal(buf_text(&b), "https://upload.chat.example:5223/upload/ab/f");
    assert_int_equal(parse("aesgcm://h.test/f#" IV KEY, &u), 0);
    assert_int_equal(u.port, FILE_URI_PORT);
}

static void file_uri__parse__refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "https://h.test/f#" IV KEY,
        "aesgcm://h.test/f",
        "aesgcm://h.test/f#" KEY,          /* no IV */
        "aesgcm://h.test/f#00" IV KEY,     /* an IV of 13 bytes */
        "aesgcm://h.test/f" IV KEY,        /* no '#' */
        "aesgcm://h.test#" IV KEY,         /* no path */
        "aesgcm:///f#" IV KEY,             /* no host */
        "aesgcm://H.test/f#" IV KEY,       /* not in lower case */
        "aesgcm://u@h.test/f#" IV KEY,     /* a user */
        "aesgcm://h.test:0/f#" IV KEY,     /* a port that is none */
        "aesgcm://h.test:443/f#" IV KEY,   /* the usual one is not written */
        "aesgcm://h.test:05/f#" IV KEY,    /* a zero before it */
        "aesgcm://h.test:65536/f#" IV KEY, /* too high */
        "aesgcm://h.test/../f#" IV KEY,    /* out of its folder */
        "aesgcm://h.test/f?x#" IV KEY,     /* a query */
        "aesgcm://h.test/f#" IV "F" KEY,
    };
    struct file_uri u = {.port = 7};
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (parse(bad[i], &u) != ERR_FORMAT)
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(u.port, 7); /* untouched */
    }
    char nul[] = URI;
    nul[30] = '\0';
    assert_int_equal(file_uri_parse(nul, sizeof nul - 1, &u), ERR_FORMAT);
}

static int read_text(const char *text, struct file_content *ret)
{
    return file_content_parse(text, strlen(text), ret);
}

static void file_content__parse__is_written_again(void **state)
{
    (void)state;
    static const char *const good[] = {
        URI "\n" LINE,
        URI "\ndata:image/jpeg;base64,/9j/4A==\n" LINE,
        URI "\n" LINE "&duration=61",
        URI "\n" LINE "&duration=61" TO,
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        struct file_content f;
        CLEANUP_BUF struct buf b = BUF_INIT(VALUE_BODY_MAX);
        assert_int_equal(read_text(good[i], &f), 0);
        assert_string_equal(f.name, "a b.txt");
        assert_string_equal(f.type, "text/plain");
        assert_int_equal(f.size, 5);
        struct diag why;
        assert_int_equal(file_content_put(&b, &f, &why), 0);
        assert_string_equal(buf_text(&b), good[i]);
    }
    struct file_content f;
    assert_int_equal(read_text(URI "\n" LINE TO, &f), 0);
    assert_int_equal(f.duration_seconds, 0);
    assert_int_equal(f.timer_seconds, 60);
    assert_string_equal(f.group, "00112233445566778899aabbccddeeff");
}

static void file_content__parse__refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        LINE,
        "Look:\n" LINE,
        URI "\n\n" LINE,
        URI "\ndata:image/png;base64,AAAA\n" LINE,
        URI "\nironside:file?name=..&type=text/plain&size=5",
        URI "\nironside:file?name=a%2Fb&type=text/plain&size=5",
        URI "\nironside:file?name=a/b&type=text/plain&size=5",
        URI "\nironside:file?name=a%0Ab&type=text/plain&size=5",
        URI "\nironside:file?name=a%00b&type=text/plain&size=5",
        URI "\nironside:file?name=%61&type=text/plain&size=5", /* need not be escaped */
        URI "\nironside:file?name=a&type=text&size=5",
        URI "\nironside:file?type=text/plain&name=a&size=5",        /* another order */
        URI "\nironside:file?name=a&type=text/plain&size=52428785", /* over 50 MiB with its tag */
        URI "\n" LINE "&duration=0",
        URI "\n" LINE "&x=1",
    };
    struct file_content f = {.size = 7};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (read_text(bad[i], &f) == 0)
            fail_msg("taken: %s", bad[i]);
    /* What is in no form is a text; what is in it, but not as devices make it, no text either. */
    assert_int_equal(read_text(bad[0], &f), ERR_NOT_FOUND);
    assert_int_equal(read_text(bad[4], &f), ERR_FORMAT);
    assert_int_equal(f.size, 7);
    assert_int_equal(read_text("Good morning.", &f), ERR_NOT_FOUND);
    assert_int_equal(read_text(URI, &f), ERR_NOT_FOUND); /* a stock client's: a text to us */
}

static void file_content__matches__only_its_own_file(void **state)
{
    (void)state;
    const char *text = URI "\n" LINE;
    struct envelope e = {.file_count = 1,
                         .files = {{.size = 5 + FILE_CONTENT_TAG_BYTES, .path = "/upload/ab/f"}}};
    const char *host = "upload.chat.example";
    assert_true(file_content_matches(text, strlen(text), &e, host));
    assert_false(file_content_matches(text, strlen(text), &e, "upload.other.example"));
    assert_false(file_content_matches("Hello", 5, &e, host));
    e.files[0].size++;
    assert_false(file_content_matches(text, strlen(text), &e, host));
    e.files[0].size--;
    e.files[0].path = "/upload/ab/g";
    assert_false(file_content_matches(text, strlen(text), &e, host));
    e.file_count = 0;
    assert_false(file_content_matches(text, strlen(text), &e, host));
    assert_true(file_content_matches("Hello", 5, &e, host));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_uri__parse__each_part),
        cmocka_unit_test(file_uri__parse__refused),
        cmocka_unit_test(file_content__parse__is_written_again),
        cmocka_unit_test(file_content__parse__refused),
        cmocka_unit_test(file_content__matches__only_its_own_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
