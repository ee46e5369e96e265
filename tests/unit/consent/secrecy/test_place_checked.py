"""The mark `place-checked`: a text that tells no place is shown to others, for as long as it is that text (D1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import pytest

from consent.secrecy import harmless, place_checked
from consent.writing.prepared import Change
from profiles import load
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q, LEAD, COLLEAGUE = actor("p"), actor("q"), actor("lead"), actor("p2")
LIST = harmless.of(load.load())
TALK = {"text": "面談した"}
Json = dict[str, Any]


@pytest.fixture
def told(town: Town) -> Town:
    """A protected wife, of whose list is the lead section, and a concern of hers that others may read."""
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")]}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"}, post)
    town.write(P, patient("wife"))
    town.sign(P, consent("s", patient=ref("Patient/wife"), performer=[ref("Patient/wife")]))
    town.protect(P, "Patient/wife", "Organization/lead")
    town.write(P, concern("c", "wife", note=[TALK]))
    return town


def notes(town: Town, who: Any, name: str = "Condition/c") -> list[str]:
    return [each["text"] for each in town.read(who, name).get("note", ())]


def refused(do: Callable[[], Any]) -> Problem:
    with pytest.raises(Problem) as caught:
        do()
    return caught.value


def marks(town: Town, name: str = "Condition/c") -> list[str]:
    (found,) = [row for row in town.stored(name.partition("/")[0]) if row.reference == name]
    return [entry.partition(" ")[2] for entry in found.terms if entry.startswith(".checked ")]


def test_a_text_is_shown_to_others_once_its_writer_has_marked_it(told: Town) -> None:
    assert (notes(told, P), notes(told, COLLEAGUE), notes(told, Q)) == ([TALK["text"]], [], [])
    before = told.read(P, "Condition/c")
    told.check(P, "Condition/c", "Condition.note[0]")
    assert notes(told, COLLEAGUE) == notes(told, Q) == [TALK["text"]]
    assert told.read(P, "Condition/c") == before, "no version comes of it"
    assert "$place-check" in orjson.dumps(told.trail()).decode()


def test_it_is_not_marked_by_an_officer_who_may_not_read_the_record_or_whom_not_each_lock_names(told: Town) -> None:
    assert refused(lambda: told.check(LEAD, "Condition/c", "Condition.note")).kind == "not-found"
    told.sign(P, consent("s2", patient=ref("Patient/wife"), performer=[ref("Patient/wife")]))
    told.protect(P, "Patient/wife", "Organization/other", "Organization/lead")
    assert notes(told, Q) == [], "each lock must name her"
    assert refused(lambda: told.check(Q, "Condition/c", "Condition.note")).kind == "forbidden"


def test_who_is_named_by_every_lock_marks_what_another_wrote(town: Town) -> None:
    town.write(P, patient("wife"))
    town.sign(P, consent("s", patient=ref("Patient/wife"), performer=[ref("Patient/wife")]))
    town.protect(P, "Patient/wife", "Organization/other")
    town.write(P, concern("c", "wife", note=[TALK]), concern("d", "wife"))
    town.check(Q, "Condition/c", "Condition")
    assert marks(town) == ["/note/0"]
    assert refused(lambda: town.check(Q, "Condition/d", "Condition")).kind == "forbidden", "there is no text"


def test_nobody_else_learns_whether_there_is_a_text(told: Town) -> None:
    told.write(P, concern("bare", "wife"))
    names = ("Condition/c", "Condition/bare")
    answers = [refused(partial(told.check, COLLEAGUE, name, "Condition.note[0]")) for name in names]
    assert answers[0].kind == answers[1].kind == "forbidden"
    assert answers[0].issues == answers[1].issues
    assert answers[0].rules == ("D1",)
    assert marks(told) == []


def test_of_a_record_about_nobody_protected_only_the_writer_marks_a_text(told: Town) -> None:
    told.write(P, patient("1"))
    told.write(P, concern("d", "1", note=[TALK]))
    assert notes(told, COLLEAGUE, "Condition/d") == [TALK["text"]]
    assert refused(lambda: told.check(COLLEAGUE, "Condition/d", "Condition.note")).kind == "forbidden"
    told.check(P, "Condition/d", "Condition.note")
    told.protect(P, "Patient/1", "Organization/lead")
    assert notes(told, COLLEAGUE, "Condition/d") == [TALK["text"]]


def test_the_mark_goes_when_the_value_changes_and_stays_when_another_does(told: Town) -> None:
    told.check(P, "Condition/c", "Condition.note[0]")
    told.write(P, told.read(P, "Condition/c") | {"note": [{"text": "別の文"}, TALK], "recordedDate": "2026-11-01"})
    assert notes(told, COLLEAGUE) == [TALK["text"]], "it follows the value"
    told.write(P, told.read(P, "Condition/c") | {"note": [{"text": "別の文"}, {"text": "面談した。"}]})
    assert notes(told, COLLEAGUE) == []
    told.write(P, told.read(P, "Condition/c") | {"note": [{"text": "別の文"}, TALK]})
    assert notes(told, COLLEAGUE) == [], "and does not come back with it"


def test_who_is_shown_a_marked_text_may_send_it_again_and_takes_it_from_nobody(told: Town) -> None:
    told.write(P, told.read(P, "Condition/c") | {"note": [{"text": "隠れ家"}, TALK]})
    told.check(P, "Condition/c", "Condition.note[1]")
    shown = told.read(COLLEAGUE, "Condition/c")
    assert shown["note"] == [TALK]
    told.write(COLLEAGUE, shown | {"recordedDate": "2026-11-01"})
    assert notes(told, P) == ["隠れ家", TALK["text"]]
    assert notes(told, Q) == [TALK["text"]]


def test_an_element_is_named_by_its_place_in_the_record_as_its_reader_has_it(told: Town) -> None:
    told.write(P, concern("d", "wife", note=[{"text": "隠れ家"}]))
    task: Json = {
        "resourceType": "Task",
        "id": "t",
        "status": "requested",
        "intent": "order",
        "for": ref("Patient/wife"),
    }
    task |= {"requester": ref("Organization/center"), "owner": ref("Organization/other"), "note": [{"text": "隠れ家"}]}
    told.write(P, task)
    answered = told.read(Q, "Task/t") | {"status": "accepted", "note": [TALK]}
    told.write(Q, answered)
    assert [each["text"] for each in told.read(Q, "Task/t")["note"]] == [TALK["text"]]
    told.check(Q, "Task/t", "Task.note[0]")
    assert [each["text"] for each in told.read(COLLEAGUE, "Task/t")["note"]] == [TALK["text"]]


def test_it_is_said_in_the_write_itself_too_and_is_not_kept_in_the_record(told: Town) -> None:
    mark = extension("place-checked", valueString="Condition.note[0]")
    told.write(
        P, concern("d", "wife", note=[TALK, {"text": "隠れ家"}], meta={"extension": [mark], "tag": [{"code": "x"}]})
    )
    assert notes(told, COLLEAGUE, "Condition/d") == [TALK["text"]]
    stored = told.read(P, "Condition/d")
    assert "extension" not in stored["meta"]
    assert [row.body for row in told.stored("Condition") if b"place-checked" in row.body] == []
    changed = {**stored, "note": [{"text": "明日も面談"}, {"text": "隠れ家"}]}
    body = orjson.dumps(changed | {"meta": {"extension": [mark]}})
    told.commit(P, Change("update", "Condition", "d", body))
    assert notes(told, COLLEAGUE, "Condition/d") == ["明日も面談"]


def test_a_write_marks_no_text_that_it_does_not_carry(told: Town) -> None:
    mark = extension("place-checked", valueString="Condition.note[0]")
    answers = []
    told.write(P, concern("bare", "wife"))
    for name in ("c", "bare"):
        shown = told.read(COLLEAGUE, f"Condition/{name}")
        body = orjson.dumps(shown | {"meta": {"extension": [mark]}})
        problem = refused(partial(told.commit, COLLEAGUE, Change("update", "Condition", name, body)))
        answers.append((problem.kind, problem.issues))
    assert answers[0] == answers[1]
    assert answers[0][0] == "forbidden"
    assert answers[0][1][0].at == "Condition.meta.extension"
    assert notes(told, COLLEAGUE) == []


def test_a_text_with_a_reference_or_an_extension_is_marked_by_the_list_alone(told: Town) -> None:
    note = TALK | {"authorReference": ref("Organization/other")}
    told.write(P, concern("d", "wife", note=[note]))
    assert refused(lambda: told.check(P, "Condition/d", "Condition.note[0]")).kind == "forbidden"
    told.lift(LEAD, "Patient/wife")
    told.protect(P, "Patient/wife", "Practitioner/p")
    told.check(P, "Condition/d", "Condition.note[0]")
    assert told.read(COLLEAGUE, "Condition/d")["note"] == [note]


def test_a_marked_text_is_found_by_nobody(told: Town) -> None:
    told.write(P, concern("d", "wife", onsetString="春から"))
    told.check(P, "Condition/d", "Condition.onsetString")
    assert told.read(COLLEAGUE, "Condition/d")["onsetString"] == "春から"
    for who in (P, COLLEAGUE, Q):
        assert told.search(who, "Condition", ("onset-info", "春から")) == []


def test_an_address_is_no_text_and_is_marked_by_nobody(told: Town) -> None:
    told.write(P, patient("2", address=[{"text": "隠れ家"}]))
    told.protect(P, "Patient/2", "Organization/center")
    assert refused(lambda: told.check(P, "Patient/2", "Patient.address[0]")).kind == "forbidden"


def test_the_same_words_below_another_question_are_another_text() -> None:
    def sheet(*answers: tuple[str, str]) -> Json:
        items = [{"linkId": link, "answer": [{"valueString": said}]} for link, said in answers]
        return {"resourceType": "QuestionnaireResponse", "id": "1", "status": "completed", "item": items}

    before = sheet(("consultation", "はい"), ("wish", "はい"))
    kept = place_checked.carried(LIST, before, sheet(("wish", "はい")), {"/item/0/answer/0/valueString"}, ())
    assert kept == frozenset()
    kept = place_checked.carried(LIST, before, sheet(("wish", "はい")), {"/item/1/answer/0/valueString"}, ())
    assert kept == {"/item/0/answer/0/valueString"}


def test_what_was_put_back_keeps_its_mark_where_it_now_stands() -> None:
    before: Json = {"resourceType": "Condition", "id": "1", "note": [{"text": "a"}, {"text": "a"}]}
    after = {**before, "note": [{"text": "b"}, {"text": "a"}, {"text": "a"}]}
    assert place_checked.carried(LIST, before, after, {"/note/1"}, {"/note/2 /note/1"}) == {"/note/2"}
    assert place_checked.carried(LIST, before, after, {"/note/0"}, {"/note/2 /note/1"}) == {"/note/1"}


def test_what_a_write_asks_to_be_marked_is_taken_out_of_it_and_nothing_else_is() -> None:
    def mark(element: Any) -> Json:
        return extension("place-checked", valueString=element)

    key = {"resourceType": "Condition", "id": "1"}
    other, tag = {"url": "urn:x", "valueString": "a"}, {"tag": [{"code": "x"}]}
    both = [mark("Condition.note[0]"), other, mark("Condition.note[1]")]
    named = ["Condition.note[0]", "Condition.note[1]"]
    assert place_checked.taken(key | {"meta": tag | {"extension": both}}) == (
        key | {"meta": tag | {"extension": [other]}},
        named,
    )
    assert place_checked.taken(key | {"meta": tag | {"extension": both[:1]}}) == (key | {"meta": tag}, named[:1])
    assert place_checked.taken(key | {"meta": {"extension": both[:1]}}) == (key, named[:1])
    unnamed = {"url": place_checked.MARK}
    assert place_checked.taken(key | {"meta": {"extension": [unnamed]}}) == (key, [""])
    unmarked: list[Any] = [None, [], "x", {}, tag, {"extension": None}, {"extension": [other]}]
    for meta in unmarked:
        assert place_checked.taken(key | {"meta": meta}) == (key | {"meta": meta}, [])
    assert place_checked.taken(key) == (key, [])


def test_so_many_texts_are_marked_as_were_meant_of_those_that_one_may() -> None:
    record: Json = {"resourceType": "Condition", "id": "1", "note": [TALK, TALK, TALK], "bodySite": [TALK]}
    words = place_checked.wanted(LIST, record, "Condition.note[0]")
    (asked,) = words
    assert words == {asked: 1}
    assert place_checked.among(LIST, record, words, lambda at, _: True) == {"/note/0"}
    assert place_checked.among(LIST, record, {asked: 2}, lambda at, _: True) == {"/note/0", "/note/1"}
    assert place_checked.among(LIST, record, {asked: 2}, lambda at, _: at != "/note/0") == {"/note/1", "/note/2"}
    assert place_checked.among(LIST, record, {}, lambda at, _: True) == set()
    assert place_checked.wanted(LIST, record, "Task.note[0]") == {}
    assert place_checked.wanted(LIST, record, "Condition.note[7]") == {}
    assert sum(place_checked.wanted(LIST, record, "Condition.note").values()) == 3
    assert sum(place_checked.wanted(LIST, record, "Condition").values()) == 4


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (TALK, True),
        ("面談した", True),
        ([TALK, TALK], True),
        ({"text": "a", "coding": [{"code": "x"}]}, True),
        (TALK | {"extension": []}, False),
        (TALK | {"reference": "Organization/a"}, False),
        (TALK | {"_text": {"id": "x"}}, False),
        (TALK | {"authorReference": ref("Organization/a")}, False),
        ([TALK, {"_text": {}}], False),
        ({"coding": [{"code": "x"}, {"extension": []}]}, False),
    ],
)
def test_a_text_with_anything_beside_its_words_is_not_plain(value: Any, plain: bool) -> None:
    assert place_checked.is_plain(value) is plain
