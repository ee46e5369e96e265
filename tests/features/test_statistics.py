from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from api.cursor import Cursors
from api.dependencies import Dependencies
from api.documents import capability
from api.http.answer import Answer
from api.settings import Settings
from consent.views import small_cells
from profiles.spec import Spec
from resources import figures, measure_report
from tests.laws.worlds import concept, extension, index, own, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import case, household, patient
from tests.world.ruled import unruled
from tests.world.two_years import Years

scenarios("statistics.feature")

Json = dict[str, Any]
WHO = {
    "主管課": "lead",
    "統計担当": "stat",
    "推進員": "co",
    "監査担当": "aud",
    "相談機関の担当者": "p",
    "ほかの機関の担当者": "q",
}
_ASKED = r"(?P<who>[^が]+)が「(?P<measure>[a-z-]+)」を (?P<first>[\d-]+) から (?P<last>[\d-]+) まで"
_CELL = r"「(?P<row>[^」]+)」の「(?P<column>[^」]+)」は"


class Office:
    """The city of the two years, asked by calls of plain values, and what was answered last."""

    def __init__(self, years: Years, calling: Calling) -> None:
        self.years, self.calling = years, calling
        self.answer = Answer()
        self.number = 0

    def ask(self, who: str, method: str, url: str, body: Json | None = None, purpose: str = "statistics") -> None:
        asking = self.years.who(WHO[who], purpose)
        self.answer = self.calling.ask(asking, method, url, body, {"accept-language": "ja"})

    def write(self, who: str, resource: Json) -> None:
        self.ask(who, "POST", resource["resourceType"], resource, "CAREMGT")

    def id(self) -> str:
        """The id of what was written last."""
        return str(orjson.loads(self.answer.body)["id"])

    def cell(self, row: str, column: str) -> figures.Cell:
        table = self.table()
        at = next(n for n, each in enumerate(table.rows) if each.ja == row)
        return table.cells[at][table.columns_ja.index(column)]

    def table(self) -> figures.Table:
        assert self.answer.status == 200, self.answer.body
        report = orjson.loads(self.answer.body)
        return measure_report.read(report, self.calling.on.spec.artefacts[report["measure"]])


@pytest.fixture
def office(years: Years, spec: Spec) -> Office:
    settings = Settings(data=years.town.folder)
    metadata = orjson.dumps(capability.statement(spec, index(), settings))
    on = Dependencies(settings, spec, index(), years.town.gate, Cursors.load(years.town.folder / "keys"), metadata)
    return Office(years, Calling(years.town, on))


@given("平成30年度と令和元年度の6月までの、推進員の仕事が記録されている")
def _(office: Office) -> None: ...


@when(parsers.re(_ASKED + r"(「(?P<form>[^」]+)」で)?集計する"))
def _(office: Office, who: str, measure: str, first: str, last: str, form: str | None) -> None:
    kind = f"&_format={form.replace('+', '%2B')}" if form else ""
    office.ask(who, "GET", f"Measure/{measure}/$evaluate-measure?periodStart={first}&periodEnd={last}{kind}")


@given(parsers.re(_ASKED + "報告している"))
@when(parsers.re(_ASKED + "報告する"))
def _(office: Office, who: str, measure: str, first: str, last: str) -> None:
    days = [{"name": "periodStart", "valueDate": first}, {"name": "periodEnd", "valueDate": last}]
    body = {"resourceType": "Parameters", "parameter": days}
    office.ask(who, "POST", f"Measure/{measure}/$evaluate-measure", body)


@when("主管課が自分で数えた集計を書き込む")
def _(office: Office) -> None:
    report = {"resourceType": "MeasureReport", "status": "complete", "type": "summary"}
    report |= {"measure": "https://tsunagu.example/fhir/Measure/results"}
    office.write("主管課", report | {"period": {"start": "2019-04-01", "end": "2019-04-30"}})


def _gap(field: str | None, text: str) -> Json:
    gap: Json = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2019-07-10"}
    gap |= {"category": [concept("record-category", "resource-gap")]}
    gap |= {"code": concept("concern-field", field) if field else {"text": "住まい"}}
    return gap | {"valueCodeableConcept": concept("gap-kind", "no-resource") | {"text": text}}


@given(parsers.re(r"相談機関の担当者が「(?P<field>[a-z-]+)」の分野の不足「(?P<text>[^」]+)」を記録している"))
def _(office: Office, field: str, text: str) -> None:
    office.write("相談機関の担当者", _gap(field, text))
    assert office.answer.status == 201, office.answer.body


@when("相談機関の担当者が、分野を書かずに不足を記録しようとする")
def _(office: Office) -> None:
    office.write("相談機関の担当者", _gap(None, "シェルターがない"))


@when("相談機関の担当者が、結果を書かずに事例を終えようとする")
def _(office: Office) -> None:
    _end(office, "", reviewing=False)


@when(
    parsers.re(
        r"相談機関の担当者が、検証を(?P<whether>求めて|求めずに)事例を「(?P<outcome>[a-z]+)」で終え(る|ようとする)"
    )
)
def _(office: Office, whether: str, outcome: str) -> None:
    _end(office, outcome, reviewing=whether == "求めて")


def _end(office: Office, outcome: str, *, reviewing: bool) -> None:
    """End a case of the household of its own."""
    office.number += 1
    who, n = office.years.who("p"), office.number
    group = household(f"e{n}") | {"id": f"e{n}"}
    office.years.town.write(who, patient(f"e{n}"), group)
    plan = case(f"e{n}") | {"subject": ref(f"Group/e{n}")}
    office.years.town.write(who, plan)
    parts = [extension("outcome", valueCodeableConcept=concept("case-outcome", outcome))] if outcome else []
    if reviewing:
        review: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
        review |= {"code": concept("task-code", "case-review"), "focus": ref(f"CarePlan/e{n}")}
        office.write("相談機関の担当者", review | {"for": ref(f"Group/e{n}"), "requester": ref("Organization/center")})
        assert office.answer.status == 201, office.answer.body
        parts.append({"url": "review", "valueReference": ref(f"Task/{office.id()}")})
    ended = {"extension": [{**extension("case-outcome"), "extension": _bare(parts)}]} if parts else {}
    office.ask("相談機関の担当者", "PUT", f"CarePlan/e{n}", plan | ended | {"status": "completed"}, "CAREMGT")


def _bare(parts: list[Json]) -> list[Json]:
    """Parts of an extension are named by a word."""
    return [part | {"url": part["url"].rpartition("/")[2]} for part in parts]


@when(parsers.re(r"相談機関の担当者が、その終わった事例を「(?P<outcome>[a-z]+)」に書き換える"))
def _(office: Office, outcome: str) -> None:
    name = f"CarePlan/e{office.number}"
    over = office.years.town.read(office.years.who("p"), name)
    said = [extension("outcome", valueCodeableConcept=concept("case-outcome", outcome))]
    over["extension"] = [extension("case-outcome", extension=[each | {"url": "outcome"} for each in said])]
    office.ask("相談機関の担当者", "PUT", name, over, "CAREMGT")


@when(parsers.re(r"相談機関の担当者が、その終わった事例を「(?P<status>[a-z-]+)」の状態にする"))
def _(office: Office, status: str) -> None:
    name = f"CarePlan/e{office.number}"
    over = office.years.town.read(office.years.who("p"), name) | {"status": status}
    office.ask("相談機関の担当者", "PUT", name, over, "CAREMGT")


@when("相談機関の担当者が、終わった検証を再開しようとする")
def _(office: Office) -> None:
    (review,) = office.years.town.search(office.years.who("p"), "Task", ("code", "case-review"))
    task = office.years.town.read(office.years.who("p"), review) | {"status": "in-progress"}
    office.ask("相談機関の担当者", "PUT", review, task, "CAREMGT")


@when(parsers.re(r"相談機関の担当者が、分かったことを書(?P<whether>いて|かずに)検証を終え(る|ようとする)"))
def _(office: Office, whether: str) -> None:
    (review,) = office.years.town.search(office.years.who("p"), "Task", ("code", "case-review"))
    task = office.years.town.read(office.years.who("p"), review) | {"status": "completed"}
    if whether == "いて":
        task["output"] = [{"type": {"text": "分かったこと"}, "valueString": "早くから住まいの担当を招く"}]
    office.ask("相談機関の担当者", "PUT", review, task, "CAREMGT")


@given(parsers.re(r"(?P<who>[^が]+)が(、版「(?P<version>[\d.]+)」の)?調査に「(?P<code>[a-z-]+)」と答えている"))
def _(office: Office, who: str, version: str | None, code: str) -> None:
    answer = [{"valueCoding": own("survey-answer", code)}]
    answered = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2019-07-10"}
    form = "https://tsunagu.example/fhir/Questionnaire/agency-survey"
    answered |= {"questionnaire": f"{form}|{version}" if version else form}
    office.write(who, answered | {"item": [{"linkId": "close-cooperation", "answer": answer}]})
    assert office.answer.status == 201, office.answer.body


@given("相談機関の依頼が、六時間後にほかの機関に受け付けられている")
def _(office: Office) -> None:
    years = office.years
    asked: Json = {"resourceType": "Task", "id": "asked", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/a"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    years.town.write(years.who("p"), patient("a"))
    years.town.write(years.who("p"), asked)
    years.clock.now += timedelta(hours=6)
    years.town.write(years.who("q"), asked | {"status": "accepted", "meta": {"versionId": "1"}})


@when(parsers.re(r"(?P<which>推進員の機関からの|だれからともない|推進員でない人への)問い合わせを書こうとする"))
def _(office: Office, which: str) -> None:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "inquiry"), "owner": ref("PractitionerRole/co")}
    if which == "推進員の機関からの":
        office.write("推進員", task | {"requester": ref("Organization/council")})
    elif which == "だれからともない":
        office.write("相談機関の担当者", task)
    else:
        task |= {"owner": ref("PractitionerRole/q"), "requester": ref("Organization/center")}
        office.write("相談機関の担当者", task)


@then(parsers.re(r"答えは「(?P<form>PNG|PDF)」のファイルである"))
def _(office: Office, form: str) -> None:
    assert office.answer.status == 200, office.answer.body
    kind, begins = {"PNG": ("image/png", b"\x89PNG"), "PDF": ("application/pdf", b"%PDF-")}[form]
    assert (office.answer.kind, office.answer.body[: len(begins)]) == (kind, begins)


@then("表は次のとおり")
def _(office: Office, datatable: list[list[str]]) -> None:
    head, *lines = datatable
    table = office.table()
    assert ["項目", *table.columns_ja] == head
    said = [[row.ja, *(str(cell.count) for cell in cells)] for row, cells in zip(table.rows, table.cells, strict=True)]
    assert said == lines


@then(parsers.re(r"「(?P<whole>[^」]+)」は「(?P<one>[^」]+)」と「(?P<other>[^」]+)」より (?P<more>\d+) 多い"))
def _(office: Office, whole: str, one: str, other: str, more: str) -> None:
    found = [office.cell(name, "平成30年度").count or 0 for name in (whole, one, other)]
    assert found[0] - found[1] - found[2] == int(more)


@then(parsers.re(_CELL + r" (?P<count>\d+) (である|で、割合は (?P<score>[\d.]+) である)"))
def _(office: Office, row: str, column: str, count: str, score: str | None) -> None:
    cell = office.cell(row, column)
    assert cell.count == int(count)
    assert cell.score == (float(score) if score else None)


@then("1 から 9 までの数はどこにもない")
def _(office: Office) -> None:
    told = re.findall(r'"count":(\d+)', office.answer.body.decode())
    assert told
    assert not {int(each) for each in told} & set(small_cells.SMALL)


@then("伏せた数は、ほかの数から求められない")
def _(office: Office) -> None:
    """Each line with anything withheld withholds two at least, or nothing small."""
    withheld = {
        (r, c) for r, line in enumerate(office.table().cells) for c, cell in enumerate(line) if cell.count is None
    }
    assert withheld
    assert all(len(line & withheld) != 1 for line in figures.lines(office.table()))


@then("受け付けられる")
def _(office: Office) -> None:
    assert office.answer.status in (200, 201), office.answer.body


@then("許されない")
def _(office: Office) -> None:
    assert office.answer.status == 403, office.answer.body
    assert unruled(office.answer.body) == []


@then("見つからない")
def _(office: Office) -> None:
    assert office.answer.status == 404, office.answer.body


@then(parsers.re(r"(?P<rule>[RPDF]\d+a?)により断られる"))
def _(office: Office, rule: str) -> None:
    assert office.answer.status == 422, office.answer.body
    codes = [each["details"]["coding"][0]["code"] for each in orjson.loads(office.answer.body)["issue"]]
    assert rule in codes


@then(parsers.re(r"答え(の本文)?には「(?P<words>.+)」とある"))
def _(office: Office, words: str) -> None:
    assert words in office.answer.body.decode("utf-8-sig"), office.answer.body.decode()
