/* The bot's roles and what moves between them. */
#include "bot.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/secret.h"
#include "ibot/link_files.h"

#define OUTPUT_MAX (1U << 20)

static int64_t monotonic_ms = 1000000;

int64_t __wrap_clock_monotonic_ms(void)
{
    return monotonic_ms;
}

void bot_write_daykeys(const struct fixture *f, const char *path, int64_t missing_day,
                       const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES])
{
    /* As daykeys_create makes it: a pause is over, and no day was destroyed yet. */
    static const uint8_t header[64] = "ironside day keys 2\0\0\0\0\0\0\0\0\0\0\x01\x19\x40"
                                      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80";
    static const uint8_t zeros[VALUE_WARRANT_MAX];
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    buf_put(&b, header, sizeof header);
    for (size_t i = 0; i < f->warrant_count; i++)
        for (size_t k = 0; k < f->warrants[i].key_count; k++) {
            const struct fixture_warrant *w = &f->warrants[i];
            int64_t day = w->first_key_day + (int64_t)k;
            size_t start = b.len + 8, len = strlen(w->id);
            uint8_t nonce[24], sealed[HPKE_SECRET_BYTES + 16];
            buf_put_u8(&b, day == missing_day ? 3 : 1);
            buf_put(&b, zeros, 7);
            buf_put_u64(&b, 0); /* made when the count began */
            buf_put_u64(&b, (uint64_t)day);
            buf_put(&b, w->id, len);
            buf_put(&b, zeros, VALUE_WARRANT_MAX - len);
            buf_put(&b, w->day_keys[k].public, HPKE_PUBLIC_BYTES);
            secret_random(nonce, sizeof nonce);
            crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, w->day_keys[k].secret,
                                                       HPKE_SECRET_BYTES, b.data + start,
                                                       b.len - start, NULL, nonce, credential);
            buf_put(&b, nonce, sizeof nonce);
            buf_put(&b, sealed, sizeof sealed);
        }
    FIXTURE_MUST(!buf_failed(&b) && file_write(path, b.data, b.len, 0600, NULL) == 0);
}

static void make_pair(struct channel ends[static 2], size_t max_frame, size_t first_queue)
{
    int fds[2];
    FIXTURE_MUST(process_socketpair(fds) == 0);
    FIXTURE_MUST(channel_init(&ends[0], fds[0], max_frame, first_queue) == 0);
    FIXTURE_MUST(channel_init(&ends[1], fds[1], max_frame, BOT_QUEUE_MAX) == 0);
}

static void open_keys(struct bot *b)
{
    static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {7};
    b->keys_fd = open(b->daykeys_path, O_RDWR | O_CLOEXEC);
    FIXTURE_MUST(b->keys_fd >= 0);
    FIXTURE_MUST(daykeys_open(b->keys_fd, credential, &b->keys, NULL) == 0);
}

static void start_openers(struct bot *b)
{
    const struct fixture_bot *self = &b->f->bots[0];
    for (size_t i = 0; i < b->opener_count; i++) {
        make_pair(b->link_opener[i], FRAMES_DOCUMENT_MAX, b->link_queue);
        make_pair(b->opener_keeper[i], FRAMES_ROUND_MAX, BOT_QUEUE_MAX);
        const struct opener_options o = {.net = b->f->network,
                                         .bot = self->jid,
                                         .bot_key = self->signer.key.key,
                                         .keys = b->keys,
                                         .clock = b->clock,
                                         .link = &b->link_opener[i][1],
                                         .keeper = &b->opener_keeper[i][0]};
        b->openers[i] = opener_new(&o);
    }
}

static void start(struct bot *b)
{
    const struct fixture_bot *self = &b->f->bots[0];
    FIXTURE_MUST(journal_open(b->journal_path, true, &b->journal, &b->d) == 0);
    open_keys(b);
    start_openers(b);
    make_pair(b->link_keeper, FRAMES_REQUEST_MAX, BOT_QUEUE_MAX);
    CLEANUP_FREE char *store = file_join(b->folder, "files");
    struct files_options files = {
        .folder = store, .journal = b->journal, .clock = b->clock, .link = &b->link_keeper[1]};
    FIXTURE_MUST(files_open(&files, &b->files, &b->d) == 0);
    struct keeper_options k = {.journal = b->journal,
                               .files = b->files,
                               .secret = self->signer.secret,
                               .domain = b->f->domain,
                               .clock = b->clock,
                               .link = &b->link_keeper[1],
                               .opener_count = b->opener_count};
    b->nowhere = connector_new((const char *[LINK_SOCKETS]){NULL}, LINK_SOCKETS);
    struct link_options l = {.net = b->f->network,
                             .connector = b->nowhere,
                             .bot = self->jid,
                             .keeper = &b->link_keeper[0],
                             .opener_count = b->opener_count};
    for (size_t i = 0; i < b->opener_count; i++) {
        k.openers[i] = &b->opener_keeper[i][1];
        l.openers[i] = &b->link_opener[i][0];
    }
    b->keeper = keeper_new(&k);
    b->link = link_new(&l);
    FIXTURE_MUST(keeper_start(b->keeper, &b->d) == 0);
    bot_reconnect(b);
}

static void stop(struct bot *b)
{
    link_free(b->link);
    component_free(b->component);
    connector_free(b->nowhere);
    keeper_free(b->keeper);
    files_free(b->files);
    channel_clear(&b->link_keeper[0]);
    channel_clear(&b->link_keeper[1]);
    for (size_t i = 0; i < b->opener_count; i++) {
        opener_free(b->openers[i]);
        for (int end = 0; end < 2; end++) {
            channel_clear(&b->link_opener[i][end]);
            channel_clear(&b->opener_keeper[i][end]);
        }
    }
    journal_close(b->journal);
    daykeys_free(b->keys);
    close(b->keys_fd);
    b->component = NULL;
    b->code = 0;
}

struct bot *bot_new(struct fixture *f, const struct bot_options *options)
{
    static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {7};
    struct bot_options o = options == NULL ? (struct bot_options){0} : *options;
    struct bot *b = mem_new(sizeof *b);
    secret_init();
    b->f = f;
    b->opener_count = o.openers == 0 ? 1 : o.openers;
    b->link_queue = o.link_queue == 0 ? BOT_QUEUE_MAX : o.link_queue;
    b->inbox = (struct buf)BUF_INIT(OUTPUT_MAX);
    b->arena = (struct arena)ARENA_INIT(64U << 20);
    strcpy(b->folder, "/tmp/ibot-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(b->folder) != NULL);
    b->journal_path = file_join(b->folder, "journal.db");
    b->daykeys_path = file_join(b->folder, "daykeys");
    CLEANUP_FREE char *page = file_join(b->folder, "clock");
    FIXTURE_MUST(clock_page_create(page, FIXTURE_AT, &b->clock, NULL) == 0);
    FIXTURE_MUST(
        journal_create(b->journal_path, f->bots[0].jid, f->bots[0].signer.key.key, &b->d) == 0);
    bot_write_daykeys(f, b->daykeys_path, o.missing_day, credential);
    start(b);
    return b;
}

void bot_free(struct bot *b)
{
    if (b == NULL)
        return;
    stop(b);
    bot_forget_answers(b);
    for (size_t i = 0; i < b->document_count; i++)
        free(b->documents[i].note);
    free(b->documents);
    for (size_t i = 0; i < b->report_count; i++)
        free(b->reports[i]);
    free(b->reports);
    free(b->policy);
    free(b->answers);
    free(b->journal_path);
    free(b->daykeys_path);
    xml_stream_free(b->output);
    buf_clear(&b->inbox);
    arena_clear(&b->arena);
    clock_clear(&b->clock);
    (void)!file_remove_tree(b->folder, NULL);
    free(b);
}

void bot_restart(struct bot *b)
{
    stop(b);
    start(b);
}

void bot_feed(struct bot *b, const char *text)
{
    FIXTURE_MUST(component_feed(b->component, text, strlen(text)) == 0);
}

void bot_break(struct bot *b)
{
    component_free(b->component);
    /* One that has not connected yet: it is not ready. */
    b->component = component_new(b->f->bots[0].jid, "secret", b->nowhere, LINK_SOCKET_COMPONENT,
                                 LINK_STANZA_MEMORY, &link_component_events, b->link);
    link_set_component(b->link, b->component);
    link_component_events.closed(b->link, "broken by the test");
}

void bot_sleep(struct bot *b, int64_t ms)
{
    monotonic_ms += ms;
    (void)link_tick(b->link);
}

typedef int take_fn(struct bot *b, size_t opener, const struct frame *f);

static int to_opener_from_link(struct bot *b, size_t i, const struct frame *f)
{
    return opener_from_link(b->openers[i], f, &b->d);
}

static int to_opener_from_keeper(struct bot *b, size_t i, const struct frame *f)
{
    return opener_from_keeper(b->openers[i], f, &b->d);
}

static int to_link_from_opener(struct bot *b, size_t i, const struct frame *f)
{
    (void)i;
    return link_from_opener(b->link, f, &b->d);
}

static int to_link_from_keeper(struct bot *b, size_t i, const struct frame *f)
{
    (void)i;
    return link_from_keeper(b->link, f, &b->d);
}

static int to_keeper_from_opener(struct bot *b, size_t i, const struct frame *f)
{
    return keeper_from_opener(b->keeper, i, f, &b->d);
}

/* The store has whatever file is asked for: zeros of its size under its name. */
static void plant_file(struct bot *b, const struct frame *f)
{
    uint64_t ticket;
    struct frames_file file;
    if (b->no_files || f->type != FRAME_FILE_ASK ||
        frames_get_file_ask(f->body, f->len, &ticket, &file) < 0)
        return;
    CLEANUP_FREE char *store = file_join(b->folder, "files");
    CLEANUP_FREE char *path = journal_file_path(store, file.sha256);
    CLEANUP_FREE char *folder = mem_string_n(path, (size_t)(strrchr(path, '/') - path));
    FIXTURE_MUST(file_make_folder(folder, 0700, NULL) == 0);
    CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    FIXTURE_MUST(fd >= 0 && ftruncate(fd, (off_t)file.size) == 0);
}

static int to_keeper_from_link(struct bot *b, size_t i, const struct frame *f)
{
    (void)i;
    plant_file(b, f);
    return keeper_from_link(b->keeper, f, &b->d);
}

/* Writes one end, reads the other and hands its frames over. True when anything moved. */
static bool carry(struct bot *b, size_t opener, struct channel *from, struct channel *to,
                  take_fn *take)
{
    struct frame f;
    bool moved = channel_queued(from) > 0;
    int r = channel_flush(from);
    FIXTURE_MUST(r == 0 || r == ERR_AGAIN);
    moved = channel_fill(to) == 0 || moved;
    while (b->code == 0 &&
           (take != to_opener_from_link || opener_takes_requests(b->openers[opener]))) {
        r = channel_next(to, &f);
        if (r == 0)
            r = take(b, opener, &f);
        if (r == ERR_AGAIN)
            break;
        b->code = r;
        moved = true;
    }
    return moved;
}

static bool close_rounds(struct bot *b)
{
    bool closed = false;
    for (size_t i = 0; i < b->opener_count && !b->hold && b->code == 0; i++)
        if (opener_timeout_ms(b->openers[i]) >= 0) {
            b->code = opener_close_round(b->openers[i], &b->d);
            closed = true;
        }
    return closed;
}

int bot_try_run(struct bot *b)
{
    bool moved = true;
    while (b->code == 0 && moved) {
        struct pollfd fds[LINK_FILES_MAX];
        size_t fetches = link_files_pollfds(link_files(b->link), fds, LINK_FILES_MAX);
        int ready = poll(fds, fetches, 0);
        link_files_run(link_files(b->link), fds, fetches);
        moved = bot_carry_output(b) || ready > 0;
        for (size_t i = 0; i < b->opener_count; i++) {
            struct channel *lo = b->link_opener[i], *ok = b->opener_keeper[i];
            moved = carry(b, i, &ok[1], &ok[0], to_opener_from_keeper) || moved;
            moved = carry(b, i, &lo[0], &lo[1], to_opener_from_link) || moved;
            moved = carry(b, i, &lo[1], &lo[0], to_link_from_opener) || moved;
            moved = carry(b, i, &ok[0], &ok[1], to_keeper_from_opener) || moved;
        }
        moved = carry(b, 0, &b->link_keeper[0], &b->link_keeper[1], to_keeper_from_link) || moved;
        moved = carry(b, 0, &b->link_keeper[1], &b->link_keeper[0], to_link_from_keeper) || moved;
        if (b->code == 0 && link_failed(b->link))
            b->code = ERR_LIMIT;
        if (!moved)
            moved = close_rounds(b);
    }
    return b->code;
}

void bot_reach(struct bot *b, int64_t at_unix_ms)
{
    clock_page_set(&b->clock, at_unix_ms);
    for (size_t i = 0; i < b->opener_count; i++)
        FIXTURE_MUST(opener_tick(b->openers[i], &b->d) == 0);
    bot_run(b);
    FIXTURE_MUST(keeper_tick(b->keeper, &b->d) == 0);
    bot_run(b);
}

void bot_run(struct bot *b)
{
    if (bot_try_run(b) != 0)
        fail_msg("a role failed with %d: %s", b->code, b->d.text);
}
