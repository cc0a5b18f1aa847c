/* A query that is written at the machine: nobody's zone is known there, so its times are UTC. */
#ifndef IRONSIDE_DESK_QUERY_UTC_H
#define IRONSIDE_DESK_QUERY_UTC_H

#include "query/query.h"

/* ERR_FORMAT, ERR_LIMIT: with what is wrong, and where; ERR_IO: no ICU. */
int desk_query_utc(const char *written, int64_t now_unix_ms, struct query **ret,
                   struct diag *d) MUST_USE;

#endif
