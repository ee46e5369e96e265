"""Who comes to live with a protected person gets the protections that lie there, each once, but none against them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.secrecy import protection
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.acts import divided_town, merges
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, case, household, patient

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
PEOPLE = ("wife", "aunt", "child", "man", "guest")


def rows(town: Town) -> dict[str, Version]:
    return {row.id: row for row in town.stored("Patient")}


def locks(town: Town, *people: str) -> dict[str, list[str]]:
    """Whom each protection of these names."""
    found = {one: protection.labels(orjson.loads(row.body)) for one, row in rows(town).items()}
    return {one: sorted("+".join(sorted(protection.named(each))) for each in found[one]) for one in people or PEOPLE}


def reviews(town: Town) -> list[str]:
    bodies = [orjson.loads(each.body) for each in town.stored("Task") if b"review-restriction" in each.body]
    return sorted(each["for"]["reference"] for each in bodies)


@pytest.fixture
def living(town: Town) -> Town:
    """A wife and her aunt are protected, each by a list of their own; the aunt against a man."""
    town.write(P, *(patient(one) for one in PEOPLE))
    town.write(P, household("wife", "aunt"))
    town.protect(P, "Patient/wife", "Organization/other")
    town.protect(P, "Patient/aunt", "Organization/center", against=("Patient/man",))
    assert locks(town) == {
        "wife": ["Organization/other"],
        "aunt": ["Organization/center"],
        "child": [],
        "man": [],
        "guest": [],
    }
    return town


def test_who_joins_gets_each_protection_of_those_who_live_there_and_not_what_is_against_them(living: Town) -> None:
    (group,) = living.write(P, household("wife", "aunt", "child", "man") | again())
    assert locks(living) == {
        "wife": ["Organization/other"],
        "aunt": ["Organization/center"],
        "child": ["Organization/center", "Organization/other"],
        "man": ["Organization/other"],
        "guest": [],
    }
    assert [each.reference for each in group.ended] == ["Patient/child", "Patient/man"]
    assert reviews(living) == [], "who keeps the household keeps them too"


def test_who_was_there_gets_nothing_by_another_s_joining(living: Town) -> None:
    """That the wife and the aunt do not share a dwelling was said when they were protected."""
    before = {one: row.number for one, row in rows(living).items()}
    living.write(P, household("wife", "aunt", "guest") | again())
    living.write(P, household("guest", "wife") | {"meta": {"versionId": "2"}})
    after = {one: row.number for one, row in rows(living).items()}
    assert {one for one in PEOPLE if after[one] != before[one]} == {"guest"}
    assert locks(living, "wife", "aunt") == {"wife": ["Organization/other"], "aunt": ["Organization/center"]}


def test_who_has_a_protection_already_does_not_get_it_again(living: Town) -> None:
    living.write(P, household("wife", "aunt", "guest") | again())
    number = rows(living)["guest"].number
    living.write(P, household("wife", "aunt") | {"meta": {"versionId": "2"}})
    (group,) = living.write(P, household("wife", "aunt", "guest") | {"meta": {"versionId": "3"}})
    assert locks(living, "guest") == {"guest": ["Organization/center", "Organization/other"]}
    assert rows(living)["guest"].number == number
    assert [each.reference for each in group.ended] == []


def test_those_who_are_new_together_protect_one_another(living: Town) -> None:
    living.write(P, household("guest") | {"id": "h"})
    living.write(P, household("guest", "wife") | {"id": "h"} | again())
    assert locks(living, "guest", "wife") == {"guest": [], "wife": ["Organization/other"]}
    (group,) = living.write(P, household("wife", "child", "man") | {"id": "new"})
    assert locks(living, "child", "man") == {"child": ["Organization/other"], "man": ["Organization/other"]}
    assert [each.reference for each in group.ended] == ["Patient/child", "Patient/man"]


def test_where_nobody_is_protected_nobody_gets_anything(town: Town) -> None:
    town.write(P, *(patient(one) for one in PEOPLE), household("wife"))
    (group,) = town.write(P, household("wife", "child") | again())
    assert list(group.ended) == []
    assert {row.number for row in rows(town).values()} == {1}


def test_where_another_agency_keeps_the_person_the_lead_section_is_asked_to_look_at_it(living: Town) -> None:
    living.write(Q, patient("theirs"))
    shown: Json = {"resourceType": "Task", "id": "s", "status": "requested", "intent": "order"}
    shown |= {"for": ref("Patient/theirs"), "requester": ref("Organization/other"), "owner": ref("Organization/center")}
    living.write(Q, shown)
    living.write(P, shown | {"status": "accepted"} | again())
    (group,) = living.write(P, household("wife", "aunt", "theirs", "child") | again())
    assert locks(living, "theirs", "child") == {
        "theirs": ["Organization/center", "Organization/other"],
        "child": ["Organization/center", "Organization/other"],
    }
    assert reviews(living) == ["Patient/theirs"]
    names = [each.reference for each in group.ended]
    [task] = [each.reference for each in living.stored("Task") if b"review-restriction" in each.body]
    assert names == ["Patient/theirs", task, "Patient/child"]


def test_by_a_merge_nobody_gets_anything_of_a_household_that_was_divided(town: Town) -> None:
    town.write(P, *(patient(one) for one in ("1", "2", "3", "4")), household("1", "2", "3"), case())
    divided_town.divide(town)
    town.protect(P, "Patient/4", "Practitioner/p")
    merges.ask(town, P, "4", "1")
    assert locks(town, "1", "2", "3", "4") == {"1": [], "2": [], "3": [], "4": ["Practitioner/p"]}


def test_by_a_merge_who_lives_with_one_name_gets_what_lies_on_the_other_and_no_more(town: Town) -> None:
    people = ("1", "2", "with-1", "with-2", "man", "gone")
    town.write(P, *(patient(one) for one in people))
    town.write(P, household("1", "with-1"), household("2", "with-2", "man") | {"id": "h"})
    town.write(P, household("2", "gone") | {"id": "over"})
    town.protect(P, "Patient/1", "Practitioner/p", against=("Patient/man",))
    town.protect(P, "Patient/2", "Organization/center")
    before = {one: row.number for one, row in rows(town).items()}
    merges.ask(town, P, "1", "2")
    assert locks(town, *people) == {
        "1": ["Practitioner/p"],
        "2": ["Organization/center"],
        "with-1": ["Organization/center"],
        "with-2": ["Practitioner/p"],
        "man": [],
        "gone": ["Practitioner/p"],
    }
    after = {one: row.number for one, row in rows(town).items()}
    assert {one for one in people if after[one] != before[one]} == {"with-1", "with-2", "gone"}
