"""Whether a Patient is certainly the one who is described: a certain answer is one that nobody need look at again.

https://hl7.org/fhir/R4/patient-operation-match.html; docs/policy.md, P8. Told by identifier, or by name and birth date:
by nothing that tells where somebody is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resources.record import mistake, repeated
from resources.search import grammar, request
from resources.search.fold import folded
from resources.search.index import Index
from resources.search.predicate import NOTHING, Predicate, any_of

Json = Mapping[str, Any]

_DAY = len("2026-11-23")
_TOLD = ("female", "male", "other")
_OVER = ("replaced-by",)


def candidates(index: Index, asked: Json) -> Predicate:
    """The records among which the one described must be; nothing, where too little is said to be certain of anybody."""
    found = [
        request.parse(index, "Patient", [("identifier", f"{grammar.escaped(system)}|{grammar.escaped(value)}")]).what
        for system, value in _identifiers(asked)
    ]
    if any(_names(asked)) and _born(asked):
        found.append(request.parse(index, "Patient", [("birthdate", _born(asked))]).what)
    return any_of(found) if found else NOTHING


def is_certain(asked: Json, patient: Json) -> bool:
    """Whether this is the one who is described: nothing speaks against it, and an identifier, or the name together with
    the birth date, is the same."""
    if (
        mistake.is_marked(patient)
        or patient.get("active") is False
        or any(link.get("type") in _OVER for link in patient.get("link") or ())
    ):
        return False
    if _differ(_born(asked), _born(patient)) or _differ(_gender(asked), _gender(patient)):
        return False
    if set(_identifiers(asked)) & set(_identifiers(patient)):
        return True
    return bool(_born(asked)) and _born(asked) == _born(patient) and bool({*_names(asked)} & {*_names(patient)})


def _identifiers(patient: Json) -> Iterator[tuple[str, str]]:
    for each in patient.get("identifier") or ():
        if each.get("system") and each.get("value"):
            yield str(each["system"]), str(each["value"])


def _names(patient: Json) -> Iterator[str]:
    """Each name as it is written, without spaces; a family name alone is no name of a person."""
    for name in patient.get("name") or ():
        given = repeated.told(name, "given")
        if name.get("family") and given:
            yield folded("".join((name["family"], *given)))
        elif name.get("text"):
            yield folded(name["text"])


def _born(patient: Json) -> str:
    """The birth date where it is told to the day, else empty."""
    said = patient.get("birthDate")
    return said if isinstance(said, str) and len(said) == _DAY else ""


def _gender(patient: Json) -> str:
    said = patient.get("gender")
    return said if said in _TOLD else ""


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)
