"""Whether somebody has died since the words were written of which the server makes a version, or a record, of its own.

docs/policy.md, "standing", death: who has died is asked no more for what is recorded afterwards, and that is not.
"""

from __future__ import annotations

from consent.relations.contributions import DIED, MEMBER
from consent.writing.after_image import Beside
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import FOREVER, WORDED, values


async def stays(unit: Beside, had: Version) -> frozenset[str]:
    """The term by which whoever has died is asked as for this version; empty where nobody has died since its words."""
    groups = sorted(values(had.terms, ".household"))
    members = await unit.tx.rows((MEMBER, group) for group in groups) if groups else ()
    persons = {*values(had.terms, ".subject"), *(row.relation.to for row in members)}
    died = await unit.tx.rows((DIED, one) for one in sorted(persons)) if persons else ()
    since = had.stored.worded
    later = any(row.since >= since and row.ended == FOREVER for row in died)
    return frozenset({term(WORDED, since)}) if later else frozenset()
