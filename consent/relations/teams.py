"""A team named as the recipient of a consent means the agencies recorded in it when the consent was filed.

docs/policy.md, section 5: the server writes them down beside the team, one row comes of each, and each row holds while
that agency is in the team.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from consent.provision.enforceable_provision import RECORDED, TEAM, recorded
from resources.record import reference
from resources.record.reference import Look

Path = tuple[str | int, ...]


def agencies(participants: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The agencies that participants of a CareTeam are, or act for."""
    named = (reference.one(each, element) for each in participants for element in ("member", "onBehalfOf"))
    return frozenset(name for name in named if name.startswith("Organization/"))


def named(consent: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The recipients of a Consent that are teams, and where they stand."""
    root = consent.get("provision")
    if not isinstance(root, Mapping):
        return
    rules: list[tuple[Path, Mapping[str, Any]]] = [(("provision",), root)]
    rules += [(("provision", "provision", at), each) for at, each in enumerate(root.get("provision") or ())]
    for path, rule in rules:
        for place, actor in enumerate(rule.get("actor") or ()):
            if reference.one(actor, "reference").startswith(TEAM):
                yield (*path, "actor", place), actor


def meant(actor: Mapping[str, Any], look: Look, before: Mapping[str, Any] | None) -> list[str]:
    """The agencies that this team means: as they stand in the version before, else those it records now."""
    name = reference.one(actor, "reference")
    for _, known in named(before or {}):
        if reference.one(known, "reference") == name:
            return recorded(known)
    team = look(name) or {}
    return sorted(agencies(team.get("participant") or ())) if team.get("status") == "active" else []


def written_down(sent: Any, path: Path, found: Iterable[str]) -> Any:
    """The same with these agencies, and none else, written down for the team at this place."""
    if not path:
        entries = [{"url": RECORDED, "valueReference": {"reference": each}} for each in found]
        rest = {name: value for name, value in sent.items() if name != "extension"}
        other = [each for each in sent.get("extension") or () if each.get("url") != RECORDED]
        return {**rest, "extension": [*other, *entries]} if other or entries else rest
    changed: Any = list(sent) if isinstance(sent, list) else dict(sent)
    changed[path[0]] = written_down(sent[path[0]], path[1:], found)
    return changed
