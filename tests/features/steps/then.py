"""What comes of it.

docs/testing.md
"""

from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, then

from demo.answer import Answer
from resources.record import coding
from tests.features.steps.phrases import ASKER, KIND, RECORD
from tests.world.ruled import unruled
from tests.world.scene import Scene
from tests.world.words import KINDS, WHO, several


@then("読める")
@then("受け付けられる")
def _(scene: Scene) -> None:
    assert scene.answer.status in (200, 201, 204), scene.answer.text


@then("見つからない")
def _(scene: Scene) -> None:
    assert scene.answer.status == 404, scene.answer.text


@then("何も変わらない")
def _(scene: Scene) -> None:
    """As of a record that there is not: no version came of it, and nothing is said of one."""
    assert (scene.answer.status, scene.answer.text) == (204, "")
    assert "etag" not in scene.answer.headers


@then("許されない")
def _(scene: Scene) -> None:
    """By rules, which it names."""
    assert scene.answer.status == 403, scene.answer.text
    assert unruled(scene.answer.json) == []


@then(parsers.re(r"(?P<rule>[RPDF]\d+a?|art\. \d)により断られる"))
def _(scene: Scene, rule: str) -> None:
    assert scene.answer.status == 422, scene.answer.text
    assert scene.answer.json["resourceType"] == "OperationOutcome"
    assert scene.answer.says(rule), scene.answer.text


@then(parsers.parse("検索に出るのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    _lists_exactly(scene, scene.answer, several(names))


@then("検索には何も出ない")
def _(scene: Scene) -> None:
    _lists_exactly(scene, scene.answer, [])


@then(parsers.re(RECORD + r"を読めるのは(?P<purpose>会議のために|緊急のために)?「(?P<names>[^」]*)」だけ"))
def _(scene: Scene, what: str, purpose: str | None, names: str) -> None:
    """Everybody in the city is asked, by reading and by searching, and both must agree."""
    reference, allowed = scene.place(what), set(several(names))
    kind = next(word for word, type in KINDS.items() if type == reference.partition("/")[0])
    readers, finders = set(), set()
    for who in WHO:
        person = scene.person(who, purpose or "")
        if person.get(reference).status == 200:
            readers.add(who)
        if reference in scene.search(person, kind).references:
            finders.add(who)
    assert readers == allowed
    assert finders == allowed


@then(parsers.re(ASKER + KIND + r"を検索すると「(?P<names>[^」]*)」だけが出る"))
def _(scene: Scene, who: str, purpose: str | None, kind: str, names: str) -> None:
    _lists_exactly(scene, scene.search(scene.person(who, purpose or ""), kind), several(names))


@then(parsers.re(ASKER + RECORD + r"(の記録)?を読むと、?(?P<outcome>読める|見つからない)"))
def _(scene: Scene, who: str, purpose: str | None, what: str, outcome: str) -> None:
    answer = scene.person(who, purpose or "").get(scene.place(what))
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


@then(parsers.re(r"答えには「(?P<words>.+)」とある"))
def _(scene: Scene, words: str) -> None:
    assert scene.answer.says(*several(words)), scene.answer.text


@then(parsers.re(r"状態は (?P<status>\d{3})"))
def _(scene: Scene, status: str) -> None:
    assert scene.answer.status == int(status), scene.answer.text


@then(parsers.re(r"主管課に、その(?P<what>秘匿|届出)を確かめる依頼(が|は)届いて(?P<outcome>いる|いない)"))
def _(scene: Scene, what: str, outcome: str) -> None:
    found = _looked_at(scene, "lead-section")
    assert len(found) == (outcome == "いる")
    kinds = {task["focus"]["reference"].partition("/")[0] for task in found}
    assert kinds <= {"Patient" if what == "秘匿" else "Flag"}


@then(parsers.re(r"(?P<what>審査の依頼|秘匿を確かめる依頼)が見えるのは「(?P<names>[^」]*)」だけ"))
def _(scene: Scene, what: str, names: str) -> None:
    """By reading, and by searching for the Tasks of this kind."""
    code, known = _OF_LEAD[what], set(scene.city.known.values())
    waiting = scene.city.officer("lead-section").get("Task", code=code, status="requested", _count="500").resources
    [name] = [f"Task/{each['id']}" for each in waiting if each["for"]["reference"] in known]
    readers = {who for who in WHO if scene.person(who).get(name).status == 200}
    finders = {who for who in WHO if name in scene.person(who).get("Task", code=code, _count="500").references}
    assert readers == finders == set(several(names))


@then("寄り添いサポートセンターの担当者には、その依頼は見えない")
def _(scene: Scene) -> None:
    assert _looked_at(scene, "yorisoi") == []


_OF_LEAD = {"審査の依頼": "emergency-review", "秘匿を確かめる依頼": "review-restriction"}


def _looked_at(scene: Scene, officer: str) -> list[dict[str, Any]]:
    """The Tasks by which the lead section is asked to look at a protection or conflict of this scenario's persons."""
    persons = {name for name in scene.city.known.values() if name.startswith("Patient/")}
    tasks = scene.city.officer(officer).get("Task", code="review-restriction", _count="500").resources
    return [task for task in tasks if task["for"]["reference"] in persons]


def _lists_exactly(scene: Scene, answer: Answer, names: list[str]) -> None:
    assert answer.status == 200, answer.text
    assert scene.called(answer) == sorted(names)
    assert answer.total == len(names)


@then(parsers.re(r"(?P<who>[^に]+)に、母の名前・生年月日・連絡先は見え、住所は見えない"))
def _(scene: Scene, who: str) -> None:
    found = scene.person(who).get(scene.place("母"))
    assert found.status == 200, found.text
    shown = {"resourceType", "id", "meta", "name", "gender", "birthDate", "telecom"}
    assert {"name", "gender", "birthDate"} <= set(found.json) <= shown
    assert set(found.json["meta"]) <= {"versionId", "lastUpdated"}


@then(parsers.re(r"(?P<who>[^に]+)に、" + RECORD + "が誤りだったという、内容のない知らせが一通届いている"))
def _(scene: Scene, who: str, what: str) -> None:
    category = f"{coding.BASE}/CodeSystem/communication-category|mistake-notice"
    letters = scene.city.officer(WHO[who]).get("Communication", category=category, _count="500").resources
    [letter] = [each for each in letters if {"reference": scene.place(what)} in each["about"]]
    marked = scene.city.officer("yorisoi").get(scene.place(what)).json
    assert marked["status"] == "entered-in-error"
    whose = marked["subject"] if "subject" in marked else marked["for"]
    assert letter["subject"] == {"reference": whose["reference"]}
    assert "水無瀬" not in str(letter)
