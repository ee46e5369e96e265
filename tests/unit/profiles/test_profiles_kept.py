"""What our profiles ask is what the product makes and takes: the demo city keeps them, and what breaks one is named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from demo import city
from profiles import guide
from profiles.spec import Spec
from resources.record import conformance

Json = dict[str, Any]

OURS = f"{guide.CANONICAL}/StructureDefinition/"
CONSENT, TASK = "Consent-example-consent", "Task-example-referral-task"
TEAM, DESK = "CareTeam-example-team", "HealthcareService-example-desk"


def example(name: str) -> Json:
    found: Json = json.loads((guide.EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def broken(spec: Spec, resource: Json, id: str = "") -> list[str]:
    """Where a record does not keep the profiles that it names, and one more."""
    wanted = (OURS + id,) if id else ()
    return [issue.at for issue in conformance.issues(spec, resource, resource["resourceType"], wanted)]


@pytest.mark.parametrize(
    ("name", "profile"),
    [(CONSENT, "sharing-consent"), (TASK, "referral-task"), (TEAM, "case-team"), (DESK, "consultation-desk")],
)
def test_an_example_names_its_profile_and_keeps_it(name: str, profile: str, spec: Spec) -> None:
    found = example(name)
    assert found["meta"]["profile"] == [OURS + profile]
    assert broken(spec, found) == []


@pytest.mark.parametrize(
    ("name", "change", "at"),
    [
        (CONSENT, {"scope": {"coding": [{"code": "research"}]}}, "Consent"),
        (CONSENT, {"performer": None}, "Consent"),
        (CONSENT, {"dateTime": None}, "Consent"),
        (CONSENT, {"sourceReference": None}, "Consent"),
        (CONSENT, {"provision": {"purpose": []}, "policyRule": None}, "Consent"),
        (CONSENT, {"provision": {"type": "permit", "provision": [{"class": []}]}}, "Consent"),
        (CONSENT, {"verification": [{"verified": False}]}, "Consent"),
        (CONSENT, {"patient": None}, "Consent.patient"),
        (CONSENT, {"provision": None}, "Consent.provision"),
        (CONSENT, {"implicitRules": "urn:rules"}, "Consent.implicitRules"),
        (TASK, {"status": "rejected"}, "Task"),
        (TASK, {"focus": None}, "Task.focus"),
        (TASK, {"focus": {"reference": "Patient/1"}}, "Task.focus.reference"),
        (TASK, {"for": None}, "Task.for"),
        (TASK, {"requester": None}, "Task.requester"),
        (TASK, {"owner": None}, "Task.owner"),
        (TASK, {"code": {"text": "x"}}, "Task.code"),
        (TEAM, {"category": [{"text": "x"}]}, "CareTeam.category"),
        (TEAM, {"subject": {"reference": "Patient/1"}, "participant": None}, "CareTeam.participant"),
        (TEAM, {"participant": [{"role": [{"text": "x"}]}]}, "CareTeam.participant[0].member"),
        (DESK, {"name": None}, "HealthcareService.name"),
        (DESK, {"providedBy": None}, "HealthcareService.providedBy"),
        (DESK, {"category": [{"coding": [{"code": "x"}]}]}, "HealthcareService.category[0].coding"),
    ],
)
def test_what_breaks_a_profile_is_named(name: str, change: Json, at: str, spec: Spec) -> None:
    made = copy.deepcopy(example(name)) | change
    assert broken(spec, {key: value for key, value in made.items() if value is not None}) == [at]


def test_a_consent_that_is_not_in_force_may_be_unfinished(spec: Spec) -> None:
    begun = {key: value for key, value in example(CONSENT).items() if key not in ("performer", "dateTime")}
    assert broken(spec, begun | {"status": "proposed"}) == []


def test_the_desks_of_the_demo_city_keep_theirs(spec: Spec) -> None:
    entries = [each["resource"] for bundle in city.bundles() for each in bundle["entry"]]
    desks = [each for each in entries if each["resourceType"] == "HealthcareService"]
    listed = [each for each in desks if each["id"].startswith(("directory-", "desk-"))]
    assert len(listed) > 20
    assert [each["id"] for each in listed if broken(spec, each, "consultation-desk")] == []
