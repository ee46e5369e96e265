"""Whether an officer is named by every protection of a person, under each of their names, and by none is kept away.

docs/policy.md, D1 and "merging two Patients": of a protected person only with an officer on the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from consent import evidence, gathering
from consent.acts.transfer_task import not_theirs, refused
from consent.facts import Facts
from consent.relations import names
from consent.secrecy import locks, protection
from consent.writing.change import UnitOfWork
from resources.record import period
from resources.record.problem import Problem


async def agreed(unit: UnitOfWork, officers: Sequence[str], pair: tuple[str, str], *, undo: bool) -> None:
    """Raises Problem where the person is protected and none of these officers is on every list, or where a protection
    of the one is against the other: who is on none of the lists is told the same."""
    whole = await names.known(unit.tx, pair)
    if not await one_of(unit, officers, whole):
        raise _protected()
    if undo or not await _opposed(unit, whole):
        return
    if not await one_of(unit, [unit.facts.writer], whole):
        raise _protected()
    text = "a protection of the one is against the other, so they are two: have it lifted first where that is wrong"
    ja = "一方の秘匿の相手がもう一方なので、同じ人ではありません。秘匿が誤りなら、先に解除（`$lift-protection`）します"
    raise refused("D1", text, ja)


async def one_of(unit: UnitOfWork, officers: Iterable[str], persons: Iterable[str]) -> bool:
    """Whether nobody of these persons is protected, or one of these officers, in office, is on every list now."""
    bodies = [evidence.body(found) for one in sorted(persons) if (found := await unit.look_up(one))]
    if not any(protection.labels(body) for body in bodies):
        return True
    for officer in officers:
        if officer.startswith(("Practitioner/", "PractitionerRole/")):
            actor = replace(unit.facts.actor, person=officer, organization="")
            if _is_on(await gathering.of_actor(unit.tx, actor), bodies):
                return True
    return False


async def _opposed(unit: UnitOfWork, persons: Iterable[str]) -> bool:
    """Whether a protection of one of these is against another: they are two human beings."""
    found = [await unit.look_up(one) for one in sorted(persons)]
    labels = [label for each in found if each for label in protection.labels(evidence.body(each))]
    return bool(frozenset(persons) & frozenset[str]().union(*map(protection.against, labels)))


def _is_on(facts: Facts, bodies: Iterable[dict[str, object]]) -> bool:
    now = period.instant(facts.actor.now)
    if not facts.agencies:
        return False
    for body in bodies:
        against = frozenset[str]().union(*map(protection.against, protection.labels(body)))
        opened = (any(now < lock.get(one, "") for one in facts.identities) for lock in locks.of(body))
        if against & facts.seats or f"Patient/{body['id']}" in facts.conflicting or not all(opened):
            return False
    return True


def _protected() -> Problem:
    return not_theirs(
        "D1",
        "of a protected person it takes an officer whom every protection, under every name, names: have one of them "
        "ask or confirm it; the list is extended by `$extend-protection`",
        "居所が秘匿された人については、すべての秘匿の名簿にある職員が、求めるか確かめる必要があります。"
        "名簿にある職員に頼むか、名簿に加えて（`$extend-protection`）もらってください",
    )
