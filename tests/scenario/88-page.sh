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
# shellcheck source=tests/scenario/page.sh
. "$here/page.sh"

need pgrep procps

receive() {
    "$IRONSIDE" device receive --store "$SCENE/$1" > "$SCENE/receive.log" 2>&1 < /dev/null ||
        fail "$1 receives nothing: $(cat "$SCENE/receive.log")"
}

step "a network with a desk, and messages of every kind"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
add_user vera reviewer
add_user sara supervisor
add_user arno auditor
up
activate anna bert
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
found_last tonight

step "the page in Chromium"
drive drive.mjs
