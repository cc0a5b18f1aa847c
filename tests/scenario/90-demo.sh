#!/usr/bin/env bash
# The demo as anyone would see it who runs 'make demo EXIT=1', without a terminal.
# build: plain
# Alone: tests/scenario/90-demo.sh (it uses build/, as the demo does)
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need curl curl
need age-keygen age
PROJECT=$(cd "$(dirname "$0")/../.." && pwd)
OUT=$SCENE/demo.log
WORK=$PROJECT/demo/network

# The demo works in a folder of the project: one that somebody watches is left alone.
pgrep -f "ironside up $WORK/net" > /dev/null && skip "a demo is running"

# shows TEXT: in what the demo printed.
shows() {
    grep -qF -- "$1" "$OUT" || fail "the demo does not show '$1'"
}

step "it runs to its end by itself"
start=$SECONDS
setsid "$PROJECT/demo/run" --exit > "$OUT" 2>&1 < /dev/null &
DEMO=$!
OWN_PIDS+=("$DEMO")
wait $DEMO || fail "the demo ends with an error: $(tail -n 2 "$OUT")"
TOOK=$((SECONDS - start))
echo "   in $TOOK seconds"

step "devices are told who can read before anything else"
shows "Before anything else each of them was shown:"
shows "District Court of Exampleton"
grep -q '| .*north' "$OUT" || fail "the disclosure does not name the agency"

step "each message stands there three times: as ciphertext, as text, as what the agency opened"
while IFS= read -r body; do
    shows ": $body"
done < <(jq -r .body "$PROJECT/demo/conversation.jsonl")
shows "what the server saw"
shows "what each device shows"
shows "what the agency's key opens"
messages=$(wc -l < "$PROJECT/demo/conversation.jsonl")
[ "$(grep -c 'verified\]' "$OUT")" -eq "$messages" ] || fail "not every message is verified"
recipients=$(jq -s 'map(.to | length) | add' "$PROJECT/demo/conversation.jsonl")
[ "$(grep -c 'delivered to' "$OUT")" -eq "$recipients" ] ||
    fail "not every recipient got its message"
# The left column is what the server logged: the stanzas, and nothing to read in them.
[ "$(grep -cE '^to [a-z.]+, [0-9]+ bytes:' "$OUT")" -ge $((2 * messages)) ] ||
    fail "the server's column does not show each message's stanzas"
cut -d'|' -f1 "$OUT" | sed -n '/what the server saw/,/^6\. /p' | grep -E 'contract|Clause|port\?|per cent|Friday' &&
    fail "the server's column shows a text"

step "and nothing readable is left"
shows "files of the network's folder that hold a readable message: 0"
shows "north: verified: "
shows "opened:   $messages messages"
shows "verdict archived"
shows "Done: everything is stopped."
# ended: nothing of it runs.
ended() {
    ! pgrep -f "$WORK" > /dev/null
}
ended || fail "left running: $(pgrep -af "$WORK")"

step "the desk answered what was asked of it"
quay=$(wc -l < "$PROJECT/demo/quay/messages.jsonl")
shows "$quay messages of 20 people"
shows "dex → lenny         I want him dead before Friday."
shows "geo:51.947050,1.287900"
shows "14 of 15 stand with their own"
shows "Los once invitados"
shows "Marked as privileged, the reader finds 0 of them"
shows "$quay leaves of warrants that name the agency, $quay records in the index"
shows "0 missing, 0 doubled, 0 changed, 0 of no leaf"
shows "signed checkpoints: whole"

step "once more: it stays open for whoever has the password that it prints, until Ctrl-C"
# What a shell starts in the background ignores Ctrl-C unless it is told otherwise.
env --default-signal=INT setsid "$PROJECT/demo/run" > "$OUT" 2>&1 < /dev/null &
DEMO=$!
OWN_PIDS+=("$DEMO")
open() { grep -qF "The network of anna, ben and carla is up" "$OUT"; }
wait_for $((PATIENCE + 2 * TOOK)) open || fail "the desk is not opened: $(tail -n 3 "$OUT")"
address=$(sed -n 's/^   \(http:[^ ]*\)$/\1/p' "$OUT")
printed() { # WORD: what stands behind it
    sed -n "s/^   $1  *//p" "$OUT"
}
sign_in() {
    jq -nc --arg name "$(printed 'sign in as')" --arg password "$(printed password | cut -d ' ' -f 1)" '$ARGS.named' |
        curl -s -m 30 -H 'Content-Type: application/json' --data @- "$address/api/session"
}
[ "$(sign_in | jq -r .role)" = supervisor ] || fail "what is printed does not sign in"
[ "$(sign_in | jq -r .error.code)" = sign-in ] || fail "it signs in twice"
kill -INT -- "-$DEMO"
wait_for 30 ended || fail "left running after Ctrl-C: $(pgrep -af "$WORK")"
wait $DEMO
step "done"
