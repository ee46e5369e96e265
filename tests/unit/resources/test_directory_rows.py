"""The nineteen rows of the 相談機関一覧: each as slide 14 prints it, and told wherever it serves, in its place.

R6 and R7 of the domain (slide 14), its table of nineteen rows and its decision 15
"""

from __future__ import annotations

from typing import Any

import pytest

from demo import city
from resources import directory
from resources.area import Areas
from resources.directory import Asked
from resources.record import reference

Json = dict[str, Any]
RESOURCES: dict[str, Json] = {
    entry["request"]["url"]: entry["resource"] for bundle in city.bundles() for entry in bundle["entry"]
}
DESKS = [each for url, each in RESOURCES.items() if url.startswith("HealthcareService/")]
AREAS = Areas.of(each for url, each in RESOURCES.items() if url.startswith("Location/"))
DISTRICTS = ("kita-chuo", "kita-kita", "naka", "higashi", "minami-nishi", "minami-minami")
DAY, CARE_DAY, SHORT, SHEET = "08:30-17:15", "08:30-17:00", "09:00-16:00", "09:00-17:00"
"""Hours; those of №11 are on a sheet of their own (別紙), which the demonstration city makes up."""

ROWS = [
    (1, "★", "medical", "地域ケア総合推進センター", 1, DAY),
    (2, "", "medical", "岡山市保健所 保健課医務係", 1, DAY),
    (3, "", "medical", "岡山市保健所 保健課感染症対策係", 1, DAY),
    (4, "", "medical", "健康づくり課 特定疾病係", 1, DAY),
    (5, "", "medical", "健康づくり課 特定疾病係", 1, DAY),
    (6, "★", "mental-health", "保健センター", 6, DAY),
    (7, "", "mental-health", "こころの健康センター", 1, SHORT),
    (8, "★", "care", "地域包括支援センター", 16, CARE_DAY),
    (9, "", "care", "福祉事務所", 6, DAY),
    (10, "", "care", "介護保険課", 1, DAY),
    (11, "★", "disability", "地域活動支援センターⅠ型", 6, SHEET),
    (12, "", "disability", "福祉事務所", 6, DAY),
    (13, "", "disability", "障害者更生相談所 身体障害担当", 1, DAY),
    (14, "", "disability", "障害者更生相談所 知的障害担当", 1, DAY),
    (15, "", "disability", "保健センター", 6, DAY),
    (16, "", "disability", "健康づくり課 精神保健係", 1, DAY),
    (17, "", "disability", "健康づくり課 特定疾病係", 1, DAY),
    (18, "", "disability", "こころの健康センター", 1, SHORT),
    (19, "", "disability", "岡山市発達障害者支援センター", 1, DAY),
]
"""№, ★, field, agency (of several: what their names have in common), how many entries, hours on weekdays."""

OF_FIELD = {field: [row[0] for row in ROWS if row[2] == field] for _, _, field, *_ in ROWS}
COMPLEX = {7, 18}


def entries(number: int) -> list[Json]:
    return [desk for desk in DESKS if number_of(desk) == number]


def number_of(desk: Any) -> int:
    return int((desk.get("identifier") or [{"value": "0"}])[0]["value"])


def covers(desk: Any, place: str) -> bool:
    return bool(set(reference.many(desk, "coverageArea")) & set(AREAS.chain(place)))


def hours(desk: Json) -> str:
    (week,) = desk["availableTime"]
    assert week["daysOfWeek"] == ["mon", "tue", "wed", "thu", "fri"]
    return f"{week['availableStartTime'][:5]}-{week['availableEndTime'][:5]}"


@pytest.mark.parametrize(("number", "star", "field", "agency", "many", "open"), ROWS)
def test_a_row_is_as_slide_14_prints_it(number: int, star: str, field: str, agency: str, many: int, open: str) -> None:
    found = entries(number)
    assert len(found) == many
    for desk in found:
        assert agency in desk["name"]
        assert many > 1 or desk["name"] == agency
        assert directory.is_fallback(desk) is bool(star)
        assert directory.is_for_complex(desk) is (number in COMPLEX)
        assert directory.fields(desk) - {"violence"} == {field}, "№8 is for abused elders too (decision 15)"
        assert hours(desk) == open
        assert ("別紙" in desk.get("availabilityExceptions", "")) is (number in (1, 11))


def test_the_two_entries_of_the_mental_health_center_say_the_same() -> None:
    (once,), (again,) = entries(7), entries(18)
    assert all(once[each] == again[each] for each in ("comment", "telecom", "availableTime", "providedBy"))


@pytest.mark.parametrize("field", OF_FIELD)
@pytest.mark.parametrize("district", DISTRICTS)
def test_every_row_of_the_field_is_told_in_every_district_and_the_star_first(field: str, district: str) -> None:
    place = f"Location/area-{district}"
    told = directory.answer(DESKS, AREAS, Asked(field, place)).desks
    rows = [number_of(desk) for desk in told if number_of(desk) in OF_FIELD[field] and covers(desk, place)]
    stars = [number for number, star, of, *_ in ROWS if star and of == field]
    assert rows[:1] == stars
    assert sorted(rows) == OF_FIELD[field], "each row once: of an office in every district, the one of this"
    assert not set(rows[: -len(COMPLEX & set(rows)) or None]) & COMPLEX, "complex or difficult cases come last"
    for desk in told:
        near = covers(desk, place) or any(AREAS.lies_in(one, place) for one in reference.many(desk, "coverageArea"))
        assert near, f"`{desk['id']}` is of another place"


@pytest.mark.parametrize("field", OF_FIELD)
def test_of_the_whole_city_every_row_of_the_field_is_told_after_the_star_or_what_is_asked_back(field: str) -> None:
    found = directory.answer(DESKS, AREAS, Asked(field))
    rows = {number_of(desk) for desk in found.desks}
    assert set(OF_FIELD[field]) <= rows
    first = found.desks[0]
    assert directory.is_fallback(first)
    assert covers(first, "Location/area-331007")
    assert bool(found.choices) is (number_of(first) not in OF_FIELD[field])
