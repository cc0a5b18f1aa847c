#!/usr/bin/env bash
# build: plain
# timeout: 900
# What a partner gets in packages one after the other is what its scope finds, each message once: counted
# against the desk, while the scope grows from week to week, a message comes into it late, and packing is
# killed again and again. Nothing half lies in the partner's folder; the access log says what went to whom.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/95-partners.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need age age
need openssl openssl
PROJECT=$(cd "$here/../.." && pwd)
SOUTH=$SCENE/south
FIRST="with:toby before:2026-03-09" SECOND="(with:toby before:2026-03-16) OR tag:late" ALL="with:toby OR tag:late"

run_desk() {
    start desk "$IRONSIDE" desk run "$DESK"
    RUN=$!
    wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"
    sign_in "$DESK" supervisor
}

stop_desk() {
    kill "$RUN"
    wait "$RUN" || true
}

has_all() { [ "$(ask GET /api/overview | jq .figures.records)" = "$count" ]; }

total() { # QUERY: how many messages it finds
    curl -s -G -b "$SCENE/jar" -H 'X-Ironside-Purpose: a test' --data-urlencode "q=$1" "$URL/api/count" | jq .total
}

change() { # JSON: of the partner
    ask PUT /api/partners/1 "$1" > "$SCENE/changed"
    jq -e '.error == null' "$SCENE/changed" > "$SCENE/jq.log" || fail "not changed: $(cat "$SCENE/changed")"
}

pass() {
    "$IRONSIDE" exchange pass "$DESK" south --purpose "a test" > "$SCENE/pass.log" 2>&1 || fail "not passed: $(cat "$SCENE/pass.log")"
    sed 's/^/   /' "$SCENE/pass.log"
}

# got: bot and leaf of every message in the folder, in $SCENE/got; each package proves itself.
got() {
    local package
    : > "$SCENE/got"
    for package in "$SOUTH"/*.age; do
        "$IRONSIDE" exchange show "$package" --identity "$NET/agencies/south.key" --network "$NET/network.note" --json \
            > "$SCENE/shown" 2> "$SCENE/show.log" || fail "$package: $(cat "$SCENE/show.log")"
        jq -r 'select(.leaf) | "\(.bot) \(.leaf)"' "$SCENE/shown" >> "$SCENE/got"
    done
    [ -z "$(sort "$SCENE/got" | uniq -d)" ] || fail "twice: $(sort "$SCENE/got" | uniq -d | head -n 3)"
}

has() { # COUNT: so many messages are in the folder, none of them twice
    got
    [ "$(wc -l < "$SCENE/got")" = "$1" ] || fail "$(wc -l < "$SCENE/got") messages, not $1"
}

step "a desk that has read three weeks of twenty people, and a partner that gets the first of them"
"$PROJECT/demo/quay/network" "$NET" > "$SCENE/network.log" 2>&1 || fail "no network: $(tail -n 3 "$SCENE/network.log")"
mkdir "$SOUTH"
password=$(openssl rand -hex 12)
echo "$password" > "$SCENE/password"
"$IRONSIDE" desk user add "$DESK" supervisor --role supervisor --password-file "$SCENE/password" > "$SCENE/user.log" 2>&1 ||
    fail "no supervisor: $(cat "$SCENE/user.log")"
echo "supervisor $password" >> "$DESK/first-passwords"
run_desk
count=$(wc -l < "$PROJECT/demo/quay/messages.jsonl")
wait_for $PATIENCE has_all || fail "the desk has not read all"
jq -n --rawfile note "$NET/network.note" --arg to "$(age-keygen -y "$NET/agencies/south.key")" --arg scope "$FIRST" \
    --arg key "$(openssl rand -base64 32)" --arg folder "$SOUTH" '{name: "south", network: $note, agency: "south", key: $key,
    recipients: $to, scope: $scope, times: "mon 06:00 Europe/London", delivery: $folder}' > "$SCENE/partner"
ask POST /api/partners "$(cat "$SCENE/partner")" > "$SCENE/made"
[ "$(jq .id "$SCENE/made")" = 1 ] || fail "no partner: $(cat "$SCENE/made")"
first=$(total "$FIRST")
[ "$first" -gt 10 ] || fail "the first week has $first messages"
refused 1 "the desk runs" "$IRONSIDE" exchange pass "$DESK" south
stop_desk
refused 1 "there is no partner north" "$IRONSIDE" exchange pass "$DESK" north
began=$(date +%s%3N)
pass
took=$(($(date +%s%3N) - began))
has "$first"
[ -e "$SOUTH/north-south-0001.age" ] || fail "its name: $(ls "$SOUTH")"

step "a week later what is new goes, and what came into the scope late, though packing is killed again and again"
run_desk
late=$(curl -s -G -b "$SCENE/jar" -H 'X-Ironside-Purpose: a test' --data-urlencode "q=-with:toby before:2026-03-05" \
    "$URL/api/search" | jq '.hits[0].id')
ask PUT "/api/messages/$late/tags/late" > "$SCENE/tagged"
change "$(jq -n --arg scope "$SECOND" '{scope: $scope}')"
second=$(total "$SECOND")
[ "$second" -gt $((first + 1)) ] || fail "the second week has nothing"
stop_desk
killed=0
for part in 1 2 3 4 5 6 7 8 9 10 11 12; do # tenths of what the first one took
    start killed "$IRONSIDE" exchange pass "$DESK" south
    pid=$!
    sleep "$(printf '%d.%03d' $((took * part / 10000)) $((took * part / 10 % 1000)))"
    kill -9 $pid 2> /dev/null && killed=$((killed + 1))
    wait $pid 2> /dev/null || true
done
echo "   $killed of 12 were killed under way"
[ $killed -gt 0 ] || fail "none was killed"
pass
has "$second"

step "a package that was signed and did not become whole is made again, of the same messages"
vault() { "$BUILD/tests/scenario/vault_sql" "$DESK/index/desk.vault" desk "$DESK/vault.key" "$1"; }
cp "$SCENE/got" "$SCENE/got-before"
last=$(find "$SOUTH" -name '*.age' | sort | tail -n 1)
vault "UPDATE package SET finished = 0 WHERE number = (SELECT max(number) FROM package)" || fail "the vault is not changed"
rm "$last"
: > "$last.partial"
pass
has "$second"
[ -e "$last" ] || fail "it has another name"
diff <(sort "$SCENE/got-before") <(sort "$SCENE/got") > "$SCENE/diff" || fail "other messages: $(cat "$SCENE/diff")"

step "one that lies there is not made again, and there is nothing new"
vault "UPDATE package SET finished = 0 WHERE number = (SELECT max(number) FROM package)" || fail "the vault is not changed"
sha256sum "$SOUTH"/*.age > "$SCENE/sums"
pass
grep -q "nothing is new" "$SCENE/pass.log" || fail "there is something new"
sha256sum --quiet -c "$SCENE/sums" || fail "a package has changed"

step "the rest, once"
run_desk
change "$(jq -n --arg scope "$ALL" '{scope: $scope}')"
all=$(total "$ALL")
[ "$all" -gt "$second" ] || fail "the third week has nothing"
stop_desk
pass
has "$all"
pass
grep -q "nothing is new" "$SCENE/pass.log" || fail "there is something new"

step "what went to whom stands in the access log, each message once"
"$IRONSIDE" desk log show "$DESK" --json > "$SCENE/log" || fail "no log"
logged=$(jq -s 'map(select(.action == "pass" and (.what | contains(" to south")))) | map(.count) | add' "$SCENE/log")
[ "$logged" = "$all" ] || fail "the log has $logged messages, not $all: $(grep '"pass"' "$SCENE/log")"
jq -e -s 'any(.[]; .action == "pass" and (.what | contains("to south again")) and .count == 0)' "$SCENE/log" > "$SCENE/jq.log" ||
    fail "the log does not say what was made again"
jq -e -s 'any(.[]; .action == "mark" and (.what | contains("partner south is changed")))' "$SCENE/log" > "$SCENE/jq.log" ||
    fail "the log does not say that the partner was changed"
succeeds "whole" "$IRONSIDE" desk log verify "$DESK"
