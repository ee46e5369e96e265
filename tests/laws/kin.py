"""Worlds in which somebody signs for another: who is recorded so, on which paper, confirmed or not, and what is kept
from them; sheets and plans of households with something of each member.

docs/policy.md, P7 and "standing", signature. Mostly right, each with a fault now and then, as in `worlds.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from consent.actor import Actor, Scope
from consent.verdict import NONE, Verdict
from tests.laws.worlds import (
    AGENCIES,
    CLOCKS,
    CONFIDENTIALITY,
    NOW,
    PATIENTS,
    V3,
    Record,
    World,
    coded,
    concept,
    extension,
    own,
    ref,
    worlds,
)

Json = dict[str, Any]

SIGNERS = ("RelatedPerson/m", "RelatedPerson/n")
BIRTHS = ("2012-05-05", "2012-05-05", "2008-11-23", "2008-11-24", "2008", "1980-01-01", "1980-01-01", "")


_EVERYTHING = (Scope("user", "*", frozenset("cruds")),)
FAULTS = (
    *("over", "ends", "inactive", "other", "wrong", "neighbour", "late", "superseded", "untyped", "unrelated"),
    *("early", "requested", "forged", "unconfirmed", "another", "number", "uncited", "half", *("against",) * 4),
)
"""Of who signs, of the papers, of the Task by which a guardian is confirmed, and of what an officer confirmed."""


@st.composite
def families(draw: st.DrawFn) -> World:
    """A world of `worlds.py` with signers in it, who ask, and the persons themselves."""
    signed, fault = draw(st.sampled_from(PATIENTS)), draw(st.sampled_from(("",) * len(FAULTS) + FAULTS))
    records = [_with_birth(draw, each) for each in draw(worlds()).records]
    records += [*_signers(draw, signed, fault), *_papers(draw, signed, fault), *_kept_apart(draw, signed)]
    records = [_protected(draw, each, fault) if each.reference.startswith("Patient/") else each for each in records]
    records = [_told_of(draw, each) if _is_of_household(each) else each for each in records]
    if draw(st.booleans()):
        records = _with_an_officer_of_the_city(draw, records)
    officer = Actor("desk", "Practitioner/b", "", coded("CAREMGT"), _EVERYTHING, datetime.fromisoformat(NOW), "r")
    actors = (_asking(draw, SIGNERS[0]), _asking(draw, signed), _asking(draw, draw(st.sampled_from(SIGNERS))), officer)
    return World(tuple(records), actors)


def _asking(draw: st.DrawFn, person: str) -> Actor:
    purpose = coded(draw(st.sampled_from((*("PATRQT",) * 9, "CAREMGT"))))
    now = datetime.fromisoformat(draw(st.sampled_from(CLOCKS)))
    return Actor("own", person, "", purpose, _EVERYTHING, now, "r")


def _with_an_officer_of_the_city(draw: st.DrawFn, records: list[Record]) -> list[Record]:
    """An officer is also somebody of the city, or was said to be, and somebody else is protected against that one."""
    one, other = draw(st.permutations(PATIENTS))[:2]
    status = draw(st.sampled_from(("active", "active", "inactive")))
    flag: Json = {"resourceType": "Flag", "id": "also", "status": status, "subject": ref(one)}
    flag |= {"extension": [extension("staff-person", valueReference=ref("Practitioner/b"))]}
    flag |= {"category": [concept("record-category", "conflict")], "code": concept("record-category", "same-person")}
    against = [extension("protected-against", valueUri=one), extension("confirmed-signer", valueUri=_CONFIRMED)]
    label = own("secrecy-label", "address-secret") | {"extension": against}
    had = {each.reference: each for each in records}[other]
    labels = [*had.body.get("meta", {}).get("security", ()), label]
    new = replace(had, body=had.body | {"meta": {"security": labels}})
    return [*(new if each is had else each for each in records), Record(flag, "", "")]


def _with_birth(draw: st.DrawFn, record: Record) -> Record:
    if not record.reference.startswith("Patient/"):
        return record
    born = draw(st.sampled_from(BIRTHS))
    linked = draw(st.sampled_from(((),) * 5 + (SIGNERS[:1], SIGNERS[1:], SIGNERS)))
    said: Json = {"birthDate": born} if born else {}
    said |= {"link": [{"other": ref(one), "type": "seealso"} for one in linked]} if linked else {}
    return replace(record, body=record.body | said)


def _signers(draw: st.DrawFn, signed: str, fault: str) -> Iterator[Record]:
    """Who is recorded as one who signs, in time or on the day itself: a parent, a guardian, or both."""
    for name in SIGNERS:
        roles = draw(st.sampled_from((("MTH", "GUARD"), ("MTH", "GUARD"), ("FTH",), ("GUARD",))))
        roles = ("NBOR",) if fault == "neighbour" else roles
        said = [{"coding": [{"system": f"{V3}v3-RoleCode", "code": role} for role in roles]}]
        body: Json = {"resourceType": "RelatedPerson", "id": name[-1], "patient": ref(signed), "relationship": said}
        match fault:
            case "over":
                body["period"] = {"end": "2026-11-22"}
            case "ends":
                body["period"] = {"end": "2026-11-23T12:00:00+09:00"}
            case "inactive":
                body["active"] = False
            case "other":
                body["patient"] = ref(draw(st.sampled_from(PATIENTS)))
            case "wrong":
                body["modifierExtension"] = [extension("entered-in-error", valueBoolean=True)]
        yield Record(body, draw(st.sampled_from(AGENCIES)), "")


def _papers(draw: st.DrawFn, signed: str, fault: str) -> Iterator[Record]:
    """By which it is shown, and by which an adult's guardian is confirmed: before their record was last changed, that
    says nothing of them."""
    paper: Json = {"resourceType": "DocumentReference", "id": "late" if fault == "late" else "register", "content": []}
    paper |= {"status": "superseded" if fault == "superseded" else "current", "subject": ref(signed)}
    paper |= {} if fault == "untyped" else {"type": concept("guardianship-paper", "family-register")}
    related = SIGNERS[1:] if fault == "unrelated" else SIGNERS
    yield Record(paper | {"context": {"related": [ref(one) for one in related]}}, draw(st.sampled_from(AGENCIES)), "")
    task: Json = {"resourceType": "Task", "id": "early" if fault == "early" else "confirmed", "intent": "order"}
    task |= {"code": concept("task-code", "confirm-guardian"), "focus": ref(SIGNERS[0]), "for": ref(signed)}
    task |= {"requester": ref("Organization/a"), "owner": ref("Organization/lead")}
    task |= {"status": "requested" if fault == "requested" else "completed"}
    yield Record(task, "Organization/a", "", NONE if fault == "forged" else Verdict(True))


_CONFIRMED = "RelatedPerson/m/_history/1"
_CITED = {"another": "n/_history/1", "number": "m/_history/2", "uncited": "m", "unconfirmed": ""}
_AGAINST = (*SIGNERS, *PATIENTS, "Practitioner/a", "Practitioner/b", "PractitionerRole/a")


def _protected(draw: st.DrawFn, record: Record, fault: str) -> Record:
    """Each protection with a confirmation of who signs, by the version that stands; now and then one against them."""
    labels = record.body.get("meta", {}).get("security", [])
    if labels and draw(st.integers(0, 2)) == 0:
        labels = [*labels, own("secrecy-label", "address-secret")]
    said = []
    for place, label in enumerate(labels):
        cited = "" if fault == "half" and place else _CITED.get(fault, "m/_history/1")
        against = draw(st.sampled_from(_AGAINST)) if fault == "against" else ""
        parts = [extension("confirmed-signer", valueUri=f"RelatedPerson/{cited}")] if cited else []
        parts += [extension("protected-against", valueUri=against)] if against else []
        said.append({**label, "extension": [*label.get("extension", ()), *parts]})
    return replace(record, body=record.body | ({"meta": {"security": said}} if said else {}))


def _kept_apart(draw: st.DrawFn, signed: str) -> Iterator[Record]:
    """Records about the person alone, some of which are kept from who signs."""
    withheld, violence = own("handling-label", "withheld"), concept("concern-field", "violence")
    kinds: tuple[Json, ...] = (
        *({}, {}, {"meta": {"security": [withheld]}}, {"category": [violence]}, {"code": violence}),
        *({"meta": {"security": [{"system": f"{V3}v3-ActCode", "code": "SDV"}]}}, {"asserter": ref(SIGNERS[0])}),
        *({"meta": {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}}, {"asserter": ref(SIGNERS[1])}),
    )
    for place in range(4):
        body: Json = {"resourceType": "Condition", "id": f"s{place}", "code": concept("concern-field", "debts")}
        body |= {"subject": ref(signed)} | draw(st.sampled_from(kinds))
        yield Record(body, draw(st.sampled_from(AGENCIES)), "Practitioner/a")
    word: Json = {"resourceType": "Communication", "id": "of", "status": "completed", "subject": ref(signed)}
    yield Record(word | {"about": [ref("Condition/s0")]}, "Organization/a", "")
    sheet: Json = {"resourceType": "QuestionnaireResponse", "id": "own", "status": "completed", "subject": ref(signed)}
    row: Json = {"linkId": "member", "item": [{"linkId": "member.notes", "answer": [{"valueString": "話"}]}]}
    tied = {"extension": [extension("member-subject", valueReference=ref(signed))]} if draw(st.booleans()) else {}
    yield Record(sheet | {"item": [row | tied]}, "Organization/a", "")


def _is_of_household(record: Record) -> bool:
    return record.body["resourceType"] in ("CarePlan", "QuestionnaireResponse") and "/own" not in record.reference


def _told_of(draw: st.DrawFn, record: Record) -> Record:
    """A sheet with rows, or a plan with activities, of one member or of several."""
    sheet = record.body["resourceType"] == "QuestionnaireResponse"
    parts = [(_row if sheet else _activity)(draw, f"{record.body['id']} {at}") for at in range(draw(st.integers(1, 4)))]
    said: Json = {"item": parts} if sheet else {"activity": parts}
    if sheet:
        said["item"] = [*parts[:1], {"linkId": "story", "answer": [{"valueString": "経過", "item": parts[1:]}]}]
    said["status"] = draw(st.sampled_from((record.body["status"],) * 9 + ("entered-in-error",)))
    withheld = own("handling-label", "withheld")
    labels = {"meta": {"security": [withheld]}} if draw(st.integers(0, 9)) == 0 else {}
    return replace(record, body=record.body | said | labels)


def _members(draw: st.DrawFn) -> Iterable[str]:
    return draw(st.lists(st.sampled_from(PATIENTS), min_size=1, max_size=2 if draw(st.integers(0, 3)) == 0 else 1))


_NAMED = ("",) * 8 + ("Condition/s0", "Condition/s1", "Condition/d0", "PractitionerRole/b", *PATIENTS, SIGNERS[0], "#z")


def _row(draw: st.DrawFn, said: str) -> Json:
    tied = [extension("member-subject", valueReference=ref(one)) for one in dict.fromkeys(_members(draw))]
    items: list[Json] = [{"linkId": "member.notes", "answer": [{"valueString": said}]}]
    if name := draw(st.sampled_from(_NAMED)):
        items.append({"linkId": "member.concern", "answer": [{"valueReference": ref(name)}]})
    if draw(st.integers(0, 9)) == 0:
        items.append({"linkId": "member", "item": [{"linkId": "member.notes", "answer": [{"valueString": "別人"}]}]})
    return {"linkId": "member", "extension": tied, "item": items}


def _activity(draw: st.DrawFn, said: str) -> Json:
    whom = [extension("activity-subject", valueReference=ref(one)) for one in dict.fromkeys(_members(draw))]
    detail: Json = {"status": "not-started", "description": said, "performer": [ref("Organization/b")]}
    detail |= {"extension": whom} if draw(st.integers(0, 9)) else {}
    if name := draw(st.sampled_from(_NAMED)):
        detail["reasonReference"] = [ref(name)]
    return {"detail": detail}
