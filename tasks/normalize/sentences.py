"""Paragraphs and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.lexicons import read_shared

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)")
_BEFORE = re.compile(r"[^\s(\[\"“‘']+\Z")
_NEXT = re.compile(r"\s+[\"'“‘«(\[]*([^\s,.;:!?]+)")
_LOOK_BACK = 24


def split_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the lines that are not blank, without the blanks around them.

    Example:
        >>> list(split_paragraphs("One.\\n\\n Two. "))
        [(0, 4), (7, 11)]
    """
    start = 0
    for line in text.split("\n"):
        body = line.strip()
        if body:
            at = start + line.index(body)
            yield at, at + len(body)
        start += len(line) + 1


def split_sentences(paragraph: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences of a paragraph. Quote marks and brackets that close stay with what they close.

    Example:
        >>> text = "Gen. Okoro met Mr. Rao in the U.S. on Monday. “It went well.” They left."
        >>> [text[s:e] for s, e in split_sentences(text)]
        ['Gen. Okoro met Mr. Rao in the U.S. on Monday.', '“It went well.”', 'They left.']
        >>> len(list(split_sentences("The Rt. Hon. Ada Roe met Col. (Dr.) Lind.")))
        1
    """
    start = 0
    for match in _END.finditer(paragraph):
        end = match.end()
        if _is_end(paragraph, match):
            yield start, end
            start = _skip(paragraph, end)
    if start < len(paragraph):
        yield start, len(paragraph)


def _skip(paragraph: str, at: int) -> int:
    while at < len(paragraph) and paragraph[at].isspace():
        at += 1
    return at


def _is_end(paragraph: str, match: re.Match[str]) -> bool:
    following = _NEXT.match(paragraph, match.end())
    if following is None:
        return False
    word = following.group(1)
    marks = match.group()
    if word[0].islower():
        return False
    before = _BEFORE.search(paragraph[max(0, match.start() - _LOOK_BACK) : match.start()])
    last = before.group() if before else ""
    terms = read_shared("abbreviations.tsv", "sentence")
    if last in terms["title"] and marks.rstrip(")]") == ".":  # `Maj. Gen. (Dr.) Rao`
        return False
    if marks != ".":
        return marks[0] != "…" or word[0].isupper()
    is_initial = len(last) == 1 and last.isupper() and last != "I"
    if is_initial or last in terms["word"] or "." in last:
        return word in terms["starter"]
    return True
