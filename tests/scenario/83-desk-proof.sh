#!/usr/bin/env bash
# build: plain
# The proof of a message: asked of a running desk, made by its confined reader, and checked with
# python3 and openssl alone; every part of it that is changed is found. A reader that does not answer
# holds up nobody else; one that dies is an error that says so.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/83-desk-proof.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"

need erl ejabberd
need curl curl
need jq jq
need python3 python3
need openssl openssl
need pgrep procps
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DESK=$NET/desks/north

sign_in() {
    local password
    password=$(sed -n 's/^reviewer //p' "$DESK/first-passwords")
    URL=http://127.0.0.1:$(jq .port "$DESK/desk.json")
    signed_in() {
        curl -s -m 30 -c "$SCENE/jar" -H 'Content-Type: application/json' \
            --data "{\"name\":\"reviewer\",\"password\":\"$password\"}" "$URL/api/session" > "$SCENE/session"
        [ "$(jq -r .user "$SCENE/session")" = reviewer ]
    }
    wait_for 60 signed_in || fail "not signed in: $(cat "$SCENE/session")"
}

ask() { # PATH
    curl -s -m 60 -b "$SCENE/jar" -H 'X-Ironside-Purpose: a test' "$URL$1"
}

role() {
    pgrep -f -- "ironside-desk --role $1 $DESK"
}

check() { # FILE TEXT
    python3 "$here/check_proof.py" "$1" "$NET/network.note" "$2"
}

step "an archive and its desk"
"$IRONSIDE" init "$NET" --replay --port 0 --from 2001-05-31 --until 2001-06-30 > /dev/null || fail "no network"
jq -nc 'range(200) as $i | ["anna", "ben", "carla"] as $all | $all[$i % 3] as $from
    | {id: "m\($i)", ts: "2001-06-01T1\($i / 20 | floor):\($i % 20 + 10):00Z",
       from: "\($from)@old.example", to: ($all - [$from] | map("\(.)@old.example")),
       body: "text \($i) of many, with žluťoučký kůň"}' > "$SCENE/many.jsonl"
"$IRONSIDE" up "$NET" --replay "$SCENE/many.jsonl" --exit > "$SCENE/replay.log" 2>&1 < /dev/null ||
    fail "no replay: $(tail -n 3 "$SCENE/replay.log")"
start desk "$IRONSIDE" desk run "$DESK"
RUN=$!
wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"
sign_in
has_all() { [ "$(ask /api/overview | jq .figures.records)" = 200 ]; }
wait_for $PATIENCE has_all || fail "the desk has not read all: $(ask /api/overview)"

step "all of it is under a checkpoint, and so good"
signed() { [ "$(ask /api/overview | jq .figures.pending)" = 0 ]; }
wait_for $PATIENCE signed || fail "something is pending: $(ask /api/overview)"
[ "$(ask /api/messages/77 | jq -r .verified)" = good ] || fail "it says: $(ask /api/messages/77)"

step "proofs that python3 and openssl find whole"
for id in 1 77 200; do
    ask "/api/messages/$id/proof" > "$SCENE/proof.json"
    text=$(ask "/api/messages/$id" | jq -r .body)
    [[ $text == "text "* ]] || fail "message $id is not there: $text"
    succeeds "proved: " check "$SCENE/proof.json" "$text"
    [ "$(jq -r '.log.checkpoint | startswith("registrar.chat.example/log\n")' "$SCENE/proof.json")" = true ] ||
        fail "nothing is said of the public log"
    printf '   message %d: %s, %d bytes\n' "$id" "$SAID" "$(stat -c %s "$SCENE/proof.json")"
    refused 1 "wrong: it says something else" check "$SCENE/proof.json" "$text."
done

step "every part that is changed is found"
while read -r name filter; do
    jq "$filter" "$SCENE/proof.json" > "$SCENE/changed.json" || fail "$filter is no filter"
    cmp -s <(jq -S . "$SCENE/changed.json") <(jq -S . "$SCENE/proof.json") && fail "$name is not changed"
    refused 1 "" check "$SCENE/changed.json" "$text"
    printf '   %-22s %s\n' "$name" "$(tail -n 1 <<< "$SAID")"
done << 'PARTS'
record .record.text|=sub("anna|ben|carla";"dora")
record-place .record.leaf+=1
record-path .record.path[0]=.record.path[1]
batch .batch.text|=sub(" 1 ";" 2 ")
batch-path .batch.path|=reverse
round .round.text|=sub("[0-9]+$";"999")
round-path .round.path=.round.path[1:]
checkpoint .checkpoint|=sub("\n[0-9]+\n";"\n7\n")
line .verdict.line|="AAAA"+.[4:]
line-path .verdict.index|=(if .==0 then 1 else .-1 end)
verdict-signed .verdict.signed|=.[:24]+"AAAA"+.[28:]
verdict-signature .verdict.signature|="AAAA"+.[4:]
device-signed .signed|=.[:40]+"AAAA"+.[44:]
certificate .documents.certificate|=sub("serial [0-9]+";"serial 99")
warrant .documents.warrant|=sub("until 20";"until 21")
policy .documents.policy|=sub("serial [0-9]+";"serial 99")
log-checkpoint .log.checkpoint|=sub("\n[0-9]+\n";"\n9999\n")
log-certificate .log.certificate.text|=sub("[0-9a-f]{4} ";"0000 ")
log-certificate-path .log.certificate.path|=reverse
log-policy .log.policy=.log.certificate
log-policy-place .log.policy.leaf+=1
network .documents.network|=sub("quorum [0-9]+";"quorum 1")
PARTS

step "what is not there, and under another warrant"
[ "$(ask /api/messages/9999/proof | jq -r .error.code)" = not-found ] || fail "of no message"
[ "$(ask '/api/messages/3/proof?warrant=another' | jq -r .error.code)" = not-found ] || fail "of no warrant"

step "a reader that does not answer holds up nobody else"
READER=$(role reader) || fail "no reader"
kill -STOP "$READER"
for i in 1 2 3; do
    ask "/api/messages/$i/proof" > "$SCENE/waits-$i.json" &
    WAITS[i]=$!
done
[ "$(ask '/api/search?q=many' | jq '.hits | length')" = 50 ] || fail "a search waits, too"
kill -0 "${WAITS[1]}" 2> /dev/null || fail "the proof has not waited: $(cat "$SCENE/waits-1.json")"
kill -CONT "$READER"
wait "${WAITS[@]}"
for i in 1 2 3; do
    succeeds "proved: " check "$SCENE/waits-$i.json" "$(ask "/api/messages/$i" | jq -r .body)"
done

step "a reader that dies is said to be away, and the next one answers"
kill -STOP "$READER"
ask "/api/messages/5/proof" > "$SCENE/dies.json" &
DIES=$!
sleep 3 # the reader is asked by then, and the index waits longer for it
kill -KILL "$READER"
wait "$DIES"
[ "$(jq -r .error.code "$SCENE/dies.json")" = away ] || fail "it says: $(cat "$SCENE/dies.json")"
again() { ask /api/messages/5/proof > "$SCENE/proof.json" && check "$SCENE/proof.json" "$(ask /api/messages/5 | jq -r .body)"; }
wait_for 60 again || fail "no proof afterwards: $(cat "$SCENE/proof.json")"

step "each of these looks is in the access log"
end_process "$RUN"
succeeds "whole" "$IRONSIDE" desk log verify "$DESK"
succeeds "" "$IRONSIDE" desk log show "$DESK" --json
for id in 1 77 200 5; do
    jq -se --arg what "proof of message $id" \
        'map(select(.action == "view" and .what == $what and .purpose == "a test")) | length >= 1' \
        <<< "$SAID" > /dev/null || fail "the proof of $id is not in the log"
done
step "done"
