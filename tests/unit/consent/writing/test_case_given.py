"""To whom roles are opened, and to whom no more, as a case that they were decided for comes to another keeper (P13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import verdict
from consent.verdict import Verdict
from consent.writing import case_given
from consent.writing.change import UnitOfWork
from resources.record.version import Version
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.town import Town, actor, case, conference, household, patient
from tests.unit.consent.writing.within import version, within

Json = dict[str, Any]

LEAD = actor("lead")
CENTER, OTHER, LEADING = "Organization/center", "Organization/other", "Organization/lead"
PERSONS = frozenset({"Group/g", "Patient/1"})
CARRIED = frozenset({f"{verdict.CARRIER} {CENTER}", f"{verdict.CARRIER} PractitionerRole/q"})
BROUGHT = frozenset({f"{verdict.BROUGHT} {CENTER}"})
DECIDED = Verdict(True, noted=CARRIED | BROUGHT, fixed=PERSONS | {"Encounter/m"})


def team(id: str = "roles", *agencies: str, **elements: Any) -> Json:
    said: Json = {"resourceType": "CareTeam", "id": id, "status": "active", "subject": ref("Group/g")}
    named = [{"role": [{"text": "家計の相談"}], "member": ref(one)} for one in (agencies or (OTHER,))]
    return said | {"category": [concept("record-category", "case-team")], "participant": named} | elements


def task(id: str, owner: str = CENTER, team: str = "CareTeam/roles", **elements: Any) -> Json:
    said: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order", "focus": ref(team)}
    said |= {"code": concept("task-code", "carry-out"), "for": ref("Group/g")}
    return said | {"requester": ref("PractitionerRole/lead"), "owner": ref(owner)} | elements


def put(agency: str = CENTER, persons: frozenset[str] = PERSONS) -> Verdict:
    between = {f"{verdict.BETWEEN} PractitionerRole/lead", f"{verdict.BETWEEN} {agency}"}
    return Verdict(True, noted=frozenset(between), fixed=persons)


@pytest.fixture
def decided(town: Town) -> Town:
    """The center keeps a case on which a meeting was held, at which roles were decided; another has been put none."""
    kept = [patient("1"), household("1"), household("1") | {"id": "h"}, case(), conference("finished")]
    laid(town, *(Record(each, CENTER, "") for each in kept), Record(team(), LEADING, "", DECIDED))
    return town


def given(town: Town, taker: str = OTHER, name: str = "CarePlan/k", **said: Any) -> None:
    """This case comes to be kept by another agency; it may say something else since."""
    before = version(town, name)
    terms = {each for each in before.terms if not each.startswith(".custodian ")} | {f".custodian {taker}"}
    body = orjson.dumps(orjson.loads(before.body) | said)
    after = replace(before, number=2, terms=tuple(sorted(terms)), body=body)
    settle(town, before, after)


def settle(town: Town, before: Version | None, after: Version) -> None:
    async def work(unit: UnitOfWork) -> None:
        await case_given.settled(unit, before, after)

    within(town, LEAD, work)


def opened(town: Town, id: str = "roles") -> tuple[int, set[str], set[str]]:
    """Which version of the roles it is, who carries them out, and who brought the case."""
    found = version(town, f"CareTeam/{id}")
    stands = verdict.read(found.terms)
    assert (stands.counts, stands.fixed) == (True, DECIDED.fixed)
    return found.number, set(stands.note(verdict.CARRIER)), set(stands.note(verdict.BROUGHT))


AS_BEFORE = (1, {CENTER, "PractitionerRole/q"}, {CENTER})
GIVEN = (2, {OTHER, "PractitionerRole/q"}, {CENTER, OTHER})


def roles_put(town: Town) -> list[Json]:
    return [orjson.loads(each.body) for each in town.stored("Task")]


def test_who_takes_it_has_them_opened_and_who_gave_it_no_more(decided: Town) -> None:
    given(decided)
    assert opened(decided) == GIVEN
    assert roles_put(decided) == [], "who has no role itself is told of none"


def test_of_a_case_that_stays_or_is_new_or_gone_or_none_nothing_follows(decided: Town) -> None:
    given(decided, CENTER)
    stood = version(decided, "CarePlan/k")
    theirs = replace(stood, terms=tuple(sorted({*stood.terms, f".custodian {OTHER}"} - {f".custodian {CENTER}"})))
    settle(decided, None, theirs)
    settle(decided, stood, replace(theirs, deleted=True, body=b""))
    group = version(decided, "Group/g")
    settle(
        decided,
        group,
        replace(group, terms=tuple(sorted({*group.terms, f".custodian {OTHER}"} - {f".custodian {CENTER}"}))),
    )
    laid(decided, Record(case("p", "total-care-plan"), CENTER, ""))
    given(decided, name="CarePlan/p")
    assert opened(decided) == AS_BEFORE


def test_of_one_on_which_no_meeting_decided_them_neither(decided: Town) -> None:
    laid(decided, Record(case("another"), CENTER, ""))
    given(decided, name="CarePlan/another")
    assert opened(decided) == AS_BEFORE


@pytest.mark.parametrize(
    ("made", "judged"),
    [
        (team("x"), replace(DECIDED, counts=False)),
        (team("x", status="inactive"), DECIDED),
        (team("x", subject=ref("Group/h"), note=[{"text": "x"}]), DECIDED),
        (team("x", category=[concept("record-category", "standing-roster")]), DECIDED),
        (team("x"), replace(DECIDED, noted=BROUGHT | {f"{verdict.CARRIER} PractitionerRole/q"})),
    ],
    ids=["they do not count", "they are over", "of another household", "no roles", "not opened to who gave it"],
)
def test_other_roles_stay_as_they_are(decided: Town, made: Json, judged: Verdict) -> None:
    laid(decided, Record(made, LEADING, "", judged))
    given(decided)
    assert version(decided, "CareTeam/x").number == 1
    assert opened(decided) == GIVEN


def test_of_a_household_that_the_case_has_left_they_are_opened_to_nobody_new(decided: Town) -> None:
    given(decided, subject=ref("Group/h"))
    assert opened(decided) == (2, {"PractitionerRole/q"}, {CENTER})


def test_who_gave_it_and_has_a_role_is_told_of_that_once(decided: Town) -> None:
    laid(decided, Record(team("own", CENTER, OTHER), LEADING, "", DECIDED))
    given(decided)
    assert opened(decided, "own") == GIVEN
    (told,) = roles_put(decided)
    assert (told["owner"], told["focus"]) == (ref(CENTER), ref("CareTeam/own"))
    assert (told["status"], told["requester"], told["for"]) == (
        "requested",
        ref("PractitionerRole/lead"),
        ref("Group/g"),
    )


@pytest.mark.parametrize(
    ("made", "judged", "again"),
    [
        (task("t"), put(), False),
        (task("t", status="completed"), put(), True),
        (task("t", team="CareTeam/x"), put(), True),
        (task("t", partOf=[ref("Task/first")]), put(), True),
        (task("t"), put(persons=frozenset({"Group/g"})), True),
        (task("t", OTHER), put(OTHER), True),
        (task("t"), Verdict(), True),
    ],
    ids=["it was", "it is over", "of other roles", "below another", "for others", "of another agency", "forged"],
)
def test_whether_it_was_told_already_is_asked_of_what_stands_open(
    decided: Town, made: Json, judged: Verdict, again: bool
) -> None:
    laid(decided, Record(team("own", CENTER), LEADING, "", DECIDED))
    about = made if made["focus"] != ref("CareTeam/roles") else made | {"focus": ref("CareTeam/own")}
    laid(decided, Record(about, LEADING, "", judged))
    given(decided)
    assert len(roles_put(decided)) == 1 + again


def test_where_somebody_of_it_was_seated_it_has_taken_it_on_already(decided: Town) -> None:
    seated = replace(DECIDED, noted=DECIDED.noted | {f"{verdict.CARRIER} PractitionerRole/p"})
    laid(decided, Record(team("own", CENTER), LEADING, "", seated))
    given(decided)
    (told,) = roles_put(decided)
    assert told["status"] == "accepted"
