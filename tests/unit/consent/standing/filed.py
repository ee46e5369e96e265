"""Evidence as it is filed, right unless told otherwise, and what its standing is judged to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent.rule import Action
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from tests.unit.consent.people import CENTER, officer

Json = dict[str, Any]

OTHER, THIRD = "Organization/other", "Organization/third"
MINE, THEIRS = "PractitionerRole/role", "PractitionerRole/other"
AGENCIES: Mapping[str, frozenset[str]] = {
    **{name: frozenset({name}) for name in (CENTER, OTHER, THIRD)},
    MINE: frozenset({CENTER}),
    "Practitioner/p": frozenset({CENTER}),
    "PractitionerRole/colleague": frozenset({CENTER}),
    THEIRS: frozenset({OTHER}),
}


def filing(before: Json | None, after: Json, records: Any = None, **known: Any) -> Filing:
    """Written by an officer of the center, who keeps it and has Patient/1 and the household in care; `records` are
    those that it refers to, by their names."""
    action: Action = "update" if before else "create"
    said: Json = {
        "custodian": CENTER,
        "facts": officer(),
        "look": (records or {}).get,
        "care": {"Patient/1": frozenset({CENTER})},
        "members": {"Group/g": frozenset({"Patient/1"})},
        "kept": {"Group/g": CENTER, "CarePlan/k": CENTER},
        "agencies": AGENCIES,
        "had": Verdict(True) if before else NONE,
    }
    return Filing(action, before, after, **said | known)


def wrongs(kind: Kind, filed: Filing) -> list[str]:
    """The rules that stand in the way, each with the element where it does; `!` where it is about who writes."""
    found = list(kind.refused(filed))
    assert all(issue.text.startswith(f"{issue.rule}: ") and issue.ja.startswith(f"{issue.rule}: ") for issue in found)
    assert all(issue.code in ("", "business-rule", "forbidden") for issue in found)
    return [f"{issue.rule} at {issue.at}" + ("!" if issue.code == "forbidden" else "") for issue in found]
