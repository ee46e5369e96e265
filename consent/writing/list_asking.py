"""Before a meeting opens and as roles are decided, somebody on the list of each protection of the household is asked.

docs/policy.md, D1: which seats and roles go on the list, for how long, and which agencies may be shown. Unanswered, all
stays withheld, and the convener is told that an answer is missing; of whom nothing is said.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.relations import names
from consent.secrecy import protection
from consent.standing import care, roles
from consent.verdict import Verdict
from consent.writing import server_record
from consent.writing.after_image import Own
from resources import conference
from resources.record import coding, envelope, period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query

ASKED: Predicate = all_of([has(".type", "Task"), has(".code", vocabulary.ASK_LIST), has(".open", "yes")])
"""Under this the server looks at what it has asked and nobody has answered; nobody is told whom."""

POSTS: Predicate = has(".type", "PractitionerRole")
"""Under this the server looks who holds the posts that a list names."""

_DEPUTY = "deputy"
_DESKS = ("HealthcareService/", "PractitionerRole/", "Organization/", "Practitioner/")
"""Who is asked first of those whom a list names."""

_CALLED = ("subject", "participant")
"""What of a meeting somebody on the list is asked about, anew when it changes."""


async def settled(unit: server_record.Beside, before: Version | None, after: Version) -> None:
    """Ask about a meeting that is called and about roles that were decided; tell its convener what is missing."""
    if after.type == "Encounter":
        await _about_meeting(unit, evidence.body(before) if before else {}, after)
    elif after.type == "CareTeam":
        await _about_roles(unit, evidence.body(before) if before else {}, after)


async def _about_meeting(unit: server_record.Beside, had: Mapping[str, Any], after: Version) -> None:
    meeting = evidence.body(after)
    status = meeting.get("status")
    if not envelope.is_conference(meeting) or status not in ("planned", "in-progress"):
        return
    if _differs(had, meeting, _CALLED):
        await _ask(unit, after.reference, reference.one(meeting, "subject"))
    if status == "in-progress" != had.get("status"):
        await _tell(unit, after.reference, meeting)


async def _about_roles(unit: server_record.Beside, had: Mapping[str, Any], after: Version) -> None:
    team, kept = evidence.body(after), verdict.read(after.terms)
    decided = kept.counts and vocabulary.CASE_TEAM in coding.of(team.get("category"))
    if not decided or team.get("status") != "active" or not _differs(had, team, roles.STANDS):
        return
    await _ask(unit, after.reference, reference.one(team, "subject"))
    meeting = next((one for one in kept.fixed if one.startswith("Encounter/")), "")
    found = await unit.look_up(meeting) if meeting else None
    await _tell(unit, after.reference, evidence.body(found) if found else {})


async def _ask(unit: server_record.Beside, about: str, household: str) -> None:
    """A Task to one whom each list names, but for who is on it and asks, and who was asked already."""
    waiting = {reference.one(evidence.body(each), "owner") for each in await _unanswered(unit, about)}
    asked: set[str] = set()
    members = await care.members(unit.tx, [household]) if household else frozenset[str]()
    for person in sorted(await names.known(unit.tx, members)):
        found = await unit.look_up(person)
        for label in protection.labels(evidence.body(found)) if found else ():
            named = protection.named(label)
            if not named & unit.facts.identities:
                asked |= await _one_of(unit, named)
    for owner in sorted(asked - waiting):
        task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
        task |= {"code": _concept(vocabulary.ASK_LIST), "focus": {"reference": about}, "for": {"reference": household}}
        task |= {"owner": {"reference": owner}, "authoredOn": period.instant(unit.facts.actor.now)}
        # It is in nobody's keeping: a colleague who is not on the list does not learn who is.
        await server_record.written(unit, str(uuid.uuid4()), task, Own(Origin("", ""), Verdict(True)))


async def _one_of(unit: server_record.Beside, named: Iterable[str]) -> frozenset[str]:
    """One whom a list names: a person, since an agency reads what is addressed to its posts, where it is not named."""
    for name in sorted(named, key=_first):
        if name.startswith("HealthcareService/"):
            at_desk = all_of([POSTS, has("service", name)])
            posts = (await unit.tx.find(Query(at_desk), within=POSTS)).versions
        else:
            found = await unit.look_up(name) if name.startswith("PractitionerRole/") else None
            posts = [found] if found and not found.deleted else []
        now = unit.facts.actor.now
        held = [(post.functions, evidence.body(each)) for each in posts if (post := evidence.post(each, now))]
        persons = sorted((_DEPUTY in functions, reference.one(post, "practitioner")) for functions, post in held)
        if persons or name.startswith(("Organization/", "Practitioner/")):
            return frozenset({persons[0][1] if persons else name})
    return frozenset()


async def _unanswered(unit: server_record.Beside, about: str) -> Iterable[Version]:
    return (await unit.tx.find(Query(all_of([ASKED, has("focus", about)])), within=ASKED)).versions


async def _tell(unit: server_record.Beside, about: str, meeting: Mapping[str, Any]) -> None:
    """Where an answer is missing, a letter to who convenes, that says no more than its code."""
    if not await _unanswered(unit, about):
        return
    for seat in conference.seats(meeting):
        post = await unit.look_up(seat.member) if vocabulary.CONVENER in seat.functions else None
        agency = reference.one(evidence.body(post), "organization") if post else ""
        if agency:
            word: dict[str, Any] = {"resourceType": "Communication", "status": "completed"}
            word |= {"category": [_concept(vocabulary.LIST_UNANSWERED)], "about": [{"reference": about}]}
            word |= {"recipient": [{"reference": seat.member}], "sent": unit.tx.instant}
            await server_record.written(unit, str(uuid.uuid4()), word, Own(Origin(agency, "")))


def _first(name: str) -> tuple[int, str]:
    return next((place for place, kind in enumerate(_DESKS) if name.startswith(kind)), len(_DESKS)), name


def _differs(had: Mapping[str, Any], has: Mapping[str, Any], elements: Iterable[str]) -> bool:
    return any(had.get(each) != has.get(each) for each in elements)


def _concept(code: str) -> dict[str, Any]:
    system, _, bare = code.rpartition("|")
    return {"coding": [{"system": system, "code": bare}]}
