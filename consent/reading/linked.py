"""Patient.link of a person who has other names: shown as it stands now, to who may read both.

docs/policy.md, "merging two Patients"; https://hl7.org/fhir/R4/patient-definitions.html#Patient.link. It stands in no
version: no Patient is rewritten by a merge, and nobody finds one by it.
"""

from __future__ import annotations

from dataclasses import replace

from consent import gathering, policy
from consent.facts import Facts
from consent.relations.names import SAME
from resources.record import parse
from resources.record.version import Version
from resources.search.predicate import Predicate, has
from resources.store.port import Snapshot

NAMES: Predicate = has(".type", "Patient")
"""Under this the server looks up the other names of a person, to ask whether the reader may read them too."""


async def shown(view: Snapshot, version: Version, known: Facts) -> Version:
    """The Patient with its links to those with whom it was merged and that this reader may read."""
    links = []
    for row in known.world.rows(SAME, version.reference):
        if row.relation.tag and row.holds(known.world) and await _reads(view, row.relation.to, known):
            links.append({"other": {"reference": row.relation.to}, "type": row.relation.tag})
    if not links:
        return version
    body = parse.editable(version.body)
    added = sorted(links, key=lambda link: str(link["other"]))
    return replace(version, body=parse.write(body | {"link": [*(body.get("link") or ()), *added]}))


async def _reads(view: Snapshot, name: str, known: Facts) -> bool:
    other = await view.get(*name.split("/"), within=NAMES)
    if other is None or other.deleted:
        return False
    facts = (await gathering.about(view, known, [other])).of_type("Patient")
    return policy.decide(policy.ruling("read", facts).rules, other.stored, facts.world).allowed
