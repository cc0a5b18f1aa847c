#!/usr/bin/env python3
"""All that can be read of an unpacked package, for a search: package_words.py FOLDER

Prints every byte of its files, what is base64 in its mails, what is in their zips, and the payloads of
records, opened by openssl with the keys that these have.
"""
import base64
import email
import io
import json
import os
import subprocess
import sys
import zipfile


def say(name, data):
    sys.stdout.write(f"== {name}\n" + data.decode("utf-8", "replace") + "\n")


def say_mail(name, data):
    for part in email.message_from_bytes(data).walk():
        content = part.get_payload(decode=True)
        if content is None:
            continue
        say(name, content)
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as z:
                for inner in z.namelist():
                    say(f"{name} {inner}", z.read(inner))


def say_records(name, data):
    for line in data.splitlines():
        text = json.loads(line).get("record")
        if text is None:
            continue
        record = json.loads(text)
        key, iv, payload = (base64.b64decode(record[n]) for n in ("key", "iv", "payload"))
        opened = subprocess.run(
            ["openssl", "enc", "-d", "-aes-128-ctr", "-K", key[:16].hex(), "-iv", (iv + b"\0\0\0\2").hex()],
            input=payload, capture_output=True, check=True,
        ).stdout
        say(name, opened)


for folder, _, files in os.walk(sys.argv[1]):
    for file in sorted(files):
        path = os.path.join(folder, file)
        with open(path, "rb") as f:
            content = f.read()
        say(path, content)
        if file.endswith(".rsmf"):
            say_mail(path, content)
        if os.sep + "records" + os.sep in path:
            say_records(path, content)
