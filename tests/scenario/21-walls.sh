#!/usr/bin/env bash
# build: plain
# What an account can make the server keep and do, tried by a client that has merely been given one:
# each row sends far more than is let through, and what is left afterwards is counted. And what the
# server's answers tell of who is there: the same for a device that is online and one that is away.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/21-walls.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
PORT=$(free_port)
# What all that is tried here may add to the server at its peak: 800 were seen at a load of twenty, where
# garbage is collected late; without limits it was 2,300 after two minutes.
GROWTH_MB=1200

declare -A CLIENT_PID CLIENT_FD WAITED
PAD=0

expect() {
    wait_for "${3:-20}" tells "$1" "$2" || fail "$1 does not tell '$2'"
}

provision() {
    "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle" > /dev/null ||
        fail "$1 is not provisioned"
}

activate() {
    provision "$1"
    "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent \
        > "$SCENE/activate.log" 2>&1 < /dev/null || fail "$1 is not activated"
}

# enter NAME HANDLE/RESOURCE [deaf]: a session of a client of its own, its output in NAME.log.
enter() {
    local name=$1 handle=${2%/*} fd
    rm -f "$SCENE/$name.in" "$SCENE/$name.log"
    mkfifo "$SCENE/$name.in"
    exec {fd}<> "$SCENE/$name.in"
    "$BUILD/tests/scenario/hostile_client" "$PORT" "$NET/authority/ca.pem" \
        "$handle@$DOMAIN/${2#*/}" ${3:+"$3"} < "$SCENE/$name.in" > "$SCENE/$name.log" 2>&1 &
    CLIENT_PID[$name]=$!
    OWN_PIDS+=($!)
    CLIENT_FD[$name]=$fd
    WAITED[$name]=0
    order "$name" "$(jq -r .password "$SCENE/$handle.bundle")"
    expect "$name" online
}

order() {
    printf '%s\n' "$2" >&"${CLIENT_FD[$1]}"
}

leave() {
    end_process "${CLIENT_PID[$1]}"
    # shellcheck disable=SC1083 # an element of an array may hold the descriptor
    exec {CLIENT_FD[$1]}>&-
}

done_so_often() {
    [ "$(grep -c '^done$' "$SCENE/$1.log")" -ge "$2" ]
}

# settle NAME: the server has done all that the client ordered.
settle() {
    order "$1" wait
    WAITED[$1]=$((WAITED[$1] + 1))
    wait_for 100 done_so_often "$1" "${WAITED[$1]}" || fail "$1 gets no answer any more"
}

# count NAME TEXT: how many stanzas that came have it.
count() {
    grep -cF -- "$2" "$SCENE/$1.log"
}

# answers NAME ID TYPE: how many answers of that type came to the queries of a flood.
answers() {
    grep -cE "id=\"$2-[0-9]+\" type=\"$3\"" "$SCENE/$1.log"
}

all_answered() {
    [ "$(answers "$1" "$2" '(result|error)')" -ge "$3" ]
}

# asks NAME COUNT ID TYPE TO QUERY: as fast as it can, until all have an answer. $PAD is what ~ in
# the query stands for.
asks() {
    order "$1" "flood $2 $PAD <iq type='$4' id='$3-#' to='$5'>$6</iq>"
    wait_for 60 all_answered "$1" "$3" "$2" || fail "$1 has not got all answers to $3"
}

# between WHAT NUMBER LOW HIGH
between() {
    printf '   %s: %s\n' "$1" "$2"
    [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fail "$1: $2, not $3 to $4"
}

server_mb() {
    local pid
    pid=$(pgrep -f "mnesia dir \"$NET/server/mnesia\"") || fail "the server is gone"
    awk '/^VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$pid/status"
}

step "a network runs; mallory and the others have accounts, anna and ben have devices"
"$IRONSIDE" init "$NET" --domain "$DOMAIN" --port "$PORT" > "$SCENE/init.log" || fail "no network"
start up "$IRONSIDE" up "$NET"
expect up "is up" 60
for handle in mallory martha bob carl; do
    provision "$handle"
done
activate anna
activate ben
know anna ben
BEFORE=$(server_mb)
enter mallory mallory/device
order mallory "send <presence/>"
settle mallory

# A stanza of 40 KB that takes nearly 1 MiB of memory.
HEAVY="<message to='bob@$DOMAIN' id='heavy-#'><x xmlns='urn:x'>~</x></message>"

step "messages for somebody who is away: a share, and the rest of the room is the others'"
enter martha martha/device
order mallory "flood 1500 7000 $HEAVY"
settle mallory
order martha "send <message to='bob@$DOMAIN' id='honest'><body>Hello</body></message>"
settle martha
enter bob bob/device
order bob "send <presence/>"
expect bob 'id="honest"'
settle bob
between "of 1500 heavy messages stored" "$(count bob 'id="heavy-')" 60 95
[ "$(count mallory 'type="error"')" = 0 ] || fail "mallory learns that bob is away"
leave bob
sleep 1
order mallory "send <message to='bob@$DOMAIN' id='later'><body>Hello</body></message>"
settle mallory
enter bob2 bob/device
order bob2 "send <presence/>"
expect bob2 'id="later"' # what was fetched makes room

step "the same once more, while it is stored, takes no further room"
leave bob2
sleep 1
AGAIN="<message to='bob@$DOMAIN' id='again'><x xmlns='urn:x'>~</x></message>"
order mallory "flood 50 50 $AGAIN"
order mallory "flood 1 100 $AGAIN" # another content under the same id is another message
order martha "flood 1 50 $AGAIN"
settle mallory
settle martha
enter bob3 bob/device
order bob3 "send <presence/>"
settle bob3
between "of 52 messages, three of them different" "$(count bob3 'id="again"')" 3 3
leave bob3

step "a client that acknowledges nothing"
enter deaf carl/device deaf
order deaf "send <presence/>"
settle deaf # or the first ones are stored for it, and count as such
order mallory "flood 400 7000 ${HEAVY//bob@/carl@}"
settle mallory
came=0
no_more_come() {
    local before=$came
    came=$(count deaf 'id="heavy-')
    [ "$came" -ge 100 ] && [ "$came" = "$before" ] && sleep 2 && [ "$(count deaf 'id="heavy-')" = "$came" ]
}
wait_for 60 no_more_come || fail "of 400 heavy messages sent to it $came came in a minute"
between "of 400 heavy messages sent to it" "$(count deaf 'id="heavy-')" 100 250
leave deaf

step "a stanza may be 128 KiB long, and take 1 MiB"
order mallory "flood 1 20000 <message to='bob@$DOMAIN' id='weighty'><x xmlns='urn:x'>~</x></message>"
settle mallory
expect mallory "policy-violation"
enter long martha/long
order long "flood 1 60000 <message to='bob@$DOMAIN' id='long'><x xmlns='urn:x'>~</x></message>"
expect long offline

step "keys: a list, four bundles, an item each, none of another name"
PUBLISH="<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='NODE'><item id='i#'><x xmlns='urn:x'/></item></publish></pubsub>"
AXOLOTL=eu.siacs.conversations.axolotl
MALLORY=mallory@$DOMAIN
asks mallory 8 bundle set "$MALLORY" "${PUBLISH/NODE/$AXOLOTL.bundles:#}"
asks mallory 30 again set "$MALLORY" "${PUBLISH/NODE/$AXOLOTL.devicelist}"
asks mallory 300 other set "$MALLORY" "${PUBLISH/NODE/urn:x:#}"
asks mallory 300 more set "$MALLORY" "${PUBLISH/NODE/$AXOLOTL.bundles:9#}"
HEAVY_LIST=${PUBLISH/NODE/$AXOLOTL.devicelist}
PAD=5000 asks mallory 1 weight set "$MALLORY" "${HEAVY_LIST/"<x xmlns='urn:x'/>"/<x>~</x>}"
between "bundles published" "$(answers mallory bundle result)" 8 8
between "lists published" "$(answers mallory again result)" 25 30
between "nodes of other names" "$(answers mallory other result)" 0 0
between "more bundles" "$(answers mallory more result)" 0 12
ITEMS="<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='NODE'/></pubsub>"
asks martha 8 look get "$MALLORY" "${ITEMS/NODE/$AXOLOTL.bundles:#}"
asks martha 300 see get "$MALLORY" "${ITEMS/NODE/$AXOLOTL.bundles:9#}"
asks martha 1 list get "$MALLORY" "${ITEMS/NODE/$AXOLOTL.devicelist}"
between "bundles kept" $(($(answers martha look result) + $(answers martha see result))) 1 4
grep 'id="list-1"' "$SCENE/martha.log" | grep -o '<item ' | wc -l | grep -qx 1 ||
    fail "the list has more than its newest item: $(grep 'id="list-1"' "$SCENE/martha.log")"

step "nothing else is kept for it, and no service of the server's answers"
while read -r what to type query; do
    asks martha 1 "no-$what" "$type" "$to" "$query"
    [ "$(answers martha "no-$what" error)" = 1 ] || fail "$what is not refused"
done << ROWS
roster martha@$DOMAIN set <query xmlns='jabber:iq:roster'><item jid='x@$DOMAIN' name='x'/></query>
private martha@$DOMAIN set <query xmlns='jabber:iq:private'><x xmlns='urn:x'>much</x></query>
vcard martha@$DOMAIN set <vCard xmlns='vcard-temp'><NOTE>much</NOTE></vCard>
privacy martha@$DOMAIN set <query xmlns='jabber:iq:privacy'><list name='x'/></query>
block martha@$DOMAIN set <block xmlns='urn:xmpp:blocking'><item jid='x@$DOMAIN'/></block>
archive martha@$DOMAIN set <prefs xmlns='urn:xmpp:mam:2' default='always'/>
search $DOMAIN get <query xmlns='jabber:iq:search'/>
carbons martha@$DOMAIN set <enable xmlns='urn:xmpp:carbons:2'/>
push martha@$DOMAIN set <enable xmlns='urn:xmpp:push:0' jid='x.$DOMAIN' node='x'/>
command $DOMAIN set <command xmlns='http://jabber.org/protocol/commands' node='x'/>
subscribe mallory@$DOMAIN set <pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='$AXOLOTL.devicelist' jid='martha@$DOMAIN'/></pubsub>
foreign mallory@$DOMAIN set ${PUBLISH/NODE/$AXOLOTL.devicelist}
create martha@$DOMAIN set <pubsub xmlns='http://jabber.org/protocol/pubsub'><create node='$AXOLOTL.bundles:77'/></pubsub>
configure martha@$DOMAIN set <pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='$AXOLOTL.devicelist'/></pubsub>
service pubsub.$DOMAIN set ${PUBLISH/NODE/$AXOLOTL.devicelist}
rooms conference.$DOMAIN set <query xmlns='http://jabber.org/protocol/muc#owner'/>
account $DOMAIN set <query xmlns='jabber:iq:register'><username>new</username><password>x</password></query>
elsewhere example.org get <query xmlns='http://jabber.org/protocol/disco#info'/>
ROWS

step "who is there: what the server and a device answer is the same for one who is away"
start follow "$IRONSIDE" device receive --store "$SCENE/anna" --follow
FOLLOW=$!
"$IRONSIDE" device send --store "$SCENE/ben" --to "anna@$DOMAIN" "are you there" > "$SCENE/send.log" 2>&1 ||
    fail "ben cannot send"
expect follow "are you there" 60
QUERIES=("<ping xmlns='urn:xmpp:ping'/>" "<query xmlns='jabber:iq:version'/>"
    "<query xmlns='jabber:iq:last'/>" "<time xmlns='urn:xmpp:time'/>" "<vCard xmlns='vcard-temp'/>"
    "<query xmlns='http://jabber.org/protocol/disco#info'/>"
    "<query xmlns='http://jabber.org/protocol/disco#items'/>" "<query xmlns='jabber:iq:roster'/>"
    "<query xmlns='jabber:iq:browse'/>" "<x xmlns='urn:x'/>"
    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:x'/></pubsub>")
CONTENTS=("<body>Hello</body>" "<active xmlns='http://jabber.org/protocol/chatstates'/>"
    "<body>Hello</body><no-store xmlns='urn:xmpp:hints'/>" "<x xmlns='urn:x'/>"
    "<body>Hello</body><no-storage xmlns='urn:xmpp:hints'/>"
    "<x xmlns='jabber:x:event'><offline/></x>" "<x xmlns='jabber:x:event'><composing/><id>1</id></x>"
    "<body>Hello</body><x xmlns='jabber:x:expire' seconds='0'/>" "<offline xmlns='http://jabber.org/protocol/offline'/>"
    "<request xmlns='urn:xmpp:receipts'/>" "<p:x xmlns:p='jabber:x:event'><p:offline/></p:x>")
NUMBER=0
probe() {
    local who
    NUMBER=$((NUMBER + 1))
    for who in anna ben; do
        order mallory "send ${1//WHO/$who@$DOMAIN}"
    done
}
for to in WHO WHO/device WHO/other; do
    for query in "${QUERIES[@]}"; do
        for type in get set; do
            probe "<iq to='$to' type='$type' id='probe-$NUMBER'>$query</iq>"
        done
    done
    for content in "${CONTENTS[@]}"; do
        for type in chat normal headline groupchat error; do
            probe "<message to='$to' type='$type' id='probe-$NUMBER'>$content</message>"
        done
    done
    for type in '' unavailable probe subscribe subscribed unsubscribe unsubscribed error; do
        probe "<presence to='$to' ${type:+type='$type'} id='probe-$NUMBER'/>"
    done
done
settle mallory
sleep 3
for who in anna ben; do
    grep -F "from=\"$who@" "$SCENE/mallory.log" | sed "s/$who@/WHO@/g" | sort > "$SCENE/$who.said"
done
diff "$SCENE/anna.said" "$SCENE/ben.said" > "$SCENE/said.log" ||
    fail "mallory sees who is there: $(head -n 5 "$SCENE/said.log")"
between "answers, the same for both" "$(wc -l < "$SCENE/anna.said")" 60 "$NUMBER"
end_process "$FOLLOW"

step "no bot gets the name of a host that the server routes"
order martha "send <iq type='get' id='hosts-1' to='$DOMAIN'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
wait_for 20 all_answered martha hosts 1 || fail "the server does not say what it routes"
HOSTS=$(grep 'id="hosts-1"' "$SCENE/martha.log" | grep -oE "jid=\"[^\"]*\.$DOMAIN\"" | cut -d'"' -f2)
for name in ${HOSTS//.$DOMAIN/}; do
    [ "$name" = ibot ] || refused 1 "cannot be called '$name'" "$IRONSIDE" bot add "$NET" "$name"
done
[ "$(wc -w <<< "$HOSTS")" -ge 4 ] || fail "the server's hosts are only $HOSTS"

step "sessions, passwords, places for files, questions"
for number in 1 2 3 4 5; do
    enter "many$number" "martha/many$number"
done
sessions_left() {
    grep -L offline "$SCENE"/many?.log "$SCENE/martha.log" | wc -l
}
few_are_left() { [ "$(sessions_left)" -le 2 ]; }
wait_for 20 few_are_left
between "sessions of martha that are left" "$(sessions_left)" 1 2
enter asker carl/asker
asks asker 30 password set "$DOMAIN" "<query xmlns='jabber:iq:register'><username>carl</username><password>$(jq -r .password "$SCENE/carl.bundle")</password></query>"
asks asker 100 slot get "upload.$DOMAIN" "<request xmlns='urn:xmpp:http:upload:0' filename='f' size='50000000'/>"
between "passwords changed" "$(answers asker password result)" 1 6
between "places of 50 MB" "$(answers asker slot result)" 1 12
START=$SECONDS
order asker "flood 2000 0 <iq type='get' id='q-#'><ping xmlns='urn:xmpp:ping'/></iq>"
settle asker
between "seconds for 2000 questions" $((SECONDS - START)) 7 60
START=$SECONDS
order asker "flood 7000 0 <presence to='x#@$DOMAIN'/>"
settle asker
between "seconds for 7000 stanzas" $((SECONDS - START)) 4 60

grep -q "crashed when running" "$NET/server/log/ejabberd.log" &&
    fail "the server's module fails: $(grep -A 3 crashed "$NET/server/log/ejabberd.log")"

step "the server is as large as that, and serves the others"
AFTER=$(server_mb)
printf '   the server: %s MB before, %s MB at most\n' "$BEFORE" "$AFTER"
[ $((AFTER - BEFORE)) -lt "$GROWTH_MB" ] || fail "the server grew from $BEFORE to $AFTER MB"
"$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" marmalade \
    > "$SCENE/send.log" 2>&1 < /dev/null || fail "anna cannot send: $(cat "$SCENE/send.log")"
"$IRONSIDE" device receive --store "$SCENE/ben" > "$SCENE/receive.log" 2>&1 < /dev/null ||
    fail "ben cannot receive"
tells receive marmalade || fail "ben did not get anna's message"
step "done"
