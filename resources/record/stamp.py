"""The server's own marks on a record: its id, the number of its version, and since when it is so.

https://hl7.org/fhir/R4/resource.html#Meta
"""

from __future__ import annotations

from typing import Any

from resources.record import moment, parse, period
from resources.record.version import Version


def following(before: Version | None, instant: str) -> tuple[int, str]:
    """The number and instant of the version after this one, in a transaction of this instant.

    It is later by a millisecond where the version before was written at the same instant.
    """
    if before is None:
        return 1, instant
    if instant > before.since:
        return before.number + 1, instant
    return before.number + 1, after(before.since)


def after(instant: str, milliseconds: int = 1) -> str:
    """So many milliseconds after an instant that the server wrote."""
    return period.written(moment.UNIX + moment.unix(instant) + milliseconds)


def stamped(resource: dict[str, Any], id: str, number: int, since: str) -> bytes:
    """The resource as it is stored: the marks of the server in place of whatever it carried, the rest as it came."""
    meta = {**(resource.get("meta") or {}), "versionId": str(number), "lastUpdated": since}
    head = {"resourceType": resource["resourceType"], "id": id, "meta": meta}
    return parse.write({**head, **{key: value for key, value in resource.items() if key not in head}})


def unstamped(sent: dict[str, Any], before: Version) -> dict[str, Any]:
    """What was sent, with the marks of the version before, so that they do not count as a change."""
    meta = {**(sent.get("meta") or {}), "versionId": str(before.number), "lastUpdated": before.since}
    return {**sent, "id": before.id, "meta": meta}


def borne(version: Version) -> bool:
    """Whether the body carries the marks of this version and no other's; a deletion has none."""
    if version.deleted:
        return not version.body
    try:
        resource = parse.editable(version.body)
        meta = resource["meta"]
        marks = resource["resourceType"], resource["id"], meta["versionId"], meta["lastUpdated"]
    except (ValueError, KeyError, TypeError):
        return False
    return marks == (version.type, version.id, str(version.number), version.since)
