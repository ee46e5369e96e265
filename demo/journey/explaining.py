"""i. Every decision can be explained, then and now, and the audit log holds what was disclosed and what was denied.

docs/policy.md, "explaining" and "accountability"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo import answer
from demo.journey.city import City
from demo.journey.told import Told
from demo.people import AUDIT, CARE, CONFERENCE

CASES = (
    ("child-guidance", CONFERENCE, "during-conference", "P4", "会議の間、こども総合相談所が読めた理由"),
    ("child-guidance", CONFERENCE, "", "P4", "いま、こども総合相談所が読めない理由"),
    ("health-center", CARE, "during-consent", "P3", "同意の間、保健センターが読めた理由"),
    ("health-center", CARE, "", "P3", "いま、保健センターが読めない理由"),
)


def explain(city: City) -> list[Told]:
    """`P3` and `P4` are named then as grounds, and now as what is missing."""
    told = []
    for person, purpose, instant, rule, question in CASES:
        at = city.known.get(instant, "")
        actor = f"Practitioner/practitioner-{person}"
        why = city.explain(city.known["mother"], actor=actor, purpose=purpose, at=at)
        told.append(
            city.tell(
                "i",
                "auditor",
                f"{question}を問う",
                f"asks why {person} {'could' if at else 'cannot'} read",
                why,
                rule=rule,
                holds=permitted(why.json) is bool(at),
                why=why,
            )
        )
    return told


def review(city: City) -> list[Told]:
    """The auditor counts disclosures and denials about the mother."""
    found = city.officer("auditor", AUDIT).get("AuditEvent", entity=city.known["mother"], _count="200")
    events = found.resources
    denials = [event for event in events if event.get("outcome") not in (None, "0")]
    disclosures = [event for event in events if event.get("outcome") in (None, "0")]
    refused = [event for event in denials if "child-guidance" in " ".join(answer.strings(event.get("agent")))]
    return [
        city.tell(
            "i",
            "auditor",
            "監査記録を調べる",
            "searches the audit log",
            found,
            holds=bool(denials) and bool(disclosures) and bool(refused),
            reason=f"提供 {len(disclosures)} 件・拒否 {len(denials)} 件（うち、こども総合相談所 {len(refused)} 件）",
        ),
    ]


def permitted(explanation: Mapping[str, Any] | None) -> bool | None:
    """What the explanation decides; None where it decides nothing."""
    for parameter in (explanation or {}).get("parameter", ()):
        if parameter.get("name") == "decision":
            return bool(parameter.get("valueCode") == "permit")
    return None
