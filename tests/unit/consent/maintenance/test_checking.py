"""Damage in a store is found and named, and a store that is whole is found whole."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from consent.maintenance import checking
from consent.maintenance.checking import Check
from profiles.spec import Spec
from resources.store.open import ledger, opened
from tests.laws.worlds import index, own, ref
from tests.unit.consent.town import Town, actor, case, concern, household, patient

NAME = "tsunagu.sqlite"
P = actor("p")
ALIKE = """UPDATE version SET terms = CAST((SELECT json_group_array(term) FROM term WHERE seq = ?1) AS BLOB)
    WHERE seq = ?1"""
MORE = "INSERT INTO term SELECT seq, ?, live, type FROM term WHERE seq = ? LIMIT 1"


def flipped(body: bytes) -> bytes:
    return body[:-10] + bytes([body[-10] ^ 1]) + body[-9:]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Path:
    """A household with a case, whose members and records have changed."""
    folder = tmp_path_factory.mktemp("whole")
    store = opened(str(folder))
    with asyncio.Runner() as runner:
        runner.run(store.open())
        town = Town.founded(runner, store, spec)
        live(town)
        runner.run(store.close())
    return folder


def live(town: Town) -> None:
    link = {"other": ref("RelatedPerson/r"), "type": "seealso"}
    kin = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}
    town.write(P, patient("1"), patient("3"), kin, patient("2", link=[link]))
    town.write(P, household("1", "2"))
    town.write(P, case(), concern("c", "1", note=[{"text": "面談した"}]), concern("gone", "3"))
    town.check(P, "Condition/c", "Condition.note[0]")
    town.write(P, letter("n", subject=ref("Patient/1"), about=[ref("CarePlan/k")]))
    town.write(P, letter("a", inResponseTo=[ref("Communication/n")]))
    town.write(P, again(household("2")))
    town.write(P, again(case() | {"supportingInfo": [ref("Patient/3")]}))
    town.write(P, again(patient("2")))
    town.delete(P, "Condition/gone")
    town.write(P, again(patient("1"), security=[own("secrecy-label", "address-secret")]))


def letter(id: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Communication", "id": id, "status": "completed"} | elements


def again(resource: dict[str, Any], **meta: Any) -> dict[str, Any]:
    """The next version of it."""
    return resource | {"meta": {"versionId": "1", **meta}}


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copyfile(whole / NAME, tmp_path / NAME)
    return tmp_path


def damage(folder: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        database.create_function("flipped", 1, flipped)
        assert database.execute(sql, values).rowcount > 0


def found(folder: Path, *, quick: bool = False) -> dict[str, list[str]]:
    """What a check of the whole store finds, by where it is."""
    with closing(ledger(str(folder))) as opened_ledger:
        check = Check(opened_ledger, index())
        spans = opened_ledger.spans(5)
        assert len(spans) > 1
        done = [checking.counted(opened_ledger, span) if quick else check.span(span) for span in spans]
        named: dict[str, list[str]] = {}
        for one in [*(one for each in done for one in each.differences), *checking.whole(opened_ledger)]:
            assert one.ja
            assert one.ja.isascii() is False
            named.setdefault(one.at, []).append(one.text)
        return named


def seq(folder: Path, type: str, id: str, number: int) -> int:
    with closing(sqlite3.connect(folder / NAME)) as database:
        sql = "SELECT seq FROM version WHERE type = ? AND id = ? AND number = ?"
        [(place,)] = database.execute(sql, (type, id, number)).fetchall()
        return int(place)


def test_a_whole_store_is_found_whole(folder: Path) -> None:
    assert found(folder) == {}
    assert found(folder, quick=True) == {}


def test_a_flipped_bit_in_a_body_is_found_by_either_check(folder: Path) -> None:
    damage(folder, "UPDATE version SET body = flipped(body) WHERE type = 'Condition' AND id = 'c'")
    said = {"Condition/c/_history/1": ["the body is not the one that was written"]}
    assert found(folder) == said
    assert found(folder, quick=True) == said


def test_a_term_that_the_index_has_lost_is_named_without_its_value(folder: Path) -> None:
    place = seq(folder, "Patient", "1", 2)
    damage(folder, "DELETE FROM term WHERE seq = ? AND term LIKE 'family =%'", place)
    assert found(folder) == {"Patient/1/_history/2": ["the index lack one of `family`"]}
    [said] = found(folder, quick=True).values()
    assert said == ["the index has -1 terms against the versions at these places"]


def test_a_term_too_many_in_the_index_is_named(folder: Path) -> None:
    place = seq(folder, "Condition", "c", 1)
    damage(folder, MORE, ".party Organization/other", place)
    assert found(folder) == {"Condition/c/_history/1": ["the index have one of `.party` too many"]}


@pytest.mark.parametrize(
    ("name", "said"),
    [(".subject Patient/9", ".subject"), (".party Organization/other", ".party"), ("zzz x", "zzz")],
)
def test_a_term_too_many_that_the_version_has_too_is_named(folder: Path, name: str, said: str) -> None:
    place = seq(folder, "Condition", "c", 1)
    damage(folder, MORE, name, place)
    damage(folder, ALIKE, place)
    assert found(folder) == {"Condition/c/_history/1": [f"its terms have one of `{said}` too many"]}


@pytest.mark.parametrize(
    ("type", "id", "number", "term"),
    [
        ("Condition", "c", 1, ".subject Patient/1"),
        ("Communication", "a", 1, ".subject Patient/3"),
        ("CarePlan", "k", 1, ".subject Patient/3"),
        ("RelatedPerson", "r", 1, ".subject Patient/2"),
        ("Condition", "gone", 2, ".subject Patient/3"),
        ("Communication", "n", 1, ".of CarePlan/k"),
        ("Group", "g", 1, "member Patient/1"),
    ],
    ids=["named", "handed on twice", "named later", "linked once", "deleted", "what it is of", "past"],
)
def test_a_term_that_both_have_lost_is_named(folder: Path, type: str, id: str, number: int, term: str) -> None:
    place = seq(folder, type, id, number)
    damage(folder, "DELETE FROM term WHERE seq = ? AND term = ?", place, term)
    damage(folder, ALIKE, place)
    said = found(folder)
    assert said.pop(f"{type}/{id}/_history/{number}") == [f"its terms lack one of `{term.partition(' ')[0]}`"]
    # Whoever is of it has, for all that can be told, somebody too many.
    assert all("too many" in text for texts in said.values() for text in texts)


@pytest.mark.parametrize(("type", "id", "number"), [("Condition", "c", 1), ("Group", "g", 1), ("Condition", "gone", 2)])
def test_a_wrong_live_flag_is_found(folder: Path, type: str, id: str, number: int) -> None:
    damage(folder, "UPDATE term SET live = 1 - live WHERE seq = ?", seq(folder, type, id, number))
    assert found(folder) == {f"{type}/{id}/_history/{number}": ["the index is wrong on whether it is current"]}


def test_a_term_filed_under_another_type_is_found(folder: Path) -> None:
    damage(folder, "UPDATE term SET type = 99 WHERE seq = ?", seq(folder, "Condition", "c", 1))
    assert found(folder) == {"Condition/c/_history/1": ["the index is wrong on its type"]}


@pytest.mark.parametrize("name", ["member", "protected", "agency"])
def test_a_missing_row_of_a_relation_is_named(folder: Path, name: str) -> None:
    with closing(sqlite3.connect(folder / NAME)) as database:
        source = database.execute("SELECT source FROM relation WHERE name = ?", (name,)).fetchone()[0]
    damage(folder, "DELETE FROM relation WHERE name = ? AND source = ?", name, source)
    said = found(folder)
    assert said.pop(source) == [f"a row of the relation `{name}` is missing or wrong"]
    # What is about somebody protected is, for all that can be told, about nobody who is.
    assert all("its terms have one of `.secluded` too many" in texts for texts in said.values())


@pytest.mark.parametrize(
    "change",
    ["ended = '~'", "since = '2020-01-01T00:00:00.000Z'", "number = 7", "\"to\" = 'Patient/9'"],
    ids=["never ended", "recorded earlier", "by another version", "of another"],
)
def test_a_wrong_row_of_a_relation_is_named(folder: Path, change: str) -> None:
    damage(folder, f"UPDATE relation SET {change} WHERE name = 'member' AND ended != '~'")
    texts = found(folder)["Group/g"]
    assert texts == [f"a row of the relation `member` is {how} or wrong" for how in ("missing", "too many")]


SOURCELESS = """INSERT INTO relation VALUES ('member', 'Group/x', 'Patient/1', '', '', '~', '', '', '', '~', '', '',
    '~', 'Group/x', 1)"""


def test_rows_from_a_record_that_there_is_not_are_named(folder: Path) -> None:
    damage(folder, SOURCELESS)
    assert found(folder) == {"Group/x": ["rows of relations come from a record that there is not"]}


@pytest.mark.parametrize("number", [1, 2])
def test_a_missing_version_is_named(folder: Path, number: int) -> None:
    place = seq(folder, "Group", "g", number)
    damage(folder, "DELETE FROM version WHERE seq = ?", place)
    said = found(folder)
    assert said[f"#{place}"] == ["the index has terms of a version that is missing"]
    if number == 1:
        assert said["Group/g/_history/1"] == ["the version is missing"]
    else:
        assert said["Group/g/_history/1"] == ["the version that ended it is missing"]
    assert any("versions are missing" in text for texts in found(folder, quick=True).values() for text in texts)


def test_a_record_that_is_gone_with_all_it_had_leaves_a_place(folder: Path) -> None:
    place = seq(folder, "Condition", "c", 1)
    damage(folder, "DELETE FROM version WHERE seq = ?", place)
    damage(folder, "DELETE FROM term WHERE seq = ?", place)
    for quick in (False, True):
        [texts] = found(folder, quick=quick).values()
        assert texts == ["1 versions are missing among these places"]


@pytest.mark.parametrize("place", [-7, 0, 1 << 60])
@pytest.mark.parametrize("quick", [False, True])
def test_a_term_at_a_place_where_no_version_can_be_is_found_and_nobody_walks_there(
    folder: Path, place: int, quick: bool
) -> None:
    damage(folder, "INSERT INTO term SELECT ?, term, live, type FROM term WHERE term = 'member Patient/1'", place)
    texts = [text for texts in found(folder, quick=quick).values() for text in texts]
    said = "versions are missing among these places" if quick else "the index has terms of a version that is missing"
    assert any(said in text for text in texts), texts


@pytest.mark.parametrize("place", [1 << 62, (1 << 63) - 1])
@pytest.mark.parametrize("quick", [False, True])
def test_a_version_at_a_place_far_behind_the_others_is_named_and_nobody_walks_there(
    folder: Path, place: int, quick: bool
) -> None:
    was = seq(folder, "Condition", "c", 1)
    damage(folder, "UPDATE version SET seq = ? WHERE seq = ?", place, was)
    damage(folder, "UPDATE term SET seq = ? WHERE seq = ?", place, was)
    said = found(folder, quick=quick)
    [missing] = [name for name in said if name.endswith(f"-{place}")]
    assert "versions are missing among these places" in said[missing][0]
    if not quick:
        assert "the places before it in commit order are empty" in said["Condition/c/_history/1"]


def test_two_versions_far_behind_the_others_are_both_looked_at(folder: Path) -> None:
    sql = "UPDATE version SET seq = ?, body = flipped(body) WHERE seq = ?"
    damage(folder, sql, 1 << 62, seq(folder, "Condition", "c", 1))
    damage(folder, sql, (1 << 63) - 1, seq(folder, "Condition", "gone", 1))
    said = found(folder)
    for name in ("Condition/c/_history/1", "Condition/gone/_history/1"):
        assert "the body is not the one that was written" in said[name]
        assert "the places before it in commit order are empty" in said[name]


def test_a_version_before_the_first_place_is_looked_at_too(folder: Path) -> None:
    place = seq(folder, "Condition", "c", 1)
    damage(folder, "UPDATE version SET seq = -1, body = flipped(body) WHERE seq = ?", place)
    assert "the body is not the one that was written" in found(folder)["Condition/c/_history/1"]


def test_a_wrong_first_instant_is_found(folder: Path) -> None:
    damage(folder, "UPDATE version SET first = since WHERE type = 'Group' AND id = 'g' AND number = 2")
    assert found(folder) == {"Group/g/_history/2": ["it is wrong on since when there is the record"]}


@pytest.mark.parametrize(
    "change", ["id = 'other'", "type = 'Observation'", "deleted = 1"], ids=["another record", "type", "a deletion"]
)
def test_a_body_under_another_name_than_its_own_is_found(folder: Path, change: str) -> None:
    damage(folder, f"UPDATE version SET {change} WHERE type = 'Condition' AND id = 'c'")
    assert any("its body is that of another version" in texts for texts in found(folder).values())


def test_a_body_at_another_instant_than_its_own_is_found(folder: Path) -> None:
    later = "2030-01-01T00:00:00.000Z"
    damage(folder, "UPDATE version SET since = ?1, first = ?1 WHERE seq = (SELECT max(seq) FROM version)", later)
    assert any("its body is that of another version" in texts for texts in found(folder).values())


def test_a_wrong_end_is_found(folder: Path) -> None:
    damage(folder, "UPDATE version SET until = '2030-01-01T00:00:00.000Z' WHERE type = 'Group' AND number = 1")
    assert found(folder) == {"Group/g/_history/1": ["the version that ended it is missing"]}


def test_instants_against_the_order_of_commits_are_found(folder: Path) -> None:
    damage(folder, "UPDATE version SET since = '2020-01-01T00:00:00.000Z' WHERE type = 'Condition' AND id = 'c'")
    assert "it is earlier than what was written before it" in found(folder)["Condition/c/_history/1"]


def test_a_body_that_is_no_record_any_more_is_found(folder: Path) -> None:
    damage(folder, "UPDATE version SET body = CAST('{' AS BLOB) WHERE type = 'Condition' AND id = 'c'")
    assert found(folder)["Condition/c/_history/1"] == ["the body is not the one that was written"]


def test_terms_that_are_none_are_found(folder: Path) -> None:
    damage(folder, "UPDATE version SET terms = CAST('[' AS BLOB) WHERE type = 'Condition' AND id = 'c'")
    assert any("its terms lack" in text for text in found(folder)["Condition/c/_history/1"])


def test_a_page_that_cannot_be_read_is_found(folder: Path) -> None:
    file = folder / NAME
    with closing(sqlite3.connect(file)) as database:
        [(body,)] = database.execute("SELECT body FROM version WHERE type = 'Condition' AND id = 'c'")
    data = bytearray(file.read_bytes())
    page = data.index(body) // 4096 * 4096
    data[page : page + 64] = b"\xff" * 64
    file.write_bytes(data)
    unreadable = "the database cannot be read here: it is damaged"
    assert unreadable in [text for texts in found(folder).values() for text in texts]
    assert unreadable in [text for texts in found(folder, quick=True).values() for text in texts]


def test_a_word_changed_in_an_index_alone_is_found(folder: Path) -> None:
    """A search goes by an index and a read by the table: a record would be lost to whoever searches."""
    content = (folder / NAME).read_bytes()
    places = [at for at in range(len(content)) if content.startswith(b".custodian Organization/center", at)]
    assert len(places) > 10
    silent = []
    for at in places:
        (folder / NAME).write_bytes(content[: at + 3] + b"x" + content[at + 4 :])
        silent += [] if found(folder) else [at]
    assert silent == []


def test_two_versions_of_one_record_in_one_transaction_are_in_order(tmp_path: Path, spec: Spec) -> None:
    """The second is a millisecond after the others of its transaction; what comes behind it is not late for that."""
    store = opened(str(tmp_path))
    with asyncio.Runner() as runner:
        runner.run(store.open())
        town = Town.founded(runner, store, spec)
        town.write(P, patient("1"), again(patient("1", active=True)), concern("c", "1"))
        runner.run(store.close())
    assert found(tmp_path) == {}


def test_a_check_never_writes(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    assert found(folder) == {}
    assert (folder / NAME).read_bytes() == before
