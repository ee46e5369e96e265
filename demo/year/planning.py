"""The lead section decides who does what, the coordinator drafts one plan for the household, and sees that it starts.

R16 to R19, R22, R37 and R45 of the domain; okayama-2019.txt s2, s17
"""

from __future__ import annotations

from demo.people import CONFERENCE
from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.coordinating import coordinator
from demo.year.household import Household
from demo.year.town import Town

_SERVICES = (
    ("訪問看護", "tue", "10:00:00"),
    ("ヘルパー（食事づくり、掃除）", "thu", "14:00:00"),
    ("就労準備支援", "wed", "09:30:00"),
    ("家計相談", "fri", "13:00:00"),
)
_PROGRAMME = "HealthcareService/programme-household-budget"


def decide_roles(town: Town, home: Household) -> None:
    """Who was seated there has a part (R19)."""
    agencies = dict.fromkeys([home.keeper, *home.team])
    roles = [_role(each, home.fields[0]) for each in agencies]
    asked = {"resourceType": "Parameters", "parameter": roles}
    town.post("roles", "lead-section", f"{home.case}/$decide-roles", asked, CONFERENCE)


def draft(town: Town, home: Household) -> str:
    """The total care plan: what, for whom, when."""
    many = home.chance.randint(1, len(_SERVICES))
    plan: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "basedOn": [ref(home.case)]}
    plan |= {"category": [coded.concept("record-category", "total-care-plan")], "subject": ref(home.group)}
    plan |= {"title": "複合課題トータルケアプラン", "period": {"start": town.today.isoformat()}}
    plan |= {"created": town.today.isoformat(), "author": ref(f"PractitionerRole/role-{coordinator(home)}")}
    activity = [_activity(home, *each) for each in _SERVICES[:many]]
    if home.happens(town.rates.often["programme"]):
        budget = _activity(home, "家計改善支援事業", "mon", "15:00:00")
        budget["detail"]["performer"] = [ref(_PROGRAMME)]
        activity.append(budget)
    plan |= {"activity": activity}
    return town.post("plan", coordinator(home), "CarePlan", plan, CONFERENCE).created[0]


def start(town: Town, home: Household, plan: str) -> None:
    """Each planned support begins, but one that the person did not want after all (R17)."""
    activity = town.read(coordinator(home), plan)["activity"]
    for place, each in enumerate(activity):
        unwanted = place and home.happens(0.15)
        dropped = {"status": "cancelled", "statusReason": {"text": "本人が望まなくなった"}}
        each["detail"] |= dropped if unwanted else {"status": "in-progress"}
    town.change("started", coordinator(home), plan, activity=activity)


def cross(town: Town, home: Household) -> None:
    """The household comes to receive public assistance: the plan and its providers stay (R45)."""
    side = {"resourceType": "Parameters", "parameter": [{"name": "side", "valueCode": "assisted"}]}
    town.post("crossed", home.officer, f"{home.plan}/$cross-programmes", side)


def end(town: Town, home: Household) -> None:
    """What was planned is done."""
    town.change("plan-ended", home.officer, home.plan, status="completed")


def _role(agency: str, field: str) -> Json:
    parts = [{"name": "agency", "valueReference": ref(agency)}]
    parts += [{"name": "field", "valueCoding": coded.coding("concern-field", field)}]
    return {"name": "role", "part": [*parts, {"name": "role", "valueString": "本人と世帯への継続した支援"}]}


def _activity(home: Household, service: str, day: str, at: str) -> Json:
    weekly = {"duration": 60, "durationUnit": "min", "frequency": 1, "period": 1, "periodUnit": "wk"}
    when = {"repeat": {**weekly, "dayOfWeek": [day], "timeOfDay": [at]}}
    detail: Json = {"kind": "ServiceRequest", "code": {"text": service}, "status": "scheduled"}
    detail |= {"extension": [coded.extension("activity-subject", valueReference=ref(home.head.record))]}
    return {"detail": detail | {"scheduledTiming": when}}
