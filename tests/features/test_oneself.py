from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from demo.browser import Browser
from demo.client import Officer
from demo.people import People
from demo.rest import Refused
from demo.template import TOKYO
from resources.record import coding
from tests.features.steps.phrases import KIND, RECORD
from tests.features.test_secrecy import nowhere
from tests.world import casework, citizen, household, slipped
from tests.world.scene import Scene
from tests.world.server import Server
from tests.world.words import AGENCIES, WHO, several

scenarios("oneself.feature")
then("妹の住所と電話はどこにも出ていない")(nowhere)

Json = dict[str, Any]
Citizen = Callable[[Scene, str], Officer]

_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_PAPERS = f"{coding.BASE}/CodeSystem/guardianship-paper"
_WHO = "(?P<who>母本人|妹本人|長男本人|代理人としての母|続柄だけが記録された母)"
_PERSONS = {"母本人": "母", "妹本人": "妹", "長男本人": "長男"}


@pytest.fixture
def signed_in(server: Server) -> Iterator[Citizen]:
    """A citizen's client, with an account of their own for the scenario."""
    known: dict[str, tuple[Officer, Browser]] = {}

    def client(scene: Scene, who: str) -> Officer:
        if who not in known:
            person = scene.place(_PERSONS[who]) if who in _PERSONS else scene.place("長男の続柄")
            known[who] = citizen.enrolled(server.folder, server.base, server.credentials, person)
        return known[who][0]

    yield client
    for officer, browser in known.values():
        officer.close()
        browser.close()


@given("母が未成年の長男の親権者として、戸籍とともに昨日までに記録されている")
def _(scene: Scene, server: Server) -> None:
    officer = scene.city.officer("yorisoi")
    son = officer.get(scene.place("長男")).json
    assert officer.put(son | {"birthDate": "2014-08-30"}).status == 200
    _confirm_birth_date(scene, "2014-08-30")
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}
    kin: Json = {"resourceType": "RelatedPerson", "patient": {"reference": scene.place("長男")}}
    recorded = officer.post("RelatedPerson", kin | {"relationship": [{"coding": [role]}]})
    assert recorded.status == 201, recorded.text
    scene.city.known["son-kin"] = slipped.copied_to_yesterday(server.folder, *recorded.created)
    paper: Json = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": scene.place("長男")},
    }
    paper |= {"type": {"coding": [{"system": _PAPERS, "code": "family-register"}]}}
    paper |= {"context": {"related": [{"reference": scene.place("長男の続柄")}]}}
    written = officer.post("DocumentReference", paper | {"content": [{"attachment": {"title": "戸籍"}}]})
    assert written.status == 201, written.text
    slipped.copied_to_yesterday(server.folder, *written.created)


@when(parsers.re(r"長男の困りごとが(?P<how>.+とされている)"))
@given(parsers.re(r"長男の困りごとが(?P<how>.+とされている)"))
def _(scene: Scene, how: str) -> None:
    concern = scene.city.officer("yorisoi").get(scene.place("長男の困りごと")).json
    if how.startswith("特に慎重"):
        concern["meta"]["security"] = [{"system": _CONFIDENTIALITY, "code": "V"}]
    elif how.startswith("DV"):
        concern["code"] = {"coding": [{"system": f"{coding.BASE}/CodeSystem/concern-field", "code": "violence"}]}
    else:
        reason = {"url": f"{coding.BASE}/StructureDefinition/withheld-reason", "valueString": "本人の希望"}
        concern["meta"]["security"] = [_withheld() | {"extension": [reason]}]
    assert scene.city.officer("yorisoi").put(concern).status == 200


@when(parsers.re(_WHO + r"が、(?P<whose>妹|長男)の居所を(?P<agency>だれ|[^だ]+)(だけに示す|にも示さない)と定める"))
def _(scene: Scene, signed_in: Citizen, who: str, whose: str, agency: str) -> None:
    to = [{"name": "to", "valueReference": {"reference": AGENCIES[agency]}}] if agency in AGENCIES else []
    body: Json = {"resourceType": "Parameters"} | ({"parameter": to} if to else {})
    scene.answer = signed_in(scene, who).post(f"{scene.place(whose)}/$protect", body)


@given("長男の居所が秘匿されている")
def _(scene: Scene) -> None:
    named = (household.NOBODY_HERE,)
    assert household.protect(scene.city, "yorisoi", "son", named).status == 200


@given("長男の居所が、寄り添いサポートセンターだけに示されている")
def _(scene: Scene) -> None:
    assert household.protect(scene.city, "yorisoi", "son", ("Organization/yorisoi-center",)).status == 200


@when(
    parsers.re(r"(?P<who>寄り添いサポートセンターの担当者|主管課)が、(?P<what>代理人としての母は.+|その確認を取り消す)")
)
def _(scene: Scene, who: str, what: str) -> None:
    said: list[Json] = [{"name": "reason", "valueString": "面接で確かめた"}]
    said += [{"name": "to", "valueReference": {"reference": scene.place("長男の続柄")}}]
    said += [{"name": "undo", "valueBoolean": True}] if "取り消す" in what else []
    asked = {"resourceType": "Parameters", "parameter": said}
    scene.answer = scene.person(who).post(f"{scene.place('長男')}/$confirm-signer", asked)


@then("代理人としての母に示される長男の記録に、住所も電話もない")
def _(scene: Scene, signed_in: Citizen) -> None:
    son = signed_in(scene, "代理人としての母").get(scene.place("長男"))
    assert son.status == 200, son.text
    assert not {"address", "telecom", "contact"} & set(son.json)


@given("つなぐシートに、母の行と妹の行がある")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    sheet = officer.get(scene.place("つなぐシート")).json
    rows = [_row(scene, who) for who in ("母", "妹")]
    sheet["item"] = [*(each for each in sheet["item"] if each["linkId"] != "member"), *rows]
    assert officer.put(sheet).status == 200


def _row(scene: Scene, who: str) -> Json:
    url = f"{coding.BASE}/StructureDefinition/member-subject"
    tied = {"url": url, "valueReference": {"reference": scene.place(who)}}
    relation = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "ONESELF"}
    items: list[Json] = [{"linkId": "member.relation", "answer": [{"valueCoding": relation}]}]
    items += [{"linkId": "member.name", "answer": [{"valueString": f"{who}の名前"}]}]
    return {"linkId": "member", "extension": [tied], "item": items}


@then("母本人が受け取った写しに、妹の行はない")
def _(scene: Scene) -> None:
    assert "母の名前" in scene.answer.text
    assert "妹の名前" not in scene.answer.text
    assert scene.place("妹") not in scene.answer.text


@given("トータルケアプランに、母のための支援と、母と妹のための支援がある")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    plan = officer.get(scene.place("トータルケアプラン")).json
    detail = plan["activity"][0]["detail"]
    plan["activity"] = [{"detail": detail | _service(scene, *whom)} for whom in (("母",), ("母", "妹"))]
    assert officer.put(plan).status == 200


def _service(scene: Scene, *persons: str) -> Json:
    url = f"{coding.BASE}/StructureDefinition/activity-subject"
    whom = [{"url": url, "valueReference": {"reference": scene.place(who)}} for who in persons]
    return {"extension": whom, "description": f"{'と'.join(persons)}のための支援"}


@then("母本人が受け取った写しに、母と妹のための支援はない")
def _(scene: Scene) -> None:
    assert "母のための支援" in scene.answer.text
    assert "母と妹のための支援" not in scene.answer.text


@given("母の困りごとに、伝えた人と書いた人が記録されている")
def _(scene: Scene) -> None:
    concern = scene.city.officer("yorisoi").get(scene.place("母の困りごと")).json
    concern |= {"asserter": {"reference": "PractitionerRole/role-child-guidance"}}
    concern |= {"recorder": {"reference": "Practitioner/practitioner-yorisoi"}}
    concern["note"] = [{"authorReference": {"reference": "Organization/yorisoi-center"}, "text": "欠席が続く"}]
    assert scene.city.officer("yorisoi").put(concern).status == 200


@when("母本人が母の困りごとを書き直す")
def _(scene: Scene, signed_in: Citizen) -> None:
    concern = scene.city.officer("yorisoi").get(scene.place("母の困りごと")).json
    scene.answer = signed_in(scene, "母本人").put(concern | {"recordedDate": "2026-11-01"})


@when("母本人が母の困りごとを消す")
def _(scene: Scene, signed_in: Citizen) -> None:
    scene.answer = signed_in(scene, "母本人").send("DELETE", scene.place("母の困りごと"))


@when("寄り添いサポートセンターの担当者が、理由を書かずに長男の困りごとを代理人に示さないとする")
def _(scene: Scene) -> None:
    concern = scene.city.officer("yorisoi").get(scene.place("長男の困りごと")).json
    concern["meta"]["security"] = [_withheld()]
    scene.answer = scene.city.officer("yorisoi").put(concern)


@then(parsers.re(_WHO + "が" + KIND + r"を探すと「(?P<names>[^」]*)」だけが出る"))
def _(scene: Scene, signed_in: Citizen, who: str, kind: str, names: str) -> None:
    answer = scene.search(signed_in(scene, who), kind)
    assert scene.called(answer) == sorted(several(names)), answer.text
    assert answer.total == len(several(names))


@then(parsers.re(_WHO + "が" + RECORD + r"を開くと、(?P<outcome>読める|見つからない)"))
def _(scene: Scene, signed_in: Citizen, who: str, what: str, outcome: str) -> None:
    answer = signed_in(scene, who).get(scene.place(what))
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


@then(
    parsers.re(
        _WHO + "が" + RECORD + r"の記録の写しを求めると(?P<some>、人と困りごとは)?「(?P<names>[^」]*)」だけが入っている"
    )
)
def _(scene: Scene, signed_in: Citizen, who: str, what: str, some: str | None, names: str) -> None:
    asked = {"_count": "100"} | ({"_type": "Patient,Condition"} if some else {})
    scene.answer = signed_in(scene, who).get(f"{scene.place(what)}/$everything", **asked)
    assert scene.called(scene.answer) == sorted(several(names)), scene.answer.text
    assert scene.answer.total == len(several(names))


@then(parsers.re(_WHO + "が" + RECORD + "の記録の写しを求めると、見つからない"))
def _(scene: Scene, signed_in: Citizen, who: str, what: str) -> None:
    assert signed_in(scene, who).get(f"{scene.place(what)}/$everything").status == 404


@then("母本人が受け取った写しに、伝えた人も書いた人もない")
def _(scene: Scene) -> None:
    assert "欠席が続く" in scene.answer.text
    assert not re.search("Practitioner|Organization|asserter|recorder", scene.answer.text)


@then(parsers.parse("本人の求めとして母の困りごとを読めるのは「{name}」だけ"))
def _(scene: Scene, signed_in: Citizen, name: str) -> None:
    citizens = ("母本人", "妹本人", "長男本人", "続柄だけが記録された母")
    readers = {who for who in citizens if signed_in(scene, who).get(scene.place("母の困りごと")).status == 200}
    assert readers == {f"{name}本人"}


@then("寄り添いサポートセンターの担当者は、本人の求めとして入れない")
def _(people: People) -> None:
    with pytest.raises(Refused):
        people.officer("yorisoi", citizen.OWN).get("Patient")


@then("母本人に示される母の困りごとに、伝えた人も書いた人もない")
def _(scene: Scene, signed_in: Citizen) -> None:
    answer = signed_in(scene, "母本人").get(scene.place("母の困りごと"))
    assert answer.status == 200
    assert "欠席が続く" in answer.text
    assert not re.search("Practitioner|Organization|asserter|recorder", answer.text)


@then("母本人が伝えた人で探すと、断られる")
def _(scene: Scene, signed_in: Citizen) -> None:
    answer = signed_in(scene, "母本人").get("Condition", asserter="PractitionerRole/role-child-guidance")
    assert answer.status == 400, answer.text


@then("母本人の閲覧記録に、今日 P1 と P3 によるものがあり、P3 には母の同意書が示されている")
def _(scene: Scene, signed_in: Citizen) -> None:
    accesses = [_parts(each) for each in _log(scene, signed_in, "母本人") if each["name"] == "access"]
    today = datetime.now(TOKYO).date().isoformat()
    assert {"P1", "P3"} <= {each["ground"] for each in accesses if each["date"] == today}
    assert [each["consent"] for each in accesses if each["ground"] == "P3"] == [{"reference": scene.place("同意書")}]


@then("母本人の閲覧記録に、機関も人も出ていない")
def _(scene: Scene, signed_in: Citizen) -> None:
    assert not re.search("Practitioner|Organization", str(_log(scene, signed_in, "母本人")))


@then(parsers.re(r"(?P<who>妹本人|寄り添いサポートセンターの担当者)には母の閲覧記録は見つからない"))
def _(scene: Scene, signed_in: Citizen, who: str) -> None:
    client = scene.person(who) if who in WHO else signed_in(scene, who)
    assert client.get(f"{scene.place('母')}/$access-log").status == 404


def _log(scene: Scene, signed_in: Citizen, who: str) -> list[Json]:
    answer = signed_in(scene, who).get(f"{scene.place('母')}/$access-log")
    assert answer.status == 200, answer.text
    found: list[Json] = answer.json["parameter"]
    return found


def _parts(access: Json) -> Json:
    return {each["name"]: next(value for key, value in each.items() if key != "name") for each in access["part"]}


def _withheld() -> Json:
    return {"system": f"{coding.BASE}/CodeSystem/handling-label", "code": "withheld"}


def _confirm_birth_date(scene: Scene, born: str) -> None:
    """Another day than the person was registered with counts as soon as the lead section has confirmed it."""
    birth = {"type": {"coding": [{"system": _PAPERS.replace("guardianship", "birth"), "code": "residence-record"}]}}
    assert casework.file_paper(scene.city, "yorisoi", "son", "register", **birth).status == 201
    tasks = f"{coding.BASE}/CodeSystem/task-code"
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": tasks, "code": "confirm-birth-date"}]}}
    task |= {"focus": {"reference": scene.place("長男")}, "for": {"reference": scene.place("長男")}}
    task |= {"requester": {"reference": "Organization/yorisoi-center"}}
    task |= {"owner": {"reference": "PractitionerRole/role-lead-section"}}
    task |= {"input": [{"type": {"text": "生年月日"}, "valueDate": born}]}
    asked = household.write(scene.city, "yorisoi", "birth-confirmation", task)
    assert asked.status == 201, asked.text
    answer = casework.change(scene.city, "lead-section", "birth-confirmation", status="completed")
    assert answer.status == 200, answer.text
