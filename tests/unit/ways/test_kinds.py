"""Every kind of meeting, as a 支援会議 and as a meeting that is none: what it takes to convene it, and what it opens.

R27 of the domain and its decision 17
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.laws.worlds import own
from tests.unit.ways.conftest import MEETING, SEATED, Ways, meeting

Json = dict[str, Any]
KINDS = {
    "case-conference": True,
    "adviser-conference": True,
    "information-sharing": True,
    "support-coordination": False,
    "multilayer": False,
}
"""Whether a conference of this kind shares without consent; what is to prepare one is none (R27)."""
PLAIN = own("encounter-class", "meeting")


def reads(ways: Ways) -> list[int]:
    """What a seated officer of another agency is answered about the concern, for each purpose."""
    found = []
    for purpose in (MEETING, "CAREMGT"):
        ways.ask("q", "GET", "Condition/c", purpose=purpose)
        found.append(ways.town.answer.status)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_conference_opens_what_its_kind_opens_while_it_is_open(ways: Ways, kind: str) -> None:
    ways.coordinated()
    if kind == "adviser-conference":
        ways.opened("2026-12-09", "first")
        ways.closed("undecided", "first")
    held(ways, kind)
    assert reads(ways) == [200 if KINDS[kind] else 404, 404]
    ways.put("conv", "meeting", MEETING, status="finished")
    ways.taken()
    assert reads(ways) == [404, 404]


def test_an_exchange_of_information_without_a_legal_basis_is_no_conference(ways: Ways) -> None:
    ways.coordinated()
    bare = meeting("2026-12-10", "information-sharing")
    bare["extension"] = [each for each in bare["extension"] if not each["url"].endswith("/legal-basis")]
    ways.write("conv", "meeting", bare, MEETING)
    ways.refused("R27", "its legal basis (extension `legal-basis`)")


@pytest.mark.parametrize("kind", [*KINDS, "pre-meeting"])
def test_a_meeting_that_is_no_conference_opens_nothing_whatever_it_is_called(ways: Ways, kind: str) -> None:
    ways.coordinated()
    found = copy.deepcopy(meeting("2026-12-10", kind)) | {"class": PLAIN, "status": "in-progress"}
    ways.write("co", "meeting", found)
    ways.taken()
    ways.town.on("2026-12-10")
    assert reads(ways) == [404, 404]
    ways.call("conv", f"{ways.id('meeting')}/$invite", MEETING)
    assert ways.town.answer.status in (403, 404, 422)


def held(ways: Ways, kind: str) -> None:
    """It is called, opened, and acknowledged twice by each."""
    more = ["adv"] if kind == "adviser-conference" else []
    ways.write("conv", "meeting", meeting("2026-12-10", kind, *more), MEETING)
    ways.taken()
    ways.town.on("2026-12-10")
    for status in ("", "in-progress"):
        if status:
            ways.put("conv", "meeting", MEETING, status=status)
            ways.taken()
        ways.call("conv", f"{ways.id('meeting')}/$invite", MEETING)
        for who in ("conv", *SEATED, *more):
            ways.call(who, f"{ways.id('meeting')}/$acknowledge", MEETING)


def test_the_kinds_are_those_of_the_code_system(ways: Ways) -> None:
    system = own("conference-kind", "")["system"]
    known = {each.code for each in ways.town.calling.on.spec.concepts(system)}
    assert known == {*KINDS, "pre-meeting"}
