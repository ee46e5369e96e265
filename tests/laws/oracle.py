"""A second opinion on who may read what, by brute force over the JSON, from docs/policy.md, sections 4 to 6.

It shares no code with `consent/`, `resources/record/envelope.py` or `resources/conference.py`, on purpose: two
readings of one text. It speaks of P1 to P8, P13, D1 to D3, D5 and mistakes, and looks at every record for every
question. Whom a record is about it asks of the books (`whom.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

from consent.actor import Actor
from tests.laws import consent_oracle, signing_oracle
from tests.laws.consent_oracle import Asked
from tests.laws.dates import local_day, within
from tests.laws.signing_oracle import Signing
from tests.laws.whom import Books, references
from tests.laws.worlds import Record, World

Json = Mapping[str, Any]

_OURS = "https://tsunagu.example/fhir"
_PURPOSES = f"{_OURS}/CodeSystem/purpose-of-use|"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason|"
_CASEWORK_PURPOSES = (f"{_REASONS}CAREMGT", f"{_REASONS}COC", f"{_PURPOSES}support-conference")
_DIRECTORY = ("Organization", "HealthcareService", "PractitionerRole", "Practitioner", "Location")
_STATUTORY = ("case-conference", "adviser-conference", "information-sharing")
_ARTICLES = ("art9", "swa106-6", "public-assistance-27-3")
_OPEN = {
    "Task": ("requested", "accepted", "in-progress", "on-hold"),
    "ServiceRequest": ("active", "on-hold"),
    "Communication": ("completed",),
    "Encounter": ("planned", "in-progress"),
}
_SHEETS = ("CarePlan", "QuestionnaireResponse")
"""Of a household's the person has an extract."""
_BELONGING = ("Binary/", "Provenance/")
_SELECTING, _APART = {"class", "code", "data", "dataPeriod"}, {"actor", "period", "data", "dataPeriod"}
"""What a paper says that withholds some records for what they are, and what an exception says that stands by itself."""
_SUBSTITUTE = ("who", "until")


class Oracle:
    """What one actor may read in one world."""

    def __init__(self, world: World, actor: Actor, books: Books, revoked: Sequence[tuple[str, str, Json]] = ()) -> None:
        """`revoked` are the words that ended a permit: of whom, on which day, and what it had been."""
        self.books, self.revoked = books, revoked
        self.records = {record.reference: record for record in world.records}
        for name in [name for name in self.records if name.startswith(_BELONGING)]:
            self.records[name] = self._as_closed(self.records[name])
        self.actor = actor
        self.now = actor.now
        self.posts = [
            each
            for each in self._every("PractitionerRole")
            if actor.person
            and each["practitioner"]["reference"] == actor.person
            and each.get("active") is not False
            and within(each.get("period"), self.now) is True
        ]
        self.citizen = actor.person.startswith(("Patient/", "RelatedPerson/"))
        self.seats = {f"PractitionerRole/{post['id']}" for post in self.posts} | {actor.person} - {""}
        self.seats = set() if self.citizen else self.seats  # a citizen works on nothing
        if actor.person:
            self.agencies = {post["organization"]["reference"] for post in self.posts}
        else:
            self.agencies = {actor.organization} - {""} - {former for former, _ in self._named()}
        self.keeps = set() if self.citizen else self._kept_by(self.agencies)
        self.person = self._oneself() if self.citizen else ""

    def _kept_by(self, agencies: Iterable[str]) -> set[str]:
        """The agencies whose files these keep: of those that have ended, which the lead section named them for, too."""
        named, kept = self._named(), set(agencies)
        for _ in named:
            kept |= {former for former, successor in named if successor in kept}
        return kept

    def _named(self) -> list[tuple[str, str]]:
        """Each agency that has ended, and the one that was named to keep its files."""
        return [
            (note.removeprefix(".succeeded "), each.body["owner"]["reference"])
            for each in self.records.values()
            if each.verdict.counts and each.body["resourceType"] == "Task"
            for note in each.verdict.noted
            if note.startswith(".succeeded ")
        ]

    def names(self, persons: Iterable[str]) -> set[str]:
        """These persons by all their names: two that were merged are one, and so are those each was merged with."""
        pairs = [
            {each.body["for"]["reference"], each.body["focus"]["reference"]}
            for each in self.records.values()
            if each.verdict.counts
            and "merge" in _codes(each.body.get("code"), "task-code")
            and each.body["status"] == "completed"
        ]
        found = set(persons)
        for _ in pairs:
            found |= {one for pair in pairs if pair & found for one in pair}
        return found

    def grounds(self, record: Record) -> set[str]:
        """The ids of the grounds that permit reading a record."""
        record = self.records[record.reference]
        asked = {"P1": self.own_duty, "P2": self.addressed, "P3": self.consented, "P4": self.at_conference}
        asked |= {
            "P5": self.coordinating,
            "P6": self.leading,
            "P7": self.oneself,
            "P8": self.emergency,
            "P13": self.carrying_out,
            "D2": self.declared,
        }
        return {id for id, holds in asked.items() if self.actor.client and holds(record)}

    def own_duty(self, record: Record) -> bool:
        """P1: the custodian is the actor's agency, and it is a record of casework, used for casework (D4)."""
        directory = record.body["resourceType"] in _DIRECTORY
        kept = not directory and self.actor.purpose in _CASEWORK_PURPOSES and record.custodian in self.keeps
        return kept and not self._is_an_office_s(record)

    def _is_an_office_s(self, record: Record) -> bool:
        """What a coordinator, convener, auditor or the lead section asked, was asked, told or decided as such is that
        post's, not its agency's: but for who wrote it, and to whom it is put too."""
        body = record.body
        if record.author in self.seats:
            return False
        if body["resourceType"] == "CareTeam" and "case-team" in _codes(body.get("category"), "record-category"):
            return not self._holds("lead-section")
        if body["resourceType"] not in ("Communication", "CommunicationRequest", "ServiceRequest", "Task"):
            return False
        named = set(references([body.get(each) for each in ("requester", "owner", "sender", "performer", "recipient")]))
        own = {name for name in named if self._agency(name) in self.keeps and self._offices(name)}
        return bool(own) and not (named & (self.keeps | self.seats) or any(self._is_asked(name) for name in named))

    def _offices(self, name: str) -> set[str]:
        post = self.records[name].body if name.startswith("PractitionerRole/") and name in self.records else {}
        return _AS_SUCH & set(_codes(post.get("code"), "role"))

    def addressed(self, record: Record) -> bool:
        """P2: an open request, or a Task; its party is the actor's agency, a desk or post of it, or the actor. A
        consent, by whom it permits something to."""
        body = record.body
        if self.actor.purpose in _CASEWORK_PURPOSES and (self._on_card(record) or self._carried(record)):
            return True
        if body["resourceType"] in ("Task", "ServiceRequest", "Appointment") and not record.verdict.counts:
            return False
        if body["resourceType"] == "Consent":
            counted = record.verdict.counts and body["status"] in ("active", "inactive")
            named = set(_permitted(body)) if counted and self.actor.purpose in _CASEWORK_PURPOSES else set()
            return bool(named & (self.agencies | self.seats)) or any(
                self._agency(one) in self.agencies for one in named
            )
        if _is_for_lead(body) and not self._holds("lead-section"):
            return False  # what is asked of the lead section as such is for that post, and not for its agency
        open = body["resourceType"] == "Task" or body.get("status") in _OPEN.get(body["resourceType"], ())
        if self.actor.purpose not in _CASEWORK_PURPOSES or not open:
            return False
        parties = [body.get("requester"), body.get("owner"), body.get("sender")]
        parties += [*body.get("performer", ()), *body.get("recipient", ())]
        parties += [each.get("individual") for each in body.get("participant", ())]
        named = {party["reference"] for party in parties if party}
        return bool(named & (self.keeps | self.seats)) or any(self._is_asked(name) for name in named)

    def _is_asked(self, name: str) -> bool:
        """Whether what is addressed to a post or a desk is for the actor: that of a coordinator, convener, auditor or
        the lead section as such is not their agency's, but for who holds the same office there."""
        post = self.records[name].body if name.startswith("PractitionerRole/") and name in self.records else {}
        offices = _AS_SUCH & set(_codes(post.get("code"), "role"))
        if not offices:
            return self._agency(name) in self.keeps
        own = [each for each in self.posts if self._agency(name) in references(each.get("organization"))]
        return any(offices & set(_codes(each.get("code"), "role")) for each in own)

    def _identities(self) -> set[str]:
        desks = {name for post in self.posts for name in references(post.get("healthcareService"))}
        return self.keeps | self.seats | desks

    def _on_card(self, record: Record) -> bool:
        """P2, the card: of a person of another keeper, an open request between them is about them, or in care."""
        if record.body["resourceType"] != "Patient" or record.custodian in self.keeps:
            return False
        for each in self.records.values():
            body = each.body
            about = [body.get("for") if body["resourceType"] == "Task" else body.get("subject")]
            about += [body["focus"]] if _is_merge(body) else []
            about += [body["input"]] if _is_division(body) else []
            if not each.verdict.counts or record.reference not in references(about):
                continue
            if body["resourceType"] not in ("Task", "ServiceRequest"):
                continue
            if body["status"] in _OPEN[body["resourceType"]] and each.verdict.note(".between") & self._identities():
                return True
            if _is_division(body):
                if body["status"] == "requested" and self._holds("lead-section") and self._names_owner(body):
                    return True
                continue
            taken = body["resourceType"] == "Task" and body["status"] in ("accepted", "in-progress", "on-hold")
            if taken and not set(_codes(body.get("code"), "task-code")) and self._names_owner(body):
                return True
        teams = [team for team in self._decisions() if self._has_part(team, self._identities())]
        return any(record.reference in team.verdict.fixed for team in teams)

    def _names_owner(self, task: Json) -> bool:
        return bool(set(references(task.get("owner"))) & self._identities())

    def _carried(self, record: Record) -> bool:
        """P2: what an open Task between them carries; a Task that follows on theirs, and their own once it is done."""
        if record.body["resourceType"] not in ("Task", "ServiceRequest"):
            return False
        for each in self.records.values():
            between = each.verdict.note(".between") & self._identities()
            if each.body["resourceType"] not in ("Task", "ServiceRequest") or not (each.verdict.counts and between):
                continue
            if each.body["status"] in _OPEN[each.body["resourceType"]] and record.reference in each.verdict.fixed:
                return True
        return record.body["resourceType"] == "Task" and bool(record.verdict.note(".above") & self._identities())

    def consented(self, record: Record) -> bool:
        """P3: each person it names has a consent that grants it, and none that withholds; to who acts for an agency.
        Who had died is not asked for a grant, but somebody is. A grant is for the name that it was signed for; what is
        withheld is withheld of all names, and who has died is living under none."""
        persons = self.books.about(record.reference)
        impersonal = self.actor.purpose in (f"{_PURPOSES}statistics", f"{_PURPOSES}audit-review")
        if not persons or impersonal or self.citizen or record.body["resourceType"] in _DIRECTORY:
            return False
        if not self.agencies or _tells_of_consents(record.body) or _is_merge(record.body):
            return False
        if signing_oracle.has_untied_row(record.body):
            return False  # of a member whom nobody knows no consent can be there
        says = [
            (paper.body["patient"]["reference"], self._says(paper, record))
            for paper in self.records.values()
            if paper.body["resourceType"] == "Consent"
        ]
        if record.reference.startswith(_BELONGING) and any(
            paper.body["resourceType"] == "Consent"
            and paper.body["patient"]["reference"] in self.names(persons)
            and self._selects(paper)
            for paper in self.records.values()
        ):
            return False
        asked = {person for person in persons if not self.had_died(person, record)}
        refused = any((name, "withholds") in says for name in self.names(persons))
        living = any(not any(self.had_died(name, record) for name in self.names({one})) for one in persons)
        return living and not refused and all((person, "grants") in says for person in asked)

    def had_died(self, person: str, record: Record) -> bool:
        """Whether that was confirmed before the words of this version were recorded, stands, and their own record says
        so still."""
        patient = self.records[person].body if person in self.records else {}
        day = patient.get("deceasedDateTime")
        if patient.get("deceasedBoolean") is not True and not (day and within({"start": day}, self.now)):
            return False
        return any(
            self.books.since_completed(each.reference) < self.books.worded(record.reference)
            for each in self.records.values()
            if "confirm-death" in _codes(each.body.get("code"), "task-code")
            and each.body["status"] == "completed"
            and each.verdict.counts
            and each.body["for"]["reference"] == person
        )

    def _selects(self, paper: Record) -> bool:
        """Whether a paper to this actor withholds some records for what they are, now."""
        consent, kept = paper.body, paper.verdict
        over = consent["status"] != "active"
        if kept.void or consent["status"] == "proposed" or (over and not (kept.counts and _permits(consent))):
            return False
        root, base = consent["provision"], consent.get("policyRule", {}).get("coding", [{"code": ""}])[0]["code"]
        kind, exceptions = root.get("type") or base, root.get("provision", ())
        withheld = exceptions if kind in ("permit", "OPTOUT") else (root,)
        if not any(_SELECTING & set(each) for each in withheld):
            return False
        said = [root, *(each for each in exceptions if _APART & set(each))]
        mine = [each for each in said if within(each.get("period"), self.now) is not False and self._is_told(each)]
        return bool(mine) or (kind in ("OPTIN", "OPTOUT") and within(root.get("period"), self.now) is not False)

    def _is_told(self, provision: Json) -> bool:
        """Whether a provision names the actor, now or ever, or nobody."""
        named = {name for actor in provision.get("actor", ()) for name in references(actor["reference"])}
        teams = {
            entry["valueReference"]["reference"]
            for actor in provision.get("actor", ())
            if actor["reference"]["reference"] in self._teams()
            for entry in actor.get("extension", ())
            if entry["valueReference"]["reference"] in self._teams()[actor["reference"]["reference"]]
            or provision.get("type") == "deny"
        }
        return not named or bool((named | teams) & (self.agencies | self.seats | self._former()))

    def _as_closed(self, record: Record) -> Record:
        """What belongs to others, with their labels, and as material of the meetings whose material they are."""
        security, meetings, waiting = list[Json](), list[Json](), [record.body]
        while waiting:
            body = waiting.pop()
            security += body.get("meta", {}).get("security", ())
            meetings += [body["encounter"]] if "encounter" in body else []
            of = references([body.get("target"), body.get("securityContext")])
            waiting += [self.records[name].body for name in of]
        closed: dict[str, Any] = {**record.body, "meta": {"security": security}}
        return replace(record, body=closed | ({"encounter": meetings[0]} if meetings else {}))

    def at_conference(self, record: Record) -> bool:
        """P4: some conference fulfils every condition, and the record is within what it opens."""
        return any(self._sits(meeting) and self._opens(meeting, record) for meeting in self._conferences())

    def coordinating(self, record: Record) -> bool:
        """P5: of a household whose case this coordinator took on, and of no other: the household, its case, its total
        care plan, its roles and the Tasks by which they are carried out."""
        mine = {
            f"PractitionerRole/{post['id']}" for post in self.posts if "coordinator" in _codes(post["code"], "role")
        }
        if self.actor.purpose not in _CASEWORK_PURPOSES or not mine:
            return False
        taken_on = {
            task["for"]["reference"]
            for task in self._coordinations()
            if task["owner"]["reference"] in mine and task["status"] in ("accepted", "in-progress", "on-hold")
        }
        held = {
            name
            for each in self.records.values()
            if each.body in tuple(self._coordinations())
            and each.body["owner"]["reference"] in mine
            and each.body["status"] in ("accepted", "in-progress", "on-hold")
            for name in each.verdict.fixed
        }
        taken_on |= {name for name in held if name.startswith("Group/")}  # and what came of it by division
        card = record.body["resourceType"] == "Patient" and record.reference in held
        opened = {"case", "total-care-plan", "case-team", "carry-out"}
        return card or self._of_household(record, taken_on, opened)

    def leading(self, record: Record) -> bool:
        """P6: the lead section sees conference material and the reviews of emergencies; it and the convener see whose
        case is under coordination."""
        if self.actor.purpose not in _CASEWORK_PURPOSES:
            return False
        material = self._holds("lead-section") and (
            self._meeting_of(record.body) is not None
            or "emergency-review" in _codes(record.body.get("code"), "task-code")
        )
        fixed = {name for each in self.records.values() if _marks(each.body) for name in each.verdict.fixed}
        coming = self._of_household(record, fixed, {"case", "total-care-plan", "case-team"})
        coming = coming or (record.body["resourceType"] == "Patient" and record.reference in fixed)
        led = self._leads(self._meeting_of(record.body)) or self._put_before(record)
        return material or led or (coming and (self._holds("lead-section") or self._holds("convener")))

    def for_the_post(self, record: Record) -> bool:
        """P6: a review is for the post of the lead section, and for who set what it reviews; to nobody else's work."""
        reviews = {"emergency-review", "review-restriction"}
        own = set() if self.citizen else self._identities()
        asked = record.body["resourceType"] == "Task" and reviews & set(_codes(record.body.get("code"), "task-code"))
        return bool(asked and own and not self._holds("lead-section") and record.author not in own)

    def _put_before(self, record: Record) -> bool:
        """What waits for the lead section opens what it is about, and the persons whom it names, but nothing that is
        very restricted."""
        if not self._holds("lead-section") or _is_v(record.body):
            return False
        opening = {"confirm-mistake", "divide", "open-transferred", "move-keeping"}
        for each in self._every("Task"):
            counts = self.records[f"Task/{each['id']}"].verdict.counts and each["status"] == "requested"
            if not (counts and opening & set(_codes(each.get("code"), "task-code")) and self._names_owner(each)):
                continue
            persons = set(references([each.get("for"), each.get("input")]))
            if record.reference in {each["focus"]["reference"], *(one for one in persons if "Patient/" in one)}:
                return True
        return False

    def _leads(self, meeting: Json | None) -> bool:
        """Whether it is a meeting, written by a convener, that has the actor as its convener or secretariat."""
        if meeting is None or not self.records[f"Encounter/{meeting['id']}"].verdict.counts:
            return False
        return any(
            seat["individual"]["reference"] in self.seats and {"convener", "secretariat"} & set(_codes(seat, "role"))
            for seat in meeting["participant"]
        )

    def oneself(self, record: Record) -> bool:
        """P7: the person who signed in is who the record is about, and nobody else, whatever other names they have; a
        review is about its officer, and what the server tells of consents about the agency that it tells."""
        if not self.person or self.actor.purpose != f"{_REASONS}PATRQT" or record.body["resourceType"] in _DIRECTORY:
            return False
        review = "emergency-review" in _codes(record.body.get("code"), "task-code")
        if review or _tells_of_consents(record.body) or _is_merge(record.body):
            return False
        if signing_oracle.has_untied_row(record.body):
            return False
        if self.signs and (self._is_kept_from_signers(record) or self._is_of_others(record)):
            return False
        return self._nobody_but({self.person}, self.books.about(record.reference))

    @property
    def signs(self) -> bool:
        """Whether they ask for another, for whom they may sign."""
        return self.actor.person.startswith("RelatedPerson/")

    def _oneself(self) -> str:
        """Whose records are the caller's own, or nobody's."""
        if not self.signs:
            return self.actor.person if self.actor.person in self.records else ""
        return self._signing().whom(self.actor.person)

    def _signing(self) -> Signing:
        bodies = {name: each.body for name, each in self.records.items()}
        return Signing(bodies, self.books, self.names, self._is_judged_right, _is_mistake, self.now)

    def _is_judged_right(self, name: str) -> bool:
        return self.records[name].verdict.counts

    def _is_kept_from_signers(self, record: Record) -> bool:
        """What is very restricted, secret, of violence or withheld; of a Patient the label says that they are
        protected, which was asked already."""
        labels = {each["code"] for each in record.body.get("meta", {}).get("security", ())}
        secret = {"withheld"} | (set() if record.body["resourceType"] == "Patient" else {"address-secret", "SDV"})
        return _is_v(record.body) or bool(labels & secret) or signing_oracle.is_violent(record.body)

    def _is_of_others(self, record: Record) -> bool:
        """Whether it is of another record, which may be about what is kept from who signs."""
        return bool(self.books.sources(record.reference) - {self.person, self.actor.person})

    def extract(self, record: Record) -> Sequence[Json] | None:
        """P7, by `$everything` of the person alone: of a household's sheet or plan what is about them and nobody else;
        None where they have none of it. What they read whole is not given in part as well."""
        if record.body["resourceType"] not in _SHEETS or not self.person or not self._asks_for_oneself():
            return None
        if self.grounds(record) or not self.books.households(record.reference) or self.is_closed(record):
            return None
        plan = record.body["resourceType"] == "CarePlan"
        if self.signs and (self._is_kept_from_signers(record) or (plan and self._is_of_others(record))):
            return None
        return signing_oracle.extract(record.body, self.person, self._reads) or None

    def _asks_for_oneself(self) -> bool:
        return self.actor.purpose == f"{_REASONS}PATRQT"

    def is_closed(self, record: Record) -> bool:
        """Whether something closes it to the actor, whatever opens it."""
        asked = (self.closed, self.conflicted, self.unclassified, self.mistaken, self.for_the_post)
        return any(closes(record) for closes in asked)

    def _reads(self, name: str) -> bool:
        record = self.records.get(name)
        return record is not None and bool(self.grounds(record)) and not self.is_closed(record)

    def _nobody_but(self, persons: AbstractSet[str], about: set[str]) -> bool:
        """Whether it is about one of these, and nobody but these, by whatever names."""
        return bool(about & persons) and about <= self.names(persons)

    def emergency(self, record: Record) -> bool:
        """P8: about nobody but those whom this officer opened in the last minutes; nothing labelled V, no material."""
        if self.actor.purpose != f"{_REASONS}BTG" or not self._holds("emergency"):
            return False
        if record.body["resourceType"] in _DIRECTORY or self._meeting_of(record.body) is not None:
            return False
        if _is_v(record.body):
            return False
        opened: set[str] = set()
        for review in self.records.values():
            task = review.body
            if "emergency-review" in _codes(task.get("code"), "task-code") and review.verdict.noted:
                mine = task["requester"]["reference"] == self.actor.person
                begun, over = (datetime.fromisoformat(task["executionPeriod"][each]) for each in ("start", "end"))
                if mine and begun <= self.now < over:
                    opened |= set(references(task["input"]))
        return not _is_merge(record.body) and self._nobody_but(opened, self.books.about(record.reference))

    def declared(self, record: Record) -> bool:
        """D2 shows a declaration to the lead section and to the person who made it."""
        if not _is_conflict(record.body) or self.actor.purpose not in (*_CASEWORK_PURPOSES, f"{_REASONS}PATRQT"):
            return False
        return self._holds("lead-section") or (bool(record.author) and record.author == self.actor.person)

    def conflicted(self, record: Record) -> bool:
        """D2: about a person with whom somebody said that the actor is in conflict; or a declaration of others."""
        author = bool(record.author) and record.author == self.actor.person
        if _is_conflict(record.body):
            if not (author or self._holds("lead-section") or record.custodian in self.agencies):
                return True
            if author:
                return False
        against = {
            one
            for flag in self._every("Flag")
            if _is_conflict(flag)
            and flag["status"] != "inactive"
            and self.actor.person in references(flag["extension"])
            for person in [flag["subject"]["reference"]]
            for one in (self._household_of(person) if _is_oneself(flag) else {person})
        }
        return bool(self.names(against | self.opposed()) & self.books.about(record.reference))

    def opposed(self) -> set[str]:
        """Who is protected against the actor as the person whom they are, by whatever is recorded of that one."""
        known = self._signing().meant({self.actor.person})
        selves = {name for name in known if name.startswith(("Patient/", "RelatedPerson/"))}
        return {
            name
            for name, each in self.records.items()
            if name.startswith("Patient/") and not self.citizen and selves & signing_oracle.against(each.body)
        }

    def _household_of(self, person: str) -> set[str]:
        """Who was recorded in a household while somebody was, by whichever name of theirs, and they themselves."""
        own = self.names({person})
        return own.union(*(self.books.together(name, own) for name in self.books.written if name.startswith("Group/")))

    def unclassified(self, record: Record) -> bool:
        """D5: an import that could not be classified, for everybody but its custodian."""
        labels = self.records[record.reference].body.get("meta", {}).get("security", ())
        return any(each["code"] == "unclassified" for each in labels) and record.custodian not in self.keeps

    def mistaken(self, record: Record) -> bool:
        """A record that was entered in error, or belongs to one, for everybody but its custodian."""
        waiting, seen = [record.reference], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self.records:
                seen.add(name)
                body = self.records[name].body
                if _is_mistake(body):
                    return record.custodian not in self.keeps
                waiting += references([body.get("target"), body.get("securityContext")])
        return False

    def masked(self, record: Record) -> bool:
        """D1: somebody the record is about is protected, and a protection is against the actor or lets them not in."""
        for name in self.names(self.books.about(record.reference)):
            labels = self.records[name].body.get("meta", {}).get("security", ())
            locks = [each.get("extension", []) for each in labels if each["code"] in ("address-secret", "SDV")]
            against = {
                part["valueUri"] for said in locks for part in said if part["url"].endswith("/protected-against")
            }
            if against & self.seats or not self._let_in(locks):
                return True
        return False

    def _let_in(self, locks: Sequence[Sequence[Json]]) -> bool:
        """Whether each protection names the actor, for good or as a substitute until the end of a day.

        One that the lead section has not confirmed takes nothing from those whom one before it names.
        """
        earlier: set[str] = set()
        for said in locks:
            named = {one for part in said if part["url"].endswith("/disclosable-to") for one in references(part)}
            for part in said:
                if part["url"].endswith("/substitute"):
                    who, until = (next(each for each in part["extension"] if each["url"] == url) for url in _SUBSTITUTE)
                    if within({"end": until["valueDate"]}, self.now) is True:
                        named.update(references(who))
            taken = any(part["url"].endswith("/lock-confirmed") for part in said)
            if not (named if taken else named | earlier) & (self.agencies | self.seats):
                return False
            earlier |= named
        return True

    def carrying_out(self, record: Record) -> bool:
        """P13: roles in force name the actor's post, or the agency that keeps the case; about the fixed alone."""
        if self.actor.purpose not in _CASEWORK_PURPOSES:
            return False
        body, named = record.body, self.books.households(record.reference)
        own = {name for name in self.seats if name.startswith("PractitionerRole/")}
        if body["resourceType"] == "Patient" and record.custodian not in self.keeps and not _is_v(body):
            return record.reference in self._fixed_for(own) | self._fixed_for(self.keeps)
        if not named or _is_v(body):
            return False
        for keys, decided in ((own, False), (self.keeps, True)):
            fixed = self._fixed_for(keys)
            if named <= fixed and self.books.when_written(record.reference) <= self.names(fixed):
                kinds = set(_codes(body.get("category"), "record-category"))
                kept = decided or ".decided yes" in record.verdict.noted
                plan = "total-care-plan" in kinds and body["status"] == "active" and kept
                brought = self._is_brought(record, named)
                plan = plan and (brought or ".decided yes" in record.verdict.noted)
                if body["resourceType"] == "CarePlan" and (("case" in kinds and brought) or plan):
                    return True
                if body["resourceType"] == "CareTeam" and "case-team" in kinds and record.verdict.counts:
                    return True
                if body["resourceType"] == "Group" or (decided and _is_part(record)):
                    return True
        return False

    def _is_brought(self, record: Record, households: Iterable[str]) -> bool:
        """Whether for each of these households roles are in force that were decided for a case of who keeps it."""
        said = [(_persons(team), team.verdict.note(".brought")) for team in self._decisions()]
        return all(
            any(one in fixed and (not keepers or record.custodian in keepers) for fixed, keepers in said)
            for one in households
        )

    def _fixed_for(self, keys: set[str]) -> set[str]:
        """The households and persons whose roles these carry out."""
        fixed: set[str] = set()
        for team in self._decisions():
            if any(self._has_seat(team, key) for key in team.verdict.note(".carrier") & keys):
                fixed |= _persons(team)
            for task in self.records.values():
                if set(references(task.body.get("owner"))) & keys & self.seats and self._is_for(task, team):
                    fixed |= _persons(task) & _persons(team)
        return fixed

    def _decisions(self) -> Iterator[Record]:
        """The decisions of roles in force."""
        for team in self.records.values():
            active = team.body["resourceType"] == "CareTeam" and team.body["status"] == "active"
            if active and team.verdict.counts and within(team.body.get("period"), self.now) is True:
                yield team

    def _has_seat(self, team: Record, key: str) -> bool:
        """Whether who was seated still carries out: where it is noted by which members, as long as one has its part."""
        members = {note.split(" ")[1] for note in team.verdict.note(".seated") if note.split(" ")[0] == key}
        return not members or self._has_part(team, members)

    def _has_part(self, team: Record, names: set[str]) -> bool:
        """Whether one of these has a role in a decision now."""
        now = [each for each in team.body.get("participant", ()) if within(each.get("period"), self.now) is True]
        return any(each["member"]["reference"] in names for each in now)

    def _is_for(self, task: Record, team: Record) -> bool:
        """Whether somebody took on in person by this Task the role that this decision gives to an agency of theirs."""
        if task.body["resourceType"] != "Task" or "carry-out" not in _codes(task.body.get("code"), "task-code"):
            return False
        put = {*references(task.body.get("focus")), *task.verdict.fixed}
        agencies = {name for name in task.verdict.note(".between") if name.startswith("Organization/")}
        taken = task.verdict.counts and task.body["status"] in ("accepted", "in-progress", "on-hold")
        return taken and team.reference in put and self._has_part(team, agencies & self.agencies)

    def closed(self, record: Record) -> bool:
        """D3: conference material, for one who is not on its roster, or is no more, nor of the lead section, nor its
        convener."""
        meeting = self._meeting_of(self.records[record.reference].body)
        if meeting is None or self._holds("lead-section"):
            return False
        if meeting["status"] not in ("finished", "cancelled") and self._listed(meeting):
            return False
        if self._leads(meeting):
            return False
        conveners = [post for post in self.posts if "convener" in _codes(post["code"], "role")]
        return record.custodian not in [post["organization"]["reference"] for post in conveners]

    # --- consent ---------------------------------------------------------------------------------------------------

    def _says(self, paper: Record, record: Record) -> str:
        """What one paper says of a record to this actor: `grants`, `withholds` or nothing.

        It grants where it counts, is not ended, and who keeps the record honours it; what it withholds it withholds
        everywhere, and still when it is ended.
        """
        consent, kept = paper.body, paper.verdict
        over = consent["status"] != "active"
        if kept.void or consent["status"] == "proposed" or (over and not kept.counts):
            return ""
        if over and not _permits(consent):
            return ""  # a refusal is over only where a newer paper took its place
        asked = self._asked(record)
        said = consent_oracle.says({**consent, "status": "active"}, asked, enforceable=_enforceable(consent))
        if said != "grants":
            return said
        honoured = "*" in kept.honoured or record.custodian in kept.honoured
        grants = consent["status"] == "active" and kept.counts and honoured
        return said if grants and not self._revoked(consent, asked) else ""

    def _revoked(self, consent: Json, asked: Asked) -> bool:
        """Whether a word given after this paper was signed may have ended what it grants of a record."""
        return any(
            patient == consent["patient"]["reference"]
            and consent.get("dateTime", "") <= day
            and consent_oracle.reaches(ended, asked) is not False
            for patient, day, ended in self.revoked
        )

    def _asked(self, record: Record) -> Asked:
        return Asked(
            record.body,
            record.custodian,
            record.author,
            frozenset(self.agencies | self.seats),
            self.actor.purpose,
            self.now,
            self._teams(),
            self._former(),
        )

    def _former(self) -> frozenset[str]:
        """The posts that were recorded for the person and are theirs no more, and the agencies that theirs succeeds."""
        own = (each for each in self._every("PractitionerRole") if self.actor.person)
        every = {f"PractitionerRole/{each['id']}" for each in own if self._is_mine(each)}
        return frozenset((every - self.seats) | (self.keeps - self.agencies))

    def _is_mine(self, post: Json) -> bool:
        return bool(post["practitioner"]["reference"] == self.actor.person)

    def _teams(self) -> dict[str, frozenset[str]]:
        """The agencies in each active team now."""
        return {
            f"CareTeam/{team['id']}": frozenset(
                name
                for each in team["participant"]
                for name in references([each.get("member"), each.get("onBehalfOf")])
                if within(each.get("period"), self.now)
            )
            for team in self._every("CareTeam")
            if team["status"] == "active"
        }

    def _counts(self, provision: Json) -> bool:
        """What permits needs yes for an answer; what withholds counts unless it is no."""
        now = within(provision.get("period"), self.now)
        return now is True if provision["type"] == "permit" else now is not False

    # --- conference ------------------------------------------------------------------------------------------------

    def _conferences(self) -> Iterator[Json]:
        return (each for each in self._every("Encounter") if each["class"]["code"] == "support-conference")

    def _sits(self, meeting: Json) -> bool:
        return (
            self.actor.purpose == f"{_PURPOSES}support-conference"
            and bool(self.actor.person)
            and self._convened(meeting)
            and any(kind in _STATUTORY for kind in _codes(meeting["type"], "conference-kind"))
            and any(
                basis in _ARTICLES
                for each in _extended(meeting, "legal-basis")
                for basis in _codes(each, "legal-basis")
            )
            and meeting["status"] == "in-progress"
            and within(meeting["period"], self.now) is True
            and meeting["period"].get("start") == local_day(self.now)
            and self._seated(meeting)
            and self._standing()
            and self._acknowledged(meeting, "invitation")
            and self._acknowledged(meeting, "opening-notice")
        )

    def _convened(self, meeting: Json) -> bool:
        seats = [each for each in meeting["participant"] if "convener" in _codes(each["type"], "role")]
        posts = [self.records[each["individual"]["reference"]].body for each in seats]
        return any(
            "convener" in _codes(post["code"], "role")
            and post.get("active") is not False
            and within(post.get("period"), self.now) is True
            for post in posts
        )

    def _seated(self, meeting: Json) -> bool:
        return any(
            each["individual"]["reference"] in self.seats and within(each.get("period"), self.now) is True
            for each in meeting["participant"]
        )

    def _listed(self, meeting: Json) -> bool:
        """Whether a seat of theirs is taken now, or is to be: a meeting to come has its letters before its day."""
        own = [each.get("period") for each in meeting["participant"] if each["individual"]["reference"] in self.seats]
        told = [each for each in own if within(each, self.now) is not None]
        return any(within({"end": each["end"]} if each and "end" in each else None, self.now) for each in told)

    def _standing(self) -> bool:
        return any(
            each["member"]["reference"] in self.seats and within(each.get("period"), self.now) is True
            for team in self._every("CareTeam")
            if team["status"] == "active" and "standing-roster" in _codes(team["category"], "record-category")
            for each in team["participant"]
        )

    def _acknowledged(self, meeting: Json, letter: str) -> bool:
        """An acknowledgement in that meeting, by this person, that answers a letter of that kind in that meeting."""
        letters = [each for each in self._every("Communication") if self._meeting_of(each) is meeting]
        of_kind = {
            f"Communication/{each['id']}"
            for each in letters
            if letter in _codes(each["category"], "communication-category")
        }
        return any(
            "acknowledgement" in _codes(each["category"], "communication-category")
            and each["status"] == "completed"
            and each["sender"]["reference"] in self.seats
            and of_kind & set(references(each["inResponseTo"]))
            for each in letters
        )

    def _opens(self, meeting: Json, record: Record) -> bool:
        """The meeting's papers; about the persons fixed at its opening only, the tabled and the opened categories."""
        cases = [name for each in _extended(meeting, "agenda") for name in references(each)]
        fixed = self.records[f"Encounter/{meeting['id']}"].verdict.fixed
        if not cases or not fixed:
            return False
        households = {name for name in fixed if name.startswith("Group/")}
        persons = fixed - households
        tabled = any(
            self._meeting_of(each.body) is meeting
            and each.body["status"] == "current"
            and record.custodian in self._kept_by({each.custodian})
            and record.reference in references(each.body["entry"])
            for each in self.records.values()
            if each.body["resourceType"] == "List"
        )
        seated = {self._agency(seat["individual"]["reference"]) for seat in meeting["participant"] if self._held(seat)}
        seated = self._kept_by(seated)
        named = self.books.when_written(record.reference)
        opened = list(_extended(meeting, "opened-category"))
        return (
            self._meeting_of(record.body) is meeting
            or (
                (tabled or record.reference in {*cases, *households})
                and (not named or self._nobody_but(persons, named))
                and not _is_merge(record.body)
            )
            or (
                record.body["resourceType"] in opened
                and not _tells_of_consents(record.body)
                and not _is_v(record.body)
                and record.custodian in seated
                and not _is_merge(record.body)
                and self._nobody_but(persons, named)
            )
        )

    def _held(self, seat: Json) -> bool:
        """Whether a seat is taken now, by a post that is held now."""
        post = self.records[seat["individual"]["reference"]].body
        active = post.get("active") is not False
        return active and within(seat.get("period"), self.now) is True and within(post.get("period"), self.now) is True

    def _coordinations(self) -> Iterator[Json]:
        """Calls for the coordinator that count (section 7)."""
        for record in self.records.values():
            if record.verdict.counts and "coordinate" in _codes(record.body.get("code"), "task-code"):
                yield record.body

    def _of_household(self, record: Record, marked: set[str], opened: set[str]) -> bool:
        """The household itself, and what is of an opened category, about marked households alone; never what is V."""
        named = self.books.households(record.reference)
        kinds = set(_codes(record.body.get("category"), "record-category")) & opened
        kinds = kinds if record.body["resourceType"] in ("CarePlan", "CareTeam") else set()
        listed = record.body["resourceType"] == "Group" or bool(kinds) or ("carry-out" in opened and _is_part(record))
        return bool(named) and named <= marked and listed and not _is_v(record.body)

    def _meeting_of(self, body: Json) -> Json | None:
        if body["resourceType"] == "Encounter":
            return body if body in self._conferences() else None
        name = body.get("encounter", {}).get("reference")
        return self.records[name].body if name else None

    # --- the world -------------------------------------------------------------------------------------------------

    def _every(self, type: str) -> Iterator[Json]:
        return (record.body for record in self.records.values() if record.body["resourceType"] == type)

    def _holds(self, function: str) -> bool:
        return any(function in _codes(post["code"], "role") for post in self.posts)

    def _agency(self, name: str) -> str:
        """The agency of a post or a desk, whoever holds it now: a request to it is a request to the agency."""
        found = self.records[name].body if name in self.records else {}
        return str((found.get("organization") or found.get("providedBy") or {}).get("reference", "nobody's"))


_AS_SUCH = {"coordinator", "convener", "auditor", "lead-section"}


def _is_part(record: Record) -> bool:
    """Whether it is a Task by which a role is carried out."""
    return record.verdict.counts and "carry-out" in _codes(record.body.get("code"), "task-code")


def _marks(body: Json) -> bool:
    """Whether it leaves a mark on a household: a meeting, the Task that calls the coordinator, or that by which a
    household that had one was divided."""
    calls = body["resourceType"] == "Task" and "coordinate" in _codes(body.get("code"), "task-code")
    return calls or body["resourceType"] == "Encounter" or _is_division(body)


def _persons(record: Record) -> set[str]:
    return {name for name in record.verdict.fixed if name.startswith(("Group/", "Patient/"))}


def _enforceable(consent: Json) -> bool:
    """The world writes a few things that cannot be enforced."""
    root = consent["provision"]
    described = set(root) - {"type", "period", "provision"}
    return (
        "modifierExtension" not in consent
        and consent["scope"]["coding"][0]["code"] == "patient-privacy"
        and all(each["meaning"] != "related" for each in root.get("data", ()))
        and ("type" in root or bool(described))
        and all(each["type"] != _type(consent) for each in root.get("provision", ()))
    )


def _tells_of_consents(body: Json) -> bool:
    """What the server tells an agency of a consent or a mistake is for that agency, whatever the person permitted."""
    said = [*(body.get("category") or ()), *([body["code"]] if isinstance(body.get("code"), dict) else ())]
    return bool(
        {"consent-notice", "consent-ended", "mistake-notice", "sight-notice"}
        & set(_codes(said, "communication-category"))
    )


def _permitted(consent: Json) -> Iterator[str]:
    """Whom a consent names in what it permits; the agencies of a team as they were written down."""
    if "revocation" in _codes(consent.get("category"), "record-category"):
        return
    root = consent.get("provision") or {}
    base = {"OPTIN": "deny", "OPTOUT": "permit"}
    code = next((each["code"] for each in (consent.get("policyRule") or {}).get("coding", ())), "")
    for rule, type in [
        (root, root.get("type") or base.get(code)),
        *((e, e["type"]) for e in root.get("provision", ())),
    ]:
        for actor in rule.get("actor", ()) if type == "permit" else ():
            name = actor["reference"]["reference"]
            yield from references(actor.get("extension")) if name.startswith("CareTeam/") else [name]


def _permits(consent: Json) -> bool:
    """Whether it is a permit but for its exceptions, by its type or by the base."""
    base = consent.get("policyRule", {"coding": [{"code": ""}]})["coding"][0]["code"]
    return bool((consent["provision"].get("type") or base) in ("permit", "OPTIN"))


def _type(consent: Json) -> str:
    """A root without a type is an exception to the base."""
    base = consent.get("policyRule", {"coding": [{"code": ""}]})["coding"][0]["code"]
    return str(consent["provision"].get("type") or ("deny" if base == "OPTIN" else "permit"))


def _codes(node: Any, system: str) -> Iterator[str]:
    """Every code of one of our systems below a node."""
    if isinstance(node, dict):
        if node.get("system") == f"{_OURS}/CodeSystem/{system}":
            yield node["code"]
        for value in node.values():
            yield from _codes(value, system)
    elif isinstance(node, list):
        for value in node:
            yield from _codes(value, system)


def _extended(meeting: Json, name: str) -> Iterator[Any]:
    for each in meeting["extension"]:
        if each["url"] == f"{_OURS}/StructureDefinition/{name}":
            yield next(value for key, value in each.items() if key.startswith("value"))


def _is_merge(body: Json) -> bool:
    """Whether it is asked by it that two be one person, or two again: who asks and who is asked read it."""
    return bool({"merge", "unmerge"} & set(_codes(body.get("code"), "task-code")))


def _is_division(body: Json) -> bool:
    """Whether it is asked by it that a household be divided."""
    return body["resourceType"] == "Task" and "divide" in _codes(body.get("code"), "task-code")


def _is_v(body: Json) -> bool:
    """Or may be it: nobody can tell what a label without a system means."""
    labels = body.get("meta", {}).get("security", ())
    return any(each["code"] == "V" or "system" not in each for each in labels)


def _is_for_lead(body: Json) -> bool:
    """Whether the server puts it before the lead section, and before nobody else."""
    asked = {"divide", "confirm-mistake", "open-transferred", "move-keeping"}
    return body["resourceType"] == "Task" and bool(asked & set(_codes(body.get("code"), "task-code")))


def _is_mistake(body: Json) -> bool:
    """Whatever R4 calls the element; where it has none, by our modifier."""
    said = [body.get(name) for name in ("status", "docStatus", "lifecycleStatus")]
    said += [each["code"] for each in body.get("verificationStatus", {}).get("coding", ())]
    marks = [each["valueBoolean"] for each in body.get("modifierExtension", ()) if each["url"].endswith("in-error")]
    return "entered-in-error" in said or any(marks)


def _is_oneself(flag: Json) -> bool:
    return "same-person" in _codes(flag.get("code"), "record-category")


def _is_conflict(body: Json) -> bool:
    return body["resourceType"] == "Flag" and "conflict" in _codes(body.get("category"), "record-category")
