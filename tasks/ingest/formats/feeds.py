"""Feeds: RSS, RDF and Atom, and the export of WordPress, which is RSS; an entry at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import IO

from lxml import etree

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.record import EXCERPT, Item, Reader, Values
from tasks.settings import Limits

logger = logging.getLogger(__name__)

_ROOTS = frozenset({"rss", "RDF", "feed"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})
_ENTRIES = frozenset({"item", "entry"})
#: Names in an entry, by what they hold; the first that is there and not empty counts.
_FIELDS = {
    "id": ("guid", "id", "wp:post_id"),
    "title": ("title",),
    "link": ("link",),
    "date": ("pubDate", "published", "dc:date", "updated", "wp:post_date"),
    "content": ("content:encoded", "content", "description", "summary"),
}


class _Metered:
    """A stream that gives an entry so many bytes to end in."""

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._since = 0
        self.is_at_end = False
        self.is_empty = True

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self._since += len(block)
        self.is_at_end = not block
        self.is_empty &= not block.strip()
        if self._since > self._limits.record_bytes + size:
            message = f"no entry ends within ingest.limits.record_bytes = {self._limits.record_bytes:,}"
            raise RecordRejected(RejectCode.TOO_LARGE, message)
        return block

    def begin_entry(self) -> None:
        self._since = 0


def _read_feed(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read the entries of a feed. No entity of its own is expanded, no DTD and no address is looked up.

    Where the XML is damaged the parser finds its way; an entry that swallowed others, or that the file ends in, is
    refused.
    """
    metered, number = _Metered(stream, limits), 0
    events = etree.iterparse(
        metered,
        ("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for event, element in events:
            tag = etree.QName(element).localname
            if event == "start" and element.getparent() is None:
                _check_root(tag)
            if event == "start" or tag not in _ENTRIES:
                continue
            yield number, _read_entry(element, is_cut=metered.is_at_end)
            number += 1
            metered.begin_entry()
            _forget(element)
    except etree.XMLSyntaxError as error:
        if metered.is_empty:
            raise RecordRejected(RejectCode.EMPTY, "the file is empty") from error
        raise RecordRejected(RejectCode.BAD_RECORD, f"the XML cannot be read further: {error}") from error
    faults = events.error_log[:1]
    for fault in faults:
        logger.warning("%s: the XML is damaged, first in line %d: %s", name, fault.line, fault.message.split("\n")[0])
    if not number:
        code = RejectCode.BAD_RECORD if faults and not metered.is_empty else RejectCode.EMPTY
        raise RecordRejected(code, "the feed holds no entries" + (", and its XML is damaged" if faults else ""))


def _check_root(tag: str) -> None:
    if tag in _SITEMAPS:
        raise RecordRejected(RejectCode.NO_TEXT, "a site map: addresses of pages, without their text")
    if tag not in _ROOTS:
        raise RecordRejected(RejectCode.UNKNOWN_FORMAT, f"XML whose root is <{tag[:50]}>; known are RSS, RDF and Atom")


def _read_entry(entry: etree._Element, *, is_cut: bool) -> Values | RecordRejected:
    values: dict[str, str] = {}
    for child in entry.iterchildren("*"):
        local = etree.QName(child).localname
        text = child.get("href") or _text(child)
        if text and child.get("rel", "alternate") == "alternate":
            values.setdefault(f"{child.prefix}:{local}" if child.prefix else local, text)
    fields = {field: next((values[n] for n in names if values.get(n)), "") for field, names in _FIELDS.items()}
    begins = fields["title"][:EXCERPT]
    if is_cut:
        return RecordRejected(RejectCode.TRUNCATED, "the file ends within the entry", begins)
    if any(etree.QName(below).localname in _ENTRIES for below in entry.iterdescendants("*")):
        return RecordRejected(RejectCode.BAD_RECORD, "the entry has no end: others stand in it", begins)
    content = fields["content"]
    if "\ufffd" in content or "\ufffd" in begins:
        return RecordRejected(RejectCode.BAD_ENCODING, "bytes that are no character in the feed's encoding", begins)
    kinds = [child.get("term") or child.text or "" for child in entry.iterchildren("{*}category")]
    return {
        **fields,
        "category": "; ".join(kinds)[:EXCERPT],
    }


def _text(element: etree._Element) -> str:
    """Return what an element holds: text, or its markup where that is not set as text."""
    inner = (etree.tostring(child, encoding="unicode") for child in element)
    return ((element.text or "") + "".join(inner)).strip()


def _forget(entry: etree._Element) -> None:
    """Drop an entry and what came before it from the tree."""
    entry.clear()
    parent = entry.getparent()
    while parent is not None and entry.getprevious() is not None:
        del parent[0]


READERS: dict[str, Reader] = dict.fromkeys(("xml", "rss", "atom", "rdf", "wxr"), _read_feed)
