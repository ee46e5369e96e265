"""A city's published list is taken in: what it makes, changes, leaves and ends, and what of it is not understood."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.commands import city_import
from api.commands.city_plan import TYPES, Report
from resources.listing import columns, files, table
from resources.listing.table import Unreadable
from tests.laws.worlds import index
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY, NOW
from tests.unit.consent.town import actor

Json = dict[str, Any]

AREAS = """圏域名,種類,コード,上位圏域
みなと市,市,990001,
港区,行政区,990002,みなと市
港東福祉区,福祉区,,港区
港西福祉区,福祉区,,港区
"""
AGENCIES = """機関名,種別,上位機関,所管課,圏域,所在地,電話番号（086）
福祉企画課,主管課,,,,,
健康課,,,,,,
港東保健センター,保健センター,,健康課,港東福祉区,,000-1001
港西保健センター,保健センター,,健康課,港西福祉区,,000-1002
中央保健所,保健所,,,港区,港区一丁目1-1,
"""
DESKS = """相談機関一覧,,,,,,,,,,
★,№,相談項目,相談内容,機関名,担当者名,,所在地,電話番号（086）,内線,受付時間
,,,,,主,副,,,,
★,1,病気・医療について,在宅医療に関すること,地域ケアセンター,相川,高梨（花）,港区北町3-20,000-2001,-,平日　8：30～17：15
,2,,予防接種に関すること,中央保健所保健係,根本,-,港区一丁目1-1,000-2002,5217、5218,平日 9:00～16:00
★,6,こころの問題（メンタルヘルス）,こころの健康の相談,各保健センター,<別紙>,-,<別紙>,<別紙>,-,平日 8:30~17:15
,7,,相談のうち、複雑又は困難なもの,こころのセンター,作間,木村,港区一丁目1-1,000-2003,-,平日　9：00～16：00
"""
ANNEX = """№,機関名,圏域,担当者名主,所在地,電話番号（086）,内線
6,港東保健センター,港東福祉区,東野,港区東町1,000-1001,
6,港西保健センター,港西福祉区,西野,港区西町1,000-1002,
"""
STAFF = """氏名,フリガナ,機関名,役割,職名
大和 一郎,ヤマト イチロウ,福祉企画課,主管課,課長補佐
大和 二郎,ヤマト ジロウ,福祉企画課,支援会議の所管課長,課長
"""
FILES = {"圏域.csv": AREAS, "機関.csv": AGENCIES, "一覧.csv": DESKS, "別紙.csv": ANNEX, "職員.csv": STAFF}
DAY = date(2018, 11, 1)


def taken(calling: Calling, files: Mapping[str, str], day: date = DAY, **how: Any) -> Report:
    tables = [each for name, text in files.items() for each in table.read(name, text.encode(), columns.COLUMNS)]
    return calling.town.run(city_import.take_in(calling.town.gate, index(), NOW, tables, day, **how))


def bodies(calling: Calling, type: str) -> list[Json]:
    found: list[Json] = [calling.town.read(actor("p"), each.reference) for each in calling.town.stored(type)]
    return [each for each in found if each["id"] not in ("desk", "center", "other", "lead", "council")]


def desk(calling: Calling, number: str, name: str = "") -> Json:
    numbered = [each for each in bodies(calling, "HealthcareService") if "identifier" in each]
    [found] = [each for each in numbered if each["identifier"][0]["value"] == number and name in each["name"]]
    return found


def test_the_list_is_laid_down_as_it_says(calling: Calling) -> None:
    report = taken(calling, FILES)
    assert report.misunderstood == []
    assert report.made["HealthcareService"] == 5, "one for each office of the annex"
    first = desk(calling, "1")
    assert first["name"] == "地域ケアセンター"
    assert first["telecom"] == [{"system": "phone", "value": "086-000-2001", "use": "work"}]
    assert first["characteristic"][0]["coding"][0]["code"] == "fallback-desk"
    assert first["availableTime"][0]["availableEndTime"] == "17:15:00"
    assert first["extension"][0]["valuePeriod"] == {"start": "2018-11-01"}
    second = desk(calling, "2")
    assert (second["name"], second["extraDetails"]) == ("中央保健所 保健係", "担当：保健係")
    assert [each["extension"][0]["valueString"] for each in second["telecom"]] == ["5217", "5218"]
    assert second["category"] == first["category"], "an empty cell is the one above it"
    assert desk(calling, "7")["characteristic"][0]["coding"][0]["code"] == "complex-cases"
    east = desk(calling, "6", "港東")
    place = calling.town.read(actor("p"), east["location"][0]["reference"])
    assert place["address"]["text"] == "港区東町1"
    names = {each["name"][0]["text"] for each in bodies(calling, "Practitioner") if "name" in each}
    assert {"相川", "高梨(花)", "東野", "西野", "作間", "大和 一郎"} <= names
    departments = bodies(calling, "OrganizationAffiliation")
    assert len(departments) == 2


def test_the_stars_need_no_heading_above_them_as_in_the_city_s_own_list() -> None:
    bare = DESKS.replace("\n★,№", "\n,№")
    (headed,), (unheaded,), (urgent,) = (
        table.read("一覧.csv", each.encode(), columns.COLUMNS)
        for each in (DESKS, bare, bare.replace("\n,2,", "\n至急,2,"))
    )
    assert [row.cells for row in unheaded.rows] == [row.cells for row in headed.rows]
    assert [row["star"] for row in unheaded.rows] == ["★", "", "★", ""]
    assert "star" not in urgent.columns


def test_a_column_that_is_not_taken_in_is_told_as_of_open_data_in_json(calling: Calling) -> None:
    lines = DESKS.splitlines()
    memo, empty = ("ファクス", "086-000-9001"), ("備考", "")
    lines[1] += f",{memo[0]},{empty[0]}"
    lines[3] += f",{memo[1]},{empty[1]}"
    staff = "\n".join(f"{line},{said}" for line, said in zip(STAFF.splitlines(), ("内線", "12", ""), strict=True))
    report = taken(calling, FILES | {"一覧.csv": "\n".join(lines), "職員.csv": staff})
    told = [(each.file, each.line, each.column, each.text) for each in report.misunderstood]
    assert told == [
        ("一覧.csv", 2, "", "not taken in: ファクス"),
        ("職員.csv", 0, "内線", "not taken in: 内線"),
    ], "not of a column in which nothing is written"
    assert report.made["HealthcareService"] == 5, "all else is taken in"


def test_each_office_of_a_kind_answers_for_the_area_it_lies_in(calling: Calling) -> None:
    without = {name: text for name, text in FILES.items() if name != "別紙.csv"}
    assert taken(calling, without).misunderstood == []
    for area, there, elsewhere in (("港東福祉区", "港東", "港西"), ("港西福祉区", "港西", "港東")):
        found = calling.ask(NOBODY, "GET", f"HealthcareService/$route?field=mental-health&area={area}").body.decode()
        assert f"{there}保健センター" in found
        assert f"{elsewhere}保健センター" not in found
    assert taken(calling, without, date(2019, 4, 1)).writes == 0


def test_the_same_list_twice_changes_nothing(calling: Calling) -> None:
    taken(calling, FILES)
    before = {each.reference: each.number for each in calling.town.stored("HealthcareService")}
    again = taken(calling, FILES, date(2019, 4, 1))
    assert again.writes == 0
    assert "こころのセンター" not in again.absent
    assert again.same > 20
    assert {each.reference: each.number for each in calling.town.stored("HealthcareService")} == before


def test_a_later_list_changes_what_it_says_otherwise_and_the_earlier_one_can_still_be_asked(calling: Calling) -> None:
    taken(calling, FILES)
    later = taken(calling, {"一覧.csv": DESKS.replace("000-2001", "000-2999")}, date(2019, 4, 1))
    assert later.changed == {"HealthcareService": 1, "PractitionerRole": 2}, "the desk, and who answers there"
    for day, number in (("2018-11-01", "086-000-2001"), ("2019-04-01", "086-000-2999")):
        found = calling.ask(NOBODY, "GET", f"HealthcareService/$route?field=medical&date={day}")
        assert number in found.body.decode()
    older = taken(calling, {"一覧.csv": DESKS}, date(2018, 12, 1))
    assert "a later list has said otherwise already" in {each.text for each in older.misunderstood}
    assert "HealthcareService" not in older.changed


def test_a_desk_that_a_complete_list_has_no_more_is_ended(calling: Calling) -> None:
    taken(calling, FILES)
    shorter = "\n".join(line for line in DESKS.splitlines() if ",7," not in line) + "\n"
    assert "こころのセンター" in taken(calling, {"一覧.csv": shorter}, date(2019, 4, 1)).absent
    halved = taken(calling, {"一覧.csv": shorter}, date(2019, 4, 1), complete=True)
    assert halved.ended == {}, "the offices of a row that cannot be read are not closed"
    assert any("so no desk is ended" in each.text for each in halved.misunderstood)
    report = taken(calling, FILES | {"一覧.csv": shorter}, date(2019, 4, 1), complete=True)
    assert report.ended == {"HealthcareService": 2}, "that one, and the one of the town before the list"
    found = [each for each in calling.town.stored("HealthcareService") if "こころのセンター" in each.body.decode()]
    assert b'"active":false' in found[0].body.replace(b" ", b"")


@pytest.mark.parametrize(
    ("name", "before", "after", "column"),
    [
        ("圏域.csv", "福祉区,,港区", "村,,港区", "種類"),
        ("圏域.csv", ",みなと市", ",よその市", "上位圏域"),
        ("機関.csv", ",健康課,港東", ",無い課,港東", "所管課"),
        ("一覧.csv", "病気・医療について", "占い", "相談項目"),
        ("一覧.csv", "000-2001", "2001番", "電話番号（086）"),
        ("一覧.csv", "平日 9:00～16:00", "随時", "受付時間"),
        ("一覧.csv", "各保健センター", "各天文台", "機関名"),
        ("別紙.csv", "港西福祉区", "別の区", "圏域"),
        ("職員.csv", "主管課", "王", "役割"),
        ("職員.csv", "大和 一郎", "", "氏名"),
    ],
)
def test_what_is_not_understood_is_told_by_file_line_and_column_and_the_rest_is_taken_in(
    calling: Calling, name: str, before: str, after: str, column: str
) -> None:
    without = {each: text for each, text in FILES.items() if each != "別紙.csv" or "天文台" not in after}
    report = taken(calling, without | {name: without[name].replace(before, after)})
    told = [(each.file, each.column) for each in report.misunderstood]
    assert (name, column) in told
    assert all(each.line > 1 for each in report.misunderstood)
    assert report.writes > 10


def test_with_strict_or_dry_nothing_is_written(calling: Calling) -> None:
    wrong = FILES | {"職員.csv": STAFF.replace("主管課", "王")}
    assert taken(calling, wrong, strict=True).misunderstood
    assert taken(calling, FILES, dry=True).writes > 10
    assert bodies(calling, "Location") == []


def every(calling: Calling) -> dict[str, int]:
    """How many records of each type of the directory stand."""
    return {type: len(calling.town.stored(type)) for type in TYPES}


def grown(calling: Calling, before: Mapping[str, int]) -> dict[str, int]:
    return {type: more for type, many in every(calling).items() if (more := many - before[type])}


def test_a_list_that_was_broken_off_is_finished_by_the_same_one(calling: Calling) -> None:
    before, whole = every(calling), taken(calling, FILES, dry=True)
    assert not whole.written

    def interrupted(done: int, total: int) -> None:
        if done > total // 2:
            raise EOFError

    with pytest.raises(EOFError):
        taken(calling, FILES, advance=interrupted)
    half = sum(grown(calling, before).values())
    assert 0 < half < whole.writes
    rest = taken(calling, FILES)
    assert rest.writes == whole.writes - half
    assert grown(calling, before) == whole.made
    assert taken(calling, FILES, date(2019, 4, 1)).writes == 0


def test_two_that_take_a_list_in_at_once_make_each_record_once(calling: Calling) -> None:
    before, whole = every(calling), taken(calling, FILES, dry=True)
    tables = [each for name, text in FILES.items() for each in table.read(name, text.encode(), columns.COLUMNS)]

    async def both() -> list[Report]:
        taking = (city_import.take_in(calling.town.gate, index(), NOW, tables, DAY) for _ in range(2))
        return await asyncio.gather(*taking)

    one, two = calling.town.run(both())
    assert grown(calling, before) == whole.made
    assert one.writes + two.writes == whole.writes


def workbook(files: Mapping[str, str]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, text in files.items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for line in text.splitlines():
            sheet.append(line.split(","))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_the_open_desks_of_a_list_of_another_day_are_asked_for_with_a_time(calling: Calling) -> None:
    taken(calling, FILES)
    asked = "HealthcareService/$route?field=medical&date=2018-11-01"
    assert calling.ask(NOBODY, "GET", f"{asked}&open=true&at=2018-11-01T10:00:00%2B09:00").status == 200
    assert calling.ask(NOBODY, "GET", f"{asked}&open=false").status == 200
    for wrong in ("open=true", "open=yes"):
        assert calling.ask(NOBODY, "GET", f"{asked}&{wrong}").status == 400, wrong


def test_a_workbook_of_sheets_says_the_same(calling: Calling) -> None:
    tables = table.read("一覧.xlsx", workbook(FILES), columns.COLUMNS)
    report = calling.town.run(city_import.take_in(calling.town.gate, index(), NOW, tables, DAY))
    assert report.misunderstood == []
    assert taken(calling, FILES).writes == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_file_of_any_usual_encoding_is_read(encoding: str) -> None:
    [found] = table.read("機関.csv", AGENCIES.encode(encoding), columns.COLUMNS)
    assert [row["agency"] for row in found.rows][:2] == ["福祉企画課", "健康課"]


def test_what_is_no_table_is_one_sentence(tmp_path: Path) -> None:
    wide = "名".encode() * 200_000
    for name, content in (
        ("a.csv", b"\x81\xff"),
        ("a.csv", b'"a'),
        ("a.csv", b"\x01,\x02"),
        ("a.csv", wide),
        ("a.xlsx", b"PK\x03\x04"),
    ):
        with pytest.raises(Unreadable):
            table.read(name, content, columns.COLUMNS)
    assert files.tables(tmp_path) == []


def test_a_directory_says_what_it_lacks(calling: Calling) -> None:
    taken(calling, FILES)
    said = [text for _, text in calling.town.run(city_import.lacks(calling.town.gate, index(), NOW))]
    assert "there is no ★ desk for `housing`" in said
    assert "nobody holds a post of `directory-keeper`" in said
    assert "there is no lead section: an agency of the kind 主管課" not in said


@pytest.mark.parametrize("word", ["こころの問題", "こころの問題（メンタルヘルス）", "こころの問題について"])
def test_a_field_is_known_without_the_words_in_its_brackets(calling: Calling, word: str) -> None:
    report = taken(calling, FILES | {"一覧.csv": DESKS.replace("こころの問題（メンタルヘルス）", word)})
    assert report.misunderstood == []
    assert desk(calling, "6", "港東")["category"][0]["coding"][0]["code"] == "mental-health"


def test_a_facility_without_a_number_leaves_its_agency_the_one_it_has(calling: Calling) -> None:
    taken(calling, FILES)
    facilities = "全国地方公共団体コード,名称,所在地_連結表記,電話番号\n990001,港東保健センター,港区東町1,\n"
    assert taken(calling, {"公共施設一覧.csv": facilities}, date(2019, 4, 1)).misunderstood == []
    [agency] = [each for each in bodies(calling, "Organization") if each["name"] == "港東保健センター"]
    assert [each["value"] for each in agency["telecom"]] == ["086-000-1001"]


AGENCY = "機関名,種別,上位機関,所管課,圏域,所在地,電話番号（086）\n地域ケアセンター,,,,,,{}\n"
FACILITY = (
    "全国地方公共団体コード,名称,所在地_連結表記,電話番号,団体名,利用可能曜日,開始時間,終了時間\n"
    "990001,地域ケアセンター,港区北町3-20,086-000-2001,地域ケアセンター,月火水木金,{},17:15\n"
)


def numbers(calling: Calling) -> list[str]:
    [agency] = [each for each in bodies(calling, "Organization") if each["name"] == "地域ケアセンター"]
    return [each["value"] for each in agency.get("telecom") or ()]


@pytest.mark.parametrize("later", ["000-2001", "000-9000", "000-9000、000-2001"])
def test_the_numbers_of_an_agency_are_those_that_a_list_of_agencies_says_of_it(calling: Calling, later: str) -> None:
    """That one of its desks has a number says nothing of whether the agency has it too."""
    taken(calling, FILES | {"所管.csv": AGENCY.format("000-9000、000-9001")})
    taken(calling, {"機関.csv": AGENCY.format(later)}, date(2019, 4, 1))
    assert numbers(calling) == [f"086-{each}" for each in later.split("、")]


@pytest.mark.parametrize(
    "beside",
    [
        {"機関.csv": AGENCY.format("000-2001")},
        {"公共施設一覧.csv": FACILITY.format("08:30")},
        {"公共施設一覧.csv": FACILITY.format("09:00")},
        {"機関.csv": AGENCY.format("000-9000"), "公共施設一覧.csv": FACILITY.format("08:30")},
    ],
)
@pytest.mark.parametrize("complete", [False, True])
def test_a_list_that_changes_a_desk_says_of_its_agency_and_place_the_same_the_second_time(
    calling: Calling, beside: dict[str, str], complete: bool
) -> None:
    taken(calling, FILES)
    moved = DESKS.replace("000-2001", "000-2999").replace("8：30～17：15", "9：00～17：15")
    changed = FILES | {"一覧.csv": moved} | {f"後の{name}": text for name, text in beside.items()}
    assert taken(calling, changed, date(2019, 4, 1), complete=complete).writes > 0
    assert numbers(calling) in (["086-000-2001"], ["086-000-9000"])
    assert taken(calling, changed, date(2019, 5, 1), complete=complete).writes == 0
