"""$divide: the agency that keeps a household says who goes where since when; the lead section confirms it.

docs/policy.md, "dividing". Where both are one agency, and who asks has the post of the lead section, it is one call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from consent import evidence, policy, refusal, vocabulary
from consent.acts import dividable, division_task, parting, reply, transfer_task
from consent.acts.division_task import Divided
from consent.acts.reply import Reply
from consent.acts.transfer_task import not_theirs, refused
from consent.acts.undivided import Undivided
from consent.rule import Rule, Text
from consent.writing.change import UnitOfWork
from resources import division
from resources.division import Division
from resources.record import keeping, mistake, reference
from resources.record.problem import Issue
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import values

_ASKED = Rule(
    "P1", "permit", EVERYTHING, Text("the household is divided by who keeps it", "世帯を管理する機関が分ける")
)
_CONFIRMED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section confirms that the household is divided", "主管課が世帯を分けることを確かめた"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The household, as `Group/id`, how it is to be divided and why; of a `preview` nothing is written."""

    household: str
    division: Division
    reason: str = ""
    preview: bool = False


async def asked(unit: UnitOfWork, said: Asked) -> Divided:
    """Ask the lead section to confirm it. Raises Problem `not-found`, `forbidden`, and `business-rule` where the
    household cannot be divided so."""
    group = await _kept(unit, said.household)
    home = await dividable.checked(unit, group, said.division, told=False)
    warned = tuple([issue async for issue in _stays(unit, home, said.division)])
    if said.preview:
        return Divided(group, said.division, _ASKED, warned)
    if not said.reason:
        raise refused("P6", "the lead section decides on reasons: say in `reason` why", _WHY)
    if await transfer_task.is_known(unit, await division_task.waiting(unit, group.reference)):
        text = (
            "the division of this household is asked already: take that back first (`cancelled`), or await the answer"
        )
        ja = "この世帯を分けることは、すでに求めてあります。先に取り下げる（cancelled）か、返事を待ってください"
        raise refused("P1", text, ja)
    keeper = keeping.keeper(group.terms)
    if any(post.agency == keeper for post in unit.facts.holds(vocabulary.LEAD_SECTION)):
        _covered(unit)
        home = await dividable.checked(unit, group, said.division, told=True)
        done = await parting.done(unit, home, said.division)
        task = await division_task.written(unit, group, said.division, said.reason, keeper, done)
        return await Divided(group, said.division, _CONFIRMED, warned, task, done.records).to(unit)
    lead = await transfer_task.lead_section(unit)
    task = await division_task.written(unit, group, said.division, said.reason, lead)
    return await Divided(group, said.division, _ASKED, warned, task).to(unit)


async def answered(unit: UnitOfWork, answer: Reply) -> Divided:
    """Confirm what was asked, or decline it. Raises Problem."""
    task = await reply.read(unit, answer.task, {vocabulary.DIVIDE}, _OTHER_TASK)
    if not unit.facts.holds(vocabulary.LEAD_SECTION):
        text = "this is asked of the lead section, which answers it; who asked may take it back (`cancelled`)"
        ja = "これは主管課への求めです。答えるのは主管課です。求めた機関は取り下げる（cancelled）ことができます"
        raise not_theirs("P6", text, ja)
    if unit.facts.writer in values(task.terms, ".author"):
        text = "who asked does not confirm it: a colleague of the lead section answers"
        raise not_theirs("P6", text, "求めた本人は確かめられません。主管課のほかの職員が答えてください")
    body = evidence.body(task)
    if body.get("status") != "requested":
        text, ja = "this was answered already", "すでに答えられています。必要なら、新しく求めてください"
        raise refused("P6", text, ja, "Task.status")
    if not answer.reason:
        raise refused("P6", "the lead section says why: `reason`", "判断の理由を `reason` に書いてください")
    group, wanted = await unit.look_up(reference.one(body, "focus")), division.read(body)
    if not answer.accept:
        over = await division_task.ended(unit, task, "cancelled", answer.reason)
        return await Divided(group or task, wanted, _CONFIRMED, (), over).to(unit)
    if group is None or group.deleted or keeping.keeper(group.terms) != reference.one(body, "requester"):
        raise refused("P6", _GONE[0], _GONE[1], "Task.focus")
    _covered(unit)
    home = await dividable.checked(unit, group, wanted, told=True)
    warned = tuple([issue async for issue in _stays(unit, home, wanted)])
    done = await parting.done(unit, home, wanted)
    over = await division_task.ended(unit, task, "completed", answer.reason, done)
    return await Divided(group, wanted, _CONFIRMED, warned, over, done.records).to(unit)


def _covered(unit: UnitOfWork) -> None:
    """Raises Problem where the token is not for all that is written as a household is divided."""
    for type in ("CarePlan", "CareTeam", "Group"):
        policy.covered(policy.ruling("update", unit.facts).rules, type)


async def _kept(unit: UnitOfWork, name: str) -> Version:
    """The household, where the actor's agency keeps it."""
    policy.covered(policy.ruling("update", unit.facts).rules, "Group")
    found = await unit.look_up(name)
    if found is None or found.deleted:
        raise refusal.not_found(*name.split("/"))
    own = keeping.keeper(found.terms) in unit.facts.keeps and (await unit.judge("update", found)).allowed
    if not own and not (await unit.judge("read", found)).allowed:
        raise refusal.not_found(*name.split("/"))
    if not own:
        raise not_theirs(
            "P1",
            "the agency that keeps this household divides it: ask it by a Task",
            "世帯を分けられるのは、それを管理する機関だけです。その機関に依頼（Task）してください",
        )
    if mistake.is_marked(evidence.body(found)):
        raise refused("P1", "this household was entered in error", "この世帯は誤って記録されたものです", "Group")
    return found


async def _stays(unit: UnitOfWork, home: Undivided, wanted: Division) -> AsyncIterator[Issue]:
    """What goes on in no part, of what the asker may read: it stays in the plan that ends."""
    for plan in home.plans:
        places = home.activities(plan, wanted.parts).stays
        if places and (await unit.judge("read", plan)).allowed:
            for place in places:
                yield dividable.stays(plan, place)


_WHY = "主管課は理由によって判断します。分ける理由を `reason` に書いてください"
_GONE = (
    "the household is gone, or no longer kept by who asked: decline it (`accept` false)",
    "この世帯は、消えたか、求めた機関の管理ではなくなりました。断って（accept は false）ください",
)


_OTHER_TASK = (
    "P1",
    "this Task divides no household: answer it by a new version of it",
    "これは世帯を分ける Task ではありません。Task の新しい版を書いて答えてください",
)
