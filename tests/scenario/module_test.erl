%% What mod_ironside does where nobody can wait for it: a disk that does not take what was confirmed,
%% its count of what is stored over logins and days, and what is stored at the moment of a login.
%% Beside ejabberd's own code; 22-module.sh.
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
    nothing_is_lost(),
    who_is_there_is_told(),
    io:format("all is as it should be~n").

%% To a new password.
answer() ->
    Iq = #iq{type = set, id = <<"1">>, sub_els = [], from = account(<<"anna">>),
             to = jid:make(<<>>, ?HOST)},
    (mod_ironside:register(Iq))#iq.type.

account(User) -> jid:make(User, ?HOST).

message(To) -> message(To, 0).

message(To, N) ->
    #message{id = integer_to_binary(N), type = chat, from = account(<<"anna">>), to = account(To),
             body = xmpp:mk_text(<<"Good morning.">>)}.

store(To) -> {stop, {offlined, _}} = mod_ironside:store({bounce, message(To)}).

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

%% mod_offline's own login, again and again, while one is written to.
nothing_is_lost() ->
    Test = self(),
    Fetcher = spawn_link(fun() -> fetch(Test, 0) end),
    Sent = 3000,
    [{stop, {offlined, _}} = mod_ironside:store({bounce, message(<<"dora">>, N)}) || N <- lists:seq(1, Sent)],
    Fetcher ! enough,
    Sent = receive {fetched, N} -> N end,
    ets:delete_all_objects(ironside_stored).

fetch(Test, Fetched) ->
    {ok, Messages} = mod_offline_mnesia:pop_messages(<<"dora">>, ?HOST),
    Now = Fetched + length(Messages),
    receive
        enough ->
            {ok, Last} = mod_offline_mnesia:pop_messages(<<"dora">>, ?HOST),
            Test ! {fetched, Now + length(Last)}
    after 0 -> fetch(Test, Now)
    end.

%% A session that was there before something was stored fetches it now.
who_is_there_is_told() ->
    store(<<"ella">>),
    nothing = told(),
    ejabberd_sm:enter(<<"ella">>, self()),
    {stop, {dropped, _}} = mod_ironside:store({bounce, message(<<"ella">>)}),
    nothing = told(), % it is stored already
    {stop, {offlined, _}} = mod_ironside:store({bounce, message(<<"ella">>, 1)}),
    ironside_stored = told(),
    There = #{jid => account(<<"ella">>), pres_last => #presence{priority = 0}},
    {stop, There} = mod_ironside:c2s_handle_info(There, ironside_stored),
    fetches = told(),
    Away = There#{pres_last => #presence{priority = -1}},
    [{stop, S} = mod_ironside:c2s_handle_info(S, ironside_stored) || S <- [Away, maps:remove(pres_last, There)]],
    There = mod_ironside:c2s_handle_info(There, another),
    nothing = told().

told() -> receive ironside_stored -> ironside_stored; fetches -> fetches after 0 -> nothing end.
