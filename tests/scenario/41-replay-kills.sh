#!/usr/bin/env bash
# build: plain
# Messages go through a network whose processes are killed on the way: the registrar and the server
# while devices enrol, then link, opener and keeper three times each, the registrar twice, the server
# twice. Nothing is lost, nothing comes twice.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [IRONSIDE_REPLAY=FILE] tests/scenario/41-replay-kills.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/replay.sh
. "$(dirname "$0")/replay.sh"

COPIES=20

# make_long FILE: the talk so often that there is time to kill, each copy two days later.
make_long() {
    local i
    for ((i = 0; i < COPIES; i++)); do
        jq -c --arg i "$i" '.id = "\($i)-\(.id)"
            | .ts = ((.ts | fromdate) + ($i | tonumber) * 172800 | todate)' "$TALK"
    done > "$1"
}

# A moment that is another one in each run.
pause() {
    sleep "$((RANDOM % 2)).$((RANDOM % 900 + 100))"
}

alive() {
    kill -0 "$UP_PID" 2> /dev/null
}

connections() {
    grep -c 'link: connected' "$SCENE/up.log"
}

# The bot is at work again, so that the next one kills something that works.
bot_is_back() {
    [ -n "$(role_process link)" ] && [ "$(connections)" -gt "$1" ]
}

# kill_one WHAT FINDER ARGUMENT…
kill_one() {
    local what=$1 pid
    shift
    pid=$("$@")
    [ -n "$pid" ] || fail "there is no $what to kill"
    alive || fail "the replay ended before the $what could be killed: too few messages"
    kill -KILL "$pid" || fail "the $what ended by itself"
    printf '   killed: %s, %s\n' "$what" "$pid"
}

kill_role() {
    local before
    before=$(connections)
    pause
    kill_one "$1" role_process "$1"
    wait_for $PATIENCE bot_is_back "$before" || fail "the bot does not come back after its $1 was killed"
}

kill_registrar() {
    local before
    before=$(registrar_process)
    pause
    kill_one registrar registrar_process
    wait_for $PATIENCE registrar_is_back "$before" || fail "the registrar does not come back"
}

registrar_is_back() {
    local now
    now=$(registrar_process)
    [ -n "$now" ] && [ "$now" != "$1" ]
}

kill_server() {
    local before
    before=$(connections)
    pause
    kill_one ejabberd server_process
    wait_for $PATIENCE bot_is_back "$before" || fail "the server does not come back"
}

# enrolled COUNT: so many devices have begun.
enrolled() {
    [ "$(find "$NET/replay/devices" -name device.vault 2> /dev/null | wc -l)" -ge "$1" ]
}

FILE=${IRONSIDE_REPLAY:-$SCENE/long.jsonl}
[ -n "${IRONSIDE_REPLAY:-}" ] || make_long "$FILE"
MESSAGES=$(wc -l < "$FILE")
RECIPIENTS=$(jq '.to | length' "$FILE" | awk '{ n += $1 } END { print n }')
DEVICES=$(jq -r '.from, .to[]' "$FILE" | sort -u | wc -l)

step "$MESSAGES messages, and kills"
make_network --openers 2
start_replay "$FILE"
for part in registrar server; do
    wait_for $PATIENCE enrolled 2 || fail "no device enrols"
    "kill_$part"
done
wait_for $PATIENCE enrolled "$DEVICES" || fail "the devices are not enrolled"
wait_for $PATIENCE role_process link || fail "there is no bot"
sleep 2
for round in 1 2 3; do
    for role in $(shuf -e link opener keeper); do
        kill_role "$role"
    done
    [ "$round" = 3 ] || kill_registrar
    [ "$round" = 3 ] || kill_server
done
wait "$UP_PID" || fail "the replay ends with an error"
expect_summary "$MESSAGES" "$RECIPIENTS"

step "the archive"
check_archive "$FILE"
step "done"
