/* What a message is beside its text, for a person: device messages and archive read. */
#include <string.h>

#include "cli/print.h"
#include "wire/content.h"

#define INDENT 4U

static void print_about(const json_t *m, const char *what)
{
    const json_t *about = json_object_get(m, "about");
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "(%s message ", what);
    line_foreign(&l, print_text_of(about, "id"));
    line_put(&l, " of ");
    line_foreign(&l, print_text_of(about, "from"));
    line_put(&l, ")");
    line_end(&l, INDENT);
}

/* "(WHAT VALUE)"; the value is an instant or a text, or NULL. */
static void print_remark(const char *what, const char *value)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    line_put(&l, "(%s%s", what, value == NULL ? "" : " ");
    line_time(&l, value);
    line_put(&l, ")");
    line_end(&l, INDENT);
}

/* What it does to the message that it is about. */
static const char *about_words(enum content_kind kind)
{
    static const char *const words[] = {
        [CONTENT_EDIT] = "corrects", [CONTENT_RETRACT] = "takes back",
        [CONTENT_REPLY] = "answers", [CONTENT_REACT] = "reacts to",
        [CONTENT_READ] = "has read", [CONTENT_LIVE] = "updates",
        [CONTENT_VOTE] = "votes in",
    };
    _Static_assert(sizeof words / sizeof words[0] == CONTENT_KINDS, "words for the last kind");
    return words[kind];
}

static void print_kind(const json_t *m, const char *kind)
{
    enum content_kind k = content_kind_of(kind);
    if (k < CONTENT_KINDS && content_traits(k)->about != CONTENT_BY_ITSELF)
        print_about(m, about_words(k));
    if (strcmp(kind, "file") == 0)
        print_file(m);
    if (json_object_get(m, "group") != NULL)
        print_remark("to the group", print_text_of(m, "group"));
    if (json_object_get(m, "until") != NULL)
        print_remark("live until", print_text_of(m, "until"));
    if (json_object_get(m, "timer") != NULL) {
        CLEANUP_LINE struct line l = LINE_INIT;
        line_put(&l,
                 "(disappears from devices %lld seconds after it was read; the archive keeps it)",
                 (long long)json_integer_value(json_object_get(m, "timer")));
        line_end(&l, INDENT);
    }
}

static void print_reactions(const json_t *list)
{
    size_t i;
    json_t *r;
    CLEANUP_LINE struct line l = LINE_INIT;
    json_array_foreach((json_t *)(uintptr_t)list, i, r)
    {
        print_list(&l, json_object_get(r, "reactions"), " ");
        line_put(&l, "  ");
        line_foreign(&l, print_text_of(r, "from"));
        line_end(&l, INDENT);
    }
}

/* "1 for Pizza: anna@chat.example" */
static void print_votes(const json_t *list)
{
    size_t i;
    json_t *v;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        CLEANUP_LINE struct line l = LINE_INIT;
        const json_t *from = json_object_get(v, "from");
        line_put(&l, "%lld for ", (long long)json_integer_value(json_object_get(v, "count")));
        line_foreign(&l, print_text_of(v, "option"));
        if (json_array_size(from) > 0) {
            line_put(&l, ": ");
            print_list(&l, from, ", ");
        }
        line_end(&l, INDENT);
    }
}

void print_content(const json_t *m)
{
    const char *gone = print_text_of(m, "gone");
    if (gone[0] != '\0') {
        print_remark(strcmp(gone, "timer") == 0
                         ? "disappeared after its time; the archive keeps what was said"
                         : "taken back; the archive keeps what was said",
                     NULL);
        return;
    }
    print_kind(m, print_text_of(m, "kind"));
    if (json_object_get(m, "edited") != NULL)
        print_remark("edited; the archive keeps what was said before", NULL);
    if (json_object_get(m, "updated") != NULL)
        print_remark("position of", print_text_of(m, "updated"));
    print_votes(json_object_get(m, "votes"));
    print_reactions(json_object_get(m, "reactions_of"));
    if (json_object_get(m, "read_by") != NULL) {
        CLEANUP_LINE struct line l = LINE_INIT;
        line_put(&l, "(read by ");
        print_list(&l, json_object_get(m, "read_by"), ", ");
        line_put(&l, ")");
        line_end(&l, INDENT);
    }
}
