#!/usr/bin/env bash
# build: plain
# One device writes much to another that is away, and one that stays reads it in one go: all of it, in
# the order of signing, however often the sender has come and gone meanwhile, also when the first
# attempt to read it is cut off. What the server has is not sent again, so that it goes no slower.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER [MANY=n] tests/scenario/45-backlog.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
IRONSIDE=${IRONSIDE_BUILD:?the build folder}/ironside
DOMAIN=chat.example
NET=$SCENE/net
MANY=${MANY:-500}
SESSIONS=8 # in which the sender sends one more

activate() {
    "$IRONSIDE" distributor provision "$NET" "$1" --out "$SCENE/$1.bundle" > /dev/null ||
        fail "$1 is not provisioned"
    "$IRONSIDE" device activate "$SCENE/$1.bundle" --store "$SCENE/$1" --consent \
        > "$SCENE/$1.log" 2>&1 || fail "$1 is not activated: $(tail -n 3 "$SCENE/$1.log")"
}

# write_many SOCKET COUNT: through the running device, a few at a time, so that it never waits for
# more to send. Says how many milliseconds the first and the last tenth took.
write_many() {
    python3 - "$@" << 'PY'
import json, socket, sys, time
path, count = sys.argv[1], int(sys.argv[2])
link = socket.socket(socket.AF_UNIX)
link.connect(path)
lines = link.makefile("rwb")

def ask(what):
    lines.write(json.dumps(what).encode() + b"\n")
    lines.flush()

def say(number):
    ask({"do": "say", "kind": "text", "to": ["ben@chat.example"], "text": f"line {number:05}"})

ask({"do": "follow"})
said, done, times = min(count, 20), 0, [time.monotonic()]
for number in range(said):
    say(number)
while done < count:
    line = json.loads(lines.readline())
    if "error" in line:
        sys.exit(line["error"])
    if line.get("progress") != "archived":
        continue
    done += 1
    times.append(time.monotonic())
    if said < count:
        say(said)
        said += 1
tenth = count // 10
print(int(1000 * (times[tenth] - times[0])), int(1000 * (times[-1] - times[-1 - tenth])))
PY
}

# written: texts that anna has sent, in the order of signing.
written() {
    "$IRONSIDE" device messages --store "$SCENE/anna" --json | jq -r 'select(.incoming | not) | .body'
}

# receive NAME: what ben is shown now.
receive() {
    "$IRONSIDE" device receive --store "$SCENE/ben" --json > "$SCENE/$1" 2> "$SCENE/$1.log" ||
        fail "ben does not receive: $(cat "$SCENE/$1.log")"
}

step "a network and two devices, of which one is away"
"$IRONSIDE" init "$NET" --domain "$DOMAIN" --port 0 > "$SCENE/init.log" || fail "no network"
start up "$IRONSIDE" up "$NET"
wait_for $PATIENCE grep -q 'is in force' "$SCENE/up.log" || fail "the bot does not start"
activate anna
activate ben
know anna ben

step "$MANY messages to it, and $SESSIONS in sessions of their own"
"$IRONSIDE" device receive --store "$SCENE/anna" --follow --json > "$SCENE/anna.shown" \
    2>> "$SCENE/anna.log" < /dev/null &
RUNNING=$!
OWN_PIDS+=("$RUNNING")
wait_for $PATIENCE test -S "$SCENE/anna/device.sock" || fail "anna does not run"
read -r FIRST LAST <<< "$(write_many "$SCENE/anna/device.sock" "$MANY")"
[ -n "${LAST:-}" ] || fail "anna cannot write"
printf '   the first tenth took %d ms, the last one %d\n' "$FIRST" "$LAST"
# Every repetition that the server stores made it several times as slow, at twice as many.
[ "$LAST" -lt $((4 * FIRST + 1000)) ] || fail "it goes slower and slower"
end_process "$RUNNING"
for ((i = 0; i < SESSIONS; i++)); do
    succeeds "archived" "$IRONSIDE" device send --store "$SCENE/anna" --to "ben@$DOMAIN" "more $i"
done
written > "$SCENE/written"
[ "$(wc -l < "$SCENE/written")" = $((MANY + SESSIONS)) ] || fail "anna has not sent all"

step "the one that was away is cut off, and then shown all at once, in order"
"$IRONSIDE" device receive --store "$SCENE/ben" --json > "$SCENE/ben.first" 2> "$SCENE/ben.log" &
CUT=$!
OWN_PIDS+=("$CUT")
some_shown() { [ "$(grep -c '"body"' "$SCENE/ben.first")" -ge $((MANY / 10)) ]; }
wait_for $PATIENCE some_shown || fail "ben is shown nothing: $(cat "$SCENE/ben.log")"
kill -INT "$CUT"
wait "$CUT" 2> /dev/null
receive ben.second
receive ben.third
jq -r 'select(.body != null) | .body' "$SCENE/ben.first" "$SCENE/ben.second" > "$SCENE/shown"
printf '   shown: %d, then %d, then %d\n' "$(grep -c '"body"' "$SCENE/ben.first")" \
    "$(grep -c '"body"' "$SCENE/ben.second")" "$(grep -c '"body"' "$SCENE/ben.third")"
cmp "$SCENE/written" "$SCENE/shown" || fail "ben is not shown what anna wrote, as she wrote it: \
$(diff "$SCENE/written" "$SCENE/shown" | head -n 5)"
[ ! -s "$SCENE/ben.third" ] || fail "ben is shown more: $(head -n 3 "$SCENE/ben.third")"

step "and the sender has every receipt"
succeeds "" "$IRONSIDE" device receive --store "$SCENE/anna"
waiting=$("$IRONSIDE" device outbox --store "$SCENE/anna" --json) || fail "no outbox"
[ -z "$waiting" ] || fail "$(wc -l <<< "$waiting") still wait for a receipt"
step "done"
