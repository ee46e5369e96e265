from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.rest import Client
from tests.world import casework
from tests.world.scene import Scene

scenarios("worklist.feature")

Json = dict[str, Any]
NAME = "白河 澄"


def ask(client: Client, **said: str) -> Answer:
    return client.get("$worklist", **said)


def parts(answer: Answer, name: str) -> list[Json]:
    assert answer.status == 200, answer.text
    found = [each["part"] for each in answer.json.get("parameter", ()) if each["name"] == name]
    return [{part["name"]: next(v for k, v in part.items() if k != "name") for part in each} for each in found]


def items(scene: Scene, who: str, kind: str) -> list[Json]:
    """The items of a kind about the request of the scenario."""
    found = parts(ask(scene.person(who)), "item")
    task = {"reference": scene.remembered["task"]}
    return [each for each in found if each["kind"] == kind and each.get("record") == task]


@given("寄り添いサポートセンターが、保健センターに依頼をしている")
@when("寄り添いサポートセンターが、保健センターに依頼をする")
@given(
    parsers.re(
        r"寄り添いサポートセンターが、保健センターに(?P<year>\d+)年(?P<month>\d+)月(?P<day>\d+)日付けで依頼をしている"
    )
)
def _(scene: Scene, year: str = "", month: str = "", day: str = "") -> None:
    officer = scene.person("寄り添いサポートセンターの担当者")
    person = officer.post("Patient", {"resourceType": "Patient", "name": [{"text": NAME}]}).created[0]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": person}}
    task |= {"requester": {"reference": "Organization/yorisoi-center"}}
    task |= {"owner": {"reference": "Organization/health-center-kita-chuo"}}
    if year:
        task["authoredOn"] = f"{year}-{int(month):02}-{int(day):02}"
    written = officer.post("Task", task)
    assert written.status == 201, written.text
    scene.remembered["task"] = written.created[0]


@given("その人の居所が秘匿されている")
def _(scene: Scene) -> None:
    officer = scene.person("寄り添いサポートセンターの担当者")
    person = officer.get(scene.remembered["task"]).json["for"]["reference"]
    named = {"name": "to", "valueReference": {"reference": "Organization/yorisoi-center"}}
    asked = {"resourceType": "Parameters", "parameter": [named]}
    protected = officer.post(f"{person}/$protect", asked)
    assert protected.status == 200, protected.text


@then("保健センターの担当者に、その依頼が開かれたものとして出る")
def _(scene: Scene) -> None:
    opened = parts(ask(scene.person("保健センターの担当者"), since="2026-01-01T00:00:00Z"), "opened")
    requests = [each for each in opened if each["kind"] == "request"]
    assert any(each.get("total") is None or each["total"] >= 1 for each in requests)
    text = ask(scene.person("保健センターの担当者"), since="2026-01-01T00:00:00Z").text
    assert scene.remembered["task"] in text


@when(parsers.re(r"(?P<who>\S+)が「することの一覧」を尋ねる"))
def _(scene: Scene, who: str) -> None:
    scene.answer = ask(scene.city.anyone() if who == "サインインしていない人" else scene.person(who))


@when("保健センターの担当者が、これまでに開かれたものを控える")
def _(scene: Scene) -> None:
    scene.remembered["since"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@then(parsers.re(r"(?P<who>\S+)の「することの一覧」に、その依頼が「(?P<kind>\S+)」として出る"))
def _(scene: Scene, who: str, kind: str) -> None:
    [item] = items(scene, who, kind)
    assert item["due"] >= date.today().isoformat()
    assert item["overdue"] is False


@then(parsers.re(r"(?P<who>\S+)の「することの一覧」に、その依頼は出ない"))
def _(scene: Scene, who: str) -> None:
    assert scene.remembered["task"] not in ask(scene.person(who)).text


@then(parsers.re(r"(?P<who>\S+)の「することの一覧」で、その依頼の期限は (?P<day>\S+) で、過ぎている"))
def _(scene: Scene, who: str, day: str) -> None:
    [item] = items(scene, who, "answer-request")
    assert (item["due"], item["overdue"]) == (day, True)


@then("期限の順に並んでいる")
def _(scene: Scene) -> None:
    days = [each["due"] for each in parts(scene.answer, "item")]
    assert days == sorted(days)
    assert days


@then("本人の名前はどこにも書かれていない")
def _(scene: Scene) -> None:
    assert NAME not in scene.answer.text


@then(parsers.parse("「monthly-conference」か、今月の会議が出る"))
def _(scene: Scene) -> None:
    monthly = [each for each in parts(scene.answer, "item") if each["kind"] == "monthly-conference"]
    month = date.today().isoformat()[:7]
    held = scene.person("推進員").search("Encounter", type="case-conference", date=f"ge{month}-01")
    assert bool(monthly) != bool(held.resources)
    assert all(each["due"].startswith(month) for each in monthly)


@then("保健センターの担当者が控えた時から後に開かれたものとして、その依頼が出る")
def _(scene: Scene) -> None:
    answer = ask(scene.person("保健センターの担当者"), since=scene.remembered["since"])
    opened = [each for each in answer.json["parameter"] if each["name"] == "opened"]
    [about] = [each["part"] for each in opened if scene.remembered["task"] in str(each)]
    told = {part["name"]: part for part in about}
    assert told["kind"]["valueCode"] == "request"
    scene.remembered["search"] = told["search"]["valueUri"]


@when("母が、保健センターと地域ケア総合推進センターへの提供に同意する")
def _(scene: Scene) -> None:
    assert casework.sign(scene.city).status == 201


def consents(scene: Scene, who: str) -> list[Json]:
    opened = parts(ask(scene.person(who), since=scene.remembered["since"]), "opened")
    return [each for each in opened if each["kind"] == "consent"]


@then("保健センターの担当者が控えた時から後に開かれたものとして、その同意が出る")
def _(scene: Scene) -> None:
    [told] = consents(scene, "保健センターの担当者")
    assert told["record"] == {"reference": scene.city.known["consent"]}
    scene.remembered |= {"search": told["search"], "task": told["record"]["reference"]}


@then("こども総合相談所の担当者には、同意は開かれたものとして出ない")
def _(scene: Scene) -> None:
    assert consents(scene, "こども総合相談所の担当者") == []


@then("示された探し方で、その同意が見つかる")
@then("示された探し方で、その依頼が見つかる")
def _(scene: Scene) -> None:
    path, _, query = scene.remembered["search"].partition("?")
    found = scene.person("保健センターの担当者").send("GET", f"{path}?{query}")
    assert scene.remembered["task"] in found.references


@then("サインインを求められる")
def _(scene: Scene) -> None:
    assert scene.answer.status == 401
