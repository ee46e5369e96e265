"""c. Somebody is always responsible, and may not refuse.

docs/domain.md R5, R7, R9
"""

from __future__ import annotations

import copy

from demo.answer import Answer
from demo.journey.city import City
from demo.journey.narration import Narration


def route(city: City) -> list[Narration]:
    found = city.anyone().get("HealthcareService/$route", field="mental-health", area="Location/area-el-03")
    desk = next(iter(found.resources), {})
    city.known["desk"] = f"HealthcareService/{desk.get('id', '')}"
    city.known["desk-organization"] = desk.get("providedBy", {}).get("reference", "")
    return [
        city.tell(
            "c",
            "anyone",
            "こころの問題の窓口を、住んでいる学区から探す",
            "asks which desk is there for mental health in this district",
            found,
            holds=city.known["desk-organization"] == "Organization/health-center-kita-chuo",
            reason=str(desk.get("name", "")),
        ),
    ]


def refer(city: City) -> list[Narration]:
    bundle = city.payload("referral", mother_concern=city.known["mother-mental-health"])
    sent = city.officer("yorisoi").post("", bundle)
    if sent.done:
        city.known |= dict(zip(("request", "task", "introduction"), sent.created, strict=True))
    return [
        city.tell(
            "c",
            "yorisoi",
            "保健センターへつなぎ、一言伝える",
            "refers to the health center, and says so",
            sent,
        ),
    ]


def refuse_and_accept(city: City) -> list[Narration]:
    refused = _set_status(city, "rejected")
    accepted = _set_status(city, "accepted")
    return [
        city.tell(
            "c",
            "health-center",
            "紹介を断ろうとする",
            "tries to reject the referral",
            refused,
            expect=422,
            rule="R5",
        ),
        city.tell("c", "health-center", "紹介を受ける", "accepts the referral", accepted),
    ]


def _set_status(city: City, status: str) -> Answer:
    officer = city.officer("health-center")
    task = officer.get(city.known["task"])
    changed = copy.deepcopy(task.json) if task.done else {}
    changed["status"] = status
    return officer.put(changed) if task.done else task
