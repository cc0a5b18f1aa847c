#!/usr/bin/env python3
"""A time stamp authority on loopback, by openssl: stamps.py FOLDER

Makes a root (FOLDER/root.pem) and an authority under it, another root that has nothing to do with them
(FOLDER/other.pem), says "listens on PORT" and stamps what is posted to /. /long answers without an end,
/off with status 503, /else with a stamp of something else, /moved leads to /, /words are no stamp.
"""
import http.server
import os
import subprocess
import sys

FOLDER = sys.argv[1]
LONG = 1 << 20
CONFIG = """
[tsa]
default_tsa = a
[a]
serial = {0}/serial
signer_cert = {0}/stamps.pem
signer_key = {0}/stamps.key
certs = {0}/root.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
"""


def openssl(*words):
    return subprocess.run(["openssl", *words], cwd=FOLDER, check=True, capture_output=True).stdout


def certify():
    for name in ("root", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN=The {name}",
                "-keyout", f"{name}.key", "-out", f"{name}.pem")
    with open(f"{FOLDER}/purpose", "w") as f:
        f.write("extendedKeyUsage = critical,timeStamping\n")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Stamps/CN=A clock", "-keyout", "stamps.key",
            "-out", "stamps.csr")
    openssl("x509", "-req", "-in", "stamps.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "20", "-extfile", "purpose", "-out", "stamps.pem")
    with open(f"{FOLDER}/tsa.conf", "w") as f:
        f.write(CONFIG.format(FOLDER))


def stamp(query):
    with open(f"{FOLDER}/query", "wb") as f:
        f.write(query)
    return openssl("ts", "-reply", "-config", "tsa.conf", "-queryfile", "query")


class Authority(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        status, body = 200, b""
        if self.path == "/":
            body = stamp(query)
        elif self.path == "/else":
            body = stamp(openssl("ts", "-query", "-data", "tsa.conf", "-sha512", "-cert"))
        elif self.path == "/long":
            body = bytes(LONG)
        elif self.path == "/words":
            body = b"come back tomorrow"
        else:
            status = 307 if self.path == "/moved" else 503
        self.send_response(status)
        if status == 307:
            self.send_header("Location", "/")
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # who asked has heard enough

    def log_message(self, *_):
        pass


os.makedirs(FOLDER, exist_ok=True)
certify()
server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
print(f"listens on {server.server_address[1]}", flush=True)
server.serve_forever()
