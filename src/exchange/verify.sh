#!/bin/sh
# shellcheck disable=SC2016,SC2154
# Checks this package with openssl, jq and the coreutils alone, nothing of Ironside's:
#
#   sh data/verify.sh           everything; it takes about a second for each message
#   sh data/verify.sh LEAF...   all but records; of these those with these leaves
#
#   STAMP_AUTHORITY=FILE sh data/verify.sh    the same, with a time stamp by one of these authorities (PEM)
#
# Ends with "proved" and 0, or with the first thing that does not hold and 1. What it cannot know is
# whether the network's note is the right one: compare the hash that it prints.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

wrong() {
    echo "wrong: $*"
    exit 1
}

# ---- bytes: all that is binary is in hexadecimal ----

bytes() { tr a-f A-F | basenc -d --base16; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
of_base64() { printf %s "$1" | base64 -d | hex; }
sha() { bytes | sha256sum | cut -c1-64; }
number() { printf "%0$2x" "$1"; } # VALUE DIGITS
block() { # TEXT: its length, then it
    number "$(printf %s "$1" | wc -c)" 8
    printf %s "$1" | hex
}
node() { printf '01%s%s' "$1" "$2" | sha; }

# ---- signed notes: a text, an empty line, "— NAME base64(key's hash, signature)" ----

text() { sed '/^$/,$d' "$1"; }
hash() { text "$1" | sha256sum | cut -c1-64; }
value() { text "$1" | sed -n "s/^$2 //p"; } # NOTE KEY
ed25519() { # KEY-IN-BASE64 FILE SIGNATURE-FILE
    printf -- '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%s\n-----END PUBLIC KEY-----\n' "$1" > "$tmp/key"
    openssl pkeyutl -verify -pubin -inkey "$tmp/key" -rawin -in "$2" -sigfile "$3" > /dev/null 2>&1
}
signed_by() { # NOTE NAME KEY
    text "$1" > "$tmp/text"
    sed '1,/^$/d' "$1" | awk -v name="$2" '$2 == name { print $3 }' | while read -r blob; do
        printf %s "$blob" | base64 -d | tail -c +5 > "$tmp/sig"
        if ed25519 "$3" "$tmp/text" "$tmp/sig"; then
            echo yes
        fi
    done | grep -q yes
}
quorum() { # NOTE: have as many custodians signed it as the network asks for?
    value data/network.note custodian > "$tmp/custodians"
    count=0
    while read -r name key; do
        if signed_by "$1" "$name" "$key"; then
            count=$((count + 1))
        fi
    done < "$tmp/custodians"
    [ "$count" -ge "$(value data/network.note quorum)" ]
}

# ---- is it whole? ----

sha512sum --quiet --strict -c manifest-sha512.txt > "$tmp/said" 2>&1 || wrong "$(head -n 1 "$tmp/said")"
sha512sum --quiet --strict -c tagmanifest-sha512.txt > "$tmp/said" 2>&1 || wrong "$(head -n 1 "$tmp/said")"
find . ! -type d | sed 's|^\./||' | grep -v '^tagmanifest-sha512\.txt$' | sort > "$tmp/found"
cat manifest-sha512.txt tagmanifest-sha512.txt | cut -c131- | sort > "$tmp/named"
cmp -s "$tmp/found" "$tmp/named" || wrong "in no manifest: $(comm -23 "$tmp/found" "$tmp/named" | head -n 1)"

# ---- whose word is it? ----

quorum data/network.note || wrong "its custodians have not signed data/network.note"
for note in data/documents/*.note; do
    case $(head -n 1 "$note") in
    "ironside policy "* | "ironside warrant "*) quorum "$note" || wrong "its custodians have not signed $note" ;;
    esac
    printf '%s %s\n' "$(hash "$note")" "$note"
done > "$tmp/hashes"
echo "network: $(value data/network.note domain), note $(hash data/network.note)"

[ "$(value package.note manifest)" = "$(sha512sum manifest-sha512.txt | cut -c1-128)" ] ||
    wrong "package.note names another manifest"
agency=$(value package.note agency)
value package.note warrant > "$tmp/warrants"
desk=''
while read -r id hash; do
    note=$(awk -v hash="$hash" '$1 == hash { print $2 }' "$tmp/hashes")
    [ -n "$note" ] || wrong "warrant $id is not in data/documents"
    [ "$(value "$note" id)" = "$id" ] || wrong "$note is not warrant $id"
    echo "warrant: $id, $(value "$note" authority)"
    key=$(text "$note" | awk -v agency="$agency" '$1 == "agency" { of = $2 } $1 == "desk" && of == agency { print $2 }')
    if [ -n "$key" ] && [ -z "$desk" ]; then
        desk=$key
        signed_by package.note "$agency" "$key" || wrong "the desk of $agency has not signed package.note"
    fi
done < "$tmp/warrants"
[ -n "$desk" ] || wrong "no warrant names a desk of $agency"
# ---- since when has it been there? ----

# Certificates are held against the stamp's own time, so that it is good for as long as the package.
check_stamp() {
    at=$(openssl ts -reply -in package.tsr -text 2> /dev/null | sed -n 's/^Time stamp: //p')
    [ -n "$at" ] || wrong "package.tsr is not a time stamp"
    openssl ts -reply -in package.tsr -token_out -out "$tmp/token" 2> /dev/null
    openssl pkcs7 -inform DER -in "$tmp/token" -print_certs -out "$tmp/stampers" 2> /dev/null
    openssl ts -verify -in package.tsr -data package.note -CAfile "${STAMP_AUTHORITY:-$tmp/stampers}" \
        -partial_chain -attime "$(date -u -d "$at" +%s)" > "$tmp/said" 2>&1 ||
        wrong "package.tsr: $(grep -o 'Verify error:.*\|message imprint mismatch' "$tmp/said" | head -n 1)"
    echo "stamped: $at, by $(sed -n 's/^subject=//p' "$tmp/stampers" | head -n 1)"
    [ -n "${STAMP_AUTHORITY:-}" ] || echo "         which was not compared: name its certificate as STAMP_AUTHORITY"
}
if [ -e package.tsr ]; then
    check_stamp
elif [ -n "${STAMP_AUTHORITY:-}" ]; then
    wrong "package.tsr is missing"
fi

registrar=$(value data/network.note registrar)
domain=$(value data/network.note domain)

# ---- a record: its members as shell variables, from one jq for all of a bot's ----

members='(.record | fromjson) as $r | [
    @sh "leaf=\(.leaf) signed=\(.signed) line=\(.verdict.line) index=\(.verdict.index)",
    @sh "count=\(.verdict.count) verdict_at=\(.verdict.at) verdict_sig=\(.verdict.signature)",
    @sh "path=\(.verdict.path | join(" ")) from=\($r.from) to=\($r.to | join(" ")) id=\($r.id)",
    @sh "at=\($r.at) to_bot=\($r.bot) policy=\($r.policy) n=\($r.n) prev=\($r.prev) iv=\($r.iv)",
    @sh "payload=\($r.payload) sig=\($r.sig) certificate=\($r.certificate) warrant=\($r.warrant)",
    @sh "files=\([$r.files[] | join(" ")] | join("\n")) file_count=\($r.files | length)",
    @sh "place=\($r.place // "") to_count=\($r.to | length)"] | join(" ") | @base64'

transcript() { # T: docs/protocol.md, "Access element"
    printf 'ironside transcript 1\0' | hex
    printf %s "$certificate_hash"
    block "$from"
    number "$to_count" 8
    for one in $to; do
        block "$one"
    done
    block "$id"
    number "$(instant "$at")" 16
    block "$to_bot"
    printf %s "$bot_key_hash"
    number "$policy" 8
    number "$n" 16
    of_base64 "$prev"
    iv=$(of_base64 "$iv")
    number $((${#iv} / 2)) 8
    printf %s "$iv"
    printf %s "$payload" | base64 -d | sha256sum | cut -c1-64
    number "$file_count" 8
    [ -z "$files" ] || printf '%s\n' "$files" | while read -r digest size file_path; do
        of_base64 "$digest"
        number "$size" 16
        block "$file_path"
    done
    if [ -z "$place" ]; then
        printf '%064d' 0
    else
        printf %s "$place" | sha256sum | cut -c1-64
    fi
}
instant() { # in milliseconds since 1970
    seconds=$(date -u -d "${1%.*}Z" +%s)
    millis=${1#*.}
    echo $((seconds * 1000 + 1${millis%Z} - 1000))
}

# The root to which a path leads: RFC 9162, 2.1.3.2.
root_of() { # LEAF-HASH INDEX SIZE PATH...
    r=$1 fn=$2 sn=$(($3 - 1))
    shift 3
    for p; do
        if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
            r=$(node "$p" "$r")
            while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do
                fn=$((fn >> 1)) sn=$((sn >> 1))
            done
        else
            r=$(node "$r" "$p")
        fi
        fn=$((fn >> 1)) sn=$((sn >> 1))
    done
    [ "$sn" = 0 ] && echo "$r"
}

# Each certificate stands in the public log, or it is told that there is no copy of that, or an older one.
log=data/log/checkpoint.note
log_size=0
logged=0
if [ -e "$log" ]; then
    signed_by "$log" "registrar.$domain" "$registrar" || wrong "$log is not signed by the registrar"
    [ "$(text "$log" | sed -n 1p)" = "registrar.$domain/log" ] || wrong "$log is of another log"
    log_size=$(text "$log" | sed -n 2p)
fi
check_logged() {
    awk -v hash="$certificate_hash" '$2 == hash' data/log/places.txt > "$tmp/place"
    [ -s "$tmp/place" ] || return 0
    read -r entry _ tag to_root < "$tmp/place"
    leaf_hash=$({ printf '\0' && printf 'ironside log 1 device %s %s' "$certificate_hash" "$tag"; } | sha256sum | cut -c1-64)
    # shellcheck disable=SC2086 # words of a path
    [ "$(root_of "$leaf_hash" "$entry" "$log_size" $to_root)" = "$(of_base64 "$(text "$log" | sed -n 3p)")" ] ||
        wrong "$say: its certificate is not entry $entry of the public log"
    logged=$((logged + 1))
}

# Certificates are checked once each, and then known by their hash.
check_certificate() {
    printf %s "$certificate" > "$tmp/certificate"
    certificate_hash=$(hash "$tmp/certificate")
    if ! [ -e "$tmp/known-$certificate_hash" ]; then
        signed_by "$tmp/certificate" "registrar.$domain" "$registrar" ||
            wrong "$say: its certificate is not the registrar's"
        value "$tmp/certificate" key > "$tmp/known-$certificate_hash"
        [ "$log_size" = 0 ] || check_logged
    fi
    grep -qx "account $from" "$tmp/certificate" || wrong "$say: its certificate is another's"
}

check_verdict() {
    line=$(of_base64 "$line")
    digest=$({ printf 'ironside digest 1\0' && cat "$tmp/s" "$tmp/sig"; } | sha256sum | cut -c1-64)
    case $line in
    "$digest$certificate_hash"*) ;;
    *) wrong "$say: its verdict is on another message" ;;
    esac
    [ "$(printf %s "$line" | cut -c145-146)" = 01 ] || wrong "$say: its verdict refuses it"
    # shellcheck disable=SC2086 # words of a path
    root=$(root_of "$(printf '00%s' "$line" | sha)" "$index" "$count" $path) || wrong "$say: its verdict leads to no round"
    {
        printf 'ironside verdicts 1\0' | hex
        block "$bot"
        number "$count" 8
        number "$verdict_at" 16
        printf %s "$root"
    } | bytes > "$tmp/round"
    printf %s "$verdict_sig" | base64 -d > "$tmp/sig"
    ed25519 "$bot_key" "$tmp/round" "$tmp/sig" || wrong "$say: its verdict is not the bot's"
    grep -qx "ironside verdicts 1 $root $count" "$tmp/leaves" || wrong "$say: its round is not in the tree"
    awk -v leaf="$leaf" -v warrant="$warrant" \
        '$2 == "batch" && $4 == warrant && leaf >= $6 && leaf < $6 + $7 { found = 1 } END { exit !found }' \
        "$tmp/leaves" || wrong "$say: it is in no batch of its warrant"
}

check_record() {
    say="$bot: leaf $leaf, message $id"
    check_certificate
    printf %s "$signed" | base64 -d > "$tmp/s"
    printf %s "$sig" | base64 -d > "$tmp/sig"
    ed25519 "$(cat "$tmp/known-$certificate_hash")" "$tmp/s" "$tmp/sig" || wrong "$say: its device has not signed it"
    [ "$to_bot" = "$bot" ] || wrong "$say: it was sent to another bot"
    t=$(transcript | tr -d '\n' | sha)
    [ "$(head -c 51 "$tmp/s" | hex)" = "$(printf 'ironside message 1\0' | hex)$t" ] ||
        wrong "$say: what was signed is not the record"
    check_verdict
}

# ---- a bot's tree ----

# Many hashes at once: one process hashes all the files that another one wrote.
hash_files() { # FOLDER: lines "NAME HASH"
    find "$1" -type f -print0 | xargs -0 -r sha256sum | sed 's|^\([0-9a-f]*\) .*/\([0-9]*\)$|\2 \1|'
}
leaf_hashes() { # of $tmp/lines, into lines "LEVEL INDEX HASH" in the tree's order
    mkdir "$tmp/hash"
    jq -r 'if .level then "\(.level) \(.leaf) \(.hash)" else "- \(.leaf) \(.record // .text)" end' "$tmp/lines" |
        awk -v to="$tmp/hash/" '
            $1 != "-" { print; next }
            { at = $2; sub(/^- [0-9]+ /, ""); file = to at; printf "%c%s", 0, $0 > file; close(file) }' > "$tmp/given"
    hash_files "$tmp/hash" | sed 's/^/0 /' | cat - "$tmp/given" | sort -k2n
    rm -rf "$tmp/hash"
}

# Joins the complete subtrees of one level after the other; what is left over are peaks.
tree_root() { # of lines "LEVEL FIRST-LEAF HASH"
    cp "$1" "$tmp/nodes"
    : > "$tmp/peaks"
    high=0
    while [ -s "$tmp/nodes" ]; do
        mkdir "$tmp/hash"
        sort -k2n "$tmp/nodes" | awk -v level="$high" -v to="$tmp/hash/" -v peaks="$tmp/peaks" '
            BEGIN { for (i = 0; i < 256; i++) value[sprintf("%02x", i)] = i; size = 2 ^ level }
            function put(hex, file, i) { for (i = 1; i < length(hex); i += 2) printf "%c", value[substr(hex, i, 2)] > file }
            function single() { if (held != "") print held >> peaks; held = "" }
            $1 != level { print > "/dev/stderr"; next }
            held != "" && $2 == first + size { file = to first; put("01" hash $3, file); close(file); held = ""; next }
            { single(); if ($2 % (2 * size) == 0) { held = $0; first = $2; hash = $3 } else print >> peaks }
            END { single() }' 2> "$tmp/higher"
        hash_files "$tmp/hash" | sed "s/^/$((high + 1)) /" | cat - "$tmp/higher" > "$tmp/nodes"
        rm -rf "$tmp/hash"
        high=$((high + 1))
    done
    joined=
    sort -k2nr "$tmp/peaks" > "$tmp/nodes"
    while read -r _ _ peak; do
        if [ -z "$joined" ]; then
            joined=$peak
        else
            joined=$(node "$peak" "$joined")
        fi
    done < "$tmp/nodes"
    echo "$joined"
}

check_bot() { # ADDRESS SIZE, and which leaves
    bot=$1 size=$2
    shift 2
    # By the newest policy that names it, whatever the notes' files are called.
    bot_key=$(cut -d' ' -f2- "$tmp/hashes" | while read -r note; do
        text "$note" | awk -v bot="$bot" 'NR == 1 && $2 != "policy" { exit } $1 == "serial" { n = $2 }
            $1 == "bot" && $2 == bot { print n, $3 }'
    done | sort -n | tail -n 1 | cut -d' ' -f2)
    [ -n "$bot_key" ] || wrong "no policy names $bot"
    bot_key_hash=$(of_base64 "$bot_key" | sha)
    checkpoint=data/checkpoints/$bot.note
    signed_by "$checkpoint" "$bot" "$bot_key" || wrong "$checkpoint is not signed by the bot"
    [ "$(text "$checkpoint" | sed -n 2p)" = "$size" ] || wrong "$checkpoint is of another size than package.note says"
    cat "data/records/$bot"/*.jsonl > "$tmp/lines"
    jq -r '.text // empty' "$tmp/lines" > "$tmp/leaves"
    leaf_hashes > "$tmp/tree"
    next=$(awk '$2 != next_leaf { print "leaf " $2 " comes where leaf " next_leaf + 0 " does"; exit }
        { next_leaf += 2 ^ $1 } END { print next_leaf }' "$tmp/tree" | head -n 1)
    records=0
    [ "$next" = "$size" ] || wrong "$bot: of $size leaves not all are accounted for: $next"
    [ "$(tree_root "$tmp/tree")" = "$(of_base64 "$(text "$checkpoint" | sed -n 3p)")" ] ||
        wrong "$bot: the leaves do not make the tree that the bot has signed: one was changed"
    jq -r "select(.record) | $members" "$tmp/lines" > "$tmp/records"
    while read -r one; do
        eval "$(printf %s "$one" | base64 -d)"
        records=$((records + 1))
        if [ $# = 0 ] || printf '%s\n' "$@" | grep -qx "$leaf"; then
            check_record
        fi
    done < "$tmp/records"
    [ "$records" = "$shown" ] || wrong "$bot: $records records are shown, and package.note says $shown"
    held=$(jq -rs '[("scope", "privileged", "redacted", "unverified") as $why |
        [.[] | select(.why == $why) | pow(2; .level)] | add // 0] | join(" ")' "$tmp/lines")
    [ "$held" = "$out $privileged $redacted $unverified" ] ||
        wrong "$bot: withheld are $held leaves, and package.note says $out $privileged $redacted $unverified"
    echo "$bot: $size leaves, $records records, $out out of scope, $privileged privileged, $redacted redacted, $unverified unverified"
}

value package.note bot > "$tmp/bots"
while read -r bot size shown out privileged redacted unverified; do
    check_bot "$bot" "$size" "$@"
done < "$tmp/bots"
certificates=$(find "$tmp" -name 'known-*' | wc -l)
if [ "$log_size" = 0 ]; then
    echo "public log: nothing of it is in the package"
else
    echo "public log: $log_size entries; of $certificates certificates that were checked it has $logged"
fi
echo proved
