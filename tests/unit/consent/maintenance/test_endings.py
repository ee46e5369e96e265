"""What is kept of the ending of a consent is what ended it then, as a check finds (policy, "consent")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent import verdict
from resources.record.version import Version
from tests.unit.consent.acts import test_merging as merging
from tests.unit.consent.maintenance.forging import forged, found, lay_next
from tests.unit.consent.maintenance.lives import EVERYBODY, Life, P, Q
from tests.unit.consent.maintenance.test_replaying import ENDED, REVIVED, UNCAUSED
from tests.unit.consent.standing import test_birth_date as born
from tests.unit.consent.test_carrying_out import again
from tests.unit.consent.test_revoking import permit, word
from tests.unit.consent.town import Town, concern, patient, taken_on
from tests.unit.consent.writing.test_superseding import REPLACES, consent

Json = dict[str, Any]
After = Callable[[Life], Town]


def ended(town: Town) -> None:
    """One paper a newer one replaced, one was reached by a word in part, one of another person stands."""
    town.write(P, patient("1"), patient("2"), concern("c", "1"))
    of_two: Json = {"patient": {"reference": "Patient/2"}, "performer": [{"reference": "Patient/2"}]}
    town.sign(P, consent("other", **of_two))
    town.sign(P, consent("old", dateTime="2026-11-19"))
    town.sign(P, consent("new", dateTime="2026-11-20", extension=REPLACES))
    both = permit("Organization/other", "Organization/council")
    town.sign(P, consent("two", dateTime="2026-11-21", provision=both))
    taken_on(town)
    town.write(Q, word("w", "Organization/council"))


def taken_back(town: Town) -> None:
    """One paper its person ended, of another person one stands; and a newer one took the place of an older."""
    town.write(P, patient("1"), patient("2"))
    town.sign(P, consent("old", dateTime="2026-11-19"))
    town.sign(P, consent("mine", dateTime="2026-11-20", extension=REPLACES))
    town.write(P, again(consent("mine", dateTime="2026-11-20", extension=REPLACES, status="inactive")))
    of_two: Json = {"patient": {"reference": "Patient/2"}, "performer": [{"reference": "Patient/2"}]}
    town.sign(P, consent("other", **of_two))


def paper(town: Town, id: str) -> Version:
    [one] = [each for each in town.stored("Consent") if each.id == id]
    return one


def note(town: Town, id: str, kind: str) -> str:
    [entry] = [each for each in paper(town, id).terms if each.startswith(f"{kind} ")]
    return entry


def said(town: Town, id: str, *more: str, less: tuple[str, ...] = ()) -> set[str]:
    """What a check says of the current version of a paper, where these are beside it; and of nothing else."""
    at = paper(town, id).cited
    wrong = forged(town, f"Consent/{id}", paper(town, id).number, *more, less=less)
    assert {each.partition(" ")[0] for each in wrong} <= {at}
    return {each.partition(" ")[2] for each in wrong}


def test_each_is_found_right_and_says_what_ended_it(after: After) -> None:
    town = after(ended)
    assert found(town) == []
    assert note(town, "old", ".replaced").endswith(" all")
    assert "Organization/council" in note(town, "two", ".reached")


@pytest.mark.parametrize(("id", "kind"), [("old", ".replaced"), ("two", ".reached")])
def test_an_ending_is_of_the_instant_of_what_caused_it_and_of_that_alone(after: After, id: str, kind: str) -> None:
    town = after(ended)
    entry = note(town, id, kind)
    name, instant, wording = entry.split(" ", 2)
    others = {each.since for type in ("Patient", "Task") for each in town.stored(type)} | {paper(town, "other").since}
    assert len(others) == 3
    for other in sorted(others):
        assert UNCAUSED in said(town, id, f"{name} {other} {wording}", less=(entry,)), other
    assert UNCAUSED in said(town, id, f"{name} {instant} {wording} ", less=(entry,))
    assert ENDED in said(town, id, less=(entry,))


def test_a_paper_that_is_over_is_not_active(after: After) -> None:
    """Though it is noted that another took its place."""
    town = after(ended)
    had = paper(town, "old")
    lay_next(town, "Consent/old", verdict.read(had.terms), "Practitioner/p", status="active")
    assert f"Consent/old/_history/3 {ENDED}" in found(town)
    assert not [each for each in found(town) if "Consent/new" in each]


def test_one_ending_is_not_another_paper_s(after: After) -> None:
    town = after(ended)
    for id, kind, of in (("new", ".replaced", "old"), ("other", ".replaced", "old"), ("other", ".reached", "two")):
        assert UNCAUSED in said(town, id, note(town, of, kind)), (id, kind)
    assert found(town) == []


def test_what_its_person_ended_is_not_revived_and_is_said_of_none_that_is_active(after: After) -> None:
    town = after(taken_back)
    entry = note(town, "mine", ".revoked")
    assert REVIVED in said(town, "other", entry)
    assert REVIVED not in said(town, "old", entry), "which is over"
    body = consent("mine", dateTime="2026-11-20", extension=REPLACES, status="inactive", language="ja")
    town.write(P, again(body, 2))
    assert found(town) == []
    assert REVIVED in said(town, "mine", less=(entry,)), "the version before said so"


BOTH = permit("Organization/lead", "Organization/council")


def by_two_names(town: Town) -> None:
    """A word that was given under one name reaches what was signed under the other as they are merged."""
    merging.known_to_both(town)
    town.sign(P, merging.of("1", "a", BOTH))
    town.sign(Q, merging.of("2", "b", BOTH))
    town.write(P, merging.under("1", "w", "Organization/council"))
    merging.merged(town)


def test_a_merge_ends_by_the_words_of_the_other_name_and_at_its_own_instant(after: After) -> None:
    town = after(by_two_names)
    assert found(town) == []
    entry = note(town, "b", ".reached")
    name, instant, wording = entry.split(" ", 2)
    [merge] = [each.since for each in town.stored("Task") if any(one.startswith(".same ") for one in each.terms)]
    given = paper(town, "w").since
    assert (instant, note(town, "a", ".reached").split(" ")[1]) == (merge, given)
    assert UNCAUSED in said(town, "b", f"{name} {given} {wording}", less=(entry,)), "they were two then"
    assert ENDED in said(town, "b", less=(entry,))


def grown(town: Town) -> None:
    """Of two who signed, one was a child, as was confirmed, and then not, as was confirmed after."""
    town.write(P, patient("1", birthDate=born.GROWN))
    assert born.files(town, born.own_word()) == ""
    born.confirm(town, born.CHILD)
    town.sign(P, consent("late", provision=EVERYBODY) | {"status": "proposed"})


def test_a_birth_date_makes_of_a_signature_what_it_makes_and_when_it_was_confirmed(after: After) -> None:
    town = after(grown)
    assert found(town) == []
    entry = note(town, "a", ".aged")
    name, instant, wording = entry.split(" ", 2)
    asked = min(each.since for each in town.stored("DocumentReference"))
    assert UNCAUSED in said(town, "a", f"{name} {asked} {wording}", less=(entry,))
    assert UNCAUSED in said(town, "a", f"{name} {instant} always", less=(entry,))
    assert UNCAUSED in said(town, "a", f"{name} {instant} 2030-01-01T00:00:00.000Z", less=(entry,))
