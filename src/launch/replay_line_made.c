/* Lines of which the device itself makes what is said: files and lists of a group's members. */
#include <string.h>

#include "launch/replay_line.h"
#include "wire/file_content.h"
#include "wire/group.h"

static int read_file(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    static const char *const ways[] = {"file", "photo", "voice"};
    l->file = replay_line_text(a, json_object_get(o, "file"), CONTENT_NAME_MAX);
    l->file_as = replay_line_text(a, json_object_get(o, "as"), CONTENT_NAME_MAX);
    if (l->file == NULL || !file_content_name_valid(replay_line_name(l->file)))
        return diag_set(d, ERR_FORMAT, "'file' is not a file's path, of 1 to %u bytes",
                        CONTENT_NAME_MAX);
    for (size_t i = 0; l->file_as != NULL && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(l->file_as, ways[i]) == 0)
            return 0;
    return diag_set(d, ERR_FORMAT, "'as' is not file, photo or voice");
}

static int read_removed(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    const json_t *list = json_object_get(o, "remove");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *address = replay_line_text(a, json_array_get(list, i), REPLAY_ADDRESS_MAX);
        if (address == NULL || !replay_line_lists(l->to, l->to_count, address) ||
            replay_line_lists(l->removed, l->removed_count, address))
            return diag_set(d, ERR_FORMAT, "'remove' names somebody who is not in 'to', or twice");
        l->removed[l->removed_count++] = address;
    }
    return 0;
}

static int read_group(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    l->name = replay_line_text(a, json_object_get(o, "name"), GROUP_NAME_MAX);
    if (l->group == NULL)
        return diag_set(d, ERR_FORMAT, "'group' is not an id of %u hexadecimal digits",
                        CONTENT_GROUP_ID_LEN);
    if (l->name == NULL)
        return diag_set(d, ERR_FORMAT, "'name' is not a group's name, of 1 to %u bytes",
                        GROUP_NAME_MAX);
    return read_removed(o, a, l, d);
}

int replay_line_made(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    const json_t *group = json_object_get(o, "group");
    l->group = replay_line_text(a, group, CONTENT_GROUP_ID_LEN);
    if (json_object_get(o, "body") != NULL)
        return diag_set(d, ERR_FORMAT, "what is said as kind %s the device makes: it has no 'body'",
                        content_kind_text(l->kind));
    if (group != NULL && (l->group == NULL || !content_group_valid(l->group)))
        return diag_set(d, ERR_FORMAT, "'group' is not an id of %u hexadecimal digits",
                        CONTENT_GROUP_ID_LEN);
    return l->kind == CONTENT_FILE ? read_file(o, a, l, d) : read_group(o, a, l, d);
}
