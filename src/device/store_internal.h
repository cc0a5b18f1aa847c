/* What the store's own files share. */
#ifndef IRONSIDE_DEVICE_STORE_INTERNAL_H
#define IRONSIDE_DEVICE_STORE_INTERNAL_H

#include "device/sql.h"
#include "device/store.h"

struct store {
    struct sql sql;
};

#endif
