"""Who fills an element of a record about somebody whose place is protected, and what is put back for whom (D1)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.secrecy import place_checked
from consent.writing.prepared import Change
from resources.record import envelope
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.made import posted
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.within import version

Json = dict[str, Any]

P, Q, LEAD, COLLEAGUE, THEIRS = actor("p"), actor("q"), actor("lead"), actor("p2"), actor("q2")
OTHER = "Organization/other"
TALK, MORE = {"text": "面談した"}, {"text": "電話した"}
TAG = {"system": "urn:x", "code": "x"}
TASK: Json = {
    "resourceType": "Task",
    "id": "t",
    "status": "requested",
    "intent": "order",
    "for": ref("Patient/wife"),
    "requester": ref("Organization/center"),
    "owner": ref(OTHER),
}
ANSWERS: list[tuple[str, Json]] = [
    ("statusReason", {"statusReason": {"text": "留守だった"}}),
    ("businessStatus", {"businessStatus": {"text": "訪問した"}}),
    ("output.valueString", {"output": [{"type": concept("task-outcome", "supported"), "valueString": "会えた"}]}),
    ("note", {"note": [TALK]}),
    ("text", {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">会えた</div>'}}),
]


@pytest.fixture
def told(town: Town) -> Town:
    """A wife whose place is protected, of whose list is the lead section; each agency has two officers."""
    posted(town, "p2", "officer", "center")
    posted(town, "q2", "officer", "other")
    town.write(P, patient("wife"))
    town.protect(P, "Patient/wife", "Organization/lead")
    return town


def refused(town: Town, who: Actor, resource: Json) -> tuple[str, str, str, str, str]:
    with pytest.raises(Problem) as caught:
        town.write(who, resource)
    (issue,) = caught.value.issues
    return caught.value.kind, issue.code, issue.at, issue.text, issue.ja


def refusal(type: str, at: str) -> tuple[str, str, str, str, str]:
    return (
        "forbidden",
        "forbidden",
        f"{type}.{at}",
        f"D1: somebody's place is protected here: `{at}` is written by who first wrote the record, by its owner in the "
        "answer, and by the officers whom the protection names; write a record of your own instead",
        f"D1: 居所が秘匿された人の記録です。`{at}` を書けるのは、最初に書いた人、回答欄の担当者、"
        "秘匿の名簿にある職員です。自分の記録として別に書いてください",
    )


def stored(town: Town, name: str) -> Json:
    (found,) = [each for each in town.stored(name.partition("/")[0]) if each.reference == name]
    body: Json = orjson.loads(found.body)
    return {key: value for key, value in body.items() if key != "meta"}


@pytest.mark.parametrize(("at", "filled"), ANSWERS)
def test_the_owner_of_a_request_answers_it_in_the_elements_of_the_answer(told: Town, at: str, filled: Json) -> None:
    told.write(P, TASK)
    assert refused(told, COLLEAGUE, TASK | filled | again()) == refusal("Task", at), "who asked answers nothing"
    told.write(Q, TASK | {"status": "accepted"} | again())
    told.write(THEIRS, TASK | {"status": "accepted"} | filled | again(2))
    assert stored(told, "Task/t") == TASK | {"status": "accepted"} | filled


def test_who_holds_an_owner_s_post_answers_for_its_agency(told: Town) -> None:
    told.write(P, TASK | {"owner": ref("PractitionerRole/q")})
    told.write(THEIRS, TASK | {"owner": ref("PractitionerRole/q"), "status": "accepted", "note": [TALK]} | again())
    assert stored(told, "Task/t")["note"] == [TALK]


@pytest.mark.parametrize(
    ("at", "filled"),
    [
        ("description", {"description": "訪問する"}),
        ("reasonCode", {"reasonCode": {"text": "滞納"}}),
        ("input.valueString", {"input": [{"type": concept("task-code", "verify"), "valueString": "山陽町"}]}),
        ("location", {"location": ref("Location/hideout")}),
        ("meta.tag", {"meta": {"versionId": "1", "tag": [{"system": "urn:x", "code": "x"}]}}),
    ],
)
def test_what_is_asked_is_not_the_owner_s_to_fill(told: Town, at: str, filled: Json) -> None:
    told.write(P, TASK)
    said = refused(told, Q, TASK | {"status": "accepted"} | again() | filled)
    assert said == refusal("Task", at)
    told.write(P, TASK | {"description": "迎えに行く"} | again())
    number = {"meta": (filled.get("meta") or {}) | {"versionId": "2"}}
    assert refused(told, Q, TASK | {"status": "accepted"} | filled | number) == said, "filled or not"


def test_who_first_wrote_a_record_fills_every_element_of_it_and_nobody_else_any(told: Town) -> None:
    whole = concern("c", "wife", note=[TALK], bodySite=[{"text": "自宅"}])
    told.write(P, concern("c", "wife"))
    assert refused(told, COLLEAGUE, whole | again()) == refusal("Condition", "note")
    told.write(COLLEAGUE, concern("c", "wife", recordedDate="2026-11-01") | again())
    told.write(P, whole | again(2))
    told.write(COLLEAGUE, concern("c", "wife", recordedDate="2026-11-02") | again(3))
    assert stored(told, "Condition/c") == whole | {"recordedDate": "2026-11-02"}


def test_what_one_was_shown_of_another_s_record_is_sent_again_as_often_as_it_was_shown(town: Town) -> None:
    """The words of a colleague in it, written before the place was protected, in whichever order they come."""
    posted(town, "p2", "officer", "center")
    own_words = {"text": "訪ねた", "time": "2026-11-01"}
    town.write(P, patient("wife"), concern("c", "wife"))
    town.write(COLLEAGUE, concern("c", "wife", note=[own_words]) | again())
    town.write(P, concern("c", "wife", note=[TALK, own_words]) | again(2))
    town.protect(P, "Patient/wife", "Organization/lead")
    assert town.read(COLLEAGUE, "Condition/c")["note"] == [own_words]
    turned = dict(reversed(own_words.items()))
    town.write(COLLEAGUE, concern("c", "wife", note=[turned], recordedDate="2026-11-01") | again(3))
    assert stored(town, "Condition/c")["note"] == [TALK, own_words]
    twice = concern("c", "wife", note=[own_words, own_words]) | again(4)
    assert refused(town, COLLEAGUE, twice) == refusal("Condition", "note")
    another = concern("c", "wife", note=[MORE]) | again(4)
    assert refused(town, COLLEAGUE, another) == refusal("Condition", "note"), "his own words in another's record, too"


def test_of_a_choice_of_which_nothing_is_shown_nothing_is_chosen(told: Town) -> None:
    """Otherwise the age at which it began would be gone, or would stand beside the day."""
    told.write(P, concern("c", "wife", onsetString="山陽町に越したとき"))
    said = refused(told, COLLEAGUE, concern("c", "wife", onsetDateTime="2026-11-01") | again())
    assert said == refusal("Condition", "onsetDateTime")


def test_the_owner_gives_a_request_to_one_of_its_own_and_nobody_else_does(told: Town) -> None:
    told.write(P, TASK)
    theirs = TASK | {"owner": ref("PractitionerRole/q2")} | again()
    assert refused(told, COLLEAGUE, theirs) == refusal("Task", "owner")
    told.write(Q, theirs)
    assert stored(told, "Task/t")["owner"] == ref("PractitionerRole/q2")


def test_what_an_operation_makes_of_a_record_is_its_caller_s_where_he_said_it_and_nowhere_else(told: Town) -> None:
    whole = concern("c", "wife", note=[TALK], bodySite=[{"text": "右腕"}])
    told.write(P, concern("c", "wife", note=[TALK]))
    body = orjson.dumps(whole | again())
    told.commit(COLLEAGUE, Change("update", "Condition", "c", body, said=frozenset({"bodySite"})))
    assert stored(told, "Condition/c") == whole
    shown = told.read(COLLEAGUE, "Condition/c")
    assert (shown.get("note"), shown["bodySite"]) == (None, whole["bodySite"])
    assert told.read(P, "Condition/c").keys() & {"note", "bodySite"} == {"note"}
    assert envelope.written(version(told, "Condition/c").terms)[:2] == ("Practitioner/p2", True)
    made = orjson.dumps(concern("d", "wife", note=[TALK]))
    told.commit(COLLEAGUE, Change("create", "Condition", "d", made, said=frozenset({"bodySite"})))
    assert told.read(COLLEAGUE, "Condition/d")["note"] == [TALK], "a new record is its maker's"


def test_of_a_version_it_is_kept_whether_its_writer_was_shown_all_of_the_one_before(told: Town) -> None:
    told.write(P, concern("c", "wife", note=[TALK]))
    told.write(COLLEAGUE, concern("c", "wife", recordedDate="2026-11-01") | again())
    written = envelope.written(version(told, "Condition/c").terms)
    assert written == ("Practitioner/p2", True, frozenset({"/note/0 /note/0"}), frozenset())
    told.write(P, patient("2"), concern("d", "2"))
    told.write(COLLEAGUE, concern("d", "2", note=[TALK]) | again())
    assert envelope.written(version(told, "Condition/d").terms)[:2] == ("Practitioner/p2", False)


def test_who_is_not_shown_the_protections_of_a_person_leaves_them_as_they_stand(told: Town) -> None:
    labels = version(told, "Patient/wife")
    (label,) = orjson.loads(labels.body)["meta"]["security"]
    for number, (who, sent) in enumerate(
        ((COLLEAGUE, {}), (P, {"security": [TAG]}), (P, {"security": [TAG]})), labels.number
    ):
        told.write(who, patient("wife", gender="female", meta=sent | {"versionId": str(number)}))
        assert orjson.loads(version(told, "Patient/wife").body)["meta"]["security"] == [*([TAG] if sent else []), label]
    with pytest.raises(Problem, match="a person is protected by"):
        told.write(COLLEAGUE, patient("wife", meta={"versionId": str(labels.number + 3), "security": [label]}))
    told.write(P, patient("other"))
    bare = orjson.dumps(patient("other", meta={"versionId": "1", "security": [label]}))
    with pytest.raises(Problem, match="a person is protected by"):
        told.commit(P, Change("update", "Patient", "other", bare))


MARK_OF_NOTE = [{"url": place_checked.MARK, "valueString": "Condition.note[0]"}]


def test_who_is_not_shown_all_marks_his_own_words_and_no_other(town: Town) -> None:
    posted(town, "p2", "officer", "center")
    town.write(P, patient("wife"), concern("c", "wife"))
    town.write(COLLEAGUE, concern("c", "wife", note=[MORE]) | again())
    town.write(P, concern("c", "wife", note=[TALK, MORE]) | again(2))
    town.protect(P, "Patient/wife", "Organization/lead")
    asked = concern("c", "wife", meta={"versionId": "3", "extension": MARK_OF_NOTE})
    with pytest.raises(Problem, match="is no text that you may mark"):
        town.write(COLLEAGUE, asked)
    town.write(COLLEAGUE, asked | {"note": [MORE]})
    assert envelope.written(version(town, "Condition/c").terms)[3] == {"/note/1"}
    assert "extension" not in orjson.loads(version(town, "Condition/c").body)["meta"]


def test_who_is_shown_all_marks_plain_words_in_the_write_itself_though_it_says_no_id(told: Town) -> None:
    new = concern("c", "wife", note=[TALK], meta={"extension": MARK_OF_NOTE})
    del new["id"]
    told.commit(P, Change("create", "Condition", "c", orjson.dumps(new)))
    assert envelope.written(version(told, "Condition/c").terms)[3] == {"/note/0"}
    assert told.search(P, "Condition", ("_id", "c")) == ["Condition/c"]
    linked = [TALK | {"extension": [{"url": "urn:x", "valueString": "x"}]}]
    with pytest.raises(Problem, match="is no text that you may mark"):
        told.write(P, concern("d", "wife", note=linked, meta={"extension": MARK_OF_NOTE}))


def test_who_sends_by_chance_what_another_has_written_marks_his_own(told: Town) -> None:
    told.write(P, patient("2"), concern("d", "2", note=[TALK]))
    told.write(COLLEAGUE, concern("d", "2", note=[MORE, TALK]) | again())
    told.protect(P, "Patient/2", "Organization/lead")
    assert told.read(P, "Condition/d")["note"] == [TALK]
    mark = [{"url": place_checked.MARK, "valueString": "Condition.note[1]"}]
    told.write(P, concern("d", "2", note=[TALK, MORE], meta={"versionId": "2", "extension": mark}))
    assert stored(told, "Condition/d")["note"] == [MORE, TALK, MORE]
    assert envelope.written(version(told, "Condition/d").terms)[3] == {"/note/2"}
