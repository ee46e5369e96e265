"""$translate: the codes of another system that a concept map has for a code.

https://hl7.org/fhir/R4/conceptmap-operation-translate.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.http.answer import Answer
from api.http.call import Call
from api.operations import coded, parameters
from api.operations.coded import Asked
from resources.record.problem import Problem

PARAMETERS = (
    *("url", "conceptMapVersion", "code", "system", "version", "source", "coding", "codeableConcept"),
    *("target", "targetsystem", "reverse"),
)
_NONE = ("unmatched", "disjoint")
_REVERSED = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes"}


async def translate(call: Call) -> Answer:
    given = await parameters.inputs(call, PARAMETERS, asking=True)
    canonical = await coded.canonical(call, "ConceptMap", given)
    maps = [each for each in coded.known(call).maps if _fits(each, canonical, given)]
    if canonical and not maps:
        text, ja = f"the concept map `{canonical}` is not known here", f"対応表 `{canonical}` は、ここにはありません"
        raise Problem.of("not-found", text, ja, "url")
    wanted, reverse = parameters.word(given, "targetsystem"), parameters.flag(given, "reverse")
    found = [
        match
        for one in coded.asked(given)
        for each in maps
        for match in (_back if reverse else _forth)(each, one)
        if wanted in ("", match["part"][1]["valueCoding"].get("system"))
    ]
    result = any(match["part"][0]["valueCode"] not in _NONE for match in found)
    nothing = "no mapping" if call.language == "en" else "対応するコードはありません"
    said = None if result else coded.text("message", nothing)
    return coded.told({"name": "result", "valueBoolean": result}, said, *found)


def _fits(each: Mapping[str, Any], canonical: str, given: Mapping[str, Any]) -> bool:
    url, _, version = canonical.partition("|")
    version = version or parameters.word(given, "conceptMapVersion")
    if (url and each["url"] != url) or (version and each.get("version") != version):
        return False
    ends = {name: str(each.get(f"{name}Canonical", each.get(f"{name}Uri", ""))) for name in ("source", "target")}
    if parameters.flag(given, "reverse"):
        ends = {"source": ends["target"], "target": ends["source"]}
    return all(parameters.word(given, name) in ("", said) for name, said in ends.items())


def _forth(each: Mapping[str, Any], one: Asked) -> Iterator[dict[str, Any]]:
    for group in each["group"]:
        for element in group["element"] if group["source"] == one.system else ():
            for target in element["target"] if element["code"] == one.code else ():
                yield _match(each, target["equivalence"], group["target"], target)


def _back(each: Mapping[str, Any], one: Asked) -> Iterator[dict[str, Any]]:
    for group in each["group"]:
        for element in group["element"] if group["target"] == one.system else ():
            for target in element["target"]:
                if target.get("code") == one.code:
                    equivalence = _REVERSED.get(target["equivalence"], target["equivalence"])
                    yield _match(each, equivalence, group["source"], element)


def _match(each: Mapping[str, Any], equivalence: str, system: str, to: Mapping[str, Any]) -> dict[str, Any]:
    coding = {"system": system, **{key: to[key] for key in ("code", "display") if key in to}}
    return {
        "name": "match",
        "part": [
            {"name": "equivalence", "valueCode": equivalence},
            {"name": "concept", "valueCoding": coding if "code" in to else {"system": system}},
            {"name": "source", "valueUri": each["url"]},
        ],
    }
