"""Operations asked about a world: of records that are there, that are not, and that whoever asks may not see.

docs/policy.md, "nothing leaks": what an operation answers of what is unseen it answers of what is not there.
"""

from __future__ import annotations

import random

from tests.laws.worlds import AGENCIES, HOUSEHOLDS, PATIENTS, Json, concept, ref

Asked = tuple[str, str, list[Json]]
"""Method, path and parameters."""

_WHY = {"name": "reason", "valueString": "確かめた"}
_DAY = {"name": "since", "valueDate": "2026-11-20"}
_POSTS = ("PractitionerRole/a", "PractitionerRole/b", "Practitioner/a", "Practitioner/b")
_NAME: Json = {"resourceType": "Patient", "name": [{"family": "水無瀬"}], "birthDate": "1980-01-01"}
_READING = ("$everything", "$household-summary", "$worklist", "$access-log", "$protections", "$validate", "$extract")
_ANSWERED = ("$merge", "$divide", "$transfer", "$mark-mistake")


def one(chance: random.Random, name: str, task: str) -> Asked:
    """One operation: on a record, or on a Task by which something is asked."""
    asked = chance.choice((_merge, _divide, _mistake, _transfer, _answer, _answer, _protection, _other, _read))
    return asked(chance, task if asked is _answer else name)


def _merge(chance: random.Random, name: str) -> Asked:
    source, target = chance.choice(((name, chance.choice(PATIENTS)), tuple(chance.sample(PATIENTS, 2))))
    given = [_to("source-patient", source), _to("target-patient", target)]
    given += [_WHY] if chance.random() < 0.7 else []
    given += [{"name": chance.choice(("undo", "preview")), "valueBoolean": True}] if chance.random() < 0.3 else []
    given += [{"name": "decided-by", "valueCode": "lead-section"}] if chance.random() < 0.3 else []
    return "POST", "Patient/$merge", given


def _divide(chance: random.Random, name: str) -> Asked:
    group = chance.choice((*HOUSEHOLDS, name))
    parts = [{"name": "part", "part": [_to("member", each)]} for each in chance.sample(PATIENTS, chance.randint(2, 3))]
    return "POST", f"{group}/$divide", [*parts, _DAY, _WHY, *([_PREVIEW] if chance.random() < 0.3 else [])]


def _mistake(chance: random.Random, name: str) -> Asked:
    return "POST", f"{name}/$mark-mistake", [_to("person", chance.choice(PATIENTS)), _WHY]


def _transfer(chance: random.Random, name: str) -> Asked:
    return "POST", f"{name}/$transfer", [_to("to", chance.choice(AGENCIES)), _WHY]


def _answer(chance: random.Random, task: str) -> Asked:
    accept = {"name": "accept", "valueBoolean": chance.random() < 0.6}
    return "POST", f"{task}/{chance.choice(_ANSWERED)}", [accept, _WHY]


def _protection(chance: random.Random, name: str) -> Asked:
    patient = chance.choice((name, *PATIENTS))
    rest = [_to("apart", each) for each in PATIENTS if each != patient and chance.random() < 0.7]
    against = [_to("against", chance.choice((*PATIENTS, *_POSTS)))] if chance.random() < 0.3 else []
    return "POST", f"{patient}/$protect", [_to("to", chance.choice((*AGENCIES, *_POSTS))), *rest, *against]


def _other(chance: random.Random, name: str) -> Asked:
    person = chance.choice(PATIENTS)
    asked: tuple[Asked, ...] = (
        ("POST", "$declare-conflict", [_to("staff", chance.choice(_POSTS)), _to("person", person)]),
        ("POST", "$break-glass", [_to("record", name), _WHY]),
        ("POST", "$break-glass", [{"name": "person", "resource": _NAME}, _WHY]),
        ("POST", "Patient/$match", [{"name": "resource", "resource": _NAME}]),
        ("POST", "Consent/$revokeConsent", [_to("patient", person), _to("recipient", chance.choice(AGENCIES))]),
        ("POST", f"{name}/$verify-consent", [{"name": "verified", "valueBoolean": True}]),
        ("POST", f"{name}/$place-check", [{"name": "element", "valueString": "note[0].text"}]),
        ("POST", f"{name}/$decide-roles", [_role(chance)]),
        ("POST", f"{person}/$lift-protection", [_WHY]),
        ("POST", f"{person}/$confirm-signer", [_to("to", chance.choice(("RelatedPerson/none", name))), _WHY]),
        ("POST", f"{person}/$extend-protection", [_to("to", chance.choice(AGENCIES)), _WHY]),
    )
    return chance.choice(asked)


def _read(chance: random.Random, name: str) -> Asked:
    about = chance.choice((name, *PATIENTS, *HOUSEHOLDS))
    operation = chance.choice(_READING)
    return "GET", operation if operation == "$worklist" else f"{about}/{operation}", []


def _role(chance: random.Random) -> Json:
    part = [
        _to("member", chance.choice(AGENCIES)),
        {"name": "role", "valueCodeableConcept": concept("role", "officer")},
    ]
    return {"name": "participant", "part": part}


def _to(name: str, target: str) -> Json:
    return {"name": name, "valueReference": ref(target)}


_PREVIEW: Json = {"name": "preview", "valueBoolean": True}
