from __future__ import annotations

import json
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import CONFERENCE
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import FORMS, WHO, several

scenarios("care_plan.feature")

_RULE = "https://tsunagu.example/fhir/StructureDefinition/recurrence-rule"


_SUBJECT = "https://tsunagu.example/fhir/StructureDefinition/activity-subject"


def _at(time: str) -> dict[str, Any]:
    return {"dayOfWeek": ["mon"], "timeOfDay": [time], "duration": 60, "durationUnit": "min"}


def _ruled(rule: str) -> dict[str, Any]:
    return {"scheduledTiming": {"extension": [{"url": _RULE, "valueString": rule}]}}


_UNREADABLE: dict[str, dict[str, Any]] = {
    "読めない繰り返し規則": _ruled("FREQ=FORTNIGHTLY"),
    "当たる日のない規則": _ruled("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"),
    "存在しない日から": {"scheduledPeriod": {"start": "2019-02-30"}},
    "いつかを書かない": {},
    "長さだけを書く": {"scheduledTiming": {"repeat": {"duration": 60, "durationUnit": "min"}}},
    "長さの単位が月": {"scheduledTiming": {"repeat": {"duration": 1, "durationUnit": "mo"}}},
}


@when(parsers.re("(?P<who>推進員|こども総合相談所の担当者)が会議のためにトータルケアプランを作る"))
def _(scene: Scene, who: str) -> None:
    scene.answer = casework.draft_plan(scene.city, WHO[who], CONFERENCE)


@when(parsers.re(r"寄り添いサポートセンターの担当者が、(?P<form>.+)のトータルケアプランを作ろうとする"))
def _(scene: Scene, form: str) -> None:
    scene.answer = casework.draft_plan(scene.city, activity=_activities(form))


@when("寄り添いサポートセンターの担当者が、計画を読めない繰り返し規則に書き直そうとする")
def _(scene: Scene) -> None:
    activities = _activities("読めない繰り返し規則")
    scene.answer = casework.change(scene.city, "yorisoi", "plan", activity=activities)


@when("推進員がトータルケアプランを書き直す")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "coordinator", "plan", title="書き直した計画")


@then(parsers.re(r"(?P<who>[^は]+)は一週間の表を「(?P<form>[^」]+)」で見られる"))
def _(scene: Scene, who: str, form: str) -> None:
    beginning = {"ページ": "<html", "図": "<svg", "暦": "BEGIN:VCALENDAR", "データ": "{"}[form]
    drawn = scene.timetable(who, form)
    assert drawn.status == 200, drawn.text
    assert drawn.headers["content-type"].startswith(FORMS[form])
    assert beginning in drawn.text
    assert "ヘルパー" in drawn.text


@then(parsers.re(r"表には「(?P<words>[^」]+)」とある"))
def _(scene: Scene, words: str) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert [word for word in several(words) if word not in _unfolded(scene.answer)] == []


@given("寄り添いサポートセンターの担当者がトータルケアプランの案を作っている")
def _(scene: Scene) -> None:
    center = {"reference": "Organization/community-care-center"}
    detail = {"status": "scheduled", "code": {"text": "訪問"}, "performer": [center]}
    activity = [{"detail": detail | {"scheduledTiming": {"repeat": _at("10:00:00")}}}]
    drafted = casework.draft_plan(scene.city, status="draft", activity=activity)
    assert drafted.status == 201, drafted.text


@when("寄り添いサポートセンターの担当者が、母に同じ時間のサービスが二つある計画を作る")
def _(scene: Scene) -> None:
    mother = [{"url": _SUBJECT, "valueReference": {"reference": scene.city.known["mother"]}}]
    activity = [
        {
            "detail": {
                "extension": mother,
                "status": "scheduled",
                "code": {"text": label},
                "scheduledTiming": {"repeat": _at(at)},
            }
        }
        for label, at in (("A型就労", "10:00:00"), ("訪問看護", "10:30:00"))
    ]
    drafted = casework.draft_plan(scene.city, activity=activity)
    assert drafted.status == 201, drafted.text
    officer = scene.city.officer("yorisoi")
    plan = officer.get(scene.city.known["plan"]).json
    asked = {"Prefer": "return=OperationOutcome", "Content-Type": "application/fhir+json"}
    scene.answer = officer.send("PUT", scene.city.known["plan"], body=json.dumps(plan).encode(), headers=asked)


_FOR = {"母": "mother", "世帯": "household"}


@when(parsers.re("寄り添いサポートセンターの担当者が、(?P<whom>母|世帯|保健センター)に渡す一週間の表を作る"))
def _(scene: Scene, whom: str) -> None:
    place = f"{scene.place('トータルケアプラン')}/$timetable"
    recipient = scene.city.known[_FOR[whom]] if whom in _FOR else "Organization/health-center-kita-chuo"
    officer = scene.person("寄り添いサポートセンターの担当者")
    scene.answer = officer.get(place, _format="text/html", recipient=recipient)


@when("寄り添いサポートセンターの担当者が一週間の表を英語で見る")
def _(scene: Scene) -> None:
    place = f"{scene.place('トータルケアプラン')}/$timetable"
    officer = scene.person("寄り添いサポートセンターの担当者")
    scene.answer = officer.send("GET", f"{place}?_format=text/html", headers={"Accept-Language": "en"})


@when("寄り添いサポートセンターの担当者が 2019-06-05 の週の表を見る")
def _(scene: Scene) -> None:
    place = f"{scene.place('トータルケアプラン')}/$timetable"
    scene.answer = scene.person("寄り添いサポートセンターの担当者").get(place, _format="text/html", date="2019-06-05")


@then(parsers.re(r"表に「(?P<word>[^」]+)」とはない"))
def _(scene: Scene, word: str) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert word not in _unfolded(scene.answer)


@then("推進員は一週間の表を紙（PDF）と画像（PNG）で受け取れる")
def _(scene: Scene) -> None:
    for form in ("application/pdf", "image/png"):
        drawn = scene.person("推進員").get(f"{scene.place('トータルケアプラン')}/$timetable", _format=form)
        assert drawn.status == 200, drawn.text
        assert drawn.headers["content-type"] == form


@then("表に名前は出ていない")
def _(scene: Scene) -> None:
    names = [name for family, given, *_ in household.PERSONS.values() for name in (family, given)]
    assert [name for name in names if name in _unfolded(scene.answer)] == []


def _activities(form: str) -> list[dict[str, Any]]:
    """A service that can be read, and after it one that cannot."""
    good = {"scheduledTiming": {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"]}}}
    return [
        {"detail": {"status": "scheduled", "code": {"text": "訪問看護"}, **scheduled}}
        for scheduled in (good, _UNREADABLE[form])
    ]


def _unfolded(answer: Answer) -> str:
    """The text, of a calendar with its long lines joined."""
    return answer.text.replace("\r\n ", "")
