"""Two Patients are merged: who may, what is closed by every name from then on, and that nothing is opened by it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from consent import vocabulary
from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from consent.maintenance.checking import Check
from resources.record.problem import Problem
from resources.store.open import ledger
from tests.laws.worlds import concept, extension, index, ref
from tests.unit.consent.acts.merges import answer, ask, task, undo
from tests.unit.consent.acts.test_breaking_glass import break_glass
from tests.unit.consent.standing.test_death import asking as dying
from tests.unit.consent.standing.test_death import certified
from tests.unit.consent.test_revoking import notices, permit, word
from tests.unit.consent.town import (
    BOTH_STORES,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    patient,
    roster,
)
from tests.unit.consent.writing.test_superseding import consent, statuses

Json = dict[str, Any]

P, Q, CO, LEAD, CONV, R = (actor(name) for name in ("p", "q", "co", "lead", "conv", "em"))
SELF = replace(P, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST)
COUNCIL: Json = {"type": "permit", "actor": []}
EVERYBODY, NOBODY = {"type": "permit"}, {"type": "deny"}


def of(person: str, id: str, provision: Json, **elements: Any) -> Json:
    """A paper of one of the two, that each signed themselves."""
    name = ref(f"Patient/{person}")
    paper = ref(f"DocumentReference/of-{id}")
    own = {"patient": name, "performer": [name], "provision": provision, "sourceReference": paper}
    return consent(id, **own | elements)


def asking(who: str, whom: str, person: str, id: str, **elements: Any) -> Json:
    """A request by which the one agency is shown the other's Patient."""
    task: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order"}
    task |= {"for": ref(f"Patient/{person}"), "requester": ref(f"Organization/{who}")}
    return task | {"owner": ref(f"Organization/{whom}")} | elements


def wrong(town: Town) -> list[str]:
    """What a check of the whole store finds."""
    with closing(ledger(town.address or str(town.folder))) as laid_open:
        check = Check(laid_open, index())
        return [f"{one.at} {one.text}" for span in laid_open.spans(200) for one in check.span(span).differences]


def refused(what: Any, *said: Any, **more: Any) -> str:
    """The kind of the refusal and the rule that it names."""
    with pytest.raises(Problem) as caught:
        what(*said, **more)
    return f"{caught.value.kind} {' '.join(issue.rule for issue in caught.value.issues if issue.rule)}".strip()


def merged(town: Town, source: str = "1", target: str = "2") -> str:
    """The center asks, and the other agency confirms."""
    return task(answer(town, Q, ask(town, P, source, target)))


def known_to_both(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1"), concern("both", "1"))
    town.write(Q, patient("2"), concern("d", "2"))
    town.write(Q, asking("other", "center", "2", "shown"))
    return town


@pytest.fixture
def two(town: Town) -> Town:
    """The center keeps the one, the other agency the other, of whom it has asked the center; each keeps a concern."""
    return known_to_both(town)


@pytest.fixture(params=BOTH_STORES)
def kept(request: pytest.FixtureRequest) -> Town:
    town: Town = request.getfixturevalue("town" if request.param == "sqlite" else "town_on_mongodb")
    return known_to_both(town)


def sees(town: Town, who: Any) -> list[str]:
    """The concerns that this one finds, each of which it may read, and of no other."""
    found = sorted(town.search(who, "Condition"))
    every = sorted(row.reference for row in town.stored("Condition"))
    assert [name for name in every if town.reads(who, name)] == found
    return found


def test_it_is_asked_by_the_one_and_confirmed_by_the_other_who_keeps_them(two: Town) -> None:
    asked = ask(two, P, "1", "2")
    assert (two.reads(P, task(asked)), two.reads(Q, task(asked)), two.reads(R, task(asked))) == (True, True, False)
    assert "link" not in two.read(P, "Patient/2")
    assert set(two.read(Q, "Patient/1")) <= {"resourceType", "id", "meta", "name", "gender", "birthDate", "telecom"}
    assert refused(answer, two, P, asked) == "forbidden P1"
    answer(two, Q, asked)
    assert two.read(P, "Patient/1")["link"] == [{"other": ref("Patient/2"), "type": "replaced-by"}]
    assert two.read(P, "Patient/2")["link"] == [{"other": ref("Patient/1"), "type": "replaces"}]
    assert two.page(P, "Patient", ("_id", "1")).versions[0].body.count(b"replaced-by") == 1
    assert not two.reads(Q, "Patient/1")
    assert "link" not in two.read(Q, "Patient/2"), "who does not read both is not told"
    assert refused(answer, two, Q, asked) == "business-rule P1"
    assert two.read(P, "Patient/1")["meta"]["versionId"] == "1", "nothing is rewritten"
    assert wrong(two) == []


def test_it_may_be_declined_and_taken_back(two: Town) -> None:
    asked = ask(two, P, "1", "2")
    assert refused(ask, two, P, "1", "2") == "business-rule P1"
    assert refused(answer, two, Q, asked, accept=False) == "business-rule P1"
    answer(two, Q, asked, accept=False, reason="生年月日が違う")
    again = task(ask(two, P, "2", "1"))
    two.write(P, two.read(P, again) | {"status": "cancelled"})
    assert refused(answer, two, Q, again) == "not-found", "what is taken back is nothing to who was asked"
    assert "link" not in two.read(P, "Patient/2")
    assert wrong(two) == []


def test_nobody_else_may(two: Town) -> None:
    two.write(Q, asking("other", "council", "2", "told"))
    two.write(P, asking("center", "council", "1", "told-too"))
    assert refused(ask, two, R, "1", "2") == "forbidden P1"
    assert refused(ask, two, SELF, "1", "1") == "forbidden P1"
    assert refused(ask, two, replace(P, purpose=vocabulary.AUDIT_REVIEW), "1", "2") == "not-found"
    assert refused(ask, two, P, "1", "1") == "business-rule P1"
    two.write(P, patient("3") | {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]})
    assert refused(ask, two, P, "1", "3") == "business-rule P1"


def test_of_whom_one_may_not_see_the_answer_is_that_there_is_nobody(two: Town) -> None:
    two.write(Q, patient("3"))
    said = []
    for one, other in (("1", "3"), ("1", "no"), ("3", "1"), ("no", "1"), ("3", "no"), ("no", "3")):
        with pytest.raises(Problem) as caught:
            ask(two, P, one, other)
        said.append(str(caught.value).replace("Patient/3", "Patient/no"))
    assert len(set(said)) == 1
    assert refused(ask, two, SELF, "1", "2") == "not-found"


def test_a_refusal_under_one_name_closes_what_is_about_the_other(kept: Town) -> None:
    kept.sign(P, of("1", "a", EVERYBODY))
    assert sees(kept, R) == ["Condition/both", "Condition/c"]
    kept.sign(Q, of("2", "n", NOBODY))
    asked = ask(kept, P, "1", "2")
    assert sees(kept, R) == ["Condition/both", "Condition/c"]
    name = task(answer(kept, Q, asked))
    assert sees(kept, R) == []
    assert kept.search(R, "Condition", ("_total", "accurate")) == []
    assert sees(kept, P) == ["Condition/both", "Condition/c"], "who keeps it reads it"
    assert wrong(kept) == []
    undone = undo(kept, Q, name)
    assert sees(kept, R) == [], "not before it is confirmed"
    answer(kept, P, undone)
    assert sees(kept, R) == ["Condition/both", "Condition/c"]
    assert wrong(kept) == []


def test_a_merge_opens_nothing(kept: Town) -> None:
    kept.sign(P, of("1", "a", EVERYBODY))
    kept.write(P, concern("of-both", "1", evidence=[{"detail": [ref("Patient/2")]}]))
    before = {who.person: (sees(kept, who), kept.search(who, "Patient")) for who in (P, Q, R)}
    merged(kept)
    assert {who.person: (sees(kept, who), kept.search(who, "Patient")) for who in (P, Q, R)} == before
    kept.sign(P, of("1", "newer", EVERYBODY))
    assert sees(kept, Q) == [*before[Q.person][0]], "what was granted for the one is not for the other"


def test_who_convenes_records_why_also_where_somebody_refused_by_another_name(two: Town) -> None:
    two.write(P, household("1"), case(), coordination("requested"))
    two.write(CO, coordination() | {"meta": {"versionId": "1"}})
    two.write(CONV, roster("p", "co"))
    two.write(CONV, conference("planned", "p"))
    two.sign(Q, of("2", "n", NOBODY))
    merged(two)
    assert refused(two.write, CONV, conference("in-progress", "p") | {"meta": {"versionId": "1"}}).endswith("R4")


def test_a_newer_paper_of_the_one_ends_no_refusal_of_the_other(two: Town) -> None:
    two.sign(Q, of("2", "n", NOBODY, dateTime="2026-11-20"))
    two.sign(P, of("1", "a", EVERYBODY, extension=[extension("replaces-earlier", valueBoolean=True)]))
    merged(two)
    assert sees(two, R) == []


def test_what_is_about_two_names_of_one_person_is_about_nobody_else(two: Town) -> None:
    two.write(P, concern("of-both", "1", evidence=[{"detail": [ref("Patient/2")]}]))
    assert two.search(SELF, "Condition") == ["Condition/both", "Condition/c"]
    merged(two)
    assert two.search(SELF, "Condition") == ["Condition/both", "Condition/c", "Condition/of-both"]
    assert not two.reads(SELF, "Patient/2")
    assert two.search(SELF, "Task") == []
    two.write(P, household("1"))
    broken = actor("em", "BTG")
    break_glass(two, broken, record="Patient/1")
    assert sees(two, broken) == ["Condition/both", "Condition/c", "Condition/of-both"]


def test_in_an_emergency_who_is_described_by_both_names_is_one_person(two: Town) -> None:
    """Before the merge nobody is certain; a description that fits one name alone opens that one."""
    described = {"name": [{"family": "水無瀬", "given": ["緑"]}], "birthDate": "1980-01-01"}
    for one in ("1", "2"):
        body = two.read(P, f"Patient/{one}")
        two.write(P if one == "1" else Q, body | {"name": described["name"], "birthDate": "1980-01-01"})
    broken = actor("em", "BTG")
    with pytest.raises(Problem, match="certain"):
        break_glass(two, broken, person=described)
    merged(two)
    done = break_glass(two, broken, person=described)
    assert done.meant.person == "Patient/2"
    assert {"Patient/1", "Patient/2"} <= done.meant.persons
    assert {"Condition/c", "Condition/d"} <= set(sees(two, broken))


def test_whom_a_member_of_staff_is_in_conflict_with_they_are_by_every_name(two: Town) -> None:
    two.sign(P, of("1", "a", EVERYBODY))
    merged(two)
    assert "Condition/c" in sees(two, R)
    said = Conflict("Practitioner/em", ("Patient/2",))
    two.run(two.gate.operate(LEAD, ("$declare-conflict",), lambda unit: declaring_conflict.declared(unit, said)))
    assert sees(two, R) == []
    assert sees(two, replace(R, person="Practitioner/co")) == ["Condition/both", "Condition/c"]


def test_a_protection_of_the_one_hides_what_is_about_the_other(kept: Town) -> None:
    kept.sign(P, of("1", "a", EVERYBODY))
    moved = concern("moved", "1", note=[{"text": "山陽町へ移った"}])
    kept.write(P, moved)
    name = merged(kept)
    assert "note" in kept.read(R, "Condition/moved")
    kept.protect(Q, "Patient/2", "Organization/other")
    assert "note" not in kept.read(R, "Condition/moved")
    assert wrong(kept) == []
    asked = undo(kept, P, name)
    answer(kept, Q, asked)
    assert "note" in kept.read(R, "Condition/moved")
    assert wrong(kept) == []


def test_of_a_protected_person_it_takes_an_officer_on_every_list(two: Town) -> None:
    two.write(P, patient("3"))
    two.protect(P, "Patient/1", "Practitioner/lead")
    assert refused(ask, two, P, "1", "3") == "forbidden D1", "alone, and not on the list"
    asked = ask(two, P, "1", "2")
    assert refused(answer, two, Q, asked) == "forbidden D1"
    two.of_list(LEAD, "$extend-protection", "Patient/1", named=("Practitioner/q",))
    answer(two, Q, asked)
    assert wrong(two) == []


def test_what_was_hidden_by_a_merge_is_found_again_when_that_is_undone(kept: Town) -> None:
    kept.write(P, patient("3", address=[{"city": "山陽町"}]))

    def finds() -> list[str]:
        return kept.search(P, "Patient", ("address-city", "山陽町"))

    assert finds() == ["Patient/3"]
    kept.protect(Q, "Patient/2", "Organization/other")
    name = merged(kept, "3")
    assert finds() == []
    assert "address" not in kept.read(P, "Patient/3")
    answer(kept, Q, undo(kept, P, name))
    assert finds() == ["Patient/3"]
    assert wrong(kept) == []


def test_of_three_names_each_is_the_person_and_one_merge_is_undone_without_the_other(two: Town) -> None:
    two.write(P, patient("3"), concern("e", "3"))
    two.sign(P, of("1", "a", EVERYBODY), of("3", "b", EVERYBODY))
    merged(two)
    ask(two, P, "3", "1")
    assert two.read(P, "Patient/1")["link"] == [
        {"other": ref("Patient/2"), "type": "replaced-by"},
        {"other": ref("Patient/3"), "type": "replaces"},
    ]
    assert refused(ask, two, P, "3", "2") == "business-rule P1"
    two.sign(Q, of("2", "n", NOBODY))
    assert sees(two, R) == []
    ask(two, P, "3", "1", undo=True, reason="別人だった")
    assert sees(two, R) == ["Condition/e"]
    ask(two, P, "1", "3")
    assert sees(two, R) == []
    answer(two, Q, ask(two, P, "2", "1", undo=True, reason="別人だった"))
    assert sees(two, R) == ["Condition/both", "Condition/c", "Condition/e"]
    assert "link" not in two.read(P, "Patient/2")
    assert refused(ask, two, P, "2", "1", undo=True, reason="別人だった") == "business-rule P1"
    assert wrong(two) == []


def test_the_lead_section_decides_alone_or_where_it_is_asked(two: Town) -> None:
    two.write(P, household("1"), case(), coordination("requested"))
    two.write(CO, coordination() | {"meta": {"versionId": "1"}})
    assert refused(ask, two, LEAD, "1", "2", reason="同じ人") == "not-found"
    assert refused(ask, two, P, "1", "2", decides=True) == "business-rule P6"
    asked = ask(two, P, "1", "2", decides=True, reason="相手の機関と連絡がつかない")
    assert refused(answer, two, Q, asked) == "not-found"
    assert refused(answer, two, LEAD, asked) == "business-rule P6"
    answer(two, LEAD, asked, reason="同じ人と確かめた")
    assert "link" in two.read(P, "Patient/2")
    assert wrong(two) == []


def test_the_link_that_was_shown_is_sent_back_and_not_written_and_no_other_is_a_clients_to_write(two: Town) -> None:
    two.write(Q, patient("3"))
    merged(two)
    shown = two.read(P, "Patient/1")
    two.write(P, shown | {"gender": "female"})
    assert two.read(P, "Patient/1")["link"] == shown["link"]
    assert all(b"link" not in row.body for row in two.stored("Patient"))
    own = two.read(P, "Patient/1")
    for links in ([{"other": ref("Patient/2"), "type": "refer"}], [{"other": ref("Patient/1"), "type": "replaces"}]):
        assert refused(two.write, P, own | {"link": links}) == "business-rule P3"
    two.write(Q, asking("other", "center", "2", "shown", status="cancelled") | {"meta": {"versionId": "1"}})
    assert not two.reads(P, "Patient/2")
    assert "link" not in two.read(P, "Patient/1")
    unseen = [refused(two.write, P, own | {"link": [{"other": ref(f"Patient/{one}"), "type": "replaced-by"}]})
              for one in ("2", "3", "nobody")]  # fmt: skip
    assert len(set(unseen)) == 1, "a guess is told nothing"


def test_the_task_is_the_servers_alone(two: Town) -> None:
    forged = asking("center", "other", "1", "forged") | {"code": concept("task-code", "merge")}
    assert "forbidden" in refused(two.write, P, forged | {"focus": ref("Patient/1")})
    name = merged(two)
    done = two.read(P, name)
    assert "forbidden" in refused(two.write, P, done | {"status": "entered-in-error"})
    assert "forbidden" in refused(two.write, Q, done | {"status": "cancelled"})
    assert "forbidden" in refused(two.delete, P, name)
    assert refused(undo, two, R, name) == "not-found"
    assert refused(ask, two, P, "1", "2", undo=True) == "business-rule P6"


def test_what_who_is_of_age_by_the_one_signed_alone_counts_for_nothing_who_is_none_by_the_other(two: Town) -> None:
    two.sign(P, of("1", "a", EVERYBODY))
    two.write(Q, patient("4", birthDate="2012-05-05"), asking("other", "center", "4", "shown-4"))
    name = merged(two, "1", "4")
    assert sees(two, R) == []
    assert wrong(two) == []
    answer(two, Q, undo(two, P, name))
    assert sees(two, R) == ["Condition/both", "Condition/c"]
    merged(two, "4", "1")
    two.sign(P, of("1", "later", EVERYBODY))
    assert sees(two, R) == [], "who files it is not told"
    assert wrong(two) == []


def test_who_has_died_by_the_one_name_is_nobody_living_by_the_other(two: Town) -> None:
    two.write(P, asking("center", "other", "1", "asked"))
    two.sign(P, of("1", "a", EVERYBODY))
    two.write(Q, patient("2", deceasedBoolean=True) | {"meta": {"versionId": "1"}})
    merged(two)
    two.write(Q, certified("grave", "2"))
    death = dying(day={"valueBoolean": True}, person="2", requester=ref("Organization/other"))
    two.write(Q, death)
    two.write(LEAD, death | {"status": "completed", "meta": {"versionId": "1"}})
    two.write(P, concern("after", "1"))
    assert sees(two, R) == ["Condition/both", "Condition/c"], "what was written before asks as it did"


COUNCILS = permit("Organization/council")


def signed_under_both(town: Town) -> Town:
    town.sign(P, of("1", "a", COUNCILS))
    town.sign(Q, of("2", "b", COUNCILS))
    assert sees(town, R) == ["Condition/both", "Condition/c", "Condition/d"]
    return town


def under(person: str, id: str, *to: str) -> Json:
    return word(id, *to, patient=ref(f"Patient/{person}"))


@pytest.mark.parametrize("to", [(), ("Organization/council",)])
def test_a_word_given_under_one_name_ends_what_was_signed_under_each(kept: Town, to: tuple[str, ...]) -> None:
    signed_under_both(kept)
    merged(kept)
    kept.write(P, under("1", "w", *to))
    assert sees(kept, R) == []
    assert {name: statuses(kept)[name] for name in "ab"} == {"a": "inactive", "b": "inactive"}
    kept.sign(Q, of("2", "older", COUNCILS, dateTime="2019-02-12"))
    assert sees(kept, R) == [], "nor does a paper that was signed before it and is filed now"
    assert wrong(kept) == []


def test_a_word_given_before_they_were_merged_is_about_each_from_then_on(kept: Town) -> None:
    signed_under_both(kept)
    kept.write(P, under("1", "w"))
    assert sees(kept, R) == ["Condition/d"]
    name = merged(kept)
    assert sees(kept, R) == []
    assert wrong(kept) == []
    answer(kept, Q, undo(kept, P, name))
    assert sees(kept, R) == [], "what has ended has ended: who consents again signs again"
    assert wrong(kept) == []


def test_what_a_merge_ends_is_on_its_event(kept: Town) -> None:
    signed_under_both(kept)
    kept.write(P, under("1", "w"))
    began, had = len(kept.trail()), {row.reference for row in kept.stored("Communication")}
    merged(kept)
    assert statuses(kept)["b"] == "inactive"
    events = [str(each) for each in kept.trail()[began:]]
    assert len([each for each in events if "Consent/b/_history/2" in each]) == 1
    letters = {row.reference for row in kept.stored("Communication")} - had
    assert letters
    assert all(any(letter in each for each in events) for letter in letters)


def test_what_one_agency_is_told_of_it_names_no_other_name(two: Town) -> None:
    signed_under_both(two)
    merged(two)
    two.write(P, under("1", "w"))
    for row in two.stored("Communication"):
        if b"consent-ended" in row.body:
            said = row.body.decode()
            assert not ("Patient/1" in said and "Patient/2" in said)
            assert ("Consent/a" in said) == ("Patient/1" in said)
    assert notices(two)["Organization/other"] == ["Consent/b"]
    assert sorted(notices(two)["Organization/council"]) == ["Consent/a", "Consent/b"]


def test_a_newer_paper_takes_the_place_of_those_of_its_own_name_alone(two: Town) -> None:
    two.sign(Q, of("2", "b", NOBODY, dateTime="2019-01-01"))
    merged(two)
    again = extension("replaces-earlier", valueBoolean=True)
    two.sign(P, of("1", "a", EVERYBODY, dateTime="2026-11-22", extension=[again]))
    assert statuses(two)["b"] == "active"
    assert sees(two, R) == [], "who refused under the one name refuses under the other"
