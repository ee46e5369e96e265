"""R3 and R4: an active consent is signed by the right person and can be enforced."""

from __future__ import annotations

from typing import Any

import pytest

from consent import vocabulary
from consent.duties import consent
from consent.duty_context import DutyContext
from tests.laws.worlds import V3, extension, ref
from tests.unit.consent.people import ABSENT, breaches, change, wrongs

Json = dict[str, Any]

CONSENT: Json = {
    "resourceType": "Consent",
    "status": "active",
    "scope": {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]},
    "patient": ref("Patient/1"),
    "performer": [ref("Patient/1")],
    "dateTime": "2026-11-23",
    "sourceReference": ref("QuestionnaireResponse/1"),
    "provision": {"type": "permit"},
}


def signed(**changes: Any) -> list[str]:
    written = {name: value for name, value in (CONSENT | changes).items() if value is not None}
    return breaches(consent.signed, change(None, written))


def test_whose_status_is_only_said_to_be_unknown_may_be_active_and_is_not_taken() -> None:
    unknown = CONSENT | {"_status": ABSENT}
    del unknown["status"]
    draft = CONSENT | {"status": "proposed"}
    for before in (None, draft):
        assert wrongs(consent.enforceable, change(before, unknown)) == ["R4 at Consent._status"]
        assert wrongs(consent.enforceable, change(before, draft)) == []


@pytest.mark.parametrize("element", ["patient", "dateTime", "sourceReference", "performer"])
def test_an_active_consent_says_who_signed_when_and_on_what(element: str) -> None:
    assert signed() == []
    assert signed(**{element: None}) == ["R3"]
    assert signed(status="proposed", **{element: None}) == []


@pytest.mark.parametrize(
    "day", ["2026", "2026-11", "2026-11-24", "2030-01-01", "2026-11-23T13:00:01+09:00", "2026-11-31", "9999-12-31"]
)
def test_it_is_signed_on_a_day_and_that_day_is_not_to_come(day: str) -> None:
    assert signed(dateTime=day) == ["R3"]
    assert signed(dateTime="2026-11-23T13:00:00+09:00") == []
    assert signed(dateTime="2019-02-12") == []


def turned(duty: Any, before: Json | None = None, /, **changes: Any) -> list[str]:
    """What is against changing a consent so; None takes an element away."""
    had = CONSENT | (before or {})
    has = {name: value for name, value in (had | changes).items() if value is not None}
    return breaches(duty, change(had, has))


@pytest.mark.parametrize("over", ["inactive", "rejected", "entered-in-error"])
@pytest.mark.parametrize("again", ["active", "proposed", "draft"])
def test_what_is_ended_stays_ended(over: str, again: str) -> None:
    assert turned(consent.final, {"status": over}, status=again) == ["R3"]
    assert turned(consent.final, {"status": over}) == []
    assert turned(consent.final, {"status": over}, status="entered-in-error") == []


def test_who_would_reopen_one_is_told_to_sign_again_and_who_would_undo_one_how_to_end_it() -> None:
    (reopened,) = consent.final(change(CONSENT | {"status": "inactive"}, CONSENT))
    (undone,) = consent.final(change(CONSENT, CONSENT | {"status": "draft"}))
    assert "stays so" in reopened.text
    assert "ended by `inactive`" in undone.text


@pytest.mark.parametrize("status", ["proposed", "draft", "rejected"])
def test_what_is_active_is_ended_and_nothing_else(status: str) -> None:
    assert turned(consent.final, status=status) == ["R3"]
    assert turned(consent.final, status="inactive") == []
    assert turned(consent.final, {"status": "proposed"}, status="active") == []


@pytest.mark.parametrize("status", ["active", "inactive"])
@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("patient", ref("Patient/2")),
        ("performer", [ref("RelatedPerson/mother")]),
        ("dateTime", "2026-11-22"),
        ("organization", [ref("Organization/other")]),
        ("policyRule", {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTOUT"}]}),
        ("provision", {"type": "deny"}),
        ("sourceReference", ref("QuestionnaireResponse/2")),
        ("sourceReference", None),
        ("sourceAttachment", {"title": "別紙"}),
        ("extension", [extension("replaces-earlier", valueBoolean=True)]),
        ("modifierExtension", [extension("replaces-earlier", valueBoolean=True)]),
        ("scope", {"text": "別の範囲"}),
        ("policy", [{"uri": "urn:example:another"}]),
    ],
)
def test_what_was_signed_is_not_rewritten(element: str, value: Any, status: str) -> None:
    assert turned(consent.final, {"status": status}, **{element: value}) == ["R3"]
    assert turned(consent.final, {"status": "proposed"}, **{element: value}) == []


@pytest.mark.parametrize("over", ["inactive", "rejected", "entered-in-error", "proposed"])
def test_to_end_a_refusal_takes_another_signature(over: str) -> None:
    duty = consent.withholding_stays
    assert turned(duty, {"provision": {"type": "deny"}}, status=over) == ["R3"]
    assert turned(duty, {"provision": {"type": "permit", "provision": [{"type": "deny"}]}}, status=over) == []
    assert turned(duty, status=over) == []
    assert breaches(duty, change(CONSENT | {"provision": {"type": "deny"}}, None)) == ["R3"]
    refusal = {"provision": {"type": "deny"}}
    assert turned(duty, refusal, dateTime="2026-11-22") == [], "it goes on"
    for had in ("inactive", "entered-in-error"):
        assert turned(duty, refusal | {"status": had}, status="entered-in-error") == [], "it is over already"
        assert breaches(duty, change(CONSENT | refusal | {"status": had}, None)) == []


def test_nor_is_what_permits_deleted_with_what_it_withholds() -> None:
    excepted = CONSENT | {"provision": {"type": "permit", "provision": [{"type": "deny"}]}}
    assert breaches(consent.withholding_stays, change(excepted, None)) == ["R3"]
    assert breaches(consent.withholding_stays, change(CONSENT, None)) == []


def test_who_has_verified_a_paper_is_the_servers_to_write() -> None:
    said = [{"verified": True, "verificationDate": "2026-11-23"}]
    duty = consent.verified_by_the_server
    assert turned(duty, verification=said) == ["R3"]
    assert turned(duty, {"verification": said}, verification=None) == ["R3"]
    assert turned(duty, {"verification": said}, status="inactive") == []
    assert breaches(duty, change(None, CONSENT | {"verification": said})) == ["R3"]
    assert breaches(duty, change(CONSENT | {"verification": said}, None)) == []


def test_an_active_consent_can_be_enforced() -> None:
    nested = CONSENT | {"provision": {"type": "permit", "implicitRules": "urn:x"}}
    assert breaches(consent.enforceable, change(None, nested)) == ["R4"]
    assert breaches(consent.enforceable, change(None, nested | {"status": "proposed"})) == []
    assert breaches(consent.enforceable, change(CONSENT, None)) == []
    assert breaches(consent.signed, change(CONSENT, None)) == []
    assert breaches(consent.final, change(CONSENT, None)) == []


@pytest.mark.parametrize("had", ["rejected", "entered-in-error"])
def test_what_never_ran_or_was_a_mistake_is_not_ended(had: str) -> None:
    assert turned(consent.final, {"status": had}, status="inactive") == ["R3"]
    assert turned(consent.final, status="entered-in-error") == []
    assert turned(consent.final, {"status": "draft"}, status="active", performer=[ref("Patient/2")]) == []


def test_what_was_signed_is_a_sheet_that_is_stored_or_one_that_is_attached() -> None:
    assert signed(sourceReference=None, sourceAttachment={"title": "同意書"}) == []
    (told,) = consent.signed(change(None, {k: v for k, v in CONSENT.items() if k != "sourceReference"}))
    assert told.at == "Consent.source[x]"


def test_which_agencies_a_team_means_is_written_down_by_the_server() -> None:
    def of_team(*agencies: str) -> Json:
        said = [extension("recorded-in-team", valueReference=ref(each)) for each in agencies]
        role = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}
        actor = {"role": role, "reference": ref("CareTeam/t")} | ({"extension": said} if said else {})
        inner = {"type": "deny", "actor": [actor]}
        return CONSENT | {"provision": {"type": "permit", "actor": [actor], "provision": [inner]}}

    team = {"resourceType": "CareTeam", "status": "active", "participant": [{"member": ref("Organization/a")}]}

    def found(after: Json, before: Json | None = None) -> list[str]:
        made = change(before, after, records={"CareTeam/t": team})
        return [each for each in wrongs(consent.enforceable, made) if each.endswith(".extension")]

    each_of_them = [
        "R4 at Consent.provision.actor[0].extension",
        "R4 at Consent.provision.provision[0].actor[0].extension",
    ]
    assert found(of_team("Organization/a")) == []
    assert found(of_team()) == found(of_team("Organization/a", "Organization/b")) == each_of_them
    had = of_team("Organization/b")
    assert found(had, had) == [], "as the team was when it was filed"
    assert found(of_team("Organization/a"), had) == each_of_them


@pytest.mark.parametrize(("type", "most"), [("permit", 100), ("deny", 200)])
def test_an_agency_files_so_many_papers_of_one_person_and_refusals_twice_as_many(type: str, most: int) -> None:
    paper = CONSENT | {"provision": {"type": type}}
    for papers, broken in (
        (0, []),
        (most - 1, []),
        (most, ["R4 at Consent.patient"]),
        (most + 1, ["R4 at Consent.patient"]),
    ):
        around = DutyContext(papers=(papers, 0))
        assert wrongs(consent.not_too_many, change(None, paper, duty_context=around)) == broken
        assert wrongs(consent.not_too_many, change(paper, paper, duty_context=around)) == []
        assert wrongs(consent.not_too_many, change(paper, None, duty_context=around)) == []
        word = paper | {"category": [{"coding": [coding_of(vocabulary.REVOCATION)]}]}
        assert wrongs(consent.not_too_many, change(None, word, duty_context=around)) == []


@pytest.mark.parametrize(("type", "most"), [("permit", 40), ("deny", 50)])
def test_so_many_papers_of_one_person_that_an_agency_filed_are_active_at_once_and_some_refusals_beside_them(
    type: str, most: int
) -> None:
    paper = CONSENT | {"provision": {"type": type}}
    draft, over = paper | {"status": "proposed"}, paper | {"status": "inactive"}
    unsaid = {name: value for name, value in paper.items() if name != "status"}
    for active, broken in (
        (0, []),
        (most - 1, []),
        (most, ["R4 at Consent.status"]),
        (most + 1, ["R4 at Consent.status"]),
    ):
        around = DutyContext(papers=(0, active))
        for before, after, found in (
            (None, paper, broken),
            (draft, paper, broken),
            *(
                (None, draft, []),
                (None, unsaid, []),
                (paper, unsaid, []),
                (paper, paper, []),
                (paper, over, []),
                (None, over, []),
                (paper, None, []),
            ),
        ):
            assert wrongs(consent.not_too_many_active, change(before, after, duty_context=around)) == found


def coding_of(code: str) -> Json:
    system, _, bare = code.partition("|")
    return {"system": system, "code": bare}
