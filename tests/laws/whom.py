"""A second opinion on whom a record is about, kept in books of its own, from docs/policy.md, sections 3.1 to 3.4.

It shares no code with `resources/record/envelope.py`, `consent/writing/handing_on.py` or
`resources/search/relation.py`, on purpose: it copies nothing and hands nothing on, but looks through every version of
every record for every question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

_OF = ("focus", "for", "basedOn", "partOf", "about", "inResponseTo", "encounter", "context")
_OF_TYPE = {"Binary": ("securityContext",), "Provenance": ("target",)}
_ABOUT_NOBODY = ("Organization", "HealthcareService", "PractitionerRole", "Practitioner", "Location", "Questionnaire")


class Books:
    """Every version of every record, by the number of the transaction that wrote it; None for a deletion."""

    def __init__(self) -> None:
        self.written: dict[str, list[tuple[int, Json | None]]] = defaultdict(list)
        self.now = 0
        self._kept: dict[tuple[str, str], set[str]] = {}
        """What was looked through already since the last transaction."""

    def enter(self, *changes: tuple[str, Json | None]) -> None:
        """One transaction."""
        self.now += 1
        self._kept.clear()
        for name, body in changes:
            self.written[name].append((self.now, body))

    def about(self, name: str) -> set[str]:
        """Whom a record is about now; its past versions too."""
        return self._once("about", name, self._about)

    def _about(self, name: str) -> set[str]:
        persons: set[str] = set()
        for one in self._reached(name):
            persons |= self._named(one, "Patient") | ({one} if one.startswith("Patient/") else set())
            if one.startswith("RelatedPerson/"):
                persons |= {patient for patient in self._patients() if one in self._links(patient)}
            for group in self.households(one):
                persons |= {who for who, _, left in self._memberships(group) if left > self._first(one)}
        return persons

    def when_written(self, name: str) -> set[str]:
        """Whom the current version is about, of the members only those recorded when it was written (P4)."""
        later = {
            who
            for group in self.households(name)
            for who, joined, left in self._memberships(group)
            if left > self._first(name) and joined > self.written[name][-1][0]
        }
        by_name = {patient for one in self._reached(name) for patient in self._named(one, "Patient")}
        return self.about(name) - (later - by_name)

    def about_itself(self, name: str) -> set[str]:
        """Whom its own words name."""
        return self._named(name, "Patient")

    def households(self, name: str) -> set[str]:
        """The Groups that it names, or what it is of."""
        return self._once("households", name, self._households)

    def _once(self, what: str, name: str, look: Callable[[str], set[str]]) -> set[str]:
        if (what, name) not in self._kept:
            self._kept[what, name] = look(name)
        return self._kept[what, name]

    def _households(self, name: str) -> set[str]:
        named = {group for one in self._reached(name) for group in self._named(one, "Group")}
        return named | ({name} if name.startswith("Group/") else set())

    def _reached(self, name: str) -> set[str]:
        """The record and all that it is of, directly or not, in any of its versions."""
        return self._once("reached", name, self._look_for_sources)

    def _look_for_sources(self, name: str) -> set[str]:
        reached, waiting = {name}, [name]
        while waiting:
            for source in self._sources(waiting.pop()) - reached:
                reached.add(source)
                waiting.append(source)
        return reached

    def _sources(self, name: str) -> set[str]:
        found: set[str] = set()
        for body in self._versions(name):
            if not name.startswith("Patient/"):
                found |= {one for one in references(body) if one.startswith("RelatedPerson/")}
            for element in (*_OF, *_OF_TYPE.get(name.partition("/")[0], ())):
                found |= set(references(body.get(element)))
            if name.startswith("QuestionnaireResponse/"):
                found |= set(references(body.get("item")))
        return {one for one in found if one in self.written and not one.startswith(("Group/", *_ABOUT_NOBODY))}

    def _named(self, name: str, type: str) -> set[str]:
        return {one for body in self._versions(name) for one in references(body) if one.startswith(f"{type}/")}

    def _links(self, patient: str) -> set[str]:
        return {one for body in self._versions(patient) for one in references(body.get("link"))}

    def _patients(self) -> Iterator[str]:
        return (name for name in self.written if name.startswith("Patient/"))

    def _memberships(self, group: str) -> Iterator[tuple[str, int, float]]:
        """Who was recorded as a member, from which transaction to before which."""
        since: dict[str, int] = {}
        for at, body in self.written.get(group, ()):
            members = set(references((body or {}).get("member")))
            for who in [who for who in since if who not in members]:
                yield who, since.pop(who), at
            for who in members - since.keys():
                since[who] = at
        yield from ((who, at, float("inf")) for who, at in since.items())

    def _first(self, name: str) -> int:
        return self.written[name][0][0]

    def _versions(self, name: str) -> Iterator[Json]:
        return (body for _, body in self.written.get(name, ()) if body is not None)


def references(node: Any) -> Iterator[str]:
    """Every reference below a node, without a version."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield "/".join(node["reference"].split("/")[:2])
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
