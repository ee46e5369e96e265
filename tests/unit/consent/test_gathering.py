"""Which facts are gathered before the rules run: who asks, and the rows about the records at hand and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consent import evidence, gathering
from consent.actor import Actor
from consent.evidence import Conflict, HeldRole, Oneself
from consent.facts import Facts
from consent.office import SPEAKS
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.relations import contributions as of
from consent.relations.names import SAME
from consent.relations.put_before import PUT_BEFORE
from consent.relations.role import BROUGHT
from consent.succession import CITY, SUCCEEDS, Succession
from resources.search.predicate import EVERYTHING, has
from resources.search.relation import TEAM, Gathered, Relation
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, NOBODY, OFFICER, around, officer, post, terms
from tests.unit.consent.writing.lain import Lain, in_a_store

Json = dict[str, Any]
Asked = set[tuple[str, str]]

OF_A_PERSON = (CONSENT, of.DIED, of.PROTECTED[0], SAME)
CONCERN: Json = {"resourceType": "Condition", "id": "c", "subject": ref("Patient/1")}
CASE: Json = {"resourceType": "CarePlan", "id": "k", "subject": ref("Group/g")}
OTHER, FORMER = "Organization/other", "Organization/former"


@pytest.fixture
def lain(tmp_path: Path) -> Iterator[Lain]:
    with in_a_store(tmp_path) as made:
        yield made


def put(lain: Lain, record: Json, *more: str, rows: Iterable[Relation] = ()) -> str:
    name = f"{record['resourceType']}/{record['id']}"
    said = {key: value for key, value in record.items() if key not in ("resourceType", "id")}
    lain.put(name, *terms(record, CENTER), *more, rows=rows, **said)
    return name


def say(lain: Lain, *rows: Relation) -> None:
    """A record that says how others stand to one another."""
    lain.put(f"Basic/{len(lain.versions)}", rows=rows)


def about(lain: Lain, *records: Json, facts: Facts | None = None, coordinated: bool = False) -> Facts:
    found = [f"{each['resourceType']}/{each['id']}" for each in records]
    for name, each in zip(found, records, strict=True):
        if name not in lain.versions:
            put(lain, each)
    known, versions = replace(facts or officer(), world=around()), [lain.versions[name][-1] for name in found]
    wanted = {"coordinated": True} if coordinated else {}
    return lain.ask(lambda view: gathering.about(view, known, versions, **wanted))


def asked(facts: Facts) -> Asked:
    assert isinstance(facts.world, Gathered)
    return set(facts.world.related)


def of_persons(*persons: str, also: Iterable[str] = ()) -> Asked:
    return {(name, f"Patient/{one}") for name in (*OF_A_PERSON, *also) for one in persons}


# --- who asks --------------------------------------------------------------------------------------------------------


def actor_facts(lain: Lain, actor: Actor = OFFICER) -> Facts:
    return lain.ask(lambda view: gathering.of_actor(view, actor))


def holding(id: str, *, until: str = "~") -> Relation:
    held: Json = {"organization": ref(CENTER), "code": [concept("role", "officer")]}
    return Relation(of.POST, OFFICER.person, f"PractitionerRole/{id}", evidence.post_tag(held), until=until)


def test_of_who_asks_the_posts_the_conflicts_and_the_successions_are_known(lain: Lain) -> None:
    lain.put("PractitionerRole/role", rows=[holding("role")])
    lain.put("PractitionerRole/past", rows=[holding("past", until="2026-11-01T00:00:00.000Z")])
    lain.put("Flag/f", rows=[Relation(of.CONFLICT, OFFICER.person, "Patient/1")])
    lain.put("Task/s", rows=[Relation(SUCCEEDS, CITY, CENTER, FORMER)])
    say(lain, Relation(of.CONFLICT, "Practitioner/q", "Patient/2"), Relation(of.MEMBER, "Group/g", "Patient/3"))
    facts = actor_facts(lain)
    assert facts.posts == (
        HeldRole("PractitionerRole/role", "PractitionerRole/role/_history/1", CENTER, frozenset({"officer"})),
    )
    assert facts.former == {"PractitionerRole/past"}
    assert facts.conflicts == (Conflict("Patient/1", "Flag/f/_history/1"),)
    assert facts.successions.standing == (Succession(FORMER, CENTER, "Task/s/_history/1"),)
    assert (facts.oneself, facts.actor, facts.meetings, facts.wordings) == (None, OFFICER, (), frozenset())


def test_what_was_taken_back_is_known_no_more(lain: Lain) -> None:
    lain.put("Flag/f", rows=[Relation(of.CONFLICT, OFFICER.person, "Patient/1")])
    lain.put("Task/s", rows=[Relation(SUCCEEDS, CITY, CENTER, FORMER)])
    lain.put("PractitionerRole/role", rows=[holding("role")])
    for name in ("Flag/f", "Task/s", "PractitionerRole/role"):
        lain.put(name)
    facts = actor_facts(lain)
    assert (facts.posts, facts.conflicts, facts.successions.standing) == ((), (), ())
    assert facts.former == {"PractitionerRole/role"}, "it was theirs"


def test_a_system_has_no_posts_and_knows_who_succeeded_whom(lain: Lain) -> None:
    lain.put("PractitionerRole/role", rows=[replace(holding("role"), of="")])
    lain.put("Task/s", rows=[Relation(SUCCEEDS, CITY, CENTER, FORMER)])
    facts = actor_facts(lain, replace(OFFICER, person="", organization=CENTER))
    assert (facts.posts, facts.former) == ((), frozenset())
    assert [each.former for each in facts.successions.standing] == [FORMER]


def test_a_citizen_is_who_they_are_and_is_told_of_no_succession(lain: Lain) -> None:
    lain.put("Patient/1")
    lain.put("Task/s", rows=[Relation(SUCCEEDS, CITY, CENTER, FORMER)])
    facts = actor_facts(lain, replace(OFFICER, person="Patient/1"))
    assert facts.oneself == Oneself("Patient/1", "Patient/1/_history/1")
    assert facts.successions.standing == ()


def test_of_who_does_not_sign_in_nothing_is_asked(lain: Lain) -> None:
    lain.put("Task/s", rows=[Relation(SUCCEEDS, CITY, CENTER, FORMER)])
    facts = actor_facts(lain, NOBODY)
    assert facts == Facts(NOBODY, world=facts.world)


# --- the records at hand ---------------------------------------------------------------------------------------------


def test_of_the_directory_nothing_is_asked(lain: Lain) -> None:
    desk: Json = {"resourceType": "HealthcareService", "id": "d", "providedBy": ref(CENTER)}
    known = about(lain, desk | {"location": [ref("Patient/1")]}, coordinated=True)
    assert asked(known) == set()
    assert asked(about(lain)) == set()


def test_of_a_record_its_persons_are_asked_by_all_their_names(lain: Lain) -> None:
    assert asked(about(lain, CONCERN)) == of_persons("1")
    say(lain, Relation(SAME, "Patient/1", "Patient/9"), Relation(SAME, "Patient/9", "Patient/1"))
    assert asked(about(lain, CONCERN)) == of_persons("1", "9")
    assert asked(about(lain, CONCERN, CONCERN | {"id": "d", "subject": ref("Patient/2")})) == of_persons("1", "2", "9")


def test_of_a_household_its_members_are_asked_by_all_their_names(lain: Lain) -> None:
    say(lain, Relation(of.MEMBER, "Group/g", "Patient/1"), Relation(of.MEMBER, "Group/g", "Patient/2"))
    say(lain, Relation(of.MEMBER, "Group/h", "Patient/3"), Relation(SAME, "Patient/2", "Patient/9"))
    known = about(lain, CONCERN | {"subject": ref("Group/g")})
    assert asked(known) == of_persons("1", "2", "9") | {(of.MEMBER, "Group/g")}
    assert [row.relation.to for row in known.world.rows(of.MEMBER, "Group/g")] == ["Patient/1", "Patient/2"]


def test_in_an_emergency_it_is_asked_whether_the_glass_was_broken_for_each(lain: Lain) -> None:
    say(lain, Relation(of.MEMBER, "Group/g", "Patient/1"), Relation(SAME, "Patient/1", "Patient/9"))
    known = about(lain, CASE, facts=officer(purpose="BTG"))
    assert {pair for pair in asked(known) if pair[0] == of.EMERGENCY} == {
        (of.EMERGENCY, "Patient/1"),
        (of.EMERGENCY, "Patient/9"),
    }
    assert (of.EMERGENCY, "Patient/1") not in asked(about(lain, CASE))


OF_ITSELF = {
    "Patient": (of.CARD, of.CARE, of.CARRIES),
    "ServiceRequest": (of.CARRIED,),
    "Task": (of.CARRIED, of.TOLD),
}


@pytest.mark.parametrize("type", [*OF_ITSELF, "Condition"])
def test_how_a_record_itself_stands_is_asked_of_its_type(lain: Lain, type: str) -> None:
    bare: Json = {"resourceType": type, "id": "1"}
    persons = of_persons("1") if type == "Patient" else set()
    assert asked(about(lain, bare)) == persons | {(name, f"{type}/1") for name in OF_ITSELF.get(type, ())}


def test_of_its_parties_it_is_asked_for_whom_they_speak(lain: Lain) -> None:
    word: Json = {"resourceType": "Communication", "id": "w", "sender": ref("PractitionerRole/a")}
    known = about(lain, word | {"recipient": [ref("PractitionerRole/b"), ref(CENTER)]})
    parties = ("PractitionerRole/a", "PractitionerRole/b", CENTER)
    assert asked(known) == {(name, one) for name in (of.AGENCY, SPEAKS) for one in parties}


@pytest.mark.parametrize("function", ["coordinator", "convener", "lead-section", "officer", "adviser", ""])
def test_who_coordinates_is_asked_where_that_concerns_the_actor_or_is_wanted(lain: Lain, function: str) -> None:
    patient: Json = {"resourceType": "Patient", "id": "1"}
    known = about(lain, CASE, patient, facts=officer(post(function or "officer")), coordinated=not function)
    led = {(of.COORDINATED, "Group/g"), (of.COORDINATED, "Patient/1")}
    before = {(PUT_BEFORE, "CarePlan/k"), (PUT_BEFORE, "Patient/1")}
    concerned = function in ("coordinator", "convener", "lead-section", "")
    wanted = (led if concerned else set()) | (before if function in ("lead-section", "") else set())
    assert {pair for pair in asked(known) if pair[0] in (of.COORDINATED, PUT_BEFORE)} == wanted


def test_of_a_conference_and_its_material_it_is_asked_who_leads_it(lain: Lain) -> None:
    lain.put("List/l", *terms({"resourceType": "List", "id": "l"}), ".conference Encounter/m")
    assert asked(about(lain, {"resourceType": "List", "id": "l"})) == {(of.LEADS, "Encounter/m")}


# --- roles (P13) -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["CarePlan", "CareTeam", "Group"])
def test_of_what_roles_open_it_is_asked_who_carries_them_out(lain: Lain, type: str) -> None:
    record: Json = {"resourceType": type, "id": "g"} | ({} if type == "Group" else {"subject": ref("Group/g")})
    say(lain, Relation(of.MEMBER, "Group/g", "Patient/1"))
    roles = {(BROUGHT, "Group/g"), (of.CARRIES, "Group/g"), (of.MEMBER, "Group/g")}
    assert asked(about(lain, record)) == roles | of_persons("1")
    say(lain, Relation(SAME, "Patient/1", "Patient/9"))
    say(lain, Relation(of.CARRIES, "Group/g", OTHER, "PractitionerRole/b", via="CareTeam/t"))
    say(lain, Relation(of.CARRIES, "Patient/1", OTHER, "PractitionerRole/b", via="CareTeam/u"))
    say(lain, Relation(of.CARRIES, "Patient/9", "PractitionerRole/c"))
    say(lain, Relation(TEAM, "CareTeam/t", OTHER))
    known = about(lain, record)
    assert asked(known) == roles | of_persons("1", "9", also=[of.CARRIES]) | {
        (TEAM, "CareTeam/t"),
        (TEAM, "CareTeam/u"),
    }
    assert [row.relation.to for row in known.world.rows(TEAM, "CareTeam/t")] == [OTHER]


def test_of_a_task_only_one_that_puts_a_role_is_opened_by_it(lain: Lain) -> None:
    task: Json = {"resourceType": "Task", "id": "t", "for": ref("Group/g")}
    itself = {(of.CARRIED, "Task/t"), (of.TOLD, "Task/t"), (of.MEMBER, "Group/g")}
    assert asked(about(lain, task)) == itself
    role = task | {"id": "u", "code": concept("task-code", "carry-out")}
    roles = {(BROUGHT, "Group/g"), (of.CARRIES, "Group/g"), (of.MEMBER, "Group/g")}
    assert asked(about(lain, role)) == roles | {(of.CARRIED, "Task/u"), (of.TOLD, "Task/u")}


def test_where_one_of_several_households_has_roles_their_persons_are_asked_for_them(lain: Lain) -> None:
    say(lain, Relation(of.CARRIES, "Group/g", CENTER), Relation(of.MEMBER, "Group/h", "Patient/1"))
    both = about(lain, CASE | {"supportingInfo": [ref("Group/h")]})
    assert (of.CARRIES, "Patient/1") in asked(both)
    assert (of.CARRIES, "Patient/1") not in asked(about(lain, CASE | {"id": "h", "subject": ref("Group/h")}))


# --- secrecy, death and consent --------------------------------------------------------------------------------------


def test_of_a_protected_person_everything_that_protects_them_is_asked(lain: Lain) -> None:
    say(lain, Relation(of.PROTECTED[0], "Patient/1", of.HIDDEN, "lock"), Relation(of.MEMBER, "Group/g", "Patient/1"))
    say(lain, Relation(of.MEMBER, "Group/g", "Patient/2"))
    beside = {(name, "Patient/1") for name in (*of.PROTECTED[1:], of.AGAINST, of.RELEASED)}
    of_group = CONCERN | {"id": "d", "subject": ref("Group/g")}
    assert asked(about(lain, of_group)) == of_persons("1", "2") | beside | {(of.MEMBER, "Group/g")}


def test_what_is_said_of_them_by_another_name_is_said_of_them(lain: Lain) -> None:
    say(lain, Relation(SAME, "Patient/1", "Patient/9"), Relation(of.PROTECTED[0], "Patient/9", of.HIDDEN))
    lain.put("Consent/c", rows=[Relation(CONSENT, "Patient/9", EVERYBODY, "all"), Relation(of.DIED, "Patient/9", "*")])
    known = about(lain, CONCERN)
    assert known.wordings == {"all"}
    assert {(of.DECEASED, "Patient/9"), (of.AGAINST, "Patient/9")} <= asked(known)


def test_of_who_is_said_to_have_died_it_is_asked_since_when(lain: Lain) -> None:
    say(lain, Relation(of.DIED, "Patient/1", of.EVERY))
    other = CONCERN | {"id": "d", "subject": ref("Patient/2")}
    assert asked(about(lain, CONCERN, other)) == of_persons("1", "2") | {(of.DECEASED, "Patient/1")}


def test_of_the_consents_that_mean_the_actor_the_wordings_are_learnt(lain: Lain) -> None:
    lain.put(
        "Consent/c",
        rows=[
            Relation(CONSENT, "Patient/1", CENTER, "ours", via="CareTeam/t"),
            Relation(CONSENT, "Patient/1", EVERYBODY, "all"),
            Relation(CONSENT, "Patient/1", OTHER, "theirs", via="CareTeam/u"),
            Relation(CONSENT, "Patient/1", CENTER, "over", until="2026-11-01T00:00:00.000Z"),
            Relation(CONSENT, "Patient/2", CENTER, "of-another"),
        ],
    )
    known = about(lain, CONCERN)
    assert known.wordings == {"all"}, "in no team yet"
    assert asked(known) == of_persons("1") | {(TEAM, "CareTeam/t")}
    say(lain, Relation(TEAM, "CareTeam/t", CENTER))
    known = about(lain, CONCERN)
    assert known.wordings == {"ours", "all"}
    more = lain.ask(lambda view: gathering.about(view, known, [lain.versions["Condition/c"][-1]]))
    assert more.wordings == {"ours", "all"}


def test_what_is_known_is_not_asked_again(lain: Lain) -> None:
    known = about(lain, CONCERN)
    say(lain, Relation(of.DIED, "Patient/1", of.EVERY))
    again = lain.ask(lambda view: gathering.about(view, known, [lain.versions["Condition/c"][-1]]))
    assert list(again.world.rows(of.DIED, "Patient/1")) == []
    forgotten = gathering.without(again, [Relation(of.DIED, "Patient/1", of.EVERY), Relation("x", "y", "z")])
    assert asked(again) - asked(forgotten) == {(of.DIED, "Patient/1")}
    anew = lain.ask(lambda view: gathering.about(view, forgotten, [lain.versions["Condition/c"][-1]]))
    assert [row.relation.to for row in anew.world.rows(of.DIED, "Patient/1")] == [of.EVERY]


# --- a search --------------------------------------------------------------------------------------------------------


def searched(lain: Lain, type: str = "Condition", facts: Facts | None = None, what: Any = EVERYTHING) -> Facts:
    known = facts or officer()
    return lain.ask(lambda view: gathering.for_search(view, known, type, what))


def test_a_search_knows_the_wordings_in_use_to_the_actor(lain: Lain) -> None:
    rows = [Relation(CONSENT, "Patient/1", CENTER, "ours"), Relation(CONSENT, "Patient/2", EVERYBODY, "all")]
    lain.put("Consent/c", rows=[*rows, Relation(CONSENT, "Patient/1", OTHER, "theirs")])
    put(lain, CONCERN)
    put(lain, CONCERN | {"id": "d", "subject": ref("Patient/2")})
    found = searched(lain)
    assert found.wordings == {"ours", "all"}
    assert found.type == "Condition"
    assert searched(lain, what=has(".subject", "Patient/1")).wordings == {"ours"}, "of whom it may find"
    former = officer(former=frozenset({OTHER}))
    assert searched(lain, facts=former).wordings == {"ours", "all", "theirs"}, (
        "what is refused to a post that was theirs"
    )
    assert searched(lain, "HealthcareService") == replace(officer(), type="HealthcareService")


def test_who_is_nobody_is_meant_by_no_consent(lain: Lain) -> None:
    lain.put("Consent/c", rows=[Relation(CONSENT, "Patient/1", EVERYBODY, "all")])
    put(lain, CONCERN)
    known = replace(officer(), posts=(), actor=replace(OFFICER, person=""), wordings=frozenset({"before"}))
    assert searched(lain, facts=known).wordings == frozenset()


def test_every_consent_of_a_person_is_had_for_an_explanation(lain: Lain) -> None:
    lain.put("Consent/c", ".subject Patient/1")
    lain.put("Consent/d", ".subject Patient/2")
    lain.put("Condition/c", ".subject Patient/1")

    def lapsed(*persons: str) -> list[str]:
        known = lain.ask(lambda view: gathering.lapsed(view, officer(), persons))
        return [each.reference for each in known.lapsed]

    assert lapsed("Patient/1") == ["Consent/c"]
    assert lapsed("Patient/1", "Patient/2") == ["Consent/c", "Consent/d"]
    assert lapsed() == []
