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
        is_confined opener && is_confined keeper
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
step "done"
