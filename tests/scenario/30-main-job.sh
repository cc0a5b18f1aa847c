#!/usr/bin/env bash
# The main job with the real programs: a network is made and run, three devices are activated and
# talk, two agencies read, anyone verifies, and what is tampered with is named.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/30-main-job.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need age-keygen age
need python3 python3
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DOMAIN=chat.example.org
NORTH=$NET/agencies/north.key
declare -A FOLLOWER

# In a process group of its own, as a terminal would have it.
start_up() {
    start up setsid "$IRONSIDE" up "$NET"
    UP=$!
    wait_for $PATIENCE tells up 'is up' || fail "the network does not start"
    wait_for $PATIENCE tells up 'is in force' || fail "the bot does not start"
}

# press_ctrl_c PID: the whole group gets it; it must end well within ten seconds.
press_ctrl_c() {
    kill -INT -- "-$1"
    wait_for $PATIENCE not_running "$1" || fail "process $1 does not end at Ctrl-C"
    wait "$1" || fail "process $1 ends with an error"
}

not_running() {
    ! kill -0 "$1" 2> /dev/null || grep -q '^State:.*Z' "/proc/$1/status"
}

activate() { # HANDLE ADDRESS
    succeeds "$1.bundle" "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle"
    succeeds "is active" "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" \
        --source "$2" --consent
}

follow() {
    setsid "$IRONSIDE" device receive --store "$SCENE/$1" --follow --json \
        > "$SCENE/$1.events.log" 2> "$SCENE/$1.err.log" < /dev/null &
    FOLLOWER[$1]=$!
    OWN_PIDS+=($!)
    wait_for $PATIENCE test -S "$SCENE/$1/device.sock" || fail "$1's device does not run"
}

shows() { # HANDLE BODY
    "$IRONSIDE" device messages --store "$SCENE/$1" --json |
        jq -se --arg b "$2" 'any(.body == $b and .archived)' > /dev/null
}

# send_timed FROM BODY TO…: prints how long it took, in ms.
send_timed() {
    local from=$1 body=$2 to=() name start=${EPOCHREALTIME/[.,]/}
    shift 2
    for name in "$@"; do
        to+=(--to "$name@$DOMAIN")
    done
    succeeds "archived under" "$IRONSIDE" device send --store "$SCENE/$from" "${to[@]}" "$body"
    for name in "$@"; do
        [[ $SAID == *"delivered to $name@$DOMAIN"* ]] || fail "no receipt of $name: $SAID"
    done
    TOOK=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

read_archive() { # KEY
    "$IRONSIDE" archive read "$NET" --identity "$1" --json
}

# flipped NAME TABLE COLUMN WHERE BYTE: a copy of the network whose journal has one bit changed.
flipped() {
    COPY=$SCENE/copy-$1
    cp -a "$NET" "$COPY"
    python3 - "$COPY/bots/ibot/journal/journal.db" "${@:2}" << 'PY' || fail "cannot change the copy"
import sqlite3, sys
path, table, column, where, at = sys.argv[1:]
db = sqlite3.connect(path)
row, value = db.execute(f"SELECT rowid, {column} FROM {table} WHERE {where} LIMIT 1").fetchone() \
    if table != "tile" else db.execute(f"SELECT 0, {column} FROM tile WHERE {where}").fetchone()
text = isinstance(value, str)
b = bytearray(value.encode() if text else value)
b[int(at)] ^= 1
new = b.decode() if text else bytes(b)
condition = where if table == "tile" else f"rowid = {row}"
assert db.execute(f"UPDATE {table} SET {column} = ? WHERE {condition}", (new,)).rowcount == 1
db.commit()
db.close()
PY
}

# names TEXT [IDENTITY]: verifying the copy fails and says the text first.
names() {
    refused 1 "$1" "$IRONSIDE" archive verify "$COPY" ${2:+--identity "$2"}
    rm -rf "$COPY"
}

step "wrong usage ends with 2 and says how"
refused 2 "(see --help)" "$IRONSIDE"
refused 2 "not one of its words" "$IRONSIDE" sing
refused 2 "which verb?" "$IRONSIDE" device
refused 2 "which folder?" "$IRONSIDE" init
refused 2 "there is no option --colour" "$IRONSIDE" init "$NET" --colour red
refused 2 "is not a day" "$IRONSIDE" init "$NET" --from yesterday
refused 2 "not between 1970-01-01" "$IRONSIDE" init "$NET" --from 1969-12-31
refused 2 "not between 1970-01-01" "$IRONSIDE" init "$NET" --replay --until 9999-12-31
refused 2 "to whom?" "$IRONSIDE" device send --store "$SCENE/anna" hello
refused 2 "which bundle?" "$IRONSIDE" device activate --store "$SCENE/anna"
refused 2 "with which key?" "$IRONSIDE" archive read "$NET"
[ ! -e "$NET" ] || fail "wrong usage makes a folder"

refused 1 "203.0.113.7" "$IRONSIDE" init "$NET" --host 127.1
[ ! -e "$NET" ] || fail "a refused address leaves a folder"

step "a network is made, once, and starts, once"
refused 1 "is not running" "$IRONSIDE" status "$NET"
succeeds "ironside up" "$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0 --authority "A Court"
refused 1 "$NET" "$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0
start_up
refused 1 "already" "$IRONSIDE" up "$NET"
succeeds "is running" "$IRONSIDE" status "$NET"

step "nothing is done whose result cannot be written"
refused 1 "cannot write" "$IRONSIDE" distributor provision "$NET" anna --out "$SCENE/none/a.bundle"
OFFER=("$IRONSIDE" warrant offer "$NET" --id W-9 --from 2030-01-01 --until 2030-01-02)
refused 1 "cannot write" "${OFFER[@]}" --out "$SCENE/none/epochs.note"
succeeds "offers 2 days" "${OFFER[@]}" --out "$SCENE/epochs.note"
LONG=$SCENE/$(printf 'k%.0s' {1..253})
refused 1 "cannot write" "$IRONSIDE" custodian new "$LONG" --name one
[ ! -e "$LONG" ] || fail "half of a custodian's keys are left"

step "without consent there is no device"
succeeds "anna.bundle" "$IRONSIDE" distributor provision "$NET" anna --out "$SCENE/anna.bundle"
refused 1 "already" "$IRONSIDE" distributor provision "$NET" anna --out "$SCENE/anna2.bundle"
refused 1 "--consent" "$IRONSIDE" device activate "$SCENE/anna.bundle" --store "$SCENE/anna"
[[ $SAID == *north* && $SAID == *"A Court"* ]] || fail "the refusal did not show who can read"
[ ! -e "$SCENE/anna" ] || fail "the refusal leaves a device"

step "three devices are activated, and shown who can read"
succeeds "is active" "$IRONSIDE" device activate "$SCENE/anna.bundle" --store "$SCENE/anna" \
    --source 127.0.31.1 --consent
[[ $SAID == *north* && $SAID == *"A Court"* ]] || fail "the activation did not show who can read"
activate ben 127.0.49.1
activate carla 127.0.55.1
know anna ben carla
[ "$("$IRONSIDE" status "$NET" --json | jq -c '[.accounts, .activated]')" = "[3,3]" ] ||
    fail "the network does not count three devices"
[ -z "$(find "$SCENE/anna" -perm /077 -type f ! -name '*.pem' 2> /dev/null)" ] ||
    fail "others may read files of the device"

step "one to one, by devices that connect for that alone"
succeeds "archived under" "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" \
    "a first word"
shows ben "a first word" && fail "ben's device shows what it has not received"
succeeds "a first word" "$IRONSIDE" device receive --store "$SCENE/ben"
shows ben "a first word" || fail "ben's device forgot the message"

step "to nobody, to a stranger"
refused 1 "nobody is left" "$IRONSIDE" device send --store "$SCENE/anna" --to "zoe@$DOMAIN" "hello"

step "running devices: each answer is there at once"
for handle in anna ben carla; do
    follow $handle
done
send_timed anna "warming up" ben carla
send_timed ben "warming up, too" anna carla
: > "$SCENE/took"
for i in 1 2 3 4; do
    send_timed anna "to one $i" ben
    echo "$TOOK" >> "$SCENE/took"
    send_timed ben "Gruß an alle 🐢 $i" anna carla
    echo "$TOOK" >> "$SCENE/took"
done
step "(eight took, in ms: $(sort -n "$SCENE/took" | paste -sd' '))"
# A send takes some 100 ms. A lost event would make it two seconds; a loaded machine delays some.
[ "$(sort -n "$SCENE/took" | sed -n 4p)" -lt 1500 ] || fail "a send takes $(paste -sd' ' "$SCENE/took") ms"
for handle in ben carla; do
    wait_for $PATIENCE shows $handle "warming up" || fail "$handle does not show the group's message"
done
shows carla "Gruß an alle 🐢 4" || fail "carla does not show the last message"
shows carla "to one 1" && fail "carla shows what was not sent to her"
[ "$("$IRONSIDE" device messages --store "$SCENE/ben" --json | jq -s 'length')" = 11 ] ||
    fail "ben's device does not hold eleven messages"
grep -c '"body":"to one 1"' "$SCENE/ben.events.log" | grep -qx 1 || fail "shown more than once"

step "the policy page tells who can read, until when"
"$IRONSIDE" device policy --store "$SCENE/carla" --json > "$SCENE/policy.json"
[ "$(jq -c '[.warrants[].agencies[].name] | unique' "$SCENE/policy.json")" = '["north","south"]' ] ||
    fail "the policy does not name the agencies: $(cat "$SCENE/policy.json")"
succeeds "A Court" "$IRONSIDE" device policy --store "$SCENE/carla"
succeeds "safety number" "$IRONSIDE" device contacts --store "$SCENE/anna"

step "each agency opens all of it, and nobody else does"
read_archive "$NORTH" > "$SCENE/north.json" || fail "north cannot read"
read_archive "$NET/agencies/south.key" > "$SCENE/south.json" || fail "south cannot read"
[ "$(jq -s length "$SCENE/north.json")" = 11 ] || fail "north does not open eleven messages"
cmp -s "$SCENE/north.json" "$SCENE/south.json" || fail "south reads something else than north"
jq -se 'all(.verified and (keys == ["at","body","from","id","kind","leaf","text","to","verified","warrant"]))' \
    "$SCENE/north.json" > /dev/null || fail "other members, or not verified"
jq -se --arg d "$DOMAIN" 'any(.body == "Gruß an alle 🐢 3" and .from == "ben@" + $d and
    .to == ["anna@" + $d, "carla@" + $d])' "$SCENE/north.json" > /dev/null ||
    fail "the archive does not tell from whom to whom"
[ "$(jq -s 'map(.leaf) | (. == sort) and (. == unique)' "$SCENE/north.json")" = true ] ||
    fail "leaves come twice or in no order"
age-keygen -o "$SCENE/stranger.key" 2> /dev/null
for verb in read verify; do
    refused 1 "this identity opens nothing: no warrant in the documents names it" \
        "$IRONSIDE" archive "$verb" "$NET" --identity "$SCENE/stranger.key"
    [[ $SAID != *"a first word"* ]] || fail "a stranger reads"
done
refused 1 "is no age identity" "$IRONSIDE" archive read "$NET" --identity "$SCENE/policy.json"
# Of several identities each is tried, also in a file that an editor for Windows has saved.
{ printf '\xef\xbb\xbf'; cat "$SCENE/stranger.key" "$NORTH" | sed 's/$/\r/'; } > "$SCENE/both.key"
read_archive "$SCENE/both.key" > "$SCENE/both.json" || fail "the second of two identities is not tried"
cmp "$SCENE/both.json" "$SCENE/north.json" || fail "two identities open something else than one"

step "verify, with and without a key; stats"
has_checkpoint() {
    [ "$("$IRONSIDE" archive verify "$NET" --json | jq .checkpoints)" -ge 1 ]
}
wait_for $PATIENCE has_checkpoint || fail "the bot signs no checkpoint"
succeeds "verified:" "$IRONSIDE" archive verify "$NET"
"$IRONSIDE" archive verify "$NET" --identity "$NORTH" --json | jq -e '.verified and .opened == 11
    and .chains == 2' > /dev/null || fail "north does not verify eleven messages in two chains"
"$IRONSIDE" archive stats "$NET" --json | jq -e '.records == 11 and .verdicts.archived == 11' \
    > /dev/null || fail "the statistics are wrong"

step "a device's own checkpoint is held against the archive"
holds_checkpoint() {
    "$IRONSIDE" device log --store "$SCENE/anna" --json | jq -je '.bot // empty' > "$SCENE/anna.note"
}
wait_for $PATIENCE holds_checkpoint || fail "anna has no proof of the bot's"
succeeds "held:     1 checkpoint" "$IRONSIDE" archive verify "$NET" --checkpoint "$SCENE/anna.note"

step "Ctrl-C ends everything, and leaves nothing"
for handle in anna ben carla; do
    press_ctrl_c "${FOLLOWER[$handle]}"
    [ ! -e "$SCENE/$handle/device.sock" ] || fail "$handle's socket is left"
done
press_ctrl_c "$UP"
HELD=$SCENE/held.note
"$IRONSIDE" archive checkpoint "$NET" > "$HELD" || fail "no checkpoint to hold"
pgrep -f "$NET" > /dev/null && fail "left running: $(pgrep -af "$NET")"
succeeds "verified:" "$IRONSIDE" archive verify "$NET" --identity "$NORTH"
refused 1 "is not running" "$IRONSIDE" status "$NET"

step "one changed bit is found and named"
flipped batch batch sealed "number = 2" 200
names "batch 2: its bytes are not those that were committed"
flipped signature round signature "number = 3" 10
names "round 3: the bot's signature does not match"
flipped root round root "number = 1" 0
names "round 1: its root is not that of its lines"
flipped line round lines "number = 2" 40
names "round 2:"
flipped leaf tile hashes "level = 0" 33 # leaf 1: the first batch's own
names "batch 1: leaf 1 of the tree is not its own"
flipped record tile hashes "level = 0" 1 # leaf 0: a record's
names "its root is not the tree's"
flipped record tile hashes "level = 0" 1
names "checkpoint" "$NORTH"
flipped checkpoint checkpoint note "1" 60
names "checkpoint"
flipped head chain digest "number = 1" 5
names "a chain's head at"

step "what is missing is found and named"
# changed SQL: on a fresh copy.
changed() {
    COPY=$SCENE/copy-changed
    cp -a "$NET" "$COPY"
    python3 - "$COPY/bots/ibot/journal/journal.db" "$1" << 'PY' || fail "cannot change the copy"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(sys.argv[2])
db.close()
PY
}
changed "UPDATE batch SET warrant = 'another' WHERE number = 2"
names "batch 2: leaf"
changed "DELETE FROM batch WHERE number = 2"
names "round 2: line 0 says archived, and no batch has a record of it"
changed "UPDATE line SET position = position + 1 WHERE n = 1"
names "is not where its chain says"
succeeds "held:     1 checkpoint" "$IRONSIDE" archive verify "$NET" --checkpoint "$HELD"
cp -a "$NET" "$COPY"
rm "$COPY/log/log.db"
names "log.db"

cp -a "$NET" "$SCENE/backup"

step "it starts again and goes on where it was"
start_up
succeeds "archived under" "$IRONSIDE" device send --store "$SCENE/carla" --to "anna@$DOMAIN" \
    "after the pause"
succeeds "after the pause" "$IRONSIDE" device receive --store "$SCENE/anna"
[ "$(read_archive "$NORTH" | jq -s 'length')" = 12 ] || fail "north does not open twelve messages"

step "a device is wiped"
refused 1 "--yes" "$IRONSIDE" device wipe --store "$SCENE/ben"
succeeds "is gone" "$IRONSIDE" device wipe --store "$SCENE/ben" --yes
[ ! -e "$SCENE/ben" ] || fail "the device's folder is left"
press_ctrl_c "$UP"

step "an older state of the journal is not taken for all of it"
"$IRONSIDE" archive checkpoint "$NET" > "$HELD" || fail "no checkpoint to hold"
succeeds "verified:" "$IRONSIDE" archive verify "$SCENE/backup"
refused 1 "$HELD: the bot signed a tree of" "$IRONSIDE" archive verify "$SCENE/backup" \
    --checkpoint "$HELD"
[[ $SAID == *"what came last is missing"* ]] || fail "it does not say that the end is missing"
step "done"
