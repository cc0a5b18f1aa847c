/* The network's own module in its ejabberd, mod_ironside.erl, which the server's start compiles. */
#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/ejabberd_internal.h"
#include "network/layout.h"

#define SOURCE_MAX 65536U

static const char *const lines[] = {
#include "mod_ironside.inc"
};

int ejabberd_write_module(const char *dir, struct diag *d)
{
    CLEANUP_FREE char *conf = layout_path(dir, LAYOUT_SERVER_CONF);
    CLEANUP_FREE char *path = file_join(conf, EJABBERD_MODULE ".erl");
    CLEANUP_BUF struct buf b = BUF_INIT(SOURCE_MAX);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        buf_put_text(&b, lines[i]);
    if (buf_failed(&b))
        return diag_set(d, ERR_LIMIT, "%s: the module is too long", path);
    return file_write(path, b.data, b.len, 0600, d);
}

/* Without the module nothing may start: a failed match ends the system. */
char *ejabberd_module_compiled(const char *dir)
{
    return mem_format("{ok, _} = compile:file(\"%s/server/conf/" EJABBERD_MODULE
                      "\", [{outdir, \"%s/server/conf\"}]).",
                      dir, dir);
}
