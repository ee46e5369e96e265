"""$subsumes: whether one code stands above another, by the hierarchies that the policy itself compares by.

https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.http.answer import Answer
from api.http.call import Call
from api.operations import coded, parameters
from api.operations.coded import Asked
from resources.record.problem import Problem

PARAMETERS = ("codeA", "codeB", "system", "version", "codingA", "codingB")


async def subsumes(call: Call) -> Answer:
    given = await parameters.inputs(call, PARAMETERS, asking=True)
    url = await coded.canonical(call, "CodeSystem", given, "system")
    one, other = (_side(given, url, side) for side in ("A", "B"))
    if one.system != other.system:
        text, ja = "both codes are of one code system", "二つのコードは、同じコードシステムのものです"
        raise Problem.of("structure", text, ja, "codingB")
    known = coded.known(call)
    coded.of_known_versions(known, [one, other])
    system = coded.system(known, one.system, parameters.word(given, "version"))
    for side in (one, other):
        if side.code not in system.terms:
            text = f"`{side.code}` is no code of `{system.url}`"
            raise Problem.of("not-found", text, f"`{side.code}` は `{system.url}` のコードではありません", "code")
    if one.code == other.code:
        outcome = "equivalent"
    elif one.code in system.above(other.code):
        outcome = "subsumes"
    else:
        outcome = "subsumed-by" if other.code in system.above(one.code) else "not-subsumed"
    return coded.told({"name": "outcome", "valueCode": outcome})


def _side(given: Mapping[str, Any], url: str, side: str) -> Asked:
    named = {"code": given.get(f"code{side}"), "coding": given.get(f"coding{side}")}
    said = {name: each for name, each in named.items() if each is not None}
    [found] = coded.asked(said, url.partition("|")[0])
    return found
