"""What gets stuck is brought to the coordinator, on one of six grounds; of some it is enough to be told whom to ask.

R12 to R17 of the domain; okayama-2019.txt s25 ① and ③
"""

from __future__ import annotations

from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.household import Household
from demo.year.town import Town

_GROUNDS = (
    *("no-partner", "no-programme", "no-roles", "unaware-of-each-other", "concern-unshared", "services-uncombined"),
)


def inquire(town: Town, home: Household) -> None:
    """An agency asks whom to talk to, and is told: no case comes of it."""
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": town.now}
    task |= {"code": coded.concept("task-code", "inquiry"), "description": "連携先についての問い合わせ"}
    task |= {"requester": ref(home.keeper), "owner": ref(f"PractitionerRole/role-{coordinator(home)}")}
    asked = town.post("inquiry", home.officer, "Task", task).created[0]
    advice = [{"type": {"text": "助言"}, "valueString": "担当の窓口を伝えた"}]
    town.change("inquiry-taken", coordinator(home), asked, status="accepted")
    town.change("inquiry-answered", coordinator(home), asked, status="completed", output=advice)


def bring(town: Town, home: Household) -> None:
    """The agency opens the case and asks for coordination."""
    plan: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "created": town.today.isoformat()}
    plan |= {"category": [coded.concept("record-category", "case")], "title": "複合課題の事例"}
    plan |= {"subject": ref(home.group), "author": ref(f"PractitionerRole/role-{home.officer}")}
    plan |= {"supportingInfo": [ref(home.sheet)]} if home.sheet else {}
    made = town.post(
        "brought", home.officer, "", coded.transaction((coded.urn(1), plan), (coded.urn(2), _call(town, home)))
    )
    home.case, home.coordination = made.created


def take_on(town: Town, home: Household) -> None:
    town.change("case", coordinator(home), home.coordination, status="accepted")


def end(town: Town, home: Household) -> None:
    """Each planned support has started, or none was needed, and the coordinator lets go (R17)."""
    why = {} if home.plan else {"statusReason": {"text": "会議を開くまでもなく、連携先が決まった"}}
    town.change("coordination-ended", coordinator(home), home.coordination, status="completed", **why)


def coordinator(home: Household) -> str:
    """There are two, who share the households (s15)."""
    return ("coordinator", "coordinator-2")[home.number % 2]


def _call(town: Town, home: Household) -> Json:
    used = coded.extension("sheet-used", valueBoolean=bool(home.sheet))
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "extension": [used]}
    task |= {"code": coded.concept("task-code", "coordinate"), "authoredOn": town.now}
    task |= {"reasonCode": coded.concept("coordination-ground", home.chance.choice(_GROUNDS))}
    task |= {"focus": ref(coded.urn(1)), "for": ref(home.group), "requester": ref(home.keeper)}
    return task | {"owner": ref(f"PractitionerRole/role-{coordinator(home)}")}
