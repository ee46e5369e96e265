"""Ids with every letter that R4 allows are kept apart, found, counted, linked and paged by, on either store.

https://hl7.org/fhir/R4/datatypes.html#id; over HTTP: tests/http/test_imported_ids.py
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson

from resources.record.version import Version
from resources.search.order import ID
from resources.search.predicate import EVERYTHING, Linked, LinkedFrom, all_of, has, has_one_of
from resources.store.port import Query, Store, Transaction
from tests.http.test_imported_ids import IDS

Run = Callable[[Coroutine[Any, Any, Any]], Any]
MORE = ("Patient", "history", "A" * 64, "-.-", "9" * 64)


async def laid(store: Store, ids: tuple[str, ...], number: int = 1) -> None:
    async def work(tx: Transaction) -> None:
        for id in ids:
            for type, terms in (("Patient", []), ("Condition", [f"subject Patient/{id}"])):
                body = orjson.dumps({"resourceType": type, "id": id})
                every = tuple(sorted({f".type {type}", f".id {type}/{id}", f"_id ={id}", *terms}))
                await tx.put(Version(type, id, number, tx.instant, False, body, every))

    await store.transact(work)


def test_each_is_a_record_of_its_own(store: Store, run: Run) -> None:
    ids = tuple(dict.fromkeys((*IDS, *MORE)))

    async def asked() -> None:
        await laid(store, ids)
        await laid(store, ids, 2)
        async with store.snapshot() as view:
            for id in ids:
                found = await view.get("Patient", id, within=EVERYTHING)
                assert found is not None
                assert (found.id, found.number, orjson.loads(found.body)["id"]) == (id, 2, id)
                older = await view.get("Patient", id, within=EVERYTHING, number=1)
                assert older is not None
                assert older.id == id
                own = has(".id", f"Patient/{id}")
                assert [each.id for each in (await view.find(Query(own), within=EVERYTHING)).versions] == [id]
                assert await view.count(Query(own, history=True), within=EVERYTHING) == 2
                assert await view.count(Query(has("_id", f"={id}")), within=has(".type", "Patient")) == 1
                there = all_of([has(".type", "Condition"), Linked("subject", own)])
                assert [each.id for each in (await view.find(Query(there), within=EVERYTHING)).versions] == [id]
                here = all_of([has(".type", "Patient"), LinkedFrom("Condition", "subject", has("_id", f"={id}"))])
                assert [each.id for each in (await view.find(Query(here), within=EVERYTHING)).versions] == [id]

    run(asked())


def test_pages_by_them_lose_none_and_have_none_twice(store: Store, run: Run) -> None:
    ids = tuple(dict.fromkeys((*IDS, *MORE)))

    async def asked() -> None:
        await laid(store, ids)
        seen: list[str] = []
        async with store.snapshot() as view:
            after, what = "", has_one_of(".type", ["Patient"])
            while True:
                page = await view.find(Query(what, (ID,), after, 3), within=EVERYTHING)
                seen += [each.id for each in page.versions]
                after = page.next
                if not after:
                    break
        assert seen == sorted(ids)

    run(asked())
