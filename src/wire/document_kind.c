/* One row a kind. */
#include <string.h>

#include "wire/document.h"

static const struct document_traits kinds[] = {
    [DOCUMENT_NETWORK] = {"network", 1},
    [DOCUMENT_POLICY] = {"policy", 2, .logged = true},
    [DOCUMENT_WARRANT] = {"warrant", 1, .logged = true},
    [DOCUMENT_EPOCHS] = {"epochs", 1, .logged = true},
    [DOCUMENT_CERTIFICATE] = {"device", 1, .logged = true, .tagged = true, .hidden = true},
    [DOCUMENT_PLACE] = {"place", 1},
    [DOCUMENT_STATEMENT] = {"statement", 1, .logged = true, .of_bot = true},
    [DOCUMENT_DESTRUCTION] = {"destruction", 1, .logged = true, .of_bot = true},
    [DOCUMENT_EXEMPTIONS] = {"exemptions", 1, .logged = true},
    [DOCUMENT_USE] = {"use", 1, .logged = true, .tagged = true},
};
_Static_assert(sizeof kinds / sizeof kinds[0] == DOCUMENT_KINDS, "a row for each document kind");

const struct document_traits *document_traits(enum document_kind kind)
{
    return kind > 0 && (size_t)kind < DOCUMENT_KINDS ? &kinds[kind] : NULL;
}

const char *document_kind_text(enum document_kind kind)
{
    const struct document_traits *t = document_traits(kind);
    return t == NULL ? NULL : t->word;
}

enum document_kind document_kind_of(const char *word)
{
    for (size_t i = 1; i < DOCUMENT_KINDS; i++)
        if (strcmp(kinds[i].word, word) == 0)
            return (enum document_kind)i;
    return 0;
}
