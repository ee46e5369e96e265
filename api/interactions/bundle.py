"""batch and transaction: several requests in a Bundle.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from typing import Any

from api import sent
from api.answer import Answer
from api.call import Call
from api.interactions import batch, transaction
from api.interactions.entry import Find
from consent.aside import aside
from resources.record import parse
from resources.record.problem import Problem


async def bundle(call: Call, find: Find) -> Answer:
    """POST [base]"""
    found, body = await sent.resource(call, "Bundle")
    kind = found.get("type")
    if kind not in ("batch", "transaction"):
        text, ja = "a `batch` or a `transaction` is taken here", "受け付けるのは `batch` と `transaction` です"
        raise Problem.of("not-supported", text, ja, "Bundle.type")
    _bounded(found.get("entry"), call.on.settings.entries_limit)
    if kind == "transaction":
        await sent.checked(call, found, body)
        return await transaction.transaction(call, find, body)
    # Of a batch each resource is judged by itself, so that one that is wrong leaves the others alone.
    bare = _without_resources(found)
    await sent.checked(call, bare, parse.write(bare))
    return await batch.batch(call, find, (await aside(len(body), parse.editable, body)).get("entry", []))


def _bounded(entries: Any, most: int) -> None:
    """Raises Problem where there are more entries than one Bundle may have: others wait meanwhile."""
    if isinstance(entries, list) and len(entries) > most:
        text, ja = f"a Bundle has at most {most} entries", f"Bundle の要素は {most} 件までです"
        raise Problem.of("too-costly", text, ja, "Bundle.entry")


def _without_resources(found: dict[str, Any]) -> dict[str, Any]:
    entries = found.get("entry")
    if not isinstance(entries, list):
        return found
    bare = [{k: v for k, v in each.items() if k != "resource"} if isinstance(each, dict) else each for each in entries]
    return found | {"entry": bare}
