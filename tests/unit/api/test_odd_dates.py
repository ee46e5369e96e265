"""No date anywhere is answered 500: every element with a date, of every type that is written, with every odd one.

docs/policy.md, "three answers"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from profiles import served
from profiles.spec import Spec
from tests.laws import dates
from tests.laws.worlds import ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import INSTALLER, actor, concern, patient
from tests.world.odd_dates import READABLE, UNREADABLE, fits

Json = dict[str, Any]
P = actor("p")
TEXT, CODED = {"text": "x"}, {"system": "urn:s", "code": "x"}
RESOLVED = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}
STORED = (patient("1"), concern("c", "1"))
LEAST: dict[str, Json] = {
    "Appointment": {"status": "proposed", "participant": [{"actor": ref("Patient/1"), "status": "accepted"}]},
    "Basic": {"code": TEXT, "subject": ref("Patient/1")},
    "Binary": {"contentType": "text/plain", "securityContext": ref("Condition/c")},
    "CarePlan": {"status": "active", "intent": "plan", "subject": ref("Patient/1")},
    "CareTeam": {"status": "active"},
    "Communication": {"status": "completed", "subject": ref("Patient/1")},
    "CommunicationRequest": {"status": "active", "subject": ref("Patient/1")},
    "Composition": {
        "status": "final",
        "type": TEXT,
        "date": "2026",
        "title": "x",
        "author": [ref("PractitionerRole/p")],
    },
    "Condition": {"clinicalStatus": {"coding": [RESOLVED]}, "subject": ref("Patient/1"), "code": TEXT},
    "Consent": {
        "status": "proposed",
        "scope": TEXT,
        "category": [TEXT],
        "patient": ref("Patient/1"),
        "policyRule": TEXT,
    },
    "DocumentReference": {"status": "current", "content": [{"attachment": {"title": "x"}}]},
    "Encounter": {"status": "planned", "class": CODED},
    "EpisodeOfCare": {"status": "active", "patient": ref("Patient/1")},
    "Flag": {"status": "active", "code": TEXT, "subject": ref("Patient/1")},
    "Goal": {"lifecycleStatus": "active", "description": TEXT, "subject": ref("Patient/1")},
    "Group": {"type": "person", "actual": True},
    "List": {"status": "current", "mode": "working"},
    "Observation": {"status": "final", "code": TEXT},
    "Patient": {},
    "Provenance": {
        "target": [ref("Condition/c")],
        "recorded": "2026-11-20T10:00:00+09:00",
        "agent": [{"who": ref("Organization/center")}],
    },
    "QuestionnaireResponse": {"status": "completed"},
    "RelatedPerson": {"patient": ref("Patient/1")},
    "ServiceRequest": {"status": "active", "intent": "order", "subject": ref("Patient/1")},
    "Task": {"status": "requested", "intent": "order", "for": ref("Patient/1")},
    "HealthcareService": {"name": "x"},
    "Location": {"name": "x"},
    "Organization": {"name": "x"},
    "OrganizationAffiliation": {"organization": ref("Organization/center")},
    "Practitioner": {},
    "PractitionerRole": {"practitioner": ref("Practitioner/p")},
}
"""The least that each type must have."""
BESIDE: dict[str, Json] = {
    "Appointment.participant": {"actor": ref("Patient/1"), "status": "accepted"},
    "CarePlan.activity.detail": {"status": "scheduled"},
    "Composition.attester": {"mode": "personal"},
    "Encounter.classHistory": {"class": CODED, "period": {"start": "2026"}},
    "Encounter.location": {"location": {"display": "x"}},
    "Encounter.statusHistory": {"status": "planned"},
    "EpisodeOfCare.statusHistory": {"status": "planned"},
    "Goal.target": {"measure": TEXT},
    "Group.characteristic": {"code": TEXT, "valueBoolean": True, "exclude": False},
    "Group.member": {"entity": ref("Patient/1")},
    "HealthcareService.notAvailable": {"description": "x"},
    "List.entry": {"item": ref("Condition/c")},
    "Observation.component": {"code": TEXT},
    "Patient.contact": {"name": {"text": "x"}},
    "Practitioner.qualification": {"code": TEXT},
    "PractitionerRole.notAvailable": {"description": "x"},
    "QuestionnaireResponse.item": {"linkId": "1"},
    "Task.input": {"type": TEXT},
    "Task.output": {"type": TEXT},
}
"""What an element must have beside its date."""
EVERYWHERE = ("identifier.period", "extension.value[x]", "meta.lastUpdated")
SERVERS = ("Consent.verification",)
"""What no client writes."""
TYPED = ("Period", "dateTime", "date", "instant", "Timing")
PREFIXES = ("", "ne", "ge", "lt", "sa", "ap")


def test_the_table_is_of_every_type_that_is_served_and_has_many_dates(spec: Spec) -> None:
    kinds = served.kinds()
    assert LEAST.keys() == (kinds["casework"] | kinds["directory"] | kinds["staff"]) - {"MeasureReport"}, "the server's"
    assert min(len(READABLE), len(UNREADABLE)) > 40
    assert all(dates.read(text) for text in READABLE)
    assert not any(dates.read(text) for text in UNREADABLE)


@pytest.mark.parametrize("share", [4, pytest.param(1, marks=pytest.mark.prove)], ids=["a quarter", "all"])
@pytest.mark.parametrize("type", LEAST)
def test_every_odd_date_in_every_element_is_taken_or_refused_where_it_stands(
    type: str, share: int, calling: Calling
) -> None:
    """Of a quarter each element has another one than its neighbours; `make prove` gives each all of them."""
    town, spec = calling.town, calling.on.spec
    town.write(P, *STORED)
    who = P if type in served.kinds()["casework"] else INSTALLER
    good: list[Json] = []
    for place, (path, primitive, shape) in enumerate(_elements(spec, type)):
        for text in _turn(READABLE, place, share):
            if fits(text, primitive):
                good.append(_record(spec, type, path, shape, text) | {"id": f"odd-{len(good)}"})
        for text in _turn(UNREADABLE, place, share):
            answer = calling.ask(who, "POST", type, _record(spec, type, path, shape, text))
            assert answer.status == 422, (path, text, answer.body)
            named = [at for issue in orjson.loads(answer.body)["issue"] for at in issue.get("expression", ())]
            lead = path.removesuffix("[x]").rpartition(".")[2]
            assert any(lead in at for at in named), (path, text, named)
    for first in range(0, len(good), 20):
        town.write(who, *good[first : first + 20])
    assert len(good) > 40 // share * len(_dated(spec, type))
    for record in good[:: max(len(good) // 40, 1)]:
        assert calling.ask(who, "GET", f"{type}/{record['id']}").status == 200
    for place, name in enumerate(_asked(spec, type)):
        for text in _turn((*READABLE, *UNREADABLE), place, share):
            prefix = PREFIXES[len(text) % len(PREFIXES)]
            answer = calling.ask(who, "GET", f"{type}?{name}={prefix}{quote(text)}&_count=1")
            assert answer.status == 200 if dates.read(text) else answer.status in (200, 400), (name, text, answer.body)
    # Nothing else is broken by what was stored: the person still has a post, a record and a directory.
    assert calling.ask(P, "GET", "Condition/c").status == 200
    assert calling.ask(P, "GET", "HealthcareService?_count=1").status == 200
    assert calling.ask(P, "POST", "Patient", {"resourceType": "Patient"}).status == 201
    for record in good[:: max(len(good) // 20, 1)]:
        explained = calling.ask(actor("aud", "audit-review"), "GET", f"{type}/{record['id']}/$explain-access")
        assert explained.status == 200, explained.body


def test_every_odd_date_that_is_asked_for_is_answered(calling: Calling) -> None:
    calling.town.write(P, *STORED)
    auditor = actor("aud", "audit-review")
    for text in (*READABLE, *UNREADABLE):
        for prefix in PREFIXES:
            answer = calling.ask(auditor, "GET", f"AuditEvent?date={prefix}{quote(text)}&_count=1")
            assert answer.status == 200 if dates.read(text) else answer.status in (200, 400), (text, answer.body)
        answer = calling.ask(P, "GET", f"Patient/1/$explain-access?at={quote(text)}")
        assert answer.status in (200, 400), (text, answer.body)
        found = dates.read(text)
        if not found or "T" not in text or found[0] > dates.second(P.now):  # nobody is told what is to come
            assert answer.status == 400, text
        elif text[:4] not in ("0001", "9999"):
            assert answer.status == 200, text


def _turn(texts: Sequence[str], place: int, share: int) -> Sequence[str]:
    """One of so many, and of the next place the next ones."""
    return texts[place % share :: share]


def _elements(spec: Spec, type: str) -> Iterator[tuple[str, str, str]]:
    """Every place of a date: the path of its element, the primitive it is, and how it is written there."""
    for path in (*_dated(spec, type), *(each for each in EVERYWHERE if spec.element(type, each.partition(".")[0]))):
        if path == "extension.value[x]":
            kinds: tuple[str, ...] = TYPED
        elif path in EVERYWHERE:
            kinds = ("Period",) if path.endswith("period") else ("instant",)
        else:
            kinds = tuple(each for each in spec.elements[type][path].types if each in TYPED)
        for kind in kinds:
            if kind == "Period":
                yield path, "dateTime", "Period.start"
                yield path, "dateTime", "Period.end"
            elif kind == "Timing":
                yield path, "dateTime", "Timing.event"
                yield path, "dateTime", "Timing.bounds"
            else:
                yield path, kind, kind


def _dated(spec: Spec, type: str) -> list[str]:
    found = [path for path, element in spec.elements[type].items() if set(element.types) & set(TYPED)]
    return [path for path in found if not f"{type}.{path}".startswith(SERVERS)]


def _record(spec: Spec, type: str, path: str, shape: str, text: str) -> Json:
    """The least record of a type with one odd date."""
    kind = shape.partition(".")[0]
    value: Any = {
        "Period.start": {"start": text},
        "Period.end": {"end": text},
        "Timing.event": {"event": [text]},
        "Timing.bounds": {"repeat": {"boundsPeriod": {"end": text}}},
    }.get(shape, text)
    found = spec.elements[type].get(path)
    value = value if found is None or found.max == "1" else [value]
    *above, last = path.split(".")
    last = last.replace("[x]", kind[0].upper() + kind[1:])
    node = {last: value} | ({"url": "urn:x"} if above == ["extension"] else {})
    for depth in range(len(above), 0, -1):
        place = ".".join(above[:depth])
        element = spec.elements[type].get(place)
        beside = BESIDE.get(f"{type}.{place}", {})
        if depth == len(above) and last.startswith(("value", "answer")):
            beside = {name: each for name, each in beside.items() if not name.startswith("value")}
        node = beside | node
        many = element is None or element.max != "1" if place != "meta" else False
        node = {above[depth - 1]: [node] if many else node}
    if type == "Appointment" and above == [] and last in ("start", "end"):
        node = {"start": value, "end": value}
    return {"resourceType": type} | LEAST[type] | node


def _asked(spec: Spec, type: str) -> list[str]:
    return [code for code, one in spec.search[type].items() if one.type == "date"]
