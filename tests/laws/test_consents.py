"""The golden table of Consent (`consents.csv`): decided in Python, found by both stores, told by a second opinion."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest

from consent import gathering, ordinance, policy
from consent.actor import Actor, Scope
from consent.provision import enforceable
from consent.verdict import EVERY_KEEPER, NONE, Verdict
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, all_of, has
from resources.store.open import opened
from resources.store.port import Query, Snapshot, Store
from tests.laws import asking, consent_oracle, papers
from tests.laws.consent_oracle import Asked
from tests.laws.dates import within
from tests.laws.papers import WHO, Line
from tests.laws.whom import references
from tests.laws.worlds import EMPLOYERS, Record, coded, concept, ref, stand, versions

LINES = papers.lines()
OPEN, CLOSED = "読める", "読めない"
KEPT = ("Organization/a", "Practitioner/a")
COUNTING = Verdict(True, frozenset({EVERY_KEEPER}))
"""Every paper here counts, whoever keeps the record: the table is about what a paper says."""


def asked_of(lines: Sequence[Line]) -> list[tuple[Line, bool]]:
    """Each line with what is expected. What cannot be stored is asked for twice, as if an older store held it: alone it
    opens nothing, and beside a consent to everything it is seen whether it withholds."""
    found = []
    for line in lines:
        if line.unstorable:
            beside = replace(line, number=f"{line.number}c", papers=f"{line.papers} & permit{{}}")
            found += [(line, False), (beside, line.left == "何も開かない")]
        else:
            found.append((line, line.result == OPEN))
    return found


def records(lines: Sequence[Line]) -> list[Record]:
    posts = [
        {
            "resourceType": "PractitionerRole",
            "id": name,
            "practitioner": ref(f"Practitioner/{name}"),
            "organization": ref(f"Organization/{EMPLOYERS[name]}"),
            "code": [concept("role", "officer")],
        }
        for name in ("b", "c")
    ]
    bodies = [*posts, *papers.teams()]
    for line in lines:
        asked = papers.record(line)
        bodies += [asked] if line.record == "本人" else [asked, papers.record(replace(line, record="本人"))]
        consents = papers.consents(line)
        bodies += [each | {"id": f"n{line.number}-{place}"} for place, each in enumerate(consents)]
    return [Record(body, *KEPT, COUNTING if body["resourceType"] == "Consent" else NONE) for body in bodies]


def actor(line: Line) -> Actor:
    person, agency = WHO[line.who]
    scope = Scope("user" if person else "system", "*", frozenset("cruds"))
    return Actor("desk", person, agency, coded(line.purpose), (scope,), datetime.fromisoformat(line.at), "r")


async def decided(view: Snapshot, line: Line, version: Version, law: ordinance.Ordinance) -> bool:
    known = await asking.known(view, actor(line), law, [version])
    return policy.decide(policy.rules("read", known), version.stored, known.world).allowed


async def sought(view: Snapshot, line: Line, version: Version) -> bool:
    facts = await gathering.of_actor(view, actor(line))
    what = all_of([has(".type", version.type), has(".id", version.reference)])
    made = policy.ruling("search", await gathering.for_search(view, facts, version.type, what))
    found = (await view.find(Query(what), within=made.within)).versions
    assert await view.count(Query(what), within=made.within) == len(found)
    return bool(found)


def told(line: Line) -> bool:
    """By brute force: some consent grants it, and none withholds it."""
    person, agency = WHO[line.who]
    names = {agency or f"Organization/{person[-1]}"} | ({person, f"PractitionerRole/{person[-1]}"} if person else set())
    now = datetime.fromisoformat(line.at)
    teams = {
        f"CareTeam/{team['id']}": frozenset(
            name for each in team["participant"] if within(each.get("period"), now) for name in references(each)
        )
        for team in papers.teams()
        if team["status"] == "active"
    }
    asked = Asked(papers.record(line), *KEPT, frozenset(names), coded(line.purpose), now, teams)
    said = {
        consent_oracle.says(each, asked, enforceable=not (line.unstorable and place == 0))
        for place, each in enumerate(papers.consents(line))
    }
    return "grants" in said and "withholds" not in said and line.purpose not in ("statistics", "audit-review")


async def judged(store: Store, lines: Sequence[Line], law: ordinance.Ordinance) -> None:
    asked = asked_of(lines)
    wrong = []
    await store.transact(lambda tx: stand(tx, versions(records([line for line, _ in asked]))))
    for line, expected in asked:
        async with asking.asked(store, actor(line)) as view:
            name = f"{papers.record(line)['resourceType']}/{papers.record(line)['id']}"
            version = await view.get(*name.split("/"), within=EVERYTHING)
            assert version is not None
            answers = {
                "decided": await decided(view, line, version, law),
                "sought": await sought(view, line, version),
                "told": told(line),
            }
        if set(answers.values()) != {expected}:
            wrong.append((line.number, line.description, line.papers, expected, answers))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_table_covers_what_can_be_written() -> None:
    assert len(LINES) >= 200
    assert [int(line.number) for line in LINES] == list(range(1, len(LINES) + 1))
    said = " ".join(line.papers for line in LINES)
    assert all(f"@{name}" in said for name in papers.EXAMPLES)
    assert len(papers.EXAMPLES) == 12
    for level in ("basic", "intermediate", "advanced"):
        assert any(line.description.startswith(f"IHE PCF {level}") for line in LINES)
    assert {OPEN, CLOSED} <= {line.result for line in LINES}
    assert {line.left for line in LINES if line.unstorable} == {"何も開かない", "すべて止める"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_what_cannot_be_enforced_is_refused_where_it_stands(line: Line) -> None:
    issues = [issue for each in papers.consents(line) for issue in enforceable.unenforceable(each)]
    assert [issue.at for issue in issues if issue.rule == "R4"] == line.unstorable, line.description
    assert all(issue.ja.startswith("R4: ") for issue in issues)


def test_the_table_is_decided_and_found_as_it_says(runner: asyncio.Runner, law: ordinance.Ordinance, tmp_path) -> None:
    async def look() -> None:
        store = opened(str(tmp_path))
        await store.open()
        try:
            await judged(store, LINES, law)
        finally:
            await store.close()

    runner.run(look())


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.prove)], ids=["some", "all"])
def test_the_table_is_found_so_on_mongodb(
    runner: asyncio.Runner, law: ordinance.Ordinance, mongodb: str, step: int
) -> None:
    """Every line in `make prove`; the stand-in takes its time."""

    async def look() -> None:
        store = opened(f"{mongodb}/consents{uuid4().hex}")
        await store.open()
        try:
            await judged(store, LINES[::step], law)
        finally:
            await store.close()

    runner.run(look())
