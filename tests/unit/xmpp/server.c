#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/memory.h"

#define PATIENCE_MS 60000

struct server {
    server_script script;
    int listener, fd;
    int stop, go_on; /* eventfds */
    SSL_CTX *context;
    SSL *tls; /* NULL: not yet */
    struct buf got;
    size_t heard; /* bytes of `got` that were heard */
    char *heard_text;
    char authority[64];
    char peer[INET_ADDRSTRLEN];
    atomic_int connections;
    pthread_t thread;
    char failure[256]; /* "" while all is well */
};

static void add_extension(X509 *x, int nid, const char *value)
{
    X509V3_CTX c;
    X509V3_set_ctx_nodb(&c);
    X509V3_set_ctx(&c, x, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    assert_non_null(e);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static void make_certificate(struct server *s, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    char alternative[128];
    snprintf(alternative, sizeof alternative, "DNS:%s", name);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(x, NID_subject_alt_name, alternative);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    s->context = SSL_CTX_new(TLS_server_method());
    assert_int_equal(SSL_CTX_use_certificate(s->context, x), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(s->context, key), 1);
    strcpy(s->authority, "/tmp/ironside-authority-XXXXXX");
    FILE *f = fdopen(mkstemp(s->authority), "w");
    PEM_write_X509(f, x);
    fclose(f);
    X509_free(x);
    EVP_PKEY_free(key);
}

void server_check(struct server *s, bool condition, const char *what)
{
    if (!condition && s->failure[0] == '\0')
        snprintf(s->failure, sizeof s->failure, "connection %d: %s", s->connections, what);
}

void server_say_bytes(struct server *s, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        int part = len > 1 << 20 ? 1 << 20 : (int)len;
        int n = s->tls != NULL ? SSL_write(s->tls, at, part)
                               : (int)send(s->fd, at, (size_t)part, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the client hung up: scripts see that when they hear */
        at += n;
        len -= (size_t)n;
    }
}

void server_say(struct server *s, const char *text)
{
    server_say_bytes(s, text, strlen(text));
}

/* More bytes; false: none within the time, or the end. */
static bool read_more(struct server *s, int wait_ms)
{
    char chunk[4096];
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    if ((s->tls == NULL || SSL_pending(s->tls) == 0) && poll(&p, 1, wait_ms) <= 0)
        return false;
    int n = s->tls != NULL ? SSL_read(s->tls, chunk, sizeof chunk)
                           : (int)recv(s->fd, chunk, sizeof chunk, 0);
    if (n <= 0)
        return false;
    buf_put(&s->got, chunk, (size_t)n);
    return true;
}

bool server_hear(struct server *s, const char *text)
{
    int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        const char *all = buf_text(&s->got) + s->heard;
        const char *at = strstr(all, text);
        if (at != NULL) {
            size_t len = (size_t)(at - all) + strlen(text);
            free(s->heard_text);
            s->heard_text = mem_string_n(all, len);
            s->heard += len;
            return true;
        }
        int64_t left = deadline - clock_monotonic_ms();
        if (left <= 0 || !read_more(s, (int)left))
            break;
    }
    char what[128];
    snprintf(what, sizeof what, "did not hear %s", text);
    server_check(s, false, what);
    return false;
}

bool server_never_hears(struct server *s, const char *text)
{
    while (read_more(s, PATIENCE_MS))
        continue;
    return strstr(buf_text(&s->got) + s->heard, text) == NULL;
}

const char *server_heard(struct server *s)
{
    return s->heard_text;
}

void server_wait(struct server *s)
{
    struct pollfd p[2] = {{.fd = s->go_on, .events = POLLIN}, {.fd = s->stop, .events = POLLIN}};
    uint64_t count;
    if (poll(p, 2, PATIENCE_MS) > 0 && p[0].revents != 0)
        server_check(s, read(s->go_on, &count, sizeof count) == sizeof count, "eventfd");
}

void server_go_on(struct server *s)
{
    const uint64_t one = 1;
    assert_int_equal(write(s->go_on, &one, sizeof one), sizeof one);
}

const char *server_peer(struct server *s)
{
    return s->peer;
}

void server_open_stream(struct server *s, const char *features)
{
    server_hear(s, "<stream:stream");
    server_hear(s, ">");
    server_say(s, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                  "xmlns:stream='http://etherx.jabber.org/streams' id='1' from='chat.test' "
                  "version='1.0'><stream:features>");
    server_say(s, features);
    server_say(s, "</stream:features>");
}

void server_tls(struct server *s)
{
    server_open_stream(s, SERVER_STARTTLS);
    if (!server_hear(s, "<starttls"))
        return;
    server_hear(s, "/>");
    server_say(s, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    SSL *tls = SSL_new(s->context);
    SSL_set_fd(tls, s->fd);
    if (SSL_accept(tls) == 1)
        s->tls = tls;
    else
        SSL_free(tls); /* the client does not trust us: that is what some tests want */
    ERR_clear_error();
}

/* libstrophe does not check the server's proof, so any salt will do. */
bool server_challenge(struct server *s)
{
    uint8_t first[256];
    size_t len = 0;
    CLEANUP_BUF struct buf challenge = BUF_INIT(1024), element = BUF_INIT(2048);
    if (s->tls == NULL || !server_hear(s, "<auth") || !server_hear(s, ">") ||
        !server_hear(s, "</auth>"))
        return false;
    const char *text = server_heard(s);
    if (decode_base64(text, strlen(text) - 7, first, sizeof first - 1, &len) < 0)
        return false;
    first[len] = '\0';
    const char *nonce = strstr((char *)first, "r=");
    buf_format(&challenge, "%sserver,s=c2FsdA==,i=1", nonce);
    buf_put_text(&element, "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>");
    encode_base64_buf(&element, challenge.data, challenge.len);
    buf_put_text(&element, "</challenge>");
    server_say(s, buf_text(&element));
    return server_hear(s, "</response>");
}

void server_bind(struct server *s)
{
    server_hear(s, "<resource>device</resource>");
    server_say(s, "<iq type='result' id='_xmpp_bind1'><bind "
                  "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>anna@chat.test/device</jid>"
                  "</bind></iq>");
    server_hear(s, "<enable");
    server_say(s, "<enabled xmlns='urn:xmpp:sm:3'/>");
    server_hear(s, "<presence/>");
}

bool server_login(struct server *s)
{
    server_tls(s);
    if (s->tls == NULL)
        return false;
    server_open_stream(s, SERVER_SCRAM);
    if (!server_challenge(s))
        return false;
    server_say(s, SERVER_SUCCESS);
    server_open_stream(s, SERVER_BIND);
    server_bind(s);
    return true;
}

static void serve(struct server *s)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    s->fd = accept4(s->listener, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
    if (s->fd < 0)
        return;
    inet_ntop(AF_INET, &peer.sin_addr, s->peer, sizeof s->peer);
    s->heard = 0;
    buf_reset(&s->got);
    s->connections++;
    s->script(s, s->connections);
    SSL_free(s->tls);
    s->tls = NULL;
    ERR_clear_error();
    close(s->fd);
}

static void *run(void *argument)
{
    struct server *s = argument;
    struct pollfd p[2] = {{.fd = s->listener, .events = POLLIN}, {.fd = s->stop, .events = POLLIN}};
    while (poll(p, 2, -1) > 0 && p[1].revents == 0)
        serve(s);
    return NULL;
}

struct server *server_start(const char *name, server_script script)
{
    struct server *s = mem_new(sizeof *s);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    s->script = script;
    s->got = (struct buf)BUF_INIT(64U << 20);
    make_certificate(s, name);
    s->stop = eventfd(0, EFD_CLOEXEC);
    s->go_on = eventfd(0, EFD_CLOEXEC);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(s->listener, 8), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
    return s;
}

void server_stop(struct server *s)
{
    const uint64_t one = 1;
    assert_int_equal(write(s->stop, &one, sizeof one), sizeof one);
    pthread_join(s->thread, NULL);
    char failure[sizeof s->failure];
    strcpy(failure, s->failure);
    close(s->listener);
    close(s->stop);
    close(s->go_on);
    SSL_CTX_free(s->context);
    unlink(s->authority);
    buf_clear(&s->got);
    free(s->heard_text);
    free(s);
    if (failure[0] != '\0')
        fail_msg("%s", failure);
}

uint16_t server_port(const struct server *s)
{
    struct sockaddr_in a;
    socklen_t len = sizeof a;
    getsockname(s->listener, (struct sockaddr *)&a, &len);
    return ntohs(a.sin_port);
}

const char *server_authority(const struct server *s)
{
    return s->authority;
}

int server_connections(const struct server *s)
{
    return s->connections;
}
