/* What is said about an earlier message: whose it is, whom it goes to, and what it says of it. */
#include <string.h>

#include "base/memory.h"
#include "device/say_internal.h"

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

int saying_to(struct saying *s, const char *account)
{
    if (s->to_count == VALUE_RECIPIENTS_MAX)
        return diag_set(s->diag, ERR_LIMIT, "a message has 1 to %u recipients",
                        VALUE_RECIPIENTS_MAX);
    s->to[s->to_count++] = account;
    return 0;
}

/* Those whom the earlier message went to and who may still get something. */
int saying_to_reader(struct saying *s, const char *account)
{
    if (strcmp(account, s->d->account) == 0 ||
        (s->group != NULL && !group_has_member(s->group, account)))
        return 0;
    return saying_to(s, account);
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
        r = saying_to_reader(s, s->target.from);
    for (char *name = r < 0 || s->m->kind == CONTENT_READ ? NULL : strtok_r(names, " ", &rest);
         r == 0 && name != NULL; name = strtok_r(NULL, " ", &rest))
        r = saying_to_reader(s, name);
    if (r == 0 && s->to_count == 0)
        r = diag_set(s->diag, ERR_INVALID_STATE, "nobody is left to send it to");
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

/* What its kind says of the message that it is about. */
static int add_what_it_says(struct saying *s)
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

int saying_about(struct saying *s)
{
    int r = find_target(s);
    if (r == 0)
        r = to_its_readers(s);
    return r == 0 ? add_what_it_says(s) : r;
}
