#!/usr/bin/env bash
# build: plain
# timeout: 600
# A small simulated population, once through a whole network and once into an archive without its
# server: both archives verify, and hold the same messages, corrections and reactions as what they
# are. The same seed says the same.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER 47-simulate.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/replay.sh
. "$(dirname "$0")/replay.sh"

MESSAGES=600
MADE=(--seed 5 --devices 40 --countries 6 --organisations 3 --messages "$MESSAGES" --from 2020-01-06
    --days 12)

# network NAME OPTION…: $SCENE/NAME, whose warrant covers the days.
network() {
    local name=$1
    shift
    "$IRONSIDE" init "$SCENE/$name" --replay --port 0 --from 2020-01-05 --until 2020-01-20 "$@" \
        > "$SCENE/init.log" 2>&1 || fail "no network: $(cat "$SCENE/init.log")"
}

# opened NAME: what an agency reads in its archive, a line a message in an order of their own.
opened() {
    "$IRONSIDE" archive read "$SCENE/$1" --identity "$SCENE/$1/agencies/north.key" --json \
        > "$SCENE/$1.jsonl" || fail "the archive of $1 cannot be read"
    jq -c 'if .verified then . else error("not verified") end
        | select(.kind != "group") | [.id, .from, .to, .at, .kind, .body, .country]' \
        "$SCENE/$1.jsonl" | sort
}

# holds NAME: its archive and its public log verify.
holds() {
    "$IRONSIDE" archive verify "$SCENE/$1" --identity "$SCENE/$1/agencies/south.key" \
        > "$SCENE/verify.log" 2>&1 || fail "the archive of $1 does not hold: $(cat "$SCENE/verify.log")"
    printf '   %s: %s\n' "$1" "$(head -n 1 "$SCENE/verify.log")"
    succeeds verified "$IRONSIDE" log verify "$SCENE/$1"
}

step "the same seed says the same, another one something else"
for name in once again; do
    "$IRONSIDE" simulate "${MADE[@]}" --to "$SCENE/$name.jsonl.zst" --truth "$SCENE/$name.truth" \
        --places "$SCENE/$name.map" > "$SCENE/simulate.log" 2>&1 ||
        fail "no population: $(cat "$SCENE/simulate.log")"
done
tells simulate "$MESSAGES messages of 40 devices in "
cmp "$SCENE/once.jsonl.zst" "$SCENE/again.jsonl.zst" || fail "the messages differ"
cmp "$SCENE/once.truth" "$SCENE/again.truth" || fail "the truth differs"
zstd -qdc "$SCENE/once.jsonl.zst" > "$SCENE/once.jsonl"
"$IRONSIDE" simulate "${MADE[@]}" --seed 6 > /dev/null 2>&1 && fail "a value can be given twice"
"$IRONSIDE" simulate "${MADE[@]:2}" --seed 6 --to "$SCENE/other.jsonl" > "$SCENE/simulate.log" 2>&1 ||
    fail "no other population: $(cat "$SCENE/simulate.log")"
cmp -s "$SCENE/once.jsonl" "$SCENE/other.jsonl" && fail "another seed says the same"
[ "$(jq -r 'select(.device) | .device' "$SCENE/once.truth" | wc -l)" -eq 40 ] ||
    fail "the truth does not have the devices"

step "through a whole network"
NET=$SCENE/through
network through --places "$SCENE/once.map"
start_replay "$SCENE/once.jsonl.zst"
wait "$UP_PID" || fail "the replay ends with an error: $(cat "$SCENE/up.log")"
expect_summary $MESSAGES "$(jq '.to | length' "$SCENE/once.jsonl" | paste -sd+ | bc)"
holds through

step "into an archive"
network into --places "$SCENE/once.map" --openers 2
"$IRONSIDE" simulate "${MADE[@]}" --into "$SCENE/into" --truth "$SCENE/into.truth" \
    > "$SCENE/into.log" 2>&1 < /dev/null || fail "it does not go into the archive: $(cat "$SCENE/into.log")"
CHANGES=$(sed -n 's/.* and \([0-9]*\) changes of groups,.*/\1/p' "$SCENE/into.log")
[ "${CHANGES:-0}" -gt 5 ] || fail "no group's members are told: $(cat "$SCENE/into.log")"
tells into "$MESSAGES messages of 40 devices and $CHANGES changes of groups, $((MESSAGES + CHANGES)) archived in "
holds into
cmp "$SCENE/once.truth" "$SCENE/into.truth" || fail "the truth of what was archived differs"

step "both archives hold the same, and it is what was made"
opened through > "$SCENE/through.opened" || fail "what went through is not in order"
opened into > "$SCENE/into.opened" || fail "what went in is not in order"
cmp "$SCENE/through.opened" "$SCENE/into.opened" || fail "the archives differ"
jq -c '[.id, .body, (.kind // "text")]' "$SCENE/once.jsonl" | sort > "$SCENE/made"
jq -c '[.[0], .[5], .[4]]' "$SCENE/into.opened" | sort > "$SCENE/kept"
jq -c 'select(.[2] != "position")' "$SCENE/made" > "$SCENE/made.said"
jq -c 'select(.[2] != "position")' "$SCENE/kept" > "$SCENE/kept.said"
cmp "$SCENE/made.said" "$SCENE/kept.said" || fail "what is archived is not what was made"
[ "$(jq -c 'select(.kind == "group")' "$SCENE/into.jsonl" | wc -l)" -eq "$CHANGES" ] ||
    fail "the archive does not hold the changes of groups"
for kind in edit reply react; do
    grep -q "\"$kind\"" "$SCENE/kept" || fail "no $kind was archived"
done

step "where warrants leave out, nothing is archived; what cannot be is refused"
network without --places "$SCENE/once.map" --exclude NL
"$IRONSIDE" simulate "${MADE[@]}" --into "$SCENE/without" > "$SCENE/without.log" 2>&1 < /dev/null ||
    fail "it does not go into the archive: $(cat "$SCENE/without.log")"
OUT=$(jq -r 'select(.country == "NL") | .id' "$SCENE/once.jsonl" | wc -l)
tells without "not: no warrant is for where they were sent from"
[ "$(opened without | wc -l)" -eq $((MESSAGES - OUT)) ] ||
    fail "not just the messages from elsewhere than NL were archived"
holds without
refused 1 "whose keys are gone" "$IRONSIDE" simulate "${MADE[@]}" --into "$SCENE/into"
network early
refused 1 "no warrant covers what" "$IRONSIDE" simulate "${MADE[@]:0:10}" --from 2020-03-01 --days 3 \
    --into "$SCENE/early"
refused 1 "is a live network" bash -c '"$0" init "$1" --port 0 > /dev/null && "$0" simulate --into "$1"' \
    "$IRONSIDE" "$SCENE/live"
refused 2 "Give --to FILE or --into DIR" "$IRONSIDE" simulate --seed 2
refused 2 "--devices '0' is not 1 to 100000" "$IRONSIDE" simulate --devices 0 --to "$SCENE/x"
refused 1 "4 to 100000 devices" "$IRONSIDE" simulate --devices 3 --to "$SCENE/x"
refused 1 "cannot be written" "$IRONSIDE" simulate --to "$SCENE/no/such"

step "done"
