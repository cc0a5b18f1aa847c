/* A message from the user into the outbox. */
#include <string.h>

#include "base/encode.h"
#include "base/secret.h"
#include "device/conversation.h"

#define RECIPIENTS_TEXT_MAX (VALUE_RECIPIENTS_MAX * (VALUE_JID_MAX + 1U) + 1)

/* Ascending and each once, as the envelope wants them. */
static int check_recipients(struct device *d, const struct device_text *m,
                            const char *ret[static VALUE_RECIPIENTS_MAX], struct diag *diag)
{
    if (m->to_count < 1 || m->to_count > VALUE_RECIPIENTS_MAX)
        return diag_set(diag, ERR_LIMIT, "a message has 1 to %u recipients", VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < m->to_count; i++) {
        if (!value_account_valid(m->to[i], d->net->domain))
            return diag_set(diag, ERR_FORMAT, "'%s' is not an account of this network (name@%s)",
                            m->to[i], d->net->domain);
        if (strcmp(m->to[i], d->account) == 0)
            return diag_set(diag, ERR_FORMAT, "%s is this device itself", m->to[i]);
        size_t at = i;
        for (; at > 0 && strcmp(ret[at - 1], m->to[i]) > 0; at--)
            ret[at] = ret[at - 1];
        if (at > 0 && strcmp(ret[at - 1], m->to[i]) == 0)
            return diag_set(diag, ERR_FORMAT, "%s is named twice", m->to[i]);
        ret[at] = m->to[i];
    }
    return 0;
}

static void random_id(char ret[static VALUE_ID_MAX + 1])
{
    uint8_t bytes[16];
    secret_random(bytes, sizeof bytes);
    encode_hex(bytes, sizeof bytes, ret);
}

int device_queue(struct device *d, const struct device_text *m, const struct file_row *file,
                 char *ret_id, struct diag *diag)
{
    const char *to[VALUE_RECIPIENTS_MAX];
    char id[VALUE_ID_MAX + 1];
    int64_t number;
    int r = check_recipients(d, m, to, diag);
    if (r < 0)
        return r;
    if (m->body_len > VALUE_BODY_MAX)
        return diag_set(diag, ERR_LIMIT,
                        "the text is longer than %u bytes: shorten it, or send it as a file",
                        VALUE_BODY_MAX);
    if (!value_utf8_valid(m->body, m->body_len))
        return diag_set(diag, ERR_FORMAT, "the text is not UTF-8");
    if (m->at_unix_ms != 0 && !clock_is_replay(&d->o.clock))
        return diag_set(diag, ERR_INVALID_STATE, "only a replay network sends with another time");
    if (d->stopped)
        return diag_set(diag, ERR_INVALID_STATE,
                        "this device was restored from an old copy and "
                        "can't send: it needs a new activation");
    if (m->id == NULL)
        random_id(id);
    else if (!value_id_valid(m->id))
        return diag_set(diag, ERR_FORMAT, "not a message id: 1 to %u printable characters",
                        VALUE_ID_MAX);
    else
        snprintf(id, sizeof id, "%s", m->id);
    CLEANUP_BUF struct buf names = BUF_INIT(RECIPIENTS_TEXT_MAX);
    for (size_t i = 0; i < m->to_count; i++)
        buf_format(&names, "%s%s", i > 0 ? " " : "", to[i]);
    struct outbox_entry e = {.id = id,
                             .to = buf_text(&names),
                             .body = m->body_len == 0 ? "" : m->body,
                             .body_len = m->body_len,
                             .queued_unix_ms = device_now(d),
                             .fixed_at_unix_ms = m->at_unix_ms};
    r = outbox_add(d->store, &e, &number);
    if (r == ERR_EXISTS)
        return diag_set(diag, r, "this device has sent a message with the id %s before", id);
    if (r == 0 && file != NULL)
        r = file_rows_put(d->store, number, file);
    if (r < 0)
        return diag_set(diag, r, "the message cannot be written into the store");
    if (ret_id != NULL)
        memcpy(ret_id, id, sizeof id);
    return 0;
}
