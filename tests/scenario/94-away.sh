#!/usr/bin/env bash
# build: plain
# timeout: 900
# A desk away from its network: what 'archive serve' gives, a mirror keeps, and a desk follows the mirror as
# it would the network's own folder. Server and mirror are killed again and again: nothing is missing, nothing
# is there twice, and the mirror's journals are the bots' own. Who has no key gets nothing; what is changed at
# the server is refused with a line, and the other journal goes on.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/94-away.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need openssl openssl
need sqlite3 sqlite3
PROJECT=$(cd "$here/../.." && pwd)
MIRROR=$SCENE/mirror
BOTS="ibot malaga"
AWAY=$SCENE/away # the desk

# Of a certificate, the key that the other side pins.
key_of() { # FOLDER
    openssl x509 -in "$1/tls.pem" -pubkey -noout | openssl pkey -pubin -outform der | sha256sum | cut -c 1-64
}

serve() {
    start serve "$IRONSIDE" archive serve "$NET"
    SERVER=$!
    wait_for $PATIENCE tells serve "listens on" || fail "it does not serve"
}

# get PATH [OPTION]…: as the agency, with curl.
get() {
    curl -s -k -m 20 --path-as-is --cert "$MIRROR/tls.pem" --key "$MIRROR/tls.key" "https://127.0.0.1:$PORT$1" "${@:2}"
}

journal_of() { echo "$1/bots/$2/journal/journal.db"; }

# What a journal holds but for what is the bot's own business.
rows() { # FOLDER BOT
    sqlite3 "$(journal_of "$1" "$2")" "SELECT * FROM round" "SELECT * FROM batch" "SELECT * FROM chain ORDER BY 1" \
        "SELECT * FROM line" "SELECT * FROM checkpoint" "SELECT * FROM tile" \
        "SELECT sha256, size, round, leaf FROM file ORDER BY leaf" | sha256sum
}

same() {
    local bot
    for bot in $BOTS; do
        [ -e "$(journal_of "$MIRROR" "$bot")" ] || return 1
        [ "$(rows "$NET" "$bot")" = "$(rows "$MIRROR" "$bot")" ] || return 1
    done
}

step "a network that has archived three weeks of twenty people, with two bots, is served"
"$PROJECT/demo/quay/network" "$NET" > "$SCENE/network.log" 2>&1 || fail "no network: $(tail -n 3 "$SCENE/network.log")"
PORT=$(free_port)
refused 1 "archive serve init" "$IRONSIDE" archive serve "$NET"
succeeds "TLS key" "$IRONSIDE" archive serve init "$NET" --port "$PORT"
refused 1 "is there already" "$IRONSIDE" archive serve init "$NET"
succeeds "TLS key" "$IRONSIDE" archive mirror init "$MIRROR" --url "https://127.0.0.1:$PORT" \
    --server "$(key_of "$NET/serve")" --network "$NET/network.note" --bot ibot --bot malaga
serve
refused 1 "not all of it has come" "$IRONSIDE" archive mirror "$MIRROR" --once
[[ $SAID == *"does not know this mirror's TLS key"* ]] || fail "it says: $SAID"
end_process "$SERVER"
jq --arg key "$(key_of "$MIRROR")" '.agencies.north = $key' "$NET/serve/serve.json" > "$SCENE/serve.json"
cp "$SCENE/serve.json" "$NET/serve/serve.json"

step "who has no key gets nothing, whoever asks for a path that there is not gets nothing either"
serve
tells serve "confined: seccomp" || fail "it is not confined: $(cat "$SCENE/serve.log")"
said=$(curl -s -k -m 20 -w '%{http_code}' "https://127.0.0.1:$PORT/network.note")
[[ $said == *403 && $said != *ironside\ network* ]] || fail "without a key: $said"
make_authority stranger
said=$(curl -s -k -m 20 -w '%{http_code}' --cert "$SCENE/stranger.pem" --key "$SCENE/stranger.key" \
    "https://127.0.0.1:$PORT/documents")
[[ $said == *403 ]] || fail "with another key: $said"
curl -s -k -m 20 --tls-max 1.2 --cert "$MIRROR/tls.pem" --key "$MIRROR/tls.key" "https://127.0.0.1:$PORT/documents" &&
    fail "it speaks TLS 1.2"
cmp -s "$NET/network.note" <(get /network.note) || fail "not the network's note"
cmp -s <("$IRONSIDE" archive checkpoint "$NET") <(get /bots/ibot/checkpoint) || fail "not the checkpoint"
for path in / /../network.json /bots/ibot/../../network.json /bots/ibot/sign.key /documents/../network.json \
    /bots/ibot/%2e%2e/ibot/checkpoint /bots/nobody/checkpoint "/$(printf '%010000d' 0)"; do
    said=$(get "$path" -o "$SCENE/answer" -w '%{http_code}')
    [ "$said" = 404 ] || [ "$said" = 414 ] || [ "$said" = 431 ] || fail "$path: $said"
done
said=$(get /documents -X POST --data x -o "$SCENE/answer" -w '%{http_code}')
[ "$said" != 200 ] || fail "it takes what is sent"

step "slow and many connections are bounded, and others are served meanwhile"
held=()
for _ in $(seq 40); do
    exec {slow}<> "/dev/tcp/127.0.0.1/$PORT" || break
    held+=("$slow")
done
get /network.note -f -o "$SCENE/answer" && fail "one address has more connections than it may"
kill -0 "$SERVER" || fail "it has ended"
for slow in "${held[@]}"; do
    exec {slow}>&-
done
wait_for $PATIENCE get /network.note -f || fail "it does not answer any more"

step "the mirror brings all, while it and the server are killed again and again"
kills=0
for _ in $(seq 12); do
    start mirror "$IRONSIDE" archive mirror "$MIRROR"
    mirror=$!
    sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
    case $((RANDOM % 2)) in
    0)
        kill -KILL "$SERVER"
        wait "$SERVER" 2> /dev/null
        serve
        ;;
    1) ;;
    esac
    kill -KILL "$mirror" 2> /dev/null && kills=$((kills + 1))
    wait "$mirror" 2> /dev/null
done
echo "   $kills mirrors killed"
succeeds "" "$IRONSIDE" archive mirror "$MIRROR" --once
same || fail "the mirror is not what its bots have written"
for bot in $BOTS; do
    [ ! -d "$NET/bots/$bot/files" ] || diff -r -x incoming "$NET/bots/$bot/files" "$MIRROR/bots/$bot/files" > "$SCENE/diff.log" ||
        fail "$bot: other files: $(cat "$SCENE/diff.log")"
done
[ "$(find "$MIRROR"/bots/*/files -type f | wc -l)" -ge 4 ] || fail "no files have come"
for bot in $BOTS; do
    "$IRONSIDE" archive read "$NET" --identity "$NET/agencies/north.key" --bot "$bot" --json > "$SCENE/there"
    "$IRONSIDE" archive read "$MIRROR" --identity "$NET/agencies/north.key" --bot "$bot" --json > "$SCENE/here"
    cmp -s "$SCENE/there" "$SCENE/here" || fail "$bot: another text"
done

step "a desk follows the mirror, and finds a message"
succeeds "a desk for" "$IRONSIDE" desk init "$AWAY" --network "$MIRROR" --identity "$NET/agencies/north.key" \
    --bot ibot --bot malaga --listen "127.0.0.1:$(free_port)"
printf 'a long enough password\n' > "$SCENE/password"
succeeds "" "$IRONSIDE" desk user add "$AWAY" reviewer --role reviewer --password-file "$SCENE/password"
printf 'reviewer a long enough password\n' > "$AWAY/first-passwords"
start away "$IRONSIDE" desk run "$AWAY"
RUN=$!
wait_for $PATIENCE tells away "listens on http" || fail "the desk does not start"
sign_in "$AWAY" reviewer
count=$(wc -l < "$PROJECT/demo/quay/messages.jsonl")
has_all() { [ "$(ask GET /api/overview | jq .figures.records)" = "$count" ]; }
wait_for $PATIENCE has_all || fail "the desk has not read all: $(ask GET /api/overview)"
[ "$(ask GET "/api/count?q=with:toby" | jq .total)" -gt 0 ] || fail "it finds nothing"
photo=$(ask GET "/api/search?q=has:photo&limit=1" | jq '.hits[0].id')
ask GET "/api/messages/$photo/file" > "$SCENE/photo"
file "$SCENE/photo" | grep -q "image data" || fail "no photo opens: $(head -c 200 "$SCENE/photo")"
kill "$RUN"
wait "$RUN" || true

step "what is changed at the server is refused with a line, and the other journal goes on"
rm -r "$MIRROR/bots"
cp "$(journal_of "$NET" ibot)" "$SCENE/kept.db"
sqlite3 "$(journal_of "$NET" ibot)" "UPDATE batch SET sealed = zeroblob(length(sealed)) WHERE number = 100" || fail "not changed"
refused 1 "not all of it has come" "$IRONSIDE" archive mirror "$MIRROR" --once
[[ $SAID == *"ibot.$(jq -r .domain "$NET/network.json"): round 100: leaf "*"is not its batch's"* ]] || fail "it says: $SAID"
[ "$(sqlite3 "$(journal_of "$MIRROR" ibot)" "SELECT max(number) FROM round")" = 99 ] || fail "more than 99 rounds"
[ "$(rows "$NET" malaga)" = "$(rows "$MIRROR" malaga)" ] || fail "the other journal has not gone on"
cp "$SCENE/kept.db" "$(journal_of "$NET" ibot)"
succeeds "" "$IRONSIDE" archive mirror "$MIRROR" --once
same || fail "it is not mended"
kill -0 "$SERVER" || fail "the server has ended: $(cat "$SCENE/serve.log")"
