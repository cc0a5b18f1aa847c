#include "archive/verify.h"

#include "archive/held.h"

static int read_messages(const struct verify_options *o, struct reader_counts *ret, struct diag *d)
{
    struct reader_options options = o->reader;
    options.journal = o->audit.journal;
    options.library = o->audit.library;
    CLEANUP(reader_free_cleanup) struct reader *reader = reader_new(&options);
    return reader_run(reader, 0, o->fn, o->context, ret, d);
}

int verify_archive(const struct verify_options *o, struct verify_counts *ret, struct diag *d)
{
    struct journal *j = o->audit.journal;
    *ret = (struct verify_counts){.stored = {0}};
    int r = audit_journal(&o->audit, &ret->audit, d);
    if (r == 0)
        r = stored_check(j, o->files, &ret->stored, d);
    if (r == 0)
        r = logged_reports(j, o->audit.bot_key, o->audit.domain, &o->log, d);
    for (size_t i = 0; r == 0 && i < o->held_count; i++)
        r = held_check(j, o->audit.bot_key, o->held[i].name, o->held[i].note, d);
    if (r == 0 && o->reader.identity_count > 0)
        r = read_messages(o, &ret->reader, d);
    return r;
}
