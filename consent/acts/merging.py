"""$merge: two Patients are one person from then on, by both who keep them or by the lead section; and are two again.

docs/policy.md, "merging two Patients"; https://hl7.org/fhir/R5/patient-operation-merge.html. No record is rewritten: a
merge opens nothing, and what withholds asks all names of the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consent import evidence, policy, refusal, verdict, vocabulary
from consent.acts import merge_task, on_every_list, reply, transfer_task
from consent.acts.merge_task import Merged, not_theirs, refused
from consent.acts.reply import Reply
from consent.relations import names
from consent.rule import Rule, Text
from consent.writing import resolving
from consent.writing.change import UnitOfWork
from resources.record import envelope, keeping
from resources.record.mistake import MISTAKEN
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import values

_MERGED = Rule("P1", "permit", EVERYTHING, Text("who keeps the two Patients merges them", "管理する機関が統合する"))
_DECIDED = Rule("P6", "permit", EVERYTHING, Text("the lead section decided on a merge", "主管課が統合について決めた"))


@dataclass(frozen=True, slots=True)
class Named:
    """A Patient as it is named: by a reference, by search parameters that all have to fit, or by both."""

    reference: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """The Patient that is replaced and the one that is used since; to `undo` is to have them be two again.

    It is asked of the lead section where that `decides`; a `preview` is looked at, and nothing is written.
    """

    source: Named
    target: Named
    undo: bool = False
    decides: bool = False
    preview: bool = False
    reason: str = ""

    @property
    def code(self) -> str:
        return vocabulary.UNMERGE if self.undo else vocabulary.MERGE


@dataclass(frozen=True, slots=True)
class Undo:
    """The id of the Task by which two were merged, and why they are two again; asked of the lead section where that
    `decides`."""

    task: str
    reason: str
    decides: bool = False


async def asked(unit: UnitOfWork, merge: Merge) -> Merged:
    """Do it, where the caller keeps both or leads; else ask who keeps the other, or the lead section.

    Raises Problem: `not-found` alike where there is no such Patient and where the caller sees none, `forbidden`,
    `business-rule`.
    """
    policy.covered(policy.ruling("update", unit.facts).rules, "Patient")
    return await _begun(unit, merge, await _seen(unit, merge.source), await _seen(unit, merge.target))


async def _begun(unit: UnitOfWork, merge: Merge, source: Version, target: Version) -> Merged:
    pair = (source.reference, target.reference)
    keepers = (keeping.keeper(source.terms), keeping.keeper(target.terms))
    casework = unit.facts.actor.purpose in vocabulary.CASEWORK_PURPOSES
    leading = casework and bool(unit.facts.holds(vocabulary.LEAD_SECTION))
    own = unit.facts.keeps.intersection(keepers) if casework else frozenset[str]()
    if not own and not leading:
        raise _not_kept()
    await _may_be(unit, merge.undo, pair, (source, target))
    alone = leading or own.issuperset(keepers)
    if not merge.reason and (merge.undo or merge.decides or not own):
        raise refused("P6", "say why: `reason`", "理由を `reason` に書いてください")
    if await transfer_task.is_known(unit, await merge_task.waiting(unit, pair)):
        text = "this is asked already: answer the Task (`Task/[id]/$merge`), take it back, or await the answer"
        ja = "すでに求めがあります。その Task に答える（`Task/[id]/$merge`）か、取り下げるか、返事を待ってください"
        raise refused("P1", text, ja)
    if alone:
        await on_every_list.agreed(unit, [unit.facts.writer], pair, undo=merge.undo)
    rule = _MERGED if own else _DECIDED
    requester = _asker(unit, own)
    owner = requester if alone else await _asks(unit, merge, keepers)
    if merge.preview:
        return await Merged(None, target, rule, action="read").to(unit)
    leads = vocabulary.LEAD_SECTION if merge.decides and not alone else ""
    sides = (requester, owner)
    task, *with_it = await merge_task.written(
        unit, merge.code, pair, sides, done=alone, reason=merge.reason, as_such=leads
    )
    others = await merge_task.undone(unit, pair) if alone and merge.undo else await merge_task.lived_with(unit, task)
    return await Merged(task, target, rule, (*with_it, *others), action="create").to(unit)


async def unasked(unit: UnitOfWork, undo: Undo) -> Merged:
    """Ask to undo it by the Task that it was asked by, which both sides read who may not read both Patients since."""
    task, code = await _read(unit, undo.task)
    named = names.pair(evidence.body(task))
    patients = [found for one in named if (found := await unit.look_up(one)) and not found.deleted]
    if code != vocabulary.MERGE or evidence.body(task).get("status") != "completed" or len(patients) < len(named):
        text = "this is no merge that stands: undo the Task (code `merge`) that was completed"
        ja = "これは成立している統合ではありません。完了した統合（merge）の Task を示してください"
        raise refused("P1", text, ja, "Task.status")
    source, target = patients
    merge = Merge(Named(source.reference), Named(target.reference), True, undo.decides, reason=undo.reason)
    return await _begun(unit, merge, source, target)


async def answered(unit: UnitOfWork, answer: Reply) -> Merged:
    """Confirm or decline what is asked. Raises Problem `not-found`, `forbidden`, `business-rule`."""
    task, code = await _read(unit, answer.task)
    body = evidence.body(task)
    pair, (requester, owner) = names.pair(body), merge_task.parties(body)
    patients = [found for one in pair if (found := await unit.look_up(one)) and not found.deleted]
    keepers = {keeping.keeper(each.terms) for each in patients}
    casework = unit.facts.actor.purpose in vocabulary.CASEWORK_PURPOSES
    asks = unit.facts.successions.kept_by([requester])
    between = owner in keepers and len(keepers) == len(pair) and not (asks - {owner}).isdisjoint(keepers)
    as_such = bool(verdict.read(task.terms).note(verdict.AS_SUCH))
    leads = casework and (as_such or not between) and bool(unit.facts.holds(vocabulary.LEAD_SECTION))
    if not casework or owner not in unit.facts.keeps or not (leads or (owner in keepers and not as_such)):
        text = "who is asked answers: who keeps the other Patient, or the lead section; who asks may take it back"
        ja = "答えるのは、求められた側（もう一方を管理する機関か主管課）です。求めた側は取り下げることができます"
        raise not_theirs("P1", text, ja)
    if body.get("status") != "requested":
        raise refused("P1", "this was answered already", "すでに答えられています", "Task.status")
    rule = _DECIDED if leads else _MERGED
    if not answer.reason and (leads or not answer.accept):
        raise refused("P6" if leads else "P1", "say why: `reason`", "理由を `reason` に書いてください")
    target = await unit.look_up(pair[1])
    assert target is not None
    if not answer.accept:
        declined, *with_it = await merge_task.ended(unit, task, "cancelled", answer.reason)
        return await Merged(declined, target, rule, tuple(with_it)).to(unit)
    if len(patients) < len(pair) or asks.isdisjoint(keepers) or not (leads or between):
        text = "a Patient is kept by another agency since, or gone: decline it, and have it asked anew"
        ja = "求めのあとで Patient を管理する機関が変わったか、記録が消えました。断り、改めて求めてもらってください"
        raise refused("P1", text, ja, "Task.focus")
    for each in patients:
        if not (await unit.judge("read", each)).allowed:
            raise refusal.not_found("Patient", each.id)
    await _may_be(unit, code == vocabulary.UNMERGE, pair, patients)
    officers = (envelope.origin(task.terms).author, unit.facts.writer)
    await on_every_list.agreed(unit, officers, pair, undo=code == vocabulary.UNMERGE)
    done, *with_it = await merge_task.ended(unit, task, "completed", answer.reason)
    undo = code == vocabulary.UNMERGE
    others = await merge_task.undone(unit, pair) if undo else await merge_task.lived_with(unit, done)
    return await Merged(done, target, rule, (*with_it, *others)).to(unit)


async def _read(unit: UnitOfWork, id: str) -> tuple[Version, str]:
    """A Task that the caller may read, and what it asks for."""
    task = await reply.read(unit, id, vocabulary.MERGES, _OTHER_TASK)
    return task, next(iter(vocabulary.MERGES.intersection(values(task.terms, ".code"))))


async def _seen(unit: UnitOfWork, named: Named) -> Version:
    """The one Patient that the caller sees and that is so named."""
    name = named.reference
    if named.identifiers:
        found = await resolving.standing(unit.engine, unit.tx, unit.facts, "Patient", named.identifiers, 0)
        if len(found) != 1 or (name and found != {name}):
            unit.unseen = "Patient"
            text = "the identifiers must lead to exactly one Patient that you can see, the one that is referred to"
            ja = "識別番号は、見ることのできる Patient のちょうど1件（参照があればその Patient）を指す必要があります"
            raise Problem("business-rule", Issue(text, ja, "Parameters.parameter", code="not-found"))
        (name,) = found
    type, _, id = name.partition("/")
    version = await unit.look_up(name) if type == "Patient" else None
    if version is None or version.deleted or not (await unit.judge("read", version)).allowed:
        raise refusal.not_found("Patient", id)
    return version


async def _may_be(unit: UnitOfWork, undo: bool, pair: tuple[str, str], patients: Sequence[Version]) -> None:
    """Raises Problem where there is nothing to merge, or nothing to undo."""
    known = await names.known(unit.tx, pair[:1])
    if undo:
        stand = [set(names.pair(evidence.body(each))) for each in await merge_task.standing(unit.tx, pair)]
        if set(pair) not in stand:
            text = "these two were not merged with each other: name the two of the merge that was a mistake"
            ja = "この2件は互いに統合されていません。誤りだった統合の2件を示してください"
            raise refused("P1", text, ja)
        return
    if pair[0] == pair[1] or any(MISTAKEN in each.terms for each in patients):
        text = "name two Patients, neither of them entered in error"
        raise refused("P1", text, "2つの Patient（誤って記録されたものを除く）を示してください")
    if pair[1] in known:
        text = "these two are one person already: their names are in `link`"
        raise refused("P1", text, "この2件は、すでに同じ人として統合されています")
    if len(await names.known(unit.tx, pair)) > names.MOST:
        text, ja = f"one person has at most {names.MOST} names", f"1人に統合できるのは{names.MOST}件までです"
        raise refused("P1", text, ja)


def _asker(unit: UnitOfWork, own: frozenset[str]) -> str:
    """Who asks: the agency that keeps one of the two, or that which keeps the files of it since it has ended."""
    kept = unit.facts.successions.kept_by
    return min([each for each in unit.facts.agencies if own & kept([each])] or unit.facts.agencies)


async def _asks(unit: UnitOfWork, merge: Merge, keepers: tuple[str, str]) -> str:
    """Whom it is asked: who keeps the other Patient, or the lead section."""
    if not merge.decides:
        return next(one for one in keepers if one not in unit.facts.keeps)
    return await transfer_task.lead_section(unit)


def _not_kept() -> Problem:
    return not_theirs(
        "P1",
        "Patients are merged by who keeps them, or by the lead section: ask one of these agencies by a Task, or the "
        "lead section",
        "Patient を統合できるのは、管理する機関か主管課だけです。その機関に依頼（Task）するか、主管課に相談します",
    )


_OTHER_TASK = (
    "P1",
    "this Task asks for no merge: answer it by a new version of it",
    "これは統合の求めではありません。Task の新しい版を書いて答えてください",
)
