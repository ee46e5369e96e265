"""The kinds of small changes: comparisons, conditions, what is joined to predicates, constants, answers, statements.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol


class Place(Protocol):
    """Where a node hangs in its tree, and something else can be put."""

    def put(self, new: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """What is said of it, where it begins, how it is made, and how it is taken back."""

    said: str
    line: int
    make: Callable[[], None]
    undo: Callable[[], None]


_TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
}
_OTHER = {"all_of": "any_of", "any_of": "all_of", "any": "all", "all": "any", "min": "max", "max": "min"}
_CODE = re.compile(r"[.|]?[A-Za-z][A-Za-z-]*")
_EMPTY = {
    "str": '""',
    "int": "0",
    "tuple": "()",
    "list": "[]",
    "dict": "{}",
    "frozenset": "frozenset()",
    "set": "set()",
}
_EMPTY |= {"Iterator": "iter(())", "Iterable": "()", "Mapping": "{}", "Sequence": "()"}
_PREDICATES = "__import__('resources.search.predicate', fromlist=['x'])"


def of(place: Place, node: ast.AST, returns: str) -> Iterator[Change]:
    """The changes of one node, within a function that is said to return this."""
    if isinstance(node, ast.expr):
        for new in _expressions(node):
            yield _change(place, node, new)
        for part, rest in _parts(node):
            yield _change(place, node, rest, f"leaves out `{_short(part)}` of a condition")
    elif isinstance(node, ast.comprehension):
        for number, condition in enumerate(node.ifs):
            yield _left_out(node, number, condition)
    elif isinstance(node, ast.stmt):
        yield from _statement(place, node, returns)


def _change(place: Place, node: ast.expr | ast.stmt, new: ast.AST, said: str = "") -> Change:
    told = said or f"`{_short(node)}` -> `{_short(new)}`"
    return Change(told, node.lineno, lambda: place.put(new), lambda: place.put(node))


def _expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            for at, op in enumerate(node.ops):
                for other in _TURNED[type(op)]:
                    yield ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr() | ast.Sub() | ast.Add()):
            yield node.left
            yield node.right
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if _CODE.fullmatch(value):
            yield ast.Constant(value + "-not")
        case ast.Call():
            yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id="none_of"), args=[part]):
            yield part
        case ast.Call(func=ast.Name(id=name)) if name in _OTHER:
            yield ast.Call(ast.Name(_OTHER[name], ast.Load()), node.args, node.keywords)


def _parts(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each part of a condition, and the condition without it."""
    match node:
        case ast.BoolOp(op=op, values=parts):
            for part in parts:
                rest = [other for other in parts if other is not part]
                yield part, rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.Call(func=ast.Name(id="all_of" | "any_of"), args=[ast.List(elts=parts)]):
            for part in parts:
                yield part, ast.Call(node.func, [ast.List([x for x in parts if x is not part], ast.Load())], [])


def _left_out(node: ast.comprehension, number: int, condition: ast.expr) -> Change:
    def put(instead: ast.expr) -> None:
        node.ifs[number] = instead

    told = f"leaves out `if {_short(condition)}`"
    return Change(told, condition.lineno, lambda: put(ast.Constant(True)), lambda: put(condition))


def _statement(place: Place, node: ast.stmt, returns: str) -> Iterator[Change]:
    match node:
        case ast.If(test=test) if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            turned = ast.If(ast.UnaryOp(ast.Not(), test), node.body, node.orelse)
            yield _change(place, node, turned, f"takes `if {_short(test)}` the other way")
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            nothing = ast.If(ast.Constant(False), [node], [])
            yield _change(place, node, nothing, f"leaves out `{_short(node)}`")
        case ast.Expr() | ast.Raise() | ast.Return(value=None) | ast.Continue() | ast.Break() | ast.AugAssign():
            yield _change(place, node, ast.Pass(), f"leaves out `{_short(node)}`")
        case ast.Return(value=ast.expr() as value):
            for instead in _answers(returns):
                said = instead.removeprefix(_PREDICATES + ".")
                if said != ast.unparse(value).removeprefix("predicate."):
                    new = ast.Return(ast.parse(instead, mode="eval").body)
                    yield _change(place, node, new, f"`{_short(node)}` -> `return {said}`")


def _answers(returns: str) -> Iterator[str]:
    """What a function may answer instead, by what it is said to return."""
    if returns == "bool":
        yield from ("True", "False")
    elif returns == "Predicate":
        yield from (f"{_PREDICATES}.EVERYTHING", f"{_PREDICATES}.NOTHING")
    elif empty := _EMPTY.get(returns.partition("[")[0]):
        yield empty
    if returns.endswith("| None"):
        yield "None"


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:90]
