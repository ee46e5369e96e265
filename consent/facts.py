"""Everything the rules need to know, gathered before any of them runs, in the same view as the data.

docs/policy.md. What concerns one actor is gathered once; what concerns many people is a relation in the condition, and
only its rows about the records at hand are fetched. Evidence is read under a rule of its own (`EVIDENCE`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from consent import office
from consent.actor import Actor
from consent.evidence import Conflict, HeldRole, Oneself
from consent.meeting import Meeting
from consent.succession import NONE, Successions
from resources.record.version import Version
from resources.search.predicate import Predicate, has_one_of
from resources.search.relation import NOWHERE, Gathered, World

TYPES = frozenset({"CarePlan", "CareTeam", "Communication", "Consent", "Encounter", "List", "PractitionerRole"})

EVIDENCE: Predicate = has_one_of(".type", TYPES)
"""What the policy itself may read in order to decide: nothing else, and nobody else reads under it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for this actor at this time.

    `wordings` are the tags of those consents that may bear on the records asked for, `world` the rows about the records
    at hand. `type` is the one type asked for, empty for any. `lapsed` are consents that an explanation names, whether
    or not they count. `conflicts` are the persons with whom the actor is in conflict of interest, `oneself` is whom a
    citizen asks about. Where it is not `carded`, nobody is found by a card: what is asked for is not on it.
    `former` are posts that were recorded for the person and do not count now. `successions` say which agency keeps the
    files of one that has ended.
    """

    actor: Actor
    posts: tuple[HeldRole, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    wordings: frozenset[str] = frozenset()
    world: World = NOWHERE
    type: str = ""
    lapsed: tuple[Version, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    oneself: Oneself | None = None
    carded: bool = True
    former: frozenset[str] = frozenset()
    successions: Successions = NONE

    @property
    def conflicting(self) -> frozenset[str]:
        """The persons with whom the actor is in conflict of interest."""
        return frozenset(each.patient for each in self.conflicts)

    @property
    def agencies(self) -> frozenset[str]:
        """The agencies the actor acts for: a person's by the posts held now, a system's by its registration, until
        another agency keeps the files of that one."""
        if self.actor.person:
            return frozenset(post.agency for post in self.posts if post.agency)
        own = self.actor.organization
        return frozenset({own} if own and not self.successions.of_former(own) else ())

    @property
    def succeeded(self) -> frozenset[str]:
        """The agencies that have ended whose files the actor's agency keeps."""
        return self.keeps - self.agencies if self.successions.standing else frozenset()

    @property
    def keeps(self) -> frozenset[str]:
        """The agencies whose files the actor keeps: those it acts for, and those that they succeed."""
        return self.successions.kept_by(self.agencies) if self.successions.standing else self.agencies

    @property
    def answers(self) -> frozenset[str]:
        """Every reference by which a request may be the actor's to answer: an agency's that has ended is its
        successor's. No consent, list or roster that means such an agency means the actor."""
        return self.identities | self.succeeded if self.successions.standing else self.identities

    @property
    def seats(self) -> frozenset[str]:
        """The references by which a record may mean this very person as one who works on it: a citizen does not."""
        if self.actor.is_citizen:
            return frozenset()
        return frozenset({self.actor.person, *(post.reference for post in self.posts)} - {""})

    @property
    def identities(self) -> frozenset[str]:
        """Every reference by which a record may mean this actor: agencies, desks, posts, the person."""
        return self.agencies.union(self.seats, *(post.desks for post in self.posts))

    @property
    def addressed(self) -> frozenset[str]:
        """Every reference by which something may be asked of this actor, or told: the offices that they hold, too."""
        return self.identities.union(*(office.names(post.agency, post.functions) for post in self.posts))

    @property
    def not_theirs(self) -> frozenset[str]:
        """The offices at those agencies whose files the actor keeps, but for those that they hold."""
        held = frozenset[str]().union(*(office.names(post.agency, post.functions) for post in self.posts))
        return frozenset[str]().union(*map(office.every, self.keeps)) - held

    @property
    def refusable(self) -> frozenset[str]:
        """Every reference by which something may be refused to this actor: the posts held no more mean them too, and
        so do the agencies that theirs has succeeded."""
        return self.answers | self.former

    @property
    def writer(self) -> str:
        """Who writes: the person, under every post, or the system's agency."""
        return self.actor.person or self.actor.organization

    @property
    def made_of(self) -> Hashable:
        """All that the rules are made of: facts alike in it make the same rules."""
        actor = self.actor
        who = (actor.client == "", actor.person, actor.organization, actor.purpose, actor.scopes)
        return (
            *who,
            self.posts,
            self.meetings,
            self.wordings,
            self.type,
            self.conflicts,
            self.oneself,
            self.carded,
            self.former,
            self.successions,
        )

    @property
    def heard(self) -> int:
        """How much has been gathered about records so far."""
        return len(self.world.related) if isinstance(self.world, Gathered) else 0

    def of_type(self, type: str) -> Facts:
        """These facts where one type is asked for. Written out: `replace` costs a read more than its record does."""
        if type == self.type:
            return self
        found = (self.actor, self.posts, self.meetings, self.wordings, self.world)
        beside = self.lapsed, self.conflicts, self.oneself
        return Facts(*found, type, *beside, self.carded, self.former, self.successions)

    def holds(self, function: str) -> tuple[HeldRole, ...]:
        """The posts of this function that the person holds now."""
        return tuple(post for post in self.posts if function in post.functions)
