#!/usr/bin/env bash
# The public log: a network runs and devices follow it; a copy of the public files is checked, and
# changed copies are refused; then the registrar's log forks, shrinks and holds a certificate that
# nobody asked for, and devices warn.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/70-log.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need sqlite3 sqlite3
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
TOOL=$BUILD/tests/scenario/log_tool
NET=$SCENE/net
DOMAIN=chat.example

start_network() {
    start up "$IRONSIDE" up "$NET"
    NETWORK=$!
    wait_for $PATIENCE grep -q "is up" "$SCENE/up.log" || fail "the network does not start"
    wait_for $PATIENCE grep -q "connected as ibot" "$SCENE/up.log" || fail "the bot does not start"
}

stop_network() {
    end_process "$NETWORK"
}

# activate HANDLE: its device lives in $SCENE/HANDLE.
activate() {
    "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle" > /dev/null ||
        fail "no bundle for $1"
    "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent \
        > "$SCENE/$1.activation.log" 2>&1 || fail "$1 is not activated"
}

# follow HANDLE: runs the device; what it tells is in HANDLE.log.
follow() {
    start "$1" "$IRONSIDE" device receive --store "$SCENE/$1" --follow --json
    eval "DEVICE_$1=$!"
    wait_for $PATIENCE test -S "$SCENE/$1/device.sock" || fail "the device of $1 does not run"
}

unfollow() {
    local name=DEVICE_$1
    end_process "${!name}"
}

# say FROM TO TEXT
say() {
    "$IRONSIDE" device send --store "$SCENE/$1" --to "$2@$DOMAIN" "$3" > "$SCENE/send.log" 2>&1 ||
        fail "$1 cannot write to $2: $(cat "$SCENE/send.log")"
    wait_for $PATIENCE grep -qF "$3" "$SCENE/$2.log" || fail "$2 does not get '$3'"
}

# tells HANDLE TEXT, soon
tells() {
    wait_for $PATIENCE grep -qF -- "$2" "$SCENE/$1.log" || fail "$1 does not tell '$2'"
}

size_seen() {
    "$IRONSIDE" device log --store "$SCENE/$1" --json | jq .size
}

saw_all() {
    [ "$(size_seen "$1")" = "$("$IRONSIDE" log checkpoint "$NET" --json | jq .size)" ]
}

step "a network with three devices, each under the log"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
start_network
grep -q "ironside-registrar: confined" "$SCENE/up.log" || fail "the registrar is not confined"
activate anna
cp -a "$NET/log" "$SCENE/older" # as a copy made while it runs, with its -wal
activate ben
know anna ben
follow anna
follow ben
say anna ben "under the log"
say ben anna "and back"
activate carla
know anna ben carla
follow carla
say carla anna "from the third"
for who in anna carla; do # ben has had no reason to look again
    wait_for $PATIENCE saw_all "$who" || fail "$who has seen $(size_seen "$who") entries"
done
grep -h WARNING "$SCENE"/*.log && fail "a device warns of an honest log"
"$IRONSIDE" archive verify "$NET" > "$SCENE/verify.log" 2>&1 || fail "the archive does not verify"
grep -q warning "$SCENE/verify.log" && fail "the log lacks certificates"
unfollow ben
unfollow carla

step "public data alone: what is there, and that it holds"
mkdir "$SCENE/public"
cp -a "$NET/network.note" "$NET/log" "$SCENE/public"
"$IRONSIDE" log verify "$SCENE/public" || fail "the log does not verify"
[ "$("$IRONSIDE" log verify "$SCENE/public" --json | jq -c '[.entries, .of_kind.device, .policy]')" \
    = "[6,3,1]" ] || fail "not what was logged"
[ "$("$IRONSIDE" log show "$SCENE/public" --json | jq -r .kind | tr '\n' ' ')" \
    = "warrant epochs policy device device device " ] || fail "not in the order"
grep -qwE "anna|ben|carla" <("$IRONSIDE" log show "$SCENE/public" --json) && fail "it names accounts"
"$IRONSIDE" log show "$SCENE/public"
"$IRONSIDE" log checkpoint "$SCENE/public" | head -2 | grep -qx 6 || fail "no checkpoint"
stop_network
rm -r "$SCENE/public/log"
cp -a "$NET/log" "$SCENE/public"

# refused SQL TEXT: a copy changed so is refused, with that line.
refused() {
    rm -rf "$SCENE/changed"
    cp -a "$SCENE/public" "$SCENE/changed"
    sqlite3 "$SCENE/changed/log/log.db" "$1" || fail "$1"
    "$IRONSIDE" log verify "$SCENE/changed" > "$SCENE/refused.log" 2>&1 && fail "taken: $1"
    grep -qF -- "$2" "$SCENE/refused.log" || fail "$1: $(cat "$SCENE/refused.log")"
}

step "changed copies are refused: entries, tiles, checkpoints"
refused "UPDATE entry SET note = replace(note, 'scope all', 'scope countries NL') WHERE kind = 3" \
    "entry 0: another text than the one logged"
refused "UPDATE entry SET note = replace(note, 'ibot', 'xbot') WHERE kind = 4" \
    "entry 1: another text than the one logged"
refused "UPDATE entry SET note = replace(note, '— custodian-1', '— custodian-9') WHERE kind = 2" \
    "entry 2: policy: signed by 1 of the 2 custodians that it needs"
refused "UPDATE entry SET note = NULL WHERE kind = 2" "entry 2: its document is missing"
refused "UPDATE entry SET hash = randomblob(32) WHERE number = 4" \
    "entry 4: the tree's leaf is not its own"
refused "UPDATE entry SET tag = randomblob(32) WHERE number = 5" \
    "entry 5: the tree's leaf is not its own"
refused "DELETE FROM entry WHERE number = 5" "5 entries, the last one numbered 4, and 6 leaves"
refused "UPDATE tile SET hashes = randomblob(length(hashes))" \
    "entry 0: the tree's leaf is not its own"
refused "UPDATE checkpoint SET note = replace(note, '/log', '/lag') WHERE size = 4" \
    "checkpoint 4: checkpoint: the signature of registrar.chat.example does not match"
refused "UPDATE checkpoint SET size = 2 WHERE size = 4" "checkpoint 2: it is of another tree"
refused "DELETE FROM checkpoint WHERE size > 4" "no checkpoint covers the entries from 4 on"
cp "$SCENE/public/network.note" "$SCENE/changed"
sed -i 's/^kind live$/kind replay/' "$SCENE/changed/network.note"
"$IRONSIDE" log verify "$SCENE/changed" > "$SCENE/refused.log" 2>&1 && fail "another network note"

step "the registrar does not go on from an older copy"
cp -a "$NET" "$SCENE/good"
rm -r "$NET/log"
cp -a "$SCENE/older" "$NET/log"
timeout 20 "$BUILD/ironside-registrar" "$NET" > "$SCENE/refused.log" 2>&1 && fail "it takes an older copy"
grep -q "has lost entries" "$SCENE/refused.log" || fail "$(cat "$SCENE/refused.log")"

# cheat COMMAND…: the good network, changed by its registrar, starts again.
cheat() {
    rm -rf "$NET"
    cp -a "$SCENE/good" "$NET"
    "$TOOL" "$@" || fail "log_tool $*"
    start_network
}

step "the log forks"
cheat fork "$NET"
tells anna "WARNING: the public log has forked"
"$IRONSIDE" device log --store "$SCENE/anna" --json |
    jq -e '.size == 6 and (.fork | test("\n6\n")) and (.fork | test("\n7\n")) and .shrink == null' \
        > /dev/null || fail "no evidence is kept"
"$IRONSIDE" log verify "$NET" || fail "the forked log is good in itself"
stop_network

step "the log shrinks"
cheat shrink "$NET"
tells anna "WARNING: the public log has shrunk: this device has verified 6 entries, and is shown 5"
"$IRONSIDE" device log --store "$SCENE/anna" --json | jq -e '.shrink | test("\n5\n")' \
    > /dev/null || fail "no evidence is kept"
"$IRONSIDE" archive verify "$NET" > "$SCENE/verify.log" 2>&1 || fail "the archive does not verify"
grep -q "the public log lacks 1 certificates under which messages were archived" \
    "$SCENE/verify.log" || fail "$(cat "$SCENE/verify.log")"
stop_network

step "a ghost certificate"
cheat ghost "$NET" anna
tells anna "WARNING: a ghost certificate: the public log has 2 certificates of this account"
"$IRONSIDE" log verify "$NET" --json | jq -e '.of_kind.device == 4' > /dev/null ||
    fail "the log does not verify"
follow ben
sleep 1
grep -q WARNING "$SCENE/ben.log" && fail "ben warns of another's certificate"
stop_network
echo "all of it holds"
