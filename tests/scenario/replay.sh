# What the scripts that replay share, beside lib.sh; to be sourced after it. A script's network is
# $NET, its program $IRONSIDE, what the launcher says $SCENE/up.log.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts use what is set here
BUILD=${IRONSIDE_BUILD:?the build folder}
IRONSIDE=$BUILD/ironside
HERE=$(dirname "${BASH_SOURCE[0]}")
TALK=$HERE/data/talk.jsonl
CORPUS=${IRONSIDE_CORPUS:-}
NET=$SCENE/net
UP_PID=

need erl ejabberd
need jq jq
need zstd zstd
need ps procps

# make_network DOMAIN-OPTIONS…: a replay network in $NET whose warrant covers the files' days.
make_network() {
    "$IRONSIDE" init "$NET" --replay --port 0 --from 1999-05-01 --until 2002-06-30 "$@" \
        > "$SCENE/init.log" || fail "no network: $(cat "$SCENE/init.log")"
}

# start_replay FILE: in the background; its number is $UP_PID.
start_replay() {
    start up "$IRONSIDE" up "$NET" --replay "$1" --exit
    UP_PID=$!
}

# expect_summary MESSAGES RECIPIENTS: the replay that has ended says that all went well.
expect_summary() {
    local line
    line=$(grep ' messages of ' "$SCENE/up.log") || fail "the replay gives no summary"
    printf '   %s\n' "$line"
    [[ $line == "$1 messages of "*" devices: $1 sent, $1 archived, $2 delivered to $2 recipients, 0 refused, in "* ]] ||
        fail "expected: $1 messages archived, $2 delivered"
    SEND_SECONDS=${line##* in }
    SEND_SECONDS=${SEND_SECONDS%%.*}
}

# normal_source FILE: one line a message, in a form of its own that an archive's has, too. Who a
# message is from and for are the network's handles.
normal_source() {
    jq -c --slurpfile handles "$NET/replay/handles.jsonl" \
        '($handles | map({key: .address, value: .handle}) | from_entries) as $h
         | [.id, $h[.from], ([.to[] | $h[.]] | sort), .body]' "$1" | sort
}

normal_archive() {
    jq -c 'if .verified then . else error("not verified") end
        | def handle: split("@")[0];
          [.id, (.from | handle), ([.to[] | handle] | sort), .text]' "$1" | sort
}

# check_archive FILE: what either agency opens is the file's messages, each once and byte for byte.
check_archive() {
    local agency
    normal_source "$1" > "$SCENE/source.normal" || fail "$1 cannot be read"
    for agency in north south; do
        "$IRONSIDE" archive read "$NET" --identity "$NET/agencies/$agency.key" --json \
            > "$SCENE/$agency.jsonl" || fail "$agency cannot read the archive"
        normal_archive "$SCENE/$agency.jsonl" > "$SCENE/$agency.normal" ||
            fail "what $agency reads is not in order"
        cmp "$SCENE/source.normal" "$SCENE/$agency.normal" ||
            fail "what $agency reads is not what was sent"
        "$IRONSIDE" archive verify "$NET" --identity "$NET/agencies/$agency.key" \
            > "$SCENE/verify.log" 2>&1 || fail "the archive does not hold: $(cat "$SCENE/verify.log")"
        printf '   %s: %s\n' "$agency" "$(cat "$SCENE/verify.log")"
    done
}

# children PID NAME: numbers of the processes below PID, at any depth, whose command line holds NAME.
children() {
    ps -eo pid=,ppid=,args= | awk -v top="$1" -v name="$2" '
        { parent[$1] = $2; if (index($0, name) > 0) found[$1] = 1 }
        END {
            for (pid in found)
                for (up = parent[pid]; up in parent; up = parent[up])
                    if (up == top) { print pid; break }
        }'
}

role_process() {
    children "$UP_PID" "--role $1 " | head -n 1
}

server_process() {
    children "$UP_PID" "beam.smp" | head -n 1
}

registrar_process() {
    children "$UP_PID" ironside-registrar | head -n 1
}

# peak PID: most memory that it ever held, in MB.
peak() {
    awk '/^VmHWM/ { printf "%d MB", $2 / 1024 }' "/proc/$1/status" 2> /dev/null
}
