"""What is derived of a fixed set of records, and the generation it is pinned to: `python -m tests.house.generation`.

docs/maintenance.md, "generations"
"""

from __future__ import annotations

import hashlib
import json
import lzma
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from consent import derivation
from consent.derivation import Around, Record
from profiles import load
from profiles.spec import Spec
from resources.record import envelope
from resources.record.version import Version
from resources.search.index import Index
from tests.house.source import ROOT
from tests.unit.resources.search.examples import EXAMPLES

PINNED = ROOT / "tests" / "house" / "derived.json"
FIXTURE = ROOT / "tests" / "fixtures" / "store-0.1.0.sqlite.xz"
OFFICIAL = ROOT / "tests" / "outside" / "official"
SINCE = "2026-04-01T00:00:00.000Z"
ORIGIN = (".author Practitioner/p", ".custodian Organization/1")

History = list[Version]


def pinned() -> dict[str, str]:
    found: dict[str, str] = json.loads(PINNED.read_text(encoding="utf-8"))
    return found


def now(spec: Spec) -> dict[str, str]:
    return {"generation": derivation.generation(spec), "digest": digest(spec)}


def digest(spec: Spec) -> str:
    """Of all that is derived of the set: official examples, invented ones, and a household's whole journey."""
    index = Index(spec, "https://records.example/fhir")
    records = {history[0].reference: history for history in _histories(spec)}
    bodies = {name: orjson.loads(history[-1].body) for name, history in records.items() if history[-1].body}
    alone = Around(bodies.get, lambda name: None)
    first = {name: derivation.of_record(index, history, alone) for name, history in records.items()}

    def known(name: str) -> envelope.Envelope | None:
        return envelope.read(first[name].terms[len(records[name])]) if name in first else None

    around = Around(bodies.get, known)
    whole = hashlib.blake2b(digest_size=16)
    for name in sorted(records):
        whole.update(_written(name, derivation.of_record(index, records[name], around)))
    return whole.hexdigest()


def _written(name: str, made: Record) -> bytes:
    rows = sorted(repr(row) for row in made.rows)
    return orjson.dumps([name, sorted(made.terms.items()), rows], option=orjson.OPT_NON_STR_KEYS)


def _histories(spec: Spec) -> Iterator[History]:
    for file in sorted(OFFICIAL.glob("*.json")):
        resource = json.loads(file.read_bytes())
        if resource["resourceType"] in spec.types:
            yield [_version(resource)]
    for number, (_, example) in enumerate(EXAMPLES):
        yield [_version({**example, "id": f"example-{number}"})]
    yield from _journey()


def _version(resource: dict[str, Any]) -> Version:
    return Version(resource["resourceType"], resource["id"], 1, SINCE, False, orjson.dumps(resource), ORIGIN)


def _journey() -> Iterator[History]:
    """The records of household H's journey, and of the city it passes through."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(_rollback(lzma.decompress(FIXTURE.read_bytes())))
    sql = """SELECT type, id, number, since, deleted, body, terms FROM version WHERE type != 'AuditEvent'
        ORDER BY type, id, number"""
    history: History = []
    for type, id, number, since, deleted, body, terms in connection.execute(sql):
        if number == 1 and history:
            yield history
            history = []
        history.append(Version(type, id, number, since, bool(deleted), body, tuple(json.loads(terms))))
    yield history
    connection.close()


def _rollback(file: bytes) -> bytes:
    """A database in memory has no write-ahead log: https://www.sqlite.org/fileformat.html, offsets 18 and 19."""
    return file[:18] + b"\x01\x01" + file[20:]


def main(pin: Path = PINNED) -> None:
    made, before = now(load.load()), pinned()
    if made["generation"] == before["generation"] and made["digest"] != before["digest"]:
        sys.exit("raise DERIVATION where you changed it: another is derived under the same generation")
    pin.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
