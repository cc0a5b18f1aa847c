#include "away.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/tls.h"

static void say(void *context, const char *what, const char *line)
{
    struct away *a = context;
    snprintf(a->said, sizeof a->said, "%s: %s", what, line);
}

/* The shelf's journal where a network has it. */
static void lay_out(const struct shelf *s)
{
    CLEANUP_FREE char *bot = file_join(s->folder, "bots/ibot");
    CLEANUP_FREE char *link = file_join(bot, "journal"),
                      *note = file_join(s->folder, "network.note");
    FIXTURE_MUST(file_make_folder(bot, 0700, NULL) == 0);
    FIXTURE_MUST(symlink(s->folder, link) == 0);
    FIXTURE_MUST(file_write(note, s->f->network_note, strlen(s->f->network_note), 0644, NULL) == 0);
}

void away_serve(struct away *a)
{
    struct diag d = {""};
    const struct server_options o = {.network = a->s->folder,
                                     .settings = &a->settings,
                                     .certificate = a->certificate,
                                     .key = a->key};
    if (server_start(&o, &a->server, &d) < 0)
        fail_msg("%s", d.text);
    a->settings.port = (uint16_t)server_port(a->server);
    snprintf(a->folder.url, sizeof a->folder.url, "https://127.0.0.1:%u", a->settings.port);
}

void away_end_server(struct away *a)
{
    server_free(TAKE(a->server));
}

int away_set_up(void **state)
{
    struct away *a = mem_new(sizeof *a);
    void *shelf = NULL;
    FIXTURE_MUST(shelf_set_up(&shelf) == 0);
    a->s = shelf;
    a->settings = (struct serve_settings){.address = "127.0.0.1", .agency_count = 1};
    strcpy(a->settings.agencies[0].name, "north");
    lay_out(a->s);
    shelf_put_all(a->s);
    CLEANUP_FREE char *stem = serve_settings_file(a->s->folder, "tls");
    FIXTURE_MUST(serve_settings_create(a->s->folder, &a->settings, NULL) == 0);
    FIXTURE_MUST(serve_tls_read(stem, &a->certificate, &a->key, NULL) == 0);
    a->dir = file_join(a->s->folder, "mirror");
    a->folder = (struct mirror_folder){.dir = mem_string(a->dir), .bot_count = 1};
    a->folder.bots[0] = mem_string("ibot");
    strcpy(a->folder.url, "https://127.0.0.1:1");
    FIXTURE_MUST(serve_tls_hash(a->certificate, a->folder.server) == 0);
    FIXTURE_MUST(mirror_folder_create(&a->folder, a->s->f->network_note, NULL) == 0);
    FIXTURE_MUST(mirror_folder_key(&a->folder, a->settings.agencies[0].key, NULL) == 0);
    *state = a;
    return 0;
}

int away_tear_down(void **state)
{
    struct away *a = *state;
    void *shelf = a->s;
    mirror_close(a->mirror);
    server_free(a->server);
    mirror_folder_clear(&a->folder);
    free(a->dir);
    free(a->certificate);
    free(a->key);
    free(a);
    return shelf_tear_down(&shelf);
}

void away_open(struct away *a)
{
    struct diag d = {""};
    const struct mirror_options o = {.folder = &a->folder, .say = say, .context = a};
    if (mirror_open(&o, &a->mirror, &d) < 0)
        fail_msg("%s", d.text);
}

void away_close(struct away *a)
{
    mirror_close(TAKE(a->mirror));
}

void away_checkpoint(struct away *a)
{
    const struct fixture_bot *bot = &a->s->f->bots[0];
    struct checkpoint c = {.size = journal_size(a->s->journal)};
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    assert_int_equal(journal_root(a->s->journal, c.size, c.root), 0);
    checkpoint_sign(&note, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    assert_int_equal(journal_put_checkpoint(a->s->journal, &c, buf_text(&note), NULL), 0);
}

void away_follow(struct away *a)
{
    while (mirror_turn(a->mirror) > 0)
        continue;
}

char *away_file(const struct away *a, const char *name)
{
    return file_join(a->dir, name);
}

int64_t away_rounds(const struct away *a)
{
    CLEANUP_FREE char *path = away_file(a, "bots/ibot/journal/journal.db");
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    return journal_open(path, false, &j, NULL) == 0 ? journal_rounds_end(j) : 0;
}

void assert_mirrored(struct away *a, int64_t rounds)
{
    CLEANUP_FREE char *path = away_file(a, "bots/ibot/journal/journal.db");
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    uint8_t here[MERKLE_BYTES], there[MERKLE_BYTES];
    struct diag d = {""};
    if (journal_open(path, false, &j, &d) < 0)
        fail_msg("%s", d.text);
    if (journal_rounds_end(j) != rounds)
        fail_msg("%lld rounds, not %lld; %s", (long long)journal_rounds_end(j), (long long)rounds,
                 a->said);
    assert_int_equal(journal_root(j, journal_size(j), here), 0);
    assert_int_equal(journal_root(a->s->journal, journal_size(j), there), 0);
    assert_memory_equal(here, there, MERKLE_BYTES);
}
