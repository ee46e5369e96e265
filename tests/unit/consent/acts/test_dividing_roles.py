"""Roles go on in the part they lie in, a meeting as it was opened, and a protected person's part tells nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import fund_account
from consent.secrecy import protection
from resources.division import Part
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.divided_town import (
    CO,
    CONV,
    LEAD,
    P,
    Q,
    answer,
    ask,
    body,
    divide,
    for_,
    of,
    refused,
    task_of,
    wrong,
)
from tests.unit.consent.acts.test_declaring_conflict import declare
from tests.unit.consent.acts.test_transferring import answer as transfer
from tests.unit.consent.acts.test_transferring import offer
from tests.unit.consent.conftest import MEMBER
from tests.unit.consent.people import NOW
from tests.unit.consent.test_carrying_out import activity, again, close, plan, team
from tests.unit.consent.test_named_for_a_role import Q2, D, E, decide, hire, named, take_on, told
from tests.unit.consent.test_of_others import RESOLVED
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, conference, household, patient

Json = dict[str, Any]

TWO = (Part(("Patient/1",)), Part(("Patient/2",)))


@pytest.fixture
def decided(open_: Town) -> Town:
    """The other agency, which was seated, helps the first; a desk that was not helps the second."""
    hire(open_)
    open_.write(P, plan(activity(**for_("1")), activity(performer=[ref("Organization/desk")], **for_("2"))))
    decide(open_, "other", "desk")
    close(open_)
    return open_


def employ(town: Town, id: str, agency: str, function: str, person: str = "") -> None:
    made: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{person or id}")}
    made |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]}
    town.write(INSTALLER, *([] if person else [{"resourceType": "Practitioner", "id": id}]), made)


def seen(town: Town, who: Any, group: str) -> set[str]:
    """The types of what one reads of a household."""
    records = [each for type in ("CarePlan", "CareTeam") for each in of(town, type, group)]
    found = {each.type for each in records if town.reads(who, each.reference)}
    assert {each.type for each in records if each.reference in town.search(who, each.type)} == found
    return found | ({"Group"} if town.reads(who, group) else set())


WHOLE = {"CarePlan", "CareTeam", "Group"}


def test_a_role_goes_on_in_the_part_it_lies_in_and_reads_nothing_of_the_other(decided: Town) -> None:
    take_on(decided, D, told(decided, D)[0], owner=ref("PractitionerRole/d"))
    one, two = divide(decided, TWO)
    assert (seen(decided, Q, one), seen(decided, Q, two)) == (WHOLE, set())
    assert (seen(decided, D, one), seen(decided, D, two)) == (set(), WHOLE)
    assert (seen(decided, E, one), seen(decided, E, two)) == (set(), set())
    assert seen(decided, Q, "Group/g") == seen(decided, D, "Group/g") == set(), "the old roles are over"
    assert decided.search(Q, "Patient") == ["Patient/1"]
    assert decided.search(D, "Patient") == ["Patient/2"]
    assert (seen(decided, P, one), seen(decided, P, two)) == (WHOLE, WHOLE)
    assert wrong(decided) == []


def test_who_was_named_for_a_role_goes_on_and_an_agency_names_anew(decided: Town) -> None:
    decided.write(Q, named(told(decided, Q)[0], "q2"))
    take_on(decided, Q2)
    one, two = divide(decided, TWO)
    assert (seen(decided, Q2, one), seen(decided, Q2, two)) == (WHOLE, set())
    open_tasks = [name for name in decided.search(Q2, "Task") if decided.read(Q2, name)["status"] == "accepted"]
    assert len(open_tasks) == 2
    [put] = [name for name in told(decided, D) if decided.read(D, name)["status"] == "requested"]
    decided.write(D, named(put, "e", id="anew", requester=ref("PractitionerRole/d")))
    take_on(decided, E, "Task/anew")
    assert (seen(decided, E, one), seen(decided, E, two)) == (set(), WHOLE)
    assert wrong(decided) == []


@pytest.mark.parametrize("written", [True, False], ids=["and written by its taker", "only"])
def test_roles_of_a_case_that_was_handed_over_open_to_who_keeps_it_now_in_each_part(
    decided: Town, written: bool
) -> None:
    """The center, which gave it, acts on in the first part, where somebody of it is named for that."""
    activities = [activity(performer=[ref(f"Organization/{one}")], **for_("1")) for one in ("other", "center")]
    activities.append(activity(performer=[ref("Organization/desk")], **for_("2")))
    decided.write(P, again(plan(*activities)))
    for name in ("CarePlan/k", "CarePlan/plan", "Group/g"):
        transfer(decided, Q, offer(decided, record=name).task.reference)
    if written:
        decided.write(Q, again(case()) | {"title": "引き継いだ"})
    task = task_of(ask(decided, Q, TWO))
    one, two = answer(decided, task).households
    assert (seen(decided, Q2, one), seen(decided, Q2, two)) == (WHOLE, WHOLE)
    assert (seen(decided, P, one), seen(decided, P, two)) == (set(), set())
    [put] = [name for name in told(decided, P) if decided.read(P, name)["for"] == ref(one)]
    take_on(decided, P, put, owner=ref("PractitionerRole/p"))
    assert (seen(decided, P, one), seen(decided, P, two)) == (WHOLE, set())
    assert wrong(decided) == []


@pytest.mark.parametrize("drafted", [True, False], ids=["who drafts another", "who keeps no case"])
def test_roles_of_a_case_that_another_agency_keeps_are_divided_by_nobody_else(decided: Town, drafted: bool) -> None:
    """The center gave the case away, and keeps the household."""
    activities = [activity(**for_("1")), activity(performer=[ref("Organization/desk")], **for_("2"))]
    decided.write(P, again(plan(*activities)))
    transfer(decided, Q, offer(decided, record="CarePlan/k").task.reference)
    decided.write(Q, again(case()) | {"title": "引き継いだ"})
    if drafted:
        decided.write(P, case("another") | {"status": "draft"})
    task = task_of(ask(decided, P, TWO))
    assert refused(answer, decided, task) == "business-rule R37"


def test_a_role_in_a_part_is_carried_out_as_long_as_it_was_to_be(open_: Town) -> None:
    open_.write(P, plan(activity(**for_("1")), activity(performer=[ref("Organization/center")], **for_("2"))))
    roles = team("other", "center")
    roles["participant"][0]["period"] = {"end": "2026-12-31"}
    open_.write(LEAD, roles)
    close(open_)
    one, two = divide(open_, TWO)
    assert (seen(open_, Q, one), seen(open_, Q, two)) == (WHOLE, set())
    assert seen(open_, replace(Q, now=NOW + timedelta(days=60)), one) == set()
    assert wrong(open_) == []


def test_roles_of_a_part_go_with_the_case_that_came_of_theirs(decided: Town) -> None:
    one, _ = divide(decided, TWO)
    [its_case] = [each for each in of(decided, "CarePlan", one) if each.number == 1 and "activity" not in body(each)]
    decided.write(P, case("ended") | {"status": "completed", "extension": RESOLVED, "subject": ref(one)})
    for name in ("CarePlan/ended", its_case.reference):
        assert (seen(decided, P, one) & {"CareTeam"}, decided.reads(Q2, one)) == ({"CareTeam"}, False)
        transfer(decided, Q, offer(decided, record=name).task.reference)
        decided.write(Q, decided.read(Q, name) | {"title": "引き継いだ"})
    assert "CareTeam" in seen(decided, Q2, one) - seen(decided, P, one)
    assert wrong(decided) == []


def test_a_part_is_divided_again_and_what_is_under_way_goes_on(decided: Town) -> None:
    third = decided.read(P, "Group/g")
    decided.write(P, patient("3"))
    decided.write(P, third | {"member": [*third["member"], {"entity": ref("Patient/3")}]})
    one, two = divide(decided)
    hers, childs = answer(
        decided, task_of(ask(decided, household=two, parts=(Part(("Patient/2",)), Part(("Patient/3",)))))
    ).households
    assert (seen(decided, D, hers), seen(decided, D, childs), seen(decided, D, two)) == (set(), set(), set())
    assert seen(decided, Q, one) == WHOLE
    assert (seen(decided, CO, hers), seen(decided, LEAD, childs)) == (WHOLE, WHOLE)
    for group in (hers, childs):
        assert refused(decided.delete, P, group) == "business-rule R17"
    assert refused(decided.write, CO, decided.read(CO, "Task/t") | {"status": "completed"}) == "business-rule R17"
    assert refused(decided.write, P, decided.read(P, "Task/t") | {"status": "cancelled"}) == "business-rule R17"
    for group in (one, hers, childs):
        for each in of(decided, "CarePlan", group):
            begun = [at | {"detail": at["detail"] | {"status": "in-progress"}} for at in body(each).get("activity", ())]
            decided.write(P, decided.read(P, each.reference) | ({"activity": begun} if begun else {}))
    why = {"statusReason": {"text": "子の家には支援の予定がない"}}
    decided.write(P, decided.read(P, "Task/t") | {"status": "cancelled"} | why)
    assert (seen(decided, CO, hers), seen(decided, LEAD, hers)) == (set(), WHOLE)
    assert wrong(decided) == []


def test_a_role_that_lies_in_no_part_is_said_to(decided: Town) -> None:
    decided.write(P, decided.read(P, "CarePlan/plan") | {"activity": [activity(**for_("1"))]})
    assert refused(ask, decided, parts=TWO) == "business-rule R19"
    one, two = divide(decided, (TWO[0], replace(TWO[1], roles=("Organization/desk",))))
    assert len(of(decided, "CareTeam", two)) == 1
    assert [each["member"] for each in body(of(decided, "CareTeam", one)[0])["participant"]] == [
        ref("Organization/other"),
        ref("Organization/center"),
    ], "who brought the case is in each (R11)"
    assert wrong(decided) == []


def test_a_meeting_that_is_called_comes_first(called: Town) -> None:
    called.write(P, plan(activity(**for_("1"))))
    assert refused(ask, called, parts=TWO) in ("done", "business-rule R38")
    tasks = [each.reference for each in called.stored("Task") if each.reference != "Task/t"]
    assert [refused(answer, called, each) for each in tasks] == ["business-rule R38"] * len(tasks)
    called.write(CONV, again(conference("cancelled", "q", "p")))
    assert len((answer(called, tasks[0]) if tasks else answer(called, task_of(ask(called, parts=TWO)))).households) == 2


def test_a_meeting_that_is_open_goes_on_with_the_persons_it_had_and_decides_no_roles_of_what_has_ended(
    open_: Town,
) -> None:
    before = {name for type in ("Condition", "CarePlan", "Group") for name in open_.search(MEMBER, type)}
    one, two = divide(open_, TWO)
    now = {name for type in ("Condition", "CarePlan", "Group") for name in open_.search(MEMBER, type)}
    assert now == before
    assert "CarePlan/k" in now
    assert not open_.reads(MEMBER, one)
    assert not open_.search(MEMBER, "Task")
    assert refused(decide, open_, "other") == "business-rule R37"
    close(open_)
    meeting = conference("planned", "q", "p") | {"id": "m2", "subject": ref(two)}
    [case] = of(open_, "CarePlan", two)
    meeting["extension"] = [
        each if "agenda" not in each["url"] else each | {"valueReference": ref(case.reference)}
        for each in meeting["extension"]
    ]
    open_.write(CONV, meeting)
    assert refused(open_.write, CONV, conference("planned", "q", "p") | {"id": "m3"}) == "business-rule R37"
    assert wrong(open_) == []


def test_what_was_done_for_the_whole_was_done_for_a_part_when_the_fund_is_asked(open_: Town) -> None:
    def bearing(household: str) -> fund_account.Bearing:
        async def look() -> fund_account.Bearing:
            async with open_.store.snapshot() as view:
                return await fund_account.bearing({"id": "f", "for": ref(household)}, view)

        return open_.run(look())

    parts = divide(open_, TWO)
    open_.write(P, patient("8"), household("8") | {"id": "other"})
    for group in (*parts, "Group/g"):
        assert (bearing(group).received, bearing(group).raised) == (True, True)
    assert (bearing("Group/other").received, bearing("Group/other").raised) == (False, False)


@pytest.fixture
def hidden(decided: Town) -> Town:
    """The second is protected against the first, who is her husband."""
    decided.write(P, decided.read(P, "CarePlan/plan") | {"title": "二人の計画"})
    decided.protect(P, "Patient/2", "Practitioner/p", against=("Patient/1",))
    return decided


def test_texts_of_a_household_with_a_protected_person_stay_behind_where_she_does_not_go(hidden: Town) -> None:
    one, two = divide(hidden, TWO)
    [his] = [body(each) for each in of(hidden, "CarePlan", one) if "activity" in body(each)]
    [hers] = [body(each) for each in of(hidden, "CarePlan", two) if "activity" in body(each)]
    assert "description" not in his["activity"][0]["detail"]
    assert his["activity"][0]["detail"]["performer"] == [ref("Organization/other")]
    assert hers["activity"][0]["detail"]["description"] == "家計の相談"
    [his_team], [her_team] = (of(hidden, "CareTeam", group) for group in (one, two))
    assert "家計" not in his_team.body.decode()
    assert "家計" in her_team.body.decode()
    assert hidden.search(Q, "CarePlan", ("subject", one))
    assert wrong(hidden) == []


def test_what_closed_a_record_closes_what_goes_on_of_it(hidden: Town) -> None:
    level, kind = (
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    )
    labels = [{"system": level, "code": "V"}, {"system": kind, "code": "VIO"}]
    hidden.write(P, hidden.read(P, "CarePlan/plan") | {"meta": {"versionId": "2", "security": labels}})
    one, two = divide(hidden, TWO)
    for group, kept in ((one, labels[:1]), (two, labels)):
        [plans] = [each for each in of(hidden, "CarePlan", group) if "activity" in body(each)]
        assert body(plans)["meta"]["security"] == kept
        assert not hidden.reads(LEAD, plans.reference)
    assert hidden.reads(LEAD, one)


def test_her_part_tells_his_nothing(hidden: Town) -> None:
    _, two = divide(hidden, TWO)
    names = [each.reference for type in ("Group", "CarePlan", "CareTeam", "Task") for each in hidden.stored(type)]
    hers = {each.reference for type in ("CarePlan", "CareTeam", "Task") for each in of(hidden, type, two)} | {two}
    for who in (Q, replace(Q, purpose=MEMBER.purpose), MEMBER):
        readable = [name for name in names if hidden.reads(who, name)]
        assert not hers & set(readable)
        told = " ".join(str(hidden.read(who, name)) for name in readable)
        assert not [name for name in (*hers, "Organization/desk") if name in told]
        for type in ("Group", "CarePlan", "CareTeam", "Task", "Patient"):
            assert not hers & set(hidden.search(who, type))
    assert hidden.search(Q, "CareTeam", ("participant", "Organization/desk")) == []
    assert "Patient/2" not in hidden.search(Q, "Patient")


def test_nobody_becomes_the_writer_of_a_text_that_goes_on(hidden: Town) -> None:
    """The officer who confirms it, and a colleague who is not on the list, read of it what they did before."""
    _, two = divide(hidden, TWO)
    [hers] = [each for each in of(hidden, "CarePlan", two) if "activity" in body(each)]
    for who in (LEAD, Q):
        if hidden.reads(who, hers.reference):
            assert "description" not in str(hidden.read(who, hers.reference))
    assert "description" in str(hidden.read(P, hers.reference))


def test_a_child_who_goes_with_her_is_protected_with_her(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"))
    group: Json = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
    town.write(P, group | {"member": [{"entity": ref(f"Patient/{one}")} for one in "123"]})
    town.write(P, case(), plan(activity(**for_("3"))) | {"title": "三人の計画"}, concern("c", "3"))
    town.protect(P, "Patient/2", "Practitioner/p", against=("Patient/1",))
    divide(town)
    labels = {one: len(protection.labels(town.read(P, f"Patient/{one}"))) for one in "123"}
    assert labels == {"1": 0, "2": 1, "3": 1}
    town.protect(P, "Patient/3", "Organization/center")
    assert wrong(town) == []


def test_who_is_in_conflict_with_one_of_them_divides_and_confirms_nothing(decided: Town) -> None:
    task = task_of(ask(decided, parts=TWO))
    declare(decided, P, "Practitioner/lead", "Patient/2")
    assert refused(answer, decided, task) == "not-found"
    declare(decided, P, "Practitioner/p", "Patient/2")
    assert refused(ask, decided, parts=TWO) == "not-found"


def test_who_leads_and_keeps_divides_in_one_call_and_who_only_works_there_asks(town: Town) -> None:
    employ(town, "p2", "center", "lead-section")
    employ(town, "p3", "center", "officer")
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), plan(activity(**for_("1"))))
    asked = ask(town, actor("p3"), TWO)
    assert not asked.households
    town.write(P, town.read(P, task_of(asked)) | {"status": "cancelled"})
    done = ask(town, actor("p2"), TWO)
    assert len(done.households) == 2
    assert town.read(P, task_of(done))["status"] == "completed"
    assert wrong(town) == []


def test_who_asked_does_not_confirm_under_another_post(town: Town) -> None:
    """Whoever works for the keeper and leads elsewhere."""
    both = replace(P, organization="Organization/center")
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    employ(town, "p9", "lead", "lead-section", "p")
    task = task_of(ask(town, both, TWO))
    assert refused(answer, town, task, both) == "forbidden P6"
    assert len(answer(town, task).households) == 2
