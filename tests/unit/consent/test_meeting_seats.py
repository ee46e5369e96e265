"""Who sits at a meeting, who convened it, and whose word counts there: the conditions of P4, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.laws.worlds import concept, ref
from tests.unit.consent.test_meeting import (
    ENCOUNTER,
    INVITED,
    LISTING,
    ME,
    NOTICED,
    POST,
    encounter,
    law,
    letter,
    read,
    stored,
    version,
)

__all__ = ["law"]

NOT_CONVENED = "the meeting was not convened by the convener (art. 4)"


def seat(name: str, function: str = "member", **elements: Any) -> dict[str, Any]:
    return {"type": [concept("role", function)], "individual": ref(name)} | elements


def post(id: str, agency: str, function: str = "officer", **elements: Any) -> dict[str, Any]:
    held = {"resourceType": "PractitionerRole", "id": id, "code": [concept("role", function)]}
    return held | {"organization": ref(f"Organization/{agency}")} | elements


def lacks(law: Any, **papers: Any) -> list[str]:
    return [each.en for each in read(law, **papers).lacks]


def test_the_agencies_at_the_table_are_those_of_the_posts_that_sit_there_now(law: Any) -> None:
    seats = [*ENCOUNTER["participant"], seat("PractitionerRole/gone", period={"end": "2026-11-22"})]
    seats += [seat("PractitionerRole/ended"), seat("Practitioner/nobody")]
    posts = stored(
        post("me", "mine"),
        post("convener", "lead", "convener"),
        post("gone", "left"),
        post("ended", "over", period={"end": "2026-11-22"}),
        post("beside", "beside"),
    )
    found = read(law, meeting=encounter(participant=seats), posts=posts)
    assert found.agencies == {"Organization/mine", "Organization/lead"}


def test_it_is_convened_by_who_holds_that_post_and_sits_there_as_such(law: Any) -> None:
    """Not by a convener who sits there as a member, nor by a member who sits there as the convener."""
    assert lacks(law, posts=stored(POST)) == []
    as_a_member = [seat("PractitionerRole/convener"), seat(ME)]
    assert lacks(law, meeting=encounter(participant=as_a_member)) == [NOT_CONVENED]
    as_convener = [seat("PractitionerRole/else", "convener"), seat(ME), seat("PractitionerRole/convener")]
    posts = stored(POST, post("else", "other"))
    assert lacks(law, meeting=encounter(participant=as_convener), posts=posts) == [NOT_CONVENED]


def test_who_sat_there_once_or_sits_there_later_is_listed_as_long_as_a_seat_is_not_over(law: Any) -> None:
    def listed(*periods: dict[str, str]) -> bool:
        mine = [seat(ME, period=period) for period in periods]
        return read(law, meeting=encounter(participant=[ENCOUNTER["participant"][0], *mine])).listed

    assert listed({"start": "2026-11-24"})
    assert not listed({"end": "2026-11-22"})
    assert listed({"end": "2026-11-22"}, {"start": "2026-11-23"})
    assert not listed()
    for status in ("finished", "cancelled", "entered-in-error"):
        assert not read(law, meeting=encounter(status=status)).listed
    assert read(law, meeting=encounter(status="planned")).listed


def test_a_window_that_cannot_be_told_is_none(law: Any) -> None:
    assert lacks(law, meeting=encounter(period={"start": "soon"})) == ["the meeting's window cannot be told"]


def test_one_answer_to_both_letters_acknowledges_neither(law: Any) -> None:
    """Two acknowledgements are two answers to two letters (R35)."""
    both = letter("b", "acknowledgement", inResponseTo=[ref("Communication/i"), ref("Communication/o")])
    found = lacks(law, letters=stored(INVITED, NOTICED, both | {"sender": ref(ME)}))
    assert found == [
        "secrecy was not acknowledged at the invitation (R35)",
        "secrecy was not acknowledged at the opening (R35)",
    ]


def test_what_lies_on_the_table_is_there_with_who_laid_it_there(law: Any) -> None:
    kept = replace(version(LISTING), terms=(".custodian Organization/q", ".open yes"))
    empty = version({name: said for name, said in LISTING.items() if name != "entry"})
    assert read(law, tabled=[kept, empty]).tabled == {("Condition/1", "Organization/q")}
    assert read(law, tabled=[replace(kept, terms=(".custodian Organization/q",))]).tabled == frozenset()
