from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.standing.test_consent import certificate, kin
from tests.unit.consent.town import actor, case, household, paper, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.world.acting import Acting

scenarios("deadlines.feature")

Json = dict[str, Any]


@given("センターが世帯の事例を、解決に至らないまま終え、検証の仕事を作っている")
def _(town: Acting) -> None:
    town.calling.town.write(actor("p"), patient("1"), household("1"), case())
    review: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Group/g")}
    review |= {"code": concept("task-code", "case-review"), "focus": ref("CarePlan/k")}
    town.made("p", "検証", review | {"requester": ref("Organization/center"), "owner": ref("Organization/center")})
    parts: list[Json] = [
        {"url": "outcome", "valueCodeableConcept": concept("case-outcome", "unresolved")},
        {"url": "review", "valueReference": ref(town.known["検証"])},
    ]
    ended: Json = {"extension": [extension("case-outcome") | {"extension": parts}], "status": "completed"}
    town.known["事例"] = "CarePlan/k"
    assert town.put("p", "事例", **ended).status == 200, town.said


@given("2009年3月1日生まれの子の同意書に、あらかじめ記録された母が11月24日に署名している")
def _(town: Acting) -> None:
    write = town.calling.town.write
    child = patient("1") | {"birthDate": "2009-03-01"}
    write(actor("p"), child, kin(role="MTH"), certificate(code="family-register"))
    town.on("2026-11-24")
    officer = replace(actor("p"), now=town.clock.now)
    signed = consent("a", performer=[ref("RelatedPerson/kin")], dateTime="2026-11-24")
    write(officer, paper(signed, date="2026-11-24T09:00:00Z"), signed)


@when(parsers.re(r"(?P<day>\d+年\d+月\d+日)になる"))
def _(town: Acting, day: str) -> None:
    town.on(day)


@when("センターが、分かったことを書いて検証を終える")
def _(town: Acting) -> None:
    output = [{"type": {"text": "分かったこと"}, "valueString": "初回の会議に医療機関を招くべきだった"}]
    assert town.put("p", "検証", status="accepted").status == 200, town.said
    assert town.put("p", "検証", status="completed", output=output).status == 200, town.said


@then(parsers.parse("センターの「することの一覧」に「{kind}」が {count:d} 件"))
def _(town: Acting, kind: str, count: int) -> None:
    assert len(town.items("p", kind)) == count, town.said
