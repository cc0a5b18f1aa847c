#!/usr/bin/env bash
# build: plain
# corpus: data/enron/core.jsonl.zst
# timeout: 1800
# Messages of a file through a whole network: each is archived once and delivered once to each recipient,
# and both agencies open exactly the file's messages, byte for byte.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [IRONSIDE_CORPUS=FILE] [IRONSIDE_OPENERS='1 2'] 40-replay.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/scenario/replay.sh
. "$(dirname "$0")/replay.sh"

TOO_SLOW=600 # seconds; how fast it is, the bench tells

# Watches memory until the replay ends: the last figure of each process that it saw.
watch_memory() {
    local pid name now
    declare -A most
    while kill -0 "$UP_PID" 2> /dev/null; do
        for name in 'role link' 'role opener' 'role keeper' ironside-registrar beam.smp \
            'replay devices'; do
            for pid in $(children "$UP_PID" "$name"); do
                now=$(peak "$pid")
                [ -z "$now" ] || most["$name $pid"]=$now
            done
        done
        sleep 2
    done
    for name in "${!most[@]}"; do
        printf '   peak memory: %s: %s\n' "${name% *}" "${most[$name]}"
    done | sort
}

# replay FILE MESSAGES RECIPIENTS
replay() {
    start_replay "$1"
    watch_memory
    wait "$UP_PID" || fail "the replay ends with an error"
    expect_summary "$2" "$3"
    [ "$SEND_SECONDS" -lt "$TOO_SLOW" ] || fail "it took $SEND_SECONDS seconds"
}

# 10147 messages that people wrote.
replay_corpus() {
    local openers
    zstd -qdc "$CORPUS" > "$SCENE/corpus.jsonl"
    for openers in ${IRONSIDE_OPENERS:-1}; do
        step "10147 real messages, openers: $openers"
        NET=$SCENE/corpus$openers
        make_network --openers "$openers"
        replay "$CORPUS" 10147 11741
        check_archive "$SCENE/corpus.jsonl"
    done
    step "done"
    exit 0
}

[ -z "$CORPUS" ] || replay_corpus

step "200 messages with everything that a text may hold"
make_network
replay "$TALK" 200 353
check_archive "$TALK"

step "a second run of the same file sends nothing again"
start_replay "$TALK"
wait "$UP_PID" || fail "the second run ends with an error"
grep -q '200 messages of 20 devices: 200 sent, 0 archived, 0 delivered' "$SCENE/up.log" ||
    fail "the second run: $(tail -n 1 "$SCENE/up.log")"
check_archive "$TALK"

step "texts that end as what is no text begins, and lines that are no message"
NET=$SCENE/odd
make_network
jq -nc '["see you\nironside: the film", "geo:52,4", "ironside:text", "ironside:edit?id=m1",
    "a\nironside:react?id=m1\n", "> quoted\nironside:reply?from=a@x&id=1", "\nironside:", ""]
    | to_entries[] | {id: "o\(.key)", ts: "2001-05-03T14:00:0\(.key)Z", from: "anna@old.example",
        to: ["ben@old.example"], body: .value}' > "$SCENE/odd.jsonl"
{
    cat "$SCENE/odd.jsonl"
    jq -nc '{id: "l", ts: "2001-05-03T15:00:00Z", from: "anna@old.example", to: ["ben@old.example"],
        body: ("x" * 16385)}'
    printf '{"id":"%s","ts":"2001-05-03T15:00:00Z","from":"a@x","to":["b@x"],"body":"%s"}\n' \
        n 'a\u0000b' s 'half \ud83d'
} > "$SCENE/mixed.jsonl"
refused 1 "line 9: 'body' is longer than 16384 bytes" "$IRONSIDE" up "$NET" \
    --replay "$SCENE/mixed.jsonl" --exit
"$IRONSIDE" up "$NET" --replay "$SCENE/mixed.jsonl" --skip --exit > "$SCENE/up.log" 2>&1 < /dev/null ||
    fail "the replay ends with an error: $(tail -n 3 "$SCENE/up.log")"
grep -q "^3 lines were passed over; the first:" "$SCENE/up.log" || fail "it does not count them"
expect_summary 8 8
check_archive "$SCENE/odd.jsonl"

step "two openers"
NET=$SCENE/two
make_network --openers 2
replay "$TALK" 200 353
[ "$(grep -c 'opener: confined' "$SCENE/up.log")" = 2 ] || fail "there are not two openers"
check_archive "$TALK"
step "done"
