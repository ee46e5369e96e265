"""The verdicts that the server keeps on evidence, judged anew from the records as they were when each was written.

docs/maintenance.md, "check"; docs/policy.md, "standing". Who wrote it is taken from the version, what stood then from
the versions and rows before it, and the judging is the one that writing has. What only an operation says is asked by
what that operation asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import orjson

from consent import standing, verdict
from consent.actor import Actor
from consent.evidence import HeldRole
from consent.facts import Facts
from consent.maintenance import (
    by_operation,
    divided,
    emergencies,
    endings,
    given,
    merged,
    misnamed,
    succeeded,
    transferred,
)
from consent.maintenance.as_it_was import AsItWas, Past, answered
from consent.maintenance.by_operation import Said, said
from consent.standing import filed, judging
from consent.standing.filing import Filing
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.version import Version
from resources.store.ledger import Ledger
from resources.store.port import Snapshot


class Replay:
    """The verdicts of a store judged anew, version by version."""

    def __init__(self, ledger: Ledger) -> None:
        self._past, self._whole = Past(ledger), Past(ledger, thorough=True)

    def forget(self) -> None:
        """Begin anew: the records may have changed."""
        self._past.forget()
        self._whole.forget()

    def wrong(self, version: Version, *, current: bool) -> Iterator[tuple[str, str]]:
        """What of the verdict on a version is not as it must be, in English and Japanese."""
        yield from transferred.wrong((self._past, self._whole), version)
        yield from misnamed.wrong((self._past, self._whole), version)
        if version.deleted or version.type not in standing.BY_TYPE:
            return
        try:
            if not (self._stands(version, self._past) or self._stands(version, self._whole)):
                yield _MORE if verdict.read(version.terms).counts else _OTHER
            if version.type == "Consent":
                yield from endings.wrong(self._past, version, current=current)
        except (ValueError, KeyError, TypeError, AttributeError, LookupError):
            yield _UNTOLD

    def _stands(self, version: Version, past: Past) -> bool:
        kept = verdict.read(version.terms)
        resource, view = orjson.loads(version.body), AsItWas.of(past, version)
        before = view.stood(version.reference)
        before = before if before and not before.deleted else None
        if merged.is_one(version, resource, kept):
            return merged.stands(version, view, kept, resource)
        if kept.note(verdict.SAME):
            return False
        if succeeded.is_one(version, resource, kept):
            return succeeded.stands(version, view, kept, resource)
        if version.type == "Group":
            return kept == Verdict(True)
        if version.type != "Consent" and any(kept.note(name) for name in _OF_CONSENTS):
            return False
        if not emergencies.stands(version, view, kept, resource):
            return False
        if not by_operation.is_rightly_marked(version, view, kept, resource):
            return False
        if divided.is_of_part(version, view):
            return divided.stands_in_part(version, view, kept)
        if by_operation.server_stands(version, before, kept) or by_operation.is_own_word(version, view, kept, resource):
            return True
        if divided.stands(version, before, view, kept) or given.stands(version, before, view, kept):
            return True
        facts = by_operation.writer(version, view)
        filing = _filing(version, view, before, resource, facts)
        judged = misnamed.let_go(past, version, verdict.kept(before, judging.judged(filing)))
        if said(judged, kept) == said(kept, kept):
            return judged.note(verdict.DECIDED) >= kept.note(verdict.DECIDED) or by_operation.is_decided(
                version, view, resource
            )
        if _is_older(version) and _as_upgraded(version, view, before, resource) == said(kept, kept):
            return True
        asked = (version, before, view, kept, facts)
        return by_operation.is_confirmed(*asked) or by_operation.is_verified(*asked)


_OF_CONSENTS = (verdict.AGED, verdict.REACHED, verdict.REPLACED, verdict.REVOKED)
"""What ends them."""

_MORE = "the verdict on it says more than its writer had the standing for", "判定の記録が、書いた人の資格を超えています"
_OTHER = "the verdict on it is not what its writer had the standing for", "判定の記録が、書いた人の資格と違います"
_UNTOLD = "the verdict on it cannot be judged anew", "判定をやり直せません"


def _filing(
    version: Version, view: AsItWas, before: Version | None, resource: Mapping[str, Any], facts: Facts
) -> Filing:
    beside = [each for each in view.past.together(view.base) if not each.deleted]
    waiting = {each.reference: each for each in beside if view.awaits(each)} | {version.reference: version}

    def look(name: str) -> Mapping[str, Any] | None:
        found = waiting.get(name) or view.stood(name)
        return view.past.body(found) if found and not found.deleted else None

    async def look_up(name: str) -> Version | None:
        return view.stood(name)

    new = (each for name, each in waiting.items() if view.stood(name) is None)
    registering = {each.reference: view.past.body(each) for each in new}
    custodian = envelope.origin(version.terms).custodian
    return answered(filed.of(cast(Snapshot, view), resource, before, custodian, facts, look, look_up, registering))


def _is_older(version: Version) -> bool:
    """Whether release 0.1.0 may have written it, which did not say who wrote a later version."""
    return version.number == 1 or not envelope.written(version.terms)[0]


def _as_upgraded(version: Version, view: AsItWas, before: Version | None, resource: Mapping[str, Any]) -> Said:
    """What `tsunagu upgrade` makes of it, to which it is a word of the agency that keeps it."""
    origin = envelope.origin(version.terms)
    actor = Actor("check", origin.author, origin.custodian, "", (), by_operation.at(version), "")
    posts = (HeldRole("", "", origin.custodian, frozenset()),)
    filing = _filing(version, view, before, resource, Facts(actor, posts))
    judged = verdict.NONE if any(judging.refused(filing)) else judging.judged(filing)
    noted = frozenset(entry for entry in judged.noted if not entry.startswith(f"{verdict.REVOKED} "))
    return said(replace(judged, noted=noted), verdict.NONE)
