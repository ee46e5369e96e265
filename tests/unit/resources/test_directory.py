"""Which desk answers: for every field and every area of the demonstration city, and where the list has gaps."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from demo import city
from resources import directory
from resources.area import Areas
from resources.directory import Answer, Asked
from tests.laws.worlds import concept, ref

Json = dict[str, Any]
RESOURCES: list[Json] = [entry["resource"] for bundle in city.bundles() for entry in bundle["entry"]]
DESKS = [each for each in RESOURCES if each["resourceType"] == "HealthcareService"]
AREAS = Areas.of(each for each in RESOURCES if each["resourceType"] == "Location")
AREA_NAMES = sorted({AREAS.named(name) for name in AREAS.known})
PLACES = ["", *AREA_NAMES]
FIELDS = sorted({field for desk in DESKS for field in directory.fields(desk)})
CITY = "Location/area-331007"
KITA, NAKA, KITA_CHUO = "Location/area-331015", "Location/area-331023", "Location/area-kita-chuo"


def ask(field: str, area: str = "", *ages: int, text: str = "") -> Answer:
    return directory.answer(DESKS, AREAS, Asked(field, area, frozenset(ages), text))


def served(desk: Mapping[str, Any]) -> set[str]:
    return {each["reference"] for each in desk["coverageArea"]}


def ids(answer: Answer) -> list[str]:
    return [str(desk["id"]) for desk in answer.desks]


@pytest.mark.parametrize("field", FIELDS)
def test_the_first_desk_is_a_star_that_serves_the_whole_of_the_place(field: str) -> None:
    assert len(PLACES) == 144
    for place in PLACES:
        first = ask(field, place).desks[0]
        assert directory.is_fallback(first), (place, first["id"])
        assert not directory.is_for_complex(first)
        around = set(AREAS.chain(place)) if place else {CITY}
        assert served(first) & around, (place, first["id"])


@pytest.mark.parametrize("field", FIELDS)
def test_the_closest_star_of_the_field_comes_first_or_the_parts_are_asked_for(field: str) -> None:
    stars = [desk for desk in DESKS if directory.is_fallback(desk) and field in directory.fields(desk)]
    for place in AREA_NAMES:
        answer = ask(field, place)
        chain = AREAS.chain(place)
        reached = [desk for desk in stars if served(desk) & set(chain)]
        if reached:
            nearest = min(chain.index(one) for desk in reached for one in served(desk) if one in chain)
            assert chain[nearest] in served(answer.desks[0]) or field == "violence", place
            assert not answer.choices
        else:
            assert len(answer.choices) > 1, place
            assert all(AREAS.lies_in(one, place) for one in answer.choices)
            assert ids(answer)[0] == "desk-other-health-welfare-network-desk"
            assert field in directory.fields(answer.desks[1]), "then those between which it is asked"


def test_a_ward_of_one_district_is_that_district() -> None:
    assert ids(ask("mental-health", NAKA))[0] == "directory-06-health-center-naka"
    assert not ask("mental-health", NAKA).choices


def test_of_a_ward_of_two_districts_it_is_asked_which_and_never_a_branch() -> None:
    answer = ask("care", KITA)
    assert answer.choices == ["Location/area-kita-chuo", "Location/area-kita-kita"]
    assert ids(answer)[1:3] == ["directory-08-community-support-kita-chuo", "directory-08-community-support-kita-kita"]


def test_without_an_area_the_city_wide_desk_answers_and_the_district_is_asked_back() -> None:
    assert len(ask("health").choices) == 6
    assert ids(ask("medical"))[0] == "directory-01"
    assert not ask("medical").choices


def test_a_school_district_with_a_branch_has_it_first() -> None:
    assert ids(ask("care", "Location/area-jh-03"))[0] == "directory-08-community-support-branch-01"
    assert ids(ask("care", "Location/area-jh-01"))[0] == "directory-08-community-support-kita-chuo"


@pytest.mark.parametrize("place", ["Location/area-el-03", KITA_CHUO, NAKA])
def test_an_abused_elder_goes_to_the_support_center_and_a_child_to_the_child_center(place: str) -> None:
    elder, child, adult, unknown = (ask("violence", place, *ages).desks[0] for ages in ((81,), (9,), (40,), ()))
    assert "directory-08" in elder["id"]
    assert [desk["id"].split("-")[2] for desk in (child, adult, unknown)] == ["child"] * 3
    both = ids(ask("violence", place, 81, 9))
    assert {"directory-08", "desk-violence"} == {each.rpartition("-community")[0] or each[:13] for each in both[:2]}


def test_an_abused_elder_of_unknown_district_is_asked_for_it_among_the_support_centers() -> None:
    answer = ask("violence", "", 81)
    assert len(answer.choices) == 6
    assert all("directory-08" in each for each in ids(answer)[1:7])


def test_words_of_the_list_find_the_desk_however_they_are_written() -> None:
    assert ids(ask("", "Location/area-el-03", text="療育手帳"))[0] == "directory-14"
    assert ids(ask("", "", text="エイズ"))[0] == ids(ask("", "", text="ｴｲｽﾞ"))[0] == "directory-03"
    assert ids(ask("", "", text="宇宙旅行"))[0] == "desk-other-health-welfare-network-desk"
    assert ids(ask("disability", KITA_CHUO, text="発達障害"))[0].startswith("directory-19")


def test_words_without_a_field_lack_no_desk_of_one() -> None:
    among = [desk("a"), desk("b", field="housing", star=False) | {"name": "空き家の相談"}]
    areas = Areas.of([area("city")])
    for asked, lacks in ((Asked(text="空き家"), False), (Asked(), False), (Asked("housing"), True)):
        assert directory.answer(among, areas, asked).lacking is lacks


def test_a_desk_for_complex_cases_is_never_first() -> None:
    for field, place in itertools.product(("mental-health", "disability"), PLACES):
        found = ids(ask(field, place, text="精神保健福祉"))
        assert found[0] not in ("directory-07", "directory-18")
        assert {"directory-07", "directory-18"} & set(found), "it is told, further below"


def desk(id: str, *areas: str, star: bool = True, field: str = "debts") -> Json:
    marked = {"characteristic": [concept("desk", "fallback-desk")]} if star else {}
    made = {"resourceType": "HealthcareService", "id": id, "category": [concept("concern-field", field)]}
    return made | marked | ({"coverageArea": [ref(each) for each in areas]} if areas else {})


def area(id: str, part_of: str = "") -> Json:
    made = {"resourceType": "Location", "id": id, "name": id, "type": [concept("area-kind", "ward")]}
    return made | ({"partOf": ref(f"Location/{part_of}")} if part_of else {})


def test_where_the_field_has_no_star_its_own_desk_answers_before_the_one_for_everything() -> None:
    listed = [desk("plain", star=False), desk("all", field="other")]
    answer = directory.answer(listed, Areas.of([]), Asked("debts"))
    assert (ids(answer), answer.lacking) == (["plain", "all"], True)


def test_where_nothing_is_entered_nothing_is_named() -> None:
    assert directory.answer([], Areas.of([]), Asked("debts")) == Answer([], [], True)


def test_a_desk_of_another_ward_is_not_told() -> None:
    wards = Areas.of([area("c"), area("a", "c"), area("b", "c")])
    listed = [desk("a", "Location/a"), desk("b", "Location/b"), desk("nowhere", "Location/gone")]
    assert ids(directory.answer(listed, wards, Asked("debts", "Location/a"))) == ["a"]


def test_areas_that_go_round_in_a_circle_end() -> None:
    circle = Areas.of([area("a", "b"), area("b", "a")])
    assert circle.up("Location/a") == ["Location/a", "Location/b"]
    assert directory.answer([desk("d", "Location/b")], circle, Asked("debts", "Location/a")).desks


def test_an_area_is_named_by_its_id_its_code_or_its_name() -> None:
    assert {AREAS.named(said) for said in ("Location/area-331015", "area-331015", "331015", "北区", "Kita Ward")} == {
        KITA
    }
    assert AREAS.named("health-center-kita-chuo") == KITA_CHUO, "the place of an office is in an area"
    assert AREAS.named("どこか") == ""
