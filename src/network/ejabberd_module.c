/* A module of the network's own in ejabberd, which its start compiles. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/ejabberd_internal.h"
#include "network/layout.h"

/* ejabberd passes on a delay stamp that a client writes in the server's name, and adds none of its
 * own beside it. Devices judge by that stamp how old a message is. Its reader does not resolve
 * prefixes, theirs does: whatever is called delay goes. */
static const char source[] =
    "-module(" EJABBERD_MODULE ").\n"
    "-export([start/2, stop/1, depends/2, mod_options/1, mod_doc/0, user_send_packet/1]).\n"
    "\n"
    "start(Host, _) ->\n"
    "    ejabberd_hooks:add(user_send_packet, Host, ?MODULE, user_send_packet, 1).\n"
    "stop(Host) ->\n"
    "    ejabberd_hooks:delete(user_send_packet, Host, ?MODULE, user_send_packet, 1).\n"
    "depends(_, _) -> [].\n"
    "mod_options(_) -> [].\n"
    "mod_doc() -> #{}.\n"
    "\n"
    "user_send_packet({Packet, State}) when element(1, Packet) =:= message ->\n"
    "    Left = [E || E <- xmpp:get_els(Packet), not is_delay(E)],\n"
    "    {xmpp:set_els(Packet, Left), State};\n"
    "user_send_packet(Other) -> Other.\n"
    "\n"
    "is_delay({xmlel, Name, _, _}) ->\n"
    "    lists:last(binary:split(Name, <<\":\">>, [global])) =:= <<\"delay\">>;\n"
    "is_delay(E) -> element(1, E) =:= delay.\n";

int ejabberd_write_module(const char *dir, struct diag *d)
{
    CLEANUP_FREE char *conf = layout_path(dir, LAYOUT_SERVER_CONF);
    CLEANUP_FREE char *path = file_join(conf, EJABBERD_MODULE ".erl");
    return file_write(path, source, strlen(source), 0600, d);
}

/* Without the module nothing may start: a failed match ends the system. */
char *ejabberd_module_compiled(const char *dir)
{
    return mem_format("{ok, _} = compile:file(\"%s/server/conf/" EJABBERD_MODULE
                      "\", [{outdir, \"%s/server/conf\"}]).",
                      dir, dir);
}
