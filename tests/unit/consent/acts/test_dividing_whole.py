"""All that a division writes, record by record, and how it is asked, declined and confirmed (policy, dividing)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import verdict, vocabulary
from consent.actor import Scope
from consent.acts.division_task import Divided
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.division import Part
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, extension, own, ref
from tests.unit.consent.acts.divided_town import LEAD, P, Q, answer, ask, for_, refused, task_of, wrong
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body
from tests.unit.consent.acts.test_dividing_roles import TWO, employ
from tests.unit.consent.conftest import call, open_meeting
from tests.unit.consent.test_carrying_out import activity, close, plan
from tests.unit.consent.test_named_for_a_role import NOTICE, D, decide, hire, named, take_on, told
from tests.unit.consent.town import INSTALLER, Town, actor, case, coordination, household, patient

Json = dict[str, Any]

NOW, SINCE = "2026-11-23T04:00:00.000Z", "2026-11-20"
CENTER, OTHER, DESK, LEADING, COUNCIL = (
    f"Organization/{one}" for one in ("center", "other", "desk", "lead", "council")
)
LEADS = replace(LEAD, purpose=vocabulary.SUPPORT_CONFERENCE)
TOGETHER = "事例を持ち込んだ機関として共に動く / acts together, as who brought the case"
BROUGHT: Json = {"role": [{"text": TOGETHER}], "member": ref(CENTER)}
ASKED = Rule("P1", "permit", EVERYTHING, Text("the household is divided by who keeps it", "世帯を管理する機関が分ける"))
CONFIRMED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section confirms that the household is divided", "主管課が世帯を分けることを確かめた"),
)
FIRST, SECOND = activity(**for_("1")), activity(performer=[ref(DESK)], **for_("2"))
FOR_BOTH = activity(description="二人の家計")


@pytest.fixture
def met(town_with: Callable[..., Town]) -> Town:
    """The other agency, which was seated, helps the first; a desk that was not helps the second; one helps both."""
    return town_with(_met)


def _met(town: Town) -> None:
    call(town)
    open_meeting(town)
    hire(town)
    town.write(P, plan(FIRST, SECOND, FOR_BOTH, title="世帯の計画"))
    decide(town, "other", "desk")


@pytest.fixture
def decided(town_with: Callable[..., Town]) -> Town:
    """The meeting is over."""
    return town_with(_decided)


def _decided(town: Town) -> None:
    _met(town)
    close(town)


def labels(version: Version | None) -> list[Json]:
    assert version
    found: list[Json] = orjson.loads(version.body)["meta"].get("security", [])
    return found


def concerning(kind: str) -> Json:
    return concept("record-category", kind)


def asking(**more: Any) -> Json:
    said = [{"type": concept("division-input", f"part-{one}"), "valueReference": ref(f"Patient/{one}")} for one in "12"]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": NOW, "input": said}
    task |= {"code": concept("task-code", "divide"), "focus": ref("Group/g"), "for": ref("Group/g")}
    task |= {"requester": ref(CENTER), "owner": ref(LEADING), "reasonCode": {"text": "別居した"}}
    return task | {"executionPeriod": {"start": SINCE}} | more


def came(done: Divided) -> list[Json]:
    kinds = [concept("division-input", f"part-{one}") for one in "12"]
    return [{"type": kind, "valueReference": ref(one)} for kind, one in zip(kinds, done.households, strict=True)]


def part(person: str, agency: str, group: str, team: str, own: Json, status: str) -> list[Json]:
    """What one part gets: the household, the roles, the case, the plan and the Task of the role."""
    member = {"entity": ref(f"Patient/{person}"), "period": {"start": SINCE}}
    home: Json = {"resourceType": "Group", "active": True, "type": "person", "actual": True, "quantity": 1}
    roles: Json = {"resourceType": "CareTeam", "status": "active", "category": [concerning("case-team")]}
    roles |= {"subject": ref(group), "period": {"start": NOW}}
    roles["participant"] = [{"role": [{"text": "家計の相談"}], "member": ref(agency)}, BROUGHT]
    plans: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": ref(group)}
    task: Json = {
        "resourceType": "Task",
        "status": status,
        "intent": "order",
        "code": concept("task-code", "carry-out"),
    }
    task |= {"authoredOn": NOW, "requester": ref("PractitionerRole/lead"), "owner": ref(agency)}
    return [
        home | {"member": [member]},
        roles,
        plans | {"category": [concerning("case")], "period": {"start": SINCE}},
        plans | {"category": [concerning("total-care-plan")], "activity": [own]},
        task | {"focus": ref(team), "for": ref(group)},
    ]


def test_each_part_gets_what_concerns_its_members_alone_and_the_old_records_end(decided: Town) -> None:
    had = {each.reference: body(each) for type in ("CarePlan", "CareTeam", "Group") for each in decided.stored(type)}
    (team,) = [name for name in had if name.startswith("CareTeam/") and name != "CareTeam/standing"]
    tasks = sorted(each.reference for each in decided.stored("Task") if b'"carry-out"' in each.body)
    done = answer(decided, task_of(ask(decided, parts=TWO)))
    one, two, ended, going = done.records[:5], done.records[5:10], done.records[10:16], done.records[16:]
    (first, second) = done.households
    assert [body(each) for each in one] == part("1", OTHER, first, one[1].reference, FIRST, "accepted")
    assert [body(each) for each in two] == part("2", DESK, second, two[1].reference, SECOND, "requested")
    over: dict[str, Json] = {name: {"status": "cancelled"} for name in tasks}
    over[team] = {"status": "inactive", "period": {"start": NOW, "end": NOW}}
    over["CarePlan/k"] = {"status": "completed", "period": {"end": SINCE}}
    over["CarePlan/plan"] = {"status": "revoked", "period": {"end": SINCE}}
    listed = [{"entity": ref(f"Patient/{one}"), "inactive": True, "period": {"end": SINCE}} for one in "12"]
    over["Group/g"] = {"active": False, "member": listed}
    assert [each.reference for each in ended] == list(over)
    now = {each.reference: body(each) for each in ended}
    assert now == {name: (had | {one: body(each) for one, each in _tasks(decided)})[name] | over[name] for name in over}
    assert [each.cited for each in going] == ["Task/t/_history/3"]
    assert not any("security" in orjson.loads(each.body)["meta"] for each in done.records)
    assert wrong(decided) == []


def _tasks(town: Town) -> list[tuple[str, Version]]:
    return [(each.reference, each) for each in town.stored("Task")]


def notes(**said: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f".{name} {each}" for name, every in said.items() for each in every)


def test_what_is_held_fast_of_a_part_is_its_own_and_what_carried_the_whole_carries_it(decided: Town) -> None:
    done = answer(decided, task_of(ask(decided, parts=TWO)))
    one, two, going = done.records[:5], done.records[5:10], done.records[16]
    (first, second) = done.households
    held = [frozenset({"Encounter/m", first, "Patient/1"}), frozenset({"Encounter/m", second, "Patient/2"})]
    seat = ("PractitionerRole/q Organization/other",)
    carried = notes(carrier=("PractitionerRole/q", CENTER), seated=seat, brought=(CENTER,))
    decided_on = Verdict(True, noted=notes(decided=("yes",)))
    put = [notes(between=(agency, "PractitionerRole/lead")) for agency in (OTHER, DESK)]
    alone = [frozenset({group, person}) for group, person in ((first, "Patient/1"), (second, "Patient/2"))]
    expected = [Verdict(True), Verdict(True, noted=carried, fixed=held[0]), Verdict(True), decided_on]
    assert [verdict.read(each.terms) for each in one] == [*expected, Verdict(True, noted=put[0], fixed=alone[0])]
    expected[1] = Verdict(True, noted=notes(carrier=(CENTER,), brought=(CENTER,)), fixed=held[1])
    assert [verdict.read(each.terms) for each in two] == [*expected, Verdict(True, noted=put[1], fixed=alone[1])]
    assert verdict.read(going.terms).fixed == {"Group/g", "Patient/1", "Patient/2", first, second}
    assert [each for each in decided.stored("Task") if each.id == "t"] == [going]
    kept = Origin(CENTER, "Practitioner/p")
    assert [envelope.origin(each.terms) for each in (one[0], one[2], one[3])] == [kept] * 3
    assert {envelope.origin(each.terms).custodian for each in (one[1], one[4])} == {LEADING}


def test_the_whole_task_is_very_restricted_and_its_answer_says_what_came_of_it(decided: Town) -> None:
    asked = ask(decided, parts=TWO)
    assert body(asked.task) == body(asked.shown) == asking()
    assert labels(asked.task) == [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]
    assert (asked.action, asked.decision, asked.records) == ("update", Decision(True, (ASKED,)), ())
    assert envelope.origin(asked.task.terms if asked.task else ()) == Origin(CENTER, "Practitioner/p")
    assert [issue.at for issue in asked.said] == ["CarePlan.activity[2]"], "what is for both stays behind"
    assert asked.told == (asked.task,)
    declined = answer(decided, task_of(asked), accept=False, reason="同居している")
    no = {"status": "cancelled", "lastModified": NOW, "statusReason": {"text": "同居している"}}
    assert body(declined.task) == asking(**no)
    assert (declined.records, declined.households, declined.decision) == ((), (), Decision(True, (CONFIRMED,)))
    assert declined.group.reference == "Group/g"
    done = answer(decided, task_of(ask(decided, parts=TWO)))
    yes = {"status": "completed", "lastModified": NOW, "statusReason": {"text": "確かめた"}}
    assert body(done.task) == asking(**yes, output=came(done))
    assert (done.action, done.decision, done.told) == (
        "update",
        Decision(True, (CONFIRMED,)),
        (done.task, *done.records),
    )
    assert verdict.read(done.task.terms if done.task else ()) == Verdict(True, fixed=frozenset(done.households))


def test_a_preview_writes_nothing(decided: Town) -> None:
    before = [each.cited for each in decided.stored("Task")]
    done = ask(decided, parts=TWO, reason="", preview=True)
    assert (done.task, done.records, done.action, done.households) == (None, (), "read", ())
    assert (done.told, done.decision) == ((done.group,), Decision(True, (ASKED,)))
    assert [issue.at for issue in done.said] == ["CarePlan.activity[2]"]
    assert [each.cited for each in decided.stored("Task")] == before


def test_where_the_lead_section_keeps_the_household_it_is_asked_and_confirmed_at_once(town: Town) -> None:
    town.write(LEAD, patient("1"), patient("2"), household("1", "2"), case())
    done = ask(town, LEAD, TWO)
    whole = asking(status="completed", lastModified=NOW, output=came(done)) | {"requester": ref(LEADING)}
    assert body(done.task) == whole
    assert (done.decision, len(done.records)) == (Decision(True, (CONFIRMED,)), 6)
    assert verdict.read(done.task.terms if done.task else ()) == Verdict(True)


def test_what_waits_unseen_stands_in_the_way_of_who_confirms_and_is_told_to_nobody_else(town: Town) -> None:
    for who, id, persons in ((P, "g", "12"), (LEAD, "h", "34")):
        town.write(who, *(patient(one) for one in persons), household(*persons) | {"id": id})
        waits = coordination("requested") | {"id": f"waits-{id}", "for": ref(f"Group/{id}"), "requester": ref(OTHER)}
        laid(town, Record(waits, OTHER, "Practitioner/q", Verdict(True)))
        assert not town.reads(who, f"Task/waits-{id}")
    task = task_of(ask(town, parts=TWO))
    assert refused(answer, town, task) == "business-rule R13"
    apart = (Part(("Patient/3",)), Part(("Patient/4",)))
    scopes = (Scope("user", "Group", frozenset("cruds")), Scope("user", "*", frozenset("rs")))
    with pytest.raises(Problem, match="the token's scopes"):
        ask(town, replace(LEAD, scopes=scopes), apart, household="Group/h")
    assert refused(ask, town, LEAD, apart, household="Group/h") == "business-rule R13"


def test_of_a_household_that_there_is_not_the_task_is_declined(town: Town) -> None:
    laid(town, Record(asking() | {"id": "n", "focus": ref("Group/none")}, CENTER, "Practitioner/p", Verdict(True)))
    assert refused(answer, town, "Task/n") == "business-rule P6"
    assert answer(town, "Task/n", accept=False).group.reference == "Task/n"


def test_of_one_that_another_agency_keeps_by_then_too(decided: Town) -> None:
    laid(decided, Record(asking() | {"id": "n", "requester": ref("Organization/x")}, CENTER, "", Verdict(True)))
    with pytest.raises(Problem, match="no longer kept by who asked"):
        answer(decided, "Task/n")


def test_what_was_answered_is_not_answered_again(decided: Town) -> None:
    over = asking() | {"id": "n", "status": "completed"}
    laid(decided, Record(over, CENTER, "Practitioner/p", Verdict(True)))
    for accept in (True, False):
        with pytest.raises(Problem, match="this was answered already"):
            answer(decided, "Task/n", accept=accept)


def test_whom_an_agency_named_goes_on_below_it_with_the_notice_that_they_acknowledged(decided: Town) -> None:
    (task,) = told(decided, D)
    beside = {"type": {"text": "受け付けた窓口"}, "valueString": "本庁"}
    take_on(decided, D, task, owner=ref("PractitionerRole/d"), output=[NOTICE, beside])
    decided.write(D, decided.read(D, task) | {"status": "in-progress"})
    decided.write(D, named(task, "e", requester=ref("PractitionerRole/d"), id="0"))
    (whole,) = [each for each in decided.stored("CareTeam") if each.id != "standing"]
    stray = decided.read(D, task) | {"meta": {}, "id": "void"}
    laid(decided, Record(stray, LEADING, "Practitioner/lead", Verdict(void=True)))
    fixed = frozenset({whole.reference, "Group/g", "Patient/1", "Patient/2"})
    below_none = Verdict(True, noted=notes(between=(DESK, "PractitionerRole/lead")), fixed=fixed)
    laid(decided, Record(stray | {"id": "stray", "partOf": [ref("Task/none")]}, DESK, "Practitioner/d", below_none))
    done = answer(decided, task_of(ask(decided, parts=TWO)))
    put = [each for each in done.records if each.type == "Task" and each.number == 1]
    first, above, below = (body(each) for each in put)
    assert (first["owner"], above["owner"], below["owner"]) == (
        ref(OTHER),
        ref("PractitionerRole/d"),
        ref("PractitionerRole/e"),
    )
    assert (above["status"], below["status"]) == ("accepted", "requested")
    assert (above["output"], "output" in below) == ([NOTICE], False)
    assert below["partOf"] == [ref(put[1].reference)]
    team = above["focus"]["reference"]
    assert verdict.read(put[2].terms).fixed == {done.households[1], "Patient/2", team}


def test_a_role_that_is_over_goes_on_with_nobody(met: Town) -> None:
    roles: list[Json] = [
        {"role": [{"text": "家計の相談"}], "member": ref(one)} for one in (OTHER, DESK, COUNCIL, OTHER)
    ]
    for role in roles[2:]:
        role |= {"period": {"end": "2026-11-01"}}
    met.run(met.gate.decide_roles(LEADS, "CarePlan/k", roles))
    close(met)
    done = answer(met, task_of(ask(met, parts=TWO)))
    members = [[one["member"] for one in body(each)["participant"]] for each in done.records if each.type == "CareTeam"]
    assert members[:2] == [[ref(OTHER), ref(CENTER)], [ref(DESK), ref(CENTER)]]


def test_a_role_goes_on_where_it_is_said_to_or_is_refused(met: Town) -> None:
    decide(met, "other", "desk", "council")
    close(met)
    assert refused(ask, met, parts=TWO) == "business-rule R19"
    parts = (Part(("Patient/1",), (COUNCIL,)), Part(("Patient/2",)))
    done = answer(met, task_of(ask(met, parts=parts)))
    members = [[one["member"] for one in body(each)["participant"]] for each in done.records if each.type == "CareTeam"]
    assert members[:2] == [[ref(OTHER), ref(COUNCIL), ref(CENTER)], [ref(DESK), ref(CENTER)]]


def test_labels_go_along_and_of_a_protected_person_elsewhere_those_of_handling_alone(town: Town) -> None:
    very = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V", "display": "very"}
    other = {"system": "http://example.org/label", "code": "x"}
    town.write(P, patient("1"), patient("2"), household("1", "2"), case() | {"meta": {"security": [very, other]}})
    done = answer(town, task_of(ask(town, parts=TWO)))
    assert [labels(each) for each in done.records if each.type == "CarePlan"][:2] == [[very, other]] * 2
    town.write(P, patient("3"), patient("4"), household("3", "4") | {"id": "h"})
    why = extension("withheld-reason", valueString="本人が知られたくないと話している")
    withheld = own("handling-label", "withheld") | {"extension": [why]}
    marked = {"title": "題", "description": "経過", "meta": {"security": [very, other, withheld]}}
    town.write(P, case("kh") | {"subject": ref("Group/h")} | marked)
    town.protect(P, "Patient/3", "Practitioner/p")
    apart = (Part(("Patient/3",)), Part(("Patient/4",)))
    done = answer(town, task_of(ask(town, parts=apart, household="Group/h")))
    hers, his = [each for each in done.records if each.type == "CarePlan"][:2]
    assert labels(hers) == [very, other, withheld]
    assert labels(his) == [{"system": each["system"], "code": each["code"]} for each in (very, withheld)]
    plan_of_his: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "period": {"start": SINCE}}
    category = concerning("case")
    category["coding"][0]["display"] = "事例"
    assert body(his) == plan_of_his | {"category": [category], "subject": ref(done.households[1])}


@pytest.mark.parametrize(
    ("id", "since", "rule"),
    [
        ("g", "2026-11-24", "P3"),
        ("g", "2026-11-23", ""),
        ("g", "2026-11", "P3"),
        ("g", "1899-12-31", "P3"),
        ("g", "", "P3"),
        ("late", "2026-11-09", "P3"),
        ("late", "2026-11-10", ""),
        ("none", SINCE, "-"),
    ],
)
def test_since_a_day_that_has_come_and_on_which_everybody_was_there(town: Town, id: str, since: str, rule: str) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    late = household("1", "2") | {"id": "late"}
    late["member"][1]["period"] = {"start": "2026-11-10"}
    town.write(P, late)
    said = refused(ask, town, parts=TWO, since=since, household=f"Group/{id}")
    assert said == ("not-found" if rule == "-" else f"business-rule {rule}" if rule else "done")


@pytest.mark.parametrize(
    "parts",
    [
        (Part(("Patient/1", "Patient/2")),),
        (Part(("Patient/1",)), Part(("Patient/2",)), Part(())),
        (Part(("Patient/1",)), Part(())),
        (Part(("Patient/1",)), Part(("Patient/3",))),
        (Part(("Patient/1",)), Part(("Patient/2", "Patient/1"))),
        (Part(("Patient/1",)), Part(("Patient/2", "Patient/3"))),
    ],
)
def test_everybody_goes_to_one_part_of_two_or_more(town: Town, parts: tuple[Part, ...]) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    assert set(refused(ask, town, parts=parts).split()) == {"business-rule", "P3"}
    assert town.stored("Task") == []


def test_who_may_ask_and_who_may_confirm(decided: Town) -> None:
    assert refused(ask, decided, Q, TWO) in ("forbidden P1", "not-found")
    assert refused(ask, decided, LEAD, TWO) == "forbidden P1", "who only reads it"
    assert refused(ask, decided, P, TWO, reason="") == "business-rule P6"
    narrow = replace(P, scopes=(Scope("user", "Group", frozenset("rs")), Scope("user", "Task", frozenset("cruds"))))
    assert refused(ask, decided, narrow, TWO).startswith("forbidden")
    groups = (Scope("user", "Group", frozenset("u")), Scope("user", "*", frozenset("rs")))
    assert ask(decided, replace(P, scopes=groups), TWO, preview=True).task is None
    unseen = Record(asking() | {"id": "unseen", "requester": ref(OTHER)}, OTHER, "Practitioner/q", Verdict(True))
    laid(decided, unseen)
    task = task_of(ask(decided, parts=TWO))
    assert refused(ask, decided, parts=TWO) == "business-rule P1", "it is asked already"
    with pytest.raises(Problem, match="this is asked of the lead section"):
        answer(decided, task, P)
    assert refused(answer, decided, task, reason="") == "business-rule P6"
    employ(decided, "both", "lead", "lead-section", "p")
    assert refused(answer, decided, task, P) == "forbidden P6", "who asked"
    for type in ("CarePlan", "CareTeam", "Group"):
        scopes = [Scope("user", "*", frozenset("rs")), Scope("user", "Task", frozenset("cruds"))]
        scopes += [Scope("user", each, frozenset("u")) for each in ("CarePlan", "CareTeam", "Group") if each != type]
        assert refused(answer, decided, task, replace(LEAD, scopes=tuple(scopes))).startswith("forbidden"), type
    scopes = [Scope("user", "*", frozenset("rs"))]
    scopes += [Scope("user", each, frozenset("u")) for each in ("CarePlan", "CareTeam", "Group", "Task")]
    answer(decided, task, replace(LEAD, scopes=tuple(scopes)))
    assert refused(answer, decided, task) == "business-rule P6"
    assert refused(ask, decided, parts=TWO) == "business-rule P3", "it was divided already"


def test_a_household_that_is_gone_or_another_keeps_or_is_a_mistake_is_not_divided(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    mark: Json = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
    laid(town, Record(household("1", "2") | {"id": "mistaken"} | mark, CENTER, "Practitioner/p"))
    assert refused(ask, town, parts=TWO, household="Group/mistaken") == "business-rule P1"
    forged = asking() | {"id": "forged", "requester": ref(OTHER)}
    laid(town, Record(forged, OTHER, "Practitioner/q", Verdict(True)))
    assert refused(answer, town, "Task/forged") == "business-rule P6"
    task = task_of(ask(town, parts=TWO))
    gone(town, "Group/g")
    assert refused(answer, town, task) == "business-rule P6"
    assert refused(ask, town, parts=TWO) == "not-found"
    done = answer(town, task, accept=False)
    assert body(done.task)["status"] == "cancelled"


def test_where_nobody_leads_nobody_is_asked(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(INSTALLER, town.read(INSTALLER, "PractitionerRole/lead") | {"active": False})
    assert refused(ask, town, parts=TWO) == "business-rule P6"
    assert actor("lead") == LEAD


@pytest.mark.parametrize(
    ("start", "ended"),
    [
        ("2026-04-01", {"start": "2026-04-01", "end": SINCE}),
        ("2026-11-20T09:00:00+09:00", {"start": "2026-11-20T09:00:00+09:00", "end": SINCE}),
        ("2026-11-22", {"start": "2026-11-22", "end": "2026-11-22"}),
    ],
)
def test_what_began_keeps_its_beginning_and_ends_no_earlier(town: Town, start: str, ended: Json) -> None:
    begun = case() | {"period": {"start": start}, "extension": [{"url": "http://example.org/x", "valueString": "続く"}]}
    town.write(P, patient("1"), patient("2"), household("1", "2"), begun)
    done = answer(town, task_of(ask(town, parts=TWO)))
    (over,) = [body(each) for each in done.records if each.reference == "CarePlan/k"]
    assert over["period"] == ended
    assert [body(each)["period"] for each in done.records if each.type == "CarePlan"][:2] == [{"start": SINCE}] * 2


def test_roles_that_never_counted_go_on_as_such_and_carry_nothing(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), case())
    judged = Verdict(void=True, noted=notes(carrier=("PractitionerRole/p",), seated=(f"PractitionerRole/p {CENTER}",)))
    roles: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
    roles |= {"category": [concerning("case-team")], "participant": [BROUGHT]}
    laid(town, Record(roles, LEADING, "Practitioner/lead", judged))
    done = answer(town, task_of(ask(town, parts=TWO)))
    assert [verdict.read(each.terms) for each in done.records if each.type == "CareTeam"][:2] == [
        Verdict(void=True)
    ] * 2
    assert [each.type for each in done.records] == [
        *["Group", "CareTeam", "CarePlan"] * 2,
        "CareTeam",
        "CarePlan",
        "Group",
    ]


def test_a_plan_that_was_decided_on_is_none_of_a_part_in_which_nobody_has_a_role(met: Town) -> None:
    close(met)
    (team,) = [each for each in met.stored("CareTeam") if each.id != "standing"]
    gone(met, team.reference)
    done = answer(met, task_of(ask(met, parts=TWO)))
    plans = [each for each in done.records if each.type == "CarePlan" and "activity" in body(each) and each.number == 1]
    assert [verdict.read(each.terms) for each in plans] == [Verdict(True)] * 2


def test_who_handed_the_case_over_and_has_a_role_in_a_part_is_told_of_that_and_carries_nothing_as_its_keeper(
    town: Town,
) -> None:
    """As of roles of an older release, in which it stood as a keeper still."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), plan(FIRST, status="draft"))
    roles: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
    roles |= {"category": [concerning("case-team")]}
    roles["participant"] = [{"role": [{"text": "家計の相談"}], "member": ref(OTHER)}, BROUGHT]
    held = frozenset({"Encounter/m", "Group/g", "Patient/1", "Patient/2"})
    judged = Verdict(True, noted=notes(carrier=(CENTER, OTHER), brought=(CENTER,)), fixed=held)
    laid(town, Record(roles, LEADING, "Practitioner/lead", judged))
    done = answer(town, task_of(ask(town, parts=TWO)))
    teams = [each for each in done.records if each.type == "CareTeam" and each.number == 1]
    carried = notes(carrier=(CENTER,), brought=(CENTER,))
    assert [verdict.read(each.terms).noted for each in teams] == [carried, carried]
    (told_of,) = [body(each) for each in done.records if each.type == "Task"]
    assert told_of == part("1", OTHER, done.households[0], teams[0].reference, FIRST, "requested")[-1]
