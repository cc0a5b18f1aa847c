#include "cli/device_send_file.h"

#include <string.h>

#include "base/file.h"
#include "wire/value.h"

#define DURATION_MAX_S 86400U

bool send_file_named(const struct send_file *f)
{
    return f->file != NULL || f->photo != NULL || f->voice != NULL;
}

int send_file_check(const struct verb *v, const struct send_file *f)
{
    int named = (f->file != NULL) + (f->photo != NULL) + (f->voice != NULL);
    uint64_t n;
    if (named > 1)
        return verb_misused(v, "a message sends one file: --file, --photo or --voice");
    if (f->duration != NULL && f->voice == NULL)
        return verb_misused(v, "--duration goes with --voice");
    if (f->keep_metadata && f->file == NULL && f->photo == NULL)
        return verb_misused(v, "--keep-metadata goes with --photo or --file");
    if (f->duration != NULL && (value_parse_u64(f->duration, DURATION_MAX_S, &n) < 0 || n == 0))
        return verb_misused(v, "--duration '%s' is not 1 to 86400 seconds", f->duration);
    return VERB_OK;
}

int send_file_put(const struct verb *v, const struct send_file *f, json_t *request)
{
    const char *path = f->photo != NULL ? f->photo : f->voice != NULL ? f->voice : f->file;
    const char *kind = f->photo != NULL ? "photo" : f->voice != NULL ? "voice" : "file";
    uint64_t duration = 0;
    if (path == NULL)
        return VERB_OK;
    if (f->duration != NULL && value_parse_u64(f->duration, DURATION_MAX_S, &duration) < 0)
        duration = 0; /* was checked */
    CLEANUP_FREE char *whole = file_absolute(path);
    json_t *o = json_pack("{ss ss sb sI}", "path", whole, "kind", kind, "keep_metadata",
                          f->keep_metadata, "duration", (json_int_t)duration);
    if (o == NULL)
        return verb_fail(v, "the name of the file is not UTF-8");
    json_object_set_new(request, "file", o);
    return VERB_OK;
}
