"""Small worlds for the laws: agencies, posts, households, consents, conferences and requests, mostly right.

Each consent and each conference is right but for a few faults, since nothing is learnt where everything is wrong.
Everybody's clock stands on 23 November 2026 in Okayama.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from hypothesis import strategies as st

from consent import derivation
from consent.actor import Actor, Scope
from consent.derivation import Around
from consent.relations import contributions
from consent.secrecy import protection
from consent.verdict import EVERY_KEEPER, NONE, Verdict
from profiles import load
from resources.record import coding
from resources.record.envelope import PERSONS, Envelope, Origin
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import Among, has, some
from resources.store.port import Transaction

Json = dict[str, Any]

NOW = "2026-11-23T13:00:00+09:00"
CLOCKS = (NOW, NOW, "2026-11-23T00:00:00+09:00", "2026-11-23T23:59:59.999+09:00", "2026-11-24T00:00:00+09:00")
SINCE = "2026-04-01T00:00:00.000Z"
LATER = "2026-10-01T00:00:00.000Z"
EARLIER, AFTERWARDS = "2026-03-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z"
"""Before and after all else was recorded."""
YESTERDAY, TODAY = "2026-11-22T14:59:59.999Z", "2026-11-22T15:00:00.000Z"
"""The last instant of the 22nd in Okayama, and the first of the 23rd."""
ASKED = "2026-11-20"
"""So late that nobody's silence is brought before the coordinator by the server: of that no answer tells."""

AGENCIES = ("Organization/a", "Organization/b", "Organization/c")
PEOPLE = {
    "a": "officer",
    "b": "officer",
    "c": "officer",
    "lead": "lead-section",
    "conv": "convener",
    "co": "coordinator",
    "em": "emergency",
}
EMPLOYERS = {"a": "a", "b": "b", "c": "c", "lead": "lead", "conv": "lead", "co": "council", "em": "night"}
HOUSEHOLDS = {"Group/g": ("Patient/x", "Patient/y"), "Group/h": ("Patient/z",)}
PATIENTS = ("Patient/x", "Patient/y", "Patient/z")
TEAM = "CareTeam/team"
TYPES = ("Patient", "Condition", "QuestionnaireResponse", "CarePlan", "Encounter", "Communication", "List", "Consent")

V3 = "http://terminology.hl7.org/CodeSystem/"
CONFIDENTIALITY = f"{V3}v3-Confidentiality"
SENSITIVE = ("PSY", "SPI", "ETHUD", "ETH")
SECRECY = ("address-secret", "SDV")
RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"


@dataclass(frozen=True, slots=True)
class Record:
    """A resource, with the agency that keeps it and who wrote it; of evidence the verdict on it."""

    body: Json
    custodian: str
    author: str
    verdict: Verdict = NONE

    @property
    def reference(self) -> str:
        return f"{self.body['resourceType']}/{self.body['id']}"


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is recorded, and some who ask; of what is `gone` nothing is left but that what was written of it
    is about whom it was about."""

    records: tuple[Record, ...]
    actors: tuple[Actor, ...]
    gone: tuple[Record, ...] = ()

    def with_records(self, records: Iterable[Record], gone: Iterable[Record] = ()) -> World:
        return World(tuple(records), self.actors, tuple(gone))


@cache
def index() -> Index:
    return Index(load.load(), "https://records.example/fhir")


def versions(records: Iterable[Record], gone: Iterable[Record] = ()) -> list[Version]:
    """The first versions of records, with their real envelopes and index terms."""
    records = list(records)
    known = envelopes([*records, *gone])
    return [
        version(record, known, since=_recorded(record), secret=_is_secret(record, records, known)) for record in records
    ]


_RECORDED = {
    "died": EARLIER,
    "dying": AFTERWARDS,
    "m": YESTERDAY,
    "register": YESTERDAY,
    "n": TODAY,
    "late": TODAY,
    "confirmed": TODAY,
}
"""By its id: deaths were confirmed before or after everything else was written; who signs for another, and the papers
on it, were recorded in time or on the day itself (`kin.py`)."""


def _recorded(record: Record) -> str:
    return _RECORDED.get(record.body["id"], SINCE)


def transactions(records: Iterable[Record]) -> list[tuple[str, list[tuple[str, Json]]]]:
    """What each of them wrote, in order, with its instant."""
    written = [(_recorded(each), (each.reference, each.body)) for each in records]
    return [(since, [change for at, change in written if at == since]) for since in sorted({at for at, _ in written})]


def envelopes(records: Iterable[Record]) -> dict[str, Envelope]:
    """The envelopes of records written at once: each takes from those it is of, until nobody takes any more."""
    records = list(records)
    made: dict[str, Envelope] = {}
    while True:
        before = dict(made)
        for each in records:
            made |= enveloped([each], records, made)
        if made == before:
            return made


def enveloped(some: Iterable[Record], records: Iterable[Record], known: Mapping[str, Envelope]) -> dict[str, Envelope]:
    """The envelopes of some records, beside all that are known already."""
    bodies = {each.reference: each.body for each in records}
    around = Around(bodies.get, known.get)
    made = {
        each.reference: derivation.of(each.body, Origin(each.custodian, each.author), around).envelope for each in some
    }
    linked = {name: _linking(name, bodies) for name in made if name.startswith("RelatedPerson/")}
    return made | {name: made[name].joined(patients) for name, patients in linked.items() if patients}


def _linking(signer: str, bodies: Mapping[str, Json]) -> frozenset[str]:
    """The Patients that say to be this RelatedPerson."""
    patients = (name for name in bodies if name.startswith("Patient/"))
    return frozenset(
        name for name in patients if ref(signer) in [each["other"] for each in bodies[name].get("link", ())]
    )


def version(
    record: Record, known: Mapping[str, Envelope], number: int = 1, since: str = SINCE, *, secret: bool = False
) -> Version:
    body = record.body | {"meta": record.body.get("meta", {}) | {"versionId": str(number), "lastUpdated": since}}
    found = derivation.search(index(), body, secret=secret)
    own = known[record.reference].terms() | record.verdict.terms()
    terms = derivation.found_by(own, found, secret=secret)
    type, id = record.reference.split("/")
    return Version(type, id, number, since, False, orjson.dumps(body), terms, SINCE)


def _is_secret(record: Record, records: list[Record], known: Mapping[str, Envelope]) -> bool:
    """Whether a record is about somebody protected: named, or a member of a household that it names."""
    secret = {each.reference for each in records if protection.labels(each.body)}
    about = known[record.reference]
    members = {
        entry["entity"]["reference"]
        for each in records
        if each.reference in about.households
        for entry in each.body.get("member", ())
    }
    persons = about.subjects | members
    same = [each.verdict.note(".same") for each in records if each.verdict.counts]
    return bool(secret & persons.union(*(names for names in same if names & persons)))


async def stand(transaction: Transaction, rows: Iterable[Version]) -> None:
    """Put versions as the gate does, each with the rows of relations that it contributes."""
    for row in rows:
        await transaction.put(row, contributions.of(orjson.loads(row.body), row.terms))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    records = [*_directory(draw), _team(draw), *_households(draw), *_casework(draw), *_requests(draw)]
    for place in range(draw(st.integers(0, 4))):
        records.append(_consent(draw, f"s{place}"))
    for place in range(draw(st.sampled_from((1, 1, 2, 0)))):
        records += _conference(draw, f"m{place}", {each.reference: each.custodian for each in records})
    records.append(_roster(draw))
    records += _coordinations(draw)
    records += _emergencies(draw) + _conflicts(draw)
    records += _told(records)
    records = _merged(_deaths(records))
    records += _acts(records)
    actors = (_member(draw), _official(draw), draw(st.sampled_from((_actor, _actor, _urgent, _urgent, _citizen)))(draw))
    return World(tuple(records), actors)


def _told(records: Iterable[Record]) -> Iterator[Record]:
    """What belongs to some of these records, without labels of its own, and what R4 has no type for.

    Nothing is drawn for them: what they are of was drawn already, and another draw makes every other world another.
    """
    concerns = [each for each in records if each.body["resourceType"] == "Condition"]
    papers = [each for each in records if "encounter" in each.body]
    history: Json = {"resourceType": "Provenance", "id": "v", "recorded": f"{ASKED}T10:00:00+09:00"}
    alike = [each for each in concerns if each.custodian == concerns[0].custodian]
    history |= {"target": [ref(each.reference) for each in alike], "agent": [{"who": ref(alike[0].custodian)}]}
    yield Record(history, alike[0].custodian, alike[0].author)
    of = (concerns[-1], Record(history, alike[0].custodian, alike[0].author), *papers[:1])
    for place, each in enumerate(of):
        file = {"resourceType": "Binary", "id": f"f{place}", "contentType": "text/plain"}
        yield Record(file | {"securityContext": ref(each.reference)}, each.custodian, each.author)
    note: Json = {"resourceType": "Basic", "id": "b", "code": concept("concern-field", "debts")}
    whom = concerns[0].body["subject"] if len(concerns) % 2 else ref("Group/h")
    if len(concerns) == 4:
        note["modifierExtension"] = [extension("entered-in-error", valueBoolean=True)]
    yield Record(note | {"subject": whom}, concerns[-1].custodian, "")


def _deaths(records: list[Record]) -> list[Record]:
    """Of one person, mostly of who signed nothing, a death that was confirmed, mostly before all else was written.

    Nothing is drawn for it, as above.
    """
    papers = [each.body["patient"]["reference"] for each in records if each.body["resourceType"] == "Consent"]
    silent = [person for person in PATIENTS if person not in papers]
    person = (papers or silent)[0] if len(records) % 4 == 0 else (silent or papers)[-1]
    task: Json = {"resourceType": "Task", "id": "dying" if len(records) % 7 == 0 else "died", "intent": "order"}
    task |= {"status": "requested" if len(records) % 11 == 0 else "completed", "for": ref(person), "focus": ref(person)}
    task |= {"code": concept("task-code", "confirm-death"), "owner": ref("PractitionerRole/lead")}
    between = frozenset({".between Organization/a", ".between PractitionerRole/lead"})
    done = frozenset({f".died {person}"}) if task["status"] == "completed" else frozenset[str]()
    forged = len(records) % 6 == 0
    says: Json = {"deceasedDateTime": "2026"} if len(records) % 3 else {"deceasedBoolean": True}
    says = {"deceasedDateTime": "2026-11-25"} if len(records) % 9 == 0 else says
    told = [replace(each, body=each.body | says) if each.reference == person else each for each in records]
    return [*told, Record(task, "Organization/a", "", NONE if forged else Verdict(True, noted=between | done))]


def _merged(records: list[Record]) -> list[Record]:
    """Mostly two Patients who are one person, since who keeps the one asked and who keeps the other confirmed it.

    Nothing is drawn for it, as above.
    """
    keepers = {each.reference: each.custodian for each in records}
    one, other = (PATIENTS[at % len(PATIENTS)] for at in (len(records), len(records) + 1 + len(records) % 2))
    task: Json = {"resourceType": "Task", "id": "merged", "intent": "order", "for": ref(one), "focus": ref(other)}
    task |= {"status": ("completed", "completed", "completed", "requested", "cancelled")[len(records) % 5]}
    task |= {"code": concept("task-code", "merge"), "requester": ref(keepers[one]), "owner": ref(keepers[other])}
    noted = {f".between {keeper}" for keeper in (keepers[one], keepers[other])}
    noted |= {f".same {name}" for name in (one, other)} if task["status"] == "completed" else set()
    forged = len(records) % 8 == 0
    judged = NONE if forged else Verdict(True, noted=frozenset(noted))
    return [*records, Record(task, keepers[one], "", judged)]


def _acts(records: list[Record]) -> Iterator[Record]:
    """A household that is divided, or is to be; a record that is offered, and one that is said to name somebody by
    mistake; an agency that succeeds another: as the server asks for it, waiting, over, or forged.

    Nothing is drawn for it, as above.
    """
    keepers, size = {each.reference: each.custodian for each in records}, len(records)
    group, lead, forged = ("Group/g", "Group/h")[size % 2], "Organization/lead", size % 7 == 0
    status = ("requested", "completed", "completed", "cancelled")[size % 4]
    parts = [
        {"type": concept("division-input", f"part-{place}"), "valueReference": ref(one)}
        for place, one in enumerate(HOUSEHOLDS[group], 1)
    ]
    task = _asked_act("divided", "divide", group, keepers[group], lead, status) | {"for": ref(group), "input": parts}
    task["meta"] = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}
    came = ("Group/h", "Group/g")[size % 2]
    if status == "completed":
        task["output"] = [{"type": concept("division-input", "part-1"), "valueReference": ref(came)}]
    marked = frozenset({came} if status == "completed" and size % 3 else ())
    yield Record(task, keepers[group], "", NONE if forged else Verdict(True, fixed=marked))
    wrong = _asked_act("wrong", "confirm-mistake", "Condition/d0", keepers["Condition/d0"], lead, "requested")
    wrong["input"] = [{"type": {"text": "誤って挙げた人"}, "valueReference": ref(PATIENTS[size % 3])}]
    yield Record(wrong, keepers["Condition/d0"], "", Verdict(True))
    taker = AGENCIES[size % 3]
    handed = _asked_act("handed", "transfer", "Condition/d1", keepers["Condition/d1"], taker, "requested")
    yield Record(handed, keepers["Condition/d1"], "", Verdict(True))
    former, heir = AGENCIES[size % 3], AGENCIES[(size + 1 + size // 3 % 2) % 3]
    status = ("requested", "completed", "cancelled")[size // 2 % 3]
    named = _asked_act("heir", "name-successor", former, lead, heir, status)
    says = frozenset({f".succeeded {former}"} if status != "cancelled" else ())
    yield Record(named, lead, "Practitioner/lead", Verdict(bool(size % 5), noted=says))


def _asked_act(id: str, code: str, of: str, asker: str, owner: str, status: str) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order", "focus": ref(of)}
    return task | {"code": concept("task-code", code), "requester": ref(asker), "owner": ref(owner)}


def place(patient: str) -> str:
    """Where a patient lives, in words."""
    return f"山陽町{patient[-1]}丁目"


def phone(patient: str) -> str:
    return f"086-000-00{PATIENTS.index(patient)}{PATIENTS.index(patient)}"


def ref(name: str) -> Json:
    return {"reference": name}


def own(system: str, code: str) -> Json:
    return {"system": f"{coding.BASE}/CodeSystem/{system}", "code": code}


def coded(code: str) -> str:
    """A purpose of use with its system."""
    ours = code in ("support-conference", "statistics", "audit-review")
    return f"{coding.BASE}/CodeSystem/purpose-of-use|{code}" if ours else f"{V3}v3-ActReason|{code}"


def concept(system: str, code: str) -> Json:
    return {"coding": [own(system, code)]}


def extension(name: str, **value: Any) -> Json:
    return {"url": f"{coding.BASE}/StructureDefinition/{name}", **value}


# Right far more often than not; the wrong ones end just before, or begin just after.
_HOLDING = (
    *({"start": "2026-01-01"}, {"end": "2026-11-23"}, {"start": "2026-11", "end": "2026-11"}, {"start": "2026"}),
    *({"start": "0001-01-01T00:00:00+14:00", "end": "9999-12-31"}, {"start": "2016-12-31T23:59:60Z", "end": "9999"}),
)
_LAPSED = (
    *({"end": "2026-11-22"}, {"start": "2026-11-24"}, {"end": "2026-11-23T08:00:00+09:00"}, {"end": "2025"}),
    *({"start": "9999-12-31T23:59:59-12:00"}, {"end": "2016-12-31T23:59:60Z"}),
)
_UNTOLD: tuple[Any, ...] = (
    *({"start": "2026-13"}, {"end": "2026-11-23T24:00:00Z"}, {"start": "2026-11-24", "end": "2026-11-23"}),
    *({"start": "2026", "_end": {"id": "unknown"}}, {"end": None}, "always"),
)
"""What no client can write; an import or an older store may have it all the same."""


def _period(draw: st.DrawFn) -> Any:
    return draw(st.sampled_from((*_HOLDING, *_HOLDING, *_LAPSED, *_UNTOLD)))


def _actor(draw: st.DrawFn) -> Actor:
    who = draw(
        st.sampled_from(
            (*PEOPLE, "a", "b", "c", "system-a", "system-b", "system-c", "co", "co", "em", "x", "y", "nobody")
        )
    )
    purposes = ("CAREMGT", "CAREMGT", "support-conference", "support-conference", "COC", "statistics", "audit-review")
    purpose = coded(draw(st.sampled_from((*purposes, *purposes, "HOPERAT", "TREAT"))))
    if who in ("x", "y"):
        purpose = coded(draw(st.sampled_from(("PATRQT", "PATRQT", "PATRQT", "CAREMGT", "support-conference"))))
    if who == "em":
        purpose = coded(draw(st.sampled_from(("BTG", "BTG", "BTG", "CAREMGT"))))
    now = datetime.fromisoformat(draw(st.sampled_from(CLOCKS)))
    level = "system" if who.startswith("system") else "user"
    everything = Scope(level, "*", frozenset("cruds"))
    of_one = some(PERSONS, Among(frozenset({draw(st.sampled_from(PATIENTS))})))
    parts = (
        (Scope(level, "Condition", frozenset("rs")),),
        (Scope(level, "*", frozenset("rs"), "of=one", of_one),),
        (
            Scope(level, "Task", frozenset("crs"), "status=x", has(".open", "yes")),
            Scope(level, "Patient", frozenset("r")),
        ),
    )
    scopes = draw(st.sampled_from([(everything,)] * 9 + list(parts)))
    if who == "nobody":
        return Actor("", "", "", "", (), now, "r")
    if level == "system":
        return Actor(who, "", f"Organization/{who[-1]}", purpose, scopes, now, "r")
    person = f"{'Patient' if who in ('x', 'y') else 'Practitioner'}/{who}"
    return Actor("desk", person, "", purpose, scopes, now, "r")


def _member(draw: st.DrawFn) -> Actor:
    """One who may well sit at a conference, and asks for its purpose."""
    now = datetime.fromisoformat(draw(st.sampled_from(CLOCKS)))
    person = f"Practitioner/{draw(st.sampled_from(('a', 'b', 'c', 'co')))}"
    return Actor("desk", person, "", coded("support-conference"), (Scope("user", "*", frozenset("cruds")),), now, "r")


def _official(draw: st.DrawFn) -> Actor:
    """One whose office it is to coordinate, to convene or to decide, at casework."""
    now = datetime.fromisoformat(draw(st.sampled_from(CLOCKS)))
    person = f"Practitioner/{draw(st.sampled_from(('co', 'co', 'conv', 'lead')))}"
    purpose = coded(draw(st.sampled_from(("CAREMGT", "COC", "support-conference"))))
    return Actor("desk", person, "", purpose, (Scope("user", "*", frozenset("cruds")),), now, "r")


def _urgent(draw: st.DrawFn) -> Actor:
    """One who may well have broken the glass."""
    scopes = (Scope("user", "*", frozenset("cruds")),)
    return Actor("desk", "Practitioner/em", "", coded("BTG"), scopes, datetime.fromisoformat(NOW), "r")


def _citizen(draw: st.DrawFn) -> Actor:
    """One whom records are about, and who asks for them."""
    person, now = f"Patient/{draw(st.sampled_from('xyz'))}", datetime.fromisoformat(draw(st.sampled_from(CLOCKS)))
    return Actor("own", person, "", coded("PATRQT"), (Scope("user", "*", frozenset("cruds")),), now, "r")


def _directory(draw: st.DrawFn) -> list[Record]:
    records = [
        Record({"resourceType": "Organization", "id": id, "name": id}, "Organization/lead", "")
        for id in ("a", "b", "c", "lead", "council", "night")
    ]
    desk = {"resourceType": "HealthcareService", "id": "desk", "providedBy": ref("Organization/c")}
    records.append(Record(desk, "Organization/lead", ""))
    for id, function in PEOPLE.items():
        records.append(_post(draw, id, id, EMPLOYERS[id], function))
    if draw(st.booleans()):
        records.append(_post(draw, "a2", "a", "b", draw(st.sampled_from(("officer", "convener", "lead-section")))))
    return records


def _post(draw: st.DrawFn, id: str, person: str, agency: str, function: str) -> Record:
    post: Json = {
        "resourceType": "PractitionerRole",
        "id": id,
        "practitioner": ref(f"Practitioner/{person}"),
        "organization": ref(f"Organization/{agency}"),
        "code": [concept("role", function)],
    }
    fault = draw(st.sampled_from(("",) * 12 + ("period", "inactive")))
    if fault == "period":
        post["period"] = _period(draw)
    if fault == "inactive":
        post["active"] = False
    return Record(post, "Organization/lead", "")


def _team(draw: st.DrawFn) -> Record:
    """Two agencies in a team; one of them may not be in it any more."""
    participants: list[Json] = [{"member": ref("Organization/b")}, {"onBehalfOf": ref("Organization/c")}]
    if draw(st.booleans()):
        participants[0]["period"] = _period(draw)
    team = {
        "resourceType": "CareTeam",
        "id": "team",
        "status": draw(st.sampled_from(("active", "active", "active", "inactive"))),
        "category": [concept("record-category", "case")],
        "participant": participants,
    }
    return Record(team, "Organization/lead", "Practitioner/conv")


def _households(draw: st.DrawFn) -> list[Record]:
    keeper = draw(st.sampled_from(AGENCIES))
    groups = [
        {
            "resourceType": "Group",
            "id": group.partition("/")[2],
            "type": "person",
            "actual": True,
            "member": [{"entity": ref(member)} for member in members],
        }
        for group, members in HOUSEHOLDS.items()
    ]
    return [Record(group, keeper, "") for group in groups] + [_patient(draw, patient) for patient in PATIENTS]


def _patient(draw: st.DrawFn, patient: str) -> Record:
    body: Json = {
        "resourceType": "Patient",
        "id": patient.partition("/")[2],
        "name": [{"family": "水無瀬"}],
        "address": [{"text": place(patient), "city": "岡山市"}],
        "telecom": [{"system": "phone", "value": phone(patient)}],
    }
    label = draw(
        st.sampled_from(
            (None, None, own("secrecy-label", "address-secret"), {"system": f"{V3}v3-ActCode", "code": "SDV"})
        )
    )
    if label:
        named = draw(st.sampled_from((None, "Organization/b", "PractitionerRole/a", "Practitioner/c")))
        listed = [extension("disclosable-to", valueReference=ref(named))] if named else []
        body["meta"] = {"security": [label | ({"extension": listed} if listed else {})]}
    return Record(body, draw(st.sampled_from(AGENCIES)), "")


def _casework(draw: st.DrawFn) -> list[Record]:
    records = [_concern(draw, f"d{place}") for place in range(draw(st.integers(2, 5)))]
    for group in HOUSEHOLDS:
        id = group.partition("/")[2]
        sheet = {"resourceType": "QuestionnaireResponse", "id": f"q{id}", "status": "completed", "subject": ref(group)}
        sheet |= {"authored": "2026-03-01"}
        case = {
            "resourceType": "CarePlan",
            "id": f"k{id}",
            "status": "active",
            "intent": "plan",
            "category": [concept("record-category", "case")],
            "subject": ref(group),
        }
        records += [Record(each, draw(st.sampled_from(AGENCIES)), "") for each in (sheet, case)]
    return records


def _concern(draw: st.DrawFn, id: str) -> Record:
    body: Json = {
        "resourceType": "Condition",
        "id": id,
        "code": concept("concern-field", draw(st.sampled_from(("medical", "debts")))),
        "subject": ref(draw(st.sampled_from(PATIENTS))),
    }
    level, sort = draw(st.sampled_from((None, None, "N", "R", "V"))), draw(st.sampled_from((None, None, *SENSITIVE)))
    untold = level == "R" and sort
    security = [{"code": level} if untold else {"system": CONFIDENTIALITY, "code": level}] if level else []
    security += [{"system": f"{V3}v3-ActCode", "code": sort}] if sort else []
    security += [own("handling-label", "unclassified")] if draw(st.integers(0, 9)) == 0 else []
    if security:
        body["meta"] = {"security": security}
    recorded = draw(st.sampled_from((None, "2025", "2026-02-28", "2026-03", "2026-03-01T09:00:00+09:00")))
    if recorded:
        body["recordedDate"] = recorded
    if recorded == "2025" and level is None:  # another draw would make every other world another
        wrong = {"system": f"{V3}condition-ver-status", "code": "entered-in-error"}
        body["verificationStatus"] = {"coding": [wrong]}
    other = draw(st.sampled_from((None, None, None, *PATIENTS, "Group/g")))
    if other:
        body["evidence"] = [{"detail": [ref(other)]}]
    if draw(st.booleans()):
        body["note"] = [{"text": draw(st.sampled_from(("面談した", f"{place(body['subject']['reference'])}へ移った")))}]
    return Record(body, draw(st.sampled_from(AGENCIES)), draw(st.sampled_from(("Practitioner/a", "Practitioner/b"))))


def _requests(draw: st.DrawFn) -> list[Record]:
    parties = st.sampled_from(
        (*AGENCIES, "PractitionerRole/b", "PractitionerRole/a2", "HealthcareService/desk", "Practitioner/a")
    )
    records = []
    for place in range(draw(st.integers(0, 3))):
        keeper = draw(st.sampled_from(AGENCIES))
        patient = draw(st.sampled_from(PATIENTS))
        referral = {
            "resourceType": "ServiceRequest",
            "id": f"r{place}",
            "status": draw(st.sampled_from(("active", "active", "on-hold", "completed", "revoked"))),
            "intent": "order",
            "subject": ref(patient),
            "requester": ref(keeper),
            "performer": [ref(draw(parties))],
            "supportingInfo": [ref("QuestionnaireResponse/qg")],
        }
        task = {
            "resourceType": "Task",
            "id": f"t{place}",
            "status": draw(st.sampled_from(("requested", "accepted", "in-progress", "completed", "rejected"))),
            "authoredOn": ASKED,
            "intent": "order",
            "for": ref(patient),
            "focus": ref(f"ServiceRequest/r{place}"),
            "requester": ref(keeper),
            "owner": ref(draw(parties)),
        }
        word = {
            "resourceType": "Communication",
            "id": f"w{place}",
            "status": draw(st.sampled_from(("completed", "completed", "entered-in-error"))),
            "category": [concept("communication-category", "introduction")],
            "about": [ref(f"ServiceRequest/r{place}")],
            "recipient": [ref(draw(parties))],
        }
        records += [Record(each, keeper, "", Verdict(bool(draw(st.integers(0, 6))))) for each in (referral, task)]
        records.append(Record(word, keeper, ""))
    return records


def _coordinations(draw: st.DrawFn) -> list[Record]:
    """Calls for the coordinator, mostly taken on and mostly with standing, and now and then a total care plan."""
    records = []
    for place, group in enumerate(draw(st.lists(st.sampled_from(tuple(HOUSEHOLDS)), min_size=1, max_size=2))):
        task = {
            "resourceType": "Task",
            "id": f"co{place}",
            "status": draw(st.sampled_from(("accepted", "accepted", "in-progress", "requested", "completed"))),
            "intent": "order",
            "code": concept("task-code", "coordinate"),
            "focus": ref(f"CarePlan/k{group[-1]}"),
            "for": ref(group),
            "requester": ref(draw(st.sampled_from(AGENCIES))),
            "owner": ref(draw(st.sampled_from(("PractitionerRole/co", "PractitionerRole/co", "PractitionerRole/a")))),
        }
        marked = frozenset({group}) if task["status"] in ("accepted", "in-progress", "completed") else frozenset[str]()
        stands = bool(draw(st.integers(0, 3)))
        plan: Json = {"resourceType": "CarePlan", "id": f"plan{place}", "status": "active", "intent": "plan"}
        plan |= {"category": [concept("record-category", "total-care-plan")], "subject": ref(group)}
        if not draw(st.integers(0, 5)):
            plan["meta"] = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}
        keeper, drafter = draw(st.sampled_from(AGENCIES)), draw(st.sampled_from(AGENCIES))
        records.append(Record(task, keeper, "", Verdict(True, fixed=marked) if stands else NONE))
        decided = Verdict(True, noted=frozenset({".decided yes"} if draw(st.booleans()) else ()))
        records.append(Record(plan, drafter, "", decided))
        if not draw(st.integers(0, 3)):
            records += _roles(draw, place, group)
    return records


def _roles(draw: st.DrawFn, place: int, group: str) -> tuple[Record, Record]:
    """Decided roles, for some posts, about some of the persons; and whom an agency named for its own.

    The second follows from what was drawn for the first: another draw would make every other world another.
    """
    team: Json = {"resourceType": "CareTeam", "id": f"roles{place}", "subject": ref(group)}
    team |= {"status": draw(st.sampled_from(("active", "active", "active", "inactive")))}
    if not draw(st.integers(0, 4)):
        team["period"] = _period(draw)
    posts = ("PractitionerRole/a", "PractitionerRole/b", "PractitionerRole/c", "Organization/a")
    keys = draw(st.sets(st.sampled_from(posts), min_size=1))
    fixed = draw(st.sets(st.sampled_from(PATIENTS), min_size=len(PATIENTS) - 1)) | {group}
    agency = "b" if posts[0] in keys else "a"
    noted = {f".carrier {key}" for key in keys} | (
        {f".seated {posts[1]} Organization/a"} if posts[1] in keys else set()
    )
    noted |= {".brought Organization/a"} if posts[3] in keys else set()
    judged = Verdict(True, fixed=frozenset(fixed), noted=frozenset(noted))
    part: Json = {"member": ref(f"Organization/{'a' if posts[1] in keys else agency}")}
    part |= {"period": {"end": "2026-11-22"}} if posts[2] in keys and posts[3] in keys else {}
    team |= {"category": [concept("record-category", "case-team")], "participant": [part]}
    decided = Record(team, "Organization/lead", "Practitioner/lead", judged if draw(st.integers(0, 4)) else NONE)
    naming: Json = {"resourceType": "Task", "id": f"naming{place}", "intent": "order"}
    naming |= {"status": "requested" if len(keys) == len(posts) else "accepted"}
    naming |= {"code": concept("task-code", "carry-out"), "owner": ref(f"PractitionerRole/{agency}")}
    between, named = (
        frozenset({f".between Organization/{agency}"}),
        frozenset({*PATIENTS, group, f"CareTeam/{team['id']}"}),
    )
    return decided, Record(naming, f"Organization/{agency}", "", Verdict(True, noted=between, fixed=named))


_MINUTES = (
    *(
        ("2026-11-23T03:50:00.000Z", "2026-11-23T04:05:00.000Z"),
        ("2026-11-23T04:00:00.000Z", "2026-11-23T04:15:00.000Z"),
    ),
    *(
        ("2026-11-23T03:45:00.000Z", "2026-11-23T04:00:00.000Z"),
        ("2026-11-23T04:00:00.001Z", "2026-11-23T04:15:00.001Z"),
    ),
)
"""It is 04:00 where these are told: inside, from now on, until now, not yet."""


def _emergencies(draw: st.DrawFn) -> list[Record]:
    """Reviews of emergency accesses, mostly the server's own and of now."""
    records = []
    for place in range(draw(st.sampled_from((0, 1, 1, 2)))):
        start, until = draw(st.sampled_from((*_MINUTES[:2], *_MINUTES)))
        officer = draw(st.sampled_from(("Practitioner/em", "Practitioner/em", "Practitioner/a")))
        persons = draw(st.sampled_from((PATIENTS[:2], PATIENTS[:2], PATIENTS[:1], PATIENTS[2:], PATIENTS)))
        task: Json = {
            "resourceType": "Task",
            "id": f"em{place}",
            "status": draw(st.sampled_from(("requested", "requested", "completed"))),
            "intent": "order",
            "code": concept("task-code", "emergency-review"),
            "for": ref(persons[0]),
            "requester": ref(officer),
            "owner": ref("Organization/lead"),
            "executionPeriod": {"start": start, "end": until},
            "input": [{"type": {"text": "閲覧の対象者"}, "valueReference": ref(one)} for one in persons],
        }
        notes = frozenset(f".emergency {start} {until} {officer} {one}" for one in persons)
        forged = draw(st.integers(0, 4)) == 0
        records.append(Record(task, "Organization/lead", officer, NONE if forged else Verdict(noted=notes)))
    return records


def _conflicts(draw: st.DrawFn) -> list[Record]:
    """Declarations that a member of staff is in conflict of interest with a person, or is that person."""
    records = []
    for place in range(draw(st.sampled_from((0, 0, 1, 2)))):
        flag = {
            "resourceType": "Flag",
            "id": f"f{place}",
            "extension": [
                extension("staff-person", valueReference=ref(f"Practitioner/{draw(st.sampled_from('abc'))}"))
            ],
            "status": draw(st.sampled_from(("active", "active", "inactive", "entered-in-error"))),
            "category": [concept("record-category", "conflict")],
            "code": {"text": "利害の衝突"},
            "subject": ref(draw(st.sampled_from(PATIENTS))),
        }
        keeper = draw(st.sampled_from(("", *AGENCIES)))
        if not keeper:
            flag["code"] = concept("record-category", "same-person")
        records.append(
            Record(flag, keeper, draw(st.sampled_from(("Practitioner/a", "Practitioner/b", "Practitioner/lead"))))
        )
    return records


def _consent(draw: st.DrawFn, id: str) -> Record:
    patient = draw(st.sampled_from(PATIENTS))
    consent: Json = {
        "resourceType": "Consent",
        "id": id,
        "status": "active",
        "scope": {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]},
        "patient": ref(patient),
        "performer": [ref(patient)],
        "sourceReference": ref("QuestionnaireResponse/qg"),
    }
    base = draw(st.sampled_from(("", "", "", "OPTIN", "OPTOUT")))
    if base:
        consent["policyRule"] = {"coding": [{"system": f"{V3}v3-ActCode", "code": base}]}
    kind = draw(st.sampled_from(("permit", "permit", "permit", "deny")))
    if base and draw(st.booleans()):
        consent["provision"] = _provision(draw, "deny" if base == "OPTIN" else "permit")
        del consent["provision"]["type"]
    else:
        consent["provision"] = _provision(draw, kind)
    for fault in draw(st.sets(st.sampled_from(FAULTS), max_size=1)) if draw(st.booleans()) else ():
        if fault == "status":
            consent["status"] = draw(st.sampled_from(("inactive", "proposed", "entered-in-error")))
        elif fault == "performer":
            del consent["performer"]
        elif fault == "source":
            del consent["sourceReference"]
        elif fault == "nested":
            consent["provision"]["provision"] = [{"type": consent["provision"].get("type", "permit")}]
        elif fault == "related":
            consent["provision"]["data"] = [{"meaning": "related", "reference": ref("Condition/d0")}]
        elif fault == "scope":
            consent["scope"]["coding"][0]["code"] = "research"
        else:
            consent["modifierExtension"] = [{"url": "urn:not", "valueBoolean": True}]
    filer = draw(st.sampled_from(AGENCIES))
    return Record(consent, filer, "", _verdict(draw, filer))


def _verdict(draw: st.DrawFn, filer: str) -> Verdict:
    """Mostly one that counts: on the records of every keeper, of who filed it, of who verified it."""
    every, own, two = (
        Verdict(True, frozenset(keepers)) for keepers in ((EVERY_KEEPER,), (filer,), (filer, "Organization/b"))
    )
    judged: Verdict = draw(st.sampled_from((every, every, every, every, own, two, NONE, Verdict(void=True))))
    return judged


FAULTS = ("status", "performer", "source", "nested", "related", "scope", "modifier")
_ELEMENTS = ("period", "actor", "purpose", "class", "securityLabel", "code", "dataPeriod", "data", "provision")


def _provision(draw: st.DrawFn, type: str, exception: bool = False) -> Json:
    provision: Json = {"type": type}
    chosen = draw(st.sets(st.sampled_from(_ELEMENTS), max_size=draw(st.sampled_from((0, 1, 1, 3)))))
    if "period" in chosen:
        provision["period"] = _period(draw)
    if "actor" in chosen:
        grantees = st.sampled_from(
            (*AGENCIES, "Organization/b", "Practitioner/a", "PractitionerRole/b", "PractitionerRole/a2", TEAM)
        )
        actors = draw(st.lists(grantees, min_size=1, max_size=3, unique=True))
        provision["actor"] = [_recipient(draw, name) for name in actors]
    if "purpose" in chosen:
        purposes = ("CAREMGT", "COC", "HRESCH", "TREAT", "HOPERAT")
        codes = draw(st.lists(st.sampled_from(purposes), min_size=1, max_size=2, unique=True))
        provision["purpose"] = [{"system": f"{V3}v3-ActReason", "code": code} for code in codes]
    if "class" in chosen:
        dated = ("Condition", "CarePlan", "Task", "Encounter")
        types = st.sampled_from(dated if "dataPeriod" in chosen else ("Patient", *dated))
        codes = draw(st.lists(types, min_size=1, max_size=3, unique=True))
        provision["class"] = [{"system": RESOURCE_TYPES, "code": code} for code in codes]
    if "securityLabel" in chosen:
        levels = [{"system": CONFIDENTIALITY, "code": code} for code in ("N", "R", "V")]
        sorts = [{"system": f"{V3}v3-ActCode", "code": code} for code in SENSITIVE]
        labels = st.lists(st.sampled_from(range(7)), min_size=1, max_size=2, unique=True)
        provision["securityLabel"] = [[*levels, *sorts][at] for at in draw(labels)]
    if "code" in chosen:
        provision["code"] = [concept("concern-field", draw(st.sampled_from(("medical", "debts"))))]
    if "dataPeriod" in chosen:
        provision["dataPeriod"] = draw(st.sampled_from(({"start": "2026"}, {"end": "2026-02"}, {"start": "2026-03"})))
    if "data" in chosen:
        named = [
            {"meaning": "instance", "reference": ref(name)} for name in ("Condition/d0", "Condition/d1", "CarePlan/kg")
        ]
        named += [{"meaning": "authoredby", "reference": ref(name)} for name in ("Practitioner/a", "Organization/b")]
        places = draw(st.lists(st.sampled_from(range(5)), min_size=1, max_size=2, unique=True))
        provision["data"] = [named[at] for at in places]
    if "provision" in chosen and not exception:
        opposite = "deny" if type == "permit" else "permit"
        provision["provision"] = [_provision(draw, opposite, exception=True) for _ in range(draw(st.integers(1, 2)))]
    return provision


_BEYOND_ITS_DAY: tuple[Any, ...] = (
    {"start": "2026-11-22", "end": "2026-11-23"},
    {"start": "2026-11", "end": "2026-11"},
    {},
)


def _recipient(draw: st.DrawFn, name: str) -> Json:
    """Of a team the agencies are written down that it had when the consent was filed."""
    actor: Json = {
        "role": {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]},
        "reference": ref(name),
    }
    if name == TEAM:
        agencies = draw(st.lists(st.sampled_from(AGENCIES), min_size=1, max_size=2, unique=True))
        actor["extension"] = [extension("recorded-in-team", valueReference=ref(each)) for each in agencies]
    return actor


_FAULTS = (
    *("convener", "kind", "basis", "status", "period", "agenda", "roster", "seat-period", "category"),
    *("invitation", "opening", "sender", "answer"),
)


_FLAWED = (
    ((),) * len(_FAULTS)
    + tuple((fault,) for fault in _FAULTS)
    + (("seat-period", "invitation"), ("category", "answer"))
)


def _conference(draw: st.DrawFn, id: str, kept: Mapping[str, str]) -> list[Record]:
    """A conference on one household, its letters and acknowledgements, and what is tabled; with a fault or two."""
    faults = draw(st.sampled_from(_FLAWED))
    group = draw(st.sampled_from(("Group/g", "Group/g", "Group/h")))
    meeting = f"Encounter/{id}"
    members = draw(st.lists(st.sampled_from(("a", "b", "c", "co", "lead")), min_size=3, max_size=5, unique=True))
    seats = [(name, "member") for name in members if not ("roster" in faults and name == members[0])]
    seats.append(("conv", "member" if "convener" in faults else "convener"))
    encounter: Json = {
        "resourceType": "Encounter",
        "id": id,
        "status": draw(st.sampled_from(("planned", "finished", "cancelled"))) if "status" in faults else "in-progress",
        "class": own("encounter-class", "support-conference"),
        "type": [concept("conference-kind", "support-coordination" if "kind" in faults else "case-conference")],
        "subject": ref(group),
        "period": draw(st.sampled_from((*_LAPSED, *_UNTOLD, *_BEYOND_ITS_DAY)))
        if "period" in faults
        else {"start": "2026-11-23", "end": "2026-11-23"},
        "participant": [
            {"type": [concept("role", function)], "individual": ref(f"PractitionerRole/{name}")}
            for name, function in seats
        ],
        "extension": [
            *(
                ()
                if "basis" in faults
                else (extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9")),)
            ),
            *(() if "agenda" in faults else (extension("agenda", valueReference=ref(f"CarePlan/k{group[-1]}")),)),
            *(() if "category" in faults else (extension("opened-category", valueCode="Condition"),)),
            extension("opened-category", valueCode="Patient"),
        ],
    }
    if "seat-period" in faults:
        encounter["participant"][0]["period"] = draw(st.sampled_from((*_LAPSED, *_UNTOLD)))
    letters = [_letter(id, kind, meeting) for kind in ("invitation", "opening-notice")]
    answers = [
        _answer(id, kind, name, meeting, faults, first=name == members[0])
        for name in members
        for kind in ("invitation", "opening-notice")
        if not (name == members[0] and kind.partition("-")[0] in faults)
    ]
    # Mostly the sheet of the household that the meeting is on: what is of another one is not opened by being tabled.
    own_sheet = f"QuestionnaireResponse/q{group[-1]}"
    item = draw(st.sampled_from((*(own_sheet,) * 5, "Condition/d0", "Condition/d1", "QuestionnaireResponse/qh")))
    tabled = {
        "resourceType": "List",
        "id": f"{id}-list",
        "status": draw(st.sampled_from(("current", "current", "retired"))),
        "mode": "working",
        "encounter": ref(meeting),
        "entry": [{"item": ref(item)}],
    }
    persons = {group, *draw(st.sampled_from((HOUSEHOLDS[group],) * 4 + (HOUSEHOLDS[group][:1], PATIENTS)))}
    fixed = frozenset(persons if encounter["status"] != "planned" and draw(st.integers(0, 9)) else ())
    keepers = [Record(encounter, "Organization/lead", "Practitioner/conv", Verdict(True, fixed=fixed))]
    keepers += [Record(each, "Organization/lead", "Practitioner/conv") for each in letters]
    # Mostly by who keeps what is tabled, and without effect by anybody else.
    keepers.append(Record(tabled, draw(st.sampled_from((*(kept[item],) * 5, "Organization/lead"))), ""))
    return keepers + [Record(each, f"Organization/{EMPLOYERS[name]}", "") for name, each in answers]


def _letter(id: str, kind: str, meeting: str) -> Json:
    return {
        "resourceType": "Communication",
        "id": f"{id}-{kind}",
        "status": "completed",
        "category": [concept("communication-category", kind)],
        "encounter": ref(meeting),
        "sender": ref("PractitionerRole/conv"),
    }


def _answer(id: str, kind: str, name: str, meeting: str, faults: tuple[str, ...], *, first: bool) -> tuple[str, Json]:
    wrong_sender = first and "sender" in faults and kind == "invitation"
    wrong_answer = first and "answer" in faults and kind == "opening-notice"
    return name, {
        "resourceType": "Communication",
        "id": f"{id}-{kind}-{name}",
        "status": "completed",
        "category": [concept("communication-category", "acknowledgement")],
        "encounter": ref(meeting),
        "sender": ref("PractitionerRole/conv" if wrong_sender else f"PractitionerRole/{name}"),
        "inResponseTo": [ref(f"Communication/{id}-{'invitation' if wrong_answer else kind}")],
    }


def _roster(draw: st.DrawFn) -> Record:
    listed = draw(st.sets(st.sampled_from(("a", "b", "c", "co", "lead")), min_size=4))
    participants: list[Json] = [{"member": ref(f"PractitionerRole/{name}")} for name in sorted(listed)]
    if draw(st.integers(0, 4)) == 0:
        participants[0]["period"] = _period(draw)
    roster = {
        "resourceType": "CareTeam",
        "id": "standing",
        "status": draw(st.sampled_from(("active", "active", "active", "active", "inactive"))),
        "category": [concept("record-category", "standing-roster")],
        "participant": participants,
    }
    return Record(roster, "Organization/lead", "Practitioner/conv")
