"""What a duty may ask about besides the record: the household's concerns, who sits at the table, the roster.

docs/policy.md, R15, R19, R29 and R38.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from consent import (
    come_to,
    coordinated,
    ended_case,
    evidence,
    former_plan,
    fund_account,
    in_view,
    losing_sight,
    under_way,
    verdict,
    vocabulary,
)
from consent.fund_account import Bearing
from consent.in_view import Sees
from consent.ordinance import FundTerms, Ordinance
from consent.provision import provisions
from consent.relations import at_the_table, names, people, told_of
from consent.relations.people import Person
from consent.sight import Sight
from resources import fund, programme
from resources.programme import Programme
from resources.record import coding, concern, envelope, mistake, period, reference
from resources.record.envelope import Envelope
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import Is, Predicate, all_of, any_of, has, has_one_of, none_of
from resources.store.port import Query, Snapshot

DUTIES: Predicate = has_one_of(".type", ("CarePlan", "CareTeam", "Condition", "Consent", "Group", "HealthcareService"))
"""What the duties may read to judge a change; only counts and field codes of it are ever said."""

_OPEN = has(".open", "yes")

_CASEWORK: Predicate = has_one_of(".type", vocabulary.CASEWORK)
"""Under this it is asked who keeps a record that another belongs to, and whether it is a meeting's; nothing else."""


@dataclass(frozen=True, slots=True)
class DutyContext:
    """`concerns` and `at_table` are concern-field codes; `standing` are the members on the standing roster now.

    `before_conference` says whether the household's case is on the agenda of a conference not yet closed, and
    `conference_open` whether one of these is open; `keepers` are the agencies that keep its open cases, `under_way` is
    what goes on with a household or case that is to be a mistake, or deleted, or with what was asked, `sight` what its
    being written would do to what others see. `people` are those whom the record names, by each reference to them. Of a
    request to the fund `fund` is what bears on it, and `fund_terms` are what is agreed of the fund; of a total care
    plan `programmes` are those it names and named before, and `former` is the plan before it, with who keeps that.
    `others` are the other active plans, or roles, of the household whose plan or roles it is, which its writer reads;
    of a case `cases` are the other open ones of its household, and who keeps each, and `ended` is how one had ended
    that was marked as a mistake since. `law` is what law and ordinance say that is data. Of a conference `refusing`
    says whether somebody of its household refused, `undecided` whether a case conference on its case closed without a
    decision, `undone` what it leaves (`come_to`), `advised` are the fields of the advisers at the table, `unbacked` the
    agencies there without their department, by names. Of a coordination `waiting` are the supports of the plan that
    have neither started nor been closed with a reason, and `planned` says whether there is, or was, a plan. Of what
    belongs to records `targets` are the envelopes of those that are stored. Of a new Consent `papers` are how many its
    agency has filed of that person, and how many of those are active.
    """

    concerns: frozenset[str] = frozenset()
    at_table: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    before_conference: bool = False
    conference_open: bool = False
    under_way: frozenset[str] = frozenset()
    sight: Sight = field(default_factory=Sight)
    keepers: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    cases: Mapping[str, str] = field(default_factory=dict)
    ended: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    fund: Bearing = field(default_factory=Bearing)
    fund_terms: FundTerms = field(default_factory=FundTerms)
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    former: tuple[str, Mapping[str, Any]] = "", MappingProxyType({})
    refusing: bool = False
    waiting: tuple[str, ...] = ()
    planned: bool = False
    undecided: bool = False
    undone: frozenset[str] = frozenset()
    advised: frozenset[str] = frozenset()
    unbacked: tuple[tuple[str, str], ...] = ()
    targets: Mapping[str, Envelope] = field(default_factory=dict)
    papers: tuple[int, int] = 0, 0
    law: Ordinance = field(default_factory=lambda: Ordinance(frozenset(), {}))

    def is_coordinator(self, name: str) -> bool:
        """Whether a reference means somebody who is a coordinator, under whichever post."""
        return name in self.people and vocabulary.COORDINATOR in self.people[name].functions

    def functions(self, name: str) -> frozenset[str]:
        """What somebody is, under whichever post."""
        return self.people[name].functions if name in self.people else frozenset()

    def references(self, name: str) -> frozenset[str]:
        """Every reference that means whom this one means."""
        return self.people[name].references if name in self.people else frozenset({name})

    def agencies(self, name: str) -> frozenset[str]:
        """For which agencies a reference to a person or a post speaks."""
        return self.people[name].agencies if name in self.people else frozenset()


async def of(
    record: Mapping[str, Any],
    view: Snapshot,
    now: datetime,
    law: Ordinance,
    sees: Sees,
    had: Mapping[str, Any] | None = None,
) -> DutyContext:
    """The surroundings of a record: whom it names; of a conference, a team, a plan or a request to the fund more."""
    known = await people.of(view, reference.locals_of(record), now)
    lost = record is had or mistake.is_marked(record)
    if envelope.is_conference(record):
        return DutyContext(
            concerns=await concerns(record, view),
            at_table=await at_the_table.fields(record, known, view, now),
            **await _attending(record, known, view, now),
            standing=await _standing(view, now),
            people=known,
            refusing=await _refusing(record, view),
            undecided=await come_to.undecided(record, view),
            undone=await come_to.undone(record, view),
            law=law,
        )
    if record.get("resourceType") == "CareTeam":
        meetings = await come_to.under_way(record, view)
        return DutyContext(
            before_conference=bool(meetings),
            conference_open="in-progress" in meetings,
            keepers=await _keepers(record, view, frozenset[str]().union(*meetings.values())),
            people=known,
            others=await in_view.others(record, view, sees),
        )
    if record.get("resourceType") == "CarePlan":
        plan = vocabulary.TOTAL_CARE_PLAN in coding.of(record.get("category"))
        others, former = await in_view.others(record, view, sees), await former_plan.of(record, view, sees)
        programmes = await _programmes((record, had or {}, former[1]), view) if plan else {}
        going = await losing_sight.under(record, view) if lost else frozenset[str]()
        return DutyContext(
            people=known,
            under_way=going,
            others=others,
            cases=await under_way.cases(record, view),
            ended=await ended_case.of(had, view),
            programmes=programmes,
            former=former,
        )
    if record.get("resourceType") in ("Group", "Patient") and lost:
        return DutyContext(people=known, law=law, under_way=await losing_sight.under(record, view))
    if fund.is_of(record, fund.REQUEST):
        return DutyContext(people=known, fund=await fund_account.bearing(record, view), fund_terms=law.fund)
    if vocabulary.COORDINATE in coding.of(record.get("code")):
        waiting, planned = await coordinated.supports(record, view, sees)
        return DutyContext(people=known, law=law, waiting=waiting, planned=planned)
    if element := told_of.ELEMENT.get(record["resourceType"]):
        return DutyContext(people=known, law=law, targets=await _targets(reference.many(record, element), view))
    going = await under_way.of_what_was_asked(had, record, view) if had else frozenset()
    return DutyContext(people=known, law=law, under_way=going)


async def _targets(named: Iterable[str], view: Snapshot) -> Mapping[str, Envelope]:
    found = [await view.get(*name.split("/"), within=_CASEWORK) for name in sorted(set(named))]
    return {each.reference: envelope.read(each.terms) for each in found if each}


async def _attending(
    meeting: Mapping[str, Any], known: Mapping[str, Person], view: Snapshot, now: datetime
) -> dict[str, Any]:
    """Of a meeting that is called or to be opened, who else is asked for (R21, R26)."""
    asked = meeting.get("status") in ("planned", "in-progress")
    unbacked = await at_the_table.without_department(meeting, known, view, now) if asked else ()
    return {"advised": await at_the_table.advisers(meeting, view, now) if asked else frozenset(), "unbacked": unbacked}


async def _refusing(meeting: Mapping[str, Any], view: Snapshot) -> bool:
    """Whether a consent of somebody in the household of this meeting, by whichever name, withholds anything now."""
    members = await names.known(view, await members_of(meeting, view))
    papers = await _all(view, has(".type", "Consent"), has_one_of(".subject", members)) if members else ()
    standing = (each for each in papers if not verdict.read(each.terms).void)
    bodies = (evidence.body(each) for each in standing)
    return any(body.get("status") == "active" and not provisions.permits(body) for body in bodies)


async def members_of(meeting: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    group = reference.one(meeting, "subject")
    household = await view.get(*group.split("/"), within=DUTIES) if group else None
    return reference.locals_of(evidence.body(household).get("member")) if household else frozenset()


async def concerns(meeting: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    """The fields in which the household of this meeting has an active concern."""
    members = await members_of(meeting, view)
    if not members:
        return frozenset()
    of_whom = any_of([has_one_of(".subject", members), has(".household", reference.one(meeting, "subject"))])
    found = await _all(view, has(".type", "Condition"), of_whom, none_of(Is(MISTAKEN)))
    active = (evidence.body(version) for version in found)
    return frozenset().union(*(concern.fields(body) for body in active if concern.troubles(body)))


async def _programmes(plans: Iterable[Mapping[str, Any]], view: Snapshot) -> Mapping[str, Programme]:
    """The programmes that perform in these plans (R45)."""
    named = sorted({name for plan in plans for _, _, name in programme.performers(plan)})
    found = [await view.get(*name.split("/"), within=DUTIES) for name in named]
    read = {each.reference: programme.read(evidence.body(each)) for each in found if each}
    return {name: each for name, each in read.items() if each}


async def _standing(view: Snapshot, now: datetime) -> frozenset[str]:
    teams = await _all(view, has(".type", "CareTeam"), has(".code", vocabulary.STANDING_ROSTER), has(".open", "yes"))
    return frozenset(
        reference.one(participant, "member")
        for team in teams
        for participant in evidence.body(team).get("participant") or ()
        if period.contains(participant.get("period"), now) is True
    )


async def _keepers(team: Mapping[str, Any], view: Snapshot, before: Collection[str]) -> frozenset[str]:
    """The agencies that keep the open cases of the household whose roles these are, and brought them `before` a
    conference: who keeps another of that household is not told of it, and need not act with them."""
    group = reference.one(team, "subject")
    if not group or vocabulary.CASE_TEAM not in coding.of(team.get("category")):
        return frozenset()
    cases = await _all(view, has(".type", "CarePlan"), has(".household", group), has(".code", vocabulary.CASE), _OPEN)
    own = (each for each in cases if reference.one(evidence.body(each), "subject") == group)
    return frozenset(envelope.value(each.terms, ".custodian") for each in own if each.reference in before) - {""}


async def _all(view: Snapshot, *wanted: Predicate) -> Sequence[Version]:
    return (await view.find(Query(all_of(wanted)), within=DUTIES)).versions
