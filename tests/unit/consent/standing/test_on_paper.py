"""R3: a birth date, or a death, is confirmed on a paper by who did not ask for it, stands then, or is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import birth_date, death
from consent.standing.filing import Kind
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.filed import OTHER, Json, filing, wrongs

BORN, DIED = birth_date.KIND, death.KIND
KINDS = pytest.mark.parametrize("kind", [BORN, DIED], ids=["birth", "death"])
PERSON: Json = {"resourceType": "Patient", "birthDate": "2008-02-02", "deceasedDateTime": "2026-11-01"}
PAPERS = {"papers": frozenset({CENTER})}
KEEPER = {"facts": officer(post(agency=OTHER)), "kept": {"Patient/1": OTHER}}
LEAD = {"facts": officer(post("lead-section", agency=OTHER)), "kept": {}}
STATUS, FOCUS, INPUT = "R3 at Task.status!", "R3 at Task.focus", "R3 at Task.input"


def task(kind: Kind, **elements: Any) -> Json:
    code = "confirm-birth-date" if kind is BORN else "confirm-death"
    asked: Json = {"resourceType": "Task", "id": "t", "status": "requested", "code": concept("task-code", code)}
    asked |= {"focus": ref("Patient/1"), "for": ref("Patient/1"), "requester": ref(CENTER), "owner": ref(OTHER)}
    value = {"valueDate": "2008-02-02"} if kind is BORN else {"valueDateTime": "2026-11-01"}
    return asked | {"input": [{"type": {"text": "x"}, **value}]} | elements


def told(kind: Kind, before: Json | None, after: Json, person: Any = PERSON, **known: Any) -> list[str]:
    return wrongs(kind, filing(before, after, {"Patient/1": person}, **PAPERS | known))


def judged(kind: Kind, before: Json | None, after: Json, **known: Any) -> Verdict:
    return kind.judged(filing(before, after, {"Patient/1": PERSON}, **PAPERS | known))


@KINDS
def test_it_is_asked_of_one_person_on_a_paper_that_who_asks_keeps(kind: Kind) -> None:
    assert told(kind, None, task(kind)) == []
    assert judged(kind, None, task(kind)) == Verdict(True)
    wrong: tuple[Json, ...] = (
        {"for": ref("Patient/2")},
        {"focus": ref("Group/g"), "for": ref("Group/g")},
        {"focus": {}},
    )
    for amiss in wrong:
        assert told(kind, None, task(kind, **amiss)) == [FOCUS]
        assert judged(kind, None, task(kind, **amiss)) == NONE
    for papers in (frozenset(), frozenset({OTHER})):
        assert told(kind, None, task(kind), papers=papers) == [FOCUS]
    other = task(kind) | {"code": concept("task-code", "inquiry"), "for": ref("Patient/2")}
    assert told(kind, None, other) == []
    assert judged(kind, None, other) == Verdict(True)
    assert judged(kind, other, other | {"status": "completed"}) == Verdict(True), "of another Task nothing is noted"


@KINDS
def test_it_says_the_one_thing_that_the_persons_record_says(kind: Kind) -> None:
    one, other = task(kind)["input"][0], {"type": {"text": "x"}, "valueString": "x"}
    silent = {name: part for name, part in task(kind).items() if name != "input"}
    assert told(kind, None, silent) == [INPUT]
    for said in ([], [one, one], [one, other], [other]):
        assert told(kind, None, task(kind, input=said)) == [INPUT]
        assert told(kind, None, task(kind, input=said), papers=frozenset()) == [INPUT], "the paper comes after that"
    assert told(kind, None, task(kind), {"resourceType": "Patient"}) == [INPUT]
    differs = PERSON | {"birthDate": "2008-02-03", "deceasedDateTime": "2026-11-02"}
    assert told(kind, None, task(kind), differs) == [INPUT]
    assert wrongs(kind, filing(None, task(kind), **PAPERS)) == [INPUT], "a person whom nobody knows"


@KINDS
@pytest.mark.parametrize("record", [{}, {"deceasedBoolean": False}], ids=["nothing", "no"])
def test_of_who_lives_or_was_born_on_no_day_that_is_known_nothing_is_to_be_confirmed(kind: Kind, record: Json) -> None:
    """And who asks is told what the `input` is to say."""
    for said in ([], [{"type": {"text": "x"}, "valueBoolean": False}]):
        person = {"Patient/1": {"resourceType": "Patient"} | record}
        (issue,) = kind.refused(filing(None, task(kind, input=said), person, **PAPERS))
        assert issue.text.startswith("R3: say ")
        assert issue.at == "Task.input"


def test_nobody_has_died_on_a_day_to_come_and_that_they_have_will_do_where_no_day_is_known() -> None:
    def died(**said: Any) -> list[str]:
        (value,) = said.items()
        record = {"resourceType": "Patient", "birthDate": "1950", value[0].replace("value", "deceased"): value[1]}
        return told(DIED, None, task(DIED, input=[{"type": {"text": "x"}, **said}]), record)

    assert died(valueDateTime="2026-11-23") == []
    assert died(valueDateTime="2026-11-23T13:00:00+09:00") == [], "now"
    assert died(valueDateTime="2026-11-23T13:00:01+09:00") == [INPUT]
    assert died(valueDateTime="2027-01-01") == [INPUT]
    assert died(valueDateTime="1949-01-01") == [INPUT]
    assert died(valueBoolean=True) == []
    assert died(valueBoolean=False) == [INPUT]


@KINDS
@pytest.mark.parametrize("who", [KEEPER, LEAD], ids=["keeper", "lead section"])
def test_it_is_confirmed_by_who_keeps_the_record_or_leads_at_the_word_of_another(kind: Kind, who: Json) -> None:
    asked, done = task(kind), task(kind, status="completed")
    assert told(kind, asked, done, **who) == []
    (noted,) = judged(kind, asked, done, **who).noted
    instant = "2026-11-23T04:00:00.000Z"
    assert noted == (f".born {instant} 2008-02-02" if kind is BORN else ".died Patient/1")
    own = who | {"custodian": OTHER, "papers": frozenset({OTHER})}
    assert told(kind, asked, done, **own) == [STATUS], "who asked does not answer"
    assert judged(kind, asked, done, **own) == NONE
    neither = {"facts": officer(post(agency=OTHER)), "kept": {}}
    assert told(kind, asked, done, **neither) == [STATUS]
    assert told(kind, None, done, **neither) == [STATUS]
    assert told(kind, asked, task(kind, status="accepted"), **neither) == []
    turned = done | {"focus": ref("Patient/2"), "for": ref("Patient/2")}
    theirs = filing(asked, turned, {"Patient/2": PERSON}, **PAPERS | KEEPER | {"kept": {"Patient/2": OTHER}})
    assert wrongs(kind, theirs) == [STATUS], "nor who makes it one of a person whose record they keep"


@KINDS
def test_what_was_confirmed_stands_or_is_taken_back_by_who_may_confirm(kind: Kind) -> None:
    done = task(kind, status="completed")
    noted = frozenset({".born x 2008-02-02", ".died Patient/1"})
    had = {"had": Verdict(True, noted=noted)}
    same = judged(kind, done, done | {"note": [{"text": "x"}]}, **KEEPER, **had)
    assert same == Verdict(True, noted=frozenset(each for each in noted if each.startswith(f".{_NOTE[kind]}")))
    back = task(kind, status="entered-in-error")
    assert told(kind, done, back, **KEEPER, **had) == []
    assert judged(kind, done, back, **KEEPER, **had) == Verdict(True)
    assert told(kind, done, back, **had) == [STATUS]
    for status in ("requested", "cancelled", "in-progress"):
        assert told(kind, done, task(kind, status=status), **KEEPER, **had) == ["R3 at Task.status"]
    for element, said in (
        ("focus", ref("Patient/2")),
        ("for", ref("Patient/2")),
        ("input", []),
        ("requester", ref(OTHER)),
        ("owner", ref(CENTER)),
        ("code", concept("task-code", "inquiry")),
    ):
        for status in ("completed", "entered-in-error"):
            changed = done | {"status": status, element: said}
            assert told(kind, done, changed, **LEAD, **had) == [f"R3 at Task.{element}"]
            assert judged(kind, done, changed, **LEAD, **had) == NONE


_NOTE = {BORN: "born", DIED: "died"}
