"""Whom a record is about, as far as the one who asks may read why.

docs/policy.md, "whom a record is about" and "explaining": a record takes persons from the records it is of, and what of
these the asker may not read is not to be learnt from what follows of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from consent import evidence
from consent.explaining.insight import INSIGHT, Insight
from consent.relations import patient_links
from resources.record import reference
from resources.record.version import Version
from resources.search.relation import values
from resources.store.port import Snapshot

_NAMING = (".subject ", ".household ", ".party ")


async def of(knowing: Insight, view: Snapshot, versions: Iterable[Version]) -> list[Version]:
    """The same versions, about nobody of whom the asker may not read that they are about them, and with no party that
    is withheld from the asker (D1)."""
    return [await _one(knowing, view, version) for version in versions]


async def _one(knowing: Insight, view: Snapshot, version: Version) -> Version:
    body, partly = await knowing.shown(version)
    shown = await _named(knowing, view, version)
    unknown = set(values(version.terms, ".party")) - reference.locals_of(body) if partly else set[str]()
    for name in (*values(version.terms, ".subject"), *values(version.terms, ".household")):
        if name not in shown and not await _links(knowing, view, name, shown):
            unknown.add(name)
    if not unknown:
        return version
    kept = (entry for entry in version.terms if not (entry.startswith(_NAMING) and entry.partition(" ")[2] in unknown))
    return replace(version, terms=tuple(kept))


async def _named(knowing: Insight, view: Snapshot, version: Version) -> set[str]:
    """Whom the record names, and the records that it is of and that the asker may read, through chains and circles."""
    shown, waiting, seen = {version.reference}, [version], {version.reference}
    while waiting:
        here = waiting.pop()
        named = reference.locals_of((await knowing.shown(here))[0])
        shown |= named
        leading = {*values(here.terms, ".of"), *(name for name in named if name.startswith("RelatedPerson/"))} - seen
        seen |= leading
        await knowing.ask(leading)
        for name in sorted(leading):
            found = await view.get(*name.split("/"), within=INSIGHT) if knowing.readable.get(name) else None
            waiting += [found] if found else []
    return shown


async def _links(knowing: Insight, view: Snapshot, name: str, shown: set[str]) -> bool:
    """Whether a Patient that the asker may read says to be one of the RelatedPersons named."""
    await knowing.ask([name])
    found = await view.get(*name.split("/"), within=INSIGHT) if knowing.readable.get(name) else None
    return found is not None and bool(patient_links.same_as(evidence.body(found)) & shown)
