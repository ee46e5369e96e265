"""What the server tells when a consent begins to open and when it ends: to whom, in which words, kept by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from consent import trail
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.explaining.trailed import event, happened
from tests.unit.consent.test_revoking import actors, notices, of_type, permit, word
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")
OTHER, COUNCIL = "Organization/other", "Organization/council"
BEGUN = (
    "貴機関を提供先とする同意書により、記録の提供が始まります。範囲と期間は同意書を確認してください / "
    "a consent that names your agency begins to open records to you: read the consent for what, and until when"
)
ENDED = (
    "この同意書による貴機関への提供は終わりました。これ以後、この同意書を根拠に記録を見ることはできません / "
    "what this consent opened to your agency is ended: from now on its records are not for you by it"
)
FLAGGED = "この依頼の前提となっている同意が終わりました / a consent that this referral rests on has ended"


def told(town: Town, type: str = "Communication", kind: str = "consent-") -> list[tuple[Version, Json]]:
    found = [(each, orjson.loads(each.body)) for each in town.stored(type)]
    return [(row, body) for row, body in found if kind in str(body.get("category") or body.get("code"))]


def whole(town: Town, type: str = "Communication", kind: str = "consent-") -> list[tuple[Json, list[str]]]:
    """Each without what every record has, and who keeps it."""
    found = []
    for row, body in told(town, type, kind):
        assert (body.pop("id"), body.pop("meta")["versionId"]) == (row.id, "1")
        at = body.pop("sent", None) or body.pop("period")["start"]
        assert at == row.since
        found.append((body, [each.partition(" ")[2] for each in row.terms if each.startswith(".custodian ")]))
    return sorted(found, key=str)


def letter(code: str, said: str, to: str, *papers: str) -> Json:
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [concept("communication-category", each) for each in ("consent-notice", code)],
        "subject": ref("Patient/1"),
        "about": [ref(f"Consent/{each}") for each in papers],
        "recipient": [ref(to)],
        "payload": [{"contentString": said}],
    }


def asked(id: str, owner: str, **changes: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order", "for": ref("Patient/1")}
    return task | {"requester": ref("Organization/center"), "owner": ref(owner)} | changes


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), patient("2"), concern("c", "1"))
    return town


def test_each_agency_that_is_named_is_told_that_it_begins_but_the_writer_s_own(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(COUNCIL, OTHER, "Organization/center")))
    assert whole(kept) == [
        (letter("consent-begun", BEGUN, COUNCIL, "a"), [COUNCIL]),
        (letter("consent-begun", BEGUN, OTHER, "a"), [OTHER]),
    ]


def test_a_consent_that_is_written_again_as_it_stands_begins_for_nobody_anew(kept: Town) -> None:
    kept.sign(P, consent("a"))
    kept.write(P, consent("a") | {"language": "ja"} | again())
    assert len(told(kept)) == 1


def test_an_agency_is_told_once_of_all_that_ended_for_it(kept: Town) -> None:
    other = {"coding": [{"system": "urn:x", "code": "other"}]}
    kept.sign(P, consent("b", provision=permit(OTHER, COUNCIL)), consent("a", policyRule=other))
    kept.write(P, word("w", OTHER))
    assert whole(kept, kind="consent-ended") == [(letter("consent-ended", ENDED, OTHER, "a", "b"), [OTHER])]


@pytest.mark.parametrize("recipient", ["PractitionerRole/q", "Practitioner/q"])
def test_a_post_or_a_person_that_is_named_is_told_by_their_agency(kept: Town, recipient: str) -> None:
    kept.sign(P, consent("a", provision=permit(recipient)))
    kept.write(P, consent("a", provision=permit(recipient), status="inactive") | again())
    assert notices(kept, "consent-begun") == notices(kept) == {OTHER: ["Consent/a"]}


@pytest.mark.parametrize("period", [{"end": "2026-11-22"}, {"start": "2026-11-24"}])
def test_an_agency_with_which_the_person_is_no_more_or_not_yet_is_told_nothing(kept: Town, period: Json) -> None:
    """The person held a post at the council, and will: what is told is told to whom they are with now."""
    post: Json = {"resourceType": "PractitionerRole", "id": "q2", "practitioner": ref("Practitioner/q")}
    post |= {"organization": ref(COUNCIL), "code": [concept("role", "officer")], "period": period}
    kept.write(INSTALLER, post)
    kept.sign(P, consent("a", provision=permit("Practitioner/q")))
    assert notices(kept, "consent-begun") == {OTHER: ["Consent/a"]}


def test_who_was_shown_something_under_it_is_told_and_who_was_refused_or_saw_it_otherwise_is_not(kept: Town) -> None:
    """A consent to everybody names nobody: those are told of whom the trail has it that they read."""
    kept.sign(P, consent("all", provision=permit()))
    relied = ("Consent/all/_history/1",)
    at = "2026-11-23T12:00:00+09:00"
    lead, council = ("Organization/lead",), (COUNCIL,)
    happened(
        kept,
        event(at, "P3", evidence=relied),
        event(at, "P3", evidence=relied, agencies=lead, outcome=trail.DENIED),
        event(at, "P3", evidence=relied, agencies=lead, action="U"),
        event(at, "P2", evidence=relied, agencies=lead),
        event(at, "P3", evidence=("Consent/else/_history/1",), agencies=lead),
        event(at, "P3", evidence=relied, agencies=council, action="E", kind="search-type"),
    )
    kept.write(P, consent("all", provision=permit(), status="inactive") | again())
    assert notices(kept) == {OTHER: ["Consent/all"], COUNCIL: ["Consent/all"]}


def test_of_a_part_that_ended_only_those_are_told_for_whom_it_did_and_of_the_whole_who_filed_it_too(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)))
    taken_on(kept)
    kept.write(Q, word("w", COUNCIL))
    assert notices(kept) == {COUNCIL: ["Consent/a"]}
    kept.write(Q, word("x"))
    assert notices(kept) == {COUNCIL: ["Consent/a", "Consent/a"], "Organization/center": ["Consent/a"]}


def test_open_referrals_that_name_who_is_told_are_flagged_for_who_keeps_them(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)))
    kept.write(
        P,
        asked("open", COUNCIL),
        asked("else", OTHER),
        asked("over", COUNCIL),
        asked("of-another", COUNCIL) | {"for": ref("Patient/2")},
        asked("resting", "Organization/lead", input=[{"type": {"text": "同意"}, "valueReference": ref("Consent/a")}]),
    )
    kept.write(P, asked("over", COUNCIL, status="cancelled") | {"meta": {"versionId": "1"}})
    kept.write(P, word("w", COUNCIL))

    def flag(task: str) -> Json:
        detail = {
            "url": "http://hl7.org/fhir/StructureDefinition/flag-detail",
            "valueReference": ref(f"Task/{task}"),
        }
        return {
            "resourceType": "Flag",
            "extension": [detail],
            "status": "active",
            "code": concept("communication-category", "consent-ended") | {"text": FLAGGED},
            "subject": ref("Patient/1"),
        }

    flags = whole(kept, "Flag")
    assert flags == [(flag("open"), ["Organization/center"]), (flag("resting"), ["Organization/center"])]
    assert kept.search(CO, "Flag") == []


def test_nothing_is_flagged_where_nothing_ended(kept: Town) -> None:
    kept.write(P, asked("open", COUNCIL))
    kept.sign(P, consent("a", provision=permit(COUNCIL)))
    kept.write(P, word("w", "Organization/lead"))
    assert told(kept, "Flag") == []
    assert notices(kept) == {}


def test_a_consent_filed_after_a_word_begins_for_those_whom_the_word_left(kept: Town) -> None:
    kept.write(P, word("w", OTHER))
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL)), consent("b", policyRule={"text": "別の様式"}))
    assert notices(kept, "consent-begun") == {COUNCIL: ["Consent/a"]}
    later = replace(P, now=P.now + timedelta(hours=1))
    kept.sign(later, consent("new", dateTime="2026-11-23T13:30:00+09:00", policyRule={"text": "三つめ"}))
    assert notices(kept, "consent-begun") == {COUNCIL: ["Consent/a"], OTHER: ["Consent/new"]}
    assert notices(kept) == {}


def test_a_refusal_tells_whom_it_names_and_flags_what_was_asked_of_them(kept: Town) -> None:
    kept.sign(P, consent("a", provision=permit(OTHER, COUNCIL) | {"class": [of_type("Condition")]}))
    kept.write(P, asked("open", COUNCIL), asked("else", OTHER))
    kept.sign(P, consent("no", policyRule={"text": "不同意"}, provision={"type": "deny", "actor": actors(COUNCIL)}))
    assert whole(kept, kind="consent-ended") == [(letter("consent-ended", ENDED, COUNCIL, "a"), [COUNCIL])]
    [(flagged, _)] = whole(kept, "Flag")
    assert flagged["extension"][0]["valueReference"] == ref("Task/open")
