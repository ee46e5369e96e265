"""A newer consent of the same person, policy and collecting agency ends the older one, in the same transaction.

docs/policy.md, section 5: so that revoking the newer one does not bring the older one back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence
from resources.record import coding, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query, Snapshot

OLDER: Predicate = has(".type", "Consent")
"""Under this the server looks for the consents that a new one takes the place of."""


async def superseded(consent: Mapping[str, Any], view: Snapshot) -> list[Version]:
    """The active consents that this one, active and not yet stored, takes the place of."""
    if consent.get("resourceType") != "Consent" or consent.get("status") != "active":
        return []
    about = all_of([has(".type", "Consent"), has(".open", "yes"), has(".subject", reference.one(consent, "patient"))])
    found = (await view.find(Query(about), within=OLDER)).versions
    return [version for version in found if version.id != consent["id"] and _alike(evidence.body(version), consent)]


def _alike(older: Mapping[str, Any], newer: Mapping[str, Any]) -> bool:
    return _key(older) == _key(newer)


def _key(consent: Mapping[str, Any]) -> tuple[str, frozenset[str], frozenset[str]]:
    agencies = frozenset(reference.many(consent, "organization"))
    return reference.one(consent, "patient"), coding.of(consent.get("policyRule")), agencies
