"""A document with a total care plan, read as the records that another installation makes of it: new ones, its own.

docs/plan-document.md. What it refers to elsewhere stays as words; roles are decided anew where it comes to.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from resources import plan_document
from resources.record import coding, reference
from resources.record.problem import Issue, Problem

Json = dict[str, Any]

MOST = 50
"""Persons of one household."""
_PATIENT = (
    "identifier", "active", "name", "telecom", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime", "address",
    "maritalStatus", "communication",
)  # fmt: skip
_GROUP = ("type", "actual", "code", "name", "quantity")
_NOT_OF_PLAN = ("id", "meta", "text", "contained", "implicitRules")
_STAYING = ("Composition", "Provenance", "Organization", "HealthcareService", "PractitionerRole", "Practitioner")
"""What stays in the document, and is not made a record of."""


@dataclass(frozen=True, slots=True)
class Received:
    """What is made of a document; `left` says what was not taken in, and why. `new` are the persons who were not taken
    in before, as references."""

    plan: Json
    household: Json
    persons: tuple[Json, ...]
    case: Json
    paper: Json
    left: tuple[Issue, ...]
    new: frozenset[str]

    @property
    def records(self) -> tuple[Json, ...]:
        return (self.household, *self.persons, self.case, self.paper, self.plan)


def identifier(bundle: Mapping[str, Any]) -> tuple[str, str]:
    """By which system and value a document is known. Raises Problem (`invalid`) where it is none of a plan."""
    return _identified(bundle, _entries(bundle))


def origin(bundle: Mapping[str, Any]) -> str:
    """The address of its plan where it comes from, empty where it says none."""
    plans = (each for each in _entries(bundle) if plan_document.is_total(each["resource"]))
    return next((str(each.get("fullUrl") or "") for each in plans), "")


def taken_in(paper: Mapping[str, Any]) -> Mapping[str, str]:
    """By the address where it comes from, what was made of each record of a document that was taken in."""
    related = (paper.get("context") or {}).get("related") or ()
    return {str((each.get("identifier") or {}).get("value", "")): reference.one({"to": each}, "to") for each in related}


def document(paper: Mapping[str, Any]) -> bytes:
    """The document that was taken in, empty where it is not shown or none that was."""
    attached = (each.get("attachment") or {} for each in paper.get("content") or ())
    found = next((base64.b64decode(each["data"]) for each in attached if isinstance(each.get("data"), str)), b"")
    try:
        return found if isinstance(orjson.loads(found), dict) else b""
    except orjson.JSONDecodeError:
        return b""


def read(
    bundle: Mapping[str, Any], body: bytes, when: str, new_id: Callable[[], str], known: Mapping[str, str] | None = None
) -> Received:
    """What a document brings, to records of its own but those `known`, by the address where they come from. Raises
    Problem (`invalid`) naming what is missing in it."""
    entries, had = _entries(bundle), known or {}
    told = _identified(bundle, entries)
    plan, household, persons = _whole(entries)
    places = {at: str(entries[at].get("fullUrl") or "") for at in (plan, household, *persons)}
    taken = {at: had.get(url) or f"{entries[at]['resource']['resourceType']}/{new_id()}" for at, url in places.items()}
    names = {known: taken[at] for at in taken for known in _names(entries[at])}
    words = {known: word for each in entries for known in _names(each) if (word := _word(each["resource"]))}
    sent, group = entries[plan]["resource"], entries[household]["resource"]
    subject = {"reference": taken[household]}
    if names.get(str((sent.get("subject") or {}).get("reference"))) != taken[household]:
        text, ja = "the plan is of the household beside it", "計画は、文書にある世帯のものにしてください"
        raise _wrong(text, ja, f"Bundle.entry[{plan}].resource.subject")
    lost: list[str] = []
    made = _carried({key: part for key, part in sent.items() if key not in _NOT_OF_PLAN}, names, words, lost)
    members = (_carried(each, names, {}, lost) for each in group.get("member") or ())
    case: Json = {"resourceType": "CarePlan", "id": new_id(), "status": "active", "intent": "plan", "subject": subject}
    case["category"] = [plan_document.category(plan_document.CASE)]
    return Received(
        {**made, "id": taken[plan].partition("/")[2], **_labels(sent)},
        _made("Group", taken[household], group, _GROUP) | {"member": [each for each in members if "entity" in each]},
        tuple(_made("Patient", taken[at], entries[at]["resource"], _PATIENT) for at in persons),
        case,
        _paper(new_id(), body, when, subject, told) | _related({places[at]: taken[at] for at in taken if places[at]}),
        tuple(_told(entries, taken, lost)),
        frozenset(taken[at] for at in persons if places[at] not in had),
    )


def _entries(bundle: Mapping[str, Any]) -> list[Any]:
    return [each for each in bundle.get("entry") or () if isinstance(each.get("resource"), dict)]


def _whole(entries: Sequence[Any]) -> tuple[int, int, list[int]]:
    """Where the plan, its household and its persons stand."""
    found = [(at, each["resource"]) for at, each in enumerate(entries)]
    plans = [at for at, one in found if plan_document.is_total(one)]
    groups = [at for at, one in found if one.get("resourceType") == "Group"]
    persons = [at for at, one in found if one.get("resourceType") == "Patient"]
    if len(plans) != 1 or len(groups) != 1 or not 1 <= len(persons) <= MOST:
        raise _wrong(
            f"a document brings one total care plan, its one household and the persons in it, {MOST} at most",
            f"文書には、トータルケアプランを一つ、その世帯を一つ、世帯員（{MOST}人まで）を入れてください",
            "Bundle.entry",
        )
    return plans[0], groups[0], persons


def _told(entries: Sequence[Any], taken: Mapping[int, str], lost: Sequence[str]) -> Iterator[Issue]:
    """What of a document is made no record of, and what a plan refers to that is not in it."""
    for at, each in enumerate(entries):
        type = each["resource"].get("resourceType")
        if at not in taken and type not in _STAYING:
            text = f"`{type}` is not taken in: what is decided or held elsewhere is decided and written anew"
            ja = f"`{type}` は取り込みません。役割などは、この環境で改めて決めて記録します"
            yield Issue(text, ja, f"Bundle.entry[{at}]", severity="information", code="informational")
    for name in dict.fromkeys(lost):
        text, ja = f"`{name}` is not in the document: left out", f"`{name}` は文書にないため、除きました"
        yield Issue(text, ja, "Bundle.entry", severity="information", code="informational")


def _identified(bundle: Mapping[str, Any], entries: list[Any]) -> tuple[str, str]:
    first = entries[0]["resource"] if entries else {}
    said = bundle.get("identifier") or {}
    found = str(said.get("system", "")), str(said.get("value", ""))
    total = first.get("resourceType") == "Composition" and plan_document.PLAN in coding.of(first.get("type"))
    if bundle.get("type") != "document" or not total or not all(found):
        raise _wrong(
            "send a Bundle of type `document` with an identifier, that begins with a Composition of a total care plan",
            "先頭がトータルケアプランの Composition で、識別子（identifier）のある document の Bundle を送ってください",
            "Bundle",
        )
    return found


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    """By what a record of the document may be meant in it."""
    one = entry["resource"]
    if entry.get("fullUrl"):
        yield str(entry["fullUrl"])
    if one.get("id"):
        yield f"{one['resourceType']}/{one['id']}"


def _word(record: Mapping[str, Any]) -> str:
    """What an agency, desk or post is called."""
    name = record.get("name")
    return name if isinstance(name, str) else ""


def _carried(node: Any, names: Mapping[str, str], words: Mapping[str, str], lost: list[str]) -> Any:
    """The same with its references to what is taken in; others become words, or are `lost` where there are none."""
    if isinstance(node, list):
        found = [_carried(each, names, words, lost) for each in node]
        return [each for each in found if each not in ({}, [], None)]
    if not isinstance(node, dict):
        return node
    said = node.get("reference")
    if isinstance(said, str):
        if said in names:
            return {"reference": names[said]}
        word = words.get(said) or node.get("display")
        lost += [] if word else [said[:200]]
        return {"display": word} if word else {}
    parts = {key: _carried(part, names, words, lost) for key, part in node.items()}
    kept = {key: part for key, part in parts.items() if part not in ({}, [], None)}
    return {} if set(kept) == {"url"} and len(node) > 1 else kept


def _made(type: str, name: str, sent: Mapping[str, Any], elements: tuple[str, ...]) -> Json:
    """A new record with these elements; what labels it has come along, so that nothing loses a protection silently."""
    kept = {key: sent[key] for key in elements if key in sent}
    return {"resourceType": type, "id": name.partition("/")[2], **kept, **_labels(sent)}


def _labels(sent: Mapping[str, Any]) -> Json:
    labels = (sent.get("meta") or {}).get("security")
    return {"meta": {"security": labels}} if labels else {}


def _related(made: Mapping[str, str]) -> Json:
    """What was made of which record, so that a later document of the same plan is known."""
    return {"context": {"related": [{"reference": name, "identifier": _address(url)} for url, name in made.items()]}}


def _address(url: str) -> Json:
    """A fullUrl as an identifier; one that says no server is none of the system of all uris."""
    return ({"system": "urn:ietf:rfc:3986"} if ":" in url else {}) | {"value": url}


def _paper(id: str, body: bytes, when: str, subject: Json, known: tuple[str, str]) -> Json:
    """The document itself, kept as it came."""
    attached = {"contentType": "application/fhir+json", "title": "受け取ったトータルケアプラン"}
    attached |= {"data": base64.b64encode(body).decode()}
    paper: Json = {"resourceType": "DocumentReference", "id": id, "status": "current", "date": when, "subject": subject}
    paper |= {"masterIdentifier": {"system": known[0], "value": known[1]}}
    return paper | {"type": {"text": "受け取ったトータルケアプラン"}, "content": [{"attachment": attached}]}


def _wrong(text: str, ja: str, at: str) -> Problem:
    return Problem.of("invalid", text, ja, at)
