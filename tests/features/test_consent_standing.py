from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, household, provision
from tests.world.scene import Scene

scenarios("consent_standing.feature")

_ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_TASKS = "https://tsunagu.example/fhir/CodeSystem/task-code"
_PAPERS = "https://tsunagu.example/fhir/CodeSystem/guardianship-paper"
_STANDING = {
    "姉": "SIS",
    "今日登録した後見人": "GUARD",
    "同時に登録する後見人": "GUARD",
    "同居人": "ROOM",
    "今日登録した親権者": "MTH",
    "ほかの人の親権者": "MTH",
}


@given(parsers.re(r"母が(?P<day>昨日)?、どこにも提供しないという同意書に署名している"))
def _(scene: Scene, day: str | None) -> None:
    on = {"dateTime": casework.day(-1)} if day else {}
    assert casework.sign(scene.city, provision={"type": "deny"}, **on).status == 201


@given("母が、保管した申出書で、保健センターへの提供に同意している")
def _(scene: Scene) -> None:
    assert casework.file_paper(scene.city, "yorisoi", "mother").status == 201
    source = {"reference": scene.city.known["paper"]}
    assert casework.sign(scene.city, sourceReference=source).status == 201


@given("寄り添いサポートセンターの担当者が申出書を消している")
def _(scene: Scene) -> None:
    assert scene.city.officer("yorisoi").send("DELETE", scene.city.known["paper"]).status == 204


@given("保健センターの担当者が、母の困りごとを自分たちでも記録している")
def _(scene: Scene) -> None:
    concern = scene.city.officer("yorisoi").get(scene.place("母の困りごと")).json
    theirs = {name: value for name, value in concern.items() if name not in ("id", "meta")}
    assert household.write(scene.city, "health-center", "their-concern", theirs).status == 201


@when("保健センターの担当者が、自分たちへの母の同意書を登録しようとする")
def _(scene: Scene) -> None:
    assert casework.file_paper(scene.city, "health-center", "mother").status == 201
    source = {"reference": scene.city.known["paper"]}
    everything = casework.provision(scene.city, **{"class": None})
    form = scene.city.payload("consent-mother") | {"sourceReference": source, "provision": everything}
    scene.answer = scene.city.officer("health-center").post("Consent", form)


@when(parsers.re(r"(?P<day>\d{4}-\d\d-\d\d) に母が署名した同意書を、寄り添いサポートセンターの担当者が登録する"))
def _(scene: Scene, day: str) -> None:
    scene.answer = casework.sign(scene.city, "older-consent", dateTime=day)


@when("母が改めて署名した同意書を、寄り添いサポートセンターの担当者が登録する")
def _(scene: Scene) -> None:
    """With the hour on it, which is after that of the word that ended the other."""
    scene.answer = casework.sign_again(scene.city)


@when(parsers.re(r"寄り添いサポートセンターの担当者が同意書の(?P<element>\S+)を書き換えようとする"))
def _(scene: Scene, element: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "状態（有効に）": {"status": "active"},
        "本人": {"patient": {"reference": scene.place("妹")}},
        "署名した人": {"performer": [{"reference": scene.place("妹")}]},
        "署名の日": {"dateTime": "2019-02-12"},
        "提供先": {"provision": provision.worded(scene.city, "提供先", "こども総合相談所")},
        "確認した機関": {"verification": [{"verified": True}]},
    }
    scene.answer = casework.change(scene.city, "yorisoi", "consent", **changes[element])


@when("寄り添いサポートセンターの担当者が「提供しない」を終わらせようとする")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "yorisoi", "consent", status="inactive")


@when("母が、保健センターへ提供し、前の同意書に代わるという新しい同意書に署名する")
def _(scene: Scene) -> None:
    worded = provision.worded(scene.city, "提供先", "保健センター")
    signed = casework.sign(scene.city, "newer-consent", provision=worded, extension=[casework.REPLACES])
    assert signed.status == 201, signed.text


@when(parsers.re(r"(?P<person>妹|十歳の子)の同意書に、(?P<relation>\S+)の母が署名して登録しようとする"))
def _(scene: Scene, person: str, relation: str) -> None:
    patient = scene.place("妹") if person == "妹" else _child(scene)
    concerned = scene.place("妹") if relation == "ほかの人の親権者" else patient
    kin = {
        "resourceType": "RelatedPerson",
        "patient": {"reference": concerned},
        "relationship": [{"coding": [{"system": _ROLES, "code": _STANDING[relation]}]}],
    }
    whose = {"patient": {"reference": patient}}
    if relation.startswith("同時に"):
        signer = {"performer": [{"reference": household.urn("signer")}]}
        consent = scene.city.payload("consent-mother") | whose | signer
        scene.answer = household.file(scene.city, {"signer": kin, "consent": consent})
        return
    assert household.write(scene.city, "yorisoi", "signer", kin).status == 201
    related = {"related": [{"reference": scene.city.known["signer"]}]}
    paper = {"type": {"coding": [{"system": _PAPERS, "code": "family-register"}]}, "context": related}
    assert casework.file_paper(scene.city, "yorisoi", "mother", "certificate", **paper).status == 201
    signer = {"performer": [{"reference": scene.city.known["signer"]}]}
    scene.answer = casework.sign(scene.city, **whose, **signer)


@when(parsers.re(r"十歳の子が、提供(?P<word>する|しない)同意書に署名して登録しようとする"))
def _(scene: Scene, word: str) -> None:
    child = {"reference": scene.city.known.get("child") or _child(scene)}
    assert casework.file_paper(scene.city, "yorisoi", "child", "child-paper").status == 201
    form = {"patient": child, "performer": [child], "sourceReference": {"reference": scene.city.known["child-paper"]}}
    refusal = {"provision": {"type": "deny"}} if word == "しない" else {}
    scene.answer = casework.sign(scene.city, **form, **refusal)


@when("寄り添いサポートセンターの担当者が、妹の後見人の確認を自分で済ませようとする")
def _(scene: Scene) -> None:
    task = _task(scene, "confirm-guardian", scene.place("妹の続柄"), "PractitionerRole/role-lead-section")
    scene.answer = household.write(scene.city, "yorisoi", "confirmation", task | {"status": "completed"})


@given("寄り添いサポートセンターの担当者が、妹の後見人の確認を主管課に頼んでいる")
def _(scene: Scene) -> None:
    task = _task(scene, "confirm-guardian", scene.place("妹の続柄"), "PractitionerRole/role-lead-section")
    assert household.write(scene.city, "yorisoi", "confirmation", task).status == 201


@given("主管課が妹の後見人を確認している")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "lead-section", "confirmation", status="completed").status == 200


@when("寄り添いサポートセンターの担当者が、その確認を消そうとする")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").send("DELETE", scene.city.known["confirmation"])


@when("寄り添いサポートセンターの担当者が、保健センターに同意書の確認を頼む")
def _(scene: Scene) -> None:
    task = _task(scene, "verify", scene.place("同意書"), "Organization/health-center-kita-chuo")
    assert household.write(scene.city, "yorisoi", "verification", task).status == 201


@when(parsers.re(r"保健センターの担当者が、(頼まれていないのに)?同意書を確認する"))
def _(scene: Scene) -> None:
    verified = {"resourceType": "Parameters", "parameter": [{"name": "verified", "valueBoolean": True}]}
    scene.answer = scene.city.officer("health-center").post(f"{scene.place('同意書')}/$verify-consent", verified)


@then(parsers.re(r"こども総合相談所の担当者が保健センターの困りごとを読むと、?(?P<outcome>読める|見つからない)"))
def _(scene: Scene, outcome: str) -> None:
    answer = scene.city.officer("child-guidance").get(scene.city.known["their-concern"])
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


@when("寄り添いサポートセンターの担当者が、十歳の子の生年月日を三十年前に書き換える")
def _(scene: Scene) -> None:
    _child(scene)
    assert casework.change(scene.city, "yorisoi", "child", birthDate=_grown()).status == 200


@given(
    "寄り添いサポートセンターの担当者が、十歳の子の生年月日を三十年前に書き換え、住民票を添えて主管課に確認を頼んでいる"
)
def _(scene: Scene) -> None:
    _child(scene)
    assert casework.change(scene.city, "yorisoi", "child", birthDate=_grown()).status == 200
    paper = {"type": {"coding": [{"system": _PAPERS.replace("guardianship", "birth"), "code": "residence-record"}]}}
    assert casework.file_paper(scene.city, "yorisoi", "child", "register", **paper).status == 201
    asked = household.write(scene.city, "yorisoi", "confirmation", _birth_date(scene))
    assert asked.status == 201, asked.text


@when(parsers.re(r"主管課が、(その生年月日を確認する|生年月日の確認を取り消す)"))
def _(scene: Scene) -> None:
    done = scene.city.officer("lead-section").get(scene.city.known["confirmation"]).json["status"] == "completed"
    status = "entered-in-error" if done else "completed"
    answer = casework.change(scene.city, "lead-section", "confirmation", status=status)
    assert answer.status == 200, answer.text


@when(
    parsers.re(
        r"寄り添いサポートセンターの担当者が、(?P<how>書面なしで)?生年月日の確認を(主管課に頼む|自分で済ませようとする)"
    )
)
def _(scene: Scene, how: str | None) -> None:
    status = "requested" if how else "completed"
    scene.answer = household.write(scene.city, "yorisoi", "confirmation", _birth_date(scene) | {"status": status})


@then(parsers.re(r"保健センターの担当者が十歳の子を読むと(?P<outcome>読める|見つからない)"))
def _(scene: Scene, outcome: str) -> None:
    answer = scene.city.officer("health-center").get(scene.city.known["child"])
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


def _grown() -> str:
    return f"{int(casework.day(0)[:4]) - 30}-01-01"


def _birth_date(scene: Scene) -> dict[str, Any]:
    child = scene.city.known["child"]
    task = _task(scene, "confirm-birth-date", child, "PractitionerRole/role-lead-section")
    return task | {
        "for": {"reference": child},
        "input": [{"type": {"text": "生年月日"}, "valueDate": _grown()}],
    }


def _child(scene: Scene) -> str:
    born = f"{int(casework.day(0)[:4]) - 10}-01-01"
    child = {"resourceType": "Patient", "name": [{"text": "水無瀬　ひかり"}], "birthDate": born}
    assert household.write(scene.city, "yorisoi", "child", child).status == 201
    return scene.city.known["child"]


def _task(scene: Scene, code: str, focus: str, owner: str) -> dict[str, Any]:
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": _TASKS, "code": code}]}, "focus": {"reference": focus}}
    return task | {"requester": {"reference": "Organization/yorisoi-center"}, "owner": {"reference": owner}}
