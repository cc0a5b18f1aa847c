/* geo: URIs. */
#include "test.h"

#include "wire/geo.h"

static struct geo must_parse(const char *uri)
{
    struct geo g;
    if (geo_parse(uri, strlen(uri), &g) < 0)
        fail_msg("refused: %s", uri);
    return g;
}

static void geo__parse__whole_numbers_of_the_resolution(void **state)
{
    (void)state;
    struct geo g = must_parse("geo:52.37,-4.8912345;u=15");
    assert_int_equal(g.latitude, 523700000);
    assert_int_equal(g.longitude, -48912345);
    assert_true(g.has_accuracy);
    assert_int_equal(g.accuracy, 15000);
    assert_false(g.has_altitude);
    g = must_parse("geo:-90,180.0000000,-12.5;crs=WGS84;u=0.001");
    assert_int_equal(g.latitude, -900000000);
    assert_int_equal(g.longitude, 1800000000);
    assert_int_equal(g.altitude, -12500);
    assert_int_equal(g.accuracy, 1);
    g = must_parse("GEO:-0.12345678,0;u=1.23456;night;color=b%20lue");
    assert_int_equal(g.latitude, -1234567); /* digits past the seventh are dropped */
    assert_int_equal(g.accuracy, 1234);
}

static void geo__parse__everything_else_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "geo",
                                        "geo:",
                                        "geo:1",
                                        "geo:1,",
                                        "geo:,1",
                                        "geo:1,2,",
                                        "geo:1,2,3,4",
                                        "geo:1;2",
                                        "geo:90.0000001,0",
                                        "geo:-91,0",
                                        "geo:0,180.1",
                                        "geo:0,-180.0000001",
                                        "geo:1.,2",
                                        "geo:.5,2",
                                        "geo:+1,2",
                                        "geo:1e1,2",
                                        "geo:1, 2",
                                        "geo: 1,2",
                                        "geo:1,2;",
                                        "geo:1,2;u=",
                                        "geo:1,2;u=-1",
                                        "geo:1,2;u=x",
                                        "geo:1,2;u=1x",
                                        "geo:1,2;u=1;u=2",
                                        "geo:1,2;crs=mars",
                                        "geo:1,2;u=1;crs=wgs84",
                                        "geo:1,2;=3",
                                        "geo:1,2;a=",
                                        "geo:1,2;a=\"",
                                        "geo:1,2\n",
                                        "geo:1,2 and more",
                                        "geo:100000001,2",
                                        "geo:99999999999999999999,2",
                                        "map:1,2"};
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct geo g = {.latitude = 7};
        if (geo_parse(wrong[i], strlen(wrong[i]), &g) == 0)
            fail_msg("taken: %s", wrong[i]);
        assert_int_equal(g.latitude, 7);
    }
    char long_uri[GEO_URI_MAX + 2] = "geo:1,2;a=";
    memset(long_uri + 10, 'b', sizeof long_uri - 11);
    long_uri[sizeof long_uri - 1] = '\0';
    struct geo g;
    assert_int_equal(geo_parse(long_uri, GEO_URI_MAX, &g), 0);
    assert_int_equal(geo_parse(long_uri, GEO_URI_MAX + 1, &g), ERR_FORMAT);
}

static void geo__parse_words__what_a_person_types(void **state)
{
    static const char *const wrong[] = {
        "", "52.0", "52.0,", "52.0,4.0,", "52.0,4.0,-1", "52.0,4.0,5,6", "91.0,0.0", "52.0 , 4.0",
        "geo:52.0,4.0", "52.0,4.0;u=1",
        /* decimal commas */
        "52,37", "52,37,4", "52,37,4,89", "52.37,4", "52,4.89", "52,4,1.5", "52.37,4,1.5"};
    struct geo g;
    (void)state;
    assert_int_equal(geo_parse_words("52.37,4.89,15", &g), 0);
    assert_int_equal(g.accuracy, 15000);
    assert_int_equal(geo_parse_words("-1.0,-2.5", &g), 0);
    assert_false(g.has_accuracy);
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (geo_parse_words(wrong[i], &g) == 0)
            fail_msg("taken: %s", wrong[i]);
}

static void geo__put__the_shortest_that_reads_the_same(void **state)
{
    static const struct {
        const char *uri, *written;
    } cases[] = {
        {"geo:52.37,4.89;u=15", "geo:52.37,4.89;u=15"},
        {"geo:052.3700,-4.0890;u=15.0;x=y", "geo:52.37,-4.089;u=15"},
        {"geo:-0.5,-0.0000001,-0.25", "geo:-0.5,-0.0000001,-0.25"},
        {"geo:0,-0", "geo:0,0"},
        {"geo:-90,180,7;crs=wgs84;u=0", "geo:-90,180,7;u=0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(GEO_URI_MAX);
        struct geo g = must_parse(cases[i].uri);
        geo_put(&b, &g);
        assert_string_equal(buf_text(&b), cases[i].written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(geo__parse__whole_numbers_of_the_resolution),
        cmocka_unit_test(geo__parse__everything_else_is_refused),
        cmocka_unit_test(geo__parse_words__what_a_person_types),
        cmocka_unit_test(geo__put__the_shortest_that_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
