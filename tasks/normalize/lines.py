"""Lines in another script than the text around them: photo stubs and labels of the page."""

from __future__ import annotations

import re
import unicodedata

from tasks.edits import Edit

_LONGEST_STUB = 60
_LETTER = re.compile(r"[^\W\d_]")


def find_stubs(text: str) -> list[Edit]:
    """Return edits of kind stub that take short lines in another script out, with the line end behind them.

    They go if most of the text is in Latin letters. Other furniture stays (`tasks.normalize.furniture`).

    Example:
        >>> find_stubs("The talks went well.\\n(资料图片)\\nThe visit ends on Friday.")
        [Edit(kind='stub', raw_start=21, raw_end=28, replacement='')]
    """
    edits: list[Edit] = []
    start = 0
    is_latin: bool | None = None
    for line in text.splitlines(keepends=True):
        bare = "".join(line.split())
        if bare and len(bare) <= _LONGEST_STUB and not bare.isascii() and _is_foreign(bare):
            if is_latin is None:
                is_latin = not _is_foreign(text[:5000])
            if is_latin:
                edits.append(Edit("stub", start, start + len(line), ""))
        start += len(line)
    if len(edits) == text.count("\n") + 1:  # a text of stubs alone is no release with stubs
        return []
    return edits


def _is_foreign(text: str) -> bool:
    letters = _LETTER.findall(text)
    latin = sum(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return bool(letters) and 2 * latin < len(letters)
