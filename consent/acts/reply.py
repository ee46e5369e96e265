"""What is said to a Task by which the server asks: yes or no, and why; and whether it is the caller's to say.

docs/policy.md, "handing over", "merging two Patients", "dividing" and "mistakes"
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from consent import evidence, policy, refusal, vocabulary
from consent.acts import transfer_task
from consent.writing.change import UnitOfWork
from resources.record.version import Version
from resources.search.relation import values

Words = tuple[str, str, str]
"""What a refusal says: its rule, in English, in Japanese."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The id of the Task, and what is said to it."""

    task: str
    accept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is said to whom it does not ask (`theirs`), of what was answered already (`over`), and where no reason is
    given (`why`)."""

    theirs: Words
    over: Words
    why: Words


async def read(unit: UnitOfWork, id: str, codes: Collection[str], other: Words) -> Version:
    """The Task of one of these codes. Raises Problem where the caller reads none, or it is an `other` one."""
    policy.covered(policy.ruling("update", unit.facts).rules, "Task")
    task = await unit.look_up(f"Task/{id}")
    if task is None or task.deleted or not (await unit.judge("read", task)).allowed:
        raise refusal.not_found("Task", id)
    if not set(codes).intersection(values(task.terms, ".code")):
        raise transfer_task.refused(*other, "Task.code")
    return task


def by_lead_section(unit: UnitOfWork, task: Version, said: Reply, unfit: Unfit, *, own: bool) -> None:
    """Raises Problem unless the post of the lead section answers, once and with a reason, what is not its `own`."""
    if own or not unit.facts.holds(vocabulary.LEAD_SECTION):
        raise transfer_task.not_theirs(*unfit.theirs)
    if evidence.body(task).get("status") != "requested":
        raise transfer_task.refused(*unfit.over, "Task.status")
    if not said.reason:
        raise transfer_task.refused(*unfit.why)
