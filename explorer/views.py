"""The pages: each reads its address, asks the index and the files, and fills a template."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from explorer.corpus import Corpus, Row, to_json
from explorer.document import LAYERS, view_document
from explorer.export import FORMS, KEYS, describe, read_rows, write_csv, write_jsonl, write_parquet
from explorer.pages import document_url, make_environment
from explorer.search import Hit, Search
from explorer.selection import FILTERS, Selection, read_selection
from explorer.sql import ask
from explorer.tables import list_events, list_figures, list_formulas, list_people, show_formula
from tasks.schemas import TABLES

Key = TypeVar("Key", str, int)
_SHOWN = 10  # rows of a list on another page
_PLACE = ("start", "end", "raw_start", "raw_end")
#: What lists show of a row.
_COLUMNS = {
    "documents": ("title", "source_id", "text_condition", "near_duplicate_of", "text"),
    "quotes": ("type", "speaker_name", "speaker_title", "speaker_affiliation", "text", *_PLACE),
    "engagements": (
        "type", "status", "mention", "level", "parties", "country_ids", "name", "place", "date_start", "date_end",
        "date_precision", "text", *_PLACE,
    ),
}  # fmt: skip


class Views:
    """The pages of a dataset.

    Args:
        corpus: The dataset.
        search: Its index.
        sql: Whether there is a page for queries.
        raw_csv: Whether texts of CSV are left as they are where a spreadsheet would take them for formulas.
    """

    def __init__(self, corpus: Corpus, search: Search, *, sql: bool, raw_csv: bool) -> None:
        self._corpus, self._search, self._raw_csv = corpus, search, raw_csv
        self._tables = [table for table in FILTERS if table != "engagements" or corpus.has(table)]
        months = search.months(Selection("documents"))
        constants = {
            "corpus": corpus, "tables": self._tables, "has_sql": sql, "layers": LAYERS,
            "n_documents": search.count(Selection("documents")), "years": sorted({month[:4] for month, _ in months}),
        }  # fmt: skip
        self._environment = make_environment(constants)
        self._known: dict[str, list[Row]] = {}
        self._lock = threading.Lock()

    def _page(self, template: str, request: Request, /, status: int = 200, **values: Any) -> HTMLResponse:
        text = self._environment.get_template(template).render(path=request.url.path, **values)
        return HTMLResponse(text.encode("utf-8", "replace"), status)

    def _once(self, query: str) -> list[Row]:
        """Return the rows of a query over the whole dataset, which stays as it is: it is asked once."""
        with self._lock:
            if query not in self._known:
                self._known[query] = self._corpus.rows(query)
            return self._known[query]

    def overview(self, request: Request) -> Response:
        """Show what the dataset holds, from when to when, who speaks, and what was refused."""
        lists = {table: Selection(table) for table in self._tables}
        return self._page(
            "overview.html",
            request,
            sources=self._search.sources,
            rejects=self._once(
                "SELECT code, count(*) n, min(message) message FROM rejects GROUP BY 1 ORDER BY 2 DESC, 1"
            ),
            duplicates=self._once("SELECT count(*) n FROM duplicates")[0]["n"],
            lists=lists,
            counts={table: self._search.count(one) for table, one in lists.items()},
            months={table: self._search.months(one) for table, one in lists.items()},
            speakers=self._search.facet(Selection("quotes"), "speaker"),
            countries=self._search.facet(Selection("documents"), "country"),
            n_people=self._once("SELECT count(*) n FROM people")[0]["n"],
            n_events=self._once("SELECT count(*) n FROM events")[0]["n"] if self._corpus.has("events") else 0,
        )

    def list_of(self, table: str) -> Callable[[Request], Response]:
        """Return the endpoint that lists the selected rows of a table."""

        def listed(request: Request) -> Response:
            if table not in self._tables:
                return self._page("missing.html", request, table=table)
            selection = read_selection(table, request.url.query)
            page = self._search.page(selection, request.query_params.get("after", ""))
            return self._page(
                f"{table}.html",
                request,
                selection=selection,
                page=page,
                is_first="after" not in request.query_params,
                order=self._search.order_of(selection),
                facets=self._search.facets(selection),
                months=self._search.months(selection),
                counts={name: self._search.count(selection.on(name)) for name in self._tables},
                **self._rows_of(table, page.hits),
            )

        return listed

    def _rows_of(self, table: str, hits: Sequence[Hit]) -> dict[str, Any]:
        """Return what a list says of its hits: their documents, their rows, the number of these a document has."""
        columns = _COLUMNS["documents"] if table == "documents" else ("title", "source_id")
        documents = self._documents({hit.doc: (hit.unit, hit.doc_row) for hit in hits}, columns)
        items = ", ".join(str(hit.item) for hit in hits)
        if table == "documents":
            others = [name for name in self._tables if name != "documents"]
            count = "SELECT doc, count(*) FROM {} WHERE doc IN ({}) GROUP BY doc"
            tallies = {name: dict(self._search.ask(count.format(name, items))) for name in others}
            return {"documents": documents, "tallies": tallies}
        listed = self._corpus.take(table, [(hit.unit, hit.row) for hit in hits], _COLUMNS[table]).to_pylist()
        rows = {hit.item: row for hit, row in zip(hits, listed, strict=True)}
        speakers: dict[int, str] = {}
        if table == "quotes":
            said = f"SELECT item, key FROM quotes JOIN speakers USING (speaker) WHERE item IN ({items})"
            speakers = dict(self._search.ask(said))
        return {"documents": documents, "rows": rows, "speaker_of": speakers}

    def _some(self, selection: Selection) -> dict[str, Any]:
        """Return the first rows of a list, for another page."""
        page = self._search.page(selection, size=_SHOWN)
        return {"hits": page.hits, "n": self._search.count(selection), **self._rows_of(selection.table, page.hits)}

    def people(self, request: Request) -> Response:
        """List people, those with most quotations first."""
        return self._page("people.html", request, **list_people(self._corpus, request.query_params))

    def person(self, request: Request) -> Response:
        """Show a person: names, offices, what is quoted of them and when."""
        key = request.path_params["key"]
        found = self._corpus.rows("SELECT * FROM people WHERE person_key = ?", _known_key(key))
        if not found:
            raise HTTPException(404, "There is no such person.")
        quotes, documents = (Selection(table, values=(("speaker", key),)) for table in ("quotes", "documents"))
        return self._page(
            "person.html", request, person=found[0], quotes=quotes, documents=documents, some=self._some(quotes),
            n_documents_quoting=self._search.count(documents), months=self._search.months(quotes),
            about=self._search.facet(quotes, "country"),
        )  # fmt: skip

    def countries(self, request: Request) -> Response:
        """List countries, those that most documents name first."""
        sums = ", ".join(f"sum(iif(list = '{table}', n, 0))" for table in FILTERS)
        found = self._search.ask(
            f"SELECT value, {sums} FROM totals WHERE name = 'country' GROUP BY value ORDER BY 2 DESC, 1"
        )
        return self._page("countries.html", request, countries=found)

    def country(self, request: Request) -> Response:
        """Show a country: where it is named, by whom, with whom it deals, and its people."""
        code = request.path_params["code"][:40]
        if not self._search.ask("SELECT 1 FROM totals WHERE name = 'country' AND value = ?", _known_key(code)):
            raise HTTPException(404, "No document names such a country.")
        lists = {table: Selection(table, values=(("country", code),)) for table in self._tables}
        query = "SELECT * FROM people WHERE country_id = ? ORDER BY n_quotations DESC, person_key LIMIT 20"
        return self._page(
            "country.html", request, code=code, lists=lists, people=self._corpus.rows(query, f"iso:{code}"),
            counts={table: self._search.count(one) for table, one in lists.items()},
            months={table: self._search.months(one) for table, one in lists.items()},
            beside=self._search.facet(lists["documents"], "country"),
            speakers=self._search.facet(lists["quotes"], "speaker"),
            types=self._search.facet(lists["engagements"], "type") if "engagements" in lists else [],
            partners=self._search.facet(lists["engagements"], "country") if "engagements" in lists else [],
        )  # fmt: skip

    def events(self, request: Request) -> Response:
        """List events, the newest first."""
        if not self._corpus.has("events"):
            return self._page("missing.html", request, table="events")
        return self._page("events.html", request, **list_events(self._corpus, request.query_params))

    def event(self, request: Request) -> Response:
        """Show an event: the documents that tell it, and what only one of two publishers says."""
        key = _known_key(request.path_params["key"])
        found = self._corpus.rows("SELECT * FROM events WHERE event_id = ?", key) if self._corpus.has("events") else []
        if not found:
            raise HTTPException(404, "There is no such event.")
        told = self._corpus.rows("SELECT * FROM event_rows WHERE event_id = ? ORDER BY publisher, engagement_id", key)
        places = self._places([row["doc_id"] for row in told])
        wanted = {row["engagement_id"]: row["publisher"] for row in told}
        units = {doc_id: unit for doc_id, (unit, _) in places.items()}
        rows = [row for row in self._corpus.of_documents("engagements", units) if row["engagement_id"] in wanted]
        has_readouts = self._corpus.has("readouts")
        order = "publisher_a, publisher_b, aspect, comparison, text_a, text_b"
        query = f"SELECT * FROM readouts WHERE event_id = ? ORDER BY {order}"
        return self._page(
            "event.html", request, event=found[0], publishers=wanted,
            documents=self._documents(places, ("title", "published_on", "source_id")),
            rows=sorted(rows, key=lambda row: (str(row["published_on"] or ""), row["engagement_id"])),
            readouts=self._corpus.rows(query, key) if has_readouts else [],
        )  # fmt: skip

    def figures(self, request: Request) -> Response:
        """List figures, the newest first."""
        if not self._corpus.has("figures"):
            return self._page("missing.html", request, table="figures")
        found = list_figures(self._corpus, request.query_params)
        documents = self._documents(self._places([row["doc_id"] for row in found["rows"]]), ("title", "source_id"))
        return self._page("figures.html", request, documents=documents, **found)

    def formulas(self, request: Request) -> Response:
        """List wording that recurs, that of most documents first."""
        if not self._corpus.has("formulas"):
            return self._page("missing.html", request, table="formulas")
        return self._page("formulas.html", request, **list_formulas(self._corpus, request.query_params))

    def formula(self, request: Request) -> Response:
        """Show a formula: first and last use, what took its place, by whom it is used and where."""
        key = _known_key(request.path_params["key"])
        found = show_formula(self._corpus, key) if self._corpus.has("formulas") else None
        if found is None:
            raise HTTPException(404, "There is no such formula.")
        places = self._places([row["doc_id"] for row in found["uses"]])
        documents = self._documents(places, ("title", "source_id", "text"))
        return self._page("formula.html", request, documents=documents, **found)

    def _places(self, doc_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return where documents lie, those that there are: the segment, and the number of the row."""
        marks = ", ".join("?" * len(doc_ids))
        joined = "documents d JOIN units u USING (unit)"
        found = self._search.ask(f"SELECT d.id, u.id, d.row FROM {joined} WHERE d.id IN ({marks})", *doc_ids)
        return {doc_id: (unit, row) for doc_id, unit, row in found}

    def _documents(self, places: Mapping[Key, tuple[str, int]], columns: Sequence[str]) -> dict[Key, Row]:
        rows = self._corpus.take("documents", list(places.values()), columns).to_pylist()
        return dict(zip(places, rows, strict=True))

    def document(self, request: Request) -> Response:
        """Show a document: restored and raw text side by side, and its rows."""
        doc_id = _known_key(request.path_params["doc_id"])
        asked = request.query_params
        place = self._places([doc_id]).get(doc_id)
        if place is None:
            raise HTTPException(404, "There is no such document.")
        query = read_selection("documents", urlencode({"q": asked.get("q", "")}))
        show = [name for value in asked.getlist("show") for name in value.split(",")] if "show" in asked else None
        hit = asked.get("hit", "")
        view = view_document(
            self._corpus, place, query.terms, show, asked.get("at", ""), int(hit[:6]) if hit.isdecimal() else 1
        )
        if asked.get("form") == "json":
            return Response(to_json({"document": view.row, **view.rows}), media_type="application/json")
        said = "FROM documents d JOIN quotes q ON q.doc = d.item JOIN speakers s USING (speaker) WHERE d.id = ?"
        speakers = dict(self._search.ask(f"SELECT q.id, s.key {said}", doc_id))
        return self._page(
            "document.html", request, view=view, row=view.row, query=query.query, speaker_of=speakers,
            show=",".join(show) if show is not None else "", at=asked.get("at", ""),
        )  # fmt: skip

    def row(self, request: Request) -> Response:
        """Lead to the raw place that a row came from: the address to cite."""
        table, key = request.path_params["table"], _known_key(request.path_params["key"])
        spec = TABLES.get(table)
        column = KEYS.get(table) or (spec.key if spec else None)
        if column is None or not self._corpus.has(table):
            raise HTTPException(404, "There is no such table.")
        if table == "documents":
            return RedirectResponse(document_url(key), 302)
        place = "doc_id, raw_start, raw_end"
        places = self._places([key.rpartition("-")[0]])  # keys begin with that of the document
        units = {doc_id: unit for doc_id, (unit, _) in places.items()}
        found = [r for r in self._corpus.of_documents(table, units, f"{column}, {place}") if r[column] == key]
        found = found or self._corpus.rows(f"SELECT {place} FROM {table} WHERE {column} = ?", key)
        if not found or "raw_start" not in found[0]:
            raise HTTPException(404, "There is no such row.")
        return RedirectResponse(
            document_url(found[0]["doc_id"], f"r{found[0]['raw_start']}-{found[0]['raw_end']}"), 302
        )

    def export(self, request: Request) -> Response:
        """Send the rows of a selection, all of them and no other."""
        table, form = request.path_params["table"], request.path_params["form"]
        if table not in self._tables or form not in FORMS:
            raise HTTPException(404, "There is no such export.")
        selection = read_selection(table, request.url.query)
        batches = read_rows(self._corpus, self._search, selection)
        write = {"jsonl": write_jsonl, "parquet": write_parquet}.get(form)
        body = write(batches) if write else write_csv(batches, raw=self._raw_csv)
        headers = {
            "content-disposition": f'attachment; filename="{table}.{form}"',
            "x-rows": str(self._search.count_all(selection)),
            "link": f'</export/{table}.query.json?{selection.to_query()}>; rel="describedby"',
        }
        return StreamingResponse(body, media_type=FORMS[form], headers=headers)

    def describe_export(self, request: Request) -> Response:
        """Say what an export is: what was asked, of which state of the dataset, and how many rows that has."""
        table = request.path_params["table"]
        if table not in self._tables:
            raise HTTPException(404, "There is no such export.")
        selection = read_selection(table, request.url.query)
        said = describe(self._corpus, self._search, selection, version("communique"))
        return Response(
            json.dumps(json.loads(to_json(said)), indent=1, ensure_ascii=False), media_type="application/json"
        )

    def sql(self, request: Request) -> Response:
        """Show the rows of a query that the user wrote."""
        query = request.query_params.get("q", "")[:20_000]
        answer = ask(self._corpus, query) if query.strip() else None
        return self._page("sql.html", request, query=query, answer=answer, files=self._corpus.files)

    def health(self, request: Request) -> Response:
        """Say that the dataset and its index can be read."""
        n = self._search.count(Selection("documents"))
        return JSONResponse(
            {"status": "ok", "documents": n, "commit": self._corpus.commit, "digest": self._corpus.digest}
        )

    def say_error(self, request: Request, error: Exception) -> Response:
        """Show an error of the address."""
        assert isinstance(error, HTTPException)
        return self._page("error.html", request, error.status_code, title="Not here", says=error.detail)

    def say_unreadable(self, request: Request, error: Exception) -> Response:
        """Show what is wrong with an address."""
        return self._page("error.html", request, 400, title="That cannot be read", says=str(error))

    def say_changed(self, request: Request, error: Exception) -> Response:
        """Say that files are gone which the dataset had when it was opened."""
        says = "A run has replaced files since the explorer was started. Stop it and start it again."
        return self._page("error.html", request, 503, title="The dataset has changed", says=says)


def _known_key(key: str) -> str:
    """Return a key of the address as it can be asked for.

    Raises:
        HTTPException: No key is like that.
    """
    if len(key) > 300 or any("\ud800" <= c <= "\udfff" or c == "\0" for c in key):
        raise HTTPException(404, "There is nothing of that key.")
    return key
