"""Whatever is changed in the trail behind the store's back is found, and the place is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from resources.store.open import opened
from resources.store.port import Store, Unavailable
from resources.store.trail import Head, TrailQuery
from resources.store.trail_root import Notary
from resources.store.trail_signer import Signer
from resources.store.trail_verify import Fault, verify
from tests.unit.resources.store.telling import NOON, event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
EVENTS, SIGNED = 12, 8


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.load(tmp_path / "keys")


async def filled(store: Store, signer: Signer) -> list[Head]:
    """Twelve events; a root was signed after four, and one after eight."""
    notary = Notary(store.trail, signer)
    for n in range(EVENTS):
        if n in (4, SIGNED):
            await notary.sign(NOW)
        await store.trail.append(event(n))
    await store.trail.find(TrailQuery())  # brings the keys along
    return await store.trail.heads()


async def faults(store: Store, signer: Signer) -> list[Fault]:
    return [fault async for fault in verify(store.trail, signer)]


@pytest.fixture
def tampered(tmp_path: Path, signer: Signer, run) -> Callable[[str], list[Fault]]:
    """What verification says of a trail of two chains after some statements of SQL."""

    def after(*statements: str) -> list[Fault]:
        async def made() -> None:
            for _ in range(2):
                store = opened(str(tmp_path))
                await store.open()
                await filled(store, signer)
                await store.close()

        async def found() -> list[Fault]:
            store = opened(str(tmp_path))
            await store.open()
            said = await faults(store, signer)
            await store.close()
            return said

        run(made())
        with closing(sqlite3.connect(tmp_path / "tsunagu.sqlite", isolation_level=None)) as database:
            for statement in statements:
                database.execute(statement)
        said: list[Fault] = run(found())
        return said

    return after


# Never the byte that stands there already.
FLIP = """CAST(substr({0}, 1, {1}) || CASE substr({0}, {1} + 1, 1) WHEN x'{2}' THEN x'01' ELSE x'{2}' END
    || substr({0}, {1} + 2) AS BLOB)"""
HEAD_BACK = """UPDATE trail_chain SET (number, hash) =
    (SELECT number, hash FROM trail_event e WHERE e.chain = trail_chain.chain ORDER BY number DESC LIMIT 1)"""
SWAP = """UPDATE trail_event SET {0} = (SELECT {0} FROM trail_event o WHERE o.chain = 1 AND o.number =
    CASE trail_event.number WHEN 5 THEN 6 ELSE 5 END) WHERE chain = 1 AND number IN (5, 6)"""
COPIED = "min(frame), min(content), min(hash) FROM trail_event"

DAMAGE: dict[str, tuple[Sequence[str], str]] = {
    "a flipped bit of the content": (
        [f"UPDATE trail_event SET content = {FLIP.format('content', 12, 'FE')} WHERE chain = 1 AND number = 3"],
        "-3",
    ),
    "a flipped bit of a hash": (
        [f"UPDATE trail_event SET hash = {FLIP.format('hash', 9, '00')} WHERE chain = 1 AND number = 3"],
        "-3",
    ),
    "another instant": (["UPDATE trail_event SET place = place + 300000 WHERE chain = 1 AND number = 3"], "-3"),
    "another frame": (
        [
            "INSERT INTO trail_name SELECT id - 1, CAST(replace(CAST(name AS TEXT), 'CAREMGT', 'COC') AS BLOB)"
            " FROM trail_name WHERE id < 0",
            "UPDATE trail_event SET frame = frame - 1 WHERE chain = 1 AND number = 3",
        ],
        "-3",
    ),
    "a changed name": (
        ["UPDATE trail_name SET name = CAST('Condition/c9x' AS BLOB) WHERE name = CAST('Condition/c9' AS BLOB)"],
        "-10",
    ),
    "a name that is gone": (["DELETE FROM trail_name WHERE name = CAST('Condition/c9' AS BLOB)"], "-10"),
    "an event that is gone": (["DELETE FROM trail_event WHERE chain = 1 AND number = 6"], "-7"),
    "two events whose content is swapped": ([SWAP.format("content")], "-5"),
    "two events that are swapped": (
        [
            "UPDATE trail_event SET number = 99 WHERE chain = 1 AND number = 5",
            "UPDATE trail_event SET number = 5 WHERE chain = 1 AND number = 6",
            "UPDATE trail_event SET number = 6 WHERE chain = 1 AND number = 99",
        ],
        "-5",
    ),
    "a last event that is gone": (["DELETE FROM trail_event WHERE chain = 1 AND number = 12"], "chain "),
    "a truncation": (["DELETE FROM trail_event WHERE chain = 1 AND number > 6"], "chain "),
    "a truncation with the head taken back": (
        ["DELETE FROM trail_event WHERE chain = 1 AND number > 6", HEAD_BACK],
        "chain ",
    ),
    "a first part that is gone": (["DELETE FROM trail_event WHERE chain = 1 AND number < 4"], "-4"),
    "a chain without its events": (["DELETE FROM trail_event WHERE chain = 1"], "chain "),
    "a chain that is gone": (
        ["DELETE FROM trail_event WHERE chain = 1", "DELETE FROM trail_chain WHERE chain = 1"],
        "chain ",
    ),
    "a head that is changed": (["UPDATE trail_chain SET hash = zeroblob(32) WHERE chain = 1"], "-12"),
    "two chains that have changed names": (
        [
            "UPDATE trail_chain SET name = 'x' WHERE chain = 1",
            "UPDATE trail_chain SET name = (SELECT name FROM trail_chain WHERE chain = 2) || '1' WHERE chain = 1",
        ],
        "",
    ),
    "a root that is changed": (["UPDATE trail_root SET statement = statement || 'A' WHERE number = 2"], "root 2"),
    "a root in the place of another": (
        ["UPDATE trail_root SET statement = (SELECT statement FROM trail_root WHERE number = 1) WHERE number = 2"],
        "root 2",
    ),
    "a root that is gone": (["DELETE FROM trail_root WHERE number = 2"], "root 3"),
    "a last root that is gone": (["DELETE FROM trail_root WHERE number = 4"], "roots"),
    "all roots gone": (["DELETE FROM trail_root"], "roots"),
    "a key that is gone": (["DELETE FROM trail_key WHERE name = (SELECT max(name) FROM trail_key)"], "event "),
    "an event before the first": (
        [f"INSERT INTO trail_event SELECT max(place) + 1, 1, 0, {COPIED}", "UPDATE trail_chain SET indexed = number"],
        "-0",
    ),
    "an event of no chain": (
        [f"INSERT INTO trail_event SELECT max(place) + 1, 77, 1, {COPIED}"],
        "77-1",
    ),
    "a key of no event": (["INSERT INTO trail_key SELECT 7, max(place) FROM trail_event"], "keys"),
}


def test_a_trail_that_nobody_touched_is_as_it_was_written(tampered: Callable[..., list[Fault]]) -> None:
    assert tampered() == []


@pytest.mark.parametrize("kind", sorted(DAMAGE))
def test_damage_is_found_and_its_place_named(kind: str, tampered: Callable[..., list[Fault]]) -> None:
    statements, place = DAMAGE[kind]
    found = tampered(*statements)
    assert found, kind
    assert place in found[0].at, found
    assert all(fault.text.isascii() and not fault.ja.isascii() for fault in found)


def test_a_root_signed_by_another_key_is_none(tmp_path: Path, signer: Signer, store: Store, run) -> None:
    run(filled(store, signer))
    other = Signer.load(tmp_path / "other")
    assert run(faults(store, other))[0].at == "root 1"
    assert run(faults(store, signer)) == []


def test_a_note_of_how_many_roots_there_are_that_is_missing_is_found(
    tmp_path: Path, signer: Signer, store: Store, run
) -> None:
    assert run(faults(store, signer)) == []
    run(filled(store, signer))
    note = tmp_path / "keys" / "trail-witness.json"
    note.unlink()
    [fault] = run(faults(store, signer))
    assert fault.at == str(note)
    note.write_text("damaged")
    with pytest.raises(Unavailable, match="does not say how many roots"):
        run(faults(store, signer))


@pytest.fixture
def documents(server: str, run) -> Any:
    name = f"t{uuid4().hex}"
    with MongoClient[dict[str, Any]](server) as client:
        yield f"{server}/{name}", client[name]


MONGO: dict[str, tuple[Callable[[Any, str], object], str]] = {
    "a flipped bit": (
        lambda found, chain: found["trail_event"].update_one({"_id": f"{chain} {3:012}"}, {"$set": {"event.6": ["x"]}}),
        "-3",
    ),
    "a key that is gone": (
        lambda found, chain: found["trail_event"].update_one({"_id": f"{chain} {3:012}"}, {"$set": {"keys": []}}),
        "-3",
    ),
    "a last event that is gone": (
        lambda found, chain: found["trail_event"].delete_one({"_id": f"{chain} {EVENTS:012}"}),
        "chain ",
    ),
    "an event of no chain": (
        lambda found, chain: found["trail_event"].insert_one(
            found["trail_event"].find_one({"_id": f"{chain} {3:012}"}) | {"_id": f"zz {1:012}"}
        ),
        "zz-",
    ),
    "an event that is none": (
        lambda found, chain: found["trail_event"].insert_one({"at": NOON, "keys": []}),
        "event ",
    ),
    "an event before the first": (
        lambda found, chain: found["trail_event"].insert_one(
            found["trail_event"].find_one({"_id": f"{chain} {3:012}"}) | {"_id": f"{chain} {0:012}"}
        ),
        f"-{0:012}",
    ),
    "a chain that is gone": (
        lambda found, chain: (found["trail_event"].delete_many({}), found["trail_chain"].delete_many({})),
        "chain ",
    ),
}


@pytest.mark.parametrize("kind", sorted(MONGO))
def test_damage_in_mongodb_is_found(kind: str, documents: Any, signer: Signer, run) -> None:
    address, database = documents
    damage, place = MONGO[kind]

    async def story() -> list[Fault]:
        store = opened(address)
        await store.open()
        [head] = await filled(store, signer)
        assert await faults(store, signer) == []
        damage(database, head.chain)
        said = await faults(store, signer)
        await store.close()
        return said

    assert place in run(story())[0].at
