"""$route is a page for a browser, and FHIR in every form for everybody else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from api.http import error_boundary
from api.routing import routes
from resources.record.problem import Problem
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ROUTE = "HealthcareService/$route"


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
