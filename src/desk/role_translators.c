/* The translators: a program that is not ours for each text, started by a process that has nothing
 * but a socket and the programs' folders, to read and to run. */
#include "base/log.h"
#include "desk/adapters.h"
#include "desk/roles.h"

static int confine(void *context, struct diag *d)
{
    return role_confine(CONFINE_TRANSLATORS, context, d);
}

/* Without a line: there is one for each text. */
static int confine_adapter(void *context, struct diag *d)
{
    struct confine_report report;
    return confine_daemon(CONFINE_TRANSLATOR, context, &report, d);
}

int role_translators(const struct desk_folder *f)
{
    CLEANUP_DESK_ADAPTERS struct desk_adapters a;
    char *folders[ADAPTERS_FOLDERS_MAX + 1];
    struct diag d = {""};
    desk_adapters_copy(&f->adapters, &a);
    desk_adapters_find(ADAPTERS_APERTIUM, &a);
    desk_adapters_folders(&a, folders);
    const struct translators_options o = {.fd = ROLE_FIRST_FD,
                                          .list = a.list,
                                          .count = a.count,
                                          .confine = confine,
                                          .confine_adapter = confine_adapter,
                                          .context = folders};
    role_catch_signals();
    if (a.count > 0)
        log_line("%zu programs translate", a.count);
    int r = translators_run(&o, &d);
    role_log_end(r, &d);
    for (size_t i = 0; folders[i] != NULL; i++)
        free(folders[i]);
    return r;
}
