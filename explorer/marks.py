"""What is marked in a text: marks overlap, so the text is cut at every border, and each piece says what covers it.

Nothing here is HTML: pieces are strings, which the templates escape. Characters that would not be seen, or would turn
the line round, become their names, so that a text is shown as what it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_CONTROLS = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
    "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
_NAMES = {code: name for code, name in enumerate(_CONTROLS) if name not in ("HT", "LF")} | {
    0x7F: "DEL",
    0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ", 0x200E: "LRM", 0x200F: "RLM", 0x061C: "ALM", 0x00AD: "SHY",
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x2060: "WJ", 0xFEFF: "BOM",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0x2028: "LSEP", 0x2029: "PSEP",
}  # fmt: skip
_SHOWN = {code: f"⟨{name}⟩" for code, name in _NAMES.items()}
_SHOWN |= {code: f"⟨U+{code:04X}⟩" for code in range(0x80, 0xA0)}
_HIDDEN = re.compile("([" + "".join(map(chr, _SHOWN)) + "\ud800-\udfff])")


def show_hidden(text: str) -> str:
    r"""Return a text with the names of characters that would not be seen.

    Example:
        >>> show_hidden("a\x00b\u202ec")
        'a⟨NUL⟩b⟨RLO⟩c'
    """
    return _HIDDEN.sub(lambda match: _SHOWN.get(ord(match[0]), f"⟨U+{ord(match[0]):04X}⟩"), text)


def split_hidden(text: str) -> list[tuple[str, bool]]:
    r"""Return the pieces of a text, and of each whether it is the name of a character that would not be seen.

    Example:
        >>> split_hidden("a\u202ec")
        [('a', False), ('⟨RLO⟩', True), ('c', False)]
    """
    parts = _HIDDEN.split(text)
    return [(show_hidden(part), i % 2 == 1) for i, part in enumerate(parts) if part]


class Mark(NamedTuple):
    """A stretch of a text. Offsets are code points, half-open.

    Attributes:
        start: Where it starts.
        end: Where it ends.
        kind: What it is: classes of the style sheet; empty: it is only led to.
        label: What it says beside the colour; empty: nothing.
        anchor: The id that leads to it; empty: none.
    """

    start: int
    end: int
    kind: str
    label: str = ""
    anchor: str = ""


class Piece(NamedTuple):
    """A stretch of a text between two borders.

    Attributes:
        text: It.
        kinds: What covers it, sorted.
        labels: What the marks say that end with it.
        anchors: Ids that lead to it.
    """

    text: str
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


def cut(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a text at the borders of its marks. The pieces joined are the text.

    Marks that reach beyond the text are cut off; empty ones keep their anchor alone. O(n log n) in marks.

    Example:
        >>> for piece in cut("Minister Rao said", [Mark(0, 12, "quote"), Mark(9, 12, "person", "P", "t9-12")]):
        ...     print(piece)
        Piece(text='Minister ', kinds=('quote',), labels=(), anchors=())
        Piece(text='Rao', kinds=('person', 'quote'), labels=('P',), anchors=('t9-12',))
        Piece(text=' said', kinds=(), labels=(), anchors=())
    """
    size = len(text)
    begin: dict[int, list[Mark]] = {}
    finish: dict[int, list[Mark]] = {}
    anchors: dict[int, dict[str, None]] = {}
    seen: set[str] = set()
    for mark in sorted(m._replace(start=_within(m.start, size), end=_within(m.end, size)) for m in marks):
        if mark.anchor and mark.anchor not in seen:
            seen.add(mark.anchor)
            anchors.setdefault(mark.start, {})[mark.anchor] = None
        if mark.start < mark.end and mark.kind:
            begin.setdefault(mark.start, []).append(mark)
            finish.setdefault(mark.end, []).append(mark)
    covering: Counter[str] = Counter()
    pieces: list[Piece] = []
    for low, high in pairwise(sorted({0, size, *begin, *finish, *anchors})):
        covering.update(mark.kind for mark in begin.get(low, ()))
        ending = finish.get(high, ())
        labels = tuple(mark.label for mark in ending if mark.label)
        pieces.append(Piece(text[low:high], tuple(sorted(+covering)), labels, tuple(anchors.get(low, ()))))
        covering.subtract(mark.kind for mark in ending)
    return [*pieces, Piece("", anchors=tuple(anchors[size]))] if size in anchors else pieces


def _within(at: int, size: int) -> int:
    return min(max(at, 0), size)


def join(pieces: Sequence[Piece]) -> str:
    """Return the text that pieces were cut from."""
    return "".join(piece.text for piece in pieces)
