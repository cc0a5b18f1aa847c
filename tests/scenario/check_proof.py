#!/usr/bin/env python3
"""Checks the proof of a message by hand: hashes in Python, signatures by openssl, nothing of Ironside's.

  check_proof.py PROOF NETWORK-NOTE TEXT    PROOF: what GET /api/messages/{id}/proof has answered
                                            NETWORK-NOTE: the trusted copy of the network's note
                                            TEXT: what the message should say

Prints "proved: N steps" and ends with 0; or says which step does not hold, with 1. docs/protocol.md,
"Proof", has the steps.
"""
import base64
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile

STEPS = 0


def must(holds, what):
    global STEPS
    STEPS += 1
    if not holds:
        print(f"wrong: {what}")
        sys.exit(1)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ed25519(key, text, signature):
    """By openssl: the key in the form of RFC 8410."""
    with tempfile.TemporaryDirectory() as d:
        names = {"key": bytes.fromhex("302a300506032b6570032100") + key, "text": text, "sig": signature}
        for name, data in names.items():
            with open(os.path.join(d, name), "wb") as f:
                f.write(data)
        return (
            subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin",
                 "-in", "text", "-sigfile", "sig"],
                cwd=d, capture_output=True, check=False,
            ).returncode == 0
        )


def split(note):
    """A note's text, and its signatures by name."""
    text, _, rest = note.rpartition("\n\n")
    signatures = {}
    for line in rest.splitlines():
        dash, name, blob = line.split(" ")
        assert dash == "—"
        signatures[name] = base64.b64decode(blob)
    return (text + "\n").encode(), signatures


def signed_by(note, name, key):
    text, signatures = split(note)
    blob = signatures.get(name, b"")
    return blob[:4] == sha(name.encode(), b"\n\x01", key)[:4] and ed25519(key, text, blob[4:])


def values(note, key):
    return [l[len(key) + 1 :] for l in split(note)[0].decode().splitlines() if l.startswith(key + " ")]


def root_of(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    if index >= size:
        return None
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = sha(b"\x01", p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\x01", r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


def block(data):
    return len(data).to_bytes(4, "big") + data


def instant(text):
    t = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(t.timestamp() * 1000).to_bytes(8, "big")


def transcript(record, bot_key):
    """T: docs/protocol.md, "Access element"."""
    place = record["place"]
    parts = [b"ironside transcript 1\0", sha(split(record["certificate"])[0]), block(record["from"].encode())]
    parts += [len(record["to"]).to_bytes(4, "big")] + [block(to.encode()) for to in record["to"]]
    parts += [block(record["id"].encode()), instant(record["at"]), block(record["bot"].encode()), sha(bot_key)]
    parts += [record["policy"].to_bytes(4, "big"), record["n"].to_bytes(8, "big"), base64.b64decode(record["prev"])]
    parts += [block(base64.b64decode(record["iv"])), sha(base64.b64decode(record["payload"]))]
    parts += [len(record["files"]).to_bytes(4, "big")]
    for digest, size, path in record["files"]:
        parts += [base64.b64decode(digest), size.to_bytes(8, "big"), block(path.encode())]
    return sha(*parts, bytes(32) if place is None else sha(place.encode()))


def opened(key, iv, payload):
    """AES-128-GCM's text without its tag: that these are the bytes that were signed T has shown."""
    counter = iv + (2).to_bytes(4, "big")
    return subprocess.run(
        ["openssl", "enc", "-d", "-aes-128-ctr", "-K", key[:16].hex(), "-iv", counter.hex()],
        input=payload, capture_output=True, check=True,
    ).stdout


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        proof = json.load(f)
    with open(sys.argv[2], encoding="utf-8") as f:
        network = f.read()
    documents = proof["documents"]

    # Whose keys these are.
    must(documents["network"] == network, "the network note is another than the trusted one")
    custodians = dict(v.split(" ") for v in values(network, "custodian"))
    quorum = int(values(network, "quorum")[0])
    for kind in ("policy", "warrant"):
        count = sum(signed_by(documents[kind], n, base64.b64decode(k)) for n, k in custodians.items())
        must(count >= quorum, f"{count} custodians have signed the {kind}")
    registrar = "registrar." + values(network, "domain")[0]
    key = base64.b64decode(values(network, "registrar")[0])
    must(signed_by(documents["certificate"], registrar, key), "the certificate is not the registrar's")
    warrant_hash = hashlib.sha256(split(documents["warrant"])[0]).hexdigest()
    named = [v for v in values(documents["policy"], "warrant") if v.startswith(proof["warrant"] + " ")]
    must(named and warrant_hash in named[0], "the policy does not name the warrant")
    bots = dict(v.split(" ")[:2] for v in values(documents["policy"], "bot"))
    bot_key = base64.b64decode(bots[proof["bot"]])

    # In which place of which tree.
    must(signed_by(proof["checkpoint"], proof["bot"], bot_key), "the checkpoint is not the bot's")
    origin, size, root = split(proof["checkpoint"])[0].decode().splitlines()[:3]
    must(origin == proof["bot"], "the checkpoint is of another tree")
    for what in ("record", "batch", "round"):
        x = proof[what]
        leaf = sha(b"\x00", x["text"].encode())
        path = [bytes.fromhex(p) for p in x["path"]]
        must(root_of(leaf, x["leaf"], int(size), path) == base64.b64decode(root), f"the {what} is not in the tree")
    words = proof["batch"]["text"].split(" ")
    must(words[:4] == ["ironside", "batch", "2", proof["warrant"]], "the batch is another warrant's")
    must(int(words[5]) <= proof["record"]["leaf"] < int(words[5]) + int(words[6]), "the batch does not hold it")

    # What the public log has: nothing is said of it where the desk has no copy.
    log = proof["log"]
    if log["checkpoint"]:
        must(signed_by(log["checkpoint"], registrar, key), "the log's checkpoint is not the registrar's")
        origin, size, root = split(log["checkpoint"])[0].decode().splitlines()[:3]
        must(origin == registrar + "/log", "the checkpoint is of another log")
        for what, kind in (("certificate", "device"), ("policy", "policy")):
            x, text = log[what], split(documents[what])[0]
            must(x["text"].startswith(f"ironside log 1 {kind} {hashlib.sha256(text).hexdigest()} "),
                 f"the log's entry is of another {what}")
            leaf = sha(b"\x00", x["text"].encode())
            path = [bytes.fromhex(p) for p in x["path"]]
            must(root_of(leaf, x["leaf"], int(size), path) == base64.b64decode(root), f"the {what} is not in the log")

    # The bot's verdict.
    v = proof["verdict"]
    signed, line = base64.b64decode(v["signed"]), base64.b64decode(v["line"])
    must(ed25519(bot_key, signed, base64.b64decode(v["signature"])), "the verdict is not the bot's")
    path = [bytes.fromhex(p) for p in v["path"]]
    must(root_of(sha(b"\x00", line), v["index"], v["count"], path) == signed[-32:], "the verdict has another line")
    must(proof["round"]["text"] == f"ironside verdicts 1 {signed[-32:].hex()} {v['count']}", "the round is another")

    # The device's signature, and what was said.
    record = json.loads(proof["record"]["text"])
    certificate = documents["certificate"]
    must(record["certificate"] == certificate, "the record has another certificate")
    s, sig = base64.b64decode(proof["signed"]), base64.b64decode(record["sig"])
    must(ed25519(base64.b64decode(values(certificate, "key")[0]), s, sig), "the device has not signed it")
    must(line[:32] == sha(b"ironside digest 1\0", s, sig), "the verdict is on another message")
    must(line[32:64] == hashlib.sha256(split(certificate)[0]).digest(), "the verdict is on another device")
    must(line[72] == 1, "it was refused")
    must(values(certificate, "account")[0] == record["from"], "it is from another account")
    must(s.startswith(b"ironside message 1\0" + transcript(record, bot_key)), "what was signed is not the record")
    key, iv, payload = (base64.b64decode(record[n]) for n in ("key", "iv", "payload"))
    must(opened(key, iv, payload) == sys.argv[3].encode(), "it says something else")
    print(f"proved: {STEPS} steps")


main()
