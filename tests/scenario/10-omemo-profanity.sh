#!/usr/bin/env bash
# Client sessions and OMEMO against a real ejabberd and the stock client profanity, which is read
# and typed into through tmux. Anna and Carla are omemo_peer (see there), Bob is profanity.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/10-omemo-profanity.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
[ -d /usr/lib/x86_64-linux-gnu/ejabberd-23.01 ] || need ejabberdctl ejabberd
need profanity profanity
need tmux tmux
need curl curl
need openssl openssl
PEER=${IRONSIDE_BUILD:?the build folder}/tests/scenario/omemo_peer

declare -A PEER_PID PEER_FD SEEN

# start_peer NAME PASSWORD AUTHORITY [SOURCE]: the account NAME, as the peer NAME.
start_peer() {
    start_peer_as "$1" "$1" "${@:2}"
}

# start_peer_as PEER ACCOUNT PASSWORD AUTHORITY [SOURCE]
start_peer_as() {
    local name=$1 account=$2 password=$3 authority=$4 fd
    rm -f "$SCENE/$name.in"
    mkfifo "$SCENE/$name.in"
    exec {fd}<> "$SCENE/$name.in"
    "$PEER" "$account@$DOMAIN" "$C2S_PORT" "$SCENE/$authority.pem" "$SCENE/$name.db" "${@:5}" \
        < "$SCENE/$name.in" >> "$SCENE/$name.log" 2>&1 &
    PEER_PID[$name]=$!
    OWN_PIDS+=($!)
    PEER_FD[$name]=$fd
    SEEN[$name]=${SEEN[$name]:-0}
    say "$name" "$password"
}

# say PEER COMMAND
say() {
    printf '%s\n' "$2" >&"${PEER_FD[$1]}"
}

next_line_with() {
    tail -n +$((SEEN[$1] + 1)) "$SCENE/$1.log" | grep -m1 -nF -- "$2"
}

# expect PEER TEXT: a line with that text, after those that were expected before.
expect() {
    local line
    wait_for $PATIENCE next_line_with "$1" "$2" || fail "$1 does not tell '$2'"
    line=$(next_line_with "$1" "$2")
    SEEN[$1]=$((SEEN[$1] + ${line%%:*}))
}

# expect_not PEER TEXT SECONDS
expect_not() {
    sleep "$3"
    ! next_line_with "$1" "$2" > /dev/null || fail "$1 tells '$2'"
}

end_peer() {
    local fd=${PEER_FD[$1]}
    say "$1" quit
    wait "${PEER_PID[$1]}" || fail "$1 ends with an error"
    exec {fd}>&-
}

kill_peer() {
    local fd=${PEER_FD[$1]}
    kill -KILL "${PEER_PID[$1]}"
    wait "${PEER_PID[$1]}" 2> /dev/null
    exec {fd}>&-
}

screen() {
    tmux -u -S "$SCENE/tmux" "$@"
}

type_line() {
    screen send-keys -l "$1" && screen send-keys Enter
}

screen_shows() {
    screen capture-pane -p -J -S -500 | grep -qF -- "$1"
}

expect_screen() {
    wait_for $PATIENCE screen_shows "$1" && return
    screen capture-pane -p >&2
    fail "profanity does not show '$1'"
}

start_profanity() {
    local home=$SCENE/profanity
    mkdir -p "$home/config/profanity" "$home/data"
    printf '[omemo]\npolicy=automatic\ntrustmode=blind\n' > "$home/config/profanity/profrc"
    screen -f /dev/null new-session -d -x 200 -y 50 env -i PATH="$PATH" TERM=screen-256color \
        LANG=C.UTF-8 HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_DATA_HOME="$home/data" \
        SSL_CERT_FILE="$SCENE/network.pem" SSL_CERT_DIR=/nonexistent profanity ||
        fail "profanity does not start"
    expect_screen "Profanity"
}

step "a private ejabberd on free ports"
make_authority network
make_authority stranger
ejabberd_configure network
ejabberd_start
for account in anna bob carla; do
    add_account "$account" "secret-$account"
done

step "a wrong password is refused, once"
start_peer anna wrong network
expect anna "offline refused anna@chat.test: the server refuses the password"
expect_not anna offline 1
say anna "use secret-anna"
say anna retry
expect anna online
expect anna published

step "another authority's certificate is not trusted"
start_peer carla secret-carla stranger
expect carla "offline untrusted carla@chat.test: the server's certificate (/CN=chat.test) is not one"
end_peer carla

step "profanity logs in and makes its keys"
start_profanity
type_line "/connect bob@$DOMAIN/prof server 127.0.0.1 port $C2S_PORT tls force"
expect_screen "Enter password"
type_line secret-bob
expect_screen "logged in successfully"
type_line "/omemo gen"
expect_screen "Blind trust for bob@$DOMAIN" # its own bundle, read back

step "to profanity: a first message, umlauts and emoji, then more"
say anna "send bob@$DOMAIN Grüße aus Köln, ça va? 🐢🚲 <&>"
expect anna sent
expect_screen "chat message: anna@$DOMAIN"
type_line "/msg anna@$DOMAIN"
expect_screen "Grüße aus Köln, ça va? 🐢🚲 <&>"
for i in 1 2 3 4 5; do
    say anna "send bob@$DOMAIN Nummer $i für Bob ✓"
    expect_screen "Nummer $i für Bob ✓"
done

step "from profanity: the same"
type_line "/omemo start"
expect_screen "[OMEMO]"
type_line "Schöne Grüße zurück 🐢🚲 <&> 'ja'"
expect anna "message bob@$DOMAIN Schöne Grüße zurück 🐢🚲 <&> 'ja'"
for i in 1 2 3 4 5; do
    type_line "Nummer $i für Anna ✓"
    expect anna "message bob@$DOMAIN Nummer $i für Anna ✓"
done

step "what a device says beside texts is shown in words"
say anna "say bob@$DOMAIN edit peer-1 Grüße aus Bonn"
expect_screen "Correction: Grüße aus Bonn"
expect_screen "ironside:edit?id=peer-1"
say anna "say bob@$DOMAIN reply peer-2 Ja, Nummer 1"
expect_screen "> what was said"
expect_screen "Ja, Nummer 1"
say anna "say bob@$DOMAIN react peer-2 🐢 🚲"
expect_screen "🐢 🚲"
say anna "say bob@$DOMAIN retract peer-2 -"
expect_screen "(retracts a message)"
say anna "say bob@$DOMAIN read peer-2 -"
expect_screen "(read)"
say anna "say bob@$DOMAIN position - 52.37,4.89,15"
expect_screen "geo:52.37,4.89;u=15"
link=aesgcm://upload.$DOMAIN/4f2a/harbour#$(printf '%088d' 7)
say anna "say bob@$DOMAIN file - $link"
expect_screen "aesgcm://upload.$DOMAIN/4f2a/harbour#"
expect_screen "name=harbour.jpg"

say anna "say bob@$DOMAIN poll - Wer kommt?"
expect_screen "Poll: Wer kommt?"
expect_screen "2. no"
say anna "say bob@$DOMAIN vote peer-2 yes"
expect_screen "voted: yes"

step "in turn, and after a restart of the peer"
end_peer anna
start_peer anna secret-anna network
expect anna online
expect anna published
for i in 1 2 3; do
    say anna "send bob@$DOMAIN Runde $i hin"
    expect_screen "Runde $i hin"
    type_line "Runde $i her"
    expect anna "message bob@$DOMAIN Runde $i her"
done

step "what is sent while the peer is away arrives afterwards, in order"
end_peer anna
type_line "während du weg warst 1"
type_line "während du weg warst 2"
expect_screen "während du weg warst 2"
start_peer anna secret-anna network
expect anna "message bob@$DOMAIN während du weg warst 1"
expect anna "message bob@$DOMAIN während du weg warst 2"
type_line /quit

step "two peers, from addresses of their own"
start_peer carla secret-carla network 127.0.0.7
expect carla published
ejabberd_api user_sessions_info "{\"user\":\"carla\",\"host\":\"$DOMAIN\"}" | grep -q 127.0.0.7 ||
    fail "the server does not see the source address"
say carla "send anna@$DOMAIN von Carla"
expect anna "message carla@$DOMAIN von Carla"

step "a newer session of the same account replaces the older one"
start_peer_as anna2 anna secret-anna network
expect anna "offline replaced anna@chat.test: a newer session of this account took over"
expect anna2 published
expect_not anna online 1
end_peer anna2
say anna retry
expect anna online
expect anna published

step "the server is killed and comes back"
# Before the password changes: Mnesia writes with a delay, and forgets the last seconds then.
ejabberd_kill
expect anna "offline lost"
expect carla "offline lost"
sleep 1
ejabberd_start
expect anna published
expect carla published
say carla "send anna@$DOMAIN nach dem Neustart"
expect anna "message carla@$DOMAIN nach dem Neustart"

step "the server is stopped in good order and comes back"
ejabberd_stop
expect anna "offline lost"
expect carla "offline lost"
ejabberd_start
expect anna published
expect carla published

step "the password changes, and only the new one counts from then on"
say anna "password neu & schön <1>"
expect anna "password 0"
say carla "plain anna@$DOMAIN noch da"
expect anna "plain carla@$DOMAIN noch da"
end_peer anna
start_peer anna secret-anna network
expect anna "offline refused"
say anna "use neu & schön <1>"
say anna retry
expect anna online
expect anna published

step "killed between delivery and processing: the message comes again"
say carla hold
say anna "send carla@$DOMAIN nicht verlieren"
expect carla holding
kill_peer carla
start_peer carla secret-carla network
expect carla "message anna@$DOMAIN nicht verlieren"

step "killed after processing: it does not come a second time"
say anna "send carla@$DOMAIN nur einmal"
expect carla "message anna@$DOMAIN nur einmal"
say anna "send carla@$DOMAIN danach" # when that is there, the one before it is done with
expect carla "message anna@$DOMAIN danach"
kill_peer carla
start_peer carla secret-carla network
expect carla online
expect carla published
expect_not carla "nur einmal" 1

step "replaced between delivery and processing: the new session gets it"
# Now and then ejabberd stores it just after the new session has asked for what is stored; the session
# asks once more two seconds later.
say carla hold
say anna "plain carla@$DOMAIN für die neue Sitzung"
expect carla holding
start_peer_as carla2 carla secret-carla network
expect carla2 "plain anna@$DOMAIN für die neue Sitzung"
kill_peer carla

end_peer carla2
end_peer anna
ejabberd_stop
step "done"
