"""D2: a declared conflict is ended by another of the lead section, and stands otherwise as it was declared."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import conflict
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import change, officer, post, wrongs

Json = dict[str, Any]

LEAD = officer(post("lead-section"))
FLAG: Json = {"resourceType": "Flag", "status": "active", "category": [concept("record-category", "conflict")]}
FLAG |= {"extension": [extension("staff-person", valueReference=ref("Practitioner/other"))]}
OTHER: Json = {"resourceType": "Flag", "status": "active"}
ENDED = FLAG | {"status": "inactive"}


def ended(before: Json | None, after: Json | None, who: Any = LEAD) -> list[str]:
    return wrongs(conflict.ended_by_the_lead_section, change(before, after, who))


def test_nobody_writes_it_deletes_it_or_makes_it_of_something_else() -> None:
    assert ended(None, FLAG) == ended(FLAG, None) == ended(OTHER, FLAG) == ["D2! at Flag.category"]
    assert ended(FLAG, OTHER | {"extension": FLAG["extension"]}) == ["D2 at Flag.category"]
    assert ended(None, OTHER, None) == ended(OTHER, None, None) == ended(OTHER, OTHER | {"code": {}}, None) == []


def test_the_lead_section_ends_it_and_none_of_them_their_own() -> None:
    own = {"extension": [*FLAG["extension"], extension("staff-person", valueReference=ref("Practitioner/p"))]}
    assert ended(FLAG, ENDED) == []
    assert ended(FLAG, ENDED, None) == ["D2! at Flag.status"]
    assert ended(FLAG | own, ENDED | own) == ["D2! at Flag.status"]


@pytest.mark.parametrize("element", ["period", "meta", "text", "id"])
def test_what_was_declared_stands(element: str) -> None:
    assert ended(FLAG, ENDED | {element: "said"}) == ended(FLAG | {element: "said"}, ENDED) == []
    assert ended(FLAG, ENDED | {"subject": ref("Patient/2")}) == ["D2 at Flag.subject"]
    assert ended(FLAG | {"subject": ref("Patient/2")}, ENDED) == ["D2 at Flag.subject"]


def test_it_is_ended_as_inactive() -> None:
    assert ended(FLAG, FLAG | {"text": "x"}) == []
    assert ended(FLAG, FLAG | {"status": "entered-in-error"}) == ["D2 at Flag.status"]
