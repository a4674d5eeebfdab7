"""A figure as a document tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Span = tuple[int, int]


@dataclass(frozen=True)
class Figure:
    """A number of things or people; spans are half-open offsets into the text. The rest is as in `schemas.FIGURES`."""

    span: Span
    low: float | None
    high: float | None
    is_approximate: bool
    noun: str
    category: str
    act: str
    told: Span | None
    by: Span | None
    of: str | None
    equipment: str | None
    method: str
    first: date | None = None
    last: date | None = None
    is_cumulative: bool = False
    increment: float | None = None
