"""$route is a page for a browser, and FHIR in every form for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from api.http import error_boundary
from api.pages import desks as pages
from api.routing import routes
from resources.record.coding import BASE
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY

Json = dict[str, Any]

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ROUTE = "HealthcareService/$route"
DESK: Json = {"resourceType": "HealthcareService", "id": "d", "name": "医務係"}


@pytest.mark.parametrize(
    ("query", "headers", "kind"),
    [
        ("", BROWSER, "text/html"),
        ("&_format=html", {}, "text/html"),
        ("&_format=text/html", {}, "text/html"),
        ("&_format=json", BROWSER, "application/fhir+json"),
        ("", {"accept": "application/fhir+json"}, "application/fhir+json"),
        ("", {"accept": "application/fhir+json, text/html;q=0.5"}, "application/fhir+json"),
        ("", {}, "application/fhir+json"),
    ],
)
def test_a_page_is_for_who_asks_for_one_first(
    calling: Calling, query: str, headers: Mapping[str, str], kind: str
) -> None:
    answer = calling.ask(NOBODY, "GET", f"{ROUTE}?field=debts{query}", headers=headers)
    assert (answer.status, answer.kind.partition(";")[0]) == (200, kind)


def test_it_is_dressed_as_any_other_answer_and_no_form_is_ignored() -> None:
    found = routes.find("GET", f"/{ROUTE}")
    assert found is not None
    row, _ = found
    assert error_boundary.check_format(row, [("_format", "xml")], {}) == "xml"
    assert error_boundary.check_format(row, [("_format", "html")], {}) == "json"
    with pytest.raises(Problem):
        error_boundary.check_format(row, [("_format", "nonsense")], {})


def test_what_a_list_says_is_escaped_on_the_page(calling: Calling) -> None:
    page = calling.ask(NOBODY, "GET", f"{ROUTE}?field=debts&text=%3Cb%3E&_format=html").body.decode()
    assert "<b>" not in page


def shown(*opening: Json, desk: Json | None = None, language: str = "ja") -> str:
    """The page of one desk that says this of its opening."""
    extension = [{"url": f"{BASE}/StructureDefinition/desk-opening", "extension": list(opening)}]
    resource = DESK | (desk or {})
    bundle = {"entry": [{"resource": resource, "search": {"mode": "match"}, "extension": extension}]}
    return pages.page(bundle, pages.Question({}, (), language)).decode()


def test_when_it_opens_next_is_told_by_era_with_its_weekday_and_nothing_where_it_never_does() -> None:
    asked: Json = {"url": "at", "valueDateTime": "2026-12-29T10:00:00+09:00"}
    closed = (asked, {"url": "open", "valueBoolean": False}, {"url": "holiday", "valueString": "年末年始"})
    opens = {"url": "opens", "valueDateTime": "2027-01-04T08:30:00+09:00"}
    assert "受付時間外（年末年始）、次は 令和9年1月4日（月）8:30" in shown(*closed, opens)
    assert "closed now, opens Mon 2027-01-04 8:30" in shown(*closed, opens, language="en")
    assert "受付時間外（年末年始）<" in shown(*closed)
    until = {"url": "closes", "valueDateTime": "2026-12-29T17:15:00+09:00"}
    assert "受付中（17:15まで）" in shown(asked, {"url": "open", "valueBoolean": True}, until)


def test_the_days_of_the_hours_and_the_extension_of_a_number_are_on_it() -> None:
    inner = {"url": "http://hl7.org/fhir/StructureDefinition/contactpoint-extension", "valueString": "5443"}
    other = inner | {"valueString": "5444"}
    week = ["mon", "tue", "wed", "thu", "fri"]
    hours = {"availableStartTime": "08:30:00", "availableEndTime": "17:15:00"}
    times = [hours | {"daysOfWeek": week}, hours | {"daysOfWeek": ["sat", "sun"]}, {"allDay": True}]
    number = {"system": "phone", "value": "803-1274"}
    page = shown(
        desk={
            "telecom": [number | {"extension": [inner]}, number | {"extension": [other]}],
            "availableTime": times,
            "availabilityExceptions": "詳細別紙",
        }
    )
    assert "803-1274</a> 内線 5443、5444" in page
    assert "平日 08:30–17:15、土・日 08:30–17:15、毎日 24時間、詳細別紙" in page


def test_a_desk_names_the_first_before_the_deputy_with_their_numbers() -> None:
    posts = [_post("a", "officer", "潮見 太一", "803-0001"), _post("b", "deputy", "川上 花", "")]
    desk: Json = {"resource": DESK, "search": {"mode": "match"}}
    bundle: Json = {"entry": [desk, *(each for pair in posts for each in pair)]}
    page = pages.page(bundle, pages.Question({}, (), "ja")).decode()
    assert "主 潮見 太一 803-0001、副 川上 花" in page


def _post(id: str, role: str, name: str, phone: str) -> tuple[Json, Json]:
    telecom = [{"system": "phone", "value": phone}] if phone else []
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
    post |= {"healthcareService": [ref("HealthcareService/d")], "telecom": telecom, "code": [concept("role", role)]}
    person: Json = {"resourceType": "Practitioner", "id": id, "name": [{"text": name}]}
    include: Json = {"search": {"mode": "include"}}
    return {"resource": post, **include}, {"resource": person, **include}
