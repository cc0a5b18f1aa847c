#!/usr/bin/env bash
# build: plain
# corpus: data/enron/core.jsonl.zst
# Two bots by country and overlapping warrants to different agencies: each identity opens exactly
# its own warrant's records, counted against the source file; devices that move go over to the
# other bot, and nothing is lost. Whose country nobody knows sends nothing, unless the policy says so. A file of its own, or a month of the corpus.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [IRONSIDE_CORPUS=FILE] tests/scenario/74-two-bots.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"

BIN=${IRONSIDE_BUILD:?the build folder}
CORPUS=${IRONSIDE_CORPUS:-}
need jq jq
need age-keygen age
need zstd zstd
need erl ejabberd

same() { # WHAT EXPECTED GOT
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
    printf '   %s: %s\n' "$1" "$3"
}

FILE=$SCENE/month.jsonl
if [ -n "$CORPUS" ]; then
    zstd -dcq "$CORPUS" | grep '"ts": "2001-06-' > "$SCENE/plain.jsonl"
else
    jq -nc 'range(240) as $i | ($i / 8 | floor) as $day | ["anna", "ben", "carla", "dora", "emil", "fred"] as $all
        | $all[($i + $day) % 6] as $from | ($all - [$from]) as $others
        | {id: "m\($i)", ts: "2001-06-\($day + 101 | tostring | .[1:])T1\($i % 8):00:00Z",
           from: "\($from)@old.example", to: ($others[:1 + $i % 3] | map(. + "@old.example")), body: "text \($i)"}' \
        > "$SCENE/plain.jsonl" || fail "no file"
fi
# Where a device is follows from its address; every second one is elsewhere from the 16th on.
jq -c '(.from | explode | add) as $n | ((.ts[8:10] | tonumber) > 15) as $late
    | .country = (if ($n % 2 == 0) and $late then ["DE", "NL", "FR"][($n / 2 | floor) % 3]
                  else ["NL", "DE", "NL"][($n / 2 | floor) % 3] end)' "$SCENE/plain.jsonl" > "$FILE"
printf '127.0.31.0/24 NL\n127.0.49.0/24 DE\n127.0.33.0/24 FR\n' > "$SCENE/places.map"

# Two overlapping sets of busy senders, whose handles are what stands before the @.
jq -r .from "$FILE" | grep -E '^[a-z][a-z.]*@' | sort | uniq -c | sort -rnk1,1 -k2 | awk '{print $2}' | head -12 > "$SCENE/busy"
list() { sed -n "$1p" "$SCENE/busy" | jq -Rnc '[inputs]'; }
first=$(list 1,8) second=$(list 5,12)
[ "$(wc -l < "$SCENE/busy")" -lt 12 ] && first=$(list 1,4) second=$(list 3,6)
handles() { jq -r 'map(split("@")[0]) | join(",")' <<< "$1"; }

NET=$SCENE/net
"$BIN/ironside" init "$NET" --replay --port 0 --from 2001-05-31 --until 2001-05-31 \
    --places "$SCENE/places.map" > /dev/null || fail "init"
mkdir -p "$NET/agencies"
for agency in court-a court-b court-c; do
    age-keygen -o "$NET/agencies/$agency.key" 2> /dev/null || fail "no key of $agency"
done
# proposed VERB NAME WORD…: drafts it on the first day, and puts it into force.
proposed() {
    local verb=$1 name=$2
    shift 2
    "$BIN/ironside" "$verb" draft "$NET" "$@" --at 2001-06-01T00:00:00.000Z --out "$SCENE/$name" \
        > "$SCENE/draft.log" 2>&1 || fail "$verb draft $name"
    enact "$NET" "$SCENE/$name"
}
# warrant ID BOT FROM UNTIL AGENCY SCOPE [WORD…]
warrant() {
    local id=$1 recipient
    "$BIN/ironside" warrant offer "$NET" --bot "$2" --id "$id" --from "$3" --until "$4" \
        > "$SCENE/offer.log" 2>&1 || fail "warrant offer $id"
    recipient=$(age-keygen -y "$NET/agencies/$5.key")
    proposed warrant "$id" --offer "$id" --agency "$5=$recipient" --scope "$6" --authority "Court $5" "${@:7}"
}
"$BIN/ironside" bot add "$NET" east > /dev/null || fail "bot add"
# The warrant that init made has ended.
proposed policy two-bots --bot east=DE --without-warrant open --drop-warrant 2001-0001
warrant A ibot 2001-06-01 2001-06-20 court-a "accounts:$(handles "$first")"
warrant B ibot 2001-06-10 2001-06-30 court-b "accounts:$(handles "$second")" --exclude FR
warrant C east 2001-06-01 2001-06-30 court-c all

# What the source says: "id from" of each warrant's messages.
in_warrant() { # ID
    jq -r --arg w "$1" --argjson first "$first" --argjson second "$second" '
        .from as $f | (.ts[8:10] | tonumber) as $day
        | select(if $w == "C" then .country == "DE"
                 elif $w == "A" then .country != "DE" and $day <= 20 and ($first | index($f)) != null
                 else .country == "NL" and $day >= 10 and ($second | index($f)) != null end)
        | "\(.from | split("@")[0]) \(.body | @base64)"' "$FILE" | sort
}
total=$(wc -l < "$FILE")
archived=$(cat <(in_warrant A) <(in_warrant B) <(in_warrant C) | sort | wc -l)
either=$(jq -r --argjson first "$first" --argjson second "$second" '
    .from as $f | (.ts[8:10] | tonumber) as $day
    | select(.country == "DE" or ($day <= 20 and ($first | index($f)) != null)
             or (.country == "NL" and $day >= 10 and ($second | index($f)) != null)) | .id' "$FILE" | wc -l)
recipients=$(jq -s 'map(.from as $f | .to | map(select(. != $f)) | unique | length) | add' "$FILE")
moved=$(jq -s 'map({from, east: (.country == "DE")}) | unique | group_by(.from) | map(select(length > 1)) | length' "$FILE")
[ "$moved" -gt 0 ] || fail "nobody moves from one bot to the other"
[ "$archived" -gt "$either" ] || fail "no message is covered twice"

step "$total messages to $recipients recipients; $moved devices go over to another bot"
start up "$BIN/ironside" up "$NET" --replay "$FILE"
UP=$!
wait_for 400 grep -qE 'the network stays up|^ironside up:' "$SCENE/up.log" || fail "the replay does not end"
grep -E ' sent, | delivered without' "$SCENE/up.log"
same "sent and archived" "$total sent, $either archived, $recipients delivered to $recipients recipients, 0 refused" \
    "$(grep -oE '[0-9]+ sent, .* refused' "$SCENE/up.log")"
same "without archive" "$((total - either))" "$(sed -n 's/^\([0-9]*\) delivered without archive.*/\1/p' "$SCENE/up.log")"
while read -r address; do
    grep -F "\"$address\"" "$NET/replay/handles.jsonl" | grep -qF "\"${address%@*}\"" ||
        fail "$address has another handle than the warrants name"
done < "$SCENE/busy"

step "each identity opens its own warrant's records, and nothing else"
opened() { # AGENCY BOT
    "$BIN/ironside" archive read "$NET" --bot "$2" --identity "$NET/agencies/$1.key" --json 2> /dev/null |
        tee "$SCENE/$1-$2.jsonl" | jq -r '"\(.from | split("@")[0]) \(.body | @base64)"' | sort
}
for pair in a:A:ibot b:B:ibot c:C:east; do
    IFS=: read -r agency id bot <<< "$pair"
    in_warrant "$id" > "$SCENE/expected"
    opened "court-$agency" "$bot" > "$SCENE/opened"
    cmp -s "$SCENE/expected" "$SCENE/opened" ||
        fail "warrant $id: $(wc -l < "$SCENE/opened") records opened, $(wc -l < "$SCENE/expected") in the source"
    same "warrants in what court-$agency opens of $bot" "$id" "$(jq -r .warrant "$SCENE/court-$agency-$bot.jsonl" | sort -u)"
    printf '   court-%s opens %s records of %s\n' "$agency" "$(wc -l < "$SCENE/opened")" "$bot"
    other=east
    [ "$bot" = east ] && other=ibot
    same "court-$agency of the other bot" "0" "$(opened "court-$agency" $other | wc -l)"
    "$BIN/ironside" archive verify "$NET" --bot "$bot" --identity "$NET/agencies/court-$agency.key" > "$SCENE/verify.log" 2>&1 ||
        fail "archive verify of $bot: $(cat "$SCENE/verify.log")"
done

step "what the public log says"
# Everyone has one: the policy lets nothing pass without.
expected=$(jq -sc 'map({day: .ts[0:10], country, from}) | unique | group_by(.day)
    | map({day: .[0].day, devices: (group_by(.country) | map({(.[0].country): length}) | add)})' "$FILE")
same "devices with a place token, by day and country" "$(jq -Sc . <<< "$expected" | md5sum)" \
    "$(exempt_devices "$NET" | jq -Sc . | md5sum)"
end_process "$UP"
"$BIN/ironside" log verify "$NET" || fail "the public log does not verify"

step "a live network: who leaves the place token out does not choose the bot"
NET=$SCENE/live
"$BIN/ironside" init "$NET" --domain $DOMAIN --port 0 --places "$SCENE/places.map" > /dev/null || fail "init"
"$BIN/ironside" bot add "$NET" east > /dev/null || fail "bot add"
"$BIN/ironside" policy draft "$NET" --without-place default --out "$SCENE/one-bot" 2> "$SCENE/draft.log" &&
    fail "a policy with one bot says what happens without a place"
grep -q 'the policy has one bot, which all devices have' "$SCENE/draft.log" || fail "the line: $(cat "$SCENE/draft.log")"
"$BIN/ironside" policy draft "$NET" --bot east=DE --out "$SCENE/two" > "$SCENE/draft.log" 2>&1 || fail "policy draft"
grep -q 'from devices whose country is not known nothing will be delivered' "$SCENE/draft.log" ||
    fail "the draft does not warn: $(cat "$SCENE/draft.log")"
enact "$NET" "$SCENE/two"
start live "$BIN/ironside" up "$NET"
wait_for $PATIENCE grep -q 'is up' "$SCENE/live.log" || fail "the network does not start"
for who in anna ben; do
    "$BIN/ironside" distributor provision "$NET" $who --out "$SCENE/$who.bundle" > /dev/null || fail "provision"
    "$BIN/ironside" device activate "$SCENE/$who.bundle" --store "$SCENE/$who" --consent > "$SCENE/activate.log" 2>&1 ||
        fail "activate $who: $(cat "$SCENE/activate.log")"
done
know anna ben
start ben "$BIN/ironside" device receive --store "$SCENE/ben" --source 127.0.31.2 --follow --json
wait_for $PATIENCE test -S "$SCENE/ben/device.sock" || fail "ben does not run"
timeout 8 "$BIN/ironside" device send --store "$SCENE/anna" --source 127.0.0.1 --to ben@$DOMAIN "from nowhere" \
    > "$SCENE/send.log" 2>&1 && fail "it was sent without a place: $(cat "$SCENE/send.log")"
tr -s '\n ' ' ' < "$SCENE/send.log" | grep -q 'it has no place token, and policy 2 lets nothing pass without' ||
    fail "anna is not told: $(cat "$SCENE/send.log")"
[ "$(grep -c 'from nowhere' "$SCENE/ben.log")" = 0 ] || fail "ben got it"
"$BIN/ironside" device policy --store "$SCENE/anna" | grep -q 'From devices whose country is not known nothing is' ||
    fail "anna's page does not say it"
# It waits, and goes from where the country is known, with the next one.
timeout 60 "$BIN/ironside" device send --store "$SCENE/anna" --source 127.0.31.1 --to ben@$DOMAIN "from NL" \
    > "$SCENE/send.log" 2>&1 || fail "send from NL: $(cat "$SCENE/send.log")"
for text in "from nowhere" "from NL"; do
    wait_for $PATIENCE grep -q "\"$text\"" "$SCENE/ben.log" || fail "'$text' does not come"
done
"$BIN/ironside" policy draft "$NET" --without-place default --out "$SCENE/default" > "$SCENE/draft.log" 2>&1 ||
    fail "policy draft: $(cat "$SCENE/draft.log")"
grep -q 'whoever leaves out the place token chooses the default bot' "$SCENE/draft.log" || fail "no warning"
enact "$NET" "$SCENE/default"
timeout 60 "$BIN/ironside" device send --store "$SCENE/anna" --source 127.0.0.1 --to ben@$DOMAIN "by default" \
    > "$SCENE/send.log" 2>&1 || fail "send by default: $(cat "$SCENE/send.log")"
wait_for $PATIENCE grep -q '"by default"' "$SCENE/ben.log" || fail "'by default' does not come"
same "in ibot's archive" "from nowhere,from NL,by default" \
    "$("$BIN/ironside" archive read "$NET" --bot ibot --identity "$NET/agencies/north.key" --json | jq -r .body | paste -sd,)"
