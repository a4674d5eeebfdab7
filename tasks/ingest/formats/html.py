"""HTML pages: title, date and main text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import IO

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document
from trafilatura.utils import load_html
from trafilatura.xml import xmltotxt

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.encoding import decode_text
from tasks.ingest.formats.record import EXCERPT, Blocks, Item, Reader, excerpt, read_all, stem
from tasks.settings import Limits

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.I)
_BLOCK = re.compile(r"<blockquote\b", re.I)
#: A tag, to its end or that of the page.
_TAG = re.compile(r"""<[a-z](?:[^>=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+""", re.I)
_LONG_TAG = 2000  # characters: some hundred attributes, which cost nothing
_BETWEEN_ATTRIBUTES = re.compile(r"""[\s/"']+""")
_NO_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}  # codecs of Python alone
_OTHER_BLOCK = re.compile(r"<(?:pre|code)\b", re.I)  # the extraction takes these for quotations too


def read_html(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read a page: one record."""
    data = read_all(stream, limits)
    text = _decode_html(data)
    tree = _parse_html(text, limits)
    page = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False, include_tables=True)
    if not isinstance(page, Document) or not (page.text or "").strip():
        raise RecordRejected(RejectCode.NO_TEXT, "no main text in the page", excerpt(data))
    values = {"id": stem(name), "title": page.title, "date": page.date, "url": page.url, "text": page.text}
    blocks = _find_blocks(page) if _BLOCK.search(text) and not _OTHER_BLOCK.search(text) else Blocks()
    yield 0, values | ({"blocks": blocks} if blocks else {})


def _parse_html(text: str, limits: Limits) -> HtmlElement:
    """Parse a page, if that and what is done with it later takes a time that goes with its length."""
    many = 0
    for start, end in (tag.span() for tag in _TAG.finditer(text)):
        if end - start > _LONG_TAG:
            many += len(_BETWEEN_ATTRIBUTES.findall(text, start, end))
        if many > limits.attributes:  # the parser compares each attribute of an element with all before it
            raise RecordRejected(RejectCode.TOO_MANY, f"more than ingest.limits.attributes = {limits.attributes:,}")
    tree = load_html(text)
    if tree is None:
        raise RecordRejected(RejectCode.NO_TEXT, "no HTML", text[:EXCERPT])
    # The extraction looks at the whole page anew for some elements, most often for those that it takes off.
    for what, most, names in (("elements", limits.elements, ()), ("links", limits.links, ("a", "span"))):
        if sum(1 for _ in tree.iter(*names)) > most:
            raise RecordRejected(RejectCode.TOO_MANY, f"more than ingest.limits.{what} = {most:,}")
    return tree


def _find_blocks(page: Document) -> Blocks:
    """Return where the block quotations of a page stand in its text, as whole lines; what is not found is left out."""
    text, at, spans = page.text or "", 0, list[tuple[int, int]]()
    for quote in page.body.iter("quote"):
        block = xmltotxt(deepcopy(quote), False).strip()
        start = text.find(block, at) if block else -1
        end = start + len(block)
        if start >= 0 and text[start - 1 : start] in {"", "\n"} and text[end : end + 1] in {"", "\n"}:
            spans.append((start, end))
            at = end
    return Blocks(spans)


def _decode_html(data: bytes) -> str:
    if declared := _META_CHARSET.search(data[:4096]):
        name = declared.group(1).decode("ascii")
        try:
            if codecs.lookup(name).name not in _NO_CHARSETS:
                return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_text(data)


READERS: dict[str, Reader] = dict.fromkeys(("html", "htm", "xhtml", "shtml"), read_html)
