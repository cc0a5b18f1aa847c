#!/usr/bin/env bash
# build: plain
# corpus: data/enron/core.jsonl.zst
# Day keys and statements of a whole network. Who takes the bot's folder and credential opens the
# seals of the last days and none before; what the bot states of its days adds up to what was
# sent; keys that were lost come back with enough shares and not with fewer.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [IRONSIDE_CORPUS=FILE] tests/scenario/72-day-keys.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/replay.sh
. "$(dirname "$0")/replay.sh"
need sqlite3 sqlite3
TOOLS=$BUILD/tests/scenario

# message NUMBER INSTANT: a line of a replay file.
message() {
    printf '{"id":"m%s","ts":"%s","from":"anna@old.example","to":["ben@old.example"],"body":"Text %s"}\n' \
        "$1" "$2" "$1"
}

run_replay() {
    start_replay "$1"
    wait "$UP_PID" || fail "the replay ends with an error"
    grep ' messages of ' "$SCENE/up.log" | sed 's/^/   /'
}

# Takes the bot's folder as it lies there, as a thief would: its keys are in $SCENE/keys then, and
# what they open in $SCENE/opened.
steal() {
    rm -rf "$SCENE/stolen"
    cp -a "$NET/bots/ibot" "$SCENE/stolen"
    "$TOOLS/day_keys" "$SCENE/stolen/daykeys" "$SCENE/stolen/credential" > "$SCENE/keys" ||
        fail "the stolen keys do not open"
    "$TOOLS/seal_thief" "$NET" "$NET/agencies/north.key" < "$SCENE/keys" > "$SCENE/opened" ||
        fail "the thief can't read the archive"
}

# only_from DAY DAYS: of the seals only those from DAY on open, all of them, on so many days.
only_from() {
    awk -v from="$1" -v days="$2" '
        $1 < from && $3 != 0 { print "opens: " $0; bad = 1 }
        $1 >= from && $3 != $2 { print "does not open: " $0; bad = 1 }
        $1 >= from { seen++ }
        END { if (seen != days) { print seen " days, not " days; bad = 1 } exit bad }
    ' "$SCENE/opened" || fail "the stolen keys: $(cat "$SCENE/opened")"
    sed 's/^/   /' "$SCENE/opened" | tail -n 5
}

# statements: "DAY ARCHIVED REFUSED" of each in the public log.
statements() {
    sqlite3 "$NET/log/log.db" "SELECT note FROM entry WHERE kind = 7 ORDER BY number" | awk '
        $1 == "day" { day = $2; archived = refused = 0 }
        $1 == "archived" { archived += $3 }
        $1 == "refused" { refused += $3 }
        $1 == "journal" { print day, archived, refused }
    '
}

# check_statements FILE: one a day, and each has the file's messages.
check_statements() {
    statements > "$SCENE/stated"
    jq -r '.ts[0:10]' "$1" | sort | uniq -c | awk '{ print $2, $1, 0 }' > "$SCENE/expected"
    cmp "$SCENE/expected" "$SCENE/stated" ||
        fail "stated: $(diff "$SCENE/expected" "$SCENE/stated" | head -n 5)"
    printf '   %s statements of %s messages\n' "$(wc -l < "$SCENE/stated")" \
        "$(awk '{ n += $2 } END { print n }' "$SCENE/stated")"
}

logged_destroyed() {
    sqlite3 "$NET/log/log.db" "SELECT note FROM entry WHERE kind = 8" | awk '$1 == "destroyed"'
}

# weeks_of_corpus: four weeks of messages that people wrote, and their statements.
weeks_of_corpus() {
    local sent last first_kept
    step "weeks of real messages: the statements add up"
    NET=$SCENE/corpus
    make_network
    zstd -qdc "$CORPUS" | jq -c 'select(.ts >= "2001-05-01" and .ts < "2001-05-29")' > "$SCENE/may.jsonl"
    run_replay "$SCENE/may.jsonl"
    check_statements "$SCENE/may.jsonl"
    sent=$(wc -l < "$SCENE/may.jsonl")
    grep -q "^$sent messages of .* $sent archived, .* 0 refused" "$SCENE/up.log" ||
        fail "not all of them are archived"
    steal
    last=$(jq -r '.ts[0:10]' "$SCENE/may.jsonl" | sort | tail -n 1)
    first_kept=$(date -u -d "$last - 1 day" +%F)
    only_from "$first_kept" "$(jq -r '.ts[0:10]' "$SCENE/may.jsonl" | sort -u |
        awk -v from="$first_kept" '$1 >= from' | wc -l)"
    "$IRONSIDE" log verify "$NET" > "$SCENE/verify.log" 2>&1 ||
        fail "the log does not hold: $(cat "$SCENE/verify.log")"
    step "done"
    exit 0
}

[ -z "$CORPUS" ] || weeks_of_corpus

step "seven days, two messages each; the bot is stolen on the last"
"$IRONSIDE" init "$NET" --replay --port 0 --from 2001-04-01 --until 2001-05-20 \
    > "$SCENE/init.log" || fail "no network: $(cat "$SCENE/init.log")"
for day in 1 2 3 4 5 6 7; do
    message "$day-a" "2001-05-0${day}T09:00:00Z"
    message "$day-b" "2001-05-0${day}T17:00:00Z"
done > "$SCENE/week.jsonl"
steal
[ "$(wc -l < "$SCENE/keys")" = 50 ] || fail "there are not 50 keys at the start"
run_replay "$SCENE/week.jsonl"
steal
only_from 2001-05-06 2 # the last day is over
[ "$(head -n 1 "$SCENE/keys" | cut -d ' ' -f 1)" = 11448 ] || fail "the first key is not of May 6th"
[ "$(tail -n 1 "$SCENE/keys" | cut -d ' ' -f 1)" = 11462 ] || fail "a key after the last day"
check_statements "$SCENE/week.jsonl"

step "the opener starts again nine days late"
message late "2001-05-16T09:00:00Z" > "$SCENE/late.jsonl"
run_replay "$SCENE/late.jsonl"
steal
only_from 2001-05-15 1
[ "$(wc -l < "$SCENE/keys")" = 6 ] || fail "$(wc -l < "$SCENE/keys") keys are there, not 6"
cat "$SCENE/week.jsonl" "$SCENE/late.jsonl" > "$SCENE/all.jsonl"
check_statements "$SCENE/all.jsonl"

step "after the last day there is no key at all"
message after "2001-05-25T09:00:00Z" > "$SCENE/after.jsonl"
run_replay "$SCENE/after.jsonl"
steal
[ -s "$SCENE/keys" ] && fail "keys are left: $(cat "$SCENE/keys")"
awk '$3 != 0 { exit 1 }' "$SCENE/opened" || fail "something opens: $(cat "$SCENE/opened")"
[ "$(logged_destroyed | sort -u | wc -l)" = 50 ] || fail "not all 50 destructions are public"
[ "$(logged_destroyed | wc -l)" = 50 ] || fail "a key is destroyed twice"
"$IRONSIDE" log verify "$NET" > "$SCENE/verify.log" 2>&1 ||
    fail "the log does not hold: $(cat "$SCENE/verify.log")"

step "an offer that says what a lost bot means, and one whose keys can be recovered"
for name in one two three; do
    "$IRONSIDE" custodian new "$SCENE/$name.key" --name "$name" --json > "$SCENE/$name.json" ||
        fail "no custodian $name"
done
"$IRONSIDE" warrant offer "$NET" --id W-2 --from 2030-01-01 --until 2030-01-05 \
    > "$SCENE/offer.log" || fail "no offer"
grep -q 'if it is lost, so are they' "$SCENE/offer.log" || fail "it does not say what is lost"
shares=()
for name in one two three; do
    shares+=(--share "$name=$(jq -r .recipient "$SCENE/$name.json")")
done
"$IRONSIDE" warrant offer "$NET" --id W-3 --from 2030-01-01 --until 2030-01-05 --recovery 2 \
    "${shares[@]}" > "$SCENE/offer.log" || fail "no offer with recovery"
grep -q 'Any 2 of the 3' "$SCENE/offer.log" || fail "it does not say who recovers"
"$TOOLS/day_keys" "$NET/bots/ibot/daykeys" "$NET/bots/ibot/credential" | tail -n 5 \
    > "$SCENE/offered"
"$IRONSIDE" bot add "$NET" second > /dev/null || fail "no second bot"
open_share() {
    "$IRONSIDE" warrant share "$NET/documents/recovery-W-3-$1.age" --identity "$SCENE/$2.key.age" \
        --out "$SCENE/$1.share" > "$SCENE/share.log" 2>&1
}
recover() {
    "$IRONSIDE" warrant recover "$NET" --id W-3 --bot second "$@" > "$SCENE/recover.log" 2>&1
}
open_share one two && fail "two opens the share of one"
for name in one two three; do
    open_share "$name" "$name" || fail "$name: $(cat "$SCENE/share.log")"
done
recover --share "$SCENE/one.share" && fail "one share is enough"
grep -q '2 are needed' "$SCENE/recover.log" || fail "it does not say how many are needed"
recover --share "$SCENE/one.share" --share "$SCENE/one.share" && fail "the same twice is enough"
sed 's/^secret ./secret _/' "$SCENE/two.share" > "$SCENE/bad.share"
recover --share "$SCENE/one.share" --share "$SCENE/bad.share" && fail "a damaged share is taken"
grep -q damaged "$SCENE/recover.log" || fail "it does not say that it is damaged"
cp "$NET/documents/recovery-W-3.age" "$SCENE/good.age"
printf 'x' | dd of="$NET/documents/recovery-W-3.age" bs=1 seek=400 conv=notrunc 2> /dev/null
recover --share "$SCENE/one.share" --share "$SCENE/two.share" && fail "changed keys are taken"
cp "$SCENE/good.age" "$NET/documents/recovery-W-3.age"
"$TOOLS/day_keys" "$NET/bots/second/daykeys" "$NET/bots/second/credential" > "$SCENE/recovered"
[ -s "$SCENE/recovered" ] && fail "something was recovered already"
recover --share "$SCENE/three.share" --share "$SCENE/one.share" ||
    fail "two shares: $(cat "$SCENE/recover.log")"
"$TOOLS/day_keys" "$NET/bots/second/daykeys" "$NET/bots/second/credential" > "$SCENE/recovered"
cmp "$SCENE/offered" "$SCENE/recovered" || fail "these are not the keys that were offered"
step "done"
