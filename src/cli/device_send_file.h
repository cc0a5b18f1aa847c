/* The words of 'device send' that name a file instead of a text. */
#ifndef IRONSIDE_CLI_DEVICE_SEND_FILE_H
#define IRONSIDE_CLI_DEVICE_SEND_FILE_H

#include <jansson.h>

#include "cli/verb.h"

struct send_file {
    const char *file, *photo, *voice, *duration;
    bool keep_metadata;
};

bool send_file_named(const struct send_file *f);
/* Do they go together? VERB_OK, or says what is wrong. */
int send_file_check(const struct verb *v, const struct send_file *f) MUST_USE;
/* The member "file" of a request to say it, where one is named. */
int send_file_put(const struct verb *v, const struct send_file *f, json_t *request) MUST_USE;

#endif
