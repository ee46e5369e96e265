"""Who wrote a value: by its place, from the versions, and not from whoever happens to say the same (D1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from consent.secrecy import harmless, writers
from profiles import load
from resources.record.version import Version

LIST = harmless.of(load.load())
A, B, C = "Practitioner/a", "Practitioner/b", "Practitioner/c"


def version(number: int, writer: str, *notes: str, masked: bool = False, unsent: tuple[str, ...] = ()) -> Version:
    body: dict[str, Any] = {"resourceType": "Condition", "id": "1", "note": [{"text": each} for each in notes]}
    terms = [f".writer {writer}", *([".masked yes"] if masked else []), *(f".unsent {each}" for each in unsent)]
    return Version("Condition", "1", number, "", False, orjson.dumps(body), tuple(sorted(terms)))


def found(*versions: Version) -> list[set[str]]:
    known = writers.of(LIST, versions)
    return [set(known[pointer]) for pointer in sorted(known)]


def test_a_value_is_of_whose_version_first_carried_it_and_of_everyone_who_sent_it_himself() -> None:
    assert found(version(1, A, "x"), version(2, B, "x", "y"), version(3, C, "y")) == [{B, C}]
    assert found(version(1, A, "x"), version(2, B, "x", "y")) == [{A, B}, {B}]


def test_what_was_put_back_for_somebody_is_not_his() -> None:
    put_back = version(2, B, "x", "y", masked=True, unsent=("/note/0 /note/0",))
    assert found(version(1, A, "x"), put_back) == [{A}, {B}]


def test_who_writes_the_same_beside_what_he_was_not_shown_is_the_writer_of_his_own_alone() -> None:
    """Otherwise a second copy would tell him that he guessed right."""
    guessed = version(2, B, "x", "x", masked=True, unsent=("/note/1 /note/0",))
    assert found(version(1, A, "x"), guessed) == [{B}, {A}]
    again = version(3, B, "x", "x", masked=True, unsent=("/note/1 /note/1",))
    assert found(version(1, A, "x"), guessed, again) == [{B}, {A}]


def test_a_value_that_was_gone_and_is_written_anew_is_of_who_wrote_it_anew() -> None:
    assert found(version(1, A, "x"), version(2, B), version(3, C, "x")) == [{C}]
    assert found(version(1, A, "x"), version(2, B, "z"), version(3, C, "z", "x")) == [{B, C}, {C}]


def test_of_what_stood_before_the_versions_at_hand_nobody_but_who_sent_it_is_the_writer() -> None:
    assert found(version(7, B, "x", "y", masked=True, unsent=("/note/0 /note/0",))) == [set(), {B}]


def test_a_version_that_does_not_say_who_wrote_it_has_no_writer() -> None:
    assert found(version(1, "", "x")) == [set()]


def test_what_stood_before_it_was_deleted_is_of_who_writes_it_anew() -> None:
    deleted = Version("Condition", "1", 2, "", True, b"", (".writer B",))
    assert found(version(1, A, "x"), deleted, version(3, C, "x")) == [{C}]


def test_who_is_not_shown_all_shares_what_he_wrote_before_and_nothing_that_he_guesses() -> None:
    shared = version(1, A, "x"), version(2, B, "x")
    assert found(*shared, version(3, B, "x", masked=True)) == [{A, B}], "what he wrote he was shown"
    assert found(*shared, version(3, C, "x", masked=True)) == [{C}]
    assert found(*shared, version(3, C, "x")) == [{A, B, C}]


def test_who_sends_again_what_was_marked_was_shown_it() -> None:
    marked = version(1, A, "x", "y")
    marked = replace(marked, terms=tuple(sorted((*marked.terms, ".checked /note/0"))))
    assert found(marked, version(2, C, "x", "y", masked=True)) == [{A, C}, {C}]
