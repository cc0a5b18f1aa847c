#!/usr/bin/env bash
# What people send beside plain texts: corrections, retractions, replies, reactions, read marks,
# timers, positions, groups that change, strangers. What each device shows and what the archive
# holds are compared with what they should: the archive has every version.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/80-content.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
IRONSIDE=${IRONSIDE_BUILD:?the build folder}/ironside
DOMAIN=chat.example
NET=$SCENE/net
declare -A DEVICE

activate() {
    "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle" > /dev/null ||
        fail "$1 is not provisioned"
    "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent \
        > "$SCENE/$1.log" 2>&1 || fail "$1 is not activated: $(tail -n 3 "$SCENE/$1.log")"
}

# run_device HANDLE: it stays; what happens to it is in HANDLE.events.
run_device() {
    "$IRONSIDE" device receive --store "$SCENE/$1" --follow --json \
        >> "$SCENE/$1.events" 2>> "$SCENE/$1.log" < /dev/null &
    DEVICE[$1]=$!
    OWN_PIDS+=($!)
    wait_for $PATIENCE test -S "$SCENE/$1/device.sock" || fail "$1 does not run"
}

# As a power cut would.
kill_device() {
    kill -KILL "${DEVICE[$1]}"
    wait "${DEVICE[$1]}" 2> /dev/null
    rm -f "$SCENE/$1/device.sock"
}

# put HANDLE WORD…: device send; its message's id is $ID.
put() {
    local own=$1
    shift
    "$IRONSIDE" device send --store "$SCENE/$own" --json "$@" > "$SCENE/put.log" 2>&1 < /dev/null ||
        fail "$own cannot send $*: $(cat "$SCENE/put.log")"
    ID=$(jq -rs '.[0].id' "$SCENE/put.log")
}

# refused TEXT NOUN VERB HANDLE WORD…
refused() {
    local text=$1 noun=$2 verb=$3 own=$4 said
    shift 4
    said=$("$IRONSIDE" "$noun" "$verb" --store "$SCENE/$own" "$@" 2>&1 < /dev/null) &&
        fail "$noun $verb $* of $own is not refused: $said"
    [[ $said == *"$text"* ]] || fail "$noun $verb $* says '$said', not '$text'"
}

# does NOUN VERB HANDLE WORD…
does() {
    local noun=$1 verb=$2 own=$3
    shift 3
    "$IRONSIDE" "$noun" "$verb" --store "$SCENE/$own" "$@" > "$SCENE/does.log" 2>&1 < /dev/null ||
        fail "$noun $verb $* of $own fails: $(cat "$SCENE/does.log")"
}

# What a device shows, a line each, without what is not the same in every run.
view() {
    "$IRONSIDE" device messages --store "$SCENE/$1" --json | jq -c '
        [(.from | split("@")[0]), .kind, .body]
        + (if .edited then ["edited \(.edited)"] else [] end)
        + (if .quote then ["> " + .quote] else [] end)
        + (if .reactions_of then [.reactions_of[] | (.from | split("@")[0]) + " " + (.reactions | join(" "))] else [] end)
        + (if .read_by then ["read by " + ([.read_by[] | split("@")[0]] | join(" "))] else [] end)
        + (if .gone then ["gone: " + .gone] else [] end)
        + (if .latitude then ["at \(.latitude) \(.longitude)"] else [] end)
        + (if .group then ["group"] else [] end)'
}

archive() {
    "$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" --json |
        jq -c '[(.from | split("@")[0]), .kind, .text, .verified]'
}

# same WHAT: standard input against the file $SCENE/seen
same() {
    cat > "$SCENE/expected"
    diff "$SCENE/expected" "$SCENE/seen" > "$SCENE/difference" ||
        fail "$1 is not as expected: $(cat "$SCENE/difference")"
}

# shows HANDLE LINES…: waits until its view is just those lines.
view_is() {
    view "$1" > "$SCENE/seen" && cmp -s "$SCENE/seen" "$SCENE/$1.expected"
}
shows() {
    cat > "$SCENE/$1.expected"
    wait_for $PATIENCE view_is "$1" && return
    view "$1" > "$SCENE/seen"
    fail "$1 shows other things: $(diff "$SCENE/$1.expected" "$SCENE/seen")"
}

told() {
    jq -r 'select(.event == "notice") | .text' "$SCENE/$1.events" | grep -qF -- "$2"
}

step "a network and four devices"
"$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0 > "$SCENE/init.log" || fail "no network"
start up "$IRONSIDE" up "$NET"
wait_for $PATIENCE grep -q 'is up' "$SCENE/up.log" || fail "the network does not start"
wait_for $PATIENCE grep -q 'is in force' "$SCENE/up.log" || fail "the bot does not start"
for handle in anna ben carla zoe; do
    activate $handle
    run_device $handle
done

step "contacts: a code that is scanned, a safety number that is compared"
CODE=$("$IRONSIDE" contact qr --store "$SCENE/anna" --json --png "$SCENE/anna.png" | jq -r .code)
[[ $CODE == "ironside:contact?account=anna@$DOMAIN&fingerprint="* ]] || fail "the code is '$CODE'"
[ "$(head -c 8 "$SCENE/anna.png" | tail -c 7 | head -c 3)" = PNG ] || fail "there is no picture"
if command -v zbarimg > /dev/null; then
    [ "$(zbarimg -q --raw "$SCENE/anna.png")" = "$CODE" ] || fail "the picture is not the code"
fi
[ "$("$IRONSIDE" contact qr --store "$SCENE/anna" | grep -c '█')" -gt 20 ] || fail "nothing is drawn"
does contact scan ben "$CODE"
refused "are not those" contact scan carla "${CODE%?????}00000"
does contact add anna ben
NUMBER=$("$IRONSIDE" contact list --store "$SCENE/ben" --json | jq -r .safety_number)
does contact add anna --safety "$NUMBER" ben
[ "$("$IRONSIDE" contact list --store "$SCENE/anna" --json | jq -r .keys)" = compared ] ||
    fail "anna's contact is not compared"
refused "are not those" contact add anna --safety "00000${NUMBER#?????}" ben
refused "is empty" contact add anna --safety "" ben
refused "is not UTF-8" contact add anna --safety $'\xff' ben
refused "not a safety number" contact add anna --safety "12345" ben
does contact add anna ben # without one: what was compared stays
[ "$("$IRONSIDE" contact list --store "$SCENE/anna" --json | jq -r .keys)" = compared ] ||
    fail "a comparison was dropped"
does contact scan ben "QR-Code:$CODE"$'\n'
does contact add anna carla
does contact add carla anna # what she scanned stays until the right code is scanned
[ "$("$IRONSIDE" contact list --store "$SCENE/carla" --json | jq -r .keys)" != compared ] ||
    fail "a wrong code counts as a comparison"
does contact scan carla "$CODE"
does contact add ben carla
does contact add carla ben

step "corrections, replies, reactions"
put anna --to ben@$DOMAIN --to carla@$DOMAIN "Treffen um acht"
FIRST=$ID
wait_for $PATIENCE grep -q "$FIRST" "$SCENE/ben.events" || fail "ben does not get it"
wait_for $PATIENCE grep -q "$FIRST" "$SCENE/carla.events" || fail "carla does not get it"
put anna --edit "$FIRST" "Treffen um neun"
put anna --edit "$FIRST" "Treffen um zehn"
put ben --reply "$FIRST" "Gut, wo?"
REPLY=$ID
put carla --react "$FIRST" 👍 🐢
put carla --react "$FIRST" 🐢
put ben --react "$FIRST" 👍
put ben --react "$FIRST"
refused "no sent message" device send ben --edit "$FIRST" "um elf"
refused "no sent message" device send ben --retract "$FIRST"
FOLDED='["anna","text","Treffen um zehn","edited 2","carla 🐢"]
["ben","reply","Gut, wo?","> Treffen um zehn"]'
for handle in anna ben carla; do
    shows $handle <<< "$FOLDED"
done

step "a retraction, also of what was corrected"
put ben --to anna@$DOMAIN "falscher Name"
WRONG=$ID
put ben --edit "$WRONG" "noch falscher"
put ben --retract "$WRONG"
shows anna << VIEW
$FOLDED
["ben","text","","gone: retracted"]
VIEW
refused "is not on this device" device send anna --reply "$WRONG" "was?"
wait_for $PATIENCE grep -q '"retract"' "$SCENE/anna.events" || fail "anna is not told of it"
[ "$(grep -c '"retract"' "$SCENE/anna.events")" = 1 ] || fail "anna is told of it more than once"

step "read marks, only where the user wants them"
does device read carla
does device markers ben on
does device read ben
shows anna << VIEW
["anna","text","Treffen um zehn","edited 2","carla 🐢","read by ben"]
["ben","reply","Gut, wo?","> Treffen um zehn"]
["ben","text","","gone: retracted"]
VIEW

step "a timer: gone from devices, not from the archive"
put anna --to carla@$DOMAIN --timer 4 "nur kurz"
wait_for $PATIENCE grep -q "nur kurz" "$SCENE/carla.events" || fail "carla does not get it"
sleep 5
shows carla << VIEW
$FOLDED
["anna","text","nur kurz"]
VIEW
does device read carla
shows carla << VIEW
$FOLDED
["anna","text","","gone: timer"]
VIEW
"$IRONSIDE" device messages --store "$SCENE/carla" > "$SCENE/said"
grep -q "disappeared after its time; the archive keeps what was said" "$SCENE/said" ||
    fail "the device does not say that the archive keeps it"
grep -q "edited; the archive keeps what was said before" "$SCENE/said" ||
    fail "the device does not say that the archive keeps the first version"

step "positions"
put carla --to ben@$DOMAIN --position 52.37,4.89,15
refused "is not live" device send carla --update "$ID" --position 1.5,2.5
refused "no sent message" device send carla --update "$FIRST" --position 1.5,2.5
refused "LATITUDE" device send carla --to ben@$DOMAIN --position 91.0,2.0
refused "with points" device send carla --to ben@$DOMAIN --position 52,37,4
put carla --to ben@$DOMAIN --position 52.0,4.0 --live 600
LIVE=$ID
put carla --update "$LIVE" --position 52.5,4.5
put carla --update "$LIVE" --position 52.75,4.25
shows ben << VIEW
["anna","text","Treffen um zehn","edited 2","carla 🐢","read by ben"]
["ben","reply","Gut, wo?","> Treffen um zehn"]
["ben","text","","gone: retracted"]
["carla","position","geo:52.37,4.89;u=15","at 52.37 4.89"]
["carla","position","geo:52.75,4.25","at 52.75 4.25"]
VIEW

step "a poll: each has one vote, and what is taken back takes the votes with it"
# ask HANDLE WORD…: device poll; its message's id is $ID.
ask() {
    local own=$1
    shift
    "$IRONSIDE" device poll --store "$SCENE/$own" --json "$@" > "$SCENE/put.log" 2>&1 < /dev/null ||
        fail "$own cannot ask $*: $(cat "$SCENE/put.log")"
    ID=$(jq -rs '.[0].id' "$SCENE/put.log")
}
votes() {
    "$IRONSIDE" device messages --store "$SCENE/$1" --json |
        jq -c 'select(.kind == "poll") | [.question, (.votes[]? | [.option, .count] + [.from[] | split("@")[0]]), .gone // empty]'
}
votes_are() {
    [ "$(votes "$1")" = "$2" ]
}
refused "2 to 10 options" device poll anna --to ben@$DOMAIN "Essen?" Pizza
refused "are the same" device poll anna --to ben@$DOMAIN "Essen?" Pizza Pizza
refused "to whom" device poll anna "Essen?" Pizza Suppe
ask anna --to ben@$DOMAIN --to carla@$DOMAIN "Essen?" Pizza "Suppe mit Brot"
POLL=$ID
for handle in ben carla; do
    wait_for $PATIENCE grep -q "$POLL" "$SCENE/$handle.events" || fail "$handle does not get the poll"
done
refused "the options 1 to 2" device vote ben "$POLL" 3
refused "not the number of an option" device vote ben "$POLL" Pizza
refused "is none that" device vote ben "$FIRST" 1
does device vote ben "$POLL" 1
does device vote carla "$POLL" 1
does device vote ben "$POLL" 2
for handle in anna ben carla; do
    wait_for $PATIENCE votes_are $handle \
        '["Essen?",["Pizza",1,"carla"],["Suppe mit Brot",1,"ben"]]' ||
        fail "$handle shows other votes: $(votes $handle)"
done
"$IRONSIDE" device messages --store "$SCENE/anna" > "$SCENE/said"
grep -q "1 for Suppe mit Brot: ben@$DOMAIN" "$SCENE/said" || fail "who voted what is not shown"
put anna --retract "$POLL"
for handle in anna ben carla; do
    wait_for $PATIENCE votes_are $handle '[null,"retracted"]' || fail "$handle shows $(votes $handle)"
done
ARCHIVED_POLL="[\"Essen?\",[\"Pizza\",\"Suppe mit Brot\"]]"
[ "$("$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" --json |
    jq -c 'select(.kind == "poll") | [.question, .options]')" = "$ARCHIVED_POLL" ] ||
    fail "the archive has another poll"
[ "$("$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" --json |
    jq -c 'select(.kind == "vote") | [(.from | split("@")[0]), .vote, .about.id == "'"$POLL"'"]' |
    tr -d '\n')" = '["ben","Pizza",true]["carla","Pizza",true]["ben","Suppe mit Brot",true]' ] ||
    fail "the archive has other votes"
"$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" > "$SCENE/said"
grep -q "2. Suppe mit Brot" "$SCENE/said" || fail "the archive does not show the options"
grep -q "(votes in message $POLL of anna@$DOMAIN)" "$SCENE/said" || fail "it does not tell of votes"

step "a group: members are added and removed"
does group new anna --member ben@$DOMAIN Skat
wait_for $PATIENCE told ben "Skat: anna@$DOMAIN made the group of anna@$DOMAIN, ben@$DOMAIN" ||
    fail "ben is not told of the group"
put ben --group Skat "zu zweit?"
does group add ben Skat carla@$DOMAIN
wait_for $PATIENCE told anna "Skat: ben@$DOMAIN added carla@$DOMAIN" || fail "anna is not told"
wait_for $PATIENCE told carla "Skat: ben@$DOMAIN changed the group of" || fail "carla is not told"
put carla --group Skat "zu dritt!"
DRITT=$ID
wait_for $PATIENCE grep -q "zu dritt!" "$SCENE/ben.events" || fail "ben does not get it"
kill_device ben # between
put anna --group Skat "ben fehlt"
run_device ben
does group rename anna Skat "Skat am Freitag"
does group remove anna "Skat am Freitag" carla@$DOMAIN
wait_for $PATIENCE told carla "you are not a member of the group Skat am Freitag any more" ||
    fail "carla is not told that she was removed"
wait_for $PATIENCE told ben "Skat am Freitag: anna@$DOMAIN removed carla@$DOMAIN" ||
    fail "ben is not told that carla was removed"
put ben --group "Skat am Freitag" "wieder zu zweit"
put anna --group "Skat am Freitag" --timer 3600 "ja"
put ben --react "$DRITT" 👋 # of hers, and not to her any more
refused "not a member" device send carla --group "Skat am Freitag" "und ich?"
refused "not a member" group add carla "Skat am Freitag" zoe@$DOMAIN
[ "$("$IRONSIDE" group list --store "$SCENE/anna" --json | jq -c '[.serial, .members]')" = \
    "[4,[\"anna@$DOMAIN\",\"ben@$DOMAIN\"]]" ] || fail "anna's list is another"
[ "$("$IRONSIDE" group show --store "$SCENE/ben" "Skat am Freitag" --json | jq -sc '[.[].serial]')" = \
    "[1,2,3,4]" ] || fail "ben has not seen every change"
in_group() {
    "$IRONSIDE" device messages --store "$SCENE/$1" --json |
        jq -r 'select(.group) | .body' > "$SCENE/seen"
}
group_is() {
    in_group "$1" && cmp -s "$SCENE/seen" "$SCENE/expected"
}
printf '%s\n' "zu zweit?" "zu dritt!" "ben fehlt" "wieder zu zweit" ja > "$SCENE/expected"
wait_for $PATIENCE group_is ben || fail "ben has of the group: $(cat "$SCENE/seen")"
wait_for $PATIENCE group_is anna || fail "anna has of the group: $(cat "$SCENE/seen")"
printf '%s\n' "zu dritt!" "ben fehlt" > "$SCENE/expected"
wait_for $PATIENCE group_is carla
sleep 2 # and nothing else comes
group_is carla || fail "carla has of the group: $(cat "$SCENE/seen")"
waved() {
    view anna | grep -q '\["carla","text","zu dritt!","ben 👋","group"\]'
}
wait_for $PATIENCE waved || fail "anna does not see the reaction: $(view anna)"

step "a stranger's request waits for consent"
put zoe --to anna@$DOMAIN "Kennst du mich noch?"
put zoe --edit "$ID" "Kennst du mich noch? Zoe!"
wait_for $PATIENCE told anna "request from zoe@$DOMAIN" || fail "anna is not told of the request"
grep -q "Kennst du mich" "$SCENE/anna.events" && fail "anna is shown what a stranger wrote"
view anna | grep -q zoe && fail "anna's device shows what a stranger wrote"
requested() {
    [ "$("$IRONSIDE" contact requests --store "$SCENE/anna" --json | jq -c '[.account, .messages]')" = \
        "[\"zoe@$DOMAIN\",2]" ]
}
wait_for $PATIENCE requested || fail "anna's requests are others"
kill_device anna
run_device anna
does contact accept anna zoe
wait_for $PATIENCE told zoe "anna@$DOMAIN accepts your request" || fail "zoe is not told"
seen_of_zoe() {
    view anna | grep -q '\["zoe","text","Kennst du mich noch? Zoe!","edited 1"\]'
}
wait_for $PATIENCE seen_of_zoe || fail "anna does not see what zoe wrote: $(view anna | tail -n 2)"
wait_for $PATIENCE grep -q "Kennst du mich noch? Zoe" "$SCENE/anna.events" || fail "anna is not shown it"

step "declined, and blocked"
put zoe --to ben@$DOMAIN "Und du?"
wait_for $PATIENCE told ben "request from zoe@$DOMAIN" || fail "ben is not told of the request"
does contact decline ben --tell zoe
wait_for $PATIENCE told zoe "ben@$DOMAIN declines your request" || fail "zoe is not told"
[ -z "$("$IRONSIDE" contact requests --store "$SCENE/ben" --json)" ] || fail "it waits still"
does contact block carla zoe
put zoe --to carla@$DOMAIN "Niemand antwortet"
sleep 3
"$IRONSIDE" device outbox --store "$SCENE/zoe" --json | jq -r .state | grep -qx "on its way" ||
    fail "carla's device acknowledges what it blocks"
grep -q zoe "$SCENE/carla.events" && fail "carla is told of whom she blocked"
refused "you have blocked zoe" device send carla --to zoe@$DOMAIN "doch"
view ben | grep -q zoe && fail "ben shows what he declined"

step "killed in between: nothing is lost, nothing is double"
does contact block ben zoe
does contact unblock carla zoe
does contact add carla zoe
put anna --to ben@$DOMAIN "Fassung 0"
VERSIONS=$ID
for i in 1 2 3 4 5 6; do
    start edit "$IRONSIDE" device send --store "$SCENE/anna" --edit "$VERSIONS" "Fassung $i"
    edit=$!
    sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
    if [ $((i % 2)) = 0 ]; then kill_device ben && run_device ben; else
        kill_device anna
        run_device anna
    fi
    wait $edit
done
"$IRONSIDE" device send --store "$SCENE/anna" --edit "$VERSIONS" "letzte Fassung" > "$SCENE/put.log" 2>&1
last_is() {
    view "$1" | grep -q '\["anna","text","letzte Fassung","edited '
}
wait_for $PATIENCE last_is ben || fail "ben does not show the last version: $(view ben | tail -n 3)"
wait_for $PATIENCE last_is anna || fail "anna does not show the last version"
empty() {
    local waits
    waits=$("$IRONSIDE" device outbox --store "$SCENE/anna" --json) && [ -z "$waits" ]
}
wait_for $PATIENCE empty || fail "something of anna's waits"
count() {
    view "$1" | grep -o '"letzte Fassung","edited [0-9]*' | grep -o '[0-9]*$'
}
[ "$(count anna)" = "$(count ben)" ] || fail "anna made $(count anna) corrections, ben has $(count ben)"
view ben | grep -c "Fassung" | grep -qx 1 || fail "ben shows a correction by itself"

step "the archive holds every version"
archive > "$SCENE/archive.all"
grep -v Fassung "$SCENE/archive.all" > "$SCENE/seen"
same "the archive" << ARCHIVE
["anna","text","Treffen um acht",true]
["anna","edit","Treffen um neun",true]
["anna","edit","Treffen um zehn",true]
["ben","reply","Gut, wo?",true]
["carla","react","👍 🐢",true]
["carla","react","🐢",true]
["ben","react","👍",true]
["ben","react","",true]
["ben","text","falscher Name",true]
["ben","edit","noch falscher",true]
["ben","retract","(retracts a message)",true]
["ben","read","(read)",true]
["anna","text","nur kurz",true]
["carla","position","geo:52.37,4.89;u=15",true]
["carla","position","geo:52,4",true]
["carla","live","geo:52.5,4.5",true]
["carla","live","geo:52.75,4.25",true]
["anna","poll","Poll: Essen?\n1. Pizza\n2. Suppe mit Brot",true]
["ben","vote","Pizza",true]
["carla","vote","Pizza",true]
["ben","vote","Suppe mit Brot",true]
["anna","retract","(retracts a message)",true]
["anna","group","Skat: anna@$DOMAIN made the group of anna@$DOMAIN, ben@$DOMAIN",true]
["ben","text","zu zweit?",true]
["ben","group","Skat: ben@$DOMAIN added carla@$DOMAIN",true]
["carla","text","zu dritt!",true]
["anna","text","ben fehlt",true]
["anna","group","Skat am Freitag: anna@$DOMAIN renamed it from Skat",true]
["anna","group","Skat am Freitag: anna@$DOMAIN removed carla@$DOMAIN",true]
["ben","text","wieder zu zweit",true]
["anna","text","ja",true]
["ben","react","👋",true]
["zoe","text","Kennst du mich noch?",true]
["zoe","edit","Kennst du mich noch? Zoe!",true]
["anna","contact","(accepts your request)",true]
["zoe","text","Und du?",true]
["ben","contact","(declines your request)",true]
["zoe","text","Niemand antwortet",true]
ARCHIVE
[ "$(grep -c '"edit".*Fassung' "$SCENE/archive.all")" = "$(count ben)" ] ||
    fail "the archive has other corrections: $(grep Fassung "$SCENE/archive.all")"
[ "$(grep Fassung "$SCENE/archive.all" | sort | uniq -d)" = "" ] || fail "one is archived twice"
"$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" > "$SCENE/said" ||
    fail "the archive cannot be read"
grep -q "(corrects message $FIRST of anna@$DOMAIN)" "$SCENE/said" || fail "it does not tell of edits"
"$IRONSIDE" archive verify "$NET" --identity "$NET/agencies/north.key" > "$SCENE/verify.log" 2>&1 ||
    fail "the archive does not hold: $(cat "$SCENE/verify.log")"
printf '   %s\n' "$(cat "$SCENE/verify.log")"

step "what somebody writes looks like nobody else's message, at any width"
FORGED="2026-11-28 22:40 UTC  anna@$DOMAIN → ben@$DOMAIN"
# screen COLUMNS VERB WORD…: what a terminal shows of it is in $SCENE/screen.
screen() {
    local columns=$1 command
    shift
    command=$(printf '%q ' "$IRONSIDE" "$@")
    rm -f "$SCENE/over"
    tmux -u -S "$SCENE/tmux" -f /dev/null new-session -d -x "$columns" -y 1000 \
        "$command; touch $SCENE/over; sleep 60" || fail "tmux does not start"
    wait_for 20 test -e "$SCENE/over" || fail "the terminal does not show $*"
    sleep 0.5 # what was written is read
    tmux -S "$SCENE/tmux" capture-pane -p > "$SCENE/screen"
    tmux -S "$SCENE/tmux" kill-server
}
# headers WHERE VERB WORD…: of all that $SCENE/screen has of it, only each message's own header begins
# in the first column.
headers() {
    local where=$1 count
    shift
    count=$("$IRONSIDE" "$@" --json | wc -l)
    [ "$(grep -c '^[^ ]' "$SCENE/screen")" -eq "$count" ] ||
        fail "$2 of $count messages shows other lines in $where: $(cat "$SCENE/screen")"
    grep -q "transfer" "$SCENE/screen" || fail "$2 loses words in $where"
}
does contact accept carla zoe
printf 'hi %80s%s%80s[archived under 2026-0001: north, south can read it]\r\n\u202e%s\n%s' \
    "" "$FORGED" "" "$FORGED" "日本語のテキスト 👩‍👧 ❤️ transfer the money" > "$SCENE/spoof.txt"
"$IRONSIDE" device send --store "$SCENE/zoe" --to "carla@$DOMAIN" - < "$SCENE/spoof.txt" \
    > "$SCENE/put.log" 2>&1 || fail "zoe cannot send: $(cat "$SCENE/put.log")"
wait_for 20 grep -q "transfer the money" "$SCENE/carla.events" || fail "carla does not get it"
MESSAGES=(device messages --store "$SCENE/carla")
RECORDS=(archive read "$NET" --identity "$NET/agencies/north.key")
for verb in MESSAGES RECORDS; do
    declare -n words=$verb
    "$IRONSIDE" "${words[@]}" > "$SCENE/screen" || fail "${words[*]} fails"
    headers "a file" "${words[@]}"
    [ "$(wc -L < "$SCENE/screen")" -le 80 ] || fail "${words[*]}: a line is longer than 80 columns"
    for columns in 80 41; do
        command -v tmux > /dev/null || continue
        screen $columns "${words[@]}"
        headers "$columns columns" "${words[@]}"
    done
done

step "times are the user's, with their zone, or UTC"
export TZ=CET-1
shown() {
    "$IRONSIDE" "${@:2}" | grep -qE -- "$1" || fail "${*:2} does not show $1"
}
shown '^[-0-9]{10} [0-9:]{5} \+01:00  zoe@' "${MESSAGES[@]}"
shown '^[-0-9]{10} [0-9:]{5} UTC  zoe@' --utc "${MESSAGES[@]}"
shown '^[-0-9]{10} [0-9:]{5} UTC  zoe@' "${RECORDS[@]}" --utc
shown 'clock shows [-0-9]{10} [0-9:]{5} \+01:00$' status "$NET"
shown 'issued [-0-9]{10} [0-9:]{5} \+01:00' log show "$NET"
shown 'Policy 1, issued [-0-9]{10} [0-9:]{5} \+01:00' device policy --store "$SCENE/carla"
shown 'Issued +[-0-9]{10} [0-9:]{5} \+01:00' policy show "$NET"
shown '"at":"[-0-9]{10}T[0-9:.]{12}Z"' "${MESSAGES[@]}" --json
unset TZ

step "nothing of all that stands outside the ciphertext"
grep -rlF -e "ironside:edit" -e "Skat" -e "geo:52" "$NET" | grep -q . && fail "the server can read it"

step "whoever waits is told for what"
refused "goes with that" device receive anna --source 127.0.0.2
"$IRONSIDE" device receive --store "$SCENE/anna" > "$SCENE/said" 2>&1 < /dev/null ||
    fail "a second process cannot ask: $(cat "$SCENE/said")"
grep -q "another process receives for this device" "$SCENE/said" || fail "it does not say who receives"
"$IRONSIDE" device receive --store "$SCENE/anna" --follow > "$SCENE/said" 2>&1 < /dev/null &
FOLLOWER=$!
OWN_PIDS+=($!)
wait_for 10 grep -q "is shown here" "$SCENE/said" || fail "it does not say that it shows what comes"
for handle in anna ben carla zoe; do
    end_process "${DEVICE[$handle]}"
done
wait $FOLLOWER && fail "the end of the process that receives is not told"
grep -q "has ended" "$SCENE/said" || fail "it does not say that the other process has ended"
end_process "${OWN_PIDS[0]}"
does device markers anna on # so that reading has something to tell
for verb in receive read; do
    "$IRONSIDE" device $verb --store "$SCENE/anna" > "$SCENE/$verb.waits" 2>&1 < /dev/null &
    OWN_PIDS+=($!)
    wait_for 10 grep -q "waiting for the server" "$SCENE/$verb.waits" ||
        fail "device $verb waits and does not say for what: $(cat "$SCENE/$verb.waits")"
    wait $! # it ends by itself
done
step "done"
