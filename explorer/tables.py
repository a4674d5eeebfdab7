"""Figures and formulas: lists that are asked of the files alone, since a dataset has few of them beside its words.

A page goes by key. A publisher's count since a day that is lower than the one before was corrected: it is said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from explorer.corpus import Corpus, Row

PAGE = 100
_WORDS = 100  # characters of what is searched
_FILTERS = ("category", "act", "source")
_BEFORE = """
SELECT *, CASE WHEN is_cumulative THEN lag(value_min) OVER (
    PARTITION BY source, noun, act, is_cumulative ORDER BY published_on, figure_id) END AS before
FROM figures"""


def list_figures(corpus: Corpus, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of figures shows.

    Args:
        corpus: A dataset that has figures.
        asked: What the address asks: q, category, act, source, series (counts since a day alone), after.
    """
    words, series = asked.get("q", "").strip()[:_WORDS], asked.get("series") == "yes"
    chosen = {name: value[:_WORDS] for name in _FILTERS if (value := asked.get(name, ""))}
    where, values = ["true"], list[object]()
    if words:
        where.append("contains(lower(concat_ws(' ', text, noun, \"by\", claimed_by)), lower(?))")
        values.append(words)
    if series:
        where.append("is_cumulative")
    facets = {name: _count(corpus, name, where, values) for name in _FILTERS if name not in chosen}
    for name, value in chosen.items():
        where.append(f"{name} = ?")
        values.append(value)
    kept = " AND ".join(where)
    [total] = corpus.rows(f"SELECT count(*) n FROM figures WHERE {kept}", *values)
    day = "coalesce(published_on, DATE '0001-01-01')"
    edge, edge_values = "true", list[object]()
    first, _, key = asked.get("after", "").partition(",")
    if key:
        edge, edge_values = f"(CAST({day} AS VARCHAR), figure_id) < (?, ?)", [first, key]
    found = corpus.rows(
        f"SELECT *, CAST({day} AS VARCHAR) AS page_key FROM ({_BEFORE} WHERE {kept}) WHERE {edge} "
        f"ORDER BY {day} DESC, figure_id DESC LIMIT {PAGE + 1}",
        *values, *edge_values,
    )  # fmt: skip
    pairs = {"q": words, **chosen, "series": "yes" if series else ""}
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = {"after": f"{last['page_key']},{last['figure_id']}"} if last else {}
    return {
        "rows": found[:PAGE], "total": total["n"], "words": words, "chosen": chosen, "series": series,
        "facets": {name: counts for name, counts in facets.items() if len(counts) > 1},
        "here": lambda **changes: _address("/figures", pairs | changes),
        "next_page": _address("/figures", pairs | more) if more else "",
    }  # fmt: skip


def _count(corpus: Corpus, name: str, where: list[str], values: list[object]) -> list[Row]:
    query = f"SELECT {name} AS value, count(*) n FROM figures WHERE {' AND '.join(where)} GROUP BY 1 ORDER BY 2 DESC, 1"
    return corpus.rows(query, *values)


def _address(path: str, pairs: Mapping[str, str]) -> str:
    asked = urlencode({name: value for name, value in pairs.items() if value})
    return f"{path}?{asked}" if asked else path


def list_formulas(corpus: Corpus, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of formulas shows.

    Args:
        corpus: A dataset that has formulas.
        asked: What the address asks: q, kind, replaced (those alone in which a word was), after.
    """
    words, kind = asked.get("q", "").strip()[:_WORDS], asked.get("kind", "")[:_WORDS]
    replaced = asked.get("replaced") == "yes"
    where, values = ["true"], list[object]()
    if words:
        where.append("contains(lower(pattern), lower(?))")
        values.append(words)
    if replaced:
        where.append("replaced IS NOT NULL")
    kept = " AND ".join(where)
    kinds = corpus.rows(f"SELECT kind AS value, count(*) n FROM formulas WHERE {kept} GROUP BY 1 ORDER BY 1", *values)
    if kind:
        where.append("kind = ?")
        values.append(kind)
    [total] = corpus.rows(f"SELECT count(*) n FROM formulas WHERE {' AND '.join(where)}", *values)
    n, _, key = asked.get("after", "").partition(",")
    if key and n.isdecimal():
        where.append("(n_documents < ? OR (n_documents = ? AND formula_id > ?))")
        values += [min(int(n), 2**31), min(int(n), 2**31), key]
    order = f"ORDER BY n_documents DESC, formula_id LIMIT {PAGE + 1}"
    found = corpus.rows(f"SELECT * FROM formulas WHERE {' AND '.join(where)} {order}", *values)
    pairs = {"q": words, "kind": kind, "replaced": "yes" if replaced else ""}
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = {"after": f"{last['n_documents']},{last['formula_id']}"} if last else {}
    return {
        "rows": found[:PAGE], "total": total["n"], "words": words, "kind": kind, "kinds": kinds, "replaced": replaced,
        "here": lambda **changes: _address("/formulas", pairs | changes),
        "next_page": _address("/formulas", pairs | more) if more else "",
    }  # fmt: skip


def show_formula(corpus: Corpus, key: str) -> dict[str, Any] | None:
    """Return what the page of a formula shows; None if there is none of that key."""
    found = corpus.rows("SELECT * FROM formulas WHERE formula_id = ?", key)
    if not found:
        return None
    [row] = found
    keys = [row["replaced_by"] or "", *(one["formula_id"] for one in row["variants"] or ())]
    others = corpus.rows("SELECT * FROM formulas WHERE formula_id IN (SELECT unnest(?))", keys)
    order = "published_on NULLS LAST, doc_id, start"
    uses = corpus.rows(f"SELECT * FROM formula_uses WHERE formula_id = ? ORDER BY {order} LIMIT {PAGE + 1}", key)
    speakers = corpus.rows(
        "SELECT speaker_id, speaker_name, count(*) n, min(published_on) first_on, max(published_on) last_on "
        "FROM formula_uses WHERE formula_id = ? GROUP BY 1, 2 ORDER BY n DESC, speaker_name LIMIT 20", key,
    )  # fmt: skip
    return {
        "formula": row, "others": {one["formula_id"]: one for one in others}, "uses": uses[:PAGE],
        "more_uses": len(uses) > PAGE, "speakers": speakers,
    }  # fmt: skip
