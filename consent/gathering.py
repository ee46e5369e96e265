"""Where the facts come from: the actor's posts and meetings, and the rows that bear on the records at hand.

docs/policy.md: facts are gathered once a request, before the rules run, inside the same view as the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from consent import evidence, meeting, succession, verdict, vocabulary
from consent.actor import Actor
from consent.facts import EVIDENCE, Facts
from consent.meeting import Papers
from consent.office import SPEAKS
from consent.ordinance import Ordinance
from consent.provision import counting, wording
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.relations import names
from consent.relations.contributions import (
    AGAINST,
    AGENCY,
    CARD,
    CARE,
    CARRIED,
    CARRIES,
    CONFLICT,
    COORDINATED,
    DECEASED,
    DIED,
    EMERGENCY,
    LEADS,
    MEMBER,
    POST,
    PROTECTED,
    RELEASED,
    TOLD,
)
from consent.relations.names import SAME
from consent.relations.put_before import PUT_BEFORE
from consent.relations.role import BROUGHT
from consent.standing import conflicts, oneself
from resources import conference
from resources.record import period
from resources.record.envelope import PERSONS
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, has, has_any, has_one_of
from resources.search.relation import TEAM, Around, Gathered, Relation, values
from resources.store.port import Query, Snapshot

_OPEN = has(".open", "yes")
_CARRIED = frozenset({"CarePlan", "CareTeam", "Group"})
"""What those read who carry out the roles (P13)."""

_LETTERS = (conference.INVITATION, conference.OPENING_NOTICE, conference.ACKNOWLEDGEMENT)
_OF_ITSELF = {
    "Patient": (CARD, CARE, CARRIES),
    "ServiceRequest": (CARRIED,),
    "Task": (CARRIED, TOLD),
}
"""The relations in which a record of a type stands itself."""
_COORDINATING = (vocabulary.COORDINATOR, vocabulary.CONVENER, vocabulary.LEAD_SECTION)


async def of_actor(view: Snapshot, actor: Actor) -> Facts:
    """Who asks: the posts held now, with whom they are in conflict of interest, and who has succeeded whom."""
    world = Gathered(view.at, period.instant(actor.now))
    asked = [(POST, actor.person), (CONFLICT, actor.person)] if actor.person else []
    if not (actor.is_citizen or actor.anonymous):
        asked.append(succession.ASKED)
    recorded = await view.rows(asked) if asked else ()
    rows = [row for row in recorded if row.holds(world)]
    posts = tuple(evidence.held(row) for row in rows if row.relation.name == POST)
    said = [row for row in rows if row.relation.name == CONFLICT]
    known = await conflicts.of(view, world.now, said)
    own = await oneself.of(view, actor.person, actor.now) if actor.is_citizen else None
    held = {post.reference for post in posts}
    former = frozenset(row.relation.to for row in recorded if row.relation.name == POST) - held
    kept = succession.read(recorded, world)
    return Facts(actor, posts, world=world, conflicts=known, oneself=own, former=former, successions=kept)


async def for_search(view: Snapshot, facts: Facts, type: str, what: Predicate) -> Facts:
    """What bears on a search of one type: the wordings in use to this actor, of the persons it may find where they are
    few, else of everybody."""
    named = facts.refusable | {EVERYBODY} if facts.identities else frozenset()
    if not named or type not in vocabulary.CASEWORK:
        return replace(facts, wordings=frozenset(), type=type)
    tags = await view.tags(CONSENT, named, values=PERSONS, of=what, led=SAME)
    worded = {wording.bare(tag): source for tag, source in tags.items()}
    await _learn(view, worded)
    return replace(facts, wordings=frozenset(worded), type=type)


async def about(view: Snapshot, facts: Facts, versions: Iterable[Version], *, coordinated: bool = False) -> Facts:
    """What bears on these records: the rows about their persons and parties.

    Who coordinates them, and before whom they were put, is asked where the actor has to do with that, and where it is
    wanted.
    """
    world = facts.world
    assert isinstance(world, Gathered)
    at_hand = [version for version in versions if version.type in vocabulary.CASEWORK]
    if not at_hand:
        return facts
    households = {group for each in at_hand for group in values(each.terms, ".household")}
    persons = {one for each in at_hand for one in values(each.terms, PERSONS.name)}
    following = {(MEMBER, group) for group in households} | _of_persons(facts, persons)
    following |= {(name, each.reference) for each in at_hand for name in _OF_ITSELF.get(each.type, ())}
    parties = {party for each in at_hand for party in values(each.terms, ".party")}
    following |= {(name, party) for name in (AGENCY, SPEAKS) for party in parties}
    if coordinated or any(facts.holds(function) for function in _COORDINATING):
        following |= {(COORDINATED, household) for household in households}
        following |= {(COORDINATED, each.reference) for each in at_hand if each.type == "Patient"}
    if coordinated or facts.holds(vocabulary.LEAD_SECTION):
        following |= {(PUT_BEFORE, each.reference) for each in at_hand}
    following |= {(LEADS, meeting) for each in at_hand for meeting in values(each.terms, ".conference")}
    planned = {group for each in at_hand if _is_carried(each) for group in values(each.terms, ".household")}
    following |= {(name, group) for name in (BROUGHT, CARRIES) for group in planned}
    await _follow(view, world, following)
    carried = any(world.related[CARRIES, group] for group in planned)
    if households:  # their members are known only now
        persons = {one for each in at_hand for one in PERSONS.of(each.terms, Around(each.stored, world))}
        await _follow(view, world, _of_persons(facts, persons) | {(CARRIES, one) for one in persons if carried})
    if beyond := names.every(world, persons) - persons:
        await _follow(view, world, _of_persons(facts, beyond) | {(CARRIES, one) for one in beyond if carried})
        persons |= beyond
    at_work = {(CARRIES, one) for one in persons | households}
    await _follow(
        view, world, {(TEAM, row.relation.via) for pair in at_work for row in world.rows(*pair) if row.relation.via}
    )
    locked = {person for person in persons if world.related[PROTECTED[0], person]}
    beside = {(name, person) for name in (*PROTECTED[1:], AGAINST, RELEASED) for person in locked}
    await _follow(view, world, beside | {(DECEASED, person) for person in persons if world.related[DIED, person]})
    named = facts.refusable | {EVERYBODY}
    signed = [row for person in persons for row in world.rows(CONSENT, person) if row.relation.to in named]
    await _follow(view, world, {(TEAM, row.relation.via) for row in signed if row.relation.via})
    worded = {wording.bare(row.relation.tag): row.source for row in signed if row.holds(world)}
    await _learn(view, worded)
    if facts.wordings.issuperset(worded):
        return facts
    return replace(facts, wordings=facts.wordings.union(worded))


def _is_carried(version: Version) -> bool:
    """Whether the roles of its household may open it (P13)."""
    return version.type in _CARRIED or vocabulary.CARRY_OUT in values(version.terms, ".code")


def without(facts: Facts, changed: Iterable[Relation]) -> Facts:
    """The facts as if nobody had asked yet for the rows that a write has changed."""
    world = facts.world
    assert isinstance(world, Gathered)
    touched = {(each.name, each.of) for each in changed}
    kept = dict(world.related)  # a copy at once, since this is done for each of many changes
    for key in touched:
        kept.pop(key, None)
    return replace(facts, world=replace(world, related=kept))


async def meetings(view: Snapshot, facts: Facts, ordinance: Ordinance, *, past: bool = False) -> Facts:
    """The open conferences that call the person, as far as the person's seats and letters open them.

    With `past`, those that are over come too: they open nothing, but an explanation names them.
    """
    if not facts.seats:
        return facts
    counting = EVERYTHING if past else _OPEN
    called = await _all(
        view, has(".type", "Encounter"), has_any(".conference"), has_one_of(".party", facts.seats), counting
    )
    if not called:
        return facts
    roster = has(".code", vocabulary.STANDING_ROSTER)
    standing = await _all(view, has(".type", "CareTeam"), roster, has_one_of(".participant", facts.seats))
    papers = [await _papers(view, version, standing) for version in called]
    read = [meeting.read(each, facts.seats, facts.actor.now, ordinance) for each in papers]
    world = Gathered(view.at, view.now)
    world.add(await view.rows((SAME, one) for each in read for one in sorted(each.subjects)))
    return replace(facts, meetings=tuple(replace(each, names=names.every(world, each.subjects)) for each in read))


async def lapsed(view: Snapshot, facts: Facts, persons: Iterable[str]) -> Facts:
    """Every consent of these persons, whether or not it counts: an explanation says what is missing."""
    found = await _all(view, has(".type", "Consent"), has_one_of(".subject", persons))
    return replace(facts, lapsed=tuple(found))


def _of_persons(facts: Facts, persons: Iterable[str]) -> set[tuple[str, str]]:
    asked = [CONSENT, DIED, PROTECTED[0], SAME]
    if facts.actor.purpose == vocabulary.BREAK_THE_GLASS:
        asked.append(EMERGENCY)
    return {(name, person) for name in asked for person in persons}


async def _follow(view: Snapshot, world: Gathered, wanted: set[tuple[str, str]]) -> None:
    new = {pair for pair in wanted if pair not in world.related}
    if new:
        world.related.update((pair, []) for pair in new)
        world.add(await view.rows(new))


async def _learn(view: Snapshot, worded: Mapping[str, str]) -> None:
    """Read what tags stand for in the consents that have them, once for a process."""
    for tag, source in worded.items():
        if not wording.known(tag):
            found = await view.get(*source.split("/"), within=EVIDENCE)
            if found:
                for said in counting.wordings(evidence.body(found), verdict.read(found.terms)):
                    wording.learn(said)


async def _papers(view: Snapshot, called: Version, standing: Sequence[Version]) -> Papers:
    found = evidence.body(called)
    material = has(".conference", called.reference)
    return Papers(
        meeting=called,
        cases=await _named(view, conference.agenda(found)),
        standing=standing,
        letters=await _all(view, has(".type", "Communication"), has_one_of(".code", _LETTERS), material),
        tabled=await _all(view, has(".type", "List"), material),
        posts=await _named(view, [seat.member for seat in conference.seats(found)]),
    )


async def _named(view: Snapshot, references: Iterable[str]) -> list[Version]:
    found = [await view.get(*name.split("/"), within=EVIDENCE) for name in dict.fromkeys(references) if "/" in name]
    return [version for version in found if version and not version.deleted]


async def _all(view: Snapshot, *wanted: Predicate) -> Sequence[Version]:
    what = all_of(wanted)
    return () if what == NOTHING else (await view.find(Query(what), within=EVIDENCE)).versions
