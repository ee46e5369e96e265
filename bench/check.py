"""How fast a store is checked and derived anew: `python -m bench.check [records] [folder]`, 100,000 by default.

docs/maintenance.md
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from api import clock
from api import settings as app_settings
from api.commands import checking
from consent import derivation
from consent.engine import PolicyEngine
from consent.maintenance import upgrading
from consent.maintenance.reindexing import Reindexing
from profiles import load
from resources.record import period
from resources.record.version import Version
from resources.search.index import Index
from resources.store import open as stores
from resources.store.port import Transaction

Json = dict[str, Any]
START = datetime(2025, 4, 1, tzinfo=UTC)
LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"


def ref(name: str) -> Json:
    return {"reference": name}


def household(n: int) -> Iterator[Json]:
    """Twelve records, as a consultation leaves them: members, their household, concerns, a referral and its task."""
    people = [f"p{n}-{k}" for k in range(3)]
    group, agency = ref(f"Group/g{n}"), ref(f"Organization/o{n % 64}")
    for k, id in enumerate(people):
        yield {
            "resourceType": "Patient",
            "id": id,
            "identifier": [{"system": "https://city.example/sid", "value": f"{n}-{k}"}],
            "name": [{"text": f"見本 {n} {k}", "family": f"見本{n % 5000}", "given": [f"第{k}"]}],
            "gender": ("female", "male")[k % 2],
            "birthDate": f"{1940 + (n + 20 * k) % 70}-0{n % 9 + 1}-1{k}",
            "address": [{"text": f"見本町{n % 800}-{k}", "city": "見本市", "postalCode": f"700-{n % 10000:04}"}],
        }
    members = [{"entity": ref(f"Patient/{id}")} for id in people]
    yield {"resourceType": "Group", "id": f"g{n}", "type": "person", "actual": True, "member": members}
    for k, id in enumerate(people):
        yield {
            "resourceType": "Condition",
            "id": f"c{n}-{k}",
            "meta": {"security": [LABEL]},
            "category": [{"coding": [{"system": CATEGORY, "code": "problem-list-item"}]}],
            "code": {"text": f"家計と住まいの困りごと {n % 90}"},
            "subject": ref(f"Patient/{id}"),
            "recordedDate": "2025-05-01",
            "note": [{"text": "聞き取りのまとめ。" * 30}],
        }
    request = {"status": "active", "intent": "order", "subject": group, "requester": agency}
    yield {"resourceType": "ServiceRequest", "id": f"s{n}", **request, "code": {"text": "家計の相談"}}
    task = {"status": "requested", "intent": "order", "requester": agency, "for": ref(f"Patient/{people[0]}")}
    about = {"basedOn": [ref(f"ServiceRequest/s{n}")], "owner": ref(f"Organization/o{(n + 7) % 64}")}
    yield {"resourceType": "Task", "id": f"t{n}", **task, **about, "description": "連携の依頼"}
    answers = [{"linkId": f"{k}", "answer": [{"valueString": "様子" * 40}]} for k in range(12)]
    sheet = {"status": "completed", "subject": group, "authored": "2025-05-02", "item": answers}
    yield {"resourceType": "QuestionnaireResponse", "id": f"q{n}", **sheet}
    yield {"resourceType": "Task", "id": f"t{n}", **task, **about, "status": "accepted", "description": "連携の依頼"}
    letter = {"status": "completed", "subject": group, "about": [ref(f"Task/t{n}")], "sender": agency}
    yield {"resourceType": "Communication", "id": f"l{n}", **letter, "payload": [{"contentString": "経過です。" * 20}]}


def versions(records: int) -> Iterator[Version]:
    """So many versions in commit order."""
    for made in range(records):
        n, k = divmod(made, 12)
        if k == 0:
            household_of = list(household(n))
        resource = household_of[k]
        number = 2 if k == 10 else 1
        since = period.instant(START + timedelta(milliseconds=20 * made))
        meta = {**resource.get("meta", {}), "versionId": str(number), "lastUpdated": since}
        origin = (f".author Practitioner/w{n % 500}", f".custodian Organization/o{n % 64}")
        body = orjson.dumps({**resource, "meta": meta})
        yield Version(resource["resourceType"], resource["id"], number, since, False, body, origin)


async def fill(folder: Path, index: Index, records: int) -> None:
    store = stores.opened(str(folder), generation=derivation.generation(index.spec))
    await store.open()
    for step in upgrading.steps(versions(records)):

        async def work(tx: Transaction, step: list[Version] = step) -> None:
            await upgrading.put(tx, index, step)

        await store.transact(work)
    await store.close()


async def reindexed(folder: Path, index: Index) -> int:
    store = stores.opened(str(folder))
    await store.open()
    reindexing = await Reindexing.begun(PolicyEngine.of(store, index.spec, index), clock.system, again=True)
    assert reindexing is not None
    reindexing.all, done = True, 0
    while done < 10_000 and (seen := await reindexing.step()):
        done += seen
    await store.close()
    return done


def said(name: str, done: int, began: float, cpu: float) -> None:
    took, spent = time.perf_counter() - began, sum(os.times()[:4]) - cpu
    print(f"{name:40}{done:9,}{done / took:12,.0f} /s{done / max(spent, 0.001):12,.0f} /s of CPU", flush=True)


def main(records: int, folder: Path) -> None:
    settings = app_settings.read(data=folder)
    index = Index(load.load(), settings.fhir)
    began, cpu = time.perf_counter(), sum(os.times()[:4])
    if not (folder / "tsunagu.sqlite").exists():
        asyncio.run(fill(folder, index, records))
        said("written", records, began, cpu)
    with_ledger = stores.ledger(str(folder))
    spans = with_ledger.spans(checking.SPAN)
    with_ledger.close()
    for name, quick in (("check", False), ("check --quick", True)):
        began, cpu = time.perf_counter(), sum(os.times()[:4])
        done, differences = checking.run(settings, spans, lambda far: None, quick=quick)
        said(name, done, began, cpu)
        assert not differences, differences[:3]
    began, cpu = time.perf_counter(), sum(os.times()[:4])
    said("reindex --again, the first of them", asyncio.run(reindexed(folder, index)), began, cpu)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        main(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(count, Path(made))
