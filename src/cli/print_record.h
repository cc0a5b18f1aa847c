/* An archived message as the verbs of archives and of packages print it. */
#ifndef IRONSIDE_CLI_PRINT_RECORD_H
#define IRONSIDE_CLI_PRINT_RECORD_H

#include <stdbool.h>

#include "wire/record.h"

struct print_record {
    uint64_t leaf;
    const struct record *record;
    const char *body;
    size_t body_len;
    const char *wrong;   /* "" verified */
    const char *written; /* where its file is; NULL */
};
void print_record(const struct print_record *r, bool json);

#endif
