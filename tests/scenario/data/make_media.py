#!/usr/bin/env python3
"""Makes what 81-files.sh sends: photo.jpg and photo.png with their place, camera and time in them,
clean.jpg and clean.png, which are what is to be left of them, and voice.wav of 2.5 seconds."""
import struct
import sys
import wave
import zlib

folder = sys.argv[1]


def write(name, data):
    with open(f"{folder}/{name}", "wb") as f:
        f.write(data)


def exif(orientation, full):
    """A TIFF block: camera, time, place and orientation; or the orientation alone."""
    if not full:
        return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x112, 3, 1, orientation) + bytes(4)
    camera, time, place = b"SecretCamera\0", b"2019:10:07 11:22:33\0", b"SecretPlace N52 E4\0"
    entries = 4
    at = 8 + 2 + 12 * entries + 4
    gps_at = at + len(camera) + len(time)
    ifd = struct.pack("<H", entries)
    ifd += struct.pack("<HHII", 0x110, 2, len(camera), at)
    ifd += struct.pack("<HHII", 0x112, 3, 1, orientation)
    ifd += struct.pack("<HHII", 0x132, 2, len(time), at + len(camera))
    ifd += struct.pack("<HHII", 0x8825, 4, 1, gps_at)
    gps = struct.pack("<H", 1) + struct.pack("<HHII", 0x1B, 2, len(place), gps_at + 18) + bytes(4)
    return b"II*\0\x08\0\0\0" + ifd + bytes(4) + camera + time + gps + place


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(clean):
    """64 × 48, grey: one Huffman code for each of DC 0 and end of block, so that all data is 0."""
    dqt = segment(0xDB, b"\0" + b"\1" * 64)
    sof = segment(0xC0, struct.pack(">BHHB", 8, 48, 64, 1) + b"\1\x11\0")
    counts = b"\1" + bytes(15)
    dht = segment(0xC4, b"\0" + counts + b"\0") + segment(0xC4, b"\x10" + counts + b"\0")
    sos = segment(0xDA, b"\1\1\0\0\x3f\0")
    scan = bytes(8 * 6 * 2 // 8)
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    out = b"\xff\xd8"
    if clean:
        out += segment(0xE1, b"Exif\0\0" + exif(6, False)) + jfif
    else:
        out += jfif + segment(0xE1, b"Exif\0\0" + exif(6, True))
        out += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SecretPlace</x:xmpmeta>")
        out += segment(0xED, b"Photoshop 3.0\0SecretCity") + segment(0xFE, b"SecretComment")
    out += dqt + sof + dht + sos + scan + b"\xff\xd9"
    return out if clean else out + b"a film with its SecretPlace"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(clean):
    rows = b"".join(b"\0" + bytes((x * 3 + y) & 255 for x in range(96)) for y in range(40))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 40, 8, 2, 0, 0, 0))
    if clean:
        out += chunk(b"eXIf", exif(3, False))
    else:
        out += chunk(b"tEXt", b"Location\0SecretPlace") + chunk(b"eXIf", exif(3, True))
        out += chunk(b"tIME", b"\x07\xe3\x0a\x07\x0b\x16\x21")
    return out + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


for name, make in (("jpg", jpeg), ("png", png)):
    write(f"photo.{name}", make(False))
    write(f"clean.{name}", make(True))
with wave.open(f"{folder}/voice.wav", "wb") as w:
    w.setnchannels(1)
    w.setsampwidth(2)
    w.setframerate(8000)
    w.writeframes(bytes(range(256)) * 156 + bytes(64))
