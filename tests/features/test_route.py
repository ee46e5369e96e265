from __future__ import annotations

from datetime import date
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.rest import Client
from tests.world.scene import Scene

scenarios("route.feature")

Json = dict[str, Any]


def ask(client: Client, **said: str) -> Answer:
    return client.get("HealthcareService/$route", **said)


def entries(scene: Scene, mode: str) -> list[Json]:
    assert scene.answer.status == 200, scene.answer.text
    return [each for each in scene.answer.json.get("entry", ()) if each["search"]["mode"] == mode]


def issues(scene: Scene) -> list[Json]:
    return [issue for each in entries(scene, "outcome") for issue in each["resource"]["issue"]]


@given("寄り添いサポートセンターに、80歳の人だけの世帯の記録がある")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    born = date.today().replace(year=date.today().year - 80, day=1).isoformat()
    person = officer.post("Patient", {"resourceType": "Patient", "name": [{"text": "豊科 静"}], "birthDate": born})
    member = [{"entity": {"reference": person.created[0]}}]
    group = {"resourceType": "Group", "type": "person", "actual": True, "member": member}
    scene.remembered["household"] = officer.post("Group", group).created[0]


@when(parsers.re(r"(?P<who>[^「]+)が、その世帯の「(?P<field>[a-z-]+)」の窓口を学区 (?P<area>\S+) で探す"))
def _(scene: Scene, who: str, field: str, area: str) -> None:
    scene.answer = ask(scene.person(who), field=field, area=area, subject=scene.remembered["household"])


@when(parsers.re(r"サインインしていない人が、学区 (?P<area>\S+) の「(?P<field>[a-z-]+)」の窓口を探す"))
def _(scene: Scene, area: str, field: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, area=f"Location/{area}")


@when(parsers.re(r"(?P<who>\S+担当者)が、学区 (?P<area>\S+) の「(?P<field>[a-z-]+)」の窓口を探す"))
def _(scene: Scene, who: str, area: str, field: str) -> None:
    scene.answer = ask(scene.person(who), field=field, area=f"Location/{area}")


@when(parsers.re(r"サインインしていない人が、「(?P<area>\S+)」の「(?P<field>[a-z-]+)」の窓口を探す"))
def _(scene: Scene, area: str, field: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, area=area)


@when(
    parsers.re(r"サインインしていない人が、学区 (?P<area>\S+) に住む (?P<age>\d+) 歳の人の「(?P<field>[a-z-]+)」の.*")
)
def _(scene: Scene, area: str, age: str, field: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, area=area, age=age)


@when(parsers.re(r"サインインしていない人が、学区 (?P<area>\S+) の「(?P<field>[a-z-]+)」の窓口を「(?P<text>\S+)」の.*"))
def _(scene: Scene, area: str, field: str, text: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, area=area, text=text)


@when(parsers.re(r"サインインしていない人が、「(?P<text>\S+)」の言葉だけで窓口を探す"))
def _(scene: Scene, text: str) -> None:
    scene.answer = ask(scene.city.anyone(), text=text)


@when(
    parsers.re(r"サインインしていない人が、学区 (?P<area>\S+) の「(?P<field>[a-z-]+)」の窓口を (?P<at>\S+T\S+) に探す")
)
def _(scene: Scene, area: str, field: str, at: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, area=area, at=f"{at}:00+09:00")


@when(
    parsers.re(r"サインインしていない人が、学区 (?P<area>\S+) の「(?P<field>[a-z-]+)」の窓口を (?P<day>\S+) の一覧で.*")
)
def _(scene: Scene, area: str, field: str, day: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, area=area, date=day)


@when(parsers.re(r"サインインしていない人が、学区の指定なしに「(?P<field>[a-z-]+)」の窓口を (?P<day>\S+) の一覧で探す"))
def _(scene: Scene, field: str, day: str) -> None:
    scene.answer = ask(scene.city.anyone(), field=field, date=day)


@then(parsers.re(r"最初に出る窓口は (?P<agency>\S+) のもの"))
def _(scene: Scene, agency: str) -> None:
    assert entries(scene, "match")[0]["resource"]["providedBy"]["reference"] == agency


@then(parsers.re(r"(?P<agency>\S+) の窓口も出る"))
def _(scene: Scene, agency: str) -> None:
    assert agency in [each["resource"]["providedBy"]["reference"] for each in entries(scene, "match")]


@then("窓口が少なくとも一つ出る")
def _(scene: Scene) -> None:
    assert {each["resource"]["resourceType"] for each in entries(scene, "match")} == {"HealthcareService"}
    assert scene.answer.total == len(entries(scene, "match"))


@then(parsers.re(r"どの地域かを尋ね返し、選べるのは「(?P<names>[^」]+)」"))
def _(scene: Scene, names: str) -> None:
    [issue] = issues(scene)
    assert "どの地域ですか" in issue["details"]["text"]
    offered = [each["valueReference"]["display"] for each in issue["extension"]]
    assert sorted(offered) == sorted(names.split("、"))


@then("尋ね返されない")
def _(scene: Scene) -> None:
    assert issues(scene) == []


@then(
    parsers.re(
        r"最初の窓口は(?:「(?P<holiday>[^」]+)」で)?(?P<how>開いて|閉まって)いて、(?P<next>\S+) に(?:閉まる|開く)"
    )
)
def _(scene: Scene, holiday: str | None, how: str, next: str) -> None:
    [extension] = entries(scene, "match")[0]["extension"]
    told = {part["url"]: next for part in extension["extension"] for key, next in part.items() if key != "url"}
    assert told["open"] is (how == "開いて")
    assert told["closes" if how == "開いて" else "opens"] == f"{next}:00+09:00"
    assert told.get("holiday") == holiday


@then("窓口に続いて、主・副の担当者の名前と電話番号が出る")
def _(scene: Scene) -> None:
    first = scene.answer.references[0]
    beside = [each["resource"] for each in entries(scene, "include")]
    posts = [each for each in beside if first in str(each.get("healthcareService"))]
    assert [each["code"][0]["coding"][0]["code"] for each in posts] == ["officer", "deputy"]
    assert all(each["telecom"][0]["value"] for each in posts)
    persons = {f"Practitioner/{each['id']}": each for each in beside if each["resourceType"] == "Practitioner"}
    assert all(persons[each["practitioner"]["reference"]]["name"][0]["text"] for each in posts)


@then("担当者は出ない")
def _(scene: Scene) -> None:
    assert {each["resource"]["resourceType"] for each in entries(scene, "include")} == {"Location"}


@then("いまの主管課が出る")
def _(scene: Scene) -> None:
    assert [each["resource"]["id"] for each in entries(scene, "match")] == ["lead-section"]


@then("窓口が登録されていないことを言う")
def _(scene: Scene) -> None:
    assert [each for each in entries(scene, "match") if each["resource"]["resourceType"] != "Organization"] == []
    assert "窓口がまだ登録されていません" in issues(scene)[0]["details"]["text"]


FIELDS = {"住まい": "housing", "こころの問題": "mental-health", "介護": "care"}


@when(parsers.re(r"(?P<who>[^、]+)が、「(?P<field>[^」]+)」の窓口を(学区 (?P<area>\S+) の)?ページで探す"))
def _(scene: Scene, who: str, field: str, area: str | None) -> None:
    client = scene.city.anyone() if who == "サインインしていない人" else scene.person(who)
    said = {"area": f"Location/{area}"} if area else {}
    scene.answer = ask(client, field=FIELDS[field], _format="html", **said)


@then("ページに、★の窓口、電話、受付時間が出る")
def _(scene: Scene) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert scene.answer.headers["content-type"].startswith("text/html")
    for word in ("★", "電話", "受付時間", "tel:086-"):
        assert word in scene.answer.text, word


@then(parsers.re("ページに、担当者の名前(?P<outcome>が出る|は出ない)"))
def _(scene: Scene, outcome: str) -> None:
    assert ("<dt>担当者</dt>" in scene.answer.text) == (outcome == "が出る")


@then("ページに、地域を選ぶ欄が出る")
def _(scene: Scene) -> None:
    assert scene.answer.text.count('<option value="Location/') > 1
