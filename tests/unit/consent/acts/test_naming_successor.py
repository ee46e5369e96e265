"""An agency has ended and another is named its successor: what that opens, what it leaves shut, and who may say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.acts import declaring_conflict, merging, naming_successor
from consent.acts.declaring_conflict import Conflict
from consent.acts.merging import Merge, Named
from consent.acts.naming_successor import Naming
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from consent.explaining import explain
from consent.reading.reading import Reading
from consent.views import asked_as
from resources.record import envelope
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, term
from resources.store.port import Transaction
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.test_transferring import CARD, EVERYBODY, ON_BOTH, again, answer, offer, refused, wrong
from tests.unit.consent.explaining.test_who_can_see import seen
from tests.unit.consent.people import NOW, SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, LEAD, CONV, EM, AUD = (actor(name) for name in ("p", "q", "co", "lead", "conv", "em", "aud"))
CENTER, OTHER, COUNCIL = (f"Organization/{id}" for id in ("center", "other", "council"))
WHY = "事業の終了に伴い、引き継ぐ"
ALL = ("Patient/1", "Patient/2", "Group/g", "CarePlan/k", "Condition/c", "Condition/d")


def end(town: Town, agency: str = CENTER, staff: tuple[str, ...] = ("p",)) -> None:
    """The posts of an agency end, and it does."""
    for id in staff:
        town.write(INSTALLER, again(_stored(town, "PractitionerRole", id), active=False))
    town.write(INSTALLER, again(_stored(town, "Organization", agency.partition("/")[2]), active=False))


def name(
    town: Town, who: Actor = LEAD, former: str = CENTER, to: str = OTHER, reason: str = WHY, *, undo: bool = False
) -> Transferred:
    said = Naming(former, "" if undo else to, reason, undo)
    return town.run(town.gate.operate(who, ("$name-successor", former), partial(naming_successor.named, said=said)))


def _custodians(town: Town, type: str) -> dict[str, str]:
    return {each.id: envelope.value(each.terms, ".custodian") for each in town.stored(type)}


def _asked_as(town: Town, who: Actor) -> frozenset[str]:
    async def look() -> frozenset[str]:
        async with town.store.snapshot() as view:
            return await asked_as.of(await Reading.begin(town.gate.engine, view, who))

    return town.run(look())


def _stored(town: Town, type: str, id: str) -> Json:
    found: Json = next(orjson.loads(each.body) for each in town.stored(type) if each.id == id)
    return found


@pytest.fixture
def succeeded(kept: Town) -> Town:
    end(kept)
    name(kept)
    return kept


def request(**elements: Any) -> Json:
    """The council asks the center about a person whom it registered."""
    task: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/7"), "requester": ref(COUNCIL), "owner": ref(CENTER)}
    return task | elements


@ON_BOTH
def test_the_successor_reads_and_goes_on_with_what_the_former_kept(kept: Town) -> None:
    end(kept)
    assert not any(kept.reads(Q, each) for each in ALL)
    task = name(kept).task
    assert all(kept.reads(Q, each) for each in ALL)
    assert sorted(kept.search(Q, "Condition")) == ["Condition/c", "Condition/d"]
    kept.write(Q, again(concern("c", "1"), note=[{"text": "続き"}]))
    assert kept.read(Q, "Condition/c")["meta"]["versionId"] == "2"
    kept.write(Q, concern("e", "1"))
    assert _custodians(kept, "Condition") == {"c": CENTER, "d": CENTER, "e": OTHER}, "who kept what stays so"
    assert not any(kept.reads(who, each) for who in (P, CO, EM, LEAD, AUD) for each in (*ALL, "Condition/e"))
    assert kept.reads(Q, task.reference)
    assert kept.reads(LEAD, task.reference)
    assert not any(kept.reads(who, task.reference) for who in (P, CO, EM))
    assert wrong(kept) == []


@ON_BOTH
def test_undone_it_opens_nothing_from_the_next_request_on(kept: Town) -> None:
    end(kept)
    name(kept)
    kept.write(Q, again(concern("c", "1"), note=[{"text": "続き"}]))
    name(kept, reason="指定を誤った", undo=True)
    assert not any(kept.reads(Q, each) for each in ALL)
    assert kept.search(Q, "Condition") == []
    assert wrong(kept) == []
    name(kept, to=COUNCIL)
    assert all(kept.reads(EM, each) for each in ALL)
    assert not kept.reads(Q, "Condition/c")
    assert wrong(kept) == []


def test_what_is_asked_of_the_former_or_by_it_is_the_successors_to_answer(kept: Town) -> None:
    kept.write(EM, patient("7"), request())
    asked: Json = request(id="s", requester=ref(CENTER), owner=ref(COUNCIL), **{"for": ref("Patient/1")})
    kept.write(P, asked)
    end(kept)
    assert not kept.reads(Q, "Task/r")
    name(kept)
    assert kept.reads(Q, "Task/r")
    assert set(kept.read(Q, "Patient/7")) <= CARD
    assert sorted(kept.search(Q, "Task", ("owner", CENTER))) == ["Task/r"]
    accepted = again(request(), status="accepted", owner=ref("PractitionerRole/q"))
    kept.write(Q, accepted)
    assert kept.read(EM, "Task/r")["status"] == "accepted"
    outcome = {"type": concept("task-outcome", "supported"), "valueString": "面談した"}
    assert refused(kept, lambda town: town.write(Q, again(accepted, 2, status="rejected"))).endswith("R5")
    kept.write(Q, again(accepted, 2, status="completed", output=[outcome]))
    assert kept.reads(Q, "Task/s")
    kept.write(Q, again(asked, status="cancelled"))
    assert wrong(kept) == []


def notices(town: Town, who: Actor) -> list[Json]:
    """What the directory's notices that somebody reads say, and of which agencies."""
    found = [town.read(who, each) for each in town.search(who, "Communication", ("category", "directory-notice"))]
    return [each for each in found if each["about"] == [ref(CENTER), ref(OTHER)]]


@ON_BOTH
def test_who_has_an_open_request_with_the_former_is_told_who_succeeds_it_and_nobody_else(kept: Town) -> None:
    kept.write(EM, patient("7"), request(), request(id="again"))
    kept.write(P, request(id="s", requester=ref(CENTER), owner=ref("Organization/lead"), **{"for": ref("Patient/1")}))
    end(kept)
    assert [len(notices(kept, who)) for who in (EM, LEAD, Q)] == [0, 0, 0]
    name(kept)
    [told] = notices(kept, EM)
    assert told["about"] == [ref(CENTER), ref(OTHER)]
    assert told["recipient"] == [ref(COUNCIL)]
    assert not [each for each in ("Patient/", "Task/") if each in str(told)]
    assert len(notices(kept, LEAD)) == 1, "whom the former had asked is told too"
    assert [notices(kept, who) for who in (Q, P)] == [[], []]
    name(kept, reason="指定を誤った", undo=True)
    assert len(notices(kept, EM)) == 2
    assert wrong(kept) == []


def test_who_is_answered_already_is_told_nothing(kept: Town) -> None:
    kept.write(EM, patient("7"), request())
    kept.write(EM, again(request(), status="cancelled"))
    end(kept)
    name(kept)
    assert notices(kept, EM) == []


def test_of_a_chain_those_are_told_who_asked_the_first(kept: Town) -> None:
    kept.write(EM, patient("7"), request())
    town_hall: Json = {"resourceType": "Organization", "id": "third", "name": "もう一つの機関", "active": True}
    kept.write(INSTALLER, town_hall)
    end(kept)
    name(kept)
    end(kept, OTHER, ("q",))
    name(kept, former=OTHER, to="Organization/third")
    told = [kept.read(EM, each)["about"] for each in kept.search(EM, "Communication")]
    assert [ref(CENTER), ref(OTHER)] in told
    assert [ref(OTHER), ref("Organization/third")] in told


@ON_BOTH
def test_a_merge_on_a_file_of_the_former_is_asked_in_the_successors_own_name(kept: Town) -> None:
    kept.write(EM, patient("7"), request())
    end(kept)
    name(kept)
    said = Merge(Named("Patient/1"), Named("Patient/7"))
    task = kept.run(kept.gate.operate(Q, ("$merge",), partial(merging.asked, merge=said))).task
    assert task
    body = kept.read(Q, task.reference)
    assert (body["requester"], body["owner"]) == (ref(OTHER), ref(COUNCIL))
    assert wrong(kept) == []
    yes = partial(merging.answered, answer=Reply(task.id, True, "確かめた"))
    kept.run(kept.gate.operate(EM, ("$merge",), yes))
    assert kept.read(Q, task.reference)["status"] == "completed"
    assert wrong(kept) == []


def test_a_merge_that_the_successor_asked_comes_to_nothing_where_that_is_undone(kept: Town) -> None:
    kept.write(EM, patient("7"), request())
    end(kept)
    name(kept)
    said = Merge(Named("Patient/1"), Named("Patient/7"))
    task = kept.run(kept.gate.operate(Q, ("$merge",), partial(merging.asked, merge=said))).task
    assert task
    name(kept, reason="指定を誤った", undo=True)
    yes = partial(merging.answered, answer=Reply(task.id, True, "確かめた"))
    assert refused(kept, lambda town: town.run(town.gate.operate(EM, ("$merge",), yes))) == "business-rule P1"
    no = partial(merging.answered, answer=Reply(task.id, False, "別の人だった"))
    kept.run(kept.gate.operate(EM, ("$merge",), no))
    assert wrong(kept) == []


def test_nobody_begins_anything_in_the_name_of_an_agency_that_has_ended(succeeded: Town) -> None:
    asked = request(requester=ref(CENTER), owner=ref(COUNCIL), **{"for": ref("Patient/1")})
    assert refused(succeeded, lambda town: town.write(Q, asked)).endswith("P2")
    succeeded.write(Q, asked | {"requester": ref(OTHER)})
    assert succeeded.reads(EM, "Task/r"), "it has in care whom the former had"
    letter: Json = {"resourceType": "Communication", "id": "l", "status": "completed", "sender": ref(CENTER)}
    letter |= {"recipient": [ref(COUNCIL)], "payload": [{"contentString": "連絡"}]}
    assert refused(succeeded, lambda town: town.write(Q, letter)).endswith("P2")


def test_a_system_of_the_former_reads_and_writes_nothing_while_another_keeps_its_files(kept: Town) -> None:
    system = replace(SYSTEM, client="theirs", now=P.now)
    assert kept.reads(system, "Condition/c")
    end(kept)
    name(kept)
    assert not any(kept.reads(system, each) for each in ALL)
    assert kept.search(system, "Condition") == []
    for body in (concern("e", "1"), again(concern("c", "1"), note=[{"text": "続き"}])):
        with pytest.raises(Problem):
            kept.write(system, body)
    name(kept, undo=True)
    assert kept.reads(system, "Condition/c")


def test_no_post_of_the_former_begins_after_another_was_named_to_keep_its_files(kept: Town) -> None:
    later: Json = {"resourceType": "PractitionerRole", "id": "n", "practitioner": ref("Practitioner/n")}
    later |= {"organization": ref(CENTER), "code": [concept("role", "officer")], "period": {"start": "2027-04-01"}}
    kept.write(INSTALLER, {"resourceType": "Practitioner", "id": "n"}, later)
    end(kept)
    assert refused(kept, name) == "business-rule P1", "it would read beside the successor from that day on"
    end_of = later["period"] | {"end": "2027-04-01"}
    kept.write(INSTALLER, again(later, period=end_of))
    assert refused(kept, name) == "business-rule P1"
    kept.write(INSTALLER, again(later, 2, active=False))
    name(kept)
    assert kept.reads(Q, "Condition/c")


def test_what_names_a_desk_or_a_post_of_the_former_is_asked_of_its_successor(kept: Town) -> None:
    desk, post = "HealthcareService/desk", "PractitionerRole/p"
    kept.write(EM, patient("7"), request(id="r1", owner=ref(desk)), request(id="r2", owner=ref(post)))
    end(kept)
    assert not {desk, post} & _asked_as(kept, Q)
    name(kept)
    assert {CENTER, desk, post} <= _asked_as(kept, Q), "the worklist looks for all of them"
    assert not {desk, post} & _asked_as(kept, CO)
    kept.write(Q, again(request(id="r1", owner=ref(desk)), status="accepted"))
    assert kept.read(EM, "Task/r1")["status"] == "accepted"
    name(kept, undo=True)
    assert not {CENTER, desk, post} & _asked_as(kept, Q)


def test_between_the_two_a_request_opens_nothing_and_gives_no_care(kept: Town) -> None:
    kept.write(P, request(requester=ref(CENTER), owner=ref(OTHER), **{"for": ref("Patient/1")}))
    end(kept)
    name(kept)
    kept.write(Q, again(kept.read(Q, "Task/r"), status="accepted"))
    late = request(id="late", requester=ref(OTHER), owner=ref(CENTER), **{"for": ref("Patient/1")})
    kept.write(Q, late)
    assert not [each for each in kept.stored("Task") if each.id == "late" and ".counts yes" in each.terms]
    name(kept, undo=True)
    assert not kept.reads(Q, "Condition/c")
    assert wrong(kept) == []


def test_consents_to_the_former_open_nothing_to_the_successor_and_refusals_bind_it(kept: Town) -> None:
    kept.write(EM, patient("7"), concern("x", "7"))
    mine = {"patient": ref("Patient/7"), "performer": [ref("Patient/7")], "organization": [ref(COUNCIL)]}
    to = consent("a", **mine)
    to["provision"] = to["provision"] | {"actor": [to["provision"]["actor"][0] | {"reference": ref(CENTER)}]}
    kept.sign(EM, to)
    assert kept.reads(P, "Condition/x")
    end(kept)
    name(kept)
    assert not kept.reads(Q, "Condition/x")
    assert not kept.reads(Q, "Consent/a"), "it names the former, and nobody told the successor"
    told = [each.reference for each in kept.stored("Communication") if b"consent-notice" in each.body]
    assert all(kept.reads(Q, each) for each in told), "the letters of the former are its to read, and open nothing"
    assert told
    assert sorted(kept.search(Q, "Condition")) == ["Condition/c", "Condition/d"]
    kept.sign(EM, consent("b", **mine, provision=EVERYBODY))
    assert kept.reads(Q, "Condition/x"), "it is to everybody"
    no = consent("n", **mine)
    no["provision"] = no["provision"] | {"type": "deny", "actor": to["provision"]["actor"]}
    no["policyRule"] = {"coding": [to["policyRule"]["coding"][0] | {"code": "OPTOUT"}]}
    kept.sign(EM, no | {"provision": no["provision"]})
    assert not kept.reads(Q, "Condition/x"), "what was refused to the former is refused to its successor"


def test_a_consent_that_the_successor_files_on_the_formers_paper_opens_what_both_kept(kept: Town) -> None:
    end(kept)
    name(kept)
    to = consent("a", organization=[ref(OTHER)])
    to["provision"] = to["provision"] | {"actor": [to["provision"]["actor"][0] | {"reference": ref(COUNCIL)}]}
    assert not kept.reads(EM, "Condition/c")
    kept.sign(Q, to)
    kept.write(Q, concern("e", "1"))
    assert kept.reads(EM, "Condition/c")
    assert kept.reads(EM, "Condition/e")
    assert wrong(kept) == []


def test_a_protected_persons_place_stays_hidden_until_who_is_on_the_list_extends_it(kept: Town) -> None:
    address = [{"text": "水無瀬町1-1"}]
    kept.write(P, again(patient("1", address=address)))
    kept.protect(P, "Patient/1", "HealthcareService/desk", "PractitionerRole/p")
    end(kept)
    name(kept)
    assert kept.reads(Q, "Patient/1")
    assert "address" not in kept.read(Q, "Patient/1")
    kept.of_list(LEAD, "$extend-protection", "Patient/1", "後を継いだ機関の担当", named=(OTHER,))
    assert kept.read(Q, "Patient/1")["address"] == address


def test_who_is_in_conflict_with_a_person_of_the_former_sees_nothing_of_them(kept: Town) -> None:
    kept.write(P, concern("z", "2"))
    end(kept)
    said = Conflict("Practitioner/q", ("Patient/1",))
    kept.run(kept.gate.operate(LEAD, ("$declare-conflict",), partial(declaring_conflict.declared, asked=said)))
    name(kept)
    assert not kept.reads(Q, "Condition/c")
    assert not kept.reads(Q, "Group/g")
    assert kept.reads(Q, "Condition/z")


def test_a_chain_ends_with_whom_it_was_named_last(kept: Town) -> None:
    kept.write(Q, patient("8"), concern("o", "8"))
    end(kept)
    name(kept)
    end(kept, OTHER, ("q",))
    name(kept, former=OTHER, to=COUNCIL)
    assert all(kept.reads(EM, each) for each in (*ALL, "Patient/8", "Condition/o"))
    assert not any(kept.reads(Q, each) for each in (*ALL, "Patient/8"))
    name(kept, former=CENTER, undo=True)
    assert not any(kept.reads(EM, each) for each in ALL)
    assert kept.reads(EM, "Condition/o")
    assert wrong(kept) == []


def test_only_the_lead_section_names_of_what_has_ended_and_to_whom_it_does_not_act_for(kept: Town) -> None:
    assert refused(kept, name) == "business-rule P1", "the agency goes on"
    kept.write(INSTALLER, again(_stored(kept, "Organization", "center"), active=False))
    assert refused(kept, name) == "business-rule P1", "somebody holds a post there"
    kept.write(INSTALLER, again(_stored(kept, "PractitionerRole", "p"), active=False))
    for who in (P, Q, CO, CONV, AUD, EM, INSTALLER, actor("lead", "audit-review"), actor("lead", "statistics")):
        assert refused(kept, name, who) == "forbidden P1", who
    kept.write(INSTALLER, again(_stored(kept, "Organization", "council"), partOf=ref("Organization/lead")))
    for to in ("Organization/lead", COUNCIL):
        assert refused(kept, lambda town, to=to: name(town, to=to)) == "forbidden P1", to
    for to in (CENTER, "Organization/none", "Patient/1", ""):
        assert refused(kept, lambda town, to=to: name(town, to=to)) == "business-rule P1", to
    assert refused(kept, lambda town: name(town, reason="")) == "business-rule P1"
    assert refused(kept, lambda town: name(town, undo=True)) == "business-rule P1", "nothing to undo"
    assert refused(kept, lambda town: name(town, former="Organization/none")) == "not-found"
    assert refused(kept, lambda town: name(town, former="Patient/1")) == "not-found"
    name(kept)
    assert refused(kept, name) == "business-rule P1", "it is named already"
    assert refused(kept, lambda town: name(town, Q, undo=True)) == "forbidden P1"
    assert refused(kept, lambda town: name(town, reason="", undo=True)) == "business-rule P1"


def test_an_agency_that_is_succeeded_is_not_revived_and_gets_no_staff(succeeded: Town) -> None:
    center = _stored(succeeded, "Organization", "center")
    assert refused(succeeded, lambda town: town.write(INSTALLER, again(center, 2, active=True))).endswith("P12")
    bare = {each: value for each, value in center.items() if each != "active"}
    assert refused(succeeded, lambda town: town.write(INSTALLER, again(bare, 2))).endswith("P12")
    succeeded.write(INSTALLER, again(center, 2, name="旧センター"))
    post = again(_stored(succeeded, "PractitionerRole", "p"), 2, active=True)
    assert refused(succeeded, lambda town: town.write(INSTALLER, post)).endswith("P12")
    new: Json = {"resourceType": "PractitionerRole", "id": "n", "practitioner": ref("Practitioner/q")}
    new |= {"organization": ref(CENTER), "code": [concept("role", "officer")]}
    assert refused(succeeded, lambda town: town.write(INSTALLER, new)).endswith("P12")
    succeeded.write(INSTALLER, new | {"period": {"end": "2020-03-31"}})
    name(succeeded, undo=True)
    succeeded.write(INSTALLER, again(_stored(succeeded, "Organization", "center"), 3, active=True))
    succeeded.write(INSTALLER, post)
    assert succeeded.reads(P, "Condition/c")
    assert not succeeded.reads(Q, "Condition/c")


def test_nothing_is_handed_over_between_an_agency_and_its_successor(succeeded: Town) -> None:
    assert refused(succeeded, lambda town: offer(town, Q)) == "business-rule P1", "it would keep it once that is undone"
    task = offer(succeeded, Q, to=COUNCIL).task.reference
    answer(succeeded, EM, task)
    assert wrong(succeeded) == []


def test_the_household_has_one_open_case_with_the_successor_too(succeeded: Town) -> None:
    assert refused(succeeded, lambda town: town.write(Q, case("k2"))).endswith("R37")


def test_the_task_is_the_servers_and_its_owner_takes_note(succeeded: Town) -> None:
    [task] = [succeeded.read(Q, each) for each in succeeded.search(Q, "Task", ("owner", OTHER))]
    assert task["focus"] == ref(CENTER)
    for who in (LEAD, Q, EM):
        for changes in (
            {"status": "cancelled"},
            {"status": "accepted"},
            {"owner": ref(COUNCIL)},
            {"focus": ref(OTHER)},
        ):
            with pytest.raises(Problem):
                succeeded.write(who, task | changes)
    forged = {each: task[each] for each in ("resourceType", "status", "intent", "code", "focus")}
    for who, owner in ((LEAD, COUNCIL), (Q, OTHER), (EM, COUNCIL)):
        wanted = forged | {"id": f"x{who.person[-2:]}".replace("/", ""), "owner": ref(owner)}
        assert refused(succeeded, lambda town, who=who, wanted=wanted: town.write(who, wanted)).startswith("forbidden")
    succeeded.write(Q, task | {"status": "completed"})
    assert succeeded.reads(Q, "Condition/c")
    assert wrong(succeeded) == []
    with pytest.raises(Problem):
        succeeded.delete(LEAD, f"Task/{task['id']}")
    assert succeeded.reads(Q, "Condition/c")


def test_a_succession_that_nobody_named_is_found_by_a_check(kept: Town) -> None:
    end(kept)
    task = name(kept).task
    end(kept, COUNCIL, ("co", "em"))

    async def forge(tx: Transaction) -> None:
        found = await tx.get("Task", task.id, within=EVERYTHING)
        assert found
        terms = tuple(sorted({*found.terms, term(".succeeded", COUNCIL)}))
        await tx.amend(task.reference, {1: terms}, None)

    kept.run(kept.store.transact(forge))
    assert any(each.startswith(task.reference) for each in wrong(kept))


def test_it_is_told_who_can_see_and_by_what_and_of_the_past_what_was(kept: Town) -> None:
    end(kept)
    task = name(kept).task.reference
    assert seen(kept, Q, "Patient/1") == {"P1": {OTHER: 5}}
    assert seen(kept, Q, "Patient/1", NOW - timedelta(seconds=1)) == {}
    found = kept.run(explain.explain(kept.gate, Q, explain.Question("Condition", "c")))
    assert task in str(found), "it names the succession as evidence"


def test_of_what_is_told_to_others_nothing_rests_on_a_naming_that_they_may_not_read(kept: Town) -> None:
    kept.write(EM, patient("7"), request())
    before = seen(kept, EM, "Patient/7")
    assert CENTER in before["P2"]
    end(kept)
    name(kept)
    assert kept.reads(Q, "Task/r")
    assert seen(kept, EM, "Patient/7") == before
