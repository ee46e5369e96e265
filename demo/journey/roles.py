"""g. The lead section decides who does what; the coordinator drafts one plan, and the week is drawn.

docs/domain.md R19, R18, R37
"""

from __future__ import annotations

from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import CONFERENCE


def decide(city: City) -> list[Narration]:
    place, roles = f"{city.known['case']}/$decide-roles", city.payload("decide-roles")
    usurped = city.officer("coordinator", CONFERENCE).post(place, roles)
    decided = city.officer("lead-section", CONFERENCE).post(place, roles)
    return [
        city.tell(
            "g",
            "coordinator",
            "役割を自分で決めようとする",
            "tries to decide the roles",
            usurped,
            expect=403,
            rule="R19",
        ),
        city.tell(
            "g",
            "lead-section",
            "各機関の役割を決定する",
            "decides the roles",
            decided,
            expect=decided.status if decided.status in (200, 201) else 200,
        ),
    ]


def plan(city: City) -> list[Narration]:
    coordinator = city.officer("coordinator", CONFERENCE)
    written = coordinator.post(
        "CarePlan", city.payload("total-care-plan", coordinator="PractitionerRole/role-coordinator")
    )
    if written.done:
        city.known["plan"] = written.created[0]
    place = f"{city.known.get('plan', 'CarePlan/none')}/$timetable"
    page = coordinator.get(place, accept="*/*", _format="text/html")
    picture = coordinator.get(place, accept="*/*", _format="image/svg+xml")
    return [
        city.tell("g", "coordinator", "トータルケアプランを作る", "makes the total care plan", written, expect=201),
        city.tell(
            "g",
            "coordinator",
            "一週間の表をページで見る",
            "looks at the week as a page",
            page,
            holds="ヘルパー" in page.text,
        ),
        city.tell(
            "g",
            "coordinator",
            "一週間の表を図で見る",
            "looks at the week as a picture",
            picture,
            holds="<svg" in picture.text,
        ),
    ]
