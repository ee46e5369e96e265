"""The records of a household as it is divided: each part gets what concerns its members alone, and the old ones end.

docs/policy.md, "dividing". The records of a part name neither those of another nor the ones they come from. They are
kept by who kept those; of texts nobody becomes the writer, and where somebody protected goes elsewhere (D1) texts and
places stay behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from consent import evidence, verdict, vocabulary
from consent.acts import roles_of_part, undivided
from consent.acts.division_task import Done
from consent.acts.undivided import Undivided
from consent.relations import role, teams
from consent.secrecy.redaction import Redaction
from consent.verdict import Verdict
from consent.writing import joining, leading, role_task, server_record, server_version
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources import divided_plan, division
from resources.division import Division, Part
from resources.record import coding, envelope, keeping, parse, period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import term

Json = dict[str, Any]

_OF_ROLE = ("resourceType", "intent", "code", "authoredOn", "requester", "owner")


async def done(unit: UnitOfWork, home: Undivided, asked: Division) -> Done:
    """Write what each part gets, and end what was of the whole."""
    made: list[Version] = []
    groups: list[str] = []
    for at, part in enumerate(asked.parts):
        body = division.household(evidence.body(home.group), part, asked.since)
        group = await _copied(unit, home.group, _labelled(home, part, home.group, body), Verdict(True))
        groups.append(group.reference)
        made.append(group)
        team = await _team(unit, home, asked, at, group.reference)
        made += team
        made += await _plans(unit, home, asked, at, group.reference, roled=bool(team))
        made += await _roles(unit, home, part, team[0]) if team else []
        made += await joining.follow(unit, orjson.loads(group.body), None)
    made += await _ended(unit, home, asked)
    made += [await _going_on(unit, each, groups) for each in home.coordinations]
    return Done(tuple(groups), tuple(made), home.marked)


async def _plans(
    unit: UnitOfWork, home: Undivided, asked: Division, at: int, group: str, *, roled: bool
) -> list[Version]:
    """The case of the part, and of each plan what lies in it; as it was decided on, where its roles go on."""
    made = []
    for had in home.plans:
        body, places = evidence.body(had), home.activities(had, asked.parts).goes[at]
        if not places and not undivided.is_case(had):
            continue
        sent = divided_plan.plan(body, places, asked.parts[at], group, home.concerned)
        if undivided.is_case(had):
            sent["period"] = {"start": asked.since}
        decided = roled and verdict.read(had.terms).note(verdict.DECIDED)
        stands = Verdict(True, noted=frozenset({term(verdict.DECIDED, "yes")}) if decided else frozenset())
        made.append(await _copied(unit, had, _shown(unit, home, asked.parts[at], had, sent), stands))
    return made


async def _team(unit: UnitOfWork, home: Undivided, asked: Division, at: int, group: str) -> list[Version]:
    """The roles that lie in the part, for whom of it they had been decided and by whom they are carried out."""
    made = []
    for had in home.teams:
        body, judged, part = evidence.body(had), verdict.read(had.terms), asked.parts[at]
        listed = body.get("participant") or ()
        goes = tuple(each for each in home.participants(had, asked.parts).goes[at] if home.is_running(listed[each]))
        if not goes:
            continue
        sent = divided_plan.team(body, goes, group, period.instant(unit.facts.actor.now))
        named = roles_of_part.named(listed[each] for each in goes)
        agencies = frozenset[str]().union(*(home.agencies.get(one, frozenset()) for one in named))
        posts = {key for key in judged.note(verdict.CARRIER) - home.former if home.agencies_of(key) & agencies}
        fixed = roles_of_part.held(judged, home.group.reference, group, part.persons)
        stands = roles_of_part.left(judged, fixed, posts, home.keepers)
        made.append(await _copied(unit, had, _shown(unit, home, part, had, sent), stands))
    return made


async def _roles(unit: UnitOfWork, home: Undivided, part: Part, team: Version) -> list[Version]:
    """To each agency the Task of its role, and to whom it named for that theirs, as far as they had come."""
    stands, body = verdict.read(team.terms), evidence.body(team)
    having, persons = teams.agencies(body.get("participant") or ()), role.persons(stands)
    made: list[Version] = []
    following: dict[str, str] = {}
    for had in sorted(home.roles, key=lambda each: (bool(evidence.body(each).get("partOf")), each.reference)):
        asked, task = role.of(evidence.body(had), verdict.read(had.terms)), evidence.body(had)
        above = reference.many(task, "partOf")
        if not asked or not persons or asked.agency not in having or (above and above[0] not in following):
            continue
        sent = {name: task[name] for name in _OF_ROLE if name in task}
        sent |= {"status": "accepted" if task["status"] in vocabulary.TAKEN_ON else task["status"]}
        sent |= {"focus": {"reference": team.reference}, "for": body["subject"]}
        if above:
            sent["partOf"] = [{"reference": following[above[0]]}]
        if output := [each for each in task.get("output") or () if _is_notice(each)]:
            sent["output"] = output
        fixed = persons | ({team.reference} if above else frozenset())
        noted = frozenset(term(verdict.BETWEEN, one) for one in verdict.read(had.terms).note(verdict.BETWEEN))
        made.append(await _copied(unit, had, sent, Verdict(True, noted=noted, fixed=fixed)))
        following[had.reference] = made[-1].reference
    told = (home.former & having) - await role_task.told(unit, team)
    if told and persons and (lead := await leading.post(unit)):
        seated = await role_task.seated(unit, stands)
        made += [await role_task.written(unit, one, team, lead, seated=one in seated) for one in sorted(told)]
    return made


async def _ended(unit: UnitOfWork, home: Undivided, asked: Division) -> list[Version]:
    """The old household, its case, plan and roles, as they end; they keep their persons."""
    now = period.instant(unit.facts.actor.now)
    made = []
    for had in (*home.roles, *home.teams, *home.plans, home.group):
        body = parse.editable(had.body)
        if had.type == "Task":
            body["status"] = "cancelled"
        elif had.type == "CareTeam":
            body |= {"status": "inactive", "period": _until(body.get("period"), now)}
        elif had.type == "CarePlan":
            over = "completed" if undivided.is_case(had) else "revoked"
            body |= {"status": over, "period": _until(body.get("period"), asked.since)}
        else:
            body = division.ended(body, asked.since)
        after, resource = await server_version.of(unit, had, body)
        await unit.put(after, resource, had)
        made.append(after)
    return made


async def _going_on(unit: UnitOfWork, task: Version, groups: list[str]) -> Version:
    """A coordination goes on in every part, until its monitoring ends (R17); the Task says what it said."""
    judged = verdict.read(task.terms)
    stands = replace(judged, fixed=judged.fixed.union(groups))
    after, resource = await server_version.of(unit, task, parse.editable(task.body), stands)
    await unit.put(after, resource, task)
    return after


async def _copied(unit: UnitOfWork, had: Version, sent: Json, stands: Verdict) -> Version:
    origin = Origin(keeping.keeper(had.terms), envelope.origin(had.terms).author)
    return await server_record.written(unit, new_id(), sent, Own(origin, stands), copied=had)


def _shown(unit: UnitOfWork, home: Undivided, part: Part, had: Version, sent: Json) -> Json:
    """As much of it as may go on in the part, with the labels of what it comes from."""
    if not _is_apart(home, part):
        return _labelled(home, part, had, sent)
    show = Redaction(unit.engine.harmless, sent["resourceType"], marks=False).show
    return _labelled(home, part, had, divided_plan.without_texts(sent, show))


def _labelled(home: Undivided, part: Part, had: Version, sent: Json) -> Json:
    """What closed the one closes the other; where somebody protected goes elsewhere, no label says of what kind."""
    labels = list(evidence.body(had)["meta"].get("security") or ())
    if _is_apart(home, part):
        labels = [{key: each[key] for key in ("system", "code")} for each in labels if _is_of_handling(each)]
    return sent | ({"meta": {"security": labels}} if labels else {})


def _is_apart(home: Undivided, part: Part) -> bool:
    """Whether somebody protected goes to another part."""
    return not home.hidden <= frozenset(part.persons)


def _is_of_handling(label: Mapping[str, Any]) -> bool:
    own = vocabulary.WITHHELD.rpartition("|")[0], vocabulary.VERY_RESTRICTED.rpartition("|")[0]
    return label.get("system") in own and "code" in label


def _until(span: Any, end: str) -> Json:
    start = span["start"] if isinstance(span, Mapping) and isinstance(span.get("start"), str) else ""
    return ({"start": start} if start else {}) | {"end": end if start[:10] <= end else start}


def _is_notice(output: Mapping[str, Any]) -> bool:
    return bool(coding.codes(output.get("valueCodeableConcept"), "secrecy-notice"))
