/* ironside archive stats: how much lies in an archive. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/archive.h"
#include "cli/print.h"

/* Records and bytes of each warrant. */
struct stats {
    json_t *warrants;
    uint64_t batches, records, bytes;
};

static int count_batch(void *context, const struct journal_batch_row *row)
{
    struct stats *s = context;
    json_t *w = json_object_get(s->warrants, row->batch.warrant);
    if (w == NULL) {
        w = json_pack("{sI sI sI}", "records", (json_int_t)0, "batches", (json_int_t)0, "bytes",
                      (json_int_t)0);
        json_object_set_new(s->warrants, row->batch.warrant, w);
    }
    json_t *records = json_object_get(w, "records"), *batches = json_object_get(w, "batches");
    json_t *bytes = json_object_get(w, "bytes");
    json_integer_set(records, json_integer_value(records) + row->batch.count);
    json_integer_set(batches, json_integer_value(batches) + 1);
    json_integer_set(bytes, json_integer_value(bytes) + (json_int_t)row->batch.sealed_len);
    s->batches++;
    s->records += row->batch.count;
    s->bytes += row->batch.sealed_len;
    return 0;
}

struct verdicts {
    json_t *reasons;
    struct diag *d;
};

static int count_round(void *context, const struct journal_round_row *row)
{
    const struct verdicts *x = context;
    json_t *reasons = x->reasons;
    for (uint32_t i = 0; i < row->line_count; i++) {
        struct verdict_line l;
        if (verdict_line_get(row->lines[i], &l) < 0)
            return diag_set(x->d, ERR_FORMAT, "round %" PRId64 ": line %" PRIu32 " is malformed",
                            row->number, i);
        const char *name = l.state == VERDICT_ARCHIVED ? "archived" : verdict_reason_text(l.reason);
        json_object_set_new(reasons, name,
                            json_integer(json_integer_value(json_object_get(reasons, name)) + 1));
    }
    return 0;
}

static void print_stats(const struct archive *a, const struct stats *s, const json_t *verdicts)
{
    const char *name;
    json_t *x;
    printf("%s: ", a->bot.jid);
    print_count(s->records, "record in ", "records in ");
    print_count(s->batches, "batch, ", "batches, ");
    print_count(s->bytes, "byte sealed, tree of ", "bytes sealed, tree of ");
    print_count(journal_size(a->journal), "leaf\n", "leaves\n");
    json_object_foreach(s->warrants, name, x)
    {
        int64_t records = json_integer_value(json_object_get(x, "records"));
        printf("  warrant %-16s %10" PRId64 " %-7s %12lld bytes\n", name, records,
               records == 1 ? "record" : "records",
               (long long)json_integer_value(json_object_get(x, "bytes")));
    }
    json_object_foreach((json_t *)(uintptr_t)verdicts, name, x)
        printf("  verdict %-16s %10lld\n", name, (long long)json_integer_value(x));
}

static int run_stats(const struct verb *v, int argc, char **argv)
{
    struct archive_words w;
    CLEANUP_ARCHIVE struct archive a = {.net = NULL};
    struct stats s = {.warrants = json_object()};
    json_t *verdicts = json_object();
    struct diag d = {""};
    struct verdicts counted = {.reasons = verdicts, .d = &d};
    int r = archive_parse(v, argc, argv, &w);
    if (r == VERB_OK)
        r = archive_open(v, &w, &a);
    if (r == VERB_OK && (journal_batches(a.journal, 0, count_batch, &s, &d) < 0 ||
                         journal_rounds(a.journal, 0, count_round, &counted, &d) < 0))
        r = verb_fail(v, "%s", d.text);
    if (r == VERB_OK && w.json) {
        json_t *o = json_pack("{ss sI sI sI sI sO sO}", "bot", a.bot.jid, "records",
                              (json_int_t)s.records, "batches", (json_int_t)s.batches, "bytes",
                              (json_int_t)s.bytes, "leaves", (json_int_t)journal_size(a.journal),
                              "warrants", s.warrants, "verdicts", verdicts);
        print_json(o);
        json_decref(o);
    } else if (r == VERB_OK) {
        print_stats(&a, &s, verdicts);
    }
    json_decref(s.warrants);
    json_decref(verdicts);
    return r < 0 ? VERB_OK : r;
}

const struct verb verb_archive_stats = {
    .noun = "archive",
    .name = "stats",
    .usage = "DIR [--bot NAME] [--json]",
    .help = "how much lies in the archive, by warrant and by verdict",
    .more = ARCHIVE_BOT_MORE ARCHIVE_JSON_MORE,
    .run = run_stats,
};
