#include "host/view.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "wire/content_json.h"
#include "wire/json.h"

#define ARENA_MAX (16U * VALUE_BODY_MAX)

json_t *view_words(const char *words)
{
    json_t *list = json_array();
    CLEANUP_FREE char *copy = mem_string(words);
    char *rest = NULL;
    for (char *w = strtok_r(copy, " ", &rest); w != NULL; w = strtok_r(NULL, " ", &rest))
        json_array_append_new(list, json_string(w));
    return list;
}

/* A device's own judgement of the line counts: a document that nobody signed is only a text. */
static void read_content(struct arena *a, const struct store_message *m, struct content *ret)
{
    if (content_read(a, m->body, m->body_len, ret) < 0 || (m->plain && ret->kind != CONTENT_TEXT))
        *ret = (struct content){.text = m->body, .text_len = m->body_len};
}

json_t *view_line(const struct store_message *m)
{
    struct arena arena = ARENA_INIT(ARENA_MAX);
    struct content c = {.text = m->body, .text_len = m->body_len};
    json_t *o = json_pack("{sI sb ss ss so so sb so}", "number", (json_int_t)m->number, "incoming",
                          m->incoming, "id", m->id, "from", m->from, "to", view_words(m->to), "at",
                          json_of_instant(m->at_unix_ms), "archived", m->archived, "warrants",
                          view_words(m->warrants));
    read_content(&arena, m, &c);
    if (m->no_group)
        c.group = NULL;
    json_object_set_new(o, "body", json_stringn(c.text, c.text_len));
    if (m->verdict_unix_ms != 0)
        json_object_set_new(o, "verdict_at", json_of_instant(m->verdict_unix_ms));
    content_put_json(o, &c, m->from);
    arena_clear(&arena);
    return o;
}

/* While one message is rendered. */
struct view {
    struct store *s;
    const struct store_message *m;
    struct store_content row;
    struct arena arena;
    json_t *o;
    int64_t numbers[STORE_ABOUT_MAX];
};

static bool is_in(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += len)
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static size_t find_about(struct view *v, enum content_kind kind)
{
    size_t count = 0;
    return store_about(v->s, v->m->from, v->m->id, kind, v->numbers, STORE_ABOUT_MAX, &count) < 0
               ? 0
               : count;
}

static size_t find_newest(struct view *v, enum content_kind kind)
{
    size_t count = 0;
    return store_about_newest(v->s, v->m->from, v->m->id, kind, v->numbers, STORE_ABOUT_MAX,
                              &count) < 0
               ? 0
               : count;
}

/* The line with that number; false: it can't be read. Its strings live until the next one. */
static bool load(struct view *v, int64_t number, struct store_message *ret, struct content *c)
{
    arena_reset(&v->arena);
    return store_message(v->s, number, &v->arena, ret) == 0 &&
           content_read(&v->arena, ret->body, ret->body_len, c) == 0;
}

/* Only its author's corrections are stored as being about it. */
static void put_edits(struct view *v)
{
    struct store_message m;
    struct content c;
    size_t count = find_about(v, CONTENT_EDIT);
    if (count == 0 || !load(v, v->numbers[count - 1], &m, &c))
        return;
    json_object_set_new(v->o, "body", json_stringn(c.text, c.text_len));
    json_object_set_new(v->o, "edited", json_integer((json_int_t)count));
}

static void put_updates(struct view *v)
{
    struct store_message m;
    struct content c;
    for (size_t count = find_about(v, CONTENT_LIVE); count > 0; count--) {
        if (!load(v, v->numbers[count - 1], &m, &c) || m.at_unix_ms > c.until_unix_ms)
            continue; /* said after the time that it was promised for */
        json_t *new = view_line(&m);
        json_object_del(v->o, "accuracy");
        json_object_set(v->o, "latitude", json_object_get(new, "latitude"));
        json_object_set(v->o, "longitude", json_object_get(new, "longitude"));
        json_object_set(v->o, "body", json_object_get(new, "body"));
        if (json_object_get(new, "accuracy") != NULL)
            json_object_set(v->o, "accuracy", json_object_get(new, "accuracy"));
        json_object_set_new(v->o, "updated", json_of_instant(m.at_unix_ms));
        json_decref(new);
        return;
    }
}

/* That member of what each has said of it: of the newest, and only by those who are in the
 * conversation. By account, the caller's. */
static json_t *newest_of_each(struct view *v, enum content_kind kind, const char *member)
{
    struct store_message m;
    struct content c;
    json_t *by = json_object();
    size_t count = find_newest(v, kind);
    for (size_t i = 0; i < count; i++)
        if (load(v, v->numbers[i], &m, &c) &&
            (strcmp(m.from, v->m->from) == 0 || is_in(v->m->to, m.from))) {
            json_t *line = view_line(&m);
            json_object_set(by, m.from, json_object_get(line, member));
            json_decref(line);
        }
    return by;
}

static void put_reactions(struct view *v)
{
    json_t *by = newest_of_each(v, CONTENT_REACT, "reactions"), *list = json_array(), *words;
    const char *from;
    json_object_foreach(by, from, words)
    {
        if (json_array_size(words) > 0)
            json_array_append_new(list, json_pack("{ss sO}", "from", from, "reactions", words));
    }
    json_decref(by);
    if (json_array_size(list) > 0)
        json_object_set(v->o, "reactions_of", list);
    json_decref(list);
}

/* A vote for words that are none of the poll's options counts for nothing. */
static void put_votes(struct view *v)
{
    json_t *by = newest_of_each(v, CONTENT_VOTE, "vote"), *list = json_array(), *option, *vote;
    const char *from;
    size_t i;
    json_array_foreach(json_object_get(v->o, "options"), i, option)
    {
        json_t *voters = json_array();
        json_object_foreach(by, from, vote)
        {
            if (json_equal(vote, option))
                json_array_append_new(voters, json_string(from));
        }
        json_array_append_new(list, json_pack("{sO sI so}", "option", option, "count",
                                              (json_int_t)json_array_size(voters), "from", voters));
    }
    json_decref(by);
    json_object_set_new(v->o, "votes", list);
}

static void put_readers(struct view *v)
{
    struct store_message m;
    struct content c;
    json_t *list = json_array();
    size_t count = find_newest(v, CONTENT_READ);
    for (size_t i = 0; i < count; i++)
        if (load(v, v->numbers[i], &m, &c) && is_in(v->m->to, m.from))
            json_array_append_new(list, json_string(m.from));
    if (json_array_size(list) > 0)
        json_object_set(v->o, "read_by", list);
    json_decref(list);
}

/* Is it shown with the message that it is about? One that cannot be about that is shown by itself.
 */
static bool stands_elsewhere(struct view *v)
{
    struct store_message target;
    struct store_content row;
    if (!content_traits(v->row.kind)->folded)
        return false;
    if (store_message_of(v->s, v->row.about_from, v->row.about_id, &v->arena, &target) < 0 ||
        store_content(v->s, target.number, &v->arena, &row) < 0)
        return false;
    return !row.held &&
           (content_traits(v->row.kind)->targets == 0 || content_fits(v->row.kind, row.kind));
}

static enum store_gone gone_now(const struct view *v, int64_t now_unix_ms)
{
    bool out = v->row.timer_s > 0 && v->row.read_unix_ms > 0 &&
               v->row.read_unix_ms + (int64_t)v->row.timer_s * CLOCK_SECOND_MS <= now_unix_ms;
    return v->row.gone != STORE_HERE ? v->row.gone : out ? STORE_EXPIRED : STORE_HERE;
}

/* What is left of it: that it was there. */
static void put_gone(struct view *v, enum store_gone gone)
{
    json_t *kept = json_object();
    static const char *const names[] = {"number", "incoming", "id",       "from",       "to",
                                        "at",     "archived", "warrants", "verdict_at", "group"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (json_object_get(v->o, names[i]) != NULL)
            json_object_set(kept, names[i], json_object_get(v->o, names[i]));
    json_object_set_new(kept, "kind", json_string(content_kind_text(v->row.kind)));
    json_object_set_new(kept, "body", json_string(""));
    json_object_set_new(kept, "gone", json_string(gone == STORE_EXPIRED ? "timer" : "retracted"));
    if (v->row.group[0] != '\0')
        json_object_set_new(kept, "group", json_string(v->row.group));
    json_decref(v->o);
    v->o = kept;
}

/* What has been said of it in messages of a kind that is shown with it. */
static void put_folded(struct view *v, enum content_kind kind)
{
    switch (kind) {
    case CONTENT_EDIT:
        put_edits(v);
        break;
    case CONTENT_REACT:
        put_reactions(v);
        break;
    case CONTENT_READ:
        put_readers(v);
        break;
    case CONTENT_LIVE:
        put_updates(v);
        break;
    case CONTENT_VOTE:
        put_votes(v);
        break;
    case CONTENT_RETRACT: /* nothing is left to show it with */
    case CONTENT_TEXT:
    case CONTENT_REPLY:
    case CONTENT_POSITION:
    case CONTENT_FILE:
    case CONTENT_GROUP:
    case CONTENT_CONTACT:
    case CONTENT_POLL:
    case CONTENT_KINDS:
        break;
    }
}

static void put_all(struct view *v, int64_t now_unix_ms)
{
    enum store_gone gone = gone_now(v, now_unix_ms);
    if (gone != STORE_HERE) {
        put_gone(v, gone);
        return;
    }
    for (enum content_kind k = CONTENT_TEXT; k < CONTENT_KINDS; k++)
        if (content_traits(k)->targets == 0 || content_fits(k, v->row.kind))
            put_folded(v, k);
    if (v->m->incoming && v->row.read_unix_ms != 0)
        json_object_set_new(v->o, "read", json_true());
    if (v->row.timer_s > 0 && v->row.read_unix_ms != 0)
        json_object_set_new(
            v->o, "expires",
            json_of_instant(v->row.read_unix_ms + (int64_t)v->row.timer_s * CLOCK_SECOND_MS));
}

json_t *view_message(struct store *s, const struct store_message *m, int64_t now_unix_ms)
{
    struct arena rows = ARENA_INIT(ARENA_MAX);
    struct view *v = mem_new(sizeof *v);
    struct store_message own = *m;
    json_t *o = NULL;
    v->s = s;
    v->m = &own;
    v->arena = (struct arena)ARENA_INIT(ARENA_MAX);
    int r = store_content(s, m->number, &rows, &v->row);
    if (r == ERR_NOT_FOUND) {
        o = view_line(m);
    } else if (r == 0 && !v->row.held && !stands_elsewhere(v)) {
        own.plain = v->row.kind == CONTENT_TEXT;
        own.no_group = v->row.group[0] == '\0';
        v->o = view_line(&own);
        put_all(v, now_unix_ms);
        o = v->o;
    }
    arena_clear(&rows);
    arena_clear(&v->arena);
    free(v);
    return o;
}
