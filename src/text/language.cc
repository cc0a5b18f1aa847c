#include "text/language.h"

#include <cstdio> /* which the next one needs and leaves out */

#include <cld2/public/compact_lang_det.h>
#include <climits>
#include <cstring>

/* CLD2's word for it as ISO 639-1; "" for those that have none of two letters. */
static const char *iso(CLD2::Language language)
{
    const char *code = CLD2::LanguageCode(language);
    if (std::strcmp(code, "iw") == 0)
        return "he";
    if (std::strncmp(code, "zh", 2) == 0)
        return "zh";
    return std::strlen(code) == 2 && std::strcmp(code, "un") != 0 ? code : "";
}

const char *language_code(const char *text, size_t len)
{
    CLD2::Language languages[3];
    int percents[3], text_bytes = 0, valid_bytes = 0;
    double scores[3];
    bool reliable = false;
    if (len > INT_MAX)
        return "";
    CLD2::Language language = CLD2::ExtDetectLanguageSummaryCheckUTF8(
        text, static_cast<int>(len), true, nullptr, 0, languages, percents, scores, nullptr,
        &text_bytes, &reliable, &valid_bytes);
    return reliable ? iso(language) : "";
}
