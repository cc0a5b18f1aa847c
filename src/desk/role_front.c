/* The front: HTTP; it holds no vault, and no key but the one of its TLS. */
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "desk/roles.h"
#include "front/front.h"
#include "front/tls.h"

/* Before it has threads: a wall is around the thread that puts it up, and those that it makes. */
static int confine(void *context, struct diag *d)
{
    (void)context;
    tzset(); /* reads a file at its first use, which is some library's */
    return role_confine(CONFINE_FRONT, NULL, d);
}

static int start(const struct desk_folder *f, struct front **ret, struct diag *d)
{
    CLEANUP_FRONT_TLS struct front_tls tls = {NULL, NULL, false};
    CLEANUP_FREE char *page = desk_folder_page(f);
    int r = front_tls_read(f->certificate, f->key, &tls, d);
    if (r < 0)
        return r;
    struct front_options o = {.address = f->address,
                              .port = f->port,
                              .certificate = tls.certificate,
                              .key = tls.key,
                              .page = page,
                              .index_fd = ROLE_FIRST_FD,
                              .listens = confine};
    return front_start(&o, ret, d);
}

int role_front(const struct desk_folder *f)
{
    CLEANUP(front_free_cleanup) struct front *front = NULL;
    struct diag d = {""};
    role_catch_signals();
    int r = start(f, &front, &d);
    if (r == 0) {
        struct desk_folder here = *f;
        here.port = (uint16_t)front_port(front);
        CLEANUP_FREE char *address = desk_folder_address(&here);
        log_line("listens on %s", address);
        r = front_run(front, role_end_flag(), &d);
    }
    role_log_end(r, &d);
    return r;
}
