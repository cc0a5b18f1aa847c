#include "network/layout.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "wire/value.h"

static const char *const names[] = {
    [LAYOUT_NETWORK_NOTE] = "network.note",
    [LAYOUT_SETTINGS] = "network.json",
    [LAYOUT_AUTHORITY] = "authority",
    [LAYOUT_AUTHORITY_KEY] = "authority/ca.key",
    [LAYOUT_AUTHORITY_CERTIFICATE] = "authority/ca.pem",
    [LAYOUT_AGENCIES] = "agencies",
    [LAYOUT_DOCUMENTS] = "documents",
    [LAYOUT_LOG] = "log",
    [LAYOUT_LOG_DATABASE] = "log/log.db",
    [LAYOUT_REGISTRAR] = "registrar",
    [LAYOUT_REGISTRAR_KEY] = "registrar/sign.key",
    [LAYOUT_REGISTRAR_SECRET] = "registrar/component.secret",
    [LAYOUT_REGISTRAR_VAULT_KEY] = "registrar/vault.key",
    [LAYOUT_REGISTRAR_VAULT] = "registrar/registrar.db",
    [LAYOUT_LOG_KEY] = "registrar/log.key",
    [LAYOUT_BOTS] = "bots",
    [LAYOUT_DESKS] = "desks",
    [LAYOUT_SERVER] = "server",
    [LAYOUT_SERVER_CERTIFICATE] = "server/server.pem",
    [LAYOUT_SERVER_CONF] = "server/conf",
    [LAYOUT_SERVER_LOG] = "server/log",
    [LAYOUT_SERVER_MNESIA] = "server/mnesia",
    [LAYOUT_SERVER_SPOOL] = "server/spool",
    [LAYOUT_SERVER_UPLOAD] = "server/upload",
    [LAYOUT_RUN] = "run",
    [LAYOUT_CLOCK] = "run/clock",
    [LAYOUT_LOCK] = "run/lock",
    [LAYOUT_REGISTRAR_SOCKET] = "run/registrar.sock",
    [LAYOUT_COMPONENT_SOCKET] = "run/component.sock",
    [LAYOUT_ADMIN_SOCKET] = "run/admin.sock",
    [LAYOUT_UPLOAD_SOCKET] = "run/upload.sock",
};
_Static_assert(sizeof names / sizeof names[0] == LAYOUT_NAMES, "a place for each name");

char *layout_path(const char *dir, enum layout_name name)
{
    return file_join(dir, names[name]);
}

static int named(const char *dir, enum layout_name folder, const char *what, const char *name,
                 const char *ending, char **ret, struct diag *d)
{
    if (!value_warrant_valid(name))
        return diag_set(d, ERR_FORMAT, "'%s' cannot name %s: use letters, digits, '.', '_' and '-'",
                        name, what);
    *ret = mem_format("%s/%s/%s%s", dir, names[folder], name, ending);
    return 0;
}

int layout_custodian_key(const char *dir, const char *name, char **ret, struct diag *d)
{
    if (strcmp(name, "ca") == 0)
        return diag_set(d, ERR_FORMAT, "'ca' cannot name a custodian: authority/ca.key is taken");
    return named(dir, LAYOUT_AUTHORITY, "a custodian", name, ".key", ret, d);
}

int layout_agency_key(const char *dir, const char *name, char **ret, struct diag *d)
{
    return named(dir, LAYOUT_AGENCIES, "an agency", name, ".key", ret, d);
}

int layout_document(const char *dir, const char *name, char **ret, struct diag *d)
{
    return named(dir, LAYOUT_DOCUMENTS, "a document", name, ".note", ret, d);
}

/* What the server's modules and the registrar listen to: a bot's messages would go there. */
static const char *const reserved[] = {"registrar", "upload", "pubsub"};

int layout_bot(const char *dir, const char *name, char **ret, struct diag *d)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(name, reserved[i]) == 0)
            return diag_set(d, ERR_FORMAT,
                            "a bot cannot be called '%s': the server has a host of its own of "
                            "that name; choose another",
                            name);
    return named(dir, LAYOUT_BOTS, "a bot", name, "", ret, d);
}

int layout_make(const char *dir, struct diag *d)
{
    static const struct {
        enum layout_name name;
        mode_t mode;
    } folders[] = {
        {LAYOUT_AUTHORITY, 0700},     {LAYOUT_AGENCIES, 0700},     {LAYOUT_DOCUMENTS, 0755},
        {LAYOUT_LOG, 0755},           {LAYOUT_REGISTRAR, 0700},    {LAYOUT_BOTS, 0700},
        {LAYOUT_SERVER, 0700},        {LAYOUT_SERVER_CONF, 0700},  {LAYOUT_SERVER_LOG, 0700},
        {LAYOUT_SERVER_MNESIA, 0700}, {LAYOUT_SERVER_SPOOL, 0700}, {LAYOUT_SERVER_UPLOAD, 0700},
        {LAYOUT_RUN, 0700},
    };
    int r = file_make_folder(dir, 0755, d);
    for (size_t i = 0; r == 0 && i < sizeof folders / sizeof folders[0]; i++) {
        CLEANUP_FREE char *path = layout_path(dir, folders[i].name);
        r = file_make_folder(path, folders[i].mode, d);
    }
    return r;
}

int layout_check_run(const char *dir, struct diag *d)
{
    static const enum layout_name sockets[] = {LAYOUT_REGISTRAR_SOCKET, LAYOUT_COMPONENT_SOCKET,
                                               LAYOUT_ADMIN_SOCKET, LAYOUT_UPLOAD_SOCKET};
    const size_t max = sizeof((struct sockaddr_un *)0)->sun_path - 1;
    CLEANUP_FREE char *whole = file_absolute(dir);
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
        CLEANUP_FREE char *path = layout_path(whole, sockets[i]);
        if (strlen(path) > max)
            return diag_set(d, ERR_LIMIT,
                            "%s: too long for a socket's path by %zu bytes: move the network to a "
                            "folder with a shorter path",
                            path, strlen(path) - max);
    }
    CLEANUP_FREE char *run = layout_path(dir, LAYOUT_RUN);
    struct stat st;
    if (lstat(run, &st) != 0 || !S_ISDIR(st.st_mode))
        return diag_set(d, ERR_NOT_FOUND, "%s is not there: make the network with 'ironside init'",
                        run);
    if (st.st_uid != geteuid())
        return diag_set(d, ERR_KEY, "%s belongs to another user: run this as its owner", run);
    if ((st.st_mode & 0077) != 0)
        return diag_set(d, ERR_KEY, "%s is open to other users: chmod 700 it", run);
    return 0;
}
