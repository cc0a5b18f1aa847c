#!/usr/bin/env bash
# The authority, with three custodians on three machines (folders here), two of whom must sign, as
# docs/authority.md has it: every command of that page is run. Devices see a policy within seconds,
# and k-1 signatures change nothing anywhere.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/71-authority.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need age-keygen age
BUILD=${IRONSIDE_BUILD:?the build folder}
DRIVER=$BUILD/tests/scenario/authority_driver
SERVER_DRIVER=$BUILD/tests/scenario/network_driver
PAGE=$(cd "$(dirname "$0")/../.." && pwd)/docs/authority.md
DOMAIN=chat.example
SECONDS_TO_ALL=30 # in which a policy is on every device

ironside() {
    "$BUILD/ironside" "$@"
}

# page MACHINE COMMAND: runs a command of the page on that machine, as it stands there.
page() {
    grep -qxF -- "$2" "$PAGE" || fail "docs/authority.md does not have: $2"
    printf '%s\n' "$2" >> "$SCENE/run"
    (cd "$SCENE/$1" && eval "$2") > "$SCENE/out" 2> "$SCENE/err" ||
        fail "$2: $(cat "$SCENE/err")"
}

# refused TEXT MACHINE COMMAND…: it fails and says so.
refused() {
    local text=$1 machine=$2 said
    shift 2
    if said=$(cd "$SCENE/$machine" && "$@" 2>&1 < /dev/null); then
        fail "$* was not refused"
    fi
    [[ $said == *"$text"* ]] || fail "$* says '$said', not '$text'"
}

# signed PROPOSAL CUSTODIAN…: each gets a copy, signs it, and hands it back.
signed() {
    local name=$1 who
    shift
    for who in "$@"; do
        cp -r "$SCENE/operator/$name" "$SCENE/$who/"
        (cd "$SCENE/$who" && ironside warrant sign "$name" --key "$who.key" --network network.note \
            --yes) > "$SCENE/out" 2>&1 || fail "$who does not sign $name: $(cat "$SCENE/out")"
        hand_back "$who" "$name"
    done
}

hand_back() {
    mkdir -p "$SCENE/operator/from-$1"
    cp -r "$SCENE/$1/${2}" "$SCENE/operator/from-$1/"
}

serial_of() {
    ironside device policy --store "$SCENE/$1" --json | jq .policy.serial
}

all_have() {
    local who
    for who in anna ben carla; do
        [ "$(serial_of $who)" -ge "$1" ] || return 1
    done
}

# everywhere SERIAL: it is on every device, within seconds of now.
everywhere() {
    wait_for "$SECONDS_TO_ALL" all_have "$1" || fail "policy $1 is not on every device"
}

start_network() {
    start up env -C "$SCENE/operator" "$BUILD/ironside" up net
    UP=$!
    wait_for $PATIENCE grep -q 'is up' "$SCENE/up.log" || fail "the network does not start"
}

start_device() {
    rm -f "$SCENE/$1/device.sock"
    "$BUILD/ironside" device receive --store "$SCENE/$1" --follow --json \
        >> "$SCENE/$1.events" 2> "$SCENE/$1.err.log" &
    DEVICE[$1]=$!
    OWN_PIDS+=($!)
    wait_for $PATIENCE test -S "$SCENE/$1/device.sock" || fail "$1 does not run"
}

# say FROM TO TEXT
say() {
    ironside device send --store "$SCENE/$1" --to "$2@$DOMAIN" "$3" > "$SCENE/out" 2>&1 ||
        fail "$1 can't send: $(cat "$SCENE/out")"
}

# opens IDENTITY WANT [BOT]: the bodies that the identity opens, in order.
opens() {
    local got
    got=$(ironside archive read "$NET" --identity "$SCENE/agencies/$1.key" --bot "${3:-ibot}" --json 2> "$SCENE/err" |
        jq -r '.body' | sort | paste -sd' ')
    [ "$got" = "$2" ] || fail "$1 opens '$got', not '$2': $(cat "$SCENE/err")"
}

declare -A DEVICE
NET=$SCENE/operator/net
mkdir -p "$SCENE"/{operator,court,ministry,auditor,agencies}
ln -s ../operator/net "$SCENE/agencies/net"
FROM=$(date -u -d yesterday +%F) # of which a desk can state something today
UNTIL=$(date -u -d '+30 days' +%F)
export FROM UNTIL

step "keys, on each machine"
for who in court ministry auditor; do
    page $who "ironside custodian new $who.key --name $who"
    [ "$(stat -c %a "$SCENE/$who/$who.key")$(stat -c %a "$SCENE/$who/$who.key.age")" = 600600 ] ||
        fail "$who's keys are open to others"
    grep -q -- "--custodian $who:" "$SCENE/out" || fail "$who's public line is missing"
    grep -q -- "--share $who=age1" "$SCENE/out" || fail "$who's recipient is missing"
    declare -x "${who^^}=$(sed -n "s/.*--custodian $who://p" "$SCENE/out")"
done
refused "is there already" court ironside custodian new court.key --name court
page agencies "age-keygen -o afm.key"
for who in bafin fiod nza; do
    age-keygen -o "$SCENE/agencies/$who.key" 2> /dev/null
done
for who in afm bafin fiod nza; do
    declare -x "${who^^}=$(sed -n 's/# public key: //p' "$SCENE/agencies/$who.key")"
done

# The desk of an agency has a signing key as custodians have.
ironside custodian new "$SCENE/agencies/desk.key" --name afm > "$SCENE/out" || fail "no key for a desk"
declare -x "AFM_DESK=$(sed -n 's/.*--custodian afm://p' "$SCENE/out")"

step "a network is founded by custodians who are elsewhere"
echo '127.0.0.0/8 NL' > "$SCENE/operator/countries.map"
refused "--custodian and --quorum go together" operator ironside init net --custodian "court:$COURT"
refused "is not 1 to 1" operator ironside init net --custodian "court:$COURT" --quorum 2
refused "is not NAME:KEY" operator ironside init net --custodian court --quorum 1
page operator 'ironside init net --domain chat.example --port 0 --custodian "court:$COURT" --custodian "ministry:$MINISTRY" --custodian "auditor:$AUDITOR" --quorum 2 --places countries.map'
page operator 'ironside bot add net east'
refused "a host of its own" operator ironside bot add net registrar
refused "is not founded yet" operator ironside up net
[ -z "$(find "$NET" -name 'custodian*' -o -path '*agencies/*')" ] || fail "keys of others were made"
for who in court ministry; do
    cp -r "$NET/founding" "$SCENE/$who/founding"
done
page court 'ironside warrant show founding'
grep -qF "auditor, with the key $AUDITOR" <(tr -s '\n ' ' ' < "$SCENE/out") ||
    fail "the page does not show the custodians"
page court 'ironside warrant sign founding --key court.key --yes'
hand_back court founding
refused "missing: ministry, auditor" operator \
    ironside warrant publish net net/founding from-court/founding
[ ! -e "$NET/network.note" ] || fail "one custodian founded a network"
page ministry 'ironside warrant sign founding --key ministry.key --yes'
hand_back ministry founding
page operator 'ironside warrant publish net net/founding from-court/founding from-ministry/founding'
for who in court ministry auditor; do
    cp "$NET/network.note" "$SCENE/$who/network.note"
done

step "bots offer days"
page operator 'ironside warrant offer net --bot ibot --id NL-1 --from $FROM --until $UNTIL'
page operator 'ironside warrant offer net --bot ibot --id NL-2 --from $FROM --until $UNTIL'
page operator 'ironside warrant offer net --bot ibot --id NL-3 --from $FROM --until $UNTIL'
page operator 'ironside warrant offer net --bot east --id DE-1 --from $FROM --until $UNTIL'
refused "is there already" operator ironside warrant offer net --id NL-1 --from "$FROM" --until "$UNTIL"
refused "over ten years" operator ironside warrant offer net --id X --from 2026-01-01 --until 2040-01-01

step "the first warrant is drafted, and shown as a page"
for desk in afm "afm=$AFM" "fiod=$AFM_DESK"; do
    refused "--desk '$desk'" operator ironside warrant draft net --offer NL-1 --scope all \
        --agency "afm=$AFM" --desk "$desk" --authority X --out other
done
refused "this agency has a desk already" operator ironside warrant draft net --offer NL-1 --scope all \
    --agency "afm=$AFM" --desk "afm=$AFM_DESK" --desk "afm=$AFM_DESK" --authority X --out other
page operator 'ironside warrant draft net --offer NL-1 --scope all --exclude GB,US --agency afm=$AFM --desk afm=$AFM_DESK --authority "District Court, North Holland" --out nl-1'
refused "is there already" operator ironside warrant draft net --offer NL-1 --scope all \
    --agency "afm=$AFM" --authority X --out nl-1
refused "has day keys from $FROM to $UNTIL only" operator ironside warrant draft net --offer NL-1 \
    --until 2039-01-01 --scope all --agency "afm=$AFM" --authority X --out other
page operator 'ironside warrant show nl-1'
for part in "WARRANT NL-1" "Issued by       District Court, North Holland" "GB or US" "$AFM" \
    "The desk of afm states each day, in public" "$AFM_DESK" \
    "[ ] missing     court" "0 have. It is not valid yet." "For the issuing authority"; do
    grep -qF -- "$part" "$SCENE/out" || fail "the page does not show '$part'"
done
[ "$(wc -L < "$SCENE/out")" -le 80 ] || fail "the page is wider than 80 columns"

step "signed from files alone, each on their own machine"
cp -r "$SCENE/operator/nl-1" "$SCENE/court/nl-1"
cp -r "$SCENE/operator/nl-1" "$SCENE/auditor/nl-1"
refused "say --yes when you have read it" court ironside warrant sign nl-1 --key court.key
page court 'ironside warrant sign nl-1 --key court.key --network network.note --yes'
hand_back court nl-1
ironside custodian new "$SCENE/mallory.key" --name mallory > /dev/null
refused "'mallory' is no custodian of network chat.example" auditor \
    ironside warrant sign nl-1 --key "$SCENE/mallory.key" --yes
ironside custodian new "$SCENE/false.key" --name auditor > /dev/null
refused "is not the one that network chat.example has pinned" auditor \
    ironside warrant sign nl-1 --key "$SCENE/false.key" --yes
refused "signed by 1 of the 2 custodians that it needs; missing: ministry, auditor" operator \
    ironside warrant publish net nl-1 from-court/nl-1 from-court/nl-1
[ ! -e "$NET/documents/policy-1.note" ] || fail "one signature was enough"
page auditor 'ironside warrant sign nl-1 --key auditor.key --network network.note --yes'
hand_back auditor nl-1
page operator 'ironside warrant publish net nl-1 from-court/nl-1 from-auditor/nl-1'
refused "comes too late" operator ironside warrant publish net nl-1

step "the network runs, with three devices"
grep -qxF 'ironside up net' "$PAGE" || fail "the page does not start the network"
echo 'ironside up net' >> "$SCENE/run"
start_network
for who in anna ben carla; do
    ironside distributor provision "$NET" $who --out "$SCENE/$who.bundle" > /dev/null ||
        fail "$who gets no bundle"
    ironside device activate "$SCENE/$who.bundle" --store "$SCENE/$who" --consent \
        > "$SCENE/out" 2>&1 || fail "$who is not activated: $(cat "$SCENE/out")"
    start_device $who
done
know anna ben carla
say anna ben a1
say ben anna b1
opens afm "a1 b1"

step "a policy takes effect on every device within seconds"
page operator 'ironside policy draft net --bot east=DE --out two-bots'
page operator 'ironside policy show two-bots'
grep -q 'bot east.chat.example archives for devices in DE' "$SCENE/out" || fail "no change is shown"
grep -q '^No country  *nothing is delivered' "$SCENE/out" || fail "the page does not say what becomes of unknown places"
signed two-bots court ministry
page operator 'ironside warrant publish net two-bots from-court/two-bots from-ministry/two-bots'
everywhere 2
page operator 'ironside warrant draft net --offer DE-1 --scope all --agency bafin=$BAFIN --authority "Landgericht Hamburg" --out de-1'
signed de-1 ministry auditor
page operator 'ironside warrant publish net de-1 from-ministry/de-1 from-auditor/de-1'
everywhere 3

step "several warrants at once"
page operator 'ironside warrant draft net --offer NL-2 --scope accounts:anna --agency fiod=$FIOD --authority "District Court, Rotterdam" --out nl-2'
signed nl-2 court auditor
page operator 'ironside warrant publish net nl-2 from-court/nl-2 from-auditor/nl-2'
page operator 'ironside warrant draft net --offer NL-3 --scope accounts:ben,carla --agency nza=$NZA --authority "District Court, Utrecht" --out nl-3'
signed nl-3 court auditor
page operator 'ironside warrant publish net nl-3 from-court/nl-3 from-auditor/nl-3'
everywhere 5
page operator 'ironside warrant show net NL-2 --account anna'
grep -q 'anna is one of them' "$SCENE/out" || fail "the page does not know anna"
say anna ben a2
say ben carla b2
say carla anna c2
opens afm "a1 a2 b1 b2 c2"
opens fiod "a2"
opens nza "b2 c2"
opens bafin "" east
page agencies 'ironside archive read net --identity afm.key --json'
page agencies 'ironside archive verify net --identity afm.key'
has_checkpoint() {
    ironside archive checkpoint "$SCENE/agencies/net" > /dev/null 2>&1
}
wait_for $PATIENCE has_checkpoint || fail "the bot signs no checkpoint"
page agencies 'ironside archive checkpoint net > monday.note'
page agencies 'ironside archive verify net --identity afm.key --checkpoint monday.note'

# What is shown to a person, without the breaks of long lines.
one_line() {
    tr -s '\n ┆' ' '
}

# stated NAME SERIAL DAY SEARCHES KEY: $SCENE/agencies/NAME.note, a statement of use signed with KEY.
stated() {
    cat > "$SCENE/use.text" <<- END
	ironside use 1
	network chat.example
	warrant NL-1
	agency afm
	serial $2
	day $3
	users 2
	searches $4
	opened 12
	exported 0
	passed 1
	access 40 $(printf '%064d' 7)
	END
    "$DRIVER" sign "$SCENE/use.text" "$SCENE/agencies/$1.note" "$5" || fail "not signed"
}

step "an agency states what it used the archive for, and devices show it"
DESK_KEY=$SCENE/agencies/desk.key
TODAY=$(date -u +%F)
ironside custodian new "$SCENE/other-desk.key" --name afm > /dev/null
stated other 1 "$FROM" 3 "$SCENE/other-desk.key"
refused "use: not signed by afm" agencies ironside log submit net other.note
stated second 2 "$TODAY" 3 "$DESK_KEY"
refused "use: $TODAY is not over yet" agencies ironside log submit net second.note
refused "use: not a statement of use" agencies ironside log submit net net/documents/warrant-NL-1.note
ironside device policy --store "$SCENE/anna" > "$SCENE/out" || fail "no page of the policy"
grep -qF "the desk of afm: it is to state each day what it uses this for" "$SCENE/out" ||
    fail "anna's page says of the desk: $(cat "$SCENE/out")"
[ "$(grep -cF "this warrant names no desk: its use is not stated" "$SCENE/out")" = 3 ] ||
    fail "anna's page does not say who states nothing"
stated afm 1 "$FROM" 3 "$DESK_KEY"
page agencies 'ironside log submit net afm.note'
grep -qF "The statement of use of afm for warrant NL-1 on $FROM (UTC) is in the" \
    "$SCENE/out" || fail "it says $(cat "$SCENE/out")"
(cd "$SCENE/agencies" && ironside log submit net afm.note --json) > "$SCENE/out" ||
    fail "the same again is refused"
jq -e --arg d "$FROM" '.serial == 1 and .day == $d and .agency == "afm"' "$SCENE/out" > /dev/null ||
    fail "no answer as JSON: $(cat "$SCENE/out")"
stated another 1 "$FROM" 2 "$DESK_KEY"
refused "use: statement 1, and 2 is the next one" agencies ironside log submit net another.note
ironside log verify "$NET" --json | jq -e '.of_kind.use == 1' > /dev/null || fail "the log does not verify"
ironside log show "$NET" | one_line > "$SCENE/out"
grep -qF "serial 1 warrant NL-1 agency afm day $FROM UTC searches 3 opened 12" "$SCENE/out" ||
    fail "the log does not show it: $(cat "$SCENE/out")"

step "a revocation takes effect on every device within seconds"
cp -r "$SCENE/operator/nl-2" "$SCENE/operator/again"
page operator 'ironside warrant revoke net NL-2 --out end-nl-2'
signed end-nl-2 ministry auditor
page operator 'ironside warrant publish net end-nl-2 from-ministry/end-nl-2 from-auditor/end-nl-2'
everywhere 6
for who in anna ben carla; do
    ironside device policy --store "$SCENE/$who" --json |
        jq -e '[.warrants[].id] == ["DE-1","NL-1","NL-3"] and
               (.history[-1].changes | length == 1 and
                   (.[0] | startswith("warrant NL-2 was revoked, from")))' > /dev/null ||
        fail "$who does not show the revocation"
done
uses_shown() {
    local who
    for who in anna ben carla; do
        ironside device policy --store "$SCENE/$who" --json | jq -e --arg d "$FROM" '
            .warrants[] | select(.id == "NL-1").agencies[0] |
            .use.day == $d and .use.searches == 3 and .use.left_out == 0 and .silent_since == null' \
            > /dev/null || return 1
    done
}
wait_for $PATIENCE uses_shown || fail "a device does not show what the desk has stated"
ironside device policy --store "$SCENE/ben" | one_line > "$SCENE/out"
grep -qF "the desk of afm: 3 searches, 12 messages opened, 0 exported, 1 passed on, by 2 users, on $FROM (UTC)" \
    "$SCENE/out" || fail "ben's page says $(cat "$SCENE/out")"
say anna ben a3
opens afm "a1 a2 a3 b1 b2 c2"
opens fiod "a2"
refused "has been revoked, which is for ever" operator ironside warrant draft net --offer NL-2 \
    --scope all --agency "fiod=$FIOD" --authority X --out back
refused "comes too late" operator ironside warrant publish net again

step "what happens without a warrant, and a device that was stolen"
page operator 'ironside policy draft net --without-warrant open --notice "Messages are archived while a warrant is in force." --out opening'
signed opening court ministry
page operator 'ironside warrant publish net opening from-court/opening from-ministry/opening'
everywhere 7
page operator 'ironside policy draft net --revoke-certificate carla --out stolen'
signed stolen court auditor
page operator 'ironside warrant publish net stolen from-court/stolen from-auditor/stolen'
everywhere 8
# What the revoked device says now is neither archived nor delivered (looked at in the end, too).
timeout 5 "$BUILD/ironside" device send --store "$SCENE/carla" --to "anna@$DOMAIN" c9 \
    > "$SCENE/out" 2>&1 && fail "a revoked device sends: $(cat "$SCENE/out")"
opens afm "a1 a2 a3 b1 b2 c2"
page operator 'ironside policy show net'
grep -q 'POLICY 8' "$SCENE/out" || fail "policy 8 is not in force"
history=$(ironside device policy --store "$SCENE/anna" --json | jq -r '.history[].changes[]')
for line in "bot east.chat.example archives for devices in DE" "warrant DE-1 came into force" \
    "warrant NL-2 came into force" "warrant NL-2 was revoked, from" "the notice changed" \
    "without a warrant messages are delivered and not archived" "the device certificate"; do
    [[ $history == *"$line"* ]] || fail "anna's history does not say '$line'"
done

# ---- k-1 custodians, with everything else there is ----

# text_of NOTE: what is signed of it
text_of() {
    sed -n '1,/^$/p' "$1" | sed '/^$/d'
}

# forge NAME SED: documents/policy-8.note with another text, into $SCENE/NAME.text
forge() {
    text_of "$NET/documents/policy-8.note" | sed -E "$2" > "$SCENE/$1.text"
}

COURT_KEY=$SCENE/court/court.key
# As the one that comes after policy 8.
NEXT="s/^serial .*/serial 9/; s/^previous .*/previous $(text_of "$NET/documents/policy-8.note" | sha256sum | cut -d' ' -f1)/"
SIGNED_BY_ONE="signed by 1 of the 2 custodians that it needs; missing: ministry, auditor"
forge open "$NEXT; /^warrant /d"
forge revoking "$NEXT; s/^without-warrant/revoked warrant NL-3 2026-01-01T00:00:00.000Z\n&/; /^warrant NL-3/d"
text_of "$NET/documents/warrant-NL-1.note" |
    sed "s/^agency afm .*/agency afm $FIOD/" > "$SCENE/warrant.text"
WARRANT_HASH=$(sha256sum < "$SCENE/warrant.text" | cut -d' ' -f1)
forge warrant-policy "$NEXT; s/^warrant NL-1 .*/warrant NL-1 $WARRANT_HASH/"

step "k-1 signatures in documents/ are refused by the registrar, with a line each"
for name in open revoking warrant-policy; do
    "$DRIVER" sign "$SCENE/$name.text" "$NET/documents/x-$name.note" "$COURT_KEY" "$COURT_KEY" \
        "$SCENE/mallory.key" "$SCENE/false.key" || fail "no forgery"
done
"$DRIVER" sign "$SCENE/warrant.text" "$NET/documents/x-warrant.note" "$COURT_KEY" \
    "$SCENE/mallory.key" || fail "no forgery"
"$SERVER_DRIVER" ask "$NET" '{"do":"import"}' > "$SCENE/out" || fail "no import"
jq -e '.policy == 8 and .imported == 0' "$SCENE/out" > /dev/null || fail "a forgery was imported"
for name in open revoking warrant-policy; do
    jq -e --arg n "x-$name.note: policy: $SIGNED_BY_ONE" '.problems | any(contains($n))' \
        "$SCENE/out" > /dev/null || fail "no line for $name: $(cat "$SCENE/out")"
done
# Two signatures on a policy do not make up for one on its warrant.
"$DRIVER" sign "$SCENE/warrant-policy.text" "$NET/documents/x-warrant-policy.note" "$COURT_KEY" \
    "$SCENE/ministry/ministry.key" || fail "no forgery"
"$SERVER_DRIVER" ask "$NET" '{"do":"import"}' > "$SCENE/out" || fail "no import"
jq -e --arg n "x-warrant.note: warrant: $SIGNED_BY_ONE" \
    '.policy == 8 and (.problems | any(contains($n)))' "$SCENE/out" > /dev/null ||
    fail "the forged warrant: $(cat "$SCENE/out")"
ironside warrant show "$NET" > "$SCENE/out" 2> "$SCENE/err" || fail "$(cat "$SCENE/err")"
grep -qF "left out: $NET/documents/x-open.note: policy: $SIGNED_BY_ONE" "$SCENE/err" ||
    fail "no line for the operator"
# A lower serial, with all the signatures it needs.
forge lower 's/^serial .*/serial 2/'
"$DRIVER" sign "$SCENE/lower.text" "$NET/documents/x-lower.note" "$COURT_KEY" \
    "$SCENE/ministry/ministry.key" || fail "no forgery"
"$SERVER_DRIVER" ask "$NET" '{"do":"import"}' > "$SCENE/out" || fail "no import"
jq -e '.policy == 8 and (.problems | any(contains("policy 2 comes too late")))' "$SCENE/out" \
    > /dev/null || fail "a lower serial: $(cat "$SCENE/out")"
# Signed by two, as the next one, but made to follow another policy 8, without what that revoked.
forge astray 's/^serial .*/serial 9/; /^revoked /d'
"$DRIVER" sign "$SCENE/astray.text" "$NET/documents/x-astray.note" "$COURT_KEY" \
    "$SCENE/ministry/ministry.key" || fail "no forgery"
"$SERVER_DRIVER" ask "$NET" '{"do":"import"}' > "$SCENE/out" || fail "no import"
jq -e '.policy == 8 and (.problems | any(contains("policy 9 was made to follow another policy 8")))' \
    "$SCENE/out" > /dev/null || fail "one that follows another: $(cat "$SCENE/out")"
rm "$NET"/documents/x-*.note
all_have 9 && fail "a device has policy 9"

step "a server and a registrar that lie: devices refuse, with a line"
for who in ben carla; do
    end_process "${DEVICE[$who]}"
done
end_process "${DEVICE[anna]}"
end_process "$UP"
cp -r "$NET/registrar" "$SCENE/registrar.good"
start server "$SERVER_DRIVER" up "$NET"
SERVER=$!
wait_for $PATIENCE grep -q up "$SCENE/server.log" || fail "the server does not start"
# lie NAME [LINE]: a registrar that has this policy only; anna, who comes online, keeps hers.
lie() {
    local pid
    : > "$SCENE/anna.events"
    start impostor "$DRIVER" impostor "$NET" "$SCENE/$1.note" "anna@$DOMAIN"
    pid=$!
    wait_for $PATIENCE grep -q online "$SCENE/impostor.log" || fail "the impostor is not let in"
    start_device anna
    wait_for $PATIENCE grep -q 'gave policy' "$SCENE/impostor.log" || fail "anna does not ask for $1"
    if [ $# -gt 1 ]; then
        wait_for $PATIENCE grep -qF -- "$2" "$SCENE/anna.events" ||
            fail "anna does not say '$2' of $1: $(cat "$SCENE/anna.events")"
    else
        sleep 1
    fi
    [ "$(serial_of anna)" = 8 ] || fail "anna has policy $(serial_of anna)"
    end_process "$pid"
    end_process "${DEVICE[anna]}"
}
for name in open revoking warrant-policy; do
    "$DRIVER" sign "$SCENE/$name.text" "$SCENE/$name.note" "$COURT_KEY" "$COURT_KEY" \
        "$SCENE/mallory.key" "$SCENE/false.key" || fail "no forgery"
    lie $name "a policy was refused: policy: $SIGNED_BY_ONE"
done
# Signed well, and changed afterwards.
sed 's/^without-warrant open/without-warrant stop/' "$NET/documents/policy-8.note" \
    > "$SCENE/changed.note"
lie changed "a policy was refused: policy: the signature of court does not match its text"
# Another policy 8, by its own custodians: the first one stands.
forge eight 's/^notice .*/notice Another one./'
"$DRIVER" sign "$SCENE/eight.text" "$SCENE/eight.note" "$COURT_KEY" \
    "$SCENE/ministry/ministry.key" || fail "no forgery"
lie eight "a second policy with serial 8 was refused"
# An older one as the newest, with all its signatures: it does not come back.
cp "$NET/documents/policy-5.note" "$SCENE/older.note"
lie older
end_process "$SERVER"

step "planted in the registrar's vault by its own key: it does not start with it"
"$DRIVER" plant "$NET" "$SCENE/open.note" || fail "not planted"
if timeout 20 "$BUILD/ironside-registrar" "$NET" > "$SCENE/out" 2>&1 < /dev/null; then
    fail "the registrar runs with a forged policy"
fi
grep -qF "registrar.db: policy: $SIGNED_BY_ONE" "$SCENE/out" || fail "$(cat "$SCENE/out")"
rm -r "$NET/registrar"
mv "$SCENE/registrar.good" "$NET/registrar"

step "afterwards all is as it was"
start_network
for who in anna ben; do
    start_device $who
done
say ben anna b4
opens afm "a1 a2 a3 b1 b2 b4 c2"
opens nza "b2 b4 c2"
opens fiod "a2"
ironside device messages --store "$SCENE/anna" --json | jq -r .body > "$SCENE/out"
grep -qx c2 "$SCENE/out" || fail "anna has lost c2"
grep -qx c9 "$SCENE/out" && fail "anna has a message of a revoked device"

step "every command of the page was run"
sed -n '/^```sh$/,/^```$/p' "$PAGE" | grep -v '^```' | sort -u > "$SCENE/page"
sort -u "$SCENE/run" | comm -23 "$SCENE/page" - > "$SCENE/not-run"
[ ! -s "$SCENE/not-run" ] || fail "not run: $(cat "$SCENE/not-run")"
