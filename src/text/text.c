#include "text/text.h"

#include <string.h>
#include <unicode/uvernum.h>

#include "base/memory.h"
#include "text/language.h"
#include "text/text_internal.h"

/* Both are raised by hand: what the tokenizer makes of a text; the list in common.c. */
#define TOKENIZER_VERSION "1"
#define COMMON_VERSION "1"

int text_icu_failed(UErrorCode code, struct diag *d, const char *what)
{
    return diag_set(d, ERR_IO, "ICU cannot %s: %s", what, u_errorName(code));
}

static int open_parts(struct text *t, struct diag *d)
{
    UErrorCode e = U_ZERO_ERROR;
    t->breaks = ubrk_open(UBRK_WORD, "", NULL, 0, &e);
    if (U_FAILURE(e))
        return text_icu_failed(e, d, "find words");
    text_common_fill(&t->common);
    int r = text_folder_init(&t->folder, d);
    return r != 0 ? r : text_latin_new(&t->latin, d);
}

int text_new(struct text **ret, struct diag *d)
{
    CLEANUP(text_free_cleanup) struct text *t = mem_new(sizeof *t);
    int r = open_parts(t, d);
    if (r != 0)
        return r;
    *ret = TAKE(t);
    return 0;
}

void text_free(struct text *t)
{
    if (t == NULL)
        return;
    if (t->breaks != NULL)
        ubrk_close(t->breaks);
    text_latin_free(t->latin);
    explicit_bzero(t, sizeof *t); /* texts of people */
    free(t);
}

const char *text_version(void)
{
    return "desk " TOKENIZER_VERSION ", ICU " U_ICU_VERSION ", common words " COMMON_VERSION;
}

const char *text_language(const char *text, size_t len)
{
    return language_code(text, len);
}
