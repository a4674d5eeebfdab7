"""The explorer as an application: GET only, no cookie, no state, nothing written.

Headers, then the check of the Host → a route → a page (explorer/views.py). An address says all that is on its page.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.corpus import Corpus
from explorer.pages import STATIC
from explorer.search import Search
from explorer.selection import FILTERS, SelectionError
from explorer.views import Views

LOOPBACK = ("127.0.0.1", "localhost")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SecureHeaders:
    """Sets the headers of every answer, those of errors included.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def make_app(corpus: Corpus, *, hosts: Iterable[str] = LOOPBACK, sql: bool = False, raw_csv: bool = False) -> ASGIApp:
    """Return the application for a dataset whose index is up to date.

    Args:
        corpus: The dataset.
        hosts: The names by which it may be asked.
        sql: Whether there is a page for queries.
        raw_csv: Whether texts of CSV are left as they are where a spreadsheet would take them for formulas.
    """
    views = Views(corpus, Search(corpus.index), sql=sql, raw_csv=raw_csv)
    routes = [
        Route("/", views.overview),
        *(Route(f"/{table}", views.list_of(table)) for table in FILTERS),
        Route("/people", views.people),
        Route("/people/{key:path}", views.person),
        Route("/countries", views.countries),
        Route("/countries/{code}", views.country),
        Route("/events", views.events),
        Route("/events/{key:path}", views.event),
        Route("/figures", views.figures),
        Route("/formulas", views.formulas),
        Route("/formulas/{key:path}", views.formula),
        Route("/doc/{doc_id}", views.document),
        Route("/row/{table}/{key:path}", views.row),
        Route("/export/{table}.query.json", views.describe_export),
        Route("/export/{table}.{form}", views.export),
        Route("/health", views.health),
        *([Route("/sql", views.sql)] if sql else []),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    handlers = {
        HTTPException: views.say_error,
        SelectionError: views.say_unreadable,
        duckdb.IOException: views.say_changed,
        FileNotFoundError: views.say_changed,
    }
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)]
    app = Starlette(routes=routes, exception_handlers=handlers, middleware=middleware)
    return SecureHeaders(app)
