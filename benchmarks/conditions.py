"""The conditions of rules: found in their source, counted as they are met, and switched off one at a time.

Order: the syntax of a module → its conditions, numbered → statements in which some conditions pass through a probe →
their code in the place of the code that the functions of this process have. Only what stands in a function counts; what
a module asks when it is imported has been asked.

A condition is the test of an if, a while or a conditional expression, an operand of `and` or `or`, or the filter of a
comprehension. What it evaluates to still passes through the probe when it is switched off, so that names that it binds
stay bound.
"""

from __future__ import annotations

import ast
import gc
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, TypeGuard

_PROBE = "__probe__"
_JUMPS = (ast.Return, ast.Continue, ast.Break, ast.Raise)


Rest = Callable[[], Any]
Probe = Callable[..., Any]


@dataclass(frozen=True)
class Condition:
    """A condition: where it stands, what it is, how its source reads, and the values that may be put in its place."""

    module: str
    line: int
    function: str
    role: str
    source: str
    values: tuple[bool, ...]


class Switch(NamedTuple):
    """A condition, by its number, held at a value. It matters where the condition evaluates to the other value."""

    number: int
    value: bool


class Met(NamedTuple):
    """How often switches fire, and how often what is around the condition comes out otherwise by it."""

    fires: Counter[Switch]
    matters: Counter[Switch]


class _Finder(ast.NodeTransformer):
    """Numbers the conditions of statements, and wraps those that are wanted in a call of the probe."""

    def __init__(self, module: str, first: int = 0, wanted: Container[int] = ()) -> None:
        self.found: list[Condition] = []
        self._module, self._first, self._wanted = module, first, wanted
        self._names: list[str] = []
        self._functions: list[bool] = []  # around a place: whether what each returns is asked for its truth only

    def _truth(
        self, node: ast.expr, role: str = "", values: tuple[bool, ...] = (), rest: ast.expr | None = None
    ) -> ast.expr:
        """Visit an expression that is asked for its truth only; it is a condition if it has a role.

        Args:
            node: The expression.
            role: What it is in the expression or statement around it.
            values: What it can be held at.
            rest: What decides in its stead when it is, if that can be asked.
        """
        number = self._first + len(self.found)
        is_condition = bool(role and self._functions and not isinstance(node, ast.Constant))
        if is_condition:
            place = ".".join(self._names)
            self.found.append(Condition(self._module, node.lineno, place, role, ast.unparse(node), values))
        if isinstance(node, ast.BoolOp):
            self._visit_operands(node, is_truth=True)
        elif _is_negation(node):
            node.operand = self._truth(node.operand)
        else:
            node = self.visit(node)
        if not is_condition or number not in self._wanted:
            return node
        arguments = [ast.Constant(number), node, *([_late(rest)] if rest else [])]
        call = ast.Call(ast.Name(_PROBE, ast.Load()), arguments, [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def _visit_operands(self, node: ast.BoolOp, *, is_truth: bool) -> None:
        """Visit operands. The last one is a condition only where its truth is all that is asked for."""
        role, values = ("and", (True,)) if isinstance(node.op, ast.And) else ("or", (False,))
        *others, last = node.values
        rests = [_rest(node.op, node.values[i + 1 :]) if is_truth else None for i in range(len(others))]
        node.values = [self._truth(value, role, values, rest) for value, rest in zip(others, rests, strict=True)]
        is_truth = is_truth or isinstance(last, ast.Compare) or _is_negation(last)
        node.values.append(self._truth(last, role, values) if is_truth else self.visit(last))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self._visit_operands(node, is_truth=False)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        node.operand = self._truth(node.operand) if _is_negation(node) else self.visit(node.operand)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        # A guard held at True would always leave, joined operands held at True would all be off.
        is_guard = isinstance(node.body[-1], _JUMPS) and not node.orelse
        is_one = not is_guard and not isinstance(node.test, ast.BoolOp)
        node.test = self._truth(node.test, "if", (False, True) if is_one else (False,))
        node.body = [self.visit(statement) for statement in node.body]
        node.orelse = [self.visit(statement) for statement in node.orelse]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        node.test = self._truth(node.test, "if else", (False, True))
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        node.test = self._truth(node.test, "while", (False,))
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.iter = self.visit(node.iter)
        is_joined = [isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) for test in node.ifs]
        node.ifs = [
            self._truth(test) if joined else self._truth(test, "filter", (True,))
            for test, joined in zip(node.ifs, is_joined, strict=True)
        ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=ast.Name(id="any" | "all"), args=[ast.GeneratorExp() as generator]):
                generator.elt = self._truth(generator.elt)
                generator.generators = [self.visit(part) for part in generator.generators]
                return node
        return self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value:
            node.value = self._truth(node.value) if self._functions[-1] else self.visit(node.value)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._names.append(node.name)
        node.body = [self.visit(statement) for statement in node.body]
        self._names.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._names.append(node.name)
        self._functions.append(isinstance(node.returns, ast.Name) and node.returns.id == "bool")
        node.body = [self.visit(statement) for statement in node.body]
        self._functions.pop()
        self._names.pop()
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._names.append("lambda")
        self._functions.append(False)
        node.body = self.visit(node.body)
        self._functions.pop()
        self._names.pop()
        return node


def _is_negation(node: ast.expr) -> TypeGuard[ast.UnaryOp]:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _rest(operator: ast.boolop, values: Sequence[ast.expr]) -> ast.expr | None:
    """Return what operands come to, as it stands in the source; nothing if that binds names."""
    if any(isinstance(node, ast.NamedExpr) for value in values for node in ast.walk(value)):
        return None
    copies = [deepcopy(value) for value in values]
    return ast.BoolOp(operator, copies) if len(copies) > 1 else copies[0]


def _late(node: ast.expr) -> ast.Lambda:
    """Return an expression that is evaluated when called; its parameter tells its code from that of the source."""
    return ast.Lambda(ast.arguments([], [ast.arg(_PROBE)], None, [], [], None, [ast.Constant(None)]), node)


class _Statement(NamedTuple):
    """A statement of a module, and the number of its first condition."""

    module: ModuleType
    imports: Sequence[ast.stmt]  # the compiler calls what is imported in another way
    tree: ast.stmt
    first: int

    def codes(self, wanted: Container[int]) -> Iterator[tuple[CodeType, CodeType]]:
        """Yield the code of each function as it is, and with its wanted conditions wrapped."""
        finder = _Finder(self.module.__name__, self.first, wanted)
        yield from zip(self._compile(self.tree), self._compile(finder.visit(deepcopy(self.tree))), strict=True)

    def _compile(self, tree: ast.stmt) -> Iterator[CodeType]:
        whole = ast.Module([*self.imports, tree], [])
        return _inner(compile(whole, str(self.module.__file__), "exec", dont_inherit=True))


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_varnames[:1] != (_PROBE,):
            yield constant
            yield from _inner(constant)


def _keeps_answers(thing: object) -> bool:
    """Tell a function with a bounded cache, whose answers depend on what is read, from one that loads a file once."""
    return hasattr(thing, "cache_parameters") and thing.cache_parameters()["maxsize"] is not None


class Switchboard:
    """The conditions of modules that are loaded, and what watches and holds them.

    Raises:
        RuntimeError: A source is not what was loaded.
    """

    def __init__(self, modules: Sequence[ModuleType]) -> None:
        self.conditions: list[Condition] = []
        self._statements: list[_Statement] = []
        for module in modules:
            source = Path(str(module.__file__)).read_text(encoding="utf-8")
            body = ast.parse(source).body
            imports = [tree for tree in body if isinstance(tree, ast.Import | ast.ImportFrom)]
            for tree in body:
                finder = _Finder(module.__name__, len(self.conditions))
                finder.visit(deepcopy(tree))
                if finder.found:
                    self._statements.append(_Statement(module, imports, tree, len(self.conditions)))
                    self.conditions += finder.found
        kept = {id(thing): thing for module in modules for thing in vars(module).values() if _keeps_answers(thing)}
        self._memories = list(kept.values())
        names = {module.__name__ for module in modules}
        self._functions: dict[CodeType, list[FunctionType]] = {}
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType) and thing.__module__ in names:
                self._functions.setdefault(thing.__code__, []).append(thing)
        for statement in self._statements:
            if not any(old in self._functions for old, _ in statement.codes(())):
                raise RuntimeError(f"{statement.module.__file__}:{statement.tree.lineno}: not the code that is loaded")

    @property
    def switches(self) -> list[Switch]:
        """What can be switched, in the order of the source."""
        return [Switch(number, value) for number, one in enumerate(self.conditions) for value in one.values]

    def _put(self, statement: _Statement, wanted: Container[int], probe: Probe) -> list[tuple[FunctionType, CodeType]]:
        """Put code with probes in place, and return the functions that have it with the code that they had."""
        vars(statement.module)[_PROBE] = probe
        changed: list[tuple[FunctionType, CodeType]] = []
        for old, new in statement.codes(wanted):
            for function in self._functions.get(old, []):
                changed.append((function, function.__code__))
                function.__code__ = new
        return changed

    @contextmanager
    def watch(self, wanted: Container[int]) -> Iterator[Met]:
        """Count how often conditions evaluate to the other value than that of each switch.

        Args:
            wanted: Numbers of the conditions.
        """
        met = Met(Counter(), Counter())

        def count(number: int, value: Any, rest: Rest | None = None) -> Any:
            switch = Switch(number, not value)
            met.fires[switch] += 1
            if rest is None or (switch.value in self.conditions[number].values and _differs(rest, value)):
                met.matters[switch] += 1
            return value

        changed = [pair for statement in self._statements for pair in self._put(statement, wanted, count)]
        try:
            yield met
        finally:
            for function, code in changed:
                function.__code__ = code

    def forget(self) -> None:
        """Have functions that keep the answers to what they were asked last give them anew."""
        for memory in self._memories:
            memory.cache_clear()

    def hold(self, switch: Switch) -> None:
        """Hold a condition at a value, for good: the process is one that is thrown away."""
        self.forget()
        [statement] = [s for s in self._statements if s.first <= switch.number][-1:]
        self._put(statement, {switch.number}, lambda number, value, rest=None: switch.value)


def _differs(rest: Rest, value: Any) -> bool:
    try:
        return bool(rest()) != bool(value)
    except Exception:  # it was never meant to be asked: that is a difference
        return True
