"""What closes a record later closes at once what belongs to it: in either store, and as a check derives it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from consent.labels import Relabelling
from consent.maintenance.checking import Check
from consent.maintenance.reindexing import Reindexing
from consent.writing.prepared import Change
from resources.record.problem import Problem
from resources.store.open import ledger
from tests.laws.worlds import index, ref
from tests.unit.consent.conftest import CO, CONV
from tests.unit.consent.people import NOW
from tests.unit.consent.test_belonging import P, Q, R, V, file, signed, told
from tests.unit.consent.test_whom import again, row
from tests.unit.consent.town import (
    BOTH_STORES,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    patient,
    roster,
)
from tests.unit.consent.writing.test_superseding import consent

TYPES = ("Binary", "Condition", "Provenance", "QuestionnaireResponse")
ALL = {"Binary/chained", "Binary/f", "Condition/c", "Condition/d", "Provenance/v"}
SHEET = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "subject": ref("Patient/1")}
PERMIT = consent("x")["provision"] | {"provision": [{"type": "deny", "securityLabel": [R]}]}


@pytest.fixture(params=BOTH_STORES)
def recorded(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A concern with its history and a file, which papers open as long as they are not restricted."""
    town: Town = request.getfixturevalue("town" if request.param == "sqlite" else "town_on_mongodb")
    town.write(P, patient("1"), patient("2"), concern("c", "1"), concern("d", "2"))
    town.write(P, told("Condition/c"), file("Condition/c"))
    town.write(P, file("Provenance/v", id="chained"))
    signed(town, "1", "2", provision=PERMIT)
    assert found(town) == ALL
    yield town
    assert differences(town) == []


def found(town: Town, who: Any = Q) -> set[str]:
    """What somebody finds, which is what they read."""
    names = {name for type in TYPES for name in town.search(who, type)}
    every = {one.reference for type in TYPES for one in town.stored(type) if not one.deleted}
    assert {name for name in every if town.reads(who, name)} == names
    return names


def differences(town: Town) -> list[Any]:
    with closing(ledger(town.address or str(town.folder))) as opened:
        check = Check(opened, index())
        return [one for span in opened.spans(10) for one in check.span(span).differences]


def relabel(town: Town, name: str, operation: Any, label: dict[str, Any]) -> None:
    type, _, id = name.partition("/")
    town.commit(P, Change("update", type, id, relabelling=Relabelling(operation, {"security": [label]})))


def test_a_label_put_later_closes_it_in_every_version_and_taken_off_opens_it_again(recorded: Town) -> None:
    relabel(recorded, "Condition/c", "$meta-add", V)
    assert found(recorded) == {"Condition/d"}
    with pytest.raises(Problem):
        recorded.read(Q, "Provenance/v", 1)
    assert recorded.read(P, "Provenance/v")["meta"]["versionId"] == "1", "no version comes of it"
    relabel(recorded, "Condition/c", "$meta-delete", V)
    assert found(recorded) == ALL
    recorded.write(P, concern("c", "1", meta=_next(R)))
    assert found(recorded) == {"Condition/d"}


def test_what_it_has_been_given_itself_stays(recorded: Town) -> None:
    relabel(recorded, "Provenance/v", "$meta-add", V)
    assert found(recorded) == ALL - {"Provenance/v", "Binary/chained"}
    for operation in ("$meta-add", "$meta-delete"):
        relabel(recorded, "Condition/c", operation, R)
    assert found(recorded) == ALL - {"Provenance/v", "Binary/chained"}


def test_of_several_records_each_closes_it(recorded: Town) -> None:
    recorded.write(P, told("Condition/c", "Condition/d", id="w"))
    relabel(recorded, "Condition/c", "$meta-add", R)
    relabel(recorded, "Condition/d", "$meta-add", V)
    relabel(recorded, "Condition/c", "$meta-delete", R)
    assert found(recorded) == ALL - {"Condition/d"}
    assert not recorded.reads(Q, "Provenance/w")


def test_in_one_transaction_their_order_means_nothing_and_a_deleted_record_closes_it_still(recorded: Town) -> None:
    recorded.write(P, told("Condition/e", id="w"), file("Provenance/w", id="g"), concern("e", "1"))
    assert found(recorded) == ALL | {"Condition/e", "Provenance/w", "Binary/g"}
    secret = concern("e", "1", meta=_next(V))
    recorded.write(P, told("Condition/e", id="w") | again(activity={"text": "転記"}), secret)
    assert found(recorded) == ALL
    recorded.delete(P, "Condition/e")
    recorded.delete(P, "Provenance/w")
    assert found(recorded) == ALL
    recorded.write(P, told("Condition/c", id="w") | again())
    assert found(recorded) == ALL, "it was of the other, and is"


def test_a_file_of_a_sheet_with_a_row_tied_to_nobody_opens_as_little_as_the_sheet(recorded: Town) -> None:
    recorded.write(P, SHEET | {"item": [row("母", "1")]}, file("QuestionnaireResponse/s", id="paper"))
    assert found(recorded) == ALL | {"QuestionnaireResponse/s", "Binary/paper"}
    recorded.write(P, SHEET | again(item=[row("母", "1"), row("妹")]))
    assert found(recorded) == ALL
    recorded.write(P, SHEET | again(item=[row("母", "1"), row("妹", "2")]))
    assert found(recorded) == ALL | {"QuestionnaireResponse/s", "Binary/paper"}


def test_a_record_that_becomes_the_material_of_a_meeting_takes_what_belongs_to_it_along(recorded: Town) -> None:
    recorded.write(P, household("1", "2"), case(), coordination("requested"))
    recorded.write(CO, coordination() | again())
    recorded.write(CONV, roster("p", "co"))
    recorded.write(CONV, conference("planned", "p"))
    seated = actor("p", "support-conference")
    recorded.write(seated, concern("m", "1"), file("Condition/m", id="m"))
    assert found(recorded) == ALL | {"Condition/m", "Binary/m"}
    recorded.write(seated, concern("m", "1", **again(encounter=ref("Encounter/m"))))
    assert found(recorded) == ALL


def test_what_an_older_generation_left_open_is_closed_by_a_reindex(recorded: Town) -> None:
    relabel(recorded, "Condition/c", "$meta-add", V)

    before = {type: recorded.stored(type) for type in ("Binary", "Provenance")}

    async def opened(tx: Any) -> None:
        for type, id in (("Binary", "f"), ("Binary", "chained"), ("Provenance", "v")):
            [version] = [each for each in before[type] if each.id == id]
            await tx.amend(f"{type}/{id}", {1: [one for one in version.terms if not one.startswith(".label ")]}, None)

    recorded.run(recorded.store.transact(opened))
    assert len(differences(recorded)) == 2
    way = recorded.run(Reindexing.begun(recorded.gate.engine, lambda: NOW, again=True))
    while way and recorded.run(way.step()):
        pass
    assert found(recorded) == {"Condition/d"}


def _next(label: dict[str, Any]) -> dict[str, Any]:
    return {"versionId": "1", "security": [label]}
