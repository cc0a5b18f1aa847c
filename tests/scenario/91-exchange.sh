#!/usr/bin/env bash
# build: plain
# timeout: 900
# A package of what a desk holds: it proves itself to the command line and to public tools alone, says
# what it withholds and why, names whatever is changed in it, and holds nothing of what is privileged or
# redacted in any of its forms; what was passed on stands in the access log.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/91-exchange.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/scenario/desk.sh
. "$here/desk.sh"

need age age
need openssl openssl
need python3 python3
PROJECT=$(cd "$here/../.." && pwd)

pack() { # NAME QUERY [OPTION]…: $SCENE/NAME.age
    local name=$1 query=$2
    shift 2
    "$IRONSIDE" exchange pack "$DESK" --query "$query" --to "$COURT" --name "$name" \
        --out "$SCENE/$name.age" --purpose "a test" "$@" > "$SCENE/pack.log" 2>&1
}

verify() { # PACKAGE [OPTION]…
    "$IRONSIDE" exchange verify "$@" --network "$NET/network.note"
}

unpack() { # NAME: $SCENE/NAME
    age -d -i "$SCENE/court.key" "$SCENE/$1.age" | tar -x -C "$SCENE" || fail "$1 does not open with age and tar"
}

# by_hand NAME [LEAF]…: the package's own script, with nothing of Ironside's within reach.
by_hand() {
    local folder=$SCENE/$1
    shift
    env -i PATH=/usr/bin:/bin sh "$folder/data/verify.sh" "$@"
}

step "a desk that has read three weeks of twenty people, a conversation of which is privileged"
"$PROJECT/demo/quay/network" "$NET" > "$SCENE/network.log" 2>&1 || fail "no network: $(tail -n 3 "$SCENE/network.log")"
start desk "$IRONSIDE" desk run "$DESK"
RUN=$!
wait_for $PATIENCE tells desk "listens on http" || fail "the desk does not start"
sign_in "$DESK" reviewer
count=$(wc -l < "$PROJECT/demo/quay/messages.jsonl")
has_all() { [ "$(ask GET /api/overview | jq .figures.records)" = "$count" ]; }
wait_for $PATIENCE has_all || fail "the desk has not read all"
ask POST /api/privilege '{"kind": "pair", "what": "toby@chat.example", "with": "abara@chat.example",
    "reason": "a client and his solicitor"}' > "$SCENE/marked"
marked() { [ "$(ask GET "/api/count?q=with:abara" | jq .total)" = 0 ]; }
wait_for $PATIENCE marked || fail "it is not privileged: $(cat "$SCENE/marked")"
shown=$(ask GET "/api/count?q=with:toby" | jq .total)
kill "$RUN"
wait "$RUN" || true

step "a package of all that Toby took part in, which proves itself"
age-keygen -o "$SCENE/court.key" 2> "$SCENE/court.pub"
COURT=$(sed -n 's/Public key: //p' "$SCENE/court.pub")
pack north-0001 "with:toby" || fail "not packed: $(cat "$SCENE/pack.log")"
sed 's/^/   /' "$SCENE/pack.log"
succeeds "privileged" verify "$SCENE/north-0001.age" --identity "$SCENE/court.key" --json
jq -e --argjson n "$shown" '.records == $n and .bots[0].privileged + .bots[1].privileged == 9 and .scope == "with:toby"' \
    <<< "$SAID" > "$SCENE/jq.log" || fail "not $shown records and 9 that are privileged: $SAID"
jq -e '.public_log | .certificates > 3 and .logged == .certificates and .entries > .logged' <<< "$SAID" > "$SCENE/jq.log" ||
    fail "not every certificate is in the public log: $SAID"
refused 1 "not sealed to this identity" verify "$SCENE/north-0001.age" --identity "$NET/agencies/south.key"
refused 1 "name the --identity" verify "$SCENE/north-0001.age"
refused 1 "is there already" "$IRONSIDE" exchange pack "$DESK" --query "with:toby" --to "$COURT" --name x \
    --out "$SCENE/north-0001.age"
refused 1 "the query" "$IRONSIDE" exchange pack "$DESK" --query "befor:2026" --to "$COURT" --name x --out "$SCENE/x"
refused 1 "finds nothing" "$IRONSIDE" exchange pack "$DESK" --query "with:abara" --to "$COURT" --name x --out "$SCENE/x"
[ ! -e "$SCENE/x" ] || fail "a package that was refused is there"

step "to public tools alone, too"
unpack north-0001
succeeds "verified: " verify "$SCENE/north-0001"
leaf=$(cat "$SCENE"/north-0001/data/records/*/*.jsonl | jq 'select(.record).leaf' | head -n 1)
by_hand north-0001 "$leaf" > "$SCENE/hand.log" 2>&1 || fail "verify.sh: $(cat "$SCENE/hand.log")"
sed 's/^/   /' "$SCENE/hand.log"
grep -qx proved "$SCENE/hand.log" || fail "it is not proved: $(cat "$SCENE/hand.log")"
grep -q "of 1 certificates that were checked it has 1" "$SCENE/hand.log" || fail "the public log: $(cat "$SCENE/hand.log")"

step "each file of it that is changed is found; those that carry the proof by the script, too"
find "$SCENE/north-0001" -type f | sort > "$SCENE/members"
while read -r member; do
    cp "$member" "$SCENE/kept"
    python3 - "$member" << 'PY'
import sys
with open(sys.argv[1], "r+b") as f:
    data = bytearray(f.read())
    data[len(data) // 2] ^= 1
    f.seek(0)
    f.write(data)
PY
    refused 1 "" verify "$SCENE/north-0001"
    name=${member#"$SCENE/north-0001/"}
    case $name in
    data/log/* | data/records/ibot* | data/checkpoints/ibot* | data/network.note | package.note | manifest-sha512.txt)
        by_hand north-0001 none > "$SCENE/hand.log" 2>&1 && fail "verify.sh says that $name is proved"
        ;;
    esac
    cp "$SCENE/kept" "$member"
done < "$SCENE/members"
echo "   $(wc -l < "$SCENE/members") files"
echo x > "$SCENE/north-0001/data/files-more"
refused 1 "data/files-more" verify "$SCENE/north-0001"
by_hand north-0001 none > "$SCENE/hand.log" 2>&1 && fail "verify.sh takes a file that nobody named"
rm "$SCENE/north-0001/data/files-more"

step "a place in the public log that is another's is refused by both, and a desk that has no copy says so"
cp -r "$SCENE/north-0001" "$SCENE/forged"
# The account's tag of each is another; manifests to match, and a script that does not mind the desk's signature.
sed -i 's/^\([0-9]* [0-9a-f]* \)[0-7]/\18/; t; s/^\([0-9]* [0-9a-f]* \)./\10/' "$SCENE/forged/data/log/places.txt"
sed -i 's/wrong "package.note names another manifest"/true/' "$SCENE/forged/data/verify.sh"
(cd "$SCENE/forged" && cut -c131- manifest-sha512.txt | xargs sha512sum > "$SCENE/kept" && cp "$SCENE/kept" manifest-sha512.txt &&
    cut -c131- tagmanifest-sha512.txt | xargs sha512sum > "$SCENE/kept" && cp "$SCENE/kept" tagmanifest-sha512.txt)
refused 1 "data/log/places.txt: certificate" verify "$SCENE/forged"
refused 1 "of the public log" by_hand forged "$leaf"
rm -r "$SCENE/forged"
mv "$NET/log" "$SCENE/log-away"
pack north-0004 "from:toby" || fail "not packed: $(cat "$SCENE/pack.log")"
mv "$SCENE/log-away" "$NET/log"
succeeds "nothing of the public log is in it" verify "$SCENE/north-0004.age" --identity "$SCENE/court.key"

step "a time stamp says since when it has been there, by whose clock"
start stamps python3 "$here/stamps.py" "$SCENE/stamps"
wait_for $PATIENCE tells stamps "listens on" || fail "no authority: $(cat "$SCENE/stamps.log")"
STAMPS=http://127.0.0.1:$(sed -n 's/listens on //p' "$SCENE/stamps.log")
# not_stamped TEXT URL
not_stamped() {
    refused 1 "$1" "$IRONSIDE" exchange pack "$DESK" --query "from:toby" --to "$COURT" --name x --out "$SCENE/x" --stamp "$2"
    [ ! -e "$SCENE/x" ] && [ ! -e "$SCENE/x.partial" ] || fail "a package without its stamp is there"
}
not_stamped "can't be asked" http://127.0.0.1:9/
not_stamped "answers with status 503" "$STAMPS/off"
not_stamped "answers with status 307" "$STAMPS/moved"
not_stamped "answers too much" "$STAMPS/long"
not_stamped "no answer of a time stamp authority" "$STAMPS/words"
not_stamped "it answers another request" "$STAMPS/else"
not_stamped "is not the address" "file://$SCENE/stamps/root.pem"
not_stamped "is not the address" "http://me:secret@127.0.0.1/"
pack north-0005 "from:toby" --stamp "$STAMPS/" || fail "not packed: $(cat "$SCENE/pack.log")"
sed 's/^/   /' "$SCENE/pack.log"
unpack north-0005
succeeds "which was not compared" verify "$SCENE/north-0005"
succeeds "by O = Stamps, CN = A clock" verify "$SCENE/north-0005" --stamp-authority "$SCENE/stamps/root.pem"
refused 1 "package.tsr: certificate verify error" verify "$SCENE/north-0005" --stamp-authority "$SCENE/stamps/other.pem"
refused 1 "package.tsr is missing" verify "$SCENE/north-0001" --stamp-authority "$SCENE/stamps/root.pem"
refused 1 "has no certificate" verify "$SCENE/north-0005" --stamp-authority "$SCENE/court.pub"
openssl ts -verify -in "$SCENE/north-0005/package.tsr" -data "$SCENE/north-0005/package.note" \
    -CAfile "$SCENE/stamps/root.pem" > "$SCENE/ts.log" 2>&1 || fail "openssl: $(cat "$SCENE/ts.log")"
# stamp_by_hand [NAME=FILE]: with no record, which takes a second each.
stamp_by_hand() {
    env -i PATH=/usr/bin:/bin "$@" sh "$SCENE/north-0005/data/verify.sh" none
}
succeeds "which was not compared" stamp_by_hand
succeeds "Stamps" stamp_by_hand STAMP_AUTHORITY="$SCENE/stamps/root.pem"
[[ $SAID != *compared* ]] || fail "verify.sh did not compare: $SAID"
refused 1 "wrong: package.tsr: Verify error" stamp_by_hand STAMP_AUTHORITY="$SCENE/stamps/other.pem"
# A stamp of another package, with manifests to match.
( # shellcheck disable=SC2030
    cd "$SCENE/north-0005" && cp package.tsr "$SCENE/kept" &&
        openssl ts -query -data bagit.txt -sha512 -cert -out "$SCENE/stamps/query" 2> "$SCENE/ts.log" &&
        openssl ts -reply -config "$SCENE/stamps/tsa.conf" -queryfile "$SCENE/stamps/query" -out package.tsr 2> "$SCENE/ts.log" &&
        sed -i '/  package\.tsr$/d' tagmanifest-sha512.txt && sha512sum package.tsr >> tagmanifest-sha512.txt
) || fail "no other stamp: $(cat "$SCENE/ts.log")"
refused 1 "package.tsr: it is a stamp of something else" verify "$SCENE/north-0005"
refused 1 "wrong: package.tsr: message imprint mismatch" stamp_by_hand

step "photos and sounds are in it, each the one that its sender signed"
pack north-0002 "has:photo OR has:voice" || fail "not packed: $(cat "$SCENE/pack.log")"
unpack north-0002
succeeds "verified: " verify "$SCENE/north-0002"
[ "$(find "$SCENE/north-0002/data/files" -type f | wc -l)" -ge 4 ] || fail "files: $(ls "$SCENE/north-0002/data/files")"
file "$SCENE/north-0002"/data/files/* > "$SCENE/files.log" 2> /dev/null && sed "s|^$SCENE/north-0002/data/|   |" "$SCENE/files.log"
by_hand north-0002 > "$SCENE/hand.log" 2>&1 || fail "verify.sh: $(cat "$SCENE/hand.log")"

step "what is redacted or privileged is in no form of it"
pack north-0003 "with:toby" --redact "copies OR \"sorry to bother\"" --reason "safety of a witness" ||
    fail "not packed: $(cat "$SCENE/pack.log")"
sed 's/^/   /' "$SCENE/pack.log"
unpack north-0003
succeeds "verified: " verify "$SCENE/north-0003"
# Every byte, with what is packed within: base64 of mails, zips, payloads by the records' keys.
python3 "$here/package_words.py" "$SCENE/north-0003" > "$SCENE/words" || fail "not read"
python3 "$here/package_words.py" "$SCENE/north-0001" > "$SCENE/all-words" || fail "not read"
for word in "sorry to bother" "kept copies"; do
    grep -qi -- "$word" "$SCENE/all-words" || fail "'$word' is not in the whole package either"
    grep -qi -- "$word" "$SCENE/words" && fail "'$word' is in the package: $(grep -i -- "$word" "$SCENE/words" | head -n 2)"
done
grep -q "safety of a witness" "$SCENE/words" || fail "nothing says why it is redacted"
grep -q "abara@" "$SCENE/words" && fail "the solicitor is in it"
refused 2 "has a --reason" "$IRONSIDE" exchange pack "$DESK" --query x --to "$COURT" --name x --out "$SCENE/x" --redact y

step "and its messages can be read, each checked"
succeeds "" "$IRONSIDE" exchange show "$SCENE/north-0001" --json
[ "$(jq -s 'map(select(.leaf)) | length' <<< "$SAID")" = "$shown" ] || fail "not all are shown"
succeeds "verified]" "$IRONSIDE" exchange show "$SCENE/north-0002"

step "what was passed on stands in the access log"
"$IRONSIDE" desk log show "$DESK" --json > "$SCENE/log" || fail "no log"
[ "$(jq -s 'map(select(.action == "pass" and (.what | startswith("package north-0001: "))) | .count) | add' "$SCENE/log")" = "$shown" ] ||
    fail "the log: $(grep pass "$SCENE/log")"
jq -e -s 'any(.[]; .action == "pass" and .purpose == "a test" and .warrants != "")' "$SCENE/log" > "$SCENE/jq.log" ||
    fail "the log: $(grep pass "$SCENE/log")"
succeeds "whole" "$IRONSIDE" desk log verify "$DESK"
