/* rsmf_manifest.json: who, which conversation, what happened. What is about a message of the same
 * file is told in that one's event, all else is an event of its own: a reference never leads out of
 * it. */
#include <string.h>

#include "forms/threads_internal.h"

#define CONVERSATION_ID "C1" /* there is one in each file */

static size_t place(const struct thread *t, const struct view_message *m)
{
    return (size_t)(m - t->view->messages);
}

/* Is what it is about an event of this file? */
static json_t *target(const struct thread *t, const struct view_message *m)
{
    return m->about == NULL ? NULL : t->events[place(t, m->about)];
}

static bool is_folded(const struct view_message *m)
{
    return m->redacted == NULL && content_traits(m->kind)->folded;
}

void threads_person(const struct view_name *person, char ret[static THREADS_PERSON_BYTES])
{
    snprintf(ret, THREADS_PERSON_BYTES, "P%zu", person->number + 1);
}

static json_t *person_id(const struct view_name *person)
{
    char id[THREADS_PERSON_BYTES];
    threads_person(person, id);
    return json_string(id);
}

/* ---- an event ---- */

/* Its words; before them what it does, where no field of RSMF tells that. */
static json_t *body_of(const struct thread *t, const struct view_message *m)
{
    if (m->redacted != NULL)
        return json_sprintf("[redacted: %s]", m->redacted);
    bool told = m->kind == CONTENT_REPLY && target(t, m) != NULL;
    if (m->head[0] == '\0' || told)
        return json_string(m->text);
    return json_sprintf("[%s]%s%s", m->head, m->text[0] == '\0' ? "" : "\n", m->text);
}

bool threads_attached(const struct view_message *m)
{
    return m->file != NULL && m->file->path != NULL;
}

static json_t *attachment(const struct view_message *m)
{
    return json_pack("[{so so sI}]", "id", json_sprintf("%s.txt", m->bates), "display",
                     json_sprintf("%s (%s)", m->file->name, m->file->path), "size",
                     (json_int_t)m->file->size);
}

static json_t *event_of(struct thread *t, const struct view_message *m)
{
    json_t *event = json_pack("{ss ss so so ss ss}", "id", m->bates, "type", "message", "body",
                              body_of(t, m), "participant", person_id(m->from), "conversation",
                              CONVERSATION_ID, "timestamp", m->at);
    if (target(t, m) != NULL)
        json_object_set_new(event, "parent", json_string(m->about->bates));
    if (threads_attached(m)) {
        json_object_set_new(event, "attachments", attachment(m));
        t->attachment_count++;
    }
    json_object_set_new(event, "custom", threads_customs(m));
    t->event_count++;
    return event;
}

/* ---- the file ---- */

/* In the order of their times. What its sender dated before what it is about is an event of its
 * own. */
static void put_events(struct thread *t, json_t *list)
{
    for (size_t i = t->from; i < t->end; i++)
        t->events[place(t, t->view->order[i])] = NULL;
    for (size_t i = t->from; i < t->end; i++) {
        const struct view_message *m = t->view->order[i];
        json_t *into = target(t, m);
        if (is_folded(m) && into != NULL) {
            threads_fold(into, m);
            continue;
        }
        json_t *event = event_of(t, m);
        json_array_append_new(list, event);
        if (!is_folded(m))
            t->events[place(t, m)] = event;
    }
    for (size_t i = t->from; i < t->end; i++)
        t->events[place(t, t->view->order[i])] = NULL;
}

static json_t *people_of(const struct thread *t, bool in_full)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->people_count; i++) {
        const struct view_name *person = t->people[i];
        json_array_append_new(list,
                              in_full ? json_pack("{so ss ss}", "id", person_id(person), "display",
                                                  person->text, "account_id", person->text)
                                      : person_id(person));
    }
    return list;
}

static json_t *conversation_of(const struct thread *t)
{
    CLEANUP_BUF struct buf name = BUF_INIT(THREADS_MAX);
    const struct view_message *first = t->view->order[t->from];
    view_put_conversation(&name, first->conversation, buf_put_text);
    json_t *custom = json_array();
    threads_custom(custom, "package", t->view->part->package);
    threads_custom(custom, "selection", t->view->title);
    return json_pack("{ss ss ss so so}", "id", CONVERSATION_ID, "display", buf_text(&name),
                     "platform", "ironside", "participants", people_of(t, false), "custom", custom);
}

json_t *threads_manifest(struct thread *t)
{
    json_t *events = json_array();
    put_events(t, events);
    return json_pack("{ss ss so s[o] so}", "version", THREADS_VERSION, "eventcollectionid",
                     t->view->order[t->from]->conversation->text, "participants",
                     people_of(t, true), "conversations", conversation_of(t), "events", events);
}
