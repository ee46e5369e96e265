"""What a record says of how others stand to one another: the rows by which the policy asks of many people at once.

docs/decisions/0002-relations.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from consent import evidence, office, succession, verdict, vocabulary
from consent.provision import counting
from consent.relations import names, put_before, role, teams
from consent.secrecy import locks, protection
from consent.verdict import Verdict
from resources import conference, division
from resources.record import active, coding, deceased, envelope, mistake, naming, period, reference
from resources.record.envelope import PARTIES, PERSONS
from resources.search.relation import FOREVER, TEAM, Relation, Terms

DERIVATION = 23
"""To be raised whenever other rows come of the same record: docs/maintenance.md, "generations"."""

MEMBER = PERSONS.relation
"""Of a Group, to the Patients who are its members: in recording time, since dates on paper are for people."""

AGENCY = PARTIES.relation
"""Of a post or a desk, to the Organization it belongs to."""

POST = "post"
"""Of a person, to each PractitionerRole of theirs; the tag says for which agency and as what. One that does not count
is never valid: it says only whom something is refused to that names it."""

PROTECTED = ("protected", *(f"protected-{number}" for number in range(2, locks.MOST + 1)))
"""Of a Patient, for each protection of theirs one relation: to HIDDEN, tagged with its id, and to each it opens to."""

AGAINST = "against"
"""Of a protected Patient, to each whom a protection of theirs is against: no list opens their place to these."""

RELEASED = "released"
"""Of a protected Patient, to each agency, desk and post that every protection lets be shown as who does something."""

SIGNER = "signer"
"""Of a protected Patient, to each RelatedPerson of whom every protection of theirs says that it is not against them."""

COORDINATED = "coordinated"
"""Of a household, what came of it, and its members to the coordinator who accepted its case, while that Task runs; and
to EVERY, for good, once that is accepted or a conference on it has opened."""

CARRIES = "carries"
"""Of a household and of each person whom a conference had fixed, to each post that carries out the roles decided there,
and to the agency that keeps the case, while the decision is in force; and to each agency that it names, tagged with the
post that took its role on in person, while it names that agency."""

CARE = "care"
"""Of a Patient or a Group, to each agency, post or desk that has them in care: who registered the Patient, who accepted
a request of another agency about them, and who has a role for them that is in force."""

DIED = "died"
"""Of a Patient whose death was confirmed, since that was recorded, as long as it stands."""

DECEASED = "deceased"
"""Of a Patient whose own record says that they have died, from the first instant at which that may be."""

CONFLICT = "conflict"
"""Of a member of staff, to each Patient with whom they are in conflict of interest; tagged where they are that one."""

EMERGENCY = "emergency"
"""Of a Patient, to the officer who broke the glass for them, for the minutes that it lasts."""

CARD = "card"
"""Of a Patient, to each party of an open request about them: it reads who they are and how they are reached. The tag is
the post that somebody of that agency must hold, where it is put before that post alone."""

CARRIED = "carried"
"""Of a request, to each party of an open Task that carries it; the tag says whether that one was taken on."""

TOLD = "told"
"""Of a Task, to each agency above it in its chain: it stays told what became of it."""

LEADS = "leads"
"""Of a conference, to who convenes it and to its secretariat, for good; the tag says as which."""

TAKEN = "taken"
THEMSELVES = "themselves"
HIDDEN = ""
EVERY = "*"

_NEVER = ("", "")
_WHO_CARES = ("HealthcareService/", "Organization/", "PractitionerRole/")
_ABOUT = {"ServiceRequest": "subject", "Task": "for"}


def of(resource: Mapping[str, Any], terms: Terms, at: str = FOREVER) -> frozenset[Relation]:
    """The rows that a record contributes as it now stands; a deleted one contributes none.

    `terms` are the version's, sorted: who keeps it, and the verdict on it; with an instant, as the verdict was then.
    """
    return frozenset(_rows(resource, terms, at))


def _rows(resource: Mapping[str, Any], terms: Terms, at: str) -> Iterator[Relation]:
    itself = f"{resource['resourceType']}/{resource['id']}"
    match resource["resourceType"]:
        case "Consent":
            yield from counting.relations(resource, verdict.read(terms).by(at))
        case "Encounter":
            yield from _leading(resource, terms, itself)
            for fixed in verdict.read(terms).fixed:
                yield Relation(COORDINATED, fixed, EVERY)
        case "Flag":
            yield from _conflict(resource)
        case "Group":
            named = (reference.one(member, "entity") for member in resource.get("member") or ())
            members = {name for name in named if name.startswith("Patient/")} - mistake.misnamed(terms)
            yield from (Relation(MEMBER, itself, name) for name in members)
        case "PractitionerRole" | "HealthcareService" as kind:
            element = "organization" if kind == "PractitionerRole" else "providedBy"
            if agency := reference.one(resource, element):
                yield from office.rows(resource, itself, agency)
            if kind == "PractitionerRole":
                yield from _post(resource, itself, void=verdict.read(terms).void)
        case "CareTeam":
            yield from _team(resource, itself)
            yield from _roles(resource, itself, verdict.read(terms))
        case "Patient":
            if keeper := envelope.value(terms, ".custodian"):
                yield Relation(CARE, itself, keeper)
            if not mistake.is_marked(resource) and (since := deceased.since(resource)) is not None:
                yield Relation(DECEASED, itself, EVERY, start=since)
            yield from _protected(resource, itself)
        case "ServiceRequest":
            yield from _requested(resource, verdict.read(terms), itself)
        case "Task":
            judged = verdict.read(terms)
            yield from _requested(resource, judged, itself)
            codes = coding.of(resource.get("code"))
            if vocabulary.COORDINATE in codes or vocabulary.DIVIDE in codes:
                yield from (Relation(COORDINATED, name, EVERY) for name in judged.fixed)
            if vocabulary.DIVIDE in codes and judged.counts and resource.get("status") == "requested":
                owner = resource["owner"]["reference"]
                yield from (Relation(CARD, one, owner, vocabulary.LEAD_SECTION) for one in division.persons(resource))
            for start, until, officer, person in map(str.split, judged.note(verdict.EMERGENCY)):
                yield Relation(EMERGENCY, person, officer, "", start, until)
            if judged.counts:
                yield from (Relation(DIED, person, EVERY) for person in judged.note(verdict.DIED))
            yield from names.rows(resource, judged)
            yield from succession.rows(resource, judged)
            if judged.counts and resource.get("status") in vocabulary.TAKEN_ON:
                yield from _accepted(resource, judged.fixed)
                yield from _carrying_out(resource, judged)


def _protected(patient: Mapping[str, Any], itself: str) -> Iterator[Relation]:
    labels = protection.labels(patient)
    for name, lock, label in zip(PROTECTED, locks.of(patient), labels, strict=False):
        yield Relation(name, itself, HIDDEN, protection.id_of(label))
        yield from (Relation(name, itself, one, until=until) for one, until in lock.items())
    yield from (Relation(AGAINST, itself, one) for label in labels for one in protection.against(label))
    yield from (Relation(RELEASED, itself, one) for one in protection.released_by_all(labels))
    yield from (Relation(SIGNER, itself, *confirmed) for confirmed in protection.signing_by_all(labels))


def _conflict(flag: Mapping[str, Any]) -> Iterator[Relation]:
    """A declaration that stands: it closes, so it counts wherever it came from."""
    person = reference.one(flag, "subject")
    if vocabulary.CONFLICT in coding.of(flag.get("category")) and flag.get("status") != "inactive":
        tag = THEMSELVES if vocabulary.SAME_PERSON in coding.of(flag.get("code")) else ""
        staff = (reference.one(each, "valueReference") for each in coding.extension(flag, "staff-person"))
        yield from (Relation(CONFLICT, one, person, tag) for one in staff if one and person.startswith("Patient/"))


def _post(post: Mapping[str, Any], itself: str, *, void: bool) -> Iterator[Relation]:
    span = None if void or active.told(post) is not True else period.span(post.get("period"))
    if person := reference.one(post, "practitioner"):
        yield Relation(POST, person, itself, evidence.post_tag(post), *(span or _NEVER))


def _team(team: Mapping[str, Any], itself: str) -> Iterator[Relation]:
    """The agencies that a team records, as long as each is in it."""
    if team.get("status") != "active":
        return
    for participant in team.get("participant") or ():
        if span := period.span(participant.get("period")):
            for agency in sorted(teams.agencies([participant])):
                yield Relation(TEAM, itself, agency, "", *span)


def _roles(team: Mapping[str, Any], itself: str, judged: Verdict) -> Iterator[Relation]:
    """Who carries them out, while that has a part by which they do; and that who has one has those persons in care."""
    span = period.span(team.get("period"))
    if not judged.counts or team.get("status") != "active" or not span:
        return
    whole = judged.note(verdict.CARRIER) - role.seated(judged)
    for name in role.persons(judged):
        yield from (Relation(CARRIES, name, key, "", *span) for key in whole)
        yield from role.brought(judged, name, span)
        for each in team.get("participant") or ():
            part, own = reference.one(each, "member"), period.span(each.get("period"))
            both = (max(span[0], own[0]), min(span[1], own[1])) if own else _NEVER
            yield from (Relation(CARRIES, name, key, "", *both) for key in role.seated(judged, part))
            yield from (Relation(TEAM, role.place(itself, name), one, "", *both) for one in teams.agencies([each]))
            if name.startswith("Patient/") and part.startswith(_WHO_CARES):
                yield Relation(CARE, name, part, "", *both)


def _carrying_out(task: Mapping[str, Any], judged: Verdict) -> Iterator[Relation]:
    """Who took a role on in person, for an agency as long as that has it."""
    owner, asked = reference.one(task, "owner"), role.of(task, judged)
    if asked and owner.startswith("PractitionerRole/"):
        for name in asked.persons:
            yield Relation(CARRIES, name, asked.agency, owner, via=role.place(asked.team, name))


def _leading(meeting: Mapping[str, Any], terms: Terms, itself: str) -> Iterator[Relation]:
    if not envelope.is_conference(meeting) or not verdict.read(terms).counts:
        return
    for seat in conference.seats(meeting):
        for function in sorted(seat.functions & {vocabulary.CONVENER, vocabulary.SECRETARIAT}):
            yield Relation(LEADS, itself, seat.member, function)


def _requested(request: Mapping[str, Any], judged: Verdict, itself: str) -> Iterator[Relation]:
    """What a request of another agency opens to its parties while it is open, and to whom its Task stays told."""
    status = request.get("status")
    yield from (Relation(TOLD, itself, party) for party in judged.note(verdict.ABOVE))
    if not judged.counts:
        return
    parties, whom = judged.note(verdict.BETWEEN), {reference.one(request, _ABOUT[request["resourceType"]])}
    if put_before.is_one(request, judged):
        yield from put_before.rows(request, judged)
        parties -= {reference.one(request, "owner")}
    if vocabulary.MERGES & coding.of(request.get("code")):
        whom.update(names.pair(request))
    if status in naming.OPEN[request["resourceType"]]:
        for one in whom:
            yield from (Relation(CARD, one, party) for party in parties if one.startswith("Patient/"))
        taken = TAKEN if status in vocabulary.TAKEN_ON else ""
        for name in judged.fixed:
            if name.startswith(("ServiceRequest/", "Task/")):
                yield from (Relation(CARRIED, name, party, taken) for party in parties)


def _accepted(task: Mapping[str, Any], marked: Iterable[str]) -> Iterator[Relation]:
    """What its owner took on: a household to coordinate, which is no care (R15), or about whom the Task says it is."""
    whom, owner, codes = reference.one(task, "for"), reference.one(task, "owner"), coding.of(task.get("code"))
    if vocabulary.COORDINATE in codes:
        yield from (Relation(COORDINATED, name, owner) for name in {whom, *marked})
    elif owner and whom.startswith(("Patient/", "Group/")) and codes.isdisjoint(vocabulary.NO_CARE):
        yield Relation(CARE, whom, owner)
