"""Requests to the fund, each right unless told otherwise, and who has to do with them."""

from __future__ import annotations

from typing import Any

from consent.duty_context import DutyContext
from consent.fund_account import Bearing
from consent.ordinance import FundTerms
from consent.relations.people import Person
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, officer, post

Json = dict[str, Any]

HOLDER = officer(post("fund-holder", agency="Organization/fund", name="holder"))
BEARING = Bearing(received=True, raised=True, balance=90_000)
TERMS = FundTerms("2019-10-01", 50_000)


def person(name: str, function: str, agency: str) -> dict[str, Person]:
    reference = f"PractitionerRole/{name}"
    return {reference: Person(frozenset({reference}), frozenset({function}), frozenset({agency}))}


PEOPLE = (
    person("role", "officer", CENTER)
    | person("holder", "fund-holder", "Organization/fund")
    | person("co", "coordinator", "Organization/council")
    | person("lead", "lead-section", "Organization/lead")
    | person("adviser", "adviser", "Organization/law")
)


def around(bearing: Bearing = BEARING, terms: FundTerms = TERMS) -> DutyContext:
    return DutyContext(people=PEOPLE, fund=bearing, fund_terms=terms)


def said(kind: str, **value: Any) -> Json:
    return {"type": concept("fund-input", kind), **value}


def yen(kind: str, value: float, currency: str = "JPY") -> Json:
    return said(kind, valueMoney={"value": value, "currency": currency})


INPUTS: dict[str, Json] = {
    "amount": yen("amount", 30_000),
    "service": said("service", valueString="配食サービス"),
    "first-introduction": said("first-introduction", valueBoolean=True),
    "need": said("need", valueString="どの制度の対象にもならない"),
    "independence": said("independence", valueString="自炊に戻るまでの間だけ"),
    "expense": said("expense", valueCodeableConcept=concept("expense-kind", "service-fee")),
    "payee": said("payee", valueReference=ref(CENTER)),
    "checked": said("checked-service", valueString="介護保険", extension=[extension("why-not", valueString="対象外")]),
}


def request(*more: Json, without: str = "", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "f", "status": "requested"}
    task |= {"code": concept("task-code", "fund-request")}
    task |= {"for": ref("Group/g"), "requester": ref("PractitionerRole/role"), "owner": ref("PractitionerRole/holder")}
    kept = [each for name, each in INPUTS.items() if name != without]
    return task | {"input": [*kept, *more]} | elements


def paid(value: float) -> Json:
    return {"status": "completed", "output": [yen("paid", value)]}
