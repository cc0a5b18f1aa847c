#include "xmpp/component.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "wire/stanza.h"

#define NS_COMPONENT "jabber:component:accept"
#define OUT_MAX (64U * 1024 * 1024)
#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS 5000
#define HANDSHAKE_MS 10000

enum state { IDLE, OPENING, AUTHENTICATING, READY };

struct component {
    char *jid;
    char *secret; /* in secret memory; NULL when detached */
    struct connector *connector;
    size_t socket;
    const struct component_events *events;
    void *context;
    size_t max_stanza;
    enum state state;
    int fd;
    struct xml_stream *stream;
    struct buf out;
    size_t out_pos;
    int64_t next_try_ms; /* IDLE: when to connect */
    int64_t deadline_ms; /* OPENING, AUTHENTICATING */
    int pause_ms;
    const char *over; /* why the session must end, found inside a callback */
};

static void send_handshake(struct component *c, const char *stream_id)
{
    /* XEP-0114 section 3: lower-case hexadecimal SHA-1 of the stream id and the secret. */
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(4096);
    buf_put_text(&b, stream_id);
    buf_put_text(&b, c->secret);
    if (buf_failed(&b) || EVP_Digest(b.data, b.len, digest, &len, EVP_sha1(), NULL) != 1) {
        c->over = "the server's stream id is too long";
        return;
    }
    encode_hex(digest, len, hex);
    buf_format(&c->out, "<handshake>%s</handshake>", hex);
    c->state = AUTHENTICATING;
}

static void on_opened(void *context, const struct xml_element *stream)
{
    struct component *c = context;
    const char *id = xml_attribute_of(stream, "id");
    if (c->state != OPENING)
        return;
    if (id == NULL)
        c->over = "the server's stream has no id";
    else
        send_handshake(c, id);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct component *c = context;
    if (xml_is(stanza, "error", "http://etherx.jabber.org/streams") ||
        strcmp(stanza->name, "stream:error") == 0) {
        c->over = stanza->first != NULL && strcmp(stanza->first->name, "not-authorized") == 0
                      ? "the server refuses the component's secret"
                      : "the server ended the stream with an error";
    } else if (c->state == AUTHENTICATING && xml_is(stanza, "handshake", NS_COMPONENT)) {
        c->state = READY;
        c->pause_ms = PAUSE_FIRST_MS;
        if (c->events->ready != NULL)
            c->events->ready(c->context);
    } else if (c->state == READY) {
        c->events->stanza(c->context, stanza);
    }
}

static void on_too_large(void *context, const struct xml_element *start)
{
    struct component *c = context;
    if (c->state == READY && c->events->too_large != NULL)
        c->events->too_large(c->context, start);
}

static void on_closed(void *context)
{
    struct component *c = context;
    c->over = "the server closed the stream";
}

static const struct xml_stream_events stream_events = {
    .opened = on_opened, .stanza = on_stanza, .too_large = on_too_large, .closed = on_closed};

struct component *component_new(const char *jid, const char *secret, struct connector *connector,
                                size_t socket, size_t max_stanza,
                                const struct component_events *events, void *context)
{
    struct component *c = mem_new(sizeof *c);
    c->jid = mem_string(jid);
    size_t secret_len = strlen(secret) + 1;
    c->secret = secret_new(secret_len);
    memcpy(c->secret, secret, secret_len);
    c->connector = connector;
    c->socket = socket;
    c->events = events;
    c->context = context;
    c->max_stanza = max_stanza;
    c->fd = -1;
    c->out = (struct buf)BUF_INIT(OUT_MAX);
    c->pause_ms = PAUSE_FIRST_MS;
    return c;
}

struct component *component_new_detached(const char *jid, size_t max_stanza,
                                         const struct component_events *events, void *context)
{
    struct component *c = mem_new(sizeof *c);
    c->jid = mem_string(jid);
    c->events = events;
    c->context = context;
    c->max_stanza = max_stanza;
    c->fd = -1;
    c->out = (struct buf)BUF_INIT(OUT_MAX);
    c->state = READY;
    c->stream = xml_stream_new(&stream_events, c, max_stanza);
    return c;
}

void component_free(struct component *c)
{
    if (c == NULL)
        return;
    if (c->fd >= 0)
        close(c->fd);
    xml_stream_free(c->stream);
    buf_clear(&c->out);
    secret_free(c->secret);
    free(c->jid);
    free(c);
}

bool component_ready(const struct component *c)
{
    return c->state == READY;
}

int component_fd(const struct component *c)
{
    return c->fd;
}

short component_poll_events(const struct component *c)
{
    return (short)(POLLIN | (c->out.len > c->out_pos ? POLLOUT : 0));
}

int component_timeout_ms(const struct component *c)
{
    if (c->state == READY)
        return -1;
    int64_t left = (c->state == IDLE ? c->next_try_ms : c->deadline_ms) - clock_monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

static void end_session(struct component *c, const char *why)
{
    bool was_ready = c->state == READY;
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->state = IDLE;
    c->over = NULL;
    buf_reset(&c->out);
    c->out_pos = 0;
    c->next_try_ms = clock_monotonic_ms() + c->pause_ms;
    c->pause_ms = clock_next_pause(c->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
    if (was_ready && c->events->closed != NULL)
        c->events->closed(c->context, why);
}

static void connect_now(struct component *c)
{
    if (connector_get(c->connector, c->socket, &c->fd) < 0) {
        end_session(c, "cannot connect");
        return;
    }
    xml_stream_free(c->stream);
    c->stream = xml_stream_new(&stream_events, c, c->max_stanza);
    c->state = OPENING;
    c->deadline_ms = clock_monotonic_ms() + HANDSHAKE_MS;
    buf_format(&c->out,
               "<?xml version='1.0'?><stream:stream xmlns='" NS_COMPONENT
               "' xmlns:stream='http://etherx.jabber.org/streams' to='%s'>",
               c->jid);
}

int component_feed(struct component *c, const void *data, size_t len)
{
    return xml_stream_feed(c->stream, data, len);
}

static void read_socket(struct component *c)
{
    char chunk[65536];
    ssize_t n = read(c->fd, chunk, sizeof chunk);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        c->over = n == 0 ? "the server closed the connection" : "the connection broke";
    else if (component_feed(c, chunk, (size_t)n) < 0 && c->over == NULL)
        c->over = "the server sent what is not a stream";
}

void component_flush(struct component *c)
{
    while (c->fd >= 0 && c->out_pos < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->out_pos, c->out.len - c->out_pos, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EAGAIN)
                c->over = "the connection broke";
            return;
        }
        c->out_pos += (size_t)n;
    }
    buf_reset(&c->out);
    c->out_pos = 0;
}

void component_process(struct component *c, short revents)
{
    if (c->state == IDLE && clock_monotonic_ms() >= c->next_try_ms)
        connect_now(c);
    if (c->state == IDLE)
        return;
    if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
        read_socket(c);
    if (c->state != READY && clock_monotonic_ms() > c->deadline_ms)
        c->over = "the server does not answer";
    if (c->out.failed)
        c->over = "the server does not read what it is sent";
    if (c->over == NULL)
        component_flush(c);
    if (c->over != NULL)
        end_session(c, c->over);
}

struct buf *component_out(struct component *c)
{
    return &c->out;
}

void component_begin_result(struct component *c, const struct xml_element *iq)
{
    const char *from = xml_attribute_of(iq, "from"), *id = xml_attribute_of(iq, "id");
    const char *to = xml_attribute_of(iq, "to");
    buf_put_text(&c->out, "<iq type='result'");
    xml_put_attribute(&c->out, "from", to == NULL ? c->jid : to);
    xml_put_attribute(&c->out, "to", from == NULL ? "" : from);
    xml_put_attribute(&c->out, "id", id == NULL ? "" : id);
    buf_put_u8(&c->out, '>');
}

void component_send_error(struct component *c, const struct xml_element *iq, const char *condition,
                          const char *own)
{
    const char *from = xml_attribute_of(iq, "from"), *id = xml_attribute_of(iq, "id");
    buf_put_text(&c->out, "<iq type='error'");
    xml_put_attribute(&c->out, "from", c->jid);
    xml_put_attribute(&c->out, "to", from == NULL ? "" : from);
    xml_put_attribute(&c->out, "id", id == NULL ? "" : id);
    buf_format(&c->out,
               "><error type='cancel'><%s xmlns='" STANZAS_NS "'/>%s"
               "</error></iq>",
               condition, own);
}

bool component_answer_service(struct component *c, const struct xml_element *stanza,
                              const char *category, const char *type, const char *name)
{
    static const char disco[] = "http://jabber.org/protocol/disco#info";
    const char *kind = xml_attribute_of(stanza, "type");
    if (strcmp(stanza->name, "iq") != 0 || kind == NULL || strcmp(kind, "get") != 0)
        return false;
    if (xml_child(stanza, "ping", "urn:xmpp:ping") != NULL) {
        component_begin_result(c, stanza);
        buf_put_text(&c->out, "</iq>");
        return true;
    }
    if (xml_child(stanza, "query", disco) == NULL)
        return false;
    component_begin_result(c, stanza);
    buf_format(&c->out,
               "<query xmlns='%s'><identity category='%s' type='%s' name='%s'/>"
               "<feature var='%s'/><feature var='urn:xmpp:ping'/></query></iq>",
               disco, category, type, name, disco);
    return true;
}
