/* What is shown with another message: in that one's event, and named there by its own number. */
#include <inttypes.h>
#include <string.h>

#include "forms/threads_internal.h"

/* The member, made as an empty list where there is none. */
static json_t *list_of(json_t *event, const char *name)
{
    json_t *list = json_object_get(event, name);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(event, name, list);
    }
    return list;
}

static void fold_edit(json_t *event, const struct view_message *m, const char *person)
{
    json_t *previous = json_object_get(event, "body");
    json_array_append_new(list_of(event, "edits"),
                          json_pack("{ss ss sO ss}", "participant", person, "timestamp", m->at,
                                    "previous", previous, "new", m->text));
    if (m->about->redacted == NULL)
        json_object_set_new(event, "body", json_string(m->text));
}

/* The latest of a person's reactions takes the place of all that were before. */
static void forget_reactions(json_t *list, const char *person)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        const json_t *people = json_object_get(json_array_get(list, i), "participants");
        if (strcmp(json_string_value(json_array_get(people, 0)), person) == 0)
            json_array_remove(list, i);
    }
}

static void fold_reactions(json_t *event, const struct view_message *m, const char *person)
{
    json_t *list = list_of(event, "reactions");
    forget_reactions(list, person);
    for (const char *word = m->text; *word != '\0';) {
        size_t len = strcspn(word, " \n\t");
        if (len > 0)
            json_array_append_new(list, json_pack("{ss% si s[s]}", "value", word, len, "count", 1,
                                                  "participants", person));
        word += len + (word[len] != '\0');
    }
}

static void fold_read(json_t *event, const struct view_message *m, const char *person)
{
    json_array_append_new(
        list_of(event, "read_receipts"),
        json_pack("{ss ss ss}", "participant", person, "timestamp", m->at, "action", "read"));
}

/* All of them: what RSMF has a field for, and what not. */
static void note(json_t *event, const struct view_message *m)
{
    CLEANUP_BUF struct buf b = BUF_INIT(THREADS_MAX);
    buf_format(&b, "%s by %s at %s", content_kind_text(m->kind), m->from->text, m->at);
    if (m->kind != CONTENT_EDIT && m->text[0] != '\0')
        buf_format(&b, ": %s", m->text);
    if (m->position != NULL)
        buf_format(&b, ": %s", m->head);
    buf_format(&b, "; archived %s, bot %s, leaf %" PRIu64 ", warrant %s", m->archived, m->bot,
               m->leaf, m->warrant);
    if (m->wrong[0] != '\0')
        buf_format(&b, "; unverified: %s", m->wrong);
    threads_custom(list_of(event, "custom"), m->bates, buf_text(&b));
}

void threads_fold(json_t *event, const struct view_message *m)
{
    char person[THREADS_PERSON_BYTES];
    threads_person(m->from, person);
    if (m->kind == CONTENT_EDIT)
        fold_edit(event, m, person);
    else if (m->kind == CONTENT_RETRACT)
        json_object_set_new(event, "deleted", json_true());
    else if (m->kind == CONTENT_REACT)
        fold_reactions(event, m, person);
    else if (m->kind == CONTENT_READ)
        fold_read(event, m, person);
    note(event, m);
}
