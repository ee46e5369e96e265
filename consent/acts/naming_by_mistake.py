"""$mark-mistake: who keeps a record says that it named somebody by mistake, and the lead section confirms that.

docs/policy.md, "mistakes". Until it is confirmed nothing changes; from then on it is as if it had never been.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent import evidence, gathering, policy, refusal, vocabulary
from consent.acts import reply, transfer_task
from consent.acts.reply import Reply, Unfit
from consent.acts.transfer_task import Transferred
from consent.rule import Rule, Text
from consent.writing import unnaming, unopened, wrong_versions
from consent.writing.apart import Whom
from consent.writing.change import UnitOfWork
from consent.writing.wrong_versions import named
from resources import division
from resources.record import envelope, keeping, reference
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, all_of, has
from resources.store.port import Query

_ASKED = Rule("mistake", "permit", EVERYTHING, Text("a naming is said to be a mistake", "人を誤って挙げたと届け出る"))
_CONFIRMED = Rule(
    "mistake",
    "permit",
    EVERYTHING,
    Text("the lead section decided whether a naming was a mistake", "人を誤って挙げたかを主管課が確かめた"),
)


@dataclass(frozen=True, slots=True)
class Misnaming:
    """A record, as `Type/id`, and the Patient whom it names, or has as a member, by mistake; or the Group."""

    record: str
    person: str
    reason: str


async def asked(unit: UnitOfWork, said: Misnaming) -> Transferred:
    """Put it before the lead section. Raises Problem where it is not the caller's to say, or nothing to be undone."""
    type, _, id = said.record.partition("/")
    policy.covered(policy.ruling("update", unit.facts).rules, type)
    found = await unit.look_up(said.record)
    if found is None or found.deleted or not (read := await unit.judge("read", found)).allowed:
        raise refusal.not_found(type, id)
    if keeping.keeper(found.terms) not in unit.facts.keeps or read.card:
        raise transfer_task.not_theirs(*_NOT_KEPT)
    if read.masks:
        raise transfer_task.not_theirs(*_PROTECTED)
    if type in vocabulary.NOT_HANDED_OVER or type not in vocabulary.CASEWORK or type == "Patient":
        raise transfer_task.refused(*_WHOLE)
    if not said.reason:
        raise transfer_task.refused(*_WHY)
    await _check(unit, found, said.person)
    if await transfer_task.is_known(unit, await _waiting(unit, found.reference)):
        raise transfer_task.refused(*_WAITS)
    lead = await transfer_task.lead_section(unit)
    task = await transfer_task.written(
        unit,
        vocabulary.CONFIRM_MISTAKE,
        found,
        keeping.keeper(found.terms),
        lead,
        said.reason,
        input=await _given(unit, said.person),
        **_rightly(found),
    )
    return await Transferred(task, _ASKED, action="create").to(unit)


async def answered(unit: UnitOfWork, said: Reply) -> Transferred:
    """Confirm it, or decline. Raises Problem where that is not the caller's, or nothing is left to confirm."""
    task = await reply.read(unit, said.task, {vocabulary.CONFIRM_MISTAKE}, _OTHER_TASK)
    body = evidence.body(task)
    reply.by_lead_section(unit, task, said, _UNFIT, own=_asked_oneself(unit, task))
    if not said.accept:
        declined = await transfer_task.ended(unit, task, "cancelled", said.reason)
        return await Transferred(declined, _CONFIRMED).to(unit)
    record, person = await unit.look_up(reference.one(body, "focus")), named(body)
    if record is None or record.deleted or keeping.keeper(record.terms) != reference.one(body, "requester"):
        raise transfer_task.refused(*_GONE, "Task.focus")
    wrong = await _wrong(unit, record, person, task.stored.first)
    policy.covered(policy.ruling("update", unit.facts).rules, record.type)
    done = await transfer_task.ended(unit, task, "completed", said.reason)
    shown = await Transferred(done, _CONFIRMED, (record,)).to(unit)
    _, rows = await unnaming.undone(unit.tx, unit.engine.index, record, wrong, person, unit.apart)
    if record.type == "Group":
        rows |= (await unopened.closed(unit.tx, record.reference, person))[1]
    elif person.startswith("Group/"):
        rows |= (await unopened.of_another(unit.tx, record.reference, person))[1]
    unit.facts, unit.rules, unit.known = gathering.without(unit.facts, rows), {}, {}
    return shown


def _asked_oneself(unit: UnitOfWork, task: Version) -> bool:
    """Whether the caller asked, or acts for the agency that asked, where that is not the lead section's."""
    asker, owner = (reference.one(evidence.body(task), name) for name in ("requester", "owner"))
    facts = unit.facts
    return facts.actor.person in ("", envelope.origin(task.terms).author) or (asker in facts.keeps and asker != owner)


async def _check(unit: UnitOfWork, record: Version, person: str) -> None:
    """Raises Problem unless versions of it named the person, and it names them no more, as who keeps it sees: a record
    may be about somebody whom its keeper cannot see that it is."""

    async def sees(source: Version) -> bool:
        return (await unit.judge("read", source)).allowed

    for number in range(record.number - 1 if _can_be(record, person) else 0, 0, -1):
        each = await unit.tx.get(record.type, record.id, within=wrong_versions.NAMING, number=number)
        if each and await wrong_versions.naming(unit.tx, [each], person, sees):
            break
    else:
        raise transfer_task.refused(*_NEVER_NAMED)
    if _still_names(record, person) or await wrong_versions.naming(unit.tx, [record], person, sees):
        raise transfer_task.refused(*_STILL_NAMED)


async def _wrong(unit: UnitOfWork, record: Version, person: str, since: str) -> frozenset[int]:
    """The versions that named the person, of a record that has many those alone that were not closed beforehand. Raises
    Problem unless there are such, the record names them no more, and all stands as it was said `since` then."""
    whom = Whom(gone=frozenset({(record.reference, person, person)}))
    within = unit.apart.own(record, whom, hidden=True) if _can_be(record, person) else range(1, 1)
    versions = await wrong_versions.newest_first(unit.tx, record, within.start, since) if within else []
    wrong = await wrong_versions.naming(unit.tx, versions, person) - {record.number}
    if within.start == 1 and not wrong:
        raise transfer_task.refused(*_NEVER_NAMED)
    if _still_names(record, person):
        raise transfer_task.refused(*_STILL_NAMED)
    if await wrong_versions.turned(unit.tx, [each for each in versions if each.number in wrong], person, since):
        raise transfer_task.refused(*_TURNED, "Task.focus")
    return wrong.intersection(within)


def _can_be(record: Version, person: str) -> bool:
    return person.startswith("Patient/") or (person.startswith("Group/") and record.type != "Group")


def _still_names(record: Version, person: str) -> bool:
    return person in reference.locals_of(evidence.body(record))


async def _given(unit: UnitOfWork, named: str) -> list[dict[str, Any]]:
    """Who, or which household, is named by mistake; and whose cards the lead section reads to decide on a household."""
    of_one = named.startswith("Patient/")
    found = await unit.look_up(named)
    seen = found is not None and not found.deleted and (await unit.judge("read", found)).allowed
    persons = division.members(evidence.body(found)) if found and seen else ()
    said = "誤って挙げた人" if of_one else "誤って挙げた世帯"
    listed = [(said, named), *(("その世帯の人", one) for one in persons)]
    return [{"type": {"text": text}, "valueReference": {"reference": name}} for text, name in listed]


def _rightly(record: Version) -> dict[str, Any]:
    """The one person whom the record names as it stands: the lead section reads their card too."""
    found = sorted(name for name in reference.locals_of(evidence.body(record)) if name.startswith("Patient/"))
    return {"for": {"reference": found[0]}} if len(found) == 1 else {}


async def _waiting(unit: UnitOfWork, record: str) -> Sequence[Version]:
    asked_already = [has(".type", "Task"), has(".code", vocabulary.CONFIRM_MISTAKE), has(".open", "yes")]
    waiting = all_of(asked_already)
    return (await unit.tx.find(Query(all_of([waiting, has("focus", record)])), within=waiting)).versions


_NOT_KEPT = (
    "mistake",
    "the agency that keeps this record says that it names somebody by mistake: tell it by a Task",
    "人を誤って挙げたと届け出るのは、記録を管理する機関です。その機関に依頼（Task）で伝えてください",
)
_PROTECTED = (
    "D1",
    "part of this is withheld from you, since a place is protected: an officer whom each protection names says so",
    "居所の秘匿により一部が伏せられています。秘匿の名簿にある職員が届け出てください",
)
_WHOLE = (
    "mistake",
    "of this type a mistaken record is marked as a whole (`entered-in-error`): write another in its place",
    "この種類の記録は、全体を誤り（entered-in-error）とし、正しい記録を改めて書いてください",
)
_WHY = ("mistake", "say why, in `reason`", "理由を `reason` に書いてください")
_WAITS = (
    "mistake",
    "the lead section is asked about this record already: await its answer, or take that back (`cancelled`)",
    "この記録については、すでに主管課に届け出ています。返事を待つか、取り下げて（cancelled）ください",
)
_NEVER_NAMED = (
    "mistake",
    "no version of this record names that Patient or Group, or all that do are marked already: `person` is whom, or "
    "which household, it named",
    "この記録のどの版も、その人（Patient）や世帯（Group）を挙げていません。"
    "`person` には、誤って挙げた人か世帯を示してください",
)
_STILL_NAMED = (
    "mistake",
    "the record as it stands names that Patient or Group, or is of a record about them: write a version without them "
    "first",
    "いまの版が、まだその人か世帯を挙げています（それについての記録を指す場合も）。先に、挙げない版を書いてください",
)
_OTHER_TASK = (
    "mistake",
    "this Task asks for no such confirmation: answer it by a new version of it",
    "これは誤りの確認の Task ではありません。Task の新しい版を書いて答えてください",
)
_LEADS = (
    "mistake",
    "that somebody was named by mistake is confirmed by the lead section, and not by who says so or their agency",
    "人を誤って挙げたことは主管課が確認します。届け出た人とその機関は確認できません",
)
_OVER = (
    "mistake",
    "this was answered already: call it on the record anew",
    "すでに答えられています。改めて届け出てください",
)
_TURNED = (
    "mistake",
    "since this was asked the person was named anew, or who they are or who sees where they live was recorded "
    "otherwise: decline it (`accept` false), and let who keeps the record say it anew",
    "届け出た後に、その人が改めて挙げられたか、その人の記録か居所の扱いが変わっています。"
    "accept を false にして終え、記録を管理する機関が改めて届け出てください",
)
_GONE = (
    "mistake",
    "there is nothing left to confirm: the record is gone, or kept by another agency now; decline it (`accept` false)",
    "確認することがなくなりました。記録は、消えたか、別の機関が管理しています。accept を false にして終えてください",
)
_UNFIT = Unfit(theirs=_LEADS, over=_OVER, why=_WHY)
