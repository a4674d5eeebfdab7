"""What `make run` prints after the sample is built: a short summary and how to ask for more."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds


def tour(dataset: Path) -> str:
    """Summarise a dataset in a few lines.

    Args:
        dataset: Folder of the dataset.
    """
    documents = ds.dataset(dataset / "documents").to_table(columns=["text_condition", "published_on"])
    quotes = ds.dataset(dataset / "quotes").to_table(columns=["speaker_name", "type", "speaker_kind"])
    entities = ds.dataset(dataset / "entities").to_table(columns=["label"])
    lines = [
        f"documents by condition of the raw text: {_counts(documents, 'text_condition')}",
        f"published {pc.min(documents['published_on'])} to {pc.max(documents['published_on'])}",
        f"quotes by type: {_counts(quotes, 'type')}",
        f"most quoted: {_counts(quotes.filter(pc.field('speaker_kind') == 'person'), 'speaker_name', 5)}",
        f"entities by label: {_counts(entities, 'label')}",
        "",
        "open it in DuckDB:",
        f"""  .venv/bin/python -c "import duckdb; duckdb.sql(\\"SELECT speaker_name, type, text FROM """
        f"""'{dataset}/quotes/**/*.parquet' LIMIT 10\\").show()\"""",
    ]
    return "\n".join(lines)


def _counts(table: pa.Table, column: str, most: int = 20) -> str:
    counts = pc.value_counts(table[column].cast("string").drop_null())
    pairs = sorted(((c["counts"], c["values"]) for c in counts.to_pylist()), key=lambda pair: (-pair[0], pair[1]))
    return ", ".join(f"{value} {count}" for count, value in pairs[:most]) or "none"


if __name__ == "__main__":
    print(tour(Path(sys.argv[1])))
