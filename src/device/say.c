#include "device/say.h"

#include <string.h>

#include "base/secret.h"
#include "device/say_internal.h"

static int to_group(struct saying *s)
{
    int r = groups_find(s->d, s->m->group, &s->group, s->diag);
    for (size_t i = 0; r == 0 && i < s->group->member_count; i++)
        r = saying_to_reader(s, s->group->members[i]);
    if (r == 0)
        s->c.group = s->group->id;
    return r;
}

static int to_named(struct saying *s)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < s->m->to_count; i++)
        r = saying_to(s, s->m->to[i]);
    return r;
}

static int ask(struct saying *s)
{
    s->c.question = arena_string_n(&s->arena, s->c.text, s->c.text_len);
    if (s->m->option_count > CONTENT_OPTIONS_MAX)
        return diag_set(s->diag, ERR_LIMIT, "a poll has %u to %u options", CONTENT_OPTIONS_MIN,
                        CONTENT_OPTIONS_MAX);
    for (size_t i = 0; i < s->m->option_count; i++)
        s->c.options[s->c.option_count++] = s->m->options[i];
    return s->c.question == NULL ? ERR_LIMIT : 0;
}

static void fill(struct saying *s)
{
    const struct device_say *m = s->m;
    s->c = (struct content){.kind = m->kind,
                            .text = m->text == NULL ? "" : m->text,
                            .text_len = m->text_len,
                            .position = m->position,
                            .has_until = m->kind == CONTENT_POSITION && m->live_s > 0,
                            .contact = m->contact,
                            .timer_s = m->timer_s};
    if (s->c.has_until)
        s->c.until_unix_ms = device_now(s->d) + (int64_t)m->live_s * CLOCK_SECOND_MS;
}

static int compose(struct saying *s)
{
    fill(s);
    int r = s->m->kind == CONTENT_POLL ? ask(s) : 0;
    if (r < 0)
        return r;
    if (content_traits(s->m->kind)->about == CONTENT_BY_ITSELF)
        return s->m->group != NULL ? to_group(s) : to_named(s);
    return saying_about(s);
}

/* Whoever is written to is a contact from then on, by most kinds: but not who only shares a group,
 * or is told that a request is declined. */
static bool makes_contacts(const struct saying *s)
{
    return s->group == NULL && content_traits(s->m->kind)->makes_contact &&
           s->m->contact != CONTENT_DECLINE;
}

static int check_peers(struct saying *s, bool add)
{
    struct device *d = s->d;
    int r = 0;
    if (peers_accept_all(d))
        return 0;
    for (size_t i = 0; r == 0 && i < s->to_count; i++) {
        if (!value_account_valid(s->to[i], d->net->domain))
            continue; /* refused further on */
        if (peers_state(d, s->to[i]) == PEER_BLOCKED && s->group == NULL)
            return diag_set(s->diag, ERR_INVALID_STATE,
                            "you have blocked %s: 'ironside contact unblock %s' first", s->to[i],
                            s->to[i]);
        if (add)
            r = peers_add(d, s->to[i], NULL);
    }
    return r < 0 ? diag_set(s->diag, r, "the contact cannot be written into the store") : 0;
}

/* The text that sends a file is written once it is uploaded: until then the row holds what goes
 * into it. */
static int put_file(struct saying *s, struct file_row **ret)
{
    if (s->m->file == NULL)
        return diag_set(s->diag, ERR_FORMAT, "which file?");
    struct file_row *f = secret_new(sizeof *f);
    *f = *s->m->file;
    f->content.timer_seconds = s->c.timer_s;
    snprintf(f->content.group, sizeof f->content.group, "%s", s->c.group == NULL ? "" : s->c.group);
    *ret = f;
    return 0;
}

struct queueing {
    struct saying *s;
    const struct device_text *text;
    const struct file_row *file;
    char *id;
};

static int queue_text(void *context, struct diag *diag)
{
    const struct queueing *q = context;
    struct saying *s = q->s;
    int r = check_peers(s, makes_contacts(s));
    if (r == 0)
        r = device_queue(s->d, q->text, q->file, q->id, diag);
    if (r == 0 && s->marks != 0)
        r = store_set_read(s->d->store, s->marks, device_now(s->d));
    return r;
}

static int queue(struct saying *s, char *ret_id)
{
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(VALUE_BODY_MAX);
    CLEANUP_SECRET struct file_row *file = NULL;
    int r = s->m->kind == CONTENT_FILE ? put_file(s, &file) : content_write(&body, &s->c, s->diag);
    if (r < 0)
        return r;
    const struct device_text m = {.to = s->to,
                                  .to_count = s->to_count,
                                  .body = body.len == 0 ? "" : (const char *)body.data,
                                  .body_len = body.len,
                                  .id = s->m->id,
                                  .at_unix_ms = s->m->at_unix_ms};
    struct queueing q = {.s = s, .text = &m, .file = file, .id = ret_id};
    r = store_transaction(s->d->store, queue_text, &q, s->diag);
    conversation_settle(s->d, r == 0);
    return r;
}

int saying_queue(struct device *d, const struct device_say *m, int64_t marks, char *ret_id,
                 struct diag *diag)
{
    struct diag unused;
    struct saying s = {.d = d,
                       .m = m,
                       .diag = diag == NULL ? &unused : diag,
                       .arena = ARENA_INIT(SAYING_ARENA_MAX),
                       .marks = marks};
    s.diag->text[0] = '\0';
    int r = compose(&s);
    if (r == 0)
        r = queue(&s, ret_id);
    if (r < 0 && s.diag->text[0] == '\0')
        diag_set(s.diag, r, "this cannot be sent: %s", err_text(r));
    group_free(s.group);
    arena_clear(&s.arena);
    return r;
}

int device_say(struct device *d, const struct device_say *m, char *ret_id, struct diag *diag)
{
    int r = saying_queue(d, m, 0, ret_id, diag);
    if (r == 0)
        device_tick(d);
    return r;
}

struct sending {
    struct device *d;
    const struct device_text *m;
    char *id;
};

static int queue_content(void *context, struct diag *diag)
{
    const struct sending *q = context;
    return device_queue(q->d, q->m, NULL, q->id, diag);
}

static int send_content(struct device *d, const struct device_text *m, char *ret_id,
                        struct diag *diag)
{
    struct sending q = {d, m, ret_id};
    int r = store_transaction(d->store, queue_content, &q, diag);
    if (r == 0)
        device_tick(d);
    return r;
}

int device_send(struct device *d, const struct device_text *m, char *ret_id, struct diag *diag)
{
    if (m->content)
        return send_content(d, m, ret_id, diag);
    const struct device_say say = {.kind = CONTENT_TEXT,
                                   .to = m->to,
                                   .to_count = m->to_count,
                                   .text = m->body,
                                   .text_len = m->body_len,
                                   .id = m->id,
                                   .at_unix_ms = m->at_unix_ms};
    return device_say(d, &say, ret_id, diag);
}
