"""What a Consent is read by: closed tables of codes with their ancestors, and of the one date that a record has.

https://hl7.org/fhir/R4/consent.html; the codes are those of HL7 Terminology as R4 4.0.1 has them (v3 of 2018-08-12) and
our own. Where IHE Privacy Consent on FHIR files a sensitivity below another, consent.json says so (`further`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson

from profiles import address, artefacts, expand, schema

RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"
FILE = Path(__file__).parent / "consent.json"
HIERARCHIES = Path(__file__).parent / "r4" / "hierarchies.json"
OURS = Path(__file__).parent / "tsunagu"

_OF_KIND = re.compile(r"\A((codesystem|valueset|v3|cs|vs)-)+")

Ancestors = Mapping[str, frozenset[str]]
"""Code -> the codes above it, of one system."""


def closed(system: str) -> Ancestors | None:
    """All codes of a code system with their ancestors; None for a system that is not closed here."""
    known = _closed().get(system)
    return {} if known is None and system.startswith(_ours()[0]) else known


def below(coding: str) -> frozenset[str]:
    """`system|code` of a code and of all codes below it."""
    system, _, code = coding.rpartition("|")
    known = closed(system) or {}
    return frozenset({coding}) | {f"{system}|{each}" for each, above in known.items() if code in above}


def above(coding: str) -> frozenset[str]:
    """`system|code` of a code and of all codes above it."""
    system, _, code = coding.rpartition("|")
    known = closed(system) or {}
    return frozenset({coding}) | {f"{system}|{each}" for each in known.get(code, ())}


def levels(system: str) -> tuple[str, ...]:
    """The codes of a system that is an order, rising; none for any other."""
    return tuple(_said()["levels"].get(system, ()))


def accepted(element: str) -> frozenset[str]:
    """The codes, as `system|code`, that the server does as an element of a Consent says; others are left to tables."""
    return frozenset(_said()["accepted"][element])


@cache
def labels() -> frozenset[str]:
    """The code systems of the security labels that are compared."""
    return frozenset(_said()["labels"])


@cache
def elements() -> frozenset[str]:
    """The elements of a Consent that are enforced, or that say nothing to enforce."""
    return frozenset(_said()["elements"])


@cache
def dates() -> Mapping[str, tuple[str, ...]]:
    """Type -> where in a record of that type its one date stands; a type that is not there has none."""
    return {type: tuple(path.split(".")) for type, path in _said()["dates"].items()}


@cache
def codes() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Type -> where in a record of that type codes stand, besides `category`, `code` and `type`: what withholds a code
    withholds it there too."""
    return {type: tuple(tuple(path.split(".")) for path in paths) for type, paths in _said()["codes"].items()}


def told(system: str, code: str) -> bool:
    """Whether it can be told what a code means: it has a system, by its own address, and is one of its codes where that
    is closed."""
    known = closed(system) if system and spelled(system) == system else {}
    return bool(system and code) and (known is None or code in known)


@lru_cache(maxsize=1024)
def spelled(system: str) -> str:
    """The address by which a system of labels is known here, of one that is written otherwise: as earlier editions of
    HL7 wrote it, in other letters, or at another place; as it is where it is no such system."""
    known = _spellings().get(address.plain(system))
    return known or next((found for part in address.names(system) if (found := _names().get(_name(part)))), system)


@cache
def digest() -> str:
    """Of all these tables: what is derived of a Consent follows from them."""
    whole = [
        _said(),
        {system: sorted((code, sorted(up)) for code, up in rows.items()) for system, rows in _closed().items()},
    ]
    return hashlib.blake2b(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


@cache
def _said() -> Mapping[str, Any]:
    found = artefacts.rows(FILE)
    schema.check(FILE, found, "consent")
    return found


@cache
def _closed() -> Mapping[str, Ancestors]:
    tables = {system: {code: frozenset(up) for code, up in rows.items()} for system, rows in _rows().items()}
    for system, rows in _said()["further"].items():
        for code, up in rows.items():
            tables[system][code] = tables[system][code].union(up)
    return {**tables, **_ours()[1]}


@cache
def _spellings() -> Mapping[str, str]:
    also = _said()["spelled"]
    return {address.plain(each): system for system in labels() for each in (system, *also.get(system, ()))}


@cache
def _names() -> Mapping[str, str]:
    return {_name(address.names(each)[0]): system for each, system in _spellings().items()}


def _name(part: str) -> str:
    """What a system is called by one part of its address, wherever that lies."""
    return _OF_KIND.sub("", part)


def _rows() -> Mapping[str, Any]:
    return artefacts.rows(HIERARCHIES)


@cache
def _ours() -> tuple[str, Mapping[str, Ancestors]]:
    """The beginning of the address of each of our own code systems, and their codes."""
    systems = [each for each in artefacts.read(OURS)[0].values() if each["resourceType"] == "CodeSystem"]
    [base] = {each["url"].rpartition("/")[0] for each in systems}
    return f"{base}/", {
        each["url"]: {concept["code"]: frozenset() for concept in expand.concepts(each)} for each in systems
    }
