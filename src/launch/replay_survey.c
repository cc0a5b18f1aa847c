/* What is checked of a replay file before anything starts. */
#include <stdio.h>

#include "base/file.h"
#include "launch/fleet.h"
#include "launch/handles.h"
#include "launch/replay.h"
#include "launch/replay_file.h"
#include "launch/replay_groups.h"
#include "launch/replay_order.h"
#include "launch/replay_places.h"
#include "network/settings.h"

struct survey {
    const char *path;
    struct replay_file *file;
    struct settings settings;
    struct replay_places *places;
    struct replay_groups *groups;
    struct handles *handles;
    int64_t last_unix_ms; /* of the line before */
};

static int check_file(const struct survey *s, const struct replay_line *line, struct diag *d)
{
    return s->settings.upload_port == 0
               ? diag_set(d, ERR_INVALID_STATE,
                          "the network has no upload host for a file: make a new network")
               : replay_order_check_file(s->path, line, d);
}

/* What of the line can be checked only with the network and the lines before. */
static int check_line(struct survey *s, const struct replay_line *line, struct diag *d)
{
    unsigned long long number = replay_file_number(s->file);
    int r = line->country == NULL ? 0 : replay_places_check(s->places, line->country, d);
    if (r == 0)
        r = replay_places_demand(s->places, line->from, line->country, line->at_unix_ms, d);
    if (r == 0 && line->kind == CONTENT_FILE)
        r = check_file(s, line, d);
    if (r == 0 && line->kind == CONTENT_GROUP)
        r = replay_groups_take(s->groups, line, d);
    if (r < 0)
        return diag_prefix(d, r, "%s: line %llu", s->path, number);
    return line->at_unix_ms < s->last_unix_ms
               ? diag_set(d, ERR_FORMAT, "%s: line %llu is earlier than the one before: sort it",
                          s->path, number)
               : 0;
}

static int count_lines(struct survey *s, int64_t *ret_first_unix_ms, struct replay_counts *ret,
                       struct diag *d)
{
    struct replay_line line;
    int r;
    while ((r = replay_file_next(s->file, &line, d)) == 1 && (r = check_line(s, &line, d)) == 0) {
        if (ret->messages == 0)
            *ret_first_unix_ms = line.at_unix_ms;
        s->last_unix_ms = line.at_unix_ms;
        handles_of(s->handles, line.from);
        for (size_t i = 0; i < line.to_count; i++)
            handles_of(s->handles, line.to[i]);
        ret->messages++;
        ret->recipients += line.to_count;
    }
    return r;
}

static int survey(struct survey *s, int64_t *ret_first_unix_ms, struct replay_counts *ret,
                  struct diag *d)
{
    const char *skipped;
    int r = count_lines(s, ret_first_unix_ms, ret, d);
    ret->skipped = replay_file_skipped(s->file, &skipped);
    snprintf(ret->first_skipped, sizeof ret->first_skipped, "%s", skipped);
    ret->devices = handles_count(s->handles);
    if (r == 0 && ret->messages == 0)
        r = diag_set(d, ERR_FORMAT, "%s holds no message", s->path);
    if (r == 0 && ret->devices > REPLAY_FLEETS_MAX * FLEET_DEVICES)
        r = diag_set(d, ERR_LIMIT, "%s has more than %u addresses", s->path,
                     REPLAY_FLEETS_MAX * FLEET_DEVICES);
    return r;
}

static void survey_clear(struct survey *s)
{
    replay_file_free(s->file);
    handles_free(s->handles);
    replay_places_free(s->places);
    replay_groups_free(s->groups);
}

int replay_survey(const char *file, const char *dir, bool skip, int64_t *ret_first_unix_ms,
                  struct replay_counts *ret, struct diag *d)
{
    CLEANUP(survey_clear)
    struct survey s = {.path = file, .groups = replay_groups_new(), .last_unix_ms = INT64_MIN};
    CLEANUP_FREE char *path = file_join(dir, REPLAY_HANDLES);
    CLEANUP_FREE char *folder = file_join(dir, "replay");
    *ret = (struct replay_counts){0};
    int r = file_make_folder(folder, 0700, d);
    if (r == 0)
        r = settings_read(dir, &s.settings, d);
    if (r == 0)
        r = handles_open(path, &s.handles, d);
    if (r == 0)
        r = replay_places_open(dir, 0, &s.places, d);
    if (r == 0)
        r = replay_file_open(file, skip, &s.file, d);
    if (r == 0)
        r = survey(&s, ret_first_unix_ms, ret, d);
    return r < 0 ? r : handles_save(s.handles, path, d);
}
