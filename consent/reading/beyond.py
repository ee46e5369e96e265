"""What a search asks of, and brings of, other records than those it finds: chains and includes, under policy.

docs/search.md, "Chains" and "Includes"
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from consent import gathering, policy, vocabulary
from consent.facts import Facts
from consent.policy import Ruling
from consent.reading import chained, including
from consent.secrecy import unreported
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.include import EVERY, NAMES
from resources.search.index import Index
from resources.search.order import SINCE
from resources.search.predicate import Predicate, all_of, has
from resources.search.request import SearchRequest
from resources.store.port import Query, Snapshot


@dataclass(frozen=True, slots=True)
class Beyond:
    """For one search; `ruled` gives the rules on finding a type by the facts, or refuses."""

    index: Index
    view: Snapshot
    facts: Facts
    ruled: Callable[[str, Facts], Ruling]

    def permit(self, wanted: SearchRequest) -> None:
        """Raises Problem where a type is named that the scopes do not reach, or oneself asks who reported."""
        for one in wanted.includes:
            if one.brings:
                self.ruled(one.brings, self.facts.of_type(one.brings))
        if self.facts.oneself:
            _untold(self.index.spec, wanted)

    async def asked(self, wanted: SearchRequest) -> Predicate:
        """What is asked, with the asker's own condition at every hop of a chain."""
        if not wanted.seen:
            return wanted.asked
        within = {type: (await self._found(type)).within for type in sorted(wanted.seen)}
        return await chained.resolved(self.view, wanted.asked, within)

    async def included(self, wanted: SearchRequest, matched: Sequence[Version]) -> list[Version]:
        """What comes with a page, as it is stored: of types that are not named, those that the scopes reach."""
        made: dict[str, Ruling] = {}

        async def fetch(type: str, what: Predicate, most: int) -> Sequence[Version]:
            if type not in made:
                made[type] = await self._found(type, carded=True)
            query = Query(all_of([has(".type", type), what]), (SINCE,), limit=most)
            return (await self.view.find(query, within=made[type].within)).versions

        hidden = self._hidden if self.facts.oneself else None
        return await including.included(self.index, wanted.includes, matched, self._reached(), fetch, hidden)

    def _hidden(self, type: str, name: str) -> bool:
        """Whether a parameter would tell oneself who reported, wrote or asked."""
        return bool(unreported.telling(self.index.spec, type, [name]))

    def _reached(self) -> frozenset[str]:
        """The types of records that this actor's scopes reach."""
        made = policy.ruling("search", self.facts.of_type("")).rules
        types = vocabulary.DIRECTORY if self.facts.actor.anonymous else self.index.stored
        return frozenset(type for type in types if policy.reaches(made, type))

    async def _found(self, type: str, *, carded: bool = False) -> Ruling:
        """The rules on finding records of another type than the one searched; a chain asks for more than a card."""
        facts = replace(self.facts, carded=carded)
        return self.ruled(type, await gathering.for_search(self.view, facts, type, has(".type", type)))


def of_definitions(wanted: SearchRequest) -> None:
    """Raises Problem where something should come along with definitions, which refer to each other by address."""
    if wanted.includes:
        text, ja = "nothing comes along with definitions", "定義の検索では _include を使えません"
        raise Problem.of("not-supported", text, ja, NAMES[0])


def _untold(spec: Spec, wanted: SearchRequest) -> None:
    asked = {(wanted.type, name) for name in wanted.names} | wanted.beyond
    asked |= {(one.source, one.name) for one in wanted.includes if one.name != EVERY}
    for type in sorted({type for type, _ in asked}):
        if telling := unreported.telling(spec, type, [name for of, name in asked if of == type]):
            text = f"`{telling[0]}` would tell who reported, wrote or asked: search by something else"
            ja = f"`{telling[0]}` では、だれが書いたかが分かるため検索できません"
            raise Problem.of("not-supported", text, ja, telling[0])
