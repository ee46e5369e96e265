"""Which labels are in use is told as far as one may find what carries them, each once, and of protection nothing."""

from __future__ import annotations

from typing import Any

import pytest

from consent.views import labels_in_use
from resources.record.problem import Problem
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
A, B = {"system": "urn:t", "code": "a"}, {"system": "urn:t", "code": "b"}
PROFILE = "https://tsunagu.example/fhir/StructureDefinition/x"


@pytest.fixture
def labelled(town: Town) -> Town:
    town.write(
        P, patient("1"), patient("2"), concern("c", "1", meta={"tag": [B | {"display": "乙"}, A], "profile": [PROFILE]})
    )
    town.write(P, concern("d", "1", meta={"tag": [A, {"code": "bare"}]}))
    town.write(INSTALLER, {"resourceType": "Organization", "id": "o", "name": "o", "meta": {"tag": [B]}})
    town.protect(P, "Patient/2", "Organization/center")
    return town


def of_type(town: Town, type: str, who: Any = P) -> Json:
    return town.run(labels_in_use.of_type(town.gate, who, type))


def of_system(town: Town, who: Any = P) -> Json:
    return town.run(labels_in_use.of_system(town.gate, who))


def test_each_label_of_a_type_is_told_once_without_its_words(labelled: Town) -> None:
    found = of_type(labelled, "Condition")
    assert found["profile"] == [PROFILE]
    assert sorted(map(str, found["tag"])) == sorted(map(str, [A, B, {"code": "bare"}]))
    labelled.write(P, concern("e", "1", meta={"tag": [A | {"system": "urn:other"}]}))
    assert len(of_type(labelled, "Condition")["tag"]) == 4, "a code of another system is another label"
    assert labels_in_use.MOST == 1_000
    assert of_type(labelled, "Condition", Q) == {}
    assert of_type(labelled, "Patient") == {}, "that somebody is protected is nothing to search for"
    event = [each for each in labelled.trail() if each["entity"][-1]["name"] == "$meta"][-1]
    assert event["subtype"][0]["code"] == "operation"


def test_of_the_whole_system_come_those_of_the_types_that_one_reaches(labelled: Town) -> None:
    mine = of_system(labelled)
    assert mine["profile"] == [PROFILE]
    assert len(mine["tag"]) == 3
    event = [each for each in labelled.trail() if each["entity"][-1]["name"] == "$meta"][-1]
    assert event["subtype"][0]["code"] == "operation"
    before = len(labelled.trail())
    assert of_system(labelled, NOBODY) == of_type(labelled, "Organization", NOBODY) == {"tag": [B]}
    assert "$meta" not in str(labelled.trail()[before:])


def test_too_many_labels_are_refused_and_never_told_in_part(labelled: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    words = 8  # a code by itself, and with its system
    monkeypatch.setattr(labels_in_use, "MOST", words)
    assert len(of_type(labelled, "Condition")["tag"]) == 3
    monkeypatch.setattr(labels_in_use, "MOST", words - 1)
    with pytest.raises(Problem, match="more than 7 labels") as refused:
        of_type(labelled, "Condition")
    assert refused.value.kind == "too-costly"
