"""Who had received a record, or read it to work by it, is told that it was a mistake, once, and no more."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.version import Version
from tests.laws.worlds import V3, concept, ref
from tests.unit.consent.test_carrying_out import activity, close, decide, plan
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, Town, actor, case, coordination, household, patient, taken_on

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")
CENTER, OTHER = "Organization/center", "Organization/other"
ERROR: Json = {"status": "entered-in-error"}
MOTHER: Json = {"subject": ref("Patient/1")}
SAID = (
    "貴機関が受け取ったこの記録は、誤って記録されたものでした。管理する機関のほかには、もう示されません / "
    "this record, which your agency had received, was entered in error: only the agency that keeps it is shown it now"
)
VERY = {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}


def letters(town: Town) -> list[tuple[Version, Json]]:
    found = [(each, orjson.loads(each.body)) for each in town.stored("Communication")]
    return [each for each in found if "mistake-notice" in str(each[1].get("category"))]


def told(town: Town) -> list[tuple[str, list[str]]]:
    """Who keeps each, and to whom it is written."""
    return sorted(
        (next(iter(_values(row, ".custodian")), ""), [each["reference"] for each in body["recipient"]])
        for row, body in letters(town)
    )


def _values(row: Version, name: str) -> list[str]:
    return [each.partition(" ")[2] for each in row.terms if each.startswith(f"{name} ")]


def word(*to: str, **changes: Any) -> Json:
    made: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "sender": ref(CENTER)} | MOTHER
    return (
        made | {"recipient": [ref(each) for each in to], "payload": [{"contentString": "別の人のことでした"}]} | changes
    )


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    return town


def test_the_letter_says_which_record_and_nothing_that_it_said(kept: Town) -> None:
    kept.write(P, word(OTHER))
    kept.write(P, word(OTHER) | ERROR | again())
    [(row, letter)] = letters(kept)
    meta = letter.pop("meta")
    assert letter == {
        "resourceType": "Communication",
        "id": row.id,
        "status": "completed",
        "category": [concept("communication-category", "mistake-notice")],
        "about": [ref("Communication/w")],
        "recipient": [ref(OTHER)],
        "subject": ref("Patient/1"),
        "sent": row.since,
        "payload": [{"contentString": SAID}],
    }
    assert (meta["versionId"], _values(row, ".custodian")) == ("1", [OTHER])
    assert kept.search(Q, "Communication") == [row.reference]
    assert kept.search(P, "Communication", ("category", "mistake-notice")) == []


def test_each_agency_is_told_once_with_all_of_it_that_was_named(kept: Town) -> None:
    named = ("PractitionerRole/q", "HealthcareService/desk", "PractitionerRole/em", OTHER, "Organization/council")
    kept.write(P, word(*named))
    kept.write(P, word(*named) | ERROR | again())
    assert told(kept) == [
        ("Organization/council", ["Organization/council", "PractitionerRole/em"]),
        (OTHER, [OTHER, "PractitionerRole/q"]),
    ]


def test_an_office_is_told_apart_from_its_agency_and_nobody_keeps_its_letter(kept: Town) -> None:
    named = ("PractitionerRole/co", "Organization/council", "PractitionerRole/lead")
    kept.write(P, word(*named))
    kept.write(P, word(*named) | ERROR | again())
    assert told(kept) == [
        ("", ["PractitionerRole/co"]),
        ("", ["PractitionerRole/lead"]),
        ("Organization/council", ["Organization/council"]),
    ]
    by_whom = {body["recipient"][0]["reference"]: row.reference for row, body in letters(kept)}
    of_agency, of_office = by_whom["Organization/council"], by_whom["PractitionerRole/co"]
    asked = ("category", "mistake-notice")
    assert kept.search(CO, "Communication", asked) == sorted([of_agency, of_office])
    assert kept.search(actor("em"), "Communication", asked) == [of_agency]


def test_no_person_is_written_to_nor_the_writer_s_own_agency_nor_who_keeps_it(kept: Town) -> None:
    named = ("Patient/1", "Group/g", CENTER, "PractitionerRole/p", "HealthcareService/desk")
    kept.write(P, word(*named))
    kept.write(P, word(*named) | ERROR | again())
    assert letters(kept) == []


def test_a_post_that_has_ended_since_speaks_for_no_agency(kept: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "q2", "practitioner": ref("Practitioner/q")}
    post |= {"organization": ref(OTHER), "code": [concept("role", "officer")]}
    kept.write(INSTALLER, post)
    kept.write(P, word("PractitionerRole/q2"))
    kept.write(P, word("PractitionerRole/q2") | ERROR | again())
    assert told(kept) == [(OTHER, ["PractitionerRole/q2"])]


def test_of_a_request_its_person_is_named_and_of_one_about_nobody_none(kept: Town) -> None:
    taken_on(kept)
    kept.write(P, kept.read(P, "Task/taken") | ERROR)
    [(_, letter)] = letters(kept)
    assert (letter["about"], letter["subject"]) == ([ref("Task/taken")], ref("Patient/1"))
    nobody = {name: value for name, value in word(OTHER).items() if name != "subject"} | {"id": "n"}
    kept.write(P, nobody)
    kept.write(P, nobody | ERROR | again())
    [bare] = [body for _, body in letters(kept) if body["about"] == [ref("Communication/n")]]
    assert "subject" not in bare
    whole = word(OTHER, id="h", subject=ref("Group/g"))
    kept.write(P, whole)
    kept.write(P, whole | ERROR | again())
    [of_all] = [body for _, body in letters(kept) if body["about"] == [ref("Communication/h")]]
    assert of_all["subject"] == ref("Group/g")


def test_what_was_a_mistake_already_and_what_is_new_is_told_to_nobody(kept: Town) -> None:
    kept.write(P, word(OTHER) | ERROR)
    assert letters(kept) == []
    kept.write(P, word(OTHER, id="x"))
    kept.write(P, word(OTHER, id="x") | ERROR | again())
    kept.write(P, word(OTHER, id="x", sent="2026-11-01") | ERROR | {"meta": {"versionId": "2"}})
    assert len(letters(kept)) == 1


def test_of_a_plan_the_coordinator_is_told_who_read_it_and_of_no_other_record(kept: Town) -> None:
    kept.write(P, case(), coordination("requested"))
    kept.write(CO, coordination() | again())
    total = case("plan", "total-care-plan")
    kept.write(P, total, case("else", "resource-gap"))
    kept.write(P, case("else", "resource-gap") | ERROR | again())
    assert letters(kept) == []
    kept.write(P, total | ERROR | again())
    assert told(kept) == [("", ["PractitionerRole/co"])]


def test_of_a_plan_that_was_very_restricted_nobody_is_told_who_never_read_it(kept: Town) -> None:
    kept.write(P, case(), coordination("requested"))
    kept.write(CO, coordination() | again())
    total = case("plan", "total-care-plan") | {"meta": VERY}
    kept.write(P, total)
    kept.write(P, total | ERROR | {"meta": VERY | {"versionId": "1"}})
    assert letters(kept) == []


def test_of_a_plan_of_two_households_who_coordinates_one_is_not_told(kept: Town) -> None:
    kept.write(P, case(), coordination("requested"))
    kept.write(CO, coordination() | again())
    kept.write(P, patient("3"), household("3") | {"id": "h"})
    both = case("plan", "total-care-plan") | {"supportingInfo": [ref("Group/h")], "status": "draft"}
    kept.write(P, both)
    kept.write(P, both | ERROR | again())
    assert letters(kept) == []


@pytest.mark.parametrize("decided", [True, False])
def test_who_carries_out_a_plan_is_told_of_it_where_roles_were_decided_on_it(open_: Town, decided: bool) -> None:
    if decided:
        open_.write(P, plan(activity()))
    decide(open_, "other", "center")
    close(open_)
    open_.write(CO, coordination("in-progress") | {"meta": {"versionId": "2"}})
    if not decided:
        open_.write(P, plan(activity()))
    open_.write(P, plan(activity()) | ERROR | again())
    assert told(open_) == [("", ["PractitionerRole/co"]), *([(OTHER, ["PractitionerRole/q"])] if decided else [])]
