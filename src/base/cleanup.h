/* One idiom for what must be undone: CLEANUP(fn) on a variable, TAKE(p) on success. */
#ifndef IRONSIDE_BASE_CLEANUP_H
#define IRONSIDE_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Declares NAME_cleanup(TYPE **) which calls FREE on a pointer that is not NULL. */
#define DEFINE_CLEANUP(type, free_fn)                                                              \
    static inline void free_fn##_cleanup(type **p)                                                 \
    {                                                                                              \
        if (*p != NULL)                                                                            \
            free_fn(*p);                                                                           \
    }

/* The value of `p`, and NULL in its place: hands ownership on. */
#define TAKE(p)                                                                                    \
    __extension__({                                                                                \
        __typeof__(p) take_ = (p);                                                                 \
        (p) = NULL;                                                                                \
        take_;                                                                                     \
    })

/* The same for a descriptor. */
#define TAKE_FD(fd)                                                                                \
    __extension__({                                                                                \
        int take_ = (fd);                                                                          \
        (fd) = -1;                                                                                 \
        take_;                                                                                     \
    })

static inline void cleanup_free(void *p)
{
    free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
    if (*f != NULL)
        fclose(*f);
}

#define CLEANUP_FREE CLEANUP(cleanup_free)
#define CLEANUP_CLOSE CLEANUP(cleanup_close)
#define CLEANUP_FCLOSE CLEANUP(cleanup_fclose)

#endif
