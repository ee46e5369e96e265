"""Nobody loses what he was not shown: a hidden part follows what it belongs to, else stays by itself (D1)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from consent.secrecy import harmless
from consent.secrecy.harmless import MASK
from consent.secrecy.harmless_value import HIDDEN, Sight
from consent.secrecy.redaction import Redaction
from consent.secrecy.restoring import Restoring, partners
from profiles import load
from tests.laws.worlds import extension, own, ref

LIST = harmless.of(load.load())
PLACE = "山陽町三丁目九番地"
DEBTS, HEALTH = own("concern-field", "debts"), own("concern-field", "medical")
UNKNOWN, OTHER = {"system": "urn:x", "code": PLACE}, {"code": PLACE}
BESIDE = {"extension": [{"url": "urn:x", "valueString": PLACE}]}
Json = dict[str, Any]


def concern(**elements: Any) -> Json:
    return {"resourceType": "Condition", "id": "1", **elements}


def shown(before: Json, *wrote: str) -> Json:
    return copy.deepcopy(reading(before, *wrote).show(before))


def reading(before: Json, *wrote: str) -> Redaction:
    return Redaction(LIST, before["resourceType"], Sight(told=lambda pointer: pointer in wrote))


def restored(before: Json, sent: Json, *wrote: str) -> tuple[Json, dict[str, str]]:
    """The record, and where the values that were put back stood before."""
    restoring = Restoring(reading(before, *wrote))
    return restoring.restore(before, sent), restoring.kept


def after(before: Json, *wrote: str, **changes: Any) -> tuple[Json, dict[str, str]]:
    """As its writer changes what was shown: None takes an element away."""
    sent = shown(before, *wrote) | changes
    made, kept = restored(before, {name: value for name, value in sent.items() if value is not None}, *wrote)
    return {name: value for name, value in made.items() if name not in ("resourceType", "id", "meta")}, kept


def test_what_is_sent_back_as_it_was_shown_is_what_it_was_and_its_sender_wrote_none_of_it() -> None:
    before = concern(note=[{"text": PLACE}, {"text": "a"}], code={"text": PLACE}, bodySite=[{"text": "b"}])
    made, kept = restored(before, shown(before, "/note/1"), "/note/1")
    assert made == before
    assert kept == {at: at for at in ("/note/0", "/code", "/bodySite/0")}


def test_of_a_type_without_a_list_all_stands_as_it_was_and_what_is_sent_besides_is_added() -> None:
    before = {"resourceType": "Coverage", "id": "1", "meta": {"versionId": "3", "tag": [{}]}, "network": PLACE}
    sent = {"resourceType": "Coverage", "id": "1", "meta": {"versionId": "4"}, "network": "x", "status": "active"}
    assert restored(before, sent) == (sent | {"network": PLACE}, {})


def test_what_is_new_is_added_and_a_word_is_nothing_but_a_word() -> None:
    before = concern(onsetString=PLACE)
    added = {"recordedDate": "2026-11-01", "onsetString": "hidden"}
    assert after(before, **added) == (added, {})


def test_labels_stand_where_none_are_sent_and_those_sent_take_their_place() -> None:
    before = concern(meta={"versionId": "1", "tag": [{"code": "x"}], "source": "urn:x"}, onsetString=PLACE)
    sent = shown(before) | {"recordedDate": "2026-11-01"}
    assert restored(before, sent)[0]["meta"] == before["meta"]
    labels: list[Json] = [{"tag": []}, {"tag": [{"code": "y"}], "versionId": "1"}]
    for meta in labels:
        assert restored(before, sent | {"meta": meta})[0]["meta"] == before["meta"] | meta
    assert (
        restored(before, {name: value for name, value in sent.items() if name != "meta"})[0]["meta"] == before["meta"]
    )


@pytest.mark.parametrize(
    ("was", "sent"),
    [
        ({"note": [{"text": PLACE}]}, {"note": {"text": "a"}}),
        ({"note": {"text": PLACE}}, {"note": [{"text": "a"}]}),
        ({"unheardOf": "x"}, {"unheardOf": {"a": 2}}),
        ({"stage": "x"}, {"stage": {"type": {"text": "a"}}}),
        ({"subject": ref("Patient/1")}, {"subject": "x"}),
        ({"unheardOf": {"a": 1}}, {"unheardOf": {"a": 2}}),
        ({"onsetPeriod": {"start": "2026", **BESIDE}}, {"onsetPeriod": ["x"]}),
    ],
)
def test_what_is_of_another_form_or_unknown_is_taken_as_it_is_sent(was: Json, sent: Json) -> None:
    assert after(concern(**was), **sent) == (sent, {})


def test_of_a_code_the_words_and_the_unknown_codings_follow_what_was_changed_in_its_place() -> None:
    alike = [{"system": DEBTS["system"], "code": "x"}, {"system": "urn:x", "code": "debts"}]
    whole = {"coding": [DEBTS, UNKNOWN, OTHER, *alike], "text": PLACE}
    changed = {"coding": [HEALTH]}
    assert shown(concern(code=whole))["code"]["coding"] == [DEBTS | {"display": "支出・滞納・借金"}]
    assert after(concern(code=whole), code=changed) == (
        {"code": {"coding": [HEALTH, *whole["coding"][1:]], "text": PLACE}},
        {"/code": "/code"},
    )
    assert after(concern(code=whole), code=None) == (
        {"code": {"coding": whole["coding"][1:], "text": PLACE}},
        {"/code": "/code"},
    )
    two = {"coding": [DEBTS, UNKNOWN, HEALTH]}
    assert after(concern(code=two), code=changed)[0] == {"code": {"coding": [HEALTH, UNKNOWN]}}
    words = {"coding": [DEBTS, HEALTH], "text": PLACE}
    assert after(concern(code=words), code=changed) == ({"code": changed | {"text": PLACE}}, {"/code": "/code"})
    assert after(concern(code=words), code=None)[0] == {"code": {"text": PLACE}}


def test_a_code_of_which_nothing_was_shown_follows_a_harmless_one_and_none_with_words_of_its_own() -> None:
    changed = {"coding": [HEALTH]}
    assert after(concern(code={"text": PLACE}), code=changed)[0] == {"code": changed | {"text": PLACE}}
    assert after(concern(code={"coding": [UNKNOWN]}), code=changed)[0] == {"code": {"coding": [HEALTH, UNKNOWN]}}
    for own_words in (changed | {"text": "a"}, {"coding": [UNKNOWN]}, {"text": "a"}):
        assert after(concern(code={"coding": [DEBTS], "text": PLACE}), code=own_words) == ({"code": own_words}, {})


def test_a_code_that_was_shown_whole_is_changed_and_goes_whole() -> None:
    for before in (concern(code={"coding": [DEBTS]}), concern(code={"coding": [DEBTS, HEALTH]})):
        assert after(before, code={"coding": [HEALTH]}) == ({"code": {"coding": [HEALTH]}}, {})
        assert after(before, code=None) == ({}, {}), "though it was shown with the words of its system"
    staged = concern(stage=[{"summary": {"coding": [DEBTS]}}])
    assert after(staged, stage=None) == ({}, {})


def test_who_wrote_all_of_a_value_changes_all_of_it() -> None:
    mine = concern(code={"coding": [OTHER, DEBTS], "text": PLACE})
    assert after(mine, "/code", code={"coding": [HEALTH]}) == ({"code": {"coding": [HEALTH]}}, {})
    assert after(mine, "/code", code=None) == ({}, {})
    notes = concern(note=[{"text": "a"}, {"text": PLACE}])
    assert after(notes, "/note/0", note=None) == ({"note": [{"text": PLACE}]}, {"/note/0": "/note/1"})


def test_the_words_beside_a_reference_do_not_follow_to_somebody_else() -> None:
    before = concern(subject=ref("Patient/1") | {"display": PLACE}, recordedDate="2026-11-01")
    changed = after(before, subject=ref("Patient/2"))
    assert changed == ({"subject": ref("Patient/2"), "recordedDate": "2026-11-01"}, {})
    assert after(before, subject=None) == ({"recordedDate": "2026-11-01"}, {})
    kept = after(before, recordedDate="2026-11-02")
    assert kept == ({"subject": before["subject"], "recordedDate": "2026-11-02"}, {"/subject": "/subject"})


def test_of_a_choice_there_is_one() -> None:
    def seen(**value: Any) -> Json:
        return {"resourceType": "Observation", "status": "final", "code": {"coding": [DEBTS]}, **value}

    def left(before: Json, **value: Any) -> Json:
        made, _ = restored(before, shown(before) | {"issued": "2026-11-01T00:00:00Z"} | value)
        return {name: said for name, said in made.items() if "value" in name or "effective" in name}

    hidden = seen(valueString=PLACE, _valueString=BESIDE, effectiveTiming={"code": {"text": PLACE}})
    assert left(hidden) == {name: hidden[name] for name in ("valueString", "_valueString", "effectiveTiming")}
    assert left(hidden, valueDateTime="2026") == {"effectiveTiming": hidden["effectiveTiming"], "valueDateTime": "2026"}
    assert left(hidden, effectiveDateTime="2026") == {
        "valueString": PLACE,
        "_valueString": BESIDE,
        "effectiveDateTime": "2026",
    }
    dated = seen(valueDateTime="2025", _valueDateTime=BESIDE)
    assert left(dated, valueDateTime="2026") == {"valueDateTime": "2026", "_valueDateTime": BESIDE}
    beside = seen(_status=BESIDE)
    assert restored(beside, shown(beside) | {"status": "amended"})[0]["_status"] == BESIDE, "it is no choice"


def test_what_stands_for_something_withheld_is_not_taken_for_what_is_sent() -> None:
    before = {"resourceType": "Observation", "status": "final", "code": {"text": PLACE}, "note": [{"text": PLACE}]}
    sent = shown(before)
    assert sent["code"] == MASK
    amended, kept = restored(before, sent | {"status": "amended", "note": [MASK, {"text": "a"}, MASK]})
    assert amended == before | {"status": "amended", "note": [{"text": "a"}, {"text": PLACE}]}
    assert kept == {"/code": "/code", "/note/1": "/note/0"}


def test_what_stands_beside_a_primitive_stays_unless_something_is_sent_in_its_place() -> None:
    before = concern(recordedDate="2026-11-01", _recordedDate=BESIDE, _onsetString=BESIDE, onsetString=PLACE)
    made, kept = after(before, recordedDate="2026-11-02")
    assert made == {**{name: before[name] for name in before if name[0] in "_o"}, "recordedDate": "2026-11-02"}
    assert kept == {"/onsetString": "/onsetString"}
    assert after(before, _recordedDate={"id": "x"})[0]["_recordedDate"] == {"id": "x"}
    plan = {"resourceType": "CarePlan", "instantiatesUri": ["urn:a"], "_instantiatesUri": [BESIDE], "status": "active"}
    sent = shown(plan) | {"_instantiatesUri": [{"id": "x"}]}
    assert restored(plan, sent)[0]["_instantiatesUri"] == [{"id": "x"}]


def test_of_an_extension_of_ours_what_stands_beside_its_value_stays_and_was_written_by_nobody() -> None:
    dated = extension("necessity", valueDate="2026-11-01", _valueDate=BESIDE)
    before = concern(extension=[dated], recordedDate="2026-11-01")
    later = [extension("necessity", valueDate="2026-11-02")]
    assert after(before, extension=later)[0]["extension"] == [later[0] | {"_valueDate": BESIDE}]
    assert after(before, extension=later)[1] == {}
    assert after(before, extension=None) == ({"extension": [{"_valueDate": BESIDE}], "recordedDate": "2026-11-01"}, {})


def test_a_hidden_part_of_a_part_stays_in_its_place() -> None:
    stage: Json = {"summary": {"coding": [DEBTS]}, "type": {"text": PLACE}, "id": "s", "meta": PLACE}
    before = concern(stage=[stage, {"type": {"text": PLACE}}])
    changed = [{"summary": {"coding": [HEALTH]}}]
    assert after(before, stage=changed) == (
        {"stage": [stage | changed[0], {"type": {"text": PLACE}}]},
        {"/stage/0/type": "/stage/0/type", "/stage/0/id": "/stage/0/id", "/stage/1/type": "/stage/1/type"},
    )
    rest = {name: stage[name] for name in ("type", "id", "meta")}
    assert after(before, stage=None)[0] == {"stage": [rest, {"type": {"text": PLACE}}]}


def test_it_is_said_where_what_was_put_back_now_stands() -> None:
    notes = [{"text": PLACE}, {"text": "a"}, {"text": f"{PLACE}の隣"}]
    before = concern(note=notes)
    new = {"text": "z"}
    made, kept = after(before, "/note/1", note=[new, {"text": "a"}])
    assert made == {"note": [new, notes[0], {"text": "a"}, notes[2]]}
    assert kept == {"/note/1": "/note/0", "/note/3": "/note/2"}
    made, kept = after(before, "/note/1", note=[])
    assert (made, kept) == ({"note": [notes[0], notes[2]]}, {"/note/0": "/note/0", "/note/1": "/note/2"})


def test_an_entry_is_the_one_whose_shown_part_is_unchanged_else_the_one_in_its_place() -> None:
    a, b, c, d = ({"text": each} for each in "abcd")
    assert partners([a, b], [b, a]) == [1, 0]
    assert partners([a, HIDDEN, b], [a, b]) == [0, 2]
    assert partners([a, a], [a, a]) == [0, 1]
    assert partners([a], [a, a]) == [0, None]
    assert partners([a, b], [a, c]) == [0, 1], "as many were changed as are left"
    assert partners([a, b, c], [d, b]) == [None, 1]
    assert partners([a, b], [c, d, a]) == [None, None, 0]
    assert partners([{"x": 1, "y": 2}], [{"y": 2, "x": 1}]) == [0], "in whichever order it is written"
    one, two = ({"member": ref(each)} for each in ("Patient/1", "Patient/2"))
    assert partners([one, a], [two, b]) == [None, 1], "and not of somebody else"
    assert partners([], [a]) == [None]
