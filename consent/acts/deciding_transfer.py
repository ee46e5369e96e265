"""The lead section decides what a transfer does not give: what was written before, and a protected person's Patient.

docs/policy.md, "handing a record over". Decided, the server writes the next version as the last one stands, in the
keeping of the taker: that is the key. The giver keeps every version before it, and reads none after.
"""

from __future__ import annotations

from dataclasses import replace

from consent import evidence, policy, vocabulary
from consent.acts import transfer_task
from consent.acts.transfer_task import Transferred
from consent.rule import Rule, Text
from consent.writing import case_given, nothing_left, server_version
from consent.writing.change import UnitOfWork
from resources.record import envelope, keeping, parse, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import values

_DECIDED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section decided on the keeping of the record", "主管課が記録の管理について決めた"),
)


async def asked(unit: UnitOfWork, code: str, record: Version, taker: str, reason: str) -> Version:
    """The Task to the lead section; the one that waits, where it was asked already."""
    if not reason:
        text = "the lead section decides on reasons: say in `reason` why the taker must have it"
        raise transfer_task.refused(
            "P6", text, "主管課は理由によって判断します。必要とする理由を `reason` に書いてください"
        )
    for each in await transfer_task.waiting(unit, record.reference):
        body = evidence.body(each)
        if code in values(each.terms, ".code") and reference.one(body, "requester") == taker:
            return each
    return await transfer_task.written(unit, code, record, taker, await transfer_task.lead_section(unit), reason)


async def decided(unit: UnitOfWork, task: Version, code: str, *, accept: bool, reason: str) -> Transferred:
    """Raises Problem where it is not the lead section that answers, says no reason, or nothing is left to decide."""
    if not unit.facts.holds(vocabulary.LEAD_SECTION):
        text = "this is asked of the lead section, which answers it"
        raise transfer_task.not_theirs("P6", text, "これは主管課への求めです。答えるのは主管課です")
    if unit.facts.actor.person == envelope.origin(task.terms).author:
        text = "who asked does not decide it: a colleague of the lead section answers"
        raise transfer_task.not_theirs("P6", text, "求めた本人は決められません。主管課のほかの職員が答えてください")
    if not reason:
        text = "the lead section says why: `reason`"
        raise transfer_task.refused("P6", text, "判断の理由を `reason` に書いてください")
    if not accept:
        return Transferred(await transfer_task.ended(unit, task, "cancelled", reason), _DECIDED)
    body = evidence.body(task)
    taker, record = reference.one(body, "requester"), await unit.look_up(reference.one(body, "focus"))
    if record is None or record.deleted or not await _may_have(unit, code, record, taker):
        text = "there is nothing left to decide: the record is gone, kept by the taker already, or by another now"
        ja = "判断することがなくなりました。記録は、消えたか、すでに引き継いだ機関か別の機関が管理しています"
        raise transfer_task.refused("P6", text, f"{ja}。`accept` を false にして終えてください", "Task.focus")
    policy.covered(policy.ruling("update", unit.facts).rules, record.type)
    done = await transfer_task.ended(unit, task, "completed", reason)
    made = await _given(unit, record, taker)
    over = await nothing_left.settled(unit, record, made)
    return Transferred(done, _DECIDED, (made, *over))


async def _may_have(unit: UnitOfWork, code: str, record: Version, taker: str) -> bool:
    if code == vocabulary.OPEN_TRANSFERRED:
        return keeping.taker(record.terms) == taker
    return keeping.keeper(record.terms) != taker and await unit.is_secret(record)


async def _given(unit: UnitOfWork, record: Version, taker: str) -> Version:
    """The next version of the record, word for word as it stands, in the keeping of the taker."""
    terms = keeping.given(record.terms, taker)
    if terms != record.terms:
        await unit.tx.amend(record.reference, {record.number: terms}, None)
        record = unit.found[record.reference] = replace(record, terms=terms)
    origin = Origin(taker, envelope.origin(record.terms).author)
    after, resource = await server_version.of(unit, record, parse.editable(record.body), origin=origin)
    await unit.put(after, resource, record)
    await case_given.settled(unit, record, after)
    return after
