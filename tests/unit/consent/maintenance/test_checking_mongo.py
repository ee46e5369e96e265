"""A check of a database on MongoDB finds what one of a file finds: test_checking.py has the rest."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from consent.maintenance import checking
from consent.maintenance.checking import Check
from resources.store.open import ledger
from resources.store.port import Unavailable
from tests.laws.worlds import index, own, ref
from tests.unit.consent.town import Town, actor, case, concern, household, patient

P = actor("p")


class Checked:
    """A town whose records have changed, and its database, to be damaged."""

    def __init__(self, town: Town, address: str, name: str) -> None:
        self.town, self._address, self._name = town, address, name

    def damage(self, collection: str, those: dict[str, Any], change: dict[str, Any] | None) -> None:
        """Change the documents behind the server's back; None takes them away."""
        with MongoClient[Any](self._address) as client:
            database: Database[Any] = client[self._name]
            if change is None:
                assert database[collection].delete_many(those).deleted_count
            else:
                assert database[collection].update_many(those, change).modified_count

    def found(self, *, quick: bool = False) -> dict[str, list[str]]:
        """What a check finds, by where it is."""
        named: dict[str, list[str]] = {}
        with closing(ledger(f"{self._address}/{self._name}")) as opened:
            check, spans = Check(opened, index()), opened.spans(5)
            assert len(spans) > 1
            done = [checking.counted(opened, span) if quick else check.span(span) for span in spans]
            assert all(each.versions == span.size for each, span in zip(done, spans, strict=True))
            for one in [*(one for each in done for one in each.differences), *checking.whole(opened)]:
                named.setdefault(one.at, []).append(one.text)
        return named


@pytest.fixture
def checked(town_on_mongodb: Town, mongodb: str) -> Checked:
    town = town_on_mongodb
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    town.write(P, case(), concern("c", "1"), concern("gone", "2"))
    town.write(P, household("2") | {"meta": {"versionId": "1"}})
    letter = {"resourceType": "Communication", "status": "completed", "id": "n", "about": [ref("CarePlan/k")]}
    town.write(P, letter)
    town.write(P, patient("1", meta={"security": [own("secrecy-label", "address-secret")], "versionId": "1"}))
    town.delete(P, "Condition/gone")
    return Checked(town, mongodb, town.address.rpartition("/")[2])


def test_a_whole_database_is_found_whole(checked: Checked) -> None:
    assert checked.found() == {}
    assert checked.found(quick=True) == {}


CONDITION = {"type": "Condition", "id": "c"}
DAMAGE: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None, str, str]] = {
    "a body": ("version", CONDITION, {"$set": {"body": b"{}"}}, "Condition/c/_history/1", "the body is not the one"),
    "a term lost": (
        *("version", CONDITION, {"$pull": {"terms": ".subject Patient/1"}}),
        *("Condition/c/_history/1", "its terms lack one of `.subject`"),
    ),
    "a term too many": (
        *("version", CONDITION, {"$push": {"terms": ".party Organization/other"}}),
        *("Condition/c/_history/1", "its terms have one of `.party` too many"),
    ),
    "a mark": ("version", CONDITION, {"$set": {"live": False}}, "Condition/c/_history/1", "whether it is current"),
    "a type": ("version", CONDITION, {"$set": {"type": "Goal"}}, "Goal/c/_history/1", "wrong on its type"),
    "a row": ("relation", {"name": "member"}, None, "Group/g", "a row of the relation `member` is missing"),
    "a row of nobody": (
        *("relation", {"name": "member"}, {"$set": {"source": "Group/x"}}),
        *("Group/x", "from a record that there is not"),
    ),
    "a version": ("version", {"type": "Group", "number": 1}, None, "Group/g/_history/1", "the version is missing"),
    "a version that ended another": (
        *("version", {"type": "Group", "number": 2}, None),
        *("Group/g/_history/1", "the version that ended it is missing"),
    ),
    "a first instant": (
        *("version", {"type": "Group", "number": 2}, {"$set": {"first": "2020-01-01T00:00:00.000Z"}}),
        *("Group/g/_history/2", "since when there is the record"),
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_where_it_is(checked: Checked, name: str) -> None:
    collection, those, change, at, said = DAMAGE[name]
    checked.damage(collection, those, change)
    assert any(said in text for text in checked.found().get(at, [])), checked.found()


@pytest.mark.parametrize(
    "change", [{"$set": {"place": place}} for place in ("", "~", 1 << 62, None)] + [{"$unset": {"place": ""}}]
)
def test_a_version_at_no_place_is_named(checked: Checked, change: dict[str, Any]) -> None:
    checked.damage("version", CONDITION, change)
    assert "damaged: Condition/c/_history/1 has no place in commit order" in checked.found()["#"]


def test_a_version_at_a_place_far_behind_the_others_is_named(checked: Checked) -> None:
    checked.damage("version", CONDITION, {"$set": {"place": "9999-12-31T23:59:59.999Z 00000"}})
    assert checked.found() == {"Condition/c/_history/1": ["it is earlier than what was written before it"]}


def test_a_body_that_is_not_what_was_written_is_found_by_the_quick_check_and_given_to_nobody(checked: Checked) -> None:
    checked.damage("version", CONDITION, {"$set": {"body": b"{}"}})
    assert list(checked.found(quick=True)) == ["Condition/c/_history/1"]
    with pytest.raises(Unavailable, match="Condition/c/_history/1"):
        checked.town.read(P, "Condition/c")


def test_what_is_written_between_two_spans_is_no_difference(checked: Checked) -> None:
    """Each span is of one moment: what was kept at hand of the moment before is forgotten."""
    with closing(ledger(checked.town.address)) as opened:
        check, spans = Check(opened, index()), opened.spans(5)
        assert check.span(spans[0]).differences == []
        checked.town.write(P, household("1", "3") | {"meta": {"versionId": "2"}})
        checked.town.write(P, concern("new", "3"))
        assert [one for span in spans for one in check.span(span).differences] == []


def test_a_database_of_an_older_form_is_not_checked_but_named(checked: Checked) -> None:
    checked.damage("schema", {}, {"$set": {"number": 2}})
    with pytest.raises(Unavailable, match="upgrade"):
        checked.found()


def test_a_database_without_records_is_no_store(mongodb: str) -> None:
    with pytest.raises(Unavailable, match="there is no store"):
        ledger(f"{mongodb}/nowhere")
