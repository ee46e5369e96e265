"""The Tasks by which two Patients are merged, or are two again: asked, answered, and what each says of the names.

docs/policy.md, "merging two Patients". The server alone begins and ends them; each standing merge says every name that
the person has by it and those beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.acts import transfer_task
from consent.reading import showing
from consent.relations import names
from consent.rule import Action, Decision, Rule
from consent.standing import aging
from consent.verdict import Verdict
from consent.writing import joining, rejudging, server_record, server_version, sight_notices
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources.record import parse, period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of, term
from resources.search.relation import values
from resources.store.port import Query, Snapshot

ASKED: Predicate = all_of([has(".type", "Task"), has_one_of(".code", vocabulary.MERGES)])
"""Under this the server looks which merges stand and what is asked; it is told to who reads both Patients."""


_SIDES = (f"{verdict.BETWEEN} ", f"{verdict.AS_SUCH} ")


@dataclass(frozen=True, slots=True)
class Merged:
    """The Task as it stands, None where nothing was written; what changed with it (other Tasks, the consents that a
    word under the other name has ended, what was written to whom), and the Patient that is used from then on. Each as
    the caller may see it."""

    task: Version | None
    target: Version
    rule: Rule
    others: tuple[Version, ...] = ()
    action: Action = "update"

    @property
    def told(self) -> tuple[Version, ...]:
        """What of it goes on the trail."""
        return (*((self.task,) if self.task else ()), *self.others)

    @property
    def decision(self) -> Decision:
        return Decision(True, (self.rule,))

    async def to(self, unit: UnitOfWork) -> Merged:
        """As the caller may see it now."""
        task = await _shown(unit, self.task) if self.task else None
        return replace(self, task=task, target=await _shown(unit, self.target))


async def _shown(unit: UnitOfWork, version: Version) -> Version:
    read = await unit.judge("read", version)
    if not read.allowed:
        return showing.key_of(version)
    return await showing.shown(unit.engine, unit.tx, version, read, unit.facts)


async def written(
    unit: UnitOfWork,
    code: str,
    pair: tuple[str, str],
    sides: tuple[str, str],
    *,
    done: bool,
    reason: str,
    as_such: str = "",
) -> tuple[Version, ...]:
    """The Task, in the keeping of the agency that asks: waiting for the other side, or for its post `as_such`, or
    `done`; and what changed with it."""
    (source, target), (requester, owner) = pair, sides
    task: dict[str, Any] = {"resourceType": "Task", "status": "completed" if done else "requested", "intent": "order"}
    system, _, bare = code.rpartition("|")
    task |= {"code": {"coding": [{"system": system, "code": bare}]}}
    task |= {"focus": {"reference": target}, "for": {"reference": source}}
    task |= {"authoredOn": period.instant(unit.facts.actor.now)}
    task |= {"requester": {"reference": requester}, "owner": {"reference": owner}}
    if reason:
        task["reasonCode"] = {"text": reason}
    noted = {term(verdict.BETWEEN, each) for each in sides} | ({term(verdict.AS_SUCH, as_such)} if as_such else set())
    if done and code == vocabulary.MERGE:
        noted |= await _says(unit.tx, pair)
    own = Own(Origin(requester, unit.facts.writer), Verdict(True, noted=frozenset(noted)))
    made = await server_record.written(unit, new_id(), task, own)
    with unit.tx.following():
        return (made, *await rejudging.settled(unit, None, made))


async def lived_with(unit: UnitOfWork, task: Version) -> tuple[Version, ...]:
    """Whom a merge that has just come to stand gave a protection, since they live with the other name of somebody."""
    if not verdict.read(task.terms).note(verdict.SAME):
        return ()
    with unit.tx.following():
        return tuple(await joining.merged(unit, names.pair(evidence.body(task))[0]))


async def ended(unit: UnitOfWork, task: Version, status: str, reason: str = "") -> tuple[Version, ...]:
    """The Task as it was answered, and what changed with it; a merge that is completed says from then on who is one
    person."""
    body = evidence.body(task)
    noted = _of_whom(task)
    if status == "completed" and vocabulary.MERGE in set(values(task.terms, ".code")):
        noted |= await _says(unit.tx, names.pair(body))
    return await _next(unit, task, status, noted, reason)


async def undone(unit: UnitOfWork, pair: tuple[str, str]) -> tuple[Version, ...]:
    """The merge of these two, entered in error since; each that stands beside it, with the names that are left; and
    what is told of it."""
    whole = await names.known(unit.tx, pair)
    changed: list[Version] = []
    for task in await standing(unit.tx, pair):
        if set(names.pair(evidence.body(task))) == set(pair):
            changed += await _next(unit, task, "entered-in-error", _of_whom(task))
    for task in await standing(unit.tx, whole):
        noted = {entry for entry in verdict.read(task.terms).noted if not entry.startswith(f"{verdict.SAME} ")}
        says = await _says(unit.tx, names.pair(evidence.body(task)))
        if says != {entry for entry in task.terms if entry.startswith(f"{verdict.SAME} ")}:
            changed += await _next(unit, task, "completed", noted | says)
    with unit.tx.following():
        return (*changed, *await sight_notices.parted(unit, pair))


async def standing(view: Snapshot, persons: Iterable[str]) -> Sequence[Version]:
    """The merges that stand, of these persons."""
    found = await view.find(Query(all_of([ASKED, has_one_of(verdict.SAME, persons)])), within=ASKED)
    return [each for each in found.versions if evidence.body(each).get("status") == "completed"]


async def waiting(unit: UnitOfWork, pair: tuple[str, str]) -> Sequence[Version]:
    """What is asked about these two, and nobody has answered."""
    about = all_of([ASKED, has(".open", "yes"), *(has(".subject", one) for one in pair)])
    found = await unit.tx.find(Query(about), within=ASKED)
    return [each for each in found.versions if set(names.pair(evidence.body(each))) == set(pair)]


async def linked(view: Snapshot, pair: tuple[str, str]) -> frozenset[str]:
    """Every name that who is meant by these two has, by the merges that stand and by one of these two."""
    tasks = await standing(view, await names.known(view, pair))
    edges = [set(pair), *(set(names.pair(evidence.body(each))) for each in tasks)]
    reached, grown = set(pair), True
    while grown:
        more = {one for edge in edges if edge & reached for one in edge}
        grown, reached = not more <= reached, reached | more
    return frozenset(reached)


def _of_whom(task: Version) -> set[str]:
    """Who asked and who was asked, and as what."""
    return {entry for entry in verdict.read(task.terms).noted if entry.startswith(_SIDES)}


async def _says(view: Snapshot, pair: tuple[str, str]) -> set[str]:
    return {term(verdict.SAME, one) for one in await linked(view, pair)}


async def _next(
    unit: UnitOfWork, task: Version, status: str, noted: Iterable[str], reason: str = ""
) -> tuple[Version, ...]:
    body = parse.editable(task.body) | {"status": status, "lastModified": period.instant(unit.facts.actor.now)}
    if reason:
        body["statusReason"] = {"text": reason}
    after, resource = await server_version.of(unit, task, body, Verdict(True, noted=frozenset(noted)))
    await unit.put(after, resource, task)
    if not aging.turns(task, after):
        return (after,)
    with unit.tx.following():
        return (after, *await rejudging.settled(unit, task, after))


def parties(task: Mapping[str, Any]) -> tuple[str, str]:
    """Who asks, and who is asked."""
    return reference.one(task, "requester"), reference.one(task, "owner")


refused, not_theirs = transfer_task.refused, transfer_task.not_theirs
