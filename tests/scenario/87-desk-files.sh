#!/usr/bin/env bash
# build: plain
# timeout: 600
# Files at an agency's desk: what devices sent is what the desk gives, byte by byte, in pieces, under
# headers that let a browser run nothing of it; nothing of it lies readable on the disk; what was
# changed or taken away in the archive is said and not given. Translations by programs, within their walls.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/87-desk-files.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need python3 python3
need openssl openssl

send() { # OPTION FILE [OPTION]
    "$IRONSIDE" device send --store "$SCENE/anna" --to "bert@chat.example" "$@" < /dev/null \
        > "$SCENE/send.log" 2>&1 || fail "not sent: $(cat "$SCENE/send.log")"
}

# get PATH FILE: the bytes, and the headers in $SCENE/headers; its status is in $STATUS.
get() {
    STATUS=$(curl -s -m 60 -b "$SCENE/jar" -H 'X-Ironside-Purpose: a test' -D "$SCENE/headers" \
        -o "$2" -w '%{http_code}' "$URL$1") || fail "$1 breaks off"
}

says() { # HEADER-LINE
    tr -d '\r' < "$SCENE/headers" | grep -qiF -- "$1" || fail "no '$1': $(cat "$SCENE/headers")"
}

message_of() { # QUERY: the newest hit's id
    ask GET "/api/search?q=$(jq -rn --arg q "$1" '$q|@uri')" | jq -r '.hits[0].id // 0'
}

is_there() {
    [ "$(message_of "$1")" != 0 ]
}

step "a network with a desk, and files that were sent"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
# A program that translates into capitals, and tells what else it could do; it is not this desk's friend.
mkdir "$SCENE/adapter"
cat > "$SCENE/adapter/shout" << SH
#!/usr/bin/bash
tr a-z A-Z
cat "$DESK/vault.key" > /dev/null 2>&1 && echo "has read a key"
echo x > "$SCENE/adapter/written" 2> /dev/null && echo "has written"
(exec 3<> /dev/tcp/127.0.0.1/$(jq .port "$DESK/desk.json")) 2> /dev/null && echo "has connected"
ls "$NET" 2> /dev/null
exit 0
SH
chmod 755 "$SCENE/adapter/shout"
jq --arg p "$SCENE/adapter/shout" '.translate = [
    {"from": "de", "to": "en", "program": [$p]},
    {"from": "fr", "to": "en", "program": ["/usr/bin/sleep", "600"]},
    {"from": "it", "to": "en", "program": ["/usr/bin/false"]}]' "$DESK/desk.json" > "$SCENE/desk.json"
cp "$SCENE/desk.json" "$DESK/desk.json"
up
activate anna bert
sign_in "$DESK" reviewer
head -c 3000000 /dev/urandom > "$SCENE/large.bin"
printf '<html><script>alert("walrus under the lighthouse")</script></html>\n' > "$SCENE/page.html"
send --file "$SCENE/large.bin"
send --file "$SCENE/page.html"
wait_for $PATIENCE is_there page || fail "the files are not on the desk"
LARGE=$(message_of large)
PAGE=$(message_of page)

step "what was sent is what the desk gives"
get "/api/messages/$LARGE/file" "$SCENE/got"
[ "$STATUS" = 200 ] || fail "status $STATUS: $(head -c 300 "$SCENE/got")"
cmp "$SCENE/large.bin" "$SCENE/got" || fail "other bytes"
says "Content-Length: 3000000"
says "X-Content-Type-Options: nosniff"
says "Content-Disposition: attachment; filename*=UTF-8''large.bin"
get "/api/messages/$PAGE/file" "$SCENE/got"
cmp "$SCENE/page.html" "$SCENE/got" || fail "other bytes"
says "Content-Type: application/octet-stream"
says "sandbox"
PIDS=()
for i in 1 2 3 4 5 6 7 8; do # more at once than the reader holds
    file=$([ $((i % 2)) = 0 ] && echo "$LARGE" || echo "$PAGE")
    curl -s -m 60 -b "$SCENE/jar" -H 'X-Ironside-Purpose: a test' -o "$SCENE/got.$i" \
        "$URL/api/messages/$file/file" &
    PIDS+=($!)
done
wait "${PIDS[@]}"
for i in 1 2 3 4 5 6 7 8; do
    cmp "$SCENE/got.$i" "$SCENE/$([ $((i % 2)) = 0 ] && echo large.bin || echo page.html)" ||
        fail "eight at once have other bytes"
done

step "a photo has a thumbnail, and the words in it are found and marked; a sound has a wave"
python3 - "$SCENE/note.wav" << 'PY'
import math, struct, sys, wave
with wave.open(sys.argv[1], "wb") as w:
    w.setnchannels(1), w.setsampwidth(2), w.setframerate(8000)
    w.writeframes(b"".join(struct.pack("<h", int(20000 * math.sin(i / 9) * (i // 4000 % 2))) for i in range(20000)))
PY
cp "$here/data/notice.png" "$SCENE/notice.png"
head -c 3000 "$SCENE/notice.png" > "$SCENE/half.png"
send --file "$SCENE/half.png" --keep-metadata
send --voice "$SCENE/note.wav"
send --photo "$SCENE/notice.png"
wait_for $PATIENCE is_there '"at the lighthouse" has:photo' || fail "the photo's words are not found"
PHOTO=$(message_of '"at the lighthouse"')
ask GET "/api/search?q=lighthouse" | jq -r '.hits[0].snippet' | grep -q '⟦.*lighthouse.*⟧' ||
    fail "a machine's words are not marked"
get "/api/messages/$PHOTO/thumbnail" "$SCENE/got"
[ "$STATUS" = 200 ] || fail "no thumbnail: $(cat "$SCENE/got")"
says "Content-Type: image/jpeg"
says "sandbox"
[ "$(head -c 3 "$SCENE/got" | od -An -tx1 | tr -d ' ')" = ffd8ff ] || fail "the thumbnail is no JPEG"
ask GET "/api/messages/$PHOTO/preview" > "$SCENE/preview"
jq -e '.wrong == "" and .width == 1290 and .height == 300 and (.words | contains("bring the cash"))' \
    "$SCENE/preview" > /dev/null || fail "it has: $(cat "$SCENE/preview")"
VOICE=$(message_of 'has:voice')
has_wave() { ask GET "/api/messages/$VOICE/preview" | jq -e '.milliseconds == 2500 and (.wave | length) == 240 and (.wave | max) > 100 and .wave[0] == 0' > /dev/null; }
wait_for $PATIENCE has_wave || fail "no wave: $(ask GET "/api/messages/$VOICE/preview")"
get "/api/messages/$VOICE/file" "$SCENE/got"
cmp "$SCENE/note.wav" "$SCENE/got" || fail "the voice note is another"
says "Content-Type: audio/wav"
HALF=$(message_of half)
is_damaged() { ask GET "/api/messages/$HALF/preview" | jq -e '.wrong | startswith("could not be read")' > /dev/null; }
wait_for $PATIENCE is_damaged || fail "half a photo is: $(ask GET "/api/messages/$HALF/preview")"
[ "$(ask GET "/api/photos?q=lighthouse" | jq -r '.photos[0] | "\(.id) \(.thumbnail) \(.group)"')" = "$PHOTO true $PHOTO" ] ||
    fail "the gallery has: $(ask GET "/api/photos")"

step "a text is translated when somebody asks, by a program that has nothing else"
send "hast du das geld am hafen gesehen"
wait_for $PATIENCE is_there geld || fail "the text is not on the desk"
TEXT=$(message_of geld)
translated() { # FROM TO FIELD
    ask POST "/api/messages/$TEXT/translation" "{\"from\":\"$1\",\"to\":\"$2\"}" | jq -r ".$3"
}
SAID=$(translated de en text)
[ "$SAID" = "HAST DU DAS GELD AM HAFEN GESEHEN" ] || fail "it is translated as: $SAID$(translated de en wrong)"
[ ! -e "$SCENE/adapter/written" ] || fail "the program has written a file"
[ "$(ask GET "/api/messages/$TEXT/translation" | jq -r '"\(.adapter) \(.from) \(.to) \(.text)"')" = \
    "shout de en $SAID" ] || fail "it is not kept: $(ask GET "/api/messages/$TEXT/translation")"
[ "$(translated it en wrong)" = "the program that translates ended with an error" ] || fail "one that fails"
[ "$(translated fr en wrong)" = "the program's time was up" ] || fail "one that never ends"
if [ -e /usr/share/apertium/modes/eng-spa.mode ]; then
    SAID=$(translated en es adapter)
    [ "$SAID" = apertium ] || fail "apertium's pair is not found: $SAID"
    send "the house of zwqxa is red"
    wait_for $PATIENCE is_there house || fail "the text is not on the desk"
    TEXT=$(message_of house)
    SAID=$(translated en es text)
    [[ $SAID == *casa*"zwqxa"*roj[ao]* && $SAID != *"*"* ]] || fail "apertium says: $SAID"
fi

step "who may not search may not have files"
sign_in "$DESK" admin
get "/api/messages/$PAGE/file" "$SCENE/got"
[ "$STATUS" = 403 ] || fail "an administrator has a file: $STATUS"
sign_in "$DESK" reviewer

step "what was changed or taken away in the archive is said, and the desk goes on"
FILES=$(find "$NET/bots/ibot/files" -type f -size -200c)
[ "$(wc -l <<< "$FILES")" = 1 ] || fail "which one is the page? $FILES"
chmod u+w "$FILES"
cp "$FILES" "$SCENE/kept"
sleep 6 # what is held of it is let go
printf x | dd of="$FILES" bs=1 seek=3 conv=notrunc 2> /dev/null
get "/api/messages/$PAGE/file" "$SCENE/got"
[ "$STATUS" = 502 ] || fail "changed bytes are given: $STATUS"
[[ $(jq -r .error.text "$SCENE/got") == *"not those that were archived"* ]] || fail "it says: $(cat "$SCENE/got")"
rm "$FILES"
get "/api/messages/$PAGE/file" "$SCENE/got"
[ "$STATUS" = 404 ] || fail "a missing file is not said to be: $STATUS"
cp "$SCENE/kept" "$FILES"
get "/api/messages/$PAGE/file" "$SCENE/got"
cmp "$SCENE/page.html" "$SCENE/got" || fail "a file that is there again is not given"

step "every file that was given stands in the log; nothing readable lies on the disk"
end_process "$UP"
succeeds "" "$IRONSIDE" desk log show "$DESK" --user reviewer --json
[ "$(jq -se --arg w "file of message $PAGE" 'map(select(.action == "view" and .what == $w)) | length' \
    <<< "$SAID")" = 8 ] || fail "the log has: $SAID"
printf 'text %s\n' "$(printf 'under the lighthouse' | od -An -v -tx1 | tr -d ' \n')" > "$SCENE/patterns"
hits=$(python3 "$here/find_secret.py" "$SCENE/patterns" files "$DESK" "$NET/bots" "$NET/log") ||
    fail "cannot look"
[[ $hits == "looked at "[1-9]* ]] || fail "readable: $hits"
