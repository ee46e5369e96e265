"""`$decide-roles`: the team and the Tasks that tell of it, whole, decided first and decided anew (R11, R19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from consent import verdict
from consent.acts import deciding_roles
from consent.acts.deciding_roles import Decided
from consent.verdict import Verdict
from resources.record.problem import Problem
from tests.laws.worlds import Record, concept, extension, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body
from tests.unit.consent.conftest import P, call, open_meeting
from tests.unit.consent.test_carrying_out import Q, activity, plan
from tests.unit.consent.test_named_for_a_role import LEADING, D, decide, hire, named, take_on, told
from tests.unit.consent.town import Town, case, concern, household

Json = dict[str, Any]

OTHER, CENTER, DESK = "Organization/other", "Organization/center", "Organization/desk"
NOW = "2026-11-23T04:00:00.000Z"
TOGETHER = "事例を持ち込んだ機関として共に動く / acts together, as who brought the case"
NAMES_IT: Json = {"url": "http://example.org/beside", "valueReference": ref("Group/g")}
ROLE: Json = {"role": [{"text": "家計の相談"}]}


@pytest.fixture
def met(town_with: Callable[..., Town]) -> Town:
    """The meeting is open, the other agency was seated there, and a desk was not."""
    return town_with(_met)


def _met(town: Town) -> None:
    call(town)
    open_meeting(town)
    hire(town)
    town.write(P, plan(activity()))


def decided(town: Town, *participants: Mapping[str, Any], case: str = "CarePlan/k", who: Any = LEADING) -> Decided:
    do = lambda unit: deciding_roles.decided(unit, case, participants)  # noqa: E731
    return town.run(town.gate.operate(who, ("$decide-roles", case), do))


def of(agency: str, **more: Any) -> Json:
    return ROLE | {"member": ref(agency)} | more


def kept(town: Town, *participants: Json) -> Json:
    """What the team says."""
    (team,) = [each for each in town.stored("CareTeam") if each.id != "standing"]
    whole = body(team)
    assert whole == {
        "resourceType": "CareTeam",
        "status": "active",
        "category": [concept("record-category", "case-team")],
        "subject": ref("Group/g"),
        "participant": list(participants),
        "period": {"start": NOW},
    }
    return whole


def put(agency: str, team: str, status: str = "requested") -> Json:
    task: Json = {
        "resourceType": "Task",
        "status": status,
        "intent": "order",
        "code": concept("task-code", "carry-out"),
    }
    task |= {"for": ref("Group/g"), "focus": ref(team), "authoredOn": NOW}
    return task | {"requester": ref("PractitionerRole/lead"), "owner": ref(agency)}


BROUGHT: Json = {"role": [{"text": TOGETHER}], "member": ref(CENTER)}


def test_the_whole_team_has_who_brought_the_case_beside_those_named_and_each_is_told(met: Town) -> None:
    done = decided(met, of(OTHER), of(DESK))
    team = done.team.version.reference
    kept(met, of(OTHER), of(DESK), BROUGHT)
    assert (done.action, done.decision.allowed) == ("create", True)
    tasks = [each for each in done.beside if each.type == "Task"]
    assert [body(each) for each in tasks] == [put(DESK, team), put(OTHER, team, "accepted")]
    assert done.told == (done.team.version, *done.beside)
    fixed = verdict.read(done.team.version.terms).fixed
    assert {"Group/g", "Patient/1", "Patient/2"} <= fixed
    assert {verdict.read(each.terms).fixed for each in tasks} == {frozenset({"Group/g", "Patient/1", "Patient/2"})}


@pytest.mark.parametrize("named_too", [CENTER, "PractitionerRole/p"])
def test_who_brought_the_case_and_is_named_has_that_role_alone(met: Town, named_too: str) -> None:
    decided(met, of(OTHER), of(named_too))
    kept(met, of(OTHER), of(named_too), *([] if named_too == CENTER else [BROUGHT]))


def test_decided_anew_it_is_the_same_team_and_only_who_is_new_is_told(met: Town) -> None:
    first = decided(met, of(OTHER), of(DESK))
    again = decided(met, of(OTHER, period={"end": "2027-03-31"}), of("Organization/council"))
    assert again.team.version.reference == first.team.version.reference
    assert (again.action, again.team.version.number > 1) == ("update", True)
    kept(met, of(OTHER, period={"end": "2027-03-31"}), of("Organization/council"), BROUGHT)
    team = again.team.version.reference
    tasks = [body(each) for each in again.beside if each.type == "Task"]
    assert tasks == [put(DESK, team, "cancelled"), put("Organization/council", team)]


def test_whom_an_agency_named_is_let_go_with_its_role_and_kept_with_it(met: Town) -> None:
    decided(met, of(OTHER), of(DESK))
    (task,) = told(met, D)
    take_on(met, D, task, owner=ref("PractitionerRole/d"))
    met.write(D, named(task, "e", requester=ref("PractitionerRole/d")))
    decided(met, of(OTHER), of(DESK))
    assert met.read(D, "Task/naming")["status"] == "requested"
    assert [met.read(D, each)["status"] for each in told(met, D)] == ["accepted"], "it is not told again"
    decided(met, of(OTHER))
    assert met.read(D, "Task/naming")["status"] == "cancelled"
    assert met.read(D, task)["status"] == "cancelled"


def test_where_only_whom_it_named_stands_the_agency_is_told_anew(met: Town) -> None:
    decided(met, of(OTHER), of(DESK))
    (task,) = told(met, D)
    take_on(met, D, task, owner=ref("PractitionerRole/d"))
    met.write(D, named(task, "e", requester=ref("PractitionerRole/d")))
    gone(met, task)
    done = decided(met, of(OTHER), of(DESK))
    assert [each["owner"] for each in map(body, done.beside) if each["resourceType"] == "Task"] == [ref(DESK)]


def test_roles_for_other_persons_are_put_anew(met: Town) -> None:
    decided(met, of(OTHER), of(DESK))
    (task,) = told(met, D)
    (team,) = [each for each in met.stored("CareTeam") if each.id != "standing"]
    old = put(DESK, team.reference) | {"id": "old"}
    noted = frozenset({f"{verdict.BETWEEN} {one}" for one in (DESK, "PractitionerRole/lead")})
    judged = Verdict(True, noted=noted, fixed=frozenset({"Group/g", "Patient/9"}))
    laid(met, Record(old, "Organization/lead", "Practitioner/lead", judged))
    laid(met, Record(old | {"id": "void"}, "Organization/lead", "Practitioner/lead", Verdict(void=True)))
    decided(met, of(OTHER), of(DESK))
    assert met.read(D, task)["status"] == "requested"
    found = [body(each) for each in met.stored("Task") if each.id in ("old", "void")]
    assert found == [put(DESK, team.reference, "cancelled")] * 2


@pytest.mark.parametrize("status", ["draft", "on-hold", "unknown"])
def test_who_brought_a_case_that_is_not_over_acts_together(met: Town, status: str) -> None:
    met.write(P, met.read(P, "CarePlan/k") | {"status": status})
    decided(met, of(OTHER))
    kept(met, of(OTHER), BROUGHT)


def test_a_team_that_is_over_or_of_another_household_or_kind_is_not_decided_anew(met: Town) -> None:
    mine: Json = {"resourceType": "CareTeam", "status": "active", "subject": ref("Group/g")}
    mine |= {"category": [concept("record-category", "case-team")], "participant": [of(OTHER)]}
    others = household("1") | {"id": "h"}
    teams = [
        mine | {"id": "over", "status": "inactive"},
        mine | {"id": "elsewhere", "subject": ref("Group/h"), "extension": [NAMES_IT]},
        case("a0", "case-team"),
        mine | {"id": "kind", "category": [concept("record-category", "standing-roster")]},
    ]
    laid(met, *(Record(each, "Organization/lead", "Practitioner/lead") for each in (others, *teams)))
    done = decided(met, of(OTHER))
    assert done.action == "create"
    assert done.team.version.id not in ("over", "elsewhere", "kind", "a0")
    stood = {each.id: each.number for each in met.stored("CareTeam")}
    assert (stood["over"], stood["elsewhere"], stood["kind"]) == (1, 1, 1)


def test_of_a_case_that_is_not_there_for_one_nothing_is_decided(met: Town) -> None:
    laid(met, Record(case("unseen") | {"subject": ref("Group/h")}, "Organization/council", "Practitioner/co"))
    gone(met, "CarePlan/plan")
    for name in ("CarePlan/none", "CarePlan/unseen", "CarePlan/plan"):
        with pytest.raises(Problem, match=f"there is no `{name}`"):
            decided(met, of(OTHER), case=name)
    with pytest.raises(Problem):
        decided(met, of(OTHER), who=Q)
    assert [each.id for each in met.stored("CareTeam")] == ["standing"]


def test_what_was_said_of_the_team_besides_stays_where_it_is_decided_anew(met: Town) -> None:
    decide(met, "other")
    (team,) = [each for each in met.stored("CareTeam") if each.id != "standing"]
    laid(met, Record(concern("why", "1"), "Organization/lead", "Practitioner/lead"))
    rested = {"reasonReference": [ref("Condition/why")]}
    met.write(LEADING, orjson.loads(team.body) | {"name": "水無瀬家の支援"} | rested)
    decide(met, "other", "desk")
    (team,) = [each for each in met.stored("CareTeam") if each.id != "standing"]
    assert body(team)["name"] == "水無瀬家の支援"
    assert "reasonReference" not in body(team), "what it rests on is asked anew"


def test_who_brought_a_case_that_was_closed_in_the_meeting_acts_no_more_by_it(met: Town) -> None:
    code = {"url": "outcome", "valueCodeableConcept": concept("case-outcome", "resolved")}
    closed = {"status": "completed", "extension": [extension("case-outcome", extension=[code])]}
    met.write(P, met.read(P, "CarePlan/k") | closed)
    done = decided(met, of(OTHER))
    assert body(done.team.version)["participant"] == [of(OTHER)]
