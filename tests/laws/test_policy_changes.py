"""Worlds that change: after every write through the gate the readings agree, and so does a second opinion.

docs/policy.md, "whom a record is about" and "how it is proven": decide == within == found by the store == oracle, after
any sequence of writes.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import derivation, policy, verdict, vocabulary
from consent.actor import Actor
from consent.acts import (
    breaking_glass,
    declaring_conflict,
    dividing,
    merging,
    naming_by_mistake,
    naming_successor,
    saying_who,
    transferring,
)
from consent.acts.breaking_glass import Emergency
from consent.acts.declaring_conflict import Conflict
from consent.acts.dividing import Asked
from consent.acts.merging import Merge, Named
from consent.acts.naming_by_mistake import Misnaming
from consent.acts.naming_successor import Naming
from consent.acts.reply import Reply
from consent.acts.transferring import Offer
from consent.rules import (
    addressed,
    conference_material,
    conflict,
    consented,
    coordination,
    emergency,
    lead_section,
    mistake,
    oneself,
    own_duty,
    secrecy,
)
from consent.secrecy import protection
from consent.verdict import NONE, Verdict
from consent.writing.change import UnitOfWork
from profiles.spec import Spec
from resources.division import Division, Part
from resources.record import envelope
from resources.record.envelope import PERSONS, Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.relation import Around
from resources.store.open import opened
from resources.store.port import Store
from tests.laws import asking, cared
from tests.laws.drawn import LAW, drawn
from tests.laws.oracle import Oracle
from tests.laws.whom import Books, references
from tests.laws.worlds import Record, World, concept, extension, index, own, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.test_death import asking as confirming
from tests.unit.consent.standing.test_death import certified
from tests.unit.consent.test_revoking import word as revocation
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, paper, patient
from tests.unit.consent.town import coordination as call
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

MANY = 200
URGENT = actor("em", "BTG")
CITIZEN = replace(actor("p"), person="Patient/1", purpose=vocabulary.PATIENT_REQUEST)
ACTORS = (*(actor(name) for name in ("p", "q", "co", "lead", "conv")), URGENT, CITIZEN)
PERMITS = (own_duty, addressed, consented, coordination, lead_section, oneself, emergency)
PEOPLE = ("1", "2", "3")
WORKED = ("Group", "CarePlan", "Condition", "Task", "Communication", "RelatedPerson", "Patient", "Consent", "Flag")
person = st.sampled_from(PEOPLE)
keeper = st.sampled_from((ACTORS[0], ACTORS[0], ACTORS[1]))


@dataclass
class City:
    """A town with the books of all that was written in it; a write that is refused is none."""

    town: Town
    books: Books = field(default_factory=Books)
    bodies: dict[str, Json] = field(default_factory=dict)
    revoked: list[tuple[str, str, Json]] = field(default_factory=list)
    active: set[str] = field(default_factory=set)
    words: list[Json] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def write(self, what: str, who: Any, *records: Json) -> None:
        """Create or go on with these, in one transaction."""
        changes = [self._next(each) for each in records]
        try:
            written = self.town.write(who, *changes)
        except Problem:
            self.done["refused"] += 1
            return
        self.done[what] += 1
        # What was put back for a writer who was not shown it is in the store alone.
        names = {each.reference for done in written for each in (done.version, *done.ended)}
        stored = [row for type in {name.partition("/")[0] for name in names} for row in self.town.stored(type)]
        stood = {row.reference: orjson.loads(row.body) for row in stored if row.reference in names}
        sent = {done.version.reference for done in written}
        self.books.enter(*stood.items(), by_server=frozenset(stood.keys() - sent))
        for name, body in stood.items():
            had = self.bodies.get(name, {})
            ends = name.startswith("Consent/") and had.get("status") == "active" and body["status"] == "inactive"
            word = name.startswith("Consent/w") and not had and "extension" not in body
            if ends or word:
                self.revoked.append((body["patient"]["reference"], "2026-11-23", body))
            self.words += [body] if word else []
        self.active |= {
            name for name, body in stood.items() if name.startswith("Consent/") and body["status"] == "active"
        }
        self.bodies |= stood
        self._spread()

    def _spread(self) -> None:
        """A word is about every name that the person has, and stays so when a merge is undone."""
        merges = [each for each in self.bodies.values() if each.get("code") == MERGED and each["status"] == "completed"]
        pairs = [{each["for"]["reference"], each["focus"]["reference"]} for each in merges]
        for word in self.words:
            called = {word["patient"]["reference"]}
            for _ in pairs:
                called |= {one for pair in pairs if pair & called for one in pair}
            said = {patient for patient, _, body in self.revoked if body is word}
            self.revoked += [(one, "2026-11-23", word) for one in sorted(called - said)]

    def operate(self, what: str, who: Actor, do: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        """What an operation of the server's writes; None where it is refused."""
        try:
            done = self.town.run(self.town.gate.operate(who, (what,), do))
        except Problem:
            self.done["refused"] += 1
            return None
        self.done[what] += 1
        told = [each for each in done.told if each.number > len(self.books.written.get(each.reference, ()))]
        stood = [(each.reference, orjson.loads(each.body)) for each in told]
        self.books.enter(*stood, by_server=frozenset(name for name, _ in stood))
        self.bodies |= dict(stood)
        if what in ("divide", "to be divided"):
            self._copy([name for name, _ in stood if len(self.books.written[name]) == 1], [name for name, _ in stood])
        self._spread()
        return done

    def of_list(self, what: str, who: Any, operation: str, name: str, **said: Any) -> None:
        """Something about a protection, else the one that came last; one who has no post now may not."""
        last = "".join(map(protection.id_of, protection.labels(self.bodies[name])[-1:]))
        try:
            self.town.of_list(who, operation, name, **{"id": last, **said})
        except Problem:
            self.done["refused"] += 1
            return
        self.protected(what, name)

    def protected(self, what: str, name: str) -> None:
        """The server wrote the next version of a Patient, with other protections."""
        self.done[what] += 1
        (row,) = [row for row in self.town.stored("Patient") if row.reference == name]
        self.bodies[name] = orjson.loads(row.body)
        self.books.enter((name, self.bodies[name]), by_server=frozenset({name}))

    def _copy(self, made: Sequence[str], told: Sequence[str]) -> None:
        """What each part of a household has of the one that is divided: of the same type, and the same kind."""
        for name in made:
            alike = [each for each in told if each not in made and self._kind(each) == self._kind(name)]
            if len(alike) == 1 and not name.startswith("Task/"):
                self.books.copy(name, alike[0])

    def _kind(self, name: str) -> tuple[str, str]:
        body = self.bodies.get(name, {})
        return name.partition("/")[0], str(body.get("category"))

    def delete(self, name: str) -> None:
        try:
            (done,) = self.town.delete(ACTORS[0], name)
        except Problem:
            self.done["refused"] += 1
            return
        if done.was_nothing:  # as is answered alike whether it is gone or not for them
            self.done["refused"] += 1
            return
        self.done["delete"] += 1
        self.books.enter((name, None))
        self.bodies.pop(name)

    def standing(self) -> list[str]:
        """What a request or a letter can be of."""
        return [each for each in FOCUSES if each in self.bodies]

    def _next(self, record: Json) -> Json:
        number = len(self.books.written.get(f"{record['resourceType']}/{record['id']}", ()))
        meta = record.get("meta", {})
        return record | {"meta": meta | {"versionId": str(number)}} if number else record


@st.composite
def steps(draw: st.DrawFn, city: City, what: str = "") -> None:
    """One thing that happens: `what` is said, or is drawn."""
    one, other = draw(person), draw(person)
    match what or draw(st.sampled_from(STEPS)):
        case "household":
            members = draw(st.sets(person, max_size=3))
            group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
            listed = [{"entity": ref(f"Patient/{each}")} for each in sorted(members)]
            city.write("household", ACTORS[0], group | ({"member": listed} if listed else {}))
        case "plan":
            category = draw(st.sampled_from(("case", "total-care-plan")))
            city.write("plan", draw(keeper), case(draw(st.sampled_from(("k", "k2"))), category))
        case "concern":
            about: Json = concern(draw(st.sampled_from("ab")), one)
            if draw(st.booleans()):
                about["asserter"] = ref(draw(st.sampled_from((f"Patient/{other}", "RelatedPerson/r"))))
            city.write("concern", draw(keeper), about)
        case "task":
            id, focus = draw(st.sampled_from("xyz")), draw(st.sampled_from(city.standing()))
            owner = draw(st.sampled_from(("Organization/other", "PractitionerRole/q", "HealthcareService/desk")))
            status = draw(st.sampled_from(("requested", "requested", "completed")))
            task: Json = {"resourceType": "Task", "id": id, "status": status}
            task |= {"intent": "order", "requester": ref("Organization/center"), "owner": ref(owner)}
            named = {"for": ref(draw(st.sampled_from((f"Patient/{one}", "Group/g"))))} if draw(st.booleans()) else {}
            city.write("task", ACTORS[0], task | named | {draw(st.sampled_from(("focus",))): ref(focus)})
            if (asked := city.bodies.get(f"Task/{id}")) and cared.is_asked(asked) and draw(st.booleans()):
                city.write("accept", ACTORS[1], asked | {"status": draw(st.sampled_from(("accepted", "in-progress")))})
        case "taken back":
            ended = draw(st.sampled_from(("", *(id for id in "srmno" if f"Consent/{id}" in city.bodies))))
            to = draw(st.sampled_from(((), ("Organization/other",), ("Organization/council", "Practitioner/co"))))
            said = revocation(f"w{len(city.bodies)}", *to, of=ended) | {"patient": ref(f"Patient/{one}")}
            city.write("taken back", draw(keeper), said)
        case "word":
            word: Json = {"resourceType": "Communication", "id": draw(st.sampled_from("uv")), "status": "completed"}
            city.write("word", draw(keeper), word | {"about": [ref(draw(st.sampled_from(city.standing())))]})
        case "consent":
            form: Json = consent(draw(st.sampled_from(("s", "r", "m", "n", "o"))), patient=ref(f"Patient/{one}"))
            form |= {"performer": [ref(f"Patient/{one}")], "provision": dict(form["provision"])}
            form["provision"]["type"] = draw(st.sampled_from(("permit", "permit", "permit", "deny")))
            if (period := draw(st.sampled_from((None, None, *PERIODS)))) is not None:
                form["provision"]["period"] = period
            form["status"] = draw(st.sampled_from(("active", "active", "active", "inactive")))
            city.write("consent", ACTORS[0], paper(form), form)
        case "everybody":
            forms: list[Json] = [consent(f"e{each}", patient=ref(f"Patient/{each}")) for each in PEOPLE]
            forms = [each | {"performer": [each["patient"]]} for each in forms]
            city.write("consent", ACTORS[0], *map(paper, forms), *forms)
        case "kin":
            city.write("kin", ACTORS[0], {"resourceType": "RelatedPerson", "id": "r", "patient": ref(f"Patient/{one}")})
        case "link":
            twin = patient(one, link=[{"other": ref("RelatedPerson/r"), "type": "seealso"}])
            kin = {"resourceType": "RelatedPerson", "id": "r", "patient": ref(f"Patient/{other}")}
            both = draw(st.permutations((twin, kin)))
            city.write("link", ACTORS[0], *both)
        case "protect":
            shown = draw(st.sampled_from((None, "Organization/other", "Organization/other", "PractitionerRole/co")))
            listed = [extension("disclosable-to", valueReference=ref(shown))] if shown else []
            label = own("secrecy-label", "address-secret") | ({"extension": listed} if listed else {})
            city.write("protect", ACTORS[0], patient(one, meta={"security": [label]}))
            if shown == "Organization/other" and draw(st.booleans()):
                city.of_list("lift", ACTORS[1], "$lift-protection", f"Patient/{one}")
        case "post":
            post: Json = {"resourceType": "PractitionerRole", "id": "q", "practitioner": ref("Practitioner/q")}
            post |= {"organization": ref("Organization/other"), "code": [concept("role", "officer")]}
            city.write("post", INSTALLER, post | {"active": draw(st.booleans())})
        case "coordinate":
            city.write("coordinate", ACTORS[0], call("requested"))
            city.write("coordinate", ACTORS[2], call(draw(st.sampled_from(("accepted", "completed")))))
        case "conflict" | "end" as what:
            staff = draw(st.sampled_from(("Practitioner/q", "PractitionerRole/p", "Practitioner/em")))
            who = draw(st.sampled_from((ACTORS[0], ACTORS[3], CITIZEN)))
            declaration = Conflict(staff, (f"Patient/{one}",))
            if who is ACTORS[3]:
                themselves = staff.replace("PractitionerRole", "Practitioner")
                city.operate("also", INSTALLER, lambda unit: saying_who.kept(unit, themselves, f"Patient/{one}"))
            else:
                city.operate("conflict", who, lambda unit: declaring_conflict.declared(unit, declaration))
            for name in [each for each in city.bodies if each.startswith("Flag/")] if what == "end" else ():
                city.write("end", ACTORS[3], city.bodies[name] | {"status": "inactive"})
        case "break" | "review" as what:
            urgency = Emergency("通報", draw(st.sampled_from((f"Patient/{one}", "Condition/a", "CarePlan/k"))))
            id = f"review-{city.books.now}"
            city.operate("break", URGENT, lambda unit: breaking_glass.broken(unit, urgency, id))
            output = [{"type": {"text": "結果"}, "valueCodeableConcept": concept("emergency-outcome", "justified")}]
            for name in [each for each in city.bodies if each.startswith("Task/review-")] if what == "review" else ():
                city.write("review", ACTORS[3], city.bodies[name] | {"status": "completed", "output": output})
        case "death" | "revived" as what:
            grave = patient(one, deceasedDateTime=draw(st.sampled_from(("2026", "2026-11-23", "2026-11-23T09:00:00Z"))))
            day = {"valueDateTime": grave["deceasedDateTime"]}
            asked = confirming(person=one, day=day, id=f"d{city.books.now}")
            city.write("death", ACTORS[0], grave, certified(f"grave-{city.books.now}", one), asked)
            if name := next((each for each in city.bodies if each == f"Task/{asked['id']}"), ""):
                city.write("died", ACTORS[3], city.bodies[name] | {"status": "completed"})
            deaths = [each for each in city.bodies if each.startswith("Task/d") and what == "revived"]
            for each in deaths:
                city.write("revived", ACTORS[3], city.bodies[each] | {"status": "entered-in-error"})
        case "merge" | "unmerge" as what:
            two = Merge(Named(f"Patient/{one}"), Named(f"Patient/{other}"), what == "unmerge", reason="確かめた")
            city.operate(what, ACTORS[0], lambda unit: merging.asked(unit, two))
        case "mistake" | "undone" as what:
            wrong: Json = {"verificationStatus": {"coding": [MISTAKEN]}} if what == "mistake" else {}
            for name in [each for each in ("Condition/a", "Communication/u") if each in city.bodies]:
                writer = ACTORS[0] if draw(st.booleans()) else ACTORS[1]
                kept = {key: each for key, each in city.bodies[name].items() if key != "verificationStatus"}
                turned: Json = {"status": MISTAKEN["code"] if wrong else "completed"}
                city.write(what, writer, kept | (turned if "status" in kept else wrong))
        case "divide" | "to be divided" as what:
            if len(set(references(city.bodies["Group/g"].get("member")))) < 2:
                listed = [{"entity": ref(f"Patient/{each}")} for each in PEOPLE]
                city.write("household", ACTORS[0], city.bodies["Group/g"] | {"member": listed})
            whole = sorted(references(city.bodies["Group/g"].get("member")))
            division = Asked("Group/g", Division(_parts(whole, one), "2026-11-20"), "別居した")
            done = city.operate("to be divided", ACTORS[0], lambda unit: dividing.asked(unit, division))
            if done and what == "divide":
                answer = Reply(done.task.id, accept=True, reason="確かめた")
                city.operate(what, ACTORS[3], lambda unit: dividing.answered(unit, answer))
        case "misnamed" | "said to be misnamed" as what:
            record = draw(st.sampled_from(("Group/g", "Group/g", "Condition/a")))
            if record == "Condition/a":
                city.write("concern", ACTORS[0], concern("a", one))
                city.write("concern", ACTORS[0], concern("a", PEOPLE[PEOPLE.index(one) - 1]))
            misnamed = Misnaming(record, f"Patient/{one}", "同姓の別の人だった")
            done = city.operate("said to be misnamed", ACTORS[0], lambda unit: naming_by_mistake.asked(unit, misnamed))
            if done and what == "misnamed":
                answer = Reply(done.task.id, accept=True, reason="確かめた")
                if city.operate(what, ACTORS[3], lambda unit: naming_by_mistake.answered(unit, answer)):
                    city.books.unname(record, f"Patient/{one}")
        case "wrong household":
            city.write("concern", ACTORS[0], concern("a", one) | {"subject": ref("Group/g")})
            city.write("concern", ACTORS[0], concern("a", one))
            misnamed = Misnaming("Condition/a", "Group/g", "別の世帯だった")
            done = city.operate("said to be misnamed", ACTORS[0], lambda unit: naming_by_mistake.asked(unit, misnamed))
            if done:
                answer = Reply(done.task.id, accept=True, reason="確かめた")
                if city.operate("wrong household", ACTORS[3], lambda unit: naming_by_mistake.answered(unit, answer)):
                    city.books.unname("Condition/a", "Group/g")
        case "succeeded" | "not succeeded" as what:
            former = "Organization/other"
            for name in ("PractitionerRole/q", former):
                if city.bodies[name].get("active") is not False:
                    city.write("ended", INSTALLER, city.bodies[name] | {"active": False})
            naming = Naming(former, "Organization/center", "統合した")
            city.operate("succeeded", ACTORS[3], lambda unit: naming_successor.named(unit, naming))
            if what == "not succeeded":
                city.operate(what, ACTORS[3], lambda unit: naming_successor.named(unit, replace(naming, undo=True)))
        case "transfer" | "offered" as what:
            record = draw(st.sampled_from([each for each in HANDED if each in city.bodies]))
            offer = Offer(record, "Organization/other")
            done = city.operate("offered", ACTORS[0], lambda unit: transferring.offered(unit, offer))
            if done and what == "transfer":
                answer = Reply(done.task.id, accept=True)
                city.operate(what, ACTORS[1], lambda unit: transferring.answered(unit, answer))
        case "delete":
            city.delete(draw(st.sampled_from(("Condition/a", "Communication/u", "Task/x", "RelatedPerson/r"))))


def _parts(members: Sequence[str], one: str) -> tuple[Part, ...]:
    """One of them alone, and the others together."""
    apart = [f"Patient/{one}"] if f"Patient/{one}" in members else list(members[:1])
    return Part(tuple(apart)), Part(tuple(each for each in members if each not in apart))


MERGED = concept("task-code", "merge")
STEPS = (
    *("household", "household", "plan", "concern", "task", "task", "task", "word", "consent", "everybody"),
    *("kin", "link", "protect", "protect", "protect", "protect", "post", "coordinate", "delete", "taken back"),
    *("merge", "merge", "merge", "unmerge", "misnamed", "misnamed", "misnamed", "said to be misnamed"),
    *("wrong household", "wrong household", "succeeded", "not succeeded"),
    *("divide", "to be divided", "transfer", "transfer", "offered"),
    *("conflict", "end", "break", "break", "review", "mistake", "mistake", "undone", "death", "death", "revived"),
)
MISTAKEN = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}
PERIODS = (
    *({"start": "2016-12-31T23:59:60Z", "end": "9999-12-31"}, {"end": "9999"}, {"end": "2026-11-22"}),
    *({"start": "9999-12-31T23:59:59-12:00"}, {"start": "2026-11-24", "end": "2026-11-23"}, {"end": "2026-02-30"}),
)
"""The last two cannot be told, and are refused."""
HANDED = ("Condition/a", "Condition/b", "CarePlan/k")
"""What may be handed over to the other agency."""
FOCUSES = ("Condition/a", "Condition/b", "CarePlan/k", "Task/x", "Task/y", "Task/z", "Communication/u")


@drawn(15, MANY)
def test_after_every_write_the_readings_and_the_second_opinion_agree(
    runner: asyncio.Runner, spec: Spec, examples: int
) -> None:
    seen: Counter[str] = Counter()

    @settings(LAW, max_examples=examples)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = opened(str(Path(folder)), lambda: NOW)
            runner.run(store.open())
            try:
                city = founded(runner, store, spec)
                evenly = data.draw(st.randoms(use_true_random=True))  # else what comes first comes most
                for _ in range(evenly.randint(6, 14)):
                    data.draw(steps(city, evenly.choice(STEPS)))
                    runner.run(_agree(store, city, seen))
                seen.update(city.done)
            finally:
                runner.run(store.close())

    holds()
    assert min(seen[rule] for rule in ("P1", "P2", "P3", "P6", "P7", "D1", "D2", "mistake", "nothing", "grown")) > 5, (
        seen
    )
    if examples == MANY:
        assert not [what for what in {*STEPS, "accept", "also", "died", "lift"} - {"everybody"} if not seen[what]], seen
        assert seen["P8"] > 5, seen


def founded(runner: asyncio.Runner, store: Store, spec: Spec) -> City:
    city = City(Town.founded(runner, store, spec))
    for type in ("Organization", "Practitioner", "PractitionerRole", "HealthcareService"):
        for row in city.town.stored(type):
            city.bodies[row.reference] = orjson.loads(row.body)
            city.books.enter((row.reference, city.bodies[row.reference]))
    group = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
    city.write("founding", ACTORS[0], *(patient(one) for one in PEOPLE), group, case(), concern("a", "1"))
    assert city.done["founding"], "the city was founded"
    return city


def second_opinion(city: City, who: Actor, rows: Sequence[Version]) -> tuple[Oracle, list[Record]]:
    """Of what is in the store: `rows` are all of it, by which it is told who keeps a record and how it was judged."""
    origins = {row.reference: envelope.origin(row.terms) for row in rows}
    nobody = Origin("", "")
    stood = {row.reference: verdict.read(row.terms) for row in rows}
    stood |= {name: NONE for name in city.bodies if name.startswith("Consent/")}
    stood |= {name: Verdict(True, frozenset({origins[name].custodian})) for name in city.active}
    records = [
        Record(body, by.custodian, by.author, stood.get(name, NONE))
        for name, body in city.bodies.items()
        for by in (origins.get(name, nobody),)
    ]
    return Oracle(World(tuple(records), ACTORS), who, city.books, city.revoked), records


def against(oracle: Oracle, record: Record) -> set[str]:
    """What the second opinion says that closes a record, whatever opens it."""
    found = {"D2"} if oracle.conflicted(record) else set()
    found |= {"mistake"} if oracle.mistaken(record) else set()
    return found | ({"P6"} if oracle.for_the_post(record) else set())


async def _agree(store: Store, city: City, seen: Counter[str]) -> None:
    await agree(store, city, seen, ACTORS)


async def agree(store: Store, city: City, seen: Counter[str], actors: Sequence[Actor]) -> None:
    """Reading asks the verdict (section 7), and the second opinion does not judge anew.

    But of a consent: whoever files one here has the person in care, so it opens what the filer keeps, if it was ever
    active.
    """
    law = city.town.gate.engine.ordinance
    whom = {name: city.books.about(name) for name in city.bodies}
    secret = {name for name, body in city.bodies.items() if protection.labels(body)}
    for who in actors:
        async with asking.asked(store, who) as view:
            rows = [row for row in await asking.everything(view) if row.type in WORKED]
            known = await asking.known(view, who, law, rows)
            made = policy.rules("read", known)
            allowed = {row.reference for row in rows if policy.decide(made, row.stored, known.world).allowed}
            assert await asking.found(view, who, law, WORKED, "read") == allowed
            assert await cared.having(view, PEOPLE, who.now) == cared.expected(city.bodies, PEOPLE)
            oracle, records = second_opinion(city, who, rows)
            open_rules = policy.rules("read", known, PERMITS, (conference_material, conflict, secrecy, mistake))
            for row in rows:
                about = set(PERSONS.of(row.terms, Around(row.stored, known.world)))
                assert about == whom[row.reference], row.reference
                # D1: what is found is what is harmless, as soon as somebody whom it is about is protected by any name.
                found = {term for term in row.terms if not term.startswith(".")}
                is_secret = bool(oracle.names(about) & secret)
                assert found == derivation.search(index(), orjson.loads(row.body), secret=is_secret)
                decision = policy.decide(open_rules, row.stored, known.world)
                record = next(each for each in records if each.reference == row.reference)
                expected = against(oracle, record) or oracle.grounds(record)
                assert {rule.id for rule in decision.rules} == expected, (who, record)
                assert bool(decision.masks) == oracle.masked(record), (who, record)
                seen.update({rule.id for rule in decision.rules} or {"nothing"})
                seen["D1"] += bool(decision.masks)
                seen["P7 of a signer"] += oracle.signs and decision.allowed
                seen["P7 of a signer, of a protected person"] += oracle.signs and decision.allowed and is_secret
                seen["grown"] += bool(about - set(city.books.about_itself(row.reference)))
