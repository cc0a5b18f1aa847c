#!/usr/bin/env bash
# build: plain
# timeout: 1800
# The desk's page in Chromium, on a real network and desk with real messages: sign-in by password and
# passkey, search, opening, tagging all hits and taking that back, two reviewers who see each other's
# marks, a front that is killed while the page is open, all by keyboard, and what axe finds.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/88-page.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need erl ejabberd
need jq jq
need curl curl
need node nodejs
need chromium chromium
need pgrep procps
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DESK=$NET/desks/north
[ -d "$BUILD/page" ] || skip "there is no page in $BUILD: 'make' builds it"

# put HANDLE WORD…: sends; its message's id is $ID.
put() {
    local own=$1
    shift
    "$IRONSIDE" device send --store "$SCENE/$own" --json "$@" > "$SCENE/put.log" 2>&1 < /dev/null ||
        fail "$own cannot send $*: $(cat "$SCENE/put.log")"
    ID=$(jq -rs '.[0].id' "$SCENE/put.log")
}

receive() {
    "$IRONSIDE" device receive --store "$SCENE/$1" > "$SCENE/receive.log" 2>&1 < /dev/null ||
        fail "$1 receives nothing: $(cat "$SCENE/receive.log")"
}

add_user() { # NAME ROLE
    (umask 077 && od -An -tx8 -N16 /dev/urandom | tr -d ' \n' > "$SCENE/$1.word")
    "$IRONSIDE" desk user add "$DESK" "$1" --role "$2" --password-file "$SCENE/$1.word" \
        > "$SCENE/user.log" 2>&1 || fail "no user $1: $(cat "$SCENE/user.log")"
    echo "$1 $(cat "$SCENE/$1.word")" >> "$DESK/first-passwords"
}

step "a network with a desk, and messages of every kind"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
add_user vera reviewer
add_user sara supervisor
add_user arno auditor
start up "$IRONSIDE" up "$NET"
wait_for $PATIENCE tells up "listens on http" || fail "the network or its desk does not start"
for handle in anna bert; do
    "$IRONSIDE" distributor provision "$NET" "$handle" --out "$SCENE/$handle.bundle" \
        > "$SCENE/provision.log" 2>&1 || fail "no bundle"
    "$IRONSIDE" device activate "$SCENE/$handle.bundle" --store "$SCENE/$handle" --consent \
        < /dev/null > "$SCENE/activate.log" 2>&1 || fail "$handle is not active"
done
know anna bert
TO=(--to bert@chat.example)
for text in "the papers are under the pier, number 1" "bring both papers to the harbour before noon, number 2" \
    "nobody has seen papers such as number 3 for years" "her uncle paid for the papers in cash, number 4" \
    "papers, boat and number 5: all of it is ready"; do
    put anna "${TO[@]}" "$text"
done
for _ in 1 2; do put anna "${TO[@]}" "call me when the evening ferry has left the harbour"; done
put anna "${TO[@]}" "meet me at the peir"
put anna --edit "$ID" "meet me at the pier"
put anna "${TO[@]}" "forget this one"
put anna --retract "$ID"
put anna "${TO[@]}" "القارب تحت المنارة الليلة"
put anna "${TO[@]}" --position 51.92,4.48,25
receive bert
put anna "${TO[@]}" "who has the key of the boat?"
KEY=$ID
receive bert
put bert --react "$KEY" "👍"
put bert --reply "$KEY" "i have it, pay me first"
put bert --to anna@chat.example "i will kill him tonight, i have a gun"
receive anna
sign_in "$DESK" reviewer
arrived() { [ "$(ask GET '/api/search?q=tonight' | jq '.hits | length')" -ge 1 ]; }
wait_for $PATIENCE arrived || fail "the desk does not find the last message"

step "the page in Chromium"
jq -Rn --arg url "http://localhost:$(jq .port "$DESK/desk.json")" --arg ironside "$IRONSIDE" --arg scene "$SCENE" \
    --arg desk "$DESK" '{$url, $ironside, $scene, $desk, passwords: [inputs | split(" ") | {(.[0]): .[1]}] | add}' \
    "$DESK/first-passwords" > "$SCENE/drive.json"
PATH=/usr/bin:/bin node "$here/../../web/tests/drive.mjs" "$SCENE/drive.json" ${ONLY:+"$ONLY"} || fail "the page does not do what it should"
