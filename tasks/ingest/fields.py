"""From a dump's own names and values to a record: columns by the source's map, sentinels, dates, joined texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from tasks.edits import apply_edits
from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.dates import read_date
from tasks.ingest.formats import Blocks, Paragraphs, as_text
from tasks.ingest.sources import WINDOW, Source, fold_name
from tasks.markup import read_markup


@dataclass(frozen=True)
class Fields:
    """A record of a dump in the dataset's terms. Its text is as in the dump, its title without markup."""

    external_id: str | None
    title: str | None
    url: str | None
    published_on: date | None
    published_raw: str | None
    kind: str
    kind_basis: str
    text: str
    blocks: Blocks
    publisher: str | None


def map_fields(values: Mapping[str, object], source: Source) -> Fields:
    """Read a record by its source's column map.

    Args:
        values: The dump's names and values.
        source: The map.

    Raises:
        RecordRejected: NO_TEXT if no column holds a text.

    Example:
        >>> from tasks.ingest.sources import load_source
        >>> fields = map_fields({"Title": "Untitled", "Body": "Talks.", "Date": "5 May 2021"}, load_source("generic"))
        >>> fields.title, fields.text, fields.published_on
        (None, 'Talks.', datetime.date(2021, 5, 5))
    """
    folded = _folded(values)
    sentinels = frozenset(value.lower() for value in source.sentinels)

    def find(names: tuple[str, ...]) -> str | None:
        for name in names:
            text = as_text(look_up(folded, name))
            if text is not None and text.strip().lower() not in sentinels:
                return text
        return None

    columns = source.columns
    text = find(columns.text)
    if text is None and columns.part is not None:
        text = _join_parts(folded, columns.part)
    question, answer = find(columns.question), find(columns.answer)
    is_dialogue = False
    if text is None and (question or answer):
        is_dialogue = True
        text = f"Question: {question}\nAnswer: {answer}" if question and answer else question or answer
    if text is None:
        seen = ", ".join(list(folded)[:12])
        raise RecordRejected(RejectCode.NO_TEXT, f"no column with a text; the record has {seen or 'no columns'}")

    title, published_raw = find(columns.title), find(columns.date)
    title = " ".join(apply_edits(title, read_markup(title)).split()) if title else None
    title = _strip(title, source.strip.get("title", ()))[0] if title else None
    own_kind = find(columns.kind)
    body, shift = _strip(text, source.strip.get("text", ()))
    blocks = next((v for v in values.values() if isinstance(v, Blocks)), ()) if text == values.get("text") else ()
    kind, kind_basis = ("transcript", "dump") if is_dialogue else find_kind(own_kind, title, source)
    return Fields(
        external_id=find(columns.id),
        title=title or None,
        url=find(columns.url),
        published_on=read_date(published_raw, source.date_formats) if published_raw else None,
        published_raw=published_raw,
        kind=kind,
        kind_basis=kind_basis,
        text=body,
        publisher=find(columns.publisher),
        blocks=Blocks((s - shift, e - shift) for s, e in blocks if s >= shift and e - shift <= len(body)),
    )


def look_up(values: Mapping[str, object], name: str) -> object:
    """Return the value of a column: of that name, or down a path of names, of which one with [] is a list.

    Args:
        values: A record; its own names are folded.
        name: A folded name or path.

    Example:
        >>> look_up({"details": {"body": "Talks."}}, "details.body")
        'Talks.'
        >>> look_up({"parts": [{"text": "One."}, {"text": "Two."}]}, "parts[].text")
        ['One.', 'Two.']
        >>> look_up({"attributes": {"body": "Talks."}}, "data[].attributes.body")  # readers yield what the list holds
        'Talks.'
    """
    if name in values:
        return values[name]
    head, dot, rest = name.partition(".")
    if not dot:
        return None
    if not head.endswith("[]"):
        inner = values.get(head)
        return look_up(_folded(inner), rest) if isinstance(inner, Mapping) else None
    inner = values.get(head.removesuffix("[]"))
    if not isinstance(inner, list):
        return look_up(values, rest) if inner is None else None
    return [look_up(_folded(part), rest) for part in inner if isinstance(part, Mapping)]


def _folded(values: Mapping[str, object]) -> dict[str, object]:
    """Return a record under folded names, the first of each."""
    folded: dict[str, object] = {}
    for name, value in values.items():
        folded.setdefault(fold_name(str(name)), value)
    return folded


def _join_parts(folded: Mapping[str, object], prefix: str) -> str | None:
    """Join numbered columns in the order of their numbers, with nothing between: a cell was cut anywhere."""
    numbered = [
        (int(name.removeprefix(prefix)), value)
        for name, value in folded.items()
        if name.startswith(prefix) and name.removeprefix(prefix).isdecimal()
    ]
    parts = [str(value) for _, value in sorted(numbered, key=lambda pair: pair[0]) if as_text(value)]
    return "".join(parts) or None


def _strip(text: str, patterns: tuple[str, ...]) -> tuple[str, int]:
    """Take what patterns match at either end off a text; return it and how much went at its start.

    Patterns see so many characters of either end, so that what they cost does not go with the length of a text.
    """
    shift = 0
    for pattern in map(_compiled, patterns):
        if start := pattern.match(text, 0, WINDOW):
            text = text[start.end() :]
            shift += start.end()
        end = text[-WINDOW:]
        for match in pattern.finditer(end):
            if match.end() == len(end) and match.start() < match.end():
                text = text[: len(text) - len(end) + match.start()]
                break
    return text, shift


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def find_kind(own: str | None, title: str | None, source: Source) -> tuple[str, str]:
    """Return the kind of a document and what it rests on: the dump's own word for it or its title, else the default."""
    for hint in filter(None, (own, title)):
        for kind, patterns in source.kinds.items():
            if any(_compiled(pattern).search(hint, 0, WINDOW) for pattern in patterns):
                return kind, "dump"
    return source.default_kind, "default"


def _root(path: str) -> str:
    return path.partition(".")[0].removesuffix("[]")


def unknown_columns(values: Mapping[str, object], source: Source) -> list[str]:
    """Return the names of a record that the source's map does not know."""
    columns = source.columns
    fields = columns.model_dump().values()
    known = {name for field in fields if isinstance(field, tuple) for path in field for name in (path, _root(path))}
    part = columns.part

    def is_part(name: str) -> bool:
        return part is not None and name.startswith(part) and name.removeprefix(part).isdecimal()

    return sorted(
        str(name)
        for name, value in values.items()
        if name is not None
        and not isinstance(value, Blocks | Paragraphs)
        and not is_part(fold_name(str(name)))
        and fold_name(str(name)) not in known
    )
