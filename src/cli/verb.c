#include "cli/verb.h"

#include <stdio.h>
#include <string.h>

#include "base/streams.h"

static void print_name(FILE *to, const struct verb *v)
{
    fprintf(to, "ironside %s%s%s", v->noun, v->noun[0] == '\0' ? "" : " ", v->name);
}

static void print_help(const struct verb *v)
{
    fputs("usage: ", stdout);
    print_name(stdout, v);
    printf(" %s\n%s\n", v->usage, v->help);
    if (v->more != NULL)
        printf("\n%s", v->more);
}

__attribute__((format(printf, 3, 0))) static void line(const struct verb *v, const char *behind,
                                                       const char *fmt, va_list ap)
{
    char text[1024];
    vsnprintf(text, sizeof text, fmt, ap);
    diag_clean(text);
    print_name(stderr, v);
    fprintf(stderr, ": %s%s\n", text, behind);
}

int verb_fail(const struct verb *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(v, "", fmt, ap);
    va_end(ap);
    return VERB_FAILED;
}

int verb_misused(const struct verb *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(v, " (see --help)", fmt, ap);
    va_end(ap);
    return VERB_USAGE;
}

int verb_shown(const struct verb *v)
{
    struct diag d;
    return streams_shown(&d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

static int add_to_list(const struct verb *v, const struct option_spec *o, const char *value)
{
    for (size_t i = 0; i < o->list_max; i++)
        if (o->list[i] == NULL) {
            o->list[i] = value;
            return VERB_OK;
        }
    return verb_misused(v, "--%s is given more than %zu times", o->name, o->list_max);
}

/* argv[*at] is an option; takes its value too. */
static int take_option(const struct verb *v, int argc, char **argv, int *at,
                       const struct option_spec *options, size_t count)
{
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    for (size_t i = 0; i < count; i++) {
        const struct option_spec *o = &options[i];
        if (strlen(o->name) != len || strncmp(o->name, name, len) != 0)
            continue;
        if (o->flag) {
            if (equals != NULL)
                return verb_misused(v, "--%s takes no value", o->name);
            *o->set = true;
            return VERB_OK;
        }
        const char *value = equals != NULL ? equals + 1 : *at + 1 < argc ? argv[++*at] : NULL;
        if (value == NULL)
            return verb_misused(v, "--%s needs a value", o->name);
        if (o->list != NULL)
            return add_to_list(v, o, value);
        *o->value = value;
        return VERB_OK;
    }
    return verb_misused(v, "there is no option --%.*s", (int)len, name);
}

int verb_parse(const struct verb *v, int argc, char **argv, const struct option_spec *options,
               size_t count, const char **ret_words, size_t max_words, size_t *ret_count)
{
    bool only_words = false;
    *ret_count = 0;
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--help") == 0) {
            print_help(v);
            return -1;
        }
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            int r = take_option(v, argc, argv, &i, options, count);
            if (r != VERB_OK)
                return r;
        } else if (*ret_count == max_words) {
            return verb_misused(v, "'%s' is a word too many", argv[i]);
        } else {
            ret_words[(*ret_count)++] = argv[i];
        }
    }
    return VERB_OK;
}
