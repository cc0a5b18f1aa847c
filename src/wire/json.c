#include "wire/json.h"

#include "base/calendar.h"
#include "base/encode.h"

json_t *json_of_day(int64_t day)
{
    char text[CALENDAR_DAY_LEN + 1];
    calendar_format_day(day, text);
    return json_string(text);
}

json_t *json_of_instant(int64_t at_unix_ms)
{
    char text[CALENDAR_INSTANT_LEN + 1];
    calendar_format(at_unix_ms, text);
    return json_string(text);
}

json_t *json_of_words(const char *const *words, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

json_t *json_of_agency(const struct warrant_agency *a)
{
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_base64(a->desk, sizeof a->desk, key);
    return json_pack("{ss ss so}", "name", a->name, "recipient", a->recipient_text, "desk",
                     a->has_desk ? json_string(key) : json_null());
}
