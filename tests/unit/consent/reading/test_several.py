"""A search of several types finds of each what a search of that type alone would, and counts exactly those."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Actor
from consent.reading.page import Page
from resources.record.problem import Problem
from resources.search import several
from tests.laws.worlds import index, ref
from tests.unit.consent.test_oneself import SELF
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


def page(town: Town, who: Actor, types: str, *asked: tuple[str, str], after: str = "") -> Page:
    wanted = several.parse(index(), frozenset(types.split(",")), [*asked, ("_type", types)])
    return town.run(town.gate.search_several(who, wanted, after))


def found(town: Town, who: Actor, types: str, *asked: tuple[str, str]) -> list[str]:
    return sorted(each.reference for each in page(town, who, types, *asked).versions)


@pytest.fixture
def kept(town: Town) -> Town:
    """The other agency reads the first person's record and concern, and was asked about the second."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), concern("d", "2"))
    asks: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/2")}
    town.write(P, asks | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})
    town.sign(P, consent("a"))
    return town


TYPES = "Condition,Patient,Task"


def test_of_each_type_comes_what_a_search_of_it_finds_but_who_is_known_by_a_card_alone(kept: Town) -> None:
    assert found(kept, P, TYPES) == ["Condition/c", "Condition/d", "Patient/1", "Patient/2", "Task/t"]
    assert found(kept, Q, TYPES) == ["Condition/c", "Patient/1", "Task/t"]
    assert kept.search(Q, "Patient", ("_id", "2")) == ["Patient/2"], "its card"
    assert found(kept, Q, "Condition,Group") == ["Condition/c"]
    assert found(kept, P, "Group") == ["Group/g"]


def test_what_opens_one_type_opens_no_other_beside_it(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    conditions = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    town.sign(P, consent("a", provision=consent("a")["provision"] | {"class": conditions}))
    assert found(town, Q, "Condition,Patient") == found(town, Q, "Condition,Patient,Group") == ["Condition/c"]
    assert page(town, Q, "Condition,Patient").total == 1


def test_each_is_found_by_what_was_asked_of_its_own_type(kept: Town) -> None:
    assert found(kept, P, "Condition,Patient", ("_id", "c,2")) == ["Condition/c", "Patient/2"]
    assert found(kept, P, "Condition,Task", ("patient", "Patient/2")) == ["Condition/d", "Task/t"]
    assert found(kept, Q, "Condition,Task", ("patient.gender:missing", "true")) == ["Condition/c"]


def test_the_total_counts_exactly_those_and_is_left_out_where_it_is_not_asked_for(kept: Town) -> None:
    first = page(kept, Q, TYPES, ("_count", "2"))
    assert (len(first.versions), first.total, first.previous) == (2, 3, "")
    rest = page(kept, Q, TYPES, ("_count", "2"), after=first.next)
    assert (len(rest.versions), rest.next) == (1, "")
    names = [each.reference for each in (*first.versions, *rest.versions)]
    assert sorted(names) == ["Condition/c", "Patient/1", "Task/t"]
    back = page(kept, Q, TYPES, ("_count", "2"), after=rest.previous)
    assert [each.reference for each in back.versions] == names[:2]
    assert page(kept, Q, TYPES, ("_total", "none")).total is None
    assert page(kept, Q, TYPES, ("_total", "accurate")).total == 3
    counted = page(kept, Q, TYPES, ("_count", "0"))
    assert (list(counted.versions), counted.total, counted.next) == ([], 3, "")


def test_what_is_shown_is_on_the_trail_with_what_it_was_shown_by(kept: Town) -> None:
    page(kept, Q, "Condition,Task")
    event = kept.trail()[-1]
    names = {each["what"]["reference"] for each in event["entity"] if "what" in each}
    assert {"Condition/c/_history/1", "Task/t/_history/1"} <= names
    assert (event["action"], event["entity"][-1]["name"]) == ("E", "search-system")
    rules = {each.rpartition("/")[2] for each in event["agent"][0]["policy"]}
    assert rules == {"P2", "P3"}


def test_in_a_meeting_what_it_opens_is_found_too(open_: Town) -> None:
    member = actor("q", "support-conference")
    assert "Condition/c" in found(open_, member, "Condition,Group")
    assert found(open_, actor("q"), "Condition,Group") == []


def test_oneself_is_not_told_by_it_who_reported(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    assert found(town, SELF, "Condition,Patient") == ["Condition/c", "Patient/1"]
    by_source = ("_source", "urn:school")
    with pytest.raises(Problem) as refused:
        page(town, SELF, "Condition,Patient", by_source)
    assert refused.value.issues[0].at == "_source"
    assert found(town, P, "Condition,Patient", by_source) == []


def test_a_type_that_the_token_does_not_reach_is_refused(town: Town) -> None:
    narrow = replace(P, scopes=(replace(P.scopes[0], type="Condition"),))
    with pytest.raises(Problem) as refused:
        page(town, narrow, "Condition,Patient")
    assert refused.value.kind == "forbidden"
