"""WebP (RFC 9649): keeps picture, transparency and animation. The pixels stay as they are.

Out go EXIF (with the place), XMP, colour profiles, unknown chunks (also inside the frames of an animation)
and all that follows the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.evidence.cleaning import DAMAGED, CleanCopy, NotCleaned, exif

_PICTURE = {b"VP8 ", b"VP8L", b"ALPH"}
_NAMES = {b"XMP ": "xmp", b"ICCP": "profile"}
_FLAG_ANIMATION, _FLAG_EXIF, _FLAG_ALPHA = 0x02, 0x08, 0x10
_FRAME_HEAD = 16


def clean(data: bytes) -> CleanCopy:
    """A copy without hidden data. Raises NotCleaned."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotCleaned(DAMAGED)
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise NotCleaned(DAMAGED)
    view, copy = memoryview(data), CleanCopy()
    kept: list[bytes | memoryview] = []
    orientation, pictures = exif.UPRIGHT, 0
    extended: bytearray | None = None
    for kind, body in _chunks(view[12:end]):
        if kind == b"VP8X" and len(body) == 10 and extended is None:
            extended = bytearray(body)
            extended[0] &= _FLAG_ANIMATION | _FLAG_ALPHA
            copy.tell_size(*(1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7)))
        elif kind in _PICTURE:
            pictures += kind != b"ALPH"
            kept += _chunk(kind, body)
        elif kind == b"ANIM":
            kept += _chunk(kind, body)
        elif kind == b"ANMF":
            pictures += 1
            frame = _frame(body, copy)
            kept += _chunk(kind, frame)
        elif kind == b"EXIF":
            block = bytes(body)
            orientation, found = exif.look(block.removeprefix(b"Exif\0\0"))
            copy.found |= found
        else:
            copy.found.add(_NAMES.get(kind, "other"))
    if not pictures:
        raise NotCleaned(DAMAGED)
    if any(view[end:]):
        copy.found.add("after_end")
    if extended is not None:
        if orientation != exif.UPRIGHT:
            extended[0] |= _FLAG_EXIF
            kept += _chunk(b"EXIF", exif.only_orientation(orientation))
        kept = [*_chunk(b"VP8X", bytes(extended)), *kept]
    size = 4 + sum(len(part) for part in kept)
    copy.parts = [b"RIFF" + size.to_bytes(4, "little") + b"WEBP", *kept]
    return copy


def _chunks(view: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at < len(view):
        head = bytes(view[at : at + 8])
        end = at + 8 + int.from_bytes(head[4:], "little")
        if len(head) < 8 or end > len(view):
            raise NotCleaned(DAMAGED)
        yield head[:4], view[at + 8 : end]
        at = end + (end - at) % 2


def _chunk(kind: bytes, body: bytes | memoryview) -> list[bytes | memoryview]:
    return [kind + len(body).to_bytes(4, "little"), body, bytes(len(body) % 2)]


def _frame(body: memoryview, copy: CleanCopy) -> bytes:
    if len(body) < _FRAME_HEAD:
        raise NotCleaned(DAMAGED)
    kept: list[bytes | memoryview] = [body[:_FRAME_HEAD]]
    for kind, inner in _chunks(body[_FRAME_HEAD:]):
        if kind in _PICTURE:
            kept += _chunk(kind, inner)
        else:
            copy.found.add("other")
    return b"".join(kept)
