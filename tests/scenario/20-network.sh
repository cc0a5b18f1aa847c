#!/usr/bin/env bash
# The registrar and a private ejabberd, from outside: starting, refusing to start, provisioning,
# activation, policies, and what is left when each of them ends or is killed.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/20-network.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
BUILD=${IRONSIDE_BUILD:?the build folder}
DRIVER=$BUILD/tests/scenario/network_driver
REGISTRAR=$BUILD/ironside-registrar
NET=$SCENE/net
CA=$NET/authority/ca.pem
PORT=$(free_port)
NS=urn:ironside:registrar:1

declare -A SESSION_PID SESSION_FD

# expect NAME TEXT: the output NAME.log has it, soon.
expect() {
    wait_for $PATIENCE tells "$1" "$2" || fail "$1 does not tell '$2'"
}

ask() {
    "$DRIVER" ask "$NET" "$1" || fail "the registrar refuses $1"
}

# login NAME ACCOUNT/RESOURCE PASSWORD: a session, its output in NAME.log.
login() {
    local name=$1 fd
    rm -f "$SCENE/$name.in" "$SCENE/$name.log"
    mkfifo "$SCENE/$name.in"
    exec {fd}<> "$SCENE/$name.in"
    "$DRIVER" session "$PORT" "$CA" "$2" < "$SCENE/$name.in" > "$SCENE/$name.log" 2>&1 &
    SESSION_PID[$name]=$!
    OWN_PIDS+=($!)
    SESSION_FD[$name]=$fd
    send "$name" "$3"
}

# enter NAME ACCOUNT/RESOURCE PASSWORD: one that is let in, and is there for messages.
enter() {
    login "$@"
    expect "$1" online
    send "$1" "<presence/>"
}

send() {
    printf '%s\n' "$2" >&"${SESSION_FD[$1]}"
}

logout() {
    end_process "${SESSION_PID[$1]}"
    # shellcheck disable=SC1083 # an element of an array may hold the descriptor
    exec {SESSION_FD[$1]}>&-
}

bundle_of() {
    jq -r .bundle <<< "$1"
}

start_server() {
    start up "$DRIVER" up "$NET"
    SERVER=$!
    expect up up
}

start_registrar() {
    start registrar "$REGISTRAR" "$NET"
    REGISTRAR_PID=$!
    expect registrar ready
}

connected() {
    [ "$("$DRIVER" ask "$NET" '{"do":"status"}' 2> /dev/null | jq .server)" = "$1" ]
}

step "the registrar says what is missing"
refused 2 "usage:" "$REGISTRAR"
refused 0 "usage:" "$REGISTRAR" --help
(umask 077 && mkdir -p "$SCENE/empty/run")
refused 1 "is not a network" "$REGISTRAR" "$SCENE/empty"
"$DRIVER" make "$NET" "$PORT" || fail "no network"
refused 1 "the network is not running: start it with 'ironside up $NET'" \
    "$DRIVER" ask "$NET" '{"do":"status"}'
chmod 755 "$NET/run"
refused 1 "chmod 700" "$REGISTRAR" "$NET"
chmod 700 "$NET/run"

step "ejabberd starts, once"
start_server
refused 1 "is running already" "$DRIVER" up "$NET"
"$DRIVER" make "$SCENE/second" "$PORT" || fail "no second network"
refused 1 "port $PORT is taken by another program" "$DRIVER" up "$SCENE/second"

step "the registrar starts, once"
start_registrar
wait_for $PATIENCE connected true || fail "the registrar is not connected"
refused 1 "registrar.db" "$REGISTRAR" "$NET"
[ "$(stat -c %a "$NET/run/registrar.sock")" = 600 ] || fail "the control socket is open"
refused 1 "no policy is in force yet" "$DRIVER" ask "$NET" '{"do":"provision","handle":"anna"}'

step "a policy is imported and announced to the bot"
start bot "$DRIVER" bot "$NET"
expect bot online
"$DRIVER" publish "$NET" 1 W-1
[ "$(ask '{"do":"import"}')" = '{"ok":true,"policy":1,"imported":1,"offers":0,"problems":[]}' ] ||
    fail "policy 1 is not imported"
expect bot "serial='1'"

step "a distributor provisions"
ask '{"do":"distributor-add","name":"shop","quota":2}' > /dev/null
ANNA=$(ask '{"do":"provision","handle":"anna","distributor":"shop"}')
BOB=$(ask '{"do":"provision","handle":"bob","distributor":"shop"}')
refused 1 "has used up its 2 accounts" "$DRIVER" ask "$NET" \
    '{"do":"provision","handle":"carl","distributor":"shop"}'
refused 1 "there is an account anna already" "$DRIVER" ask "$NET" \
    '{"do":"provision","handle":"anna"}'
(umask 077 && bundle_of "$ANNA" > "$SCENE/anna.bundle" && bundle_of "$BOB" > "$SCENE/bob.bundle")
FIRST=$(jq -r .password "$SCENE/anna.bundle")
[ "$(jq -r .port "$SCENE/anna.bundle")" = "$PORT" ] || fail "the bundle names another port"
[ ${#FIRST} -eq 32 ] || fail "the first password has ${#FIRST} characters"

step "the first password opens the account, another does not"
login wrong "anna@$DOMAIN/x" "${FIRST}x"
expect wrong offline
enter old "anna@$DOMAIN/old" "$FIRST"
enter device "anna@$DOMAIN/device" "$FIRST"

step "activation ends the other sessions and keeps its own"
NEW=$(head -c 20 /dev/urandom | base32 | tr -d =)
send device "<iq type='set' id='pw'><query xmlns='jabber:iq:register'><username>anna</username><password>$NEW</password></query></iq>"
expect device 'id="pw" type="result"'
tells old offline && fail "the old session ended too early"
send device "<iq type='set' id='rm'><query xmlns='jabber:iq:register'><remove/></query></iq>"
expect device 'id="rm" type="error"'
send device "<iq type='set' id='mk'><query xmlns='jabber:iq:register'><username>mallory</username><password>x</password></query></iq>"
expect device 'id="mk" type="error"'
REQUEST=$("$DRIVER" request "$SCENE/anna.bundle")
OTHER=$("$DRIVER" request "$SCENE/anna.bundle")
FOREIGN=$("$DRIVER" request "$SCENE/bob.bundle")
send device "${FOREIGN/activate\'/foreign\'}"
expect device 'id="foreign" type="error"'
expect device forbidden
send device "$REQUEST"
expect device 'kind="device"'
expect old "offline the account has a new device"
CERTIFICATE=$(grep -o 'hash="[^"]*"' "$SCENE/device.log" | head -1)
send device "${REQUEST/activate\'/again\'}"
expect device 'id="again" type="result"'
[ "$(grep -o 'hash="[^"]*"' "$SCENE/device.log" | sort -u)" = "$CERTIFICATE" ] ||
    fail "the same request got another certificate"
send device "${OTHER/activate\'/other\'}"
expect device 'id="other" type="error"'
expect device '<conflict'
tells device offline && fail "the activating session was ended"
login late "anna@$DOMAIN/late" "$FIRST"
expect late offline

step "everyone finds the certificate and the documents"
enter bob "bob@$DOMAIN/device" "$(jq -r .password "$SCENE/bob.bundle")"
send bob "<iq type='get' id='c' to='registrar.$DOMAIN'><certificate xmlns='$NS' account='anna@$DOMAIN'/></iq>"
expect bob "$CERTIFICATE"
send bob "<iq type='get' id='p' to='registrar.$DOMAIN'><policy xmlns='$NS'/></iq>"
expect bob 'kind="policy"'
send bob "<iq type='get' id='n' to='registrar.$DOMAIN'><policy xmlns='$NS' serial='9'/></iq>"
expect bob 'id="n" type="error"'

step "presence reaches nobody, not even whom it is sent to"
send device "<presence type='subscribe' to='bob@$DOMAIN'/>"
send device "<presence to='bob@$DOMAIN/device'/>"
send device "<presence to='bob@$DOMAIN' type='probe'/>"
send bob "<presence><show>away</show></presence>"
send bob "<iq type='get' id='seen' to='registrar.$DOMAIN'><policy xmlns='$NS'/></iq>"
expect bob 'id="seen"'
send device "<iq type='get' id='items' to='$DOMAIN'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
expect device 'id="items"'
grep -q "<presence.*anna@" "$SCENE/bob.log" && fail "bob sees anna: $(grep "<presence.*anna@" "$SCENE/bob.log")"
grep -q "bob@$DOMAIN/device" "$SCENE/device.log" && fail "anna sees bob: $(grep "bob@" "$SCENE/device.log")"

step "a new policy reaches a device that is online, and one that is away when it comes back"
"$DRIVER" publish "$NET" 2 W-2
ask '{"do":"import"}' > /dev/null
expect device "serial=\"2\""
expect bot "serial='2'"
tells bob 'serial="2"' && fail "an account that is not activated was told"
logout device
"$DRIVER" publish "$NET" 3
ask '{"do":"import"}' > /dev/null
enter device2 "anna@$DOMAIN/device" "$NEW"
expect device2 'serial="3"'
"$DRIVER" publish "$NET" 2 W-9
ask '{"do":"import"}' | grep -q "policy 2 comes too late" || fail "a lower serial is not refused"

step "a new device for the account"
ANNA=$(ask '{"do":"replace","handle":"anna"}')
expect device2 "offline the account has a new device"
(umask 077 && bundle_of "$ANNA" > "$SCENE/anna2.bundle")
login device3 "anna@$DOMAIN/device" "$NEW"
expect device3 offline
enter device4 "anna@$DOMAIN/device" "$(jq -r .password "$SCENE/anna2.bundle")"
send device4 "$REQUEST"
expect device4 forbidden
send device4 "$("$DRIVER" request "$SCENE/anna2.bundle")"
expect device4 'kind="device"'
[ "$(ask '{"do":"accounts"}' | jq -c '[.accounts[] | [.handle, .state, .serial]]')" = \
    '[["anna","activated",2],["bob","provisioned",0]]' ] || fail "the accounts are others"

step "ejabberd is killed: accounts and registrar outlive it"
sleep 4 # what the server has confirmed is on its disk by now
kill -KILL "$(pgrep -f "mnesia dir \"$NET/server/mnesia\"")"
expect up "ejabberd has ended (signal 9"
wait_for $PATIENCE connected false || fail "the registrar does not see that the server is gone"
refused 1 "cannot ask ejabberd" "$DRIVER" ask "$NET" '{"do":"provision","handle":"carl"}'
start_server
wait_for $PATIENCE connected true || fail "the registrar does not come back"
enter bob2 "bob@$DOMAIN/device" "$(jq -r .password "$SCENE/bob.bundle")"
ask '{"do":"provision","handle":"carl"}' > /dev/null

step "the registrar is killed: nothing is lost; a policy comes while it is away"
kill -KILL "$REGISTRAR_PID"
wait "$REGISTRAR_PID" 2> /dev/null
refused 1 "the network is not running" "$DRIVER" ask "$NET" '{"do":"status"}'
"$DRIVER" publish "$NET" 4
start_registrar
[ "$(ask '{"do":"status"}' | jq -c '[.policy, .accounts, .activated]')" = '[4,3,1]' ] ||
    fail "the registrar has forgotten something"
expect bot "serial='4'"

step "a device that activates while the registrar is away, or is killed before it answers, goes on"
activate() {
    ask "{\"do\":\"provision\",\"handle\":\"$1\"}" | (umask 077 && jq -r .bundle > "$SCENE/$1.bundle")
    kill "-$2" "$REGISTRAR_PID"
    start "$1" "$BUILD/ironside" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent
    ACTIVATION=$!
    sleep 3 # it asks by then
    kill -0 "$ACTIVATION" || fail "the activation ends while the registrar is away"
    kill -KILL "$REGISTRAR_PID" 2> /dev/null
    wait "$REGISTRAR_PID" 2> /dev/null
    start_registrar
    expect "$1" "is active" 40
}
activate dora KILL
activate emil STOP

step "the server's files hold no message, unless it is told to show what it sees"
send bob2 "<message to='anna@$DOMAIN' type='chat'><body>marmalade-one</body></message>"
send bob2 "<iq type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>"
expect bob2 'id="p1"'
sleep 1
grep -rqa marmalade-one "$NET/server/log" && fail "the log holds a message"
"$DRIVER" loglevel "$NET" debug || fail "the log level stays"
send bob2 "<message to='anna@$DOMAIN' type='chat'><body>marmalade-two</body></message>"
wait_for $PATIENCE grep -qa marmalade-two "$NET/server/log/ejabberd.log" ||
    fail "the log does not show what the server sees"
"$DRIVER" loglevel "$NET" warning
[ -z "$(find "$NET/server" -name '*.dump' -o -name '.erlang.cookie')" ] ||
    fail "ejabberd left a dump or a cookie"

step "all end when they are told to"
kill -TERM "$REGISTRAR_PID"
wait "$REGISTRAR_PID" || fail "the registrar ends with an error"
refused 1 "the network is not running" "$DRIVER" ask "$NET" '{"do":"status"}'
kill -TERM "$SERVER"
wait "$SERVER" || fail "the server ends with an error"
port_open "$PORT" && fail "the port is still open"
pgrep -f "mnesia dir \"$NET/server/mnesia\"" > /dev/null && fail "ejabberd still runs"
step "done"
