"""Who confirms what stands above an agency: itself, where nobody is there another keeper or the lead section.

docs/policy.md, P12 and "standing".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import vocabulary
from consent.facts import Facts
from consent.relations import people_of_agency
from consent.standing import department
from resources.store.port import Snapshot


async def may(view: Snapshot, facts: Facts, record: Mapping[str, Any]) -> bool:
    """Whether it is theirs; who wrote it is asked elsewhere. That their own agency is in charge confirms nobody but the
    lead section."""
    agency = department.agency(record)
    if agency in facts.agencies:
        return True
    if await people_of_agency.are_there(view, facts, agency):
        return False
    keeps = facts.holds(vocabulary.DIRECTORY_KEEPER) and department.in_charge(record) not in facts.agencies
    return bool(keeps or facts.holds(vocabulary.LEAD_SECTION))
