#include "text/text.h"

#include <string.h>
#include <unicode/uloc.h>

void text_language_code(const char *name, char ret[static TEXT_LANGUAGE_MAX + 1])
{
    UErrorCode e = U_ZERO_ERROR;
    int32_t len = uloc_getLanguage(name, ret, (int32_t)TEXT_LANGUAGE_MAX + 1, &e);
    if (U_FAILURE(e) || len <= 0 || (size_t)len > TEXT_LANGUAGE_MAX)
        ret[0] = '\0';
}
