"""The references of a record being written: each new one must lead to a record that its writer can see.

One to a type that is not served is kept as it is written: it leads to nothing here, and opens nothing.

https://hl7.org/fhir/R4/references.html; docs/policy.md, "whom a record is about" and "nothing leaks".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from consent import vocabulary
from consent.rule import Action, Decision
from consent.writing import resolving
from consent.writing.prepared import Prepared
from resources.record import reference
from resources.record.problem import Issue, Problem
from resources.record.version import Version

MOST_NAMED = 600
"""So many other records the changes of one request may name in all."""

MOST_SOUGHT = 100
"""So many references by identifier or by search the changes of one request may make in all."""


class Beside(resolving.Beside, Protocol):
    """What stands beside a record being written: the transaction's own records, and those that can be looked up."""

    unseen: str

    def creates(self, name: str) -> bool: ...

    async def look_up(self, name: str) -> Version | None: ...

    async def judge(self, action: Action, version: Version) -> Decision: ...

    async def know(self, versions: Sequence[Version]) -> None: ...


def bounded(changes: Iterable[Prepared]) -> None:
    """Raises Problem naming the first reference that is one too many, before anything is looked up."""
    named, sought = set[str](), 0
    for ready in changes:
        type = ready.change.type
        for path, target in ready.named:
            named.add(reference.local(target))
            if len(named) > MOST_NAMED:
                text, ja = f"more than {MOST_NAMED} records are named here", f"参照できるのは{MOST_NAMED}件までです"
                raise Problem("too-costly", Issue(text, ja, f"{type}.{path}"))
        for found in ready.pointers:
            sought += 1
            if sought > MOST_SOUGHT:
                text = f"more than {MOST_SOUGHT} references are made by identifier or by search"
                ja = f"識別子や検索による参照は{MOST_SOUGHT}件までです"
                raise Problem("too-costly", Issue(text, ja, f"{type}.{found.at}"))


async def resolved(unit: Beside, ready: Prepared, old: Mapping[str, Any] | None) -> Prepared:
    """The change with every reference followed. Raises Problem naming the one that leads nowhere its writer can see."""
    ready = await resolving.resolved(unit, ready, old)
    type = ready.change.type
    had = reference.locals_of(old)
    new = {reference.local(target) for _, target in ready.named} - had - {"", ready.change.reference}
    found_at_all = [await unit.look_up(name) for name in sorted(new) if name.partition("/")[0] in vocabulary.SERVED]
    await unit.know([found for found in found_at_all if found and not found.deleted])  # all at once: others wait
    for path, target in ready.named:
        if unit.engine.index.is_own(target):
            text, ja = f"write `{target}` relative to this server", f"`{target}` は相対参照で書いてください"
            raise Problem("invalid", Issue(text, ja, f"{type}.{path}"))
        name = reference.local(target)
        if not name or name == ready.change.reference or name.partition("/")[0] not in vocabulary.SERVED:
            continue
        found = await unit.look_up(name)
        if name in had or (name in unit.pending and target == name and await _comes(unit, name, found)):
            continue
        if found and not found.deleted and (await unit.judge("read", found)).allowed and has(found, target):
            continue
        unit.unseen = name
        text, ja = f"there is no `{target}` that you can see", f"`{target}` は見つかりません"
        raise Problem("invalid", Issue(text, ja, f"{type}.{path}", code="not-found"))
    return ready


def has(found: Version, target: str) -> bool:
    """Whether a record has the version that a reference to it names, if it names one."""
    _, named, version = target.partition("/_history/")
    return not named or version in map(str, range(1, found.number + 1))


def is_new(target: str) -> bool:
    """Whether a reference may lead to a record that is only being made: to its first version, or to none by number."""
    return target.partition("/_history/")[2] in ("", "1")


async def _comes(unit: Beside, name: str, found: Version | None) -> bool:
    """Whether what is written beside it will be there: what is new, what is written already, what its writer can see.

    Another update is refused when its turn comes, and until then tells nothing of a record that is not for its writer.
    """
    if unit.creates(name) or (found and found.since >= unit.tx.instant):
        return True
    if found is None:
        return unit.facts.actor.purpose == vocabulary.INSTALLATION
    return (await unit.judge("read", found)).allowed
