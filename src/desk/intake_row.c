/* From a record to a row: what kind it is, whose conversation, which language. */
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "desk/index_internal.h"
#include "desk/likeness.h"
#include "wire/group.h"

#define CONVERSATION_BYTES 8U
#define TITLE_MAX 255U

uint32_t intake_key(const char *from, const char *id)
{
    const struct hash_part parts[] = {{from, strlen(from) + 1}, {id, strlen(id)}};
    uint8_t digest[HASH_BYTES];
    hash_sha256_parts(parts, 2, digest);
    return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 |
           digest[3];
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once. */
static size_t sort_numbers(uint32_t *numbers, size_t count)
{
    size_t n = 0;
    qsort(numbers, count, sizeof *numbers, by_number);
    for (size_t i = 0; i < count; i++)
        if (n == 0 || numbers[n - 1] != numbers[i])
            numbers[n++] = numbers[i];
    return n;
}

static void name_conversation(const void *data, size_t len,
                              char ret[static 2 * CONVERSATION_BYTES + 1])
{
    uint8_t digest[HASH_BYTES];
    hash_sha256(data, len, digest);
    encode_hex(digest, CONVERSATION_BYTES, ret);
}

/* Of the accounts that took part, one a line, sorted. */
static void name_of_two(const struct follower_message *m, struct buf *b,
                        char ret[static 2 * CONVERSATION_BYTES + 1])
{
    const char *all[VALUE_RECIPIENTS_MAX + 1];
    size_t count = 0;
    all[count++] = m->from;
    for (size_t i = 0; i < m->to_count; i++)
        all[count++] = m->to[i];
    qsort(all, count, sizeof *all, by_text);
    buf_reset(b);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(all[i], all[i - 1]) != 0)
            buf_format(b, "%s\n", all[i]);
    name_conversation(b->data, b->len, ret);
}

static void take_conversation(struct desk_index *x, const struct follower_message *m,
                              const struct content *c, struct intake_row *i)
{
    char name[2 * CONVERSATION_BYTES + 1];
    const char *group = c->kind == CONTENT_GROUP ? c->id : c->group;
    if (group == NULL) {
        name_of_two(m, &x->scratch, name);
    } else {
        name_conversation(group, strlen(group), name);
        i->group_id = arena_string(&x->pending.arena, group);
    }
    i->row.conversation = names_add(&x->names[NAME_CONVERSATION], name, strlen(name));
}

/* What the group's document says. It is shown as its sender's word: whether the change was theirs
 * to make was every member's device to judge. */
static void take_group(struct desk_index *x, const struct follower_message *m,
                       const struct content *c, struct intake_row *i)
{
    CLEANUP(group_free_cleanup) struct group *g = NULL;
    const char *domain = strchr(m->from, '@');
    if (c->kind != CONTENT_GROUP || domain == NULL ||
        group_open_kept(domain + 1, c->note, c->note_len, &g, NULL) < 0 ||
        strcmp(g->id, c->id) != 0)
        return;
    i->group_title = arena_string(&x->pending.arena, g->name);
    i->group_serial = g->serial;
    i->member_count = g->member_count;
    i->members = arena_array(&x->pending.arena, g->member_count, sizeof *i->members);
    for (size_t k = 0; k < g->member_count; k++)
        i->members[k] = names_add(&x->names[NAME_ACCOUNT], g->members[k], strlen(g->members[k]));
    i->member_count = sort_numbers(i->members, i->member_count);
}

static void take_people(struct desk_index *x, const struct follower_message *m,
                        struct intake_row *i)
{
    struct names *accounts = &x->names[NAME_ACCOUNT];
    uint32_t *all = arena_array(&x->pending.arena, m->to_count + 1, sizeof *all);
    for (size_t k = 0; k < m->to_count; k++)
        all[k] = names_add(accounts, m->to[k], strlen(m->to[k]));
    size_t count = sort_numbers(all, m->to_count);
    i->row.recipients = names_add(&x->names[NAME_RECIPIENTS], all, count * sizeof *all);
    i->row.sender = names_add(accounts, m->from, strlen(m->from));
    if (i->members != NULL)
        return;
    all[count++] = i->row.sender;
    i->member_count = sort_numbers(all, count);
    i->members = all;
}

static void take_files(struct desk_index *x, const struct follower_message *m, struct row *r)
{
    uint8_t *at = arena_new(&x->pending.arena, m->file_count * ROW_FILE_BYTES + 1);
    r->files = at;
    r->files_len = m->file_count * ROW_FILE_BYTES;
    for (size_t i = 0; i < m->file_count; i++, at += ROW_FILE_BYTES) {
        memcpy(at, m->files[i].sha256, HASH_BYTES);
        for (unsigned k = 0; k < 8; k++)
            at[HASH_BYTES + k] = (uint8_t)(m->files[i].size >> (56 - 8 * k));
    }
}

uint64_t intake_likeness(struct desk_index *x, const struct content *c)
{
    return content_traits(c->kind)->own_words ? likeness_of(x->text, c->text, c->text_len) : 0;
}

bool intake_place(const struct content *c, double *ret_lat, double *ret_lon)
{
    *ret_lat = (double)c->position.latitude / (double)GEO_DEGREE;
    *ret_lon = (double)c->position.longitude / (double)GEO_DEGREE;
    return c->kind == CONTENT_POSITION || c->kind == CONTENT_LIVE;
}

const char *intake_about(const struct content *c, const char *sender)
{
    if (content_traits(c->kind)->about == CONTENT_BY_ITSELF || c->kind == CONTENT_READ)
        return NULL;
    return c->from != NULL ? c->from : sender;
}

static void take_content(struct desk_index *x, const struct follower_message *m,
                         const struct content *c, struct intake_row *i)
{
    struct arena *a = &x->pending.arena;
    const struct content_traits *traits = content_traits(c->kind);
    i->row.kind = c->kind;
    const char *about = intake_about(c, m->from);
    i->has_place = intake_place(c, &i->lat, &i->lon);
    if (about != NULL) {
        i->about_from = arena_string(a, about);
        i->about_id = arena_string(a, c->id);
    }
    i->likeness = intake_likeness(x, c);
    if (traits->own_words) {
        const char *lang = text_language(c->text, c->text_len);
        i->row.lang =
            (uint16_t)(lang[0] == '\0' ? 0 : names_add(&x->names[NAME_LANG], lang, strlen(lang)));
    }
}

static void take_plain(struct desk_index *x, const char *bot, const struct follower_message *m,
                       struct row *r)
{
    struct arena *a = &x->pending.arena;
    r->at = m->at_unix_ms;
    r->archived = m->archived_unix_ms;
    r->n = m->n;
    r->policy = m->policy;
    r->bot = names_add(&x->names[NAME_BOT], bot, strlen(bot));
    r->certificate = names_add(&x->names[NAME_CERTIFICATE], m->certificate, HASH_BYTES);
    columns_letters_text(columns_letters(m->country), r->country);
    r->name = arena_string(a, m->id);
    r->wrong = arena_string(a, m->wrong);
    r->body = arena_string_n(a, m->body, m->body_len);
    r->body_len = m->body_len;
}

int intake_make(struct desk_index *x, const char *bot, const struct follower_message *m,
                struct intake_row **ret, struct diag *d)
{
    struct content c;
    struct intake_row *i = arena_new(&x->pending.arena, sizeof *i);
    arena_reset(&x->said_arena);
    if (i == NULL || x->pending.arena.max - x->pending.arena.used < 2 * CONTENT_ARENA_BYTES)
        return diag_set(d, ERR_LIMIT, "%s: too much waits for a commit", x->sql.name);
    if (content_read(&x->said_arena, m->body, m->body_len, &c) < 0)
        return diag_set(d, ERR_LIMIT, "%s: a body of %zu bytes is too long", x->sql.name,
                        m->body_len);
    take_plain(x, bot, m, &i->row);
    take_files(x, m, &i->row);
    take_content(x, m, &c, i);
    take_conversation(x, m, &c, i);
    take_group(x, m, &c, i);
    take_people(x, m, i);
    i->key = intake_key(m->from, m->id);
    *ret = i;
    return 0;
}
