"""JPEG (ITU-T T.81): keeps what the picture is drawn from, nothing else. The pixels stay as they are.

Out go EXIF (place, camera, time, serial number, thumbnail), XMP, IPTC, comments, colour profiles, makers'
segments, and all that follows the end of the picture (films of "motion photos", second pictures, remains
of what was cropped away).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reports.evidence.cleaning import DAMAGED, CleanCopy, NotCleaned, exif

_EOI, _SOS, _APP0, _APP1, _APP14, _COMMENT = 0xD9, 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD}  # DHT, DAC, DQT, DNL, DRI
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START, _END = b"\xff\xd8", b"\xff\xd9"
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PLAIN_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_NAMES = {_APP1: "xmp", 0xE2: "profile", 0xED: "iptc", _COMMENT: "comment"}


class _Segment(NamedTuple):
    marker: int
    start: int
    end: int
    body: bytes  # at most 32 bytes


def clean(data: bytes, *, keep_orientation: bool = True) -> CleanCopy:
    """A copy without hidden data. Raises NotCleaned."""
    picture = _Picture(data)
    for segment in _segments(data):
        picture.sort(segment)
    if not picture.framed or not picture.drawn:
        raise NotCleaned(DAMAGED)
    picture.copy.parts = [_START, *picture.first_segments(keep_orientation), *picture.kept, _END]
    return picture.copy


def _segments(data: bytes) -> Iterator[_Segment]:
    """All segments, the mark of the end is the last. Raises NotCleaned.

    What is drawn follows the head of its scan, and belongs to that segment.
    """
    if not data.startswith(_START):
        raise NotCleaned(DAMAGED)
    at = len(_START)
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1  # fill
        if len(data) < at + 2 or data[at] != 0xFF:
            raise NotCleaned(DAMAGED)
        marker = data[at + 1]
        if marker == _EOI:
            yield _Segment(marker, at, at + len(_END), b"")
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            raise NotCleaned(DAMAGED)
        body = data[at + 4 : min(end, at + 4 + 32)]
        if marker == _SOS:
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise NotCleaned(DAMAGED)
            end = following.start()
        yield _Segment(marker, at, end, body)
        at = end


class _Picture:
    """The facts about a picture from the segments that were sorted so far."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self.copy = CleanCopy()
        self.kept: list[bytes | memoryview] = []
        self.framed = self.drawn = False
        self._jfif, self._orientation = False, exif.UPRIGHT

    def sort(self, segment: _Segment) -> None:
        """Keeps the segment when the picture is drawn from it; else notes what was found in it."""
        marker, start, end, body = segment
        if marker == _SOS:
            self.drawn = True
            self.kept.append(self._data[start:end])
        elif marker in _FRAMES:
            self.framed = True
            self.kept.append(self._data[start:end])
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            self.copy.tell_size(width, height)
        elif marker in _TABLES or (marker == _APP14 and body[:5] == b"Adobe" and end - start == 16):
            self.kept.append(self._data[start:end])
        elif marker == _APP0 and body[:5] == b"JFIF\0":
            self._jfif = True
            if body[12:14] != b"\0\0":
                self.copy.found.add("thumbnail")
        elif marker == _APP1 and body[:6] == b"Exif\0\0":
            turned, found = exif.look(bytes(self._data[start + 10 : end]))
            self.copy.found |= found
            self._orientation = turned if turned != exif.UPRIGHT else self._orientation
        elif marker == _EOI:
            if any(self._data[end:]):
                self.copy.found.add("after_end")
        else:
            self.copy.found.add(_NAMES.get(marker, "other"))

    def first_segments(self, keep_orientation: bool) -> list[bytes]:
        """The start of the copy: a plain JFIF head, and which side is up."""
        first = [_PLAIN_JFIF] if self._jfif else []
        if keep_orientation and self._orientation != exif.UPRIGHT:
            block = b"Exif\0\0" + exif.only_orientation(self._orientation)
            first.append(b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block)
        return first
