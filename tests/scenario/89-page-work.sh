#!/usr/bin/env bash
# build: plain
# timeout: 1800
# The desk's page at work, in Chromium on a real network and desk: a threat that arrives while another message
# is read, is acknowledged and decided; an organisation of a community; map and timeline that filter the
# search; photos that look alike; a translation beside the original; the access log verified; users made and
# taken away; and what axe finds on the pages of each role.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/89-page-work.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"
# shellcheck source=tests/scenario/page.sh
. "$here/page.sh"

step "a network with a desk, and messages of three people"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
add_user vera reviewer
add_user sara supervisor
add_user auditor auditor
add_user filter filter
add_user defence defence
# A program that translates into capitals.
mkdir "$SCENE/adapter"
printf '#!/bin/sh\nexec tr "[:lower:]" "[:upper:]"\n' > "$SCENE/adapter/capitals"
chmod 755 "$SCENE/adapter/capitals"
jq --arg p "$SCENE/adapter/capitals" '.translate = [{from: "es", to: "en", program: [$p]}]' "$DESK/desk.json" > "$SCENE/desk.json"
cp "$SCENE/desk.json" "$DESK/desk.json"
up
activate anna bert carl
know anna bert carl
for i in 1 2 3; do put anna --to bert@chat.example "the papers are under the pier, number $i"; done
put bert --to anna@chat.example "bring the boat at nine"
put bert --to anna@chat.example "dime si has visto el dinero en el muelle esta noche"
put carl --to anna@chat.example "my lawyer says we say nothing"
for photo in door.jpg door-small.jpg biscuit.png; do put carl --to anna@chat.example --file "$here/../../demo/quay/$photo"; done
put anna --to bert@chat.example --position 51.92,4.48,25
sign_in "$DESK" reviewer
found_last has:place

step "the page in Chromium"
drive work.mjs
