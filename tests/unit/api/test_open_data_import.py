"""Lists in the JSON of open data are taken in: HSDS and GIF, what we publish and what others do."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.commands import city_import
from api.commands.city_plan import Report
from resources.listing import files
from resources.listing.table import Unreadable
from tests.laws.worlds import index
from tests.unit.api.commands.test_city_import import AGENCIES, AREAS, FILES, bodies, desk, taken
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY, NOW
from tests.unit.consent.town import INSTALLER

Json = dict[str, Any]

EXPORT = "HealthcareService/$directory-export?form="
LATER = date(2019, 4, 1)

TIMES = "平日 8:30～17:15、土 9:00～12:00（祝日を除く）"
HOURS = f"""★,№,相談項目,相談内容,機関名,電話番号（086）,内線,受付時間,圏域,対象年齢
★,31,子育て,子どもの相談,みなと子どもセンター,000-3001,11、12,{TIMES},港東福祉区、港西福祉区,0～17歳
,32,住まい,住まいの夜間の相談,みなと住まいセンター夜間係,000-3002,-,24時間,,
"""


def imported(calling: Calling, said: Any, day: date = LATER, **how: Any) -> Report:
    tables = files.read("open.json", json.dumps(said).encode())
    return calling.town.run(city_import.take_in(calling.town.gate, index(), NOW, tables, day, **how))


@pytest.fixture
def town(calling: Calling) -> Calling:
    # The town of the tests has a desk that no list knows of.
    own = calling.town.read(INSTALLER, "HealthcareService/desk")
    calling.town.write(INSTALLER, own | {"active": False})
    assert taken(calling, FILES).misunderstood == []
    assert taken(calling, {"圏域.csv": AREAS, "機関.csv": AGENCIES, "時間.csv": HOURS}).misunderstood == []
    return calling


@pytest.mark.parametrize("form", ["hsds", "gif"])
def test_what_is_published_is_taken_in_again_and_changes_nothing(town: Calling, form: str) -> None:
    published = json.loads(town.ask(NOBODY, "GET", EXPORT + form).body)
    report = imported(town, published)
    assert report.misunderstood == []
    assert report.writes == 0, (report.made, report.changed)
    assert report.same > 5
    assert imported(town, published, complete=True).ended == {}


@pytest.mark.parametrize("form", ["hsds", "gif"])
def test_what_is_published_makes_the_same_directory_elsewhere(town: Calling, form: str) -> None:
    published = json.dumps(json.loads(town.ask(NOBODY, "GET", EXPORT + form).body))
    for old, new in (("000-3001", "000-3999"), ("子どもの相談", "子どもと親の相談")):
        published = published.replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1])
    assert imported(town, json.loads(published)).changed == {"HealthcareService": 1}
    found = desk(town, "31")
    assert found["comment"] == "子どもと親の相談"
    assert [each["value"] for each in found["telecom"]] == ["086-000-3999"] * 2
    assert found["characteristic"][0]["coding"][0]["code"] == "fallback-desk"
    assert len(found["coverageArea"]) == 2
    days = [each["daysOfWeek"] for each in found["availableTime"]]
    assert days == [["mon", "tue", "wed", "thu", "fri"], ["sat"]]
    assert desk(town, "32")["availableTime"][0]["allDay"] is True
    earlier = json.loads(town.ask(NOBODY, "GET", f"{EXPORT}{form}&date=2018-12-01").body)
    assert "子どもと親の相談" not in json.dumps(earlier, ensure_ascii=False), "the version before can still be asked"


def test_no_name_of_staff_comes_with_open_data(town: Calling) -> None:
    before = len(bodies(town, "Practitioner"))
    service = HSDS | {"contacts": [{"id": "c", "name": "港 花子"}]}
    report = imported(town, [service])
    assert [each.text for each in report.misunderstood] == ["not taken in: contacts"]
    assert len(bodies(town, "Practitioner")) == before


HSDS: Json = {
    "id": "1",
    "name": "就労相談",
    "description": "働くことの相談",
    "status": "active",
    "organization": {"id": "2", "name": "みなと就労センター"},
    "attributes": [{"id": "3", "link_id": "1", "taxonomy_term": {"id": "4", "name": "収入・仕事"}}],
    "phones": [{"id": "5", "number": "086-000-4001"}],
    "schedules": [{"id": "6", "freq": "WEEKLY", "byday": "MO,WE", "opens_at": "10:00:00", "closes_at": "16:00:00"}],
    "minimum_age": 15,
}


@pytest.mark.parametrize(
    "form",
    [
        lambda service: service,
        lambda service: [service],
        lambda service: {"contents": [service], "total_items": 1},
        lambda service: [service["organization"] | {"services": [service]}],
    ],
    ids=["one service", "a list", "a page", "an organization"],
)
def test_a_service_of_another_publisher_becomes_a_desk(town: Calling, form: Any) -> None:
    report = imported(town, form(HSDS))
    assert report.misunderstood == []
    [found] = [each for each in bodies(town, "HealthcareService") if each.get("comment") == "働くことの相談"]
    assert found["name"] == "みなと就労センター"
    assert found["availableTime"][0]["daysOfWeek"] == ["mon", "wed"]
    assert found["availableTime"][0]["availableEndTime"] == "16:00:00"
    assert found["eligibility"][0]["extension"][0]["valueRange"]["low"]["value"] == 15
    assert imported(town, form(HSDS)).writes == 0, "the same twice changes nothing"


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"attributes": [{"taxonomy_term": {"name": "占い"}}]}, "attributes", "no field of concern"),
        ({"attributes": []}, "attributes", "no field of concern"),
        ({"organization": {}}, "organization", "an agency and a content"),
        ({"service_areas": [{"name": "よその区"}]}, "service_areas", "there is no area"),
        ({"phones": [{"number": "4001番"}]}, "phones", "no telephone number"),
        ({"status": "defunct"}, "status", "left out"),
        ({"fees": "無料", "contacts": [{"name": "港"}]}, "", "not taken in: contacts, fees"),
        ({"schedules": [{"freq": "MONTHLY", "opens_at": "10:00", "closes_at": "11:00"}]}, "schedules", "MONTHLY"),
    ],
)
def test_what_of_a_service_is_not_understood_is_told_by_its_place(
    town: Calling, changed: Json, column: str, words: str
) -> None:
    report = imported(town, [HSDS | {"name": "初め"}, HSDS | changed])
    told = [each for each in report.misunderstood if words in each.text]
    assert [(each.file, each.line, each.column) for each in told] == [("open.json", 2, column)]
    assert told[0].ja


def test_the_same_desk_twice_in_one_list_is_told(town: Calling) -> None:
    report = imported(town, [HSDS, HSDS | {"id": "9"}])
    assert [(each.line, each.text) for each in report.misunderstood] == [(2, "this desk is in the list already")]


GIF: Json = {
    "名称": "みなと食堂",
    "団体名": "みなと食堂",
    "説明": "食事と居場所",
    "分類": "子育て",
    "住所": "港区南町2",
    "連絡先": {"電話番号": "086-000-5001"},
    "利用可能曜日": "土日",
    "開始時間": "11:00",
    "終了時間": "14:00",
}


def test_a_place_of_gif_becomes_a_desk_and_what_is_not_read_of_it_is_told(town: Calling) -> None:
    report = imported(town, [GIF | {"URL": "https://example.org/"}])
    assert [(each.line, each.text) for each in report.misunderstood] == [(1, "not taken in: URL")]
    [found] = [each for each in bodies(town, "HealthcareService") if each.get("comment") == "食事と居場所"]
    assert found["availableTime"] == [
        {"daysOfWeek": ["sat", "sun"], "availableStartTime": "11:00:00", "availableEndTime": "14:00:00"}
    ]
    place = town.town.read(INSTALLER, found["location"][0]["reference"])
    assert place["address"]["text"] == "港区南町2"


@pytest.mark.parametrize(
    "content", [b"{", b"[1]", b'{"resourceType": "Bundle"}', b'[{"name": "x"}, 1]', b'"x"', b"[[]]"]
)
def test_what_is_no_list_is_one_sentence(content: bytes) -> None:
    with pytest.raises(Unreadable) as told:
        files.read("x.json", content)
    assert told.value.__notes__


def test_a_folder_may_hold_all_forms_of_a_list(town: Calling, tmp_path: Path) -> None:
    (tmp_path / "圏域.csv").write_text(AREAS, encoding="cp932")
    (tmp_path / "hsds.json").write_text(json.dumps({"contents": [HSDS]}))
    (tmp_path / "gif.json").write_text(json.dumps([GIF]))
    report = town.town.run(city_import.take_in(town.town.gate, index(), NOW, files.tables(tmp_path), LATER))
    assert report.misunderstood == []
    assert report.made["HealthcareService"] == 2
