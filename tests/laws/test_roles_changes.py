"""Who carries out the roles, in worlds that change: the readings and the second opinion agree after every write.

docs/policy.md, P4, P6 and P13: roles are decided in a conference and decided anew, agencies name who carries them out,
the case and its plan are written on and handed over, members come and go, posts end, the conference closes.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

import orjson

from consent import policy, verdict
from consent.acts import transferring
from consent.acts.reply import Reply
from consent.acts.transferring import Offer
from consent.rules import (
    addressed,
    carrying_out,
    conference_material,
    conflict,
    consented,
    coordination,
    lead_section,
    mistake,
    own_duty,
    secrecy,
    statutory_conference,
)
from consent.verdict import NONE
from profiles.spec import Spec
from resources.record import envelope, keeping
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.store.open import opened
from resources.store.port import Store
from tests.laws import asking
from tests.laws.drawn import drawn
from tests.laws.oracle import Oracle
from tests.laws.whom import Books
from tests.laws.worlds import Record, World, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.test_named_for_a_role import NOTICE, STAFF, hire
from tests.unit.consent.town import (
    INSTALLER,
    WITHOUT_A_PLAN,
    Town,
    actor,
    case,
    concern,
    conference,
    household,
    letter,
    patient,
    roster,
)
from tests.unit.consent.town import (
    coordination as call,
)

Json = dict[str, Any]

MANY = 60
P, Q, CO, CONV, LEAD = (actor(name) for name in ("p", "q", "co", "conv", "lead"))
MEMBER, LEADING = actor("q", "support-conference"), actor("lead", "support-conference")
ACTORS = (P, Q, *(actor(each) for each in STAFF), CO, CONV, LEAD, MEMBER)
OFFICER = {"center": P, "other": Q, "desk": actor("d")}
PERMITS = (*(own_duty, addressed, consented, statutory_conference, coordination, lead_section, carrying_out),)
RESTRICTIONS = (conference_material, conflict, secrecy, mistake)
WORKED = ("CarePlan", "CareTeam", "Communication", "Condition", "Encounter", "Group", "Patient", "Task")
ENTERED = (*WORKED, "HealthcareService", "Organization", "Practitioner", "PractitionerRole")
STEPS = (
    *("joins", "joins", "written", "written", "written", "concern", "protect"),
    *("decided", "decided", "named", "named", "taken on", "taken on", "taken on", "ended", "post"),
    *("handed over", "handed over", "handed over", "opened", "opened", "opened", "seated", "closed", "over", "over"),
)


@dataclass
class City:
    """A town, the books of all that stands in it, and which posts were seated as the roles were decided."""

    town: Town
    books: Books = field(default_factory=Books)
    bodies: dict[str, Json] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    seated: frozenset[str] = frozenset()
    done: Counter[str] = field(default_factory=Counter)
    number: int = 0
    told: list[str] = field(default_factory=list)
    """What happened, for who looks for a difference."""

    def does(self, what: str, do: Any, *sent: str) -> None:
        """One transaction, of which the store tells what came of it, but which records, by type or name, were `sent`;
        one that is refused is none."""
        try:
            do()
        except Problem as refused:
            self.done["refused"] += 1
            self.told.append(f"{what} refused: {' '.join(refused.rules) or refused.kind}")
        else:
            self.done[what] += 1
            self.told.append(what)
            self._enter(sent)

    def write(self, what: str, who: Any, *records: Json) -> None:
        sent = (f"{each['resourceType']}/{each['id']}" for each in records)
        self.does(what, lambda: self.town.write(who, *(self._next(each) for each in records)), *sent)

    def tasks(self, code: str, *statuses: str) -> list[Json]:
        """The Tasks of a kind that stand so."""
        every = [body for name, body in self.bodies.items() if name.startswith("Task/")]
        every.sort(key=lambda task: (task["meta"]["lastUpdated"], str(task.get("owner"))))  # ids are of chance
        return [each for each in every if code in str(each.get("code")) and each["status"] in statuses]

    def _enter(self, sent: tuple[str, ...]) -> None:
        new = {}
        for row in (row for type in ENTERED for row in self.town.stored(type)):
            if self.numbers.get(row.reference) != row.number:
                new[row.reference] = orjson.loads(row.body)
                self.numbers[row.reference] = row.number
        by_server = frozenset(name for name in new if not name.startswith(sent))
        self.books.enter(*new.items(), by_server=by_server)
        self.bodies |= new

    def _next(self, record: Json) -> Json:
        number = self.numbers.get(f"{record['resourceType']}/{record['id']}")
        return record | {"meta": record.get("meta", {}) | {"versionId": str(number)}} if number else record


@drawn(2, MANY)
def test_after_every_write_who_carries_roles_out_reads_what_a_second_opinion_says(
    runner: asyncio.Runner, spec: Spec, examples: int
) -> None:
    seen: Counter[str] = Counter()
    for number in range(examples):
        chance = Random(number)
        with tempfile.TemporaryDirectory() as folder:
            store = opened(folder, lambda: NOW)
            runner.run(store.open())
            try:
                city = convened(runner, store, spec, acknowledged=chance.random() < 0.3)
                city.number = number
                for _ in range(chance.randint(8, 16)):
                    step(chance, city, chance.choice(STEPS))
                    runner.run(agree(store, city, seen))
                seen.update(city.done)
            finally:
                runner.run(store.close())
    asked = ("P4", "P13") if examples < MANY else ("P4", "P13", "P13 of who keeps the case", "P13 of the taker")
    assert min(seen[each] for each in asked) > 5, seen
    assert examples < MANY or not [what for what in STEPS if not seen[what]], seen


def convened(runner: asyncio.Runner, store: Store, spec: Spec, *, acknowledged: bool) -> City:
    """The meeting on the case is open; who sits there for the other agency has acknowledged secrecy."""
    city = City(Town.founded(runner, store, spec))
    hire(city.town)
    city.write("", P, *(patient(one) for one in "123"), household("1", "2"), concern("c", "1"))
    city.write("", P, case(), call("requested"), plan(activity(status="in-progress")))
    city.write("", CO, call())
    city.write("", CONV, roster("q", "p", "co"))
    city.write("", CONV, conference("planned", "q", "p"))
    for member in ("q", "p"):
        to = {"sender": ref("PractitionerRole/conv"), "recipient": [ref(f"PractitionerRole/{member}")]}
        city.write("", CONV, letter(f"i{member}", "invitation", **to))
    city.write("", CONV, conference("in-progress", "q", "p"))
    for member in ("q", "p"):
        to = {"sender": ref("PractitionerRole/conv"), "recipient": [ref(f"PractitionerRole/{member}")]}
        city.write("", CONV, letter(f"o{member}", "opening-notice", **to))
    _acknowledged(city, "q", MEMBER)
    if acknowledged:
        _acknowledged(city, "p", actor("p", "support-conference"))
    _decided(city, "", "other", "desk")
    assert not city.done["refused"], "the meeting is open, and roles were decided"
    return city


def step(chance: Random, city: City, what: str) -> None:
    """One thing that happens to the household, its case, its plan or its roles."""
    match what:
        case "joins":
            city.write(what, _keeper(city, "Group/g"), household(*chance.choice(("12", "123", "13", "2"))))
        case "written":
            made = chance.choice((case(), plan(activity(status="in-progress"))))
            whom = chance.choice(({}, {}, {"supportingInfo": [ref("Patient/3")]}))
            city.write(what, _keeper(city, f"CarePlan/{made['id']}"), made | {"title": f"{city.books.now}"} | whom)
        case "concern":
            about = concern(chance.choice("ab"), chance.choice("123"))
            city.write(what, chance.choice((P, Q)), about)
        case "protect":
            city.does(what, lambda: city.town.protect(P, "Patient/2", "Organization/center"))
        case "decided":
            _decided(city, what, *chance.choice((("other",), ("desk",), ("other", "desk"))))
        case "seated":
            _acknowledged(city, "p", actor("p", "support-conference"), what)
        case "named":
            if put := city.tasks("carry-out", "requested", "accepted", "in-progress"):
                agency, post = chance.choice((("other", "q2"), ("desk", "e"), ("center", "p")))
                above = chance.choice(put)
                task: Json = {"resourceType": "Task", "id": f"n{city.books.now}", "status": "requested"}
                task |= {"intent": "order", "code": above["code"], "partOf": [ref(f"Task/{above['id']}")]}
                mine = OFFICER[agency].person.removeprefix("Practitioner/")
                task |= {"requester": ref(f"PractitionerRole/{mine}"), "owner": ref(f"PractitionerRole/{post}")}
                city.write(what, OFFICER[agency], task)
        case "taken on":
            if asked := city.tasks("carry-out", "requested", "accepted"):
                task = chance.choice(asked)
                owner = task["owner"]["reference"]
                by = {"Organization/other": "q2", "Organization/desk": "d", "Organization/center": "p"}
                post = by.get(owner, owner.removeprefix("PractitionerRole/"))
                taken = {"owner": ref(f"PractitionerRole/{post}"), "output": [NOTICE], "status": "accepted"}
                city.write(what, actor(post), task | taken)
        case "ended":
            if asked := city.tasks("carry-out", "accepted"):
                task = chance.choice(asked)
                who = chance.choice([*OFFICER.values()])
                city.write(what, who, task | {"status": chance.choice(("cancelled", "in-progress"))})
        case "post":
            post = chance.choice(("q2", "d", "e"))
            stood = city.bodies[f"PractitionerRole/{post}"]
            city.write(what, INSTALLER, stood | {"active": not stood.get("active", True)})
        case "handed over":
            record = chance.choice(("CarePlan/k", "CarePlan/k", "CarePlan/k", "CarePlan/plan", "Group/g"))
            giver = _keeper(city, record)
            taker = Q if giver is P else P
            to = "Organization/other" if taker is Q else "Organization/center"
            _transferred(city, "offered", giver, partial(transferring.offered, offer=Offer(record, to, "")))
            for task in city.tasks("transfer", "requested")[-1:] if chance.randrange(5) else ():
                why = chance.choice(("", "これから支える", "これから支える"))
                said = Reply(task["id"], accept=True, reason=why)
                _transferred(city, what, taker, partial(transferring.answered, answer=said))
        case "opened":
            for task in city.tasks("open-transferred", "requested")[-1:]:
                said = Reply(task["id"], accept=True, reason="要る")
                _transferred(city, what, LEAD, partial(transferring.answered, answer=said))
        case "closed":
            if chance.randrange(3) == 0:
                city.write(what, CONV, conference("finished", "q", "p"))
        case "over":
            city.write(what, CO, call("completed") | WITHOUT_A_PLAN)


def _decided(city: City, what: str, *agencies: str) -> None:
    """The keeper of the case, who brought it, has a role besides these."""
    named = [{"role": [{"text": "家計"}], "member": ref(f"Organization/{one}")} for one in agencies]
    before = city.done[what]
    city.does(what, lambda: city.town.run(city.town.gate.decide_roles(LEADING, "CarePlan/k", named)), "CareTeam/")
    if city.done[what] > before:
        having = {*agencies, _custodian(city, "CarePlan/k")}
        seats = [one for one in sorted(city.bound) if {"q": "other", "p": "center"}[one] in having]
        city.seated = frozenset(f"PractitionerRole/{one}" for one in seats)


def _transferred(city: City, what: str, who: Any, do: Any) -> None:
    city.does(what, lambda: city.town.run(city.town.gate.operate(who, ("$transfer",), do)))


def _acknowledged(city: City, member: str, who: Any, what: str = "") -> None:
    for kind in ("i", "o"):
        said = {"sender": ref(f"PractitionerRole/{member}"), "inResponseTo": [ref(f"Communication/{kind}{member}")]}
        city.write(what, who, letter(f"{kind}a{member}", "acknowledgement", **said))
    city.bound |= {member} if f"Communication/oa{member}" in city.bodies else set()


def _custodian(city: City, name: str) -> str:
    """The agency that keeps the version of a record that stands."""
    (row,) = [row for row in city.town.stored(name.partition("/")[0]) if row.reference == name]
    return envelope.origin(row.terms).custodian.removeprefix("Organization/")


def _keeper(city: City, name: str) -> Any:
    """Somebody of the agency that keeps what is written of it from now on."""
    (row,) = [row for row in city.town.stored(name.partition("/")[0]) if row.reference == name]
    return OFFICER[keeping.keeper(row.terms).removeprefix("Organization/")]


async def agree(store: Store, city: City, seen: Counter[str]) -> None:
    """Who carries out is told by the books: who was seated as roles were decided, and who keeps the case now."""
    law = city.town.gate.engine.ordinance
    for who in ACTORS:
        async with asking.asked(store, who) as view:
            rows = [row for row in await asking.everything(view) if row.type in WORKED]
            known = await asking.known(view, who, law, rows)
            made = policy.rules("read", known)
            allowed = {row.reference for row in rows if policy.decide(made, row.stored, known.world).allowed}
            assert await asking.found(view, who, law, WORKED, "read") == allowed
            narrow = policy.rules("read", known, PERMITS, RESTRICTIONS)
            oracle, records = second_opinion(city, who, rows)
            for row in rows:
                decision = policy.decide(narrow, row.stored, known.world)
                record = records[row.reference]
                against = {"D3"} if oracle.closed(record) else set()
                against |= {"D2"} if oracle.conflicted(record) else set()
                against |= {"mistake"} if oracle.mistaken(record) else set()
                expected = against or oracle.grounds(record)
                told = {rule.id for rule in decision.rules}
                assert told == expected, (city.number, who.person, record.reference, ", ".join(city.told))
                assert bool(decision.masks) == oracle.masked(record), (who, record)
                seen.update(expected or {"nothing"})
                by_case = "P13" in expected and f"Organization/{_case_keeper(records)}" in known.keeps
                seen["P13 of who keeps the case"] += by_case
                seen["P13 of the taker"] += by_case and _case_keeper(records) != "center"


def _case_keeper(records: dict[str, Record]) -> str:
    return records["CarePlan/k"].custodian.removeprefix("Organization/") if "CarePlan/k" in records else ""


def second_opinion(city: City, who: Any, rows: Any) -> tuple[Oracle, dict[str, Record]]:
    """Of what is in the store: by the rows it is told who keeps a record and how it was judged, but not who carries
    the roles out."""
    origins = {row.reference: envelope.origin(row.terms) for row in rows}
    stood = {row.reference: verdict.read(row.terms) for row in rows}
    records = {}
    for name, body in city.bodies.items():
        by, judged = origins.get(name, Origin("", "")), stood.get(name, NONE)
        records[name] = Record(body, by.custodian, by.author, judged)
    keepers = {
        each.custodian
        for each in records.values()
        if "support-case" in str(each.body.get("category")) or each.reference == "CarePlan/k"
    }
    keys = city.seated | keepers
    for name, each in records.items():
        if name.startswith("CareTeam/") and each.verdict.counts:
            left = frozenset(note for note in each.verdict.noted if not note.startswith(".carrier "))
            noted = left | {f".carrier {key}" for key in keys}
            records[name] = replace(each, verdict=replace(each.verdict, noted=noted))
    return Oracle(World(tuple(records.values()), ACTORS), who, city.books, []), records
