"""Queries that the user writes: read-only, over the files of the dataset and no other, for a while and some rows."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import duckdb

from explorer.corpus import Corpus

ROWS = 1_000
SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What came of a query: its columns and rows, or what is wrong with it."""

    columns: list[str]
    rows: list[tuple[object, ...]]
    is_cut: bool = False
    fault: str = ""


def ask(corpus: Corpus, query: str) -> Answer:
    """Ask DuckDB. It can open no file but those of the dataset, and its settings cannot be changed.

    Args:
        corpus: The dataset.
        query: One SELECT.
    """
    with corpus.connect() as db:
        timer = threading.Timer(SECONDS, db.interrupt)
        timer.start()
        try:
            statements = db.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                return Answer([], [], fault="One SELECT, and nothing else.")
            found = db.execute(statements[0])
            rows = found.fetchmany(ROWS + 1)
            columns = [str(column[0]) for column in found.description or ()]
            return Answer(columns, rows[:ROWS], len(rows) > ROWS)
        except duckdb.InterruptException:
            return Answer([], [], fault=f"It took longer than {SECONDS:.0f} seconds.")
        except (duckdb.Error, UnicodeError) as error:
            return Answer([], [], fault=str(error))
        finally:
            timer.cancel()
