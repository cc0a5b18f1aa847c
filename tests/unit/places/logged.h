/* A device's store in which the network's documents are logged already. */
#ifndef IRONSIDE_TESTS_PLACES_LOGGED_H
#define IRONSIDE_TESTS_PLACES_LOGGED_H

#include "device/device_internal.h"
#include "device/wants.h"
#include "tokens.h"

/* The store is open. The device does not ask for the log again; device_log_clear in the end. */
void logged_open(struct device *d, const struct tokens *t);

#endif
