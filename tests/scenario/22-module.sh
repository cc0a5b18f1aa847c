#!/usr/bin/env bash
# The network's module in ejabberd by itself, where a client can't make it show what it does: see
# module_test.erl.
# Alone: tests/scenario/22-module.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need erlc erlang-base
SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
export ERL_LIBS=/usr/lib/x86_64-linux-gnu ERL_CRASH_DUMP=/dev/null HOME=$SCENE

# The modules of ejabberd that need a server under them.
cat > "$SCENE/mod_offline.erl" << 'END'
-module(mod_offline).
-export([remove_old_messages/2, store_packet/1, c2s_self_presence/1]).
-record(offline_msg, {us, timestamp, expire, from, to, packet}).
remove_old_messages(_, _) -> {atomic, ok}.
store_packet({_, Message}) ->
    {jid, _, _, _, User, Host, _} = To = xmpp:get_to(Message),
    ok = mod_offline_mnesia:store_message(
           #offline_msg{us = {User, Host}, timestamp = erlang:timestamp(), from = xmpp:get_from(Message), to = To,
                        packet = Message}),
    {offlined, Message}.
c2s_self_presence({_, State} = In) ->
    false = maps:is_key(pres_last, State),
    self() ! fetches,
    In.
END
cat > "$SCENE/ejabberd_sm.erl" << 'END'
-module(ejabberd_sm).
-export([enter/2, get_user_present_resources/2, get_session_pid/3]).
enter(User, Pid) -> put(User, Pid).
get_user_present_resources(User, _) -> [{0, <<"device">>} || is_pid(get(User))].
get_session_pid(User, _, <<"device">>) -> get(User).
END
cat > "$SCENE/mod_register.erl" << 'END'
-module(mod_register).
-export([process_iq/1]).
process_iq(Iq) -> xmpp:make_iq_result(Iq).
END

step "it is compiled without a warning"
warned=$(erlc -o "$SCENE" "$SOURCE/src/network/mod_ironside.erl" "$SOURCE/tests/scenario/module_test.erl" \
    "$SCENE"/{mod_offline,mod_register,ejabberd_sm}.erl 2>&1) || fail "erlc: $warned"
[ -z "$warned" ] || fail "erlc: $warned"

step "a disk that takes nothing, and counts over logins and days"
cd "$SCENE" || exit 1
succeeds "all is as it should be" erl -noshell -mnesia dir "\"$SCENE/mnesia\"" -eval '
    [{module, _} = code:load_abs(Path) || Path <- ["./mod_offline", "./mod_register", "./ejabberd_sm", "./mod_ironside",
                                                   "./module_test"]],
    try module_test:run(), halt(0) catch C:R:S -> io:format("~p ~p~n~p~n", [C, R, S]), halt(1) end.'
