#!/usr/bin/env bash
# What is printed arrives, or the program says that it did not: every verb, with its output to a full
# disk and to nowhere, ends with status 1 and one line. And what must have been shown to a person
# before it is done, is not done.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/25-output.sh
# build: plain
# timeout: 1200
# shellcheck disable=SC2034 # what rows use, eval sees
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need age-keygen age
IRONSIDE=${IRONSIDE_BUILD:?the build folder}/ironside
NET=$SCENE/net
DOMAIN=chat.example
YESTERDAY=$(date -u -d yesterday +%F)
NEXT=$(date -u -d '+5 days' +%F)
LOST="standard output cannot be written"

# run WORD…: the program, with its output to $TO: a file, /dev/full, or "closed".
run() {
    RAN+=("$1 ${2-}")
    if [ "$TO" = closed ]; then
        "$IRONSIDE" "$@" >&- 2> "$SCENE/err" < /dev/null
    else
        "$IRONSIDE" "$@" > "$TO" 2> "$SCENE/err" < /dev/null
    fi
}

RAN=()
N=0
# prints COMMAND: shell words that end in a run of a verb that prints; $N is another number each
# time. It does so, and says when it can't.
prints() {
    local status
    for TO in "$SCENE/out" /dev/full closed; do
        N=$((N + 1))
        status=0
        eval "$1" || status=$?
        if [ "$TO" = "$SCENE/out" ]; then
            [ $status -eq 0 ] || fail "$1 ends with $status: $(cat "$SCENE/err")"
            [ -s "$SCENE/out" ] || fail "$1 prints nothing"
            continue
        fi
        [ $status -eq 1 ] || fail "$1 ends with $status where its output is $TO: $(cat "$SCENE/err")"
        [ "$(grep -c "$LOST" "$SCENE/err")" -eq 1 ] || fail "$1 does not say that it is lost"
    done
}

# keeps_quiet COMMAND: nothing is printed, so nothing is lost.
keeps_quiet() {
    for TO in "$SCENE/out" /dev/full closed; do
        N=$((N + 1))
        eval "$1" || fail "$1 fails where its output is $TO: $(cat "$SCENE/err")"
        [ "$TO" != "$SCENE/out" ] || [ ! -s "$SCENE/out" ] || fail "$1 prints something"
    done
}

# loses COMMAND TEXT: only what is lost is tried.
loses() {
    local status
    for TO in /dev/full closed; do
        N=$((N + 1))
        status=0
        eval "$1" || status=$?
        [ $status -eq 1 ] || fail "$1 ends with $status where its output is $TO: $(cat "$SCENE/err")"
        grep -q "$LOST" "$SCENE/err" || fail "$1 does not say that it is lost: $(cat "$SCENE/err")"
    done
}

does() {
    "$IRONSIDE" "$@" > "$SCENE/does.log" 2>&1 < /dev/null ||
        fail "$* fails: $(cat "$SCENE/does.log")"
}

activate() { # HANDLE
    does distributor provision "$NET" "$1" --out "$SCENE/$1.bundle"
    does device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent
}

# writes FROM TO TEXT…; the message's id is $ID.
writes() {
    local from=$1 to=$2
    shift 2
    "$IRONSIDE" device send --store "$SCENE/$from" --to "$to@$DOMAIN" --json "$@" \
        > "$SCENE/sent" 2> "$SCENE/does.log" < /dev/null ||
        fail "$from cannot write: $(cat "$SCENE/does.log")"
    ID=$(jq -rs '.[0].id' "$SCENE/sent")
}

is_up() { # LOG
    grep -q 'is in force' "$1"
}

step "networks that run"
prints 'run init "$SCENE/net$N" --domain $DOMAIN --port 0'
mv "$SCENE/net1" "$NET"
start up "$IRONSIDE" up "$NET"
wait_for 60 is_up "$SCENE/up.log" || fail "the network does not start"
prints 'run --version'
prints 'run --help'
prints 'run status "$NET"'
prints 'run status "$NET" --json'
prints 'run server trace "$NET" --off'
prints 'run distributor add "$NET" "office$N"'
prints 'run distributor list "$NET"'
prints 'run distributor provision "$NET" "x$N" --out "$SCENE/x$N.bundle"'
prints 'run bot add "$NET" "bot$N"'

step "a network whose output is lost runs, and says so at its end"
RAN+=("up ")
"$IRONSIDE" up "$SCENE/net2" > /dev/full 2> "$SCENE/net2.log" < /dev/null &
PID=$!
OWN_PIDS+=("$PID")
wait_for 60 is_up "$SCENE/net2.log" || fail "a network does not start without its output"
kill -TERM "$PID"
wait "$PID" && fail "the lost output of 'up' is not told"
tells net2 "$LOST" || fail "the lost output of 'up' is not told: $(cat "$SCENE/net2.log")"

prints 'run simulate --to "$SCENE/simulated" --devices 10 --countries 2 --messages 20'

step "devices"
does distributor provision "$NET" zoe --out "$SCENE/zoe.bundle"
loses 'run device activate "$SCENE/zoe.bundle" --store "$SCENE/zoe$N" --consent'
[ ! -e "$SCENE/zoe$N" ] || fail "a device was made of which nobody saw who can read"
TO=$SCENE/out run device activate "$SCENE/zoe.bundle" --store "$SCENE/zoe" --consent ||
    fail "the bundle was used: $(cat "$SCENE/err")"
for who in anna ben carla; do
    activate $who
done
know anna ben
A="--store $SCENE/anna" B="--store $SCENE/ben" C="--store $SCENE/carla"
prints 'run device send $A --to ben@$DOMAIN "word $N"'
prints 'run device send $A --to ben@$DOMAIN "word $N" --json'
prints 'run device poll $A --to ben@$DOMAIN "word $N?" yes no'
POLL=$("$IRONSIDE" device messages $A --json | jq -rs 'map(select(.kind == "poll"))[-1].id')
prints 'run device vote $A $POLL 1'
prints 'writes anna ben "for the disk $N"; run device receive $B'
prints 'writes anna ben "for the disk $N"; run device receive $B --json'
[ "$("$IRONSIDE" device messages $B --json | grep -c 'for the disk')" -eq 6 ] ||
    fail "what was not shown is not in the conversation"
prints 'run device messages $B'
prints 'run device messages $B --json'
prints 'run device read $B'
prints 'run device markers $B'
prints 'run device contacts $B'
prints 'run device policy $B'
prints 'run device policy $B --json'
prints 'run device log $B'
printf 'a note\n' > "$SCENE/note.txt"
writes anna ben --file "$SCENE/note.txt"
does device receive $B
prints 'run device save $B --out "$SCENE/saved$N" "$ID"'
prints 'run device save $B --out "$SCENE/saved$N" --json "$ID"'
prints 'cp -r "$SCENE/zoe" "$SCENE/copy$N"; run device wipe --store "$SCENE/copy$N" --yes'

step "contacts and groups"
prints 'run contact add $A carla'
prints 'run contact list $A'
prints 'run contact qr $A'
CODE=$("$IRONSIDE" contact qr $B --json | jq -r .code)
prints 'run contact scan $A "$CODE"'
keeps_quiet 'run contact block $C ben'
keeps_quiet 'does contact block $C ben; run contact unblock $C ben'
writes anna carla "may I?"
does device receive $C
prints 'run contact requests $C'
prints 'writes anna carla "please $N"; does device receive $C; run contact decline $C --tell anna'
prints 'run contact accept $C anna'
prints 'run group new $A --member ben@$DOMAIN "walks $N"'
does group new $A --member "ben@$DOMAIN" club
prints 'run group list $A'
prints 'run group show $A club'
prints 'run group add $A club carla@$DOMAIN; E=$?; "$IRONSIDE" group remove $A club carla@$DOMAIN > "$SCENE/does.log" 2>&1; (exit $E)'
prints '"$IRONSIDE" group add $A club carla@$DOMAIN > "$SCENE/does.log" 2>&1; run group remove $A club carla@$DOMAIN'
prints 'run group rename $A club "club$N"; E=$?; does group rename $A "club$N" club; (exit $E)'

step "the authority"
prints 'run custodian new "$SCENE/key$N" --name "custodian$N"'
for who in one two; do
    age-keygen -o "$SCENE/$who.age" 2> /dev/null
    declare "${who^^}=$(sed -n 's/# public key: //p' "$SCENE/$who.age")"
done
prints 'run warrant offer "$NET" --id "W$N" --from $YESTERDAY --until $NEXT --recovery 2 --share one=$ONE --share two=$TWO'
W=W$N # the last that was offered
for who in one two; do
    prints 'run warrant share "$NET/documents/recovery-$W-$who.age" --identity "$SCENE/$who.age" --out "$SCENE/share-$who-$N"'
    cp "$SCENE/share-$who-$N" "$SCENE/share-$who"
done
prints 'does bot add "$NET" "spare$N"; run warrant recover "$NET" --id $W --share "$SCENE/share-one" --share "$SCENE/share-two" --bot "spare$N"'
NORTH=$(sed -n 's/# public key: //p' "$NET/agencies/north.key")
does custodian new "$SCENE/desk.key" --name north
DESK=$(sed -n 's/.*--custodian north://p' "$SCENE/does.log")
DRAFT='"$NET" --offer $W --scope all --agency north=$NORTH --desk north=$DESK --authority court'
prints "run warrant draft $DRAFT --out \"\$SCENE/draft\$N\""
PROPOSAL=$SCENE/draft$N
prints 'run warrant show "$PROPOSAL"'
prints 'run policy show "$PROPOSAL"'
prints 'run policy draft "$NET" --notice "another $N" --out "$SCENE/policy$N"'
prints 'run warrant revoke "$NET" "$(date -u +%Y)-0001" --out "$SCENE/revoked$N"'
for who in 1 2; do
    before=$(find "$PROPOSAL" -type f -exec sha256sum {} + | sort)
    loses 'run warrant sign "$PROPOSAL" --key "$NET/authority/custodian-$who.key" --yes'
    [ "$(find "$PROPOSAL" -type f -exec sha256sum {} + | sort)" = "$before" ] ||
        fail "a custodian signed what was not shown"
    does warrant sign "$PROPOSAL" --key "$NET/authority/custodian-$who.key" --yes
done
loses 'run warrant sign "$PROPOSAL" --key "$NET/authority/custodian-1.key" --yes --json'
TO=/dev/full
run warrant publish "$NET" "$PROPOSAL" && fail "the lost output of 'warrant publish' is not told"
grep -q "$LOST" "$SCENE/err" || fail "warrant publish does not say that it is lost"

step "what others read and check"
NORTH_KEY=$NET/agencies/north.key
prints 'run archive read "$NET" --identity "$NORTH_KEY"'
prints 'run archive read "$NET" --identity "$NORTH_KEY" --json'
prints 'run archive verify "$NET"'
prints 'run archive stats "$NET"'
has_checkpoint() {
    "$IRONSIDE" archive checkpoint "$NET" > /dev/null 2>&1
}
wait_for $PATIENCE has_checkpoint || fail "the bot signs no checkpoint"
prints 'run archive checkpoint "$NET"'
prints 'mkdir "$SCENE/served$N" && cp "$NET/network.note" "$SCENE/served$N" && run archive serve init "$SCENE/served$N"'
prints 'run archive mirror init "$SCENE/mirror$N" --url https://127.0.0.1:1 --server "$(printf "%064d" 7)" --network "$NET/network.note"'
prints 'run log show "$NET"'
prints 'run log verify "$NET"'
prints 'run log checkpoint "$NET"'
cat > "$SCENE/use.text" << END
ironside use 1
network $DOMAIN
warrant $W
agency north
serial 1
day $YESTERDAY
users 1
searches 1
opened 1
exported 0
passed 0
access 1 $(printf '%064d' 7)
END
"${IRONSIDE%/*}/tests/scenario/authority_driver" sign "$SCENE/use.text" "$SCENE/use.note" "$SCENE/desk.key" ||
    fail "no statement of use"
prints 'run log submit "$NET" "$SCENE/use.note"'

step "what waits, when the server is away"
end_process "${OWN_PIDS[0]}"
# Nothing can be archived now: the message stays.
"$IRONSIDE" device send $A --to "ben@$DOMAIN" "later" > /dev/null 2>&1 < /dev/null
prints 'run device outbox $A'

step "a desk that is stopped"
DESK=$NET/desks/north
echo "correct horse battery" > "$SCENE/password"
prints 'run desk init "$SCENE/desk$N" --network "$NET" --identity "$NORTH_KEY"'
prints 'run desk user add "$DESK" "user$N" --password-file "$SCENE/password"'
prints 'run desk user password "$DESK" reviewer --password-file "$SCENE/password"'
prints 'run desk user list "$DESK"'
prints 'run desk log show "$DESK"'
prints 'run desk log verify "$DESK"'
prints 'run desk verify "$DESK"'
prints 'run desk statement "$DESK" --to "$SCENE/stated"'

RECIPIENT=$(age-keygen -y "$NORTH_KEY")
prints 'run exchange pack "$DESK" --query before:2100 --to "$RECIPIENT" --name "p$N" --out "$SCENE/p$N.age"'
does exchange pack "$DESK" --query before:2100 --to "$RECIPIENT" --name passed --out "$SCENE/passed.age"
prints 'run exchange receive "$DESK" "$SCENE/passed.age"'
prints 'run exchange verify "$SCENE/passed.age" --identity "$NORTH_KEY"'
prints 'run exchange show "$SCENE/passed.age" --identity "$NORTH_KEY"'
SOUTH=$(sed 's/.* //' "$NET/desks/north/access.pub")
prints 'run exchange partner add "$DESK" "south$N" --network "$NET/network.note" --agency "south$N" --key "$SOUTH" --to "$RECIPIENT"'
prints 'run exchange partner list "$DESK"'
mkdir "$SCENE/delivered"
does exchange partner add "$DESK" next --network "$NET/network.note" --agency next --key "$SOUTH" --to "$RECIPIENT" \
    --scope before:2100 --times "daily 06:00 UTC" --deliver "$SCENE/delivered"
prints 'run exchange pass "$DESK" next' # nothing is new the second time
prints 'run exchange partner remove "$DESK" "south$((N - 9))"' # the three that were added

step "no verb was forgotten"
"$IRONSIDE" --help | sed -n 's/^  \([a-z]*\) \([a-z]*\).*/\1 \2/p' > "$SCENE/verbs"
[ "$(wc -l < "$SCENE/verbs")" -gt 45 ] || fail "the list of verbs can't be read"
while read -r noun verb; do
    [ "$noun $verb" = "desk run" ] && continue # it becomes another program, and prints nothing
    [[ " ${RAN[*]} " == *" $noun $verb "* || " ${RAN[*]} " == *" $noun "* && $noun =~ ^(init|up|status|simulate)$ ]] ||
        fail "no output of '$noun $verb' was tried"
done < "$SCENE/verbs"
