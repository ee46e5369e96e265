"""What has come since the words were written of which the server makes a version, or a record, of its own.

docs/policy.md, "whom a record is about" and "standing", death: who has died is asked no more for what is recorded
afterwards, and who was no member then is none of those whom P4 and P13 ask; what the server makes of words that stood
was recorded when they were.
"""

from __future__ import annotations

from collections.abc import Sequence

from consent.relations.contributions import DIED, MEMBER
from consent.writing.after_image import Beside
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import FOREVER, WORDED, Row, values


async def stays(unit: Beside, had: Version) -> frozenset[str]:
    """The term by which the next version is asked as this one is; empty where nobody has died or joined since."""
    joined = any(row.since > had.stored.worded for row in await _members(unit, had))
    return _term(had) if joined else await copied(unit, had)


async def copied(unit: Beside, had: Version) -> frozenset[str]:
    """The same of a record that is copied from it, for a household of its own; empty where nobody has died since."""
    persons = {*values(had.terms, ".subject"), *(row.relation.to for row in await _members(unit, had))}
    died = await unit.tx.rows((DIED, one) for one in sorted(persons)) if persons else ()
    later = any(row.since >= had.stored.worded and row.ended == FOREVER for row in died)
    return _term(had) if later else frozenset()


async def _members(unit: Beside, had: Version) -> Sequence[Row]:
    groups = sorted(values(had.terms, ".household"))
    return await unit.tx.rows((MEMBER, group) for group in groups) if groups else ()


def _term(had: Version) -> frozenset[str]:
    return frozenset({term(WORDED, had.stored.worded)})
