"""Requests of every kind about a world: reads, searches, writes and operations, by names that are in it or are not.

docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tests.laws import acted
from tests.laws.worlds import AGENCIES, HOUSEHOLDS, PATIENTS, Json, Record, concept, ref

_CLINICAL = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
_TYPES = (
    *("Patient", "Condition", "Group", "QuestionnaireResponse", "CarePlan", "Task", "ServiceRequest"),
    *("Communication", "Encounter", "List", "Consent", "CareTeam", "PractitionerRole", "Organization"),
    *("Provenance", "Binary", "Basic"),
)
_WRITER = [{"who": {"reference": "Organization/a"}}]
_ORDERS = ("_lastUpdated", "-_lastUpdated")
"""Behind what else it is sorted by always one: else it is by id, and what is made has another id in each world."""
_COUNTS = ("1", "1", "2", "3", "50", "0")
_ELEMENTS = {
    "Patient": ("name",),
    "Group": ("member",),
    "Task": ("for", "note", "status"),
    "Condition": ("subject", "note"),
    **dict.fromkeys(("CarePlan", "ServiceRequest", "Communication", "List"), ("subject", "note", "status")),
    "Provenance": ("target", "history"),
    "Binary": ("content",),
    "Basic": ("subject",),
    **dict.fromkeys(("QuestionnaireResponse", "Encounter", "CareTeam"), ("subject", "status")),
}
"""What of each type is changed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `{made:0}` in it is the first record that was made by those before it."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] | None = None


def of(records: Sequence[Record], own: Sequence[str], gone: Sequence[str], chance: random.Random) -> Iterator[Request]:
    """Endless. `records` are those of the whole world; of them `own` are those that the actor's agency keeps, and
    `gone` those that the actor may not see."""
    known = ("Condition/none", *(each.reference for each in records))
    bodies = {each.reference: _whole(each.body) for each in records}
    tasks = ("Task/none", *(each for each in bodies if each.startswith("Task/")))

    def name() -> str:
        return chance.choice(chance.choice((own, gone, known)) or known)

    kinds: tuple[Callable[[], Request], ...] = (
        lambda: Request("GET", name() + chance.choice(("", "", "/_history", "/_history/1", "/_history/2", "/$meta"))),
        lambda: Request("GET", f"{name()}/$explain-access" + chance.choice(("", "", "?purpose=COC"))),
        lambda: Request("GET", f"{chance.choice((*PATIENTS, *HOUSEHOLDS))}/$who-can-see"),
        lambda: Request("GET", _searched(chance, name())),
        lambda: Request("GET", _searched(chance, name())),
        lambda: Request("GET", _paged(chance)),
        lambda: _written(chance, name(), bodies),
        lambda: _written(chance, name(), bodies),
        lambda: _made(chance, name()),
        lambda: _bundle([_written(chance, name(), bodies), _made(chance, name())]),
        lambda: _relabelled(chance, name()),
        lambda: Request("POST", "$simulate", _parameters({"name": "change", "resource": _consent(chance)})),
        lambda: _acted(chance, name(), chance.choice(tasks)),
        lambda: _acted(chance, name(), chance.choice(tasks)),
    )
    while True:
        yield chance.choice(kinds)()


def _acted(chance: random.Random, name: str, task: str) -> Request:
    method, path, given = acted.one(chance, name, task)
    return Request(method, path, _parameters(*given) if given else b"")


def _whole(body: Json) -> Json:
    """As the server takes it back: the worlds say of a concern less than it must."""
    return body | {"clinicalStatus": _CLINICAL} if body["resourceType"] == "Condition" else body


def _searched(chance: random.Random, name: str) -> str:
    type = chance.choice(_TYPES)
    code = chance.choice(("medical", "debts"))
    asked = chance.choice(
        (
            (),
            (f"_id={name.partition('/')[2]}",),
            (f"subject={name}",),
            (f"patient={chance.choice(PATIENTS)}",),
            (f"code={code}",),
            (f"code:not={code}",),
            (f"_lastUpdated={chance.choice(('gt', 'le'))}2026-05",),
            (f"_security={chance.choice(('V', 'R', 'PSY', 'address-secret'))}",),
            (f"status={chance.choice(('active', 'completed', 'requested', 'inactive'))}",),
            (f"address={chance.choice(('山陽町', '岡山市'))}",),
            (f"evidence-detail={chance.choice(PATIENTS)}",),
            (f"focus={name}",),
            (f"encounter={name}",),
            (f"target={name}",),
            (f"target:Condition.code={code}",),
            (f"_has:Provenance:{chance.choice(('target', 'agent', 'entity'))}:recorded=gt2026",),
            (f"patient._has:Provenance:target:target={name}",),
            (f"{chance.choice(('subject', 'code', 'address', 'owner', 'recipient'))}:missing=true",),
            (f"subject:Patient.address={chance.choice(('山陽町', '岡山市'))}",),
            (f"{chance.choice(('subject:Patient', 'subject:Group', 'focus:Condition'))}._id={name.partition('/')[2]}",),
            (f"subject:Patient._has:Condition:subject:code={code}",),
            (f"_has:{chance.choice(('Condition', 'Task'))}:{_leading(chance)}:_lastUpdated=gt2026-05",),
            (f"_content={chance.choice(('書き足した', '別の', '山陽', '様式'))}",),
            (f"address:contains={chance.choice(('山', '町', '市'))}",),
            (f"code:{chance.choice(('text', 'in', 'below'))}={chance.choice((code, 'urn:none'))}",),
            (f"encounter:{chance.choice(('above', 'below'))}={name.partition('/')[2]}",),
            (f"_filter=subject:Patient[address pr true]._id ne {name.partition('/')[2]}",),
            (f"_filter=address ew {chance.choice(('町', '1-1'))} or address ne 岡山",),
            (f"_has:Condition:subject:code{chance.choice((':not', ''))}={code}",),
            (f"subject:Group.member:Patient.address:missing={chance.choice(('true', 'false'))}",),
        )
    )
    sorted_by = chance.choice(("", "", "address,", "-family,", "code,", "-subject,", "recorded-date,"))
    order = f"{sorted_by}{chance.choice(_ORDERS)}"
    more: tuple[str, ...] = () if not sorted_by and chance.random() < 0.4 else (f"_sort={order}",)
    more += (f"_elements={chance.choice(('subject', 'name', 'code'))}",) if chance.random() < 0.1 else ()
    more += (f"_count={chance.choice(_COUNTS)}",) if chance.random() < 0.6 else ()
    more += (_included(chance, type),) if chance.random() < 0.3 else ()
    more += ("_summary=count",) if chance.random() < 0.1 else ()
    return f"{type}?{'&'.join((*asked, *more))}"


def _paged(chance: random.Random) -> str:
    """All of a type, one or two to a page."""
    type = chance.choice(("Condition", "Task", "Patient", "QuestionnaireResponse", "Communication", "CarePlan"))
    order = chance.choice(("", *(f"&_sort={each}" for each in _ORDERS)))
    return f"{type}?_count={chance.choice((1, 1, 2))}{order}"


def _leading(chance: random.Random) -> str:
    return chance.choice(("subject", "patient", "focus"))


def _included(chance: random.Random, type: str) -> str:
    forwards = f"_include={chance.choice(('*', f'{type}:*'))}"
    backwards = f"_revinclude={chance.choice(('*', 'Condition:subject', 'Task:focus', 'Provenance:target'))}"
    onwards = chance.choice(("_include:iterate=*", "_revinclude:iterate=Condition:*", "_include:iterate=Group:member"))
    return chance.choice((forwards, backwards, f"{forwards}&{backwards}&{onwards}"))


def _written(chance: random.Random, name: str, bodies: Mapping[str, Json]) -> Request:
    """Over what is there, or is not: a change, a deletion, either with a version it goes by."""
    headers = {"If-Match": f'W/"{chance.choice((1, 2, 7))}"'} if chance.random() < 0.5 else None
    if chance.random() < 0.3:
        return Request("DELETE", name, b"", headers)
    type, _, id = name.partition("/")
    body = bodies.get(name) or {"resourceType": type, "id": id, "code": concept("concern-field", "debts")}
    return Request("PUT", name, orjson.dumps(body | _change(chance, type, name)), headers)


def _change(chance: random.Random, type: str, name: str) -> Json:
    """Mostly one of elements that the type has."""
    about = ref(chance.choice((*PATIENTS, *HOUSEHOLDS)))
    changes: dict[str, Json] = {
        "subject": {"subject": about},
        "for": {"for": about, "focus": ref(name)},
        "note": {"note": [{"text": "書き足した"}]},
        "status": {"status": chance.choice(("completed", "active", "revoked", "inactive", "accepted"))},
        "member": {"member": [{"entity": ref(each)} for each in PATIENTS[: chance.randint(0, 3)]]},
        "name": {"name": [{"text": "あらためた なまえ"}]},
        "target": {"target": [ref(name)]},
        "history": {"activity": {"text": "書き足した"}},
        "content": {"data": "5LuK5pel"},
    }
    has = tuple(changes) if chance.random() < 0.1 else _ELEMENTS.get(type, ("status",))
    return changes[chance.choice(has)] if chance.random() < 0.8 else {}


def _made(chance: random.Random, name: str) -> Request:
    person = chance.choice((*PATIENTS, *HOUSEHOLDS))
    bodies: tuple[Json, ...] = (
        {"resourceType": "Condition", "clinicalStatus": _CLINICAL, "subject": ref(person)},
        {"resourceType": "Condition", "clinicalStatus": _CLINICAL, "subject": ref("{made:0}")},
        {"resourceType": "Patient", "name": [{"text": "あたらしい ひと"}]},
        {"resourceType": "Group", "type": "person", "actual": True, "member": [{"entity": ref(person)}]},
        _requested(chance, "Task", {"focus": ref(name), "for": ref(person)}),
        _requested(chance, "ServiceRequest", {"subject": ref(person), "supportingInfo": [ref(name)]}),
        {"resourceType": "Communication", "status": "completed", "about": [ref(name)]},
        {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "subject": ref(person),
            "basedOn": [ref(name)],
        },
        _consent(chance),
        {"resourceType": "Binary", "contentType": "text/plain", "securityContext": ref(name)},
        {"resourceType": "Basic", "code": concept("concern-field", "debts"), "subject": ref(person)},
        {"resourceType": "Provenance", "target": [ref(name)], "recorded": "2026-11-20T10:00:00Z", "agent": _WRITER},
    )
    body = chance.choice(bodies)
    search = f"{body['resourceType']}?_id={name.partition('/')[2]}"
    headers = {"If-None-Exist": search.partition("?")[2]} if chance.random() < 0.2 else None
    return Request("POST", body["resourceType"], orjson.dumps(body), headers)


def _requested(chance: random.Random, type: str, about: Json) -> Json:
    status = "requested" if type == "Task" else "active"
    owner = "owner" if type == "Task" else "performer"
    to: Any = ref(chance.choice(AGENCIES))
    asked = {"requester": ref(chance.choice(AGENCIES)), owner: to if type == "Task" else [to]}
    return {"resourceType": type, "status": status, "intent": "order"} | about | asked


def _consent(chance: random.Random) -> Json:
    """Of one person, to an agency or to everybody."""
    patient = chance.choice(PATIENTS)
    recipient = {
        "role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]},
        "reference": ref(chance.choice(AGENCIES)),
    }
    provides = {"type": chance.choice(("permit", "deny"))} | ({"actor": [recipient]} if chance.random() < 0.7 else {})
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": ref(patient),
        "dateTime": "2026-11-01",
        "performer": [ref(patient)],
        "policyRule": {"text": "様式"},
        "sourceReference": ref(f"QuestionnaireResponse/q{chance.choice('gh')}"),
        "provision": provides,
    }


def _bundle(requests: Sequence[Request]) -> Request:
    entries = []
    for each in requests:
        asked = {"method": each.method, "url": each.path}
        asked |= {"ifMatch": each.headers["If-Match"]} if each.headers and "If-Match" in each.headers else {}
        entries.append({"request": asked} | ({"resource": orjson.loads(each.body)} if each.body else {}))
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return Request("POST", "", orjson.dumps(bundle))


def _relabelled(chance: random.Random, name: str) -> Request:
    tag = {"tag": [{"system": "urn:t", "code": chance.choice("tu")}]}
    meta = _parameters({"name": "meta", "valueMeta": tag})
    return Request("POST", f"{name}/{chance.choice(('$meta-add', '$meta-delete'))}", meta)


def _parameters(*parameters: Json) -> bytes:
    return orjson.dumps({"resourceType": "Parameters", "parameter": list(parameters)})
