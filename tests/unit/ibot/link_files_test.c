/* Link and the upload host: what each of its answers makes of a message. The host is played here,
 * on a real socket. */
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "ibot/files_internal.h"
#include "ibot/link_internal.h"
#include "table.h"

#define SIZE 300000U

struct host {
    int fd; /* it listens there */
    char *path;
    struct connector *connector;
    uint8_t *bytes;
    struct envelope_file file;
};

static void host_clear(struct host *h)
{
    close(h->fd);
    connector_free(h->connector);
    free(h->path);
    free(h->bytes);
}

/* A host with a file, and a message that names it. */
static void open_host(struct scene *s, struct host *h)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    h->path = file_join(s->b->folder, "upload.sock");
    snprintf(a.sun_path, sizeof a.sun_path, "%s", h->path);
    h->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FIXTURE_MUST(bind(h->fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(h->fd, 4) == 0);
    h->bytes = mem_array(SIZE, 1);
    memset(h->bytes, 'x', SIZE);
    h->file = (struct envelope_file){.size = SIZE, .path = "/upload/1/f"};
    hash_sha256(h->bytes, SIZE, h->file.sha256);
    s->options.files = &h->file;
    s->options.file_count = 1;
    s->b->no_files = true;
    h->connector = connector_new((const char *[]){[LINK_SOCKET_UPLOAD] = h->path}, LINK_SOCKETS);
    s->b->link->o.connector = h->connector;
}

/* Takes one request and answers it with the head and so many of the bytes. */
static void serve(struct scene *s, const struct host *h, const char *head, size_t len)
{
    char request[4096] = "";
    bot_run(s->b);
    CLEANUP_CLOSE int fd = accept(h->fd, NULL, NULL);
    FIXTURE_MUST(fd >= 0 && recv(fd, request, sizeof request - 1, 0) > 0);
    assert_string_equal(request, "GET /upload/1/f HTTP/1.1\r\nHost: upload.chat.example\r\n"
                                 "Connection: close\r\n\r\n");
    FIXTURE_MUST(send(fd, head, strlen(head), 0) == (ssize_t)strlen(head));
    for (size_t at = 0; at < len;) {
        size_t n = len - at < 20000 ? len - at : 20000;
        ssize_t sent = send(fd, h->bytes + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0)
            at += (size_t)sent;
        else if (s->b->answer_count > 0)
            return; /* link has seen enough */
        bot_run(s->b);
    }
}

struct answer_case {
    const char *head;
    size_t len;
    bool changed; /* other bytes */
    enum expected expected;
};

static void check(const struct answer_case *c)
{
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    open_host(s, &h);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    h.bytes[SIZE / 2] ^= c->changed;
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    serve(s, &h, c->head, c->len);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 1);
    assert_int_equal(s->b->files->expected_count, 0);
    if (c->expected == LATER) {
        assert_int_equal(bot_later(&s->b->answers[0]).reason, LATER_FILE);
        assert_int_equal(bot_head(s->b, s->dev, (uint8_t[HASH_BYTES]){0}), 0);
        return;
    }
    struct verdict v = bot_verdict(s->b, &s->b->answers[0], s->dev);
    assert_int_equal(v.line.reason, c->expected == ARCHIVED ? VERDICT_NO_REASON : VERDICT_NO_FILE);
    struct audit_counts counts = bot_audit(s->b);
    assert_int_equal(counts.files, c->expected == ARCHIVED);
    assert_int_equal(counts.records, c->expected == ARCHIVED);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n"

static void link_files__each_answer(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {OK_HEAD, SIZE, false, ARCHIVED},
        {OK_HEAD, SIZE, true, REFUSED},
        {OK_HEAD "more", SIZE, false, REFUSED},
        {OK_HEAD, SIZE - 1, false, LATER}, /* broken off */
        {"HTTP/1.1 200 OK\r\n", 0, false, LATER},
        {"HTTP/1.1 404 Not Found\r\n\r\n", 0, false, REFUSED},
        {"HTTP/1.1 410 Gone\r\n\r\n", 0, false, REFUSED},
        {"HTTP/1.1 503 Busy\r\n\r\n", 0, false, LATER},
        {"HTTP/1.1 2000 OK\r\n\r\n", 0, false, LATER},
        {"hello\r\n\r\n", 0, false, LATER},
        {"", 0, false, LATER},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i]);
}

static void link_files__host_away__later_then_archived(void **state)
{
    (void)state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    struct diag d;
    open_host(s, &h);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    s->b->link->o.connector = s->b->nowhere;
    (void)link_take_notice(s->b->link, &d);
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_FILE);
    assert_int_equal(s->b->files->expected_count, 0); /* else they fill the account's share */
    assert_string_equal(link_take_notice(s->b->link, &d),
                        "the upload host does not answer: messages with files wait");
    s->b->link->o.connector = h.connector;
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    serve(s, &h, OK_HEAD, SIZE);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 1);
    assert_int_equal(bot_verdict(s->b, &s->b->answers[0], s->dev).line.state, VERDICT_ARCHIVED);
    /* The same bytes once more: the stored verdict, though the host is away. */
    s->b->link->o.connector = s->b->nowhere;
    assert_int_equal(bot_verdict(s->b, bot_ask(s->b, stanza), s->dev).line.state, VERDICT_ARCHIVED);
}

/* The same bytes come twice before the file is there: both get the verdict, nothing stays behind.
 */
static void link_files__twice_at_once__both_answered(void **state)
{
    (void)state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    open_host(s, &h);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    assert_int_equal(s->b->files->expected_count, 2);
    serve(s, &h, OK_HEAD, SIZE);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(bot_verdict(s->b, &s->b->answers[i], s->dev).line.state, VERDICT_ARCHIVED);
    assert_int_equal(s->b->files->expected_count, 0);
    assert_int_equal(bot_audit(s->b).files, 1);
}

/* The opener's queue is full when the file is there: told `later`, and nothing is expected. */
static void link_files__opener_behind__later(void **state)
{
    (void)state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    open_host(s, &h);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    s->b->link_opener[0][0].max_queue = 100;
    serve(s, &h, OK_HEAD, SIZE);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 1);
    assert_int_equal(bot_later(&s->b->answers[0]).reason, LATER_SLOW_DOWN);
    assert_int_equal(s->b->files->expected_count, 0);
}

/* The keeper drops what is on its way: whoever waits for it is told. */
static void link_files__dropped_on_its_way__later(void **state)
{
    (void)state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    open_host(s, &h);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    assert_int_equal(files_expire(s->b->files, clock_monotonic_ms() + FILES_EXPECTED_MS, &s->b->d),
                     0);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 1);
    assert_int_equal(bot_later(&s->b->answers[0]).reason, LATER_FILE);
    CLEANUP_CLOSE int fd = accept(h.fd, NULL, NULL);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    serve(s, &h, OK_HEAD, SIZE);
    bot_run(s->b);
    assert_int_equal(bot_verdict(s->b, &s->b->answers[0], s->dev).line.state, VERDICT_ARCHIVED);
}

/* What was asked for first is fetched first: nothing waits for what comes later. */
static void link_files__several__in_their_order(void **state)
{
    static const char *const paths[] = {"GET /upload/1/f ", "GET /upload/2/f ", "GET /upload/3/f "};
    struct envelope_file files[COUNT(paths)] = {{.size = 1}, {.size = 2}, {.size = 3}};
    (void)state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    open_host(s, &h);
    for (size_t i = 0; i < COUNT(paths); i++)
        files[i].path = (const char *[]){"/upload/1/f", "/upload/2/f", "/upload/3/f"}[i];
    s->options.files = files;
    s->options.file_count = COUNT(paths);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    for (size_t i = 0; i < COUNT(paths); i++) {
        char request[4096] = "";
        CLEANUP_CLOSE int fd = accept(h.fd, NULL, NULL);
        FIXTURE_MUST(fd >= 0 && recv(fd, request, sizeof request - 1, 0) > 0);
        assert_memory_equal(request, paths[i], strlen(paths[i]));
    }
}

/* The host's next request, if there is one. */
static int next_request(const struct host *h)
{
    struct pollfd p = {.fd = h->fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0 ? accept(h->fd, NULL, NULL) : -1;
}

static size_t stored(const struct scene *s, const struct host *h)
{
    struct frames_file file = {.size = SIZE};
    memcpy(file.sha256, h->file.sha256, HASH_BYTES);
    return files_has(s->b->files, &file);
}

/* Whoever sends what is not signed as it should be has nothing fetched. */
static void link_files__not_good__nothing_fetched(void **state)
{
    (void)state;
    static const struct {
        size_t change; /* 0: the signature, 1: a wrap, 2: the policy */
        bool later;
    } rows[] = {{0, true}, {1, false}, {2, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
        CLEANUP(host_clear) struct host h = {.fd = -1};
        open_host(s, &h);
        CLEANUP(fixture_message_free_cleanup)
        struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
        if (rows[i].change == 0)
            m->envelope.signature[3] ^= 1;
        if (rows[i].change == 1)
            m->envelope.wraps[0].wrap[3] ^= 1;
        if (rows[i].change == 2)
            m->envelope.policy--;
        if (rows[i].change > 0)
            fixture_message_sign(m, s->f, NULL, s->dev);
        CLEANUP_FREE char *stanza = fixture_stanza(m, true);
        const struct bot_answer *a = bot_ask(s->b, stanza);
        if (rows[i].later)
            assert_int_equal(bot_later(a).reason, LATER_BAD_SIGNATURE);
        else
            assert_int_equal(bot_verdict(s->b, a, s->dev).line.state, VERDICT_REFUSED);
        assert_int_equal(next_request(&h), -1);
        assert_int_equal(stored(s, &h), 0);
    }
}

/* A policy comes into force while the file is fetched: the message is refused, and it goes. */
static void link_files__refused_behind_fetch__dropped(void **state)
{
    (void)state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(host_clear) struct host h = {.fd = -1};
    open_host(s, &h);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &s->options);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    CLEANUP(policy_set_free_cleanup)
    struct policy_set *next = fixture_policy(s->f, &(struct fixture_policy_options){.serial = 3});
    bot_publish(s->b, next);
    bot_announce(s->b);
    bot_run(s->b);
    serve(s, &h, OK_HEAD, SIZE);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 1);
    assert_int_equal(bot_verdict(s->b, &s->b->answers[0], s->dev).line.reason, VERDICT_OLD_POLICY);
    assert_int_equal(stored(s, &h), 0);
    assert_int_equal(bot_audit(s->b).files, 0);
    assert_int_equal(s->b->files->expected_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_files__not_good__nothing_fetched),
        cmocka_unit_test(link_files__refused_behind_fetch__dropped),
        cmocka_unit_test(link_files__each_answer),
        cmocka_unit_test(link_files__host_away__later_then_archived),
        cmocka_unit_test(link_files__twice_at_once__both_answered),
        cmocka_unit_test(link_files__opener_behind__later),
        cmocka_unit_test(link_files__dropped_on_its_way__later),
        cmocka_unit_test(link_files__several__in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
