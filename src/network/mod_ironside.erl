%% The network's own module in its ejabberd, compiled at each start: what an account may send, how
%% much of it, and how much of it is kept. Whoever has an account has a client of his own, too; so
%% nothing here counts on a client's good will.
%%
%% What is let through is a list, and the rest is refused or dropped. What it answers never depends
%% on whether somebody else is online. Devices send everything again until it is answered, so that
%% what is dropped here is late, not lost.
-module(mod_ironside).
-export([start/2, stop/1, depends/2, mod_options/1, mod_doc/0]).
-export([user_send_packet/1, user_receive_packet/1, c2s_handle_send/3, c2s_handle_info/2]).
-export([c2s_self_presence/1, store/1, not_stored/1, remove_user/2]).
-export([register/1, node_created/5, item_published/6, sync_to_disk/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-include_lib("p1_xmpp/include/xmpp.hrl").
-include_lib("ejabberd/include/ejabberd_commands.hrl").

%% mod_offline's and mod_pubsub's tables.
-record(offline_msg, {us, timestamp, expire, from, to, packet}).
-record(pubsub_node, {nodeid, id, parents, type, owners, options}).

-define(MIB, 1048576).

%% Weights are bytes of memory, as weight/1 estimates them: small elements take many times their
%% length.
-define(STANZA_MAX, ?MIB).
-define(PUBLISHED_MAX, ?MIB div 8).
%% Stored for an account that is away: what accounts sent it, and what the network's services did;
%% and what one account has stored with all others.
-define(STORED_BY_ACCOUNTS_MAX, 96 * ?MIB).
-define(STORED_BY_SERVICES_MAX, 32 * ?MIB).
-define(STORED_OF_ONE_MAX, 64 * ?MIB).
-define(STORED_DAYS, 31). % a device gives a message up after 30
%% Sent to a session and not acknowledged by it. More than what may be stored, which all comes at
%% the login.
-define(HELD_MAX, 192 * ?MIB).

%% An account's keys: the list of its devices, and a bundle for each device that it had.
-define(DEVICES_NODE, <<"eu.siacs.conversations.axolotl.devicelist">>).
-define(BUNDLE_NODE, "eu.siacs.conversations.axolotl.bundles:").
-define(BUNDLES_MAX, 4).

-define(UPLOAD_MIN, 65536). % bytes that an upload counts for at least

%% So much at once, and so much more each second, over all sessions of an account.
allowance(stanza) -> {4000, 500};
allowance(iq) -> {1000, 100};
allowance(password) -> {5, 1 / 60};
allowance(node) -> {16, 1 / 60};
allowance(upload) -> {512 * ?MIB, 512 * ?MIB / 3600}.

%% ---- the module ----

hooks() ->
    [{user_send_packet, user_send_packet, 1},
     {user_receive_packet, user_receive_packet, 10},
     {c2s_handle_send, c2s_handle_send, 60},           % mod_stream_mgmt: 50
     {c2s_handle_info, c2s_handle_info, 40},           % ejabberd_c2s: 90
     {c2s_self_presence, c2s_self_presence, 60},       % mod_offline: 50
     {offline_message_hook, store, 40},                % mod_offline: 50
     {offline_message_hook, not_stored, 60},
     {remove_user, remove_user, 60},                   % mod_offline: 50
     {pubsub_create_node, node_created, 50},
     {pubsub_publish_item, item_published, 50}].

%% Of the registrar, on the administration's socket.
commands() ->
    [#ejabberd_commands{name = sync_to_disk, tags = [server], module = ?MODULE,
                        function = sync_to_disk, args = [], result = {res, rescode},
                        desc = "What was confirmed is on the disk when this is answered"}].

start(Host, Opts) ->
    ejabberd_commands:register_commands(?MODULE, commands()),
    [ejabberd_hooks:add(Hook, Host, ?MODULE, Function, At) || {Hook, Function, At} <- hooks()],
    gen_iq_handler:add_iq_handler(ejabberd_local, Host, ?NS_REGISTER, ?MODULE, register),
    gen_mod:start_child(?MODULE, Host, Opts).

stop(Host) ->
    ejabberd_commands:unregister_commands(commands()),
    [ejabberd_hooks:delete(Hook, Host, ?MODULE, Function, At) || {Hook, Function, At} <- hooks()],
    gen_mod:stop_child(?MODULE, Host).

depends(_, _) -> [{mod_offline, hard}, {mod_pubsub, hard}, {mod_register, hard}].
mod_options(_) -> [].
mod_doc() -> #{}.

%% ---- its process owns the tables and looks through the store once a day ----

-define(ALLOWANCES, ironside_allowances). % {{User, Kind}, Left, At}
-define(STORED, ironside_stored).         % {{to, User, Class}, Weight}, {{from, User}, Weight},
                                          % {{between, User, From}, Weight},
                                          % {{kept, User, Hash}, 0}
-define(DAY_MS, 86400000).

init([Host | _]) ->
    ets:new(?ALLOWANCES, [named_table, public, {write_concurrency, true}]),
    ets:new(?STORED, [named_table, public, ordered_set]),
    self() ! look_through,
    {ok, Host}.

handle_call(_, _, Host) -> {reply, ok, Host}.
handle_cast(_, Host) -> {noreply, Host}.

handle_info(look_through, Host) ->
    _ = mod_offline:remove_old_messages(?STORED_DAYS, Host),
    Waiting = [User || {User, _} <- mnesia:dirty_all_keys(offline_msg)],
    [count_again(User, Host) || User <- lists:usort(Waiting ++ counted())],
    erlang:send_after(?DAY_MS, self(), look_through),
    {noreply, Host};
handle_info(_, Host) -> {noreply, Host}.

%% ---- weights and allowances ----

weight(#xmlel{attrs = Attributes, children = Children}) ->
    lists:foldl(fun(Child, Sum) -> Sum + weight(Child) end,
                lists:foldl(fun({_, V}, Sum) -> Sum + 100 + byte_size(V) end, 120, Attributes),
                Children);
weight({xmlcdata, Text}) -> 60 + byte_size(Text);
weight(Stanza) -> 400 + weight(xmpp:encode(Stanza)).

%% How many milliseconds too early this is; it counts all the same.
spend(User, Kind) -> too_early(Kind, take(User, Kind, 1)).

too_early(_, Left) when Left >= 0 -> 0;
too_early(Kind, Left) ->
    {_, Rate} = allowance(Kind),
    round(-Left * 1000 / Rate).

take(User, Kind, Cost) ->
    Now = erlang:monotonic_time(millisecond),
    Left = left(User, Kind, Now) - Cost,
    ets:insert(?ALLOWANCES, {{User, Kind}, Left, Now}),
    Left.

left(User, Kind, Now) ->
    {Most, Rate} = allowance(Kind),
    case ets:lookup(?ALLOWANCES, {User, Kind}) of
        [{_, Left, At}] -> min(Most, Left + (Now - At) * Rate / 1000);
        [] -> Most
    end.

%% Takes it only if it is there.
affords(User, Kind, Cost) ->
    case left(User, Kind, erlang:monotonic_time(millisecond)) >= Cost of
        true -> take(User, Kind, Cost), true;
        false -> false
    end.

%% The session reads on when its time has come: nothing is lost, and the client has to wait.
pace(User, #iq{}) -> timer:sleep(max(spend(User, stanza), spend(User, iq)));
pace(User, _) -> timer:sleep(spend(User, stanza)).

%% ---- what an account may send ----

user_send_packet({Packet, #{jid := Me} = State}) ->
    pace(Me#jid.luser, Packet),
    case judge(Packet, Me) of
        {pass, Passed} -> {Passed, State};
        drop -> {stop, {drop, State}};
        {refuse, Error} ->
            ejabberd_router:route_error(emptied(Packet), Error),
            {stop, {drop, State}}
    end.

%% An error brings back what it is about; that may have been too much.
emptied(#message{} = Message) -> Message#message{body = [], subject = [], sub_els = []};
emptied(Packet) -> xmpp:set_els(Packet, []).

%% ejabberd goes on without a hook that fails, and writes the stanza to its log: so nothing fails.
judge(Packet, Me) ->
    try weight(Packet) =< ?STANZA_MAX andalso admit(Packet, Me) of
        false -> {refuse, xmpp:err_policy_violation()};
        Verdict -> Verdict
    catch
        _:_ -> {refuse, xmpp:err_internal_server_error()}
    end.

%% Who is meant: an account, a host of the server's own, or a component.
where(undefined, _) -> own;
where(#jid{luser = U, lserver = S, lresource = <<>>}, #jid{luser = U, lserver = S}) -> own;
where(#jid{luser = <<>>, lserver = S}, #jid{lserver = S}) -> server;
where(#jid{lserver = S, lresource = R}, #jid{lserver = S}) ->
    case R of <<>> -> account; _ -> session end;
where(#jid{lserver = S}, #jid{lserver = Host}) ->
    Below = [S == <<Name/binary, ".", Host/binary>> || Name <- [<<"upload">>, <<"pubsub">>]],
    case {Below, ejabberd_router:is_my_route(S)} of
        {_, false} -> nowhere;
        {[true, _], _} -> upload;
        {[_, true], _} -> pubsub;
        _ -> component
    end.

%% Nobody's presence is anybody's matter. The server itself needs to know that a session is there.
admit(#presence{to = To, type = Type, priority = Priority, from = From, meta = Meta}, Me)
  when Type == available; Type == unavailable ->
    case where(To, Me) of
        own -> {pass, #presence{to = To, type = Type, priority = Priority, from = From,
                                meta = Meta}};
        _ -> drop
    end;
admit(#presence{}, _) -> drop;
admit(#message{type = Type}, _) when Type /= chat, Type /= normal -> drop;
admit(#message{to = To} = Message, Me) ->
    case where(To, Me) of
        component -> {pass, clean(Message)};
        nowhere -> {refuse, away()};
        At when At == own; At == account; At == session ->
            {pass, clean(Message#message{to = account_of(To, Me)})};
        _ -> drop
    end;
admit(#iq{type = Type}, _) when Type == result; Type == error -> drop; % nobody asks a client
admit(#iq{to = To, sub_els = [#xmlel{} = Query]} = Iq, Me) ->
    case where(To, Me) of
        component -> {pass, Iq};
        nowhere -> {refuse, away()};
        At -> ask(At, Iq, Query, xmpp:get_ns(Query), Me)
    end;
admit(_, _) -> {refuse, xmpp:err_bad_request()}.

account_of(undefined, Me) -> jid:remove_resource(Me);
account_of(To, _) -> jid:remove_resource(To).

%% Passes: a component that is away comes back.
away() -> xmpp:err_recipient_unavailable(<<"Nobody is there now">>, <<"en">>).

ask(At, Iq, Query, ?NS_REGISTER, #jid{luser = User}) when At == server; At == own ->
    Sets = Iq#iq.type == set andalso Query#xmlel.name == <<"query">>,
    case Sets andalso affords(User, password, 1) of
        true -> {pass, Iq};
        false -> {refuse, xmpp:err_resource_constraint()}
    end;
ask(At, Iq, _, Ns, _)
  when At == server orelse At == own, Ns == ?NS_PING orelse Ns == ?NS_SESSION -> {pass, Iq};
ask(At, Iq, _, Ns, _)
  when At == server orelse At == upload, Ns == ?NS_DISCO_INFO orelse Ns == ?NS_DISCO_ITEMS ->
    {pass, Iq};
ask(upload, Iq, Query, ?NS_HTTP_UPLOAD_0, #jid{luser = User}) ->
    case affords(User, upload, max(?UPLOAD_MIN, number(fxml:get_tag_attr_s(<<"size">>, Query)))) of
        true -> {pass, Iq};
        false -> {refuse, xmpp:err_resource_constraint()}
    end;
ask(At, #iq{type = get} = Iq, Query, ?NS_PUBSUB, _) when At == own; At == account ->
    case elements(Query) of
        [#xmlel{name = <<"items">>} = Items] -> known_node(Items, {pass, Iq});
        _ -> {refuse, xmpp:err_service_unavailable()}
    end;
ask(own, #iq{type = set} = Iq, Query, ?NS_PUBSUB, Me) ->
    case elements(Query) of
        [#xmlel{name = <<"publish">>} = Publish | Options] when length(Options) =< 1 ->
            known_node(Publish, publish(Iq, Publish, Me));
        _ -> {refuse, xmpp:err_service_unavailable()}
    end;
ask(_, _, _, _, _) -> {refuse, xmpp:err_service_unavailable()}.

elements(#xmlel{children = Children}) -> [E || #xmlel{} = E <- Children].

number(Text) ->
    try max(0, binary_to_integer(Text)) catch _:_ -> 0 end.

%% ---- keys that accounts publish ----

known_node(Element, Verdict) ->
    Node = fxml:get_tag_attr_s(<<"node">>, Element),
    case Node == ?DEVICES_NODE orelse is_bundle(Node) of
        true -> Verdict;
        false -> {refuse, xmpp:err_item_not_found()}
    end.

is_bundle(<<?BUNDLE_NODE, Number/binary>>) ->
    byte_size(Number) =< 10 andalso number(Number) > 0;
is_bundle(_) -> false.

publish(Iq, Publish, #jid{luser = User, lserver = Host}) ->
    Owner = {User, Host, <<>>},
    Node = fxml:get_tag_attr_s(<<"node">>, Publish),
    New = mnesia:dirty_read(pubsub_node, {Owner, Node}) == [],
    Fits = weight(Publish) =< ?PUBLISHED_MAX,
    case Fits andalso (not New orelse affords(User, node, 1)) of
        true when New -> make_room(Owner), {pass, Iq};
        true -> {pass, Iq};
        false -> {refuse, xmpp:err_resource_constraint()}
    end.

%% The oldest bundles make room for a new device's.
make_room({User, Host, _} = Owner) ->
    Nodes = mnesia:dirty_match_object(#pubsub_node{nodeid = {Owner, '_'}, _ = '_'}),
    Bundles = lists:sort([{Id, Name} || #pubsub_node{nodeid = {_, Name}, id = Id} <- Nodes,
                                        is_bundle(Name)]),
    [mod_pubsub:delete_node(Owner, Name, jid:make(User, Host))
     || {_, Name} <- lists:sublist(Bundles, max(0, length(Bundles) - ?BUNDLES_MAX + 1))].

%% ---- what a killed server must not forget ----

%% Mnesia confirms what lies in a buffer for some seconds. Accounts, passwords and keys that others
%% count on are written at once; messages are not: their senders repeat them.
sync_to_disk() -> mnesia:sync_log().

%% In the place of mod_register's own handler: a device drops the old password with the answer.
register(Iq) ->
    Answer = mod_register:process_iq(Iq),
    case sync_to_disk() of
        ok -> Answer;
        _ -> xmpp:make_error(Iq, xmpp:err_internal_server_error())
    end.

node_created(_, _, _, _, _) -> sync_to_disk().
item_published(_, _, _, _, _, _) -> sync_to_disk().

%% ---- messages ----

%% A stamp in the server's name, by which devices judge how old a message is: ejabberd passes it on
%% and adds none of its own beside it. And what asks the server whether somebody is there: events
%% (XEP-0022), and hints not to store. ejabberd's reader does not resolve prefixes, a device's does:
%% what is called so goes, whatever its prefix.
clean(Message) ->
    xmpp:set_els(Message, [E || E <- xmpp:get_els(Message), not taken_out(E)]).

taken_out(E) ->
    lists:last(binary:split(xmpp:get_name(E), <<":">>, [global])) == <<"delay">> orelse
        lists:member(xmpp:get_ns(E), [?NS_EVENT, ?NS_EXPIRE, ?NS_HINTS]).

%% Held for a session: a row of weights beside mod_stream_mgmt's row of stanzas.
-record(held, {weights = queue:new(), count = 0, sum = 0}).

c2s_handle_send(#{mgmt_state := active} = State, Packet, _) ->
    case xmpp:is_stanza(Packet) of
        true ->
            #held{weights = Row, count = Count, sum = Sum} =
                maps:get(ironside_held, State, #held{}),
            Weight = weight(Packet),
            acknowledged(State, #held{weights = queue:in(Weight, Row), count = Count + 1,
                                      sum = Sum + Weight});
        false -> State
    end;
c2s_handle_send(State, _, _) -> State.

acknowledged(#{mgmt_queue := Queue} = State, Held) ->
    State#{ironside_held => without_first(Held, Held#held.count - p1_queue:len(Queue))}.

without_first(Held, Number) when Number =< 0 -> Held;
without_first(#held{weights = Row, count = Count, sum = Sum}, Number) ->
    {{value, Weight}, Rest} = queue:out(Row),
    without_first(#held{weights = Rest, count = Count - 1, sum = Sum - Weight}, Number - 1).

user_receive_packet({Packet, #{ironside_held := #held{sum = Sum} = Held} = State})
  when Sum > ?HELD_MAX ->
    case acknowledged(State, Held) of
        #{ironside_held := #held{sum = Left}} = Now when Left > ?HELD_MAX -> {stop, {drop, Now}};
        Now -> {Packet, Now}
    end;
user_receive_packet(In) -> In.

%% ---- the store for those who are away ----

%% Senders repeat what has no receipt: what is there already is not stored once more.
store({_, #message{from = From, to = To} = Message} = In) ->
    There = ets:member(?STORED, kept(To#jid.luser, sender(From), xmpp:encode(Message))),
    case not There andalso has_room(Message, weight(Message)) of
        true -> taken(locked(To, fun() -> mod_offline:store_packet(In) end, In));
        false -> {stop, {dropped, Message}}
    end;
store(In) -> In.

%% mod_offline writes without a lock, and a login reads and then deletes what an account has in a
%% transaction: what is written in between would be deleted unread.
locked(#jid{luser = User, lserver = Host}, Work, Otherwise) ->
    Locked = fun() -> mnesia:lock({record, offline_msg, {User, Host}}, write), Work() end,
    case mnesia:transaction(Locked) of
        {atomic, Done} -> Done;
        {aborted, _} -> Otherwise
    end.

%% A session that logged in meanwhile has fetched what was there before, and fetches this, too.
taken({offlined, #message{from = From, to = #jid{luser = User, lserver = Host}} = Message} = Done) ->
    keep(User, sender(From), xmpp:encode(Message)),
    count(User, sender(From), weight(Message)),
    Sessions = [ejabberd_sm:get_session_pid(User, Host, Resource)
                || {_, Resource} <- ejabberd_sm:get_user_present_resources(User, Host)],
    [Session ! ironside_stored || Session <- Sessions, is_pid(Session)],
    {stop, Done};
taken(Done) -> Done.

c2s_handle_info(#{pres_last := #presence{priority = P}} = State, ironside_stored)
  when P == undefined; P >= 0 ->
    {Presence, _} = Login = {#presence{type = available}, maps:remove(pres_last, State)},
    mod_offline:c2s_self_presence(Login),
    c2s_self_presence({Presence, State}),
    {stop, State};
c2s_handle_info(State, ironside_stored) -> {stop, State};
c2s_handle_info(State, _) -> State.

%% An account is not told that nothing was stored: it would learn that somebody is away.
not_stored({bounce, #message{from = #jid{luser = User}} = Message}) when User /= <<>> ->
    {stop, {dropped, Message}};
not_stored(In) -> In.

sender(#jid{luser = <<>>, lserver = Host}) -> {service, Host};
sender(#jid{luser = User}) -> {account, User}.

has_room(#message{from = From, to = To}, Weight) ->
    {Class, User} = sender(From),
    Most = case Class of account -> ?STORED_BY_ACCOUNTS_MAX; service -> ?STORED_BY_SERVICES_MAX end,
    stored({to, To#jid.luser, Class}) + Weight =< Most andalso
        (Class == service orelse stored({from, User}) + Weight =< ?STORED_OF_ONE_MAX).

stored(Key) ->
    case ets:lookup(?STORED, Key) of
        [{_, Weight}] -> Weight;
        [] -> 0
    end.

%% By what the sender wrote: a session that ends adds a stamp to what it gives back.
kept(To, From, #xmlel{children = Children} = Packet) ->
    Written = [E || E <- Children, not is_stamp(E)],
    Id = fxml:get_tag_attr_s(<<"id">>, Packet),
    {kept, To, crypto:hash(sha256, term_to_binary({From, Id, Written}))}.

is_stamp(#xmlel{name = Name}) -> Name == <<"delay">>;
is_stamp(_) -> false.

keep(To, From, Packet) -> ets:insert(?STORED, {kept(To, From, Packet), 0}).

count(To, {Class, User} = From, Weight) ->
    [ets:update_counter(?STORED, Key, Weight, {Key, 0})
     || Key <- [{between, To, From}, {to, To, Class}, {from, User}]].

%% What was stored is on its way: nothing is, or what came just now.
c2s_self_presence({#presence{type = available, priority = P}, #{jid := Me}} = In)
  when P == undefined; P >= 0 ->
    count_again(Me#jid.luser, Me#jid.lserver),
    In;
c2s_self_presence(In) -> In.

%% Whoever has had something stored: nothing may be left of that.
counted() ->
    ets:select(?STORED, [{{{to, '$1', '_'}, '_'}, [], ['$1']}]) ++
        ets:select(?STORED, [{{{kept, '$1', '_'}, '_'}, [], ['$1']}]).

count_again(User, Host) ->
    forget(User),
    [begin keep(User, sender(From), Packet), count(User, sender(From), weight(Packet)) end
     || #offline_msg{from = From, packet = Packet} <- mnesia:dirty_read(offline_msg, {User, Host})].

forget(User) ->
    ets:match_delete(?STORED, {{kept, User, '_'}, '_'}),
    Senders = ets:select(?STORED, [{{{between, User, '$1'}, '_'}, [], ['$1']}]),
    [ets:update_counter(?STORED, Key, -Weight, {Key, 0})
     || {Class, Name} = From <- Senders,
        {_, Weight} <- ets:take(?STORED, {between, User, From}),
        Key <- [{to, User, Class}, {from, Name}]],
    [ets:delete_object(?STORED, {Key, 0})
     || {Class, Name} <- Senders, Key <- [{to, User, Class}, {from, Name}]].

remove_user(User, _) -> forget(jid:nodeprep(User)).
