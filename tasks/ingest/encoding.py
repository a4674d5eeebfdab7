"""From bytes to text: byte order marks, UTF-8, UTF-16 without a mark, else what charset-normalizer finds."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from tasks.errors import RecordRejected, RejectCode

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 256 * 1024
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"RIFF",
    b"MZ\x90",
    b"II*\x00",
)
_UTF16_SHARE = 0.3
_CONTROL_SHARE = 0.05


def find_encoding(sample: bytes) -> str:
    """Return the name of the codec that the start of a file is written in.

    Args:
        sample: The first bytes of a file; a character may be cut at the end.

    Raises:
        RecordRejected: It is no text in any encoding (NOT_TEXT), or none can be told (BAD_ENCODING).

    Example:
        >>> find_encoding("\ufeffMinistry".encode()), find_encoding("Minist\xe8re des Arm\xe9es".encode())
        ('utf-8-sig', 'utf-8')
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if sample.startswith(_MAGIC):
        raise RecordRejected(
            RejectCode.NOT_TEXT, "the file is not text: it starts as an image, a document or a program"
        )
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    evens, odds = sample[::2], sample[1::2]
    for name, half in (("utf-16-be", evens), ("utf-16-le", odds)):
        if half and half.count(0) / len(half) > _UTF16_SHARE and min(evens.count(0), odds.count(0)) * 8 < half.count(0):
            return name
    if _is_damaged_utf8(sample):
        return "utf-8"
    found = from_bytes(sample[:_SAMPLE])
    best = found.best()
    # Letters of Western and of Central Europe look equally good; what is kept is mostly English.
    best = next((match for match in found if best and match.encoding == "cp1252" and match.chaos <= best.chaos), best)
    if best is None or _control_share(sample.decode(best.encoding, "replace")) > _CONTROL_SHARE:
        raise RecordRejected(RejectCode.NOT_TEXT, "the file is not text in any encoding that can be told")
    return best.encoding


def _is_damaged_utf8(sample: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes from another encoding: there most bytes beyond ASCII make no UTF-8."""
    text = sample.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= c <= "\udcff" for c in text)
    return sum(c > "\x7f" for c in text) - broken > 4 * broken


def _control_share(text: str) -> float:
    return len(_CONTROLS.findall(text)) / max(1, len(text))


def decode_text(data: bytes) -> str:
    """Decode a whole file.

    Raises:
        RecordRejected: NOT_TEXT or BAD_ENCODING, as in `find_encoding`.

    Example:
        >>> decode_text("Le chef d\x92\xc9tat-major a salu\xe9 l\x92\xe9quipage de la fr\xe9gate.".encode("latin-1"))
        'Le chef d’État-major a salué l’équipage de la frégate.'
    """
    text = data.decode(find_encoding(data), "replace")
    if _control_share(text[:_SAMPLE]) > _CONTROL_SHARE:
        raise RecordRejected(RejectCode.NOT_TEXT, "the file is not text: too many control characters")
    return text
