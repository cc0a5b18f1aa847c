#!/usr/bin/env bash
# The page of a desk in Chromium; for the scenarios that source it behind desk.sh.
# shellcheck disable=SC2034 # ID is for who sources it

need node nodejs
need chromium chromium
[ -d "$BUILD/page" ] || skip "there is no page in $BUILD: 'make' builds it"

# add_user NAME ROLE: with a password that lies with the desk's first ones. Before the desk starts.
add_user() {
    (umask 077 && od -An -tx8 -N16 /dev/urandom | tr -d ' \n' > "$SCENE/$1.word")
    "$IRONSIDE" desk user add "$DESK" "$1" --role "$2" --password-file "$SCENE/$1.word" \
        > "$SCENE/user.log" 2>&1 || fail "no user $1: $(cat "$SCENE/user.log")"
    echo "$1 $(cat "$SCENE/$1.word")" >> "$DESK/first-passwords"
}

# put HANDLE WORD…: sends; its message's id is $ID.
put() {
    local own=$1
    shift
    "$IRONSIDE" device send --store "$SCENE/$own" --json "$@" > "$SCENE/put.log" 2>&1 < /dev/null ||
        fail "$own cannot send $*: $(cat "$SCENE/put.log")"
    ID=$(jq -rs '.[0].id' "$SCENE/put.log")
}

# found_last QUERY: waits until the desk finds it, which was sent last.
found_last() {
    arrived() { [ "$(ask GET "/api/search?q=$1" | jq '.hits | length')" -ge 1 ]; }
    wait_for $PATIENCE arrived "$1" || fail "the desk does not find the last message"
}

# drive PROGRAM: one of web/tests, with the desk's address and its users; $ONLY: the part of that name.
drive() {
    jq -Rn --arg url "http://localhost:$(jq .port "$DESK/desk.json")" --arg ironside "$IRONSIDE" --arg scene "$SCENE" \
        --arg desk "$DESK" '{$url, $ironside, $scene, $desk, passwords: [inputs | split(" ") | {(.[0]): .[1]}] | add}' \
        "$DESK/first-passwords" > "$SCENE/drive.json"
    PATH=/usr/bin:/bin node "$(dirname "$0")/../../web/tests/$1" "$SCENE/drive.json" ${ONLY:+"$ONLY"} ||
        fail "the page does not do what it should: $(cat "$SCENE/drive.error" 2> /dev/null)"
}
