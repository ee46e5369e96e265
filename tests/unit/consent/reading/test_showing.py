"""Which values of a masked record its reader wrote, and which of its parties they are (D1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent.reading import showing
from consent.reading.reading import Reading
from consent.secrecy import writers
from consent.secrecy.redaction import Redaction
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, ref
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient

Json = dict[str, Any]

P, COLLEAGUE = actor("p"), actor("p2")
WHO = ("Practitioner/p", "Practitioner/p2")


@pytest.fixture
def noted(town: Town) -> Town:
    """A concern whose first note one officer wrote, and whose second a colleague."""
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"})
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    town.write(INSTALLER, post | {"organization": ref("Organization/center"), "code": [concept("role", "officer")]})
    town.write(P, patient("1"), concern("c", "1", note=[{"text": "一"}]))
    town.write(COLLEAGUE, noted_anew(1, "一", "二"))
    return town


def noted_anew(number: int, *notes: str) -> Json:
    return concern("c", "1", note=[{"text": each} for each in notes], meta={"versionId": str(number)})


def wrote(town: Town, who: str, name: str = "Condition/c") -> list[bool]:
    """Of the first note and of the second."""

    async def asked() -> Callable[[str], bool]:
        async with town.store.snapshot() as view:
            version = await view.get(*name.split("/"), within=EVERYTHING)
            assert version
            return await showing.written(town.gate.engine, view, version, who)

    said = town.run(asked())
    return [said(f"/note/{number}") for number in range(2)]


def test_a_value_is_of_who_sent_it(noted: Town) -> None:
    assert [wrote(noted, who) for who in WHO] == [[True, False], [True, True]]
    assert wrote(noted, "Practitioner/q") == wrote(noted, "") == [False, False]


def test_of_a_record_that_nobody_has_listed_no_value_is_anybody_s(noted: Town) -> None:
    noted.write(P, {"resourceType": "Basic", "id": "b", "code": {"text": "x"}, "subject": ref("Patient/1")})
    assert wrote(noted, "Practitioner/p", "Basic/b") == [False, False]


def test_so_many_versions_are_looked_back_and_who_wrote_what_stood_before_is_nobody(
    noted: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted.write(COLLEAGUE, noted_anew(2, "一", "二"))
    monkeypatch.setattr(writers, "MOST_VERSIONS", 3)
    assert [wrote(noted, who) for who in WHO] == [[True, False], [True, True]]
    monkeypatch.setattr(writers, "MOST_VERSIONS", 2)
    assert [wrote(noted, who) for who in WHO] == [[False, False], [True, True]]
    monkeypatch.setattr(writers, "MOST_VERSIONS", 1)
    assert wrote(noted, "Practitioner/p") == [False, False]
    assert wrote(noted, "Practitioner/p2") == [True, True]


def redaction(town: Town, who: Any, name: str) -> Redaction:
    async def asked() -> Redaction:
        async with town.store.snapshot() as view:
            it = await Reading.begin(town.gate.engine, view, who)
            version = await view.get(*name.split("/"), within=EVERYTHING)
            assert isinstance(version, Version)
            return await showing.redaction_of(town.gate.engine, view, version, it.facts)

    return town.run(asked())


def test_a_party_of_a_request_is_shown_it_as_one_and_nobody_else_is(noted: Town) -> None:
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    noted.write(P, task | {"requester": ref("Organization/center"), "owner": ref("PractitionerRole/q")})
    found = {who: redaction(noted, actor(who), "Task/t").sight.party for who in ("p", "p2", "q", "co", "lead")}
    assert found == {"p": True, "p2": True, "q": True, "co": False, "lead": False}
    sight = redaction(noted, P, "Task/t").sight
    assert sight.released == frozenset()
    assert "Organization/center" in sight.identities
