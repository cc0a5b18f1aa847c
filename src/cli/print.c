#include "cli/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 80

void print_json(const json_t *o)
{
    json_dumpf(o, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    putchar('\n');
}

/* U+0080 to U+009F, as UTF-8 has them, are control characters too. */
static bool is_control(const unsigned char *c, size_t left)
{
    return *c < 0x20 || *c == 0x7f || (*c == 0xc2 && left > 1 && c[1] >= 0x80 && c[1] < 0xa0);
}

void print_text(const char *text, size_t len, int indent)
{
    bool owed = false; /* the indentation, until the line has something */
    for (size_t i = 0; i < len; i++) {
        const unsigned char *c = (const unsigned char *)text + i;
        if (*c == '\n') {
            putchar('\n');
            owed = true;
            continue;
        }
        if (owed)
            printf("%*s", indent, "");
        owed = false;
        if (*c == '\t') {
            putchar(' ');
        } else if (is_control(c, len - i)) {
            fputs("\xef\xbf\xbd", stdout); /* U+FFFD */
            i += *c == 0xc2;
        } else {
            putchar(*c);
        }
    }
}

/* Characters of UTF-8. */
static int width_of(const char *text, size_t len)
{
    int width = 0;
    for (size_t i = 0; i < len; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

void print_paragraph(const char *text, int indent)
{
    int column = 0;
    while (*(text += strspn(text, " ")) != '\0') {
        size_t len = strcspn(text, " ");
        int width = width_of(text, len);
        if (column > 0 && column + 1 + width > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        if (column == 0)
            column = printf("%*s", indent, "");
        else
            column += printf(" ");
        print_text(text, len, indent);
        column += width;
        text += len;
    }
    putchar('\n');
}

void print_nothing(bool json, size_t count, const char *text)
{
    if (!json && count == 0)
        fprintf(stderr, "%s\n", text);
}

void print_count(uint64_t n, const char *one, const char *many)
{
    printf("%" PRIu64 " %s", n, n == 1 ? one : many);
}

static bool styled(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL && term != NULL &&
           strcmp(term, "dumb") != 0;
}

void print_heading(const char *text)
{
    printf("%s%s%s\n", styled() ? "\033[1m" : "", text, styled() ? "\033[0m" : "");
}

void print_list(const json_t *list, const char *separator)
{
    size_t i;
    json_t *word;
    json_array_foreach((json_t *)(uintptr_t)list, i, word)
    {
        if (i > 0)
            fputs(separator, stdout);
        print_text(json_string_value(word), json_string_length(word), 0);
    }
    if (json_array_size(list) == 0)
        fputs("none", stdout);
}

static const char *text_of(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s == NULL ? "" : s;
}

static const json_t *find_warrant(const json_t *policy, const char *id)
{
    size_t i;
    json_t *w;
    json_array_foreach(json_object_get(policy, "warrants"), i,
                       w) if (strcmp(text_of(w, "id"), id) == 0) return w;
    return NULL;
}

static void print_agencies(const json_t *warrant)
{
    size_t i;
    json_t *agency;
    json_array_foreach(json_object_get(warrant, "agencies"), i, agency)
        printf("%s%s", i > 0 ? ", " : "", text_of(agency, "name"));
}

/* "archived under 2026-0001: north, south can read it" */
static void print_readers(const json_t *message, const json_t *policy)
{
    size_t i;
    json_t *id;
    if (!json_is_true(json_object_get(message, "archived"))) {
        fputs("not archived: no warrant covers it", stdout);
        return;
    }
    fputs("archived under ", stdout);
    json_array_foreach(json_object_get(message, "warrants"), i, id)
    {
        const json_t *w = find_warrant(policy, json_string_value(id));
        printf("%s%s", i > 0 ? "; " : "", json_string_value(id));
        if (w != NULL) {
            fputs(": ", stdout);
            print_agencies(w);
            fputs(" can read it", stdout);
        }
    }
}

void print_body(const char *text, size_t len)
{
    if (len > 0 && text[0] != '\n')
        fputs("    ", stdout);
    print_text(text, len, 4);
    putchar('\n');
}

void print_file(const json_t *file)
{
    const char *name = text_of(file, "name");
    uint64_t size = (uint64_t)json_integer_value(json_object_get(file, "size"));
    json_int_t duration = json_integer_value(json_object_get(file, "duration"));
    fputs("    ", stdout);
    fputs(duration > 0 ? "voice note " : "file ", stdout);
    print_text(name, strlen(name), 4);
    printf(" (%s, %" PRIu64 " %s", text_of(file, "type"), size < 10240 ? size : size / 1024,
           size < 10240 ? "bytes" : "KiB");
    if (duration > 0)
        printf(", %d:%02d minutes", (int)(duration / 60), (int)(duration % 60));
    puts(")");
}

bool print_is_file(const json_t *message)
{
    return strcmp(text_of(message, "kind"), "file") == 0;
}

void print_message(const json_t *message, const json_t *policy, const char *own_account)
{
    const json_t *body = json_object_get(message, "body");
    const char *at = text_of(message, "at"), *from = text_of(message, "from");
    printf("%.10s %.5s  ", at, strlen(at) > 11 ? at + 11 : "");
    print_text(from, strlen(from), 0);
    printf("%s → ", strcmp(from, own_account) == 0 ? " (this device)" : "");
    print_list(json_object_get(message, "to"), ", ");
    putchar('\n');
    if (json_object_get(message, "gone") == NULL && !print_is_file(message))
        print_body(json_string_value(body), json_string_length(body));
    print_content(message);
    fputs("    [", stdout);
    print_readers(message, policy);
    fputs("]\n", stdout);
}

static void print_scope(const json_t *w)
{
    const char *scope = text_of(w, "scope");
    if (strcmp(scope, "all") == 0)
        fputs("all accounts", stdout);
    else if (strcmp(scope, "accounts") == 0)
        print_count((uint64_t)json_integer_value(json_object_get(w, "accounts")), "named account",
                    "named accounts");
    else {
        fputs("devices in ", stdout);
        print_list(json_object_get(w, "countries"), ", ");
    }
    if (json_array_size(json_object_get(w, "exclude")) > 0) {
        fputs(", except devices in ", stdout);
        print_list(json_object_get(w, "exclude"), ", ");
    }
    if (!json_is_true(json_object_get(w, "names_you")))
        fputs(" (not this account)", stdout);
}

static void print_warrant(const json_t *w)
{
    size_t i;
    json_t *agency;
    const char *authority = text_of(w, "authority");
    printf("\n  Warrant %s%s\n    issued by   ", text_of(w, "id"),
           json_is_true(json_object_get(w, "in_force")) ? ", in force" : ", not in force today");
    print_text(authority, strlen(authority), 4);
    printf("\n    days        %s to %s\n    covers      ", text_of(w, "from"), text_of(w, "until"));
    print_scope(w);
    printf("\n    archived by %s\n", text_of(w, "bot"));
    json_array_foreach(json_object_get(w, "agencies"), i, agency)
        printf("    read by     %-12s %s\n", text_of(agency, "name"), text_of(agency, "recipient"));
}

static void print_history(const json_t *history)
{
    size_t i, k;
    json_t *entry, *change;
    print_heading("What has changed, as this device saw it");
    json_array_foreach((json_t *)(uintptr_t)history, i, entry)
    {
        printf("  policy %lld, issued %.10s, seen here %.10s\n",
               (long long)json_integer_value(json_object_get(entry, "serial")),
               text_of(entry, "issued"), text_of(entry, "seen"));
        json_array_foreach(json_object_get(entry, "changes"), k, change)
        {
            fputs("    ", stdout);
            print_text(json_string_value(change), json_string_length(change), 4);
            putchar('\n');
        }
    }
}

void print_policy(const json_t *policy)
{
    size_t i;
    json_t *w;
    const json_t *p = json_object_get(policy, "policy"), *history;
    print_heading("Who can read what you send on this network");
    printf("  %s, network %s%s\n", text_of(policy, "account"), text_of(policy, "network"),
           strcmp(text_of(policy, "kind"), "replay") == 0 ? " (a replay)" : "");
    print_paragraph(text_of(p, "notice"), 2);
    fputs("\n  You, whoever you write to, and today: ", stdout);
    print_list(json_object_get(policy, "readers"), ", ");
    putchar('\n');
    json_array_foreach(json_object_get(policy, "warrants"), i, w) print_warrant(w);
    printf("\n  Without a warrant %s.\n  Policy %lld, issued %.10s.\n\n",
           strcmp(text_of(p, "without_warrant"), "stop") == 0
               ? "the network rests: nothing is delivered"
               : "messages are delivered and not archived",
           (long long)json_integer_value(json_object_get(p, "serial")), text_of(p, "issued"));
    history = json_object_get(policy, "history");
    if (history != NULL)
        print_history(history);
}
