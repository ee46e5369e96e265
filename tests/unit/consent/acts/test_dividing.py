"""A household is divided: each part gets what concerns its members alone, and the old records end."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import care
from resources.division import Part, is_over
from resources.record import period
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts import test_transferring as transferring
from tests.unit.consent.acts.divided_town import (
    APART,
    CO,
    LEAD,
    SINCE,
    P,
    Q,
    answer,
    ask,
    body,
    divide,
    for_,
    members,
    of,
    refused,
    task_of,
    wrong,
)
from tests.unit.consent.people import NOW
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.town import BOTH_STORES, Town, case, concern, coordination, household, patient

Json = dict[str, Any]


ON_BOTH = pytest.mark.parametrize("kept", BOTH_STORES, indirect=True)
"""What rests on the rows and terms of a store is asked of both."""


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Town:
    """The center keeps a household of three, its case, its plan and a concern."""
    town: Town = request.getfixturevalue("town_on_mongodb" if getattr(request, "param", "") == "mongodb" else "town")
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2", "3"), case(), concern("c", "1"))
    services = [activity(**for_("1")), activity(**for_("2", "3")), activity(**for_("1", "2")), activity()]
    town.write(P, plan(*services, title="三人の計画"))
    return town


@ON_BOTH
def test_each_part_gets_what_concerns_its_members_alone_and_the_old_records_end(kept: Town) -> None:
    asked = ask(kept)
    assert [each.at for each in asked.said] == ["CarePlan.activity[2]", "CarePlan.activity[3]"]
    assert members(kept, "Group/g") == ("Patient/1", "Patient/2", "Patient/3")
    one, two = answer(kept, task_of(asked)).households
    assert (members(kept, one), members(kept, two)) == (("Patient/1",), ("Patient/2", "Patient/3"))
    for group, place in ((one, 0), (two, 1)):
        plans = {
            tuple(each["coding"][0]["code"] for each in body(it)["category"]): body(it)
            for it in of(kept, "CarePlan", group)
        }
        assert plans["case",]["status"] == "active"
        assert plans["case",]["period"] == {"start": SINCE}
        assert plans["total-care-plan",]["activity"] == [
            plan(activity(**for_("1")), activity(**for_("2", "3")))["activity"][place]
        ]
        assert "title" not in plans["total-care-plan",]
        assert kept.reads(P, group)
    old = kept.read(P, "Group/g")
    assert is_over(old)
    assert [each["period"] for each in old["member"]] == [{"end": SINCE}] * 3
    assert kept.read(P, "CarePlan/k")["status"] == "completed"
    assert kept.read(P, "CarePlan/plan")["status"] == "revoked"
    assert wrong(kept) == []


def test_nothing_of_a_part_names_another_or_what_it_comes_from(kept: Town) -> None:
    one, two = divide(kept)
    for group, others in ((one, ("Patient/2", "Patient/3", two)), (two, ("Patient/1", one))):
        for version in [
            *of(kept, "CarePlan", group),
            *[each for each in kept.stored("Group") if each.reference == group],
        ]:
            text = version.body.decode() + " ".join(version.terms)
            assert not [name for name in (*others, "Group/g", "CarePlan/k", "CarePlan/plan", "Task/") if name in text]


def _again(record: Json, number: int = 1, **elements: Any) -> Json:
    return record | {"meta": {"versionId": str(number)}} | elements


NOBODY_NEW = {
    "left out": (Part(("Patient/1",)), Part(("Patient/2",))),
    "twice": (Part(("Patient/1", "Patient/2")), Part(("Patient/2", "Patient/3"))),
    "twice in one": (Part(("Patient/1", "Patient/1")), Part(("Patient/2", "Patient/3"))),
    "one part": (Part(("Patient/1", "Patient/2", "Patient/3")),),
    "no part": (),
    "an empty part": (Part(("Patient/1", "Patient/2", "Patient/3")), Part(())),
    "a stranger": (Part(("Patient/1",)), Part(("Patient/2", "Patient/3", "Patient/9"))),
}


@pytest.mark.parametrize("parts", NOBODY_NEW.values(), ids=NOBODY_NEW.keys())
def test_everybody_goes_to_one_part_and_nobody_else_does(kept: Town, parts: tuple[Part, ...]) -> None:
    assert refused(ask, kept, parts=parts).startswith("business-rule P3")
    assert kept.stored("Task") == []


@pytest.mark.parametrize("since", ["", "2026", "2026-11", "2026-02-30", "2026-11-24", "9999-12-31", "0001-01-01", "x"])
def test_since_when_is_a_day_that_can_be(kept: Town, since: str) -> None:
    assert refused(ask, kept, since=since) == "business-rule P3"


def test_nobody_left_before_they_joined(kept: Town) -> None:
    joined = household("1", "2", "3")
    joined["member"][2]["period"] = {"start": "2026-11-21"}
    kept.write(P, _again(joined))
    assert refused(ask, kept) == "business-rule P3"
    assert refused(ask, kept, since="2026-11-21") == "done"


def test_a_preview_says_what_would_come_of_it_and_writes_nothing(kept: Town) -> None:
    before = kept.stored("Group"), kept.stored("CarePlan"), kept.stored("Task")
    seen = ask(kept, preview=True, reason="")
    assert (seen.task, seen.division.parts, len(seen.said)) == (None, APART, 2)
    assert (kept.stored("Group"), kept.stored("CarePlan"), kept.stored("Task")) == before
    assert refused(ask, kept, Q, preview=True) == "not-found"


def test_a_household_that_another_agency_keeps_since_is_not_open_to_the_lead_section(kept: Town) -> None:
    task = task_of(ask(kept))
    assert kept.reads(LEAD, "Group/g")
    given = transferring.offer(kept, P, "Group/g").task.reference
    transferring.answer(kept, Q, given)
    assert kept.read(P, task)["status"] == "cancelled", "nothing is left of it to confirm"
    kept.write(Q, patient("9"))
    assert not any(kept.reads(LEAD, name) for name in ("Group/g", "Patient/1"))
    assert kept.search(LEAD, "Group") == kept.search(LEAD, "Patient") == []
    assert wrong(kept) == []


@ON_BOTH
def test_the_lead_section_decides_by_the_household_and_the_cards_while_it_is_asked(kept: Town) -> None:
    task = task_of(ask(kept))
    assert kept.read(LEAD, task)["reasonCode"] == {"text": "別居した"}
    assert set(kept.read(LEAD, "Patient/2")) == {"resourceType", "id", "meta", "name", "birthDate"}
    assert kept.search(LEAD, "Group") == ["Group/g"]
    assert kept.search(LEAD, "CarePlan") == kept.search(LEAD, "Condition") == []
    assert not any(kept.reads(CO, name) for name in (task, "Group/g"))
    answer(kept, task, accept=False, reason="書面がない")
    assert kept.search(LEAD, "Patient") == kept.search(LEAD, "Group") == []
    assert kept.read(P, task)["status"] == "cancelled"
    assert not is_over(kept.read(P, "Group/g"))
    assert wrong(kept) == []


def test_it_is_as_it_is_when_it_is_confirmed(kept: Town) -> None:
    task = task_of(ask(kept))
    kept.write(P, patient("4"))
    kept.write(P, _again(household("1", "2", "3", "4")))
    assert refused(answer, kept, task) == "business-rule P3"
    kept.write(P, _again(household("1", "2", "3"), 2))
    kept.write(P, _again(plan(activity(**for_("2"))), 1))
    _, two = answer(kept, task).households
    assert [body(each).get("activity") for each in of(kept, "CarePlan", two)].count([activity(**for_("2"))]) == 1


def test_who_is_asked_and_who_may_take_it_back(kept: Town) -> None:
    task = task_of(ask(kept))
    assert refused(ask, kept) == "business-rule P1"
    assert refused(answer, kept, task, P) == "forbidden P6"
    assert refused(answer, kept, task, Q) == "not-found"
    assert refused(answer, kept, task, reason="") == "business-rule P6"
    kept.write(P, kept.read(P, task) | {"status": "cancelled"})
    assert refused(answer, kept, task) in ("not-found", "business-rule P6")
    assert refused(ask, kept) == "done"


def test_what_was_divided_stays_so_and_nothing_begins_on_it(kept: Town) -> None:
    one, _ = divide(kept)
    assert refused(ask, kept) == "business-rule P3"
    old = kept.read(P, "Group/g")
    for changed in (
        {"active": True},
        {"member": old["member"][:1]},
        {"member": old["member"] + [{"entity": ref("Patient/1")}]},
    ):
        assert refused(kept.write, P, old | changed) == "business-rule P3"
    assert refused(kept.delete, P, "Group/g") == "business-rule P3"
    for record in (case("k2"), plan(activity()) | {"id": "plan2"}, coordination("requested")):
        assert refused(kept.write, P, record) in ("business-rule R37", "business-rule R13")
    assert refused(kept.write, P, kept.read(P, "CarePlan/k") | {"status": "active"}) == "business-rule R37"
    kept.write(P, kept.read(P, "CarePlan/k") | {"title": "終わった事例"})
    kept.write(P, case("k2") | {"subject": ref(one), "status": "on-hold"})
    assert wrong(kept) == []


def test_a_household_that_nobody_divided_is_not_written_as_divided(kept: Town) -> None:
    over = kept.read(P, "Group/g")
    over |= {"active": False, "member": [each | {"inactive": True} for each in over["member"]]}
    assert refused(kept.write, P, over) == "business-rule P3"


@ON_BOTH
def test_a_coordination_goes_on_in_each_part_until_each_support_has_begun(kept: Town) -> None:
    kept.write(P, coordination("requested"))
    task = task_of(ask(kept)) if refused(ask, kept) == "done" else ""
    assert task == "", "while the call waits"
    kept.write(CO, coordination() | {"meta": {"versionId": "1"}})
    one, two = divide(kept)
    for group in (one, two):
        assert kept.reads(CO, group)
        assert kept.reads(LEAD, group)
        assert len([each for each in of(kept, "CarePlan", group) if kept.reads(CO, each.reference)]) == 2
        cases = [each.reference for each in of(kept, "CarePlan", group) if "activity" not in body(each)]
        for mine in (group, *cases):
            assert refused(kept.delete, P, mine) == "business-rule R17"
    assert kept.reads(CO, "Group/g")
    said = kept.read(CO, "Task/t")
    assert not {one, two} & {each for each in (one, two) if each in str(said)}
    assert refused(kept.write, CO, said | {"status": "completed"}) == "business-rule R17"
    for group in (one, two):
        for version in of(kept, "CarePlan", group):
            found = body(version)
            if "activity" in found:
                begun = [{"detail": each["detail"] | {"status": "in-progress"}} for each in found["activity"]]
                kept.write(P, found | {"activity": begun})
    kept.write(CO, kept.read(CO, "Task/t") | {"status": "completed"})
    assert not kept.reads(CO, one)
    assert kept.reads(LEAD, one), "it was under coordination (P6)"
    assert wrong(kept) == []


def test_a_part_without_a_plan_keeps_the_coordination_running(kept: Town) -> None:
    kept.write(P, _again(plan(activity(**for_("1"), status="in-progress"))))
    kept.write(P, coordination("requested"))
    kept.write(CO, coordination() | {"meta": {"versionId": "1"}})
    divide(kept)
    assert refused(kept.write, CO, kept.read(CO, "Task/t") | {"status": "completed"}) == "business-rule R17"


@ON_BOTH
def test_requests_for_the_old_household_go_on(kept: Town) -> None:
    asked: Json = {
        "resourceType": "Task",
        "id": "asked",
        "status": "requested",
        "intent": "order",
        "for": ref("Group/g"),
    }
    asked |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    kept.write(P, asked)
    kept.write(Q, _again(asked, status="accepted"))
    had = caring(kept)
    one, two = divide(kept)
    assert caring(kept) == had == {"Organization/center", "Organization/other"}
    assert kept.read(Q, "Task/asked")["status"] == "accepted"
    assert not kept.reads(Q, one)
    assert not kept.reads(Q, two)
    kept.write(Q, _again(asked, 2, status="completed", output=[_done()]))
    assert wrong(kept) == []


def caring(town: Town) -> set[str]:
    """The agencies that have the second in care."""

    async def asked() -> set[str]:
        async with town.store.snapshot() as view:
            return set((await care.of(view, ["Patient/2"], period.instant(NOW)))["Patient/2"])

    return town.run(asked())


def _done() -> Json:
    return {"type": concept("task-outcome", "supported"), "valueString": "支援した"}


def test_it_is_on_the_trail_of_who_asked_and_who_confirmed(kept: Town) -> None:
    divide(kept)
    asked, confirmed = kept.trail()[-2:]
    assert {each["agent"][0]["who"]["reference"] for each in (asked,)} == {"Practitioner/p"}
    assert confirmed["agent"][0]["who"]["reference"] == "Practitioner/lead"
    assert confirmed["agent"][0]["policy"] == ["https://tsunagu.example/fhir/policy/P6"]
