"""Which questions that wait about a record come to nothing by what becomes of it, asked of records as they lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.verdict import Verdict
from consent.writing import nothing_left
from consent.writing.change import UnitOfWork
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from tests.laws.worlds import Record, concept, own, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.within import version, within

Json = dict[str, Any]

LEAD = actor("lead")
CENTER = "Organization/center"
KEPT = ("confirm-mistake", "confirm-plan", "divide", "move-keeping", "open-transferred")
C = "Condition/c"


def task(id: str, code: str, **elements: Any) -> Record:
    said: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order"}
    said |= {"requester": ref(CENTER), "owner": ref("PractitionerRole/lead"), "code": concept("task-code", code)}
    return Record(said | elements, CENTER, "", Verdict(True))


@pytest.fixture
def asked(town: Town) -> Town:
    """Of a concern one question of each code waits by `focus`, another by what the Task is of; some about others."""
    laid(town, *(Record(each, CENTER, "") for each in (patient("1"), concern("c", "1"), concern("d", "1"))))
    laid(town, *(task(code, code, focus=ref(C)) for code in (*KEPT, "verify", "decide-coordination")))
    laid(town, task("of-it", "confirm-mistake", partOf=[ref("Task/x")], basedOn=[ref(C)]))
    laid(town, task("of-d", "confirm-mistake", focus=ref("Condition/d")))
    laid(town, task("over", "confirm-mistake", focus=ref(C), status="completed"))
    return town


def ended(town: Town, before: Version | None, after: Version) -> list[str]:
    async def work(unit: UnitOfWork) -> list[Version]:
        return await nothing_left.settled(unit, before, after)

    done = within(town, LEAD, work)
    assert all(orjson.loads(each.body)["status"] == "cancelled" for each in done)
    return sorted(each.id for each in done)


def becoming(stood: Version, *added: str, without: str = "~", **changes: Any) -> Version:
    """The next version, with these terms and without those that begin so."""
    terms = {each for each in stood.terms if not each.startswith(without)} | set(added)
    return replace(stood, number=stood.number + 1, terms=tuple(sorted(terms)), **changes)


ALL = sorted([*KEPT, "of-it"])


def test_of_what_is_gone_or_a_mistake_or_another_s_all_that_only_its_keeper_decides_with_somebody(asked: Town) -> None:
    stood = version(asked, C)
    assert ended(asked, stood, becoming(stood)) == []
    assert ended(asked, None, becoming(stood, MISTAKEN)) == []
    assert ended(asked, stood, becoming(stood, ".custodian x", without=".custodian")) == ALL
    assert ended(asked, stood, becoming(stood, MISTAKEN)) == [], "they are ended"


@pytest.mark.parametrize("how", ["deleted", "mistaken", "handed over"])
def test_it_is_one_of_these(asked: Town, how: str) -> None:
    stood = version(asked, C)
    gone = becoming(stood, deleted=True, body=b"")
    now = {"deleted": gone, "mistaken": becoming(stood, MISTAKEN), "handed over": becoming(stood, ".taker x")}
    assert ended(asked, gone, now[how]) == [], "what was gone before has ended all"
    assert ended(asked, stood, now[how]) == ALL


LABEL = own("secrecy-label", "address-secret")


def test_the_keeping_of_a_person_waits_as_long_as_a_place_is_protected(asked: Town) -> None:
    protected = patient("2", meta={"security": [LABEL]})
    laid(asked, Record(protected, CENTER, ""), task("move", "move-keeping", focus=ref("Patient/2")))
    stood = version(asked, "Patient/2")
    assert ended(asked, stood, becoming(stood)) == []
    assert ended(asked, stood, becoming(stood, without=".label")) == [], "it is protected still, as its rows say"
    laid(asked, Record(patient("3"), CENTER, ""), task("other", "move-keeping", focus=ref("Patient/3")))
    bare = version(asked, "Patient/3")
    label = next(each for each in stood.terms if each.startswith(".label"))
    assert ended(asked, becoming(bare, label), becoming(bare)) == ["other"]


def call(id: str, status: str = "requested", judged: Verdict | None = None) -> Record:
    said: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order"}
    said |= {
        "code": concept("task-code", "escalate-to-coordinator"),
        "for": ref("Patient/1"),
        "owner": ref("PractitionerRole/co"),
    }
    return Record(said, CENTER, "", judged or Verdict(True))


def test_what_is_asked_about_a_call_waits_as_long_as_it_is_one(asked: Town) -> None:
    laid(asked, call("call"), task("decide", "decide-coordination", focus=ref("Task/call")))
    laid(asked, task("kept", "confirm-mistake", focus=ref("Task/call")))
    stood = version(asked, "Task/call")
    assert ended(asked, stood, becoming(stood)) == []
    over = becoming(stood, without=".open")
    forged = becoming(stood, without=".counts")
    assert ended(asked, forged, over) == ended(asked, over, over) == [], "it was none before"
    other = becoming(stood, without=".code")
    assert ended(asked, other, becoming(other, without=".open")) == [], "of what calls nobody nothing waits"
    assert ended(asked, stood, forged) == ["decide"]


@pytest.mark.parametrize("how", ["over", "deleted"])
def test_and_no_longer(asked: Town, how: str) -> None:
    laid(asked, call("call"), task("decide", "decide-coordination", focus=ref("Task/call")))
    stood = version(asked, "Task/call")
    now = {"over": becoming(stood, without=".open"), "deleted": becoming(stood, deleted=True, body=b"")}
    assert ended(asked, stood, now[how]) == ["decide"]
