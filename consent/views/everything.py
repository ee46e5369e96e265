"""Everything about a person or a household that one may see, type by type and page by page, in one reading.

https://hl7.org/fhir/R4/patient-operation-everything.html; docs/policy.md, "nothing leaks"

What a record is about is asked by what searches for it: by R4's compartment and by the household as its subject, never
by whom the server knows it to concern. So it finds what this actor could find by searching, and tells nothing besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import orjson

from consent import policy, vocabulary
from consent.reading.page import Page
from consent.reading.reading import Reading
from consent.secrecy import unreported
from consent.views import extracting
from consent.views.extracting import Extracts
from profiles import care_dates
from resources.record import reference
from resources.record.version import Version
from resources.search import request
from resources.search.index import Index
from resources.search.predicate import Predicate, all_of, any_of, has, none_of
from resources.search.request import SearchRequest

MOST_HOUSEHOLDS = 20
MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class Everything:
    """What is asked for: a Patient or a Group, of these types only (empty: all), since an instant (empty: ever), of
    care from a day or instant on, and until one (empty: whenever)."""

    type: str
    id: str
    count: int
    types: frozenset[str] = frozenset()
    since: str = ""
    start: str = ""
    end: str = ""

    @property
    def name(self) -> str:
        return f"{self.type}/{self.id}"


async def page(reading: Reading, asked: Everything, after: str = "") -> Page:
    """One page; only the first tells the total. Raises Problem as a reading of the person or household does."""
    whom = await whom_of(reading, asked.type, asked.id)
    begin, _, key = after.partition(" ")
    kinds = await _kinds(reading, asked)
    found: list[Version] = []
    total, next = 0, ""
    for place, type in list(enumerate(kinds))[int(begin or 0) :]:
        if next and after:
            break
        count = asked.count - len(found) if not next else 0
        part = await reading.search(_wanted(reading, type, asked, whom, count, total=not after), key)
        key = ""
        found += part.versions
        total += part.total or 0
        if not next and part.next:
            next = f"{place} {part.next}"
        elif not next and len(found) == asked.count:
            next = f"{place + 1} "
    last = f"{len(kinds)} "
    if next in ("", last) or not after:
        open, first = next in ("", last), int(key or 0)
        room = asked.count - len(found) if open else 0
        parts = await _extracts(reading, asked, slice(first, first + room))
        found += parts.shown
        total += parts.total
        if open:
            next = f"{last}{first + room}" if parts.total > first + room else ""
    if not after and total == len(found):
        next = ""
    return Page(found, None if after else total, next)


async def _extracts(reading: Reading, asked: Everything, wanted: slice) -> Extracts:
    """Of the sheets and plans of their household what is about the one who asks alone."""
    types = asked.types & extracting.TYPES if asked.types else extracting.TYPES
    bound = {type: all_of(_bounds(reading, type, asked)) for type in sorted(types)}
    return await extracting.extracts(reading, asked.name, bound, wanted)


async def whom_of(reading: Reading, type: str, id: str) -> Sequence[str]:
    """The persons and households that the records about one of these are searched by. Raises Problem where that one is
    not to be seen."""
    asked = f"{type}/{id}"
    own = await reading.every(all_of([has(".type", type), has(".id", asked)]), 1)
    if not own:
        await reading.read(type, id)  # says why
        policy.covered(policy.ruling("search", reading.facts.of_type(type)).rules, type)
    if type == "Patient":
        households = all_of([has(".type", "Group"), has("member", asked)])
        return [asked, *(each.reference for each in await reading.every(households, MOST_HOUSEHOLDS))]
    members = orjson.loads(own[0].body).get("member") or () if own else ()
    named = dict.fromkeys(reference.one(each, "entity") for each in members)
    return [asked, *(name for name in named if name.startswith("Patient/"))][: MOST_MEMBERS + 1]


def codes_of(index: Index, type: str) -> frozenset[str]:
    """The search parameters that say whom a record of this type is about: R4's compartment, and our households."""
    spec = index.spec
    return frozenset({*spec.compartments["Patient"].get(type, ()), "patient", "subject"} & spec.search[type].keys())


def conditions(reading: Reading, type: str, whom: Sequence[str]) -> Iterator[Predicate]:
    """That a record of this type is found by one of these persons or households."""
    index = reading.engine.index
    spec, codes = index.spec, set(codes_of(index, type))
    if reading.facts.oneself:
        codes -= set(unreported.telling(spec, type, codes))
    for name in whom:
        target = name.partition("/")[0]
        if target == type:
            yield has(".id", name)
        for code in sorted(codes):
            if target in spec.search[type][code].targets and (target == "Patient" or code == "subject"):
                yield request.parse(index, type, [(code, name)]).what


async def _kinds(reading: Reading, asked: Everything) -> list[str]:
    """The types to look through, what was asked about first."""
    types = sorted(asked.types & vocabulary.CASEWORK if asked.types else vocabulary.CASEWORK)
    made = policy.rules("search", reading.facts)
    reached = [type for type in types if policy.reaches(made, type)]
    return sorted(reached, key=lambda type: type != asked.type)


def _wanted(
    reading: Reading, type: str, asked: Everything, whom: Sequence[str], count: int, *, total: bool
) -> SearchRequest:
    about = any_of(conditions(reading, type, whom))
    given = [("_count", str(count)), ("_total", "accurate" if total else "none")]
    plain = request.parse(reading.engine.index, type, given)
    return replace(plain, asked=all_of([plain.what, about, *_bounds(reading, type, asked)]), names=frozenset())


def _bounds(reading: Reading, type: str, asked: Everything) -> Iterator[Predicate]:
    """Of which time it is to be."""
    if asked.since:
        yield request.parse(reading.engine.index, type, [("_lastUpdated", f"ge{asked.since}")]).what
    yield from _during(reading.engine.index, type, asked)


def _during(index: Index, type: str, asked: Everything) -> Iterator[Predicate]:
    """That the care of a record was not over before, and did not begin after; of what has no date nobody can tell."""
    code = care_dates.parameters().get(type)
    for prefix, day in (("eb", asked.start), ("sa", asked.end)):
        if code and day:
            yield none_of(request.parse(index, type, [(code, f"{prefix}{day}")]).what)
