"""An agency is told that what the directory says of it has changed: by one letter a transaction, that names nobody."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.writing import directory_notices
from consent.writing.change import UnitOfWork
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient

Json = dict[str, Any]

KEEPER = actor("dk")
CENTER, OTHER, COUNCIL = (f"Organization/{one}" for one in ("center", "other", "council"))
SAID = (
    "相談機関一覧のうち、貴機関に関わる内容が変わりました。内容を確認してください / "
    "what the directory says of your agency has changed: see whether it is right"
)


@pytest.fixture
def kept(town: Town) -> Town:
    """The council has a directory keeper."""
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "dk"})
    post: Json = {"resourceType": "PractitionerRole", "id": "dk", "practitioner": ref("Practitioner/dk")}
    town.write(INSTALLER, post | {"organization": ref(COUNCIL), "code": [concept("role", "directory-keeper")]})
    return town


def letters(town: Town) -> list[tuple[Version, Json]]:
    found = [(each, orjson.loads(each.body)) for each in town.stored("Communication")]
    return [each for each in found if "directory-notice" in str(each[1]["category"])]


def told(town: Town) -> dict[str, list[str]]:
    return {
        body["recipient"][0]["reference"]: [each["reference"] for each in body["about"]] for _, body in letters(town)
    }


def desk(id: str, agency: str = CENTER) -> Json:
    made: Json = {"resourceType": "HealthcareService", "id": id, "providedBy": ref(agency)}
    return made | {"category": [concept("concern-field", "debts")]}


def test_the_whole_letter_is_kept_by_who_is_told_and_names_what_changed_once(kept: Town) -> None:
    written = kept.write(KEEPER, desk("a"), desk("b"), desk("c", OTHER))
    found = {body["recipient"][0]["reference"]: (row, body) for row, body in letters(kept)}
    assert found.keys() == {CENTER, OTHER}
    row, body = found[CENTER]
    assert {name: said for name, said in body.items() if name not in ("id", "meta")} == {
        "resourceType": "Communication",
        "status": "completed",
        "category": [concept("communication-category", "directory-notice")],
        "about": [ref("HealthcareService/a"), ref("HealthcareService/b")],
        "recipient": [ref(CENTER)],
        "sent": row.since,
        "payload": [{"contentString": SAID}],
    }
    assert [each for each in row.terms if each.startswith(".custodian ")] == [f".custodian {CENTER}"]
    assert {each.reference for each in written[0].ended} == {row.reference for row, _ in found.values()}
    assert [each.ended for each in written[1:]] == [(), ()]


AFFILIATED: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "organization": ref(CENTER)}
AFFILIATED |= {"participatingOrganization": ref(OTHER), "code": [concept("role", "department")]}
PLACE: Json = {"resourceType": "Location", "id": "l", "name": "本館", "managingOrganization": ref(CENTER)}
POST: Json = {"resourceType": "PractitionerRole", "id": "new", "practitioner": ref("Practitioner/q")}
POST |= {"organization": ref(CENTER), "code": [concept("role", "officer")]}


@pytest.mark.parametrize(
    ("record", "agencies"),
    [
        (AFFILIATED, {CENTER, OTHER}),
        (PLACE, {CENTER}),
        (POST, {CENTER}),
        (desk("d", COUNCIL), set()),
        ({"resourceType": "Organization", "id": "far", "name": "遠く"}, {"Organization/far"}),
        ({"resourceType": "Practitioner", "id": "free"}, set()),
    ],
)
def test_each_agency_of_which_it_speaks_is_told_but_for_the_writers_own(
    kept: Town, record: Json, agencies: set[str]
) -> None:
    kept.write(KEEPER, record)
    assert told(kept) == {one: [f"{record['resourceType']}/{record['id']}"] for one in agencies}


def test_of_a_person_the_agencies_are_told_in_which_they_hold_a_post(kept: Town) -> None:
    over: Json = POST | {"id": "over", "active": False}
    kept.write(INSTALLER, over)
    kept.write(KEEPER, kept.read(KEEPER, "Practitioner/q") | {"name": [{"text": "改姓"}]})
    assert told(kept) == {OTHER: ["Practitioner/q"]}


def test_who_lays_the_directory_down_tells_of_what_changes_and_of_nothing_new(kept: Town) -> None:
    kept.write(INSTALLER, desk("new"))
    assert told(kept) == {}
    kept.write(INSTALLER, desk("new") | {"name": "新しい窓口", "meta": {"versionId": "1"}})
    assert told(kept) == {CENTER: ["HealthcareService/new"]}


def test_of_what_is_no_directory_and_of_what_was_nothing_nobody_is_told(kept: Town) -> None:
    kept.write(actor("p"), patient("1"), concern("c", "1"))
    kept.delete(KEEPER, "HealthcareService/none")
    assert told(kept) == {}


def test_a_letter_names_so_many_and_no_more(kept: Town) -> None:
    many = [f"Location/{number}" for number in range(directory_notices.MOST_NAMED + 1)]
    letter = kept.run(_letter(kept, [many[0], *many]))
    assert [each["reference"] for each in letter["about"]] == many[:-1]


async def _letter(town: Town, names: list[str]) -> Json:
    async def work(tx: Any) -> Json:
        unit = await UnitOfWork.begin(town.gate.engine, tx, KEEPER, ())
        return directory_notices.letter(unit, CENTER, names).resource

    return await town.store.transact(work)
