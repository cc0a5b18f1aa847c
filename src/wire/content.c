#include "wire/content.h"

#include <string.h>

#include "base/memory.h"
#include "wire/content_internal.h"

#define ON(kind) (1U << CONTENT_##kind)

static const struct content_traits kinds[] = {
    [CONTENT_TEXT] = {"text", 0, FIELD(GROUP) | FIELD(TIMER), .erasable = true, .own_words = true,
                      .makes_contact = true},
    [CONTENT_EDIT] = {"edit", FIELD(ID), FIELD(GROUP), CONTENT_ABOUT_OWN, ON(TEXT) | ON(REPLY),
                      .folded = true, .follows = true, .own_words = true, .makes_contact = true},
    [CONTENT_RETRACT] = {"retract", FIELD(ID), FIELD(GROUP), CONTENT_ABOUT_OWN, .folded = true,
                         .makes_contact = true},
    [CONTENT_REPLY] = {"reply", FIELD(FROM) | FIELD(ID), FIELD(GROUP) | FIELD(TIMER),
                       CONTENT_ABOUT_ANY, .erasable = true, .own_words = true,
                       .makes_contact = true},
    [CONTENT_REACT] = {"react", FIELD(FROM) | FIELD(ID), FIELD(GROUP), CONTENT_ABOUT_ANY,
                       .folded = true, .own_words = true},
    [CONTENT_READ] = {"read", FIELD(FROM) | FIELD(ID), FIELD(GROUP), CONTENT_ABOUT_ANY,
                      .folded = true},
    [CONTENT_POSITION] = {"position", 0, FIELD(UNTIL) | FIELD(GROUP) | FIELD(TIMER),
                          .erasable = true, .makes_contact = true},
    [CONTENT_LIVE] = {"live", FIELD(ID) | FIELD(UNTIL), FIELD(GROUP), CONTENT_ABOUT_OWN,
                      ON(POSITION), .folded = true, .follows = true, .makes_contact = true},
    [CONTENT_FILE] = {"file", FIELD(NAME) | FIELD(TYPE) | FIELD(SIZE),
                      FIELD(DURATION) | FIELD(GROUP) | FIELD(TIMER), .erasable = true,
                      .makes_contact = true},
    [CONTENT_GROUP] = {"group", FIELD(ID) | FIELD(SERIAL) | FIELD(NOTE), .own_words = true,
                       .makes_contact = true},
    [CONTENT_CONTACT] = {"contact", FIELD(DO), .own_words = true, .makes_contact = true},
    [CONTENT_POLL] = {"poll", 0, FIELD(GROUP) | FIELD(TIMER), .erasable = true,
                      .makes_contact = true},
    [CONTENT_VOTE] = {"vote", FIELD(FROM) | FIELD(ID), FIELD(GROUP), CONTENT_ABOUT_ANY, ON(POLL),
                      .folded = true, .follows = true, .own_words = true},
};
_Static_assert(sizeof kinds / sizeof kinds[0] == CONTENT_KINDS, "a row for each kind");

static const char *const field_names[] = {
    [FIELD_FROM] = "from",   [FIELD_ID] = "id",         [FIELD_NAME] = "name",
    [FIELD_TYPE] = "type",   [FIELD_SIZE] = "size",     [FIELD_DURATION] = "duration",
    [FIELD_UNTIL] = "until", [FIELD_SERIAL] = "serial", [FIELD_NOTE] = "note",
    [FIELD_DO] = "do",       [FIELD_GROUP] = "group",   [FIELD_TIMER] = "timer",
};
_Static_assert(sizeof field_names / sizeof field_names[0] == FIELDS, "a name for each field");

const struct content_traits *content_traits(enum content_kind kind)
{
    return &kinds[kind];
}

bool content_fits(enum content_kind kind, enum content_kind target)
{
    const struct content_traits *t = content_traits(kind);
    return t->targets == 0 ? kinds[target].erasable : (t->targets & 1U << target) != 0;
}

const char *content_kind_text(enum content_kind kind)
{
    return kinds[kind].name;
}

enum content_kind content_kind_of(const char *name)
{
    enum content_kind kind = CONTENT_TEXT;
    while (kind < CONTENT_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

const char *content_field_name(enum content_field f)
{
    return field_names[f];
}

const char *content_contact_text(enum content_contact contact)
{
    static const char *const texts[] = {"", "request", "accept", "decline"};
    _Static_assert(sizeof texts / sizeof texts[0] == CONTENT_CONTACTS, "a word for each");
    return texts[contact];
}

/* What RFC 3986 lets stand in a query, but not '&', '%' and what has a meaning in XML. */
bool content_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~!$()*,;:@/?+=", c) != NULL);
}

bool content_group_valid(const char *id)
{
    return strlen(id) == CONTENT_GROUP_ID_LEN && strspn(id, "0123456789abcdef") == strlen(id);
}

bool content_reactions_valid(const char *text, size_t len)
{
    char word[CONTENT_REACTION_MAX + 1];
    const char *end = text + len;
    for (unsigned count = 0; count < CONTENT_REACTIONS_MAX; count++) {
        const char *space = memchr(text, ' ', (size_t)(end - text));
        size_t word_len = (size_t)((space == NULL ? end : space) - text);
        if (word_len > CONTENT_REACTION_MAX)
            return false;
        memcpy(word, text, word_len);
        word[word_len] = '\0';
        if (strlen(word) != word_len || !value_line_valid(word, CONTENT_REACTION_MAX))
            return false;
        if (space == NULL)
            return true;
        text = space + 1;
    }
    return false;
}

/* Printable ASCII without spaces, behind that scheme. */
static bool is_uri(const char *url, const char *scheme)
{
    if (strncmp(url, scheme, strlen(scheme)) != 0)
        return false;
    for (const char *c = url; *c != '\0'; c++)
        if (*c <= 0x20 || *c > 0x7e)
            return false;
    return true;
}

bool content_url_valid(const char *url)
{
    return is_uri(url, "aesgcm://");
}

bool content_preview_valid(const char *url)
{
    return is_uri(url, "data:");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *content_first_line(const char *text, size_t len)
{
    while (len > 0 && is_blank(*text)) {
        text++;
        len--;
    }
    const char *newline = memchr(text, '\n', len);
    size_t line = newline == NULL ? len : (size_t)(newline - text);
    if (line > CONTENT_QUOTE_MAX) {
        line = CONTENT_QUOTE_MAX;
        while (line > 0 && ((unsigned char)text[line] & 0xc0) == 0x80)
            line--;
    }
    while (line > 0 && is_blank(text[line - 1]))
        line--;
    return mem_string_n(text, line);
}
