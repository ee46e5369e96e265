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
        self._instants: dict[int, str] = {}
        self._kept: dict[tuple[str, str], set[str]] = {}
        """What was looked through already since the last transaction."""
        self._wrong: dict[tuple[str, int], set[str]] = defaultdict(set)
        """Whom a version named by mistake, by the place of that version."""
        self._servers: set[tuple[str, int]] = set()
        """What the server made of words that stood, by the place of that version."""
        self._copied: dict[str, int] = {}
        """Of a record that the server copied, when the words of it were written."""
        self._but = ""
        """Whom nothing that named them by mistake is looked through for."""

    def enter(self, *changes: tuple[str, Json | None], by_server: frozenset[str] = frozenset(), at: str = "") -> None:
        """One transaction, at an instant; in it the server made versions of these of what stood."""
        self.now += 1
        self._instants[self.now] = at
        self._kept.clear()
        for name, body in changes:
            if name in by_server and self.written[name]:
                self._servers.add((name, len(self.written[name])))
            self.written[name].append((self.now, body))

    def recorded(self, name: str) -> list[tuple[str, Json | None]]:
        """Every version of a record with the instant at which it was recorded, empty where that is long ago."""
        return [(self._instants[at], body) for at, body in self.written.get(name, ())]

    def changed(self, name: str) -> int:
        """By which transaction it came to be as it is."""
        return self.written[name][-1][0]

    def since_completed(self, name: str) -> int:
        """By which transaction a Task came to be as done as it is; 0 where it is not."""
        since = 0
        for at, body in reversed(self.written[name]):
            if (body or {}).get("status") != "completed":
                break
            since = at
        return since

    def sources(self, name: str) -> set[str]:
        """The records that it is of, itself, in any of its versions."""
        return self._sources(name) - {name}

    def copy(self, name: str, of: str) -> None:
        """That a record was copied from another."""
        self._copied[name] = self.worded(of)

    def worded(self, name: str) -> int:
        """When the words of a record were written: what the server made of them since says nothing new."""
        places = [each for each in range(len(self.written[name])) if (name, each) not in self._servers]
        return (
            self._copied.get(name, 0) if places == [0] and name in self._copied else self.written[name][places[-1]][0]
        )

    def unname(self, name: str, person: str) -> None:
        """That it named somebody, or a household, by mistake, in what was written before it was last written: as if
        that had never been, for them or for whoever is in it."""
        for place, (_, body) in enumerate(self.written[name][:-1]):
            sources = {one for one in self._of(name, body or {}) if one in self.written}
            last = {one: self.written[one][-1][1] or {} for one in sources}
            if person in references(body) or any(person in references(each) for each in last.values()):
                self._wrong[name, place].add(person)
        self._kept.clear()

    def about(self, name: str) -> set[str]:
        """Whom a record is about now; its past versions too."""
        return self._once("about", name, self._about)

    def _about(self, name: str) -> set[str]:
        found = self._about_all(name)
        for person in found & set[str]().union(*self._wrong.values()):
            self._but = person
            try:
                if person not in self._about_all(name):
                    found = found - {person}
            finally:
                self._but = ""
        return found

    def _about_all(self, name: str) -> set[str]:
        persons: set[str] = set()
        for one in self._reached(name):
            persons |= self._named(one, "Patient") | ({one} if one.startswith("Patient/") else set())
            if one.startswith("RelatedPerson/"):
                persons |= {patient for patient in self._patients() if one in self._links(patient)}
            for group in self.households(one):
                persons |= {who for who, _, left in self._memberships(group) if left > self._first(one)}
        return persons

    def when_written(self, name: str) -> set[str]:
        """Whom the current version is about, of the members only those recorded when its words were written (P4)."""
        stays = [
            (who, joined)
            for one in self._reached(name)  # it copies who was in the household of what it is of
            for group in self.households(one)
            for who, joined, left in self._memberships(group)
            if left > self._first(one)
        ]
        by_then = {who for who, joined in stays if joined <= self.worded(name)}  # who left and came again was so before
        by_name = {patient for one in self._reached(name) for patient in self._named(one, "Patient")}
        return self.about(name) - ({who for who, _ in stays} - by_then - by_name)

    def about_itself(self, name: str) -> set[str]:
        """Whom its own words name."""
        return self._named(name, "Patient")

    def households(self, name: str) -> set[str]:
        """The Groups that it names, or what it is of."""
        return self._once("households", name, self._households)

    def members(self, group: str) -> set[str]:
        """Who is recorded as a member now."""
        return {who for who, _, left in self._memberships(group) if left == float("inf")}

    def together(self, group: str, persons: set[str]) -> set[str]:
        """Who was recorded as a member at a time at which one of these persons was."""
        stays = list(self._memberships(group))
        own = [(joined, left) for who, joined, left in stays if who in persons]
        return {who for who, joined, left in stays for began, ended in own if max(joined, began) < min(left, ended)}

    def _once(self, what: str, name: str, look: Callable[[str], set[str]]) -> set[str]:
        key = what if not self._but else f"{what} but {self._but}"
        if (key, name) not in self._kept:
            self._kept[key, name] = look(name)
        return self._kept[key, name]

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
            found |= self._of(name, body)
        return {one for one in found if one in self.written and not one.startswith(("Group/", *_ABOUT_NOBODY))}

    def _of(self, name: str, body: Json) -> set[str]:
        elements = (*_OF, *_OF_TYPE.get(name.partition("/")[0], ()))
        if name.startswith("QuestionnaireResponse/"):
            elements = (*elements, "item")
        return {one for element in elements for one in references(body.get(element))}

    def _named(self, name: str, type: str) -> set[str]:
        named: set[str] = set()
        for place, body in self._placed(name):
            wrong = self._wrong.get((name, place), set()) if type == "Group" else set()
            named |= {one for one in references(body) if one.startswith(f"{type}/") and one not in wrong}
        return named

    def _links(self, patient: str) -> set[str]:
        return {one for body in self._versions(patient) for one in references(body.get("link"))}

    def _patients(self) -> Iterator[str]:
        return (name for name in self.written if name.startswith("Patient/"))

    def _memberships(self, group: str) -> Iterator[tuple[str, int, float]]:
        """Who was recorded as a member, from which transaction to before which."""
        since: dict[str, int] = {}
        for place, (at, body) in enumerate(self.written.get(group, ())):
            members = set(references((body or {}).get("member"))) - self._wrong.get((group, place), set())
            for who in [who for who in since if who not in members]:
                yield who, since.pop(who), at
            for who in members - since.keys():
                since[who] = at
        yield from ((who, at, float("inf")) for who, at in since.items())

    def _first(self, name: str) -> int:
        return self.written[name][0][0]

    def _versions(self, name: str) -> Iterator[Json]:
        return (body for _, body in self._placed(name))

    def _placed(self, name: str) -> Iterator[tuple[int, Json]]:
        for place, (_, body) in enumerate(self.written.get(name, ())):
            if body is not None and not (self._but and self._but in self._wrong.get((name, place), ())):
                yield place, body


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
