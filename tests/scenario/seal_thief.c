/* Who has a bot's day keys tries each of them at every seal that was ever archived. The seals come
 * from the archive, which an agency's identity opens here; the keys, as tests/scenario/day_keys.c
 * prints them, from the standard input. A line "DAY SEALS OPENED" for each day of messages.
 *
 *     seal_thief NETWORK AGENCY-IDENTITY-FILE < KEYS
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "archive/reader.h"
#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "daykeys/folder.h"
#include "network/layout.h"
#include "wire/seal.h"

#define KEYS_MAX 4096
#define DAYS_MAX 4096

struct thief {
    struct hpke_recipient *keys[KEYS_MAX];
    size_t key_count;
    const uint8_t *bot_key;
    struct {
        int64_t day;
        unsigned seals, opened;
    } days[DAYS_MAX];
    size_t day_count;
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "seal_thief: %s\n", what);
    exit(1);
}

static void read_keys(struct thief *t)
{
    char hex[65];
    long long day;
    while (scanf("%lld %64s", &day, hex) == 2) {
        struct hpke_keypair pair;
        must(t->key_count < KEYS_MAX, "too many keys");
        must(sodium_hex2bin(pair.secret, sizeof pair.secret, hex, strlen(hex), NULL, NULL, NULL) ==
                 0,
             "a key is not hexadecimal");
        must(crypto_scalarmult_base(pair.public, pair.secret) == 0, "a key is none");
        t->keys[t->key_count++] = hpke_recipient_new(&pair);
    }
}

static bool opens(const struct thief *t, const struct envelope *e, const struct envelope_wrap *w)
{
    uint8_t transcript[HASH_BYTES], content[PAYLOAD_CONTENT_BYTES];
    envelope_transcript(e, t->bot_key, transcript);
    for (size_t i = 0; i < t->key_count; i++)
        if (seal_open(e, w, t->keys[i], transcript, content) == 0)
            return true;
    return false;
}

static int try_record(void *context, const struct reader_message *m)
{
    struct thief *t = context;
    const struct envelope *e = &m->record->envelope;
    int64_t day = calendar_day_of(e->at_unix_ms);
    size_t at = 0;
    while (at < t->day_count && t->days[at].day != day)
        at++;
    must(at < DAYS_MAX, "too many days");
    if (at == t->day_count)
        t->days[t->day_count++].day = day;
    for (size_t i = 0; i < e->wrap_count; i++) {
        t->days[at].seals++;
        t->days[at].opened += opens(t, e, &e->wraps[i]);
    }
    return 0;
}

static void read_archive(struct thief *t, const char *dir, const char *identity_path)
{
    struct diag d = {""};
    struct network_note *net = NULL;
    struct library *library = NULL;
    struct bot_folder bot = {.network = NULL};
    struct journal *journal = NULL;
    struct age_identities ids;
    char *note = NULL, *text = NULL;
    char *note_path = layout_path(dir, LAYOUT_NETWORK_NOTE);
    char *documents = layout_path(dir, LAYOUT_DOCUMENTS);
    must(file_read_text(note_path, VALUE_NOTE_MAX, &note, &d) == 0, d.text);
    must(network_note_open(note, strlen(note), &net, &d) == 0, d.text);
    must(library_open(net, documents, &library, &d) == 0, d.text);
    must(bot_folder_open(dir, "ibot", &bot, &d) == 0, d.text);
    char *path = bot_folder_journal(&bot);
    must(journal_open(path, false, &journal, &d) == 0, d.text);
    must(journal_snapshot(journal, &d) == 0, d.text);
    must(file_read_text(identity_path, 65536, &text, &d) == 0, d.text);
    must(age_identities_parse(text, &ids) == 0, "not an identity");
    t->bot_key = bot.key;
    const struct reader_options o = {.journal = journal,
                                     .net = net,
                                     .library = library,
                                     .identities = ids.list,
                                     .identity_count = ids.count};
    struct reader *reader = reader_new(&o);
    must(reader_run(reader, 0, try_record, t, NULL, &d) == 0, d.text);
    reader_free(reader);
    journal_close(journal);
    bot_folder_clear(&bot);
    library_free(library);
    network_note_free(net);
    free(path);
    free(documents);
    free(note_path);
    free(text);
    free(note);
}

int main(int argc, char **argv)
{
    process_begin();
    static struct thief t;
    char day[CALENDAR_DAY_LEN + 1];
    secret_init();
    must(argc == 3, "usage: seal_thief NETWORK AGENCY-IDENTITY-FILE < KEYS");
    read_keys(&t);
    read_archive(&t, argv[1], argv[2]);
    for (size_t i = 0; i < t.day_count; i++) {
        calendar_format_day(t.days[i].day, day);
        printf("%s %u %u\n", day, t.days[i].seals, t.days[i].opened);
    }
    for (size_t i = 0; i < t.key_count; i++)
        hpke_recipient_free(t.keys[i]);
    return 0;
}
