"""Everything the rules need to know, gathered once, before any of them runs, in the same view as the data.

docs/policy.md. Evidence is read under a rule of its own (`EVIDENCE`), in the present or in the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from consent import evidence, meeting, vocabulary
from consent.actor import Actor
from consent.evidence import ConsentEvidence, Coordination, HeldRole, Protection
from consent.meeting import Meeting, Papers
from consent.ordinance import Ordinance
from resources import conference
from resources.record import reference
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, has, has_any, has_one_of
from resources.store.port import Query, Snapshot

TYPES = frozenset(
    {
        "CarePlan",
        "CareTeam",
        "Communication",
        "Consent",
        "Encounter",
        "Group",
        "List",
        "Patient",
        "PractitionerRole",
        "Task",
    }
)
"""Writing one of these begins a new policy epoch."""

EVIDENCE: Predicate = has_one_of(".type", TYPES)
"""What the policy itself may read in order to decide: nothing else, and nobody else reads under it."""

_OPEN = has(".open", "yes")
_LETTERS = (conference.INVITATION, conference.OPENING_NOTICE, conference.ACKNOWLEDGEMENT)


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for this actor at this time. `explaining` asks the rules to say also what only just does not hold."""

    actor: Actor
    posts: tuple[HeldRole, ...] = ()
    consents: tuple[ConsentEvidence, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    coordinated: tuple[Coordination, ...] = ()
    protections: tuple[Protection, ...] = ()
    explaining: bool = False

    @property
    def agencies(self) -> frozenset[str]:
        """The agencies the actor acts for: a person's by the posts held now, a system's by its registration."""
        if self.actor.person:
            return frozenset(post.agency for post in self.posts if post.agency)
        return frozenset({self.actor.organization} if self.actor.organization else ())

    @property
    def seats(self) -> frozenset[str]:
        """The references by which a record may mean this very person."""
        return frozenset({self.actor.person, *(post.reference for post in self.posts)} - {""})

    @property
    def identities(self) -> frozenset[str]:
        """Every reference by which a record may mean this actor."""
        return self.agencies | self.seats

    def holds(self, function: str) -> tuple[HeldRole, ...]:
        """The posts of this function that the person holds now."""
        return tuple(post for post in self.posts if function in post.functions)


async def gather(
    snapshot: Snapshot,
    actor: Actor,
    ordinance: Ordinance,
    *,
    about: frozenset[str] | None = None,
    past: bool = False,
) -> Facts:
    """The facts for an actor, from one view; with `about`, only as they bear on records that name these patients.

    With `past`, consents and conferences that are over come too: they open nothing, but an explanation names them.
    """
    persons = EVERYTHING if about is None else has_one_of(".subject", about)
    known = Facts(actor, protections=await _protections(snapshot, persons), explaining=past)
    if actor.anonymous:
        return known
    known = replace(known, posts=await _posts(snapshot, actor))
    counting = EVERYTHING if past else _OPEN
    return replace(
        known,
        consents=await _consents(snapshot, known, all_of([persons, counting])),
        meetings=await _meetings(snapshot, known, counting, ordinance),
        coordinated=await _coordinated(snapshot, known),
    )


async def _posts(snapshot: Snapshot, actor: Actor) -> tuple[HeldRole, ...]:
    if not actor.person:
        return ()
    found = await _all(snapshot, has(".type", "PractitionerRole"), has(".holder", actor.person))
    return tuple(post for version in found if (post := evidence.post(version, actor.now)))


async def _consents(snapshot: Snapshot, known: Facts, counting: Predicate) -> tuple[ConsentEvidence, ...]:
    grantees = has_one_of(".grantee", known.identities | {"*"})
    found = await _all(snapshot, has(".type", "Consent"), grantees, counting)
    return tuple(evidence.signed(version) for version in found)


async def _meetings(snapshot: Snapshot, known: Facts, counting: Predicate, ordinance: Ordinance) -> tuple[Meeting, ...]:
    if not known.seats:
        return ()
    called = await _all(
        snapshot, has(".type", "Encounter"), has_any(".conference"), has_one_of(".party", known.seats), counting
    )
    if not called:
        return ()
    standing = await _all(
        snapshot,
        has(".type", "CareTeam"),
        has(".code", vocabulary.STANDING_ROSTER),
        has_one_of(".participant", known.seats),
    )
    papers = [await _papers(snapshot, version, standing) for version in called]
    return tuple(meeting.read(each, known.seats, known.actor.now, ordinance) for each in papers)


async def _papers(snapshot: Snapshot, called: Version, standing: Sequence[Version]) -> Papers:
    found = evidence.body(called)
    material = has(".conference", called.reference)
    conveners = [seat.member for seat in conference.seats(found) if vocabulary.CONVENER in seat.functions]
    cases = await _named(snapshot, conference.agenda(found))
    return Papers(
        meeting=called,
        cases=cases,
        households=await _named(snapshot, [reference.one(evidence.body(case), "subject") for case in cases]),
        standing=standing,
        letters=await _all(snapshot, has(".type", "Communication"), has_one_of(".code", _LETTERS), material),
        tabled=await _all(snapshot, has(".type", "List"), material),
        convener_posts=await _named(snapshot, conveners),
    )


async def _coordinated(snapshot: Snapshot, known: Facts) -> tuple[Coordination, ...]:
    """The cases under coordination: the coordinator's own, and every one for those who convene and decide."""
    coordinating = known.holds(vocabulary.COORDINATOR)
    if known.holds(vocabulary.CONVENER) or known.holds(vocabulary.LEAD_SECTION):
        whose = EVERYTHING
    elif coordinating:
        whose = has_one_of(".party", [post.reference for post in coordinating])
    else:
        return ()
    found = await _all(snapshot, has(".type", "Task"), has(".code", vocabulary.COORDINATE), whose, _OPEN)
    return tuple(case for version in found if (case := evidence.coordination(version)))


async def _protections(snapshot: Snapshot, persons: Predicate) -> tuple[Protection, ...]:
    found = await _all(snapshot, has(".type", "Patient"), has_one_of(".label", vocabulary.SECRECY_LABELS), persons)
    return tuple(each for version in found if (each := evidence.protection(version)))


async def _named(snapshot: Snapshot, references: Iterable[str]) -> list[Version]:
    found = [await snapshot.get(*name.split("/"), within=EVIDENCE) for name in dict.fromkeys(references) if "/" in name]
    return [version for version in found if version and not version.deleted]


async def _all(snapshot: Snapshot, *wanted: Predicate) -> Sequence[Version]:
    what = all_of(wanted)
    return () if what == NOTHING else await snapshot.find(Query(what), within=EVIDENCE)
