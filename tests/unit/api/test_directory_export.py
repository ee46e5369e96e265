"""The directory is published: in which forms, of which day, and never with a member of staff in open data."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest

from api.commands import city_import
from resources.listing import columns, forms, table
from tests.laws.worlds import index
from tests.unit.api.commands.test_city_import import FILES, taken
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY, NOW
from tests.unit.consent.town import INSTALLER, actor

P = actor("p")
NAMES = ("相川", "高梨", "東野", "西野", "作間", "木村", "根本", "大和")
EXPORT = "HealthcareService/$directory-export"
OPEN = ("?form=list", "?form=facilities", "?form=hsds", "?form=gif", "?form=list&_format=xlsx")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def published(calling: Calling) -> Calling:
    taken(calling, FILES)
    return calling


@pytest.mark.parametrize("form", OPEN)
def test_no_form_of_open_data_names_a_member_of_staff(published: Calling, form: str) -> None:
    answer = published.ask(NOBODY, "GET", EXPORT + form)
    assert answer.status == 200
    if form.endswith("xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[0]
        said = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    else:
        said = answer.body.decode()
    assert "地域ケアセンター" in said
    assert not [name for name in NAMES if name in said]


@pytest.mark.parametrize("form", ["facilities", "hsds", "gif"])
def test_nor_does_it_for_who_signed_in_but_in_the_list(published: Calling, form: str) -> None:
    said = published.ask(P, "GET", f"{EXPORT}?form={form}").body.decode()
    assert not [name for name in NAMES if name in said]
    assert "相川" in published.ask(P, "GET", EXPORT).body.decode()


def test_no_cell_of_a_csv_begins_as_a_formula_does() -> None:
    for cell in ("=1+1", "+cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "-2+3+cmd|' /C calc'!A0", "－HYPERLINK(1)"):
        assert rows(forms.text([["名称"], [cell]]))[0]["名称"] == f"'{cell}", cell
    for cell in ("-", "－", "-1", "086-000-0001", "平日 8:30～17:15"):
        assert rows(forms.text([["名称"], [cell]]))[0]["名称"] == cell


def test_the_list_has_its_own_columns_and_can_be_taken_in_again(published: Calling) -> None:
    answer = published.ask(P, "GET", EXPORT)
    assert answer.kind == "text/csv; charset=utf-8"
    first = next(row for row in rows(answer.body) if row["№"] == "1")
    assert (first["★"], first["相談項目"], first["主"], first["副"]) == ("★", "病気・医療", "相川", "高梨(花)")
    assert (first["電話番号"], first["受付時間"]) == ("086-000-2001", "平日 8:30～17:15")
    tables = table.read("list.csv", answer.body, columns.COLUMNS)
    report = published.town.run(city_import.take_in(published.town.gate, index(), NOW, tables, date(2019, 4, 1)))
    assert report.changed.get("HealthcareService", 0) == 0
    assert {name for name in report.made if name != "Organization"} <= {"HealthcareService"}, "the desk of the town"


@pytest.mark.parametrize("form", ["list", "facilities"])
def test_what_is_published_says_less_than_is_known_and_changes_nothing_of_it(published: Calling, form: str) -> None:
    """How a name is read and somebody's title stand in no list, and a desk's hours are those of its place."""
    own = published.town.read(INSTALLER, "HealthcareService/desk")
    published.town.write(INSTALLER, own | {"active": False})  # no list knows of the desk of the tests' town
    staff = "氏名,フリガナ,機関名,役割,職名,専門分野\n相川,アイカワ,地域ケアセンター,officer,主任,\n"
    assert sum(taken(published, {"職員.csv": staff}).changed.values()) == 2
    said = published.ask(P, "GET", f"{EXPORT}?form={form}").body
    tables = table.read("published.csv", said, columns.COLUMNS)
    report = published.town.run(city_import.take_in(published.town.gate, index(), NOW, tables, date(2019, 4, 1)))
    assert report.same > 3
    assert report.changed == {}


def test_a_title_and_a_reading_that_a_list_says_otherwise_are_changed(published: Calling) -> None:
    staff = "氏名,フリガナ,機関名,役割,職名,専門分野\n相川,{},地域ケアセンター,officer,{},\n"
    taken(published, {"職員.csv": staff.format("アイカワ", "主任")})
    report = taken(published, {"職員.csv": staff.format("アイガワ", "係長")}, date(2019, 4, 1))
    assert report.changed == {"Practitioner": 1, "PractitionerRole": 1}


def test_the_list_of_another_day_can_be_asked(published: Calling) -> None:
    later = {"一覧.csv": FILES["一覧.csv"].replace("000-2001", "000-2999")}
    taken(published, later, date(2019, 4, 1))
    for day, number in (("2018-11-01", "086-000-2001"), ("2019-04-01", "086-000-2999")):
        found = rows(published.ask(NOBODY, "GET", f"{EXPORT}?date={day}").body)
        assert next(row for row in found if row["№"] == "1")["電話番号"] == number
    assert rows(published.ask(NOBODY, "GET", f"{EXPORT}?date=2018-10-31").body) == []


def test_the_facilities_have_the_columns_of_the_standard_and_come_back(published: Calling) -> None:
    body = published.ask(NOBODY, "GET", f"{EXPORT}?form=facilities").body
    found = next(row for row in rows(body) if row["団体名"] == "地域ケアセンター")
    assert (found["全国地方公共団体コード"], found["地方公共団体名"]) == ("990001", "みなと市")
    assert (found["利用可能曜日"], found["開始時間"], found["終了時間"]) == ("月火水木金", "08:30", "17:15")
    old = (
        body.decode("utf-8-sig")
        .replace("全国地方公共団体コード", "都道府県コード又は市区町村コード")
        .replace("所在地_連結表記", "住所")
    )
    for encoding in ("utf-8-sig", "cp932", "utf-16"):
        [taken_in] = table.read("facilities.csv", old.replace("～", "-").encode(encoding), columns.COLUMNS)
        assert {"municipality", "facility", "address"} <= set(taken_in.columns)
    tables = table.read("facilities.csv", old.encode(), columns.COLUMNS)
    report = published.town.run(city_import.take_in(published.town.gate, index(), NOW, tables, date(2019, 4, 1)))
    assert [each.text for each in report.misunderstood] == ["not taken in: 説明"], "a facility is no desk"
    assert set(report.made) <= {"Organization", "Location"}


def test_hsds_says_services_with_their_schedules_and_areas(published: Calling) -> None:
    found = json.loads(published.ask(NOBODY, "GET", f"{EXPORT}?form=hsds").body)
    assert found["total_items"] == len(found["contents"]) > 4
    east = next(each for each in found["contents"] if "港東" in each["name"])
    assert east["schedules"][0]["byday"] == "MO,TU,WE,TH,FR"
    assert (east["schedules"][0]["opens_at"], east["schedules"][0]["closes_at"]) == ("08:30", "17:15")
    assert east["service_areas"][0]["name"] == "港東福祉区"
    assert east["service_at_locations"][0]["location"]["addresses"][0]["address_1"] == "港区東町1"


def test_gif_says_the_places_of_services(published: Calling) -> None:
    found: list[dict[str, Any]] = json.loads(published.ask(NOBODY, "GET", f"{EXPORT}?form=gif").body)
    first = next(each for each in found if each["名称"] == "地域ケアセンター")
    assert first["連絡先"][0]["電話番号"] == "086-000-2001"
    assert first["分類"] == ["病気・医療"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("?form=pdf", 400), ("?date=yesterday", 400), ("?form=hsds&_format=xlsx", 406), ("?staff=true", 400)],
)
def test_what_is_not_known_is_refused(published: Calling, query: str, status: int) -> None:
    assert published.ask(NOBODY, "GET", EXPORT + query).status == status
