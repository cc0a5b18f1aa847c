#!/usr/bin/env bash
# build: plain
# The walls between the processes of a network that runs: what each has open and what of the system
# it has given up, and that no file of theirs lies where a standard descriptor was closed.
# Alone, as root (for /proc/PID/fd): IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/61-walls.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need pgrep procps
[ "$(id -u)" = 0 ] || skip "only root looks into processes that allow no debugger"
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DAYKEYS=$NET/bots/ibot/daykeys

# Our own processes that run for the network, a number a line.
daemons() {
    pgrep -f -- "^$BUILD/ironside[^ ]* .*$NET"
}

is_confined() {
    local pid
    pid=$(pgrep -f -- "--role $1 $NET") && grep -qP '^Seccomp:\t2' "/proc/$pid/status"
}

# Without its log there is no other way to see that the bot is up.
is_up() {
    "$IRONSIDE" status "$NET" | grep -q 'server *connected' && is_confined link &&
        is_confined opener && is_confined keeper && is_confined reader &&
        is_confined index && is_confined front && is_confined workers &&
        is_confined translators
}

up() { # REDIRECTION…
    eval '"$IRONSIDE" up "$NET" < /dev/null > "$SCENE/up.log" 2>&1 '"$*"' &'
    UP=$!
    OWN_PIDS+=("$UP")
    wait_for $PATIENCE is_up || fail "the network does not start with $*"
}

step "standard descriptors that are closed are nobody's file"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
before=$(stat -c %s "$DAYKEYS")
for closed in '2>&-' '2>&-' '>&-' '<&- >&- 2>&-'; do
    up "$closed"
    for pid in $(daemons); do
        for number in 0 1 2; do
            file=$(readlink "/proc/$pid/fd/$number") ||
                fail "$(tr '\0' ' ' < "/proc/$pid/cmdline") runs without descriptor $number"
            [[ $file = /dev/null || $file = "$SCENE/up.log" ]] ||
                fail "descriptor $number of $(tr '\0' ' ' < "/proc/$pid/cmdline") is $file"
        done
    done
    end_process "$UP"
    [ "$(stat -c %s "$DAYKEYS")" = "$before" ] || fail "the file of day keys is written into"
done
# who PID: the name of its part.
who() {
    case $(tr '\0' ' ' < "/proc/$1/cmdline") in
    *' --connector '*) echo connector ;;
    *' --role link '*) echo link ;;
    *' --role opener '*) echo opener ;;
    *' --role keeper '*) echo keeper ;;
    *ironside-registrar*) echo registrar ;;
    *ironside-desk' --role '*) tr '\0' '\n' < "/proc/$1/cmdline" | sed -n 3p ;;
    *ironside-desk*) echo supervisor ;;
    *ironside-ibot*) echo supervisor ;;
    *) echo up ;;
    esac
}

# holds PID: what it has open beside standard descriptors, each kind and file once.
holds() {
    local file
    for file in "/proc/$1/fd"/*; do
        [ "${file##*/}" -le 2 ] || readlink "$file"
    done | sed 's|.*/||; s|:.*||; s|-wal$||; s|-shm$||' | sort -u | paste -sd' '
}

# state PID: what the kernel says that it has given up.
state() {
    awk '/^(Seccomp|NoNewPrivs|CapEff|CapPrm|CapBnd):/ { printf "%s%s ", $1, $2 }' \
        "/proc/$1/status"
}
GIVEN_UP='CapPrm:0000000000000000 CapEff:0000000000000000 CapBnd:0000000000000000 NoNewPrivs:1 Seccomp:2 '
declare -A HOLDS=(
    [connector]='socket' [link]='socket' [opener]='daykeys socket' [keeper]='journal.db socket'
    [registrar]='anon_inode log.db registrar.db socket' [reader]='socket' [index]='desk.vault socket'
    [front]='anon_inode socket' [workers]='null socket'
    [translators]='null socket')

step "the threat model's table is the one that is tried"
"$BUILD/tests/unit/base/base_confine_daemons_test" --table > "$SCENE/table" || fail "no table"
diff "$SCENE/table" <(grep -E '^\| [a-z]+: .*( \| [-+x]){8} \|$' \
    "$(dirname "$0")/../../docs/threat-model.md") || fail "docs/threat-model.md has another table"

step "each process has given up all but its part, and holds nothing but that open"
up '2>&-'
seen=
for pid in $(daemons); do
    name=$(who "$pid")
    seen+=" $name"
    # These two start programs, and read nothing that comes from outside.
    [ "$name" = up ] || [ "$name" = supervisor ] || {
        [ -n "${HOLDS[$name]-}" ] || fail "$name runs, and nothing says here what it may hold"
        [ "$(state "$pid")" = "$GIVEN_UP" ] || fail "$name has kept: $(state "$pid")"
        [ "$(holds "$pid")" = "${HOLDS[$name]}" ] || fail "$name holds open: $(holds "$pid")"
    }
done
seen=$(tr ' ' '\n' <<< "$seen" | sort | paste -sd' ' | sed 's/^ //')
[ "$seen" = "connector connector front index keeper link opener reader registrar supervisor supervisor translators up workers" ] ||
    fail "what runs: $seen"

step "link and the registrar each reach two sockets of the server's, and no others"
for part in ibot:upload registrar:admin; do
    process=$(pgrep -fa -- "ironside-${part%:*} --connector $NET/") || fail "nobody connects for $part"
    [ "${process#*--connector }" = "$NET/run/component.sock $NET/run/${part#*:}.sock" ] ||
        fail "for $part there are connections to: $process"
done

step "a part whose connections are gone begins anew"
before=$(pgrep -f -- "--role link $NET")
kill -KILL "$(pgrep -f -- "ironside-ibot --connector $NET")"
kill -KILL "$(pgrep -f -- "ironside-registrar --connector $NET")"
begun_anew() {
    is_up && [ "$(pgrep -f -- "--role link $NET")" != "$before" ]
}
wait_for 30 begun_anew || fail "link or the registrar stays without its connections"
end_process "$UP"
[ -z "$(daemons)" ] || fail "left running: $(pgrep -fa -- "$NET")"
step "done"
