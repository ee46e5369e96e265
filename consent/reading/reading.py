"""One reading: everything that one request reads, in one view, with one gathering and one event on the trail.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from consent import gathering, policy, refusal, trail, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.policy import Ruling
from consent.reading import showing, steady
from consent.reading.beyond import Beyond, of_definitions
from consent.reading.page import BACK, MOST_COUNTED, Page, numbered
from consent.reading.some import some
from consent.rule import Action, Decision
from consent.secrecy import card
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.order import SINCE_DOWN
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, has_one_of
from resources.search.relation import values
from resources.search.request import SearchRequest
from resources.store.port import During, Found, Query, Snapshot

SOUGHT: Predicate = EVERYTHING
"""Under this the gate looks whom a record names, to know which facts bear on it; it goes no further than the gate."""


@dataclass(slots=True)
class Reading:
    """What is read for one actor; `shown` and `decision` are for the trail. Its `facts` are of no type: the rules of
    one type tell nothing of what a token's scopes reach besides."""

    engine: PolicyEngine
    view: Snapshot
    facts: Facts
    shown: list[Version] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    denied: str = ""
    about: frozenset[str] = frozenset()
    conferring: bool = False

    @classmethod
    async def begin(cls, engine: PolicyEngine, view: Snapshot, actor: Actor) -> Reading:
        return cls(engine, view, await gathering.of_actor(view, actor))

    async def read(self, type: str, id: str, number: int | None = None) -> Version:
        """One version as this actor may see it. Raises Problem `not-found` where it is not for them, `deleted`."""
        if type in vocabulary.DEFINITIONS:
            return self._defined(type, id, number)
        asked = await self.view.get(type, id, within=SOUGHT, number=number)
        await self._know([asked] if asked else [])
        facts = self.facts.of_type(type)
        made = self.ruling("read", type, facts, f"{type}/{id}").rules
        decision = policy.decide(made, asked.stored, facts.world) if asked else None
        if asked is None or decision is None or not decision.allowed:
            self.denied, self.about = f"{type}/{id}", trail.persons(asked, self.facts.world)
            raise refusal.not_found(type, id)
        self._tell([asked], [decision])
        if asked.deleted:
            raise Problem.of("deleted", f"`{type}/{id}` was deleted", f"`{type}/{id}` は削除されています")
        return await showing.shown(self.engine, self.view, asked, decision, facts)

    async def search(self, wanted: SearchRequest, after: str = "") -> Page:
        """The records that match and that this actor may see; the total counts exactly those."""
        if wanted.type in vocabulary.DEFINITIONS:
            of_definitions(wanted)
            found = self.engine.definitions.find(wanted.type, wanted.what, wanted.order)
            return numbered(found, wanted.count, after)
        await self.confer()
        self.facts = replace(self.facts, carded=card.asks_for_it_alone(wanted))
        beyond = Beyond(self.engine.index, self.view, self.facts, partial(self.ruling, "search"))
        beyond.permit(wanted)
        what = await beyond.asked(wanted)
        asking = await gathering.for_search(self.view, self.facts, wanted.type, what)
        made = self.ruling("search", wanted.type, asking)
        begun, after = steady.begun(after)
        back, after = after.startswith(BACK), after.removeprefix(BACK)
        query = Query(what, wanted.order, after, wanted.count, back=back, as_of=begun)
        exact = wanted.summary_count or wanted.total == "accurate"
        counted = wanted.total != "none" or wanted.summary_count
        page = await self._page("search", query, made, wanted.type, exact=exact, counted=counted)
        if not wanted.includes:
            return page
        return replace(page, included=await self.of_types(await beyond.included(wanted, page.versions)))

    async def choose(self, wanted: SearchRequest, chosen: Callable[[Version], bool]) -> list[Version]:
        """Of the first page's records, those that are chosen by what this actor may see of them: only they are shown,
        and the trail is told of no other."""
        before = len(self.shown)
        page = await self.search(wanted)
        told = [*zip(self.shown[before:], self.decisions[before:], strict=True)]
        del self.shown[before:], self.decisions[before:]
        kept = [(seen, held) for seen, held in zip(page.versions, told, strict=True) if chosen(seen)]
        self._tell([version for _, (version, _) in kept], [decision for _, (_, decision) in kept])
        return [seen for seen, _ in kept]

    async def history(
        self, type: str, id: str, count: int, after: str = "", during: During = None, since: str = ""
    ) -> Page:
        """The versions of a record that this actor may see, newest first, each by its own envelope; a total of all."""
        if type in vocabulary.DEFINITIONS:
            return numbered(steady.during([self._defined(type, id)], during, since), count, after)
        own = has(".id", f"{type}/{id}")
        await self.confer()
        asking = await gathering.for_search(self.view, self.facts, type, all_of([has(".type", type), own]))
        made = self.ruling("read", type, asking, f"{type}/{id}")
        back, after = after.startswith(BACK), after.removeprefix(BACK)
        query = Query(own, (SINCE_DOWN,), after, count, history=True, back=back, during=during)
        page = await self._page("read", query, made, type, exact=True, counted=True, since=since)
        if not page.total and not during:
            self.denied = f"{type}/{id}"
            raise refusal.not_found(type, id)
        return replace(page, total=None) if since else page

    async def history_of(self, types: Sequence[str], since: str, count: int, after: str, during: During) -> Page:
        """The versions of some types, newest first, each by its own envelope, by the facts of now."""
        if types[0] in vocabulary.DEFINITIONS:
            every = self.engine.definitions.find(types[0], has(".type", types[0]), (SINCE_DOWN,))
            return numbered(steady.during(every, during, since), count, after)
        await self.confer()
        one, what = types[0] if len(types) == 1 else "", has_one_of(".type", types)
        asking = await gathering.for_search(self.view, self.facts, one or "Consent", what)
        public = one or asking.actor.anonymous
        made = self.ruling("search", one, asking) if public else policy.ruling("search", asking.of_type(""))
        policy.covered_at_all(made.rules, types)
        back, after = after.startswith(BACK), after.removeprefix(BACK)
        query = Query(what, (SINCE_DOWN,), after, count, history=True, back=back, during=during)
        found = steady.since(await steady.found(self.view, query, made.within), since)
        return Page(await self.of_types(found.versions), None, found.next, found.first)

    async def sees(self, versions: Sequence[Version]) -> list[bool]:
        """Which of these versions this actor may read. None of them is shown by it, so the trail is told nothing."""
        return [decision.allowed for decision in await self.judged(versions)]

    async def judged(self, versions: Sequence[Version]) -> list[Decision]:
        """The decisions on reading these versions; the trail is told nothing of them."""
        await self._know(versions)
        types, world, parts = {each.type for each in versions}, self.facts.world, some(self.view, versions)
        made = {type: policy.ruling("read", self.facts.of_type(type)).rules for type in types}
        return [policy.decide(made[each.type], each.stored, world) async for part in parts for each in part]

    async def current(self, names: Iterable[str]) -> list[Version]:
        """Of these records, in their order, those that this actor may read now, each as it is now; the others are left
        out without a word."""
        held = [await self.view.get(*name.split("/"), within=SOUGHT) for name in names]
        there = [each for each in held if each and not each.deleted]
        decisions = await self.judged(there)
        told = [pair for pair in zip(there, decisions, strict=True) if pair[1].allowed]
        self._tell((version for version, _ in told), (decision for _, decision in told))
        return [await showing.shown(self.engine, self.view, *pair, self.facts) for pair in told]

    async def readable(self, cited: Iterable[str]) -> frozenset[str]:
        """Of these versions, as `Type/id/_history/n`, those that this actor may read."""
        named = [name.split("/") for name in sorted(cited)]
        held = [await self.view.get(type, id, within=SOUGHT, number=int(number)) for type, id, _, number in named]
        found = [each for each in held if each]
        return frozenset(each.cited for each, seen in zip(found, await self.sees(found), strict=True) if seen)

    async def every(self, what: Predicate, most: int) -> Sequence[Version]:
        """The records of casework, of whatever type, that match and that this actor may find; the trail is told
        nothing. Raises Problem `too-costly` where there are more than `most`."""
        await self.confer()
        asking = await gathering.for_search(self.view, self.facts, "Consent", what)
        within = policy.ruling("search", asking.of_type("")).within
        found = (await self.view.find(Query(what, limit=most + 1), within=within)).versions
        if len(found) > most:
            text, ja = f"more than {most} records bear on this", f"対象となる記録が{most}件を超えています"
            raise Problem.of("too-costly", text, ja)
        return found

    def _defined(self, type: str, id: str, number: int | None = None) -> Version:
        """A definition of the installation, which is nobody's record: for everybody, and not on the trail (P9)."""
        found = self.engine.definitions.read(type, id, number)
        if found is None:
            raise refusal.not_found(type, id)
        return found

    @property
    def decision(self) -> Decision:
        """What everything shown was shown by."""
        return policy.together(self.decisions)

    async def of_types(self, found: Sequence[Version]) -> list[Version]:
        """What was found, of whatever type, as this actor may see it; told to the trail."""
        shown: dict[str, Version] = {}
        for type in sorted({version.type for version in found}):
            some = [version for version in found if version.type == type]
            shown |= {each.cited: each for each in await self._shown("search", some, type)}
        return [shown[version.cited] for version in found]

    async def _page(
        self, action: Action, query: Query, made: Ruling, type: str, *, exact: bool, counted: bool, since: str = ""
    ) -> Page:
        within = made.within
        found = await steady.found(self.view, query, within) if query.limit else Found(())
        total = len(found.versions) if not query.after and not found.next and query.limit else None
        if total is None and counted:
            most = None if exact else MOST_COUNTED
            number = await self.view.count(replace(query, as_of=""), within=within, most=most)
            total = number if most is None or number <= most else None
        found = steady.since(found, since)
        return Page(await self._shown(action, found.versions, type), total, found.next, found.first)

    async def _shown(self, action: Action, versions: Sequence[Version], type: str) -> list[Version]:
        """Records of one type that were found, as this actor may see them; they are told to the trail."""
        await self._know(versions)
        self.facts = replace(self.facts, carded=True)
        facts = self.facts.of_type(type)
        made, world = self.ruling(action, type, facts), facts.world
        decisions = [each async for part in some(self.view, versions) for each in made.decisions(part, world)]
        self._tell(versions, decisions)
        told = some(self.view, [*zip(versions, decisions, strict=True)])
        return [await showing.shown(self.engine, self.view, *each, facts) async for part in told for each in part]

    async def _know(self, versions: Sequence[Version]) -> None:
        meeting = self.facts.actor.purpose == vocabulary.SUPPORT_CONFERENCE
        if meeting or any(values(version.terms, ".conference") for version in versions):
            await self.confer()
        async for part in some(self.view, versions):
            self.facts = await gathering.about(self.view, self.facts, part)

    async def confer(self) -> None:
        """Gather the conferences of this actor."""
        if not self.conferring:
            self.conferring = True
            self.facts = await gathering.meetings(self.view, self.facts, self.engine.ordinance)

    def ruling(self, action: Action, type: str, facts: Facts | None = None, name: str = "") -> Ruling:
        """The rules and their readings. Raises Problem `login`, and `forbidden` where a scope does not reach so far."""
        made = policy.ruling(action, facts or self.facts)
        if self.facts.actor.anonymous and type not in vocabulary.PUBLIC:
            raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
        try:
            policy.covered(made.rules, type)
        except Problem:
            self.denied = name or type
            raise
        return made

    def _tell(self, versions: Iterable[Version], decisions: Iterable[Decision]) -> None:
        self.shown += versions
        self.decisions += decisions
