"""A patch is of the record as its writer sees it, and is judged as if they had sent that back changed."""

from __future__ import annotations

from typing import Any

import pytest

from consent.writing import custodian, referring
from consent.writing.prepared import Change, Patch
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent import people
from tests.unit.consent.people import CENTER, post
from tests.unit.consent.town import Town, actor, concern, patient

P, Q = actor("p"), actor("q")


def setting(**elements: Any) -> Patch:
    return lambda shown: shown | elements


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1"), concern("gone", "1"))
    town.delete(P, "Condition/gone")
    return town


def refused(town: Town, who: Any, id: str, patch: Patch) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        town.commit(who, Change("update", "Condition", id, patch=patch))
    return caught.value.kind, caught.value.issues[0].at


def test_what_it_comes_to_is_written(kept: Town) -> None:
    kept.commit(P, Change("update", "Condition", "c", patch=setting(note=[{"text": "続き"}])))
    found = kept.read(P, "Condition/c")
    assert (found["note"], found["meta"]["versionId"]) == ([{"text": "続き"}], "2")


def test_what_is_not_there_or_not_for_who_asks_is_not_patched(kept: Town) -> None:
    assert refused(kept, P, "absent", setting())[0] == "not-found"
    assert refused(kept, Q, "c", setting())[0] == "not-found"
    assert refused(kept, P, "gone", setting())[0] == "deleted"


def test_neither_the_type_nor_the_id_is_changed_by_it(kept: Town) -> None:
    for other in ({"id": "d"}, {"resourceType": "Observation"}):
        assert refused(kept, P, "c", setting(**other)) == ("invalid", "Condition.id")


def test_what_it_comes_to_is_checked_and_bounded_as_what_is_sent_is(kept: Town) -> None:
    assert refused(kept, P, "c", setting(recordedDate="x")) == ("invalid", "Condition.recordedDate")
    evidence = [{"detail": [ref(f"Observation/{number}")]} for number in range(referring.MOST_NAMED)]
    assert refused(kept, P, "c", setting(evidence=evidence))[0] == "too-costly"


def test_who_holds_posts_in_several_agencies_says_by_their_client_for_which_they_write() -> None:
    both = post(), post(agency="Organization/other", name="second")
    assert custodian.of(people.officer()) == CENTER
    assert custodian.of(people.officer(post(), post("keeper", name="second"))) == CENTER
    with pytest.raises(Problem, match="you hold posts in several agencies"):
        custodian.of(people.officer(*both))
