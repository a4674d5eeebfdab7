"""Markup that is a field of a record, such as an entry of a feed or a mail: all of it is text, none is a menu."""

from __future__ import annotations

import html
import re

import lxml.html
from lxml import etree

from tasks.errors import RecordRejected, RejectCode

_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|caption|d[dlt]|details|div|fig(?:caption|ure)|footer|form|h[1-6]|header|hr|li"
    "|main|nav|[ou]l|p|pre|section|t(?:able|body|d|h|head|r)"
)
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "iframe", "object"})
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_DEPTH = 200  # elements in one another; what lies deeper is no text that anybody wrote


def read_markup(markup: str) -> str:
    r"""Return the text of a piece of HTML, a line a block.

    Args:
        markup: The piece; plain text, which has no tags, comes back as it is but for its entities.

    Raises:
        RecordRejected: BAD_RECORD: elements lie too deep in one another.

    Example:
        >>> read_markup("<p>The visit &amp; the\n drill <b>ended</b>.</p><ul><li>One</li><li>Two</li></ul>")
        'The visit & the drill ended.\nOne\nTwo'
        >>> read_markup("Ship &#8211; returns")
        'Ship – returns'
    """
    if not _TAG.search(markup):
        return html.unescape(markup).strip()
    try:
        root = lxml.html.document_fromstring(markup.replace("\0", ""))
    except (etree.ParserError, etree.XMLSyntaxError):  # it holds nothing but comments
        return ""
    pieces: list[str] = []
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            depth += 1
            if depth > _DEPTH:
                raise RecordRejected(RejectCode.BAD_RECORD, f"elements lie more than {_DEPTH} deep in one another")
            if _is_block(element):
                pieces.append("\n")
            pieces.append("" if _is_hidden(element) else _flow(element.text, element))
            continue
        if event == "end":
            depth -= 1
            if _is_block(element):
                pieces.append("\n")
        pieces.append("" if _is_hidden(element.getparent()) else _flow(element.tail, element.getparent()))
    lines = (re.sub(r" {2,}", " ", line).strip(" ") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_block(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and _BLOCKS.fullmatch(element.tag) is not None


def _is_hidden(element: etree._Element | None) -> bool:
    """Tell whether the text right inside an element is none that a page shows."""
    return element is not None and element.tag in _HIDDEN


def _flow(text: str | None, element: etree._Element | None) -> str:
    """Return text as a page shows it: line breaks are spaces, except in what is set as it is."""
    if not text or (element is not None and element.tag == "pre"):
        return text or ""
    return re.sub(r"[ \t\r\n\f]+", " ", text)
