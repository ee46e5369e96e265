"""Which versions of a record named somebody by mistake: they are closed before that is confirmed, and marked with it.

docs/policy.md, "mistakes". Of a record that was written often they are closed and marked in slices, and the Task by
which it was confirmed says which they are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from consent import evidence, verdict, vocabulary
from consent.relations import names
from consent.relations.contributions import MEMBER, PROTECTED
from consent.relations.names import SAME
from consent.writing.apart import STEP
from resources.record import coding, envelope, mistake, reference
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has, term
from resources.search.relation import FOREVER
from resources.store.port import Query, Snapshot, Transaction

Sees = Callable[[Version], Awaitable[bool]]

NAMING: Predicate = EVERYTHING
"""Under this the server follows whom a record names, and who confirmed that it was a mistake; nothing of it is told."""


async def naming(view: Snapshot, versions: Iterable[Version], person: str, sees: Sees | None = None) -> frozenset[int]:
    """Which versions of a record name a person, or are of a record that names them as it stands, and with `sees` such
    as may be seen, version and record. Those that are marked so already are left out."""
    found = set[int]()
    for each in versions:
        if each.deleted or person in mistake.misnamed(each.terms):
            continue
        body = orjson.loads(each.body)
        names_them = person in reference.locals_of(body) or await _is_of_theirs(view, body, person, sees)
        if names_them and (sees is None or await sees(each)):
            found.add(each.number)
    return frozenset(found)


async def _is_of_theirs(view: Snapshot, body: Mapping[str, Any], person: str, sees: Sees | None) -> bool:
    for name in sorted(envelope.sources_of(body)):
        source = await view.get(*name.split("/"), within=NAMING)
        if source and names_rightly(source, person) and (sees is None or await sees(source)):
            return True
    return False


def names_rightly(version: Version, person: str) -> bool:
    """Whether a version names somebody, as far as it says so itself."""
    return not version.deleted and person in reference.locals_of(orjson.loads(version.body))


async def versions_of(view: Snapshot, record: Version) -> list[Version]:
    """Every version of a record, in order."""
    current = await view.get(record.type, record.id, within=NAMING)
    assert current is not None
    past = list[Version]()
    for number in range(1, current.number):
        each = await view.get(record.type, record.id, within=NAMING, number=number)
        past += [each] if each else []
        if not number % STEP:
            await view.give_way()
    return [*past, current]


async def newest_first(view: Snapshot, record: Version, begin: int, since: str) -> list[Version]:
    """Its versions from that numbered `begin` on, and all that were written `since` an instant, the last one first."""
    found = [record]
    for number in range(record.number - 1, 0, -1):
        each = await view.get(record.type, record.id, within=NAMING, number=number)
        if each is None or (number < begin and each.since <= since):
            break
        found.append(each)
    return found


async def turned(view: Snapshot, wrong: Iterable[Version], person: str, since: str) -> bool:
    """Whether since an instant one of the `wrong` versions named the person anew, or what they are called, or who sees
    where they are, is no longer what it was: what was said before that was said of something else. Of a household that
    of each in it."""
    if any(each.since > since for each in wrong):
        return True
    meant = sorted(await names.known(view, await persons(view, person)))
    rows = await view.rows((name, one) for name in (*PROTECTED, SAME) for one in meant)
    return any(since < max(row.since, row.ended if row.ended != FOREVER else "") for row in rows)


async def persons(view: Snapshot, named: str) -> frozenset[str]:
    """The person who was named, or whoever is or was in the household that was: a record that is of one takes those by
    name who have left since."""
    if not named.startswith("Group/"):
        return frozenset({named})
    return frozenset(row.relation.to for row in await view.rows([(MEMBER, named)]))


async def closed(tx: Transaction, name: str, numbers: Iterable[int]) -> None:
    """Let nobody but who keeps the record read these versions of it, before it is confirmed that they are wrong."""
    await _given(tx, name, numbers, {MISTAKEN})


async def marked(tx: Transaction, name: str, numbers: Iterable[int], person: str) -> None:
    """Of these versions of a record it is confirmed that they named the person by mistake: they stay about them."""
    marks = {term(mistake.MISNAMED, person), term(mistake.about(person), person), MISTAKEN}
    await _given(tx, name, numbers, marks)


async def confirmed(view: Snapshot, record: str, person: str) -> str:
    """When it was last confirmed that a record named somebody by mistake, as an instant; empty for never."""
    leads = any_of([has(".of", record), has(".household", record)])
    asked = all_of([has(".type", "Task"), has(".code", vocabulary.CONFIRM_MISTAKE), leads])
    found = (await view.find(Query(asked, history=True), within=NAMING)).versions
    return max((each.since for each in found if confirms(each, evidence.body(each)) == (record, person)), default="")


def confirms(task: Version, body: Mapping[str, Any]) -> tuple[str, str] | None:
    """Of which record the server let which person be one whom it never named, by this version of a Task."""
    if task.deleted or not verdict.read(task.terms).counts or not envelope.written(task.terms)[1]:
        return None
    if vocabulary.CONFIRM_MISTAKE not in coding.of(body.get("code")) or body.get("status") != "completed":
        return None
    return reference.one(body, "focus"), named(body)


def named(task: Mapping[str, Any]) -> str:
    """Of such a Task the person, or the household, that is said to be named by mistake."""
    return next((reference.one(each, "valueReference") for each in task.get("input") or ()), "")


def shut_for_nothing(versions: Sequence[Version], wrong: Collection[int]) -> range:
    """Where those of a record lie that are closed as wrong and are neither that nor marked so, nor is the whole."""
    if not versions or MISTAKEN in versions[-1].terms:
        return range(0)
    found = [
        each.number
        for each in versions
        if MISTAKEN in each.terms and each.number not in wrong and not mistake.misnamed(each.terms)
    ]
    return range(found[0], found[-1] + 1) if found else range(0)


async def _given(tx: Transaction, name: str, numbers: Iterable[int], marks: set[str]) -> None:
    type, _, id = name.partition("/")
    found = [(number, await tx.get(type, id, within=NAMING, number=number)) for number in numbers]
    new = {number: tuple(sorted(marks.union(each.terms))) for number, each in found if each}
    await tx.amend(name, new, None)
