#include "scene.h"

#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"

static const uint8_t key_bytes[VAULT_KEY_BYTES] = {7};
static const struct vault_key key = {.bytes = key_bytes};
const struct desk_by scene_by = {1, SCENE_BEGIN_MS};

void scene_must(const struct scene *s, int r)
{
    if (r < 0)
        fail_msg("%d: %s", r, s->d.text);
}

static int open_index(struct scene *s, bool create)
{
    const struct desk_index_options o = {
        .path = s->path, .key = &key, .cache_bytes = 8U << 20, .shard_messages = s->shard_messages};
    return desk_index_open(&o, create, &s->x, &s->d);
}

int scene_set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    secret_init();
    strcpy(s->folder, "/tmp/ironside-desk.XXXXXX");
    if (mkdtemp(s->folder) == NULL)
        return -1;
    snprintf(s->path, sizeof s->path, "%s/desk.vault", s->folder);
    s->shard_messages = 5;
    if (text_new(&s->text, &s->d) < 0 || zone_open("UTC", &s->zone, &s->d) < 0)
        return -1;
    scene_must(s, open_index(s, true));
    *state = s;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *s = *state;
    desk_index_close(s->x);
    text_free(s->text);
    zone_free(s->zone);
    int r = file_remove_tree(s->folder, NULL);
    free(s);
    return r;
}

int scene_try_reopen(struct scene *s)
{
    desk_index_close(s->x);
    s->x = NULL;
    return open_index(s, false);
}

void scene_reopen(struct scene *s)
{
    scene_must(s, scene_try_reopen(s));
}

void scene_plainly(struct scene *s, const char *how)
{
    struct sql sql = {0};
    scene_must(s, sql_open_vault(&sql, s->path, "desk", &key, &s->d));
    scene_must(s, sql_execute(&sql, how, &s->d));
    sql_close(&sql);
}

void scene_message(struct scene *s, struct follower_message *ret, const char *from, char *to,
                   const char *body)
{
    static char id[32];
    char *rest = NULL;
    *ret = (struct follower_message){.from = from, .body = body, .body_len = strlen(body)};
    for (char *w = strtok_r(to, " ", &rest); w != NULL; w = strtok_r(NULL, " ", &rest))
        ret->to[ret->to_count++] = w;
    ret->leaf = s->leaf++;
    ret->batch = (int64_t)ret->leaf;
    ret->n = ret->leaf + 1;
    snprintf(id, sizeof id, "m%llu", (unsigned long long)ret->leaf);
    ret->id = id;
    ret->at_unix_ms = SCENE_BEGIN_MS + (int64_t)ret->leaf * 60000;
    ret->archived_unix_ms = ret->at_unix_ms + 1500;
    ret->warrant = "w1";
    ret->wrong = "";
    hash_sha256(from, strlen(from), ret->certificate);
    hash_sha256(&ret->leaf, sizeof ret->leaf, ret->record_leaf);
}

int scene_add(struct scene *s, const struct follower_message *m)
{
    return desk_index_add(s->x, SCENE_BOT, m, &s->d);
}

void scene_commit(struct scene *s)
{
    scene_must(s, desk_index_commit(s->x, &s->d));
}

int64_t scene_last_id(struct scene *s)
{
    struct desk_figures f;
    scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS, &f, &s->d));
    return (int64_t)f.messages;
}

int64_t scene_say(struct scene *s, const char *from, const char *to, const char *body)
{
    char copy[512];
    struct follower_message m;
    snprintf(copy, sizeof copy, "%s", to);
    scene_message(s, &m, from, copy, body);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    return scene_last_id(s);
}

struct query *scene_query(struct scene *s, const char *written)
{
    const struct query_options o = {
        .text = s->text, .zone = s->zone, .now_unix_ms = SCENE_BEGIN_MS, .latin = true};
    struct query *q = NULL;
    struct query_error e = {0};
    if (query_parse(written, strlen(written), &o, &q, &e) < 0)
        fail_msg("%s: %s", written, e.text);
    return q;
}

static int put_id(void *context, const struct desk_hit *h)
{
    buf_format(context, "%s%lld", ((struct buf *)context)->len == 0 ? "" : " ",
               (long long)h->message->id);
    return 0;
}

const char *scene_find_as(struct scene *s, const char *written, enum desk_order order, int64_t user,
                          unsigned limit, int64_t after)
{
    static char found[65536];
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, written);
    CLEANUP_BUF struct buf b = BUF_INIT(sizeof found - 2);
    const struct desk_search search = {
        .query = q, .order = order, .user = user, .limit = limit, .after_id = after};
    bool more = false;
    scene_must(s, desk_search(s->x, &search, put_id, &b, &more, &s->d));
    snprintf(found, sizeof found, "%s%s", buf_text(&b), more ? " +" : "");
    return found;
}

const char *scene_find(struct scene *s, const char *written)
{
    return scene_find_as(s, written, DESK_NEWEST, 1, DESK_HITS_MAX, 0);
}
