"""P4: at an open meeting its members read the case and what is tabled, about the persons fixed and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.meeting import Meeting
from consent.relations.contributions import MEMBER
from consent.rule import Action, Evidence, Text
from consent.rules import statutory_conference
from consent.succession import NONE, Succession, Successions
from resources.search.predicate import term
from resources.search.relation import Around, Relation, Stored
from tests.unit.consent.people import CENTER, SYSTEM, around, officer, row
from tests.unit.consent.rules.asked import OTHER, opens

FORMER = "Organization/former"
MEETING = Meeting(
    "Encounter/m",
    listed=True,
    lacks=(),
    evidence=(Evidence("Encounter/m/_history/1", Text("the conference", "会議")),),
    basis="art9",
    subjects=frozenset({"Patient/1", "Patient/2"}),
    opened=frozenset({"Condition", "Communication", "Organization"}),
    itself=frozenset({"CarePlan/k", "Group/g"}),
    tabled=frozenset({("Observation/o", OTHER), ("Goal/a", OTHER), ("Goal/b", CENTER)}),
    agencies=frozenset({CENTER}),
)
SUCCEEDED = Successions((Succession(FORMER, CENTER, "Task/s/_history/1"),))
MOTHER, SON, NEIGHBOUR = ((".subject", f"Patient/{number}") for number in (1, 2, 9))


def member(meeting: Meeting = MEETING, purpose: str = "support-conference", successions: Successions = NONE) -> Facts:
    return officer(purpose=purpose, meetings=(meeting,), successions=successions)


def read(*said: tuple[str, str], who: Facts | None = None) -> bool:
    return opens(statutory_conference.rules("read", who or member()), said)


def concern(*said: tuple[str, str], keeper: str = CENTER, type: str = "Condition") -> list[tuple[str, str]]:
    return [(".type", type), (".custodian", keeper), *said]


@pytest.mark.parametrize("action", ["create", "read", "search", "update", "delete"])
def test_it_is_read_and_nothing_is_written(action: Action) -> None:
    made = list(statutory_conference.rules(action, member()))
    assert opens(made, concern(MOTHER)) is (action in ("read", "search"))
    assert not list(statutory_conference.rules(action, replace(member(), actor=SYSTEM))), "a meeting seats persons"


def test_of_an_opened_category_what_an_agency_with_a_seat_keeps_about_persons_fixed_at_the_opening() -> None:
    assert read(*concern(MOTHER))
    assert read(*concern(MOTHER, SON))
    assert not read(*concern()), "about nobody"
    assert not read(*concern(NEIGHBOUR))
    assert not read(*concern(MOTHER, NEIGHBOUR))
    assert not read(*concern(MOTHER, keeper=OTHER)), "of an agency without a seat"
    assert not read(*concern(MOTHER, type="Goal")), "of a category that was not opened"
    assert not read(*concern(MOTHER, type="Organization")), "no record of a case"
    for label in vocabulary.PERHAPS_VERY_RESTRICTED:
        assert not read(*concern(MOTHER, (".label", label)))
    for code in vocabulary.NOTICES:
        assert not read(*concern(MOTHER, (".code", code), type="Communication"))
    for code in vocabulary.MERGES:
        assert not read(*concern(MOTHER, (".code", code)))


def test_who_was_in_the_household_when_the_record_was_written_counts() -> None:
    """Who came to it later was not fixed at the opening, and the record is read all the same."""
    first, later = "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
    here = tuple(sorted(term(*each) for each in concern((".household", "Group/g"))))
    (rule,) = statutory_conference.rules("read", member())

    def reads(*members: tuple[str, str]) -> bool:
        world = around(*(row(Relation(MEMBER, "Group/g", name), since=since) for name, since in members))
        return rule.predicate.matches(here, Around(Stored(here, first, first), world))

    assert reads(("Patient/1", ""))
    assert not reads(("Patient/1", ""), ("Patient/9", ""))
    assert reads(("Patient/1", ""), ("Patient/9", later))
    assert not reads(("Patient/1", later)), "about nobody, when it was written"


def test_the_case_and_what_its_keeper_tabled() -> None:
    for said in (".id", "CarePlan/k"), (".id", "Group/g"):
        assert read(*concern(MOTHER, said, keeper=OTHER, type="CarePlan"))
        assert not read(*concern(NEIGHBOUR, said, keeper=OTHER, type="CarePlan"))
    for name, keeper in (("Observation/o", OTHER), ("Goal/a", OTHER), ("Goal/b", CENTER)):
        restricted = (".label", vocabulary.VERY_RESTRICTED)
        assert read(*concern(MOTHER, restricted, (".id", name), keeper=keeper, type="Goal"))
        assert not read(*concern(NEIGHBOUR, (".id", name), keeper=keeper, type="Goal"))
        other = CENTER if keeper == OTHER else OTHER
        assert not read(*concern(MOTHER, (".id", name), keeper=other, type="Goal")), "tabled by whom it is not"
    for code in vocabulary.MERGES:
        assert not read(*concern(MOTHER, (".id", "Goal/b"), (".code", code), type="Goal"))


def test_the_papers_of_the_meeting_itself() -> None:
    assert read((".type", "List"), (".custodian", OTHER), (".conference", "Encounter/m"))
    assert not read((".type", "List"), (".custodian", OTHER), (".conference", "Encounter/n"))


def test_an_agency_with_a_seat_shows_the_files_of_one_that_it_succeeds() -> None:
    successor = member(successions=SUCCEEDED)
    assert read(*concern(MOTHER, keeper=FORMER), who=successor)
    assert not read(*concern(MOTHER, keeper=FORMER))
    tabled = concern(MOTHER, (".id", "Goal/b"), keeper=FORMER, type="Goal")
    assert read(*tabled, who=successor)
    assert not read(*tabled)


def test_by_another_name_of_a_person_fixed_it_is_about_nobody_else() -> None:
    merged = member(replace(MEETING, names=MEETING.subjects | {"Patient/1b"}))
    other = (".subject", "Patient/1b")
    assert read(*concern(MOTHER, other), who=merged)
    assert read(*concern(MOTHER), who=merged)
    assert not read(*concern(other), who=merged), "of that name alone it was not fixed"
    assert not read(*concern(MOTHER, other, NEIGHBOUR), who=merged)
    assert not read(*concern(MOTHER, other))
    case = [(".type", "CarePlan"), (".id", "CarePlan/k")]
    assert read(*case, who=merged), "the case, where it names no person"
    assert read(*case)


def test_each_meeting_is_a_ground_of_its_own_and_lacks_the_purpose_of_another_token() -> None:
    meetings = (MEETING, replace(MEETING, reference="Encounter/n"))
    made = list(statutory_conference.rules("search", officer(purpose="support-conference", meetings=meetings)))
    assert [(rule.basis, rule.evidence, rule.lacks) for rule in made] == [("art9", MEETING.evidence, ())] * 2
    (lacking,) = statutory_conference.rules("read", member(purpose="CAREMGT"))
    assert len(lacking.lacks) == 1
