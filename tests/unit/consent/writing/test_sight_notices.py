"""Who keeps what its coordinator, or who carries it out, does not read is told so, by a letter that says just that."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.version import Version
from resources.search.predicate import term
from tests.laws.worlds import V3, concept, extension, ref
from tests.unit.consent.test_carrying_out import activity, close, decide, plan
from tests.unit.consent.test_in_sight import ANEW, CO, LEAD, OF_H, PLAN, P, Q, at, refused
from tests.unit.consent.test_of_others import VISIT
from tests.unit.consent.test_strayed import NAMED, both_care, by_lead, kept, stood
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import WITHOUT_A_PLAN, Town, case, coordination, household, patient

__all__ = ["kept"]

Json = dict[str, Any]

CENTER = "Organization/center"
OF_ANOTHER = (
    "この記録は別の世帯のものでもあるため、世帯の調整をする推進員と、役割を担う人には示されません。管理する機関が"
    "entered-in-error とし、この世帯のものを新しく書けば、示されます / "
    "this record is of another household too, so the coordinator of its household and who carries out its roles do not "
    "read it: marked `entered-in-error` and written anew for this household alone by who keeps it, it is read"
)
NOT_DECIDED = (
    "この計画には、役割が決まったときの人でない人が挙げられているため、役割を担う人には示されません。管理する機関が"
    "entered-in-error とし、その人を除いて新しく書けば、次に役割が決まったときから示されます / "
    "this plan names somebody for whom no roles were decided, so who carries them out does not read it: marked "
    "`entered-in-error` and written anew without them, it is read once roles are decided anew"
)
VERY = {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}


def letters(town: Town) -> list[tuple[Version, Json]]:
    found = [(each, orjson.loads(each.body)) for each in town.stored("Communication")]
    return [each for each in found if "sight-notice" in str(each[1].get("category"))]


def whole(town: Town) -> list[tuple[Json, list[str]]]:
    """Each letter, without what every record has, and who keeps it."""
    found = []
    for row, body in letters(town):
        assert (body.pop("id"), body.pop("meta")["versionId"], body.pop("sent")) == (row.id, "1", row.since)
        found.append((body, [each.partition(" ")[2] for each in row.terms if each.startswith(".custodian ")]))
    return sorted(found, key=str)


def letter(record: str, *to: str, said: str = OF_ANOTHER, household: str = "Group/g") -> Json:
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [concept("communication-category", "sight-notice")],
        "about": [ref(record)],
        "recipient": [ref(each) for each in to],
        "subject": ref(household),
        "payload": [{"contentString": said}],
    }


def test_of_a_case_that_was_brought_so_its_keeper_and_the_coordinator_are_told(kept: Town) -> None:
    by_lead(kept)
    kept.write(P, PLAN | NAMED)
    kept.write(LEAD, coordination("requested") | ANEW)
    stood(kept, "CarePlan/k")
    kept.write(CO, coordination() | ANEW | again())
    assert whole(kept) == [
        (letter("CarePlan/k", CENTER, "PractitionerRole/co"), [CENTER]),
        (letter("CarePlan/plan", CENTER), [CENTER]),
    ]
    for status, number in (("in-progress", 2), ("on-hold", 3), ("accepted", 4)):
        why = {"statusReason": {"text": "待つ", "extension": [extension("look-again", valueDate="2026-12-01")]}}
        kept.write(CO, coordination(status) | ANEW | (why if status == "on-hold" else {}) | at(number))
    assert len(letters(kept)) == 2, "once, as it is accepted"


@pytest.mark.parametrize("status", ["requested", "completed", "rejected"])
def test_a_coordination_that_is_not_taken_on_tells_nobody(kept: Town, status: str) -> None:
    by_lead(kept)
    kept.write(P, PLAN | NAMED)
    kept.write(LEAD, coordination("requested") | ANEW)
    if status == "completed":
        kept.write(LEAD, coordination("cancelled") | ANEW | again())
    if status == "requested":
        kept.write(LEAD, coordination("requested") | ANEW | {"priority": "urgent"} | again())
    assert letters(kept) == []


def drawn(town: Town, *, coordinated: bool = True, restricted: bool = False) -> None:
    """Another agency's visit, on which a plan of the center's lies from an earlier release, becomes another one's."""
    town.write(P, PLAN | ({"meta": VERY} if restricted else {}), coordination("requested"))
    town.write(CO, coordination() | again())
    town.write(Q, VISIT | {"subject": ref("Patient/3")}, patient("3"), household("3") | {"id": "o"})
    town.run(town.store.transact(lambda tx: tx.derive("CarePlan/plan", [term(".of", "Encounter/e")])))
    if not coordinated:
        town.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    town.write(Q, VISIT | {"subject": ref("Group/o")} | again())


def test_what_another_agency_draws_away_is_told_to_its_keeper_and_to_the_coordinator(kept: Town) -> None:
    drawn(kept)
    assert whole(kept) == [(letter("CarePlan/plan", CENTER, "PractitionerRole/co"), [CENTER])]


def test_what_its_own_keeper_would_draw_away_is_refused_and_told_to_nobody(kept: Town) -> None:
    own = VISIT | {"id": "own"}
    kept.write(P, own, PLAN | {"encounter": ref("Encounter/own")}, coordination("requested"))
    kept.write(CO, coordination() | again())
    assert refused(kept, P, own | OF_H | again()) == ["R17"]
    assert kept.reads(CO, "CarePlan/plan")
    assert letters(kept) == []


def test_so_is_what_its_keeper_would_make_about_somebody_for_whom_no_roles_were_decided(open_: Town) -> None:
    other = case("x", "concern")
    open_.write(P, patient("3"), other, plan(activity(), basedOn=[ref("CarePlan/x")]))
    decide(open_, "other", "center")
    close(open_)
    assert refused(open_, P, other | {"supportingInfo": [ref("Patient/3")]} | again()) == ["R16"]
    assert open_.reads(Q, "CarePlan/plan")
    assert letters(open_) == []


def test_of_what_nobody_works_on_nothing_is_told(kept: Town) -> None:
    drawn(kept, coordinated=False)
    assert letters(kept) == []


def test_the_coordinator_is_not_told_of_what_was_very_restricted(kept: Town) -> None:
    drawn(kept, restricted=True)
    assert whole(kept) == [(letter("CarePlan/plan", CENTER), [CENTER])]


def test_of_the_plan_of_another_agency_the_coordinator_alone_is_told_and_nobody_keeps_it(kept: Town) -> None:
    both_care(kept)
    kept.write(P, coordination("requested"))
    kept.write(CO, coordination() | again())
    mine = PLAN | {"id": "qp", "encounter": ref("Encounter/e")}
    kept.write(Q, case("kq"), VISIT, mine, patient("3"), household("3") | {"id": "o"})
    kept.write(Q, VISIT | {"subject": ref("Group/o")} | again())
    assert whole(kept) == [(letter("CarePlan/qp", "PractitionerRole/co"), [])]


def test_roles_that_are_decided_on_a_plan_that_names_others_are_told_to_who_keeps_it(open_: Town) -> None:
    open_.write(P, patient("3"), plan(activity(), supportingInfo=[ref("Patient/3")]))
    decide(open_, "other", "center")
    assert whole(open_) == [(letter("CarePlan/plan", CENTER, said=NOT_DECIDED), [CENTER])]


def test_of_a_household_the_letter_is_about_itself(kept: Town) -> None:
    """So that it is found among what is told of it."""
    drawn(kept)
    assert kept.search(P, "Communication", ("category", "sight-notice"), ("subject", "Group/g")) != []
    assert (
        kept.search(P, "Communication", ("category", "sight-notice"), ("subject", OF_H["subject"]["reference"])) == []
    )
