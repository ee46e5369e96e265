from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fhirkit
import orjson
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from api.http.answer import Answer
from profiles.spec import Spec
from tests.laws.worlds import extension, ref
from tests.unit.api.conftest import Calling, founded
from tests.unit.consent.town import actor, case, coordination, household, patient
from tests.world.ruled import unruled

scenarios("plan_document.feature")

Json = dict[str, Any]
WHO = {"前の市の担当者": "p", "推進員": "co", "ほかの機関の担当者": "q"}


class Cities:
    """Two installations: the plan is carried from one to the other."""

    def __init__(self, one: Calling, other: Calling) -> None:
        self.one, self.other = one, other
        self.document: Json = {}
        self.answer = Answer()

    @property
    def told(self) -> Json:
        found: Json = orjson.loads(self.answer.body)
        return found


@pytest.fixture
def cities(tmp_path: Path, spec: Spec) -> Iterator[Cities]:
    with founded(tmp_path / "one", spec) as one, founded(tmp_path / "other", spec) as other:
        yield Cities(one, other)


@given("前の市に、世帯とトータルケアプランがある")
def _(cities: Cities) -> None:
    town = cities.one.town
    town.write(actor("p"), patient("1"), patient("2"), household("1", "2"))
    plan = case("plan", "total-care-plan") | {"title": "水無瀬世帯の計画", "author": ref("PractitionerRole/p")}
    whom = [extension("activity-subject", valueReference=ref("Patient/2"))]
    timing = {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"], "duration": 1.50, "durationUnit": "h"}}
    detail: Json = {"extension": whom, "status": "scheduled", "code": {"text": "訪問看護"}, "scheduledTiming": timing}
    detail["performer"] = [ref("Organization/other")]
    town.write(actor("p"), case(), plan | {"activity": [{"detail": detail}]})


@given("推進員が事例を引き受けて計画を読める")
def _(cities: Cities) -> None:
    cities.one.town.write(actor("p"), coordination("requested"))
    cities.one.town.write(actor("co"), coordination() | {"meta": {"versionId": "1"}})
    assert cities.one.town.read(actor("co"), "CarePlan/plan")["title"] == "水無瀬世帯の計画"


@given("世帯の一人の居所が秘匿されている")
def _(cities: Cities) -> None:
    cities.one.town.protect(actor("p"), "Patient/2", "Organization/center")


@when(parsers.re(r"(?P<who>前の市の担当者|推進員|ほかの機関の担当者)が計画を文書にする"))
def _(cities: Cities, who: str) -> None:
    cities.answer = cities.one.ask(actor(WHO[who]), "GET", "CarePlan/plan/$document")
    if cities.answer.status == 200:
        cities.document = cities.told


@when("前の市の担当者が、計画と世帯を書き直して文書にする")
def _(cities: Cities) -> None:
    town = cities.one.town
    town.write(actor("p"), patient("3"))
    town.write(actor("p"), household("1", "2", "3") | {"meta": {"versionId": "1"}})
    town.write(actor("p"), town.read(actor("p"), "CarePlan/plan") | {"title": "書き直した計画"})
    cities.answer = cities.one.ask(actor("p"), "GET", "CarePlan/plan/$document")
    cities.document = cities.told


@when("次の市の担当者が、取り込んだ計画を書き直す")
def _(cities: Cities) -> None:
    (plan,) = (part["valueReference"]["reference"] for part in cities.told["parameter"] if part["name"] == "plan")
    cities.other.town.write(actor("q"), cities.other.town.read(actor("q"), plan) | {"title": "この市で直した計画"})


@then("次の市の計画は一つで、書き直されたものになり、世帯には三人がいる")
def _(cities: Cities) -> None:
    town = cities.other.town
    (plan,) = (each for each in town.stored("CarePlan") if b"total-care-plan" in each.body)
    assert town.read(actor("q"), plan.reference)["title"] == "書き直した計画"
    (group,) = town.stored("Group")
    members = town.read(actor("q"), group.reference)["member"]
    assert len({each["entity"]["reference"] for each in members}) == len(members) == 3


@when("文書の計画が、存在しない曜日に書き換えられている")
def _(cities: Cities) -> None:
    plan = _only(cities.document, "CarePlan")
    plan["activity"][0]["detail"]["scheduledTiming"]["repeat"]["dayOfWeek"] = ["someday"]


@when("次の市の担当者が文書を取り込む")
def _(cities: Cities) -> None:
    cities.answer = cities.other.ask(actor("q"), "POST", "CarePlan/$receive", cities.document)


@then("文書は、計画・世帯・世帯員と、だれがいつ渡したかの記録からなる")
def _(cities: Cities) -> None:
    assert fhirkit.validate(cities.document) == []
    types = [each["resource"]["resourceType"] for each in cities.document["entry"]]
    assert types[0] == "Composition"
    assert sorted(types[1:]) == ["CarePlan", "Group", "Organization", "Patient", "Patient", "Provenance"]
    assert _only(cities.document, "Provenance")["agent"] == [{"who": ref("Organization/center")}]
    assert len({each["fullUrl"] for each in cities.document["entry"]}) == len(types)


@then("次の市の計画は、次の市の世帯のもので、サービスと相手の名前が同じである")
def _(cities: Cities) -> None:
    town, names = cities.other.town, {}
    for part in cities.told["parameter"]:
        if "valueReference" in part:
            names[part["name"]] = part["valueReference"]["reference"]
    plan = town.read(actor("q"), names["plan"])
    assert plan["subject"]["reference"] == names["household"]
    members = [each["entity"]["reference"] for each in town.read(actor("q"), names["household"])["member"]]
    detail = plan["activity"][0]["detail"]
    assert detail["extension"][0]["valueReference"]["reference"] == members[1]
    assert detail["performer"] == [{"display": "other"}]
    assert detail["scheduledTiming"]["repeat"]["duration"] == 1.5
    assert [town.read(actor("q"), name)["name"] for name in members] == [[{"family": "水無瀬"}]] * 2
    kept = town.read(actor("q"), names["document"])
    assert kept["masterIdentifier"] == cities.document["identifier"]
    week = cities.other.ask(actor("q"), "GET", f"{names['plan']}/$timetable?_format=json")
    assert orjson.loads(week.body)["entries"][0]["label"] == "訪問看護"


@then("前の市の識別番号は、次の市の計画に残っていない")
def _(cities: Cities) -> None:
    (plan,) = [each for each in cities.other.town.stored("CarePlan") if b"total-care-plan" in each.body]
    for told in (b'Patient/1"', b'Patient/2"', b'Group/g"', b'PractitionerRole/p"', b'Organization/other"'):
        assert told not in plan.body


@then("次の市の世帯は一つだけである")
def _(cities: Cities) -> None:
    assert len(cities.other.town.stored("Group")) == 1
    assert len(cities.other.town.stored("Patient")) == 2


@then("次の市には何もない")
def _(cities: Cities) -> None:
    assert [cities.other.town.stored(type) for type in ("Group", "Patient", "CarePlan", "DocumentReference")] == [
        []
    ] * 4


@then("受け付けられる")
def _(cities: Cities) -> None:
    assert cities.answer.status in (200, 201), cities.answer.body.decode()


@then("断られる")
def _(cities: Cities) -> None:
    assert cities.answer.status == 422, cities.answer.body.decode()


@then(parsers.re(r"状態は (?P<status>\d{3})"))
def _(cities: Cities, status: str) -> None:
    assert cities.answer.status == int(status), cities.answer.body.decode()


@then("許されない")
def _(cities: Cities) -> None:
    assert cities.answer.status == 403, cities.answer.body.decode()
    assert unruled(cities.answer.body) == []


@then("見つからない")
def _(cities: Cities) -> None:
    assert cities.answer.status == 404, cities.answer.body.decode()


@then(parsers.re(r"答えには「(?P<words>.+)」とある"))
def _(cities: Cities, words: str) -> None:
    assert words in cities.answer.body.decode()


def _only(bundle: Json, type: str) -> Json:
    (found,) = [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == type]
    return dict(found) if type != "CarePlan" else found
