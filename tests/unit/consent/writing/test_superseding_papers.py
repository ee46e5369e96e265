"""What becomes of the papers of a person by a new one, by a word, and by the words given under their other names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consent import verdict
from consent.verdict import EVERY_KEEPER, Verdict
from consent.writing import superseding
from consent.writing.superseding import Settled
from tests.laws.worlds import own, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.relations.test_names import DONE, STANDS
from tests.unit.consent.standing.lying import Lying, in_a_store
from tests.unit.consent.test_revoking import permit, word
from tests.unit.consent.town import patient
from tests.unit.consent.writing.test_superseding import REPLACES, consent

Json = dict[str, Any]

OTHER, COUNCIL = "Organization/other", "Organization/council"
NOW, EARLIER, LATER = "2026-11-24T04:00:00.000Z", "2026-11-21T00:00:00.000Z", "2026-11-25T00:00:00.000Z"
COUNTS = Verdict(True, frozenset({CENTER}))
OLDER: Json = {"dateTime": "2026-11-22"}
OF_2: Json = {"patient": ref("Patient/2"), "performer": [ref("Patient/2")]}


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Lying]:
    """Two Patients, of whom the center keeps the first, and nothing on paper."""
    with in_a_store(tmp_path) as made:
        made.put(patient("1"))
        made.put(patient("2"), keeper=COUNCIL)
        yield made


def noted(*said: str) -> Verdict:
    return Verdict(True, frozenset({CENTER}), noted=frozenset(said))


def said(instant: str = NOW) -> Verdict:
    """That of a word given then."""
    return noted(f"{verdict.WORD} {instant}")


def done(settled: list[Settled]) -> dict[str, tuple[bool, set[str]]]:
    """Of each whether its status says that it is over, and what of it is noted anew, as terms."""
    found = {}
    for each in settled:
        new = set(each.after.terms) - set(each.before.terms)
        assert set(each.before.terms) <= set(each.after.terms)
        assert list(each.after.terms) == sorted(each.after.terms)
        assert (each.after.body, each.after.number) == (each.before.body, each.before.number)
        noted_too = {f"{name} {NOW} {what}" for name, what in each.new}
        assert noted_too <= new
        found[each.before.id] = (each.over, new)
    return found


def by(files: Lying, paper: Json) -> dict[str, tuple[bool, set[str]]]:
    return done(files.ask(lambda view: superseding.settled(view, paper, NOW)))


def anew(files: Lying, person: str) -> dict[str, tuple[bool, set[str]]]:
    return done(files.ask(lambda view: superseding.settled_anew(view, person, NOW)))


def replaced(manner: str) -> str:
    return f"{verdict.REPLACED} {NOW} {manner}"


def test_a_newer_paper_that_says_so_ends_the_older_ones_of_its_filer_and_the_grants_of_those_of_others(
    files: Lying,
) -> None:
    files.put(consent("old", **OLDER), consent("beside"), judged=COUNTS)
    files.put(consent("theirs", **OLDER), keeper=OTHER, judged=COUNTS)
    newer = consent("new", extension=REPLACES)
    files.put(newer, judged=COUNTS)
    assert by(files, newer) == {"old": (True, {replaced("all")}), "theirs": (False, {replaced("all")})}


def test_a_refusal_of_another_filer_stands_unless_the_person_s_keeper_honours_the_newer_paper(files: Lying) -> None:
    refusal = consent("no", provision={"type": "deny"}, performer=[ref("RelatedPerson/r")], **OLDER)
    files.put(refusal, keeper=OTHER, judged=COUNTS)
    newer = consent("new", extension=REPLACES)
    files.put(newer, judged=Verdict(True, frozenset({COUNCIL})))
    assert by(files, newer) == {"no": (False, {replaced("grants")})}
    files.put(newer, judged=Verdict(True, frozenset({EVERY_KEEPER})))
    assert by(files, newer) == {"no": (False, {replaced("all")})}
    files.put(newer, judged=COUNTS)
    assert by(files, newer) == {"no": (False, {replaced("all")})}
    files.put(patient("1"), keeper=OTHER)
    assert by(files, newer) == {"no": (False, {replaced("grants")})}


def test_what_was_noted_already_is_not_noted_again(files: Lying) -> None:
    files.put(consent("theirs", **OLDER), keeper=OTHER, judged=noted(f"{verdict.REPLACED} {EARLIER} all"))
    newer = consent("new", extension=REPLACES)
    files.put(newer, judged=COUNTS)
    assert by(files, newer) == {}
    files.put(consent("old", **OLDER), judged=noted(f"{verdict.REPLACED} {EARLIER} all"))
    assert by(files, newer) == {"old": (True, set())}, "its status does not say so yet"


def test_a_word_ends_whole_the_permits_to_those_it_names_and_reaches_into_the_others(files: Lying) -> None:
    files.put(consent("a"), consent("both", provision=permit(OTHER, COUNCIL)), consent("x", status="inactive"))
    files.put(consent("a"), consent("both", provision=permit(OTHER, COUNCIL)), judged=COUNTS)
    ended = word("w", OTHER)
    files.put(ended, judged=said())
    found = by(files, ended)
    assert found.keys() == {"a", "both"}
    assert found["a"] == (True, {f"{verdict.REVOKED} {NOW}"})
    over, notes = found["both"]
    (note,) = notes
    assert (over, note.startswith(f"{verdict.REACHED} {NOW} ")) == (False, True)
    assert OTHER in note
    assert by(files, consent("a")) == {"both": (False, notes)} | {"a": (False, notes)}, "filed again they are reached"


def test_a_word_that_names_one_consent_ends_that_one(files: Lying) -> None:
    other = {"coding": [{"system": "urn:x", "code": "other"}]}
    files.put(consent("a"), consent("b", policyRule=other), judged=COUNTS)
    ended = word("w", of="a")
    files.put(ended, judged=said())
    assert by(files, ended) == {"a": (True, {f"{verdict.REVOKED} {NOW}"})}


def test_a_word_that_guessed_all_recipients_of_a_protected_person_does_not_end_a_paper_by_its_status(
    files: Lying,
) -> None:
    files.put(patient("1", meta={"security": [own("secrecy-label", "address-secret")]}))
    files.put(consent("a"), consent("b"), judged=COUNTS)
    ended = word("w", OTHER)
    files.put(ended, judged=said())
    found = by(files, ended)
    assert {id: over for id, (over, _) in found.items()} == {"a": False, "b": False}
    assert all(note.startswith(f"{verdict.REACHED} {NOW} ") for _, notes in found.values() for note in notes)
    named = word("v", of="a")
    files.put(named, judged=said())
    assert by(files, named)["a"] == (True, {f"{verdict.REVOKED} {NOW}"}), "what it names it does not guess"
    everybody = word("e")
    files.put(everybody, judged=said(LATER))
    assert by(files, everybody)["b"][0] is True


def merged(files: Lying) -> None:
    files.put(DONE, judged=STANDS)


def test_a_paper_settles_those_of_its_own_name_and_a_word_those_of_every_name(files: Lying) -> None:
    merged(files)
    files.put(consent("a", **OLDER), consent("b", **OF_2, **OLDER), judged=COUNTS)
    newer = consent("new", extension=REPLACES)
    files.put(newer, judged=COUNTS)
    assert by(files, newer).keys() == {"a"}
    ended = word("w", OTHER)
    files.put(ended, judged=said())
    assert {id: over for id, (over, _) in by(files, ended).items()} == {"a": True, "b": True, "new": True}


def test_a_word_stays_a_word_about_what_is_filed_later_under_another_name(files: Lying) -> None:
    merged(files)
    ended = word("w", OTHER)
    files.put(ended, judged=said())
    late = consent("late", provision=permit(OTHER, COUNCIL), **OF_2)
    files.put(late, judged=COUNTS)
    (over, notes) = by(files, late)["late"]
    assert (over, len(notes)) == (False, 1)


def test_all_is_settled_anew_by_all_words_and_by_none_where_there_is_none(files: Lying) -> None:
    files.put(consent("a", **OF_2), judged=COUNTS)
    assert anew(files, "Patient/1") == anew(files, "Patient/2") == {}
    files.put(word("w", OTHER), judged=said())
    assert anew(files, "Patient/1") == {}
    merged(files)
    for name in ("Patient/1", "Patient/2"):
        assert anew(files, name) == {"a": (True, {f"{verdict.REVOKED} {NOW}"})}


def test_of_a_permit_that_several_words_have_ended_each_is_noted(files: Lying) -> None:
    merged(files)
    files.put(consent("a", **OF_2), judged=COUNTS)
    files.put(word("w", OTHER), judged=said())
    files.put(word("v", OTHER), judged=said(LATER))
    assert anew(files, "Patient/2") == {"a": (True, {f"{verdict.REVOKED} {NOW}", f"{verdict.REVOKED} {LATER}"})}


def test_what_is_no_consent_or_of_nobody_settles_nothing(files: Lying) -> None:
    files.put(consent("old", **OLDER), judged=COUNTS)
    newer = consent("new", extension=REPLACES)
    files.put(newer, judged=COUNTS)
    assert by(files, newer | {"resourceType": "Basic"}) == {}
    assert by(files, {name: value for name, value in newer.items() if name != "patient"}) == {}
    assert by(files, newer).keys() == {"old"}


def test_the_papers_of_a_person_are_those_signed_under_that_name(files: Lying) -> None:
    of_both = consent("b", **OF_2) | {"performer": [ref("Patient/1")]}
    files.put(consent("a"), of_both, word("w"), judged=COUNTS)
    files.put(word("v"), consent("of-nobody-s", status="draft"), judged=said())

    def ids(name: str) -> tuple[list[str], list[str]]:
        papers = files.ask(lambda view: superseding.papers(view, name))
        words = files.ask(lambda view: superseding.words(view, name))
        return sorted(each.id for each in papers), sorted(each.id for each in words)

    assert ids("Patient/1") == (["a", "of-nobody-s", "v", "w"], ["of-nobody-s", "v"])
    assert ids("Patient/2") == (["b"], [])


def filed(files: Lying, paper: Json, agency: str = CENTER) -> tuple[int, int]:
    return files.ask(lambda view: superseding.filed(view, paper, agency))


def test_an_agency_s_papers_of_a_person_are_counted_and_those_that_stay_beside_a_new_one(files: Lying) -> None:
    files.put(consent("a", **OLDER), consent("b", **OLDER), consent("today"), judged=COUNTS)
    files.put(consent("over", status="inactive"), word("w"), judged=COUNTS)
    files.put(consent("theirs", **OLDER), keeper=OTHER, judged=COUNTS)
    files.put(consent("of-2", **OF_2), judged=COUNTS)
    assert filed(files, consent("new")) == (5, 3)
    assert filed(files, consent("new", extension=REPLACES)) == (5, 1)
    assert filed(files, consent("new", extension=REPLACES, **OLDER)) == (5, 3)
    assert filed(files, consent("new", extension=REPLACES), OTHER) == (1, 0)
    assert filed(files, consent("new"), COUNCIL) == (0, 0)
    assert filed(files, consent("new", **OF_2)) == (1, 1)
