/* A client that means harm to its server, for 21-walls.sh: it logs in and then sends what it likes.
 *
 *     hostile_client PORT CA ACCOUNT/RESOURCE [deaf]
 *
 * The password comes first on standard input, then orders, a line each:
 *
 *     send STANZA             sends it
 *     flood COUNT PAD STANZA  sends as many as fast as the server takes them: each # in it is the
 *                             copy's number, each ~ some elements, PAD of their tags,
 *                             which is a multiple of 50
 *     wait                    asks the server for an answer, and tells "done" when it has come
 *
 * It tells "online", the beginning of each stanza that comes, and "offline WHY". `deaf`: it lets
 * the server ask for acknowledgements and gives none.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/process.h"

#define LINE_MAX_BYTES (1U << 20)
#define SHOWN 1000
#define GROUP 50U      /* libstrophe takes long for many in one */
#define LARGE 500      /* elements and texts */
#define WAITING_MAX 64 /* stanzas that wait for the socket */
#define PATIENCE_MS 120000

static bool over, answered;
static unsigned waits;

static void tell(const char *line)
{
    printf("%.*s\n", SHOWN, line);
    fflush(stdout);
}

static void on_session(xmpp_conn_t *c, xmpp_conn_event_t event, int error,
                       xmpp_stream_error_t *stream_error, void *context)
{
    (void)error;
    if (event == XMPP_CONN_CONNECT) {
        if (*(bool *)context)
            xmpp_send_raw_string(c, "<enable xmlns='urn:xmpp:sm:3'/>");
        tell("online");
        return;
    }
    printf("offline %s\n",
           stream_error != NULL && stream_error->text != NULL ? stream_error->text : "");
    fflush(stdout);
    over = true;
}

/* libstrophe takes long to write a large stanza as text. */
static bool is_large(xmpp_stanza_t *x, unsigned *left)
{
    for (x = xmpp_stanza_get_children(x); x != NULL; x = xmpp_stanza_get_next(x))
        if ((*left)-- == 0 || is_large(x, left))
            return true;
    return false;
}

static void tell_stanza(xmpp_stanza_t *x)
{
    char *text = NULL;
    size_t len = 0;
    unsigned left = LARGE;
    if (is_large(x, &left))
        printf("<%s id=\"%s\" large\n", xmpp_stanza_get_name(x), xmpp_stanza_get_id(x));
    else if (xmpp_stanza_to_text(x, &text, &len) == 0)
        tell(text);
    fflush(stdout);
    free(text);
}

static int on_stanza(xmpp_conn_t *c, xmpp_stanza_t *stanza, void *context)
{
    char id[16];
    (void)c, (void)context;
    snprintf(id, sizeof id, "wait-%u", waits);
    answered = answered ||
               (xmpp_stanza_get_id(stanza) != NULL && strcmp(xmpp_stanza_get_id(stanza), id) == 0);
    tell_stanza(stanza);
    return 1;
}

static void put_copy(struct buf *b, const char *stanza, unsigned number, unsigned pad)
{
    for (; *stanza != '\0'; stanza++) {
        if (*stanza == '#')
            buf_format(b, "%u", number);
        for (unsigned i = 0; *stanza == '~' && i < pad; i++)
            buf_put_text(b, i % GROUP == 0 ? "<b>" : i % GROUP == GROUP - 1 ? "</b>" : "<a/>");
        if (*stanza != '#' && *stanza != '~')
            buf_put_u8(b, (uint8_t)*stanza);
    }
}

static void flood(xmpp_ctx_t *ctx, xmpp_conn_t *c, unsigned count, unsigned pad, const char *stanza)
{
    for (unsigned i = 1; i <= count && !over; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(2 * LINE_MAX_BYTES);
        put_copy(&b, stanza, i, pad);
        xmpp_send_raw(c, buf_text(&b), b.len);
        do
            xmpp_run_once(ctx, 0);
        while (!over && xmpp_conn_send_queue_len(c) > WAITING_MAX);
    }
}

static void wait_for_answer(xmpp_ctx_t *ctx, xmpp_conn_t *c)
{
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    answered = false;
    waits++;
    xmpp_send_raw_string(c, "<iq type='get' id='wait-%u'><ping xmlns='urn:xmpp:ping'/></iq>",
                         waits);
    while (!answered && !over && clock_monotonic_ms() < deadline)
        xmpp_run_once(ctx, 10);
    tell(answered ? "done" : "no answer");
}

static void obey(xmpp_ctx_t *ctx, xmpp_conn_t *c, const char *line)
{
    unsigned count = 0, pad = 0;
    int at = 0;
    if (strcmp(line, "wait") == 0)
        wait_for_answer(ctx, c);
    else if (strncmp(line, "send ", 5) == 0)
        xmpp_send_raw(c, line + 5, strlen(line + 5));
    else if (sscanf(line, "flood %u %u %n", &count, &pad, &at) == 2 && at > 0)
        flood(ctx, c, count, pad, line + at);
    else
        tell("what?");
}

static void run_lines(xmpp_ctx_t *ctx, xmpp_conn_t *c)
{
    static char line[LINE_MAX_BYTES];
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!over) {
        xmpp_run_once(ctx, 10);
        if (!xmpp_conn_is_connected(c) || poll(&p, 1, 0) <= 0)
            continue;
        if (fgets(line, sizeof line, stdin) == NULL)
            return;
        line[strcspn(line, "\n")] = '\0';
        obey(ctx, c, line);
    }
}

int main(int argc, char **argv)
{
    process_begin();
    char password[256];
    bool deaf = argc == 5 && strcmp(argv[4], "deaf") == 0;
    if (argc != 4 && !deaf) {
        fputs("usage: see the source\n", stderr);
        return 2;
    }
    setvbuf(stdin, NULL, _IONBF, 0);
    if (fgets(password, sizeof password, stdin) == NULL)
        return 2;
    password[strcspn(password, "\n")] = '\0';
    setenv("SSL_CERT_FILE", "/nonexistent", 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *c = xmpp_conn_new(ctx);
    xmpp_conn_set_jid(c, argv[3]);
    xmpp_conn_set_pass(c, password);
    xmpp_conn_set_cafile(c, argv[2]);
    xmpp_conn_set_flags(c, XMPP_CONN_FLAG_MANDATORY_TLS | (deaf ? XMPP_CONN_FLAG_DISABLE_SM : 0));
    xmpp_handler_add(c, on_stanza, NULL, NULL, NULL, NULL);
    if (xmpp_connect_client(c, "127.0.0.1", (unsigned short)atoi(argv[1]), on_session, &deaf) == 0)
        run_lines(ctx, c);
    xmpp_conn_release(c);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    return 0;
}
