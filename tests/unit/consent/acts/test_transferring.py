"""The keeping of a record is handed over: what each side reads, writes and says, and what a check finds where not."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Any

import orjson
import pytest

from consent.actor import Actor, Scope
from consent.acts import transferring
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from consent.acts.transferring import Offer
from consent.maintenance.checking import Check
from consent.maintenance.reindexing import Reindexing
from resources.record import keeping
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, term
from resources.store.open import ledger
from resources.store.port import Transaction
from tests.laws.worlds import concept, index, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import (
    BOTH_STORES,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    patient,
    roster,
    taken_on,
)
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, LEAD, EM, AUD = (actor(name) for name in ("p", "q", "co", "lead", "em", "aud"))
OTHER, CENTER = "Organization/other", "Organization/center"
CARD = {"resourceType", "id", "meta", "name", "gender", "birthDate", "telecom"}
EVERYBODY: Json = {"type": "permit"}


def again(resource: Json, number: int = 1, **elements: Any) -> Json:
    return resource | {"meta": {"versionId": str(number)}} | elements


def offer(town: Town, who: Actor = P, record: str = "Condition/c", to: str = OTHER, reason: str = "") -> Transferred:
    do = partial(transferring.offered, offer=Offer(record, to, reason))
    return town.run(town.gate.operate(who, ("$transfer", record), do))


def answer(town: Town, who: Actor, task: str, *, accept: bool = True, reason: str = "") -> Transferred:
    do = partial(transferring.answered, answer=Reply(task.removeprefix("Task/"), accept, reason))
    return town.run(town.gate.operate(who, ("$transfer", task), do))


def hand(town: Town, record: str = "Condition/c", reason: str = "") -> Transferred:
    """The center offers a record, and the other agency accepts it."""
    return answer(town, Q, offer(town, record=record).task.reference, reason=reason)


def refused(town: Town, what: Any, *said: Any, **more: Any) -> str:
    """The kind of the refusal and the rule that it names."""
    with pytest.raises(Problem) as caught:
        what(town, *said, **more)
    return f"{caught.value.kind} {' '.join(issue.rule for issue in caught.value.issues if issue.rule)}".strip()


def numbers(town: Town, who: Actor, name: str) -> list[int]:
    """The versions of a record that this one reads."""
    found = []
    for number in (1, 2, 3, 4):
        try:
            town.read(who, name, number)
        except Problem:
            continue
        found.append(number)
    return found


def wrong(town: Town) -> list[str]:
    """What a check of the whole store finds."""
    with closing(ledger(town.address or str(town.folder))) as laid_open:
        check = Check(laid_open, index())
        return [f"{one.at} {one.text}" for span in laid_open.spans(200) for one in check.span(span).differences]


ON_BOTH = pytest.mark.parametrize("kept", BOTH_STORES, indirect=True)
"""What rests on the rows and terms of a store is asked of both."""


@ON_BOTH
def test_the_taker_keeps_what_is_written_from_then_on_and_the_giver_what_was_before(kept: Town) -> None:
    kept.sign(P, consent("a", provision=EVERYBODY))
    hand(kept)
    assert kept.read(Q, "Condition/c")["meta"]["versionId"] == "1", "by consent"
    kept.write(Q, again(concern("c", "1"), note=[{"text": "続き"}]))
    assert kept.search(P, "Condition") == ["Condition/d"]
    assert numbers(kept, P, "Condition/c") == [1]
    assert numbers(kept, Q, "Condition/c") == [1, 2]
    kept.write(P, again(consent("a", provision=EVERYBODY), status="inactive"))
    assert numbers(kept, Q, "Condition/c") == [2]
    assert kept.search(Q, "Condition") == ["Condition/c"]
    with pytest.raises(Problem, match="Condition/c"):
        kept.write(P, again(concern("c", "1"), 2))
    kept.delete(Q, "Condition/c")
    assert wrong(kept) == []


def test_without_consent_or_a_decision_the_taker_reads_and_writes_nothing_of_it(kept: Town) -> None:
    hand(kept)
    assert (numbers(kept, Q, "Condition/c"), kept.search(Q, "Condition")) == ([], [])
    with pytest.raises(Problem, match="Condition/c"):
        kept.write(Q, again(concern("c", "1")))
    kept.delete(Q, "Condition/c")
    assert sorted(kept.search(P, "Condition")) == ["Condition/c", "Condition/d"], "the giver keeps what it wrote"
    assert wrong(kept) == []


def test_what_was_handed_over_is_no_more_the_givers_to_write_on(kept: Town) -> None:
    hand(kept)
    with pytest.raises(Problem, match="its taker writes what follows") as caught:
        kept.write(P, again(concern("c", "1")))
    assert caught.value.kind == "forbidden"
    with pytest.raises(Problem, match="its taker writes what follows"):
        kept.delete(P, "Condition/c")


def test_until_it_is_accepted_nothing_changes(kept: Town) -> None:
    task = offer(kept).task.reference
    assert (kept.reads(P, task), kept.reads(Q, task), kept.reads(CO, task), kept.reads(LEAD, task)) == (
        *(True, True),
        *(False, False),
    )
    kept.write(P, again(concern("c", "1"), note=[{"text": "続き"}]))
    assert kept.search(Q, "Condition") == []
    assert kept.read(Q, task)["focus"] == ref("Condition/c")
    answer(kept, Q, task)
    assert numbers(kept, P, "Condition/c") == [1, 2]
    assert wrong(kept) == []


@ON_BOTH
def test_the_lead_section_opens_it_for_a_reason_and_the_giver_reads_none_after(kept: Town) -> None:
    done = hand(kept, reason="経過を知らないと支援できない")
    asked = done.records[-1].reference
    assert kept.read(LEAD, asked)["owner"] == ref("Organization/lead")
    assert refused(kept, answer, LEAD, asked) == "business-rule P6", "without a reason"
    assert refused(kept, answer, Q, asked, reason="自分で") == "forbidden P6"
    assert refused(kept, answer, P, asked, reason="自分で") == "not-found"
    made = answer(kept, LEAD, asked, reason="必要と認める")
    assert orjson.loads(made.task.body)["statusReason"]["text"] == "必要と認める"
    assert (numbers(kept, P, "Condition/c"), numbers(kept, Q, "Condition/c")) == ([1], [2])
    assert (kept.search(P, "Condition"), kept.search(Q, "Condition")) == (["Condition/d"], ["Condition/c"])
    kept.write(Q, again(concern("c", "1"), 2))
    assert numbers(kept, P, "Condition/c") == [1]
    assert refused(kept, answer, LEAD, asked, reason="もう一度") == "business-rule P1"
    assert wrong(kept) == []


def test_what_the_lead_section_does_not_open_stays_closed_and_may_be_asked_anew(kept: Town) -> None:
    task = hand(kept).task.reference
    asked = answer(kept, Q, task, reason="必要").records[0].reference
    assert answer(kept, Q, task, reason="必要").records[0].reference == asked, "asked once"
    answer(kept, LEAD, asked, accept=False, reason="同意を得られる")
    assert numbers(kept, Q, "Condition/c") == []
    assert answer(kept, Q, task, reason="必要").records[0].reference != asked
    assert wrong(kept) == []


def test_it_is_declined_for_a_reason_taken_back_or_given_back(kept: Town) -> None:
    task = offer(kept).task.reference
    assert refused(kept, answer, Q, task, accept=False) == "business-rule P1"
    answer(kept, Q, task, accept=False, reason="担当ではない")
    assert refused(kept, answer, Q, task) == "business-rule P1"
    second = offer(kept).task
    kept.write(P, orjson.loads(second.body) | {"status": "cancelled"})
    assert refused(kept, answer, Q, second.reference) == "not-found"
    hand(kept)
    back = offer(kept, Q, to=CENTER).task.reference
    answer(kept, P, back)
    kept.write(P, again(concern("c", "1")))
    assert numbers(kept, P, "Condition/c") == [1, 2]
    assert wrong(kept) == []


NOT_OFFERED = [
    (P, "Condition/c", CENTER, "business-rule P1"),  # to oneself
    (P, "Condition/c", "Organization/nobody", "business-rule P1"),
    (P, "Condition/c", "PractitionerRole/q", "business-rule P1"),
    (P, "Condition/nothing", OTHER, "not-found"),
    (Q, "Condition/c", "Organization/council", "not-found"),  # by somebody who does not see it
    (CO, "Organization/other", "Organization/council", "forbidden P1"),
    (AUD, "Condition/c", OTHER, "not-found"),
    (actor("p", "audit-review"), "Condition/c", OTHER, "not-found"),
    (P, "Consent/a", OTHER, "business-rule P1"),
    (P, "Task/taken", OTHER, "business-rule P1"),
]


def test_what_is_not_offered(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "2"))
    town.sign(P, consent("a"))
    taken_on(town)
    for who, record, to, said in NOT_OFFERED:
        assert refused(town, offer, who, record, to) == said, (who.person, record, to)
    assert refused(town, offer, actor("p", scopes=(Scope("user", "*", frozenset("rs")),))).startswith("forbidden")
    assert [each.reference for each in town.stored("Task")] == ["Task/taken"], "nothing was written"


def test_who_reads_it_by_consent_does_not_hand_it_over(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", provision=EVERYBODY))
    assert town.reads(Q, "Condition/c")
    assert refused(town, offer, Q, to="Organization/council") == "forbidden P1"


def test_the_same_record_is_offered_once_and_handed_over_once(kept: Town) -> None:
    task = offer(kept).task.reference
    assert refused(kept, offer, to="Organization/council") == "business-rule P1"
    answer(kept, Q, task)
    assert refused(kept, offer, to="Organization/council") == "forbidden P1"
    assert refused(kept, offer, Q) == "business-rule P1", "it keeps it already"


def test_nobody_else_accepts(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    task = offer(town).task.reference
    assert [refused(town, answer, who, task) for who in (P, CO, LEAD, EM)] == ["forbidden P1", *["not-found"] * 3]


def test_what_hands_it_over_is_the_servers_and_is_not_forged(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    forged: Json = {"resourceType": "Task", "id": "f", "status": "completed", "intent": "order"}
    forged |= {"focus": ref("Condition/c"), "requester": ref(CENTER), "owner": ref(OTHER)}
    for code in ("transfer", "open-transferred", "move-keeping"):
        for who in (P, Q, LEAD):
            with pytest.raises(Problem):
                town.write(who, forged | {"code": concept("task-code", code)})
    stood = orjson.loads(offer(town).task.body)
    for who, changed in [
        (Q, {"status": "completed"}),
        (Q, {"status": "accepted"}),
        (Q, {"owner": ref("PractitionerRole/q")}),
        (Q, {"status": "cancelled"}),
        (Q, {"note": [{"text": "見た"}]}),  # it would be judged as a request of theirs, and give them the card
        (P, {"meta": {"tag": [{"code": "x"}], "versionId": "1"}}),
        (P, {"status": "completed"}),
        (P, {"owner": ref("Organization/council")}),
        (P, {"focus": ref("Patient/1")}),
        (P, {"code": concept("task-code", "inquiry")}),
    ]:
        with pytest.raises(Problem) as caught:
            town.write(who, stood | changed)
        assert caught.value.kind in ("forbidden", "business-rule", "not-found"), changed
    assert (numbers(town, Q, "Condition/c"), numbers(town, Q, "Patient/1")) == ([], [])
    with pytest.raises(Problem):
        town.delete(P, f"Task/{stood['id']}")


def test_a_client_says_nothing_of_who_keeps_it(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1", meta={"tag": [{"code": f".taker {OTHER}"}]}))
    town.write(P, again(concern("c", "1"), extension=[{"url": "http://example.org/taker", "valueString": OTHER}]))
    assert {keeping.keeper(each.terms) for each in town.stored("Condition")} == {CENTER}


def test_who_has_no_more_than_the_card_writes_no_version_to_be_given_the_rest(town: Town) -> None:
    town.write(P, patient("1", address=[{"text": "かくれみの町1"}]))
    taken_on(town)
    hand(town, "Patient/1")
    assert "address" not in town.read(Q, "Patient/1"), "the card"
    with pytest.raises(Problem) as caught:
        town.write(Q, again(patient("1")))
    assert caught.value.kind == "forbidden"
    assert "address" not in town.read(Q, "Patient/1")


def test_what_the_server_writes_of_it_opens_it_to_nobody(kept: Town) -> None:
    taken_on(kept)
    hand(kept, "Patient/1")
    kept.protect(P, "Patient/1", "Practitioner/p")
    assert numbers(kept, P, "Patient/1") == [1, 2]
    assert set(kept.read(Q, "Patient/1")) <= CARD
    assert {keeping.taker(each.terms) for each in kept.stored("Patient")} == {OTHER, ""}
    assert wrong(kept) == []


def protected(town: Town, *named: str) -> None:
    town.write(P, patient("3", address=[{"text": "かくれみの町1"}]))
    town.protect(P, "Patient/3", *named)


def test_a_protected_persons_patient_is_moved_on_the_word_of_who_is_on_the_list(kept: Town) -> None:
    protected(kept, "Practitioner/p", "Practitioner/q")
    assert refused(kept, offer, P, "Patient/3") == "business-rule P6", "for a reason"
    asked = offer(kept, P, "Patient/3", reason="転居した").task.reference
    assert kept.read(LEAD, asked)["requester"] == ref(OTHER)
    assert refused(kept, answer, Q, asked, reason="自分で") == "forbidden P6"
    answer(kept, LEAD, asked, reason="求めのとおり")
    assert numbers(kept, P, "Patient/3") == [1, 2]
    assert kept.read(Q, "Patient/3")["address"] == [{"text": "かくれみの町1"}]
    assert set(kept.read(Q, "Patient/3", 2)) <= CARD, "who has a person in care reads the card of each version"
    assert "Patient/3" not in kept.search(P, "Patient")
    kept.write(Q, again(patient("3"), 3))
    assert wrong(kept) == []


@pytest.mark.parametrize("named", [("Practitioner/q",), ("HealthcareService/desk",)])
def test_nobody_else_moves_it_and_it_is_not_offered(town: Town, named: tuple[str, ...]) -> None:
    protected(town, *named)
    who = P if named[0] == "Practitioner/q" else LEAD
    assert refused(town, offer, who, "Patient/3", reason="転居した") == ("forbidden D1" if who is P else "not-found")


def test_who_was_protected_since_is_not_accepted(town: Town) -> None:
    town.write(P, patient("3"))
    task = offer(town, record="Patient/3").task.reference
    town.protect(P, "Patient/3", "Practitioner/p")
    assert refused(town, answer, Q, task) == "forbidden D1"


@ON_BOTH
def test_what_became_the_material_of_a_meeting_since_is_not_accepted(kept: Town) -> None:
    paper: Json = {"resourceType": "DocumentReference", "id": "paper", "status": "current", "subject": ref("Patient/1")}
    paper |= {"content": [{"attachment": {"title": "資料"}}]}
    kept.write(P, coordination("requested"), paper)
    kept.write(CO, again(coordination()))
    kept.write(actor("conv"), roster("p"), conference("planned", "p"))
    task = offer(kept, record="DocumentReference/paper").task.reference
    kept.write(P, again(paper, context={"encounter": [ref("Encounter/m")]}))
    assert refused(kept, answer, Q, task) == "business-rule D3"
    assert refused(kept, offer, record="DocumentReference/paper") == "business-rule D3"


def test_who_is_in_conflict_answers_nothing(town: Town) -> None:
    from tests.unit.consent.acts.test_declaring_conflict import declare

    town.write(P, patient("1"), concern("c", "1"))
    declare(town, P, "Practitioner/q", "Patient/1")
    assert refused(town, answer, Q, offer(town).task.reference) == "not-found"


def amended(town: Town, type: str, *more: str, less: str = "") -> None:
    """The terms of the current version of the first record of a type are tampered with."""
    row = next(each for each in town.stored(type) if each.id in ("c", "1"))
    terms = tuple(sorted({*(one for one in row.terms if not less or not one.startswith(less)), *more}))

    async def work(tx: Transaction) -> None:
        found = await tx.get(row.type, row.id, within=EVERYTHING)
        assert found
        await tx.amend(row.reference, {row.number: terms}, None)

    town.run(town.store.transact(work))


@ON_BOTH
def test_who_keeps_which_version_outlasts_a_reindex(kept: Town) -> None:
    kept.sign(P, consent("a", provision=EVERYBODY))
    hand(kept)
    hand(kept, "Condition/d")
    kept.write(Q, again(concern("c", "1")))
    way = kept.run(Reindexing.begun(kept.gate.engine, lambda: NOW, again=True))
    assert way
    while kept.run(way.step()):
        pass
    assert numbers(kept, P, "Condition/c") == [1]
    assert {(each.id, keeping.keeper(each.terms)) for each in kept.stored("Condition")} == {("c", OTHER), ("d", OTHER)}
    assert wrong(kept) == []


def test_a_check_finds_what_nobody_accepted(kept: Town) -> None:
    amended(kept, "Condition", term(keeping.TAKER, OTHER))
    assert wrong(kept) == ["Condition/c/_history/1 it is kept as handed over, and nobody accepted or decided that"]


def test_a_check_finds_a_hand_over_that_was_given_back_and_is_kept_so_again(kept: Town) -> None:
    hand(kept)
    answer(kept, P, offer(kept, Q, to=CENTER).task.reference)
    kept.protect(P, "Patient/1", "Practitioner/p")
    assert wrong(kept) == []
    amended(kept, "Condition", term(keeping.TAKER, OTHER))
    assert "Condition/c/_history/1 it is kept as handed over, and nobody accepted or decided that" in wrong(kept)


@ON_BOTH
def test_a_check_finds_what_was_accepted_and_is_not_kept_so(kept: Town) -> None:
    task = hand(kept).task.reference
    amended(kept, "Condition", less=f"{keeping.TAKER} ")
    assert wrong(kept) == [f"{task}/_history/2 it was accepted, and the record is not kept as handed over"]


def test_a_check_finds_a_keeper_whom_nobody_handed_it_to(kept: Town) -> None:
    kept.write(P, again(concern("c", "1")))
    amended(kept, "Condition", term(".custodian", OTHER), less=".custodian ")
    assert any(".custodian" in each for each in wrong(kept))


def test_it_is_on_the_trail_of_both(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    hand(town)
    told = [each for each in town.trail() if "$transfer" in str(each)]
    assert len(told) == 2
    assert refused(town, answer, CO, "Task/nothing") == "not-found"
    assert "$transfer" in str(town.trail()[-1])


def test_the_case_of_a_household_is_handed_over_and_the_taker_keeps_it(kept: Town) -> None:
    asked = hand(kept, "CarePlan/k", reason="世帯が転居した").records[-1].reference
    answer(kept, LEAD, asked, reason="認める")
    assert (numbers(kept, P, "CarePlan/k"), numbers(kept, Q, "CarePlan/k")) == ([1], [2])
    kept.write(Q, again(case(), 2, title="転居後"))
    assert wrong(kept) == []
