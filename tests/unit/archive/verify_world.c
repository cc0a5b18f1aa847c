#include "verify_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/file.h"
#include "wire/file_content.h"

#define FILE_BYTES 48U

/* ---- the bot's three days ---- */

/* As devices send a file; the bot's store has zeros of that size for whatever is asked for. */
static void send_file(struct world *w)
{
    static const uint8_t zeros[FILE_BYTES];
    struct scene *s = w->s;
    struct envelope_file named = {.size = FILE_BYTES, .path = "/upload/1/f"};
    struct file_content content = {
        .name = "a.png", .type = "image/png", .size = FILE_BYTES - FILE_CONTENT_TAG_BYTES};
    CLEANUP_BUF struct buf body = BUF_INIT(4096);
    content.uri.port = 443;
    snprintf(content.uri.host, sizeof content.uri.host, "%s", s->f->network->upload);
    snprintf(content.uri.path, sizeof content.uri.path, "%s", named.path);
    FIXTURE_MUST(file_content_put(&body, &content, NULL) == 0);
    hash_sha256(zeros, sizeof zeros, named.sha256);
    const struct fixture_message_options o = {
        .body = buf_text(&body), .files = &named, .file_count = 1};
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &o);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
    FIXTURE_MUST(v.line.state == VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, m);
}

/* One of each device in one round; the first is refused with `refused`. */
static void send_two(struct world *w, bool refused)
{
    struct scene *s = w->s;
    struct fixture_device *devices[] = {s->dev, s->other};
    s->b->hold = true;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(fixture_message_free_cleanup)
        struct fixture_message *m = fixture_message_new(s->f, s->set, devices[i], NULL);
        if (i == 0 && refused) {
            m->envelope.enc[0] ^= 1;
            fixture_message_sign(m, s->f, NULL, devices[i]);
        }
        CLEANUP_FREE char *stanza = fixture_stanza(m, true);
        bot_feed(s->b, stanza);
        bot_run(s->b);
        fixture_device_advance(devices[i], m);
    }
    s->b->hold = false;
    bot_run(s->b);
    bot_forget_answers(s->b);
}

static void live(struct world *w)
{
    struct scene *s = w->s;
    for (int64_t day = FIXTURE_DAY; day < FIXTURE_DAY + 3; day++) {
        bot_reach(s->b, day * CALENDAR_DAY_MS + 40000000);
        send_two(w, false);
        send_two(w, day == FIXTURE_DAY);
        if (day == FIXTURE_DAY + 1)
            send_file(w);
        bot_sleep(s->b, KEEPER_CHECKPOINT_MS);
        FIXTURE_MUST(keeper_checkpoint(s->b->keeper, NULL) == 0);
    }
    w->now_unix_ms = (FIXTURE_DAY + 3) * CALENDAR_DAY_MS;
}

/* ---- beside the journal ---- */

static void put_note(const struct world *w, const char *name, const char *note)
{
    CLEANUP_FREE char *path = mem_format("%s/%s.note", w->documents, name);
    FIXTURE_MUST(file_write(path, note, strlen(note), 0644, NULL) == 0);
}

static void put_documents(struct world *w)
{
    const struct scene *s = w->s;
    struct diag d;
    FIXTURE_MUST(file_make_folder(w->documents, 0700, NULL) == 0);
    put_note(w, "policy", s->set->policy->document.note);
    for (size_t i = 0; i < s->f->warrant_count; i++) {
        CLEANUP_FREE char *epochs = mem_format("epochs-%zu", i), *name = mem_format("w-%zu", i);
        put_note(w, name, s->f->warrants[i].note);
        put_note(w, epochs, s->f->warrants[i].epochs_note);
    }
    if (library_open(s->f->network, w->documents, &w->library, &d) != 0)
        fail_msg("%s", d.text);
}

size_t world_reports(const struct world *w)
{
    return w->s->b->report_count;
}

void world_log(struct world *w, size_t reports)
{
    const struct fixture *f = w->s->f;
    char origin[LOG_ORIGIN_MAX];
    CLEANUP(public_log_close_cleanup) struct public_log *log = NULL;
    log_origin(f->network, origin);
    const struct log_signer by = {origin, f->registrar.key, f->registrar.secret};
    (void)!unlink(w->log);
    FIXTURE_MUST(public_log_create(w->log, NULL) == 0);
    FIXTURE_MUST(public_log_open(w->log, true, &log, NULL) == 0);
    for (size_t i = 0; i < reports; i++) {
        const char *note = w->s->b->reports[i];
        size_t len = strlen(note);
        struct note view;
        struct log_document x = {.note = note, .note_len = len};
        x.entry.kind =
            document_is(note, len, "statement") ? DOCUMENT_STATEMENT : DOCUMENT_DESTRUCTION;
        FIXTURE_MUST(note_parse(note, len, VALUE_NOTE_MAX, &view) == 0);
        hash_sha256(view.text, view.text_len, x.entry.hash);
        FIXTURE_MUST(public_log_append(log, &x, 1, &by, NULL) == 0);
    }
}

static bool run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    FIXTURE_MUST(sqlite3_open(path, &db) == SQLITE_OK);
    bool done = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    FIXTURE_MUST(sqlite3_close(db) == SQLITE_OK);
    return done;
}

struct world *world_new(void)
{
    struct world *w = mem_new(sizeof *w);
    struct checkpoint c;
    w->s = scene_new(&(struct scene_options){.warrants = 2, .until_day = FIXTURE_DAY + 4});
    live(w);
    const char *folder = w->s->b->folder;
    w->documents = file_join(folder, "documents");
    w->files = file_join(folder, "files");
    w->master = file_join(folder, "master.db");
    w->copy = file_join(folder, "copy.db");
    w->log = file_join(folder, "log.db");
    put_documents(w);
    world_log(w, world_reports(w));
    CLEANUP_FREE char *sql = mem_format("VACUUM INTO '%s'", w->master);
    FIXTURE_MUST(run_sql(w->s->b->journal_path, sql));
    FIXTURE_MUST(journal_checkpoint(w->s->b->journal, 0, &c, &w->checkpoint) == 0);
    world_restore(w);
    return w;
}

void world_free(struct world *w)
{
    library_free(w->library);
    scene_free(w->s);
    free(w->documents);
    free(w->files);
    free(w->master);
    free(w->copy);
    free(w->log);
    free(w->checkpoint);
    free(w);
}

void world_restore(struct world *w)
{
    struct stat st;
    CLEANUP_CLOSE int from = open(w->master, O_RDONLY | O_CLOEXEC);
    CLEANUP_CLOSE int to = open(w->copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FIXTURE_MUST(from >= 0 && to >= 0 && fstat(from, &st) == 0);
    FIXTURE_MUST(sendfile(to, from, NULL, (size_t)st.st_size) == st.st_size);
}

bool world_sql(const struct world *w, const char *sql)
{
    return run_sql(w->copy, sql);
}

char *world_checkpoint(const struct world *w, uint64_t size,
                       const uint8_t root[static MERKLE_BYTES])
{
    const struct fixture_bot *bot = &w->s->f->bots[0];
    struct checkpoint c = {.size = size};
    CLEANUP_BUF struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES);
    memcpy(c.root, root, MERKLE_BYTES);
    checkpoint_sign(&b, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    return mem_string(buf_text(&b));
}

/* ---- verifying ---- */

static int see(void *context, const struct reader_message *m)
{
    struct world *w = context;
    if (!m->verified && w->said[0] == '\0')
        snprintf(w->said, sizeof w->said, "leaf %llu: %s", (unsigned long long)m->leaf, m->wrong);
    return 0;
}

static int run(struct world *w, struct verify_options *o, struct diag *d)
{
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    CLEANUP(public_log_close_cleanup) struct public_log *log = NULL;
    struct verify_counts counts;
    int r = public_log_open(w->log, false, &log, d);
    if (r == 0)
        r = journal_open(w->copy, false, &j, d);
    if (r < 0)
        return r;
    o->log = (struct logged_views){log, log};
    o->audit.journal = j;
    return verify_archive(o, &counts, d);
}

int world_verify(struct world *w, bool with_key, const char *held)
{
    const struct fixture *f = w->s->f;
    const struct verify_held list = {"held.note", held};
    struct diag d = {""};
    struct verify_options o = {.audit = {.domain = f->domain,
                                         .bot = f->bots[0].jid,
                                         .bot_key = f->bots[0].signer.key.key,
                                         .library = w->library,
                                         .now_unix_ms = w->now_unix_ms},
                               .files = w->files,
                               .held = &list,
                               .held_count = held != NULL,
                               .reader = {.net = f->network,
                                          .identities = f->warrants[0].agencies,
                                          .identity_count = with_key},
                               .fn = see,
                               .context = w};
    w->said[0] = '\0';
    int r = run(w, &o, &d);
    if (r < 0)
        snprintf(w->said, sizeof w->said, "%s", d.text);
    return r == 0 && w->said[0] != '\0' ? ERR_AUTH : r;
}
