"""A store of another generation is brought along while it is in use, from wherever it was broken off."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from consent import derivation
from consent.maintenance import checking, reindexing
from consent.maintenance.anew import Damaged
from consent.maintenance.checking import Check
from consent.maintenance.reindexing import Reindexing
from consent.writing import apart
from profiles.spec import Spec
from resources.record.envelope import SECLUDED
from resources.search.predicate import EVERYTHING, has
from resources.store.body import digest
from resources.store.open import ledger, opened
from resources.store.port import Corrupt, Query, Unavailable
from tests.laws.worlds import index, own, ref
from tests.unit.consent.acts.test_settled_apart import counting
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town, actor, case, concern, household, patient

P = actor("p")


@pytest.fixture
def lived(town: Town) -> Town:
    """The town with a household whose members changed, and a chain of letters."""
    town.write(P, patient("1"), patient("2"), patient("3"))
    town.write(P, household("1", "2"))
    town.write(P, case(), concern("c", "1"))
    town.write(P, household("2") | {"meta": {"versionId": "1"}})
    letters = {"resourceType": "Communication", "status": "completed"}
    town.write(P, letters | {"id": "n", "about": [ref("CarePlan/k")]})
    town.write(P, letters | {"id": "a", "inResponseTo": [ref("Communication/n")]})
    town.write(P, case() | {"meta": {"versionId": "1"}, "supportingInfo": [ref("Patient/3")]})
    secret = {"security": [own("secrecy-label", "address-secret")], "versionId": "1"}
    town.write(P, patient("1", meta=secret))
    town.delete(P, "Communication/a")
    return town


def file(town: Town) -> Path:
    return town.folder / "tsunagu.sqlite"


def spoil(town: Town, *statements: str) -> None:
    """As an older generation would have left it."""
    with closing(sqlite3.connect(file(town))) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount != 0


FORGET = (
    "DELETE FROM term WHERE substr(term, 1, instr(term, ' ') - 1) NOT IN "
    "('.custodian', '.author', '.writer', '.masked', '.unsent', '.checked', '.counts', '.honoured', '.fixed')",
    "UPDATE version SET terms = CAST((SELECT json_group_array(term) FROM term t WHERE t.seq = version.seq) AS BLOB)",
    "DELETE FROM relation",
    "UPDATE version SET first = ''",
)
"""Nothing derived is left but who keeps a record, who wrote each version of it, what was put back and marked, and the
verdict on evidence."""


def begun(town: Town, *, again: bool = False) -> Reindexing:
    found = town.run(Reindexing.begun(town.gate.engine, lambda: NOW, again=again))
    assert found is not None
    return found


def finished(town: Town, way: Reindexing) -> int:
    seen = 0
    while more := town.run(way.step()):
        seen += more
    return seen


def differences(town: Town) -> list[str]:
    with closing(ledger(str(file(town).parent))) as opened_ledger:
        check = Check(opened_ledger, index())
        found = [check.span(span) for span in opened_ledger.spans(100)]
        return [f"{one.at}: {one.text}" for each in found for one in each.differences] + [
            one.at for one in checking.whole(opened_ledger)
        ]


def said(town: Town) -> list[object]:
    with closing(sqlite3.connect(file(town))) as database:
        return [
            database.execute("SELECT type, id, number, terms, first FROM version ORDER BY 1, 2, 3").fetchall(),
            database.execute("SELECT * FROM relation ORDER BY source, name, 2, 3, since").fetchall(),
        ]


def test_everything_derived_is_made_anew_from_the_records_alone(lived: Town) -> None:
    before = said(lived)
    spoil(lived, *FORGET)
    assert differences(lived)
    finished(lived, begun(lived))
    assert differences(lived) == []
    assert said(lived) == before
    assert lived.run(Reindexing.begun(lived.gate.engine, lambda: NOW)) is None


def test_the_store_is_of_the_generation_when_all_has_been_passed_and_not_before(lived: Town, spec: Spec) -> None:
    wanted = derivation.generation(spec)
    way = begun(lived)
    while lived.run(way.step()):
        assert lived.run(generation(lived)) == ""
    assert lived.run(generation(lived)) == wanted


async def generation(town: Town) -> str:
    async with town.store.snapshot() as view:
        return await view.generation()


def test_it_goes_on_where_it_was_broken_off(lived: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "STEP", 7)
    spoil(lived, *FORGET)
    seen, places = 0, list[str]()
    while more := lived.run((way := begun(lived)).step()):
        seen += more
        places.append(way.after)
    # Once for the households, and once for all.
    assert seen == 2 * lived.run(counted(lived))
    assert len(places) == len(set(places)) * 2 > 6
    assert differences(lived) == []


async def counted(town: Town) -> int:
    async with town.store.snapshot() as view:
        return await view.count(Query(EVERYTHING, history=True), within=EVERYTHING)


def test_what_it_makes_secret_is_settled_in_slices_and_before_that(lived: Town) -> None:
    """As where an older generation did not know that a place is secret: not by its rows, nor by what is found."""
    lived.write(P, *(concern(f"s{n}", "1", note=[{"text": "山陽町の家"}]) for n in range(reindexing.STEP)))
    finished(lived, begun(lived, again=True))
    before = said(lived)
    spoil(
        lived,
        "DELETE FROM relation WHERE \"of\" = 'Patient/1' AND name LIKE 'protected%'",
        f"DELETE FROM term WHERE term = '{SECLUDED} yes'",
        FORGET[1],
    )
    town, store = counting(lived)
    finished(lived, begun(town, again=True))
    assert said(lived) == before
    assert store.most <= reindexing.STEP + apart.STEP, "a page of versions, and what has room beside it"
    assert differences(lived) == []


def test_a_way_of_another_generation_is_not_gone_on_with(lived: Town) -> None:
    lived.run(begun(lived).step())
    lived.run(lived.store.vault.replace("reindex", "", b'{"generation": "other", "all": true, "after": "99"}'))
    assert begun(lived).after == ""


def test_what_is_written_meanwhile_by_an_older_server_is_brought_along(lived: Town) -> None:
    way = begun(lived)
    lived.run(way.step())
    lived.write(P, patient("9"), household("2", "9") | {"meta": {"versionId": "2"}}, concern("late", "9"))
    spoil(lived, "DELETE FROM term WHERE term LIKE 'subject %'", "DELETE FROM relation WHERE \"to\" = 'Patient/9'")
    finished(lived, way)
    assert [one for one in differences(lived) if "late" in one or "Group/g" in one] == []


def test_nobody_once_named_is_lost_and_who_is_kept_so_is_marked(lived: Town) -> None:
    spoil(
        lived,
        """INSERT INTO term SELECT t.seq, '.subject Patient/old', t.live, t.type FROM term t JOIN version v USING (seq)
            WHERE v.id = 'k' AND t.term = '.type CarePlan'""",
        FORGET[1],
    )
    finished(lived, begun(lived, again=True))
    assert differences(lived) == []
    found = lived.run(terms(lived, "Communication", "n"))
    assert ".subject Patient/old" in found
    assert ".kept Patient/old" not in found
    assert ".kept Patient/old" in lived.run(terms(lived, "CarePlan", "k"))
    lived.write(P, case() | {"meta": {"versionId": "2"}})
    assert ".subject Patient/old" in lived.run(terms(lived, "CarePlan", "k"))
    assert differences(lived) == []


async def terms(town: Town, type: str, id: str) -> tuple[str, ...]:
    async with town.store.snapshot() as view:
        found = await view.get(type, id, within=EVERYTHING)
        assert found is not None
        return found.terms


def test_a_record_that_cannot_be_derived_is_named(lived: Town) -> None:
    written = digest(b"{").hex()
    spoil(lived, f"UPDATE version SET body = CAST('{{' AS BLOB), digest = x'{written}' WHERE id = 'c'")
    with pytest.raises(Damaged, match="Condition/c"):
        finished(lived, begun(lived))


def test_nothing_is_derived_of_a_body_that_is_not_the_one_that_was_written(lived: Town) -> None:
    spoil(lived, "UPDATE version SET body = CAST('{}' AS BLOB) WHERE id = 'c'")
    with pytest.raises(Corrupt, match="Condition/c"):
        finished(lived, begun(lived))


def test_a_missing_version_is_named(lived: Town) -> None:
    spoil(lived, "DELETE FROM version WHERE type = 'Group' AND number = 1")
    with pytest.raises(Damaged, match="Group/g"):
        finished(lived, begun(lived))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_a_store_of_another_generation_does_not_open_and_is_not_written(tmp_path: Path, runner) -> None:
    first = opened(str(tmp_path), generation="one")
    runner.run(first.open())
    runner.run(first.transact(lambda tx: tx.get("Task", "1", within=EVERYTHING)))
    other = opened(str(tmp_path))
    runner.run(other.open())
    runner.run(other.transact(lambda tx: tx.turn("two")))
    with pytest.raises(Unavailable, match="run `tsunagu reindex`"):
        runner.run(first.transact(lambda tx: tx.get("Task", "1", within=EVERYTHING)))
    runner.run(first.close())
    runner.run(other.close())
    runner.run(renewed(tmp_path))


async def renewed(folder: Path) -> None:
    """An empty store takes the generation of who opens it."""
    store = opened(str(folder), generation="three")
    await store.open()
    async with store.snapshot() as view:
        assert await view.generation() == "three"
    await store.close()


def test_a_store_with_records_and_no_generation_asks_for_one(lived: Town, runner) -> None:
    with pytest.raises(Unavailable, match="run `tsunagu reindex`") as raised:
        runner.run(opened(str(file(lived).parent), generation="one").open())
    assert not raised.value.__notes__[0].isascii()


def test_the_feed_gives_every_version_once_in_commit_order(lived: Town) -> None:
    async def walked() -> list[str]:
        seen: list[str] = []
        async with lived.store.snapshot() as view:
            page = await view.feed("", 7, within=EVERYTHING)
            while page.versions:
                seen += [version.cited for version in page.versions]
                page = await view.feed(page.next, 7, within=EVERYTHING)
            one = await view.feed("", 100, within=has(".type", "Group"))
            assert [version.cited for version in one.versions] == ["Group/g/_history/1", "Group/g/_history/2"]
            assert (await view.feed(page.next, 7, within=EVERYTHING)).next == page.next
        return seen

    seen = lived.run(walked())
    assert len(seen) == len(set(seen)) == lived.run(counted(lived))
    assert seen.index("Group/g/_history/1") < seen.index("CarePlan/k/_history/1") < seen.index("Group/g/_history/2")
