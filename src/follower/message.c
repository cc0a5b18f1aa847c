#include "follower/message.h"

#include <string.h>

/* What a warrant's name, a message's id and the reader's own line may come to in a frame. */
#define WRONG_MAX 256U

static void put_string(struct buf *b, const char *s)
{
    buf_put_block(b, s, strlen(s));
}

static void put_people(struct buf *b, const struct follower_message *m)
{
    put_string(b, m->warrant);
    put_string(b, m->id);
    put_string(b, m->from);
    buf_put_u8(b, (uint8_t)m->to_count);
    for (size_t i = 0; i < m->to_count; i++)
        put_string(b, m->to[i]);
    buf_put(b, m->country, 2);
}

static void put_files(struct buf *b, const struct follower_message *m)
{
    buf_put_u8(b, (uint8_t)m->file_count);
    for (size_t i = 0; i < m->file_count; i++) {
        buf_put(b, m->files[i].sha256, HASH_BYTES);
        buf_put_u64(b, m->files[i].size);
    }
}

void follower_message_put(struct buf *b, const struct follower_message *m)
{
    buf_put_u64(b, (uint64_t)m->batch);
    buf_put_u64(b, m->leaf);
    buf_put_u64(b, m->n);
    buf_put_u32(b, m->policy);
    buf_put_u64(b, (uint64_t)m->at_unix_ms);
    buf_put_u64(b, (uint64_t)m->archived_unix_ms);
    buf_put(b, m->certificate, HASH_BYTES);
    buf_put(b, m->record_leaf, HASH_BYTES);
    put_people(b, m);
    put_files(b, m);
    put_string(b, m->wrong);
    buf_put_block(b, m->body, m->body_len);
}

/* A string without a NUL, in the arena; NULL, and the cursor has failed, for anything else. */
static const char *get_string(struct cursor *c, struct arena *a, size_t max)
{
    size_t len;
    const uint8_t *data = cursor_block(c, max, &len);
    const char *s = NULL;
    if (data != NULL && memchr(data, '\0', len) == NULL)
        s = arena_string_n(a, (const char *)data, len);
    if (s == NULL)
        cursor_fail(c);
    return s;
}

static size_t get_count(struct cursor *c, size_t max)
{
    size_t count = cursor_u8(c);
    if (count <= max)
        return count;
    cursor_fail(c);
    return 0;
}

static void get_country(struct cursor *c, char ret[static VALUE_COUNTRY_BYTES])
{
    cursor_copy(c, ret, 2);
    ret[2] = '\0';
    if (ret[0] == '\0' ? ret[1] != '\0' : !value_country_valid(ret))
        cursor_fail(c);
}

static void get_people(struct cursor *c, struct arena *a, struct follower_message *m)
{
    m->warrant = get_string(c, a, VALUE_WARRANT_MAX);
    m->id = get_string(c, a, VALUE_ID_MAX);
    m->from = get_string(c, a, VALUE_JID_MAX);
    m->to_count = get_count(c, VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < m->to_count; i++)
        m->to[i] = get_string(c, a, VALUE_JID_MAX);
    get_country(c, m->country);
}

static void get_files(struct cursor *c, struct follower_message *m)
{
    m->file_count = get_count(c, VALUE_FILES_MAX);
    for (size_t i = 0; i < m->file_count; i++) {
        cursor_copy(c, m->files[i].sha256, HASH_BYTES);
        m->files[i].size = cursor_u64(c);
    }
}

/* Numbers that SQLite keeps are signed, and an instant is one that can be written. */
static bool is_sound(const struct follower_message *m)
{
    return m->batch > 0 && m->leaf <= INT64_MAX && m->n > 0 && m->n <= INT64_MAX &&
           value_instant_valid(m->at_unix_ms) && value_instant_valid(m->archived_unix_ms);
}

int follower_message_get(struct cursor *c, struct arena *a, struct follower_message *ret)
{
    struct follower_message m = {.batch = (int64_t)cursor_u64(c),
                                 .leaf = cursor_u64(c),
                                 .n = cursor_u64(c),
                                 .policy = cursor_u32(c),
                                 .at_unix_ms = (int64_t)cursor_u64(c),
                                 .archived_unix_ms = (int64_t)cursor_u64(c)};
    cursor_copy(c, m.certificate, HASH_BYTES);
    cursor_copy(c, m.record_leaf, HASH_BYTES);
    get_people(c, a, &m);
    get_files(c, &m);
    m.wrong = get_string(c, a, WRONG_MAX);
    m.body = (const char *)cursor_block(c, VALUE_BODY_MAX, &m.body_len);
    if (cursor_end(c) < 0 || !is_sound(&m))
        return ERR_FORMAT;
    *ret = m;
    return 0;
}
