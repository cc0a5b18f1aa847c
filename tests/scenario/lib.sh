# What the scenario scripts share; each sources it first. A script works in a temporary folder of
# its own, $SCENE, on ports of 127.0.0.1 that were free, and ends what it started, and nothing
# else, by process id. Exit status 77 means that something it needs is not installed.
# shellcheck shell=bash
set -u

# How long something may take that has to happen, in seconds: it is a loaded machine that decides.
PATIENCE=120
SCENE=$(mktemp -d "${TMPDIR:-/tmp}/ironside.XXXXXX") || exit 1
DOMAIN=chat.test
OWN_PIDS=()
EJABBERD_PID=

step() {
    printf -- '-- %s\n' "$*"
}

fail() {
    FAILED_OF=$*
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}

# succeeds TEXT COMMAND…: it ends well and says the text ("" for anything); what it said is $SAID.
succeeds() {
    local text=$1 status=0
    shift
    SAID=$("$@" 2>&1 < /dev/null) || status=$?
    [ "$status" -eq 0 ] || fail "$* ends with $status: $SAID"
    [[ $SAID == *"$text"* ]] || fail "$* says '$SAID', not '$text'"
}

# refused STATUS TEXT COMMAND…: it ends with the status and says the text.
refused() {
    local want=$1 text=$2 status=0
    shift 2
    SAID=$("$@" 2>&1 < /dev/null) || status=$?
    [ "$status" -eq "$want" ] || fail "$* ends with $status, not $want: $SAID"
    [[ $SAID == *"$text"* ]] || fail "$* says '$SAID', not '$text'"
}

# tells NAME TEXT: the output $SCENE/NAME.log has it.
tells() {
    grep -qF -- "$2" "$SCENE/$1.log"
}

# start NAME COMMAND…: in the background, its output in NAME.log, which is its own: what one that ran
# before it said is gone before it begins. $! is its number.
start() {
    local name=$1
    shift
    rm -f "$SCENE/$name.log"
    "$@" > "$SCENE/$name.log" 2>&1 < /dev/null &
    OWN_PIDS+=("$!")
}

# need PROGRAM PACKAGE
need() {
    command -v "$1" > /dev/null || skip "$1 is not installed (Debian package $2)"
}

# Ends a process that this script started; waits until it is gone.
end_process() {
    local pid=$1 i
    kill -TERM "$pid" 2> /dev/null || true
    for ((i = 0; i < 100; i++)); do
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.05
    done
    kill -KILL "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null || true
}

at_exit() {
    local status=$? pid
    trap - EXIT INT TERM HUP
    [ -S "$SCENE/tmux" ] && tmux -S "$SCENE/tmux" kill-server 2> /dev/null
    for pid in "${OWN_PIDS[@]:-}"; do
        [ -n "$pid" ] && end_process "$pid"
    done
    if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
        printf 'exit status %s; the end of the logs in %s:\n' "$status" "$SCENE" >&2
        tail -n 15 "$SCENE"/*.log "$SCENE"/ejabberd/log/*.log >&2 2> /dev/null
        [ -z "${FAILED_OF:-}" ] || printf 'FAILED: %s\n' "$FAILED_OF" >&2 # last, where it is seen
    fi
    [ -n "${IRONSIDE_KEEP:-}" ] || rm -rf "$SCENE"
    exit "$status"
}
trap at_exit EXIT
trap 'exit 130' INT TERM HUP

# wait_for SECONDS COMMAND…: until the command succeeds.
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" > /dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

port_open() {
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        port_open "$port" || break
    done
    echo "$port"
}

# enact NETWORK PROPOSAL: signed by the custodians whose keys lie in a network of init, and published.
enact() {
    local ironside=${IRONSIDE_BUILD:?the build folder}/ironside number
    for number in 1 2; do
        "$ironside" warrant sign "$2" --key "$1/authority/custodian-$number.key" --yes \
            > "$SCENE/enact.log" 2>&1 || fail "$2 is not signed"
    done
    "$ironside" warrant publish "$1" "$2" > "$SCENE/enact.log" 2>&1 || fail "$2 is not published"
}

# exempt_devices NETWORK: what its public log says, as [{"day":…,"devices":{"CC":N}}].
exempt_devices() {
    "${IRONSIDE_BUILD:?the build folder}/ironside" log show "$1" --json |
        jq -c 'select(.kind == "exemptions") | {day, devices}' | jq -sc .
}

# know HANDLE…: each of these devices in $SCENE accepts messages from the others.
know() {
    local own other
    for own; do
        for other; do
            [ "$own" = "$other" ] || "$IRONSIDE_BUILD/ironside" contact add \
                --store "$SCENE/$own" "$other" > "$SCENE/know.log" 2>&1 < /dev/null ||
                fail "$own does not take $other as a contact: $(cat "$SCENE/know.log")"
        done
    done
}

# make_authority NAME: $SCENE/NAME.pem and its key.
make_authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj "/CN=$1" -keyout "$SCENE/$1.key" -out "$SCENE/$1.pem" 2> /dev/null ||
        fail "cannot make the authority $1"
}

# make_certificate AUTHORITY DOMAIN FILE: certificate and key in one file.
make_certificate() {
    local file=$SCENE/$3
    printf 'subjectAltName=DNS:%s\n' "$2" > "$file.ext"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
        -keyout "$file.key" -out "$file.csr" 2> /dev/null ||
        fail "cannot make a key for $2"
    openssl x509 -req -in "$file.csr" -CA "$SCENE/$1.pem" -CAkey "$SCENE/$1.key" -days 2 \
        -set_serial "0x$(openssl rand -hex 8)" -extfile "$file.ext" -out "$file.crt" \
        2> /dev/null || fail "cannot make the certificate of $2"
    cat "$file.crt" "$file.key" > "$file"
}

# ejabberd_configure AUTHORITY: a private instance in $SCENE/ejabberd on $C2S_PORT, its HTTP
# interface on the socket $API_SOCKET.
ejabberd_configure() {
    local at=$SCENE/ejabberd
    C2S_PORT=$(free_port)
    API_SOCKET=$at/api
    mkdir -p "$at"/{conf,log,spool,mnesia}
    ERL_LIBS=/usr/lib/x86_64-linux-gnu erlc -o "$at/conf" "$(dirname "$0")/../../src/network/mod_ironside.erl" ||
        fail "the network's module is not compiled"
    make_certificate "$1" "$DOMAIN" server.pem
    cat > "$at/conf/ejabberd.yml" << YML
hosts: ["$DOMAIN"]
loglevel: warning
log_rotate_count: 0
ca_file: $SCENE/$1.pem
certfiles: ["$SCENE/server.pem"]
define_macro: {TLSOPT: ["no_sslv3","no_tlsv1","no_tlsv1_1","no_compression"]}
c2s_protocol_options: TLSOPT
s2s_access: none
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha256
disable_sasl_mechanisms: ["plain","digest-md5","X-OAUTH2","anonymous"]
listen:
  - {port: $C2S_PORT, ip: "127.0.0.1", module: ejabberd_c2s, starttls_required: true,
     max_stanza_size: 131072, shaper: none, access: local, backlog: 1024}
  - {port: "unix:$API_SOCKET", module: ejabberd_http, request_handlers: {/api: mod_http_api}}
acl: {local: {user_regexp: ""}}
access_rules: {local: {allow: local}}
api_permissions:
  "api": {from: [mod_http_api], who: all, what: "*"}
shaper_rules: {max_offline: {infinity: all}}
modules:
  mod_ironside: {}
  mod_offline: {access_max_user_messages: max_offline}
  mod_disco: {}
  mod_ping: {}
  mod_roster: {}
  mod_caps: {}
  mod_stream_mgmt: {resend_on_timeout: if_offline, max_ack_queue: infinity, resume_timeout: 0}
  mod_pubsub:
    plugins: [flat, pep]
    last_item_cache: false
    force_node_config: {"eu.siacs.conversations.axolotl.*": {access_model: open}}
  mod_http_api: {}
  mod_admin_extra: {}
  mod_register: {access: deny_all, access_remove: deny_all}
YML
}

ejabberd_start() {
    local at=$SCENE/ejabberd
    rm -f "$API_SOCKET"
    (
        export HOME=$at/spool ERL_LIBS=/usr/lib/x86_64-linux-gnu \
            EJABBERD_CONFIG_PATH=$at/conf/ejabberd.yml EJABBERD_LOG_PATH=$at/log/ejabberd.log \
            ERL_CRASH_DUMP=/dev/null ERL_CRASH_DUMP_BYTES=0
        cd "$at/spool" || exit 1
        exec erl +K true +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none \
            -pa "$at/conf" -mnesia dir "\"$at/mnesia\"" -s ejabberd -noinput
    ) > "$SCENE/ejabberd.out.log" 2>&1 &
    EJABBERD_PID=$!
    OWN_PIDS+=("$EJABBERD_PID")
    wait_for $PATIENCE port_open "$C2S_PORT" || fail "ejabberd does not start"
    wait_for $PATIENCE test -S "$API_SOCKET" || fail "ejabberd's HTTP interface does not start"
}

ejabberd_stop() {
    end_process "$EJABBERD_PID"
}

# As a power cut would.
ejabberd_kill() {
    kill -KILL "$EJABBERD_PID"
    wait "$EJABBERD_PID" 2> /dev/null
}

# ejabberd_api COMMAND JSON
ejabberd_api() {
    curl --silent --show-error --fail --unix-socket "$API_SOCKET" -H 'Content-Type: application/json' \
        --data "$2" "http://localhost/api/$1"
}

# add_account HANDLE PASSWORD
add_account() {
    ejabberd_api register "{\"user\":\"$1\",\"host\":\"$DOMAIN\",\"password\":\"$2\"}" \
        > /dev/null || fail "cannot add the account $1"
}
