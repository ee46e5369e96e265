"""One transaction of changes: each sees those before it, and all of them stand or none does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import orjson
import pytest

from consent import trail, verdict
from consent.writing import after_image, change
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, all_prepared, prepared
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.conftest import CONV
from tests.unit.consent.explaining.trailed import event
from tests.unit.consent.test_carrying_out import CO, activity, decide, plan
from tests.unit.consent.test_labels import TAG, level, relabel
from tests.unit.consent.test_revoking import permit
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, case, concern, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.unit.consent.writing.test_whole_team import team
from tests.unit.consent.writing.within import OF_IT, TASK, found, version, within

P, Q = actor("p"), actor("q")
AT = "2026-11-23T12:00:00+09:00"
Json = dict[str, Any]
Method = Literal["create", "update", "delete"]


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), patient("2"), concern("c", "1"))
    return town


def of(resource: Json, method: Method = "create", **more: Any) -> Change:
    body = b"" if method == "delete" else orjson.dumps(resource)
    return Change(method, resource["resourceType"], resource["id"], body, **more)


def terms(town: Town, name: str, number: int | None = None) -> set[str]:
    return set(version(town, name, number).terms)


def test_what_is_of_a_record_that_is_made_after_it_is_about_whom_that_is(kept: Town) -> None:
    done = kept.commit(P, of(OF_IT), of(TASK | {"for": ref("Patient/2")}))
    assert ".subject Patient/2" in terms(kept, "Communication/of")
    assert [each.action for each in done] == ["create", "create"]
    assert ".subject Patient/2" in done[0].version.terms, "what is given back is what stands at the end"


def test_a_later_change_hands_on_to_an_earlier_one_and_what_was_not_there_is_deleted_by_nothing(kept: Town) -> None:
    kept.write(P, TASK)
    nothing = of(concern("none", "1"), "delete")
    first, gone, last = kept.commit(P, of(OF_IT), nothing, of(TASK | {"for": ref("Patient/2")} | again(), "update"))
    assert ".subject Patient/2" in first.version.terms
    assert (gone.was_nothing, gone.version.reference, gone.version.number) == (True, "Condition/none", 0)
    assert (last.action, last.version.number) == ("update", 2)


def test_what_is_wrong_with_a_change_is_said_by_where_it_was_asked_for(kept: Town) -> None:
    wrong = TASK | {"requester": ref("Organization/council")}
    with pytest.raises(Problem) as caught:
        kept.commit(P, of(concern("d", "1"), at="Bundle.entry[0]"), of(wrong, at="Bundle.entry[1]"))
    assert {each.at.partition(".resource")[0] for each in caught.value.issues} == {"Bundle.entry[1]"}
    assert not kept.reads(P, "Condition/d"), "none of it stands"


def test_it_is_known_which_records_are_new_by_what_is_asked(kept: Town) -> None:
    async def work(unit: UnitOfWork) -> list[bool]:
        names = "Condition/new", "Condition/c", "Condition/other"
        asked = all_prepared(unit.engine, [of(concern("new", "1")), of(concern("c", "1") | again(), "update")])
        beside = await UnitOfWork.begin(unit.engine, unit.tx, P, asked)
        before = [beside.creates(name) for name in names]
        beside.asked = all_prepared(unit.engine, [of(concern("other", "1"))])
        return before + [beside.creates(name) for name in names]

    assert within(kept, P, work) == [True, False, False, False, False, True]


def test_what_is_looked_at_is_what_is_being_written_else_what_stands(kept: Town) -> None:
    kept.write(P, concern("d", "1"))
    kept.delete(P, "Condition/d")

    async def work(unit: UnitOfWork) -> list[Any]:
        asked = all_prepared(unit.engine, [of(concern("c", "2") | again(), "update")])
        beside = await UnitOfWork.begin(unit.engine, unit.tx, P, asked)
        unseen = beside.look("Patient/1")
        for name in ("Condition/c", "Condition/d", "Condition/none", "Patient/1"):
            await beside.look_up(name)
        said = [beside.look(name) for name in ("Condition/c", "Condition/d", "Condition/none", "Patient/1")]
        return [unseen, said[0] and said[0]["subject"], *said[1:3], said[3] and said[3]["id"]]

    assert within(kept, P, work) == [None, ref("Patient/2"), None, None, "1"]


def test_what_was_read_inside_goes_on_the_trail_and_what_was_denied_is_kept_for_where_all_is_undone(kept: Town) -> None:
    read, denied = event(AT), event(AT, outcome=trail.DENIED)

    async def work(unit: UnitOfWork) -> list[Any]:
        unit.note(read)
        unit.note(denied)
        return unit.denied

    before = len(kept.trail())
    assert within(kept, P, work) == [denied]
    assert len(kept.trail()) == before + 2


def test_a_label_that_is_there_makes_no_version_and_another_does(kept: Town) -> None:
    relabel(kept, P, "Condition/c", "$meta-add", tag=[TAG])
    assert version(kept, "Condition/c").number == 2
    relabel(kept, P, "Condition/c", "$meta-add", tag=[TAG])
    assert version(kept, "Condition/c").number == 2
    relabel(kept, P, "Condition/c", "$meta-delete", tag=[TAG])
    assert version(kept, "Condition/c").number == 3
    kept.write(P, concern("c", "1") | again(3))
    assert version(kept, "Condition/c").number == 4, "an update is a version, whatever it says"


def test_a_link_to_another_patient_and_a_team_that_is_not_shown_whole_are_refused(kept: Town) -> None:
    linked = patient("1", link=[{"other": ref("Patient/2"), "type": "seealso"}]) | again()
    with pytest.raises(Problem) as caught:
        kept.write(P, linked)
    assert caught.value.kind == "business-rule"
    kept.write(P, team("secret", "1"))
    kept.protect(P, "Patient/1", "Organization/lead")
    with pytest.raises(Problem, match="not shown to you whole"):
        kept.sign(P, consent("a", provision=permit("CareTeam/secret")))


def test_what_comes_to_be_about_a_protected_person_is_hidden_in_what_stood_before(kept: Town) -> None:
    kept.protect(P, "Patient/2", "Organization/lead")
    assert ".secluded yes" not in terms(kept, "Condition/c")
    kept.write(P, concern("c", "2") | again())
    assert all(".secluded yes" in terms(kept, "Condition/c", number) for number in (1, 2))


def test_a_record_is_hidden_as_the_person_it_is_about_is_protected_in_that_transaction(kept: Town) -> None:
    (protected, *_) = kept.protect(P, "Patient/1", "Organization/lead")
    assert protected.version.number == 2
    assert ".secluded yes" in terms(kept, "Condition/c")


def test_a_version_that_the_server_puts_hands_on_whom_it_is_about(kept: Town) -> None:
    kept.write(P, TASK, OF_IT)

    async def work(unit: UnitOfWork) -> set[str]:
        before = await found(unit.tx, "Task/t")
        assert await unit.look_up("Communication/of")
        ready = prepared(unit.engine, of(TASK | {"for": ref("Patient/2")}, "update"))
        made = await after_image.of(unit, ready, before, Own())
        await unit.put(made.version, made.resource, before)
        grown = await unit.look_up("Communication/of")
        return set(grown.terms) if grown else set()

    assert ".subject Patient/2" in within(kept, P, work), "what was known of it is asked anew"


def test_terms_that_are_given_to_a_version_that_stands_are_what_it_opens_by_from_then_on(kept: Town) -> None:
    kept.sign(P, consent("a"))
    assert kept.search(Q, "Condition") == ["Condition/c"]

    async def work(unit: UnitOfWork) -> tuple[bool, bool]:
        stood = await found(unit.tx, "Consent/a")
        before = await unit.sees(await found(unit.tx, "Condition/c"))
        aged = f"{verdict.AGED} {unit.tx.instant} {verdict.UNFOUNDED}"
        await unit.amend(replace(stood, terms=tuple(sorted({*stood.terms, aged}))), stood)
        return before, await unit.sees(await found(unit.tx, "Condition/c"))

    assert within(kept, Q, work) == (True, False)
    assert kept.search(Q, "Condition") == []
    assert version(kept, "Consent/a").number == 1


def test_the_duties_are_asked_of_each_change_as_what_it_is(kept: Town) -> None:
    kept.write(P, household("1"), case(), coordination("requested"))
    kept.write(CO, coordination() | again())
    with pytest.raises(Problem) as caught:
        kept.delete(P, "CarePlan/k")
    assert caught.value.rules
    asked = TASK | {"id": "u"}
    kept.write(P, asked)
    kept.write(Q, asked | {"status": "accepted"} | again())
    with pytest.raises(Problem, match="R5"):
        kept.write(Q, asked | {"status": "rejected"} | again(2))


def test_the_minutes_of_a_meeting_are_not_deleted(open_: Town) -> None:
    """Which meeting they are of is looked up as they are to be deleted."""
    minutes: Json = {"resourceType": "Composition", "id": "n", "status": "preliminary", "type": {"text": "議事録"}}
    minutes |= {"date": "2026-11-23", "author": [ref("PractitionerRole/conv")], "title": "議事録"}
    open_.write(CONV, minutes | {"encounter": ref("Encounter/m"), "subject": ref("Group/g")})
    with pytest.raises(Problem) as caught:
        open_.delete(CONV, "Composition/n")
    assert caught.value.rules == ("R36",)
    assert not version(open_, "Composition/n").deleted


def test_only_who_keeps_a_record_takes_a_label_off_and_a_new_one_has_none_to_lose(kept: Town) -> None:
    kept.write(P, TASK | {"meta": {"security": [level("R")]}})
    with pytest.raises(Problem) as caught:
        kept.write(Q, TASK | {"status": "accepted", "meta": {"versionId": "1", "security": [level("N")]}})
    assert "P1" in caught.value.rules
    kept.write(Q, TASK | {"status": "accepted"} | again())


def test_as_roles_are_decided_the_plan_they_were_decided_on_is_marked(open_: Town) -> None:
    open_.write(P, plan(activity()))
    decide(open_, "other", "center")
    assert f"{verdict.DECIDED} yes" in terms(open_, "CarePlan/plan")


def test_every_id_that_is_given_is_another_and_tells_nothing() -> None:
    given = {change.new_id() for _ in range(50)}
    assert len(given) == 50
    assert {(len(each), each[14]) for each in given} == {(36, "4")}
