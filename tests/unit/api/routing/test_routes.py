"""An address finds its row, and a row says everything about itself."""

from __future__ import annotations

import pytest

from api.routing import routes

FOUND = {
    ("GET", "/Patient/1"): ("read", {"type": "Patient", "id": "1"}),
    ("GET", "/Patient"): ("search", {"type": "Patient"}),
    ("POST", ""): ("bundle", {}),
    ("GET", "/Patient/1/_history/2"): ("vread", {"type": "Patient", "id": "1", "version": "2"}),
    ("GET", "/HealthcareService/$route"): ("route", {"type": "HealthcareService"}),
    ("GET", "/CarePlan/1/$timetable"): ("timetable", {"type": "CarePlan", "id": "1"}),
    ("GET", "/CarePlan/1/$explain-access"): ("explain_access", {"type": "CarePlan", "id": "1"}),
    ("POST", "/QuestionnaireResponse/$extract"): ("extract", {"type": "QuestionnaireResponse"}),
}


@pytest.mark.parametrize(("asked", "expected"), FOUND.items(), ids=lambda value: " ".join(map(str, value)))
def test_an_address_finds_its_row(asked, expected):
    found = routes.find(*asked)
    assert found is not None
    assert (found[0].name, found[1]) == expected


@pytest.mark.parametrize("path", ["/", "/Patient/", "//1", "/Patient/1/", "/Patient//_history", "/a/b/c/d/e", "/a/b/c"])
def test_an_address_with_something_missing_finds_nothing(path):
    assert routes.find("GET", path) is None
    assert routes.allowed(path) == []


def test_an_operation_of_another_type_is_nobody_s_id():
    assert routes.find("GET", "/Patient/$route") is None


def test_what_an_address_knows_is_said_in_order():
    assert routes.allowed("/Patient/1") == ["DELETE", "GET", "HEAD", "PATCH", "PUT"]
    assert routes.allowed("/Patient") == ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
    assert routes.allowed("") == ["GET", "HEAD", "POST"]


def test_every_row_has_a_name_of_its_own_and_an_address_of_its_own():
    assert len({row.name for row in routes.ALL}) == len(routes.ALL)
    assert len({(row.method, row.path) for row in routes.ALL}) == len(routes.ALL)


def test_a_row_that_takes_a_body_may_find_it_of_another_kind_or_too_long():
    for row in routes.ALL:
        assert bool(row.takes) == ("media-type" in row.refuses) == ("too-long" in row.refuses), row.name
        assert bool(row.takes) == (row.method in ("PATCH", "POST", "PUT")), row.name
