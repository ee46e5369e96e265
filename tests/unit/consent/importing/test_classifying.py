"""What an import could not classify is its custodian's alone, until the custodian takes the server's mark off."""

from __future__ import annotations

from typing import Any

import pytest

from consent.importing import classifying
from consent.labels import Relabelling
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.acts.test_breaking_glass import EM, break_glass
from tests.unit.consent.importing.test_importing import taken_in
from tests.unit.consent.town import Town, actor, concern, paper, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
MARK = own("handling-label", "unclassified")
UNKNOWN = {"system": "urn:other", "code": "secret"}
NORMAL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (concern("c", "1"), True),
        (concern("c", "1", code={"text": "暮らし"}), False),
        (concern("c", "1", code={"text": "暮らし"}, category=[concept("record-category", "concern")]), True),
        (concern("c", "1", code={"text": "暮らし"}, meta={"security": [NORMAL]}), True),
        (concern("c", "1", code=concept("concern-field", "nonsense")), False),
        (concern("c", "1", code={"coding": [{"code": "debts"}]}), False),
        (concern("c", "1", meta={"security": [UNKNOWN]}), False),
        (concern("c", "1", meta={"security": [{"code": "N"}]}), False),
        (concern("c", "1", meta={"security": [NORMAL | {"code": "VV"}]}), False),
        (patient("1"), True),
        (patient("1", meta={"security": [UNKNOWN]}), False),
        (patient("1", meta={"security": [own("secrecy-label", "address-secret")]}), True),
        ({"resourceType": "QuestionnaireResponse", "questionnaire": "urn:other"}, False),
        (
            {
                "resourceType": "QuestionnaireResponse",
                "questionnaire": "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet",
            },
            True,
        ),
        ({"resourceType": "Organization", "meta": {"security": [UNKNOWN]}}, True),
    ],
)
def test_a_record_is_classified_by_labels_and_codes_that_are_known(record: Json, told: bool) -> None:
    marked = classifying.classified(record)
    assert (marked == record) is told
    if not told:
        assert marked["meta"]["security"][-1] == MARK
        assert classifying.classified(marked)["meta"]["security"][-1] == MARK


CONTENTS = ("Communication", "Composition", "DocumentReference", "Flag", "Goal", "List", "Observation")


@pytest.mark.parametrize("type", CONTENTS)
def test_what_tells_something_of_a_person_says_of_what_kind_it_is_in_any_of_its_codings(type: str) -> None:
    assert not classifying.is_classified({"resourceType": type})
    for element in ("category", "code", "type"):
        assert classifying.is_classified({"resourceType": type, element: concept("concern-field", "debts")})
        assert not classifying.is_classified({"resourceType": type, element: concept("concern-field", "nonsense")})
    for other in ("Encounter", "Task", "Group", "CarePlan"):
        assert classifying.is_classified({"resourceType": other})


def test_the_mark_is_put_beside_what_the_record_says_of_itself_once() -> None:
    said: Json = {"tag": [{"code": "x"}], "security": [UNKNOWN]}
    bare = concern("c", "1", code={"text": "暮らし"})
    assert classifying.classified(bare) == bare | {"meta": {"security": [MARK]}}
    marked = classifying.classified(bare | {"meta": said})
    assert marked == bare | {"meta": said | {"security": [UNKNOWN, MARK]}}
    assert classifying.classified(marked) == marked
    no_system = concern("c", "1", code={"coding": [{"code": "debts"}]}, category=[{"text": "x"}])
    assert not classifying.is_classified(no_system)


@pytest.fixture
def imported(town: Town) -> Town:
    """One concern that was classified and one that was not, of a person who consents to everybody."""
    form = consent("a", provision={"type": "permit"})
    lines = [patient("1"), concern("c", "1"), concern("d", "1", code={"text": "暮らし"}), paper(form), form]
    assert all(outcome.written for outcome in taken_in(town, *lines))
    return town


def test_others_do_not_see_it_whatever_their_ground(imported: Town) -> None:
    assert sorted(imported.search(P, "Condition")) == ["Condition/c", "Condition/d"]
    assert imported.search(Q, "Condition") == ["Condition/c"]
    break_glass(imported, record="Patient/1")
    assert imported.search(EM, "Condition") == ["Condition/c"]
    for who in (Q, EM, LEAD):
        with pytest.raises(Problem, match="Condition/d"):
            imported.read(who, "Condition/d")


def test_its_custodian_takes_the_mark_off_and_then_the_grounds_open_it(imported: Town) -> None:
    off = Relabelling("$meta-delete", {"security": [MARK]})
    change = Change("update", "Condition", "d", relabelling=off)
    with pytest.raises(Problem):
        imported.commit(Q, change)
    imported.commit(P, change)
    assert sorted(imported.search(Q, "Condition")) == ["Condition/c", "Condition/d"]


def test_an_import_that_is_repeated_is_there_already_and_marks_nothing_anew(imported: Town) -> None:
    off = Relabelling("$meta-delete", {"security": [MARK]})
    imported.commit(P, Change("update", "Condition", "d", relabelling=off))
    (outcome,) = taken_in(imported, concern("d", "1", code={"text": "暮らし"}))
    assert outcome.there
    assert "Condition/d" in imported.search(Q, "Condition")


def test_only_the_server_puts_the_mark_on(imported: Town) -> None:
    with pytest.raises(Problem, match="D5"):
        imported.write(P, concern("e", "1", meta={"security": [MARK]}))
    with pytest.raises(Problem, match="D5"):
        imported.commit(
            P, Change("update", "Condition", "c", relabelling=Relabelling("$meta-add", {"security": [MARK]}))
        )
    body = imported.read(P, "Condition/d")
    imported.write(P, body | {"note": [{"text": "面談した"}], "subject": ref("Patient/1")})
    assert imported.search(Q, "Condition") == ["Condition/c"]
