"""What a consent in the condition costs on MongoDB, by three plans: `python -m bench.relations_mongo [address]`.

docs/decisions/0001-relations-on-mongodb.md
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pymongo import IndexModel, MongoClient, monitoring
from pymongo.database import Database

from tests.secantus import wire_server

Document = dict[str, Any]
PERSONS = 55_000  # one Condition each
PAGE = 20
FIRST, MOST = 64, 512  # candidates in the first batch, and in any
BATCHES = 10  # of one question; beyond that it is too costly
VALUES = 128  # in one `$in`
LEADING = 2_000  # rows of a grantee that may lead
SIZES = (10, 1_000, 10_000, 50_000)
WORDINGS = (1, 1_000)
NOW = "2026-11-02T00:00:00.000Z"


class Commands(monitoring.CommandListener):
    """Counts the round trips."""

    count = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        Commands.count += event.command_name in ("find", "aggregate", "getMore")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def fill(database: Database[Document]) -> None:
    """One Condition a person, and for each grantee its number of consents, spread over all persons."""
    database.version.create_indexes([IndexModel([("terms", 1), ("_id", 1)])])
    database.relation.create_indexes(
        [
            IndexModel([("of", 1), ("name", 1), ("to", 1), ("ended", 1)]),
            IndexModel([("to", 1), ("name", 1), ("ended", 1), ("of", 1)]),
        ]
    )
    persons = [f"Patient/{n:06}" for n in range(PERSONS)]
    records: Iterator[Document] = (
        {"_id": f"Condition c{n:06} 0000000001", "subjects": [person], "terms": _terms(person, n)}
        for n, person in enumerate(persons)
    )
    while batch := list(islice(records, 5_000)):
        database.version.insert_many(batch)
    rows: Iterator[Document] = (
        {"name": "consent", "of": f"Patient/{n * PERSONS // size:06}", "to": grantee(size, wordings), "ended": ""}
        | {"tag": f"wording {n % wordings}", "start": "2026-04-01T00:00:00.000Z", "until": "~"}
        for size in SIZES
        for wordings in WORDINGS
        for n in range(size)
    )
    while batch := list(islice(rows, 5_000)):
        database.relation.insert_many(batch)


def grantee(size: int, wordings: int) -> str:
    return f"Organization/{size}-{wordings}"


def _terms(person: str, n: int) -> list[str]:
    return [".type Condition", f".subject {person}", f"patient {person}", f"code urn:x|{n % 50}"]


def granting(database: Database[Document], me: str) -> list[str]:
    """The wordings in use that grant: here all but one in ten."""
    tags = database.relation.aggregate([{"$match": _mine(me)}, {"$group": {"_id": "$tag"}}])
    return sorted(one["_id"] for one in tags if not one["_id"].endswith("9"))


def _mine(me: str) -> Document:
    return {"to": me, "name": "consent", "ended": ""}


def looked_up(database: Database[Document], me: str, tags: list[str], lead: Document) -> list[str]:
    """(a) The server joins: a record stays where each of its persons has a row."""
    row = {**_mine(me), "tag": {"$in": tags}, "start": {"$lte": NOW}, "until": {"$gt": NOW}}
    join = {"from": "relation", "localField": "subjects", "foreignField": "of", "pipeline": [{"$match": row}]}
    pipeline: list[Document] = [
        {"$match": lead},
        {"$sort": {"_id": 1}},
        {"$lookup": {**join, "as": "rows"}},
        {"$match": {"$expr": {"$setIsSubset": ["$subjects", {"$map": {"input": "$rows", "in": "$$this.of"}}]}}},
        {"$limit": PAGE},
        {"$project": {"_id": 1}},
    ]
    return [one["_id"] for one in database.version.aggregate(pipeline)]


def in_batches(database: Database[Document], me: str, tags: list[str], lead: Document) -> list[str] | None:
    """(b) Candidates in the order of pages, then their persons' rows; None where the budget is spent."""
    found: list[str] = []
    after, size = "", FIRST
    for _ in range(BATCHES):
        place = {**lead, "_id": {"$gt": max(after, lead.get("_id", {}).get("$gt", "")), "$lt": "Condition!"}}
        batch = list(database.version.find(place).sort([("_id", 1)]).limit(size).batch_size(size))
        found += _holding(database, me, tags, batch)
        if len(found) >= PAGE or len(batch) < size:
            return found[:PAGE]
        after, size = batch[-1]["_id"], min(2 * size, MOST)
    return None


def _holding(database: Database[Document], me: str, tags: list[str], batch: list[Document]) -> Iterator[str]:
    persons = sorted({person for one in batch for person in one["subjects"]})
    known, granted = set(tags), set()
    for start in range(0, len(persons), VALUES):
        rows = database.relation.find({"of": {"$in": persons[start : start + VALUES]}, **_mine(me)}).batch_size(
            4 * VALUES
        )
        granted |= {row["of"] for row in rows if row["tag"] in known and row["start"] <= NOW < row["until"]}
    yield from (one["_id"] for one in batch if granted.issuperset(one["subjects"]))


def led(database: Database[Document], me: str, tags: list[str], lead: Document) -> list[str] | None:
    """(c) From the grantee's rows to their persons' records; None where the rows are too many to lead."""
    rows = list(database.relation.find(_mine(me), {"of": 1}).limit(LEADING + 1).batch_size(LEADING + 1))
    if len(rows) > LEADING:
        return None
    persons = sorted({row["of"] for row in rows})
    found: list[str] = []
    for start in range(0, len(persons), VALUES):
        terms = [f".subject {person}" for person in persons[start : start + VALUES]]
        batch = list(
            database.version.find({"_id": lead["_id"], "terms": {"$in": terms}}).sort([("_id", 1)]).batch_size(MOST)
        )
        found += _holding(database, me, tags, batch)
    return sorted(found)[:PAGE]


PLANS: dict[str, Callable[[Database[Document], str, list[str], Document], list[str] | None]] = {
    "$lookup": looked_up,
    "in batches": in_batches,
    "led by rows": led,
}


def measured(database: Database[Document]) -> None:
    """Print the milliseconds and the round trips of each plan for each question."""
    every = {"_id": {"$gt": "Condition ", "$lt": "Condition!"}}
    print(f"{'question':16}{'plan':14}{'consents':>9}{'wordings':>9}{'ms':>10}{'trips':>7}{'rows':>9}")
    for size in SIZES:
        for wordings in WORDINGS:
            me = grantee(size, wordings)
            tags = granting(database, me)
            one = {"terms": f"patient Patient/{PERSONS // size:06}"}
            for question, lead in (("household", one), ("all I may see", every)):
                answers = set()
                for name, plan in PLANS.items():
                    if name == "led by rows" and lead is one:
                        continue
                    Commands.count, start = 0, time.perf_counter()
                    answer = plan(database, me, tags, lead)
                    spent = (time.perf_counter() - start) * 1000
                    shown = "over" if answer is None else len(answer)
                    print(f"{question:16}{name:14}{size:9,}{wordings:9,}{spent:10,.1f}{Commands.count:7}{shown:>9}")
                    if answer is not None:
                        answers.add(tuple(answer))
                if len(answers) > 1:
                    raise SystemExit(f"the plans disagree on {question} of {me}: {[len(a) for a in answers]}")


def main(address: str) -> None:
    """Fill a database of its own on the server, measure, and drop it."""
    with MongoClient[Document](address, event_listeners=[Commands()]) as client:
        try:
            fill(client.relations_bench)
            measured(client.relations_bench)
        finally:
            client.drop_database("relations_bench")


if __name__ == "__main__":
    if sys.argv[1:]:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder, wire_server(Path(folder)) as standing_in:
            main(standing_in)
