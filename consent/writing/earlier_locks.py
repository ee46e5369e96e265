"""A further protection of a Patient who is protected under another name stands behind that one, as any later lock does.

docs/policy.md, D1: a lock takes nothing from those whom an earlier one names until the lead section confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consent import evidence
from consent.relations import names
from consent.secrecy import protection
from consent.secrecy.protection import Label
from consent.writing import server_record
from resources.record import parse
from resources.record.version import Version


async def of(unit: server_record.Beside, person: str) -> list[dict[str, Any]]:
    """The protections of a person, by all their names."""
    found = [await unit.look_up(one) for one in sorted(await names.known(unit.tx, [person]))]
    return [label for each in found if each and not each.deleted for label in protection.labels(evidence.body(each))]


async def before(unit: server_record.Beside, person: Version, new: Iterable[Label]) -> dict[str, Any]:
    """The Patient with these labels, and before them with those that lie on the person by another name."""
    body = parse.editable(person.body)
    added = list(new)
    has = {protection.id_of(label) for label in (*protection.labels(body), *added)}
    earlier = {protection.id_of(label): label for label in await of(unit, person.reference)}
    beyond = [protection.unconfirmed(label) for id, label in earlier.items() if id and id not in has]
    return protection.more(body, [*beyond, *added])
