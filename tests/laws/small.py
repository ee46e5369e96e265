"""Every world of two agencies, two persons, one household and one record, with each evidence in each of its states.

The one person may be recorded twice: by another name, which is merged with the first or not.

docs/policy.md; docs/testing.md, "small scope". What is plain stands first, then each way in which it may be otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import combinations, islice, product
from typing import Any

from consent.actor import Actor, Scope
from consent.relations import contributions
from consent.verdict import EVERY_KEEPER, NONE, Verdict
from resources.record import envelope, period
from resources.record.envelope import Envelope, Origin
from resources.record.version import Version
from tests.laws.plain import Plain
from tests.laws.whom import references
from tests.laws.worlds import (
    CONFIDENTIALITY,
    NOW,
    V3,
    Json,
    Record,
    World,
    coded,
    concept,
    extension,
    own,
    ref,
    version,
)

A, B, LEAD = "Organization/a", "Organization/b", "Organization/lead"
X, Y, HOUSEHOLD, CASE, CONCERN = "Patient/x", "Patient/y", "Group/g", "CarePlan/k", "Condition/d"
V, PART = "Patient/v", "Group/n"
"""Who may be the first by another name; and what may have come of the household by division."""
MEETING = "Encounter/m"
DIRECTORY = 7
"""How many of the first records of a world are of the directory, and tell nothing."""
ENDED = {"end": "2026-11-22"}
COUNTING = Verdict(True, frozenset([EVERY_KEEPER]))

Records = tuple[Record, ...]

AT_ONCE = 4
"""So many pieces of evidence bear on one another at once in every way."""


def size() -> int:
    """How many worlds there are."""
    return math.prod(len(states) for states in dimensions().values())


def every(start: int = 0, step: int = 1) -> Iterator[World]:
    """Each world from the `start`th on, every `step`th; those beside each other differ in little."""
    states = list(dimensions().values())
    for place in range(start, size(), step):
        chosen, rest = [], place
        for each in states:
            rest, at = divmod(rest, len(each))
            chosen.append(each[at])
        yield _world(chosen)


def near_size() -> int:
    """How many worlds are near."""
    otherwise = [len(states) - 1 for states in dimensions().values()]
    return sum(math.prod(some) for many in range(AT_ONCE + 1) for some in combinations(otherwise, many))


def near(start: int = 0, step: int = 1) -> Iterator[World]:
    """Every world in which at most AT_ONCE pieces are otherwise than plain, each in each of its states, whatever they
    are; those with fewer first. From the `start`th on, every `step`th."""
    states = list(dimensions().values())
    places = (some for many in range(AT_ONCE + 1) for some in combinations(range(len(states)), many))
    choices = ((some, chosen) for some in places for chosen in product(*(states[place][1:] for place in some)))
    for some, chosen in islice(choices, start, None, step):
        otherwise = dict(zip(some, chosen, strict=True))
        yield _world([otherwise.get(place, each[0]) for place, each in enumerate(states)])


def _world(chosen: Sequence[Records]) -> World:
    return World((*_directory(), *(record for part in chosen for record in part)), actors())


@cache
def actors() -> tuple[Actor, ...]:
    """The other agency's officer, for care and at a conference, its system, the coordinator, the lead section."""
    now, everything = datetime.fromisoformat(NOW), frozenset("cruds")

    def person(id: str, purpose: str) -> Actor:
        return Actor("desk", f"Practitioner/{id}", "", coded(purpose), (Scope("user", "*", everything),), now, "r")

    system = Actor("system-b", "", B, coded("CAREMGT"), (Scope("system", "*", everything),), now, "r")
    officers = (person("b", "CAREMGT"), person("b", "support-conference"), system)
    return (*officers, person("co", "CAREMGT"), person("lead", "CAREMGT"))


@cache
def dimensions() -> Mapping[str, Sequence[Records]]:
    return {
        "of": _records(),
        "consent of the one": [(), *((each,) for each in _consents("x"))],
        "consent of the other": [(), *((each,) for each in _consents("y"))][:4],
        "protection, or another name": [
            *((_patient("x", *labels), _patient("v", keeper=B)) for labels in _protections()),
            *_other_names(),
        ],
        "household": [(_household(X, Y),), (_household(X),)],
        "request": [(), *((each,) for each in _requests())],
        "conference": [(), *_conferences()],
        "coordination, roles, or division": [(), *((each,) for each in _coordinations()), *_roles(), *_divisions()],
        "post": [(_post("b", "b"),), (_post("b", "b", period=ENDED),)],
    }


@cache
def _directory() -> Records:
    """What is alike everywhere; of the first of it nobody is asked who may read it."""
    agencies = tuple(
        Record({"resourceType": "Organization", "id": id, "name": id}, LEAD, "") for id in ("a", "b", "lead")
    )
    posts = (_post("a", "a"), _post("lead", "lead", "lead-section"), _post("conv", "lead", "convener"))
    return (*agencies, *posts, _post("co", "lead", "coordinator"), _patient("y"), _case())


def _post(id: str, agency: str, function: str = "officer", **more: Any) -> Record:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
    post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]}
    return Record(post | more, LEAD, "")


def _patient(id: str, *labels: Json, keeper: str = A) -> Record:
    patient: Json = {"resourceType": "Patient", "id": id, "name": [{"family": "水無瀬"}]}
    return Record(patient | ({"meta": {"security": [*labels]}} if labels else {}), keeper, "")


def _other_names() -> Iterator[Records]:
    """Merged, only asked, forged or taken back, where the other name is protected; and merged where it refuses, where
    it permits, and where neither says anything."""
    first, same, lock = _patient("x"), (X, V), _lock(A)
    protected, plain = _patient("v", lock, keeper=B), _patient("v", keeper=B)
    yield first, protected, _merge("completed", *same)
    yield first, protected, _merge("requested")
    yield first, protected, replace(_merge("completed", *same), verdict=NONE)
    yield first, protected, _merge("entered-in-error")
    yield _patient("x", lock), plain, _merge("completed", *same)
    yield first, plain, _merge("completed", *same), next(each for each in _consents("v") if _denies(each))
    yield first, plain, _merge("completed", *same), next(_consents("v"))
    yield first, plain, _merge("completed", *same)


def _denies(consent: Record) -> bool:
    return bool(consent.body["provision"]["type"] == "deny")


def _merge(status: str, *same: str) -> Record:
    task: Json = {"resourceType": "Task", "id": "merge", "status": status, "intent": "order", "for": ref(X)}
    task |= {"focus": ref(V), "code": concept("task-code", "merge"), "requester": ref(A), "owner": ref(B)}
    noted = {*(f".between {one}" for one in (A, B)), *(f".same {one}" for one in same)}
    return Record(task, A, "", Verdict(True, noted=frozenset(noted)))


def _divisions() -> Iterator[Records]:
    """The household is to be divided, or was: coordinated before and since, or only seen by the lead section."""
    part = Record({"resourceType": "Group", "id": "n", "type": "person", "member": [{"entity": ref(Y)}]}, A, "")
    yield part, _division("requested")
    yield part, _division("completed")
    yield part, _division("completed", PART)
    yield part, replace(_division("completed", PART), verdict=NONE)
    [taken, *_] = _coordinations()
    yield part, _division("completed", PART), replace(taken, verdict=Verdict(True, fixed=frozenset([HOUSEHOLD, PART])))


def _division(status: str, *seen: str) -> Record:
    task: Json = {"resourceType": "Task", "id": "divide", "status": status, "intent": "order", "for": ref(HOUSEHOLD)}
    task |= {"focus": ref(HOUSEHOLD), "code": concept("task-code", "divide"), "requester": ref(A), "owner": ref(LEAD)}
    parts = [(1, X), (2, Y)]
    task["input"] = [{"type": concept("division-input", f"part-{at}"), "valueReference": ref(one)} for at, one in parts]
    task["meta"] = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}
    return Record(task, A, "", Verdict(True, fixed=frozenset(seen)))


def _protections() -> list[tuple[Json, ...]]:
    """None; one for the other agency, for the keeper, against an officer, with a substitute; two, and two confirmed."""
    confirmed = extension("lock-confirmed", valueBoolean=True)
    against = extension("protected-against", valueUri="Practitioner/b")
    until = {"url": "until", "valueDate": "2026-11-23"}
    for_a_day = {"extension": [{"url": "who", "valueReference": ref("PractitionerRole/b")}, until]}
    a, b = _lock(A), _lock(B)
    alone = [(), (b,), (a,), (_lock(B, against),), (_lock(A, extension("substitute", **for_a_day)),)]
    return [*alone, (b, a), (b, _lock(A, confirmed))]


def _lock(named: str, *more: Json) -> Json:
    label = own("secrecy-label", "address-secret")
    return label | {"extension": [extension("disclosable-to", valueReference=ref(named)), *more]}


def _household(*members: str) -> Record:
    group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
    return Record(group | {"member": [{"entity": ref(each)} for each in members]}, A, "")


def _case() -> Record:
    case = {"resourceType": "CarePlan", "id": "k", "status": "active", "intent": "plan", "subject": ref(HOUSEHOLD)}
    return Record(case | {"category": [concept("record-category", "case")]}, A, "")


def _records() -> list[Records]:
    """The one record: about a person, about both, about the household; plain or sensitive or very restricted. And
    about one person by two names, and one that was a mistake."""
    told: list[Json] = [{"subject": ref(X)}, {"subject": ref(X), "evidence": [{"detail": [ref(HOUSEHOLD)]}]}]
    twice: Json = {"evidence": [{"detail": [ref(V)]}]}
    wrong = {"coding": [{"system": f"{V3}condition-ver-status", "code": "entered-in-error"}]}
    labels = (None, {"system": CONFIDENTIALITY, "code": "V"}, {"system": f"{V3}v3-ActCode", "code": "PSY"})
    found: list[Records] = []
    for about, label in product(told, labels):
        body = {"resourceType": "Condition", "id": "d", "code": concept("concern-field", "medical")} | about
        found.append((Record(body | ({"meta": {"security": [label]}} if label else {}), A, "Practitioner/a"),))
    plain = found[0][0]
    for more in (twice, {"verificationStatus": wrong}):
        found.append((replace(plain, body={**plain.body, **more}),))
    return found


def _consents(person: str) -> Iterator[Record]:
    def consent(verdict: Verdict = COUNTING, status: str = "active", **provides: Any) -> Record:
        recipient = {"role": {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}, "reference": ref(B)}
        body = {
            "resourceType": "Consent",
            "id": f"s{person}",
            "status": status,
            "scope": {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]},
            "patient": ref(f"Patient/{person}"),
            "performer": [ref(f"Patient/{person}")],
            "dateTime": "2026-11-01",
            "sourceReference": ref("DocumentReference/paper"),
            "provision": {"type": "permit", "actor": [recipient]} | provides,
        }
        return Record(body, A, "", verdict)

    yield consent()
    yield consent(type="deny")
    yield consent(status="inactive")
    yield consent(Verdict(True, frozenset([B])))  # honoured by another keeper than the record's
    yield consent(NONE)
    yield consent(Verdict(void=True))
    yield consent(period=ENDED)
    yield consent(period={"start": "2026-13"})
    yield consent(provision=[{"type": "deny", "securityLabel": [{"system": f"{V3}v3-ActCode", "code": "PSY"}]}])
    yield consent(purpose=[{"system": f"{V3}v3-ActReason", "code": "COC"}])


def _requests() -> Iterator[Record]:
    for status, requester, owner, verdict in (
        ("requested", A, B, Verdict(True)),
        ("accepted", A, "PractitionerRole/b", Verdict(True)),
        ("completed", A, B, Verdict(True)),
        ("requested", A, LEAD, Verdict(True)),
        ("requested", A, B, NONE),
    ):
        task = {"resourceType": "Task", "id": "t", "status": status, "intent": "order", "for": ref(X)}
        task |= {"focus": ref(CONCERN), "requester": ref(requester), "owner": ref(owner)}
        yield Record(task, requester, "", verdict)


def _coordinations() -> Iterator[Record]:
    marked = Verdict(True, fixed=frozenset([HOUSEHOLD]))
    for status, verdict in (("accepted", marked), ("completed", marked), ("accepted", NONE)):
        task = {"resourceType": "Task", "id": "co", "status": status, "intent": "order", "focus": ref(CASE)}
        task |= {"code": concept("task-code", "coordinate"), "reasonCode": concept("coordination-ground", "no-roles")}
        task |= {"for": ref(HOUSEHOLD), "requester": ref(A), "owner": ref("PractitionerRole/co")}
        yield Record(task, A, "", verdict)


def _roles() -> Iterator[Records]:
    """Decided for the other agency, whose officer was seated, or was named for them; and each way that is not so."""
    yield (_team({"member": ref(B)}, seated=("PractitionerRole/b",)),)
    yield (_team({"member": ref(B), "period": ENDED}, seated=("PractitionerRole/b",)),)
    part, taken = {"member": ref(B)}, _naming("accepted")
    yield _team(part), taken
    yield _team(part), _naming("requested")
    yield _team(part, status="inactive"), taken
    yield _team({"member": ref(A)}), taken
    yield _team(part | {"period": ENDED}), taken
    yield _team(part, persons=(HOUSEHOLD, X)), taken


def _team(
    part: Json, status: str = "active", persons: Sequence[str] = (HOUSEHOLD, X, Y), seated: Sequence[str] = ()
) -> Record:
    team: Json = {"resourceType": "CareTeam", "id": "roles", "status": status, "subject": ref(HOUSEHOLD)}
    team |= {"category": [concept("record-category", "case-team")], "participant": [part]}
    noted = frozenset(note for post in seated for note in (f".carrier {post}", f".seated {post} {B}"))
    return Record(team, LEAD, "Practitioner/lead", Verdict(True, fixed=frozenset(persons), noted=noted))


def _naming(status: str) -> Record:
    task: Json = {"resourceType": "Task", "id": "naming", "status": status, "intent": "order"}
    task |= {"code": concept("task-code", "carry-out"), "owner": ref("PractitionerRole/b")}
    fixed = frozenset([HOUSEHOLD, X, Y, "CareTeam/roles"])
    return Record(task, B, "", Verdict(True, noted=frozenset([f".between {B}"]), fixed=fixed))


def _conferences() -> Iterator[Records]:
    """One as it must be, and one that lacks each of what it must have."""
    yield _conference()
    for lack in (
        "basis",
        "status",
        "day",
        "seat",
        "roster",
        "invitation",
        "opening-notice",
        "category",
        "other",
        "fixed",
    ):
        yield _conference(lack)
    yield from (_conference("category", tabled=by) for by in (A, B))
    yield _conference(kind="support-coordination")


def _conference(lack: str = "", kind: str = "case-conference", *, tabled: str = "") -> Records:
    seats = [("convener", "conv"), ("member", "a"), *([] if lack == "seat" else [("member", "b")])]
    day = "2026-11-22" if lack == "day" else "2026-11-23"
    told = [extension("agenda", valueReference=ref(CASE))]
    told += [] if lack == "basis" else [extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9"))]
    told += [] if lack == "category" else [extension("opened-category", valueCode="Condition")]
    meeting: Json = {
        "resourceType": "Encounter",
        "id": "m",
        "status": "finished" if lack == "status" else "in-progress",
        "class": own("encounter-class", "support-conference"),
        "type": [concept("conference-kind", kind)],
        "subject": ref(HOUSEHOLD),
        "period": {"start": day, "end": day},
        "participant": [
            {"type": [concept("role", function)], "individual": ref(f"PractitionerRole/{who}")}
            for function, who in seats
        ],
        "extension": told,
    }
    roster: Json = {"resourceType": "CareTeam", "id": "standing", "status": "active"}
    roster |= {"category": [concept("record-category", "standing-roster")]}
    listed = ("a",) if lack == "roster" else ("a", "b")
    roster |= {"participant": [{"member": ref(f"PractitionerRole/{each}")} for each in listed]}
    records = [roster, *(_letter(kind) for kind in ("invitation", "opening-notice"))]
    answers = [_answer(kind) for kind in ("invitation", "opening-notice") if kind != lack]
    listing: Json = {
        "resourceType": "List",
        "id": "l",
        "status": "current",
        "mode": "working",
        "encounter": ref(MEETING),
    }
    listing |= {"entry": [{"item": ref(CONCERN)}]}
    persons = {"a person": (HOUSEHOLD, X), "all persons": ()}.get(lack, (HOUSEHOLD, X, Y))
    held = Record(meeting, LEAD, "Practitioner/conv", Verdict(True, fixed=frozenset(persons)))
    return (
        held,
        *(Record(each, LEAD, "Practitioner/conv") for each in records),
        *(Record(each, B, "") for each in answers),
        *([Record(listing, tabled, "")] if tabled else []),
    )


def _letter(kind: str) -> Json:
    return _word(kind, concept("communication-category", kind), "conv")


def _answer(kind: str) -> Json:
    answer = _word(f"{kind}-b", concept("communication-category", "acknowledgement"), "b")
    return answer | {"inResponseTo": [ref(f"Communication/{kind}")]}


def _word(id: str, category: Json, sender: str) -> Json:
    word = {"resourceType": "Communication", "id": id, "status": "completed", "category": [category]}
    return word | {"encounter": ref(MEETING), "sender": ref(f"PractitionerRole/{sender}")}


# --- laid down in memory, each record derived once for all the worlds in which it stands the same -----------------

_made: dict[tuple[int, ...], tuple[Version, frozenset[Any]]] = {}
_reached: dict[int, tuple[str, ...]] = {}


def view(world: World) -> Plain:
    """The world as its store would have it."""
    by_name = {each.reference: each for each in world.records}
    found = Plain(period.instant(actors()[0].now))
    for record in world.records:
        found.put(*_derived(record, by_name))
    return found


def _derived(record: Record, by_name: Mapping[str, Record]) -> tuple[Version, frozenset[Any]]:
    around = _around(record, by_name)
    key = tuple(id(by_name[name]) for name in around)
    if key not in _made:
        known: dict[str, Envelope] = {}
        bodies = {name: by_name[name].body for name in around}
        before: dict[str, Envelope] | None = None
        while known != before:  # each takes from those it is of: as often as the longest chain
            before = dict(known)
            for name in around:
                each = by_name[name]
                known[name] = envelope.of(each.body, Origin(each.custodian, each.author), bodies.get, known.get)
        one = version(record, known)
        _made[key] = one, frozenset(contributions.of(record.body, one.terms))
    return _made[key]


def _around(record: Record, by_name: Mapping[str, Record]) -> list[str]:
    """The record first, then all that it names, directly or not."""
    around, waiting = [record.reference], [record.reference]
    while waiting:
        one = by_name[waiting.pop()]
        named = _reached.setdefault(id(one), tuple(references(one.body)))
        fresh = [name for name in named if name in by_name and name not in around]
        around += fresh
        waiting += fresh
    return around
