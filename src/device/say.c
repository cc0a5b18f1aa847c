#include "device/say.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"
#include "store/values.h"

#define ARENA_MAX (32U * VALUE_BODY_MAX)

/* What is being put together. Its strings lie in the arena. */
struct saying {
    struct device *d;
    const struct device_say *m;
    struct diag *diag;
    struct arena arena;
    struct content c;
    const char *to[VALUE_RECIPIENTS_MAX + 1];
    size_t to_count;
    struct group *group;         /* that it is said to */
    struct store_message target; /* that it is about */
    struct store_content target_row;
    int64_t marks; /* number of the message that it marks as read, in the same transaction */
};

static bool is_about_own(enum content_kind k)
{
    return content_traits(k)->about == CONTENT_ABOUT_OWN;
}

/* Whose message it is about. */
static int find_sender(struct saying *s, const char **ret)
{
    const char *senders[2];
    size_t count = 0;
    if (is_about_own(s->m->kind)) {
        *ret = s->d->account;
        return 0;
    }
    if (s->m->about_from != NULL) {
        *ret = s->m->about_from;
        return 0;
    }
    int r = store_senders_of(s->d->store, s->m->about_id, &s->arena, senders, 2, &count);
    if (r < 0)
        return diag_set(s->diag, r, "the store cannot be read");
    if (count == 2)
        return diag_set(s->diag, ERR_NOT_FOUND,
                        "messages of %s and of others have the id %s: say whose is meant",
                        senders[0], s->m->about_id);
    *ret = count == 0 ? "" : senders[0];
    return 0;
}

static int find_target(struct saying *s)
{
    const char *sender = "";
    if (s->m->about_id == NULL || !value_id_valid(s->m->about_id))
        return diag_set(s->diag, ERR_FORMAT, "about which message? Give its id");
    int r = find_sender(s, &sender);
    if (r < 0)
        return r;
    r = store_message_of(s->d->store, sender, s->m->about_id, &s->arena, &s->target);
    if (r == 0)
        r = store_content(s->d->store, s->target.number, &s->arena, &s->target_row);
    if (r < 0 || s->target_row.held)
        return diag_set(s->diag, ERR_NOT_FOUND, "this device holds no %smessage with the id %s",
                        is_about_own(s->m->kind) ? "sent " : "", s->m->about_id);
    if (s->target_row.gone != STORE_HERE && s->m->kind != CONTENT_READ)
        return diag_set(s->diag, ERR_INVALID_STATE, "message %s is not on this device any more",
                        s->m->about_id);
    if (!content_fits(s->m->kind, s->target_row.kind))
        return diag_set(s->diag, ERR_INVALID_STATE, "message %s is none that this can be said of",
                        s->m->about_id);
    s->c.id = s->target.id;
    s->c.from = is_about_own(s->m->kind) ? NULL : s->target.from;
    return 0;
}

static int add_to(struct saying *s, const char *account)
{
    if (s->to_count == VALUE_RECIPIENTS_MAX)
        return diag_set(s->diag, ERR_LIMIT, "a message has 1 to %u recipients",
                        VALUE_RECIPIENTS_MAX);
    s->to[s->to_count++] = account;
    return 0;
}

/* Those whom the earlier message went to and who may still get something. */
static int add_reader(struct saying *s, const char *account)
{
    if (strcmp(account, s->d->account) == 0 ||
        (s->group != NULL && !group_has_member(s->group, account)))
        return 0;
    return add_to(s, account);
}

static int to_its_readers(struct saying *s)
{
    char *rest = NULL, *names = arena_string(&s->arena, s->target.to);
    int r = names == NULL ? ERR_LIMIT : 0;
    if (s->target_row.group[0] != '\0') {
        r = groups_find(s->d, s->target_row.group, &s->group, s->diag);
        s->c.group = r < 0 ? NULL : s->group->id;
    }
    if (r == 0)
        r = add_reader(s, s->target.from);
    for (char *name = r < 0 || s->m->kind == CONTENT_READ ? NULL : strtok_r(names, " ", &rest);
         r == 0 && name != NULL; name = strtok_r(NULL, " ", &rest))
        r = add_reader(s, name);
    if (r == 0 && s->to_count == 0)
        r = diag_set(s->diag, ERR_INVALID_STATE, "nobody is left to send it to");
    return r;
}

static int to_group(struct saying *s)
{
    int r = groups_find(s->d, s->m->group, &s->group, s->diag);
    for (size_t i = 0; r == 0 && i < s->group->member_count; i++)
        r = add_reader(s, s->group->members[i]);
    if (r == 0)
        s->c.group = s->group->id;
    return r;
}

static int to_named(struct saying *s)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < s->m->to_count; i++)
        r = add_to(s, s->m->to[i]);
    return r;
}

/* A reply's first line is of what the other one sees: the newest text. */
static int quote(struct saying *s)
{
    int64_t numbers[STORE_ABOUT_MAX];
    size_t count = 0;
    struct store_message newest = s->target;
    struct content c;
    int r = store_about(s->d->store, s->target.from, s->target.id, CONTENT_EDIT, numbers,
                        STORE_ABOUT_MAX, &count);
    if (r == 0 && count > 0)
        r = store_message(s->d->store, numbers[count - 1], &s->arena, &newest);
    if (r == 0)
        r = content_read(&s->arena, newest.body, newest.body_len, &c);
    if (r < 0)
        return diag_set(s->diag, r, "the store cannot be read");
    CLEANUP_FREE char *line = content_first_line(c.text, c.text_len);
    s->c.quote = arena_string(&s->arena, line);
    return s->c.quote == NULL ? ERR_LIMIT : 0;
}

static int update_position(struct saying *s)
{
    struct content c;
    int r = content_read(&s->arena, s->target.body, s->target.body_len, &c);
    if (r < 0)
        return r;
    if (!c.has_until || device_now(s->d) > c.until_unix_ms)
        return diag_set(s->diag, ERR_INVALID_STATE, "position %s is not live%s", s->m->about_id,
                        c.has_until ? " any more" : "");
    s->c.has_until = true;
    s->c.until_unix_ms = c.until_unix_ms;
    return 0;
}

/* The option's words, which are what a vote says. */
static int choose(struct saying *s)
{
    struct content c;
    int r = content_read(&s->arena, s->target.body, s->target.body_len, &c);
    if (r < 0)
        return r;
    if (s->m->option < 1 || s->m->option > c.option_count)
        return diag_set(s->diag, ERR_NOT_FOUND, "poll %s has the options 1 to %u", s->m->about_id,
                        c.option_count);
    s->c.text = c.options[s->m->option - 1];
    s->c.text_len = strlen(s->c.text);
    return 0;
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

/* What its kind says of the message that it is about. */
static int say_about(struct saying *s)
{
    switch (s->m->kind) {
    case CONTENT_REPLY:
        return quote(s);
    case CONTENT_LIVE:
        return update_position(s);
    case CONTENT_VOTE:
        return choose(s);
    case CONTENT_EDIT:
    case CONTENT_RETRACT:
    case CONTENT_REACT:
    case CONTENT_READ:
    case CONTENT_TEXT:
    case CONTENT_POSITION:
    case CONTENT_FILE:
    case CONTENT_GROUP:
    case CONTENT_CONTACT:
    case CONTENT_POLL:
    case CONTENT_KINDS:
        break;
    }
    return 0;
}

static int compose(struct saying *s)
{
    fill(s);
    int r = s->m->kind == CONTENT_POLL ? ask(s) : 0;
    if (r < 0)
        return r;
    if (content_traits(s->m->kind)->about == CONTENT_BY_ITSELF)
        return s->m->group != NULL ? to_group(s) : to_named(s);
    r = find_target(s);
    if (r == 0)
        r = to_its_readers(s);
    return r == 0 ? say_about(s) : r;
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

static int say(struct device *d, const struct device_say *m, int64_t marks, char *ret_id,
               struct diag *diag)
{
    struct diag unused;
    struct saying s = {.d = d,
                       .m = m,
                       .diag = diag == NULL ? &unused : diag,
                       .arena = ARENA_INIT(ARENA_MAX),
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
    int r = say(d, m, 0, ret_id, diag);
    if (r == 0)
        device_tick(d);
    return r;
}

/* Is its sender to be told, and may they be written to? */
static bool is_to_be_told(struct device *d, const struct store_message *m,
                          const struct store_content *row)
{
    CLEANUP_SECRET char *on = store_get(d->store, VALUE_MARKERS, NULL);
    return on != NULL && content_fits(CONTENT_READ, row->kind) &&
           peers_state(d, m->from) != PEER_BLOCKED;
}

static int mark(struct device *d, int64_t number)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct store_message m;
    struct store_content row;
    struct diag why;
    bool told = false;
    int r = store_message(d->store, number, &arena, &m);
    if (r == 0)
        r = store_content(d->store, number, &arena, &row);
    if (r == 0 && is_to_be_told(d, &m, &row)) {
        const struct device_say read = {
            .kind = CONTENT_READ, .about_from = m.from, .about_id = m.id};
        told = say(d, &read, number, NULL, &why) == 0;
        if (!told)
            device_notice(d, m.from, "%s is not told that message %s was read: %s", m.from, m.id,
                          why.text);
    }
    if (r == 0 && !told)
        r = store_set_read(d->store, number, device_now(d));
    arena_clear(&arena);
    return r;
}

static int read_one(struct device *d, int64_t number, struct diag *diag)
{
    int64_t unread = 0;
    size_t count = 0;
    if (store_unread(d->store, number - 1, &unread, 1, &count) < 0)
        return diag_set(diag, ERR_IO, "the store cannot be read");
    if (count == 0 || unread != number)
        return 0;
    return mark(d, number) < 0 ? diag_set(diag, ERR_IO, "the store cannot be written") : 1;
}

int device_read(struct device *d, const int64_t *numbers, size_t count, struct diag *diag)
{
    int64_t unread[STORE_HELD_MAX], after = 0;
    size_t found = 0;
    int marked = 0, r = 0;
    for (size_t i = 0; r >= 0 && i<count; i++, marked += r> 0)
        r = read_one(d, numbers[i], diag);
    do {
        if (count > 0 || r < 0)
            break;
        if (store_unread(d->store, after, unread, STORE_HELD_MAX, &found) < 0)
            return diag_set(diag, ERR_IO, "the store cannot be read");
        for (size_t i = 0; r >= 0 && i<found; i++, marked += r> 0)
            r = read_one(d, after = unread[i], diag);
    } while (found > 0);
    if (r >= 0)
        device_tick(d);
    return r < 0 ? r : marked;
}
