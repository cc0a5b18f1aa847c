#!/usr/bin/env bash
# build: plain
# Two devices write numbered messages to each other, and one of them is killed again and again, at
# any moment: while it stays and receives, and while it sends and ends. In the end each holds every
# message of the other exactly once, none was shown twice, and so does the archive.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [KILLS=n] tests/scenario/42-device-kill.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
IRONSIDE=${IRONSIDE_BUILD:?the build folder}/ironside
DOMAIN=chat.example
NET=$SCENE/net
KILLS=${KILLS:-48}

activate() {
    "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle" > /dev/null ||
        fail "$1 is not provisioned"
    "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent \
        > "$SCENE/$1.log" 2>&1 || fail "$1 is not activated: $(tail -n 3 "$SCENE/$1.log")"
}

# receive HANDLE: a device that stays; its number is $RECEIVER. What it shows is in HANDLE.shown.
receive() {
    "$IRONSIDE" device receive --store "$SCENE/$1" --follow --json \
        >> "$SCENE/$1.shown" 2>> "$SCENE/$1.log" < /dev/null &
    RECEIVER=$!
    OWN_PIDS+=("$RECEIVER")
}

# put HANDLE NUMBER: sends to the other one, in the background; its number is $SENDER.
put() {
    local to=ben
    [ "$1" = ben ] && to=anna
    "$IRONSIDE" device send --store "$SCENE/$1" --to "$to@$DOMAIN" --json "$1-$2" \
        > "$SCENE/sent/$1-$2" 2>> "$SCENE/$1.log" < /dev/null &
    SENDER=$!
    OWN_PIDS+=("$SENDER")
}

# As a power cut would. A process that has ended by itself, done, was not killed.
kill_now() {
    if kill -KILL "$1" 2> /dev/null; then
        killed=$((killed + 1))
    fi
    wait "$1" 2> /dev/null
}

moment() {
    sleep "$(printf '%d.%03d' $(($1 / 1000)) $((RANDOM % $1 % 1000)))"
}

# held HANDLE true|false: the texts in its conversation that came (true) or that it sent.
held() {
    "$IRONSIDE" device messages --store "$SCENE/$1" --json 2>> "$SCENE/$1.log" |
        jq -r --argjson in "$2" 'select(.incoming == $in) | .body' | sort
}

shown() {
    jq -r 'select(.body != null) | .body' "$SCENE/$1.shown" | sort
}

# told HANDLE: the texts whose sending process said how far they came before it ended.
told() {
    local file
    for file in "$SCENE/sent/$1-"*; do
        grep -q progress "$file" && basename "$file"
    done | sort
}

outbox_empty() {
    local waiting
    waiting=$("$IRONSIDE" device outbox --store "$SCENE/$1" --json) && [ -z "$waiting" ]
}

# arrived FROM TO: something was sent, and all of it is there.
arrived() {
    local out
    out=$(held "$1" false)
    [ -n "$out" ] && [ "$out" = "$(held "$2" true)" ]
}

# What a device holds it has shown to its user, or will do so right away.
all_shown() {
    [ "$(held ben true)" = "$(shown ben)" ]
}

nothing_waits() {
    outbox_empty anna && outbox_empty ben && arrived anna ben && arrived ben anna
}

# same WHAT FILE FILE
same() {
    cmp -s "$2" "$3" || fail "$1: $(diff "$2" "$3" | head -n 5)"
}

no_repeats() {
    [ -z "$(uniq -d < "$2")" ] || fail "$1 more than once: $(uniq -d < "$2" | head -n 5 | tr '\n' ' ')"
}

mkdir "$SCENE/sent"
step "a network and two devices"
"$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0 > "$SCENE/init.log" || fail "no network"
start up "$IRONSIDE" up "$NET"
wait_for $PATIENCE grep -q 'is up' "$SCENE/up.log" || fail "the network does not start"
wait_for $PATIENCE grep -q 'is in force' "$SCENE/up.log" || fail "the bot does not start"
activate anna
activate ben
know anna ben

step "$KILLS kills while they write"
receive ben
wait_for $PATIENCE test -S "$SCENE/ben/device.sock" || fail "ben does not run"
killed=0
number=0
while [ "$killed" -lt "$KILLS" ]; do
    number=$((number + 1))
    [ "$number" -lt $((4 * KILLS)) ] || fail "only $killed of $number processes could be killed"
    put ben "$number"
    case $((number % 3)) in
    0) # it stays, and is killed while it receives
        receive anna
        moment 900
        kill_now "$RECEIVER"
        ;;
    1) # it stays, and is killed while another process gives it a text
        receive anna
        wait_for $PATIENCE test -S "$SCENE/anna/device.sock"
        moment 300
        put anna "$number"
        moment 200
        kill_now "$RECEIVER"
        wait "$SENDER" 2> /dev/null
        ;;
    2) # it sends and ends, and is killed on the way
        put anna "$number"
        moment 400
        kill_now "$SENDER"
        ;;
    esac
done

step "what came of them"
receive anna
wait_for 240 nothing_waits || fail "messages still wait: $(
    for handle in anna ben; do
        "$IRONSIDE" device outbox --store "$SCENE/$handle" --json
        echo "$handle sent $(held $handle false | wc -l), has $(held $handle true | wc -l)"
    done
)"
wait_for $PATIENCE all_shown || true # what is missing is named below
for handle in anna ben; do
    held $handle false > "$SCENE/$handle.out"
    held $handle true > "$SCENE/$handle.in"
    shown $handle > "$SCENE/$handle.seen"
    told $handle > "$SCENE/$handle.told"
    no_repeats "$handle holds" "$SCENE/$handle.in"
    no_repeats "$handle has shown" "$SCENE/$handle.seen"
    no_repeats "$handle has sent" "$SCENE/$handle.out"
    [ -z "$(comm -23 "$SCENE/$handle.told" "$SCENE/$handle.out")" ] ||
        fail "$handle has lost: $(comm -23 "$SCENE/$handle.told" "$SCENE/$handle.out" | head -n 5)"
    grep '"notice"' "$SCENE/$handle.shown" && fail "$handle has something to complain of"
done
same "what anna sent and ben has" "$SCENE/anna.out" "$SCENE/ben.in"
same "what ben sent and anna has" "$SCENE/ben.out" "$SCENE/anna.in"
same "what ben has and what was shown" "$SCENE/ben.in" "$SCENE/ben.seen"
sort "$SCENE/anna.out" "$SCENE/ben.out" > "$SCENE/all.out"
"$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" --json |
    jq -r .body | sort > "$SCENE/archived" || fail "the archive cannot be read"
same "what was sent and what is archived" "$SCENE/all.out" "$SCENE/archived"
"$IRONSIDE" archive verify "$NET" --identity "$NET/agencies/north.key" > "$SCENE/verify.log" 2>&1 ||
    fail "the archive does not hold: $(cat "$SCENE/verify.log")"
printf '   killed %d times; anna sent %d, of %d tried, and ben %d; anna was shown %d of %d before a kill\n' \
    "$killed" "$(wc -l < "$SCENE/anna.out")" "$(find "$SCENE/sent" -name 'anna-*' | wc -l)" \
    "$(wc -l < "$SCENE/ben.out")" "$(wc -l < "$SCENE/anna.seen")" "$(wc -l < "$SCENE/anna.in")"
printf '   %s\n' "$(cat "$SCENE/verify.log")"
step "done"
