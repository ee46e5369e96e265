"""A household before it is divided: its case, plan and roles, and what of them concerns each part alone.

docs/policy.md, "dividing". What the asker may not read of it is taken into account all the same, and told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consent import case_of_roles, evidence, verdict, vocabulary
from consent.acts import in_care
from consent.relations import names
from consent.relations.contributions import COORDINATED, EVERY, HIDDEN, MEMBER, PROTECTED
from consent.writing.change import UnitOfWork
from resources import divided_plan
from resources.divided_plan import Split
from resources.division import Division, Part
from resources.record import coding, keeping, mistake, period, reference
from resources.record.envelope import PERSONS
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has
from resources.search.relation import Around, Gathered, values
from resources.store.port import Query

WHOLE: Predicate = EVERYTHING
"""Under this the server finds what there is of a household; the asker is told of no more than they may read."""

_RUNNING = frozenset({"draft", "active", "on-hold", "unknown"})
_NOT_OPENED = frozenset({"planned", "arrived", "triaged"})
_ABOUT = {"CarePlan": "subject", "CareTeam": "subject", "Encounter": "subject", "Task": "for"}


@dataclass(frozen=True, slots=True)
class Undivided:
    """`plans` are the case and plans that run and are kept by who keeps the household; `foreign` those of others, which
    stay as they are. `roles` are the Tasks by which agencies and persons have a role,
    `coordinations` those that a coordinator took on, `waiting` those not answered yet, `called` the meetings called on
    it and not opened. `persons` says whom each record that the plans name is about, None where it cannot be told.
    `marked` says whether the lead section sees it (P6); `hidden` are the persons of all that goes on who are protected,
    by whichever of their names. `deciders` are the agencies that keep the cases for which its roles were decided."""

    group: Version
    plans: tuple[Version, ...]
    foreign: tuple[Version, ...]
    teams: tuple[Version, ...]
    roles: tuple[Version, ...]
    coordinations: tuple[Version, ...]
    waiting: tuple[Version, ...]
    called: tuple[Version, ...]
    persons: Mapping[str, frozenset[str] | None]
    agencies: Mapping[str, frozenset[str]]
    marked: bool
    hidden: frozenset[str]
    deciders: frozenset[str]
    now: Any

    def concerned(self, name: str) -> frozenset[str] | None:
        """Whom a record is about that a plan names."""
        return self.persons.get(name)

    def activities(self, plan: Version, parts: tuple[Part, ...]) -> Split:
        return divided_plan.activities(evidence.body(plan), parts, self.concerned)

    def participants(self, team: Version, parts: tuple[Part, ...]) -> Split:
        """A role lies where the plan has its agency do something for members of that part alone, or where it is said
        to lie; who keeps the case, and so brought it, is in each (R11)."""
        doing = [self._of(self._performers(parts, at)) for at in range(len(parts))]
        said = [self._of(part.roles) | set(part.roles) for part in parts]

        def lies(participant: Mapping[str, Any], at: int) -> bool:
            named = {reference.one(participant, name) for name in ("member", "onBehalfOf")} - {""}
            theirs = self._of(named)
            return bool(theirs & (doing[at] | said[at] | self.keepers) or named & {*said[at], *parts[at].persons})

        return divided_plan.roles(evidence.body(team), lies, parts)

    @property
    def keepers(self) -> frozenset[str]:
        """The agencies that keep its case, and so will each part's."""
        return frozenset(keeping.keeper(each.terms) for each in self.plans if is_case(each))

    @property
    def former(self) -> frozenset[str]:
        """The agencies that handed the case over and were open to its roles as its keepers."""
        carriers = (verdict.read(each.terms).note(verdict.CARRIER) for each in self.teams)
        keys = frozenset[str]().union(*carriers)
        return frozenset(key for key in keys if key.startswith("Organization/")) - self.keepers

    def is_running(self, participant: Mapping[str, Any]) -> bool:
        """Whether a role is not over, and is somebody's."""
        named = {reference.one(participant, name) for name in ("member", "onBehalfOf")} - {""}
        return bool(named) and period.contains(participant.get("period"), self.now) is not False

    def agencies_of(self, key: str) -> frozenset[str]:
        """For which agency somebody acts who carries out a role."""
        return self.agencies.get(key, frozenset())

    def _performers(self, parts: tuple[Part, ...], at: int) -> frozenset[str]:
        return frozenset(
            name
            for plan in self.plans
            for place in self.activities(plan, parts).goes[at]
            for name in reference.many(evidence.body(plan)["activity"][place].get("detail") or {}, "performer")
        )

    def _of(self, names: Iterable[str]) -> set[str]:
        return set[str]().union(*(self.agencies.get(name, frozenset()) for name in names))


def is_case(plan: Version) -> bool:
    return vocabulary.CASE in set(values(plan.terms, ".code"))


def is_total(plan: Version) -> bool:
    return vocabulary.TOTAL_CARE_PLAN in set(values(plan.terms, ".code"))


async def of(unit: UnitOfWork, group: Version, division: Division) -> Undivided:
    """What there is of it now."""
    keeper, running = keeping.keeper(group.terms), [each for each in await _all(unit, "CarePlan", group) if _runs(each)]
    plans = [each for each in running if keeping.keeper(each.terms) == keeper]
    teams = [each for each in await _all(unit, "CareTeam", group) if _status(each) == "active" and _is_team(each)]
    tasks = [each for each in await _all(unit, "Task", group) if not mistake.is_marked(evidence.body(each))]
    coordinations = [each for each in tasks if _has(each, vocabulary.COORDINATE) and _counts(each)]
    meetings = [each for each in await _all(unit, "Encounter", group) if _counts(each)]
    world = Gathered(unit.tx.at, period.instant(unit.facts.actor.now))
    told_of = [await _about(unit, each) for each in (group, *plans, *teams)]
    meant = {one: await names.known(unit.tx, [one]) for one in sorted(frozenset[str]().union(*told_of))}
    asked = [(PROTECTED[0], name) for name in sorted(frozenset[str]().union(*meant.values()))]
    asked.append((COORDINATED, group.reference))
    rows = [row for row in await unit.tx.rows(asked) if row.holds(world)]
    secret = {row.relation.of for row in rows if row.relation.to == HIDDEN}
    bodies = [evidence.body(each) for each in (*plans, *teams)]
    named = frozenset[str]().union(*(reference.locals_of(each) for each in bodies))
    carriers = frozenset[str]().union(*(verdict.read(each.terms).note(verdict.CARRIER) for each in teams))
    named = named.union(carriers, *(part.roles for part in division.parts))
    return Undivided(
        group,
        tuple(plans),
        tuple(each for each in running if each not in plans),
        tuple(teams),
        tuple(each for each in tasks if _has(each, vocabulary.CARRY_OUT) and _status(each) in vocabulary.ASKING),
        tuple(each for each in coordinations if _status(each) in vocabulary.TAKEN_ON),
        tuple(each for each in coordinations if _status(each) in vocabulary.ASKING - vocabulary.TAKEN_ON - {"draft"}),
        tuple(each for each in meetings if _status(each) in _NOT_OPENED and any(values(each.terms, ".conference"))),
        {name: await _persons(unit, name) for name in sorted(named)},
        {name: await in_care.agencies(unit.tx, [name]) for name in sorted(named) if not name.startswith("Patient/")},
        any(row.relation.to == EVERY for row in rows),
        frozenset(one for one, each in meant.items() if each & secret),
        await _deciders(unit, group, teams),
        unit.facts.actor.now,
    )


async def _deciders(unit: UnitOfWork, group: Version, teams: Iterable[Version]) -> frozenset[str]:
    """Who keeps the cases for which these roles were decided, ended ones too."""
    cases = [each for each in await _all(unit, "CarePlan", group) if is_case(each)]
    counting = [each for each in teams if _counts(each)]
    found = [each for each in cases for team in counting if await case_of_roles.is_one(team, each, unit.tx)]
    return frozenset(keeping.keeper(each.terms) for each in found)


async def _persons(unit: UnitOfWork, name: str) -> frozenset[str] | None:
    type, _, _ = name.partition("/")
    if type == "Patient":
        return frozenset({name})
    if type not in vocabulary.CASEWORK:
        return frozenset()
    found = await unit.look_up(name)
    return await _about(unit, found) if found else None


async def _about(unit: UnitOfWork, found: Version) -> frozenset[str]:
    world = Gathered(unit.tx.at, period.instant(unit.facts.actor.now))
    groups = sorted(values(found.terms, ".household"))
    world.add(await unit.tx.rows((MEMBER, each) for each in groups) if groups else ())
    return frozenset(PERSONS.of(found.terms, Around(found.stored, world)))


async def _all(unit: UnitOfWork, type: str, group: Version) -> list[Version]:
    """The records of a type that are of this very household."""
    fixed = [has(".fixed", group.reference)] if type == "Task" else []
    wanted = all_of([has(".type", type), any_of([has(".household", group.reference), *fixed])])
    found = (await unit.tx.find(Query(wanted), within=WHOLE)).versions
    own = (each for each in found if _is_of(each, _ABOUT[type], group.reference))
    return sorted(own, key=lambda each: each.reference)


def _is_of(version: Version, element: str, group: str) -> bool:
    """By what it says; or by for whom a role is that somebody has, and what is coordinated since a household was
    divided, which their Tasks need not say."""
    held = _has(version, vocabulary.CARRY_OUT) or _has(version, vocabulary.COORDINATE)
    held = held and group in verdict.read(version.terms).fixed
    return held or reference.one(evidence.body(version), element) == group


def _status(version: Version) -> str:
    return str(evidence.body(version).get("status", ""))


def _counts(version: Version) -> bool:
    return verdict.read(version.terms).counts


def _has(version: Version, code: str) -> bool:
    return code in set(values(version.terms, ".code"))


def _runs(plan: Version) -> bool:
    return _status(plan) in _RUNNING and (is_case(plan) or is_total(plan))


def _is_team(team: Version) -> bool:
    return vocabulary.CASE_TEAM in coding.of(evidence.body(team).get("category"))
