"""R37: an agency keeps one open case of a household."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import one_case
from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.succession import Succession, Successions
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.test_transferring import EVERYBODY
from tests.unit.consent.people import change, officer, wrongs
from tests.unit.consent.town import Town, actor, case, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


@pytest.fixture
def kept(town: Town) -> Town:
    """The center keeps a household and its case."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), case())
    return town


def test_a_second_is_refused_whether_new_or_taken_up_again_or_moved(kept: Town) -> None:
    for status in ("draft", "on-hold"):
        kept.write(P, case(status) | {"status": status})
    for second in (case("k2"), _again(case("draft")), _again(case("on-hold"))):
        with pytest.raises(Problem, match="CarePlan/k`") as caught:
            kept.write(P, second)
        assert [each.rule for each in caught.value.issues] == ["R37"]
    kept.write(P, household("1") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    with pytest.raises(Problem, match="CarePlan/k`"):
        kept.write(P, _again(case("kh")))


def test_two_in_one_transaction_are_one_too_many(town: Town) -> None:
    with pytest.raises(Problem, match="R37"):
        town.write(P, patient("1"), household("1"), case(), case("k2"))


def test_the_open_one_is_written_on_and_after_its_end_another_begins(kept: Town) -> None:
    kept.write(P, _again(case() | {"title": "続き"}))
    outcome = extension("case-outcome", extension=[{"url": "outcome", **_outcome("resolved")}])
    kept.write(P, case() | {"status": "completed", "extension": [outcome], "meta": {"versionId": "2"}})
    kept.write(P, case("k2"))
    assert kept.read(P, "CarePlan/k2")["status"] == "active"


def test_that_another_agency_keeps_one_is_not_told(kept: Town) -> None:
    kept.sign(
        P,
        *(
            consent(f"s{one}", patient=ref(f"Patient/{one}"), performer=[ref(f"Patient/{one}")], provision=EVERYBODY)
            for one in "12"
        ),
    )
    assert kept.reads(Q, "Group/g")
    kept.write(Q, case("kq"))
    assert kept.read(Q, "CarePlan/kq")["status"] == "active"


def _again(record: Json) -> Json:
    return record | {"meta": {"versionId": "1"}}


def _outcome(code: str) -> Json:
    return {"valueCodeableConcept": concept("case-outcome", code)}


def test_of_whom_the_other_case_is_kept_and_when_a_second_begins() -> None:
    """As it is judged alone, by who keeps the others."""

    def beside(before: Json | None, after: Json | None, known: Facts | None = None, **cases: str) -> list[str]:
        around = DutyContext(cases={f"CarePlan/{id}": f"Organization/{keeper}" for id, keeper in cases.items()})
        return wrongs(one_case.of_a_household, change(before, after, known, duty_context=around))

    second, refused = case("k2"), ["R37 at CarePlan.status"]
    assert beside(None, second, k="center") == beside(None, second, b="center", a="other") == refused
    assert beside(None, second) == beside(None, second, k="other") == beside(second, None, k="center") == []
    succession = Successions((Succession("Organization/other", "Organization/center", "Task/s/_history/1"),))
    assert beside(None, second, officer(successions=succession), k="other") == refused
    assert beside(None, second | {"status": "draft"}, k="center") == []
    assert beside(None, case("k2", "total-care-plan"), k="center") == []
    for had in (second | {"status": "on-hold"}, second | {"subject": ref("Group/h")}, case("k2", "concern")):
        assert beside(had, second, k="center") == refused
    assert beside(second, second | {"title": "続き"}, k="center") == [], "an older store may have two"
