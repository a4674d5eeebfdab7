r"""Markup that a cell or a feed carries as text, read as what it stands for: escapes, entities, HTML and Markdown.

Order: escapes of programs (`\n`, `\u201c`, `\xe2\x80\x99`) → tags, where the text is HTML → entities → tags that were
written with entities → links, emphasis and headings of Markdown. Each is decided on for the whole text: a lone bracket,
backslash or tag proves nothing and stays. Every pattern takes linear time.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from tasks.edits import Edit, apply_edits, compose_edits, drop_overlaps

_BYTES = r"\\x[0-9A-Fa-f]{2}"
_UNITS = r"\\u[0-9A-Fa-f]{4}"
_ESCAPE = re.compile(rf"(?P<bytes>(?:{_BYTES})+)|(?P<units>(?:{_UNITS})+)|\\(?:r\\n|[nrt\"'/\[\]*_#> ])")
_ESCAPED = re.compile(rf"{_BYTES}|{_UNITS}|\\r\\n|\\\"|[.!?:”\"]\\n|\\\[[^\[\]\n]{{1,200}}\\\]")
_PATH = re.compile(r"(?<![^\W_])[A-Za-z]:\\|\\\\\w")
_LINE_ENDS = {"n": "\n", "r": "\n", "t": " ", "r\\n": "\n", " ": ""}

_ENTITY = re.compile(r"&(?:amp;){0,8}(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

_BLOCK_NAMES = (
    "address article aside blockquote br caption center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table tbody tfoot thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset(("td", "th"))
_LAYOUT = frozenset(("br", "div", "li", "p", "table", "tr"))  # where they are, line ends of the source mean nothing
_INLINE = (
    "a abbr b big body cite code del em embed font form head html i iframe img input ins link mark meta noscript "
    "object q s script small source span strike strong style sub sup svg template time title tt u video wbr"
)
_OTHER = r"[a-z]\w{0,9}:[a-z]\w{0,20}"  # of another vocabulary: `o:p` in mails
_NAMES = "|".join([*sorted((*_BLOCKS, *_CELLS, *_INLINE.split()), key=len, reverse=True), _OTHER])
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>{_NAMES})(?=[\s/>])(?:\"[^\"<>]{{0,2000}}\"|'[^'<>]{{0,2000}}'|[^<>\"']){{0,500}}>"
    r"|<!--|<!DOCTYPE[^<>]{0,200}>",
    re.I,
)
_HIDING = ("script", "style", "noscript", "template", "svg", "title")
_HIDDEN = {name: re.compile(rf"</{name}\s{{0,20}}>", re.I) for name in _HIDING} | {"<!--": re.compile("-->")}
_LINE_END = re.compile(r"\n\s*")
_MOST_LINE_ENDS = 2  # between two paragraphs

_ADDRESS = r"(?:<[^<>\n]{1,2000}>|[^()\s<>]{1,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?)"
_LINK = re.compile(
    r"(?P<image>!?)\[(?P<text>(?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,500})\]"
    rf"\((?=https?:|mailto:|tel:|www\.|[/#.]|[\w-]{{1,60}}[./])(?:{_ADDRESS})(?: +\"[^\"\n]{{0,200}}\")?\)"
)
_STRONG = re.compile(r"(?<![\w*])\*\*(?=[^\s*])(?P<text>[^*\n]{1,300})(?<=\S)\*\*(?![\w*])")
_HEADING = re.compile(r"^#{1,6} +(?=\S)", re.M)


def read_markup(raw: str) -> list[Edit]:
    r"""Return the edits that put what it stands for in the place of markup; kinds escape, entity and markup.

    Example:
        >>> raw = r"<p>Talks &amp; drills ended.</p><p>He said: \u201cGood.\u201d See [here](https://example.org/a).</p>"
        >>> apply_edits(raw, read_markup(raw))
        'Talks & drills ended.\n\nHe said: “Good.” See here.'
    """
    edits: list[Edit] = []
    text = raw
    for read in (_read_escapes, _read_tags, _read_entities, _read_tags, _read_markdown):
        if more := read(text):
            edits = compose_edits(raw, edits, more)
            text = apply_edits(raw, edits)
    return edits


def _read_escapes(text: str) -> list[Edit]:
    if "\\" not in text or not _ESCAPED.search(text):
        return []
    has_paths = _PATH.search(text) is not None
    edits: list[Edit] = []
    for match in _ESCAPE.finditer(text):
        start, end = match.span()
        if match["bytes"]:
            replacement = _decode(bytes.fromhex(match["bytes"].replace("\\x", "")))
        elif match["units"]:
            units = bytes.fromhex(match["units"].replace("\\u", ""))
            replacement = units.decode("utf-16-be", "replace")
        else:
            escaped = text[start + 1 : end]
            if has_paths and escaped in "nrt" and text[end : end + 1].islower():
                continue
            replacement = _LINE_ENDS.get(escaped, escaped)
        if replacement.isprintable() or replacement in ("\n", "\t"):
            edits.append(Edit("escape", start, end, replacement))
    return edits


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _read_entities(text: str) -> list[Edit]:
    if "&" not in text:
        return []
    edits: list[Edit] = []
    for match in _ENTITY.finditer(text):
        replacement, before = match.group(), ""
        while replacement != before:
            before, replacement = replacement, html.unescape(replacement)
        if replacement != match.group() and not replacement.endswith(";"):
            edits.append(Edit("entity", match.start(), match.end(), replacement))
    return edits


class _Tag(NamedTuple):
    start: int
    end: int
    name: str
    is_closing: bool


def _find_tags(text: str) -> list[_Tag]:
    """Return the tags of a text in order, a comment or a script as one with what it hides."""
    tags: list[_Tag] = []
    never_closed: set[str] = set()
    at = 0
    while match := _TAG.search(text, at):
        name = (match["name"] or match.group()[:4]).lower()
        at = match.end()
        hidden = None if match["close"] else _HIDDEN.get(name)
        if hidden and name not in never_closed:
            if closing := hidden.search(text, at):
                at = closing.end()
            else:
                never_closed.add(name)  # so that nothing is searched twice
        tags.append(_Tag(match.start(), at, name, bool(match["close"])))
    return tags


def _is_html(tags: list[_Tag]) -> bool:
    """Tell tags that belong to each other from a stray one."""
    opened = {tag.name for tag in tags if not tag.is_closing}
    return any(tag.name in ("br", "<!do") or (tag.is_closing and tag.name in opened) for tag in tags)


def _read_tags(text: str) -> list[Edit]:
    tags = _find_tags(text) if "<" in text else []
    if not _is_html(tags):
        return []
    names = {tag.name for tag in tags}
    ends = [0, *(tag.end for tag in tags)]
    stretches = [(at, tag.start) for at, tag in zip(ends, tags, strict=False)] + [(ends[-1], len(text))]
    shown = [start for start, end in stretches if text[start:end].strip()]
    edits: list[Edit] = []
    line_ends = 0
    for (start, end), tag in zip(stretches, [*tags, None], strict=True):
        if names & _LAYOUT:  # line ends of the source mean nothing, but for blank lines
            is_between = not text[start:end].strip() and (tag is None or tag.name in _BLOCKS)
            edits += [
                Edit("markup", *match.span(), "" if is_between else " ")
                for match in _LINE_END.finditer(text, start, end)
                if match.group().count("\n") == 1
            ]
        if text[start:end].strip():
            line_ends = 0
        if tag is not None:
            parts = (
                tag.name in _BLOCKS
                and bool(shown)
                and shown[0] < tag.start <= shown[-1]
                and line_ends < _MOST_LINE_ENDS
            )
            line_ends += parts
            edits.append(Edit("markup", tag.start, tag.end, "\n" if parts else " " if tag.name in _CELLS else ""))
    return drop_overlaps(edits)


def _read_markdown(text: str) -> list[Edit]:
    edits: list[Edit] = []
    if "](" in text:
        for match in _LINK.finditer(text):
            if match["image"]:
                edits.append(Edit("markup", *match.span(), ""))
            else:
                edits.append(Edit("markup", match.start(), match.start("text"), ""))
                edits.append(Edit("markup", match.end("text"), match.end(), ""))
    if "**" in text:
        for match in _STRONG.finditer(text):
            edits.append(Edit("markup", match.start(), match.start("text"), ""))
            edits.append(Edit("markup", match.end("text"), match.end(), ""))
    if edits:
        edits += [Edit("markup", *match.span(), "") for match in _HEADING.finditer(text)]
    return drop_overlaps(edits)
