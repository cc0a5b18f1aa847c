/* A member changes a group: a new document, kept and sent in one transaction. */
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"

static int add_member(struct device *d, struct group *g, const char *account, struct diag *diag)
{
    size_t at = g->member_count;
    if (!value_account_valid(account, d->net->domain))
        return diag_set(diag, ERR_FORMAT, "'%s' is not an account of this network (name@%s)",
                        account, d->net->domain);
    if (group_has_member(g, account))
        return diag_set(diag, ERR_EXISTS, "%s is a member already", account);
    if (peers_state(d, account) == PEER_BLOCKED)
        return diag_set(diag, ERR_INVALID_STATE, "you have blocked %s", account);
    if (g->member_count == GROUP_MEMBERS_MAX)
        return diag_set(diag, ERR_LIMIT, "a group has at most %u members", GROUP_MEMBERS_MAX);
    for (; at > 0 && strcmp(g->members[at - 1], account) > 0; at--)
        g->members[at] = g->members[at - 1];
    g->members[at] = account;
    g->member_count++;
    return 0;
}

static int remove_member(struct group *g, const char *account, struct diag *diag)
{
    for (size_t i = 0; i < g->member_count; i++) {
        if (strcmp(g->members[i], account) != 0)
            continue;
        memmove(&g->members[i], &g->members[i + 1],
                (g->member_count - i - 1) * sizeof g->members[0]);
        g->member_count--;
        return 0;
    }
    return diag_set(diag, ERR_NOT_FOUND, "%s is not a member", account);
}

/* The list after the change; its strings are those of `before` and of the caller. */
static int make_change(struct device *d, const struct device_group_change *c,
                       const struct group *before, char id[static CONTENT_GROUP_ID_LEN + 1],
                       struct group *g, struct diag *diag)
{
    uint8_t bytes[CONTENT_GROUP_ID_LEN / 2];
    int r = 0;
    if (before != NULL) {
        *g = *before;
        g->serial++;
        memcpy(g->previous, before->document.hash, HASH_BYTES);
    } else {
        secret_random(bytes, sizeof bytes);
        encode_hex(bytes, sizeof bytes, id);
        if (c->new_id != NULL && content_group_valid(c->new_id))
            memcpy(id, c->new_id, CONTENT_GROUP_ID_LEN);
        *g = (struct group){.id = id, .serial = 1};
        r = add_member(d, g, d->account, diag);
    }
    g->changed_by = d->account;
    if (c->name != NULL)
        g->name = c->name;
    if (g->name == NULL || !value_line_valid(g->name, GROUP_NAME_MAX))
        return diag_set(diag, ERR_FORMAT, "a group's name is a line of at most %u bytes",
                        GROUP_NAME_MAX);
    if (group_like_id(g->name))
        return diag_set(diag, ERR_FORMAT,
                        "a group's name is not of %u hexadecimal digits: it would be taken for the "
                        "id of another",
                        (unsigned)CONTENT_GROUP_ID_LEN);
    for (size_t i = 0; r == 0 && i < c->add_count; i++)
        r = add_member(d, g, c->add[i], diag);
    for (size_t i = 0; r == 0 && i < c->remove_count; i++)
        r = remove_member(g, c->remove[i], diag);
    if (r == 0 && g->member_count < GROUP_MEMBERS_MIN)
        r = diag_set(diag, ERR_LIMIT, "a group has at least %u members", GROUP_MEMBERS_MIN);
    return r;
}

static int sign(struct device *d, const struct group *g, struct group **ret, struct diag *diag)
{
    struct note_key key = {.name = d->account};
    CLEANUP_BUF struct buf text = BUF_INIT(CONTENT_NOTE_MAX), note = BUF_INIT(CONTENT_NOTE_MAX);
    memcpy(key.key, d->certificate->key, sizeof key.key);
    group_format(&text, d->net->domain, g);
    note_sign(&note, (const char *)text.data, text.len, &key, d->signing_secret);
    if (buf_failed(&text) || buf_failed(&note))
        return diag_set(diag, ERR_LIMIT, "the group has too many members with long names");
    return group_open(d->net->domain, (const char *)note.data, note.len, d->certificate->key, ret,
                      diag);
}

/* Everyone who was a member or is one, but this device. */
static size_t everyone(struct device *d, const struct group *before, const struct group *after,
                       const char *ret[static 2 * GROUP_MEMBERS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < after->member_count; i++)
        if (strcmp(after->members[i], d->account) != 0)
            ret[count++] = after->members[i];
    for (size_t i = 0; before != NULL && i < before->member_count; i++)
        if (strcmp(before->members[i], d->account) != 0 &&
            !group_has_member(after, before->members[i]))
            ret[count++] = before->members[i];
    return count;
}

struct queueing {
    struct device *d;
    const struct device_group_change *change;
    const struct group *before, *after;
    char *id;
};

static int queue_change(void *context, struct diag *diag)
{
    const struct queueing *q = context;
    struct device *d = q->d;
    const struct group *before = q->before, *g = q->after;
    const char *to[2 * GROUP_MEMBERS_MAX];
    CLEANUP_FREE char *words = groups_words(before, g);
    CLEANUP_BUF struct buf body = BUF_INIT(VALUE_BODY_MAX);
    /* The words name members only where the line has room for them. */
    size_t len = strlen(words) > 600 ? 0 : strlen(words);
    struct content c = {.kind = CONTENT_GROUP,
                        .text = len == 0 ? g->name : words,
                        .text_len = len == 0 ? strlen(g->name) : len,
                        .id = g->id,
                        .serial = g->serial,
                        .note = g->document.note,
                        .note_len = g->document.note_len};
    int r = content_write(&body, &c, diag);
    if (r < 0)
        return r;
    struct device_text m = {.to = to,
                            .to_count = everyone(d, before, g, to),
                            .body = buf_text(&body),
                            .body_len = body.len,
                            .id = q->change->id,
                            .at_unix_ms = q->change->at_unix_ms};
    r = store_put_group(d->store, g->id, g->serial, g->document.hash, g->document.note);
    return r < 0 ? r : device_queue(d, &m, NULL, q->id, diag);
}

int device_group_change(struct device *d, const struct device_group_change *c, char *ret_id,
                        struct diag *diag)
{
    CLEANUP(group_free_cleanup) struct group *before = NULL, *after = NULL;
    char id[CONTENT_GROUP_ID_LEN + 1];
    struct group draft;
    int r = c->group == NULL ? 0 : groups_find(d, c->group, &before, diag);
    if (r == 0)
        r = make_change(d, c, before, id, &draft, diag);
    if (r == 0)
        r = sign(d, &draft, &after, diag);
    struct queueing q = {.d = d, .change = c, .before = before, .after = after, .id = ret_id};
    if (r == 0)
        r = store_transaction(d->store, queue_change, &q, diag);
    if (r < 0)
        return r;
    device_tick(d);
    return 0;
}
