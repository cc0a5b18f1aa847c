#!/usr/bin/env bash
# Files with the real programs: three devices, a large file, a photo that says where it was taken, a
# voice note; what the devices save and what the archive opens are compared byte by byte. Then what
# can go wrong on the way: each ends in a clear line and, once mended, in delivery.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/81-files.sh
# build: plain
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need python3 python3
need openssl openssl
need prlimit util-linux
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DOMAIN=chat.example.org
NORTH=$NET/agencies/north.key
STORE=$NET/bots/ibot/files
MIB=1048576

# expect TEXT: the network's log has it, soon, behind the line that mark has noted.
mark() {
    MARK=$(wc -l < "$SCENE/up.log")
}

told() {
    tail -n "+$((MARK + 1))" "$SCENE/up.log" | grep -qF -- "$1"
}

expect() {
    wait_for $PATIENCE told "$1" || fail "the network does not tell '$1'"
}

start_up() {
    mark 2> /dev/null || MARK=0
    setsid "$IRONSIDE" up "$NET" >> "$SCENE/up.log" 2>&1 < /dev/null &
    UP=$!
    OWN_PIDS+=("$UP")
    wait_for $PATIENCE told 'is up' || fail "the network does not start"
    wait_for $PATIENCE told 'is in force' || fail "the bot does not start"
}

stop_up() {
    kill -INT -- "-$UP"
    wait "$UP" || fail "the network ends with an error"
}

activate() { # HANDLE
    succeeds "$1.bundle" "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle"
    succeeds "is active" "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent
}

follow() { # HANDLE
    setsid "$IRONSIDE" device receive --store "$SCENE/$1" --follow --json \
        > "$SCENE/$1.events.log" 2> "$SCENE/$1.err.log" < /dev/null &
    FOLLOWER[$1]=$!
    OWN_PIDS+=($!)
    wait_for $PATIENCE test -S "$SCENE/$1/device.sock" || fail "$1's device does not run"
}

# peak HANDLE: the most memory that its running device has had, in KiB.
peak() {
    sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/${FOLLOWER[$1]}/status"
}

send() { # HANDLE OPTION…: to ben and cara
    local from=$1
    shift
    succeeds "" "$IRONSIDE" device send --store "$SCENE/$from" --to "ben@$DOMAIN" \
        --to "cara@$DOMAIN" "$@"
}

messages() { # HANDLE: those with files
    "$IRONSIDE" device messages --store "$SCENE/$1" --json | jq -c 'select(.kind == "file")'
}

# id_of HANDLE NAME: of the message with that file; it must be just one.
id_of() {
    local ids
    ids=$(messages "$1" | jq -r --arg n "$2" 'select(.name == $n).id')
    [ -n "$ids" ] && [ "$(wc -l <<< "$ids")" -eq 1 ] || return 1
    printf '%s\n' "$ids"
}

# save_same HANDLE NAME FILE: the device's file of that name is that file.
save_same() {
    local id
    wait_for $PATIENCE id_of "$1" "$2" || fail "$1 does not have $2 just once"
    id=$(id_of "$1" "$2")
    succeeds saved "$IRONSIDE" device save --store "$SCENE/$1" --out "$SCENE/saved.$1.$2" "$id"
    cmp "$SCENE/saved.$1.$2" "$3" || fail "what $1 saved is not $2"
}

# What the upload host has now; then a file of that size that it had not.
note_uploads() {
    find "$NET/server/upload" -type f | sort > "$SCENE/uploads"
}

new_upload() { # SIZE
    UPLOADED=$(find "$NET/server/upload" -type f -size "${1}c" | sort |
        comm -23 - "$SCENE/uploads" | head -n 1)
    [ -n "$UPLOADED" ]
}

sent_and_waits() { # NAME TEXT…: anna's outbox waits, and says why
    "$IRONSIDE" device outbox --store "$SCENE/anna" --json | jq -re .reason | grep -qF "$1"
}

declare -A FOLLOWER

step "a network with an upload host, three devices"
succeeds "is made" "$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0
: > "$SCENE/up.log"
start_up
for name in anna ben cara; do
    activate "$name"
done
know anna ben cara
follow anna
follow ben
succeeds "archived" "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" \
    --to "cara@$DOMAIN" "Files follow."
BEFORE=$(peak anna)

step "a file of 40 MiB, in little memory"
head -c $((40 * MIB)) /dev/urandom > "$SCENE/large.bin"
send anna --file "$SCENE/large.bin"
AFTER=$(peak anna)
printf 'memory of the sending device: %s KiB before, %s KiB at most with a file of 40 MiB\n' \
    "$BEFORE" "$AFTER"
[ $((AFTER - BEFORE)) -lt 8192 ] || fail "the sending device grew by $((AFTER - BEFORE)) KiB"
save_same ben large.bin "$SCENE/large.bin"

step "a photo that says where it was taken, a voice note"
python3 "$(dirname "$0")/data/make_media.py" "$SCENE" || fail "no media could be made"
grep -q SecretPlace "$SCENE/photo.jpg" && grep -q SecretCamera "$SCENE/photo.jpg" ||
    fail "the photo of the test says nothing"
send anna --photo "$SCENE/photo.jpg"
send anna --photo "$SCENE/photo.png"
send anna --voice "$SCENE/voice.wav"
send anna --file "$SCENE/photo.jpg" --keep-metadata
refused 1 "can't be removed" "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" \
    --photo "$SCENE/voice.wav"
save_same ben photo.png "$SCENE/clean.png"
save_same ben voice.wav "$SCENE/voice.wav"
messages ben | jq -se 'any(.name == "voice.wav" and .duration == 3)' > /dev/null ||
    fail "the voice note has another duration"
photos_are_there() {
    mapfile -t PHOTOS < <(messages ben | jq -r 'select(.name == "photo.jpg").id')
    [ ${#PHOTOS[@]} -eq 2 ]
}
wait_for $PATIENCE photos_are_there || fail "ben has ${#PHOTOS[@]} photos"
succeeds saved "$IRONSIDE" device save --store "$SCENE/ben" --out "$SCENE/bare.jpg" "${PHOTOS[0]}"
succeeds saved "$IRONSIDE" device save --store "$SCENE/ben" --out "$SCENE/kept.jpg" "${PHOTOS[1]}"
cmp "$SCENE/kept.jpg" "$SCENE/photo.jpg" || fail "a photo with its metadata kept is another"
cmp "$SCENE/bare.jpg" "$SCENE/clean.jpg" || fail "a photo without metadata is not the expected one"
grep -qE 'Secret|GPS|2019:' "$SCENE/bare.jpg" && fail "the photo still says something"
messages ben | jq -se 'any(.name == "photo.jpg" and
    (.preview | startswith("data:image/jpeg;base64,/9j/")))' > /dev/null ||
    fail "the photo has no preview"

step "the link is XEP-0454's: another implementation opens it"
LINK=$(messages ben | jq -r 'select(.name == "voice.wav").url')
[[ $LINK =~ ^aesgcm://(upload\.$DOMAIN:[0-9]+)(/[A-Za-z0-9/._-]+)#([0-9a-f]{24})([0-9a-f]{64})$ ]] ||
    fail "not an aesgcm link: $LINK"
curl --silent --show-error --fail --cacert "$NET/authority/ca.pem" \
    --connect-to "${BASH_REMATCH[1]}:127.0.0.1:${BASH_REMATCH[1]##*:}" \
    -o "$SCENE/cipher" "https://${BASH_REMATCH[1]}${BASH_REMATCH[2]}" || fail "the link has no file"
# GCM's counter block is the IV and a counter that starts at 2 (NIST SP 800-38D): openssl's CTR
# mode opens the text, python3 checks its length.
head -c -16 "$SCENE/cipher" | openssl enc -d -aes-256-ctr -K "${BASH_REMATCH[4]}" \
    -iv "${BASH_REMATCH[3]}00000002" > "$SCENE/plain" || fail "openssl does not open it"
cmp "$SCENE/plain" "$SCENE/voice.wav" || fail "openssl opens something else"

step "a file to a group, which disappears from devices"
succeeds "" "$IRONSIDE" group new --store "$SCENE/anna" --member "ben@$DOMAIN" \
    --member "cara@$DOMAIN" Choir
printf 'Songs.' > "$SCENE/songs.txt"
succeeds "" "$IRONSIDE" device send --store "$SCENE/anna" --group Choir --timer 3600 \
    --file "$SCENE/songs.txt"
save_same ben songs.txt "$SCENE/songs.txt"
messages ben | jq -se 'any(.name == "songs.txt" and .timer == 3600 and .group != null)' \
    > /dev/null || fail "the file to the group lacks its group or timer"
refused 2 "a message is one thing" "$IRONSIDE" device send --store "$SCENE/anna" \
    --to "ben@$DOMAIN" --file "$SCENE/songs.txt" --position 52.0,4.0

step "the archive has every file, once, and opens it"
succeeds "" "$IRONSIDE" archive verify "$NET" --identity "$NORTH"
[[ $SAID == *"files:    6 files"* ]] || fail "the archive has other files: $SAID"
succeeds "" "$IRONSIDE" archive read "$NET" --identity "$NORTH" --files "$SCENE/opened"
for pair in large.bin:large.bin photo.png:clean.png voice.wav:voice.wav photo.jpg:clean.jpg \
    songs.txt:songs.txt; do
    found=
    for file in "$SCENE/opened/"*-"${pair%%:*}"; do
        cmp -s "$file" "$SCENE/${pair##*:}" && found=yes
    done
    [ -n "$found" ] || fail "the archive does not open ${pair%%:*}"
done
[ "$(find "$STORE" -type f | wc -l)" -eq 6 ] || fail "the store holds something else than 6 files"

step "cara was away: everything waits for her"
succeeds "" "$IRONSIDE" device receive --store "$SCENE/cara"
save_same cara large.bin "$SCENE/large.bin"

step "an archived file with other bytes, and none, are named"
cp -a "$NET" "$SCENE/copy"
victim=$(find "$SCENE/copy/bots/ibot/files" -type f | head -n 1)
printf 'X' | dd of="$victim" bs=1 seek=7 conv=notrunc 2> /dev/null
refused 1 "not those that were archived" "$IRONSIDE" archive verify "$SCENE/copy"
rm "$victim"
refused 1 "an archived file is missing" "$IRONSIDE" archive verify "$SCENE/copy"
rm -rf "$SCENE/copy"

# begin_fault NAME: anna sends a file of that name while something is broken.
begin_fault() { # NAME [BYTES]
    head -c "${2:-300000}" /dev/urandom > "$SCENE/$1"
    start "$1" "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" --file "$SCENE/$1"
    SENDING=$!
}

end_fault() { # NAME: mended: it is delivered, once
    wait "$SENDING" || fail "$1 was not sent: $(cat "$SCENE/$1.log")"
    save_same ben "$1" "$SCENE/$1"
}

kill_role() { # opener|keeper|link, a signal
    local pid
    for pid in $(pgrep -f -- "--role $1 $NET"); do
        kill "-$2" "$pid"
    done
}

step "wrong bytes under the right path: a signed refusal, and the device uploads again"
# The bot is stopped between the upload and its fetch.
kill_role link STOP
note_uploads
begin_fault wrong.bin
wait_for $PATIENCE new_upload 300016 || fail "nothing was uploaded"
printf 'changed' | dd of="$UPLOADED" bs=1 seek=1000 conv=notrunc 2> /dev/null
kill_role link CONT
end_fault wrong.bin
succeeds "" "$IRONSIDE" archive stats "$NET" --json
jq -e '.verdicts["no-file"] == 1' <<< "$SAID" > /dev/null || fail "there was no refusal: $SAID"

step "a file that was deleted before the bot fetched it"
kill_role link STOP
note_uploads
begin_fault deleted.bin
wait_for $PATIENCE new_upload 300016 || fail "nothing was uploaded"
rm "$UPLOADED"
kill_role link CONT
end_fault deleted.bin

step "a keeper without room: the message waits, nothing is lost"
# The journal's own files are smaller than this limit, the file is larger.
for pid in $(pgrep -f -- "--role keeper $NET"); do
    prlimit --pid "$pid" --fsize=$((6 * MIB)):unlimited
done
mark
begin_fault full.bin $((8 * MIB))
expect "no room for files"
sleep 2
id_of ben full.bin > /dev/null && fail "it was delivered without being archived"
for pid in $(pgrep -f -- "--role keeper $NET"); do
    prlimit --pid "$pid" --fsize=unlimited:unlimited
done
end_fault full.bin
expect "there is room for files again"

# set_quota NAME BYTES: in bot.json; "" takes it away.
set_quota() {
    stop_up
    jq "if \"$2\" == \"\" then del(.$1) else .$1 = ${2:-0} end" "$NET/bots/ibot/bot.json" \
        > "$SCENE/bot.json" || fail "no quota can be set"
    cp "$SCENE/bot.json" "$NET/bots/ibot/bot.json"
    start_up
}

# over_quota NAME FILE TEXT: with 100 KB more than there are, the file waits, and nothing of it is kept.
over_quota() {
    local files
    files=$(find "$STORE" -type f | wc -l)
    set_quota "$1" "$(find "$STORE" -type f -printf '%s\n' | awk '{s+=$1} END {print s + 100000}')"
    mark
    begin_fault "$2"
    expect "$3" 30
    [ "$(find "$STORE" -type f | wc -l)" -eq "$files" ] || fail "something of $2 is kept"
    set_quota "$1" ""
    wait "$SENDING" || true # it may have ended by itself: the message waits in the outbox
    wait_for $PATIENCE id_of ben "$2" || fail "$2 is not delivered once there is room"
    save_same ben "$2" "$SCENE/$2"
}

step "a quota: the same; and one for each account, which others are not asked for"
over_quota file_quota_bytes quota.bin "over the quota"
over_quota file_account_quota_bytes account.bin "an account is over its quota"

step "the store has what messages name, and nothing else"
succeeds "" "$IRONSIDE" archive verify "$NET" --identity "$NORTH"
files=$(find "$STORE" -type f | wc -l)
[[ $SAID == *"files:    $files files"* ]] || fail "the store holds $files files: $SAID"

step "the upload host is away"
cp "$NET/network.json" "$SCENE/network.json"
stop_up
jq 'del(.upload_port)' "$SCENE/network.json" > "$NET/network.json"
start_up
begin_fault away.bin
wait_for $PATIENCE sent_and_waits "the upload host" || fail "the device does not say that the host is away"
stop_up
cp "$SCENE/network.json" "$NET/network.json"
start_up
wait "$SENDING" || true
wait_for $PATIENCE id_of ben away.bin || fail "away.bin is not delivered once the host is back"
save_same ben away.bin "$SCENE/away.bin"

step "connections that are cut at any place"
# A device whose server's address is a proxy's: it was provisioned with it.
PORT=$(jq .port "$NET/network.json")
UPLOAD=$(jq .upload_port "$NET/network.json")
stop_up
jq '.host = "127.0.0.3"' "$SCENE/network.json" > "$NET/network.json"
start_up
succeeds "dora.bundle" "$IRONSIDE" distributor provision "$NET" dora --out "$SCENE/dora.bundle"
stop_up
cp "$SCENE/network.json" "$NET/network.json"
start_up
start proxy python3 "$(dirname "$0")/data/cutting_proxy.py" 127.0.0.3 "$PORT" "$UPLOAD" 4
wait_for $PATIENCE tells proxy ready || fail "the proxy does not start"
succeeds "is active" "$IRONSIDE" device activate "$SCENE/dora.bundle" --store "$SCENE/dora" --consent
know dora ben
follow dora
head -c $((3 * MIB)) /dev/urandom > "$SCENE/cut.bin"
"$IRONSIDE" device send --store "$SCENE/dora" --to "ben@$DOMAIN" --file "$SCENE/cut.bin" --json \
    > "$SCENE/cut.log" 2>&1 < /dev/null || true
wait_for $PATIENCE id_of ben cut.bin || fail "cut.bin is not delivered: $(tail -n 3 "$SCENE/cut.log")"
grep -q 'could not be uploaded' "$SCENE/cut.log" || fail "dora's device did not say that it broke off"
[ "$(grep -c '^cut' "$SCENE/proxy.log")" -ge 3 ] || fail "no connection was cut"
save_same ben cut.bin "$SCENE/cut.bin"

step "nothing is lost, nothing is there twice"
for name in large.bin photo.png voice.wav wrong.bin deleted.bin full.bin quota.bin away.bin cut.bin; do
    id_of ben "$name" > /dev/null || fail "ben does not have $name just once"
    [ "$("$IRONSIDE" archive read "$NET" --identity "$NORTH" --json |
        jq -s --arg n "$name" '[.[] | select(.name == $n)] | length')" -eq 1 ] ||
        fail "the archive does not have $name just once"
done
for name in anna ben dora; do
    [ -z "$("$IRONSIDE" device outbox --store "$SCENE/$name" --json | jq -r .state | grep -v 'on its way')" ] ||
        fail "something waits at $name"
done
succeeds "files:    13 files" "$IRONSIDE" archive verify "$NET" --identity "$NORTH"
no_ciphertexts() {
    [ "$(find "$SCENE/ben/files" "$SCENE/dora/files" -type f 2> /dev/null | wc -l)" -eq 0 ]
}
wait_for $PATIENCE no_ciphertexts || fail "ciphertexts are left at a device whose messages are done"
stop_up
