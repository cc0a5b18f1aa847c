#!/usr/bin/env bash
# build: plain
# timeout: 900
# While a desk runs, under load and after kill -9 of each of its processes: no known text lies on the
# disk, in the front's memory after sign-out or in the reader's after its batch, though the index's
# memory has it; nothing is lost or there twice; and what was answered stands in the access log.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/89-desk-memory.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"

need erl ejabberd
need curl curl
need jq jq
need python3 python3
need pgrep procps
[ "$(id -u)" = 0 ] || skip "another process's memory is root's to read"
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DESK=$NET/desks/north
MESSAGES=3000

role() {
    pgrep -f -- "ironside-desk --role $1 $DESK"
}

sign_in() { # JAR
    local password
    password=$(sed -n 's/^reviewer //p' "$DESK/first-passwords")
    URL=http://127.0.0.1:$(jq .port "$DESK/desk.json")
    signed_in() {
        curl -s -m 30 -c "$1" -H 'Content-Type: application/json' \
            --data "{\"name\":\"reviewer\",\"password\":\"$password\"}" "$URL/api/session" > "$1.session"
        [ "$(jq -r .user "$1.session")" = reviewer ]
    }
    wait_for 60 signed_in "$1" || fail "not signed in: $(cat "$1.session")"
}

ask() { # JAR PATH [OPTION…]
    local jar=$1 path=$2
    shift 2
    curl -s -m 30 -b "$jar" -H "X-Ironside-CSRF: $(jq -r .csrf "$jar.session")" \
        -H 'X-Ironside-Purpose: a test' "$@" "$URL$path"
}

# load JAR: one of those who search and read, until told to end; a line for each answer with content.
load() {
    local code i=0
    while [ ! -e "$SCENE/enough" ]; do
        i=$((i + 1))
        code=$(ask "$1" "/api/search?q=lighthouse&limit=20" -o /dev/null -w '%{http_code}')
        [ "$code" != 200 ] || echo search
        code=$(ask "$1" "/api/messages/$((i % 50 + 1))" -o /dev/null -w '%{http_code}')
        [ "$code" != 200 ] || echo view
    done > "$1.answered"
}

# shows WHERE…: the places of the known text that find_secret.py finds.
shows() {
    python3 "$here/find_secret.py" "$SCENE/patterns" "$@" || fail "cannot look"
}

# clean WHAT WHERE…: nothing there.
clean() {
    local what=$1 said
    shift
    said=$(shows "$@")
    [[ $said == "looked at "[1-9]* ]] || fail "$what shows what was said: $said"
}

has_all() {
    [ "$(ask "$SCENE/jar" /api/overview | jq .figures.records)" = $MESSAGES ]
}

step "an archive of $MESSAGES messages and a desk that has read none of them"
"$IRONSIDE" init "$NET" --replay --port 0 --from 2001-05-31 --until 2001-06-30 > /dev/null || fail "no network"
jq -nc --argjson n $MESSAGES 'range($n) as $i | ["anna", "ben", "carla", "dora"] as $all | $all[$i % 4] as $from
    | {id: "m\($i)", ts: "2001-06-0\(1 + ($i / 500 | floor))T1\($i / 50 | floor | . % 10):\($i % 50 + 10):00Z",
       from: "\($from)@old.example", to: [($all - [$from])[$i % 3] + "@old.example"],
       body: "walrus \($i) beneath the old lighthouse"}' > "$SCENE/many.jsonl"
"$IRONSIDE" up "$NET" --replay "$SCENE/many.jsonl" --exit > "$SCENE/replay.log" 2>&1 < /dev/null ||
    fail "no replay: $(tail -n 3 "$SCENE/replay.log")"
rm "$SCENE/many.jsonl"
printf 'text %s\n' "$(printf 'beneath the old lighthouse' | od -An -v -tx1 | tr -d ' \n')" > "$SCENE/patterns"
start desk "$IRONSIDE" desk run "$DESK"
RUN=$!
wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"

step "four who search and read while it reads, and kill -9 of each process among it"
sign_in "$SCENE/jar"
for i in 1 2 3 4; do
    sign_in "$SCENE/jar$i"
    load "$SCENE/jar$i" &
    LOADS[i]=$!
done
for name in reader index front reader index front; do
    sleep 0.7
    kill -KILL "$(role $name)" 2> /dev/null
    back() { role front && has_all_roles; }
    has_all_roles() { role reader && role index; }
    wait_for 60 back || fail "the desk does not begin again"
    clean "the disk" files "$DESK" "$NET/bots" "$NET/log"
done
wait_for $PATIENCE has_all || fail "it has $(ask "$SCENE/jar" /api/overview)"
wait_for $PATIENCE grep -q view "$SCENE/jar4.answered" || fail "nobody was shown anything"

step "under load the index's memory has it, so a search of memory finds what is there"
[[ $(shows memory "$(role index)") == *"text as raw"* ]] || fail "the index's memory does not show it"
clean "the disk" files "$DESK" "$NET/bots" "$NET/log"

step "the reader's, after its batches, has none of it"
# Asked for a proof it opens one more batch.
ask "$SCENE/jar" /api/messages/7/proof | jq -e .record > /dev/null || fail "no proof"
unread() { [[ $(shows memory "$(role reader)") == "looked at "[1-9]* ]]; }
wait_for 20 unread || fail "the reader's memory: $(shows memory "$(role reader)")"

step "the front's, after sign-out, has none of it"
touch "$SCENE/enough"
wait "${LOADS[@]}"
for jar in "$SCENE"/jar "$SCENE"/jar[1-4]; do
    ask "$jar" "/api/search?q=lighthouse" > /dev/null
    [ "$(ask "$jar" /api/session -X DELETE -o /dev/null -w '%{http_code}')" = 200 ] || fail "not signed out"
done
unseen() { [[ $(shows memory "$(role front)") == "looked at "[1-9]* ]]; }
wait_for 20 unseen || fail "the front's memory: $(shows memory "$(role front)")"

step "nothing is lost, nothing is there twice, and the access log is whole"
end_process "$RUN"
clean "the disk" files "$DESK" "$NET/bots" "$NET/log"
succeeds "0 missing, 0 doubled, 0 changed, 0 of no leaf" "$IRONSIDE" desk verify "$DESK"
[[ $SAID == *"$MESSAGES records"* ]] || fail "it says: $SAID"
succeeds "whole" "$IRONSIDE" desk log verify "$DESK"
"$IRONSIDE" desk log show "$DESK" --json > "$SCENE/log.json" || fail "no log"
for action in search view; do
    answered=$(cat "$SCENE"/jar?.answered | grep -c "^$action\$")
    logged=$(jq -s --arg a $action 'map(select(.action == $a)) | length' "$SCENE/log.json")
    printf '   %-7s %d answered, %d in the log\n' $action "$answered" "$logged"
    [ "$logged" -ge "$answered" ] || fail "$answered answered, $logged in the log"
done
step "done"
