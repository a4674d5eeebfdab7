"""People, events, figures and formulas: lists that are asked of the files alone, since they are short beside the words.

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
_NEVER = "DATE '0001-01-01'"
_BEFORE = """
SELECT *, CASE WHEN is_cumulative THEN lag(value_min) OVER (
    PARTITION BY source, noun, act, is_cumulative ORDER BY published_on, figure_id) END AS before
FROM figures"""


def list_people(corpus: Corpus, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of people shows: those with most quotations first.

    Args:
        corpus: A dataset.
        asked: What the address asks: q, country, after.
    """
    words, code = asked.get("q", "").strip()[:_WORDS], asked.get("country", "")[:20]
    where, values = ["true"], list[object]()
    if words:
        where.append("contains(strip_accents(lower(concat_ws(chr(10), name, aliases))), strip_accents(lower(?)))")
        values.append(words)
    if code:
        where.append("country_id = ?")
        values.append(f"iso:{code}")
    kept = f"people WHERE {' AND '.join(where)}"
    pairs = {"q": words, "country": code}
    found = _list(corpus, kept, values, ("n_quotations", "BIGINT", "person_key"), asked, "/people", pairs)
    return {"words": words, "code": code, **found}


def list_events(corpus: Corpus, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of events shows: the newest first.

    Args:
        corpus: A dataset that has events.
        asked: What the address asks: told (by two publishers alone), country, after.
    """
    two, code = asked.get("told") == "two", asked.get("country", "")[:20]
    where, values = ["n_publishers > 1" if two else "true"], list[object]()
    if code:
        where.append("list_contains(country_ids, ?)")
        values.append(code if ":" in code else f"iso:{code}")
    kept = f"events WHERE {' AND '.join(where)}"
    day = f"coalesce(date_start, first_published, {_NEVER})"
    pairs = {"told": "two" if two else "", "country": code}
    return {"two": two, "code": code, **_list(corpus, kept, values, (day, "DATE", "event_id"), asked, "/events", pairs)}


def _list(
    corpus: Corpus, kept: str, values: list[object], order: tuple[str, str, str], asked: Mapping[str, str],
    path: str, pairs: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Return a page of a list: its rows, how many there are in all, and the address of the next page; empty: none.

    Args:
        corpus: The dataset.
        kept: What stands behind FROM, with WHERE.
        values: Of its parameters.
        order: What it goes down by, the type of that, and the key by which it goes down where that is the same.
        asked: `after` is where the page before ended.
        path: Of the list.
        pairs: What else its address asks.
    """
    [total] = corpus.rows(f"SELECT count(*) n FROM {kept}", *values)
    by, kind, key = order
    first, _, last = asked.get("after", "").partition(",")
    edge, edges = (f"WHERE ({by}, {key}) < (TRY_CAST(? AS {kind}), ?)", [first, last]) if last else ("", [])
    query = f"SELECT *, CAST({by} AS VARCHAR) AS page_key FROM (SELECT * FROM {kept}) {edge}"
    found = corpus.rows(f"{query} ORDER BY {by} DESC, {key} DESC LIMIT {PAGE + 1}", *values, *edges)
    rows = found[:PAGE]
    after = {"after": f"{rows[-1]['page_key']},{rows[-1][key]}"} if len(found) > PAGE else {}
    return {"rows": rows, "total": total["n"], "next_page": _address(path, {**pairs, **after}) if after else ""}


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
    day = f"coalesce(published_on, {_NEVER})"
    pairs = {"q": words, **chosen, "series": "yes" if series else ""}
    kept = f"({_BEFORE} WHERE {kept})"
    return {
        "words": words, "chosen": chosen, "series": series,
        "facets": {name: counts for name, counts in facets.items() if len(counts) > 1},
        "here": lambda **changes: _address("/figures", pairs | changes),
        **_list(corpus, kept, values, (day, "DATE", "figure_id"), asked, "/figures", pairs),
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
    kept = f"formulas WHERE {' AND '.join(where)}"
    pairs = {"q": words, "kind": kind, "replaced": "yes" if replaced else ""}
    return {
        "words": words, "kind": kind, "kinds": kinds, "replaced": replaced,
        "here": lambda **changes: _address("/formulas", pairs | changes),
        **_list(corpus, kept, values, ("n_documents", "BIGINT", "formula_id"), asked, "/formulas", pairs),
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
