#!/usr/bin/env bash
# build: plain
# What lies outside the warrants in force can't be opened at a desk: a warrant that the newest policy
# names no more, that is revoked, or whose last day is over, tells nothing by search, message,
# conversation, people, count, network, export, file of proofs or filter, and all is back when it is
# named again; the archive stays complete meanwhile. On a replay network the replay's clock counts.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/84-desk-warrants.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

PATIENT=30

send() { # TEXT
    "$IRONSIDE" device send --store "$SCENE/anna" --to "bert@chat.example" "$1" < /dev/null \
        > "$SCENE/send.log" 2>&1 || fail "not sent: $(cat "$SCENE/send.log")"
}

# proposed NETWORK VERB… : drafts it, and puts it into force.
proposed() {
    local net=$1
    shift
    rm -rf "$SCENE/proposal"
    "$IRONSIDE" "$@" --out "$SCENE/proposal" > "$SCENE/draft.log" 2>&1 || fail "$*: $(cat "$SCENE/draft.log")"
    enact "$net" "$SCENE/proposal"
}

# validity MEMBER [WARRANT]: what the overview says of a warrant, or of the first.
validity() {
    ask GET /api/overview |
        jq -r --arg m "$1" --arg w "${2:-}" '.warrants | map(select($w == "" or .warrant == $w)) | .[0].validity[$m]'
}
stands() { # STATE [WARRANT]
    [ "$(validity state "${2:-}")" = "$1" ]
}
becomes() { # STATE [WARRANT]
    wait_for $PATIENT stands "$@" || fail "it is $(validity state "${2:-}"), not $1: $(ask GET /api/overview)"
}

hits() { ask GET "/api/search?q=otter" | jq '.hits | length'; }
has_hits() { [ "$(hits)" = "$1" ]; }
code() { ask GET "$1" | jq -r '.error.code // "answers"'; }

# As each role that reads contents: nothing of the $1 messages is told.
tells_nothing() {
    local path user
    for user in reviewer supervisor filter; do
        sign_in "$DESK" $user
        has_hits 0 || fail "$user finds $(hits)"
        for path in /api/messages/1 "/api/threads/$TALK" /api/people/anna@chat.example /api/messages/1/proof; do
            [[ "$(code "$path")" =~ ^(not-found|role)$ ]] || fail "$path tells $user: $(ask GET "$path")"
        done
        [ "$(ask GET '/api/count?q=otter' | jq .total)" = 0 ] || fail "$user may count"
        for path in "people .people" "conversations .conversations"; do
            [ "$(ask GET "/api/${path% *}" | jq "${path#* } | length")" = 0 ] || fail "$user sees ${path% *}"
        done
    done
    sign_in "$DESK" supervisor
    [ "$(ask GET /api/network | jq .messages)" = 0 ] || fail "the network tells: $(ask GET /api/network)"
    [ "$(ask POST /api/exports '{"format":"csv","selection":"query","value":"otter"}' | jq '.messages // 0')" = 0 ] ||
        fail "it is exported"
    [ "$(ask GET /api/overview | jq -c '.figures | [.messages, .people, .conversations, .records]')" = "[0,0,0,$1]" ] ||
        fail "the overview counts: $(ask GET /api/overview)"
}

tells_all() { # MESSAGES
    local path
    sign_in "$DESK" supervisor
    wait_for $PATIENT has_hits "$1" || fail "$(hits) are found, not $1"
    for path in /api/messages/1 "/api/threads/$TALK" /api/people/anna@chat.example /api/messages/1/proof; do
        [ "$(code "$path")" = answers ] || fail "$path: $(ask GET "$path")"
    done
    [ "$(ask GET '/api/count?q=otter' | jq .total)" = "$1" ] || fail "it counts less"
    # It is kept for a while: what came just before may lack.
    [ "$(ask GET /api/network | jq .messages)" -ge 2 ] || fail "the network has less: $(ask GET /api/network)"
    [ "$(ask POST /api/exports '{"format":"csv","selection":"query","value":"otter"}' | jq .messages)" = "$1" ] ||
        fail "it is not exported"
}

step "a network with a desk, a supervisor and a filter"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
echo "correct horse battery" > "$SCENE/password"
add_user() { # ROLE: named as it is
    succeeds "" "$IRONSIDE" desk user add "$DESK" "$1" --role "$1" --password-file "$SCENE/password"
    echo "$1 $(cat "$SCENE/password")" >> "$DESK/first-passwords"
}
for user in supervisor filter auditor defence; do
    add_user $user
done
up
activate anna bert
send "the otter, one"
send "the otter, two"
sign_in "$DESK" supervisor
wait_for $PATIENCE has_hits 2 || fail "the messages are not there"
ID=$(ask GET /api/overview | jq -r '.warrants[0].warrant')
TALK=$(ask GET /api/messages/1 | jq -r .conversation)
tells_all 2

step "the overview says how many days are left"
becomes in-force
[ "$(validity days_left)" -ge 89 ] || fail "it says $(validity days_left)"
[ "$(validity until)" = "$(date -u -d "$(validity from) + 89 days" +%F)" ] ||
    [ "$(validity until)" = "$(date -u -d "$(validity from) + 90 days" +%F)" ] || fail "it ends on $(validity until)"

step "a warrant that the policy names no more tells nothing"
proposed "$NET" policy draft "$NET" --drop-warrant "$ID"
becomes unnamed
tells_nothing 2

step "nor does it after a start of the desk's"
kill -KILL "$(pgrep -f -- "ironside-desk --role index $DESK")" || fail "no index"
again() { pgrep -f -- "ironside-desk --role index $DESK" > /dev/null && stands unnamed; }
wait_for $PATIENCE again || fail "the desk does not come back"
tells_nothing 2

step "named again it is back, and goes on"
# By its own text, which is published under its id for ever.
while read -r key name value; do
    case $key in
        authority) TEXT+=(--authority "$name${value:+ $value}") ;;
        agency) TEXT+=(--agency "$name=$value") agency=$name ;;
        desk) TEXT+=(--desk "$agency=$name") ;;
        from | until) TEXT+=("--$key" "$name") ;;
    esac
done < "$NET/documents/warrant-$ID.note"
proposed "$NET" warrant draft "$NET" --offer "$ID" --scope all "${TEXT[@]}"
sign_in "$DESK" supervisor
becomes in-force
tells_all 2
send "the otter, three"
tells_all 3

step "a revoked one is gone, for ever, and the archive is complete"
proposed "$NET" warrant revoke "$NET" "$ID"
becomes revoked
tells_nothing 3
sign_in "$DESK" auditor
[ "$(ask GET /api/log | jq '[.entries[] | select(.action == "search")] | length')" -gt 0 ] || fail "the auditor reads no log"
sign_in "$DESK" defence
[ "$(ask GET "/api/search?q=brief" | jq '.hits | length')" = 0 ] || fail "the defence finds something"
end_process "$UP"
succeeds "0 missing, 0 doubled, 0 changed, 0 of no leaf" "$IRONSIDE" desk verify "$DESK"
[[ $SAID == *"3 records"*"3 messages opened"* ]] || fail "it says: $SAID"

step "at the machine the log shows that the defence asked, and neither what nor why"
succeeds "search  defence, defence: " "$IRONSIDE" desk log show "$DESK" --user defence
[[ $(tr -d '\n' <<< "$SAID" | sed 's/ *┆ */ /g') == *"search  defence, defence: (auditors read what, and why)"* ]] ||
    fail "it says: $SAID"
[[ $SAID != *brief* && $SAID != *"a test"* ]] || fail "it says what was asked: $SAID"
succeeds "otter" "$IRONSIDE" desk log show "$DESK" --user supervisor
[[ $SAID == *"a test"* && $SAID != *"auditors read what"* ]] || fail "it leaves out a supervisor's: $SAID"

step "documents from before that were laid back bring nothing back"
mkdir "$SCENE/kept"
for note in "$NET"/documents/*.note; do
    grep -q "^revoked warrant $ID " "$note" && mv "$note" "$SCENE/kept/"
done
[ -n "$(ls "$SCENE/kept")" ] || fail "no policy revokes it"
start desk "$IRONSIDE" desk run "$DESK"
RUN=$!
wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"
tells_nothing 3
stands revoked || fail "it is $(validity state)"
tells desk unlogged && fail "the desk does not find the policy in the public log: $(grep unlogged "$SCENE/desk.log")"
end_process "$RUN"

step "on a replay network its own clock counts"
NET=$SCENE/past
DESK=$NET/desks/north
"$IRONSIDE" init "$NET" --replay --port 0 --from 2001-05-31 --until 2001-06-02 > /dev/null || fail "no replay network"
said() { # FROM-DAY COUNT ID
    jq -nc --arg day "$1" --argjson n "$2" --arg id "$3" 'range($n) as $i | {id: "\($id)\($i)",
        ts: "\($day)T1\($i):00:00Z", from: "anna@old.example", to: ["ben@old.example"], body: "the otter \($i)"}'
}
said 2001-06-01 3 a > "$SCENE/past.jsonl"
"$IRONSIDE" up "$NET" --replay "$SCENE/past.jsonl" --exit > "$SCENE/replay.log" 2>&1 < /dev/null ||
    fail "no replay: $(tail -n 3 "$SCENE/replay.log")"
add_user supervisor
start desk "$IRONSIDE" desk run "$DESK"
RUN=$!
wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"
sign_in "$DESK" supervisor
wait_for $PATIENCE has_hits 3 || fail "$(hits) are found"
becomes in-force
[ "$(validity days_left)" = 1 ] || fail "the replay's day is $(validity days_left) before the end"

step "and while the desk runs its last day ends"
said 2001-06-04 2 b > "$SCENE/later.jsonl"
"$IRONSIDE" up "$NET" --replay "$SCENE/later.jsonl" --exit > "$SCENE/later.log" 2>&1 < /dev/null
becomes ended
has_hits 0 || fail "$(hits) are found behind the last day"
[ "$(code /api/messages/1)" = not-found ] || fail "a message is read behind the last day"
end_process "$RUN"
succeeds "0 missing, 0 doubled, 0 changed, 0 of no leaf" "$IRONSIDE" desk verify "$DESK"
step "done"
