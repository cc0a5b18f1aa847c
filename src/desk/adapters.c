#include "desk/adapters.h"

#include <dirent.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "text/text.h"

#define SYSTEM_FOLDER "/usr" /* programs, libraries, what they read */
#define APERTIUM "apertium"
#define SHELL "/usr/bin/bash"
#define MODE_END ".mode"
#define ARGUMENT_MAX 1000U /* bytes */

static const char *name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

static struct translator *append(struct desk_adapters *a, const char *from, const char *to)
{
    struct translator *t = &a->list[a->count];
    text_language_code(from, t->from);
    text_language_code(to, t->to);
    return t->from[0] == '\0' || t->to[0] == '\0' ? NULL : t;
}

/* ---- desk.json ---- */

static bool is_argument(const json_t *v, size_t i)
{
    const char *s = json_string_value(v);
    return s != NULL && strlen(s) == json_string_length(v) && strlen(s) <= ARGUMENT_MAX &&
           (i > 0 || (s[0] == '/' && s[strlen(s) - 1] != '/'));
}

static int take_program(const json_t *program, struct translator *t)
{
    size_t count = json_array_size(program);
    if (count == 0 || count > TRANSLATOR_ARGUMENTS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < count; i++)
        if (!is_argument(json_array_get(program, i), i))
            return ERR_FORMAT;
    for (size_t i = 0; i < count; i++)
        t->argv[i] = mem_string(json_string_value(json_array_get(program, i)));
    t->name = mem_string(name_of(t->argv[0]));
    return 0;
}

static int take_one(const json_t *o, struct desk_adapters *ret)
{
    const char *from = json_string_value(json_object_get(o, "from"));
    const char *to = json_string_value(json_object_get(o, "to"));
    if (json_object_size(o) != 3 || from == NULL || to == NULL || ret->count == TRANSLATORS_MAX)
        return ERR_FORMAT;
    struct translator *t = append(ret, from, to);
    int r = t == NULL ? ERR_FORMAT : take_program(json_object_get(o, "program"), t);
    ret->count += r == 0;
    return r;
}

int desk_adapters_read(const json_t *list, struct desk_adapters *ret, struct diag *d)
{
    bool good = list == NULL || json_is_array(list);
    for (size_t i = 0; good && i < json_array_size(list); i++)
        if (take_one(json_array_get(list, i), ret) < 0)
            return diag_set(d, ERR_FORMAT,
                            "number %zu of 'translate' is not such as {\"from\":\"es\","
                            "\"to\":\"en\",\"program\":[\"/usr/bin/apertium\",\"-u\",\"es-en\"]}",
                            i + 1);
    return good ? 0 : diag_set(d, ERR_FORMAT, "'translate' is not a list");
}

/* ---- apertium ---- */

/* A mode is a line of the shell's. The program apertium would run it, too, but begins by making a
 * file, which an adapter may not. $0 is the mode, $1 what it hands to its generator. */
#define APERTIUM_LINE "apertium-destxt | . \"$0\" | apertium-retxt"
#define UNKNOWN_UNMARKED "-n" /* words that it does not know, without a mark */

/* "spa-eng.mode"; others there have more to their names, and are not for people. */
static bool take_mode(const char *file, char from[static 4], char to[static 4])
{
    int end = 0;
    return sscanf(file, "%3[a-z]-%3[a-z]%n", from, to, &end) == 2 &&
           strcmp(file + end, MODE_END) == 0;
}

static void add_mode(const char *modes, const char *file, struct desk_adapters *ret)
{
    static const char *const begin[] = {SHELL, "-o", "pipefail", "-c", APERTIUM_LINE};
    enum { BEGIN = sizeof begin / sizeof *begin };
    char from[4], to[4];
    if (ret->count == TRANSLATORS_MAX || !take_mode(file, from, to))
        return;
    struct translator *t = append(ret, from, to);
    if (t == NULL || translator_find(ret->list, ret->count, t->from, t->to) != NULL)
        return;
    t->name = mem_string(APERTIUM);
    for (size_t i = 0; i < BEGIN; i++)
        t->argv[i] = mem_string(begin[i]);
    t->argv[BEGIN] = file_join(modes, file);
    t->argv[BEGIN + 1] = mem_string(UNKNOWN_UNMARKED);
    ret->count++;
}

void desk_adapters_find(const char *modes, struct desk_adapters *ret)
{
    struct dirent **names = NULL;
    int count = scandir(modes, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        add_mode(modes, names[i]->d_name, ret);
        free(names[i]);
    }
    free(names);
}

void desk_adapters_copy(const struct desk_adapters *from, struct desk_adapters *ret)
{
    *ret = *from;
    for (size_t i = 0; i < ret->count; i++) {
        struct translator *t = &ret->list[i];
        t->name = mem_string(t->name);
        for (size_t k = 0; k < TRANSLATOR_ARGUMENTS_MAX; k++)
            t->argv[k] = t->argv[k] == NULL ? NULL : mem_string(t->argv[k]);
    }
}

/* ---- folders ---- */

static bool is_in(char *const *folders, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(folders[i]);
        if (strncmp(path, folders[i], len) == 0 && path[len] == '/')
            return true;
    }
    return false;
}

void desk_adapters_folders(const struct desk_adapters *a,
                           char *ret[static ADAPTERS_FOLDERS_MAX + 1])
{
    size_t count = 0;
    ret[count++] = mem_string(SYSTEM_FOLDER);
    for (size_t i = 0; i < a->count && count < ADAPTERS_FOLDERS_MAX; i++) {
        const char *path = a->list[i].argv[0];
        size_t len = (size_t)(name_of(path) - path - 1);
        if (!is_in(ret, count, path) && len > 0)
            ret[count++] = mem_string_n(path, len);
    }
    ret[count] = NULL;
}

void desk_adapters_clear(struct desk_adapters *a)
{
    for (size_t i = 0; i < a->count; i++) {
        free(a->list[i].name);
        for (size_t k = 0; k < TRANSLATOR_ARGUMENTS_MAX; k++)
            free(a->list[i].argv[k]);
    }
    *a = (struct desk_adapters){.count = 0};
}
