#!/usr/bin/env bash
# The readable forms of an evidence package, read by tools that are not ours: RSMF by Python's mail and zip
# and its published schema, CASE/UCO by its shapes, the report by poppler. Nothing of what is redacted
# can be found in any of them.
# Alone: IRONSIDE_BUILD=BUILD-FOLDER tests/scenario/92-forms.sh
# shellcheck source=tests/scenario/lib.sh
. "$(dirname "$0")/lib.sh"

need pdftotext poppler-utils
need python3 python3
BUILD=${IRONSIDE_BUILD:?the build folder}
SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
SHARED=${IRONSIDE_SHARED:-$SOURCE/../shared}
FORMS=$SCENE/forms

mkdir "$FORMS" "$SCENE/again" "$SCENE/manifests" "$SCENE/planted"

step "the same part gives the same bytes, whatever the clock and the zone"
"$BUILD/tests/scenario/forms_driver" "$FORMS" || fail "forms_driver"
TZ=Pacific/Auckland "$BUILD/tests/scenario/forms_driver" "$SCENE/again" || fail "forms_driver, again"
diff -r "$FORMS" "$SCENE/again" || fail "the forms differ"

step "RSMF: mails with a zip, in which the manifest and every attachment is"
python3 - "$FORMS/threads" "$SCENE/manifests" << 'END' || fail "Python reads RSMF otherwise"
import email, email.policy, io, json, pathlib, sys, zipfile
found = sorted(pathlib.Path(sys.argv[1]).glob('*.rsmf'))
assert len(found) == 3, found
for path in found:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert not mail.defects and mail['X-RSMF-Version'] == '2.0.0'
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == 'rsmf.zip'
    package = zipfile.ZipFile(io.BytesIO(attachment.get_content()))
    assert package.testzip() is None
    text = package.read('rsmf_manifest.json').decode()
    manifest = json.loads(text)
    assert int(mail['X-RSMF-EventCount']) == len(manifest['events'])
    for event in manifest['events']:
        for one in event.get('attachments', []):
            assert package.read(one['id'])
    (pathlib.Path(sys.argv[2]) / (path.stem + '.json')).write_text(text)
    (pathlib.Path(sys.argv[2]) / (path.stem + '.txt')).write_text(mail.get_body().get_content())
END

# schema WORD PATH FILE…: against what is published, where that lies beside the project.
schema() {
    (cd "$SOURCE/web" && node tests/forms.mjs "$@")
}
if [ ! -d "$SOURCE/web/node_modules/ajv" ] || [ ! -d "$SOURCE/web/node_modules/shacl-engine" ]; then
    step "NOT held against published schemas: tools/page has not installed ajv and shacl-engine"
else
    rsmf=$SHARED/data/rsmf/rsmf_schema_2_0_0.json shapes=$SHARED/data/case-uco
    if [ -f "$rsmf" ]; then
        step "RSMF against its published schema"
        schema rsmf "$rsmf" "$SCENE"/manifests/*.json || fail "RSMF's schema"
        sed 's/"timestamp": *"[^"]*Z"/"timestamp":"noon"/' "$SCENE"/manifests/*-NORTH-00000015.json > "$SCENE/bad.json"
        refused 1 'must match format "date-time"' schema rsmf "$rsmf" "$SCENE/bad.json"
    else
        step "NOT held against RSMF's schema: $rsmf is not there"
    fi
    if [ -d "$shapes" ]; then
        step "CASE/UCO against its shapes"
        schema case "$shapes" "$FORMS/case.jsonld" || fail "UCO's shapes"
        sed 's/"types:hashMethod":"SHA256",//' "$FORMS/case.jsonld" > "$SCENE/bad.jsonld"
        refused 1 "/Hash-" schema case "$shapes" "$SCENE/bad.jsonld"
    else
        step "NOT held against UCO's shapes: $shapes is not there"
    fi
fi

step "the report: pages, text of every script, and a black box"
pdftotext -layout "$FORMS/report.pdf" "$SCENE/report.txt" || fail "pdftotext"
for words in "page 3 of 3" NORTH-00000001 NORTH-00000015 "Hello <script>alert(1)</script>" \
    "redacted: privileged: lawyer" "not verified: the verdict's signature" "你好" "नमस्ते" "สวัสดี"; do
    grep -qF -- "$words" "$SCENE/report.txt" || fail "the report does not say '$words'"
done
pdftoppm -r 72 -gray "$FORMS/report.pdf" "$SCENE/page" || fail "pdftoppm"
python3 - "$SCENE"/page-*.pgm << 'END' || fail "there is not one box, 483 points wide"
import sys
boxes = 0
for name in sys.argv[1:]:
    kind, size, most, pixels = open(name, 'rb').read().split(b'\n', 3)
    width = int(size.split()[0])
    rows = [pixels[i:i + width] for i in range(0, len(pixels), width)]
    black = [row.count(0) >= 300 for row in rows]
    boxes += sum(1 for i, b in enumerate(black) if b and not black[i - 1])
sys.exit(boxes != 1)
END

step "what is redacted is in none of them"
"$BUILD/tests/scenario/forms_driver" "$SCENE/planted" planted || fail "forms_driver planted"
python3 - "$SCENE/planted" << 'END' || fail "Python does not open them"
import email, email.policy, io, pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
for path in list(folder.glob('threads/*.rsmf')):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    (attachment,) = mail.iter_attachments()
    zipfile.ZipFile(io.BytesIO(attachment.get_content())).extractall(str(path) + '.opened')
    (folder / (path.name + '.txt')).write_text(mail.get_body().get_content())
END
pdftotext -raw "$SCENE/planted/report.pdf" "$SCENE/planted/report.txt" || fail "pdftotext"
pdfinfo "$SCENE/planted/report.pdf" > "$SCENE/planted/info.txt" || fail "pdfinfo"
for where in load threads index.html report.txt case.jsonld; do
    LC_ALL=C grep -rqaF "privileged" "$SCENE/planted/$where" || fail "$where does not say why"
done
LC_ALL=C grep -rlaE "planted|51966|4711" "$SCENE/planted" && fail "a form says what is redacted"
step "done"
