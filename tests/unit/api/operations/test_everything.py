"""$everything: what one may see about a person or household, each record once, under the policy of who asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import scope
from profiles import care_dates
from profiles.spec import Spec
from resources.search.index import Index
from tests.laws.worlds import ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, case, concern, household, paper, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")


@pytest.fixture
def town(calling: Calling) -> Calling:
    calling.town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), concern("d", "2"))
    calling.town.write(P, case(), {"resourceType": "Flag", "id": "f", "status": "active", **_of("1")})
    return calling


def _of(person: str) -> Json:
    return {"code": {"text": "x"}, "subject": ref(f"Patient/{person}")}


def names(bundle: Any) -> list[str]:
    return [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle.get("entry", ())]


def asked(town: Calling, path: str, who: Any = P, status: int = 200) -> Any:
    answer = town.ask(who, "GET", path)
    assert answer.status == status, answer.body
    return orjson.loads(answer.body)


def pages(town: Calling, path: str, who: Any = P) -> list[list[str]]:
    found = []
    while path:
        bundle = asked(town, path, who)
        found.append(names(bundle))
        links = {each["relation"]: each["url"] for each in bundle["link"]}
        path = links.get("next", "").partition("/fhir/")[2]
    return found


def test_a_person_comes_first_and_then_all_about_them_and_their_household(town: Calling) -> None:
    found = asked(town, "Patient/1/$everything")
    assert names(found)[0] == "Patient/1"
    assert set(names(found)) == {"Patient/1", "Group/g", "Condition/c", "CarePlan/k", "Flag/f"}
    assert found["total"] == 5


def test_of_a_household_every_member_is_told(town: Calling) -> None:
    found = asked(town, "Group/g/$everything")
    assert names(found)[0] == "Group/g"
    everything = {"Group/g", "Patient/1", "Patient/2", "Condition/c", "Condition/d", "CarePlan/k", "Flag/f"}
    assert set(names(found)) == everything
    assert len(names(found)) == found["total"] == 7


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_pages_hold_each_record_once(town: Calling, count: int) -> None:
    whole = names(asked(town, "Group/g/$everything"))
    found = pages(town, f"Group/g/$everything?_count={count}")
    assert [name for page in found for name in page] == whole
    assert all(len(page) <= count for page in found)


def test_types_and_a_since_narrow_it(town: Calling) -> None:
    assert names(asked(town, "Patient/1/$everything?_type=Condition,Flag")) == ["Condition/c", "Flag/f"]
    assert names(asked(town, "Patient/1/$everything?_since=2100-01-01T00:00:00Z")) == []
    assert len(names(asked(town, "Patient/1/$everything?_since=2000-01-01T00:00:00Z"))) == 5


@pytest.mark.parametrize(
    "query",
    ["_type=Claim", "_type=Organization", "_since=yesterday", "_count=0", "_count=x", "begin=2026", "_cursor=x"],
)
def test_what_cannot_be_asked_is_refused(town: Calling, query: str) -> None:
    asked(town, f"Patient/1/$everything?{query}", status=400)


def test_it_shows_what_the_asker_may_see_and_nothing_else(town: Calling) -> None:
    asked(town, "Patient/1/$everything", Q, 404)
    asked(town, "Patient/nobody/$everything", Q, 404)
    asked(town, "Patient/1/$everything", NOBODY, 401)
    town.town.write(P, paper(consent("a")))
    town.town.write(P, consent("a"))
    found = names(asked(town, "Patient/1/$everything", Q))
    assert "Condition/c" in found
    assert "Condition/d" not in found
    for name in found:
        assert town.ask(Q, "GET", name).status == 200, name


def test_a_narrow_token_is_shown_what_it_reaches(town: Calling) -> None:
    narrow = replace(P, scopes=scope.parse("user/Patient.rs user/Flag.rs"))
    assert names(asked(town, "Patient/1/$everything", narrow)) == ["Patient/1", "Flag/f"]
    asked(town, "Patient/1/$everything", replace(P, scopes=scope.parse("user/Patient.r user/Flag.rs")), 403)
    asked(town, "Patient/1/$everything", replace(P, scopes=scope.parse("user/Flag.rs")), 403)


def test_a_page_is_one_event_with_all_that_it_shows(town: Calling) -> None:
    before = len(town.town.trail())
    found = names(asked(town, "Patient/1/$everything"))
    events = town.town.trail()[before:]
    assert len(events) == 1
    told = {each["what"]["reference"].partition("/_history")[0] for each in events[0]["entity"] if "what" in each}
    assert set(found) <= told


@pytest.mark.parametrize(
    ("asked_for", "there"),
    [
        ("start=2026-05-01", {"old", "later"}),
        ("start=2026-06-01", {"later"}),
        ("end=2026-05-31", {"old"}),
        ("end=2026-04", set()),
        ("start=2026-05&end=2026-05-31", {"old"}),
        ("start=2026-06-01T00:00:00%2B09:00&_type=Condition", {"later"}),
        ("start=2027", set()),
    ],
)
def test_of_a_time_comes_the_care_of_then_and_what_has_no_date(town: Calling, asked_for: str, there: set[str]) -> None:
    for id, day in (("old", "2026-05-06"), ("later", "2026-06-07")):
        town.town.write(P, concern(id, "1") | {"recordedDate": day})
    found = {each for page in pages(town, f"Patient/1/$everything?{asked_for}&_count=2") for each in page}
    dated = {f"Condition/{each}" for each in ("old", "later")}
    assert found & dated == {f"Condition/{each}" for each in there}
    if "_type" not in asked_for:
        assert found - dated >= {"Patient/1", "Group/g", "Flag/f"}


@pytest.mark.parametrize("name", ["start", "end", "_since"])
def test_a_time_that_is_none_is_refused(town: Calling, name: str) -> None:
    refused = asked(town, f"Patient/1/$everything?{name}=soon", status=400)
    assert refused["issue"][0]["expression"] == [name]


def test_each_date_of_care_is_a_parameter_of_its_type(spec: Spec) -> None:
    index = Index(spec)
    for type, code in care_dates.parameters().items():
        assert index.parameters(type)[code].kind == "date", type
