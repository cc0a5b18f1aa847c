#!/usr/bin/env bash
# build: plain
# timeout: 900
# A package at the desk that it is for: exactly its scope is there, each message with where it is from, once
# however often it comes; what was changed is refused and leaves nothing behind; killed anywhere and run
# again the end is the same; and what came counts with none of the own archives.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/93-receive.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need age age
PROJECT=$(cd "$here/../.." && pwd)
SOUTH=$SCENE/south
# Some of it is under a warrant of its own, which the south is not named in.
SCOPE=with:toby%20OR%20warrant:ES-1

pack() { # NAME QUERY: $SCENE/NAME.age, to the agency south
    "$IRONSIDE" exchange pack "$DESK" --query "$2" --to "$TO" --name "$1" --out "$SCENE/$1.age" \
        > "$SCENE/pack.log" 2>&1 || fail "not packed: $(cat "$SCENE/pack.log")"
}

receive() { # PACKAGE…
    "$IRONSIDE" exchange receive "$SOUTH" "$@" --json
}

# desk_up FOLDER: it runs, and $USER is signed in; its process is $RUN.
desk_up() {
    start desk "$IRONSIDE" desk run "$1"
    RUN=$!
    wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start: $(cat "$SCENE/desk.log")"
    sign_in "$1" reviewer
}

desk_down() {
    kill "$RUN"
    wait "$RUN" || true
}

# A desk of the agency south, which has read nothing yet.
new_south() {
    rm -rf "$SOUTH"
    "$IRONSIDE" desk init "$SOUTH" --network "$NET" --identity "$NET/agencies/south.key" \
        --listen 127.0.0.1:$((20000 + RANDOM % 20000)) > "$SCENE/init.log" 2>&1 || fail "no desk: $(cat "$SCENE/init.log")"
    echo "reviewer a word for the south" > "$SOUTH/first-passwords"
    cut -d " " -f 2- "$SOUTH/first-passwords" > "$SCENE/password"
    "$IRONSIDE" desk user add "$SOUTH" reviewer --role reviewer --password-file "$SCENE/password" \
        > "$SCENE/user.log" 2>&1 || fail "no user: $(cat "$SCENE/user.log")"
}

step "a desk of the north that has read three weeks of twenty people"
"$PROJECT/demo/quay/network" "$NET" > "$SCENE/network.log" 2>&1 || fail "no network: $(tail -n 3 "$SCENE/network.log")"
desk_up "$DESK"
count=$(wc -l < "$PROJECT/demo/quay/messages.jsonl")
has_all() { [ "$(ask GET /api/overview | jq .figures.records)" = "$count" ]; }
wait_for $PATIENCE has_all || fail "the desk has not read all"
# What the south is to have: by another way than by the query that makes the package.
ask GET "/api/search?q=$SCOPE&limit=200" | jq -r '.hits[] | "\(.at) \(.from) \(.snippet)"' | sort > "$SCENE/scope"
shown=$(ask GET "/api/count?q=$SCOPE" | jq .total)
spain=$(ask GET "/api/count?q=warrant:ES-1" | jq .total)
files=$(ask GET "/api/count?q=has:photo%20OR%20has:voice" | jq .total)
desk_down
TO=$(age-keygen -y "$NET/agencies/south.key")
pack north-0001 "$(sed 's/%20/ /g' <<< "$SCOPE")"
pack north-0002 "has:photo OR has:voice"
[ "$spain" -gt 0 ] || fail "nothing is under the warrant of Spain"

step "the south receives it: exactly the scope is there, each message with where it is from"
new_south
succeeds "" receive "$SCENE/north-0001.age"
jq -e --argjson n "$shown" '.new == $n and .held == 0 and .other == 0 and .fork == 0 and .agency == "north"' \
    <<< "$SAID" > "$SCENE/jq.log" || fail "not $shown new records: $SAID"
succeeds "" "$IRONSIDE" desk verify "$SOUTH"
sed 's/^/   /' <<< "$SAID"
succeeds "" "$IRONSIDE" desk log show "$SOUTH" --json
jq -e -s --argjson n "$shown" 'any(.[]; .action == "receive" and .count == $n and (.what | startswith("package north-0001 of north, ")))' \
    <<< "$SAID" > "$SCENE/jq.log" || fail "it is not in the log: $SAID"

step "twice the same: nothing twice; another package of which a part is held: that part once"
succeeds "" receive "$SCENE/north-0001.age" "$SCENE/north-0002.age"
[ "$(jq -s '.[0].again' <<< "$SAID")" = true ] || fail "it is not known: $SAID"
[ "$(jq -s '.[1].new + .[1].held' <<< "$SAID")" = "$files" ] || fail "not $files: $SAID"
[ "$(jq -s '.[1].files' <<< "$SAID")" = "$files" ] || fail "not $files files: $SAID"

step "what was changed, cut off or for somebody else is refused, and nothing of it is there"
cp -r "$SOUTH" "$SCENE/before"
refusal() { # LINE FILE
    refused 1 "$1" receive "$2"
}
python3 - "$SCENE/north-0001.age" "$SCENE/flipped.age" "$SCENE/cut.age" << 'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
open(sys.argv[3], "wb").write(data[: len(data) * 2 // 3])
data[len(data) // 2] ^= 1
open(sys.argv[2], "wb").write(data)
PY
refusal "is refused" "$SCENE/flipped.age"
refusal "is refused" "$SCENE/cut.age"
"$IRONSIDE" exchange pack "$DESK" --query "with:toby" --to "$(age-keygen -y "$NET/agencies/north.key")" \
    --name north-0003 --out "$SCENE/others.age" > "$SCENE/pack.log" 2>&1 || fail "not packed"
refusal "not sealed to this identity" "$SCENE/others.age"
refusal "is not a file" "$SCENE"
refusal "cannot read" "$SCENE/nothing.age"
"$IRONSIDE" init "$SCENE/elsewhere" --replay --port 0 > "$SCENE/init.log" 2>&1 || fail "no other network"
refused 1 "another than the trusted one" receive "$SCENE/north-0001.age" --network "$SCENE/elsewhere/network.note"
[ "$(find "$SOUTH/received" -type f | wc -l)" = "$(find "$SCENE/before/received" -type f | wc -l)" ] || fail "files came"
succeeds "" "$IRONSIDE" desk verify "$SOUTH"

step "killed at any moment and run again: the same end"
new_south
begun=$(date +%s%3N)
succeeds "" receive "$SCENE/north-0001.age"
whole=$(($(date +%s%3N) - begun))
again=0
for part in 1 2 3 4 5 6 7 8 9 10; do
    new_south
    start killed "$IRONSIDE" exchange receive "$SOUTH" "$SCENE/north-0001.age"
    victim=$!
    sleep "$(jq -n "$whole * $part / 10000")"
    kill -9 "$victim" 2> "$SCENE/kill.log" || true
    wait "$victim" 2> "$SCENE/kill.log" || true
    succeeds "" receive "$SCENE/north-0001.age"
    again=$((again + $(jq 'if .again then 1 else 0 end' <<< "$SAID")))
    [ "$(jq '.new' <<< "$SAID")" = "$shown" ] || fail "killed at part $part of 10: $SAID"
    succeeds "" "$IRONSIDE" desk verify "$SOUTH"
done
echo "   of $whole ms; $again of 10 were through"

step "on the desk: what was said, with where it is from, and the files, as they were sent"
succeeds "" receive "$SCENE/north-0002.age"
desk_up "$SOUTH"
own=$(wc -l < "$PROJECT/demo/quay/messages.jsonl")
own=$((own - $(jq -c 'select(.country == "ES")' "$PROJECT/demo/quay/messages.jsonl" | wc -l)))
has_own() { [ "$(ask GET /api/overview | jq .figures.records)" = "$own" ]; }
wait_for $PATIENCE has_own || fail "the south has $(ask GET /api/overview | jq .figures.records) records of its own, not $own"
ask GET "/api/search?q=$SCOPE&limit=200" | jq -r '.hits[] | "\(.at) \(.from) \(.snippet)"' | sort > "$SCENE/there"
cmp "$SCENE/scope" "$SCENE/there" || fail "the south has something else: $(diff "$SCENE/scope" "$SCENE/there" | head -n 5)"
ask GET "/api/search?q=$SCOPE&limit=200" > "$SCENE/hits"
jq -e 'all(.hits[]; .received[0].package == "north-0001" and .received[0].agency == "north")' "$SCENE/hits" > "$SCENE/jq.log" ||
    fail "a message does not say where it is from"
[ "$(jq '[.hits[] | select(.own | not)] | length' "$SCENE/hits")" = "$spain" ] || fail "not $spain are of the north alone"
jq -e 'all(.hits[]; .own == (.warrants != ["ES-1"]))' "$SCENE/hits" > "$SCENE/jq.log" || fail "what is whose is not told"
desk_down
succeeds "" "$IRONSIDE" desk verify "$SOUTH"
