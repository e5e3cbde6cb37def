"""JPEG (ITU-T T.81): keeps what the picture is drawn from, nothing else. The pixels stay as they are.

Out go EXIF (place, camera, time, serial number, thumbnail), XMP, IPTC, comments, colour profiles, makers'
segments, and all that follows the end of the picture (films of "motion photos", second pictures, remains
of what was cropped away).
"""

from __future__ import annotations

import re

from reports.evidence.cleaning import DAMAGED, CleanCopy, NotCleaned, exif

_SOI, _EOI, _SOS, _APP0, _APP1, _APP14, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD}  # DHT, DAC, DQT, DNL, DRI
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PLAIN_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_NAMES = {_APP1: "xmp", 0xE2: "profile", 0xED: "iptc", _COMMENT: "comment"}


def clean(data: bytes, *, keep_orientation: bool = True) -> CleanCopy:
    """A copy without hidden data. Raises NotCleaned."""
    view, copy = memoryview(data), CleanCopy()
    kept: list[bytes | memoryview] = []
    orientation, jfif, framed, drawn = exif.UPRIGHT, False, False, False
    at = 2
    if data[:2] != b"\xff\xd8":
        raise NotCleaned(DAMAGED)
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1  # fill
        if len(data) < at + 2 or data[at] != 0xFF:
            raise NotCleaned(DAMAGED)
        marker = data[at + 1]
        if marker == _EOI:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            raise NotCleaned(DAMAGED)
        body = data[at + 4 : min(end, at + 4 + 32)]
        if marker == _SOS:
            drawn = True
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise NotCleaned(DAMAGED)
            end = following.start()
            kept.append(view[at:end])
        elif marker in _FRAMES:
            framed = True
            kept.append(view[at:end])
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            copy.tell_size(width, height)
        elif marker in _TABLES or (marker == _APP14 and body[:5] == b"Adobe" and end - at == 16):
            kept.append(view[at:end])
        elif marker == _APP0 and body[:5] == b"JFIF\0":
            jfif = True
            if body[12:14] != b"\0\0":
                copy.found.add("thumbnail")
        elif marker == _APP1 and body[:6] == b"Exif\0\0":
            turned, found = exif.look(data[at + 10 : end])
            copy.found |= found
            orientation = turned if turned != exif.UPRIGHT else orientation
        else:
            copy.found.add(_NAMES.get(marker, "other"))
        at = end
    if not framed or not drawn:
        raise NotCleaned(DAMAGED)
    if any(data[at + 2 :]):
        copy.found.add("after_end")
    start = [b"\xff\xd8"]
    if jfif:
        start.append(_PLAIN_JFIF)
    if keep_orientation and orientation != exif.UPRIGHT:
        block = b"Exif\0\0" + exif.only_orientation(orientation)
        start.append(b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block)
    copy.parts = [*start, *kept, b"\xff\xd9"]
    return copy
