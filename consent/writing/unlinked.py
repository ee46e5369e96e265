"""What was shown of a merge and is sent back with a Patient is not written: it stands in the merge alone.

docs/policy.md, "merging two Patients": `Patient.link` to a Patient is not a client's to write.
"""

from __future__ import annotations

from typing import Any

from consent.relations.names import SAME
from consent.writing.after_image import Beside
from consent.writing.prepared import Prepared
from resources.record import reference
from resources.record.version import Version
from resources.search.relation import FOREVER


async def left_out(unit: Beside, ready: Prepared, before: Version | None) -> Prepared:
    """The change without the links that its writer was shown of the merges that stand; whoever guesses one that they
    may not see is told what they are told of any other."""
    if ready.change.type != "Patient" or before is None or not ready.resource.get("link"):
        return ready
    rows = await unit.tx.rows([(SAME, before.reference)])
    stand = {(row.relation.to, row.relation.tag) for row in rows if row.ended == FOREVER and row.relation.tag}
    told = {link for link in stand if await _reads(unit, link[0])}
    kept = [each for each in ready.resource["link"] if not _is_among(each, told)]
    if len(kept) == len(ready.resource["link"]):
        return ready
    sent, resource = (_with(each, told) for each in (ready.sent, ready.resource))
    return ready.turned(unit.engine, sent, resource)


async def _reads(unit: Beside, name: str) -> bool:
    found = await unit.look_up(name)
    return found is not None and not found.deleted and (await unit.judge("read", found)).allowed


def _is_among(link: Any, told: set[tuple[str, str]]) -> bool:
    return (reference.one(link, "other"), str(link.get("type", ""))) in told


def _with(patient: Any, told: set[tuple[str, str]]) -> dict[str, Any]:
    kept = [each for each in patient["link"] if not _is_among(each, told)]
    rest = {key: value for key, value in patient.items() if key != "link"}
    return rest | ({"link": kept} if kept else {})
