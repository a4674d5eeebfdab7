"""What code says: the same on every Python, whatever its layout, and by the definitions that are used."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from flows.code import Module, digest_tree, reach, read_module

# Every kind of syntax of the oldest Python that is supported; digests as Python 3.11, 3.12 and 3.13 give them.
SYNTAX = Path(__file__).parent / "syntax.txt"
DIGEST = "f11f607a4d954ca6"


def digest(source: str) -> str:
    return digest_tree(ast.parse(source))


def test_the_same_on_every_python() -> None:
    assert digest(SYNTAX.read_text("utf-8")) == DIGEST


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(a):\n    return a", "def f( a ):\n    # says\n    'Says.'\n    return (a)"),
        ("class A:\n    'x'\n    b: int = 1", 'class A:\n\n    """Other."""\n\n    b:int=1'),
        ("'module'\nx = 'a' 'b'", "x = 'ab'"),
    ],
)
def test_layout_comments_and_docstrings_do_not_count(before: str, after: str) -> None:
    assert digest(before) == digest(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1", "x = 2"), ("x = 1", "x = 1.0"), ("x = 'a'", "x = b'a'"), ("x = y.a", "x = y.b"),
        ("def f(a): return a", "def f(a=None): return a"), ("x < y", "x <= y"), ("x = f'{a}b'", "x = f'{a}c'"),
        ("x = f'{a!r}'", "x = f'{a}'"), ("def f(): 'a'; return 1", "def f(): return 2"), ("a, b", "(a), b, c"),
    ],
)  # fmt: skip
def test_what_code_does_counts(before: str, after: str) -> None:
    assert digest(before) != digest(after)


TREE = {
    "t.one.task": "from t.one.rules import rule\nimport numpy\ndef one(): return rule(numpy)",
    "t.one.rules": "from t import shared\nfrom t.registry import ENTRIES, A\ndef rule(x): return shared.used(x), A\nspare = 1",
    "t.shared": "import re\nLIMIT = 3\ndef used(x): return inner(x, LIMIT)\ndef inner(x, n): ...\ndef unused(): return 'unused.tsv'\nre.purge()",
    "t.registry": "A = 'a.tsv'\nB = 'b.tsv'\nENTRIES = (A, B)",
    "t": "",
}  # fmt: skip


def reached(**changed: str) -> dict[str, tuple[str, ...]]:
    sources = TREE | {name.replace("_", "."): source for name, source in changed.items()}

    def read(name: str) -> Module | None:
        return read_module(sources[name]) if name in sources else None

    found = reach(
        ["t.one.task"], read, own=lambda m: m.split(".")[0] == "t", whole=lambda m: m.startswith("t.one."),
        without=["t.registry:ENTRIES"],
    )  # fmt: skip
    assert found.packages == {"numpy", "re"} or found.packages == {"numpy"}
    assert "b.tsv" not in found.strings
    return dict(found.digests)


def test_of_its_own_package_all_counts_and_of_shared_modules_what_is_used() -> None:
    assert set(reached()) == {
        "t.one.task:one", "t.one.rules:rule", "t.one.rules:spare", "t.shared:used", "t.shared:inner", "t.shared:LIMIT",
        "t.shared:", "t.registry:A",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("module", "old", "new", "counts"),
    [
        ("t.shared", "LIMIT = 3", "LIMIT = 4", True),
        ("t.shared", "def inner(x, n): ...", "def inner(x, n): return x", True),
        ("t.shared", "return 'unused.tsv'", "return 'other.tsv'", False),
        ("t.shared", "re.purge()", "re.escape('')", True),
        ("t.one.rules", "spare = 1", "spare = 2", True),
        ("t.registry", "B = 'b.tsv'", "B = 'c.tsv'", False),
        ("t.registry", "ENTRIES = (A, B)", "C = 'd.tsv'\nENTRIES = (A, B, C)", False),
        ("t.registry", "A = 'a.tsv'", "A = 'c.tsv'", True),
    ],
)
def test_a_change_counts_where_it_is_used(module: str, old: str, new: str, counts: bool) -> None:
    assert old in TREE[module]
    changed = reached(**{module.replace(".", "_"): TREE[module].replace(old, new)})
    assert (changed != reached()) == counts


def test_a_module_is_the_same_from_json() -> None:
    module = read_module(TREE["t.shared"])
    assert Module.from_json(module.to_json()) == module


def test_a_parse_that_another_thread_has_spoilt_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, left = ast.parse, [SystemError("AST constructor recursion depth mismatch (before=60, after=75)")]

    def parse(source: str) -> ast.Module:
        if left:
            raise left.pop()
        return real(source)

    monkeypatch.setattr(ast, "parse", parse)
    assert set(read_module("a = 1").definitions) == {"a"}
