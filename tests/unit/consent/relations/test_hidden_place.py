"""D1: whether a record is about somebody whose place is protected: by name, in a household, and by another name."""

from __future__ import annotations

from typing import Any

from consent.relations import contributions, hidden_place
from consent.relations.hidden_place import Secrets
from consent.verdict import Verdict
from resources.search.relation import Relation, Stored
from tests.laws.worlds import extension, own, ref
from tests.unit.consent.people import around, row
from tests.unit.consent.relations.test_names import DONE, STANDS
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]

LABEL = own("secrecy-label", "address-secret") | {"extension": [extension("protection", valueId="x")]}
BARE: Json = {"resourceType": "Patient", "id": "1"}
PROTECTED = BARE | {"meta": {"security": [LABEL]}}
HOUSEHOLD: Json = {"resourceType": "Group", "id": "g", "member": [{"entity": ref("Patient/1")}]}


def about(*names: str) -> Stored:
    terms = sorted(f"{'.household' if name.startswith('Group/') else '.subject'} {name}" for name in names)
    return Stored(tuple(terms), since="2026-11-23T04:00:00.000Z", first="2026-11-23T04:00:00.000Z")


def secret(lying: Lying, *names: str) -> bool:
    return lying.ask(lambda view: hidden_place.is_secret(view, about(*names)))


def test_a_record_about_a_protected_person_is_secret_until_that_is_lifted(lying: Lying) -> None:
    lying.put(BARE)
    assert not secret(lying, "Patient/1")
    lying.put(PROTECTED)
    assert secret(lying, "Patient/1")
    assert secret(lying, "Patient/2", "Patient/1")
    assert not secret(lying, "Patient/2")
    assert not secret(lying)
    lying.put(BARE)
    assert not secret(lying, "Patient/1")


def test_one_about_a_household_is_for_who_is_in_it(lying: Lying) -> None:
    lying.put(PROTECTED, HOUSEHOLD)
    assert secret(lying, "Group/g")
    assert not secret(lying, "Group/other")
    lying.put(HOUSEHOLD | {"id": "h", "member": [{"entity": ref("Patient/2")}]})
    assert not secret(lying, "Group/h")
    assert secret(lying, "Group/h", "Group/g")


def test_one_about_another_name_of_that_person_is_too(lying: Lying) -> None:
    lying.put(PROTECTED)
    lying.put(DONE, judged=STANDS)
    assert secret(lying, "Patient/2")
    lying.put(HOUSEHOLD | {"member": [{"entity": ref("Patient/2")}]})
    assert secret(lying, "Group/g")
    lying.put(DONE, judged=Verdict())
    assert not secret(lying, "Patient/2")


def test_whom_it_opens_to_protects_nobody() -> None:
    opens = row(Relation("protected", "Patient/1", "Organization/a"))
    hidden = row(Relation("protected", "Patient/1", "", "x"))
    ended = row(Relation("protected", "Patient/1", "", "x"), ended="2026-05-01T00:00:00.000Z")
    assert not hidden_place.tells(about("Patient/1"), around(opens))
    assert not hidden_place.tells(about("Patient/1"), around(ended))
    assert hidden_place.tells(about("Patient/1"), around(opens, hidden))
    assert not hidden_place.tells(about("Patient/2"), around(hidden))


def test_what_was_asked_once_is_asked_anew_where_a_write_has_changed_it(lying: Lying) -> None:
    lying.put(BARE, HOUSEHOLD)

    async def protect(tx: Any) -> list[bool]:
        secrets, record = Secrets(tx), about("Patient/1")
        found = [await secrets.are_in(record)]
        had = lying.versions["Patient/1"]
        rows = contributions.of(PROTECTED, had.terms)
        version = type(had)("Patient", "1", had.number + 1, tx.instant, False, had.body, had.terms)
        await tx.put(version, rows)
        found.append(await secrets.are_in(record))
        secrets.forget(rows)
        found.append(await secrets.are_in(record))
        return [*found, await secrets.are_in(about("Group/g"))]

    assert lying.runner.run(lying.store.transact(protect)) == [False, False, True, True]
