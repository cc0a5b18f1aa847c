#include "desk_folder.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/secret.h"
#include "network/layout.h"

static void make_network(struct desk_world *w)
{
    struct shelf *s = w->shelf;
    CLEANUP_FREE char *note = layout_path(w->network, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *folder = mem_format("%s/bots/ibot/journal", w->network);
    w->journal = file_join(folder, "journal.db");
    shelf_put_all(s);
    FIXTURE_MUST(file_make_folder(folder, 0700, NULL) == 0 &&
                 file_write(note, s->f->network_note, strlen(s->f->network_note), 0644, NULL) == 0);
}

static void make_desk(struct desk_world *w)
{
    struct diag d = {""};
    CLEANUP_FREE char *dir = file_join(w->network, "desk");
    struct desk_folder f = {.dir = dir,
                            .name = (char[]){"desk"},
                            .network = (char[]){".."},
                            .bots = {(char[]){"ibot"}},
                            .bot_count = 1,
                            .identity = (char[]){"north.key"},
                            .address = "127.0.0.1",
                            .port = 8443};
    char text[AGE_IDENTITY_LEN + 1];
    CLEANUP_FREE char *key = file_join(dir, "north.key");
    age_identity_format(&w->shelf->f->warrants[0].agencies[0], text);
    if (desk_folder_create(&f, &d) < 0 ||
        desk_engine_create(&f, NULL, w->shelf->f->warrants[0].desk.secret, &d) < 0 ||
        file_write(key, text, strlen(text), 0600, &d) < 0 ||
        desk_folder_open(dir, &w->folder, &d) < 0)
        fail_msg("%s", d.text);
}

int desk_world_set_up(void **state)
{
    struct desk_world *w = mem_new(sizeof *w);
    void *shelf;
    shelf_set_up(&shelf);
    w->shelf = shelf;
    w->network = mem_string(w->shelf->folder);
    make_network(w);
    make_desk(w);
    w->identities = secret_new(sizeof *w->identities);
    w->identities->list[0] = w->shelf->f->warrants[0].agencies[0];
    w->identities->count = 1;
    *state = w;
    return 0;
}

int desk_world_tear_down(void **state)
{
    struct desk_world *w = *state;
    void *shelf = w->shelf;
    desk_folder_clear(&w->folder);
    secret_free(w->identities);
    free(w->network);
    free(w->journal);
    free(w);
    return shelf_tear_down(&shelf);
}

void desk_world_archive(struct desk_world *w, unsigned rounds)
{
    struct shelf *s = w->shelf;
    for (unsigned i = 0; i < rounds; i++)
        shelf_commit(s, NULL);
    /* The journal with a checkpoint over all of it, as one that a bot has ended with. */
    const struct fixture_bot *bot = &s->f->bots[0];
    struct checkpoint c = {.size = journal_size(s->journal)};
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    FIXTURE_MUST(journal_root(s->journal, c.size, c.root) == 0);
    checkpoint_sign(&note, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    FIXTURE_MUST(journal_put_checkpoint(s->journal, &c, buf_text(&note), NULL) == 0);
    journal_close(TAKE(s->journal));
    FIXTURE_MUST(rename(s->journal_path, w->journal) == 0);
}

/* The index alone: what the engine has beside it takes its time to open. */
static struct desk_index *open_index(struct desk_world *w)
{
    struct diag d;
    struct desk_index *x = NULL;
    CLEANUP_FREE char *path = desk_folder_vault(&w->folder);
    CLEANUP_FREE char *key_file = desk_folder_file(&w->folder, "vault.key");
    CLEANUP_SECRET uint8_t *bytes = secret_new(VAULT_KEY_BYTES);
    struct vault_key key = {.bytes = bytes};
    struct desk_index_options o = {.path = path, .key = &key};
    if (vault_key_file_read(key_file, bytes, &d) < 0 || desk_index_open(&o, false, &x, &d) < 0)
        fail_msg("%s", d.text);
    return x;
}

struct taking {
    struct desk_index *x;
    struct diag d;
};

static int take_message(void *context, const char *bot, const struct follower_message *m)
{
    struct taking *t = context;
    return desk_index_add(t->x, bot, m, &t->d);
}

static int take_batch(void *context, const struct follower_state *s)
{
    struct taking *t = context;
    struct desk_progress p = {.bot = s->bot, .next = s->next, .size = s->size};
    return desk_index_progress(t->x, &p, &t->d);
}

void desk_world_read(struct desk_world *w)
{
    struct taking t = {.d = {""}};
    CLEANUP(desk_index_close_cleanup) struct desk_index *x = open_index(w);
    CLEANUP(follower_free_cleanup) struct follower *f = NULL;
    struct follower_options o = {.net = w->shelf->f->network,
                                 .documents = w->shelf->documents,
                                 .identities = w->identities->list,
                                 .identity_count = 1};
    const struct follower_sink sink = {take_message, take_batch, &t};
    if (follower_new(&o, &f, &t.d) < 0 ||
        follower_add(f, w->shelf->f->bots[0].jid, w->journal, 1, 0, &t.d) < 0)
        fail_msg("%s", t.d.text);
    t.x = x;
    if (follower_poll(f, 1000, &sink) < 1 || desk_index_commit(x, &t.d) < 0)
        fail_msg("%s", t.d.text);
}

void desk_world_sql(struct desk_world *w, const char *text)
{
    struct diag d;
    CLEANUP(desk_index_close_cleanup) struct desk_index *x = open_index(w);
    if (sql_execute(desk_index_sql(x), text, &d) < 0)
        fail_msg("%s: %s", text, d.text);
}
