#!/usr/bin/env bash
# build: plain
# corpus: data/enron/core.jsonl.zst
# Three months of messages under a warrant for the middle one. Without a warrant a network is open, and
# then just that month is archived and all is delivered; or it rests, and then just that month is
# delivered. What the bot states of its days is what the file holds of them.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [IRONSIDE_CORPUS=FILE] tests/scenario/75-months.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/replay.sh
. "$(dirname "$0")/replay.sh"

# The months of the file that is replayed, the warrant's in the middle.
BEFORE=2001-07 MONTH=2001-08 AFTER=2001-09
if [ -n "$CORPUS" ]; then
    zstd -qdc "$CORPUS"
else
    # Spread over the days that each of the three months has, 1 to 30.
    jq -sc --arg months "$BEFORE $MONTH $AFTER" '($months | split(" ")) as $months
        | length as $all | to_entries[] | (.key * 90 / $all | floor) as $day
        | .value + {ts: "\($months[$day / 30 | floor])-\($day % 30 + 101 | tostring[1:])\(.value.ts[10:])"}' "$TALK" |
        jq -sc 'sort_by(.ts)[]'
fi > "$SCENE/source.jsonl" || fail "no source"
jq -c --arg from "$BEFORE" --arg until "$AFTER" \
    'select(.ts[0:7] >= $from and .ts[0:7] <= $until)' "$SCENE/source.jsonl" > "$SCENE/all.jsonl"
jq -c --arg month "$MONTH" 'select(.ts[0:7] == $month)' "$SCENE/all.jsonl" > "$SCENE/month.jsonl"
ALL=$(wc -l < "$SCENE/all.jsonl")
IN_MONTH=$(wc -l < "$SCENE/month.jsonl")
[ "$IN_MONTH" -gt 20 ] && [ $((ALL - IN_MONTH)) -gt 20 ] || fail "the file is not of three months"

deliveries() {
    jq -s 'map(.to | length) | add' "$1"
}

# month_network NAME: a replay network whose warrant is for the middle month. Without one it rests.
month_network() {
    NET=$SCENE/$1
    "$IRONSIDE" init "$NET" --replay --port 0 --from "$MONTH-01" --until "$MONTH-31" \
        > "$SCENE/init.log" || fail "no network: $(cat "$SCENE/init.log")"
}

# open_without_warrant: two of its custodians agree that it does not.
open_without_warrant() {
    local custodian proposal=$SCENE/proposal
    "$IRONSIDE" policy draft "$NET" --without-warrant open --out "$proposal" \
        --at "$MONTH-01T00:00:00.000Z" > "$SCENE/draft.log" 2>&1 || fail "$(cat "$SCENE/draft.log")"
    for custodian in 1 3; do
        "$IRONSIDE" warrant sign "$proposal" --key "$NET/authority/custodian-$custodian.key" --yes \
            > "$SCENE/sign.log" 2>&1 || fail "$(cat "$SCENE/sign.log")"
    done
    "$IRONSIDE" warrant publish "$NET" "$proposal" > "$SCENE/publish.log" 2>&1 ||
        fail "$(cat "$SCENE/publish.log")"
}

# replay EXPECTED: the file through $NET; the summary begins with that.
replay() {
    start_replay "$SCENE/all.jsonl"
    wait "$UP_PID" || fail "the replay ends with an error: $(tail -n 5 "$SCENE/up.log")"
    grep -A1 ' messages of ' "$SCENE/up.log" | sed 's/^/   /'
    [[ $(grep ' messages of ' "$SCENE/up.log") == *" devices: $1, 0 refused, in "* ]] ||
        fail "expected: $1"
}

# stated: the statements in the public log, as "DAY COUNT", are the month's days and messages.
check_statements() {
    "$IRONSIDE" log show "$NET" --json > "$SCENE/log.jsonl" || fail "the log cannot be shown"
    jq -r 'select(.kind == "statement") | .note' "$SCENE/log.jsonl" | awk '
        $1 == "day" { day = $2 }
        $1 == "archived" { print day, $3 }
        $1 == "refused" { print day, "refused" }' > "$SCENE/stated"
    jq -r '.ts[0:10]' "$SCENE/month.jsonl" | sort | uniq -c | awk '{ print $2, $1 }' > "$SCENE/sent"
    cmp "$SCENE/sent" "$SCENE/stated" ||
        fail "the statements differ: $(diff "$SCENE/sent" "$SCENE/stated" | head -n 5)"
    printf '   %s statements, of %s messages\n' "$(wc -l < "$SCENE/stated")" \
        "$(awk '{ n += $2 } END { print n }' "$SCENE/stated")"
    "$IRONSIDE" log verify "$NET" > "$SCENE/verify.log" 2>&1 || fail "$(cat "$SCENE/verify.log")"
}

step "open: all of $ALL messages are delivered, and just the $IN_MONTH of the month archived"
month_network open
open_without_warrant
TO=$(deliveries "$SCENE/all.jsonl")
replay "$ALL sent, $IN_MONTH archived, $TO delivered to $TO recipients"
grep -q "^$((ALL - IN_MONTH)) delivered without archive" "$SCENE/up.log" ||
    fail "it does not say how many were delivered without archive"
check_archive "$SCENE/month.jsonl"
check_statements

step "stop: just the month's messages are delivered"
month_network stop
replay "$ALL sent, $IN_MONTH archived, $(deliveries "$SCENE/month.jsonl") delivered to $TO recipients"
grep -q "^$((ALL - IN_MONTH)) waiting for a warrant" "$SCENE/up.log" ||
    fail "it does not say how many wait"
check_archive "$SCENE/month.jsonl"
check_statements
step "done"
