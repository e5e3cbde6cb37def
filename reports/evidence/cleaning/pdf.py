"""PDF, by pikepdf (qpdf): without properties, XMP, scripts, earlier versions, and EXIF in its pictures.

The document is written anew from what its pages need, so versions before the last saving are gone as well.
What the pages show stays: a clean copy is not a redacted one.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from reports.evidence.cleaning import ATTACHMENTS, DAMAGED, LOCKED, CleanCopy, NotCleaned, jpeg

_HIDDEN = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")
_ACTIONS = ("/AA", "/OpenAction")
_OF_NOTES = ("/T", "/M", "/CreationDate", "/NM", "/Subj")  # who wrote a note in the margin, and when
_RUNS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/RichMediaExecute")


def clean(data: bytes) -> CleanCopy:
    """A copy without hidden data. Raises NotCleaned."""
    import pikepdf  # 0.1 s and 30 MB: only when there is a PDF

    found: set[str] = set()
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if len(pdf.pages) == 0:
                raise NotCleaned(DAMAGED)
            _strip_document(pdf, found)
            for each in _objects(pdf):
                _strip_object(each, found)
            out = BytesIO()
            pdf.save(out, linearize=False, fix_metadata_version=False, deterministic_id=True)
    except pikepdf.PasswordError:
        raise NotCleaned(LOCKED) from None
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        raise NotCleaned(DAMAGED) from None
    return CleanCopy(parts=[out.getbuffer()], found=found)


def _strip_document(pdf: Any, found: set[str]) -> None:
    if pdf.trailer.get("/Info") is not None:
        found.add("properties")
        del pdf.trailer["/Info"]
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]  # half of it never changes and links versions of one document
    names = pdf.Root.get("/Names")
    if names is not None and "/JavaScript" in names:
        found.add("scripts")
        del names["/JavaScript"]
    form = pdf.Root.get("/AcroForm")
    if form is not None and int(form.get("/SigFlags", 0)) & 1:
        found.add("signature")


def _objects(pdf: Any) -> Iterator[Any]:
    """Every dictionary and stream once, the ones written inside others too."""
    for top in pdf.objects:
        stack = [top]
        while stack:
            each = stack.pop()
            kind = _kind(each)
            if kind not in {"array", "dictionary", "stream"}:
                continue
            if kind != "array":
                yield each
            children = list(each) if kind == "array" else _values(each)
            stack += [
                child
                for child in children
                if _kind(child) in {"array", "dictionary"} and not child.is_indirect
            ]


def _values(each: Any) -> list[Any]:
    return [each[name] for name in list(each.keys())]


def _kind(value: Any) -> str:
    return str(getattr(value, "_type_name", ""))


def _strip_object(each: Any, found: set[str]) -> None:
    if "/EF" in each:  # a file inside the file: its hidden data would go along
        raise NotCleaned(ATTACHMENTS)
    for name in _HIDDEN:
        if name in each:
            found.add("xmp" if name == "/Metadata" else "properties")
            del each[name]
    for name in _ACTIONS:
        if name in each and _kind(each[name]) == "dictionary":
            found.add("scripts")
            del each[name]
    action = each.get("/A")
    if _kind(action) == "dictionary" and str(action.get("/S", "")) in _RUNS:
        found.add("scripts")
        del each["/A"]
    subtype = str(each.get("/Subtype", ""))
    if "/Rect" in each and subtype and subtype != "/Widget":
        for name in _OF_NOTES:
            if name in each:
                found.add("notes")
                del each[name]
    if subtype == "/Image" and _kind(each) == "stream" and str(each.get("/Filter", "")) == "/DCTDecode":
        _strip_picture(each, found)


def _strip_picture(image: Any, found: set[str]) -> None:
    import pikepdf

    try:
        copy = jpeg.clean(bytes(image.read_raw_bytes()), keep_orientation=False)
    except NotCleaned:
        found.add("picture_left")
        return
    if copy.found:
        found |= copy.found
        image.write(
            b"".join(copy.parts), filter=pikepdf.Name.DCTDecode, decode_parms=image.get("/DecodeParms")
        )
