"""Which permits of a person a write has ended, wholly or in part, and for whom: what is told follows from it.

docs/policy.md, "what follows a revocation".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consent import evidence, verdict
from consent.provision import counting, enforceable, provisions
from consent.provision.provisions import EVERYBODY
from consent.verdict import REACHED
from consent.writing.superseding import Settled
from resources.record.version import Version

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """A permit that ended for these recipients, or for all where there are none; `over` where its status says so."""

    consent: Version
    to: frozenset[str] = frozenset()
    over: bool = False


def permits(
    before: Version | None, written: Version, settled: Iterable[Settled], papers: Iterable[Version]
) -> list[Ended]:
    """What ended by this version of a consent: itself, what it did to others, and what a refusal reaches of them."""
    body = evidence.body(written)
    found = [Ended(written, over=True)] if before and _counted(before) and body.get("status") != "active" else []
    found += by_others(settled)
    if begins_to_refuse(before, written):
        over, to = {each.consent.reference for each in found}, _recipients(body["provision"])
        found += [Ended(each, to) for each in papers if _counted(each) and each.reference not in over]
    return found


def by_others(settled: Iterable[Settled]) -> list[Ended]:
    """What words and papers ended that were permits and counted."""
    return [Ended(each.after, _to(each), each.over) for each in settled if _counted(each.before)]


def begins_to_refuse(before: Version | None, written: Version) -> bool:
    """Whether from this version on it is a refusal that counts."""
    body = evidence.body(written)
    begins = body.get("status") == "active" and (before is None or evidence.body(before).get("status") != "active")
    return begins and enforceable.kind(body) in ("deny", "optout") and verdict.read(written.terms).counts


def reached_already(settled: Iterable[Settled], body: Resource) -> frozenset[str] | None:
    """To whom a consent that is only now filed opens nothing, for words that came before it; None for nobody at all."""
    over: set[str] = set()
    for name, said in (note for each in settled for note in each.new):
        reach = orjson.loads(said) if name == REACHED else {}
        if name != REACHED or said == counting.extent(body) or set(reach) == {"type"}:
            return None
        if set(reach) == {"type", "actor"}:
            over |= _recipients(reach)
    return frozenset(over)


def _counted(version: Version) -> bool:
    """Whether it was a permit that counts."""
    body = evidence.body(version)
    return body.get("status") == "active" and provisions.permits(body) and verdict.read(version.terms).counts


def _to(each: Settled) -> frozenset[str]:
    """Whom words that speak of recipients alone were about; everybody, where anything else ended it too."""
    reaches = [orjson.loads(said) for name, said in each.new if name == REACHED]
    if each.over or len(reaches) < len(each.new):
        return frozenset()
    named = [_recipients(reach) for reach in reaches]
    return frozenset().union(*named) if all(named) else frozenset()


def _recipients(provision: Resource) -> frozenset[str]:
    """Whom it names; nobody, where it names everybody."""
    named = frozenset(to for to, _ in provisions.grantees(provision))
    return frozenset() if EVERYBODY in named else named
