"""A change with what its writer was not shown put back, where it carries nothing that he may not fill.

docs/policy.md, D1: a value that is not harmless and not his is refused alike, whether or not there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson

from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.reading import showing
from consent.relations.contributions import AGENCY
from consent.rule import Decision
from consent.secrecy import choosing, place_checked, protection
from consent.secrecy.harmless import Place
from consent.secrecy.redaction import Redaction, texts, withheld
from consent.secrecy.restoring import Restoring
from consent.writing.prepared import Prepared
from resources.record import envelope, parse, problem, reference, stamp
from resources.record.problem import Problem
from resources.record.version import Version
from resources.store.port import Transaction

_OWNERS = {"Task": frozenset({"statusReason", "businessStatus", "output", "note", "text", "owner"})}
"""The elements in which the owner of a request answers."""


class Beside(Protocol):
    """The unit of work: its view, and what its writer may see."""

    engine: PolicyEngine
    tx: Transaction
    facts: Facts

    async def masked(self, version: Version) -> Decision: ...


async def restored(unit: Beside, before: Version | None, ready: Prepared) -> Prepared:
    """The change with what its writer was not shown put back, and the marks that it asks for.

    Raises Problem where it carries what it may not.
    """
    if before is not None and ready.change.said:
        return _said(unit, ready)
    sent, named = place_checked.taken(ready.sent)
    return await _restored(unit, before, _of(unit, ready, sent) if named else ready, named)


def _said(unit: Beside, ready: Prepared) -> Prepared:
    """What an operation made of the record as it stands: of the texts that its caller did not say it is no writer."""
    every = (at for at, _, _ in texts(unit.engine.harmless, ready.resource))
    stood = frozenset(f"{at} {at}" for at in every if at.split("/")[1] not in ready.change.said)
    return replace(ready, masked=True, unsent=stood)


async def _restored(unit: Beside, before: Version | None, ready: Prepared, named: list[str]) -> Prepared:
    masked = before is not None and bool((await unit.masked(before)).masks)
    if ready.change.type == "Patient":
        old = parse.editable(before.body) if before else None
        ready = _of(unit, ready, protection.kept(old, ready.sent, shown=not masked))
    if before is None or not masked:
        return _marked(unit, ready, ready, named, lambda pointer: True)
    restoring = Restoring(await showing.redaction_of(unit.engine, unit.tx, before, unit.facts))
    had, sent = parse.editable(before.body), stamp.unstamped(ready.sent, before)
    _check(restoring.redaction, before, had, sent, unit.facts)
    kept, told = restoring.kept, restoring.redaction.sight.told
    made = _of(unit, ready, restoring.restore(had, sent))
    made = replace(made, masked=True, unsent=frozenset(f"{to} {at}" for to, at in kept.items()))
    return _marked(unit, ready, made, named, lambda pointer: pointer not in kept or told(kept[pointer]))


def _marked(unit: Beside, sent: Prepared, made: Prepared, named: list[str], his: Callable[[str], bool]) -> Prepared:
    """The change in which the texts that its writer sent under these names are marked `place-checked`."""
    checked: set[str] = set()
    for element in named:
        texts = place_checked.wanted(unit.engine.harmless, sent.resource, element)
        new = place_checked.among(
            unit.engine.harmless, made.resource, texts, lambda at, value: his(at) and place_checked.is_plain(value)
        )
        if not new:
            raise place_checked.refused(element, f"{made.change.type}.meta.extension")
        checked |= new
    return replace(made, checked=frozenset(checked)) if checked else made


def _of(unit: Beside, ready: Prepared, sent: dict[str, Any]) -> Prepared:
    if sent is ready.sent:
        return ready
    resource = orjson.loads(parse.write({**sent, "id": ready.change.id}))
    return ready.turned(unit.engine, sent, resource)


def _check(
    redaction: Redaction, before: Version, old: Mapping[str, Any], sent: Mapping[str, Any], facts: Facts
) -> None:
    """Raises Problem `forbidden` naming the first element that is not its writer's to fill.

    Who first wrote the record fills every element of it, the owner of a request those in which it answers; officers
    whom each protection names are shown all.
    """
    if envelope.origin(before.terms).author == facts.writer:
        return
    answers = _OWNERS.get(before.type, frozenset()) if _owns(old, facts) else frozenset()
    as_shown = redaction.show(old)
    for path in choosing.unshown(redaction.harmless, as_shown, sent, Place(before.type)):
        raise Problem("forbidden", _refusal(before.type, path))
    shown = Counter(_key(path, value) for _, path, value in withheld(redaction.harmless, as_shown))
    for _, path, value in withheld(redaction.harmless, sent):
        key = _key(path, value)
        if shown[key]:
            shown[key] -= 1
        elif path[0] not in answers:
            raise Problem("forbidden", _refusal(before.type, path))


def _owns(task: Mapping[str, Any], facts: Facts) -> bool:
    owner = reference.one(task, "owner")
    agencies = {row.relation.to for row in facts.world.rows(AGENCY, owner) if row.holds(facts.world)}
    return bool({owner, *agencies} - {""} & facts.answers)


def _key(path: tuple[str, ...], value: Any) -> tuple[tuple[str, ...], bytes]:
    return path, orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _refusal(type: str, path: tuple[str, ...]) -> problem.Issue:
    at = ".".join(path)
    text = (
        f"somebody's place is protected here: `{at}` is written by who first wrote the record, by its owner in the "
        "answer, and by the officers whom the protection names; write a record of your own instead"
    )
    ja = (
        f"居所が秘匿された人の記録です。`{at}` を書けるのは、最初に書いた人、回答欄の担当者、秘匿の名簿にある職員です。"
        "自分の記録として別に書いてください"
    )
    return problem.of_rule("D1", text, ja, f"{type}.{at}", "forbidden")
