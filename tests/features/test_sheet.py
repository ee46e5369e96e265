from __future__ import annotations

import uuid
from collections import Counter

from pytest_bdd import parsers, scenarios, then, when

from demo.answer import Answer
from tests.world import sheets
from tests.world.scene import Scene
from tests.world.sheets import Json
from tests.world.words import WHO

scenarios("sheet.feature")

CALLED = {
    "Patient": "世帯員",
    "Group": "世帯",
    "RelatedPerson": "続柄",
    "QuestionnaireResponse": "シート",
    "Condition": "困りごと",
    "Observation": "年齢",
}
HOUSING = {"valueCoding": {"system": f"{sheets.BASE}/CodeSystem/concern-field", "code": "housing"}}


def name(scene: Scene) -> str:
    """A name that nobody else of the city has."""
    return scene.remembered.setdefault("name", f"試見 {uuid.uuid4().hex[:10]}")


def today(scene: Scene) -> str:
    return str(sheets.sheet()["item"][0]["answer"][0]["valueDate"])


def submitted(scene: Scene, *items: Json, partial: bool = False, officer: str = "yorisoi") -> Answer:
    scene.answer = sheets.submit(scene.city, sheets.sheet(*items), officer, partial=partial)
    if scene.answer.done:
        by_type = {reference.partition("/")[0]: reference for reference in reversed(scene.answer.created)}
        scene.remembered |= by_type
    return scene.answer


def signing(scene: Scene, signature: str | None, on: str | None) -> Json:
    person = sheets.mother(name(scene))
    return person | {"item": [*person["item"], sheets.consent(signature, on)]}


@when("寄り添いサポートセンターの担当者が、母と乳児のシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, sheets.mother(name(scene)), sheets.infant())


@when("同じシートをもう一度提出する")
def _(scene: Scene) -> None:
    scene.answer = sheets.submit(scene.city, sheets.sheet(sheets.mother(name(scene)), sheets.infant()))


@when("その母について、副担当者の利害の衝突が届け出られる")
def _(scene: Scene) -> None:
    asked = (("staff", "Practitioner/practitioner-yorisoi-deputy"), ("person", scene.remembered["Patient"]))
    parts = [{"name": name, "valueReference": {"reference": each}} for name, each in asked]
    declared = scene.city.officer("yorisoi").post(
        "$declare-conflict", {"resourceType": "Parameters", "parameter": parts}
    )
    assert declared.done, declared.text


@when("副担当者が、同じシートを提出する")
def _(scene: Scene) -> None:
    same = sheets.sheet(sheets.mother(name(scene)), sheets.infant())
    scene.answer = sheets.submit(scene.city, same, "yorisoi-deputy")


@when("同じ人たちの、困りごとの違うシートを提出する")
def _(scene: Scene) -> None:
    person = sheets.mother(name(scene))
    person["item"] = [each for each in person["item"] if each["linkId"] != "member.concern"]
    scene.answer = sheets.submit(scene.city, sheets.sheet(person, sheets.infant()))


@when("寄り添いサポートセンターの担当者が、世帯全体の困りごとのあるシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, sheets.mother(name(scene)), sheets.item("household-concern", HOUSING))


@when("保健センターの担当者が、寄り添いサポートセンターを記入機関とするシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, sheets.mother(name(scene)), officer="health-center")


@when("その世帯のシートを書き始め、もう一人を書き足して提出する")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    begun = officer.get("Questionnaire/tsunagu-sheet/$populate", subject=scene.remembered["Group"])
    assert begun.status == 200, begun.text
    response = begun.json["parameter"][0]["resource"]
    rows = [each for each in response["item"] if each["linkId"] == "member"]
    assert rows[0]["item"][0] == sheets.item("member.name", {"valueString": name(scene)})
    new = sheets.infant()
    new["item"] = [sheets.item("member.name", {"valueString": "試見 祖母"}), *new["item"][1:]]
    response["item"] = [*response["item"], new, sheets.item("other-troubles", {"valueBoolean": True})]
    scene.answer = sheets.submit(scene.city, response | {"status": "completed"})


@when("その世帯のシートを書き始め、母の電話番号と乳児の氏名を書き直して提出する")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    begun = officer.get("Questionnaire/tsunagu-sheet/$populate", subject=scene.remembered["Group"])
    response = begun.json["parameter"][0]["resource"]
    rows = [each for each in response["item"] if each["linkId"] == "member"]
    for row, link, said in zip(rows, ("member.phone", "member.name"), ("090-0000-0003", "試見 花"), strict=True):
        kept = [each for each in row["item"] if each["linkId"] != link]
        row["item"] = [*kept, sheets.item(link, {"valueString": said})]
    rows[0]["item"].append(sheets.item("member.concern", HOUSING))
    response["item"].append(sheets.item("other-troubles", {"valueBoolean": True}))
    scene.answer = sheets.submit(scene.city, response | {"status": "completed"})


@when("その世帯のシートを書き始める")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    scene.answer = officer.get("Questionnaire/tsunagu-sheet/$populate", subject=scene.remembered["Group"])


@then(parsers.parse("書き始めたシートの母には生年月日だけ、乳児には年齢「{age:d}」だけがある"))
def _(scene: Scene, age: int) -> None:
    response = scene.answer.json["parameter"][0]["resource"]
    rows = [each["item"] for each in response["item"] if each["linkId"] == "member"]
    of_when = {"member.age", "member.birthDate", "member.birthDate-written"}
    mother, infant = ([each for each in row if each["linkId"] in of_when] for row in rows)
    assert mother == [sheets.item("member.birthDate", {"valueDate": "1977-03-02"})]
    assert infant == [sheets.item("member.age", {"valueInteger": age})]


@when(parsers.parse("その世帯のシートを書き始め、母の年齢を「{age:d}」とだけ書いて提出する"))
def _(scene: Scene, age: int) -> None:
    officer = scene.city.officer("yorisoi")
    begun = officer.get("Questionnaire/tsunagu-sheet/$populate", subject=scene.remembered["Group"])
    response = begun.json["parameter"][0]["resource"]
    mother = next(each for each in response["item"] if each["linkId"] == "member")
    kept = [each for each in mother["item"] if each["linkId"] != "member.birthDate"]
    mother["item"] = [*kept, sheets.item("member.age", {"valueInteger": age}), sheets.mother("")["item"][-1]]
    response["item"].append(sheets.item("other-troubles", {"valueBoolean": True}))
    scene.answer = sheets.submit(scene.city, response | {"status": "completed"})


@when(parsers.parse("寄り添いサポートセンターの担当者が、版「{version}」のシートを、その問いに答えずに{how}"))
def _(scene: Scene, version: str, how: str) -> None:
    form = f"{sheets.BASE}/Questionnaire/tsunagu-sheet|{version}"
    named = sheets.sheet(sheets.mother(name(scene)), {"linkId": "other-troubles"}, questionnaire=form)
    if how == "提出する":
        scene.answer = sheets.submit(scene.city, named)
    else:
        scene.answer = scene.city.officer("yorisoi").post("QuestionnaireResponse", named)


@when(
    parsers.parse("寄り添いサポートセンターの担当者が、様式を「{form}」とするシートを、その問いに答えずに直に書き込む")
)
def _(scene: Scene, form: str) -> None:
    named = sheets.sheet(sheets.mother(name(scene)), {"linkId": "other-troubles"}, questionnaire=form)
    scene.answer = scene.city.officer("yorisoi").post("QuestionnaireResponse", named)


@when("こども総合相談所の担当者が、その世帯のシートを書き始めようとする")
def _(scene: Scene) -> None:
    person = scene.person("こども総合相談所の担当者")
    scene.answer = person.get("Questionnaire/tsunagu-sheet/$populate", subject=scene.remembered["Group"])


@when("寄り添いサポートセンターの担当者が、「他に困り事はありませんか？」に答えのないシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, sheets.mother(name(scene)), {"linkId": "other-troubles"})


@when("寄り添いサポートセンターの担当者が、母の署名のあるシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, signing(scene, name(scene), today(scene)))


@when("寄り添いサポートセンターの担当者が、母の署名のないシートを提出する")
def _(scene: Scene) -> None:
    assert submitted(scene, sheets.mother(name(scene))).done, scene.answer.text


@when("寄り添いサポートセンターの担当者が、そのシートを用紙として、母の同意書を登録しようとする")
def _(scene: Scene) -> None:
    scene.answer = rested_on_the_sheet(scene)


@when("寄り添いサポートセンターの担当者が、そのシートを用紙として、どこにも提供しないという母の言葉を登録する")
def _(scene: Scene) -> None:
    scene.answer = rested_on_the_sheet(scene, provision={"type": "deny"})


def rested_on_the_sheet(scene: Scene, **changes: Json) -> Answer:
    scene.city.known |= {"mother": scene.remembered["Patient"], "sheet": scene.remembered["QuestionnaireResponse"]}
    return scene.city.officer("yorisoi").post("Consent", scene.city.payload("consent-mother") | changes)


@when(parsers.parse("寄り添いサポートセンターの担当者が、同意欄が「{how}」のシートを提出する"))
def _(scene: Scene, how: str) -> None:
    signature = {"署名日なし": name(scene), "署名なし": None, "別人の署名": "別見 太郎"}[how]
    submitted(scene, signing(scene, signature, None if how == "署名日なし" else today(scene)))


@when("寄り添いサポートセンターの担当者が、署名日のない同意のあるシートを、正しいものだけ登録するとして提出する")
def _(scene: Scene) -> None:
    submitted(scene, signing(scene, name(scene), None), partial=True)


@when("寄り添いサポートセンターの担当者が、保健センターを紹介先とするシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, sheets.mother(name(scene)), sheets.referral(sheets.DESK))


@when("寄り添いサポートセンターの担当者が、名簿にない機関を紹介先とするシートを提出する")
def _(scene: Scene) -> None:
    submitted(scene, sheets.mother(name(scene)), sheets.referral("Organization/nowhere-at-all"))


@when(
    "寄り添いサポートセンターの担当者が、保健センターと名簿にない機関を紹介先とするシートを、"
    "正しいものだけ登録するとして提出する"
)
def _(scene: Scene) -> None:
    sent = sheets.referral(sheets.DESK), sheets.referral("Organization/nowhere-at-all")
    submitted(scene, sheets.mother(name(scene)), *sent, partial=True)


@then(parsers.parse("登録されたのは「{names}」"))
def _(scene: Scene, names: str) -> None:
    types = [CALLED[reference.partition("/")[0]] for reference in scene.answer.created]
    assert Counter(types) == Counter(names.split("、"))
    assert "QuestionnaireResponse/" in scene.answer.headers["location"]


@then(parsers.parse("母の生年月日は「{born}」、電話番号は2つ"))
def _(scene: Scene, born: str) -> None:
    (mother,) = found(scene).resources
    assert mother["birthDate"] == born
    assert [each["value"] for each in mother["telecom"]] == ["086-000-0001", "090-0000-0002"]


@then(parsers.parse("乳児の氏名は「{called}」"))
def _(scene: Scene, called: str) -> None:
    persons = [each for each in scene.answer.created if each.startswith("Patient/")]
    names = [scene.city.officer("yorisoi").get(each).json["name"][0]["text"] for each in persons]
    assert sorted(names) == sorted([called, name(scene)])


@then("世帯についての困りごとが1件ある")
def _(scene: Scene) -> None:
    answer = scene.city.officer("yorisoi").get("Condition", subject=scene.remembered["Group"])
    assert answer.total == 1, answer.text


@then("「登録済み」と答えられ、同じ氏名の世帯員は1人のまま")
def _(scene: Scene) -> None:
    assert "登録済み" in scene.answer.text
    assert scene.answer.created == (scene.remembered["QuestionnaireResponse"],)
    assert found(scene).total == 1


@then("同じ氏名の世帯員は1人のまま")
def _(scene: Scene) -> None:
    assert found(scene).total == 1


@then("同じ氏名の世帯員はいない")
def _(scene: Scene) -> None:
    assert found(scene).total == 0


@then("その世帯の世帯員は3人")
def _(scene: Scene) -> None:
    group = scene.city.officer("yorisoi").get(scene.remembered["Group"]).json
    assert len(group["member"]) == group["quantity"] == 3
    assert found(scene).total == 1


@then(parsers.re("(?P<who>保健センターの担当者)は、母の困りごとを(?P<outcome>読める|読めない)"))
def _(scene: Scene, who: str, outcome: str) -> None:
    answer = scene.city.officer(WHO[who]).get(scene.remembered["Condition"])
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


@then(parsers.parse("答えの一覧に「{words}」とある"))
def _(scene: Scene, words: str) -> None:
    refused = [each["response"] for each in scene.answer.json["entry"] if "outcome" in each["response"]]
    assert [each["status"] for each in refused] == ["422 Unprocessable Entity"]
    assert words in str(refused[0]["outcome"])


@then(parsers.parse("答えは「{asked}」が記録と違うと知らせる"))
def _(scene: Scene, asked: str) -> None:
    (told,) = [each["response"] for each in scene.answer.json["entry"] if "outcome" in each["response"]]
    issues = [each["details"]["text"] for each in told["outcome"]["issue"]]
    assert [each.partition("」")[0].lstrip("「") for each in issues] == asked.split("、"), issues
    assert "/QuestionnaireResponse/" in told["location"]


@then("保健センターの担当者に、紹介の仕事と、シートを使った紹介が届いている")
def _(scene: Scene) -> None:
    officer = scene.person("保健センターの担当者")
    task = officer.get(scene.remembered["Task"])
    assert task.status == 200, task.text
    request = officer.get(task.json["focus"]["reference"])
    assert request.status == 200, request.text
    used = [each for each in request.json["extension"] if each["url"].endswith("/sheet-used")]
    assert [each["valueBoolean"] for each in used] == [True]


@then(parsers.parse("答えはシートの「{link}」の行を示す"))
def _(scene: Scene, link: str) -> None:
    expressions = [at for issue in scene.answer.json["issue"] for at in issue["expression"]]
    sent = sheets.sheet(sheets.mother(name(scene)), sheets.referral("Organization/nowhere-at-all"))
    row = next(at for at, each in enumerate(sent["item"]) if each["linkId"] == link)
    assert expressions, scene.answer.text
    assert all(at.startswith(f"QuestionnaireResponse.item[{row}].") for at in expressions), scene.answer.text


def found(scene: Scene) -> Answer:
    return scene.city.officer("yorisoi").get("Patient", **{"name:exact": name(scene)})
