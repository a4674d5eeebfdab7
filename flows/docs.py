"""The generated parts of docs/: the tables and their columns, and the picture of the house, both from the registries.

python -m flows.docs        writes docs/tables.md and the picture in docs/architecture.md
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyarrow as pa

from flows.stages import STAGES, before_publish
from tasks.edits import EDIT_KINDS
from tasks.schemas import TABLES, VIEWS, Table

_PICTURE = re.compile(r"(?<=<!-- picture -->\n).*?(?=<!-- end -->)", re.S)


def tables_markdown() -> str:
    """Return the tables and columns of the dataset as Markdown."""
    lines = [
        "# Tables and columns",
        "",
        "Made by `python -m flows.docs` from tasks/schemas.py. Columns are only ever appended. Offsets are half-open",
        "and count Unicode code points.",
        "",
    ]
    for table in (TABLES | VIEWS).values():
        lines += [
            f"## {table.name}",
            "",
            f"{_say_origin(table)}",
            "",
            "| column | type | what it holds |",
            "|---|---|---|",
        ]
        for field in table.schema:
            kind = _say_type(field.type)
            text = (field.metadata or {})[b"description"].decode()
            lines.append(f"| {field.name} | {kind} | {text} |")
        for column, values in sorted(table.vocabularies.items()):
            lines += ["", f"`{column}` is one of {', '.join(values)}."]
        if any(field.name == "edits" for field in table.schema):
            lines += ["", "| kind of edit | what it does |", "|---|---|"]
            lines += [f"| {kind} | {meaning} |" for kind, meaning in EDIT_KINDS.items()]
        lines.append("")
    return "\n".join(lines)


def _say_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {'structs' if pa.types.is_struct(kind.value_type) else f'{kind.value_type}s'}"
    return str(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _say_origin(table: Table) -> str:
    key = f"Key: {table.key}. " if table.key else ""
    place = "over the whole dataset" if table.name in VIEWS else "by source and year of publication"
    if table.name in TABLES and not table.is_of_documents:
        place = "by source"
    stage = "every stage" if table.name == "rejects" else f"the stage {table.stage}"
    return f"{key}Made by {stage}; lies {place}."


def picture() -> str:
    """Return the stages, what flows between them and what they yield, as a Mermaid diagram and a table."""
    lines = ["```mermaid", "flowchart LR", "    dump([dumps])"]
    for stage in STAGES.values():
        made = ", ".join(stage.yields) if stage.name != "publish" else "the dataset"
        lines.append(f'    {stage.name}["{stage.name}<br/><small>{made or "records"}</small>"]')
        lines += [f"    {before} --> {stage.name}" for before in stage.after or ("dump",)]
    lines += ["```", "", "| stage | works on | after | reads | yields |", "|---|---|---|---|---|"]
    for stage in STAGES.values():
        yields = ", ".join(stage.yields) or ("the tables of the dataset" if stage.name == "publish" else "")
        after, reads = ", ".join(stage.after) or "the plan", ", ".join(stage.reads) or "files of the input"
        lines.append(f"| {stage.name} | a {stage.scope} | {after} | {reads} | {yields} |")
    refusing = ", ".join(stage.name for stage in before_publish())
    return "\n".join([*lines, "", f"A document that a stage cannot do becomes a row of rejects: {refusing}.", ""])


def write_docs(folder: Path) -> None:
    """Write what is generated into a folder of documents."""
    (folder / "tables.md").write_text(tables_markdown(), encoding="utf-8")
    page = folder / "architecture.md"
    page.write_text(_PICTURE.sub(lambda _: picture(), page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write_docs(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
