#!/usr/bin/env bash
# Places: devices in a country that the warrant excludes leave the seal off, and only they; a device
# that moves changes with its next message, in both directions; the public log says how many were
# exempt. Counted on every side: a replay with countries, and a live network.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/73-places.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

BIN=${IRONSIDE_BUILD:?the build folder}
need jq jq
need erl erlang-base
need ejabberdctl ejabberd

cat > "$SCENE/places.map" << MAP
# loopback addresses that stand for countries
127.0.31.0/24 NL
127.0.49.0/24 DE
MAP

same() { # WHAT EXPECTED GOT
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
    printf '   %s: %s\n' "$1" "$3"
}

# ---- a replay: three devices, one goes over the border every day, one in the middle, one never says
FILE=$SCENE/moves.jsonl
jq -nc 'range(60) | (. / 15 | floor) as $day | (. % 15) as $hour | ["anna", "ben", "carla"][. % 3] as $who
    | {id: "m\(.)", ts: "2001-05-0\($day + 3)T\(if $hour < 10 then "0" else "" end)\($hour):30:00Z",
       from: "\($who)@old.example", to: (["anna", "ben", "carla"] - [$who] | map(. + "@old.example")),
       body: "text \(.)"}
    + if $who == "anna" then {country: (if $hour < 7 then "NL" else "DE" end)}
      elif $who == "ben" then {country: (if $day < 2 then "DE" else "NL" end)} else {} end' > "$FILE"
open=$(jq -s 'map(select(.country == "NL")) | length' "$FILE")
sealed=$(jq -s 'map(select(.country != "NL")) | length' "$FILE")

step "a replay with countries: $sealed messages from places that the warrant covers, $open from others"
NET=$SCENE/past
"$BIN/ironside" init "$NET" --replay --port 0 --from 2001-05-01 --until 2001-05-31 \
    --exclude NL --places "$SCENE/places.map" > /dev/null || fail "init"
"$BIN/ironside" policy draft "$NET" --without-warrant open --at 2001-05-01T00:00:00.000Z \
    --out "$SCENE/opening-past" > /dev/null || fail "policy draft"
enact "$NET" "$SCENE/opening-past"
start past "$BIN/ironside" up "$NET" --replay "$FILE"
UP=$!
wait_for $PATIENCE grep -q 'the network stays up' "$SCENE/past.log" || fail "the replay does not end"
grep -q '0 refused' "$SCENE/past.log" || fail "something was refused"

same "archived" "60 sent, $sealed archived, 120 delivered to 120 recipients" \
    "$(grep -o '60 sent, .* recipients' "$SCENE/past.log")"
same "without archive" "$open" "$(sed -n 's/^\([0-9]*\) delivered without archive.*/\1/p' "$SCENE/past.log")"
"$BIN/ironside" archive read "$NET" --identity "$NET/agencies/north.key" --json > "$SCENE/records.jsonl" ||
    fail "archive read"
same "records, by text" "$(jq -r 'select(.country != "NL") | .body' "$FILE" | sort | md5sum)" \
    "$(jq -r '.body' "$SCENE/records.jsonl" | sort | md5sum)"
expected=$(jq -sc 'map(select(.country == "NL") | {day: .ts[0:10], from}) | unique | group_by(.day)
    | map({day: .[0].day, devices: {NL: length}})' "$FILE")
same "exempt devices, by day" "$expected" "$(exempt_devices "$NET")"
end_process "$UP"
"$BIN/ironside" log verify "$NET" || fail "the public log does not verify"

# What each device shows of what it got: sealed or not, as the source says.
for who in anna ben carla; do
    "$BIN/ironside" device messages --store "$NET/replay/devices/$who" --clock "$NET/run/clock" --json \
        > "$SCENE/$who.shown" || fail "device messages of $who"
    for archived in true false; do
        same "$who got with archived=$archived" \
            "$(jq -s --arg w "$who@old.example" --argjson a $archived \
                'map(select(.from != $w and ((.country != "NL") == $a))) | length' "$FILE")" \
            "$(jq -s --argjson a $archived 'map(select(.incoming and .archived == $a)) | length' "$SCENE/$who.shown")"
    done
done

step "a country that the map does not have, and a network without a map"
jq -c 'if .id == "m3" then .country = "FR" else . end' "$FILE" > "$SCENE/wrong.jsonl"
"$BIN/ironside" up "$NET" --replay "$SCENE/wrong.jsonl" --exit > "$SCENE/wrong.log" 2>&1 && fail "FR was taken"
grep -q "wrong.jsonl: line 4: it is sent from FR, for which the network's map has no address" "$SCENE/wrong.log" ||
    fail "the line of FR: $(cat "$SCENE/wrong.log")"
"$BIN/ironside" init "$SCENE/bare" --replay --port 0 --from 2001-05-01 --until 2001-05-31 > /dev/null || fail "init"
"$BIN/ironside" up "$SCENE/bare" --replay "$FILE" --exit > "$SCENE/bare.log" 2>&1 && fail "taken without a map"
grep -q 'line 1: it is sent from NL, but this network tells no countries' "$SCENE/bare.log" ||
    fail "the line without a map: $(cat "$SCENE/bare.log")"
echo '127.0.31.0/24 nl' > "$SCENE/bad.map"
"$BIN/ironside" init "$SCENE/none" --places "$SCENE/bad.map" > "$SCENE/bad.log" 2>&1 && fail "a bad map was taken"
grep -q 'bad.map: line 1: not CIDR CC' "$SCENE/bad.log" || fail "the line of a bad map"
[ ! -e "$SCENE/none" ] || fail "a network was made in spite of a bad map"

# ---- live: a device goes to and fro
step "a live network: there, here, and there again"
NET=$SCENE/live
"$BIN/ironside" init "$NET" --domain $DOMAIN --port 0 --exclude NL --places "$SCENE/places.map" > /dev/null ||
    fail "init"
"$BIN/ironside" policy draft "$NET" --without-warrant open --out "$SCENE/opening" > /dev/null ||
    fail "policy draft"
enact "$NET" "$SCENE/opening"
start live "$BIN/ironside" up "$NET"
wait_for $PATIENCE grep -q 'is up' "$SCENE/live.log" || fail "the network does not start"
for who in anna ben; do
    "$BIN/ironside" distributor provision "$NET" $who --out "$SCENE/$who.bundle" > /dev/null || fail "provision"
    "$BIN/ironside" device activate "$SCENE/$who.bundle" --store "$SCENE/$who" --consent > /dev/null 2>&1 ||
        fail "activate $who"
done
know anna ben
start ben "$BIN/ironside" device receive --store "$SCENE/ben" --source 127.0.49.1 --follow --json
wait_for $PATIENCE test -S "$SCENE/ben/device.sock" || fail "ben does not run"

from_place() { # ADDRESS TEXT
    timeout 60 "$BIN/ironside" device send --store "$SCENE/anna" --source "$1" --to ben@$DOMAIN "$2" \
        > "$SCENE/send.log" 2>&1 || fail "send from $1: $(cat "$SCENE/send.log")"
    wait_for $PATIENCE grep -q "\"$2\"" "$SCENE/ben.log" || fail "$2 does not come"
}
from_place 127.0.31.1 "one from NL"
from_place 127.0.49.1 "two from DE"
from_place 127.0.31.9 "three from NL"
from_place 127.0.31.9 "four from NL"
from_place 127.0.0.1 "five from nowhere"
shown() { # ARCHIVED
    jq -r --argjson a "$1" 'select(.body != null and .archived == $a) | .body' "$SCENE/ben.log" | paste -sd,
}
same "shown as archived" "two from DE,five from nowhere" "$(shown true)"
same "shown without archive" "one from NL,three from NL,four from NL" "$(shown false)"
same "in the archive" "two from DE,five from nowhere" \
    "$("$BIN/ironside" archive read "$NET" --identity "$NET/agencies/north.key" --json | jq -r .body | paste -sd,)"
same "published before the day is over" "[]" "$(exempt_devices "$NET")"
