"""What is of another household too is not brought to the coordinator, and where it is all the same, that is told."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import vocabulary
from resources.search.predicate import term
from tests.laws.worlds import ref
from tests.unit.consent.test_belonging import signed
from tests.unit.consent.test_in_sight import ANEW, CO, ERROR, LEAD, OF_H, ON_H, PLAN, P, Q, at, refused
from tests.unit.consent.test_of_others import VISIT
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import WITHOUT_A_PLAN, Town, case, coordination, household, patient

Json = dict[str, Any]

NAMED: Json = {"supportingInfo": [ref("Group/h")]}


def notices(town: Town) -> list[Json]:
    letters = (orjson.loads(each.body) for each in town.stored("Communication"))
    return [each for each in letters if "sight-notice" in str(each.get("category"))]


def told(town: Town) -> list[tuple[str, list[str]]]:
    """Of what, and whom."""
    found = [(each["about"][0]["reference"], [one["reference"] for one in each["recipient"]]) for each in notices(town)]
    return sorted(found)


@pytest.fixture
def kept(town: Town) -> Town:
    """One agency keeps the cases of two households."""
    town.write(P, patient("1"), household("1"), case())
    town.write(P, patient("2"), household("2") | {"id": "h"}, case("kh") | OF_H)
    return town


@pytest.mark.parametrize("way", [NAMED, ON_H], ids=["named", "based on"])
@pytest.mark.parametrize("what", ["the case", "its plan"])
def test_what_is_of_two_households_is_not_brought(kept: Town, way: Json, what: str) -> None:
    kept.write(P, case() | way | again() if what == "the case" else PLAN | way)
    assert refused(kept, P, coordination("requested")) == ["R17"]


def test_nor_what_once_was_of_another_one(kept: Town) -> None:
    kept.write(P, PLAN | OF_H)
    kept.write(P, PLAN | again())
    assert refused(kept, P, coordination("requested")) == ["R17"]
    kept.write(P, PLAN | ERROR | at(2), PLAN | {"id": "right"})
    kept.write(P, coordination("requested"))
    kept.write(CO, coordination() | again())
    assert kept.reads(CO, "CarePlan/right")
    assert notices(kept) == []


@pytest.mark.parametrize("ended", ["completed", "revoked", "draft"])
def test_a_plan_that_is_over_or_a_draft_is_in_nobody_s_way(kept: Town, ended: str) -> None:
    kept.write(P, PLAN | NAMED | {"status": ended})
    kept.write(P, coordination("requested"))


def test_nor_does_it_come_to_be_so_in_the_same_transaction(kept: Town) -> None:
    kept.write(P, PLAN)
    assert refused(kept, P, coordination("requested"), PLAN | NAMED | again()) == ["R17"]
    kept.write(P, PLAN | {"status": "revoked"} | again())
    assert refused(kept, P, coordination("requested"), case("new", "total-care-plan") | NAMED) == ["R17"]
    assert refused(kept, P, coordination("requested") | {"focus": ref("CarePlan/n")}, case("n") | NAMED) != []


@pytest.mark.parametrize("way", [NAMED, ON_H, OF_H], ids=["named", "based on", "turned"])
def test_nor_between_bringing_and_accepting(kept: Town, way: Json) -> None:
    kept.write(P, PLAN, coordination("requested"))
    assert refused(kept, P, PLAN | way | again()) == ["R17"]
    assert "R17" in refused(kept, P, case() | way | again())
    kept.write(CO, coordination() | again())
    assert kept.reads(CO, "CarePlan/plan")


def test_it_is_turned_once_the_call_is_taken_back(kept: Town) -> None:
    kept.write(P, PLAN, coordination("requested"))
    kept.write(P, coordination("cancelled") | again())
    kept.write(P, PLAN | OF_H | again())


def test_of_a_plan_that_was_another_household_s_it_is_said_that_it_is_not_read_yet(kept: Town) -> None:
    kept.write(P, PLAN | OF_H, coordination("requested"))
    [written] = kept.write(P, PLAN | again())
    assert [(each.rule, each.severity) for each in written.warnings] == [("R17", "warning")]
    kept.write(CO, coordination() | again())
    assert told(kept) == [("CarePlan/plan", ["Organization/center"])]
    assert kept.write(P, PLAN | {"title": "続き"} | at(2))[0].warnings == ()


def test_of_another_agency_s_plan_who_brings_the_case_is_told_nothing(kept: Town) -> None:
    both_care(kept)
    kept.write(Q, patient("3"), household("3") | {"id": "o"}, case("kq"), PLAN | {"supportingInfo": [ref("Group/o")]})
    kept.write(P, coordination("requested"))
    kept.write(Q, PLAN | {"title": "続き"} | again())
    kept.write(CO, coordination() | again())
    assert notices(kept) == []


def by_lead(town: Town) -> None:
    """The lead section brings a case that it knows from before; what else is of it is not theirs to ask."""
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | again())
    town.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))


def stood(town: Town, name: str) -> None:
    """As in a store of an earlier release, which took what is refused now."""
    town.run(town.store.transact(lambda tx: tx.derive(name, [term(".household", "Group/h")])))


@pytest.mark.parametrize("what", ["case", "plan"])
def test_what_is_brought_so_all_the_same_is_told_as_it_is_accepted(kept: Town, what: str) -> None:
    by_lead(kept)
    if what == "plan":
        kept.write(P, PLAN | NAMED)
    kept.write(LEAD, coordination("requested") | ANEW)
    if what == "case":
        stood(kept, "CarePlan/k")
    assert notices(kept) == []
    kept.write(CO, coordination() | ANEW | again())
    both = ["Organization/center", "PractitionerRole/co"]
    assert told(kept) == [("CarePlan/k", both) if what == "case" else ("CarePlan/plan", both[:1])]
    [letter] = notices(kept)
    assert kept.reads(P, f"Communication/{letter['id']}")
    assert kept.reads(CO, f"Communication/{letter['id']}") is (what == "case")
    assert not kept.reads(Q, f"Communication/{letter['id']}")
    kept.write(CO, coordination("in-progress") | ANEW | at(2))
    assert len(notices(kept)) == 1


def test_what_another_agency_draws_away_all_the_same_is_told_to_who_keeps_it_and_to_the_coordinator(kept: Town) -> None:
    """Of a plan that was of another agency's visit in an earlier release."""
    kept.write(P, PLAN, coordination("requested"))
    kept.write(CO, coordination() | again())
    kept.write(Q, VISIT | {"subject": ref("Patient/3")}, patient("3"), household("3") | {"id": "o"})
    kept.run(kept.store.transact(lambda tx: tx.derive("CarePlan/plan", [term(".of", "Encounter/e")])))
    assert kept.reads(CO, "CarePlan/plan")
    kept.write(Q, VISIT | {"subject": ref("Group/o")} | again())
    assert not kept.reads(CO, "CarePlan/plan")
    assert told(kept) == [("CarePlan/plan", ["Organization/center", "PractitionerRole/co"])]
    [letter] = notices(kept)
    assert not kept.reads(Q, f"Communication/{letter['id']}")
    kept.write(P, PLAN | ERROR | again(), PLAN | {"id": "right"})
    assert kept.reads(CO, "CarePlan/right")


@pytest.mark.parametrize("brought", [True, False], ids=["coordinated", "not"])
def test_who_keeps_another_case_of_the_household_is_not_told_that_it_is_coordinated(kept: Town, brought: bool) -> None:
    """Their plan is drawn to another household by a visit of their own: the coordinator is told, and they are not."""
    both_care(kept)
    if brought:
        kept.write(P, coordination("requested"))
        kept.write(CO, coordination() | again())
    plan = PLAN | {"id": "qp", "encounter": ref("Encounter/e")}
    kept.write(Q, case("kq"), VISIT, plan, patient("3"), household("3") | {"id": "o"})
    before = kept.search(Q, "Communication")
    kept.write(Q, VISIT | {"subject": ref("Group/o")} | again())
    assert told(kept) == ([("CarePlan/qp", ["PractitionerRole/co"])] if brought else [])
    assert kept.search(Q, "Communication") == before
    assert kept.search(P, "Communication", ("category", "sight-notice")) == []
    assert len(kept.search(CO, "Communication", ("category", "sight-notice"))) == brought


def both_care(town: Town, *persons: str) -> None:
    """Another agency has the household in care too, and reads of whom it is."""
    asked: Json = {"resourceType": "Task", "id": "a", "status": "requested", "intent": "order", "for": ref("Group/g")}
    asked |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.write(P, asked)
    town.write(Q, asked | {"status": "accepted"} | again())
    signed(town, *(persons or ("1",)))


def test_it_is_the_server_s_to_tell(kept: Town) -> None:
    system, _, code = vocabulary.SIGHT_NOTICE.rpartition("|")
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "subject": ref("Group/g")}
    assert refused(kept, P, word | {"category": [{"coding": [{"system": system, "code": code}]}]}) == ["R17"]
