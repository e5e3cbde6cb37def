"""Words for staff about a file: the worker's findings, and the endings of downloads."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.evidence import cleaning, malware

# The only endings a download can have; a file of another type ends in ".bin", whatever it calls itself.
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/apng": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/avif": "avif",
    "image/tiff": "tif",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/x-wav": "wav",
    "video/mp4": "mp4",
    "video/x-m4v": "m4v",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/3gpp": "3gp",
    "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
}

WHY_NOT_CLEANED: dict[str, str | Promise] = {
    cleaning.OTHER_TYPE: _("hidden data can not be taken out of this type of file"),
    cleaning.DAMAGED: _("the file is damaged or does not hold to its format"),
    cleaning.LOCKED: _("the PDF is locked with a password"),
    cleaning.ATTACHMENTS: _("the PDF carries other files inside"),
    cleaning.FAILED: _("the cleaner failed on this file"),
}

FOUND: dict[str, str | Promise] = {
    "location": _("a place (GPS)"),
    "exif": _("data of the camera (EXIF)"),
    "xmp": _("properties (XMP)"),
    "iptc": _("properties (IPTC)"),
    "profile": _("a colour profile"),
    "comment": _("a comment"),
    "time": _("a time"),
    "thumbnail": _("a small preview"),
    "after_end": _("data after the end of the picture"),
    "properties": _("properties of the document"),
    "notes": _("who wrote notes in the margin"),
    "scripts": _("scripts or actions"),
    "other": _("unknown data"),
}
# These are no part of what was taken out.
STAYS: dict[str, str | Promise] = {
    "huge": _("a very large picture: opening it may stop your computer"),
    "signature": _("it was digitally signed; the signature holds for the original only"),
    "picture_left": _("a picture inside could not be cleaned"),
}

MALWARE: dict[str, str | Promise] = {
    malware.CLEAN: _("no known malware"),
    malware.SUSPICIOUS: _("suspicious: known malware"),
    malware.NOT_CHECKED: _("not checked for malware"),
}


def ending(kind: str | None) -> str:
    """The ending of a download of this type, from our own list."""
    return ENDINGS.get(kind or "", "bin")


def listed(codes: tuple[str, ...], words: dict[str, str | Promise]) -> list[str]:
    """The words for those codes that are in the list."""
    return [str(words[code]) for code in codes if code in words]
