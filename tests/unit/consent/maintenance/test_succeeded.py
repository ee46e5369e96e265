"""A successor whom the lead section did not name, or of an agency that goes on, is named by a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent.verdict import Verdict
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts import test_naming_successor as naming
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found, lay, lay_next
from tests.unit.consent.maintenance.lives import Life
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.town import INSTALLER, Town

Json = dict[str, Any]
After = Callable[[Life], Town]

CENTER, OTHER, COUNCIL, LEADING = (f"Organization/{one}" for one in ("center", "other", "council", "lead"))


def ended(town: Town) -> None:
    """The agency that kept a household has ended; so has one in which nobody ever was."""
    lives.family(town)
    naming.end(town)
    town.write(INSTALLER, {"resourceType": "Organization", "id": "gone", "name": "gone", "active": False})


def task(former: str = CENTER, to: str = OTHER, **elements: Any) -> Json:
    made: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "focus": ref(former)}
    made |= {"code": concept("task-code", "name-successor"), "requester": ref(LEADING), "owner": ref(to)}
    return made | elements


def says(former: str = CENTER) -> Verdict:
    return Verdict(True, noted=frozenset({f".succeeded {former}"}))


def by(who: str, made: Json, judged: Verdict) -> Record:
    return Record(made, LEADING, f"Practitioner/{who}", judged)


@pytest.mark.parametrize(
    ("who", "made", "judged", "right"),
    [
        ("lead", task(), says(), True),
        ("lead", task("Organization/gone"), says("Organization/gone"), True),
        ("q", task(), says(), False),
        ("conv", task(), says(), False),
        ("lead", task(COUNCIL), says(COUNCIL), False),
        ("lead", task("Organization/none"), says("Organization/none"), False),
        ("lead", task(to="Organization/none"), says(), False),
        ("lead", task(to="Organization/gone"), says(), False),
        ("lead", task(to=LEADING), says(), False),
        ("lead", task(), Verdict(True), False),
        ("lead", task(), Verdict(), False),
        ("lead", task(), says(COUNCIL), False),
        ("lead", task(), Verdict(True, fixed=frozenset({"Group/g"}), noted=says().noted), False),
        ("lead", task(code=concept("task-code", "inquiry")), says(), False),
    ],
)
def test_one_is_named_by_the_lead_section_for_an_agency_that_has_ended(
    after: After, who: str, made: Json, judged: Verdict, right: bool
) -> None:
    said = lay(after(ended), by(who, made, judged))
    assert [each.partition(" ")[0] for each in said] == ([] if right else ["Task/x/_history/1"])


@pytest.mark.parametrize(
    ("who", "judged", "said", "right"),
    [
        ("lead", Verdict(True), {"status": "cancelled"}, True),
        ("q", Verdict(True), {"status": "cancelled"}, False),
        ("lead", Verdict(True), {"status": "completed"}, False),
        ("lead", says(), {"status": "cancelled"}, False),
    ],
)
def test_it_is_undone_by_the_lead_section_alone(
    after: After, who: str, judged: Verdict, said: Json, right: bool
) -> None:
    town = after(ended)
    lay(town, by("lead", task(), says()))
    wrong = lay_next(town, "Task/x", judged, f"Practitioner/{who}", **said)
    assert wrong == ([] if right else [f"Task/x/_history/2 {MORE}"])


@pytest.mark.parametrize(
    ("said", "judged", "right"),
    [
        ({"status": "completed"}, says(), True),
        ({"status": "cancelled"}, says(), False),
        ({"status": "completed", "owner": ref(COUNCIL)}, says(), False),
        ({"status": "completed", "focus": ref(COUNCIL)}, says(), False),
        ({"status": "completed", "code": concept("task-code", "inquiry")}, says(), False),
        ({"status": "completed"}, says(COUNCIL), False),
    ],
)
def test_who_succeeds_closes_it_and_changes_nothing_of_who_succeeds_whom(
    after: After, said: Json, judged: Verdict, right: bool
) -> None:
    town = after(ended)
    lay(town, by("lead", task(), says()))
    wrong = lay_next(town, "Task/x", judged, "Practitioner/q", served=False, **said)
    assert wrong == ([] if right else [f"Task/x/_history/2 {MORE}"])


def test_what_only_the_naming_of_a_successor_says_is_on_no_other_record(after: After) -> None:
    town = after(ended)
    for name in ("CarePlan/k", "PractitionerRole/q"):
        assert forged(town, name, 1, ".succeeded Organization/center") == [f"{name}/_history/1 {MORE}"]
    assert found(town) == []
