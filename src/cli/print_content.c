/* What a message is beside its text, for a person: device messages and archive read. */
#include <string.h>

#include "cli/print.h"

static const char *text_of(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s == NULL ? "" : s;
}

static void put(const char *text)
{
    print_text(text, strlen(text), 4);
}

static void print_about(const json_t *m, const char *what)
{
    const json_t *about = json_object_get(m, "about");
    printf("    (%s message ", what);
    put(text_of(about, "id"));
    fputs(" of ", stdout);
    put(text_of(about, "from"));
    puts(")");
}

static void print_kind(const json_t *m, const char *kind)
{
    static const char *const about[][2] = {{"edit", "corrects"}, {"retract", "takes back"},
                                           {"reply", "answers"}, {"react", "reacts to"},
                                           {"read", "has read"}, {"live", "updates"}};
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++)
        if (strcmp(kind, about[i][0]) == 0)
            print_about(m, about[i][1]);
    if (strcmp(kind, "file") == 0) {
        print_file(m);
    }
    if (json_object_get(m, "group") != NULL)
        printf("    (to the group %s)\n", text_of(m, "group"));
    if (json_object_get(m, "until") != NULL)
        printf("    (live until %s)\n", text_of(m, "until"));
    if (json_object_get(m, "timer") != NULL)
        printf(
            "    (disappears from devices %lld seconds after it was read; the archive keeps it)\n",
            (long long)json_integer_value(json_object_get(m, "timer")));
}

static void print_reactions(const json_t *list)
{
    size_t i;
    json_t *r;
    json_array_foreach((json_t *)(uintptr_t)list, i, r)
    {
        fputs("    ", stdout);
        print_list(json_object_get(r, "reactions"), " ");
        printf("  %s\n", text_of(r, "from"));
    }
}

void print_content(const json_t *m)
{
    const char *gone = text_of(m, "gone");
    if (gone[0] != '\0') {
        printf("    (%s; the archive keeps what was said)\n",
               strcmp(gone, "timer") == 0 ? "disappeared after its time" : "taken back");
        return;
    }
    print_kind(m, text_of(m, "kind"));
    if (json_object_get(m, "edited") != NULL)
        puts("    (edited; the archive keeps what was said before)");
    if (json_object_get(m, "updated") != NULL)
        printf("    (position of %s)\n", text_of(m, "updated"));
    print_reactions(json_object_get(m, "reactions_of"));
    if (json_object_get(m, "read_by") != NULL) {
        fputs("    (read by ", stdout);
        print_list(json_object_get(m, "read_by"), ", ");
        puts(")");
    }
}
