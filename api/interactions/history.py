"""history: the versions of a record that the caller may see, newest first.

https://hl7.org/fhir/R4/http.html#history
"""

from __future__ import annotations

from urllib.parse import urlencode

from api import etag, respond
from api.answer import Answer
from api.call import Call
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import result_parameters

PARAMETERS = ("_count", result_parameters.CURSOR)


async def history(call: Call) -> Answer:
    for name, _ in call.parameters:
        if name not in (*PARAMETERS, *result_parameters.IGNORED):
            text, ja = f"`{name}` is not supported on a history", f"履歴では `{name}` を使えません"
            raise Problem.of("not-supported", text, ja, name)
    wanted = result_parameters.read(
        [(name, value) for name, value in call.parameters if name not in result_parameters.IGNORED]
    )
    here = f"{call.on.settings.fhir}/{call.type}/{call.id}/_history"
    after = call.on.cursors.read(wanted.cursor, here)
    page = await call.on.gate.history(call.actor, call.type, call.id, wanted.count, after)
    asked = [(name, value) for name, value in call.parameters if name not in result_parameters.IGNORED]
    links = [("self", f"{here}?{urlencode(asked)}" if asked else here)]
    if page.next:
        following = {"_count": wanted.count, "_cursor": call.on.cursors.write(page.next, here)}
        links.append(("next", f"{here}?{urlencode(following)}"))
    found = respond.entries(call, page.versions)
    for entry, version in zip(found, page.versions, strict=True):
        entry["request"] = {"method": _method(version), "url": version.reference}
        entry["response"] = {"status": _status(version), "etag": etag.of(version), "lastModified": version.since}
    return respond.json(respond.bundle("history", page.total, links, found))


def _method(version: Version) -> str:
    return "DELETE" if version.deleted else "POST" if version.number == 1 else "PUT"


def _status(version: Version) -> str:
    return "204" if version.deleted else "201" if version.number == 1 else "200"
