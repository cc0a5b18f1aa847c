#!/usr/bin/env python3
"""Looks for known secrets where they may not be, for the scenario scripts.

  find_secret.py PATTERNS memory PID       in the memory of a process; needs root
  find_secret.py PATTERNS process PID      in its arguments and environment
  find_secret.py PATTERNS files PATH…      in files, and in folders with all below
  find_secret.py PATTERNS watch FOLDER END in arguments and environment of every process that has
                                           FOLDER in its arguments, until the file END exists

PATTERNS holds a line "NAME HEX" for each secret. Each is looked for as it is, in hexadecimal, in
base64 (wherever it begins) and in UTF-16. Prints a line "NAME as FORM in PLACE" for the first hit of
each form, at the end "looked at N", and ends with 0; what is to be found or not the caller says.
"""
import base64
import os
import sys
import time

CHUNK = 1 << 20


def forms(secret):
    yield "raw", secret
    yield "hex", secret.hex().encode()
    for shift in range(3):
        # What depends on the bytes before and behind is cut off.
        text = base64.b64encode(b"\0" * shift + secret)
        start = [0, 2, 3][shift]
        yield f"base64+{shift}", text[start : (len(secret) + shift) // 3 * 4]
    try:
        yield "UTF-16", secret.decode().encode("utf-16-le")
    except UnicodeDecodeError:
        pass


def read_patterns(path):
    with open(path, encoding="ascii") as f:
        for line in f:
            name, value = line.split()
            for form, needle in forms(bytes.fromhex(value)):
                assert len(needle) >= 8, f"{name}: too short to look for"
                yield name, form, needle


class Search:
    def __init__(self, patterns):
        self.patterns = list(patterns)
        self.longest = max(len(n) for _, _, n in self.patterns)
        self.hits = set()
        self.looked = 0

    def look(self, data, place):
        if not data.strip(b"\0"):
            return
        for name, form, needle in self.patterns:
            if (name, form) not in self.hits and needle in data:
                self.hits.add((name, form))
                print(f"{name} as {form} in {place}")

    def stream(self, read, place):
        tail = b""
        while chunk := read(CHUNK):
            self.look(tail + chunk, place)
            tail = (tail + chunk)[-self.longest :]


def memory(search, pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(
        f"/proc/{pid}/mem", "rb", buffering=0
    ) as mem:
        for line in maps:
            field = line.split(maxsplit=5)
            name = field[5].strip() if len(field) > 5 else ""
            if name in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                continue
            start, end = (int(x, 16) for x in field[0].split("-"))

            def read(size):
                nonlocal start
                size = min(size, end - start)
                if size <= 0:
                    return b""
                try:
                    data = os.pread(mem.fileno(), size, start)
                except OSError:
                    if size > 4096:
                        return read(4096)
                    data = b"\0" * size  # a page that is not there, such as a guard
                start += len(data)
                search.looked += len(data)
                return data

            search.stream(read, f"memory of {pid}, {name or 'anonymous'}")


def process(search, pid):
    for what in ("cmdline", "environ"):
        with open(f"/proc/{pid}/{what}", "rb") as f:
            search.look(f.read(), f"{what} of {pid}")
    search.looked += 1


def files(search, paths):
    for path in paths:
        below = [path] if not os.path.isdir(path) else [
            os.path.join(folder, n) for folder, _, names in os.walk(path) for n in names
        ]
        for name in below:
            if os.path.isfile(name):
                with open(name, "rb") as f:
                    search.stream(f.read, name)
                search.looked += 1


def watch(search, folder, end):
    seen = set()
    while not os.path.exists(end):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    arguments = f.read()
                if folder.encode() in arguments and int(pid) != os.getpid():
                    process(search, pid)
                    seen.add((pid, arguments))
            except OSError:
                pass  # it has ended
        time.sleep(0.03)
    search.looked = len(seen)


def main():
    search = Search(read_patterns(sys.argv[1]))
    how, rest = sys.argv[2], sys.argv[3:]
    if how == "memory":
        memory(search, rest[0])
    elif how == "process":
        process(search, rest[0])
    elif how == "files":
        files(search, rest)
    elif how == "watch":
        watch(search, *rest)
    else:
        sys.exit(2)
    print(f"looked at {search.looked}")


main()
