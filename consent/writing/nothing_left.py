"""What waits for the lead section is ended by the server once nothing is left of it to decide: it opens nothing more.

docs/policy.md, "what is put before the lead section". In the transaction that took it away, told to who asked.
"""

from __future__ import annotations

from typing import Protocol

from consent import evidence, verdict, vocabulary
from consent.writing import server_record, server_version
from resources.record import keeping, parse, period
from resources.record.envelope import LABEL
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, any_of, has, has_one_of
from resources.search.relation import values
from resources.store.port import Query

_KEPT = (
    *(vocabulary.CONFIRM_MISTAKE, vocabulary.CONFIRM_PLAN, vocabulary.DIVIDE),
    *(vocabulary.MOVE_KEEPING, vocabulary.OPEN_TRANSFERRED),
)
WAITING: Predicate = all_of([has(".type", "Task"), has(".open", "yes")])
"""Under this the server looks what waits about a record; it is told to who asked."""

_SAID = (
    "決めることがなくなったため、サーバーが終えました。なお必要なら、いまの記録について改めて求めてください / "
    "nothing was left to decide, so the server ended this: where it is still needed, ask anew about what there is now"
)


class Beside(server_record.Beside, Protocol):
    """The unit of work, which stores what is ended."""


async def settled(unit: Beside, before: Version | None, after: Version) -> list[Version]:
    """The Tasks that waited about a record and have come to nothing: it is kept by another now, gone or a mistake, is
    no call any more, or nobody's place is protected by it."""
    if before is None or before.deleted:
        return []
    codes: tuple[str, ...] = _KEPT if _is_gone(after) or _keepers(before) != _keepers(after) else ()
    if before.type == "Patient" and not codes and _is_unprotected(before, after) and not await unit.is_secret(after):
        codes = (vocabulary.MOVE_KEEPING,)
    if vocabulary.ESCALATE in values(before.terms, ".code") and _calls(before) and not _calls(after):
        codes = (*codes, vocabulary.DECIDE_COORDINATION)
    if not codes:
        return []
    waiting = all_of([has_one_of(".code", codes), any_of([has(".of", after.reference), has("focus", after.reference)])])
    found = (await unit.tx.find(Query(waiting), within=WAITING)).versions
    return [await _ended(unit, each) for each in found]


async def _ended(unit: Beside, task: Version) -> Version:
    body = parse.editable(task.body) | {"status": "cancelled", "lastModified": period.instant(unit.facts.actor.now)}
    after, resource = await server_version.of(unit, task, body | {"statusReason": {"text": _SAID}})
    await unit.put(after, resource, task)
    return after


def _is_gone(version: Version) -> bool:
    return version.deleted or MISTAKEN in version.terms


def _keepers(version: Version) -> tuple[str, str]:
    """Who keeps it, and to whom it was handed over."""
    return keeping.keeper(version.terms), keeping.taker(version.terms)


def _is_unprotected(before: Version, after: Version) -> bool:
    had, has_now = (vocabulary.SECRECY_LABELS.intersection(values(each.terms, LABEL)) for each in (before, after))
    return bool(had) and not has_now


def _calls(version: Version) -> bool:
    return not version.deleted and verdict.read(version.terms).counts and evidence.is_open(version)
