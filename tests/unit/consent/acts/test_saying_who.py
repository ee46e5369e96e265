"""That a member of staff is also somebody of the city is kept whole, once, on the installer's word alone (D2)."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
import pytest

from consent.acts import saying_who
from consent.acts.saying_who import Said
from consent.rule import Decision, Rule, Text
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.laid import gone
from tests.unit.consent.acts.test_declaring_conflict import declare
from tests.unit.consent.town import INSTALLER, Town, actor, patient

Json = dict[str, Any]

P, LEAD = actor("p"), actor("lead")
BECAUSE = Text("the account is also that person's", "職員のアカウントは、この市民のものでもある")
DECISION = Decision(True, (Rule("D2", "permit", EVERYTHING, BECAUSE),))


def say(town: Town, staff: str = "Practitioner/q", person: str = "Patient/1", who: Any = INSTALLER) -> Said:
    do = partial(saying_who.kept, staff=staff, person=person)
    return town.run(town.gate.operate(who, ("account also", person), do))


def refused(town: Town, *said: Any, **more: Any) -> str:
    with pytest.raises(Problem) as caught:
        say(town, *said, **more)
    return " ".join((caught.value.kind, *caught.value.rules))


@pytest.fixture
def city(town: Town) -> Town:
    town.write(P, patient("1"), patient("2"))
    return town


def test_the_whole_record_has_no_keeper_and_is_written_once(city: Town) -> None:
    done = say(city)
    (flag,) = done.told
    assert {name: said for name, said in orjson.loads(flag.body).items() if name not in ("id", "meta")} == {
        "resourceType": "Flag",
        "extension": [extension("staff-person", valueReference=ref("Practitioner/q"))],
        "status": "active",
        "category": [concept("record-category", "conflict")],
        "code": concept("record-category", "same-person") | {"text": "職員本人である / the member of staff themselves"},
        "subject": ref("Patient/1"),
        "period": {"start": "2026-11-23T04:00:00.000Z"},
    }
    assert envelope.origin(flag.terms) == Origin("", "")
    assert (done.decision, done.action) == (DECISION, "create")
    again = say(city)
    assert (again.told, again.decision) == ((), DECISION)
    assert len(say(city, person="Patient/2").told) == len(say(city, staff="Practitioner/co").told) == 1


def test_a_conflict_that_was_declared_or_that_the_lead_section_ended_is_another_matter(city: Town) -> None:
    declare(city, P, "Practitioner/q", "Patient/1")
    (flag,) = say(city).told
    city.write(LEAD, city.read(LEAD, flag.reference) | {"status": "inactive"})
    assert len(say(city).told) == 1


def test_nobody_but_the_installer_says_it_and_of_nobody_who_is_not_there(city: Town) -> None:
    for who in (P, LEAD):
        assert refused(city, who=who) == "forbidden D2"
    for staff, person in (
        ("Practitioner/none", "Patient/1"),
        ("PractitionerRole/q", "Patient/1"),
        ("Practitioner/q", "Patient/none"),
        ("Practitioner/q", "Practitioner/q"),
        ("Practitioner/q", "Patient/"),
    ):
        assert refused(city, staff, person) == "not-found"
    gone(city, "Patient/1", "Practitioner/co")
    assert refused(city) == refused(city, "Practitioner/co", "Patient/2") == "not-found"
    assert city.stored("Flag") == []
