"""Changes on a condition: which record it means among those that its writer may find, and what is left to do then.

https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #cdelete; docs/policy.md, "nothing leaks": an invisible match
is no match.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from consent.reading.reading import Reading
from consent.rule import Decision
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, Prepared
from consent.writing.written import Written
from resources.record import parse
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search import request
from resources.search.request import SearchRequest

MOST = 200
"""So many conditions may stand in one request: each is a search."""


def bounded(changes: Sequence[Prepared]) -> None:
    """Raises Problem where there are too many conditions, or two that are the same."""
    conditions = [(each.change.type, each.change.condition) for each in changes if each.change.condition]
    if len(conditions) > MOST:
        text, ja = f"more than {MOST} conditions", f"条件付きの要求は{MOST}件までです"
        raise Problem.of("too-costly", text, ja)
    if len(set(conditions)) < len(conditions):
        text, ja = "two entries have the same condition", "同じ条件の要素が二つあります"
        raise Problem.of("structure", text, ja, "Bundle.entry")


async def settled(unit: UnitOfWork) -> list[Written | None]:
    """By place, what is done already since of its condition nothing else follows; the rest is left in the unit to do.

    What stood for a record that was found is that record now, also where others beside it name it. Raises Problem
    where a condition means several, or none that there must be.
    """
    if not any(each.change.condition for each in unit.asked):
        return [None] * len(unit.asked)
    done: list[Written | None] = [None] * len(unit.asked)
    meant: dict[str, str] = {}
    for place in _in_turn([each.change for each in unit.asked]):
        ready = _leading(unit.asked[place], meant)
        found, decision = await _found(unit, ready)
        if found:
            meant[ready.change.reference] = _same(ready, found).reference
        done[place] = _done(ready, found, decision)
    left = [ready for ready, over in zip(unit.asked, done, strict=True) if over is None]
    unit.asked = [_unconditional(unit, ready, meant) for ready in left]
    names = [each.change.reference for each in unit.asked]
    if len(set(names)) < len(names):
        text, ja = "two entries write the same record", "同じ記録を二つの要素が書いています"
        raise Problem.of("structure", text, ja, "Bundle.entry")
    unit.pending = {each.change.reference: each.resource for each in unit.asked if each.resource}
    return done


async def met(reading: Reading, ready: Prepared) -> Version | None:
    """The one record that meets the condition, as its writer may see it. Raises Problem where there are several."""
    page = await reading.search(_wanted(reading, ready))
    if len(page.versions) > 1:
        text = f"more than one `{ready.change.type}` that you can see meets the condition"
        ja = f"条件に合う `{ready.change.type}` が2件以上あります"
        raise Problem("stale", Issue(text, ja, code="multiple-matches"))
    return page.versions[0] if page.versions else None


def _in_turn(changes: Sequence[Change]) -> Iterator[int]:
    """The places of those on a condition: one that asks for what another finds comes behind it."""
    left = {place: change for place, change in enumerate(changes) if change.condition}
    while left:
        waited_for = {change.reference for change in left.values()}
        free = [place for place, change in left.items() if not _named(change) & (waited_for - {change.reference})]
        for place in free or list(left):
            yield place
            del left[place]


def _named(change: Change) -> set[str]:
    return {each for _, value in change.condition for each in value.split(",")}


def _leading(ready: Prepared, meant: dict[str, str]) -> Prepared:
    """The change with what was found in the place of what its condition names."""
    if not meant or not _named(ready.change) & meant.keys():
        return ready
    pairs = (
        (name, ",".join(meant.get(each, each) for each in value.split(","))) for name, value in ready.change.condition
    )
    return replace(ready, change=replace(ready.change, condition=tuple(pairs)))


async def _found(unit: UnitOfWork, ready: Prepared) -> tuple[Version | None, Decision]:
    known = unit.foreseen.met.get((ready.change.type, ready.change.condition)) if unit.foreseen else None
    if known is not None:
        return known
    reading = Reading(unit.engine, unit.tx, unit.facts)
    return await met(reading, ready), reading.decision


def _wanted(reading: Reading, ready: Prepared) -> SearchRequest:
    change = ready.change
    found = request.parse(reading.engine.index, change.type, change.condition)
    if any(request.is_shaping(name) for name, _ in change.condition):
        text, ja = "a condition is made of search parameters alone", "条件は検索パラメータだけで書いてください"
        raise Problem.of("structure", text, ja)
    return replace(found, count=2, total="none")


def _same(ready: Prepared, found: Version) -> Version:
    """Raises Problem where the body says that it is another one."""
    said = ready.sent.get("id")
    if ready.change.method == "update" and said is not None and said != found.id:
        text = f"the id in the body is not that of the record found, `{found.id}`"
        ja = f"本文の id が、条件に合う記録の id `{found.id}` と違います"
        raise Problem.of("structure", text, ja, f"{ready.change.type}.id")
    return found


def _done(ready: Prepared, found: Version | None, decision: Decision) -> Written | None:
    """What became of it where nothing is left to do."""
    change = ready.change
    if change.method == "create" and found is not None:
        return Written(found, "search", decision)
    if change.method == "delete" and found is None:
        return Written.nothing(change.type, "")
    if change.method == "update" and found is None and (change.patch or ready.sent.get("id") is not None):
        text = f"no `{change.type}` that you can see meets the condition"
        raise Problem.of("not-found", text, f"条件に合う `{change.type}` は見つかりません")
    return None


def _unconditional(unit: UnitOfWork, ready: Prepared, meant: dict[str, str]) -> Prepared:
    """The change with the records found in the place of what stood for them."""
    change = ready.change
    if change.condition:
        name = meant.get(change.reference)
        # What is to be updated and is not there is created.
        method = "create" if change.method == "update" and name is None else change.method
        id = name.partition("/")[2] if name else change.id
        ready = replace(ready, change=replace(change, condition=(), method=method, id=id))
    if not ready.resource or not meant:
        return ready
    body = parse.write(ready.sent)
    named = body
    for standing, name in meant.items():
        named = named.replace(standing.encode(), name.encode())
    if named is body and ready.change.id == ready.resource.get("id"):
        return ready
    sent = parse.editable(named)
    return ready.turned(unit.engine, sent, {**orjson.loads(named), "id": ready.change.id})
