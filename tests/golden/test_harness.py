"""The runner of golden folders: wrong rows fail, folders that cannot be read say why, only what is needed runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import harness
from tests.golden.harness import GoldenError, differences, find_folders, main, read_folder, run_document

TEXT = "Minister Ivo Hale said that the fleet would stay in port.\n"
HEADER = "document\tsegments\tspeaker_name"


def folder(root: Path, **files: str) -> Path:
    """Write a folder; `quotes_tsv="..."` becomes quotes.tsv."""
    path = root / "quotes" / "phenomenon"
    path.mkdir(parents=True)
    for name, text in files.items():
        (path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return path


def compare(path: Path, name: str = "a") -> str:
    read = read_folder(path)
    return differences(read, read.documents[name])


def test_the_right_row_passes(tmp_path: Path) -> None:
    path = folder(tmp_path, a_txt=TEXT, quotes_tsv=f"{HEADER}\na\tthe fleet would stay in port\tIvo Hale\n")
    assert find_folders(tmp_path) == [path]
    assert compare(path) == ""


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ("a\tthe fleet would stay in port\tAna Ruiz\n", ["  - the fleet would stay in port\tAna Ruiz"]),
        ("", ["  + the fleet would stay in port\tIvo Hale"]),
        (
            "a\tthe fleet would stay in port\tIvo Hale\na\tmore\tIvo Hale\n",
            ["    the fleet would stay in port\tIvo Hale", "  - more\tIvo Hale"],
        ),
    ],
    ids=["wrong", "one that is not expected", "one that does not come"],
)
def test_a_row_that_differs_is_shown(rows: str, shown: list[str], tmp_path: Path) -> None:
    found = compare(folder(tmp_path, a_txt=TEXT, quotes_tsv=f"{HEADER}\n{rows}"))
    assert "phenomenon/quotes.tsv, document 'a'" in found
    assert all(line in found.split("\n") for line in shown)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"quotes_tsv": "document\tspeeker\n"}, r"quotes\.tsv: no column 'speeker'; known: document, quote_id"),
        ({"quotes_tsv": "document\ttext\ttext\n"}, "names a column twice"),
        ({"quotes_tsv": "document\n"}, "or none to compare"),
        ({"quotes_tsv": "# nothing\n"}, r"quotes\.tsv: no header"),
        ({"quotes_tsv": f"{HEADER}\na\tone\n"}, r"quotes\.tsv, line 2: 2 cells, but 3 columns"),
        ({"quotes_tsv": f"{HEADER}\nb\tone\ttwo\n"}, r"quotes\.tsv, line 2: no document 'b'; known: a"),
        ({"quotes_tsv": HEADER, "quote_tsv": HEADER}, "no table 'quote'; known: documents"),
        ({"entities_tsv": "document\ttext\n"}, r"no file quotes\.tsv"),
        ({"quotes_tsv": "text\n", "b_txt": TEXT}, "2 documents, and the header no column `document`"),
        ({"quotes_tsv": HEADER, "b_txt": f"=== a\n{TEXT}"}, "document 'a' is named twice"),
        ({"quotes_tsv": HEADER, "b_txt": "=== b\n"}, "document 'b' is empty"),
        ({"quotes_tsv": HEADER, "b_txt": f"{TEXT}=== b\n{TEXT}"}, r"b\.txt: text stands before the first line"),
        ({"quotes_tsv": HEADER, "options_toml": "titel = 'x'"}, r"options\.toml: no option 'titel'"),
        ({"quotes_tsv": HEADER, "options_toml": "title = x"}, r"options\.toml: "),
        ({"quotes_tsv": HEADER, "options_toml": "documents.b.title = 'x'"}, "no document 'b'; known: a"),
        ({"quotes_tsv": HEADER, "options_toml": "documents.a.titel = 'x'"}, "no option of a 'titel'"),
        ({"quotes_tsv": HEADER, "options_toml": "only.quotes.kind = ['x']"}, "no column 'kind'"),
        ({"quotes_tsv": HEADER, "options_toml": "only.quote.type = ['x']"}, "no table 'quote'"),
        ({"quotes_tsv": HEADER, "options_toml": "model.PERSONS = ['x']"}, "no label 'PERSONS'; known: PERSON, TITLE"),
        ({"quotes_tsv": HEADER, "options_toml": "settings.quotes.model_reads = 'much'"}, "settings: .*model_reads"),
        ({"quotes_tsv": HEADER, "options_toml": "settings.quote.cues = 'x'"}, "settings: .*quote"),
    ],
)
def test_a_folder_that_cannot_be_read_says_why(files: dict[str, str], message: str, tmp_path: Path) -> None:
    path = folder(tmp_path, a_txt=TEXT, **files)
    with pytest.raises(GoldenError, match=message):
        read_folder(path)


def test_a_folder_without_documents(tmp_path: Path) -> None:
    with pytest.raises(GoldenError, match="no document"):
        read_folder(folder(tmp_path, quotes_tsv=HEADER))


def test_a_document_that_a_stage_refuses_is_no_document_without_rows(tmp_path: Path) -> None:
    path = folder(tmp_path, a_txt="\u200b", quotes_tsv=HEADER)
    with pytest.raises(GoldenError, match="document 'a' is refused"):
        compare(path)


def test_options_of_all_and_of_one(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        a_txt=f"=== a\n{TEXT}\n=== b\n{TEXT}",
        options_toml="source = 'kremlin'\npublished_on = 2021-05-04\ndocuments.b = {title = 'Fleet', kind = 'speech'}",
        documents_tsv="document\tsource_id\ttitle\tkind\tpublished_on\nb\tkremlin\tFleet\tspeech\t2021-05-04\n"
        "a\tkremlin\t\trelease\t2021-05-04\n",
        quotes_tsv="document\ttype\na\tindirect\nb\tindirect\n",
    )
    assert compare(path, "a") == "" == compare(path, "b")


def test_settings_are_laid_over(tmp_path: Path) -> None:
    glued = "Talkswereheldintheafternoonwiththenavy."
    path = folder(
        tmp_path,
        a_txt=glued,
        options_toml="settings.normalize.restore = false",
        sentences_tsv=f"text\n{glued}\n",
        quotes_tsv="text\n",
    )
    assert compare(path) == ""
    (path / "options.toml").unlink()
    assert "Talks were held" in compare(path)


def test_only_the_stages_that_columns_need_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("not needed")

    monkeypatch.setattr(harness, "annotate_entities", fail)
    path = folder(tmp_path, a_txt=TEXT, quotes_tsv=f"{HEADER}\na\tthe fleet would stay in port\tIvo Hale\n")
    assert compare(path) == ""
    (path / "quotes.tsv").write_text("document\tspeaker_id\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="not needed"):
        compare(path)


def test_entities_and_roles_and_the_speakers_entity(tmp_path: Path) -> None:
    text = "NATO Secretary General Jens Stoltenberg said that the alliance had spent $3 million on Monday.\n"
    path = folder(
        tmp_path,
        a_txt=text,
        options_toml="only.entities.label = ['PERSON', 'MONEY']",
        entities_tsv="label\ttext\tcanonical_id\tamount\tcurrency\n"
        "PERSON\tJens Stoltenberg\tperson:jens-stoltenberg\t\t\nMONEY\t$3 million\t\t3000000\tUSD\n",
        roles_tsv="person\ttitle\torganisation\nJens Stoltenberg\tSecretary General\tNATO\n",
        quotes_tsv="speaker\tspeaker_id\nJens Stoltenberg\tperson:jens-stoltenberg\n",
    )
    assert compare(path) == ""
    rows = run_document(read_folder(path), read_folder(path).documents["a"])
    key = rows["quotes"][0]["speaker_entity_id"]
    assert {row["text"] for row in rows["entities"] if row["entity_id"] == key} == {"Jens Stoltenberg"}


def test_names_that_the_model_is_said_to_find(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        a_txt="In Oslo the rector met the widget board.",
        options_toml="[model]\nORG = ['widget board']",
        entities_tsv="label\ttext\tmethod\nORG\twidget board\tmodel\n",
        quotes_tsv="text\n",
    )
    assert compare(path) == ""
    (path / "options.toml").write_text("[model]\n", encoding="utf-8")
    assert "  - ORG\twidget board\tmodel" in compare(path)


def test_rows_as_they_are_now_can_be_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(folder(tmp_path, a_txt=TEXT, quotes_tsv=HEADER))])
    assert capsys.readouterr().out.splitlines()[1:] == [HEADER, "a\tthe fleet would stay in port\tIvo Hale"]
