#!/usr/bin/env bash
# A network with a desk and devices, and asking that desk as its page does; for the scenarios that source it
# behind lib.sh. The build is $BUILD, the program $IRONSIDE, the network $NET, its desk $DESK.
# shellcheck disable=SC2034 # they are for who sources it

need erl ejabberd
need jq jq
need curl curl
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
NET=$SCENE/net
DESK=$NET/desks/north

# The network with its desk starts: its process is $UP.
up() {
    start up "$IRONSIDE" up "$NET"
    UP=$!
    wait_for $PATIENCE tells up "listens on http" || fail "the network or its desk does not start"
}

# activate HANDLE…: a device each, in $SCENE/HANDLE.
activate() {
    local handle
    for handle; do
        "$IRONSIDE" distributor provision "$NET" "$handle" --out "$SCENE/$handle.bundle" \
            > "$SCENE/provision.log" 2>&1 || fail "no bundle"
        "$IRONSIDE" device activate "$SCENE/$handle.bundle" --store "$SCENE/$handle" --consent \
            < /dev/null > "$SCENE/activate.log" 2>&1 || fail "$handle is not active"
    done
}

# ask METHOD PATH [JSON]: as the user who is signed in.
ask() {
    curl -s -m 30 -b "$SCENE/jar" -H "X-Ironside-CSRF: $(jq -r .csrf "$SCENE/session")" \
        -H 'X-Ironside-Purpose: a test' -X "$1" \
        ${3:+-H 'Content-Type: application/json' --data "$3"} "$URL$2"
}

sign_in() { # FOLDER USER
    local password
    password=$(sed -n "s/^$2 //p" "$1/first-passwords")
    URL=http://127.0.0.1:$(jq .port "$1/desk.json")
    rm -f "$SCENE/jar"
    signed_in() {
        curl -s -m 30 -c "$SCENE/jar" -H 'Content-Type: application/json' \
            --data "{\"name\":\"$1\",\"password\":\"$password\"}" "$URL/api/session" > "$SCENE/session"
        [ "$(jq -r .user "$SCENE/session")" = "$1" ]
    }
    wait_for 30 signed_in "$2" || fail "$2 is not signed in: $(cat "$SCENE/session")"
}
