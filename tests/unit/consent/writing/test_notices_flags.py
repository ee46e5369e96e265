"""On which referrals there is a flag when a consent has ended, and what who ended it learns by that."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.verdict import EVERY_KEEPER, Verdict
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.test_revoking import notices, permit, word
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, Town, actor, patient, taken_on
from tests.unit.consent.writing.test_notices import asked
from tests.unit.consent.writing.test_superseding import REPLACES, consent

P, Q = actor("p"), actor("q")
CENTER, OTHER, COUNCIL = "Organization/center", "Organization/other", "Organization/council"
Json = dict[str, Any]


@pytest.fixture
def kept(town: Town) -> Town:
    """A person of the center, whom the other agency has in care too."""
    town.write(P, patient("1"), patient("2"))
    taken_on(town)
    return town


def flagged(town: Town) -> list[str]:
    """The referrals on which there is a flag."""
    found = [orjson.loads(each.body)["extension"][0]["valueReference"]["reference"] for each in town.stored("Flag")]
    return sorted(each.removeprefix("Task/").removeprefix("ServiceRequest/") for each in found)


def theirs(id: str, owner: str = COUNCIL) -> Json:
    """A referral of the other agency."""
    return asked(id, owner) | {"requester": ref(OTHER)}


def test_about_a_protected_person_no_flag_tells_for_whom_of_several_it_ended(kept: Town) -> None:
    kept.protect(P, "Patient/1", "Organization/lead")
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)))
    kept.write(P, asked("open", COUNCIL))
    kept.write(P, word("w", COUNCIL))
    assert notices(kept) == {COUNCIL: ["Consent/a"]}
    assert flagged(kept) == []
    kept.write(P, word("x"))
    assert flagged(kept) == ["open", "taken"], "that it ended for all does"


def test_of_what_ended_for_some_and_of_what_ended_whole_each_referral_has_its_flag(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)))
    service: Json = {"resourceType": "ServiceRequest", "id": "service", "status": "active", "intent": "order"}
    service |= {"subject": ref("Patient/1"), "requester": ref(CENTER), "performer": [ref(COUNCIL)]}
    kept.write(P, asked("open", COUNCIL), service)
    kept.write(P, word("w", COUNCIL))
    assert flagged(kept) == ["open", "service"]


def test_who_ends_what_was_permitted_to_another_learns_nothing_by_flags_on_its_own_referrals(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(COUNCIL, "Organization/lead")))
    kept.write(P, asked("open", COUNCIL))
    kept.write(Q, theirs("of-q"))
    kept.write(Q, word("w", COUNCIL))
    assert flagged(kept) == ["open"]


def test_but_by_those_that_it_is_named_in_or_has_filed(kept: Town) -> None:
    kept.sign(P, consent("named", provision=permit(COUNCIL, OTHER, "Organization/lead")))
    kept.write(Q, theirs("of-q"))
    kept.write(Q, word("w", COUNCIL))
    assert flagged(kept) == ["of-q"]
    own = consent("own", provision=permit("Organization/lead"), organization=[ref(OTHER)], dateTime="2026-11-24")
    kept.sign(Q, own | {"dateTime": "2026-11-23", "policyRule": {"text": "別の様式"}})
    kept.write(Q, theirs("to-lead", "Organization/lead"))
    kept.write(Q, word("v", of="own"))
    assert flagged(kept) == ["of-q", "to-lead"]


def test_of_several_that_ended_at_once_each_flag_is_for_what_its_keeper_may_know(kept: Town) -> None:
    kept.sign(P, consent("unknown", provision=permit(COUNCIL, CENTER)))
    lead = permit("Organization/lead", OTHER)
    kept.sign(P, consent("known", provision=lead, policyRule={"text": "別の様式"}))
    kept.write(Q, theirs("to-council"), theirs("to-lead", "Organization/lead"))
    kept.write(P, asked("open", COUNCIL))
    kept.write(Q, word("w", COUNCIL, "Organization/lead"))
    assert notices(kept) == {COUNCIL: ["Consent/unknown"], "Organization/lead": ["Consent/known"]}
    assert flagged(kept) == ["open", "to-lead"]


def test_a_referral_that_does_not_count_rests_on_nothing_but_what_it_names(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)))
    names_it = {"input": [{"type": {"text": "同意"}, "valueReference": ref("Consent/a")}]}
    forged = [asked("forged", COUNCIL), asked("names-it", "Organization/lead", **names_it)]
    laid(kept, *(Record(each, CENTER, "") for each in forged))
    kept.write(P, word("w", COUNCIL))
    assert flagged(kept) == ["names-it"]


def test_what_the_person_filed_is_told_to_whom_it_names_and_to_no_agency_that_is_none(kept: Town) -> None:
    laid(
        kept,
        Record(consent("own", provision=permit(COUNCIL)), "", "Patient/1", Verdict(True, frozenset({EVERY_KEEPER}))),
    )
    kept.write(P, word("w", COUNCIL))
    assert notices(kept) == {COUNCIL: ["Consent/own"]}


def test_whose_post_there_was_taken_away_is_told_for_it_no_more(kept: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "q2", "practitioner": ref("Practitioner/q")}
    post |= {"organization": ref(COUNCIL), "code": [concept("role", "officer")]}
    kept.write(INSTALLER, post)
    kept.write(INSTALLER, post | {"active": False} | again())
    kept.sign(P, consent("a", provision=permit("Practitioner/q")))
    assert notices(kept, "consent-begun") == {OTHER: ["Consent/a"]}


def test_a_paper_that_begins_and_takes_the_place_of_another_tells_of_both(kept: Town) -> None:
    kept.sign(P, consent("old", dateTime="2026-11-22", provision=permit(COUNCIL)))
    kept.sign(P, consent("new", extension=REPLACES))
    assert notices(kept, "consent-begun") == {COUNCIL: ["Consent/old"], OTHER: ["Consent/new"]}
    assert notices(kept) == {COUNCIL: ["Consent/old"]}


def test_what_is_given_back_of_a_write_are_the_versions_that_came_of_it(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)))
    (part,) = kept.write(P, word("w", COUNCIL))
    assert [each.type for each in part.ended] == ["Communication"]
    (whole,) = kept.write(P, word("v"))
    assert {each.type for each in whole.ended} == {"Communication", "Consent", "Flag"}
