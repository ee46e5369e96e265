"""`:above` and `:below` of references: what lies over or under a record along the references that R4 calls a hierarchy.

https://hl7.org/fhir/R4/references.html#circular; profiles/part_of.json

A line is a hop of a chain that says which record it begins at. Whoever asks follows it step by step under their own
condition (consent/reading/along.py); until then it finds nothing, as a chain does.
"""

from __future__ import annotations

from dataclasses import dataclass

from profiles import part_of
from resources.search import chain, reference, refusal
from resources.search.index import Index
from resources.search.parameter import Part
from resources.search.predicate import AllOf, Is, Predicate, has

MODIFIERS = frozenset({"above", "below"})

_LINE = ".along"


@dataclass(frozen=True, slots=True)
class Line:
    """From a record on, by the references of `by`: to what it is part of (`above`), or to its parts."""

    modifier: str
    by: str
    root: str


def leads(parameter: Part) -> bool:
    """Whether a parameter leads to records that have others over or under them."""
    return chain.leads(parameter) and any(type in part_of.parameters() for type in parameter.targets)


def predicate(index: Index, type: str, parameter: Part, modifier: str, text: str) -> tuple[str, str, Predicate]:
    """One value of a request, with the type and the parameter that its line goes along."""
    known = part_of.parameters()
    targets = [one for one in parameter.targets if one in known and one in index.stored]
    of, id = reference.record(parameter, text)
    if not of and len(targets) == 1:
        [of] = targets
    if not targets or (of and of not in targets):
        ones = ", ".join(f"`{one}`" for one in sorted(known))
        text = f"`{parameter.name}:{modifier}` is of references to what has parts: {ones}"
        raise refusal.cannot(parameter.name, text, f"`:{modifier}` は、上下のある型（{ones}）への参照で使えます")
    if not id or not of:
        raise refusal.unreadable(parameter.name, text, "a reference such as `Location/id`", "参照(型/id)")
    by = parameter.name if type == of and parameter.name in known[of] else known[of][0]
    line = has(_LINE, f"{modifier} {by} {of}/{id}")
    return of, by, chain.there(parameter.name, of, line)


def line(asked: Predicate) -> Line | None:
    """The line that a hop goes along; None where it asks something of the record it leads to."""
    if isinstance(asked, AllOf):
        return next((found for part in asked.parts if (found := line(part))), None)
    if not isinstance(asked, Is) or not asked.term.startswith(f"{_LINE} "):
        return None
    return Line(*asked.term.split(" ")[1:])
