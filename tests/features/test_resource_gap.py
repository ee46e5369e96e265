from __future__ import annotations

from typing import Any

from pytest_bdd import given, scenarios, then, when

from demo.answer import Answer
from tests.world import casework, household
from tests.world.scene import Scene

scenarios("resource_gap.feature")

_CODES = "https://tsunagu.example/fhir/CodeSystem"
_WORDS = "隔離を望まない人の入れる避難先がない"


@given("寄り添いサポートセンターの担当者が、母の満たされないニーズを記録している")
def _(scene: Scene) -> None:
    gap: dict[str, Any] = {"resourceType": "Observation", "status": "final", "effectiveDateTime": casework.day(0)}
    gap |= {"category": [_concept("record-category", "resource-gap")], "code": _concept("concern-field", "housing")}
    gap |= {"valueCodeableConcept": _concept("gap-kind", "unmet-need") | {"text": _WORDS}}
    gap |= {"subject": {"reference": scene.place("母")}}
    written = household.write(scene.city, "yorisoi", "gap", gap)
    assert written.status == 201, written.text


@when("寄り添いサポートセンターの担当者が、母の取消しを書く")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "consent", status="inactive").status == 200


@when("主管課が、今日までの不足を集計する")
def _(scene: Scene) -> None:
    scene.answer = _counted(scene)


@when("寄り添いサポートセンターの担当者が、不足の記録を誤りとする")
def _(scene: Scene) -> None:
    scene.remembered["counted"] = str(_housing(scene.answer))
    assert casework.change(scene.city, "yorisoi", "gap", status="entered-in-error").status == 200


@when("寄り添いサポートセンターの担当者が、不足の記録に分野をもう一つ加える")
def _(scene: Scene) -> None:
    both = [*_concept("concern-field", "housing")["coding"], *_concept("concern-field", "debts")["coding"]]
    scene.answer = casework.change(scene.city, "yorisoi", "gap", code={"coding": both})


@then("集計には「住まい」の件数があり、母のことは何も出ていない")
def _(scene: Scene) -> None:
    assert _housing(scene.answer) > 0
    gap, mother = scene.city.known["gap"], scene.place("母")
    assert not [word for word in (_WORDS, gap.partition("/")[2], mother, "水無瀬") if word in scene.answer.text]


@then("「住まい」の件数は一つ減る")
def _(scene: Scene) -> None:
    assert _housing(_counted(scene)) == int(scene.remembered["counted"]) - 1


def _counted(scene: Scene) -> Answer:
    officer = scene.city.officer("lead-section", "statistics")
    days = {"periodStart": casework.day(-1), "periodEnd": casework.day(0)}
    return officer.get("Measure/resource-gaps/$evaluate-measure", **days, _format="text/csv")


def _housing(answer: Answer) -> int:
    [line] = [line for line in answer.text.splitlines() if line.startswith("住まい,")]
    return sum(int(cell) for cell in line.split(",")[1:2])


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_CODES}/{system}", "code": code}]}
