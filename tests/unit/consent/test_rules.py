"""Each ground and each restriction: what it says, for whom it says nothing, and what its reasons are."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from consent import policy, rules, vocabulary
from consent.actor import Scope
from consent.facts import Facts
from consent.meeting import Meeting
from consent.office import SPEAKS
from consent.relations.contributions import COORDINATED, EVERY, HIDDEN, PROTECTED
from consent.rule import Evidence, Text
from consent.rules import (
    addressed,
    audit_review,
    conference_material,
    consented,
    coordination,
    directory,
    installation,
    lead_section,
    own_duty,
    scope,
    secrecy,
    statutory_conference,
)
from resources.search.predicate import NOTHING, Predicate, has
from resources.search.relation import Around, Relation, Stored
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import CENTER, NOBODY, OFFICER, SINCE, SYSTEM, around, officer, post, row, terms

CO = "PractitionerRole/role"
CASE = around(
    *(row(Relation(COORDINATED, "Group/1", to), "Task/1") for to in (CO, EVERY)),
    row(Relation(SPEAKS, CO, CENTER)),
)
MEETING = Meeting(
    "Encounter/1",
    listed=True,
    lacks=(),
    evidence=(Evidence("Encounter/1/_history/1", Text("the conference", "会議")),),
    basis="art9",
    subjects=frozenset({"Patient/1"}),
    opened=frozenset({"Condition"}),
    itself=frozenset({"CarePlan/1"}),
    agencies=frozenset({CENTER}),
)
INSTALLER = Facts(replace(OFFICER, purpose=vocabulary.INSTALLATION))
STATISTICIAN = officer(purpose="statistics")
COORDINATOR = officer(post("coordinator"), world=CASE)
LEAD = officer(post("lead-section"), world=CASE)
CONVENER = officer(post("convener"), world=CASE)
AUDITOR = officer(post("auditor"), purpose="audit-review")
MEMBER = officer(purpose="support-conference", meetings=(MEETING,))

TABLING = replace(
    MEMBER, meetings=(replace(MEETING, tabled=frozenset({("Condition/1", CENTER)}), agencies=frozenset()),)
)

_CONCERN = {"resourceType": "Condition", "subject": ref("Patient/1")}
_VERY = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
CONCERN = terms(_CONCERN, CENTER)
RESTRICTED = terms({**_CONCERN, "meta": {"security": [_VERY]}}, CENTER)
OLD_LABELS = [{"code": "V"}, {"system": "http://hl7.org/fhir/v3/Confidentiality", "code": "V"}, {"code": "R"}]
OLD = [terms({**_CONCERN, "meta": {"security": [label]}}, CENTER) for label in OLD_LABELS]
"""From before a label that nobody can tell was refused."""
THEIRS = terms(_CONCERN, "Organization/other")
OF_ANOTHER = terms({"resourceType": "Condition", "subject": ref("Patient/2")})
COUNTS = ".counts yes"
UNASKED = terms({"resourceType": "Task", "status": "requested", "owner": ref(CENTER)})
TASK = (COUNTS, *UNASKED)
DONE = (COUNTS, *terms({"resourceType": "Task", "status": "completed", "owner": ref(CENTER)}))
REQUEST = (
    COUNTS,
    *terms({"resourceType": "ServiceRequest", "status": "active", "performer": [ref("PractitionerRole/role")]}),
)
LETTER = terms({"resourceType": "Communication", "status": "completed", "recipient": [ref(CENTER)]})
PLAN = terms(
    {"resourceType": "CarePlan", "id": "2", "subject": ref("Group/1")}
    | {"category": [concept("record-category", "total-care-plan")]}
)
CASE_RECORD = terms(
    {"resourceType": "CarePlan", "subject": ref("Group/1"), "category": [concept("record-category", "case")]}
)
SECRET_CASE = tuple(sorted({*CASE_RECORD, f".label {vocabulary.VERY_RESTRICTED}"}))
UNTOLD_CASE = terms(
    {"resourceType": "CarePlan", "subject": ref("Group/1"), "category": [concept("record-category", "case")]}
    | {"meta": {"security": [{"code": "V"}]}}
)
SHEET = terms({"resourceType": "QuestionnaireResponse", "subject": ref("Group/1")})
HOUSEHOLD = terms({"resourceType": "Group", "id": "1"})
OF_TWO = terms(
    {"resourceType": "CarePlan", "subject": ref("Group/1"), "supportingInfo": [ref("Group/2")]}
    | {"category": [concept("record-category", "total-care-plan")]}
)
MEETING_ITSELF = {"Encounter/1": {"class": own("encounter-class", "support-conference")}}
PAPER = terms({"resourceType": "List", "encounter": ref("Encounter/1")}, "Organization/lead", MEETING_ITSELF)
DESK = terms({"resourceType": "HealthcareService"}, CENTER)
STAFF = terms({"resourceType": "PractitionerRole"}, CENTER)
EVENT = terms({"resourceType": "AuditEvent"}, CENTER)
CONSENT = terms({"resourceType": "Consent"}, CENTER)
PERSON = terms({"resourceType": "Patient"}, CENTER)

CASES: list[tuple[ModuleType, Facts, str, tuple[str, ...], bool]] = [
    (own_duty, officer(), "read", CONCERN, True),
    (own_duty, officer(), "create", CONCERN, True),
    (own_duty, officer(), "delete", CONCERN, True),
    (own_duty, officer(), "update", CONSENT, True),
    (own_duty, officer(), "delete", CONSENT, False),
    (own_duty, officer(), "delete", PERSON, False),
    (own_duty, officer(), "read", OF_ANOTHER, False),
    (own_duty, officer(), "read", DESK, False),
    (own_duty, officer(), "read", EVENT, False),
    (own_duty, STATISTICIAN, "read", CONCERN, False),
    (own_duty, Facts(OFFICER), "read", CONCERN, False),
    (own_duty, Facts(SYSTEM), "read", CONCERN, True),
    (addressed, officer(), "read", TASK, True),
    (addressed, officer(), "search", REQUEST, True),
    (addressed, officer(), "read", UNASKED, False),
    (addressed, officer(), "update", UNASKED, False),
    (addressed, officer(), "read", LETTER, True),
    (addressed, Facts(SYSTEM), "read", TASK, True),
    (addressed, Facts(SYSTEM), "read", REQUEST, True),
    (addressed, officer(post(agency="Organization/other", name="other")), "read", REQUEST, False),
    (addressed, officer(), "read", DONE, True),
    (addressed, officer(), "update", DONE, True),
    (addressed, officer(), "update", REQUEST, False),
    (addressed, officer(), "delete", TASK, False),
    (addressed, officer(), "read", CONCERN, False),
    (addressed, STATISTICIAN, "read", TASK, False),
    (addressed, Facts(NOBODY), "read", TASK, False),
    (consented, officer(), "read", CONCERN, False),
    (consented, officer(), "update", CONCERN, False),
    (statutory_conference, MEMBER, "read", CONCERN, True),
    (statutory_conference, MEMBER, "read", OF_ANOTHER, False),
    (statutory_conference, MEMBER, "read", PERSON, False),
    (statutory_conference, MEMBER, "read", CASE_RECORD, True),
    (statutory_conference, MEMBER, "search", PAPER, True),
    (statutory_conference, TABLING, "read", OF_ANOTHER, False),
    (statutory_conference, TABLING, "read", RESTRICTED, True),
    (statutory_conference, TABLING, "read", THEIRS, False),
    (statutory_conference, MEMBER, "read", RESTRICTED, False),
    *((statutory_conference, MEMBER, "read", record, False) for record in OLD),
    *((statutory_conference, TABLING, "read", record, True) for record in OLD),
    (statutory_conference, MEMBER, "read", THEIRS, False),
    (statutory_conference, MEMBER, "update", CONCERN, False),
    (
        statutory_conference,
        replace(MEMBER, actor=replace(MEMBER.actor, purpose=vocabulary.CARE_MANAGEMENT)),
        "read",
        CONCERN,
        False,
    ),
    (
        statutory_conference,
        replace(MEMBER, actor=replace(SYSTEM, purpose=vocabulary.SUPPORT_CONFERENCE)),
        "read",
        CONCERN,
        False,
    ),
    (coordination, COORDINATOR, "read", CASE_RECORD, True),
    (coordination, COORDINATOR, "read", PLAN, True),
    (coordination, COORDINATOR, "update", PLAN, True),
    (coordination, COORDINATOR, "update", CASE_RECORD, False),
    (coordination, COORDINATOR, "delete", PLAN, False),
    (coordination, COORDINATOR, "read", CONCERN, False),
    (coordination, COORDINATOR, "read", HOUSEHOLD, True),
    (coordination, COORDINATOR, "read", SHEET, False),
    (coordination, COORDINATOR, "read", SECRET_CASE, False),
    (coordination, COORDINATOR, "read", UNTOLD_CASE, False),
    (coordination, COORDINATOR, "read", OF_TWO, False),
    (coordination, officer(post("coordinator", name="another"), world=CASE), "read", PLAN, False),
    (coordination, replace(COORDINATOR, actor=STATISTICIAN.actor), "read", PLAN, False),
    (coordination, officer(world=CASE), "read", PLAN, False),
    (lead_section, LEAD, "read", PAPER, True),
    (lead_section, LEAD, "read", CASE_RECORD, True),
    (lead_section, LEAD, "read", CONCERN, False),
    (lead_section, LEAD, "read", HOUSEHOLD, True),
    (lead_section, LEAD, "read", PLAN, True),
    (lead_section, LEAD, "read", SHEET, False),
    (lead_section, LEAD, "read", SECRET_CASE, False),
    (lead_section, LEAD, "read", UNTOLD_CASE, False),
    (lead_section, CONVENER, "read", UNTOLD_CASE, False),
    (lead_section, LEAD, "update", PAPER, False),
    (lead_section, replace(LEAD, actor=STATISTICIAN.actor), "read", PAPER, False),
    (lead_section, CONVENER, "read", PAPER, False),
    (lead_section, CONVENER, "read", CASE_RECORD, True),
    (lead_section, officer(world=CASE), "read", CASE_RECORD, False),
    (directory, Facts(NOBODY), "read", DESK, True),
    (directory, Facts(NOBODY), "read", STAFF, False),
    (directory, officer(), "search", STAFF, True),
    (directory, officer(), "read", CONCERN, False),
    (directory, officer(), "update", DESK, False),
    (audit_review, AUDITOR, "search", EVENT, True),
    (audit_review, AUDITOR, "read", CONCERN, False),
    (audit_review, AUDITOR, "delete", EVENT, False),
    (audit_review, replace(AUDITOR, actor=OFFICER), "read", EVENT, False),
    (audit_review, officer(purpose="audit-review"), "read", EVENT, False),
    (installation, INSTALLER, "create", DESK, True),
    (installation, INSTALLER, "update", STAFF, True),
    (installation, INSTALLER, "create", CONCERN, False),
    (installation, INSTALLER, "delete", DESK, False),
    (installation, officer(), "create", DESK, False),
]


@pytest.mark.parametrize(("module", "known", "action", "record", "opened"), CASES)
def test_each_ground_opens_what_it_says(module: ModuleType, known: Facts, action: Any, record, opened: bool) -> None:
    here = Around(Stored(record, SINCE, SINCE), CASE)
    assert policy.within(list(module.rules(action, known))).matches(record, here) is opened


CLOSED = [
    (officer(), "read", PAPER, True),
    (officer(), "update", PAPER, True),
    (officer(), "delete", PAPER, True),
    (officer(), "create", PAPER, False),
    (officer(), "read", CONCERN, False),
    (MEMBER, "read", PAPER, False),
    (replace(MEMBER, meetings=(replace(MEETING, listed=False),)), "read", PAPER, True),
    (replace(MEMBER, meetings=(replace(MEETING, reference="Encounter/2"),)), "read", PAPER, True),
    (LEAD, "read", PAPER, False),
    (CONVENER, "read", PAPER, True),
    (officer(post("convener", agency="Organization/lead")), "read", PAPER, False),
    (Facts(NOBODY), "read", PAPER, True),
]


@pytest.mark.parametrize(("known", "action", "record", "closed"), CLOSED)
def test_conference_material_is_closed_outside_its_roster(known: Facts, action: Any, record, closed: bool) -> None:
    made = list(conference_material.rules(action, known))
    assert all(rule.effect == "forbid" for rule in made)
    assert any(rule.predicate.matches(record) for rule in made) is closed


def scoped(*scopes: Scope, person: str = "Practitioner/p") -> Facts:
    return Facts(replace(OFFICER, person=person, scopes=scopes))


OPEN_CONCERN = has(".type", "Condition")


def part(type: str, where: Predicate) -> Scope:
    return Scope("user", type, frozenset("r"), "a=filter", where)


@pytest.mark.parametrize(
    ("known", "action", "covered"),
    [
        (scoped(Scope("user", "*", frozenset("r"))), "read", True),
        (scoped(Scope("user", "*", frozenset("r"))), "search", False),
        (scoped(Scope("user", "Condition", frozenset("cruds"))), "delete", True),
        (scoped(Scope("user", "Patient", frozenset("cruds"))), "read", False),
        (scoped(Scope("system", "*", frozenset("cruds"))), "read", False),
        (scoped(Scope("system", "*", frozenset("cruds")), person=""), "read", True),
        (scoped(Scope("patient", "*", frozenset("cruds"))), "read", False),
        (scoped(), "read", False),
        (scoped(part("Condition", OPEN_CONCERN)), "read", True),
        (scoped(part("Condition", NOTHING), part("Condition", OPEN_CONCERN)), "read", True),
        (scoped(part("Condition", NOTHING)), "read", False),
        (scoped(part("Patient", OPEN_CONCERN)), "read", False),
        (scoped(part("*", OPEN_CONCERN)), "read", True),
        (scoped(Scope("user", "Condition", frozenset("r"), "code=nobody-has-read-it")), "read", False),
    ],
)
def test_a_scope_narrows_to_what_it_names(known: Facts, action: Any, covered: bool) -> None:
    (rule,) = scope.rules(action, known)
    assert rule.effect == "narrow"
    assert rule.predicate.matches(CONCERN) is covered


def test_neither_nobody_nor_the_installer_has_scopes_to_narrow_by() -> None:
    assert list(scope.rules("read", Facts(NOBODY))) == []
    assert list(scope.rules("create", INSTALLER)) == []


def masks(known: Facts, record: tuple[str, ...], *named: str, other: tuple[str, ...] | None = None) -> bool:
    """Whether a protection that names these, and another that names others, mask a record from this actor."""
    locks = (named,) if other is None else (named, other)
    rows = (row(Relation(PROTECTED[at], "Patient/1", to)) for at, each in enumerate(locks) for to in (HIDDEN, *each))
    world = around(*rows)
    (rule,) = secrecy.rules("read", known)
    assert rule.effect == "mask"
    return rule.predicate.matches(record, Around(Stored(record, SINCE, SINCE), world))


def test_a_protected_person_is_veiled_for_all_whom_the_label_does_not_name() -> None:
    assert masks(officer(), CONCERN)
    assert masks(officer(), CONCERN, "Organization/other")
    assert masks(Facts(NOBODY), CONCERN)
    assert not masks(officer(), OF_ANOTHER)
    world = around(row(Relation(PROTECTED[0], "Patient/1", HIDDEN)))
    (mask,) = policy.decide(secrecy.rules("read", officer()), Stored(CONCERN, SINCE, SINCE), world).masks
    assert [(each.version, each.about) for each in mask.evidence] == [("Patient/1/_history/1", "Patient/1")]


@pytest.mark.parametrize("name", [CENTER, "PractitionerRole/role", "Practitioner/p"])
def test_whom_the_label_names_sees_everything(name: str) -> None:
    assert not masks(officer(), CONCERN, name)
    assert not masks(officer(), CONCERN, "Organization/other", name)


def test_several_protections_are_several_locks_and_a_place_opens_to_who_is_named_by_each() -> None:
    assert not masks(officer(), CONCERN, CENTER, other=("PractitionerRole/role",))
    assert masks(officer(), CONCERN, CENTER, other=("Organization/other",))
    assert masks(officer(), CONCERN, CENTER, other=())


def test_a_conference_names_its_basis_its_evidence_and_what_it_lacks() -> None:
    lack = Text("the meeting is not open", "会議が開会していない")
    meeting = replace(MEETING, lacks=(lack,))
    (rule,) = statutory_conference.rules("read", officer(meetings=(meeting,)))
    assert [text.en for text in rule.lacks] == ["the purpose of the token is not `support-conference`", lack.en]
    assert (rule.basis, rule.evidence) == ("art9", MEETING.evidence)
    (holding,) = statutory_conference.rules("read", MEMBER)
    assert holding.lacks == ()


@pytest.mark.parametrize("module", [*rules.PERMITS, *rules.RESTRICTIONS], ids=lambda module: module.ID)
def test_a_rule_is_pure_and_named_and_says_why_in_both_languages(module: ModuleType) -> None:
    for known in (officer(), MEMBER, COORDINATOR, LEAD, AUDITOR, INSTALLER):
        for action in ("create", "read", "update", "delete", "search"):
            made = list(module.rules(action, known))
            assert made == list(module.rules(action, known))
            assert all(rule.id == module.ID and rule.because.en and rule.because.ja for rule in made)
