"""What a meeting and a decision of roles bring about beside their own records, in the same transaction.

docs/policy.md, P13 and D1.
"""

from __future__ import annotations

from consent.writing import case_given, decided, list_asking, server_record, sight_notices
from resources.record.version import Version


async def settled(unit: server_record.Beside, before: Version | None, written: Version) -> None:
    """Mark the plan that was decided on, tell where it is not read, ask who is on a list; and open the roles to who
    keeps the case from now on."""
    for plan in await decided.marked(unit, before, written):
        await sight_notices.decided(unit, plan)
    await list_asking.settled(unit, before, written)
    await case_given.settled(unit, before, written)
