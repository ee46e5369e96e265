"""patch: a record changed in some places, by JSON Patch or FHIRPath Patch, named by its id or found by a condition.

https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

from api.http import changes, respond, told_beside
from api.http.answer import Answer
from api.http.call import Call
from consent import vocabulary
from resources.record.problem import Problem


async def patch(call: Call) -> Answer:
    call.sign_in()
    if call.type not in vocabulary.CASEWORK | vocabulary.INSTALLED:
        text, ja = f"a `{call.type}` is not patched", f"`{call.type}` にはパッチを使えません"
        raise Problem.of("not-supported", text, ja)
    done, *_ = await call.on.gate.commit(call.actor, told_beside.changes(call, await changes.patch(call)))
    return respond.written(call, done)
