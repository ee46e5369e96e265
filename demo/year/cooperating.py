"""Around a meeting: its material is put in order, who is asked cooperates or says why not, what is lacking is noted.

Ordinance art. 5; R23, R24, R31, R32 and R43 of the domain (slides 13, 22 and 26)
"""

from __future__ import annotations

from typing import Any

from demo.people import CONFERENCE
from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.household import Household
from demo.year.town import Town

_HEADINGS = {
    "problems": "世帯の暮らしと家計が立ちゆかない",
    "surroundings": "近隣とのつきあいは少なく、民生委員が気にかけている",
    "wish": "この家で暮らし続けたい",
    "supporters": "まず受診と家計の整理から支える",
    "resources": "使える事業はある。移動の手段がない",
}
_GAPS = ("no-resource", "not-enough", "between-systems", "unmet-need")


def put_in_order(town: Town, home: Household, held: str) -> None:
    """The material of the meeting under its five headings (R23)."""
    items = [{"linkId": link, "answer": [{"valueString": text}]} for link, text in _HEADINGS.items()]
    paper: Json = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": town.now}
    paper |= {"questionnaire": f"{coded.BASE}/Questionnaire/conference-material", "item": items}
    paper |= {"subject": ref(home.group), "encounter": ref(held)}
    town.post("material", home.officer, "QuestionnaireResponse", paper, CONFERENCE)


def asked(town: Town, home: Household, held: str, agency: str) -> None:
    """The convener asks an agency for its opinion: it gives it, or says why not and how it could be done."""
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "focus": ref(held)}
    task |= {"code": coded.concept("task-code", "cooperate"), "description": "支援の見通しについて、意見を求めます"}
    task |= {"requester": ref("PractitionerRole/role-convener"), "owner": ref(agency)}
    request = town.post("cooperation-asked", "convener", "Task", task, CONFERENCE).created[0]
    officer = town.offices[agency]
    if home.happens(town.rates.often["cannot"]):
        how = _outcome("how-it-could-be-done", "月に一度なら、家庭訪問に同行できる")
        why = {"statusReason": {"text": "いまの体制では毎週の訪問ができない"}, "output": [how]}
        town.change("cooperation-reasoned", officer, request, CONFERENCE, status="rejected", **why)
        return
    town.change("cooperation-taken", officer, request, CONFERENCE, status="accepted")
    given = [_outcome("answered", "就労の前に、生活のリズムを整えるのがよい")]
    town.change("cooperation-given", officer, request, CONFERENCE, status="completed", output=given)


def lacking(town: Town, home: Household) -> None:
    """What the area lacks is recorded, so that it can be counted (R43); it is about nobody."""
    gap: Json = {"resourceType": "Observation", "status": "final", "effectiveDateTime": town.today.isoformat()}
    gap |= {"category": [coded.concept("record-category", "resource-gap")]}
    gap |= {"code": coded.concept("concern-field", home.chance.choice(home.fields))}
    kind = coded.concept("gap-kind", home.chance.choice(_GAPS)) | {"text": "車のない世帯の、通院と買い物の足がない"}
    town.post("gap", home.officer, "Observation", gap | {"valueCodeableConcept": kind})


def _outcome(code: str, text: str) -> dict[str, Any]:
    return {"type": coded.concept("task-outcome", code), "valueString": text}
