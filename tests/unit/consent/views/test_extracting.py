"""Of a household's sheets and plans the person has what is about them alone, by `$everything`, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.reading.page import Page
from consent.views import everything, extracting
from consent.views.everything import Everything
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import extension, ref
from tests.unit.consent.acts.divided_town import for_
from tests.unit.consent.acts.test_breaking_glass import VERY
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.test_oneself import CHILD, MOTHER, REASON, SELF, WITHHELD, P, family
from tests.unit.consent.town import Town, case, concern, household
from tests.unit.consent.views.reading import by, said

__all__ = ["family"]

Json = dict[str, Any]
EXTRACTED = ("CarePlan", "QuestionnaireResponse")


def page(town: Town, who: Actor, person: str, count: int = 100, after: str = "", **asked: Any) -> Page:
    async def look() -> Page:
        async with town.gate.reading(who, "search", "operation", "$everything") as reading:
            return await everything.page(reading, Everything("Patient", person, count, **asked), after)

    return town.run(look())


def extracts(town: Town, who: Actor, person: str, **asked: Any) -> list[Json]:
    found = page(town, who, person, **asked).versions
    return [orjson.loads(each.body) for each in found if each.type in EXTRACTED]


def sheet(*rows: Json, **changed: Any) -> Json:
    said: Json = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "authored": "2026-11-23"}
    story = {"linkId": "story", "answer": [{"valueString": "世帯の経過"}]}
    return said | {"subject": ref("Group/g"), "source": ref("Patient/2"), "item": [*rows, story]} | changed


def row(one: str, said: str = "") -> Json:
    tied = [extension("member-subject", valueReference=ref(f"Patient/{one}"))]
    told = {"linkId": "member.notes", "answer": [{"valueString": said or f"話{one}"}]}
    return {"linkId": "member", "extension": tied, "item": [told]}


def test_of_a_sheet_they_have_their_own_row_and_no_word_of_others(family: Town) -> None:
    family.write(P, sheet(row("1"), row("2")))
    [part] = extracts(family, SELF, "1")
    assert part["item"] == [row("1")]
    assert (part["subject"], part["id"], part["resourceType"]) == (ref("Patient/1"), "s", "QuestionnaireResponse")
    assert (part["status"], part["authored"]) == ("completed", "2026-11-23")
    assert by(family) >= {"P7"}
    assert [each["code"] for each in part["meta"]["tag"]] == ["SUBSETTED"]
    for hidden in ("話2", "経過", "Group/", "Patient/2", '"source"'):
        assert hidden not in orjson.dumps(part).decode()
    assert family.search(SELF, "QuestionnaireResponse") == []
    with pytest.raises(Problem):
        family.read(SELF, "QuestionnaireResponse/s")


def test_of_a_plan_they_have_what_is_done_for_them_alone_and_names_nobody_else(family: Town) -> None:
    other = activity(**for_("1"), reasonReference=[ref("Condition/both")])
    services = [activity(**for_("1")), activity(**for_("1", "2")), activity(), other, activity(**for_("2"))]
    family.write(
        P, case(), plan(*services, title="二人の計画", note=[{"text": "世帯の覚え"}], addresses=[ref("Condition/d")])
    )
    [part] = extracts(family, SELF, "1")
    assert part["activity"] == services[:1]
    assert (part["resourceType"], part["id"]) == ("CarePlan", plan()["id"])
    assert not {"title", "note", "addresses", "author"} & set(part)
    assert part["subject"] == ref("Patient/1")
    [part] = extracts(family, CHILD, "2")
    assert part["activity"] == services[4:]
    assert part["addresses"] == [ref("Condition/d")]


def test_how_the_whole_is_handled_and_why_is_told_to_nobody(family: Town) -> None:
    """A sheet may be withheld for the sake of a child from the very parent who asks as themselves."""
    labels: Json = {"security": [WITHHELD | {"extension": [REASON]}], "tag": [{"code": "x", "display": "子の件"}]}
    family.write(P, sheet(row("1"), row("2"), meta=labels))
    [part] = extracts(family, SELF, "1")
    assert part["item"] == [row("1")]
    assert "security" not in part["meta"]
    assert [each["code"] for each in part["meta"]["tag"]] == ["SUBSETTED"]


def test_a_row_within_their_row_is_not_of_theirs(family: Town) -> None:
    untied = {"linkId": "member", "item": [{"linkId": "member.notes", "answer": [{"valueString": "別の子の話"}]}]}
    mine = row("1")
    family.write(P, sheet(mine | {"item": [*mine["item"], untied]}))
    [part] = extracts(family, SELF, "1")
    assert part["item"] == [mine]


def test_a_row_that_leads_out_of_the_sheet_s_own_records_is_none_of_theirs(family: Town) -> None:
    naming = row("1")
    inner = {"reference": "#z", "display": "知らせた隣人"}
    naming["item"] += [{"linkId": "who", "answer": [{"valueReference": inner}]}]
    family.write(P, sheet(naming, row("1"), contained=[{"resourceType": "Organization", "id": "z", "name": "隣家"}]))
    [part] = extracts(family, SELF, "1")
    assert part["item"] == [row("1")]


def test_a_row_that_names_what_they_may_not_read_is_none_of_theirs(family: Town) -> None:
    naming = row("1")
    naming["item"] += [{"linkId": "concern", "answer": [{"valueReference": ref("Condition/both")}]}]
    other = row("1")
    other["item"] += [{"linkId": "concern", "answer": [{"valueReference": ref("Condition/c")}]}]
    family.write(P, sheet(naming, other))
    [part] = extracts(family, SELF, "1")
    assert part["item"] == [other]


def test_a_row_that_names_another_person_or_a_record_that_is_gone_is_none_of_theirs(family: Town) -> None:
    other, gone, own = row("1", "別の人の話"), row("1", "消えた話"), row("1")
    other["item"] += [{"linkId": "who", "answer": [{"valueReference": ref("Patient/2")}]}]
    gone["item"] += [{"linkId": "concern", "answer": [{"valueReference": ref("Condition/gone")}]}]
    own["item"] += [{"linkId": "who", "answer": [{"valueReference": ref("Patient/1")}]}]
    family.write(P, concern("gone", "1"), sheet(other, gone, own))
    assert [each["item"] for each in extracts(family, SELF, "1")] == [[gone, own]]
    family.delete(P, "Condition/gone")
    assert [each["item"] for each in extracts(family, SELF, "1")] == [[own]]


def test_so_many_sheets_and_plans_are_looked_through(family: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extracting.MOST == 200
    family.write(P, sheet(row("1")), sheet(row("2"), id="s2"))
    monkeypatch.setattr(extracting, "MOST", 2)
    assert len(extracts(family, SELF, "1")) == 1
    monkeypatch.setattr(extracting, "MOST", 1)
    with pytest.raises(Problem, match="more than 1 sheets and plans") as refused:
        page(family, SELF, "1")
    assert refused.value.kind == "too-costly"


def test_of_another_than_the_person_there_is_no_extract(family: Town) -> None:
    family.write(P, sheet(row("1"), row("2")))

    def found(who: Actor, person: str) -> tuple[int, int]:
        asked = {"QuestionnaireResponse": EVERYTHING}
        made = said(family, who, lambda reading: extracting.extracts(reading, person, asked, slice(0, 9)))
        return len(made.shown), made.total

    assert found(SELF, "Patient/1") == (1, 1)
    assert found(SELF, "Patient/2") == found(P, "Patient/1") == (0, 0)


def test_what_they_read_whole_is_not_given_in_part_as_well(family: Town) -> None:
    """Who lives alone has a household's sheet for themselves."""
    family.write(P, household("1") | {"id": "h"}, sheet(row("1"), subject=ref("Group/h"), source=ref("Patient/1")))
    found = page(family, SELF, "1")
    assert found.total == len(found.versions)
    [whole] = extracts(family, SELF, "1")
    assert "tag" not in whole["meta"]
    assert len(whole["item"]) == 2


def test_where_nothing_is_about_them_alone_there_is_nothing(family: Town) -> None:
    family.write(P, sheet(row("2")), case(), plan(activity(**for_("1", "2"))))
    assert extracts(family, SELF, "1") == []
    assert page(family, SELF, "1").total == len(page(family, SELF, "1").versions)


def test_nobody_else_has_any(family: Town) -> None:
    family.write(P, sheet(row("1"), row("2")))
    for who in (CHILD, replace(CHILD, person="Patient/none")):
        with pytest.raises(Problem):
            page(family, who, "1")
    assert [each["item"] for each in extracts(family, P, "1")] == [sheet(row("1"), row("2"))["item"]], "a keeper's"
    narrow = replace(SELF, scopes=(replace(SELF.scopes[0], type="Patient"),))
    assert extracts(family, narrow, "1") == []


def test_who_signs_for_somebody_has_less(family: Town) -> None:
    family.write(P, sheet(row("1"), row("2")))
    assert [each["item"] for each in extracts(family, MOTHER, "2")] == [[row("2")]]
    family.write(P, sheet(row("1"), row("2"), meta={"versionId": "1", **VERY["meta"]}))
    assert extracts(family, MOTHER, "2") == []
    assert len(extracts(family, CHILD, "2")) == 1


def test_where_somebody_of_the_household_is_protected_no_text_is_shown(family: Town) -> None:
    family.write(
        P, sheet(row("1", "妻は北の寮にいる"), row("2")), case(), plan(activity(**for_("1"), description="北の寮で"))
    )
    family.protect(P, "Patient/2", "Organization/center", against=("Patient/1",))
    shown = extracts(family, SELF, "1")
    assert "北の寮" not in orjson.dumps(shown).decode()
    assert {each["resourceType"] for each in shown} <= set(EXTRACTED)


def test_what_was_entered_in_error_is_no_ones(family: Town) -> None:
    family.write(P, sheet(row("1"), status="entered-in-error"))
    assert extracts(family, SELF, "1") == []


def test_pages_have_each_once_and_the_trail_is_told_what_each_shows(family: Town) -> None:
    family.write(P, sheet(row("1")), sheet(row("1"), id="s2"), case(), plan(activity(**for_("1"))))
    whole = page(family, SELF, "1")
    names = [each.reference for each in whole.versions]
    assert whole.total == len(names) == len(set(names))
    for count in (1, 2, 3, 4):
        seen, after = list[str](), ""
        while True:
            one = page(family, SELF, "1", count, after)
            assert len(one.versions) <= count
            assert one.total == (whole.total if not after else None)
            seen += [each.reference for each in one.versions]
            event = str(family.trail()[-1])
            assert all(each.reference in event for each in one.versions)
            if not (after := one.next):
                break
        assert seen == names, count


def test_they_are_of_the_types_and_the_time_that_was_asked(family: Town) -> None:
    family.write(P, sheet(row("1")), case(), plan(activity(**for_("1"))))
    plans = extracts(family, SELF, "1", types=frozenset({"CarePlan"}))
    assert [each["resourceType"] for each in plans] == ["CarePlan"]
    later = (SELF.now + timedelta(days=2)).isoformat()
    assert extracts(family, SELF, "1", since=later) == []
