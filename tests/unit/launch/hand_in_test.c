/* A desk's statements are handed to the registrar once, in order; what it refuses is passed over,
 * and what does not reach it is tried again. */
#include "launch/hand_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "desk/daily.h"
#include "network/layout.h"

/* A registrar that notes what it is asked, and refuses what has "bad" in it. */
struct world {
    char *network, *desk;
    int fd;
    pthread_t thread;
    char heard[8192];
};

static void answer(struct world *w, int fd)
{
    char request[4096];
    size_t len = 0;
    while (len < sizeof request - 1 && memchr(request, '\n', len) == NULL) {
        ssize_t n = read(fd, request + len, sizeof request - 1 - len);
        if (n <= 0)
            return;
        len += (size_t)n;
    }
    request[len] = '\0';
    size_t at = strlen(w->heard);
    snprintf(w->heard + at, sizeof w->heard - at, "%s", request);
    const char *said = strstr(request, "bad") != NULL ? "{\"error\":\"no\"}\n" : "{\"ok\":true}\n";
    (void)!file_write_fd(fd, said, strlen(said));
}

static void *serve(void *context)
{
    struct world *w = context;
    for (int fd; (fd = accept(w->fd, NULL, NULL)) >= 0; close(fd))
        answer(w, fd);
    return NULL;
}

static void open_registrar(struct world *w)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    CLEANUP_FREE char *path = layout_path(w->network, LAYOUT_REGISTRAR_SOCKET);
    strcpy(a.sun_path, path);
    w->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(w->fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(w->fd, 8), 0);
    assert_int_equal(pthread_create(&w->thread, NULL, serve, w), 0);
}

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    char name[] = "/tmp/ironside-net.XXXXXX";
    w->network = mem_string(mkdtemp(name));
    w->desk = mem_format("%s/desks/north", w->network);
    CLEANUP_FREE char *folder = file_join(w->desk, DESK_STATEMENTS);
    w->fd = -1;
    *state = w;
    return layout_make(w->network, NULL) < 0 ? -1 : file_make_folder(folder, 0700, NULL);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    if (w->fd >= 0) {
        shutdown(w->fd, SHUT_RDWR);
        pthread_join(w->thread, NULL);
        close(w->fd);
    }
    int r = file_remove_tree(w->network, NULL);
    free(w->network);
    free(w->desk);
    free(w);
    return r;
}

static void put(const struct world *w, const char *name, const char *note)
{
    CLEANUP_FREE char *path = mem_format("%s/" DESK_STATEMENTS "/%s", w->desk, name);
    assert_int_equal(file_create(path, note, strlen(note), 0644, NULL), 0);
}

/* As a minute later. */
static void hand_in(const struct world *w, struct hand_in *h)
{
    h->next_ms = 0;
    hand_in_watch(h, w->network, w->desk);
}

static void hand_in__watch__in_order_and_once(void **state)
{
    struct world *w = *state;
    struct hand_in h = {.next_ms = 0};
    put(w, "w1-north-10" DESK_STATEMENT_ENDING, "ten");
    put(w, "w1-north-9" DESK_STATEMENT_ENDING, "nine");
    put(w, "notes", "no statement");
    open_registrar(w);
    hand_in(w, &h);
    assert_string_equal(w->heard, "{\"do\":\"use\",\"note\":\"nine\"}\n"
                                  "{\"do\":\"use\",\"note\":\"ten\"}\n");
    w->heard[0] = '\0';
    hand_in(w, &h);
    assert_string_equal(w->heard, "");
    put(w, "w1-north-11" DESK_STATEMENT_ENDING, "eleven");
    hand_in(w, &h);
    assert_non_null(strstr(w->heard, "eleven"));
}

static void hand_in__watch__passes_over_what_is_refused(void **state)
{
    struct world *w = *state;
    struct hand_in h = {.next_ms = 0};
    put(w, "w1-north-1" DESK_STATEMENT_ENDING, "bad");
    put(w, "w1-north-2" DESK_STATEMENT_ENDING, "good");
    open_registrar(w);
    hand_in(w, &h);
    assert_non_null(strstr(w->heard, "good"));
    w->heard[0] = '\0';
    hand_in(w, &h);
    assert_string_equal(w->heard, "");
}

static void hand_in__watch__tries_again_what_reached_nobody(void **state)
{
    struct world *w = *state;
    struct hand_in h = {.next_ms = 0};
    put(w, "w1-north-1" DESK_STATEMENT_ENDING, "first");
    hand_in(w, &h);
    assert_string_equal(w->heard, "");
    open_registrar(w);
    hand_in(w, &h);
    assert_non_null(strstr(w->heard, "first"));
}

static void hand_in__watch__once_a_minute(void **state)
{
    struct world *w = *state;
    struct hand_in h = {.next_ms = 0};
    open_registrar(w);
    hand_in(w, &h);
    put(w, "w1-north-1" DESK_STATEMENT_ENDING, "first");
    hand_in_watch(&h, w->network, w->desk);
    assert_string_equal(w->heard, "");
    hand_in(w, &h);
    assert_non_null(strstr(w->heard, "first"));
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(hand_in__watch__in_order_and_once),
        WORLD_TEST(hand_in__watch__passes_over_what_is_refused),
        WORLD_TEST(hand_in__watch__tries_again_what_reached_nobody),
        WORLD_TEST(hand_in__watch__once_a_minute),
    };
    return cmocka_run_group_tests_name("launch/hand_in", tests, NULL, NULL);
}
