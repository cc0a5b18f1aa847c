#!/usr/bin/env python3
"""cutting_proxy.py ADDRESS PLAIN CUT COUNT: takes connections on ADDRESS, ports PLAIN and CUT, and
hands them on to 127.0.0.1. The first COUNT on CUT are cut after a number of bytes from their client
that nobody chose; says "cut AFTER" of each."""
import random
import socket
import sys
import threading

address, plain, cut, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
lock = threading.Lock()


def carry(source, target, limit):
    done = 0
    try:
        while limit is None or done < limit:
            data = source.recv(16384)
            if not data:
                break
            target.sendall(data if limit is None else data[: limit - done])
            done += len(data)
    except OSError:
        pass
    if limit is not None and done >= limit:
        print("cut", limit, flush=True)
    for s in (source, target):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def listen(port):
    global count
    server = socket.create_server((address, port))
    while True:
        client, _ = server.accept()
        limit = None
        with lock:
            if port == cut and count > 0:
                count -= 1
                limit = random.randint(600, 2500000)
        try:
            other = socket.create_connection(("127.0.0.1", port))
        except OSError:
            client.close()
            continue
        threading.Thread(target=carry, args=(client, other, limit), daemon=True).start()
        threading.Thread(target=carry, args=(other, client, None), daemon=True).start()


threading.Thread(target=listen, args=(plain,), daemon=True).start()
print("ready", flush=True)
listen(cut)
