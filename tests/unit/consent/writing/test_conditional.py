"""A change on a condition is of the one record that its writer finds by it; what follows where there is none, or more.

https://hl7.org/fhir/R4/http.html#ccreate
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import orjson
import pytest

from consent.writing.prepared import Change
from consent.writing.written import Written
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, concern, patient

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


@pytest.fixture
def kept(town: Town) -> Town:
    """The center keeps two persons by number; the other agency keeps one of the same number, whom it does not see."""
    town.write(P, numbered("1", "7"), numbered("2", "8"), concern("c", "1"))
    town.write(Q, numbered("9", "9"), numbered("70", "7"))
    return town


def numbered(id: str, number: str, **elements: Any) -> Json:
    return patient(id, identifier=[{"system": "urn:n", "value": number}], **elements)


def on(
    method: Literal["create", "update", "delete"],
    body: Json | None = None,
    *condition: tuple[str, str],
    id: str = "x",
    **more: Any,
) -> Change:
    type = body["resourceType"] if body else "Patient"
    return Change(method, type, id, orjson.dumps(body) if body else b"", condition=condition, **more)


def by(number: str) -> tuple[str, str]:
    return "identifier", f"urn:n|{number}"


def bare(**elements: Any) -> Json:
    """A Patient without an id."""
    return {name: said for name, said in (numbered("1", "7") | elements).items() if name != "id"}


def refused(town: Town, *changes: Change) -> str:
    with pytest.raises(Problem) as caught:
        town.commit(P, *changes)
    return f"{caught.value.kind}: {caught.value.issues[0].text}"


def done(written: Written) -> str:
    return f"{written.action} {written.version.reference} {written.version.number}"


def count(town: Town) -> dict[str, int]:
    return {each.id: each.number for type in ("Patient", "Condition") for each in town.stored(type) if not each.deleted}


STOOD = {"1": 1, "2": 1, "70": 1, "9": 1, "c": 1}


def test_what_is_there_is_not_created_again_and_what_is_not_is(kept: Town) -> None:
    (found,) = kept.commit(P, on("create", bare(), by("7")))
    assert (done(found), found.decision.allowed) == ("search Patient/1 1", True)
    assert "P1" in [each.id for each in found.decision.rules]
    (same,) = kept.commit(P, on("create", numbered("another", "7"), by("7")))
    assert done(same) == "search Patient/1 1", "whatever id its body says"
    (plain,) = kept.commit(P, _plain("Condition", "plain"))
    assert done(plain) == "create Condition/plain 1"
    (made,) = kept.commit(P, on("create", numbered("new", "9"), by("9"), id="new"))
    assert done(made) == "create Patient/new 1", "one that is not to be seen is none"
    assert count(kept) == STOOD | {"new": 1, "plain": 1}


def test_the_one_that_is_found_is_updated_and_where_there_is_none_it_is_created(kept: Town) -> None:
    (written,) = kept.commit(P, on("update", bare(gender="female"), by("7")))
    assert done(written) == "update Patient/1 2"
    assert kept.read(P, "Patient/1")["gender"] == "female"
    (same,) = kept.commit(P, on("update", numbered("1", "7"), by("7")))
    assert done(same) == "update Patient/1 3"
    (made,) = kept.commit(P, on("update", bare(), by("77"), id="made"))
    assert done(made) == "create Patient/made 1"


def test_a_body_that_says_that_it_is_another_one_or_one_that_is_not_there_is_refused(kept: Town) -> None:
    other = "the id in the body is not that of the record found, `1`"
    assert refused(kept, on("update", numbered("2", "7"), by("7"))) == f"structure: {other}"
    none = "no `Patient` that you can see meets the condition"
    assert refused(kept, on("update", numbered("2", "77"), by("77"))) == f"not-found: {none}"
    patched = on("update", None, by("77"), patch=lambda body: body)
    assert refused(kept, patched) == f"not-found: {none}"
    assert count(kept) == STOOD


def test_a_patch_is_of_the_one_that_is_found(kept: Town) -> None:
    (written,) = kept.commit(P, on("update", None, by("8"), patch=lambda body: body | {"gender": "male"}))
    assert done(written) == "update Patient/2 2"
    assert kept.read(P, "Patient/2")["gender"] == "male"


def test_the_one_that_is_found_is_deleted_and_where_there_is_none_nothing_is(kept: Town) -> None:
    kept.write(P, concern("d", "2"))
    change = Change("delete", "Condition", "x", condition=(("subject", "Patient/2"),))
    (over,) = kept.commit(P, change)
    assert done(over) == "delete Condition/d 2"
    (nothing,) = kept.commit(P, change)
    assert (nothing.was_nothing, nothing.version.type, nothing.version.id) == (True, "Condition", "")
    assert nothing.action == "delete"


def test_several_that_one_sees_are_none_that_is_meant(kept: Town) -> None:
    kept.write(P, numbered("3", "8"))
    several = "stale: more than one `Patient` that you can see meets the condition"
    for change in (
        on("create", bare(), by("8")),
        on("update", bare(), by("8")),
        on("delete", None, by("8")),
        on("update", bare(), ("identifier", "urn:n|8"), ("birthdate", "1980-01-01")),
    ):
        assert refused(kept, change) == several


@pytest.mark.parametrize("shaping", [("_sort", "_id"), ("_count", "1"), ("_include", "Patient:organization")])
def test_a_condition_asks_and_shapes_no_answer(kept: Town, shaping: tuple[str, str]) -> None:
    said = "structure: a condition is made of search parameters alone"
    assert refused(kept, on("update", bare(), by("7"), shaping)) == said


def test_what_stands_for_a_record_that_is_found_is_that_record_where_others_name_it(kept: Town) -> None:
    named = concern("new", "1") | {"subject": ref("Patient/urn-x")}
    (found, written) = kept.commit(
        P,
        on("create", bare(), by("7"), id="urn-x"),
        Change("create", "Condition", "new", orjson.dumps(named)),
    )
    assert (done(found), done(written)) == ("search Patient/1 1", "create Condition/new 1")
    assert kept.read(P, "Condition/new")["subject"] == ref("Patient/1")
    assert kept.search(P, "Condition", ("_id", "new"), ("subject", "Patient/1")) == ["Condition/new"]
    beside = Change("create", "Condition", "beside", orjson.dumps(concern("beside", "2")))
    (_, plain) = kept.commit(P, on("create", bare(), by("7"), id="urn-y"), beside)
    assert kept.read(P, "Condition/beside")["subject"] == ref("Patient/2")
    assert done(plain) == "create Condition/beside 1"


def test_a_record_that_is_made_is_the_one_that_others_name(kept: Town) -> None:
    named = concern("new", "1") | {"subject": ref("Patient/made")}
    (made, written) = kept.commit(
        P,
        on("update", bare() | {"identifier": [{"system": "urn:n", "value": "77"}]}, by("77"), id="made"),
        Change("create", "Condition", "new", orjson.dumps(named)),
    )
    assert (done(made), done(written)) == ("create Patient/made 1", "create Condition/new 1")
    assert kept.read(P, "Condition/new")["subject"] == ref("Patient/made")


def test_one_that_asks_for_what_another_finds_comes_behind_it_wherever_it_stands(kept: Town) -> None:
    kept.write(P, concern("d", "2"))
    updated = {name: said for name, said in concern("d", "2", note=[{"text": "続き"}]).items() if name != "id"}
    asks = Change(
        "update", "Condition", "z", orjson.dumps(updated), condition=(("subject", "Patient/urn-x,Patient/no"),)
    )
    finds = on("create", bare(), by("8"), id="urn-x")
    for order in ((asks, finds), (finds, asks)):
        before = count(kept)["d"]
        written = {each.version.type: done(each) for each in kept.commit(P, *order)}
        assert written == {"Condition": f"update Condition/d {before + 1}", "Patient": "search Patient/2 1"}


def test_two_that_wait_for_each_other_are_asked_as_they_stand(kept: Town) -> None:
    one = Change("create", "Condition", "a", orjson.dumps(concern("a", "1")), condition=(("subject", "Patient/b"),))
    two = on("create", bare(), ("general-practitioner", "Condition/a"), id="b")
    assert refused(kept, one, two) != ""
    assert count(kept) == STOOD


def test_no_two_entries_have_the_same_condition_or_write_the_same_record(kept: Town) -> None:
    same = "structure: two entries have the same condition"
    assert refused(kept, on("create", bare(), by("7")), on("update", bare(), by("7"), id="y")) == same
    twice = "structure: two entries write the same record"
    another = on("update", bare(), ("identifier", "urn:n|7"), ("_id", "1"), id="y")
    assert refused(kept, on("update", bare(), by("7")), another) == twice
    direct = Change("update", "Patient", "1", orjson.dumps(numbered("1", "7")))
    assert refused(kept, on("update", bare(), by("7")), direct) == twice
    kept.commit(P, on("update", bare(), by("7")), on("update", bare(), by("8"), id="y"), _plain("Condition", "n"))


def _plain(type: str, id: str) -> Change:
    return Change("create", type, id, orjson.dumps(concern(id, "1")))


def test_so_many_conditions_are_asked_in_one_request(kept: Town) -> None:
    many = [on("delete", None, by(f"none{number}"), id=f"x{number}") for number in range(201)]
    assert refused(kept, *many) == "too-costly: more than 200 conditions"
    assert len(kept.commit(P, *many[:-1])) == 200


def test_a_condition_on_what_is_written_beside_it_is_of_what_was_there(kept: Town) -> None:
    made: Callable[[str], Change] = lambda id: Change("create", "Patient", id, orjson.dumps(numbered(id, "55")))  # noqa: E731
    written = kept.commit(P, made("first"), on("create", numbered("second", "55"), by("55"), id="second"))
    assert [done(each) for each in written] == ["create Patient/first 1", "create Patient/second 1"]
