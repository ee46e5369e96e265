"""$extend-protection, $release-performers, $confirm-signer, $confirm-protection, $lift-protection: a list and its end.

docs/policy.md, D1. Each is done for a reason, which stands on the trail.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.acts import in_care, protected
from consent.relations import names
from consent.relations.contributions import HIDDEN, PROTECTED
from consent.secrecy import locks, protection
from consent.standing import department, oneself
from consent.writing import nothing_left
from consent.writing.change import UnitOfWork
from consent.writing.written import Written
from resources.record import parse, period, reference, wording
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, Related, all_of, any_of, has, some
from resources.search.relation import Values
from resources.store.port import Query

LISTED: Predicate = EVERYTHING
"""Under this the server asks who holds a post, and on whom a protection lies."""

MOST_DAYS = 31
"""So many days at most a substitute is on a list."""


@dataclass(frozen=True, slots=True)
class OfList:
    """What is asked of one protection of a Patient: why, its id, which may be left out where the caller has only one,
    who comes onto its list, may be shown as performer or signs for the person, until the end of which day, and what
    those it names said when they were heard; `undo` takes back what was confirmed."""

    patient: str
    reason: str
    id: str = ""
    named: tuple[str, ...] = ()
    until: str = ""
    heard: str = ""
    undo: bool = False


async def extend(unit: UnitOfWork, asked: OfList) -> list[Written]:
    """The Patients on whom the protection lies, with more on its list. Raises Problem."""
    person, labels = await _asked(unit, asked)
    mine = []
    for place, label in enumerate(labels):
        may = await _is_theirs(unit, label) or (asked.until and await _heads(unit, label))
        if asked.id in ("", protection.id_of(label)) and may:
            mine.append(place)
    label = await _one(unit, person, labels, mine)
    await protected.listed(unit, asked.named)
    if asked.until:
        await _substitutes(unit, label, asked)
    if protection.named(label) & unit.facts.identities:  # others may not learn whom it is against
        await _not_against(unit, label, asked.named)
    return await _everywhere(unit, person, label, lambda old: protection.extended(old, asked.named, asked.until))


async def release(unit: UnitOfWork, asked: OfList) -> list[Written]:
    """The Patients on whom the protection lies, of whom more may be shown as who does something. Raises Problem."""
    person, labels = await _asked(unit, asked)
    now, who = unit.facts.world.now, unit.facts.identities
    named = [place for place, label in enumerate(labels) if locks.tells(label, now) & who]
    label = await _one(unit, person, labels, [at for at in named if asked.id in ("", protection.id_of(labels[at]))])
    await protected.listed(unit, asked.named)
    return await _everywhere(unit, person, label, lambda old: protection.releasing(old, asked.named))


async def confirm_signer(unit: UnitOfWork, asked: OfList) -> list[Written]:
    """The Patient, who is read for by whoever signs for them, as far as this protection goes. Raises Problem."""
    person, labels = await _asked(unit, asked)
    now, who = unit.facts.world.now, unit.facts.identities if unit.facts.actor.person else frozenset[str]()
    named = [place for place, label in enumerate(labels) if locks.tells(label, now) & who]
    label = await _one(unit, person, labels, [at for at in named if asked.id in ("", protection.id_of(labels[at]))])
    signer = await _signer(unit, person, asked.named)
    if not asked.undo and await oneself.is_one_of(unit.tx, signer.reference, protection.against(label)):
        name = signer.reference
        text, ja = f"the protection is against `{name}`", f"`{name}` は秘匿の相手です。確認できません"
        raise protected.lacking(text, ja)
    made = protection.signing(label, signer, confirmed=not asked.undo)
    return [await protected.write(unit, person, protection.instead(parse.editable(person.body), label, made))]


async def _signer(unit: UnitOfWork, person: Version, named: Sequence[str]) -> Version:
    """The one who is recorded as related to this person, by whichever name the caller reads too. Raises Problem."""
    name = named[0] if len(named) == 1 and named[0].startswith("RelatedPerson/") else ""
    found = await unit.look_up(name) if name else None
    whose = reference.one(evidence.body(found), "patient") if found else ""
    meant = await unit.look_up(whose) if whose in await names.known(unit.tx, [person.reference]) else None
    there = [each for each in (found, meant) if each and not each.deleted]
    if (
        found
        and len(there) == len((found, meant))
        and all([(await unit.judge("read", each)).allowed for each in there])
    ):
        return found
    text = "name the one RelatedPerson of this Patient who signs for them: `to`"
    raise protected.lacking(text, "この人の代理人（RelatedPerson）を一人、`to` に示してください")


async def confirm(unit: UnitOfWork, asked: OfList) -> list[Written]:
    """The Patient, of whom a later protection now holds against those whom an earlier one names. Raises Problem."""
    person, labels = await _asked(unit, asked)
    leading = bool(unit.facts.holds(vocabulary.LEAD_SECTION))
    waiting = [place for place in range(len(labels)) if leading and locks.awaits(labels, place)]
    mine = [place for place in waiting if asked.id in ("", protection.id_of(labels[place]))]
    label = await _one(unit, person, labels, mine)
    sent = protection.instead(parse.editable(person.body), label, protection.confirming(label))
    return [await protected.write(unit, person, sent)]


async def lift(unit: UnitOfWork, asked: OfList) -> list[Written]:
    """The Patient without that protection. Raises Problem `not-found`, `forbidden`, `business-rule`."""
    person, labels = await _asked(unit, asked)
    mine, care = [], frozenset[str]()
    if unit.facts.holds(vocabulary.LEAD_SECTION):
        care = await in_care.of(unit.tx, person)
    for place, label in enumerate(labels):
        keeps_out = bool(care and care - await _let_in(unit, locks.opens(labels, place)))
        if asked.id in ("", protection.id_of(label)) and (keeps_out or await _is_theirs(unit, label)):
            mine.append(place)
    label = await _one(unit, person, labels, mine)
    if not wording.tells(asked.heard) and not await _is_theirs(unit, label):
        text = "hear those it names before you lift it, and say what they answered: `heard`"
        raise protected.lacking(text, "名簿にある人の意見を聴き、`heard` に書いてから解除してください")
    done = await protected.write(unit, person, protection.less(parse.editable(person.body), label))
    return [replace(done, ended=(*done.ended, *await nothing_left.settled(unit, person, done.version)))]


async def _asked(unit: UnitOfWork, asked: OfList) -> tuple[Version, Sequence[Mapping[str, Any]]]:
    if not wording.tells(asked.reason):  # alike whether or not there is such a person
        raise protected.lacking("say why: `reason`", "`reason` に理由を書いてください")
    person = await protected.person(unit, asked.patient)
    if await protected.is_against(unit, person) or unit.facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        raise await protected.refused(unit, person)
    return person, protection.labels(evidence.body(person))


async def _one(
    unit: UnitOfWork, person: Version, labels: Sequence[Mapping[str, Any]], mine: Sequence[int]
) -> Mapping[str, Any]:
    """The one protection that the caller means. Raises Problem where there is none of theirs, or more than one."""
    if not mine:
        raise await protected.refused(unit, person)
    if len(mine) > 1:
        raise protected.lacking("say which: `protection`", "どの秘匿かを `protection` で示してください")
    return labels[mine[0]]


async def _everywhere(
    unit: UnitOfWork, person: Version, label: Mapping[str, Any], made: Callable[[protection.Label], dict[str, Any]]
) -> list[Written]:
    """The label made anew on everybody on whom it lies, the person asked about first."""
    id, done = protection.id_of(label), []
    for one in await _sharing(unit, id) if id else [person]:
        sent = parse.editable(one.body)
        for old in [each for each in protection.labels(sent) if protection.id_of(each) == id]:
            sent = protection.instead(sent, old, made(old))
        done.append(await protected.write(unit, one, sent))
    return sorted(done, key=lambda each: each.version.reference != person.reference)


async def _substitutes(unit: UnitOfWork, label: Mapping[str, Any], asked: OfList) -> None:
    """For days, and of an agency that is on the list. Raises Problem."""
    now = unit.facts.actor.now
    span = period.span({"end": asked.until})
    if span is None or not period.instant(now) < span[1] <= period.instant(now + timedelta(days=MOST_DAYS)):
        text = f"a substitute is on the list for days, from today and at most {MOST_DAYS}: `until`"
        raise protected.lacking(text, f"代わりの人が名簿に載るのは今日から{MOST_DAYS}日までです（`until`）")
    listed = await in_care.agencies(unit.tx, protection.named(label))
    for name in asked.named:
        if not name.startswith(("Practitioner/", "PractitionerRole/")) or not (
            await in_care.agencies(unit.tx, [name]) & listed
        ):
            text = "a substitute is a post or person of the same agency as who is named: `to`"
            raise protected.lacking(text, "代わりの人（`to`）は、名簿にある人と同じ機関の職か職員です")


async def _let_in(unit: UnitOfWork, names: Iterable[str]) -> frozenset[str]:
    """The agencies of whom a list names; a post that nobody holds now lets nobody in."""
    held = []
    for name in names:
        found = await unit.look_up(name)
        if found and (found.type != "PractitionerRole" or evidence.post(found, unit.facts.actor.now)):
            held.append(name)
    return await in_care.agencies(unit.tx, held)


async def _is_theirs(unit: UnitOfWork, label: Mapping[str, Any]) -> bool:
    """Whether the caller is named for good, or is the lead section where nobody who is named holds a post now."""
    return bool(protection.named(label) & unit.facts.identities) or await _is_orphaned(unit, label)


async def _is_orphaned(unit: UnitOfWork, label: Mapping[str, Any]) -> bool:
    """Whether the lead section asks, and nobody whom it names holds a post now."""
    if not unit.facts.holds(vocabulary.LEAD_SECTION):
        return False
    elements = ("organization", "service", "practitioner", ".id")
    meant = any_of(has(element, one) for one in sorted(protection.named(label)) for element in elements)
    found = await unit.tx.find(Query(all_of([has(".type", "PractitionerRole"), meant])), within=LISTED)
    return not any(evidence.post(each, unit.facts.actor.now) for each in found.versions)


async def _heads(unit: UnitOfWork, label: Mapping[str, Any]) -> bool:
    """Whether the caller has a post at the department of an agency that is on the list."""
    departments = {post.agency for post in unit.facts.holds(vocabulary.DEPARTMENT)}
    for agency in await in_care.agencies(unit.tx, protection.named(label)) if departments else ():
        found = await unit.look_up(agency)
        above = department.above(evidence.body(found)) if found and not verdict.read(found.terms).void else ""
        if {agency, above} & departments:
            return True
    return False


async def _not_against(unit: UnitOfWork, label: Mapping[str, Any], named: Iterable[str]) -> None:
    """A post means the person who holds it. Raises Problem."""
    for name in named:
        found = await unit.look_up(name)
        person = reference.one(evidence.body(found), "practitioner") if found else ""
        if {name, person} & protection.against(label):
            text = f"the protection is against `{name}`, who is on none of its lists"
            raise protected.lacking(text, f"`{name}` は秘匿の相手なので、名簿に載せられません")


async def _sharing(unit: UnitOfWork, id: str) -> Sequence[Version]:
    """The Patients on whom the protection of this id lies."""
    lies = any_of(some(_ITSELF, Related(lock, frozenset({HIDDEN}), frozenset({id}))) for lock in PROTECTED)
    return (await unit.tx.find(Query(all_of([has(".type", "Patient"), lies])), within=LISTED)).versions


_ITSELF = Values(".id")

LIFT = "$lift-protection"

OPERATIONS: Mapping[str, Callable[[UnitOfWork, OfList], Awaitable[list[Written]]]] = {
    "$extend-protection": extend,
    "$release-performers": release,
    "$confirm-signer": confirm_signer,
    "$confirm-protection": confirm,
    LIFT: lift,
}
