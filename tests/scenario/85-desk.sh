#!/usr/bin/env bash
# build: plain
# timeout: 1800
# An agency's desk: 'up' starts it, what is archived is found within a second, kill -9 of each of its
# processes loses nothing and doubles nothing, a journal that was tampered with stands still with its
# line while the rest is answered, 'desk verify' names what is removed, doubled and changed, nothing
# readable lies on the disk, and every look stands in the access log.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/85-desk.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need python3 python3
need sqlite3 sqlite3
need pgrep procps
TEXT="walrus under the lighthouse"

# The desk alone, its output in desk.log.
run_desk() { # FOLDER OPTION…
    start desk "$IRONSIDE" desk run "$@"
    RUN=$!
    wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"
}

# found WORDS: is there one hit or more?
found() {
    [ "$(ask GET "/api/search?q=$(jq -rn --arg q "$1" '$q|@uri')" | jq '.hits | length')" -ge 1 ]
}

records() {
    ask GET /api/overview | jq .figures.records
}

has_records() {
    [ "$(records)" = "$1" ]
}

send() { # TEXT
    "$IRONSIDE" device send --store "$SCENE/anna" --to "bert@chat.example" "$1" < /dev/null \
        > "$SCENE/send.log" 2>&1 || fail "not sent: $(cat "$SCENE/send.log")"
}

role() { # NAME FOLDER: its process
    pgrep -f -- "ironside-desk --role $1 $2"
}

step "a network with a desk"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
[ "$(stat -c %a "$DESK/first-passwords" "$DESK/vault.key" "$DESK/desk.json" | sort -u)" = 600 ] ||
    fail "others may read the desk's files"
up
tells up "desk north" || fail "up does not say where the desk is"
activate anna bert
sign_in "$DESK" reviewer

step "what is archived is found within a second"
late=0
for i in 1 2 3 4 5; do
    send "$TEXT, number $i"
    begin=$(date +%s%N)
    wait_for $PATIENCE found "\"number $i\"" || fail "message $i is not found"
    took=$((($(date +%s%N) - begin) / 1000000))
    printf '   found after %d ms\n' "$took"
    [ "$took" -lt 1000 ] || late=$((late + 1))
done
[ "$late" -le 1 ] || fail "$late of 5 are found later than a second after they were archived"

step "what is archived is good as soon as its bot has signed so far"
signed() { [ "$(ask GET /api/overview | jq '.figures | .pending + .unverified')" = 0 ]; }
wait_for $PATIENCE signed || fail "something stays pending: $(ask GET /api/overview)"
[ "$(ask GET /api/search?q=walrus | jq -r '.hits[0].verified')" = good ] || fail "it is not said to be good"

step "kill -9 of each process while messages come"
for name in reader index front; do
    (for i in 1 2 3 4 5 6; do send "storm $name $i"; done) &
    sender=$!
    sleep 0.3
    kill -KILL "$(role "$name" "$DESK")" || fail "no $name"
    wait "$sender" || fail "messages do not go on"
    again() { role "$name" "$DESK" > /dev/null && found "\"storm $name 6\""; }
    wait_for $PATIENCE again || fail "after the end of $name its last message is not found"
done
wait_for $PATIENCE has_records 23 || fail "there are $(records) records, not 23"

step "a sign-in whose workers hang holds up no question and is refused, the next one begins"
workers=$(role workers "$DESK") || fail "no workers"
kill -STOP "$workers"
password=$(sed -n "s/^reviewer //p" "$DESK/first-passwords")
curl -s -m 40 -o "$SCENE/hangs" -w '%{http_code}' -H 'Content-Type: application/json' \
    --data "{\"name\":\"reviewer\",\"password\":\"$password\"}" "$URL/api/session" > "$SCENE/hangs.status" &
hangs=$!
sleep 0.5
for i in 1 2 3; do found walrus || fail "a search is not answered while a sign-in waits"; done
[ ! -s "$SCENE/hangs.status" ] || fail "the sign-in did not wait: $(cat "$SCENE/hangs.status" "$SCENE/hangs")"
wait "$hangs" || fail "a sign-in that waits is not answered"
[ "$(cat "$SCENE/hangs.status")" = 503 ] || fail "it is not refused: $(cat "$SCENE/hangs.status")"
grep -q "try again" "$SCENE/hangs" || fail "it is not refused with its line: $(cat "$SCENE/hangs")"
kill -CONT "$workers"
sign_in "$DESK" reviewer
kill -KILL "$workers"
begun() { [ "$(role workers "$DESK")" != "$workers" ] && found walrus; }
wait_for $PATIENCE begun || fail "after the end of the workers no search is answered"
sign_in "$DESK" reviewer

step "what a desk is asked stands in its log; who may not ask is told so"
sign_in "$DESK" admin
[ "$(curl -s -o /dev/null -w '%{http_code}' -b "$SCENE/jar" -H 'X-Ironside-Purpose: x' \
    "$URL/api/search?q=walrus")" = 403 ] || fail "an administrator may search"
refused 1 "the desk runs" "$IRONSIDE" desk verify "$DESK"
succeeds "nothing new" "$IRONSIDE" desk statement "$DESK" --to "$SCENE/statements"
# What a day that ended would have laid there.
echo "a statement" > "$DESK/index/statements/w-north-1.use"
succeeds "$SCENE/statements/w-north-1.use" "$IRONSIDE" desk statement "$DESK" --to "$SCENE/statements"
is_not_taken() { grep -q "w-north-1.use is not taken" "$SCENE/up.log"; }
wait_for 90 is_not_taken || fail "up does not hand in what lies there"
rm "$DESK/index/statements/w-north-1.use"
end_process "$UP"
succeeds "whole" "$IRONSIDE" desk log verify "$DESK"
succeeds "" "$IRONSIDE" desk log show "$DESK" --user reviewer --json
jq -se 'map(select(.action == "search" and .purpose == "a test")) | length >= 8' <<< "$SAID" \
    > /dev/null || fail "searches are not in the log: $SAID"

step "a desk that is whole is found to be"
succeeds "0 missing, 0 doubled, 0 changed, 0 of no leaf" "$IRONSIDE" desk verify "$DESK"
[[ $SAID == *"23 leaves"*"23 records"*"23 messages opened"* ]] || fail "it says: $SAID"

step "nothing readable on the disk"
printf 'text %s\n' "$(printf 'under the lighthouse' | od -An -v -tx1 | tr -d ' \n')" > "$SCENE/patterns"
hits=$(python3 "$here/find_secret.py" "$SCENE/patterns" files "$DESK" "$NET/bots" "$NET/log") ||
    fail "cannot look"
[[ $hits == "looked at "[1-9]* ]] || fail "readable: $hits"

change() { # SQL, in a copy of the desk; what verify says is in $SAID
    rm -rf "$SCENE/copy"
    cp -r "$NET" "$SCENE/copy"
    "$BUILD/tests/scenario/vault_sql" "$SCENE/copy/desks/north/index/desk.vault" desk \
        "$SCENE/copy/desks/north/vault.key" "$1" || fail "cannot change the copy"
}

step "verify names what is removed, doubled and changed"
LEAF=$(sqlite3 "$NET/bots/ibot/journal/journal.db" "SELECT first FROM batch WHERE number = 3")
change "DELETE FROM record WHERE leaf = $LEAF"
refused 1 "missing: ibot.chat.example: leaf $LEAF of warrant" "$IRONSIDE" desk verify "$SCENE/copy/desks/north"
[[ $SAID == *"1 missing, 0 doubled"* ]] || fail "it says: $SAID"
change "INSERT INTO record SELECT bot, leaf + 1, record_leaf, warrant, message FROM record WHERE leaf = $LEAF"
refused 1 "doubled: ibot.chat.example: leaf $LEAF has a second record" "$IRONSIDE" desk verify "$SCENE/copy/desks/north"
change "UPDATE record SET record_leaf = zeroblob(32) WHERE leaf = $LEAF"
refused 1 "changed: ibot.chat.example: the record of leaf $LEAF has another hash" \
    "$IRONSIDE" desk verify "$SCENE/copy/desks/north"
change "UPDATE said SET body = CAST('another text' AS BLOB) WHERE id = 3"
refused 1 "changed: " "$IRONSIDE" desk verify "$SCENE/copy/desks/north"
change "DELETE FROM said WHERE id = 3"
refused 1 "ironside desk verify: " "$IRONSIDE" desk verify "$SCENE/copy/desks/north"
change "UPDATE access_entry SET what = 'nothing' WHERE number = 3"
refused 1 "3" "$IRONSIDE" desk log verify "$SCENE/copy/desks/north"

step "while the bot rests its journal is read all the same"
jq '.purpose_of_all = true' "$DESK/desk.json" > "$SCENE/desk.json"
cat "$SCENE/desk.json" > "$DESK/desk.json"
echo "correct horse battery" > "$SCENE/password"
succeeds "" "$IRONSIDE" desk user add "$DESK" sue --role supervisor --password-file "$SCENE/password"
echo "sue $(cat "$SCENE/password")" >> "$DESK/first-passwords"
run_desk "$DESK"
sign_in "$DESK" sue
[ "$(curl -s -b "$SCENE/jar" "$URL/api/search?q=walrus" | jq -r .error.code)" = purpose ] ||
    fail "desk.json wants a purpose of all, and a supervisor says none"
sign_in "$DESK" reviewer
has_records 23 || fail "there are $(records) records"
sampled() { ask GET /api/network | jq -e '.leaders | length > 0 and all(.betweenness)'; }
wait_for 30 sampled > /dev/null || fail "betweenness is not sampled: $(ask GET /api/network)"
[ "$(ask GET /api/overview | jq -r '.journals[0].stopped')" = "" ] ||
    fail "it stands: $(ask GET /api/overview)"
end_process "$RUN"

step "a journal that was tampered with stands still with its line, and what is there is answered"
rm -rf "$SCENE/copy"
cp -r "$NET" "$SCENE/copy"
NEXT=$(sqlite3 "$SCENE/copy/bots/ibot/journal/journal.db" "SELECT max(number) FROM batch")
# The desk is brought back to before the last batch: it comes to it once more.
"$BUILD/tests/scenario/vault_sql" "$SCENE/copy/desks/north/index/desk.vault" desk \
    "$SCENE/copy/desks/north/vault.key" "UPDATE progress SET next = $NEXT" || fail "cannot go back"
sqlite3 "$SCENE/copy/bots/ibot/journal/journal.db" \
    "UPDATE batch SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00' WHERE number = $NEXT"
run_desk "$SCENE/copy/desks/north"
sign_in "$SCENE/copy/desks/north" reviewer
stands() {
    [[ $(ask GET /api/overview | jq -r '.journals[0].stopped') == *"batch $NEXT: its bytes are not"* ]]
}
wait_for 30 stands || fail "it does not say which batch: $(ask GET /api/overview)"
found walrus || fail "what was read before is not answered"
end_process "$RUN"

step "a desk that a passphrase opens"
SECOND=$SCENE/second
echo "a passphrase of its own" > "$SCENE/passphrase"
succeeds "opened by its passphrase" "$IRONSIDE" desk init "$SECOND" --network "$NET" \
    --identity "$NET/agencies/south.key" --listen "127.0.0.1:$(free_port)" \
    --passphrase-file "$SCENE/passphrase"
refused 1 "File exists" "$IRONSIDE" desk init "$SECOND" --network "$NET" --identity "$NET/agencies/south.key" \
    --passphrase-file "$SCENE/passphrase"
refused 1 "name a file that holds it with --passphrase-file" "$IRONSIDE" desk run "$SECOND"
refused 1 "wrong passphrase" "$IRONSIDE" desk user list "$SECOND" --passphrase-file "$SCENE/password"
succeeds "" "$IRONSIDE" desk user add "$SECOND" rita --role reviewer --password-file "$SCENE/password" \
    --passphrase-file "$SCENE/passphrase"
run_desk "$SECOND" --passphrase-file "$SCENE/passphrase"
echo "rita correct horse battery" > "$SECOND/first-passwords"
sign_in "$SECOND" rita
wait_for $PATIENCE has_records 23 || fail "south has $(records) records"
kill -KILL "$(role index "$SECOND")"
wait_for $PATIENCE has_records 23 || fail "the passphrase does not reach the next generation"
end_process "$RUN"
python3 "$here/find_secret.py" <(printf 'passphrase %s\n' "$(tr -d '\n' < "$SCENE/passphrase" |
    od -An -v -tx1 | tr -d ' \n')") files "$SECOND" "$SCENE/desk.log" | grep -q '^passphrase' &&
    fail "the passphrase lies on the disk"

step "kill -9 again and again while thousands are read: nothing is lost, nothing is there twice"
OLD=$SCENE/old
"$IRONSIDE" init "$OLD" --replay --port 0 --from 2001-05-31 --until 2001-06-30 > /dev/null ||
    fail "no replay network"
jq -nc 'range(4000) as $i | ["anna", "ben", "carla", "dora"] as $all | $all[$i % 4] as $from
    | {id: "m\($i)", ts: "2001-06-0\(1 + ($i / 500 | floor))T1\($i / 50 | floor | . % 10):\($i % 50 + 10):00Z",
       from: "\($from)@old.example", to: [($all - [$from])[$i % 3] + "@old.example"],
       body: "text \($i) of many"}' > "$SCENE/many.jsonl"
"$IRONSIDE" up "$OLD" --replay "$SCENE/many.jsonl" --exit > "$SCENE/replay.log" 2>&1 < /dev/null ||
    fail "no replay: $(tail -n 3 "$SCENE/replay.log")"
run_desk "$OLD/desks/north"
for turn in 1 2 3; do
    for name in reader index front; do
        sleep 0.$((turn + 1))
        kill -KILL "$(role "$name" "$OLD/desks/north")" 2> /dev/null
        back() { role front "$OLD/desks/north"; }
        wait_for 30 back || fail "the desk does not begin again"
    done
done
sign_in "$OLD/desks/north" reviewer
wait_for $PATIENCE has_records 4000 || fail "there are $(records) records, not 4000"
grep -c 'starting again' "$SCENE/desk.log" | sed 's/^/   generations that ended: /'
end_process "$RUN"
succeeds "0 missing, 0 doubled, 0 changed, 0 of no leaf" "$IRONSIDE" desk verify "$OLD/desks/north"
[[ $SAID == *"4000 leaves"*"4000 records"*"4000 messages opened"* ]] || fail "it says: $SAID"
hits=$(printf 'text %s\n' "$(printf ' of many' | od -An -v -tx1 | tr -d ' \n')" > "$SCENE/patterns"
    python3 "$here/find_secret.py" "$SCENE/patterns" files "$OLD/desks" "$OLD/bots") || fail "cannot look"
[[ $hits == "looked at "[1-9]* ]] || fail "readable after kills: $hits"
[ -z "$(pgrep -f -- "ironside-desk.*$SCENE")" ] || fail "left running"
step "done"
