"""The one thing of EXIF that a clean copy keeps: which way up the picture is."""

from __future__ import annotations

import struct

_ORIENTATION, _GPS, _SHORT = 0x0112, 0x8825, 3
UPRIGHT = 1


def look(block: bytes) -> tuple[int, set[str]]:
    """The orientation (1 to 8) in a TIFF block, and what hidden data it held. Never fails: hostile input."""
    found = {"exif"}
    try:
        order = {b"II": "<", b"MM": ">"}[block[:2]]
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, start)
        orientation = UPRIGHT
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", block, at)
            if tag == _GPS:
                found.add("location")
            if tag == _ORIENTATION and kind == _SHORT and UPRIGHT < value <= 8:
                orientation = value
    except (KeyError, struct.error):
        return UPRIGHT, found
    return orientation, found


def only_orientation(orientation: int) -> bytes:
    """A TIFF block of 26 bytes that says nothing else."""
    entry = struct.pack("<HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
