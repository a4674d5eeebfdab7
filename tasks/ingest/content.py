"""What a file is by its first bytes, where its name does not say; and what is known to hold no text.

Magic numbers → packages by the names of their first parts → marked-up and structured text → plain text.
"""

from __future__ import annotations

import re

from tasks.errors import RecordRejected
from tasks.ingest.encoding import find_encoding

_HEAD = 64 * 1024  # bytes that are looked at
_MAGIC = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"PAR1", "parquet"),
    (b"ARROW1\x00\x00", "arrow"),
    (b"%PDF-", "pdf"),
    (b"WARC/1.", "warc"),
    (b"WEBVTT", "vtt"),
)
_PACKAGES = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"word/document.xml", "docx"),
    (b"xl/workbook.xml", "xlsx"),
)
_PATTERNS = tuple(
    (re.compile(pattern, re.I), suffix)
    for pattern, suffix in (
        (r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", "html"),
        (r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", "xml"),
        (r"[\[{]", "json"),
        (r"From \S.{0,200}\d\d:\d\d.{0,40}\d{4}\r?\n", "mbox"),
        (
            r"(?:(?:[A-Za-z-]{2,40}:[^\n]{0,2000}|[ \t][^\n]{0,2000})\n){0,60}?(?:MIME-Version|Message-ID|Received):",
            "eml",
        ),
        (r"\d{1,6}\r?\n\d\d:\d\d:\d\d[,.]\d{3} -->", "srt"),
        (r"---[ \t]*\r?\n\w+:", "md"),
        (r"[\w -]{1,40}(?:\t[\w -]{1,40}){2,60}\r?\n", "tsv"),
        (r"\"?[\w -]{1,40}\"?(?:([,;|])\"?[\w -]{1,40}\"?)(?:\1\"?[\w -]{1,40}\"?){1,60}\r?\n", "csv"),
    )
)
_GKG = "GDELT's Global Knowledge Graph: themes and addresses of articles"
_EVENTS = "GDELT's events: codes and addresses of articles"
_INDEX = "an index of a web archive: addresses and places of pages"
_ANY_TABLE = r"\.(?:csv|tsv|txt)$|^[^.]*$"
#: By how a file is named and how it begins: what it is, whose rows or records have no text in them.
_TEXTLESS = tuple(
    (re.compile(name, re.I), re.compile(start), what)
    for name, start, what in (
        (r"\.gkg\.csv$", "", _GKG),
        (_ANY_TABLE, r"\d{14}-T?\d+\t\d{14}\t|GKGRECORDID\b|DATE\tNUMARTS\tCOUNTS\tTHEMES\b", _GKG),
        (r"\.(?:export|mentions)\.csv$", "", _EVENTS),
        (_ANY_TABLE, r"GLOBALEVENTID\t", _EVENTS),
        (r"\.(?:cdx|cdxj)$", "", _INDEX),
        (_ANY_TABLE, r" CDX [A-Za-z] ", _INDEX),
        (r"\.wat$", "", "a WAT file: headers and links of pages"),
    )
)


def guess_suffix(start: bytes) -> str:
    """Return the suffix of the format that a file is in, by its first bytes; empty where it is none that is known.

    Example:
        >>> guess_suffix(b"%PDF-1.7"), guess_suffix(b"<!DOCTYPE html><html>"), guess_suffix(b'{"text": "Talks."}')
        ('pdf', 'html', 'json')
        >>> guess_suffix(b"The minister left on Monday."), guess_suffix(b"\\x89PNG\\r\\n")
        ('txt', '')
    """
    for magic, suffix in _MAGIC:
        if start.startswith(magic):
            return suffix
    if start.startswith(b"PK\x03\x04"):
        return next((suffix for mark, suffix in _PACKAGES if mark in start[:_HEAD]), "zip")
    if start[257:262] == b"ustar":
        return "tar"
    if not start.strip(b" \t\r\n\0"):
        return "txt"  # whose reader says that there is nothing
    try:
        text = start[:_HEAD].decode(find_encoding(start[:_HEAD]), "replace").lstrip("\ufeff")
    except RecordRejected:
        return ""
    body = text.lstrip()
    return next((suffix for pattern, suffix in _PATTERNS if pattern.match(body)), "txt")


def name_textless(name: str, start: bytes) -> str | None:
    """Return what a file is, if it is of a known kind that holds no text.

    Args:
        name: Its name.
        start: Its first bytes.

    Example:
        >>> name_textless("2015/20150218230000.gkg.csv", b"")
        "GDELT's Global Knowledge Graph: themes and addresses of articles"
    """
    last, line = name.replace("\\", "/").rsplit("/", 1)[-1], start[:1000].decode("latin-1")
    return next((what for named, begun, what in _TEXTLESS if named.search(last) and begun.match(line)), None)
