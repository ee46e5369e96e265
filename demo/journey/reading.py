"""d. With consent the health center sees the mother, and no more; the child guidance center sees nothing at all.

docs/policy.md P3, "nothing leaks"
"""

from __future__ import annotations

from demo.answer import Answer
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import CARE


def read_with_consent(city: City) -> list[Narration]:
    officer, system = city.officer("health-center"), city.system("health-center-system")
    mother, sister = city.known["mother"], city.known["sister"]
    concerns = {city.known[name] for name in city.known if name.startswith("mother-")}
    found = system.search("Condition", subject=mother)
    withheld = city.known["withheld-concern"]
    narration = [
        city.tell(
            "d",
            "health-center",
            "母の記録を読む",
            "reads the mother's record",
            officer.get(mother),
            rule="P3",
            why=_why(city, "health-center", mother),
        ),
        city.tell(
            "d",
            "health-center",
            "母の困りごとを読む",
            "reads the mother's concern",
            officer.get(city.known["mother-mental-health"]),
            rule="P3",
        ),
        city.tell(
            "d",
            "health-center-system",
            "母の困りごとを検索する",
            "searches the mother's concerns",
            found,
            holds=set(found.references) == concerns and found.total == len(concerns),
            reason=f"{found.total} 件",
        ),
        city.tell(
            "d",
            "health-center",
            "特に慎重な記録を読もうとする",
            "tries the very restricted record",
            officer.get(withheld),
            expect=404,
            why=_why(city, "health-center", withheld),
        ),
        city.tell(
            "d",
            "health-center",
            "母の妹の記録を読もうとする",
            "tries the sister's record",
            officer.get(sister),
            expect=404,
            why=_why(city, "health-center", sister),
        ),
    ]
    city.remember("during-consent")
    return narration


def find_nothing(city: City, step: str = "d", *, in_care: bool = False) -> list[Narration]:
    """The child guidance center's next requests, with its everyday purpose; who has the mother in care, by its role,
    finds who she is and how she is reached, and no more."""
    officer, system = city.officer("child-guidance"), city.system("child-guidance-system")
    mother, household = city.known["mother"], city.known["household"]
    narration = [
        city.tell(
            step,
            "child-guidance",
            "母の困りごとを読もうとする",
            "tries a concern of the mother's",
            officer.get(city.known["mother-mental-health"]),
            expect=404,
            why=_why(city, "child-guidance", city.known["mother-mental-health"]),
        ),
    ]
    searches = {
        "Patient": {"_id": mother.partition("/")[2]},
        "Condition": {"subject": mother},
        "Group": {"member": mother},
        "CarePlan": {"subject": household},
        "QuestionnaireResponse": {"subject": household},
    }
    for kind, about in searches.items():
        found = system.get(kind, **about)
        card = in_care and kind == "Patient"
        nothing = found.total == 0 and not found.resources
        known = found.total == 1 and not any("address" in each for each in found.resources)
        narration.append(
            city.tell(
                step,
                "child-guidance-system",
                f"{kind} を検索する",
                f"searches {kind}",
                found,
                holds=known if card else nothing,
                reason="役割の対象者の基本情報だけ" if card else "0 件",
            )
        )
    return narration


def _why(city: City, person: str, reference: str) -> Answer:
    return city.explain(reference, actor=f"Practitioner/practitioner-{person}", purpose=CARE)
