/* What an account can do for itself at its server: change the password, publish, fetch. */
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "wire/stanza.h"
#include "wire/value.h"
#include "xmpp/client_internal.h"

#define REGISTER_NS "jabber:iq:register"
#define PUBSUB_NS "http://jabber.org/protocol/pubsub"
#define ANSWER_MS 30000

struct password_change {
    struct client *client;
    char *password; /* in secret memory */
    client_done done;
    void *context;
};

static void on_password_answer(void *context, const struct xml_element *iq)
{
    struct password_change *change = context;
    int code = iq == NULL              ? ERR_TIMEOUT
               : stanza_is_result(iq)  ? 0
               : client_is_passing(iq) ? ERR_LIMIT
                                       : ERR_AUTH;
    if (code == 0)
        client_set_password(change->client, change->password);
    change->done(change->context, code);
    secret_free(change->password);
    free(change);
}

int client_change_password(struct client *c, const char *password, client_done done, void *context)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(4096);
    char handle[VALUE_HANDLE_MAX + 1];
    value_handle_of(c->account, handle);
    buf_format(&b, "<query xmlns='" REGISTER_NS "'><username>%s</username><password>", handle);
    xml_escape(&b, password);
    buf_put_text(&b, "</password></query>");
    if (buf_failed(&b))
        return ERR_FORMAT;
    struct password_change *change = mem_new(sizeof *change);
    change->client = c;
    size_t len = strlen(password) + 1;
    change->password = secret_new(len);
    memcpy(change->password, password, len);
    change->done = done;
    change->context = context;
    int r = client_query(c, strchr(c->account, '@') + 1, "set", buf_text(&b), ANSWER_MS,
                         on_password_answer, change);
    if (r < 0) {
        secret_free(change->password);
        free(change);
    }
    return r;
}

int client_publish(struct client *c, const char *node, const char *payload, bool open,
                   client_answer answer, void *context)
{
    static const char options[] =
        "<publish-options><x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE' type='hidden'><value>" PUBSUB_NS "#publish-options</value></field>"
        "<field var='pubsub#access_model'><value>open</value></field></x></publish-options>";
    CLEANUP_BUF struct buf b = BUF_INIT(CLIENT_STANZA_MAX);
    buf_put_text(&b, "<pubsub xmlns='" PUBSUB_NS "'><publish");
    xml_put_attribute(&b, "node", node);
    buf_put_text(&b, "><item id='current'>");
    buf_put_text(&b, payload);
    buf_put_text(&b, "</item></publish>");
    buf_put_text(&b, open ? options : "");
    buf_put_text(&b, "</pubsub>");
    if (buf_failed(&b))
        return ERR_LIMIT;
    return client_query(c, NULL, "set", buf_text(&b), ANSWER_MS, answer, context);
}

int client_fetch(struct client *c, const char *account, const char *node, client_answer answer,
                 void *context)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    buf_put_text(&b, "<pubsub xmlns='" PUBSUB_NS "'><items max_items='1'");
    xml_put_attribute(&b, "node", node);
    buf_put_text(&b, "/></pubsub>");
    if (buf_failed(&b))
        return ERR_LIMIT;
    return client_query(c, account, "get", buf_text(&b), ANSWER_MS, answer, context);
}

const struct xml_element *client_item(const struct xml_element *iq, const char *node)
{
    const struct xml_element *e = stanza_is_result(iq) ? xml_child(iq, "pubsub", PUBSUB_NS) : NULL;
    if (e == NULL || (e = xml_child(e, "items", PUBSUB_NS)) == NULL)
        return NULL;
    const char *of = xml_attribute_of(e, "node");
    if (of == NULL || strcmp(of, node) != 0)
        return NULL;
    e = xml_child(e, "item", PUBSUB_NS);
    return e == NULL ? NULL : e->first;
}
