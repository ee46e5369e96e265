"""Every version of the directory is told for the list of another day, as far as the one who asks may read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent.actor import Scope
from consent.reading.reading import Reading
from consent.views import directory_versions
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient
from tests.unit.consent.views.reading import by, refused, said, told

P = actor("p")


async def agencies(reading: Reading) -> list[str]:
    return [each.cited for each in await directory_versions.every(reading, "Organization")]


async def concerns(reading: Reading) -> list[str]:
    return [each.cited for each in await directory_versions.every(reading, "Condition")]


@pytest.fixture
def listed(town: Town) -> Town:
    town.write(INSTALLER, {"resourceType": "Organization", "id": "center", "name": "x", "meta": {"versionId": "1"}})
    return town


HISTORY = [f"Organization/{each}/_history/1" for each in ("center", "council", "lead", "other")]


def test_each_version_of_each_agency_is_told_to_anybody_the_oldest_of_one_first(listed: Town) -> None:
    for who in (P, NOBODY):
        found = said(listed, who, agencies)
        assert sorted(found) == sorted([*HISTORY, "Organization/center/_history/2"])
        at = found.index("Organization/center/_history/1")
        assert found[at + 1] == "Organization/center/_history/2"


def test_what_is_not_of_the_directory_is_for_nobody_who_has_not_signed_in(listed: Town) -> None:
    listed.write(P, patient("1"), concern("c", "1"))
    assert refused(listed, NOBODY, concerns) == ("login", "")
    assert said(listed, P, concerns) == ["Condition/c/_history/1"]
    assert told(listed) >= {"Condition/c/_history/1", "Patient/1"}
    assert by(listed) == {"P1"}
    assert said(listed, actor("q"), concerns) == []


def test_a_token_that_does_not_reach_the_type_is_refused(listed: Town) -> None:
    narrow = replace(P, scopes=(Scope("user", "Condition", frozenset("rs")),))
    assert refused(listed, narrow, agencies)[0] == "forbidden"
    assert said(listed, narrow, concerns) == []


def test_too_many_versions_are_refused_and_never_told_in_part(listed: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory_versions, "MOST_COUNTED", 5)
    assert len(said(listed, P, agencies)) == 5
    monkeypatch.setattr(directory_versions, "MOST_COUNTED", 4)
    assert refused(listed, P, agencies) == ("too-costly", "")
