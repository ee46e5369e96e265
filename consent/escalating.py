"""A request that nobody answered by its day goes before the coordinator by itself, and both sides are told.

R5 and R12 of the domain, decision 11; docs/policy.md, "handing on". Written by the server as its asker might have
written it: it opens the request to that coordinator, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.rule import Action, Decision, Rule, Text
from consent.verdict import Verdict
from consent.writing import server_record
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources import due
from resources.record import coding, envelope, moment, period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.order import SINCE
from resources.search.predicate import Predicate, all_of, has, has_one_of, term
from resources.store.port import Query, Snapshot

SILENT: Predicate = has_one_of(".type", ("Task", "PractitionerRole"))
"""Under this the server looks which requests nobody answers, and whose it is to see to them."""

STEP = 200
"""So many requests are looked at in one question."""
MOST_CALLS = 1_000
"""So many open calls of a coordinator are counted; with more they are as many as these."""

NAME = "overdue"
"""As what it stands on the trail."""

_OPEN = all_of([has(".type", "Task"), has(".open", "yes"), has(verdict.COUNTS, "yes")])
_CALLS = all_of([_OPEN, has_one_of(".code", (vocabulary.COORDINATE, vocabulary.ESCALATE))])
_BECAUSE = Text("nobody answered the request by its day", "期限までに依頼への返事がなかった")
_TOLD = (
    "期限までに返事のない依頼があり、推進員に連絡しました。断られたことにはなりません。"
    "今からでも受け付け、または引き継げます / "
    "nobody has answered a request by its day, and the coordinator was called: this is no refusal, and the request may "
    "still be accepted or handed on"
)


@dataclass(frozen=True, slots=True)
class Escalated:
    """What was written: the call and the letters; nothing where somebody answered or called meanwhile."""

    told: tuple[Version, ...]
    action: Action = "create"

    @property
    def decision(self) -> Decision:
        return Decision(True, (Rule("R12", "permit", SILENT, _BECAUSE),))


def server(now: datetime) -> Actor:
    """Who does it: nobody's person, for no agency."""
    return Actor("server", "", "", vocabulary.COORDINATION_OF_CARE, (), now, NAME)


async def silent(gate: Gate, now: datetime, days: int, after: str) -> tuple[list[str], str]:
    """The next requests that nobody answers and that nobody has called the coordinator for, and from where to go on;
    "" at the end."""
    async with gate.engine.store.snapshot() as view:
        page = await view.find(Query(_OPEN, (SINCE,), after=after, limit=STEP), within=SILENT)
        found = [each for each in page.versions if _is_silent(each, now, days)]
        posts = await _coordinators(view, now) if found else []
        found = found if posts else []
        return [each.reference for each in found if not await _is_called(view, each, posts, days)], page.next


async def escalated(unit: UnitOfWork, name: str, days: int) -> Escalated:
    """Call a coordinator about a request, once for each day it let pass; about none where there is no coordinator."""
    found, now = await unit.look_up(name), unit.facts.actor.now
    if found is None or not _is_silent(found, now, days):
        return Escalated(())
    if await _is_called(unit.tx, found, await _coordinators(unit.tx, now), days):
        return Escalated(())
    post = await _coordinator(unit.tx, now)
    if not post:
        return Escalated(())
    call = await server_record.written(unit, new_id(), _call(found, post, now), _own(found, post))
    letters = [await _letter(unit, agency, found, call) for agency in sorted(_sides(found))]
    return Escalated((call, *letters))


def _is_silent(task: Version, now: datetime, days: int) -> bool:
    """Whether it is a referral to another agency whose day has passed; calls, papers and payments are no referrals."""
    body = evidence.body(task)
    if not verdict.read(task.terms).counts or coding.codes(body.get("code"), "task-code"):
        return False
    last = _last(task, body, days)
    return last is not None and last < moment.local_day(moment.of(now))


def _last(task: Version, body: dict[str, Any], days: int) -> date | None:
    came = moment.read(task.first)
    return due.silence(body, days, moment.local_day(came.start)) if came else None


async def _is_called(view: Snapshot, task: Version, posts: Sequence[str], days: int) -> bool:
    """Whether a call about it is open to one of these coordinators, or was answered that was made since the day it let
    pass; one that was taken back has called nobody."""
    calls = all_of([has(".type", "Task"), has(".code", vocabulary.ESCALATE), has("part-of", task.reference)])
    last = _last(task, evidence.body(task), days)
    for call in (await view.find(Query(calls), within=SILENT)).versions:
        made, body = moment.read(call.first), evidence.body(call)
        if evidence.is_open(call) and reference.one(body, "owner") in posts:
            return True
        if body.get("status") == "completed" and made and last and moment.local_day(made.start) > last:
            return True
    return False


async def _coordinators(view: Snapshot, now: datetime) -> list[str]:
    """The posts of coordinators that are held now."""
    office = has(".code", coding.own("role", vocabulary.COORDINATOR))
    found = (await view.find(Query(all_of([has(".type", "PractitionerRole"), office])), within=SILENT)).versions
    return [each.reference for each in found if evidence.post(each, now)]


async def _coordinator(view: Snapshot, now: datetime) -> str:
    """The post of the coordinator with the fewest open calls; empty where there is none."""
    calls = {
        each: await view.count(Query(all_of([_CALLS, has("owner", each)])), within=SILENT, most=MOST_CALLS)
        for each in sorted(await _coordinators(view, now))
    }
    return min(calls, key=lambda each: calls[each], default="")


def _call(task: Version, post: str, now: datetime) -> dict[str, Any]:
    body = evidence.body(task)
    call: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    call |= {"code": _concept(vocabulary.ESCALATE), "partOf": [{"reference": task.reference}]}
    call |= {name: body[name] for name in ("focus", "for") if name in body}
    asker = reference.one(body, "requester") or envelope.value(task.terms, ".custodian")
    call |= {"requester": {"reference": asker}, "owner": {"reference": post}}
    return call | {
        "authoredOn": period.instant(now),
        "reasonCode": {"text": f"{_BECAUSE.ja} / {_BECAUSE.en}"},
    }


def _own(task: Version, post: str) -> Own:
    """The verdict that the asker's own call would have."""
    judged, asker = verdict.read(task.terms), envelope.value(task.terms, ".custodian")
    noted = [(verdict.BETWEEN, asker), (verdict.BETWEEN, post)]
    noted += [(verdict.ABOVE, each) for each in judged.note(verdict.ABOVE) | judged.note(verdict.BETWEEN)]
    requests = {each for each in judged.fixed if each.startswith(("ServiceRequest/", "Task/"))}
    fixed = frozenset(requests | {task.reference})
    return Own(Origin(asker, ""), Verdict(True, noted=frozenset(term(*each) for each in noted), fixed=fixed))


def _sides(task: Version) -> frozenset[str]:
    """The agency that asks, and the one that is asked."""
    sides = verdict.read(task.terms).note(verdict.BETWEEN) | {envelope.value(task.terms, ".custodian")}
    return frozenset(each for each in sides if each.startswith("Organization/"))


async def _letter(unit: UnitOfWork, agency: str, task: Version, call: Version) -> Version:
    letter: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [_concept(vocabulary.OVERDUE_NOTICE)],
        "about": [{"reference": task.reference}, {"reference": call.reference}],
        "recipient": [{"reference": agency}],
        "sent": unit.tx.instant,
        "payload": [{"contentString": _TOLD}],
    }
    return await server_record.written(unit, new_id(), letter, Own(Origin(agency, "")))


def _concept(code: str) -> dict[str, Sequence[dict[str, str]]]:
    system, _, bare = code.rpartition("|")
    return {"coding": [{"system": system, "code": bare}]}
