"""$transfer: the keeping of a record is offered by the agency that keeps it, and accepted by another.

docs/policy.md, "handing a record over". The taker keeps what is written from then on; what was written before opens to
it by consent alone, or where the lead section decides so (`deciding_transfer.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from consent import evidence, of_others, policy, refusal, vocabulary
from consent.acts import deciding_transfer, reply, transfer_task
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from consent.rule import Rule, Text
from consent.writing import nothing_left
from consent.writing.change import UnitOfWork
from resources.record import keeping, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, has
from resources.search.relation import values

AGENCIES: Predicate = has(".type", "Organization")
"""Under this the server looks whether the taker is an agency of the directory, which is public."""

_HANDED = Rule("P1", "permit", EVERYTHING, Text("the keeping of the record is handed over", "記録の管理を引き継ぐ"))


@dataclass(frozen=True, slots=True)
class Offer:
    """A record, as `Type/id`, and the agency that is to keep it."""

    record: str
    to: str
    reason: str = ""


async def offered(unit: UnitOfWork, offer: Offer) -> Transferred:
    """Offer a record to another agency; of a protected person's Patient, ask the lead section to move it.

    Raises Problem `not-found`, `forbidden`, and `business-rule` where it cannot be handed over so.
    """
    type, _, id = offer.record.partition("/")
    policy.covered(policy.ruling("update", unit.facts).rules, type)
    found = await unit.look_up(offer.record)
    if found is None or found.deleted or not await _knows(unit, found):
        raise refusal.not_found(type, id)
    if found.type == "Patient" and await unit.is_secret(found):
        task = await _word(unit, found, offer)
    else:
        if not await _keeps(unit, found):
            raise _not_kept()
        taker = await _taker(unit, found, offer.to)
        _check(found)
        await _stays(unit, found)
        if await transfer_task.is_known(unit, await transfer_task.waiting(unit, found.reference)):
            text = "this record is offered, or asked about, already: take that back first (`cancelled`), or await it"
            ja = "この記録の引き継ぎは、すでに申し出てあります。先に取り下げる（cancelled）か、返事を待ってください"
            raise transfer_task.refused("P1", text, ja)
        giver = keeping.keeper(found.terms)
        task = await transfer_task.written(unit, vocabulary.TRANSFER, found, giver, taker, offer.reason)
    return await Transferred(task, _HANDED, action="create").to(unit)


async def answered(unit: UnitOfWork, answer: Reply) -> Transferred:
    """Accept or decline what was offered, or decide what was asked of the lead section. Raises Problem."""
    return await (await _answered(unit, answer)).to(unit)


async def _answered(unit: UnitOfWork, answer: Reply) -> Transferred:
    task = await reply.read(unit, answer.task, vocabulary.TRANSFERS, _OTHER_TASK)
    code = next(iter(vocabulary.TRANSFERS.intersection(values(task.terms, ".code"))))
    body = evidence.body(task)
    waits = body.get("status") == "requested"
    if code != vocabulary.TRANSFER:
        if not waits:
            raise _over()
        return await deciding_transfer.decided(unit, task, code, accept=answer.accept, reason=answer.reason)
    taker, record = reference.one(body, "owner"), await unit.look_up(reference.one(body, "focus"))
    if taker not in unit.facts.keeps:
        text = "the agency that it is offered to answers; who offered may take it back (status `cancelled`)"
        ja = "答えるのは、引き継ぎを申し出られた機関です。申し出た機関は取り下げる（cancelled）ことができます"
        raise transfer_task.not_theirs("P1", text, ja)
    if not waits:
        again = body.get("status") == "completed" and answer.accept and answer.reason
        if again and record and _is_given(record, taker):
            return Transferred(task, _HANDED, await _asking(unit, record, taker, answer.reason))
        raise _over()
    if not answer.accept:
        if not answer.reason:
            text, ja = "say why it is declined: `reason`", "断る理由を `reason` に書いてください"
            raise transfer_task.refused("P1", text, ja)
        return Transferred(await transfer_task.ended(unit, task, "cancelled", answer.reason), _HANDED)
    return await _accepted(unit, task, record, taker, answer.reason)


async def _accepted(unit: UnitOfWork, task: Version, record: Version | None, taker: str, reason: str) -> Transferred:
    giver = reference.one(evidence.body(task), "requester")
    if record is None or record.deleted or keeping.keeper(record.terms) != giver or await _is_borne(unit, record):
        text = "what was offered is gone, or no longer the giver's to give: decline it"
        ja = "申し出られた記録は、消えたか、申し出た機関の管理ではなくなりました。断って（accept は false）ください"
        raise transfer_task.refused("P1", text, ja, "Task.focus")
    if record.type == "Patient" and await unit.is_secret(record):
        raise _protected()
    _check(record)  # it may have become the material of a meeting since
    policy.covered(policy.ruling("update", unit.facts).rules, record.type)
    terms = keeping.given(record.terms, taker)
    await unit.tx.amend(record.reference, {record.number: terms}, None)
    made = unit.found[record.reference] = replace(record, terms=terms)
    done = await transfer_task.ended(unit, task, "completed")
    over = await nothing_left.settled(unit, record, made)
    asked = await _asking(unit, made, taker, reason) if reason and _is_given(made, taker) else ()
    return Transferred(done, _HANDED, (made, *over, *asked))


async def _asking(unit: UnitOfWork, record: Version, taker: str, reason: str) -> tuple[Version, ...]:
    return (await deciding_transfer.asked(unit, vocabulary.OPEN_TRANSFERRED, record, taker, reason),)


def _is_given(record: Version, taker: str) -> bool:
    return not record.deleted and keeping.taker(record.terms) == taker


async def _knows(unit: UnitOfWork, found: Version) -> bool:
    """Whether it is there for the actor: who reads it, and who is to keep it from now on."""
    return (await unit.judge("read", found)).allowed or await _keeps(unit, found)


async def _keeps(unit: UnitOfWork, found: Version) -> bool:
    own = keeping.keeper(found.terms) in unit.facts.keeps
    return own and (await unit.judge("update", found)).allowed


async def _word(unit: UnitOfWork, found: Version, offer: Offer) -> Version:
    """What an officer whom every protection names asks of the lead section; nobody else's word moves it."""
    read = await unit.judge("read", found)
    if read.masks or not read.allowed or read.card or not unit.facts.actor.person:
        raise _protected()
    taker = await _taker(unit, found, offer.to)
    return await deciding_transfer.asked(unit, vocabulary.MOVE_KEEPING, found, taker, offer.reason)


async def _taker(unit: UnitOfWork, found: Version, name: str) -> str:
    type, _, id = name.partition("/")
    agency = await unit.tx.get(type, id, within=AGENCIES)
    if agency is None or agency.deleted or evidence.body(agency).get("active") is False:
        text, ja = (
            "name an agency of the directory: `to`",
            "相談機関一覧にある機関（Organization）を `to` に示してください",
        )
        raise transfer_task.refused("P1", text, ja)
    if keeping.keeper(found.terms) in unit.facts.successions.kept_by({agency.reference}):
        text, ja = (
            "the agency keeps this record already: name another",
            "すでにこの機関が管理しています。別の機関を示してください",
        )
        raise transfer_task.refused("P1", text, ja)
    return agency.reference


def _check(found: Version) -> None:
    if found.type in vocabulary.NOT_HANDED_OVER:
        text = (
            f"a {found.type} stays with the agency that said it: hand over the person, the case or the record of them"
        )
        ja = f"{found.type} は書いた機関のことばや決まりの根拠なので移せません。本人・事例・相談の記録を移してください"
        raise transfer_task.refused("P1", text, ja)
    if any(values(found.terms, ".conference")):
        text = "the material of a conference stays with who wrote it, and with the conference"
        raise transfer_task.refused("D3", text, "支援会議の資料は移せません。書いた機関と会議のものです")


async def _is_borne(unit: UnitOfWork, found: Version) -> bool:
    """Whether a case or plan of the giver's is of it. Once it is offered none comes to be of it; where one is all the
    same, as of an offer of an older release, who would take it is told no more than that it is not to be had."""
    return await of_others.bears(found, unit.tx, unit.facts.successions.kept_by({keeping.keeper(found.terms)}))


async def _stays(unit: UnitOfWork, found: Version) -> None:
    """Raises Problem where a case or plan of the giver's is of it."""
    if await _is_borne(unit, found):
        text = (
            "a case or a total care plan of yours is of this record, and would be drawn by its taker to whatever "
            "household that makes it of: keep it, and let the other agency write one of its own"
        )
        ja = (
            "この記録には自分の機関の事例かトータルケアプランがつながっています。引き継いだ機関の書き直しにより、"
            "計画も別の世帯のものとなるおそれがあるため移せません。相手の機関が、自分の記録として書いてください"
        )
        raise transfer_task.refused("R37", text, ja)


def _not_kept() -> Problem:
    return transfer_task.not_theirs(
        "P1",
        "the agency that keeps this record hands it over: ask it by a Task, or write a record of your own",
        "記録を移せるのは、それを管理する機関だけです。その機関に依頼（Task）するか、自分の機関の記録として書いてください",
    )


def _protected() -> Problem:
    return transfer_task.not_theirs(
        "D1",
        "the keeping of a protected person's Patient is moved by the lead section, on the word of an officer whom the "
        "protection names: ask one of them to call `$transfer`",
        "居所が秘匿された人の基本情報（Patient）の管理は、秘匿の名簿にある職員の求めにより、主管課が移します。"
        "名簿にある職員に `$transfer` を頼んでください",
    )


def _over() -> Problem:
    text, ja = "this was answered already", "すでに答えられています。必要なら、新しく申し出てください"
    return transfer_task.refused("P1", text, ja, "Task.status")


_OTHER_TASK = (
    "P1",
    "this Task hands no record over: answer it by a new version of it",
    "これは記録の引き継ぎの Task ではありません。Task の新しい版を書いて答えてください",
)
