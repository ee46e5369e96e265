"""Scopes that reach only some records: the filter of a word, and what is about the person of a launch.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl

from consent import scope, vocabulary
from consent.actor import Scope
from resources.record.envelope import PERSONS
from resources.record.problem import Problem
from resources.search import request
from resources.search.index import Index
from resources.search.predicate import Among, Predicate, all_of, any_of, has_one_of, some

FILTERED = vocabulary.CASEWORK | vocabulary.INSTALLED
"""The types of which a part can be granted: those of which there are records."""

_LONGEST = 1_000
_READS = frozenset("rs")


class Granular:
    """Reads filters as a search of the type reads its parameters, so that they mean the same and are enforced alike."""

    def __init__(self, index: Index) -> None:
        self._read = lru_cache(maxsize=1024)(lambda type, query: _predicate(index, type, query))
        self.types = index.spec.types

    def granted(self, one: Scope) -> bool:
        """Whether a word can be enforced as it stands: of a type that is served, with a filter that is understood."""
        if one.type != "*" and one.type not in self.types:
            return False
        return not one.query or self._read(one.type, one.query) is not None

    def resolved(self, words: str, person: str, patient: str) -> tuple[Scope, ...]:
        """The scopes of a token as the policy reads them. `patient` is `Patient/id` of its launch, or empty.

        A word for the patient's records is one for the user's, of what is about this patient and no other; with
        `fhirUser` the person's own record can be read.
        """
        found = [self._filtered(one) for one in scope.parse(words)]
        users = [one for one in found if one.level != "patient"]
        if patient:
            users += [part for one in found if one.level == "patient" for part in _about(one, patient)]
        if person and "fhirUser" in scope.others(words):
            type, _, id = person.partition("/")
            if not any(one.type in ("*", type) and "r" in one.actions and not one.query for one in users):
                users.append(self._filtered(Scope("user", type, frozenset("r"), f"_id={id}")))
        return tuple(users)

    def _filtered(self, one: Scope) -> Scope:
        found = self._read(one.type, one.query) if one.query else None
        return replace(one, where=found) if found is not None else one


def _predicate(index: Index, type: str, query: str) -> Predicate | None:
    """The condition of a filter; None where it is none that narrows a search of this type and is understood."""
    if type not in FILTERED or len(query) > _LONGEST:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
        if not pairs or any(request.is_shaping(name) for name, _ in pairs):
            return None
        return request.parse(index, type, pairs).what
    except (Problem, ValueError):
        return None


def _about(one: Scope, patient: str) -> Iterator[Scope]:
    """What is about the patient, and, to read it with, the public directory."""
    about = some(PERSONS, Among(frozenset({patient})))
    parts: Iterable[tuple[frozenset[str], Predicate]] = (
        (one.actions & _READS, any_of([about, has_one_of(".type", vocabulary.DIRECTORY)])),
        (one.actions - _READS, about),
    )
    for actions, where in parts:
        if actions:
            shown = f"{one.query}&" if one.query else ""
            yield Scope("user", one.type, actions, f"{shown}of={patient}", all_of([one.condition, where]))
