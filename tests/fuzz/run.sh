#!/bin/sh
# Fuzzes each target for a while and says what came of it, one line a target:
#     tests/fuzz/run.sh BUILDDIR SECONDS [TARGET…]
# BUILDDIR was set up with
#     CC=clang meson setup BUILDDIR -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
# New inputs gather in BUILDDIR/corpus, those that crash or hang in BUILDDIR/crashes.
set -u
if [ $# -lt 2 ]; then
    echo "usage: $0 BUILDDIR SECONDS [TARGET...]" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) || exit 2
seconds=$2
shift 2
# shellcheck disable=SC2046 # names without blanks
[ $# -gt 0 ] || set -- $(find "$build/tests/fuzz" -maxdepth 1 -type f -name 'fuzz_*' -executable \
    ! -name '*_replay' ! -name fuzz_make_seeds -printf '%f\n' | sed 's/^fuzz_//' | sort)

# A little over what the format allows where that is small; else what is enough to meet its caps
# in parts.
max_len() {
    case $1 in
    age) echo 4096 ;;
    bundle) echo 65536 ;;
    bag | content | document | frames | package | stanza | record | vault) echo 16384 ;;
    *) echo 8192 ;;
    esac
}

dictionary() {
    case $1 in
    access | registry | stanza | xml_stream) echo "-dict=$here/xml.dict" ;;
    content | document | note | package) echo "-dict=$here/document.dict" ;;
    query) echo "-dict=$here/query.dict" ;;
    bundle | record | replay_line) echo "-dict=$here/json.dict" ;;
    esac
}

count_crashes() {
    find "$build/crashes" -name "$1-*" | wc -l
}

status=0
mkdir -p "$build/crashes"
for target; do
    binary=$build/tests/fuzz/fuzz_$target
    corpus=$build/corpus/$target
    log=$build/corpus/$target.log
    mkdir -p "$corpus"
    before=$(count_crashes "$target")
    # shellcheck disable=SC2046 # a dictionary or nothing
    "$binary" -max_total_time="$seconds" -max_len="$(max_len "$target")" -timeout=20 \
        -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$build/crashes/$target-" \
        $(dictionary "$target") "$corpus" "$here/seeds/$target" >"$log" 2>&1
    ended=$?
    execs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
    crashes=$(($(count_crashes "$target") - before))
    printf '%-12s %10s execs  coverage %6s  crashes %d\n' "$target" "${execs:-?}" "${cover:-?}" \
        "$crashes"
    [ "$ended" -eq 0 ] && [ "$crashes" -eq 0 ] || status=1
done
exit $status
