"""PNG (W3C, third edition): keeps the chunks that the picture is drawn from. The pixels stay as they are.

Out go texts, EXIF, times, colour profiles, resolution, private chunks and all that follows the end (some
phones and Windows left there what was cropped away).
"""

from __future__ import annotations

import zlib

from reports.evidence.cleaning import DAMAGED, CleanCopy, NotCleaned, exif

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"sRGB"}
_NAMES = {b"tEXt": "comment", b"zTXt": "comment", b"iTXt": "comment", b"iCCP": "profile", b"tIME": "time"}


def clean(data: bytes) -> CleanCopy:
    """A copy without hidden data. Raises NotCleaned."""
    view, copy = memoryview(data), CleanCopy()
    kept: list[bytes | memoryview] = [SIGNATURE]
    seen: set[bytes] = set()
    orientation, at, kind = exif.UPRIGHT, len(SIGNATURE), b""
    if data[:at] != SIGNATURE:
        raise NotCleaned(DAMAGED)
    while kind != b"IEND":
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data) or zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(
            data[end - 4 : end], "big"
        ):
            raise NotCleaned(DAMAGED)
        if (kind == b"IHDR") is bool(seen):  # exactly the first one
            raise NotCleaned(DAMAGED)
        seen.add(kind)
        if kind in _KEPT:
            kept.append(view[at:end])
        elif kind == b"eXIf":
            orientation, found = exif.look(data[at + 8 : end - 4])
            copy.found |= found
        elif kind != b"pHYs":
            copy.found.add(_NAMES.get(kind, "other"))
        at = end
    if b"IDAT" not in seen:
        raise NotCleaned(DAMAGED)
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    copy.tell_size(width, height)
    if any(view[at:]):
        copy.found.add("after_end")
    if orientation != exif.UPRIGHT:
        kept.insert(2, _chunk(b"eXIf", exif.only_orientation(orientation)))  # after IHDR
    copy.parts = kept
    return copy


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
