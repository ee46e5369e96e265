from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from tests.world import casework, household, parted
from tests.world.scene import PURPOSES, Scene
from tests.world.words import WHAT, WHO, several

scenarios("dividing.feature")

Json = dict[str, Any]
_WHOLE = (["母"], ["妹", "長男"])
_TO = r"世帯を(?P<parts>「[^に]+」)に"


@given("母の支援と、妹と長男の支援と、世帯全体の支援を書いた計画がある")
def _(scene: Scene) -> None:
    drafted = parted.plan(scene.city)
    assert drafted.status == 201, drafted.text


@given("世帯が「母」と「妹、長男」に分けられている")
def _(scene: Scene) -> None:
    asked = parted.ask(scene.city, "yorisoi", list(_WHOLE))
    assert asked.status == 200, asked.text
    done = parted.answer(scene.city, "lead-section", accept=True, reason="住民票を確かめた")
    assert done.status == 200, done.text


@given("母と妹と長男が、保健センターへの提供に同意している")
def _(scene: Scene) -> None:
    for person in parted.WHOM.values():
        signed = parted.sign(scene.city, person)
        assert signed.status == 201, signed.text


@given("妹が、保健センターへの提供を拒否している")
def _(scene: Scene) -> None:
    refused = parted.sign(scene.city, "sister", "deny")
    assert refused.status == 201, refused.text


@given("妹の居所が、母に対して秘匿されている")
def _(scene: Scene) -> None:
    known = scene.city.known
    said = [("to", "PractitionerRole/role-yorisoi"), ("apart", known["mother"]), ("apart", known["son"])]
    listed = [
        {"name": name, "valueReference": {"reference": one}} for name, one in (*said, ("against", known["mother"]))
    ]
    asked = {"resourceType": "Parameters", "parameter": listed}
    done = scene.city.officer("yorisoi").post(f"{known['sister']}/$protect", asked)
    assert done.status == 200, done.text


@when(parsers.re(r"(?P<who>[^が]+)が、" + _TO + r"分けることを求める"))
def _(scene: Scene, who: str, parts: str) -> None:
    scene.answer = _asked(scene, who, parts)


@when(parsers.re(r"(?P<who>[^が]+)が、" + _TO + r"、(?P<when>あすから|日を示さずに)分けることを求める"))
def _(scene: Scene, who: str, parts: str, when: str) -> None:
    scene.answer = _asked(scene, who, parts, casework.day(1) if when == "あすから" else None)


@when(parsers.re(r"(?P<who>[^が]+)が、" + _TO + r"分けるとどうなるかを見る"))
def _(scene: Scene, who: str, parts: str) -> None:
    scene.answer = _asked(scene, who, parts, preview=True)


@when(parsers.re(r"(?P<who>[^が]+)が、その求めに「(?P<word>分ける|分けない)」と理由を書(?P<said>いて|かずに)答える"))
def _(scene: Scene, who: str, word: str, said: str) -> None:
    reason = "住民票を確かめた" if said == "いて" else ""
    scene.answer = parted.answer(scene.city, WHO[who], accept=word == "分ける", reason=reason)


@when(parsers.re(r"(?P<who>[^が]+)が、分ける求めを「(?P<status>[a-z]+)」にする"))
def _(scene: Scene, who: str, status: str) -> None:
    scene.answer = casework.change(scene.city, WHO[who], "task", status=status)


@when("寄り添いサポートセンターの担当者が、世帯を続いているものに書き戻す")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "yorisoi", "household", active=True)


@when("寄り添いサポートセンターの担当者が、終わった世帯に新しい計画を作る")
def _(scene: Scene) -> None:
    scene.answer = parted.plan(scene.city)


@then("世帯は分けられていない")
def _(scene: Scene) -> None:
    found = scene.city.officer("yorisoi").get(scene.place("世帯")).json
    assert found.get("active") is not False
    assert not [each for each in found["member"] if each.get("inactive")]
    assert parted.parts(scene.city) == []


@then(parsers.parse("分ける求めが見えるのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    """By reading, and by searching for the Tasks of this kind."""
    name = scene.city.known["task"]
    readers = {who for who in WHO if scene.person(who).get(name).status == 200}
    finders = {who for who in WHO if name in scene.person(who).get("Task", code="divide", _count="500").references}
    assert readers == finders == set(several(names))


@then("分ける求めはない")
def _(scene: Scene) -> None:
    assert parted.named(scene.answer, "task") == []
    assert scene.city.officer("yorisoi").get("Task", focus=scene.place("世帯"), code="divide").references == ()


@then("世帯全体の支援が終わる計画に残ると知らされる")
def _(scene: Scene) -> None:
    [outcome] = parted.named(scene.answer, "outcome")
    told = outcome["resource"]["issue"]
    assert [(each["severity"], each["expression"]) for each in told] == [("warning", ["CarePlan.activity[2]"])]


@then("新しい世帯は「母」と「妹、長男」")
def _(scene: Scene) -> None:
    found = [_members(scene, group) for group in parted.parts(scene.city)]
    assert found == [{"mother"}, {"sister", "son"}]


@then("新しい世帯の事例は、それぞれ一つで、続いている")
def _(scene: Scene) -> None:
    for group in parted.parts(scene.city):
        found = [each for each in parted.records(scene.city, group) if parted.category(each) == "case"]
        assert [each["status"] for each in found] == ["active"]


@then("新しい世帯の計画にあるのは「母の支援」と「妹と長男の支援」")
def _(scene: Scene) -> None:
    plans = [_plan(scene, group) for group in parted.parts(scene.city)]
    found = [[each["detail"]["description"] for each in plan["activity"]] for plan in plans]
    assert found == [["母の支援"], ["妹と長男の支援"]]


@then("世帯と事例と計画は終わり、もとの人が残っている")
def _(scene: Scene) -> None:
    keeper = scene.city.officer("yorisoi")
    found = {what: keeper.get(scene.place(what)).json for what in ("世帯", "事例", "トータルケアプラン")}
    assert (found["世帯"]["active"], found["事例"]["status"]) == (False, "completed")
    assert found["トータルケアプラン"]["status"] == "revoked"
    assert len(found["トータルケアプラン"]["activity"]) == len(parted.SERVICES)
    assert _members(scene, scene.place("世帯")) == {"mother", "sister", "son"}
    assert all(each["inactive"] and each["period"]["end"] == casework.day(0) for each in found["世帯"]["member"])


@then("新しい世帯の記録は、ほかの世帯の人も、もとの世帯も名指していない")
def _(scene: Scene) -> None:
    whole = {scene.city.known[WHAT[one]]: one for one in ("母", "妹", "長男")}
    own = [{name for name, one in whole.items() if one in part} for part in _WHOLE]
    groups = parted.parts(scene.city)
    former = {scene.place(what) for what in ("世帯", "事例", "トータルケアプラン")} | {scene.city.known["task"]}
    for place, group in enumerate(groups):
        strange = (whole.keys() - own[place]) | (set(groups) - {group}) | former
        told = str(parted.records(scene.city, group))
        assert group in told
        assert not [name for name in strange if name in told]


@then("推進員には、新しい世帯と事例と計画が見える")
def _(scene: Scene) -> None:
    for group in parted.parts(scene.city):
        found = parted.records(scene.city, group, "coordinator")
        assert sorted(parted.category(each) for each in found) == ["", "case", "total-care-plan"]


@then("こども総合相談所の担当者には、会議のためにも、分ける求めは見えない")
def _(scene: Scene) -> None:
    for purpose in PURPOSES.values():
        client = scene.city.officer("child-guidance", purpose)
        assert client.get(scene.city.known["task"]).status == 404
        assert scene.city.known["task"] not in client.get("Task", code="divide").references


@then("保健センターの担当者に見える新しい世帯は「母」だけ")
def _(scene: Scene) -> None:
    client = scene.city.officer("health-center")
    found = [client.get(group).status for group in parted.parts(scene.city)]
    assert found == [200, 404]
    listed = client.get("Group", member=f"{scene.city.known['mother']},{scene.city.known['sister']}", _count="50")
    assert parted.parts(scene.city)[1] not in listed.references


@then("母の世帯の計画には、支援の文が続いていない")
def _(scene: Scene) -> None:
    his, hers = (_plan(scene, group) for group in parted.parts(scene.city))
    assert "description" not in his["activity"][0]["detail"]
    assert his["activity"][0]["detail"]["performer"]
    assert hers["activity"][0]["detail"]["description"] == "妹と長男の支援"


@then("一緒に移った長男の居所も秘匿されている")
def _(scene: Scene) -> None:
    labels = {
        who: scene.city.officer("yorisoi").get(scene.city.known[who]).json["meta"].get("security")
        for who in household.PERSONS
    }
    assert labels["son"]
    assert labels["sister"]
    assert not labels["mother"]


def _asked(scene: Scene, who: str, parts: str, since: str | None = "", *, preview: bool = False) -> Answer:
    named = [several(part) for part in parts.strip("「」").split("」と「")]
    return parted.ask(scene.city, WHO[who], named, since, preview=preview)


def _members(scene: Scene, group: str) -> set[str]:
    names = {reference: name for name, reference in scene.city.known.items()}
    found = scene.city.officer("yorisoi").get(group).json
    return {names[each["entity"]["reference"]] for each in found["member"]}


def _plan(scene: Scene, group: str) -> Json:
    [found] = [each for each in parted.records(scene.city, group) if parted.category(each) == "total-care-plan"]
    return found
