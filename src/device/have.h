/* Is it there? */
#ifndef IRONSIDE_DEVICE_HAVE_H
#define IRONSIDE_DEVICE_HAVE_H

/* HAVE_UNLOGGED: it is there, and does not count: the public log lacks it. */
enum have { HAVE, HAVE_NOT_YET, HAVE_NONE, HAVE_UNLOGGED };

#endif
