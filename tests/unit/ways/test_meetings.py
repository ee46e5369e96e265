"""What may be done instead where a meeting, its papers, its roles or its plan are refused, each way walked.

R11, R19, R20, R25 to R27, R35 to R38 of the domain and articles 3 to 7 of the ordinance
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.laws.worlds import concept, extension, own, ref
from tests.unit.ways.conftest import MEETING, SEATED, Ways, coordination, meeting, seat

Json = dict[str, Any]
FORM = "https://tsunagu.example/fhir/Questionnaire/conference-material"
HEADINGS = ("problems", "surroundings", "wish", "supporters", "resources")
WEEK = {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"]}}


def plan(*services: Json, **elements: Any) -> Json:
    made: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    made |= {"category": [concept("record-category", "total-care-plan")], "basedOn": [ref("CarePlan/k")]}
    return made | {"activity": [{"detail": each} for each in services or (service(),)]} | elements


def service(status: str = "scheduled", **elements: Any) -> Json:
    made: Json = {"status": status, "code": {"text": "見守り"}, "performer": [ref("Organization/other")]}
    return made | {"scheduledTiming": WEEK} | elements


def minutes(who: str, status: str = "final") -> Json:
    text = {"status": "additional", "div": '<div xmlns="http://www.w3.org/1999/xhtml">訪問について</div>'}
    made: Json = {"resourceType": "Composition", "status": status, "date": "2026-12-10", "title": "議事録"}
    made |= {"type": {"text": "議事録"}, "subject": ref("Group/g"), "author": [ref(f"PractitionerRole/{who}")]}
    return made | {"section": [{"title": "結論", "text": text}]}


def test_who_is_no_convener_brings_the_case_to_the_coordinator(ways: Ways) -> None:
    ways.write("p", "meeting", meeting("2026-12-10"), MEETING)
    ways.refused("art. 4", "bring the case to the coordinator (`coordinate`)")
    ways.coordinated()
    ways.called_meeting()


def test_what_rests_on_consent_is_convened_beside_what_is_under_the_act(ways: Ways) -> None:
    ways.coordinated()
    both = [concept("conference-kind", each) for each in ("case-conference", "support-coordination")]
    ways.write("conv", "meeting", meeting("2026-12-10") | {"type": both}, MEETING)
    ways.refused("R27", "convene each")
    ways.called_meeting()
    consented = meeting("2026-12-10", "support-coordination")
    ways.write("conv", "other", consented, MEETING)
    ways.taken()


def test_what_prepares_a_meeting_is_recorded_by_the_coordinator(ways: Ways) -> None:
    ways.coordinated()
    ways.write("conv", "meeting", meeting("2026-12-09", "pre-meeting"), MEETING)
    ways.refused("R27", "the coordinator records it as a meeting", "without seats and letters")
    prepared: Json = {"resourceType": "Encounter", "status": "finished", "class": own("encounter-class", "meeting")}
    prepared |= {"type": [concept("conference-kind", "pre-meeting")], "subject": ref("Group/g")}
    ways.write("co", "prepared", prepared | {"period": {"start": "2026-12-09", "end": "2026-12-09"}})
    ways.taken()


def test_a_further_day_and_a_meeting_that_is_over_are_convened_anew(ways: Ways) -> None:
    ways.coordinated()
    two_days = meeting("2026-12-10") | {"period": {"start": "2026-12-10", "end": "2026-12-11"}}
    ways.write("conv", "meeting", two_days, MEETING)
    ways.refused("P4", "convene a further one for a further day")
    ways.opened("2026-12-10")
    ways.closed()
    ways.put("conv", "meeting", MEETING, status="in-progress")
    ways.refused("art. 4", "convene a new one")
    ways.opened("2026-12-11")


def test_a_conference_that_is_none_is_called_off_and_recorded_as_another(ways: Ways) -> None:
    ways.coordinated()
    ways.called_meeting()
    plain = own("encounter-class", "meeting")
    ways.put("conv", "meeting", MEETING, **{"class": plain})
    ways.refused("art. 4", "call it off (`cancelled`), and record the other as a new Encounter")
    ways.put("conv", "meeting", MEETING, status="cancelled")
    ways.taken()
    ways.write(
        "p", "talk", {"resourceType": "Encounter", "status": "finished", "class": plain, "subject": ref("Group/g")}
    )
    ways.taken()


def test_where_the_case_conference_decided_nothing_the_advisers_meet(ways: Ways) -> None:
    ways.coordinated()
    ways.write("conv", "meeting", meeting("2026-12-11", "adviser-conference", "adv"), MEETING)
    ways.refused("R25", "hold that first, and close it with the outcome `undecided`")
    ways.opened("2026-12-10")
    ways.closed("undecided")
    ways.write("conv", "advisers", meeting("2026-12-11", "adviser-conference"), MEETING)
    ways.refused("R26", "invite at least one")
    ways.write("conv", "advisers", meeting("2026-12-11", "adviser-conference", "adv"), MEETING)
    ways.taken()


def test_who_is_on_no_roster_is_put_on_it_by_the_convener(ways: Ways) -> None:
    ways.coordinated()
    ways.write("conv", "meeting", meeting("2026-12-10", "case-conference", "p2"), MEETING)
    ways.refused("R29", "choose among its members, or have it amended first")
    [roster] = ways.town.found("conv", "CareTeam?category=standing-roster", MEETING)
    ways.town.known["roster"] = f"CareTeam/{roster['id']}"
    amended = [*roster["participant"], {"member": ref("PractitionerRole/p2")}]
    ways.put("lead", "roster", participant=amended)
    ways.refused("art. 3", "the convener keeps the standing roster: tell them")
    ways.put("conv", "roster", participant=amended)
    ways.taken()
    ways.write("conv", "meeting", meeting("2026-12-10", "case-conference", "p2"), MEETING)
    ways.taken()


def test_secrecy_is_explained_by_one_call_and_acknowledged_by_one(ways: Ways) -> None:
    ways.coordinated()
    ways.called_meeting()
    letter: Json = {"resourceType": "Communication", "status": "completed", "encounter": ref(ways.id("meeting"))}
    letter |= {"category": [concept("communication-category", "invitation")], "payload": [{"contentString": "10時"}]}
    letter |= {"recipient": [ref("PractitionerRole/q")]}
    ways.write("q", "letter", letter | {"sender": ref("PractitionerRole/q")}, MEETING)
    ways.refused("R35", "ask them to (`$invite`)")
    ways.write("conv", "letter", letter | {"sender": ref("PractitionerRole/conv")}, MEETING)
    ways.refused("R34", "`topic` with the code of `secrecy-notice` that is in force (art9-from-2025-06)")
    ways.write("conv", "letter", letter | {"sender": ref("PractitionerRole/conv")} | TOPIC, MEETING)
    ways.taken()
    answer: Json = {"resourceType": "Communication", "status": "completed", "encounter": ref(ways.id("meeting"))}
    answer |= {"category": [concept("communication-category", "acknowledgement")], "sender": ref("PractitionerRole/co")}
    ways.write("q", "answer", answer | {"inResponseTo": [ref(ways.id("letter"))]}, MEETING)
    ways.refused("R35", "under their own sign-in (`$acknowledge`)")
    ways.call("q", f"{ways.id('meeting')}/$acknowledge", MEETING)
    ways.taken()


TOPIC: Json = {"topic": concept("secrecy-notice", "art9-from-2025-06")}


def test_what_is_to_stand_in_the_minutes_is_brought_as_material_or_opinion(ways: Ways) -> None:
    ways.coordinated()
    ways.opened()
    there = {"encounter": ref(ways.id("meeting"))}
    ways.write("q", "minutes", minutes("q") | there, MEETING)
    ways.refused("R36", "bring it as material (QuestionnaireResponse `conference-material`, DocumentReference)")
    items = [{"linkId": each, "answer": [{"valueString": "特になし"}]} for each in HEADINGS]
    paper: Json = {"resourceType": "QuestionnaireResponse", "questionnaire": FORM, "status": "completed"}
    ways.write("q", "material", paper | {"subject": ref("Group/g"), "item": items} | there, MEETING)
    ways.taken()
    attached = [{"attachment": {"contentType": "text/plain", "title": "資料"}}]
    document: Json = {"resourceType": "DocumentReference", "status": "current", "content": attached}
    document |= {"subject": ref("Group/g"), "context": {"encounter": [ref(ways.id("meeting"))]}}
    ways.write("q", "document", document, MEETING)
    ways.taken()
    word: Json = {"resourceType": "Communication", "status": "completed", "sender": ref("PractitionerRole/q")}
    ways.write("q", "word", word | {"subject": ref("Group/g"), "payload": [{"contentString": "訪問"}]} | there, MEETING)
    ways.taken()
    ways.write("conv", "minutes", minutes("conv") | there, MEETING)
    ways.taken()
    ways.ask("conv", "DELETE", ways.id("minutes"), purpose=MEETING)
    ways.refused("R36", "correct them by a new version (`amended`)")
    ways.put("conv", "minutes", MEETING, status="amended", title="議事録（訂正）")
    ways.taken()


def test_roles_are_decided_in_the_open_meeting_by_the_lead_section_and_decided_again(ways: Ways) -> None:
    ways.coordinated()
    ways.decided()
    ways.refused("R19", "convene one on it, and decide the roles in it")
    ways.called_meeting()
    ways.decided()
    ways.refused("R19", "decide them once it is open")
    ways.put("conv", "meeting", MEETING, status="cancelled")
    ways.opened(name="held")
    ways.decided()
    ways.taken()
    team: Json = {"resourceType": "CareTeam", "status": "active", "subject": ref("Group/g")}
    team |= {"category": [concept("record-category", "case-team")]}
    parts = [{"member": ref(f"Organization/{each}"), "role": [{"text": "見守る"}]} for each in ("center", "other")]
    ways.write("lead", "team", team | {"participant": parts}, MEETING)
    ways.refused("R19", "`$decide-roles` takes their place, or amend that team")
    ways.decided("council")
    ways.taken()
    [standing] = ways.town.found("lead", "CareTeam?category=case-team&status=active")
    ways.town.known["team"] = f"CareTeam/{standing['id']}"
    others = [each for each in standing["participant"] if each["member"] != ref("Organization/center")]
    ways.put("lead", "team", MEETING, participant=others)
    ways.refused("R11", "name it with its part, or decide by `$decide-roles`, which puts it there")
    ways.put(
        "lead",
        "team",
        MEETING,
        participant=[*others, {"member": ref("Organization/center"), "role": [{"text": "家計"}]}],
    )
    ways.taken()


def test_who_does_not_decide_the_roles_proposes_them_in_the_conference(ways: Ways) -> None:
    ways.coordinated()
    ways.opened()
    role = [{"name": "agency", "valueReference": ref("Organization/other")}, {"name": "role", "valueString": "見守る"}]
    ways.ask(
        "co",
        "POST",
        "CarePlan/k/$decide-roles",
        {"resourceType": "Parameters", "parameter": [{"name": "role", "part": role}]},
        MEETING,
    )
    ways.refused("R19", "propose them in the conference on this case")
    word: Json = {"resourceType": "Communication", "status": "completed", "sender": ref("PractitionerRole/co")}
    word |= {"subject": ref("Group/g"), "payload": [{"contentString": "見守りは別の機関に"}]}
    ways.write("co", "word", word | {"encounter": ref(ways.id("meeting"))}, MEETING)
    ways.taken()


def test_roles_are_proposed_in_the_meeting_by_who_does_not_decide_them(ways: Ways) -> None:
    ways.coordinated()
    ways.opened()
    ways.decided()
    ways.taken()
    [team] = ways.town.found("q", "CareTeam?category=case-team")
    ways.ask("q", "PUT", f"CareTeam/{team['id']}", team | {"note": [{"text": "見守りは別の機関に"}]})
    ways.refused("R19", "propose it there")
    word: Json = {"resourceType": "Communication", "status": "completed", "sender": ref("PractitionerRole/q")}
    word |= {"subject": ref("Group/g"), "payload": [{"contentString": "見守りは別の機関に"}]}
    ways.write("q", "word", word | {"encounter": ref(ways.id("meeting"))}, MEETING)
    ways.taken()


def test_a_second_plan_takes_the_place_of_the_first_or_amends_it(ways: Ways) -> None:
    ways.write("p", "plan", plan())
    ways.taken()
    ways.write("p", "second", plan())
    ways.refused("R37", "amend that one, or end it first")
    ways.put("p", "plan", activity=[{"detail": service()}, {"detail": service(description="朝も")}])
    ways.taken()
    ways.put("p", "plan", status="draft")
    ways.refused("R37", "put it `on-hold`, or end it (`completed`, `revoked`)")
    ways.put("p", "plan", category=[concept("record-category", "concern")])
    ways.refused("R37", "end it (`completed`, `revoked`; `entered-in-error` where it was a mistake)")
    ways.put("p", "plan", status="on-hold")
    ways.taken()
    ways.put("p", "plan", status="revoked")
    ways.taken()
    ways.write("p", "second", plan())
    ways.taken()


def test_who_carries_out_the_plan_says_how_far_it_is_by_the_task_of_the_role(ways: Ways) -> None:
    ways.coordinated()
    ways.opened()
    ways.write("p", "plan", plan())
    ways.decided()
    ways.taken()
    found = ways.town.read("q", "plan")
    ways.ask("q", "PUT", ways.id("plan"), found | {"title": "変えた計画"})
    ways.refused("R37", "say by your Task `carry-out` how far your part is (`in-progress`, `completed`)")
    [role] = ways.town.found("q", "Task?code=carry-out")
    ways.town.known["role"] = f"Task/{role['id']}"
    ways.put("q", "role", status="in-progress")
    ways.taken()


def test_a_coordination_ends_when_each_support_has_started_or_was_closed_with_a_reason(ways: Ways) -> None:
    ways.coordinated()
    ways.write("p", "plan", plan(service(), service(description="買い物")))
    ways.put("co", "coordination", status="completed")
    ways.refused("R17", "has started (`in-progress`) or was closed with a reason (`statusReason`)")
    closed = service("cancelled", statusReason={"text": "本人が望まない"})
    ways.put("p", "plan", activity=[{"detail": service("in-progress")}, {"detail": closed}])
    ways.taken()
    ways.put("co", "coordination", status="completed")
    ways.taken()


@pytest.mark.parametrize("element", ["status", "code"])
def test_a_coordination_that_was_taken_on_stays_and_is_ended(ways: Ways, element: str) -> None:
    ways.coordinated()
    changed: dict[str, Json] = {
        "status": {"status": "entered-in-error"},
        "code": {"code": concept("task-code", "inquiry")},
    }
    ways.put("p", "coordination", **changed[element])
    ways.refused("P6" if element == "status" else "R13")
    ways.put("p", "coordination", status="cancelled", statusReason={"text": "取り違えて求めた"})
    ways.taken()
    ways.write("p", "coordination", coordination())
    ways.taken()


def test_a_second_case_goes_on_with_the_first_or_follows_its_end(ways: Ways) -> None:
    second: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    second |= {"category": [concept("record-category", "case")]}
    ways.write("p", "second", second)
    ways.refused("R37", "go on with `CarePlan/k`, or end that first (`completed`, with `case-outcome`)")
    ways.put("p", "case", note=[{"text": "書き足した"}])
    ways.taken()
    ways.put("p", "case", status="completed")
    ways.refused("R44", "extension `case-outcome` with `resolved` or `unresolved`")
    ended = ended_case("unresolved")
    ways.put("p", "case", status="completed", extension=[ended])
    ways.refused("R44", "a Task `case-review` whose focus is this case; it may be written in the same transaction")
    review: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    review |= {"code": concept("task-code", "case-review"), "focus": ref("CarePlan/k")}
    body = ways.town.read("p", "case") | {
        "status": "completed",
        "extension": [ended_case("unresolved", "urn:uuid:" + ID)],
    }
    entries: list[Json] = [
        {"fullUrl": f"urn:uuid:{ID}", "resource": review, "request": {"method": "POST", "url": "Task"}},
        {"resource": body, "request": {"method": "PUT", "url": "CarePlan/k"}},
    ]
    ways.ask("p", "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    ways.taken()
    ways.town.known["review"] = "/".join(ways.town.json["entry"][0]["response"]["location"].split("/")[-4:-2])
    ways.put("p", "review", status="cancelled")
    ways.refused("R44", "the review goes on until it is `completed`")
    ways.put("p", "review", status="completed")
    ways.refused("R44", "say it in an `output`")
    learnt = [{"type": {"text": "分かったこと"}, "valueString": "早くから医療につなぐ"}]
    ways.put("p", "review", status="completed", output=learnt)
    ways.taken()
    ways.write("p", "second", second)
    ways.taken()


ID = "5a0e9d35-5f5e-4d84-9a0f-0d1d2f4a1b11"


def ended_case(outcome: str, review: str = "") -> Json:
    parts: list[Json] = [{"url": "outcome", "valueCodeableConcept": concept("case-outcome", outcome)}]
    parts += [{"url": "review", "valueReference": ref(review)}] if review else []
    return extension("case-outcome", extension=parts)


def test_the_seats_name_whoever_acts_there() -> None:
    assert {each["individual"]["reference"] for each in meeting("2026-12-10")["participant"]} == {
        seat(each)["individual"]["reference"] for each in ("conv", *SEATED)
    }
