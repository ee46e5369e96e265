"""What of a paper about several is about one of them: its head and their rows, and nothing that is said of another."""

from __future__ import annotations

from typing import Any

import orjson

from consent.reading import one_person
from resources.record.version import Version
from tests.laws.worlds import extension, own, ref

Json = dict[str, Any]

WHY = extension("withheld-reason", valueString="子が話した")
META: Json = {
    "versionId": "3",
    "lastUpdated": "2026-11-23T04:00:00.000Z",
    "source": "urn:school",
    "tag": [{"code": "x"}],
    "profile": ["urn:sheet"],
}
HEAD: Json = {
    "resourceType": "QuestionnaireResponse",
    "id": "s",
    "meta": META | {"security": [own("handling-label", "withheld") | {"display": "子の件", "extension": [WHY]}]},
    "questionnaire": "urn:form",
    "status": "completed",
    "type": {"text": "シート"},
    "date": "2026-11-22",
    "authored": "2026-11-23",
}
OTHERS: Json = {
    "subject": ref("Group/g"),
    "author": ref("Practitioner/p"),
    "source": ref("Patient/2"),
    "text": {"status": "generated", "div": "<div>二人のこと</div>"},
    "contained": [{"resourceType": "Patient", "id": "z"}],
}
TERMS = (
    ".checked /item/0",
    ".subject Patient/1",
    ".unsent /item/1",
    ".writer Practitioner/p",
    "authored 2026",
)


def version(body: Json) -> Version:
    return Version(
        "QuestionnaireResponse", "s", 3, "2026-11-23T04:00:00.000Z", False, orjson.dumps(body), TERMS, "2026"
    )


def row(one: str, *inner: Json, **changed: Any) -> Json:
    tied = [extension("member-subject", valueReference=ref(f"Patient/{one}"))]
    said = {"linkId": "notes", "answer": [{"valueString": f"話{one}"}]}
    return {"linkId": "member", "extension": tied, "item": [said, *inner]} | changed


def rows(*items: Json) -> list[Json]:
    return one_person.rows_of({"item": list(items)}, "Patient/1")


def test_of_a_paper_its_head_is_kept_and_the_rows_of_the_one_person() -> None:
    story = {"linkId": "story", "answer": [{"valueString": "世帯の経過"}]}
    found = one_person.of_paper(version(HEAD | OTHERS | {"item": [row("2"), row("1"), story]}), "Patient/1")
    label = {name: own("handling-label", "withheld")[name] for name in ("system", "code")}
    meta = {"versionId": "3", "lastUpdated": "2026-11-23T04:00:00.000Z", "security": [label]}
    assert orjson.loads(found.body) == HEAD | {"meta": meta, "item": [row("1")]}
    assert found.terms == (".subject Patient/1", "authored 2026")
    assert (found.cited, found.since, found.first) == (
        "QuestionnaireResponse/s/_history/3",
        "2026-11-23T04:00:00.000Z",
        "2026",
    )


def test_of_a_paper_without_a_row_of_theirs_it_is_the_head_alone() -> None:
    bare = HEAD | {"meta": META}
    found = one_person.of_paper(version(bare | OTHERS | {"item": [row("2")]}), "Patient/1")
    meta = {"versionId": "3", "lastUpdated": "2026-11-23T04:00:00.000Z"}
    assert orjson.loads(found.body) == bare | {"meta": meta}
    document = {"resourceType": "DocumentReference", "id": "s", "status": "current", "content": [{"attachment": {}}]}
    found = one_person.of_paper(version(document), "Patient/1")
    assert orjson.loads(found.body) == {name: document[name] for name in ("resourceType", "id", "status")} | {
        "meta": {}
    }


def test_of_a_label_its_code_is_kept_as_it_was_written() -> None:
    for label in ({"code": "x"}, {"system": "urn:y"}, {"display": "子の件"}):
        found = one_person.cut(version(HEAD), {"id": "s", "meta": META | {"security": [label]}})
        kept = {name: said for name, said in label.items() if name != "display"}
        assert orjson.loads(found.body)["meta"]["security"] == [kept]


def test_a_stamp_is_which_version_it_is_and_since_when() -> None:
    assert one_person.stamp(META) == {"versionId": "3", "lastUpdated": "2026-11-23T04:00:00.000Z"}
    assert one_person.stamp({}) == {}


def test_rows_are_found_wherever_they_stand() -> None:
    group = {"linkId": "household", "item": [row("2"), row("1")]}
    answered = {"linkId": "who", "answer": [{"valueBoolean": True, "item": [row("1")]}]}
    assert rows(group, answered, row("2")) == [row("1"), row("1")]
    assert rows(group | {"item": [row("2")]}) == []
    assert rows() == one_person.rows_of({}, "Patient/1") == []


def test_a_row_is_of_those_whom_it_is_tied_to_and_of_nobody_by_another_extension() -> None:
    both = row("2")
    both["extension"] = [*both["extension"], *row("1")["extension"]]
    assert rows(both) == [both]
    named = row("2")
    named["extension"] = [{"url": "urn:other", "valueReference": ref("Patient/1")}]
    assert rows(named) == []


def test_what_stands_in_a_row_as_a_row_of_its_own_is_left_out_of_it_at_any_depth() -> None:
    inner = {"linkId": "more", "answer": [{"valueString": "本人の話", "item": [row("2")]}]}
    told = {"linkId": "more", "answer": [{"valueString": "本人の話"}]}
    assert rows(row("1", row("2"), inner)) == [row("1", told)]
    alone = {"linkId": "member", "extension": row("1")["extension"], "item": [row("2")]}
    assert rows(alone) == [{"linkId": "member", "extension": row("1")["extension"]}]
    answered = {"linkId": "member", "extension": row("1")["extension"], "answer": [row("2"), {"valueString": "話"}]}
    assert rows(answered) == [answered | {"answer": [{"valueString": "話"}]}]
