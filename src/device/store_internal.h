/* What the store's own files share. */
#ifndef IRONSIDE_DEVICE_STORE_INTERNAL_H
#define IRONSIDE_DEVICE_STORE_INTERNAL_H

#include "device/sql.h"
#include "device/store.h"

extern const char store_content_schema[]; /* store_content.h's tables */

struct store {
    struct sql sql;
};

#endif
