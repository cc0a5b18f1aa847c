/* Shared by the files of threads: one conversation's messages of one UTC day, as RSMF 2.0. */
#ifndef IRONSIDE_FORMS_THREADS_INTERNAL_H
#define IRONSIDE_FORMS_THREADS_INTERNAL_H

#include <jansson.h>

#include "forms/view.h"

#define THREADS_MAX (1U << 30) /* bytes of one */
#define THREADS_PERSON_BYTES 24U
#define THREADS_VERSION "2.0.0"

struct thread {
    const struct view *view;
    size_t from, end; /* in the view's order */
    const struct view_name **people;
    size_t people_count;
    json_t **events; /* by their message's place in the part; borrowed from the manifest */
    size_t event_count, attachment_count;
};

/* The manifest, the caller's; counts events and attachments. */
json_t *threads_manifest(struct thread *t);
/* Puts what is shown with another message (a correction, a reaction …) into that one's event. */
void threads_fold(json_t *event, const struct view_message *m);
/* Appends {name, value} to the list; a value of "" is left out, as the schema has it. */
void threads_custom(json_t *list, const char *name, const char *value);
/* All that RSMF has no field for. */
json_t *threads_customs(const struct view_message *m);
/* "P1" */
void threads_person(const struct view_name *person, char ret[static THREADS_PERSON_BYTES]);
/* Has it a file that is in the package? Then it has an attachment, BATES.txt, that says where. */
bool threads_attached(const struct view_message *m);

/* Appends rsmf.zip: the manifest, and the attachments. ERR_IO, ERR_LIMIT. */
int threads_zip(const struct thread *t, const json_t *manifest, struct buf *b,
                struct diag *d) MUST_USE;
/* Appends the mail around it. */
void threads_mail(const struct thread *t, const struct buf *zip, struct buf *b);

#endif
