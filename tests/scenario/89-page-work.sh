#!/usr/bin/env bash
# build: plain
# timeout: 1800
# The desk's page at work, in Chromium on a real network and desk: a threat that arrives while another message
# is read, is acknowledged and decided; an organisation of a community; map and timeline that filter the
# search; the access log verified; users made and taken away; and what axe finds on the pages of each role.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/89-page-work.sh
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
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DESK=$NET/desks/north
[ -d "$BUILD/page" ] || skip "there is no page in $BUILD: 'make' builds it"

put() { # HANDLE WORD…
    local own=$1
    shift
    "$IRONSIDE" device send --store "$SCENE/$own" "$@" > "$SCENE/put.log" 2>&1 < /dev/null ||
        fail "$own cannot send $*: $(cat "$SCENE/put.log")"
}

add_user() { # NAME ROLE
    (umask 077 && od -An -tx8 -N16 /dev/urandom | tr -d ' \n' > "$SCENE/$1.word")
    "$IRONSIDE" desk user add "$DESK" "$1" --role "$2" --password-file "$SCENE/$1.word" \
        > "$SCENE/user.log" 2>&1 || fail "no user $1: $(cat "$SCENE/user.log")"
    echo "$1 $(cat "$SCENE/$1.word")" >> "$DESK/first-passwords"
}

step "a network with a desk, and messages of three people"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
add_user vera reviewer
add_user sara supervisor
add_user auditor auditor
add_user filter filter
add_user defence defence
start up "$IRONSIDE" up "$NET"
wait_for $PATIENCE tells up "listens on http" || fail "the network or its desk does not start"
for handle in anna bert carl; do
    "$IRONSIDE" distributor provision "$NET" "$handle" --out "$SCENE/$handle.bundle" \
        > "$SCENE/provision.log" 2>&1 || fail "no bundle"
    "$IRONSIDE" device activate "$SCENE/$handle.bundle" --store "$SCENE/$handle" --consent \
        < /dev/null > "$SCENE/activate.log" 2>&1 || fail "$handle is not active"
done
know anna bert carl
for i in 1 2 3; do put anna --to bert@chat.example "the papers are under the pier, number $i"; done
put bert --to anna@chat.example "bring the boat at nine"
put carl --to anna@chat.example "my lawyer says we say nothing"
put anna --to bert@chat.example --position 51.92,4.48,25
sign_in "$DESK" reviewer
arrived() { [ "$(ask GET '/api/search?q=has:place' | jq '.hits | length')" -ge 1 ]; }
wait_for $PATIENCE arrived || fail "the desk does not find the last message"

step "the page in Chromium"
jq -Rn --arg url "http://localhost:$(jq .port "$DESK/desk.json")" --arg ironside "$IRONSIDE" --arg scene "$SCENE" \
    --arg desk "$DESK" '{$url, $ironside, $scene, $desk, passwords: [inputs | split(" ") | {(.[0]): .[1]}] | add}' \
    "$DESK/first-passwords" > "$SCENE/drive.json"
PATH=/usr/bin:/bin node "$here/../../web/tests/work.mjs" "$SCENE/drive.json" ${ONLY:+"$ONLY"} || fail "the page does not do what it should"
