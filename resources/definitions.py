"""The definitions of the installation: forms, codes, profiles, parameters, operations, as versions to read and search.

https://hl7.org/fhir/R4/conformance-module.html; docs/definitions.md

They come with the program and not from the store: an empty installation has them, and nobody overwrites them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson

from profiles.spec import SearchParameter, Spec
from resources.record import stamp
from resources.record.version import Version
from resources.search.index import Index
from resources.search.order import Key
from resources.search.predicate import Predicate, matches, term
from resources.search.relation import NOWHERE, Stored

_HL7 = "http://hl7.org/fhir/"
_R4 = "4.0.1"
_SINCE = "T00:00:00.000Z"


class Definitions:
    """Made once at the start; `further` are those that the program says of itself, such as its CapabilityStatement."""

    def __init__(self, index: Index, served: Iterable[str], further: Iterable[Mapping[str, Any]] = ()) -> None:
        self._index, self._types, self._further = index, frozenset(served), tuple(further)

    @cached_property
    def shelves(self) -> Mapping[str, Mapping[str, Version]]:
        """Type -> id -> definition; worked out when first asked for, which few who judge ever do."""
        found: dict[str, dict[str, Version]] = {}
        for each in (*_said(self._index.spec, self._types), *self._further):
            version = _version(self._index, each)
            found.setdefault(version.type, {})[version.id] = version
        return found

    def read(self, type: str, id: str, number: int | None = None) -> Version | None:
        """One definition; it has one version, which is 1."""
        return self.shelves.get(type, {}).get(id) if number in (None, 1) else None

    def find(self, type: str, what: Predicate, order: Sequence[Key] = ()) -> list[Version]:
        """All of a type that satisfy the condition, in order."""
        rows = sorted(self.shelves.get(type, {}).values(), key=lambda each: each.id)
        found = [each for each in rows if matches(what, each.stored, NOWHERE)]
        for key in reversed(order):
            found = _sorted(found, key)
        return found


def _said(spec: Spec, types: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """Our own artefacts, every version of them, and FHIR R4's parameters and compartments as far as they are served."""
    yield from spec.artefacts.values()
    yield from spec.earlier.values()
    ours = {url for url, each in spec.artefacts.items() if each["resourceType"] == "SearchParameter"}
    shared: dict[str, dict[str, SearchParameter]] = {}
    for type in sorted(types):
        for parameter in spec.search[type].values():
            if parameter.url not in ours:
                shared.setdefault(parameter.url, {})[type] = parameter
    for url, by_type in shared.items():
        yield _parameter(url, by_type)
    for code, rows in spec.compartments.items():
        if code in types:
            yield _compartment(code, {type: codes for type, codes in rows.items() if type in types})


def _parameter(url: str, by_type: Mapping[str, SearchParameter]) -> dict[str, Any]:
    """A parameter of FHIR R4, for the types that are served here."""
    one = next(iter(by_type.values()))
    id = url.rpartition("/")[2]
    expressions = dict.fromkeys(each.expression for each in by_type.values() if each.expression)
    found: dict[str, Any] = {
        "resourceType": "SearchParameter",
        "id": id,
        "url": url,
        "version": _R4,
        "name": one.code,
        "status": "active",
        "date": "2019-11-01",
        "publisher": "HL7",
        "description": f"`{one.code}` of HL7 FHIR R4, for the types that are served here",
        "code": one.code,
        "base": sorted(by_type),
        "type": one.type,
    }
    if expressions:
        found["expression"] = " | ".join(expressions)
    if one.targets:
        found["target"] = list(one.targets)
    if one.components:
        found["multipleOr"] = True
        found["component"] = [{"definition": url, "expression": part} for url, part in one.components]
    return found


def _compartment(code: str, rows: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A compartment of FHIR R4, for the types that are served here."""
    return {
        "resourceType": "CompartmentDefinition",
        "id": code[0].lower() + code[1:],
        "url": f"{_HL7}CompartmentDefinition/{code[0].lower()}{code[1:]}",
        "version": _R4,
        "name": f"Base FHIR compartment definition for {code}",
        "status": "draft",
        "date": "2019-11-01",
        "publisher": "HL7",
        "code": code,
        "search": True,
        "resource": [{"code": type, "param": list(codes)} for type, codes in sorted(rows.items())],
    }


def _version(index: Index, resource: Mapping[str, Any]) -> Version:
    since = f"{str(resource.get('date', ''))[:10] or '1970-01-01'}{_SINCE}"
    body = stamp.stamped(dict(resource), resource["id"], 1, since)
    named = f"{resource['resourceType']}/{resource['id']}"
    terms = {*index.terms(orjson.loads(body)), term(".type", resource["resourceType"]), term(".id", named)}
    if "url" in resource and "version" in resource:  # a canonical is asked for with its version too
        terms.add(term("url", f"={resource['url']}|{resource['version']}"))
    return Version(resource["resourceType"], resource["id"], 1, since, False, body, tuple(sorted(terms)), since)


def _sorted(rows: Sequence[Version], key: Key) -> list[Version]:
    """Rows without the term that is sorted by come last, whichever the direction."""
    if key.by in ("id", "since"):
        return sorted(rows, key=lambda each: each.id if key.by == "id" else each.since, reverse=key.descending)
    chosen = [(_least(each.stored, key), each) for each in rows]
    having = sorted((pair for pair in chosen if pair[0]), key=lambda pair: pair[0], reverse=key.descending)
    return [each for _, each in having] + [each for value, each in chosen if not value]


def _least(record: Stored, key: Key) -> str:
    found = [each for each in record.terms if each.startswith(key.by)]
    return (found[-1] if key.descending else found[0]) if found else ""
