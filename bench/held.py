"""How long a write holds the one writer, from its beginning until it is durable, beside what SQLite alone takes.

docs/figures.md; docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Literal, cast

import orjson

from api import walks
from api.settings import Settings
from bench import city, figure, fill, folders, held_alone, inside
from bench.city import City, Json
from bench.figure import Figure
from bench.inside import Inside
from bench.writer_held import Timed
from consent import derivation
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.relations import contributions
from consent.writing.prepared import Change
from profiles import load
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import EVERYTHING
from resources.store import open as stores
from resources.store.port import Store, Transaction

CITY = City(2_000)
MOST: int = Settings.model_fields["transaction_limit"].default
MANY = (MOST, 2 * MOST)
"""As many as a transaction has at most, and what it would cost to let it have twice as many."""
ROUNDS = 5
BAR = 100.0
ASKS, IS_ASKED = "agency-0", "agency-7"
PERSONS = 25
"""So many persons are what is written about."""
KINDS = {
    "made": "records, persons and their concerns,",
    "asked": "requests",
    "accepted": "acceptances",
    "deleted": "deletions",
    "consented": "entries, a third as many consents by each of which an agency is told,",
    "ended": "entries, their ends,",
}
"""What is written, one after the other in one city."""
FAR = 100_000
"""Beyond those whose consents reach the agencies that read the city's."""
_FEED = 1_000
_OF_CONSENT = 3
"""Entries that a Consent counts as (`api/interactions/bundle.py`)."""


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(CITY) as folder, tempfile.TemporaryDirectory() as made:
        asyncio.run(_filled(folder))
        for many in MANY:
            rounds = []
            for number in range(ROUNDS):
                copy = Path(made) / f"{many}-{number}"
                shutil.copytree(folder, copy)
                rounds.append(asyncio.run(_held(copy, many)))
                shutil.rmtree(copy)
            bare = median(each["bare"] for each in rounds)
            for kind, note in KINDS.items():
                held = median(each[kind] for each in rounds)
                said = f"{note} (SQLite alone {bare:.0f} ms)" if kind == "made" else note
                what = f"a transaction of {many} {said} holds the writer"
                yield figure.at_most(what, held, BAR, "ms") if many <= MOST else figure.told_of(what, held, "ms")
        yield from held_alone.measured(CITY, folder, Path(made), BAR)


async def _filled(folder: Path) -> None:
    whole = await Inside.open(CITY, folder)
    await whole.close()


async def _held(folder: Path, many: int) -> dict[str, float]:
    """Milliseconds that others wait for a transaction of each kind, and for the first one's versions put alone."""
    spec = load.load()
    store = Timed(stores.opened(str(folder), generation=derivation.generation(spec)))
    await store.open()
    gate = Gate(PolicyEngine.of(cast(Store, store), spec, Index(spec, fill.BASE)))
    walks.leave_alone()  # as a server does that has begun
    asking, asked = (inside.Officer(Inside(CITY, gate), agency) for agency in (ASKS, IS_ASKED))
    taken: dict[str, float] = {}

    async def held(what: str, officer: inside.Officer, changes: list[Change]) -> None:
        store.longest = 0.0
        await gate.commit(officer.actor, changes)
        taken[what] = store.longest

    try:
        await gate.commit(asking.actor, [_small(0)])  # what is made at the first is made
        async with store.snapshot() as view:
            end = await view.end()
        await held("made", asking, _changes(many))
        async with store.snapshot() as view:
            new = (await view.feed(end, _FEED, within=EVERYTHING)).versions
        await held("asked", asking, [_request(number, "create", "requested") for number in range(many)])
        await held("accepted", asked, [_request(number, "update", "accepted") for number in range(many)])
        await gate.commit(asking.actor, [_concern(number, f"wrong-{number}") for number in range(many)])
        await held("deleted", asking, [Change("delete", "Condition", f"wrong-{number}") for number in range(many)])
        taken["bare"] = await _bare(store, new)
        await gate.commit(asking.actor, [_sheet(number) for number in range(PERSONS)])
        fewer = range(many // _OF_CONSENT)
        await held("consented", asking, [_consent(number, "create", "active") for number in fewer])
        await held("ended", asking, [_consent(number, "update", "inactive") for number in fewer])
        return taken
    finally:
        await store.close()


async def _bare(store: Timed, versions: Sequence[Version]) -> float:
    """The same again under other ids, nothing asked and nothing derived."""
    rows = [
        (_again(each), contributions.of(orjson.loads(each.body), each.terms)) for each in versions if not each.deleted
    ]

    async def work(tx: Transaction) -> None:
        for version, said in rows:
            await tx.put(replace(version, since=tx.instant, first=tx.instant), said)

    store.longest = 0.0
    await store.transact(work)
    return store.longest


def _again(version: Version) -> Version:
    id = f"again-{version.id}"[:64]
    terms = {*version.terms} - {f".id {version.reference}"} | {f".id {version.type}/{id}"}
    return replace(version, id=id, terms=tuple(sorted(terms)))


def _small(number: int) -> Change:
    person = CITY.person(-1 - number, city.FAMILIES[0])
    return Change("create", "Patient", f"small-{number}", orjson.dumps({**person, "id": f"small-{number}"}))


def _request(number: int, method: Literal["create", "update"], status: str) -> Change:
    """A request about one of them."""
    task = CITY.asked(number, f"held-{number % PERSONS}", ASKS, IS_ASKED) | {"id": f"held-{number}", "status": status}
    return Change(method, "Task", f"held-{number}", orjson.dumps(task))


def _sheet(number: int) -> Change:
    """What one of them has signed."""
    said: Json = {"resourceType": "QuestionnaireResponse", "id": f"held-{number}", "status": "completed"}
    said |= {"authored": "2026-04-01", "subject": {"reference": f"Patient/held-{number}"}}
    return Change("create", "QuestionnaireResponse", f"held-{number}", orjson.dumps(said))


def _consent(number: int, method: Literal["create", "update"], status: str) -> Change:
    """Of one of them to one agency, and not always the same."""
    person, sheet = f"held-{number % PERSONS}", f"QuestionnaireResponse/held-{number % PERSONS}"
    said: Json = {"id": f"held-{number}", "status": status, "sourceReference": {"reference": sheet}}
    said |= {"organization": [{"reference": f"Organization/{ASKS}"}]}
    consent = CITY.consent(FAR + number, person, 1, 0) | said
    return Change(method, "Consent", f"held-{number}", orjson.dumps(consent))


def _changes(many: int) -> list[Change]:
    """Persons, and a concern of each."""
    changes = []
    for number in range(many // 2):
        person = CITY.person(-1000 - number, city.FAMILIES[0]) | {"id": f"held-{number}"}
        changes += [Change("create", "Patient", f"held-{number}", orjson.dumps(person))]
        changes += [_concern(number, f"held-{number}")]
    return changes


def _concern(number: int, id: str) -> Change:
    """A concern of one of the first twenty-five persons."""
    said = {"id": id, "subject": {"reference": f"Patient/held-{number % PERSONS}"}}
    return Change("create", "Condition", id, orjson.dumps(CITY.concern(-1000 - number, "") | said))
