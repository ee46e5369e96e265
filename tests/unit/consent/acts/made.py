"""Whom the acts of a town need besides, and what an act has made, but for what the server gives each version."""

from __future__ import annotations

from typing import Any

import orjson

from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.town import INSTALLER, STAFF, Town

Json = dict[str, Any]


def posted(town: Town, id: str, function: str, agency: str, person: str = "", **elements: Any) -> None:
    """Somebody new, or this person, gets a post at an agency."""
    if id not in STAFF and not person:
        town.write(INSTALLER, {"resourceType": "Practitioner", "id": id})
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{person or id}")}
    post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]}
    town.write(INSTALLER, post | elements)


def body(version: Version | None) -> Json:
    assert version
    return {name: said for name, said in orjson.loads(version.body).items() if name not in ("id", "meta")}
