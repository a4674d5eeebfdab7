"""What a piece of the program's code says, apart from how it is written.

Order: a module's source → its top-level definitions, each with a hash of its syntax tree and the names that it uses →
from some modules, all definitions that they need, in other modules too.

Docstrings, comments, layout and positions do not count, and the hash is the same on every Python: the tree is written
out here and not by `ast.dump`, whose output changes with Python's version.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

#: Fields of syntax trees that say nothing, or that not every Python has.
_SILENT = frozenset({"ctx", "kind", "type_comment", "type_ignores", "lineno"})

_TRIES = 5


@dataclass(frozen=True)
class Definition:
    """A top-level statement of a module.

    Attributes:
        digest: Hash of what it says.
        uses: Names that it mentions, `a` and `a.b`.
        strings: String constants in it.
    """

    digest: str
    uses: tuple[str, ...]
    strings: tuple[str, ...]


@dataclass(frozen=True)
class Module:
    """A module.

    Attributes:
        definitions: By the name that they bind; what binds none is under the empty name.
        imports: What an imported name stands for: a module, and the name in it or an empty one.
    """

    definitions: Mapping[str, tuple[Definition, ...]]
    imports: Mapping[str, tuple[str, str]]

    @cached_property
    def _needs(self) -> dict[str, tuple[tuple[str, str], ...]]:
        return {}

    def needs(self, bound: str) -> tuple[tuple[str, str], ...]:
        """Return what a definition uses, each once: a module, which is empty for this one, and a name in it."""
        if bound not in self._needs:
            used = {name: None for found in self.definitions[bound] for name in found.uses}
            own = [("", name) for name in used if name in self.definitions]
            targets = [target for name in used for target in _targets(self, name)]
            self._needs[bound] = tuple(dict.fromkeys([*own, *targets]))
        return self._needs[bound]

    def to_json(self) -> dict[str, Any]:
        """Return it as values that JSON has."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Module:
        """Make a module of what `to_json` gave."""
        definitions = {
            name: tuple(Definition(d["digest"], tuple(d["uses"]), tuple(d["strings"])) for d in found)
            for name, found in values["definitions"].items()
        }
        return cls(definitions, {name: (target[0], target[1]) for name, target in values["imports"].items()})


@dataclass(frozen=True)
class Reach:
    """What some modules need.

    Attributes:
        digests: Hash of every definition, by `module:name`.
        strings: String constants in them.
        packages: Top-level names of what they import from elsewhere.
    """

    digests: Mapping[str, tuple[str, ...]]
    strings: frozenset[str]
    packages: frozenset[str]


def digest_tree(node: ast.AST) -> str:
    """Return a hash of a syntax tree, the same for code that differs in docstrings, comments and layout only.

    Example:
        >>> one, two = ast.parse("def f(a):\\n    'Says.'\\n    return a"), ast.parse("def f( a ): return a  # says")
        >>> digest_tree(one) == digest_tree(two)
        True
    """
    parts: list[str] = []
    _write(node, parts.append)
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _write(value: object, say: Callable[[str], None]) -> None:
    if isinstance(value, ast.AST):
        say(type(value).__name__)
        say("(")
        for name in sorted(value._fields):
            inner = getattr(value, name, None)
            if name in _SILENT or inner is None or inner == []:
                continue
            if name == "body" and isinstance(inner, list):
                inner = _without_docstring(inner)
            elif name == "values" and isinstance(value, ast.JoinedStr):
                inner = _joined(inner)
            say(f"{name}=")
            _write(inner, say)
        say(")")
    elif isinstance(value, list):
        say("[")
        for item in value:
            _write(item, say)
            say(",")
        say("]")
    else:
        say(ascii(value))


def _without_docstring(body: list[Any]) -> list[Any]:
    first = body[0] if body else None
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_docstring else body


def _joined(values: list[Any]) -> list[Any]:
    """Return the parts of an f-string with neighbouring constants joined, as not every Python does."""
    parts: list[Any] = []
    for value in values:
        if not isinstance(value, ast.Constant):
            parts.append(value)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += str(value.value)
        else:
            parts.append(str(value.value))
    return [part for part in parts if part != ""]


def read_module(source: str) -> Module:
    """Return the definitions and imports of a module's source.

    Raises:
        SyntaxError: It is no Python.
    """
    definitions: dict[str, list[Definition]] = {}
    imports: dict[str, tuple[str, str]] = {}
    for statement in _without_docstring(_parse(source).body):
        found: dict[str, tuple[str, str]] = {}
        uses: set[str] = set()
        strings: set[str] = set()
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    found[name] = (alias.name if alias.asname else name, "")
                    uses.add(name)
                    if not alias.asname and "." in alias.name:  # `import a.b`: the inner module is run, too
                        found[alias.name] = (alias.name, "")
                        uses.add(alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found[alias.asname or alias.name] = (node.module, alias.name)
                    uses.add(alias.asname or alias.name)
            elif isinstance(node, ast.Name):
                uses.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                uses.add(f"{node.value.id}.{node.attr}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
        imports |= found
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        definition = Definition(digest_tree(statement), tuple(sorted(uses)), tuple(sorted(strings)))
        for name in _bound(statement) or [""]:
            definitions.setdefault(name, []).append(definition)
    return Module({name: tuple(own) for name, own in definitions.items()}, imports)


def _parse(source: str) -> ast.Module:
    """Parse source, again if need be: up to Python 3.12 a parse in another thread can spoil the count of depths."""
    for _ in range(_TRIES - 1):
        with suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def _bound(statement: ast.stmt) -> list[str]:
    """Return the names that a top-level statement binds and does nothing else; none for one that does more."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    names = [node for target in targets for node in ast.walk(target)]
    if all(isinstance(node, ast.Name | ast.Tuple | ast.List | ast.expr_context) for node in names):
        return [node.id for node in names if isinstance(node, ast.Name)]
    return []


def find_source(module: str) -> Path | None:
    """Return the file of a module, without importing it; None where it has none of Python source."""
    top, *inner = module.split(".")
    spec = find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for path in (Path(place, *inner).with_suffix(".py"), Path(place, *inner, "__init__.py")):
            if path.is_file():
                return path
    return None


def reach(
    roots: Iterable[str],
    read: Callable[[str], Module | None],
    *,
    own: Callable[[str], bool],
    whole: Callable[[str], bool],
    without: Collection[str] = (),
) -> Reach:
    """Return everything that some modules need.

    Args:
        roots: Modules of which everything is needed.
        read: Gives a module by name, None if there is none.
        own: Tells whether a module is the program's own; others count as packages.
        whole: Tells whether everything in a module counts once it is imported; of others, what is used.
        without: Definitions that do not count, as `module:name`: registries, of which the entries count.
    """
    digests: dict[str, tuple[str, ...]] = {}
    strings: set[str] = set()
    packages: set[str] = set()
    waiting: list[tuple[str, str]] = [(root, "*") for root in roots]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen or f"{name}:{wanted}" in without:
            continue
        seen.add((name, wanted))
        if not own(name):
            packages.add(name.partition(".")[0])
            continue
        module = read(name)
        if module is None:
            continue
        inner = f"{name}.{wanted}"
        if wanted not in ("", "*") and wanted not in module.definitions and wanted not in module.imports:
            waiting.append((inner, ""))  # `from package import module`
        everything = wanted == "*" or whole(name)
        if everything and (name, "*") in seen and wanted != "*":
            continue
        seen.add((name, "*" if everything else wanted))
        for bound in (*module.definitions, *module.imports) if everything else (wanted, ""):
            if f"{name}:{bound}" in without:
                continue
            if bound in module.imports and (everything or bound not in module.definitions):
                waiting.extend(_targets(module, bound))
            found = module.definitions.get(bound, ())
            if not found or f"{name}:{bound}" in digests:
                continue
            digests[f"{name}:{bound}"] = tuple(d.digest for d in found)
            for definition in found:
                strings.update(definition.strings)
            needed = ((of or name, used) for of, used in module.needs(bound))
            waiting.extend(one for one in needed if one not in seen)
    return Reach(digests, frozenset(strings), frozenset(packages))


def _targets(module: Module, used: str) -> Iterator[tuple[str, str]]:
    """Yield the (module, name) that a name stands for where it is imported.

    An imported module that is only used by `module.name` counts by these names; by itself it brings what it does
    when it is run.
    """
    base, _, attribute = used.partition(".")
    if used in module.imports:
        yield module.imports[used]
    elif attribute and base in module.imports:
        target, name = module.imports[base]
        yield (target, attribute) if not name else (f"{target}.{name}", attribute)
