"""What a subscriber is told of: that a record of its topic changed which it may find at that moment, and nothing else.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/; docs/subscriptions.md; docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from consent.actor import Actor
from consent.gate import Gate
from consent.reading.reading import Reading
from profiles import topics
from profiles.topics import Topic
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request
from resources.search.index import Index
from resources.search.predicate import Predicate, all_of, any_of, has, has_any

STEP = 100
"""So many versions are looked at in one question."""


@dataclass(frozen=True, slots=True)
class Interest:
    """A topic by its canonical, and searches of its type that must all hold."""

    topic: str
    filters: Sequence[str] = ()

    @property
    def of(self) -> Topic:
        return topics.all()[self.topic]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was written, in commit order, and from where to go on."""

    versions: Sequence[Version]
    next: str


def condition(index: Index, interest: Interest) -> Predicate:
    """What a record must satisfy. Raises Problem where a filter is no plain search of the topic's type."""
    topic = interest.of
    parts = [_of_topic(topic)]
    for each in interest.filters:
        type, _, query = each.rpartition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        if type not in ("", topic.type) or not pairs or any(request.is_shaping(name) for name, _ in pairs):
            text, ja = f"a filter is `{topic.type}?query`", f"絞り込みは `{topic.type}?検索` です"
            raise Problem.of("invalid", text, ja, "Subscription.criteria.extension")
        parts.append(request.parse(index, topic.type, pairs).what)
    return all_of(parts)


async def end(gate: Gate, actor: Actor) -> str:
    """Where what is written from now on begins."""
    async with gate.reading(actor) as reading:
        return await reading.view.end()


async def ahead(gate: Gate, actor: Actor, interest: Interest, after: str) -> Ahead:
    """What was written of the topic's type behind a place, whoever may see it: nobody is told by this."""
    async with gate.reading(actor) as reading:
        page = await reading.view.feed(after, STEP, within=has(".type", interest.of.type))
    return Ahead(page.versions, page.next)


def told(gate: Gate, actor: Actor, asked: str) -> AbstractAsyncContextManager[Reading]:
    """A reading of what a notification names: it is on the trail when it is left, before anything is sent."""
    return gate.reading(actor, "search", "operation", asked)


async def seen(reading: Reading, interest: Interest, names: Iterable[str], *, quietly: bool = False) -> frozenset[str]:
    """Which of these records the subscriber may find now, by topic and filters; `quietly` tells the trail nothing."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return frozenset()
    index = reading.engine.index
    plain = request.parse(index, interest.of.type, [("_count", str(len(wanted))), ("_total", "none")])
    of_these = any_of(has(".id", name) for name in wanted)
    page = await reading.search(replace(plain, asked=all_of([of_these, condition(index, interest)])))
    if quietly:
        reading.shown.clear()
        reading.decisions.clear()
    return frozenset(version.reference for version in page.versions)


def _of_topic(topic: Topic) -> Predicate:
    of_type = has(".type", topic.type)
    return all_of([of_type, has_any(topic.has)]) if topic.has else of_type
