/* A line of a replay file. */
#include "fuzz.h"
#include "launch/replay_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    struct replay_line l;
    struct diag d = {""};
    if (replay_line_parse((const char *)data, len, &a, &l, &d) < 0) {
        FUZZ_MUST(d.text[0] != '\0');
        return 0;
    }
    FUZZ_MUST(value_id_valid(l.id) && l.to_count >= 1 && l.to_count <= VALUE_RECIPIENTS_MAX);
    if (l.kind == CONTENT_FILE)
        FUZZ_MUST(l.file != NULL && l.file_as != NULL && l.body == NULL);
    else if (l.kind == CONTENT_GROUP)
        FUZZ_MUST(l.group != NULL && l.name != NULL && l.removed_count <= l.to_count);
    else
        FUZZ_MUST(strlen(l.body) == l.body_len && l.body_len <= VALUE_BODY_MAX);
    for (size_t i = 0; i < l.to_count; i++)
        FUZZ_MUST(strcmp(l.to[i], l.from) != 0);
    return 0;
}
