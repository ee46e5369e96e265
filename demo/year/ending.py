"""A case ends with what came of it; one that was not resolved is reviewed.

R44 of the domain; okayama-2019.txt s22, KPI ③
"""

from __future__ import annotations

from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.household import Household
from demo.year.referring import Course
from demo.year.town import Town


def ended(town: Town, home: Household) -> Course:
    """Most are resolved; of the others what was learnt is written down, weeks later."""
    if home.happens(town.rates.often["resolved"]):
        town.change("case-resolved", home.officer, home.case, status="completed", extension=[_outcome("resolved")])
        return
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "focus": ref(home.case)}
    task |= {
        "code": coded.concept("task-code", "case-review"),
        "requester": ref(home.keeper),
        "owner": ref(home.keeper),
    }
    review = town.post("review-opened", home.officer, "Task", task).created[0]
    said = [_outcome("unresolved", {"url": "review", "valueReference": ref(review)})]
    town.change("case-unresolved", home.officer, home.case, status="completed", extension=said)
    yield home.chance.randint(10, 30)
    learnt = [{"type": {"text": "検証の結果"}, "valueString": "早い時期に医療機関を交えて話し合うべきだった"}]
    town.change("case-reviewed", home.officer, review, status="completed", output=learnt)


def _outcome(code: str, *more: Json) -> Json:
    said = {"url": "outcome", "valueCodeableConcept": coded.concept("case-outcome", code)}
    return {"url": f"{coded.BASE}/StructureDefinition/case-outcome", "extension": [said, *more]}
