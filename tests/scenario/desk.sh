#!/usr/bin/env bash
# Asking a desk as its page does; for the scenarios that source it behind lib.sh.

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
