"""R37: which other active plans or roles of a household stand beside a record, of those that its writer reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from consent import in_view
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import CASE, OTHER, PLAN, STRAYS

Json = dict[str, Any]

ROLES: Json = {"resourceType": "CareTeam", "id": "p", "status": "active", "subject": ref("Group/g")}
ROLES |= {"category": [concept("record-category", "case-team")]}
OF_H: Json = {"subject": ref("Group/h")}
FORM: Json = {"coding": [{"system": "urn:test", "code": "form"}]}


def beside(lying: Lying, record: Json, unseen: Collection[str] = ()) -> set[str]:
    async def sees(version: Version) -> bool:
        return version.reference not in unseen

    return set(lying.ask(lambda view: in_view.others(record, view, sees)))


@pytest.mark.parametrize("record", [PLAN, ROLES], ids=["plan", "roles"])
def test_the_other_active_ones_of_its_kind_and_household_stand_beside_it(lying: Lying, record: Json) -> None:
    type = record["resourceType"]
    other: Json = {"CarePlan": ROLES, "CareTeam": PLAN}[type]
    lying.put(record, record | {"id": "a"}, record | {"id": "over", "status": "completed"}, record | {"id": "h"} | OF_H)
    lying.put(record | {"id": "strays"} | OF_H | {"note": [{"authorReference": ref("Group/g")}]}, other | {"id": "o"})
    lying.put(CASE | {"id": "k"}, {**CASE, "resourceType": "CareTeam", "id": "k"})
    lying.put(record | {"id": "b"}, keeper=OTHER)
    assert beside(lying, record) == {f"{type}/a", f"{type}/b"}
    assert beside(lying, record, [f"{type}/b"]) == {f"{type}/a"}, "who writes does not read it"
    assert beside(lying, record | {"id": "new"} | STRAYS) == {f"{type}/a", f"{type}/b", f"{type}/p"}
    assert beside(lying, {key: said for key, said in record.items() if key != "id"}) >= {f"{type}/p"}


def test_what_is_neither_a_plan_nor_roles_or_of_no_household_has_none_beside_it(lying: Lying) -> None:
    formed = CASE | {"category": [*CASE["category"], FORM]}
    lying.put(CASE, formed | {"id": "x"}, PLAN)
    assert beside(lying, formed) == set()
    bare = {key: said for key, said in PLAN.items() if key != "subject"}
    lying.put(bare | {"id": "bare"})
    assert beside(lying, bare) == set()


def test_what_else_its_category_says_makes_nothing_its_like(lying: Lying) -> None:
    lying.put(PLAN, CASE | {"category": [*CASE["category"], FORM]})
    assert beside(lying, PLAN | {"id": "q", "category": [*PLAN["category"], FORM]}) == {"CarePlan/p"}
    assert beside(lying, PLAN | {"id": "q"}) == {"CarePlan/p"}
