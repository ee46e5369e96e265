"""R45 where the directory says something odd of a pair: nobody is sent to a programme that is not run, or to another
provider."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources import programme as read
from resources.programme import Programme
from tests.laws.worlds import concept, extension, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import INSTALLER, actor, case, household, patient

Json = dict[str, Any]


def programme(id: str, side: str, pair: str, provider: str, **elements: Any) -> Json:
    said = extension("programme-pair", valueReference=ref(f"HealthcareService/{pair}"))
    service: Json = {"resourceType": "HealthcareService", "id": id, "extension": [said]}
    service |= {"providedBy": ref(f"Organization/{provider}"), "name": id}
    return service | {"eligibility": [{"code": concept("programme-side", side)}]} | elements


def plan() -> Json:
    body = case("plan", "total-care-plan")
    detail = {"status": "scheduled", "code": {"text": "家計"}, "performer": [ref("HealthcareService/one")]}
    detail |= {"scheduledTiming": {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"]}}}
    return body | {"activity": [{"detail": detail}]}


def crossed(calling: Calling, *programmes: Json) -> tuple[str, list[str]]:
    """Who performs after the crossing, and what was said of it."""
    calling.town.write(INSTALLER, *programmes)
    calling.town.write(actor("p"), patient("1"), household("1"), case(), plan())
    body = {"resourceType": "Parameters", "parameter": [{"name": "side", "valueCode": "assisted"}]}
    asked = calling.ask(actor("p"), "POST", "CarePlan/plan/$cross-programmes", body)
    assert asked.status == 200, asked.body
    told = orjson.loads(asked.body)
    said = [each["diagnostics"] for each in told.get("issue", ()) if each["severity"] == "warning"]
    detail = calling.town.read(actor("p"), "CarePlan/plan")["activity"][0]["detail"]
    return detail["performer"][0]["reference"], said


ONE = programme("one", "in-hardship", "two", "center")


def test_a_pair_is_gone_to_without_a_word(calling: Calling) -> None:
    assert crossed(calling, ONE, programme("two", "assisted", "one", "center")) == ("HealthcareService/two", [])


def test_a_pair_that_is_run_no_more_is_not_gone_to(calling: Calling) -> None:
    performer, said = crossed(calling, ONE, programme("two", "assisted", "one", "center", active=False))
    assert performer == "HealthcareService/one"
    assert ["has no pair" in each for each in said] == [True]


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (Programme("assisted", "one", "Organization/center"), "two"),
        (Programme("assisted", "one", "Organization/other"), "one"),
        (Programme("in-hardship", "one", "Organization/center"), "one"),
    ],
    ids=["of the same provider", "of another provider", "of the same side"],
)
def test_only_a_pair_of_the_same_provider_on_the_other_side_is_gone_to(pair: Programme, expected: str) -> None:
    one = Programme("in-hardship", "HealthcareService/two", "Organization/center")
    known = {"HealthcareService/one": one, "HealthcareService/two": pair}
    body = plan()
    done, left = read.crossed(body, known, "assisted")
    assert body["activity"][0]["detail"]["performer"] == [ref(f"HealthcareService/{expected}")]
    assert (done, left) == (([(0, 0)], []) if expected == "two" else ([], [(0, 0)]))
