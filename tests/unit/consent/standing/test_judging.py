"""Which records are evidence, and what several kinds of it in one record come to."""

from __future__ import annotations

from consent import standing
from consent.standing import (
    birth_date,
    conference,
    confirmation,
    consent,
    coordination,
    death,
    department,
    household,
    judging,
    naming,
    plan,
    post,
    request,
    roles,
)
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import OTHER, Json, filing

TASK: Json = {"resourceType": "Task", "status": "requested", "for": ref("Patient/1"), "owner": ref(OTHER)}
BETWEEN = Verdict(True, noted=frozenset({f".between {CENTER}", f".between {OTHER}"}))


def test_each_type_of_evidence_is_judged_by_its_kinds() -> None:
    assert {type: set(kinds) for type, kinds in standing.BY_TYPE.items()} == {
        "Appointment": {request.KIND},
        "CarePlan": {plan.KIND},
        "CareTeam": {roles.KIND},
        "Consent": {consent.KIND},
        "Encounter": {conference.KIND},
        "Group": {household.KIND},
        "Organization": {department.KIND},
        "OrganizationAffiliation": {department.KIND},
        "PractitionerRole": {post.KIND},
        "ServiceRequest": {request.KIND},
        "Task": {kind.KIND for kind in (coordination, confirmation, birth_date, death, naming, request)},
    }


def test_what_is_no_evidence_is_neither_refused_nor_counts() -> None:
    for type in ("Condition", "Patient", "Communication"):
        filed = filing(None, TASK | {"resourceType": type})
        assert list(judging.refused(filed)) == []
        assert judging.judged(filed) == NONE


def test_it_counts_where_each_kind_says_so_and_is_refused_by_each() -> None:
    assert list(judging.refused(filing(None, TASK))) == []
    assert judging.judged(filing(None, TASK)) == BETWEEN
    strangers = filing(None, TASK | {"for": ref("Patient/2")})
    assert [issue.rule for issue in judging.refused(strangers)] == ["P2"]
    assert judging.judged(strangers).counts is False
    guardian = TASK | {"code": concept("task-code", "confirm-guardian")}
    assert judging.judged(filing(None, guardian)) == BETWEEN
    at_once = filing(None, guardian | {"status": "completed", "for": ref("Patient/2")})
    assert {issue.rule for issue in judging.refused(at_once)} == {"R3", "P2"}
    alone = filing(None, guardian | {"status": "completed"})
    assert [issue.rule for issue in judging.refused(alone)] == ["R3"]
    assert judging.judged(alone).counts is False, "as a request it would"
