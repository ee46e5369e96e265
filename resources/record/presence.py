"""What a FHIRPath expression says of an element by which names stand in it alone, whatever they hold.

https://hl7.org/fhir/R4/fhirpath.html

Most invariants only ask whether something is there: `type.exists() or actor.exists()`. One reading serves every element
with the same names; only what stays `OPEN` is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

Tree = Mapping[str, Any]
Present = Callable[[str], bool | None]
"""Whether an element of this name is there; None where the type has none of this name."""


class Said(Enum):
    """A truth value, a collection with nothing or with something in it, or what cannot be told by names."""

    TRUE = True
    FALSE = False
    EMPTY = "empty"
    SOME = "some"
    OPEN = "open"


_KNOWN = (Said.TRUE, Said.FALSE)
_OF_COLLECTIONS = (
    "children contains first last matches not ofType repeat resolve select startsWith tail toInteger where"
)
_THROUGH = frozenset(_OF_COLLECTIONS.split())
"""Functions that make nothing of nothing."""
_OF_NOTHING = {
    "exists": Said.FALSE,
    "empty": Said.TRUE,
    "hasValue": Said.FALSE,
    "all": Said.TRUE,
    "isDistinct": Said.TRUE,
}
_OF_SOMETHING = {"exists": Said.TRUE, "empty": Said.FALSE}


def said(node: Tree, base: str, present: Present) -> Said:
    """What the expression says of an element of the type or path `base`."""
    return _READERS.get(node["type"], _open)(node, base, present)


def names(node: Tree) -> Iterator[str]:
    """Every element an expression names, however deep."""
    if node.get("type") == "MemberInvocation":
        yield str(node["children"][0]["text"])
    for each in node.get("children", ()):
        yield from names(each)


def _open(node: Tree, base: str, present: Present) -> Said:
    return Said.OPEN


def _inner(node: Tree, base: str, present: Present) -> Said:
    return said(node["children"][0], base, present) if len(node["children"]) == 1 else Said.OPEN


def _member(node: Tree, base: str, present: Present) -> Said:
    name = node["children"][0]["text"]
    if name == base:
        return Said.SOME
    there = present(name)
    return Said.OPEN if there is None else Said.SOME if there else Said.EMPTY


def _invocation(node: Tree, base: str, present: Present) -> Said:
    before, after = node["children"]
    if after["type"] == "MemberInvocation":
        if before.get("text") in (base, "$this"):
            return _member(after, base, present)
        return Said.EMPTY if said(before, base, present) is Said.EMPTY else Said.OPEN
    if after["type"] != "FunctionInvocation":
        return Said.OPEN
    return _function(after, said(before, base, present))


def _function(node: Tree, of: Said) -> Said:
    name, *given = node["children"][0]["children"]
    function = name["text"]
    if of is Said.EMPTY:
        if function in _THROUGH:
            return Said.EMPTY
        return _OF_NOTHING.get(function, Said.OPEN)
    if of is Said.SOME and not given:
        return _OF_SOMETHING.get(function, Said.OPEN)
    if of in _KNOWN and function == "not":
        return Said(not of.value)
    return Said.OPEN


def _or(node: Tree, base: str, present: Present) -> Said:
    """`or` and `xor`."""
    left, right = (said(each, base, present) for each in node["children"])
    if node["terminalNodeText"] == ["xor"]:
        return Said(left is not right) if left in _KNOWN and right in _KNOWN else Said.OPEN
    if Said.TRUE in (left, right):
        return Said.TRUE
    return Said.FALSE if left is right is Said.FALSE else Said.OPEN


def _and(node: Tree, base: str, present: Present) -> Said:
    left, right = (said(each, base, present) for each in node["children"])
    if Said.FALSE in (left, right):
        return Said.FALSE
    return Said.TRUE if left is right is Said.TRUE else Said.OPEN


def _implies(node: Tree, base: str, present: Present) -> Said:
    left, right = (said(each, base, present) for each in node["children"])
    if left is Said.FALSE or right is Said.TRUE:
        return Said.TRUE
    return right if left is Said.TRUE and right in _KNOWN else Said.OPEN


def _equal(node: Tree, base: str, present: Present) -> Said:
    left, right = (said(each, base, present) for each in node["children"])
    if Said.EMPTY in (left, right):
        return Said.EMPTY
    if left in _KNOWN and right in _KNOWN and node["terminalNodeText"] in (["="], ["!="]):
        return Said((left is right) == (node["terminalNodeText"] == ["="]))
    return Said.OPEN


_READERS: Mapping[str, Callable[[Tree, str, Present], Said]] = {
    "TermExpression": _inner,
    "InvocationTerm": _inner,
    "ParenthesizedTerm": _inner,
    "MemberInvocation": _member,
    "InvocationExpression": _invocation,
    "OrExpression": _or,
    "AndExpression": _and,
    "ImpliesExpression": _implies,
    "EqualityExpression": _equal,
}
