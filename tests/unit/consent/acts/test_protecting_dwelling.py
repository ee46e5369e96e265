"""What `$protect` writes, by whose word, and of whom it is to be said whether they share the dwelling (D1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import vocabulary
from consent.actor import Actor, Scope
from consent.acts.protecting import Protect
from consent.rule import Decision, Rule, Text
from consent.writing.written import Written
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, extension, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.test_protecting import LABEL, labels, refused
from tests.unit.consent.town import INSTALLER, Town, actor, household, patient

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
WIFE, CHILD, CENTER, OTHER = "Patient/wife", "Patient/child", "Organization/center", "Organization/other"
SELF = replace(P, person=WIFE, purpose=vocabulary.PATIENT_REQUEST)
CODE = {"system": LABEL["system"], "code": LABEL["code"]}


@pytest.fixture
def family(town_with: Callable[..., Town]) -> Town:
    """A wife and a child of a household, and a grown-up who is in none, all kept by the center."""
    return town_with(_family)


def _family(town: Town) -> None:
    town.write(P, *(patient(one) for one in ("wife", "child", "aunt")), household("wife", "child"))


def protect(town: Town, who: Actor = P, name: str = WIFE, named: tuple[str, ...] = (OTHER,), **said: Any) -> Any:
    return town.run(town.gate.protect(who, Protect(name, CODE, named, **said)))


def kind(town: Town, who: Actor = P, name: str = WIFE, **said: Any) -> str:
    problem = refused(town, lambda: protect(town, who, name, **said))
    return " ".join((problem.kind, *problem.rules))


def test_the_whole_label_names_whom_it_opens_to_and_whom_it_is_against_on_each_who_shares(family: Town) -> None:
    against = ("Patient/aunt", "Practitioner/co")
    id, done = protect(family, named=(OTHER, "HealthcareService/desk"), shares=(CHILD,), against=against)
    told = [extension("protection", valueId=id)]
    told += [extension("disclosable-to", valueReference=ref(one)) for one in (OTHER, "HealthcareService/desk")]
    told += [extension("protected-against", valueUri=one) for one in against]
    assert labels(family, WIFE) == labels(family, CHILD) == [CODE | {"extension": told}]
    assert [each.version.reference for each in done] == [WIFE, CHILD]
    assert [each.version.number for each in done] == [2, 2]
    assert {each.action for each in done} == {"update"}
    because = Rule("D1", "permit", EVERYTHING, Text("the person is protected", "居所の秘匿を定める"))
    assert [each.decision for each in done] == [Decision(True, (because,))] * 2


def reviewed(done: list[Written]) -> list[str]:
    return [orjson.loads(each.body)["focus"]["reference"] for one in done for each in one.ended if each.type == "Task"]


def test_who_does_not_keep_the_record_protects_all_who_share_and_for_each_the_lead_section_looks_at_it(
    family: Town,
) -> None:
    asked: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "requester": ref(CENTER)}
    for id, whom in (("a", WIFE), ("b", CHILD)):
        task = asked | {"id": id, "owner": ref(OTHER), "for": ref(whom)}
        family.write(P, task)
        family.write(Q, task | {"status": "accepted", "meta": {"versionId": "1"}})
    _, done = protect(family, Q)
    assert reviewed(done) == [WIFE]
    _, done = protect(family, Q, named=(CENTER,))
    assert reviewed(done) == [WIFE], "an agency waits for nobody"
    _, done = protect(family, P, CHILD, shares=(WIFE,))
    assert reviewed(done) == [], "of its own persons the keeper is not asked"


def test_it_is_ones_own_word_for_oneself_alone_and_for_the_purpose_of_the_person(family: Town) -> None:
    assert kind(family, SELF, "Patient/aunt") == "not-found"
    for purpose in (vocabulary.CARE_MANAGEMENT, vocabulary.STATISTICS):
        assert kind(family, replace(SELF, purpose=purpose)) == "not-found"
    assert labels(family, WIFE) == labels(family, "Patient/aunt") == []
    _, done = protect(family, SELF)
    assert [each.version.reference for each in done] == [WIFE]
    assert reviewed(done) == [WIFE]


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, "`Patient/child`"),
        ({"shares": (CHILD,), "apart": (CHILD,)}, "`shares`"),
        ({"shares": (CHILD, "Patient/aunt")}, "`Patient/aunt`"),
        ({"shares": (WIFE, CHILD)}, "`Patient/wife`"),
        ({"shares": (WIFE,), "apart": (CHILD,)}, "`Patient/wife`"),
        ({"apart": ("Patient/aunt",)}, "`Patient/aunt`, `Patient/child`"),
    ],
)
def test_of_each_other_member_it_is_said_once_and_of_nobody_else(family: Town, said: Json, missing: str) -> None:
    problem = refused(family, lambda: protect(family, **said))
    assert (problem.kind, problem.rules) == ("business-rule", ("D1",))
    assert problem.issues[0].text.endswith(f"whether they share the dwelling: {missing}")
    assert problem.issues[0].ja.endswith(f"（{missing}）")
    assert labels(family, WIFE) == []


def test_a_household_of_others_or_that_was_divided_or_that_one_cannot_see_is_not_asked_about(family: Town) -> None:
    family.write(P, patient("stranger"), household("stranger", "aunt") | {"id": "others"})
    unseen = household("wife", "stranger") | {"id": "unseen"}
    over: Json = household("wife", "aunt") | {"id": "over", "active": False}
    over["member"] = [each | {"inactive": True} for each in over["member"]]
    laid(family, Record(over, CENTER, "Practitioner/p"), Record(unseen, OTHER, "Practitioner/q"))
    protect(family, apart=(CHILD,))
    assert len(labels(family, WIFE)) == 1


@pytest.fixture
def named_twice(town_with: Callable[..., Town]) -> Town:
    """The wife was registered by another agency too, and both have said that she is one."""
    return town_with(_named_twice)


def _named_twice(town: Town) -> None:
    _family(town)
    asked: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    town.write(Q, patient("twice"))
    town.write(P, asked | {"id": "t1", "for": ref(WIFE), "requester": ref(CENTER), "owner": ref(OTHER)})
    theirs = asked | {"id": "t2", "for": ref("Patient/twice"), "requester": ref(OTHER), "owner": ref(CENTER)}
    town.write(Q, theirs)
    merges.answer(town, Q, merges.ask(town, P, "twice", "wife"))


def test_another_name_of_the_person_is_no_other_member_for_who_reads_it(named_twice: Town) -> None:
    town = named_twice
    taken = town.read(P, "Task/t2") | {"status": "accepted"}
    town.write(P, taken)
    town.write(P, household("wife", "twice", "child") | {"meta": {"versionId": "1"}})
    assert kind(town) == "business-rule D1"
    protect(town, apart=(CHILD,))
    protect(town, apart=(CHILD, "Patient/twice"))
    assert len(labels(town, WIFE)) == 2


def test_who_does_not_read_the_other_name_is_not_told_by_it_that_they_are_one(named_twice: Town) -> None:
    town = named_twice
    town.write(Q, town.read(Q, "Task/t2") | {"status": "cancelled"})
    assert not town.reads(P, "Patient/twice")
    for one in ("Patient/twice", "Patient/nobody"):
        assert kind(town, apart=(CHILD, one)) == "business-rule D1"
    protect(town, apart=(CHILD,))


@pytest.mark.parametrize("unseen", ["Patient/unseen", "Patient/none", "Practitioner/gone"])
def test_it_is_against_nobody_whom_one_does_not_see_and_the_trail_has_who_was_tried(family: Town, unseen: str) -> None:
    family.write(Q, patient("unseen"))
    family.write(INSTALLER, {"resourceType": "Practitioner", "id": "gone"})
    gone(family, "Practitioner/gone")
    assert kind(family, against=(unseen,), apart=(CHILD,)) == "invalid"
    assert unseen in str(family.trail()[-1])
    assert kind(family, against=("nowhere",), apart=(CHILD,)) == "invalid"
    assert "nowhere" not in str(family.trail()[-1])
    assert labels(family, WIFE) == []


def test_with_a_token_for_patients_one_protects_and_nobody_who_is_gone(family: Town) -> None:
    scopes = Scope("user", "Patient", frozenset("ru")), Scope("user", "*", frozenset("rs"))
    protect(family, replace(P, scopes=scopes), apart=(CHILD,))
    gone(family, "Patient/aunt")
    for name in ("aunt", "none"):
        with pytest.raises(Problem, match=f"there is no `Patient/{name}`"):
            protect(family, name=f"Patient/{name}")
    with pytest.raises(Problem, match="there is no `Patient/child`"):
        protect(family, Q, CHILD, apart=(WIFE,))
