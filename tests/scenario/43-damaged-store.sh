#!/usr/bin/env bash
# A device's vault, each of its pages damaged in turn: whatever a verb says then is either what it said
# of the whole one, or an error that names the page. Nothing is shown as empty that could not be read,
# nothing is sent or received with it, and nothing is written into it.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/43-damaged-store.sh
# build: plain
# timeout: 1200
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need erl ejabberd
need jq jq
IRONSIDE=${IRONSIDE_BUILD:?the build folder}/ironside
NET=$SCENE/net
DOMAIN=chat.example
HEADER=4096 # src/vault/vault_header.h: what is before the first page
PAGE=4096

does() {
    "$IRONSIDE" "$@" > "$SCENE/does.log" 2>&1 < /dev/null ||
        fail "$* fails: $(cat "$SCENE/does.log")"
}

# Each reads: words for the program, without --store.
READING=(
    "device messages" "device messages --json" "device contacts" "device policy"
    "device policy --json" "device outbox" "device log" "device markers" "contact list"
    "contact list --json" "contact requests" "contact qr" "group list" "group show club"
)

step "a device that has something of everything"
does init "$NET" --domain $DOMAIN --port 0
start up "$IRONSIDE" up "$NET"
wait_for 60 grep -q 'is in force' "$SCENE/up.log" || fail "the network does not start"
for who in anna ben carla dirk; do
    does distributor provision "$NET" $who --out "$SCENE/$who.bundle"
    does device activate "$SCENE/$who.bundle" --store "$SCENE/$who" --consent
done
know anna ben
for ((i = 0; i < 12; i++)); do
    does device send --store "$SCENE/anna" --to ben@$DOMAIN "$(printf 'a word %.0s' {1..300})"
done
does group new --store "$SCENE/ben" --member anna@$DOMAIN club
does device send --store "$SCENE/carla" --to ben@$DOMAIN "may I?"
does contact block --store "$SCENE/ben" dirk
does device receive --store "$SCENE/ben"
end_process "${OWN_PIDS[0]}"
"$IRONSIDE" device send --store "$SCENE/ben" --to anna@$DOMAIN "later" > /dev/null 2>&1 < /dev/null
[ ! -s "$SCENE/ben/device.vault-wal" ] || fail "the vault's log is left"

# say WORDS NAME: what the program says of $STORE goes to NAME.out and NAME.err; its status.
say() {
    local words
    read -ra words <<< "$1"
    "$IRONSIDE" "${words[@]}" --store "$STORE" > "$SCENE/$2.out" 2> "$SCENE/$2.err" < /dev/null
}

STORE=$SCENE/ben
for i in "${!READING[@]}"; do
    say "${READING[i]}" "whole$i" || fail "${READING[i]}: $(cat "$SCENE/whole$i.err")"
    [ -s "$SCENE/whole$i.out" ] || fail "${READING[i]} shows nothing of a whole vault"
done

# damage NUMBER: that page of $STORE, a bit.
damage() {
    local at=$((HEADER + ($1 - 1) * PAGE + 1000)) byte
    byte=$(od -An -tu1 -j $at -N1 "$STORE/device.vault")
    printf "\\x$(printf %x $((byte ^ 1)))" |
        dd of="$STORE/device.vault" bs=1 seek=$at conv=notrunc 2> /dev/null
}

step "each page, each verb that reads"
PAGES=$((($(stat -c %s "$SCENE/ben/device.vault") - HEADER) / PAGE))
[ $PAGES -ge 40 ] || fail "the vault has $PAGES pages only"
STORE=$SCENE/damaged
declare -A MET
for ((page = 1; page <= PAGES; page++)); do
    rm -rf "$STORE"
    cp -r "$SCENE/ben" "$STORE"
    damage $page
    before=$(sha256sum < "$STORE/device.vault")
    for i in "${!READING[@]}"; do
        verb=${READING[i]}
        status=0
        say "$verb" now || status=$?
        if [ $status -eq 0 ]; then
            cmp -s "$SCENE/now.out" "$SCENE/whole$i.out" ||
                fail "$verb shows something else with page $page damaged: $(cat "$SCENE/now.out" "$SCENE/now.err")"
            continue
        fi
        [ $status -eq 1 ] || fail "$verb ends with $status with page $page damaged"
        grep -q "page $page of .*device.vault is not what was written" "$SCENE/now.err" ||
            fail "$verb does not name page $page: $(cat "$SCENE/now.err")"
        [ "$(wc -l < "$SCENE/now.err")" -eq 1 ] || fail "$verb says more than a line"
        MET[$verb]=1
    done
    [ "$(sha256sum < "$STORE/device.vault")" = "$before" ] || fail "a damaged vault is written to"
done
for verb in "${READING[@]}"; do
    [ -n "${MET[$verb]:-}" ] || fail "no page that $verb reads was damaged"
done

step "each page, with the network there"
start up "$IRONSIDE" up "$NET"
wait_for 60 grep -q 'is in force' "$SCENE/up.log" || fail "the network does not start again"
WORKING=("device receive" "device send --to anna@$DOMAIN hello" "device read" "contact add carla")
named=0
for ((page = 1; page <= PAGES; page += 7)); do
    for verb in "${WORKING[@]}"; do
        rm -rf "$STORE"
        cp -r "$SCENE/ben" "$STORE"
        damage $page
        status=0
        say "$verb" now || status=$?
        [ $status -eq 0 ] && continue
        # To the bot these copies are one device that says several things in one place.
        grep -qF '(conflict)' "$SCENE/now.err" && continue
        grep -q "page $page of .*device.vault is not what was written" "$SCENE/now.err" ||
            fail "$verb does not name page $page: $(cat "$SCENE/now.err")"
        named=$((named + 1))
    done
done
[ $named -gt 0 ] || fail "no page was damaged that these need"
