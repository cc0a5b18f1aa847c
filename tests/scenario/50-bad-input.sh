#!/usr/bin/env bash
# Bad input from a real account, through a real server, to the running bot: every answer is the one
# that is due, a well-behaved device goes on beside it, and no process of the bot ends or grows.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/50-bad-input.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
GROWTH_KB=32768 # of all processes of the bot
# So that it is not a sanitizer's list of what was freed that grows.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=4

tells() {
    grep -qF -- "$2" "$SCENE/$1.log"
}

# expect NAME TEXT: the output NAME.log has it, soon.
expect() {
    wait_for $PATIENCE tells "$1" "$2" || fail "$1 does not tell '$2'"
}

activate() {
    "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle" > /dev/null ||
        fail "$1 is not provisioned"
    "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent \
        > "$SCENE/$1.log" 2>&1 || fail "$1 is not activated"
}

GOOD=0
# The well-behaved device's next message is archived.
anna_sends() {
    GOOD=$((GOOD + 1))
    "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" "marmalade $GOOD" \
        > "$SCENE/send.log" 2>&1 < /dev/null || fail "anna's message $GOOD is not sent"
    tells send "archived under" || fail "anna's message $GOOD is not archived"
}

LINES_DONE=0
all_done() {
    [ "$(grep -c '^done ' "$SCENE/mallory.log")" -eq "$LINES_DONE" ]
}

# mallory LINE: the driver does it.
mallory() {
    LINES_DONE=$((LINES_DONE + 1))
    printf '%s\n' "$1" >&"$MALLORY_FD"
    wait_for $PATIENCE all_done || fail "mallory could not: $1"
}

bot_processes() {
    local main
    main=$(pgrep -f "^$BUILD/ironside-ibot $NET") || return 1
    printf '%s ' "$main"
    pgrep -P "$main" | sort -n | tr '\n' ' '
}

# All four run?
bot_is_whole() {
    [ "$(bot_processes | wc -w)" -eq 4 ]
}

bot_memory() {
    local pid sum=0
    for pid in $(bot_processes); do
        sum=$((sum + $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")))
    done
    echo "$sum"
}

step "a network runs; anna and ben are as they should be"
"$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0 > "$SCENE/init.log" || fail "no network"
start up "$IRONSIDE" up "$NET"
expect up "is up"
expect up "is in force"
activate anna
activate ben
know anna ben
"$IRONSIDE" contact add --store "$SCENE/ben" mallory > /dev/null || fail "ben does not take mallory"
anna_sends
wait_for $PATIENCE bot_is_whole || fail "the bot has not its four processes: $(bot_processes)"
PROCESSES=$(bot_processes)

step "mallory activates a client of his own"
"$IRONSIDE" distributor provision "$NET" mallory --out "$SCENE/mallory.bundle" > /dev/null ||
    fail "mallory is not provisioned"
mkfifo "$SCENE/mallory.in"
exec {MALLORY_FD}<> "$SCENE/mallory.in"
"$BUILD/tests/scenario/bad_input_driver" "$NET" "$SCENE/mallory.bundle" \
    < "$SCENE/mallory.in" > "$SCENE/mallory.log" 2>&1 &
OWN_PIDS+=($!)
expect mallory active
mallory good

step "each case gets its answer; between them anna's messages are archived"
for from in 0 4 8 12 16; do
    mallory "cases $from $((from + 4))"
    anna_sends
    [ "$(bot_processes)" = "$PROCESSES" ] || fail "the bot has other processes: $(bot_processes)"
done
mallory good

step "a flood of stanzas over the cap is answered, and anna's message comes through"
mallory "flood 20" # what is allocated once is there then
BEFORE=$(bot_memory)
mallory "flood 400"
anna_sends
AFTER=$(bot_memory)
printf '   the bot: %s KiB before, %s KiB after 40 MB\n' "$BEFORE" "$AFTER"
[ $((AFTER - BEFORE)) -lt "$GROWTH_KB" ] || fail "the bot grew from $BEFORE to $AFTER KiB"

step "what is not XML ends mallory's session, and nobody else's"
mallory break
anna_sends
[ "$(bot_processes)" = "$PROCESSES" ] || fail "the bot has other processes: $(bot_processes)"
tells up "starting again" && fail "the bot started again"
grep -qE 'Sanitizer|runtime error' "$SCENE/up.log" && fail "a sanitizer reports"

step "the archive holds what was archived, and nothing else"
sleep 1
"$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" --json > "$SCENE/archive.jsonl" ||
    fail "the archive does not open"
for ((i = 1; i <= GOOD; i++)); do
    [ "$(grep -c "\"marmalade $i\"" "$SCENE/archive.jsonl")" -eq 1 ] || fail "marmalade $i is not there once"
done
[ "$(wc -l < "$SCENE/archive.jsonl")" -eq $((GOOD + 2)) ] ||
    fail "the archive holds $(wc -l < "$SCENE/archive.jsonl") messages, not $((GOOD + 2))"
"$IRONSIDE" archive verify "$NET" --identity "$NET/agencies/north.key" > "$SCENE/verify.log" 2>&1 ||
    fail "the archive is not in order"
step "done"
