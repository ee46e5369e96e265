"""The same person supported by two agencies that have nothing to do with each other: the coordinator alone is told.

R40 of the domain (slide 5: 情報が共有されないまま数年間それぞれが支援していた), decision 5. What is certain is what
nobody need look at again (`resources/matching.py`); of who is protected nobody is told anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.reading.some import some
from consent.relations import names
from consent.rule import Action, Decision, Rule, Text
from consent.writing import server_record
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork
from resources import matching, sheet_member
from resources.record import coding, envelope, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, any_of, has, has_one_of
from resources.search.relation import values
from resources.store.port import Query, Snapshot

OVERLAPPING: Predicate = has_one_of(
    ".type", ("CareTeam", "Communication", "Group", "Patient", "PractitionerRole", "Task")
)
"""Under this the server looks whether two agencies know the same person, and of each other."""

STEP = 20
"""So many persons are looked at in one question."""
MOST_ALIKE = 200
"""With more of one birth date and name than these, nobody is certain."""

NAME = "overlap"
"""As what it stands on the trail."""

_SPACE = uuid.UUID("6f6b6179-616d-4161-8000-000000000040")
_PATIENTS = has(".type", "Patient")
_BECAUSE = Text(
    "two agencies support the same person and share no team: the coordinator is told",
    "二つの機関が、支援チームを共にせずに同じ人を支援している。推進員に知らせる",
)
_TOLD = (
    "二つの機関が、互いに知らないまま同じ人を支援している可能性があります。それぞれの機関に確かめ、"
    "情報の共有が必要なら、同意か支援会議につないでください。機関には知らせていません / "
    "two agencies may be supporting the same person without knowing of each other: ask each of them, and where they "
    "should share, lead them to a consent or a conference; neither was told"
)


@dataclass(frozen=True, slots=True)
class Told:
    """The letter, or nothing where it was written before or does not hold any more."""

    told: tuple[Version, ...]
    action: Action = "create"

    @property
    def decision(self) -> Decision:
        return Decision(True, (Rule("R40", "permit", OVERLAPPING, _BECAUSE),))


def server(now: datetime) -> Actor:
    """Who does it: nobody's person, for no agency."""
    return Actor("server", "", "", vocabulary.COORDINATION_OF_CARE, (), now, NAME)


async def end(gate: Gate) -> str:
    """Where what was written ends, as of now."""
    async with gate.engine.store.snapshot() as view:
        return await view.end()


async def found(gate: Gate, after: str) -> tuple[list[tuple[str, str]], str]:
    """The pairs of records, of two agencies, that are of one of the next persons written, in that order; and from where
    to go on."""
    pairs: dict[tuple[str, str], None] = {}
    async with gate.engine.store.snapshot() as view:
        page = await view.feed(after, STEP, within=_PATIENTS)
        for name in dict.fromkeys(each.reference for each in page.versions):
            await view.give_way()  # requests are answered between two persons
            person = await view.get(*name.split("/"), within=OVERLAPPING)
            if person:
                for other in sorted(await _alike(gate, view, person), key=lambda each: each.first):
                    await view.give_way()
                    first, second = sorted((person.reference, other.reference))
                    if not await _is_known(view, person, other):
                        pairs[first, second] = None
    return list(pairs), page.next


async def tell(unit: UnitOfWork, pair: tuple[str, str]) -> Told:
    """Write to the coordinators of a pair, once; nothing where there is no coordinator, or where the two are a pair no
    more: since they were found somebody may have been protected, corrected, or taken over."""
    now = unit.facts.actor.now
    persons = [await unit.look_up(name) for name in pair]
    here = [each for each in persons if each]
    posts = await _coordinators(unit.tx, now)
    if len(here) != len(pair) or not posts or not await _still(unit.tx, *here) or await _is_known(unit.tx, *here):
        return Told(())
    named = [f"{_keeper(each)}: {each.reference}" for each in here]
    letter: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [_concept(vocabulary.OVERLAP_NOTICE)],
        "about": [{"reference": name} for name in pair],
        "recipient": [{"reference": post} for post in posts],
        "sent": unit.tx.instant,
        "payload": [{"contentString": each} for each in (_TOLD, *named)],
    }
    return Told((await server_record.written(unit, _id(pair), letter, Own(Origin("", ""))),))


async def _alike(gate: Gate, view: Snapshot, person: Version) -> list[Version]:
    """The records of other agencies that are certainly of this person."""
    body = evidence.body(person)
    if any(name.get("text") == sheet_member.UNNAMED for name in body.get("name") or ()):
        return []  # infants without a name are as many as were born that day
    wanted = matching.candidates(gate.engine.index, body)
    alike = (await view.find(Query(wanted, limit=MOST_ALIKE + 1), within=OVERLAPPING)).versions
    if len(alike) > MOST_ALIKE or not _keeper(person) or await _is_protected(view, person):
        return []
    others = [each for each in alike if _keeper(each) not in ("", _keeper(person))]
    certain = list[Version]()
    async for each in some(view, others):
        certain += [one for one in each if matching.is_certain(body, evidence.body(one))]
    return [each for each in certain if not await _is_protected(view, each)]


async def _still(view: Snapshot, one: Version, other: Version) -> bool:
    """Whether the records are, by what they say now, of one person whom two agencies keep and nobody protects."""
    bodies = evidence.body(one), evidence.body(other)
    if _keeper(one) == _keeper(other) or not all(matching.is_certain(*each) for each in (bodies, bodies[::-1])):
        return False
    return not (await _is_protected(view, one) or await _is_protected(view, other))


async def _is_known(view: Snapshot, one: Version, other: Version) -> bool:
    """Whether it was told already, or the two agencies know of each other: by a request or by a team."""
    first, second = sorted((one.reference, other.reference))
    if second in await names.known(view, [first]):
        return True  # who merged them knows of both
    if await view.get("Communication", _id((first, second)), within=OVERLAPPING):
        return True
    agencies, persons = {_keeper(one), _keeper(other)}, (one.reference, other.reference)
    asked = all_of([has(".type", "Task"), has(verdict.COUNTS, "yes"), has_one_of(".subject", persons)])
    for task in (await view.find(Query(asked, limit=MOST_ALIKE), within=OVERLAPPING)).versions:
        if agencies <= verdict.read(task.terms).note(verdict.BETWEEN) | verdict.read(task.terms).note(verdict.ABOVE):
            return True
    housed = all_of([has(".type", "Group"), any_of([has("member", name) for name in persons])])
    groups = [each.reference for each in (await view.find(Query(housed, limit=50), within=OVERLAPPING)).versions]
    if not groups:
        return False
    team = [has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM), has(".open", "yes")]
    teams = (await view.find(Query(all_of([*team, has_one_of(".household", groups)])), within=OVERLAPPING)).versions
    named = (reference.locals_of(evidence.body(each).get("participant")) | {_keeper(each)} for each in teams)
    return any(agencies <= each for each in named)


async def _coordinators(view: Snapshot, now: datetime) -> Sequence[str]:
    office = has(".code", coding.own("role", vocabulary.COORDINATOR))
    posts = (await view.find(Query(all_of([has(".type", "PractitionerRole"), office])), within=OVERLAPPING)).versions
    return sorted(each.reference for each in posts if evidence.post(each, now))


async def _is_protected(view: Snapshot, person: Version) -> bool:
    """By whichever name of theirs."""
    called = [
        await view.get(*one.split("/"), within=OVERLAPPING) for one in await names.known(view, [person.reference])
    ]
    return any(vocabulary.SECRECY_LABELS & set(values(each.terms, ".label")) for each in called if each)


def _keeper(version: Version) -> str:
    return envelope.value(version.terms, ".custodian")


def _id(pair: tuple[str, str]) -> str:
    return str(uuid.uuid5(_SPACE, " ".join(pair)))


def _concept(code: str) -> dict[str, Any]:
    system, _, bare = code.rpartition("|")
    return {"coding": [{"system": system, "code": bare}]}
