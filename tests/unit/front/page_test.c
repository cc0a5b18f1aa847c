#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "front/page.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/page-test.XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL);
}

static void put(const char *name, const char *text)
{
    CLEANUP_FREE char *path = file_join(folder, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(file_make_folder(path, 0700, NULL), 0);
    *slash = '/';
    assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
}

static void page__find__by_its_path(void **state)
{
    (void)state;
    struct page *p;
    put("index.html", "<p>");
    put("assets/main.js", "go()");
    assert_int_equal(page_open(folder, &p, NULL), 0);
    const struct page_file *f = page_find(p, "/assets/main.js");
    assert_non_null(f);
    assert_string_equal(f->type, "text/javascript; charset=utf-8");
    assert_int_equal(f->len, 4);
    assert_int_equal(strlen(f->etag), 66);
    assert_ptr_equal(page_find(p, "/"), page_find(p, "/index.html"));
    assert_string_not_equal(page_find(p, "/")->etag, f->etag);
    assert_true(page_file_settled(f));
    assert_false(page_file_settled(page_find(p, "/")));
    assert_null(page_find(p, "/assets"));
    assert_null(page_find(p, "assets/main.js"));
    page_free(p);
}

static void page__open__passes_over_links_and_hidden_files(void **state)
{
    (void)state;
    struct page *p;
    put("index.html", "<p>");
    put(".git/index.html", "x");
    CLEANUP_FREE char *link = file_join(folder, "passwd.txt");
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(page_open(folder, &p, NULL), 0);
    assert_null(page_find(p, "/passwd.txt"));
    assert_null(page_find(p, "/.git/index.html"));
    assert_non_null(page_find(p, "/"));
    page_free(p);
}

static void assert_not_opened(int code, const char *named)
{
    struct page *p = NULL;
    struct diag d;
    assert_int_equal(page_open(folder, &p, &d), code);
    assert_non_null(strstr(d.text, named));
    assert_null(p);
}

static void page__open__refuses_what_it_does_not_know(void **state)
{
    (void)state;
    put("key.pem", "secret");
    assert_not_opened(ERR_FORMAT, "key.pem");
}

static void page__open__refuses_folders_too_deep(void **state)
{
    (void)state;
    put("a/b/c/d/x.txt", "x");
    struct page *p;
    assert_int_equal(page_open(folder, &p, NULL), 0);
    page_free(p);
    put("a/b/c/d/e/x.txt", "x");
    assert_not_opened(ERR_LIMIT, "a/b/c/d/e");
}

static void page__open__without_a_folder_is_empty(void **state)
{
    (void)state;
    struct page *p;
    assert_int_equal(page_open(NULL, &p, NULL), 0);
    assert_null(page_find(p, "/"));
    page_free(p);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(page__find__by_its_path),
        WITH(page__open__passes_over_links_and_hidden_files),
        WITH(page__open__refuses_what_it_does_not_know),
        WITH(page__open__refuses_folders_too_deep),
        WITH(page__open__without_a_folder_is_empty),
    };
    return cmocka_run_group_tests_name("front/page", tests, NULL, NULL);
}
