#!/usr/bin/env bash
# build: plain
# A desk under TLS, its front confined: certificates of both kinds that authorities give out, no
# version or cipher without forward secrecy, the headers and the cookie that browsers keep, events
# and many connections at once; and a line for each pair of files that cannot be served with.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/86-desk-tls.sh
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/scenario/lib.sh
. "$here/lib.sh"

need curl curl
need openssl openssl
need jq jq
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DESK=$SCENE/desk
PORT=$(free_port)
URL=https://localhost:$PORT
PASSWORD="correct horse battery"

make_pair() { # NAME DAYS KEY-OPTIONS…: NAME.pem and NAME.key, for localhost
    local name=$1 days=$2
    shift 2
    openssl req -x509 "$@" -nodes -days "$days" -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$SCENE/$name.key" -out "$SCENE/$name.pem" \
        2> /dev/null || fail "no certificate"
}

init() { # FOLDER OPTION…
    local folder=$1
    shift
    "$IRONSIDE" desk init "$folder" --network "$NET" --identity "$NET/agencies/north.key" "$@"
}

serve() { # NAME: the desk with that pair
    jq --arg c "$SCENE/$1.pem" --arg k "$SCENE/$1.key" '.certificate = $c | .key = $k' \
        "$DESK/desk.json" > "$SCENE/desk.json"
    cat "$SCENE/desk.json" > "$DESK/desk.json"
    CA=$SCENE/$1.pem
    start desk "$IRONSIDE" desk run "$DESK"
    RUN=$!
    wait_for $PATIENCE tells desk "listens on https" || fail "it does not serve with $1"
}

get() { # PATH OPTION…
    local path=$1
    shift
    curl -s -m 30 --cacert "$CA" -b "$SCENE/jar" -H 'X-Ironside-Purpose: a test' "$@" "$URL$path"
}

step "a desk with TLS"
"$IRONSIDE" init "$NET" --port 0 > "$SCENE/init.log" 2>&1 || fail "no network"
make_pair ec 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1
make_pair rsa 2 -newkey rsa:2048
init "$DESK" --listen "127.0.0.1:$PORT" --certificate "$SCENE/ec.pem" --key "$SCENE/ec.key" \
    > "$SCENE/desk-init.log" 2>&1 < /dev/null || fail "no desk: $(cat "$SCENE/desk-init.log")"
echo "$PASSWORD" > "$SCENE/password"
succeeds "" "$IRONSIDE" desk user add "$DESK" rita --role reviewer --password-file "$SCENE/password"

for pair in ec rsa; do
    step "$pair: what browsers ask of it, under confinement"
    serve "$pair"
    tells desk "front: confined: seccomp" || fail "the front is not confined: $(cat "$SCENE/desk.log")"
    for version in 1.2 1.3; do
        curl -sS -m 30 --cacert "$CA" -o "$SCENE/api.json" -D "$SCENE/headers" --tlsv$version \
            --tls-max $version "$URL/api/openapi.json" || fail "$pair with TLS $version"
        jq -e .openapi "$SCENE/api.json" > /dev/null || fail "it answers: $(head -c 200 "$SCENE/api.json")"
        grep -qi '^strict-transport-security: max-age=31536000' "$SCENE/headers" || fail "no HSTS"
    done
    curl -s -m 30 --cacert "$CA" -c "$SCENE/jar" -H 'Content-Type: application/json' \
        --data "{\"name\":\"rita\",\"password\":\"$PASSWORD\"}" "$URL/api/session" > "$SCENE/session"
    [ "$(jq -r .user "$SCENE/session")" = rita ] || fail "not signed in: $(cat "$SCENE/session")"
    grep -q '^#HttpOnly_.*TRUE.*__Host-ironside' "$SCENE/jar" || fail "the cookie: $(cat "$SCENE/jar")"
    [ "$(get /api/search?q=walrus | jq '.hits | length')" = 0 ] || fail "a search is not answered"
    get /api/events -N --max-time 2 -D "$SCENE/headers" > /dev/null
    grep -qi '^content-type: text/event-stream' "$SCENE/headers" || fail "no events"
    end_process "$RUN"
done

step "forty connections at once, some of which say nothing or nonsense"
serve ec
for i in 1 2 3 4 5 6 7 8 9 10; do
    (exec 3<> "/dev/tcp/127.0.0.1/$PORT"; head -c $((i * 100)) /dev/urandom >&3; sleep 2) 2> /dev/null &
    SILENT[i]=$!
done
seq 30 | xargs -P 30 -I{} curl -s -m 60 --cacert "$CA" -b "$SCENE/jar" -o /dev/null \
    -w '%{http_code}\n' "$URL/api/session" > "$SCENE/codes"
[ "$(grep -c '^200$' "$SCENE/codes")" = 30 ] || fail "answers: $(sort "$SCENE/codes" | uniq -c)"
wait "${SILENT[@]}"
[ "$(grep -c 'front: listens' "$SCENE/desk.log")" = 1 ] || fail "the front has ended: $(cat "$SCENE/desk.log")"

step "no plain HTTP, no old TLS, nothing without forward secrecy"
curl -s -m 5 -o /dev/null "http://localhost:$PORT/" && fail "it answers without TLS"
for words in "-tls1_1 -cipher DEFAULT@SECLEVEL=0" "-tls1_2 -cipher AES256-GCM-SHA384" \
    "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384"; do
    # shellcheck disable=SC2086 # words of options
    openssl s_client -connect "localhost:$PORT" -CAfile "$CA" $words < /dev/null > "$SCENE/client.log" 2>&1 &&
        fail "it takes $words"
done
openssl s_client -connect "localhost:$PORT" -CAfile "$CA" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 \
    < /dev/null > "$SCENE/client.log" 2>&1 || fail "and this it should take: $(tail -n 3 "$SCENE/client.log")"
end_process "$RUN"

wrong() { # CERTIFICATE KEY LINE: said once, by the one who runs it and by who makes one
    jq --arg c "$SCENE/$1" --arg k "$SCENE/$2" '.certificate = $c | .key = $k' "$DESK/desk.json" \
        > "$SCENE/desk.json"
    cat "$SCENE/desk.json" > "$DESK/desk.json"
    refused 1 "$3" timeout 30 "$IRONSIDE" desk run "$DESK"
    [ "$(wc -l <<< "$SAID")" = 1 ] || fail "more than a line: $SAID"
    refused 1 "$3" init "$SCENE/never" --certificate "$SCENE/$1" --key "$SCENE/$2"
    [ ! -e "$SCENE/never" ] || fail "a desk is made with $1 and $2"
}

step "files that are no pair"
wrong ec.pem rsa.key "rsa.key is not the key of $SCENE/ec.pem: name the two that belong together"
wrong ec.key ec.key "ec.key: not a certificate in PEM"
wrong ec.pem ec.pem "ec.pem: not a private key in PEM without a passphrase"
wrong none.pem ec.key "none.pem"

step "plain HTTP on loopback alone"
refused 1 "without 'certificate' and 'key' it listens on 127.0.0.1 or ::1 alone" \
    init "$SCENE/never" --listen "192.0.2.1:$PORT"
jq 'del(.certificate, .key) | .address = "0.0.0.0"' "$DESK/desk.json" > "$SCENE/desk.json"
cat "$SCENE/desk.json" > "$DESK/desk.json"
refused 1 "without 'certificate' and 'key' it listens on 127.0.0.1 or ::1 alone" \
    timeout 30 "$IRONSIDE" desk run "$DESK"
[ "$(wc -l <<< "$SAID")" = 1 ] || fail "more than a line: $SAID"
step "done"
