/* docs/protocol.md names every kind and reason that the tables of this room have. */
#include "test.h"

#include "base/file.h"
#include "wire/content.h"
#include "wire/document.h"
#include "wire/verdict.h"

#define PAGE_MAX (1U << 20)

static int set_up(void **state)
{
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path = file_join(source == NULL ? "." : source, "docs/protocol.md");
    CLEANUP_BUF struct buf file = BUF_INIT(PAGE_MAX);
    assert_int_equal(file_read(path, &file, NULL), 0);
    *state = buf_take_text(&file);
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void assert_names(const char *page, const char *row)
{
    if (strstr(page, row) == NULL)
        fail_msg("docs/protocol.md has no row with '%s'", row + strspn(row, "\n"));
}

/* A row of its own, and its word in the list of what the registrar answers. */
static void protocol__documents__each_kind(void **state)
{
    CLEANUP_BUF struct buf list = BUF_INIT(PAGE_MAX);
    for (enum document_kind k = DOCUMENT_NETWORK; k < DOCUMENT_KINDS; k++) {
        const struct document_traits *t = document_traits(k);
        CLEANUP_FREE char *row = mem_format("\n| %s (`src/wire/", t->word);
        CLEANUP_FREE char *first = mem_format("| `ironside %s %u` /", t->word, t->version);
        assert_names(*state, row);
        assert_names(*state, first);
        buf_format(&list, "%s%s", k == DOCUMENT_NETWORK ? "Kinds:\n`" : " ", t->word);
    }
    buf_put_text(&list, "`");
    assert_names(*state, buf_text(&list));
}

static void protocol__content__each_kind(void **state)
{
    for (enum content_kind k = CONTENT_TEXT; k < CONTENT_KINDS; k++) {
        CLEANUP_FREE char *row = mem_format("\n| %s | ", content_kind_text(k));
        assert_names(*state, row);
    }
}

static void protocol__verdicts__each_reason(void **state)
{
    for (int r = VERDICT_NO_REASON + 1; r < VERDICT_REASONS; r++) {
        CLEANUP_FREE char *row =
            mem_format("\n| %d | `%s` | ", r, verdict_reason_text((enum verdict_reason)r));
        assert_names(*state, row);
    }
    for (int r = LATER_SLOW_DOWN; r < LATER_REASONS; r++) {
        CLEANUP_FREE char *word = mem_format("`%s`", later_reason_text((enum later_reason)r));
        assert_names(*state, word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(protocol__documents__each_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(protocol__content__each_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(protocol__verdicts__each_reason, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
