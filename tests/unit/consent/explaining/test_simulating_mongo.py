"""What is simulated on MongoDB is undone there too: tests/unit/consent/explaining/test_simulating.py has the rest."""

from __future__ import annotations

import pytest

from consent.labels import Relabelling
from consent.views import labels_in_use
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.unit.consent.explaining.test_simulating import differences
from tests.unit.consent.explaining.test_who_can_see import seen
from tests.unit.consent.town import Town, actor, concern, paper, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
TAG = {"system": "urn:t", "code": "a"}


@pytest.fixture
def town(town_on_mongodb: Town) -> Town:
    return town_on_mongodb


def test_a_simulated_consent_opens_nothing_and_leaves_no_version(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"), paper(consent("a")))
    gained = ["Condition/c", "DocumentReference/a-paper", "Patient/1"]
    assert differences(town, P, consent("a")) == {"Organization/other": {"gained": gained}}
    assert town.stored("Consent") == []
    with pytest.raises(Problem, match="there is no"):
        town.read(Q, "Condition/c")
    town.write(P, consent("a"))
    other = {"P2": {"Organization/other": 1}, "P3": {"Organization/other": 4}}
    assert seen(town, P, "Patient/1") == {"P1": {"Organization/center": 4}} | other
    revoked = consent("a", status="inactive", meta={"versionId": "1"})
    assert set(differences(town, P, revoked)) == {"Organization/other"}
    assert town.read(Q, "Condition/c")["id"] == "c"


def test_labels_are_added_and_are_told_to_be_in_use(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.commit(P, Change("update", "Condition", "c", relabelling=Relabelling("$meta-add", {"tag": [TAG]})))
    town.write(P, concern("c", "1", meta={"versionId": "2"}))
    assert town.read(P, "Condition/c")["meta"]["tag"] == [TAG]
    assert town.run(labels_in_use.of_system(town.gate, P)) == {"tag": [TAG]}
    assert town.run(labels_in_use.of_system(town.gate, Q)) == {}
