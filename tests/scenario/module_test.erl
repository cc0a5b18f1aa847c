%% What mod_ironside does where nobody can wait for it: a disk that does not take what was confirmed,
%% and its count of what is stored over logins and days. Beside ejabberd's own code, with a store of
%% two accounts; 22-module.sh.
-module(module_test).
-export([run/0]).

-include_lib("p1_xmpp/include/xmpp.hrl").

-record(offline_msg, {us, timestamp, expire, from, to, packet}).

-define(HOST, <<"chat.test">>).

run() ->
    {ok, _} = application:ensure_all_started(stringprep),
    jid:start(),
    error = answer(), % mnesia does not run: nothing can have been written
    ok = mnesia:create_schema([node()]),
    ok = mnesia:start(),
    result = answer(),
    {atomic, ok} = mnesia:create_table(offline_msg, [{type, bag}, {disc_copies, [node()]},
                                                     {attributes, record_info(fields, offline_msg)}]),
    counts(),
    io:format("all is as it should be~n").

%% To a new password.
answer() ->
    Iq = #iq{type = set, id = <<"1">>, sub_els = [], from = account(<<"anna">>),
             to = jid:make(<<>>, ?HOST)},
    (mod_ironside:register(Iq))#iq.type.

account(User) -> jid:make(User, ?HOST).

message(To) ->
    #message{id = <<"m">>, type = chat, from = account(<<"anna">>), to = account(To),
             body = xmpp:mk_text(<<"Good morning.">>)}.

store(To) ->
    #message{from = From} = Message = message(To),
    mod_ironside:after_storing({offlined, Message}),
    mnesia:dirty_write(#offline_msg{us = {To, ?HOST}, from = From, to = account(To),
                                    packet = xmpp:encode(Message)}).

login(User) ->
    mod_ironside:c2s_self_presence({#presence{type = available}, #{jid => account(User)}}).

weights(User) ->
    [{Key, Weight} || {Key, Weight} <- ets:tab2list(ironside_stored), element(1, Key) /= kept,
                      element(2, Key) == User].

kept() -> length([1 || {{kept, _, _}, _} <- ets:tab2list(ironside_stored)]).

counts() ->
    {ok, State} = mod_ironside:init([?HOST]),
    store(<<"ben">>),
    store(<<"cara">>),
    login(<<"cara">>),
    [{{to, <<"cara">>, account}, One}] = [W || {{to, _, _}, _} = W <- weights(<<"cara">>)],
    true = One > 0,
    [login(<<"cara">>) || _ <- lists:seq(1, 5)], % it is what it is, however often it is counted
    [{{between, _, _}, One}, {{to, _, _}, One}] = lists:sort(weights(<<"cara">>)),
    2 = kept(),
    mnesia:dirty_delete(offline_msg, {<<"ben">>, ?HOST}), % as mod_offline does after 31 days
    {noreply, State} = mod_ironside:handle_info(look_through, State),
    [] = weights(<<"ben">>),
    1 = kept(),
    [{{from, _}, One}] = weights(<<"anna">>),
    mnesia:dirty_delete(offline_msg, {<<"cara">>, ?HOST}),
    login(<<"cara">>),
    [] = ets:tab2list(ironside_stored).
