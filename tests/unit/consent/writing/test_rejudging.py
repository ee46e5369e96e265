"""What another birth date, or another name, makes of what a person has signed, and who is told of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.writing.written import Written
from tests.laws.worlds import ref
from tests.unit.consent.acts.merges import ask
from tests.unit.consent.standing.test_birth_date import CHILD, GROWN, LEAD, again, asking, register, told
from tests.unit.consent.test_revoking import notices, permit, word
from tests.unit.consent.town import Town, actor, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.unit.consent.writing.within import version

P = actor("p")
OTHER, COUNCIL = "Organization/other", "Organization/council"
Json = dict[str, Any]


def signed(id: str, *to: str, **elements: Any) -> Json:
    return consent(id, provision=permit(*to), performer=[ref("Patient/1")]) | elements


@pytest.fixture
def papers(town: Town) -> Town:
    """What a person who is said to be of age signed: permits, one of them ended since, a refusal, and a word."""
    town.write(P, patient("1", birthDate=GROWN))
    refusal = consent("no", provision={"type": "deny"}, performer=[ref("Patient/1")])
    town.write(P, word("word", "Organization/lead"))
    town.sign(P, refusal, signed("a", OTHER), signed("b", OTHER, COUNCIL), signed("ended", OTHER))
    town.write(P, signed("ended", OTHER, status="inactive", meta={"versionId": "1"}))
    return town


def confirm(town: Town, born: str, id: str = "b", number: int = 1) -> list[Written]:
    """What comes of it where the lead section confirms this birth date."""
    town.write(P, told(born, number), register(f"register-{id}"), asking(born, id=id))
    return town.write(LEAD, again(asking(born, id=id), 1, status="completed"))


def aged(town: Town) -> dict[str, list[str]]:
    """By each paper what is kept of that, the last said last, without its instant."""
    kept: dict[str, list[str]] = {}
    for row in town.stored("Consent"):
        said = [each.removeprefix(".aged ").partition(" ")[2] for each in row.terms if each.startswith(".aged ")]
        kept |= {row.id: said} if said else {}
    return kept


def test_who_is_named_by_what_opens_no_more_is_told_once_and_of_nothing_else(papers: Town) -> None:
    before = notices(papers)
    (done,) = confirm(papers, CHILD)
    after = notices(papers)
    assert after.pop(COUNCIL) == ["Consent/b"]
    assert after.pop("Organization/center") == ["Consent/a,Consent/b"], "who filed them did not confirm it"
    assert sorted(after[OTHER]) == sorted([*before[OTHER], "Consent/a,Consent/b"])
    written = [orjson.loads(each.body) for each in done.ended]
    assert sorted(each["recipient"][0]["reference"] for each in written) == ["Organization/center", COUNCIL, OTHER]
    assert aged(papers) == {id: ["unfounded"] for id in ("a", "b", "ended")}, "a refusal stands"
    assert {version(papers, f"Consent/{id}").number for id in ("a", "b", "no")} == {1}, "no version comes of it"


def test_when_it_is_taken_back_nobody_is_told_and_all_is_as_if_it_had_never_been_confirmed(papers: Town) -> None:
    confirm(papers, CHILD)
    before = notices(papers)
    (done,) = papers.write(LEAD, again(asking(CHILD), 2, status="entered-in-error"))
    assert (notices(papers), done.ended) == (before, ())
    assert {id: sorted(said) for id, said in aged(papers).items()} == {
        id: ["always", "unfounded"] for id in ("a", "b", "ended")
    }


def test_a_birth_date_by_which_nothing_is_another_leaves_everything_as_it_stands(papers: Town) -> None:
    before = notices(papers)
    (done,) = confirm(papers, "1989-01-01")
    assert (aged(papers), notices(papers), done.ended) == ({}, before, ())


def test_that_of_another_person_bears_on_nothing(papers: Town) -> None:
    papers.write(P, patient("2", birthDate=GROWN))
    of_the_other: Json = {"for": ref("Patient/2"), "focus": ref("Patient/2")}
    papers.write(P, patient("2", birthDate=CHILD, meta={"versionId": "1"}))
    papers.write(P, register(subject=ref("Patient/2")), asking(CHILD, **of_the_other))
    papers.write(LEAD, again(asking(CHILD, **of_the_other), 1, status="completed"))
    assert aged(papers) == {}


def test_a_task_that_turns_nothing_settles_nothing(papers: Town) -> None:
    papers.write(P, told(CHILD), register(), asking(CHILD))
    assert aged(papers) == {}
    papers.write(LEAD, again(asking(CHILD), 1, status="accepted"))
    assert aged(papers) == {}


def test_a_word_given_under_one_name_ends_what_was_signed_under_another_once_they_are_merged(town: Town) -> None:
    """And the birth date that was confirmed under one bears on what was signed under the other."""
    town.write(P, patient("1", birthDate=GROWN))
    town.write(P, patient("2", birthDate=GROWN))
    theirs = {"patient": ref("Patient/2"), "performer": [ref("Patient/2")]}
    town.sign(P, signed("a", OTHER) | theirs)
    town.sign(P, signed("b", COUNCIL, policyRule={"text": "別の様式"}) | theirs)
    town.write(P, word("w", OTHER))
    assert notices(town) == {}
    ask(town, P, "1", "2")
    assert notices(town) == {OTHER: ["Consent/a"]}
    confirm(town, CHILD)
    assert aged(town) == {"a": ["unfounded"], "b": ["unfounded"]}
    assert notices(town)[COUNCIL] == ["Consent/b"]
