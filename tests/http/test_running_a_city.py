"""An officer begins a city from the empty folder by docs/running-a-city.md alone, with the lists that stand in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from demo.credentials import Credentials
from demo.people import CONFERENCE, People
from tests.house import source
from tests.http import launch
from tests.world import sheets

REDIRECT = "http://127.0.0.1:8888/callback"


def _ask(folder: Path, *words: str) -> str:
    asked = launch.ran(folder, *words)
    assert asked.returncode in (0, 1), asked.stderr
    return asked.stdout


def _lists(folder: Path) -> Path:
    folder.mkdir()
    for name, text in re.findall(r"^`(\S+\.csv)`\n```\n(.*?)```", source.text("docs/running-a-city.md"), re.M | re.S):
        (folder / name).write_text(text, encoding="utf-8")
    assert len(list(folder.iterdir())) == 4
    return folder


def _named(listed: str, word: str, type: str) -> str:
    lines = (line.split("\t") for line in listed.splitlines() if word in line)
    return next(line[0] for line in lines if line[0].startswith(f"{type}/"))


def _sheet(agency: str, officer: str, desk: str) -> dict[str, Any]:
    filled = sheets.sheet(sheets.mother("岸 トメ"), sheets.referral(desk), author={"reference": officer})
    own = {"agency": agency, "officer": officer}
    rest = [each for each in filled["item"] if each["linkId"] not in own]
    named = [sheets.item(link, {"valueReference": {"reference": name}}) for link, name in own.items()]
    return filled | {"item": [*named, *rest]}


def test_a_city_begins_by_its_page(tmp_path: Path) -> None:
    folder, lists, key = tmp_path / "data", _lists(tmp_path / "lists"), tmp_path / "key.json"
    assert "主管課の職がありません" in _ask(folder, "init", "--lead-section", "福祉総務課")
    assert "読めなかった所 0 件" in _ask(folder, "city", "import", str(lists), "--date", "2018-11-01")
    lacking = _ask(folder, "city", "check")
    assert "「介護」の★の窓口がありません" not in lacking
    assert "監査担当の職がありません" in lacking

    listed = _ask(folder, "city", "list")
    said = [
        _ask(folder, "account", "add", name, "--person", _named(listed, who, "PractitionerRole")).split()
        for name, who in (("harada", "原田"), ("oda", "小田"), ("morishita", "森下"))
    ]
    east, west = (_named(listed, word, "Organization") for word in ("東部", "西部"))
    _ask(folder, "client", "add", "madoguchi", "--organization", east, "--redirect-uri", REDIRECT,
         *("--purpose", "CAREMGT", "--purpose", CONFERENCE))  # fmt: skip
    _ask(folder, "client", "add", "tobu-system", "--organization", east, "--make-key", str(key))
    officer = _named(listed, "原田", "PractitionerRole")

    with launch.serving(folder) as running:
        given = Credentials(dict(said), {"tobu-system": orjson.loads(key.read_bytes())}, "madoguchi", REDIRECT)
        people = People(running.base, given)
        try:
            desks = people.anyone().get("HealthcareService/$route", field="care")
            found = [each for each in desks.resources if each["resourceType"] == "HealthcareService"]
            assert {each["providedBy"]["reference"] for each in found} <= {east, west}
            assert found, desks.text
            nearest = people.anyone().get("HealthcareService/$route", field="care", area="東部").resources
            assert {each["providedBy"]["reference"] for each in nearest if "providedBy" in each} == {east}
            lead = people.anyone().get("HealthcareService/$route", field="housing")
            assert [each["name"] for each in lead.resources if "name" in each] == ["福祉総務課"]
            assert "0868-00-0001" in lead.text  # a list of before the installation says it too
            filed = people.officer("harada").post("QuestionnaireResponse/$submit", _sheet(east, officer, west))
            assert filed.status == 201, filed.text
            assert people.system("tobu-system").search("Patient").total == 1
            waiting = people.officer("oda").get("Task", status="requested")
            assert [each["owner"]["reference"] for each in waiting.resources] == [west]
            roster = {"resourceType": "CareTeam", "status": "active", "category": [_STANDING]}
            assert people.officer("morishita", CONFERENCE).post("CareTeam", roster).status == 201
            assert people.officer("harada").post("CareTeam", roster).status == 403
        finally:
            people.close()


_STANDING = {
    "coding": [{"system": "https://tsunagu.example/fhir/CodeSystem/record-category", "code": "standing-roster"}]
}
