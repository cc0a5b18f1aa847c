#!/usr/bin/env bash
# Where secrets may not be: texts and keys in the memory of parts that must not know them, in
# arguments, environments, logs, core dumps, and texts anywhere in the network's folder. Each way
# of looking is first shown to find what is there.
# build: plain
# Alone, as root (for /proc/PID/mem): IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/60-secrets.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
need python3 python3
[ "$(id -u)" = 0 ] || skip "only root reads the memory of processes that allow no debugger"
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
BOT=$NET/bots/ibot
FIND=$(dirname "$0")/find_secret.py
PATTERNS=$SCENE/patterns
TEXT="marmalade on the quarterdeck at noon"
DOMAIN=chat.example

# secret NAME: the bytes on standard input are one to look for.
secret() {
    printf '%s %s\n' "$1" "$(od -An -v -tx1 | tr -d ' \n')" >> "$PATTERNS"
}

# look WHERE…: what is found, as lines "NAME as FORM in PLACE", is in $FOUND from then on.
look() {
    FOUND=$(python3 "$FIND" "$PATTERNS" "$@") || fail "cannot look into $*"
    grep -qE '^looked at [1-9]' <<< "$FOUND" || fail "nothing was looked at: $*"
    FOUND=$(grep -v '^looked at ' <<< "$FOUND")
}

# only NAMES [WHERE…]: of all secrets nothing but those that match the pattern is there (or was,
# when it was looked at last).
only() {
    local names=$1 rest
    shift
    [ $# -eq 0 ] || look "$@"
    rest=$(grep -vE "^($names) as |^\$" <<< "$FOUND")
    [ -z "$rest" ] || fail "found: $rest"
}

# has NAME [WHERE…]: it is there: what looks for it can find it.
has() {
    local name=$1
    shift
    [ $# -eq 0 ] || look "$@"
    grep -q "^$name as " <<< "$FOUND" || fail "$name is not found where it is: $*"
}

# The process and all that descend from it.
family() {
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do
        family "$child"
    done
}

role() {
    pgrep -f -- "--role $1 $NET" || fail "there is no $1"
}

tells() {
    grep -qF -- "$2" "$SCENE/$1.log"
}

step "a network, and what it must keep to itself"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
printf '%s' "$TEXT" | secret text
printf 'correct horse battery' | tee "$SCENE/passphrase" | secret passphrase
for key in "$BOT/sign.key" "$NET"/registrar/sign.key "$NET"/authority/custodian-*.key; do
    sed -n 's/^seed //p' "$key" | base64 -d | secret "seed:${key#"$NET"/}"
done
for key in "$BOT/component.secret" "$NET/registrar/component.secret"; do
    tr -d '\n' < "$key" | secret "component:${key#"$NET"/}"
done
secret credential < "$BOT/credential"
secret vault < "$NET/registrar/vault.key"
for agency in north south; do
    grep -o 'AGE-SECRET-KEY-1.*' "$NET/agencies/$agency.key" | tr -d '\n' | secret "agency:$agency"
done
today=$(($(date +%s) / 86400))
"$BUILD/tests/scenario/day_keys" "$BOT/daykeys" "$BOT/credential" > "$SCENE/day_keys" ||
    fail "cannot read the day keys"
for day in $today $((today + 1)); do
    key=$(sed -n "s/^$day //p" "$SCENE/day_keys")
    [ -n "$key" ] || fail "there is no day key of day $day"
    printf 'day:%s %s\n' "$day" "$key" >> "$PATTERNS"
done
rm "$SCENE/day_keys"

step "files can be looked through"
mkdir "$SCENE/control"
printf 'x%sy' "$TEXT" > "$SCENE/control/raw"
has text files "$SCENE/control"
only text
for shift in a ab abc; do
    printf '%s%s' $shift "$TEXT" | base64 -w0 > "$SCENE/control/raw"
    has text files "$SCENE/control"
done
printf '%s' "$TEXT" | iconv -t UTF-16LE > "$SCENE/control/raw"
has text files "$SCENE/control"
printf 'nothing' > "$SCENE/control/raw"
only none files "$SCENE/control"

step "it runs, and is watched from outside"
umask 077
start up "$IRONSIDE" up "$NET"
UP=$!
wait_for $PATIENCE tells up 'is up' || fail "the network does not start"
wait_for $PATIENCE tells up 'is in force' || fail "the bot does not start"
for handle in anna ben; do
    "$IRONSIDE" distributor provision "$NET" $handle --out "$SCENE/$handle.bundle" \
        > /dev/null || fail "no bundle"
    jq -rj .password "$SCENE/$handle.bundle" | secret password:$handle
    jq -r .secret "$SCENE/$handle.bundle" | base64 -d | secret activation:$handle
done
start watch python3 "$FIND" "$PATTERNS" watch "$SCENE" "$SCENE/enough"
WATCH=$!
"$IRONSIDE" device activate "$SCENE/anna.bundle" --store "$SCENE/anna" --consent \
    --passphrase-file "$SCENE/passphrase" > "$SCENE/anna.log" 2>&1 || fail "anna is not activated"
"$IRONSIDE" device activate "$SCENE/ben.bundle" --store "$SCENE/ben" --consent \
    > "$SCENE/ben.log" 2>&1 || fail "ben is not activated"
start anna-follow "$IRONSIDE" device receive --store "$SCENE/anna" --follow \
    --passphrase-file "$SCENE/passphrase"
ANNA=$!
start ben-follow "$IRONSIDE" device receive --store "$SCENE/ben" --follow
BEN=$!
for handle in anna ben; do
    wait_for $PATIENCE test -S "$SCENE/$handle/device.sock" || fail "$handle's device does not run"
done
know anna ben
printf '%s' "$TEXT" | "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" - \
    > "$SCENE/send.log" 2>&1 || fail "the message is not sent"
tells send "delivered to ben@$DOMAIN" || fail "the message does not arrive"

step "memory can be looked through: devices know the text"
OPENER=$(role opener)
KEEPER=$(role keeper)
LINK=$(role link)
REGISTRAR=$(pgrep -f "ironside-registrar $NET") || fail "there is no registrar"
SERVER=$(pgrep -f "mnesia dir \"$NET/server/mnesia\"") || fail "there is no server"
has text memory "$ANNA"
has text memory "$BEN"
only "text|password:ben|activation:ben"

step "and no part knows what is not its own"
has "component:bots/ibot/component.secret" memory "$LINK"
only "component:bots/ibot/component.secret"
has "seed:bots/ibot/sign.key" memory "$KEEPER"
only "seed:bots/ibot/sign.key"
has "day:$today" memory "$OPENER"
only "day:.*|credential" # no text either: it wipes what it has opened
has "component:registrar/component.secret" memory "$REGISTRAR"
only "seed:registrar/sign.key|component:registrar/component.secret|vault|password:.*|activation:.*"
only "component:.*|password:.*" memory "$SERVER"
only none memory "$UP"
only none memory "$(pgrep -f "ironside-ibot $NET")"

step "no part has a secret in its arguments or environment, or would leave a core dump"
count=0
for pid in $(family "$UP") $ANNA $BEN; do
    only none process "$pid"
    grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits" || fail "process $pid may dump core"
    count=$((count + 1))
done
[ $count -ge 9 ] || fail "only $count processes run"
: > "$SCENE/enough"
wait "$WATCH" || fail "cannot watch"
grep -qE '^looked at ([5-9]|[1-9][0-9])' "$SCENE/watch.log" || fail "the watch saw too little"
[ "$(wc -l < "$SCENE/watch.log")" = 1 ] || fail "seen: $(cat "$SCENE/watch.log")"
has_name() {
    [ "$(cat "/proc/$2/comm")" = "$1" ]
}
owned_by_root() {
    [ "$(stat -c %u "$1")" = 0 ]
}
# What the kernel protects from dumps and debuggers is root's in /proc, whoever runs it.
mkfifo "$SCENE/wait"
chmod 755 "$SCENE"
if setpriv --reuid=65534 --clear-groups "$IRONSIDE" --version > /dev/null 2>&1; then
    exec {hold}<> "$SCENE/wait"
    setpriv --reuid=65534 --clear-groups "$IRONSIDE" device send --store /nonexistent \
        --to "ben@$DOMAIN" - < "$SCENE/wait" > /dev/null 2>&1 &
    OTHER=$!
    OWN_PIDS+=("$OTHER")
    wait_for $PATIENCE has_name ironside "$OTHER" || fail "it does not run"
    [ "$(awk '/^Uid:/ { print $2 }' /proc/$OTHER/status)" = 65534 ] || fail "it is not nobody's"
    wait_for $PATIENCE owned_by_root "/proc/$OTHER/maps" || fail "a process of the command line is dumpable"
    end_process $OTHER
    exec {hold}>&-
fi

step "no log holds a secret, no file of the network a text"
# The followers show the text to their user; that is no log.
only none files "$NET/server/log" "$SCENE/up.log" "$SCENE/init.log" "$SCENE/anna.log" \
    "$SCENE/ben.log" "$SCENE/send.log"
only "[^tp].*" files "$NET"
has text files "$SCENE/ben-follow.log"
only text
# A store shows nothing of what it holds to who lacks its key.
only none files "$SCENE/anna"
[ -z "$(find "$SCENE" -name 'core*' -o -name '*.dump')" ] || fail "something dumped core"

step "and nothing appears when it ends"
end_process "$ANNA"
end_process "$BEN"
end_process "$UP"
only "[^tp].*" files "$NET"
only none files "$NET/server/log" "$SCENE/up.log" "$SCENE/anna"
step "done"
