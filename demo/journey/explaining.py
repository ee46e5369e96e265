"""i. What became of every asking is told from the trail, then and now; it holds what was disclosed and what was denied.

docs/policy.md, "explaining" and "accountability"
"""

from __future__ import annotations

from demo import answer, explanation
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import AUDIT, CARE, CONFERENCE

CASES = (
    (
        "mother-mental-health",
        "child-guidance",
        CONFERENCE,
        "during-conference",
        "P4",
        "会議の間、こども総合相談所が読めた理由",
    ),
    ("mother-mental-health", "child-guidance", CONFERENCE, "", "P4", "いま、こども総合相談所が読めない理由"),
    ("mother-mental-health", "health-center", CARE, "during-consent", "P3", "同意の間、保健センターが読めた理由"),
    ("mother-mental-health", "health-center", CARE, "", "P3", "いま、保健センターが読めない理由"),
)

_CHILD_GUIDANCE = "Practitioner/practitioner-child-guidance"


def explain(city: City) -> list[Narration]:
    """`P3` and `P4` are named then as grounds; now the latest event is a denial, and they stand among those before."""
    narration = []
    for record, person, purpose, instant, rule, question in CASES:
        at = city.known.get(instant, "")
        actor = f"Practitioner/practitioner-{person}"
        why = city.explain(city.known[record], actor=actor, purpose=purpose, at=at)
        narration.append(
            city.tell(
                "i",
                "auditor",
                f"{question}を問う",
                f"asks why {person} {'could' if at else 'cannot'} read",
                why,
                rule=rule,
                holds=explanation.read(why).allowed is bool(at),
                why=why,
            )
        )
    return narration


def review(city: City) -> list[Narration]:
    """The auditor counts what was disclosed about the mother, and who was denied her record."""
    auditor, mother = city.officer("auditor", AUDIT), city.known["mother"]
    shown = auditor.get("AuditEvent", entity=mother, outcome="0", _count="200")
    denied = auditor.get("AuditEvent", entity=mother, outcome="4", _count="200")
    refused = [event for event in denied.resources if _CHILD_GUIDANCE in answer.strings(event["agent"])]
    return [
        city.tell(
            "i",
            "auditor",
            "母の記録の提供を監査記録で調べる",
            "looks up who was shown the mother's records",
            shown,
            holds=bool(shown.total),
            reason=f"{shown.total} 件",
        ),
        city.tell(
            "i",
            "auditor",
            "母の記録を断られた人を監査記録で調べる",
            "looks up who was denied the mother's record",
            denied,
            holds=bool(refused),
            reason=f"{denied.total} 件（うち、こども総合相談所 {len(refused)} 件）",
        ),
    ]
