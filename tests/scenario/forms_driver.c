/* Writes every form of a part into a folder:
 *
 *     forms_driver FOLDER             one message of every kind, in many scripts
 *     forms_driver FOLDER planted     redacted messages, with words in them that no form may show
 *
 * What the forms are is asked of public tools then (scenario 92).
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/process.h"
#include "forms/part.h"
#include "forms/support.h"

typedef int form_fn(const struct forms_part *p, const struct forms_sink *s, struct diag *d);
static form_fn *const forms[] = {forms_load, forms_threads, forms_page, forms_report, forms_case};

/* Paths have a folder or two. */
static int make_folders(const char *path)
{
    CLEANUP_FREE char *copy = mem_string(path);
    for (char *slash = copy; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
        *slash = '\0';
        mkdir(copy, 0700);
    }
    return 0;
}

static int write_member(void *context, const char *path, const void *data, size_t len)
{
    CLEANUP_FREE char *full = mem_format("%s/%s", (const char *)context, path);
    make_folders(full);
    FILE *f = fopen(full, "wx");
    if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        return 1;
    return 0;
}

int main(int argc, char **argv)
{
    process_begin();
    void *state = NULL;
    struct diag d = {""};
    if (argc < 2 || scene_set_up(&state) != 0)
        return 2;
    struct scene *s = state;
    const struct forms_sink sink = {write_member, argv[1]};
    if (argc > 2 && strcmp(argv[2], "planted") == 0)
        scene_planted(s);
    else
        scene_everything(s);
    for (size_t i = 0; i < COUNT(forms); i++)
        if (forms[i](&s->part, &sink, &d) != 0) {
            fprintf(stderr, "forms_driver: %s\n", d.text);
            return 1;
        }
    return scene_tear_down(&state);
}
