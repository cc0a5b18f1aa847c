#!/usr/bin/env bash
# The manual says what the programs say: each verb's usage and options stand in its page in the same
# words, each option of a page is one of the program, and each that the program takes is in its
# --help.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/05-manual.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need mandoc mandoc
BUILD=${IRONSIDE_BUILD:?the build folder}
SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
IRONSIDE=$BUILD/ironside
MAN=$SOURCE/docs/man

# One line, single spaces.
flat() {
    tr -s ' \t\n' ' '
}

# plain FILE: a page on a terminal that is not UTF-8 must say the same as on one that is.
plain() {
    local lost
    lost=$(LC_ALL=C mandoc -T locale "$1" | LC_ALL=C sed 's/.\x08//g' |
        LC_ALL=C grep -nE '<\?>|[^ -~]')
    [ -z "$lost" ] || fail "$(basename "$1") loses characters in the C locale: $lost"
}

# page FILE: as it is read, flat; $SCENE/NAME.flat.
page() {
    mandoc -T utf8 -O width=1000 "$1" | LC_ALL=C.UTF-8 sed 's/.\x08//g' | flat \
        > "$SCENE/$(basename "$1").flat"
}

# stands PAGE TEXT
stands() {
    grep -qF -- "$2" "$SCENE/$1.flat" || fail "$1 does not say '$2'"
}

# page_of "device send": its page.
page_of() {
    echo "ironside-${1%% *}.1"
}

# help_of "device send"
help_of() {
    # shellcheck disable=SC2086
    "$IRONSIDE" $1 --help
}

# The terms of a --help, one a line: the option as it is written, a tab, what it does.
terms_of() {
    help_of "$1" | awk '
        /^  -/ { if (term != "") print term "\t" text
                 match($0, /[^ ]  +[^ ]/)
                 term = substr($0, 3, RSTART - 2); text = substr($0, RSTART + 1); sub(/^ +/, "", text)
                 next }
        /^   / && term != "" && text != "" { sub(/^ +/, ""); text = text " " $0 }
        END { if (term != "") print term "\t" text }'
}

step "the pages are in order"
for file in "$MAN"/*.[1578]; do
    lint=$(mandoc -T lint "$file" 2> /dev/null | grep -v "referenced manual not found")
    [ -z "$lint" ] || fail "$lint"
    plain "$file"
    page "$file"
    while read -r name section; do
        [ -e "$MAN/$name.$section" ] || fail "$(basename "$file") refers to $name($section)"
    done < <(sed -n 's/^\.Xr \(ironside[a-z-]*\) \([1578]\).*/\1 \2/p' "$file")
done

step "the list of verbs"
VERBS=()
while IFS=$'\t' read -r verb text; do
    VERBS+=("$verb")
    stands ironside.1 "$verb $text"
    [ -e "$MAN/$(page_of "$verb")" ] || fail "there is no page for $verb"
done < <("$IRONSIDE" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)   *\(.*\)/\1\t\2/p')
[ ${#VERBS[@]} -gt 10 ] || fail "the help lists ${#VERBS[@]} verbs"

step "each verb's help stands in its page"
for verb in "${VERBS[@]}"; do
    name=$(page_of "$verb")
    help_of "$verb" | LC_ALL=C grep -q '[^ -~]' && fail "the help of $verb is not ASCII"
    usage=$(help_of "$verb" | sed '/^usage: /,/^[^ u]/!d' | sed '$d' | flat)
    usage=${usage#usage: }
    [[ $usage == "ironside $verb "* ]] || fail "the help of $verb begins with '$usage'"
    stands "$name" "${usage% }"
    help_of "$verb" | grep -oE -- '--[a-z][a-z-]*' | sort -u > "$SCENE/said"
    cat "$SCENE/said" >> "$SCENE/$name.options"
    cat "$SCENE/said" >> "$SCENE/all.options"
    terms_of "$verb" > "$SCENE/terms"
    while IFS=$'\t' read -r term text; do
        stands "$name" "$term $text"
    done < "$SCENE/terms"
    for option in $(grep -oE -- '--[a-z][a-z-]*' <<< "$usage" | sort -u); do
        cut -f1 "$SCENE/terms" | grep -qE -- "^$option( |\$)" ||
            fail "the help of $verb does not explain $option"
    done
done

step "each option of a page is one of its verbs'"
printf '%s\n' --help >> "$SCENE/ironside-ibot.8.options"
printf '%s\n' --help >> "$SCENE/ironside-registrar.8.options"
printf '%s\n' --help --passphrase-fd >> "$SCENE/ironside-desk.8.options"
for name in $(cd "$MAN" && ls -- *.[18]); do
    [ "$name" = ironside.1 ] && continue
    # What follows the description are examples of other verbs, too.
    sed 's/ EXIT STATUS .*//' "$SCENE/$name.flat" | grep -oE -- ' \[?--[a-z][a-z-]*' |
        tr -d ' [' | sort -u > "$SCENE/shown"
    sort -u -o "$SCENE/$name.options" "$SCENE/$name.options"
    extra=$(comm -23 "$SCENE/shown" "$SCENE/$name.options")
    [ -z "$extra" ] || fail "$name has options that the program has not: $extra"
done

step "each option of a help is taken, and each that is taken is in a help"
for verb in "${VERBS[@]}"; do
    for option in $(terms_of "$verb" | cut -f1 | grep -oE -- '^--[a-z-]+'); do
        # shellcheck disable=SC2086
        said=$("$IRONSIDE" $verb "$option" 2>&1 < /dev/null)
        [[ $said == *"no option"* ]] && fail "$verb does not take $option"
    done
    # shellcheck disable=SC2086
    said=$("$IRONSIDE" $verb --no-such-option 2>&1 < /dev/null)
    [ $? -eq 2 ] || fail "$verb takes an option that there is not"
    [ "$(wc -l <<< "$said")" -eq 1 ] || fail "$verb says more than a line: $said"
    [[ $said == "ironside $verb: there is no option --no-such-option"* ]] || fail "$verb says $said"
done
grep -rhoE '\{? *\.name = "[a-z-]+", *(\.flag = true, *)?\.(value|set|list)' "$SOURCE/src/cli" |
    grep -oE '"[a-z-]+"' | tr -d '"' | sort -u > "$SCENE/taken"
[ "$(wc -l < "$SCENE/taken")" -gt 15 ] || fail "the options of the source are not found"
while read -r name; do
    grep -qxF -- "--$name" "$SCENE/all.options" || fail "no help has --$name"
done < "$SCENE/taken"

step "the other programs"
for program in registrar ibot desk; do
    "$BUILD/ironside-$program" --help > "$SCENE/said" || fail "ironside-$program --help fails"
    usage=$(sed -n 's/^usage: //p' "$SCENE/said")
    stands "ironside-$program.8" "$usage"
    said=$("$BUILD/ironside-$program" 2>&1)
    [ $? -eq 2 ] || fail "ironside-$program without a folder does not end with 2"
    [ "$said" = "usage: $usage" ] || fail "ironside-$program says '$said'"
done
for wrong in "" nonsense device "device nonsense" init; do
    # shellcheck disable=SC2086
    said=$("$IRONSIDE" $wrong 2>&1)
    [ $? -eq 2 ] || fail "'ironside $wrong' does not end with 2"
    [ "$(wc -l <<< "$said")" -eq 1 ] || fail "'ironside $wrong' says more than a line: $said"
done
step "done"
