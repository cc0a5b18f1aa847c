#include "launch/replay_file.h"

#include "base/memory.h"
#include "launch/lines.h"

struct replay_file {
    char *path;
    struct lines *lines;
    struct arena arena; /* of the last message */
    bool skip;
    uint64_t skipped;
    struct diag first; /* why the first line was passed over */
};

int replay_file_open(const char *path, bool skip, struct replay_file **ret, struct diag *d)
{
    struct lines *lines = NULL;
    int r = lines_open(path, REPLAY_LINE_MAX, &lines, d);
    if (r < 0)
        return r;
    struct replay_file *f = mem_new(sizeof *f);
    *f = (struct replay_file){.path = mem_string(path),
                              .lines = lines,
                              .arena = ARENA_INIT(2 * REPLAY_LINE_MAX),
                              .skip = skip};
    *ret = f;
    return 0;
}

void replay_file_free(struct replay_file *f)
{
    if (f == NULL)
        return;
    lines_close(f->lines);
    arena_clear(&f->arena);
    free(f->path);
    free(f);
}

/* `*ret_passable`: another line may follow one that is wrong. */
static int next_line(struct replay_file *f, struct replay_line *ret, bool *ret_passable,
                     struct diag *d)
{
    const char *text;
    size_t len;
    int r = lines_next(f->lines, &text, &len, d);
    *ret_passable = r == 1 || r == ERR_LIMIT;
    if (r != 1)
        return r;
    arena_reset(&f->arena);
    r = replay_line_parse(text, len, &f->arena, ret, d);
    return r < 0 ? diag_prefix(d, r, "%s: line %llu", f->path,
                               (unsigned long long)lines_number(f->lines))
                 : 1;
}

int replay_file_next(struct replay_file *f, struct replay_line *ret, struct diag *d)
{
    struct diag why = {""};
    bool passable;
    int r = next_line(f, ret, &passable, &why);
    while (r < 0 && passable && f->skip) {
        if (f->skipped++ == 0)
            f->first = why;
        r = next_line(f, ret, &passable, &why);
    }
    return r < 0 ? diag_set(d, r, "%s", why.text) : r;
}

uint64_t replay_file_number(const struct replay_file *f)
{
    return lines_number(f->lines);
}

uint64_t replay_file_skipped(const struct replay_file *f, const char **ret_first)
{
    *ret_first = f->first.text;
    return f->skipped;
}
